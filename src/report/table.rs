//! A table as columns and rows, before it is a file.
//!
//! Rows are made one at a time while a writer asks for them, so that a million verdicts need no memory of their own.

use std::collections::BTreeSet;

use geo::MultiPolygon;

use super::value::{Value, write_half_up};
use crate::city::Extra;
use crate::space::LonLat;
use crate::study::Findings;
use crate::words::{Lang, say};

/// What a column is called and where its meaning stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in CSV and GeoJSON, the same in every language.
    pub key: String,
    /// Under which name docs and catalogue describe it: `G_covered` for `elderly_60_covered`.
    pub word: &'static str,
    /// What `{of}` stands for in the heading, in Chinese and English.
    of: Option<[String; 2]>,
    /// Figures and clauses behind it, for the sheet of keys.
    pub basis: String,
}

impl Column {
    /// A column whose name is its word.
    pub fn plain(word: &'static str) -> Self {
        Column { key: word.to_owned(), word, of: None, basis: String::new() }
    }

    /// One of a family: `G_covered` of `elderly_60`, whose labels fill `{of}`.
    pub fn of(key: String, word: &'static str, labels: [String; 2]) -> Self {
        Column { key, word, of: Some(labels), basis: String::new() }
    }

    /// A column of the input that careshed does not know.
    fn passed(key: String) -> Self {
        Column { key, word: PASSED, of: None, basis: String::new() }
    }

    /// Heading of a sheet in the language of the reader; the table's name chooses among words with several meanings.
    pub fn heading(&self, lang: Lang, table: &str) -> String {
        if self.word == PASSED { self.key.clone() } else { self.sentence(lang, table, "heading") }
    }

    /// What it means and in which unit.
    pub fn meaning(&self, lang: Lang, table: &str) -> String {
        self.sentence(lang, table, "meaning")
    }

    fn sentence(&self, lang: Lang, table: &str, part: &str) -> String {
        let of = self.of.as_ref().map_or("", |[zh, en]| lang.pick(zh, en));
        let table = if self.word == PASSED || self.word == STAMP { "any" } else { table };
        say(lang, &format!("table.{table}.{}.{part}", self.word), &[("of", of)])
    }
}

/// Word of a column that was passed through from the input.
pub const PASSED: &str = "passed_through";
/// Word and key of the column that says that distances are not street distances.
pub const STAMP: &str = "stamp";

/// The shape of a row on the map.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// A boundary.
    Area(&'a MultiPolygon<f64>),
    /// A position.
    Point(LonLat),
}

type Fill<'a> = Box<dyn Fn(usize, &mut Vec<Value<'a>>) + 'a>;
type Locate<'a> = Box<dyn Fn(usize) -> Option<Shape<'a>> + 'a>;

/// Columns, a number of rows, and how to make each.
pub struct Table<'a> {
    /// Which table it is: the word under which the catalogue keeps its headings.
    pub name: &'static str,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// How many rows.
    pub rows: usize,
    /// How people walked, in words, for the sheet of keys; empty where no walk has a part.
    pub walking: [String; 2],
    fill: Fill<'a>,
    locate: Locate<'a>,
    stamp: Option<String>,
}

impl<'a> Table<'a> {
    /// A table of a study. Where walks are straight lines, it ends in a column that says so on every row.
    pub fn new(
        findings: &'a Findings,
        name: &'static str,
        mut columns: Vec<Column>,
        rows: usize,
        fill: impl Fn(usize, &mut Vec<Value<'a>>) + 'a,
    ) -> Self {
        let stamp = stamp(findings);
        if stamp.is_some() {
            columns.push(Column::plain(STAMP));
        }
        let (speed, limit) = (findings.settings.speed, findings.settings.limit);
        let walking = [Lang::Zh, Lang::En].map(|lang| {
            let with = [("speed", speed.to_string()), ("limit", limit.to_string()), ("distance", speed.reach(limit).to_string())];
            let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
            say(lang, if findings.on_streets { "table.walking.streets" } else { "table.walking.straight" }, &with)
        });
        Table { name, columns, rows, walking, fill: Box::new(fill), locate: Box::new(|_| None), stamp }
    }

    /// A table in which no walk has a part: amounts of money.
    pub fn without_walks(
        name: &'static str,
        columns: &[&'static str],
        rows: usize,
        fill: impl Fn(usize, &mut Vec<Value<'a>>) + 'a,
    ) -> Self {
        let columns = columns.iter().copied().map(Column::plain).collect();
        Table { name, columns, rows, walking: Default::default(), fill: Box::new(fill), locate: Box::new(|_| None), stamp: None }
    }

    /// Gives each row its place on the map.
    pub fn located(mut self, locate: impl Fn(usize) -> Option<Shape<'a>> + 'a) -> Self {
        self.locate = Box::new(locate);
        self
    }

    /// Fills `cells` with the row, one cell for each column.
    pub fn row(&self, row: usize, cells: &mut Vec<Value<'a>>) {
        cells.clear();
        (self.fill)(row, cells);
        if let Some(stamp) = &self.stamp {
            cells.push(Value::Text(stamp.clone().into()));
        }
        debug_assert_eq!(cells.len(), self.columns.len(), "{} row {row}", self.name);
    }

    /// Where the row lies.
    pub fn shape(&self, row: usize) -> Option<Shape<'a>> {
        (self.locate)(row)
    }
}

/// `W-STRAIGHT straight line × 1.3` for a study without streets; nothing for one with.
pub fn stamp(findings: &Findings) -> Option<String> {
    (!findings.on_streets).then(|| stamp_text(findings.settings.detour))
}

/// What stands on every line that rests on straight walks.
pub fn stamp_text(detour: f64) -> String {
    format!("W-STRAIGHT 直线距离 straight line × {detour}")
}

/// Unknown columns of an input table, which pass through to the output.
#[derive(Debug, Clone, Default)]
pub struct Passed {
    /// Headings as written, sorted, so that the order does not hang on which record came first.
    headings: Vec<String>,
}

impl Passed {
    /// The union over all records, without columns that hold a person's name or phone.
    pub fn of<'e>(extras: impl Iterator<Item = &'e Extra>) -> Self {
        let mut headings: BTreeSet<&str> = BTreeSet::new();
        for extra in extras {
            headings.extend(extra.keys().map(String::as_str).filter(|h| !headings_of_persons(h)));
        }
        Passed { headings: headings.into_iter().map(str::to_owned).collect() }
    }

    /// Appends the columns; one that has the name of a column of ours is called `input_…`.
    pub fn add_columns(&self, columns: &mut Vec<Column>) {
        let mut taken: BTreeSet<String> = columns.iter().map(|c| c.key.clone()).chain([STAMP.to_owned()]).collect();
        for heading in &self.headings {
            let mut key = heading.clone();
            while !taken.insert(key.clone()) || key.is_empty() {
                key.insert_str(0, "input_");
            }
            columns.push(Column::passed(key));
        }
    }

    /// Appends the cells of one record.
    pub fn add_cells<'a>(&self, extra: &'a Extra, cells: &mut Vec<Value<'a>>) {
        cells.extend(self.headings.iter().map(|h| Value::text(extra.get(h).map(String::as_str))));
    }
}

/// Whether a heading speaks of a person: a name and phone stand in forms only.
fn headings_of_persons(heading: &str) -> bool {
    const CHINESE: [&str; 12] =
        ["电话", "手机", "联系人", "联系方式", "身份证", "姓名", "负责人", "责任人", "法人", "法定代表人", "经办人", "填表人"];
    const ENGLISH: [&str; 7] = ["phone", "mobile", "telephone", "contact", "operator_person", "responsible_person", "e-mail"];
    let lower = heading.to_lowercase();
    CHINESE.iter().chain(&ENGLISH).any(|word| lower.contains(word))
}

/// A percentage for people: `54.6%`, half up.
pub fn percent(share: f64) -> String {
    let mut out = String::new();
    if write_half_up(share * 100.0, 1, &mut out) { out + "%" } else { "-".to_owned() }
}
