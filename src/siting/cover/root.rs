//! Before any branching: a first plan, multipliers, and as many sites settled as these prove.

use super::build::settled;
use super::chance::Chance;
use super::local::{Found, climb, first, greedy, shake};
use super::logic::follow;
use super::plan::Plan;
use super::problem::Problem;
use super::proof::{Multipliers, Proof, prove, settle};
use super::record::Record;
use super::subgradient::{Classes, even, improve};
use super::tree::Tree;
use crate::siting::model::Fixing;

/// What the root leaves to be searched: nothing when it proves the plan in hand.
pub struct Root {
    pub problem: Problem,
    pub multipliers: Multipliers,
}

/// Works on the root; the problem comes back smaller.
pub fn work(mut p: Problem, record: &mut Record, chance: &mut Chance) -> Option<Root> {
    let greedy = first(&p);
    if let Some(f) = &greedy {
        record.offer(&p, &f.open);
    }
    let mut offers = Vec::new();
    let rounds = (500_000 / p.sites().max(1)).clamp(50, 500);
    shake(&p, greedy.as_ref(), rounds, chance, || record.halt(), |f| offers.push(f.open.clone()));
    if let Some(open) = offers.last() {
        record.offer(&p, open);
    }
    loop {
        if p.sites() == 0 {
            record.offer(&p, &[]);
            record.done();
            return None;
        }
        let mut fixed = vec![Fixing::Free; p.sites()];
        let start = even(&p);
        let classes = Classes::of(&p);
        let target = record.value().unwrap_or_else(|| p.floor()) as f64;
        let dual = improve(&p, &classes, &fixed, &start, target, 400, || record.halt());
        let mut count = 0;
        for m in [&dual.last_in, &dual.first_out] {
            let proof = prove(&p, m, &vec![Fixing::Free; p.sites()]);
            record.lower(proof.bound());
            if let Some(found) = near(&p, &proof) {
                record.offer(&p, &found.open);
            }
            let cut = record.cut();
            if proof.bound() <= cut {
                record.close(proof.bound());
                record.done();
                return None;
            }
            count += settle(&proof, cut, &mut fixed);
        }
        if count > 0 {
            record.close(record.cut());
        }
        if !follow(&p, &mut fixed) {
            record.done();
            return None;
        }
        let count = fixed.iter().filter(|&&f| f != Fixing::Free).count();
        if count > 0 {
            let Some(smaller) = settled(&p, &fixed) else {
                record.done();
                return None;
            };
            if count * 10 < p.sites() || record.halt() {
                let classes = Classes::of(&smaller);
                let free = vec![Fixing::Free; smaller.sites()];
                let multipliers = improve(&smaller, &classes, &free, &even(&smaller), target, 60, || record.halt()).last_in;
                return Some(Root { problem: smaller, multipliers });
            }
            p = smaller;
        } else {
            return Some(Root { problem: p, multipliers: dual.last_in });
        }
        if record.halt() {
            let multipliers = even(&p);
            return Some(Root { problem: p, multipliers });
        }
    }
}

/// A plan near these worths: the best sites that fit, then swaps.
fn near(p: &Problem, proof: &Proof) -> Option<Found> {
    let mut plan = Plan::empty(p);
    greedy(&mut plan, |i, _| i64::try_from(proof.worth[i] >> 8).unwrap_or(i64::MAX));
    climb(&mut plan);
    plan.kept().map(|value| Found { value, open: plan.open })
}

/// Solves the relaxation, looks longer for a plan, and branches.
pub fn finish(root: Root, record: &mut Record, chance: &mut Chance) {
    let Root { mut problem, mut multipliers } = root;
    let mut shaken = false;
    loop {
        let mut tree = Tree::new(&problem, &multipliers);
        if !tree.root(record, usize::MAX) || record.halt() {
            return;
        }
        let rounded = tree.rounded();
        if let Some(found) = &rounded {
            record.offer(&problem, &found.open);
        }
        let Some(mut fixed) = without(&problem, &tree, record) else { return };
        // A small tree is searched sooner than a better plan is found.
        if few(&fixed) {
            if tree.search(record, 12) || record.halt() {
                return;
            }
            if !shaken {
                shaken = true;
                longer(&problem, rounded, record, chance);
                let Some(again) = without(&problem, &tree, record) else { return };
                fixed = again;
            }
        }
        if few(&fixed) || record.halt() {
            tree.search(record, usize::MAX);
            return;
        }
        let Some(smaller) = settled(&problem, &fixed) else {
            record.done();
            return;
        };
        drop(tree);
        problem = smaller;
        if problem.sites() == 0 {
            record.offer(&problem, &[]);
            record.done();
            return;
        }
        let target = record.value().unwrap_or_else(|| problem.floor()) as f64;
        let free = vec![Fixing::Free; problem.sites()];
        multipliers = improve(&problem, &Classes::of(&problem), &free, &even(&problem), target, 300, || record.halt()).last_in;
    }
}

/// Too few sites are settled for beginning again with the others.
fn few(fixed: &[Fixing]) -> bool {
    fixed.iter().filter(|&&f| f != Fixing::Free).count() * 10 < fixed.len()
}

/// What the root settles; `None` when nothing is left.
fn without(p: &Problem, tree: &Tree, record: &mut Record) -> Option<Vec<Fixing>> {
    let mut fixed = tree.settled(record);
    if follow(p, &mut fixed) {
        return Some(fixed);
    }
    record.done();
    None
}

/// Looks longer for a better plan, from the better of the one in hand and this one.
fn longer(p: &Problem, other: Option<Found>, record: &mut Record, chance: &mut Chance) {
    let known = record.best.as_ref().and_then(|(value, asked)| Some(Found { value: *value, open: p.here(asked)? }));
    let start = [known, other].into_iter().flatten().max_by_key(|f| f.value);
    let rounds = (20_000_000 / p.sites().max(1)).clamp(1_000, 20_000);
    let found = shake(p, start.as_ref(), rounds, chance, || record.halt(), |_| ());
    if let Some(found) = found {
        record.offer(p, &found.open);
    }
}
