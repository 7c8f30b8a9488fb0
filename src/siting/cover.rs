//! Most weight covered, or all covered at least cost: solved exactly, with side rows.

mod build;
mod chance;
mod local;
mod logic;
mod merge;
mod plan;
mod problem;
mod proof;
mod record;
mod root;
mod subgradient;
#[cfg(test)]
mod tests;
mod tree;

use super::covering::Covering;
use super::model::{Fixing, Limits, Outcome, Status};
use chance::Chance;
use problem::Problem;
use record::{Record, Scale};
use std::time::Instant;

/// The best plan and a bound that is proven in whole numbers.
///
/// Without a time limit the outcome is the same on every run; the order of the demands does not matter.
#[must_use]
pub fn solve(question: &Covering, limits: &Limits<'_>) -> Outcome {
    let began = Instant::now();
    if !countable(question) {
        return Outcome { status: Status::Open, chosen: Vec::new(), value: None, bound: None };
    }
    let Some((problem, scale)) = prepared(question) else { return infeasible() };
    let mut record = Record::new(&problem, limits, began, scale, limits.target, limits.slack);
    let mut chance = Chance::new(1);
    if let Some(root) = root::work(problem, &mut record, &mut chance) {
        tree::search(root, &mut record);
    }
    let asked = |inner: i64| scale.base + scale.unit * inner;
    let bound = record.bound();
    match (record.best, bound) {
        (_, None) => infeasible(),
        (None, Some(bound)) => Outcome { status: Status::Open, chosen: Vec::new(), value: None, bound: Some(asked(bound)) },
        (Some((value, chosen)), Some(bound)) => {
            let status = if value == bound { Status::Optimal } else { Status::Open };
            Outcome { status, chosen, value: Some(asked(value)), bound: Some(asked(bound)) }
        }
    }
}

fn infeasible() -> Outcome {
    Outcome { status: Status::Infeasible, chosen: Vec::new(), value: None, bound: None }
}

/// Whether the largest value and the largest cost of the question fit its numbers.
fn countable(question: &Covering) -> bool {
    let weight = |j: usize| i128::from(question.weights[j]) * i128::from(question.needs.get(j).map_or(1, |&n| n.max(1)));
    let most = (0..question.weights.len()).map(weight).sum::<i128>() + question.costs.iter().map(|&c| i128::from(c).abs()).sum::<i128>();
    most < 1 << 61
}

/// The smallest problem that says the same; `None` when no plan can keep all rows.
fn prepared(question: &Covering) -> Option<(Problem, Scale)> {
    let mut problem = build::from_question(question)?;
    loop {
        let mut fixed = vec![Fixing::Free; problem.sites()];
        if !logic::follow(&problem, &mut fixed) {
            return None;
        }
        if fixed.iter().all(|&f| f == Fixing::Free) {
            break;
        }
        problem = build::settled(&problem, &fixed)?;
    }
    let unit = problem.weight.iter().chain(&problem.profit).fold(0u64, |g, &x| gcd(g, x.unsigned_abs())).max(1) as i64;
    let scale = Scale { base: problem.offset, unit };
    problem.offset = 0;
    problem.weight.iter_mut().chain(&mut problem.profit).for_each(|x| *x /= unit);
    Some((problem, scale))
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
