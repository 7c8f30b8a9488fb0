//! Many short lines as few long ones, in a bounded number of characters.
//!
//! A street network is a million two-point edges; written one by one, their starting points cost more than their courses. Lines that
//! meet are therefore drawn in one stroke, and where even that is too much the map is written on a coarser grid: points stay shared, so
//! no gap opens between neighbours.

use rayon::prelude::*;

use super::packed::Packed;
use super::plane::Spot;

/// Longest stroke: short enough that a page can leave out what is not in view.
const STROKE: usize = 64;

/// Grids to try, in decimetres.
const UNITS: [i32; 5] = [1, 5, 10, 20, 50];

/// Puts a spot on a grid of `unit` decimetres and counts in it.
pub fn coarse(spot: Spot, unit: i32) -> Spot {
    spot.map(|v| (f64::from(v) / f64::from(unit)).round() as i32)
}

/// A line on the grid, without repeated points; empty when nothing of it is left.
fn on_grid(line: &[Spot], unit: i32) -> Vec<Spot> {
    let mut out: Vec<Spot> = line.iter().map(|s| coarse(*s, unit)).collect();
    out.dedup();
    if out.len() < 2 {
        out.clear();
    }
    out
}

/// How many of the lines that go on from a place are compared: a crossing has a handful, a broken file may have thousands.
const FORKS: usize = 8;

/// Joins lines that meet end to end into strokes of at most about [`STROKE`] points, straight on where there is a choice, starting in the
/// order given.
pub fn strokes(lines: &[Vec<Spot>]) -> Vec<Vec<Spot>> {
    // Both ends of every line (2 × line, + 1 for its last point), sorted by place: a plain list does what a map would, and always in
    // the same order.
    let mut ends: Vec<(Spot, u32)> = Vec::with_capacity(lines.len() * 2);
    for (i, line) in lines.iter().enumerate() {
        if let [first, .., last] = line[..] {
            ends.extend([(first, 2 * i as u32), (last, 2 * i as u32 + 1)]);
        }
    }
    ends.sort_unstable();
    // Where the ends of the same place begin in that list.
    let mut group_of = vec![0u32; lines.len() * 2];
    let mut group = 0;
    for (n, (spot, end)) in ends.iter().enumerate() {
        if *spot != ends[group].0 {
            group = n;
        }
        group_of[*end as usize] = group as u32;
    }
    // Where the next unused line of each place may stand; moved on only, so that a crossing of many lines costs no more than its lines.
    let mut cursor: Vec<u32> = (0..ends.len() as u32).collect();
    let mut used = vec![false; lines.len()];
    let mut out = Vec::new();
    for start in 0..lines.len() {
        if used[start] || lines[start].len() < 2 {
            continue;
        }
        used[start] = true;
        let mut stroke = lines[start].clone();
        let mut arrived = 2 * start + 1;
        while stroke.len() < STROKE {
            let [.., before, tail] = stroke[..] else { break };
            let group = group_of[arrived] as usize;
            let mut at = cursor[group] as usize;
            while at < ends.len() && ends[at].0 == tail && used[ends[at].1 as usize / 2] {
                at += 1;
            }
            cursor[group] = at as u32;
            let here = ends[at..].iter().take_while(|(spot, _)| *spot == tail).map(|(_, end)| *end as usize);
            let onward = here.filter(|end| !used[*end / 2]).take(FORKS).map(|end| {
                let line = &lines[end / 2];
                let next = if end % 2 == 0 { line[1] } else { line[line.len() - 2] };
                (end, straightness(before, tail, next))
            });
            let Some((end, _)) = onward.reduce(|a, b| if b.1 > a.1 { b } else { a }) else { break };
            used[end / 2] = true;
            if end % 2 == 0 {
                stroke.extend_from_slice(&lines[end / 2][1..]);
            } else {
                stroke.extend(lines[end / 2].iter().rev().skip(1));
            }
            arrived = end ^ 1;
        }
        out.push(stroke);
    }
    out
}

/// Cosine of the turn at `b`: 1 straight on, −1 back.
fn straightness(a: Spot, b: Spot, c: Spot) -> f64 {
    let leg = |p: Spot, q: Spot| [f64::from(q[0]) - f64::from(p[0]), f64::from(q[1]) - f64::from(p[1])];
    let (u, v) = (leg(a, b), leg(b, c));
    let dot = u[0] * v[0] + u[1] * v[1];
    dot / ((u[0] * u[0] + u[1] * u[1]) * (v[0] * v[0] + v[1] * v[1])).sqrt().max(1.0)
}

/// Leaves out points that lie within `tolerance` of the line through the kept ones (Douglas and Peucker).
pub fn simplified(line: &[Spot], tolerance: f64) -> Vec<Spot> {
    let mut keep = vec![false; line.len()];
    let mut parts = vec![(0, line.len().saturating_sub(1))];
    while let Some((from, to)) = parts.pop() {
        for end in [from, to] {
            if let Some(slot) = keep.get_mut(end) {
                *slot = true;
            }
        }
        let farthest = (from + 1..to).map(|i| (off(line[i], line[from], line[to]), i)).reduce(|a, b| if b.0 > a.0 { b } else { a });
        if let Some((_, i)) = farthest.filter(|f| f.0 > tolerance) {
            parts.extend([(from, i), (i, to)]);
        }
    }
    line.iter().zip(keep).filter_map(|(spot, keep)| keep.then_some(*spot)).collect()
}

/// Distance of `p` from the piece of line between `a` and `b`.
fn off(p: Spot, a: Spot, b: Spot) -> f64 {
    let [px, py] = [f64::from(p[0]) - f64::from(a[0]), f64::from(p[1]) - f64::from(a[1])];
    let [bx, by] = [f64::from(b[0]) - f64::from(a[0]), f64::from(b[1]) - f64::from(a[1])];
    let t = ((px * bx + py * by) / (bx * bx + by * by).max(1.0)).clamp(0.0, 1.0);
    let (dx, dy) = (px - t * bx, py - t * by);
    (dx * dx + dy * dy).sqrt()
}

/// Writes strokes: how many points, then each as a step from the last one, across strokes.
pub fn write(strokes: &[Vec<Spot>], last: &mut Spot, packed: &mut Packed) {
    for stroke in strokes {
        packed.push(stroke.len() as u64);
        for spot in stroke {
            packed.push_step(last, *spot);
        }
    }
}

/// Lines of several classes, packed: `text[class]` in grid units of `unit` decimetres.
#[derive(Debug, Default, serde::Serialize)]
pub struct Layer {
    /// Decimetres of one step.
    pub unit: i32,
    /// One text for each class.
    pub text: Vec<String>,
    /// Strokes that had to be left out, and must be said.
    pub left_out: usize,
}

/// Decimetres by which a drawn street may leave its course: less than its width.
pub const SLACK: f64 = 10.0;

/// Every so many strokes are measured to guess the size of all.
const SAMPLE: usize = 16;

/// Packs lines by class (each class a list of lines) in at most `budget` characters: on a coarser grid, and at last without the shortest
/// strokes of the highest classes.
pub fn layer(classes: &[Vec<Vec<Spot>>], budget: usize) -> Layer {
    let joined: Vec<Vec<Vec<Spot>>> = classes.par_iter().map(|lines| strokes(lines)).collect();
    let guess = |unit: i32| -> usize {
        let part = |strokes: &Vec<Vec<Spot>>| text_of(&fitted(strokes.iter().step_by(SAMPLE), unit)).len() * strokes.len();
        joined.par_iter().map(|s| part(s) / s.len().div_ceil(SAMPLE).max(1)).sum()
    };
    // A sample of strokes has longer steps between them than all have, so a guess is rather too high.
    let first = UNITS.iter().position(|unit| guess(*unit) <= budget / 10 * 11).unwrap_or(UNITS.len() - 1);
    let last = UNITS[UNITS.len() - 1];
    let mut fit: Vec<Vec<Vec<Spot>>> = Vec::new();
    for unit in &UNITS[first..] {
        fit = joined.par_iter().map(|s| s.par_iter().map(|s| fit_stroke(s, *unit)).filter(|s| s.len() > 1).collect()).collect();
        let found = Layer { unit: *unit, text: fit.par_iter().map(|s| text_of(s)).collect(), left_out: 0 };
        if size(&found) <= budget {
            return found;
        }
    }
    let mut out = Layer { unit: last, ..Layer::default() };
    let mut left = budget;
    for mut strokes in fit {
        let mut text = text_of(&strokes);
        while text.len() > left && !strokes.is_empty() {
            // Halving by length until it fits: long strokes are what makes a map readable.
            let mut lengths: Vec<i64> = strokes.iter().map(|s| extent(s)).collect();
            lengths.sort_unstable();
            let median = lengths[lengths.len() / 2];
            let before = strokes.len();
            strokes.retain(|s| extent(s) > median);
            out.left_out += before - strokes.len();
            text = text_of(&strokes);
        }
        left -= text.len();
        out.text.push(text);
    }
    out
}

/// Strokes on a grid, without points that a map would not miss.
fn fitted<'a>(strokes: impl Iterator<Item = &'a Vec<Spot>>, unit: i32) -> Vec<Vec<Spot>> {
    strokes.map(|stroke| fit_stroke(stroke, unit)).filter(|s| s.len() > 1).collect()
}

fn fit_stroke(stroke: &[Spot], unit: i32) -> Vec<Spot> {
    simplified(&on_grid(stroke, unit), (SLACK / f64::from(unit)).max(1.0))
}

fn text_of(strokes: &[Vec<Spot>]) -> String {
    let mut packed = Packed::default();
    write(strokes, &mut [0, 0], &mut packed);
    packed.finish()
}
/// Width plus height of a stroke.
pub fn extent(stroke: &[Spot]) -> i64 {
    let range = |axis: usize| {
        let values = stroke.iter().map(|s| i64::from(s[axis]));
        values.clone().max().unwrap_or(0) - values.min().unwrap_or(0)
    };
    range(0) + range(1)
}

fn size(layer: &Layer) -> usize {
    layer.text.iter().map(String::len).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    // 0,0 ── 5,0 ── 9,0      one stroke out of three lines, the middle one drawn backwards;
    //         │              the branch is a second stroke
    //        5,7
    #[test]
    fn lines_that_meet_are_drawn_in_one_stroke() {
        let lines = vec![vec![[0, 0], [5, 0]], vec![[9, 0], [5, 0]], vec![[5, 0], [5, 7]], vec![]];
        let strokes = strokes(&lines);
        assert_eq!(strokes, [vec![[0, 0], [5, 0], [9, 0]], vec![[5, 0], [5, 7]]]);
    }

    #[test]
    fn no_line_is_lost_however_many_meet_in_one_place() {
        let lines: Vec<_> = (1..500).map(|i| vec![[0, 0], [i, i * i % 97]]).collect();
        let drawn: usize = strokes(&lines).iter().map(|s| s.len() - 1).sum();
        assert_eq!(drawn, lines.len());
    }

    #[test]
    fn too_many_streets_become_coarser_and_then_lose_their_shortest_paths_and_say_how_many() {
        let line = |i: i32| vec![[i * 931, i * i % 77_777], [i * 931 + 400, i * 13]];
        let lines: Vec<Vec<Vec<Spot>>> = (0..4).map(|class| (0..1000).map(|i| line(i * 4 + class)).collect()).collect();
        let all = layer(&lines, usize::MAX / 16);
        assert_eq!((all.unit, all.left_out, all.text.len()), (1, 0, 4));
        let small = layer(&lines, size(&all) / 3);
        assert!(size(&small) <= size(&all) / 3 && small.unit > 1, "{small:?}");
        assert!(small.left_out > 0 && small.text[0].len() > small.text[3].len());
    }

    // 0 ─ 1 ─ 2 ─ 3      a straight street needs only its ends, whatever crosses it
    #[test]
    fn a_straight_street_is_two_points() {
        let lines: Vec<(u8, Vec<Spot>)> = (0..3).map(|i| (0, vec![[i * 500, i % 2], [(i + 1) * 500, (i + 1) % 2]])).collect();
        let strokes = strokes(&lines.into_iter().map(|(_, l)| l).collect::<Vec<_>>());
        assert_eq!(simplified(&strokes[0], 2.0), [[0, 0], [1500, 1]]);
        assert_eq!(simplified(&[[0, 0], [500, 90], [1000, 0]], 2.0).len(), 3);
    }
}
