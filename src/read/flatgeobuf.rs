//! FlatGeobuf: one feature at a time, past the index.
//!
//! Header and features are FlatBuffers, checked before they are looked at; counts and positions inside them are not believed
//! beyond the bytes that are there.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};

use flatgeobuf::{
    Column, ColumnType, Geometry as Stored, GeometryType, Header, size_prefixed_root_as_feature, size_prefixed_root_as_header,
};
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use super::scan::{self, LARGEST_RECORD, Tally, cut_short, refuse, unopened};
use super::{Cell, Input, Record, Scanned, Visit};
use crate::problem::{Code, Problems};

/// The first bytes of version 3; the fourth is the version, the eighth its correction.
pub(super) const MAGIC: &[u8] = b"fgb\x03fgb";
/// Larger headers are no headers.
const LARGEST_HEADER: u64 = 10 << 20;
/// Bytes of an entry of the index.
const NODE: u64 = 40;
/// Collections inside collections; more is an attack on the stack.
const DEEPEST: usize = 16;
/// Broken features beyond this many are not listed one by one.
const LISTED: u64 = 20;
/// Largest whole number that a double holds with all its digits; longer codes are kept as text.
const EXACT: u64 = 1 << 53;

/// Reads one file; see [`scan::scan`].
pub(super) fn read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    match try_read(input, visit, problems) {
        Ok(scanned) => scanned,
        Err(fault) => {
            problems.push(match fault {
                Fault::Io(error) if error.kind() == ErrorKind::UnexpectedEof => cut_short(input, "@why.cut.fgb"),
                Fault::Io(error) => unopened(input, &error),
                Fault::Format(error) => refuse(input, Code::E_FORMAT).with("reason", error),
                Fault::TooLarge => refuse(input, Code::E_TOO_LARGE).why("@why.large.feature").with("limit", LARGEST_RECORD >> 20),
            });
            None
        }
    }
}

enum Fault {
    Io(io::Error),
    Format(String),
    TooLarge,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error)
    }
}

fn try_read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Result<Option<Scanned>, Fault> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(&input.path)?);
    file.read_exact(&mut [0; 8])?;
    let mut head = Vec::new();
    if !piece(&mut file, LARGEST_HEADER, &mut head)? {
        return Err(Fault::Io(ErrorKind::UnexpectedEof.into()));
    }
    let header = size_prefixed_root_as_header(&head).map_err(|error| Fault::Format(error.to_string()))?;
    let columns: Vec<Column<'_>> = header.columns().map(|all| all.iter().collect()).unwrap_or_default();
    let names: Vec<String> = columns.iter().map(|c| c.name().to_owned()).collect();
    visit.columns(&names);
    let index = index_size(header.features_count(), header.index_node_size());
    let past = i64::try_from(index).map_err(|_| Fault::TooLarge)?;
    file.seek_relative(past)?;
    let (mut tally, mut broken) = (Tally::default(), 0);
    let mut bytes = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut cells: Vec<Cell<'static>> = Vec::new();
    while piece(&mut file, LARGEST_RECORD, &mut bytes)? {
        let number = scan::number(tally.records());
        let mut complain = |reason: String| {
            broken += 1;
            if broken <= LISTED {
                let mut problem = refuse(input, Code::E_FORMAT).with("reason", reason);
                problem.origin.feature = Some(number);
                problems.push(problem);
            }
        };
        values.clear();
        values.resize(names.len(), Value::Empty);
        let mut geometry = None;
        match size_prefixed_root_as_feature(&bytes) {
            Ok(feature) => {
                match feature.geometry().map(|g| shape(&g, header.geometry_type(), 0)).transpose() {
                    Ok(found) => geometry = found.flatten(),
                    Err(why) => complain(why.to_owned()),
                }
                let stored = feature.properties().map(|p| p.bytes()).unwrap_or_default();
                if properties(stored, &columns, &mut values).is_none() {
                    complain("properties".to_owned());
                }
            }
            Err(error) => complain(error.to_string()),
        }
        tally.add(geometry.as_ref());
        let mut row = scan::reuse(cells);
        row.extend(values.iter().map(Value::cell));
        visit.record(Record { row: None, feature: Some(number), cells: &row, geometry: geometry.as_ref() });
        cells = scan::reuse(row);
        if visit.enough() {
            break;
        }
    }
    // Zero means that the writer did not know.
    if header.features_count() > tally.records() && !visit.enough() {
        return Err(Fault::Io(ErrorKind::UnexpectedEof.into()));
    }
    let layer = header.name().filter(|name| !name.is_empty()).map(str::to_owned);
    Ok((broken == 0).then(|| Scanned { layer, declared_crs: declared(&header), ..tally.scanned() }))
}

/// The next piece with its length in front, by which its numbers are aligned; false at the end of the file. Bytes are taken as they
/// come, whatever the length claims.
fn piece(file: &mut impl Read, largest: u64, into: &mut Vec<u8>) -> Result<bool, Fault> {
    let mut size = [0; 4];
    let mut got = 0;
    while got < 4 {
        match file.read(&mut size[got..])? {
            0 if got == 0 => return Ok(false),
            0 => return Err(Fault::Io(ErrorKind::UnexpectedEof.into())),
            n => got += n,
        }
    }
    into.clear();
    into.extend(size);
    let size = u64::from(u32::from_le_bytes(size));
    if size > largest {
        return Err(Fault::TooLarge);
    }
    let read = file.take(size).read_to_end(into)?;
    if (read as u64) < size { Err(Fault::Io(ErrorKind::UnexpectedEof.into())) } else { Ok(true) }
}

/// The packed R-tree behind the header: all levels of nodes, from the features up to the root.
fn index_size(features: u64, node: u16) -> u64 {
    if features == 0 || node < 2 {
        return 0;
    }
    let (mut level, mut nodes) = (features, features);
    while level > 1 {
        level = level.div_ceil(node.into());
        nodes = nodes.saturating_add(level);
    }
    nodes.saturating_mul(NODE)
}

/// The code where the organisation is EPSG or none, else the definition.
fn declared(header: &Header<'_>) -> Option<String> {
    let crs = header.crs()?;
    let epsg = crs.org().is_none_or(|org| org.is_empty() || org.eq_ignore_ascii_case("EPSG"));
    if crs.code() > 0 && epsg {
        return Some(format!("EPSG:{}", crs.code()));
    }
    crs.wkt().filter(|wkt| !wkt.is_empty()).map(str::to_owned)
}

/// A shape; `kind` is that of the layer, which may leave it to each feature.
fn shape(stored: &Stored<'_>, kind: GeometryType, depth: usize) -> Result<Option<Geometry<f64>>, &'static str> {
    if depth > DEEPEST {
        return Err("GeometryCollection");
    }
    let kind = if kind == GeometryType::Unknown { stored.type_() } else { kind };
    let xy = stored.xy();
    let pairs = xy.map_or(0, |xy| xy.len() / 2);
    let points = |from: usize, to: usize| -> Vec<Coord<f64>> {
        let at = |i: usize| xy.map_or(f64::NAN, |xy| xy.get(i));
        (from..to).map(|i| Coord { x: at(2 * i), y: at(2 * i + 1) }).collect()
    };
    // Where each line or ring ends; one that nobody cuts is whole.
    let lines = || -> Result<Vec<LineString<f64>>, &'static str> {
        let mut from = 0;
        let mut lines = Vec::new();
        let ends: Vec<usize> = stored.ends().map(|ends| ends.iter().map(|e| e as usize).collect()).unwrap_or_default();
        let whole = [pairs];
        for to in if ends.is_empty() { &whole[..] } else { &ends[..] } {
            if *to < from || *to > pairs {
                return Err("ends");
            }
            lines.push(LineString(points(from, *to)));
            from = *to;
        }
        Ok(lines)
    };
    let polygon = |mut rings: Vec<LineString<f64>>| {
        let exterior = if rings.is_empty() { LineString(Vec::new()) } else { rings.remove(0) };
        Polygon::new(exterior, rings)
    };
    let parts = |kind: GeometryType| -> Result<Vec<Geometry<f64>>, &'static str> {
        let mut all = Vec::new();
        for part in stored.parts().iter().flat_map(|parts| parts.iter()) {
            all.extend(shape(&part, kind, depth + 1)?);
        }
        Ok(all)
    };
    let is_empty = pairs == 0 && stored.parts().is_none_or(|parts| parts.is_empty());
    Ok(Some(match kind {
        _ if is_empty => return Ok(None),
        GeometryType::Point => Point(points(0, 1)[0]).into(),
        GeometryType::LineString => LineString(points(0, pairs)).into(),
        GeometryType::Polygon | GeometryType::Triangle => polygon(lines()?).into(),
        GeometryType::MultiPoint => MultiPoint(points(0, pairs).into_iter().map(Point).collect()).into(),
        GeometryType::MultiLineString => MultiLineString(lines()?).into(),
        GeometryType::MultiPolygon => {
            let parts = parts(GeometryType::Polygon)?;
            MultiPolygon(parts.into_iter().filter_map(|part| Polygon::try_from(part).ok()).collect()).into()
        }
        GeometryType::GeometryCollection => Geometry::GeometryCollection(GeometryCollection(parts(GeometryType::Unknown)?)),
        _ => return Err("curves and surfaces are not read"),
    }))
}

/// A value of one feature.
#[derive(Clone, PartialEq, Debug)]
enum Value {
    Empty,
    Number(f64),
    Bool(bool),
    Text(String),
}

impl Value {
    fn cell(&self) -> Cell<'_> {
        match self {
            Value::Empty => Cell::Empty,
            Value::Number(n) => Cell::Number(*n),
            Value::Bool(b) => Cell::Bool(*b),
            Value::Text(text) => Cell::Text(text),
        }
    }

    fn whole(n: i128) -> Value {
        if n.unsigned_abs() <= u128::from(EXACT) { Value::Number(n as f64) } else { Value::Text(n.to_string()) }
    }
}

/// Column numbers, each followed by its value; `None` where the bytes end too early or name a column that is not there.
fn properties(mut bytes: &[u8], columns: &[Column<'_>], values: &mut [Value]) -> Option<()> {
    fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
        let (head, rest) = bytes.split_first_chunk::<N>()?;
        *bytes = rest;
        Some(*head)
    }
    while !bytes.is_empty() {
        let at = usize::from(u16::from_le_bytes(take(&mut bytes)?));
        let value = match columns.get(at)?.type_() {
            ColumnType::Byte => Value::whole(i8::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::UByte => Value::whole(u8::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::Bool => Value::Bool(take::<1>(&mut bytes)?[0] != 0),
            ColumnType::Short => Value::whole(i16::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::UShort => Value::whole(u16::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::Int => Value::whole(i32::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::UInt => Value::whole(u32::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::Long => Value::whole(i64::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::ULong => Value::whole(u64::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::Float => Value::Number(f32::from_le_bytes(take(&mut bytes)?).into()),
            ColumnType::Double => Value::Number(f64::from_le_bytes(take(&mut bytes)?)),
            kind => {
                let size = u32::from_le_bytes(take(&mut bytes)?) as usize;
                let (text, rest) = bytes.split_at_checked(size)?;
                bytes = rest;
                match kind {
                    ColumnType::Binary => Value::Empty,
                    _ => Value::Text(String::from_utf8_lossy(text).into_owned()),
                }
            }
        };
        *values.get_mut(at)? = if value == Value::Text(String::new()) { Value::Empty } else { value };
    }
    Some(())
}

#[cfg(test)]
mod tests;
