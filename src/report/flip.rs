//! `flip.csv`: how many people sit just inside and just beyond the limit.

use super::table::{Column, Table};
use super::value::Value;
use crate::study::Findings;

/// One row for each line of [`crate::coverage::Coverage::flip`], in its order.
pub fn table(findings: &Findings) -> Table<'_> {
    let columns = ["level", "code", "group", "within_minutes", "people_just_in", "people_just_out"];
    let lines = &findings.coverage.flip;
    Table::new(findings, "flip", columns.map(Column::plain).into(), lines.len(), |row, cells| {
        let line = &lines[row];
        // There is no column for a name: a unit without a code goes by its name.
        let key = if line.code.is_empty() { &line.name } else { &line.code };
        cells.extend([
            Value::text(Some(line.level.key())),
            Value::text(Some(key)),
            Value::text(Some(line.group.name())),
            Value::Whole(line.minutes.into()),
            Value::People(line.just_in),
            Value::People(line.just_out),
        ]);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Group;
    use crate::coverage::Level;
    use crate::coverage::flip::Flip;
    use crate::report::{csv, sample};
    use crate::units::Count;

    #[test]
    fn a_unit_without_a_code_goes_by_its_name() {
        let mut findings = sample::findings();
        let line = |level, code: &str, name: &str, just_in, just_out| Flip {
            level,
            code: code.into(),
            name: name.into(),
            group: Group::Elderly60,
            minutes: 1,
            just_in: Count(just_in),
            just_out: Count(just_out),
        };
        findings.coverage.flip = vec![line(Level::All, "all", "all", 3_500_000, 0), line(Level::Street, "", "东街街道", 0, 12_000_000)];
        let mut out = Vec::new();
        csv::write(&table(&findings), &mut out).unwrap();
        let expected = "\u{feff}level,code,group,within_minutes,people_just_in,people_just_out\n\
                        all,all,elderly_60,1,3.5,0\nstreet,东街街道,elderly_60,1,0,12\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
