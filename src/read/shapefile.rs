//! Shapefile: `.shp` for the shapes, `.dbf` for their attributes, `.cpg` and `.prj` for what they mean.
//!
//! Records are taken in the order of the `.shp` (the `.shx` is not needed) and each is checked against the file's length before the
//! `shapefile` crate reads it, so that a broken or hostile file ends in a message.

mod rings;

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use encoding_rs::Encoding;
use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, Point};
use shapefile::record::ReadableShape;
use shapefile::record::traits::HasXY;
use shapefile::{Shape, ShapeType};

use super::dbf::{Fault, Table};
use super::encoding::{self, Decided, Evidence, Judged, doubt, explicit};
use super::scan::{self, LARGEST_RECORD, Tally, cut_short, refuse, unopened};
use super::{Cell, Input, Record, Scanned, Visit, prj};
use crate::problem::{Code, Problem, Problems};

/// Broken shapes beyond this many are not listed one by one.
const LISTED: u64 = 20;
/// Bytes of the file's heading.
const HEAD: u64 = 100;

/// Reads one shapefile; see [`scan::scan`].
pub(super) fn read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    let mut shapes = match Shapes::open(&input.path) {
        Ok(shapes) => shapes,
        Err(fault) => {
            problems.push(broken(input, fault));
            return None;
        }
    };
    let (mut table, decided) = attributes(input, problems)?;
    let encoding = decided.encoding;
    let (headings, cut) = table.headings(encoding);
    for at in cut {
        problems.push(refuse(input, Code::W_FIELD_CUT).field(&headings[at]).value(&headings[at]));
    }
    visit.columns(&headings);
    let mut tally = Tally::default();
    let (mut number, mut listed, mut failed) = (0u64, 0, false);
    let mut text = String::new();
    let mut cells: Vec<Cell<'static>> = Vec::new();
    loop {
        let shape = match shapes.next() {
            Ok(Some(shape)) => shape,
            Ok(None) => break,
            Err(fault) => {
                problems.push(broken(input, fault));
                return None;
            }
        };
        if number >= table.records() {
            problems.push(cut_short(input, "@why.cut.dbf_fewer").with("there", table.records()));
            return None;
        }
        let present = match table.advance() {
            Ok(present) => present,
            Err(error) => {
                problems.push(broken(input, Fault::from(error)));
                return None;
            }
        };
        let feature = scan::number(number);
        number += 1;
        if !present {
            continue;
        }
        let geometry = shape.unwrap_or_else(|reason| {
            failed = true;
            listed += 1;
            if listed <= LISTED {
                problems.push(at_feature(refuse(input, Code::E_FORMAT).why("@why.shp.shape").with("error", reason), feature));
            }
            None
        });
        let mut row = scan::reuse(cells);
        table.cells(encoding, &mut text, &mut row);
        tally.add(geometry.as_ref());
        visit.record(Record { row: None, feature: Some(feature), cells: &row, geometry: geometry.as_ref() });
        cells = scan::reuse(row);
        if visit.enough() {
            break;
        }
    }
    if !visit.enough() && number < table.records() {
        problems.push(cut_short(input, "@why.cut.shp_fewer").with("there", number).with("wanted", table.records()));
        return None;
    }
    let declared_crs = prj::declared_crs(&input.path);
    (!failed).then(|| decided.tell(Scanned { declared_crs, ..tally.scanned() }))
}

/// The attribute table and its encoding.
fn attributes(input: &Input, problems: &mut Problems) -> Option<(Table, Decided)> {
    let Some(path) = prj::beside(&input.path, "dbf") else {
        problems.push(refuse(input, Code::E_FILE).why("@why.shp.no_dbf"));
        return None;
    };
    let opened = Table::open(&path).and_then(|mut table| {
        let evidence = table.evidence()?;
        Ok((table, evidence))
    });
    match opened {
        Ok((table, evidence)) => {
            let decided = decide_encoding(input, &table, &evidence, problems)?;
            Some((table, decided))
        }
        Err(Fault::Truncated) => {
            problems.push(cut_short(input, "@why.cut.dbf"));
            None
        }
        Err(Fault::Malformed) => {
            problems.push(refuse(input, Code::E_FORMAT).why("@why.shp.dbf"));
            None
        }
        Err(fault) => {
            problems.push(broken(input, fault));
            None
        }
    }
}

/// The study, else the `.cpg`, else the language byte, as far as all bytes agree; else what the bytes say, with a warning.
fn decide_encoding(input: &Input, table: &Table, evidence: &Evidence, problems: &mut Problems) -> Option<Decided> {
    let settle = |encoding: &'static Encoding, from: &'static str| Some(Decided::new(encoding, from, evidence));
    if let Some(encoding) = explicit(input, problems).ok()? {
        if !evidence.fits(encoding) {
            problems.push(doubt(input, Code::W_ENC, "@why.enc.said", encoding, evidence));
        }
        return settle(encoding, "study");
    }
    let label = prj::declared_encoding(&input.path);
    // `OEM` and `ANSI` name the machine that wrote it: no evidence.
    let by_label = label.as_deref().and_then(encoding::named);
    let from = if by_label.is_some() { "cpg" } else { "language" };
    let declared = by_label.or_else(|| table.declared_encoding());
    let judged = evidence.judge();
    match (declared, judged) {
        (_, Judged::Ascii) => settle(declared.unwrap_or(judged.encoding()), "ascii"),
        (Some(encoding), _) if evidence.fits(encoding) => {
            if let Some(label) = label.filter(|l| by_label.is_none() && !encoding::of_the_machine(l)) {
                problems.push(doubt(input, Code::W_ENC, "@why.enc.cpg", encoding, evidence).with("declared", label));
            }
            settle(encoding, from)
        }
        (declared, _) => {
            // Where no encoding fits all bytes, the declared one is as good as any.
            let encoding = match (declared, judged) {
                (Some(declared), Judged::Mostly(_)) => declared,
                _ => judged.encoding(),
            };
            let unknown = label.as_deref().is_some_and(|l| by_label.is_none() && !encoding::of_the_machine(l));
            let why = match (declared, judged) {
                _ if unknown => "@why.enc.cpg",
                (Some(_), _) => "@why.enc.declared",
                (None, Judged::Mostly(_)) => "@why.enc.mostly",
                _ => "@why.enc.guessed",
            };
            let said = label.unwrap_or_else(|| declared.map_or(String::new(), |e| e.name().to_owned()));
            problems.push(doubt(input, Code::W_ENC, why, encoding, evidence).with("declared", said));
            settle(encoding, "content")
        }
    }
}

fn at_feature(mut problem: Problem, feature: u32) -> Problem {
    problem.origin.feature = Some(feature);
    problem
}

fn broken(input: &Input, fault: Fault) -> Problem {
    match fault {
        Fault::Io(error) => unopened(input, &error),
        Fault::Truncated => cut_short(input, "@why.cut.shp"),
        Fault::Malformed => refuse(input, Code::E_FORMAT).why("@why.shp.head"),
    }
}

/// The records of a `.shp`.
struct Shapes {
    source: BufReader<File>,
    /// Bytes between here and the end that the heading names.
    left: u64,
    content: Vec<u8>,
}

/// A shape, none, or why it is not well formed.
type Read_ = Result<Option<Geometry<f64>>, String>;

impl Shapes {
    fn open(path: &Path) -> Result<Shapes, Fault> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut source = BufReader::with_capacity(1 << 18, file);
        let mut head = [0u8; HEAD as usize];
        source.read_exact(&mut head)?;
        let named = u64::from(u32::from_be_bytes([head[24], head[25], head[26], head[27]])) * 2;
        if named > size {
            return Err(Fault::Truncated);
        }
        let kind = i32::from_le_bytes([head[32], head[33], head[34], head[35]]);
        if named < HEAD || ShapeType::from(kind).is_none() {
            return Err(Fault::Malformed);
        }
        Ok(Shapes { source, left: named - HEAD, content: Vec::new() })
    }

    /// `None` behind the last record.
    fn next(&mut self) -> Result<Option<Read_>, Fault> {
        if self.left < 8 {
            return if self.left == 0 { Ok(None) } else { Err(Fault::Truncated) };
        }
        let mut head = [0u8; 8];
        self.source.read_exact(&mut head)?;
        self.left -= 8;
        let length = u64::from(u32::from_be_bytes([head[4], head[5], head[6], head[7]])) * 2;
        if length > self.left || length > LARGEST_RECORD {
            return Err(Fault::Truncated);
        }
        self.left -= length;
        self.content.resize(length as usize, 0);
        self.source.read_exact(&mut self.content)?;
        Ok(Some(shape(&self.content)))
    }
}

/// One record by the crate, after its own counts were compared with its length.
fn shape(content: &[u8]) -> Read_ {
    let int = |at: usize| content.get(at..at + 4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let kind = int(0).and_then(ShapeType::from).ok_or("unknown kind of shape")?;
    let fits = match kind {
        ShapeType::NullShape => return Ok(None),
        ShapeType::Point | ShapeType::PointM | ShapeType::PointZ => true,
        ShapeType::Multipoint | ShapeType::MultipointM | ShapeType::MultipointZ => counts_fit(0, int(36), content.len() - 4),
        ShapeType::Multipatch => return Err("multipatch".to_owned()),
        _ => int(36).is_some_and(|parts| parts >= 0 && counts_fit(parts, int(40), content.len() - 4) && parts_ascend(content, parts)),
    };
    if !fits {
        return Err("a count larger than its bytes".to_owned());
    }
    let length = i32::try_from(content.len()).map_err(|e| e.to_string())?;
    let shape = Shape::read_from(&mut Cursor::new(content), length).map_err(|e| e.to_string())?;
    Ok(to_geo(shape))
}

fn counts_fit(parts: i32, points: Option<i32>, bytes: usize) -> bool {
    points.is_some_and(|points| points >= 0 && parts as u64 * 4 + points as u64 * 16 <= bytes as u64)
}

/// Whether each part begins at a point that is there, and not before the part before it; the counts have been compared already.
fn parts_ascend(content: &[u8], parts: i32) -> bool {
    let ints = content[40..].chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let mut ints = ints.take(1 + parts as usize);
    let points = ints.next().unwrap_or(0);
    let mut last = 0;
    ints.all(|start| start >= std::mem::replace(&mut last, start) && start <= points)
}

/// Heights and measures are dropped.
fn to_geo(shape: Shape) -> Option<Geometry<f64>> {
    let point = |x: f64, y: f64| Some(Geometry::Point(Point::new(x, y)));
    match shape {
        Shape::NullShape | Shape::Multipatch(_) => None,
        Shape::Point(p) => point(p.x, p.y),
        Shape::PointM(p) => point(p.x, p.y),
        Shape::PointZ(p) => point(p.x, p.y),
        Shape::Multipoint(m) => Some(points(m.points())),
        Shape::MultipointM(m) => Some(points(m.points())),
        Shape::MultipointZ(m) => Some(points(m.points())),
        Shape::Polyline(l) => lines(l.into_inner()),
        Shape::PolylineM(l) => lines(l.into_inner()),
        Shape::PolylineZ(l) => lines(l.into_inner()),
        Shape::Polygon(p) => rings::assemble(p.into_inner().into_iter().map(|r| line(&r.into_inner())).collect()),
        Shape::PolygonM(p) => rings::assemble(p.into_inner().into_iter().map(|r| line(&r.into_inner())).collect()),
        Shape::PolygonZ(p) => rings::assemble(p.into_inner().into_iter().map(|r| line(&r.into_inner())).collect()),
    }
}

fn line<P: HasXY>(points: &[P]) -> LineString<f64> {
    points.iter().map(|p| Coord { x: p.x(), y: p.y() }).collect()
}

fn points<P: HasXY>(points: &[P]) -> Geometry<f64> {
    Geometry::MultiPoint(MultiPoint(points.iter().map(|p| Point::new(p.x(), p.y())).collect()))
}

fn lines<P: HasXY>(parts: Vec<Vec<P>>) -> Option<Geometry<f64>> {
    let mut lines: Vec<LineString<f64>> = parts.iter().map(|part| line(part)).filter(|l| !l.0.is_empty()).collect();
    match lines.len() {
        0 => None,
        1 => lines.pop().map(Geometry::LineString),
        _ => Some(Geometry::MultiLineString(MultiLineString(lines))),
    }
}

#[cfg(test)]
pub(super) mod tests;
