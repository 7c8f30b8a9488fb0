//! Sharing a whole number of people out so that nobody is lost or invented.

use crate::units::Count;

/// Shares a total out in proportion to weights, to the millionth of a person, by largest remainder.
///
/// Keeps its working memory from one community to the next, so that spreading over a million points does not allocate per community.
#[derive(Debug, Default)]
pub struct Spreader {
    remainders: Vec<(u128, u32)>,
}

impl Spreader {
    /// Hands `give(i, share)` the share of every `i`; the shares add up to `total` exactly.
    ///
    /// Each gets the whole part of `total × weight ÷ Σ weights`; what rounding left over goes, a millionth each, to the largest
    /// remainders, ties to the lower `i`. Where all weights are zero, everybody weighs the same. No weights, no shares.
    pub fn share(&mut self, total: Count, weights: &[u64], mut give: impl FnMut(usize, Count)) {
        let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        let (sum, flat) = if sum == 0 { (weights.len() as u128, true) } else { (sum, false) };
        if weights.is_empty() {
            return;
        }
        self.remainders.clear();
        let mut left = total.0;
        for (i, weight) in weights.iter().enumerate() {
            let exact = u128::from(total.0) * if flat { 1 } else { u128::from(*weight) };
            let whole = (exact / sum) as u64;
            left -= whole;
            give(i, Count(whole));
            self.remainders.push((exact % sum, i as u32));
        }
        // Rounding down loses less than one millionth a receiver, so `left` is smaller than their number.
        let winners = left as usize;
        if winners == 0 {
            return;
        }
        self.remainders.select_nth_unstable_by(winners - 1, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, i) in &self.remainders[..winners] {
            let i = *i as usize;
            let exact = u128::from(total.0) * if flat { 1 } else { u128::from(weights[i]) };
            give(i, Count((exact / sum) as u64 + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shares(total: u64, weights: &[u64]) -> Vec<u64> {
        let mut out = vec![0; weights.len()];
        Spreader::default().share(Count(total), weights, |i, c| out[i] = c.0);
        out
    }

    #[test]
    fn ten_over_three_equal_points_leaves_the_odd_one_with_the_first() {
        assert_eq!(shares(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(shares(10, &[0, 0, 0]), [4, 3, 3]);
        assert_eq!(shares(11, &[1, 1, 1]), [4, 4, 3]);
    }

    #[test]
    fn the_largest_remainder_wins_not_the_largest_weight() {
        // 10 × 5/9 = 5.56, 10 × 3/9 = 3.33, 10 × 1/9 = 1.11.
        assert_eq!(shares(10, &[5, 3, 1]), [6, 3, 1]);
        assert_eq!(shares(0, &[5, 3]), [0, 0]);
        assert_eq!(shares(7, &[]), [0; 0]);
    }

    proptest! {
        #[test]
        fn nobody_is_lost_and_no_share_is_a_millionth_off(
            total in 0u64..2_000_000_000_000,
            weights in prop::collection::vec(prop_oneof![Just(0u64), 0u64..10, 0u64..9_000_000_000_000], 1..60),
        ) {
            let out = shares(total, &weights);
            prop_assert_eq!(out.iter().sum::<u64>(), total);
            let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum();
            if sum > 0 {
                for (share, weight) in out.iter().zip(&weights) {
                    let exact = u128::from(total) * u128::from(*weight);
                    prop_assert!(u128::from(*share) * sum < exact + sum);
                    prop_assert!(u128::from(*share + 1) * sum > exact);
                }
            }
        }
    }
}
