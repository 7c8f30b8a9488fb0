//! What was read and understood of each file, for people ([`text`]) and for programs ([`Line`]).

use std::fmt::Write;

use serde::Serialize;

use crate::problem::understood::{Instead, Understood, Way};
use crate::words::{Lang, say};

/// One file of `inputs` in `check --format json`.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    table: &'a str,
    file: Option<&'a str>,
    layer: Option<&'a str>,
    rows: Option<u64>,
    crs: Option<&'a str>,
    crs_from: Option<&'a str>,
    encoding: Option<&'a str>,
    encoding_from: Option<&'a str>,
    samples: Vec<&'a str>,
    columns: Vec<Column<'a>>,
    left_out: Vec<LeftOut<'a>>,
}

#[derive(Debug, Serialize)]
struct LeftOut<'a> {
    what: &'static str,
    row: Option<u32>,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct Column<'a> {
    heading: &'a str,
    field: Option<&'a str>,
    way: &'a str,
    scale: f64,
}

/// Empty is nothing.
fn some(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}

/// The same for programs.
pub fn line(read: &Understood) -> Line<'_> {
    Line {
        table: read.table,
        file: read.origin.file.as_deref(),
        layer: read.origin.layer.as_deref(),
        rows: read.rows,
        crs: read.crs.as_deref(),
        crs_from: some(read.crs_from),
        encoding: read.encoding,
        encoding_from: some(read.encoding_from),
        samples: read.samples.split(" / ").filter(|s| !s.is_empty()).collect(),
        columns: read.columns.iter().map(|c| Column { heading: &c.heading, field: c.field, way: c.way.key(), scale: c.scale }).collect(),
        left_out: read.left_out.iter().map(|l| LeftOut { what: l.what.key(), row: l.row, text: &l.text }).collect(),
    }
}

/// `CRS and why` in words; empty where there is none.
pub fn crs(read: &Understood, lang: Lang) -> String {
    let Some(crs) = &read.crs else { return String::new() };
    let why = say(lang, &format!("understood.crs.{}", read.crs_from), &[]);
    say(lang, "understood.crs", &[("crs", crs), ("why", &why)])
}

/// `encoding and evidence` in words; empty where the format leaves no choice.
pub fn encoding(read: &Understood, lang: Lang) -> String {
    let Some(encoding) = read.encoding.filter(|_| !read.encoding_from.is_empty()) else { return String::new() };
    let why = say(lang, &format!("understood.encoding.{}", read.encoding_from), &[]);
    say(lang, "understood.encoding", &[("encoding", &encoding.to_uppercase()), ("why", &why)])
}

/// How a column came to its field, in words.
pub fn way(way: Way, lang: Lang) -> String {
    say(lang, &format!("understood.way.{}", way.key()), &[])
}

/// Rows named one by one in a line.
const NAMED: usize = 5;

/// `2 notes below the table (row 12 “注：…”; row 13 “填表人：张三”)` for each kind of row that is no record.
pub fn left_out(read: &Understood, lang: Lang) -> Vec<String> {
    let between = lang.pick("；", "; ");
    let kind = |what: Instead| {
        let rows: Vec<_> = read.left_out.iter().filter(|l| l.what == what).collect();
        let named = rows.iter().take(NAMED).map(|l| {
            let row = l.row.map(|n| say(lang, "problems.row", &[("n", &n.to_string())])).unwrap_or_default();
            format!("{row}{}", lang.pick("“", " “")) + &l.text + "”"
        });
        let mut named: Vec<String> = named.collect();
        named.extend((rows.len() > NAMED).then(|| "…".to_owned()));
        let with = [("n", rows.len().to_string()), ("rows", named.join(between))];
        let with = with.each_ref().map(|(k, v)| (*k, v.as_str()));
        (!rows.is_empty()).then(|| say(lang, &format!("understood.left.{}", what.key()), &with))
    };
    Instead::ALL.into_iter().filter_map(kind).collect()
}

/// A few lines for each file: rows, coordinates, encoding with samples, columns.
pub fn text(inputs: &[Understood], lang: Lang) -> String {
    let mut out = String::new();
    for read in inputs {
        let layer = read.origin.layer.as_deref().map(|l| format!(" [{l}]")).unwrap_or_default();
        let rows =
            read.rows.map_or_else(|| say(lang, "understood.unread", &[]), |n| say(lang, "understood.rows", &[("n", &n.to_string())]));
        let table = say(lang, &format!("understood.table.{}", read.table), &[]);
        let mut parts = vec![rows];
        parts.extend([crs(read, lang), encoding(read, lang)].into_iter().filter(|t| !t.is_empty()));
        let between = lang.pick("；", "; ");
        let _ = writeln!(out, "{table} {}{layer}: {}", read.origin.file.as_deref().unwrap_or(""), parts.join(between));
        if !read.samples.is_empty() {
            let _ = writeln!(out, "  {}", say(lang, "understood.samples", &[("samples", &read.samples)]));
        }
        for said in left_out(read, lang) {
            let _ = writeln!(out, "  {said}");
        }
        let known = read.columns.iter().filter_map(|c| {
            let how = if matches!(c.way, Way::Canonical | Way::Alias) { String::new() } else { format!(" ({})", way(c.way, lang)) };
            let scale = if c.scale == 1.0 { String::new() } else { format!(" × {}", c.scale) };
            Some(format!("{} → {}{scale}{how}", c.heading, c.field?))
        });
        let known: Vec<String> = known.collect();
        if !known.is_empty() {
            let _ = writeln!(out, "  {}", known.join(between));
        }
        let passed: Vec<&str> = read.columns.iter().filter(|c| c.field.is_none()).map(|c| c.heading.as_str()).collect();
        if !passed.is_empty() {
            let _ = writeln!(out, "  {}", say(lang, "understood.passed", &[("columns", &passed.join(lang.pick("、", ", ")))]));
        }
    }
    out
}
