//! The lines of `totals.csv`: all, cities, counties and streets, by scope, group and speed.

use std::collections::BTreeMap;

use super::tally::Tally;
use super::{Level, Total};
use crate::city::{City, Community, CommunityKind, County};
use crate::demand::Demand;
use crate::settings::{Scope, Settings};
use crate::units::{Count, WalkingSpeed};

/// Something that totals are printed for: its key and its communities.
pub(super) struct Unit {
    pub level: Level,
    pub code: String,
    pub name: String,
    pub communities: Vec<usize>,
    /// Whether people outside all communities belong to it.
    pub outside: bool,
}

/// All lines, sorted by level, code, name, scope, group and speed. A unit has a line for a scope only where it has communities of
/// that kind, and for a group only where something is known of it; the scope `all` of everything is always there.
pub fn totals(settings: &Settings, city: &City, demand: &Demand, speeds: &[WalkingSpeed], tallies: &[Tally]) -> Vec<Total> {
    let mut lines = Vec::new();
    for unit in units(city) {
        for scope in [Scope::Urban, Scope::Village, Scope::All] {
            let inside = |c: &usize| match scope {
                Scope::Urban => city.communities[*c].kind == CommunityKind::Urban,
                Scope::Village => city.communities[*c].kind == CommunityKind::Village,
                Scope::All => true,
            };
            let communities: Vec<usize> = unit.communities.iter().copied().filter(inside).collect();
            let outside = (unit.outside && scope == Scope::All).then_some(city.communities.len());
            if communities.is_empty() && outside.is_none() {
                continue;
            }
            for tally in tallies {
                if outside.is_none() && !communities.iter().any(|c| demand.knows(*c as u32, tally.group)) {
                    continue;
                }
                let sum = |column: &[Count]| communities.iter().copied().chain(outside).map(|c| column[c]).sum::<Count>();
                let (people, known) = (sum(&tally.people), sum(&tally.known));
                for (speed, covered) in speeds.iter().zip(&tally.covered) {
                    lines.push(Total {
                        level: unit.level,
                        code: unit.code.clone(),
                        name: unit.name.clone(),
                        scope,
                        group: tally.group,
                        speed: *speed,
                        limit: settings.limit,
                        people,
                        known,
                        covered: sum(covered),
                        unknown: people.minus(known),
                    });
                }
            }
        }
    }
    lines
}

/// Everything, then cities, counties and streets in the order of their codes and names.
pub(super) fn units(city: &City) -> Vec<Unit> {
    let mut cities: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    let mut counties: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    let mut streets: BTreeMap<((String, String), String), Vec<usize>> = BTreeMap::new();
    let mut names: BTreeMap<(String, String), String> = BTreeMap::new();
    for (c, community) in city.communities.iter().enumerate() {
        let record = county_record(city, community);
        if let Some(county) = record.filter(|r| r.city.is_some() || r.city_code.is_some()) {
            // With a code the code alone is the key: one city written in two ways is one city.
            let code = county.city_code.clone().unwrap_or_default();
            let name = county.city.clone().unwrap_or_default();
            let key = (code.clone(), if code.is_empty() { name.clone() } else { String::new() });
            names.entry(key.clone()).or_insert(name);
            cities.entry(key).or_default().push(c);
        }
        let code = community.county_code.clone().or_else(|| record.map(|r| r.code.clone())).unwrap_or_default();
        let name = record.map(|r| r.name.clone()).or_else(|| community.county.clone()).unwrap_or_default();
        let key = (code.clone(), if code.is_empty() { name.clone() } else { String::new() });
        if let Some(street) = &community.street {
            streets.entry((key.clone(), street.clone())).or_default().push(c);
        }
        if !code.is_empty() || !name.is_empty() {
            let known = names.entry(key.clone()).or_default();
            if known.is_empty() {
                *known = name;
            }
            counties.entry(key).or_default().push(c);
        }
    }
    let name_of = |key: &(String, String)| names.get(key).cloned().unwrap_or_default();
    let mut units = vec![Unit {
        level: Level::All,
        code: "all".into(),
        name: "all".into(),
        communities: (0..city.communities.len()).collect(),
        outside: true,
    }];
    for (level, list) in [(Level::City, cities), (Level::County, counties)] {
        units.extend(list.into_iter().map(|(key, communities)| Unit {
            level,
            name: name_of(&key),
            code: key.0,
            communities,
            outside: false,
        }));
    }
    units.extend(streets.into_iter().map(|((_, name), communities)| Unit {
        level: Level::Street,
        code: street_code(city, &communities),
        name,
        communities,
        outside: false,
    }));
    // Stable, so that two streets of one name and no code stay in the order of their counties.
    units.sort_by(|a, b| (a.level, &a.code, &a.name).cmp(&(b.level, &b.code, &b.name)));
    units
}

/// The county of a community in the table of counties: by code, else by name.
fn county_record<'a>(city: &'a City, community: &Community) -> Option<&'a County> {
    match (&community.county_code, &community.county) {
        (Some(code), _) => city.counties.iter().find(|r| r.code == *code),
        (None, Some(name)) => city.counties.iter().find(|r| r.name == *name),
        (None, None) => None,
    }
}

/// The first nine of twelve digits where all communities of a street share them, else nothing.
fn street_code(city: &City, communities: &[usize]) -> String {
    let prefix = |c: usize| {
        let code = &city.communities[c].code;
        (code.len() == 12 && code.bytes().all(|b| b.is_ascii_digit())).then(|| &code[..9])
    };
    let first = communities.first().and_then(|c| prefix(*c));
    first.filter(|f| communities.iter().all(|c| prefix(*c) == Some(*f))).unwrap_or_default().to_owned()
}
