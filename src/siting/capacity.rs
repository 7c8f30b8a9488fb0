//! Most people served where no site takes more than it can: everybody goes to one of the open sites in reach, and no site is overfull.
//!
//! Capacitated maximal covering (Current and Storbeck 1988). Given the open sites, who goes where is a flow ([`flow`]). Prices on people bound
//! what any choice can serve: a site is worth the best filling of its room at those prices. The prices climb by subgradient, every relaxed
//! choice is tried as a plan, and branching on sites closes what is left. Bounds are whole numbers throughout.

mod flow;

use super::model::{Fixing, Limits, Lists, Outcome, Status, Step};
use super::plan::Clock;
use super::question::{Question, Standing};
use super::translate::{self, Kept};
use super::{Covering, cover};
use flow::Flow;

/// Prices of one person are counted in parts of this.
const WHOLE: i64 = 1 << 16;
/// Rounds of prices at the root, and below it.
const ROUNDS: [usize; 2] = [120, 12];

/// The most weight that open sites can serve within their capacities.
pub(super) fn solve(question: &Question, kept: &Kept, limits: &Limits<'_>) -> Outcome {
    let mut search = Search::new(question, kept, limits);
    let root = Node { fixed: search.fixed.clone(), prices: vec![0; search.rows.len()], rounds: ROUNDS[0] };
    let bound = search.branch(root);
    let interrupted = search.interrupted;
    match search.best {
        None if interrupted => Outcome { status: Status::Open, chosen: Vec::new(), value: None, bound },
        None => Outcome { status: Status::Infeasible, chosen: Vec::new(), value: None, bound: None },
        Some((value, chosen)) => {
            let bound = bound.map_or(value, |bound| bound.max(value));
            let status = if bound == value { Status::Optimal } else { Status::Open };
            Outcome { status, chosen, value: Some(value), bound: Some(bound) }
        }
    }
}

/// A part of the choices, and the prices to begin with.
struct Node {
    fixed: Vec<Fixing>,
    prices: Vec<i64>,
    rounds: usize,
}

struct Search<'a> {
    /// People with the same sites, as one.
    rows: Lists<u32>,
    weights: Vec<i64>,
    /// For each site, its rows.
    of_site: Vec<Vec<u32>>,
    capacity: &'a [i64],
    built: Vec<u32>,
    fixed: Vec<Fixing>,
    /// The rows that the chosen sites keep together.
    frame: Covering,
    best: Option<(i64, Vec<u32>)>,
    clock: Clock<'a>,
    limits: Limits<'a>,
    interrupted: bool,
}

impl<'a> Search<'a> {
    fn new(question: &'a Question, kept: &Kept, limits: &Limits<'a>) -> Self {
        let (rows, weights) = merged(question);
        let mut of_site = vec![Vec::new(); question.sites.len()];
        for (row, sites) in rows.iter().enumerate() {
            sites.iter().for_each(|site| of_site[*site as usize].push(row as u32));
        }
        let built = (0..question.sites.len() as u32).filter(|i| question.sites[*i as usize].standing == Standing::Built).collect();
        let fixed = translate::fixed(question, kept, Fixing::Shut);
        let frame = Covering { costs: vec![0; question.sites.len()], sides: translate::sides(question, kept), ..Covering::default() };
        Self {
            rows,
            weights,
            of_site,
            capacity: &question.capacity,
            built,
            fixed,
            frame,
            best: None,
            clock: Clock::start(limits),
            limits: *limits,
            interrupted: false,
        }
    }

    /// Searches the choices of a node; answers what none of them can better, `None` where there is no choice at all.
    fn branch(&mut self, node: Node) -> Option<i64> {
        let Node { fixed, mut prices, rounds } = node;
        let mut bound: Option<i64> = None;
        let mut branch_on = None;
        let mut step = 0.3;
        for _ in 0..rounds {
            let worth: Vec<(i64, Vec<(u32, i64)>)> = (0..self.of_site.len() as u32).map(|site| self.filling(site, &prices)).collect();
            let (relaxed, chosen_worth) = self.choose(&fixed, &worth)?;
            let paid: i128 = self.weights.iter().zip(&prices).map(|(w, u)| i128::from(*w) * i128::from(*u)).sum();
            let standing: i128 = self.built.iter().map(|site| i128::from(worth[*site as usize].0)).sum();
            let filled = standing + chosen_worth;
            let whole = i64::try_from((paid + filled).div_euclid(i128::from(WHOLE))).unwrap_or(i64::MAX);
            bound = Some(bound.map_or(whole, |known| known.min(whole)));
            self.try_plan(&relaxed);
            let value = self.best.as_ref().map_or(0, |(value, _)| *value);
            // The free site that fills most is the one to decide on next.
            let free = relaxed.iter().copied().filter(|site| fixed[*site as usize] == Fixing::Free);
            branch_on = free.max_by_key(|site| (worth[*site as usize].0, std::cmp::Reverse(*site)));
            if bound.is_some_and(|bound| bound <= value + self.limits.slack) || self.is_over() {
                break;
            }
            let mut served = vec![0_i64; self.rows.len()];
            for site in self.built.iter().chain(&relaxed) {
                worth[*site as usize].1.iter().for_each(|(row, taken)| served[*row as usize] += taken);
            }
            let slope: Vec<f64> = served.iter().zip(&self.weights).map(|(served, weight)| (served - weight) as f64).collect();
            let norm: f64 = slope.iter().map(|s| s * s).sum();
            if norm == 0.0 {
                break;
            }
            let length = step * ((bound.unwrap_or(0) - value).max(1) as f64) / norm * WHOLE as f64;
            for (price, slope) in prices.iter_mut().zip(&slope) {
                *price = (*price + (length * slope) as i64).clamp(0, WHOLE);
            }
            step *= 0.97;
        }
        let value = self.best.as_ref().map_or(i64::MIN, |(value, _)| *value);
        if bound? <= value.saturating_add(self.limits.slack) || self.is_over() {
            return bound;
        }
        let free = || (0..fixed.len() as u32).find(|site| fixed[*site as usize] == Fixing::Free);
        let Some(site) = branch_on.or_else(free) else {
            // Everything is decided: the plan that was tried is all there is.
            return Some(value);
        };
        let mut worst: Option<i64> = None;
        for fixing in [Fixing::Open, Fixing::Shut] {
            let mut fixed = fixed.clone();
            fixed[site as usize] = fixing;
            let below = self.branch(Node { fixed, prices: prices.clone(), rounds: ROUNDS[1] });
            worst = worst.max(below.map(|below| below.min(bound.unwrap_or(i64::MAX))));
        }
        worst
    }

    fn is_over(&mut self) -> bool {
        self.interrupted |= self.clock.is_over();
        self.interrupted
    }

    /// The best filling of a site at these prices: what it is worth, and how much it takes of each row.
    fn filling(&self, site: u32, prices: &[i64]) -> (i64, Vec<(u32, i64)>) {
        let mut rows: Vec<u32> = self.of_site[site as usize].iter().copied().filter(|row| prices[*row as usize] < WHOLE).collect();
        rows.sort_by_key(|row| (prices[*row as usize], *row));
        let mut room = self.capacity[site as usize];
        let (mut worth, mut taken) = (0, Vec::new());
        for row in rows {
            if room == 0 {
                break;
            }
            let here = self.weights[row as usize].min(room);
            room -= here;
            worth += here * (WHOLE - prices[row as usize]);
            taken.push((row, here));
        }
        (worth, taken)
    }

    /// The sites worth most together that keep all rows, and what none are worth more than; `None` where no sites keep them.
    fn choose(&self, fixed: &[Fixing], worth: &[(i64, Vec<(u32, i64)>)]) -> Option<(Vec<u32>, i128)> {
        let mut each = Lists::default();
        (0..worth.len() as u32).for_each(|site| each.push([site]));
        // The solver counts in parts of its own: its weights may be coarser, as long as they are never less.
        let most = worth.iter().map(|(w, _)| i128::from(*w)).sum::<i128>();
        let coarse = i64::try_from(most / 30_000_000_000_000 + 1).unwrap_or(i64::MAX);
        let question = Covering {
            reached_by: each,
            weights: worth.iter().map(|(w, _)| (w + coarse - 1) / coarse).collect(),
            fixed: fixed.to_vec(),
            ..self.frame.clone()
        };
        let outcome = cover::solve(&question, &Limits { watch: &|_| (), target: None, slack: 0, time: None, ..self.limits });
        let bound = i128::from(outcome.bound.unwrap_or(i64::MAX)) * i128::from(coarse);
        outcome.value.map(|_| (outcome.chosen, bound))
    }

    /// Who can be served by these sites, kept if it is the most so far.
    fn try_plan(&mut self, chosen: &[u32]) {
        let open: Vec<u32> = self.built.iter().chain(chosen).copied().collect();
        let value = Flow::most(&self.rows, &self.weights, self.capacity, &open);
        let better = self.best.as_ref().is_none_or(|(known, plan)| value > *known || value == *known && chosen < plan.as_slice());
        if better {
            (self.limits.watch)(Step { value: Some(value), bound: None });
            self.best = Some((value, chosen.to_vec()));
        }
    }
}

/// People with the same sites as one row.
fn merged(question: &Question) -> (Lists<u32>, Vec<i64>) {
    let mut all = std::collections::BTreeMap::new();
    for (demand, weight) in question.weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
        let sites: Vec<u32> = question.pairs.sites_of(demand).collect();
        if !sites.is_empty() {
            *all.entry(sites).or_insert(0_i64) += weight;
        }
    }
    let (mut rows, mut weights) = (Lists::default(), Vec::new());
    for (sites, weight) in all {
        rows.push(sites);
        weights.push(weight);
    }
    (rows, weights)
}

/// The most weight that a set of sites serves within its capacities.
#[must_use]
pub fn served(question: &Question, chosen: &[u32]) -> i64 {
    let (rows, weights) = merged(question);
    let built = (0..question.sites.len() as u32).filter(|i| question.sites[*i as usize].standing == Standing::Built);
    let open: Vec<u32> = built.chain(chosen.iter().copied()).collect();
    Flow::most(&rows, &weights, &question.capacity, &open)
}
