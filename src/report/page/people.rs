//! Where people live, as dots: every demand point while there are few, squares of a grid when there are many.

use rayon::prelude::*;
use serde::Serialize;

use super::lines::coarse;
use super::packed::Packed;
use super::plane::{Plane, Spot};
use crate::study::Findings;

/// Up to so many points each is a dot of its own.
const DOTS: usize = 20_000;
/// At most so many squares.
const SQUARES: usize = 160_000;
/// Side of the finest square, in decimetres: 50 m.
const FINEST: i32 = 500;

/// The dots of the map.
#[derive(Debug, Default, Serialize)]
pub struct Dots {
    /// Which group they count; `None` without demand.
    pub group: Option<&'static str>,
    /// Side of the squares in metres; `None` where each dot is a demand point.
    pub square: Option<i32>,
    /// Number of demand points behind the dots.
    pub points: usize,
    /// Number of dots.
    pub n: usize,
    /// Decimetres of one step.
    pub unit: i32,
    /// For each dot: step east, step north, 4 × people + state (0 in reach, 1 partly, 2 not, 3 unknown).
    pub text: String,
    /// Dots that a plan changes: step to it from the one before, 5 × that; plus the state with the plan (4: newly in reach).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Everybody within one dot.
#[derive(Debug, Default, Clone, Copy)]
struct Dot {
    at: [f64; 2],
    weight: f64,
    people: f64,
    known: f64,
    covered: f64,
    newly: f64,
}

impl Dot {
    /// Adds a point; the dot stands at the mean place of its people, so that a square at the edge of a village does not move into the fields.
    fn add(&mut self, spot: Spot, people: f64, known: bool, covered: bool, newly: bool) {
        // A point of nobody still has a place.
        let weight = people.max(1e-6);
        for (sum, v) in self.at.iter_mut().zip(spot) {
            *sum += f64::from(v) * weight;
        }
        self.weight += weight;
        self.people += people;
        self.known += if known { people } else { 0.0 };
        self.covered += if known && covered { people } else { 0.0 };
        self.newly += if known && newly { people } else { 0.0 };
    }

    /// How its known people stand: as good as all in reach, some, as good as none, or nobody is known.
    fn state(&self) -> u64 {
        state(self.covered / self.known)
    }

    /// The same with a plan; where it makes the difference to as good as all in reach, it has brought them.
    fn state_after(&self) -> u64 {
        match state((self.covered + self.newly) / self.known) {
            0 if self.state() != 0 => 4,
            state => state,
        }
    }
}

fn state(share: f64) -> u64 {
    match share {
        share if share >= 0.95 => 0,
        share if share > 0.05 => 1,
        share if share >= 0.0 => 2,
        _ => 3,
    }
}

/// The dots of a study, of the leading group. `newly`: which demand points a plan brings into reach.
pub fn dots(findings: &Findings, plane: &Plane, newly: Option<&[bool]>) -> Dots {
    let demand = &findings.demand;
    let Some(group) = demand.leading_group() else { return Dots::default() };
    let Some(counts) = demand.group(group) else { return Dots::default() };
    let spots: Vec<Spot> = demand.places.par_iter().map(|p| plane.spot(*p)).collect();
    let mut order: Vec<(u64, u32)> = spots.par_iter().enumerate().map(|(i, s)| (square_key(*s), i as u32)).collect();
    order.par_sort_unstable();
    let (mut shift, mut square) = (None, None);
    if spots.len() > DOTS {
        let mut level = 0;
        while distinct(&order, level) > SQUARES {
            level += 1;
        }
        (shift, square) = (Some(level), Some(FINEST / 10 * (1 << level)));
    }
    let mut dots: Vec<Dot> = Vec::new();
    let mut open = None;
    for (key, i) in order {
        let point = i as usize;
        let cell = shift.map(|level| key >> (2 * level));
        if cell.is_none() || cell != open || dots.is_empty() {
            dots.push(Dot::default());
            open = cell;
        }
        let people = counts.get(point).map_or(0.0, |c| c.as_f64());
        let known = point < findings.reach.point_count() && findings.reach.point_known(point);
        let covered = findings.coverage.cover_count.get(point).is_some_and(|n| *n > 0);
        if let Some(dot) = dots.last_mut() {
            let newly = newly.is_some_and(|newly| newly.get(point) == Some(&true));
            dot.add(spots[point], people, known, covered, newly);
        }
    }
    dots.retain(|d| d.people > 0.0);
    // The middle of people in a square need not be known better than a tenth of its side.
    let unit = square.unwrap_or(1);
    let (mut packed, mut last) = (Packed::default(), [0, 0]);
    for dot in &dots {
        packed.push_step(&mut last, coarse(dot.at.map(|v| (v / dot.weight).round() as i32), unit));
        // Never rounded down to nobody.
        packed.push((dot.people.round() as u64).max(1) * 4 + dot.state());
    }
    let after = newly.map(|_| changes(&dots));
    Dots { group: Some(group.name()), square, points: spots.len(), n: dots.len(), unit, text: packed.finish(), after }
}

/// The dots that a plan changes.
fn changes(dots: &[Dot]) -> String {
    let (mut packed, mut last) = (Packed::default(), 0);
    for (i, dot) in dots.iter().enumerate().filter(|(_, dot)| dot.state_after() != dot.state()) {
        packed.push((i - last) as u64 * 5 + dot.state_after());
        last = i;
    }
    packed.finish()
}

/// The finest square of a spot as a Morton number: the square of the next coarser grid is the number without its last two bits.
fn square_key(spot: Spot) -> u64 {
    let spread = |v: i32| {
        let mut x = u64::from((i64::from(v.div_euclid(FINEST)) + (1 << 31)) as u32);
        for (shift, mask) in [
            (16, 0x0000_ffff_0000_ffff),
            (8, 0x00ff_00ff_00ff_00ff),
            (4, 0x0f0f_0f0f_0f0f_0f0f),
            (2, 0x3333_3333_3333_3333),
            (1, 0x5555_5555_5555_5555),
        ] {
            x = (x | x << shift) & mask;
        }
        x
    };
    spread(spot[0]) | spread(spot[1]) << 1
}

/// How many squares of a level are inhabited.
fn distinct(order: &[(u64, u32)], level: u32) -> usize {
    order.chunk_by(|a, b| a.0 >> (2 * level) == b.0 >> (2 * level)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_of_unknown_people_says_nothing_of_reach() {
        let mut dot = Dot::default();
        dot.add([0, 0], 3.0, false, false, false);
        assert_eq!(dot.state(), 3);
        dot.add([0, 0], 1.0, true, false, false);
        assert_eq!(dot.state(), 2);
        dot.add([0, 0], 1.0, true, true, false);
        assert_eq!(dot.state(), 1);
        dot.add([0, 0], 100.0, true, true, false);
        assert_eq!(dot.state(), 0);
    }

    #[test]
    fn a_dot_that_a_plan_brings_into_reach_is_told_apart_from_one_that_was() {
        let dots = [(true, false), (false, true), (false, false), (false, true)].map(|(covered, newly)| {
            let mut dot = Dot::default();
            dot.add([0, 0], 2.0, true, covered, newly);
            dot
        });
        assert_eq!(dots.map(|d| (d.state(), d.state_after())), [(0, 0), (2, 4), (2, 2), (2, 4)]);
        assert_eq!(super::super::packed::tests::unpack(&changes(&dots)), [5 + 4, 2 * 5 + 4]);
        let mut half = dots[1];
        half.add([0, 0], 2.0, true, false, false);
        assert_eq!((half.state(), half.state_after()), (2, 1));
    }

    #[test]
    fn a_coarser_square_holds_exactly_four_finer_ones() {
        let finer: Vec<u64> = [[0, 0], [500, 0], [0, 500], [500, 500]].map(square_key).to_vec();
        let mut apart = finer.clone();
        apart.dedup();
        assert_eq!(apart.len(), 4);
        assert!(finer.iter().all(|k| k >> 2 == finer[0] >> 2));
        assert_ne!(square_key([-1, 0]) >> 2, finer[0] >> 2);
    }
}
