//! A small table by exact headings, of which no cell may be other than it should.

use crate::problem::{Code, Problem, Problems, notes::Notes};
use crate::read::{Cell, Input, Record, Visit, scan};
use crate::siting::{Decimal, Sense};

/// Reads a table whose headings are these words.
pub(crate) struct Columns<'a, F> {
    input: &'a Input,
    wanted: Vec<String>,
    required: usize,
    /// Whether every other column is wanted too.
    rest: bool,
    at: Vec<Option<usize>>,
    headed: bool,
    notes: Notes,
    each: F,
}

impl<'a, F: FnMut(&mut Row<'_>)> Columns<'a, F> {
    pub fn new(input: &'a Input, required: &[&'static str], optional: &[&'static str], each: F) -> Self {
        let wanted: Vec<String> = required.iter().chain(optional).map(|name| (*name).to_owned()).collect();
        Self {
            input,
            at: vec![None; wanted.len()],
            required: required.len(),
            wanted,
            rest: false,
            headed: false,
            notes: Notes::default(),
            each,
        }
    }

    /// The same with every other column of the file behind those named.
    pub fn with_rest(mut self) -> Self {
        self.rest = true;
        self
    }

    /// The columns in order, once they have been read.
    pub fn names(&self) -> &[String] {
        &self.wanted
    }

    /// Whether an optional column is there.
    pub fn has(&self, column: usize) -> bool {
        self.at[column].is_some()
    }

    /// Reads all rows; what is wrong is then among the problems.
    pub fn read(&mut self, problems: &mut Problems) {
        let input = self.input;
        let scanned = scan::scan(input, self, problems);
        if scanned.is_some() && !self.headed {
            problems.push(Problem::new(Code::E_EMPTY).file(&input.shown));
        }
        std::mem::take(&mut self.notes).report(problems);
    }
}

impl<F: FnMut(&mut Row<'_>)> Visit for Columns<'_, F> {
    fn columns(&mut self, columns: &[String]) {
        self.headed = true;
        if self.rest {
            let named = |heading: &String| self.wanted.iter().any(|name| heading.trim().eq_ignore_ascii_case(name));
            let rest: Vec<String> =
                columns.iter().filter(|heading| !named(heading) && !heading.trim().is_empty()).map(|h| h.trim().to_owned()).collect();
            self.wanted.extend(rest);
            self.at.resize(self.wanted.len(), None);
        }
        for (k, name) in self.wanted.iter().enumerate() {
            self.at[k] = columns.iter().position(|heading| heading.trim().eq_ignore_ascii_case(name));
            if k < self.required && self.at[k].is_none() {
                let there = columns.join(", ");
                self.notes.push(Problem::new(Code::E_COLUMN).file(&self.input.shown).field(name).value(there));
            }
        }
    }

    fn record(&mut self, record: Record<'_>) {
        if self.at[..self.required].iter().any(Option::is_none) {
            return;
        }
        let mut row = Row { record, at: &self.at, wanted: &self.wanted, input: self.input, notes: &mut self.notes, number: String::new() };
        (self.each)(&mut row);
    }
}

/// A row of such a table.
pub(crate) struct Row<'r> {
    record: Record<'r>,
    at: &'r [Option<usize>],
    wanted: &'r [String],
    input: &'r Input,
    notes: &'r mut Notes,
    number: String,
}

impl<'r> Row<'r> {
    fn wrong(&mut self, column: usize, code: Code, make: impl FnOnce(Problem) -> Problem) {
        let (row, file) = (self.record.row, &self.input.shown);
        self.notes.push_with(code, &self.wanted[column], |problem| {
            let mut problem = make(problem.file(file));
            problem.origin.row = row;
            problem
        });
    }

    fn cell(&self, column: usize) -> Option<&'r str> {
        match self.record.cells.get(self.at[column]?)? {
            Cell::Text(text) => Some(text.trim()),
            _ => None,
        }
        .filter(|text| !text.is_empty())
    }

    /// A number that a sheet keeps as one, as its shortest decimal.
    fn stored(&mut self, column: usize) -> Option<()> {
        let Cell::Number(number) = self.record.cells.get(self.at[column]?)? else { return None };
        self.number = number.to_string();
        Some(())
    }

    /// An id that may not be empty.
    pub fn text(&mut self, column: usize) -> Option<&str> {
        self.at[column]?;
        if let Some(text) = self.cell(column) {
            return Some(text);
        }
        if self.stored(column).is_some() {
            return Some(&self.number);
        }
        let optional = column > 0 && self.wanted[column] == "group";
        if !optional {
            self.wrong(column, Code::E_KEY, |p| p);
        }
        None
    }

    /// What stands there, which may be nothing.
    pub fn loose(&mut self, column: usize) -> String {
        if self.at[column].is_none() {
            return String::new();
        }
        self.cell(column).map(str::to_owned).or_else(|| self.stored(column).map(|()| self.number.clone())).unwrap_or_default()
    }

    /// The same as [`text`](Self::text), owned.
    pub fn key(&mut self, column: usize) -> Option<Box<str>> {
        self.text(column).map(Into::into)
    }

    /// A number of at least 0.
    pub fn amount(&mut self, column: usize) -> Option<Decimal> {
        let text = self.text(column)?.to_owned();
        match Decimal::parse(&text) {
            Some(number) if number.is_negative() => self.wrong(column, Code::E_NUM_NEG, |p| p.value(&text)),
            Some(number) => return Some(number),
            None => self.wrong(column, Code::E_NUM, |p| p.value(&text)),
        }
        None
    }

    /// A finite number of at least 0.
    pub fn float(&mut self, column: usize) -> Option<f64> {
        if let Some(Cell::Number(number)) = self.at[column].and_then(|at| self.record.cells.get(at)) {
            return Some(*number).filter(|n| n.is_finite() && *n >= 0.0);
        }
        let text = self.text(column)?.to_owned();
        match text.parse::<f64>() {
            Ok(number) if !number.is_finite() => self.wrong(column, Code::E_NAN, |p| p.value(&text)),
            Ok(number) if number < 0.0 => self.wrong(column, Code::E_NUM_NEG, |p| p.value(&text)),
            Ok(number) => return Some(number),
            Err(_) => self.wrong(column, Code::E_NUM, |p| p.value(&text)),
        }
        None
    }

    /// How many columns are wanted.
    pub fn columns(&self) -> usize {
        self.wanted.len()
    }

    /// The same where the column is there.
    pub fn amount_if_there(&mut self, column: usize) -> Option<Decimal> {
        self.at[column]?;
        self.amount(column)
    }

    /// A whole number of at least 0.
    pub fn whole(&mut self, column: usize) -> Option<u32> {
        let text = self.text(column)?.to_owned();
        let number = text.parse::<u32>().ok();
        if number.is_none() {
            self.wrong(column, Code::E_NUM, |p| p.value(&text));
        }
        number
    }

    /// 1, true, 是 is yes; empty is no.
    pub fn flag(&mut self, column: usize) -> bool {
        if self.at[column].is_none() {
            return false;
        }
        if let Some(Cell::Bool(is)) = self.at[column].and_then(|at| self.record.cells.get(at)) {
            return *is;
        }
        let text = self.cell(column).map(str::to_owned).or_else(|| self.stored(column).map(|()| self.number.clone())).unwrap_or_default();
        match text.to_lowercase().as_str() {
            "" | "0" | "false" | "no" | "否" => false,
            "1" | "true" | "yes" | "是" => true,
            _ => {
                self.wrong(column, Code::E_VOCAB, |p| p.value(&text).with("allowed", "0, 1"));
                false
            }
        }
    }

    /// exact, min, max; empty is exact.
    pub fn sense(&mut self, column: usize) -> Option<Sense> {
        let Some(text) = self.at[column].and_then(|_| self.cell(column)).map(str::to_owned) else { return Some(Sense::Exactly) };
        let sense = match text.to_lowercase().as_str() {
            "exact" | "=" => Some(Sense::Exactly),
            "min" | ">=" => Some(Sense::AtLeast),
            "max" | "<=" => Some(Sense::AtMost),
            _ => None,
        };
        if sense.is_none() {
            self.wrong(column, Code::E_VOCAB, |p| p.value(&text).with("allowed", "exact, min, max"));
        }
        sense
    }
}
