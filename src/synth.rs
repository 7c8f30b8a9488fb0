//! The built-in synthetic city: every input of a study, made up.
//!
//! A city of `N` communities looks and behaves like a county-level city of northern China: an old town of lanes and courtyards,
//! compounds of work units around it, walled estates on superblocks that open only at their gates, a river crossed by few bridges, a railway
//! crossed by few underpasses, villages along country roads; and beside it the smaller town of the next county. More communities are
//! more such towns on a lattice, joined by roads: never larger ones (from 10,000 on, one demand point stands for two homes). Nothing of it is real: places, names, people are drawn by chance.
//!
//! ```text
//! Plan → for each town:  Grid → quarters and villages → parcels and homes → communities → registers → sites → Files
//! ```
//!
//! Towns are built one at a time and written as they are ready, each from its own stream of a ChaCha8 generator: memory does not
//! grow with `N`, and the same seed gives the same bytes on every machine (plain IEEE arithmetic and `libm`).

mod candidates;
mod communities;
mod dice;
mod estate;
mod fabric;
mod facilities;
mod grid;
mod lanes;
mod names;
mod network;
mod outline;
mod parcel;
mod pbf;
mod people;
mod place;
mod plan;
mod register;
mod sites;
mod study;
mod town;
mod write;

use std::io;
use std::path::Path;

use candidates::Draw;
use dice::Dice;
use names::Names;
use network::Network;
use plan::Plan;
use sites::Sites;
use town::{Town, Wish};
use write::Files;

/// Fewest communities: two towns need one each, and something to compare.
pub const FEWEST: usize = 4;
/// Most communities: what six-digit county codes can name.
pub const MOST: usize = 50_000;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Communities and villages, [`FEWEST`] to [`MOST`].
    pub communities: usize,
    /// Another seed, another city.
    pub seed: u64,
    /// Whether a few candidates are leased by the government (政府租赁), which rule S001-13 excludes: `check` then ends with E-LEASE.
    pub gov_leased: bool,
}

impl Options {
    /// A city without sites that are excluded outright.
    pub fn new(communities: usize, seed: u64) -> Self {
        Options { communities, seed, gov_leased: false }
    }
}

/// How much was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Made {
    /// Communities, villages included.
    pub communities: u64,
    /// Counties.
    pub counties: u64,
    /// Estates.
    pub estates: u64,
    /// Demand points: buildings, or stairwells of larger ones.
    pub points: u64,
    /// Facilities.
    pub facilities: u64,
    /// Candidates.
    pub candidates: u64,
    /// Nodes of the PBF.
    pub nodes: u64,
    /// Pieces of street between two neighbouring vertices.
    pub edges: u64,
}

/// Names of the files that [`write()`] leaves.
pub const FILES: [&str; 10] = [
    "study.toml",
    "README.txt",
    "communities.geojson",
    "estates.csv",
    "counties.csv",
    "facilities.csv",
    "candidates.csv",
    "demand.csv",
    "roads.osm.pbf",
    "roads.geojson",
];

/// Makes a city and writes its inputs, and a study that names them, into a folder (made if missing; files of [`FILES`] there are replaced).
///
/// # Errors
///
/// `InvalidInput` for a number of communities outside [`FEWEST`]..=[`MOST`]; whatever the file system says otherwise, and then
/// some files may be there in part: write into a fresh folder and move it.
pub fn write(options: &Options, out: &Path) -> io::Result<Made> {
    if !(FEWEST..=MOST).contains(&options.communities) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("communities: {FEWEST} to {MOST}")));
    }
    let plan = Plan::new(options.communities);
    let mut files = Files::create(out)?;
    let mut exits = Vec::with_capacity(plan.towns);
    for number in 0..plan.towns {
        let lot = plan.town(number);
        let county = plan.county(lot.county);
        let mut dice = Dice::new(options.seed, number as u64);
        let mut names = Names::new(&mut dice);
        let villages = lot.villages.min(lot.communities - 1);
        let urban = lot.communities - villages;
        let town = Town::build(Wish { centre: lot.centre, urban, villages, homes: plan.homes_per_point }, &names, &mut dice);
        let (units, streets) = communities::gather(&town, urban, villages, &mut dice);
        let records = register::records(&town, &units, streets, &lot, &county, &mut names, &mut dice);

        if lot.in_county == 0 {
            // Every second county or so has had no project yet; the list of such counties is a term of the ranking.
            let prior = (!dice.chance(5)).then(|| if dice.chance(45) { 0 } else { dice.whole(1, 6) as u32 });
            files.county(&county, prior, ["好", "中", ""][dice.weighted(&[35, 50, 15])])?;
        }
        for (unit, record) in units.iter().zip(&records) {
            let outline: Vec<Vec<Vec<place::Place>>> = unit
                .outline
                .iter()
                .map(|p| p.iter().map(|r| r.iter().map(|&c| town.fabric.places[c as usize]).collect()).collect())
                .collect();
            let homes = unit.parcels.iter().flat_map(|&p| &town.homes[town.parcels[p as usize].homes.clone()]);
            files.community(record, &county, &outline, homes)?;
        }

        let mut sites = Sites::new(&town, &units);
        // Two facilities of one name would be taken for the same, so names begin with the county, and the town where it has several.
        let short: String = county.name.chars().take(2).collect();
        let prefix = if plan.towns_per_county > 1 {
            format!("{short}{}", ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"][lot.in_county % 8])
        } else {
            short
        };
        for facility in facilities::found(lot.facilities, &prefix, &records, &mut sites, &mut dice) {
            files.facility(&facility)?;
        }
        let draw = Draw { count: lot.candidates, prefix: &prefix, gov_leased: options.gov_leased, records: &records, names: &names };
        for candidate in candidates::proposed(&draw, &mut sites, &mut dice) {
            files.candidate(&candidate, &county)?;
        }

        let exit = |town: Option<usize>, side: usize| {
            town.map(|t| {
                let of: &network::Exits = &exits[t];
                of[side]
            })
        };
        let (network, own) = Network::new(&town, files.first_node(), exit(lot.west, 1), exit(lot.south, 3));
        files.network(&network)?;
        exits.push(own);
    }
    let made = files.finish()?;
    study::write(options, &made, out)?;
    Ok(made)
}

#[cfg(test)]
mod tests;
