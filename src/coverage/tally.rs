//! Adding people up: for each community and group, how many there are, are known, and are in reach at each speed.

use rayon::prelude::*;

use super::served::Served;
use super::within::within;
use crate::city::{City, Group};
use crate::demand::{Demand, NO_COMMUNITY};
use crate::network::reach::Known;
use crate::settings::Settings;
use crate::units::{Count, WalkingSpeed};

/// People of one group, by community; the last entry is everybody outside all communities.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Which group.
    pub group: Group,
    /// All of them.
    pub people: Vec<Count>,
    /// Those whose reach is known.
    pub known: Vec<Count>,
    /// Those in reach, for each speed.
    pub covered: Vec<Vec<Count>>,
}

/// Tallies every group that tables speak of. Sums are whole numbers, so their order does not matter.
pub fn tally(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    on_streets: &Known,
    speeds: &[WalkingSpeed],
    served: &[Served],
) -> Vec<Tally> {
    let outside = city.communities.len();
    let slot = |c: u32| if c == NO_COMMUNITY { outside } else { c as usize };
    demand
        .reported()
        .into_par_iter()
        .map(|group| {
            let zeros = vec![Count::ZERO; outside + 1];
            let mut tally = Tally { group, people: zeros.clone(), known: zeros.clone(), covered: vec![zeros; speeds.len()] };
            for (p, count) in demand.group(group).unwrap_or_default().iter().enumerate() {
                let c = slot(demand.community[p]);
                tally.people[c] += *count;
                if !on_streets.point_known(p) {
                    continue;
                }
                tally.known[c] += *count;
                if let Some(walk) = served[p].nearest() {
                    for (covered, speed) in tally.covered.iter_mut().zip(speeds) {
                        if within(walk, *speed, settings.limit) {
                            covered[c] += *count;
                        }
                    }
                }
            }
            for unplaced in demand.without_point.iter().filter(|u| u.group == group) {
                tally.people[slot(unplaced.community)] += unplaced.count;
            }
            tally
        })
        .collect()
}
