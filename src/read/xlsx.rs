//! Workbooks: the named sheet, else the first that holds anything; one row at a time.
//!
//! What offices do to sheets is undone where it is plain: a title above the heading, a heading in two rows, names merged over the rows they
//! belong to ([`head`], [`merged`]). A number merged over several rows is refused, since nobody knows each row's own.

mod container;
mod head;
mod merged;
mod zip;

use std::fs::File;
use std::io::BufReader;

use calamine::{Data, Dimensions, Reader, Xls, Xlsx};

use self::head::Head;
use self::merged::Merges;
use super::guard::guard;
use super::kind::Kind;
use super::scan::{self, Tally, cut_short, refuse, unopened};
use super::{Cell, Input, Record, Scanned, Visit, headings};
use crate::problem::{Code, Problem, Problems};

/// Non-empty rows among which the heading is looked for.
const LOOKED_AT: usize = 12;

/// Columns of the widest sheet that a program can make.
const MOST_COLUMNS: u32 = 16_384;

/// The non-empty cells of one row: column from 0, value.
type Row = Vec<(u32, Data)>;

/// Reads one workbook; see [`scan::scan`].
pub(super) fn read(input: &Input, kind: Kind, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    match try_read(input, kind, visit, problems) {
        Ok(scanned) => scanned,
        Err(problem) => {
            problems.push(*problem);
            None
        }
    }
}

/// The sheets of a workbook, in its order.
pub(super) fn sheets(input: &Input, kind: Kind) -> Result<Vec<String>, Box<Problem>> {
    Ok(Book::open(input, kind)?.names())
}

fn try_read(input: &Input, kind: Kind, visit: &mut dyn Visit, problems: &mut Problems) -> Result<Option<Scanned>, Box<Problem>> {
    let failed = |error: calamine::Error| Box::new(broken(input, &error));
    let mut book = Book::open(input, kind)?;
    let names = book.names();
    let sheet = match &input.layer {
        Some(wanted) => {
            names.iter().find(|name| *name == wanted).cloned().ok_or_else(|| Box::new(scan::no_layer(input, wanted, &names)))?
        }
        None => match input.table.and_then(|table| headings::sheet_of(table, &names)).map(str::to_owned) {
            Some(name) => name,
            None => match book.first_with_content(&names).map_err(failed)? {
                Some(name) => name,
                None => return Err(Box::new(refuse(input, Code::E_EMPTY))),
            },
        },
    };
    let merges = book.merges(&sheet).map_err(failed)?;
    let mut reading =
        Reading { above: Vec::new(), merges, waiting: Vec::new(), head: None, fills: Merges::default(), tally: Tally::default(), visit };
    let mut too_wide = false;
    book.rows(&sheet, &mut |row, cells| {
        // Columns are numbered by letters, and a file may write any.
        too_wide |= cells.iter().any(|(column, _)| *column >= MOST_COLUMNS);
        if !too_wide {
            reading.take(row, cells);
        }
        !too_wide && !reading.visit.enough()
    })
    .map_err(failed)?;
    if too_wide {
        return Err(Box::new(refuse(input, Code::E_TOO_LARGE).why("@why.large.columns").with("limit", MOST_COLUMNS)));
    }
    reading.settle();
    let Reading { fills, tally, above, .. } = reading;
    let (refused, filled) = fills.report(input, &sheet, problems);
    Ok((!refused).then(|| Scanned { layer: Some(sheet.clone()), filled, above, ..tally.scanned() }))
}

/// Between the rows of the sheet and the visitor.
struct Reading<'r> {
    merges: Vec<Dimensions>,
    /// Titles, and the rows of a heading that has several.
    above: Vec<(u32, String)>,
    /// The first rows, until the heading is found among them.
    waiting: Vec<(u32, Row)>,
    head: Option<Head>,
    fills: Merges,
    tally: Tally,
    visit: &'r mut dyn Visit,
}

impl Reading<'_> {
    fn take(&mut self, row: u32, cells: Row) {
        if self.head.is_some() {
            self.deliver(row, cells);
            return;
        }
        self.waiting.push((row, cells));
        if self.waiting.len() >= LOOKED_AT {
            self.settle();
        }
    }

    /// Finds the heading and hands over what has waited behind it.
    fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if self.head.is_some() {
            return;
        }
        let Some(head) = Head::find(&waiting, &self.merges) else { return };
        self.visit.columns(&head.headings);
        for spread in &head.spread {
            self.fills.note_heading(spread);
        }
        let last = head.last_row;
        let last_alone = waiting.iter().filter(|(row, _)| (head.first_row..=last).contains(row)).count() == 1;
        for (row, cells) in waiting.iter().filter(|(row, _)| *row < last || *row == last && !last_alone) {
            let texts: Vec<String> = cells.iter().map(|(_, value)| written(value).unwrap_or_else(|| value.to_string())).collect();
            self.above.push((row.saturating_add(1), texts.join(" | ")));
        }
        self.fills.expect(&self.merges, &head);
        self.head = Some(head);
        for (row, cells) in waiting.into_iter().filter(|(row, _)| *row > last) {
            self.deliver(row, cells);
        }
    }

    fn deliver(&mut self, row: u32, cells: Row) {
        let Some(head) = &self.head else { return };
        let mut values = vec![Data::Empty; head.headings.len()];
        for (column, value) in cells {
            if let Some(slot) = column.checked_sub(head.first_column).and_then(|at| values.get_mut(at as usize)) {
                *slot = value;
            }
        }
        self.fills.apply(row, head, &mut values);
        let texts: Vec<Option<String>> = values.iter().map(written).collect();
        let cells: Vec<Cell<'_>> = values
            .iter()
            .zip(&texts)
            .map(|(value, text)| match (value, text) {
                (Data::Int(n), _) => Cell::Number(*n as f64),
                (Data::Float(n), _) => Cell::Number(*n),
                (Data::Bool(b), _) => Cell::Bool(*b),
                (Data::String(text), _) if !text.trim().is_empty() => Cell::Text(text),
                (_, Some(text)) => Cell::Text(text),
                _ => Cell::Empty,
            })
            .collect();
        if cells.iter().all(|cell| *cell == Cell::Empty) {
            return;
        }
        // Sheets count rows from 1.
        self.visit.record(Record { row: Some(row.saturating_add(1)), feature: None, cells: &cells, geometry: None });
        self.tally.add(None);
    }
}

/// Dates and errors as text: 2023-01-16, 2023-01-16 08:30:00, #N/A.
fn written(value: &Data) -> Option<String> {
    match value {
        Data::DateTime(when) if when.is_duration() => Some(format!("{}", when.as_f64())),
        Data::DateTime(when) => {
            let (year, month, day, hour, minute, second, _) = when.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            Some(if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") })
        }
        Data::DateTimeIso(text) => Some(text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()),
        Data::DurationIso(text) => Some(text.clone()),
        Data::Error(error) => Some(error.to_string()),
        _ => None,
    }
}

/// Either generation of workbook.
enum Book {
    New(Box<Xlsx<BufReader<File>>>),
    Old(Box<Xls<BufReader<File>>>),
}

impl Book {
    fn open(input: &Input, kind: Kind) -> Result<Book, Box<Problem>> {
        let file = File::open(&input.path).map_err(|error| Box::new(unopened(input, &error)))?;
        let failed = |error: calamine::Error| Box::new(broken(input, &error));
        if kind == Kind::Xls {
            if file.metadata().is_ok_and(|m| m.len() > container::LARGEST) {
                return Err(Box::new(refuse(input, Code::E_TOO_LARGE).why("@why.large.zip").with("limit", container::LARGEST >> 20)));
            }
            if !container::chains_end(&file).map_err(|error| Box::new(unopened(input, &error)))? {
                return Err(Box::new(cut_short(input, "@why.cut.xls")));
            }
            // The old format is parsed as a whole here, and a torn file makes that panic.
            let Some(book) = guard(|| Xls::new(BufReader::new(file))) else {
                return Err(Box::new(cut_short(input, "@why.cut.xls")));
            };
            return book.map(|b| Book::Old(Box::new(b))).map_err(|error| {
                let error = calamine::Error::from(error);
                match broken(input, &error) {
                    protected if error.to_string().to_lowercase().contains("password") => Box::new(protected),
                    _ => Box::new(refuse(input, Code::E_FORMAT).why("@why.xls.old").with("error", error)),
                }
            });
        }
        match zip::state(&file) {
            Ok(zip::State::Whole) => {}
            Ok(zip::State::Truncated) => return Err(Box::new(cut_short(input, "@why.cut.zip"))),
            Ok(zip::State::TooLarge) => {
                return Err(Box::new(refuse(input, Code::E_TOO_LARGE).why("@why.large.zip").with("limit", zip::LARGEST >> 20)));
            }
            Ok(zip::State::LongText) => {
                return Err(Box::new(refuse(input, Code::E_TOO_LARGE).why("@why.large.text").with("limit", zip::LONGEST_TEXT >> 20)));
            }
            Err(error) => return Err(Box::new(unopened(input, &error))),
        }
        Xlsx::new(BufReader::new(file)).map(|b| Book::New(Box::new(b))).map_err(|e| failed(e.into()))
    }

    fn names(&self) -> Vec<String> {
        match self {
            Book::New(book) => book.sheet_names(),
            Book::Old(book) => book.sheet_names(),
        }
    }

    fn first_with_content(&mut self, names: &[String]) -> Result<Option<String>, calamine::Error> {
        for name in names {
            let mut found = false;
            // A sheet that is a chart has no rows to read.
            let looked = self.rows(name, &mut |_, _| {
                found = true;
                false
            });
            if found {
                return Ok(Some(name.clone()));
            }
            if names.len() == 1 {
                looked?;
            }
        }
        Ok(None)
    }

    fn merges(&mut self, sheet: &str) -> Result<Vec<Dimensions>, calamine::Error> {
        Ok(match self {
            Book::New(book) => book.merge_cells_by_sheet_name(sheet)?,
            Book::Old(book) => book.merge_cells_by_sheet_name(sheet)?,
        })
    }

    /// Calls `each` with every row that holds anything, until it answers false.
    fn rows(&mut self, sheet: &str, each: &mut dyn FnMut(u32, Row) -> bool) -> Result<(), calamine::Error> {
        match self {
            Book::New(book) => {
                let mut cells = book.worksheet_cells_reader(sheet)?;
                let (mut at, mut row): (u32, Row) = (0, Row::new());
                while let Some(cell) = cells.next_cell()? {
                    let (cell_row, column) = cell.get_position();
                    if cell_row != at && !row.is_empty() && !each(at, std::mem::take(&mut row)) {
                        return Ok(());
                    }
                    at = cell_row;
                    let value = Data::from(cell.get_value().clone());
                    if holds(&value) {
                        row.push((column, value));
                    }
                }
                if !row.is_empty() {
                    each(at, row);
                }
            }
            Book::Old(book) => {
                let range = book.worksheet_range(sheet)?;
                let (first_row, first_column) = range.start().unwrap_or_default();
                for (at, cells) in (first_row..).zip(range.rows()) {
                    let row: Row = (first_column..).zip(cells).filter(|(_, v)| holds(v)).map(|(c, v)| (c, v.clone())).collect();
                    if !row.is_empty() && !each(at, row) {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }
}

fn holds(value: &Data) -> bool {
    !matches!(value, Data::Empty) && !matches!(value, Data::String(text) if text.trim().is_empty())
}

fn broken(input: &Input, error: &calamine::Error) -> Problem {
    let text = error.to_string();
    if text.to_lowercase().contains("password") {
        return refuse(input, Code::E_FORMAT).why("@why.xlsx.password");
    }
    refuse(input, Code::E_FORMAT).with("reason", text)
}

#[cfg(test)]
mod tests;
