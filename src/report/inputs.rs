//! What was read and understood of each file, for people ([`text`]) and for programs ([`Line`]).

use std::fmt::Write;

use serde::Serialize;

use crate::problem::understood::{Understood, Way};
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
