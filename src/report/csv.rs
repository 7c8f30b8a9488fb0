//! Tables as CSV: UTF-8 with BOM, LF, RFC 4180, safe to open in a spreadsheet.

use std::borrow::Cow;
use std::io::{self, Write};

use super::table::Table;
use super::value::Value;

/// Writes the whole table.
pub fn write(table: &Table<'_>, mut out: impl Write) -> io::Result<()> {
    // Excel takes a file without this mark for GBK.
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
    for column in &table.columns {
        csv.write_field(guarded(&column.key).as_bytes())?;
    }
    csv.write_record(None::<&[u8]>)?;
    let (mut cells, mut number) = (Vec::new(), String::new());
    for row in 0..table.rows {
        table.row(row, &mut cells);
        for cell in &cells {
            if let Value::Text(text) = cell {
                csv.write_field(guarded(text).as_bytes())?;
            } else {
                number.clear();
                cell.write_number(&mut number);
                csv.write_field(number.as_bytes())?;
            }
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}

/// A spreadsheet runs a cell that starts with one of these as a formula; a leading `'` makes it text.
pub(crate) fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t']) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::table::Column;

    #[test]
    fn hostile_texts_are_quoted_and_never_formulas() {
        let findings = sample::findings();
        let texts = ["=1+1", "+86", "-5", "@x", "\tx", "a,b", "say \"hi\"", "two\nlines", "'kept", "社区", ""];
        let table = Table::new(&findings, "totals", vec![Column::plain("name"), Column::plain("=key")], texts.len(), |row, cells| {
            cells.extend([Value::Text(texts[row].into()), Value::Unknown]);
        });
        let mut out = Vec::new();
        write(&table, &mut out).unwrap();
        let expected =
            "\u{feff}name,'=key\n'=1+1,\n'+86,\n'-5,\n'@x,\n'\tx,\n\"a,b\",\n\"say \"\"hi\"\"\",\n\"two\nlines\",\n'kept,\n社区,\n,\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
