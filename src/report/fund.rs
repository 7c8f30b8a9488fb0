//! `fund.csv` and `fund_totals.csv`: what each payer gives each project, and what that adds up to; and the end of `fund`.

use super::summary::grid::{Align, Grid, plain};
use super::table::Table;
use super::value::Value;
use crate::city::City;
use crate::money::fen::Fen;
use crate::money::fund::{AmountKind, Row};
use crate::money::standing::Standing;
use crate::money::totals::{Level, Total};
use crate::score::Eligibility;
use crate::words::{Lang, say};

/// Columns of `fund.csv`.
pub const COLUMNS: [&str; 14] = [
    "id",
    "pack",
    "basis",
    "payer",
    "kind",
    "rule",
    "amount",
    "amount_kind",
    "area_m2",
    "cap_m2",
    "shortfall",
    "excess",
    "confirm",
    "recover",
];

/// Columns of `fund_totals.csv`.
pub const TOTALS: [&str; 9] = ["level", "code", "name", "pack", "basis", "payer", "kind", "amount", "unknown"];

fn money<'a>(amount: Option<Fen>) -> Value<'a> {
    Value::of(amount, |fen| Value::Money(fen.to_yuan()))
}

/// One row for each project, pack, basis, payer and clause.
pub fn table<'a>(city: &'a City, rows: &'a [Row]) -> Table<'a> {
    Table::without_walks("fund", &COLUMNS, rows.len(), |r, cells| {
        let row = &rows[r];
        cells.extend([
            Value::text(city.candidates.get(row.project as usize).map(|c| c.id.as_str())),
            Value::text(Some(&row.pack)),
            Value::text(Some(row.basis.key())),
            Value::text(Some(row.payer.key())),
            Value::text(Some(row.kind.key())),
            Value::text(Some(row.rule)),
            money(row.amount),
            Value::text(Some(row.amount_kind.key())),
            Value::of(row.area, |area| Value::Area(area.value())),
            Value::of(row.cap_m2, |cap| Value::Whole(cap.into())),
            money(row.shortfall),
            money(row.excess),
            Value::of(row.confirm, Value::Flag),
            money(row.recover),
        ]);
    })
}

/// One row for each unit, pack, basis, payer and kind.
pub fn totals(totals: &[Total]) -> Table<'_> {
    Table::without_walks("fund_totals", &TOTALS, totals.len(), |r, cells| {
        let total = &totals[r];
        cells.extend([
            Value::text(Some(total.level.key())),
            Value::text(Some(&total.code)),
            Value::text(Some(&total.name)),
            Value::text(Some(&total.pack)),
            Value::text(Some(total.basis.key())),
            Value::text(Some(total.payer.key())),
            Value::text(Some(total.kind.key())),
            money(total.amount),
            Value::Whole(total.unknown as u64),
        ]);
    })
}

/// Columns of `fund_projects.csv`.
pub const PROJECTS: [&str; 6] = ["id", "name", "pack", "eligibility", "rules", "forbidden_lines"];

/// One row for each project and pack: whether it may be declared, and which of its budget lines no award may pay.
pub fn projects<'a>(city: &'a City, rows: &'a [Standing]) -> Table<'a> {
    Table::without_walks("fund_projects", &PROJECTS, rows.len(), |r, cells| {
        let row = &rows[r];
        let candidate = city.candidates.get(row.project as usize);
        cells.extend([
            Value::text(candidate.map(|c| c.id.as_str())),
            Value::text(candidate.map(|c| c.name.as_str())),
            Value::text(Some(&row.pack)),
            Value::text(Some(row.eligibility.key())),
            Value::list(reasons(&row.eligibility)),
            row.forbidden.as_deref().map_or(Value::Unknown, Value::list),
        ]);
    })
}

/// The rules that fail, or the fields on which it depends.
fn reasons(eligibility: &Eligibility) -> &[String] {
    match eligibility {
        Eligibility::Eligible => &[],
        Eligibility::Conditional(fields) => fields,
        Eligibility::Ineligible(rules) => rules,
    }
}

/// Projects that may not be declared, and forbidden budget lines: what must be put right before any amount counts.
pub fn standing(city: &City, rows: &[Standing], lang: Lang) -> String {
    let mut out = String::new();
    for row in rows {
        let id = city.candidates.get(row.project as usize).map_or("", |c| &c.id);
        let with = |reasons: &str| [("id", plain(id)), ("pack", plain(&row.pack)), ("reasons", reasons.to_owned())];
        let mut tell = |key: &str, reasons: &str| {
            let with = with(reasons);
            let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
            out += &(say(lang, key, &with) + "\n");
        };
        if let Eligibility::Ineligible(rules) = &row.eligibility {
            tell("fund.ineligible", &rules.join(", "));
        }
        if let Some(lines) = row.forbidden.as_deref().filter(|lines| !lines.is_empty()) {
            tell("fund.forbidden", &lines.join(lang.pick("、", ", ")));
        }
    }
    out
}

/// What the terminal shows at the end of `fund`: the sums over all projects, pack by pack.
pub fn summary(title: &str, projects: usize, rows: &[Row], totals: &[Total], lang: Lang) -> String {
    let count = projects.to_string();
    let mut out = say(lang, "fund.title", &[("title", &plain(title)), ("projects", &count)]) + "\n\n";
    let mut grid = Grid::new(&[Align::Left, Align::Left, Align::Left, Align::Left, Align::Right, Align::Right]);
    for total in totals.iter().filter(|t| t.level == Level::All) {
        grid.row([
            plain(&total.pack),
            say(lang, &format!("fund.basis.{}", total.basis.key()), &[]),
            say(lang, &format!("fund.payer.{}", total.payer.key()), &[]),
            say(lang, &format!("fund.kind.{}", total.kind.key()), &[]),
            total.amount.map_or_else(|| "?".to_owned(), Fen::text),
            if total.unknown > 0 { total.unknown.to_string() } else { String::new() },
        ]);
    }
    grid.heading(["pack", "basis", "payer", "kind", "amount", "unknown"].map(|word| say(lang, &format!("fund.heading.{word}"), &[])));
    out += &grid.lines("  ");
    let tell = |key: &str, n: usize| if n > 0 { format!("\n{}", say(lang, key, &[("n", &n.to_string())])) } else { String::new() };
    let count = |of: &dyn Fn(&Row) -> bool| {
        let mut of_project: Vec<u32> = rows.iter().filter(|r| of(r)).map(|r| r.project).collect();
        of_project.dedup();
        of_project.len()
    };
    let positive = |amount: Option<Fen>| amount.is_some_and(|a| a > Fen(0));
    out += &tell("fund.shortfall", count(&|r| positive(r.shortfall)));
    out += &tell("fund.excess", count(&|r| positive(r.excess)));
    out += &tell("fund.recover", count(&|r| positive(r.recover)));
    out += &tell("fund.confirm", count(&|r| r.confirm == Some(true)));
    out += &tell("fund.mean", count(&|r| r.amount_kind == AmountKind::Mean));
    out += &tell("fund.nothing", projects - count(&|_| true));
    out + "\n"
}

/// The same for programs: `schema` first, amounts with the digits of the tables.
pub fn json(title: &str, projects: usize, totals: &[Total], city: &City, standing: &[Standing]) -> String {
    let number = |amount: Option<Fen>| amount.and_then(|a| a.text().parse::<serde_json::Number>().ok()).map(serde_json::Value::Number);
    let all: Vec<serde_json::Value> = totals
        .iter()
        .filter(|t| t.level == Level::All)
        .map(|t| {
            serde_json::json!({
                "pack": t.pack, "basis": t.basis.key(), "payer": t.payer.key(), "kind": t.kind.key(),
                "amount": number(t.amount), "unknown": t.unknown,
            })
        })
        .collect();
    let one = |s: &Standing| {
        serde_json::json!({
            "id": city.candidates.get(s.project as usize).map(|c| c.id.as_str()), "pack": s.pack,
            "eligibility": s.eligibility.key(), "rules": reasons(&s.eligibility), "forbidden_lines": s.forbidden,
        })
    };
    let standing: Vec<serde_json::Value> = standing.iter().map(one).collect();
    serde_json::json!({ "schema": 1, "command": "fund", "title": title, "projects": projects, "totals": all, "standing": standing })
        .to_string()
}
