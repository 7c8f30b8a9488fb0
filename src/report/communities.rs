//! `communities.csv|geojson|xlsx`: one row for each community, the least served first.

use super::table::{Column, Passed, Shape, Table};
use super::value::Value;
use crate::city::{CommunityKind, Group};
use crate::coverage::CommunityCover;
use crate::study::Findings;
use crate::words::{Lang, say};

/// One row for each of [`crate::coverage::Coverage::communities`], in its order. `kind` is a word of the reader's language.
pub fn table<'a>(findings: &'a Findings, lang: Lang) -> Table<'a> {
    let (city, covers) = (&findings.city, &findings.coverage.communities);
    let groups = groups_given(findings);
    let passed = Passed::of(city.communities.iter().map(|c| &c.extra));
    let columns = columns(&groups, &passed);
    let fill = move |row: usize, cells: &mut Vec<Value<'a>>| {
        let cover = &covers[row];
        let community = &city.communities[cover.community as usize];
        cells.extend([
            Value::text(Some(&community.code)),
            Value::text(Some(&community.name)),
            Value::text(community.county.as_deref()),
            Value::text(community.street.as_deref()),
            Value::text(Some(kind(community.kind, lang))),
        ]);
        for group in &groups {
            group_cells(cover, *group, cells);
        }
        let nearest = cover.nearest_facility.and_then(|f| city.facilities.get(f as usize));
        cells.extend([
            Value::text(Some(cover.status.key())),
            Value::of(cover.minutes, Value::Minutes),
            Value::text(nearest.map(|f| f.id.as_str())),
            Value::text(Some(cover.administrative.key())),
            Value::of(cover.area_reference, Value::Area),
            Value::of(cover.area_inside, Value::Area),
            Value::of(cover.area_gap, Value::Area),
            Value::of(cover.m2_per_100_households, Value::Area),
            Value::of(cover.reach_gap, Value::Area),
            Value::of(cover.priority_old_500, Value::Flag),
            Value::of(cover.outside_share, Value::Share),
        ]);
        passed.add_cells(&community.extra, cells);
    };
    Table::new(findings, "communities", columns, covers.len(), fill).located(move |row| {
        let community = &city.communities[covers[row].community as usize];
        community.boundary.as_ref().map(Shape::Area).or(community.place.map(Shape::Point))
    })
}

fn columns(groups: &[Group], passed: &Passed) -> Vec<Column> {
    let mut columns: Vec<Column> = ["code", "name", "county", "street", "kind"].map(Column::plain).into();
    for group in groups {
        let name = group.name();
        let labels = [Lang::Zh, Lang::En].map(|lang| group_label(*group, lang));
        columns.extend([
            Column::of(name.to_owned(), "G", labels.clone()),
            Column::of(format!("{name}_covered"), "G_covered", labels.clone()),
            Column::of(format!("share_{name}"), "share_G", labels.clone()),
            Column::of(format!("{name}_unknown"), "G_unknown", labels),
        ]);
    }
    let after = [
        "status",
        "minutes",
        "nearest_facility",
        "administrative",
        "area_reference_m2",
        "area_inside_m2",
        "area_gap_m2",
        "m2_per_100_households",
        "reach_gap_m2",
        "priority_old_500",
        "outside_share",
    ];
    columns.extend(after.map(Column::plain));
    passed.add_columns(&mut columns);
    columns
}

/// The groups that the study gives: those with demand, and those that any community has.
fn groups_given(findings: &Findings) -> Vec<Group> {
    let rows = || findings.coverage.communities.iter().flat_map(|c| &c.groups);
    Group::ALL
        .into_iter()
        .filter(|g| (Group::REPORTED.contains(g) && findings.demand.group(*g).is_some()) || rows().any(|r| r.group == *g))
        .collect()
}

fn group_cells(cover: &CommunityCover, group: Group, cells: &mut Vec<Value<'_>>) {
    match cover.groups.iter().find(|g| g.group == group) {
        Some(found) => cells.extend([
            Value::People(found.people),
            Value::People(found.covered),
            Value::of(found.share(), Value::Share),
            Value::People(found.unknown),
        ]),
        None => cells.extend([const { Value::Unknown }; 4]),
    }
}

/// What people call a group: 60岁及以上老人, residents 60+.
pub fn group_label(group: Group, lang: Lang) -> String {
    say(lang, &format!("group.{}", group.name()), &[])
}

fn kind(kind: CommunityKind, lang: Lang) -> &'static str {
    match kind {
        CommunityKind::Urban => lang.pick("社区", "community"),
        CommunityKind::Village => lang.pick("村", "village"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{csv, sample};

    #[test]
    fn unknown_is_empty_and_unknown_columns_pass_through_under_a_name_of_their_own() {
        let findings = sample::findings();
        let mut out = Vec::new();
        csv::write(&table(&findings, Lang::Zh), &mut out).unwrap();
        let expected = "\u{feff}code,name,county,street,kind,\
elderly_60,elderly_60_covered,share_elderly_60,elderly_60_unknown,\
households,households_covered,share_households,households_unknown,\
status,minutes,nearest_facility,administrative,area_reference_m2,area_inside_m2,area_gap_m2,m2_per_100_households,reach_gap_m2,\
priority_old_500,outside_share,input_status,备注
140403001001,北街社区,潞州区,东街街道,社区,111,30,0.270270,0,140,40,0.285714,0,partial,18.75,F2,shared,20.01,0.00,20.01,21.43,0.00,1,0.250000,旧,'\t见附件
140403001201,东坡村,潞州区,东街街道,村,,,,,9,0,0.000000,0.5,uncovered,,,none,,,,,,,,,
140403001002,\"'=HYPERLINK(\"\"x\"\"),南街\",潞州区,,社区,66,0,,66,,,,,unknown,,,unknown,,,,,,,,,
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn the_kind_is_a_word_of_the_readers_language() {
        assert_eq!(kind(CommunityKind::Urban, Lang::En), "community");
        assert_eq!(kind(CommunityKind::Village, Lang::Zh), "村");
    }
}
