//! Walled compounds and estates: slab blocks in rows, paths between the rows, a ring path inside the wall, and one to three gates.
//!
//! ```text
//!   ═══════════════street═══════════════
//!   ║ ┌───────────────┬──────────────┐ ║     the wall (║ and the outer ═) is not crossed but at gates (◊)
//!   ║ │ ▬▬▬▬  ▬▬▬▬    │  ▬▬▬▬  ▬▬▬▬  │ ║
//!   ║ ├───────────────┼──────────────┤─◊     ▬ stairwells: each is a demand point
//!   ║ │ ▬▬▬▬  ▬▬▬▬    │  ▬▬▬▬  ▬▬▬▬  │ ║
//!   ║ └───────────────┴──────────────┘ ║
//!   ════════════════◊═══════════════════
//! ```

use super::dice::Dice;
use super::fabric::{Fabric, Face};
use super::parcel::Home;
use super::people::{self, Manner};
use super::place::{self, Class, Patch, Place, Walk};

/// How an estate is built.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Metres from one row of blocks to the next: as tall as their winter shadow.
    pub row: f64,
    /// Metres of one stairwell along the row.
    pub stairwell: f64,
    /// Most gates.
    pub gates: usize,
    /// Who lives there.
    pub manner: Manner,
    /// Stairwells that one point stands for.
    pub homes: u32,
}

impl Style {
    /// The same estate told with fewer points.
    pub fn told(self, homes: u32) -> Style {
        let fewer = f64::from(homes);
        Style { row: self.row * (1.0 + fewer) / 2.0, stairwell: self.stairwell * (1.0 + fewer) / 2.0, homes, ..self }
    }
}

/// A work unit's compound: five or six storeys, one or two gates.
pub(super) const COMPOUND: Style = Style { row: 27.0, stairwell: 15.0, gates: 2, manner: Manner::Walkup, homes: 1 };
/// A newer estate: up to eighteen storeys, one to three gates.
pub(super) const ESTATE: Style = Style { row: 44.0, stairwell: 19.0, gates: 3, manner: Manner::Tower, homes: 1 };

/// Metres from the wall to the ring path.
const INSIDE: f64 = 13.0;

/// Builds an estate on a parcel; false, with nothing built, when it is too small or crooked, or no street passes it.
pub(super) fn settle(fabric: &mut Fabric, face: &Face, style: &Style, year: i32, homes: &mut Vec<Home>, dice: &mut Dice) -> bool {
    let patch = fabric.patch(face);
    let (width, height) = (patch.width(), patch.height());
    if width < 62.0 || height < 62.0 || fabric.streets(face).is_empty() {
        return false;
    }
    let rows = ((height - 2.0 * INSIDE) / style.row).round().max(1.0) as usize;
    let steps = ((width - 2.0 * INSIDE) / (1.2 * style.stairwell)).round().max(2.0) as usize;
    let (walks, first) = (fabric.walks.len(), homes.len());
    let paths = paths(fabric, &patch, rows, steps, dice);
    let inner: Vec<Place> = ring_path(&paths).iter().map(|&c| fabric.places[c as usize]).collect();
    let fits = !place::cross(&inner, &fabric.around(face));
    blocks(&patch, style, rows, steps, year, homes, dice);
    if fits && gates(fabric, face, &paths, &inner, style, dice) > 0 {
        return true;
    }
    fabric.walks.truncate(walks);
    homes.truncate(first);
    false
}

/// Once round inside the wall, the first corner again at the end.
fn ring_path(paths: &[Vec<u32>]) -> Vec<u32> {
    let (first, last) = (&paths[0], &paths[paths.len() - 1]);
    let east = paths.iter().filter_map(|p| p.last()).copied();
    let west = paths.iter().rev().map(|p| p[0]);
    first.iter().copied().chain(east.skip(1)).chain(last.iter().rev().copied().skip(1)).chain(west.skip(1)).collect()
}

/// Corners of the paths: `paths[k][j]`, path k from the south, step j from the west.
fn paths(fabric: &mut Fabric, patch: &Patch, rows: usize, steps: usize, dice: &mut Dice) -> Vec<Vec<u32>> {
    let (in_u, in_v) = (INSIDE / patch.width(), INSIDE / patch.height());
    let u = |j: usize| in_u + (1.0 - 2.0 * in_u) * j as f64 / steps as f64;
    let v = |k: usize| in_v + (1.0 - 2.0 * in_v) * k as f64 / rows as f64;
    let paths: Vec<Vec<u32>> = (0..=rows).map(|k| (0..=steps).map(|j| fabric.corner(patch.at(u(j), v(k)))).collect()).collect();
    let mut walk = |corners: Vec<u32>, class| fabric.walks.push(Walk { corners, class });
    for (k, path) in paths.iter().enumerate() {
        // Some rows are reached from one end only.
        let (from, to) = match dice.below(6) {
            0 if k > 0 && k < rows => (0, steps - 1),
            1 if k > 0 && k < rows => (1, steps),
            _ => (0, steps),
        };
        walk(path[from..=to].to_vec(), if k == 0 || k == rows { Class::Service } else { Class::Footway });
    }
    let mut upright = vec![0, steps];
    if steps >= 7 {
        upright.push(steps / 2);
    }
    for j in upright {
        walk(paths.iter().map(|path| path[j]).collect(), Class::Service);
    }
    paths
}

fn blocks(patch: &Patch, style: &Style, rows: usize, steps: usize, year: i32, homes: &mut Vec<Home>, dice: &mut Dice) {
    let (in_u, in_v) = (INSIDE / patch.width(), INSIDE / patch.height());
    let length = patch.width() - 2.0 * INSIDE;
    let avenue = (steps >= 7).then_some(length * (steps / 2) as f64 / steps as f64);
    for row in 0..rows {
        // Here and there a garden, a square, a kindergarten.
        if rows > 3 && dice.chance(9) {
            continue;
        }
        let v = in_v + (1.0 - 2.0 * in_v) * (row as f64 + dice.between(0.52, 0.60)) / rows as f64;
        let mut along = style.stairwell * 0.5 + dice.between(5.0, 10.0);
        while along < length - style.stairwell * 0.5 - 4.0 {
            let block = dice.whole(2, 4).div_euclid(i64::from(style.homes)).max(1);
            for _ in 0..block {
                let clear = avenue.is_none_or(|a| (along - a).abs() > style.stairwell * 0.5 + 3.0);
                if along < length - style.stairwell * 0.5 - 4.0 && clear {
                    let u = in_u + along / patch.width();
                    homes.push(people::homes(patch.at(u, v), style.manner, year, style.homes, dice));
                }
                along += style.stairwell;
            }
            along += dice.between(7.0, 12.0);
        }
    }
}

/// Opens gates, and says how many.
fn gates(fabric: &mut Fabric, face: &Face, paths: &[Vec<u32>], inner: &[Place], style: &Style, dice: &mut Dice) -> usize {
    let mut open: Vec<usize> = (0..4).filter(|&e| fabric.is_street(face.0[e])).collect();
    dice.shuffle(&mut open);
    let (rows, steps) = (paths.len() - 1, paths[0].len() - 1);
    let wanted = 1 + dice.below(style.gates);
    let mut opened = 0;
    for edge in open {
        if opened == wanted {
            break;
        }
        let middle = |n: usize, dice: &mut Dice| (n / 2 + dice.below(n / 3 + 1)).saturating_sub(n / 6).clamp(0, n);
        let (end, along) = match edge {
            0 => middle_of(&paths[0], middle(steps, dice)),
            1 => {
                let k = middle(rows, dice);
                (paths[k][steps], k as f64 / rows as f64)
            }
            2 => {
                let (end, along) = middle_of(&paths[rows], middle(steps, dice));
                (end, 1.0 - along)
            }
            _ => {
                let k = middle(rows, dice);
                (paths[k][0], 1.0 - k as f64 / rows as f64)
            }
        };
        let Some(gate) = fabric.cut(face.0[edge], along * 0.9 + 0.05, 9.0) else { continue };
        let stub = [fabric.places[gate as usize], fabric.places[end as usize]];
        if !place::cross(&stub, &fabric.around(face)) && !place::cross(&stub, inner) {
            fabric.walks.push(Walk { corners: vec![gate, end], class: Class::Service });
            opened += 1;
        }
    }
    opened
}

fn middle_of(path: &[u32], j: usize) -> (u32, f64) {
    (path[j], j as f64 / (path.len() - 1) as f64)
}
