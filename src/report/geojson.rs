//! Tables as GeoJSON in EPSG:4326: the same columns as properties, the same digits as in CSV.

use std::fmt::Write as _;
use std::io::{self, Write};

use geo::{LineString, Polygon};

use super::table::{Shape, Table};
use super::value::Value;
use crate::space::LonLat;

/// Writes a feature collection, one feature at a time.
pub fn write(table: &Table<'_>, name: &str, mut out: impl Write) -> io::Result<()> {
    writeln!(out, "{{\"schema\":1,\"type\":\"FeatureCollection\",\"name\":{},\"features\":[", quoted(name))?;
    let keys: Vec<String> = table.columns.iter().map(|c| quoted(&c.key)).collect();
    let (mut cells, mut line) = (Vec::new(), String::new());
    for row in 0..table.rows {
        table.row(row, &mut cells);
        line.clear();
        line.push_str(if row == 0 { "" } else { ",\n" });
        line.push_str("{\"type\":\"Feature\",\"properties\":{");
        for (i, (key, cell)) in keys.iter().zip(&cells).enumerate() {
            line.push_str(if i == 0 { "" } else { "," });
            line.push_str(key);
            line.push(':');
            match cell {
                Value::Text(text) => line.push_str(&quoted(text)),
                number if number.write_number(&mut line) => {}
                _ => line.push_str("null"),
            }
        }
        line.push_str("},\"geometry\":");
        geometry(table.shape(row), &mut line);
        line.push('}');
        out.write_all(line.as_bytes())?;
    }
    out.write_all(b"\n]}\n")
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn geometry(shape: Option<Shape<'_>>, out: &mut String) {
    match shape {
        None => out.push_str("null"),
        Some(Shape::Point(place)) => {
            out.push_str("{\"type\":\"Point\",\"coordinates\":");
            position(place, out);
            out.push('}');
        }
        Some(Shape::Area(area)) => match area.0.as_slice() {
            [one] => {
                out.push_str("{\"type\":\"Polygon\",\"coordinates\":");
                polygon(one, out);
                out.push('}');
            }
            several => {
                out.push_str("{\"type\":\"MultiPolygon\",\"coordinates\":");
                list(several.iter(), out, polygon);
                out.push('}');
            }
        },
    }
}

fn polygon(polygon: &Polygon<f64>, out: &mut String) {
    list(std::iter::once(polygon.exterior()).chain(polygon.interiors()), out, ring);
}

fn ring(ring: &LineString<f64>, out: &mut String) {
    list(ring.coords(), out, |c, out| position(LonLat { lon: c.x, lat: c.y }, out));
}

/// Seven decimals are a centimetre on the ground.
fn position(place: LonLat, out: &mut String) {
    for (open, degrees) in [('[', place.lon), (',', place.lat)] {
        out.push(open);
        let start = out.len();
        _ = write!(out, "{degrees:.7}");
        out.truncate(out.trim_end_matches('0').trim_end_matches('.').len());
        if &out[start..] == "-0" {
            out.replace_range(start.., "0");
        }
    }
    out.push(']');
}

fn list<T>(items: impl Iterator<Item = T>, out: &mut String, each: impl Fn(T, &mut String)) {
    out.push('[');
    for (i, item) in items.enumerate() {
        out.push_str(if i == 0 { "" } else { "," });
        each(item, out);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{candidates, communities, sample};
    use crate::words::Lang;

    fn text(table: &Table<'_>, name: &str) -> String {
        let mut out = Vec::new();
        write(table, name, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn properties_are_numbers_texts_and_nulls_and_ids_stay_as_they_are() {
        let findings = sample::findings();
        let json = text(&candidates::table(&findings, 0), "candidates");
        let expected = r#"{"schema":1,"type":"FeatureCollection","name":"candidates","features":[
{"type":"Feature","properties":{"rank":1,"id":"C001","name":"文化宫","eligibility":"conditional","score":67.1234,"score_declared":null,"elderly_60_new":50.5,"elderly_60_reach":81,"elderly_60_served":30.5,"households_new":60,"old_500_host":0,"old_500_households_new":null,"reach_gap_closed_m2":12.35,"redundancy":0.376543,"outside_share":0.000000,"top_n_share":0.333500,"missing":"enthusiasm;community.occupied_households","new_elderly_raw":50.5,"new_elderly_value":0.016833333333333332,"new_elderly_weight":1,"declared_enthusiasm_raw":null,"declared_enthusiasm_value":null,"declared_enthusiasm_weight":0,"input_rank":null},"geometry":{"type":"Point","coordinates":[113.12,36.205]}},
{"type":"Feature","properties":{"rank":null,"id":"007","name":"<r>旧厂\"房\"</r>","eligibility":"ineligible","score":null,"score_declared":null,"elderly_60_new":null,"elderly_60_reach":null,"elderly_60_served":null,"households_new":null,"old_500_host":null,"old_500_households_new":null,"reach_gap_closed_m2":null,"redundancy":null,"outside_share":null,"top_n_share":null,"missing":"","new_elderly_raw":null,"new_elderly_value":null,"new_elderly_weight":null,"declared_enthusiasm_raw":null,"declared_enthusiasm_value":null,"declared_enthusiasm_weight":null,"input_rank":"一等"},"geometry":null}
]}
"#;
        assert_eq!(json, expected);
    }

    #[test]
    fn a_reader_finds_boundaries_points_and_hostile_names_again() {
        let findings = sample::findings();
        let json = text(&communities::table(&findings, Lang::Zh), "communities");
        assert!(json.contains("[113.1234568,36.2]"), "seven decimals");
        assert!(json.contains("[113.5,0]"), "no minus before nothing");
        let read: geojson::FeatureCollection = json.parse().unwrap();
        let kinds: Vec<&str> = read.features.iter().map(|f| f.geometry.as_ref().unwrap().value.type_name()).collect();
        assert_eq!(kinds, ["Polygon", "Point", "MultiPolygon"]);
        let name = read.features[2].property("name").unwrap();
        assert_eq!(name, "=HYPERLINK(\"x\"),南街", "JSON needs no guard");
    }

    #[test]
    fn no_rows_are_an_empty_collection() {
        let mut findings = sample::findings();
        findings.packs[0].ranking.clear();
        let read: geojson::FeatureCollection = text(&candidates::table(&findings, 0), "candidates").parse().unwrap();
        assert!(read.features.is_empty());
    }
}
