//! The outline of a circle: areas with holes, on whole numbers of 10⁻⁷ degree.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use i_overlay::i_shape::int::shape::IntShapes;

use super::frame::{Frame, PER_DEGREE};
use crate::space::LonLat;
use crate::units::SquareMetres;

/// Areas with holes. Vertices are whole 10⁻⁷ degrees: eight bytes each, and exactly what a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Vertices of all rings, the closing one not repeated.
    vertices: Vec<[i32; 2]>,
    /// Where each ring ends among the vertices.
    rings: Vec<u32>,
    /// Where each area ends among the rings; its first ring is the outer one.
    areas: Vec<u32>,
}

impl Outline {
    /// From shapes around an origin.
    pub(super) fn of(shapes: &IntShapes, frame: &Frame) -> Self {
        let mut outline = Outline::default();
        for shape in shapes {
            for ring in shape {
                outline.vertices.extend(ring.iter().map(|p| [frame.origin[0] + p.x, frame.origin[1] + p.y]));
                outline.rings.push(outline.vertices.len() as u32);
            }
            outline.areas.push(outline.rings.len() as u32);
        }
        outline
    }

    /// An area without holes; its vertices counter-clockwise, in degrees.
    pub(super) fn ring(vertices: impl Iterator<Item = LonLat>) -> Self {
        let whole = |degrees: f64| (degrees * PER_DEGREE + 0.5).floor() as i32;
        let vertices: Vec<[i32; 2]> = vertices.map(|v| [whole(v.lon), whole(v.lat)]).collect();
        Outline { rings: vec![vertices.len() as u32], areas: vec![1], vertices }
    }

    /// The areas, each as its rings, the outer one first: counter-clockwise outside, clockwise around holes, the first vertex not repeated.
    pub fn areas(&self) -> impl Iterator<Item = impl Iterator<Item = &[[i32; 2]]> + '_> + '_ {
        let start = |ends: &[u32], i: usize| if i == 0 { 0 } else { ends[i - 1] as usize };
        (0..self.areas.len()).map(move |a| {
            (start(&self.areas, a)..self.areas[a] as usize).map(move |r| &self.vertices[start(&self.rings, r)..self.rings[r] as usize])
        })
    }

    /// Vertices of all rings.
    pub fn vertices(&self) -> usize {
        self.vertices.len()
    }

    /// In degrees, for `geo`; rings are closed.
    pub fn to_multi_polygon(&self) -> MultiPolygon<f64> {
        let line = |ring: &[[i32; 2]]| {
            let closed = ring.iter().chain(ring.first());
            LineString(closed.map(|v| Coord { x: f64::from(v[0]) / PER_DEGREE, y: f64::from(v[1]) / PER_DEGREE }).collect())
        };
        let polygon = |rings: Vec<LineString<f64>>| {
            let mut rings = rings.into_iter();
            Polygon::new(rings.next().unwrap_or_else(|| LineString(Vec::new())), rings.collect())
        };
        MultiPolygon(self.areas().map(|rings| polygon(rings.map(line).collect())).collect())
    }

    /// Area on the WGS 84 ellipsoid, holes subtracted.
    ///
    /// Under each edge lies ∫ q(φ) dλ, where R²·q is the area between the equator and a parallel; q is a cubic along an edge but for
    /// 10⁻¹², so Simpson's rule is exact. Between neighbours the straight edge and the geodesic enclose less than a square millimetre
    /// in a hundred metres.
    pub fn area(&self) -> SquareMetres {
        let Some(first) = self.vertices.first() else { return SquareMetres::default() };
        let zone = Zone::at(f64::from(first[1]) / PER_DEGREE);
        let mut twice = 0.0;
        for ring in self.areas().flatten() {
            for (i, a) in ring.iter().enumerate() {
                let b = ring[(i + 1) % ring.len()];
                let [north_a, north_b] = [a[1], b[1]].map(|v| f64::from(v - first[1]));
                twice -= f64::from(b[0] - a[0]) * zone.between(north_a, north_b);
            }
        }
        SquareMetres::new(twice.max(0.0)).unwrap_or_default()
    }
}

/// Square metres in a strip one unit of longitude wide, from a parallel so many units north; a cubic in the units.
struct Zone([f64; 3]);

impl Zone {
    /// Around a latitude in degrees.
    fn at(lat: f64) -> Self {
        // Semi-major axis and first eccentricity squared of WGS 84.
        let (a, e2) = (6_378_137.0_f64, 0.006_694_379_990_141_316_5_f64);
        let (sin, cos) = libm::sincos(lat.to_radians());
        let unit = (1.0 / PER_DEGREE).to_radians();
        // M·N·cos φ = a²(1 − e²)·cos φ ÷ (1 − e² sin² φ)² and its first two derivatives.
        let w = 1.0 - e2 * sin * sin;
        let k = a * a * (1.0 - e2);
        let f0 = k * cos / (w * w);
        let f1 = k * (-sin / (w * w) + 4.0 * e2 * sin * cos * cos / (w * w * w));
        let f2 = k
            * (-cos / (w * w)
                + 4.0 * e2 * (cos * cos * cos - 3.0 * sin * sin * cos) / (w * w * w)
                + 24.0 * e2 * e2 * sin * sin * cos * cos * cos / (w * w * w * w));
        Zone([f0 * unit * unit, f1 * unit * unit * unit / 2.0, f2 * unit * unit * unit * unit / 6.0])
    }

    /// The mean over an edge between two latitudes.
    fn between(&self, a: f64, b: f64) -> f64 {
        let q = |v: f64| v * (self.0[0] + v * (self.0[1] + v * self.0[2]));
        (q(a) + 4.0 * q((a + b) / 2.0) + q(b)) / 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::GeodesicArea;

    #[test]
    fn the_area_is_karneys() {
        for (lon, lat) in [(112.5, 36.0), (0.0, 0.0), (24.9, 60.2), (-70.0, -33.4)] {
            // A ring around a ring, some kilometres wide, vertices a hundred metres apart.
            let ring = |radius: f64, turn: f64| -> Vec<LonLat> {
                let at = |i: i32| f64::from(i) / 500.0 * std::f64::consts::TAU * turn;
                (0..500).map(|i| LonLat { lon: lon + radius * at(i).cos() * 1.3, lat: lat + radius * at(i).sin() }).collect()
            };
            let mut outline = Outline::ring(ring(0.06, 1.0).into_iter());
            let hole = Outline::ring(ring(0.02, -1.0).into_iter());
            outline.vertices.extend(hole.vertices);
            outline.rings.push(1000);
            outline.areas = vec![2];
            let (mine, karney) = (outline.area().value(), outline.to_multi_polygon().geodesic_area_unsigned());
            assert!((mine - karney).abs() < 1e-7 * karney, "{mine} {karney}");
        }
    }

    #[test]
    fn nothing_has_no_area() {
        assert_eq!(Outline::default().area().value(), 0.0);
        assert!(Outline::default().to_multi_polygon().0.is_empty());
    }
}
