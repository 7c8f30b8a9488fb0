//! How much of a circle lies outside all communities: elders over the border share its centres, and centres over there serve ours.
//!
//! Every street is cut where it crosses a boundary; each cut piece lies inside or outside as its middle does. A circle's share is the
//! outside length of the streets it reaches ÷ all their length.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line};
use rayon::prelude::*;
use rstar::{AABB, RTree};

use crate::city::City;
use crate::city::place::CommunityIndex;
use crate::coverage::{Coverage, SiteFigures};
use crate::network::streets::Stretch;
use crate::network::{Network, Spot};
use crate::problem::{Code, Origin, Problem, Problems};
use crate::space::LonLat;
use crate::units::Millimetres;

/// Above this share the circle is cut by the edge of the study, and W-EDGE says so (ours).
const MUCH: f64 = 0.2;

/// A side of a boundary.
type Side = rstar::primitives::Line<[f64; 2]>;

/// Fills `outside_share` of candidates and of communities (that of their nearest facility).
pub fn fill(
    city: &City,
    network: &Network,
    sites: &[Option<Spot>],
    limit: Millimetres,
    coverage: &mut Coverage,
    figures: &mut [SiteFigures],
    problems: &mut Problems,
) {
    let index = CommunityIndex::new(&city.communities);
    if index.is_empty() {
        return;
    }
    let outside = Outside::of(city, network, &index);
    let facilities = city.facilities.len();
    let mut wanted = vec![false; facilities];
    coverage.communities.iter().filter_map(|c| c.nearest_facility).for_each(|f| wanted[f as usize] = true);
    let asked: Vec<Option<Spot>> = sites.iter().enumerate().map(|(s, spot)| spot.filter(|_| s >= facilities || wanted[s])).collect();
    let shares: Vec<Option<f64>> =
        network.map_reached(&asked, limit, |stretches| outside.share(&stretches)).into_iter().map(Option::flatten).collect();
    for row in &mut coverage.communities {
        row.outside_share = row.nearest_facility.and_then(|f| shares[f as usize]);
    }
    for (figure, share) in figures.iter_mut().zip(&shares[facilities..]) {
        figure.outside_share = *share;
    }
    let mut warn = |share: Option<f64>, origin: &Origin, id: &str| {
        if let Some(share) = share.filter(|s| *s > MUCH) {
            problems.push(Problem::new(Code::W_EDGE).at(origin).value(id).with("percent", format!("{:.0}", share * 100.0)));
        }
    };
    city.facilities.iter().zip(&shares).for_each(|(f, share)| warn(*share, &f.origin, &f.id));
    city.candidates.iter().zip(&shares[facilities..]).for_each(|(c, share)| warn(*share, &c.origin, &c.id));
}

/// The outside parts of each edge, from its first vertex, ascending.
struct Outside {
    first: Vec<u32>,
    parts: Vec<(u32, u32)>,
}

impl Outside {
    fn of(city: &City, network: &Network, index: &CommunityIndex) -> Self {
        let lines: Vec<Side> = city
            .communities
            .iter()
            .filter_map(|c| c.boundary.as_ref())
            .flat_map(|b| b.0.iter())
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
            .flat_map(|ring| ring.lines())
            .map(|l| Side::new([l.start.x, l.start.y], [l.end.x, l.end.y]))
            .collect();
        let sides = RTree::bulk_load(lines);
        let edges: Vec<u32> = network.edges().collect();
        let cut: Vec<Vec<(u32, u32)>> =
            edges.par_iter().map(|e| parts_outside(network.line(*e), network.length_of(*e), &sides, index)).collect();
        let last = edges.last().map_or(0, |e| *e as usize + 1);
        let mut outside = Outside { first: vec![0; last + 1], parts: Vec::new() };
        let mut done = 0;
        for (edge, parts) in edges.iter().zip(cut) {
            outside.first[done..=*edge as usize].fill(outside.parts.len() as u32);
            done = *edge as usize + 1;
            outside.parts.extend(parts);
        }
        outside.first[done..].fill(outside.parts.len() as u32);
        outside
    }

    /// Outside ÷ all; `None` when no street is reached.
    fn share(&self, stretches: &[Stretch]) -> Option<f64> {
        let (mut out, mut all) = (0u64, 0u64);
        for s in stretches {
            all += s.length().0;
            let parts = &self.parts[self.first[s.edge as usize] as usize..self.first[s.edge as usize + 1] as usize];
            for (from, to) in parts {
                out += s.to.0.min(u64::from(*to)).saturating_sub(s.from.0.max(u64::from(*from)));
            }
        }
        (all > 0).then(|| out as f64 / all as f64)
    }
}

/// The outside parts of one drawn edge of `length`.
fn parts_outside(line: &[LonLat], length: Millimetres, sides: &RTree<Side>, index: &CommunityIndex) -> Vec<(u32, u32)> {
    let mut cuts: Vec<(usize, f64)> = Vec::new();
    for (n, pair) in line.windows(2).enumerate() {
        let (a, b) = (pair[0].coord(), pair[1].coord());
        let window = AABB::from_corners([a.x.min(b.x), a.y.min(b.y)], [a.x.max(b.x), a.y.max(b.y)]);
        for side in sides.locate_in_envelope_intersecting(window) {
            let boundary = Line::new(Coord::from(side.from), Coord::from(side.to));
            let along =
                |c: Coord<f64>| if (b.x - a.x).abs() > (b.y - a.y).abs() { (c.x - a.x) / (b.x - a.x) } else { (c.y - a.y) / (b.y - a.y) };
            match line_intersection(Line::new(a, b), boundary) {
                Some(LineIntersection::SinglePoint { intersection, .. }) => cuts.push((n, along(intersection).clamp(0.0, 1.0))),
                Some(LineIntersection::Collinear { intersection }) => {
                    cuts.extend([intersection.start, intersection.end].map(|c| (n, along(c).clamp(0.0, 1.0))));
                }
                None => {}
            }
        }
    }
    let steps: Vec<f64> = line.windows(2).map(|p| f64::hypot(p[1].lon - p[0].lon, p[1].lat - p[0].lat)).collect();
    let whole: f64 = steps.iter().sum();
    if whole <= 0.0 {
        return Vec::new();
    }
    // Positions of the cuts as shares of the drawing.
    let before: Vec<f64> = steps.iter().scan(0.0, |sum, step| Some(std::mem::replace(sum, *sum + step))).collect();
    let mut at: Vec<f64> = cuts.into_iter().map(|(n, t)| (before[n] + t * steps[n]) / whole).collect();
    at.extend([0.0, 1.0]);
    at.sort_unstable_by(f64::total_cmp);
    at.dedup();
    let place = |share: f64| {
        let target = share * whole;
        let n = before.partition_point(|b| *b <= target).saturating_sub(1);
        let t = if steps[n] > 0.0 { ((target - before[n]) / steps[n]).clamp(0.0, 1.0) } else { 0.0 };
        LonLat { lon: line[n].lon + t * (line[n + 1].lon - line[n].lon), lat: line[n].lat + t * (line[n + 1].lat - line[n].lat) }
    };
    let mm = |share: f64| (share * length.0 as f64 + 0.5).floor() as u32;
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for pair in at.windows(2) {
        if index.find(place((pair[0] + pair[1]) / 2.0)).is_some() {
            continue;
        }
        match parts.last_mut() {
            Some(last) if last.1 == mm(pair[0]) => last.1 = mm(pair[1]),
            _ => parts.push((mm(pair[0]), mm(pair[1]))),
        }
    }
    parts.retain(|(from, to)| from < to);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{MultiPolygon, polygon};

    #[test]
    fn a_street_is_cut_where_it_leaves_the_communities() {
        // Two squares side by side; the street runs through both and half a square beyond.
        let square = |x: f64| MultiPolygon(vec![polygon![(x: x, y: 0.0), (x: x + 1.0, y: 0.0), (x: x + 1.0, y: 1.0), (x: x, y: 1.0)]]);
        let squares = [square(0.0), square(1.0)];
        let index = CommunityIndex::over(squares.iter().map(Some));
        let sides =
            squares.iter().flat_map(|m| m.0[0].exterior().lines()).map(|l| Side::new([l.start.x, l.start.y], [l.end.x, l.end.y])).collect();
        let sides = RTree::bulk_load(sides);
        let at = |lon: f64| LonLat { lon, lat: 0.5 };
        assert_eq!(parts_outside(&[at(0.5), at(2.5)], Millimetres(2000), &sides, &index), [(1500, 2000)]);
        assert_eq!(parts_outside(&[at(-1.0), at(0.5), at(3.0)], Millimetres(4000), &sides, &index), [(0, 1000), (3000, 4000)]);
        assert_eq!(parts_outside(&[at(0.2), at(1.8)], Millimetres(1000), &sides, &index), []);
    }
}
