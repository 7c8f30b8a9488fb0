//! `shortage.csv`: for each quota how many candidates could fill it, and how many are missing.

use super::summary::grid::{Align, Grid, plain};
use super::table::Table;
use super::value::Value;
use crate::money::quota::{Constraint, Shortage, constraints, of_annex};
use crate::policy::quota::annex;
use crate::read::quota::{Quota, Sense};
use crate::score::Eligibility;
use crate::study::Findings;
use crate::words::{Lang, say};

/// Columns of `shortage.csv`.
pub const COLUMNS: [&str; 11] = ["pack", "level", "code", "name", "sense", "quota", "year", "type", "candidates", "eligible", "missing"];

/// One quota under one pack.
#[derive(Debug, Clone)]
pub struct Line {
    pack: String,
    quota: Constraint,
    found: Shortage,
}

/// The quotas of the file under every chosen pack; without a file those of each pack's own annex.
pub fn shortages(findings: &Findings, quotas: &[Quota]) -> Vec<Line> {
    let mut lines = Vec::new();
    for found in &findings.packs {
        let own: Vec<Quota> = if quotas.is_empty() { annex(&found.pack.id).map(of_annex).unwrap_or_default() } else { quotas.to_vec() };
        let mut may = vec![false; findings.city.candidates.len()];
        for ranked in &found.ranking {
            may[ranked.candidate as usize] = !matches!(ranked.eligibility, Eligibility::Ineligible(_));
        }
        lines.extend(constraints(&findings.city, &own).into_iter().map(|quota| {
            let short = quota.shortage(|c| may[c as usize]);
            Line { pack: found.pack.id.clone(), quota, found: short }
        }));
    }
    lines
}

fn sense(sense: Sense) -> &'static str {
    match sense {
        Sense::Exact => "exact",
        Sense::Min => "min",
        Sense::Max => "max",
    }
}

/// One row for each pack and quota, in the order of the file or annex.
pub fn table(lines: &[Line]) -> Table<'_> {
    Table::without_walks("shortage", &COLUMNS, lines.len(), |r, cells| {
        let Line { pack, quota, found } = &lines[r];
        let whole = |n: u32| Value::Whole(n.into());
        cells.extend([
            Value::text(Some(pack)),
            Value::text(Some(quota.level.key())),
            Value::text(Some(&quota.code)),
            Value::text(Some(&quota.name)),
            Value::text(Some(sense(quota.sense))),
            Value::of(quota.number, whole),
            Value::text(Some(&quota.year)),
            Value::text(Some(&quota.kind)),
            Value::Whole(quota.candidates.len() as u64),
            whole(found.eligible),
            Value::of(found.missing, whole),
        ]);
    })
}

/// The quotas that lack candidates.
pub fn summary(lines: &[Line], lang: Lang) -> String {
    let short: Vec<&Line> = lines.iter().filter(|l| l.found.missing.is_some_and(|n| n > 0)).collect();
    if short.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(&[Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Right]);
    for line in short {
        let quota = line.quota.number.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let missing = line.found.missing.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let when = [line.quota.year.as_str(), &line.quota.kind].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
        grid.row([plain(&line.pack), plain(&line.quota.name), plain(&when), quota, line.found.eligible.to_string(), missing]);
    }
    grid.heading(
        ["pack", "name", "type", "quota", "eligible", "missing"].map(|word| say(lang, &format!("table.shortage.{word}.heading"), &[])),
    );
    format!("\n{}\n{}", say(lang, "shortage.title", &[]), grid.lines("  "))
}

/// The same for programs: every quota.
pub fn json(lines: &[Line]) -> serde_json::Value {
    let one = |l: &Line| {
        serde_json::json!({
            "pack": l.pack, "level": l.quota.level.key(), "code": l.quota.code, "name": l.quota.name, "sense": sense(l.quota.sense),
            "quota": l.quota.number, "year": l.quota.year, "type": l.quota.kind, "candidates": l.quota.candidates.len(),
            "eligible": l.found.eligible, "missing": l.found.missing,
        })
    };
    lines.iter().map(one).collect()
}
