//! Exit codes, whole outputs or none, and the same bytes again.

use super::{careshed, code, files, said, table};

#[test]
fn the_demo_leaves_a_report_and_the_same_bytes_on_one_and_two_threads() {
    let dir = tempfile::tempdir().unwrap();
    let folder = |name: &str| dir.path().join(name);
    for (name, threads) in [("one", "1"), ("two", "2")] {
        let run = careshed(&["demo", "--threads", threads, "--out", folder(name).to_str().unwrap()]);
        assert_eq!(code(&run), 0, "{}", said(&run));
    }
    let (one, two) = (files(&folder("one")), files(&folder("two")));
    let names: Vec<_> = one.iter().map(|(name, _)| name.to_string_lossy().replace('\\', "/")).collect();
    for expected in
        ["report.html", "run.json", "totals.csv", "communities.csv", "candidates.csv", "verdicts.csv", "rules.csv", "city/study.toml"]
    {
        assert!(names.iter().any(|n| n == expected), "{expected} is not among {names:?}");
    }
    for ((name, first), (_, second)) in one.iter().zip(&two) {
        assert!(first == second, "{} differs", name.display());
    }
    assert_eq!(one.len(), two.len());
}

#[test]
fn scores_and_ranks_can_be_recomputed_from_the_columns() {
    let dir = tempfile::tempdir().unwrap();
    let run = careshed(&["demo", "--out", dir.path().to_str().unwrap()]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let rows = table(&dir.path().join("candidates.csv"));
    let names: Vec<String> =
        rows[0].keys().filter_map(|k| k.strip_suffix("_raw")).filter(|n| !n.starts_with("declared_")).map(str::to_owned).collect();
    assert!(names.len() >= 5, "{names:?}");
    let mut order = Vec::new();
    for row in &rows {
        let (mut sum, mut weights) = (0.0, 0.0);
        for name in &names {
            let cell = |part: &str| row[&format!("{name}_{part}")].parse::<f64>();
            if let Ok(value) = cell("value") {
                sum += value * cell("weight").unwrap();
                weights += cell("weight").unwrap();
            }
        }
        let score: f64 = row["score"].parse().unwrap();
        assert!((score - 100.0 * sum / weights).abs() < 0.00006, "{}: {score}", row["id"]);
        if row["eligibility"] == "ineligible" {
            assert_eq!(row["rank"], "");
        } else {
            order.push((row["rank"].parse::<usize>().unwrap(), -score, row["id"].clone()));
        }
    }
    assert!(order.iter().map(|o| o.0).eq(1..=order.len()));
    assert!(order.windows(2).all(|w| (w[0].1, &w[0].2) < (w[1].1, &w[1].2)));
    // What is reached is what is newly reached and what is served already.
    for row in &rows {
        let n = |k: &str| row[k].parse::<f64>().unwrap();
        if !row["elderly_60_reach"].is_empty() {
            assert_eq!(n("elderly_60_reach"), n("elderly_60_new") + n("elderly_60_served"));
        }
    }
}

#[test]
fn wrong_inputs_are_all_named_at_once_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(dir.path().join(name), text).unwrap();
        dir.path().join(name).to_str().unwrap().to_owned()
    };
    let facilities =
        file("facilities.csv", "id,name,lon,lat,status,floor_area\nF1,甲,112.5,37.8,operating,-5\nF1,乙,112.6,37.8,running,many\n");
    let demand = file("demand.csv", "id,lon,lat,elderly_60\nA,112.5,37.8,NaN\n");
    let out = dir.path().join("out");
    let run = careshed(&[
        "cover",
        "--facilities",
        &facilities,
        "--demand",
        &demand,
        "--network",
        "nowhere.osm.pbf",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(code(&run), 1);
    let text = said(&run);
    for expected in ["E-NUM-NEG", "E-DUP", "E-VOCAB", "E-NUM", "E-NAN", "E-FILE"] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert!(!out.exists());
}

#[test]
fn check_prints_one_json_object_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("study.toml");
    std::fs::write(&path, "titel = \"x\"\n[facilities]\nfile = \"none.csv\"\n").unwrap();
    let run = careshed(&["check", path.to_str().unwrap(), "--format", "json"]);
    assert_eq!(code(&run), 1);
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(report["schema"], 1);
    assert!(report["problems"].as_array().unwrap().iter().any(|p| p["code"] == "E-SETTING" && p["field"] == "titel"), "{report}");
}

#[test]
fn usage_mistakes_end_with_two_and_strict_warnings_with_three() {
    assert_eq!(code(&careshed(&["cover", "--no-such-flag"])), 2);
    let dir = tempfile::tempdir().unwrap();
    let folder = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(code(&careshed(&["demo", "--out", &folder("demo")])), 0);
    // 5 km/h is no whole number of mm/s, which is said (W-SPEED).
    let run = careshed(&["cover", &folder("demo/city/study.toml"), "--speed", "5 km/h", "--strict", "--out", &folder("out")]);
    assert_eq!(code(&run), 3, "{}", said(&run));
    assert!(dir.path().join("out/totals.csv").exists());
}

#[test]
fn one_candidate_is_explained_clause_by_clause() {
    let dir = tempfile::tempdir().unwrap();
    careshed(&["demo", "--out", dir.path().to_str().unwrap()]);
    let study = dir.path().join("city").join("study.toml");
    let run = careshed(&["rank", study.to_str().unwrap(), "--explain", "K001"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("K001") && text.contains("S001-14") && text.contains("原则上"), "{text}");
    assert_eq!(code(&careshed(&["rank", study.to_str().unwrap(), "--explain", "nobody"])), 1);
}

#[test]
fn a_coverage_of_nobody_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(dir.path().join(name), text).unwrap();
        dir.path().join(name).to_str().unwrap().to_owned()
    };
    let facilities = file("facilities.csv", "id,name,lon,lat,status\nF1,甲,112.5,37.8,operating\n");
    let demand = file("demand.csv", "id,lon,lat\nA,112.5,37.8\n");
    let run = careshed(&["cover", "--facilities", &facilities, "--demand", &demand]);
    assert_eq!(code(&run), 1);
    assert!(said(&run).contains("E-NEED"), "{}", said(&run));
    let out = dir.path().join("out");
    let run = careshed(&["matrix", "--facilities", &facilities, "--demand", &demand, "--out", out.to_str().unwrap()]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert_eq!(table(&out.join("matrix.csv")).len(), 1);
}

#[test]
fn each_county_has_its_own_ranking_and_the_tables_of_the_contract_stay_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let made = careshed(&["synth", "--communities", "30", "--out", dir.path().join("city").to_str().unwrap()]);
    assert_eq!(code(&made), 0, "{}", said(&made));
    let study = dir.path().join("city/study.toml");
    let rank = |out: &str, more: &[&str]| {
        let out = dir.path().join(out);
        let policies = "shanxi-2023,changzhi-2020";
        let run = careshed(&[&["rank", study.to_str().unwrap(), "--policies", policies, "--out", out.to_str().unwrap()], more].concat());
        assert_eq!(code(&run), 0, "{}", said(&run));
        (table(&out.join("candidates.csv")), said(&run), out)
    };
    let (plain, ..) = rank("plain", &[]);
    let (with, told, out) = rank("by", &["--by", "county"]);
    assert_eq!(plain, with);
    assert!(told.contains("By county"), "{told}");
    let rows = table(&out.join("candidates_by_county.csv"));
    assert_eq!(rows.len(), 2 * plain.len());
    // Within a unit ranks run from 1 without a hole, in the order of the whole ranking; every candidate stands in one unit.
    let mut seen = std::collections::BTreeMap::<(String, String), Vec<(usize, usize)>>::new();
    for row in rows.iter().filter(|r| !r["rank"].is_empty()) {
        let place = (row["rank_in_unit"].parse().unwrap(), row["rank"].parse().unwrap());
        seen.entry((row["pack"].clone(), row["code"].clone())).or_default().push(place);
    }
    assert!(seen.values().all(|r| r.iter().map(|p| p.0).eq(1..=r.len()) && r.windows(2).all(|w| w[0].1 < w[1].1)), "{seen:?}");
    assert!(std::fs::read_to_string(out.join("run.json")).unwrap().contains("\"by\""));
    let run = careshed(&["rank", study.to_str().unwrap(), "--by", "city", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(told["packs"][0]["units"][0]["level"], "city");
}
