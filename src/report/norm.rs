//! `norm.csv`: need, existing and gap under each norm; and the end of `norm`.

use std::collections::BTreeMap;

use super::joint;
use super::summary::grid::{Align, Grid, plain};
use super::table::{Column, Table};
use super::value::{Value, write_half_up};
use crate::money::joint::Proposal;
use crate::money::norm::{Row, Standing};
use crate::study::Findings;
use crate::words::{Lang, say};

/// Columns of `norm.csv`.
pub const COLUMNS: [&str; 14] = [
    "pack",
    "rule",
    "subject_kind",
    "subject_id",
    "name",
    "base",
    "base_value",
    "need",
    "existing",
    "gap",
    "unit",
    "need_per_1000_residents",
    "existing_in_reach",
    "standing",
];

/// One row for each norm and each whom it speaks of.
pub fn table<'a>(findings: &'a Findings, rows: &'a [Row]) -> Table<'a> {
    Table::new(findings, "norm", COLUMNS.map(Column::plain).into(), rows.len(), |r, cells| {
        let row = &rows[r];
        cells.extend([
            Value::text(Some(&row.pack)),
            Value::text(Some(row.rule)),
            Value::text(Some(row.subject_kind)),
            Value::text(Some(&row.subject_id)),
            Value::text(Some(&row.name)),
            Value::text(Some(row.base)),
            Value::of(row.base_value, Value::People),
            Value::of(row.need, Value::Area),
            Value::of(row.existing, Value::Area),
            Value::of(row.gap(), Value::Area),
            Value::text(Some(row.unit.key())),
            Value::of(row.need_per_1000_residents(), Value::Area),
            Value::of(row.in_reach, Value::Area),
            Value::text(Some(row.standing.key())),
        ]);
    })
}

/// What one norm comes to over one kind of subject.
#[derive(Debug, Default)]
struct Sum {
    subjects: usize,
    /// Of those whose gap is known: how many have one, and how large all gaps are.
    lacking: usize,
    gap: f64,
    unknown: usize,
    unit: &'static str,
}

type Key<'a> = (&'a str, &'static str, &'static str, &'static str);

/// Norm by norm, in the order of the rows.
fn sums(rows: &[Row]) -> Vec<(Key<'_>, Sum)> {
    let mut order: Vec<Key<'_>> = Vec::new();
    let mut sums: BTreeMap<Key<'_>, Sum> = BTreeMap::new();
    for row in rows {
        let key = (row.pack.as_str(), row.rule, row.subject_kind, row.standing.key());
        let sum = sums.entry(key).or_insert_with(|| {
            order.push(key);
            Sum { unit: row.unit.key(), ..Sum::default() }
        });
        sum.subjects += 1;
        match row.gap() {
            Some(gap) => {
                sum.gap += gap;
                sum.lacking += usize::from(gap > 0.0);
            }
            None => sum.unknown += 1,
        }
    }
    order.into_iter().filter_map(|key| Some((key, sums.remove(&key)?))).collect()
}

/// What the terminal shows at the end of `norm`: how many lack something, and how much, norm by norm.
pub fn summary(findings: &Findings, rows: &[Row], lang: Lang) -> String {
    let mut out = say(lang, "norm.title", &[("title", &plain(&findings.settings.title))]) + "\n\n";
    let aligns = [Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right];
    let mut grid = Grid::new(&aligns);
    for ((_, rule, subject, standing), sum) in sums(rows) {
        let mut gap = String::new();
        write_half_up(sum.gap, 2, &mut gap);
        grid.row([
            rule.to_owned(),
            say(lang, &format!("norm.subject.{subject}"), &[]),
            say(lang, &format!("norm.standing.{standing}"), &[]),
            sum.subjects.to_string(),
            sum.lacking.to_string(),
            format!("{gap} {}", say(lang, &format!("norm.unit.{}", sum.unit), &[])),
            sum.unknown.to_string(),
        ]);
    }
    let words = ["rule", "subject", "standing", "subjects", "lacking", "gap", "unknown"];
    grid.heading(words.map(|word| say(lang, &format!("norm.heading.{word}"), &[])));
    out += &grid.lines("  ");
    if rows.iter().any(|r| r.standing == Standing::Reference) {
        out += &format!("\n{}\n", say(lang, "norm.reference", &[]));
    }
    out
}

/// The same for programs: `schema` first.
pub fn json(findings: &Findings, rows: &[Row], groups: Option<&[Proposal]>) -> String {
    let norms: Vec<serde_json::Value> = sums(rows)
        .into_iter()
        .map(|((pack, rule, subject, standing), sum)| {
            let mut gap = String::new();
            write_half_up(sum.gap, 2, &mut gap);
            let gap = gap.parse::<f64>().ok();
            serde_json::json!({
                "pack": pack, "rule": rule, "subject_kind": subject, "standing": standing, "subjects": sum.subjects,
                "lacking": sum.lacking, "gap": gap, "unit": sum.unit, "unknown": sum.unknown,
            })
        })
        .collect();
    let mut told = serde_json::json!({ "schema": 1, "command": "norm", "title": findings.settings.title, "norms": norms });
    if let Some(groups) = groups {
        told["joint"] = joint::json(findings, groups);
    }
    told.to_string()
}
