//! OpenStreetMap PBF → streets.
//!
//! Blobs are decoded in parallel, ways first, then the nodes those ways need. In a file sorted by type (nearly all are, and say so)
//! the border between nodes and ways is found by halving, so that each blob is decoded once.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;

use osmpbf::{BlobDecode, BlobReader, BlobType, ByteOffset, PrimitiveBlock};
use rayon::prelude::*;

use super::NONE;
use super::draft::Draft;
use super::walkways::OSM;
use crate::problem::{Code, Problem, Problems};
use crate::read::Input;
use crate::read::guard::guard;
use crate::read::scan::{refuse, unopened};
use crate::space::LonLat;

/// Whether a file is to be read as PBF: by its name, so that a wrong content under that name is reported as such.
pub(crate) fn is_named_pbf(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pbf"))
}

/// Walkable ways of a stretch of the file, in file order.
#[derive(Debug, Default)]
struct Ways {
    /// Node ids of all ways, way after way.
    refs: Vec<i64>,
    /// Where each way ends in `refs`, its directions and its class.
    ends: Vec<(usize, (u8, u8))>,
}

/// The streets of all PBF files, joined by node id; `None` without files or when one has an error.
pub(crate) fn read(inputs: &[&Input], problems: &mut Problems) -> Option<Draft> {
    let mut ways = Ways::default();
    let mut files = Vec::new();
    for input in inputs {
        match Pbf::open(input).and_then(|pbf| pbf.ways().map(|w| (pbf, w))) {
            Ok((pbf, found)) => {
                if found.iter().all(|w| w.ends.is_empty()) {
                    problems.push(Problem::new(Code::E_NO_WAYS).file(&input.shown));
                }
                for part in found {
                    let from = ways.refs.len();
                    ways.refs.extend_from_slice(&part.refs);
                    ways.ends.extend(part.ends.iter().map(|(end, walk)| (end + from, *walk)));
                }
                files.push((pbf, &input.shown));
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if inputs.is_empty() || problems.has_errors() {
        return None;
    }
    let (needed, uses) = counted(&ways.refs);
    let mut places: Vec<Option<LonLat>> = vec![None; needed.len()];
    for (pbf, _) in &files {
        match pbf.nodes(&needed) {
            Ok(found) => found.into_iter().flatten().for_each(|(i, place)| places[i as usize] = Some(place)),
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.has_errors() {
        return None;
    }
    let mut draft = cut(&ways, &needed, &uses, &places);
    if !draft.measure(|_| true) {
        problems.push(Problem::new(Code::E_GEOM).file(files[0].1).why("@why.roads.too_long"));
    }
    if draft.is_empty() {
        problems.push(Problem::new(Code::E_NO_WAYS).file(files[0].1));
        return None;
    }
    Some(draft)
}

/// Node ids ascending, each once, and whether more than one vertex of a way is there.
fn counted(refs: &[i64]) -> (Vec<i64>, Vec<bool>) {
    let mut sorted = refs.to_vec();
    sorted.par_sort_unstable();
    let (mut ids, mut shared) = (Vec::new(), Vec::new());
    for group in sorted.chunk_by(|a, b| a == b) {
        ids.push(group[0]);
        shared.push(group.len() > 1);
    }
    (ids, shared)
}

/// The index of each reference among the needed nodes. Neighbours on a way were mostly drawn together and have ids close by, so that the
/// search for the next one begins where the last one was found and looks farther in doubled steps.
fn indices(refs: &[i64], needed: &[i64]) -> Vec<u32> {
    let mut index = vec![NONE; refs.len()];
    index.par_chunks_mut(4096).zip(refs.par_chunks(4096)).for_each(|(index, refs)| {
        let mut at = 0;
        for (index, id) in index.iter_mut().zip(refs) {
            at = gallop(needed, at, *id);
            *index = at as u32;
        }
    });
    index
}

/// The place of `id` among ascending ids of which it is one, looking first near `at`.
fn gallop(ids: &[i64], at: usize, id: i64) -> usize {
    let mut step = 1;
    let (mut low, mut high) = (at, at + 1);
    if ids[at] < id {
        while high < ids.len() && ids[high] < id {
            low = high;
            high = (high + step).min(ids.len());
            step *= 2;
        }
    } else {
        while low > 0 && ids[low] > id {
            high = low + 1;
            low = low.saturating_sub(step);
            step *= 2;
        }
    }
    let high = (high + 1).min(ids.len());
    low + ids[low..high].partition_point(|n| *n < id)
}

/// Cuts ways into edges where they meet others or themselves, and where the extract lacks a node.
fn cut(ways: &Ways, needed: &[i64], shared: &[bool], places: &[Option<LonLat>]) -> Draft {
    let index = indices(&ways.refs, needed);
    let mut draft = Draft::new();
    let mut numbers = vec![NONE; needed.len()];
    let mut from = 0;
    for (end, (directions, class)) in &ways.ends {
        let way = &index[from..*end];
        from = *end;
        for run in way.split(|i| places[*i as usize].is_none()).filter(|run| run.len() > 1) {
            let mut start = 0;
            for at in 1..run.len() {
                if at + 1 < run.len() && !shared[run[at] as usize] {
                    continue;
                }
                let mut node = |i: u32| {
                    let number = &mut numbers[i as usize];
                    if *number == NONE {
                        *number = draft.nodes;
                        draft.nodes += 1;
                    }
                    *number
                };
                let ends = [node(run[start]), node(run[at])];
                draft.vertices.extend(run[start..=at].iter().filter_map(|i| places[*i as usize]));
                draft.close_edge(ends, 0, *directions, *class);
                start = at;
            }
        }
    }
    draft
}

/// An open PBF file whose blobs are known.
struct Pbf<'a> {
    input: &'a Input,
    reader: Mutex<BlobReader<BufReader<File>>>,
    /// Offsets of the data blobs.
    blobs: Vec<ByteOffset>,
    /// Data blobs `..nodes_to` may hold nodes, `ways_from..ways_to` ways.
    nodes_to: usize,
    ways_from: usize,
    ways_to: usize,
}

impl<'a> Pbf<'a> {
    /// Opens a file, checks that it is a PBF and whole, and finds which blobs hold nodes and which ways.
    fn open(input: &'a Input) -> Result<Self, Box<Problem>> {
        let size = check_kind(input)?;
        let failed = |e: osmpbf::Error| damaged(input, &e);
        let mut reader = BlobReader::seekable_from_path(&input.path).map_err(failed)?;
        let (mut blobs, mut header_at, mut end) = (Vec::new(), None, 0);
        while let Some(next) = reader.next_header_skip_blob() {
            let (header, offset) =
                next.map_err(|e| if torn_header(&input.path, end, size) { short(input, end, size) } else { failed(e) })?;
            match (header.blob_type(), offset) {
                (BlobType::OsmHeader, Some(at)) => header_at = header_at.or(Some(at)),
                (BlobType::OsmData, Some(at)) => blobs.push(at),
                _ => {}
            }
            end = reader.seek_raw(SeekFrom::Current(0)).map_err(failed)?;
            if end > size {
                break;
            }
        }
        if end != size {
            return Err(short(input, end, size));
        }
        let sorted = match header_at {
            Some(at) => match reader.blob_from_offset(at).and_then(|b| b.to_headerblock()) {
                Ok(header) => header.optional_features().iter().any(|f| f == "Sort.Type_then_ID"),
                Err(e) => return Err(failed(e)),
            },
            None => false,
        };
        let all = blobs.len();
        let mut pbf = Pbf { input, reader: Mutex::new(reader), blobs, nodes_to: all, ways_from: 0, ways_to: all };
        if sorted {
            let [first_way, first_other] = [pbf.first_blob(|_, w, r| w || r)?, pbf.first_blob(|n, w, r| r && !n && !w)?];
            (pbf.nodes_to, pbf.ways_from, pbf.ways_to) = ((first_way + 1).min(all), first_way, first_other);
        }
        Ok(pbf)
    }

    /// In a sorted file, the first blob for which `has(nodes, ways, relations)` holds.
    fn first_blob(&self, has: impl Fn(bool, bool, bool) -> bool) -> Result<usize, Box<Problem>> {
        let (mut low, mut high) = (0, self.blobs.len());
        while low < high {
            let middle = (low + high) / 2;
            let block = self.block(self.blobs[middle])?;
            let nodes = block.groups().any(|g| g.nodes().next().is_some() || g.dense_nodes().next().is_some());
            let ways = block.groups().any(|g| g.ways().next().is_some());
            let relations = block.groups().any(|g| g.relations().next().is_some());
            if has(nodes, ways, relations) { high = middle } else { low = middle + 1 }
        }
        Ok(low)
    }

    /// Reads and decodes one blob; only the reading is done one at a time.
    fn block(&self, at: ByteOffset) -> Result<PrimitiveBlock, Box<Problem>> {
        let failed = |e: osmpbf::Error| damaged(self.input, &e);
        let blob = match self.reader.lock() {
            Ok(mut reader) => reader.blob_from_offset(at).map_err(failed)?,
            Err(_) => return Err(refuse(self.input, Code::E_FILE).why("@why.roads.not_data").into()),
        };
        match blob.decode().map_err(failed)? {
            BlobDecode::OsmData(block) => Ok(block),
            _ => Err(refuse(self.input, Code::E_FORMAT).why("@why.roads.not_data").into()),
        }
    }

    /// The walkable ways, blob after blob.
    fn ways(&self) -> Result<Vec<Ways>, Box<Problem>> {
        self.blobs[self.ways_from..self.ways_to].par_iter().map(|at| self.block(*at).map(|block| walkable(&block))).collect()
    }

    /// The places of the needed nodes that this file has, with their index.
    fn nodes(&self, needed: &[i64]) -> Result<Vec<Vec<(u32, LonLat)>>, Box<Problem>> {
        let places = |at: &ByteOffset| {
            let block = self.block(*at)?;
            // The crate multiplies coordinates by whatever unit a file claims, and checks for overflow in some builds only.
            guard(|| placed(&block, needed)).ok_or_else(|| refuse(self.input, Code::E_FORMAT).why("@why.roads.not_data").into())
        };
        self.blobs[..self.nodes_to].par_iter().map(places).collect()
    }
}

/// The walkable ways of a block.
fn walkable(block: &PrimitiveBlock) -> Ways {
    let strings = block.raw_stringtable();
    // Which strings of this block are keys that the rules speak of: asked once, not for each way.
    let keys: Vec<Option<usize>> = strings.iter().map(|s| OSM.key(s)).collect();
    let mut tags: Vec<Option<&[u8]>> = vec![None; OSM.key_count()];
    let mut ways = Ways::default();
    for way in block.groups().flat_map(|g| g.ways()) {
        tags.fill(None);
        for (key, value) in way.raw_tags() {
            if let (Some(Some(key)), Some(value)) = (keys.get(key as usize), strings.get(value as usize)) {
                tags[*key] = Some(value);
            }
        }
        let Some(walk) = OSM.walk(&tags) else { continue };
        let from = ways.refs.len();
        for id in way.refs() {
            if ways.refs.len() == from || ways.refs[ways.refs.len() - 1] != id {
                ways.refs.push(id);
            }
        }
        if ways.refs.len() - from > 1 {
            ways.ends.push((ways.refs.len(), walk));
        } else {
            ways.refs.truncate(from);
        }
    }
    ways
}

/// The needed nodes of a block. Ids ascend within a block, so that the search for the next one starts where the last one ended.
fn placed(block: &PrimitiveBlock, needed: &[i64]) -> Vec<(u32, LonLat)> {
    let mut found = Vec::new();
    let (mut at, mut last) = (0, i64::MIN);
    let mut look = |id: i64, lon: f64, lat: f64| {
        if id < last {
            at = 0;
        }
        if needed.get(at).is_some_and(|n| *n < id) {
            let near = needed.len().min(at + 16);
            at = if needed[near - 1] >= id { at } else { near };
            at += needed[at..].partition_point(|n| *n < id);
        }
        last = id;
        if needed.get(at) == Some(&id)
            && let Some(place) = LonLat::new(lon, lat)
        {
            found.push((at as u32, place));
        }
    };
    for group in block.groups() {
        group.dense_nodes().for_each(|n| look(n.id(), n.lon(), n.lat()));
        group.nodes().for_each(|n| look(n.id(), n.lon(), n.lat()));
    }
    found
}

/// The size of a file that begins as a PBF does.
fn check_kind(input: &Input) -> Result<u64, Box<Problem>> {
    let unreadable = |e: std::io::Error| Box::new(unopened(input, &e));
    let file = File::open(&input.path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size == 0 {
        return Err(refuse(input, Code::E_EMPTY).into());
    }
    let mut start = Vec::new();
    file.take(64).read_to_end(&mut start).map_err(unreadable)?;
    if !start.windows(9).any(|w| w == b"OSMHeader") {
        return Err(refuse(input, Code::E_FORMAT).why("@why.roads.not_osm").into());
    }
    Ok(size)
}

/// A file that ends before the frame that begins or should end at `end`.
fn short(input: &Input, end: u64, size: u64) -> Box<Problem> {
    let expected = end.max(size + 1);
    refuse(input, Code::E_TRUNCATED).why("@why.roads.short").with("expected", expected).with("size", size).into()
}

/// Whether the file ends inside the frame header that begins at `start`: the decoder only says that the header makes no sense.
fn torn_header(path: &Path, start: u64, size: u64) -> bool {
    let mut length = [0; 4];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut length)
    });
    read.is_err() || start + 4 + u64::from(u32::from_be_bytes(length)) > size && u32::from_be_bytes(length) < 1 << 16
}

/// What a failure of the decoder means: an end too early, or bytes that are no PBF.
fn damaged(input: &Input, error: &osmpbf::Error) -> Box<Problem> {
    use osmpbf::ErrorKind;
    let text = error.to_string();
    let early = matches!(error.kind(), ErrorKind::Io(e) if e.kind() == std::io::ErrorKind::UnexpectedEof) || text.contains("EOF");
    let code = if early { Code::E_TRUNCATED } else { Code::E_FORMAT };
    refuse(input, code).with("reason", text).into()
}
