use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use crate::read::Input;
use crate::read::scan::tests::{Kept, Outcome, scan_bytes, scan_input, scan_path};

fn text(t: &str) -> Kept {
    Kept::Text(t.to_owned())
}

/// A workbook with one sheet, as `fill` leaves it.
fn sheet(fill: impl FnOnce(&mut Worksheet)) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.xlsx");
    save(&path, vec![("社区", Box::new(fill))]);
    scan_path(path)
}

type Fill<'f> = Box<dyn FnOnce(&mut Worksheet) + 'f>;

fn save(path: &Path, sheets: Vec<(&str, Fill<'_>)>) {
    let mut book = Workbook::new();
    for (name, fill) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        fill(sheet);
    }
    book.save(path).unwrap();
}

fn row(sheet: &mut Worksheet, at: u32, values: &[&str]) {
    for (column, value) in (0u16..).zip(values).filter(|(_, v)| !v.is_empty()) {
        match value.parse::<f64>() {
            Ok(number) => sheet.write_number(at, column, number).unwrap(),
            Err(_) => sheet.write_string(at, column, *value).unwrap(),
        };
    }
}

#[test]
fn numbers_dates_and_truth_keep_their_kind() {
    let outcome = sheet(|s| {
        row(s, 0, &["代码", "户数", "开业", "老旧", "备注"]);
        s.write_string(1, 0, "140403001001").unwrap();
        s.write_number(1, 1, 500).unwrap();
        s.write_datetime_with_format(1, 2, ExcelDateTime::from_ymd(2023, 1, 16).unwrap(), &Format::new().set_num_format("yyyy-mm-dd"))
            .unwrap();
        s.write_boolean(1, 3, true).unwrap();
        s.write_string(3, 0, " ").unwrap();
        row(s, 4, &["", "1.5"]);
    });
    assert_eq!(outcome.codes(), [""; 0]);
    assert_eq!(outcome.layer.columns, ["代码", "户数", "开业", "老旧", "备注"]);
    assert_eq!(outcome.layer.cells[0], [text("140403001001"), Kept::Number(500.0), text("2023-01-16"), Kept::Bool(true), Kept::Empty]);
    assert_eq!(outcome.layer.rows, [(Some(2), None), (Some(5), None)]);
    assert_eq!(outcome.scanned.unwrap().layer.as_deref(), Some("社区"));
}

#[test]
fn a_title_and_a_date_above_the_heading_are_passed_over() {
    let outcome = sheet(|s| {
        s.merge_range(0, 0, 0, 4, "潞州区社区登记表", &Format::new()).unwrap();
        row(s, 1, &["填报单位：民政局", "", "", "", "2023年"]);
        row(s, 3, &["序号", "社区名称", "户数", "人口", "街道"]);
        row(s, 4, &["1", "太行西街社区", "500", "1300", "太东街道"]);
    });
    assert_eq!(outcome.codes(), [""; 0]);
    assert_eq!(outcome.layer.columns, ["序号", "社区名称", "户数", "人口", "街道"]);
    assert_eq!(outcome.layer.rows, [(Some(5), None)]);
}

#[test]
fn merged_names_are_filled_down_and_a_merged_number_is_refused() {
    let names = |s: &mut Worksheet| {
        row(s, 0, &["街道", "社区", "户数"]);
        s.merge_range(1, 0, 3, 0, "太东街道", &Format::new()).unwrap();
        row(s, 1, &["", "甲", "500"]);
        row(s, 2, &["", "乙", "600"]);
        row(s, 3, &["", "丙", "700"]);
        s.merge_range(4, 0, 5, 0, "英雄街道", &Format::new()).unwrap();
        row(s, 4, &["", "丁", "1"]);
        row(s, 5, &["", "戊", "2"]);
        row(s, 6, &["", "己", "3"]);
    };
    let filled = sheet(names);
    assert_eq!(filled.codes(), ["W-MERGED"]);
    assert!(filled.spoken().contains("A2:A4"), "{}", filled.spoken());
    let streets: Vec<&Kept> = filled.layer.cells.iter().map(|c| &c[0]).collect();
    let (east, hero) = (text("太东街道"), text("英雄街道"));
    assert_eq!(streets, [&east, &east, &east, &hero, &hero, &Kept::Empty]);
    let refused = sheet(|s| {
        names(s);
        s.merge_range(4, 2, 5, 2, "", &Format::new()).unwrap();
        s.write_number(4, 2, 1500).unwrap();
    });
    assert_eq!(refused.codes(), ["W-MERGED", "E-MERGED"]);
    let problem = refused.problems.iter().last().unwrap();
    assert_eq!((problem.origin.row, problem.field.as_deref(), problem.value.as_deref()), (Some(5), Some("户数"), Some("1500")));
    assert!(refused.spoken().contains("C5:C6"));
}

#[test]
fn serial_numbers_and_codes_may_be_merged() {
    let outcome = sheet(|s| {
        row(s, 0, &["序号", "社区"]);
        s.merge_range(1, 0, 2, 0, "", &Format::new()).unwrap();
        s.write_number(1, 0, 1).unwrap();
        row(s, 1, &["", "甲"]);
        row(s, 2, &["", "乙"]);
    });
    assert_eq!(outcome.codes(), ["W-MERGED"]);
    assert_eq!(outcome.layer.cells[1][0], Kept::Number(1.0));
}

#[test]
fn a_heading_in_two_rows_is_one_heading() {
    // 社区 | 老年人口          | 户籍
    //      | 60岁以上 | 80岁以上 | 60岁以上 | 人口
    let outcome = sheet(|s| {
        s.merge_range(0, 0, 1, 0, "社区", &Format::new()).unwrap();
        s.merge_range(0, 1, 0, 2, "老年人口", &Format::new()).unwrap();
        s.merge_range(0, 3, 0, 4, "户籍", &Format::new()).unwrap();
        row(s, 1, &["", "60岁以上", "80岁以上", "60岁以上", "人口"]);
        row(s, 2, &["甲", "10", "2", "8", "90"]);
    });
    assert_eq!(outcome.layer.columns, ["社区", "老年人口60岁以上", "80岁以上", "户籍60岁以上", "户籍人口"]);
    assert_eq!(outcome.layer.rows, [(Some(3), None)]);
    assert_eq!(outcome.codes(), ["W-MERGED", "W-MERGED"]);
}

#[test]
fn sheets_are_chosen_by_name_or_by_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    let two: Vec<(&str, Fill<'_>)> = vec![
        ("封面", Box::new(|_| {})),
        (
            "社区",
            Box::new(|s| {
                row(s, 0, &["a"]);
                row(s, 1, &["1"])
            }),
        ),
        (
            "小区",
            Box::new(|s| {
                row(s, 0, &["b"]);
                row(s, 1, &["2"])
            }),
        ),
    ];
    save(&path, two);
    let of = |name: Option<&str>| {
        scan_input(&Input { path: path.clone(), shown: "a.xlsx".into(), layer: name.map(str::to_owned), ..Input::default() })
    };
    assert_eq!(of(None).layer.columns, ["a"]);
    assert_eq!(of(Some("小区")).layer.columns, ["b"]);
    let missing = of(Some("小區"));
    assert_eq!(missing.codes(), ["E-SETTING"]);
    assert!(missing.spoken().contains("封面"));
    assert_eq!(of(Some("封面")).codes(), ["E-EMPTY"]);
}

#[test]
fn torsos_bombs_and_strangers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    save(
        &path,
        vec![(
            "s",
            Box::new(|s| {
                row(s, 0, &["a"]);
                row(s, 1, &["1"])
            }),
        )],
    );
    let bytes = std::fs::read(&path).unwrap();
    for cut in [5, 100, bytes.len() / 2, bytes.len() - 23] {
        assert_eq!(scan_bytes("a.xlsx", &bytes[..cut]).codes(), ["E-TRUNCATED"], "{cut}");
    }
    // The directory names a size of 4 GB for its first entry.
    let mut bomb = bytes.clone();
    let entry = bomb.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    bomb[entry + 24..entry + 28].copy_from_slice(&[0xFE, 0xFF, 0xFF, 0xFF]);
    assert_eq!(scan_bytes("a.xlsx", &bomb).codes(), ["E-TOO-LARGE"]);
    // A zip that is no workbook, and an old container that is none.
    let empty_zip = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    assert_eq!(scan_bytes("a.xlsx", &empty_zip).codes(), ["E-FORMAT"]);
    let old = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    assert_eq!(scan_bytes("a.xls", &old).codes(), ["E-FORMAT"]);
}

/// `tests/files/设施.xls` was written by another program, as Excel 97–2003 would: a title over the heading, dates, truth values.
#[test]
fn the_old_format_is_read_like_the_new() {
    let bytes = include_bytes!("../../../tests/files/设施.xls");
    for name in ["设施.xls", "设施.xlsx"] {
        let read = scan_bytes(name, bytes);
        assert!(read.codes().is_empty(), "{:?}", read.problems);
        assert_eq!(read.scanned.unwrap().layer.as_deref(), Some("设施"), "the first sheet is empty");
        assert_eq!(read.layer.columns, ["编号", "名称", "经度", "纬度", "开业日期", "是否运营"]);
        assert_eq!(read.layer.rows, [(Some(3), None), (Some(4), None)]);
        let second = [text("F02"), text("喆家养老院"), Kept::Number(113.2), Kept::Number(36.25), text("2021-12-31"), Kept::Bool(false)];
        assert_eq!(read.layer.cells[1], second);
    }
    // A chain of sectors that comes back to itself.
    let table = (u32::from_le_bytes(bytes[76..80].try_into().unwrap()) as usize + 1) * 512;
    let looped = [&bytes[..table], &[0; 4], &bytes[table + 4..]].concat();
    assert_eq!(scan_bytes("a.xls", &looped).codes(), ["E-TRUNCATED"]);
    for cut in (8..bytes.len()).step_by(97) {
        scan_bytes("a.xls", &bytes[..cut]);
    }
}
