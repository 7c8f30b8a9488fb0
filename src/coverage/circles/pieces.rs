//! Streets as convex pieces that nowhere leave the radius: ribbons along them, pies at their ends and sharp corners.
//!
//! ```text
//!    ____________              A ribbon is as wide as the radius on both sides; at a gentle bend the two sides
//!   |____________|__           of neighbouring pieces meet on the bisector. A pie fills what no ribbon covers
//!    \  _________|  \  ← pie   around an end, a corner or a junction: a gap between two directions of more than
//!     \|____________|          half a turn.
//! ```
//!
//! Every corner of a piece is at most the radius away from its street, and the distance to a straight line is convex: so no point of a
//! convex piece is farther. All pieces run counter-clockwise, so no two cancel each other out in the union.

use i_overlay::core::overlay::{Overlay, ShapeType};
use i_overlay::i_float::int::point::IntPoint;

use super::frame::Frame;
use super::simplify;
use crate::space::LonLat;

/// Above this turn (30°) a corner gets a pie; below, cutting the corner costs at most 3.4 % of the radius. Its cosine.
const GENTLE: f64 = 0.866;
/// An arc is drawn in steps of at most this (22.5°): the chord leaves it by 1.9 % of the radius.
const STEP: f64 = std::f64::consts::PI / 8.0;
/// A ribbon goes on beyond its ends by this share of the radius, so that neighbours overlap instead of touching at rounded corners;
/// these are then 0.1 % farther than the radius.
const BEYOND: f64 = 0.05;
/// Gaps of half a turn and this much (5°) need no pie: what the ribbons reach beyond their ends fills them.
const HARDLY: f64 = 0.087;

/// One end of a piece of street.
#[derive(Debug, Clone, Copy)]
struct End {
    /// Units in the frame, not rounded: the ends of two streets at one junction are the same numbers.
    at: [f64; 2],
    /// Direction into the street, metres east and north, of length one; `None` for a lone spot.
    along: Option<[f64; 2]>,
    /// Whether it came since the last [`Pieces::finish`].
    fresh: bool,
}

/// Gathers the pieces of one site.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    frame: Frame,
    radius: f64,
    simpler: f64,
    /// Closed paths of this band, one after the other.
    paths: Vec<IntPoint>,
    /// Where each path ends.
    path_ends: Vec<usize>,
    /// Of this band and those before it.
    ends: Vec<End>,
    // Used again for each street.
    units: Vec<[f64; 2]>,
    metres: Vec<[f64; 2]>,
    kept: Vec<bool>,
    stack: Vec<(usize, usize)>,
    lefts: Vec<IntPoint>,
    angles: Vec<f64>,
}

impl Pieces {
    /// Begins a site: around where, how wide on each side and how much simpler, in metres.
    pub fn start(&mut self, frame: Frame, radius: f64, simpler: f64) {
        (self.frame, self.radius, self.simpler) = (frame, radius, simpler);
        self.ends.clear();
        self.paths.clear();
        self.path_ends.clear();
    }

    /// A spot of street without length.
    pub fn spot(&mut self, place: LonLat) {
        self.ends.push(End { at: self.frame.to_units(place), along: None, fresh: true });
    }

    /// A stretch of street.
    pub fn street(&mut self, line: &[LonLat]) {
        self.units.clear();
        self.units.extend(line.iter().map(|v| self.frame.to_units(*v)));
        let scale = self.frame.metres(self.units.first().map_or(0.0, |v| v[1]));
        self.metres.clear();
        self.metres.extend(self.units.iter().map(|v| [v[0] * scale[0], v[1] * scale[1]]));
        simplify::keep(&self.metres, self.simpler, &mut self.kept, &mut self.stack);
        let mut kept = self.kept.iter();
        self.units.retain(|_| *kept.next().unwrap_or(&true));
        self.units.dedup();
        match self.units.len() {
            0 => {}
            1 => self.ends.push(End { at: self.units[0], along: None, fresh: true }),
            _ => self.ribbons(),
        }
    }

    /// Hands the pieces of this band to the union.
    pub fn finish(&mut self, overlay: &mut Overlay) {
        self.pies();
        let mut from = 0;
        for to in self.path_ends.drain(..) {
            overlay.add_contour(&self.paths[from..to], ShapeType::Subject);
            from = to;
        }
        self.paths.clear();
        self.ends.iter_mut().for_each(|end| end.fresh = false);
    }

    /// The ribbons along the vertices in `units`, at least two of them and no two neighbours the same.
    fn ribbons(&mut self) {
        let last = self.units.len() - 1;
        let [mut along, mut length] = [[0.0; 2]; 2];
        // How much of the segment the slanted start of its piece takes away.
        let mut taken = 0.0;
        self.lefts.clear();
        for i in 0..last {
            let (a, b) = (self.units[i], self.units[i + 1]);
            let [next, next_length] = self.direction(a, b);
            if i == 0 {
                self.ends.push(End { at: a, along: Some(next), fresh: true });
                self.square_end(a, next, -BEYOND);
            } else {
                let (dot, cross) = (along[0] * next[0] + along[1] * next[1], along[0] * next[1] - along[1] * next[0]);
                // sin(θ/2): how far the bisector leads forward on one side and back on the other.
                let slant = self.radius * ((1.0 - dot).max(0.0) / 2.0).sqrt();
                if dot >= GENTLE && length[0] > taken + slant && next_length[0] > slant {
                    let bisector = [-along[1] - next[1], along[0] + next[0]];
                    let left = unit(bisector);
                    self.side_by_side(a, left, [-left[0], -left[1]]);
                    taken = slant;
                } else {
                    self.square_end(a, along, BEYOND);
                    self.close_ribbon();
                    self.square_end(a, next, -BEYOND);
                    taken = 0.0;
                    let angle = libm::atan2(cross, dot);
                    // The outside of the corner: on the right of a left turn, on the left of a right turn.
                    let from = if cross > 0.0 { [along[1], -along[0]] } else { normal(next) };
                    self.pie(a, from, angle.abs());
                }
            }
            (along, length) = (next, next_length);
        }
        let end = self.units[last];
        self.square_end(end, along, BEYOND);
        self.close_ribbon();
        self.ends.push(End { at: end, along: Some([-along[0], -along[1]]), fresh: true });
    }

    /// Direction of length one, and length twice, in metres.
    fn direction(&self, a: [f64; 2], b: [f64; 2]) -> [[f64; 2]; 2] {
        let [east, north] = self.frame.metres((a[1] + b[1]) / 2.0);
        let (x, y) = ((b[0] - a[0]) * east, (b[1] - a[1]) * north);
        let length = (x * x + y * y).sqrt();
        [[x / length, y / length], [length; 2]]
    }

    /// The two corners of a ribbon's end, some radii farther along.
    fn square_end(&mut self, at: [f64; 2], along: [f64; 2], farther: f64) {
        let (x, y) = (along[0] * farther, along[1] * farther);
        self.side_by_side(at, [x - along[1], y + along[0]], [x + along[1], y - along[0]]);
    }

    /// One point on the left and one on the right of a vertex, in radii from it.
    fn side_by_side(&mut self, at: [f64; 2], left: [f64; 2], right: [f64; 2]) {
        let (l, r) = (self.beside(at, left), self.beside(at, right));
        self.paths.push(r);
        self.lefts.push(l);
    }

    /// Down the right side, back along the left: counter-clockwise.
    fn close_ribbon(&mut self) {
        self.paths.extend(self.lefts.drain(..).rev());
        self.path_ends.push(self.paths.len());
    }

    /// The point a radius away in a direction.
    fn beside(&self, at: [f64; 2], direction: [f64; 2]) -> IntPoint {
        let [east, north] = self.frame.metres(at[1]);
        let whole = |x: f64| (x + 0.5).floor() as i32;
        IntPoint::new(whole(at[0] + self.radius * direction[0] / east), whole(at[1] + self.radius * direction[1] / north))
    }

    /// A pie around `at`, from a direction counter-clockwise through an angle.
    fn pie(&mut self, at: [f64; 2], from: [f64; 2], angle: f64) {
        if angle < HARDLY {
            return;
        }
        let steps = (angle / STEP).ceil().max(1.0);
        let (sin, cos) = libm::sincos(angle / steps);
        let whole_turn = angle > std::f64::consts::TAU - HARDLY;
        let mut pie: [IntPoint; 20] = [IntPoint::new(0, 0); 20];
        let mut count = 0;
        if !whole_turn {
            pie[0] = IntPoint::new((at[0] + 0.5).floor() as i32, (at[1] + 0.5).floor() as i32);
            count = 1;
        }
        let mut direction = from;
        let arc = if whole_turn { steps as usize } else { steps as usize + 1 };
        for _ in 0..arc {
            pie[count] = self.beside(at, direction);
            count += 1;
            direction = [direction[0] * cos - direction[1] * sin, direction[0] * sin + direction[1] * cos];
        }
        // Before the ribbon that may be under way.
        let begun = self.path_ends.last().copied().unwrap_or(0);
        self.paths.splice(begun..begun, pie[..count].iter().copied());
        self.path_ends.push(begun + count);
    }

    /// Around every end that came in this band: a pie in each gap that is wider than half a turn.
    fn pies(&mut self) {
        let key = |end: &End| (end.at[0], end.at[1]);
        let mut ends = std::mem::take(&mut self.ends);
        ends.sort_unstable_by(|a, b| key(a).0.total_cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)));
        let mut angles = std::mem::take(&mut self.angles);
        for junction in ends.chunk_by(|a, b| a.at == b.at).filter(|j| j.iter().any(|end| end.fresh)) {
            let at = junction[0].at;
            angles.clear();
            angles.extend(junction.iter().filter_map(|end| end.along).map(|d| libm::atan2(d[1], d[0])));
            angles.sort_unstable_by(f64::total_cmp);
            let (half, turn) = (std::f64::consts::PI, std::f64::consts::TAU);
            if angles.is_empty() {
                self.pie(at, [1.0, 0.0], turn);
            }
            for (i, from) in angles.iter().enumerate() {
                let to = angles.get(i + 1).copied().unwrap_or(angles[0] + turn);
                if to - from > half {
                    let (sin, cos) = libm::sincos(from + half / 2.0);
                    self.pie(at, [cos, sin], to - from - half);
                }
            }
        }
        self.ends = ends;
        self.angles = angles;
    }
}

/// To the left of a direction.
fn normal(along: [f64; 2]) -> [f64; 2] {
    [-along[1], along[0]]
}

fn unit(v: [f64; 2]) -> [f64; 2] {
    let length = (v[0] * v[0] + v[1] * v[1]).sqrt();
    [v[0] / length, v[1] / length]
}
