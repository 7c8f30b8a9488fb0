//! A regular grid inside a boundary, where nothing better says where people live.

use geo::{BoundingRect, MultiPolygon, Polygon};

use crate::space::LonLat;
use crate::space::local::metres_per_degree;
use crate::units::Millimetres;

/// A community is never represented by fewer points than this.
const FEWEST: usize = 9;

/// Halving the spacing this often turns 50 m into 3 µm: what is still empty then has no inside.
const HALVINGS: u32 = 24;

/// More rows than this in one community means a sliver, not a place where people live.
const MOST_ROWS: usize = 1_000_000;

/// The points of a grid of `spacing` strictly inside `boundary`, south to north, then west to east.
///
/// The grid is centred on the boundary's own box, so a community's points do not depend on its neighbours. Where fewer than nine
/// points fall inside, the spacing is halved until nine do. Empty when the boundary has no inside.
pub fn inside(boundary: &MultiPolygon<f64>, spacing: Millimetres) -> Vec<LonLat> {
    let Some(frame) = Frame::of(boundary) else { return Vec::new() };
    let mut points = Vec::new();
    let mut metres = spacing.metres().max(0.001);
    for _ in 0..HALVINGS {
        let grid = Grid::new(&frame, metres);
        if grid.rows > MOST_ROWS {
            break;
        }
        let finer = grid.points(boundary);
        if finer.len() >= FEWEST {
            return finer;
        }
        if finer.len() > points.len() {
            points = finer;
        }
        metres /= 2.0;
    }
    points
}

/// About how many points [`inside`] would make: to refuse a grid that no machine can hold before making it.
pub fn expected(boundary: &MultiPolygon<f64>, spacing: Millimetres) -> f64 {
    use geo::Area;
    let Some(frame) = Frame::of(boundary) else { return 0.0 };
    let cell = spacing.metres().max(0.001).powi(2);
    boundary.unsigned_area() * frame.metres_per_lon * frame.metres_per_lat / cell
}

/// The box of a boundary and the size of a degree in its middle.
struct Frame {
    west: f64,
    south: f64,
    width: f64,
    height: f64,
    metres_per_lon: f64,
    metres_per_lat: f64,
}

impl Frame {
    fn of(boundary: &MultiPolygon<f64>) -> Option<Frame> {
        let rect = boundary.bounding_rect()?;
        let (min, max) = (rect.min(), rect.max());
        let (metres_per_lon, metres_per_lat) = metres_per_degree((min.y + max.y) / 2.0);
        let frame = Frame { west: min.x, south: min.y, width: rect.width(), height: rect.height(), metres_per_lon, metres_per_lat };
        let sizes = [frame.west, frame.south, frame.width, frame.height, metres_per_lon, metres_per_lat];
        (sizes.iter().all(|v| v.is_finite()) && frame.width > 0.0 && frame.height > 0.0 && metres_per_lon > 0.0).then_some(frame)
    }
}

/// Rows and columns of one spacing, centred in the box.
struct Grid {
    west: f64,
    south: f64,
    step_lon: f64,
    step_lat: f64,
    rows: usize,
    columns: usize,
}

impl Grid {
    fn new(frame: &Frame, metres: f64) -> Grid {
        let count = |size: f64| (size / metres).round().clamp(1.0, 1e9) as usize;
        let (columns, rows) = (count(frame.width * frame.metres_per_lon), count(frame.height * frame.metres_per_lat));
        let (step_lon, step_lat) = (metres / frame.metres_per_lon, metres / frame.metres_per_lat);
        let first = |low: f64, size: f64, n: usize, step: f64| low + (size - (n - 1) as f64 * step) / 2.0;
        Grid {
            west: first(frame.west, frame.width, columns, step_lon),
            south: first(frame.south, frame.height, rows, step_lat),
            step_lon,
            step_lat,
            rows,
            columns,
        }
    }

    fn lat(&self, row: usize) -> f64 {
        self.south + row as f64 * self.step_lat
    }

    fn lon(&self, column: usize) -> f64 {
        self.west + column as f64 * self.step_lon
    }

    /// First row at or above a latitude.
    fn row_from(&self, lat: f64) -> usize {
        let mut row = ((lat - self.south) / self.step_lat).ceil().clamp(0.0, self.rows as f64) as usize;
        // The division rounds; the comparison with the row's own latitude decides.
        while row > 0 && self.lat(row - 1) >= lat {
            row -= 1;
        }
        while row < self.rows && self.lat(row) < lat {
            row += 1;
        }
        row
    }

    /// First column strictly east of a longitude.
    fn column_after(&self, lon: f64) -> usize {
        let mut column = ((lon - self.west) / self.step_lon).floor().clamp(0.0, self.columns as f64) as usize;
        while column > 0 && self.lon(column - 1) > lon {
            column -= 1;
        }
        while column < self.columns && self.lon(column) <= lon {
            column += 1;
        }
        column
    }

    fn points(&self, boundary: &MultiPolygon<f64>) -> Vec<LonLat> {
        let mut cells: Vec<(usize, usize)> = boundary.0.iter().flat_map(|polygon| self.cells(polygon)).collect();
        // Parts of a boundary may touch or overlap; a point is there once.
        cells.sort_unstable();
        cells.dedup();
        cells.into_iter().filter_map(|(row, column)| LonLat::new(self.lon(column), self.lat(row))).collect()
    }

    /// Cells whose point lies strictly inside one polygon, row by row between the crossings of its rings.
    fn cells(&self, polygon: &Polygon<f64>) -> Vec<(usize, usize)> {
        let mut crossings: Vec<(usize, f64)> = Vec::new();
        // Where a ring runs along a row or has a corner on it: those spots are on the boundary, not inside.
        let mut edges_on_row: Vec<(usize, f64, f64)> = Vec::new();
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            for line in ring.lines() {
                let (low, high) = if line.start.y <= line.end.y { (line.start, line.end) } else { (line.end, line.start) };
                let from = self.row_from(low.y);
                if low.y == high.y {
                    if from < self.rows && self.lat(from) == low.y {
                        edges_on_row.push((from, low.x.min(high.x), low.x.max(high.x)));
                    }
                    continue;
                }
                // Half open, so that a corner between two lines is crossed once.
                let to = self.row_from(high.y);
                for row in from..to {
                    let lon = low.x + (self.lat(row) - low.y) * ((high.x - low.x) / (high.y - low.y));
                    crossings.push((row, lon));
                }
                if to < self.rows && self.lat(to) == high.y {
                    edges_on_row.push((to, high.x, high.x));
                }
            }
        }
        crossings.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut cells = Vec::new();
        for pair in crossings.chunks_exact(2) {
            let ((row, west), (_, east)) = (pair[0], pair[1]);
            let mut column = self.column_after(west);
            while column < self.columns && self.lon(column) < east {
                let lon = self.lon(column);
                if !edges_on_row.iter().any(|(r, a, b)| *r == row && *a <= lon && lon <= *b) {
                    cells.push((row, column));
                }
                column += 1;
            }
        }
        cells
    }
}

#[cfg(test)]
mod tests {
    use geo::{Contains, Coord, LineString, Translate, point};
    use proptest::prelude::*;

    use super::*;

    fn ring(points: &[(f64, f64)]) -> LineString<f64> {
        LineString::from(points.to_vec())
    }

    /// A rectangle of `w` × `h` metres with its south-west corner at Taiyuan.
    fn rectangle(w: f64, h: f64) -> MultiPolygon<f64> {
        let (x, y) = metres_per_degree(37.86);
        let (e, n) = (112.56 + w / x, 37.86 + h / y);
        MultiPolygon(vec![Polygon::new(ring(&[(112.56, 37.86), (e, 37.86), (e, n), (112.56, n)]), vec![])])
    }

    #[test]
    fn a_hectare_at_twenty_metres_has_five_rows_of_five() {
        let points = inside(&rectangle(100.0, 100.0), Millimetres(20_000));
        assert_eq!(points.len(), 25);
        let (x, y) = metres_per_degree(37.86);
        // South-west first, half a cell from both sides.
        assert!(((points[0].lon - 112.56) * x - 10.0).abs() < 0.01);
        assert!(((points[0].lat - 37.86) * y - 10.0).abs() < 0.01);
        assert!(((points[1].lon - points[0].lon) * x - 20.0).abs() < 0.01);
        assert!(((points[5].lat - points[0].lat) * y - 20.0).abs() < 0.01);
    }

    #[test]
    fn a_small_community_gets_a_finer_grid_of_at_least_nine() {
        // 2 × 2 at 50 m, 4 × 4 at 25 m.
        assert_eq!(inside(&rectangle(100.0, 100.0), Millimetres(50_000)).len(), 16);
        assert!(inside(&rectangle(2.0, 300.0), Millimetres(50_000)).len() >= 9);
    }

    #[test]
    fn a_boundary_without_inside_has_no_points() {
        let line = MultiPolygon(vec![Polygon::new(ring(&[(112.0, 37.0), (112.1, 37.1), (112.0, 37.0)]), vec![])]);
        assert!(inside(&line, Millimetres(50_000)).is_empty());
        assert!(inside(&MultiPolygon(vec![]), Millimetres(50_000)).is_empty());
        let broken = MultiPolygon(vec![Polygon::new(ring(&[(f64::NAN, 37.0), (112.1, 37.1), (112.2, 37.0)]), vec![])]);
        assert!(inside(&broken, Millimetres(50_000)).is_empty());
    }

    #[test]
    fn a_courtyard_stays_empty_and_an_edge_along_a_row_holds_no_point() {
        let mut court = rectangle(500.0, 500.0);
        // The hole's sides run exactly along the fourth and eighth row and the third and eighth column.
        let grid = Grid::new(&Frame::of(&court).unwrap(), 50.0);
        let (w, e, s, n) = (grid.lon(2), grid.lon(7), grid.lat(3), grid.lat(7));
        court.0[0].interiors_push(ring(&[(w, s), (w, n), (e, n), (e, s)]));
        assert_eq!(inside(&court, Millimetres(50_000)).len(), 100 - 6 * 5);
        for p in inside(&court, Millimetres(50_000)) {
            let at: Coord<f64> = p.coord();
            assert!(court.contains(&point!(x: at.x, y: at.y)), "{p:?}");
        }
    }

    #[test]
    fn the_estimate_is_near_the_number_of_points() {
        let town = rectangle(1_000.0, 2_000.0);
        let n = inside(&town, Millimetres(50_000)).len() as f64;
        assert!((expected(&town, Millimetres(50_000)) - n).abs() < n * 0.02);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Checked against `geo`, which tests one point at a time and shares nothing with the row sweep.
        #[test]
        fn exactly_the_grid_points_inside_are_taken(radii in prop::collection::vec(0.1f64..1.0, 3..16), spacing in 20u64..120) {
            let n = radii.len() as f64;
            let star: Vec<(f64, f64)> = radii
                .iter()
                .enumerate()
                .map(|(i, r)| {
                    let turn = std::f64::consts::TAU * i as f64 / n;
                    (112.5 + 0.006 * r * libm::cos(turn), 37.8 + 0.005 * r * libm::sin(turn))
                })
                .collect();
            let shape = MultiPolygon(vec![Polygon::new(ring(&star), vec![])]);
            let grid = Grid::new(&Frame::of(&shape).unwrap(), spacing as f64);
            let mut one_by_one = Vec::new();
            for row in 0..grid.rows {
                for column in 0..grid.columns {
                    let (lon, lat) = (grid.lon(column), grid.lat(row));
                    if shape.contains(&point!(x: lon, y: lat)) {
                        one_by_one.push(LonLat::new(lon, lat).unwrap());
                    }
                }
            }
            prop_assert_eq!(grid.points(&shape), one_by_one);
        }

        #[test]
        fn moving_the_town_does_not_change_how_many_points_it_has(w in 40f64..900.0, h in 40f64..900.0, by in 0.0f64..3.0) {
            let here = rectangle(w, h);
            let there = here.translate(by, 0.0);
            let (a, b) = (inside(&here, Millimetres(50_000)), inside(&there, Millimetres(50_000)));
            prop_assert!(a.len() >= 9);
            prop_assert_eq!(a.len(), b.len());
        }
    }
}
