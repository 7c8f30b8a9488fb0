//! The files of a folder, a few levels deep, in the order of their names.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Aside, Why};

/// Folders inside folders that are looked into.
const DEEPEST: usize = 3;
/// Files and folders that are looked at.
const MOST: usize = 2_000;
/// Files that belong to a shapefile of the same name.
const PARTS: [&str; 10] = ["dbf", "shx", "prj", "cpg", "sbn", "sbx", "qpj", "qmd", "fbn", "fbx"];
/// What is never data of a study.
const DOCUMENTS: [&str; 16] =
    ["toml", "md", "html", "htm", "pdf", "doc", "docx", "wps", "ppt", "pptx", "png", "jpg", "jpeg", "rar", "7z", "exe"];
/// What careshed writes beside `run.json`.
const RESULTS: [&str; 9] = ["totals", "communities", "flip", "sensitivity", "candidates", "verdicts", "rules", "matrix", "circles"];

/// A file that may be data.
#[derive(Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Relative to the folder, with `/`.
    pub shown: String,
}

/// The files of a folder.
#[derive(Debug, Default)]
pub struct Walked {
    /// What may be data.
    pub files: Vec<Found>,
    /// What is not.
    pub aside: Vec<Aside>,
    /// Whether there were more than are looked at.
    pub more: bool,
}

/// Lists a folder.
///
/// # Errors
///
/// When the folder itself cannot be listed; folders inside it that cannot are set aside.
pub fn walk(folder: &Path) -> io::Result<Walked> {
    let mut walked = Walked::default();
    let mut left = MOST;
    let names = list(folder)?;
    enter(folder, "", names, DEEPEST, &mut left, &mut walked);
    Ok(walked)
}

/// Entries by name, hidden ones and locks of open spreadsheets left out; whether each is a folder.
fn list(folder: &Path) -> io::Result<Vec<(String, bool)>> {
    let mut names = Vec::new();
    // One more than will be used tells that there are more, whatever the size of the folder.
    for entry in fs::read_dir(folder)?.take(MOST + 1) {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || name.starts_with("~$") || name == "__MACOSX" {
            continue;
        }
        // A link to a folder could lead in a circle.
        let is_folder = entry.file_type()?.is_dir();
        names.push((name, is_folder));
    }
    names.sort();
    Ok(names)
}

fn enter(folder: &Path, prefix: &str, names: Vec<(String, bool)>, depth: usize, left: &mut usize, walked: &mut Walked) {
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_lowercase();
    let extension = |name: &str| name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    let shapes: BTreeSet<String> = names.iter().filter(|(n, _)| extension(n) == "shp").map(|(n, _)| stem(n)).collect();
    let has_run = names.iter().any(|(n, _)| n == "run.json");
    let aside = |shown: String, word: &'static str, walked: &mut Walked| {
        walked.aside.push(Aside { file: shown, layer: None, why: Why::Word(word) });
    };
    for (name, is_folder) in names {
        if *left == 0 {
            walked.more = true;
            return;
        }
        *left -= 1;
        let (path, shown) = (folder.join(&name), format!("{prefix}{name}"));
        if is_folder {
            match (depth, list(&path)) {
                (0, _) => aside(format!("{shown}/"), "init.aside.deep", walked),
                (_, Ok(inside)) => enter(&path, &format!("{shown}/"), inside, depth - 1, left, walked),
                (_, Err(_)) => aside(format!("{shown}/"), "init.aside.closed", walked),
            }
            continue;
        }
        let (stem, extension) = (stem(&name), extension(&name));
        let is_part = shapes.contains(&stem) && PARTS.contains(&extension.as_str()) || name.to_lowercase().ends_with(".shp.xml");
        let is_result = has_run && (name == "run.json" || RESULTS.iter().any(|r| stem == *r || stem.starts_with(&format!("{r}."))));
        match () {
            () if is_part => {}
            () if is_result || stem == "network-audit" => aside(shown, "init.aside.result", walked),
            () if DOCUMENTS.contains(&extension.as_str()) => aside(shown, "init.aside.document", walked),
            () => walked.files.push(Found { path, shown }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_locks_hidden_files_and_results_are_no_inputs_and_depth_is_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        };
        for name in ["b.shp", "b.DBF", "b.prj", "a.csv", "c.dbf", "~$a.xlsx", ".x.csv", "report.html"] {
            put(name);
        }
        for name in ["out/run.json", "out/totals.csv", "out/candidates.yuncheng-2021.csv", "out/city/f.csv", "1/2/3/4/deep.csv"] {
            put(name);
        }
        let walked = walk(dir.path()).unwrap();
        assert_eq!(walked.files.iter().map(|f| f.shown.as_str()).collect::<Vec<_>>(), ["a.csv", "b.shp", "c.dbf", "out/city/f.csv"]);
        let aside: Vec<&str> = walked.aside.iter().map(|a| a.file.as_str()).collect();
        assert_eq!(aside, ["1/2/3/4/", "out/candidates.yuncheng-2021.csv", "out/run.json", "out/totals.csv", "report.html"]);
    }
}
