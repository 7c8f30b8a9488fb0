//! Who is in reach, and who is not, and of whom nothing is known.

pub mod administrative;
pub mod circles;
mod communities;
mod cover;
pub mod flip;
pub mod headline;
pub mod joint;
pub mod norm;
pub mod old500;
pub mod sensitivity;
mod served;
pub mod sites;
pub mod standing;
pub mod supply;
mod tally;
mod totals;
pub mod within;
#[cfg(test)]
pub(crate) mod worked;

pub use communities::status_of;
pub use cover::cover;
pub use headline::{Headline, headline};
pub use norm::NormInReach;
pub use old500::old500;
pub use sites::figures;

use crate::city::Group;
use crate::settings::Scope;
use crate::units::{Count, Millimetres, Milliseconds, WalkingSpeed};

/// The unit a line of totals speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Everything.
    All,
    /// Prefecture-level city.
    City,
    /// County.
    County,
    /// Street or town.
    Street,
}

impl Level {
    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            Level::All => "all",
            Level::City => "city",
            Level::County => "county",
            Level::Street => "street",
        }
    }
}

/// One line of `totals.csv`. Always `known + unknown = people` and `covered ≤ known`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Total {
    pub level: Level,
    pub code: String,
    pub name: String,
    pub scope: Scope,
    pub group: Group,
    pub speed: WalkingSpeed,
    pub limit: Milliseconds,
    pub people: Count,
    pub known: Count,
    pub covered: Count,
    pub unknown: Count,
}

/// How a community stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoverStatus {
    /// At least 95 % (a setting) of known people in reach.
    Covered,
    /// Between.
    Partial,
    /// At most 5 % (a setting).
    Uncovered,
    /// More than half of its people are unknown.
    Unknown,
}

impl CoverStatus {
    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            CoverStatus::Covered => "covered",
            CoverStatus::Partial => "partial",
            CoverStatus::Uncovered => "uncovered",
            CoverStatus::Unknown => "unknown",
        }
    }
}

/// Administrative coverage: another question than walking coverage, never mixed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Administrative {
    /// A counting facility stands in it.
    Own,
    /// It is served by another's (`serves`).
    Shared,
    /// Neither.
    None,
    /// Cannot be said: no facility can be placed in a community.
    Unknown,
}

impl Administrative {
    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            Administrative::Own => "own",
            Administrative::Shared => "shared",
            Administrative::None => "none",
            Administrative::Unknown => "unknown",
        }
    }
}

/// People of one group in one community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct GroupCover {
    pub group: Group,
    pub people: Count,
    pub covered: Count,
    pub unknown: Count,
}

impl GroupCover {
    /// People whose reach is known.
    pub fn known(&self) -> Count {
        self.people.minus(self.unknown)
    }

    /// Covered ÷ known; `None` when nobody is known.
    pub fn share(&self) -> Option<f64> {
        self.covered.share_of(self.known())
    }
}

/// One community's coverage: one row of `communities.csv`.
#[derive(Debug, Clone)]
pub struct CommunityCover {
    /// Index into `City::communities`.
    pub community: u32,
    /// Each group given, in the order of [`Group::REPORTED`]; a group unknown for this community is absent.
    pub groups: Vec<GroupCover>,
    /// By the leading group.
    pub status: CoverStatus,
    /// People-weighted mean walking time to the nearest counting facility, in minutes.
    pub minutes: Option<f64>,
    /// Index of the facility nearest for most people.
    pub nearest_facility: Option<u32>,
    /// The bureau's own question.
    pub administrative: Administrative,
    /// 0.2 × households (20 m² per 100), m².
    pub area_reference: Option<f64>,
    /// Operating floor inside it, or its share by `serves`, m².
    pub area_inside: Option<f64>,
    /// max(0, reference − inside), m².
    pub area_gap: Option<f64>,
    /// Norm in reach: m² per 100 households within the limit.
    pub m2_per_100_households: Option<f64>,
    /// max(0, 20 − that) × known households ÷ 100, m².
    pub reach_gap: Option<f64>,
    /// S001-09: occupied ≥ 500 and old.
    pub priority_old_500: Option<bool>,
    /// Share of the reached streets of its nearest facility that lies outside all communities.
    pub outside_share: Option<f64>,
}

/// Coverage of a study at its own speed and limit, and totals at every speed.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// Lines of `totals.csv`, in order.
    pub totals: Vec<Total>,
    /// Lines of `flip.csv`, in order; none where nobody asked.
    pub flip: Vec<flip::Flip>,
    /// Rows of `communities.csv`, most uncovered people first, then code.
    pub communities: Vec<CommunityCover>,
    /// For each demand point: how many counting facilities reach it within the limit.
    pub cover_count: Vec<u32>,
    /// For each demand point: the nearest counting facility (index) and the distance, beyond the limit too.
    pub nearest: Vec<Option<(u32, Millimetres)>>,
    /// Indices of the facilities that count.
    pub counting: Vec<u32>,
}

/// What one candidate would add, alone: the figures of `candidates.csv`. `None` = unknown.
#[derive(Debug, Clone, Default)]
pub struct SiteFigures {
    /// Known 60+ within the limit.
    pub elderly_60_reach: Option<Count>,
    /// Those of them whom no counting facility covers.
    pub elderly_60_new: Option<Count>,
    /// Reach − new.
    pub elderly_60_served: Option<Count>,
    /// Households newly in reach.
    pub households_new: Option<Count>,
    /// Occupied households of P500 communities newly in reach.
    pub old_500_households_new: Option<Count>,
    /// Σ reach gap now − Σ with its floor area added, m².
    pub reach_gap_closed: Option<f64>,
    /// Served ÷ reach.
    pub redundancy: Option<f64>,
    /// Reached street length outside all communities ÷ all reached.
    pub outside_share: Option<f64>,
}

#[cfg(test)]
mod tests;
