//! Distances: exact ones along the WGS 84 ellipsoid, and a quick flat frame for the neighbourhood of one place.

use geo::{Distance, Geodesic};

use crate::space::LonLat;
use crate::units::Millimetres;

/// Semi-major axis of WGS 84 in metres.
const SEMI_MAJOR: f64 = 6_378_137.0;
/// First eccentricity squared of WGS 84, f·(2 − f) with f = 1/298.257223563.
const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_316_5;

/// Length of the geodesic between two places, to the nearest millimetre, half up (Karney 2013, doi:10.1007/s00190-012-0578-z).
pub fn geodesic_mm(a: LonLat, b: LonLat) -> Millimetres {
    let metres = Geodesic.distance(geo::Point::from(a.coord()), geo::Point::from(b.coord()));
    // Both ends are finite degrees, so the metres are finite and at most half the Earth's girth.
    Millimetres::from_metres(metres).unwrap_or_default()
}

/// Metres in one degree of longitude and in one of latitude, on the WGS 84 ellipsoid at a latitude.
pub fn metres_per_degree(lat: f64) -> (f64, f64) {
    let (sin, cos) = libm::sincos(lat.to_radians());
    let w2 = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let w = w2.sqrt();
    ((SEMI_MAJOR / w * cos).to_radians(), (SEMI_MAJOR * (1.0 - ECCENTRICITY_SQUARED) / (w2 * w)).to_radians())
}

/// A flat frame in metres, east and north of an origin.
///
/// One degree is taken as long as it is on the ellipsoid at the origin. Within 2 km this differs from the geodesic by less than
/// 0.1 % (below 60° of latitude): good for nearest-edge work, grids and drawing; lengths that count come from [`geodesic_mm`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalFrame {
    origin: LonLat,
    metres_per_lon: f64,
    metres_per_lat: f64,
}

impl LocalFrame {
    /// The frame around `origin`.
    pub fn at(origin: LonLat) -> Self {
        let (metres_per_lon, metres_per_lat) = metres_per_degree(origin.lat);
        LocalFrame { origin, metres_per_lon, metres_per_lat }
    }

    /// Metres east and north of the origin.
    pub fn to_xy(&self, place: LonLat) -> geo::Coord<f64> {
        geo::Coord { x: (place.lon - self.origin.lon) * self.metres_per_lon, y: (place.lat - self.origin.lat) * self.metres_per_lat }
    }

    /// The place at these metres east and north; the inverse of [`LocalFrame::to_xy`].
    pub fn from_xy(&self, xy: geo::Coord<f64>) -> LonLat {
        LonLat { lon: self.origin.lon + xy.x / self.metres_per_lon, lat: self.origin.lat + xy.y / self.metres_per_lat }
    }

    /// Metres in one degree of longitude and one of latitude at the origin.
    pub fn metres_per_degree(&self) -> (f64, f64) {
        (self.metres_per_lon, self.metres_per_lat)
    }

    /// Where the frame is centred.
    pub fn origin(&self) -> LonLat {
        self.origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn the_geodesic_agrees_with_known_arcs_of_the_ellipsoid() {
        // One degree of the equator is a·π/180; the quarter meridian of WGS 84 is 10 001 965.729 m.
        assert_eq!(geodesic_mm(place(0.0, 0.0), place(1.0, 0.0)), Millimetres(111_319_491));
        assert_eq!(geodesic_mm(place(112.0, 0.0), place(112.0, 90.0)), Millimetres(10_001_965_729));
        assert_eq!(geodesic_mm(place(112.56, 37.86), place(112.56, 37.86)), Millimetres(0));
    }

    #[test]
    fn the_local_frame_is_close_to_the_geodesic_and_goes_back_exactly_enough() {
        for latitude in [0.0, 18.3, 37.9, 53.5, 60.2] {
            let origin = place(112.56, latitude);
            let frame = LocalFrame::at(origin);
            for (east, north) in [(2000.0, 0.0), (0.0, -2000.0), (1200.0, 1500.0), (-7.0, 3.0)] {
                let there = frame.from_xy(geo::Coord { x: east, y: north });
                let exact = geodesic_mm(origin, there).metres();
                let flat = libm::hypot(east, north);
                assert!((exact - flat).abs() <= 0.001 * flat + 0.001, "{latitude}: {exact} against {flat}");
                let back = frame.to_xy(there);
                assert!((back.x - east).abs() < 1e-6 && (back.y - north).abs() < 1e-6);
            }
        }
    }
}
