//! `plan` and `solve` as their users meet them: the best set of sites, its proof, and what is said where there is none.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{careshed, code, said, table};

fn write(dir: &Path, files: &[(&str, &str)]) {
    files.iter().for_each(|(name, text)| std::fs::write(dir.join(name), text).unwrap());
}

fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = assert_cmd::Command::cargo_bin("careshed").unwrap();
    command.current_dir(dir).args(args).args(["--lang", "en"]).output().unwrap()
}

fn plan(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.starts_with("{\n  \"schema\": 1"), "{text}");
    serde_json::from_str(&text).unwrap()
}

fn ids(plan: &Value) -> Vec<&str> {
    plan["chosen"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

/// A reaches 1 and 2, B reaches 2 and 3, C reaches 3 and 4: B is best alone, A with C is best together.
const COVER: &str = "site,demand\nA,1\nA,2\nB,2\nB,3\nC,3\nC,4\n";
const WEIGHTS: &str = "demand,weight\n1,1.5\n2,2\n3,2\n4,1.25\n";
const SITES: &str = "site,cost,fixed,group\nA,10,0,east\nB,12.5,0,east\nC,10,0,west\n";

#[test]
fn an_instance_is_solved_and_shuffled_rows_give_the_same_plan() {
    let dir = tempfile::tempdir().unwrap();
    let shuffled = "site,demand\nC,4\nB,3\nA,1\nC,3\nB,2\nA,2\n";
    write(dir.path(), &[("cover.csv", COVER), ("again.csv", shuffled), ("d.csv", WEIGHTS), ("s.csv", SITES)]);
    let solve = |file: &str, out: &str| {
        let done = run(
            dir.path(),
            &[
                "solve",
                file,
                "--input",
                "cover",
                "--model",
                "mclp",
                "--sites",
                "2",
                "--demand",
                "d.csv",
                "--runner-ups",
                "2",
                "--curve",
                "3",
                "--out",
                out,
            ],
        );
        assert_eq!(code(&done), 0, "{}", said(&done));
        plan(&dir.path().join(out).join("plan.json"))
    };
    let best = solve("cover.csv", "p");
    assert_eq!(ids(&best), ["A", "C"]);
    let figures = ["status", "objective", "bound", "gap", "covered", "total_weight", "sense"].map(|key| best[key].to_string());
    assert_eq!(figures, ["\"optimal\"", "6.75", "6.75", "0.0", "6.75", "6.75", "\"max\""]);
    assert_eq!(best["audit"]["passed"], true);
    assert_eq!(best["runner_ups"][0]["chosen"], serde_json::json!(["A", "B"]));
    assert_eq!(solve("again.csv", "q")["chosen"], best["chosen"]);
    let curve = table(&dir.path().join("p/curve.csv"));
    let points: Vec<&str> = curve.iter().map(|row| row["objective"].as_str()).collect();
    assert_eq!(points, ["4", "6.75", "6.75"]);
    let chosen = table(&dir.path().join("p/plan.csv"));
    assert_eq!(chosen[0]["gain"], "3.5");
}

#[test]
fn costs_quotas_and_fixed_sites_bind_an_instance() {
    let dir = tempfile::tempdir().unwrap();
    let fixed = "site,cost,fixed,group\nA,10,0,east\nB,12.5,1,east\nC,10,0,west\n";
    let files = [("cover.csv", COVER), ("d.csv", WEIGHTS), ("s.csv", SITES), ("f.csv", fixed), ("q.csv", "group,quota\nwest,1\n")];
    write(dir.path(), &files);
    let solve = |more: &[&str]| {
        let done = run(dir.path(), &[&["solve", "cover.csv", "--input", "cover", "--demand", "d.csv", "--out", "p"], more].concat());
        (code(&done), said(&done), plan(&dir.path().join("p/plan.json")))
    };
    let (exit, _, least) = solve(&["--model", "lscp", "--site-file", "s.csv"]);
    assert_eq!((exit, ids(&least), least["objective"].as_f64()), (0, vec!["A", "C"], Some(20.0)));
    // A group that the quotas do not name gets none.
    let (_, _, west) = solve(&["--model", "mclp", "--site-file", "s.csv", "--quota", "q.csv"]);
    assert_eq!((ids(&west), west["objective"].as_f64()), (vec!["C"], Some(3.25)));
    // What stands already is counted in the weight covered, not in the number.
    let (_, _, with) = solve(&["--model", "mclp", "--site-file", "f.csv", "--sites", "1"]);
    assert_eq!((ids(&with), with["objective"].as_f64(), with["chosen"][0]["gain"].as_f64()), (vec!["A"], Some(5.5), Some(1.5)));
    let (exit, told, short) = solve(&["--model", "lscp", "--site-file", "s.csv", "--budget", "15"]);
    assert_eq!((exit, short["status"].as_str()), (3, Some("infeasible")), "{told}");
    let budget = short["conflict"].as_array().unwrap().iter().find(|one| one["what"] == "budget").unwrap();
    assert_eq!((budget["need"].as_f64(), budget["short"].as_f64()), (Some(20.0), Some(5.0)), "{told}");
}

#[test]
fn distances_are_compared_as_written_and_a_missing_pair_is_unreachable() {
    let dir = tempfile::tempdir().unwrap();
    // 0.3 = 0.1 + 0.2 only in decimals.
    let costs = "site,demand,cost\nA,1,0.3\nA,2,0.30\nB,2,0.1\nB,3,0.2\n";
    write(dir.path(), &[("m.csv", costs), ("pmed.txt", "3 3 1\n1 2 5\n2 3 5\n1 2 1\n")]);
    let solve = |more: &[&str]| {
        let done = run(dir.path(), &[&["solve"], more, &["--out", "p"]].concat());
        (code(&done), plan(&dir.path().join("p/plan.json")))
    };
    let (_, both) = solve(&["m.csv", "--input", "matrix", "--model", "pmedian", "--sites", "2"]);
    assert_eq!((ids(&both).len(), both["objective"].to_string()), (2, "0.6".to_owned()));
    let (exit, alone) = solve(&["m.csv", "--input", "matrix", "--model", "pmedian", "--sites", "1"]);
    assert_eq!((exit, alone["status"].as_str()), (3, Some("infeasible")));
    let (_, within) = solve(&["m.csv", "--input", "matrix", "--model", "lscp", "--limit", "0.3"]);
    assert_eq!(ids(&within), ["A", "B"]);
    let (exit, lost) = solve(&["m.csv", "--input", "matrix", "--model", "lscp", "--limit", "0.29"]);
    assert_eq!((exit, lost["conflict"][0]["id"].as_str()), (3, Some("1")));
    // The later edge overrides: 1 and 2 are 1 apart.
    let (_, median) = solve(&["pmed.txt", "--input", "pmed", "--model", "pmedian"]);
    assert_eq!((ids(&median), median["objective"].as_i64()), (vec!["2"], Some(6)));
    let (_, centre) = solve(&["pmed.txt", "--input", "pmed", "--model", "pcenter"]);
    assert_eq!(centre["objective"].as_i64(), Some(5));
}

#[test]
fn wrong_instances_are_refused_with_row_and_remedy_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let wrong = "demand,weight\n1,-2\n2,x\n3,1\n";
    write(dir.path(), &[("cover.csv", COVER), ("wrong.csv", wrong), ("s.csv", SITES), ("headless.csv", "a,b\n1,2\n")]);
    let refused = |args: &[&str], codes: &[&str]| {
        let done = run(dir.path(), &[args, &["--out", "p"]].concat());
        assert_eq!(code(&done), 1, "{args:?} {}", said(&done));
        codes.iter().for_each(|wanted| assert!(said(&done).contains(wanted), "{args:?} {}", said(&done)));
        assert!(!dir.path().join("p").exists());
    };
    let mclp = ["solve", "cover.csv", "--input", "cover", "--model", "mclp"];
    refused(&[&mclp[..], &["--sites", "2", "--demand", "wrong.csv"]].concat(), &["E-NUM-NEG", "row 2", "E-NUM", "row 3"]);
    refused(&[&mclp[..], &["--sites", "9"]].concat(), &["E-SETTING", "--sites 3"]);
    refused(&mclp, &["E-NEED"]);
    refused(&[&mclp[..], &["--budget", "-1"]].concat(), &["E-SETTING"]);
    refused(&[&mclp[..], &["--budget", "5"]].concat(), &["E-NEED", "site-file"]);
    let twice = "demand,weight\n1,5\n1,1\n";
    let short = "site,cost\nA,10\nB,12\n";
    write(dir.path(), &[("twice.csv", twice), ("short.csv", short)]);
    refused(&[&mclp[..], &["--sites", "2", "--demand", "twice.csv"]].concat(), &["E-DUP"]);
    // A site without a cost is not one that costs nothing.
    refused(&[&mclp[..], &["--budget", "5", "--site-file", "short.csv"]].concat(), &["E-NEED", "C"]);
    refused(&["solve", "headless.csv", "--input", "cover", "--model", "lscp"], &["E-COLUMN"]);
    refused(&["solve", "none.csv", "--input", "cover", "--model", "lscp"], &["E-FILE"]);
}

/// Four hamlets along a road, 2 km apart, with a candidate in each; the facility stands in the first.
fn hamlets(dir: &Path) {
    let demand = "id,lon,lat,elderly_60\nd1,113.10,36.20,100\nd2,113.122,36.20,40\nd3,113.144,36.20,60\nd4,113.166,36.20,50\n";
    let facilities = "id,name,lon,lat,status\nF1,福安,113.10,36.20,运营\n";
    let candidates = "id,name,lon,lat,county_code,investment,floor_area\nK1,一,113.10,36.20,140403,100000,600\nK2,二,113.122,36.20,140403,200000,600\nK3,三,113.144,36.20,140423,300000,600\nK4,四,113.166,36.20,140423,400000,600\n";
    let counties = "code,name,county_type,prior_projects\n140403,潞州区,市辖区,2\n140423,襄垣县,县,0\n";
    let study = "schema = 1\n[facilities]\nfile = \"facilities.csv\"\n[candidates]\nfile = \"candidates.csv\"\n[counties]\nfile = \"counties.csv\"\n[demand]\nfile = \"demand.csv\"\n";
    write(
        dir,
        &[
            ("demand.csv", demand),
            ("facilities.csv", facilities),
            ("candidates.csv", candidates),
            ("counties.csv", counties),
            ("study.toml", study),
        ],
    );
}

#[test]
fn a_city_s_plan_leaves_out_whom_facilities_cover_and_keeps_money_and_quotas() {
    let dir = tempfile::tempdir().unwrap();
    hamlets(dir.path());
    let ask = |more: &[&str]| {
        let done = run(dir.path(), &[&["plan", "study.toml", "--out", "p"], more].concat());
        assert_eq!(code(&done), 0, "{}", said(&done));
        plan(&dir.path().join("p/plan.json"))
    };
    let two = ask(&["--sites", "2"]);
    // K1 would serve the most people, but the facility does so already.
    assert_eq!(ids(&two), ["K3", "K4"]);
    assert_eq!(
        [&two["objective"], &two["covered"], &two["covered_before"], &two["total_weight"]].map(|v| v.as_i64().unwrap()),
        [110, 210, 100, 250]
    );
    assert_eq!(two["chosen"][0]["gain"].as_i64(), Some(60));
    let page = std::fs::read_to_string(dir.path().join("p/report.html")).unwrap();
    assert!(page.contains("<tr><td>1</td><td>K3</td><td>三</td><td>60</td><td>300000.00</td>"), "the still table of the plan");
    assert!(page.contains("Walking coverage 40.0% → 84.0%, 110 newly in reach."));
    assert_eq!(ids(&ask(&["--budget", "60"])), ["K3", "K2"]);
    assert_eq!(ids(&ask(&["--sites", "2", "--mandatory", "K2"])), ["K3", "K2"]);
    assert_eq!(ids(&ask(&["--sites", "2", "--forbidden", "K3"])), ["K4", "K2"]);
    assert_eq!(ids(&ask(&["--sites", "2", "--exclusive", "K3:K4"])), ["K3", "K2"]);
    assert_eq!(ids(&ask(&["--cover", "60%"])).len(), 1);
    assert_eq!(ids(&ask(&["--sites", "1", "--min-per-listed-county", "1", "--forbidden", "K3"])), ["K4"]);
    std::fs::write(dir.path().join("quota.csv"), "level,code,name,quota\ncounty,140403,潞州区,1\ncounty,140423,襄垣县,1\n").unwrap();
    assert_eq!(ids(&ask(&["--quota", "quota.csv"])), ["K3", "K2"]);
    // At least one and at most one of the same county.
    std::fs::write(dir.path().join("both.csv"), "level,code,name,quota,sense\ncounty,140423,襄垣县,1,min\ncounty,140423,襄垣县,1,max\n")
        .unwrap();
    assert_eq!(ids(&ask(&["--quota", "both.csv", "--sites", "2"])), ["K3", "K2"]);
    let walk = ask(&["--sites", "1", "--model", "pmedian"]);
    assert_eq!((ids(&walk), walk["status"].as_str()), (vec!["K3"], Some("optimal")));
}

#[test]
fn what_cannot_be_is_explained_and_what_contradicts_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    hamlets(dir.path());
    let run = |more: &[&str]| run(dir.path(), &[&["plan", "study.toml", "--format", "json"], more].concat());
    let poor = run(&["--budget", "5", "--cover", "60%"]);
    assert_eq!(code(&poor), 3, "{}", said(&poor));
    let told: Value = serde_json::from_slice(&poor.stdout).unwrap();
    let budget = told["conflict"].as_array().unwrap().iter().find(|one| one["what"] == "budget").unwrap();
    assert_eq!((budget["have"].as_i64(), budget["need"].as_i64()), (Some(50_000), Some(300_000)));
    let poor = run(&["--budget", "1"]);
    let told: Value = serde_json::from_slice(&poor.stdout).unwrap();
    assert_eq!((code(&poor), told["status"].as_str(), told["conflict"][0]["need"].as_i64()), (3, Some("infeasible"), Some(100_000)));
    for (args, wanted) in [
        (&["--sites", "1", "--exclusive", "K2:K2"][..], "E-SETTING"),
        (&["--sites", "9"], "E-SETTING"),
        (&["--sites", "0"], "E-SETTING"),
        (&["--sites", "1", "--mandatory", "K2", "--forbidden", "K2"], "both mandatory and forbidden"),
        (&["--sites", "1", "--mandatory", "K9"], "K9"),
        (&[], "E-NEED"),
        (&["--budget", "-3"], "E-SETTING"),
    ] {
        let done = run(args);
        assert!(code(&done) == 1 && said(&done).contains(wanted), "{args:?} {}", said(&done));
    }
}

#[test]
fn a_decision_has_its_price_in_people() {
    let dir = tempfile::tempdir().unwrap();
    hamlets(dir.path());
    std::fs::write(dir.path().join("decision.csv"), "project,decision,reason\nK1,是,地段好\nK2,是,\nK3,否,\n").unwrap();
    let done = run(dir.path(), &["plan", "study.toml", "--sites", "2", "--decision", "decision.csv", "--format", "json"]);
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((told["decision"]["objective"].as_i64(), told["decision"]["price"].as_i64()), (Some(40), Some(70)), "{}", said(&done));
}

#[test]
fn the_demo_s_plan_is_proven_and_the_same_on_one_thread_and_on_two() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    assert_eq!(code(&careshed(&["demo", "--out", &at("demo")])), 0);
    let study = dir.path().join("demo/city/study.toml").display().to_string();
    for (threads, out) in [("1", "one"), ("2", "two")] {
        let done = careshed(&["plan", &study, "--sites", "5", "--threads", threads, "--out", &at(out)]);
        assert_eq!(code(&done), 0, "{}", said(&done));
    }
    for file in ["plan.csv", "report.html"] {
        assert!(
            std::fs::read(dir.path().join("one").join(file)).unwrap() == std::fs::read(dir.path().join("two").join(file)).unwrap(),
            "{file}"
        );
    }
    let best = plan(&dir.path().join("one/plan.json"));
    assert_eq!((best["status"].as_str(), best["gap"].as_f64()), (Some("optimal"), Some(0.0)));
    let gains: i64 = best["chosen"].as_array().unwrap().iter().map(|one| one["gain"].as_i64().unwrap()).sum();
    assert_eq!(best["objective"].as_i64(), Some(gains));
}
