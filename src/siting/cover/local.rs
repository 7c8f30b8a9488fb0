//! The first plan: greedy, then swaps, then swaps again and again after knocking out some neighbours.

use super::chance::Chance;
use super::plan::Plan;
use super::problem::Problem;
use crate::siting::model::Sense;

/// A plan of a problem that keeps all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub value: i64,
    pub open: Vec<bool>,
}

/// Opens the site worth most until none is worth anything and no side row asks for more. `score` may see worth otherwise than it is.
pub fn greedy(plan: &mut Plan, mut score: impl FnMut(usize, i64) -> i64) {
    loop {
        let mut best: Option<(i64, u32)> = None;
        for i in 0..plan.open.len() {
            if plan.open[i] || plan.worth[i] <= 0 && !plan.helps(i as u32) {
                continue;
            }
            let value = score(i, plan.worth[i]);
            if best.is_none_or(|(b, _)| value > b) && plan.fits(None, Some(i as u32)) {
                best = Some((value, i as u32));
            }
        }
        let Some((_, site)) = best else { return };
        plan.add(site);
    }
}

/// A greedy plan that keeps all rows, where pricing what the side rows count finds one.
pub fn first(p: &Problem) -> Option<Found> {
    // Rows like a budget: to fill quotas as well, cheap sites must be worth more than they look.
    let priced: Vec<usize> = (0..p.sides.len())
        .filter(|&s| {
            p.sides[s].sense == Sense::AtMost && p.sides[s].bound > 0 && p.sides[s].terms.iter().any(|t| t.1 != p.sides[s].terms[0].1)
        })
        .collect();
    let mut cost = vec![0f64; p.sites()];
    for &s in &priced {
        for &(i, c) in &p.sides[s].terms {
            cost[i as usize] += c as f64 / p.sides[s].bound as f64;
        }
    }
    let top = Plan::empty(p).worth.iter().copied().max().unwrap_or(0).max(1) as f64;
    let attempt = |price: f64| {
        let mut plan = Plan::empty(p);
        greedy(&mut plan, |i, worth| worth.saturating_sub((price * cost[i]) as i64));
        climb(&mut plan);
        plan.kept().map(|value| Found { value, open: plan.open })
    };
    let mut best = attempt(0.0);
    if priced.is_empty() || best.is_some() {
        return best;
    }
    let (mut low, mut high) = (0.0, top);
    for _ in 0..10 {
        match attempt(high) {
            Some(f) => {
                best = Some(f);
                break;
            }
            None => (low, high) = (high, high * 4.0),
        }
    }
    for _ in 0..8 {
        let middle = (low + high) / 2.0;
        match attempt(middle) {
            Some(f) => {
                high = middle;
                if best.as_ref().is_none_or(|b| f.value > b.value) {
                    best = Some(f);
                }
            }
            None => low = middle,
        }
    }
    best
}

/// Adds, drops and swaps single sites while that gains anything.
pub fn climb(plan: &mut Plan) {
    let p = plan.p;
    // Only a site of the same quota can make room under one that is full.
    let class: Vec<u32> = (0..p.sites())
        .map(|i| p.sides_of.get(i).iter().find(|t| t.1 == 1 && p.sides[t.0 as usize].sense != Sense::AtLeast).map_or(0, |t| t.0 + 1))
        .collect();
    let mut least = vec![i64::MAX; p.sides.len() + 1];
    loop {
        let n = plan.open.len();
        if let Some(i) =
            (0..n).filter(|&i| plan.open[i] && plan.worth[i] < 0 && plan.fits(Some(i as u32), None)).min_by_key(|&i| plan.worth[i])
        {
            plan.remove(i as u32);
            continue;
        }
        if let Some(i) =
            (0..n).rev().filter(|&i| !plan.open[i] && plan.worth[i] > 0 && plan.fits(None, Some(i as u32))).max_by_key(|&i| plan.worth[i])
        {
            plan.add(i as u32);
            continue;
        }
        for &k in &plan.chosen {
            least[class[k as usize] as usize] = i64::MAX;
        }
        for &k in &plan.chosen {
            let c = class[k as usize] as usize;
            least[c] = least[c].min(plan.worth[k as usize]);
        }
        let mut best: Option<(i64, u32, u32)> = None;
        for i in 0..n {
            // Without new overlaps a swap has become better only by an open site that is worth less than before.
            let loss = least[class[i] as usize];
            if plan.open[i] || plan.full[i] <= loss || !(plan.fresh[i] || plan.worth[i] > loss && loss < plan.seen[i]) {
                continue;
            }
            plan.seen[i] = loss;
            match plan.best_out(i as u32) {
                Some((delta, out)) if delta > 0 => {
                    if best.is_none_or(|(d, _, _)| delta > d) {
                        best = Some((delta, out, i as u32));
                    }
                }
                _ => plan.fresh[i] = false,
            }
        }
        for &k in &plan.chosen {
            least[class[k as usize] as usize] = i64::MAX;
        }
        let Some((_, out, into)) = best else { return };
        plan.remove(out);
        plan.add(into);
    }
}

/// Knocks out two to seven neighbours, fills up with noise, climbs; again and again from the plan in hand or the best one.
pub fn shake(
    p: &Problem,
    start: Option<&Found>,
    rounds: usize,
    chance: &mut Chance,
    mut halt: impl FnMut() -> bool,
    mut better: impl FnMut(&Found),
) -> Option<Found> {
    let mut plan = Plan::empty(p);
    let mut best = start.cloned();
    match &best {
        Some(b) => plan.become_like(&b.open),
        None => greedy(&mut plan, |_, w| w),
    }
    for round in 0..rounds {
        if plan.chosen.is_empty() && p.sites() == 0 || round & 15 == 15 && halt() {
            break;
        }
        if round > 0 || best.is_some() {
            for site in neighbours(&plan, chance) {
                plan.remove(site);
            }
            greedy(&mut plan, |_, w| w + ((w.unsigned_abs() / 4096 * chance.below(1024)) as i64).max(0));
        }
        climb(&mut plan);
        match (plan.kept(), &best) {
            (Some(v), Some(b)) if v <= b.value => {
                if v < b.value - b.value.abs() / 500 {
                    plan.become_like(&b.open);
                }
            }
            (Some(value), _) => {
                let found = Found { value, open: plan.open.clone() };
                better(&found);
                best = Some(found);
            }
            (None, Some(b)) => plan.become_like(&b.open),
            (None, None) => (),
        }
    }
    best
}

/// Some open sites near each other: met by stepping from an open site to a shut one that shares demand with it, and on to who else serves that.
fn neighbours(plan: &Plan, chance: &mut Chance) -> Vec<u32> {
    let p = plan.p;
    if plan.chosen.is_empty() {
        return Vec::new();
    }
    let pick = |list: &[u32], chance: &mut Chance| list[chance.below(list.len() as u64) as usize];
    let mut out = vec![pick(&plan.chosen, chance)];
    let wanted = 2 + chance.below(6) as usize;
    for _ in 0..40 {
        if out.len() >= wanted.min(plan.chosen.len()) {
            break;
        }
        let mut at = if chance.below(2) == 0 { out[0] } else { pick(&out, chance) };
        for _ in 0..2 {
            let rows = p.columns.get(at as usize);
            if rows.is_empty() {
                break;
            }
            at = pick(p.rows.get(pick(rows, chance) as usize), chance);
        }
        let rows = p.columns.get(at as usize);
        let open = if rows.is_empty() {
            Some(pick(&plan.chosen, chance))
        } else {
            p.rows.get(pick(rows, chance) as usize).iter().copied().find(|&k| plan.open[k as usize])
        };
        if let Some(k) = open
            && !out.contains(&k)
        {
            out.push(k);
        }
    }
    out
}
