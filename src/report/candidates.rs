//! `candidates.csv|geojson|xlsx` of the first pack and `candidates.PACK.csv` of each further one: the ranking with its reasons.

use std::borrow::Cow;

use super::table::{Column, Passed, Shape, Table};
use super::value::Value;
use crate::policy::Criterion;
use crate::study::Findings;

/// One row for each candidate in the order of the pack's ranking. The contact persons of operators are not a column.
pub fn table<'a>(findings: &'a Findings, pack: usize) -> Table<'a> {
    let (city, found) = (&findings.city, &findings.packs[pack]);
    let passed = Passed::of(city.candidates.iter().map(|c| &c.extra));
    let columns = columns(&found.pack.criteria, &passed);
    let criteria = found.pack.criteria.len();
    let unknown = crate::coverage::SiteFigures::default();
    let fill = move |row: usize, cells: &mut Vec<Value<'a>>| {
        let ranked = &found.ranking[row];
        let candidate = &city.candidates[ranked.candidate as usize];
        let figures = findings.figures.get(ranked.candidate as usize).unwrap_or(&unknown);
        cells.extend([
            Value::of(ranked.rank, |r| Value::Whole(r.into())),
            Value::text(Some(&candidate.id)),
            Value::text(Some(&candidate.name)),
            Value::text(Some(ranked.eligibility.key())),
            Value::of(ranked.score, Value::Score),
            Value::of(ranked.score_declared, Value::Score),
            Value::of(figures.elderly_60_new, Value::People),
            Value::of(figures.elderly_60_reach, Value::People),
            Value::of(figures.elderly_60_served, Value::People),
            Value::of(figures.households_new, Value::People),
            Value::of(ranked.old_500_host, Value::Flag),
            Value::of(figures.old_500_households_new, Value::People),
            Value::of(figures.reach_gap_closed, Value::Area),
            Value::of(figures.redundancy, Value::Share),
            Value::of(figures.outside_share, Value::Share),
            Value::of(ranked.top_n_share, Value::Share),
            Value::list(&ranked.missing),
        ]);
        for criterion in 0..criteria {
            // Almost always at its own index; searched for all the same, so that no column can hold another criterion's figures.
            let at = |i: usize| ranked.criteria.get(i).filter(|s| s.criterion as usize == criterion);
            match at(criterion).or_else(|| ranked.criteria.iter().find(|s| s.criterion as usize == criterion)) {
                Some(s) => cells.extend([Value::of(s.raw, Value::Exact), Value::of(s.value, Value::Exact), Value::Exact(s.weight)]),
                None => cells.extend([const { Value::Unknown }; 3]),
            }
        }
        passed.add_cells(&candidate.extra, cells);
    };
    Table::new(findings, "candidates", columns, found.ranking.len(), fill)
        .located(move |row| city.candidates[found.ranking[row].candidate as usize].place.map(Shape::Point))
}

fn columns(criteria: &[Criterion], passed: &Passed) -> Vec<Column> {
    let first = [
        "rank",
        "id",
        "name",
        "eligibility",
        "score",
        "score_declared",
        "elderly_60_new",
        "elderly_60_reach",
        "elderly_60_served",
        "households_new",
        "old_500_host",
        "old_500_households_new",
        "reach_gap_closed_m2",
        "redundancy",
        "outside_share",
        "top_n_share",
        "missing",
    ];
    let mut columns: Vec<Column> = first.map(Column::plain).into();
    for criterion in criteria {
        let parts = if criterion.declared {
            [("declared_NAME_raw", "raw"), ("declared_NAME_value", "value"), ("declared_NAME_weight", "weight")]
        } else {
            [("NAME_raw", "raw"), ("NAME_value", "value"), ("NAME_weight", "weight")]
        };
        for (word, part) in parts {
            let prefix = if criterion.declared { "declared_" } else { "" };
            let mut column = Column::of(format!("{prefix}{}_{part}", criterion.name), word, criterion.label.clone());
            column.basis = basis(criterion);
            columns.push(column);
        }
    }
    passed.add_columns(&mut columns);
    columns
}

/// `0 = 0 人; 1 = 3000 人; S001-08 S001-47`
fn basis(criterion: &Criterion) -> String {
    let unit = if criterion.unit.is_empty() { String::new() } else { format!(" {}", criterion.unit) };
    format!("0 = {}{unit}; 1 = {}{unit}; {}", criterion.zero, criterion.one, criterion.clauses.join(" "))
}

/// A pack's id as part of a file name: what a file system could mistake for something else becomes `_`.
pub fn file_part(id: &str) -> Cow<'_, str> {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !id.is_empty() && id.chars().all(good) {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(format!("_{}", id.chars().map(|c| if good(c) { c } else { '_' }).collect::<String>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{csv, sample};

    fn text(pack: usize) -> String {
        let findings = sample::findings();
        let mut out = Vec::new();
        csv::write(&table(&findings, pack), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    const HEAD: &str = "\u{feff}rank,id,name,eligibility,score,score_declared,elderly_60_new,elderly_60_reach,elderly_60_served,households_new,\
old_500_host,old_500_households_new,reach_gap_closed_m2,redundancy,outside_share,top_n_share,missing,\
new_elderly_raw,new_elderly_value,new_elderly_weight,declared_enthusiasm_raw,declared_enthusiasm_value,declared_enthusiasm_weight,input_rank\n";

    #[test]
    fn each_criterion_stands_raw_as_value_and_with_its_weight() {
        let rows = "1,C001,文化宫,conditional,67.1234,,50.5,81,30.5,60,0,,12.35,0.376543,0.000000,0.333500,\
enthusiasm;community.occupied_households,50.5,0.016833333333333332,1,,,0,
,007,\"<r>旧厂\"\"房\"\"</r>\",ineligible,,,,,,,,,,,,,,,,,,,,一等
";
        assert_eq!(text(0), format!("{HEAD}{rows}"));
    }

    #[test]
    fn a_further_pack_has_its_own_order_and_the_same_columns() {
        let second = text(1);
        assert!(second.starts_with(HEAD));
        let rows: Vec<&str> = second.lines().skip(1).collect();
        assert!(rows[0].starts_with("1,007,\"<r>旧厂\"\"房\"\"</r>\",eligible,50.0000,,"));
        assert!(rows[1].starts_with("2,C001,文化宫,eligible,0.0005,,50.5,81,"));
    }

    #[test]
    fn a_pack_of_any_name_is_one_file_in_the_folder() {
        assert_eq!(file_part("yuncheng-2021"), "yuncheng-2021");
        assert_eq!(file_part("长治 2020"), "_长治_2020");
        assert_eq!(file_part("../x"), "_.._x");
        assert_eq!(file_part("a:b"), "_a_b");
    }
}
