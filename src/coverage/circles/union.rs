//! Many small convex pieces → one area with holes.
//!
//! Streets overlap so much that one union of all pieces spends its time on crossings deep inside. So neighbours are united first, a
//! handful at a time, and then what has become of them, as in the cascaded unions of JTS: what lies inside vanishes early.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::{IntOverlayOptions, Overlay, ShapeType};
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::core::solver::Solver;
use i_overlay::i_float::int::point::IntPoint;
use i_overlay::i_shape::int::shape::IntShapes;

/// Pieces united in the first round, and areas in each later one (8 to 128 were tried: 8 to 16 are alike, more is slower).
const PIECES: usize = 16;
/// See [`PIECES`].
const AREAS: usize = 8;
/// Pieces whose first corners lie in one square this wide are neighbours, in units of 10⁻⁷ degree: some 40 m.
const CELL: i32 = 4_000;

/// Closed paths, one after the other, all of them counter-clockwise.
#[derive(Debug, Default)]
pub(super) struct Paths {
    pub points: Vec<IntPoint>,
    /// Where each ends.
    pub ends: Vec<usize>,
}

/// What a thread uses again for each union.
pub(super) struct Union {
    overlay: Overlay,
    order: Vec<(u64, u32, u32)>,
}

impl Default for Union {
    fn default() -> Self {
        // For some hundred edges the list is no slower than any other solver.
        Union { overlay: Overlay::new_custom(1 << 10, IntOverlayOptions::default(), Solver::LIST), order: Vec::new() }
    }
}

impl Union {
    /// Unites the pieces with what was united before. Areas and holes of less than `least` square units are left out of the answer.
    pub fn unite(&mut self, paths: &Paths, before: IntShapes, least: u64) -> IntShapes {
        self.order.clear();
        let mut from = 0;
        for to in &paths.ends {
            self.order.push((along_the_curve(paths.points[from]), from as u32, *to as u32));
            from = *to;
        }
        self.order.sort_unstable();
        self.overlay.options = IntOverlayOptions::default();
        let Union { overlay, order } = self;
        let mut areas: Vec<IntShapes> = order
            .chunks(PIECES)
            .map(|some| {
                overlay.clear();
                some.iter().for_each(|(_, a, b)| overlay.add_contour(&paths.points[*a as usize..*b as usize], ShapeType::Subject));
                overlay.overlay(OverlayRule::Subject, FillRule::NonZero)
            })
            .collect();
        while areas.len() > AREAS {
            areas = areas.chunks(AREAS).map(|some| all(overlay, some)).collect();
        }
        areas.push(before);
        // Only what is handed out must be without rings that touch themselves.
        overlay.options = IntOverlayOptions { ogc: true, min_output_area: least, ..IntOverlayOptions::default() };
        all(overlay, &areas)
    }
}

fn all(overlay: &mut Overlay, areas: &[IntShapes]) -> IntShapes {
    overlay.clear();
    areas.iter().for_each(|area| overlay.add_shapes(area, ShapeType::Subject));
    overlay.overlay(OverlayRule::Subject, FillRule::NonZero)
}

/// Rank along Morton's curve through the cells.
fn along_the_curve(point: IntPoint) -> u64 {
    let spread = |cell: i32| {
        // Cells west and south of the origin come first.
        let mut v = u64::from((cell as u32) ^ (1 << 31));
        for (shift, mask) in [(16, 0x0000_ffff_0000_ffff_u64), (8, 0x00ff_00ff_00ff_00ff), (4, 0x0f0f_0f0f_0f0f_0f0f)] {
            v = (v | v << shift) & mask;
        }
        v = (v | v << 2) & 0x3333_3333_3333_3333;
        (v | v << 1) & 0x5555_5555_5555_5555
    };
    spread(point.x.div_euclid(CELL)) | spread(point.y.div_euclid(CELL)) << 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_squares_in_a_row_are_one_area_and_a_ring_of_them_has_a_hole() {
        let square = |x: i32, y: i32| [(0, 0), (60, 0), (60, 60), (0, 60)].map(|(dx, dy)| IntPoint::new(x + dx, y + dy));
        let unite = |corners: &[(i32, i32)], least| {
            let mut paths = Paths::default();
            for (x, y) in corners {
                paths.points.extend(square(*x, *y));
                paths.ends.push(paths.points.len());
            }
            Union::default().unite(&paths, Vec::new(), least)
        };
        let row: Vec<(i32, i32)> = (0..100).map(|i| (i * 50 - 2500, -30)).collect();
        let united = unite(&row, 0);
        assert_eq!((united.len(), united[0].len(), united[0][0].len()), (1, 1, 4));
        let ring: Vec<(i32, i32)> = (0..12).flat_map(|i| [(i * 50, 0), (i * 50, 550), (0, i * 50), (550, i * 50)]).collect();
        assert_eq!(unite(&ring, 0)[0].len(), 2);
        assert_eq!(unite(&ring, 490 * 490 + 1)[0].len(), 1, "a hole as small as that is filled");
    }

    #[test]
    fn neighbours_stand_together_on_the_curve_on_both_sides_of_the_origin() {
        let rank = |x, y| along_the_curve(IntPoint::new(x * CELL, y * CELL));
        assert_eq!([rank(0, 0), rank(1, 0), rank(0, 1), rank(1, 1)].map(|r| r - rank(0, 0)), [0, 1, 2, 3]);
        assert!(rank(-1, -1) < rank(0, 0));
    }
}
