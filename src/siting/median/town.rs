//! The question as the search sees it: equal demands merged, costs weighted, every list from the nearest site to the farthest.

use std::cmp::Ordering;

use super::rows::Rows;
use crate::siting::{Distances, Fixing};

/// A question in a form that does not depend on the order of its demands.
pub(in crate::siting) struct Town {
    /// How many sites there are.
    pub sites: usize,
    /// Where the list of each demand begins; one more at the end.
    pub starts: Vec<usize>,
    /// The sites of all lists, nearest first, ties by index.
    pub site: Vec<u32>,
    /// Weight times cost of each of them.
    pub cost: Vec<i64>,
    /// Of opening each site.
    pub opening: Vec<i64>,
    /// What is settled of each site.
    pub fixed: Vec<Fixing>,
    /// What the open sites keep together.
    pub rows: Rows,
    /// Every objective is a multiple of this, and is counted in it.
    pub unit: i64,
}

impl Town {
    /// `None` when a demand has no site left that could serve it.
    pub fn read(question: &Distances) -> Option<Self> {
        let fixed: Vec<Fixing> = (0..question.sites).map(|i| question.fixed.get(i).copied().unwrap_or_default()).collect();
        let mut demands: Vec<(&[(u32, i64)], i64)> = question.pairs.iter().zip(question.weights.iter().copied()).collect();
        let order = |a: &(&[(u32, i64)], i64), b: &(&[(u32, i64)], i64)| -> Ordering { a.0.cmp(b.0) };
        demands.sort_unstable_by(order);
        demands.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
        let weights = demands.iter().fold(0, |g, d| gcd(g, d.1));
        let costs = demands.iter().filter(|d| d.1 != 0).flat_map(|d| d.0).fold(0, |g, &(_, c)| gcd(g, c));
        let (weights, costs) = (weights.max(1), costs.max(1));
        let mut town = Self {
            sites: question.sites,
            starts: vec![0],
            site: Vec::with_capacity(question.pairs.items()),
            cost: Vec::with_capacity(question.pairs.items()),
            opening: vec![0; question.sites],
            rows: Rows::read(&question.sides, question.sites),
            fixed,
            unit: weights * costs,
        };
        let mut list = Vec::new();
        for (pairs, weight) in demands {
            list.clear();
            list.extend(
                pairs.iter().filter(|(i, _)| town.fixed[*i as usize] != Fixing::Shut).map(|&(i, c)| (c / costs * (weight / weights), i)),
            );
            if list.is_empty() {
                return None;
            }
            list.sort_unstable();
            town.push(&list);
        }
        Some(town)
    }

    /// Adds a demand with its sorted list of weighted cost and site.
    pub fn push(&mut self, list: &[(i64, u32)]) {
        self.cost.extend(list.iter().map(|&(c, _)| c));
        self.site.extend(list.iter().map(|&(_, i)| i));
        self.starts.push(self.site.len());
    }

    /// How many demands there are.
    pub fn demands(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where the list of `demand` lies.
    pub fn list(&self, demand: usize) -> std::ops::Range<usize> {
        self.starts[demand]..self.starts[demand + 1]
    }

    /// The objective of a plan; `None` when a row or a demand is not kept.
    pub fn value(&self, open: &[bool]) -> Option<i64> {
        if !self.rows.hold(open) || self.fixed.iter().zip(open).any(|(f, o)| (*f == Fixing::Open && !o) || (*f == Fixing::Shut && *o)) {
            return None;
        }
        let mut sum: i64 = self.opening.iter().zip(open).filter(|(_, o)| **o).map(|(c, _)| c).sum();
        for j in 0..self.demands() {
            sum += self.cost[self.list(j).find(|&e| open[self.site[e] as usize])?];
        }
        Some(sum)
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
