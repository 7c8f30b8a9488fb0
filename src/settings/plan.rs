//! `[plan]`: what the best set of sites is to be.

use crate::siting::{Decimal, Model};
use crate::units::Milliseconds;

/// What a plan is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSettings {
    /// `model`; none: most covered, or, with `cover`, least to cover that share.
    pub model: Option<PlanModel>,
    /// `sites`: most sites to choose.
    pub sites: Option<u32>,
    /// `budget`, in 元.
    pub budget: Option<Decimal>,
    /// `budget_of`: what the budget pays.
    pub budget_of: BudgetOf,
    /// `cover`: share of the people to cover, in millionths.
    pub cover: Option<u32>,
    /// `cover_by`: of all together, or in each unit.
    pub cover_by: Unit,
    /// `mandatory`: ids.
    pub mandatory: Vec<String>,
    /// `forbidden`: ids.
    pub forbidden: Vec<String>,
    /// `exclusive`: groups of ids of which at most one may be chosen.
    pub exclusive: Vec<Vec<String>>,
    /// `objectives`, most important first; of people covered.
    pub objectives: Vec<Objective>,
    /// `slack`: how much of the first objective the others may cost, in millionths.
    pub slack: u32,
    /// `eligible`: whose eligibility counts.
    pub eligible: Eligible,
    /// `annex`: whether the quotas of the first pack's own annex bind.
    pub annex: bool,
    /// `min_per_listed_county`: least sites for each county without a project.
    pub min_per_listed_county: u32,
    /// `farthest`: how far walks are followed in questions of distance; see [`farthest`](Self::farthest).
    pub farthest: Option<Milliseconds>,
    /// `capacity`: what bounds the people whom a site can take; none: nothing.
    pub capacity: Option<Capacity>,
    /// `runner_ups`: how many plans that come next.
    pub runner_ups: u32,
    /// `reserve`: how many sites that would step in.
    pub reserve: u32,
    /// `curve`: how many sizes.
    pub curve: u32,
    /// `time_limit`: when the search ends with the best so far.
    pub time_limit: Milliseconds,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            model: None,
            sites: None,
            budget: None,
            budget_of: BudgetOf::Investment,
            cover: None,
            cover_by: Unit::All,
            mandatory: Vec::new(),
            forbidden: Vec::new(),
            exclusive: Vec::new(),
            objectives: vec![Objective::ElderlyNew, Objective::Old500, Objective::CountiesWithout],
            slack: 0,
            eligible: Eligible::First,
            annex: false,
            min_per_listed_county: 0,
            farthest: None,
            capacity: None,
            runner_ups: 5,
            reserve: 10,
            curve: 8,
            time_limit: Milliseconds(60_000),
        }
    }
}

impl PlanSettings {
    /// How far walks are followed: thirty minutes where all walking is summed up, two hours where the worst walk is asked for.
    #[must_use]
    pub fn farthest(&self) -> Milliseconds {
        let default = if self.model() == PlanModel::PCenter { 7_200_000 } else { 1_800_000 };
        self.farthest.unwrap_or(Milliseconds(default))
    }

    /// The model that is asked for.
    #[must_use]
    pub fn model(&self) -> PlanModel {
        self.model.unwrap_or(if self.cover.is_some() { PlanModel::Lscp } else { PlanModel::Mclp })
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            /// Every word there is.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// As written in a study.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// From the word of a study.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.key() == text.trim())
            }

            /// The words, for a hint.
            #[must_use]
            pub fn known() -> String {
                Self::ALL.iter().map(|one| one.key()).collect::<Vec<_>>().join(" | ")
            }
        }
    };
}

words! {
    /// What "best" means.
    PlanModel {
        /// Most people covered.
        Mclp = "mclp",
        /// A share covered at least cost, or with fewest sites.
        Lscp = "lscp",
        /// Least walking.
        PMedian = "pmedian",
        /// Least worst walk.
        PCenter = "pcenter",
        /// Most people with a first and a second facility in reach.
        Backup = "backup",
    }
}

impl PlanModel {
    /// Whether it asks how far people walk.
    #[must_use]
    pub fn is_of_distance(self) -> bool {
        matches!(self, PlanModel::PMedian | PlanModel::PCenter)
    }

    /// The model of the solver.
    #[must_use]
    pub fn model(self) -> Model {
        match self {
            PlanModel::Mclp | PlanModel::Backup => Model::Mclp,
            PlanModel::Lscp => Model::Lscp,
            PlanModel::PMedian => Model::PMedian,
            PlanModel::PCenter => Model::PCenter,
        }
    }
}

words! {
    /// What the budget pays.
    BudgetOf {
        /// The whole investment.
        Investment = "investment",
        /// What is left to pay after the award of the first pack.
        Own = "own",
    }
}

words! {
    /// Of whom a share is covered.
    Unit {
        /// Of all together.
        All = "all",
        /// In each county.
        County = "county",
        /// In each street.
        Street = "street",
    }
}

words! {
    /// Whose eligibility counts.
    Eligible {
        /// The first pack's: a candidate that is ineligible under it is in no plan.
        First = "first",
        /// Every pack's.
        All = "all",
        /// Nobody's.
        None = "none",
    }
}

words! {
    /// A thing wanted.
    Objective {
        /// 60+ newly covered (or whoever the study counts).
        ElderlyNew = "elderly_60_new",
        /// Occupied households of P500 communities newly in reach.
        Old500 = "old_500_households_new",
        /// Counties without a project that get one, each once.
        CountiesWithout = "counties_without_project",
    }
}

words! {
    /// What bounds how many people a site can take.
    Capacity {
        /// Floor area at 20 m² for 100 households.
        Area = "area",
        /// Beds, one person each.
        Beds = "beds",
        /// Meals a day, one person each.
        Meals = "meals",
    }
}
