//! The covering question in whole numbers: which sites to open so that the most weight is covered, or that all is covered at least cost.

use super::model::{Fixing, Lists, SideRow};

/// Maximise `Σ_j weight_j · min(covered_j, need_j) − Σ_i cost_i` over the open sites `i`, where `covered_j` is how many open sites the list
/// of demand `j` holds. Most people covered has costs of 0; fewest sites to cover all has weights of 0, `must` everywhere and costs of 1.
///
/// Church and ReVelle, "The maximal covering location problem", 1974; Toregas et al., "The location of emergency service facilities", 1971.
#[derive(Debug, Clone, Default)]
pub struct Covering {
    /// For each demand, the sites that reach it: ascending, each once; it may be empty.
    pub reached_by: Lists<u32>,
    /// Of each demand, at least 0.
    pub weights: Vec<i64>,
    /// How many open sites count for each demand, at least 1. Empty: 1 everywhere.
    pub needs: Vec<u32>,
    /// Demands that at least one open site must reach. Empty: none must.
    pub must: Vec<bool>,
    /// Of opening each site, at least 0, for every site; its length is the number of sites.
    pub costs: Vec<i64>,
    /// What is settled of each site. Empty: all are free.
    pub fixed: Vec<Fixing>,
    /// What the open sites must keep together.
    pub sides: Vec<SideRow>,
}

impl Covering {
    /// How many sites there are.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.costs.len()
    }
}
