//! Looks at the end of a zip file before anything is unpacked: is it whole, and how large will it become?

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Most bytes that the parts of a workbook which are read may unpack to together; sheets are read as a stream.
pub const LARGEST: u64 = 512 << 20;

/// Most bytes of a part that is kept in memory while sheets are read: the shared texts above all.
const LARGEST_KEPT: u64 = 128 << 20;

/// Most bytes between two marks of a part. A cell of Excel holds 32,767 characters; whoever reads one keeps it whole.
pub const LONGEST_TEXT: u64 = 8 << 20;

/// Deflate packs at most so many bytes into one.
const MOST_PACKED: u64 = 1_032;

/// What the directory at the end says.
#[derive(Debug, PartialEq)]
pub enum State {
    /// All of it is there.
    Whole,
    /// The directory, which stands at the end, is missing or points beyond it.
    Truncated,
    /// It would unpack to more than [`LARGEST`], or one part to more than is kept in memory.
    TooLarge,
    /// One text is longer than [`LONGEST_TEXT`].
    LongText,
}

/// Reads the directory; leaves the file at its beginning.
pub fn state(mut file: &File) -> io::Result<State> {
    let size = file.metadata()?.len();
    // The end record may be followed by a comment of up to 65 535 bytes.
    let tail_length = size.min(65_557);
    file.seek(SeekFrom::Start(size - tail_length))?;
    let mut tail = Vec::new();
    file.take(tail_length).read_to_end(&mut tail)?;
    let Some(at) = tail.windows(22).rposition(|w| w.starts_with(b"PK\x05\x06")) else {
        file.rewind()?;
        return Ok(State::Truncated);
    };
    let int = |at: usize| u64::from(u32::from_le_bytes([tail[at], tail[at + 1], tail[at + 2], tail[at + 3]]));
    let (length, from) = (int(at + 12), int(at + 16));
    // Zip64 keeps its numbers elsewhere; such a workbook is left to the crate.
    if length == u64::from(u32::MAX) || from == u64::from(u32::MAX) {
        file.rewind()?;
        return Ok(State::Whole);
    }
    if from + length > size {
        file.rewind()?;
        return Ok(State::Truncated);
    }
    file.seek(SeekFrom::Start(from))?;
    let mut directory = Vec::new();
    file.take(length).read_to_end(&mut directory)?;
    file.rewind()?;
    if unpacked(&directory) > LARGEST {
        return Ok(State::TooLarge);
    }
    contents(file)
}

/// Unpacks what will be read and keeps nothing: the directory may say less than there is. Only parts that could hold so much.
fn contents(mut file: &File) -> io::Result<State> {
    let mut state = State::Whole;
    let mut left = LARGEST;
    // What is no archive at all is for the reader to say.
    if let Ok(mut archive) = ::zip::ZipArchive::new(io::BufReader::new(file)) {
        for at in 0..archive.len() {
            let Ok(mut entry) = archive.by_index(at) else { continue };
            if !is_read(entry.name_raw()) || entry.compressed_size().saturating_mul(MOST_PACKED) <= LONGEST_TEXT {
                continue;
            }
            let most = if in_sheets(entry.name_raw()) { left } else { left.min(LARGEST_KEPT) };
            match measure(&mut entry, most) {
                Ok(unpacked) => left -= unpacked,
                Err(worse) => {
                    state = worse;
                    break;
                }
            }
        }
    }
    file.rewind()?;
    Ok(state)
}

/// Bytes of a part, if it has no more than `most` and no endless text. A part that cannot be unpacked is for the reader to say.
fn measure(part: &mut impl Read, most: u64) -> Result<u64, State> {
    let mut buffer = vec![0; 1 << 16];
    let (mut sum, mut text) = (0u64, 0u64);
    loop {
        let n = match part.read(&mut buffer) {
            Ok(0) | Err(_) => return Ok(sum),
            Ok(n) => n,
        };
        sum += n as u64;
        match (buffer[..n].iter().position(|b| *b == b'<'), buffer[..n].iter().rposition(|b| *b == b'<')) {
            (Some(first), Some(last)) => {
                text = if text + first as u64 > LONGEST_TEXT { u64::MAX } else { (n - last) as u64 };
            }
            _ => text += n as u64,
        }
        if sum > most {
            return Err(State::TooLarge);
        }
        if text > LONGEST_TEXT {
            return Err(State::LongText);
        }
    }
}

/// Whether a part is one that a reader opens: pictures and macros are not.
fn is_read(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    !name.starts_with(b"xl/media/") && (name.ends_with(b".xml") || name.ends_with(b".rels"))
}

fn in_sheets(name: &[u8]) -> bool {
    name.to_ascii_lowercase().starts_with(b"xl/worksheets/")
}

/// The sum of the sizes that the entries name, of those that are read; all there can be where one alone is too large.
fn unpacked(directory: &[u8]) -> u64 {
    let (mut at, mut sum) = (0, 0u64);
    while let Some(entry) = directory.get(at..at + 46).filter(|e| e.starts_with(b"PK\x01\x02")) {
        let short = |at: usize| usize::from(u16::from_le_bytes([entry[at], entry[at + 1]]));
        let size = u64::from(u32::from_le_bytes([entry[24], entry[25], entry[26], entry[27]]));
        let name = directory.get(at + 46..at + 46 + short(28)).unwrap_or_default();
        if is_read(name) {
            sum += if size > LARGEST_KEPT && !in_sheets(name) { u64::from(u32::MAX) } else { size };
        }
        at += 46 + short(28) + short(30) + short(32);
    }
    sum
}
