//! Branch and bound: the node with the best bound first, from there down until nothing is left to gain.

use super::local::{Found, climb, greedy};
use super::logic::follow;
use super::plan::Plan;
use super::problem::Problem;
use super::proof::{Multipliers, prove, settle};
use super::record::Record;
use super::root::Root;
use super::subgradient::{Classes, improve};
use crate::siting::model::Fixing;
use std::collections::BinaryHeap;

struct Node {
    bound: i64,
    /// Later nodes first among equals: they are deeper.
    number: usize,
    fixed: Vec<Fixing>,
    multipliers: Multipliers,
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

/// Searches what the root left, until nothing is left or the record says to halt.
pub fn search(root: Root, record: &mut Record) {
    let p = &root.problem;
    let classes = Classes::of(p);
    let mut open = BinaryHeap::new();
    let mut number = 0;
    open.push(Node { bound: record.ahead, number, fixed: vec![Fixing::Free; p.sites()], multipliers: root.multipliers });
    while let Some(mut node) = open.pop() {
        record.lower(node.bound);
        if node.bound <= record.cut() {
            record.close(node.bound);
            continue;
        }
        if record.halt() {
            return;
        }
        loop {
            if !follow(p, &mut node.fixed) {
                break;
            }
            if !node.fixed.contains(&Fixing::Free) {
                let plan: Vec<bool> = node.fixed.iter().map(|&f| f == Fixing::Open).collect();
                record.offer(p, &plan);
                break;
            }
            let target = record.value().unwrap_or_else(|| p.floor()) as f64;
            let dual = improve(p, &classes, &node.fixed, &node.multipliers, target, 60, || record.halt());
            let proof = prove(p, &dual.last_in, &node.fixed);
            node.bound = node.bound.min(proof.bound());
            if let Some(found) = filled(p, &node.fixed, &proof.worth) {
                record.offer(p, &found.open);
            }
            let cut = record.cut();
            if node.bound <= cut {
                record.close(node.bound);
                break;
            }
            if settle(&proof, cut, &mut node.fixed) + settle(&prove(p, &dual.first_out, &node.fixed), cut, &mut node.fixed) > 0 {
                record.close(cut);
                if !follow(p, &mut node.fixed) {
                    break;
                }
            }
            node.multipliers = dual.last_in;
            let Some(site) = (0..p.sites()).filter(|&i| node.fixed[i] == Fixing::Free).min_by_key(|&i| proof.worth[i].abs()) else {
                continue;
            };
            let mut other = node.fixed.clone();
            other[site] = Fixing::Shut;
            number += 1;
            open.push(Node { bound: node.bound, number, fixed: other, multipliers: node.multipliers.clone() });
            node.fixed[site] = Fixing::Open;
            if record.halt() {
                number += 1;
                node.number = number;
                open.push(node);
                return;
            }
        }
    }
    record.done();
}

/// A plan near the worths: the best sites that fit, then swaps.
fn filled(p: &Problem, fixed: &[Fixing], worth: &[i128]) -> Option<Found> {
    let mut plan = Plan::empty(p);
    for i in (0..p.sites()).filter(|&i| fixed[i] == Fixing::Open) {
        plan.add(i as u32);
    }
    greedy(&mut plan, |i, _| if fixed[i] == Fixing::Shut { i64::MIN } else { i64::try_from(worth[i] >> 8).unwrap_or(i64::MAX) });
    climb(&mut plan);
    plan.kept().map(|value| Found { value, open: plan.open })
}
