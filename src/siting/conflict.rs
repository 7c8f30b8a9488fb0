//! Why there is no plan: a smallest set of things asked that cannot be had together, and the least change of each that would do.
//!
//! The set is irreducible, found by leaving things out one at a time (deletion filter, Chinneck and Dravnieks 1991): without any one of its members a plan exists.
//! A set with fewest members is another, much harder question.

use std::time::Duration;

use super::covering::Covering;
use super::least::{Asked, is_served};
use super::model::{Lists, Outcome, Status};
use super::plan::{Clock, stranded};
use super::question::{Constraint, Model, Question, Standing};
use super::translate::{self, Kept};
use super::{Sense, cover};

/// Something that was asked and is part of what cannot be had together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What was asked.
    pub what: What,
    /// As it was set, in its own unit.
    pub have: Option<i64>,
    /// What it would have to be for a plan to exist while all else stays; `None` where no change of it alone would do.
    pub need: Option<i64>,
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// That this demand be served, which no site reaches that may be chosen.
    Demand(u32),
    /// That everybody be served.
    Everyone,
    /// Index into [`Question::constraints`].
    Constraint(usize),
    /// The sites that must be chosen.
    Mandatory,
    /// The sites that must not be chosen.
    Forbidden,
}

/// Time for one question about feasibility.
const EACH: Duration = Duration::from_secs(5);

/// Why a question has no plan; empty where it could not be found out in time.
pub(super) fn explain(question: &Question, clock: &Clock<'_>) -> Vec<Conflict> {
    let everyone = needs_everyone(question);
    if everyone {
        let lost = stranded(question);
        if !lost.is_empty() {
            return lost.into_iter().map(|d| Conflict { what: What::Demand(d), have: None, need: None }).collect();
        }
    }
    let short = short_quotas(question);
    if !short.is_empty() {
        return short;
    }
    let mut items: Vec<What> = (0..question.constraints.len()).map(What::Constraint).collect();
    let has = |standing| question.sites.iter().any(|site| site.standing == standing);
    items.extend(
        [(has(Standing::Mandatory), What::Mandatory), (has(Standing::Forbidden), What::Forbidden), (everyone, What::Everyone)]
            .into_iter()
            .filter(|(has, _)| *has)
            .map(|(_, what)| what),
    );
    let mut kept: Vec<What> = items.clone();
    for item in items {
        let without: Vec<What> = kept.iter().copied().filter(|what| *what != item).collect();
        match is_possible(question, &without, clock) {
            Some(false) => kept = without,
            Some(true) => {}
            None => return Vec::new(),
        }
    }
    kept.iter().map(|what| Conflict { what: *what, have: have(question, *what), need: need(question, &kept, *what, clock) }).collect()
}

/// Whether every demand must have a site.
fn needs_everyone(question: &Question) -> bool {
    match question.model {
        Model::Mclp => false,
        Model::Lscp => !question.constraints.iter().any(|c| matches!(c, Constraint::Share { .. })),
        Model::PMedian | Model::PCenter => true,
    }
}

/// Quotas that ask for more sites than their unit has.
fn short_quotas(question: &Question) -> Vec<Conflict> {
    let may = |site: &&u32| matches!(question.sites[**site as usize].standing, Standing::Free | Standing::Mandatory);
    let short = |(index, constraint): (usize, &Constraint)| match constraint {
        Constraint::Quota { sites, sense, number, .. } if *sense != Sense::AtMost => {
            let there = sites.iter().filter(may).count() as i64;
            let wrong = there < i64::from(*number);
            wrong.then_some(Conflict { what: What::Constraint(index), have: Some(i64::from(*number)), need: Some(there) })
        }
        _ => None,
    };
    question.constraints.iter().enumerate().filter_map(short).collect()
}

fn kept_of(question: &Question, items: &[What]) -> Kept {
    Kept {
        constraints: (0..question.constraints.len()).map(|k| items.contains(&What::Constraint(k))).collect(),
        mandatory: items.contains(&What::Mandatory),
        forbidden: items.contains(&What::Forbidden),
    }
}

/// The bare question whether a plan exists: nothing weighs anything but what shares need.
fn bare(question: &Question, items: &[What]) -> (Covering, Vec<super::shares::Share>) {
    let kept = kept_of(question, items);
    let asked = Asked::of(question, &kept);
    let everyone = items.contains(&What::Everyone);
    let mut covering = translate::cover_all(question, &kept, |d| everyone || asked.must[d]);
    covering.costs = vec![0; question.sites.len()];
    (covering, asked.partial)
}

/// Whether a plan keeps these things; `None` if that could not be told in time.
fn is_possible(question: &Question, items: &[What], clock: &Clock<'_>) -> Option<bool> {
    let (mut covering, partial) = bare(question, items);
    // Each share alone is a necessary condition, and with one it is the whole one.
    for share in &partial {
        let mut with = covering.clone();
        let open = share.demands.iter().filter(|d| !is_served(question, **d as usize));
        let mut needed = share.needed;
        share.demands.iter().filter(|d| is_served(question, **d as usize)).for_each(|d| needed -= question.weights[*d as usize]);
        for demand in open {
            with.reached_by.push(question.pairs.sites_of(*demand as usize));
            with.weights.push(question.weights[*demand as usize]);
            with.must.push(false);
        }
        let outcome = cover::solve(&with, &super::Limits { target: Some(needed), ..clock.beside(4, EACH) });
        let refuted = outcome.status == Status::Infeasible || outcome.bound.is_some_and(|b| b < needed);
        match outcome.value {
            _ if refuted => return Some(false),
            Some(value) if value >= needed => {}
            _ => return None,
        }
    }
    covering.weights.iter_mut().for_each(|w| *w = 0);
    let outcome = cover::solve(&covering, &super::Limits { target: Some(0), ..clock.beside(4, EACH) });
    told(&outcome)
}

fn told(outcome: &Outcome) -> Option<bool> {
    match outcome.status {
        Status::Infeasible => Some(false),
        _ if outcome.value.is_some() => Some(true),
        _ => None,
    }
}

/// What was set.
fn have(question: &Question, what: What) -> Option<i64> {
    match what {
        What::Constraint(index) => match &question.constraints[index] {
            Constraint::Number(most) => Some(i64::from(*most)),
            Constraint::Budget(most) => Some(*most),
            Constraint::Quota { number, .. } => Some(i64::from(*number)),
            Constraint::Share { parts, whole, .. } => i64::try_from(u128::from(*parts) * 1_000_000 / u128::from((*whole).max(1))).ok(),
            Constraint::Exclusive(..) | Constraint::OneOf(_) | Constraint::NotAll(_) => None,
        },
        _ => None,
    }
}

/// What one thing would have to be while the others of the conflict stay.
fn need(question: &Question, kept: &[What], what: What, clock: &Clock<'_>) -> Option<i64> {
    let others: Vec<What> = kept.iter().copied().filter(|other| *other != what).collect();
    let What::Constraint(index) = what else { return None };
    let (mut covering, partial) = bare(question, &others);
    if !partial.is_empty() {
        return need_with_share(question, &others, what, clock);
    }
    let limits = clock.beside(4, EACH);
    let least = |covering: &Covering| {
        let outcome = cover::solve(covering, &limits);
        (outcome.status == Status::Optimal).then_some(outcome.value.map(|v| -v)).flatten()
    };
    match &question.constraints[index] {
        Constraint::Budget(_) => {
            covering.costs = question.sites.iter().map(|site| site.cost).collect();
            least(&covering)
        }
        Constraint::Number(_) => {
            covering.costs = vec![1; question.sites.len()];
            least(&covering)
        }
        Constraint::Quota { sites, sense, number, .. } => {
            // The nearest count that is possible: the least if it lies above what was set, else the most.
            let mut fewest = covering.clone();
            sites.iter().for_each(|site| fewest.costs[*site as usize] = 1);
            let fewest = least(&fewest)?;
            if fewest > i64::from(*number) {
                return Some(fewest);
            }
            if *sense == Sense::AtMost {
                return None;
            }
            let mut rows = Lists::default();
            sites.iter().for_each(|site| rows.push([*site]));
            let lists: Vec<Vec<u32>> = covering.reached_by.iter().map(<[u32]>::to_vec).collect();
            lists.into_iter().for_each(|list| rows.push(list));
            let old = covering.weights.len();
            let most = Covering {
                weights: vec![1; sites.len()].into_iter().chain(vec![0; old]).collect(),
                must: vec![false; sites.len()].into_iter().chain(covering.must.iter().copied()).collect(),
                reached_by: rows,
                ..covering
            };
            let outcome = cover::solve(&most, &limits);
            (outcome.status == Status::Optimal).then_some(outcome.value).flatten()
        }
        Constraint::Share { .. } => need_share(question, &others, index, clock),
        Constraint::Exclusive(..) | Constraint::OneOf(_) | Constraint::NotAll(_) => None,
    }
}

/// Where a share stays: the least number or budget is that of a question of its own.
fn need_with_share(question: &Question, others: &[What], what: What, clock: &Clock<'_>) -> Option<i64> {
    let What::Constraint(index) = what else { return None };
    if matches!(question.constraints[index], Constraint::Share { .. }) {
        return need_share(question, others, index, clock);
    }
    let priced = match question.constraints[index] {
        Constraint::Budget(_) => true,
        Constraint::Number(_) => false,
        _ => return None,
    };
    let asked = Question { model: Model::Lscp, priced, wishes: Vec::new(), ..question.clone() };
    let outcome = super::least::cover(&asked, &kept_of(question, others), &clock.beside(2, EACH));
    (outcome.status == Status::Optimal).then_some(outcome.value).flatten()
}

/// The most of a share's demands that can be covered, in millionths of their weight.
fn need_share(question: &Question, others: &[What], index: usize, clock: &Clock<'_>) -> Option<i64> {
    let Constraint::Share { demands, .. } = &question.constraints[index] else { return None };
    let mut asked = Question { model: Model::Mclp, wishes: Vec::new(), ..question.clone() };
    let mut counts = vec![demands.is_empty(); question.pairs.len()];
    demands.iter().for_each(|d| counts[*d as usize] = true);
    asked.weights.iter_mut().zip(&counts).filter(|(_, counts)| !**counts).for_each(|(w, _)| *w = 0);
    let all = asked.total_weight();
    let kept = kept_of(question, others);
    let outcome = super::plan::best(&asked, &kept, &clock.beside(2, EACH));
    let most = (outcome.status == Status::Optimal).then_some(outcome.value).flatten()?;
    i64::try_from(i128::from(most) * 1_000_000 / i128::from(all.max(1))).ok()
}
