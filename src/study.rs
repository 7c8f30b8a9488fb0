//! The whole journey: files → city → streets → people → reach → coverage → verdicts → ranking.

pub mod facts;

use crate::city::City;
use crate::coverage::{Coverage, SiteFigures};
use crate::demand::Demand;
use crate::network::reach::ReachTable;
use crate::policy::{Pack, Verdict};
use crate::problem::Problems;
use crate::score::Ranked;
use crate::settings::Settings;

/// Everything a run found: what reports are written from. No report calculates anything.
#[derive(Debug)]
pub struct Findings {
    /// As resolved.
    pub settings: Settings,
    /// What is there.
    pub city: City,
    /// Where people live.
    pub demand: Demand,
    /// Which points each site reaches: facilities `0..F`, then candidates `F..F+C`.
    pub reach: ReachTable,
    /// Whether walks follow streets; without a network they are straight lines × detour and every table is stamped.
    pub on_streets: bool,
    /// Who is covered.
    pub coverage: Coverage,
    /// What each candidate would add, in file order.
    pub figures: Vec<SiteFigures>,
    /// For each chosen pack, in order: verdicts and ranking.
    pub packs: Vec<PackFindings>,
    /// Problems of the inputs.
    pub problems: Problems,
}

/// One pack's view of the candidates.
#[derive(Debug)]
pub struct PackFindings {
    /// The pack.
    pub pack: Pack,
    /// Candidates in rank order, ineligible ones last.
    pub ranking: Vec<Ranked>,
    /// Every verdict, by subject then rule.
    pub verdicts: Vec<Verdict>,
}
