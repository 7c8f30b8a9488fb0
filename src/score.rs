//! How a site compares: criteria with fixed anchors, and a ranking with reasons.

pub mod discriminate;
pub mod rank;
pub mod share;
pub mod weights;

pub use rank::rank;

use crate::units::Count;

/// Whether a candidate may be declared under a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eligibility {
    /// No hard or firm rule fails or is unknown.
    Eligible,
    /// Such a rule is unknown: on these fields it depends.
    Conditional(Vec<String>),
    /// These hard or firm rules fail.
    Ineligible(Vec<String>),
}

impl Eligibility {
    /// The canonical key.
    pub fn key(&self) -> &'static str {
        match self {
            Eligibility::Eligible => "eligible",
            Eligibility::Conditional(_) => "conditional",
            Eligibility::Ineligible(_) => "ineligible",
        }
    }
}

/// One criterion of one candidate: raw → value → weighted.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionScore {
    /// Index into the pack's criteria.
    pub criterion: u32,
    /// The raw figure, `None` if unknown.
    pub raw: Option<f64>,
    /// clamp((raw − zero) ÷ (one − zero), 0, 1).
    pub value: Option<f64>,
    /// The weight it had (0 when left out because unknown).
    pub weight: f64,
}

/// One candidate under one pack: one row of `candidates.csv`.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// Index into `City::candidates`.
    pub candidate: u32,
    /// 1…n; `None` for ineligible ones.
    pub rank: Option<u32>,
    /// See [`Eligibility`].
    pub eligibility: Eligibility,
    /// Ten-thousandths of a point out of 100, computed criteria; `None` if none is known.
    pub score: Option<Score>,
    /// The same for declared criteria.
    pub score_declared: Option<Score>,
    /// Each criterion of the pack, in its order.
    pub criteria: Vec<CriterionScore>,
    /// Canonical names of fields that are missing for criteria or rules.
    pub missing: Vec<String>,
    /// Share of 1,000 weightings in which it is among the first N.
    pub top_n_share: Option<f64>,
    /// P500 of the host community.
    pub old_500_host: Option<bool>,
    /// Elders of the host community.
    pub host_elderly_60: Option<Count>,
}

/// A score of 0–100 in whole ten-thousandths, so that ties are ties on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(pub u32);

impl Score {
    /// 100 × `share` (of 0–1), rounded half up to four decimals.
    pub fn of_share(share: f64) -> Self {
        Score((share.clamp(0.0, 1.0) * 1e6 + 0.5).floor() as u32)
    }

    /// As points out of 100.
    pub fn points(self) -> f64 {
        f64::from(self.0) / 1e4
    }
}

/// `63.5`, `100`: the shortest decimal, four places at most.
impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, part) = (self.0 / 10_000, self.0 % 10_000);
        if part == 0 { write!(f, "{whole}") } else { write!(f, "{whole}.{}", format!("{part:04}").trim_end_matches('0')) }
    }
}

#[cfg(test)]
mod tests;
