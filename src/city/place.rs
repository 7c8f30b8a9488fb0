//! In which community a point lies, asked a million times.
//!
//! Boxes of communities stand in an R-tree; inside one, the edges of the boundary are sorted into horizontal slabs, so that a ray to
//! the east meets only the few edges at its own height. Sides are decided by the exact predicate of `robust` (through `geo`), so a
//! point on a shared border is on it for both neighbours, and the one of lowest index takes it: people count once.

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::{BoundingRect, Coord, LinesIter, MultiPolygon};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use super::Community;
use crate::space::LonLat;
use crate::space::local::{LocalFrame, geodesic_mm};
use crate::units::Millimetres;

/// Finds the community of a point.
#[derive(Debug, Default)]
pub struct CommunityIndex {
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    areas: Vec<Option<Slabs>>,
}

impl CommunityIndex {
    /// Indexes every boundary; communities without one are never found.
    pub fn new(communities: &[Community]) -> Self {
        Self::over(communities.iter().map(|c| c.boundary.as_ref()))
    }

    /// Indexes boundaries given one for each community.
    pub fn over<'a>(boundaries: impl IntoIterator<Item = Option<&'a MultiPolygon<f64>>>) -> Self {
        let areas: Vec<Option<Slabs>> = boundaries.into_iter().map(|b| b.and_then(Slabs::of)).collect();
        let boxes = areas.iter().enumerate().filter_map(|(i, area)| {
            let area = area.as_ref()?;
            let rectangle = Rectangle::from_corners([area.min.x, area.min.y], [area.max.x, area.max.y]);
            Some(GeomWithData::new(rectangle, i as u32))
        });
        CommunityIndex { boxes: RTree::bulk_load(boxes.collect()), areas }
    }

    /// Whether no community has a boundary.
    pub fn is_empty(&self) -> bool {
        self.boxes.size() == 0
    }

    /// The community whose boundary holds or touches the point; of several the one of lowest index.
    pub fn find(&self, place: LonLat) -> Option<u32> {
        let point = place.coord();
        let candidates = self.boxes.locate_all_at_point([point.x, point.y]).map(|b| b.data);
        candidates.filter(|i| self.areas[*i as usize].as_ref().is_some_and(|area| area.covers(point))).min()
    }

    /// Whether this community's boundary holds or touches the point; `None` when it has no boundary.
    pub fn holds(&self, community: u32, place: LonLat) -> Option<bool> {
        self.areas.get(community as usize)?.as_ref().map(|area| area.covers(place.coord()))
    }

    /// The nearest boundary of a point outside all of them, and how far it is.
    pub fn nearest(&self, place: LonLat) -> Option<(u32, Millimetres)> {
        let frame = LocalFrame::at(place);
        let (per_lon, per_lat) = frame.metres_per_degree();
        let gap = |min: f64, max: f64, v: f64| (min - v).max(v - max).max(0.0);
        let to_box =
            |area: &Slabs| (gap(area.min.x, area.max.x, place.lon) * per_lon).hypot(gap(area.min.y, area.max.y, place.lat) * per_lat);
        let mut areas: Vec<(f64, u32, &Slabs)> =
            self.areas.iter().enumerate().filter_map(|(i, area)| area.as_ref().map(|a| (to_box(a), i as u32, a))).collect();
        areas.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut best: Option<(f64, u32, LonLat)> = None;
        for (to_box, i, area) in areas {
            if best.is_some_and(|(distance, ..)| to_box > distance) {
                break;
            }
            for (a, b) in &area.edges {
                let (xy, distance) = nearest_on(frame.to_xy((*a).into()), frame.to_xy((*b).into()));
                if best.is_none_or(|(d, ..)| distance < d) {
                    best = Some((distance, i, frame.from_xy(xy)));
                }
            }
        }
        best.map(|(_, i, on)| (i, geodesic_mm(place, on)))
    }
}

/// The point of a segment nearest to the origin of the frame, and its distance.
fn nearest_on(a: Coord<f64>, b: Coord<f64>) -> (Coord<f64>, f64) {
    let d = b - a;
    let length2 = d.x * d.x + d.y * d.y;
    let t = if length2 > 0.0 { (-(a.x * d.x + a.y * d.y) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let on = Coord { x: a.x + t * d.x, y: a.y + t * d.y };
    (on, on.x.hypot(on.y))
}

/// A boundary prepared for point queries.
#[derive(Debug)]
struct Slabs {
    min: Coord<f64>,
    max: Coord<f64>,
    edges: Vec<(Coord<f64>, Coord<f64>)>,
    /// `of[starts[s]..starts[s + 1]]` are the edges that touch slab `s`.
    starts: Vec<u32>,
    of: Vec<u32>,
    per_degree: f64,
}

impl Slabs {
    fn of(boundary: &MultiPolygon<f64>) -> Option<Slabs> {
        let rect = boundary.bounding_rect()?;
        let (min, max) = (rect.min(), rect.max());
        let edges: Vec<_> = boundary.lines_iter().filter(|l| l.start != l.end).map(|l| (l.start, l.end)).collect();
        if edges.is_empty() {
            return None;
        }
        // About two edges cross a slab of a plain outline when there are as many slabs as edges.
        let count = edges.len().clamp(1, 4096);
        let height = max.y - min.y;
        let per_degree = if height > 0.0 { count as f64 / height } else { 0.0 };
        let slab = |y: f64| (((y - min.y) * per_degree) as usize).min(count - 1);
        let mut starts = vec![0u32; count + 1];
        for (a, b) in &edges {
            for s in slab(a.y.min(b.y))..=slab(a.y.max(b.y)) {
                starts[s + 1] += 1;
            }
        }
        for s in 0..count {
            starts[s + 1] += starts[s];
        }
        let mut next = starts.clone();
        let mut of = vec![0u32; starts[count] as usize];
        for (e, (a, b)) in edges.iter().enumerate() {
            for s in slab(a.y.min(b.y))..=slab(a.y.max(b.y)) {
                of[next[s] as usize] = e as u32;
                next[s] += 1;
            }
        }
        Some(Slabs { min, max, edges, starts, of, per_degree })
    }

    /// Inside by the odd–even rule, or on an edge.
    fn covers(&self, p: Coord<f64>) -> bool {
        if p.x < self.min.x || p.x > self.max.x || p.y < self.min.y || p.y > self.max.y {
            return false;
        }
        let slab = (((p.y - self.min.y) * self.per_degree) as usize).min(self.starts.len() - 2);
        let mut inside = false;
        for e in &self.of[self.starts[slab] as usize..self.starts[slab + 1] as usize] {
            let (a, b) = self.edges[*e as usize];
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            if p.y < low.y || p.y > high.y {
                continue;
            }
            if low.y == high.y {
                if p.x >= low.x.min(high.x) && p.x <= low.x.max(high.x) {
                    return true;
                }
                continue;
            }
            match RobustKernel::orient2d(low, high, p) {
                Orientation::Collinear => return true,
                // The edge lies to the east; its upper end belongs to the next edge, so that a vertex is crossed once.
                Orientation::CounterClockwise if p.y < high.y => inside = !inside,
                _ => {}
            }
        }
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Intersects, Point, Polygon, polygon};
    use proptest::prelude::*;

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        MultiPolygon(vec![polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)]])
    }

    fn at(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    /// ```text
    ///   2 ┌─────┬─────┐
    ///     │  1  │  0  │      3: no boundary
    ///   1 └─────┼─────┤
    ///           │  2  │
    ///   0       └─────┘
    ///     0     1     2
    /// ```
    fn index() -> CommunityIndex {
        let (a, b, c) = (square(1.0, 1.0, 1.0), square(0.0, 1.0, 1.0), square(1.0, 0.0, 1.0));
        CommunityIndex::over([Some(&a), Some(&b), Some(&c), None])
    }

    #[test]
    fn a_point_belongs_to_one_community_also_on_a_shared_border() {
        let index = index();
        assert_eq!(index.find(at(1.5, 1.5)), Some(0));
        assert_eq!(index.find(at(0.5, 1.5)), Some(1));
        assert_eq!(index.find(at(1.5, 0.5)), Some(2));
        assert_eq!(index.find(at(0.5, 0.5)), None);
        assert_eq!(index.find(at(1.0, 1.5)), Some(0), "on the border of 0 and 1");
        assert_eq!(index.find(at(1.0, 1.0)), Some(0), "the corner of all three");
        assert_eq!(index.find(at(0.0, 2.0)), Some(1), "an outer corner");
        assert_eq!(index.holds(1, at(1.0, 1.5)), Some(true));
        assert_eq!(index.holds(3, at(1.0, 1.5)), None);
    }

    #[test]
    fn the_distance_to_the_nearest_boundary_is_along_the_ellipsoid() {
        let (community, distance) = index().nearest(at(0.5, 0.9)).unwrap();
        assert_eq!(community, 1);
        // A tenth of a degree of the meridian near the equator is 11 057.4 m.
        assert!((distance.metres() - 11_057.4).abs() < 1.0, "{distance}");
    }

    #[test]
    fn a_hole_is_outside_and_its_rim_is_not() {
        let with_hole = Polygon::new(
            vec![(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)].into(),
            vec![vec![(1.0, 1.0), (1.0, 3.0), (3.0, 3.0), (3.0, 1.0)].into()],
        );
        let area = MultiPolygon(vec![with_hole]);
        let index = CommunityIndex::over([Some(&area)]);
        assert_eq!(index.find(at(2.0, 2.0)), None);
        assert_eq!(index.find(at(1.0, 2.0)), Some(0));
        assert_eq!(index.find(at(0.5, 2.0)), Some(0));
    }

    proptest! {
        /// `geo` answers the same by another road, on star-shaped outlines and points of a coarse lattice (many on vertices and edges).
        #[test]
        fn every_point_agrees_with_geo(radii in prop::collection::vec(1i32..9, 3..40), x in -10i32..=10, y in -10i32..=10) {
            let n = radii.len() as f64;
            let ring: Vec<(f64, f64)> = radii
                .iter()
                .enumerate()
                .map(|(i, r)| {
                    let angle = i as f64 / n * std::f64::consts::TAU;
                    ((f64::from(*r) * libm::cos(angle)).round(), (f64::from(*r) * libm::sin(angle)).round())
                })
                .collect();
            let polygon = Polygon::new(ring.into(), vec![]);
            use geo::algorithm::Validation;
            prop_assume!(polygon.is_valid());
            let area = MultiPolygon(vec![polygon]);
            let point = Point::new(f64::from(x), f64::from(y));
            prop_assert_eq!(CommunityIndex::over([Some(&area)]).find(point.0.into()).is_some(), area.intersects(&point));
        }
    }
}
