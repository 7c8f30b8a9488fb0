//! Well-known binary, read by `geozero`: as GeoPackage stores it behind its own header, and as PostGIS prints it in hexadecimal.

use geo::Geometry;
use geozero::error::{GeozeroError, Result};
use geozero::geo_types::GeoWriter;
use geozero::wkb::{process_ewkb_geom, process_gpkg_geom};
use geozero::{CoordDimensions, GeomProcessor};

/// Collections inside collections; more is an attack on the stack.
const DEEPEST: usize = 16;

/// The shape of a GeoPackage blob; `None` for an empty one, an error in words for one that is not well formed.
pub fn from_gpkg(blob: &[u8]) -> std::result::Result<Option<Geometry<f64>>, String> {
    // The "empty" bit of the flags.
    if blob.len() > 3 && blob[3] & 0b0001_0000 != 0 {
        return Ok(None);
    }
    let mut bounded = Bounded::new(blob.len());
    process_gpkg_geom(&mut &blob[..], &mut bounded).map_err(|error| error.to_string())?;
    Ok(bounded.inner.take_geometry())
}

/// Whether a text is nothing but a shape in hexadecimal: byte order, then a kind that is known.
pub fn is_hex(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 18
        && bytes.len().is_multiple_of(2)
        && (text.starts_with("00") || text.starts_with("01"))
        && bytes.iter().all(u8::is_ascii_hexdigit)
}

/// The shape of an `(E)WKB` in hexadecimal, and the EPSG code it carries.
pub fn from_hex(text: &str) -> std::result::Result<(Option<Geometry<f64>>, Option<i32>), String> {
    let digit = |b: u8| char::from(b).to_digit(16).unwrap_or(0) as u8;
    let bytes: Vec<u8> = text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
    let mut bounded = Bounded::new(bytes.len());
    process_ewkb_geom(&mut &bytes[..], &mut bounded).map_err(|error| error.to_string())?;
    Ok((bounded.inner.take_geometry(), bounded.srid))
}

/// Passes everything on, but believes no count that the bytes cannot hold: room is reserved by it.
struct Bounded {
    inner: GeoWriter,
    most: usize,
    depth: usize,
    srid: Option<i32>,
}

impl Bounded {
    fn new(bytes: usize) -> Self {
        Bounded { inner: GeoWriter::new(), most: bytes / 8 + 1, depth: 0, srid: None }
    }

    fn sized(&self, size: usize) -> Result<usize> {
        if size <= self.most { Ok(size) } else { Err(GeozeroError::Geometry("a count larger than its bytes".to_owned())) }
    }
}

impl GeomProcessor for Bounded {
    fn dimensions(&self) -> CoordDimensions {
        CoordDimensions::xy()
    }
    fn srid(&mut self, srid: Option<i32>) -> Result<()> {
        self.srid = srid;
        Ok(())
    }
    fn xy(&mut self, x: f64, y: f64, idx: usize) -> Result<()> {
        self.inner.xy(x, y, idx)
    }
    fn empty_point(&mut self, _idx: usize) -> Result<()> {
        Ok(())
    }
    fn point_begin(&mut self, idx: usize) -> Result<()> {
        self.inner.point_begin(idx)
    }
    fn point_end(&mut self, idx: usize) -> Result<()> {
        self.inner.point_end(idx)
    }
    fn multipoint_begin(&mut self, size: usize, idx: usize) -> Result<()> {
        self.inner.multipoint_begin(self.sized(size)?, idx)
    }
    fn multipoint_end(&mut self, idx: usize) -> Result<()> {
        self.inner.multipoint_end(idx)
    }
    fn linestring_begin(&mut self, tagged: bool, size: usize, idx: usize) -> Result<()> {
        self.inner.linestring_begin(tagged, self.sized(size)?, idx)
    }
    fn linestring_end(&mut self, tagged: bool, idx: usize) -> Result<()> {
        self.inner.linestring_end(tagged, idx)
    }
    fn multilinestring_begin(&mut self, size: usize, idx: usize) -> Result<()> {
        self.inner.multilinestring_begin(self.sized(size)?, idx)
    }
    fn multilinestring_end(&mut self, idx: usize) -> Result<()> {
        self.inner.multilinestring_end(idx)
    }
    fn polygon_begin(&mut self, tagged: bool, size: usize, idx: usize) -> Result<()> {
        self.inner.polygon_begin(tagged, self.sized(size)?, idx)
    }
    fn polygon_end(&mut self, tagged: bool, idx: usize) -> Result<()> {
        self.inner.polygon_end(tagged, idx)
    }
    fn multipolygon_begin(&mut self, size: usize, idx: usize) -> Result<()> {
        self.inner.multipolygon_begin(self.sized(size)?, idx)
    }
    fn multipolygon_end(&mut self, idx: usize) -> Result<()> {
        self.inner.multipolygon_end(idx)
    }
    fn geometrycollection_begin(&mut self, size: usize, idx: usize) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(GeozeroError::Geometry("collections nested too deeply".to_owned()));
        }
        self.inner.geometrycollection_begin(self.sized(size)?, idx)
    }
    fn geometrycollection_end(&mut self, idx: usize) -> Result<()> {
        self.depth -= 1;
        self.inner.geometrycollection_end(idx)
    }
    fn circularstring_begin(&mut self, _size: usize, _idx: usize) -> Result<()> {
        curves()
    }
    fn compoundcurve_begin(&mut self, _size: usize, _idx: usize) -> Result<()> {
        curves()
    }
    fn curvepolygon_begin(&mut self, _size: usize, _idx: usize) -> Result<()> {
        curves()
    }
    fn multicurve_begin(&mut self, _size: usize, _idx: usize) -> Result<()> {
        curves()
    }
    fn multisurface_begin(&mut self, _size: usize, _idx: usize) -> Result<()> {
        curves()
    }
    fn triangle_begin(&mut self, _tagged: bool, _size: usize, _idx: usize) -> Result<()> {
        curves()
    }
    fn polyhedralsurface_begin(&mut self, _size: usize, _idx: usize) -> Result<()> {
        curves()
    }
    fn tin_begin(&mut self, _size: usize, _idx: usize) -> Result<()> {
        curves()
    }
}

fn curves() -> Result<()> {
    Err(GeozeroError::Geometry("curves and surfaces are not read: convert to straight lines and polygons".to_owned()))
}
