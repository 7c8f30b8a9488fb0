//! From an empty form to the same findings: template, fill in, init, check, cover, rank.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

use super::{careshed, code, said, table};

/// Writes the form again with rows behind its example, as a clerk would fill it in: a column of the form is found by what the notes say.
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
        let headings: Vec<String> = old.rows().next().unwrap().iter().map(Data::to_string).collect();
        for (r, row) in rows.iter().enumerate() {
            for (c, heading) in headings.iter().enumerate() {
                let field = notes.rows().find(|n| n[0].to_string() == name && n[1].to_string() == *heading).unwrap()[2].to_string();
                let value = row.get(&field).map_or("", String::as_str);
                let is_text = field.contains("code") || field == "id" || field == "operator_phone" || field == "serves";
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
