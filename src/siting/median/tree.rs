//! Branch and bound over the Lagrangian dual.

use std::collections::BinaryHeap;

use super::branch;
use super::core::Core;
use super::dual::{Climb, Pace, Work};
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
    state: State,
    /// What each demand paid in the parent, not a number where unknown; and the price of each row.
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
    born: u64,
}

/// Rounds of the first climb, and of those further down.
const ROOT: Pace = Pace { rounds: 600, step: 1.0, patience: 25 };
const NODE: Pace = Pace { rounds: 80, step: 0.5, patience: 10 };

impl<'a, 'w> Tree<'a, 'w> {
    pub fn new(town: &'a Town, plan: Plan<'a>, watch: &'w mut Watch<'a>) -> Self {
        Self { town, plan, watch, work: Work::default(), born: 0 }
    }

    /// Searches to the end; false when stopped before.
    pub fn search(&mut self) -> bool {
        let state = State::root(self.town);
        let (pay, rows) = (vec![f64::NAN; self.town.demands()], vec![0.0; self.town.rows.all.len()]);
        let mut heap = BinaryHeap::from([Node { bound: 0, born: 0, state, pay, rows }]);
        while let Some(node) = heap.pop() {
            self.watch.raise(node.bound);
            if node.bound >= self.watch.cutoff() {
                return true;
            }
            if self.watch.done() {
                return false;
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

    fn visit(&mut self, mut node: Node) -> Fate {
        let town = self.town;
        let root = self.born == 0;
        let mut pace = if root { ROOT } else { NODE };
        loop {
            if !node.state.propagate(town) {
                return Fate::Closed;
            }
            let core = Core::new(town, &node.state);
            if core.free.is_empty() {
                let open: Vec<bool> = node.state.sites.iter().map(|f| *f == Fixing::Open).collect();
                self.watch.offer(town, &open);
                return Fate::Closed;
            }
            let Some((climb, proof)) = self.climb(&core, &node, &pace) else { return Fate::Closed };
            core.demands.iter().zip(&climb.best.pay).for_each(|(j, pay)| node.pay[*j as usize] = *pay);
            core.priced.iter().zip(&climb.best.rows).for_each(|(row, rate)| node.rows[row.row] = *rate);
            node.bound = node.bound.max(proof.bound());
            if root {
                self.watch.raise(node.bound);
            }
            self.try_choice(&core, &node.state, &climb.open);
            let Some(settled) = proof.settle(town, &core, self.watch.cutoff(), &mut node.state) else { return Fate::Closed };
            if self.watch.done() {
                return Fate::Stopped(node.bound);
            }
            if settled == core.free.len() || settled * 10 >= core.free.len() && settled > 0 {
                pace = NODE;
                continue;
            }
            if !node.state.propagate(town) {
                return Fate::Closed;
            }
            return match branch::choose(&core, &node.state, &climb) {
                Some(children) => {
                    let children = children.map(|state| {
                        self.born += 1;
                        Node { bound: node.bound, born: self.born, state, pay: node.pay.clone(), rows: node.rows.clone() }
                    });
                    Fate::Split(Box::new(children))
                }
                // Every site was settled meanwhile.
                None => continue,
            };
        }
    }

    /// Climbs, and proves where it ended.
    fn climb(&mut self, core: &Core, node: &Node, pace: &Pace) -> Option<(Climb, Proof)> {
        let cutoff = self.watch.cutoff();
        let target = if cutoff == i64::MAX { f64::INFINITY } else { cutoff as f64 };
        let from = core.first(&node.pay, &node.rows);
        let watch = &*self.watch;
        let mut rounds = 0u32;
        let mut enough = |value: f64| {
            rounds += 1;
            value > target - 1.0 + 1e-6 || (rounds.is_multiple_of(16) && watch.stopped())
        };
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
            self.plan.fill();
            self.plan.descend(self.watch);
            let flags = self.plan.open();
            self.watch.offer(self.town, &flags);
        }
    }
}
