//! The words that every siting model shares: sites, what binds them, how long to look, and what was found and proven.
//!
//! Everything is whole numbers. A bound in floats is an opinion; here a bound is recomputed in whole numbers before anything is closed on
//! it, so that "optimal" is a theorem about the question as asked.

use std::time::Duration;

/// What is already settled about a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fixing {
    /// To be decided.
    #[default]
    Free,
    /// In every plan.
    Open,
    /// In no plan.
    Shut,
}

/// Which side of its bound a [`SideRow`] may lie on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Equal to the bound.
    Exactly,
    /// At most the bound.
    AtMost,
    /// At least the bound.
    AtLeast,
}

/// A linear demand on the chosen sites: a number to choose, a quota, a budget, a pair that excludes each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideRow {
    /// Site and coefficient, sites ascending, each at most once, no coefficient of zero.
    pub terms: Vec<(u32, i64)>,
    /// Which side of `bound` the sum may lie on.
    pub sense: Sense,
    /// What the sum is compared with.
    pub bound: i64,
}

impl SideRow {
    /// Whether the sum `total` of the chosen terms keeps this row.
    #[must_use]
    pub fn holds(&self, total: i64) -> bool {
        match self.sense {
            Sense::Exactly => total == self.bound,
            Sense::AtMost => total <= self.bound,
            Sense::AtLeast => total >= self.bound,
        }
    }
}

/// Lists of one kind laid end to end: list `k` is `items[starts[k]..starts[k + 1]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists<T> {
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// Of lists already laid end to end: `starts` begins with 0, never falls, and ends with the number of items.
    ///
    /// # Panics
    ///
    /// When `starts` does not end with the number of items.
    #[must_use]
    pub fn laid(starts: Vec<usize>, items: Vec<T>) -> Self {
        assert_eq!(starts.last(), Some(&items.len()), "the last list ends with the last item");
        Self { starts, items }
    }

    /// Adds a list at the end.
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.starts.push(self.items.len());
    }

    /// The list `k`.
    #[must_use]
    pub fn get(&self, k: usize) -> &[T] {
        &self.items[self.starts[k]..self.starts[k + 1]]
    }

    /// How many lists there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items there are in all lists.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// All lists in order.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        self.starts.windows(2).map(|w| &self.items[w[0]..w[1]])
    }
}

/// When to stop looking.
///
/// "Better" is each model's own: more for a covering question, less for a question of distance.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Wall time from the call on; none: until proven.
    pub time: Option<Duration>,
    /// Asked now and then; true ends the search with what is in hand.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Told of each better plan or bound.
    pub watch: &'a (dyn Fn(Step) + Sync),
    /// A plan of this value or a better one is enough: the search ends when one is found, or as soon as the bound shows that there is none.
    pub target: Option<i64>,
    /// The value need not be proven closer than this: the search ends when value and bound are at most this far apart. 0: to the end.
    pub slack: i64,
}

impl std::fmt::Debug for Limits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").field("time", &self.time).field("target", &self.target).field("slack", &self.slack).finish_non_exhaustive()
    }
}

impl Limits<'static> {
    /// Looks until the answer is proven.
    #[must_use]
    pub fn none() -> Self {
        Self { time: None, stop: &|| false, watch: &|_| (), target: None, slack: 0 }
    }
}

/// Where a search stands: the best value in hand and the proven bound, both in the model's own sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Of the best plan found; `None` while there is none.
    pub value: Option<i64>,
    /// No plan is better than this; `None` while nothing is proven.
    pub bound: Option<i64>,
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// No plan is better.
    Optimal,
    /// A plan may be better, by at most the distance from value to bound.
    Open,
    /// No plan keeps all rows: proven.
    Infeasible,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended. [`Status::Open`] with no plan in `chosen`: neither a plan nor a proof that there is none was found in time.
    pub status: Status,
    /// The open sites, ascending, those of [`Fixing::Open`] among them; empty without a plan.
    pub chosen: Vec<u32>,
    /// The objective of `chosen`; `None` without a plan.
    pub value: Option<i64>,
    /// Proven in whole numbers: no plan's objective is better. `None` when nothing is proven (or nothing is possible).
    pub bound: Option<i64>,
}
