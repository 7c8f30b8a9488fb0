//! Folders as they are met, and what is made of them.

use std::path::Path;

use super::choose::{Choice, choose};
use super::{Folder, Why, look, relative, write};
use crate::problem::Problems;
use crate::settings::file::resolve;
use crate::words::Lang;

struct Place(tempfile::TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Place(dir)
    }

    fn look(&self) -> Folder {
        look(self.0.path()).unwrap()
    }

    /// The study, which must be one that the program takes.
    fn study(&self, folder: &Folder) -> String {
        let choices = choose(folder);
        let text = write::study(folder, &choices, "测试 \"city\"", self.0.path(), Lang::Zh);
        let mut problems = Problems::default();
        resolve(text.parse().unwrap_or_else(|e| panic!("{e}\n{text}")), self.0.path(), &[], None, &mut problems);
        assert!(problems.is_empty(), "{problems:?}\n{text}");
        text
    }
}

fn taken<'f>(choices: &'f [Choice<'f>]) -> Vec<(&'static str, &'f str)> {
    choices.iter().map(|c| (c.section, c.seen.input.shown.as_str())).collect()
}

const FACILITIES: &str = "编号,名称,经度,纬度,建筑面积,运营状态,开业时间\n1,甲,112.51,37.81,600,运营,2019-06\n";
const CANDIDATES: &str = "编号,名称,经度,纬度,建筑面积,场所来源,建设方式,投资总额（万元）\n1,乙,112.52,37.82,900,政府闲置房屋,改造,200\n";

#[test]
fn facilities_and_candidates_are_told_apart_by_the_columns_that_only_one_has() {
    let place = Place::new(&[("a.csv", CANDIDATES), ("b.csv", FACILITIES)]);
    let folder = place.look();
    assert_eq!(taken(&choose(&folder)), [("facilities", "b.csv"), ("candidates", "a.csv")]);
    let study = place.study(&folder);
    assert!(study.contains("# fields = { id = \"编号\", name = \"名称\", lon = \"经度\""), "{study}");
    assert!(study.contains("title = '测试 \"city\"'") || study.contains(r#"title = "测试 \"city\"""#), "{study}");
}

#[test]
fn names_of_files_decide_where_columns_cannot() {
    let rows = "名称,经度,纬度\n甲,112.51,37.81\n";
    let place = Place::new(&[("养老设施.csv", rows), ("候选点.csv", rows)]);
    assert_eq!(taken(&choose(&place.look())), [("facilities", "养老设施.csv"), ("candidates", "候选点.csv")]);
}

#[test]
fn of_two_files_for_one_table_one_is_taken_and_the_other_is_a_comment() {
    let place = Place::new(&[("设施.csv", FACILITIES), ("设施（旧）.csv", FACILITIES)]);
    let folder = place.look();
    let choices = choose(&folder);
    assert_eq!(taken(&choices), [("facilities", "设施.csv")], "its name is that of the table");
    assert_eq!(choices[0].others.len(), 1);
    assert!(place.study(&folder).contains("# file = \"设施（旧）.csv\""));
}

const BOUNDARIES: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"社区代码":"140403001001","备注\n二":"x"},"geometry":{"type":"Polygon","coordinates":[[[112.5,37.8],[112.6,37.8],[112.6,37.9],[112.5,37.8]]]}},
{"type":"Feature","properties":{"社区代码":"140403001002"},"geometry":{"type":"Polygon","coordinates":[[[112.6,37.8],[112.7,37.8],[112.7,37.9],[112.6,37.8]]]}}]}"#;

#[test]
fn boundaries_without_people_and_a_register_with_them_are_joined_by_the_code_they_share() {
    let register = "社区代码,社区名称,户数,60岁以上\n140403001001,北街社区,100,80\n140403001002,南街社区,90,70\n";
    let place = Place::new(&[("边界.geojson", BOUNDARIES), ("名册/台账.csv", register)]);
    let folder = place.look();
    let choices = choose(&folder);
    assert_eq!(taken(&choices), [("communities", "边界.geojson")]);
    assert_eq!(choices[0].register.map(|(seen, _, on)| (seen.input.shown.as_str(), on)), Some(("名册/台账.csv", "code")));
    let study = place.study(&folder);
    assert!(study.contains("register = { file = \"名册/台账.csv\", on = \"code\" }"), "{study}");
    assert!(study.contains("60岁以上”没有写常住还是户籍"), "{study}");
    assert!(study.contains("备注 二"), "a heading of two lines stays in its comment: {study}");
}

#[test]
fn people_on_points_are_demand_and_not_communities() {
    let mut points = String::from("id,lon,lat,community_code,households,elderly_60\n");
    (0..300).for_each(|n| points.push_str(&format!("B{n},112.5{n:03},37.8,14040300100{},3,1\n", n % 3)));
    let place = Place::new(&[("x.csv", &points)]);
    assert_eq!(taken(&choose(&place.look())), [("demand", "x.csv")]);
}

#[test]
fn lines_are_streets_unless_they_are_rivers() {
    let line = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a"},"geometry":{"type":"LineString","coordinates":[[112.5,37.8],[112.6,37.8]]}}]}"#;
    let place = Place::new(&[("a河流.geojson", line), ("b道路.geojson", line)]);
    let folder = place.look();
    assert_eq!(taken(&choose(&folder))[0], ("network", "b道路.geojson"));
}

#[test]
fn swapped_columns_are_turned_and_a_zone_is_proposed_from_its_numbers() {
    let swapped = "编号,设施名称,经度,纬度,运营状态\n1,甲,37.81,112.51,运营\n";
    let zoned = "编号,候选点名称,x,y,场所来源\n1,甲,38436000,4010000,其他\n2,乙,38436100,4010100,其他\n";
    let place = Place::new(&[("设施.csv", swapped), ("候选点.csv", zoned)]);
    let study = place.study(&place.look());
    assert!(study.contains("fields = { lon = \"纬度\", lat = \"经度\" }"), "{study}");
    assert!(study.contains("crs = \"EPSG:4526\"  # 文件没有写明坐标系"), "{study}");
}

#[test]
fn what_fits_no_table_is_set_aside_with_the_reason() {
    let place = Place::new(&[
        ("说明.txt", "这里是一些说明文字\n第二行\n"),
        ("矩阵.csv", "facility,demand,time_ms\nF1,P1,3\n"),
        ("空.csv", ""),
        ("设施.csv", "设施编号,设施名称,运营状态\n示例：1,甲,运营\n"),
        ("图.pdf", "%PDF-1.4"),
    ]);
    let folder = place.look();
    assert!(folder.seen.is_empty());
    let word = |name: &str| match &folder.aside.iter().find(|a| a.file == name).unwrap().why {
        Why::Word(word) => (*word).to_owned(),
        Why::Problem(problem) => problem.code.text().to_owned(),
    };
    assert_eq!(word("说明.txt"), "init.aside.nothing");
    assert_eq!(word("矩阵.csv"), "init.aside.nothing");
    assert_eq!(word("空.csv"), "E-EMPTY");
    assert_eq!(word("设施.csv"), "init.aside.form");
    assert_eq!(word("图.pdf"), "init.aside.document");
}

#[test]
fn packs_are_put_in_force_only_where_every_code_is_of_their_place() {
    let communities = |code: &str| format!("社区代码,社区名称,户数\n{code},北街社区,100\n");
    for (code, expected) in [("140403001001", "policies = [\"shanxi-2023\"]"), ("320102001001", "# policies")] {
        let place = Place::new(&[("社区.csv", &communities(code)), ("候选点.csv", CANDIDATES)]);
        let study = place.study(&place.look());
        assert!(study.lines().any(|l| l.starts_with(expected)), "{study}");
    }
}

#[test]
fn a_quota_is_told_by_its_level_and_streets_of_zones_by_their_folder() {
    let line = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a"},"geometry":{"type":"LineString","coordinates":[[112.5,37.8],[112.6,37.8]]}}]}"#;
    let quota = "level,code,name,quota\ncity,140400,示例市,5\n";
    let place = Place::new(&[("a.csv", quota), ("b.csv", "name,count\n甲,3\n"), ("道路/line.geojson", line)]);
    let folder = place.look();
    let choices = choose(&folder);
    assert_eq!(taken(&choices), [("network", "道路/line.geojson"), ("quota", "a.csv")]);
    assert!(choices[0].guess.reasons.iter().any(|(why, word)| *why == "init.why.called" && word == "道路"));
}

#[test]
fn paths_are_relative_to_where_the_study_lies() {
    assert_eq!(relative(Path::new("/a/b/c/x.csv"), Path::new("/a/b")), "c/x.csv");
    assert_eq!(relative(Path::new("/a/b/c/x.csv"), Path::new("/a/d/e")), "../../b/c/x.csv");
    assert_eq!(relative(Path::new("/a/x.csv"), Path::new("/b")), "/a/x.csv");
}
