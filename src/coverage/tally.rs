//! Adding people up: for each community and group, how many there are, are known, and are in reach at each speed.

use rayon::prelude::*;

use super::within::within;
use crate::city::{City, Group};
use crate::demand::{Demand, NO_COMMUNITY};
use crate::network::reach::ReachTable;
use crate::settings::Settings;
use crate::units::{Count, Millimetres, WalkingSpeed};

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

/// For each point its walk to the nearest counting facility, as far as the table goes; `None` beyond and where the point is unknown.
pub fn nearest_in_table(reach: &ReachTable, counts: &[bool]) -> Vec<Option<Millimetres>> {
    (0..reach.point_count())
        .into_par_iter()
        .map(|p| {
            let pairs = reach.of_point(p).take_while(|(site, _)| *site < counts.len());
            pairs.filter(|(site, _)| counts[*site]).map(|(_, d)| d).min().filter(|_| reach.point_known(p))
        })
        .collect()
}

/// Tallies every group that tables speak of. Sums are whole numbers, so their order does not matter.
pub fn tally(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    reach: &ReachTable,
    speeds: &[WalkingSpeed],
    nearest: &[Option<Millimetres>],
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
                if !reach.point_known(p) {
                    continue;
                }
                tally.known[c] += *count;
                if let Some(walk) = nearest[p] {
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
