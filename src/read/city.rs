//! The city put together: every table read, linked to its communities, checked.

use std::collections::{HashMap, HashSet};

use super::communities::{self, twelve_digits};
use super::link::Links;
use super::{candidates, counties, crosswalk, dates, estates, facilities};
use crate::city::checks::{self, duplicate};
use crate::city::place::CommunityIndex;
use crate::city::{Candidate, City, Community, County, Estate, Facility, Given, estate_totals};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::settings::Settings;

/// Reads communities, estates, counties, facilities and candidates of a study. Whatever is wrong is pushed to `problems`; the city
/// holds what could be read. Facilities and candidates keep the order of their files, files the order of the study.
pub fn read(settings: &Settings, problems: &mut Problems) -> City {
    let inputs = &settings.inputs;
    let crosswalk = crosswalk::read(&inputs.crosswalk, problems);
    let drafts = inputs.communities.iter().flat_map(|input| communities::read(input, crosswalk.as_ref(), problems)).collect();
    let mut communities = communities::complete(drafts, problems);
    let mut counties: Vec<County> = inputs.counties.iter().flat_map(|input| counties::read(input, problems)).collect();
    let estates: Vec<_> = inputs.estates.iter().flat_map(|input| estates::read(input, problems)).collect();
    let facilities: Vec<_> = inputs.facilities.iter().flat_map(|input| facilities::read(input, problems)).collect();
    let mut candidates: Vec<Candidate> = inputs.candidates.iter().flat_map(|input| candidates::read(input, problems)).collect();

    let mut notes = Notes::default();
    settle_counties(&mut counties, &mut communities, &mut notes);
    let index = CommunityIndex::new(&communities);
    let heirs = crosswalk.map(|c| c.heirs()).unwrap_or_default();
    let links = Links::new(&communities, &index, &heirs);
    let estates = link_estates(estates, &links, &mut notes);
    let mut facilities = link_facilities(facilities, &links, &mut notes);
    link_candidates(&mut candidates, &links, &communities, &mut notes);
    estate_totals::carry(&mut communities, &estates, &mut notes);
    checks::sites::facility_ids(&mut facilities, &mut notes);
    checks::sites::candidate_ids(&mut candidates, &mut notes);
    checks::sites::duplicates(&mut facilities, &mut notes);
    if !settings.policies.is_empty() {
        kinds_missing(&facilities, &mut notes);
    }
    let given = Given {
        communities: !inputs.communities.is_empty(),
        estates: !inputs.estates.is_empty(),
        counties: !inputs.counties.is_empty(),
        facilities: !inputs.facilities.is_empty(),
        candidates: !inputs.candidates.is_empty(),
    };
    let city = City { communities, estates, counties, facilities, candidates, heirs, given };
    checks::measures::units(&city, &mut notes);
    notes.report(problems);
    checks::shapes::overlaps(&city.communities, problems);
    needless(&city, !inputs.demand.is_empty(), problems);
    dates::compare(inputs, problems);
    city
}

/// W-KIND: with a pack chosen, a facility of no kind counts for nothing.
fn kinds_missing(facilities: &[Facility], notes: &mut Notes) {
    for f in facilities.iter().filter(|f| f.kind.is_none()) {
        let allowed = super::vocabulary::built_in().facility_kind.allowed();
        notes.push(Problem::new(Code::W_KIND).at(&f.origin).field("kind").value("").why("@why.kind.missing").with("allowed", allowed));
    }
}

/// Takes off the list of what has no position whatever needs none: estates and communities where a demand file says where people live,
/// and communities whose place is known otherwise.
fn needless(city: &City, by_file: bool, problems: &mut Problems) {
    let mut known: HashSet<&Origin> =
        city.communities.iter().filter(|c| c.place.is_some() || c.boundary.is_some()).map(|c| &c.origin).collect();
    let housed = city.estates.iter().filter(|e| e.place.is_some()).filter_map(|e| e.community);
    known.extend(housed.map(|c| &city.communities[c as usize].origin));
    problems.unplaced.retain(|u| match u.table {
        "estates" => !by_file,
        "communities" => !by_file && !known.contains(&u.origin),
        _ => true,
    });
}

/// Gives communities their county code and counties theirs: as written, else from the twelve-digit code, else by name.
///
/// A county table may have names only: then its codes come from the communities that name it. A code taken from twelve digits gives
/// way where the table does not know it but knows the community's county by name: development zones have codes of their own.
fn settle_counties(counties: &mut [County], communities: &mut [Community], notes: &mut Notes) {
    let mut derived = vec![false; communities.len()];
    for (community, derived) in communities.iter_mut().zip(&mut derived) {
        if community.county_code.is_none() {
            community.county_code = twelve_digits(&community.code).map(|code| code[..6].to_owned());
            *derived = community.county_code.is_some();
        }
    }
    let mut by_name: HashMap<&str, &str> = HashMap::new();
    for c in communities.iter() {
        if let (Some(name), Some(code)) = (&c.county, &c.county_code) {
            by_name.entry(name).or_insert(code);
        }
    }
    for county in counties.iter_mut().filter(|c| c.code.is_empty()) {
        county.code = by_name.get(county.name.as_str()).map_or_else(|| county.name.clone(), |code| (*code).to_owned());
    }
    let mut first: HashMap<&str, &Origin> = HashMap::new();
    for county in counties.iter() {
        if let Some(first) = first.insert(&county.code, &county.origin) {
            notes.push(duplicate("code", &county.code, &county.origin, first));
        }
    }
    let codes: HashMap<&str, &str> = counties.iter().map(|c| (c.name.as_str(), c.code.as_str())).collect();
    let names: HashMap<&str, &County> = counties.iter().map(|c| (c.code.as_str(), c)).collect();
    for (community, derived) in communities.iter_mut().zip(derived) {
        let known = community.county_code.as_deref().is_some_and(|code| first.contains_key(code));
        if (derived || community.county_code.is_none())
            && !known
            && let Some(code) = community.county.as_deref().and_then(|name| codes.get(name))
        {
            community.county_code = Some((*code).to_owned());
        }
        let listed = community.county_code.as_deref().and_then(|code| names.get(code));
        if let (Some(name), Some(listed)) = (community.county.as_deref(), listed)
            && bare_county(name) != bare_county(&listed.name)
        {
            let problem = Problem::new(Code::W_CODE_NAME).at(&community.origin).field("county").value(name).why("@why.name.county");
            let other = problem.with("code", &listed.code).with("other", &listed.name);
            notes.push(other.with("other_file", listed.origin.file.as_deref().unwrap_or("")));
        }
    }
}

/// 潞州 and 潞州区 are one.
fn bare_county(name: &str) -> String {
    let name = super::vocabulary::fold(name);
    let short = ["自治县", "县", "区", "市"].iter().find_map(|tail| name.strip_suffix(tail).filter(|short| short.chars().count() > 1));
    short.map_or_else(|| name.clone(), str::to_owned)
}

fn link_estates(drafts: Vec<estates::Draft>, links: &Links<'_>, notes: &mut Notes) -> Vec<Estate> {
    let link = |estates::Draft { mut estate, community }: estates::Draft| {
        estate.community = links.assign(&estate.code, community.as_deref(), estate.place, &estate.origin, notes);
        let households = ("households", estate.households);
        checks::people::not_more(Code::E_POP, ("occupied_households", estate.occupied_households), households, &estate.origin, notes);
        estate
    };
    drafts.into_iter().map(link).collect()
}

fn link_facilities(drafts: Vec<facilities::Draft>, links: &Links<'_>, notes: &mut Notes) -> Vec<Facility> {
    let link = |facilities::Draft { mut facility, community, serves }: facilities::Draft| {
        let shown = if facility.id.is_empty() { &facility.name } else { &facility.id };
        facility.community = links.assign(shown, community.as_deref(), facility.place, &facility.origin, notes);
        for word in &serves {
            let code = super::values::code(super::Cell::Text(word)).value().map_or_else(|| word.clone(), |c| c.into_owned());
            if let Some(c) = links.resolve(&code, "serves", &facility.origin, notes)
                && !facility.serves.contains(&c)
            {
                facility.serves.push(c);
            }
        }
        facility
    };
    drafts.into_iter().map(link).collect()
}

fn link_candidates(candidates: &mut [Candidate], links: &Links<'_>, communities: &[Community], notes: &mut Notes) {
    for c in candidates {
        let shown = if c.id.is_empty() { &c.name } else { &c.id };
        c.host = links.assign(shown, c.community_code.as_deref(), c.place, &c.origin, notes);
        if c.county_code.is_none() {
            c.county_code = c.host.and_then(|host| communities[host as usize].county_code.clone());
        }
    }
}

#[cfg(test)]
mod tests;
