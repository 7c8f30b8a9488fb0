//! Verdicts on communities, estates, counties and facilities, and on a plan as a whole: facts of each, judged by the rules that speak
//! of them.

use std::borrow::Cow;

use super::facts::{Around, area, community_fields, count, county_fields};
use crate::city::{BuildMode, City, Community, Estate, Facility, Status};
use crate::coverage::Coverage;
use crate::policy::facts::{Facts, Value};
use crate::policy::judge::{Stand, judge_each};
use crate::policy::{Pack, Subject, Verdict};
use crate::settings::Settings;
use crate::units::Count;

/// S004-08: whose meals count as the county's.
const MEALS: [&str; 2] = ["社区长者食堂", "助餐点"];

/// The verdicts of one pack on everything but candidates: communities, estates, counties, facilities, each by subject, then rule.
pub fn judge(pack: &Pack, city: &City, settings: &Settings, coverage: &Coverage) -> Vec<Verdict> {
    let asked = |subject| pack.rules.iter().any(|r| r.of == subject && r.test.is_some());
    if ![Subject::Community, Subject::Estate, Subject::County, Subject::Facility].into_iter().any(asked) {
        return Vec::new();
    }
    let scene = Scene::new(city, settings, coverage);
    let stand = Stand::of(settings);
    let mut verdicts = judge_each(pack, Subject::Community, city.communities.len(), stand, |i| {
        (&city.communities[i].code, Cow::Owned(scene.community(i)))
    });
    verdicts.extend(judge_each(pack, Subject::Estate, city.estates.len(), stand, |i| (&city.estates[i].code, Cow::Owned(scene.estate(i)))));
    verdicts
        .extend(judge_each(pack, Subject::County, city.counties.len(), stand, |i| (&city.counties[i].code, Cow::Owned(scene.county(i)))));
    let facility = |i: usize| (city.facilities[i].id.as_str(), Cow::Owned(scene.facility(i)));
    verdicts.extend(judge_each(pack, Subject::Facility, city.facilities.len(), stand, facility));
    verdicts
}

/// The verdicts of one pack on the projects chosen together (indices of candidates): one subject, the plan.
pub fn judge_plan(pack: &Pack, city: &City, settings: &Settings, chosen: &[u32]) -> Vec<Verdict> {
    let facts = plan(city, settings, chosen);
    judge_each(pack, Subject::Plan, 1, Stand::of(settings), |_| (&pack.id, Cow::Borrowed(&facts)))
}

/// What is known of a plan. Its share of renovations is unknown while the mode of a project may still tip it.
fn plan(city: &City, settings: &Settings, chosen: &[u32]) -> Facts {
    let mut facts = Facts::new(settings.accept_proxy);
    facts.set("study.as_of", settings.as_of.map(Value::Date));
    facts.set("plan.projects", Some(Value::Number(chosen.len() as f64)));
    let modes: Option<Vec<BuildMode>> = chosen.iter().map(|c| city.candidates.get(*c as usize)?.build_mode).collect();
    let share = modes.filter(|m| !m.is_empty()).map(|modes| {
        let renovations = modes.iter().filter(|m| **m == BuildMode::Renovation).count();
        renovations as f64 / modes.len() as f64
    });
    facts.set("plan.renovation_share", share.map(Value::Number));
    facts.lacks("plan.renovation_share", "build_mode");
    facts
}

/// What is looked up for many subjects, computed once.
struct Scene<'a> {
    city: &'a City,
    settings: &'a Settings,
    around: Around<'a>,
    /// Kinds of facility operating in each community; `None` while one of them has no kind, or without a table of facilities.
    kinds: Vec<Option<Vec<String>>>,
    /// Registered people of 65 and over, and meals a day, of each county.
    counties: Vec<[Option<Count>; 2]>,
}

impl<'a> Scene<'a> {
    fn new(city: &'a City, settings: &'a Settings, coverage: &'a Coverage) -> Self {
        let around = Around::new(city, settings, coverage);
        let facilities_known = city.given.facilities || !city.facilities.is_empty();
        let mut kinds = vec![facilities_known.then(Vec::new); city.communities.len()];
        for facility in city.facilities.iter().filter(|f| f.counts(None)) {
            let Some(slot) = facility.community.and_then(|c| kinds.get_mut(c as usize)) else { continue };
            *slot = slot.take().zip(facility.kind.clone()).map(|(mut kinds, kind)| {
                kinds.push(kind);
                kinds
            });
        }
        for kinds in kinds.iter_mut().flatten() {
            kinds.sort_unstable();
            kinds.dedup();
        }
        let counties = counties(city, &around, facilities_known);
        Scene { city, settings, around, kinds, counties }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::new(self.settings.accept_proxy);
        facts.set("study.as_of", self.settings.as_of.map(Value::Date));
        facts
    }

    fn place(&self, facts: &mut Facts, index: usize, community: &Community) {
        community_fields(facts, community);
        self.around.coverage_fields(facts, index);
        facts.set("community.facility_kinds", self.kinds[index].clone().map(Value::Words));
        if let Some(county) = self.around.county_of(community) {
            county_fields(facts, county);
        }
    }

    fn community(&self, index: usize) -> Facts {
        let mut facts = self.facts();
        self.place(&mut facts, index, &self.city.communities[index]);
        facts
    }

    fn estate(&self, index: usize) -> Facts {
        let estate: &Estate = &self.city.estates[index];
        let mut facts = self.facts();
        if let Some((c, host)) = estate.community.and_then(|c| Some((c as usize, self.city.communities.get(c as usize)?))) {
            self.place(&mut facts, c, host);
        }
        for (name, value) in [
            ("estate.code", Some(Value::Text(estate.code.clone()))),
            ("estate.name", Some(Value::Text(estate.name.clone()))),
            ("estate.households_planned", count(estate.households_planned)),
            ("estate.households", count(estate.households)),
            ("estate.occupied_households", count(estate.occupied_households)),
            ("estate.floor_area", area(estate.floor_area)),
            ("estate.built_year", estate.built_year.map(|y| Value::Number(f64::from(y)))),
            ("estate.old", estate.old.map(Value::Flag)),
            ("estate.is_new", estate.is_new.map(Value::Flag)),
            ("estate.care_area_delivered", area(estate.care_area_delivered)),
            ("estate.has_facility", self.around.estate_served(index).map(Value::Flag)),
        ] {
            facts.set(name, value);
        }
        facts
    }

    fn county(&self, index: usize) -> Facts {
        let mut facts = self.facts();
        county_fields(&mut facts, &self.city.counties[index]);
        let [registered, meals] = self.counties[index];
        facts.set("county.registered_65", count(registered));
        facts.lacks("county.registered_65", "community.registered_65");
        facts.set("county.meals", count(meals));
        facts.lacks("county.meals", "facility.meals");
        facts
    }

    fn facility(&self, index: usize) -> Facts {
        let facility: &Facility = &self.city.facilities[index];
        let mut facts = self.facts();
        if let Some((c, host)) = facility.community.and_then(|c| Some((c as usize, self.city.communities.get(c as usize)?))) {
            self.place(&mut facts, c, host);
        }
        // One that operates as what it is has not changed its use; one that is closed may have.
        let changed = match (facility.use_changed, facility.status) {
            (Some(true), _) | (_, Some(Status::UseChanged)) => Some(true),
            (Some(false), _) | (None, Some(Status::Operating | Status::Building)) => Some(false),
            _ => None,
        };
        for (name, value) in [
            ("facility.id", Some(Value::Text(facility.id.clone()))),
            ("facility.name", Some(Value::Text(facility.name.clone()))),
            ("facility.kind", facility.kind.clone().map(Value::Text)),
            ("facility.status", facility.status.map(|s| Value::Text(s.key().to_owned()))),
            ("facility.floor_area", area(facility.floor_area)),
            ("facility.care_area", area(facility.care_area)),
            ("facility.beds", count(facility.beds)),
            ("facility.meals", count(facility.meals)),
            ("facility.functions", facility.functions.clone().map(Value::Words)),
            ("facility.use_changed", changed.map(Value::Flag)),
        ] {
            facts.set(name, value);
        }
        facts
    }
}

/// Registered people of 65 and over, and meals a day, of each county: each unknown while one of its parts is.
fn counties(city: &City, around: &Around<'_>, facilities_known: bool) -> Vec<[Option<Count>; 2]> {
    let index: std::collections::HashMap<&str, usize> = city.counties.iter().enumerate().rev().map(|(i, c)| (c.code.as_str(), i)).collect();
    let of: Vec<Option<usize>> =
        city.communities.iter().map(|c| around.county_of(c).and_then(|county| index.get(county.code.as_str()).copied())).collect();
    let mut sums = vec![[None, facilities_known.then_some(Count::ZERO)]; city.counties.len()];
    let mut seen = vec![false; city.counties.len()];
    for (community, county) in city.communities.iter().zip(&of) {
        let Some(county) = *county else { continue };
        let first = !std::mem::replace(&mut seen[county], true);
        let so_far = if first { Some(Count::ZERO) } else { sums[county][0] };
        sums[county][0] = so_far.zip(community.registered[1]).map(|(a, b)| a + b);
    }
    let only = (city.counties.len() == 1).then_some(0);
    let counted = |f: &&Facility| f.counts(None) && f.duplicate_of.is_none() && f.kind.as_deref().is_some_and(|kind| MEALS.contains(&kind));
    for facility in city.facilities.iter().filter(counted) {
        let host = facility.community.and_then(|c| of.get(c as usize).copied().flatten());
        if let Some(county) = host.or(only) {
            sums[county][1] = sums[county][1].zip(facility.meals).map(|(a, b)| a + b);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::city::sample::{community, estate, facility};
    use crate::city::{Candidate, CommunityKind, County, Given, Group};
    use crate::coverage::{Administrative, CommunityCover, CoverStatus};
    use crate::problem::{Origin, Problems};
    use crate::settings::Stage;
    use crate::units::SquareMetres;

    fn county(code: &str) -> County {
        let name = code.to_owned();
        let (city, city_code, origin) = (None, None, Origin::default());
        County { code: name.clone(), name, county_type: None, prior_projects: None, previous_grade: None, city, city_code, origin }
    }

    /// Community A (urban, 2,999 people, covered, has a centre), B (urban, 3,000, not covered, none) and village V, in one county.
    fn city() -> (City, Coverage) {
        let mut city = City { given: Given { facilities: true, estates: true, ..Given::default() }, ..City::default() };
        for (code, people, kind) in
            [("A", 2999, CommunityKind::Urban), ("B", 3000, CommunityKind::Urban), ("V", 400, CommunityKind::Village)]
        {
            let mut c = community(code);
            c.counts[Group::Population] = Some(Count::whole(people));
            (c.kind, c.county_code, c.registered[1]) = (kind, Some("1".to_owned()), Some(Count::whole(1000)));
            city.communities.push(c);
        }
        city.counties.push(county("1"));
        let mut canteen = facility("F");
        (canteen.kind, canteen.status, canteen.meals) = (Some("社区长者食堂".to_owned()), Some(Status::Operating), Some(Count::whole(150)));
        canteen.community = Some(0);
        city.facilities.push(canteen);
        city.facilities.push(crate::city::Facility { status: Some(Status::UseChanged), ..facility("G") });
        city.facilities.push(crate::city::Facility { status: Some(Status::Closed), ..facility("H") });
        for (code, new, planned, given) in [("N", true, 1234, 246.8), ("O", true, 1234, 246.7), ("P", false, 1234, 0.0)] {
            let mut e = estate(code, Some(1));
            (e.is_new, e.households_planned, e.care_area_delivered) = (Some(new), Some(Count::whole(planned)), SquareMetres::new(given));
            e.floor_area = SquareMetres::new(if code == "N" { 200_000.0 } else { 199_999.0 });
            city.estates.push(e);
        }
        let line = |community, status, administrative| CommunityCover {
            community,
            groups: Vec::new(),
            status,
            minutes: None,
            nearest_facility: None,
            administrative,
            area_reference: None,
            area_inside: None,
            area_gap: None,
            m2_per_100_households: None,
            reach_gap: None,
            priority_old_500: None,
            outside_share: None,
        };
        let communities = vec![
            line(0, CoverStatus::Covered, Administrative::Own),
            line(1, CoverStatus::Partial, Administrative::None),
            line(2, CoverStatus::Unknown, Administrative::Unknown),
        ];
        (city, Coverage { communities, ..Coverage::default() })
    }

    fn told(pack: &str, city: &City, coverage: &Coverage) -> Vec<String> {
        let pack = Pack::load(pack, Path::new(""), &mut Problems::default()).unwrap();
        let settings = Settings { stage: Stage::Operation, ..Settings::default() };
        let id = |v: &Verdict| crate::report::verdicts::subject_id(city, &pack.id, v.subject_kind, v.subject).unwrap().to_owned();
        let line = |v: &Verdict| format!("{} {} {}", id(v), pack.rules[v.rule as usize].id, v.outcome.key());
        judge(&pack, city, &settings, coverage).iter().map(line).collect()
    }

    #[test]
    fn communities_estates_counties_and_facilities_are_judged_by_the_rules_that_speak_of_them() {
        let (city, coverage) = city();
        let expected = [
            "A S001-01 pass",
            "A S001-07 pass",
            "B S001-01 warn",
            "B S001-07 warn",
            "V S001-01 not_applicable",
            "V S001-07 not_applicable",
            "F S001-37 pass",
            "G S001-37 fail",
            "H S001-37 unknown",
        ];
        assert_eq!(told("shanxi-2023", &city, &coverage), expected);
        let expected = [
            "A S002-01 pass",
            "A S002-07 pass",
            "A S002-09 permitted",
            "B S002-01 warn",
            "B S002-07 fail",
            "B S002-09 unknown",
            "V S002-01 not_applicable",
            "V S002-07 not_applicable",
            "V S002-09 permitted",
            "N S002-10 met",
            "N S002-29 pass",
            "O S002-10 unmet",
            "O S002-29 fail",
            "P S002-10 unmet",
            "P S002-29 not_applicable",
        ];
        assert_eq!(told("yuncheng-2021", &city, &coverage), expected);
        // 5 % of 3,000 registered people is 150 meals: enough to the meal.
        assert_eq!(
            told("jinshan-2020", &city, &coverage),
            ["A S004-05 not_applicable", "B S004-05 not_applicable", "V S004-05 fail", "1 S004-08 pass"]
        );
        let mut short = city.clone();
        short.facilities[0].meals = Some(Count::whole(149));
        assert!(told("jinshan-2020", &short, &coverage).contains(&"1 S004-08 fail".to_owned()));
        short.communities[2].registered[1] = None;
        assert!(told("jinshan-2020", &short, &coverage).contains(&"1 S004-08 unknown".to_owned()));
    }

    #[test]
    fn renovations_must_outnumber_the_rest_of_a_plan() {
        let mut city = City::default();
        for mode in [Some(BuildMode::Renovation), Some(BuildMode::New), Some(BuildMode::Renovation), None] {
            city.candidates.push(Candidate { build_mode: mode, ..Candidate::default() });
        }
        let pack = Pack::load("shanxi-2023", Path::new(""), &mut Problems::default()).unwrap();
        let of = |chosen: &[u32]| {
            let verdicts = judge_plan(&pack, &city, &Settings::default(), chosen);
            let verdict = verdicts.iter().find(|v| pack.rules[v.rule as usize].id == "S001-10.portfolio").unwrap();
            (verdict.outcome.key(), verdict.missing.join(";"))
        };
        assert_eq!(of(&[0, 1]), ("warn", String::new()), "half is not more than half");
        assert_eq!(of(&[0, 1, 2]), ("pass", String::new()));
        assert_eq!(of(&[0, 3]), ("unknown", "build_mode".to_owned()));
        assert_eq!(of(&[]).0, "unknown");
    }
}
