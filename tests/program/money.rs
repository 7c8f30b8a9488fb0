//! `fund`, `norm` and `allot` as their users meet them: amounts of each payer, gaps of each norm, a number of projects handed out.

use std::path::Path;

use super::{careshed, code, said, table};

type Cells = std::collections::BTreeMap<String, String>;

/// Cells of a row under the headings given.
fn cells<'r>(row: &'r Cells, headings: &[&str]) -> Vec<&'r str> {
    headings.iter().map(|h| row[*h].as_str()).collect()
}

fn write(dir: &Path, files: &[(&str, &str)]) {
    files.iter().for_each(|(name, text)| std::fs::write(dir.join(name), text).unwrap());
}

fn run(dir: &Path, args: &[&str]) -> std::process::Output {
    let mut command = assert_cmd::Command::cargo_bin("careshed").unwrap();
    command.current_dir(dir).args(args).args(["--lang", "en"]).output().unwrap()
}

const COUNTIES: &str = "code,name,county_type,city,city_code,prior_projects,previous_grade
140403,潞州区,市辖区,长治市,140400,2,好
140423,襄垣县,县,长治市,140400,0,中
140105,小店区,市辖区,太原市,140100,1,好
";

const CANDIDATES: &str = "id,name,county_code,floor_area,area_approved,area_as_built,build_mode,investment,county_match
A,甲,140403,2300,2000,1900.5,改造,3000000,
B,乙,140423,1800,,,购置,1000000,700000
C,丙,140105,,,,,,
";

#[test]
fn fund_writes_each_payer_of_each_project_and_totals_that_add_up() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("counties.csv", COUNTIES), ("candidates.csv", CANDIDATES)]);
    let study = [
        "fund",
        "--counties",
        "counties.csv",
        "--candidates",
        "candidates.csv",
        "--policies",
        "shanxi-2023,changzhi-2020",
        "--out",
        "money",
    ];
    let done = run(dir.path(), &study);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let rows = table(&dir.path().join("money/fund.csv"));
    let find = |id: &str, basis: &str, rule: &str, payer: &str| {
        rows.iter().find(|r| cells(r, &["id", "basis", "rule", "payer"]) == [id, basis, rule, payer]).unwrap()
    };
    let money = ["amount", "amount_kind", "area_m2", "cap_m2", "shortfall", "excess", "confirm", "recover"];
    assert_eq!(
        cells(find("A", "declared", "S001-33", "province"), &money),
        ["1400000.00", "exact", "2300.00", "2000", "", "0.00", "0", ""]
    );
    assert_eq!(cells(find("A", "as_built", "S001-33", "province"), &money)[7], "69650.00");
    assert_eq!(cells(find("A", "as_built", "S001-33", "city_county"), &money)[..2], ["1669650.00", "rest"]);
    // No county_match: the shortfall is unknown, not the whole.
    assert_eq!(cells(find("A", "declared", "S000-18", "county"), &money)[4], "");
    assert_eq!(cells(find("B", "declared", "S000-18", "county"), &money)[..5], ["735000.00", "minimum", "1800.00", "1500", "35000.00"]);
    assert_eq!(cells(find("B", "declared", "S000-15", "province"), &money)[5..7], ["50000.00", "1"]);
    assert_eq!(cells(find("C", "declared", "S001-33", "province"), &money), ["", "exact", "", "", "", "", "0", ""]);
    assert!(said(&done).contains("W-AWARD-GT-COST"));
    let totals = table(&dir.path().join("money/fund_totals.csv"));
    for level in ["county", "city", "all"] {
        let of = |t: &&Cells| cells(t, &["level", "pack", "basis", "payer"]) == [level, "shanxi-2023", "declared", "province"];
        let sum: f64 = totals.iter().filter(of).map(|t| t["amount"].parse().unwrap_or(0.0)).sum();
        let unknown: u32 = totals.iter().filter(of).map(|t| t["unknown"].parse::<u32>().unwrap()).sum();
        assert_eq!((sum, unknown), (2_450_000.0, 1), "{level}");
    }
    for name in ["fund.xlsx", "fund_totals.xlsx", "run.json"] {
        assert!(dir.path().join("money").join(name).is_file(), "{name}");
    }
}

#[test]
fn a_plan_chooses_the_projects_and_a_stranger_in_it_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("counties.csv", COUNTIES), ("candidates.csv", CANDIDATES)]);
    write(dir.path(), &[("plan.json", r#"{"schema":1,"chosen":[{"id":"B","order":1}]}"#), ("no.json", r#"{"chosen":[{"id":"Z"}]}"#)]);
    let fund = |plan: &str| {
        let study = ["fund", "--counties", "counties.csv", "--candidates", "candidates.csv", "--policies", "shanxi-2023"];
        run(dir.path(), &[&study[..], &["--plan", plan, "--out", plan.strip_suffix(".json").unwrap()]].concat())
    };
    let done = fund("plan.json");
    assert_eq!(code(&done), 0, "{}", said(&done));
    let ids: Vec<String> = table(&dir.path().join("plan/fund.csv")).iter().map(|r| r["id"].clone()).collect();
    assert_eq!(ids, ["B", "B"]);
    for plan in ["no.json", "absent.json"] {
        assert_eq!(code(&fund(plan)), 1);
        assert!(!dir.path().join(plan.strip_suffix(".json").unwrap()).exists());
    }
}

#[test]
fn norm_asks_for_registered_people_and_takes_no_residents_instead() {
    let dir = tempfile::tempdir().unwrap();
    let facilities =
        "id,name,kind,community_code,status,meals\nF1,食堂,社区长者食堂,310116001001,运营,200\nF2,站,家门口服务站,310116001201,运营,\n";
    let communities = |heading: &str| {
        format!(
            "code,name,county_code,county,street,kind,population,elderly_60,{heading}\n310116001001,甲社区,310116,金山区,石化街道,社区,5000,1500,1001\n310116001201,乙村,310116,金山区,石化街道,村,900,300,200\n"
        )
    };
    write(
        dir.path(),
        &[("facilities.csv", facilities), ("with.csv", &communities("registered_65")), ("without.csv", &communities("elderly_65"))],
    );
    let norm = |file: &str| {
        let study = ["norm", "--communities", file, "--facilities", "facilities.csv", "--policies", "jinshan-2020", "--out", "out"];
        run(dir.path(), &study)
    };
    let refused = norm("without.csv");
    assert_eq!(code(&refused), 1, "{}", said(&refused));
    assert!(said(&refused).contains("E-BASE") && !dir.path().join("out").exists());
    let done = norm("with.csv");
    assert_eq!(code(&done), 0, "{}", said(&done));
    let rows = table(&dir.path().join("out/norm.csv"));
    let said: Vec<Vec<&str>> =
        rows.iter().map(|r| cells(r, &["rule", "subject_kind", "subject_id", "need", "existing", "gap", "unit", "standing"])).collect();
    let expected = [
        ["S004-05", "village", "310116001201", "1.00", "1.00", "0.00", "facilities", "verdict"],
        ["S004-07", "street", "石化街道", "1.00", "1.00", "0.00", "facilities", "verdict"],
        // 5 % of 1,201 people is 60.05 meals.
        ["S004-08", "county", "310116", "61.00", "200.00", "0.00", "meals", "verdict"],
    ];
    assert_eq!(said, expected);
}

#[test]
fn norm_puts_floor_in_reach_beside_floor_inside() {
    let dir = tempfile::tempdir().unwrap();
    let city = dir.path().join("city");
    assert_eq!(code(&careshed(&["synth", "--communities", "12", "--out", city.to_str().unwrap()])), 0);
    let out = dir.path().join("out");
    let study = city.join("study.toml");
    let done = careshed(&["norm", study.to_str().unwrap(), "--policies", "yuncheng-2021", "--out", out.to_str().unwrap()]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let rows = table(&out.join("norm.csv"));
    assert!(rows.iter().any(|r| r["subject_kind"] == "community" && !r["existing_in_reach"].is_empty()));
    for row in &rows {
        let number = |heading: &str| row[heading].parse::<f64>().ok();
        if let (Some(need), Some(existing)) = (number("need"), number("existing")) {
            assert!((number("gap").unwrap() - (need - existing).max(0.0)).abs() < 0.011, "{row:?}");
        } else {
            assert_eq!(row["gap"], "");
        }
        if row["subject_kind"] == "community" {
            assert_eq!(row["standing"], "reference");
        }
    }
}

#[test]
fn allot_hands_out_every_project_within_its_limits_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let communities = "code,name,county_code,kind,elderly_60,households,occupied_households,old\n140403001001,甲,140403,社区,300,700,600,是\n140423001001,乙,140423,社区,100,300,250,否\n140105001001,丙,140105,社区,600,900,600,是\n";
    let quota = "level,code,name,quota,sense\ncity,140400,长治市,7,exact\ncity,140100,太原市,2,max\n";
    write(dir.path(), &[("counties.csv", COUNTIES), ("communities.csv", communities), ("quota.csv", quota)]);
    write(dir.path(), &[("facilities.csv", "id,name,kind,lon,lat,status\nF1,站,养老院,113.1,36.2,关闭\n")]);
    let study = ["allot", "--communities", "communities.csv", "--counties", "counties.csv", "--facilities", "facilities.csv"];
    let allot = |more: &[&str]| run(dir.path(), &[&study[..], more].concat());
    let done = allot(&["--quota", "quota.csv", "--total", "10", "--out", "out"]);
    assert_eq!(code(&done), 0, "{}", said(&done));
    let rows = table(&dir.path().join("out/allot.csv"));
    let headings =
        ["level", "code", "total", "even", "annex", "proposed", "ceiling", "households_old_500", "without_project", "previous_grade"];
    assert_eq!(cells(&rows[0], &headings), ["city", "140100", "10", "5", "", "2", "2", "600", "0", "good"]);
    assert_eq!(cells(&rows[1], &headings), ["city", "140400", "10", "5", "7", "8", "", "600", "1", "good 1;middle 1"]);
    assert!(rows.iter().all(|r| r["uncovered_elderly_60"].is_empty() && r["reason"].contains("uncovered 60+ left out")));
    assert!(rows[0]["reason"].ends_with("held at its ceiling"));
    assert_eq!(rows.iter().map(|r| r["share"].parse::<f64>().unwrap()).sum::<f64>(), 1.0);
    let counties = allot(&["--by", "county", "--total", "7", "--floor", "2", "--out", "counties"]);
    assert_eq!(code(&counties), 0, "{}", said(&counties));
    let seats: Vec<u32> = table(&dir.path().join("counties/allot.csv")).iter().map(|r| r["proposed"].parse().unwrap()).collect();
    assert_eq!(seats.iter().sum::<u32>(), 7);
    assert!(seats.iter().all(|n| *n >= 2));
    assert_eq!(code(&allot(&["--total", "3", "--floor", "2"])), 1);
}
