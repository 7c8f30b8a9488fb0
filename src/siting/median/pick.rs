//! The cheapest choice of sites under prices: a number in all and disjoint groups with quotas, which greed solves exactly.
//!
//! Sets that keep lower and upper counts of nested groups are a generalised matroid, so that greed is optimal, and forcing one site in or
//! out changes the best choice by at most one exchange. Everything that is not of this shape is priced (see `core.rs`).

use std::cmp::Ordering;
use std::ops::{Add, Sub};

/// What sites may cost: floats while climbing, whole numbers when proving.
pub(super) trait Price: Copy + Default + Add<Output = Self> + Sub<Output = Self> {
    /// Total order.
    fn order(self, other: Self) -> Ordering;
    /// Whether it is below zero.
    fn negative(self) -> bool {
        self.order(Self::default()) == Ordering::Less
    }
}

impl Price for f64 {
    fn order(self, other: Self) -> Ordering {
        self.total_cmp(&other)
    }
}

impl Price for i128 {
    fn order(self, other: Self) -> Ordering {
        self.cmp(&other)
    }
}

/// How many of a group's free sites may be chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    pub low: usize,
    pub high: usize,
    /// Whether they count towards the number in all.
    pub counted: bool,
}

/// The shape of a choice among free sites.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    /// Group of each free site.
    pub group: Vec<u32>,
    pub quotas: Vec<Quota>,
    /// How many counted sites may be chosen in all.
    pub low: usize,
    pub high: usize,
}

/// What was chosen.
#[derive(Default)]
pub(super) struct Picked {
    pub open: Vec<bool>,
    /// Chosen in each group, and counted ones in all.
    taken: Vec<usize>,
    total: usize,
    order: Vec<u32>,
}

impl Pick {
    /// Chooses into `picked`; the sum of the prices, or `None` when the counts cannot be met.
    pub fn choose<P: Price>(&self, prices: &[P], picked: &mut Picked) -> Option<P> {
        let Picked { open, taken, total, order } = picked;
        open.clear();
        open.resize(prices.len(), false);
        taken.clear();
        taken.resize(self.quotas.len(), 0);
        *total = 0;
        order.clear();
        order.extend(0..u32::try_from(prices.len()).expect("fewer sites than 2³²"));
        let by = |a: &u32, b: &u32| prices[*a as usize].order(prices[*b as usize]).then(a.cmp(b));
        if let [only] = self.quotas[..]
            && only.counted
        {
            let (low, high) = (self.low.max(only.low), self.high.min(only.high).min(prices.len()));
            if low > high {
                return None;
            }
            if high < order.len() {
                order.select_nth_unstable_by(high, by);
                order.truncate(high);
            }
            if low < high {
                order.sort_unstable_by(by);
            }
            let mut sum = P::default();
            for (k, &i) in order.iter().enumerate() {
                if k >= low && !prices[i as usize].negative() {
                    break;
                }
                open[i as usize] = true;
                *total += 1;
                sum = sum + prices[i as usize];
            }
            taken[0] = *total;
            return Some(sum);
        }
        order.sort_unstable_by(by);
        let mut sum = P::default();
        let mut take = |i: u32, taken: &mut Vec<usize>, total: &mut usize| {
            let g = self.group[i as usize] as usize;
            open[i as usize] = true;
            taken[g] += 1;
            *total += usize::from(self.quotas[g].counted);
            sum = sum + prices[i as usize];
        };
        for &i in &*order {
            let g = self.group[i as usize] as usize;
            if taken[g] < self.quotas[g].low {
                take(i, taken, total);
            }
        }
        // Sites that are in already are passed over: in each group they are the first `low` of the order.
        let mut passed = vec![0; self.quotas.len()];
        for &i in &*order {
            let g = self.group[i as usize] as usize;
            let quota = self.quotas[g];
            passed[g] += 1;
            if passed[g] <= quota.low || taken[g] >= quota.high {
                continue;
            }
            let negative = prices[i as usize].negative();
            let wanted = if quota.counted { *total < self.low || (negative && *total < self.high) } else { negative };
            if wanted {
                take(i, taken, total);
            }
        }
        let kept = taken.iter().zip(&self.quotas).all(|(t, q)| q.low <= *t && *t <= q.high) && self.low <= *total && *total <= self.high;
        kept.then_some(sum)
    }

    /// By how much the sum grows if each site is forced to the other side; `None` where that is impossible.
    pub fn regrets<P: Price>(&self, prices: &[P], picked: &Picked) -> Vec<Option<P>> {
        let groups = self.quotas.len();
        let least = |a: Option<P>, b: P| Some(a.filter(|a| a.order(b) != Ordering::Greater).unwrap_or(b));
        let most = |a: Option<P>, b: P| Some(a.filter(|a| a.order(b) != Ordering::Less).unwrap_or(b));
        let (mut dearest_in, mut cheapest_out) = (vec![None; groups], vec![None; groups]);
        for (i, &price) in prices.iter().enumerate() {
            let g = self.group[i] as usize;
            if picked.open[i] {
                dearest_in[g] = most(dearest_in[g], price);
            } else {
                cheapest_out[g] = least(cheapest_out[g], price);
            }
        }
        let more = |g: usize| picked.taken[g] < self.quotas[g].high;
        let fewer = |g: usize| picked.taken[g] > self.quotas[g].low;
        let (mut lent, mut spare) = (None, None);
        for g in (0..groups).filter(|&g| self.quotas[g].counted) {
            if let Some(price) = dearest_in[g].filter(|_| fewer(g)) {
                lent = most(lent, price);
            }
            if let Some(price) = cheapest_out[g].filter(|_| more(g)) {
                spare = least(spare, price);
            }
        }
        let zero = P::default();
        let regret = |i: usize| {
            let (g, price) = (self.group[i] as usize, prices[i]);
            let counted = self.quotas[g].counted;
            let mut best: Option<P> = None;
            if picked.open[i] {
                if fewer(g) && (!counted || picked.total > self.low) {
                    best = least(best, zero - price);
                }
                for other in [cheapest_out[g], spare.filter(|_| counted && fewer(g))].into_iter().flatten() {
                    best = least(best, other - price);
                }
            } else {
                if more(g) && (!counted || picked.total < self.high) {
                    best = least(best, price);
                }
                for other in [dearest_in[g], lent.filter(|_| counted && more(g))].into_iter().flatten() {
                    best = least(best, price - other);
                }
            }
            best
        };
        (0..prices.len()).map(regret).collect()
    }
}
