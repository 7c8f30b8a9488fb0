//! Most weight covered, or all covered at least cost: solved exactly, with side rows.
//!
//! Rows that the same sites reach are merged and what is settled leaves (`build`); greedy and swaps give a plan (`local`), a subgradient a
//! bound and more settled sites (`root`); a dual simplex kept small (`kernel`) carries branch and bound (`tree`), or regions bound what is
//! too large for it (`regions`). Floats only lead the way: every node is closed and every site settled on a bound in whole numbers (`proof`).
#![allow(clippy::needless_range_loop, reason = "one number is the place in several lists at once")]

mod branch;
mod build;
mod chance;
mod kernel;
mod local;
mod logic;
mod merge;
mod parts;
mod plan;
mod problem;
mod proof;
mod record;
mod regions;
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
    let parts = parts::apart(problem);
    let count = parts.len();
    // A target is one of the whole; a part alone cannot tell when it is reached.
    let target = limits.target.filter(|_| count == 1);
    let mut records: Vec<Record> =
        parts.iter().map(|p| Record::new(p, limits, began, scale, target, limits.slack / count as i64)).collect();
    let mut chance: Vec<Chance> = parts.iter().map(|_| Chance::new(1)).collect();
    let mut roots = Vec::with_capacity(count);
    for (k, part) in parts.into_iter().enumerate() {
        Record::turn(&mut records, k, 1.0 / (count - k) as f64);
        roots.push(root::work(part, &mut records[k], &mut chance[k]));
        if records[k].bound().is_none() {
            return infeasible();
        }
    }
    let mut left: usize = roots.iter().flatten().map(|r| r.problem.sites()).sum();
    for (k, root) in roots.into_iter().enumerate() {
        if let Some(root) = root {
            let size = root.problem.sites();
            Record::turn(&mut records, k, size as f64 / left.max(1) as f64);
            left -= size;
            root::finish(root, &mut records[k], &mut chance[k]);
            if records[k].bound().is_none() {
                return infeasible();
            }
        }
    }
    let asked = |inner: i64| scale.base + scale.unit * inner;
    let bound = asked(records.iter().filter_map(Record::bound).sum());
    let Some(value) = records.iter().map(Record::value).sum::<Option<i64>>().map(asked) else {
        return Outcome { status: Status::Open, chosen: Vec::new(), value: None, bound: Some(bound) };
    };
    let mut chosen: Vec<u32> = records.into_iter().filter_map(|r| r.best).flat_map(|b| b.1).collect();
    chosen.sort_unstable();
    Outcome { status: if value == bound { Status::Optimal } else { Status::Open }, chosen, value: Some(value), bound: Some(bound) }
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
