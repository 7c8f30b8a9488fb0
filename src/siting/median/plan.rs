//! A plan in hand, with everything that tells at once what the next exchange would change.
//!
//! Resende and Werneck, "A fast swap-based local search procedure for location problems", 2007: what a site would gain, what the plan would
//! lose without a site, and what both overlap, kept up to date for the few demands that an exchange touches.

use super::town::Town;
use crate::siting::Fixing;

/// No site or slot.
pub(super) const NONE: u32 = u32::MAX;

/// Largest table of overlaps that is still kept: a quarter of a gigabyte.
const TABLE: usize = 1 << 25;

/// Of the way from the first site to the second, in the first payments.
const PART: f64 = 0.5;

/// The open sites and the running sums of an exchange. Costs are i64: [`super::fits`] leaves room for the penalties.
#[derive(Clone)]
pub(super) struct Plan<'a> {
    pub town: &'a Town,
    /// The demands of each site, with their costs.
    of: &'a [Vec<(u32, i64)>],
    /// Open site of each slot, or none.
    pub slots: Vec<u32>,
    /// Slot of each site, or none.
    pub slot: Vec<u32>,
    /// Slots in use.
    pub opened: usize,
    /// Sum of each side row.
    sums: Vec<i128>,
    /// Slot of the nearest open site of each demand, its cost, and the cost of the second.
    nearest: Vec<u32>,
    first: Vec<i64>,
    second: Vec<i64>,
    /// Cost of a demand that nobody serves.
    unserved: Vec<i64>,
    pub gain: Vec<i64>,
    pub loss: Vec<i64>,
    /// Overlap of slot and site, one row per slot.
    pub overlap: Vec<i64>,
    /// Objective, with penalties.
    pub value: i64,
    /// Entries looked at so far: the clock of the search, the same on every machine.
    pub work: u64,
    touched: Vec<u32>,
    mark: Vec<bool>,
}

/// The demands of each site.
pub(super) fn transpose(town: &Town) -> Vec<Vec<(u32, i64)>> {
    let mut of = vec![Vec::new(); town.sites];
    for j in 0..town.demands() {
        town.list(j).for_each(|e| of[town.site[e] as usize].push((u32::try_from(j).expect("fewer demands than 2³²"), town.cost[e])));
    }
    of
}

impl<'a> Plan<'a> {
    /// Only the sites that are open in every plan.
    pub fn new(town: &'a Town, of: &'a [Vec<(u32, i64)>]) -> Self {
        let demands = town.demands();
        let penalty = {
            let worst: i64 = (0..demands).map(|j| town.cost[town.list(j).end - 1]).sum::<i64>() + town.opening.iter().sum::<i64>();
            (worst + 1).min(i64::MAX / 8 / i64::try_from(demands.max(1)).unwrap_or(i64::MAX))
        };
        let unserved: Vec<i64> = (0..demands).map(|j| town.cost[town.list(j).end - 1] + penalty).collect();
        let mut plan = Self {
            town,
            of,
            slots: Vec::new(),
            slot: vec![NONE; town.sites],
            opened: 0,
            sums: vec![0; town.rows.all.len()],
            nearest: vec![NONE; demands],
            first: unserved.clone(),
            second: unserved.clone(),
            value: unserved.iter().sum(),
            unserved,
            gain: vec![0; town.sites],
            loss: Vec::new(),
            overlap: Vec::new(),
            work: 0,
            touched: Vec::new(),
            mark: vec![false; demands],
        };
        (0..demands).for_each(|j| plan.count(j, 1));
        (0..town.sites).filter(|&i| town.fixed[i] == Fixing::Open).for_each(|i| plan.exchange(NONE, i as u32));
        plan
    }

    /// The open sites as flags.
    pub fn open(&self) -> Vec<bool> {
        self.slot.iter().map(|s| *s != NONE).collect()
    }

    /// Adds (`sign` 1) or takes away (-1) what demand `j` contributes to the sums.
    fn count(&mut self, j: usize, sign: i64) {
        let (town, first, second, slot) = (self.town, self.first[j], self.second[j], self.nearest[j]);
        let overlap = if slot == NONE {
            &mut []
        } else {
            self.loss[slot as usize] += sign * (second - first);
            let from = slot as usize * town.sites;
            &mut self.overlap[from..from + town.sites]
        };
        let list = town.list(j);
        for (&cost, &i) in town.cost[list.clone()].iter().zip(&town.site[list]) {
            if cost >= second {
                break;
            }
            self.work += 1;
            if cost < first {
                self.gain[i as usize] += sign * (first - cost);
            }
            if let Some(overlap) = overlap.get_mut(i as usize) {
                *overlap += sign * (second - cost.max(first));
            }
        }
    }

    /// Looks up the two nearest open sites of demand `j`.
    fn look(&mut self, j: usize) {
        let town = self.town;
        let mut found = town.list(j).filter(|&e| self.slot[town.site[e] as usize] != NONE);
        let (first, second) = (found.next(), found.next());
        self.nearest[j] = first.map_or(NONE, |e| self.slot[town.site[e] as usize]);
        self.first[j] = first.map_or(self.unserved[j], |e| town.cost[e]);
        self.second[j] = second.map_or(self.unserved[j], |e| town.cost[e]);
    }

    /// Shuts the site `out` and opens the site `into`; either may be none.
    pub fn exchange(&mut self, out: u32, into: u32) {
        let mut touched = std::mem::take(&mut self.touched);
        touched.clear();
        let slot = if out == NONE { NONE } else { self.slot[out as usize] };
        self.work += [out, into].iter().filter(|s| **s != NONE).map(|s| self.of[*s as usize].len() as u64).sum::<u64>();
        if out != NONE {
            for &(j, cost) in &self.of[out as usize] {
                if cost <= self.second[j as usize] {
                    self.mark[j as usize] = true;
                    touched.push(j);
                }
            }
        }
        if into != NONE {
            for &(j, cost) in &self.of[into as usize] {
                if cost < self.second[j as usize] && !self.mark[j as usize] {
                    touched.push(j);
                }
            }
        }
        for &j in &touched {
            self.mark[j as usize] = false;
            self.value -= self.first[j as usize];
            self.count(j as usize, -1);
        }
        if out != NONE {
            self.slot[out as usize] = NONE;
            self.slots[slot as usize] = NONE;
            self.opened -= 1;
            self.value -= self.town.opening[out as usize];
            self.town.rows.of[out as usize].iter().for_each(|&(r, a)| self.sums[r as usize] -= i128::from(a));
        }
        if into != NONE {
            let free = self.slots.iter().position(|s| *s == NONE).unwrap_or_else(|| {
                self.slots.push(NONE);
                self.loss.push(0);
                self.overlap.resize(self.slots.len() * self.town.sites, 0);
                self.slots.len() - 1
            });
            self.slots[free] = into;
            self.slot[into as usize] = free as u32;
            self.opened += 1;
            self.value += self.town.opening[into as usize];
            self.town.rows.of[into as usize].iter().for_each(|&(r, a)| self.sums[r as usize] += i128::from(a));
        }
        for &j in &touched {
            self.look(j as usize);
            self.value += self.first[j as usize];
            self.count(j as usize, 1);
        }
        self.touched = touched;
    }

    /// What each demand might pay: half of the way from its site to the second one, where it has both.
    pub fn payments(&self) -> Vec<f64> {
        let pay = |j: usize| {
            let (first, second) = (self.first[j], self.second[j].min(self.town.cost[self.town.list(j).end - 1]));
            if self.nearest[j] == NONE { f64::NAN } else { PART * second as f64 + (1.0 - PART) * first as f64 }
        };
        (0..self.first.len()).map(pay).collect()
    }

    /// Whether the tables still have room for one more open site.
    pub fn room(&self) -> bool {
        self.opened < self.slots.len() || (self.slots.len() + 1) * self.town.sites <= TABLE
    }

    /// How far the side rows are from being kept.
    pub fn breach(&self) -> i128 {
        self.town.rows.all.iter().zip(&self.sums).map(|(row, sum)| beyond(row, *sum)).sum()
    }

    /// By how much an exchange changes that.
    pub fn breach_change(&self, out: u32, into: u32) -> i128 {
        let rows = &self.town.rows;
        let coefficient = |site: u32, r: u32| {
            if site == NONE { 0 } else { rows.of[site as usize].iter().find(|t| t.0 == r).map_or(0, |t| i128::from(t.1)) }
        };
        let mut change = 0;
        let lists = [out, into].map(|s| if s == NONE { &[][..] } else { &rows.of[s as usize][..] });
        for (which, list) in lists.into_iter().enumerate() {
            for &(r, _) in list {
                let (a, b) = (coefficient(out, r), coefficient(into, r));
                // A row of both is counted at the first.
                if which == 1 && a != 0 {
                    continue;
                }
                let (row, sum) = (&rows.all[r as usize], self.sums[r as usize]);
                change += beyond(row, sum - a + b) - beyond(row, sum);
            }
        }
        change
    }

    /// By how much the objective falls when `out` is shut and `into` opened.
    pub fn profit(&self, out: u32, into: u32) -> i64 {
        let opening = &self.town.opening;
        let mut profit = 0;
        if into != NONE {
            profit += self.gain[into as usize] - opening[into as usize];
        }
        if out != NONE {
            let slot = self.slot[out as usize] as usize;
            profit -= self.loss[slot] - opening[out as usize];
            if into != NONE {
                profit += self.overlap[slot * self.town.sites + into as usize];
            }
        }
        profit
    }
}

fn beyond(row: &super::rows::Row, sum: i128) -> i128 {
    (sum - row.high).max(row.low - sum).max(0)
}
