//! One file of a table → its records with positions on WGS 84: headings, rows of sums, coordinates and their CRS, the same for every table.

use geo::{Centroid, Coord, Geometry, MultiPolygon, Rect};

use super::headings::{self, Columns, Table};
use super::row::Row;
use super::vocabulary::{TotalOf, built_in};
use super::{Cell, Input, Record, Scanned, Visit, crs, scan, values};
use crate::problem::notes::Notes;
use crate::problem::understood::{Instead, LeftOut, Understood, Unplaced};
use crate::problem::{Code, Origin, Problem, Problems};
use crate::space::LonLat;

/// A record with where it is.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// What the row says.
    pub item: T,
    /// Its point, or the centroid of its shape.
    pub place: Option<LonLat>,
    /// Its polygon, in degrees on WGS 84.
    pub shape: Option<MultiPolygon<f64>>,
    /// File, layer, row or feature.
    pub origin: Origin,
}

/// All records of a file, and the columns they were read by.
#[derive(Debug)]
pub struct Layer<T> {
    /// In file order.
    pub records: Vec<Placed<T>>,
    /// What the headings meant.
    pub columns: Columns,
    /// File and layer.
    pub origin: Origin,
}

impl<T> Default for Layer<T> {
    fn default() -> Self {
        Layer { records: Vec::new(), columns: Columns::default(), origin: Origin::default() }
    }
}

/// What a table demands of a file.
#[derive(Debug, Clone, Copy)]
pub struct Demands {
    /// The table whose headings are looked for.
    pub table: Table,
    /// For each entry one of the fields must be a column: else E-COLUMN.
    pub required: &'static [&'static [&'static str]],
    /// Whether each record should have a position.
    pub placing: Placing,
}

/// What a record without a position is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placing {
    /// As it should be.
    Never,
    /// Listed in `待定位.xlsx`: another table may say where it is.
    Listed,
    /// Listed, and pointed out (W-NO-POSITION): nothing else says where it is.
    Asked,
}

/// Reads one file. `make` turns a row into an item, or `None` for a row without a key. All problems are pushed; a file that cannot be
/// read gives no record.
pub fn read<T>(demands: Demands, input: &Input, problems: &mut Problems, make: &mut dyn FnMut(&mut Row<'_>) -> Option<T>) -> Layer<T> {
    let mut visitor = Visitor::new(demands, input, make);
    let scanned = scan::scan(input, &mut visitor, problems);
    visitor.finish(scanned, problems)
}

/// Collects the records of a layer in the coordinates of the file.
pub struct Visitor<'m, T> {
    demands: Demands,
    input: Input,
    make: &'m mut dyn FnMut(&mut Row<'_>) -> Option<T>,
    columns: Columns,
    /// Columns where a row of sums names itself: key, name, street … and the first of the file.
    heads: Vec<usize>,
    place: Origin,
    notes: Notes,
    totals: Totals,
    records: Vec<Raw<T>>,
    left_out: Vec<LeftOut>,
    usable: bool,
}

struct Raw<T> {
    item: T,
    /// What names the record in W-NO-POSITION; empty where nobody asks.
    label: String,
    /// Name and address of a record that has no coordinates.
    more: Option<Box<[String; 2]>>,
    at: Option<Coord<f64>>,
    shape: Option<MultiPolygon<f64>>,
    has_shape: bool,
    origin: Origin,
}

impl<'m, T> Visitor<'m, T> {
    /// A visitor of one file.
    pub fn new(demands: Demands, input: &Input, make: &'m mut dyn FnMut(&mut Row<'_>) -> Option<T>) -> Self {
        let place = Origin { file: Some(input.shown.as_str().into()), layer: input.layer.as_deref().map(Into::into), ..Origin::default() };
        Visitor {
            demands,
            input: input.clone(),
            make,
            columns: Columns::default(),
            heads: Vec::new(),
            place,
            notes: Notes::default(),
            totals: Totals::default(),
            records: Vec::new(),
            left_out: Vec::new(),
            usable: true,
        }
    }

    /// Judges the CRS of what was seen, and turns every position into degrees on WGS 84.
    pub fn finish(mut self, scanned: Option<Scanned>, problems: &mut Problems) -> Layer<T> {
        let Some(mut scanned) = scanned else {
            let read = super::understood(self.demands.table, &self.input, &Scanned::default(), None, &self.columns, Vec::new());
            problems.understood.push(Understood { rows: None, ..read });
            self.notes.report(problems);
            return Layer { columns: self.columns, origin: self.place, ..Layer::default() };
        };
        let is_table = self.records.iter().all(|r| !r.has_shape);
        if is_table {
            self.set_apart_what_lies_elsewhere();
        }
        let points: Vec<Coord<f64>> = self.records.iter().filter_map(|r| r.at).collect();
        if is_table && let Some(problem) = half_a_position(&self.columns) {
            self.notes.push(problem.at(&self.place));
        }
        let bounds = if is_table { bounds(&points) } else { scanned.bounds.or_else(|| bounds(&points)) };
        if is_table {
            scanned.first = points.first().copied();
        }
        let placed = bounds.is_some().then(|| crs::decide(&self.input, &scanned, bounds, is_table, problems)).flatten();
        if placed.is_none() && bounds.is_some() {
            let records = self.records.iter().filter_map(|r| Some((r.at?.x, r.origin.row.or(r.origin.feature))));
            crs::name_zones(&self.input.shown, records, problems);
        }
        let layer: Option<std::sync::Arc<str>> = scanned.layer.as_deref().map(Into::into);
        self.notes.set_layer(layer.as_ref());
        let mut records = Vec::with_capacity(self.records.len());
        for raw in std::mem::take(&mut self.records) {
            let origin = Origin { layer: layer.clone(), ..raw.origin };
            let place = placed.as_ref().zip(raw.at).and_then(|(crs, at)| crs.to_lonlat(at.x, at.y));
            // Where the CRS of the whole layer is wrong, that is the problem and not each record.
            if self.demands.placing > Placing::Never && place.is_none() && (raw.at.is_none() || placed.is_some()) {
                let [name, address] = raw.more.map(|m| *m).unwrap_or_default();
                let table = self.demands.table.name();
                problems.unplaced.push(Unplaced { table, origin: origin.clone(), id: raw.label.clone(), name, address });
                if self.demands.placing == Placing::Asked {
                    self.notes.push_with(Code::W_NO_POSITION, "lon", |p| p.at(&origin).value(&raw.label));
                }
            }
            let shape = placed.as_ref().zip(raw.shape).and_then(|(crs, shape)| {
                let mut geometry = Geometry::MultiPolygon(shape);
                let all = crs.convert(&mut geometry);
                if !all {
                    self.notes.push(Problem::new(Code::E_GEOM).at(&origin).why("@why.geom.not_finite"));
                }
                MultiPolygon::try_from(geometry).ok().filter(|_| all)
            });
            records.push(Placed { item: raw.item, place, shape, origin });
        }
        problems.understood.push(super::understood(
            self.demands.table,
            &self.input,
            &scanned,
            placed.as_ref(),
            &self.columns,
            self.left_out,
        ));
        let origin = Origin { layer, ..self.place };
        self.notes.supersede_cuts(problems);
        Notes::explain_cuts(problems, &self.input.shown, |heading| self.columns.iter().find(|(_, c)| c.heading == heading).map(|(f, _)| f));
        self.notes.report(problems);
        Layer { records, columns: self.columns, origin }
    }

    /// Single points that would spoil the judgement of the whole layer: 0, 0 is how forms write that nobody knows, and a point whose two
    /// numbers are exchanged among points that are right is a mistake of its row (E-AXIS).
    fn set_apart_what_lies_elsewhere(&mut self) {
        let nowhere = Coord { x: 0.0, y: 0.0 };
        self.records.iter_mut().filter(|r| r.at == Some(nowhere)).for_each(|r| r.at = None);
        // Longitudes and latitudes of China have no number in common.
        let right = |c: Coord<f64>| (73.0..=136.0).contains(&c.x) && (3.0..=54.0).contains(&c.y);
        let exchanged = |c: Coord<f64>| right(Coord { x: c.y, y: c.x });
        let count = |is: &dyn Fn(Coord<f64>) -> bool| self.records.iter().filter(|r| r.at.is_some_and(is)).count();
        if count(&right) <= count(&exchanged) {
            return;
        }
        for record in &mut self.records {
            let Some(at) = record.at.filter(|at| exchanged(*at)) else { continue };
            let problem = Problem::new(Code::E_AXIS).at(&record.origin).field("lon").value(crs::point(at));
            self.notes.push(problem.with("right", crs::point(Coord { x: at.y, y: at.x })));
            record.at = None;
        }
    }

    /// An example left in a form: reported and left out.
    fn is_example(&mut self, record: &Record<'_>) -> bool {
        let marked = self.heads.iter().find_map(|index| match record.cells.get(*index)? {
            Cell::Text(text) if built_in().example(text) => Some(text.trim()),
            _ => None,
        });
        let Some(label) = marked else { return false };
        let origin = Origin { row: record.row, feature: record.feature, ..self.place.clone() };
        self.notes.push(Problem::new(Code::W_EXAMPLE).at(&origin).value(label));
        true
    }

    /// A row of sums: reported, compared and removed.
    fn is_total(&mut self, record: &Record<'_>) -> bool {
        let Some((of, label)) = total_label(&self.heads, record.cells) else { return false };
        let mut written = Vec::new();
        for (field, column) in self.columns.iter() {
            if let Some(n) = record.cells.get(column.index).and_then(|cell| values::amount(*cell).value())
                && self.totals.has(field)
            {
                written.push((field, n * column.scale));
            }
        }
        let (compared, wrong) = self.totals.compare(of, &written);
        let origin = Origin { row: record.row, feature: record.feature, ..self.place.clone() };
        let mut problem = Problem::new(Code::W_TOTAL_ROW).at(&origin).value(label).with("compared", compared);
        problem.field = wrong.map(str::to_owned);
        self.notes.push(problem);
        true
    }
}

impl<T> Visit for Visitor<'_, T> {
    fn columns(&mut self, headings: &[String]) {
        let (columns, found) = headings::recognise(self.demands.table, headings, &self.input);
        let named: Vec<Option<String>> = found.iter().filter(|p| p.code == Code::E_COLUMN).map(|p| p.field.clone()).collect();
        for problem in found {
            self.notes.push(problem.at(&self.place));
        }
        for fields in self.demands.required {
            if let Some(problem) = columns.require(fields) {
                // A heading that `fields` names and the file lacks is reported already.
                if !named.iter().flatten().any(|field| fields.contains(&field.as_str())) {
                    self.notes.push(problem.at(&self.place));
                }
                self.usable = false;
            }
        }
        for (field, column) in columns.iter() {
            if column.base_assumed {
                let problem = Problem::new(Code::W_BASE).at(&self.place).field(field).value(&column.heading);
                self.notes.push(problem);
            }
        }
        self.heads = total_heads(&columns, headings.len());
        self.columns = columns;
    }

    fn record(&mut self, record: Record<'_>) {
        let blank = record.geometry.is_none() && record.cells.iter().all(|cell| values::text(*cell).is_none());
        if blank || !self.usable {
            return;
        }
        let instead = match () {
            () if self.is_total(&record) => Some(Instead::Total),
            () if self.is_example(&record) => Some(Instead::Example),
            () if is_note(&record) => Some(Instead::Note),
            () => None,
        };
        if let Some(what) = instead {
            self.left_out.push(LeftOut { what, row: record.row.or(record.feature), text: super::texts_of(record.cells) });
            return;
        }
        let mut counted = Vec::new();
        let mut row = Row::new(&self.columns, &record, &self.place, &mut self.notes, &mut counted);
        let origin = row.origin();
        let Some(item) = (self.make)(&mut row) else {
            if row.says_nothing() {
                let text = super::texts_of(record.cells);
                self.left_out.push(LeftOut { what: Instead::Note, row: record.row.or(record.feature), text });
            }
            return;
        };
        let (at, shape) = match record.geometry {
            Some(geometry) => (geometry.centroid().map(|p| p.0), polygons(geometry)),
            None => (row.number("lon").zip(row.number("lat")).map(|(x, y)| Coord { x, y }), None),
        };
        let listed = self.demands.placing > Placing::Never;
        let label = if listed { row.label() } else { String::new() };
        let more = (listed && at.is_none()).then(|| Box::new(row.name_and_address()));
        self.totals.add(&counted);
        self.records.push(Raw { item, label, more, at, shape, has_shape: record.geometry.is_some(), origin });
    }
}

/// Columns where a row of sums names itself: key, name, street … and the first of the file.
pub(crate) fn total_heads(columns: &Columns, count: usize) -> Vec<usize> {
    let fields = ["code", "id", "name", "community_code", "street", "county", "city"];
    fields.iter().filter_map(|field| columns.get(field).map(|c| c.index)).chain((count > 0).then_some(0)).collect()
}

/// What kind of sum a row is, and the word that says so; `None` for an ordinary row.
pub(crate) fn total_label<'c>(heads: &[usize], cells: &[Cell<'c>]) -> Option<(TotalOf, &'c str)> {
    heads.iter().find_map(|index| {
        let Cell::Text(text) = cells.get(*index)? else { return None };
        built_in().total(text).map(|of| (of, text.trim()))
    })
}

/// Whether the first filled cell of a row says that it is a note below a table.
pub(crate) fn is_note(record: &Record<'_>) -> bool {
    let first = record.cells.iter().find(|cell| values::text(**cell).is_some());
    record.geometry.is_none() && matches!(first, Some(Cell::Text(text)) if built_in().note(text))
}

/// E-COLUMN when there is a column of one coordinate but not of the other.
pub(super) fn half_a_position(columns: &Columns) -> Option<Problem> {
    match (columns.has("lon"), columns.has("lat")) {
        (true, false) => columns.require(&["lat"]),
        (false, true) => columns.require(&["lon"]),
        _ => None,
    }
}

pub(super) fn bounds(points: &[Coord<f64>]) -> Option<Rect<f64>> {
    points.iter().filter(|c| c.x.is_finite() && c.y.is_finite()).fold(None, |bounds: Option<Rect<f64>>, c| {
        let (min, max) = bounds.map_or((*c, *c), |b| (b.min(), b.max()));
        Some(Rect::new(Coord { x: min.x.min(c.x), y: min.y.min(c.y) }, Coord { x: max.x.max(c.x), y: max.y.max(c.y) }))
    })
}

/// The polygons of a geometry; `None` when it has no area by its kind.
fn polygons(geometry: &Geometry<f64>) -> Option<MultiPolygon<f64>> {
    match geometry {
        Geometry::Polygon(p) => Some(MultiPolygon(vec![p.clone()])),
        Geometry::MultiPolygon(m) => Some(m.clone()),
        Geometry::Rect(r) => Some(MultiPolygon(vec![r.to_polygon()])),
        Geometry::Triangle(t) => Some(MultiPolygon(vec![t.to_polygon()])),
        Geometry::GeometryCollection(all) => {
            let parts: Vec<_> = all.iter().filter_map(polygons).flat_map(|m| m.0).collect();
            (!parts.is_empty()).then_some(MultiPolygon(parts))
        }
        _ => None,
    }
}

/// Running sums of the numeric fields, over the file and since the last subtotal.
#[derive(Debug, Default)]
struct Totals {
    sums: Vec<(&'static str, f64, f64)>,
}

impl Totals {
    fn add(&mut self, counted: &[(&'static str, f64)]) {
        for (field, n) in counted {
            match self.sums.iter_mut().find(|(name, ..)| name == field) {
                Some(sum) => {
                    sum.1 += n;
                    sum.2 += n;
                }
                None => self.sums.push((field, *n, *n)),
            }
        }
    }

    fn has(&self, field: &str) -> bool {
        self.sums.iter().any(|(name, ..)| *name == field)
    }

    /// `households 820 = 820, elderly_60 680 ≠ 679`, and the first field that differs.
    fn compare(&mut self, of: TotalOf, written: &[(&'static str, f64)]) -> (String, Option<&'static str>) {
        let mut wrong = None;
        let mut said = Vec::new();
        for (field, stated) in written {
            let Some((_, all, part)) = self.sums.iter().find(|(name, ..)| name == field) else { continue };
            let sum = if of == TotalOf::All { *all } else { *part };
            let same = (stated - sum).abs() < 0.005;
            if !same && wrong.is_none() {
                wrong = Some(*field);
            }
            said.push(format!("{field} {} {} {}", values::shortest(*stated), if same { "=" } else { "≠" }, values::shortest(sum)));
        }
        if of == TotalOf::Part {
            self.sums.iter_mut().for_each(|sum| sum.2 = 0.0);
        }
        (if said.is_empty() { "-".to_owned() } else { said.join(", ") }, wrong)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A table fed by hand: headings and rows of text cells, the header being row 1.
    pub(crate) fn feed<T>(visitor: &mut Visitor<'_, T>, headings: &[&str], rows: &[&[&str]]) {
        visitor.columns(&headings.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
        for (n, row) in rows.iter().enumerate() {
            let cells: Vec<Cell<'_>> = row.iter().map(|text| if text.is_empty() { Cell::Empty } else { Cell::Text(text) }).collect();
            visitor.record(Record { row: Some(n as u32 + 2), feature: None, cells: &cells, geometry: None });
        }
    }

    const NAMED: Demands = Demands { table: Table::Communities, required: &[&["code", "name"]], placing: Placing::Never };

    #[allow(clippy::type_complexity)] // Read once, just below.
    fn read(headings: &[&str], rows: &[&[&str]]) -> (Vec<Placed<(String, Option<f64>)>>, Vec<Problem>) {
        let input = Input { shown: "a.csv".into(), ..Input::default() };
        let mut make = |row: &mut Row<'_>| {
            let name = row.text("name")?;
            Some((name, row.count("households").map(|c| c.as_f64())))
        };
        let mut visitor = Visitor::new(NAMED, &input, &mut make);
        feed(&mut visitor, headings, rows);
        let mut problems = Problems::default();
        let records = visitor.finish(Some(Scanned::default()), &mut problems).records;
        (records, problems.iter().cloned().collect())
    }

    #[test]
    fn rows_of_sums_are_removed_and_compared() {
        let rows: &[&[&str]] = &[&["北街", "10"], &["南街", "20"], &["一街小计", "30"], &["西街", "5"], &["小计", "6"], &["合 计", "35"]];
        let (records, problems) = read(&["name", "户数"], rows);
        assert_eq!(records.iter().map(|r| r.item.0.as_str()).collect::<Vec<_>>(), ["北街", "南街", "西街"]);
        assert_eq!(
            problems.iter().map(|p| (p.code, p.origin.row)).collect::<Vec<_>>(),
            [4, 6, 7].map(|row| (Code::W_TOTAL_ROW, Some(row)))
        );
        let said: Vec<&str> = problems.iter().map(|p| p.with[0].1.as_str()).collect();
        assert_eq!(said, ["households 30 = 30", "households 6 ≠ 5", "households 35 = 35"]);
        assert_eq!(problems[1].field.as_deref(), Some("households"));
    }

    #[test]
    fn one_exchanged_point_is_a_mistake_of_its_row_and_nought_nought_is_no_place() {
        let rows: &[&[&str]] =
            &[&["北街", "113.1", "36.2"], &["南街", "36.21", "113.12"], &["西街", "113.12", "36.2"], &["东街", "0", "0"]];
        let (records, problems) = read(&["name", "lon", "lat"], rows);
        let found: Vec<_> = problems.iter().map(|p| (p.code, p.origin.row, p.value.as_deref())).collect();
        assert_eq!(found, [(Code::E_AXIS, Some(3), Some("(36.21, 113.12)"))]);
        assert!(problems[0].with.contains(&("right", "(113.12, 36.21)".to_owned())), "{:?}", problems[0].with);
        let placed: Vec<bool> = records.iter().map(|r| r.place.is_some()).collect();
        assert_eq!(placed, [true, false, true, false]);
        // Where most are exchanged the file is, and says so once.
        let (_, problems) = read(&["name", "lon", "lat"], &[&["北街", "36.2", "113.1"], &["南街", "36.21", "113.12"]]);
        assert_eq!(problems.iter().map(|p| (p.code, p.origin.row)).collect::<Vec<_>>(), [(Code::E_AXIS, None)]);
    }

    #[test]
    fn an_example_left_in_a_form_is_said_and_is_no_record() {
        let rows: &[&[&str]] = &[&["示例：北街", "10"], &["示例路社区", "20"], &["example: x", "30"]];
        let (records, problems) = read(&["name", "户数"], rows);
        assert_eq!(records.iter().map(|r| r.item.0.as_str()).collect::<Vec<_>>(), ["示例路社区"]);
        let found: Vec<_> = problems.iter().map(|p| (p.code, p.origin.row, p.value.as_deref().unwrap())).collect();
        assert_eq!(found, [(Code::W_EXAMPLE, Some(2), "示例：北街")], "once for the file");
    }

    #[test]
    fn a_bad_cell_is_unknown_and_named_by_row_and_field() {
        let (records, problems) =
            read(&["name", "户数"], &[&["北街", "约500"], &["南街", "1,234"], &["西街", "无"], &["东街", "-3"], &["中街", "x"]]);
        assert_eq!(records.iter().map(|r| r.item.1).collect::<Vec<_>>(), [None, Some(1234.0), None, None, None]);
        let found: Vec<_> =
            problems.iter().map(|p| (p.code, p.origin.row.unwrap(), p.field.as_deref().unwrap(), p.value.as_deref().unwrap())).collect();
        assert_eq!(
            found,
            [
                (Code::E_NUM_APPROX, 2, "households", "约500"),
                (Code::W_NUM, 3, "households", "1,234"),
                (Code::W_NULL, 4, "households", "无"),
                (Code::E_NUM_NEG, 5, "households", "-3"),
                (Code::E_NUM, 6, "households", "x"),
            ]
        );
    }

    #[test]
    fn long_repetitions_are_cut_short_and_counted() {
        let rows: Vec<[&str; 2]> = (0..70).map(|_| ["北街", "NA"]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|r| r.as_slice()).collect();
        let (_, problems) = read(&["name", "户数"], &rows);
        assert_eq!(problems.len(), crate::problem::notes::LISTED);
        assert_eq!(problems.last().unwrap().with, [("more", "20".to_owned())]);
    }

    #[test]
    fn blank_rows_are_passed_over_and_positions_need_both_numbers() {
        let (records, problems) = read(&["名称", "经度", "纬度"], &[&["北街", "112.5", "37.8"], &["", "", ""], &["南街", "112.5", ""]]);
        assert_eq!(records.len(), 2);
        assert_eq!(records[0].place, LonLat::new(112.5, 37.8));
        assert_eq!(records[1].place, None);
        assert!(problems.is_empty());
    }

    #[test]
    fn a_longitude_without_latitudes_is_a_missing_column() {
        let (_, problems) = read(&["名称", "经度"], &[&["北街", "112.5"]]);
        assert_eq!(problems.iter().map(|p| (p.code, p.field.as_deref())).collect::<Vec<_>>(), [(Code::E_COLUMN, Some("lat"))]);
    }

    #[test]
    fn a_file_without_any_key_is_refused_once() {
        let (records, problems) = read(&["户数", "人口"], &[&["1", "2"], &["3", "4"]]);
        assert!(records.is_empty());
        assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::E_COLUMN]);
    }

    #[test]
    fn elders_without_a_base_are_residents_and_said_once() {
        let (_, problems) = read(&["name", "60岁以上"], &[&["北街", "1"], &["南街", "2"]]);
        assert_eq!(problems.iter().map(|p| (p.code, p.value.as_deref())).collect::<Vec<_>>(), [(Code::W_BASE, Some("60岁以上"))]);
    }
}
