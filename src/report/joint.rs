//! `joint.csv`: which neighbouring communities could share one facility, and where; and the same at the end of `norm --joint`.

use super::summary::grid::{Align, Grid, plain};
use super::table::{Column, Table};
use super::value::{Value, write_half_up};
use crate::money::joint::Proposal;
use crate::study::Findings;
use crate::units::SquareMetres;
use crate::words::{Lang, say};

/// Columns of `joint.csv`.
pub const COLUMNS: [&str; 15] = [
    "pack",
    "rule",
    "group",
    "members",
    "names",
    "small",
    "population",
    "households",
    "need_m2",
    "area_m2",
    "site_kind",
    "site_id",
    "site_name",
    "site_area_m2",
    "least_share",
];

fn codes(findings: &Findings, members: &[u32]) -> String {
    members.iter().map(|c| findings.city.communities[*c as usize].code.as_str()).collect::<Vec<_>>().join(";")
}

fn names(findings: &Findings, members: &[u32], between: &str) -> String {
    members.iter().map(|c| findings.city.communities[*c as usize].name.as_str()).collect::<Vec<_>>().join(between)
}

/// One row for each proposed group.
pub fn table<'a>(findings: &'a Findings, rows: &'a [Proposal]) -> Table<'a> {
    Table::new(findings, "joint", COLUMNS.map(Column::plain).into(), rows.len(), |r, cells| {
        let row = &rows[r];
        let (id, name, area) = row.site.of(&findings.city);
        cells.extend([
            Value::text(Some(&row.pack)),
            Value::text(Some(row.rule)),
            Value::Whole(r as u64 + 1),
            Value::Text(codes(findings, &row.members).into()),
            Value::Text(names(findings, &row.members, ";").into()),
            Value::Text(codes(findings, &row.small).into()),
            Value::of(row.population, Value::People),
            Value::People(row.households),
            Value::Area(row.need),
            Value::Area(row.area),
            Value::text(Some(row.site.kind())),
            Value::text(Some(id)),
            Value::text(Some(name)),
            Value::of(area.map(SquareMetres::value), Value::Area),
            Value::Share(row.least_share),
        ]);
    })
}

/// What the terminal shows of the proposals.
pub fn summary(findings: &Findings, rows: &[Proposal], lang: Lang) -> String {
    let mut out = format!("\n{}\n", say(lang, "joint.title", &[("n", &rows.len().to_string())]));
    if rows.is_empty() {
        return out;
    }
    let mut grid = Grid::new(&[Align::Right, Align::Left, Align::Right, Align::Left, Align::Left]);
    for (r, row) in rows.iter().enumerate() {
        let mut area = String::new();
        write_half_up(row.area, 0, &mut area);
        let (id, name, _) = row.site.of(&findings.city);
        let site = format!("{} {} {}", say(lang, &format!("joint.site.{}", row.site.kind()), &[]), plain(id), plain(name));
        let members = plain(&names(findings, &row.members, lang.pick("、", ", ")));
        grid.row([
            (r + 1).to_string(),
            members,
            area,
            site.trim_end().to_owned(),
            plain(&names(findings, &row.small, lang.pick("、", ", "))),
        ]);
    }
    grid.heading(["group", "members", "area", "site", "small"].map(|word| say(lang, &format!("joint.col.{word}"), &[])));
    out += &grid.lines("  ");
    out + &say(lang, "joint.note", &[]) + "\n"
}

/// The same for programs.
pub fn json(findings: &Findings, rows: &[Proposal]) -> serde_json::Value {
    let one = |row: &Proposal| {
        let (id, name, area) = row.site.of(&findings.city);
        let code = |c: &u32| findings.city.communities[*c as usize].code.clone();
        serde_json::json!({
            "pack": row.pack, "rule": row.rule,
            "members": row.members.iter().map(code).collect::<Vec<_>>(), "small": row.small.iter().map(code).collect::<Vec<_>>(),
            "need_m2": digits(row.need), "area_m2": digits(row.area),
            "site": { "kind": row.site.kind(), "id": id, "name": name, "area_m2": area.map(|a| digits(a.value())) },
        })
    };
    rows.iter().map(one).collect()
}

/// A number with the two decimals of the tables.
fn digits(area: f64) -> serde_json::Value {
    let mut text = String::new();
    write_half_up(area, 2, &mut text);
    text.parse::<serde_json::Number>().map_or(serde_json::Value::Null, serde_json::Value::Number)
}
