//! The template as a workbook: a sheet of notes, then one sheet for each table.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use super::columns::{Column, Form, Table, Template};
use crate::report::workbook;
use crate::words::{Lang, say};

/// The last row that drop-downs reach: the last a sheet has.
const LAST_ROW: u32 = 1_048_575;
/// Excel takes no more in a drop-down, and no more in the note beside a cell.
const LONGEST: usize = 255;
/// Excel takes no longer title of such a note.
const LONGEST_TITLE: usize = 32;

/// The workbook in one language.
pub(super) fn make(template: &Template, lang: Lang) -> Result<Workbook, XlsxError> {
    let mut workbook = workbook::new()?;
    notes(workbook.add_worksheet().set_name(word(lang, "desk.notes"))?, template, lang)?;
    for table in template.sheets() {
        sheet(workbook.add_worksheet().set_name(table.sheet(lang))?, template, table, lang)?;
    }
    Ok(workbook)
}

fn sheet(sheet: &mut Worksheet, template: &Template, table: &Table, lang: Lang) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
    let heading = heading.set_background_color(Color::RGB(0xDD_E6_EE));
    let needed = heading.clone().set_background_color(Color::RGB(0xF6_DF_B0));
    let example = |form: Form| cells(form).set_italic().set_font_color(Color::RGB(0x80_80_80));
    for (c, column) in table.columns.iter().enumerate() {
        let at = number(c)?;
        let text = column.heading(lang);
        sheet.set_column_width(at, (width(text).max(width(&column.example)) as f64 + 3.0).clamp(9.0, 32.0))?;
        sheet.set_column_format(at, &cells(column.form))?;
        sheet.write_string_with_format(0, at, text, if column.need { &needed } else { &heading })?;
        sheet.add_data_validation(1, at, LAST_ROW, at, &validation(template, column, lang)?)?;
        let mut shown = template.example(column, lang);
        if c == 0 {
            shown = say(lang, "desk.example", &[("value", &shown)]);
        }
        write(sheet, at, &shown, if c == 0 { Form::Code } else { column.form }, &example(column.form))?;
    }
    sheet.set_row_height(0, 32)?;
    // The name stays in sight beside the code.
    sheet.set_freeze_panes(1, 2)?;
    Ok(())
}

fn write(sheet: &mut Worksheet, at: u16, value: &str, form: Form, format: &Format) -> Result<(), XlsxError> {
    match (form, value.parse::<f64>()) {
        _ if value.is_empty() => sheet.write_blank(1, at, format)?,
        (Form::Code | Form::Text | Form::List, _) => sheet.write_string_with_format(1, at, value, format)?,
        (Form::Date, _) => sheet.write_datetime_with_format(1, at, ExcelDateTime::parse_from_str(value)?, format)?,
        (_, Ok(number)) => sheet.write_number_with_format(1, at, number, format)?,
        (_, Err(_)) => sheet.write_string_with_format(1, at, value, format)?,
    };
    Ok(())
}

/// How the cells of a column look; codes are text, so that no digit is lost.
fn cells(form: Form) -> Format {
    let format = Format::new();
    match form {
        // Numbers 49, 1 and 4 of the formats that every spreadsheet program has: text, whole, money.
        Form::Code | Form::Text | Form::List => format.set_num_format_index(49),
        Form::Whole | Form::Year => format.set_num_format_index(1),
        Form::Money => format.set_num_format_index(4),
        Form::Degrees => format.set_num_format("0.000000"),
        Form::Date => format.set_num_format("yyyy-mm-dd"),
        Form::Amount | Form::Area | Form::Mark => format,
    }
}

/// What the cells of a column take, and the note that says so.
fn validation(template: &Template, column: &Column, lang: Lang) -> Result<DataValidation, XlsxError> {
    let words = template.words(column, lang);
    let not_below_0 = || DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0));
    let rule = match column.form {
        // A cell of several words cannot be a drop-down.
        Form::List => DataValidation::new().allow_any_value(),
        _ if !words.is_empty() => DataValidation::new().allow_list_strings(&words)?.show_error_message(!column.open),
        Form::Code | Form::Text | Form::Date => DataValidation::new().allow_any_value(),
        Form::Whole | Form::Amount | Form::Area | Form::Money => not_below_0(),
        Form::Mark => DataValidation::new().allow_decimal_number(DataValidationRule::Between(0.0, 100.0)),
        Form::Year => DataValidation::new().allow_whole_number(DataValidationRule::Between(1900, 2100)),
        // Degrees, or metres of a zone.
        Form::Degrees => DataValidation::new().allow_decimal_number(DataValidationRule::Between(-1e8, 1e8)),
    };
    let mut note = column.say(lang).to_owned();
    if column.form == Form::List && !words.is_empty() {
        note = format!("{note}\n{}", words.join(lang.pick("；", "; ")));
    }
    rule.set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(cut(column.heading(lang), LONGEST_TITLE))?
        .set_error_message(cut(column.say(lang), LONGEST))?
        .set_input_title(cut(column.heading(lang), LONGEST_TITLE))?
        .set_input_message(cut(&note, LONGEST))
}

/// How to fill the workbook in, then every column with its meaning and its clauses.
fn notes(sheet: &mut Worksheet, template: &Template, lang: Lang) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let mut row = 0;
    for (n, line) in word(lang, "desk.how").lines().enumerate() {
        match n {
            0 => sheet.write_string_with_format(row, 0, line, &bold)?,
            _ => sheet.write_string(row, 0, line)?,
        };
        row += 1;
    }
    row += 1;
    for (c, (key, width)) in
        [("sheet", 10.0), ("heading", 26.0), ("field", 24.0), ("what", 46.0), ("words", 36.0), ("rules", 10.0), ("clauses", 70.0)]
            .into_iter()
            .enumerate()
    {
        sheet.write_string_with_format(row, number(c)?, word(lang, &format!("desk.notes.{key}")), &bold)?;
        sheet.set_column_width(number(c)?, width)?;
    }
    row += 1;
    for table in template.sheets() {
        sheet.write_string_with_format(row, 0, table.sheet(lang), &bold)?;
        sheet.write_string(row, 1, table.say(lang))?;
        row += 1;
        for column in &table.columns {
            let needed = if column.need { word(lang, "desk.needed") } else { String::new() };
            let clauses: Vec<String> = column
                .basis
                .iter()
                .filter_map(|id| Some((id, template.clauses.get(id)?)))
                .map(|(id, c)| {
                    say(lang, "desk.clause", &[("id", id), ("document", &c.document), ("clause", &c.clause), ("quote", &c.quote)])
                })
                .collect();
            let texts = [
                table.sheet(lang).to_owned(),
                column.heading(lang).to_owned(),
                column.field.clone(),
                format!("{needed}{}", column.say(lang)),
                template.words(column, lang).join(lang.pick("、", ", ")),
                column.basis.join("\n"),
                clauses.join("\n"),
            ];
            for (c, text) in texts.iter().enumerate() {
                sheet.write_string_with_format(row, number(c)?, text, &wrapped)?;
            }
            row += 1;
        }
    }
    Ok(())
}

fn word(lang: Lang, key: &str) -> String {
    say(lang, key, &[])
}

fn number(index: usize) -> Result<u16, XlsxError> {
    u16::try_from(index).map_err(|_| XlsxError::RowColumnLimitError)
}

/// Columns of a screen: a Chinese character takes two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn cut(text: &str, longest: usize) -> String {
    match text.chars().count() > longest {
        true => text.chars().take(longest - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
