//! The bound in whole numbers, and everything that is closed on it.

use super::core::Core;
use super::dual::Duals;
use super::pick::Picked;
use super::state::State;
use super::town::Town;
use crate::siting::Fixing;

/// Payments are rounded to this part of a unit, so that what follows is exact.
const GRID: i128 = 1 << 32;

/// What whole-number payments prove.
pub(super) struct Proof {
    /// In parts of the grid.
    bound: i128,
    pay: Vec<i128>,
    worth: Vec<i128>,
    picked: Picked,
}

impl Proof {
    /// `None`: no choice keeps the counts.
    pub fn new(core: &Core, duals: &Duals) -> Option<Self> {
        let mut worth: Vec<i128> = core.opening.iter().map(|&c| i128::from(c) * GRID).collect();
        let mut bound = i128::from(core.settled) * GRID;
        for (row, &rate) in core.priced.iter().zip(&duals.rows) {
            let rate = round(rate.clamp(-1e19, 1e19) / row.scale);
            if rate == 0 {
                continue;
            }
            row.terms.iter().for_each(|&(i, a)| worth[i as usize] += rate * i128::from(a));
            // Far bounds lie on sides that a multiplier of this sign never meets; others are 64-bit sums.
            bound -= rate * if rate > 0 { row.high } else { row.low };
        }
        let mut pay = Vec::with_capacity(duals.pay.len());
        for (k, &wanted) in duals.pay.iter().enumerate() {
            let range = core.starts[k]..core.starts[k + 1];
            let most = core.cap[k].map_or(i128::from(i64::MAX) * 2, i128::from) * GRID;
            let paid = round(wanted).clamp(i128::from(core.cost[range.start]) * GRID, most);
            bound += paid;
            for (&cost, &i) in core.cost[range.clone()].iter().zip(&core.col[range]) {
                let left = i128::from(cost) * GRID - paid;
                if left >= 0 {
                    break;
                }
                worth[i as usize] += left;
            }
            pay.push(paid);
        }
        let mut picked = Picked::default();
        bound += core.pick.choose(&worth, &mut picked)?;
        Some(Self { bound, pay, worth, picked })
    }

    /// No plan of this node costs less.
    pub fn bound(&self) -> i64 {
        let up = -(-self.bound).div_euclid(GRID);
        i64::try_from(up.clamp(0, i128::from(i64::MAX))).expect("clamped")
    }

    /// Settles in `state` whatever plans below `cutoff` leave no choice: how much was settled, or `None` when there are no such plans.
    pub fn settle(&self, town: &Town, core: &Core, cutoff: i64, state: &mut State) -> Option<usize> {
        let room = (i128::from(cutoff) - 1) * GRID - self.bound;
        if room < 0 {
            return None;
        }
        let mut settled = 0;
        for (k, regret) in core.pick.regrets(&self.worth, &self.picked).into_iter().enumerate() {
            if regret.is_none_or(|r| r > room) {
                state.sites[core.free[k] as usize] = if self.picked.open[k] { Fixing::Open } else { Fixing::Shut };
                settled += 1;
            }
        }
        for (&j, &paid) in core.demands.iter().zip(&self.pay) {
            let (from, reach) = (town.starts[j as usize], &mut state.reach[j as usize]);
            // Who goes there pays the difference on top of the bound.
            let list = &town.cost[from..from + *reach as usize];
            let kept = list.partition_point(|&c| i128::from(c) * GRID - paid <= room);
            *reach = u32::try_from(kept).expect("fewer sites than 2³²");
        }
        Some(settled)
    }
}

fn round(x: f64) -> i128 {
    (x * GRID as f64).round() as i128
}
