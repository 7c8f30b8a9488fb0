//! Where things are: longitude and latitude on WGS 84, and local metres, as different types.

pub mod crs;
pub mod local;
pub mod shift;

/// A position in degrees on WGS 84 (EPSG:4326), longitude first. What is read from files becomes this as soon as its CRS is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLat {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
}

impl LonLat {
    /// `None` unless both are finite and within ±180, ±90.
    pub fn new(lon: f64, lat: f64) -> Option<Self> {
        (lon.is_finite() && lat.is_finite() && lon.abs() <= 180.0 && lat.abs() <= 90.0).then_some(LonLat { lon, lat })
    }

    /// As `geo` takes it.
    pub fn coord(self) -> geo::Coord<f64> {
        geo::Coord { x: self.lon, y: self.lat }
    }
}

impl From<geo::Coord<f64>> for LonLat {
    fn from(c: geo::Coord<f64>) -> Self {
        LonLat { lon: c.x, lat: c.y }
    }
}
