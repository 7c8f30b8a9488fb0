//! The head of a file: enough of it to guess what it is, at the same small cost for a small file and a giant one.

use std::fs::File;
use std::io::{Read, Write};

use geo::{Coord, CoordsIter, Geometry, Rect};

use super::kind::Kind;
use super::vocabulary::built_in;
use super::{Input, Record, Visit, geojson, gpkg, scan, values, xlsx, zipped};
use crate::problem::{Problem, Problems};

/// Records that are looked at.
const ENOUGH: usize = 200;
/// A text file longer than this is judged by this much of its beginning.
const HEAD: u64 = 1 << 19;

/// What the head of one layer or sheet shows.
#[derive(Debug, Default)]
pub struct Peek {
    /// As written.
    pub headings: Vec<String>,
    /// The first records as texts, without blank rows and examples of a form.
    pub rows: Vec<Vec<String>>,
    /// Whether [`rows`](Self::rows) are all there are.
    pub whole: bool,
    /// Records whose shape is of points, lines, polygons.
    pub shapes: [usize; 3],
    /// Bounds of these shapes, in the coordinates of the file.
    pub bounds: Option<Rect<f64>>,
    /// The first of these coordinates.
    pub first: Option<Coord<f64>>,
    /// What the file says of its CRS.
    pub declared_crs: Option<String>,
    /// Encoding of its text, where the format leaves it open.
    pub encoding: Option<&'static str>,
    /// What the reader found.
    pub problems: Problems,
}

/// What a file is, by content and name.
pub fn kind(input: &Input) -> Result<Kind, Box<Problem>> {
    scan::kind_of(input)
}

/// Names of the layers or sheets; one `None` for a format that has one only.
pub fn layers(input: &Input, kind: Kind) -> Result<Vec<Option<String>>, Box<Problem>> {
    let named = match kind {
        Kind::Xlsx | Kind::Xls => xlsx::sheets(input, kind)?,
        Kind::GeoPackage => gpkg::layers(input)?,
        Kind::ZippedShapefile => zipped::layers(input)?,
        _ => return Ok(vec![None]),
    };
    Ok(named.into_iter().map(Some).collect())
}

/// Looks at one layer.
pub fn peek(input: &Input, kind: Kind) -> Peek {
    let mut looking = Looking::default();
    let mut problems = Problems::default();
    let head = head_of(input, kind);
    let input = match &head {
        Some(head) => &Input { path: head.path().to_path_buf(), ..input.clone() },
        None => input,
    };
    let scanned = scan::scan(input, &mut looking, &mut problems);
    let mut peek = looking.peek;
    peek.whole &= head.is_none();
    peek.problems = problems;
    if let Some(scanned) = scanned {
        peek.declared_crs = scanned.declared_crs;
        peek.encoding = scanned.encoding;
    }
    peek
}

/// A copy of the beginning of a long text; its name keeps the extension. `None` where the file itself can be read.
fn head_of(input: &Input, kind: Kind) -> Option<tempfile::NamedTempFile> {
    let text = matches!(kind, Kind::Csv | Kind::GeoJson);
    if !text || input.path.metadata().ok()?.len() <= HEAD * 2 {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(&input.path).ok()?.take(HEAD).read_to_end(&mut bytes).ok()?;
    let bytes = match kind {
        Kind::GeoJson => geojson::head(&bytes)?,
        _ => {
            let wide = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
            if !wide && let Some(last) = bytes.iter().rposition(|b| *b == b'\n') {
                bytes.truncate(last + 1);
            }
            bytes
        }
    };
    let extension = input.path.extension().map(|e| format!(".{}", e.to_string_lossy())).unwrap_or_default();
    let mut copy = tempfile::Builder::new().suffix(&extension).tempfile().ok()?;
    copy.write_all(&bytes).and_then(|()| copy.flush()).ok()?;
    Some(copy)
}

#[derive(Default)]
struct Looking {
    peek: Peek,
    seen: usize,
}

impl Visit for Looking {
    fn columns(&mut self, columns: &[String]) {
        self.peek.headings = columns.to_vec();
        self.peek.whole = true;
    }

    fn record(&mut self, record: Record<'_>) {
        self.seen += 1;
        if self.seen >= ENOUGH {
            self.peek.whole = false;
        }
        let texts: Vec<String> = record.cells.iter().map(|cell| values::text(*cell).map(|t| t.into_owned()).unwrap_or_default()).collect();
        let says_nothing = texts.iter().all(String::is_empty) && record.geometry.is_none();
        if says_nothing || texts.iter().find(|t| !t.is_empty()).is_some_and(|t| built_in().example(t)) {
            return;
        }
        if let Some(geometry) = record.geometry {
            self.take(geometry);
        }
        self.peek.rows.push(texts);
    }

    fn enough(&self) -> bool {
        self.seen >= ENOUGH
    }
}

impl Looking {
    fn take(&mut self, geometry: &Geometry<f64>) {
        let kind = match geometry {
            Geometry::Point(_) | Geometry::MultiPoint(_) => 0,
            Geometry::Line(_) | Geometry::LineString(_) | Geometry::MultiLineString(_) => 1,
            _ => 2,
        };
        self.peek.shapes[kind] += 1;
        for c in geometry.coords_iter().filter(|c| c.x.is_finite() && c.y.is_finite()) {
            self.peek.first.get_or_insert(c);
            let bounds = self.peek.bounds.unwrap_or(Rect::new(c, c));
            let (min, max) = (bounds.min(), bounds.max());
            self.peek.bounds =
                Some(Rect::new(Coord { x: min.x.min(c.x), y: min.y.min(c.y) }, Coord { x: max.x.max(c.x), y: max.y.max(c.y) }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(name: &str, bytes: &[u8]) -> Peek {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let input = Input { path, shown: name.into(), ..Input::default() };
        let kind = kind(&input).unwrap();
        peek(&input, kind)
    }

    #[test]
    fn the_head_of_a_long_table_is_a_table() {
        let mut text = String::from("id,name\n");
        (0..200_000).for_each(|n| text.push_str(&format!("{n},北街\n")));
        let peek = look("long.csv", text.as_bytes());
        assert_eq!((peek.headings.len(), peek.rows.len(), peek.whole), (2, ENOUGH, false));
        assert!(peek.problems.is_empty(), "{:?}", peek.problems);
    }

    #[test]
    fn the_head_of_a_long_layer_is_its_first_features_and_its_crs() {
        let mut text = String::from(
            r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4546"}},"features":["#,
        );
        let feature =
            |n: usize| format!(r#"{{"type":"Feature","properties":{{"n":{n}}},"geometry":{{"type":"Point","coordinates":[500000,{n}]}}}}"#);
        text.push_str(&(0..40_000).map(feature).collect::<Vec<_>>().join(","));
        text.push_str("]}");
        assert!(text.len() as u64 > 2 * HEAD);
        let peek = look("long.geojson", text.as_bytes());
        assert_eq!((peek.headings.as_slice(), peek.shapes, peek.whole), (&["n".to_owned()][..], [ENOUGH, 0, 0], false));
        assert!(peek.declared_crs.as_deref().unwrap().contains("4546"), "{:?}", peek.declared_crs);
        assert!(peek.problems.is_empty(), "{:?}", peek.problems);
    }

    #[test]
    fn an_example_row_is_not_data() {
        let peek = look("a.csv", "社区代码,社区名称\n示例：1,示例社区\n".as_bytes());
        assert_eq!((peek.headings.len(), peek.rows.len(), peek.whole), (2, 0, true));
    }
}
