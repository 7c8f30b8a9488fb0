//! One GeoTIFF: its size, place and nodata value, and its cells row by row. Blocks (strips or tiles) are decoded when a row of theirs is
//! asked for and kept until the next row of blocks.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::ops::Range;

use tiff::decoder::{ChunkType, Decoder, DecodingResult};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::georeference::{Affine, Tags};
use crate::problem::{Code, Problem};
use crate::read::Input;
use crate::read::kind::Kind;
use crate::read::scan::{self, cut_short, refuse, unopened};

/// Most bytes that one row of blocks may unpack to.
const LARGEST: u64 = 256 << 20;
/// Cells are numbered in four bytes; a map of China in cells of 100 m has three thousand million.
const MOST_CELLS: u64 = u32::MAX as u64;
const GDAL_METADATA: Tag = Tag::Unknown(42_112);

/// An open raster.
pub struct Sheet {
    decoder: Decoder<BufReader<File>>,
    /// Cells across.
    pub width: u32,
    /// Cells down.
    pub height: u32,
    /// Where they lie.
    pub affine: Affine,
    /// What the file says of its CRS.
    pub crs: Option<String>,
    /// Nodata as the raster holds it.
    nodata: Option<f64>,
    /// Width and height of a block.
    block: (u32, u32),
    /// Blocks of no bytes: GDAL leaves out those that hold nothing but nodata.
    empty: Vec<bool>,
    /// The row of blocks that is decoded, and its blocks: `None` outside the columns that were asked for or of no bytes.
    held: Option<(u32, Vec<Option<DecodingResult>>)>,
}

impl Sheet {
    /// Opens a file and reads everything but its cells.
    pub fn open(input: &Input) -> Result<Sheet, Box<Problem>> {
        match scan::kind_of(input)? {
            Kind::GeoTiff => {}
            kind => return Err(Box::new(refuse(input, Code::E_FORMAT).why("@why.format.not_a_table").with("seems", kind.name()))),
        }
        let file = File::open(&input.path).map_err(|error| Box::new(unopened(input, &error)))?;
        let mut decoder = Decoder::new(BufReader::with_capacity(1 << 16, file)).map_err(|error| Box::new(broken(input, error)))?;
        Sheet::describe(input, &mut decoder)
            .map_err(|error| match error {
                Fault::Tiff(error) => Box::new(broken(input, error)),
                Fault::Said(problem) => problem,
            })?
            .build(decoder)
    }

    fn describe(input: &Input, decoder: &mut Decoder<BufReader<File>>) -> Result<Description, Fault> {
        let format = |why| refuse(input, Code::E_FORMAT).why(why);
        let (width, height) = decoder.dimensions()?;
        let block = match decoder.get_chunk_type() {
            // The rows of the only strip may be written as more than there are.
            ChunkType::Strip => (width, decoder.chunk_dimensions().1.min(height)),
            ChunkType::Tile => decoder.chunk_dimensions(),
        };
        let size = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let across = u64::from(width.div_ceil(block.0.max(1)));
        let sensible = size((width, height)) <= MOST_CELLS && size(block).saturating_mul(8 * across) <= LARGEST;
        if width == 0 || height == 0 || block.0 == 0 || block.1 == 0 || !sensible {
            let shown = format!("{width} × {height} ({} × {})", block.0, block.1);
            let problem = refuse(input, Code::E_TOO_LARGE).value(shown).why("@why.raster.size").with("limit", LARGEST >> 20);
            return Err(Fault::Said(Box::new(problem)));
        }
        let colours = decoder.colortype()?;
        let inverted = decoder.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation)? == Some(0);
        if !matches!(colours, ColorType::Gray(8 | 16 | 32 | 64)) || inverted {
            let shown = if inverted { "WhiteIsZero".to_owned() } else { format!("{colours:?}") };
            return Err(Fault::Said(Box::new(format("@why.raster.one_band").value(shown))));
        }
        if let Some(scaled) = decoder.find_tag(GDAL_METADATA)?.and_then(|v| v.into_string().ok()).and_then(|text| scaled(&text)) {
            return Err(Fault::Said(Box::new(format("@why.raster.scaled").value(scaled))));
        }
        let doubles = |decoder: &mut Decoder<_>, tag| -> Result<Vec<f64>, TiffError> {
            Ok(decoder.find_tag(tag)?.map(|v| v.into_f64_vec()).transpose()?.unwrap_or_default())
        };
        let text = |decoder: &mut Decoder<_>, tag| -> Result<Option<String>, TiffError> {
            // Text that is not UTF-8 says nothing that is needed.
            Ok(decoder.find_tag(tag)?.and_then(|v| v.into_string().ok()))
        };
        let tags = Tags {
            scale: doubles(decoder, Tag::ModelPixelScaleTag)?,
            tiepoints: doubles(decoder, Tag::ModelTiepointTag)?,
            matrix: doubles(decoder, Tag::ModelTransformationTag)?,
            keys: decoder.find_tag(Tag::GeoKeyDirectoryTag)?.map(|v| v.into_u16_vec()).transpose()?.unwrap_or_default(),
            doubles: doubles(decoder, Tag::GeoDoubleParamsTag)?,
            text: text(decoder, Tag::GeoAsciiParamsTag)?.unwrap_or_default(),
        };
        let Some(affine) = tags.affine() else { return Err(Fault::Said(Box::new(format("@why.raster.unplaced")))) };
        let nodata = text(decoder, Tag::GdalNodata)?;
        let nodata = nodata.and_then(|t| t.trim_matches(|c: char| c == '\0' || c.is_whitespace()).parse::<f64>().ok());
        let counts = if decoder.get_chunk_type() == ChunkType::Strip { Tag::StripByteCounts } else { Tag::TileByteCounts };
        let empty = decoder.find_tag_unsigned_vec::<u64>(counts)?.unwrap_or_default().into_iter().map(|bytes| bytes == 0).collect();
        Ok(Description { width, height, affine, crs: tags.crs(), nodata, block, empty })
    }

    /// Size and corner, for messages.
    pub fn shown(&self) -> String {
        let corner = self.affine.origin;
        format!("{} × {}, {:.6} {:.6}", self.width, self.height, corner.x, corner.y)
    }

    /// The cells of a row within some columns; nodata, negative and missing ones as NaN.
    pub fn row(&mut self, row: u32, columns: Range<u32>, into: &mut Vec<f64>) -> Result<(), TiffError> {
        into.clear();
        let (wide, high) = self.block;
        let blocks = columns.start / wide..columns.end.div_ceil(wide);
        if self.held.as_ref().is_none_or(|(at, _)| *at != row / high) {
            self.decode(row / high, blocks.clone())?;
        }
        let Some((_, held)) = &self.held else { return Ok(()) };
        for block in blocks {
            let first = block * wide;
            let last = (first + wide).min(self.width);
            let wanted = columns.start.max(first) - first..columns.end.min(last) - first;
            // A block holds as many cells as there are in the raster, without its padding.
            let start = (row % high) as usize * (last - first) as usize;
            let range = start + wanted.start as usize..start + wanted.end as usize;
            match held.get(block as usize).and_then(Option::as_ref) {
                Some(values) if !take(values, range.clone(), self.nodata, into) => return Err(truncated()),
                Some(_) => {}
                None => into.extend(std::iter::repeat_n(f64::NAN, range.len())),
            }
        }
        Ok(())
    }

    fn decode(&mut self, row: u32, blocks: Range<u32>) -> Result<(), TiffError> {
        let across = self.width.div_ceil(self.block.0);
        self.held = None;
        let mut held: Vec<Option<DecodingResult>> = (0..across).map(|_| None).collect();
        for block in blocks {
            let number = u64::from(row) * u64::from(across) + u64::from(block);
            let empty = self.empty.get(number as usize).copied().ok_or_else(truncated)?;
            if !empty {
                held[block as usize] = Some(self.decoder.read_chunk(number as u32)?);
            }
        }
        self.held = Some((row, held));
        Ok(())
    }
}

/// Everything of a [`Sheet`] but the open file.
struct Description {
    width: u32,
    height: u32,
    affine: Affine,
    crs: Option<String>,
    nodata: Option<f64>,
    block: (u32, u32),
    empty: Vec<bool>,
}

impl Description {
    fn build(self, decoder: Decoder<BufReader<File>>) -> Result<Sheet, Box<Problem>> {
        let Description { width, height, affine, crs, nodata, block, empty } = self;
        Ok(Sheet { decoder, width, height, affine, crs, nodata, block, empty, held: None })
    }
}

/// Why a raster cannot be used.
enum Fault {
    Tiff(TiffError),
    Said(Box<Problem>),
}

impl From<TiffError> for Fault {
    fn from(error: TiffError) -> Self {
        Fault::Tiff(error)
    }
}

fn truncated() -> TiffError {
    TiffError::IoError(ErrorKind::UnexpectedEof.into())
}

/// Adds some values of a block; false where it is shorter than that.
fn take(values: &DecodingResult, range: Range<usize>, nodata: Option<f64>, into: &mut Vec<f64>) -> bool {
    fn add<T: Copy>(values: &[T], range: Range<usize>, into: &mut Vec<f64>, people: impl Fn(T) -> f64) -> bool {
        let Some(values) = values.get(range) else { return false };
        into.extend(values.iter().map(|v| people(*v)).map(|people| if people >= 0.0 { people } else { f64::NAN }));
        true
    }
    let plain = |value: f64| if Some(value) == nodata { f64::NAN } else { value };
    // The text of the nodata value may have more digits than the raster.
    let single = nodata.map(|n| n as f32);
    match values {
        DecodingResult::U8(v) => add(v, range, into, |v| plain(v.into())),
        DecodingResult::U16(v) => add(v, range, into, |v| plain(v.into())),
        DecodingResult::U32(v) => add(v, range, into, |v| plain(v.into())),
        DecodingResult::U64(v) => add(v, range, into, |v| plain(v as f64)),
        DecodingResult::I8(v) => add(v, range, into, |v| plain(v.into())),
        DecodingResult::I16(v) => add(v, range, into, |v| plain(v.into())),
        DecodingResult::I32(v) => add(v, range, into, |v| plain(v.into())),
        DecodingResult::I64(v) => add(v, range, into, |v| plain(v as f64)),
        DecodingResult::F16(v) => add(v, range, into, |v| plain(v.to_f64())),
        DecodingResult::F32(v) => add(v, range, into, |v| if Some(v) == single { f64::NAN } else { f64::from(v) }),
        DecodingResult::F64(v) => add(v, range, into, plain),
    }
}

/// The scale or offset that GDAL keeps beside the values, where it changes them.
fn scaled(metadata: &str) -> Option<String> {
    let item = |role: &str, harmless: f64| {
        let (_, rest) = metadata.split_once(&format!("role=\"{role}\""))?;
        let value = rest.split_once('>')?.1.split('<').next()?.trim();
        (value.parse::<f64>().ok() != Some(harmless)).then(|| format!("{role} {value}"))
    };
    item("scale", 1.0).or_else(|| item("offset", 0.0))
}

/// The problem that an error of the decoder is.
pub fn broken(input: &Input, error: TiffError) -> Problem {
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => cut_short(input, "@why.cut.tiff"),
        TiffError::IoError(error) => refuse(input, Code::E_FORMAT).with("reason", error),
        TiffError::LimitsExceeded | TiffError::IntSizeError => {
            refuse(input, Code::E_TOO_LARGE).value("-").why("@why.raster.size").with("limit", LARGEST >> 20)
        }
        error => refuse(input, Code::E_FORMAT).with("reason", error),
    }
}
