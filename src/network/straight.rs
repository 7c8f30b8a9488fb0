//! Without streets: the straight line, made longer by a detour factor. Every table made this way is stamped (W-STRAIGHT).
//!
//! All places with a position are known; a distance is `geodesic × detour`, rounded half up to a millimetre.

use rayon::prelude::*;
use rstar::{AABB, PointDistance, RTree, RTreeObject};

use super::LONGEST;
use super::length::{karney, measure, metres_per_degree};
use super::matrix::Walks;
use super::parts::Parts;
use super::reach::{Chunk, Pair, ReachTable};
use crate::space::LonLat;
use crate::units::Millimetres;

/// A place of a tree, in degrees.
struct Pin {
    at: [f64; 2],
    number: u32,
}

impl RTreeObject for Pin {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        AABB::from_point(self.at)
    }
}

impl PointDistance for Pin {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        (self.at[0] - point[0]).powi(2) + (self.at[1] - point[1]).powi(2)
    }
}

fn plant(places: impl Iterator<Item = (u32, LonLat)>) -> RTree<Pin> {
    RTree::bulk_load(places.map(|(number, p)| Pin { at: [p.lon, p.lat], number }).collect())
}

/// `geodesic × detour` in whole millimetres, half up.
pub fn walk(a: LonLat, b: LonLat, detour: f64) -> Millimetres {
    let m = measure(a, b);
    let mm = m.metres * detour * 1000.0;
    let above_half = (mm - 0.5).rem_euclid(1.0);
    let exact = if above_half.min(1.0 - above_half) <= m.doubt * detour * 1000.0 { karney(a, b) * detour * 1000.0 } else { mm };
    Millimetres((exact + 0.5).floor() as u64)
}

/// Half the size, in degrees, of a window that holds everything within `metres` of a place.
fn window(place: LonLat, metres: f64) -> (f64, f64) {
    let (east, north) = metres_per_degree(place.lat);
    let dlat = metres * 1.01 / north;
    // Towards a pole degrees of longitude shrink: the window must do for its farther edge.
    let (poleward, _) = metres_per_degree((place.lat.abs() + dlat).min(89.9));
    (metres * 1.01 / poleward.min(east).max(1.0), dlat)
}

/// Every pair of a site and a point whose straight walk is no longer than `limit`.
pub fn reach(sites: &[Option<LonLat>], points: &[Option<LonLat>], limit: Millimetres, detour: f64) -> ReachTable {
    Parts::new(Walks::Straight { sites, points, detour }, limit).whole()
}

/// Demand points sorted into a tree, ready for any number of sites.
pub(crate) struct Reaching<'a> {
    pins: RTree<Pin>,
    points: &'a [Option<LonLat>],
    limit: u64,
    detour: f64,
}

impl<'a> Reaching<'a> {
    pub fn new(points: &'a [Option<LonLat>], limit: Millimetres, detour: f64) -> Self {
        let pins = plant(points.iter().enumerate().filter_map(|(i, p)| p.map(|p| (i as u32, p))));
        Reaching { pins, points, limit: limit.0.min(u64::from(LONGEST)), detour }
    }

    /// The pairs of some sites.
    pub fn chunks(&self, sites: &[(u32, LonLat)]) -> Vec<Chunk> {
        let straight = self.limit as f64 / 1000.0 / self.detour + 0.001;
        sites
            .par_chunks(32)
            .map(|together| {
                let mut chunk = Chunk::default();
                for (number, site) in together {
                    let (dlon, dlat) = window(*site, straight);
                    let from = chunk.pairs.len();
                    let frame = AABB::from_corners([site.lon - dlon, site.lat - dlat], [site.lon + dlon, site.lat + dlat]);
                    for pin in self.pins.locate_in_envelope(frame) {
                        let Some(point) = self.points[pin.number as usize] else { continue };
                        let mm = walk(*site, point, self.detour).0;
                        if mm <= self.limit {
                            chunk.pairs.push(Pair::new(pin.number, mm as u32));
                        }
                    }
                    chunk.pairs[from..].sort_unstable();
                    chunk.rows.push((*number, (chunk.pairs.len() - from) as u32));
                }
                chunk.pairs.shrink_to_fit();
                chunk
            })
            .collect()
    }
}

/// For each point the nearest of the sites numbered in `which`, however far; ties go to the lower site.
pub fn nearest(sites: &[Option<LonLat>], which: &[u32], points: &[Option<LonLat>], detour: f64) -> Vec<Option<(u32, Millimetres)>> {
    let mut numbered: Vec<(u32, LonLat)> = which.iter().filter_map(|i| sites[*i as usize].map(|s| (*i, s))).collect();
    numbered.sort_unstable_by_key(|s| s.0);
    let pins = plant(numbered.iter().copied());
    points.par_iter().map(|point| point.and_then(|p| nearest_pin(&pins, sites, p, detour))).collect()
}

/// The nearest site of one place: any near one bounds the window in which the nearest must lie.
fn nearest_pin(pins: &RTree<Pin>, sites: &[Option<LonLat>], place: LonLat, detour: f64) -> Option<(u32, Millimetres)> {
    let walk_to = |pin: &Pin| sites[pin.number as usize].map(|s| (walk(s, place, detour), pin.number));
    let first = walk_to(pins.nearest_neighbor([place.lon, place.lat])?)?;
    let (dlon, dlat) = window(place, (first.0.0 + 1) as f64 / 1000.0 / detour);
    let frame = AABB::from_corners([place.lon - dlon, place.lat - dlat], [place.lon + dlon, place.lat + dlat]);
    let best = pins.locate_in_envelope(frame).filter_map(walk_to).min().unwrap_or(first).min(first);
    Some((best.1, best.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(n: usize) -> impl Strategy<Value = Vec<Option<LonLat>>> {
        let place = (0..40u32, 0..40u32, 0..8u8)
            .prop_map(|(x, y, gone)| (gone > 0).then(|| LonLat { lon: 112.5 + f64::from(x) * 4e-4, lat: 61.8 + f64::from(y) * 3e-4 }));
        proptest::collection::vec(place, 0..n)
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_looking_at_every_pair_finds(sites in places(20), points in places(60), limit in 0u64..3_000_000) {
            let table = reach(&sites, &points, Millimetres(limit), 1.3);
            let exact = |a: LonLat, b: LonLat| (karney(a, b) * 1.3 * 1000.0 + 0.5).floor() as u64;
            for (s, site) in sites.iter().enumerate() {
                let want: Vec<(usize, Millimetres)> = points.iter().enumerate()
                    .filter_map(|(p, point)| Some((p, Millimetres(exact((*site)?, (*point)?)))))
                    .filter(|(_, mm)| mm.0 <= limit).collect();
                prop_assert_eq!(table.of_site(s).collect::<Vec<_>>(), want);
            }
            let which: Vec<u32> = (0..sites.len() as u32).collect();
            let near = nearest(&sites, &which, &points, 1.3);
            for (p, point) in points.iter().enumerate() {
                let want = sites.iter().enumerate().filter_map(|(s, site)| Some((exact((*site)?, (*point)?), s as u32))).min();
                prop_assert_eq!(near[p], want.map(|(mm, s)| (s, Millimetres(mm))));
            }
        }
    }
}
