//! Where the cells of a GeoTIFF lie: the affine transformation from its tags, the CRS from its geo keys (OGC GeoTIFF 1.1).

use geo::Coord;

/// From column and row to the coordinates of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// Where the outer corner of the first cell lies.
    pub origin: Coord<f64>,
    /// One cell to the right.
    pub across: Coord<f64>,
    /// One cell down.
    pub down: Coord<f64>,
}

impl Affine {
    /// The point at a column and row; the centre of a cell is half a cell from its corner.
    pub fn at(&self, column: f64, row: f64) -> Coord<f64> {
        Coord {
            x: self.origin.x + column * self.across.x + row * self.down.x,
            y: self.origin.y + column * self.across.y + row * self.down.y,
        }
    }

    /// Whether two grids of `width` × `height` cells lie on each other to a thousandth of a cell at every corner.
    pub fn same(&self, other: &Affine, width: u32, height: u32) -> bool {
        let cell = (self.across.x.hypot(self.across.y)).min(self.down.x.hypot(self.down.y));
        [(0, 0), (width, 0), (0, height), (width, height)].into_iter().all(|(column, row)| {
            let (a, b) = (self.at(column.into(), row.into()), other.at(column.into(), row.into()));
            (a.x - b.x).hypot(a.y - b.y) <= cell * 1e-3
        })
    }
}

/// The tags that place a raster, as the file holds them.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    /// ModelPixelScale.
    pub scale: Vec<f64>,
    /// ModelTiepoint, six numbers each.
    pub tiepoints: Vec<f64>,
    /// ModelTransformation, 4 × 4 by rows.
    pub matrix: Vec<f64>,
    /// GeoKeyDirectory.
    pub keys: Vec<u16>,
    /// GeoDoubleParams.
    pub doubles: Vec<f64>,
    /// GeoAsciiParams.
    pub text: String,
}

const RASTER_TYPE: u16 = 1025;
const CITATION: u16 = 1026;
const GEOGRAPHIC: u16 = 2048;
const GEOGRAPHIC_CITATION: u16 = 2049;
const SEMI_MAJOR: u16 = 2057;
const INVERSE_FLATTENING: u16 = 2059;
const PROJECTED: u16 = 3072;
const PROJECTED_CITATION: u16 = 3073;
const METHOD: u16 = 3075;
const UNITS: u16 = 3076;
const POINT: u16 = 2;
const TRANSVERSE_MERCATOR: u16 = 1;
const METRE: u16 = 9001;
/// Codes below are "undefined", 32767 is "user-defined".
const FIRST_CODE: u16 = 1024;
const USER_DEFINED: u16 = 32_767;

impl Tags {
    /// The transformation; `None` where the file has none that is affine, or one that puts all cells on a line.
    pub fn affine(&self) -> Option<Affine> {
        let mut affine = match (&self.matrix[..], &self.scale[..], &self.tiepoints[..]) {
            ([a, b, _, x, d, e, _, y, ..], _, _) if self.matrix.len() >= 8 => {
                Affine { origin: Coord { x: *x, y: *y }, across: Coord { x: *a, y: *d }, down: Coord { x: *b, y: *e } }
            }
            // Several tiepoints beside a pixel scale contradict each other at worst; without one they are control points.
            (_, [sx, sy, ..], [i, j, _, x, y, _, ..]) => {
                Affine { origin: Coord { x: x - i * sx, y: y + j * sy }, across: Coord { x: *sx, y: 0.0 }, down: Coord { x: 0.0, y: -sy } }
            }
            _ => return None,
        };
        if self.short(RASTER_TYPE) == Some(POINT) {
            // There the numbers are those of the centre of a cell.
            affine.origin = affine.at(-0.5, -0.5);
        }
        let area = affine.across.x * affine.down.y - affine.across.y * affine.down.x;
        let finite = [affine.origin, affine.across, affine.down].iter().all(|c| c.x.is_finite() && c.y.is_finite());
        (finite && area.is_finite() && area != 0.0).then_some(affine)
    }

    /// The CRS, as [`crate::space::crs::Crs::parse`] reads it; `None` where the file does not say.
    pub fn crs(&self) -> Option<String> {
        let code = |key| self.short(key).filter(|code| (FIRST_CODE..USER_DEFINED).contains(code));
        if let Some(code) = code(PROJECTED).or_else(|| code(GEOGRAPHIC).filter(|_| self.short(PROJECTED).is_none())) {
            return Some(format!("EPSG:{code}"));
        }
        let cited = [PROJECTED_CITATION, CITATION, GEOGRAPHIC_CITATION].into_iter().filter_map(|key| self.citation(key));
        let is_projected = self.short(PROJECTED).is_some() || self.short(METHOD).is_some();
        let known = |text: &String| crate::space::crs::Crs::parse(text).is_some_and(|crs| crs.is_geographic() != is_projected);
        if let Some(name) = cited.into_iter().find(known) {
            return Some(name);
        }
        if is_projected { self.transverse_mercator() } else { self.bare_ellipsoid() }
    }

    /// A zone written out: central meridian and eastings.
    fn transverse_mercator(&self) -> Option<String> {
        let in_metres = self.short(UNITS).is_none_or(|unit| unit == METRE);
        if self.short(METHOD) != Some(TRANSVERSE_MERCATOR) || !in_metres {
            return None;
        }
        let [longitude, latitude, easting, northing] = [3080, 3081, 3082, 3083].map(|key| self.double(key));
        let ellipsoid = match code_ellipsoid(self.short(GEOGRAPHIC)) {
            Some(named) => named.to_owned(),
            None => format!("+a={} +rf={}", self.double(SEMI_MAJOR)?, self.double(INVERSE_FLATTENING)?),
        };
        Some(format!(
            "+proj=tmerc +lat_0={} +lon_0={} +k={} +x_0={} +y_0={} {ellipsoid} +units=m +no_defs",
            latitude.unwrap_or(0.0),
            longitude?,
            self.double(3092).unwrap_or(1.0),
            easting.unwrap_or(0.0),
            northing.unwrap_or(0.0),
        ))
    }

    /// Degrees on the ellipsoid of WGS 84 or CGCS2000, under whatever name.
    fn bare_ellipsoid(&self) -> Option<String> {
        let near = |key, value: f64, by: f64| self.double(key).is_some_and(|n| (n - value).abs() < by);
        let modern = near(SEMI_MAJOR, 6_378_137.0, 1e-3) && near(INVERSE_FLATTENING, 298.257_223, 2e-6);
        modern.then(|| "EPSG:4326".to_owned())
    }

    fn entry(&self, key: u16) -> Option<&[u16]> {
        self.keys.chunks_exact(4).skip(1).find(|entry| entry[0] == key)
    }

    fn short(&self, key: u16) -> Option<u16> {
        self.entry(key).filter(|entry| entry[1] == 0).map(|entry| entry[3])
    }

    fn double(&self, key: u16) -> Option<f64> {
        let entry = self.entry(key).filter(|entry| entry[1] == 34_736)?;
        self.doubles.get(usize::from(entry[3])).copied()
    }

    /// A citation without the words that programs put around a name (`PCS Name = …|`, `ESRI PE String = …|`).
    fn citation(&self, key: u16) -> Option<String> {
        let entry = self.entry(key).filter(|entry| entry[1] == 34_737)?;
        let from = usize::from(entry[3]);
        let text = self.text.get(from..(from + usize::from(entry[2])).min(self.text.len()))?;
        let text = text.trim_matches(|c: char| c == '|' || c == '\0' || c.is_whitespace());
        let text = text.split('|').next().unwrap_or(text);
        let text = text.split_once(" = ").filter(|(before, _)| !before.contains('[')).map_or(text, |(_, name)| name);
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// The ellipsoid of a geographic CRS that a user-defined projection stands on.
fn code_ellipsoid(geographic: Option<u16>) -> Option<&'static str> {
    match geographic? {
        4326 => Some("+datum=WGS84"),
        4490 => Some("+ellps=GRS80"),
        4214 => Some("+ellps=krass"),
        4610 => Some("+a=6378140 +rf=298.257"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(entries: &[[u16; 4]]) -> Vec<u16> {
        [[1, 1, 0, entries.len() as u16]].iter().chain(entries).flatten().copied().collect()
    }

    #[test]
    fn a_tiepoint_is_a_corner_or_the_centre_of_a_cell() {
        let mut tags = Tags { scale: vec![0.5, 0.25, 0.0], tiepoints: vec![0.0, 0.0, 0.0, 112.0, 38.0, 0.0], ..Tags::default() };
        assert_eq!(tags.affine().unwrap().at(0.5, 0.5), Coord { x: 112.25, y: 37.875 });
        tags.keys = keys(&[[RASTER_TYPE, 0, 1, POINT]]);
        assert_eq!(tags.affine().unwrap().at(0.5, 0.5), Coord { x: 112.0, y: 38.0 });
        tags.tiepoints = vec![2.0, 4.0, 0.0, 113.0, 37.0, 0.0];
        assert_eq!(tags.affine().unwrap().at(0.5, 0.5), Coord { x: 112.0, y: 38.0 });
    }

    #[test]
    fn a_matrix_may_turn_the_grid_and_a_flat_one_is_none() {
        let matrix = vec![0.0, 2.0, 0.0, 10.0, 3.0, 0.0, 0.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let affine = Tags { matrix, ..Tags::default() }.affine().unwrap();
        assert_eq!(affine.at(1.0, 2.0), Coord { x: 14.0, y: 23.0 });
        let tags = |scale: [f64; 3]| Tags { scale: scale.to_vec(), tiepoints: vec![0.0; 6], ..Tags::default() };
        assert_eq!([tags([0.0, 1.0, 0.0]).affine(), tags([f64::NAN, 1.0, 0.0]).affine(), Tags::default().affine()], [None; 3]);
    }

    #[test]
    fn the_crs_is_a_code_a_name_or_written_out() {
        let of = |entries: &[[u16; 4]], doubles: &[f64], text: &str| {
            Tags { keys: keys(entries), doubles: doubles.to_vec(), text: text.to_owned(), ..Tags::default() }.crs()
        };
        assert_eq!(of(&[[GEOGRAPHIC, 0, 1, 4326]], &[], "").as_deref(), Some("EPSG:4326"));
        assert_eq!(of(&[[GEOGRAPHIC, 0, 1, 4490], [PROJECTED, 0, 1, 4547]], &[], "").as_deref(), Some("EPSG:4547"));
        let name = "PCS Name = CGCS2000_3_Degree_GK_CM_114E|";
        let cited = [[PROJECTED, 0, 1, USER_DEFINED], [CITATION, 34_737, name.len() as u16, 0]];
        assert_eq!(of(&cited, &[], name).as_deref(), Some("CGCS2000_3_Degree_GK_CM_114E"));
        let ellipsoid = [[GEOGRAPHIC, 0, 1, USER_DEFINED], [INVERSE_FLATTENING, 34_736, 1, 0], [SEMI_MAJOR, 34_736, 1, 1]];
        assert_eq!(of(&ellipsoid, &[298.257_222_101, 6_378_137.0], "").as_deref(), Some("EPSG:4326"));
        assert_eq!(of(&ellipsoid, &[298.3, 6_378_245.0], ""), None, "degrees of another earth");
        let zone = [
            [GEOGRAPHIC, 0, 1, 4490],
            [PROJECTED, 0, 1, USER_DEFINED],
            [METHOD, 0, 1, TRANSVERSE_MERCATOR],
            [3080, 34_736, 1, 0],
            [3082, 34_736, 1, 1],
        ];
        let written = of(&zone, &[114.0, 500_000.0], "").unwrap();
        let (crs, code) = (crate::space::crs::Crs::parse(&written).unwrap(), crate::space::crs::Crs::from_epsg(4547).unwrap());
        let (a, b) = (crs.to_lonlat(520_000.0, 3_380_000.0).unwrap(), code.to_lonlat(520_000.0, 3_380_000.0).unwrap());
        assert!((a.lon - b.lon).abs() < 1e-9 && (a.lat - b.lat).abs() < 1e-9, "{a:?} {b:?}");
        assert_eq!(of(&[], &[], ""), None);
    }
}
