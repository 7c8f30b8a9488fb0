//! What a run does at the edge of its means: interrupted, short of memory, asked for the impossible.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{careshed, code, files, said};

fn city(dir: &Path) -> String {
    let out = dir.join("city");
    assert_eq!(code(&careshed(&["synth", "--communities", "12", "--out", out.to_str().unwrap()])), 0);
    out.join("study.toml").to_str().unwrap().to_owned()
}

#[test]
#[cfg(unix)]
fn an_interrupt_while_files_are_written_leaves_nothing_and_ends_with_130() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("一/二");
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("careshed"))
        .args(["synth", "--communities", "30000", "--lang", "en", "--out", out.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let begun = || out.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    while !begun() && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(begun(), "writing has begun");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ended = child.wait().unwrap();
    assert_eq!(ended.code(), Some(130));
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none(), "nothing is left, not even the folders");
}

#[test]
#[cfg(unix)]
fn an_interrupt_at_any_moment_of_a_ranking_leaves_the_old_files_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let out = dir.path().join("out");
    assert_eq!(code(&careshed(&["rank", &study, "--out", out.to_str().unwrap()])), 0);
    let before = files(&out);
    let changed = ["rank", &study, "--sensitivity", "--speed", "0.9 m/s", "--out"];
    let stopped_after = |time: Duration| {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("careshed"))
            .args(changed)
            .arg(&out)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(time);
        // The program may be done already; then there is nobody to stop.
        Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        child.wait().unwrap().code()
    };
    let mut interrupted = 0;
    // Moments spread over about the time that a whole run takes, the last ones likely while files are written.
    let started = Instant::now();
    assert_eq!(code(&careshed(&[&changed[..], &[dir.path().join("scratch").to_str().unwrap()]].concat())), 0);
    let whole = started.elapsed();
    for moment in 1..=20 {
        match stopped_after(whole * moment / 22) {
            Some(130) => {
                interrupted += 1;
                assert!(files(&out) == before, "moment {moment}");
                assert_eq!(std::fs::read_dir(&out).unwrap().count(), before.len(), "nothing else is left, moment {moment}");
            }
            // Killed before it could listen, or done.
            None => assert!(files(&out) == before, "moment {moment}"),
            Some(0) => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(interrupted >= 1);
}

#[test]
#[cfg(unix)]
fn a_full_disk_is_said_and_leaves_the_old_files_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let out = dir.path().join("out");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("report.html"), "of last year").unwrap();
    let before = files(&out);
    // No file of more than 32 KiB can be written: to the program that is a disk with no room left.
    let program = assert_cmd::cargo::cargo_bin("careshed");
    for command in ["rank", "cover", "circles"] {
        let run = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""])
            .arg(&program)
            .args([command, &study, "--lang", "en", "--out", out.to_str().unwrap()])
            .output()
            .unwrap();
        assert_eq!(code(&run), 1, "{command}: {}", said(&run));
        assert!(said(&run).contains("E-OUT"), "{command}: {}", said(&run));
        assert!(files(&out) == before, "{command}");
        assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1, "{command}");
    }
}

#[test]
fn inputs_that_would_not_fit_into_memory_are_refused_with_the_estimate() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let out = dir.path().join("out");
    let run = careshed(&["cover", &study, "--memory", "42MB", "--out", out.to_str().unwrap()]);
    assert_eq!(code(&run), 1, "{}", said(&run));
    assert!(said(&run).contains("E-MEMORY") && said(&run).contains("above the limit of 42 MB"), "{}", said(&run));
    assert!(!out.exists());
    for nonsense in ["0 GB", "-1 GB", "much", "4"] {
        let run = careshed(&["cover", &study, &format!("--memory={nonsense}")]);
        assert!(code(&run) == 1 && said(&run).contains("E-SETTING"), "{nonsense}: {}", said(&run));
    }
}

#[test]
fn nobody_walks_at_no_speed_or_on_a_grid_of_a_metre() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    for (flag, value) in [("--speed", "0 m/s"), ("--speed", "-1 m/s"), ("--speed", "100 m/s"), ("--limit", "0 min"), ("--limit", "-5 min")]
    {
        let flag = format!("{flag}={value}");
        let run = careshed(&["cover", &study, &flag]);
        assert!(code(&run) == 1 && said(&run).contains("E-SETTING"), "{flag}: {}", said(&run));
    }
    // Without a demand file and estates people would be spread over twelve communities, square metre by square metre.
    let text = std::fs::read_to_string(&study).unwrap();
    let tables: Vec<&str> = text.split("\n[").filter(|t| !t.starts_with("demand]") && !t.starts_with("estates]")).collect();
    std::fs::write(&study, tables.join("\n[")).unwrap();
    let run = careshed(&["cover", &study, "--set", "demand.grid=1 m"]);
    assert!(code(&run) == 1 && said(&run).contains("E-LIMIT") && said(&run).contains("grid points"), "{}", said(&run));
}

#[test]
fn timings_name_every_step_with_wall_cpu_and_peak() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let out = dir.path().join("out");
    let run = careshed(&["rank", &study, "--timings", "--out", out.to_str().unwrap()]);
    assert_eq!(code(&run), 0);
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    let steps: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("timing ")).collect();
    let names: Vec<&str> = steps.iter().filter_map(|s| s.split(' ').next()).collect();
    assert_eq!(names, ["read", "demand", "snap", "reach", "coverage", "rank", "draw", "write"]);
    for step in steps {
        let figures: Vec<(&str, f64)> =
            step.split(' ').skip(1).map(|f| f.split_once('=').unwrap()).map(|(k, v)| (k, v.parse().unwrap())).collect();
        assert_eq!(figures.iter().map(|f| f.0).collect::<Vec<_>>(), ["wall_s", "cpu_s", "peak_mb"], "{step}");
        assert!(figures[2].1 > 1.0, "{step}");
    }
    assert!(!files(&out).is_empty());
}

#[test]
fn circles_are_drawn_of_facilities_or_of_whom_one_asks_and_the_same_on_one_and_two_threads() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let drawn = |name: &str, more: &[&str]| {
        let out = dir.path().join(name);
        let run = careshed(&[&["circles", &study, "--out", out.to_str().unwrap()], more].concat());
        assert_eq!(code(&run), 0, "{}", said(&run));
        let text = std::fs::read_to_string(out.join("circles.geojson")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json["features"].as_array().unwrap().clone()
    };
    let kinds = |features: &[serde_json::Value]| {
        let mut kinds: Vec<String> = features.iter().map(|f| f["properties"]["kind"].as_str().unwrap().to_owned()).collect();
        kinds.dedup();
        kinds
    };
    let facilities = drawn("facilities", &[]);
    assert_eq!(kinds(&facilities), ["facility"]);
    assert_eq!(kinds(&drawn("candidates", &["--of", "candidates"])), ["candidate"]);
    assert_eq!(kinds(&drawn("all", &["--of", "all"])), ["facility", "candidate"]);
    let first = &facilities[..3];
    let minutes: Vec<f64> = first.iter().map(|f| f["properties"]["minutes"].as_f64().unwrap()).collect();
    assert_eq!(minutes, [5.0, 10.0, 15.0]);
    let areas: Vec<f64> = first.iter().map(|f| f["properties"]["area_m2"].as_f64().unwrap()).collect();
    assert!(areas[0] < areas[1] && areas[1] < areas[2], "{areas:?}");
    let keys: Vec<&str> = first[0]["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys.len(), 5, "{keys:?}");
    let id = first[0]["properties"]["id"].as_str().unwrap();
    assert_eq!(drawn("one", &["--ids", id]), first);
    drawn("thread", &["--threads", "1"]);
    assert_eq!(files(&dir.path().join("thread")), files(&dir.path().join("facilities")));
    for wrong in [["--ids", "nobody"], ["--ids", ","], ["--limit", "10000 h"]] {
        let run = careshed(&["circles", &study, wrong[0], wrong[1]]);
        let fine = wrong[0] == "--limit";
        assert_eq!(code(&run) == 0, fine, "{wrong:?}: {}", said(&run));
    }
}

#[test]
fn many_files_that_are_each_small_are_weighed_together() {
    let dir = tempfile::tempdir().unwrap();
    let rows = "id,lon,lat,elderly_60\n".to_owned() + &"P,112.5,36.1,3\n".repeat(60_000);
    let files: Vec<String> = (0..12)
        .map(|i| {
            std::fs::write(dir.path().join(format!("{i}.csv")), &rows).unwrap();
            format!("{{ file = \"{i}.csv\" }}")
        })
        .collect();
    let study = dir.path().join("study.toml");
    let text = format!("schema = 1\n[facilities]\nfile = \"0.csv\"\n[demand]\nfiles = [{}]\n", files.join(", "));
    std::fs::write(&study, text).unwrap();
    let run = careshed(&["cover", study.to_str().unwrap(), "--memory", "60 MB"]);
    assert!(code(&run) == 1 && said(&run).contains("E-MEMORY"), "{}", said(&run));
}

#[test]
fn a_matrix_of_absurdly_many_nearest_is_that_of_all() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let matrix = |name: &str, more: &[&str]| {
        let out = dir.path().join(name);
        let run = careshed(&[&["matrix", &study, "--out", out.to_str().unwrap()], more].concat());
        assert_eq!(code(&run), 0, "{}", said(&run));
        std::fs::read(out.join("matrix.csv")).unwrap()
    };
    assert!(matrix("k", &["--nearest", "9223372036854775808"]) == matrix("all", &["--threads", "1"]));
}

#[test]
fn the_page_of_cover_ranks_candidates_as_rank_does() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let page = |command: &str| {
        let out = dir.path().join(command);
        assert_eq!(code(&careshed(&[command, &study, "--out", out.to_str().unwrap()])), 0);
        std::fs::read(out.join("report.html")).unwrap()
    };
    assert!(page("cover") == page("rank"));
}
