//! The worked city's answers, and laws that hold in any city.

use proptest::prelude::*;

use super::worked::{self, covered, nearest, reach, table};
use super::*;
use crate::access::two_step::norm_in_reach;
use crate::city::{City, CommunityKind, County, Status};
use crate::demand::{Demand, NO_COMMUNITY, Unplaced};
use crate::network::reach::ReachTable;
use crate::problem::{Origin, Problems};
use crate::settings::Settings;
use crate::space::LonLat;
use crate::units::SquareMetres;

/// `expected-totals.csv`, line by line: scope, group, speed, people, known, covered, unknown.
const TOTALS: &str = "\
urban,elderly_60,800,745,664,664,81
urban,elderly_60,1000,745,664,664,81
urban,elderly_60,1200,745,664,664,81
urban,households,800,850,760,760,90
urban,households,1000,850,760,760,90
urban,households,1200,850,760,760,90
village,elderly_60,800,111,111,0,0
village,elderly_60,1000,111,111,30,0
village,elderly_60,1200,111,111,61,0
village,households,800,140,140,0,0
village,households,1000,140,140,40,0
village,households,1200,140,140,80,0
all,elderly_60,800,856,775,664,81
all,elderly_60,1000,856,775,694,81
all,elderly_60,1200,856,775,725,81
all,households,800,990,900,760,90
all,households,1000,990,900,800,90
all,households,1200,990,900,840,90
";

fn lines(totals: &[&Total]) -> String {
    let line = |t: &&Total| {
        format!("{},{},{},{},{},{},{}\n", t.scope.key(), t.group.name(), t.speed.mm_per_s(), t.people, t.known, t.covered, t.unknown)
    };
    totals.iter().map(line).collect()
}

#[test]
fn the_worked_city_has_the_totals_that_were_worked_out() {
    let (.., coverage) = covered();
    let of = |level| coverage.totals.iter().filter(|t| t.level == level).collect::<Vec<_>>();
    for level in [Level::All, Level::County, Level::Street] {
        assert_eq!(lines(&of(level)), TOTALS);
    }
    let key = |level| (of(level)[0].code.clone(), of(level)[0].name.clone());
    assert_eq!(key(Level::All), ("all".into(), "all".into()));
    assert_eq!(key(Level::County), ("140105".into(), "示例区".into()));
    assert_eq!(key(Level::Street), ("140105001".into(), "示例街道".into()));
    assert!(of(Level::City).is_empty());
}

#[test]
fn the_worked_city_has_the_communities_that_were_worked_out() {
    let (settings, city, demand, mut coverage) = covered();
    coverage.add_norm(&norm_in_reach(&settings, &city, &demand, &reach(), &coverage, &mut Problems::default()));
    let rows: Vec<String> = coverage
        .communities
        .iter()
        .map(|r| {
            let show = |v: Option<f64>| v.map_or(String::new(), |v| format!("{v:.2}"));
            let elders = r.groups[0];
            assert_eq!(elders.group, Group::Elderly60);
            format!(
                "{},{},{},{},{},{},{},{},{}",
                city.communities[r.community as usize].code,
                elders.people,
                elders.covered,
                elders.share().map_or(String::new(), |s| format!("{s:.6}")),
                elders.unknown,
                r.status.key(),
                show(r.minutes),
                show(r.m2_per_100_households),
                show(r.reach_gap)
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "140105001201,111,30,0.270270,0,partial,18.75,21.43,0.00",
            "140105001001,324,324,1.000000,0,covered,8.62,75.00,0.00",
            "140105001002,355,340,1.000000,15,covered,5.00,75.00,0.00",
            "140105001003,66,0,,66,unknown,,,",
        ]
    );
    let south = &coverage.communities[2];
    assert_eq!((south.administrative, south.nearest_facility), (Administrative::Own, Some(0)));
    assert_eq!((south.area_reference, south.area_inside, south.area_gap), (Some(82.0), Some(600.0), Some(0.0)));
    let north = &coverage.communities[1];
    assert_eq!((north.administrative, north.area_inside, north.area_gap), (Administrative::None, Some(0.0), Some(74.0)));
    assert_eq!(north.priority_old_500, Some(false));
}

#[test]
fn the_worked_city_s_points_count_their_facilities() {
    let (.., coverage) = covered();
    assert_eq!(coverage.cover_count, [1, 1, 1, 0, 0, 1, 1, 0, 1, 0]);
    assert_eq!((coverage.counting, coverage.nearest), (vec![0], nearest()));
}

#[test]
fn the_headline_names_its_denominator_and_keeps_the_two_questions_apart() {
    let (mut settings, city, _, coverage) = covered();
    let head = headline(&city, &coverage, &settings);
    assert_eq!((head.scope, head.communities), (Scope::Urban, 3));
    assert_eq!(lines(&[head.walking.unwrap()]), "urban,elderly_60,1000,745,664,664,81\n");
    assert_eq!(lines(&head.at_speeds), TOTALS[..TOTALS.find("urban,households").unwrap()]);
    assert_eq!(head.administrative, standing::AdministrativeCount { own: 1, shared: 0, none: 2, unknown: 0 });
    settings.scope = Scope::Village;
    assert_eq!(headline(&city, &coverage, &settings).communities, 1);
    // A study without communities can only speak of everybody.
    let nowhere = City::default();
    assert_eq!(headline(&nowhere, &Coverage::default(), &settings).scope, Scope::All);
}

#[test]
fn a_speed_of_one_s_own_joins_the_three() {
    let (mut settings, city, demand, _) = covered();
    settings.speed = WalkingSpeed::from_mm_per_s(999).unwrap();
    let coverage = cover(&settings, &city, &demand, &reach(), nearest(), None);
    let speeds: Vec<u32> = coverage.totals.iter().take(4).map(|t| t.speed.mm_per_s()).collect();
    assert_eq!(speeds, [800, 999, 1000, 1200]);
    // P3 is 900.000 m away: out at 0.999 m/s, and so is the village.
    let village = coverage.communities.iter().find(|r| r.community == 2).unwrap();
    assert_eq!((village.groups[0].covered, village.status), (Count::ZERO, CoverStatus::Uncovered));
}

#[test]
fn half_unknown_is_still_judged_and_one_more_is_not() {
    let city = City { communities: vec![worked::community("1", "一")], ..City::default() };
    let settings = Settings::default();
    let status = |unknown: u64| {
        let mut demand = people_at(&[(0, 50)]);
        demand.without_point = vec![Unplaced { community: 0, group: Group::Elderly60, count: Count(unknown) }];
        let reach = ReachTable::new(vec![], vec![], vec![true], Millimetres(1_080_000));
        cover(&settings, &city, &demand, &reach, vec![None], None).communities[0].status
    };
    assert_eq!(status(50_000_000), CoverStatus::Uncovered);
    assert_eq!(status(50_000_001), CoverStatus::Unknown);
}

#[test]
fn the_bars_of_covered_and_uncovered_are_inclusive() {
    let city = City {
        communities: vec![worked::community("1", "一")],
        facilities: vec![worked::facility("F", Status::Operating)],
        ..City::default()
    };
    let status = |inside: u64, beyond: u64| {
        let demand = people_at(&[(0, inside), (0, beyond)]);
        let reach = ReachTable::new(vec![vec![(0, 1)]], vec![true], vec![true; 2], Millimetres(1_080_000));
        cover(&Settings::default(), &city, &demand, &reach, vec![None, None], None).communities[0].status
    };
    assert_eq!(
        [status(95, 5), status(949, 51), status(5, 95), status(51, 949)].map(CoverStatus::key),
        ["covered", "partial", "uncovered", "partial"]
    );
    // Nobody to speak of: no share, no status.
    assert_eq!(status(0, 0), CoverStatus::Unknown);
}

#[test]
fn a_group_that_a_community_does_not_know_is_absent_there_and_not_nobody() {
    let (settings, city, mut demand, _) = covered();
    demand.missing = vec![(2, Group::Elderly60)];
    let coverage = cover(&settings, &city, &demand, &reach(), nearest(), None);
    let village = coverage.communities.iter().find(|r| r.community == 2).unwrap();
    assert_eq!(village.groups.iter().map(|g| g.group).collect::<Vec<_>>(), [Group::Households]);
    assert_eq!(village.status, CoverStatus::Unknown);
    // The village is all there is of its scope: no line of zeros.
    assert!(!coverage.totals.iter().any(|t| t.scope == Scope::Village && t.group == Group::Elderly60));
}

#[test]
fn without_communities_only_everything_is_totalled() {
    let (settings, mut city, mut demand, _) = covered();
    city.communities.clear();
    city.facilities[0].community = None;
    demand.community = vec![NO_COMMUNITY; 10];
    demand.counts[Group::OccupiedHouseholds as usize] = None;
    let coverage = cover(&settings, &city, &demand, &reach(), nearest(), None);
    assert!(coverage.communities.is_empty());
    assert_eq!(lines(&coverage.totals.iter().collect::<Vec<_>>()), TOTALS[TOTALS.find("all,elderly").unwrap()..]);
}

#[test]
fn a_city_is_totalled_where_the_counties_name_it_and_streets_of_two_counties_stay_apart() {
    let (settings, mut city, demand, _) = covered();
    city.communities[3].county_code = Some("140106".into());
    city.communities[3].county = Some("邻区".into());
    for code in ["140105", "140106"] {
        city.counties.push(County {
            code: code.into(),
            name: format!("区{code}"),
            county_type: None,
            prior_projects: None,
            previous_grade: None,
            city: Some("示例市".into()),
            city_code: Some("140100".into()),
            origin: Origin::default(),
        });
    }
    // A street whose codes do not agree has none.
    city.communities[1].code = "S-1".into();
    let coverage = cover(&settings, &city, &demand, &reach(), nearest(), None);
    let mut units: Vec<(Level, &str, &str)> = coverage.totals.iter().map(|t| (t.level, t.code.as_str(), t.name.as_str())).collect();
    units.dedup();
    assert_eq!(
        units,
        [
            (Level::All, "all", "all"),
            (Level::City, "140100", "示例市"),
            (Level::County, "140105", "区140105"),
            (Level::County, "140106", "区140106"),
            (Level::Street, "", "示例街道"),
            (Level::Street, "140105001", "示例街道"),
        ]
    );
}

#[test]
fn a_joint_facility_is_shared_out_by_households_and_its_floor_counts_once() {
    let (settings, mut city, mut demand, _) = covered();
    city.facilities[0].serves = vec![0, 1];
    let rows = |city: &City, demand: &Demand| {
        let mut rows = cover(&settings, city, demand, &reach(), nearest(), None).communities;
        rows.sort_by_key(|r| r.community);
        rows.iter().map(|r| (r.administrative.key(), r.area_inside)).collect::<Vec<_>>()
    };
    let shared = rows(&city, &demand);
    assert_eq!(shared[0], ("shared", Some(600.0 * (370.0 / 780.0))));
    assert_eq!(shared[1], ("own", Some(600.0 * (410.0 / 780.0))));
    assert_eq!(shared[2], ("none", Some(0.0)));
    // A repetition of the record adds nothing.
    let mut again = city.facilities[0].clone();
    again.duplicate_of = Some(0);
    city.facilities.push(again);
    assert_eq!(rows(&city, &demand), shared);
    // Unknown households of one: equally.
    demand.missing = vec![(0, Group::Households)];
    assert_eq!(rows(&city, &demand)[1], ("own", Some(300.0)));
    // Unknown floor is not no floor.
    city.facilities.iter_mut().for_each(|f| f.floor_area = None);
    assert_eq!(rows(&city, &demand)[..3], [("shared", None), ("own", None), ("none", Some(0.0))]);
}

#[test]
fn where_no_facility_can_be_tied_to_a_community_nothing_is_said_of_it() {
    let (settings, mut city, demand, _) = covered();
    let answers = |city: &City| {
        let coverage = cover(&settings, city, &demand, &reach(), nearest(), None);
        coverage.communities.iter().map(|r| (r.community, r.administrative.key(), r.area_inside.is_some())).collect::<Vec<_>>()
    };
    // F1 lies outside all boundaries: that is known, except for a community whose boundary nobody drew.
    city.facilities[0].community = None;
    city.communities[3].boundary = None;
    assert_eq!(answers(&city), [(2, "none", true), (0, "none", true), (1, "none", true), (3, "unknown", false)]);
    city.facilities[0].place = None;
    assert!(answers(&city).iter().all(|a| a.1 == "unknown" && !a.2));
    city.facilities.clear();
    assert!(answers(&city).iter().all(|a| a.1 == "none"));
    city.given.facilities = false;
    assert!(answers(&city).iter().all(|a| a.1 == "unknown"));
}

#[test]
fn the_nearest_facility_is_that_of_most_people_and_ties_go_by_id() {
    let ids = ["F9", "F1", "F10"].map(|id| worked::facility(id, Status::Operating));
    let city = City { communities: vec![worked::community("1", "一")], facilities: ids.to_vec(), ..City::default() };
    // One, two and ten minutes away.
    let nearest_of = |people: [u64; 4]| {
        let demand = people_at(&people.map(|n| (0, n)));
        // The last point has a spot but reaches nobody: it has no say, and no time.
        let near = [(0, 60_000), (1, 120_000), (2, 600_000)].map(|(f, d)| Some((f, Millimetres(d))));
        let reach = ReachTable::new(vec![vec![]; 3], vec![true; 3], vec![true; 4], Millimetres(1_080_000));
        let row = &cover(&Settings::default(), &city, &demand, &reach, vec![near[0], near[1], near[2], None], None).communities[0];
        (row.nearest_facility.map(|f| city.facilities[f as usize].id.as_str()), row.minutes.map(|m| format!("{m:.4}")))
    };
    assert_eq!(nearest_of([5, 3, 1, 90]), (Some("F9"), Some("2.3333".into())));
    assert_eq!(nearest_of([3, 5, 1, 90]), (Some("F1"), Some("2.5556".into())));
    assert_eq!(nearest_of([3, 3, 3, 90]), (Some("F1"), Some("4.3333".into())));
    assert_eq!(nearest_of([0, 0, 0, 90]), (None, None));
}

#[test]
fn only_the_kinds_of_the_pack_cover() {
    let (settings, mut city, demand, _) = covered();
    city.facilities[0].kind = Some("养老院".into());
    let coverage = cover(&settings, &city, &demand, &reach(), nearest(), Some(&["日间照料中心".to_owned()]));
    assert!(coverage.counting.is_empty() && coverage.cover_count.iter().all(|n| *n == 0));
}

/// Points of elders: (community, people).
fn people_at(points: &[(u32, u64)]) -> Demand {
    let mut demand = Demand {
        places: vec![LonLat::new(112.0, 37.0).unwrap(); points.len()],
        community: points.iter().map(|p| p.0).collect(),
        ..Demand::default()
    };
    demand.counts[Group::Elderly60 as usize] = Some(points.iter().map(|p| Count::whole(p.1)).collect());
    demand
}

/// A random city: 0–4 communities, up to 12 points, up to 5 facilities and 3 candidates with arbitrary walks.
#[derive(Debug, Clone)]
struct Scene {
    settings: Settings,
    city: City,
    demand: Demand,
    reach: ReachTable,
    nearest: Vec<Option<(u32, Millimetres)>>,
}

fn scene() -> impl Strategy<Value = Scene> {
    let point = (0u32..5, any::<bool>(), 0u64..200_000_000, 0u64..50_000_000, prop::bool::weighted(0.85));
    let walks = || prop::collection::vec(prop::option::weighted(0.6, 0u32..1_080_000), 12);
    let site = (walks(), prop::option::weighted(0.8, 1.0f64..2000.0), prop::bool::weighted(0.7), prop::option::weighted(0.2, 0u32..5));
    (
        prop::collection::vec((any::<bool>(), prop::option::of(300u64..800), prop::option::of(any::<bool>())), 0..5),
        prop::collection::vec(point, 0..12),
        prop::collection::vec(site, 0..6),
        prop::collection::vec((walks(), prop::option::weighted(0.8, 1.0f64..2000.0), prop::bool::weighted(0.9)), 0..4),
        any::<bool>(),
    )
        .prop_map(|(communities, points, facilities, candidates, accept_proxy)| {
            let mut city = City::default();
            for (i, (urban, occupied, old)) in communities.into_iter().enumerate() {
                let mut c = worked::community(&format!("{i}"), "社区");
                c.kind = if urban { CommunityKind::Urban } else { CommunityKind::Village };
                c.counts[Group::OccupiedHouseholds] = occupied.map(Count::whole);
                c.old = old;
                city.communities.push(c);
            }
            let n = city.communities.len() as u32;
            let mut demand = people_at(&points.iter().map(|p| (if p.0 < n { p.0 } else { NO_COMMUNITY }, 0)).collect::<Vec<_>>());
            demand.counts[Group::Elderly60 as usize] = Some(points.iter().map(|p| Count(p.2)).collect());
            demand.counts[Group::Households as usize] = Some(points.iter().map(|p| Count(p.3)).collect());
            demand.counts[Group::OccupiedHouseholds as usize] = Some(points.iter().map(|p| Count(p.3 / 2)).collect());
            let unplaced = points.iter().filter(|p| p.1 && p.0 < n);
            demand.without_point = unplaced.map(|p| Unplaced { community: p.0, group: Group::Elderly60, count: Count(p.2 / 3) }).collect();
            let known: Vec<bool> = points.iter().map(|p| p.4).collect();
            let row = |walks: &[Option<u32>]| -> Vec<(u32, u32)> {
                let here = walks.iter().zip(&known).enumerate().filter(|(_, (_, known))| **known);
                here.filter_map(|(p, (d, _))| d.map(|d| (p as u32, d))).collect()
            };
            let mut rows = Vec::new();
            for (i, (walks, area, operating, duplicate_of)) in facilities.iter().enumerate() {
                let mut f = worked::facility(&format!("F{i}"), if *operating { Status::Operating } else { Status::Closed });
                f.floor_area = area.and_then(SquareMetres::new);
                f.duplicate_of = duplicate_of.filter(|d| (*d as usize) < i);
                f.community = (n > 0).then(|| i as u32 % n);
                city.facilities.push(f);
                rows.push(row(walks));
            }
            let mut spots = vec![true; rows.len()];
            for (i, (walks, area, spot)) in candidates.iter().enumerate() {
                city.candidates.push(worked::candidate(&format!("C{i}"), *area));
                rows.push(if *spot { row(walks) } else { Vec::new() });
                spots.push(*spot);
            }
            let nearest = (0..points.len() as u32)
                .map(|p| {
                    let walk = |f: &usize| rows[*f].iter().find(|(q, _)| *q == p).map(|(_, d)| (*f as u32, Millimetres(u64::from(*d))));
                    let counting = (0..city.facilities.len()).filter(|f| city.facilities[*f].counts(None));
                    counting.filter_map(|f| walk(&f)).min_by_key(|(_, d)| *d)
                })
                .collect();
            let settings = Settings { accept_proxy, ..Settings::default() };
            let reach = ReachTable::new(rows, spots, known, Millimetres(1_080_000));
            Scene { settings, city, demand, reach, nearest }
        })
}

impl Scene {
    fn cover(&self) -> Coverage {
        let mut coverage = cover(&self.settings, &self.city, &self.demand, &self.reach, self.nearest.clone(), None);
        let norm = self.norm(&coverage);
        coverage.add_norm(&norm);
        coverage
    }

    fn norm(&self, coverage: &Coverage) -> NormInReach {
        norm_in_reach(&self.settings, &self.city, &self.demand, &self.reach, coverage, &mut Problems::default())
    }

    fn figures(&self) -> Vec<SiteFigures> {
        let coverage = self.cover();
        figures(&self.settings, &self.city, &self.demand, &self.reach, &coverage, &self.norm(&coverage))
    }

    /// The same city after a candidate has been built and opened.
    fn with_built(&self, candidate: usize) -> Scene {
        let mut scene = self.clone();
        let site = self.city.facilities.len() + candidate;
        let mut f = worked::facility("NEW", Status::Operating);
        f.floor_area = self.city.candidates[candidate].floor_area;
        scene.city.facilities.push(f);
        scene.city.candidates.clear();
        let sites: Vec<usize> = (0..self.city.facilities.len()).chain([site]).collect();
        let rows = sites.iter().map(|s| self.reach.of_site(*s).map(|(p, d)| (p as u32, d.0 as u32)).collect()).collect();
        let known = (0..self.demand.len()).map(|p| self.reach.known().point_known(p)).collect();
        scene.reach = ReachTable::new(rows, sites.iter().map(|s| self.reach.known().site_known(*s)).collect(), known, self.reach.limit());
        scene
    }
}

proptest! {
    #[test]
    fn known_and_unknown_are_all_people_and_communities_and_the_rest_add_up(scene in scene()) {
        let coverage = scene.cover();
        for t in &coverage.totals {
            prop_assert_eq!(t.known + t.unknown, t.people);
            prop_assert!(t.covered <= t.known);
        }
        let everybody = coverage.totals.iter().filter(|t| t.level == Level::All && t.scope == Scope::All && t.speed == scene.settings.speed);
        for total in everybody {
            let rows = coverage.communities.iter().flat_map(|r| &r.groups).filter(|g| g.group == total.group);
            let mut sums = rows.fold([Count::ZERO; 3], |s, g| [s[0] + g.people, s[1] + g.covered, s[2] + g.unknown]);
            for (p, count) in scene.demand.group(total.group).unwrap().iter().enumerate() {
                if scene.demand.community_of(p).is_none() {
                    sums[0] += *count;
                    sums[1] += if coverage.cover_count[p] > 0 { *count } else { Count::ZERO };
                    sums[2] += if scene.reach.known().point_known(p) { Count::ZERO } else { *count };
                }
            }
            prop_assert_eq!(sums, [total.people, total.covered, total.unknown]);
        }
    }

    #[test]
    fn faster_walkers_and_more_facilities_never_cover_fewer(scene in scene(), close in 0usize..6) {
        let before = scene.cover();
        for lines in before.totals.chunk_by(|a, b| (a.level, &a.code, &a.name, a.scope, a.group) == (b.level, &b.code, &b.name, b.scope, b.group)) {
            prop_assert!(lines.is_sorted_by_key(|t| (t.speed, t.covered)) && lines.is_sorted_by_key(|t| t.covered));
        }
        let mut fewer = scene.clone();
        let Some(closed) = fewer.city.facilities.get_mut(close) else { return Ok(()) };
        closed.status = Some(Status::Closed);
        for (a, b) in fewer.cover().totals.iter().zip(&before.totals) {
            prop_assert_eq!((a.people, a.known), (b.people, b.known));
            prop_assert!(a.covered <= b.covered);
        }
    }

    #[test]
    fn what_a_candidate_adds_alone_is_what_opening_it_changes(scene in scene()) {
        let before = scene.cover();
        let elders = |coverage: &Coverage, group| {
            let line = coverage.totals.iter().find(|t| t.level == Level::All && t.scope == Scope::All && t.group == group && t.speed == scene.settings.speed);
            line.map_or(Count::ZERO, |t| t.covered)
        };
        for (i, f) in scene.figures().into_iter().enumerate() {
            if !scene.reach.known().site_known(scene.city.facilities.len() + i) {
                prop_assert!(f.elderly_60_reach.is_none() && f.reach_gap_closed.is_none() && f.households_new.is_none());
                continue;
            }
            let (reach, new, served) = (f.elderly_60_reach.unwrap(), f.elderly_60_new.unwrap(), f.elderly_60_served.unwrap());
            prop_assert!(new <= reach);
            prop_assert_eq!(new + served, reach);
            prop_assert_eq!(f.redundancy.is_some(), reach > Count::ZERO);
            let after = scene.with_built(i).cover();
            prop_assert_eq!(elders(&after, Group::Elderly60).minus(elders(&before, Group::Elderly60)), new);
            prop_assert_eq!(elders(&after, Group::Households).minus(elders(&before, Group::Households)), f.households_new.unwrap());
            // The gap that it closes, by running the whole norm again with it open.
            if let Some(closed) = f.reach_gap_closed {
                let gap = |c: &Coverage| -> Vec<Option<f64>> {
                    let mut rows: Vec<_> = c.communities.iter().collect();
                    rows.sort_by_key(|r| r.community);
                    rows.iter().map(|r| r.reach_gap).collect()
                };
                let sum: f64 = gap(&before).into_iter().zip(gap(&after)).filter_map(|(a, b)| a.zip(b)).map(|(a, b)| a - b).sum();
                prop_assert!((sum - closed).abs() < 1e-6, "{sum} against {closed}");
                prop_assert!(closed >= 0.0);
            }
        }
    }

    #[test]
    fn the_norm_hands_out_exactly_the_floor_that_somebody_reaches(scene in scene()) {
        let coverage = scene.cover();
        let norm = scene.norm(&coverage);
        let supplies = supply::supplies(&scene.city, &coverage.counting);
        prop_assume!(supplies.iter().all(|s| s.area.is_some()));
        let households = scene.demand.group(Group::Households).unwrap();
        let used = |s: &&supply::Supply| {
            let near = scene.reach.of_site(s.facility as usize).filter(|(p, d)| within::within(*d, scene.settings.speed, scene.settings.limit) && scene.reach.known().point_known(*p));
            near.map(|(p, _)| households[p]).sum::<Count>() > Count::ZERO
        };
        let floor: f64 = supplies.iter().filter(used).map(|s| s.area.unwrap().value()).sum();
        let handed: f64 = norm.points.iter().zip(households).filter_map(|(a, h)| a.map(|a| a * h.as_f64())).sum();
        prop_assert!((floor - handed).abs() < 1e-6 * (1.0 + floor), "{floor} against {handed}");
    }

    #[test]
    fn one_thread_and_two_say_the_same(scene in scene()) {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| format!("{:?} {:?}", scene.cover(), scene.figures()))
        };
        prop_assert_eq!(on(1), on(2));
    }
}

#[test]
fn a_candidate_of_the_worked_city_has_the_figures_one_can_add_up() {
    let (settings, mut city, demand, _) = covered();
    // C0 at d reaches P3 (served already), P4 and P5. C1 has no spot, C2 no position, C3 no known floor.
    city.candidates = vec![
        worked::candidate("C0", Some(70.0)),
        worked::candidate("C1", Some(70.0)),
        worked::candidate("C2", Some(70.0)),
        worked::candidate("C3", None),
    ];
    city.candidates[2].place = None;
    city.communities[2].old = Some(true);
    city.communities[2].counts[Group::OccupiedHouseholds] = Some(Count::whole(500));
    let near_d = vec![(1, 1_000_000), (2, 500_000), (3, 499_999), (4, 0)];
    let known = (0..10).map(|p| p != 7 && p != 9).collect();
    let rows: Vec<Vec<(u32, u32)>> = (0..3).map(|s| reach().of_site(s).map(|(p, d)| (p as u32, d.0 as u32)).collect()).collect();
    let rows = rows.into_iter().chain([near_d.clone(), vec![], near_d.clone(), near_d]).collect();
    let reach = ReachTable::new(rows, vec![true, true, true, true, false, true, true], known, Millimetres(1_080_000));
    let coverage = cover(&settings, &city, &demand, &reach, nearest(), None);
    let norm = norm_in_reach(&settings, &city, &demand, &reach, &coverage, &mut Problems::default());
    let all = figures(&settings, &city, &demand, &reach, &coverage, &norm);
    let f = &all[0];
    assert_eq!(f.elderly_60_reach, Some(Count::whole(111)));
    assert_eq!((f.elderly_60_new, f.elderly_60_served), (Some(Count::whole(81)), Some(Count::whole(30))));
    assert_eq!((f.households_new, f.redundancy), (Some(Count::whole(100)), Some(30.0 / 111.0)));
    // 130 occupied households over 40, 40 and 60: P4 and P5 hold 92.857143 of them.
    assert_eq!(f.old_500_households_new, Some(Count(92_857_143)));
    // The village has 21.43 m² per 100 households, above the norm: nothing to close.
    assert_eq!(f.reach_gap_closed, Some(0.0));
    for none in [&all[1], &all[2]] {
        assert_eq!((none.elderly_60_reach, none.households_new, none.reach_gap_closed), (None, None, None));
    }
    assert_eq!((all[3].elderly_60_new, all[3].reach_gap_closed), (Some(Count::whole(81)), None));

    // With a quarter of the floor the village has 5.357…: short by 14.643 × 140 ÷ 100 = 20.5 m². 70 m² over 140 households are 50 more.
    city.facilities[0].floor_area = SquareMetres::new(150.0);
    let norm = norm_in_reach(&settings, &city, &demand, &reach, &coverage, &mut Problems::default());
    let closed = figures(&settings, &city, &demand, &reach, &coverage, &norm)[0].reach_gap_closed.unwrap();
    assert!((closed - 20.5).abs() < 1e-9, "{closed}");

    // One more unknown and nothing is claimed, unless nobody lives at the points in question.
    city.communities[2].old = None;
    let mut empty = demand.clone();
    let occupied = empty.counts[Group::OccupiedHouseholds as usize].as_mut().unwrap();
    (occupied[3], occupied[4]) = (Count::ZERO, Count::ZERO);
    assert_eq!(figures(&settings, &city, &empty, &reach, &coverage, &norm)[0].old_500_households_new, Some(Count::ZERO));
    assert_eq!(figures(&settings, &city, &demand, &reach, &coverage, &norm)[0].old_500_households_new, None);
    city.communities[2].counts[Group::OccupiedHouseholds] = Some(Count::whole(499));
    assert_eq!(figures(&settings, &city, &demand, &reach, &coverage, &norm)[0].old_500_households_new, Some(Count::ZERO));
}

#[test]
fn an_accepted_proxy_counts_households_where_occupied_ones_are_missing() {
    let (mut settings, mut city, mut demand, _) = covered();
    city.candidates = vec![worked::candidate("C0", None)];
    city.communities[2].old = Some(true);
    city.communities[2].counts[Group::OccupiedHouseholds] = None;
    city.communities[2].counts[Group::Households] = Some(Count::whole(600));
    demand.missing = vec![(2, Group::OccupiedHouseholds)];
    let reach = table(vec![vec![], vec![], vec![], vec![(3, 499_999), (4, 0)]]);
    let new = |settings: &Settings| {
        let coverage = cover(settings, &city, &demand, &reach, nearest(), None);
        figures(settings, &city, &demand, &reach, &coverage, &NormInReach::default())[0].old_500_households_new
    };
    assert_eq!(new(&settings), None);
    settings.accept_proxy = true;
    assert_eq!(new(&settings), Some(Count::whole(100)));
}

/// Flips of a unit and group, by minute.
fn flips_of<'a>(coverage: &'a Coverage, t: &Total) -> Vec<&'a flip::Flip> {
    coverage.flip.iter().filter(|f| (f.level, &f.code, &f.name, f.group) == (t.level, &t.code, &t.name, t.group)).collect()
}

#[test]
fn p4_sits_a_millimetre_beyond_the_limit_and_p3_exactly_at_it() {
    let (mut settings, city, demand, _) = covered();
    settings.within = Some(2);
    let coverage = cover(&settings, &city, &demand, &reach(), nearest(), None);
    let of_all: Vec<_> = coverage.flip.iter().filter(|f| f.level == Level::All && f.group == Group::Elderly60).collect();
    assert_eq!(of_all.iter().map(|f| f.minutes).collect::<Vec<_>>(), [1, 2]);
    let walks = nearest();
    let people = demand.group(Group::Elderly60).unwrap();
    for f in of_all {
        let n = u64::from(f.minutes) * 60_000;
        // At one metre a second millimetres are milliseconds.
        let between = |from: u64, to: u64| -> Count {
            let here = |p: &usize| walks[*p].is_some_and(|(_, d)| from < d.0 && d.0 <= to);
            (0..demand.len()).filter(here).map(|p| people[p]).sum()
        };
        assert_eq!((f.just_in, f.just_out), (between(900_000 - n, 900_000), between(900_000, 900_000 + n)));
        assert!(f.just_in >= people[2] && f.just_out >= people[3]);
    }
    assert!(covered().3.flip.is_empty(), "nobody asked");
}

proptest! {
    #[test]
    fn people_just_in_and_just_out_are_what_another_limit_changes(scene in scene(), limit in 120_000u64..900_000, speed in 300u32..1200) {
        let mut scene = scene;
        scene.settings.limit = Milliseconds(limit);
        scene.settings.speed = WalkingSpeed::from_mm_per_s(speed).unwrap();
        scene.settings.within = Some(2);
        let coverage = scene.cover();
        let own = |c: &Coverage| -> Vec<Total> {
            c.totals.iter().filter(|t| t.scope == Scope::All && t.speed == scene.settings.speed).cloned().collect()
        };
        let at = |limit: u64| {
            let mut other = scene.clone();
            other.settings.limit = Milliseconds(limit);
            other.settings.within = None;
            own(&other.cover())
        };
        for n in [1, 2] {
            let (shorter, longer) = (at(limit - n * 60_000), at(limit + n * 60_000));
            for ((now, shorter), longer) in own(&coverage).iter().zip(&shorter).zip(&longer) {
                let flips = flips_of(&coverage, now);
                prop_assert_eq!(flips.len(), 2);
                let flip = flips[n as usize - 1];
                prop_assert_eq!(now.covered.minus(flip.just_in), shorter.covered);
                prop_assert_eq!(now.covered + flip.just_out, longer.covered);
            }
        }
    }

    #[test]
    fn the_surface_has_the_totals_of_every_speed_and_limit(scene in scene(), limit in 120_000u64..900_000, speed in 300u32..1200) {
        let mut scene = scene;
        scene.settings.limit = Milliseconds(limit);
        scene.settings.speed = WalkingSpeed::from_mm_per_s(speed).unwrap();
        let layer = |scene: &Scene| sensitivity::SnapLayer {
            snap: scene.settings.snap,
            known: (0..scene.demand.len()).map(|p| scene.reach.known().point_known(p)).collect(),
            nearest: scene.nearest.iter().map(|n| n.map(|(_, d)| d)).collect(),
        };
        let rows = sensitivity::surface(&scene.settings, &scene.city, &scene.demand, std::iter::once(layer(&scene)));
        let groups = scene.demand.reported().len();
        prop_assert_eq!(rows.len(), sensitivity::speeds(&scene.settings).len() * sensitivity::limits(&scene.settings).len() * groups);
        for row in &rows {
            let mut other = scene.clone();
            (other.settings.speed, other.settings.limit) = (row.speed, row.limit);
            let coverage = other.cover();
            let same = |t: &&Total| (t.level, t.scope, t.group, t.speed) == (Level::All, row.scope, row.group, row.speed);
            // A walk beyond the table is nobody's here: the scene's table and its nearest facilities end together.
            match coverage.totals.iter().find(same) {
                Some(t) => prop_assert_eq!((t.people, t.known, t.covered, t.unknown), (row.people, row.known, row.covered, row.unknown)),
                None => prop_assert_eq!(row.people, Count::ZERO),
            }
        }
    }
}
