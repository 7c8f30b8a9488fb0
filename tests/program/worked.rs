//! A city small enough to check by hand.
//!
//! ```text
//!    P9 ·30 m
//!  a ───300─── b ───300─── c ──200── k ·0.001· l ───────499.999─────── d        P1 at a, P2 at b, P3 at k, P4 at l, P5 at d
//!  │           │           │                                                   P6 at e, P7 at g, P8 at i
//! 400         400         400                                                  F1 at f operates, F2 at d is being built, F3 at a is closed
//!  │           │           │
//!  e ───300─── f ───300─── g                             h ───250─── i          F1 has 600 m²
//!              · 130 m
//!             P10
//! ```

use std::fmt::Write;
use std::path::Path;

use super::{careshed, code, said, table};

const NODES: [(char, f64, f64); 11] = [
    ('a', 112.560000000, 37.863603803),
    ('b', 112.563409123, 37.863603753),
    ('c', 112.566818246, 37.863603605),
    ('k', 112.569090994, 37.863603452),
    ('l', 112.569147813, 37.863603448),
    ('d', 112.574772866, 37.863602876),
    ('e', 112.560000000, 37.860000000),
    ('f', 112.563409123, 37.859999951),
    ('g', 112.566818246, 37.859999803),
    ('h', 112.577045614, 37.856394961),
    ('i', 112.579886550, 37.856394516),
];

const STREETS: [(char, char, f64); 11] = [
    ('a', 'b', 300.0),
    ('b', 'c', 300.0),
    ('c', 'k', 200.0),
    ('k', 'l', 0.001),
    ('l', 'd', 499.999),
    ('a', 'e', 400.0),
    ('b', 'f', 400.0),
    ('c', 'g', 400.0),
    ('e', 'f', 300.0),
    ('f', 'g', 300.0),
    ('h', 'i', 250.0),
];

fn at(node: char) -> (f64, f64) {
    let (_, lon, lat) = NODES.into_iter().find(|n| n.0 == node).unwrap();
    (lon, lat)
}

/// Writes the city's five files.
pub(super) fn build(dir: &Path) {
    let mut roads = Vec::new();
    for (from, to, length) in STREETS {
        let ((x1, y1), (x2, y2)) = (at(from), at(to));
        roads.push(format!(
            r#"{{"type":"Feature","properties":{{"from_node":"{from}","to_node":"{to}","length_m":{length}}},"geometry":{{"type":"LineString","coordinates":[[{x1},{y1}],[{x2},{y2}]]}}}}"#
        ));
    }
    std::fs::write(dir.join("roads.geojson"), collection(&roads)).unwrap();

    let people = [
        ("P1", at('a'), 1, 120, 100),
        ("P2", at('b'), 1, 200, 180),
        ("P3", at('k'), 201, 40, 30),
        ("P4", at('l'), 201, 40, 31),
        ("P5", at('d'), 201, 60, 50),
        ("P6", at('e'), 2, 90, 80),
        ("P7", at('g'), 2, 300, 260),
        ("P8", at('i'), 3, 70, 66),
        ("P9", (112.561704561, 37.863874063), 1, 50, 44),
        ("P10", (112.563409123, 37.858828714), 2, 20, 15),
    ];
    let mut demand = String::from("id,lon,lat,community_code,households,elderly_60\n");
    for (id, (lon, lat), community, households, elders) in people {
        writeln!(demand, "{id},{lon},{lat},140105001{community:03},{households},{elders}").unwrap();
    }
    std::fs::write(dir.join("demand.csv"), demand).unwrap();

    let mut facilities = String::from("id,name,kind,lon,lat,status,floor_area\n");
    for (id, kind, node, status, area) in [
        ("F1", "日间照料中心", 'f', "operating", 600),
        ("F2", "社区养老服务站", 'd', "building", 800),
        ("F3", "养老院", 'a', "closed", 500),
    ] {
        let (lon, lat) = at(node);
        writeln!(facilities, "{id},{id}号,{kind},{lon},{lat},{status},{area}").unwrap();
    }
    std::fs::write(dir.join("facilities.csv"), facilities).unwrap();

    let squares = [
        (1, "北街社区", "社区", 370, 360, 324, [112.5588, 37.8618, 112.5679, 37.8654]),
        (2, "南街社区", "社区", 410, 400, 355, [112.5588, 37.8573, 112.5679, 37.8618]),
        (201, "东坡村", "村", 140, 130, 111, [112.5679, 37.8609, 112.5759, 37.8654]),
        (3, "岛上社区", "社区", 70, 60, 66, [112.5759, 37.8546, 112.5816, 37.8582]),
    ];
    let mut communities = Vec::new();
    for (code, name, kind, households, occupied, elders, [w, s, e, n]) in squares {
        communities.push(format!(
            r#"{{"type":"Feature","properties":{{"code":"140105001{code:03}","name":"{name}","kind":"{kind}","households":{households},"occupied_households":{occupied},"elderly_60":{elders},"street":"示例街道","county":"示例区"}},"geometry":{{"type":"Polygon","coordinates":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}}}"#
        ));
    }
    std::fs::write(dir.join("communities.geojson"), collection(&communities)).unwrap();
    std::fs::write(
        dir.join("study.toml"),
        "title = \"worked city\"\nas_of = 2023-02-01\n[communities]\nfile = \"communities.geojson\"\n[network]\nfile = \"roads.geojson\"\n\
         [demand]\nfile = \"demand.csv\"\n[facilities]\nfile = \"facilities.csv\"\n",
    )
    .unwrap();
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",\n"))
}

#[test]
fn the_matrix_is_exact_to_the_millimetre_and_inclusive() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path());
    let out = dir.path().join("out");
    let run = careshed(&["matrix", dir.path().join("study.toml").to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let rows: Vec<(String, String, u64)> = table(&out.join("matrix.csv"))
        .into_iter()
        .map(|r| (r["facility"].clone(), r["demand"].clone(), r["distance_mm"].parse().unwrap()))
        .collect();
    let exact = [
        ("F1", "P1", 700_000),
        ("F1", "P2", 400_000),
        ("F1", "P3", 900_000),
        ("F1", "P6", 300_000),
        ("F1", "P7", 300_000),
        ("F1", "P9", 580_000),
        ("F2", "P3", 500_000),
        ("F2", "P4", 499_999),
        ("F2", "P5", 0),
        ("F3", "P1", 0),
        ("F3", "P2", 300_000),
        ("F3", "P3", 800_000),
        ("F3", "P4", 800_001),
        ("F3", "P6", 400_000),
        ("F3", "P9", 180_000),
    ];
    assert_eq!(rows.len(), exact.len(), "{rows:?}");
    for ((facility, demand, mm), (f, d, expected)) in rows.iter().zip(exact) {
        assert_eq!((facility.as_str(), demand.as_str()), (f, d));
        // P9 stands beside the street: its spot and leg are rounded to the millimetre.
        let slack = if d == "P9" { 2 } else { 0 };
        assert!(mm.abs_diff(expected) <= slack, "{f} {d}: {mm} mm");
    }
}

#[test]
fn coverage_counts_every_person_once_and_keeps_the_unknown_apart() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path());
    let out = dir.path().join("结果");
    let run = careshed(&["cover", dir.path().join("study.toml").to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let totals = table(&out.join("totals.csv"));
    let line = |scope: &str, group: &str, speed: &str| {
        let row = totals.iter().find(|r| r["level"] == "all" && r["scope"] == scope && r["group"] == group && r["speed_mm_s"] == speed);
        let row = row.unwrap_or_else(|| panic!("{scope} {group} {speed}"));
        ["people", "known", "covered", "share", "unknown"].map(|k| row[k].clone())
    };
    assert_eq!(line("urban", "elderly_60", "1000"), ["745", "664", "664", "1.000000", "81"]);
    assert_eq!(line("village", "elderly_60", "800"), ["111", "111", "0", "0.000000", "0"]);
    assert_eq!(line("village", "elderly_60", "1000"), ["111", "111", "30", "0.270270", "0"]);
    assert_eq!(line("village", "elderly_60", "1200"), ["111", "111", "61", "0.549550", "0"]);
    assert_eq!(line("all", "elderly_60", "1000"), ["856", "775", "694", "0.895484", "81"]);
    assert_eq!(line("all", "households", "1200"), ["990", "900", "840", "0.933333", "90"]);

    let communities = table(&out.join("communities.csv"));
    let keys = ["name", "elderly_60_covered", "share_elderly_60", "status", "minutes", "m2_per_100_households", "reach_gap_m2"];
    let rows: Vec<[String; 7]> = communities.iter().map(|r| keys.map(|k| r[k].clone())).collect();
    assert_eq!(rows[0], ["东坡村", "30", "0.270270", "partial", "18.75", "21.43", "0.00"]);
    assert_eq!(rows[1], ["北街社区", "324", "1.000000", "covered", "8.62", "75.00", "0.00"]);
    assert_eq!(rows[2], ["南街社区", "340", "1.000000", "covered", "5.00", "75.00", "0.00"]);
    assert_eq!(rows[3], ["岛上社区", "0", "", "unknown", "", "", ""]);
}

#[test]
fn without_streets_every_table_is_stamped() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path());
    let study = std::fs::read_to_string(dir.path().join("study.toml")).unwrap().replace("[network]\nfile = \"roads.geojson\"\n", "");
    std::fs::write(dir.path().join("study.toml"), study).unwrap();
    let out = dir.path().join("out");
    let run = careshed(&["cover", dir.path().join("study.toml").to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    for name in ["totals.csv", "communities.csv"] {
        assert!(table(&out.join(name)).iter().all(|r| r["stamp"].starts_with("W-STRAIGHT")), "{name}");
    }
    assert!(said(&run).contains("W-STRAIGHT"));
}
