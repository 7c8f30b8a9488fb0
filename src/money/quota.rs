//! Quotas as constraints on which candidates may be chosen together, and where a quota cannot be filled.
//!
//! A quota binds what is determined, not what is declared: more candidates than a quota make a ranked reserve, fewer a shortage.

use crate::city::City;
use crate::city::unit::{UnitLevel, of_candidates};
use crate::policy::quota::Share;
use crate::problem::Origin;
use crate::read::quota::{Quota, Sense};
use crate::units::Count;

/// So many of these candidates, exactly, at least or at most.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// City, county or street.
    pub level: UnitLevel,
    /// Code of the unit; empty where the row gives none.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Exactly, at least or at most.
    pub sense: Sense,
    /// How many projects; `None` where the row does not say.
    pub number: Option<u32>,
    /// Of which year; empty for any.
    pub year: String,
    /// Of which type of facility; empty for any.
    pub kind: String,
    /// Indices of the candidates that stand in the unit and are of the type (or of none), ascending.
    pub candidates: Vec<u32>,
}

/// Where there are too few candidates for a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    /// Candidates in the unit that may be declared, or may be once what they depend on is known.
    pub eligible: u32,
    /// How many more the quota asks for; `None` while the quota is unknown.
    pub missing: Option<u32>,
}

impl Constraint {
    /// Holds the constraint against the candidates that may be declared. A quota of at most so many is never short.
    pub fn shortage(&self, may_be_declared: impl Fn(u32) -> bool) -> Shortage {
        let eligible = self.candidates.iter().filter(|c| may_be_declared(**c)).count() as u32;
        let asked = if self.sense == Sense::Max { Some(0) } else { self.number };
        Shortage { eligible, missing: asked.map(|n| n.saturating_sub(eligible)) }
    }
}

/// One constraint for each row of a table of quotas, in its order. A row without a level is of the level whose units it names; one that
/// names no unit of the study has no candidates. Numbers that are not whole are none.
pub fn constraints(city: &City, quotas: &[Quota]) -> Vec<Constraint> {
    let levels = [UnitLevel::City, UnitLevel::County, UnitLevel::Street];
    let units = levels.map(|level| of_candidates(city, level));
    let within = |row: &Quota, level: UnitLevel| -> Vec<u32> {
        let of_type = |c: u32| row.kind.is_empty() || city.candidates[c as usize].kind.as_ref().is_none_or(|kind| *kind == row.kind);
        let units = &units[level as usize];
        let here = units.iter().enumerate().filter(|(_, unit)| unit.as_ref().is_some_and(|u| u.is(&row.code, &row.name)));
        here.map(|(c, _)| c as u32).filter(|c| of_type(*c)).collect()
    };
    let one = |row: &Quota| {
        let level = UnitLevel::read(&row.level);
        let level = level.or_else(|| levels.into_iter().find(|level| !within(row, *level).is_empty())).unwrap_or(UnitLevel::City);
        let whole = |n: Count| n.0.is_multiple_of(1_000_000).then(|| u32::try_from(n.0 / 1_000_000).ok()).flatten();
        Constraint {
            level,
            code: row.code.clone(),
            name: row.name.clone(),
            sense: row.sense,
            number: row.quota.and_then(whole),
            year: row.year.clone(),
            kind: row.kind.clone(),
            candidates: within(row, level),
        }
    };
    quotas.iter().map(one).collect()
}

/// The annex of a document as rows of a quota file.
pub fn of_annex(shares: &[Share]) -> Vec<Quota> {
    let row = |s: &Share| Quota {
        level: s.level.clone(),
        code: s.code.clone(),
        name: s.name.clone(),
        quota: Some(Count::whole(s.quota.into())),
        sense: Sense::Exact,
        year: s.year.clone(),
        kind: s.kind.clone(),
        origin: Origin::default(),
    };
    shares.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Candidate;
    use crate::policy::quota::annex;

    #[test]
    fn each_row_holds_the_candidates_of_its_unit_and_type_and_says_how_many_are_missing() {
        let mut city = City::default();
        for (county, kind) in [("140403", None), ("140423", Some("城镇社区养老幸福工程")), ("140105", None), ("140403", Some("助餐点"))]
        {
            let kind = kind.map(str::to_owned);
            city.candidates.push(Candidate { county_code: Some(county.to_owned()), kind, ..Candidate::default() });
        }
        city.candidates.push(Candidate::default());
        let all = constraints(&city, &of_annex(annex("shanxi-2023").unwrap()));
        let of = |code: &str| all.iter().find(|c| c.code == code).unwrap();
        // The canteen is of another type, and nobody knows where the last candidate stands.
        assert_eq!((of("140400").candidates.as_slice(), of("140400").number), (&[0, 1][..], Some(10)));
        assert_eq!(of("140400").shortage(|c| c != 1), Shortage { eligible: 1, missing: Some(9) });
        assert_eq!(of("140100").candidates, [2]);
        assert!(of("140200").candidates.is_empty());
        let row = |sense, quota| Quota {
            level: String::new(),
            code: "140403".into(),
            sense,
            quota,
            ..of_annex(&annex("shanxi-2023").unwrap()[..1]).remove(0)
        };
        let rows = [row(Sense::Max, Some(Count::whole(9))), row(Sense::Min, Some(Count::whole(1))), row(Sense::Exact, None)];
        let found = constraints(&city, &rows);
        assert!(found.iter().all(|c| c.level == UnitLevel::County && c.candidates == [0]));
        let missing: Vec<Option<u32>> = found.iter().map(|c| c.shortage(|_| false).missing).collect();
        assert_eq!(missing, [Some(0), Some(1), None]);
    }
}
