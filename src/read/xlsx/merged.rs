//! Cells merged over several rows: names belong to each of the rows, numbers to none.

use calamine::{Data, Dimensions};

use super::head::Head;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::read::Input;

/// Refused numbers beyond this many are not listed one by one.
const LISTED: usize = 20;

/// What is to be filled down, and what was.
#[derive(Default)]
pub struct Merges {
    /// Regions of more than one row below the heading, the first row last, so that they can be taken from the end.
    coming: Vec<Dimensions>,
    /// Regions whose rows are passing: region, column among the headings, value.
    open: Vec<(Dimensions, usize, Data)>,
    filled: Vec<Filled>,
    refused: Vec<Filled>,
    /// Row from 1, column among the headings and value of every cell that was filled.
    cells: Vec<(u32, u32, String)>,
}

struct Filled {
    region: Dimensions,
    heading: String,
    value: String,
    column: u32,
    count: u32,
}

impl Merges {
    /// An upper heading over several columns.
    pub fn note_heading(&mut self, (region, words): &(Dimensions, String)) {
        self.note(*region, words.clone(), words.clone());
    }

    /// Takes the regions that stand below the heading.
    pub fn expect(&mut self, merges: &[Dimensions], head: &Head) {
        self.coming = merges.iter().filter(|m| m.start.0 > head.last_row && m.end.0 > m.start.0).copied().collect();
        self.coming.sort_by_key(|m| std::cmp::Reverse((m.start.0, m.start.1)));
    }

    /// Fills the values of a row from regions that began above it, and opens those that begin in it.
    pub fn apply(&mut self, row: u32, head: &Head, values: &mut [Data]) {
        self.open.retain(|(region, _, _)| region.end.0 >= row);
        for (_, column, value) in &self.open {
            if let Some(slot) = values.get_mut(*column).filter(|slot| **slot == Data::Empty) {
                *slot = value.clone();
                self.cells.push((row + 1, *column as u32, value.to_string()));
            }
        }
        while let Some(region) = self.coming.last().copied().filter(|m| m.start.0 <= row) {
            self.coming.pop();
            let Some(column) = region.start.1.checked_sub(head.first_column).map(|at| at as usize).filter(|at| *at < values.len()) else {
                continue;
            };
            let value = values[column].clone();
            if region.start.0 < row || value == Data::Empty {
                continue;
            }
            let heading = head.headings[column].clone();
            if matches!(value, Data::Int(_) | Data::Float(_)) && !names_things(&heading) {
                self.refused.push(Filled { region, heading, value: value.to_string(), column: region.start.1, count: 1 });
            } else {
                self.note(region, heading, value.to_string());
                self.open.push((region, column, value));
            }
        }
    }

    fn note(&mut self, region: Dimensions, heading: String, value: String) {
        match self.filled.iter_mut().find(|f| f.column == region.start.1 && f.heading == heading) {
            Some(filled) => filled.count += 1,
            None => self.filled.push(Filled { region, heading, value, column: region.start.1, count: 1 }),
        }
    }

    /// One warning for each column that was filled, an error for each number that was not: whether there is such an error, and which
    /// cells were filled.
    pub fn report(self, input: &Input, sheet: &str, problems: &mut Problems) -> (bool, Vec<(u32, u32, String)>) {
        let problem = |code: Code, filled: &Filled| {
            let origin = Origin {
                file: Some(input.shown.as_str().into()),
                layer: Some(sheet.into()),
                row: Some(filled.region.start.0 + 1),
                feature: None,
            };
            Problem::new(code)
                .at(&origin)
                .field(&filled.heading)
                .value(&filled.value)
                .with("range", written(&filled.region))
                .with("count", filled.count)
        };
        self.filled.iter().for_each(|f| problems.push(problem(Code::W_MERGED, f)));
        self.refused.iter().take(LISTED).for_each(|f| problems.push(problem(Code::E_MERGED, f)));
        (!self.refused.is_empty(), self.cells)
    }
}

/// Whether numbers under this heading are names: 序号, codes, telephone numbers.
fn names_things(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    ["序号", "编号", "代码", "编码", "code", "id", "no", "电话"].iter().any(|w| heading == *w || (w.len() > 3 && heading.contains(w)))
}

/// `B3:B7`
fn written(region: &Dimensions) -> String {
    let cell = |(row, column): (u32, u32)| format!("{}{}", letters(column), row + 1);
    format!("{}:{}", cell(region.start), cell(region.end))
}

fn letters(column: u32) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        name.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    name.iter().rev().collect()
}
