//! Climbing the Lagrangian dual in floats: what each demand would pay for a site, and what each priced row costs.
//!
//! The demand `j` pays `u_j`; a site is worth what the demands that it serves pay beyond the way to it. For every `u` the sum of the payments
//! plus the cheapest choice of sites is a lower bound. Held and Wolfe 1974; Barahona and Anbil, "The volume algorithm", 2000.

use super::core::Core;
use super::pick::Picked;

/// Payments of the core's demands and multipliers of its priced rows (per `scale`).
#[derive(Clone, Default)]
pub(super) struct Duals {
    pub pay: Vec<f64>,
    pub rows: Vec<f64>,
}

/// Room for one evaluation.
#[derive(Default)]
pub(super) struct Work {
    pub worth: Vec<f64>,
    pub picked: Picked,
}

/// How a climb goes.
pub(super) struct Pace {
    pub rounds: usize,
    /// Share of the distance to the target in the first step.
    pub step: f64,
    /// Rounds without progress after which the step shrinks.
    pub patience: usize,
}

/// Where a climb ended.
pub(super) struct Climb {
    pub best: Duals,
    /// Its bound in floats: an opinion, no proof.
    pub value: f64,
    /// How open each free site is, on average.
    pub share: Vec<f64>,
    /// The choice at the best payments.
    pub open: Vec<bool>,
    /// The step at the end, to go on with.
    pub step: f64,
}

impl Core {
    /// First payments: each demand pays for its second site, or keeps what `before` paid.
    pub fn first(&self, before: &[f64], rows: &[f64]) -> Duals {
        let pay = (0..self.demands.len()).map(|k| {
            let known = before.get(self.demands[k] as usize).copied().unwrap_or(f64::NAN);
            let wanted = if known.is_nan() { self.near[(self.starts[k] + 1).min(self.starts[k + 1] - 1)] } else { known };
            self.clamp(k, wanted)
        });
        Duals { pay: pay.collect(), rows: self.priced.iter().map(|r| self.sign(r, rows.get(r.row).copied().unwrap_or(0.0))).collect() }
    }

    fn clamp(&self, k: usize, pay: f64) -> f64 {
        pay.max(self.near[self.starts[k]]).min(self.cap[k].map_or(1e19, |c| c as f64))
    }

    fn sign(&self, row: &super::core::Priced, rate: f64) -> f64 {
        let rate = if row.high == super::rows::FAR { rate.min(0.0) } else { rate };
        if row.low == -super::rows::FAR { rate.max(0.0) } else { rate }
    }

    /// The bound at `duals`; `None` when the counts cannot be met.
    pub fn bound(&self, duals: &Duals, work: &mut Work) -> Option<f64> {
        let worth = &mut work.worth;
        worth.clear();
        worth.extend(self.opening.iter().map(|&c| c as f64));
        let mut sum = self.settled as f64;
        for (row, &rate) in self.priced.iter().zip(&duals.rows) {
            if rate != 0.0 {
                let rate = rate / row.scale;
                row.terms.iter().for_each(|&(i, a)| worth[i as usize] += rate * a as f64);
                sum -= rate * (if rate > 0.0 { row.high } else { row.low }) as f64;
            }
        }
        for (k, &pay) in duals.pay.iter().enumerate() {
            sum += pay;
            let range = self.starts[k]..self.starts[k + 1];
            for (&cost, &i) in self.near[range.clone()].iter().zip(&self.col[range]) {
                if cost >= pay {
                    break;
                }
                worth[i as usize] += cost - pay;
            }
        }
        Some(sum + self.pick.choose(worth, &mut work.picked)?)
    }

    /// Climbs from `from` towards `target`; `None` when no choice keeps the counts.
    pub fn climb(&self, from: Duals, target: f64, pace: &Pace, work: &mut Work, enough: &mut dyn FnMut(f64) -> bool) -> Option<Climb> {
        let mut at = from;
        let value = self.bound(&at, work)?;
        let mut climb = Climb {
            best: at.clone(),
            value,
            share: work.picked.open.iter().map(|&o| f64::from(u8::from(o))).collect(),
            open: work.picked.open.clone(),
            step: pace.step,
        };
        let mut way = Duals { pay: vec![0.0; at.pay.len()], rows: vec![0.0; at.rows.len()] };
        let (mut value, mut idle) = (value, 0);
        for round in 0..pace.rounds {
            if enough(climb.value) {
                break;
            }
            let keep = if round == 0 { 0.0 } else { KEEP };
            let length = self.slope(&at, &work.picked.open, keep, &mut way);
            if length <= 1e-12 {
                if round == 0 || self.slope(&at, &work.picked.open, 0.0, &mut way) <= 1e-12 {
                    break;
                }
                continue;
            }
            let goal = target.min(value + value.abs().max(1.0));
            let stride = climb.step * (goal - value).max(1e-6 * goal.abs().max(1.0)) / length;
            for (k, (pay, way)) in at.pay.iter_mut().zip(&way.pay).enumerate() {
                if *way != 0.0 {
                    *pay = self.clamp(k, *pay + stride * self.coin[k] * way);
                }
            }
            for (row, (rate, way)) in self.priced.iter().zip(at.rows.iter_mut().zip(&way.rows)) {
                *rate = self.sign(row, *rate + stride * way);
            }
            value = self.bound(&at, work)?;
            for (share, &open) in climb.share.iter_mut().zip(&work.picked.open) {
                *share += SHARE * (f64::from(u8::from(open)) - *share);
            }
            idle += 1;
            if value > climb.value {
                if value > climb.value + 1e-5 * climb.value.abs() {
                    idle = 0;
                }
                climb.value = value;
                climb.best.clone_from(&at);
                climb.open.clone_from(&work.picked.open);
            }
            if idle >= pace.patience {
                idle = 0;
                climb.step *= 0.7;
                at.clone_from(&climb.best);
                value = self.bound(&at, work)?;
                way.pay.fill(0.0);
                way.rows.fill(0.0);
            }
        }
        Some(climb)
    }

    /// Turns `way` towards the subgradient at `at`; the squared length of the new way.
    fn slope(&self, at: &Duals, open: &[bool], keep: f64, way: &mut Duals) -> f64 {
        let mut length = 0.0;
        for (k, &pay) in at.pay.iter().enumerate() {
            let range = self.starts[k]..self.starts[k + 1];
            let mut short = 1.0;
            for (&cost, &i) in self.near[range.clone()].iter().zip(&self.col[range]) {
                if cost >= pay {
                    break;
                }
                short -= f64::from(u8::from(open[i as usize]));
            }
            if short > 0.0 && self.cap[k].is_some_and(|cap| pay >= cap as f64) {
                short = 0.0;
            }
            let turned = keep * way.pay[k] + (1.0 - keep) * short;
            way.pay[k] = turned;
            length += self.coin[k] * turned * turned;
        }
        for (r, row) in self.priced.iter().enumerate() {
            let sum: i128 = row.terms.iter().filter(|t| open[t.0 as usize]).map(|t| i128::from(t.1)).sum();
            let rate = at.rows[r];
            let over = if rate > 0.0 || (rate == 0.0 && sum > row.high) {
                (sum - row.high) as f64
            } else if rate < 0.0 || sum < row.low {
                (sum - row.low) as f64
            } else {
                0.0
            };
            let turned = keep * way.rows[r] + (1.0 - keep) * over / row.scale;
            way.rows[r] = turned;
            length += turned * turned;
        }
        length
    }
}

/// Of the way so far, kept in each turn.
const KEEP: f64 = 0.8;
/// Of the newest choice, taken into the average.
const SHARE: f64 = 0.05;
