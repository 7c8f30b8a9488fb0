//! Who reaches which candidate, for the choice of a best set: one list for each demand point.

use crate::city::City;
use crate::coverage::within::within;
use crate::demand::Demand;
use crate::network::reach::Reach;
use crate::settings::Settings;
use crate::siting::Lists;
use crate::units::Milliseconds;

/// What a plan is chosen from.
#[derive(Debug, Clone)]
pub enum CandidatePairs {
    /// For each demand point, the candidates within the limit.
    Reach(Lists<u32>),
    /// For each demand point, the candidates within the farthest walk, with the walking time in milliseconds.
    Walks(Lists<(u32, i64)>),
}

/// More pairs than this are not kept: 16 bytes each.
const MOST: usize = 120_000_000;

/// Gathers the pairs; `farthest` asks for walking times up to it. `Err` with the number of pairs where there are too many.
pub(super) fn gather(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    reach: &dyn Reach,
    farthest: Option<Milliseconds>,
) -> Result<CandidatePairs, usize> {
    let (first, all) = (city.facilities.len(), city.facilities.len() + city.candidates.len());
    let mut pairs: Vec<(u32, u32, u32)> = Vec::new();
    let mut counts = vec![0_usize; demand.len() + 1];
    let mut too_many = 0;
    let limit = farthest.unwrap_or(settings.limit);
    reach.in_parts(first..all.min(reach.known().site_count()), &mut |table, sites| {
        for site in sites.filter(|site| table.known().site_known(*site) && city.candidates[*site - first].place.is_some()) {
            for (point, walk) in table.of_site(site) {
                if within(walk, settings.speed, limit) && table.known().point_known(point) {
                    too_many += 1;
                    if too_many <= MOST {
                        counts[point] += 1;
                        let time = if farthest.is_some() { settings.speed.time(walk).0 as u32 } else { 0 };
                        pairs.push((point as u32, (site - first) as u32, time));
                    }
                }
            }
        }
    });
    if too_many > MOST {
        return Err(too_many);
    }
    // Counting sort by point; candidates ascend within one, as the sites came in order.
    let mut starts = vec![0; demand.len() + 1];
    for point in 0..demand.len() {
        starts[point + 1] = starts[point] + counts[point];
    }
    let mut next = starts.clone();
    let mut place = |point: u32| {
        let at = &mut next[point as usize];
        *at += 1;
        *at - 1
    };
    Ok(if farthest.is_some() {
        let mut items = vec![(0, 0); pairs.len()];
        pairs.iter().for_each(|(point, candidate, time)| items[place(*point)] = (*candidate, i64::from(*time)));
        CandidatePairs::Walks(Lists::laid(starts, items))
    } else {
        let mut items = vec![0; pairs.len()];
        pairs.iter().for_each(|(point, candidate, _)| items[place(*point)] = *candidate);
        CandidatePairs::Reach(Lists::laid(starts, items))
    })
}
