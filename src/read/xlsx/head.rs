//! Finds the heading of a sheet: below its title, in one row or in two.

use calamine::{Data, Dimensions};

use super::Row;

/// Headings in more rows than this are not understood.
const DEEPEST: u32 = 3;

/// The heading of a sheet.
#[derive(Debug, PartialEq)]
pub struct Head {
    /// One for each column from `first_column`; empty where a column has none.
    pub headings: Vec<String>,
    /// Column of the first heading, from 0.
    pub first_column: u32,
    /// First row of the heading, from 0.
    pub first_row: u32,
    /// Last row of the heading, from 0.
    pub last_row: u32,
    /// Upper headings that stand over several columns: their cells and words.
    pub spread: Vec<(Dimensions, String)>,
}

impl Head {
    /// Among the first rows, the first that is at least half as full as the fullest: titles and dates above fill a cell or two.
    pub fn find(rows: &[(u32, Row)], merges: &[Dimensions]) -> Option<Head> {
        let fullest = rows.iter().map(|(_, cells)| cells.len()).max()?;
        let enough = fullest.div_ceil(2).max(fullest.min(2));
        let first = rows.iter().position(|(_, cells)| cells.len() >= enough)?;
        let (top, top_cells) = &rows[first];
        let depth = depth(*top, rows.get(first + 1), merges);
        let below: Vec<&(u32, Row)> = rows[first + 1..].iter().take_while(|(row, _)| *row < top + depth).collect();
        let all = || std::iter::once(top_cells).chain(below.iter().map(|(_, cells)| cells)).flatten();
        let first_column = all().map(|(column, _)| *column).min()?;
        let last_column = all().map(|(column, _)| *column).max()?;
        let spread: Vec<(Dimensions, String)> = merges
            .iter()
            .filter(|m| m.start.0 == *top && m.end.1 > m.start.1)
            .filter_map(|m| Some((*m, words(at(top_cells, m.start.1)?))))
            .collect();
        let upper = |column: u32| match at(top_cells, column) {
            Some(value) => words(value),
            None => {
                spread.iter().find(|(m, _)| m.start.1 <= column && column <= m.end.1).map(|(_, words)| words.clone()).unwrap_or_default()
            }
        };
        let lower = |column: u32| below.iter().rev().find_map(|(_, cells)| at(cells, column)).map(words).unwrap_or_default();
        let pairs: Vec<(String, String)> = (first_column..=last_column).map(|c| (upper(c), lower(c))).collect();
        let headings = (0..pairs.len()).map(|i| joined(&pairs, i)).collect();
        Some(Head { headings, first_column, first_row: *top, last_row: top + depth - 1, spread })
    }
}

/// How many rows the heading takes: as far as its merged cells reach down; two where words stand below one merged across.
fn depth(top: u32, next: Option<&(u32, Row)>, merges: &[Dimensions]) -> u32 {
    let starting = || merges.iter().filter(|m| m.start.0 == top);
    let down = starting().map(|m| m.end.0 - m.start.0 + 1).filter(|depth| *depth <= DEEPEST).max().unwrap_or(1);
    let below_are_words = |m: &Dimensions| {
        let Some((row, cells)) = next else { return false };
        let mut below = cells.iter().filter(|(column, _)| (m.start.1..=m.end.1).contains(column)).peekable();
        *row == top + 1
            && below.peek().is_some()
            && below.all(|(_, value)| matches!(value, Data::String(text) if text.trim().parse::<f64>().is_err()))
    };
    if down == 1 && starting().any(|m| m.end.1 > m.start.1 && below_are_words(m)) { 2 } else { down }
}

/// The lower word alone, unless it occurs twice or the upper one says whose numbers these are (户籍 and 常住 must never be mixed).
fn joined(pairs: &[(String, String)], at: usize) -> String {
    let (upper, lower) = &pairs[at];
    if lower.is_empty() || upper == lower {
        return upper.clone();
    }
    let twice = pairs.iter().filter(|(_, other)| other == lower).count() > 1;
    let says_whose = ["户籍", "常住", "登记"].iter().any(|w| upper.contains(w)) && !lower.contains("户籍") && !lower.contains("常住");
    if twice || says_whose { format!("{upper}{lower}") } else { lower.clone() }
}

fn at(cells: &Row, column: u32) -> Option<&Data> {
    cells.iter().find(|(c, _)| *c == column).map(|(_, value)| value)
}

/// A heading in one line.
fn words(value: &Data) -> String {
    value.to_string().split(['\n', '\r']).map(str::trim).collect()
}
