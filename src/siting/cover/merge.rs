//! Demand that the same sites reach is one row, its weights added: a million points become some thousand rows.

use crate::siting::model::Lists;

/// Rows met so far, equal ones together.
#[derive(Default)]
pub struct Merged {
    lists: Lists<u32>,
    weight: Vec<i64>,
    need: Vec<u32>,
    hard: Vec<bool>,
    hashes: Vec<u64>,
    /// Open addressing: row number + 1, 0 for an empty slot.
    slots: Vec<u32>,
}

impl Merged {
    /// Adds a row. Sets are compared, not only their hashes.
    pub fn add(&mut self, sites: &[u32], weight: i64, need: u32, hard: bool) {
        if self.slots.len() < 2 * (self.weight.len() + 1) {
            self.grow();
        }
        let hash = sites.iter().fold(u64::from(need) << 1 | u64::from(hard), |h, &i| mixed(h ^ u64::from(i)));
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            let r = self.slots[at] as usize - 1;
            if self.hashes[r] == hash && self.need[r] == need && self.hard[r] == hard && self.lists.get(r) == sites {
                self.weight[r] += weight;
                return;
            }
            at = (at + 1) & mask;
        }
        self.lists.push(sites.iter().copied());
        self.weight.push(weight);
        self.need.push(need);
        self.hard.push(hard);
        self.hashes.push(hash);
        self.slots[at] = self.weight.len() as u32;
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots = vec![0; size];
        for (r, &hash) in self.hashes.iter().enumerate() {
            let mut at = hash as usize & (size - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = r as u32 + 1;
        }
    }

    /// The rows in an order that does not depend on that in which they came: soft before hard, then by need and sites.
    pub fn in_order(self) -> (Lists<u32>, Vec<i64>, Vec<u32>, Vec<bool>) {
        let mut order: Vec<usize> = (0..self.weight.len()).collect();
        order.sort_unstable_by(|&a, &b| {
            (self.hard[a], self.need[a], self.lists.get(a)).cmp(&(self.hard[b], self.need[b], self.lists.get(b)))
        });
        let mut lists = Lists::default();
        for &r in &order {
            lists.push(self.lists.get(r).iter().copied());
        }
        let of = |r: &usize| *r;
        (
            lists,
            order.iter().map(|r| self.weight[of(r)]).collect(),
            order.iter().map(|r| self.need[of(r)]).collect(),
            order.iter().map(|r| self.hard[of(r)]).collect(),
        )
    }
}

/// The finaliser of `SplitMix64`: every bit of the answer depends on every bit of `x`.
pub fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
