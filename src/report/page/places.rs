//! Communities, facilities and candidates as columns: one name for each column rather than for each value.

use geo::{Area, InteriorPoint, LineString, MapCoords, MultiPolygon};
use serde::Serialize;

use super::lines::coarse;
use super::number::Num;
use super::packed::Packed;
use super::plane::{Plane, Spot};
use crate::city::{Community, CommunityKind, Group};
use crate::coverage::standing::standing;
use crate::space::LonLat;
use crate::study::Findings;

/// Characters that boundaries may take before they are written on a coarser grid.
const BOUNDARY_BUDGET: usize = 3_000_000;

/// One group of people in every community.
#[derive(Debug, Serialize)]
pub struct GroupColumns {
    group: &'static str,
    people: Vec<Option<Num>>,
    covered: Vec<Option<Num>>,
    unknown: Vec<Option<Num>>,
}

/// Communities in file order.
#[derive(Debug, Default, Serialize)]
pub struct Communities {
    n: usize,
    /// Indices in the order of `communities.csv`: most uncovered people first.
    order: Vec<u32>,
    code: Vec<String>,
    name: Vec<String>,
    county: Vec<Option<String>>,
    street: Vec<Option<String>>,
    village: Vec<bool>,
    old: Vec<Option<bool>>,
    built: Vec<Option<i32>>,
    occupied: Vec<Option<Num>>,
    /// A point inside, for names and for finding it.
    at: Vec<Option<Spot>>,
    /// Decimetres of one step of `rings`.
    unit: i32,
    /// Rings: how many points, then each as a step; closed without a repeated last point.
    rings: Vec<String>,
    /// Of the drawn boundary, for densities.
    km2: Vec<Option<Num>>,
    status: Vec<Option<&'static str>>,
    share: Vec<Option<Num>>,
    minutes: Vec<Option<Num>>,
    nearest: Vec<Option<u32>>,
    administrative: Vec<Option<&'static str>>,
    area_reference: Vec<Option<Num>>,
    area_inside: Vec<Option<Num>>,
    area_gap: Vec<Option<Num>>,
    m2_per_100: Vec<Option<Num>>,
    reach_gap: Vec<Option<Num>>,
    old_500: Vec<Option<bool>>,
    outside: Vec<Option<Num>>,
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
    let flat: Vec<Option<MultiPolygon<f64>>> = list.iter().map(|c| flat_boundary(c, plane)).collect();
    let mut unit = 1;
    let mut rings: Vec<String> = flat.iter().map(|b| boundary_text(b.as_ref(), unit)).collect();
    while rings.iter().map(String::len).sum::<usize>() > BOUNDARY_BUDGET && unit < 500 {
        unit *= 5;
        rings = flat.iter().map(|b| boundary_text(b.as_ref(), unit)).collect();
    }
    let inside = |boundary: &Option<MultiPolygon<f64>>, community: &Community| {
        let point = boundary.as_ref().and_then(InteriorPoint::interior_point);
        point.map(|p| [p.x().round() as i32, p.y().round() as i32]).or_else(|| community.place.map(|p| plane.spot(p)))
    };
    let groups = Group::REPORTED.into_iter().chain([Group::Weight]).filter_map(|group| {
        let find = |i: usize| covers[i].and_then(|c| c.groups.iter().find(|g| g.group == group));
        (0..n).any(|i| find(i).is_some()).then(|| GroupColumns {
            group: group.name(),
            people: (0..n).map(|i| find(i).map(|g| g.people.into())).collect(),
            covered: (0..n).map(|i| find(i).map(|g| g.covered.into())).collect(),
            unknown: (0..n).map(|i| find(i).map(|g| g.unknown.into())).collect(),
        })
    });
    let cover = |value: fn(&crate::coverage::CommunityCover) -> Option<f64>, decimals| {
        covers.iter().map(|c| c.and_then(value).map(|v| Num::new(v, decimals))).collect()
    };
    Communities {
        n,
        order: findings.coverage.communities.iter().map(|c| c.community).collect(),
        code: list.iter().map(|c| c.code.clone()).collect(),
        name: list.iter().map(|c| c.name.clone()).collect(),
        county: list.iter().map(|c| c.county.clone()).collect(),
        street: list.iter().map(|c| c.street.clone()).collect(),
        village: list.iter().map(|c| c.kind == CommunityKind::Village).collect(),
        old: list.iter().map(|c| c.old).collect(),
        built: list.iter().map(|c| c.built_year).collect(),
        occupied: list.iter().map(|c| c.counts[Group::OccupiedHouseholds].map(Num::from)).collect(),
        at: flat.iter().zip(list).map(|(b, c)| inside(b, c)).collect(),
        unit,
        rings,
        km2: flat.iter().map(|b| b.as_ref().map(|b| Num::new(b.unsigned_area() / 1e8, 4))).collect(),
        status: covers.iter().map(|c| c.map(|c| c.status.key())).collect(),
        share: covers
            .iter()
            .map(|c| c.and_then(|c| c.groups.iter().find(|g| Some(g.group) == leading)).and_then(|g| g.share()).map(Num::share))
            .collect(),
        minutes: cover(|c| c.minutes, 2),
        nearest: covers.iter().map(|c| c.and_then(|c| c.nearest_facility)).collect(),
        administrative: covers.iter().map(|c| c.map(|c| c.administrative.key())).collect(),
        area_reference: cover(|c| c.area_reference, 2),
        area_inside: cover(|c| c.area_inside, 2),
        area_gap: cover(|c| c.area_gap, 2),
        m2_per_100: cover(|c| c.m2_per_100_households, 2),
        reach_gap: cover(|c| c.reach_gap, 2),
        old_500: covers.iter().map(|c| c.and_then(|c| c.priority_old_500)).collect(),
        outside: cover(|c| c.outside_share, 4),
        groups: groups.collect(),
    }
}

/// A boundary in decimetres of the map.
pub fn flat_boundary(community: &Community, plane: &Plane) -> Option<MultiPolygon<f64>> {
    let flat = community.boundary.as_ref()?.map_coords(|c| {
        let [x, y] = plane.spot(LonLat::from(c));
        geo::Coord { x: f64::from(x), y: f64::from(y) }
    });
    (!flat.0.is_empty()).then_some(flat)
}

/// The rings of a boundary; those of fewer than three points on the grid vanish.
fn boundary_text(boundary: Option<&MultiPolygon<f64>>, unit: i32) -> String {
    let (mut packed, mut last) = (Packed::default(), [0, 0]);
    for polygon in boundary.iter().flat_map(|b| &b.0) {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            let spots = ring_spots(ring, unit);
            if spots.len() >= 3 {
                packed.push(spots.len() as u64);
                for spot in spots {
                    packed.push_step(&mut last, spot);
                }
            }
        }
    }
    packed.finish()
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
    let (administrative, status) = standing(&findings.city, &findings.coverage, |k| k == kind);
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
    id: Vec<String>,
    name: Vec<String>,
    kind: Vec<Option<String>>,
    at: Vec<Option<Spot>>,
    status: Vec<Option<&'static str>>,
    /// Counts as supply.
    counts: Vec<bool>,
    /// Has a spot on the network; else its reach is unknown.
    known: Vec<bool>,
    community: Vec<Option<u32>>,
    serves: Vec<Vec<u32>>,
    floor_area: Vec<Option<Num>>,
    care_area: Vec<Option<Num>>,
    beds: Vec<Option<Num>>,
    duplicate_of: Vec<Option<u32>>,
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
        id: list.iter().map(|f| f.id.clone()).collect(),
        name: list.iter().map(|f| f.name.clone()).collect(),
        kind: list.iter().map(|f| f.kind.clone()).collect(),
        at: list.iter().map(|f| f.place.map(|p| plane.spot(p))).collect(),
        status: list.iter().map(|f| f.status.map(|s| s.key())).collect(),
        counts,
        known: (0..list.len()).map(|i| site_known(findings, i)).collect(),
        community: list.iter().map(|f| f.community).collect(),
        serves: list.iter().map(|f| f.serves.clone()).collect(),
        floor_area: list.iter().map(|f| f.floor_area.map(Num::from)).collect(),
        care_area: list.iter().map(|f| f.care_area.map(Num::from)).collect(),
        beds: list.iter().map(|f| f.beds.map(Num::from)).collect(),
        duplicate_of: list.iter().map(|f| f.duplicate_of).collect(),
    }
}

fn site_known(findings: &Findings, site: usize) -> bool {
    site < findings.reach.site_count() && findings.reach.site_known(site)
}

/// Candidates in file order. No person's name or telephone is among the columns: those stand in forms only.
#[derive(Debug, Serialize)]
pub struct Candidates {
    n: usize,
    id: Vec<String>,
    name: Vec<String>,
    at: Vec<Option<Spot>>,
    known: Vec<bool>,
    host: Vec<Option<u32>>,
    street: Vec<Option<String>>,
    address: Vec<Option<String>>,
    county: Vec<Option<String>>,
    floor_area: Vec<Option<Num>>,
    beds: Vec<Option<Num>>,
    mode: Vec<Option<&'static str>>,
    tenure: Vec<Option<&'static str>>,
    kind: Vec<Option<String>>,
    reach: Vec<Option<Num>>,
    new: Vec<Option<Num>>,
    served: Vec<Option<Num>>,
    households_new: Vec<Option<Num>>,
    old_500_households_new: Vec<Option<Num>>,
    reach_gap_closed: Vec<Option<Num>>,
    redundancy: Vec<Option<Num>>,
    outside: Vec<Option<Num>>,
}

/// The columns of all candidates.
pub fn candidates(findings: &Findings, plane: &Plane) -> Candidates {
    let list = &findings.city.candidates;
    let first = findings.city.facilities.len();
    let figure = |value: fn(&crate::coverage::SiteFigures) -> Option<Num>| -> Vec<Option<Num>> {
        (0..list.len()).map(|i| findings.figures.get(i).and_then(value)).collect()
    };
    let county = |code: &Option<String>| {
        let code = code.as_ref()?;
        findings.city.counties.iter().find(|c| &c.code == code).map(|c| c.name.clone()).or_else(|| Some(code.clone()))
    };
    Candidates {
        n: list.len(),
        id: list.iter().map(|c| c.id.clone()).collect(),
        name: list.iter().map(|c| c.name.clone()).collect(),
        at: list.iter().map(|c| c.place.map(|p| plane.spot(p))).collect(),
        known: (0..list.len()).map(|i| site_known(findings, first + i)).collect(),
        host: list.iter().map(|c| c.host).collect(),
        street: list.iter().map(|c| c.street.clone()).collect(),
        address: list.iter().map(|c| c.address.clone()).collect(),
        county: list.iter().map(|c| county(&c.county_code)).collect(),
        floor_area: list.iter().map(|c| c.floor_area.map(Num::from)).collect(),
        beds: list.iter().map(|c| c.beds.map(Num::from)).collect(),
        mode: list.iter().map(|c| c.build_mode.map(|m| m.key())).collect(),
        tenure: list.iter().map(|c| c.tenure.map(|t| t.key())).collect(),
        kind: list.iter().map(|c| c.kind.clone()).collect(),
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
