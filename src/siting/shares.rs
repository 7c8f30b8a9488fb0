//! Shares to keep in several units at once: each unit's shortfall gets a price, and the prices are driven to where they bound best.
//!
//! Lagrangian relaxation (Fisher 1981): whatever the prices, the relaxed best is a bound in whole numbers. A plan that keeps all shares comes from
//! the relaxed plans themselves or from adding sites to them. What the prices cannot close stays as a gap that is told.

use super::cover;
use super::covering::Covering;
use super::model::{Limits, Outcome, Status, Step};
use super::plan::Clock;
use super::question::Question;

/// Demands of which a certain weight must be covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    /// The demands.
    pub demands: Vec<u32>,
    /// The weight to cover.
    pub needed: i64,
}

impl Share {
    /// Whether it speaks of all demands that weigh anything.
    pub fn is_of_all(&self, question: &Question) -> bool {
        self.demands.len() == question.pairs.len()
    }
}

/// A share in the rows of a covering model: those rows, and what of them must still be covered.
#[derive(Debug, Clone)]
pub(super) struct Needed {
    rows: Vec<u32>,
    weights: Vec<i64>,
    needed: i64,
}

/// Shares in terms of the rows of a model whose first rows are the `must` demands without a site that stands, then the others.
pub(super) fn rows_of(question: &Question, shares: &[Share], must: &[bool]) -> Vec<Needed> {
    let mut row_of = vec![u32::MAX; question.pairs.len()];
    let open = |wanted: bool| (0..question.pairs.len()).filter(move |d| must[*d] == wanted && !super::least::is_served(question, *d));
    for (row, demand) in open(true).chain(open(false)).enumerate() {
        row_of[demand] = row as u32;
    }
    let of = |share: &Share| {
        let (open, served): (Vec<u32>, Vec<u32>) = share.demands.iter().partition(|d| row_of[**d as usize] != u32::MAX);
        let weight = |d: &u32| question.weights[*d as usize];
        Needed {
            rows: open.iter().map(|d| row_of[*d as usize]).collect(),
            weights: open.iter().map(weight).collect(),
            needed: share.needed - served.iter().map(weight).sum::<i64>(),
        }
    };
    shares.iter().map(of).filter(|share| share.needed > 0).collect()
}

/// Prices are counted in parts of the objective at most this fine, and no finer than keeps all of them together below [`MOST`].
const FINEST: i64 = 1 << 24;
const MOST: i64 = 30_000_000_000_000;
/// Rounds of prices.
const ROUNDS: usize = 60;

/// The best plan of `covering` that keeps all `shares`. `least` turns the outcome's sign: the objective is a price to be small.
pub(super) fn most(covering: Covering, shares: &[Needed], limits: &Limits<'_>, least: bool) -> Outcome {
    let clock = Clock::start(limits);
    let sign = if least { -1 } else { 1 };
    // In a question of least price the weights count for the shares alone.
    let own: Vec<i64> = if least { vec![0; covering.weights.len()] } else { covering.weights.clone() };
    let mut best: Option<(i64, Vec<u32>)> = None;
    let mut bound: Option<i64> = None;
    let heaviest = shares.iter().flat_map(|s| &s.weights).max().copied().unwrap_or(1).max(1);
    let dearest = covering.costs.iter().max().copied().unwrap_or(0).max(if least { 1 } else { heaviest });
    let rows = i64::try_from(covering.weights.len()).unwrap_or(i64::MAX).max(1);
    let fine = (MOST / rows.saturating_mul(dearest).max(1)).clamp(1, FINEST);
    let impossible = || Outcome { status: Status::Infeasible, chosen: Vec::new(), value: None, bound: None };
    // Each share by itself, before all of them together.
    for share in shares {
        let mut alone = Covering { weights: vec![0; covering.weights.len()], costs: vec![0; covering.sites()], ..covering.clone() };
        share.rows.iter().zip(&share.weights).for_each(|(row, weight)| alone.weights[*row as usize] = *weight);
        let outcome = cover::solve(&alone, &Limits { watch: &|_| (), target: Some(share.needed), slack: 0, ..clock.limits() });
        if outcome.status == Status::Infeasible || outcome.bound.is_some_and(|bound| bound < share.needed) {
            return impossible();
        }
    }
    let unit = own.iter().chain(&covering.costs).fold(0, |a, b| super::least::gcd(a, *b)).max(1);
    let mut prices = vec![0_i64; shares.len()];
    let mut step = 0.5;
    for _ in 0..ROUNDS {
        let mut relaxed = covering.clone();
        relaxed.weights = own.iter().map(|w| w.saturating_mul(fine)).collect();
        relaxed.costs = covering.costs.iter().map(|c| c.saturating_mul(fine)).collect();
        let mut constant: i128 = 0;
        for (share, price) in shares.iter().zip(&prices) {
            for (row, weight) in share.rows.iter().zip(&share.weights) {
                let more = i128::from(*weight) * i128::from(*price) / i128::from(heaviest);
                relaxed.weights[*row as usize] = relaxed.weights[*row as usize].saturating_add(i64::try_from(more).unwrap_or(i64::MAX / 4));
            }
            // Rounded up, so that what is taken off is never more than what was given.
            constant += (i128::from(share.needed) * i128::from(*price)) / i128::from(heaviest);
        }
        // Each row's premium was rounded down, by less than one unit.
        let lost: i128 = shares.iter().map(|s| s.rows.len() as i128).sum();
        let outcome = cover::solve(&relaxed, &Limits { watch: &|_| (), target: None, slack: 0, ..clock.limits() });
        if outcome.status == Status::Infeasible {
            return impossible();
        }
        if let Some(relaxed_bound) = outcome.bound {
            let priced = i128::from(relaxed_bound) - constant + lost;
            let whole = i64::try_from(priced.div_euclid(i128::from(fine))).unwrap_or(i64::MAX);
            // Every plan comes to a multiple of what all its terms are multiples of.
            let whole = whole.div_euclid(unit) * unit;
            bound = Some(bound.map_or(whole, |b| b.min(whole)));
        }
        if outcome.value.is_some() {
            let short = shortfalls(&covering, shares, &outcome.chosen);
            for plan in [repaired(&covering, &own, shares, &outcome.chosen)].into_iter().flatten() {
                let value = worth(&covering, &own, &plan);
                if best.as_ref().is_none_or(|(known, _)| value > *known) {
                    best = Some((value, plan));
                }
            }
            let norm: f64 = short.iter().zip(shares).map(|(s, share)| (*s as f64 / share.needed as f64).powi(2)).sum();
            if norm == 0.0 && prices.iter().all(|p| *p == 0) {
                break;
            }
            for ((price, missing), share) in prices.iter_mut().zip(&short).zip(shares) {
                let part = *missing as f64 / share.needed as f64;
                let push = step * part * dearest as f64 * fine as f64 * (heaviest as f64 / share.needed as f64).max(1e-6).sqrt();
                *price = (*price as f64 + push).clamp(0.0, 1e15) as i64;
            }
            step *= 0.95;
        }
        if let (Some((value, _)), Some(bound)) = (&best, bound) {
            (limits.watch)(Step { value: Some(sign * value), bound: Some(sign * bound) });
            if *value >= bound {
                break;
            }
        }
        if clock.is_over() {
            break;
        }
    }
    match best {
        Some((value, chosen)) => {
            let bound = bound.map_or(i64::MAX / 2, |b| b.max(value));
            let status = if bound == value { Status::Optimal } else { Status::Open };
            Outcome { status, chosen, value: Some(sign * value), bound: Some(sign * bound) }
        }
        None => Outcome { status: Status::Open, chosen: Vec::new(), value: None, bound: bound.map(|b| sign * b) },
    }
}

/// Which rows a set of sites covers.
fn covered(covering: &Covering, chosen: &[u32]) -> Vec<bool> {
    let mut open = vec![false; covering.sites()];
    chosen.iter().for_each(|site| open[*site as usize] = true);
    covering.reached_by.iter().map(|sites| sites.iter().any(|site| open[*site as usize])).collect()
}

fn worth(covering: &Covering, own: &[i64], chosen: &[u32]) -> i64 {
    let weight: i64 = covered(covering, chosen).iter().zip(own).filter(|(is, _)| **is).map(|(_, w)| w).sum();
    weight - chosen.iter().map(|site| covering.costs[*site as usize]).sum::<i64>()
}

/// What each share lacks; below zero where it has more than it needs.
fn shortfalls(covering: &Covering, shares: &[Needed], chosen: &[u32]) -> Vec<i64> {
    let covered = covered(covering, chosen);
    let have = |s: &Needed| s.rows.iter().zip(&s.weights).filter(|(row, _)| covered[**row as usize]).map(|(_, w)| w).sum::<i64>();
    shares.iter().map(|s| s.needed - have(s)).collect()
}

/// Sites added, the one that closes most shortfall for its price first, until all shares are kept; then needless ones taken away. `None`
/// where no site may be added any more.
fn repaired(covering: &Covering, own: &[i64], shares: &[Needed], chosen: &[u32]) -> Option<Vec<u32>> {
    let mut plan = chosen.to_vec();
    let keeps = |plan: &[u32]| covering.sides.iter().all(|row| holds(row, plan));
    let lacking = |plan: &[u32]| shortfalls(covering, shares, plan).iter().map(|s| (*s).max(0)).sum::<i64>();
    let mut missing = lacking(&plan);
    while missing > 0 {
        let mut next: Option<(f64, u32, i64)> = None;
        for site in (0..covering.sites() as u32).filter(|s| fixing(covering, *s) == super::Fixing::Free) {
            if plan.contains(&site) {
                continue;
            }
            plan.push(site);
            let left = if keeps(&plan) { lacking(&plan) } else { missing };
            plan.pop();
            let rate = (missing - left) as f64 / (covering.costs[site as usize].max(1)) as f64;
            if left < missing && next.is_none_or(|(best, ..)| rate > best) {
                next = Some((rate, site, left));
            }
        }
        let (_, site, left) = next?;
        plan.push(site);
        missing = left;
    }
    // The dearest first.
    let mut order = plan.clone();
    order.sort_by_key(|site| std::cmp::Reverse((covering.costs[*site as usize], *site)));
    for site in order {
        let less: Vec<u32> = plan.iter().copied().filter(|s| *s != site).collect();
        let fits = fixing(covering, site) == super::Fixing::Free && keeps(&less) && lacking(&less) == 0;
        if fits && musts_hold(covering, &less) && worth(covering, own, &less) > worth(covering, own, &plan) {
            plan = less;
        }
    }
    plan.sort_unstable();
    Some(plan)
}

fn fixing(covering: &Covering, site: u32) -> super::Fixing {
    covering.fixed.get(site as usize).copied().unwrap_or_default()
}

fn holds(row: &super::SideRow, plan: &[u32]) -> bool {
    row.holds(row.terms.iter().filter(|(site, _)| plan.contains(site)).map(|(_, c)| c).sum())
}

fn musts_hold(covering: &Covering, plan: &[u32]) -> bool {
    covered(covering, plan).iter().zip(&covering.must).all(|(is, must)| *is || !*must)
}
