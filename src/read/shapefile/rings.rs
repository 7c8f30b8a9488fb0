//! Puts the rings of a shapefile polygon together: clockwise ones bound land, the others are holes in the smallest that holds them.

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::winding_order::WindingOrder;
use geo::{BoundingRect, Geometry, LineString, MultiPolygon, Polygon, Rect, Winding};

/// `None` for no ring at all. Programs that run their rings the other way round are understood; a hole that lies in nothing is land.
pub fn assemble(rings: Vec<LineString<f64>>) -> Option<Geometry<f64>> {
    let mut rings: Vec<LineString<f64>> = rings.into_iter().filter(|r| !r.0.is_empty()).collect();
    if rings.len() <= 1 {
        return rings.pop().map(|ring| Geometry::Polygon(Polygon::new(ring, Vec::new())));
    }
    // A ring without area runs neither way; it is kept as land, for the check of shapes to find.
    let is_land: Vec<bool> = rings.iter().map(|ring| !matches!(ring.winding_order(), Some(WindingOrder::CounterClockwise))).collect();
    let turned: Vec<bool> = is_land.iter().map(|land| !land).collect();
    let hosts = hosts(&rings, &is_land);
    let (is_land, hosts) = match hosts.contains(&Host::Nowhere) {
        false => (is_land, hosts),
        true => {
            let other = self::hosts(&rings, &turned);
            if other.contains(&Host::Nowhere) { (is_land, hosts) } else { (turned, other) }
        }
    };
    let mut holes: Vec<Vec<LineString<f64>>> = vec![Vec::new(); rings.len()];
    let mut land = Vec::new();
    for (at, ring) in rings.into_iter().enumerate() {
        match hosts[at] {
            Host::In(host) if !is_land[at] => holes[host].push(ring),
            _ => land.push((at, ring)),
        }
    }
    let mut polygons: Vec<Polygon<f64>> = land.into_iter().map(|(at, ring)| Polygon::new(ring, std::mem::take(&mut holes[at]))).collect();
    match polygons.len() {
        1 => polygons.pop().map(Geometry::Polygon),
        _ => Some(Geometry::MultiPolygon(MultiPolygon(polygons))),
    }
}

/// Where a ring belongs.
#[derive(Clone, Copy, PartialEq)]
enum Host {
    /// It is land itself.
    Itself,
    /// A hole in this ring.
    In(usize),
    /// A hole in nothing.
    Nowhere,
}

/// The smallest land that holds each hole, so that an island in a lake takes its own ponds.
fn hosts(rings: &[LineString<f64>], is_land: &[bool]) -> Vec<Host> {
    let mut land: Vec<Land<'_>> =
        rings.iter().enumerate().filter(|(at, _)| is_land[*at]).filter_map(|(at, ring)| Land::new(at, ring)).collect();
    land.sort_by(|a, b| a.size.total_cmp(&b.size).then(a.at.cmp(&b.at)));
    let host = |ring: &LineString<f64>| land.iter().find(|l| l.holds(ring)).map_or(Host::Nowhere, |l| Host::In(l.at));
    rings.iter().zip(is_land).map(|(ring, is_land)| if *is_land { Host::Itself } else { host(ring) }).collect()
}

struct Land<'r> {
    at: usize,
    ring: &'r LineString<f64>,
    bounds: Rect<f64>,
    size: f64,
}

impl<'r> Land<'r> {
    fn new(at: usize, ring: &'r LineString<f64>) -> Option<Land<'r>> {
        let bounds = ring.bounding_rect()?;
        Some(Land { at, ring, bounds, size: bounds.width() * bounds.height() })
    }

    /// By the first vertex, or middle of an edge, that does not lie on the border itself: holes may touch it.
    fn holds(&self, hole: &LineString<f64>) -> bool {
        let Some(its) = hole.bounding_rect() else { return false };
        let (low, high) = (self.bounds.min(), self.bounds.max());
        if its.min().x < low.x || its.min().y < low.y || its.max().x > high.x || its.max().y > high.y {
            return false;
        }
        let middles = hole.lines().map(|l| (l.start + l.end) / 2.0);
        let first_off = hole.coords().copied().chain(middles).find_map(|c| match coord_pos_relative_to_ring(c, self.ring) {
            CoordPos::Inside => Some(true),
            CoordPos::Outside => Some(false),
            CoordPos::OnBoundary => None,
        });
        first_off.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use geo::Area;

    use super::*;

    fn ring(x: f64, y: f64, side: f64, clockwise: bool) -> LineString<f64> {
        let mut ring: LineString<f64> = vec![(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)].into();
        if !clockwise {
            ring.0.reverse();
        }
        ring
    }

    fn area(shape: Option<Geometry<f64>>) -> (usize, f64) {
        match shape {
            Some(Geometry::Polygon(p)) => (1, p.unsigned_area()),
            Some(Geometry::MultiPolygon(m)) => (m.0.len(), m.unsigned_area()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_island_in_a_lake_keeps_its_own_pond() {
        // ┌────────────┐  land 10 × 10, lake 6 × 6, island 4 × 4, pond 1 × 1; and apart from it all 2 × 2
        let rings = vec![
            ring(4.0, 4.0, 1.0, false),
            ring(0.0, 0.0, 10.0, true),
            ring(2.0, 2.0, 6.0, false),
            ring(3.0, 3.0, 4.0, true),
            ring(20.0, 0.0, 2.0, true),
        ];
        assert_eq!(area(assemble(rings)), (3, 100.0 - 36.0 + 16.0 - 1.0 + 4.0));
    }

    #[test]
    fn rings_that_run_the_wrong_way_are_still_land() {
        assert_eq!(area(assemble(vec![ring(0.0, 0.0, 2.0, false)])), (1, 4.0));
        assert_eq!(area(assemble(vec![ring(0.0, 0.0, 2.0, false), ring(5.0, 0.0, 2.0, false)])), (2, 8.0));
        // Written the way of GeoJSON, land anticlockwise.
        assert_eq!(area(assemble(vec![ring(0.0, 0.0, 4.0, false), ring(1.0, 1.0, 2.0, true)])), (1, 12.0));
        // A "hole" in nothing is an island.
        assert_eq!(area(assemble(vec![ring(0.0, 0.0, 2.0, true), ring(5.0, 0.0, 1.0, false)])), (2, 5.0));
        assert_eq!(assemble(Vec::new()), None);
    }

    #[test]
    fn a_hole_that_touches_the_border_is_a_hole() {
        assert_eq!(area(assemble(vec![ring(0.0, 0.0, 4.0, true), ring(0.0, 1.0, 2.0, false)])), (1, 12.0));
    }
}
