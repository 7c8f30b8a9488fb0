//! Many short lines as few long ones, in a bounded number of characters.
//!
//! A street network is a million two-point edges; written one by one, their starting points cost more than their courses. Lines that
//! meet are therefore drawn in one stroke, and where even that is too much the map is written on a coarser grid: points stay shared, so
//! no gap opens between neighbours.

use super::packed::Packed;
use super::plane::Spot;

/// Longest stroke: short enough that a page can leave out what is not in view.
const STROKE: usize = 64;

/// Grids to try, in decimetres.
const UNITS: [i32; 4] = [1, 5, 20, 50];

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

/// Joins lines that meet end to end into strokes of at most [`STROKE`] points, starting in the order given.
pub fn strokes(lines: Vec<Vec<Spot>>) -> Vec<Vec<Spot>> {
    // Both ends of every line, sorted by place: a plain list does what a map would, and always in the same order.
    let mut ends: Vec<(Spot, u32)> = Vec::with_capacity(lines.len() * 2);
    for (i, line) in lines.iter().enumerate() {
        if let (Some(first), Some(last)) = (line.first(), line.last()) {
            ends.extend([(*first, i as u32), (*last, i as u32)]);
        }
    }
    ends.sort_unstable();
    // Where the next unused line of each place may stand; moved on only, so that a crossing of many lines costs no more than its lines.
    let mut cursor: Vec<u32> = (0..ends.len() as u32).collect();
    let mut used = vec![false; lines.len()];
    let mut out = Vec::new();
    for start in 0..lines.len() {
        if used[start] || lines[start].is_empty() {
            continue;
        }
        used[start] = true;
        let mut stroke = lines[start].clone();
        while stroke.len() < STROKE {
            let Some(tail) = stroke.last().copied() else { break };
            let group = ends.partition_point(|(spot, _)| *spot < tail);
            let mut at = cursor[group] as usize;
            while at < ends.len() && ends[at].0 == tail && used[ends[at].1 as usize] {
                at += 1;
            }
            cursor[group] = at as u32;
            if at == ends.len() || ends[at].0 != tail {
                break;
            }
            let next = ends[at].1 as usize;
            used[next] = true;
            if lines[next].first() == Some(&tail) {
                stroke.extend_from_slice(&lines[next][1..]);
            } else {
                stroke.extend(lines[next].iter().rev().skip(1));
            }
        }
        out.push(stroke);
    }
    out
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
    /// Lines of the last classes that had to be left out, and must be said.
    pub left_out: usize,
}

/// Packs lines by class in at most `budget` characters: on a coarser grid, and at last without the highest classes.
pub fn layer(lines: &[(u8, Vec<Spot>)], classes: usize, budget: usize) -> Layer {
    let mut best = Layer { unit: 1, ..Layer::default() };
    for unit in UNITS {
        let text: Vec<String> = (0..classes)
            .map(|class| {
                let of_class: Vec<Vec<Spot>> =
                    lines.iter().filter(|(c, _)| usize::from(*c).min(classes - 1) == class).map(|(_, line)| on_grid(line, unit)).collect();
                let mut packed = Packed::default();
                write(&strokes(of_class), &mut [0, 0], &mut packed);
                packed.finish()
            })
            .collect();
        best = Layer { unit, text, left_out: 0 };
        if size(&best) <= budget {
            return best;
        }
    }
    while size(&best) > budget {
        let class = best.text.len() - 1;
        best.left_out += lines.iter().filter(|(c, _)| usize::from(*c).min(classes - 1) == class).count();
        best.text.pop();
    }
    best
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
        let strokes = strokes(lines);
        assert_eq!(strokes, [vec![[0, 0], [5, 0], [9, 0]], vec![[5, 0], [5, 7]]]);
    }

    #[test]
    fn no_line_is_lost_however_many_meet_in_one_place() {
        let lines: Vec<_> = (1..500).map(|i| vec![[0, 0], [i, i * i % 97]]).collect();
        let drawn: usize = strokes(lines.clone()).iter().map(|s| s.len() - 1).sum();
        assert_eq!(drawn, lines.len());
    }

    #[test]
    fn too_many_streets_become_coarser_and_then_lose_their_paths_and_say_how_many() {
        let lines: Vec<(u8, Vec<Spot>)> =
            (0..4000).map(|i| ((i % 4) as u8, vec![[i * 931, i * i % 77_777], [i * 931 + 400, i * 13]])).collect();
        let all = layer(&lines, 4, usize::MAX);
        assert_eq!((all.unit, all.left_out, all.text.len()), (1, 0, 4));
        let small = layer(&lines, 4, size(&all) / 3);
        assert!(size(&small) <= size(&all) / 3 && small.unit > 1, "{small:?}");
        assert_eq!(small.left_out, (4 - small.text.len()) * 1000);
    }
}
