//! One door for all formats: opens a file as what it is and hands its records to a visitor.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use geo::{Coord, CoordsIter, Geometry, Rect};

use super::kind::Kind;
use super::shapes_in_cells::ShapesInCells;
use super::{Cell, Input, Scanned, Visit, csv, flatgeobuf, geojson, gpkg, kml, shapefile, xlsx, zipped};
use crate::problem::{Code, Problem, Problems};

/// Longest record (a line, a feature, a shape) that is read: beyond it a file is broken or hostile.
pub(super) const LARGEST_RECORD: u64 = 256 << 20;

/// Reads all records of a file in their order. `None` when it could not be read to its end; then `problems` says why (an error).
///
/// Coordinates are handed over as written; see [`super::crs::decide`].
pub fn scan(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    let kind = match kind_of(input) {
        Ok(kind) => kind,
        Err(problem) => {
            problems.push(*problem);
            return None;
        }
    };
    let scanned = match kind {
        Kind::Csv | Kind::Xlsx | Kind::Xls => {
            let mut shapes = ShapesInCells::new(input, visit);
            let scanned = match kind {
                Kind::Csv => csv::read(input, &mut shapes, problems),
                _ => xlsx::read(input, kind, &mut shapes, problems),
            };
            shapes.finish(scanned, problems)
        }
        Kind::GeoJson => geojson::read(input, visit, problems),
        Kind::Shapefile => shapefile::read(input, visit, problems),
        Kind::ZippedShapefile => zipped::read(input, visit, problems),
        Kind::GeoPackage => gpkg::read(input, visit, problems),
        Kind::FlatGeobuf => flatgeobuf::read(input, visit, problems),
        Kind::Kml => kml::read(input, visit, problems),
        Kind::Kmz => zipped::read_kmz(input, visit, problems),
        Kind::GeoTiff => {
            problems.push(refuse(input, Code::E_FORMAT).why("@why.raster.no_table"));
            None
        }
        Kind::OsmPbf | Kind::Other(_) => {
            problems.push(refuse(input, Code::E_FORMAT).why("@why.format.not_a_table").with("seems", kind.name()));
            None
        }
    }?;
    if scanned.records == 0 {
        let mut problem = refuse(input, Code::E_EMPTY);
        problem.origin.layer = scanned.layer.as_deref().map(Into::into);
        problems.push(problem);
        return None;
    }
    Some(scanned)
}

/// The same, but a table's cells stay as they are: shapes written in them are not taken out.
pub(crate) fn scan_as_written(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    match kind_of(input) {
        Ok(Kind::Csv) => csv::read(input, visit, problems),
        Ok(kind @ (Kind::Xlsx | Kind::Xls)) => xlsx::read(input, kind, visit, problems),
        _ => scan(input, visit, problems),
    }
}

/// What the file is: its content decides, and must not contradict its name.
pub(super) fn kind_of(input: &Input) -> Result<Kind, Box<Problem>> {
    let head = head(&input.path).map_err(|error| Box::new(unopened(input, &error)))?;
    if head.is_empty() {
        return Err(Box::new(refuse(input, Code::E_EMPTY)));
    }
    let content = Kind::of_content(&head);
    let name = Kind::of_name(&input.path);
    let wrong = |seems: &str| {
        let extension = input.path.extension().unwrap_or_default().to_string_lossy().into_owned();
        Box::new(refuse(input, Code::E_FORMAT).why("@why.format.seems").with("extension", extension).with("seems", seems))
    };
    match (name, content) {
        // A few bytes that begin like the format, or zeros from a broken copy, are a torso of it.
        (Some(Kind::Shapefile), None) if head.iter().all(|b| *b == 0) || head.len() < 4 => {
            Err(Box::new(cut_short(input, "@why.cut.header")))
        }
        (Some(name), Some(content)) if name == content => Ok(name),
        // Old programs write xlsx under .xls and the reverse; both are read.
        (Some(Kind::Xls | Kind::Xlsx), Some(content @ (Kind::Xls | Kind::Xlsx))) => Ok(content),
        (Some(zipped @ (Kind::ZippedShapefile | Kind::Kmz)), Some(Kind::Xlsx)) => Ok(zipped),
        // The root may stand behind a long comment.
        (Some(Kind::Kml), Some(Kind::Other("XML"))) => Ok(Kind::Kml),
        (None, Some(content)) => Ok(content),
        (_, Some(content)) => Err(wrong(content.name())),
        (_, None) => Err(Box::new(refuse(input, Code::E_FORMAT).why("@why.format.unknown"))),
    }
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    let mut head = Vec::new();
    File::open(path)?.take(4096).read_to_end(&mut head)?;
    Ok(head)
}

/// E-FILE with the reason in words.
pub(crate) fn unopened(input: &Input, error: &std::io::Error) -> Problem {
    let problem = refuse(input, Code::E_FILE);
    match error.kind() {
        ErrorKind::NotFound => problem.why("@why.file.missing"),
        ErrorKind::PermissionDenied => problem.why("@why.file.denied"),
        ErrorKind::IsADirectory => problem.why("@why.file.folder"),
        _ => problem.with("reason", error),
    }
}

/// A problem of the file as a whole.
pub(crate) fn refuse(input: &Input, code: Code) -> Problem {
    Problem::new(code).file(&input.shown)
}

/// E-TRUNCATED.
pub(super) fn cut_short(input: &Input, why: &'static str) -> Problem {
    refuse(input, Code::E_TRUNCATED).why(why)
}

/// E-SETTING for a layer or sheet that the file does not have, naming those it has.
pub(super) fn no_layer(input: &Input, wanted: &str, there: &[String]) -> Problem {
    let problem = refuse(input, Code::E_SETTING).field("layer").value(wanted).why("@why.layer.missing").with("there", there.join("、"));
    match crate::words::nearest(wanted, there.iter().map(String::as_str)) {
        Some(guess) => problem.with("guess", guess).with("hint", "@why.layer.did_you_mean"),
        None => problem.with("hint", "@why.layer.choose"),
    }
}

/// Bounds, first coordinate and number of what went by.
#[derive(Debug, Default)]
pub(super) struct Tally {
    bounds: Option<Rect<f64>>,
    first: Option<Coord<f64>>,
    records: u64,
}

impl Tally {
    /// Counts a record and takes its shape into the bounds.
    pub fn add(&mut self, geometry: Option<&Geometry<f64>>) {
        self.records += 1;
        let Some(geometry) = geometry else { return };
        for c in geometry.coords_iter().filter(|c| c.x.is_finite() && c.y.is_finite()) {
            self.first.get_or_insert(c);
            self.bounds = Some(match self.bounds {
                None => Rect::new(c, c),
                Some(b) => Rect::new(
                    Coord { x: b.min().x.min(c.x), y: b.min().y.min(c.y) },
                    Coord { x: b.max().x.max(c.x), y: b.max().y.max(c.y) },
                ),
            });
        }
    }

    /// Records so far.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// As the result of a reader.
    pub fn scanned(self) -> Scanned {
        Scanned { bounds: self.bounds, first: self.first, records: self.records, ..Scanned::default() }
    }
}

/// An empty vector of cells with the room of another, whatever that one borrowed: one allocation serves all records.
pub(super) fn reuse<'new>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'new>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Empty).collect()
}

/// A row or feature number as problems carry it; beyond four billion it stays at the last.
pub(super) fn number(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
pub(crate) mod tests;
