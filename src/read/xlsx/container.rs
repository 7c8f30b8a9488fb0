//! Looks at the container of an old workbook (a compound file, [MS-CFB]) before it is unpacked: its sectors name their successors, and
//! a chain that comes back to itself would never end.

use std::io::{self, Read, Seek};

/// Most bytes of an old workbook: the format holds 65,536 rows a sheet.
pub const LARGEST: u64 = 512 << 20;
/// Numbers from here on are marks, not sectors.
const MARKS: u32 = 0xFFFF_FFFA;

/// Whether every chain of sectors ends. What is no compound file at all is left to the reader, which says so.
pub fn chains_end(mut file: impl Read + Seek) -> io::Result<bool> {
    let mut bytes = Vec::new();
    file.by_ref().take(LARGEST).read_to_end(&mut bytes)?;
    file.rewind()?;
    Ok(Container { bytes: &bytes }.ends())
}

struct Container<'a> {
    bytes: &'a [u8],
}

impl Container<'_> {
    fn ends(&self) -> bool {
        let Some(shift) = self.bytes.get(30).copied() else { return true };
        if !matches!(shift, 9 | 12) || !self.bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return true;
        }
        let size = 1usize << shift;
        let sectors = self.bytes.len() / size;
        // The table of successors is itself spread over sectors: 109 are named in the head, the others in a chain of lists.
        let mut table: Vec<u32> = (0..109).filter_map(|i| self.int(76 + i * 4)).collect();
        let (mut list, mut lists) = (self.int(68).unwrap_or(MARKS), 0);
        while list < MARKS {
            lists += 1;
            if lists > sectors {
                return false;
            }
            let at = (list as usize + 1) * size;
            table.extend((0..size / 4 - 1).filter_map(|i| self.int(at + i * 4)));
            list = self.int(at + size - 4).unwrap_or(MARKS);
        }
        let next = self.contents(table.into_iter().filter(|s| *s < MARKS).take(sectors), size);
        if !end(&next) {
            return false;
        }
        // Small streams have sectors of their own, whose table is a chain of the large ones.
        let mut chain = Vec::new();
        let mut sector = self.int(60).unwrap_or(MARKS);
        while sector < MARKS && chain.len() <= sectors {
            chain.push(sector);
            sector = next.get(sector as usize).copied().unwrap_or(MARKS);
        }
        end(&self.contents(chain.into_iter(), size))
    }

    /// The numbers in some sectors, one after another.
    fn contents(&self, sectors: impl Iterator<Item = u32>, size: usize) -> Vec<u32> {
        let of = |sector: u32| (0..size / 4).map_while(move |i| self.int((sector as usize + 1) * size + i * 4));
        sectors.flat_map(of).collect()
    }

    fn int(&self, at: usize) -> Option<u32> {
        self.bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
}

/// Whether whoever follows these successors arrives at a mark from everywhere.
fn end(next: &[u32]) -> bool {
    // 0: not seen, else the walk that was there first.
    let mut seen = vec![0usize; next.len()];
    for start in 0..next.len() {
        let mut at = start;
        while let Some(mark) = seen.get_mut(at) {
            match *mark {
                0 => *mark = start + 1,
                walk if walk == start + 1 => return false,
                _ => break,
            }
            if next[at] >= MARKS {
                break;
            }
            at = next[at] as usize;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_that_come_back_are_found() {
        assert!(end(&[]) && end(&[u32::MAX - 1, 0, 1, 7, u32::MAX]));
        assert!(!end(&[0]) && !end(&[1, 2, 0]) && !end(&[u32::MAX - 1, 2, 3, 2]));
    }

    #[test]
    fn a_sound_workbook_ends_and_one_whose_table_leads_back_does_not() {
        let sound = include_bytes!("../../../tests/files/设施.xls").to_vec();
        assert!(chains_end(io::Cursor::new(&sound)).unwrap());
        let table = (u32::from_le_bytes(sound[76..80].try_into().unwrap()) as usize + 1) * 512;
        let mut looped = sound.clone();
        // The first sector of some chain becomes its own successor.
        looped[table..table + 4].copy_from_slice(&0u32.to_le_bytes());
        assert!(!chains_end(io::Cursor::new(&looped)).unwrap());
        assert!(chains_end(io::Cursor::new(b"no workbook")).unwrap());
    }
}
