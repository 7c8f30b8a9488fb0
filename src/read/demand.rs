//! Demand files: points, polygons at their centroid, or cells, with people, households or a weight.
//!
//! A city may have a million of them, so a record is read straight into columns: nothing is allocated for it but its id, and its
//! community is looked up in one map.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use geo::{Centroid, Coord, Geometry};

use super::headings::{self, Columns, Table};
use super::layer::{bounds, half_a_position, is_note};
use super::link::Words;
use super::values::{self, Read};
use super::vocabulary::built_in;
use super::{Cell, Input, Record, Scanned, Visit, crs, raster, scan};
use crate::city::checks::{duplicate, people};
use crate::city::{City, Counts, Group};
use crate::demand::{Ids, NO_COMMUNITY};
use crate::problem::notes::Notes;
use crate::problem::understood::{Instead, LeftOut, Understood, Unplaced};
use crate::problem::{Code, Origin, Problem, Problems};
use crate::settings::Settings;
use crate::space::LonLat;
use crate::units::Count;

/// A demand file as read, before anybody is spread or assigned by polygon.
#[derive(Debug, Clone, Default)]
pub struct DemandRecords {
    /// Ids as written; empty when no file has a column of ids.
    pub ids: Ids,
    /// Positions; `None` is listed (W-NO-POSITION) and its people are unknown.
    pub places: Vec<Option<LonLat>>,
    /// Community index by `community_code`; `demand::NO_COMMUNITY` when the file has no such column or the cell is empty.
    pub communities: Vec<u32>,
    /// Counts of each group that is a column; a cell without a value is `None`.
    pub counts: [Option<Vec<Option<Count>>>; Group::ALL.len()],
    /// File and layer of the records (row and feature unset); of the first file where there are several.
    pub origin: Origin,
    /// Row (tables), feature number (layers) or cell, by rows from the top left (rasters), of each record.
    pub rows: Vec<u32>,
    /// Which records came from which file, rasters apart.
    pub files: Vec<(std::sync::Arc<str>, Range<usize>)>,
    /// Which records are cells of a raster: a model's estimate that gives way to a register, and is then only what people are spread by.
    pub estimates: Range<usize>,
}

/// Reads the demand files of a study, one after another; `None` when it names none. Problems are pushed; what could be read is there.
///
/// A file needs positions or community codes. Counts are its own affair: points alone are enough where the register has the people.
pub fn read(settings: &Settings, city: &City, problems: &mut Problems) -> Option<DemandRecords> {
    let inputs = &settings.inputs.demand;
    if inputs.is_empty() {
        return None;
    }
    let codes = Words::of(&city.communities, &city.heirs);
    let mut all = DemandRecords::default();
    // Rasters are columns of one grid, wherever they stand among the files.
    let (rasters, inputs): (Vec<&Input>, Vec<&Input>) = inputs.iter().partition(|input| raster::is_raster(input));
    if !rasters.is_empty() {
        all = raster::read(&rasters, city, problems);
    }
    for input in inputs {
        let mut visitor = Visitor::new(input, &codes);
        let scanned = scan::scan(input, &mut visitor, problems);
        append(&mut all, visitor.finish(scanned, problems));
    }
    Some(all)
}

/// Adds the records of a further file; a column that one of them lacks is unknown there.
fn append(all: &mut DemandRecords, more: DemandRecords) {
    let (before, added) = (all.rows.len(), more.rows.len());
    let file = more.origin.file.clone().filter(|_| added > 0);
    let files: Vec<_> = all.files.drain(..).chain(file.map(|file| (file, before..before + added))).collect();
    if before == 0 {
        *all = DemandRecords { files, ..more };
        return;
    }
    all.files = files;
    if all.ids.is_empty() && !more.ids.is_empty() {
        all.ids.extend(std::iter::repeat_n("", before));
    }
    match more.ids.is_empty() && !all.ids.is_empty() {
        true => all.ids.extend(std::iter::repeat_n("", added)),
        false => all.ids.extend(more.ids.iter()),
    }
    all.places.extend(more.places);
    all.communities.extend(more.communities);
    all.rows.extend(more.rows);
    for (mine, theirs) in all.counts.iter_mut().zip(more.counts) {
        if mine.is_none() && theirs.is_none() {
            continue;
        }
        let column = mine.get_or_insert_with(|| vec![None; before]);
        match theirs {
            Some(theirs) => column.extend(theirs),
            None => column.resize(before + added, None),
        }
    }
}

/// Where a file keeps the fields of a record.
#[derive(Default)]
struct Fields {
    id: Option<usize>,
    lon: Option<usize>,
    lat: Option<usize>,
    code: Option<usize>,
    /// Place and factor of each group's column.
    groups: Vec<(Group, usize, f64)>,
    /// Whether the age groups and the population can contradict each other.
    compare: bool,
}

struct Visitor<'v> {
    input: &'v Input,
    codes: &'v Words<'v>,
    columns: Columns,
    fields: Fields,
    place: Origin,
    notes: Notes,
    records: DemandRecords,
    /// As written; not a number where there is none.
    points: Vec<Coord<f64>>,
    /// Whether the rows are features.
    features: bool,
    has_shape: bool,
    /// Whether `fields` names a heading that is not there; reported already.
    fields_missing: bool,
    /// The last community code and what it was: neighbours usually share it.
    last: (String, u32),
    /// Rows that are no points.
    left_out: Vec<LeftOut>,
}

const NOWHERE: Coord<f64> = Coord { x: f64::NAN, y: f64::NAN };

impl<'v> Visitor<'v> {
    fn new(input: &'v Input, codes: &'v Words<'v>) -> Self {
        let place = Origin { file: Some(input.shown.as_str().into()), layer: input.layer.as_deref().map(Into::into), ..Origin::default() };
        Visitor {
            input,
            codes,
            columns: Columns::default(),
            fields: Fields::default(),
            place,
            notes: Notes::default(),
            records: DemandRecords::default(),
            points: Vec::new(),
            features: false,
            has_shape: false,
            fields_missing: false,
            last: (String::new(), NO_COMMUNITY),
            left_out: Vec::new(),
        }
    }

    fn finish(mut self, scanned: Option<Scanned>, problems: &mut Problems) -> DemandRecords {
        let Some(mut scanned) = scanned else {
            let read = super::understood(Table::Demand, self.input, &Scanned::default(), None, &self.columns, Vec::new());
            problems.understood.push(Understood { rows: None, ..read });
            self.notes.report(problems);
            return DemandRecords::default();
        };
        let layer: Option<std::sync::Arc<str>> = scanned.layer.as_deref().map(Into::into);
        self.notes.set_layer(layer.as_ref());
        self.place.layer = layer;
        if !self.has_shape {
            let lacks = half_a_position(&self.columns).or_else(|| self.columns.require(&["lon", "community_code"]));
            if let Some(problem) = lacks.filter(|_| !self.fields_missing) {
                self.notes.push(problem.at(&self.place));
            }
            scanned.first = self.points.iter().copied().find(|c| c.x.is_finite());
        }
        let around = bounds(&self.points);
        let extent = if self.has_shape { scanned.bounds.or(around) } else { around };
        let crs = around.is_some().then(|| crs::decide(self.input, &scanned, extent, !self.has_shape, problems)).flatten();
        let mut records = std::mem::take(&mut self.records);
        let decided = crs.is_some();
        if !decided && around.is_some() {
            let found = self.points.iter().zip(&records.rows).map(|(c, row)| (c.x, Some(*row)));
            crs::name_zones(&self.input.shown, found, problems);
        }
        problems.understood.push(super::understood(
            Table::Demand,
            self.input,
            &scanned,
            crs.as_ref(),
            &self.columns,
            std::mem::take(&mut self.left_out),
        ));
        records.places = match crs {
            Some(crs) => crs.to_lonlat_all(&self.points),
            None => vec![None; self.points.len()],
        };
        // Without any position people are spread by their community, and where the CRS of the whole file is wrong, that is the problem:
        // only single gaps are worth a line.
        if around.is_some() {
            for (i, _) in records.places.iter().enumerate().filter(|(i, place)| place.is_none() && (decided || self.points[*i].x.is_nan()))
            {
                let origin = self.origin_of(records.rows[i]);
                let id = records.ids.get(i).unwrap_or("");
                problems.unplaced.push(Unplaced { table: "demand", origin: origin.clone(), id: id.to_owned(), ..Unplaced::default() });
                self.notes.push_with(Code::W_NO_POSITION, "lon", |p| p.at(&origin).value(id));
            }
        }
        self.repeated_ids(&records);
        self.notes.supersede_cuts(problems);
        Notes::explain_cuts(problems, &self.input.shown, |heading| self.columns.iter().find(|(_, c)| c.heading == heading).map(|(f, _)| f));
        self.notes.report(problems);
        records.origin = self.place;
        records
    }

    fn repeated_ids(&mut self, records: &DemandRecords) {
        if records.ids.ascend() {
            return;
        }
        let mut first: HashMap<&str, u32> = HashMap::with_capacity(records.ids.len());
        for (id, row) in records.ids.iter().zip(&records.rows).filter(|(id, _)| !id.is_empty()) {
            match first.entry(id) {
                Entry::Vacant(free) => {
                    free.insert(*row);
                }
                Entry::Occupied(taken) => {
                    let (here, there) = (self.origin_of(*row), self.origin_of(*taken.get()));
                    self.notes.push(duplicate("id", id, &here, &there));
                }
            }
        }
    }

    fn origin_of(&self, row: u32) -> Origin {
        let (row, feature) = if self.features { (None, Some(row)) } else { (Some(row), None) };
        Origin { row, feature, ..self.place.clone() }
    }

    fn at(&self, record: &Record<'_>) -> Origin {
        Origin { row: record.row, feature: record.feature, ..self.place.clone() }
    }

    /// The value of a cell; anything but a plain value is noted.
    fn settle<T>(&mut self, field: &str, cell: Cell<'_>, read: Read<T>, record: &Record<'_>) -> Option<T> {
        let (value, code) = match read {
            Read::Value(v) => return Some(v),
            Read::Empty => return None,
            Read::Null => (None, Code::W_NULL),
            Read::Changed(v, code) => (Some(v), code),
            Read::Wrong(code) => (None, code),
        };
        let origin = self.at(record);
        self.notes.push_with(code, field, |p| p.at(&origin).value(values::text(cell).as_deref().unwrap_or("")));
        value
    }

    fn community(&mut self, cell: Cell<'_>, record: &Record<'_>) -> u32 {
        if self.codes.is_empty() {
            return NO_COMMUNITY;
        }
        if let Cell::Text(text) = cell {
            let word = text.trim();
            if word == self.last.0 {
                return self.last.1;
            }
            if let Some(found) = self.codes.exact(word) {
                self.last.0.clear();
                self.last.0.push_str(word);
                self.last.1 = found;
                return found;
            }
        }
        let read = match values::code(cell) {
            Read::Changed(code, why) => {
                let (origin, written) = (self.at(record), values::text(cell).unwrap_or_default());
                self.notes.push_with(why, "community_code", |p| p.at(&origin).value(written).with("restored", &code));
                Read::Value(code)
            }
            read => read,
        };
        let Some(code) = self.settle("community_code", cell, read, record) else { return NO_COMMUNITY };
        if let Some(found) = self.codes.find(&code) {
            return found;
        }
        let (origin, codes) = (self.at(record), self.codes);
        self.notes.push_with(Code::E_CODE_UNKNOWN, "community_code", |p| codes.unknown(&code, p.at(&origin)));
        NO_COMMUNITY
    }

    /// Rows of sums: by the id or the first cell.
    fn is_total(&mut self, record: &Record<'_>) -> bool {
        let cells = [self.fields.id, self.fields.code, Some(0)].map(|i| i.and_then(|i| record.cells.get(i)).copied());
        let label = cells.into_iter().flatten().find_map(|cell| match cell {
            // Nearly every cell is told apart by its last letter alone.
            Cell::Text(t) if t.trim_end().ends_with(['计', ':', '：', 'l', 'L', ')', '）']) => built_in().total(t).map(|_| t),
            _ => None,
        });
        let Some(label) = label else { return false };
        let origin = self.at(record);
        self.notes.push(Problem::new(Code::W_TOTAL_ROW).at(&origin).value(label.trim()).with("compared", "-"));
        true
    }
}

impl Visit for Visitor<'_> {
    fn columns(&mut self, headings: &[String]) {
        let (columns, found) = headings::recognise(Table::Demand, headings, self.input);
        for problem in found {
            self.fields_missing |= problem.code == Code::E_COLUMN;
            self.notes.push(problem.at(&self.place));
        }
        for (field, column) in columns.iter().filter(|(_, c)| c.base_assumed) {
            self.notes.push(Problem::new(Code::W_BASE).at(&self.place).field(field).value(&column.heading));
        }
        let at = |field: &str| columns.get(field).map(|c| c.index);
        let groups: Vec<(Group, usize, f64)> =
            Group::ALL.into_iter().filter_map(|g| columns.get(g.name()).map(|c| (g, c.index, c.scale))).collect();
        let people = [Group::Elderly60, Group::Elderly65, Group::Elderly80, Group::Population];
        let compare = groups.iter().filter(|(g, ..)| people.contains(g)).count() > 1;
        self.fields = Fields { id: at("id"), lon: at("lon"), lat: at("lat"), code: at("community_code"), groups, compare };
        for (group, ..) in &self.fields.groups {
            self.records.counts[*group as usize] = Some(Vec::new());
        }
        self.columns = columns;
    }

    fn record(&mut self, record: Record<'_>) {
        let cell = |at: Option<usize>| at.and_then(|i| record.cells.get(i)).copied().unwrap_or(Cell::Empty);
        let blank = record.geometry.is_none() && record.cells.iter().all(|c| values::text(*c).is_none());
        if blank {
            return;
        }
        let instead = if self.is_total(&record) { Some(Instead::Total) } else { is_note(&record).then_some(Instead::Note) };
        if let Some(what) = instead {
            self.left_out.push(LeftOut { what, row: record.row.or(record.feature), text: super::texts_of(record.cells) });
            return;
        }
        let point = match record.geometry {
            Some(Geometry::Point(p)) => p.0,
            Some(other) => other.centroid().map_or(NOWHERE, |p| p.0),
            None => {
                let (lon, lat) = (cell(self.fields.lon), cell(self.fields.lat));
                let x = self.settle("lon", lon, values::number(lon), &record);
                let y = self.settle("lat", lat, values::number(lat), &record);
                x.zip(y).map_or(NOWHERE, |(x, y)| Coord { x, y })
            }
        };
        self.has_shape |= record.geometry.is_some();
        self.features |= record.row.is_none();
        self.points.push(point);
        self.records.rows.push(record.row.or(record.feature).unwrap_or(0));
        if self.fields.id.is_some() {
            let id = values::text(cell(self.fields.id)).unwrap_or_default();
            if id.is_empty() {
                let origin = self.at(&record);
                self.notes.push_with(Code::E_KEY, "id", |p| p.at(&origin).value(""));
            }
            self.records.ids.push(&id);
        }
        let community = if self.fields.code.is_some() { self.community(cell(self.fields.code), &record) } else { NO_COMMUNITY };
        self.records.communities.push(community);
        let mut counts = Counts::default();
        for g in 0..self.fields.groups.len() {
            let (group, index, scale) = self.fields.groups[g];
            let cell = cell(Some(index));
            let n = self.settle(group.name(), cell, values::amount(cell), &record);
            let count = n.and_then(|n| Count::from_f64(n * scale));
            if n.is_some() && count.is_none() {
                self.settle(group.name(), cell, Read::<()>::Wrong(Code::E_NUM), &record);
            }
            counts[group] = count;
            if let Some(column) = &mut self.records.counts[group as usize] {
                column.push(count);
            }
        }
        if self.fields.compare {
            let origin = self.at(&record);
            people::elders(&counts, &origin, &mut self.notes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::sample::community;

    fn city() -> City {
        City { communities: vec![community("140403001001"), community("140403001002")], ..City::default() }
    }

    fn fed(city: &City, headings: &[&str], rows: &[&[&str]]) -> (DemandRecords, Vec<Problem>) {
        let input = Input { shown: "demand.csv".into(), ..Input::default() };
        let codes = Words::of(&city.communities, &city.heirs);
        let mut visitor = Visitor::new(&input, &codes);
        visitor.columns(&headings.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
        for (n, row) in rows.iter().enumerate() {
            let cells: Vec<Cell<'_>> = row.iter().map(|text| if text.is_empty() { Cell::Empty } else { Cell::Text(text) }).collect();
            visitor.record(Record { row: Some(n as u32 + 2), feature: None, cells: &cells, geometry: None });
        }
        let mut problems = Problems::default();
        let records = visitor.finish(Some(Scanned::default()), &mut problems);
        (records, problems.iter().cloned().collect())
    }

    fn codes(problems: &[Problem]) -> Vec<Code> {
        problems.iter().map(|p| p.code).collect()
    }

    #[test]
    fn points_with_people_and_community_codes() {
        let rows: &[&[&str]] = &[
            &["P1", "112.5", "37.8", "140403001002", "10", "3.25"],
            &["P2", "112.6", "37.9", "140403001002.0", "", "NA"],
            &["P3", "", "", "", "7", "1"],
            &["合计", "", "", "", "17", ""],
        ];
        let (records, problems) = fed(&city(), &["id", "lon", "lat", "社区代码", "户数", "elderly_60"], rows);
        assert_eq!(records.ids.iter().collect::<Vec<_>>(), ["P1", "P2", "P3"]);
        assert_eq!(records.rows, [2, 3, 4]);
        assert_eq!(records.communities, [1, 1, NO_COMMUNITY]);
        assert_eq!(records.places, [LonLat::new(112.5, 37.8), LonLat::new(112.6, 37.9), None]);
        assert_eq!(records.counts[Group::Households as usize].as_deref().unwrap(), [Some(Count::whole(10)), None, Some(Count::whole(7))]);
        assert_eq!(records.counts[Group::Elderly60 as usize].as_ref().unwrap()[0], Count::from_f64(3.25));
        assert!(records.counts[Group::Population as usize].is_none());
        assert_eq!(codes(&problems), [Code::W_CODE_FLOAT, Code::W_NULL, Code::W_TOTAL_ROW, Code::W_NO_POSITION]);
    }

    #[test]
    fn points_without_any_number_of_people_are_points_all_the_same() {
        let (records, problems) = fed(&city(), &["id", "lon", "lat"], &[&["P1", "112.5", "37.8"]]);
        assert_eq!((records.places.len(), problems.len()), (1, 0));
        assert!(records.counts.iter().all(Option::is_none));
    }

    #[test]
    fn neither_position_nor_community_is_a_missing_column() {
        let (_, problems) = fed(&city(), &["id", "户数"], &[&["P1", "3"]]);
        assert_eq!(codes(&problems), [Code::E_COLUMN]);
        let (_, problems) = fed(&city(), &["id", "lon", "户数"], &[&["P1", "112.5", "3"]]);
        assert_eq!(problems.iter().map(|p| (p.code, p.field.as_deref())).collect::<Vec<_>>()[0], (Code::E_COLUMN, Some("lat")));
        let (records, problems) = fed(&city(), &["id", "社区代码", "户数"], &[&["P1", "140403001001", "3"]]);
        assert_eq!((records.communities, problems.len()), (vec![0], 0), "codes alone will do, and nobody asked for a position");
    }

    #[test]
    fn unknown_codes_repeated_ids_and_contradicting_ages_are_errors() {
        let rows: &[&[&str]] = &[&["P1", "112.5", "37.8", "140403001009", "5", "6"], &["P1", "112.5", "37.8", "", "5", "4"]];
        let (_, problems) = fed(&city(), &["id", "lon", "lat", "community_code", "elderly_60", "elderly_65"], rows);
        assert_eq!(codes(&problems), [Code::E_CODE_UNKNOWN, Code::E_AGE_ORDER, Code::E_DUP]);
        let (_, problems) = fed(&City::default(), &["id", "lon", "lat", "community_code"], &[&["P1", "112.5", "37.8", "1"]]);
        assert_eq!(codes(&problems), [], "a study without communities knows no codes");
    }

    #[test]
    fn files_are_put_one_after_another_and_a_missing_column_is_unknown() {
        let (mut all, _) = fed(&city(), &["id", "lon", "lat", "户数"], &[&["P1", "112.5", "37.8", "1"]]);
        let (more, _) = fed(&city(), &["lon", "lat", "人口"], &[&["112.5", "37.8", "2"], &["112.5", "37.8", "3"]]);
        append(&mut all, more);
        assert_eq!(all.ids.iter().collect::<Vec<_>>(), ["P1", "", ""]);
        assert_eq!(all.counts[Group::Households as usize].as_deref().unwrap(), [Some(Count::whole(1)), None, None]);
        assert_eq!(all.counts[Group::Population as usize].as_deref().unwrap(), [None, Some(Count::whole(2)), Some(Count::whole(3))]);
        assert_eq!((all.rows, all.places.len()), (vec![2, 2, 3], 3));
    }
}
