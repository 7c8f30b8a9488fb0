//! From the question as asked to the whole-number models that the solvers know. Site numbers stay the same.

use super::covering::Covering;
use super::distance::Distances;
use super::model::{Fixing, Lists, Sense, SideRow};
use super::question::{Constraint, Pairs, Question, Standing};

/// Which constraints of a question a model is to keep: all, or some while a conflict is looked for.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// For each of [`Question::constraints`].
    pub constraints: Vec<bool>,
    /// Whether mandatory sites must be chosen, and forbidden ones must not.
    pub mandatory: bool,
    pub forbidden: bool,
}

impl Kept {
    pub fn all(question: &Question) -> Self {
        Self { constraints: vec![true; question.constraints.len()], mandatory: true, forbidden: true }
    }
}

/// What is settled of each site. Sites that stand already are closed where they have had their say before the model is made.
pub(super) fn fixed(question: &Question, kept: &Kept, built: Fixing) -> Vec<Fixing> {
    let fixing = |standing| match standing {
        Standing::Built => built,
        Standing::Mandatory if kept.mandatory => Fixing::Open,
        Standing::Forbidden if kept.forbidden => Fixing::Shut,
        _ => Fixing::Free,
    };
    question.sites.iter().map(|site| fixing(site.standing)).collect()
}

/// The rows that the chosen sites keep together.
pub(super) fn sides(question: &Question, kept: &Kept) -> Vec<SideRow> {
    let counted: Vec<u32> = (0..question.sites.len() as u32).filter(|i| !is_built(question, *i)).collect();
    let chosen = question.constraints.iter().zip(&kept.constraints).filter(|(_, kept)| **kept);
    chosen.filter_map(|(constraint, _)| row(question, constraint, &counted)).collect()
}

fn is_built(question: &Question, site: u32) -> bool {
    question.sites[site as usize].standing == Standing::Built
}

fn row(question: &Question, constraint: &Constraint, counted: &[u32]) -> Option<SideRow> {
    let ones = |sites: &[u32]| sites.iter().filter(|i| !is_built(question, **i)).map(|i| (*i, 1)).collect();
    // One that stands already has taken its place among those that exclude each other.
    let at_most_one = |sites: &[u32]| {
        let built = sites.iter().filter(|i| is_built(question, **i)).count();
        SideRow { terms: ones(sites), sense: Sense::AtMost, bound: i64::from(built == 0) }
    };
    Some(match constraint {
        Constraint::Number(most) => SideRow { terms: ones(counted), sense: Sense::AtMost, bound: i64::from(*most) },
        Constraint::Budget(most) => {
            let costs = counted.iter().map(|i| (*i, question.sites[*i as usize].cost));
            SideRow { terms: costs.filter(|(_, cost)| *cost != 0).collect(), sense: Sense::AtMost, bound: *most }
        }
        Constraint::Quota { sites, sense, number, .. } => SideRow { terms: ones(sites), sense: *sense, bound: i64::from(*number) },
        Constraint::Exclusive(a, b) => at_most_one(&[*a.min(b), *a.max(b)]),
        Constraint::OneOf(sites) => at_most_one(sites),
        Constraint::NotAll(sites) => SideRow { terms: ones(sites), sense: Sense::AtMost, bound: sites.len() as i64 - 1 },
        Constraint::Share { .. } => return None,
    })
}

/// The question of most weight covered, and the weight that sites standing already cover.
pub(super) fn most_covered(question: &Question, kept: &Kept) -> (Covering, i64) {
    let mut base = 0;
    let mut reached_by = Lists::default();
    let mut weights = Vec::new();
    let mut needs = Vec::new();
    for (demand, weight) in question.weights.iter().enumerate() {
        let built = question.pairs.sites_of(demand).filter(|site| is_built(question, *site)).count() as u32;
        base += weight * i64::from(built.min(question.times));
        if built < question.times {
            reached_by.push(question.pairs.sites_of(demand).filter(|site| !is_built(question, *site)));
            weights.push(*weight);
            needs.push(question.times - built);
        }
    }
    let covering = Covering {
        reached_by,
        weights,
        needs: if question.times == 1 { Vec::new() } else { needs },
        costs: vec![0; question.sites.len()],
        fixed: fixed(question, kept, Fixing::Shut),
        sides: sides(question, kept),
        ..Covering::default()
    };
    (covering, base)
}

/// The question of covering all demands marked in `must` at least cost, or with fewest sites.
pub(super) fn cover_all(question: &Question, kept: &Kept, must: impl Fn(usize) -> bool) -> Covering {
    let mut reached_by = Lists::default();
    for demand in (0..question.pairs.len()).filter(|demand| must(*demand)) {
        if !question.pairs.sites_of(demand).any(|site| is_built(question, site)) {
            reached_by.push(question.pairs.sites_of(demand));
        }
    }
    let rows = reached_by.len();
    Covering {
        reached_by,
        weights: vec![0; rows],
        must: vec![true; rows],
        costs: price(question),
        fixed: fixed(question, kept, Fixing::Shut),
        sides: sides(question, kept),
        ..Covering::default()
    }
}

/// What each site counts in the objective of [`super::Model::Lscp`].
pub(super) fn price(question: &Question) -> Vec<i64> {
    question.sites.iter().map(|site| if question.priced { site.cost } else { 1 }).collect()
}

/// The questions of distance.
pub(super) fn distances(question: &Question, kept: &Kept) -> Distances {
    let pairs = match &question.pairs {
        Pairs::Costs(lists) => lists.clone(),
        Pairs::Reach(lists) => {
            let mut free = Lists::default();
            lists.iter().for_each(|sites| free.push(sites.iter().map(|site| (*site, 0))));
            free
        }
    };
    Distances {
        pairs,
        weights: question.weights.clone(),
        sites: question.sites.len(),
        fixed: fixed(question, kept, Fixing::Open),
        sides: sides(question, kept),
    }
}
