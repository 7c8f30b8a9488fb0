//! Circles where there is no street file: true circles, whose radius is the walking distance ÷ the detour.

use geo::{Destination, Geodesic, Point};

use super::{Asked, Circle, Outline, SiteCircles};
use crate::space::LonLat;
use crate::units::Millimetres;

/// How far the polygon may stand out of the circle it is drawn around: what `buffer_m` says of a straight circle.
pub const TOLERANCE: Millimetres = Millimetres(1_000);

/// The circles around each place; `None` where there is none.
///
/// The polygon is drawn around the circle, not into it: every place reached lies inside, and no point inside is farther than
/// [`TOLERANCE`] from one that is reached.
pub fn circles(places: &[Option<LonLat>], asked: Asked<'_>, detour: f64) -> Vec<Option<SiteCircles>> {
    let of = |place: LonLat| SiteCircles { circles: asked.times.iter().filter_map(|time| disc(place, *time, asked, detour)).collect() };
    places.iter().map(|place| place.map(of)).collect()
}

fn disc(place: LonLat, time: crate::units::Milliseconds, asked: Asked<'_>, detour: f64) -> Option<Circle> {
    let radius = asked.speed.reach(time).metres() / detour;
    if radius <= 0.0 {
        return None;
    }
    // The corners stand out by R(1/cos(π/n) − 1) ≈ Rπ²/2n²; half of the tolerance for that, the rest for rounding and the ellipsoid.
    let n = (std::f64::consts::PI * radius.sqrt()).ceil().clamp(16.0, 2048.0);
    let half = std::f64::consts::PI / n;
    let around = radius / libm::cos(half) + 0.02;
    let at = |i: u32| Geodesic.destination(Point::from(place.coord()), 360.0 - f64::from(i) * 360.0 / n, around);
    let outline = Outline::ring((0..n as u32).map(|i| LonLat::from(geo::Coord::from(at(i)))));
    let area = outline.area();
    Some(Circle { time, outline, area })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::measured;
    use crate::units::{Milliseconds, WalkingSpeed};

    #[test]
    fn the_polygon_holds_the_circle_and_stands_out_by_less_than_a_metre() {
        let times = [Milliseconds(1_000), Milliseconds(300_000), Milliseconds(3_600_000)];
        let asked = Asked { times: &times, speed: WalkingSpeed::from_mm_per_s(1000).unwrap(), buffer: Millimetres(30_000) };
        let place = LonLat { lon: 112.5, lat: 36.1 };
        let found = circles(&[Some(place), None], asked, 1.3);
        assert!(found[1].is_none());
        let found = found[0].clone().unwrap();
        assert_eq!(found.circles.len(), 3);
        for circle in &found.circles {
            let radius = circle.time.0 as f64 / 1000.0 / 1.3;
            let shape = circle.outline.to_multi_polygon();
            let corners: Vec<LonLat> = shape.0[0].exterior().coords().map(|c| LonLat::from(*c)).collect();
            for edge in corners.windows(2) {
                let middle = LonLat { lon: (edge[0].lon + edge[1].lon) / 2.0, lat: (edge[0].lat + edge[1].lat) / 2.0 };
                assert!(measured(place, edge[0]) < radius + 0.99);
                assert!(measured(place, middle) > radius, "{} {radius}", measured(place, middle));
            }
            let area = circle.area.value();
            assert!((area / (std::f64::consts::PI * radius * radius) - 1.0).abs() < 4.0 / radius, "{area}");
        }
    }
}
