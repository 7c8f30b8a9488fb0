//! In which coordinates a layer is, as far as its head tells: what the file says, held against its numbers.

use geo::{Coord, Rect};

use super::Seen;
use super::guess::Guess;
use crate::space::crs::Crs;
use crate::space::crs::suit::{self, Misfit};

/// What to write of a layer's coordinates.
#[derive(Debug, Default)]
pub struct Coordinates {
    /// `crs` of the study, where the file does not say it or says what cannot be.
    pub crs: Option<String>,
    /// The sentence beside it: a key of the catalogue and what the file says.
    pub word: Option<(&'static str, String)>,
    /// Whether only a person can know it.
    pub open: bool,
    /// Whether the columns of longitude and latitude hold each other's numbers.
    pub swapped: bool,
}

/// Judges the coordinates of a layer as the table of `guess`.
pub fn judge(seen: &Seen, guess: &Guess) -> Coordinates {
    let shaped = seen.head.bounds.is_some();
    let Some((bounds, first)) = seen.head.bounds.zip(seen.head.first).or_else(|| of_columns(seen, guess)) else {
        return Coordinates::default();
    };
    let said = seen.head.declared_crs.as_deref();
    let Some(text) = said else {
        return match () {
            () if !shaped && suit::are_degrees(bounds) => {
                Coordinates { word: Some(("init.crs.table", String::new())), ..Coordinates::default() }
            }
            () if !shaped && suit::are_swapped_degrees(bounds) => {
                Coordinates { swapped: true, word: Some(("init.crs.swapped", String::new())), ..Coordinates::default() }
            }
            () => proposed(bounds, "init.crs.silent", String::new()),
        };
    };
    let short: String = text.chars().take(60).collect();
    let Some(crs) = Crs::parse(text) else { return proposed(bounds, "init.crs.unknown", short) };
    match suit::misfit(&crs, bounds, first) {
        None => Coordinates { word: Some(("init.crs.said", crs.name().to_owned())), ..Coordinates::default() },
        // A table of shapes, or a layer, cannot be turned by a setting.
        Some(Misfit::Swapped(_)) => Coordinates { open: true, word: Some(("init.crs.turned", String::new())), ..Coordinates::default() },
        Some(_) => proposed(bounds, "init.crs.wrong", crs.name().to_owned()),
    }
}

/// What the numbers most likely are, to be confirmed by a person.
fn proposed(bounds: Rect<f64>, word: &'static str, said: String) -> Coordinates {
    let crs = suit::guess(bounds);
    Coordinates { open: crs.is_none(), crs, word: Some((word, said)), swapped: false }
}

/// Bounds of the columns of longitude and latitude.
fn of_columns(seen: &Seen, guess: &Guess) -> Option<(Rect<f64>, Coord<f64>)> {
    let (lon, lat) = (guess.columns.get("lon")?.index, guess.columns.get("lat")?.index);
    let number = |row: &Vec<String>, at: usize| row.get(at)?.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    let points: Vec<Coord<f64>> =
        seen.head.rows.iter().filter_map(|row| Some(Coord { x: number(row, lon)?, y: number(row, lat)? })).collect();
    let first = *points.first()?;
    let bounds = points.iter().fold(Rect::new(first, first), |b, c| {
        Rect::new(Coord { x: b.min().x.min(c.x), y: b.min().y.min(c.y) }, Coord { x: b.max().x.max(c.x), y: b.max().y.max(c.y) })
    });
    Some((bounds, first))
}
