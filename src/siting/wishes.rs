//! Among plans that cover as much: the one that brings most of the next thing wanted, and then of the next.
//!
//! Everything is one objective in which a unit of the more important thing outweighs all of the less important ones together. Where such
//! numbers no longer fit, the wish is left undecided and says so.

use std::time::Duration;

use super::cover;
use super::covering::Covering;
use super::model::{Outcome, Status};
use super::plan::Clock;
use super::question::{Model, Question};
use super::translate::{self, Kept};

/// What came of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// What it counts.
    pub name: String,
    /// What the plan brings of it.
    pub value: i64,
    /// Whether no plan as good in everything before it brings more.
    pub proven: bool,
}

/// Weights together stay below this, as the solver counts in 2⁻¹⁶ of them.
const MOST: i128 = 36_000_000_000_000;
/// Time for one wish where nobody set a limit.
const EACH: Duration = Duration::from_secs(10);

/// The outcome after the wishes of the question, and what came of each.
pub(super) fn grant(question: &Question, main: Outcome, clock: &Clock<'_>) -> (Outcome, Vec<Granted>) {
    if main.value.is_none() || question.model != Model::Mclp {
        return (main, Vec::new());
    }
    let mut outcome = main;
    let mut granted = Vec::new();
    let mut proven = outcome.status == Status::Optimal;
    for level in 0..question.wishes.len() {
        // What is not proven leaves nothing to choose among equals.
        if proven && !clock.is_over() {
            match among_equals(question, level, &outcome, clock) {
                Some((chosen, optimal)) => {
                    outcome.chosen = chosen;
                    proven = optimal;
                }
                None => proven = false,
            }
        } else {
            proven = false;
        }
        granted.push(Granted { name: question.wishes[level].name.clone(), value: value(question, level, &outcome.chosen), proven });
    }
    (outcome, granted)
}

/// What a set of sites brings of a wish.
fn value(question: &Question, level: usize, chosen: &[u32]) -> i64 {
    let wish = &question.wishes[level];
    let mut open = vec![false; question.sites.len()];
    chosen.iter().for_each(|site| open[*site as usize] = true);
    wish.reached_by.iter().zip(&wish.weights).filter(|(sites, _)| sites.iter().any(|s| open[*s as usize])).map(|(_, w)| w).sum()
}

/// The best for wish `level` among plans that keep everything before it; `None` where it was not found.
fn among_equals(question: &Question, level: usize, known: &Outcome, clock: &Clock<'_>) -> Option<(Vec<u32>, bool)> {
    let (main, base) = translate::most_covered(question, &Kept::all(question));
    let best = i128::from(known.value?) - i128::from(base);
    let earlier: Vec<i64> = (0..level).map(|k| value(question, k, &known.chosen)).collect();
    // From the least important up: each thing counts one more than all below it together.
    let mut factors = vec![1_i128; level + 2];
    for k in (0..=level).rev() {
        let all: i128 = question.wishes[k].weights.iter().map(|w| i128::from(*w)).sum();
        factors[k] = factors[k + 1].checked_mul(all + 1)?;
    }
    let reachable: i128 =
        main.reached_by.iter().zip(&main.weights).filter(|(sites, _)| !sites.is_empty()).map(|(_, w)| i128::from(*w)).sum();
    if reachable.checked_mul(factors[0])? > MOST {
        return None;
    }
    let mut joined = Covering { weights: Vec::new(), reached_by: Default::default(), ..main.clone() };
    let mut add = |rows: &super::Lists<u32>, weights: &[i64], factor: i128| {
        for (sites, weight) in rows.iter().zip(weights).filter(|(sites, weight)| !sites.is_empty() && **weight > 0) {
            joined.reached_by.push(sites.iter().copied());
            joined.weights.push(i64::try_from(i128::from(*weight) * factor).unwrap_or(i64::MAX));
        }
    };
    add(&main.reached_by, &main.weights, factors[0]);
    for k in 0..=level {
        add(&question.wishes[k].reached_by, &question.wishes[k].weights, factors[k + 1]);
    }
    let outcome = cover::solve(&joined, &clock.beside(3, EACH));
    outcome.value?;
    // Only what is as good as before in everything before it will do.
    let again = super::order::covered(question, &outcome.chosen);
    let same = i128::from(again) - i128::from(base) == best && (0..level).all(|k| value(question, k, &outcome.chosen) == earlier[k]);
    same.then_some((outcome.chosen, outcome.status == Status::Optimal))
}
