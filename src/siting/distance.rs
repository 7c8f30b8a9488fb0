//! The questions of distance in whole numbers: least walking in all (p-median) and least worst walk (p-center).

use super::model::{Fixing, Lists, SideRow};

/// Every demand goes to the open site that is cheapest for it. A demand without an open site among its pairs makes a plan impossible.
///
/// p-median minimises `Σ_j weight_j · cost_j`, p-center the largest `cost_j`, where `cost_j` is that of the cheapest open site.
/// Hakimi, "Optimum locations of switching centers", 1964.
#[derive(Debug, Clone, Default)]
pub struct Distances {
    /// For each demand, the sites that it can reach with the cost of each (at least 0): ascending by site, each once.
    pub pairs: Lists<(u32, i64)>,
    /// Of each demand, at least 0. p-center does not read it.
    pub weights: Vec<i64>,
    /// How many sites there are.
    pub sites: usize,
    /// What is settled of each site. Empty: all are free.
    pub fixed: Vec<Fixing>,
    /// What the open sites must keep together; the number to choose is a row like any other.
    pub sides: Vec<SideRow>,
}
