//! When to stop, what is best so far, and who is told.

use std::time::Instant;

use super::town::Town;
use crate::siting::{Limits, Outcome, Status, Step};

/// The best plan and bound of a search; values are in units of the town.
pub(in crate::siting) struct Watch<'a> {
    limits: &'a Limits<'a>,
    began: Instant,
    unit: i64,
    best: Option<(i64, Vec<bool>)>,
    bound: Option<i64>,
}

impl<'a> Watch<'a> {
    /// Nothing found, nothing proven.
    pub fn new(limits: &'a Limits<'a>, began: Instant, unit: i64) -> Self {
        Self { limits, began, unit, best: None, bound: None }
    }

    /// Value of the best plan.
    pub fn value(&self) -> Option<i64> {
        self.best.as_ref().map(|b| b.0)
    }

    /// The best plan.
    pub fn plan(&self) -> Option<Vec<bool>> {
        self.best.as_ref().map(|b| b.1.clone())
    }

    /// Plans of this value or more are of no interest.
    pub fn cutoff(&self) -> i64 {
        let slack = self.limits.slack.max(0) / self.unit;
        let enough = self.limits.target.map_or(i64::MAX, |t| t.div_euclid(self.unit).saturating_add(1));
        self.value().map_or(i64::MAX, |v| v.saturating_sub(slack)).min(enough)
    }

    /// Whether the question set the cutoff before any plan did.
    pub fn aimed(&self) -> bool {
        self.limits.target.is_some()
    }

    /// Takes the plan if it keeps everything and is better.
    pub fn offer(&mut self, town: &Town, open: &[bool]) -> bool {
        let Some(value) = town.value(open) else { return false };
        if self.value().is_some_and(|v| v <= value) {
            return false;
        }
        self.best = Some((value, open.to_vec()));
        self.tell();
        true
    }

    /// Takes a proven bound if it is better.
    pub fn raise(&mut self, bound: i64) {
        if self.bound.is_none_or(|b| b < bound) {
            self.bound = Some(self.value().map_or(bound, |v| bound.min(v)));
            self.tell();
        }
    }

    fn tell(&self) {
        (self.limits.watch)(Step { value: self.value().map(|v| v * self.unit), bound: self.bound.map(|b| b.saturating_mul(self.unit)) });
    }

    /// Out of time, or asked to stop.
    pub fn stopped(&self) -> bool {
        (self.limits.stop)() || self.limits.time.is_some_and(|t| self.began.elapsed() >= t)
    }

    /// Stopped, good enough, or proven.
    pub fn done(&self) -> bool {
        let settled = self.bound.is_some_and(|b| b >= self.cutoff());
        let reached = self.limits.target.is_some_and(|t| self.value().is_some_and(|v| v.saturating_mul(self.unit) <= t));
        settled || reached || self.stopped()
    }

    /// The outcome; `exhausted`: no plan below the cutoff is left.
    pub fn outcome(mut self, exhausted: bool) -> Outcome {
        if exhausted {
            if self.best.is_none() && !self.aimed() {
                return Outcome { status: Status::Infeasible, chosen: Vec::new(), value: None, bound: None };
            }
            self.raise(self.cutoff());
        }
        let bound = self.bound.map(|b| b.saturating_mul(self.unit));
        let Some((value, open)) = self.best else {
            return Outcome { status: Status::Open, chosen: Vec::new(), value: None, bound };
        };
        let value = value * self.unit;
        let bound = bound.map(|b| b.min(value));
        let status = if bound == Some(value) { Status::Optimal } else { Status::Open };
        Outcome { status, chosen: (0..).zip(open).filter(|(_, o)| *o).map(|(i, _)| i).collect(), value: Some(value), bound }
    }
}
