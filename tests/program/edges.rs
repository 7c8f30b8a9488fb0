//! The edges of an answer: who sits near the limit, what other assumptions would say, and what is wrong with the streets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{careshed, code, said, table, worked};

type Row = BTreeMap<String, String>;

fn number(row: &Row, key: &str) -> f64 {
    row[key].parse().unwrap_or_else(|_| panic!("{key} of {row:?}"))
}

fn cover(study: &Path, out: &Path, more: &[&str]) {
    let run = careshed(&[&["cover", study.to_str().unwrap(), "--out", out.to_str().unwrap()], more].concat());
    assert_eq!(code(&run), 0, "{}", said(&run));
}

/// The worked city in a folder; its study.
fn written(dir: &Path) -> PathBuf {
    worked::build(dir);
    dir.join("study.toml")
}

/// The line of everybody at the study's own speed.
fn everybody(totals: &[Row], group: &str, speed: &str) -> Row {
    let same = |r: &&Row| r["level"] == "all" && r["scope"] == "all" && r["group"] == group && r["speed_mm_s"] == speed;
    totals.iter().find(same).unwrap().clone()
}

#[test]
fn people_near_the_limit_are_those_whom_another_limit_would_move() {
    let dir = tempfile::tempdir().unwrap();
    let study = written(dir.path());
    let at = |limit: &str| {
        let out = dir.path().join(limit.replace(' ', ""));
        cover(&study, &out, &["--limit", limit, "--within", "2 min"]);
        out
    };
    let [shorter, now, longer] = ["14 min", "15 min", "16 min"].map(at);
    for group in ["elderly_60", "households"] {
        let covered = |out: &Path| number(&everybody(&table(&out.join("totals.csv")), group, "1000"), "covered");
        let flip = table(&now.join("flip.csv"));
        let flip = flip.iter().find(|r| r["level"] == "all" && r["group"] == group && r["within_minutes"] == "1").unwrap();
        assert_eq!(covered(&now) - number(flip, "people_just_in"), covered(&shorter), "{group}");
        assert_eq!(covered(&now) + number(flip, "people_just_out"), covered(&longer), "{group}");
        assert!(number(flip, "people_just_in") > 0.0 && number(flip, "people_just_out") > 0.0);
    }
    // P3 stands exactly at the limit, P4 a millimetre beyond it.
    for wrong in ["0", "-1", "16", "1.5", "90 s"] {
        let run = careshed(&["cover", study.to_str().unwrap(), "--within", wrong]);
        assert_eq!(code(&run), 1, "{wrong}: {}", said(&run));
        assert!(said(&run).contains("E-SETTING"), "{}", said(&run));
    }
}

#[test]
fn the_surface_says_what_a_run_with_those_settings_says() {
    let dir = tempfile::tempdir().unwrap();
    let study = written(dir.path());
    let out = dir.path().join("surface");
    cover(&study, &out, &["--sensitivity"]);
    let surface = table(&out.join("sensitivity.csv"));
    assert_eq!(surface.iter().filter(|r| r["group"] == "elderly_60").count(), 5 * 5 * 3);
    for (speed, limit, limit_ms, snap, snap_mm) in [
        ("1.0 m/s", "15 min", "900000", "100 m", "100000"),
        ("0.6 m/s", "20 min", "1200000", "200 m", "200000"),
        ("1.4 m/s", "5 min", "300000", "50 m", "50000"),
    ] {
        let alone = dir.path().join(format!("alone {snap}"));
        cover(&study, &alone, &["--speed", speed, "--limit", limit, "--snap", snap]);
        let mm_s = format!("{:.0}", speed[..3].parse::<f64>().unwrap() * 1000.0);
        for row in surface.iter().filter(|r| r["speed_mm_s"] == mm_s && r["limit_ms"] == limit_ms && r["snap_mm"] == snap_mm) {
            let totals = table(&alone.join("totals.csv"));
            let same = |r: &&Row| {
                r["level"] == "all" && r["scope"] == row["scope"] && r["group"] == row["group"] && r["speed_mm_s"] == row["speed_mm_s"]
            };
            let total = totals.iter().find(same).unwrap();
            for key in ["people", "known", "covered", "share", "unknown"] {
                assert_eq!(row[key], total[key], "{key} at {speed}, {limit}, {snap}");
            }
        }
    }
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("<section id=\"sensitivity\">"));
}

#[test]
fn check_draws_the_streets_that_are_apart_and_prints_one_json_object() {
    let dir = tempfile::tempdir().unwrap();
    let study = written(dir.path());
    let out = dir.path().join("audit");
    let run = careshed(&["check", study.to_str().unwrap(), "--out", out.to_str().unwrap(), "--format", "json"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let printed: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert!(printed["problems"].as_array().unwrap().iter().any(|p| p["code"] == "W-SNAP-COMMUNITY"));
    let names: Vec<_> = super::files(&out).into_iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["check.xlsx", "network-audit.geojson", "no-position.xlsx", "problems.json", "run.json"]);
    let audit: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("network-audit.geojson")).unwrap()).unwrap();
    let of = |kind: &str| -> Vec<&serde_json::Value> {
        audit["features"].as_array().unwrap().iter().map(|f| &f["properties"]).filter(|p| p["kind"] == kind).collect()
    };
    let pieces: Vec<_> = of("piece").iter().map(|p| (p["length_m"].as_f64().unwrap(), p["state"].as_str().unwrap().to_owned())).collect();
    assert_eq!(pieces, [(3100.0, "kept".to_owned()), (250.0, "cut".to_owned())]);
    // P8 stands on the piece that was cut off, P10 130 m from every street.
    let beyond: Vec<_> = of("worst_snap").into_iter().filter(|p| p["state"] == "beyond").map(|p| p["id"].as_str().unwrap()).collect();
    assert_eq!(beyond, ["P8", "P10"]);
    assert!(of("loose_end").is_empty() && of("island").is_empty());
    assert_eq!(of("unsnapped_community").len(), 1);
}
