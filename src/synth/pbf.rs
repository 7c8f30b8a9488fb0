//! An OSM PBF file: dense nodes, then ways, both by rising number, in raw (uncompressed) blobs.
//!
//! Raw blobs are part of the format and the same bytes whatever compressor other crates bring. Layout as in the OSM wiki,
//! "PBF Format": a length, a `BlobHeader`, a `Blob`, and in it a `HeaderBlock` or a `PrimitiveBlock` (protobuf messages).

use std::io::{self, Write};

use super::place::Degrees;

/// Nodes of one block; OSM advises at most 8,000 elements.
const BLOCK: usize = 8000;

/// Writes the header block.
pub(super) fn header(out: &mut impl Write) -> io::Result<()> {
    let mut block = Vec::new();
    for feature in ["OsmSchema-V0.6", "DenseNodes"] {
        bytes(&mut block, 4, feature.as_bytes());
    }
    bytes(&mut block, 5, b"Sort.Type_then_ID");
    bytes(&mut block, 16, concat!("careshed ", env!("CARGO_PKG_VERSION")).as_bytes());
    bytes(&mut block, 17, "synthetic".as_bytes());
    blob(out, "OSMHeader", &block)
}

/// Writes nodes numbered from `first`.
pub(super) fn nodes(out: &mut impl Write, mut first: u64, places: &[Degrees]) -> io::Result<()> {
    for places in places.chunks(BLOCK) {
        let (mut ids, mut lats, mut lons) = (Vec::new(), Vec::new(), Vec::new());
        let mut last = Degrees { lon: 0, lat: 0 };
        for (index, place) in places.iter().enumerate() {
            signed(&mut ids, if index == 0 { first as i64 } else { 1 });
            signed(&mut lats, place.lat - last.lat);
            signed(&mut lons, place.lon - last.lon);
            last = *place;
        }
        let mut dense = Vec::new();
        bytes(&mut dense, 1, &ids);
        bytes(&mut dense, 8, &lats);
        bytes(&mut dense, 9, &lons);
        let mut group = Vec::new();
        bytes(&mut group, 2, &dense);
        primitive(out, &[], &group)?;
        first += places.len() as u64;
    }
    Ok(())
}

/// A way: its nodes and its tags.
pub(super) struct Way<'a> {
    pub nodes: &'a [u64],
    pub tags: &'a [(&'a str, &'a str)],
}

/// Collects ways into blocks.
#[derive(Default)]
pub(super) struct Ways {
    strings: Vec<String>,
    group: Vec<u8>,
    count: usize,
}

impl Ways {
    /// Adds a way, and writes a block when it is full.
    pub fn push(&mut self, out: &mut impl Write, id: u64, way: &Way<'_>) -> io::Result<()> {
        let (mut keys, mut values, mut refs) = (Vec::new(), Vec::new(), Vec::new());
        for (key, value) in way.tags {
            varint(&mut keys, self.string(key));
            varint(&mut values, self.string(value));
        }
        let mut last = 0i64;
        for &node in way.nodes {
            signed(&mut refs, node as i64 - last);
            last = node as i64;
        }
        let mut message = Vec::new();
        varint(&mut message, 1 << 3);
        varint(&mut message, id);
        bytes(&mut message, 2, &keys);
        bytes(&mut message, 3, &values);
        bytes(&mut message, 8, &refs);
        bytes(&mut self.group, 3, &message);
        self.count += 1;
        if self.count == BLOCK { self.flush(out) } else { Ok(()) }
    }

    /// Writes what has been collected.
    pub fn flush(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.count > 0 {
            primitive(out, &self.strings, &self.group)?;
        }
        *self = Ways::default();
        Ok(())
    }

    /// Number of a string in the block's table; 0 is reserved. Few enough differ in a block that looking through them is quick.
    fn string(&mut self, text: &str) -> u64 {
        let at = self.strings.iter().position(|s| s == text).unwrap_or_else(|| {
            self.strings.push(text.to_owned());
            self.strings.len() - 1
        });
        at as u64 + 1
    }
}

fn primitive(out: &mut impl Write, strings: &[String], group: &[u8]) -> io::Result<()> {
    let mut table = Vec::new();
    bytes(&mut table, 1, b"");
    strings.iter().for_each(|s| bytes(&mut table, 1, s.as_bytes()));
    let mut block = Vec::new();
    bytes(&mut block, 1, &table);
    bytes(&mut block, 2, group);
    blob(out, "OSMData", &block)
}

fn blob(out: &mut impl Write, kind: &str, content: &[u8]) -> io::Result<()> {
    let mut blob = Vec::with_capacity(content.len() + 16);
    bytes(&mut blob, 1, content);
    let mut header = Vec::new();
    bytes(&mut header, 1, kind.as_bytes());
    varint(&mut header, 3 << 3);
    varint(&mut header, blob.len() as u64);
    out.write_all(&(header.len() as u32).to_be_bytes())?;
    out.write_all(&header)?;
    out.write_all(&blob)
}

/// A length-delimited field.
fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Zigzag, so that small negative steps are short.
fn signed(out: &mut Vec<u8>, value: i64) {
    varint(out, ((value << 1) ^ (value >> 63)) as u64);
}

#[cfg(test)]
mod tests {
    use osmpbf::{Element, ElementReader};

    use super::*;

    #[test]
    fn another_reader_finds_the_same_nodes_and_ways() {
        let places: Vec<Degrees> = (0..9000).map(|i| Degrees { lon: 1_129_000_000 + i * 37, lat: 362_000_000 - i * 5 }).collect();
        let mut file = Vec::new();
        header(&mut file).unwrap();
        nodes(&mut file, 7, &places).unwrap();
        let mut ways = Ways::default();
        ways.push(&mut file, 3, &Way { nodes: &[7, 9006, 8], tags: &[("highway", "footway"), ("name", "井巷")] }).unwrap();
        ways.push(&mut file, 4, &Way { nodes: &[8, 9], tags: &[("highway", "steps")] }).unwrap();
        ways.flush(&mut file).unwrap();

        let (mut found, mut lines) = (Vec::new(), Vec::new());
        ElementReader::new(&file[..])
            .for_each(|element| match element {
                Element::DenseNode(n) => found.push((n.id(), i64::from(n.decimicro_lon()), i64::from(n.decimicro_lat()))),
                Element::Way(w) => {
                    let tags: Vec<(String, String)> = w.tags().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
                    lines.push((w.id(), w.refs().collect::<Vec<_>>(), tags));
                }
                _ => {}
            })
            .unwrap();
        let wanted: Vec<(i64, i64, i64)> = places.iter().enumerate().map(|(i, p)| (i as i64 + 7, p.lon, p.lat)).collect();
        assert_eq!(found, wanted);
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].0, lines[0].1.clone()), (3, vec![7, 9006, 8]));
        assert!(lines[0].2.contains(&("name".to_owned(), "井巷".to_owned())));
        assert_eq!(lines[1].2, vec![("highway".to_owned(), "steps".to_owned())]);
    }
}
