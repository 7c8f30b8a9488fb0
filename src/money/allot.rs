//! How a number of projects could be handed out to cities or counties: a proposal, with its reasons, beside what a document gives and
//! an even split.
//!
//! A unit's share is the mean of its shares of four needs, equally weighted (ours): people of 60 and over without a facility in reach,
//! occupied households of P500 communities, counties without a project, and last year's grades. A need that is unknown for one unit,
//! or nobody's, is left out for all. Seats follow shares by largest remainders (Hamilton's method) within floors and ceilings.

use std::collections::BTreeMap;

use crate::city::{City, Community, CommunityKind, County, Grade, Group};
use crate::coverage::old500::{households, old500};
use crate::coverage::{Coverage, GroupCover};
use crate::policy::quota::annex;
use crate::read::quota::{Quota, Sense};
use crate::settings::Settings;
use crate::units::Count;

/// Whom the projects are handed out to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Level {
    City,
    County,
}

impl Level {
    /// As written in `allot.csv` and in quota files.
    pub fn key(self) -> &'static str {
        match self {
            Level::City => "city",
            Level::County => "county",
        }
    }
}

/// Which need: the order of [`Row::parts`].
pub const NEEDS: [&str; 4] = ["uncovered_elderly_60", "households_old_500", "without_project", "previous_grade"];

/// Why a unit did not get what its share alone would give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Bound {
    Floor,
    Ceiling,
}

/// One row of `allot.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// City or county.
    pub level: Level,
    /// Its code; its name where it has none.
    pub code: String,
    /// Its name.
    pub name: String,
    /// All projects.
    pub total: u32,
    /// What an even split gives: who stands first gets one more where it does not come out even.
    pub even: u32,
    /// What a document or a quota file gives it.
    pub annex: Option<u32>,
    /// What is proposed.
    pub proposed: u32,
    /// At least so many.
    pub floor: u32,
    /// At most so many; `None` without a limit.
    pub ceiling: Option<u32>,
    /// Known people of 60 and over in communities of the scope whom no counting facility covers.
    pub uncovered: Option<Count>,
    /// Occupied households of its P500 communities.
    pub old_500: Option<Count>,
    /// Its counties without a project.
    pub without_project: Option<u32>,
    /// How many of its counties were graded good, middle, poor.
    pub grades: [u32; 3],
    /// Its share of each need used; `None` where the need is left out for all.
    pub parts: [Option<f64>; 4],
    /// The mean of the parts.
    pub share: f64,
    /// What moved it away from its share.
    pub bound: Option<Bound>,
}

/// What a run asks for.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// How many projects.
    pub total: u32,
    /// Whom for.
    pub level: Level,
    /// At least so many for each, unless a quota file says otherwise.
    pub floor: u32,
    /// At most so many for each, unless a quota file says otherwise.
    pub ceiling: Option<u32>,
}

/// Why nothing can be proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No community or county names its city or county.
    NoUnits,
    /// The floors together ask for more than there is: this many.
    Floors(u64),
    /// The ceilings together leave some unassigned: only this many fit.
    Ceilings(u64),
    /// A unit's floor is above its ceiling.
    Crossed,
}

/// Cities where the study has several, else counties.
pub fn level(city: &City) -> Level {
    let cities: std::collections::BTreeSet<&str> =
        city.counties.iter().filter_map(|c| c.city_code.as_deref().or(c.city.as_deref())).collect();
    if cities.len() > 1 { Level::City } else { Level::County }
}

#[derive(Default)]
struct Unit {
    name: String,
    uncovered: Option<Count>,
    old_500: Option<Count>,
    without_project: Option<u32>,
    grades: [u32; 3],
    ungraded: bool,
}

/// The proposal, in the order of codes.
pub fn propose(
    settings: &Settings,
    city: &City,
    coverage: &Coverage,
    packs: &[&str],
    quotas: &[Quota],
    request: Request,
) -> Result<Vec<Row>, Refusal> {
    let units = units(settings, city, coverage, request.level);
    if units.is_empty() {
        return Err(Refusal::NoUnits);
    }
    let units: Vec<(&String, &Unit)> = units.iter().collect();
    let parts = parts(&units);
    let shares: Vec<f64> = parts.iter().map(|parts| mean(parts).unwrap_or(1.0 / units.len() as f64)).collect();
    let limits: Vec<(u32, Option<u32>)> = units.iter().map(|(code, unit)| limits(code, &unit.name, quotas, request)).collect();
    let proposed = apportion(request.total, &shares, &limits)?;
    let (each, more) = (request.total / units.len() as u32, request.total as usize % units.len());
    let row = |(i, (code, unit)): (usize, &(&String, &Unit))| {
        let (seats, bound) = proposed[i];
        Row {
            level: request.level,
            code: (*code).clone(),
            name: unit.name.clone(),
            total: request.total,
            even: each + u32::from(i < more),
            annex: given(code, &unit.name, packs, quotas, request.level),
            proposed: seats,
            floor: limits[i].0,
            ceiling: limits[i].1,
            uncovered: unit.uncovered,
            old_500: unit.old_500,
            without_project: unit.without_project,
            grades: unit.grades,
            parts: parts[i],
            share: shares[i],
            bound,
        }
    };
    Ok(units.iter().enumerate().map(row).collect())
}

fn units(settings: &Settings, city: &City, coverage: &Coverage, level: Level) -> BTreeMap<String, Unit> {
    let mut records: BTreeMap<&str, &County> = BTreeMap::new();
    city.counties.iter().for_each(|county| _ = records.entry(&county.code).or_insert(county));
    let of_county = |code: &str, name: &str, record: Option<&County>| -> Option<(String, String)> {
        let (code, name) = match level {
            Level::County => (code.to_owned(), record.map_or_else(|| name.to_owned(), |r| r.name.clone())),
            Level::City => {
                let name = record.and_then(|r| r.city.clone()).unwrap_or_default();
                let digits = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
                let derived = || (digits && name.is_empty()).then(|| format!("{}00", &code[..4]));
                (record.and_then(|r| r.city_code.clone()).or_else(derived).unwrap_or_default(), name)
            }
        };
        let key = if code.is_empty() { name.clone() } else { code };
        (!key.is_empty()).then_some((key, name))
    };
    let mut units: BTreeMap<String, Unit> = BTreeMap::new();
    let listed = crate::study::facts::counties_without_project();
    for county in &city.counties {
        let Some(key) = of_county(&county.code, &county.name, Some(county)) else { continue };
        let unit = Unit::named(&mut units, key);
        let without = without_project(settings, county, &listed);
        unit.without_project = unit.without_project.zip(without).map(|(n, without)| n + u32::from(without));
        match county.previous_grade {
            Some(grade) => unit.grades[grade as usize] += 1,
            None => unit.ungraded = true,
        }
    }
    for cover in &coverage.communities {
        let community = &city.communities[cover.community as usize];
        let code = community.county_code.as_deref().unwrap_or_default();
        let record = records.get(code).copied();
        let Some(key) = of_county(code, community.county.as_deref().unwrap_or_default(), record) else { continue };
        let unit = Unit::named(&mut units, key);
        if settings.scope.includes(community.kind) {
            // Where nobody's reach is known, nothing is known of who is uncovered.
            let known = |g: &&GroupCover| g.people == Count::ZERO || g.known() > Count::ZERO;
            let elders = cover.groups.iter().find(|g| g.group == Group::Elderly60).filter(known);
            unit.uncovered = unit.uncovered.zip(elders).map(|(sum, g)| sum + g.known().minus(g.covered));
        }
        if community.kind == CommunityKind::Urban {
            unit.old_500 = unit.old_500.zip(old_households(community, settings.accept_proxy)).map(|(a, b)| a + b);
        }
    }
    units
}

/// Occupied households where the community is a P500 one, none where it is not; unknown while that is.
fn old_households(community: &Community, accept_proxy: bool) -> Option<Count> {
    if old500(community, accept_proxy)? { households(community, accept_proxy) } else { Some(Count::ZERO) }
}

/// The county table, else annex 1, which speaks of Shanxi in 2023 only.
fn without_project(settings: &Settings, county: &County, listed: &[(String, String, String)]) -> Option<bool> {
    if let Some(prior) = county.prior_projects {
        return Some(prior == Count::ZERO);
    }
    let shanxi = county.code.len() == 6 && county.code.starts_with("14");
    let in_time = settings.as_of.is_none_or(|day| day.year() <= 2023);
    (shanxi && in_time).then(|| listed.iter().any(|(_, _, code)| *code == county.code))
}

impl Unit {
    /// Nothing added up yet: zero, not unknown.
    fn nothing_yet() -> Self {
        Unit { uncovered: Some(Count::ZERO), old_500: Some(Count::ZERO), without_project: Some(0), ..Unit::default() }
    }

    fn named(units: &mut BTreeMap<String, Unit>, (key, name): (String, String)) -> &mut Unit {
        let unit = units.entry(key).or_insert_with(Unit::nothing_yet);
        if unit.name.is_empty() {
            unit.name = name;
        }
        unit
    }

    /// The four needs as numbers; last year's work counts 1 for good, a half for middle, nothing for poor (ours).
    fn needs(&self) -> [Option<f64>; 4] {
        let graded = !self.ungraded && self.grades.iter().sum::<u32>() > 0;
        let grade = f64::from(self.grades[Grade::Good as usize]) + f64::from(self.grades[Grade::Middle as usize]) / 2.0;
        [self.uncovered.map(Count::as_f64), self.old_500.map(Count::as_f64), self.without_project.map(f64::from), graded.then_some(grade)]
    }
}

/// Each unit's share of each need.
fn parts(units: &[(&String, &Unit)]) -> Vec<[Option<f64>; 4]> {
    let needs: Vec<[Option<f64>; 4]> = units.iter().map(|(_, unit)| unit.needs()).collect();
    let sums: [Option<f64>; 4] = std::array::from_fn(|n| needs.iter().map(|of| of[n]).sum::<Option<f64>>().filter(|sum| *sum > 0.0));
    needs.iter().map(|of| std::array::from_fn(|n| of[n].zip(sums[n]).map(|(need, sum)| need / sum))).collect()
}

fn mean(parts: &[Option<f64>; 4]) -> Option<f64> {
    let known = parts.iter().flatten().count();
    (known > 0).then(|| parts.iter().flatten().sum::<f64>() / known as f64)
}

/// Rows of a quota file that speak of a unit.
fn rows<'q>(code: &str, name: &str, quotas: &'q [Quota], level: Level) -> impl Iterator<Item = &'q Quota> {
    let (code, name) = (code.to_owned(), name.to_owned());
    let same = move |q: &&Quota| if q.code.is_empty() { q.name == name } else { q.code == code };
    quotas.iter().filter(move |q| q.level.is_empty() || q.level == level.key()).filter(same)
}

fn number(quota: &Quota) -> Option<u32> {
    quota.quota.and_then(|n| u32::try_from(n.0 / 1_000_000).ok())
}

fn limits(code: &str, name: &str, quotas: &[Quota], request: Request) -> (u32, Option<u32>) {
    let of = |sense| rows(code, name, quotas, request.level).filter(|q| q.sense == sense).filter_map(number).next();
    (of(Sense::Min).unwrap_or(request.floor), of(Sense::Max).or(request.ceiling))
}

/// What a quota file gives exactly, else the annex of the first chosen pack that has one at this level.
fn given(code: &str, name: &str, packs: &[&str], quotas: &[Quota], level: Level) -> Option<u32> {
    let mut exact = rows(code, name, quotas, level).filter(|q| q.sense == Sense::Exact).filter_map(number).peekable();
    if exact.peek().is_some() {
        return Some(exact.sum());
    }
    let of_level = |pack: &&str| annex(pack).filter(|shares| shares.iter().any(|s| s.level == level.key()));
    let shares = packs.iter().find_map(of_level)?;
    let mut same = shares.iter().filter(|s| s.level == level.key() && (s.code == code || s.name == name)).peekable();
    same.peek().is_some().then(|| same.map(|s| s.quota).sum())
}

/// Seats by largest remainders within limits: who would fall below its floor or rise above its ceiling is held there first, on the side
/// that moves more seats, and the others share what is left. Ties go to who stands first.
pub fn apportion(total: u32, shares: &[f64], limits: &[(u32, Option<u32>)]) -> Result<Vec<(u32, Option<Bound>)>, Refusal> {
    if limits.iter().any(|(floor, ceiling)| ceiling.is_some_and(|c| c < *floor)) {
        return Err(Refusal::Crossed);
    }
    let least: u64 = limits.iter().map(|(floor, _)| u64::from(*floor)).sum();
    if least > total.into() {
        return Err(Refusal::Floors(least));
    }
    let most = limits.iter().map(|(_, ceiling)| ceiling.map(u64::from)).sum::<Option<u64>>();
    if let Some(most) = most.filter(|most| *most < total.into()) {
        return Err(Refusal::Ceilings(most));
    }
    let mut held: Vec<Option<(u32, Bound)>> = vec![None; shares.len()];
    let exact = loop {
        let left = f64::from(total) - held.iter().flatten().map(|(seats, _)| f64::from(*seats)).sum::<f64>();
        let free = || (0..shares.len()).filter(|i| held[*i].is_none());
        let (sum, count) = (free().map(|i| shares[i]).sum::<f64>(), free().count());
        // Where nobody left has a share, what is left is split evenly.
        let exact: Vec<f64> =
            (0..shares.len()).map(|i| if sum > 0.0 { left * shares[i] / sum } else { left / count.max(1) as f64 }).collect();
        let below: Vec<usize> = free().filter(|i| exact[*i] < f64::from(limits[*i].0)).collect();
        let above: Vec<usize> = free().filter(|i| limits[*i].1.is_some_and(|c| exact[*i] > f64::from(c))).collect();
        let lack: f64 = below.iter().map(|i| f64::from(limits[*i].0) - exact[*i]).sum();
        let excess: f64 = above.iter().map(|i| exact[*i] - f64::from(limits[*i].1.unwrap_or(u32::MAX))).sum();
        match (below.is_empty(), above.is_empty()) {
            (true, true) => break exact,
            _ if lack >= excess && !below.is_empty() => below.iter().for_each(|i| held[*i] = Some((limits[*i].0, Bound::Floor))),
            _ => above.iter().for_each(|i| held[*i] = Some((limits[*i].1.unwrap_or(u32::MAX), Bound::Ceiling))),
        }
    };
    let mut seats: Vec<u32> = held.iter().zip(&exact).map(|(held, exact)| held.map_or(exact.floor() as u32, |(n, _)| n)).collect();
    let mut order: Vec<usize> = (0..shares.len()).filter(|i| held[*i].is_none()).collect();
    let remainder = |i: usize| exact[i] - exact[i].floor();
    order.sort_by(|a, b| remainder(*b).total_cmp(&remainder(*a)).then(a.cmp(b)));
    let mut left = total.saturating_sub(seats.iter().sum());
    // Once round is enough but for rounding in the last digit of a share.
    while left > 0 {
        let before = left;
        for i in &order {
            if left > 0 && limits[*i].1.is_none_or(|c| seats[*i] < c) {
                seats[*i] += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    Ok(seats.into_iter().zip(held).map(|(n, held)| (n, held.map(|(_, bound)| bound))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(total: u32, shares: &[f64], limits: &[(u32, Option<u32>)]) -> Vec<u32> {
        apportion(total, shares, limits).unwrap().into_iter().map(|(n, _)| n).collect()
    }

    #[test]
    fn largest_remainders_get_the_seats_that_are_left() {
        let none = [(0, None); 3];
        // 5.0, 3.3, 1.7 of ten.
        assert_eq!(seats(10, &[0.5, 0.33, 0.17], &none), [5, 3, 2]);
        assert_eq!(seats(2, &[0.5, 0.5, 0.5], &none), [1, 1, 0], "ties go to who stands first");
        assert_eq!(seats(5, &[0.0, 0.0, 0.0], &none), [2, 2, 1]);
        assert_eq!(seats(0, &[0.5, 0.3, 0.2], &none), [0, 0, 0]);
    }

    #[test]
    fn floors_and_ceilings_hold_and_the_others_share_what_is_left() {
        assert_eq!(seats(10, &[0.8, 0.1, 0.1], &[(0, Some(4)), (0, None), (0, None)]), [4, 3, 3]);
        assert_eq!(seats(10, &[0.9, 0.1, 0.0], &[(0, None), (0, None), (2, None)]), [7, 1, 2]);
        let bounds = apportion(10, &[0.9, 0.1, 0.0], &[(0, None), (0, None), (2, None)]).unwrap();
        assert_eq!(bounds[2].1, Some(Bound::Floor));
        assert_eq!(apportion(3, &[1.0, 0.0], &[(2, None), (2, None)]), Err(Refusal::Floors(4)));
        assert_eq!(apportion(9, &[1.0, 0.0], &[(0, Some(4)), (0, Some(4))]), Err(Refusal::Ceilings(8)));
        assert_eq!(apportion(9, &[1.0], &[(3, Some(2))]), Err(Refusal::Crossed));
    }

    #[test]
    fn worked_example_of_annex_1_leaves_room_beside_its_counties_without_a_project() {
        let shares = annex("shanxi-2023").unwrap();
        let listed = crate::study::facts::counties_without_project();
        let slack = |s: &crate::policy::quota::Share| s.quota as usize - listed.iter().filter(|(city, _, _)| *city == s.name).count();
        assert_eq!((shares.len(), shares.iter().map(|s| s.quota).sum::<u32>(), listed.len()), (11, 100, 71));
        assert_eq!(shares.iter().map(slack).sum::<usize>(), 29);
        assert_eq!(shares.iter().find(|s| s.name == "吕梁市").map(slack), Some(0));
    }

    #[test]
    fn a_need_that_is_unknown_for_one_unit_is_left_out_for_all() {
        let known = Unit {
            uncovered: Some(Count::whole(30)),
            old_500: Some(Count::ZERO),
            without_project: Some(1),
            grades: [1, 1, 0],
            ..Unit::nothing_yet()
        };
        let open = Unit { uncovered: Some(Count::whole(10)), without_project: None, grades: [0, 0, 2], ..Unit::nothing_yet() };
        let (a, b) = ("a".to_owned(), "b".to_owned());
        let parts = parts(&[(&a, &known), (&b, &open)]);
        assert_eq!(parts, [[Some(0.75), None, None, Some(1.0)], [Some(0.25), None, None, Some(0.0)]]);
        assert_eq!(parts.iter().map(mean).collect::<Vec<_>>(), [Some(0.875), Some(0.125)]);
        assert_eq!(mean(&[None; 4]), None);
    }

    proptest::proptest! {
        #[test]
        fn every_seat_is_handed_out_within_the_limits(
            total in 0u32..200,
            given in proptest::collection::vec((0.0f64..1.0, 0u32..5, proptest::option::of(0u32..40)), 1..20),
        ) {
            let shares: Vec<f64> = given.iter().map(|g| g.0).collect();
            let limits: Vec<(u32, Option<u32>)> = given.iter().map(|g| (g.1, g.2.map(|c| c + g.1))).collect();
            if let Ok(seats) = apportion(total, &shares, &limits) {
                proptest::prop_assert_eq!(seats.iter().map(|s| s.0).sum::<u32>(), total);
                for ((n, _), (floor, ceiling)) in seats.iter().zip(&limits) {
                    proptest::prop_assert!(n >= floor && ceiling.is_none_or(|c| *n <= c));
                }
            }
        }
    }
}
