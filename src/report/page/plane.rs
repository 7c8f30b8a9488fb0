//! The flat map: longitude and latitude to whole decimetres around the middle of the study.

use geo::{Coord, MapCoords, MultiPolygon};

use crate::space::LonLat;

/// A point of the map in decimetres east and north of its origin.
pub type Spot = [i32; 2];

/// An equirectangular plane touching WGS 84 at its origin: true to scale there, and by parts in a thousand across a county.
#[derive(Debug, Clone, Copy)]
pub struct Plane {
    origin: LonLat,
    /// Decimetres for one degree east and one degree north.
    scale: [f64; 2],
}

impl Plane {
    /// The plane around the middle of all given points; around 0, 0 when there is none.
    pub fn around(points: impl Iterator<Item = LonLat>) -> Self {
        let mut bounds: Option<[f64; 4]> = None;
        for p in points {
            let b = bounds.get_or_insert([p.lon, p.lat, p.lon, p.lat]);
            *b = [b[0].min(p.lon), b[1].min(p.lat), b[2].max(p.lon), b[3].max(p.lat)];
        }
        let b = bounds.unwrap_or_default();
        let origin = LonLat { lon: (b[0] + b[2]) / 2.0, lat: (b[1] + b[3]) / 2.0 };
        // Radii of curvature of the ellipsoid at the origin, along the parallel and along the meridian.
        let (a, e2) = (6_378_137.0, 0.006_694_379_990_14);
        let phi = origin.lat.to_radians();
        let bend = 1.0 - e2 * libm::sin(phi) * libm::sin(phi);
        let across = a / bend.sqrt() * libm::cos(phi);
        let along = a * (1.0 - e2) / (bend * bend.sqrt());
        let degree = std::f64::consts::PI / 180.0 * 10.0;
        Plane { origin, scale: [across * degree, along * degree] }
    }

    /// Where a position lies, to the nearest decimetre.
    pub fn spot(&self, place: LonLat) -> Spot {
        let x = (place.lon - self.origin.lon) * self.scale[0];
        let y = (place.lat - self.origin.lat) * self.scale[1];
        [x.round() as i32, y.round() as i32]
    }

    /// The middle of the map.
    pub fn origin(&self) -> LonLat {
        self.origin
    }
}

/// An area in decimetres of the map.
pub fn flat(area: &MultiPolygon<f64>, plane: &Plane) -> MultiPolygon<f64> {
    area.map_coords(|c| {
        let [x, y] = plane.spot(LonLat::from(c));
        Coord { x: f64::from(x), y: f64::from(y) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_of_latitude_is_a_sea_mile() {
        let plane = Plane::around([LonLat { lon: 113.0, lat: 45.0 }].into_iter());
        let [x, y] = plane.spot(LonLat { lon: 113.0, lat: 45.0 + 1.0 / 60.0 });
        assert_eq!(x, 0);
        assert!((y - 18_522).abs() < 3, "{y} dm");
    }

    #[test]
    fn nothing_at_all_still_has_a_plane() {
        assert_eq!(Plane::around(std::iter::empty()).spot(LonLat { lon: 0.0, lat: 0.0 }), [0, 0]);
    }
}
