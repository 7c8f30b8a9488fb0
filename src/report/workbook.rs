//! A workbook → the same bytes whenever and wherever it is made.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// The mark of an entry in the directory at the end of a zip.
const ENTRY: &[u8] = b"PK\x01\x02";
/// Where an entry says on which system it was made.
const SYSTEM: usize = 5;
/// What Unix calls itself there.
const UNIX: u8 = 3;

/// An empty workbook, made on a day that nobody takes for the study's own.
pub fn new() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_author("careshed").set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    Ok(workbook)
}

/// Writes a workbook.
///
/// The archive would otherwise say on which system it was made, and nothing else in it differs.
pub fn save(workbook: &mut Workbook, mut out: impl Write) -> io::Result<()> {
    let mut bytes = workbook.save_to_buffer().map_err(|error| match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    })?;
    let mut at = directory(&bytes).ok_or_else(|| io::Error::other("a workbook without directory"))?;
    while bytes[at..].starts_with(ENTRY) && at + 46 <= bytes.len() {
        bytes[at + SYSTEM] = UNIX;
        let length = |field: usize| usize::from(u16::from_le_bytes([bytes[at + field], bytes[at + field + 1]]));
        at += 46 + length(28) + length(30) + length(32);
    }
    out.write_all(&bytes)
}

/// Where the directory begins: the last record of the file, which has no comment, says so.
fn directory(bytes: &[u8]) -> Option<usize> {
    let end = bytes.len().checked_sub(22).filter(|end| bytes[*end..].starts_with(b"PK\x05\x06"))?;
    let at = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().ok()?) as usize;
    (at < end).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_says_the_same_system_and_the_workbook_still_opens() {
        use calamine::Reader;
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("甲").unwrap().write(0, 0, "PK\x01\x02").unwrap();
        let mut bytes = Vec::new();
        save(&mut workbook, &mut bytes).unwrap();
        let marks: Vec<usize> = (0..bytes.len() - 46).filter(|i| bytes[*i..].starts_with(ENTRY)).collect();
        assert!(marks.len() > 5 && marks.iter().all(|at| bytes[at + SYSTEM] == UNIX), "{marks:?}");
        let book = calamine::Xlsx::new(io::Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names(), ["甲"]);
    }
}
