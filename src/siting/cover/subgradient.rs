//! Lagrangian multipliers by a deflected subgradient: good ones in tens of milliseconds, which bound, settle sites, and start the simplex.

use super::problem::Problem;
use super::proof::Multipliers;
use crate::siting::model::{Fixing, Sense};

/// Side rows that the subproblem keeps exactly: sites counted once each, no site in two of them.
#[derive(Debug, Clone)]
pub struct Classes {
    /// The class of each site, or `u32::MAX`.
    of: Vec<u32>,
    sides: Vec<usize>,
    sites: Vec<Vec<u32>>,
}

impl Classes {
    /// The largest rows first.
    pub fn of(p: &Problem) -> Self {
        let mut order: Vec<usize> = (0..p.sides.len()).filter(|&s| p.sides[s].terms.iter().all(|t| t.1 == 1)).collect();
        order.sort_by_key(|&s| (std::cmp::Reverse(p.sides[s].terms.len()), s));
        let mut c = Self { of: vec![u32::MAX; p.sites()], sides: Vec::new(), sites: Vec::new() };
        for s in order {
            if p.sides[s].terms.iter().all(|t| c.of[t.0 as usize] == u32::MAX) {
                for t in &p.sides[s].terms {
                    c.of[t.0 as usize] = c.sides.len() as u32;
                }
                c.sides.push(s);
                c.sites.push(p.sides[s].terms.iter().map(|t| t.0).collect());
            }
        }
        c
    }
}

/// What a run ends with.
#[derive(Debug, Clone)]
pub struct Dual {
    /// The best multipliers, those of the classes at the last value that is chosen.
    pub last_in: Multipliers,
    /// The same with those of the classes at the first value that is not chosen.
    pub first_out: Multipliers,
    /// The bound in floats.
    pub value: f64,
}

/// Multipliers spread evenly: what a row is worth over the root of its number of sites.
pub fn even(p: &Problem) -> Multipliers {
    let mean = p.profit.iter().map(|&c| (c as f64).abs()).sum::<f64>() / (p.sites().max(1) as f64);
    let rows = (0..p.row_count())
        .map(|r| {
            let degree = p.rows.get(r).len() as f64;
            if p.hard[r] { mean / degree } else { p.weight[r] as f64 / degree.sqrt() }
        })
        .collect();
    Multipliers { rows, sides: vec![0.0; p.sides.len()] }
}

/// Runs `rounds` rounds from `start` towards `target`, the value in hand; ends early when the bound has met it.
pub fn improve(
    p: &Problem,
    classes: &Classes,
    fixed: &[Fixing],
    start: &Multipliers,
    target: f64,
    rounds: usize,
    mut halt: impl FnMut() -> bool,
) -> Dual {
    let (n, m) = (p.sites(), p.row_count());
    let free_sides: Vec<usize> = (0..p.sides.len()).filter(|s| !classes.sides.contains(s)).collect();
    // A side row's component is measured in its mean coefficient.
    let size: Vec<f64> =
        p.sides.iter().map(|s| s.terms.iter().map(|t| (t.1 as f64).abs()).sum::<f64>() / (s.terms.len().max(1) as f64)).collect();
    let mut u = start.clone();
    let mut best = Dual { last_in: u.clone(), first_out: u.clone(), value: f64::INFINITY };
    let (mut direction, mut side_direction) = (vec![0f64; m], vec![0f64; p.sides.len()]);
    let (mut worth, mut picked, mut cover) = (vec![0f64; n], vec![false; n], vec![0f64; m]);
    let (mut step, mut idle, mut fresh) = (0.5f64, 0usize, true);
    let patience = (rounds * 3 / 100).clamp(5, 40);
    let mut order: Vec<u32> = Vec::new();
    for round in 0..rounds {
        if round & 7 == 7 && halt() {
            break;
        }
        let mut value = p.offset as f64;
        for (w, &c) in worth.iter_mut().zip(&p.profit) {
            *w = c as f64;
        }
        for (r, sites) in p.rows.iter().enumerate() {
            let x = u.rows[r];
            value += (p.weight[r] as f64 - x) * f64::from(p.need[r]);
            if x != 0.0 {
                for &i in sites {
                    worth[i as usize] += x;
                }
            }
        }
        for &s in &free_sides {
            let x = u.sides[s];
            if x != 0.0 {
                value -= x * p.sides[s].bound as f64;
                for &(i, c) in &p.sides[s].terms {
                    worth[i as usize] += x * c as f64;
                }
            }
        }
        // The subproblem: the best sites of each class, every other site that is worth anything.
        for i in 0..n {
            picked[i] = fixed[i] == Fixing::Open || fixed[i] == Fixing::Free && classes.of[i] == u32::MAX && worth[i] > 0.0;
        }
        let (mut inside, mut outside) = (vec![0f64; classes.sides.len()], vec![0f64; classes.sides.len()]);
        for (g, &s) in classes.sides.iter().enumerate() {
            let side = &p.sides[s];
            order.clear();
            order.extend(classes.sites[g].iter().filter(|&&i| fixed[i as usize] == Fixing::Free));
            let opened = classes.sites[g].iter().filter(|&&i| fixed[i as usize] == Fixing::Open).count() as i64;
            let quota = (side.bound - opened).clamp(0, order.len() as i64) as usize;
            let by_worth = |a: &u32, b: &u32| worth[*b as usize].total_cmp(&worth[*a as usize]).then(a.cmp(b));
            let limit = |x: f64| match side.sense {
                Sense::Exactly => x,
                Sense::AtMost => x.max(0.0),
                Sense::AtLeast => x.min(0.0),
            };
            if order.is_empty() {
                continue;
            }
            // Value at place `quota` from the top, 0-based, and the one before it.
            let (last, next) = if quota == 0 {
                let top = order.iter().map(|&i| worth[i as usize]).fold(f64::NEG_INFINITY, f64::max);
                (top, top)
            } else if quota == order.len() {
                let bottom = order.iter().map(|&i| worth[i as usize]).fold(f64::INFINITY, f64::min);
                (bottom, bottom)
            } else {
                order.select_nth_unstable_by(quota, by_worth);
                let next = worth[order[quota] as usize];
                (order[..quota].iter().map(|&i| worth[i as usize]).fold(f64::INFINITY, f64::min), next)
            };
            (inside[g], outside[g]) = (limit(last), limit(next));
            for (k, &i) in order.iter().enumerate() {
                let w = worth[i as usize];
                picked[i as usize] = match side.sense {
                    Sense::Exactly => k < quota,
                    Sense::AtMost => k < quota && w > 0.0,
                    Sense::AtLeast => k < quota || w > 0.0,
                };
            }
        }
        value += (0..n).filter(|&i| picked[i]).map(|i| worth[i]).sum::<f64>();
        let gained = best.value - value;
        if gained > 0.0 {
            best.value = value;
            best.last_in.rows.copy_from_slice(&u.rows);
            best.last_in.sides.copy_from_slice(&u.sides);
            best.first_out = Multipliers { rows: Vec::new(), sides: u.sides.clone() };
            for (g, &s) in classes.sides.iter().enumerate() {
                best.last_in.sides[s] = -inside[g];
                best.first_out.sides[s] = -outside[g];
            }
        }
        if gained > 1e-5 * (value - target).abs().max(1e-3 * value.abs()) {
            idle = 0;
        } else {
            idle += 1;
            if idle >= patience {
                (idle, step, fresh) = (0, step * 0.7, true);
                u.rows.copy_from_slice(&best.last_in.rows);
                u.sides.copy_from_slice(&best.last_in.sides);
                for &s in &classes.sides {
                    u.sides[s] = 0.0;
                }
                continue;
            }
        }
        let gap = value - target;
        if gap <= 0.0 || step < 1e-5 {
            break;
        }
        cover.fill(0.0);
        for i in (0..n).filter(|&i| picked[i]) {
            for &r in p.columns.get(i) {
                cover[r as usize] += 1.0;
            }
        }
        let part = if fresh { 1.0 } else { 0.1 };
        fresh = false;
        let mut norm = 0.0;
        for r in 0..m {
            let d = &mut direction[r];
            *d += part * (f64::from(p.need[r]) - cover[r] - *d);
            let held = *d > 0.0 && !p.hard[r] && u.rows[r] >= p.weight[r] as f64 || *d < 0.0 && u.rows[r] <= 0.0;
            if !held {
                norm += *d * *d;
            }
        }
        for &s in &free_sides {
            let side = &p.sides[s];
            let total: f64 = side.terms.iter().filter(|t| picked[t.0 as usize]).map(|t| t.1 as f64).sum();
            let d = &mut side_direction[s];
            *d += part * ((side.bound as f64 - total) / size[s] - *d);
            let held = side.sense == Sense::AtMost && *d > 0.0 && u.sides[s] >= 0.0
                || side.sense == Sense::AtLeast && *d < 0.0 && u.sides[s] <= 0.0;
            if !held {
                norm += *d * *d;
            }
        }
        if norm < 1e-12 {
            // A deflected direction of no length is no proof of the best multipliers: the plain one may still lead on.
            if part == 1.0 {
                break;
            }
            fresh = true;
            continue;
        }
        let length = step * gap.max(1e-6 * value.abs()) / norm;
        for r in 0..m {
            let most = if p.hard[r] { f64::INFINITY } else { p.weight[r] as f64 };
            u.rows[r] = (u.rows[r] + length * direction[r]).clamp(0.0, most);
        }
        for &s in &free_sides {
            let moved = u.sides[s] + length * side_direction[s] / size[s];
            u.sides[s] = match p.sides[s].sense {
                Sense::Exactly => moved,
                Sense::AtMost => moved.min(0.0),
                Sense::AtLeast => moved.max(0.0),
            };
        }
    }
    best.first_out.rows.clone_from(&best.last_in.rows);
    if best.first_out.sides.is_empty() {
        best.first_out.sides.clone_from(&best.last_in.sides);
    }
    best
}
