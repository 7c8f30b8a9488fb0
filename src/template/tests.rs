//! The workbook as a spreadsheet program and as our own readers see it.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};

use super::{columns, write};
use crate::problem::{Code, Problems};
use crate::read::{Input, candidates, communities, counties, estates, facilities};
use crate::words::Lang;

fn workbook(lang: Lang) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(lang, &mut bytes).unwrap();
    bytes
}

#[test]
fn the_workbook_has_a_sheet_for_each_table_and_the_same_bytes_every_time() {
    let names = |lang| Xlsx::new(Cursor::new(workbook(lang))).unwrap().sheet_names();
    assert_eq!(names(Lang::Zh), ["说明", "县", "社区", "小区", "设施", "候选点", "项目", "进度"]);
    assert_eq!(names(Lang::En), ["notes", "counties", "communities", "estates", "facilities", "candidates", "projects", "ledger"]);
    assert!(workbook(Lang::Zh) == workbook(Lang::Zh));
}

#[test]
fn headings_stand_in_the_first_row_and_the_example_says_that_it_is_one() {
    for lang in [Lang::Zh, Lang::En] {
        let mut book = Xlsx::new(Cursor::new(workbook(lang))).unwrap();
        for table in columns::built_in().sheets() {
            let sheet = book.worksheet_range(table.sheet(lang)).unwrap();
            let headings: Vec<String> = sheet.rows().next().unwrap().iter().map(Data::to_string).collect();
            assert_eq!(headings, table.columns.iter().map(|c| c.heading(lang)).collect::<Vec<_>>());
            let mark = lang.pick("示例：", "example: ");
            assert!(sheet.get_value((1, 0)).unwrap().to_string().starts_with(mark));
            assert_eq!(sheet.height(), 2, "{}", table.table);
        }
    }
}

#[test]
fn choices_are_drop_downs_and_codes_are_text() {
    let mut book = ::zip::ZipArchive::new(Cursor::new(workbook(Lang::Zh))).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        book.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let candidates = part("xl/worksheets/sheet6.xml");
    for words in ["政府闲置房屋,政府空闲场地,", "改造,扩建,购置,置换,租赁,转换,新建", "是,否"] {
        assert!(candidates.contains(words), "{words}");
    }
    assert!(candidates.contains("type=\"list\"") && candidates.contains("topLeftCell=\"C2\""));
    assert!(part("xl/worksheets/sheet5.xml").contains("运营,在建,停业,关闭,改变用途"));
    assert!(part("xl/worksheets/sheet2.xml").contains("市辖区,县级市,县"));
    // Format 49 is text.
    assert!(part("xl/styles.xml").contains("numFmtId=\"49\""));
}

#[test]
fn the_notes_cite_the_clause_behind_each_column() {
    let mut book = Xlsx::new(Cursor::new(workbook(Lang::Zh))).unwrap();
    let notes = book.worksheet_range("说明").unwrap();
    let row = notes.rows().find(|r| r.len() > 6 && r[0] == Data::String("候选点".into()) && r[2] == Data::String("tenure".into())).unwrap();
    assert_eq!(row[1].to_string(), "场所来源");
    assert_eq!(row[5].to_string(), "S001-12\nS001-13");
    assert!(row[6].to_string().contains("晋民发〔2023〕7号 四(一)：项目场所应由政府无偿提供"), "{}", row[6]);
    for table in columns::built_in().sheets() {
        for column in &table.columns {
            let found = notes.rows().any(|r| {
                r[0] == Data::String(table.sheet(Lang::Zh).into())
                    && r[2] == Data::String(column.field.clone())
                    && !r[6].to_string().is_empty()
            });
            assert!(found, "{}.{}", table.table, column.field);
        }
    }
}

#[test]
fn the_empty_form_is_read_sheet_by_sheet_without_naming_any_and_holds_nothing_but_examples() {
    let dir = tempfile::tempdir().unwrap();
    for lang in [Lang::Zh, Lang::En] {
        let path = dir.path().join(super::file_name(lang));
        std::fs::write(&path, workbook(lang)).unwrap();
        let input = |table| Input { path: path.clone(), shown: "form.xlsx".into(), table: Some(table), ..Input::default() };
        let mut problems = Problems::default();
        assert!(counties::read(&input("counties"), &mut problems).is_empty());
        assert!(communities::read(&input("communities"), None, &mut problems).is_empty());
        assert!(estates::read(&input("estates"), &mut problems).is_empty());
        assert!(facilities::read(&input("facilities"), &mut problems).is_empty());
        assert!(candidates::read(&input("candidates"), &mut problems).is_empty());
        let found: Vec<_> = problems.iter().map(|p| (p.code, p.with.clone())).collect();
        assert_eq!(found, [(Code::W_EXAMPLE, vec![("more", "4".to_owned())])], "one line for the whole form");
        assert!(!problems.fails_strict());
        let sheets =
            lang.pick(["县", "社区", "小区", "设施", "候选点"], ["counties", "communities", "estates", "facilities", "candidates"]);
        let read: Vec<_> = problems.understood.iter().map(|u| (u.origin.layer.as_deref().unwrap(), u.rows, u.left_out.len())).collect();
        assert_eq!(read, sheets.map(|sheet| (sheet, Some(0), 1)));
    }
}
