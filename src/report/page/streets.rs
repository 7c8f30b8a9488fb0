//! The streets of the map, and those that each candidate reaches.

use rayon::prelude::*;
use serde::Serialize;

use super::chosen::Chosen;
use super::lines::{Layer, SLACK, coarse, layer, simplified, strokes, write};
use super::number::Num;
use super::packed::Packed;
use super::plane::{Plane, Spot};
use crate::study::{Findings, ReachedStreet};

/// Characters that streets may take.
const STREET_BUDGET: usize = 2_600_000;
/// Classes of streets.
const CLASSES: usize = 4;
/// Fewer characters than this no piece of street between two crossings takes, once pieces are joined.
const LEAST: usize = 2;
/// Characters that the reached streets of all candidates may take.
const REACHED_BUDGET: usize = 1_200_000;
/// Decimetres of one step of a reached street: it is a thick line.
const REACHED_UNIT: i32 = 5;

/// The reached streets of each candidate.
#[derive(Debug, Default, Serialize)]
pub struct Reached {
    unit: i32,
    /// Minutes of each band.
    bands: Vec<Num>,
    /// By candidate of the page: for each band how many strokes, then the strokes; empty if not written.
    text: Vec<String>,
    /// Candidates whose streets are known but were left out, last ranks first.
    left_out: usize,
}

/// Streets by class, neighbours near each other in the text so that steps stay short. A class that cannot fit is left out as a whole:
/// half of the paths would be a riddle.
pub fn streets(findings: &Findings, plane: &Plane) -> Layer {
    let class_of = |class: u8| usize::from(class).min(CLASSES - 1);
    let mut count = [0; CLASSES];
    findings.streets.iter().for_each(|s| count[class_of(s.class)] += 1);
    let mut room = STREET_BUDGET / LEAST;
    let mut drawn = 0;
    while drawn < CLASSES && count[drawn] <= room {
        room -= count[drawn];
        drawn += 1;
    }
    // At least one class: its shortest strokes can go.
    let drawn = drawn.max(1);
    let classes: Vec<Vec<Vec<Spot>>> = (0..CLASSES)
        .map(|class| {
            let wanted = findings.streets.par_iter().filter(|s| class < drawn && class_of(s.class) == class);
            let mut lines: Vec<Vec<Spot>> = wanted.map(|s| s.line.iter().map(|p| plane.spot(*p)).collect()).collect();
            // Rows of 500 m, then west to east: good enough for short steps, and strokes begin near each other.
            lines.par_sort_by_key(|line| line.first().map(|[x, y]| (y.div_euclid(5000), *x, *y)));
            lines
        })
        .collect();
    let mut layer = layer(&classes, STREET_BUDGET);
    layer.left_out += count[drawn..].iter().sum::<usize>();
    layer
}

/// Reached streets in the order of rank until the budget is used up.
pub fn reached(findings: &Findings, plane: &Plane, chosen: &Chosen) -> Reached {
    let mut out = Reached {
        unit: REACHED_UNIT,
        bands: findings.settings.bands.iter().map(|b| Num::new(b.minutes(), 2)).collect(),
        text: vec![String::new(); chosen.kept.len()],
        left_out: 0,
    };
    let bands = out.bands.len().max(1);
    let mut texts: Vec<String> = chosen
        .kept
        .par_iter()
        .map(|c| findings.reached.get(*c as usize).filter(|p| !p.is_empty()).map_or_else(String::new, |p| reached_text(p, bands, plane)))
        .collect();
    let mut used = 0;
    for candidate in chosen.ranked(findings).map(|c| c as usize) {
        let text = std::mem::take(&mut texts[candidate]);
        if used + text.len() > REACHED_BUDGET {
            out.left_out += 1;
            continue;
        }
        used += text.len();
        out.text[candidate] = text;
    }
    out
}

fn reached_text(pieces: &[ReachedStreet], bands: usize, plane: &Plane) -> String {
    let (mut packed, mut last) = (Packed::default(), [0, 0]);
    for band in 0..bands {
        let of_band = pieces.iter().filter(|p| usize::from(p.band).min(bands - 1) == band);
        let on_grid = of_band.map(|p| {
            let mut line: Vec<Spot> = p.line.iter().map(|c| coarse(plane.spot(*c), REACHED_UNIT)).collect();
            line.dedup();
            if line.len() < 2 { Vec::new() } else { line }
        });
        let lines: Vec<Vec<Spot>> = on_grid.collect();
        let drawn: Vec<Vec<Spot>> = strokes(&lines).iter().map(|s| simplified(s, SLACK / f64::from(REACHED_UNIT))).collect();
        packed.push(drawn.len() as u64);
        write(&drawn, &mut last, &mut packed);
    }
    packed.finish()
}
