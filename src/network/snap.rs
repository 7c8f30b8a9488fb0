//! From a place straight to its spot on the nearest street.
//!
//! An R-tree of short runs of segments finds the streets nearby; the nearest spot is sought in local metres and its leg is measured
//! as a geodesic. Legs are compared as whole millimetres: the limit is inclusive and a tie goes to the first edge of the input. A
//! place within a millimetre of a vertex *is* that vertex.

use rayon::prelude::*;

use super::hilbert::Hilbert;
use super::length::{drawn, measure, metres_per_degree, proportion, whole_mm};
use super::{LONGEST, Network, tree};
use crate::space::LonLat;
use crate::units::Millimetres;

/// Most places stand nearer to a street than this; looking here first spares the wide search. Metres.
const NEAR: f64 = 30.0;
/// Mean radius of the Earth, metres: for bounding the error of local metres.
const EARTH: f64 = 6_371_000.0;

/// Where a place enters the network: an edge, how far along it, and the straight leg to get there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub(crate) edge: u32,
    pub(crate) along: u32,
    pub(crate) leg: u32,
}

impl Spot {
    /// The edge, in input order.
    pub fn edge(self) -> u32 {
        self.edge
    }

    /// From the edge's first vertex to the spot, along the edge.
    pub fn along(self) -> Millimetres {
        Millimetres(u64::from(self.along))
    }

    /// The straight leg between the place and the spot.
    pub fn leg(self) -> Millimetres {
        Millimetres(u64::from(self.leg))
    }
}

/// A segment that may hold the nearest spot.
struct Near {
    metres: f64,
    edge: u32,
    first: u32,
}

impl Network {
    /// The spot of each place, in parallel; `None` for a place that is `None` or has no kept street within `limit` (inclusive).
    pub fn snap_all(&self, places: &[Option<LonLat>], limit: Millimetres) -> Vec<Option<Spot>> {
        // Along the curve, so that neighbours look at the same branches of the tree while these are at hand.
        let hilbert = Hilbert::around(places.iter().flatten().copied());
        let mut order: Vec<(u32, u32)> = places.iter().enumerate().filter_map(|(i, p)| p.map(|p| (hilbert.rank(p), i as u32))).collect();
        order.par_sort_unstable();
        let found: Vec<Vec<Option<Spot>>> = order
            .par_chunks(1024)
            .map(|chunk| {
                let mut near = Vec::new();
                chunk.iter().map(|(_, i)| places[*i as usize].and_then(|p| self.snap_with(p, limit, &mut near))).collect()
            })
            .collect();
        let mut spots = vec![None; places.len()];
        for ((_, i), spot) in order.iter().zip(found.into_iter().flatten()) {
            spots[*i as usize] = spot;
        }
        spots
    }

    /// The spot of one place.
    pub fn snap(&self, place: LonLat, limit: Millimetres) -> Option<Spot> {
        self.snap_with(place, limit, &mut Vec::new())
    }

    fn snap_with(&self, place: LonLat, limit: Millimetres, near: &mut Vec<Near>) -> Option<Spot> {
        let limit = limit.0.min(u64::from(LONGEST)) as u32;
        let widest = f64::from(limit) / 1000.0 + 0.001;
        if widest > NEAR {
            let sure = ((NEAR - 0.002) * 1000.0) as u32;
            if let Some(spot) = self.nearest_spot(place, NEAR, near).filter(|s| s.leg <= sure) {
                return Some(spot);
            }
        }
        self.nearest_spot(place, widest, near).filter(|s| s.leg <= limit)
    }

    /// The nearest spot among the streets that come within `radius` metres; only a leg below the radius is certainly the shortest.
    fn nearest_spot(&self, place: LonLat, radius: f64, near: &mut Vec<Near>) -> Option<Spot> {
        near.clear();
        let (east, north) = metres_per_degree(place.lat);
        let reach = radius * (1.01 + 4.0 * radius / EARTH) + 0.01;
        let window = tree::window(place, reach / east.max(1.0), reach / north);
        let mut best = f64::INFINITY;
        let mut slack = 0.0;
        for run in self.tree.meeting(window) {
            for first in run.first..run.first + run.segments {
                let (a, b) = (self.vertices[first as usize], self.vertices[first as usize + 1]);
                let (_, metres) = foot(place, a, b, east, north);
                if metres < best {
                    best = metres;
                    // Local metres err by (d/R)·tan φ of d: whatever lies within twice that, and the millimetre of a vertex, is measured.
                    let tan2 = (north / east.max(1.0)) * (north / east.max(1.0));
                    slack = 0.004 + 4.0 * best * best / EARTH * tan2;
                }
                if metres <= best + slack {
                    near.push(Near { metres, edge: run.edge, first });
                }
            }
        }
        let mut chosen: Option<((bool, u32, u32, u32), f64)> = None;
        for n in near.iter().filter(|n| n.metres <= best + slack) {
            let (a, b) = (self.vertices[n.first as usize], self.vertices[n.first as usize + 1]);
            let (key, t) = self.measured(place, a, b, n)?;
            if chosen.is_none_or(|(k, _)| key < k) {
                chosen = Some((key, t));
            }
        }
        let ((_, leg, edge, first), t) = chosen?;
        let from = self.first[edge as usize];
        let line = self.line(edge);
        let at = (first - from) as usize;
        let part = drawn(&line[..=at]) + t * measure(line[at], line[at + 1]).metres;
        Some(Spot { edge, along: proportion(self.length[edge as usize], part, drawn(line)), leg })
    }

    /// The exact leg to a segment and what decides between segments: a vertex first, then the shorter leg, then the first edge.
    fn measured(&self, place: LonLat, a: LonLat, b: LonLat, n: &Near) -> Option<((bool, u32, u32, u32), f64)> {
        for (vertex, t) in [(a, 0.0), (b, 1.0)] {
            if n.metres < 0.01 && measure(place, vertex).metres <= 0.001 {
                return Some(((false, 0, n.edge, n.first), t));
            }
        }
        let (east, north) = metres_per_degree(place.lat);
        let (t, _) = foot(place, a, b, east, north);
        // A second look in metres that are true midway, where the first one's error is of third order.
        let (east, north) = metres_per_degree((place.lat + a.lat + t * (b.lat - a.lat)) / 2.0);
        let (t, _) = foot(place, a, b, east, north);
        let spot = LonLat { lon: a.lon + t * (b.lon - a.lon), lat: a.lat + t * (b.lat - a.lat) };
        Some(((true, whole_mm(&[place, spot])?, n.edge, n.first), t))
    }

    /// Where a spot lies.
    pub fn place_of(&self, spot: Spot) -> LonLat {
        let line = self.line(spot.edge);
        self.at(line, spot.along, self.length[spot.edge as usize])
    }

    /// The place `along` millimetres of `length` along a drawn line.
    pub(crate) fn at(&self, line: &[LonLat], along: u32, length: u32) -> LonLat {
        let mut left = if length == 0 { 0.0 } else { f64::from(along) / f64::from(length) * drawn(line) };
        if along >= length && length > 0 {
            return line[line.len() - 1];
        }
        for s in line.windows(2) {
            let metres = measure(s[0], s[1]).metres;
            if left < metres {
                let t = left / metres;
                return LonLat { lon: s[0].lon + t * (s[1].lon - s[0].lon), lat: s[0].lat + t * (s[1].lat - s[0].lat) };
            }
            left -= metres;
        }
        if along == 0 { line[0] } else { line[line.len() - 1] }
    }
}

/// The share of the segment at which its spot nearest to `p` lies, and the distance, in metres of the given scale.
fn foot(p: LonLat, a: LonLat, b: LonLat, east: f64, north: f64) -> (f64, f64) {
    let (ax, ay) = ((a.lon - p.lon) * east, (a.lat - p.lat) * north);
    let (dx, dy) = ((b.lon - a.lon) * east, (b.lat - a.lat) * north);
    let squared = dx * dx + dy * dy;
    let t = if squared > 0.0 { (-(ax * dx + ay * dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (ax + t * dx, ay + t * dy);
    (t, (x * x + y * y).sqrt())
}
