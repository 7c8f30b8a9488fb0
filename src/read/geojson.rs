//! GeoJSON: a FeatureCollection, a list of features, one feature a line, a single feature or a bare geometry.
//!
//! The text is cut into features by a small scanner ([`pieces`]) and only one feature at a time is parsed ([`feature`]), so that memory
//! stays that of the largest feature. A first pass gathers the property names; the second delivers.

mod feature;
mod pieces;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek};

use encoding_rs::{Encoding, UTF_8};
use geo::Geometry;

use self::feature::{Columns, Parsed};
use self::pieces::{Fault, Pieces};
use super::csv::evidence;
use super::encoding::{Decided, Judged, Utf8Stream, doubt, explicit};
use super::scan::{self, Tally, refuse, unopened};
use super::{Cell, Input, Record, Scanned, Visit};
use crate::problem::{Code, Problem, Problems};

/// Broken features beyond this many are not listed one by one.
const LISTED: u64 = 20;

/// Reads one file; see [`scan::scan`].
pub(super) fn read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    let mut file = match File::open(&input.path) {
        Ok(file) => file,
        Err(error) => {
            problems.push(unopened(input, &error));
            return None;
        }
    };
    let decided = match decide_encoding(input, &mut file, problems) {
        Ok(decided) => decided?,
        Err(error) => {
            problems.push(unopened(input, &error));
            return None;
        }
    };
    let encoding = decided.encoding;
    let mut columns = Columns::default();
    let declared = match text(&mut file, encoding).map_err(Fault::from).and_then(|text| gather(text, &mut columns)) {
        Ok(declared) => declared,
        Err(fault) => {
            problems.push(broken(input, &fault));
            return None;
        }
    };
    visit.columns(columns.names());
    let fault = match text(&mut file, encoding) {
        Ok(text) => deliver(input, text, &columns, visit, problems),
        Err(error) => Err(error.into()),
    };
    match fault {
        Ok(tally) => {
            let declared_crs = Some(declared.unwrap_or_else(|| "EPSG:4326".to_owned()));
            Some(decided.tell(Scanned { declared_crs, ..tally?.scanned() }))
        }
        Err(fault) => {
            problems.push(broken(input, &fault));
            None
        }
    }
}

/// The whole features at the beginning of a text that was cut somewhere, as a collection of their own; `None` when there is none.
pub(super) fn head(cut: &[u8]) -> Option<Vec<u8>> {
    let mut pieces = Pieces::new(cut.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(cut));
    let mut features: Vec<u8> = Vec::new();
    // The last feature is cut, which is an error like any other that the reader will tell of.
    while let Ok(Some(piece)) = pieces.next_feature() {
        if !features.is_empty() {
            features.push(b',');
        }
        features.extend_from_slice(piece);
    }
    if features.is_empty() {
        return None;
    }
    let crs = pieces.declared_crs().map(|name| format!("\"crs\":{{\"type\":\"name\",\"properties\":{{\"name\":\"{name}\"}}}},"));
    let mut whole = format!("{{\"type\":\"FeatureCollection\",{}\"features\":[", crs.unwrap_or_default()).into_bytes();
    whole.append(&mut features);
    whole.extend_from_slice(b"]}");
    Some(whole)
}

/// The text from its beginning, as UTF-8 without a byte order mark.
fn text<'f>(file: &'f mut File, encoding: &'static Encoding) -> io::Result<Box<dyn BufRead + 'f>> {
    file.rewind()?;
    let mut bytes = BufReader::with_capacity(1 << 18, file);
    if encoding != UTF_8 {
        return Ok(Box::new(Utf8Stream::new(bytes, encoding)));
    }
    if bytes.fill_buf()?.starts_with(&[0xEF, 0xBB, 0xBF]) {
        bytes.consume(3);
    }
    Ok(Box::new(bytes))
}

/// JSON is UTF-8 by its standard; a file in GBK is read all the same, with a warning.
fn decide_encoding(input: &Input, file: &mut File, problems: &mut Problems) -> io::Result<Option<Decided>> {
    let Ok(said) = explicit(input, problems) else { return Ok(None) };
    file.rewind()?;
    let evidence = evidence(&mut BufReader::with_capacity(1 << 18, file), false)?;
    if let Some(encoding) = said {
        if !evidence.fits(encoding) {
            problems.push(doubt(input, Code::W_ENC, "@why.enc.said", encoding, &evidence));
        }
        return Ok(Some(Decided::new(encoding, "study", &evidence)));
    }
    let judged = evidence.judge();
    match judged {
        Judged::Sound(encoding) if encoding != UTF_8 => {
            problems.push(doubt(input, Code::W_ENC_JSON, "@why.enc.guessed", encoding, &evidence))
        }
        Judged::Mostly(encoding) => problems.push(doubt(input, Code::W_ENC_JSON, "@why.enc.mostly", encoding, &evidence)),
        _ => {}
    }
    let from = if judged == Judged::Ascii { "ascii" } else { "content" };
    Ok(Some(Decided::new(judged.encoding(), from, &evidence)))
}

/// First pass: property names in order of first appearance, and the CRS that older files name.
fn gather(text: Box<dyn BufRead + '_>, columns: &mut Columns) -> Result<Option<String>, Fault> {
    let mut pieces = Pieces::new(text);
    let mut at = 0;
    while let Some(piece) = pieces.next_feature()? {
        columns.learn(piece).map_err(|error| Fault::Feature(at, error.to_string()))?;
        at += 1;
    }
    columns.finish();
    Ok(pieces.declared_crs())
}

/// Second pass; no tally when a feature was broken, which is then listed.
fn deliver(
    input: &Input,
    text: Box<dyn BufRead + '_>,
    columns: &Columns,
    visit: &mut dyn Visit,
    problems: &mut Problems,
) -> Result<Option<Tally>, Fault> {
    let mut pieces = Pieces::new(text);
    let mut tally = Tally::default();
    let mut parsed = Parsed::default();
    let mut cells: Vec<Cell<'static>> = Vec::new();
    let mut broken = 0;
    while let Some(piece) = pieces.next_feature()? {
        let number = scan::number(tally.records());
        let geometry: Option<Geometry<f64>> = match columns.parse(piece, &mut parsed) {
            Ok(geometry) => geometry,
            Err(error) => {
                broken += 1;
                if broken <= LISTED {
                    problems.push(at_feature(refuse(input, Code::E_FORMAT).with("reason", error), number));
                }
                None
            }
        };
        if parsed.open_ring {
            problems.push(at_feature(refuse(input, Code::W_GEOM).why("@why.geom.open_ring"), number));
        }
        let mut row = scan::reuse(cells);
        parsed.fill(&mut row);
        tally.add(geometry.as_ref());
        visit.record(Record { row: None, feature: Some(number), cells: &row, geometry: geometry.as_ref() });
        cells = scan::reuse(row);
        if visit.enough() {
            break;
        }
    }
    Ok((broken == 0).then_some(tally))
}

fn at_feature(mut problem: Problem, number: u32) -> Problem {
    problem.origin.feature = Some(number);
    problem
}

fn broken(input: &Input, fault: &Fault) -> Problem {
    match fault {
        Fault::Io(error) => unopened(input, error),
        Fault::Truncated => scan::cut_short(input, "@why.cut.json"),
        Fault::TooLarge => refuse(input, Code::E_TOO_LARGE).why("@why.large.feature").with("limit", scan::LARGEST_RECORD >> 20),
        Fault::Syntax(line) => refuse(input, Code::E_FORMAT).why("@why.json.syntax").with("line", line),
        Fault::NotGeoJson => refuse(input, Code::E_FORMAT).why("@why.json.not_geojson"),
        Fault::Feature(at, error) => at_feature(refuse(input, Code::E_FORMAT).with("reason", error), scan::number(*at)),
    }
}

#[cfg(test)]
mod tests;
