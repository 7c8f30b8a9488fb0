//! The costs that a worst walk can have.

use crate::siting::{Distances, Fixing};

/// The lists of the demands from the nearest site on, and the distinct costs from the least that is possible on.
pub(super) struct Levels {
    /// Never empty.
    pub costs: Vec<i64>,
    /// Cost and site, ascending; equal lists once.
    pub lists: Vec<Vec<(i64, u32)>>,
}

impl Levels {
    /// `None` when a demand has no site left that could serve it.
    pub fn read(question: &Distances) -> Option<Self> {
        let shut = |i: u32| question.fixed.get(i as usize) == Some(&Fixing::Shut);
        let mut lists: Vec<Vec<(i64, u32)>> = question
            .pairs
            .iter()
            .map(|pairs| {
                let mut list: Vec<(i64, u32)> = pairs.iter().filter(|p| !shut(p.0)).map(|&(i, c)| (c, i)).collect();
                list.sort_unstable();
                list
            })
            .collect();
        lists.sort_unstable();
        lists.dedup();
        let mut least = 0;
        for list in &lists {
            least = least.max(list.first()?.0);
        }
        let mut costs: Vec<i64> = lists.iter().flatten().map(|e| e.0).filter(|c| *c >= least).collect();
        costs.sort_unstable();
        costs.dedup();
        if costs.is_empty() {
            costs.push(0);
        }
        Some(Self { costs, lists })
    }

    /// The worst walk of a plan; `None` when somebody is not served.
    pub fn worst(&self, open: &[bool]) -> Option<i64> {
        let mut walks = self.lists.iter().map(|list| list.iter().find(|e| open[e.1 as usize]).map(|e| e.0));
        walks.try_fold(0, |worst: i64, walk| Some(worst.max(walk?)))
    }
}
