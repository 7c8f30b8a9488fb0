//! GeoPackage: a layer by name, else the first with shapes, else the first table.
//!
//! Opened as immutable, so that files on read-only media and shares can be read and no journal is left beside them.

use std::path::Path;

use geo::Geometry;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::scan::{self, Tally, refuse};
use super::wkb;
use super::{Cell, Input, Record, Scanned, Visit, headings};
use crate::problem::{Code, Problem, Problems};

/// Broken shapes beyond this many are not listed one by one.
const LISTED: u64 = 20;
/// Largest whole number that a double holds with all its digits; longer codes are kept as text.
const EXACT: u64 = 1 << 53;

/// Reads one file; see [`scan::scan`].
pub(super) fn read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    let read = open(&input.path).and_then(|db| match Layer::choose(&db, input)? {
        Ok(layer) => layer.deliver(&db, input, visit, problems),
        Err(problem) => {
            problems.push(*problem);
            Ok(None)
        }
    });
    read.unwrap_or_else(|error| {
        problems.push(broken(input, &error));
        None
    })
}

/// The layers and tables of a file, in its order.
pub(super) fn layers(input: &Input) -> Result<Vec<String>, Box<Problem>> {
    let list = |db: Connection| -> rusqlite::Result<Vec<String>> {
        let listed = "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes', 'aspatial') ORDER BY rowid";
        db.prepare(listed)?.query_map([], |row| row.get(0))?.collect()
    };
    open(&input.path).and_then(list).map_err(|error| Box::new(broken(input, &error)))
}

/// A file with a write-ahead log beside it is opened plainly: what the log holds would be missed otherwise.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let log = path.with_file_name(format!("{}-wal", path.file_name().unwrap_or_default().to_string_lossy()));
    let has_log = log.metadata().is_ok_and(|log| log.len() > 0);
    match uri(path).filter(|_| !has_log) {
        Some(uri) => Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI),
        None => Connection::open_with_flags(path, flags),
    }
}

/// `file:///C:/city%20data/a.gpkg?immutable=1`
fn uri(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let mut uri = String::from("file://");
    let text = path.to_str()?.replace('\\', "/");
    if !text.starts_with('/') {
        uri.push('/');
    }
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' | b':' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    Some(uri)
}

/// One table of the file and how to read it.
struct Layer {
    table: String,
    shape_column: Option<String>,
    declared_crs: Option<String>,
}

type Chosen = Result<Layer, Box<Problem>>;

impl Layer {
    fn choose(db: &Connection, input: &Input) -> rusqlite::Result<Chosen> {
        let known = "SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'";
        if db.query_row(known, [], |row| row.get::<_, i64>(0))? == 0 {
            return Ok(Err(Box::new(refuse(input, Code::E_FORMAT).why("@why.gpkg.plain_sqlite"))));
        }
        let listed =
            "SELECT table_name, data_type FROM gpkg_contents WHERE data_type IN ('features', 'attributes', 'aspatial') ORDER BY rowid";
        let tables: Vec<(String, String)> =
            db.prepare(listed)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        let chosen = match &input.layer {
            Some(wanted) => tables.iter().find(|(name, _)| name == wanted),
            None => {
                let names: Vec<String> = tables.iter().map(|(name, _)| name.clone()).collect();
                let called = input.table.and_then(|table| headings::sheet_of(table, &names));
                let called = called.and_then(|called| tables.iter().find(|(name, _)| name == called));
                called.or_else(|| tables.iter().find(|(_, kind)| kind == "features")).or(tables.first())
            }
        };
        match (chosen, &input.layer) {
            (Some((table, _)), _) => Layer::of(db, table).map(Ok),
            (None, Some(wanted)) => {
                let names: Vec<String> = tables.into_iter().map(|(name, _)| name).collect();
                Ok(Err(Box::new(scan::no_layer(input, wanted, &names))))
            }
            (None, None) => Ok(Err(Box::new(refuse(input, Code::E_EMPTY)))),
        }
    }

    fn of(db: &Connection, table: &str) -> rusqlite::Result<Layer> {
        let mut layer = Layer { table: table.to_owned(), shape_column: None, declared_crs: None };
        let shapes = db.prepare("SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?1");
        // A file of attributes alone may lack the table of shape columns.
        let Ok(mut shapes) = shapes else { return Ok(layer) };
        let found = shapes.query_map([table], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?.next().transpose()?;
        if let Some((column, srs)) = found {
            layer.shape_column = Some(column);
            layer.declared_crs = declared(db, srs)?;
        }
        Ok(layer)
    }

    /// Hands over all rows; no result when a shape was broken, which is then listed.
    fn deliver(&self, db: &Connection, input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> rusqlite::Result<Option<Scanned>> {
        let mut types = db.prepare("SELECT name FROM pragma_table_info(?1) WHERE lower(type) = 'boolean'")?;
        let booleans: Vec<String> = types.query_map([&self.table], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut statement = db.prepare(&format!("SELECT * FROM {}", quoted(&self.table)))?;
        let columns: Vec<(String, bool)> =
            statement.column_names().map(|name| (name.to_owned(), booleans.iter().any(|b| b == name))).collect();
        let shape_at = self.shape_column.as_ref().and_then(|shape| columns.iter().position(|(name, _)| name.eq_ignore_ascii_case(shape)));
        let kept: Vec<usize> = (0..columns.len()).filter(|at| Some(*at) != shape_at).collect();
        let headings: Vec<String> = kept.iter().map(|at| columns[*at].0.clone()).collect();
        visit.columns(&headings);
        let mut rows = statement.query([])?;
        let mut tally = Tally::default();
        let mut broken = 0;
        let mut text = String::new();
        let mut spans: Vec<Span> = Vec::new();
        let mut cells: Vec<Cell<'static>> = Vec::new();
        while let Some(row) = rows.next()? {
            let number = scan::number(tally.records());
            text.clear();
            spans.clear();
            for &at in &kept {
                spans.push(Span::of(row.get_ref(at)?, columns[at].1, &mut text));
            }
            let geometry = match shape_at.map(|at| row.get_ref(at)).transpose()? {
                Some(ValueRef::Blob(blob)) => match wkb::from_gpkg(blob) {
                    Ok(geometry) => geometry,
                    Err(error) => {
                        broken += 1;
                        if broken <= LISTED {
                            problems.push(self.at(refuse(input, Code::E_FORMAT).why("@why.gpkg.shape").with("error", error), number));
                        }
                        None
                    }
                },
                _ => None,
            };
            let geometry: Option<&Geometry<f64>> = geometry.as_ref();
            tally.add(geometry);
            let mut row_cells = scan::reuse(cells);
            row_cells.extend(spans.iter().map(|span| span.cell(&text)));
            visit.record(Record { row: None, feature: Some(number), cells: &row_cells, geometry });
            cells = scan::reuse(row_cells);
            if visit.enough() {
                break;
            }
        }
        let scanned = Scanned { layer: Some(self.table.clone()), declared_crs: self.declared_crs.clone(), ..tally.scanned() };
        Ok((broken == 0).then_some(scanned))
    }

    fn at(&self, mut problem: Problem, feature: u32) -> Problem {
        problem.origin.layer = Some(self.table.as_str().into());
        problem.origin.feature = Some(feature);
        problem
    }
}

/// A value of one row; text lies in a buffer shared by the row.
#[derive(Clone, Copy)]
enum Span {
    Empty,
    Number(f64),
    Bool(bool),
    Text(usize, usize),
}

impl Span {
    fn of(value: ValueRef<'_>, is_boolean: bool, text: &mut String) -> Span {
        let from = text.len();
        match value {
            ValueRef::Integer(n) if is_boolean && matches!(n, 0 | 1) => return Span::Bool(n == 1),
            ValueRef::Integer(n) if n.unsigned_abs() <= EXACT => return Span::Number(n as f64),
            ValueRef::Integer(n) => text.push_str(&n.to_string()),
            ValueRef::Real(n) => return Span::Number(n),
            ValueRef::Text(bytes) => text.push_str(&String::from_utf8_lossy(bytes)),
            ValueRef::Null | ValueRef::Blob(_) => {}
        }
        if text.len() > from { Span::Text(from, text.len()) } else { Span::Empty }
    }

    fn cell(self, text: &str) -> Cell<'_> {
        match self {
            Span::Empty => Cell::Empty,
            Span::Number(n) => Cell::Number(n),
            Span::Bool(b) => Cell::Bool(b),
            Span::Text(from, to) => Cell::Text(&text[from..to]),
        }
    }
}

/// The CRS of a `srs_id`: its code where the organisation is EPSG, else its definition; −1 and 0 are "not known".
fn declared(db: &Connection, srs: i64) -> rusqlite::Result<Option<String>> {
    if srs <= 0 {
        return Ok(None);
    }
    let Ok(mut statement) =
        db.prepare("SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?1")
    else {
        return Ok(Some(format!("EPSG:{srs}")));
    };
    let found = statement
        .query_map([srs], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?)))?
        .next()
        .transpose()?;
    Ok(Some(match found {
        Some((organisation, code, _)) if organisation.eq_ignore_ascii_case("EPSG") => format!("EPSG:{code}"),
        Some((_, _, definition)) if definition.contains('[') => definition,
        _ => format!("EPSG:{srs}"),
    }))
}

/// As an SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn broken(input: &Input, error: &rusqlite::Error) -> Problem {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => scan::cut_short(input, "@why.cut.sqlite"),
        Some(rusqlite::ErrorCode::NotADatabase) => scan::cut_short(input, "@why.cut.header"),
        _ => refuse(input, Code::E_FORMAT).with("reason", error),
    }
}

#[cfg(test)]
mod tests;
