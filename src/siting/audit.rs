//! The second opinion: what a plan comes to, worked out again from the question alone. It shares no code with any solver and trusts none.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Sense;
use super::question::{Constraint, Model, Question, Standing};

/// What the audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Whether everything that was claimed is so.
    pub passed: bool,
    /// The objective worked out again; `None` where the plan leaves somebody without a site.
    pub objective: Option<i64>,
    /// What is not as claimed.
    pub findings: Vec<String>,
    /// Whether all plans were tried one by one, so that optimality itself was checked.
    pub tried_all: bool,
}

/// What is claimed of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The chosen sites; `None`: that there is no plan.
    pub chosen: Option<&'a [u32]>,
    /// The objective.
    pub objective: Option<i64>,
    /// What no plan can be better than.
    pub bound: Option<i64>,
}

/// All plans of so many free sites are tried one by one where the question is small in all.
const TRIED: usize = 14;
const SMALL: usize = 4_000;

/// Compares what is claimed with the question.
#[must_use]
pub fn audit(question: &Question, claim: Claim<'_>) -> Audit {
    let mut findings = Vec::new();
    let mut objective = None;
    if let Some(chosen) = claim.chosen {
        let set: BTreeSet<u32> = chosen.iter().copied().collect();
        if set.len() != chosen.len() {
            findings.push("a site is chosen twice".to_owned());
        }
        findings.extend(broken(question, &set));
        objective = worth(question, &set);
        if objective != claim.objective {
            findings.push(format!("objective {objective:?} instead of {:?}", claim.objective));
        }
        let better = |a: i64, b: i64| if question.model.maximises() { a > b } else { a < b };
        if let (Some(value), Some(bound)) = (objective, claim.bound)
            && better(value, bound)
        {
            findings.push(format!("objective {value} is better than the bound {bound}"));
        }
    }
    let free: Vec<u32> = question.choosable().collect();
    let tried_all = free.len() <= TRIED && question.pairs.len() <= SMALL;
    if tried_all {
        let best = try_all(question, &free);
        let better = |a: i64, b: i64| if question.model.maximises() { a > b } else { a < b };
        match (best, claim.bound) {
            (Some(best), _) if claim.chosen.is_none() && claim.bound.is_none() => findings.push(format!("a plan of {best} exists")),
            (Some(best), Some(bound)) if better(best, bound) => findings.push(format!("a plan of {best} is better than the bound {bound}")),
            (None, _) if claim.chosen.is_some() => findings.push("no plan keeps everything".to_owned()),
            _ => {}
        }
    }
    Audit { passed: findings.is_empty(), objective, findings, tried_all }
}

/// What a set of sites comes to, and what it does not keep.
#[must_use]
pub fn look(question: &Question, chosen: &[u32]) -> (Option<i64>, Vec<String>) {
    let set: BTreeSet<u32> = chosen.iter().copied().collect();
    (worth(question, &set), broken(question, &set))
}

/// The best objective of all plans, each tried.
fn try_all(question: &Question, free: &[u32]) -> Option<i64> {
    let mut best: Option<i64> = None;
    for pattern in 0..1_u32 << free.len() {
        let set: BTreeSet<u32> = free.iter().enumerate().filter(|(k, _)| pattern >> k & 1 == 1).map(|(_, site)| *site).collect();
        if broken(question, &set).is_empty()
            && let Some(value) = worth(question, &set)
        {
            best = Some(match best {
                Some(best) if question.model.maximises() => best.max(value),
                Some(best) => best.min(value),
                None => value,
            });
        }
    }
    best
}

/// Whether a demand has an open site among its own.
fn is_covered(question: &Question, demand: usize, chosen: &BTreeSet<u32>) -> bool {
    question.pairs.sites_of(demand).any(|site| is_open(question, site, chosen))
}

fn is_open(question: &Question, site: u32, chosen: &BTreeSet<u32>) -> bool {
    chosen.contains(&site) || question.sites[site as usize].standing == Standing::Built
}

/// The objective of a set of sites; `None` where somebody who must be served is not.
fn worth(question: &Question, chosen: &BTreeSet<u32>) -> Option<i64> {
    let demands = 0..question.pairs.len();
    match question.model {
        Model::Mclp if !question.capacity.is_empty() => Some(served(question, chosen)),
        Model::Mclp => {
            let count = |d: usize| question.pairs.sites_of(d).filter(|site| is_open(question, *site, chosen)).count();
            Some(demands.map(|d| question.weights[d] * count(d).min(question.times as usize) as i64).sum())
        }
        Model::Lscp => {
            let shares = question.constraints.iter().any(|c| matches!(c, Constraint::Share { .. }));
            if !shares && !demands.clone().all(|d| is_covered(question, d, chosen)) {
                return None;
            }
            Some(chosen.iter().map(|site| if question.priced { question.sites[*site as usize].cost } else { 1 }).sum())
        }
        Model::PMedian | Model::PCenter => {
            let mut all: i128 = 0;
            for demand in demands {
                let cheapest = cheapest(question, demand, chosen)?;
                all = if question.model == Model::PCenter {
                    all.max(i128::from(cheapest))
                } else {
                    all + i128::from(cheapest) * i128::from(question.weights[demand])
                };
            }
            i64::try_from(all).ok()
        }
    }
}

fn cheapest(question: &Question, demand: usize, chosen: &BTreeSet<u32>) -> Option<i64> {
    match &question.pairs {
        super::question::Pairs::Costs(lists) => {
            lists.get(demand).iter().filter(|(site, _)| is_open(question, *site, chosen)).map(|(_, cost)| *cost).min()
        }
        super::question::Pairs::Reach(_) => is_covered(question, demand, chosen).then_some(0),
    }
}

/// What a set of sites does not keep.
fn broken(question: &Question, chosen: &BTreeSet<u32>) -> Vec<String> {
    let mut broken = Vec::new();
    for (index, site) in question.sites.iter().enumerate() {
        let is_chosen = chosen.contains(&(index as u32));
        match site.standing {
            Standing::Mandatory if !is_chosen => broken.push(format!("{} is mandatory", site.id)),
            Standing::Forbidden if is_chosen => broken.push(format!("{} is forbidden", site.id)),
            Standing::Built if is_chosen => broken.push(format!("{} is there already", site.id)),
            _ => {}
        }
    }
    for constraint in &question.constraints {
        let kept = match constraint {
            Constraint::Number(most) => chosen.len() <= *most as usize,
            Constraint::Budget(most) => {
                chosen.iter().map(|site| i128::from(question.sites[*site as usize].cost)).sum::<i128>() <= i128::from(*most)
            }
            Constraint::Quota { sites, sense, number, .. } => {
                let count = sites.iter().filter(|site| chosen.contains(site)).count() as u64;
                match sense {
                    Sense::Exactly => count == u64::from(*number),
                    Sense::AtMost => count <= u64::from(*number),
                    Sense::AtLeast => count >= u64::from(*number),
                }
            }
            Constraint::Exclusive(a, b) => at_most_one(question, &[*a, *b], chosen),
            Constraint::OneOf(sites) => at_most_one(question, sites, chosen),
            Constraint::NotAll(sites) => !sites.iter().all(|site| chosen.contains(site)),
            Constraint::Share { demands, parts, whole, .. } => {
                let everyone: Vec<u32> = if demands.is_empty() { (0..question.pairs.len() as u32).collect() } else { demands.clone() };
                let weight = |d: &u32| i128::from(question.weights[*d as usize]);
                let all: i128 = everyone.iter().map(weight).sum();
                let covered: i128 = everyone.iter().filter(|d| is_covered(question, **d as usize, chosen)).map(weight).sum();
                covered * i128::from(*whole) >= all * i128::from(*parts)
            }
        };
        if !kept {
            broken.push(said(question, constraint));
        }
    }
    broken
}

/// Whether nothing is chosen among these sites that would make more than one of them; those that stand already nobody chose.
fn at_most_one(question: &Question, sites: &[u32], chosen: &BTreeSet<u32>) -> bool {
    let open = sites.iter().filter(|site| is_open(question, **site, chosen)).count();
    open <= 1 || !sites.iter().any(|site| chosen.contains(site))
}

/// The most that open sites take: people are moved one path at a time, by depth first search (Ford and Fulkerson 1956).
fn served(question: &Question, chosen: &BTreeSet<u32>) -> i64 {
    let mut room: Vec<i64> = question.capacity.clone();
    let mut goes: Vec<BTreeMap<u32, i64>> = vec![BTreeMap::new(); question.pairs.len()];
    let mut all = 0;
    for demand in 0..question.pairs.len() {
        let mut left = question.weights[demand];
        while left > 0 {
            let mut seen = BTreeSet::new();
            let moved = place(question, chosen, demand, left, &mut room, &mut goes, &mut seen);
            if moved == 0 {
                break;
            }
            left -= moved;
            all += moved;
        }
    }
    all
}

/// Finds room for up to `people` of a demand, moving others on where it must; answers for how many.
fn place(
    question: &Question,
    chosen: &BTreeSet<u32>,
    demand: usize,
    people: i64,
    room: &mut [i64],
    goes: &mut [BTreeMap<u32, i64>],
    seen: &mut BTreeSet<u32>,
) -> i64 {
    let sites: Vec<u32> = question.pairs.sites_of(demand).filter(|site| is_open(question, *site, chosen)).collect();
    for site in sites {
        if !seen.insert(site) {
            continue;
        }
        let here = room[site as usize].min(people);
        if here > 0 {
            room[site as usize] -= here;
            *goes[demand].entry(site).or_insert(0) += here;
            return here;
        }
        let others: Vec<(usize, i64)> = (0..goes.len()).filter_map(|d| Some((d, *goes[d].get(&site)?))).filter(|(_, n)| *n > 0).collect();
        for (other, there) in others {
            let moved = place(question, chosen, other, people.min(there), room, goes, seen);
            if moved > 0 {
                *goes[other].entry(site).or_insert(0) -= moved;
                *goes[demand].entry(site).or_insert(0) += moved;
                return moved;
            }
        }
    }
    0
}

/// A constraint that is not kept, in words.
fn said(question: &Question, constraint: &Constraint) -> String {
    let ids = |sites: &[u32]| sites.iter().map(|site| question.sites[*site as usize].id.as_str()).collect::<Vec<_>>().join(", ");
    match constraint {
        Constraint::Number(most) => format!("more than {most} sites"),
        Constraint::Budget(most) => format!("dearer than {}", question.cost_scale.show(*most)),
        Constraint::Quota { unit, number, .. } => format!("the quota of {unit} ({number}) is not kept"),
        Constraint::Exclusive(a, b) => format!("{} exclude each other", ids(&[*a, *b])),
        Constraint::OneOf(sites) => format!("{} exclude each other", ids(sites)),
        Constraint::NotAll(sites) => format!("all of {}", ids(sites)),
        Constraint::Share { unit, .. } => format!("the share of {} is not covered", if unit.is_empty() { "everybody" } else { unit }),
    }
}
