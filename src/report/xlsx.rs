//! Tables as XLSX: headings in the reader's language, codes as text, and a second sheet that says what each heading means.

use std::io::{self, Write};

use rust_xlsxwriter::{Format, IgnoreError, Workbook, Worksheet, XlsxError};

use super::table::Table;
use super::value::Value;
use super::workbook;
use crate::words::{Lang, say};

/// Writes a workbook of two sheets. The same table gives the same bytes: the file carries no clock.
pub fn write(table: &Table<'_>, lang: Lang, out: impl Write + Send) -> io::Result<()> {
    let mut workbook = book(table, lang).map_err(io::Error::other)?;
    workbook::save(&mut workbook, out)
}

fn book(table: &Table<'_>, lang: Lang) -> Result<Workbook, XlsxError> {
    let mut workbook = workbook::new()?;
    let sheet = workbook.add_worksheet().set_name(word(lang, &format!("table.{}.sheet", table.name)))?;
    data(sheet, table, lang)?;
    let sheet = workbook.add_worksheet().set_name(word(lang, "table.keys.sheet"))?;
    keys(sheet, table, lang)?;
    Ok(workbook)
}

fn data(sheet: &mut Worksheet, table: &Table<'_>, lang: Lang) -> Result<(), XlsxError> {
    let heading = heading_format();
    let [share, two, four, money] = ["0.0%", "0.00", "0.0000", "#,##0.00"].map(|f| Format::new().set_num_format(f));
    let last_column = column(table.columns.len().max(1) - 1)?;
    let mut widths = Vec::new();
    for (c, column_) in table.columns.iter().enumerate() {
        let text = column_.heading(lang, table.name);
        widths.push(width(&text));
        sheet.write_string_with_format(0, column(c)?, safe(&text), &heading)?;
    }
    let (mut cells, mut number) = (Vec::new(), String::new());
    for r in 0..table.rows {
        table.row(r, &mut cells);
        let at = u32::try_from(r + 1).map_err(|_| XlsxError::RowColumnLimitError)?;
        for (c, cell) in cells.iter().enumerate() {
            if let Value::Text(text) = cell {
                widths[c] = widths[c].max(width(text));
                sheet.write_string(at, column(c)?, safe(text))?;
                continue;
            }
            number.clear();
            cell.write_number(&mut number);
            // The digits of the CSV, so that the two files never differ.
            let Ok(x) = number.parse::<f64>() else { continue };
            match cell {
                Value::Share(_) => sheet.write_number_with_format(at, column(c)?, x, &share)?,
                Value::Minutes(_) | Value::Area(_) => sheet.write_number_with_format(at, column(c)?, x, &two)?,
                Value::Money(_) => sheet.write_number_with_format(at, column(c)?, x, &money)?,
                Value::Score(_) => sheet.write_number_with_format(at, column(c)?, x, &four)?,
                _ => sheet.write_number(at, column(c)?, x)?,
            };
        }
    }
    for (c, width) in widths.into_iter().enumerate() {
        sheet.set_column_width(column(c)?, width.clamp(6, 40) as f64 + 3.0)?;
    }
    let last_row = u32::try_from(table.rows).map_err(|_| XlsxError::RowColumnLimitError)?;
    sheet.autofilter(0, 0, last_row, last_column)?;
    sheet.set_freeze_panes(1, 0)?;
    // Codes are text on purpose; Excel need not mark each of them.
    sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

/// Heading ↔ key ↔ meaning and unit ↔ the figures and clauses behind it.
fn keys(sheet: &mut Worksheet, table: &Table<'_>, lang: Lang) -> Result<(), XlsxError> {
    let heading = heading_format();
    let wrapped = Format::new().set_text_wrap();
    for (c, (key, width)) in [("heading", 26.0), ("key", 30.0), ("meaning", 70.0), ("basis", 40.0)].into_iter().enumerate() {
        sheet.write_string_with_format(0, column(c)?, word(lang, &format!("table.keys.{key}")), &heading)?;
        sheet.set_column_width(column(c)?, width)?;
    }
    let mut row = 1;
    for column in &table.columns {
        sheet.write_string(row, 0, safe(&column.heading(lang, table.name)))?;
        sheet.write_string(row, 1, safe(&column.key))?;
        sheet.write_string_with_format(row, 2, safe(&column.meaning(lang, table.name)), &wrapped)?;
        sheet.write_string(row, 3, safe(&column.basis))?;
        row += 1;
    }
    let [zh, en] = &table.walking;
    if !zh.is_empty() {
        sheet.write_string(row + 1, 0, word(lang, "table.keys.walking"))?;
        sheet.write_string_with_format(row + 1, 2, lang.pick(zh, en), &wrapped)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

pub(super) fn heading_format() -> Format {
    Format::new().set_bold().set_text_wrap()
}

pub(super) fn column(index: usize) -> Result<u16, XlsxError> {
    u16::try_from(index).map_err(|_| XlsxError::RowColumnLimitError)
}

fn word(lang: Lang, key: &str) -> String {
    say(lang, key, &[])
}

/// Columns of a screen: a Chinese character takes two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// What a sheet can hold: at most 32,767 UTF-16 units and no character that XML forbids.
pub(crate) fn safe(text: &str) -> String {
    const LIMIT: usize = 32_767;
    let mut out = String::with_capacity(text.len());
    let mut units = 0;
    for c in text.chars().map(|c| if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c }) {
        units += c.len_utf16();
        if units > LIMIT - 1 {
            out.push('…');
            break;
        }
        out.push(c);
    }
    // The writer takes a text of exactly this form for rich-text mark-up of its own.
    if out.starts_with("<r>") && out.ends_with("</r>") {
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Range, Reader, Xlsx};

    use super::*;
    use crate::report::{candidates, communities, sample};

    /// Every sheet of the table, as a spreadsheet program reads it.
    fn sheets(table: &Table<'_>, lang: Lang) -> Vec<(String, Range<Data>)> {
        let mut out = Vec::new();
        write(table, lang, &mut out).unwrap();
        Xlsx::new(Cursor::new(out)).unwrap().worksheets()
    }

    #[test]
    fn codes_and_hostile_names_are_texts_and_unknown_is_an_empty_cell() {
        let findings = sample::findings();
        let all = sheets(&communities::table(&findings, Lang::Zh), Lang::Zh);
        assert_eq!(all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["社区", "字段说明"]);
        let at = |row, column| all[0].1.get_value((row, column)).cloned().unwrap_or(Data::Empty);
        assert_eq!(at(0, 6), Data::String("60岁及以上·已覆盖".into()));
        assert_eq!(at(1, 0), Data::String("140403001001".into()));
        assert_eq!(at(1, 7), Data::Float(0.27027), "the digits of the CSV");
        assert_eq!(at(1, 14), Data::Float(18.75));
        assert_eq!(at(2, 5), Data::Empty);
        assert_eq!(at(3, 1), Data::String("=HYPERLINK(\"x\"),南街".into()));
    }

    #[test]
    fn the_second_sheet_explains_every_heading_in_the_language_of_the_reader() {
        let findings = sample::findings();
        for lang in [Lang::Zh, Lang::En] {
            for table in [communities::table(&findings, lang), candidates::table(&findings, 0)] {
                let all = sheets(&table, lang);
                let keys: Vec<&[Data]> = all[1].1.rows().skip(1).take(table.columns.len()).collect();
                for (row, column) in keys.iter().zip(&table.columns) {
                    assert_eq!(row[1], Data::String(column.key.clone()));
                    for cell in [&row[0], &row[2]] {
                        let text = cell.to_string();
                        assert!(!text.is_empty() && !text.starts_with("table.") && !text.contains('{'), "{}: {text}", column.key);
                    }
                }
            }
        }
        let table = candidates::table(&findings, 0);
        let all = sheets(&table, Lang::En);
        let basis = all[1].1.rows().find(|row| row[1] == Data::String("new_elderly_raw".into())).unwrap()[3].to_string();
        assert_eq!(basis, "0 = 0 人; 1 = 3000 人; S001-08 S001-47");
    }

    #[test]
    fn texts_that_a_sheet_cannot_hold_are_made_harmless() {
        assert_eq!(safe("<r>x</r>"), "<r>x</r> ", "not taken for mark-up");
        assert_eq!(safe("a\u{ffff}b"), "a\u{fffd}b");
        assert_eq!(safe(&"长".repeat(40_000)).encode_utf16().count(), 32_767);
        let findings = sample::findings();
        let all = sheets(&candidates::table(&findings, 0), Lang::Zh);
        assert_eq!(all[0].1.get_value((2, 2)).unwrap().to_string().trim_end(), "<r>旧厂\"房\"</r>");
    }
}
