//! CSV: UTF-8, GBK or UTF-16, separated by comma, semicolon or TAB, with quoted line breaks.

use std::cell::Cell as Shared;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use super::encoding::{Decided, Evidence, Judged, Stands, Utf8Stream, doubt, explicit};
use super::scan::{self, Tally, refuse, unopened};
use super::{Cell, Input, Record, Scanned, Visit};
use crate::problem::{Code, Problem, Problems};

/// Ragged rows beyond this many are not listed one by one.
const LISTED: u64 = 20;
/// Longest line or quoted record: a polygon written as text fits, a gigabyte without a line break does not.
const LONGEST: u64 = 64 << 20;

/// Reads one file; see [`scan::scan`].
pub(super) fn read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    match try_read(input, visit, problems) {
        Ok(scanned) => scanned,
        Err(error) => {
            problems.push(broken(input, &error));
            None
        }
    }
}

fn try_read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> io::Result<Option<Scanned>> {
    let Some(decided) = decide_encoding(input, problems)? else { return Ok(None) };
    let encoding = decided.encoding;
    let file = BufReader::with_capacity(1 << 16, File::open(&input.path)?);
    let gauge = Rc::new(Gauge::default());
    let mut text = BufReader::with_capacity(1 << 16, Lines::new(Utf8Stream::new(file, encoding), Rc::clone(&gauge)));
    let (separator, skipped) = separator(&mut text)?;
    let mut reader = ::csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text);
    let mut record = ::csv::StringRecord::new();
    let mut tally = Tally::default();
    let mut cells: Vec<Cell<'static>> = Vec::new();
    let mut width = None;
    let (mut ragged, mut last_with_break) = (0, None);
    while reader.read_record(&mut record).map_err(plain)? {
        gauge.since_record.set(0);
        // The reader stands behind the line break that ended the record; breaks inside quotes lie between.
        let inner: u64 = record.iter().map(|cell| cell.bytes().filter(|b| *b == b'\n').count() as u64).sum();
        let row = scan::number(reader.position().line().saturating_sub(inner + 1) + skipped);
        last_with_break = (inner > 0).then_some(row);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(width) = width else {
            let headings: Vec<String> = record.iter().map(str::to_owned).collect();
            width = Some(headings.len());
            visit.columns(&headings);
            continue;
        };
        if let Some(extra) = record.iter().skip(width).find(|cell| !cell.trim().is_empty()) {
            ragged += 1;
            if ragged <= LISTED {
                problems.push(at_row(refuse(input, Code::E_FORMAT).value(extra).why("@why.csv.ragged").with("columns", width), row));
            }
        }
        let mut row_cells = scan::reuse(cells);
        row_cells.extend((0..width).map(|at| match record.get(at) {
            Some(text) if !text.trim().is_empty() => Cell::Text(text),
            _ => Cell::Empty,
        }));
        visit.record(Record { row: Some(row), feature: None, cells: &row_cells, geometry: None });
        cells = scan::reuse(row_cells);
        tally.add(None);
        if visit.enough() {
            break;
        }
    }
    // A quotation that never closes swallows the rest of the file into one value, its own line break too.
    if let Some(row) = last_with_break.filter(|_| !visit.enough() && gauge.quotes.get() % 2 == 1) {
        problems.push(at_row(scan::cut_short(input, "@why.csv.open_quote"), row + 1));
        return Ok(None);
    }
    Ok((ragged == 0).then(|| decided.tell(tally.scanned())))
}

/// What went wrong below the CSV, which its reader wraps up.
fn plain(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn at_row(mut problem: Problem, row: u32) -> Problem {
    problem.origin.row = Some(row);
    problem
}

/// What the study says, else a byte order mark, else the evidence of all lines.
fn decide_encoding(input: &Input, problems: &mut Problems) -> io::Result<Option<Decided>> {
    let Ok(said) = explicit(input, problems) else { return Ok(None) };
    let mut file = BufReader::with_capacity(1 << 16, File::open(&input.path)?);
    let marked = match file.fill_buf()? {
        [0xEF, 0xBB, 0xBF, ..] => Some(UTF_8),
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        _ => None,
    };
    let evidence = evidence(&mut file, true)?;
    if let Some(encoding) = said {
        if !evidence.fits(encoding) {
            problems.push(doubt(input, Code::W_ENC, "@why.enc.said", encoding, &evidence));
        }
        return Ok(Some(Decided::new(encoding, "study", &evidence)));
    }
    if let Some(encoding) = marked.filter(|e| *e != UTF_8 || evidence.fits(UTF_8)) {
        // The evidence was gathered byte by byte, which says nothing of UTF-16.
        let samples = if encoding == UTF_8 { evidence.samples(encoding) } else { String::new() };
        return Ok(Some(Decided { encoding, from: "mark", samples }));
    }
    let judged = evidence.judge();
    match judged {
        Judged::Sound(encoding) if encoding != UTF_8 => problems.push(doubt(input, Code::W_ENC, "@why.enc.guessed", encoding, &evidence)),
        Judged::Mostly(encoding) => problems.push(doubt(input, Code::W_ENC, "@why.enc.mostly", encoding, &evidence)),
        _ => {}
    }
    let from = if judged == Judged::Ascii { "ascii" } else { "content" };
    Ok(Some(Decided::new(judged.encoding(), from, &evidence)))
}

/// Line by line: neither UTF-8 nor GB18030 has a line break inside a character. `table`: the first line is one of headings.
pub(super) fn evidence(source: &mut impl BufRead, table: bool) -> io::Result<Evidence> {
    const PIECE: u64 = 1 << 20;
    let mut evidence = Evidence::default();
    let mut line = Vec::new();
    let mut stands = if table { Stands::Heading } else { Stands::Value };
    loop {
        let before = line.len();
        if source.by_ref().take(PIECE).read_until(b'\n', &mut line)? == 0 {
            evidence.add_as(stands, &line, false);
            return Ok(evidence);
        }
        // Of a line longer than a piece, only what ends with a byte that no character has behind its first: the rest waits.
        let end = match line.ends_with(b"\n") || (line.len() - before) < PIECE as usize {
            true => line.len(),
            false => line.iter().rposition(|b| *b < 0x30).map_or(line.len(), |at| at + 1),
        };
        if stands == Stands::Above && holds_a_number(&line) {
            stands = Stands::Value;
        }
        evidence.add_as(stands, &line[..end], false);
        if stands == Stands::Heading && line.iter().any(|b| b.is_ascii_alphanumeric() || !b.is_ascii()) {
            stands = Stands::Above;
        }
        line.drain(..end);
    }
}

/// Whether a cell of a line is a number.
fn holds_a_number(line: &[u8]) -> bool {
    let cells = line.split(|b| matches!(b, b',' | b';' | b'\t' | b'"' | b'\n' | b'\r'));
    cells.into_iter().filter_map(|cell| std::str::from_utf8(cell.trim_ascii()).ok()).any(|cell| cell.parse::<f64>().is_ok())
}

/// The separator of the heading line, and the lines consumed before it (Excel's `sep=;`).
fn separator(text: &mut impl BufRead) -> io::Result<(u8, u64)> {
    let head = text.fill_buf()?;
    if let Some(rest) = head.strip_prefix(b"sep=")
        && let [separator, b'\n', ..] = rest
    {
        let separator = *separator;
        text.consume(6);
        return Ok((separator, 1));
    }
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in head.trim_ascii_start() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => counts.iter_mut().filter(|(s, _)| s == byte).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // The comma on a tie.
    let best = counts.iter().rev().max_by_key(|(_, n)| *n).map_or(b',', |(s, _)| *s);
    Ok((best, 0))
}

fn broken(input: &Input, error: &io::Error) -> Problem {
    // The reader of records wraps what the disk, or the gauge before it, says.
    let wrapped = error.get_ref().and_then(|inner| inner.downcast_ref::<::csv::Error>());
    let error = match wrapped.map(::csv::Error::kind) {
        Some(::csv::ErrorKind::Io(inner)) => inner,
        _ => error,
    };
    match error.kind() {
        io::ErrorKind::FileTooLarge => refuse(input, Code::E_TOO_LARGE).why("@why.large.line").with("limit", LONGEST >> 20),
        _ => unopened(input, error),
    }
}

/// What has gone through a [`Lines`].
#[derive(Default)]
struct Gauge {
    since_record: Shared<u64>,
    quotes: Shared<u64>,
}

/// All line breaks as one LF, one at the very end too, and no record without measure.
struct Lines<R> {
    source: R,
    gauge: Rc<Gauge>,
    after_return: bool,
    last: u8,
}

impl<R: BufRead> Lines<R> {
    fn new(source: R, gauge: Rc<Gauge>) -> Self {
        Lines { source, gauge, after_return: false, last: b'\n' }
    }
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (mut filled, mut quotes) = (0, 0);
        while filled < into.len() {
            let input = self.source.fill_buf()?;
            if input.is_empty() {
                if self.last != b'\n' {
                    self.last = b'\n';
                    into[filled] = b'\n';
                    filled += 1;
                }
                break;
            }
            let room = input.len().min(into.len() - filled);
            let piece = &input[..room];
            // Nearly every piece has no carriage return: it is copied as it stands.
            if !self.after_return && !piece.contains(&b'\r') {
                into[filled..filled + room].copy_from_slice(piece);
                quotes += piece.iter().filter(|byte| **byte == b'"').count() as u64;
                self.last = piece[room - 1];
                filled += room;
                self.source.consume(room);
                continue;
            }
            let mut used = 0;
            for &byte in input {
                if filled == into.len() {
                    break;
                }
                used += 1;
                let follows_return = std::mem::replace(&mut self.after_return, byte == b'\r');
                if byte == b'\n' && follows_return {
                    continue;
                }
                quotes += u64::from(byte == b'"');
                self.last = if byte == b'\r' { b'\n' } else { byte };
                into[filled] = self.last;
                filled += 1;
            }
            self.source.consume(used);
        }
        self.gauge.quotes.set(self.gauge.quotes.get() + quotes);
        self.gauge.since_record.set(self.gauge.since_record.get() + filled as u64);
        if self.gauge.since_record.get() > LONGEST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests;
