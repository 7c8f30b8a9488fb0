//! Norm in reach: the binary two-step floating catchment area (2SFCA; Luo & Wang 2003, doi:10.1068/b29120) with floor as supply
//! and households as demand.
//!
//! First each facility's floor is divided by all households that reach it within the limit; then each point adds up what the
//! facilities in its reach give. A community's value is the household-weighted mean of its points, to be read beside 20 m² per 100
//! households: a verdict for new estates only, for all else a reference value (参照值).

use rayon::prelude::*;

use crate::city::{City, Group};
use crate::coverage::Coverage;
use crate::coverage::norm::{CommunityNorm, NormInReach};
use crate::coverage::supply::{Supply, supplies};
use crate::coverage::within::within;
use crate::demand::Demand;
use crate::network::reach::{Known, Reach};
use crate::problem::{Code, Problem, Problems};
use crate::settings::Settings;
use crate::units::Count;

/// What a supply gives to a household in its reach.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ratio {
    /// No supply at this site.
    None,
    /// m² per household.
    Known(f64),
    /// Its floor is unknown, and so is everything it would add to.
    Unknown,
}

/// The norm in reach of every point and community. Households are those of known points; without any in the study all is unknown.
/// A counting facility without `care_area` and `floor_area` is a problem (W-AREA-UNKNOWN), and what it reaches is unknown.
pub fn norm_in_reach(
    settings: &Settings,
    city: &City,
    demand: &Demand,
    reach: &dyn Reach,
    coverage: &Coverage,
    problems: &mut Problems,
) -> NormInReach {
    let unknown = || NormInReach { points: vec![None; demand.len()], communities: vec![None; city.communities.len()] };
    let Some(households) = demand.group(Group::Households) else { return unknown() };
    let supplies = supplies(city, &coverage.counting);
    for supply in supplies.iter().filter(|s| s.area.is_none()) {
        let facility = &city.facilities[supply.facility as usize];
        problems.push(
            Problem::new(Code::W_AREA_UNKNOWN).at(&facility.origin).field("floor_area").value(&facility.id).with("name", &facility.name),
        );
    }
    let ratios = ratios(settings, city, reach, households, &supplies);
    let mut points: Vec<Option<f64>> = (0..demand.len()).map(|p| reach.known().point_known(p).then_some(0.0)).collect();
    reach.in_parts(0..ratios.len().min(reach.known().site_count()), &mut |table, sites| {
        // Sites ascend for each point: the fractions are added in one order on any number of threads.
        table.for_points(sites, &mut points, |sum, site, d| match ratios[site] {
            Ratio::None => {}
            _ if !within(d, settings.speed, settings.limit) => {}
            Ratio::Known(ratio) => *sum = sum.map(|s| s + ratio),
            Ratio::Unknown => *sum = None,
        });
    });
    let communities = communities(city, demand, reach.known(), households, &points);
    NormInReach { points, communities }
}

/// Step one: floor ÷ known households in reach, for each facility.
fn ratios(settings: &Settings, city: &City, reach: &dyn Reach, households: &[Count], supplies: &[Supply]) -> Vec<Ratio> {
    let mut ratios = vec![Ratio::None; city.facilities.len()];
    reach.in_parts(0..ratios.len().min(reach.known().site_count()), &mut |table, sites| {
        let of_part = |s: &&Supply| sites.contains(&(s.facility as usize));
        let each: Vec<(usize, Ratio)> = supplies
            .par_iter()
            .filter(of_part)
            .map(|supply| {
                let site = supply.facility as usize;
                let near = table.of_site(site).filter(|(p, d)| table.known().point_known(*p) && within(*d, settings.speed, settings.limit));
                let demand: Count = near.map(|(p, _)| households[p]).sum();
                let ratio = match supply.area {
                    None => Ratio::Unknown,
                    Some(_) if demand == Count::ZERO => Ratio::None,
                    Some(area) => Ratio::Known(area.value() / demand.as_f64()),
                };
                (site, ratio)
            })
            .collect();
        each.into_iter().for_each(|(site, ratio)| ratios[site] = ratio);
    });
    ratios
}

/// Step two, for communities: the household-weighted mean over known points.
fn communities(
    city: &City,
    demand: &Demand,
    on_streets: &Known,
    households: &[Count],
    points: &[Option<f64>],
) -> Vec<Option<CommunityNorm>> {
    let mut known = vec![Count::ZERO; city.communities.len()];
    let mut floor = vec![Some(0.0); city.communities.len()];
    for (p, count) in households.iter().enumerate() {
        let Some(c) = demand.community_of(p).filter(|_| on_streets.point_known(p) && *count > Count::ZERO) else { continue };
        known[c] += *count;
        floor[c] = floor[c].zip(points[p]).map(|(sum, per_household): (f64, f64)| sum + per_household * count.as_f64());
    }
    let mean = |(c, (known, floor)): (usize, (Count, Option<f64>))| {
        let given = known > Count::ZERO && demand.knows(c as u32, Group::Households);
        let m2_per_100_households = 100.0 * floor.filter(|_| given)? / known.as_f64();
        Some(CommunityNorm { known_households: known, m2_per_100_households })
    };
    known.into_iter().zip(floor).enumerate().map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::worked::{self, covered, nearest, reach};
    use crate::coverage::{cover, supply};
    use crate::network::reach::ReachTable;
    use crate::units::SquareMetres;

    fn norm(city: &City, demand: &Demand, reach: &ReachTable) -> (NormInReach, Vec<String>) {
        let settings = Settings::default();
        let coverage = cover(&settings, city, demand, reach, nearest(), None);
        let mut problems = Problems::default();
        let norm = norm_in_reach(&settings, city, demand, reach, &coverage, &mut problems);
        (norm, problems.iter().map(|p| format!("{} {}", p.code.text(), p.value.as_deref().unwrap_or(""))).collect())
    }

    #[test]
    fn six_hundred_square_metres_over_eight_hundred_households() {
        let (_, city, demand, _) = covered();
        let (norm, problems) = norm(&city, &demand, &reach());
        assert!(problems.is_empty());
        assert_eq!(norm.points[..5], [Some(0.75), Some(0.75), Some(0.75), Some(0.0), Some(0.0)]);
        assert_eq!((norm.points[7], norm.points[9]), (None, None));
        let village = norm.communities[2].unwrap();
        assert_eq!(village.known_households, Count::whole(140));
        assert!((village.m2_per_100_households - 75.0 * 40.0 / 140.0).abs() < 1e-12);
        assert_eq!(village.gap(), 0.0);
        assert_eq!(norm.communities[3], None);
    }

    #[test]
    fn an_unknown_floor_makes_its_reach_unknown_and_is_named() {
        let (_, mut city, demand, _) = covered();
        // F2 opens in the east without anybody knowing its floor; it reaches P3, P4 and P5 only.
        city.facilities[1].status = Some(crate::city::Status::Operating);
        city.facilities[1].floor_area = None;
        let (norm, problems) = norm(&city, &demand, &reach());
        assert_eq!(problems, ["W-AREA-UNKNOWN F2"]);
        assert_eq!(norm.points[..5], [Some(0.75), Some(0.75), None, None, None]);
        assert!(norm.communities[0].is_some() && norm.communities[2].is_none());
    }

    #[test]
    fn the_part_for_care_is_the_supply() {
        let (_, mut city, demand, _) = covered();
        city.facilities[0].care_area = SquareMetres::new(400.0);
        assert_eq!(norm(&city, &demand, &reach()).0.points[0], Some(0.5));
    }

    #[test]
    fn a_facility_listed_twice_gives_its_floor_once() {
        let (_, mut city, demand, _) = covered();
        let mut again = city.facilities[0].clone();
        again.duplicate_of = Some(0);
        city.facilities.push(again);
        let row = |s: usize| reach().of_site(s).map(|(p, d)| (p as u32, d.0 as u32)).collect::<Vec<_>>();
        let reach = worked::table(vec![row(0), row(1), row(2), row(0)]);
        assert_eq!(supply::counting(&city, None), [0, 3]);
        assert_eq!(norm(&city, &demand, &reach).0.points[0], Some(0.75));
    }

    #[test]
    fn without_households_nothing_is_said_and_no_floor_is_missed() {
        let (_, mut city, mut demand, _) = covered();
        demand.counts[Group::Households as usize] = None;
        city.facilities[0].floor_area = None;
        let (norm, problems) = norm(&city, &demand, &reach());
        assert!(problems.is_empty());
        assert!(norm.points.iter().all(Option::is_none) && norm.communities.iter().all(Option::is_none));
    }
}
