//! Real cities, where their data are at hand: `CARESHED_DATA`, else `../shared/data`. Without them each test says that it is skipped.

use std::path::{Path, PathBuf};

use super::{careshed, code, said, table};

/// The file, or `None` with a word about what was skipped.
fn data(test: &str, name: &str) -> Option<String> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = std::env::var_os("CARESHED_DATA").map_or(beside, PathBuf::from).join(name);
    if path.is_file() {
        return path.to_str().map(str::to_owned);
    }
    println!("skipped: no data: {test} needs {name}");
    None
}

fn study(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/studies").join(name).join("study.toml").to_str().unwrap().to_owned()
}

#[test]
fn helsinki_counts_its_cells_without_communities() {
    let test = "helsinki_counts_its_cells_without_communities";
    let Some(network) = data(test, "helsinki/helsinki.osm.pbf") else { return };
    let Some(cells) = data(test, "helsinki/helsinki_population_grid_2020.gpkg") else { return };
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let run = careshed(&["cover", &study("helsinki"), "--network", &network, "--demand", &cells, "--out", out.to_str().unwrap()]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let totals = table(&out.join("totals.csv"));
    assert!(totals.iter().all(|r| r["level"] == "all" && r["scope"] == "all" && r["group"] == "population"));
    let at = |speed: &str, key: &str| totals.iter().find(|r| r["speed_mm_s"] == speed).unwrap()[key].parse::<u64>().unwrap();
    assert_eq!(at("1000", "people"), 71_724);
    assert_eq!(at("1000", "known") + at("1000", "unknown"), 71_724);
    assert!(at("800", "covered") <= at("1000", "covered") && at("1000", "covered") <= at("1200", "covered"));
    assert!(at("1000", "covered") > 0);
}

#[test]
fn no_town_of_malta_is_cut_off() {
    let test = "no_town_of_malta_is_cut_off";
    let Some(network) = data(test, "malta/malta.osm.pbf") else { return };
    let dir = tempfile::tempdir().unwrap();
    let towns = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/studies/malta/towns.csv");
    let out = dir.path().join("out");
    let run = careshed(&[
        "matrix",
        &study("malta"),
        "--network",
        &network,
        "--demand",
        towns.to_str().unwrap(),
        "--limit",
        "300 min",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let rows = table(&out.join("matrix.csv"));
    let reached = |from: &str, to: &str| rows.iter().any(|r| r["facility"] == from && r["demand"] == to);
    for town in table(&towns) {
        assert!(reached(&town["id"], &town["id"]), "{} is cut off", town["id"]);
    }
    assert!(reached("valletta", "mdina") && reached("victoria", "nadur"));
    assert!(!reached("valletta", "victoria"), "nobody walks over the sea");
}

#[test]
fn the_lying_prj_of_kunming_is_named_with_the_way_on() {
    let test = "the_lying_prj_of_kunming_is_named_with_the_way_on";
    let Some(network) = data(test, "kunming-roads/kunming_roads.shp") else { return };
    let points = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/studies/kunming/facilities.csv");
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let args = ["matrix", &study("kunming"), "--network", &network, "--demand", points.to_str().unwrap(), "--limit", "90 min"];
    let args = [&args[..], &["--out", out.to_str().unwrap()]].concat();
    let run = careshed(&args);
    assert_eq!(code(&run), 1);
    assert!(said(&run).contains("E-CRS-RANGE") && said(&run).contains("EPSG:4326"), "{}", said(&run));
    assert!(!out.exists());

    let run = careshed(&[&args[..], &["--set", "network.crs=EPSG:4326"]].concat());
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(table(&out.join("matrix.csv")).iter().any(|r| r["facility"] == "K1" && r["demand"] == "K2"));
}

#[test]
fn init_names_the_lying_prj_of_kunming_and_the_missing_one_of_amap() {
    let test = "init_names_the_lying_prj_of_kunming_and_the_missing_one_of_amap";
    for (file, table, expected) in [
        ("kunming-roads/kunming_roads.shp", "[network]", "EPSG:32649"),
        ("chinese-shapefiles/昆明市.shp", "[counties]", "gcj02 if it comes from Amap"),
        ("wuhan-worldpop/pop_65_f_wuhan.tif", "[demand]", "pop_65_m_wuhan.tif"),
    ] {
        let Some(path) = data(test, file) else { return };
        let dir = tempfile::tempdir().unwrap();
        let study = dir.path().join("study.toml");
        let folder = Path::new(&path).parent().unwrap().to_str().unwrap();
        let run = careshed(&["init", folder, "--out", study.to_str().unwrap()]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        let text = std::fs::read_to_string(&study).unwrap();
        assert!(text.contains(table) && said(&run).contains(expected), "{text}\n{}", said(&run));
        if expected.contains("pop") {
            assert!(text.contains("files = [") && text.contains(expected), "{text}");
        } else {
            assert!(text.contains("crs = \"EPSG:4326\""), "{text}");
        }
    }
}
