//! What is in a folder? Files → which of them is which table → a study for a person to correct.
//!
//! ```text
//! folder → files (walk) → heads of layers (read::peek) → guesses (guess) → one for each table (choose) → study.toml (write)
//! ```
//!
//! Nothing is decided silently: each file is either taken, with the reasons, offered as a comment, or set aside with the reason.

pub mod choose;
mod coordinates;
pub mod guess;
pub mod walk;
pub mod write;

use std::path::Path;

use crate::read::Input;
use crate::read::kind::Kind;
use crate::read::peek::{self, Peek};
use crate::settings::file::shown;

use guess::Guess;
use walk::Found;

/// A layer or sheet that was looked at.
#[derive(Debug)]
pub struct Seen {
    /// Its file; `layer` where the file has several.
    pub input: Input,
    /// What the file is.
    pub kind: Kind,
    /// Its head; empty for streets in a PBF and for rasters.
    pub head: Peek,
    /// What it can be, the best first.
    pub guesses: Vec<Guess>,
}

/// A file that no table is made of.
#[derive(Debug)]
pub struct Aside {
    /// The file as printed.
    pub file: String,
    /// Layer or sheet.
    pub layer: Option<String>,
    /// A word of the catalogue, or a sentence already said.
    pub why: Why,
}

/// Why a file is set aside.
#[derive(Debug)]
pub enum Why {
    /// A key of the catalogue (`init.aside.…`).
    Word(&'static str),
    /// A reader's own problem.
    Problem(Box<crate::problem::Problem>),
}

/// All that a folder holds.
#[derive(Debug, Default)]
pub struct Folder {
    /// Layers that were looked at, by name.
    pub seen: Vec<Seen>,
    /// Files that are no data of a study.
    pub aside: Vec<Aside>,
    /// Whether there were more files than are looked at.
    pub more: bool,
}

/// Looks at a folder; paths of inputs are as [`walk::walk`] finds them.
///
/// # Errors
///
/// When the folder itself cannot be listed.
pub fn look(folder: &Path) -> std::io::Result<Folder> {
    let walked = walk::walk(folder)?;
    let mut all = Folder { aside: walked.aside, more: walked.more, ..Folder::default() };
    for found in walked.files {
        look_at(&found, &mut all);
    }
    let is = |seen: &Seen, section: &str| seen.guesses.first().is_some_and(|g| g.section() == section);
    if !all.seen.iter().any(|seen| is(seen, "candidates")) {
        let (projects, seen) = all.seen.into_iter().partition(|seen| is(seen, "projects"));
        all.seen = seen;
        let aside = |seen: Seen| Aside { file: seen.input.shown, layer: seen.input.layer, why: Why::Word("init.aside.projects") };
        all.aside.extend(Vec::into_iter(projects).map(aside));
    }
    Ok(all)
}

fn look_at(found: &Found, all: &mut Folder) {
    let input = Input { path: found.path.clone(), shown: found.shown.clone(), ..Input::default() };
    let mut aside = |layer: Option<String>, why: Why| all.aside.push(Aside { file: found.shown.clone(), layer, why });
    let kind = match peek::kind(&input) {
        Ok(Kind::Other("dBASE")) => return aside(None, Why::Word("init.aside.dbf")),
        Ok(Kind::Other("TIFF")) => return aside(None, Why::Word("init.aside.raster")),
        Ok(Kind::Other(_)) => return aside(None, Why::Word("init.aside.format")),
        Ok(kind) => kind,
        Err(problem) => return aside(None, Why::Problem(problem)),
    };
    // Neither is a table whose head could be read.
    let known = match kind.name() {
        "OSM PBF" => Some(guess::streets()),
        "GeoTIFF" => Some(guess::cells()),
        _ => None,
    };
    if let Some(guess) = known {
        let guesses = vec![guess];
        all.seen.push(Seen { input, kind, head: Peek::default(), guesses });
        return;
    }
    let layers = match peek::layers(&input, kind) {
        Ok(layers) => layers,
        Err(problem) => return aside(None, Why::Problem(problem)),
    };
    for layer in layers {
        let input = Input { layer: layer.clone(), ..input.clone() };
        let head = peek::peek(&input, kind);
        let mut aside = |why: Why| all.aside.push(Aside { file: found.shown.clone(), layer: layer.clone(), why });
        if head.headings.is_empty() && head.shapes == [0; 3] {
            match head.problems.iter().next() {
                Some(problem) if problem.code != crate::problem::Code::E_EMPTY => aside(Why::Problem(Box::new(problem.clone()))),
                _ => aside(Why::Word("init.aside.empty")),
            }
            continue;
        }
        if head.rows.is_empty() {
            aside(Why::Word("init.aside.form"));
            continue;
        }
        let guesses = guess::guess(&input, &head);
        if guesses.is_empty() {
            aside(Why::Word("init.aside.nothing"));
            continue;
        }
        all.seen.push(Seen { input, kind, head, guesses });
    }
}

/// A path as a study names it, relative to the study's folder where it can be.
pub fn relative(path: &Path, from: &Path) -> String {
    let absolute = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_path_buf());
    let (path, from) = (absolute(path), absolute(from));
    let shared = path.components().zip(from.components()).take_while(|(a, b)| a == b).count();
    let mut up: std::path::PathBuf = from.components().skip(shared).map(|_| std::path::Component::ParentDir).collect();
    // Nothing in common but the root, or another drive: as it is.
    if shared <= 1 {
        return shown(&path);
    }
    up.extend(path.components().skip(shared));
    shown(&up)
}

#[cfg(test)]
mod tests;
