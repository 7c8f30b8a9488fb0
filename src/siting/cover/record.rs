//! What is in hand and what is proven, when to stop, and whom to tell.

use super::problem::Problem;
use crate::siting::model::{Limits, Step};
use std::time::Instant;

/// Between the numbers of the question and those of the search: `asked = base + unit * inner`.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    pub base: i64,
    pub unit: i64,
}

/// The record of one search.
pub struct Record<'a> {
    limits: &'a Limits<'a>,
    began: Instant,
    scale: Scale,
    /// The share of the time that this search may use, from `began` on.
    until: Option<Instant>,
    /// A value that is enough.
    target: Option<i64>,
    slack: i64,
    /// Worth less than any plan.
    below: i64,
    /// The best plan: its value and the sites of the question.
    pub best: Option<(i64, Vec<u32>)>,
    /// The bound of what is still to be searched.
    pub ahead: i64,
    /// The largest bound of what was closed although it lies above the value, as slack and target allow.
    residue: Option<i64>,
    /// Value and bound of the parts searched elsewhere.
    pub others: (Option<i64>, i64),
    told: Step,
}

impl<'a> Record<'a> {
    /// Of a search that begins now. Target and slack are those of the question.
    pub fn new(p: &Problem, limits: &'a Limits<'a>, began: Instant, scale: Scale, target: Option<i64>, slack: i64) -> Self {
        let target = target.map(|t| {
            i64::try_from(
                (i128::from(t) - i128::from(scale.base)).div_euclid(i128::from(scale.unit))
                    + i128::from((i128::from(t) - i128::from(scale.base)).rem_euclid(i128::from(scale.unit)) != 0),
            )
            .unwrap_or(i64::MAX)
        });
        let most =
            p.weight.iter().zip(&p.need).map(|(&w, &b)| w * i64::from(b)).sum::<i64>() + p.profit.iter().map(|&c| c.max(0)).sum::<i64>();
        Self {
            limits,
            began,
            scale,
            until: limits.time.map(|t| began + t),
            target,
            slack: slack.max(0) / scale.unit,
            below: p.floor() - 1,
            best: None,
            ahead: p.offset + most,
            residue: None,
            others: (Some(0), 0),
            told: Step { value: None, bound: None },
        }
    }

    /// Gives the search of one of several parts its turn: this share of the time that is left, and what stands in the others.
    pub fn turn(records: &mut [Self], at: usize, share: f64) {
        if records.len() > 1 {
            let others = || records.iter().enumerate().filter(|r| r.0 != at).map(|r| r.1);
            let standing = (others().map(Self::value).sum(), others().filter_map(Self::bound).sum());
            records[at].others = standing;
        }
        if let Some(time) = records[at].limits.time {
            let now = Instant::now();
            records[at].until = Some(now + (records[at].began + time).saturating_duration_since(now).mul_f64(share));
        }
    }

    /// Whether the search should end: told to, out of time, or a plan of the target's value in hand.
    pub fn halt(&self) -> bool {
        self.reached() || (self.limits.stop)() || self.until.is_some_and(|t| Instant::now() >= t)
    }

    fn reached(&self) -> bool {
        matches!((self.target, self.value()), (Some(t), Some(v)) if v >= t)
    }

    /// Of the best plan.
    pub fn value(&self) -> Option<i64> {
        self.best.as_ref().map(|b| b.0)
    }

    /// What is worth no more than this need not be searched.
    pub fn cut(&self) -> i64 {
        self.below.max(self.value().map_or(i64::MIN, |v| v.saturating_add(self.slack))).max(self.target.map_or(i64::MIN, |t| t - 1))
    }

    /// Notes that plans worth up to `bound`, which is at most the cut, are left out of the search.
    pub fn close(&mut self, bound: i64) {
        if bound > self.value().unwrap_or(self.below) {
            self.residue = Some(self.residue.unwrap_or(bound).max(bound));
        }
    }

    /// A plan of the problem.
    pub fn offer(&mut self, p: &Problem, open: &[bool]) {
        if let Some(value) = p.value(open)
            && self.value().is_none_or(|v| value > v)
        {
            self.best = Some((value, p.asked(open)));
            self.tell();
        }
    }

    /// A bound of all that is still to be searched.
    pub fn lower(&mut self, bound: i64) {
        if bound < self.ahead {
            self.ahead = bound;
            self.tell();
        }
    }

    /// Nothing is left to be searched.
    pub fn done(&mut self) {
        self.ahead = self.below;
        self.tell();
    }

    /// No plan is worth more; `None` when there is no plan.
    pub fn bound(&self) -> Option<i64> {
        let bound = self.ahead.max(self.residue.unwrap_or(self.below)).max(self.value().unwrap_or(self.below));
        (bound > self.below).then_some(bound)
    }

    fn tell(&mut self) {
        let asked = |inner: i64| self.scale.base + self.scale.unit * inner;
        let value = self.value().zip(self.others.0).map(|(a, b)| asked(a + b));
        let bound = self.bound().map(|b| asked(b + self.others.1));
        let step = Step { value, bound };
        if step != self.told {
            self.told = step;
            (self.limits.watch)(step);
        }
    }
}
