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
use crate::space::LonLat;

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
    /// The streets, as drawn on maps; empty without a network.
    pub streets: Vec<Street>,
    /// For each candidate, in file order: the pieces of street it reaches. May be empty or shorter, when nobody asked for them.
    pub reached: Vec<Vec<ReachedStreet>>,
}

/// A street as it is drawn: no part of any calculation.
#[derive(Debug, Clone, PartialEq)]
pub struct Street {
    /// Its course.
    pub line: Vec<LonLat>,
    /// 0 main road, 1 collector, 2 local street, 3 path, steps and the rest: how far out a map still shows it.
    pub class: u8,
}

/// A piece of street that a site reaches, cut where the time ends.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachedStreet {
    /// Its course.
    pub line: Vec<LonLat>,
    /// Index into [`Settings::bands`]: the smallest band within which all of the piece is reached.
    pub band: u8,
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
