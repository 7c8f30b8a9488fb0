//! One city in the coordinates that people really have: the ranking does not change with the way places are written down.

use std::path::Path;

use careshed::space::{LonLat, shift};
use proj4rs::Proj;

use super::{careshed, code, said, table};

const TABLES: [&str; 6] = ["network", "communities", "estates", "demand", "facilities", "candidates"];

/// A city of twelve communities with its places moved by `to`, which writes degrees with ten digits behind the point, metres with four.
fn city(dir: &Path, to: &dyn Fn(LonLat) -> (f64, f64)) {
    assert_eq!(code(&careshed(&["synth", "--communities", "12", "--out", dir.to_str().unwrap()])), 0);
    let moved = |lon: f64, lat: f64| {
        let (x, y) = to(LonLat { lon, lat });
        if x.abs() <= 360.0 { (format!("{x:.10}"), format!("{y:.10}")) } else { (format!("{x:.4}"), format!("{y:.4}")) }
    };
    for name in ["estates.csv", "demand.csv", "facilities.csv", "candidates.csv"] {
        let mut reader = csv::Reader::from_path(dir.join(name)).unwrap();
        let headings = reader.headers().unwrap().clone();
        let at = |heading: &str| headings.iter().position(|h| h.trim_start_matches('\u{feff}') == heading);
        let (Some(lon), Some(lat)) = (at("lon"), at("lat")) else { continue };
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| {
                let mut row: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
                if let (Ok(x), Ok(y)) = (row[lon].parse(), row[lat].parse()) {
                    (row[lon], row[lat]) = moved(x, y);
                }
                row
            })
            .collect();
        drop(reader);
        let mut writer = csv::Writer::from_path(dir.join(name)).unwrap();
        writer.write_record(&headings).unwrap();
        rows.iter().for_each(|row| writer.write_record(row).unwrap());
    }
    for name in ["communities.geojson", "roads.geojson"] {
        let mut json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(dir.join(name)).unwrap()).unwrap();
        for feature in json["features"].as_array_mut().unwrap() {
            walk(&mut feature["geometry"]["coordinates"], &moved);
        }
        std::fs::write(dir.join(name), json.to_string()).unwrap();
    }
    let study = std::fs::read_to_string(dir.join("study.toml")).unwrap();
    std::fs::write(dir.join("study.toml"), study.replace("\"roads.osm.pbf\"", "\"roads.geojson\"")).unwrap();
}

fn walk(value: &mut serde_json::Value, moved: &dyn Fn(f64, f64) -> (String, String)) {
    let Some(list) = value.as_array_mut() else { return };
    if let [x, y] = &list[..]
        && let (Some(x), Some(y)) = (x.as_f64(), y.as_f64())
    {
        let (x, y) = moved(x, y);
        *value = serde_json::json!([x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap()]);
    } else {
        list.iter_mut().for_each(|inner| walk(inner, moved));
    }
}

fn zone(meridian: u32, easting: u32) -> impl Fn(LonLat) -> (f64, f64) {
    let text = format!("+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0={easting} +y_0=0 +ellps=GRS80 +units=m +no_defs");
    let (degrees, metres) =
        (Proj::from_proj_string("+proj=longlat +ellps=GRS80 +no_defs").unwrap(), Proj::from_proj_string(&text).unwrap());
    move |p| {
        let mut point = (p.lon.to_radians(), p.lat.to_radians(), 0.0);
        proj4rs::transform::transform(&degrees, &metres, &mut point).unwrap();
        (point.0, point.1)
    }
}

#[test]
fn the_same_city_in_five_coordinate_systems_has_one_ranking() {
    let dir = tempfile::tempdir().unwrap();
    let ranked = |name: &str, crs: &str, to: &dyn Fn(LonLat) -> (f64, f64)| {
        let folder = dir.path().join(name);
        city(&folder, to);
        let (study, out) = (folder.join("study.toml"), dir.path().join(format!("{name}-out")));
        let crs: Vec<String> = TABLES.iter().flat_map(|table| ["--set".to_owned(), format!("{table}.crs={crs}")]).collect();
        let crs: Vec<&str> = crs.iter().map(String::as_str).collect();
        let run = careshed(&[&["rank", study.to_str().unwrap(), "--out", out.to_str().unwrap()], &crs[..]].concat());
        assert_eq!(code(&run), 0, "{name}: {}", said(&run));
        assert!(!said(&run).contains("W-CRS-OFFSET"), "{name}: {}", said(&run));
        table(&out.join("candidates.csv"))
    };
    let degrees = |p: LonLat| (p.lon, p.lat);
    let plain = ranked("wgs84", "EPSG:4326", &degrees);
    assert!(plain.iter().filter(|row| !row["rank"].is_empty()).count() >= 5);
    for (name, crs, to) in [
        ("gcj02", "gcj02", &(|p| degrees(shift::gcj02_from_wgs84(p))) as &dyn Fn(LonLat) -> (f64, f64)),
        ("bd09", "bd09", &|p| degrees(shift::bd09_from_wgs84(p))),
        // Without and with the number of the zone before the easting.
        ("zone-114", "EPSG:4547", &zone(114, 500_000)),
        ("zone-37", "EPSG:4525", &zone(111, 37_500_000)),
    ] {
        let other = ranked(name, crs, to);
        let order = |rows: &[std::collections::BTreeMap<String, String>]| {
            rows.iter().map(|row| (row["id"].clone(), row["rank"].clone(), row["eligibility"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(order(&other), order(&plain), "{name}");
        for (here, there) in plain.iter().zip(&other) {
            let people = |row: &std::collections::BTreeMap<String, String>| row["elderly_60_reach"].parse::<f64>().unwrap_or(-1.0);
            // A door a millimetre this side of the limit may come out beyond it.
            assert!((people(here) - people(there)).abs() <= 5.0, "{name} {}: {} {}", here["id"], people(here), people(there));
        }
    }
}

#[test]
fn a_city_whose_files_lie_in_two_zones_is_covered_as_one_in_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("city");
    city(&folder, &|p| (p.lon, p.lat));
    let study = folder.join("study.toml");
    let cover = |out: &str| {
        let out = dir.path().join(out);
        let run = careshed(&["cover", study.to_str().unwrap(), "--out", out.to_str().unwrap()]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        ["totals.csv", "communities.csv"].map(|name| table(&out.join(name)))
    };
    let one = cover("one");
    // The first half of each table stands in the zone of 114°, the others in zone 37 with its number before the easting.
    let mut text = std::fs::read_to_string(&study).unwrap();
    for name in ["facilities", "demand"] {
        let rows = table(&folder.join(format!("{name}.csv")));
        let headings: Vec<String> = rows[0].keys().cloned().collect();
        let half = rows.len() / 2;
        for (part, rows) in [("a", &rows[..half]), ("b", &rows[half..])] {
            let to = if part == "a" { zone(114, 500_000) } else { zone(111, 37_500_000) };
            let mut writer = csv::Writer::from_path(folder.join(format!("{name}-{part}.csv"))).unwrap();
            writer.write_record(&headings).unwrap();
            for row in rows {
                let mut row = row.clone();
                if let (Ok(lon), Ok(lat)) = (row["lon"].parse(), row["lat"].parse()) {
                    let (x, y) = to(LonLat { lon, lat });
                    row.insert("lon".into(), format!("{x:.6}"));
                    row.insert("lat".into(), format!("{y:.6}"));
                }
                writer.write_record(headings.iter().map(|h| &row[h])).unwrap();
            }
        }
        let files =
            format!("files = [{{ file = \"{name}-a.csv\", crs = \"EPSG:4547\" }}, {{ file = \"{name}-b.csv\", crs = \"EPSG:4525\" }}]");
        let file = format!("file = \"{name}.csv\"");
        assert!(text.contains(&file), "{text}");
        text = text.replace(&file, &files);
    }
    std::fs::write(&study, text).unwrap();
    let two = cover("two");
    assert_eq!(one[0], two[0], "totals.csv");
    assert_eq!(one[1], two[1], "communities.csv");
}
