//! The workbook that an office fills in (填报模板): one sheet for each table, headings that the readers know, drop-downs, and the clause
//! behind each column.
//!
//! What stands in it is data (`data/template.toml`, `data/clauses.toml`); [`columns`] reads it, `book` writes the workbook. Each sheet
//! begins with an example row whose first cell says so: readers leave such a row out (W-EXAMPLE).

mod book;
pub mod columns;

use std::io::{self, Write};

use crate::report::workbook;
use crate::words::Lang;

/// The name of the workbook in each language.
pub fn file_name(lang: Lang) -> &'static str {
    lang.pick("填报模板.xlsx", "careshed-template.xlsx")
}

/// Writes the workbook. The same bytes every time: it carries no clock.
///
/// # Errors
///
/// Whatever the writer says; data that a sheet cannot hold would be an error too, and a test rules it out.
pub fn write(lang: Lang, out: impl Write + Send) -> io::Result<()> {
    let mut workbook = book::make(columns::built_in(), lang).map_err(io::Error::other)?;
    workbook::save(&mut workbook, out)
}

#[cfg(test)]
mod tests;
