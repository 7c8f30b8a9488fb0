//! Do the numbers suit the CRS? Swapped axes, degrees under a metre CRS, two zones in one file, and what a nameless range may be.

use geo::{Coord, Rect};

use super::Crs;

/// What is wrong between a CRS and the numbers under it.
#[derive(Debug, Clone, PartialEq)]
pub enum Misfit {
    /// The first number is the latitude (or northing); the first point, corrected.
    Swapped(Coord<f64>),
    /// The CRS is in metres but the numbers are degrees.
    DegreesUnderMetres,
    /// The CRS is in degrees but the numbers are not.
    MetresUnderDegrees,
    /// Metres that lie outside what the CRS can mean.
    Elsewhere,
    /// Eastings that begin with different zone numbers.
    Zones(Vec<u32>),
}

/// Judges the bounds of a layer under a CRS; `first` is its first point, for the message.
pub fn misfit(crs: &Crs, bounds: Rect<f64>, first: Coord<f64>) -> Option<Misfit> {
    let swapped = || Some(Misfit::Swapped(Coord { x: first.y, y: first.x }));
    if crs.is_geographic() {
        return match (are_degrees(bounds), are_swapped_degrees(bounds)) {
            _ if looks_swapped(bounds) => swapped(),
            (true, _) => None,
            (false, true) => swapped(),
            (false, false) => Some(Misfit::MetresUnderDegrees),
        };
    }
    if are_degrees(bounds) || are_swapped_degrees(bounds) {
        return Some(Misfit::DegreesUnderMetres);
    }
    let zones = prefixes(bounds.min().x, bounds.max().x);
    if crs.meridian().is_some() && zones.len() > 1 {
        return Some(Misfit::Zones(zones));
    }
    if reaches(crs, bounds) {
        None
    } else if reaches(crs, turned(bounds)) {
        swapped()
    } else {
        Some(Misfit::Elsewhere)
    }
}

/// Whether bounds could be longitudes and latitudes.
pub fn are_degrees(bounds: Rect<f64>) -> bool {
    let (min, max) = (bounds.min(), bounds.max());
    min.x >= -180.0 && max.x <= 180.0 && min.y >= -90.0 && max.y <= 90.0
}

/// Whether bounds could be latitudes and longitudes, in this wrong order.
pub fn are_swapped_degrees(bounds: Rect<f64>) -> bool {
    are_degrees(turned(bounds))
}

/// Whether the first number is a latitude of China and the second a longitude of it.
fn looks_swapped(bounds: Rect<f64>) -> bool {
    let (min, max) = (bounds.min(), bounds.max());
    min.x >= 3.0 && max.x <= 54.0 && min.y >= 73.0 && max.y <= 136.0
}

fn turned(bounds: Rect<f64>) -> Rect<f64> {
    let turn = |c: Coord<f64>| Coord { x: c.y, y: c.x };
    Rect::new(turn(bounds.min()), turn(bounds.max()))
}

/// The zone number that an easting of eight digits begins with; 0 where it has none.
pub fn prefix(x: f64) -> u32 {
    (x / 1_000_000.0).floor().clamp(0.0, 99.0) as u32
}

/// The zones that plainly stand in one layer whose CRS nobody says: 3° zones 25–45 or 6° zones 16–23, with northings of China beside them.
pub fn zones(bounds: Rect<f64>) -> Vec<u32> {
    let (min, max) = (bounds.min(), bounds.max());
    let north = [min.y, max.y].iter().all(|y| (300_000.0..6_200_000.0).contains(y));
    let zones = prefixes(min.x, max.x);
    let plain = |set: std::ops::RangeInclusive<u32>| zones.iter().all(|z| set.contains(z));
    if north && (plain(25..=45) || plain(16..=23)) { zones } else { Vec::new() }
}

/// Zone numbers that eastings between these two begin with, if they are those of more than one; 0 stands for none.
fn prefixes(min: f64, max: f64) -> Vec<u32> {
    let of = |x: f64| (x / 1_000_000.0).floor();
    let (low, high) = (of(min), of(max));
    let is_zone = |z: f64| z == 0.0 || (13.0..=60.0).contains(&z);
    if low != high && is_zone(low) && is_zone(high) { vec![low as u32, high as u32] } else { Vec::new() }
}

/// Whether both corners convert, and near enough to the meridian of a zone (bureaus go beyond its 3° or 6°, but not by a zone and a half).
fn reaches(crs: &Crs, bounds: Rect<f64>) -> bool {
    [bounds.min(), bounds.max()].into_iter().all(|c| match (crs.to_lonlat(c.x, c.y), crs.meridian()) {
        (Some(place), Some(meridian)) => (place.lon - meridian).abs() <= 6.0 && place.lat.abs() <= 84.0,
        (Some(_), None) => true,
        (None, _) => false,
    })
}

/// What the numbers most likely are, for a remedy: a value that can be written as `crs = "…"`.
pub fn guess(bounds: Rect<f64>) -> Option<String> {
    if are_degrees(bounds) {
        return Some("EPSG:4326".to_owned());
    }
    let china_north = |y: f64| (300_000.0..6_200_000.0).contains(&y);
    for b in [bounds, turned(bounds)] {
        let (min, max) = (b.min(), b.max());
        let zone = (min.x / 1_000_000.0).floor();
        let one_zone = zone == (max.x / 1_000_000.0).floor() && china_north(min.y) && china_north(max.y);
        if one_zone && (25.0..=45.0).contains(&zone) {
            return Some(format!("EPSG:{}", 4513 + zone as u32 - 25));
        }
        // Zones 13–15 of 6° would overlap web Mercator east of 117° E, which is far more common.
        if one_zone && (16.0..=23.0).contains(&zone) {
            return Some(format!("EPSG:{}", 4491 + zone as u32 - 13));
        }
    }
    let (min, max) = (bounds.min(), bounds.max());
    let mercator = min.x >= 8_100_000.0 && max.x <= 15_200_000.0 && min.y >= 340_000.0 && max.y <= 7_200_000.0;
    mercator.then(|| "EPSG:3857".to_owned())
}

/// Whether the numbers look like eastings and northings of a zone whose number is not written (500 000-ish): then only a person knows it.
pub fn is_nameless_zone(bounds: Rect<f64>) -> bool {
    [bounds, turned(bounds)].iter().any(|b| {
        let (min, max) = (b.min(), b.max());
        min.x >= 100_000.0 && max.x <= 900_000.0 && min.y >= 300_000.0 && max.y <= 6_200_000.0
    })
}
