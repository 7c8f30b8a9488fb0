//! The covering question in the form that the solver works on: free sites only, equal rows merged, rows in an order of their own.

use crate::siting::model::{Lists, Sense, SideRow};

/// Maximise `offset + Σ profit_i + Σ_r weight_r · min(open sites of r, need_r)` over the open sites, every hard row and side row kept.
///
/// Profit is what a site brings whatever else is open (its cost below zero, and all demand that only it reaches).
#[derive(Debug, Clone)]
pub struct Problem {
    /// The site of the question as asked behind each site here, ascending.
    pub ids: Vec<u32>,
    /// Of opening each site.
    pub profit: Vec<i64>,
    /// The sites of each row, at least two for a soft one.
    pub rows: Lists<u32>,
    /// The rows of each site.
    pub columns: Lists<u32>,
    /// Of each row; 0 for hard ones.
    pub weight: Vec<i64>,
    /// How many open sites count; 1 for hard rows.
    pub need: Vec<u32>,
    /// Rows that an open site must reach. They lie behind the soft ones.
    pub hard: Vec<bool>,
    /// What the open sites must keep together.
    pub sides: Vec<SideRow>,
    /// The side rows of each site with its coefficient there.
    pub sides_of: Lists<(u32, i64)>,
    /// What is won already.
    pub offset: i64,
    /// Sites of the question that are open already.
    pub open: Vec<u32>,
}

impl Problem {
    /// How many sites are free.
    pub fn sites(&self) -> usize {
        self.profit.len()
    }

    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        self.weight.len()
    }

    /// The value of these open sites, or `None` when they break a row.
    pub fn value(&self, open: &[bool]) -> Option<i64> {
        let kept = self.sides.iter().all(|s| {
            s.terms.iter().filter(|t| open[t.0 as usize]).map(|t| i128::from(t.1)).sum::<i128>().try_into().is_ok_and(|t| s.holds(t))
        });
        if !kept {
            return None;
        }
        let mut value = self.offset + (0..open.len()).filter(|&i| open[i]).map(|i| self.profit[i]).sum::<i64>();
        for (r, sites) in self.rows.iter().enumerate() {
            let covered = sites.iter().filter(|&&i| open[i as usize]).count();
            if self.hard[r] {
                if covered == 0 {
                    return None;
                }
            } else {
                value += self.weight[r] * i64::from(self.need[r]).min(covered as i64);
            }
        }
        Some(value)
    }

    /// The open sites of the question as asked, ascending.
    pub fn asked(&self, open: &[bool]) -> Vec<u32> {
        let mut sites = self.open.clone();
        sites.extend((0..open.len()).filter(|&i| open[i]).map(|i| self.ids[i]));
        sites.sort_unstable();
        sites
    }

    /// The plan of these sites of the question, where it is one of this problem: all that is settled agrees.
    pub fn here(&self, asked: &[u32]) -> Option<Vec<bool>> {
        let open: Vec<bool> = self.ids.iter().map(|i| asked.binary_search(i).is_ok()).collect();
        (self.asked(&open) == asked).then_some(open)
    }

    /// No plan can be worth less than this.
    pub fn floor(&self) -> i64 {
        self.offset + self.profit.iter().filter(|&&p| p < 0).sum::<i64>()
    }
}

/// Which lists each of `n` items is on: `lists` turned round.
pub fn transposed(lists: &Lists<u32>, n: usize) -> Lists<u32> {
    let mut starts = vec![0usize; n + 1];
    for list in lists.iter() {
        for &i in list {
            starts[i as usize + 1] += 1;
        }
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut items = vec![0u32; lists.items()];
    for (r, list) in lists.iter().enumerate() {
        for &i in list {
            items[next[i as usize]] = r as u32;
            next[i as usize] += 1;
        }
    }
    Lists::laid(starts, items)
}

/// The side rows of each of `n` sites.
pub fn sides_of(sides: &[SideRow], n: usize) -> Lists<(u32, i64)> {
    let mut of = vec![Vec::new(); n];
    for (s, side) in sides.iter().enumerate() {
        for &(i, c) in &side.terms {
            of[i as usize].push((s as u32, c));
        }
    }
    let mut lists = Lists::default();
    for list in of {
        lists.push(list);
    }
    lists
}

/// By how much a sum breaks a side row.
pub fn excess(side: &SideRow, total: i128) -> i128 {
    let over = (total - i128::from(side.bound)).max(0);
    let under = (i128::from(side.bound) - total).max(0);
    match side.sense {
        Sense::Exactly => over + under,
        Sense::AtMost => over,
        Sense::AtLeast => under,
    }
}
