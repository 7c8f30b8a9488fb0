//! Who would change sides if people walked a little longer, or a little less: how many sit just inside the limit and just beyond it.

use rayon::prelude::*;

use super::within::within;
use super::{Level, totals};
use crate::city::{City, Group};
use crate::demand::{Demand, NO_COMMUNITY};
use crate::network::reach::Known;
use crate::settings::Settings;
use crate::units::{Count, Millimetres, Milliseconds};

/// One minute, in milliseconds.
const MINUTE: u64 = 60_000;

/// One line of `flip.csv`: known people of a unit within so many minutes of the limit, at the study's own speed.
///
/// With *covered(t)* the people within *t* of their nearest counting facility: *covered(limit) − just_in = covered(limit − n)* and
/// *covered(limit) + just_out = covered(limit + n)*.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Flip {
    pub level: Level,
    pub code: String,
    pub name: String,
    pub group: Group,
    /// n, whole minutes.
    pub minutes: u32,
    /// limit − n < time ≤ limit.
    pub just_in: Count,
    /// limit < time ≤ limit + n.
    pub just_out: Count,
}

/// The lines of every unit, group and minute up to `settings.within`, in the order of the totals; none where nobody asked.
///
/// They speak of everybody, communities and villages and people outside both, as the totals of scope `all` do. `nearest` is each
/// point's nearest counting facility at any distance.
pub fn flip(settings: &Settings, city: &City, demand: &Demand, on_streets: &Known, nearest: &[Option<(u32, Millimetres)>]) -> Vec<Flip> {
    let Some(most) = settings.within.map(|n| n as usize) else { return Vec::new() };
    // limit − n … limit … limit + n, in steps of a minute; a negative time is nobody's.
    let limits: Vec<Milliseconds> =
        (0..=2 * most).map(|i| Milliseconds((settings.limit.0 + i as u64 * MINUTE).saturating_sub(most as u64 * MINUTE))).collect();
    // For each point the first of these limits that it is within; one past the last where none is, or nothing is known.
    let beyond = limits.len();
    let first: Vec<usize> = nearest
        .par_iter()
        .enumerate()
        .map(|(p, found)| match found {
            Some((_, walk)) if on_streets.point_known(p) => limits.partition_point(|limit| !within(*walk, settings.speed, *limit)),
            _ => beyond,
        })
        .collect();
    let outside = city.communities.len();
    let groups: Vec<(Group, Vec<Count>)> = demand
        .reported()
        .into_par_iter()
        .map(|group| {
            let mut people = vec![Count::ZERO; (outside + 1) * beyond];
            for (p, count) in demand.group(group).unwrap_or_default().iter().enumerate() {
                if first[p] < beyond {
                    let community = demand.community[p];
                    let slot = if community == NO_COMMUNITY { outside } else { community as usize };
                    people[slot * beyond + first[p]] += *count;
                }
            }
            (group, people)
        })
        .collect();

    let mut lines = Vec::new();
    for unit in totals::units(city) {
        let slots: Vec<usize> = unit.communities.iter().copied().chain(unit.outside.then_some(outside)).collect();
        for (group, people) in &groups {
            if !unit.outside && !unit.communities.iter().any(|c| demand.knows(*c as u32, *group)) {
                continue;
            }
            let at = |i: usize| slots.iter().map(|slot| people[slot * beyond + i]).sum::<Count>();
            let (mut just_in, mut just_out) = (Count::ZERO, Count::ZERO);
            for n in 1..=most {
                just_in += at(most + 1 - n);
                just_out += at(most + n);
                let (code, name) = (unit.code.clone(), unit.name.clone());
                lines.push(Flip { level: unit.level, code, name, group: *group, minutes: n as u32, just_in, just_out });
            }
        }
    }
    lines
}
