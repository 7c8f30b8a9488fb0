//! Branch and bound over the Lagrangian dual.

use std::collections::BinaryHeap;
use std::rc::Rc;

use super::branch;
use super::core::Core;
use super::dual::{Climb, Pace, Work};
use super::improve::Dice;
use super::plan::Plan;
use super::proof::Proof;
use super::state::State;
use super::town::Town;
use super::watch::Watch;
use crate::siting::Fixing;

/// A part of the question that is still open.
struct Node {
    /// No plan of this part is better.
    bound: i64,
    born: u64,
    sites: Vec<Fixing>,
    /// Its twin shares the rest.
    parent: Rc<Parent>,
}

/// What the two halves of a part begin with.
#[derive(Clone)]
struct Parent {
    reach: Vec<u32>,
    /// What each demand paid, not a number where unknown; and the price of each row.
    pay: Vec<f64>,
    rows: Vec<f64>,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.born == other.born
    }
}

impl Eq for Node {}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Node {
    /// The lowest bound comes first out of the heap, of equals the youngest.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.bound.cmp(&self.bound).then(self.born.cmp(&other.born))
    }
}

/// How a part of the question fared.
enum Fate {
    /// Nothing better is left in it.
    Closed,
    /// It splits in two.
    Split(Box<[Node; 2]>),
    /// Time ran out in it.
    Stopped(i64),
}

/// The search tree of one question.
pub(super) struct Tree<'a, 'w> {
    town: &'a Town,
    plan: Plan<'a>,
    watch: &'w mut Watch<'a>,
    work: Work,
    dice: Dice,
    born: u64,
    /// The number of parts at which exchanges are tried again.
    again: u64,
}

/// The first climb goes in stages, each with a proof and a plan; those further down begin close to their end.
const STAGE: Pace = Pace { rounds: 100, step: 2.0, patience: 15 };
const STAGES: usize = 6;
const NODE: Pace = Pace { rounds: 50, step: 0.5, patience: 7 };

/// Work of the exchanges after the first climb, and each time that the number of parts has doubled.
const EXCHANGES: u64 = 100_000_000;

impl<'a, 'w> Tree<'a, 'w> {
    pub fn new(town: &'a Town, plan: Plan<'a>, watch: &'w mut Watch<'a>) -> Self {
        Self { town, plan, watch, work: Work::default(), dice: Dice(2), born: 0, again: 256 }
    }

    /// Searches to the end; false when stopped before.
    pub fn search(&mut self) -> bool {
        let State { sites, reach } = State::root(self.town);
        let parent = Parent { reach, pay: self.plan.payments(), rows: vec![0.0; self.town.rows.all.len()] };
        let mut heap = BinaryHeap::from([Node { bound: 0, born: 0, sites, parent: Rc::new(parent) }]);
        while let Some(node) = heap.pop() {
            if node.born > 0 {
                self.watch.raise(node.bound);
            }
            if node.bound >= self.watch.cutoff() {
                return true;
            }
            if self.watch.done() {
                return false;
            }
            if self.born >= self.again {
                self.again *= 2;
                self.exchanges();
            }
            match self.visit(node) {
                Fate::Closed => (),
                Fate::Split(children) => heap.extend(*children),
                Fate::Stopped(bound) => {
                    let least = heap.peek().map_or(bound, |n| n.bound.min(bound));
                    self.watch.raise(least);
                    return false;
                }
            }
        }
        true
    }

    fn visit(&mut self, node: Node) -> Fate {
        let (town, root) = (self.town, node.born == 0);
        let mut bound = node.bound;
        let Parent { reach, mut pay, mut rows } = Rc::try_unwrap(node.parent).unwrap_or_else(|shared| shared.as_ref().clone());
        let mut state = State { sites: node.sites, reach };
        let mut stage = if root { 0 } else { STAGES };
        let mut step = STAGE.step;
        loop {
            if !state.propagate(town) {
                return Fate::Closed;
            }
            let core = Core::new(town, &state);
            if core.free.is_empty() {
                let open: Vec<bool> = state.sites.iter().map(|f| *f == Fixing::Open).collect();
                self.watch.offer(town, &open);
                return Fate::Closed;
            }
            let pace = if stage < STAGES { Pace { step, ..STAGE } } else { NODE };
            let Some((climb, proof)) = self.climb(&core, &pay, &rows, &pace) else { return Fate::Closed };
            step = climb.step;
            core.demands.iter().zip(&climb.best.pay).for_each(|(j, paid)| pay[*j as usize] = *paid);
            core.priced.iter().zip(&climb.best.rows).for_each(|(row, rate)| rows[row.row] = *rate);
            bound = bound.max(proof.bound());
            if root {
                self.watch.raise(bound);
            }
            self.try_choice(&core, &state, &climb.open);
            stage += 1;
            if stage == STAGES && bound < self.watch.cutoff() {
                self.exchanges();
            }
            let Some(settled) = proof.settle(town, &core, self.watch.cutoff(), &mut state) else { return Fate::Closed };
            if self.watch.done() {
                return Fate::Stopped(bound);
            }
            if stage < STAGES || (settled > 0 && settled * 10 >= core.free.len()) {
                continue;
            }
            if !state.propagate(town) {
                return Fate::Closed;
            }
            // No site may be free any more after the last conclusions: then the next turn of the loop says what that means.
            let Some(halves) = branch::choose(&core, &state, &climb) else { continue };
            let parent = Rc::new(Parent { reach: state.reach, pay, rows });
            return Fate::Split(Box::new(halves.map(|sites| {
                self.born += 1;
                Node { bound, born: self.born, sites, parent: Rc::clone(&parent) }
            })));
        }
    }

    /// Exchanges from the best plan on.
    fn exchanges(&mut self) {
        if let Some(best) = self.watch.plan() {
            self.plan.become_plan(&best);
        }
        self.plan.search(EXCHANGES, &mut self.dice, self.watch);
    }

    /// Climbs, and proves where it ended.
    fn climb(&mut self, core: &Core, pay: &[f64], rows: &[f64], pace: &Pace) -> Option<(Climb, Proof)> {
        let cutoff = self.watch.cutoff();
        let target = if cutoff == i64::MAX { f64::INFINITY } else { cutoff as f64 };
        let from = core.first(pay, rows);
        let watch = &*self.watch;
        let mut enough = |value: f64| value > target - 1.0 + 1e-6 || watch.stopped();
        let climb = core.climb(from, target, pace, &mut self.work, &mut enough)?;
        let proof = Proof::new(core, &climb.best)?;
        Some((climb, proof))
    }

    /// The choice under prices as a plan, made better when it is nearly as good as the best.
    fn try_choice(&mut self, core: &Core, state: &State, open: &[bool]) {
        let mut flags: Vec<bool> = state.sites.iter().map(|f| *f == Fixing::Open).collect();
        core.free.iter().zip(open).for_each(|(i, o)| flags[*i as usize] = *o);
        self.watch.offer(self.town, &flags);
        if self.born.is_multiple_of(16) {
            self.plan.become_plan(&flags);
            self.plan.fill(self.watch);
            self.plan.descend(self.watch);
            let flags = self.plan.open();
            self.watch.offer(self.town, &flags);
        }
    }
}
