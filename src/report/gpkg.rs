//! GeoPackage beside GeoJSON: each `.geojson` of a run again as a `.gpkg` of one layer, with the same columns, digits and coordinates.
//!
//! GeoPackage 1.3 (OGC 12-128r17). Nothing in it depends on the clock or the machine, so the same study gives the same bytes.

use std::fs::File;
use std::io;
use std::path::Path;

use geo::{BoundingRect, Geometry, Rect};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::output::aside::Aside;
use super::output::{OutputError, OutputFolder};
use crate::problem::Problems;
use crate::read::{Cell, Input, Record, Visit, scan};

/// `GPKG` in the head of the file.
const APPLICATION: i32 = 0x4750_4B47;
/// 1.3.0.
const VERSION: i32 = 10_300;
const WGS84: i32 = 4326;
/// A run knows no time of day, and a file that says one would differ each time.
const NEVER: &str = "1970-01-01";
const WGS84_WKT: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],\
AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,\
AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]";

/// Adds a GeoPackage for every GeoJSON of the folder. `as_of`, the day the study speaks of, stands for the day of the last change.
pub fn beside(out: &mut OutputFolder, as_of: Option<jiff::civil::Date>) -> Result<(), OutputError> {
    let day = as_of.map_or_else(|| NEVER.to_owned(), |day| day.to_string());
    let names: Vec<String> = out.names().iter().filter(|name| name.ends_with(".geojson")).cloned().collect();
    for name in names {
        let (from, stem) = (out.room().join(&name), name.trim_end_matches(".geojson"));
        out.add(&format!("{stem}.gpkg"), |file| convert(&from, stem, &day, file))?;
    }
    Ok(())
}

/// Writes the features of a GeoJSON of ours as a layer.
fn convert(from: &Path, layer: &str, day: &str, mut out: impl io::Write) -> io::Result<()> {
    let mut form = Form::default();
    pass(from, &mut form)?;
    // SQLite wants a file of its own.
    let aside = Aside::new()?;
    let path = aside.path().join("layer.gpkg");
    let mut database = Connection::open(&path).map_err(io::Error::other)?;
    store(&mut database, from, layer, day, &form)?;
    database.close().map_err(|(_, error)| io::Error::other(error))?;
    io::copy(&mut File::open(&path)?, &mut out)?;
    Ok(())
}

fn pass(from: &Path, visit: &mut dyn Visit) -> io::Result<()> {
    let input = Input { path: from.to_path_buf(), shown: from.to_string_lossy().into_owned(), ..Input::default() };
    let mut problems = Problems::default();
    scan::scan(&input, visit, &mut problems);
    // A layer of nothing is a layer all the same.
    let wrong = problems.iter().find(|p| p.code.text().starts_with("E-") && p.code != crate::problem::Code::E_EMPTY);
    wrong.map_or(Ok(()), |problem| Err(io::Error::other(problem.message(crate::words::Lang::En))))
}

/// What the columns hold, learned in a first pass.
#[derive(Default)]
struct Form {
    names: Vec<String>,
    /// The kind of each column, narrowest first: INTEGER, REAL, TEXT; `None` while all values are unknown.
    kinds: Vec<Option<Kind>>,
    shape: Option<&'static str>,
    bounds: Option<Rect<f64>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Integer,
    Real,
    Text,
}

impl Visit for Form {
    fn columns(&mut self, columns: &[String]) {
        self.names = columns.to_vec();
        self.kinds = vec![None; columns.len()];
    }

    fn record(&mut self, record: Record<'_>) {
        for (kind, cell) in self.kinds.iter_mut().zip(record.cells) {
            *kind = (*kind).max(match cell {
                Cell::Empty => None,
                Cell::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => Some(Kind::Integer),
                Cell::Number(_) => Some(Kind::Real),
                Cell::Bool(_) => Some(Kind::Integer),
                Cell::Text(_) => Some(Kind::Text),
            });
        }
        let Some(geometry) = record.geometry else { return };
        let shape = match geometry {
            Geometry::Point(_) => "POINT",
            Geometry::LineString(_) | Geometry::MultiLineString(_) => "MULTILINESTRING",
            Geometry::Polygon(_) | Geometry::MultiPolygon(_) => "MULTIPOLYGON",
            _ => "GEOMETRY",
        };
        self.shape = Some(if self.shape.is_none_or(|before| before == shape) { shape } else { "GEOMETRY" });
        if let Some(rect) = geometry.bounding_rect() {
            self.bounds = Some(self.bounds.map_or(rect, |b| {
                let (min, max) = (b.min(), b.max());
                let least = (min.x.min(rect.min().x), min.y.min(rect.min().y));
                Rect::new(least, (max.x.max(rect.max().x), max.y.max(rect.max().y)))
            }));
        }
    }
}

impl Form {
    /// Names as SQLite tells them apart: without regard to case, and not those of the key and the shape.
    fn columns(&self) -> Vec<String> {
        let mut taken = vec!["fid".to_owned(), "geom".to_owned()];
        let mut columns = Vec::new();
        for name in &self.names {
            let mut free = name.clone();
            let mut n = 2;
            while taken.contains(&free.to_lowercase()) || free.is_empty() {
                free = format!("{name}_{n}");
                n += 1;
            }
            taken.push(free.to_lowercase());
            columns.push(free);
        }
        columns
    }
}

/// Puts the features into the table, in a second pass.
struct Rows<'s> {
    insert: rusqlite::Statement<'s>,
    multi: bool,
    failed: Option<rusqlite::Error>,
}

impl Visit for Rows<'_> {
    fn columns(&mut self, _: &[String]) {}

    fn record(&mut self, record: Record<'_>) {
        if self.failed.is_some() {
            return;
        }
        let shape = record.geometry.map_or(Value::Null, |g| Value::Blob(blob(g, self.multi)));
        let values = record.cells.iter().map(|cell| match cell {
            Cell::Empty => Value::Null,
            Cell::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => Value::Integer(*n as i64),
            Cell::Number(n) => Value::Real(*n),
            Cell::Bool(b) => Value::Integer((*b).into()),
            Cell::Text(text) => Value::Text((*text).to_owned()),
        });
        self.failed = self.insert.execute(params_from_iter(std::iter::once(shape).chain(values))).err();
    }
}

fn store(database: &mut Connection, from: &Path, layer: &str, day: &str, form: &Form) -> io::Result<()> {
    let other = |error: rusqlite::Error| io::Error::other(error);
    database
        .execute_batch(&format!(
            "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
             PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
        ))
        .map_err(other)?;
    let shape = form.shape.unwrap_or("GEOMETRY");
    let columns = form.columns();
    let typed = columns.iter().zip(&form.kinds).map(|(name, kind)| {
        let kind = match kind {
            Some(Kind::Integer) => "INTEGER",
            Some(Kind::Real) => "REAL",
            Some(Kind::Text) | None => "TEXT",
        };
        format!(", {} {kind}", quoted(name))
    });
    let table = format!(
        "CREATE TABLE {} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {shape}{})",
        quoted(layer),
        typed.collect::<String>()
    );
    let all = database.transaction().map_err(other)?;
    all.execute_batch(TABLES).map_err(other)?;
    all.execute_batch(&table).map_err(other)?;
    let systems = [
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
        ("WGS 84 geodetic", WGS84, "EPSG", WGS84, WGS84_WKT),
    ];
    for (name, id, organisation, code, definition) in systems {
        all.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, ?3, ?4, ?5, NULL)",
            params![name, id, organisation, code, definition],
        )
        .map_err(other)?;
    }
    let bounds = form.bounds.map(|b| [b.min().x, b.min().y, b.max().x, b.max().y]);
    let edge = |i: usize| bounds.map(|b| b[i]);
    all.execute(
        "INSERT INTO gpkg_contents VALUES (?1, 'features', ?1, '', ?2, ?3, ?4, ?5, ?6, ?7)",
        params![layer, format!("{day}T00:00:00.000Z"), edge(0), edge(1), edge(2), edge(3), WGS84],
    )
    .map_err(other)?;
    all.execute("INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, ?3, 0, 0)", params![layer, shape, WGS84]).map_err(other)?;
    let names: String = columns.iter().map(|name| format!(", {}", quoted(name))).collect();
    let marks = ", ?".repeat(columns.len());
    let insert = all.prepare(&format!("INSERT INTO {} (geom{names}) VALUES (?{marks})", quoted(layer))).map_err(other)?;
    let mut rows = Rows { insert, multi: shape.starts_with("MULTI"), failed: None };
    pass(from, &mut rows)?;
    if let Some(error) = rows.failed.take() {
        return Err(other(error));
    }
    drop(rows);
    all.commit().map_err(other)
}

/// The tables that every GeoPackage has (annex C of the standard).
const TABLES: &str = "
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));";

/// As an SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The shape behind the header of the standard: little-endian, with its box unless it is a point.
fn blob(geometry: &Geometry<f64>, multi: bool) -> Vec<u8> {
    let rect = if matches!(geometry, Geometry::Point(_)) { None } else { geometry.bounding_rect() };
    let mut out = vec![b'G', b'P', 0, if rect.is_some() { 0b0000_0011 } else { 0b0000_0001 }];
    out.extend(WGS84.to_le_bytes());
    if let Some(rect) = rect {
        for edge in [rect.min().x, rect.max().x, rect.min().y, rect.max().y] {
            out.extend(edge.to_le_bytes());
        }
    }
    match geometry {
        Geometry::Polygon(one) if multi => wkb(&Geometry::MultiPolygon(one.clone().into()), &mut out),
        Geometry::LineString(one) if multi => wkb(&Geometry::MultiLineString(one.clone().into()), &mut out),
        other => wkb(other, &mut out),
    }
    out
}

/// Well-known binary (OGC 06-103r4), little-endian, in two dimensions.
fn wkb(geometry: &Geometry<f64>, out: &mut Vec<u8>) {
    fn head(kind: u32, out: &mut Vec<u8>) {
        out.push(1);
        out.extend(kind.to_le_bytes());
    }
    fn line(line: &geo::LineString<f64>, out: &mut Vec<u8>) {
        out.extend((line.0.len() as u32).to_le_bytes());
        line.0.iter().for_each(|c| [c.x, c.y].iter().for_each(|v| out.extend(v.to_le_bytes())));
    }
    fn many(kind: u32, parts: impl ExactSizeIterator<Item = Geometry<f64>>, out: &mut Vec<u8>) {
        head(kind, out);
        out.extend((parts.len() as u32).to_le_bytes());
        parts.for_each(|part| wkb(&part, out));
    }
    match geometry {
        Geometry::Point(point) => {
            head(1, out);
            [point.x(), point.y()].iter().for_each(|v| out.extend(v.to_le_bytes()));
        }
        Geometry::LineString(course) => {
            head(2, out);
            line(course, out);
        }
        Geometry::Polygon(area) => {
            head(3, out);
            out.extend((area.interiors().len() as u32 + 1).to_le_bytes());
            std::iter::once(area.exterior()).chain(area.interiors()).for_each(|ring| line(ring, out));
        }
        Geometry::MultiPoint(all) => many(4, all.0.iter().map(|p| (*p).into()), out),
        Geometry::MultiLineString(all) => many(5, all.0.iter().map(|l| l.clone().into()), out),
        Geometry::MultiPolygon(all) => many(6, all.0.iter().map(|p| p.clone().into()), out),
        Geometry::GeometryCollection(all) => many(7, all.0.iter().cloned(), out),
        Geometry::Line(l) => wkb(&Geometry::LineString(vec![l.start, l.end].into()), out),
        Geometry::Rect(r) => wkb(&r.to_polygon().into(), out),
        Geometry::Triangle(t) => wkb(&t.to_polygon().into(), out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::scan::tests::{Kept, scan_path};

    const FEATURES: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"140403001001","Name":"太行西街","name":"other","share":0.5,"rank":1,"fid":7,"empty":null},
 "geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[9,0],[9,9],[0,0]],[[3,1],[4,1],[4,2],[3,1]]],[[[20,0],[21,0],[21,1],[20,0]]]]}},
{"type":"Feature","properties":{"code":"140403001002","Name":null,"name":"b","share":1,"rank":2,"fid":8,"empty":null},
 "geometry":{"type":"Polygon","coordinates":[[[-5,0],[-4,0],[-4,1],[-5,0]]]}},
{"type":"Feature","properties":{"code":"140403001003","Name":"c","name":"c","share":null,"rank":3,"fid":9,"empty":null},"geometry":null}]}"#;

    fn made(text: &str) -> (tempfile::TempDir, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("communities.geojson");
        std::fs::write(&from, text).unwrap();
        let mut bytes = Vec::new();
        convert(&from, "communities", "2023-02-01", &mut bytes).unwrap();
        std::fs::write(folder.path().join("communities.gpkg"), &bytes).unwrap();
        (folder, bytes)
    }

    #[test]
    fn a_layer_comes_back_as_it_was_written() {
        let (folder, _) = made(FEATURES);
        let read = scan_path(folder.path().join("communities.gpkg"));
        assert!(read.codes().is_empty(), "{:?}", read.problems);
        let before = scan_path(folder.path().join("communities.geojson"));
        // The key of the table stands first; SQLite knows `Name` and `name` as one, and `fid` is taken.
        assert_eq!(read.layer.columns, ["fid", "code", "Name", "name_2", "share", "rank", "fid_2", "empty"]);
        for (mine, theirs) in read.layer.cells.iter().zip(&before.layer.cells) {
            assert_eq!(mine[1..], theirs[..]);
        }
        assert_eq!(read.layer.cells[0][0], Kept::Number(1.0));
        assert_eq!(read.layer.shapes[0], before.layer.shapes[0]);
        assert!(matches!(&read.layer.shapes[1], Some(Geometry::MultiPolygon(m)) if m.0.len() == 1), "one kind in a layer");
        assert_eq!(read.layer.shapes[2], None);
        let scanned = read.scanned.unwrap();
        assert_eq!(scanned.declared_crs.as_deref(), Some("EPSG:4326"));
    }

    #[test]
    fn the_same_features_give_the_same_bytes_and_the_marks_of_the_standard() {
        let (folder, bytes) = made(FEATURES);
        assert_eq!(bytes, made(FEATURES).1);
        assert_eq!(&bytes[68..72], b"GPKG");
        let database = Connection::open(folder.path().join("communities.gpkg")).unwrap();
        let one = |sql: &str| database.query_row(sql, [], |row| row.get::<_, Value>(0)).unwrap();
        assert_eq!(one("SELECT last_change FROM gpkg_contents"), Value::Text("2023-02-01T00:00:00.000Z".into()));
        assert_eq!(
            one("SELECT min_x || ' ' || min_y || ' ' || max_x || ' ' || max_y FROM gpkg_contents"),
            Value::Text("-5.0 0.0 21.0 9.0".into())
        );
        assert_eq!(one("SELECT geometry_type_name FROM gpkg_geometry_columns"), Value::Text("MULTIPOLYGON".into()));
        assert_eq!(one("SELECT count(*) FROM gpkg_spatial_ref_sys WHERE srs_id IN (-1, 0, 4326)"), Value::Integer(3));
        assert_eq!(
            one("SELECT group_concat(type) FROM pragma_table_info('communities')"),
            Value::Text("INTEGER,MULTIPOLYGON,TEXT,TEXT,TEXT,REAL,INTEGER,INTEGER,TEXT".into())
        );
        assert_eq!(one("PRAGMA integrity_check"), Value::Text("ok".into()));
        assert_eq!(one("SELECT count(*) FROM pragma_foreign_key_check"), Value::Integer(0));
    }

    #[test]
    fn points_have_no_box_and_mixed_shapes_are_a_layer_of_any() {
        let point = r#"{"type":"Feature","properties":{"id":"a"},"geometry":{"type":"Point","coordinates":[112.5,37.5]}}"#;
        let line = r#"{"type":"Feature","properties":{"id":"b"},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}}"#;
        let (folder, _) = made(&format!(r#"{{"type":"FeatureCollection","features":[{point},{line}]}}"#));
        let read = scan_path(folder.path().join("communities.gpkg"));
        assert!(matches!(read.layer.shapes[..], [Some(Geometry::Point(_)), Some(Geometry::LineString(_))]));
        let (folder, _) = made(r#"{"type":"FeatureCollection","features":[]}"#);
        assert_eq!(scan_path(folder.path().join("communities.gpkg")).codes(), ["E-EMPTY"], "a layer without a feature is a layer");
    }
}
