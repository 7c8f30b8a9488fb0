use geo::Geometry;
use rust_xlsxwriter::Workbook;

use crate::problem::Problems;
use crate::read::scan::tests::{Kept, scan_bytes, scan_input};
use crate::read::{Input, communities, facilities};

const SQUARE: &str = "POLYGON((112.5 37.8,112.6 37.8,112.6 37.9,112.5 37.9,112.5 37.8))";

#[test]
fn the_column_of_shapes_is_found_by_its_heading_and_first_value() {
    for heading in ["wkt", "WKT", "Geom", "the_geom", "geometry", "几何"] {
        // The first row has no shape yet.
        let outcome = scan_bytes("a.csv", format!("code,{heading}\n1,\n2,\"{SQUARE}\"\n").as_bytes());
        assert!(outcome.codes().is_empty(), "{heading}: {:?}", outcome.problems);
        assert_eq!(outcome.layer.cells[1], [Kept::Text("2".into()), Kept::Empty], "the text is not passed on beside its shape");
        assert!(outcome.layer.shapes[0].is_none(), "{heading}");
        assert!(matches!(&outcome.layer.shapes[1], Some(Geometry::Polygon(p)) if p.exterior().0.len() == 5), "{heading}");
        let scanned = outcome.scanned.unwrap();
        assert_eq!(scanned.declared_crs.as_deref(), Some("EPSG:4326"));
        assert_eq!(scanned.bounds.map(|b| (b.min().x, b.max().y)), Some((112.5, 37.9)));
    }
}

#[test]
fn a_column_of_words_under_a_likely_heading_stays_a_column() {
    let outcome = scan_bytes("a.csv", "code,边界,lon,lat\n1,东至府西街,112.5,37.8\n2,POINT(1 2),112.6,37.9\n".as_bytes());
    assert!(outcome.codes().is_empty());
    assert_eq!(outcome.layer.text(0, "边界"), "东至府西街");
    assert_eq!(outcome.layer.text(1, "边界"), "POINT(1 2)");
    assert!(outcome.layer.shapes.iter().all(Option::is_none));
    assert_eq!(outcome.scanned.unwrap().declared_crs, None);
}

#[test]
fn a_broken_shape_is_named_by_row_and_column() {
    let outcome = scan_bytes("a.csv", format!("code,wkt\n1,\"{SQUARE}\"\n2,\"POLYGON((112.5 37.8,112.6\"\n3,7\n").as_bytes());
    assert_eq!(outcome.codes(), ["E-FORMAT", "E-FORMAT"]);
    let rows: Vec<_> = outcome.problems.iter().map(|p| (p.origin.row, p.field.as_deref())).collect();
    assert_eq!(rows, [(Some(3), Some("wkt")), (Some(4), Some("wkt"))]);
    assert!(outcome.spoken().contains("32767"));
}

#[test]
fn deep_nesting_and_a_thousand_broken_rows_end_in_few_messages() {
    let deep = "GEOMETRYCOLLECTION(".repeat(50_000);
    let rows: String = (0..1000).map(|n| if n == 0 { format!("{n},\"{deep}\"\n") } else { format!("{n},POINT(x)\n") }).collect();
    let outcome = scan_bytes("a.csv", format!("code,wkt\n{rows}").as_bytes());
    assert_eq!(outcome.codes().len(), 20);
}

#[test]
fn the_hexadecimal_of_postgis_is_read_with_its_code() {
    // A point at 500000, 4190000 with SRID 4547; then one that ends too early.
    let point: String =
        [&[1u8][..], &0x2000_0001u32.to_le_bytes(), &4547u32.to_le_bytes(), &500_000f64.to_le_bytes(), &4.19e6f64.to_le_bytes()]
            .concat()
            .iter()
            .map(|b| format!("{b:02X}"))
            .collect();
    let outcome = scan_bytes("a.csv", format!("id,the_geom\n1,{point}\n").as_bytes());
    assert!(outcome.codes().is_empty(), "{:?}", outcome.problems);
    assert_eq!(outcome.layer.shapes[0], Some(Geometry::Point(geo::point! { x: 500_000.0, y: 4.19e6 })));
    assert_eq!(outcome.scanned.unwrap().declared_crs.as_deref(), Some("EPSG:4547"));
    assert_eq!(scan_bytes("a.csv", format!("id,the_geom\n1,{}\n", &point[..40]).as_bytes()).codes(), ["E-FORMAT"]);
}

#[test]
fn two_systems_in_one_column_are_refused_unless_the_study_says_which() {
    let rows = "id,wkt\n1,SRID=4547;POINT(500000 4190000)\n2,SRID=4548;POINT(500000 4190000)\n";
    assert_eq!(scan_bytes("a.csv", rows.as_bytes()).codes(), ["E-FORMAT"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, rows).unwrap();
    let input = Input { path, shown: "a.csv".into(), crs: Some("EPSG:4547".into()), ..Input::default() };
    assert!(scan_input(&input).codes().is_empty());
}

#[test]
fn a_workbook_may_hold_the_boundaries() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["编码", "名称", "几何"], ["140105001001", "府西社区", SQUARE]].iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, *text).unwrap();
        }
    }
    book.save(&path).unwrap();
    let mut problems = Problems::default();
    let read = communities::read(&Input { path, shown: "a.xlsx".into(), ..Input::default() }, None, &mut problems);
    assert!(!problems.has_errors(), "{problems:?}");
    assert_eq!(read[0].community.boundary.as_ref().map(|s| s.0.len()), Some(1));
}

#[test]
fn facilities_stand_at_their_points() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "id,name,geom\n1,a,POINT(112.5 37.8)\n2,b,\n").unwrap();
    let mut problems = Problems::default();
    let read = facilities::read(&Input { path, shown: "a.csv".into(), ..Input::default() }, &mut problems);
    assert_eq!(read[0].facility.place.map(|p| (p.lon, p.lat)), Some((112.5, 37.8)));
    assert_eq!(read[1].facility.place, None);
    assert_eq!(problems.iter().map(|p| p.code.text()).collect::<Vec<_>>(), ["W-NO-POSITION"]);
}
