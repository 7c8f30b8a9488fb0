//! City and coverage → the facts that packs are judged on, one set for each candidate.
//!
//! Everything a pack may name is filled here and nowhere else, so that `policy` knows no geometry. What cannot be known stays
//! missing, and a figure says which input field it lacks.

use std::collections::HashMap;

use geo::Contains;
use rayon::prelude::*;

use crate::city::{Candidate, City, Community, CommunityKind, County, Grade, Group};
use crate::coverage::{Administrative, Coverage, SiteFigures};
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
    city.candidates
        .par_iter()
        .enumerate()
        .map(|(i, candidate)| around.facts(candidate, figures.get(i).unwrap_or(&nothing)))
        .collect()
}

/// S001-09, P500: at least 500 occupied households and old. False as soon as one part is false; with `accept_proxy` households stand
/// in for missing occupied households.
pub fn old_500(community: &Community, accept_proxy: bool) -> Option<bool> {
    let proxy = community.counts[Group::Households].filter(|_| accept_proxy);
    let occupied = community.counts[Group::OccupiedHouseholds].or(proxy);
    match (occupied.map(|n| n >= Count::whole(500)), community.old) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// What is looked up for many candidates, computed once.
struct Around<'a> {
    city: &'a City,
    settings: &'a Settings,
    county_by_code: HashMap<&'a str, &'a County>,
    /// Row of `coverage.communities` for each community.
    cover: Vec<Option<usize>>,
    coverage: &'a Coverage,
    percentile: Vec<Option<f64>>,
    large_estates: Vec<Option<u32>>,
    listed: Vec<(String, String, String)>,
}

impl<'a> Around<'a> {
    fn new(city: &'a City, settings: &'a Settings, coverage: &'a Coverage) -> Self {
        let mut cover = vec![None; city.communities.len()];
        for (row, line) in coverage.communities.iter().enumerate() {
            if let Some(slot) = cover.get_mut(line.community as usize) {
                *slot = Some(row);
            }
        }
        Around {
            city,
            settings,
            county_by_code: city.counties.iter().map(|c| (c.code.as_str(), c)).collect(),
            cover,
            coverage,
            percentile: size_percentiles(&city.communities),
            large_estates: large_estates(city, coverage),
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
        for figure in ["old_500_host", "host_uncovered_60", "host_size_percentile", "host_has_centre", "host_large_estates"] {
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
        facts.set("old_500_host", old_500(community, self.settings.accept_proxy).map(Value::Flag));
        if community.counts[Group::OccupiedHouseholds].is_none() {
            facts.lacks("old_500_host", "community.occupied_households");
        }
        if community.old.is_none() {
            facts.lacks("old_500_host", "community.old");
        }
        facts.set("host_size_percentile", self.percentile[index].map(Value::Number));
        facts.lacks("host_size_percentile", if community.counts[Group::Households].is_none() { "community.households" } else { "community.county_code" });
        facts.set("host_large_estates", self.large_estates[index].map(|n| Value::Number(f64::from(n))));
        let Some(line) = self.cover[index].map(|row| &self.coverage.communities[row]) else { return };
        let elderly = line.groups.iter().find(|g| g.group == Group::Elderly60);
        facts.set("host_uncovered_60", count(elderly.filter(|g| g.unknown < g.people || g.people == Count::ZERO).map(|g| g.known().minus(g.covered))));
        if community.counts[Group::Elderly60].is_none() {
            facts.lacks("host_uncovered_60", "community.elderly_60");
        }
        let has_centre = match line.administrative {
            Administrative::Own | Administrative::Shared => Some(true),
            Administrative::None => Some(false),
            Administrative::Unknown => None,
        };
        facts.set("host_has_centre", has_centre.map(Value::Flag));
    }

    /// By the candidate's code, else its host's, else the host's county name.
    fn county(&self, candidate: &Candidate, host: Option<&Community>) -> Option<&'a County> {
        let codes = [candidate.county_code.as_deref(), host.and_then(|h| h.county_code.as_deref())];
        let by_code = codes.into_iter().flatten().find_map(|code| self.county_by_code.get(code).copied());
        by_code.or_else(|| {
            let name = host?.county.as_deref()?;
            let mut named = self.city.counties.iter().filter(|c| c.name == name);
            named.next().filter(|_| named.next().is_none())
        })
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

fn community_fields(facts: &mut Facts, c: &Community) {
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
    ] {
        facts.set(name, value);
    }
}

fn county_fields(facts: &mut Facts, c: &County) {
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

fn count(n: Option<Count>) -> Option<Value> {
    n.map(|n| Value::Number(n.as_f64()))
}

fn area(a: Option<SquareMetres>) -> Option<Value> {
    a.map(|a| Value::Number(a.value()))
}

fn money(y: Option<Yuan>) -> Option<Value> {
    y.map(|y| Value::Number(y.value()))
}

/// 规模较大 has no number: the share of communities of the same county and kind whose households are known (itself included) that have
/// at most as many. Unknown without households or county.
fn size_percentiles(communities: &[Community]) -> Vec<Option<f64>> {
    let key = |c: &Community| c.county_code.clone().or_else(|| c.county.clone()).map(|county| (county, c.kind));
    let mut sizes: HashMap<(String, CommunityKind), Vec<Count>> = HashMap::new();
    for community in communities {
        if let (Some(key), Some(households)) = (key(community), community.counts[Group::Households]) {
            sizes.entry(key).or_default().push(households);
        }
    }
    sizes.values_mut().for_each(|list| list.sort_unstable());
    let percentile = |c: &Community| {
        let households = c.counts[Group::Households]?;
        let list = sizes.get(&key(c)?)?;
        Some(list.partition_point(|n| *n <= households) as f64 / list.len() as f64)
    };
    communities.iter().map(percentile).collect()
}

/// How many estates of 200,000 m² or more inside each community have no counting facility in them.
///
/// An estate known by a point has none when its whole community has none, and is otherwise undecided; so is one of unknown floor
/// area. A community whose estates leave it undecided whether there is any is unknown.
fn large_estates(city: &City, coverage: &Coverage) -> Vec<Option<u32>> {
    let mut answer = vec![city.given.estates.then_some(0); city.communities.len()];
    let mut undecided = vec![false; city.communities.len()];
    let mut facilities: Vec<Vec<u32>> = vec![Vec::new(); city.communities.len()];
    let mut unplaced = false;
    for &f in &coverage.counting {
        match city.facilities[f as usize].community {
            Some(community) => facilities[community as usize].push(f),
            None => unplaced |= city.facilities[f as usize].place.is_none(),
        }
    }
    for estate in &city.estates {
        let Some(community) = estate.community.map(|c| c as usize).filter(|c| *c < answer.len()) else { continue };
        let served = if facilities[community].is_empty() && !unplaced {
            Some(false)
        } else {
            estate.outline.as_ref().and_then(|outline| {
                let inside = |f: &u32| city.facilities[*f as usize].place.map(|p| outline.contains(&geo::Point::new(p.lon, p.lat)));
                let answers: Vec<Option<bool>> = facilities[community].iter().map(inside).collect();
                if answers.contains(&Some(true)) { Some(true) } else { (!answers.contains(&None) && !unplaced).then_some(false) }
            })
        };
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
fn counties_without_project() -> Vec<(String, String, String)> {
    let mut reader = csv::Reader::from_reader(WITHOUT_PROJECT.as_bytes());
    let cell = |record: &csv::StringRecord, i: usize| record.get(i).unwrap_or_default().to_owned();
    reader.records().flatten().map(|r| (cell(&r, 0), cell(&r, 1), cell(&r, 3))).collect()
}
