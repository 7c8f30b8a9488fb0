//! Who is covered: the whole of it.

use super::{Coverage, administrative, communities, flip, served, supply, tally, totals};
use crate::city::City;
use crate::demand::Demand;
use crate::network::reach::Reach;
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
    reach: &dyn Reach,
    nearest: Vec<Option<(u32, Millimetres)>>,
    counts_as: Option<&[String]>,
) -> Coverage {
    let counting = supply::counting(city, counts_as);
    let mut counts = vec![false; city.facilities.len()];
    counting.iter().for_each(|f| counts[*f as usize] = true);
    let speeds = settings.speeds();
    let study_speed = speeds.iter().position(|v| *v == settings.speed).unwrap_or_default();

    let served = served::served(settings, city, reach, &counts);
    let tallies = tally::tally(settings, city, demand, reach.known(), &speeds, &served);
    let inside = administrative::inside(city, &counting, &administrative::households(city, demand));
    Coverage {
        totals: totals::totals(settings, city, demand, &speeds, &tallies),
        flip: flip::flip(settings, city, demand, reach.known(), &nearest),
        communities: communities::communities(settings, city, demand, reach.known(), &nearest, &tallies, study_speed, &inside),
        cover_count: served.into_iter().map(|p| p.count).collect(),
        nearest,
        counting,
    }
}
