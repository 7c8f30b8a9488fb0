//! Communities, facilities and candidates as columns: one name for each column rather than for each value.

use std::collections::BTreeMap;

use geo::{Area, InteriorPoint, LineString, MultiPolygon};
use rayon::prelude::*;
use serde::Serialize;

use super::boundaries::{Boundaries, boundaries};
use super::chosen::Chosen;
use super::column::{self, Column};
use super::lines::coarse;
use super::number::Num;
use super::plane::{Plane, Spot, flat};
use crate::city::{Candidate, City, Community, CommunityKind, Group};
use crate::coverage::standing::standing;
use crate::coverage::{CommunityCover, Coverage, GroupCover, SiteFigures};
use crate::study::Findings;
use crate::units::Count;

/// Characters that the boundaries of communities may take.
const BOUNDARY_BUDGET: usize = 2_000_000;

/// One group of people in every community.
#[derive(Debug, Serialize)]
pub struct GroupColumns {
    group: &'static str,
    people: Column,
    covered: Column,
    unknown: Column,
}

/// Communities in file order.
#[derive(Debug, Serialize)]
pub struct Communities {
    n: usize,
    /// Indices in the order of `communities.csv`: most uncovered people first.
    order: Column,
    code: Column,
    name: Column,
    county: Column,
    street: Column,
    village: Column,
    old: Column,
    built: Column,
    occupied: Column,
    /// A point inside, for names and for finding it.
    at: Column,
    boundaries: Boundaries,
    /// Of the boundary as it was given, for densities.
    km2: Column,
    status: Column,
    share: Column,
    minutes: Column,
    nearest: Column,
    administrative: Column,
    area_reference: Column,
    area_inside: Column,
    area_gap: Column,
    m2_per_100: Column,
    reach_gap: Column,
    old_500: Column,
    outside: Column,
    groups: Vec<GroupColumns>,
}

/// The columns of all communities, and how communities of each kind stand.
pub fn communities(findings: &Findings, plane: &Plane) -> Communities {
    let list = &findings.city.communities;
    let n = list.len();
    let mut covers = vec![None; n];
    for cover in &findings.coverage.communities {
        if let Some(slot) = covers.get_mut(cover.community as usize) {
            *slot = Some(cover);
        }
    }
    let leading = findings.demand.leading_group();
    let flat: Vec<Option<MultiPolygon<f64>>> = list.par_iter().map(|c| flat_boundary(c, plane)).collect();
    let inside = |boundary: &Option<MultiPolygon<f64>>, community: &Community| {
        let point = boundary.as_ref().and_then(InteriorPoint::interior_point);
        point.map(|p| [p.x().round() as i32, p.y().round() as i32]).or_else(|| community.place.map(|p| plane.spot(p)))
    };
    let at: Vec<Option<Spot>> = flat.par_iter().zip(list).map(|(b, c)| inside(b, c)).collect();
    let groups = Group::REPORTED.into_iter().chain([Group::Weight]).filter_map(|group| {
        let find = |i: usize| covers[i].and_then(|c| c.groups.iter().find(|g| g.group == group));
        let column = |value: fn(&GroupCover) -> Count| column::numbers((0..n).map(|i| find(i).map(|g| value(g).into())));
        (0..n).any(|i| find(i).is_some()).then(|| GroupColumns {
            group: group.name(),
            people: column(|g| g.people),
            covered: column(|g| g.covered),
            unknown: column(|g| g.unknown),
        })
    });
    let cover = |value: fn(&CommunityCover) -> Option<f64>, decimals| {
        column::numbers(covers.iter().map(|c| c.and_then(value).map(|v| Num::new(v, decimals))))
    };
    let share = |cover: &CommunityCover| cover.groups.iter().find(|g| Some(g.group) == leading).and_then(|g| g.share()).map(Num::share);
    Communities {
        n,
        order: column::whole(findings.coverage.communities.iter().map(|c| Some(c.community))),
        code: column::texts(list.iter().map(|c| Some(c.code.as_str()))),
        name: column::texts(list.iter().map(|c| Some(c.name.as_str()))),
        county: column::texts(list.iter().map(|c| c.county.as_deref())),
        street: column::texts(list.iter().map(|c| c.street.as_deref())),
        village: column::flags(list.iter().map(|c| Some(c.kind == CommunityKind::Village))),
        old: column::flags(list.iter().map(|c| c.old)),
        built: column::numbers(list.iter().map(|c| c.built_year.map(|y| Num::new(f64::from(y), 0)))),
        occupied: column::numbers(list.iter().map(|c| c.counts[Group::OccupiedHouseholds].map(Num::from))),
        at: column::places(at),
        boundaries: boundaries(&flat, BOUNDARY_BUDGET),
        km2: column::numbers(flat.iter().map(|b| b.as_ref().map(|b| Num::new(b.unsigned_area() / 1e8, 4)))),
        status: column::keys(covers.iter().map(|c| c.map(|c| c.status.key()))),
        share: column::numbers(covers.iter().map(|c| c.and_then(share))),
        minutes: cover(|c| c.minutes, 2),
        nearest: column::whole(covers.iter().map(|c| c.and_then(|c| c.nearest_facility))),
        administrative: column::keys(covers.iter().map(|c| c.map(|c| c.administrative.key()))),
        area_reference: cover(|c| c.area_reference, 2),
        area_inside: cover(|c| c.area_inside, 2),
        area_gap: cover(|c| c.area_gap, 2),
        m2_per_100: cover(|c| c.m2_per_100_households, 2),
        reach_gap: cover(|c| c.reach_gap, 2),
        old_500: column::flags(covers.iter().map(|c| c.and_then(|c| c.priority_old_500))),
        outside: cover(|c| c.outside_share, 4),
        groups: groups.collect(),
    }
}

/// A boundary in decimetres of the map.
pub fn flat_boundary(community: &Community, plane: &Plane) -> Option<MultiPolygon<f64>> {
    let flat = flat(community.boundary.as_ref()?, plane);
    (!flat.0.is_empty()).then_some(flat)
}

/// A ring on the grid, without its repeated last point.
pub fn ring_spots(ring: &LineString<f64>, unit: i32) -> Vec<Spot> {
    let mut spots: Vec<Spot> = ring.coords().map(|c| coarse([c.x as i32, c.y as i32], unit)).collect();
    spots.dedup();
    if spots.first() == spots.last() {
        spots.pop();
    }
    spots
}

/// How many communities of a kind stand how: tallies of `communities.csv`, for the headline and its denominators.
#[derive(Debug, Default, Serialize)]
pub struct Tally {
    /// All of the kind.
    pub n: usize,
    covered: usize,
    partial: usize,
    uncovered: usize,
    unknown: usize,
    /// With a facility of their own.
    pub own: usize,
    /// Served by another's.
    pub shared: usize,
    none: usize,
    admin_unknown: usize,
}

/// The tally of communities of one kind.
pub fn tally(findings: &Findings, kind: CommunityKind) -> Tally {
    tally_in(&findings.city, &findings.coverage, kind)
}

/// The same of a coverage that need not be the present one.
pub fn tally_in(city: &City, coverage: &Coverage, kind: CommunityKind) -> Tally {
    let (administrative, status) = standing(city, coverage, |k| k == kind);
    Tally {
        n: administrative.known() + administrative.unknown,
        covered: status.covered,
        partial: status.partial,
        uncovered: status.uncovered,
        unknown: status.unknown,
        own: administrative.own,
        shared: administrative.shared,
        none: administrative.none,
        admin_unknown: administrative.unknown,
    }
}

/// Facilities in file order.
#[derive(Debug, Serialize)]
pub struct Facilities {
    n: usize,
    id: Column,
    name: Column,
    kind: Column,
    at: Column,
    status: Column,
    /// Counts as supply.
    counts: Column,
    /// Has a spot on the network; else its reach is unknown.
    known: Column,
    community: Column,
    serves: Column,
    floor_area: Column,
    care_area: Column,
    beds: Column,
    duplicate_of: Column,
}

/// The columns of all facilities. What a column passed through (`extra`) is nobody's business here.
pub fn facilities(findings: &Findings, plane: &Plane) -> Facilities {
    let list = &findings.city.facilities;
    let mut counts = vec![false; list.len()];
    for i in &findings.coverage.counting {
        if let Some(slot) = counts.get_mut(*i as usize) {
            *slot = true;
        }
    }
    Facilities {
        n: list.len(),
        id: column::texts(list.iter().map(|f| Some(f.id.as_str()))),
        name: column::texts(list.iter().map(|f| Some(f.name.as_str()))),
        kind: column::texts(list.iter().map(|f| f.kind.as_deref())),
        at: column::places(list.iter().map(|f| f.place.map(|p| plane.spot(p)))),
        status: column::keys(list.iter().map(|f| f.status.map(|s| s.key()))),
        counts: column::flags(counts.into_iter().map(Some)),
        known: column::flags((0..list.len()).map(|i| Some(site_known(findings, i)))),
        community: column::whole(list.iter().map(|f| f.community)),
        serves: column::lists(list.iter().map(|f| f.serves.as_slice())),
        floor_area: column::numbers(list.iter().map(|f| f.floor_area.map(Num::from))),
        care_area: column::numbers(list.iter().map(|f| f.care_area.map(Num::from))),
        beds: column::numbers(list.iter().map(|f| f.beds.map(Num::from))),
        duplicate_of: column::whole(list.iter().map(|f| f.duplicate_of)),
    }
}

fn site_known(findings: &Findings, site: usize) -> bool {
    site < findings.reach.site_count() && findings.reach.site_known(site)
}

/// The candidates of the page in file order. No person's name or telephone is among the columns: those stand in forms only.
#[derive(Debug, Serialize)]
pub struct Candidates {
    n: usize,
    /// Candidates of the study that are not on the page.
    left_out: usize,
    id: Column,
    name: Column,
    at: Column,
    known: Column,
    host: Column,
    street: Column,
    address: Column,
    county: Column,
    floor_area: Column,
    beds: Column,
    mode: Column,
    tenure: Column,
    kind: Column,
    reach: Column,
    new: Column,
    served: Column,
    households_new: Column,
    old_500_households_new: Column,
    reach_gap_closed: Column,
    redundancy: Column,
    outside: Column,
}

/// The columns of the chosen candidates.
pub fn candidates(findings: &Findings, plane: &Plane, chosen: &Chosen) -> Candidates {
    let all = &findings.city.candidates;
    let first = findings.city.facilities.len();
    let list: Vec<&Candidate> = chosen.kept.iter().map(|i| &all[*i as usize]).collect();
    let figure = |value: fn(&SiteFigures) -> Option<Num>| {
        column::numbers(chosen.kept.iter().map(|i| findings.figures.get(*i as usize).and_then(value)))
    };
    let names: BTreeMap<&str, &str> = findings.city.counties.iter().map(|c| (c.code.as_str(), c.name.as_str())).collect();
    let county =
        |code: &'_ Option<String>| code.as_deref().map(|code| names.get(code).map_or_else(|| code.to_owned(), |n| (*n).to_owned()));
    let counties: Vec<Option<String>> = list.iter().map(|c| county(&c.county_code)).collect();
    Candidates {
        n: list.len(),
        left_out: all.len() - list.len(),
        id: column::texts(list.iter().map(|c| Some(c.id.as_str()))),
        name: column::texts(list.iter().map(|c| Some(c.name.as_str()))),
        at: column::places(list.iter().map(|c| c.place.map(|p| plane.spot(p)))),
        known: column::flags(chosen.kept.iter().map(|i| Some(site_known(findings, first + *i as usize)))),
        host: column::whole(list.iter().map(|c| c.host)),
        street: column::texts(list.iter().map(|c| c.street.as_deref())),
        address: column::texts(list.iter().map(|c| c.address.as_deref())),
        county: column::texts(counties.iter().map(Option::as_deref)),
        floor_area: column::numbers(list.iter().map(|c| c.floor_area.map(Num::from))),
        beds: column::numbers(list.iter().map(|c| c.beds.map(Num::from))),
        mode: column::keys(list.iter().map(|c| c.build_mode.map(|m| m.key()))),
        tenure: column::keys(list.iter().map(|c| c.tenure.map(|t| t.key()))),
        kind: column::texts(list.iter().map(|c| c.kind.as_deref())),
        reach: figure(|f| f.elderly_60_reach.map(Num::from)),
        new: figure(|f| f.elderly_60_new.map(Num::from)),
        served: figure(|f| f.elderly_60_served.map(Num::from)),
        households_new: figure(|f| f.households_new.map(Num::from)),
        old_500_households_new: figure(|f| f.old_500_households_new.map(Num::from)),
        reach_gap_closed: figure(|f| f.reach_gap_closed.map(|v| Num::new(v, 2))),
        redundancy: figure(|f| f.redundancy.map(Num::share)),
        outside: figure(|f| f.outside_share.map(Num::share)),
    }
}
