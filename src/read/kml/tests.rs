use std::io::{Cursor, Write};

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use geo::{Geometry, point};

use super::coordinates;
use crate::read::Input;
use crate::read::scan::tests::{Kept, scan_bytes, scan_input};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><name>设施</name>";

fn kml(placemarks: &str) -> String {
    format!("{HEAD}<Folder>{placemarks}</Folder></Document></kml>")
}

const POINT: &str = "<Point><coordinates>113.1,36.2,0</coordinates></Point>";

#[test]
fn names_and_extended_data_of_either_kind_are_columns() {
    let text = kml(&format!(
        "<Placemark><name>甲&amp;乙</name><ExtendedData><Data name=\"层数\"><displayName>x</displayName><value>3</value></Data>\
         <SchemaData schemaUrl=\"#s\"><SimpleData name=\"面积\">120.5</SimpleData></SchemaData></ExtendedData>{POINT}</Placemark>\
         <Placemark><description><![CDATA[<b>说明</b>]]></description>{POINT}</Placemark>"
    ));
    let found = scan_bytes("设施.kml", text.as_bytes());
    assert!(found.codes().is_empty(), "{:?}", found.problems);
    assert_eq!(found.layer.columns, ["name", "层数", "面积", "description"]);
    assert_eq!((found.layer.text(0, "name"), found.layer.text(0, "层数"), found.layer.text(0, "面积")), ("甲&乙", "3", "120.5"));
    assert_eq!(found.layer.cells[1][..3], [Kept::Empty, Kept::Empty, Kept::Empty]);
    assert_eq!(found.layer.text(1, "description"), "<b>说明</b>");
    assert_eq!(found.layer.shapes[0], Some(Geometry::from(point! { x: 113.1, y: 36.2 })));
    assert_eq!(found.scanned.unwrap().declared_crs.as_deref(), Some("EPSG:4326"));
}

#[test]
fn lines_areas_with_holes_and_several_parts_are_shapes() {
    let ring = |x: f64, w: f64| format!("<LinearRing><coordinates>{x},0 {},0 {},{w} {x},0</coordinates></LinearRing>", x + w, x + w);
    let area = |x: f64| {
        format!(
            "<Polygon><outerBoundaryIs>{}</outerBoundaryIs><innerBoundaryIs>{}</innerBoundaryIs></Polygon>",
            ring(x, 9.0),
            ring(x + 1.0, 2.0)
        )
    };
    let text = kml(&format!(
        "<Placemark><LineString><coordinates>1,2,3\n 4,5,6</coordinates></LineString></Placemark>\
         <Placemark>{}</Placemark><Placemark><MultiGeometry>{}<MultiGeometry>{}</MultiGeometry></MultiGeometry></Placemark>\
         <Placemark><MultiGeometry>{POINT}{}</MultiGeometry></Placemark><Placemark/>",
        area(0.0),
        area(0.0),
        area(20.0),
        area(40.0)
    ));
    let found = scan_bytes("a.kml", text.as_bytes());
    assert!(found.codes().is_empty(), "{:?}", found.problems);
    let shapes = &found.layer.shapes;
    assert!(matches!(&shapes[0], Some(Geometry::LineString(l)) if l.0.len() == 2 && l.0[1].x == 4.0 && l.0[1].y == 5.0));
    assert!(matches!(&shapes[1], Some(Geometry::Polygon(p)) if p.interiors().len() == 1 && p.interiors()[0].0[0].x == 1.0));
    assert!(matches!(&shapes[2], Some(Geometry::MultiPolygon(m)) if m.0.len() == 2 && m.0[1].exterior().0[0].x == 20.0));
    assert!(matches!(&shapes[3], Some(Geometry::GeometryCollection(g)) if g.0.len() == 2));
    assert_eq!((shapes.len(), &shapes[4]), (5, &None));
}

#[test]
fn coordinates_are_forgiven_a_space_after_the_comma_and_nothing_else() {
    let read = |text: &str| coordinates(text).map(|points| points.iter().map(|c| (c.x, c.y)).collect::<Vec<_>>());
    assert_eq!(read(" 1,2 3,4,5\n6,7 "), Ok(vec![(1.0, 2.0), (3.0, 4.0), (6.0, 7.0)]));
    assert_eq!(read("1, 2, 0 3 ,4"), Ok(vec![(1.0, 2.0), (3.0, 4.0)]));
    assert_eq!(read(""), Ok(vec![]));
    assert!(read("1 2 3").is_err() && read("a,b").is_err() && read("1,NaN").is_err());
    let found = scan_bytes("a.kml", kml("<Placemark><Point><coordinates>36.2</coordinates></Point></Placemark>").as_bytes());
    assert_eq!(found.codes(), ["E-FORMAT"]);
    assert!(found.scanned.is_none());
}

#[test]
fn a_file_in_gbk_is_read_and_said() {
    let text = kml(&format!("<Placemark><name>太行西街社区</name>{POINT}</Placemark>"));
    let (bytes, ..) = encoding_rs::GBK.encode(&text);
    let found = scan_bytes("a.kml", &bytes);
    assert_eq!(found.codes(), ["W-ENC"]);
    assert_eq!(found.layer.text(0, "name"), "太行西街社区");
    let honest = text.replace("UTF-8", "GBK");
    let (bytes, ..) = encoding_rs::GBK.encode(&honest);
    assert!(scan_bytes("a.kml", &bytes).codes().is_empty(), "it says so itself");
}

fn kmz(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn the_main_file_of_a_kmz_is_read_unless_another_is_named() {
    let of = |name: &str| kml(&format!("<Placemark><name>{name}</name>{POINT}</Placemark>"));
    let bytes = kmz(&[("files/icon.png", "x"), ("files/层.kml", &of("别的")), ("doc.kml", &of("主要"))]);
    assert_eq!(scan_bytes("a.kmz", &bytes).layer.text(0, "name"), "主要");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.kmz");
    std::fs::write(&path, &bytes).unwrap();
    let other = scan_input(&Input { path, shown: "a.kmz".into(), layer: Some("层".into()), ..Input::default() });
    assert_eq!(other.layer.text(0, "name"), "别的");
    assert_eq!(scan_bytes("a.kmz", &kmz(&[("a.txt", "x")])).codes(), ["E-FORMAT"]);
}

#[test]
fn a_torso_is_an_error_wherever_it_ends() {
    let text = kml(&format!("<Placemark><name>甲</name>{POINT}</Placemark>"));
    for end in 1..text.len() {
        let found = scan_bytes("a.kml", &text.as_bytes()[..end]);
        assert!(found.scanned.is_none() && !found.codes().is_empty(), "cut at {end}");
    }
}

#[test]
fn nesting_entities_and_columns_have_their_limits() {
    let deep = kml(&"<Folder>".repeat(100_000));
    assert_eq!(scan_bytes("a.kml", deep.as_bytes()).codes(), ["E-TOO-LARGE"]);
    let laughs = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><kml><Placemark><name>&b;</name>{POINT}</Placemark></kml>"
    );
    let found = scan_bytes("a.kml", laughs.as_bytes());
    assert_eq!(found.layer.text(0, "name"), "\u{fffd}", "entities of the file's own are never expanded");
    let many: String = (0..20_000).map(|i| format!("<Data name=\"{i}\"><value>1</value></Data>")).collect();
    let wide = kml(&format!("<Placemark><ExtendedData>{many}</ExtendedData>{POINT}</Placemark>"));
    assert_eq!(scan_bytes("a.kml", wide.as_bytes()).codes(), ["E-TOO-LARGE"]);
}
