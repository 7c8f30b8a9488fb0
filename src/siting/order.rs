//! In which order the chosen sites are worth building, and what each adds to those before it.

use super::plan::Chosen;
use super::question::{Model, Pairs, Question, Standing};

/// The chosen sites, the one that adds most first; ties by id.
pub(super) fn by_worth(question: &Question, chosen: &[u32]) -> Vec<Chosen> {
    match question.model {
        Model::Mclp if !question.capacity.is_empty() => by_served(question, chosen),
        Model::Mclp | Model::Lscp => by_cover(question, chosen),
        Model::PMedian | Model::PCenter => by_distance(question, chosen),
    }
}

/// The position of each site in `chosen`, or nothing.
fn positions(question: &Question, chosen: &[u32]) -> Vec<Option<u32>> {
    let mut at = vec![None; question.sites.len()];
    chosen.iter().enumerate().for_each(|(k, site)| at[*site as usize] = Some(k as u32));
    at
}

fn is_built(question: &Question, site: u32) -> bool {
    question.sites[site as usize].standing == Standing::Built
}

/// Weight of the demands that an open site reaches.
pub(super) fn covered(question: &Question, chosen: &[u32]) -> i64 {
    let at = positions(question, chosen);
    let open = |site: u32| at[site as usize].is_some() || is_built(question, site);
    (0..question.pairs.len()).filter(|d| question.pairs.sites_of(*d).any(open)).map(|d| question.weights[d]).sum()
}

/// The one that serves most beside those before it comes next.
fn by_served(question: &Question, chosen: &[u32]) -> Vec<Chosen> {
    let mut left = chosen.to_vec();
    let (mut open, mut order) = (Vec::new(), Vec::new());
    let mut before = super::capacity::served(question, &open);
    while !left.is_empty() {
        let with = |site: u32| super::capacity::served(question, &[open.as_slice(), &[site]].concat());
        let worth: Vec<i64> = left.iter().map(|site| with(*site)).collect();
        let next = (0..left.len()).max_by_key(|k| (worth[*k], std::cmp::Reverse(left[*k]))).unwrap_or(0);
        let site = left.remove(next);
        open.push(site);
        order.push(Chosen { site, gain: Some(worth[next] - before) });
        before = worth[next];
    }
    order
}

fn by_cover(question: &Question, chosen: &[u32]) -> Vec<Chosen> {
    let at = positions(question, chosen);
    let times = if question.model == Model::Mclp { question.times } else { 1 };
    // How many more sites count for each demand.
    let mut open = vec![0_u32; question.pairs.len()];
    let mut reached: Vec<Vec<u32>> = vec![Vec::new(); chosen.len()];
    let mut new = vec![0_i64; chosen.len()];
    for (demand, open) in open.iter_mut().enumerate() {
        let built = question.pairs.sites_of(demand).filter(|site| is_built(question, *site)).count() as u32;
        *open = times.saturating_sub(built);
        if question.weights[demand] == 0 || *open == 0 {
            continue;
        }
        for k in question.pairs.sites_of(demand).filter_map(|site| at[site as usize]) {
            reached[k as usize].push(demand as u32);
            new[k as usize] += question.weights[demand];
        }
    }
    let mut left: Vec<usize> = (0..chosen.len()).collect();
    let mut order = Vec::with_capacity(chosen.len());
    while let Some(next) = left.iter().copied().max_by_key(|k| (new[*k], std::cmp::Reverse(chosen[*k]))) {
        left.retain(|k| *k != next);
        order.push(Chosen { site: chosen[next], gain: Some(new[next]) });
        for demand in reached[next].iter().map(|d| *d as usize).filter(|d| open[*d] > 0).collect::<Vec<_>>() {
            open[demand] -= 1;
            if open[demand] == 0 {
                let others = question.pairs.sites_of(demand).filter_map(|site| at[site as usize]);
                others.for_each(|k| new[k as usize] -= question.weights[demand]);
            }
        }
    }
    order
}

/// What going comes to where only the sites of `open` are there: those who can go nowhere, then the cost of the others.
fn going(question: &Question, open: &dyn Fn(u32) -> bool) -> (u64, i128) {
    let Pairs::Costs(lists) = &question.pairs else { return (0, 0) };
    let (mut stranded, mut cost) = (0, 0_i128);
    for (pairs, weight) in lists.iter().zip(&question.weights) {
        match pairs.iter().filter(|(site, _)| open(*site)).map(|(_, c)| *c).min() {
            None => stranded += 1,
            Some(c) if question.model == Model::PCenter => cost = cost.max(i128::from(c)),
            Some(c) => cost += i128::from(c) * i128::from(*weight),
        }
    }
    (stranded, cost)
}

/// Built up one by one, the next being the site after which fewest are stranded and the others go least.
fn by_distance(question: &Question, chosen: &[u32]) -> Vec<Chosen> {
    let mut open = vec![false; question.sites.len()];
    (0..question.sites.len()).filter(|i| is_built(question, *i as u32)).for_each(|i| open[i] = true);
    let mut before = going(question, &|site| open[site as usize]);
    let mut left = chosen.to_vec();
    let mut order = Vec::with_capacity(chosen.len());
    // One look at every pair for every candidate for every place: enough for plans of a person's size; beyond, the order is that of the ids.
    let effort = match &question.pairs {
        Pairs::Costs(lists) => lists.items() as u64 * (chosen.len() as u64).pow(2),
        Pairs::Reach(_) => 0,
    };
    while !left.is_empty() {
        let next = if effort > MOST_EFFORT {
            0
        } else {
            let after = |site: u32| going(question, &|s| open[s as usize] || s == site);
            let best = (0..left.len()).min_by_key(|k| (after(left[*k]), left[*k]));
            best.unwrap_or(0)
        };
        let site = left.remove(next);
        open[site as usize] = true;
        let now = if effort > MOST_EFFORT { before } else { going(question, &|s| open[s as usize]) };
        let gain = (effort <= MOST_EFFORT && before.0 == now.0).then(|| i64::try_from(before.1 - now.1).ok()).flatten();
        order.push(Chosen { site, gain });
        before = now;
    }
    order
}

/// Pairs looked at before the order of a question of distance is left as that of the ids.
const MOST_EFFORT: u64 = 2_000_000_000;
