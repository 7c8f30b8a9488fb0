//! The attribute table of a shapefile, record by record.
//!
//! Read here and not by a crate, because three things must hold that the `dbase` crate does not offer: deleted records keep their place beside
//! the shapes, a value that is no number stays visible as text (instead of ending the file), and the encoding is judged over all bytes first.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{Encoding, GB18030};

use super::Cell;
use super::encoding::{self, Evidence, Stands};

/// How a field is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    Text,
    Decimal,
    Date,
    Logical,
    Int32,
    Double,
    Currency,
    /// Memos and pictures, which lie elsewhere.
    Elsewhere,
}

#[derive(Debug)]
struct Field {
    name: Vec<u8>,
    stored: Stored,
    from: usize,
    to: usize,
}

/// Why the table cannot be read.
#[derive(Debug)]
pub enum Fault {
    /// The disk.
    Io(io::Error),
    /// It ends before its last record.
    Truncated,
    /// It is no attribute table.
    Malformed,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Fault::Truncated } else { Fault::Io(error) }
    }
}

/// An open table, before its first record.
pub struct Table {
    source: BufReader<File>,
    fields: Vec<Field>,
    first_record: u64,
    records: u64,
    language: u8,
    record: Vec<u8>,
}

impl Table {
    /// Reads the heading and checks that all records are there.
    pub fn open(path: &Path) -> Result<Table, Fault> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut source = BufReader::with_capacity(1 << 16, file);
        let mut head = [0u8; 32];
        source.read_exact(&mut head)?;
        let records = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let head_length = u64::from(u16::from_le_bytes([head[8], head[9]]));
        let record_length = usize::from(u16::from_le_bytes([head[10], head[11]]));
        if head_length < 33 || record_length < 1 {
            return Err(Fault::Malformed);
        }
        let is_visual_foxpro = matches!(head[0], 0x30..=0x32);
        let mut fields = Vec::new();
        let mut from = 1;
        for _ in 0..(head_length - 32) / 32 {
            let mut one = [0u8; 32];
            source.read_exact(&mut one)?;
            if one[0] == 0x0D {
                break;
            }
            let stored = match one[11].to_ascii_uppercase() {
                b'N' | b'F' => Stored::Decimal,
                b'D' => Stored::Date,
                b'L' => Stored::Logical,
                b'I' | b'+' => Stored::Int32,
                b'O' => Stored::Double,
                b'B' if is_visual_foxpro => Stored::Double,
                b'Y' => Stored::Currency,
                b'M' | b'G' | b'P' | b'B' | b'W' | b'0' => Stored::Elsewhere,
                _ => Stored::Text,
            };
            // Long text fields keep the high byte of their length where numbers keep their decimals.
            let length = usize::from(one[16]) + if stored == Stored::Text { usize::from(one[17]) << 8 } else { 0 };
            let name = one[..11].split(|b| *b == 0).next().unwrap_or_default().to_vec();
            fields.push(Field { name, stored, from, to: from + length });
            from += length;
        }
        if fields.is_empty() || from > record_length {
            return Err(Fault::Malformed);
        }
        // The mark of the end behind the last record may be missing.
        if head_length + records * record_length as u64 > size {
            return Err(Fault::Truncated);
        }
        let mut table = Table { source, fields, first_record: head_length, records, language: head[29], record: vec![0; record_length] };
        table.rewind()?;
        Ok(table)
    }

    /// Number of records, deleted ones too.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Back to the first record.
    pub fn rewind(&mut self) -> io::Result<()> {
        self.source.seek(SeekFrom::Start(self.first_record)).map(|_| ())
    }

    /// The encoding that the language byte means, where it means one.
    pub fn declared_encoding(&self) -> Option<&'static Encoding> {
        match self.language {
            0x4D | 0x7A => Some(GB18030),
            0x4F | 0x78 => Some(encoding_rs::BIG5),
            0xF0 => Some(encoding_rs::UTF_8),
            // 0x57 is "that of the machine", 0 nothing at all.
            _ => None,
        }
    }

    /// Looks at all names and texts, then returns to the first record.
    pub fn evidence(&mut self) -> io::Result<Evidence> {
        let mut evidence = Evidence::default();
        for field in &self.fields {
            evidence.add_as(Stands::Heading, &field.name, field.name.len() >= 10);
        }
        for _ in 0..self.records {
            self.source.read_exact(&mut self.record)?;
            for field in self.fields.iter().filter(|f| f.stored == Stored::Text) {
                let value = unpadded(&self.record[field.from..field.to]);
                evidence.add(value, value.len() == field.to - field.from);
            }
        }
        self.rewind()?;
        Ok(evidence)
    }

    /// The headings, and which of them were cut inside a character.
    pub fn headings(&self, encoding: &'static Encoding) -> (Vec<String>, Vec<usize>) {
        let mut cut = Vec::new();
        let headings = self.fields.iter().enumerate().map(|(at, field)| {
            let name = field.name.trim_ascii_end();
            // Ten bytes are all there is room for; with the eleventh used a name may be cut there as well.
            if name.len() >= 10 && encoding::decode(encoding, name, false).ends_with('\u{FFFD}') {
                cut.push(at);
            }
            encoding::decode(encoding, name, true)
        });
        (headings.collect(), cut)
    }

    /// Moves to the next record; false for one that is marked as deleted.
    pub fn advance(&mut self) -> io::Result<bool> {
        self.source.read_exact(&mut self.record)?;
        Ok(self.record[0] != b'*')
    }

    /// The cells of the present record; their text goes to `text`.
    pub fn cells<'t>(&self, encoding: &'static Encoding, text: &'t mut String, row: &mut Vec<Cell<'t>>) {
        text.clear();
        let mut ends = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            self.write(field, encoding, text);
            ends.push(text.len());
        }
        let text: &'t str = text;
        let mut from = 0;
        for (field, to) in self.fields.iter().zip(ends) {
            row.push(self.cell(field, &text[from..to]));
            from = to;
        }
    }

    /// Appends what a field holds as text, where it holds text.
    fn write(&self, field: &Field, encoding: &'static Encoding, text: &mut String) {
        let bytes = &self.record[field.from..field.to];
        let begins = text.len();
        match field.stored {
            Stored::Text => {
                let value = unpadded(bytes);
                encoding::decode_into(encoding, value, value.len() == bytes.len(), text);
            }
            Stored::Decimal | Stored::Date => match std::str::from_utf8(bytes) {
                Ok(ascii) => text.push_str(ascii.trim_matches(['\0', ' '])),
                Err(_) => encoding::decode_into(encoding, bytes, false, text),
            },
            _ => {}
        }
        // 2023-01-16 as everything else writes it.
        if field.stored == Stored::Date && text.len() == begins + 8 && text.as_bytes()[begins..].iter().all(u8::is_ascii_digit) {
            text.insert(begins + 6, '-');
            text.insert(begins + 4, '-');
        }
    }

    fn cell<'t>(&self, field: &Field, text: &'t str) -> Cell<'t> {
        let bytes = &self.record[field.from..field.to];
        match field.stored {
            Stored::Text if text.trim().is_empty() => Cell::Empty,
            Stored::Text => Cell::Text(text),
            // A number that did not fit its field is all stars: nobody knows it.
            Stored::Decimal if text.bytes().all(|b| b == b'*') => Cell::Empty,
            Stored::Decimal => decimal(text),
            Stored::Date if text.is_empty() || text == "0000-00-00" => Cell::Empty,
            Stored::Date => Cell::Text(text),
            Stored::Logical => match bytes.first() {
                Some(b'T' | b't' | b'Y' | b'y' | b'1') => Cell::Bool(true),
                Some(b'F' | b'f' | b'N' | b'n' | b'0') => Cell::Bool(false),
                _ => Cell::Empty,
            },
            Stored::Int32 => bytes.first_chunk().map_or(Cell::Empty, |b| Cell::Number(f64::from(i32::from_le_bytes(*b)))),
            Stored::Double => bytes.first_chunk().map_or(Cell::Empty, |b| Cell::Number(f64::from_le_bytes(*b))),
            Stored::Currency => bytes.first_chunk().map_or(Cell::Empty, |b| Cell::Number(i64::from_le_bytes(*b) as f64 / 1e4)),
            Stored::Elsewhere => Cell::Empty,
        }
    }
}

/// Without the spaces and zero bytes that fill a field.
fn unpadded(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|b| !matches!(b, b' ' | 0)).map_or(0, |at| at + 1);
    &value[..end]
}

/// What is no number, or a whole number of more digits than a double keeps, stays text for the reader of the table to judge.
fn decimal(text: &str) -> Cell<'_> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.parse::<f64>() {
        Ok(number) if digits <= 15 || text.contains(['.', 'e', 'E']) || number.abs() <= 9_007_199_254_740_992.0 => Cell::Number(number),
        _ => Cell::Text(text),
    }
}
