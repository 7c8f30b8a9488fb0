//! The bound of regions: what a problem is worth when rows between regions may be covered from each, at a price.
//!
//! For a row that the sites of several regions reach, `w · min(a, b) ≤ (w − u) · b + Σ_R u · min(a_R, b)` for any `0 ≤ u ≤ w`. Side rows and hard
//! rows between regions go into the profits. What is left falls apart into regions, each searched nearly to its end; inside of a region nothing
//! is relaxed, so that the bound is better than that of the linear relaxation.

use super::build::region;
use super::chance::Chance;
use super::local::{Found, climb, greedy};
use super::plan::Plan;
use super::problem::Problem;
use super::proof::Multipliers;
use super::record::{Record, Scale};
use super::root::{longer, nearly};
use crate::siting::model::{Limits, Sense};
use std::time::Instant;

/// Lowers the bound of the record by regions of at most 250 sites, and betters the plan by what they would open.
pub fn lower(p: &Problem, start: &Multipliers, record: &mut Record, chance: &mut Chance) {
    let region_of = split(p, 250);
    let count = region_of.iter().max().map_or(0, |&r| r as usize + 1);
    if count > 1 {
        rounds_of(p, start, record, chance, &region_of, count);
    }
}

/// Rounds at prices that move a little each time.
fn rounds_of(p: &Problem, start: &Multipliers, record: &mut Record, chance: &mut Chance, region_of: &[u32], count: usize) {
    let mut u = start.clone();
    let mut best: Option<(Round, Multipliers)> = None;
    let mut step = 0.02;
    for _ in 0..8 {
        let Some(round) = priced(p, &u, region_of, count, record) else { return };
        record.lower(round.bound);
        let found = together(p, &round.opened);
        longer(p, found, 0.1, record, chance);
        if record.ahead <= record.cut() || record.halt() {
            return;
        }
        if best.as_ref().is_none_or(|b| round.bound < b.0.bound) {
            best = Some((round, u.clone()));
        } else {
            step *= 0.5;
        }
        // From the best prices, half as far when that was too far.
        let Some((round, at)) = &best else { return };
        u.clone_from(at);
        let norm: f64 = round.rows.iter().chain(&round.sides).map(|g| g * g).sum();
        if norm == 0.0 {
            return;
        }
        let length = step * (round.bound - record.cut()) as f64 / norm;
        for (r, g) in round.rows.iter().enumerate() {
            let most = if p.hard[r] { f64::INFINITY } else { p.weight[r] as f64 };
            u.rows[r] = (u.rows[r] - length * g).clamp(0.0, most);
        }
        for (s, g) in round.sides.iter().enumerate() {
            // Measured in the mean coefficient, as `priced` says it.
            let size = mean(p, s);
            let moved = u.sides[s] - length * g / size;
            u.sides[s] = match p.sides[s].sense {
                Sense::Exactly => moved,
                Sense::AtMost => moved.min(0.0),
                Sense::AtLeast => moved.max(0.0),
            };
        }
    }
}

/// The plan that the regions make together, as far as it fits, filled up and climbed.
fn together(p: &Problem, opened: &[bool]) -> Option<Found> {
    let mut plan = Plan::empty(p);
    greedy(&mut plan, |i, worth| if opened[i] { (1 << 61) + worth / 4 } else { worth / 4 });
    climb(&mut plan);
    plan.kept().map(|value| Found { value, open: plan.open })
}

fn mean(p: &Problem, s: usize) -> f64 {
    let terms = &p.sides[s].terms;
    terms.iter().map(|t| (t.1 as f64).abs()).sum::<f64>() / terms.len().max(1) as f64
}

/// The bound at some prices, how it changes with them, and what the regions would open.
struct Round {
    opened: Vec<bool>,
    bound: i64,
    rows: Vec<f64>,
    sides: Vec<f64>,
}

/// Searches every region at these prices; `None` when numbers would overflow or a region has no plan in hand.
fn priced(p: &Problem, u: &Multipliers, region_of: &[u32], count: usize, record: &Record) -> Option<Round> {
    let all: i128 = p.weight.iter().zip(&p.need).map(|(&w, &b)| i128::from(w) * i128::from(b)).sum::<i128>()
        + p.profit.iter().map(|&c| i128::from(c).abs()).sum::<i128>();
    // All numbers of the regions are in 2⁻ᵇⁱᵗˢ.
    let bits = (56 - (128 - all.leading_zeros() as i32)).clamp(0, 16) as u32;
    let unit = f64::from(1u32 << bits);
    let first = |list: &[u32]| region_of[list[0] as usize];
    let border: Vec<bool> = p.rows.iter().map(|l| l.iter().any(|&i| region_of[i as usize] != first(l))).collect();
    let across: Vec<bool> =
        p.sides.iter().map(|s| s.terms.iter().any(|t| region_of[t.0 as usize] != region_of[s.terms[0].0 as usize])).collect();
    let mut fine = i128::from(p.offset) << bits;
    let mut profit: Vec<i128> = p.profit.iter().map(|&c| i128::from(c) << bits).collect();
    let mut weight: Vec<i64> = Vec::with_capacity(p.row_count());
    for r in 0..p.row_count() {
        let most = p.weight[r] << bits;
        let mut w = most;
        if border[r] {
            let chosen = (u.rows[r] * unit).round().clamp(0.0, 1e17) as i64;
            if p.hard[r] {
                fine -= i128::from(chosen);
                for &i in p.rows.get(r) {
                    profit[i as usize] += i128::from(chosen);
                }
            } else {
                w = chosen.min(most);
                fine += i128::from(most - w) * i128::from(p.need[r]);
            }
        }
        weight.push(w);
    }
    for (s, side) in p.sides.iter().enumerate().filter(|s| across[s.0]) {
        let v = (u.sides[s] * unit).round().clamp(-1e15, 1e15) as i128;
        let v = match side.sense {
            Sense::Exactly => v,
            Sense::AtMost => v.min(0),
            Sense::AtLeast => v.max(0),
        };
        fine -= v * i128::from(side.bound);
        for &(i, c) in &side.terms {
            profit[i as usize] += v * i128::from(c);
        }
    }
    let profit: Vec<i64> = profit.into_iter().map(|x| i64::try_from(x).ok().filter(|x| x.abs() < 1 << 60)).collect::<Option<_>>()?;
    let mut round = Round { opened: vec![false; p.sites()], bound: 0, rows: vec![0.0; p.row_count()], sides: vec![0.0; p.sides.len()] };
    let slack = ((record.value().unwrap_or(0).unsigned_abs() as f64 * 0.0003 / count as f64) * unit) as i64;
    for k in 0..count {
        let member: Vec<bool> = region_of.iter().map(|&r| r as usize == k).collect();
        let inside: Vec<_> =
            p.sides.iter().zip(&across).filter(|(s, a)| !**a && member[s.terms[0].0 as usize]).map(|(s, _)| s.clone()).collect();
        let part = region(p, &member, &profit, &weight, &inside)?;
        let stop = || record.halt();
        let limits = Limits { stop: &stop, slack, ..Limits::none() };
        let mut own = Record::new(&part, &limits, Instant::now(), Scale { base: 0, unit: 1 }, None, slack);
        nearly(part, &mut own, 200);
        fine += i128::from(own.bound()?);
        if let Some((_, sites)) = &own.best {
            for i in sites {
                round.opened[p.ids.binary_search(i).ok()?] = true;
            }
        }
    }
    round.bound = i64::try_from(fine >> bits).ok()?;
    let mut met = vec![0u32; count];
    for (r, list) in p.rows.iter().enumerate().filter(|r| border[r.0]) {
        let need = p.need[r];
        for &i in list.iter().filter(|&&i| round.opened[i as usize]) {
            met[region_of[i as usize] as usize] += 1;
        }
        let total: u32 = if p.hard[r] { met.iter().sum() } else { met.iter().map(|&c| c.min(need)).sum() };
        round.rows[r] = f64::from(total) - f64::from(need);
        for &i in list {
            met[region_of[i as usize] as usize] = 0;
        }
    }
    for (s, side) in p.sides.iter().enumerate().filter(|s| across[s.0]) {
        let total: f64 = side.terms.iter().filter(|t| round.opened[t.0 as usize]).map(|t| t.1 as f64).sum();
        round.sides[s] = (total - side.bound as f64) / mean(p, s);
    }
    Some(round)
}

/// Halves the sites until no part has more than `cap`, each time where few rows are cut; the part of each site.
fn split(p: &Problem, cap: usize) -> Vec<u32> {
    let n = p.sites();
    let mut waiting: Vec<Vec<u32>> = vec![(0..n as u32).collect()];
    let mut done: Vec<Vec<u32>> = Vec::new();
    while let Some(part) = waiting.pop() {
        if part.len() <= cap {
            done.push(part);
            continue;
        }
        let (a, b) = halves(p, &part);
        waiting.extend([a, b]);
    }
    done.sort();
    // Small parts go together: a region costs the same look at all rows whatever its size.
    done.sort_by_key(Vec::len);
    let mut parts: Vec<Vec<u32>> = Vec::new();
    for part in done {
        match parts.last_mut() {
            Some(last) if last.len() + part.len() <= cap => last.extend(part),
            _ => parts.push(part),
        }
    }
    let mut of = vec![0u32; n];
    for (k, part) in parts.iter().enumerate() {
        for &i in part {
            of[i as usize] = k as u32;
        }
    }
    of
}

/// Lays the sites on a line between two that are far apart, each among its neighbours, and cuts near the middle where least weight is cut.
fn halves(p: &Problem, part: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let n = p.sites();
    let mut inside = vec![false; n];
    for &i in part {
        inside[i as usize] = true;
    }
    let far = |from: u32| -> Vec<f64> {
        let mut hops = vec![-1.0; n];
        let mut rows = vec![false; p.row_count()];
        let mut queue = std::collections::VecDeque::from([from]);
        hops[from as usize] = 0.0;
        while let Some(i) = queue.pop_front() {
            for &r in p.columns.get(i as usize) {
                if !std::mem::replace(&mut rows[r as usize], true) {
                    for &k in p.rows.get(r as usize) {
                        if inside[k as usize] && hops[k as usize] < 0.0 {
                            hops[k as usize] = hops[i as usize] + 1.0;
                            queue.push_back(k);
                        }
                    }
                }
            }
        }
        hops
    };
    // What does not touch the first site at all is a half of its own, however small.
    let reached = far(part[0]);
    let (touched, apart): (Vec<u32>, Vec<u32>) = part.iter().partition(|&&i| reached[i as usize] >= 0.0);
    if !apart.is_empty() {
        return (touched, apart);
    }
    let farthest = |hops: &[f64]| {
        part.iter().copied().max_by(|&a, &b| hops[a as usize].total_cmp(&hops[b as usize]).then(b.cmp(&a))).unwrap_or(part[0])
    };
    let from_one = far(farthest(&reached));
    let from_other = far(farthest(&from_one));
    let mut key: Vec<f64> = (0..n).map(|i| from_one[i] - from_other[i]).collect();
    for _ in 0..12 {
        let mut sum = vec![(0.0, 0.0); n];
        for (r, list) in p.rows.iter().enumerate() {
            let (mut total, mut count) = (0.0, 0.0);
            for &i in list.iter().filter(|&&i| inside[i as usize]) {
                total += key[i as usize];
                count += 1.0;
            }
            if count > 1.0 {
                let weight = (p.weight[r].max(1) as f64) / count;
                for &i in list.iter().filter(|&&i| inside[i as usize]) {
                    sum[i as usize].0 += weight * total;
                    sum[i as usize].1 += weight * count;
                }
            }
        }
        for &i in part {
            let (total, weight) = sum[i as usize];
            if weight > 0.0 {
                key[i as usize] = total / weight;
            }
        }
    }
    let mut order = part.to_vec();
    order.sort_by(|&a, &b| key[a as usize].total_cmp(&key[b as usize]).then(a.cmp(&b)));
    let mut at = vec![usize::MAX; n];
    for (k, &i) in order.iter().enumerate() {
        at[i as usize] = k;
    }
    let mut cut = vec![0f64; order.len() + 1];
    for (r, list) in p.rows.iter().enumerate() {
        let places = || list.iter().map(|&i| at[i as usize]).filter(|&a| a != usize::MAX);
        if let (Some(a), Some(b)) = (places().min(), places().max()) {
            // The row is cut by every place behind its first site and before its last.
            cut[a + 1] += p.weight[r].max(1) as f64;
            cut[b + 1] -= p.weight[r].max(1) as f64;
        }
    }
    for k in 1..cut.len() {
        cut[k] += cut[k - 1];
    }
    let (low, high) = (order.len() * 3 / 10, order.len() * 7 / 10);
    let middle = (low.max(1)..=high.max(1)).min_by(|&a, &b| cut[a].total_cmp(&cut[b])).unwrap_or(order.len() / 2);
    let mut right = order.split_off(middle);
    order.sort_unstable();
    right.sort_unstable();
    (order, right)
}

#[cfg(test)]
mod tests {
    use super::super::prepared;
    use super::super::subgradient::even;
    use super::super::tests::{brute, question};
    use super::*;

    #[test]
    fn the_bound_of_regions_is_never_below_the_best_plan() {
        let (mut met, mut close) = (0, 0);
        for seed in 0..3000 {
            let mut chance = Chance::new(seed);
            let q = question(&mut chance);
            let (Some(best), Some((p, scale))) = (brute(&q), prepared(&q)) else { continue };
            let region_of = split(&p, 1 + chance.below(5) as usize);
            let count = region_of.iter().max().map_or(0, |&r| r as usize + 1);
            if count < 2 {
                continue;
            }
            let limits = Limits::none();
            let record = Record::new(&p, &limits, Instant::now(), scale, None, 0);
            let mut u = even(&p);
            for v in &mut u.sides {
                *v = chance.below(21) as f64 - 10.0;
            }
            let Some(round) = priced(&p, &u, &region_of, count, &record) else { continue };
            let bound = scale.base + scale.unit * round.bound;
            assert!(bound >= best, "{seed} {bound} {best} {q:?}");
            met += 1;
            close += i32::from(bound == best);
        }
        assert!(met > 500 && close > 20, "{met} {close}");
    }
}
