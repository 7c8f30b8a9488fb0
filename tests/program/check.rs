//! `check`: what it says of encodings and columns, what it leaves to work through, and what `--fix` makes of a bureau's files.

use std::path::Path;

use calamine::{Data, Reader};
use serde_json::Value;

use super::pages::{self, File};
use super::{careshed, code, files, said, table};

/// Writes files, checks them, and answers exit code and report.
fn checked(dir: &Path, all: &[File], args: &[&str]) -> (i32, Value) {
    all.iter().for_each(|f| f.write(dir));
    let flags: Vec<String> =
        all.iter().flat_map(File::flag).map(|f| if f.starts_with("--") { f } else { dir.join(f).to_str().unwrap().to_owned() }).collect();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let run = careshed(&[&["check"], args, &flags, &["--format", "json"]].concat());
    (code(&run), serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{}", said(&run))))
}

fn codes(report: &Value) -> Vec<&str> {
    report["problems"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect()
}

const NAMES: &str = "id,名称,shape\nF1,福安养老服务站,113.105 36.195\nF2,康宁日间照料中心,113.115 36.195\n";

#[test]
fn an_encoding_is_believed_where_the_whole_file_fits_it_and_said_with_its_evidence() {
    // Words behind the name of the shapefile, encoding, evidence, whether it is doubted.
    let cases = [
        ("gbk cpg=GBK", "gb18030", "cpg", false),
        ("gbk cpg=GB2312 upper", "gb18030", "cpg", false),
        ("gbk cpg=ANSI_936", "gb18030", "cpg", false),
        ("gbk cpg=936", "gb18030", "cpg", false),
        ("gbk cpg=OEM", "gb18030", "content", true),
        ("gbk cpg=OEM ldid=4D", "gb18030", "language", false),
        ("gbk ldid=4D", "gb18030", "language", false),
        ("gbk ldid=57", "gb18030", "content", true),
        ("gbk ldid=00", "gb18030", "content", true),
        ("gbk cpg=UTF-8", "gb18030", "content", true),
        ("gbk cpg=ISO_88591", "gb18030", "content", true),
        ("gbk cpg=Klingon", "gb18030", "content", true),
        ("gbk cpg=Klingon ldid=4D", "gb18030", "language", true),
        ("gbk cpg=UTF-8 ldid=4D", "gb18030", "content", true),
        ("cpg=UTF-8", "UTF-8", "cpg", false),
        ("cpg=UTF-8 ldid=57", "UTF-8", "cpg", false),
        ("cpg=GBK", "UTF-8", "content", true),
        ("ldid=4D", "UTF-8", "content", true),
        ("ldid=00", "UTF-8", "content", true),
    ];
    for (words, encoding, from, doubted) in cases {
        let dir = tempfile::tempdir().unwrap();
        let (exit, report) = checked(dir.path(), &[pages::file(&format!("facilities.shp {words}"), NAMES)], &[]);
        let read = &report["inputs"][0];
        let found = (exit, read["encoding"].as_str().unwrap(), read["encoding_from"].as_str().unwrap(), codes(&report).contains(&"W-ENC"));

        assert_eq!(found, (0, encoding, from, doubted), "{words}: {report:#}");
        assert_eq!(read["samples"], serde_json::json!(["福安养老服务站", "康宁日间照料中心"]), "{words}");
        assert_eq!(read["columns"][1]["field"], "name", "{words}");
    }
}

#[test]
fn tables_of_excel_are_read_in_whatever_it_saved_them() {
    let text = "编号,名称\nF1,福安\n";
    for (words, name, encoding, from) in [
        ("", "a", "UTF-8", "content"),
        ("bom", "b", "UTF-8", "mark"),
        ("utf16", "c", "UTF-16LE", "mark"),
        ("gbk", "d", "gb18030", "content"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let (exit, report) = checked(dir.path(), &[pages::file(format!("facilities.csv {words}").trim(), text)], &[]);
        let read = &report["inputs"][0];
        assert_eq!(
            (exit, read["encoding"].as_str(), read["encoding_from"].as_str()),
            (0, Some(encoding), Some(from)),
            "{name}: {report:#}"
        );
        assert_eq!((read["columns"][1]["field"].as_str(), read["rows"].as_u64()), (Some("name"), Some(1)));
    }
}

#[test]
fn the_study_overrides_what_a_file_says_of_its_encoding() {
    let dir = tempfile::tempdir().unwrap();
    let (exit, report) = checked(dir.path(), &[pages::file("facilities.shp gbk cpg=UTF-8", NAMES)], &["--set", "facilities.encoding=gbk"]);
    assert_eq!((exit, report["inputs"][0]["encoding_from"].as_str()), (0, Some("study")));
    assert!(!codes(&report).contains(&"W-ENC"), "{report:#}");
}

#[test]
fn every_column_is_accounted_for() {
    let dir = tempfile::tempdir().unwrap();
    let text = "社区代码,name,常住60岁以上,总投资,备注\n140403001001,北街社区,5,1,好\n";
    let (_, report) = checked(dir.path(), &[pages::file("communities.csv", text)], &["--set", "communities.fields.households=总投资"]);
    let read = &report["inputs"][0];
    let columns: Vec<_> = read["columns"].as_array().unwrap().iter().map(|c| (c["field"].as_str(), c["way"].as_str().unwrap())).collect();
    let expected = [
        (Some("code"), "alias"),
        (Some("name"), "canonical"),
        (Some("elderly_60"), "ages"),
        (Some("households"), "fields"),
        (None, "passed"),
    ];
    assert_eq!(columns, expected);
    let run = careshed(&["check", "--communities", dir.path().join("communities.csv").to_str().unwrap()]);
    let text = said(&run);
    assert!(text.contains("社区代码 → code") && text.contains("备注") && text.trim_end().ends_with("exit code 0"), "{text}");
}

#[test]
fn a_list_to_work_through_is_written_also_where_inputs_are_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("检查");
    let text = "id,name,地址,households,lon,lat\nF1,福安,东街1号,1,,\nF1,康宁,西街2号,2,113.1,36.1\n";
    let (exit, report) = checked(dir.path(), &[pages::file("facilities.csv", text)], &["--out", out.to_str().unwrap()]);
    assert_eq!((exit, codes(&report)[0]), (1, "E-DUP"));
    let names: Vec<_> = files(&out).into_iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["check.xlsx", "no-position.xlsx", "problems.json"]);
    let again: Value = serde_json::from_slice(&std::fs::read(out.join("problems.json")).unwrap()).unwrap();
    assert_eq!(again["problems"], report["problems"]);
    let rows = |name: &str| {
        let mut book: calamine::Xlsx<_> = calamine::open_workbook(out.join(name)).unwrap();
        let sheet = book.worksheets().remove(0).1;
        sheet.rows().map(<[Data]>::to_vec).collect::<Vec<_>>()
    };
    assert_eq!(rows("check.xlsx").len(), report["problems"].as_array().unwrap().len() + 1);
    let unplaced = rows("no-position.xlsx");
    assert_eq!(unplaced[1][3..7].iter().map(ToString::to_string).collect::<Vec<_>>(), ["2", "F1", "福安", "东街1号"]);
    assert_eq!(unplaced.len(), 2);
}

const WARNINGS: [&str; 8] = ["W-NUM", "W-NULL", "W-CODE-FLOAT", "W-MERGED", "W-TOTAL-ROW", "W-ENC", "W-ENC-JSON", "W-FIELD-CUT"];

/// Files as a bureau has them, with everything in them that a reader puts right.
fn bureau(dir: &Path) {
    let shapes = "code,名称,occupied_households,备注,shape\n\
        140403001001,北街社区,无,=1+1,113.10 36.19;113.11 36.19;113.11 36.20;113.10 36.20;113.10 36.19\n\
        140403001002,南街社区,260,\"有,逗号\",113.11 36.19;113.12 36.19;113.12 36.20;113.11 36.20;113.11 36.19\n";
    let register = "街道,社区代码,社区名称,户数,总人口,常住60岁以上\n\
        东街街道,'140403001001.0,北街社区,\"1,370\",'１９８０人,324\n\
        ^,'140403001002,南街社区,280,/,210\n\
        合计,,,1650,,534\n";
    let facilities = "id,name,建筑面积,opened,lon,lat\nF1,福安,800㎡,2021年5月,113.105,36.195\nF2,NA,600,,113.115,36.195\n";
    let demand = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"P1","说明":"东","households":"1,200","elderly_60":300},"geometry":{"type":"Point","coordinates":[113.1055,36.1951234]}},
{"type":"Feature","properties":{"id":"P2","说明":"西","households":"400","elderly_60":null},"geometry":{"type":"Point","coordinates":[113.1155,36.195]}}
]}"#;
    let network = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[113.10,36.195],[113.13,36.195]]}}]}"#;
    let study = "title = \"潞州\"\n[network]\nfile = \"network.geojson\"\n[demand]\nfile = \"人口点.geojson\"\n[facilities]\nfile = \"设施.csv\"\n\
        [communities]\nfile = \"社区.shp\"\nregister = { file = \"登记/社区.xlsx\", on = \"code\" }\n[plan]\nsites = 3\n";
    std::fs::create_dir_all(dir.join("登记")).unwrap();
    for (info, text) in [
        ("社区.shp gbk", shapes),
        ("登记/社区.xlsx", register),
        ("设施.csv gbk", facilities),
        ("人口点.geojson gbk", demand),
        ("network.geojson", network),
        ("study.toml", study),
    ] {
        pages::file(info, text).write(dir);
    }
}

#[test]
fn cleaned_copies_check_without_those_warnings_and_give_the_same_results() {
    let dir = tempfile::tempdir().unwrap();
    bureau(dir.path());
    let before = files(dir.path());
    let [study, copies, second] = ["study.toml", "清洗 一", "清洗 二"].map(|n| dir.path().join(n));
    let check = |study: &Path, more: &[&str]| {
        let run = careshed(&[&["check", study.to_str().unwrap(), "--format", "json"], more].concat());
        assert_eq!(code(&run), 0, "{}", said(&run));
        serde_json::from_slice::<Value>(&run.stdout).unwrap()
    };
    let first = check(&study, &["--fix", copies.to_str().unwrap()]);
    for warning in WARNINGS {
        assert!(codes(&first).contains(&warning), "{warning} is not among {:?}", codes(&first));
    }
    let clean = check(&copies.join("study.toml"), &[]);
    for warning in WARNINGS {
        assert!(!codes(&clean).contains(&warning), "{warning} is still there: {clean:#}");
    }
    // The same results, from the same city.
    for (study, out) in [(&study, "before"), (&copies.join("study.toml"), "after")] {
        let run = careshed(&["cover", study.to_str().unwrap(), "--out", dir.path().join(out).to_str().unwrap()]);
        assert_eq!(code(&run), 0, "{}", said(&run));
    }
    let read = |name: &str| {
        let text = std::fs::read_to_string(dir.path().join(name)).unwrap();
        // A heading that was cut is now whole, and a null word now empty.
        text.replace("\u{feff}", "")
    };
    for file in ["totals.csv", "communities.csv"] {
        assert_eq!(read(&format!("before/{file}")), read(&format!("after/{file}")), "{file}");
    }
    // Every change is listed, and nothing else was changed.
    let changes = table(&copies.join("changes.csv"));
    assert_eq!(first["fixed"]["changes"].as_u64().unwrap() as usize, changes.len());
    let listed: Vec<[&str; 6]> = changes.iter().map(|c| ["file", "row", "column", "old", "new", "code"].map(|k| c[k].as_str())).collect();
    let expected = [
        ["登记/社区.xlsx", "2", "社区代码", "140403001001.0", "140403001001", "W-CODE-FLOAT"],
        ["登记/社区.xlsx", "2", "户数", "1,370", "1370", "W-NUM"],
        ["登记/社区.xlsx", "2", "总人口", "１９８０人", "1980", "W-NUM"],
        ["登记/社区.xlsx", "3", "总人口", "/", "", "W-NULL"],
        ["登记/社区.xlsx", "3", "街道", "", "东街街道", "W-MERGED"],
        ["登记/社区.xlsx", "4", "", "合计 | 1650 | 534", "", "W-TOTAL-ROW"],
        ["社区.shp", "", "occupied_h", "occupied_h", "occupied_households", "W-FIELD-CUT"],
        ["社区.shp", "", "", "GB18030", "UTF-8", "W-ENC"],
        ["社区.shp", "0", "occupied_h", "无", "", "W-NULL"],
        ["设施.csv", "", "", "GB18030", "UTF-8", "W-ENC"],
        ["设施.csv", "2", "建筑面积", "800㎡", "800", "W-NUM"],
        ["设施.csv", "2", "opened", "2021年5月", "2021-05-01", "W-NUM"],
        ["设施.csv", "3", "name", "NA", "", "W-NULL"],
        ["人口点.geojson", "", "", "GB18030", "UTF-8", "W-ENC-JSON"],
        ["人口点.geojson", "0", "households", "1,200", "1200", "W-NUM"],
    ];
    for line in expected {
        assert!(listed.contains(&line), "{line:?} is not among {listed:#?}");
    }
    assert_eq!(listed.len(), expected.len(), "{listed:#?}");
    let notes: Vec<String> = table(&copies.join("社区.csv")).iter().map(|r| r["备注"].clone()).collect();
    assert_eq!(notes, ["=1+1", "有,逗号"], "what nobody understands stays as it is");
    assert!(std::fs::read_to_string(copies.join("study.toml")).unwrap().contains("[plan]"));
    // The originals are untouched, and a second run writes the same bytes.
    for (name, bytes) in &before {
        assert!(std::fs::read(dir.path().join(name)).unwrap() == *bytes, "{}", name.display());
    }
    check(&study, &["--fix", second.to_str().unwrap()]);
    assert!(files(&copies) == files(&second));
    // Copies of copies are the copies.
    let third = dir.path().join("三");
    check(&copies.join("study.toml"), &["--fix", third.to_str().unwrap()]);
    assert_eq!(table(&third.join("changes.csv")).len(), 0);
}

/// A register as offices keep it: a title, a heading in two rows, notes below, and a sheet that explains it.
fn register_with_notes(path: &Path, elders: &str) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("社区").unwrap();
    let format = rust_xlsxwriter::Format::new();
    let put = |sheet: &mut rust_xlsxwriter::Worksheet, row: u32, cells: &[&str]| {
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column as u16, *text).unwrap();
        }
    };
    put(sheet, 0, &["潞州区社区登记表"]);
    put(sheet, 1, &["序号", "社区代码", "社区名称", "类型"]);
    sheet.merge_range(1, 4, 1, 5, "常住人口", &format).unwrap();
    put(sheet, 2, &["", "", "", "", "户数", "60岁以上"]);
    put(sheet, 3, &["示例", "140403001000", "示例社区", "社区", "820", "520"]);
    put(sheet, 4, &["1", "140403001001", "北街社区", "社区", "370", elders]);
    put(sheet, 5, &["合计", "", "", "", "370", "320"]);
    put(sheet, 6, &["注：截至2022年底"]);
    put(sheet, 7, &["", "填表人：张三", "", "审核人：李四"]);
    put(sheet, 8, &["以公安部门数据为准"]);
    put(book.add_worksheet().set_name("说明").unwrap(), 0, &["本表由街道填报"]);
    book.save(path).unwrap();
}

#[test]
fn rows_that_are_no_records_are_named_and_not_counted_and_a_copy_says_what_it_leaves_out() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    register_with_notes(&dir.path().join("社区.xlsx"), "320");
    let run = careshed(&["check", "--communities", &at("社区.xlsx"), "--format", "json", "--fix", &at("fixed")]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let read = &report["inputs"][0];
    assert_eq!(read["rows"], 1, "{report:#}");
    let left: Vec<_> =
        read["left_out"].as_array().unwrap().iter().map(|l| (l["what"].as_str().unwrap(), l["row"].as_u64().unwrap())).collect();
    assert_eq!(left, [("title", 1), ("title", 2), ("title", 3), ("example", 4), ("total", 6), ("note", 7), ("note", 8), ("note", 9)]);
    let changes = table(&dir.path().join("fixed/changes.csv"));
    let listed: Vec<[&str; 3]> = changes.iter().map(|c| ["row", "old", "code"].map(|k| c[k].as_str())).collect();
    for line in [["1", "潞州区社区登记表", ""], ["7", "注：截至2022年底", ""], ["8", "填表人：张三 | 审核人：李四", ""], ["", "说明", ""]]
    {
        assert!(listed.contains(&line), "{line:?} is not among {listed:#?}");
    }
    assert_eq!(report["fixed"]["sheets_left_out"], serde_json::json!(["社区.xlsx [说明]"]));
    assert_eq!(report["fixed"]["remaining"], serde_json::json!({}));

    register_with_notes(&dir.path().join("社区.xlsx"), "约320");
    let run = careshed(&["check", "--communities", &at("社区.xlsx"), "--fix", &at("again")]);
    assert_eq!(code(&run), 1, "{}", said(&run));
    for word in ["E-NUM-APPROX × 1", "社区.xlsx [说明]", "注：截至2022年底", "1 rows"] {
        assert!(said(&run).contains(word), "{word}: {}", said(&run));
    }
}

const STREET: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[113.10,36.195],[113.13,36.195]]}}]}"#;

#[test]
fn an_error_in_a_table_does_not_hide_what_is_wrong_with_places_and_streets() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for (name, text) in [
        ("network.geojson", STREET),
        (
            "communities.csv",
            "code,name,kind,elderly_60,lon,lat\n1,北街社区,社区,约300,113.11,36.1951\n2,南街社区,社区,200,,\n3,西街社区,社区,100,,\n",
        ),
        ("estates.csv", "code,name,community_code,households,lon,lat,地址\nX1,甲苑,2,10,113.12,36.1951,\nX2,乙苑,3,10,,,西街1号\n"),
        ("facilities.csv", "id,name,lon,lat,status\nF1,福安,113.115,36.1951,运营\nF2,康宁,113.12,36.198,运营\nF3,远方,113.3,36.195,运营\n"),
    ] {
        pages::file(name, text).write(dir.path());
    }
    let files = ["--communities", &at("communities.csv"), "--estates", &at("estates.csv"), "--facilities", &at("facilities.csv")];
    let run = careshed(&[&["check", "--network", &at("network.geojson"), "--format", "json", "--out", &at("out")], &files[..]].concat());
    assert_eq!(code(&run), 1, "{}", said(&run));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let found: Vec<_> =
        report["problems"].as_array().unwrap().iter().map(|p| (p["code"].as_str().unwrap(), p["value"].as_str().unwrap_or(""))).collect();
    assert!(found.contains(&("E-NUM-APPROX", "约300")), "{found:?}");
    assert!(found.contains(&("W-OUTSIDE", "F3")), "{found:?}");
    assert!(found.iter().any(|(code, value)| *code == "W-SNAP" && value.contains("F2")), "{found:?}");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(dir.path().join("out/no-position.xlsx")).unwrap();
    let range = calamine::Reader::worksheet_range_at(&mut book, 0).unwrap().unwrap();
    let listed: Vec<String> = range.rows().skip(1).map(|r| r[4].to_string()).collect();
    assert_eq!(listed, ["3", "X2"], "of 南街社区 its estate says where it is");
}

#[test]
fn a_community_far_from_every_street_is_unknown_and_not_uncovered() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for (name, text) in [
        ("network.geojson", STREET),
        ("communities.csv", "code,name,kind,elderly_60,lon,lat\n1,北街社区,社区,300,113.11,36.1951\n2,南街社区,社区,200,113.11,36.2\n"),
        ("facilities.csv", "id,name,lon,lat,status\nF1,福安,113.115,36.1951,运营\n"),
    ] {
        pages::file(name, text).write(dir.path());
    }
    let files = ["--communities", &at("communities.csv"), "--facilities", &at("facilities.csv"), "--network", &at("network.geojson")];
    let run = careshed(&[&["cover", "--out", &at("out")], &files[..]].concat());
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(said(&run).contains("W-SNAP"), "{}", said(&run));
    let rows = table(&dir.path().join("out/communities.csv"));
    let status = |code: &str| rows.iter().find(|r| r["code"] == code).unwrap()["status"].clone();
    assert_eq!((status("1"), status("2")), ("covered".to_owned(), "unknown".to_owned()));
}

#[test]
fn a_second_column_of_one_quantity_is_pointed_out_and_chinese_messages_have_chinese_headings() {
    let dir = tempfile::tempdir().unwrap();
    pages::file("社区.csv", "社区代码,社区名称,类型,户数,总户数,80岁以上高龄,备注,备注\n1,北街社区,社区,很多,11,5,甲,乙\n")
        .write(dir.path());
    let path = dir.path().join("社区.csv").to_str().unwrap().to_owned();
    let args = ["check", "--communities", &path, "--format", "json", "--lang", "zh"];
    let run = assert_cmd::Command::cargo_bin("careshed").unwrap().args(args).output().unwrap();
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let said_of = |code: &str, field: &str| {
        let found = report["problems"].as_array().unwrap().iter().find(|p| p["code"] == code && p["field"] == field);
        found.unwrap_or_else(|| panic!("{report:#}"))["message"].as_str().unwrap().to_owned()
    };
    assert!(said_of("W-DIFFERS", "households").contains("总户数（households）"), "{report:#}");
    assert!(said_of("W-DIFFERS", "备注").contains("两次"));
    assert!(said_of("E-NUM", "households").starts_with("总户数（households）应为数字"), "{}", said_of("E-NUM", "households"));
    let fields: Vec<_> = report["inputs"][0]["columns"].as_array().unwrap().iter().filter_map(|c| c["field"].as_str()).collect();
    assert!(fields.contains(&"elderly_80"), "{fields:?}");
}

#[test]
fn kinds_that_no_policy_counts_are_said_once_and_an_unknown_code_has_no_arbitrary_neighbour() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for (name, text) in [
        ("c.csv", "code,name,kind\n140403001001,北街社区,社区\n140403001002,南街社区,社区\n140403002007,西街社区,社区\n"),
        (
            "f.csv",
            "id,name,kind,status,community_code\nF1,甲,养老院,运营,140403001009\nF2,乙,养老院,运营,140403020007\nF3,丙,日间照料中心,运营,140403001001\n",
        ),
    ] {
        pages::file(name, text).write(dir.path());
    }
    let run = careshed(&["check", "--communities", &at("c.csv"), "--facilities", &at("f.csv"), "--format", "json"]);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let remedies: Vec<_> = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["code"] == "E-CODE-UNKNOWN")
        .map(|p| p["remedy"].as_str().unwrap())
        .collect();
    assert!(remedies[0].starts_with("check the code; ") && remedies[1].contains("is 140403002007 meant?"), "{remedies:?}");
    pages::file("f.csv", "id,name,kind,status\nF1,甲,养老院,运营\nF2,乙,敬老院,运营\nF3,丙,日间照料中心,运营\n").write(dir.path());
    let run =
        careshed(&["check", "--communities", &at("c.csv"), "--facilities", &at("f.csv"), "--policies", "shanxi-2023", "--format", "json"]);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let kinds: Vec<_> =
        report["problems"].as_array().unwrap().iter().filter(|p| p["code"] == "W-KIND").map(|p| p["value"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["养老院 × 2"], "{report:#}");
    let run = assert_cmd::Command::cargo_bin("careshed").unwrap().args(["check", "--nothing", "--lang", "zh"]).output().unwrap();
    assert!(code(&run) == 2 && said(&run).contains("错误：没有这个参数：'--nothing'") && said(&run).contains("用法："), "{}", said(&run));
}

#[test]
fn no_copy_takes_the_place_of_its_original() {
    let dir = tempfile::tempdir().unwrap();
    bureau(dir.path());
    let before = files(dir.path());
    let run = careshed(&["check", dir.path().join("study.toml").to_str().unwrap(), "--fix", dir.path().to_str().unwrap()]);
    assert!(code(&run) == 1 && said(&run).contains("E-OUT"), "{}", said(&run));
    assert!(files(dir.path()) == before);
}
