//! Least walking in all: the exact p-median, by Lagrangian relaxation, exchanges and branch and bound.
//!
//! Greed and exchanges give a plan; the Lagrangian dual gives a bound, recomputed in whole numbers; whatever no better
//! plan can use is settled on that number; what is left splits in two and is searched again.
//!
//! Cornuejols, Fisher and Nemhauser 1977; Beasley, "A note on solving large p-median problems", 1985.

use std::time::Instant;

mod branch;
mod core;
mod dual;
pub(super) mod improve;
mod pick;
mod plan;
mod proof;
pub(super) mod rows;
mod state;
#[cfg(test)]
pub(super) mod tests;
pub(super) mod town;
mod tree;
pub(super) mod watch;

use improve::Dice;
use plan::Plan;
use town::Town;
use tree::Tree;
use watch::Watch;

use super::{Distances, Limits, Outcome, Status};

/// Whether every sum of the search fits: the worst plan, each demand at its dearest site, may cost an eighth of what 64 bits hold.
#[must_use]
pub fn fits(question: &Distances) -> bool {
    let worst = question.pairs.iter().zip(&question.weights).try_fold(0i128, |sum, (pairs, &weight)| {
        let dearest = pairs.iter().map(|p| p.1).max().unwrap_or(0);
        sum.checked_add(i128::from(weight) * i128::from(dearest))
    });
    let weight: i128 = question.weights.iter().map(|w| i128::from(*w)).sum();
    worst.is_some_and(|w| w <= i128::from(i64::MAX / 8)) && weight <= i128::from(i64::MAX)
}

/// Minimises `Σ weight · cost` of the cheapest open site of each demand.
///
/// The outcome is the same on every run unless time runs out. A question that does not [fit](fits) is not searched: the outcome is
/// [`Status::Open`] without plan or bound.
#[must_use]
pub fn solve(question: &Distances, limits: &Limits<'_>) -> Outcome {
    let began = Instant::now();
    let nothing = |status| Outcome { status, chosen: Vec::new(), value: None, bound: None };
    if !fits(question) {
        return nothing(Status::Open);
    }
    match Town::read(question) {
        Some(town) => search(&town, limits, began),
        None => nothing(Status::Infeasible),
    }
}

/// Searches a town to the end or the limits.
pub(super) fn search(town: &Town, limits: &Limits<'_>, began: Instant) -> Outcome {
    let mut watch = Watch::new(limits, began, town.unit);
    let of = plan::transpose(town);
    let mut plan = Plan::new(town, &of);
    plan.fill(&watch);
    plan.descend(&watch);
    watch.offer(town, &plan.open());
    plan.search(EXCHANGES, &mut Dice(1), &mut watch);
    let exhausted = Tree::new(town, plan, &mut watch).search();
    watch.outcome(exhausted)
}

/// Work of the exchanges before the first bound.
const EXCHANGES: u64 = 20_000_000;
