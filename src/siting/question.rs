//! What is asked: sites, demands, who reaches whom, and what the plan must keep. Built with types, of any origin.

use super::decimal::Scale;
use super::model::{Lists, Sense};

/// What "best" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// Most weight covered (Church and ReVelle 1974).
    Mclp,
    /// Least cost, or fewest sites, to cover all or a share (Toregas et al. 1971).
    Lscp,
    /// Least weighted cost of going to the cheapest open site (Hakimi 1964).
    PMedian,
    /// Least worst cost of going to the cheapest open site (Hakimi 1964).
    PCenter,
}

impl Model {
    /// The word in files and flags.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Model::Mclp => "mclp",
            Model::Lscp => "lscp",
            Model::PMedian => "pmedian",
            Model::PCenter => "pcenter",
        }
    }

    /// Whether more is better.
    #[must_use]
    pub const fn maximises(self) -> bool {
        matches!(self, Model::Mclp)
    }
}

/// How a site stands before anything is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// May be chosen.
    #[default]
    Free,
    /// There already: serves in any case, counted in no number, cost or quota.
    Built,
    /// Must be chosen.
    Mandatory,
    /// Must not be chosen.
    Forbidden,
}

/// A place that could serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// As in the input; plans and ties speak of it.
    pub id: String,
    /// Of choosing it, in units of [`Question::cost_scale`]; at least 0.
    pub cost: i64,
    /// How it stands.
    pub standing: Standing,
}

/// Who reaches whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pairs {
    /// For each demand the sites within the limit, ascending.
    Reach(Lists<u32>),
    /// For each demand the sites it can go to with the cost of each, in units of [`Question::pair_scale`], ascending by site.
    Costs(Lists<(u32, i64)>),
}

impl Pairs {
    /// How many demands there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Pairs::Reach(lists) => lists.len(),
            Pairs::Costs(lists) => lists.len(),
        }
    }

    /// Whether there is no demand.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sites of a demand.
    pub fn sites_of(&self, demand: usize) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Pairs::Reach(lists) => Box::new(lists.get(demand).iter().copied()),
            Pairs::Costs(lists) => Box::new(lists.get(demand).iter().map(|(site, _)| *site)),
        }
    }
}

/// What a plan must keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// Choose at most so many sites.
    Number(u32),
    /// The chosen sites together cost at most this.
    Budget(i64),
    /// So many sites of a unit (a county, a city, a group).
    Quota {
        /// Name of the unit.
        unit: String,
        /// Its sites, ascending.
        sites: Vec<u32>,
        /// Exactly, at most, at least.
        sense: Sense,
        /// How many.
        number: u32,
    },
    /// Not both.
    Exclusive(u32, u32),
    /// At most one of these: sizes of one building.
    OneOf(Vec<u32>),
    /// Not all of these together: another plan than this one, or one that holds it.
    NotAll(Vec<u32>),
    /// The weight covered of these demands is at least `parts` of `whole` of theirs.
    Share {
        /// Name of the unit; empty: of everything.
        unit: String,
        /// The demands; empty: all.
        demands: Vec<u32>,
        /// Numerator of the share.
        parts: u64,
        /// Denominator of the share, above 0.
        whole: u64,
    },
}

/// A second thing to want where the first leaves a choice: like the demands, rows of sites with weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What it counts.
    pub name: String,
    /// For each thing wanted, the sites that would bring it.
    pub reached_by: Lists<u32>,
    /// Of each thing wanted.
    pub weights: Vec<i64>,
    /// Unit of `weights`.
    pub scale: Scale,
}

/// A siting question. Sites ascend by id: ties go to the smaller index, so the same question in another order has the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is best.
    pub model: Model,
    /// The sites, ascending by id.
    pub sites: Vec<Site>,
    /// Weight of each demand, at least 0, in units of `weight_scale`.
    pub weights: Vec<i64>,
    /// Name of each demand, for those who must be told of it; may be empty.
    pub demand_ids: Vec<String>,
    /// Who reaches whom.
    pub pairs: Pairs,
    /// What the plan must keep.
    pub constraints: Vec<Constraint>,
    /// For [`Model::Mclp`]: how many open sites count for each demand. 1: covered or not. 2: once for a first and once for a second site
    /// in reach (backup coverage, Hogan and ReVelle 1986).
    pub times: u32,
    /// For [`Model::Lscp`]: whether cost is what is least, or the number of sites.
    pub priced: bool,
    /// For [`Model::Mclp`]: what decides between plans that cover as much, most important first.
    pub wishes: Vec<Wish>,
    /// How much of the first objective the wishes may cost, in millionths.
    pub slack: u32,
    /// Unit of weights.
    pub weight_scale: Scale,
    /// Unit of site costs.
    pub cost_scale: Scale,
    /// Unit of pair costs.
    pub pair_scale: Scale,
}

impl Question {
    /// Unit of the objective.
    #[must_use]
    pub fn objective_scale(&self) -> Scale {
        match self.model {
            Model::Mclp => self.weight_scale,
            Model::Lscp if self.priced => self.cost_scale,
            Model::Lscp => Scale::default(),
            Model::PMedian => self.weight_scale.times(self.pair_scale),
            Model::PCenter => self.pair_scale,
        }
    }

    /// Sites that may be chosen.
    pub fn choosable(&self) -> impl Iterator<Item = u32> + '_ {
        let open = |site: &Site| matches!(site.standing, Standing::Free | Standing::Mandatory);
        (0..self.sites.len() as u32).filter(move |i| open(&self.sites[*i as usize]))
    }

    /// Weight of all demands.
    #[must_use]
    pub fn total_weight(&self) -> i64 {
        self.weights.iter().sum()
    }

    /// Name of a demand.
    #[must_use]
    pub fn demand_name(&self, demand: usize) -> String {
        self.demand_ids.get(demand).cloned().unwrap_or_else(|| format!("#{demand}"))
    }
}
