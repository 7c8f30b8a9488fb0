use encoding_rs::GB18030;
use geo::Geometry;
use proptest::prelude::*;

use crate::read::scan::tests::{Kept, scan_bytes};

const TWO: &str = r#"{"type":"FeatureCollection","bbox":[1,2,3,4],"features":[
 {"type":"Feature","properties":{"code":"140403001001","人口":3271,"old":true,"area":null},"geometry":{"type":"Point","coordinates":[112.5,37.8,900]}},
 {"type":"Feature","geometry":null,"properties":{"人口":3.27,"tags":["a",{"b":1}],"code":140403001001,"long":123456789012345678}}
],"name":"x"}"#;

#[test]
fn values_keep_their_kind_and_columns_their_order() {
    let outcome = scan_bytes("a.geojson", TWO.as_bytes());
    assert_eq!(outcome.codes(), [""; 0]);
    let layer = &outcome.layer;
    assert_eq!(layer.columns, ["code", "人口", "old", "area", "tags", "long"]);
    assert_eq!(layer.rows, [(None, Some(0)), (None, Some(1))]);
    let text = |t: &str| Kept::Text(t.to_owned());
    assert_eq!(layer.cells[0], [text("140403001001"), Kept::Number(3271.0), Kept::Bool(true), Kept::Empty, Kept::Empty, Kept::Empty]);
    let second =
        [Kept::Number(140403001001.0), Kept::Number(3.27), Kept::Empty, Kept::Empty, text(r#"["a",{"b":1}]"#), text("123456789012345678")];
    assert_eq!(layer.cells[1], second);
    assert_eq!(layer.shapes, [Some(Geometry::Point(geo::Point::new(112.5, 37.8))), None]);
    let scanned = outcome.scanned.unwrap();
    assert_eq!(scanned.declared_crs.as_deref(), Some("EPSG:4326"));
    assert_eq!((scanned.records, scanned.first), (2, Some(geo::Coord { x: 112.5, y: 37.8 })));
}

#[test]
fn the_old_crs_member_is_believed_before_or_behind_the_features() {
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}}"#;
    let feature = r#""features":[{"type":"Feature","properties":{},"geometry":null}]"#;
    for text in
        [format!("{{\"type\":\"FeatureCollection\",{crs},{feature}}}"), format!("{{{feature},\"type\":\"FeatureCollection\",{crs}}}")]
    {
        assert_eq!(scan_bytes("a.geojson", text.as_bytes()).scanned.unwrap().declared_crs.as_deref(), Some("urn:ogc:def:crs:EPSG::4547"));
    }
}

#[test]
fn lists_lines_single_features_and_bare_geometries_are_read_too() {
    let feature = r#"{"type":"Feature","id":"A1","properties":{"n":1},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}}"#;
    for text in [feature.to_owned(), format!("[{feature}]"), format!("{feature}\n{feature}\n"), format!("\u{1e}{feature}\n\u{1e}{feature}")]
    {
        let outcome = scan_bytes("a.geojson", text.as_bytes());
        assert_eq!(outcome.codes(), [""; 0], "{text} {}", outcome.spoken());
        assert_eq!(outcome.layer.columns, ["n", "id"]);
        assert_eq!(outcome.layer.text(0, "id"), "A1");
        assert!(matches!(outcome.layer.shapes[0], Some(Geometry::LineString(_))));
    }
    let bare = scan_bytes("a.json", br#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#);
    assert!(matches!(bare.layer.shapes[0], Some(Geometry::Polygon(_))));
}

#[test]
fn gbk_is_read_with_a_warning() {
    let bytes = GB18030.encode(TWO).0.into_owned();
    let outcome = scan_bytes("a.geojson", &bytes);
    assert_eq!(outcome.codes(), ["W-ENC-JSON"]);
    assert_eq!(outcome.layer.columns[1], "人口");
}

#[test]
fn broken_texts_say_how_they_are_broken() {
    for cut in 1..TWO.len() - 1 {
        if TWO.is_char_boundary(cut) {
            assert_eq!(scan_bytes("a.geojson", &TWO.as_bytes()[..cut]).codes(), ["E-TRUNCATED"], "{}", &TWO[..cut]);
        }
    }
    assert_eq!(scan_bytes("a.geojson", b"{\"type\":\"FeatureCollection\",\"features\":[]}").codes(), ["E-EMPTY"]);
    assert_eq!(scan_bytes("a.geojson", b"{\"type\":\"Topology\",\"objects\":{}}").codes(), ["E-FORMAT"]);
    let syntax = scan_bytes("a.geojson", b"{\"type\":\"FeatureCollection\",\n\"features\":[\n{\"type\" \"Feature\"}]}");
    assert_eq!(syntax.codes(), ["E-FORMAT"]);
    let shape = br#"[{"type":"Feature","properties":{"a":1},"geometry":null},{"type":"Feature","properties":{"a":2},"geometry":{"type":"Point","coordinates":[1]}}]"#;
    let outcome = scan_bytes("a.geojson", shape);
    assert_eq!(outcome.codes(), ["E-FORMAT"]);
    assert_eq!(outcome.problems.iter().next().unwrap().origin.feature, Some(1));
}

#[test]
fn an_unclosed_ring_is_noted_and_an_empty_point_is_no_position() {
    let open = br#"[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}}]"#;
    assert_eq!(scan_bytes("a.geojson", open).codes(), ["W-GEOM"]);
    let empty = br#"[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[]}}]"#;
    assert_eq!(scan_bytes("a.geojson", empty).layer.shapes, [None]);
    let hollow = br#"[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Polygon","coordinates":[]}}]"#;
    assert!(matches!(&scan_bytes("a.geojson", hollow).layer.shapes[0], Some(Geometry::Polygon(p)) if p.exterior().0.is_empty()));
}

#[test]
fn depth_without_end_is_refused() {
    let deep =
        format!("{{\"features\":[{{\"type\":\"Feature\",\"properties\":{{\"a\":{}1{}}}}}]}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(scan_bytes("a.geojson", deep.as_bytes()).codes(), ["E-FORMAT"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(tail in proptest::collection::vec(any::<u8>(), 0..200), at in 0..TWO.len()) {
        let mut bytes = TWO.as_bytes()[..at].to_vec();
        bytes.extend(tail);
        scan_bytes("a.geojson", &bytes);
    }
}
