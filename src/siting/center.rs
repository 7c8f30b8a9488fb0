//! Least worst walk: the exact p-center, by a search over the distinct costs with set-cover proofs.
//!
//! A plan of at most `r` exists if and only if the sites within `r` of each demand can be covered under the rows; the least such `r` is a cost
//! that occurs. Minieka, "The m-center problem", 1970; Elloumi, Labbé and Pochet 2004.

mod levels;
mod probe;
mod reduce;
#[cfg(test)]
mod tests;

use levels::Levels;
use probe::{Answer, Probe};

use super::{Distances, Limits, Outcome, Status, Step};

/// Minimises the largest cost of a demand at its cheapest open site; weights are not read.
///
/// The outcome is the same on every run unless time runs out. Without a demand every plan costs 0.
#[must_use]
pub fn solve(question: &Distances, limits: &Limits<'_>) -> Outcome {
    let began = std::time::Instant::now();
    let nothing = Outcome { status: Status::Infeasible, chosen: Vec::new(), value: None, bound: None };
    let Some(levels) = Levels::read(question) else { return nothing };
    let probe = Probe::new(question, &levels, limits, began);
    // Below `low` nothing is possible; `best` is possible.
    let (mut low, mut high) = (0, levels.costs.len());
    let mut best: Option<(i64, Vec<bool>)> = None;
    let tell = |low: usize, best: &Option<(i64, Vec<bool>)>| {
        let bound = levels.costs.get(low).copied();
        (limits.watch)(Step { value: best.as_ref().map(|b| b.0), bound: bound.or(best.as_ref().map(|b| b.0)) });
    };
    tell(low, &best);
    let mut open = false;
    // The whole length first: it settles whether any plan exists.
    let mut at = levels.costs.len() - 1;
    while low < high {
        let worst = levels.costs[low];
        let enough = limits.target.is_some_and(|t| best.as_ref().is_some_and(|b| b.0 <= t) || worst > t)
            || best.as_ref().is_some_and(|b| i128::from(b.0) - i128::from(worst) <= i128::from(limits.slack.max(0)));
        if enough {
            break;
        }
        match probe.ask(at) {
            Answer::Yes(plan) => {
                let value = levels.worst(&plan).expect("a plan of a probe serves everybody");
                high = levels.costs.partition_point(|c| *c < value);
                best = Some((value, plan));
            }
            Answer::No if best.is_none() => return nothing,
            Answer::No => low = at + 1,
            Answer::Unknown => {
                open = true;
                break;
            }
        }
        tell(low, &best);
        at = low + (high - low) / 2;
    }
    let bound = levels.costs.get(low).copied();
    let Some((value, plan)) = best else { return Outcome { status: Status::Open, bound, ..nothing } };
    let bound = if open { bound } else { bound.or(Some(value)) }.map(|b| b.min(value));
    let status = if bound == Some(value) { Status::Optimal } else { Status::Open };
    Outcome { status, chosen: (0..).zip(plan).filter(|(_, o)| *o).map(|(i, _)| i).collect(), value: Some(value), bound }
}
