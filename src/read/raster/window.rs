//! Which part of a raster a study needs: the cells around its communities, so that a map of all China can be given for one city.

use std::ops::Range;

use geo::{BoundingRect, Coord, Rect};

use super::georeference::Affine;
use crate::city::City;
use crate::space::LonLat;
use crate::space::crs::Crs;

/// Columns and rows of a raster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Columns, from 0 at the left.
    pub columns: Range<u32>,
    /// Rows, from 0 at the top.
    pub rows: Range<u32>,
}

/// How many pieces the raster is cut into each way to find out which of them matter.
const PIECES: u32 = 64;
/// A shifted or projected grid bends between the corners of a piece: that far beyond them is looked, in degrees.
const MARGIN: f64 = 0.01;

impl Window {
    /// The whole raster.
    pub fn whole(width: u32, height: u32) -> Window {
        Window { columns: 0..width, rows: 0..height }
    }

    /// The smallest rectangle of pieces that can hold a cell whose centre is within `area`; empty where none can.
    pub fn around(affine: &Affine, width: u32, height: u32, crs: &Crs, area: Rect<f64>) -> Window {
        let edge = |i: u32, cells: u32| (u64::from(cells) * u64::from(i) / u64::from(PIECES)) as u32;
        let corner = |i: u32, j: u32| {
            let at = affine.at(edge(i, width).into(), edge(j, height).into());
            crs.to_lonlat(at.x, at.y)
        };
        let nodes: Vec<Vec<Option<LonLat>>> = (0..=PIECES).map(|j| (0..=PIECES).map(|i| corner(i, j)).collect()).collect();
        let mut found: Option<Window> = None;
        for j in 0..PIECES as usize {
            for i in 0..PIECES as usize {
                if may_touch([nodes[j][i], nodes[j][i + 1], nodes[j + 1][i], nodes[j + 1][i + 1]], area) {
                    let columns = edge(i as u32, width)..edge(i as u32 + 1, width);
                    let rows = edge(j as u32, height)..edge(j as u32 + 1, height);
                    found = Some(match found {
                        None => Window { columns, rows },
                        Some(w) => Window { columns: union(w.columns, columns), rows: union(w.rows, rows) },
                    });
                }
            }
        }
        found.unwrap_or(Window { columns: 0..0, rows: 0..0 })
    }
}

fn union(a: Range<u32>, b: Range<u32>) -> Range<u32> {
    a.start.min(b.start)..a.end.max(b.end)
}

/// Whether a piece with these corners may touch the area; a piece of which a corner cannot be converted may.
fn may_touch(corners: [Option<LonLat>; 4], area: Rect<f64>) -> bool {
    let Some(places) = corners.into_iter().collect::<Option<Vec<_>>>() else { return true };
    let (mut min, mut max) = (places[0].coord(), places[0].coord());
    for c in places.iter().map(|p| p.coord()) {
        min = Coord { x: min.x.min(c.x), y: min.y.min(c.y) };
        max = Coord { x: max.x.max(c.x), y: max.y.max(c.y) };
    }
    let (dx, dy) = ((max.x - min.x) / 2.0 + MARGIN, (max.y - min.y) / 2.0 + MARGIN);
    min.x - dx <= area.max().x && max.x + dx >= area.min().x && min.y - dy <= area.max().y && max.y + dy >= area.min().y
}

/// The box around all boundaries; `None` where no community has one.
pub fn around_communities(city: &City) -> Option<Rect<f64>> {
    let boxes = city.communities.iter().filter_map(|c| c.boundary.as_ref()?.bounding_rect());
    boxes.reduce(|a, b| {
        Rect::new(
            Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
            Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3″ cells from 113.69° E, 31.36° N, as WorldPop's Wuhan.
    const GRID: Affine = Affine {
        origin: Coord { x: 113.69, y: 31.36 },
        across: Coord { x: 1.0 / 1200.0, y: 0.0 },
        down: Coord { x: 0.0, y: -1.0 / 1200.0 },
    };

    fn area(x: f64, y: f64) -> Rect<f64> {
        Rect::new(Coord { x, y }, Coord { x: x + 0.05, y: y + 0.05 })
    }

    #[test]
    fn every_cell_of_the_area_is_in_the_window_whatever_the_crs() {
        for (name, grid) in [("EPSG:4326", GRID), ("gcj02", GRID), ("bd09", GRID), ("EPSG:32650", utm())] {
            let crs = Crs::parse(name).unwrap();
            let area = area(114.3, 30.55);
            let window = Window::around(&grid, 1662, 1668, &crs, area);
            assert!(window.columns.len() < 400 && window.rows.len() < 400, "{name}: {window:?}");
            let mut inside = 0;
            for row in 0..1668u32 {
                for column in (0..1662u32).step_by(7) {
                    let at = grid.at(f64::from(column) + 0.5, f64::from(row) + 0.5);
                    let place = crs.to_lonlat(at.x, at.y).unwrap().coord();
                    let within = place.x >= area.min().x && place.x <= area.max().x && place.y >= area.min().y && place.y <= area.max().y;
                    if within {
                        inside += 1;
                        assert!(window.rows.contains(&row) && window.columns.contains(&column), "{name}: {column} {row}");
                    }
                }
            }
            assert!(inside > 300, "{name}");
        }
    }

    /// Cells of 100 m west of the central meridian of zone 50.
    fn utm() -> Affine {
        Affine { origin: Coord { x: 180_000.0, y: 3_470_000.0 }, across: Coord { x: 100.0, y: 0.0 }, down: Coord { x: 0.0, y: -100.0 } }
    }

    #[test]
    fn a_raster_of_another_city_has_no_part_in_it() {
        let window = Window::around(&GRID, 1662, 1668, &Crs::wgs84(), area(121.0, 31.0));
        assert!(window.columns.is_empty() && window.rows.is_empty());
    }
}
