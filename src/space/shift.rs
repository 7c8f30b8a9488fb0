//! The shifted coordinates of Chinese web maps: GCJ-02 (Amap, Tencent) and BD-09 (Baidu), forward and back.
//!
//! Inside mainland China, GCJ-02 displaces WGS 84 by some 100–700 m and BD-09 displaces GCJ-02 again. The formula is not official; it
//! is the one all map clients share, and it has no closed inverse: going back is a fixed point, good to well under a centimetre.
//! Hong Kong, Macao, Taiwan and everywhere else stay as they are ([`outline`]).

pub mod outline;

use std::f64::consts::PI;

use crate::space::LonLat;

/// The Krasovsky ellipsoid on which the formula measures its metres.
const SEMI_MAJOR: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// BD-09's wave numbers are written in units of π·3000/180.
const BD_WAVE: f64 = PI * 3000.0 / 180.0;
/// Far more than needed: the offset changes by under 1 % per kilometre, so each round gains two digits.
const ROUNDS: usize = 24;
/// Stop when a round moves less than this many degrees (about 0.1 µm).
const STILL: f64 = 1e-12;

/// WGS 84 → GCJ-02; unchanged outside mainland China.
pub fn gcj02_from_wgs84(place: LonLat) -> LonLat {
    if outline::shifts(place) { displaced(place) } else { place }
}

/// GCJ-02 → WGS 84; unchanged outside mainland China.
pub fn wgs84_from_gcj02(shifted: LonLat) -> LonLat {
    let candidate = undo(shifted, displaced);
    // The outline holds true places; next to it a shifted coordinate may lie on the other side.
    if outline::shifts(candidate) { candidate } else { shifted }
}

/// WGS 84 → BD-09; unchanged outside mainland China.
pub fn bd09_from_wgs84(place: LonLat) -> LonLat {
    if outline::shifts(place) { bd09_from_gcj02(displaced(place)) } else { place }
}

/// BD-09 → WGS 84; unchanged outside mainland China.
pub fn wgs84_from_bd09(shifted: LonLat) -> LonLat {
    let candidate = undo(undo(shifted, bd09_from_gcj02), displaced);
    if outline::shifts(candidate) { candidate } else { shifted }
}

/// Finds the place that `forward` sends to `target`, by repeating `x ← x + target − forward(x)`.
fn undo(target: LonLat, forward: impl Fn(LonLat) -> LonLat) -> LonLat {
    let mut place = target;
    for _ in 0..ROUNDS {
        let there = forward(place);
        let (east, north) = (target.lon - there.lon, target.lat - there.lat);
        place = LonLat { lon: place.lon + east, lat: place.lat + north };
        if east.abs() < STILL && north.abs() < STILL {
            break;
        }
    }
    place
}

/// The displacement itself, wherever the place is.
fn displaced(place: LonLat) -> LonLat {
    let (x, y) = (place.lon - 105.0, place.lat - 35.0);
    let root = x.abs().sqrt();
    // Three sine waves each; amplitudes in metres.
    let ripple = (20.0 * libm::sin(6.0 * x * PI) + 20.0 * libm::sin(2.0 * x * PI)) * 2.0 / 3.0;
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
        + ripple
        + (20.0 * libm::sin(y * PI) + 40.0 * libm::sin(y / 3.0 * PI)) * 2.0 / 3.0
        + (160.0 * libm::sin(y / 12.0 * PI) + 320.0 * libm::sin(y * PI / 30.0)) * 2.0 / 3.0;
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
        + ripple
        + (20.0 * libm::sin(x * PI) + 40.0 * libm::sin(x / 3.0 * PI)) * 2.0 / 3.0
        + (150.0 * libm::sin(x / 12.0 * PI) + 300.0 * libm::sin(x / 30.0 * PI)) * 2.0 / 3.0;
    let latitude = place.lat.to_radians();
    let sin = libm::sin(latitude);
    let w2 = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let w = w2.sqrt();
    let metres_per_lat = (SEMI_MAJOR * (1.0 - ECCENTRICITY_SQUARED) / (w2 * w)).to_radians();
    let metres_per_lon = (SEMI_MAJOR / w * libm::cos(latitude)).to_radians();
    LonLat { lon: place.lon + east / metres_per_lon, lat: place.lat + north / metres_per_lat }
}

/// Baidu's own step on top of GCJ-02, in polar form around the origin of degrees.
fn bd09_from_gcj02(gcj: LonLat) -> LonLat {
    let radius = libm::hypot(gcj.lon, gcj.lat) + 0.000_02 * libm::sin(gcj.lat * BD_WAVE);
    let angle = libm::atan2(gcj.lat, gcj.lon) + 0.000_003 * libm::cos(gcj.lon * BD_WAVE);
    LonLat { lon: radius * libm::cos(angle) + 0.0065, lat: radius * libm::sin(angle) + 0.006 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::space::local::geodesic_mm;

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat::new(lon, lat).unwrap()
    }

    #[test]
    fn published_pairs_agree_to_the_centimetre() {
        // The worked examples of the converters that everybody uses (116.404, 39.915).
        let near = |a: LonLat, lon, lat| geodesic_mm(a, place(lon, lat)).0 < 10;
        let given = place(116.404, 39.915);
        assert!(near(gcj02_from_wgs84(given), 116.410_244_499_169, 39.916_404_281_501));
        assert!(near(bd09_from_gcj02(given), 116.410_369_493_710, 39.921_336_993_510));
    }

    #[test]
    fn hong_kong_macao_taiwan_and_abroad_are_not_shifted() {
        for there in [
            place(114.1694, 22.3193),
            place(114.110, 22.505),
            place(113.5439, 22.1987),
            place(121.5654, 25.0330),
            place(120.3014, 22.6273),
            place(119.5793, 23.5711),
            place(24.94, 60.17),
            place(14.5, 35.9),
            place(105.8342, 21.0278),
            place(126.978, 37.5665),
            place(76.9286, 43.2567),
        ] {
            assert_eq!(gcj02_from_wgs84(there), there);
            assert_eq!(wgs84_from_gcj02(there), there);
            assert_eq!(wgs84_from_bd09(there), there);
        }
    }

    #[test]
    fn every_corner_of_the_mainland_is_shifted() {
        for (name, lon, lat) in [
            ("深圳罗湖", 114.131, 22.548),
            ("深圳蛇口", 113.915, 22.485),
            ("沙头角", 114.222, 22.556),
            ("珠海拱北", 113.549, 22.222),
            ("珠海横琴", 113.530, 22.120),
            ("厦门", 118.089, 24.480),
            ("平潭", 119.790, 25.500),
            ("三亚", 109.512, 18.253),
            ("漠河", 122.539, 52.972),
            ("抚远", 134.308, 48.365),
            ("黑河", 127.528, 50.245),
            ("珲春", 130.366, 42.863),
            ("丹东", 124.354, 40.000),
            ("满洲里", 117.379, 49.598),
            ("二连浩特", 111.977, 43.653),
            ("阿勒泰", 88.141, 47.845),
            ("霍尔果斯", 80.412, 44.203),
            ("塔什库尔干", 75.230, 37.772),
            ("乌恰", 75.259, 39.719),
            ("亚东", 88.907, 27.485),
            ("瑞丽", 97.855, 24.013),
            ("勐腊", 101.565, 21.459),
            ("河口", 103.939, 22.529),
            ("东兴", 107.972, 21.548),
            ("舟山嵊泗", 122.451, 30.725),
            ("威海荣成", 122.486, 37.165),
            ("上海金山", 121.342, 30.742),
            ("长治潞州", 113.123, 36.203),
        ] {
            let wgs = place(lon, lat);
            let moved = geodesic_mm(wgs, gcj02_from_wgs84(wgs)).0;
            assert!((20_000..800_000).contains(&moved), "{name} moved {moved} mm");
        }
    }

    proptest! {
        #[test]
        fn going_back_returns_to_the_centimetre(lon in 98.0..118.0f64, lat in 27.0..41.0f64) {
            let wgs = place(lon, lat);
            prop_assert!(geodesic_mm(wgs, wgs84_from_gcj02(gcj02_from_wgs84(wgs))).0 <= 1);
            prop_assert!(geodesic_mm(wgs, wgs84_from_bd09(bd09_from_wgs84(wgs))).0 <= 1);
        }

        #[test]
        fn nothing_is_lost_anywhere_on_earth(lon in -180.0..180.0f64, lat in -89.0..89.0f64) {
            let wgs = place(lon, lat);
            // Beside the outline the inverse may take the unshifted reading; never farther off than the shift itself.
            prop_assert!(geodesic_mm(wgs, wgs84_from_gcj02(gcj02_from_wgs84(wgs))).0 < 1_500_000);
        }
    }
}
