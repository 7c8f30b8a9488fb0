use encoding_rs::GB18030;
use proptest::prelude::*;

use crate::read::Input;
use crate::read::scan::tests::{Kept, Outcome, scan_bytes, scan_input};

fn text(outcome: &Outcome, record: usize, column: &str) -> String {
    outcome.layer.text(record, column).to_owned()
}

#[test]
fn utf8_with_or_without_mark_and_gbk_read_the_same() {
    let written = "编号,名称\n1,太行西街社区\n2,英雄中路社区\n";
    let marked = [b"\xEF\xBB\xBF", written.as_bytes()].concat();
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(written.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let gbk = GB18030.encode(written).0.into_owned();
    for (bytes, warned) in [(written.as_bytes().to_vec(), false), (marked, false), (utf16, false), (gbk, true)] {
        let outcome = scan_bytes("a.csv", &bytes);
        assert_eq!(outcome.layer.columns, ["编号", "名称"]);
        assert_eq!(text(&outcome, 1, "名称"), "英雄中路社区");
        assert_eq!(outcome.codes(), if warned { vec!["W-ENC"] } else { vec![] });
        if warned {
            assert!(outcome.spoken().contains("太行西街社区"), "{}", outcome.spoken());
            assert!(outcome.spoken().contains("encoding"));
        }
    }
}

#[test]
fn the_study_decides_the_encoding_and_is_told_when_it_does_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, GB18030.encode("名称\n潞州区\n").0).unwrap();
    let said = |encoding: &str| {
        scan_input(&Input { path: path.clone(), shown: "a.csv".into(), encoding: Some(encoding.into()), ..Input::default() })
    };
    assert!(said("gbk").codes().is_empty());
    assert_eq!(said("utf-8").codes(), ["W-ENC"]);
    assert_eq!(said("klingon").codes(), ["E-SETTING"]);
}

#[test]
fn separators_are_found_in_the_heading() {
    for (bytes, columns) in [
        (&b"a,b;c,d\n1,2,3\n"[..], vec!["a", "b;c", "d"]),
        (b"a;b;c\n1;2,5;3\n", vec!["a", "b", "c"]),
        (b"a\tb\n1\t2\n", vec!["a", "b"]),
        (b"only\n1\n", vec!["only"]),
        (b"sep=;\na;b\n1;2\n", vec!["a", "b"]),
        (b"\"a;b;c\",d\n1,2\n", vec!["a;b;c", "d"]),
    ] {
        assert_eq!(scan_bytes("a.csv", bytes).layer.columns, columns);
    }
}

#[test]
fn rows_are_lines_of_the_file_whatever_ends_them() {
    // Lines:        1  2      3 and 4     5       6  7        8
    for bytes in [
        "id,t\n1,a\n2,\"x\ny\"\n\n,\n3,c\n4,d",
        "id,t\r\n1,a\r\n2,\"x\r\ny\"\r\n\r\n,\r\n3,c\r\n4,d\r\n",
        "id,t\r1,a\r2,\"x\ry\"\r\r,\r3,c\r4,d\r",
    ] {
        let outcome = scan_bytes("a.csv", bytes.as_bytes());
        let rows: Vec<u32> = outcome.layer.rows.iter().map(|r| r.0.unwrap()).collect();
        assert_eq!(rows, [2, 3, 7, 8], "{bytes:?}");
        assert_eq!(text(&outcome, 1, "t"), "x\ny");
    }
    let after_mark = scan_bytes("a.csv", b"sep=,\nid\n7\n");
    assert_eq!(after_mark.layer.rows[0].0, Some(3));
}

#[test]
fn short_rows_are_filled_and_long_ones_refused_with_their_row() {
    let short = scan_bytes("a.csv", b"a,b,c\n1,2\n3,4,5,,\n");
    assert!(short.codes().is_empty());
    assert_eq!(short.layer.cells[0][2], Kept::Empty);
    let long = scan_bytes("a.csv", b"a,b\n1,2\n3,4,5\n");
    assert_eq!(long.codes(), ["E-FORMAT"]);
    assert_eq!(long.problems.iter().next().unwrap().origin.row, Some(3));
}

#[test]
fn an_open_quotation_is_seen_where_it_begins() {
    let outcome = scan_bytes("a.csv", b"a,b\n1,2\n3,\"4\n5,6\n7,8\n");
    assert_eq!(outcome.codes(), ["E-TRUNCATED"]);
    assert_eq!(outcome.problems.iter().next().unwrap().origin.row, Some(3));
    // An inch mark inside a value is no quotation.
    assert!(scan_bytes("a.csv", b"a,b\n1,5\" pipe\n2,x\n").codes().is_empty());
}

#[test]
fn a_heading_alone_is_an_empty_table() {
    assert_eq!(scan_bytes("a.csv", b"id,name\n\n").codes(), ["E-EMPTY"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        scan_bytes("a.csv", &bytes);
    }

    #[test]
    fn any_table_comes_back_as_written(table in proptest::collection::vec(proptest::collection::vec("[a-z0-9社区 ,\"\n;]{0,6}x", 3), 1..8)) {
        let mut bytes = b"p,q,r\n".to_vec();
        let mut writer = ::csv::Writer::from_writer(&mut bytes);
        table.iter().for_each(|row| writer.write_record(row).unwrap());
        drop(writer);
        let outcome = scan_bytes("a.csv", &bytes);
        for (kept, row) in outcome.layer.cells.iter().zip(&table) {
            let cells: Vec<Kept> = row.iter().map(|c| Kept::Text(c.clone())).collect();
            prop_assert_eq!(kept, &cells);
        }
        prop_assert_eq!(outcome.layer.cells.len(), table.len());
    }
}
