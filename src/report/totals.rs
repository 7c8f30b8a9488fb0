//! `totals.csv`: who is covered, for each level, scope, group and speed.

use super::table::{Column, Table};
use super::value::Value;
use crate::study::Findings;

/// One row for each line of [`crate::coverage::Coverage::totals`], in its order.
pub fn table(findings: &Findings) -> Table<'_> {
    let columns = ["level", "code", "name", "scope", "group", "speed_mm_s", "limit_ms", "people", "known", "covered", "share", "unknown"];
    let totals = &findings.coverage.totals;
    Table::new(findings, "totals", columns.map(Column::plain).into(), totals.len(), |row, cells| {
        let total = &totals[row];
        cells.extend([
            Value::text(Some(total.level.key())),
            Value::text(Some(&total.code)),
            Value::text(Some(&total.name)),
            Value::text(Some(total.scope.key())),
            Value::text(Some(total.group.name())),
            Value::Whole(total.speed.mm_per_s().into()),
            Value::Whole(total.limit.0),
            Value::People(total.people),
            Value::People(total.known),
            Value::People(total.covered),
            Value::of(total.covered.share_of(total.known), Value::Share),
            Value::People(total.unknown),
        ]);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{csv, sample};

    #[test]
    fn a_share_stands_on_what_is_known_and_is_empty_where_nothing_is() {
        let findings = sample::findings();
        let mut out = Vec::new();
        csv::write(&table(&findings), &mut out).unwrap();
        let expected = "\u{feff}level,code,name,scope,group,speed_mm_s,limit_ms,people,known,covered,share,unknown
all,all,潞州区 sample,urban,elderly_60,800,900000,177.27,111.27,0,0.000000,66
all,all,潞州区 sample,urban,elderly_60,1000,900000,177.27,111.27,30,0.269614,66
all,all,潞州区 sample,urban,elderly_60,1200,900000,177.27,111.27,61,0.548216,66
all,all,潞州区 sample,village,elderly_60,1000,900000,66,0,0,,66
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
