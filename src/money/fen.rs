//! Amounts in whole fen, so that sums and percentages have one answer.

use std::iter::Sum;

use crate::units::{SquareMetres, Yuan};

/// An amount of money in fen (分), 1/100 元.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fen(pub u64);

/// Beyond this no budget goes, and every amount below prints exactly.
const MOST: u128 = 9_000_000_000_000_000;

impl Fen {
    /// So many whole 元; `None` beyond any budget.
    pub fn yuan(yuan: u64) -> Option<Self> {
        Self::checked(u128::from(yuan) * 100)
    }

    /// The nearest fen, half up on the decimal that a person reads.
    pub fn of(amount: Yuan) -> Option<Self> {
        scaled(amount.value(), 2).and_then(Self::checked)
    }

    /// `rate` 元 for each m² of `area`, to the nearest fen, half up.
    pub fn per_area(rate: u64, area: SquareMetres) -> Option<Self> {
        // Areas count in millionths of a square metre: finer than anybody measures.
        let millionths = scaled(area.value(), 6)?;
        Self::checked((millionths.checked_mul(u128::from(rate) * 100)? + 500_000) / 1_000_000)
    }

    /// So many per cent, to the nearest fen, half up.
    pub fn percent(self, percent: u32) -> Option<Self> {
        Self::checked((u128::from(self.0) * u128::from(percent) + 50) / 100)
    }

    /// So many times as much.
    pub fn times(self, times: u64) -> Option<Self> {
        Self::checked(u128::from(self.0) * u128::from(times))
    }

    /// What is left after taking `other` away; never below zero.
    pub fn minus(self, other: Fen) -> Fen {
        Fen(self.0.saturating_sub(other.0))
    }

    /// In 元 with two decimals: `336000.00`.
    pub fn text(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }

    /// For tables, which print 元 with two decimals.
    pub fn to_yuan(self) -> Yuan {
        Yuan::new(self.0 as f64 / 100.0).unwrap_or_default()
    }

    fn checked(fen: u128) -> Option<Self> {
        (fen <= MOST).then_some(Fen(fen as u64))
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(iter: I) -> Fen {
        Fen(iter.fold(0, |sum, fen| sum.saturating_add(fen.0)))
    }
}

/// `x × 10^decimals` as a whole number, half up on the shortest decimal that names `x`.
fn scaled(x: f64, decimals: usize) -> Option<u128> {
    let mut text = String::new();
    if x < 0.0 || !crate::report::value::write_half_up(x, decimals, &mut text) {
        return None;
    }
    text.retain(|c| c != '.');
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(m2: f64) -> SquareMetres {
        SquareMetres::new(m2).unwrap()
    }

    #[test]
    fn amounts_are_whole_fen_half_up_on_the_decimal_that_was_written() {
        assert_eq!(Fen::per_area(700, area(480.0)), Fen::yuan(336_000));
        // 1234.56 m² × 700 = 864,192 元; as doubles the product is a hair off.
        assert_eq!(Fen::per_area(700, area(1234.56)), Some(Fen(86_419_200)));
        assert_eq!(Fen::of(Yuan::new(0.125).unwrap()), Some(Fen(13)));
        // 30 % of 0.05 元 is 1.5 fen.
        assert_eq!(Fen(5).percent(30), Some(Fen(2)));
        assert_eq!(Fen(5).minus(Fen(7)), Fen(0));
    }

    #[test]
    fn amounts_beyond_any_budget_are_unknown_rather_than_wrong() {
        assert_eq!(Fen::per_area(700, area(1e300)), None);
        assert_eq!(Fen::yuan(u64::MAX), None);
        assert_eq!(Fen(u64::MAX / 2).times(u64::MAX), None);
    }
}
