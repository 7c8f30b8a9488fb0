//! The bureau's own question: does a community have a facility, or share one? And how much floor is that against the norm?

use super::Administrative;
use super::supply::{Supply, supplies};
use crate::city::{City, Group};
use crate::demand::{Demand, NO_COMMUNITY};
use crate::units::{Count, SquareMetres};

/// The norm of 20 m² per 100 households (S002-29), in m² per household.
pub const NORM_PER_HOUSEHOLD: f64 = 0.2;

/// What stands in a community, or is shared with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inside {
    /// Own, shared, none or unknown.
    pub administrative: Administrative,
    /// Operating floor in it and its share of joint facilities, m²; `None` while one of these areas is unknown, or when it cannot
    /// be said which facilities stand in it.
    pub area: Option<f64>,
}

/// The answer for every community. `households[c]` weighs how a joint facility's floor is shared out.
pub fn inside(city: &City, counting: &[u32], households: &[Option<Count>]) -> Vec<Inside> {
    let mut own = vec![false; city.communities.len()];
    let mut shared = vec![false; city.communities.len()];
    let (mut tied_anywhere, mut loose, mut loose_with_place) = (false, false, false);
    for f in counting {
        let facility = &city.facilities[*f as usize];
        let users = users(city, *f);
        if let Some(host) = facility.community.filter(|c| (*c as usize) < own.len()) {
            own[host as usize] = true;
        }
        users.iter().for_each(|c| shared[*c as usize] = true);
        tied_anywhere |= !users.is_empty();
        loose |= users.is_empty();
        loose_with_place |= users.is_empty() && facility.place.is_some();
    }
    let no_table = !city.given.facilities && city.facilities.is_empty();
    let area = areas(city, &supplies(city, counting), households);
    (0..city.communities.len())
        .map(|c| {
            // A facility without a community may stand in one whose boundary nobody drew.
            let undrawn = city.communities[c].boundary.is_none() && loose_with_place;
            let administrative = match (own[c], shared[c]) {
                (true, _) => Administrative::Own,
                (_, true) => Administrative::Shared,
                _ if no_table || undrawn || (loose && !tied_anywhere && !loose_with_place) => Administrative::Unknown,
                _ => Administrative::None,
            };
            Inside { administrative, area: area[c].filter(|_| administrative != Administrative::Unknown) }
        })
        .collect()
}

/// Host and jointly served communities of a facility, ascending, each once.
fn users(city: &City, facility: u32) -> Vec<u32> {
    let facility = &city.facilities[facility as usize];
    let mut users: Vec<u32> = facility.community.iter().chain(&facility.serves).copied().collect();
    users.retain(|c| (*c as usize) < city.communities.len());
    users.sort_unstable();
    users.dedup();
    users
}

/// Floor by community: each facility's once, shared out among its host and whom it serves in proportion to households, or equally
/// where the households of one of them are unknown.
fn areas(city: &City, supplies: &[Supply], households: &[Option<Count>]) -> Vec<Option<f64>> {
    let mut area = vec![Some(0.0); city.communities.len()];
    for supply in supplies {
        let users = users(city, supply.facility);
        let weights: Option<Vec<f64>> = users.iter().map(|c| households[*c as usize].map(Count::as_f64)).collect();
        let weights = weights.filter(|w| w.iter().sum::<f64>() > 0.0).unwrap_or_else(|| vec![1.0; users.len()]);
        let sum: f64 = weights.iter().sum();
        for (c, weight) in users.iter().zip(weights) {
            let slot = &mut area[*c as usize];
            *slot = slot.zip(supply.area.map(SquareMetres::value)).map(|(so_far, all)| so_far + all * (weight / sum));
        }
    }
    area
}

/// Households of each community as the tables print them: at points and at none; `None` where unknown.
pub fn households(city: &City, demand: &Demand) -> Vec<Option<Count>> {
    let mut sums = vec![Count::ZERO; city.communities.len()];
    for (c, count) in demand.community.iter().zip(demand.group(Group::Households).unwrap_or_default()) {
        if *c != NO_COMMUNITY {
            sums[*c as usize] += *count;
        }
    }
    for u in demand.without_point.iter().filter(|u| u.group == Group::Households && u.community != NO_COMMUNITY) {
        sums[u.community as usize] += u.count;
    }
    sums.into_iter().enumerate().map(|(c, n)| demand.knows(c as u32, Group::Households).then_some(n)).collect()
}
