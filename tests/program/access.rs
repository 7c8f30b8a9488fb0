//! `access` as its users meet it: a table of costs in, a measure for each demand out.

use std::path::Path;

use super::{code, said, table};

const COSTS: &str = "demand,supply,cost\na,X,5\nb,X,10\nb,Y,20.5\n";
const DEMAND: &str = "id,weight\na,10\nb,30\nc,5\n";
const SUPPLY: &str = "id,beds,area\nX,4,100\nY,8,50\nZ,1,1\n";

fn run(dir: &Path, more: &[&str]) -> std::process::Output {
    let files = ["access", "--matrix", "t.csv", "--demand", "d.csv", "--supply", "s.csv", "--out", "p", "--lang", "en"];
    assert_cmd::Command::cargo_bin("careshed").unwrap().current_dir(dir).args(files).args(more).output().unwrap()
}

fn folder(costs: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    [("t.csv", costs), ("d.csv", DEMAND), ("s.csv", SUPPLY)]
        .iter()
        .for_each(|(name, text)| std::fs::write(dir.path().join(name), text).unwrap());
    dir
}

#[test]
fn each_column_of_supply_is_measured_for_each_demand_in_its_order() {
    let dir = folder(COSTS);
    let measured = |more: &[&str]| {
        let done = run(dir.path(), more);
        assert_eq!(code(&done), 0, "{}", said(&done));
        let rows = table(&dir.path().join("p/access.csv"));
        assert_eq!(rows.iter().map(|r| r["id"].as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        rows.iter().map(|r| format!("{} {}", r["beds"], r["area"])).collect::<Vec<_>>()
    };
    assert_eq!(measured(&["--method", "cumulative", "--limit", "20.5"]), ["4 100", "12 150", "0 0"]);
    assert_eq!(measured(&["--method", "2sfca", "--limit", "20"]), ["0.1 2.5", "0.1 2.5", "0 0"]);
    assert_eq!(measured(&["--method", "nearest"]), ["5 5", "10 10", " "]);
    assert_eq!(measured(&["--method", "gravity", "--decay", "step:5=1,20.5=0.5"]), ["4 100", "6 75", "0 0"]);
    assert_eq!(measured(&["--method", "savail", "--decay", "exp:0.1"]).len(), 3);
    assert!(dir.path().join("p/run.json").is_file());
}

#[test]
fn what_a_method_needs_and_what_a_table_may_not_hold_is_said() {
    let dir = folder(COSTS);
    for (args, wanted) in [
        (&["--method", "2sfca"][..], "--limit"),
        (&["--method", "gravity", "--limit", "30"], "--decay"),
        (&["--method", "best", "--limit", "30"], "E-SETTING"),
        (&["--method", "gravity", "--decay", "cubic:1"], "E-SETTING"),
        (&["--method", "g2sfca", "--limit", "30", "--decay", "exp:1"], "gauss"),
    ] {
        let done = run(dir.path(), args);
        assert!(code(&done) == 1 && said(&done).contains(wanted), "{args:?} {}", said(&done));
    }
    let dir = folder("demand,supply,cost\na,X,0\na,X,1\nb,X,-1\n");
    let done = run(dir.path(), &["--method", "gravity", "--decay", "power:1.5"]);
    assert_eq!(code(&done), 1);
    for wanted in ["E-NUM-NEG", "E-NUM"] {
        assert!(said(&done).contains(wanted), "{}", said(&done));
    }
    assert!(!dir.path().join("p").exists());
}
