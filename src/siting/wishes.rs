//! Among plans that cover as much, or nearly as much where that is allowed: the one that brings most of the next thing wanted.
//!
//! Everything is one objective of whole numbers in which the more important thing outweighs the next a million times. A plan is taken only where it
//! keeps what was won before; "proven" is to one part in a million of the less important thing.

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

/// All weights of the joint objective together, as the solver counts in 2⁻¹⁶ of them.
const WHOLE: f64 = 3.0e13;
/// How far the more important thing outweighs the next; where a slack leaves room, the smaller ones are tried too.
const OUTWEIGH: [f64; 6] = [1e6, 1e3, 1e2, 30.0, 10.0, 3.0];
/// Time for one wish where nobody set a limit.
const EACH: Duration = Duration::from_secs(10);

/// The outcome after the wishes of the question, and what came of each.
pub(super) fn grant(question: &Question, main: Outcome, clock: &Clock<'_>) -> (Outcome, Vec<Granted>) {
    if main.value.is_none() || question.model != Model::Mclp {
        return (main, Vec::new());
    }
    let best = main.value.unwrap_or(0);
    let floor = best - i64::try_from(i128::from(best) * i128::from(question.slack) / 1_000_000).unwrap_or(0);
    let mut outcome = main;
    let mut granted = Vec::new();
    // What is not proven leaves nothing to choose among equals.
    let mut proven = outcome.status == Status::Optimal;
    for level in 0..question.wishes.len() {
        if proven && !clock.is_over() {
            proven = improve(question, level, floor, &mut outcome, clock);
        } else {
            proven = false;
        }
        granted.push(Granted { name: question.wishes[level].name.clone(), value: value(question, level, &outcome.chosen), proven });
    }
    // With a slack the plan is no longer the best in the first objective; its bound stays.
    if outcome.value != Some(best) {
        outcome.status = Status::Open;
    }
    (outcome, granted)
}

/// What a set of sites brings of a wish.
pub(super) fn value(question: &Question, level: usize, chosen: &[u32]) -> i64 {
    let wish = &question.wishes[level];
    let mut open = vec![false; question.sites.len()];
    chosen.iter().for_each(|site| open[*site as usize] = true);
    wish.reached_by.iter().zip(&wish.weights).filter(|(sites, _)| sites.iter().any(|s| open[*s as usize])).map(|(_, w)| w).sum()
}

/// Replaces the plan by one that brings more of wish `level` and keeps everything before it. Answers whether nothing brings more.
fn improve(question: &Question, level: usize, floor: i64, outcome: &mut Outcome, clock: &Clock<'_>) -> bool {
    let (main, base) = translate::most_covered(question, &Kept::all(question));
    let earlier: Vec<i64> = (0..level).map(|k| value(question, k, &outcome.chosen)).collect();
    let mut proven = false;
    for (round, outweigh) in OUTWEIGH.into_iter().enumerate() {
        let Some(joined) = joined(question, &main, level, outweigh) else { return true };
        let found = cover::solve(&joined, &clock.beside(3, EACH));
        if found.value.is_none() {
            break;
        }
        let again = weight(&main, &found.chosen) + base;
        let keeps = again >= floor && (0..level).all(|k| value(question, k, &found.chosen) >= earlier[k]);
        let (old, new) = (value(question, level, &outcome.chosen), value(question, level, &found.chosen));
        if keeps && (new > old || new == old && Some(again) > outcome.value) {
            outcome.chosen = found.chosen;
            outcome.value = Some(again);
        }
        if round == 0 {
            proven = found.status == Status::Optimal && question.slack == 0;
        }
        if question.slack == 0 || !keeps || clock.is_over() {
            break;
        }
    }
    proven
}

/// Weight that a set of sites covers in a model.
fn weight(covering: &Covering, chosen: &[u32]) -> i64 {
    let mut open = vec![false; covering.sites()];
    chosen.iter().for_each(|site| open[*site as usize] = true);
    let needs = |row: usize| i64::from(covering.needs.get(row).copied().unwrap_or(1));
    let met = |(row, sites): (usize, &[u32])| {
        let count = sites.iter().filter(|s| open[**s as usize]).count() as i64;
        covering.weights[row] * count.min(needs(row))
    };
    covering.reached_by.iter().enumerate().map(met).sum()
}

/// One objective of the first thing, of the wishes before `level`, and of that wish; `None` where there is nothing to wish for.
fn joined(question: &Question, main: &Covering, level: usize, outweigh: f64) -> Option<Covering> {
    let all = |weights: &[i64], rows: &super::Lists<u32>| -> f64 {
        let reachable = rows.iter().zip(weights).filter(|(sites, _)| !sites.is_empty());
        reachable.map(|(_, w)| *w as f64).sum()
    };
    if all(&question.wishes[level].weights, &question.wishes[level].reached_by) == 0.0 {
        return None;
    }
    // Shares of the whole: the first thing, then each wish so many times less.
    let mut parts = vec![outweigh * 1e3_f64.powi(level as i32)];
    parts.extend((0..=level).map(|k| 1e3_f64.powi((level - k) as i32)));
    let sum: f64 = parts.iter().sum();
    let mut joined = Covering { weights: Vec::new(), needs: Vec::new(), reached_by: Default::default(), ..main.clone() };
    let mut add = |rows: &super::Lists<u32>, weights: &[i64], needs: &[u32], part: f64| {
        let whole = all(weights, rows);
        for (row, (sites, weight)) in rows.iter().zip(weights).enumerate() {
            if !sites.is_empty() && *weight > 0 {
                joined.reached_by.push(sites.iter().copied());
                joined.weights.push((*weight as f64 / whole * part / sum * WHOLE) as i64);
                joined.needs.push(needs.get(row).copied().unwrap_or(1));
            }
        }
    };
    add(&main.reached_by, &main.weights, &main.needs, parts[0]);
    for k in 0..=level {
        add(&question.wishes[k].reached_by, &question.wishes[k].weights, &[], parts[k + 1]);
    }
    // Rows that must be covered keep their own place in the model.
    if main.must.iter().any(|must| *must) {
        joined.must = vec![false; joined.weights.len()];
        for (sites, _) in main.reached_by.iter().zip(&main.must).filter(|(_, must)| **must) {
            joined.reached_by.push(sites.iter().copied());
            joined.weights.push(0);
            joined.needs.push(1);
            joined.must.push(true);
        }
    }
    Some(joined)
}
