//! Which community a demand point lies in, where its file does not say.

use rayon::prelude::*;

use super::NO_COMMUNITY;
use crate::city::City;
use crate::city::place::CommunityIndex;
use crate::space::LonLat;

/// The community of each record: as its code says (`given`), else the polygon it lies in, else none.
pub fn communities(city: &City, places: &[Option<LonLat>], given: &[u32]) -> Vec<u32> {
    let index = CommunityIndex::new(&city.communities);
    let known = city.communities.len() as u32;
    places
        .par_iter()
        .enumerate()
        .map(|(i, place)| {
            if let Some(c) = given.get(i).copied().filter(|c| *c < known) {
                return c;
            }
            place.and_then(|place| index.find(place)).unwrap_or(NO_COMMUNITY)
        })
        .collect()
}
