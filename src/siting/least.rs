//! Least cost, or fewest sites, to cover all, a share of all, or a share in every unit.

use super::cover;
use super::covering::Covering;
use super::model::{Limits, Outcome, Sense, SideRow, Status, Step};
use super::plan::{Clock, shifted};
use super::question::{Constraint, Question};
use super::shares::{self, Share};
use super::translate::{self, Kept};

/// The least price at which everything that must be covered is covered.
pub(super) fn cover(question: &Question, kept: &Kept, limits: &Limits<'_>) -> Outcome {
    let asked = Asked::of(question, kept);
    if asked.is_unasked() {
        return negated(&translate::cover_all(question, kept, |_| true), limits);
    }
    let covering = translate::cover_all(question, kept, |demand| asked.must[demand]);
    match asked.partial.as_slice() {
        [] => negated(&covering, limits),
        [share] => dichotomy(question, kept, share, &asked, limits),
        several => shares::most(with_weights(covering, question, &asked), &shares::rows_of(question, several, &asked.must), limits, true),
    }
}

/// Most weight covered, with shares of units to keep besides.
pub(super) fn most_with_shares(question: &Question, kept: &Kept, limits: &Limits<'_>) -> Outcome {
    let asked = Asked::of(question, kept);
    let (mut covering, base) = translate::most_covered(question, kept);
    let must: Vec<bool> = (0..question.pairs.len()).filter(|d| !is_served(question, *d)).map(|demand| asked.must[demand]).collect();
    if must.len() == covering.weights.len() {
        covering.must = must;
    }
    match asked.partial.as_slice() {
        [] => shifted(&covering, base, limits),
        [share] if share.is_of_all(question) => {
            // The most that can be covered is the most of all: either it is enough or nothing is.
            let outcome = shifted(&covering, base, limits);
            let needed = share.needed;
            match (outcome.value, outcome.bound) {
                (_, Some(bound)) if bound < needed => infeasible(),
                (Some(value), _) if value < needed => Outcome { status: Status::Open, chosen: Vec::new(), value: None, ..outcome },
                _ => outcome,
            }
        }
        several => {
            let rows = shares::rows_of(question, several, &vec![false; question.pairs.len()]);
            let watch = |step: Step| (limits.watch)(Step { value: step.value.map(|v| v + base), bound: step.bound.map(|b| b + base) });
            let inner = Limits { watch: &watch, target: limits.target.map(|t| t.saturating_sub(base)), ..*limits };
            let outcome = shares::most(covering, &rows, &inner, false);
            Outcome { value: outcome.value.map(|v| v + base), bound: outcome.bound.map(|b| b + base), ..outcome }
        }
    }
}

fn infeasible() -> Outcome {
    Outcome { status: Status::Infeasible, chosen: Vec::new(), value: None, bound: None }
}

/// Whether a site that stands already covers a demand.
pub(super) fn is_served(question: &Question, demand: usize) -> bool {
    question.pairs.sites_of(demand).any(|site| question.sites[site as usize].standing == super::Standing::Built)
}

/// The shares of a question, told apart: demands that must be covered one by one, and shares that leave a choice.
pub(super) struct Asked {
    pub must: Vec<bool>,
    pub partial: Vec<Share>,
    any: bool,
}

impl Asked {
    pub fn of(question: &Question, kept: &Kept) -> Self {
        let mut asked = Self { must: vec![false; question.pairs.len()], partial: Vec::new(), any: false };
        for (constraint, _) in question.constraints.iter().zip(&kept.constraints).filter(|(_, kept)| **kept) {
            let Constraint::Share { demands, parts, whole, .. } = constraint else { continue };
            asked.any = true;
            let demands: Vec<u32> = if demands.is_empty() { (0..question.pairs.len() as u32).collect() } else { demands.clone() };
            if parts >= whole {
                // A demand of nobody is covered as it is.
                demands.iter().filter(|d| question.weights[**d as usize] > 0).for_each(|d| asked.must[*d as usize] = true);
            } else {
                let all: i128 = demands.iter().map(|d| i128::from(question.weights[*d as usize])).sum();
                let needed = (all * i128::from(*parts) + i128::from(*whole) - 1) / i128::from(*whole);
                asked.partial.push(Share { demands, needed: i64::try_from(needed).unwrap_or(i64::MAX) });
            }
        }
        asked
    }

    fn is_unasked(&self) -> bool {
        !self.any
    }
}

/// A least price is a most of its negative.
fn negated(covering: &Covering, limits: &Limits<'_>) -> Outcome {
    let watch = |step: Step| (limits.watch)(Step { value: step.value.map(|v| -v), bound: step.bound.map(|b| -b) });
    let inner = Limits { watch: &watch, target: limits.target.map(|t| -t), ..*limits };
    let outcome = cover::solve(covering, &inner);
    Outcome { value: outcome.value.map(|v| -v), bound: outcome.bound.map(|b| -b), ..outcome }
}

/// The rows that need not be covered come back with their weights, behind those that must.
fn with_weights(mut covering: Covering, question: &Question, asked: &Asked) -> Covering {
    for demand in (0..question.pairs.len()).filter(|d| !asked.must[*d] && !is_served(question, *d)) {
        covering.reached_by.push(question.pairs.sites_of(demand));
        covering.weights.push(question.weights[demand]);
        covering.must.push(false);
    }
    covering
}

/// One share: the price is halved between what is enough and what is proven not to be.
fn dichotomy(question: &Question, kept: &Kept, share: &Share, asked: &Asked, limits: &Limits<'_>) -> Outcome {
    let clock = Clock::start(limits);
    let price = translate::price(question);
    let unit = price.iter().fold(0, |a, b| gcd(a, *b)).max(1);
    let base = share.demands.iter().filter(|d| is_served(question, **d as usize)).map(|d| question.weights[*d as usize]).sum::<i64>();
    let needed = share.needed - base;
    let mut covering = with_weights(translate::cover_all(question, kept, |d| asked.must[d]), question, asked);
    covering.costs = vec![0; question.sites.len()];
    // Only the demands of the share count towards it, those that must be covered too.
    let mut counts = vec![false; question.pairs.len()];
    share.demands.iter().for_each(|d| counts[*d as usize] = true);
    let open = |must: bool| (0..question.pairs.len()).filter(move |d| asked.must[*d] == must && !is_served(question, *d));
    covering.weights = open(true).chain(open(false)).map(|d| if counts[d] { question.weights[d] } else { 0 }).collect();
    let terms: Vec<(u32, i64)> = (0..price.len() as u32).map(|i| (i, price[i as usize] / unit)).filter(|(_, p)| *p != 0).collect();
    let worth = |chosen: &[u32]| chosen.iter().map(|site| price[*site as usize] / unit).sum::<i64>();
    let try_at = |most: Option<i64>| {
        let mut covering = covering.clone();
        covering.sides.extend(most.map(|bound| SideRow { terms: terms.clone(), sense: Sense::AtMost, bound }));
        cover::solve(&covering, &Limits { target: Some(needed), watch: &|_| (), slack: 0, ..clock.limits() })
    };
    let enough = |outcome: &Outcome| outcome.value.is_some_and(|value| value >= needed);
    let refuted = |outcome: &Outcome| outcome.status == Status::Infeasible || outcome.bound.is_some_and(|bound| bound < needed);
    let first = try_at(None);
    if refuted(&first) {
        return infeasible();
    }
    if !enough(&first) {
        return Outcome { status: Status::Open, chosen: Vec::new(), value: None, bound: Some(0) };
    }
    let (mut best, mut low) = (first.chosen, -1);
    let mut proven = true;
    loop {
        let high = worth(&best);
        (limits.watch)(Step { value: Some(high * unit), bound: Some((low + 1) * unit) });
        if low + 1 >= high {
            break;
        }
        let outcome = try_at(Some(low + (high - low) / 2));
        if enough(&outcome) {
            best = outcome.chosen;
        } else if refuted(&outcome) {
            low += (high - low) / 2;
        } else {
            proven = false;
            break;
        }
    }
    let value = worth(&best) * unit;
    let bound = if proven { value } else { (low + 1) * unit };
    best.sort_unstable();
    Outcome { status: if proven { Status::Optimal } else { Status::Open }, chosen: best, value: Some(value), bound: Some(bound) }
}

pub(super) fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
