//! KML and KMZ: placemarks with points, lines and polygons; their names, descriptions and extended data are the columns.
//!
//! One placemark at a time is kept. A first pass gathers the names of columns; the second delivers. The standard knows no other
//! coordinates than WGS 84 in degrees, so that is declared; whoever drew on a shifted map says `crs = "gcj02"`.

use std::cell::Cell as Shared;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::rc::Rc;

use encoding_rs::{Encoding, UTF_8};
use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::csv::evidence;
use super::encoding::{Utf8Stream, doubt, explicit};
use super::scan::{self, LARGEST_RECORD, Tally, refuse, unopened};
use super::{Cell, Input, Record, Scanned, Visit};
use crate::problem::{Code, Problem, Problems};

/// Broken shapes beyond this many are not listed one by one.
const LISTED: u64 = 20;
/// Folders inside folders; more is an attack.
const DEEPEST: usize = 200;
/// More columns than any table has.
const MOST_COLUMNS: usize = 10_000;

/// Reads one file; see [`scan::scan`].
pub(super) fn read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Option<Scanned> {
    match try_read(input, visit, problems) {
        Ok(scanned) => scanned,
        Err(fault) => {
            problems.push(broken(input, fault));
            None
        }
    }
}

fn try_read(input: &Input, visit: &mut dyn Visit, problems: &mut Problems) -> Result<Option<Scanned>, Fault> {
    let mut file = File::open(&input.path)?;
    let Some(encoding) = decide_encoding(input, &mut file, problems)? else { return Ok(None) };
    let mut names: Vec<String> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    walk(text(&mut file, encoding)?, false, &mut |placemark| {
        for (name, _) in &placemark.values {
            if !index.contains_key(name) {
                index.insert(name.clone(), names.len());
                names.push(name.clone());
            }
        }
        if names.len() > MOST_COLUMNS { Err(Fault::TooManyColumns) } else { Ok(()) }
    })?;
    visit.columns(&names);
    let (mut tally, mut broken) = (Tally::default(), 0);
    let mut texts: Vec<Option<String>> = Vec::new();
    walk(text(&mut file, encoding)?, true, &mut |placemark| {
        let number = scan::number(tally.records());
        texts.clear();
        texts.resize(names.len(), None);
        for (name, value) in placemark.values.drain(..) {
            // A name twice: the first that says something.
            let slot = index.get(&name).map(|at| &mut texts[*at]);
            if let Some(slot) = slot.filter(|slot| slot.is_none() && !value.trim().is_empty()) {
                *slot = Some(value);
            }
        }
        if let Some(error) = placemark.broken.take() {
            broken += 1;
            if broken <= LISTED {
                let mut problem = refuse(input, Code::E_FORMAT).why("@why.kml.shape").value(error);
                problem.origin.feature = Some(number);
                problems.push(problem);
            }
        }
        let geometry = together(std::mem::take(&mut placemark.parts));
        tally.add(geometry.as_ref());
        let cells: Vec<Cell<'_>> = texts.iter().map(|text| text.as_deref().map_or(Cell::Empty, Cell::Text)).collect();
        visit.record(Record { row: None, feature: Some(number), cells: &cells, geometry: geometry.as_ref() });
        Ok(())
    })?;
    let scanned = Scanned { declared_crs: Some("EPSG:4326".to_owned()), encoding: Some(encoding.name()), ..tally.scanned() };
    Ok((broken == 0).then_some(scanned))
}

/// Why a file cannot be read on.
enum Fault {
    Io(io::Error),
    Xml(quick_xml::Error),
    Truncated,
    TooLarge,
    TooDeep,
    TooManyColumns,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error)
    }
}

fn broken(input: &Input, fault: Fault) -> Problem {
    match fault {
        Fault::Io(error) => unopened(input, &error),
        Fault::Xml(error) => refuse(input, Code::E_FORMAT).with("reason", error),
        Fault::Truncated => scan::cut_short(input, "@why.cut.json"),
        Fault::TooLarge => refuse(input, Code::E_TOO_LARGE).why("@why.large.feature").with("limit", LARGEST_RECORD >> 20),
        Fault::TooDeep => refuse(input, Code::E_TOO_LARGE).why("@why.kml.deep").with("limit", DEEPEST),
        Fault::TooManyColumns => refuse(input, Code::E_TOO_LARGE).why("@why.large.columns").with("limit", MOST_COLUMNS),
    }
}

/// What the study says, else what all bytes of the file say; a declaration in the head is often that of a template.
fn decide_encoding(input: &Input, file: &mut File, problems: &mut Problems) -> io::Result<Option<&'static Encoding>> {
    let Ok(said) = explicit(input, problems) else { return Ok(None) };
    if said.is_some() {
        return Ok(said);
    }
    let evidence = evidence(&mut BufReader::with_capacity(1 << 18, &mut *file), false)?;
    let judged = evidence.judge().encoding();
    if judged != UTF_8 && declared(file)? != Some(judged) {
        problems.push(doubt(input, Code::W_ENC, "@why.enc.guessed", judged, &evidence));
    }
    Ok(Some(judged))
}

/// The encoding that the XML declaration names; GBK is read as GB18030, which contains it.
fn declared(file: &mut File) -> io::Result<Option<&'static Encoding>> {
    file.rewind()?;
    let mut head = Vec::new();
    file.take(200).read_to_end(&mut head)?;
    let head = String::from_utf8_lossy(&head).into_owned();
    let label = head.split_once("encoding=").map(|(_, rest)| rest.trim_start_matches(['"', '\'']));
    let label = label.and_then(|rest| rest.split(['"', '\'']).next());
    let encoding = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    Ok(encoding.map(|e| if e == encoding_rs::GBK { encoding_rs::GB18030 } else { e }))
}

/// The text from its beginning, as UTF-8.
fn text<'f>(file: &'f mut File, encoding: &'static Encoding) -> io::Result<Metered<impl BufRead + use<'f>>> {
    file.rewind()?;
    let bytes = BufReader::with_capacity(1 << 16, file);
    let text = BufReader::with_capacity(1 << 16, Utf8Stream::new(bytes, encoding));
    Ok(Metered { inner: text, since: Rc::default() })
}

/// Counts the bytes since the last placemark and ends when they are too many for one.
struct Metered<R> {
    inner: R,
    since: Rc<Shared<u64>>,
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since.get() > LARGEST_RECORD {
            return Err(io::Error::other("too large"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.since.set(self.since.get() + amount as u64);
        self.inner.consume(amount);
    }
}

/// What of KML matters here.
#[derive(Clone, Copy, PartialEq)]
enum Element {
    Other,
    Placemark,
    Name,
    Description,
    Data,
    Value,
    SimpleData,
    Point,
    Line,
    Ring,
    Polygon,
    Outer,
    Inner,
    Coordinates,
}

impl Element {
    fn of(name: &str) -> Element {
        match name {
            "Placemark" => Element::Placemark,
            "name" => Element::Name,
            "description" => Element::Description,
            "Data" => Element::Data,
            "value" => Element::Value,
            "SimpleData" => Element::SimpleData,
            "Point" => Element::Point,
            "LineString" => Element::Line,
            "LinearRing" => Element::Ring,
            "Polygon" => Element::Polygon,
            "outerBoundaryIs" => Element::Outer,
            "innerBoundaryIs" => Element::Inner,
            "coordinates" => Element::Coordinates,
            _ => Element::Other,
        }
    }
}

/// One placemark in the making.
#[derive(Default)]
struct Placemark {
    /// Column and text, as they come.
    values: Vec<(String, String)>,
    parts: Vec<Geometry<f64>>,
    /// Of the polygon that is open.
    outer: Option<LineString<f64>>,
    inner: Vec<LineString<f64>>,
    /// What is wrong with its shape, if anything.
    broken: Option<String>,
}

/// Hands over the placemarks in their order; their shapes only `with_shapes`.
fn walk<R: BufRead>(text: Metered<R>, with_shapes: bool, each: &mut dyn FnMut(&mut Placemark) -> Result<(), Fault>) -> Result<(), Fault> {
    let since = Rc::clone(&text.since);
    let mut reader = Reader::from_reader(text);
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut said) = (Vec::new(), String::new());
    let mut open: Vec<(Element, Option<String>)> = Vec::new();
    let mut placemark: Option<Placemark> = None;
    loop {
        buffer.clear();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(_) if since.get() > LARGEST_RECORD => return Err(Fault::TooLarge),
            Err(quick_xml::Error::Syntax(_)) if !open.is_empty() => return Err(Fault::Truncated),
            Err(error) => return Err(Fault::Xml(error)),
        };
        match event {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(Fault::TooDeep);
                }
                let element = Element::of(start.local_name().as_ref());
                if element == Element::Placemark && placemark.is_none() {
                    placemark = Some(Placemark::default());
                }
                let named = matches!(element, Element::Data | Element::SimpleData).then(|| attribute(&start, "name")).flatten();
                open.push((element, named));
                said.clear();
            }
            Event::Text(text) => said.push_str(&text.xml10_content()),
            Event::CData(text) => said.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(c)) => said.push(c),
                _ => match quick_xml::escape::resolve_xml_entity(&reference.xml10_content()) {
                    Some(known) => said.push_str(known),
                    // An entity of the file's own making means nothing here, and is never expanded.
                    None => said.push('\u{fffd}'),
                },
            },
            Event::End(_) => {
                let Some((element, named)) = open.pop() else { continue };
                if element == Element::Placemark && !open.iter().any(|(e, _)| *e == Element::Placemark) {
                    if let Some(mut done) = placemark.take() {
                        each(&mut done)?;
                    }
                    since.set(0);
                } else if let Some(placemark) = &mut placemark {
                    placemark.close(element, named, &open, &mut said, with_shapes);
                }
                said.clear();
            }
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err(Fault::Truncated),
            _ => {}
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).ok()??;
    Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

impl Placemark {
    /// Takes what an element held; `open` are those around it.
    fn close(&mut self, element: Element, named: Option<String>, open: &[(Element, Option<String>)], said: &mut String, with_shapes: bool) {
        let around = |n: usize| open.len().checked_sub(n + 1).map_or(Element::Other, |at| open[at].0);
        match element {
            Element::Name if around(0) == Element::Placemark => self.values.push(("name".to_owned(), std::mem::take(said))),
            Element::Description if around(0) == Element::Placemark => {
                self.values.push(("description".to_owned(), std::mem::take(said)));
            }
            Element::Value if around(0) == Element::Data => {
                if let Some(name) = open.last().and_then(|(_, name)| name.clone()) {
                    self.values.push((name, std::mem::take(said)));
                }
            }
            Element::SimpleData => {
                if let Some(name) = named {
                    self.values.push((name, std::mem::take(said)));
                }
            }
            Element::Coordinates if with_shapes => match coordinates(said) {
                Ok(points) => self.coordinates(points, around(0), around(1)),
                Err(error) => self.broken = Some(error),
            },
            Element::Polygon if with_shapes => match (self.outer.take(), std::mem::take(&mut self.inner)) {
                (Some(outer), inner) => self.parts.push(Polygon::new(outer, inner).into()),
                (None, _) => self.broken = Some("Polygon".to_owned()),
            },
            _ => {}
        }
    }

    fn coordinates(&mut self, points: Vec<Coord<f64>>, of: Element, around: Element) {
        match (of, around) {
            (Element::Point, _) => self.parts.extend(points.first().map(|c| Geometry::from(Point(*c)))),
            (Element::Ring, Element::Outer) => self.outer = Some(LineString(points)),
            (Element::Ring, Element::Inner) => self.inner.push(LineString(points)),
            (Element::Line | Element::Ring, _) if !points.is_empty() => self.parts.push(LineString(points).into()),
            _ => {}
        }
    }
}

/// `112.5,37.8,0 112.6,37.9`; spaces after a comma, which some programs write, are forgiven.
fn coordinates(text: &str) -> Result<Vec<Coord<f64>>, String> {
    let mut points = Vec::new();
    let mut tuple: Vec<&str> = Vec::new();
    let mut after_comma = false;
    let mut finish = |tuple: &mut Vec<&str>| -> Result<(), String> {
        if tuple.is_empty() {
            return Ok(());
        }
        let number = |at: usize| tuple.get(at).and_then(|t| t.parse::<f64>().ok()).filter(|n| n.is_finite());
        let (Some(x), Some(y)) = (number(0), number(1)) else { return Err(tuple.join(",").chars().take(40).collect()) };
        points.push(Coord { x, y });
        tuple.clear();
        Ok(())
    };
    for word in text.split_whitespace() {
        if !(after_comma || word.starts_with(',')) {
            finish(&mut tuple)?;
        }
        after_comma = word.ends_with(',');
        tuple.extend(word.split(',').filter(|part| !part.is_empty()));
    }
    finish(&mut tuple)?;
    Ok(points)
}

/// The parts of a placemark as one shape.
fn together(mut parts: Vec<Geometry<f64>>) -> Option<Geometry<f64>> {
    if parts.len() < 2 {
        return parts.pop();
    }
    let points: Vec<Point<f64>> = parts.iter().filter_map(|p| if let Geometry::Point(p) = p { Some(*p) } else { None }).collect();
    if points.len() == parts.len() {
        return Some(MultiPoint(points).into());
    }
    let all_lines = parts.iter().all(|p| matches!(p, Geometry::LineString(_)));
    let all_areas = parts.iter().all(|p| matches!(p, Geometry::Polygon(_)));
    if all_lines {
        return Some(MultiLineString(parts.into_iter().filter_map(|p| LineString::try_from(p).ok()).collect()).into());
    }
    if all_areas {
        return Some(MultiPolygon(parts.into_iter().filter_map(|p| Polygon::try_from(p).ok()).collect()).into());
    }
    Some(Geometry::GeometryCollection(GeometryCollection(parts)))
}

#[cfg(test)]
mod tests;
