//! Shapes written as text (WKT, and EWKT with `SRID=4326;` before it), read by the `wkt` crate after their nesting was measured.

use std::str::FromStr;

use ::wkt::Wkt;
use ::wkt::types::Polygon;
use geo::Geometry;

/// Brackets inside brackets: a multipolygon has three, each collection around it one more; deeper is an attack on the stack.
const DEEPEST: usize = 16;
const KINDS: [&str; 8] =
    ["POINT", "LINESTRING", "LINEARRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];

/// What a text said.
#[derive(Debug, Default)]
pub struct Shape {
    /// `None` for an empty shape.
    pub geometry: Option<Geometry<f64>>,
    /// The EPSG code that stood before it.
    pub srid: Option<i32>,
    /// Whether a ring had to be closed.
    pub open_ring: bool,
}

/// Whether a text begins as WKT does, whatever follows.
pub fn looks_like(text: &str) -> bool {
    let (_, text) = srid(text.trim());
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).take(24).collect::<String>().to_ascii_uppercase();
    let kind = [word.as_str(), word.trim_end_matches("ZM"), word.trim_end_matches(['Z', 'M'])];
    let follows = text[word.len()..].trim_start();
    let continues = follows.is_empty() || follows.starts_with(['(', 'Z', 'M', 'z', 'm', 'E', 'e']);
    continues && kind.iter().any(|word| KINDS.contains(word))
}

/// Reads one text; the error is in words.
pub fn read(text: &str) -> Result<Shape, String> {
    let (srid, text) = srid(text.trim());
    if text.len() >= 5 && text.as_bytes()[text.len() - 5..].eq_ignore_ascii_case(b"EMPTY") && looks_like(text) {
        return Ok(Shape { srid, ..Shape::default() });
    }
    let mut depth = 0usize;
    for byte in text.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1).ok_or("a bracket too many")?,
            _ => {}
        }
        if depth > DEEPEST {
            return Err("nested too deeply".to_owned());
        }
    }
    if depth > 0 || !text.ends_with(')') {
        return Err("it ends before its last bracket".to_owned());
    }
    let parsed = Wkt::<f64>::from_str(text).or_else(|error| heights(text).ok_or(error)).map_err(str::to_owned)?;
    let open_ring = has_open_ring(&parsed);
    let geometry = Geometry::try_from(parsed).map_err(|error| error.to_string())?;
    Ok(Shape { geometry: Some(geometry), srid, open_ring })
}

/// Older programs write heights without saying so: `POINT (1 2 3)`.
fn heights(text: &str) -> Option<Wkt<f64>> {
    let open = text.find('(')?;
    let kind = text[..open].trim();
    let flat = kind.bytes().all(|b| b.is_ascii_alphabetic()) && KINDS.iter().any(|k| k.eq_ignore_ascii_case(kind));
    flat.then(|| Wkt::from_str(&format!("{kind} Z {}", &text[open..])).ok()).flatten()
}

/// `SRID=4547;` and the rest.
fn srid(text: &str) -> (Option<i32>, &str) {
    let is_named = text.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("SRID="));
    let parts = is_named.then(|| text[5..].split_once(';')).flatten();
    match parts.and_then(|(code, rest)| Some((code.trim().parse().ok()?, rest))) {
        Some((code, rest)) => (Some(code), rest.trim_start()),
        None => (None, text),
    }
}

fn has_open_ring(shape: &Wkt<f64>) -> bool {
    let open = |polygon: &Polygon<f64>| {
        polygon.rings().iter().any(|ring| ring.coords().first().zip(ring.coords().last()).is_some_and(|(a, b)| (a.x, a.y) != (b.x, b.y)))
    };
    match shape {
        Wkt::Polygon(polygon) => open(polygon),
        Wkt::MultiPolygon(polygons) => polygons.polygons().iter().any(open),
        Wkt::GeometryCollection(all) => all.geometries().iter().any(has_open_ring),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{point, polygon};
    use proptest::prelude::*;

    #[test]
    fn kinds_with_and_without_heights_are_read_flat() {
        let here = Some(Geometry::Point(point! { x: 112.5, y: 37.8 }));
        for text in ["POINT(112.5 37.8)", "point z (112.5 37.8 700)", "POINT (112.5 37.8 700)", " SRID=4326; POINT (112.5 37.8) "] {
            assert!(looks_like(text), "{text}");
            assert_eq!(read(text).unwrap().geometry, here, "{text}");
        }
        assert_eq!(read("srid=4547;POINT(1 2)").unwrap().srid, Some(4547));
        assert!(read("MULTIPOLYGON EMPTY").unwrap().geometry.is_none());
        let lines = read("MULTILINESTRING((0 0,1 1),(2 2,3 3))").unwrap().geometry;
        assert!(matches!(lines, Some(Geometry::MultiLineString(l)) if l.0.len() == 2));
    }

    #[test]
    fn an_open_ring_is_closed_and_said() {
        let closed = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0)];
        let shape = read("POLYGON((0 0,1 0,1 1))").unwrap();
        assert_eq!((shape.geometry, shape.open_ring), (Some(Geometry::Polygon(closed)), true));
        assert!(!read("POLYGON((0 0,1 0,1 1,0 0))").unwrap().open_ring);
    }

    #[test]
    fn a_broken_text_is_an_error_in_words() {
        for text in ["POLYGON((0 0,1 0", "POINT(1)", "POINT(a b)", "POINT 1 2", "(", "", "SRID=x;POINT(1 2)", "POLYGON((0 0,1 0,1 1,0 0)))"]
        {
            assert!(read(text).is_err(), "{text}");
        }
        let deep = format!("{}POINT(1 2){}", "GEOMETRYCOLLECTION(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(read(&deep).unwrap_err(), "nested too deeply");
    }

    #[test]
    fn words_are_not_taken_for_shapes() {
        for text in ["Point Street 5", "pointless", "东至府西街", "", "POLYGONAL(1)", "é"] {
            assert!(!looks_like(text), "{text}");
        }
        for text in ["POINTZ(1 2 3)", "POLYGON ((", "LINESTRING EMPTY"] {
            assert!(looks_like(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[POLYGNMUTISRDEZ=;0-9(), .é\\-]{0,60}") {
            looks_like(&text);
            let _ = read(&text);
        }
    }
}
