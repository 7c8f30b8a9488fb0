//! The settings of a study: what its file, the flags and the defaults say together, read once and checked.

#[cfg(test)]
mod documented;
pub mod file;
pub mod plan;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::city::CommunityKind;
use crate::read::Input;
use crate::units::{Bytes, Millimetres, Milliseconds, WalkingSpeed};

/// When a rule falls due: siting → declaration → funding → construction → acceptance → operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs)]
pub enum Stage {
    Siting,
    #[default]
    Declaration,
    Funding,
    Construction,
    Acceptance,
    Operation,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Stage; 6] =
        [Stage::Siting, Stage::Declaration, Stage::Funding, Stage::Construction, Stage::Acceptance, Stage::Operation];

    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            Stage::Siting => "siting",
            Stage::Declaration => "declaration",
            Stage::Funding => "funding",
            Stage::Construction => "construction",
            Stage::Acceptance => "acceptance",
            Stage::Operation => "operation",
        }
    }

    /// From the canonical key.
    pub fn parse(text: &str) -> Option<Self> {
        Stage::ALL.into_iter().find(|s| s.key() == text)
    }
}

/// Which communities the headline speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Scope {
    /// 社区 only: what the documents speak of.
    #[default]
    Urban,
    /// 村 only.
    Village,
    /// Everybody, also people outside every community.
    All,
}

impl Scope {
    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            Scope::Urban => "urban",
            Scope::Village => "village",
            Scope::All => "all",
        }
    }

    /// Whether communities of this kind belong to it.
    pub fn includes(self, kind: CommunityKind) -> bool {
        match self {
            Scope::Urban => kind == CommunityKind::Urban,
            Scope::Village => kind == CommunityKind::Village,
            Scope::All => true,
        }
    }
}

/// Everything a run depends on beside the input files themselves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Title of the study.
    pub title: String,
    /// The day the study speaks of; without it dates are not judged.
    pub as_of: Option<Date>,
    /// Up to which stage rules are due.
    pub stage: Stage,
    /// Built-in pack ids or paths of packs; ranking is by the first.
    pub policies: Vec<String>,
    /// `[walking] speed`.
    pub speed: WalkingSpeed,
    /// Set when the written speed had to be rounded: as written.
    pub speed_rounded_from: Option<String>,
    /// `[walking] limit`.
    pub limit: Milliseconds,
    /// `[walking] snap`, inclusive.
    pub snap: Millimetres,
    /// `[walking] bands`, ascending.
    pub bands: Vec<Milliseconds>,
    /// `[walking] detour`: street ÷ straight line, used when there is no network.
    pub detour: f64,
    /// `[network] min_component`: pieces with fewer metres of street are cut off.
    pub min_component: Millimetres,
    /// `[demand] grid`.
    pub grid: Millimetres,
    /// `[coverage] covered`, `uncovered`: shares that make a community covered or uncovered.
    pub covered: f64,
    /// See `covered`.
    pub uncovered: f64,
    /// `[coverage] scope`: the headline's.
    pub scope: Scope,
    /// `[coverage] within`: whole minutes around the limit of which `flip.csv` tells; at most the limit itself.
    pub within: Option<u32>,
    /// `[coverage] sensitivity`: whether to compute the surface of speeds, limits and snaps.
    pub sensitivity: bool,
    /// `[circles] buffer`.
    pub circle_buffer: Millimetres,
    /// `[score] weights`: criterion → weight.
    pub weights: BTreeMap<String, f64>,
    /// `[score] top`: N of `top_n_share`.
    pub top: usize,
    /// `[score] accept_proxy`: households stand in for missing occupied households.
    pub accept_proxy: bool,
    /// `[score] set`: which set of criteria ranks, where a document has one beside its own; empty for the pack's own.
    pub criteria_set: String,
    /// `[fund] cap_at_investment`.
    pub cap_at_investment: bool,
    /// `[plan]`
    pub plan: plan::PlanSettings,
    /// Most memory to use (`memory`, `--memory`), unlimited if `None`: decides what is refused or worked off in parts, never a result.
    pub memory: Option<Bytes>,
    /// `[output] gpkg`: a GeoPackage beside every GeoJSON.
    pub gpkg: bool,
    /// `[overrides]`: `subject/rule` → reason.
    pub overrides: BTreeMap<String, String>,
    /// Input files of each table, none if not given.
    pub inputs: Inputs,
    /// Folder of the study file: where the relative paths of packs start.
    pub base: std::path::PathBuf,
}

/// The input files of a study.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Inputs {
    pub communities: Vec<Input>,
    pub estates: Vec<Input>,
    pub counties: Vec<Input>,
    pub facilities: Vec<Input>,
    pub candidates: Vec<Input>,
    pub network: Vec<Input>,
    pub demand: Vec<Input>,
    pub quota: Vec<Input>,
    pub ledger: Vec<Input>,
    pub crosswalk: Vec<Input>,
}

impl Inputs {
    /// Each table's name and files, in the order of the contracts.
    pub fn tables(&self) -> [(&'static str, &[Input]); 10] {
        [
            ("communities", &self.communities),
            ("estates", &self.estates),
            ("counties", &self.counties),
            ("facilities", &self.facilities),
            ("candidates", &self.candidates),
            ("network", &self.network),
            ("demand", &self.demand),
            ("quota", &self.quota),
            ("ledger", &self.ledger),
            ("crosswalk", &self.crosswalk),
        ]
    }

    /// Every input, registers included, to be changed.
    pub fn all_mut(&mut self) -> Vec<&mut Input> {
        let tables = [
            &mut self.communities,
            &mut self.estates,
            &mut self.counties,
            &mut self.facilities,
            &mut self.candidates,
            &mut self.network,
            &mut self.demand,
            &mut self.quota,
            &mut self.ledger,
            &mut self.crosswalk,
        ];
        tables.into_iter().flatten().collect()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            title: String::new(),
            as_of: None,
            stage: Stage::default(),
            policies: Vec::new(),
            speed: const { WalkingSpeed::from_mm_per_s(1000).unwrap() },
            speed_rounded_from: None,
            limit: Milliseconds(900_000),
            snap: Millimetres(100_000),
            bands: vec![Milliseconds(300_000), Milliseconds(600_000), Milliseconds(900_000)],
            detour: 1.3,
            min_component: Millimetres(2_000_000),
            grid: Millimetres(50_000),
            covered: 0.95,
            uncovered: 0.05,
            scope: Scope::Urban,
            within: None,
            sensitivity: false,
            circle_buffer: Millimetres(30_000),
            weights: BTreeMap::new(),
            top: 10,
            accept_proxy: false,
            criteria_set: String::new(),
            cap_at_investment: false,
            plan: plan::PlanSettings::default(),
            memory: None,
            gpkg: false,
            overrides: BTreeMap::new(),
            inputs: Inputs::default(),
            base: std::path::PathBuf::new(),
        }
    }
}

impl Settings {
    /// The speeds of every totals table: 0.8, 1.0, 1.2 m/s and the study's own, ascending, each once.
    pub fn speeds(&self) -> Vec<WalkingSpeed> {
        let mut speeds: Vec<WalkingSpeed> = [800, 1000, 1200].into_iter().filter_map(WalkingSpeed::from_mm_per_s).collect();
        speeds.push(self.speed);
        speeds.sort_unstable();
        speeds.dedup();
        speeds
    }

    /// How far the search must go so that every speed and band can be read from it.
    pub fn farthest(&self) -> Millimetres {
        let longest = self.bands.iter().copied().chain([self.limit]).max().unwrap_or(self.limit);
        let at_limit = self.speeds().into_iter().map(|v| v.reach(self.limit)).max();
        at_limit.into_iter().chain([self.speed.reach(longest)]).max().unwrap_or_default()
    }
}
