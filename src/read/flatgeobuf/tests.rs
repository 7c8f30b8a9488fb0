use flatgeobuf::geozero::{ColumnValue, PropertyProcessor};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geo::{Geometry, polygon};

use super::{MAGIC, index_size};
use crate::read::scan::tests::{Kept, scan_bytes};

/// Two polygons, one with a hole, and a feature without a shape, as the crate writes them.
fn file(with_index: bool) -> Vec<u8> {
    let crs = FgbCrs { code: 4547, ..FgbCrs::default() };
    let options =
        FgbWriterOptions { write_index: with_index, detect_type: false, promote_to_multi: false, crs, ..FgbWriterOptions::default() };
    let mut writer = FgbWriter::create_with_options("社区", GeometryType::Polygon, options).unwrap();
    writer.add_column("名称", ColumnType::String, |_, _| {});
    writer.add_column("户数", ColumnType::Int, |_, _| {});
    writer.add_column("代码", ColumnType::Long, |_, _| {});
    let areas = [
        polygon!(exterior: [(x: 0.0, y: 0.0), (x: 9.0, y: 0.0), (x: 9.0, y: 9.0)], interiors: [[(x: 3.0, y: 1.0), (x: 4.0, y: 1.0), (x: 4.0, y: 2.0)]]),
        polygon![(x: 20.0, y: 0.0), (x: 21.0, y: 0.0), (x: 21.0, y: 1.0)],
    ];
    for (i, area) in areas.into_iter().enumerate() {
        let shape = Geometry::from(area);
        writer
            .add_feature_geom(shape, |feature| {
                feature.property(0, "名称", &ColumnValue::String(["甲", "乙"][i])).unwrap();
                feature.property(1, "户数", &ColumnValue::Int(7 + i as i32)).unwrap();
                feature.property(2, "代码", &ColumnValue::Long(i64::MAX)).unwrap();
            })
            .unwrap();
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn names_values_and_shapes_come_back_with_and_without_an_index() {
    for with_index in [false, true] {
        let read = scan_bytes("社区.fgb", &file(with_index));
        assert!(read.codes().is_empty(), "{with_index}: {:?}", read.problems);
        assert_eq!(read.layer.columns, ["名称", "户数", "代码"]);
        // The index sorts the features along a curve.
        let first = read.layer.cells.iter().position(|c| c[0] == Kept::Text("甲".into())).unwrap();
        assert_eq!(read.layer.cells[first][1..], [Kept::Number(7.0), Kept::Text(i64::MAX.to_string())]);
        let Some(Geometry::Polygon(area)) = &read.layer.shapes[first] else { panic!("{:?}", read.layer.shapes) };
        assert_eq!((area.exterior().0[1].x, area.interiors().len()), (9.0, 1));
        let scanned = read.scanned.unwrap();
        assert_eq!((scanned.records, scanned.layer.as_deref()), (2, Some("社区")));
        assert_eq!(scanned.declared_crs.as_deref(), Some("EPSG:4547"));
    }
}

#[test]
fn the_index_is_as_long_as_its_levels_of_nodes() {
    assert_eq!([index_size(0, 16), index_size(1, 16), index_size(5, 0)], [0, 40, 0]);
    assert_eq!(index_size(179, 16), (179 + 12 + 1) * 40);
    assert_eq!(index_size(u64::MAX, 2), u64::MAX, "no overflow");
}

#[test]
fn a_torso_is_an_error_wherever_it_ends_and_turned_bits_never_panic() {
    let whole = file(true);
    for end in 1..whole.len() {
        let read = scan_bytes("a.fgb", &whole[..end]);
        assert!(read.scanned.is_none() && !read.codes().is_empty(), "cut at {end}");
    }
    for at in 8..whole.len() {
        let mut turned = whole.clone();
        turned[at] ^= 0xFF;
        scan_bytes("a.fgb", &turned);
    }
}

#[test]
fn ten_bytes_that_claim_four_billion_are_a_torso() {
    let claims = [MAGIC, &[1], &u32::MAX.to_le_bytes()].concat();
    assert_eq!(scan_bytes("a.fgb", &claims).codes(), ["E-TOO-LARGE"]);
    let claims = [MAGIC, &[1], &(9u32 << 20).to_le_bytes()].concat();
    assert_eq!(scan_bytes("a.fgb", &claims).codes(), ["E-TRUNCATED"]);
}
