//! Files → city: one file per format, one per table.
//!
//! A format reader ([`scan`]) streams records to a [`Visit`] without keeping the file in memory; a table reader (communities,
//! facilities …) is such a visitor: it recognises headings, reads values and remembers where each stood. Coordinates stay as
//! written until the whole layer has been seen, because only then can its CRS be judged.

pub mod candidates;
pub mod city;
pub mod communities;
pub mod cost_table;
pub mod counties;
pub mod crosswalk;
pub mod crs;
mod csv;
pub mod dates;
mod dbf;
pub mod decision;
pub mod demand;
pub mod encoding;
pub mod estates;
pub mod facilities;
mod flatgeobuf;
mod geojson;
mod gpkg;
pub(crate) mod guard;
pub mod headings;
pub mod instance;
pub mod join;
pub mod kind;
mod kml;
pub mod layer;
pub mod link;
pub mod peek;
mod prj;
pub mod quota;
pub mod raster;
pub mod row;
pub mod scan;
mod shapefile;
mod shapes_in_cells;
pub mod values;
pub mod vocabulary;
mod wkb;
mod wkt;
mod xlsx;
mod zipped;

use geo::{Geometry, Rect};

use crate::problem::understood::{Instead, LeftOut};

/// One input file of a study, with what the study says about it.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// Path on disk.
    pub path: std::path::PathBuf,
    /// As the study names it, with `/`: what problems and `run.json` print.
    pub shown: String,
    /// The section of the study it stands in: of several sheets or layers, one of that name is taken where none is named.
    pub table: Option<&'static str>,
    /// `layer` or `sheet`, where the file has several.
    pub layer: Option<String>,
    /// `crs` of the study; wins over what the format implies.
    pub crs: Option<String>,
    /// `encoding` of the study; wins over detection.
    pub encoding: Option<String>,
    /// `fields`: canonical name → heading.
    pub fields: Vec<(String, String)>,
    /// A register joined by code.
    pub register: Option<Box<Register>>,
    /// `trust`: what counts where code and name disagree; without it such records are not joined.
    pub trust: Option<Trust>,
    /// Date of the data.
    pub as_of: Option<jiff::civil::Date>,
    /// Where the data come from, in words.
    pub source: Option<String>,
}

/// `trust = "code" | "name"`: which of the two a joined register is believed by where they contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Trust {
    Code,
    Name,
}

impl Trust {
    /// As a study writes it.
    pub fn key(self) -> &'static str {
        match self {
            Trust::Code => "code",
            Trust::Name => "name",
        }
    }

    /// From the word of a study.
    pub fn parse(text: &str) -> Option<Self> {
        [Trust::Code, Trust::Name].into_iter().find(|t| t.key() == text)
    }
}

/// `register = { file, sheet, on }`: attributes joined to boundaries by a field.
#[derive(Debug, Clone)]
pub struct Register {
    /// The file.
    pub input: Input,
    /// The canonical field both share (default `code`).
    pub on: String,
}

/// A value as the file holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Empty,
    /// Text, not trimmed.
    Text(&'a str),
    /// A number that the format itself stores as one.
    Number(f64),
    /// A truth value that the format itself stores as one.
    Bool(bool),
}

/// One record of a layer, borrowed for the time of the call.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Line or sheet row, from 1 with the header; `None` for pure features.
    pub row: Option<u32>,
    /// Feature number from 0; `None` for tables.
    pub feature: Option<u32>,
    /// One cell for each column.
    pub cells: &'a [Cell<'a>],
    /// The shape, in the coordinates of the file.
    pub geometry: Option<&'a Geometry<f64>>,
}

/// Receives the records of a layer in file order.
pub trait Visit {
    /// Called once, before the first record; headings as written. (GeoJSON, whose features may differ, announces the union of a first pass.)
    fn columns(&mut self, columns: &[String]);
    /// Called for each record.
    fn record(&mut self, record: Record<'_>);
    /// Asked after each record: whether the rest need not be read. Whoever says so has seen the head of a file only.
    fn enough(&self) -> bool {
        false
    }
}

/// What is to be said of a file that was read: `columns` by `scanned` in `crs`.
pub(crate) fn understood(
    table: headings::Table,
    input: &Input,
    scanned: &Scanned,
    crs: Option<&crate::space::crs::Crs>,
    columns: &headings::Columns,
    left_out: Vec<LeftOut>,
) -> crate::problem::understood::Understood {
    let origin = crate::problem::Origin {
        file: Some(input.shown.as_str().into()),
        layer: scanned.layer.as_deref().map(Into::into),
        ..Default::default()
    };
    let title = |(row, text): &(u32, String)| LeftOut { what: Instead::Title, row: Some(*row), text: shortened(text) };
    let above = scanned.above.iter().map(title);
    let crs_from = match crs {
        None => "",
        Some(_) if input.crs.is_some() => "study",
        Some(_) if scanned.declared_crs.is_some() => "file",
        Some(_) => "numbers",
    };
    crate::problem::understood::Understood {
        table: table.name(),
        origin,
        rows: Some(scanned.records.saturating_sub(left_out.len() as u64)),
        crs: crs.map(|c| c.name().to_owned()),
        crs_from,
        encoding: scanned.encoding,
        encoding_from: scanned.encoding_from,
        samples: scanned.samples.clone(),
        columns: columns.as_read(),
        left_out: above.chain(left_out).collect(),
    }
}

/// The texts of a row, for whoever asks what it was.
pub(crate) fn texts_of(cells: &[Cell<'_>]) -> String {
    let texts: Vec<_> = cells.iter().filter_map(|cell| values::text(*cell)).collect();
    shortened(&texts.join(" | "))
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() > MOST { text.chars().take(MOST - 1).chain(['…']).collect() } else { text.to_owned() }
}

/// What a format reader learned about a layer beside its records.
#[derive(Debug, Clone, Default)]
pub struct Scanned {
    /// Layer or sheet actually read.
    pub layer: Option<String>,
    /// CRS that the file declares (`.prj` text, `EPSG:…`, `srs_id`); `None` if it says nothing. GeoJSON declares `EPSG:4326`.
    pub declared_crs: Option<String>,
    /// Encoding used for text, where the format leaves it open.
    pub encoding: Option<&'static str>,
    /// By which evidence: `study`, `mark`, `cpg`, `language`, `content`, `ascii`.
    pub encoding_from: &'static str,
    /// Up to three values beyond ASCII, as they read.
    pub samples: String,
    /// Cells of a sheet that were filled from a merged one: row from 1, column among the headings, value.
    pub filled: Vec<(u32, u32, String)>,
    /// Rows of a sheet above its records that are more than its one row of headings: titles, and headings in several rows. Row from 1, text.
    pub above: Vec<(u32, String)>,
    /// Bounds of all geometry, in the coordinates of the file.
    pub bounds: Option<Rect<f64>>,
    /// The first coordinate of all geometry, for messages about swapped axes; a table reader may set it from its columns.
    pub first: Option<geo::Coord<f64>>,
    /// Number of records.
    pub records: u64,
}
