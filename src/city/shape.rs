//! Boundaries as drawn → boundaries that can be believed: self-crossings are found and repaired, and it is said how much changed.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Area, BooleanOps, Coord, GeodesicArea, Line, LineString, MultiPolygon, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::units::SquareMetres;

/// What became of a boundary.
#[derive(Debug, Clone, PartialEq)]
pub enum Mended {
    /// Nothing was wrong.
    Sound,
    /// Has no area: not a boundary.
    Empty,
    /// A boundary without the fault; `changed` is the share of its drawn area that the repair changed.
    Repaired {
        /// The repaired boundary.
        boundary: MultiPolygon<f64>,
        /// 0.002 = 0.2 %.
        changed: f64,
        /// Where the first fault was seen.
        at: Coord<f64>,
    },
}

/// Finds and repairs crossings of a boundary with itself, spikes and repeated stretches.
///
/// Rings are read by the odd–even rule, as GIS programs do, and the parts of a multipolygon are united. Rings that merely touch
/// themselves in a vertex enclose what they seem to and are left alone.
pub fn mend(boundary: &MultiPolygon<f64>) -> Mended {
    let drawn = boundary.unsigned_area();
    let fault = fault(boundary);
    if fault.is_none() && drawn > 0.0 {
        return Mended::Sound;
    }
    let mut parts = boundary.iter().map(|polygon| polygon.union(&nothing()));
    let repaired = parts.next().map(|first| parts.fold(first, |all, part| all.union(&part))).unwrap_or(MultiPolygon(Vec::new()));
    let area = repaired.unsigned_area();
    match fault {
        Some(at) if area > 0.0 => Mended::Repaired { boundary: repaired, changed: (area - drawn).abs() / area.max(drawn), at },
        _ => Mended::Empty,
    }
}

fn nothing() -> Polygon<f64> {
    Polygon::new(LineString::new(Vec::new()), Vec::new())
}

/// An edge with its place: ring number, its own number in the ring, edges of the ring.
#[derive(Clone, Copy)]
struct Edge {
    line: Line<f64>,
    ring: u32,
    number: u32,
    of: u32,
}

/// Where a boundary crosses or runs along itself.
fn fault(boundary: &MultiPolygon<f64>) -> Option<Coord<f64>> {
    let mut edges: Vec<Edge> = Vec::new();
    let rings = boundary.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    for (ring, line_string) in rings.enumerate() {
        let lines: Vec<Line<f64>> = line_string.lines().filter(|l| l.start != l.end).collect();
        let of = lines.len() as u32;
        edges.extend(lines.into_iter().enumerate().map(|(i, line)| Edge { line, ring: ring as u32, number: i as u32, of }));
    }
    let corners = |e: &Edge| {
        let (a, b) = (e.line.start, e.line.end);
        ([a.x.min(b.x), a.y.min(b.y)], [a.x.max(b.x), a.y.max(b.y)])
    };
    let boxes = edges.iter().enumerate().map(|(i, edge)| {
        let (low, high) = corners(edge);
        GeomWithData::new(Rectangle::from_corners(low, high), i)
    });
    let tree = RTree::bulk_load(boxes.collect());
    edges.iter().enumerate().find_map(|(i, edge)| {
        let (low, high) = corners(edge);
        let near = tree.locate_in_envelope_intersecting(AABB::from_corners(low, high));
        let clashes = near.filter(|other| other.data > i).filter_map(|other| clash(edge, &edges[other.data]));
        // The tree's order is its own business.
        clashes.min_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)))
    })
}

fn clash(a: &Edge, b: &Edge) -> Option<Coord<f64>> {
    match line_intersection(a.line, b.line)? {
        // Neighbours of a ring meet in a vertex, and rings may touch there.
        LineIntersection::SinglePoint { is_proper: false, .. } => None,
        LineIntersection::SinglePoint { intersection, .. } => {
            let neighbours = a.ring == b.ring && (b.number - a.number == 1 || b.number - a.number == a.of - 1);
            (!neighbours).then_some(intersection)
        }
        LineIntersection::Collinear { intersection } => (intersection.start != intersection.end).then_some(intersection.start),
    }
}

/// The area in square metres on the ellipsoid (Karney 2013).
pub fn area(boundary: &MultiPolygon<f64>) -> SquareMetres {
    SquareMetres::new(boundary.geodesic_area_unsigned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn one(polygon: Polygon<f64>) -> MultiPolygon<f64> {
        MultiPolygon(vec![polygon])
    }

    #[test]
    fn sound_boundaries_stay_as_they_are() {
        let square = polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)];
        assert_eq!(mend(&one(square.clone())), Mended::Sound);
        // Repeated vertices and a hole that touches the rim are no fault.
        let repeated = polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)];
        assert_eq!(mend(&one(repeated)), Mended::Sound);
        let hole = Polygon::new(square.exterior().clone(), vec![vec![(0.0, 2.0), (2.0, 3.0), (2.0, 1.0)].into()]);
        assert_eq!(mend(&one(hole)), Mended::Sound);
    }

    /// ```text
    ///   ╲ ╱
    ///    ╳      a bow tie: as drawn its two halves cancel
    ///   ╱ ╲
    /// ```
    #[test]
    fn a_bow_tie_is_repaired_with_all_of_its_area_changed() {
        let bow = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 2.0), (x: 2.0, y: 0.0), (x: 0.0, y: 2.0)];
        let Mended::Repaired { boundary, changed, at } = mend(&one(bow)) else { panic!() };
        assert_eq!((boundary.0.len(), at), (2, Coord { x: 1.0, y: 1.0 }));
        assert!((boundary.unsigned_area() - 2.0).abs() < 1e-6);
        assert!(changed > 0.99);
    }

    #[test]
    fn a_tiny_loop_in_a_corner_changes_next_to_nothing() {
        let looped = polygon![(x: 0.0, y: 0.0), (x: 10.0, y: 0.0), (x: 10.0, y: 10.0), (x: 0.01, y: 10.0), (x: -0.01, y: 9.99), (x: -0.01, y: 10.0), (x: 0.0, y: 9.98)];
        let Mended::Repaired { changed, .. } = mend(&one(looped)) else { panic!() };
        assert!(changed < 0.001, "{changed}");
    }

    #[test]
    fn a_spike_and_a_part_drawn_twice_are_faults() {
        let spike = polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 8.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)];
        let Mended::Repaired { changed, .. } = mend(&one(spike)) else { panic!() };
        assert!(changed < 1e-9);
        let square = polygon![(x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 4.0, y: 4.0), (x: 0.0, y: 4.0)];
        let Mended::Repaired { changed, .. } = mend(&MultiPolygon(vec![square.clone(), square])) else { panic!() };
        assert!((changed - 0.5).abs() < 1e-9);
    }

    #[test]
    fn what_encloses_nothing_is_empty() {
        assert_eq!(mend(&MultiPolygon(Vec::new())), Mended::Empty);
        assert_eq!(mend(&one(polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 2.0, y: 2.0)])), Mended::Empty);
        assert_eq!(mend(&one(nothing())), Mended::Empty);
    }

    #[test]
    fn an_area_is_in_square_metres() {
        let square = polygon![(x: 112.0, y: 37.0), (x: 112.01, y: 37.0), (x: 112.01, y: 37.01), (x: 112.0, y: 37.01)];
        let m2 = area(&one(square)).value();
        assert!((m2 - 890.0 * 1110.0).abs() / m2 < 0.01, "{m2}");
    }
}
