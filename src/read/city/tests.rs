use super::*;
use crate::city::Group;
use crate::city::sample::community;
use crate::read::{Input, Register};
use crate::units::Count;
use crate::words::Lang;

fn county(code: &str, name: &str) -> County {
    County {
        code: code.into(),
        name: name.into(),
        county_type: None,
        prior_projects: None,
        previous_grade: None,
        city: None,
        city_code: None,
        origin: Origin::default(),
    }
}

fn settled(mut counties: Vec<County>, communities: &[(&str, Option<&str>)]) -> (Vec<String>, Vec<Option<String>>) {
    let mut all: Vec<Community> =
        communities.iter().map(|(code, county)| Community { county: county.map(str::to_owned), ..community(code) }).collect();
    settle_counties(&mut counties, &mut all, &mut Notes::default());
    (counties.into_iter().map(|c| c.code).collect(), all.into_iter().map(|c| c.county_code).collect())
}

#[test]
fn a_county_code_comes_from_the_first_six_digits() {
    let (_, codes) = settled(vec![], &[("140403001001", None), ("A1", None)]);
    assert_eq!(codes, [Some("140403".into()), None]);
}

#[test]
fn counties_without_codes_are_matched_by_name_and_zones_follow_the_name() {
    let (counties, codes) = settled(vec![county("", "潞州区")], &[("140403001001", Some("潞州区")), ("A1", Some("潞州区"))]);
    assert_eq!((counties, codes), (vec!["140403".into()], vec![Some("140403".into()), Some("140403".into())]));
    // 140471 is a zone that no county table knows.
    let (_, codes) = settled(vec![county("140403", "潞州区")], &[("140471001001", Some("潞州区")), ("140471001002", None)]);
    assert_eq!(codes, [Some("140403".into()), Some("140471".into())]);
    let (counties, codes) = settled(vec![county("", "甲县")], &[("A1", Some("甲县"))]);
    assert_eq!((counties, codes), (vec!["甲县".into()], vec![Some("甲县".into())]));
}

/// A study made of the given CSV or GeoJSON files, named `table.ext`.
fn study(files: &[(&str, &str)]) -> (tempfile::TempDir, Settings) {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
        let input = Input { path: dir.path().join(name), shown: (*name).to_owned(), ..Input::default() };
        let inputs = &mut settings.inputs;
        match name.split('.').next().unwrap() {
            "communities" => inputs.communities.push(input),
            "estates" => inputs.estates.push(input),
            "counties" => inputs.counties.push(input),
            "facilities" => inputs.facilities.push(input),
            "candidates" => inputs.candidates.push(input),
            "demand" => inputs.demand.push(input),
            "register" => {
                let register = Register { input, on: "code".into() };
                inputs.communities[0].register = Some(Box::new(register));
            }
            other => panic!("{other}"),
        }
    }
    (dir, settings)
}

/// Code, file, row or feature, field of every problem, in report order.
fn found(problems: &Problems) -> Vec<(&'static str, String, Option<u32>, String)> {
    let place = |p: &Problem| {
        let file = p.origin.file.as_deref().unwrap_or("").to_owned();
        (p.code.text(), file, p.origin.row.or(p.origin.feature), p.field.clone().unwrap_or_default())
    };
    problems.sorted().into_iter().map(place).collect()
}

fn square(name: &str, code: &str, x: f64, more: &str) -> String {
    let (x0, x1) = (112.0 + x, 112.01 + x);
    format!(
        r#"{{"type":"Feature","properties":{{"code":"{code}","name":"{name}","kind":"社区"{more}}},"geometry":{{"type":"Polygon","coordinates":[[[{x0},37.0],[{x1},37.0],[{x1},37.01],[{x0},37.01],[{x0},37.0]]]}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

#[test]
fn a_clean_study_becomes_a_city_without_a_word() {
    let communities =
        collection(&[square("北街社区", "140403001001", 0.0, r#","households":30"#), square("南街社区", "140403001002", 0.01, "")]);
    let (_dir, settings) = study(&[
        ("communities.geojson", &communities),
        ("counties.csv", "区县代码,区县名称,类型\n140403,潞州区,市辖区\n"),
        ("estates.csv", "小区名称,经度,纬度,户数,入住户数,建成年份\n福安苑,112.002,37.002,10,9,1990\n新城,112.003,37.003,20,15,2010\n"),
        ("facilities.csv", "编号,名称,类型,经度,纬度,状态,建筑面积,共享社区\nF1,福安,日间照料中心,112.005,37.005,运营,600,140403001002\n"),
        ("candidates.csv", "编号,名称,经度,纬度,所属社区\nS1,老供销社,112.015,37.005,南街社区\n"),
        ("demand.csv", "id,lon,lat,社区代码,户数\nP1,112.002,37.002,140403001001,30\n"),
    ]);
    let mut problems = Problems::default();
    let city = read(&settings, &mut problems);
    let demand = crate::read::demand::read(&settings, &city, &mut problems).unwrap();
    assert_eq!(found(&problems), []);
    assert_eq!(city.communities[0].counts[Group::Households], Some(Count::whole(30)));
    assert_eq!(city.communities[0].counts[Group::OccupiedHouseholds], Some(Count::whole(24)), "estates carry it");
    assert_eq!(city.communities[0].old, Some(false));
    assert_eq!(city.communities[0].county_code.as_deref(), Some("140403"));
    assert_eq!((city.facilities[0].community, &city.facilities[0].serves), (Some(0), &vec![1]));
    assert_eq!((city.candidates[0].host, city.candidates[0].county_code.as_deref()), (Some(1), Some("140403")));
    assert_eq!((demand.communities, demand.rows), (vec![0], vec![2]));
    assert!(city.communities[1].boundary.is_some() && city.given.estates && !Given::default().estates);
}

#[test]
fn a_register_is_joined_to_boundaries_and_its_problems_stand_in_its_rows() {
    let communities = collection(&[square("北街社区", "140403001001", 0.0, ""), square("南街社区", "140403001002", 0.01, "")]);
    let register =
        "社区代码,社区名称,户数,人口,常住60岁以上,常住65岁以上\n140403001001,北街社区,30,100,20,25\n140403001009,西街社区,1,2,1,1\n";
    let (_dir, settings) = study(&[("communities.geojson", &communities), ("register.csv", register)]);
    let mut problems = Problems::default();
    let city = read(&settings, &mut problems);
    assert_eq!(city.communities[0].counts[Group::Population], Some(Count::whole(100)));
    assert_eq!(city.communities[1].counts[Group::Population], None);
    let expected = [
        ("E-AGE-ORDER", "register.csv", Some(2), "elderly_65"),
        ("W-JOIN", "communities.geojson", Some(1), "code"),
        ("W-JOIN", "register.csv", Some(3), "code"),
    ];
    assert_eq!(found(&problems), expected.map(|(code, file, row, field)| (code, file.to_owned(), row, field.to_owned())));
}

#[test]
fn every_fault_of_a_bad_study_is_named_with_its_place_at_once() {
    let bow = r#"{"type":"Feature","properties":{"code":"140403001003","name":"西街社区","kind":"社区"},"geometry":{"type":"Polygon","coordinates":[[[112.05,37.0],[112.06,37.01],[112.06,37.0],[112.05,37.01],[112.05,37.0]]]}}"#;
    let communities = collection(&[
        square("北街社区", "140403001001", 0.0, r#","households":30,"occupied_households":31,"elderly_60":-4"#),
        square("南街社区", "140403001001", 0.005, r#","population":10,"elderly_60":11"#),
        bow.to_owned(),
    ]);
    let facilities = "id,name,kind,lon,lat,community_code,status,floor_area\n\
        F1,福安,日间照料中心,112.002,37.002,140403001001,运营,NaN\n\
        F1,乐安,茶馆,112.052,37.005,140403001001,歇了,约500\n\
        F3,福安,日间照料中心,112.0021,37.002,140403001077,运营,600\n\
        F4,康安,日间照料中心,113.5,37.0,,运营,abc\n\
        F5,平安,日间照料中心,,,140403001001,运营,\"1,200\"\n";
    let candidates = "id,name,lon,lat,agreement_until\nS1,甲,112.03,37.005,2023.2.30\n";
    let (_dir, settings) = study(&[("communities.geojson", &communities), ("facilities.csv", facilities), ("candidates.csv", candidates)]);
    let mut problems = Problems::default();
    read(&settings, &mut problems);
    let all = found(&problems);
    let expected = [
        ("E-DATE", "candidates.csv", 2, "agreement_until"),
        ("E-NUM-NEG", "communities.geojson", 0, "elderly_60"),
        ("E-POP", "communities.geojson", 0, "occupied_households"),
        ("E-POP", "communities.geojson", 1, "elderly_60"),
        ("E-DUP", "communities.geojson", 1, "code"),
        ("E-GEOM", "communities.geojson", 2, "geometry"),
        ("E-NAN", "facilities.csv", 2, "floor_area"),
        ("E-DUP", "facilities.csv", 3, "id"),
        ("E-VOCAB", "facilities.csv", 3, "status"),
        ("E-NUM-APPROX", "facilities.csv", 3, "floor_area"),
        ("E-CODE-UNKNOWN", "facilities.csv", 4, "community_code"),
        ("E-NUM", "facilities.csv", 5, "floor_area"),
        ("E-OUTSIDE", "facilities.csv", 5, "lon"),
        ("W-OUTSIDE", "candidates.csv", 2, "lon"),
        ("W-OVERLAP", "communities.geojson", 1, "geometry"),
        ("W-KIND", "facilities.csv", 3, "kind"),
        ("W-HOST", "facilities.csv", 3, "community_code"),
        ("W-DUP-FACILITY", "facilities.csv", 4, "id"),
        ("W-NO-POSITION", "facilities.csv", 6, "lon"),
        ("W-NUM", "facilities.csv", 6, "floor_area"),
    ];
    for (code, file, place, field) in expected {
        let wanted = (code, file.to_owned(), Some(place), field.to_owned());
        assert!(all.contains(&wanted), "{wanted:?} is not among {all:#?}");
    }
    assert_eq!(all.len(), expected.len(), "{all:#?}");
    for lang in [Lang::Zh, Lang::En] {
        for p in problems.iter() {
            let said = format!("{} {}", p.message(lang), p.remedy(lang));
            assert!(!said.contains(['{', '}']), "{said}");
        }
    }
}

#[test]
fn with_a_pack_a_facility_without_a_kind_is_pointed_out() {
    let (_dir, mut settings) = study(&[("facilities.csv", "id,lon,lat,status\nF1,112.0,37.0,运营\n")]);
    let codes = |settings: &Settings| {
        let mut problems = Problems::default();
        read(settings, &mut problems);
        problems.iter().map(|p| p.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&settings), []);
    settings.policies = vec!["shanxi-2023".into()];
    assert_eq!(codes(&settings), [Code::W_KIND]);
}

#[test]
fn communities_known_by_a_point_or_by_their_code_alone_are_enough() {
    let (_dir, settings) = study(&[
        ("communities.csv", "code,name,kind,lon,lat\nA1,甲社区,社区,112.0,37.0\nA2,乙社区,社区,,\n"),
        ("facilities.csv", "id,lon,lat,community_code\nF1,115.0,37.0,A2\n"),
    ]);
    let mut problems = Problems::default();
    let city = read(&settings, &mut problems);
    assert_eq!(found(&problems), []);
    assert!(city.communities[0].place.is_some() && city.communities[1].place.is_none());
    assert_eq!(city.facilities[0].community, Some(1));
}

#[test]
fn the_worked_city_is_read_without_a_problem() {
    let Some(folder) = crate::read::scan::tests::data("../worked-city") else { return };
    let input = |name: &str| vec![Input { path: folder.join(name), shown: name.to_owned(), ..Input::default() }];
    let mut settings = Settings::default();
    settings.inputs.communities = input("communities.geojson");
    settings.inputs.facilities = input("facilities.csv");
    settings.inputs.demand = input("demand.csv");
    let mut problems = Problems::default();
    let city = read(&settings, &mut problems);
    let demand = crate::read::demand::read(&settings, &city, &mut problems).unwrap();
    assert_eq!(found(&problems), []);
    assert_eq!((city.communities.len(), city.facilities.len(), demand.places.len()), (4, 3, 10));
    let people: Count = demand.counts[Group::Elderly60 as usize].iter().flatten().flatten().copied().sum();
    let register: Count = city.communities.iter().filter_map(|c| c.counts[Group::Elderly60]).sum();
    assert_eq!(people, register);
}

#[test]
fn a_wrong_crs_is_one_problem_and_not_one_for_each_record() {
    let swapped = "id,lon,lat,status\nF1,37.0,112.0,运营\nF2,37.1,112.1,运营\nF3,,,运营\n";
    let (_dir, settings) = study(&[("facilities.csv", swapped), ("demand.csv", "id,lon,lat\nP1,37.0,112.0\nP2,,\n")]);
    let mut problems = Problems::default();
    let city = read(&settings, &mut problems);
    crate::read::demand::read(&settings, &city, &mut problems);
    let codes: Vec<_> = found(&problems).into_iter().map(|(code, file, row, _)| (code, file, row)).collect();
    let expected = [
        ("E-AXIS", "demand.csv", None),
        ("E-AXIS", "facilities.csv", None),
        ("W-NO-POSITION", "demand.csv", Some(3)),
        ("W-NO-POSITION", "facilities.csv", Some(4)),
    ];
    assert_eq!(codes, expected.map(|(code, file, row)| (code, file.to_owned(), row)));
}

#[test]
fn a_heading_that_is_not_there_hides_no_other_problem() {
    let (_dir, mut settings) = study(&[("communities.csv", "社区代码,社区名称,类型,户数\n1,甲社区,社区,约5\n")]);
    settings.inputs.communities[0].fields = vec![("population".into(), "总人囗".into()), ("code".into(), "代码".into())];
    let mut problems = Problems::default();
    let city = read(&settings, &mut problems);
    assert_eq!(city.communities.len(), 1);
    let codes: Vec<_> = found(&problems).into_iter().map(|(code, _, row, field)| (code, row, field)).collect();
    let expected = [("E-COLUMN", None, "code"), ("E-COLUMN", None, "population"), ("E-NUM-APPROX", Some(2), "households")];
    assert_eq!(codes, expected.map(|(code, row, field)| (code, row, field.to_owned())));
}
