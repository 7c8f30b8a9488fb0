//! Which communities are neighbours: their boundaries touch, cross, or are less than so many metres apart.
//!
//! The edges of all boundaries stand in one R-tree, and each edge looks around itself; a pair that is found once is not measured again. So
//! the work grows with the length of the borders and not with the square of the communities.

use geo::{Coord, LinesIter};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::Community;
use crate::space::LonLat;
use crate::space::local::{LocalFrame, metres_per_degree};
use crate::units::Millimetres;

type Edge = GeomWithData<Rectangle<[f64; 2]>, (u32, [Coord<f64>; 2])>;

/// For each community the neighbours of it, ascending. Communities without a boundary have none.
pub fn neighbours(communities: &[Community], gap: Millimetres) -> Vec<Vec<u32>> {
    let gap = gap.metres();
    let mut edges: Vec<Edge> = Vec::new();
    for (c, community) in communities.iter().enumerate() {
        for line in community.boundary.iter().flat_map(|b| b.lines_iter()) {
            let box_of = Rectangle::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y]);
            edges.push(GeomWithData::new(box_of, (c as u32, [line.start, line.end])));
        }
    }
    let tree = RTree::bulk_load(edges.clone());
    let mut found: Vec<Vec<u32>> = vec![Vec::new(); communities.len()];
    for edge in &edges {
        let (own, [a, b]) = &edge.data;
        let middle = LonLat { lon: (a.x + b.x) / 2.0, lat: (a.y + b.y) / 2.0 };
        let frame = LocalFrame::at(middle);
        let (per_lon, per_lat) = metres_per_degree(middle.lat);
        // A hair more than the gap, since a degree is not everywhere as long.
        let (dx, dy) = (1.01 * gap / per_lon, 1.01 * gap / per_lat);
        let around = AABB::from_corners([a.x.min(b.x) - dx, a.y.min(b.y) - dy], [a.x.max(b.x) + dx, a.y.max(b.y) + dy]);
        let xy = |c: &Coord<f64>| frame.to_xy(LonLat { lon: c.x, lat: c.y });
        let here = [xy(a), xy(b)];
        for other in tree.locate_in_envelope_intersecting(around) {
            let (neighbour, ends) = &other.data;
            // Each pair is looked for from its lower member.
            if neighbour <= own || found[*own as usize].contains(neighbour) {
                continue;
            }
            let distance = apart(here, [xy(&ends[0]), xy(&ends[1])]);
            if distance == 0.0 || distance < gap {
                found[*own as usize].push(*neighbour);
            }
        }
    }
    for own in 0..found.len() {
        for i in 0..found[own].len() {
            let neighbour = found[own][i];
            if neighbour as usize > own {
                found[neighbour as usize].push(own as u32);
            }
        }
    }
    found.iter_mut().for_each(|list| list.sort_unstable());
    found
}

/// Distance of two segments in a plane; 0 where they meet.
fn apart(a: [Coord<f64>; 2], b: [Coord<f64>; 2]) -> f64 {
    let side = |[p, q]: [Coord<f64>; 2], r: Coord<f64>| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let crosses = side(a, b[0]) * side(a, b[1]) < 0.0 && side(b, a[0]) * side(b, a[1]) < 0.0;
    if crosses {
        return 0.0;
    }
    [to_segment(a[0], b), to_segment(a[1], b), to_segment(b[0], a), to_segment(b[1], a)].into_iter().fold(f64::INFINITY, f64::min)
}

fn to_segment(p: Coord<f64>, [a, b]: [Coord<f64>; 2]) -> f64 {
    let (d, to) = (b - a, p - a);
    let length2 = d.x * d.x + d.y * d.y;
    let t = if length2 > 0.0 { ((to.x * d.x + to.y * d.y) / length2).clamp(0.0, 1.0) } else { 0.0 };
    libm::hypot(to.x - t * d.x, to.y - t * d.y)
}

#[cfg(test)]
mod tests {
    use geo::{MultiPolygon, polygon};

    use super::*;
    use crate::city::sample::community;

    /// A rectangle in metres east and north of a place in 长治.
    fn block(code: &str, east: f64, north: f64, width: f64, height: f64) -> Community {
        let frame = LocalFrame::at(LonLat { lon: 113.1, lat: 36.2 });
        let at = |x: f64, y: f64| {
            let place = frame.from_xy(Coord { x, y });
            Coord { x: place.lon, y: place.lat }
        };
        let (e, n) = (east + width, north + height);
        let ring = polygon![at(east, north), at(e, north), at(e, n), at(east, n)];
        Community { boundary: Some(MultiPolygon(vec![ring])), ..community(code) }
    }

    #[test]
    fn blocks_that_touch_or_leave_less_than_the_gap_are_neighbours() {
        //   C
        //   A B  .D .......E     A|B touch, A|C meet in a corner, D is 49 m from B, E is 51 m from D, F has no boundary
        let all = [
            block("A", 0.0, 0.0, 400.0, 400.0),
            block("B", 400.0, 0.0, 400.0, 400.0),
            block("C", -400.0, 400.0, 400.0, 400.0),
            block("D", 849.0, 100.0, 100.0, 100.0),
            block("E", 1000.0, 100.0, 100.0, 100.0),
            community("F"),
        ];
        let found = neighbours(&all, Millimetres(50_000));
        assert_eq!(found, [vec![1, 2], vec![0, 3], vec![0], vec![1], vec![], vec![]]);
        // Without a gap only what touches counts.
        let touching = neighbours(&all[..2], Millimetres(0));
        assert!(touching[0].len() <= 1);
        assert_eq!(neighbours(&all, Millimetres(52_000))[4], [3]);
    }

    #[test]
    fn a_crossing_counts_and_the_longest_edge_is_measured_along_its_course() {
        // A long thin block beside the middle of a long edge.
        let all = [block("A", 0.0, 0.0, 3000.0, 10.0), block("B", 1500.0, 40.0, 10.0, 10.0), block("C", 1500.0, -50.0, 5.0, 100.0)];
        let found = neighbours(&all, Millimetres(50_000));
        assert_eq!(found, [vec![1, 2], vec![0, 2], vec![0, 1]]);
    }
}
