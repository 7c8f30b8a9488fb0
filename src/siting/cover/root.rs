//! Before any branching: a first plan, multipliers, and as many sites settled as these prove.

use super::build::settled;
use super::chance::Chance;
use super::local::{first, shake};
use super::logic::follow;
use super::problem::Problem;
use super::proof::{Multipliers, prove, settle};
use super::record::Record;
use super::subgradient::{Classes, even, improve};
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
    shake(&p, greedy.as_ref(), 500, chance, || record.halt(), |f| offers.push(f.open.clone()));
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
