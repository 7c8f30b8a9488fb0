//! `allot.csv`: how many projects each city or county could be given, and why; and the end of `allot`.

use super::summary::grid::{Align, Grid, plain};
use super::table::{Column, Table, percent};
use super::value::Value;
use crate::money::allot::{Bound, NEEDS, Row};
use crate::study::Findings;
use crate::words::{Lang, say};

/// Columns of `allot.csv`.
pub const COLUMNS: [&str; 14] = [
    "level",
    "code",
    "name",
    "total",
    "even",
    "annex",
    "proposed",
    "floor",
    "ceiling",
    "uncovered_elderly_60",
    "households_old_500",
    "without_project",
    "previous_grade",
    "share",
];

/// One row for each unit.
pub fn table<'a>(findings: &'a Findings, rows: &'a [Row], lang: Lang) -> Table<'a> {
    let columns = COLUMNS.into_iter().chain(["reason"]).map(Column::plain).collect();
    Table::new(findings, "allot", columns, rows.len(), move |r, cells| {
        let row = &rows[r];
        let whole = |n: u32| Value::Whole(n.into());
        cells.extend([
            Value::text(Some(row.level.key())),
            Value::text(Some(&row.code)),
            Value::text(Some(&row.name)),
            whole(row.total),
            whole(row.even),
            Value::of(row.annex, whole),
            whole(row.proposed),
            whole(row.floor),
            Value::of(row.ceiling, whole),
            Value::of(row.uncovered, Value::People),
            Value::of(row.old_500, Value::People),
            Value::of(row.without_project, whole),
            Value::Text(grades(row).into()),
            Value::Share(row.share),
            Value::Text(reason(row, lang).into()),
        ]);
    })
}

/// `good`, or `good 2;poor 1` where a city has several counties.
fn grades(row: &Row) -> String {
    let known: Vec<(&str, u32)> = ["good", "middle", "poor"].into_iter().zip(row.grades).filter(|(_, n)| *n > 0).collect();
    match known.as_slice() {
        [(word, 1)] => (*word).to_owned(),
        many => many.iter().map(|(word, n)| format!("{word} {n}")).collect::<Vec<_>>().join(";"),
    }
}

/// Its share of each need, which needs are left out, and what held it at a limit.
fn reason(row: &Row, lang: Lang) -> String {
    let label = |need: &str| say(lang, &format!("allot.need.{need}"), &[]);
    let mut said: Vec<String> = NEEDS
        .into_iter()
        .zip(row.parts)
        .map(|(need, part)| match part {
            Some(part) => format!("{} {}", label(need), percent(part)),
            None => say(lang, "allot.left_out", &[("need", &label(need))]),
        })
        .collect();
    if row.parts.iter().all(Option::is_none) {
        said.push(say(lang, "allot.even", &[]));
    }
    said.extend(row.bound.map(|bound| say(lang, if bound == Bound::Floor { "allot.floor" } else { "allot.ceiling" }, &[])));
    said.join(lang.pick("；", "; "))
}

/// What the terminal shows at the end of `allot`.
pub fn summary(findings: &Findings, rows: &[Row], lang: Lang) -> String {
    let total = rows.first().map_or(0, |r| r.total).to_string();
    let out = say(lang, "allot.title", &[("title", &plain(&findings.settings.title)), ("total", &total)]) + "\n\n";
    let mut grid = Grid::new(&[Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right]);
    for row in rows {
        let annex = row.annex.map_or_else(|| "-".to_owned(), |n| n.to_string());
        grid.row([plain(&row.code), plain(&row.name), row.proposed.to_string(), annex, row.even.to_string(), percent(row.share)]);
    }
    grid.heading(["code", "name", "proposed", "annex", "even", "share"].map(|word| say(lang, &format!("table.allot.{word}.heading"), &[])));
    out + &grid.lines("  ") + "\n" + &say(lang, "allot.ours", &[]) + "\n"
}

/// The same for programs: `schema` first.
pub fn json(findings: &Findings, rows: &[Row], short: &[super::shortage::Line]) -> String {
    let units: Vec<serde_json::Value> = rows
        .iter()
        .map(|r| serde_json::json!({ "level": r.level.key(), "code": r.code, "name": r.name, "proposed": r.proposed, "annex": r.annex, "even": r.even }))
        .collect();
    let total = rows.first().map(|r| r.total);
    serde_json::json!({ "schema": 1, "command": "allot", "title": findings.settings.title, "total": total, "units": units, "shortage": super::shortage::json(short) }).to_string()
}
