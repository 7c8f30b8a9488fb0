//! From an empty form to the same findings: template, fill in, init, check, cover, rank.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

use super::{careshed, code, said, table};

/// Writes the form again with rows behind its example, as a clerk would fill it in: a column of the form is found by what the notes say.
/// A key with a `+` is a heading that the clerk adds behind the last.
fn fill_in(form: &Path, filled: &Path, notes: &str, tables: &[(&str, Vec<BTreeMap<String, String>>)]) {
    let mut book: Xlsx<_> = open_workbook(form).unwrap();
    let notes = book.worksheet_range(notes).unwrap();
    let mut out = Workbook::new();
    for name in book.sheet_names() {
        let sheet = out.add_worksheet().set_name(&name).unwrap();
        let old = book.worksheet_range(&name).unwrap();
        let (top, left) = old.start().unwrap();
        for (r, row) in old.rows().enumerate() {
            for (c, cell) in row.iter().enumerate().filter(|(_, cell)| **cell != Data::Empty) {
                sheet.write_string(top + r as u32, left as u16 + c as u16, cell.to_string()).unwrap();
            }
        }
        let Some((_, rows)) = tables.iter().find(|(table, _)| *table == name) else { continue };
        let mut headings: Vec<String> = old.rows().next().unwrap().iter().map(Data::to_string).collect();
        for added in rows.first().into_iter().flat_map(BTreeMap::keys).filter_map(|key| key.strip_prefix('+')) {
            sheet.write_string(top, left as u16 + headings.len() as u16, added).unwrap();
            headings.push(added.to_owned());
        }
        for (r, row) in rows.iter().enumerate() {
            for (c, heading) in headings.iter().enumerate() {
                let noted = notes.rows().find(|n| n[0].to_string() == name && n[1].to_string() == *heading);
                let field = noted.map_or_else(|| format!("+{heading}"), |n| n[2].to_string());
                let value = row.get(&field).map_or("", String::as_str);
                let is_text =
                    field.contains("code") || ["id", "project"].contains(&field.as_str()) || field == "operator_phone" || field == "serves";
                match value.parse::<f64>() {
                    _ if value.is_empty() => {}
                    Ok(number) if !is_text => drop(sheet.write_number(r as u32 + 2, c as u16, number).unwrap()),
                    _ => drop(sheet.write_string(r as u32 + 2, c as u16, value).unwrap()),
                }
            }
        }
    }
    out.save(filled).unwrap();
}

/// The communities of a layer as rows, and the layer without anything but codes.
fn split(layer: &Path) -> (Vec<BTreeMap<String, String>>, String) {
    let mut all: serde_json::Value = serde_json::from_str(std::fs::read_to_string(layer).unwrap().trim_start_matches('\u{feff}')).unwrap();
    let mut rows = Vec::new();
    for feature in all["features"].as_array_mut().unwrap() {
        let properties = feature["properties"].as_object().unwrap().clone();
        let text = |v: &serde_json::Value| match v {
            serde_json::Value::String(s) => s.clone(),
            serde_json::Value::Null => String::new(),
            serde_json::Value::Bool(b) => if *b { "yes" } else { "no" }.to_owned(),
            other => other.to_string(),
        };
        rows.push(properties.iter().map(|(k, v)| (k.clone(), text(v))).collect());
        feature["properties"] = serde_json::json!({ "code": properties["code"] });
    }
    (rows, all.to_string())
}

#[test]
fn a_form_filled_in_with_a_city_finds_what_the_city_s_own_files_find() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let path = |name: &str| at(name).to_str().unwrap().to_owned();
    let run = careshed(&["synth", "--communities", "12", "--seed", "3", "--out", &path("city")]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let run = careshed(&["template", "--out", &path("form")]);
    assert_eq!(code(&run), 0, "{}", said(&run));

    let (communities, boundaries) = split(&at("city/communities.geojson"));
    let rows = |name: &str| table(&at("city").join(name));
    std::fs::create_dir(at("own")).unwrap();
    let tables = [
        ("communities", communities),
        ("counties", rows("counties.csv")),
        ("estates", rows("estates.csv")),
        ("facilities", rows("facilities.csv")),
        ("candidates", rows("candidates.csv")),
    ];
    fill_in(&at("form/careshed-template.xlsx"), &at("own/careshed-template.xlsx"), "notes", &tables);
    std::fs::write(at("own/boundaries.geojson"), boundaries).unwrap();
    for name in ["demand.csv", "roads.osm.pbf"] {
        std::fs::copy(at("city").join(name), at("own").join(name)).unwrap();
    }

    let run = careshed(&["init", &path("own")]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let run = careshed(&["check", &path("own/study.toml")]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(said(&run).contains("W-EXAMPLE"), "{}", said(&run));
    for (study, out) in [("city/study.toml", "before"), ("own/study.toml", "after")] {
        for command in ["cover", "rank"] {
            let out = path(&format!("{out}/{command}"));
            let flags = ["--policies", "shanxi-2023,yuncheng-2021", "--as-of", "2023-02-01", "--out", &out];
            let run = careshed(&[&[command, &path(study)][..], &flags].concat());
            assert_eq!(code(&run), 0, "{}", said(&run));
        }
    }
    for name in ["cover/totals.csv", "cover/communities.csv", "rank/candidates.csv", "rank/verdicts.csv", "rank/rules.csv"] {
        let read = |out: &str| std::fs::read_to_string(at(out).join(name)).unwrap();
        assert!(read("before") == read("after"), "{name} differs:\n{}\n{}", read("before"), read("after"));
    }
}

#[test]
fn a_form_alone_is_enough_for_a_first_answer() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let path = |name: &str| at(name).to_str().unwrap().to_owned();
    let form =
        assert_cmd::Command::cargo_bin("careshed").unwrap().args(["template", "--lang", "zh", "--out", &path("form")]).output().unwrap();
    assert_eq!(code(&form), 0, "{}", said(&form));
    let row = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>();
    let communities = vec![
        row(&[("code", "140403001001"), ("name", "北街社区"), ("kind", "社区"), ("elderly_60", "300"), ("lon", "113.1"), ("lat", "36.2")]),
        row(&[("code", "140403001002"), ("name", "南街社区"), ("kind", "社区"), ("elderly_60", "200"), ("lon", "113.2"), ("lat", "36.2")]),
    ];
    let facilities =
        vec![row(&[("id", "F1"), ("name", "福安"), ("kind", "日间照料中心"), ("status", "运营"), ("lon", "113.101"), ("lat", "36.2")])];
    std::fs::create_dir(at("own")).unwrap();
    let tables = [("社区", communities), ("设施", facilities)];
    fill_in(&at("form/填报模板.xlsx"), &at("own/填报模板.xlsx"), "说明", &tables);
    let run = careshed(&["init", &path("own")]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(said(&run).contains("not filled in"), "{}", said(&run));
    let run = careshed(&["cover", &path("own/study.toml"), "--out", &path("out")]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let totals = table(&at("out/totals.csv"));
    let all = totals.iter().find(|r| r["level"] == "all" && r["scope"] == "urban" && r["speed_mm_s"] == "1000").unwrap();
    assert_eq!((all["people"].as_str(), all["covered"].as_str()), ("500", "300"));
}

#[test]
fn projects_of_the_form_are_joined_to_the_candidates_and_what_they_say_is_judged() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let path = |name: &str| at(name).to_str().unwrap().to_owned();
    let row = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>();
    let code_of = "140403001001";
    let communities =
        vec![row(&[("code", code_of), ("name", "北街社区"), ("kind", "社区"), ("elderly_60", "300"), ("lon", "113.1"), ("lat", "36.2")])];
    let counties = vec![row(&[("code", "140403"), ("name", "甲区"), ("county_type", "市辖区")])];
    let facilities =
        vec![row(&[("id", "F1"), ("name", "福安"), ("kind", "日间照料中心"), ("status", "运营"), ("lon", "113.101"), ("lat", "36.2")])];
    let candidate = |id: &str, name: &str, operator: &str| {
        let common = row(&[("lon", "113.1005"), ("lat", "36.2"), ("community_code", code_of), ("county_code", "140403")]);
        let own = row(&[("id", id), ("name", name), ("floor_area", "900"), ("investment", "1800000"), ("operator", operator)]);
        common.into_iter().chain(own).collect::<BTreeMap<_, _>>()
    };
    let candidates =
        vec![candidate("K001", "北街办公楼", "福安公司"), candidate("K002", "北街仓库", ""), candidate("K003", "北街车库", "")];
    let project = |id: &str, operator: &str, funds: &str| {
        row(&[("project", id), ("operator", operator), ("area_approved", "800"), ("+资金用途", funds), ("+县级配套资金（万元）", "20")])
    };
    let projects = vec![project("K001", "寿康公司", "装修装饰"), project("K002", "", "运行经费"), project("K009", "", "")];
    for (lang, form, notes, sheets) in [
        ("zh", "填报模板.xlsx", "说明", ["社区", "县", "设施", "候选点", "项目"]),
        ("en", "careshed-template.xlsx", "notes", ["communities", "counties", "facilities", "candidates", "projects"]),
    ] {
        let run =
            assert_cmd::Command::cargo_bin("careshed").unwrap().args(["template", "--lang", lang, "--out", &path(lang)]).output().unwrap();
        assert_eq!(code(&run), 0, "{}", said(&run));
        let own = format!("{lang}/own");
        std::fs::create_dir(at(&own)).unwrap();
        let tables = [communities.clone(), counties.clone(), facilities.clone(), candidates.clone(), projects.clone()];
        let tables: Vec<_> = sheets.into_iter().zip(tables).collect();
        fill_in(&at(lang).join(form), &at(&own).join(form), notes, &tables);
        let run = careshed(&["init", &path(&own)]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        let written = std::fs::read_to_string(at(&own).join("study.toml")).unwrap();
        assert!(written.contains(&format!("register = {{ file = \"{form}\", sheet = \"{}\", on = \"id\" }}", sheets[4])), "{written}");

        let study = path(&format!("{own}/study.toml"));
        let run = careshed(&["check", &study, "--format", "json"]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        let found = report["problems"].as_array().unwrap().iter().filter(|p| p["layer"] == sheets[4] || p["layer"] == sheets[3]);
        let found: Vec<_> = found.map(|p| [&p["code"], &p["field"], &p["value"]].map(|v| v.as_str().unwrap_or("").to_owned())).collect();
        let expected = [["W-JOIN", "id", "K003"], ["W-DIFFERS", "operator", "寿康公司"], ["W-JOIN", "id", "K009"]];
        for expected in expected {
            assert!(found.contains(&expected.map(str::to_owned)), "{expected:?} is not in {found:?}");
        }
        let out = path(&format!("{lang}/rank"));
        let run = careshed(&["rank", &study, "--policies", "shanxi-2023,changzhi-2020", "--out", &out]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        let verdicts = table(&at(lang).join("rank/verdicts.csv"));
        let verdict = |id: &str| {
            let of = |r: &&BTreeMap<String, String>| r["rule"] == "S001-34" && r["subject_id"] == id;
            verdicts.iter().find(of).unwrap_or_else(|| panic!("{verdicts:?}"))["verdict"].clone()
        };
        assert_eq!(["K001", "K002", "K003"].map(verdict), ["pass", "fail", "unknown"]);
        let out = path(&format!("{lang}/fund"));
        let run = careshed(&["fund", &study, "--policies", "shanxi-2023,changzhi-2020", "--out", &out]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        let fund = table(&at(lang).join("fund/fund.csv"));
        let row = |id: &str, payer: &str| {
            let of = |r: &&BTreeMap<String, String>| r["id"] == id && r["basis"] == "approved" && r["payer"] == payer;
            fund.iter().find(of).cloned()
        };
        assert_eq!(row("K001", "province").unwrap()["area_m2"], "800.00");
        assert!(row("K003", "province").is_none());
        assert!(row("K001", "county").is_some_and(|r| !r["shortfall"].is_empty()), "{fund:?}");
    }
}

#[test]
fn neither_a_form_that_is_filled_in_nor_a_study_that_is_there_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for _ in 0..2 {
        assert_eq!(code(&careshed(&["template", "--out", &path(".")])), 0, "the same form may be written twice");
    }
    let zh = assert_cmd::Command::cargo_bin("careshed").unwrap().args(["template", "--lang", "zh", "--out", &path(".")]).output().unwrap();
    assert_eq!(code(&zh), 0);
    assert!(dir.path().join("填报模板.xlsx").is_file());
    std::fs::write(path("careshed-template.xlsx"), "filled in").unwrap();
    let run = careshed(&["template", "--out", &path(".")]);
    assert!(code(&run) == 1 && said(&run).contains("E-OUT"), "{}", said(&run));
    assert_eq!(std::fs::read(path("careshed-template.xlsx")).unwrap(), b"filled in");

    std::fs::write(path("设施.csv"), "设施编号,设施名称,运营状态,经度,纬度\n1,甲,运营,112.5,37.8\n").unwrap();
    std::fs::write(path("study.toml"), "mine").unwrap();
    let run = careshed(&["init", &path(".")]);
    assert!(code(&run) == 1 && said(&run).contains("E-OUT"), "{}", said(&run));
    assert_eq!(std::fs::read(path("study.toml")).unwrap(), b"mine");
    let run = careshed(&["init", &path("."), "--out", &path("other/second.toml")]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(std::fs::read_to_string(path("other/second.toml")).unwrap().contains("file = \"../设施.csv\""));
    let run = careshed(&["check", &path("other/second.toml")]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let run = careshed(&["init", &path("nowhere")]);
    assert!(code(&run) == 1 && said(&run).contains("E-FILE"), "{}", said(&run));
}
