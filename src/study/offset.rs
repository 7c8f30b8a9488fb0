//! Coordinates that somebody shifted: maps of Amap, Tencent and Baidu lie some hundred metres beside the truth, and a file does not say so.
//!
//! Places stand near streets. Where those of a table stand clearly nearer to the streets once one of the published shifts is undone, the
//! table is most likely in GCJ-02 or BD-09; where they do so once it is applied, the streets are. Nothing is moved: W-CRS-OFFSET says
//! by how many metres and what to write.

use std::sync::Arc;

use geo::{Contains, MultiPolygon, Point};
use rayon::prelude::*;

use crate::city::City;
use crate::network::{Network, measured};
use crate::problem::{Code, Problem, Problems};
use crate::read::demand::DemandRecords;
use crate::settings::Settings;
use crate::space::{LonLat, shift};
use crate::units::Millimetres;

/// Places looked at of each table.
const SAMPLE: usize = 400;
/// Farther from a street than this is all the same.
const FAR: Millimetres = Millimetres(300_000);
/// Fewer records in their own communities' boundaries prove nothing.
const FEWEST: usize = 5;

/// How plainly a shift must show.
#[derive(Debug, Clone, Copy)]
struct Plainness {
    /// By how many standard deviations of a fair coin more places must come nearer than go farther.
    deviations: f64,
    /// What all legs together must shrink to.
    shrink: f64,
}

const CLEAR: Plainness = Plainness { deviations: 4.0, shrink: 0.7 };
const LIKELY: Plainness = Plainness { deviations: 1.0, shrink: 0.85 };

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

/// Some places of one file.
pub type Sample = (Arc<str>, Vec<LonLat>);

/// Some places of each demand file, rasters apart: once people are placed nobody remembers which point came from which.
pub fn samples(records: Option<&DemandRecords>) -> Vec<Sample> {
    let of = |(file, range): &(Arc<str>, std::ops::Range<usize>)| {
        let places: Vec<LonLat> = thinned(range.len()).filter_map(|i| records?.places[range.start + i]).collect();
        (Arc::clone(file), places)
    };
    records.into_iter().flat_map(|r| &r.files).map(of).filter(|(_, places)| !places.is_empty()).collect()
}

/// At most [`SAMPLE`] numbers below `count`, evenly spread.
fn thinned(count: usize) -> impl Iterator<Item = usize> {
    let few = count.min(SAMPLE);
    (0..few).map(move |i| i * count / few)
}

/// Looks at every table with positions, file by file.
pub fn look(settings: &Settings, city: &City, demand: &[Sample], network: &Network, problems: &mut Problems) {
    let mut tables: Vec<(Arc<str>, Vec<LonLat>)> = Vec::new();
    let facilities = city.facilities.iter().map(|f| (&f.origin.file, f.place));
    let candidates = city.candidates.iter().map(|c| (&c.origin.file, c.place));
    let estates = city.estates.iter().map(|e| (&e.origin.file, e.place));
    for (file, place) in facilities.chain(candidates).chain(estates) {
        let (Some(file), Some(place)) = (file, place) else { continue };
        match tables.iter_mut().find(|(known, _)| known == file) {
            Some((_, places)) => places.push(place),
            None => tables.push((Arc::clone(file), vec![place])),
        }
    }
    tables.extend(demand.iter().cloned());
    let mut blamed = false;
    let mut found: Vec<Option<(&Suspicion, f64)>> =
        tables.iter().map(|(file, places)| suspicion(network, places, CLEAR).or_else(|| misplaced(city, file))).collect();
    // What is sure of one table needs less to be likely of another: they mostly come from one map.
    let sure: Vec<&'static str> = found.iter().flatten().filter(|(s, _)| !s.streets).map(|(s, _)| s.crs).collect();
    for (found, (_, places)) in found.iter_mut().zip(&tables).filter(|(f, _)| f.is_none()) {
        *found = suspicion(network, places, LIKELY).filter(|(s, _)| !s.streets && sure.contains(&s.crs));
    }
    let shifted_already = |file: &str| {
        let declared =
            settings.inputs.tables().into_iter().flat_map(|(_, list)| list).find(|i| i.shown == file).and_then(|i| i.crs.clone());
        declared.is_some_and(|crs| ["gcj02", "bd09"].contains(&crs.to_ascii_lowercase().as_str()))
    };
    // Boundaries in which shifted sites lie at home are shifted with them.
    let together = tables.iter().zip(&found).find_map(|((file, _), found)| found.filter(|(s, _)| !s.streets && at_home(city, file)));
    for ((file, _), found) in tables.iter().zip(found) {
        let Some((suspicion, metres)) = found else { continue };
        let (file, crs) = match suspicion.streets {
            // Declared as shifted, and right without: the declaration is the mistake.
            true if shifted_already(file) => (&**file, "EPSG:4326"),
            true if blamed => continue,
            true => {
                blamed = true;
                (settings.inputs.network.first().map_or("", |i| i.shown.as_str()), suspicion.crs)
            }
            false => (&**file, suspicion.crs),
        };
        say(file, crs, metres, problems);
    }
    if let Some((suspicion, metres)) = together {
        for input in settings.inputs.communities.iter().filter(|input| !shifted_already(&input.shown)) {
            say(&input.shown, suspicion.crs, metres, problems);
        }
    }
}

fn say(file: &str, crs: &str, metres: f64, problems: &mut Problems) {
    let metres = format!("{metres:.0}");
    problems.push(Problem::new(Code::W_CRS_OFFSET).file(file).field("crs").value(&metres).with("metres", &metres).with("crs", crs));
}

/// The shift that clearly brings places nearer to the streets, and how far it moves them.
fn suspicion(network: &Network, places: &[LonLat], plain: Plainness) -> Option<(&'static Suspicion, f64)> {
    let sample: Vec<LonLat> = thinned(places.len()).map(|i| places[i]).collect();
    let leg = |place: LonLat| network.snap(place, FAR).map_or(FAR.0, |spot| spot.leg().0);
    let before: Vec<u64> = sample.par_iter().map(|p| leg(*p)).collect();
    let sum: u64 = before.iter().sum();
    let tried = SUSPICIONS.iter().filter_map(|suspicion| {
        let after: Vec<u64> = sample.par_iter().map(|p| leg((suspicion.undo)(*p))).collect();
        let nearer = before.iter().zip(&after).filter(|(b, a)| a < b).count() as f64;
        let farther = before.iter().zip(&after).filter(|(b, a)| a > b).count() as f64;
        let shrunk: u64 = after.iter().sum();
        let clear = nearer - farther >= plain.deviations * (nearer + farther).sqrt() && (shrunk as f64) < plain.shrink * sum as f64;
        clear.then_some((shrunk, suspicion))
    });
    let (_, best) = tried.min_by_key(|(shrunk, _)| *shrunk)?;
    Some((best, usual_move(best, &sample)))
}

/// The median of how far a shift moves these places, in metres.
fn usual_move(suspicion: &Suspicion, places: &[LonLat]) -> f64 {
    let mut moved: Vec<f64> = places.iter().map(|p| measured(*p, (suspicion.undo)(*p))).collect();
    moved.sort_by(f64::total_cmp);
    moved[moved.len() / 2]
}

/// The sites of a file that name a community with a boundary. `written`: only candidates that do so in words, since of a facility nobody
/// remembers whether its community was named or found by place.
fn named<'c>(city: &'c City, file: &str, written: bool) -> Vec<(LonLat, &'c MultiPolygon<f64>)> {
    let facilities = city.facilities.iter().map(|f| (&f.origin.file, f.place, f.community, false));
    let candidates = city.candidates.iter().map(|c| (&c.origin.file, c.place, c.host, c.community_code.is_some()));
    facilities
        .chain(candidates)
        .filter(|(of, .., in_words)| of.as_deref() == Some(file) && (*in_words || !written))
        .filter_map(|(_, place, community, _)| Some((place?, city.communities[community? as usize].boundary.as_ref()?)))
        .take(SAMPLE)
        .collect()
}

/// How many of them lie in it once they are moved.
fn inside(named: &[(LonLat, &MultiPolygon<f64>)], moved: &dyn Fn(LonLat) -> LonLat) -> usize {
    named.iter().filter(|(place, boundary)| boundary.contains(&Point(moved(*place).coord()))).count()
}

/// Whether the candidates of a file lie in the communities that they name, as they are.
fn at_home(city: &City, file: &str) -> bool {
    let named = named(city, file, true);
    named.len() >= FEWEST && inside(&named, &|p| p) * 5 >= named.len() * 4
}

/// The shift without which the sites of a file lie in the communities that they name, while with it most lie in others. A few dozen
/// facilities are too few to be told by streets, which are near everywhere in a town.
fn misplaced(city: &City, file: &str) -> Option<(&'static Suspicion, f64)> {
    let named = named(city, file, false);
    if named.len() < FEWEST || inside(&named, &|p| p) * 2 > named.len() {
        return None;
    }
    let tried = SUSPICIONS.iter().filter(|s| !s.streets).map(|s| (inside(&named, &s.undo), s));
    // Of two as good the first, GCJ-02, which is the commoner.
    let (after, best) = tried.rev().max_by_key(|(after, _)| *after)?;
    let places: Vec<LonLat> = named.iter().map(|(p, _)| *p).collect();
    (after * 5 >= named.len() * 4).then(|| (best, usual_move(best, &places)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Doors two to eleven metres from the streets of a town inside the mainland, half of them beside streets that run north: at this place
    /// GCJ-02 moves everything 493 m east and hardly north at all.
    fn doors(network: &Network) -> Vec<LonLat> {
        let (south_west, north_east) = network.bounds().unwrap();
        let (width, height) = (north_east.lon - south_west.lon, north_east.lat - south_west.lat);
        let along = |i: u32| f64::from(i * 37 % 101) / 101.0;
        let street = |i: u32| f64::from(i * 7 % 30) / 29.0;
        let off = |i: u32| f64::from(2 + i % 10) * 1e-5;
        let door = |i: u32| match i % 2 {
            0 => LonLat { lon: south_west.lon + along(i) * width, lat: south_west.lat + street(i) * height + off(i) },
            _ => LonLat { lon: south_west.lon + street(i) * width + off(i), lat: south_west.lat + along(i) * height },
        };
        (0..160).map(door).collect()
    }

    #[test]
    fn a_few_facilities_are_told_by_the_communities_that_they_name() {
        use crate::city::Candidate;
        use crate::city::sample::{community, facility};
        use geo::polygon;
        // Six communities of 400 m by 400 m in a row, a facility in the middle of each.
        let corner = |i: u32| (112.85 + f64::from(i) * 0.0045, 36.19);
        let mut city = City::default();
        for i in 0..6 {
            let (x, y) = corner(i);
            let mut one = community(&i.to_string());
            one.boundary = Some(MultiPolygon(vec![
                polygon![(x: x, y: y), (x: x + 0.0045, y: y), (x: x + 0.0045, y: y + 0.0036), (x: x, y: y + 0.0036)],
            ]));
            city.communities.push(one);
            let mut home = facility(&i.to_string());
            home.place = LonLat::new(x + 0.00225, y + 0.0018);
            home.community = Some(i);
            home.origin.file = Some("设施.csv".into());
            city.facilities.push(home);
        }
        assert!(misplaced(&city, "设施.csv").is_none(), "right as they are");
        let candidate = |f: &crate::city::Facility| Candidate {
            place: f.place,
            host: f.community,
            community_code: Some("1".into()),
            origin: f.origin.clone(),
            ..Candidate::default()
        };
        city.candidates = city.facilities.iter().map(candidate).collect();
        assert!(at_home(&city, "设施.csv"));
        city.candidates.iter_mut().for_each(|c| c.place = c.place.map(shift::gcj02_from_wgs84));
        assert!(!at_home(&city, "设施.csv"));
        city.candidates.clear();
        let truth: Vec<LonLat> = city.facilities.iter().filter_map(|f| f.place).collect();
        for (crs, by) in [("gcj02", shift::gcj02_from_wgs84 as fn(LonLat) -> LonLat), ("bd09", shift::bd09_from_wgs84)] {
            for (home, place) in city.facilities.iter_mut().zip(&truth) {
                home.place = Some(by(*place));
            }
            let (found, metres) = misplaced(&city, "设施.csv").unwrap();
            assert!((found.crs, found.streets) == (crs, false) && (300.0..1_600.0).contains(&metres), "{crs} {metres}");
        }
        // Somewhere else altogether is no shift.
        for (home, place) in city.facilities.iter_mut().zip(&truth) {
            home.place = LonLat::new(place.lon - 0.3, place.lat);
        }
        assert!(misplaced(&city, "设施.csv").is_none());
        assert!(misplaced(&city, "别的.csv").is_none());
    }

    #[test]
    fn a_shift_is_told_from_places_that_are_right_and_from_streets_that_are_wrong() {
        let network = Network::grid(30, 30, 210.0);
        let doors = doors(&network);
        assert!(suspicion(&network, &doors, CLEAR).is_none());
        assert!(suspicion(&network, &doors[..3], CLEAR).is_none(), "three places prove nothing");
        let moved = |by: fn(LonLat) -> LonLat| {
            let moved: Vec<LonLat> = doors.iter().map(|d| by(*d)).collect();
            suspicion(&network, &moved, CLEAR).map(|(s, metres)| (s.crs, s.streets, metres)).unwrap()
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
