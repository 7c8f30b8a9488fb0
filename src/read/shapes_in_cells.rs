//! Tables with a column of shapes as text: between a table's reader and its visitor, turns such a cell into the record's geometry.

use super::scan::{Tally, refuse};
use super::{Cell, Input, Record, Scanned, Visit, headings, scan, wkb, wkt};
use crate::problem::{Code, Problem, Problems};
use crate::space::crs::suit;

/// Broken shapes beyond this many are not listed one by one.
const LISTED: u64 = 20;

/// Passes a table on, its shapes made geometry.
pub(super) struct ShapesInCells<'v> {
    input: &'v Input,
    visit: &'v mut dyn Visit,
    /// Columns that may hold shapes, the strongest heading first; whether the heading leaves no doubt.
    candidates: Vec<(usize, bool)>,
    /// The one that does.
    column: Option<usize>,
    headings: Vec<String>,
    cells: Vec<Cell<'static>>,
    tally: Tally,
    srid: Option<i32>,
    broken: u64,
    found: Vec<Problem>,
}

impl<'v> ShapesInCells<'v> {
    /// In front of `visit`.
    pub fn new(input: &'v Input, visit: &'v mut dyn Visit) -> Self {
        ShapesInCells {
            input,
            visit,
            candidates: Vec::new(),
            column: None,
            headings: Vec::new(),
            cells: Vec::new(),
            tally: Tally::default(),
            srid: None,
            broken: 0,
            found: Vec::new(),
        }
    }

    /// Adds what the shapes said of themselves; `None` when one was broken, which is then listed.
    pub fn finish(self, scanned: Option<Scanned>, problems: &mut Problems) -> Option<Scanned> {
        let layer = scanned.as_ref().and_then(|s| s.layer.as_deref()).map(std::sync::Arc::<str>::from);
        for mut problem in self.found {
            problem.origin.layer = layer.clone();
            problems.push(problem);
        }
        if self.broken > 0 {
            return None;
        }
        let mut scanned = scanned?;
        let shapes = self.tally.scanned();
        if let Some(bounds) = shapes.bounds {
            let degrees = suit::are_degrees(bounds) || suit::are_swapped_degrees(bounds);
            // A table in degrees may do without a CRS, with its coordinates in one column as in two.
            scanned.declared_crs = self.srid.map(|code| format!("EPSG:{code}")).or_else(|| degrees.then(|| "EPSG:4326".to_owned()));
            (scanned.bounds, scanned.first) = (Some(bounds), shapes.first);
        }
        Some(scanned)
    }

    /// The column of shapes, decided by the first value that stands in a candidate.
    fn decide(&mut self, record: &Record<'_>) {
        let is_shape = |text: &str| wkt::looks_like(text) || wkb::is_hex(text.trim());
        let text = |at: usize| match record.cells.get(at) {
            Some(Cell::Text(text)) => Some(*text),
            Some(Cell::Number(_) | Cell::Bool(_)) => Some(""),
            _ => None,
        };
        let found = self.candidates.iter().find(|(at, sure)| text(*at).is_some_and(|text| *sure || is_shape(text)));
        match found {
            Some((at, _)) => self.column = Some(*at),
            // What holds something else is an ordinary column.
            None => self.candidates.retain(|(at, _)| text(*at).is_none()),
        }
    }

    fn problem(&self, code: Code, row: Option<u32>) -> Problem {
        let heading = self.column.and_then(|at| self.headings.get(at)).map_or("", String::as_str);
        let mut problem = refuse(self.input, code).field(heading);
        problem.origin.row = row;
        problem
    }

    fn shape(&mut self, cell: Cell<'_>, row: Option<u32>) -> Option<geo::Geometry<f64>> {
        let read = match cell {
            Cell::Empty => return None,
            Cell::Text(text) if wkb::is_hex(text.trim()) => {
                wkb::from_hex(text.trim()).map(|(geometry, srid)| wkt::Shape { geometry, srid, open_ring: false })
            }
            Cell::Text(text) => wkt::read(text),
            Cell::Number(_) | Cell::Bool(_) => Err("a number".to_owned()),
        };
        let shape = match read {
            Ok(shape) => shape,
            Err(error) => {
                self.broken += 1;
                if self.broken <= LISTED {
                    let begins: String = super::values::text(cell).unwrap_or_default().chars().take(40).collect();
                    let problem = self.problem(Code::E_FORMAT, row).value(begins).why("@why.cells.shape").with("error", error);
                    self.found.push(problem);
                }
                return None;
            }
        };
        if shape.open_ring {
            self.found.push(self.problem(Code::W_GEOM, row).why("@why.geom.open_ring"));
        }
        if let Some(srid) = shape.srid.filter(|code| *code > 0)
            && *self.srid.get_or_insert(srid) != srid
            && self.input.crs.is_none()
        {
            self.broken += 1;
            if self.broken <= LISTED {
                let problem = self.problem(Code::E_FORMAT, row).value(srid.to_string()).why("@why.cells.zones").with("srid", srid);
                self.found.push(problem);
            }
        }
        shape.geometry
    }
}

impl Visit for ShapesInCells<'_> {
    fn columns(&mut self, columns: &[String]) {
        self.candidates = headings::shapes(columns);
        self.headings = columns.to_vec();
        self.visit.columns(columns);
    }

    fn record(&mut self, record: Record<'_>) {
        if self.column.is_none() && !self.candidates.is_empty() {
            self.decide(&record);
        }
        let Some(at) = self.column else {
            self.visit.record(record);
            return;
        };
        let cell = record.cells.get(at).copied().unwrap_or(Cell::Empty);
        let geometry = self.shape(cell, record.row);
        self.tally.add(geometry.as_ref());
        let mut cells = scan::reuse(std::mem::take(&mut self.cells));
        cells.extend(record.cells.iter().enumerate().map(|(i, cell)| if i == at { Cell::Empty } else { *cell }));
        self.visit.record(Record { cells: &cells, geometry: geometry.as_ref(), ..record });
        self.cells = scan::reuse(cells);
    }

    fn enough(&self) -> bool {
        self.visit.enough()
    }
}

#[cfg(test)]
mod tests;
