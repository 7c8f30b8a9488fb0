//! Where cleaned rows go: CSV, GeoJSON, or a sheet of a workbook.

use std::fmt::Write;

use geo::{Geometry, LineString, Polygon};
use rust_xlsxwriter::{Format, XlsxError};

use super::clean::Clean;
use crate::report::workbook as portable;

/// Rows of one copy in the making.
pub trait Sink {
    /// Once, before the first row.
    fn headings(&mut self, headings: &[String]);
    /// Each row; the shape is in the coordinates of the file.
    fn row(&mut self, cells: &[Clean], shape: Option<&Geometry<f64>>);
}

/// CSV; shapes become a last column of WKT.
#[derive(Debug, Default)]
pub struct Csv {
    headings: Vec<String>,
    has_shapes: Option<bool>,
    text: String,
}

impl Csv {
    /// The file: UTF-8 with the mark that Excel looks for.
    pub fn finish(mut self) -> Vec<u8> {
        self.open(false);
        self.text.into_bytes()
    }

    fn open(&mut self, has_shapes: bool) {
        if self.has_shapes.is_some() {
            return;
        }
        self.has_shapes = Some(has_shapes);
        self.text.push('\u{feff}');
        let mut headings = std::mem::take(&mut self.headings);
        headings.extend(has_shapes.then(|| "wkt".to_owned()));
        self.line(headings.iter().map(String::as_str));
    }

    fn line<'t>(&mut self, fields: impl Iterator<Item = &'t str>) {
        for (at, field) in fields.enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            if field.contains([',', '"', '\n', '\r']) {
                let _ = write!(self.text, "\"{}\"", field.replace('"', "\"\""));
            } else {
                self.text.push_str(field);
            }
        }
        self.text.push('\n');
    }
}

impl Sink for Csv {
    fn headings(&mut self, headings: &[String]) {
        self.headings = headings.to_vec();
    }

    fn row(&mut self, cells: &[Clean], shape: Option<&Geometry<f64>>) {
        self.open(shape.is_some());
        let mut fields: Vec<String> = cells.iter().map(Clean::written).collect();
        if self.has_shapes == Some(true) {
            fields.push(shape.map(wkt).unwrap_or_default());
        }
        self.line(fields.iter().map(String::as_str));
    }
}

/// A FeatureCollection, one feature a line, coordinates as they were.
#[derive(Debug, Default)]
pub struct GeoJson {
    headings: Vec<String>,
    features: Vec<String>,
}

impl GeoJson {
    /// The file.
    pub fn finish(self) -> Vec<u8> {
        format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", self.features.join(",\n")).into_bytes()
    }
}

impl Sink for GeoJson {
    fn headings(&mut self, headings: &[String]) {
        self.headings = headings.to_vec();
    }

    fn row(&mut self, cells: &[Clean], shape: Option<&Geometry<f64>>) {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let properties = self.headings.iter().zip(cells).map(|(heading, cell)| {
            let value = match cell {
                Clean::Empty => "null".to_owned(),
                Clean::Text(text) => quoted(text),
                Clean::Number(n) if !n.is_finite() => "null".to_owned(),
                Clean::Number(_) | Clean::Bool(_) => cell.written(),
            };
            format!("{}:{value}", quoted(heading))
        });
        let properties = properties.collect::<Vec<_>>().join(",");
        let geometry =
            shape.map_or_else(|| "null".to_owned(), |shape| geojson::Geometry::new(geojson::GeometryValue::from(shape)).to_string());
        self.features.push(format!("{{\"type\":\"Feature\",\"properties\":{{{properties}}},\"geometry\":{geometry}}}"));
    }
}

/// A sheet of a workbook.
#[derive(Debug, Default)]
pub struct Sheet {
    /// What it is called.
    pub name: String,
    headings: Vec<String>,
    rows: Vec<Vec<Clean>>,
}

impl Sink for Sheet {
    fn headings(&mut self, headings: &[String]) {
        self.headings = headings.to_vec();
    }

    fn row(&mut self, cells: &[Clean], _: Option<&Geometry<f64>>) {
        self.rows.push(cells.to_vec());
    }
}

/// Sheets → a workbook without a clock.
pub fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = portable::new()?;
    let bold = Format::new().set_bold();
    for sheet in sheets {
        let to = book.add_worksheet();
        if !sheet.name.is_empty() {
            to.set_name(&sheet.name)?;
        }
        let column = |c: usize| u16::try_from(c).map_err(|_| XlsxError::RowColumnLimitError);
        for (c, heading) in sheet.headings.iter().enumerate() {
            to.write_string_with_format(0, column(c)?, heading, &bold)?;
        }
        for (r, row) in sheet.rows.iter().enumerate() {
            let r = u32::try_from(r + 1).map_err(|_| XlsxError::RowColumnLimitError)?;
            for (c, cell) in row.iter().enumerate() {
                match cell {
                    Clean::Empty => continue,
                    Clean::Text(text) => to.write_string(r, column(c)?, crate::report::xlsx::safe(text))?,
                    Clean::Number(n) => to.write_number(r, column(c)?, *n)?,
                    Clean::Bool(b) => to.write_boolean(r, column(c)?, *b)?,
                };
            }
        }
        to.set_freeze_panes(1, 0)?;
    }
    let mut bytes = Vec::new();
    portable::save(&mut book, &mut bytes).map_err(XlsxError::IoError)?;
    Ok(bytes)
}

/// Well-known text with every digit of the coordinates.
fn wkt(shape: &Geometry<f64>) -> String {
    let points = |line: &LineString<f64>| line.0.iter().map(|c| format!("{} {}", c.x, c.y)).collect::<Vec<_>>().join(",");
    let ring = |line: &LineString<f64>| format!("({})", points(line));
    let rings =
        |p: &Polygon<f64>| format!("({})", std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect::<Vec<_>>().join(","));
    match shape {
        Geometry::Point(p) => format!("POINT({} {})", p.x(), p.y()),
        Geometry::Line(l) => format!("LINESTRING({} {},{} {})", l.start.x, l.start.y, l.end.x, l.end.y),
        Geometry::LineString(l) => format!("LINESTRING({})", points(l)),
        Geometry::Polygon(p) => format!("POLYGON{}", rings(p)),
        Geometry::MultiPoint(all) => {
            format!("MULTIPOINT({})", all.0.iter().map(|p| format!("({} {})", p.x(), p.y())).collect::<Vec<_>>().join(","))
        }
        Geometry::MultiLineString(all) => format!("MULTILINESTRING({})", all.0.iter().map(ring).collect::<Vec<_>>().join(",")),
        Geometry::MultiPolygon(all) => format!("MULTIPOLYGON({})", all.0.iter().map(rings).collect::<Vec<_>>().join(",")),
        Geometry::GeometryCollection(all) => format!("GEOMETRYCOLLECTION({})", all.0.iter().map(wkt).collect::<Vec<_>>().join(",")),
        Geometry::Rect(r) => format!("POLYGON{}", rings(&r.to_polygon())),
        Geometry::Triangle(t) => format!("POLYGON{}", rings(&t.to_polygon())),
    }
}
