use proptest::prelude::*;

use super::suit::{Misfit, guess, misfit};
use super::*;
use crate::space::local::geodesic_mm;
use geo::Rect;

fn crs(text: &str) -> Crs {
    Crs::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn close(a: LonLat, b: LonLat) -> bool {
    geodesic_mm(a, b).0 <= 1
}

/// Gauss–Krüger by the power series of surveyors' textbooks (meridian arc, then powers of the longitude difference): shares nothing with
/// the complex series that the crate uses. Good to 0.1 mm within 2° of the meridian.
fn gauss_kruger(lon: f64, lat: f64, meridian: f64, a: f64, f: f64) -> (f64, f64) {
    let e2 = f * (2.0 - f);
    let second = e2 / (1.0 - e2);
    let (phi, l) = (lat.to_radians(), (lon - meridian).to_radians());
    let (s, c) = (phi.sin(), phi.cos());
    let t2 = (s / c).powi(2);
    let eta2 = second * c * c;
    let n = a / (1.0 - e2 * s * s).sqrt();
    // Meridian arc by Simpson's rule over the radius of curvature.
    let steps = 2000;
    let h = phi / f64::from(steps);
    let radius = |p: f64| a * (1.0 - e2) / (1.0 - e2 * p.sin().powi(2)).powf(1.5);
    let sum: f64 = (1..steps).map(|i| radius(f64::from(i) * h) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
    let arc = h / 3.0 * (radius(0.0) + sum + radius(phi));
    let m = l * c;
    let northing = arc
        + n * s / c * (m.powi(2) / 2.0
            + (5.0 - t2 + 9.0 * eta2 + 4.0 * eta2 * eta2) * m.powi(4) / 24.0
            + (61.0 - 58.0 * t2 + t2 * t2 + 270.0 * eta2 - 330.0 * eta2 * t2) * m.powi(6) / 720.0);
    let easting = n
        * (m + (1.0 - t2 + eta2) * m.powi(3) / 6.0 + (5.0 - 18.0 * t2 + t2 * t2 + 14.0 * eta2 - 58.0 * eta2 * t2) * m.powi(5) / 120.0);
    (easting, northing)
}

const GRS80_F: f64 = 1.0 / 298.257_222_101;

proptest! {
    #[test]
    fn zones_agree_with_the_textbook_series_to_the_millimetre(step in 0u32..21, off in -1.6..1.6f64, lat in 18.0..54.0f64) {
        let meridian = f64::from(75 + 3 * step);
        let (easting, northing) = gauss_kruger(meridian + off, lat, meridian, 6_378_137.0, GRS80_F);
        let place = LonLat { lon: meridian + off, lat };
        let number = f64::from(25 + step) * 1e6;
        let bare = crs(&format!("EPSG:{}", 4534 + step));
        let numbered = crs(&format!("EPSG:{}", 4513 + step));
        for zone in [&bare, &numbered] {
            // Either way of writing the easting is understood by either definition.
            prop_assert!(close(zone.to_lonlat(easting + 500_000.0, northing).unwrap(), place));
            prop_assert!(close(zone.to_lonlat(number + easting + 500_000.0, northing).unwrap(), place));
            // The neighbour's number is not.
            prop_assert!(zone.to_lonlat(number + 1e6 + easting + 500_000.0, northing).is_none());
        }
    }

    #[test]
    fn utm_agrees_with_the_textbook_series(off in -1.6..1.6f64, lat in 1.0..60.0f64) {
        let (easting, northing) = gauss_kruger(111.0 + off, lat, 111.0, 6_378_137.0, 1.0 / 298.257_223_563);
        let found = crs("EPSG:32649").to_lonlat(0.9996 * easting + 500_000.0, 0.9996 * northing).unwrap();
        let place = LonLat { lon: 111.0 + off, lat };
        prop_assert!(close(found, place));
    }

    #[test]
    fn web_mercator_agrees_with_its_closed_form(lon in -179.0..179.0f64, lat in -80.0..80.0f64) {
        let r = 6_378_137.0;
        let (x, y) = (r * lon.to_radians(), r * (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan().ln());
        let place = LonLat { lon, lat };
        prop_assert!(close(crs("EPSG:3857").to_lonlat(x, y).unwrap(), place));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,80}", tail in r#"(PROJCS|GEOGCS|\[|\]|"|,|AUTHORITY|EPSG|[0-9]){0,20}"#) {
        let _ = Crs::parse(&text);
        let _ = Crs::parse(&tail);
    }
}

#[test]
fn beijing_1954_is_moved_by_the_published_three_parameters() {
    // Krasovsky degrees → geocentric → + (15.8, −154.4, −82.3) → WGS 84 degrees, by the plain formulas.
    let (a, f) = (6_378_245.0, 1.0 / 298.3);
    let (lon, lat): (f64, f64) = (113.1, 36.2);
    let e2: f64 = f * (2.0 - f);
    let n = a / (1.0 - e2 * lat.to_radians().sin().powi(2)).sqrt();
    let (x, y, z) = (
        n * lat.to_radians().cos() * lon.to_radians().cos() + 15.8,
        n * lat.to_radians().cos() * lon.to_radians().sin() - 154.4,
        n * (1.0 - e2) * lat.to_radians().sin() - 82.3,
    );
    let (wa, wf) = (6_378_137.0, 1.0 / 298.257_223_563);
    let we2: f64 = wf * (2.0 - wf);
    let p = x.hypot(y);
    let mut phi = (z / p).atan();
    for _ in 0..20 {
        let n = wa / (1.0 - we2 * phi.sin().powi(2)).sqrt();
        phi = ((z + we2 * n * phi.sin()) / p).atan();
    }
    let expected = LonLat { lon: y.atan2(x).to_degrees(), lat: phi.to_degrees() };
    assert!(close(crs("EPSG:4214").to_lonlat(lon, lat).unwrap(), expected));
    let (easting, northing) = gauss_kruger(lon, lat, 114.0, a, f);
    assert!(close(crs("EPSG:2414").to_lonlat(38_500_000.0 + easting, northing).unwrap(), expected));
    assert!(crs("EPSG:2414").is_loose() && crs("EPSG:2362").is_loose() && !crs("EPSG:4547").is_loose());
}

const ESRI_CM: &str = r#"PROJCS["CGCS2000_3_Degree_GK_CM_111E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",111.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#;

#[test]
fn prj_texts_are_recognised_and_mean_the_same_as_their_code() {
    let zone = crs(ESRI_CM);
    assert_eq!(zone.name(), "EPSG:4546");
    assert!(!zone.is_geographic());
    let gdal = crs_definitions::from_code(3857).unwrap().wkt;
    assert_eq!(crs(gdal).name(), "EPSG:3857");
    let esri_mercator = r#"PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]"#;
    assert_eq!(crs(esri_mercator).name(), "EPSG:3857");
    let wkt2 = r#"GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4326]]"#;
    assert_eq!(crs(wkt2).name(), "EPSG:4326");
    let compound = format!("COMPD_CS[\"both\",{},VERT_CS[\"height\",VERT_DATUM[\"d\",2005]]]", crs_definitions::from_code(4547).unwrap().wkt);
    assert_eq!(crs(&compound).name(), "EPSG:4547");
    for code in [4490, 4547, 4525, 32649, 2362, 2414, 4214] {
        let definition = crs_definitions::from_code(code).unwrap();
        let by_text = crs(definition.wkt);
        let by_code = Crs::from_epsg(code.into()).unwrap();
        assert_eq!(by_text.name(), by_code.name());
    }
}

#[test]
fn a_name_whose_meridian_was_edited_is_read_by_its_parameters() {
    // A city's own grid at 112.5° E that kept the name of the template.
    let edited = crs(&ESRI_CM.replace("\"Central_Meridian\",111.0", "\"Central_Meridian\",112.5"));
    assert_ne!(edited.name(), "EPSG:4546");
    let (easting, northing) = gauss_kruger(112.55, 37.87, 112.5, 6_378_137.0, GRS80_F);
    assert!(close(edited.to_lonlat(easting + 500_000.0, northing).unwrap(), LonLat { lon: 112.55, lat: 37.87 }));
}

#[test]
fn spellings_of_a_code_are_one() {
    for text in ["EPSG:4547", "epsg:4547", "4547", " EPSG::4547 ", "urn:ogc:def:crs:EPSG::4547", "http://www.opengis.net/def/crs/EPSG/0/4547"] {
        assert_eq!(crs(text).name(), "EPSG:4547", "{text}");
    }
    assert_eq!(crs("urn:ogc:def:crs:OGC:1.3:CRS84").name(), "EPSG:4326");
    assert_eq!(crs("EPSG:900913").name(), "EPSG:3857");
    assert_eq!(crs("GCJ-02").name(), "gcj02");
    assert_eq!(crs("BD09").name(), "bd09");
    for text in ["", "EPSG:999999", "EPSG:1", "somewhere", "PROJCS[\"x\"", "LOCAL_CS[\"x\"]", "EPSG:4978"] {
        assert!(Crs::parse(text).is_none(), "{text}");
    }
}

#[test]
fn a_shape_converts_in_place_and_says_when_it_cannot() {
    let (e, n) = gauss_kruger(112.55, 37.87, 111.0, 6_378_137.0, GRS80_F);
    let mut line = Geometry::LineString(vec![(e + 500_000.0, n), (e + 500_100.0, n)].into());
    assert!(crs("EPSG:4546").convert(&mut line));
    let Geometry::LineString(line) = line else { panic!() };
    assert!(close(line.0[0].into(), LonLat { lon: 112.55, lat: 37.87 }));
    let mut wrong = Geometry::Point(geo::Point::new(f64::NAN, 1.0));
    assert!(!crs("EPSG:4326").convert(&mut wrong));
    let all = crs("gcj02").to_lonlat_all(&[Coord { x: 112.55, y: 37.87 }, Coord { x: 500.0, y: 1.0 }]);
    assert!(all[0].is_some() && all[1].is_none());
}

#[test]
fn numbers_that_do_not_suit_the_crs_are_seen() {
    let seen = |text: &str, x0: f64, y0: f64, x1: f64, y1: f64| {
        misfit(&crs(text), Rect::new(Coord { x: x0, y: y0 }, Coord { x: x1, y: y1 }), Coord { x: x0, y: y0 })
    };
    assert_eq!(seen("EPSG:4326", 112.5, 37.8, 112.6, 37.9), None);
    assert_eq!(seen("EPSG:4326", 24.9, 60.1, 25.0, 60.2), None);
    assert_eq!(seen("EPSG:4326", 14.2, 35.8, 14.6, 36.1), None);
    assert_eq!(seen("EPSG:4326", 37.8, 112.5, 37.9, 112.6), Some(Misfit::Swapped(Coord { x: 112.5, y: 37.8 })));
    assert_eq!(seen("gcj02", 43.7, 87.5, 43.9, 87.7), Some(Misfit::Swapped(Coord { x: 87.5, y: 43.7 })));
    assert_eq!(seen("EPSG:4326", 636_000.0, 4_190_000.0, 640_000.0, 4_200_000.0), Some(Misfit::MetresUnderDegrees));
    // Kunming's roads: a .prj of UTM zone 49N over degrees.
    assert_eq!(seen("EPSG:32649", 102.6, 24.9, 102.9, 25.1), Some(Misfit::DegreesUnderMetres));
    assert_eq!(seen("EPSG:4546", 636_000.0, 4_190_000.0, 640_000.0, 4_200_000.0), None);
    assert_eq!(seen("EPSG:4546", 37_636_000.0, 4_190_000.0, 37_640_000.0, 4_200_000.0), None);
    assert_eq!(seen("EPSG:4546", 4_190_000.0, 636_000.0, 4_200_000.0, 640_000.0), Some(Misfit::Swapped(Coord { x: 636_000.0, y: 4_190_000.0 })));
    assert_eq!(seen("EPSG:4546", 4_190_000.0, 37_636_000.0, 4_200_000.0, 37_640_000.0), Some(Misfit::Swapped(Coord { x: 37_636_000.0, y: 4_190_000.0 })));
    assert_eq!(seen("EPSG:4546", 38_436_000.0, 4_190_000.0, 38_440_000.0, 4_200_000.0), Some(Misfit::Elsewhere));
    assert_eq!(seen("EPSG:4525", 37_836_000.0, 4_190_000.0, 38_240_000.0, 4_200_000.0), Some(Misfit::Zones(vec![37, 38])));
    assert_eq!(seen("EPSG:4546", 636_000.0, 4_190_000.0, 37_640_000.0, 4_200_000.0), Some(Misfit::Zones(vec![0, 37])));
}

#[test]
fn a_range_suggests_what_it_may_be() {
    let of = |x: f64, y: f64| guess(Rect::new(Coord { x, y }, Coord { x: x + 10_000.0, y: y + 10_000.0 }));
    assert_eq!(guess(Rect::new(Coord { x: 112.0, y: 36.0 }, Coord { x: 113.0, y: 37.0 })).as_deref(), Some("EPSG:4326"));
    assert_eq!(of(38_436_000.0, 4_010_000.0).as_deref(), Some("EPSG:4526"));
    assert_eq!(of(4_010_000.0, 38_436_000.0).as_deref(), Some("EPSG:4526"));
    assert_eq!(of(19_636_000.0, 4_010_000.0).as_deref(), Some("EPSG:4497"));
    assert_eq!(of(12_590_000.0, 4_330_000.0).as_deref(), Some("EPSG:3857"));
    assert_eq!(of(636_000.0, 4_010_000.0), None);
}
