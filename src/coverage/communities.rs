//! The rows of `communities.csv`: how each community stands, and what is near it.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::administrative::{Inside, NORM_PER_HOUSEHOLD};
use super::old500::old500;
use super::tally::Tally;
use super::{CommunityCover, CoverStatus, GroupCover};
use crate::city::{City, Group};
use crate::demand::Demand;
use crate::network::reach::Known;
use crate::settings::Settings;
use crate::units::{Count, Millimetres};

/// Every community, most known and uncovered people of the leading group first, then by code. `study_speed` is the study's own
/// among the speeds of the tallies. The norm in reach is filled in by [`super::Coverage::add_norm`].
#[allow(clippy::too_many_arguments)]
pub fn communities(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    on_streets: &Known,
    nearest: &[Option<(u32, Millimetres)>],
    tallies: &[Tally],
    study_speed: usize,
    inside: &[Inside],
) -> Vec<CommunityCover> {
    let leading = demand.leading_group();
    let near = near(settings, city, demand, on_streets, nearest, leading);
    let mut rows: Vec<CommunityCover> = near
        .into_iter()
        .enumerate()
        .map(|(c, near)| {
            let groups: Vec<GroupCover> = tallies
                .iter()
                .filter(|t| demand.knows(c as u32, t.group))
                .map(|t| GroupCover {
                    group: t.group,
                    people: t.people[c],
                    covered: t.covered[study_speed][c],
                    unknown: t.people[c].minus(t.known[c]),
                })
                .collect();
            let households = groups.iter().find(|g| g.group == Group::Households).map(|g| g.people);
            let area_reference = households.map(|n| NORM_PER_HOUSEHOLD * n.as_f64());
            let area_inside = inside[c].area;
            CommunityCover {
                community: c as u32,
                status: status_of(settings, groups.iter().find(|g| Some(g.group) == leading)),
                minutes: near.minutes,
                nearest_facility: near.facility,
                administrative: inside[c].administrative,
                area_reference,
                area_inside,
                area_gap: area_reference.zip(area_inside).map(|(need, has)| (need - has).max(0.0)),
                m2_per_100_households: None,
                reach_gap: None,
                priority_old_500: old500(&city.communities[c], settings.accept_proxy),
                outside_share: None,
                groups,
            }
        })
        .collect();
    let missed = |row: &CommunityCover| row.groups.iter().find(|g| Some(g.group) == leading).map(|g| g.known().minus(g.covered));
    rows.sort_by_cached_key(|row| (Reverse(missed(row).unwrap_or_default()), &city.communities[row.community as usize].code));
    rows
}

/// Unknown where more than half of its people are, or where there is nobody to speak of; else by the share of known people in reach.
pub fn status_of(settings: &Settings, group: Option<&GroupCover>) -> CoverStatus {
    let Some((group, share)) = group.and_then(|g| Some((g, g.share()?))) else { return CoverStatus::Unknown };
    if u128::from(group.unknown.0) * 2 > u128::from(group.people.0) {
        CoverStatus::Unknown
    } else if share >= settings.covered {
        CoverStatus::Covered
    } else if share <= settings.uncovered {
        CoverStatus::Uncovered
    } else {
        CoverStatus::Partial
    }
}

/// What is nearest to a community.
#[derive(Debug, Clone, Copy, Default)]
struct Near {
    minutes: Option<f64>,
    facility: Option<u32>,
}

/// For each community the people-weighted mean time to the nearest counting facility and the facility nearest for most people, over
/// known points that reach one, however far.
fn near(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    on_streets: &Known,
    nearest: &[Option<(u32, Millimetres)>],
    leading: Option<Group>,
) -> Vec<Near> {
    let mut near = vec![Near::default(); city.communities.len()];
    let Some(people) = leading.and_then(|g| demand.group(g)) else { return near };
    // (community, facility, people, milliseconds); whole numbers, so the order of adding cannot matter.
    let mut walks: Vec<(u32, u32, u64, u64)> = Vec::new();
    for (p, count) in people.iter().enumerate() {
        let Some(c) = demand.community_of(p).filter(|_| *count > Count::ZERO && on_streets.point_known(p)) else { continue };
        let Some((facility, distance)) = nearest.get(p).copied().flatten() else { continue };
        walks.push((c as u32, facility, count.0, settings.speed.time(distance).0));
    }
    walks.par_sort_unstable_by_key(|w| (w.0, w.1));
    for of_community in walks.chunk_by(|a, b| a.0 == b.0) {
        let (people, time) = of_community.iter().fold((0, 0), |(people, time), w| {
            let weight = u128::from(w.2);
            (people + weight, time + weight * u128::from(w.3))
        });
        let most = of_community
            .chunk_by(|a, b| a.1 == b.1)
            .map(|same| (same.iter().map(|w| u128::from(w.2)).sum::<u128>(), same[0].1))
            .max_by(|a, b| a.0.cmp(&b.0).then_with(|| id(city, b.1).cmp(id(city, a.1))));
        near[of_community[0].0 as usize] =
            Near { minutes: Some(time as f64 / people as f64 / 60_000.0), facility: most.map(|(_, facility)| facility) };
    }
    near
}

fn id(city: &City, facility: u32) -> &str {
    city.facilities.get(facility as usize).map_or("", |f| f.id.as_str())
}
