//! People before and after: nobody lost, nobody twice.

use proptest::prelude::*;

use super::*;
use crate::city::{City, CommunityKind, Estate};
use crate::coverage::worked;
use crate::problem::{Code, Origin, Problems};
use crate::read::demand::DemandRecords;
use crate::settings::Settings;

fn place_all(city: &City, records: Option<DemandRecords>) -> (Demand, Vec<String>) {
    let mut problems = Problems::default();
    let demand = place(&Settings::default(), city, records, &mut problems);
    check_shape(city, &demand);
    (
        demand,
        problems
            .iter()
            .map(|p| format!("{} {} {}", p.code.text(), p.field.as_deref().unwrap_or(""), p.value.as_deref().unwrap_or("")))
            .collect(),
    )
}

/// What holds of every demand, whatever made it.
fn check_shape(city: &City, demand: &Demand) {
    assert_eq!(demand.community.len(), demand.len());
    for column in demand.counts.iter().flatten() {
        assert_eq!(column.len(), demand.len());
    }
    assert!(demand.community.iter().all(|c| *c == NO_COMMUNITY || (*c as usize) < city.communities.len()));
    assert!(demand.missing.is_sorted());
}

/// People of a community, at points and at none.
fn people(demand: &Demand, community: u32, group: Group) -> Count {
    let at_points = demand.group(group).unwrap_or_default().iter().zip(&demand.community).filter(|(_, c)| **c == community);
    let nowhere = demand.without_point.iter().filter(|u| u.community == community && u.group == group);
    at_points.map(|(n, _)| *n).sum::<Count>() + nowhere.map(|u| u.count).sum()
}

fn whole(n: u64) -> Option<Count> {
    Some(Count::whole(n))
}

fn estate(community: u32, at: Option<(f64, f64)>, households: Option<u64>) -> Estate {
    Estate {
        code: "E".into(),
        name: "E".into(),
        community: Some(community),
        place: at.and_then(|(x, y)| LonLat::new(x, y)),
        outline: None,
        households_planned: None,
        households: households.map(Count::whole),
        occupied_households: None,
        floor_area: None,
        built_year: None,
        old: None,
        is_new: None,
        care_area_delivered: None,
        origin: Origin::default(),
    }
}

#[test]
fn a_point_file_that_agrees_with_the_register_is_taken_as_it_is() {
    let (demand, problems) = place_all(&worked::city(), Some(worked::records()));
    assert_eq!(problems, [""; 0]);
    assert_eq!((demand.len(), demand.id(9)), (10, "P10".to_owned()));
    assert_eq!(demand.group(Group::Elderly60).unwrap()[1], Count::whole(180));
    assert_eq!(demand.sources, [DemandSource::File]);
    assert!(demand.without_point.is_empty() && demand.missing.is_empty());
    // Only the communities have occupied households: 360 over 120, 200 and 50 households.
    let occupied = demand.group(Group::OccupiedHouseholds).unwrap();
    assert_eq!([occupied[0], occupied[1], occupied[8]], [Count(116_756_757), Count(194_594_594), Count(48_648_649)]);
}

#[test]
fn a_point_file_that_disagrees_wins_and_says_so_once_for_each_community_and_group() {
    let mut city = worked::city();
    city.communities[0].counts[Group::Elderly60] = whole(330);
    city.communities[1].counts[Group::Households] = whole(300);
    let (demand, problems) = place_all(&city, Some(worked::records()));
    assert_eq!(problems, ["W-SUM elderly_60 324", "W-SUM households 410"]);
    assert_eq!(people(&demand, 0, Group::Elderly60), Count::whole(324));
}

#[test]
fn a_weight_shares_out_what_the_register_counts() {
    let city = worked::city();
    let mut records = worked::records();
    records.counts = Default::default();
    records.counts[Group::Weight as usize] = Some([1, 2, 0, 0, 0, 1, 1, 1, 1, 1].map(whole).to_vec());
    let (demand, problems) = place_all(&city, Some(records));
    assert_eq!(problems, [""; 0]);
    let elders = demand.group(Group::Elderly60).unwrap();
    assert_eq!([elders[0], elders[1], elders[8]], [Count::whole(81), Count::whole(162), Count::whole(81)]);
    // 355 ÷ 3: the odd millionth stays with the first of the three.
    assert_eq!([elders[5], elders[6], elders[9]], [Count(118_333_334), Count(118_333_333), Count(118_333_333)]);
    // The village's weights are all zero: everybody weighs the same.
    assert_eq!([elders[2], elders[3], elders[4]], [Count::whole(37); 3]);
}

#[test]
fn a_column_of_zeros_says_nothing_about_where_others_live() {
    let mut city = worked::city();
    city.communities[0].counts[Group::Elderly60] = whole(0);
    city.communities[0].counts[Group::Population] = whole(740);
    let mut records = worked::records();
    let elders = records.counts[Group::Elderly60 as usize].as_mut().unwrap();
    for p in [0, 1, 8] {
        elders[p] = whole(0);
    }
    let (demand, _) = place_all(&city, Some(records));
    // By households, 120, 200 and 50, since no elder lives here.
    let population = demand.group(Group::Population).unwrap();
    assert_eq!([population[0], population[1], population[8]], [240, 400, 100].map(Count::whole));
}

#[test]
fn bare_points_share_equally() {
    let mut records = worked::records();
    records.counts = Default::default();
    let (demand, _) = place_all(&worked::city(), Some(records));
    assert_eq!(demand.group(Group::Elderly60).unwrap()[0], Count::whole(108));
}

#[test]
fn without_a_code_the_polygon_says_whose_a_point_is_and_outside_it_is_nobodys() {
    let city = worked::city();
    let coded = place_all(&city, Some(worked::records())).0;
    let mut records = worked::records();
    records.communities = vec![NO_COMMUNITY; 10];
    records.places[2] = LonLat::new(113.0, 38.0);
    let (demand, problems) = place_all(&city, Some(records));
    assert_eq!(demand.community[2], NO_COMMUNITY);
    assert_eq!((&demand.community[..2], &demand.community[3..]), (&coded.community[..2], &coded.community[3..]));
    assert_eq!(demand.group(Group::Elderly60).unwrap()[2], Count::whole(30));
    assert_eq!(problems, ["W-SUM elderly_60 81", "W-SUM households 100"]);
}

#[test]
fn people_of_a_record_without_position_are_unknown_not_lost() {
    let mut records = worked::records();
    records.places[0] = None;
    let (demand, problems) = place_all(&worked::city(), Some(records));
    assert_eq!(problems, [""; 0]);
    assert_eq!((demand.len(), demand.id(0)), (9, "P2".to_owned()));
    assert_eq!(people(&demand, 0, Group::Elderly60), Count::whole(324));
    let lost: Vec<_> = demand.without_point.iter().map(|u| (u.community, u.group, u.count)).collect();
    let third = (0, Group::OccupiedHouseholds, Count(116_756_757));
    assert_eq!(lost, [(0, Group::Elderly60, Count::whole(100)), (0, Group::Households, Count::whole(120)), third]);
}

#[test]
fn a_cell_without_value_gets_what_the_register_has_beyond_the_others() {
    let mut records = worked::records();
    let elders = records.counts[Group::Elderly60 as usize].as_mut().unwrap();
    elders[1] = None;
    let (demand, problems) = place_all(&worked::city(), Some(records));
    assert_eq!(problems, [""; 0]);
    assert_eq!(demand.group(Group::Elderly60).unwrap()[1], Count::whole(180));
}

#[test]
fn a_cell_without_value_that_no_register_fills_is_listed() {
    let mut city = worked::city();
    city.communities[0].counts[Group::Elderly60] = None;
    let mut records = worked::records();
    records.counts[Group::Elderly60 as usize].as_mut().unwrap()[8] = None;
    let (demand, problems) = place_all(&city, Some(records.clone()));
    assert_eq!(problems, ["W-NULL elderly_60 "]);
    assert!(demand.knows(0, Group::Elderly60));
    // Without any value in the community its number is unknown, which is not nobody.
    for p in [0, 1, 8] {
        records.counts[Group::Elderly60 as usize].as_mut().unwrap()[p] = None;
    }
    let (demand, problems) = place_all(&city, Some(records));
    assert_eq!(problems, [""; 0]);
    assert!(!demand.knows(0, Group::Elderly60) && demand.knows(1, Group::Elderly60));
}

#[test]
fn a_community_that_the_file_forgets_falls_back_to_its_boundary_with_a_warning() {
    let city = worked::city();
    let mut records = worked::records();
    records.communities[7] = 2;
    records.counts[Group::Elderly60 as usize].as_mut().unwrap()[7] = whole(0);
    records.counts[Group::Households as usize].as_mut().unwrap()[7] = whole(0);
    let (demand, problems) = place_all(&city, Some(records));
    assert_eq!(problems, ["W-NO-DEMAND code 140105001003"]);
    assert_eq!(demand.sources, [DemandSource::File, DemandSource::Grid]);
    assert!(demand.len() > 19 && demand.id(10) == "d10");
    assert_eq!(people(&demand, 3, Group::Elderly60), Count::whole(66));
}

#[test]
fn estates_carry_people_by_their_households() {
    let mut city = worked::city();
    city.given.estates = true;
    city.estates = vec![
        estate(0, Some((112.56, 37.863)), Some(100)),
        estate(0, Some((112.561, 37.863)), Some(200)),
        // Its share is known to exist, but not where.
        estate(0, None, Some(60)),
    ];
    let (demand, problems) = place_all(&city, None);
    assert_eq!(demand.group(Group::Elderly60).unwrap()[..2], [Count::whole(90), Count::whole(180)]);
    assert_eq!(people(&demand, 0, Group::Elderly60), Count::whole(324));
    assert_eq!(demand.without_point[0].count, Count::whole(54));
    // The other three have no estates and say so, once each.
    assert_eq!(problems.len(), 3);
    assert!(problems.iter().all(|p| p.starts_with("W-NO-DEMAND")));
    assert_eq!(demand.sources, [DemandSource::Estates, DemandSource::Grid]);
}

#[test]
fn estates_without_households_go_by_the_occupied_then_the_planned_then_equally() {
    let mut city = worked::city();
    city.communities.truncate(1);
    city.estates = vec![estate(0, Some((112.56, 37.863)), None), estate(0, Some((112.561, 37.863)), Some(5))];
    let first = |city: &City| place_all(city, None).0.group(Group::Elderly60).unwrap()[0];
    assert_eq!(first(&city), Count::whole(162));
    (city.estates[0].households_planned, city.estates[1].households_planned) = (whole(1), whole(5));
    assert_eq!(first(&city), Count::whole(54));
    (city.estates[0].occupied_households, city.estates[1].occupied_households) = (whole(3), whole(1));
    assert_eq!(first(&city), Count::whole(243));
}

#[test]
fn without_a_file_people_stand_on_a_grid_and_without_a_boundary_on_the_community_s_point() {
    let mut city = worked::city();
    city.communities[3].boundary = None;
    city.communities[3].place = LonLat::new(112.58, 37.856);
    city.communities[1].boundary = None;
    let (demand, problems) = place_all(&city, None);
    // The south has neither boundary nor point: its people exist, at no point.
    assert_eq!(problems, ["W-NO-DEMAND code 140105001002"]);
    assert_eq!(demand.sources, [DemandSource::Grid, DemandSource::CommunityPoints]);
    assert_eq!(demand.without_point.iter().map(|u| u.community).collect::<Vec<_>>(), [1, 1, 1]);
    for c in 0..4 {
        for group in [Group::Elderly60, Group::Households, Group::OccupiedHouseholds] {
            assert_eq!(Some(people(&demand, c, group)), city.communities[c as usize].counts[group]);
        }
    }
    // 800 m × 400 m at 50 m.
    assert_eq!(demand.community.iter().filter(|c| **c == 0).count(), 16 * 8);
    assert_eq!(demand.community.iter().filter(|c| **c == 3).count(), 1);
}

#[test]
fn a_study_without_communities_has_the_people_of_its_file_alone() {
    let mut records = worked::records();
    records.communities = Vec::new();
    let (demand, problems) = place_all(&City::default(), Some(records));
    assert_eq!(problems, [""; 0]);
    assert!(demand.community.iter().all(|c| *c == NO_COMMUNITY));
    assert_eq!(demand.group(Group::Elderly60).unwrap().iter().copied().sum::<Count>(), Count::whole(856));
    assert!(demand.group(Group::OccupiedHouseholds).is_none());
}

#[test]
fn nothing_given_is_nobody_anywhere() {
    let (demand, problems) = place_all(&City::default(), None);
    assert!(demand.is_empty() && problems.is_empty() && demand.leading_group().is_none());
}

#[test]
fn a_grid_for_a_continent_is_refused() {
    let mut city = worked::city();
    let boundary = city.communities[0].boundary.as_mut().unwrap();
    *boundary = geo::AffineOps::affine_transform(boundary, &geo::AffineTransform::scale(5000.0, 5000.0, (112.56, 37.86)));
    let mut problems = Problems::default();
    place(&Settings::default(), &city, None, &mut problems);
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::E_LIMIT]);
}

#[test]
fn a_million_points_are_placed_quickly() {
    // A debug build is slow; what is held here is the order of magnitude (the release build takes a tenth of it).
    let city = worked::city();
    let n = 1_000_000;
    let mut records = DemandRecords { communities: (0..n).map(|i| i % 4).collect(), ..DemandRecords::default() };
    records.places = (0..n).map(|i| LonLat::new(112.56 + f64::from(i) * 1e-9, 37.86)).collect();
    records.counts[Group::Weight as usize] = Some((0..n).map(|i| Some(Count(u64::from(i % 97)))).collect());
    let start = std::time::Instant::now();
    let (demand, _) = place_all(&city, Some(records));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    assert_eq!(people(&demand, 2, Group::Elderly60), Count::whole(111));
}

/// A random town: what its register, its file and its boundaries know differs from community to community.
fn town() -> impl Strategy<Value = (City, Option<DemandRecords>)> {
    let count = || prop_oneof![Just(None), Just(Some(Count::ZERO)), (1u64..5_000_000_000).prop_map(|n| Some(Count(n)))];
    let community = (any::<bool>(), any::<bool>(), any::<bool>(), [count(), count(), count(), count(), count(), count()]);
    let record = (any::<bool>(), 0u32..6, [count(), count(), count()]);
    let estate = (0u32..6, any::<bool>(), prop::option::of(0u64..500));
    (
        prop::collection::vec(community, 0..6),
        prop::option::of((prop::collection::vec(record, 0..30), [any::<bool>(), any::<bool>(), any::<bool>()])),
        prop::collection::vec(estate, 0..5),
    )
        .prop_map(|(communities, records, estates)| {
            let mut city = City::default();
            for (i, (urban, boundary, place, counts)) in communities.into_iter().enumerate() {
                let mut c = worked::community(&format!("{i}"), "社区");
                c.kind = if urban { CommunityKind::Urban } else { CommunityKind::Village };
                let west = 112.0 + i as f64 * 0.004;
                c.boundary = boundary.then(|| {
                    let ring = vec![(west, 37.0), (west + 0.003, 37.0), (west + 0.003, 37.003), (west, 37.002)];
                    geo::MultiPolygon(vec![geo::Polygon::new(ring.into(), vec![])])
                });
                c.place = place.then(|| LonLat::new(west, 37.0).unwrap());
                for (group, count) in Group::ALL.into_iter().zip(counts) {
                    c.counts[group] = count;
                }
                city.communities.push(c);
            }
            let n = city.communities.len() as u32;
            city.estates = estates
                .into_iter()
                .map(|(c, placed, households)| super::tests::estate(c, placed.then_some((112.0, 37.0)), households))
                .filter(|e| e.community.unwrap() < n)
                .collect();
            let records = records.map(|(rows, columns)| {
                let mut records = DemandRecords::default();
                for (i, (placed, c, _)) in rows.iter().enumerate() {
                    records.ids.push(&format!("p{i}"));
                    records.places.push(placed.then(|| LonLat::new(112.0 + i as f64 * 0.001, 37.001).unwrap()));
                    records.communities.push(if *c < n { *c } else { NO_COMMUNITY });
                }
                for (k, group) in [Group::Elderly60, Group::Households, Group::Weight].into_iter().enumerate() {
                    records.counts[group as usize] = columns[k].then(|| rows.iter().map(|r| r.2[k]).collect());
                }
                records
            });
            (city, records)
        })
}

proptest! {
    #[test]
    fn every_person_is_counted_once((city, records) in town()) {
        let (demand, _) = place_all(&city, records.clone());
        for group in Group::ALL.into_iter().filter(|g| *g != Group::Weight) {
            let file = records.as_ref().and_then(|r| r.counts[group as usize].as_ref());
            let assigned = |c: u32| {
                let records = records.as_ref().unwrap();
                assign::communities(&city, &records.places, &records.communities).into_iter().enumerate().filter(move |(_, k)| *k == c).map(|(i, _)| i)
            };
            for (c, community) in city.communities.iter().enumerate() {
                let written: Vec<Option<Count>> = file.map(|f| assigned(c as u32).map(|i| f[i]).collect()).unwrap_or_default();
                let from_file: Count = written.iter().copied().flatten().sum();
                let after = people(&demand, c as u32, group);
                match community.counts[group] {
                    // The register counts wherever the file leaves it room; a complete file is the truth.
                    Some(total) if written.iter().any(Option::is_none) || written.is_empty() => prop_assert_eq!(after, total.max(from_file)),
                    _ => prop_assert_eq!(after, from_file),
                }
                prop_assert_eq!(demand.knows(c as u32, group), community.counts[group].is_some() || written.iter().any(Option::is_some));
            }
            let outside: Count = file.map(|f| assigned(NO_COMMUNITY).filter_map(|i| f[i]).sum()).unwrap_or_default();
            prop_assert_eq!(people(&demand, NO_COMMUNITY, group), outside);
        }
    }

    #[test]
    fn spreading_is_the_same_every_time_and_on_any_number_of_threads((city, records) in town()) {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            format!("{:?}", pool.install(|| place_all(&city, records.clone())))
        };
        let one = on(1);
        prop_assert_eq!(&one, &on(2));
        prop_assert_eq!(&one, &on(1));
    }
}
