//! City and coverage → the facts that packs are judged on, one set for each candidate.
//!
//! Everything a pack may name is filled here and nowhere else, so that `policy` knows no geometry. What cannot be known stays
//! missing, and a figure says which input field it lacks.

use std::collections::HashMap;

use geo::Contains;
use rayon::prelude::*;

use crate::city::{Candidate, City, Community, CommunityKind, County, Estate, Grade, Group};
use crate::coverage::{Administrative, CoverStatus, Coverage, SiteFigures, old500};
use crate::policy::facts::{Facts, Value};
use crate::settings::Settings;
use crate::units::{Count, SquareMetres, Yuan};

/// S002-10: estates of 200,000 m² or more, the number included.
const LARGE_ESTATE: f64 = 200_000.0;

/// Annex 1 of 晋民发〔2023〕7号: the 71 counties of Shanxi without a project as of January 2023.
const WITHOUT_PROJECT: &str = include_str!("../../data/policies/shanxi-2023-counties-without-project.csv");

/// The facts of every candidate, in file order. `figures` stand in the same order.
pub fn of_candidates(city: &City, settings: &Settings, coverage: &Coverage, figures: &[SiteFigures]) -> Vec<Facts> {
    let around = Around::new(city, settings, coverage);
    let nothing = SiteFigures::default();
    city.candidates.par_iter().enumerate().map(|(i, candidate)| around.facts(candidate, figures.get(i).unwrap_or(&nothing))).collect()
}

/// What candidates, their host communities and counties declare, without any figure that walks tell; in file order.
pub fn declared(city: &City, settings: &Settings) -> Vec<Facts> {
    let one = |(candidate, county): (&Candidate, Option<&County>)| {
        let mut facts = Facts::new(settings.accept_proxy);
        facts.set("study.as_of", settings.as_of.map(Value::Date));
        own(&mut facts, candidate);
        if let Some(host) = candidate.host.and_then(|i| city.communities.get(i as usize)) {
            community_fields(&mut facts, host);
        }
        if let Some(county) = county {
            county_fields(&mut facts, county);
        }
        facts
    };
    city.candidates.iter().zip(crate::city::unit::counties(city)).map(one).collect()
}

/// What is looked up for many candidates, computed once.
pub(super) struct Around<'a> {
    city: &'a City,
    settings: &'a Settings,
    county_by_code: HashMap<&'a str, &'a County>,
    county_by_name: HashMap<&'a str, Option<&'a County>>,
    /// Row of `coverage.communities` for each community.
    cover: Vec<Option<usize>>,
    coverage: &'a Coverage,
    percentile: Vec<Option<f64>>,
    population_percentile: Vec<Option<f64>>,
    large_estates: Vec<Option<u32>>,
    estates_served: Vec<Option<bool>>,
    listed: Vec<(String, String, String)>,
}

impl<'a> Around<'a> {
    pub(super) fn new(city: &'a City, settings: &'a Settings, coverage: &'a Coverage) -> Self {
        let mut cover = vec![None; city.communities.len()];
        for (row, line) in coverage.communities.iter().enumerate() {
            if let Some(slot) = cover.get_mut(line.community as usize) {
                *slot = Some(row);
            }
        }
        let estates_served = estates_served(city, coverage);
        let mut county_by_name: HashMap<&str, Option<&County>> = HashMap::new();
        for county in &city.counties {
            county_by_name.entry(&county.name).and_modify(|found| *found = None).or_insert(Some(county));
        }
        Around {
            city,
            settings,
            county_by_code: city.counties.iter().map(|c| (c.code.as_str(), c)).collect(),
            county_by_name,
            cover,
            coverage,
            percentile: size_percentiles(&city.communities, Group::Households),
            population_percentile: size_percentiles(&city.communities, Group::Population),
            large_estates: large_estates(city, &estates_served),
            estates_served,
            listed: counties_without_project(),
        }
    }

    fn facts(&self, candidate: &Candidate, figures: &SiteFigures) -> Facts {
        let mut facts = Facts::new(self.settings.accept_proxy);
        facts.set("study.as_of", self.settings.as_of.map(Value::Date));
        own(&mut facts, candidate);
        self.figures(&mut facts, candidate, figures);
        let host = candidate.host.and_then(|i| self.city.communities.get(i as usize).map(|c| (i as usize, c)));
        if let Some((index, community)) = host {
            community_fields(&mut facts, community);
            self.host_figures(&mut facts, index, community);
        }
        for figure in [
            "old_500_host",
            "host_uncovered_60",
            "host_size_percentile",
            "host_population_percentile",
            "host_has_centre",
            "host_large_estates",
        ] {
            if host.is_none() {
                facts.lacks(figure, "community_code");
            }
        }
        let county = self.county(candidate, host.map(|h| h.1));
        if let Some(county) = county {
            county_fields(&mut facts, county);
        }
        facts.set("county_without_project", self.without_project(candidate, host.map(|h| h.1), county).map(Value::Flag));
        facts.lacks("county_without_project", "county.prior_projects");
        facts
    }

    fn figures(&self, facts: &mut Facts, candidate: &Candidate, figures: &SiteFigures) {
        let counts = [
            ("elderly_60_reach", figures.elderly_60_reach),
            ("elderly_60_new", figures.elderly_60_new),
            ("elderly_60_served", figures.elderly_60_served),
            ("households_new", figures.households_new),
            ("old_500_households_new", figures.old_500_households_new),
        ];
        counts.into_iter().for_each(|(name, n)| facts.set(name, count(n)));
        let numbers = [
            ("reach_gap_closed_m2", figures.reach_gap_closed),
            ("redundancy", figures.redundancy),
            ("outside_share", figures.outside_share),
        ];
        numbers.into_iter().for_each(|(name, n)| facts.set(name, n.map(Value::Number)));
        if candidate.place.is_none() {
            for figure in counts.iter().map(|c| c.0).chain(numbers.iter().map(|n| n.0)) {
                facts.lacks(figure, "lon");
                facts.lacks(figure, "lat");
            }
        }
        if candidate.floor_area.is_none() {
            facts.lacks("reach_gap_closed_m2", "floor_area");
        }
    }

    fn host_figures(&self, facts: &mut Facts, index: usize, community: &Community) {
        facts.set("old_500_host", old500(community, self.settings.accept_proxy).map(Value::Flag));
        if community.counts[Group::OccupiedHouseholds].is_none() {
            facts.lacks("old_500_host", "community.occupied_households");
        }
        if community.old.is_none() {
            facts.lacks("old_500_host", "community.old");
        }
        facts.set("host_size_percentile", self.percentile[index].map(Value::Number));
        facts.lacks(
            "host_size_percentile",
            if community.counts[Group::Households].is_none() { "community.households" } else { "community.county_code" },
        );
        facts.set("host_population_percentile", self.population_percentile[index].map(Value::Number));
        facts.lacks(
            "host_population_percentile",
            if community.counts[Group::Population].is_none() { "community.population" } else { "community.county_code" },
        );
        facts.set("host_large_estates", self.large_estates[index].map(|n| Value::Number(f64::from(n))));
        let Some(line) = self.cover[index].map(|row| &self.coverage.communities[row]) else { return };
        let elderly = line.groups.iter().find(|g| g.group == Group::Elderly60);
        facts.set(
            "host_uncovered_60",
            count(elderly.filter(|g| g.unknown < g.people || g.people == Count::ZERO).map(|g| g.known().minus(g.covered))),
        );
        if community.counts[Group::Elderly60].is_none() {
            facts.lacks("host_uncovered_60", "community.elderly_60");
        }
        facts.set("host_has_centre", has_centre(line.administrative).map(Value::Flag));
        self.coverage_fields(facts, index);
    }

    /// By the candidate's code, else its host's, else the host's county name.
    fn county(&self, candidate: &Candidate, host: Option<&Community>) -> Option<&'a County> {
        candidate.county_code.as_deref().and_then(|code| self.county_by_code.get(code).copied()).or_else(|| self.county_of(host?))
    }

    /// By the community's code, else by its county's name where one county has it.
    pub(super) fn county_of(&self, community: &Community) -> Option<&'a County> {
        let by_code = community.county_code.as_deref().and_then(|code| self.county_by_code.get(code).copied());
        by_code.or_else(|| self.county_by_name.get(community.county.as_deref()?).copied().flatten())
    }

    /// How the community is covered on foot and administratively; what is unknown stays missing.
    pub(super) fn coverage_fields(&self, facts: &mut Facts, index: usize) {
        let Some(line) = self.cover[index].map(|row| &self.coverage.communities[row]) else { return };
        let status = Some(line.status).filter(|s| *s != CoverStatus::Unknown);
        facts.set("community.coverage", status.map(|s| Value::Text(s.key().to_owned())));
        facts.set("community.has_centre", has_centre(line.administrative).map(Value::Flag));
    }

    /// Whether a counting facility stands in the estate; `None` where that cannot be said.
    pub(super) fn estate_served(&self, estate: usize) -> Option<bool> {
        self.estates_served[estate]
    }

    /// The county table, else annex 1, which speaks of Shanxi in 2023 only: elsewhere and later nothing is known.
    fn without_project(&self, candidate: &Candidate, host: Option<&Community>, county: Option<&County>) -> Option<bool> {
        if let Some(prior) = county.and_then(|c| c.prior_projects) {
            return Some(prior == Count::ZERO);
        }
        if self.settings.as_of.is_some_and(|day| day.year() > 2023) {
            return None;
        }
        let codes = [candidate.county_code.as_deref(), host.and_then(|h| h.county_code.as_deref()), county.map(|c| c.code.as_str())];
        let shanxi = |code: &&str| code.len() >= 6 && code.starts_with("14") && code.bytes().all(|b| b.is_ascii_digit());
        if let Some(code) = codes.into_iter().flatten().find(shanxi) {
            return Some(self.listed.iter().any(|(_, _, listed)| *listed == code[..6]));
        }
        let county = county?;
        let city = county.city.as_deref()?;
        self.listed.iter().any(|(c, _, _)| c == city).then(|| self.listed.iter().any(|(c, name, _)| c == city && *name == county.name))
    }
}

fn has_centre(administrative: Administrative) -> Option<bool> {
    match administrative {
        Administrative::Own | Administrative::Shared => Some(true),
        Administrative::None => Some(false),
        Administrative::Unknown => None,
    }
}

fn own(facts: &mut Facts, c: &Candidate) {
    let text = |t: &Option<String>| t.clone().map(Value::Text);
    let words = |w: &Option<Vec<String>>| w.clone().map(Value::Words);
    for (name, value) in [
        ("lon", c.place.map(|p| Value::Number(p.lon))),
        ("lat", c.place.map(|p| Value::Number(p.lat))),
        ("project_name", text(&c.project_name)),
        ("community_code", text(&c.community_code)),
        ("county_code", text(&c.county_code)),
        ("street", text(&c.street)),
        ("address", text(&c.address)),
        ("floor_area", area(c.floor_area)),
        ("beds", count(c.beds)),
        ("meals", count(c.meals)),
        ("functions", words(&c.functions)),
        ("build_mode", c.build_mode.map(|m| Value::Text(m.key().to_owned()))),
        ("tenure", c.tenure.map(|t| Value::Text(t.key().to_owned()))),
        ("agreement_until", c.agreement_until.map(Value::Date)),
        ("investment", money(c.investment)),
        ("county_match", money(c.county_match)),
        ("enthusiasm", c.enthusiasm.map(Value::Number)),
        ("site_capacity", c.site_capacity.map(Value::Number)),
        ("demonstration", c.demonstration.map(Value::Number)),
        ("no_dispute", c.no_dispute.map(Value::Flag)),
        ("match_fund", c.match_fund.map(Value::Flag)),
        ("on_time", c.on_time.map(Value::Flag)),
        ("operator", text(&c.operator)),
        ("operator_registered", c.operator_registered.map(Value::Flag)),
        ("operator_filed", c.operator_filed.map(Value::Flag)),
        ("operator_third_party", c.operator_third_party.map(Value::Flag)),
        ("operator_years", c.operator_years.map(Value::Number)),
        ("operator_subcontracts", c.operator_subcontracts.map(Value::Flag)),
        ("site_visit_date", c.site_visit_date.map(Value::Date)),
        ("responsible_person", text(&c.responsible_person)),
        ("area_approved", area(c.area_approved)),
        ("area_as_built", area(c.area_as_built)),
        ("use_of_funds", words(&c.use_of_funds)),
        ("type", text(&c.kind)),
        ("city_funded", c.city_funded.map(Value::Flag)),
        ("grade", text(&c.grade)),
        ("residents_self_care", count(c.residents[0])),
        ("residents_semi_disabled", count(c.residents[1])),
        ("residents_disabled", count(c.residents[2])),
    ] {
        facts.set(name, value);
    }
}

pub(super) fn community_fields(facts: &mut Facts, c: &Community) {
    let kind = match c.kind {
        CommunityKind::Urban => "community",
        CommunityKind::Village => "village",
    };
    for (name, value) in [
        ("community.code", Some(Value::Text(c.code.clone()))),
        ("community.name", Some(Value::Text(c.name.clone()))),
        ("community.county", c.county.clone().map(Value::Text)),
        ("community.county_code", c.county_code.clone().map(Value::Text)),
        ("community.street", c.street.clone().map(Value::Text)),
        ("community.kind", Some(Value::Text(kind.to_owned()))),
        ("community.households", count(c.counts[Group::Households])),
        ("community.occupied_households", count(c.counts[Group::OccupiedHouseholds])),
        ("community.population", count(c.counts[Group::Population])),
        ("community.elderly_60", count(c.counts[Group::Elderly60])),
        ("community.elderly_65", count(c.counts[Group::Elderly65])),
        ("community.elderly_80", count(c.counts[Group::Elderly80])),
        ("community.registered_60", count(c.registered[0])),
        ("community.registered_65", count(c.registered[1])),
        ("community.registered_80", count(c.registered[2])),
        ("community.disabled", count(c.disabled)),
        ("community.special_hardship", count(c.special_hardship)),
        ("community.single_child_lost", count(c.single_child_lost)),
        ("community.built_year", c.built_year.map(|y| Value::Number(f64::from(y)))),
        ("community.old", c.old.map(Value::Flag)),
        ("community.is_centre", c.is_centre.map(Value::Flag)),
        ("community.floor_area", area(c.floor_area)),
        ("community.unready", crate::city::unready(c).map(Value::Flag)),
    ] {
        facts.set(name, value);
    }
}

pub(super) fn county_fields(facts: &mut Facts, c: &County) {
    let grade = |g| match g {
        Grade::Good => "good",
        Grade::Middle => "middle",
        Grade::Poor => "poor",
    };
    for (name, value) in [
        ("county.code", Some(Value::Text(c.code.clone()))),
        ("county.name", Some(Value::Text(c.name.clone()))),
        ("county.county_type", c.county_type.map(|t| Value::Text(t.key().to_owned()))),
        ("county.prior_projects", count(c.prior_projects)),
        ("county.previous_grade", c.previous_grade.map(|g| Value::Text(grade(g).to_owned()))),
        ("county.city", c.city.clone().map(Value::Text)),
        ("county.city_code", c.city_code.clone().map(Value::Text)),
    ] {
        facts.set(name, value);
    }
}

pub(super) fn count(n: Option<Count>) -> Option<Value> {
    n.map(|n| Value::Number(n.as_f64()))
}

pub(super) fn area(a: Option<SquareMetres>) -> Option<Value> {
    a.map(|a| Value::Number(a.value()))
}

fn money(y: Option<Yuan>) -> Option<Value> {
    y.map(|y| Value::Number(y.value()))
}

/// 规模较大 has no number: the share of communities of the same county and kind whose count of `group` (households, population) is known
/// (itself included) that have at most as many. Unknown without that count or the county.
fn size_percentiles(communities: &[Community], group: Group) -> Vec<Option<f64>> {
    let key = |c: &Community| c.county_code.clone().or_else(|| c.county.clone()).map(|county| (county, c.kind));
    let mut sizes: HashMap<(String, CommunityKind), Vec<Count>> = HashMap::new();
    for community in communities {
        if let (Some(key), Some(count)) = (key(community), community.counts[group]) {
            sizes.entry(key).or_default().push(count);
        }
    }
    sizes.values_mut().for_each(|list| list.sort_unstable());
    let percentile = |c: &Community| {
        let own = c.counts[group]?;
        let list = sizes.get(&key(c)?)?;
        Some(list.partition_point(|n| *n <= own) as f64 / list.len() as f64)
    };
    communities.iter().map(percentile).collect()
}

/// Whether a counting facility stands in each estate.
///
/// An estate known by a point has none when its whole community has none, and is otherwise undecided.
fn estates_served(city: &City, coverage: &Coverage) -> Vec<Option<bool>> {
    let mut facilities: Vec<Vec<u32>> = vec![Vec::new(); city.communities.len()];
    let mut unplaced = false;
    for &f in &coverage.counting {
        match city.facilities[f as usize].community {
            Some(community) => facilities[community as usize].push(f),
            None => unplaced |= city.facilities[f as usize].place.is_none(),
        }
    }
    let served = |estate: &Estate| {
        let community = estate.community.map(|c| c as usize).filter(|c| *c < facilities.len())?;
        if facilities[community].is_empty() && !unplaced {
            return Some(false);
        }
        let outline = estate.outline.as_ref()?;
        let inside = |f: &u32| city.facilities[*f as usize].place.map(|p| outline.contains(&geo::Point::new(p.lon, p.lat)));
        let answers: Vec<Option<bool>> = facilities[community].iter().map(inside).collect();
        if answers.contains(&Some(true)) { Some(true) } else { (!answers.contains(&None) && !unplaced).then_some(false) }
    };
    city.estates.iter().map(served).collect()
}

/// How many estates of 200,000 m² or more inside each community have no counting facility in them. One of unknown floor area, or of
/// which it is undecided whether it has one, leaves its community unknown unless another estate surely counts.
fn large_estates(city: &City, served: &[Option<bool>]) -> Vec<Option<u32>> {
    let mut answer = vec![city.given.estates.then_some(0); city.communities.len()];
    let mut undecided = vec![false; city.communities.len()];
    for (estate, served) in city.estates.iter().zip(served) {
        let Some(community) = estate.community.map(|c| c as usize).filter(|c| *c < answer.len()) else { continue };
        match (estate.floor_area.map(|a| a.value() >= LARGE_ESTATE), served) {
            (Some(false), _) | (_, Some(true)) => {}
            (Some(true), Some(false)) => answer[community] = answer[community].map(|n| n + 1),
            _ => undecided[community] = true,
        }
    }
    // One estate that surely counts already settles the criterion, which asks for at least one.
    answer.iter().zip(undecided).map(|(n, open)| n.filter(|n| *n > 0 || !open)).collect()
}

/// City, county and code of each line of annex 1.
pub(crate) fn counties_without_project() -> Vec<(String, String, String)> {
    let mut reader = csv::Reader::from_reader(WITHOUT_PROJECT.as_bytes());
    let cell = |record: &csv::StringRecord, i: usize| record.get(i).unwrap_or_default().to_owned();
    reader.records().flatten().map(|r| (cell(&r, 0), cell(&r, 1), cell(&r, 3))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::{BuildMode, CountyType, Facility, Given, Status};
    use crate::coverage::{CommunityCover, GroupCover};
    use crate::policy::facts::FieldId;
    use crate::problem::Origin;
    use crate::space::LonLat;

    fn community(code: &str, county: Option<&str>, households: Option<u64>) -> Community {
        let mut counts = crate::city::Counts::default();
        counts[Group::Households] = households.map(Count::whole);
        Community {
            code: code.to_owned(),
            name: code.to_owned(),
            county: None,
            county_code: county.map(str::to_owned),
            street: None,
            kind: CommunityKind::Urban,
            counts,
            registered: [None; 3],
            disabled: None,
            special_hardship: None,
            single_child_lost: None,
            built_year: None,
            old: None,
            is_centre: None,
            floor_area: None,
            boundary: None,
            place: None,
            extra: Default::default(),
            origin: Origin::default(),
        }
    }

    fn county(code: &str, city: Option<&str>, prior: Option<u64>) -> County {
        County {
            code: code.to_owned(),
            name: "娄烦县".to_owned(),
            county_type: Some(CountyType::County),
            prior_projects: prior.map(Count::whole),
            previous_grade: None,
            city: city.map(str::to_owned),
            city_code: None,
            origin: Origin::default(),
        }
    }

    fn candidate(host: Option<u32>, county_code: Option<&str>) -> Candidate {
        Candidate { id: "C1".to_owned(), host, county_code: county_code.map(str::to_owned), ..Candidate::default() }
    }

    fn one(city: &City, settings: &Settings, coverage: &Coverage) -> Facts {
        of_candidates(city, settings, coverage, &[]).remove(0)
    }

    fn get(facts: &Facts, name: &str) -> Result<Value, String> {
        let id = FieldId::named(name).unwrap();
        let missing = || facts.missing(id).iter().map(|f| f.printed()).collect::<Vec<_>>().join(";");
        facts.get(id).cloned().ok_or_else(missing)
    }

    #[test]
    fn five_hundred_occupied_households_count_and_one_false_part_settles() {
        let ask = |occupied: Option<u64>, households: Option<u64>, old: Option<bool>, accept: bool| {
            let mut c = community("1", None, households);
            c.counts[Group::OccupiedHouseholds] = occupied.map(Count::whole);
            c.old = old;
            old500(&c, accept)
        };
        assert_eq!(ask(Some(500), None, Some(true), false), Some(true));
        assert_eq!(ask(Some(499), None, Some(true), false), Some(false));
        assert_eq!(ask(Some(499), None, None, false), Some(false));
        assert_eq!(ask(None, Some(900), Some(false), false), Some(false));
        assert_eq!(ask(None, Some(900), Some(true), false), None);
        assert_eq!(ask(None, Some(900), Some(true), true), Some(true));
        assert_eq!(ask(Some(499), Some(900), Some(true), true), Some(false), "a known number is not replaced");
    }

    #[test]
    fn a_candidate_without_host_or_place_says_what_it_lacks() {
        let city = City { candidates: vec![candidate(None, None)], ..City::default() };
        let facts = one(&city, &Settings::default(), &Coverage::default());
        assert_eq!(get(&facts, "elderly_60_new"), Err("lon;lat".to_owned()));
        assert_eq!(get(&facts, "old_500_host"), Err("community_code".to_owned()));
        assert_eq!(get(&facts, "community.old"), Err("community.old".to_owned()));
        assert_eq!(get(&facts, "county_without_project"), Err("county.prior_projects".to_owned()));
        assert_eq!(get(&facts, "study.as_of"), Err("as_of".to_owned()));
    }

    #[test]
    fn the_fields_of_candidate_host_and_county_stand_under_their_names() {
        let mut here = community("1", Some("140123"), Some(800));
        here.counts[Group::Elderly60] = Some(Count::whole(300));
        let mut site = candidate(Some(0), None);
        site.floor_area = SquareMetres::new(480.0);
        site.build_mode = Some(BuildMode::Renovation);
        site.place = LonLat::new(112.0, 37.0);
        let city =
            City { communities: vec![here], candidates: vec![site], counties: vec![county("140123", None, Some(0))], ..City::default() };
        let groups =
            vec![GroupCover { group: Group::Elderly60, people: Count::whole(300), covered: Count::whole(100), unknown: Count::whole(50) }];
        let line = CommunityCover {
            community: 0,
            groups,
            status: CoverStatus::Partial,
            minutes: None,
            nearest_facility: None,
            administrative: Administrative::Shared,
            area_reference: None,
            area_inside: None,
            area_gap: None,
            m2_per_100_households: None,
            reach_gap: None,
            priority_old_500: None,
            outside_share: None,
        };
        let coverage = Coverage { communities: vec![line], ..Coverage::default() };
        let facts = one(&city, &Settings::default(), &coverage);
        for (name, value) in [
            ("floor_area", Value::Number(480.0)),
            ("build_mode", Value::Text("renovation".to_owned())),
            ("community.elderly_60", Value::Number(300.0)),
            ("host_uncovered_60", Value::Number(150.0)),
            ("host_has_centre", Value::Flag(true)),
            ("host_size_percentile", Value::Number(1.0)),
            ("county.county_type", Value::Text("county".to_owned())),
            ("county_without_project", Value::Flag(true)),
        ] {
            assert_eq!(get(&facts, name), Ok(value), "{name}");
        }
        assert_eq!(get(&facts, "elderly_60_new"), Err("elderly_60_new".to_owned()), "the place is known, the reach is not");
        assert_eq!(get(&facts, "host_large_estates"), Err("host_large_estates".to_owned()), "no estates were given");
    }

    #[test]
    fn a_county_without_a_project_is_known_from_its_table_or_from_annex_1() {
        let listed = counties_without_project();
        assert_eq!(listed.len(), 71);
        assert!(
            listed.iter().all(|(city, county, code)| !city.is_empty() && !county.is_empty() && code.starts_with("14") && code.len() == 6)
        );
        let ask = |code: Option<&str>, table: Option<County>, year: Option<i16>| {
            let city = City { candidates: vec![candidate(None, code)], counties: table.into_iter().collect(), ..City::default() };
            let settings = Settings { as_of: year.map(|y| jiff::civil::date(y, 2, 1)), ..Settings::default() };
            match get(&one(&city, &settings, &Coverage::default()), "county_without_project") {
                Ok(Value::Flag(flag)) => Some(flag),
                _ => None,
            }
        };
        assert_eq!(ask(Some("140123"), None, None), Some(true));
        assert_eq!(ask(Some("140123"), Some(county("140123", None, Some(2))), None), Some(false), "the table wins");
        assert_eq!(ask(Some("140123"), None, Some(2024)), None, "the list is as of January 2023");
        assert_eq!(ask(Some("140105"), None, None), Some(false), "in Shanxi and not listed");
        assert_eq!(ask(Some("500105"), None, None), None, "elsewhere the list says nothing");
        assert_eq!(ask(Some("K1"), Some(county("K1", Some("太原市"), None)), None), Some(true), "by city and name");
    }

    #[test]
    fn size_is_a_share_of_the_county() {
        let all = [
            community("1", Some("a"), Some(100)),
            community("2", Some("a"), Some(300)),
            community("3", Some("a"), Some(300)),
            community("4", Some("a"), None),
            community("5", Some("b"), Some(10)),
            community("6", None, Some(10)),
        ];
        assert_eq!(size_percentiles(&all, Group::Households), [Some(1.0 / 3.0), Some(1.0), Some(1.0), None, Some(1.0), None]);
    }

    #[test]
    fn a_large_estate_without_a_facility_is_counted_and_an_undecided_one_is_not() {
        let square = |x: f64| geo::MultiPolygon(vec![geo::Rect::new((x, 0.0), (x + 1.0, 1.0)).to_polygon()]);
        let estate = |community: u32, area: Option<f64>, x: Option<f64>| Estate {
            code: String::new(),
            name: String::new(),
            community: Some(community),
            place: None,
            outline: x.map(square),
            households_planned: None,
            households: None,
            occupied_households: None,
            floor_area: area.and_then(SquareMetres::new),
            built_year: None,
            old: None,
            is_new: None,
            care_area_delivered: None,
            origin: Origin::default(),
        };
        let facility = Facility {
            id: "F".to_owned(),
            name: String::new(),
            kind: None,
            place: LonLat::new(0.5, 0.5),
            community: Some(0),
            serves: Vec::new(),
            floor_area: None,
            care_area: None,
            beds: None,
            meals: None,
            functions: None,
            status: Some(Status::Operating),
            opened: None,
            use_changed: None,
            duplicate_of: None,
            extra: Default::default(),
            origin: Origin::default(),
        };
        let count = |estates: Vec<Estate>| {
            let communities = (0..2).map(|i| community(&i.to_string(), None, None)).collect();
            let given = Given { estates: true, ..Given::default() };
            let city = City { communities, estates, facilities: vec![facility.clone()], given, ..City::default() };
            large_estates(&city, &estates_served(&city, &Coverage { counting: vec![0], ..Coverage::default() }))
        };
        assert_eq!(count(vec![estate(0, Some(200_000.0), Some(0.0)), estate(0, Some(200_000.0), Some(2.0))]), [Some(1), Some(0)]);
        assert_eq!(count(vec![estate(0, Some(199_999.0), Some(2.0)), estate(1, Some(250_000.0), None)]), [Some(0), Some(1)]);
        assert_eq!(count(vec![estate(0, Some(250_000.0), None), estate(1, None, Some(2.0))]), [None, None], "undecided");
    }
}
