//! A plan that somebody decided on, beside the best one: its price.

use std::collections::BTreeMap;

use super::audit;
use super::plan::Plan;
use super::question::{Constraint, Question};

/// What a decision comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// How many sites were decided on.
    pub sites: usize,
    /// Its objective; `None` where it leaves somebody without a site who must have one.
    pub objective: Option<i64>,
    /// How much better the best plan is.
    pub price: Option<i64>,
    /// What of the question it does not keep.
    pub broken: Vec<String>,
    /// Sites of the decision that the best plan lacks.
    pub only_decided: Vec<u32>,
    /// Sites of the best plan that the decision lacks.
    pub only_best: Vec<u32>,
}

/// Compares a set of sites with the best plan.
#[must_use]
pub fn compare(question: &Question, plan: &Plan, decided: &[u32]) -> Compared {
    let (objective, broken) = audit::look(question, decided);
    let best = plan.sites();
    let only = |a: &[u32], b: &[u32]| a.iter().copied().filter(|site| !b.contains(site)).collect();
    Compared {
        sites: decided.len(),
        price: objective
            .zip(plan.objective)
            .map(|(decided, best)| if question.model.maximises() { best - decided } else { decided - best }),
        objective,
        broken,
        only_decided: only(decided, &best),
        only_best: only(&best, decided),
    }
}

/// In which year each site of a quota by years is built: those worth most first, as many a year as the quota has.
#[must_use]
pub fn years(question: &Question, plan: &Plan, quotas: &[(usize, BTreeMap<String, u32>)]) -> Vec<(u32, String)> {
    let mut years = Vec::new();
    for (index, by_year) in quotas {
        let Constraint::Quota { sites, .. } = &question.constraints[*index] else { continue };
        let mut slots = by_year.iter().flat_map(|(year, count)| std::iter::repeat_n(year, *count as usize));
        for chosen in plan.chosen.iter().filter(|chosen| sites.contains(&chosen.site)) {
            if let Some(year) = slots.next() {
                years.push((chosen.site, year.clone()));
            }
        }
    }
    years
}
