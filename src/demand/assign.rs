//! Which community a demand point lies in, where its file does not say.

use geo::{BoundingRect, Intersects};
use rayon::prelude::*;
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};

use super::NO_COMMUNITY;
use crate::city::City;
use crate::space::LonLat;

/// The community of each record: as its code says (`given`), else the polygon it lies in, else none.
pub fn communities(city: &City, places: &[Option<LonLat>], given: &[u32]) -> Vec<u32> {
    let boxes: Vec<_> = city
        .communities
        .iter()
        .enumerate()
        .filter_map(|(i, c)| {
            let rect = c.boundary.as_ref()?.bounding_rect()?;
            Some(GeomWithData::new(Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]), i as u32))
        })
        .collect();
    let tree = RTree::bulk_load(boxes);
    let known = city.communities.len() as u32;
    places
        .par_iter()
        .enumerate()
        .map(|(i, place)| {
            if let Some(c) = given.get(i).copied().filter(|c| *c < known) {
                return c;
            }
            let Some(place) = place else { return NO_COMMUNITY };
            let coord = place.coord();
            tree.locate_in_envelope_intersecting(AABB::from_point([coord.x, coord.y]))
                .map(|found| found.data)
                .filter(|c| city.communities[*c as usize].boundary.as_ref().is_some_and(|b| b.intersects(&coord)))
                // On a shared border, or where boundaries overlap, a person is counted once: in the first community.
                .min()
                .unwrap_or(NO_COMMUNITY)
        })
        .collect()
}
