//! A shapefile inside a `.zip`, KML inside a `.kmz`: what is needed is unpacked into a folder of its own that goes away afterwards.
//!
//! Names of the archive choose and name layers but never become paths, and what an entry claims of its size is not believed: bytes are
//! counted as they come.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use super::encoding::{self, Evidence};
use super::scan::{self, cut_short, refuse, unopened};
use super::{Input, Scanned, Visit, kml, shapefile};
use crate::problem::{Code, Problem, Problems};

/// Most bytes that the parts of one layer may unpack to.
const LARGEST: u64 = 4 << 30;
/// Most entries of an archive that are looked at.
const MOST_ENTRIES: usize = 100_000;

/// What is unpacked.
#[derive(Clone, Copy, PartialEq)]
struct Wanted {
    /// The files of a layer, by extension; the first names it.
    parts: &'static [&'static str],
    /// The layer that is taken where nobody chooses among several.
    usual: Option<&'static str>,
    /// Why an archive without any is refused.
    none: &'static str,
}

const SHAPEFILE: Wanted = Wanted { parts: &["shp", "dbf", "prj", "cpg"], usual: None, none: "@why.zip.no_shp" };
/// What maps write calls its main file `doc.kml`.
const KMZ: Wanted = Wanted { parts: &["kml"], usual: Some("doc"), none: "@why.zip.no_kml" };

/// Reads the one layer of the archive, or the one that the study names; see [`scan::scan`].
pub(super) fn read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    read_within(input, SHAPEFILE, LARGEST, visit, problems)
}

/// The layers of an archive, by name.
pub(super) fn layers(input: &Input) -> Result<Vec<String>, Box<Problem>> {
    let failed = |error: ZipError| Box::new(broken(input, error));
    let file = File::open(&input.path).map_err(|error| Box::new(unopened(input, &error)))?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(failed)?;
    let mut layers: Vec<String> = entries(&archive).into_iter().filter(|e| e.extension == "shp").map(|e| e.stem).collect();
    layers.sort_unstable();
    layers.dedup();
    Ok(layers)
}

/// The same for the KML of a `.kmz`.
pub(super) fn read_kmz(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    read_within(input, KMZ, LARGEST, visit, problems)
}

fn read_within(input: &Input, wanted: Wanted, largest: u64, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    let unpacked = tempfile::tempdir().map_err(|error| Box::new(unopened(input, &error))).and_then(|folder| {
        let layer = unpack(input, wanted, folder.path(), largest)?;
        Ok((folder, layer))
    });
    let (folder, layer) = match unpacked {
        Ok(unpacked) => unpacked,
        Err(problem) => {
            problems.push(*problem);
            return None;
        }
    };
    let path = folder.path().join(format!("layer.{}", wanted.parts[0]));
    let inside = Input { path, layer: Some(layer.clone()), ..input.clone() };
    let scanned = match wanted {
        KMZ => kml::read(&inside, visit, problems),
        _ => shapefile::read(&inside, visit, problems),
    };
    scanned.map(|scanned| Scanned { layer: Some(layer), ..scanned })
}

/// One file of the archive.
struct Entry {
    index: usize,
    /// With its folder, without its extension.
    stem: String,
    extension: String,
}

/// Writes the parts of the chosen layer as `layer.*`; its name.
fn unpack(input: &Input, wanted: Wanted, folder: &Path, largest: u64) -> Result<String, Box<Problem>> {
    let failed = |error: ZipError| Box::new(broken(input, error));
    let file = File::open(&input.path).map_err(|error| Box::new(unopened(input, &error)))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(failed)?;
    let entries = entries(&archive);
    let mut layers: Vec<&str> = entries.iter().filter(|e| e.extension == wanted.parts[0]).map(|e| e.stem.as_str()).collect();
    layers.sort_unstable();
    layers.dedup();
    let stem = choose(input, wanted, &layers)?.to_owned();
    let mut left = largest;
    for &part in wanted.parts {
        // A name that occurs twice is taken as it stands first.
        let same = |e: &&Entry| e.extension == part && e.stem.to_lowercase() == stem.to_lowercase();
        let Some(entry) = entries.iter().find(|e| same(e) && e.stem == stem).or_else(|| entries.iter().find(same)) else { continue };
        if archive.by_index_data(entry.index).map_err(failed)?.encrypted() {
            return Err(Box::new(refuse(input, Code::E_FORMAT).why("@why.zip.password")));
        }
        let packed = archive.by_index(entry.index).map_err(failed)?;
        let mut out = File::create(folder.join(format!("layer.{part}"))).map_err(|error| Box::new(unopened(input, &error)))?;
        let written = io::copy(&mut packed.take(left + 1), &mut out).map_err(|error| failed(ZipError::Io(error)))?;
        left = left
            .checked_sub(written)
            .ok_or_else(|| Box::new(refuse(input, Code::E_TOO_LARGE).why("@why.large.zip").with("limit", largest >> 20)))?;
    }
    Ok(short(&stem).to_owned())
}

/// The layer that the study names, with or without its folder; else the only one.
fn choose<'l>(input: &Input, what: Wanted, layers: &[&'l str]) -> Result<&'l str, Box<Problem>> {
    let names: Vec<String> = match layers.iter().map(|l| short(l)).collect::<std::collections::BTreeSet<_>>().len() == layers.len() {
        true => layers.iter().map(|l| short(l).to_owned()).collect(),
        // Two folders with a layer of the same name.
        false => layers.iter().map(|l| (*l).to_owned()).collect(),
    };
    let wanted =
        input.layer.as_deref().map(|wanted| wanted.strip_suffix(what.parts[0]).and_then(|w| w.strip_suffix('.')).unwrap_or(wanted));
    let found = match (wanted, layers) {
        (_, []) => return Err(Box::new(refuse(input, Code::E_FORMAT).why(what.none))),
        (None, [only]) => Some(*only),
        (None, _) => what.usual.and_then(|usual| layers.iter().find(|layer| **layer == usual)).copied(),
        (Some(wanted), _) => {
            names.iter().position(|name| name == wanted).or_else(|| layers.iter().position(|l| *l == wanted)).map(|at| layers[at])
        }
    };
    found.ok_or_else(|| Box::new(scan::no_layer(input, wanted.unwrap_or(""), &names)))
}

fn short(stem: &str) -> &str {
    stem.rsplit('/').next().unwrap_or(stem)
}

/// The files by name. Names are GBK or UTF-8, whatever their flag says: Windows writes GBK without one.
fn entries<R: Read + Seek>(archive: &ZipArchive<R>) -> Vec<Entry> {
    let raw: Vec<&[u8]> = archive.file_names_raw().take(MOST_ENTRIES).collect();
    let mut evidence = Evidence::default();
    raw.iter().for_each(|name| evidence.add(name, false));
    let encoding = evidence.judge().encoding();
    let mut entries = Vec::new();
    for (index, name) in raw.iter().enumerate() {
        let name = encoding::decode(encoding, name, false).replace('\\', "/");
        // What a Mac puts beside every file is no layer.
        let hidden = name.starts_with("__MACOSX/") || short(&name).starts_with("._");
        if let Some((stem, extension)) = name.rsplit_once('.').filter(|_| !hidden) {
            entries.push(Entry { index, stem: stem.to_owned(), extension: extension.to_ascii_lowercase() });
        }
    }
    entries
}

fn broken(input: &Input, error: ZipError) -> Problem {
    match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => cut_short(input, "@why.cut.zip"),
        ZipError::InvalidArchive(_) => cut_short(input, "@why.cut.zip"),
        error => refuse(input, Code::E_FORMAT).with("reason", error),
    }
}

#[cfg(test)]
mod tests;
