//! What a planner asks next: the plans that are nearly as good, who would step in, and what a site left out would need to be in.

use std::time::Duration;

use super::model::{Limits, Status};
use super::order;
use super::plan::{Clock, Plan, best};
use super::question::{Constraint, Model, Question, Standing};
use super::translate::Kept;

/// How much beside the plan itself is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Plans that come next.
    pub runner_ups: usize,
    /// Sites of the reserve list.
    pub reserve: usize,
    /// Points of the curve.
    pub curve: usize,
}

/// A plan that is not the best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerUp {
    /// Its sites, ascending.
    pub chosen: Vec<u32>,
    /// What it comes to.
    pub objective: i64,
    /// Whether no plan but the better ones listed beats it.
    pub proven: bool,
}

/// A site that is not in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserve {
    /// The site.
    pub site: u32,
    /// What it would add to the plan and to those listed before it, if all were built.
    pub gain: i64,
    /// By how much the best plan with it falls short of the best plan; `None` where that was not proven, or where no plan can have it.
    pub short: Option<i64>,
}

/// Time for one question about another plan, where the caller set no limit.
const EACH: Duration = Duration::from_secs(10);

/// Up to `count` plans after the best, the better first. None of them holds all sites of one before it.
#[must_use]
pub fn runner_ups(question: &Question, plan: &Plan, count: usize, limits: &Limits<'_>) -> Vec<RunnerUp> {
    let clock = Clock::start(limits);
    let mut asked = Question { wishes: Vec::new(), ..question.clone() };
    let mut last = plan.sites();
    let mut found = Vec::new();
    let mut proven = plan.status == Status::Optimal;
    while found.len() < count && !last.is_empty() && !clock.is_over() {
        asked.constraints.push(Constraint::NotAll(last));
        let outcome = best(&asked, &Kept::all(&asked), &clock.beside((count - found.len()) as u32, EACH));
        let Some(objective) = outcome.value else { break };
        proven &= outcome.status == Status::Optimal;
        found.push(RunnerUp { chosen: outcome.chosen.clone(), objective, proven });
        last = outcome.chosen;
    }
    found
}

/// The sites that would add most to the plan, one after another, and what each would need to be in the best plan.
#[must_use]
pub fn reserve(question: &Question, plan: &Plan, count: usize, limits: &Limits<'_>) -> Vec<Reserve> {
    let clock = Clock::start(limits);
    let mut list = next_by_gain(question, plan, count);
    if plan.status == Status::Optimal && question.model == Model::Mclp {
        for at in 0..list.len() {
            if clock.is_over() {
                break;
            }
            let mut asked = Question { wishes: Vec::new(), ..question.clone() };
            asked.sites[list[at].site as usize].standing = Standing::Mandatory;
            let outcome = best(&asked, &Kept::all(&asked), &clock.beside((list.len() - at) as u32, EACH));
            let with = (outcome.status == Status::Optimal).then_some(outcome.value).flatten();
            list[at].short = with.zip(plan.objective).map(|(with, best)| best - with);
        }
    }
    list
}

/// Free sites by what they add after the plan, each given those before it; those that add nothing are left out.
#[must_use]
pub fn next_by_gain(question: &Question, plan: &Plan, count: usize) -> Vec<Reserve> {
    // Where sites fill up, what one more would add hangs on who moves where: no list says that.
    if !matches!(question.model, Model::Mclp | Model::Lscp) || plan.objective.is_none() || !question.capacity.is_empty() {
        return Vec::new();
    }
    let mut open = vec![false; question.sites.len()];
    let standing = |k: usize| question.sites[k].standing;
    (0..open.len()).for_each(|k| open[k] = standing(k) == Standing::Built);
    plan.chosen.iter().for_each(|chosen| open[chosen.site as usize] = true);
    let mut of_site: Vec<Vec<u32>> = vec![Vec::new(); open.len()];
    let mut gain = vec![0_i64; open.len()];
    let times = if question.model == Model::Mclp { question.times } else { 1 };
    let mut left = vec![0_u32; question.pairs.len()];
    for (demand, left) in left.iter_mut().enumerate() {
        let there = question.pairs.sites_of(demand).filter(|site| open[*site as usize]).count() as u32;
        *left = times.saturating_sub(there);
        if question.weights[demand] > 0 && *left > 0 {
            for site in question.pairs.sites_of(demand) {
                of_site[site as usize].push(demand as u32);
                gain[site as usize] += question.weights[demand];
            }
        }
    }
    let mut list = Vec::new();
    while list.len() < count {
        let free = (0..open.len()).filter(|k| !open[*k] && standing(*k) == Standing::Free && gain[*k] > 0);
        let Some(next) = free.max_by_key(|k| (gain[*k], std::cmp::Reverse(*k))) else { break };
        open[next] = true;
        list.push(Reserve { site: next as u32, gain: gain[next], short: None });
        for demand in std::mem::take(&mut of_site[next]).into_iter().map(|d| d as usize).filter(|d| left[*d] > 0).collect::<Vec<_>>() {
            left[demand] -= 1;
            if left[demand] == 0 {
                question.pairs.sites_of(demand).for_each(|site| gain[site as usize] -= question.weights[demand]);
            }
        }
    }
    list
}

/// A point of the curve: the best for so many sites, or for so much money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// How many sites, or what they may cost.
    pub at: i64,
    /// The best found.
    pub objective: i64,
    /// No plan of that size is better.
    pub bound: i64,
    /// Whether the two are equal by proof.
    pub optimal: bool,
}

/// What more or less of a number of sites or of a budget would bring: about `count` sizes up to twice what was asked.
#[must_use]
pub fn curve(question: &Question, count: usize, limits: &Limits<'_>) -> Vec<Point> {
    if question.model == Model::Lscp || count == 0 {
        return Vec::new();
    }
    let clock = Clock::start(limits);
    let sized = |c: &Constraint| matches!(c, Constraint::Number(_) | Constraint::Budget(_));
    let Some(which) = question.constraints.iter().position(sized) else { return Vec::new() };
    let sizes: Vec<i64> = match question.constraints[which] {
        Constraint::Number(most) => {
            let last = (i64::from(most) * 2).min(question.choosable().count() as i64);
            spread(1, last, count, i64::from(most))
        }
        Constraint::Budget(most) => {
            let dearest: i64 = question.choosable().map(|site| question.sites[site as usize].cost).sum();
            let last = most.saturating_mul(2).min(dearest.max(most));
            spread(last / count as i64, last, count, most)
        }
        _ => return Vec::new(),
    };
    let mut points = Vec::new();
    for (done, at) in sizes.iter().enumerate() {
        let mut asked = Question { wishes: Vec::new(), ..question.clone() };
        asked.constraints[which] = match asked.constraints[which] {
            Constraint::Number(_) => Constraint::Number(*at as u32),
            _ => Constraint::Budget(*at),
        };
        let outcome = best(&asked, &Kept::all(&asked), &clock.beside((sizes.len() - done) as u32, EACH));
        if let (Some(objective), Some(bound)) = (outcome.value, outcome.bound) {
            points.push(Point { at: *at, objective, bound, optimal: outcome.status == Status::Optimal });
        }
    }
    points
}

/// About `count` numbers from `first` to `last`, `always` among them.
fn spread(first: i64, last: i64, count: usize, always: i64) -> Vec<i64> {
    let count = count.max(2) as i64;
    let step = |k: i64| first + (last - first) * k / (count - 1);
    let mut sizes: Vec<i64> = (0..count).map(step).chain([always]).filter(|at| *at > 0).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// Weight covered by a set of sites and by those that stand already.
#[must_use]
pub fn covered(question: &Question, chosen: &[u32]) -> i64 {
    order::covered(question, chosen)
}
