use std::path::{Path, PathBuf};

use encoding_rs::GB18030;
use geo::{Area, Geometry};
use proptest::prelude::*;
use shapefile::{Point, PolygonRing};

use crate::read::Input;
use crate::read::crs::decide;
use crate::read::scan::tests::{Kept, Outcome, data, scan_input, scan_path};

/// A field of a table to write: name, type, length.
pub(crate) type Field<'a> = (&'a [u8], u8, u8);

/// Writes a `.dbf` byte by byte, since no crate writes what Chinese offices hold.
pub(crate) fn dbf(fields: &[Field<'_>], language: u8, records: &[(bool, Vec<&[u8]>)]) -> Vec<u8> {
    let length: u16 = 1 + fields.iter().map(|f| u16::from(f.2)).sum::<u16>();
    let mut out = vec![3, 123, 1, 16];
    out.extend((records.len() as u32).to_le_bytes());
    out.extend((33 + 32 * fields.len() as u16).to_le_bytes());
    out.extend(length.to_le_bytes());
    out.resize(29, 0);
    out.extend([language, 0, 0]);
    for (name, kind, length) in fields {
        let mut one = [0u8; 32];
        one[..name.len().min(11)].copy_from_slice(&name[..name.len().min(11)]);
        one[11] = *kind;
        one[16] = *length;
        out.extend(one);
    }
    out.push(0x0D);
    for (deleted, values) in records {
        out.push(if *deleted { b'*' } else { b' ' });
        for (value, (_, _, length)) in values.iter().zip(fields) {
            let mut padded = value.to_vec();
            padded.resize(usize::from(*length), b' ');
            out.extend(padded);
        }
    }
    out.push(0x1A);
    out
}

pub(crate) fn write_points(folder: &Path, points: &[(f64, f64)], table: Vec<u8>) -> PathBuf {
    let path = folder.join("points.shp");
    let mut writer = shapefile::ShapeWriter::from_path(&path).unwrap();
    points.iter().for_each(|(x, y)| writer.write_shape(&Point::new(*x, *y)).unwrap());
    drop(writer);
    std::fs::write(folder.join("points.dbf"), table).unwrap();
    path
}

pub(crate) fn gbk(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

/// Two communities in GBK; beside them whatever the test puts there.
fn offices(language: u8, encode: fn(&str) -> Vec<u8>, beside: &[(&str, &[u8])]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let (name, first, second) = (encode("名称"), encode("太行西街社区"), encode("英雄中路社区"));
    let table = dbf(&[(&name, b'C', 40)], language, &[(false, vec![&first]), (false, vec![&second])]);
    let path = write_points(folder.path(), &[(113.1, 36.2), (113.2, 36.3)], table);
    beside.iter().for_each(|(extension, bytes)| std::fs::write(folder.path().join(format!("points.{extension}")), bytes).unwrap());
    scan_path(path)
}

#[test]
#[allow(clippy::type_complexity)] // A table of cases.
fn gbk_is_read_right_however_it_is_declared() {
    let utf8 = |text: &str| text.as_bytes().to_vec();
    let declared: [(u8, &[(&str, &[u8])]); 8] = [
        (0, &[("cpg", b"GBK")]),
        (0, &[("CPG", b"gb2312\r\n")]),
        (0, &[("Cpg", b"\xEF\xBB\xBFANSI 936")]),
        (0x57, &[("cpg", b"GB18030")]),
        (0, &[("cpg", b"936")]),
        (0, &[("cpg", b"CP936")]),
        (0x4D, &[]),
        (0x4D, &[("cpg", b"OEM")]),
    ];
    for (language, beside) in declared {
        let outcome = offices(language, gbk, beside);
        assert_eq!(outcome.codes(), [""; 0], "{beside:?}");
        assert_eq!(outcome.layer.text(1, "名称"), "英雄中路社区");
    }
    for (language, encode, beside) in [
        (0, gbk as fn(&str) -> Vec<u8>, &[][..]),
        (0x57, gbk, &[]),
        (0, gbk, &[("cpg", &b"UTF-8"[..])]),
        (0, utf8, &[]),
        (0, utf8, &[("cpg", b"OEM")]),
    ] {
        let outcome = offices(language, encode, beside);
        assert_eq!(outcome.codes(), ["W-ENC"], "{language} {beside:?}");
        assert_eq!(outcome.layer.text(0, "名称"), "太行西街社区");
        assert!(outcome.spoken().contains("英雄中路社区"));
    }
    assert_eq!(offices(0, utf8, &[("cpg", b"UTF-8")]).codes(), [""; 0]);
}

#[test]
fn values_keep_what_the_table_says_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let fields: [Field<'_>; 5] = [(b"code", b'C', 12), (b"n", b'N', 10), (b"long", b'N', 20), (b"opened", b'D', 8), (b"old", b'L', 1)];
    let records: Vec<(bool, Vec<&[u8]>)> = vec![
        (false, vec![b"140403001001", b"      3.27", b"12345678901234567890", b"20230116", b"T"]),
        (true, vec![b"gone", b"1", b"1", b"20230116", b"F"]),
        (false, vec![b"", b"**********", b"", b"00000000", b"?"]),
        (false, vec![b" x", b"NA", b"7", b"2023.1.6", b"n"]),
    ];
    let path = write_points(folder.path(), &[(1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0)], dbf(&fields, 0, &records));
    let outcome = scan_path(path);
    assert_eq!(outcome.codes(), [""; 0]);
    let text = |t: &str| Kept::Text(t.to_owned());
    let cells = &outcome.layer.cells;
    assert_eq!(cells[0], [text("140403001001"), Kept::Number(3.27), text("12345678901234567890"), text("2023-01-16"), Kept::Bool(true)]);
    assert_eq!(cells[1], [Kept::Empty, Kept::Empty, Kept::Empty, Kept::Empty, Kept::Empty]);
    assert_eq!(cells[2], [text(" x"), text("NA"), Kept::Number(7.0), text("2023.1.6"), Kept::Bool(false)]);
    // The deleted record took its shape with it.
    assert_eq!(outcome.layer.rows, [(None, Some(0)), (None, Some(2)), (None, Some(3))]);
    assert_eq!(outcome.layer.shapes[1], Some(Geometry::Point(geo::Point::new(3.0, 3.0))));
}

#[test]
fn a_field_name_cut_inside_a_character_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // 社区户数 is twelve bytes in UTF-8; ten fit.
    let table = dbf(&[(&"社区户数".as_bytes()[..10], b'N', 9)], 0, &[(false, vec![b"500"])]);
    let path = write_points(folder.path(), &[(1.0, 1.0)], table);
    std::fs::write(folder.path().join("points.cpg"), "UTF-8").unwrap();
    let outcome = scan_path(path);
    assert_eq!(outcome.codes(), ["W-FIELD-CUT"]);
    assert_eq!(outcome.layer.columns, ["社区户"]);
}

#[test]
fn polygons_with_holes_and_lines_of_many_parts_are_put_together() {
    let folder = tempfile::tempdir().unwrap();
    let square = |x: f64, y: f64, side: f64| {
        vec![Point::new(x, y), Point::new(x, y + side), Point::new(x + side, y + side), Point::new(x + side, y), Point::new(x, y)]
    };
    let path = folder.path().join("points.shp");
    let mut writer = shapefile::ShapeWriter::from_path(&path).unwrap();
    let shape = shapefile::Polygon::with_rings(vec![
        PolygonRing::Outer(square(0.0, 0.0, 4.0)),
        PolygonRing::Inner(square(1.0, 1.0, 2.0)),
        PolygonRing::Outer(square(9.0, 0.0, 1.0)),
    ]);
    writer.write_shape(&shape).unwrap();
    drop(writer);
    std::fs::write(folder.path().join("points.dbf"), dbf(&[(b"a", b'N', 3)], 0, &[(false, vec![b"1"])])).unwrap();
    let Some(Geometry::MultiPolygon(shape)) = scan_path(&path).layer.shapes.remove(0) else { panic!() };
    assert_eq!((shape.0.len(), shape.unsigned_area()), (2, 13.0));
    let point = |x: f64, y: f64| shapefile::PointZ::new(x, y, 900.0, 0.0);
    for (parts, many) in [
        (vec![vec![point(0.0, 0.0), point(1.0, 0.0)]], false),
        (vec![vec![point(0.0, 0.0), point(1.0, 0.0)], vec![point(5.0, 5.0), point(6.0, 5.0)]], true),
    ] {
        let mut writer = shapefile::ShapeWriter::from_path(&path).unwrap();
        writer.write_shape(&shapefile::PolylineZ::with_parts(parts)).unwrap();
        drop(writer);
        let shape = scan_path(&path).layer.shapes.remove(0).unwrap();
        assert_eq!(matches!(shape, Geometry::MultiLineString(_)), many, "{shape:?}");
    }
}

#[test]
fn torsos_of_either_part_are_truncated_and_a_missing_table_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let table = dbf(&[(b"a", b'N', 3)], 0, &[(false, vec![b"1"]), (false, vec![b"2"])]);
    let path = write_points(folder.path(), &[(1.0, 1.0), (2.0, 2.0)], table.clone());
    let shapes = std::fs::read(&path).unwrap();
    assert_eq!(scan_path(&path).codes(), [""; 0]);
    for cut in [1, 2, 4, 50, 99, 100, 104, 130, shapes.len() - 1] {
        std::fs::write(&path, &shapes[..cut]).unwrap();
        assert_eq!(scan_path(&path).codes(), ["E-TRUNCATED"], "{cut}");
    }
    std::fs::write(&path, &shapes).unwrap();
    for cut in [10, 40, 70, table.len() - 3] {
        std::fs::write(folder.path().join("points.dbf"), &table[..cut]).unwrap();
        assert_eq!(scan_path(&path).codes(), ["E-TRUNCATED"], "{cut}");
    }
    for records in [vec![(false, vec![&b"1"[..]])], vec![(false, vec![&b"1"[..]]), (false, vec![b"2"]), (false, vec![b"3"])]] {
        std::fs::write(folder.path().join("points.dbf"), dbf(&[(b"a", b'N', 3)], 0, &records)).unwrap();
        assert_eq!(scan_path(&path).codes(), ["E-TRUNCATED"]);
    }
    std::fs::remove_file(folder.path().join("points.dbf")).unwrap();
    assert_eq!(scan_path(&path).codes(), ["E-FILE"]);
    // Ten bytes that promise four billion records.
    let mut promise = dbf(&[(b"a", b'N', 3)], 0, &[]);
    promise[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    std::fs::write(folder.path().join("points.dbf"), promise).unwrap();
    assert_eq!(scan_path(&path).codes(), ["E-TRUNCATED"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_damage_makes_it_panic(at in 0usize..400, value in any::<u8>(), in_table in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.shp");
        let mut writer = shapefile::ShapeWriter::from_path(&path).unwrap();
        writer.write_shape(&shapefile::Polyline::new(vec![Point::new(1.0, 2.0), Point::new(3.0, 4.0)])).unwrap();
        drop(writer);
        std::fs::write(folder.path().join("points.dbf"), dbf(&[(b"a", b'C', 9), (b"n", b'N', 9)], 0, &[(false, vec![b"x", b"1"])])).unwrap();
        let hurt = if in_table { folder.path().join("points.dbf") } else { path.clone() };
        let mut bytes = std::fs::read(&hurt).unwrap();
        let at = at % bytes.len();
        bytes[at] = value;
        std::fs::write(&hurt, bytes).unwrap();
        scan_path(&path);
    }
}

#[test]
fn the_prj_is_handed_on_and_an_upper_case_one_too() {
    for name in ["prj", "PRJ"] {
        let outcome = offices(0x4D, gbk, &[(name, br#"GEOGCS["GCS_WGS_1984"]"#)]);
        assert_eq!(outcome.scanned.unwrap().declared_crs.as_deref(), Some(r#"GEOGCS["GCS_WGS_1984"]"#));
    }
}

#[test]
fn county_polygons_in_utf8_without_cpg_are_read_with_a_warning() {
    let Some(path) = data("chinese-shapefiles/重庆城区.shp") else { return };
    let mut outcome = scan_path(path);
    assert_eq!(outcome.codes(), ["W-ENC"]);
    assert!(outcome.layer.cells.iter().flatten().any(|c| matches!(c, Kept::Text(t) if t.contains("渝中区"))), "{:?}", outcome.layer.cells);
    let scanned = outcome.scanned.take().unwrap();
    assert!(decide(&Input::default(), &scanned, scanned.bounds, false, &mut outcome.problems).is_none());
    assert_eq!(outcome.codes(), ["W-ENC", "E-CRS-MISSING"]);
}

#[test]
fn kunming_s_roads_say_that_their_prj_lies() {
    let Some(path) = data("kunming-roads/kunming_roads.shp") else { return };
    let mut outcome = scan_path(&path);
    assert_eq!(outcome.codes(), [""; 0]);
    let scanned = outcome.scanned.take().unwrap();
    assert_eq!(scanned.records, 21_842);
    assert!(outcome.layer.columns.iter().any(|c| c == "道路等级"), "{:?}", outcome.layer.columns);
    let input = Input { path, shown: "kunming_roads.shp".into(), ..Input::default() };
    assert!(decide(&input, &scanned, scanned.bounds, false, &mut outcome.problems).is_none());
    assert_eq!(outcome.codes(), ["E-CRS-RANGE"]);
    assert!(outcome.spoken().contains("crs = \"EPSG:4326\""));
    let told = Input { crs: Some("EPSG:4326".into()), ..input };
    assert!(decide(&told, &scanned, scanned.bounds, false, &mut outcome.problems).is_some());
    assert!(scan_input(&told).scanned.is_some());
}
