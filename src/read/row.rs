//! One record, read field by field: every cell that is not what it should be becomes a problem with its place.

use jiff::civil::Date;

use super::headings::{Column, Columns};
use super::values::{self, Read};
use super::vocabulary::{Word, built_in};
use super::{Cell, Record};
use crate::city::Extra;
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem};
use crate::units::{Count, SquareMetres, Yuan};

/// Units that a cell of an area may name, with their square metres.
pub(crate) const AREA_UNITS: &[(&str, f64)] = &[("万平方米", 1e4), ("万平米", 1e4), ("万㎡", 1e4), ("公顷", 1e4), ("亩", 2000.0 / 3.0)];
/// Units that a cell of money may name, with their yuan.
pub(crate) const MONEY_UNITS: &[(&str, f64)] = &[("亿元", 1e8), ("万元", 1e4), ("亿", 1e8), ("万", 1e4)];

/// Whether a cell names its unit itself: then the heading's is not applied on top.
pub(crate) fn names_its_unit(written: &str, units: &[(&str, f64)]) -> bool {
    units.iter().any(|(unit, _)| written.ends_with(unit)) || ["元", "㎡", "平方米", "m²"].iter().any(|u| written.ends_with(u))
}

/// A record under its recognised columns.
pub struct Row<'r> {
    columns: &'r Columns,
    record: &'r Record<'r>,
    /// File and layer; the row or feature is added where it is needed.
    place: &'r Origin,
    notes: &'r mut Notes,
    /// Counts read so far, for the comparison with rows of sums.
    counted: &'r mut Vec<(&'static str, f64)>,
}

impl<'r> Row<'r> {
    /// A record to be read.
    pub fn new(
        columns: &'r Columns,
        record: &'r Record<'r>,
        place: &'r Origin,
        notes: &'r mut Notes,
        counted: &'r mut Vec<(&'static str, f64)>,
    ) -> Self {
        Row { columns, record, place, notes, counted }
    }

    /// File, layer and row or feature of this record.
    pub fn origin(&self) -> Origin {
        Origin { row: self.record.row, feature: self.record.feature, ..self.place.clone() }
    }

    /// Adds a problem of this record.
    pub fn report(&mut self, problem: Problem) {
        let origin = self.origin();
        self.notes.push(problem.at(&origin));
    }

    /// What names this record: its id or code, else its name.
    pub fn label(&self) -> String {
        let text = |field| self.column(field).and_then(|(_, cell)| values::text(cell)).map(|t| t.into_owned());
        text("id").or_else(|| text("code")).or_else(|| text("name")).unwrap_or_default()
    }

    /// Its name, and its address wherever that stands: for whoever must look for the place.
    pub fn name_and_address(&self) -> [String; 2] {
        let text = |cell| values::text(cell).map(|t| t.into_owned());
        let field = |field| self.column(field).and_then(|(_, cell)| text(cell));
        let speaks = |heading: &str| ["地址", "住址", "位置", "address"].iter().any(|word| heading.to_lowercase().contains(word));
        let passed = || {
            let found = self.columns.extra.iter().filter(|(_, heading)| speaks(heading));
            found.filter_map(|(index, _)| self.record.cells.get(*index).copied()).find_map(text)
        };
        [field("name").unwrap_or_default(), field("address").or_else(passed).unwrap_or_default()]
    }

    /// Whether the file has a column for the field.
    pub fn has(&self, field: &str) -> bool {
        self.columns.has(field)
    }

    /// Whether the record has a shape.
    pub fn has_geometry(&self) -> bool {
        self.record.geometry.is_some()
    }

    /// Whether any recognised column holds something.
    pub fn read_anything(&self) -> bool {
        self.columns.iter().any(|(_, c)| self.record.cells.get(c.index).is_some_and(|cell| values::text(*cell).is_some()))
    }

    /// Whether no recognised column holds anything and there is no shape: a note below a table.
    pub fn says_nothing(&self) -> bool {
        !self.has_geometry() && !self.read_anything()
    }

    /// E-KEY for a record that nothing names; one that says nothing is passed over.
    pub fn without_key(&mut self, field: &'static str) {
        if !self.says_nothing() {
            self.report(Problem::new(Code::E_KEY).field(field).value(""));
        }
    }

    fn column(&self, field: &str) -> Option<(&'r Column, Cell<'r>)> {
        let column = self.columns.get(field)?;
        Some((column, self.record.cells.get(column.index).copied().unwrap_or(Cell::Empty)))
    }

    fn settle<T>(&mut self, field: &'static str, cell: Cell<'_>, read: Read<T>) -> Option<T> {
        let say = |code: Code| Problem::new(code).field(field).value(values::text(cell).as_deref().unwrap_or(""));
        match read {
            Read::Empty => None,
            Read::Null => {
                self.report(say(Code::W_NULL));
                None
            }
            Read::Value(v) => Some(v),
            Read::Changed(v, code) => {
                self.report(say(code));
                Some(v)
            }
            Read::Wrong(code) => {
                let problem = say(code);
                let allowed = if code == Code::E_VOCAB { problem.with("allowed", built_in().boolean.allowed()) } else { problem };
                self.report(allowed);
                None
            }
        }
    }

    /// Free text, trimmed.
    pub fn text(&mut self, field: &'static str) -> Option<String> {
        let (_, cell) = self.column(field)?;
        let read = match values::text(cell) {
            None => Read::Empty,
            Some(t) if built_in().says_nothing(&t) => Read::Null,
            Some(t) => Read::Value(t.into_owned()),
        };
        self.settle(field, cell, read)
    }

    /// Text that is kept whatever it says, as ids are.
    pub fn id(&mut self, field: &'static str) -> Option<String> {
        let (_, cell) = self.column(field)?;
        values::text(cell).map(|t| t.into_owned())
    }

    /// A code, restored where a spreadsheet made a number of it.
    pub fn code(&mut self, field: &'static str) -> Option<String> {
        let (_, cell) = self.column(field)?;
        let read = match values::code(cell) {
            Read::Changed(v, code) => {
                let restored = v.into_owned();
                let written = values::text(cell).unwrap_or_default().into_owned();
                self.report(Problem::new(code).field(field).value(written).with("restored", &restored));
                return Some(restored);
            }
            Read::Value(v) => Read::Value(v.into_owned()),
            Read::Empty => Read::Empty,
            Read::Null => Read::Null,
            Read::Wrong(code) => Read::Wrong(code),
        };
        self.settle(field, cell, read)
    }

    /// People, households, beds, meals: in the unit of the heading.
    pub fn count(&mut self, field: &'static str) -> Option<Count> {
        let (column, cell) = self.column(field)?;
        let n = self.settle(field, cell, values::amount_in(cell, &[]))? * column.scale;
        self.counted.push((field, n));
        let count = Count::from_f64(n);
        if count.is_none() {
            self.settle(field, cell, Read::<()>::Wrong(Code::E_NUM));
        }
        count
    }

    /// Square metres, whatever unit the heading or the cell names.
    pub fn area(&mut self, field: &'static str) -> Option<SquareMetres> {
        SquareMetres::new(self.measure(field, AREA_UNITS)?)
    }

    /// Yuan, whatever unit the heading or the cell names.
    pub fn yuan(&mut self, field: &'static str) -> Option<Yuan> {
        Yuan::new(self.measure(field, MONEY_UNITS)?)
    }

    /// A measure whose unit may stand in the cell; then the heading's is not applied on top.
    fn measure(&mut self, field: &'static str, units: &[(&str, f64)]) -> Option<f64> {
        let (column, cell) = self.column(field)?;
        let written = values::text(cell).unwrap_or_default();
        let own_unit = names_its_unit(&written, units);
        let n = self.settle(field, cell, values::amount_in(cell, units))?;
        let n = if own_unit { n } else { n * column.scale };
        self.counted.push((field, n));
        Some(n)
    }

    /// A number that may be negative, as coordinates are.
    pub fn number(&mut self, field: &'static str) -> Option<f64> {
        let (_, cell) = self.column(field)?;
        self.settle(field, cell, values::number(cell))
    }

    /// A number that may not be negative.
    pub fn amount(&mut self, field: &'static str) -> Option<f64> {
        let (_, cell) = self.column(field)?;
        self.settle(field, cell, values::amount(cell))
    }

    /// A mark between 0 and 100.
    pub fn mark(&mut self, field: &'static str) -> Option<f64> {
        let (_, cell) = self.column(field)?;
        let n = self.settle(field, cell, values::amount(cell))?;
        if n <= 100.0 { Some(n) } else { self.settle(field, cell, Read::Wrong(Code::E_NUM)) }
    }

    /// A year.
    pub fn year(&mut self, field: &'static str) -> Option<i32> {
        let (_, cell) = self.column(field)?;
        self.settle(field, cell, values::year(cell))
    }

    /// 是 or 否.
    pub fn flag(&mut self, field: &'static str) -> Option<bool> {
        let (_, cell) = self.column(field)?;
        self.settle(field, cell, values::boolean(cell))
    }

    /// A day.
    pub fn date(&mut self, field: &'static str) -> Option<Date> {
        let (_, cell) = self.column(field)?;
        self.settle(field, cell, values::date(cell))
    }

    /// A day, or the first day of a month or year.
    pub fn date_or_month(&mut self, field: &'static str) -> Option<Date> {
        let (_, cell) = self.column(field)?;
        self.settle(field, cell, values::date_or_month(cell))
    }

    /// A word of a closed vocabulary; E-VOCAB names the allowed ones.
    pub fn word<W: Word>(&mut self, field: &'static str) -> Option<W> {
        let word = self.text(field)?;
        let found = W::vocabulary().key(&word).and_then(W::from_key);
        if found.is_none() {
            self.report(Problem::new(Code::E_VOCAB).field(field).value(word).with("allowed", W::vocabulary().allowed()));
        }
        found
    }

    /// The items of a list, as written; `None` when the cell holds none.
    pub fn list(&mut self, field: &'static str) -> Option<Vec<String>> {
        let text = self.text(field)?;
        let items: Vec<String> = values::list(&text).into_iter().map(str::to_owned).collect();
        (!items.is_empty()).then_some(items)
    }

    /// Unknown columns, as written; fields named in `also` join them under their canonical name.
    pub fn extra(&mut self, also: &[&'static str]) -> Extra {
        let mut extra = Extra::new();
        for (index, heading) in &self.columns.extra {
            if let Some(text) = values::text(self.record.cells.get(*index).copied().unwrap_or(Cell::Empty))
                && !super::headings::is_blank(heading)
            {
                extra.insert(heading.clone(), text.into_owned());
            }
        }
        for field in also {
            if let Some((_, cell)) = self.column(field)
                && let Some(text) = values::text(cell)
            {
                extra.insert((*field).to_owned(), text.into_owned());
            }
        }
        extra
    }
}
