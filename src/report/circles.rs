//! `circles.geojson`: one feature for each site and walking time, made in parallel and written as they come; and their sizes, for the
//! summary.

use std::io::{self, Write};

use super::geojson::quoted;
use super::value::Value;
use crate::coverage::circles::{Asked, Circle, Outline, SiteCircles, for_each_site, straight};
use crate::network::{Network, Spot};
use crate::space::LonLat;
use crate::units::{Millimetres, Milliseconds};

/// A facility or a candidate.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// As written in its file.
    pub id: &'a str,
    /// `facility` or `candidate`.
    pub kind: &'static str,
}

/// Where the sites stand.
#[derive(Debug, Clone, Copy)]
pub enum Walks<'a> {
    /// On streets.
    Streets {
        /// The streets.
        network: &'a Network,
        /// Spots of the sites.
        spots: &'a [Option<Spot>],
    },
    /// Anywhere: walks are straight, made longer by a factor.
    Straight {
        /// Places of the sites.
        places: &'a [Option<LonLat>],
        /// Street ÷ straight line.
        detour: f64,
        /// What every feature says about that.
        stamp: &'a str,
    },
}

/// How large the circles of one walking time are.
#[derive(Debug, Clone, PartialEq)]
pub struct Sizes {
    /// Walking time.
    pub time: Milliseconds,
    /// Square metres of each circle, ascending.
    pub areas: Vec<f64>,
}

impl Sizes {
    /// The median; the mean of the middle two where they are two; `None` of nothing.
    pub fn median(&self) -> Option<f64> {
        let n = self.areas.len();
        (n > 0).then(|| (self.areas[(n - 1) / 2] + self.areas[n / 2]) / 2.0)
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// For each walking time asked, ascending.
    pub sizes: Vec<Sizes>,
    /// Sites without any circle.
    pub without: usize,
}

/// Draws and writes the circles of all sites, in their order, the smallest walking time first.
pub fn write(sites: &[Site<'_>], walks: Walks<'_>, asked: Asked<'_>, mut out: impl Write) -> io::Result<Written> {
    out.write_all(b"{\"schema\":1,\"type\":\"FeatureCollection\",\"name\":\"circles\",\"features\":[")?;
    let mut written = Written { sizes: asked.times.iter().map(|time| Sizes { time: *time, areas: Vec::new() }).collect(), without: 0 };
    let mut first = true;
    let (buffer, stamp) = match walks {
        Walks::Streets { .. } => (asked.buffer, None),
        Walks::Straight { stamp, .. } => (straight::TOLERANCE, Some(stamp)),
    };
    let make = |i: usize, found: Option<SiteCircles>| -> Vec<(Milliseconds, f64, Vec<u8>)> {
        let circles = found.map_or_else(Vec::new, |f| f.circles);
        circles.iter().map(|c| (c.time, c.area.value(), feature(sites[i], c, buffer, stamp))).collect()
    };
    let hand_on = |made: Vec<(Milliseconds, f64, Vec<u8>)>| -> io::Result<()> {
        written.without += usize::from(made.is_empty());
        for (time, area, text) in made {
            out.write_all(if first { b"\n" } else { b",\n" })?;
            out.write_all(&text)?;
            first = false;
            written.sizes.iter_mut().filter(|s| s.time == time).for_each(|s| s.areas.push(area));
        }
        Ok(())
    };
    match walks {
        Walks::Streets { network, spots } => for_each_site(network, spots, asked, make, hand_on)?,
        Walks::Straight { places, detour, .. } => {
            straight::circles(places, asked, detour).into_iter().enumerate().map(|(i, found)| make(i, found)).try_for_each(hand_on)?;
        }
    }
    out.write_all(b"\n]}\n")?;
    out.flush()?;
    written.sizes.iter_mut().for_each(|s| s.areas.sort_unstable_by(f64::total_cmp));
    Ok(written)
}

fn feature(site: Site<'_>, circle: &Circle, buffer: Millimetres, stamp: Option<&str>) -> Vec<u8> {
    let mut text = format!("{{\"type\":\"Feature\",\"properties\":{{\"id\":{},\"kind\":\"{}\"", quoted(site.id), site.kind);
    let numbers = [
        (",\"minutes\":", Value::Exact(circle.time.0 as f64 / 60_000.0)),
        (",\"buffer_m\":", Value::Exact(buffer.metres())),
        (",\"area_m2\":", Value::Area(circle.area.value())),
    ];
    for (key, value) in numbers {
        text.push_str(key);
        value.write_number(&mut text);
    }
    if let Some(stamp) = stamp {
        text.push_str(",\"stamp\":");
        text.push_str(&quoted(stamp));
    }
    text.push_str("},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[");
    let mut bytes = text.into_bytes();
    bytes.reserve(circle.outline.vertices() * 26 + 16);
    outline(&circle.outline, &mut bytes);
    bytes.extend_from_slice(b"]}}");
    bytes
}

fn outline(outline: &Outline, out: &mut Vec<u8>) {
    for (a, area) in outline.areas().enumerate() {
        out.extend_from_slice(if a == 0 { b"[" } else { b",[" });
        for (r, ring) in area.enumerate() {
            out.extend_from_slice(if r == 0 { b"[" } else { b",[" });
            for (v, vertex) in ring.iter().chain(ring.first()).enumerate() {
                out.extend_from_slice(if v == 0 { b"[" } else { b",[" });
                degrees(vertex[0], out);
                out.push(b',');
                degrees(vertex[1], out);
                out.push(b']');
            }
            out.push(b']');
        }
        out.push(b']');
    }
}

/// Whole 10⁻⁷ degrees in decimal, without zeros at the end.
fn degrees(units: i32, out: &mut Vec<u8>) {
    if units < 0 {
        out.push(b'-');
    }
    let (mut whole, mut part) = (units.unsigned_abs() / 10_000_000, units.unsigned_abs() % 10_000_000);
    let start = out.len();
    loop {
        out.push(b'0' + (whole % 10) as u8);
        whole /= 10;
        if whole == 0 {
            break;
        }
    }
    out[start..].reverse();
    if part == 0 {
        return;
    }
    out.push(b'.');
    let mut digit = 1_000_000;
    while part > 0 {
        out.push(b'0' + (part / digit) as u8);
        part %= digit;
        digit /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::WalkingSpeed;

    fn asked<'a>(times: &'a [Milliseconds]) -> Asked<'a> {
        Asked { times, speed: WalkingSpeed::from_mm_per_s(1000).unwrap(), buffer: Millimetres(30_000) }
    }

    #[test]
    fn degrees_are_written_as_the_other_files_write_them() {
        for units in [0, 5, -5, 70, 1_131_234_568, -1_800_000_000, 360_000_000, 10_000_000, -9_999_999, 362_050_000] {
            let mut mine = Vec::new();
            degrees(units, &mut mine);
            let mut plain = format!("{:.7}", f64::from(units) / 1e7);
            plain.truncate(plain.trim_end_matches('0').trim_end_matches('.').len());
            assert_eq!(String::from_utf8(mine).unwrap(), plain);
        }
    }

    #[test]
    fn features_carry_the_five_properties_and_read_back() {
        let network = Network::grid(4, 4, 150.0);
        let (south_west, _) = network.bounds().unwrap();
        let spots = network.snap_all(&[Some(south_west), None], Millimetres(100_000));
        let sites = [Site { id: "F\"1\"", kind: "facility" }, Site { id: "C1", kind: "candidate" }];
        let times = [Milliseconds(150_000), Milliseconds(300_000)];
        let mut out = Vec::new();
        let written = write(&sites, Walks::Streets { network: &network, spots: &spots }, asked(&times), &mut out).unwrap();
        assert_eq!((written.without, written.sizes.iter().map(|s| s.areas.len()).collect::<Vec<_>>()), (1, vec![1, 1]));
        let text = String::from_utf8(out).unwrap();
        let read: geojson::FeatureCollection = text.parse().unwrap();
        assert_eq!(read.features.len(), 2);
        let first = &read.features[0];
        let properties = first.properties.as_ref().unwrap();
        assert_eq!(properties.keys().collect::<Vec<_>>(), ["area_m2", "buffer_m", "id", "kind", "minutes"]);
        assert_eq!((&properties["id"], &properties["kind"]), (&"F\"1\"".into(), &"facility".into()));
        assert_eq!((properties["minutes"].as_f64(), properties["buffer_m"].as_f64()), (Some(2.5), Some(30.0)));
        assert!((properties["area_m2"].as_f64().unwrap() - written.sizes[0].areas[0]).abs() <= 0.005);
        assert_eq!(written.sizes[0].median(), Some(written.sizes[0].areas[0]));
        let shape: geo::MultiPolygon<f64> = first.geometry.clone().unwrap().try_into().unwrap();
        let drawn = crate::coverage::circles::circles(&network, &spots, asked(&times))[0].clone().unwrap();
        assert_eq!(shape, drawn.circles[0].outline.to_multi_polygon(), "the file holds exactly what was drawn");
    }

    #[test]
    fn straight_circles_are_stamped_and_say_their_tolerance() {
        let times = [Milliseconds(300_000)];
        let places = [Some(LonLat { lon: 112.5, lat: 36.1 })];
        let mut out = Vec::new();
        let walks = Walks::Straight { places: &places, detour: 1.3, stamp: "×1.3" };
        write(&[Site { id: "F1", kind: "facility" }], walks, asked(&times), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(r#""minutes":5,"buffer_m":1,"area_m2":16"#) && text.contains(r#","stamp":"×1.3"}"#), "{text}");
    }

    #[test]
    fn no_site_is_an_empty_collection_and_nothing_has_no_median() {
        let mut out = Vec::new();
        let walks = Walks::Straight { places: &[], detour: 1.3, stamp: "" };
        let written = write(&[], walks, asked(&[Milliseconds(1)]), &mut out).unwrap();
        assert_eq!(written.sizes[0].median(), None);
        let read: geojson::FeatureCollection = String::from_utf8(out).unwrap().parse().unwrap();
        assert!(read.features.is_empty());
    }
}
