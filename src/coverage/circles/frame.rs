//! A neighbourhood counted in whole 10⁻⁷ degrees, and how long these are on the ground.

use crate::space::LonLat;
use crate::space::local::metres_per_degree;

/// Units in a degree: seven decimals, what GeoJSON files hold.
pub(super) const PER_DEGREE: f64 = 1e7;

/// Units east and north of an origin that is itself a whole number of units.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Frame {
    /// Units from Greenwich and from the equator.
    pub origin: [i32; 2],
    /// Metres in a unit of longitude at the origin, its slope and half its curvature per unit of latitude.
    east: [f64; 3],
    /// Metres in a unit of latitude.
    north: f64,
}

impl Frame {
    /// The frame around a place.
    pub fn at(place: LonLat) -> Self {
        let origin = [units(place.lon), units(place.lat)];
        let lat = f64::from(origin[1]) / PER_DEGREE;
        let (east, north) = metres_per_degree(lat);
        // d(N cos φ)/dφ = −M sin φ; its own slope is −M cos φ but for a hundredth.
        let (sin, cos) = libm::sincos(lat.to_radians());
        let per_unit = (1.0 / PER_DEGREE).to_radians();
        let slope = -north * sin * per_unit;
        let curve = -north * cos * per_unit * per_unit / 2.0;
        Frame { origin, east: [east / PER_DEGREE, slope / PER_DEGREE, curve / PER_DEGREE], north: north / PER_DEGREE }
    }

    /// Units east and north of the origin, not rounded.
    pub fn to_units(self, place: LonLat) -> [f64; 2] {
        [place.lon * PER_DEGREE - f64::from(self.origin[0]), place.lat * PER_DEGREE - f64::from(self.origin[1])]
    }

    /// Metres in a unit east and in a unit north, so many units north of the origin.
    pub fn metres(&self, north: f64) -> [f64; 2] {
        [self.east[0] + north * (self.east[1] + north * self.east[2]), self.north]
    }

    /// An area in square units, rounded down.
    pub fn units_of_area(&self, square_metres: f64) -> u64 {
        (square_metres / (self.east[0] * self.north)) as u64
    }
}

/// The nearest whole number of units.
fn units(degrees: f64) -> i32 {
    (degrees * PER_DEGREE + 0.5).floor() as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::measured;

    #[test]
    fn thirty_metres_are_thirty_metres_far_from_the_origin_too() {
        for lat in [-33.0, 0.0, 18.0, 36.0, 60.2] {
            let frame = Frame::at(LonLat { lon: 112.5, lat });
            for north in [-0.2, -0.01, 0.0, 0.01, 0.2] {
                let place = LonLat { lon: 112.7, lat: lat + north };
                let [u, v] = frame.to_units(place);
                let [east, up] = frame.metres(v);
                let back = |u: f64, v: f64| LonLat {
                    lon: (u + f64::from(frame.origin[0])) / PER_DEGREE,
                    lat: (v + f64::from(frame.origin[1])) / PER_DEGREE,
                };
                for (x, y) in [(30.0, 0.0), (0.0, 30.0), (-18.0, 24.0)] {
                    let metres = measured(place, back(u + x / east, v + y / up));
                    assert!((metres - 30.0).abs() < 0.01, "{lat} {north}: {metres}");
                }
            }
        }
    }
}
