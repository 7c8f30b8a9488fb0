//! The small files beside a shapefile, under whatever case their names are written in.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::encoding;

/// `roads.dbf` for `roads.shp`, also where it is `roads.DBF` or `Roads.Dbf`.
pub(super) fn beside(path: &Path, extension: &str) -> Option<PathBuf> {
    let direct = path.with_extension(extension);
    if direct.is_file() {
        return Some(direct);
    }
    let stem = path.file_stem()?.to_string_lossy().to_lowercase();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension)))
        .filter(|p| p.file_stem().is_some_and(|s| s.to_string_lossy().to_lowercase() == stem) && p.is_file())
        .collect();
    // The folder's own order differs between machines.
    found.sort();
    found.into_iter().next()
}

/// The text of the `.prj`; `None` when there is none or it is empty.
pub(super) fn declared_crs(path: &Path) -> Option<String> {
    small_text(&beside(path, "prj")?)
}

/// The text of the `.cpg`.
pub(super) fn declared_encoding(path: &Path) -> Option<String> {
    small_text(&beside(path, "cpg")?)
}

fn small_text(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(1 << 16).read_to_end(&mut bytes).ok()?;
    // Names in a .prj may be Chinese, in whatever encoding the program had.
    let mut evidence = encoding::Evidence::default();
    evidence.add(&bytes, false);
    let text = encoding::decode(evidence.judge().encoding(), &bytes, false);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    (!text.is_empty()).then(|| text.to_owned())
}
