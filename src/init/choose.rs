//! One layer for each table of a study; others that fit too are kept beside it.

use super::coordinates::{self, Coordinates};
use super::guess::{CLOSE, Guess};
use super::{Folder, Seen};
use crate::read::communities::bare_name;
use crate::read::headings::Table;
use crate::read::kind::Kind;

/// Sections of a study in the order they are written.
pub const SECTIONS: [&str; 9] = ["network", "communities", "estates", "counties", "demand", "facilities", "candidates", "quota", "ledger"];

/// What is taken for one table.
#[derive(Debug)]
pub struct Choice<'f> {
    /// The section of the study.
    pub section: &'static str,
    /// The layer.
    pub seen: &'f Seen,
    /// Why.
    pub guess: &'f Guess,
    /// Its coordinates.
    pub coordinates: Coordinates,
    /// A register to be joined to the boundaries, or projects to the candidates, and the field both share.
    pub register: Option<(&'f Seen, &'f Guess, &'static str)>,
    /// Further files of the same whole: rasters of one grid are its columns.
    pub parts: Vec<&'f Seen>,
    /// Other layers that fit the table, the best first.
    pub others: Vec<(&'f Seen, &'f Guess)>,
    /// Another table that the layer fits nearly as well.
    pub close: Option<&'static str>,
}

/// Chooses. Each layer is taken for the table it fits best.
pub fn choose(folder: &Folder) -> Vec<Choice<'_>> {
    let mut chosen = Vec::new();
    for section in SECTIONS {
        let mut fits: Vec<(&Seen, &Guess)> =
            folder.seen.iter().filter_map(|seen| seen.guesses.first().filter(|g| g.section() == section).map(|g| (seen, g))).collect();
        // The names of files are in order already; a sort that keeps it breaks ties by name.
        fits.sort_by(|a, b| preference(b.0, b.1).total_cmp(&preference(a.0, a.1)));
        if fits.is_empty() {
            continue;
        }
        let (seen, guess) = fits.remove(0);
        let mut parts = Vec::new();
        if is_raster(seen) {
            let (rasters, rest): (Vec<_>, Vec<_>) = fits.into_iter().partition(|(other, _)| is_raster(other));
            parts = rasters.into_iter().map(|(other, _)| other).collect();
            fits = rest;
        }
        let register = match section {
            "communities" => register(seen, guess, &mut fits),
            "candidates" => projects(folder, seen),
            _ => None,
        };
        let runner_up = seen.guesses.get(1).filter(|other| guess.score - other.score < CLOSE);
        chosen.push(Choice {
            section,
            seen,
            guess,
            coordinates: coordinates::judge(seen, guess),
            register,
            parts,
            others: fits,
            close: runner_up.map(Guess::section),
        });
    }
    chosen
}

fn is_raster(seen: &Seen) -> bool {
    seen.kind.name() == "GeoTIFF"
}

/// Boundaries before a bare register, a PBF before lines, then the better fit.
fn preference(seen: &Seen, guess: &Guess) -> f64 {
    let bonus = match guess.table {
        Some(Table::Communities) if seen.head.shapes[2] > 0 => 100.0,
        Some(Table::Network) if seen.kind == Kind::OsmPbf => 100.0,
        _ => 0.0,
    };
    bonus + guess.score
}

/// Whether a table of communities says how many people there are.
fn has_people(guess: &Guess) -> bool {
    guess
        .columns
        .iter()
        .any(|(field, _)| ["population", "households"].contains(&field) || field.starts_with("elderly") || field.starts_with("registered"))
}

/// Boundaries without people and a register with people belong together: by code where codes meet, else by name.
fn register<'f>(seen: &Seen, guess: &Guess, others: &mut Vec<(&'f Seen, &'f Guess)>) -> Option<(&'f Seen, &'f Guess, &'static str)> {
    if seen.head.shapes[2] == 0 || has_people(guess) {
        return None;
    }
    let at =
        others.iter().position(|(other, g)| other.head.shapes == [0; 3] && has_people(g) && shared(seen, guess, other, g).is_some())?;
    let (other, g) = others.remove(at);
    Some((other, g, shared(seen, guess, other, g)?))
}

/// The projects among the candidates: those of the same workbook before those of another.
fn projects<'f>(folder: &'f Folder, candidates: &Seen) -> Option<(&'f Seen, &'f Guess, &'static str)> {
    let mut all: Vec<(&Seen, &Guess)> =
        folder.seen.iter().filter_map(|seen| seen.guesses.first().filter(|g| g.section() == "projects").map(|g| (seen, g))).collect();
    all.sort_by_key(|(seen, _)| seen.input.path != candidates.input.path);
    all.first().map(|(seen, guess)| (*seen, *guess, "id"))
}

/// The field by which two tables of communities meet.
fn shared(a: &Seen, a_guess: &Guess, b: &Seen, b_guess: &Guess) -> Option<&'static str> {
    let values = |seen: &Seen, guess: &Guess, field: &str| -> Vec<String> {
        let Some(column) = guess.columns.get(field) else { return Vec::new() };
        let texts = seen.head.rows.iter().filter_map(|row| row.get(column.index)).filter(|t| !t.trim().is_empty());
        texts.map(|t| if field == "name" { bare_name(t) } else { t.trim().to_owned() }).collect()
    };
    ["code", "name"].into_iter().find(|field| {
        let (mine, theirs) = (values(a, a_guess, field), values(b, b_guess, field));
        let meet = mine.iter().filter(|v| theirs.contains(v)).count();
        // The heads of two long files may hold different parts; a third that meets is no coincidence.
        meet > 0 && meet * 3 >= mine.len().min(theirs.len())
    })
}
