//! How long a drawn line is: the geodesic on WGS 84, exact to the rounding of a millimetre.
//!
//! Karney's geodesic takes about a microsecond, and a province has tens of millions of short segments. Below a kilometre the Gauss
//! mid-latitude formula differs from it by micrometres, ten times faster; only where those micrometres could turn a rounding is
//! Karney asked. The whole millimetres are therefore the same as if Karney had measured everything.

use geo::{Distance, Geodesic, Point};

use crate::space::LonLat;
pub(crate) use crate::space::local::metres_per_degree;

/// Below this the short formula is used, metres.
const SHORT: f64 = 1000.0;

/// A measured length: metres, and how far the true geodesic may be from it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Measured {
    pub metres: f64,
    pub doubt: f64,
}

/// Karney's inverse geodesic, metres.
pub(crate) fn karney(a: LonLat, b: LonLat) -> f64 {
    Geodesic.distance(Point::from(a.coord()), Point::from(b.coord()))
}

/// The geodesic from `a` to `b`, measured fast where that is safe.
pub(crate) fn measure(a: LonLat, b: LonLat) -> Measured {
    if a == b {
        return Measured::default();
    }
    let (dlon, dlat) = (b.lon - a.lon, b.lat - a.lat);
    let middle = (a.lat + b.lat) / 2.0;
    if dlon.abs() < 0.1 && dlat.abs() < 0.1 && middle.abs() < 75.0 {
        let (east, north) = metres_per_degree(middle);
        let (x, y) = (dlon * east, dlat * north);
        let metres = (x * x + y * y).sqrt();
        if metres < SHORT {
            // The first neglected term is s³/(24 R²)·(1 + 2 tan²φ) at most; ten times that is claimed. `east` is R cos φ per degree.
            let flat = 6.4e6 * 6.4e6 * (east / 111_000.0) * (east / 111_000.0);
            return Measured { metres, doubt: metres * metres * metres / flat + 1e-8 };
        }
    }
    Measured { metres: karney(a, b), doubt: 0.0 }
}

/// The length of a drawn line, metres; good for proportions.
pub(crate) fn drawn(line: &[LonLat]) -> f64 {
    line.windows(2).map(|s| measure(s[0], s[1]).metres).sum()
}

/// The length of a drawn line in whole millimetres: the sum of its geodesic segments, rounded half up once. `None` beyond 1,000 km.
pub(crate) fn whole_mm(line: &[LonLat]) -> Option<u32> {
    let (mut metres, mut doubt) = (0.0, 0.0);
    for s in line.windows(2) {
        let m = measure(s[0], s[1]);
        metres += m.metres;
        doubt += m.doubt;
    }
    let above_half = (metres * 1000.0 - 0.5).rem_euclid(1.0);
    if above_half.min(1.0 - above_half) <= doubt * 1000.0 {
        metres = line.windows(2).map(|s| karney(s[0], s[1])).sum();
    }
    let mm = (metres * 1000.0 + 0.5).floor();
    (mm <= f64::from(super::LONGEST)).then_some(mm as u32)
}

/// `part ÷ whole` of `length`, half up: where a spot that lies `part` along a drawing of `whole` metres stands in millimetres.
///
/// Both halves of a cut line add up, because the other one is always taken as the rest.
pub(crate) fn proportion(length: u32, part: f64, whole: f64) -> u32 {
    if whole <= 0.0 || part <= 0.0 {
        return 0;
    }
    (f64::from(length) * (part / whole).min(1.0) + 0.5).floor().min(f64::from(length)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_short_formula_never_leaves_the_doubt_it_claims(
            lon in -180.0..180.0f64, lat in -74.9..74.9f64, metres in 0.01..1200.0f64, bearing in 0.0..360.0f64,
        ) {
            use geo::Destination;
            let a = LonLat { lon, lat };
            let b = LonLat::from(geo::Coord::from(Geodesic.destination(Point::from(a.coord()), bearing, metres)));
            let m = measure(a, b);
            prop_assert!((m.metres - karney(a, b)).abs() <= m.doubt + 1e-9, "{m:?} {}", karney(a, b));
            prop_assert!(m.doubt < 5e-4);
        }

        #[test]
        fn the_halves_of_a_cut_add_up(length in 0u32..5_000_000, cut in 0.0..=1.0f64, whole in 0.001..1e5f64) {
            let first = proportion(length, cut * whole, whole);
            prop_assert!(first <= length);
        }
    }

    #[test]
    fn a_millimetre_is_rounded_as_karney_rounds_it() {
        let a = LonLat { lon: 112.56, lat: 37.86 };
        for i in 1..2000 {
            let b = LonLat { lon: 112.56 + f64::from(i) * 1.37e-6, lat: 37.86 + f64::from(i) * 0.71e-6 };
            assert_eq!(whole_mm(&[a, b]), Some((karney(a, b) * 1000.0 + 0.5).floor() as u32));
        }
    }
}
