//! Branch and bound on the relaxation: the node with the best bound first, from there down until nothing is left to gain.

use super::branch::{Choice, Memory, choose};
use super::kernel::{End, Kernel, State, Stored, Work};
use super::local::{Found, climb, greedy};
use super::logic::follow;
use super::plan::Plan;
use super::problem::Problem;
use super::proof::{Multipliers, prove, settle};
use super::record::Record;
use crate::siting::model::Fixing;
use std::collections::BinaryHeap;

/// Bytes of inverses that waiting nodes may keep; beyond, they are computed afresh.
const KEPT: usize = 96 << 20;

struct Node {
    bound: i64,
    /// Later nodes first among equals: they are deeper.
    number: usize,
    depth: usize,
    fixed: Vec<Fixing>,
    stored: Stored,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        (self.bound, self.number) == (other.bound, other.number)
    }
}
impl Eq for Node {}
impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Node {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.bound, self.number).cmp(&(other.bound, other.number))
    }
}

/// What a node came to.
enum Came {
    /// Nothing more is to be gained below it.
    Nowhere,
    /// To a site to branch on: first open, then shut.
    Branch(usize),
    /// To the end of the time.
    Halted,
}

/// The search of one problem.
pub struct Tree<'a> {
    kernel: Kernel<'a>,
    state: State,
    work: Work,
    trial: State,
    memory: Memory,
    open: BinaryHeap<Node>,
    kept: usize,
    /// The multipliers of the root.
    at_root: Multipliers,
    /// Nodes looked at.
    pub nodes: usize,
}

impl<'a> Tree<'a> {
    /// A search that begins at these multipliers.
    pub fn new(p: &'a Problem, multipliers: &Multipliers) -> Self {
        let kernel = Kernel::new(p);
        let state = State::start(&kernel, multipliers, &vec![Fixing::Free; p.sites()]);
        Self {
            trial: state.clone(),
            state,
            work: Work::default(),
            memory: Memory::new(p.sites()),
            open: BinaryHeap::new(),
            kept: 0,
            at_root: multipliers.clone(),
            nodes: 0,
            kernel,
        }
    }

    /// Solves the relaxation at the root within `limit` pivots: the bound, and sites settled; false when the root is closed.
    pub fn root(&mut self, record: &mut Record, limit: usize) -> bool {
        let p = self.kernel.p;
        let cut = record.cut();
        match self.kernel.run(&mut self.state, &mut self.work, cut, limit, || record.halt()) {
            End::Closed(bound) => {
                record.close(bound);
                record.done();
                return false;
            }
            End::Optimal | End::Limit | End::Lost => {
                self.at_root = self.kernel.multipliers(&self.state.u);
                record.lower(prove(p, &self.at_root, &self.state.fixed).bound());
            }
        }
        true
    }

    /// What the multipliers of the root settle at the present cut.
    pub fn settled(&self, record: &mut Record) -> Vec<Fixing> {
        let p = self.kernel.p;
        let mut fixed = vec![Fixing::Free; p.sites()];
        let proof = prove(p, &self.at_root, &fixed);
        if settle(&proof, record.cut(), &mut fixed) > 0 {
            record.close(record.cut());
        }
        fixed
    }

    /// A plan near the relaxation's answer.
    pub fn rounded(&self) -> Option<Found> {
        rounded(self.kernel.p, &self.state)
    }

    /// Searches until nothing is left or the record says to halt, at most `limit` nodes; true when nothing is left.
    pub fn search(&mut self, record: &mut Record, limit: usize) -> bool {
        if self.open.is_empty() {
            let (fixed, stored) = (self.state.fixed.clone(), self.state.stored(true));
            self.push(record.ahead, 0, fixed, stored);
        }
        while let Some(node) = self.open.pop() {
            self.kept -= node.stored.bytes();
            record.lower(node.bound);
            if node.bound <= record.cut() {
                record.close(node.bound);
                continue;
            }
            if record.halt() || self.nodes >= limit {
                self.push(node.bound, node.depth, node.fixed, node.stored);
                return false;
            }
            let (mut bound, mut depth) = (node.bound, node.depth);
            if !self.state.take_up(&self.kernel, node.stored, &node.fixed) {
                self.restart(&node.fixed);
            }
            loop {
                self.nodes += 1;
                match self.node(record, &mut bound, depth) {
                    Came::Nowhere => break,
                    Came::Halted => {
                        let (fixed, stored) = (self.state.fixed.clone(), self.state.stored(true));
                        self.push(bound, depth, fixed, stored);
                        return false;
                    }
                    Came::Branch(site) => {
                        depth += 1;
                        let mut other = self.state.fixed.clone();
                        other[site] = Fixing::Shut;
                        let stored = self.state.stored(self.kept < KEPT);
                        self.push(bound, depth, other, stored);
                        self.state.fix(&self.kernel, site, Fixing::Open);
                    }
                }
            }
        }
        record.done();
        true
    }

    fn push(&mut self, bound: i64, depth: usize, fixed: Vec<Fixing>, stored: Stored) {
        self.kept += stored.bytes();
        self.open.push(Node { bound, number: self.nodes, depth, fixed, stored });
    }

    /// Begins afresh at the multipliers in hand, where floats have failed.
    fn restart(&mut self, fixed: &[Fixing]) {
        let mut m = self.kernel.multipliers(&self.state.u);
        m.rows.iter_mut().for_each(|x| *x = if x.is_finite() { *x } else { 0.0 });
        self.state = State::start(&self.kernel, &m, fixed);
    }

    fn node(&mut self, record: &mut Record, bound: &mut i64, depth: usize) -> Came {
        let p = self.kernel.p;
        let mut lost = 0;
        loop {
            let mut fixed = self.state.fixed.clone();
            if !follow(p, &mut fixed) {
                return Came::Nowhere;
            }
            for i in 0..fixed.len() {
                if fixed[i] != self.state.fixed[i] {
                    self.state.fix(&self.kernel, i, fixed[i]);
                }
            }
            if !fixed.contains(&Fixing::Free) {
                // Counted in whole numbers: nothing is left to be bounded.
                record.offer(p, &fixed.iter().map(|&f| f == Fixing::Open).collect::<Vec<_>>());
                return Came::Nowhere;
            }
            let end = self.kernel.run(&mut self.state, &mut self.work, record.cut(), usize::MAX, || record.halt());
            match end {
                End::Closed(b) => {
                    record.close(b);
                    return Came::Nowhere;
                }
                End::Limit => return Came::Halted,
                End::Lost => {
                    self.restart(&fixed);
                    lost += 1;
                    if lost < 2 {
                        continue;
                    }
                    // Twice: divide, the children are easier.
                    return (0..fixed.len()).find(|&i| fixed[i] == Fixing::Free).map_or(Came::Nowhere, Came::Branch);
                }
                End::Optimal => (),
            }
            let proof = prove(p, &self.kernel.multipliers(&self.state.u), &self.state.fixed);
            *bound = (*bound).min(proof.bound());
            if let Some(found) = rounded(p, &self.state) {
                record.offer(p, &found.open);
            }
            let cut = record.cut();
            if *bound <= cut {
                record.close(*bound);
                return Came::Nowhere;
            }
            if record.halt() {
                return Came::Halted;
            }
            if settle(&proof, cut, &mut fixed) > 0 {
                record.close(cut);
                if !follow(p, &mut fixed) {
                    return Came::Nowhere;
                }
                let mut moved = false;
                for i in 0..fixed.len() {
                    if fixed[i] != self.state.fixed[i] {
                        moved |= (self.state.y[i] - f64::from(u8::from(fixed[i] == Fixing::Open))).abs() > 1e-9;
                        self.state.fix(&self.kernel, i, fixed[i]);
                    }
                }
                if moved {
                    continue;
                }
            }
            match choose(&self.kernel, &self.state, &mut self.trial, &mut self.work, &mut self.memory, record, depth) {
                Choice::Branch(site) => return Came::Branch(site),
                Choice::Fix(site, to) => self.state.fix(&self.kernel, site, to),
                Choice::Halted => return Came::Halted,
            }
        }
    }
}

/// A plan near the relaxation's answer: what is most open first, then swaps.
fn rounded(p: &Problem, state: &State) -> Option<Found> {
    let mut plan = Plan::empty(p);
    for i in (0..p.sites()).filter(|&i| state.fixed[i] == Fixing::Open) {
        plan.add(i as u32);
    }
    greedy(&mut plan, |i, _| if state.fixed[i] == Fixing::Shut { -1 } else { (state.y[i].clamp(0.0, 1.0) * 1e9) as i64 });
    climb(&mut plan);
    plan.kept().map(|value| Found { value, open: plan.open })
}
