use std::path::{Path, PathBuf};

use geo::Geometry;
use geozero::{CoordDimensions, ToWkb};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::read::Input;
use crate::read::scan::tests::{Kept, data, scan_input, scan_path};
use crate::read::wkb::from_gpkg;

fn square() -> Geometry<f64> {
    geo::Rect::new((112.5, 37.8), (112.6, 37.9)).to_polygon().into()
}

fn blob(shape: &Geometry<f64>) -> Vec<u8> {
    shape.to_gpkg_wkb(CoordDimensions::xy(), Some(4490), vec![]).unwrap()
}

fn write(folder: &Path, srs: &str) -> PathBuf {
    // A folder and a file that need escaping in an address.
    let path = folder.join("城市 1?#%.gpkg");
    let db = Connection::open(&path).unwrap();
    db.execute_batch(&format!(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
         INSERT INTO gpkg_spatial_ref_sys VALUES ('c', 4490, 'epsg', 4490, 'GEOGCS[]'), ('own', 100001, 'ESRI', 5, 'PROJCS[\"own\"]');
         CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, srs_id INTEGER);
         INSERT INTO gpkg_contents VALUES ('register', 'attributes', NULL), ('社区', 'features', {srs});
         CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER);
         INSERT INTO gpkg_geometry_columns VALUES ('社区', 'geom', 'POLYGON', {srs});
         CREATE TABLE register (fid INTEGER PRIMARY KEY, code TEXT);
         INSERT INTO register VALUES (1, '140403001001');
         CREATE TABLE \"社区\" (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, n REAL, old BOOLEAN, long INTEGER);"
    ))
    .unwrap();
    let insert = "INSERT INTO \"社区\" VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.execute(insert, (1, blob(&square()), "太行西街", 3.27, true, 12_345_678_901_234_567_i64)).unwrap();
    db.execute(insert, (2, None::<Vec<u8>>, "", None::<f64>, None::<bool>, 7)).unwrap();
    path
}

#[test]
fn the_first_layer_with_shapes_is_read_from_a_read_only_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "4490");
    let mut rights = path.metadata().unwrap().permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&path, rights).unwrap();
    let outcome = scan_path(&path);
    assert_eq!(outcome.codes(), [""; 0]);
    assert_eq!(outcome.layer.columns, ["fid", "name", "n", "old", "long"]);
    let first =
        [Kept::Number(1.0), Kept::Text("太行西街".into()), Kept::Number(3.27), Kept::Bool(true), Kept::Text("12345678901234567".into())];
    assert_eq!(outcome.layer.cells[0], first);
    assert_eq!(outcome.layer.cells[1], [Kept::Number(2.0), Kept::Empty, Kept::Empty, Kept::Empty, Kept::Number(7.0)]);
    assert_eq!(outcome.layer.shapes, [Some(square()), None]);
    assert_eq!(outcome.layer.rows, [(None, Some(0)), (None, Some(1))]);
    let scanned = outcome.scanned.unwrap();
    assert_eq!(scanned.declared_crs.as_deref(), Some("EPSG:4490"));
    assert_eq!(scanned.layer.as_deref(), Some("社区"));
    assert_eq!(scanned.bounds, Some(geo::Rect::new((112.5, 37.8), (112.6, 37.9))));
    // Nothing was left beside it.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn layers_are_chosen_by_name_and_missing_ones_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "100001");
    let layer =
        |name: &str| scan_input(&Input { path: path.clone(), shown: "a.gpkg".into(), layer: Some(name.into()), ..Input::default() });
    let register = layer("register");
    assert_eq!((register.layer.text(0, "code"), register.scanned.unwrap().declared_crs), ("140403001001", None));
    assert_eq!(layer("社区").scanned.unwrap().declared_crs.as_deref(), Some("PROJCS[\"own\"]"));
    let missing = layer("registre");
    assert_eq!(missing.codes(), ["E-SETTING"]);
    assert!(missing.spoken().contains("“register”"));
}

#[test]
fn a_plain_database_and_a_torso_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain.gpkg");
    Connection::open(&plain).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    assert_eq!(scan_path(&plain).codes(), ["E-FORMAT"]);
    let bytes = std::fs::read(write(folder.path(), "4490")).unwrap();
    for part in [4, 3, 2] {
        let torso = folder.path().join("torso.gpkg");
        std::fs::write(&torso, &bytes[..bytes.len() / part]).unwrap();
        assert_eq!(scan_path(&torso).codes(), ["E-TRUNCATED"], "1/{part}");
    }
}

#[test]
fn counts_that_the_bytes_cannot_hold_are_refused() {
    let whole = blob(&square());
    for cut in 0..whole.len() {
        assert!(from_gpkg(&whole[..cut]).is_err(), "{cut}");
    }
    let mut claims = blob(&Geometry::LineString(vec![(1.0, 2.0), (3.0, 4.0)].into()));
    let at = claims.len() - 36;
    assert_eq!(claims[at..at + 4], [2, 0, 0, 0]);
    claims[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(from_gpkg(&claims).is_err());
    let mut nested = whole[..8].to_vec();
    (0..100_000).for_each(|_| nested.extend([1, 7, 0, 0, 0, 1, 0, 0, 0]));
    assert!(from_gpkg(&nested).is_err());
}

proptest! {
    #[test]
    fn any_blob_is_read_or_refused(flags in any::<u8>(), body in proptest::collection::vec(any::<u8>(), 0..120)) {
        let _ = from_gpkg(&[&b"GP\0"[..], &[flags, 1, 2, 3, 4], &body].concat());
    }
}

#[test]
fn helsinki_s_population_cells_are_read() {
    let Some(path) = data("helsinki/helsinki_population_grid_2020.gpkg") else { return };
    let outcome = scan_path(path);
    let scanned = outcome.scanned.unwrap();
    assert_eq!((scanned.records, scanned.declared_crs.as_deref()), (92, Some("EPSG:4326")));
    assert!(outcome.layer.columns.iter().any(|c| c == "population"));
    assert!(outcome.layer.shapes.iter().all(Option::is_some));
}
