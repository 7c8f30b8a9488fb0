//! Coordinates that somebody shifted: maps of Amap, Tencent and Baidu lie some hundred metres beside the truth, and a file does not say so.
//!
//! Places stand near streets. Where those of a table stand clearly nearer to the streets once one of the published shifts is undone, the
//! table is most likely in GCJ-02 or BD-09; where they do so once it is applied, the streets are. Nothing is moved: W-CRS-OFFSET says
//! by how many metres and what to write.

use std::sync::Arc;

use rayon::prelude::*;

use crate::city::City;
use crate::demand::{Demand, DemandSource};
use crate::network::{Network, measured};
use crate::problem::{Code, Problem, Problems};
use crate::settings::Settings;
use crate::space::{LonLat, shift};
use crate::units::Millimetres;

/// Places looked at of each table.
const SAMPLE: usize = 400;
/// Farther from a street than this is all the same.
const FAR: Millimetres = Millimetres(300_000);
/// By how many standard deviations of a fair coin more places must come nearer than go farther.
const CLEARLY: f64 = 4.0;
/// What all legs together must shrink to.
const SHRINK: f64 = 0.7;

/// A way in which table and streets may disagree.
struct Suspicion {
    crs: &'static str,
    /// Whether it is the streets that are shifted.
    streets: bool,
    /// Moves a place of the table to where the streets think it is.
    undo: fn(LonLat) -> LonLat,
}

const SUSPICIONS: [Suspicion; 4] = [
    Suspicion { crs: "gcj02", streets: false, undo: shift::wgs84_from_gcj02 },
    Suspicion { crs: "bd09", streets: false, undo: shift::wgs84_from_bd09 },
    Suspicion { crs: "gcj02", streets: true, undo: shift::gcj02_from_wgs84 },
    Suspicion { crs: "bd09", streets: true, undo: shift::bd09_from_wgs84 },
];

/// Looks at every table with positions, file by file.
pub fn look(settings: &Settings, city: &City, demand: &Demand, network: &Network, problems: &mut Problems) {
    let mut tables: Vec<(Arc<str>, Vec<LonLat>)> = Vec::new();
    let facilities = city.facilities.iter().map(|f| (&f.origin.file, f.place));
    let candidates = city.candidates.iter().map(|c| (&c.origin.file, c.place));
    for (file, place) in facilities.chain(candidates) {
        let (Some(file), Some(place)) = (file, place) else { continue };
        match tables.iter_mut().find(|(known, _)| known == file) {
            Some((_, places)) => places.push(place),
            None => tables.push((Arc::clone(file), vec![place])),
        }
    }
    // Of several demand files nobody remembers which point came from which.
    if let ([input], [DemandSource::File, ..]) = (&settings.inputs.demand[..], &demand.sources[..]) {
        tables.push((input.shown.as_str().into(), demand.places.clone()));
    }
    let mut blamed = false;
    for (file, places) in &tables {
        let Some((suspicion, metres)) = suspicion(network, places) else { continue };
        let declared =
            settings.inputs.tables().into_iter().flat_map(|(_, list)| list).find(|i| i.shown == **file).and_then(|i| i.crs.clone());
        let shifted_already = declared.is_some_and(|crs| ["gcj02", "bd09"].contains(&crs.to_ascii_lowercase().as_str()));
        let (file, crs) = match suspicion.streets {
            // Declared as shifted, and right without: the declaration is the mistake.
            true if shifted_already => (&**file, "EPSG:4326"),
            true if blamed => continue,
            true => {
                blamed = true;
                (settings.inputs.network.first().map_or("", |i| i.shown.as_str()), suspicion.crs)
            }
            false => (&**file, suspicion.crs),
        };
        let metres = format!("{metres:.0}");
        problems.push(Problem::new(Code::W_CRS_OFFSET).file(file).field("crs").value(&metres).with("metres", &metres).with("crs", crs));
    }
}

/// The shift that clearly brings places nearer to the streets, and how far it moves them.
fn suspicion(network: &Network, places: &[LonLat]) -> Option<(&'static Suspicion, f64)> {
    let count = places.len().min(SAMPLE);
    let sample: Vec<LonLat> = (0..count).map(|i| places[i * places.len() / count]).collect();
    let leg = |place: LonLat| network.snap(place, FAR).map_or(FAR.0, |spot| spot.leg().0);
    let before: Vec<u64> = sample.par_iter().map(|p| leg(*p)).collect();
    let sum: u64 = before.iter().sum();
    let tried = SUSPICIONS.iter().filter_map(|suspicion| {
        let after: Vec<u64> = sample.par_iter().map(|p| leg((suspicion.undo)(*p))).collect();
        let nearer = before.iter().zip(&after).filter(|(b, a)| a < b).count() as f64;
        let farther = before.iter().zip(&after).filter(|(b, a)| a > b).count() as f64;
        let shrunk: u64 = after.iter().sum();
        let clear = nearer - farther >= CLEARLY * (nearer + farther).sqrt() && (shrunk as f64) < SHRINK * sum as f64;
        clear.then_some((shrunk, suspicion))
    });
    let (_, best) = tried.min_by_key(|(shrunk, _)| *shrunk)?;
    let mut moved: Vec<f64> = sample.iter().map(|p| measured(*p, (best.undo)(*p))).collect();
    moved.sort_by(f64::total_cmp);
    Some((best, moved[moved.len() / 2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Doors two to eleven metres from the streets of a town inside the mainland.
    fn doors(network: &Network) -> Vec<LonLat> {
        let (south_west, north_east) = network.bounds().unwrap();
        let share = |i: u32, by: u32| f64::from(i * by % 101) / 101.0;
        (0..120)
            .map(|i| LonLat {
                lon: south_west.lon + share(i, 37) * (north_east.lon - south_west.lon),
                lat: south_west.lat + f64::from(i * 7 % 40) * (north_east.lat - south_west.lat) / 39.0 + f64::from(2 + i % 10) * 9e-6,
            })
            .collect()
    }

    #[test]
    fn a_shift_is_told_from_places_that_are_right_and_from_streets_that_are_wrong() {
        let network = Network::grid(40, 40, 150.0);
        let doors = doors(&network);
        assert!(suspicion(&network, &doors).is_none());
        assert!(suspicion(&network, &doors[..3]).is_none(), "three places prove nothing");
        let moved = |by: fn(LonLat) -> LonLat| {
            let moved: Vec<LonLat> = doors.iter().map(|d| by(*d)).collect();
            suspicion(&network, &moved).map(|(s, metres)| (s.crs, s.streets, metres)).unwrap()
        };
        let (crs, streets, metres) = moved(shift::gcj02_from_wgs84);
        assert!((crs, streets) == ("gcj02", false) && (300.0..700.0).contains(&metres), "{crs} {streets} {metres}");
        let (crs, streets, _) = moved(shift::bd09_from_wgs84);
        assert_eq!((crs, streets), ("bd09", false));
        // As if the streets had been shifted and the doors not.
        let (crs, streets, _) = moved(shift::wgs84_from_gcj02);
        assert_eq!((crs, streets), ("gcj02", true));
    }
}
