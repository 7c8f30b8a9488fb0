//! Whether everybody can be served within one of the costs.

use std::time::Instant;

use super::levels::Levels;
use super::reduce::reduce;
use crate::siting::median;
use crate::siting::median::rows::{FAR, Rows};
use crate::siting::median::town::Town;
use crate::siting::{Distances, Fixing, Limits, Status};

/// What a probe found.
pub(super) enum Answer {
    /// A plan.
    Yes(Vec<bool>),
    /// Proven: there is none.
    No,
    /// Time ran out.
    Unknown,
}

/// The parts of the question that are the same for every cost.
pub(super) struct Probe<'a> {
    levels: &'a Levels,
    limits: &'a Limits<'a>,
    began: Instant,
    fixed: Vec<Fixing>,
    rows: Rows,
}

impl<'a> Probe<'a> {
    pub fn new(question: &Distances, levels: &'a Levels, limits: &'a Limits<'a>, began: Instant) -> Self {
        let fixed = (0..question.sites).map(|i| question.fixed.get(i).copied().unwrap_or_default()).collect();
        Self { levels, limits, began, fixed, rows: Rows::read(&question.sides, question.sites) }
    }

    /// Whether everybody can be served within the cost of this level.
    pub fn ask(&self, level: usize) -> Answer {
        if self.stopped() {
            return Answer::Unknown;
        }
        let within = self.levels.costs[level];
        let mut lists: Vec<Vec<u32>> = Vec::new();
        for list in &self.levels.lists {
            let near = &list[..list.partition_point(|e| e.0 <= within)];
            if near.iter().any(|e| self.fixed[e.1 as usize] == Fixing::Open) {
                continue;
            }
            let mut sites: Vec<u32> = near.iter().map(|e| e.1).collect();
            sites.sort_unstable();
            lists.push(sites);
        }
        match self.number() {
            Some(number) => self.cover(lists, number),
            None => self.keep_rows(lists),
        }
    }

    /// Sites that may be opened beyond those that are, when one plain number is all that binds.
    fn number(&self) -> Option<(i128, i128)> {
        let [row] = &self.rows.all[..] else { return None };
        let plain = row.terms.iter().all(|t| t.1 == 1);
        let opened = row.terms.iter().filter(|t| self.fixed[t.0 as usize] == Fixing::Open).count() as i128;
        let high = if row.high == FAR { FAR } else { row.high - opened };
        plain.then_some((row.low - opened, high))
    }

    /// Fewest sites that cover, against the number.
    fn cover(&self, mut lists: Vec<Vec<u32>>, (low, high): (i128, i128)) -> Answer {
        let row = &self.rows.all[0];
        let mut inside = vec![false; self.fixed.len()];
        row.terms.iter().for_each(|t| inside[t.0 as usize] = true);
        let spare: Vec<u32> = row.terms.iter().map(|t| t.0).filter(|i| self.fixed[*i as usize] == Fixing::Free).collect();
        if high < 0 || low > high || low > spare.len() as i128 {
            return Answer::No;
        }
        // What the row does not count is open.
        let open = |i: u32| !inside[i as usize];
        lists.retain(|list| !list.iter().any(|&i| open(i)));
        reduce(&mut lists, self.fixed.len(), true, &|| self.stopped());
        let opening = self.fixed.iter().map(|f| i64::from(*f == Fixing::Free)).collect();
        let town = self.town(&lists, opening, Rows::read(&[], self.fixed.len()));
        let target = i64::try_from(high.min(spare.len() as i128)).unwrap_or(i64::MAX);
        let (mut plan, mut used) = match self.search(&town, target) {
            Ok(Some(plan)) => (plan, 0),
            Ok(None) => return Answer::No,
            Err(()) => return Answer::Unknown,
        };
        for i in 0..plan.len() {
            match self.fixed[i] {
                Fixing::Open => plan[i] = true,
                Fixing::Free if !inside[i] => plan[i] = true,
                Fixing::Free => used += i128::from(plan[i]),
                Fixing::Shut => plan[i] = false,
            }
        }
        for &i in &spare {
            if used >= low {
                break;
            }
            used += i128::from(!plan[i as usize]);
            plan[i as usize] = true;
        }
        Answer::Yes(plan)
    }

    /// Any plan that covers and keeps the rows.
    fn keep_rows(&self, mut lists: Vec<Vec<u32>>) -> Answer {
        reduce(&mut lists, self.fixed.len(), false, &|| self.stopped());
        let mut town = self.town(&lists, vec![0; self.fixed.len()], self.rows.clone());
        town.fixed.clone_from(&self.fixed);
        match self.search(&town, 0) {
            Ok(Some(plan)) => Answer::Yes(plan),
            Ok(None) => Answer::No,
            Err(()) => Answer::Unknown,
        }
    }

    fn town(&self, lists: &[Vec<u32>], opening: Vec<i64>, rows: Rows) -> Town {
        let fixed = vec![Fixing::Free; self.fixed.len()];
        let (starts, site, cost) = (vec![0], Vec::new(), Vec::new());
        let mut town = Town { sites: self.fixed.len(), starts, site, cost, opening, fixed, rows, unit: 1 };
        for list in lists {
            let list: Vec<(i64, u32)> = list.iter().map(|&i| (0, i)).collect();
            town.push(&list);
        }
        town
    }

    fn stopped(&self) -> bool {
        (self.limits.stop)() || self.limits.time.is_some_and(|t| self.began.elapsed() >= t)
    }

    /// A plan of at most `target`, `None` when there is none, an error when time ran out.
    fn search(&self, town: &Town, target: i64) -> Result<Option<Vec<bool>>, ()> {
        let limits = Limits { time: self.limits.time, stop: self.limits.stop, watch: &|_| (), target: Some(target), slack: 0 };
        let outcome = median::search(town, &limits, self.began);
        match outcome.value {
            Some(value) if value <= target => {
                let mut open = vec![false; town.sites];
                outcome.chosen.iter().for_each(|i| open[*i as usize] = true);
                Ok(Some(open))
            }
            _ if outcome.status == Status::Infeasible || outcome.bound.is_some_and(|b| b > target) => Ok(None),
            _ => Err(()),
        }
    }
}
