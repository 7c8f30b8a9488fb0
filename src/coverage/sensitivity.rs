//! How much of an answer hangs on its assumptions: coverage at other speeds, other limits, and other distances to a street.
//!
//! The documents say "fifteen minutes" and neither speed nor limit of what counts as reachable; the steps below are ours.

use super::within::within;
use crate::city::{City, Group};
use crate::demand::{Demand, NO_COMMUNITY};
use crate::settings::{Scope, Settings};
use crate::units::{Count, Millimetres, Milliseconds, WalkingSpeed};

/// Speeds beside the study's own, mm/s: from a slow walk of the very old to a brisk one.
const SPEEDS: [u32; 5] = [600, 800, 1000, 1200, 1400];
/// Limits beside the study's own, minutes.
const LIMITS: [u64; 5] = [5, 10, 15, 20, 30];
/// Snap distances beside the study's own, metres.
const SNAPS: [u64; 3] = [50, 100, 200];

/// One line of `sensitivity.csv`: one group of people of the headline's scope at one speed, limit and snap.
/// Always `known + unknown = people` and `covered ≤ known`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct SensitivityRow {
    pub speed: WalkingSpeed,
    pub limit: Milliseconds,
    pub snap: Millimetres,
    pub scope: Scope,
    pub group: Group,
    pub people: Count,
    pub known: Count,
    pub covered: Count,
    pub unknown: Count,
}

/// What one snap distance makes of the points: all speeds and limits are read from it.
#[derive(Debug, Clone)]
pub struct SnapLayer {
    /// How far a place may be from a street.
    pub snap: Millimetres,
    /// Whether each point is known at all.
    pub known: Vec<bool>,
    /// Each point's walk to its nearest counting facility, at any distance.
    pub nearest: Vec<Option<Millimetres>>,
}

/// The speeds of the surface: 0.6, 0.8 … 1.4 m/s and the study's own, ascending.
pub fn speeds(settings: &Settings) -> Vec<WalkingSpeed> {
    ascending(SPEEDS.into_iter().filter_map(WalkingSpeed::from_mm_per_s).chain([settings.speed]))
}

/// The limits of the surface: 5, 10, 15, 20, 30 minutes and the study's own, ascending.
pub fn limits(settings: &Settings) -> Vec<Milliseconds> {
    ascending(LIMITS.map(|minutes| Milliseconds(minutes * 60_000)).into_iter().chain([settings.limit]))
}

/// The snap distances of the surface: 50, 100, 200 m and the study's own, ascending.
pub fn snaps(settings: &Settings) -> Vec<Millimetres> {
    ascending(SNAPS.map(|metres| Millimetres(metres * 1000)).into_iter().chain([settings.snap]))
}

fn ascending<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The scope that a headline speaks of: the study's, or everybody where it has no community of that kind.
pub fn scope(settings: &Settings, city: &City) -> Scope {
    if city.communities.iter().any(|c| settings.scope.includes(c.kind)) { settings.scope } else { Scope::All }
}

/// The whole surface, by speed, limit, snap and group. Layers are asked for one at a time, so that only one is in memory.
pub fn surface(settings: &Settings, city: &City, demand: &Demand, layers: impl Iterator<Item = SnapLayer>) -> Vec<SensitivityRow> {
    let scope = scope(settings, city);
    let inside = |community: Option<usize>| match community {
        Some(c) => scope.includes(city.communities[c].kind),
        None => scope == Scope::All,
    };
    let member: Vec<bool> = (0..demand.len()).map(|p| inside(demand.community_of(p))).collect();
    let mut steps: Vec<(WalkingSpeed, Milliseconds)> =
        speeds(settings).into_iter().flat_map(|v| limits(settings).into_iter().map(move |t| (v, t))).collect();
    // By how far one comes, so that a walk within one step is within all that follow.
    steps.sort_unstable_by_key(|(v, t)| (u128::from(v.mm_per_s()) * u128::from(t.0), *v));
    let mut rows = Vec::new();
    for layer in layers {
        for group in demand.reported() {
            let (mut people, mut known) = (Count::ZERO, Count::ZERO);
            let mut first_within = vec![Count::ZERO; steps.len() + 1];
            for (p, count) in demand.group(group).unwrap_or_default().iter().enumerate().filter(|(p, _)| member[*p]) {
                people += *count;
                if layer.known[p] {
                    known += *count;
                    if let Some(walk) = layer.nearest[p] {
                        first_within[steps.partition_point(|(v, t)| !within(walk, *v, *t))] += *count;
                    }
                }
            }
            let unplaced = demand.without_point.iter().filter(|u| u.group == group);
            let belongs = |community: u32| inside((community != NO_COMMUNITY).then_some(community as usize));
            people += unplaced.filter(|u| belongs(u.community)).map(|u| u.count).sum();
            let mut covered = Count::ZERO;
            for ((speed, limit), more) in steps.iter().zip(first_within) {
                covered += more;
                let (speed, limit, snap) = (*speed, *limit, layer.snap);
                rows.push(SensitivityRow { speed, limit, snap, scope, group, people, known, covered, unknown: people.minus(known) });
            }
        }
    }
    rows.sort_by_key(|r| (r.speed, r.limit, r.snap, r.group));
    rows
}
