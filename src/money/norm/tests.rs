use super::*;
use crate::city::{Estate, Given, Status};
use crate::coverage::worked;
use crate::money::terms;
use crate::problem::Origin;

fn estate(planned: Option<u64>, delivered: Option<f64>, is_new: Option<bool>) -> Estate {
    Estate {
        code: "E1".into(),
        name: "新苑".into(),
        community: None,
        place: None,
        outline: None,
        households_planned: planned.map(Count::whole),
        households: None,
        occupied_households: None,
        floor_area: None,
        built_year: None,
        old: None,
        is_new,
        care_area_delivered: delivered.and_then(SquareMetres::new),
        origin: Origin::default(),
    }
}

fn facility(kind: &str, host: u32, area: Option<f64>, meals: Option<u64>) -> Facility {
    Facility {
        kind: Some(kind.into()),
        community: Some(host),
        floor_area: area.and_then(SquareMetres::new),
        meals: meals.map(Count::whole),
        ..worked::facility(&format!("F{kind}{host}"), Status::Operating)
    }
}

/// Two communities and a village of one street and county; people as given.
fn city(population: [Option<u64>; 3]) -> City {
    let mut communities: Vec<_> = (0..3).map(|i| worked::community(&format!("C{i}"), &format!("社区{i}"))).collect();
    for (c, n) in communities.iter_mut().zip(population) {
        c.counts = Default::default();
        c.counts[Group::Population] = n.map(Count::whole);
        c.counts[Group::Households] = Some(Count::whole(100));
        (c.county_code, c.county, c.street) = (Some("310116".into()), Some("金山区".into()), Some("石化街道".into()));
        (c.registered, c.kind) = ([None; 3], CommunityKind::Urban);
    }
    communities[2].kind = CommunityKind::Village;
    City { communities, given: Given { facilities: true, ..Given::default() }, ..City::default() }
}

fn rows(city: &City, pack: &str) -> (Vec<Row>, Problems) {
    let mut problems = Problems::default();
    let packs = [(pack, terms::of(pack).unwrap())];
    let rows = norms(&Settings::default(), city, &Coverage::default(), &packs, &mut problems);
    (rows, problems)
}

/// need, existing, gap
fn said(row: &Row) -> [Option<f64>; 3] {
    [row.need, row.existing, row.gap()]
}

#[test]
fn worked_examples_of_the_household_norm_and_its_inverse() {
    let mut city = city([None; 3]);
    city.estates = vec![
        estate(Some(1234), Some(0.0), Some(true)),
        estate(Some(2500), None, Some(true)),
        estate(Some(10), Some(9.0), Some(false)),
        estate(None, Some(9.0), None),
    ];
    let (rows, _) = rows(&city, "yuncheng-2021");
    let need = format!("{:.2}", rows[0].need.unwrap());
    assert_eq!((need.as_str(), rows[0].existing, rows[0].gap()), ("246.80", Some(0.0), rows[0].need));
    assert_eq!(said(&rows[1]), [Some(500.0), None, None]);
    assert_eq!(said(&rows[2]), [Some(2.0), Some(9.0), Some(0.0)]);
    assert_eq!(said(&rows[3]), [None, Some(9.0), None]);
    let standing: Vec<Standing> = rows.iter().map(|r| r.standing).collect();
    assert_eq!(standing[..2], [Standing::Verdict; 2]);
    // Other estates, and every community and village, only compare.
    assert_eq!(standing[2..], [Standing::Reference; 5]);
    assert_eq!((rows[4].subject_kind, rows[4].base, rows[4].need), ("community", "households", Some(20.0)));
}

#[test]
fn worked_examples_of_the_norm_by_person_with_its_floor() {
    let mut city = city([Some(8000), Some(1500), Some(9000)]);
    let shared = Facility { serves: vec![1], ..facility("社区养老服务中心", 0, Some(300.0), None) };
    let closed = Facility { status: Some(Status::Closed), ..facility("社区养老服务站", 0, Some(1000.0), None) };
    city.facilities = vec![facility("社区养老服务站", 0, Some(250.0), None), shared, closed, facility("养老院", 1, Some(900.0), None)];
    let (rows, _) = rows(&city, "jiangbei-2018");
    // The village is no 社区.
    assert_eq!(rows.len(), 2);
    assert_eq!(said(&rows[0]), [Some(800.0), Some(400.0), Some(400.0)]);
    assert_eq!(said(&rows[1]), [Some(200.0), Some(150.0), Some(50.0)]);
    assert_eq!(rows[0].need_per_1000_residents(), Some(100.0));
    city.facilities[0].floor_area = None;
    city.communities[1].counts[Group::Population] = None;
    let rows = self::rows(&city, "jiangbei-2018").0;
    assert_eq!(said(&rows[0]), [Some(800.0), None, None]);
    assert_eq!(said(&rows[1]), [None, Some(150.0), None]);
}

#[test]
fn each_village_needs_a_station_and_each_street_a_large_canteen() {
    let mut city = city([Some(1000); 3]);
    city.communities[0].registered[1] = Some(Count::whole(10));
    let of = |city: &City, rule: &str| -> Vec<[Option<f64>; 3]> {
        rows(city, "jinshan-2020").0.iter().filter(|r| r.rule == rule).map(said).collect()
    };
    assert_eq!(of(&city, "S004-05"), [[Some(1.0), Some(0.0), Some(1.0)]]);
    city.facilities = vec![facility("家门口服务站", 2, None, None), facility("社区长者食堂", 0, None, Some(149))];
    assert_eq!(of(&city, "S004-05"), [[Some(1.0), Some(1.0), Some(0.0)]]);
    assert_eq!(of(&city, "S004-07"), [[Some(1.0), Some(0.0), Some(1.0)]]);
    city.facilities[1].meals = Some(Count::whole(150));
    assert_eq!(of(&city, "S004-07"), [[Some(1.0), Some(1.0), Some(0.0)]]);
    city.facilities[1].meals = None;
    assert_eq!(of(&city, "S004-07"), [[Some(1.0), None, None]]);
    city.given.facilities = false;
    city.facilities.clear();
    assert_eq!(of(&city, "S004-05"), [[Some(1.0), None, None]]);
}

#[test]
fn worked_examples_of_meals_for_registered_people_rounded_up() {
    let mut city = city([Some(50_000); 3]);
    for (registered, need) in [(100_000, 5000.0), (100_010, 5001.0)] {
        city.communities.iter_mut().for_each(|c| c.registered[1] = Some(Count::ZERO));
        city.communities[0].registered[1] = Some(Count::whole(registered));
        city.facilities = vec![facility("社区长者食堂", 0, None, Some(300)), facility("助餐点", 2, None, Some(40))];
        let rows = rows(&city, "jinshan-2020").0;
        let row = rows.iter().find(|r| r.rule == "S004-08").unwrap();
        assert_eq!(
            (row.subject_id.as_str(), row.name.as_str(), said(row)),
            ("310116", "金山区", [Some(need), Some(340.0), Some(need - 340.0)])
        );
    }
    // One community without registered people leaves its county open.
    city.communities[1].registered[1] = None;
    let (rows, problems) = rows(&city, "jinshan-2020");
    assert_eq!((rows.iter().find(|r| r.rule == "S004-08").unwrap().need, problems.has_errors()), (None, false));
}

#[test]
fn residents_never_stand_in_for_registered_people() {
    let mut city = city([Some(50_000); 3]);
    city.communities[0].counts[Group::Elderly65] = Some(Count::whole(9000));
    let (rows, problems) = rows(&city, "jinshan-2020");
    assert!(rows.iter().all(|r| r.rule != "S004-08"));
    assert_eq!(problems.iter().map(|p| (p.code, p.field.as_deref())).collect::<Vec<_>>(), [(Code::E_BASE, Some("registered_65"))]);
}
