//! What every reader's tests need: a folder to write into and a visitor that remembers.

use std::path::PathBuf;

use geo::Geometry;

use super::*;
use crate::read::Record;
use crate::words::Lang;

/// A cell that owns its text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kept {
    Empty,
    Text(String),
    Number(f64),
    Bool(bool),
}

/// All that a visitor was told.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    pub columns: Vec<String>,
    pub rows: Vec<(Option<u32>, Option<u32>)>,
    pub cells: Vec<Vec<Kept>>,
    pub shapes: Vec<Option<Geometry<f64>>>,
}

impl Visit for Layer {
    fn columns(&mut self, columns: &[String]) {
        assert!(self.columns.is_empty(), "columns are announced once");
        self.columns = columns.to_vec();
    }

    fn record(&mut self, record: Record<'_>) {
        assert_eq!(record.cells.len(), self.columns.len(), "one cell for each column");
        self.rows.push((record.row, record.feature));
        self.cells.push(
            record
                .cells
                .iter()
                .map(|cell| match *cell {
                    Cell::Empty => Kept::Empty,
                    Cell::Text(text) => Kept::Text(text.to_owned()),
                    Cell::Number(number) => Kept::Number(number),
                    Cell::Bool(truth) => Kept::Bool(truth),
                })
                .collect(),
        );
        self.shapes.push(record.geometry.cloned());
    }
}

impl Layer {
    /// The text of one cell.
    pub fn text(&self, record: usize, column: &str) -> &str {
        match &self.cells[record]
            [self.columns.iter().position(|c| c == column).unwrap_or_else(|| panic!("no {column} in {:?}", self.columns))]
        {
            Kept::Text(text) => text,
            other => panic!("{other:?} is no text"),
        }
    }
}

/// Everything one scan gave.
pub(crate) struct Outcome {
    pub layer: Layer,
    pub scanned: Option<Scanned>,
    pub problems: Problems,
}

impl Outcome {
    pub fn codes(&self) -> Vec<&'static str> {
        self.problems.iter().map(|p| p.code.text()).collect()
    }

    /// Every message and remedy must be whole in both languages.
    pub fn spoken(&self) -> String {
        let mut all = String::new();
        for problem in self.problems.iter() {
            for lang in [Lang::Zh, Lang::En] {
                all += &format!("{}\n{}\n", problem.message(lang), problem.remedy(lang));
            }
        }
        // A placeholder that nothing filled looks like `{name}`.
        let unfilled = all
            .split('{')
            .skip(1)
            .filter_map(|p| p.split_once('}'))
            .any(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_lowercase()));
        assert!(!unfilled && !all.contains("@why."), "{all}");
        all
    }
}

/// Scans what stands at `path`.
pub(crate) fn scan_input(input: &Input) -> Outcome {
    let mut layer = Layer::default();
    let mut problems = Problems::default();
    let scanned = scan(input, &mut layer, &mut problems);
    assert_eq!(scanned.is_none(), problems.has_errors(), "a scan fails exactly with an error: {problems:?}");
    let outcome = Outcome { layer, scanned, problems };
    outcome.spoken();
    outcome
}

pub(crate) fn scan_path(path: impl Into<PathBuf>) -> Outcome {
    let path = path.into();
    let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    scan_input(&Input { path, shown, ..Input::default() })
}

/// Writes a file into a fresh folder and scans it.
pub(crate) fn scan_bytes(name: &str, bytes: &[u8]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    scan_path(path)
}

/// The folder of real data, where there is one.
pub(crate) fn data(what: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("CARESHED_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = folder.join(what);
    if !path.exists() {
        eprintln!("skipped: no data for {what}");
    }
    path.exists().then_some(path)
}

#[test]
fn a_missing_file_and_a_folder_are_no_files() {
    assert_eq!(scan_path("/nowhere/a.csv").codes(), ["E-FILE"]);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(scan_path(folder.path()).codes(), ["E-FILE"]);
}

#[test]
fn a_file_under_a_false_name_is_told_for_what_it_is() {
    for (name, bytes, seems) in [
        ("a.geojson", &b"id,lon,lat\n1,2,3\n"[..], "CSV"),
        ("a.csv", b"{\"type\":\"FeatureCollection\",\"features\":[]}", "GeoJSON"),
        ("a.csv", b"PK\x03\x04\x14\0\0\0", "xlsx"),
        ("a.xlsx", b"id,name\n1,2\n", "CSV"),
        ("a.shp", b"SQLite format 3\0....", "GeoPackage"),
        ("a.gpkg", b"%PDF-1.7", "PDF"),
        ("a.xls", b"<html><table>", "HTML"),
        ("a.csv", b"\x00\x00\x27\x0a\0\0\0\0", "Shapefile"),
    ] {
        let outcome = scan_bytes(name, bytes);
        assert_eq!(outcome.codes(), ["E-FORMAT"], "{name}");
        assert!(outcome.spoken().contains(seems), "{name}: {}", outcome.spoken());
    }
    assert_eq!(scan_bytes("a.csv", &[1, 2, 0, 4, 0, 0, 9]).codes(), ["E-FORMAT"]);
    assert_eq!(scan_bytes("a.pbf", b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x7c\x10\x71").codes(), ["E-FORMAT"]);
}

#[test]
fn an_empty_file_of_any_kind_holds_no_record() {
    for name in ["a.csv", "a.geojson", "a.shp", "a.gpkg", "a.xlsx"] {
        assert_eq!(scan_bytes(name, b"").codes(), ["E-EMPTY"], "{name}");
    }
}

#[test]
fn a_file_without_a_known_extension_is_read_by_its_content() {
    assert_eq!(scan_bytes("table", b"id\n1\n").scanned.unwrap().records, 1);
}
