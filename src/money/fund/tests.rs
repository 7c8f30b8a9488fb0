use super::*;
use crate::city::County;
use crate::city::{BuildMode, Community};
use crate::money::terms;
use crate::money::totals::{Level, totals};
use crate::problem::Origin;
use crate::units::{Count, Yuan};

fn m2(area: f64) -> Option<SquareMetres> {
    SquareMetres::new(area)
}

fn yuan(amount: f64) -> Option<Yuan> {
    Yuan::new(amount)
}

fn county(code: &str, kind: Option<CountyType>) -> County {
    County {
        code: code.into(),
        name: format!("县{code}"),
        county_type: kind,
        prior_projects: None,
        previous_grade: None,
        city: Some("长治市".into()),
        city_code: Some("140400".into()),
        origin: Origin::default(),
    }
}

fn city(candidates: Vec<Candidate>) -> City {
    let counties = vec![
        county("140403", Some(CountyType::District)),
        county("140423", Some(CountyType::County)),
        county("140481", Some(CountyType::CountyCity)),
        county("140499", None),
    ];
    City { counties, candidates, communities: Vec::<Community>::new(), ..City::default() }
}

fn project(county: &str, area: f64) -> Candidate {
    Candidate {
        id: format!("{county}-{area}"),
        county_code: Some(county.into()),
        floor_area: m2(area),
        build_mode: Some(BuildMode::New),
        ..Candidate::default()
    }
}

fn rows_with(candidate: Candidate, pack: &str, options: Options) -> (Vec<Row>, Problems) {
    let mut problems = Problems::default();
    let rows = fund(&city(vec![candidate]), &[0], &[(pack, terms::of(pack).unwrap())], options, &mut problems);
    (rows, problems)
}

fn rows(candidate: Candidate, pack: &str) -> Vec<Row> {
    rows_with(candidate, pack, Options::default()).0
}

/// `basis payer rule amount amount_kind`
fn said(rows: &[Row]) -> Vec<String> {
    let amount = |row: &Row| row.amount.map_or("?".to_owned(), Fen::text);
    rows.iter().map(|r| format!("{} {} {} {} {}", r.basis.key(), r.payer.key(), r.rule, amount(r), r.amount_kind.key())).collect()
}

#[test]
fn worked_examples_of_changzhi_caps_by_county_type_and_adds_city_and_county() {
    let district = rows(project("140403", 2300.0), "changzhi-2020");
    let expected = [
        "declared province S000-15 1400000.00 exact",
        "declared city S000-17 420000.00 exact",
        "declared county S000-18 980000.00 minimum",
    ];
    assert_eq!(said(&district), expected);
    assert!(district.iter().all(|r| r.cap_m2 == Some(2000) && r.area == m2(2300.0)));
    assert_eq!(district.iter().filter_map(|r| r.amount).sum::<Fen>(), Fen::yuan(2_800_000).unwrap());
    let other = rows(project("140423", 1800.0), "changzhi-2020");
    assert_eq!(other.iter().map(|r| r.amount.unwrap().text()).collect::<Vec<_>>(), ["1050000.00", "315000.00", "735000.00"]);
    assert_eq!(other.iter().filter_map(|r| r.amount).sum::<Fen>(), Fen::yuan(2_100_000).unwrap());
    let small = rows(project("140423", 480.0), "changzhi-2020");
    assert_eq!(small.iter().map(|r| r.amount.unwrap().text()).collect::<Vec<_>>(), ["336000.00", "100800.00", "235200.00"]);
    assert!(small.iter().all(|r| r.cap_m2.is_none()));
}

#[test]
fn worked_examples_of_shanxi_the_province_pays_and_city_and_county_bear_the_rest() {
    let rows = rows(Candidate { investment: yuan(2_600_000.0), ..project("140403", 2000.0) }, "shanxi-2023");
    assert_eq!(said(&rows), ["declared province S001-33 1400000.00 exact", "declared city_county S001-33 1200000.00 rest"]);
    assert_eq!((rows[0].excess, rows[0].cap_m2, rows[1].excess), (Some(Fen(0)), None, None));
}

#[test]
fn worked_example_of_an_award_above_the_investment_is_said_and_capped_only_on_request() {
    let candidate = Candidate { investment: yuan(900_000.0), ..project("140481", 1500.0) };
    let (rows, problems) = rows_with(candidate.clone(), "shanxi-2023", Options::default());
    assert_eq!(said(&rows), ["declared province S001-33 1050000.00 exact", "declared city_county S001-33 0.00 rest"]);
    assert_eq!(rows[0].excess, Fen::yuan(150_000));
    let told: Vec<_> = problems.iter().map(|p| (p.code, p.value.as_deref())).collect();
    assert_eq!(told, [(Code::W_AWARD_GT_COST, Some("140481-1500"))]);
    let (rows, problems) = rows_with(candidate, "shanxi-2023", Options { cap_at_investment: true });
    assert_eq!((rows[0].amount, rows[0].excess, problems.is_empty()), (Fen::yuan(900_000), Some(Fen(0)), true));
}

#[test]
fn worked_examples_of_yuncheng_award_and_beds() {
    assert_eq!(said(&rows(project("140403", 2300.0), "yuncheng-2021"))[0], "declared city S002-22 600000.00 exact");
    assert_eq!(said(&rows(project("140423", 1800.0), "yuncheng-2021"))[0], "declared city S002-22 450000.00 exact");
    let residents = [6, 5, 3].map(|n| Some(Count::whole(n)));
    let cared = Candidate { residents, grade: Some("aa".into()), investment: yuan(1_000_000.0), ..project("140423", 1000.0) };
    let expected = [
        "declared city S002-22 300000.00 exact",
        "declared county S002-22 700000.00 rest",
        "year county S002-17 75000.00 exact",
        // 2,500 元 a month.
        "year county S002-18 30000.00 exact",
    ];
    assert_eq!(said(&rows(cared.clone(), "yuncheng-2021")), expected);
    let one_unknown = Candidate { residents: [cared.residents[0], None, cared.residents[2]], grade: Some("AAAA".into()), ..cared };
    assert_eq!(said(&rows(one_unknown, "yuncheng-2021"))[2..], ["year county S002-17 ? exact", "year county S002-18 ? exact"]);
}

/// The plan of 江北区: stations 7, 2, 3 and centres 3, 5, 4 in 2018, 2019 and 2020.
const PLAN: [(u64, u64); 3] = [(7, 3), (2, 5), (3, 4)];

fn jiangbei(stations: u64, centres: u64, city_funded: bool) -> Vec<Row> {
    let of = |kind: &str| Candidate { kind: Some(kind.into()), city_funded: Some(city_funded), ..project("500105", 300.0) };
    let stations = (0..stations).map(|_| of("社区养老服务站"));
    let all: Vec<Candidate> = stations.chain((0..centres).map(|_| of("市级示范社区养老服务中心"))).collect();
    let projects: Vec<u32> = (0..all.len() as u32).collect();
    let packs = [("jiangbei-2018", terms::of("jiangbei-2018").unwrap())];
    fund(&city(all), &projects, &packs, Options::default(), &mut Problems::default())
}

fn sum(rows: &[Row], pays: impl Fn(&Row) -> bool) -> u64 {
    rows.iter().filter(|r| pays(r)).filter_map(|r| r.amount).sum::<Fen>().0 / 1_000_000
}

#[test]
fn worked_examples_of_jiangbei_programme_and_operation() {
    // In 万元. All district money: 775, 1,050 and 875, together 2,700.
    let years = PLAN.map(|(stations, centres)| sum(&jiangbei(stations, centres, false), |r| r.kind == Kind::Build));
    assert_eq!(years, [775, 1050, 875]);
    assert_eq!(years.iter().sum::<u64>(), 2700);
    let funded = jiangbei(12, 12, true);
    let by = |payer| sum(&funded, |r| r.payer == payer && r.kind == Kind::Build);
    assert_eq!((by(Payer::City), by(Payer::District)), (2640, 60));
    assert_eq!(sum(&funded, |r| r.basis == Basis::Year), 300);
    let expected =
        ["declared city S003-18 0.00 mean", "declared district S003-18 250000.00 mean", "year city_district S003-20 50000.00 exact"];
    assert_eq!(said(&jiangbei(1, 0, false)), expected);
}

#[test]
fn jiangbei_pays_by_type_and_leaves_open_what_the_city_does() {
    let centre = Candidate { kind: Some("社区养老服务中心".into()), ..project("500105", 300.0) };
    assert_eq!(said(&rows(centre, "jiangbei-2018")), ["year city_district S003-20 100000.00 exact"]);
    let open = Candidate { kind: Some("社区养老服务站".into()), area_as_built: m2(310.0), ..project("500105", 300.0) };
    assert_eq!(said(&rows(open, "jiangbei-2018"))[..2], ["declared city S003-18 ? mean", "declared district S003-18 ? mean"]);
    assert_eq!(rows(project("500105", 300.0), "jiangbei-2018"), []);
}

#[test]
fn built_less_than_approved_is_to_be_paid_back_and_built_more_is_not() {
    let built = |as_built: f64| {
        let c = Candidate { area_approved: m2(1200.0), area_as_built: m2(as_built), ..project("140423", 1000.0) };
        rows(c, "changzhi-2020")
    };
    let less = built(1100.0);
    assert_eq!(less.iter().map(|r| r.basis.key()).collect::<Vec<_>>()[..4], ["declared", "declared", "declared", "approved"]);
    let recovered = |rows: &[Row]| rows.iter().map(|r| r.recover.map(Fen::text)).collect::<Vec<_>>();
    let none = || vec![None; 6];
    assert_eq!(recovered(&less), [none(), vec![Some("70000.00".into()), Some("21000.00".into()), None]].concat());
    assert_eq!(recovered(&built(1300.0))[6..8], [Some("0.00".to_owned()), Some("0.00".to_owned())]);
    let unapproved = Candidate { area_as_built: m2(900.0), ..project("140423", 1000.0) };
    assert!(rows(unapproved, "changzhi-2020").iter().all(|r| r.recover.is_none()));
}

#[test]
fn the_county_lacks_what_it_gives_below_seventy_per_cent() {
    let short = |given: Option<f64>| {
        let c = Candidate { county_match: given.and_then(Yuan::new), ..project("140423", 1000.0) };
        rows(c, "changzhi-2020").pop().unwrap().shortfall
    };
    assert_eq!(
        [short(Some(490_000.0)), short(Some(489_999.99)), short(Some(1e6)), short(None)],
        [Some(Fen(0)), Some(Fen(1)), Some(Fen(0)), None]
    );
}

#[test]
fn what_is_not_known_leaves_the_amount_empty_and_never_zero() {
    assert_eq!(
        said(&rows(Candidate { floor_area: None, ..project("140423", 1.0) }, "shanxi-2023")),
        ["declared province S001-33 ? exact", "declared city_county S001-33 ? rest"]
    );
    // The cap of an unknown kind of county cannot bite at 1,500 m², and may above.
    assert_eq!(rows(project("140499", 1500.0), "shanxi-2023")[0].amount, Fen::yuan(1_050_000));
    assert_eq!(rows(project("140499", 1500.5), "shanxi-2023")[0].amount, None);
    assert_eq!(rows(project("140423", 1500.0), "shanxi-2023")[1].amount, None);
    let (capped, _) = rows_with(project("140423", 1500.0), "shanxi-2023", Options { cap_at_investment: true });
    assert_eq!(capped[0].amount, None);
}

#[test]
fn a_build_mode_that_the_clause_does_not_name_asks_for_confirmation() {
    let confirm = |pack: &str, build_mode| rows(Candidate { build_mode, ..project("140423", 600.0) }, pack)[0].confirm;
    for pack in ["changzhi-2020", "yuncheng-2021"] {
        let modes = [BuildMode::Renovation, BuildMode::New, BuildMode::Purchase, BuildMode::Lease].map(|mode| confirm(pack, Some(mode)));
        assert_eq!(modes, [Some(false), Some(false), Some(true), Some(true)], "{pack}");
        assert_eq!(confirm(pack, None), None);
    }
    assert_eq!(confirm("shanxi-2023", Some(BuildMode::Purchase)), Some(false));
}

#[test]
fn totals_add_up_at_every_level_and_count_what_is_unknown() {
    let all = vec![
        project("140403", 2300.0),
        project("140403", 100.0),
        project("140423", 1800.0),
        Candidate { floor_area: None, ..project("140423", 1.0) },
    ];
    let city = city(all);
    let packs = [("shanxi-2023", terms::of("shanxi-2023").unwrap())];
    let rows = fund(&city, &[0, 1, 2, 3], &packs, Options::default(), &mut Problems::default());
    let lines = totals(&city, &rows, &["shanxi-2023"]);
    let of = |level, payer| {
        lines
            .iter()
            .filter(move |t| t.level == level && t.payer == payer)
            .map(|t| (t.code.as_str(), t.name.as_str(), t.amount.map(Fen::text), t.unknown))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(Level::County, Payer::Province),
        [("140403", "县140403", Some("1470000.00".to_owned()), 0), ("140423", "县140423", Some("1050000.00".to_owned()), 1)]
    );
    assert_eq!(of(Level::City, Payer::Province), [("140400", "长治市", Some("2520000.00".to_owned()), 1)]);
    assert_eq!(of(Level::All, Payer::Province), [("all", "", Some("2520000.00".to_owned()), 1)]);
    assert_eq!(of(Level::All, Payer::CityCounty), [("all", "", None, 4)]);
}
