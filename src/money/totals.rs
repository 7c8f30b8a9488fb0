//! `fund_totals.csv`: amounts by county, by city and over all, so that every level adds up to the same.

use std::collections::BTreeMap;

use super::fen::Fen;
use super::fund::{Basis, Kind, Row};
use super::terms::Payer;
use crate::city::City;
use crate::city::unit::counties;

/// Over which units a line adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Level {
    County,
    City,
    All,
}

impl Level {
    /// As written in `fund_totals.csv`.
    pub fn key(self) -> &'static str {
        match self {
            Level::County => "county",
            Level::City => "city",
            Level::All => "all",
        }
    }
}

/// One line of `fund_totals.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// Over what.
    pub level: Level,
    /// Code of the unit, `all` for all; empty for projects that stand in no unit.
    pub code: String,
    /// Its name, where known.
    pub name: String,
    /// Id of the pack.
    pub pack: String,
    /// As in [`Row`].
    pub basis: Basis,
    /// As in [`Row`].
    pub payer: Payer,
    /// As in [`Row`].
    pub kind: Kind,
    /// Sum of the known amounts; `None` where none is known.
    pub amount: Option<Fen>,
    /// Rows without an amount.
    pub unknown: usize,
}

/// The totals of these rows. Lines stand by level, unit, pack (in the order given), basis, payer and kind.
pub fn totals(city: &City, rows: &[Row], packs: &[&str]) -> Vec<Total> {
    let units = Units::of(city);
    type Key<'a> = (Level, &'a (String, String), usize, Basis, Payer, Kind);
    let all = ("all".to_owned(), String::new());
    let mut sums: BTreeMap<Key<'_>, (Option<Fen>, usize)> = BTreeMap::new();
    for row in rows {
        let [county, of_city] = &units.of_project[row.project as usize];
        let pack = packs.iter().position(|p| *p == row.pack).unwrap_or(packs.len());
        for (level, unit) in [(Level::County, county), (Level::City, of_city), (Level::All, &all)] {
            let sum = sums.entry((level, unit, pack, row.basis, row.payer, row.kind)).or_default();
            match row.amount {
                Some(amount) => sum.0 = Some(Fen(sum.0.unwrap_or_default().0.saturating_add(amount.0))),
                None => sum.1 += 1,
            }
        }
    }
    let line = |((level, unit, pack, basis, payer, kind), (amount, unknown)): (Key<'_>, _)| Total {
        level,
        code: unit.0.clone(),
        name: if unit.0.is_empty() { unit.1.clone() } else { units.names.get(&unit.0).cloned().unwrap_or_default() },
        pack: packs.get(pack).map_or_else(String::new, |p| (*p).to_owned()),
        basis,
        payer,
        kind,
        amount,
        unknown,
    };
    sums.into_iter().map(line).collect()
}

/// County and city of each project: the code, or the name where there is no code.
struct Units {
    of_project: Vec<[(String, String); 2]>,
    /// Names of units with a code: the first that is written.
    names: BTreeMap<String, String>,
}

impl Units {
    fn of(city: &City) -> Units {
        let mut names = BTreeMap::new();
        let mut unit = |code: String, name: String| {
            if code.is_empty() {
                return (code, name);
            }
            if !name.is_empty() {
                names.entry(code.clone()).or_insert(name);
            }
            (code, String::new())
        };
        let mut of_project = Vec::with_capacity(city.candidates.len());
        for (candidate, county) in city.candidates.iter().zip(counties(city)) {
            let host = candidate.host.and_then(|host| city.communities.get(host as usize));
            let code = county.map(|c| c.code.clone()).or_else(|| candidate.county_code.clone());
            let code = code.or_else(|| host.and_then(|h| h.county_code.clone())).unwrap_or_default();
            let name = county.map(|c| c.name.clone()).or_else(|| host.and_then(|h| h.county.clone())).unwrap_or_default();
            let city_name = county.and_then(|c| c.city.clone()).unwrap_or_default();
            // The first four of a county's six digits are its city's.
            let digits = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
            let derived = || (digits && city_name.is_empty()).then(|| format!("{}00", &code[..4]));
            let city_code = county.and_then(|c| c.city_code.clone()).or_else(derived).unwrap_or_default();
            of_project.push([unit(code, name), unit(city_code, city_name)]);
        }
        Units { of_project, names }
    }
}
