//! `verdicts.csv`, what each rule says about each subject, and `rules.csv`, what each rule says at all.

use super::table::{Column, Table};
use super::value::Value;
use crate::city::City;
use crate::study::Findings;

/// Every verdict of every pack, packs in the order of the study: candidates first, then communities, estates, counties, facilities.
pub fn table(findings: &Findings) -> Table<'_> {
    let columns = ["pack", "subject_kind", "subject_id", "rule", "verdict", "value", "threshold", "missing_fields", "due", "override"];
    let packs = &findings.packs;
    let pages = Pages::of(packs.iter().map(|p| p.verdicts.len() + p.others.len()));
    Table::new(findings, "verdicts", columns.map(Column::plain).into(), pages.total(), move |row, cells| {
        let (page, row) = pages.find(row);
        let pack = &packs[page];
        let verdict = pack.verdicts.get(row).unwrap_or_else(|| &pack.others[row - pack.verdicts.len()]);
        let rule = pack.pack.rules.get(verdict.rule as usize);
        cells.extend([
            Value::text(Some(&pack.pack.id)),
            Value::text(Some(verdict.subject_kind)),
            Value::text(subject_id(&findings.city, &pack.pack.id, verdict.subject_kind, verdict.subject)),
            Value::text(rule.map(|r| r.id.as_str())),
            Value::text(Some(verdict.outcome.key())),
            Value::text(verdict.value.as_deref()),
            Value::text(verdict.threshold.as_deref()),
            Value::list(&verdict.missing),
            Value::of(verdict.due, |day| Value::Text(day.to_string().into())),
            Value::text(verdict.override_reason.as_deref()),
        ]);
    })
}

/// Every rule of every pack, packs in the order of the study, rules in that of the document.
pub fn rules(findings: &Findings) -> Table<'_> {
    let columns = ["rule", "pack", "clause", "quote", "hardness", "stage"];
    let packs = &findings.packs;
    let pages = Pages::of(packs.iter().map(|p| p.pack.rules.len()));
    Table::new(findings, "rules", columns.map(Column::plain).into(), pages.total(), move |row, cells| {
        let (page, row) = pages.find(row);
        let rule = &packs[page].pack.rules[row];
        cells.extend([
            Value::text(Some(&rule.id)),
            Value::text(Some(&packs[page].pack.id)),
            Value::text(Some(&rule.clause)),
            Value::text(Some(&rule.quote)),
            Value::text(Some(rule.hardness.key())),
            Value::text(Some(rule.stage.key())),
        ]);
    })
}

/// The id of a subject as its file has it; the plan as a whole, which has none, goes by the pack's.
pub fn subject_id<'a>(city: &'a City, pack: &'a str, kind: &str, index: u32) -> Option<&'a str> {
    let index = index as usize;
    match kind {
        "candidate" => city.candidates.get(index).map(|c| c.id.as_str()),
        "community" => city.communities.get(index).map(|c| c.code.as_str()),
        "facility" => city.facilities.get(index).map(|f| f.id.as_str()),
        "county" => city.counties.get(index).map(|c| c.code.as_str()),
        "estate" => city.estates.get(index).map(|e| e.code.as_str()),
        _ => Some(pack),
    }
}

/// Rows of several lists as one run of numbers.
struct Pages {
    /// Where each list ends.
    ends: Vec<usize>,
}

impl Pages {
    fn of(lengths: impl Iterator<Item = usize>) -> Self {
        let ends = lengths.scan(0, |end, n| {
            *end += n;
            Some(*end)
        });
        Pages { ends: ends.collect() }
    }

    fn total(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// `(list, row in it)`
    fn find(&self, row: usize) -> (usize, usize) {
        let page = self.ends.partition_point(|end| *end <= row);
        (page, row - if page == 0 { 0 } else { self.ends[page - 1] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{csv, sample};

    fn text(table: &Table<'_>) -> String {
        let mut out = Vec::new();
        csv::write(table, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn verdicts_of_all_packs_follow_each_other() {
        let findings = sample::findings();
        let expected = "\u{feff}pack,subject_kind,subject_id,rule,verdict,value,threshold,missing_fields,due,override
shanxi-2023,candidate,C001,S001-14,warn,480,500..2000,,,
shanxi-2023,candidate,C001,S001-11,unknown,,,no_dispute;county.county_type,,
shanxi-2023,candidate,007,S001-14,not_due,,,,2023-04-30,
shanxi-2023,candidate,007,S001-11,overridden,,,,,'-书面说明
own/pack,candidate,C001,S001-11,pass,,,,,
own/pack,plan,own/pack,S001-14,info,,,,,
";
        assert_eq!(text(&table(&findings)), expected);
    }

    #[test]
    fn each_rule_is_quoted_once_for_each_pack() {
        let mut findings = sample::findings();
        findings.packs.truncate(1);
        let expected = "\u{feff}rule,pack,clause,quote,hardness,stage
S001-14,shanxi-2023,四(二),项目建筑面积原则上在 500-2000 平米之间,soft,siting
S001-11,shanxi-2023,三(三),\"要有\"\"明确\"\"的产权,无纠纷\",firm,declaration
";
        assert_eq!(text(&rules(&findings)), expected);
    }

    #[test]
    fn empty_packs_take_no_rows() {
        let pages = Pages::of([2, 0, 1].into_iter());
        assert_eq!((0..pages.total()).map(|r| pages.find(r)).collect::<Vec<_>>(), [(0, 0), (0, 1), (2, 0)]);
        assert_eq!(Pages::of(std::iter::empty()).total(), 0);
    }
}
