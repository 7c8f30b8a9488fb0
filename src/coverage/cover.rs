//! Who is covered: the whole of it.

use rayon::prelude::*;

use super::within::within;
use super::{Coverage, administrative, communities, flip, supply, tally, totals};
use crate::city::{City, Facility};
use crate::demand::Demand;
use crate::network::reach::ReachTable;
use crate::settings::Settings;
use crate::units::Millimetres;

/// Coverage by the facilities that count, at the study's speed and limit; totals at every speed.
///
/// `nearest` is each point's nearest counting facility, beyond the limit too. Of the sites of `reach` only the first
/// `city.facilities.len()` are facilities. The norm in reach joins later: [`Coverage::add_norm`].
pub fn cover(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    reach: &ReachTable,
    nearest: &[Option<(u32, Millimetres)>],
    counts_as: Option<&[String]>,
) -> Coverage {
    let counting = supply::counting(city, counts_as);
    let mut counts = vec![false; city.facilities.len()];
    counting.iter().for_each(|f| counts[*f as usize] = true);
    let speeds = settings.speeds();
    let study_speed = speeds.iter().position(|v| *v == settings.speed).unwrap_or_default();

    let tallies = tally::tally(settings, city, demand, reach, &speeds, &tally::nearest_in_table(reach, &counts));
    let inside = administrative::inside(city, &counting, &administrative::households(city, demand));
    Coverage {
        totals: totals::totals(settings, city, demand, &speeds, &tallies),
        flip: flip::flip(settings, city, demand, reach, nearest),
        communities: communities::communities(settings, city, demand, reach, nearest, &tallies, study_speed, &inside),
        cover_count: cover_count(settings, city, reach, &counts),
        nearest: nearest.to_vec(),
        counting,
    }
}

/// For each point, how many counting facilities reach it within the limit; a facility that the file repeats counts once.
fn cover_count(settings: &Settings, city: &City, reach: &ReachTable, counts: &[bool]) -> Vec<u32> {
    let repeats = |f: &Facility| f.duplicate_of.is_some();
    let original: Option<Vec<u32>> = city
        .facilities
        .iter()
        .any(repeats)
        .then(|| (0..city.facilities.len() as u32).map(|f| supply::original(&city.facilities, f)).collect());
    (0..reach.point_count())
        .into_par_iter()
        .map_init(Vec::new, |seen, p| {
            if !reach.point_known(p) {
                return 0;
            }
            let facilities = reach.of_point(p).take_while(|(site, _)| *site < counts.len());
            let near = facilities.filter(|(site, d)| counts[*site] && within(*d, settings.speed, settings.limit));
            let Some(original) = &original else { return near.count() as u32 };
            seen.clear();
            seen.extend(near.map(|(site, _)| original[site]));
            seen.sort_unstable();
            seen.dedup();
            seen.len() as u32
        })
        .collect()
}
