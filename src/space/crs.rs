//! Coordinate reference systems: from what a study or a file calls one, to degrees on WGS 84.
//!
//! Codes are looked up in the EPSG table of `crs-definitions` and computed by `proj4rs`; `.prj` texts are recognised by code or
//! name first (`names`, `wkt`) and only then read by their parameters. CGCS2000 (EPSG:4490) is taken as WGS 84: they differ by
//! centimetres.

mod names;
pub mod suit;
mod wkt;

use std::sync::LazyLock;

use geo::{Coord, CoordsIter, Geometry, MapCoordsInPlace};
use proj4rs::Proj;
use rayon::prelude::*;

use crate::space::{LonLat, shift};

static WGS_84: LazyLock<Proj> =
    LazyLock::new(|| Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").expect("a constant definition"));

/// A resolved coordinate reference system.
#[derive(Clone)]
pub struct Crs {
    name: String,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// Degrees on WGS 84 or CGCS2000.
    Degrees,
    /// Degrees as Amap and Tencent shift them.
    Gcj02,
    /// Degrees as Baidu shifts them.
    Bd09,
    /// Anything else, degrees on another datum or metres.
    Proj { from: Box<Proj>, zone: Option<Zone>, loose_datum: bool },
}

/// How eastings of a Gauss–Krüger or UTM zone may be written: with the zone number in front (38 500 000) or without (500 000).
#[derive(Clone, Copy)]
struct Zone {
    /// Millions that the definition itself carries; 0 without prefix.
    own: u32,
    /// Zone numbers that mean this meridian: 3° and 6° count differently.
    numbers: [u32; 2],
}

impl std::fmt::Debug for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crs({})", self.name)
    }
}

impl Crs {
    /// Longitude and latitude in degrees on WGS 84.
    pub fn wgs84() -> Self {
        Crs { name: "EPSG:4326".to_owned(), kind: Kind::Degrees }
    }

    /// Understands `EPSG:4547`, `4547`, OGC URNs, `gcj02`, `bd09`, PROJ strings, the text of a `.prj` file (ESRI, GDAL WKT1, WKT2) and
    /// the bare name in one (`CGCS2000_3_Degree_GK_CM_111E`). `None` when it is not known or cannot be computed.
    pub fn parse(text: &str) -> Option<Crs> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
        match text.to_ascii_lowercase().replace(['-', '_', ' '], "").as_str() {
            "" => return None,
            "gcj02" | "gcj02ll" => return Some(Crs { name: "gcj02".to_owned(), kind: Kind::Gcj02 }),
            "bd09" | "bd09ll" => return Some(Crs { name: "bd09".to_owned(), kind: Kind::Bd09 }),
            _ => {}
        }
        if let Some(code) = written_code(text).or_else(|| names::epsg(text)) {
            return Crs::from_epsg(code);
        }
        if text.starts_with("+proj") {
            return Crs::from_proj_string(text, text.to_owned());
        }
        text.contains(['[', '(']).then(|| Crs::from_wkt(text)).flatten()
    }

    /// By its number in the EPSG registry.
    pub fn from_epsg(code: u32) -> Option<Crs> {
        let name = format!("EPSG:{code}");
        if matches!(code, 4326 | 4490) {
            return Some(Crs { name, kind: Kind::Degrees });
        }
        let definition = crs_definitions::from_code(u16::try_from(code).ok()?)?;
        Crs::from_proj_string(definition.proj4, name)
    }

    fn from_proj_string(definition: &str, name: String) -> Option<Crs> {
        let from = Proj::from_proj_string(definition).ok()?;
        if !from.has_inverse() && !from.is_latlong() || from.is_geocent() {
            return None;
        }
        let zone = Zone::of(definition);
        // Krasovsky (Beijing 1954) and IAG 1975 (Xi'an 1980): no shift to WGS 84 is published that is good to a few metres everywhere.
        let loose_datum = ["+ellps=krass", "+a=6378140", "+a=6378245"].iter().any(|d| definition.contains(d));
        Some(Crs { name, kind: Kind::Proj { from: Box::new(from), zone, loose_datum } })
    }

    /// A code or name is believed as long as the parameters written beside it agree: bureaus do edit the meridian and keep the name.
    fn from_wkt(text: &str) -> Option<Crs> {
        let root = wkt::Root::of(text)?;
        let by_name = root.epsg.or_else(|| names::epsg(root.name));
        if let Some(code) = by_name.filter(|code| wkt::agrees(text, *code)) {
            return Crs::from_epsg(code);
        }
        let definition = proj4wkt::wkt_to_projstring(root.text).ok()?;
        let mut crs = Crs::from_proj_string(&definition, root.name.to_owned())?;
        if root.is_geographic && wkt::has_modern_datum(&definition) {
            crs.kind = Kind::Degrees;
        }
        Some(crs)
    }

    /// `EPSG:4547`, `gcj02`, or the name in the text it was read from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its numbers are degrees.
    pub fn is_geographic(&self) -> bool {
        match &self.kind {
            Kind::Degrees | Kind::Gcj02 | Kind::Bd09 => true,
            Kind::Proj { from, .. } => from.is_latlong(),
        }
    }

    /// Whether positions may be off by tens of metres because the datum (Beijing 1954, Xi'an 1980) has no good published shift.
    pub fn is_loose(&self) -> bool {
        matches!(self.kind, Kind::Proj { loose_datum: true, .. })
    }

    /// Easting (or longitude) first, whatever the registry says about axes, as files hold them. `None` when the numbers are not
    /// finite or lie where the CRS does not reach.
    pub fn to_lonlat(&self, x: f64, y: f64) -> Option<LonLat> {
        if !(x.is_finite() && y.is_finite()) {
            return None;
        }
        match &self.kind {
            Kind::Degrees => LonLat::new(x, y),
            Kind::Gcj02 => LonLat::new(x, y).map(shift::wgs84_from_gcj02),
            Kind::Bd09 => LonLat::new(x, y).map(shift::wgs84_from_bd09),
            Kind::Proj { from, zone, .. } => {
                let mut point = match zone {
                    _ if from.is_latlong() => (x.to_radians(), y.to_radians(), 0.0),
                    Some(zone) => (zone.easting(x)?, y, 0.0),
                    None => (x, y, 0.0),
                };
                proj4rs::transform::transform(from, &WGS_84, &mut point).ok()?;
                LonLat::new(point.0.to_degrees(), point.1.to_degrees())
            }
        }
    }

    /// The central meridian of a transverse Mercator zone, in degrees.
    pub fn meridian(&self) -> Option<f64> {
        match &self.kind {
            Kind::Proj { from, .. } if matches!(from.projname(), "tmerc" | "etmerc" | "utm") => {
                Some(from.longitude_of_origin().to_degrees())
            }
            _ => None,
        }
    }

    /// Turns every coordinate of a shape into degrees on WGS 84, in place. False, with the failing coordinates NaN, when any cannot be.
    #[must_use]
    pub fn convert(&self, geometry: &mut Geometry<f64>) -> bool {
        let nowhere = Coord { x: f64::NAN, y: f64::NAN };
        let on_earth = |c: Coord<f64>| LonLat::new(c.x, c.y).is_some();
        if !(matches!(self.kind, Kind::Degrees) && geometry.coords_iter().all(on_earth)) {
            geometry.map_coords_in_place(|c| self.to_lonlat(c.x, c.y).map_or(nowhere, LonLat::coord));
        }
        geometry.coords_iter().all(on_earth)
    }

    /// The same for many bare points, in parallel and in order.
    pub fn to_lonlat_all(&self, points: &[Coord<f64>]) -> Vec<Option<LonLat>> {
        points.par_iter().with_min_len(4096).map(|c| self.to_lonlat(c.x, c.y)).collect()
    }
}

impl Zone {
    /// The zone of a PROJ definition, if it is a whole-degree Gauss–Krüger or a UTM zone.
    fn of(definition: &str) -> Option<Zone> {
        let value = |key: &str| -> Option<f64> { definition.split(' ').find_map(|p| p.strip_prefix(key)?.parse().ok()) };
        if let Some(zone) = value("+zone=") {
            return Some(Zone { own: 0, numbers: [zone as u32; 2] });
        }
        let (meridian, easting) = (value("+lon_0=")?, value("+x_0=")?);
        let is_zone = definition.contains("+proj=tmerc") && meridian > 0.0 && meridian % 3.0 == 0.0 && easting % 1_000_000.0 == 500_000.0;
        is_zone.then(|| {
            let three = meridian / 3.0;
            let six = (meridian + 3.0) / 6.0;
            Zone {
                own: (easting / 1_000_000.0) as u32,
                numbers: [three as u32, if six.fract() == 0.0 { six as u32 } else { three as u32 }],
            }
        })
    }

    /// The easting as the definition expects it; `None` when its prefix names another zone.
    fn easting(self, x: f64) -> Option<f64> {
        let millions = (x / 1_000_000.0).floor();
        let bare = x - millions * 1_000_000.0;
        let own = f64::from(self.own) * 1_000_000.0;
        // A zone is at most some 400 km to either side of 500 000, so anything but 0 in the millions is a prefix.
        match millions as i64 {
            0 => Some(bare + own),
            n if n == i64::from(self.own) || self.numbers.iter().any(|z| i64::from(*z) == n) => Some(bare + own),
            _ => None,
        }
    }
}

/// `EPSG:4547`, `epsg::4547`, `urn:ogc:def:crs:EPSG::4547`, `http://…/EPSG/0/4547`, a bare number; CRS84 is 4326.
fn written_code(text: &str) -> Option<u32> {
    let upper = text.to_ascii_uppercase();
    if upper.contains(['[', '(', '+']) {
        return None;
    }
    if upper == "CRS84" || upper.ends_with(":CRS84") || upper.ends_with("/CRS84") {
        return Some(4326);
    }
    let tail = match upper.rsplit_once("EPSG") {
        Some((_, tail)) => tail,
        None => upper.strip_prefix("ESRI").unwrap_or(&upper),
    };
    let digits = tail.trim().rsplit([':', '/']).next()?.trim();
    let code: u32 = digits.parse().ok()?;
    // ESRI's and Google's own numbers of web Mercator.
    Some(if matches!(code, 102_100 | 102_113 | 900_913) { 3857 } else { code })
}

#[cfg(test)]
mod tests;
