//! Files that claim more than they hold, or hold more than anything sensible: each is refused with a clear error, soon, and in little
//! memory. Rasters, KML, FlatGeobuf and GeoPackage blobs have such tests beside their readers too.

use std::io::{Cursor, Write};
use std::time::Instant;

use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;

use super::tests::{Kept, scan_bytes, scan_path};

fn u32s(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// A `.dbf` of one text field that claims so many records, and holds one.
fn dbf(records: u32) -> Vec<u8> {
    let mut out = vec![3, 122, 1, 1];
    out.extend(u32s(&[records]));
    out.extend(65u16.to_le_bytes());
    out.extend(5u16.to_le_bytes());
    out.resize(32, 0);
    let mut field = b"NAME".to_vec();
    field.resize(32, 0);
    (field[11], field[16]) = (b'C', 4);
    out.extend(field);
    out.extend(b"\x0D abcd");
    out
}

/// A `.shp` of points whose head says so many words, with one record that says so many.
fn shp(words: i32, record_words: i32) -> Vec<u8> {
    let mut out = 9994i32.to_be_bytes().to_vec();
    out.resize(24, 0);
    out.extend(words.to_be_bytes());
    out.extend(u32s(&[1000, 1]));
    out.resize(100, 0);
    out.extend(1i32.to_be_bytes());
    out.extend(record_words.to_be_bytes());
    out.extend(u32s(&[1]));
    out.extend([113.0f64, 36.0].iter().flat_map(|v| v.to_le_bytes()));
    out
}

fn shapefile(shp: &[u8], dbf: &[u8]) -> Vec<&'static str> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.shp"), shp).unwrap();
    std::fs::write(folder.path().join("a.dbf"), dbf).unwrap();
    std::fs::write(folder.path().join("a.prj"), "GEOGCS[\"GCS_WGS_1984\"]").unwrap();
    scan_path(folder.path().join("a.shp")).codes()
}

#[test]
fn ten_bytes_or_a_whole_head_that_claim_four_billion_records_are_a_torso() {
    let whole = shp(64, 10);
    assert_eq!(shapefile(&whole, &dbf(1)), [] as [&str; 0], "as it should be");
    assert_eq!(shapefile(&whole, &dbf(u32::MAX)[..10]), ["E-TRUNCATED"]);
    assert_eq!(shapefile(&whole, &dbf(u32::MAX)), ["E-TRUNCATED"]);
    assert_eq!(shapefile(&whole[..10], &dbf(1)), ["E-TRUNCATED"]);
    for (words, record_words) in [(i32::MAX, 10), (64, i32::MAX), (i32::MAX, i32::MAX), (-1, -1)] {
        let found = shapefile(&shp(words, record_words), &dbf(1));
        assert!(found.iter().all(|code| ["E-TRUNCATED", "E-TOO-LARGE", "E-FORMAT"].contains(code)), "{words} {record_words}: {found:?}");
    }
}

#[test]
fn a_part_that_begins_behind_all_points_is_named_and_takes_no_memory() {
    // A polygon of two parts and four points, whose second part begins at the five hundred millionth.
    let ints = |of: &[i32]| of.iter().flat_map(|i| i.to_le_bytes()).collect::<Vec<u8>>();
    let square = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0f64].iter().flat_map(|c| c.to_le_bytes());
    let content: Vec<u8> = ints(&[5]).into_iter().chain([0; 32]).chain(ints(&[2, 4, 0, 500_000_000])).chain(square).collect();
    let words = content.len() as i32 / 2;
    let head = shp(50 + 4 + words, words);
    let mut bytes = head[..100].to_vec();
    bytes[32..36].copy_from_slice(&5i32.to_le_bytes());
    bytes.extend([1i32.to_be_bytes(), words.to_be_bytes()].concat());
    bytes.extend(content);
    let found = shapefile(&bytes, &dbf(1));
    assert!(!found.is_empty() && found.iter().all(|code| ["E-GEOM", "W-GEOM", "E-FORMAT", "E-TRUNCATED"].contains(code)), "{found:?}");
}

/// A zip with an entry of so many zero bytes, whose directory says what `claim` makes of it.
fn bomb(name: &str, size: usize, claim: Option<u32>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    (0..size >> 20).for_each(|_| zip.write_all(&zeros).unwrap());
    let mut bytes = zip.finish().unwrap().into_inner();
    if let Some(claim) = claim {
        let at = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        bytes[at + 24..at + 28].copy_from_slice(&claim.to_le_bytes());
        // The head of the entry itself must say the same.
        bytes[22..26].copy_from_slice(&claim.to_le_bytes());
    }
    bytes
}

#[test]
fn zip_bombs_are_refused_by_what_they_say_or_by_what_comes_out() {
    let named = bomb("xl/workbook.xml", 1 << 20, Some(u32::MAX - 1));
    assert_eq!(scan_bytes("a.xlsx", &named).codes(), ["E-TOO-LARGE"]);
    // Two and a half gigabytes of zeros are two and a half megabytes in the zip; the directory says one byte.
    let hidden = bomb("xl/sharedStrings.xml", 2560 << 20, Some(1));
    assert!(hidden.len() < 4 << 20);
    // The archive's own reader stops where the entry says it ends; without that we would stop at the limit.
    assert!(matches!(scan_bytes("a.xlsx", &hidden).codes()[..], ["E-FORMAT" | "E-TOO-LARGE"]));
}

#[test]
fn a_workbook_with_an_endless_cell_or_endless_shared_texts_is_refused_before_it_is_read() {
    let packed = |name: &str, piece: &[u8], times: usize| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        (0..times).for_each(|_| zip.write_all(piece).unwrap());
        zip.finish().unwrap().into_inner()
    };
    // Nine million letters without a mark; then small texts, a hundred and sixty megabytes of them.
    let cell = packed("xl/worksheets/sheet1.xml", &[b'a'; 9 << 10], 1 << 10);
    assert_eq!(scan_bytes("a.xlsx", &cell).codes(), ["E-TOO-LARGE"]);
    let texts = packed("xl/sharedStrings.xml", &b"<si><t>abcdefgh</t></si>       ".repeat(1 << 10), 5 << 10);
    assert_eq!(scan_bytes("a.xlsx", &texts).codes(), ["E-TOO-LARGE"]);
    // As much in a sheet is a long sheet: it is read row by row.
    let sheet = packed("xl/worksheets/sheet1.xml", &b"<c><v>12345678</v></c>         ".repeat(1 << 10), 5 << 10);
    assert_eq!(scan_bytes("a.xlsx", &sheet).codes(), ["E-FORMAT"], "only its other parts are missing");
}

#[test]
fn a_workbook_of_excel_95_is_read_or_refused_with_the_way_out() {
    let mut old = include_bytes!("../../../tests/files/设施.xls").to_vec();
    // Every beginning of a stream says version 6 (Excel 97); 5 is Excel 95.
    let beginnings: Vec<usize> = (0..old.len() - 6).filter(|at| old[*at..*at + 6] == [0x09, 0x08, 0x10, 0x00, 0x00, 0x06]).collect();
    assert!(!beginnings.is_empty());
    beginnings.into_iter().for_each(|at| old[at + 5] = 0x05);
    let read = scan_bytes("a.xls", &old);
    // The reader knows the old records; what it does not understand must come with the way out.
    assert!(read.codes().is_empty() || read.spoken().contains("xlsx"), "{:?} {}", read.codes(), read.spoken());
    old.truncate(3000);
    assert!(!scan_bytes("a.xls", &old).codes().is_empty());
}

#[test]
fn a_table_that_is_one_endless_line_is_refused() {
    let line = [b"id,name\n".to_vec(), vec![b'x'; 65 << 20]].concat();
    assert_eq!(scan_bytes("a.csv", &line).codes(), ["E-TOO-LARGE"]);
    let quoted = [b"id,name\n\"".to_vec(), vec![b'\n'; 65 << 20]].concat();
    assert_eq!(scan_bytes("a.csv", &quoted).codes(), ["E-TOO-LARGE"]);
}

#[test]
fn brackets_without_end_are_refused_wherever_they_stand() {
    let started = Instant::now();
    for text in [
        "[".repeat(1 << 20),
        format!("{{\"features\":{}", "[".repeat(1 << 20)),
        format!("{{\"features\":[{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{}", "[".repeat(1 << 20)),
        format!("[{}", "{\"type\":\"GeometryCollection\",\"geometries\":[".repeat(1 << 14)),
    ] {
        let found = scan_bytes("a.geojson", text.as_bytes());
        assert!(found.scanned.is_none(), "{}", &text[..40]);
    }
    let table = format!("id,wkt\n1,\"{}\"\n", "GEOMETRYCOLLECTION (".repeat(100_000));
    assert!(scan_bytes("a.csv", table.as_bytes()).scanned.is_none());
    assert!(started.elapsed().as_secs() < 60);
}

/// A workbook with this sheet, as the smallest program would write it.
fn workbook(sheet: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |target: &str, kind: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{relation}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let parts = [
        ("[Content_Types].xml", types.to_owned()),
        ("_rels/.rels", relations("xl/workbook.xml", "officeDocument")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{relation}\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        ("xl/_rels/workbook.xml.rels", relations("worksheets/sheet1.xml", "worksheet")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\">{sheet}</worksheet>")),
    ];
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_million_empty_columns_are_no_columns_and_a_full_one_beyond_the_last_is_refused() {
    let cell = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let rows = format!("<row r=\"1\">{}</row><row r=\"2\">{}</row>", cell("A1", "id"), cell("A2", "1"));
    let empty = "<c/>".repeat(1_000_000);
    let wide =
        format!("<dimension ref=\"A1:XFD1048576\"/><sheetData>{}</sheetData>", rows.replacen("</row>", &format!("{empty}</row>"), 1));
    let read = scan_bytes("a.xlsx", &workbook(&wide));
    assert!(
        read.scanned.is_none() || (read.layer.columns == ["id"] && read.layer.cells == [[Kept::Text("1".into())]]),
        "{:?}",
        read.problems
    );
    let beyond = rows.replacen("</row>", &format!("{}</row>", cell("ZZZZZ1", "x")), 1);
    let read = scan_bytes("a.xlsx", &workbook(&format!("<sheetData>{beyond}</sheetData>")));
    assert!(read.scanned.is_none() && ["E-TOO-LARGE", "E-FORMAT"].contains(&read.codes()[0]), "{:?}", read.codes());
}
