//! `candidates_by_county.csv` and `candidates_by_city.csv`: each pack's ranking within each county or city, and the same on the terminal.
//!
//! A rank within a unit is the order of the whole ranking, counted again: scores do not change with whom one is compared.

use std::collections::BTreeMap;

use super::table::{Column, Table};
use super::value::Value;
use crate::city::unit::{self, Unit, UnitLevel};
use crate::score::Ranked;
use crate::study::{Findings, PackFindings};
use crate::words::{Lang, say};

/// Columns of both files.
pub const COLUMNS: [&str; 13] = [
    "pack",
    "level",
    "code",
    "unit",
    "rank_in_unit",
    "rank",
    "id",
    "name",
    "eligibility",
    "score",
    "score_declared",
    "elderly_60_new",
    "missing",
];

/// Candidates of one unit under one pack.
pub struct Group<'a> {
    /// The unit; `None` for the candidates of which nobody knows it.
    pub unit: Option<Unit>,
    /// Their lines, in the order of the whole ranking, each with its rank within the unit (`None` for ineligible ones).
    pub lines: Vec<(Option<u32>, &'a Ranked)>,
}

impl Group<'_> {
    /// Code of the unit; empty where unknown.
    pub fn code(&self) -> &str {
        self.unit.as_ref().map_or("", |u| &u.code)
    }

    /// Its name, its code where it has no name, or words that say that it is unknown.
    pub fn name(&self, level: UnitLevel, lang: Lang) -> String {
        match &self.unit {
            Some(unit) if unit.name.is_empty() => unit.code.clone(),
            Some(unit) => unit.name.clone(),
            None => say(lang, &format!("by_unit.unknown.{}", level.key()), &[]),
        }
    }
}

/// A pack's candidates by unit: units in the order of their codes, those without a code by name, the unknown one last.
pub fn groups<'a>(found: &'a PackFindings, units: &[Option<Unit>]) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<(bool, &str), Group<'a>> = BTreeMap::new();
    for ranked in &found.ranking {
        let unit = units.get(ranked.candidate as usize).and_then(Option::as_ref);
        let key = (unit.is_none(), unit.map_or("", Unit::key));
        let group = groups.entry(key).or_insert_with(|| Group { unit: unit.cloned(), lines: Vec::new() });
        // Ineligible ones stand last in the whole ranking, so those before are all ranked.
        let rank = ranked.rank.map(|_| group.lines.len() as u32 + 1);
        group.lines.push((rank, ranked));
    }
    groups.into_values().collect()
}

/// The units of all candidates, for [`groups`].
pub fn units(findings: &Findings, level: UnitLevel) -> Vec<Option<Unit>> {
    unit::of_candidates(&findings.city, level)
}

/// The name of the file, without its ending.
pub fn stem(level: UnitLevel) -> String {
    format!("candidates_by_{}", level.key())
}

/// One row for each pack and candidate: packs in the order of the study, then units, then ranks.
pub fn table(findings: &Findings, level: UnitLevel, lang: Lang) -> Table<'_> {
    let units = units(findings, level);
    let mut lines = Vec::new();
    for found in &findings.packs {
        for group in groups(found, &units) {
            let (code, name) = (group.code().to_owned(), group.name(level, lang));
            lines.extend(group.lines.iter().map(|(rank, ranked)| (found, code.clone(), name.clone(), *rank, *ranked)));
        }
    }
    let columns = COLUMNS.map(Column::plain).into();
    Table::new(findings, "candidates_by_unit", columns, lines.len(), move |row, cells| {
        let (found, code, name, in_unit, ranked) = &lines[row];
        let candidate = &findings.city.candidates[ranked.candidate as usize];
        let figures = findings.figures.get(ranked.candidate as usize);
        cells.extend([
            Value::text(Some(&found.pack.id)),
            Value::text(Some(level.key())),
            Value::Text(code.clone().into()),
            Value::Text(name.clone().into()),
            Value::of(*in_unit, |r| Value::Whole(r.into())),
            Value::of(ranked.rank, |r| Value::Whole(r.into())),
            Value::text(Some(&candidate.id)),
            Value::text(Some(&candidate.name)),
            Value::text(Some(ranked.eligibility.key())),
            Value::of(ranked.score, Value::Score),
            Value::of(ranked.score_declared, Value::Score),
            Value::of(figures.and_then(|f| f.elderly_60_new), Value::People),
            Value::list(&ranked.missing),
        ]);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{csv, sample};

    #[test]
    fn ranks_are_counted_again_in_each_unit_and_the_unknown_one_has_a_name() {
        let mut findings = sample::findings();
        findings.city.communities.clear();
        findings.city.candidates.iter_mut().for_each(|c| c.host = None);
        findings.city.candidates[0].county_code = Some("140403".to_owned());
        findings.city.candidates[1].county_code = None;
        let mut out = Vec::new();
        csv::write(&table(&findings, UnitLevel::County, Lang::En), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let cut = |line: &str| line.split(',').take(7).collect::<Vec<_>>().join(",");
        let seen: Vec<String> = text.lines().skip(1).map(cut).collect();
        let expected = [
            "shanxi-2023,county,140403,140403,1,1,C001",
            "shanxi-2023,county,,(county unknown),,,007",
            "own/pack,county,140403,140403,1,2,C001",
            "own/pack,county,,(county unknown),1,1,007",
        ];
        assert_eq!(seen, expected);
    }
}
