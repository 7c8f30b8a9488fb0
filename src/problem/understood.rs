//! What a reader made of a file: which columns it took for which fields, in which encoding and coordinate system, and why.

use super::Origin;

/// How a column came to its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// `fields` of the study.
    Fields,
    /// The canonical name itself.
    Canonical,
    /// A usual heading (`data/headings.toml`).
    Alias,
    /// An age with a base or without one: 常住65岁及以上.
    Ages,
    /// The beginning of one heading, cut by dBASE.
    Cut,
    /// No field: passed through to the outputs.
    #[default]
    Passed,
}

impl Way {
    /// As JSON says it, and the word of the catalogue behind `understood.way.`.
    pub fn key(self) -> &'static str {
        match self {
            Way::Fields => "fields",
            Way::Canonical => "canonical",
            Way::Alias => "alias",
            Way::Ages => "ages",
            Way::Cut => "cut",
            Way::Passed => "passed",
        }
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct ColumnRead {
    pub heading: String,
    pub field: Option<&'static str>,
    pub way: Way,
    /// By what its numbers are multiplied: 10,000 where the heading says 万元.
    pub scale: f64,
}

/// A row that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is instead.
    pub what: Instead,
    /// Row or feature.
    pub row: Option<u32>,
    /// What stands in it, shortened.
    pub text: String,
}

/// What a row is that is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instead {
    /// A title or a further line above the heading, or a part of a heading in several rows.
    Title,
    /// An example left in a form (W-EXAMPLE).
    Example,
    /// A sum of other rows (W-TOTAL-ROW).
    Total,
    /// A note below the table, or a row without anything in any column that is read.
    Note,
}

impl Instead {
    /// Every kind, in the order of reports.
    pub const ALL: [Instead; 4] = [Instead::Title, Instead::Example, Instead::Total, Instead::Note];

    /// As JSON says it, and the word of the catalogue behind `understood.left.`.
    pub fn key(self) -> &'static str {
        match self {
            Instead::Title => "title",
            Instead::Example => "example",
            Instead::Total => "total",
            Instead::Note => "note",
        }
    }
}

/// One file of a table.
#[derive(Debug, Clone, Default)]
pub struct Understood {
    /// Its table in the study: `communities`.
    pub table: &'static str,
    /// File and layer or sheet.
    pub origin: Origin,
    /// Rows or features that are records; `None` where the file could not be read to its end.
    pub rows: Option<u64>,
    /// Coordinate system; `None` where there is no coordinate, or none could be settled on.
    pub crs: Option<String>,
    /// Why this one: `study`, `file`, `numbers` (a table whose numbers are plainly degrees), or empty.
    pub crs_from: &'static str,
    /// Encoding of the text; `None` where the format leaves no choice.
    pub encoding: Option<&'static str>,
    /// By which evidence: `study`, `mark`, `cpg`, `language`, `content`, `ascii`, or empty.
    pub encoding_from: &'static str,
    /// Up to three values beyond ASCII, as they read.
    pub samples: String,
    /// In the order of the file.
    pub columns: Vec<ColumnRead>,
    /// Rows that are no records, in the order of the file.
    pub left_out: Vec<LeftOut>,
}

/// A record that has no position.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Unplaced {
    pub table: &'static str,
    pub origin: Origin,
    pub id: String,
    pub name: String,
    pub address: String,
}
