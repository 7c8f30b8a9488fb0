//! What is left of a question at a node: free sites, demands that are still undecided, and rows that still bind.

use super::pick::{Pick, Quota};
use super::rows::FAR;
use super::state::State;
use super::town::Town;
use crate::siting::Fixing;

/// No free site has this place.
const NONE: u32 = u32::MAX;

/// A row that the choice of sites does not keep by itself; its multiplier does.
pub(super) struct Priced {
    /// Its number among all rows.
    pub row: usize,
    /// Free sites by their place in the core.
    pub terms: Vec<(u32, i64)>,
    pub low: i128,
    pub high: i128,
    /// Size of a typical coefficient: multipliers are kept per this many.
    pub scale: f64,
}

/// The undecided part of a question.
pub(super) struct Core {
    /// Cost of everything that is decided.
    pub settled: i64,
    /// The free sites.
    pub free: Vec<u32>,
    pub opening: Vec<i64>,
    /// The demands that may still go to a free site.
    pub demands: Vec<u32>,
    /// Entries of each demand: place of the free site, and cost, ascending.
    pub starts: Vec<usize>,
    pub col: Vec<u32>,
    pub cost: Vec<i64>,
    pub near: Vec<f64>,
    /// What a step of each demand's payment is measured in: heavy demands pay in larger coins.
    pub coin: Vec<f64>,
    /// Cost at the nearest open site, where there is one.
    pub cap: Vec<Option<i64>>,
    pub pick: Pick,
    pub priced: Vec<Priced>,
}

impl Core {
    /// `state` must have been propagated.
    pub fn new(town: &Town, state: &State) -> Self {
        let free: Vec<u32> = (0..).zip(&state.sites).filter(|(_, f)| **f == Fixing::Free).map(|(i, _)| i).collect();
        let mut place = vec![NONE; town.sites];
        for (k, &i) in (0..).zip(&free) {
            place[i as usize] = k;
        }
        let opened = state.sites.iter().zip(&town.opening).filter(|(f, _)| **f == Fixing::Open).map(|(_, c)| c).sum();
        let (pick, priced) = shape(town, state, &place, free.len());
        let opening = free.iter().map(|&i| town.opening[i as usize]).collect();
        let (demands, starts, col, cost, near, coin, cap) = Default::default();
        let mut core = Self { settled: opened, free, opening, demands, starts, col, cost, near, coin, cap, pick, priced };
        core.starts.push(0);
        for j in 0..town.demands() {
            let from = town.starts[j];
            let mut cap = None;
            for e in from..from + state.reach[j] as usize {
                let i = town.site[e] as usize;
                match state.sites[i] {
                    Fixing::Shut => (),
                    Fixing::Free => {
                        core.col.push(place[i]);
                        core.cost.push(town.cost[e]);
                    }
                    Fixing::Open => {
                        cap = Some(town.cost[e]);
                        break;
                    }
                }
            }
            let first = core.starts[core.starts.len() - 1];
            // A free site no nearer than the open one changes nothing.
            while cap.is_some_and(|cap| core.cost.len() > first && core.cost[core.cost.len() - 1] >= cap) {
                core.cost.pop();
                core.col.pop();
            }
            if core.cost.len() == first {
                core.settled += cap.expect("a propagated state leaves every demand a site");
                continue;
            }
            core.demands.push(u32::try_from(j).expect("fewer demands than 2³²"));
            core.starts.push(core.cost.len());
            core.cap.push(cap);
            core.coin.push((town.cost[town.list(j).end - 1] as f64).max(1.0));
        }
        let most = core.coin.iter().copied().fold(1.0, f64::max);
        // The root was measured best of the powers 0, 1/2, 1 and 2, on weights from 1 to 100,000.
        core.coin.iter_mut().for_each(|c| *c = (*c / most).sqrt());
        core.near = core.cost.iter().map(|&c| c as f64).collect();
        core
    }
}

/// A row over free sites only, with what is left of its bounds.
struct Rest {
    row: usize,
    terms: Vec<(u32, i64)>,
    low: i128,
    high: i128,
    /// How many of its sites may be chosen, when all coefficients are alike.
    count: Option<(usize, usize)>,
}

/// Splits the rows into those that the choice keeps and those that are priced.
fn shape(town: &Town, state: &State, place: &[u32], free: usize) -> (Pick, Vec<Priced>) {
    let mut rests: Vec<Rest> = town.rows.all.iter().enumerate().filter_map(|(r, row)| rest(r, row, state, place)).collect();
    rests.sort_by_key(|r| std::cmp::Reverse(r.terms.len()));
    let mut group = vec![NONE; free];
    let mut counted = vec![true; free];
    let mut pick = Pick { group: Vec::new(), quotas: Vec::new(), low: 0, high: free };
    let (mut sizes, mut priced) = (Vec::new(), Vec::new());
    let mut total = None;
    for rest in rests {
        let Some((low, high)) = rest.count else {
            priced.push(rest);
            continue;
        };
        let first = rest.terms[0].0 as usize;
        if total.is_none() {
            counted = vec![false; free];
            for &(k, _) in &rest.terms {
                counted[k as usize] = true;
            }
            (pick.low, pick.high, total) = (low, high, Some(rest.terms.len()));
        } else if total == Some(rest.terms.len()) && rest.terms.iter().all(|&(k, _)| counted[k as usize]) {
            (pick.low, pick.high) = (pick.low.max(low), pick.high.min(high));
        } else if rest.terms.iter().all(|&(k, _)| group[k as usize] == NONE && counted[k as usize] == counted[first]) {
            let g = u32::try_from(sizes.len()).expect("fewer rows than 2³²");
            for &(k, _) in &rest.terms {
                group[k as usize] = g;
            }
            sizes.push(rest.terms.len());
            pick.quotas.push(Quota { low, high, counted: counted[first] });
        } else if group[first] != NONE
            && sizes[group[first] as usize] == rest.terms.len()
            && rest.terms.iter().all(|&(k, _)| group[k as usize] == group[first])
        {
            let quota = &mut pick.quotas[group[first] as usize];
            (quota.low, quota.high) = (quota.low.max(low), quota.high.min(high));
        } else {
            priced.push(rest);
        }
    }
    let mut loose = [None; 2];
    for k in 0..free {
        if group[k] == NONE {
            group[k] = *loose[usize::from(counted[k])].get_or_insert_with(|| {
                pick.quotas.push(Quota { low: 0, high: free, counted: counted[k] });
                u32::try_from(pick.quotas.len() - 1).expect("fewer rows than 2³²")
            });
        }
    }
    pick.group = group;
    let priced = priced.into_iter().map(|rest| {
        let scale = rest.terms.iter().map(|t| t.1.unsigned_abs() as f64).sum::<f64>() / rest.terms.len() as f64;
        Priced { row: rest.row, terms: rest.terms, low: rest.low, high: rest.high, scale }
    });
    (pick, priced.collect())
}

/// What is left of a row, unless no choice of free sites can break it.
fn rest(number: usize, row: &super::rows::Row, state: &State, place: &[u32]) -> Option<Rest> {
    let (mut low, mut high) = (row.low, row.high);
    let mut terms = Vec::new();
    for &(i, a) in &row.terms {
        match state.sites[i as usize] {
            Fixing::Free => terms.push((place[i as usize], a)),
            Fixing::Open => {
                low -= if low == -FAR { 0 } else { i128::from(a) };
                high -= if high == FAR { 0 } else { i128::from(a) };
            }
            Fixing::Shut => (),
        }
    }
    let least: i128 = terms.iter().map(|t| i128::from(t.1.min(0))).sum();
    let most: i128 = terms.iter().map(|t| i128::from(t.1.max(0))).sum();
    if least >= low && most <= high {
        return None;
    }
    // A side that no choice can reach is no side: its multiplier stays out of the sums.
    low = if least >= low { -FAR } else { low };
    high = if most <= high { FAR } else { high };
    let a = i128::from(terms[0].1);
    let alike = a > 0 && terms.iter().all(|t| i128::from(t.1) == a);
    let count = alike.then(|| {
        let size = terms.len() as i128;
        let (low, high) = ((low.clamp(0, most) + a - 1).div_euclid(a), high.clamp(0, most).div_euclid(a));
        (low.min(size) as usize, high.min(size) as usize)
    });
    Some(Rest { row: number, terms, low, high, count })
}
