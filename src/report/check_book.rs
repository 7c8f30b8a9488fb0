//! What `check` found, as a workbook to work through; and a list of everything that has no position, to be filled in.

use std::io::{self, Write};

use rust_xlsxwriter::{Format, IgnoreError, Workbook, Worksheet, XlsxError};

use super::inputs;
use super::workbook;
use super::xlsx::{column, heading_format, safe, width};
use crate::problem::{Problems, Severity};
use crate::words::{Lang, say};

/// Rows that a sheet can hold below its heading.
const MOST: usize = 1_048_575;

enum Value {
    Text(String),
    Number(f64),
    Empty,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) }
    }
}

impl From<Option<u32>> for Value {
    fn from(n: Option<u32>) -> Self {
        n.map_or(Value::Empty, |n| Value::Number(n.into()))
    }
}

/// `check.xlsx`: problems with a column to tick, what was read, how each column was understood.
pub fn problems(problems: &Problems, lang: Lang, out: impl Write + Send) -> io::Result<()> {
    save(out, |book| {
        let lines = problems.sorted().into_iter().map(|p| {
            let severity = if p.code.severity() == Severity::Error { "error" } else { "warning" };
            let text = |t: &Option<std::sync::Arc<str>>| Value::from(t.as_deref().unwrap_or(""));
            vec![
                Value::Empty,
                Value::Text(word(lang, severity)),
                p.code.text().into(),
                text(&p.origin.file),
                text(&p.origin.layer),
                p.origin.row.into(),
                p.origin.feature.into(),
                p.field.as_deref().unwrap_or("").into(),
                p.value.as_deref().unwrap_or("").into(),
                p.message(lang).as_str().into(),
                p.remedy(lang).as_str().into(),
            ]
        });
        let columns = ["done", "severity", "code", "file", "layer", "row", "feature", "field", "value", "message", "remedy"];
        sheet(book, lang, "problems", &columns, lines)?;

        let lines = problems.understood.iter().map(|read| {
            vec![
                Value::Text(say(lang, &format!("understood.table.{}", read.table), &[])),
                read.origin.file.as_deref().unwrap_or("").into(),
                read.origin.layer.as_deref().unwrap_or("").into(),
                read.rows.map_or(Value::Empty, |n| Value::Number(n as f64)),
                inputs::crs(read, lang).as_str().into(),
                inputs::encoding(read, lang).as_str().into(),
                read.samples.as_str().into(),
                inputs::left_out(read, lang).join("\n").as_str().into(),
            ]
        });
        sheet(book, lang, "inputs", &["table", "file", "layer", "rows", "crs", "encoding", "samples", "left_out"], lines)?;

        let lines = problems.understood.iter().flat_map(|read| {
            read.columns.iter().map(move |c| {
                vec![
                    read.origin.file.as_deref().unwrap_or("").into(),
                    read.origin.layer.as_deref().unwrap_or("").into(),
                    c.heading.as_str().into(),
                    c.field.unwrap_or("").into(),
                    inputs::way(c.way, lang).as_str().into(),
                    Value::Number(c.scale),
                ]
            })
        });
        sheet(book, lang, "columns", &["file", "layer", "heading", "canonical", "way", "scale"], lines)
    })
}

/// What the list of records without a position is called.
pub fn unplaced_name(lang: Lang) -> &'static str {
    lang.pick("待定位.xlsx", "no-position.xlsx")
}

/// `待定位.xlsx`: every record without a position, with two empty columns for its longitude and latitude.
pub fn unplaced(problems: &Problems, lang: Lang, out: impl Write + Send) -> io::Result<()> {
    save(out, |book| {
        let lines = problems.unplaced.iter().map(|u| {
            vec![
                Value::Text(say(lang, &format!("understood.table.{}", u.table), &[])),
                u.origin.file.as_deref().unwrap_or("").into(),
                u.origin.layer.as_deref().unwrap_or("").into(),
                u.origin.row.or(u.origin.feature).into(),
                u.id.as_str().into(),
                u.name.as_str().into(),
                u.address.as_str().into(),
                Value::Empty,
                Value::Empty,
            ]
        });
        sheet(book, lang, "unplaced", &["table", "file", "layer", "place", "id", "name", "address", "lon", "lat"], lines)
    })
}

fn save(out: impl Write + Send, fill: impl FnOnce(&mut Workbook) -> Result<(), XlsxError>) -> io::Result<()> {
    let write = || {
        let mut book = workbook::new()?;
        fill(&mut book)?;
        Ok(book)
    };
    let mut book = write().map_err(|error: XlsxError| io::Error::other(error))?;
    workbook::save(&mut book, out)
}

fn word(lang: Lang, key: &str) -> String {
    say(lang, &format!("check_book.{key}"), &[])
}

fn sheet(book: &mut Workbook, lang: Lang, name: &str, columns: &[&str], rows: impl Iterator<Item = Vec<Value>>) -> Result<(), XlsxError> {
    let sheet: &mut Worksheet = book.add_worksheet().set_name(word(lang, &format!("sheet.{name}")))?;
    let (heading, wrapped) = (heading_format(), Format::new().set_text_wrap());
    let mut widths: Vec<usize> = Vec::new();
    for (c, key) in columns.iter().enumerate() {
        let text = word(lang, key);
        widths.push(width(&text));
        sheet.write_string_with_format(0, column(c)?, &text, &heading)?;
    }
    let mut last = 0;
    for (row, line) in rows.take(MOST).enumerate() {
        last = u32::try_from(row + 1).map_err(|_| XlsxError::RowColumnLimitError)?;
        for (c, value) in line.iter().enumerate() {
            match value {
                Value::Empty => continue,
                Value::Number(n) => sheet.write_number(last, column(c)?, *n)?,
                Value::Text(text) => {
                    widths[c] = widths[c].max(width(text));
                    sheet.write_string_with_format(last, column(c)?, safe(text), &wrapped)?
                }
            };
        }
    }
    for (c, width) in widths.into_iter().enumerate() {
        sheet.set_column_width(column(c)?, width.clamp(6, 50) as f64 + 2.0)?;
    }
    let last_column = column(columns.len() - 1)?;
    sheet.autofilter(0, 0, last, last_column)?;
    sheet.set_freeze_panes(1, 0)?;
    // Codes are text on purpose.
    sheet.ignore_error_range(0, 0, last.max(1), last_column, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::problem::understood::{ColumnRead, Understood, Unplaced, Way};
    use crate::problem::{Code, Origin, Problem};

    fn found() -> Problems {
        let mut all = Problems::default();
        all.push(Problem::new(Code::W_NULL).file("b.csv").field("households").value("=1+1"));
        let origin = Origin { file: Some("a.csv".into()), row: Some(3), ..Origin::default() };
        all.push(Problem::new(Code::E_NUM).at(&origin).field("households").value("140403001001"));
        let columns = vec![
            ColumnRead { heading: "户数".into(), field: Some("households"), way: Way::Alias, scale: 1.0 },
            ColumnRead { heading: "备注".into(), field: None, way: Way::Passed, scale: 1.0 },
        ];
        all.understood.push(Understood {
            table: "communities",
            origin: origin.clone(),
            rows: Some(5),
            encoding: Some("gb18030"),
            encoding_from: "content",
            samples: "北街社区".into(),
            columns,
            ..Understood::default()
        });
        let [id, name, address] = ["007", "福安", "东街1号"].map(str::to_owned);
        all.unplaced.push(Unplaced { table: "facilities", origin, id, name, address });
        all
    }

    fn open(write: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> Vec<(String, Vec<Vec<Data>>)> {
        let [mut once, mut again] = [Vec::new(), Vec::new()];
        write(&mut once).unwrap();
        write(&mut again).unwrap();
        assert!(once == again, "the same bytes each time");
        let sheets = Xlsx::new(Cursor::new(once)).unwrap().worksheets();
        sheets.into_iter().map(|(name, range)| (name, range.rows().map(<[Data]>::to_vec).collect())).collect()
    }

    #[test]
    fn a_clerk_gets_problems_to_tick_off_and_what_was_read() {
        for lang in [Lang::Zh, Lang::En] {
            let sheets = open(|out| problems(&found(), lang, out));
            assert_eq!(sheets.iter().map(|s| s.1.len()).collect::<Vec<_>>(), [3, 2, 3]);
            let first = &sheets[0].1[1];
            assert_eq!((&first[0], &first[2], &first[5]), (&Data::Empty, &Data::String("E-NUM".into()), &Data::Float(3.0)));
            assert_eq!(first[8], Data::String("140403001001".into()), "codes are texts");
            assert_eq!(sheets[0].1[2][8], Data::String("=1+1".into()), "and formulas too");
            assert!(sheets.iter().flat_map(|s| &s.1[0]).all(|heading| !heading.to_string().contains("check_book")));
        }
    }

    #[test]
    fn what_has_no_position_is_listed_with_room_for_it() {
        let sheets = open(|out| unplaced(&found(), Lang::Zh, out));
        let rows = &sheets[0].1;
        assert_eq!(rows[0][7..], [Data::String("经度".into()), Data::String("纬度".into())]);
        assert_eq!(rows[1][3..7].iter().map(ToString::to_string).collect::<Vec<_>>(), ["3", "007", "福安", "东街1号"]);
    }
}
