use std::io::{Cursor, Write};

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;

use super::{SHAPEFILE, read_within};
use crate::problem::Problems;
use crate::read::Input;
use crate::read::scan::tests::{Layer, Outcome, scan_bytes, scan_input};
use crate::read::shapefile::tests::{dbf, gbk, write_points};

const WGS84: &[u8] = br#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]]"#;

/// The parts of a shapefile of one point, its attributes in GBK.
fn parts(name: &str) -> [(&'static str, Vec<u8>); 4] {
    let folder = tempfile::tempdir().unwrap();
    let table = dbf(&[(&gbk("名称"), b'C', 40)], 0, &[(false, vec![&gbk(name)])]);
    let path = write_points(folder.path(), &[(113.1, 36.2)], table);
    let shp = std::fs::read(&path).unwrap();
    let dbf = std::fs::read(path.with_extension("dbf")).unwrap();
    [("shp", shp), ("DBF", dbf), ("prj", WGS84.to_vec()), ("CPG", b"GBK".to_vec())]
}

/// An archive of layers: name in the archive, name of the only record.
fn archive(layers: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (stem, name) in layers {
        for (extension, bytes) in parts(name) {
            zip.start_file(format!("{stem}.{extension}"), SimpleFileOptions::default()).unwrap();
            zip.write_all(&bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

fn choosing(bytes: &[u8], layer: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, bytes).unwrap();
    scan_input(&Input { path, shown: "a.zip".into(), layer: Some(layer.into()), ..Input::default() })
}

#[test]
fn the_only_layer_is_read_with_all_its_parts() {
    for stem in ["communities", "数据/2023/社区", "../../outside/escape", "C:\\data\\社区"] {
        let outcome = scan_bytes("a.zip", &archive(&[(stem, "太行西街社区")]));
        assert!(outcome.codes().is_empty(), "{stem}: {:?}", outcome.problems);
        assert_eq!(outcome.layer.text(0, "名称"), "太行西街社区");
        assert!(outcome.layer.shapes[0].is_some());
        let scanned = outcome.scanned.unwrap();
        assert!(scanned.declared_crs.unwrap().contains("WGS_1984"));
        assert_eq!(scanned.layer.as_deref(), stem.rsplit(['/', '\\']).next());
    }
}

#[test]
fn names_in_gbk_without_a_mark_are_understood() {
    let mut bytes = archive(&[("AABBCCDD", "甲社区"), ("EEFF", "乙社区")]);
    // Names are not part of any checksum: they can be written over.
    for (plain, name) in [("AABBCCDD.", "社区边界."), ("EEFF.", "道路.")] {
        let name = gbk(name);
        assert_eq!(plain.len(), name.len());
        let places: Vec<usize> = bytes.windows(plain.len()).enumerate().filter(|(_, w)| *w == plain.as_bytes()).map(|(at, _)| at).collect();
        assert_eq!(places.len(), 8);
        places.iter().for_each(|at| bytes[*at..at + name.len()].copy_from_slice(&name));
    }
    assert_eq!(choosing(&bytes, "道路").layer.text(0, "名称"), "乙社区");
    assert_eq!(choosing(&bytes, "社区边界.shp").layer.text(0, "名称"), "甲社区");
}

#[test]
fn one_of_several_layers_must_be_chosen_by_name() {
    let bytes = archive(&[("a/社区", "甲"), ("b/道路", "乙")]);
    for outcome in [scan_bytes("a.zip", &bytes), choosing(&bytes, "社")] {
        assert_eq!(outcome.codes(), ["E-SETTING"]);
        assert!(outcome.spoken().contains("社区、道路"), "{}", outcome.spoken());
    }
    // Two of one name are told apart by their folders.
    let twins = archive(&[("a/roads", "甲"), ("b/roads", "乙")]);
    assert!(scan_bytes("a.zip", &twins).spoken().contains("a/roads、b/roads"));
    assert_eq!(choosing(&twins, "b/roads").layer.text(0, "名称"), "乙");
}

#[test]
fn an_archive_without_shapes_a_torn_one_and_a_false_one_are_told() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.csv", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"id\n1\n").unwrap();
    assert_eq!(scan_bytes("a.zip", &zip.finish().unwrap().into_inner()).codes(), ["E-FORMAT"]);
    let whole = archive(&[("a", "甲")]);
    assert_eq!(scan_bytes("a.zip", &whole[..whole.len() / 2]).codes(), ["E-TRUNCATED"]);
    assert_eq!(scan_bytes("a.zip", b"id,name\n1,2\n").codes(), ["E-FORMAT"]);
    // A byte of the packed shapes turned over.
    let mut torn = whole.clone();
    torn[60] ^= 0xFF;
    assert!(scan_bytes("a.zip", &torn).scanned.is_none());
}

#[test]
fn what_unpacks_beyond_the_limit_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for part in ["a.shp", "a.dbf"] {
        zip.start_file(part, SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![0; 700_000]).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 10_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    std::fs::write(&path, bytes).unwrap();
    let input = Input { path, shown: "a.zip".into(), ..Input::default() };
    for (limit, code) in [(600_000, "E-TOO-LARGE"), (1 << 20, "E-TOO-LARGE"), (2 << 20, "E-FORMAT")] {
        let (mut layer, mut problems) = (Layer::default(), Problems::default());
        assert!(read_within(&input, SHAPEFILE, limit, &mut layer, &mut problems).is_none());
        assert_eq!(problems.iter().map(|p| p.code.text()).collect::<Vec<_>>(), [code], "{limit}");
    }
}
