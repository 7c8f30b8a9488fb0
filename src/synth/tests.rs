//! What a synthetic city promises, checked on its files with other readers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use geo::{Area, BooleanOps, BoundingRect, Contains, Intersects, MultiPolygon, Validation};
use serde_json::Value;

use super::*;

/// A city in a folder of its own, gone when dropped.
struct City {
    folder: tempfile::TempDir,
    made: Made,
}

fn city(options: Options) -> City {
    let folder = tempfile::tempdir().unwrap();
    let made = write(&options, folder.path()).unwrap();
    City { folder, made }
}

type Row = BTreeMap<String, String>;

impl City {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn table(&self, name: &str) -> Vec<Row> {
        csv::Reader::from_path(self.path(name)).unwrap().deserialize().map(|row| row.unwrap()).collect()
    }

    fn features(&self, name: &str) -> Vec<Value> {
        let all: Value = serde_json::from_slice(&self.bytes(name)).unwrap();
        all["features"].as_array().unwrap().clone()
    }

    fn communities(&self) -> Vec<(Value, MultiPolygon<f64>)> {
        let shape = |f: &Value| {
            let geometry: geojson::Geometry = serde_json::from_value(f["geometry"].clone()).unwrap();
            match geo::Geometry::<f64>::try_from(geometry).unwrap() {
                geo::Geometry::Polygon(p) => MultiPolygon(vec![p]),
                geo::Geometry::MultiPolygon(m) => m,
                other => panic!("a community is no {other:?}"),
            }
        };
        self.features("communities.geojson").iter().map(|f| (f["properties"].clone(), shape(f))).collect()
    }

    /// Lines in whole ten-millionths of a degree.
    fn roads(&self) -> Vec<(Value, Vec<(i64, i64)>)> {
        let whole = |v: &Value| (v.as_f64().unwrap() * 1e7).round() as i64;
        let line = |f: &Value| f["geometry"]["coordinates"].as_array().unwrap().iter().map(|c| (whole(&c[0]), whole(&c[1]))).collect();
        self.features("roads.geojson").iter().map(|f| (f["properties"].clone(), line(f))).collect()
    }
}

fn number(row: &Row, field: &str) -> Option<u64> {
    let text = &row[field];
    (!text.is_empty()).then(|| text.parse().unwrap_or_else(|_| panic!("{field}: {text}")))
}

fn place(row: &Row) -> geo::Point<f64> {
    geo::Point::new(row["lon"].parse().unwrap(), row["lat"].parse().unwrap())
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_another_city() {
    let (one, again, other) = (city(Options::new(60, 1)), city(Options::new(60, 1)), city(Options::new(60, 2)));
    for file in FILES {
        assert_eq!(one.bytes(file), again.bytes(file), "{file}");
    }
    for file in ["communities.geojson", "roads.osm.pbf", "demand.csv", "candidates.csv"] {
        assert_ne!(one.bytes(file), other.bytes(file), "{file}");
    }
}

#[test]
fn no_other_file_is_left_behind() {
    let city = city(Options::new(12, 3));
    let found: BTreeSet<String> =
        std::fs::read_dir(city.folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, FILES.iter().map(|f| f.to_string()).collect());
}

#[test]
fn estates_and_buildings_add_up_to_the_register_exactly() {
    let city = city(Options::new(60, 1));
    let mut homes: BTreeMap<String, [u64; 5]> = BTreeMap::new();
    let groups = ["households", "population", "elderly_60", "elderly_65", "elderly_80"];
    for row in city.table("demand.csv") {
        let values = groups.map(|g| number(&row, g).unwrap());
        assert!(values[0] <= values[1] && values[4] <= values[3] && values[3] <= values[2] && values[2] <= values[1], "{row:?}");
        let sums = homes.entry(row["community_code"].clone()).or_default();
        (0..5).for_each(|g| sums[g] += values[g]);
    }
    let mut estates: BTreeMap<String, (u64, Option<u64>)> = BTreeMap::new();
    for row in city.table("estates.csv") {
        let sums = estates.entry(row["community_code"].clone()).or_insert((0, Some(0)));
        let (planned, households, occupied) =
            (number(&row, "households_planned"), number(&row, "households").unwrap(), number(&row, "occupied_households"));
        assert!(planned.unwrap() >= households && occupied.is_none_or(|o| o <= households), "{row:?}");
        sums.0 += households;
        sums.1 = sums.1.zip(occupied).map(|(a, b)| a + b);
    }
    let communities = city.communities();
    assert_eq!(communities.len(), 60);
    for (of, _) in &communities {
        let code = of["code"].as_str().unwrap();
        assert_eq!(groups.map(|g| of[g].as_u64().unwrap()), homes[code], "{code}");
        assert_eq!((of["households"].as_u64().unwrap(), of["occupied_households"].as_u64()), estates[code], "{code}");
        let registered = ["registered_60", "registered_65", "registered_80"].map(|g| of[g].as_u64());
        assert!(registered[2] <= registered[1] && registered[1] <= registered[0], "{registered:?}");
    }
    assert!(communities.iter().any(|(of, _)| of["occupied_households"].is_null()), "real registers have gaps");
}

#[test]
fn communities_are_valid_and_tile_the_ground() {
    let city = city(Options::new(60, 1));
    let communities = city.communities();
    for (of, shape) in &communities {
        assert!(shape.is_valid(), "{}: {:?}", of["code"], shape.validation_errors());
    }
    for (i, (a, shape)) in communities.iter().enumerate() {
        for (b, other) in &communities[i + 1..] {
            if shape.bounding_rect().unwrap().intersects(&other.bounding_rect().unwrap()) {
                // A square metre is about 1e-10 square degrees here.
                assert!(shape.intersection(other).unsigned_area() < 1e-12, "{} overlaps {}", a["code"], b["code"]);
            }
        }
    }
    // No slivers: joined, each county is one piece without holes.
    for county in ["145101", "145102"] {
        let own = communities.iter().filter(|(of, _)| of["county_code"] == county).map(|(_, shape)| shape);
        let whole = geo::unary_union(own);
        assert_eq!(whole.0.len(), 1, "{county}");
        assert!(whole.0[0].interiors().is_empty(), "{county}");
    }
}

#[test]
fn codes_and_names_are_unique_where_they_must_be() {
    let city = city(Options::new(600, 5));
    let (mut codes, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (of, _) in city.communities() {
        let code = of["code"].as_str().unwrap().to_owned();
        let village = of["kind"] == "村";
        assert!(code.len() == 12 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        assert_eq!(village, code[9..].parse::<u32>().unwrap() >= 200, "{code}");
        assert_eq!(of["county_code"], code[..6], "{code}");
        assert!(names.insert((code[..6].to_owned(), of["street"].to_string(), of["name"].to_string())), "{of}");
        assert!(codes.insert(code), "{of}");
    }
    for (table, key) in [
        ("facilities.csv", "id"),
        ("facilities.csv", "name"),
        ("candidates.csv", "id"),
        ("candidates.csv", "name"),
        ("estates.csv", "code"),
        ("demand.csv", "id"),
        ("counties.csv", "code"),
        ("counties.csv", "name"),
    ] {
        let rows = city.table(table);
        let different: BTreeSet<&String> = rows.iter().map(|r| &r[key]).collect();
        assert_eq!(different.len(), rows.len(), "{table} {key}");
    }
}

#[test]
fn facilities_and_candidates_stand_in_their_community_apart_from_each_other() {
    let city = city(Options::new(60, 1));
    let shapes: BTreeMap<String, MultiPolygon<f64>> =
        city.communities().into_iter().map(|(of, shape)| (of["code"].as_str().unwrap().to_owned(), shape)).collect();
    let (facilities, candidates) = (city.table("facilities.csv"), city.table("candidates.csv"));
    assert_eq!((facilities.len(), candidates.len()), (27, 40));
    let all: Vec<&Row> = facilities.iter().chain(&candidates).collect();
    for (i, row) in all.iter().enumerate() {
        assert!(shapes[&row["community_code"]].contains(&place(row)), "{}", row["id"]);
        for other in &all[i + 1..] {
            let (dx, dy) = ((place(row).x() - place(other).x()) * 89_800.0, (place(row).y() - place(other).y()) * 111_000.0);
            assert!(dx.hypot(dy) > 60.0, "{} and {}", row["id"], other["id"]);
        }
    }
    for row in city.table("demand.csv").iter().step_by(97) {
        assert!(shapes[&row["community_code"]].contains(&place(row)), "{}", row["id"]);
    }
    for code in facilities.iter().flat_map(|f| f["serves"].split(';')).filter(|c| !c.is_empty()) {
        assert!(shapes.contains_key(code), "{code}");
    }
}

#[test]
fn every_word_is_one_of_the_vocabulary_and_the_demo_shows_most_of_them() {
    let city = city(Options { gov_leased: true, ..Options::new(600, 1) });
    let kinds = "城镇社区养老幸福工程 城市社区养老服务中心 社区养老照料中心 社区养老服务中心 社区养老服务站 市级示范社区养老服务中心 社区养老服务综合体 \
                 社区老年人日间服务中心 家门口服务站 社区长者食堂 助餐点 老年餐厅 单一功能服务点 嵌入式养老机构";
    let of_facilities = format!("{kinds} 日间照料中心 农村日间照料中心 养老院");
    let functions = "短期托养 日间照料 老人餐厅 健康管理 文化娱乐 上门服务 日间休息 休闲娱乐 图书阅览 医疗康复 餐饮服务 全时托养 助餐 助医 助洁 助浴 助行 助急 集中用餐 \
                     外送 康复护理";
    let yes = "是 否";
    let rules: [(&str, &str, &str); 16] = [
        ("facilities.csv", "kind", &of_facilities),
        ("facilities.csv", "status", "运营 在建 停业 关闭 改变用途"),
        ("facilities.csv", "functions", functions),
        ("facilities.csv", "use_changed", yes),
        ("facilities.csv", "grade", "A AA AAA"),
        ("candidates.csv", "type", kinds),
        ("candidates.csv", "functions", functions),
        ("candidates.csv", "build_mode", "改造 扩建 购置 置换 租赁 转换 新建"),
        ("candidates.csv", "tenure", "政府闲置房屋 政府空闲场地 老旧小区改造场地 产权人免费提供 购置归公 政府租赁 其他租赁 其他"),
        ("candidates.csv", "use_of_funds", "基础设施建设 装修装饰 维修改造 设施设备购置 房屋租赁 运行经费"),
        ("candidates.csv", "no_dispute", yes),
        ("candidates.csv", "operator_subcontracts", yes),
        ("candidates.csv", "city_funded", yes),
        ("counties.csv", "county_type", "市辖区 县级市 县"),
        ("counties.csv", "previous_grade", "好 中 差"),
        ("estates.csv", "old", yes),
    ];
    for (table, field, words) in rules {
        let allowed: BTreeSet<&str> = words.split_whitespace().collect();
        let rows = city.table(table);
        let used: BTreeSet<&str> = rows.iter().flat_map(|r| r[field].split(';')).filter(|w| !w.is_empty()).collect();
        assert!(used.is_subset(&allowed), "{table} {field}: {used:?}");
        assert!(used.len() * 4 >= allowed.len(), "{table} {field} hardly varies: {used:?}");
    }
    let small = self::city(Options::new(60, 1));
    let statuses: BTreeSet<String> = small.table("facilities.csv").into_iter().map(|f| f["status"].clone()).collect();
    assert_eq!(statuses.len(), 5);
    assert!(small.table("candidates.csv").iter().all(|c| c["tenure"] != "政府租赁"), "only when asked for");
}

#[test]
fn every_field_of_a_candidate_is_known_for_some_and_the_flaws_are_there() {
    let city = city(Options::new(60, 1));
    let candidates = city.table("candidates.csv");
    for field in candidates[0].keys() {
        assert!(candidates.iter().any(|c| !c[field].is_empty()), "{field} is never known");
    }
    let area = |c: &Row| number(c, "floor_area").unwrap();
    assert!(candidates.iter().any(|c| area(c) < 500) && candidates.iter().any(|c| area(c) > 2000));
    assert!(candidates.iter().any(|c| number(c, "beds").is_some_and(|b| b < 10)));
    assert!(candidates.iter().any(|c| c["tenure"] == "其他租赁"));
}

#[test]
fn streets_hang_together_and_cross_only_where_they_meet() {
    let city = city(Options::new(60, 1));
    let roads = city.roads();
    // Everything can be reached from the first vertex.
    let mut beside: BTreeMap<(i64, i64), Vec<(i64, i64)>> = BTreeMap::new();
    let mut pieces = Vec::new();
    for (_, line) in &roads {
        for w in line.windows(2) {
            assert_ne!(w[0], w[1], "a piece of no length");
            beside.entry(w[0]).or_default().push(w[1]);
            beside.entry(w[1]).or_default().push(w[0]);
            pieces.push((w[0], w[1]));
        }
    }
    assert_eq!(pieces.len() as u64, city.made.edges);
    let mut seen = BTreeSet::from([pieces[0].0]);
    let mut todo = vec![pieces[0].0];
    while let Some(at) = todo.pop() {
        todo.extend(beside[&at].iter().filter(|next| seen.insert(**next)));
    }
    assert_eq!(seen.len(), beside.len(), "some streets are cut off");

    // Two pieces meet in a shared vertex or not at all. Cells of about 100 m keep the pairs few.
    let cell = |v: i64| v.div_euclid(10_000);
    let mut grid: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, (a, b)) in pieces.iter().enumerate() {
        for x in cell(a.0.min(b.0))..=cell(a.0.max(b.0)) {
            for y in cell(a.1.min(b.1))..=cell(a.1.max(b.1)) {
                grid.entry((x, y)).or_default().push(i);
            }
        }
    }
    let turn = |a: (i64, i64), b: (i64, i64), c: (i64, i64)| ((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)).signum();
    for near in grid.values() {
        for (n, &i) in near.iter().enumerate() {
            for &j in &near[n + 1..] {
                let ((a, b), (c, d)) = (pieces[i], pieces[j]);
                let apart = a != c && a != d && b != c && b != d;
                let crossing = turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
                assert!(!(apart && crossing), "{a:?}–{b:?} crosses {c:?}–{d:?}");
            }
        }
    }
}

#[test]
fn both_networks_are_the_same() {
    let city = city(Options::new(60, 1));
    let (mut places, mut ways) = (BTreeMap::new(), Vec::new());
    let mut water = 0;
    osmpbf::ElementReader::from_path(city.path("roads.osm.pbf"))
        .unwrap()
        .for_each(|element| match element {
            osmpbf::Element::DenseNode(n) => {
                assert!(places.insert(n.id(), (i64::from(n.decimicro_lon()), i64::from(n.decimicro_lat()))).is_none());
            }
            osmpbf::Element::Way(w) => match w.tags().find(|t| t.0 == "highway") {
                Some((_, class)) => ways.push((class.to_owned(), w.refs().collect::<Vec<i64>>())),
                None => water += 1,
            },
            _ => {}
        })
        .unwrap();
    // One river and one railway for each of two towns.
    assert_eq!(water, 4);
    assert_eq!(places.len() as u64, city.made.nodes);
    let roads = city.roads();
    assert_eq!(ways.len(), roads.len());
    for ((class, refs), (of, line)) in ways.iter().zip(&roads) {
        assert_eq!(of["class"], class.as_str());
        assert_eq!(&refs.iter().map(|id| places[id]).collect::<Vec<_>>(), line);
    }
    // Nodes that differ lie apart, so that lines joined by place are joined like ways by number.
    let of_ways: BTreeSet<i64> = ways.iter().flat_map(|w| w.1.iter().copied()).collect();
    let apart: BTreeSet<(i64, i64)> = of_ways.iter().map(|id| places[id]).collect();
    assert_eq!(apart.len(), of_ways.len());
}

#[test]
fn sizes_follow_the_number_of_communities() {
    for communities in [FEWEST, 7, 60, 240] {
        let city = city(Options::new(communities, 9));
        assert_eq!(city.communities().len(), communities);
        let each = city.made.points as f64 / communities as f64;
        assert!((200.0..450.0).contains(&each), "{communities}: {each} points each");
    }
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write(&Options::new(FEWEST - 1, 1), folder.path()).unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn the_study_names_files_that_are_there() {
    let city = city(Options::new(8, 1));
    let study: toml::Table = toml::from_str(std::str::from_utf8(&city.bytes("study.toml")).unwrap()).unwrap();
    assert!(study["title"].as_str().unwrap().contains("虚构"));
    for table in ["network", "communities", "estates", "counties", "demand", "facilities", "candidates"] {
        assert!(city.path(study[table]["file"].as_str().unwrap()).is_file(), "{table}");
        assert!(study[table]["source"].as_str().unwrap().starts_with("synthetic"), "{table}");
    }
}
