//! Looks at the end of a zip file before anything is unpacked: is it whole, and how large will it become?

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Most bytes that a workbook may unpack to.
pub const LARGEST: u64 = 1 << 30;

/// Deflate packs at most so many bytes into one.
const MOST_PACKED: u64 = 1_032;

/// What the directory at the end says.
#[derive(Debug, PartialEq)]
pub enum State {
    /// All of it is there.
    Whole,
    /// The directory, which stands at the end, is missing or points beyond it.
    Truncated,
    /// It would unpack to more than [`LARGEST`].
    TooLarge,
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
    Ok(if size.saturating_mul(MOST_PACKED) > LARGEST && !is_honest(file)? { State::TooLarge } else { State::Whole })
}

/// Unpacks everything and keeps nothing: the directory may say less than there is. Asked only of files that could hold so much.
fn is_honest(mut file: &File) -> io::Result<bool> {
    let mut left = LARGEST;
    // What is no archive at all is for the reader to say.
    if let Ok(mut archive) = ::zip::ZipArchive::new(io::BufReader::new(file)) {
        for at in 0..archive.len() {
            let Ok(entry) = archive.by_index(at) else { continue };
            let unpacked = io::copy(&mut entry.take(left + 1), &mut io::sink()).unwrap_or(0);
            let Some(rest) = left.checked_sub(unpacked) else {
                file.rewind()?;
                return Ok(false);
            };
            left = rest;
        }
    }
    file.rewind()?;
    Ok(true)
}

/// The sum of the sizes that the entries name.
fn unpacked(directory: &[u8]) -> u64 {
    let (mut at, mut sum) = (0, 0u64);
    while let Some(entry) = directory.get(at..at + 46).filter(|e| e.starts_with(b"PK\x01\x02")) {
        let short = |at: usize| usize::from(u16::from_le_bytes([entry[at], entry[at + 1]]));
        sum += u64::from(u32::from_le_bytes([entry[24], entry[25], entry[26], entry[27]]));
        at += 46 + short(28) + short(30) + short(32);
    }
    sum
}
