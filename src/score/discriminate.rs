//! Which criteria tell candidates apart at all.

use std::collections::HashMap;

use super::Ranked;
use crate::policy::Pack;

/// For each criterion of the pack: whether it does not discriminate, being equal (or unknown alike) for at least 95 % of candidates.
/// A single candidate has nobody to be told from.
pub fn flat(pack: &Pack, ranking: &[Ranked]) -> Vec<bool> {
    let flat = |i: usize| {
        let mut same: HashMap<Option<u64>, usize> = HashMap::new();
        for line in ranking {
            let value = line.criteria.get(i).and_then(|c| c.value);
            // Adding zero makes −0 and 0 one value.
            *same.entry(value.map(|v| (v + 0.0).to_bits())).or_default() += 1;
        }
        let most = same.values().copied().max().unwrap_or(0);
        ranking.len() > 1 && most * 100 >= ranking.len() * 95
    };
    (0..pack.criteria.len()).map(flat).collect()
}
