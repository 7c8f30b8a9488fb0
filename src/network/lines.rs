//! Road lines (GeoJSON, Shapefile, GeoPackage) → streets.
//!
//! ```text
//!  ──a──•──b──     lines that share a vertex are joined there, wherever in the line it is
//!       │
//!       c          a crossing without a shared vertex is a bridge
//!       │
//! ```
//!
//! Where a line names its ends (`from_node`, `to_node`) only the names join. `length_m` wins over the drawing and is shared out along
//! it when a line is cut, so that the parts add up to the whole.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use geo::{Geometry, LineString};
use rayon::prelude::*;

use super::draft::{BOTH, Draft};
use super::length::{measure, proportion};
use super::{LONGEST, NONE, join};
use crate::problem::{Code, Origin, Problem, Problems};
use crate::read::headings::{self, Table};
use crate::read::values::{self, Read};
use crate::read::{Cell, Input, Record, Visit, vocabulary};
use crate::space::LonLat;
use crate::space::crs::Crs;

/// Two vertices nearer than this are one: degrees, and metres where the file is projected.
const TOLERANCE_DEGREES: f64 = 1e-9;
const TOLERANCE_METRES: f64 = 1e-3;
/// Road lines do not say how wide they are: all are drawn as local streets.
const LOCAL: u8 = 2;

/// A record of a line layer.
#[derive(Debug)]
struct Road {
    /// Its file in [`Roads::files`], row and feature.
    origin: (usize, Option<u32>, Option<u32>),
    /// `length_m` in whole millimetres.
    length: Option<u32>,
    /// Names of the ends, as numbers.
    ends: [Option<u32>; 2],
    /// Its parts in [`Roads::parts`].
    parts: std::ops::Range<usize>,
}

/// Layers of one CRS as they are read: coordinates stay as written until it is known.
#[derive(Debug, Default)]
pub(crate) struct Roads {
    /// Where the records come from; the last file is the one being read.
    files: Vec<Origin>,
    input: Input,
    columns: [Option<usize>; 3],
    vertices: Vec<[f64; 2]>,
    /// Where each part ends in `vertices`.
    parts: Vec<usize>,
    roads: Vec<Road>,
    /// Names of nodes, one numbering over all files.
    names: HashMap<String, u32>,
    problems: Problems,
    /// All columns of the file being read.
    read: headings::Columns,
}

/// What a layer of roads may say beside its drawing.
const FIELDS: [&str; 3] = ["length_m", "from_node", "to_node"];

impl Visit for Roads {
    fn columns(&mut self, columns: &[String]) {
        let (found, problems) = headings::recognise(Table::Network, columns, &self.input);
        let origin = self.file().clone();
        problems.into_iter().for_each(|p| self.problems.push(p.at(&origin)));
        self.columns = FIELDS.map(|field| found.get(field).map(|c| c.index));
        self.read = found;
    }

    fn record(&mut self, record: Record<'_>) {
        let first = self.parts.len();
        let origin = Origin { row: record.row, feature: record.feature, ..self.file().clone() };
        match record.geometry {
            Some(geometry) => self.draw(geometry, &origin),
            None => self.problems.push(Problem::new(Code::W_GEOM).at(&origin).why("@why.roads.no_shape")),
        }
        let cell = |i: usize| self.columns[i].and_then(|c| record.cells.get(c)).copied().unwrap_or(Cell::Empty);
        let (length, code) = read_length(cell(0));
        if let Some(code) = code {
            let value = values::text(cell(0)).unwrap_or_default().into_owned();
            self.problems.push(Problem::new(code).at(&origin).field(FIELDS[0]).value(value));
        }
        let ends = [cell(1), cell(2)].map(|c| {
            // Numbers and their text are the same name.
            let name = values::text(c).filter(|t| !vocabulary::built_in().says_nothing(t))?;
            Some(match self.names.get(name.as_ref()) {
                Some(number) => *number,
                None => {
                    let next = self.names.len() as u32;
                    self.names.insert(name.into_owned(), next);
                    next
                }
            })
        });
        self.roads.push(Road { origin: (self.files.len() - 1, record.row, record.feature), length, ends, parts: first..self.parts.len() });
    }
}

impl Roads {
    /// For the records of one layer.
    pub fn new(input: &Input) -> Self {
        Roads {
            files: vec![Origin { file: Some(input.shown.as_str().into()), ..Origin::default() }],
            input: input.clone(),
            ..Roads::default()
        }
    }

    /// The file being read.
    fn file(&self) -> &Origin {
        &self.files[self.files.len() - 1]
    }

    /// Adds the roads of another file in the same CRS: they join these where they share vertices.
    pub fn absorb(&mut self, other: Roads) {
        let (vertices, parts, files) = (self.vertices.len(), self.parts.len(), self.files.len());
        let mut numbers = vec![NONE; other.names.len()];
        for (name, number) in other.names {
            let next = self.names.len() as u32;
            numbers[number as usize] = *self.names.entry(name).or_insert(next);
        }
        self.vertices.extend_from_slice(&other.vertices);
        self.parts.extend(other.parts.iter().map(|end| end + vertices));
        self.roads.extend(other.roads.into_iter().map(|road| Road {
            origin: (road.origin.0 + files, road.origin.1, road.origin.2),
            ends: road.ends.map(|end| end.map(|name| numbers[name as usize])),
            parts: road.parts.start + parts..road.parts.end + parts,
            ..road
        }));
        self.files.extend(other.files);
        self.problems.extend(other.problems);
    }

    /// Takes the lines of a shape.
    fn draw(&mut self, geometry: &Geometry<f64>, origin: &Origin) {
        match geometry {
            Geometry::LineString(line) => self.part(line, origin),
            Geometry::Line(line) => self.part(&LineString::from(vec![line.start, line.end]), origin),
            Geometry::MultiLineString(lines) => lines.iter().for_each(|line| self.part(line, origin)),
            Geometry::GeometryCollection(shapes) => shapes.iter().for_each(|g| self.draw(g, origin)),
            _ => self.problems.push(Problem::new(Code::W_GEOM).at(origin).value(kind(geometry)).why("@why.roads.no_line")),
        }
    }

    fn part(&mut self, line: &LineString<f64>, origin: &Origin) {
        if let Some(bad) = line.0.iter().find(|c| !c.x.is_finite() || !c.y.is_finite()) {
            self.problems.push(Problem::new(Code::E_NAN).at(origin).field("geometry").value(format!("{} {}", bad.x, bad.y)));
            return;
        }
        self.vertices.extend(line.0.iter().map(|c| [c.x, c.y]));
        self.parts.push(self.vertices.len());
    }

    /// The range of a part in `vertices`.
    fn range(&self, part: usize) -> std::ops::Range<usize> {
        (if part == 0 { 0 } else { self.parts[part - 1] })..self.parts[part]
    }

    /// Joins, cuts and measures the roads.
    pub fn finish(mut self, crs: &Crs, problems: &mut Problems) -> Draft {
        let tolerance = if crs.is_geographic() { TOLERANCE_DEGREES } else { TOLERANCE_METRES };
        let same = join::same(&self.vertices, tolerance);
        let places: Vec<Option<LonLat>> = self.vertices.par_iter().map(|[x, y]| crs.to_lonlat(*x, *y)).collect();
        let junction = self.junctions(&same);
        let mut draft = Draft::new();
        let mut nodes = Nodes::new(self.files.len(), self.names.len(), self.vertices.len());
        let roads = std::mem::take(&mut self.roads);
        for road in &roads {
            self.cut(road, &same, &junction, &places, &mut nodes, &mut draft);
        }
        // Lengths of edges without `length_m` are measured last, on all cores.
        if !draft.measure(|length| length == NONE) {
            self.problems.push(Problem::new(Code::E_GEOM).at(&self.files[0]).why("@why.roads.too_long"));
        }
        if draft.is_empty() && !self.problems.has_errors() {
            self.problems.push(Problem::new(Code::E_NO_WAYS).at(&self.files[0]));
        }
        problems.extend(self.problems);
        draft
    }

    /// Which vertices (by their first) are shared by lines that are joined by their drawing.
    fn junctions(&self, same: &[u32]) -> Vec<bool> {
        let mut uses = vec![0u8; same.len()];
        for road in &self.roads {
            let named = road.ends.iter().any(Option::is_some);
            for (n, part) in road.parts.clone().enumerate() {
                let range = self.range(part);
                if same[range.clone()].windows(2).all(|pair| pair[0] == pair[1]) {
                    // Without extent: it will be dropped and joins nothing.
                    continue;
                }
                let last = range.end.saturating_sub(1);
                let outer = [n == 0, n + 1 == road.parts.len()];
                for i in range.clone() {
                    let repeated = i > range.start && same[i] == same[i - 1];
                    let is_end = i == range.start || i == last;
                    let by_name = i == range.start && outer[0] && road.ends[0].is_some() || i == last && outer[1] && road.ends[1].is_some();
                    if !repeated && !by_name && (is_end || !named) {
                        let count = &mut uses[same[i] as usize];
                        *count = count.saturating_add(1);
                    }
                }
            }
        }
        uses.into_iter().map(|n| n > 1).collect()
    }

    /// Cuts one road into edges.
    fn cut(&mut self, road: &Road, same: &[u32], junction: &[bool], places: &[Option<LonLat>], nodes: &mut Nodes, draft: &mut Draft) {
        let origin = Origin { row: road.origin.1, feature: road.origin.2, ..self.files[road.origin.0].clone() };
        let named = road.ends.iter().any(Option::is_some);
        // Vertices of each part without repetitions.
        let mut parts: Vec<Vec<usize>> = Vec::with_capacity(road.parts.len());
        for part in road.parts.clone() {
            let range = self.range(part);
            let line: Vec<usize> = range.clone().filter(|i| *i == range.start || same[*i] != same[*i - 1]).collect();
            if let Some(bad) = line.iter().find(|i| places[**i].is_none()) {
                let [x, y] = self.vertices[*bad];
                self.problems.push(
                    Problem::new(Code::E_CRS_RANGE)
                        .at(&origin)
                        .field("crs")
                        .value(format!("{x} {y}"))
                        .why("@why.roads.off_earth")
                        .with("hint", "@why.crs.ask"),
                );
                return;
            }
            if line.len() < 2 {
                self.problems.push(Problem::new(Code::W_GEOM).at(&origin).value("0 m").why("@why.roads.no_extent"));
            }
            parts.push(line);
        }
        let at = |i: usize| places[i].unwrap_or(LonLat { lon: 0.0, lat: 0.0 });
        let drawn = |line: &[usize]| -> f64 { line.windows(2).map(|s| measure(at(s[0]), at(s[1])).metres).sum() };
        let whole: f64 = if road.length.is_some() { parts.iter().map(|p| drawn(p)).sum() } else { 0.0 };
        let (mut passed, mut given) = (0.0, 0);
        for (n, line) in parts.iter().enumerate() {
            let mut start = 0;
            for end in 1..line.len() {
                let is_last = end + 1 == line.len();
                if !is_last && (named || !junction[same[line[end]] as usize]) {
                    continue;
                }
                let from = if start == 0 && n == 0 { road.ends[0] } else { None };
                let to = if is_last && n + 1 == parts.len() { road.ends[1] } else { None };
                let ends = [nodes.of(road.origin.0, from, same[line[start]], draft), nodes.of(road.origin.0, to, same[line[end]], draft)];
                let length = match road.length {
                    None => NONE,
                    Some(length) => {
                        passed += drawn(&line[start..=end]);
                        let until = proportion(length, passed, whole);
                        let part = until - given;
                        given = until;
                        part
                    }
                };
                draft.vertices.extend(line[start..=end].iter().map(|i| at(*i)));
                draft.close_edge(ends, length, BOTH, LOCAL);
                start = end;
            }
        }
    }
}

/// Node numbers given so far.
///
/// Within a file a name is one node wherever it is drawn. Another file may count its nodes from 1 as well: there the same name is the
/// same node only if it is drawn at a vertex at which the name has stood before.
struct Nodes {
    /// For the file being cut.
    by_name: Vec<u32>,
    by_vertex: Vec<u32>,
    file: usize,
    /// Name and vertex → node, kept only where there are several files.
    seen: Option<HashMap<(u32, u32), u32>>,
}

impl Nodes {
    fn new(files: usize, names: usize, vertices: usize) -> Self {
        Nodes { by_name: vec![NONE; names], by_vertex: vec![NONE; vertices], file: 0, seen: (files > 1).then(HashMap::new) }
    }

    fn of(&mut self, file: usize, name: Option<u32>, vertex: u32, draft: &mut Draft) -> u32 {
        if self.file != file {
            self.by_name.fill(NONE);
            self.file = file;
        }
        let slot = match name {
            Some(name) => &mut self.by_name[name as usize],
            None => &mut self.by_vertex[vertex as usize],
        };
        let named = self.seen.as_mut().zip(name).map(|(seen, name)| seen.entry((name, vertex)));
        if *slot == NONE {
            *slot = match &named {
                Some(Entry::Occupied(known)) => *known.get(),
                _ => {
                    draft.nodes += 1;
                    draft.nodes - 1
                }
            };
        }
        if let Some(Entry::Vacant(new)) = named {
            new.insert(*slot);
        }
        *slot
    }
}

/// Decimal metres → whole millimetres, half up; what there is to say about the cell; `None` for an empty one.
fn read_length(cell: Cell<'_>) -> (Option<u32>, Option<Code>) {
    let (metres, code) = match values::amount(cell) {
        Read::Empty => return (None, None),
        Read::Null => return (None, Some(Code::W_NULL)),
        Read::Wrong(code) => return (None, Some(code)),
        Read::Value(metres) => (metres, None),
        Read::Changed(metres, code) => (metres, Some(code)),
    };
    // No street is a thousand kilometres long.
    if metres * 1000.0 > f64::from(LONGEST) {
        return (None, Some(Code::E_NUM));
    }
    (Some(half_up(metres)), code)
}

/// Rounds as the decimal is written: 0.0005 m is one millimetre, though no binary fraction is exactly that.
fn half_up(metres: f64) -> u32 {
    let mm = metres * 1000.0;
    let above_half = (mm - 0.5).rem_euclid(1.0);
    if above_half.min(1.0 - above_half) > 1e-6 {
        return (mm + 0.5).floor() as u32;
    }
    // The shortest decimal that is this number is the one that was written.
    let written = metres.to_string();
    let plain = written.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let digits = written.split_once('.').map_or("", |(_, d)| d);
    if !plain || digits.len() < 4 {
        return (mm + 0.5).floor() as u32;
    }
    // Within a millionth of a half, the fourth decimal says on which side.
    mm.floor() as u32 + u32::from(digits.as_bytes()[3] >= b'5')
}

/// A word for a shape that is no line.
fn kind(geometry: &Geometry<f64>) -> &'static str {
    match geometry {
        Geometry::Point(_) | Geometry::MultiPoint(_) => "Point",
        Geometry::Polygon(_) | Geometry::MultiPolygon(_) | Geometry::Rect(_) | Geometry::Triangle(_) => "Polygon",
        _ => "?",
    }
}

/// The streets of all line files; `None` without files or when one has an error. Files in one CRS join where they share vertices.
pub(crate) fn read(inputs: &[&Input], problems: &mut Problems) -> Option<Draft> {
    let mut layers: Vec<(Roads, Crs)> = Vec::new();
    let mut whole = true;
    for input in inputs {
        let mut roads = Roads::new(input);
        let scanned = crate::read::scan::scan(input, &mut roads, problems);
        let crs = scanned.as_ref().and_then(|s| crate::read::crs::decide(input, s, s.bounds, false, problems));
        let (Some(scanned), Some(crs)) = (scanned, crs) else {
            problems.extend(roads.problems);
            whole = false;
            continue;
        };
        problems.understood.push(crate::read::understood(Table::Network, input, &scanned, Some(&crs), &roads.read, Vec::new()));
        roads.files[0].layer = scanned.layer.as_deref().map(Into::into);
        if roads.parts.is_empty() {
            roads.problems.push(Problem::new(Code::E_NO_WAYS).at(&roads.files[0]));
        }
        match layers.iter_mut().find(|(_, other)| other.name() == crs.name()) {
            Some((first, _)) => first.absorb(roads),
            None => layers.push((roads, crs)),
        }
    }
    let mut draft = Draft::new();
    for (roads, crs) in layers {
        draft.append(roads.finish(&crs, problems));
    }
    (whole && !inputs.is_empty()).then_some(draft)
}
