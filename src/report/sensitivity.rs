//! `sensitivity.csv`: coverage over walking speeds, time limits and snap distances.

use super::table::{Column, Table};
use super::value::Value;
use crate::study::Findings;

/// One row for each line of [`Findings::sensitivity`], in its order; none where nobody asked.
pub fn table(findings: &Findings) -> Table<'_> {
    let columns = ["speed_mm_s", "limit_ms", "snap_mm", "scope", "group", "people", "known", "covered", "share", "unknown"];
    let rows = findings.sensitivity.as_deref().unwrap_or_default();
    Table::new(findings, "sensitivity", columns.map(Column::plain).into(), rows.len(), |row, cells| {
        let line = &rows[row];
        cells.extend([
            Value::Whole(line.speed.mm_per_s().into()),
            Value::Whole(line.limit.0),
            Value::Whole(line.snap.0),
            Value::text(Some(line.scope.key())),
            Value::text(Some(line.group.name())),
            Value::People(line.people),
            Value::People(line.known),
            Value::People(line.covered),
            Value::of(line.covered.share_of(line.known), Value::Share),
            Value::People(line.unknown),
        ]);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Group;
    use crate::coverage::sensitivity::SensitivityRow;
    use crate::report::{csv, sample};
    use crate::settings::Scope;
    use crate::units::{Count, Millimetres, Milliseconds, WalkingSpeed};

    #[test]
    fn a_line_says_at_which_speed_limit_and_snap_it_holds() {
        let mut findings = sample::findings();
        let (speed, limit, snap) = (WalkingSpeed::from_mm_per_s(1389).unwrap(), Milliseconds(300_000), Millimetres(50_000));
        let (people, known, covered, unknown) = (Count::whole(9), Count::whole(8), Count(2_500_000), Count::whole(1));
        let line = SensitivityRow { speed, limit, snap, scope: Scope::Urban, group: Group::Elderly60, people, known, covered, unknown };
        let nobody = SensitivityRow { known: Count::ZERO, covered: Count::ZERO, unknown: people, ..line.clone() };
        findings.sensitivity = Some(vec![line, nobody]);
        let mut out = Vec::new();
        csv::write(&table(&findings), &mut out).unwrap();
        let expected = "\u{feff}speed_mm_s,limit_ms,snap_mm,scope,group,people,known,covered,share,unknown\n\
                        1389,300000,50000,urban,elderly_60,9,8,2.5,0.312500,1\n1389,300000,50000,urban,elderly_60,9,0,0,,9\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
