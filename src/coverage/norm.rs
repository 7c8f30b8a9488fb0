//! The norm in reach as a result: what each point and each community gets. How it is computed: [`crate::access::two_step`].

use super::Coverage;
use crate::units::Count;

/// The reference value of S002-29: 20 m² per 100 households.
pub const M2_PER_100_HOUSEHOLDS: f64 = 20.0;

/// Floor within reach after sharing it with everybody else who reaches it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NormInReach {
    /// For each demand point, m² per household; zero where nothing is in reach, `None` where it cannot be said.
    pub points: Vec<Option<f64>>,
    /// For each community; `None` where the floor of a facility in its reach, or its households, are unknown.
    pub communities: Vec<Option<CommunityNorm>>,
}

/// The norm in reach of one community.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CommunityNorm {
    /// Households whose reach is known; never none.
    pub known_households: Count,
    /// 100 × the household-weighted mean of its points, m².
    pub m2_per_100_households: f64,
}

impl CommunityNorm {
    /// max(0, 20 − m² per 100 households) × known households ÷ 100, m².
    pub fn gap(&self) -> f64 {
        gap(self.m2_per_100_households, self.known_households)
    }
}

/// How much floor is missing where `known_households` have `m2_per_100_households`, m².
pub fn gap(m2_per_100_households: f64, known_households: Count) -> f64 {
    (M2_PER_100_HOUSEHOLDS - m2_per_100_households).max(0.0) * known_households.as_f64() / 100.0
}

impl Coverage {
    /// Writes the norm in reach into the rows of communities.
    pub fn add_norm(&mut self, norm: &NormInReach) {
        for row in &mut self.communities {
            let of = norm.communities.get(row.community as usize).copied().flatten();
            row.m2_per_100_households = of.map(|n| n.m2_per_100_households);
            row.reach_gap = of.map(|n| n.gap());
        }
    }
}
