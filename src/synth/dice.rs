//! Chance that falls the same way on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One town's source of chance: the seed of the whole and the number of the town, so that a town looks the same
/// whatever was built before it.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The `stream`-th independent sequence of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Dice(rng)
    }

    /// A whole number below `n` (0 if `n` is 0), by multiplication: no platform-dependent rounding, no rejection.
    pub fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.0.next_u32()) * n as u64) >> 32) as usize
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// A number in `[low, high)`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        low + (high - low) * unit
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent as usize
    }

    /// One of them; `None` only when there are none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// The index that falls when each has its weight.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u32 = weights.iter().sum();
        let mut left = self.below(total as usize) as u32;
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// Puts them in any order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }

    /// A share of `count` between `low` and `high`, as a whole number: rounded by chance, so that sums stay true to the share.
    pub fn part(&mut self, count: u32, low: f64, high: f64) -> u32 {
        let exact = f64::from(count) * self.between(low, high);
        exact.floor() as u32 + u32::from(self.between(0.0, 1.0) < exact - exact.floor())
    }
}

/// Cards of which each comes as often as it should before any comes again.
pub(super) struct Deck<T> {
    all: Vec<T>,
    left: Vec<T>,
}

impl<T: Clone> Deck<T> {
    /// So many cards of each.
    pub fn new(cards: impl IntoIterator<Item = (T, usize)>) -> Self {
        let all: Vec<T> = cards.into_iter().flat_map(|(card, n)| std::iter::repeat_n(card, n)).collect();
        Deck { all, left: Vec::new() }
    }

    /// The next card; `None` only when there never were any.
    pub fn draw(&mut self, dice: &mut Dice) -> Option<T> {
        if self.left.is_empty() {
            self.left = self.all.clone();
            dice.shuffle(&mut self.left);
        }
        self.left.pop()
    }
}
