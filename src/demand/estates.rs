//! People on the estates of their community.

use super::NO_COMMUNITY;
use super::place::Sites;
use crate::city::{City, Estate, Group};
use crate::units::Count;

/// What people of a community stand on: its estates, each weighed by its households, else by the occupied, else by the planned,
/// else all the same. An estate without a position keeps its share, at no point. `None` when no estate of it has a position.
pub fn of_community(city: &City, estates: &[u32]) -> Option<Sites> {
    let here: Vec<&Estate> = estates.iter().map(|e| &city.estates[*e as usize]).collect();
    if here.iter().all(|e| e.place.is_none()) {
        return None;
    }
    let by = |count: fn(&Estate) -> Option<Count>| -> Option<Vec<u64>> {
        let weights: Option<Vec<u64>> = here.iter().map(|e| count(e).map(|c| c.0)).collect();
        weights.filter(|w| w.iter().any(|w| *w > 0))
    };
    let weights = by(|e| e.households)
        .or_else(|| by(|e| e.occupied_households))
        .or_else(|| by(|e| e.households_planned))
        .unwrap_or_else(|| vec![0; here.len()]);
    Some(Sites { places: here.iter().map(|e| e.place).collect(), weights })
}

/// The estates of each community, in file order.
pub fn by_community(city: &City) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new(); city.communities.len()];
    for (i, estate) in city.estates.iter().enumerate() {
        if let Some(list) = estate.community.and_then(|c| lists.get_mut(c as usize)) {
            list.push(i as u32);
        }
    }
    lists
}

/// Estates that belong to no community: nobody's register speaks for them, so their own households do.
pub fn outside(city: &City) -> impl Iterator<Item = &Estate> {
    city.estates.iter().filter(|e| e.community.unwrap_or(NO_COMMUNITY) as usize >= city.communities.len())
}

/// What an estate itself counts.
pub fn own_counts(estate: &Estate) -> [(Group, Option<Count>); 2] {
    [(Group::Households, estate.households), (Group::OccupiedHouseholds, estate.occupied_households)]
}
