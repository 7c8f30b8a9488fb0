//! Population rasters as demand: GeoTIFF, people per cell, WorldPop style.
//!
//! A cell becomes a demand point at its centre. Its people are rounded to whole millionths before anything is added, so a sum over
//! cells, files and communities is the same in any order. Several files are one grid with several columns: sexes and age bands add up
//! to the groups they belong to (`bands`). Cells of nobody and of nodata are dropped, and with communities those outside the box
//! around them (`window`); rows are decoded one after another and forgotten.

mod bands;
mod georeference;
mod sheet;
mod window;

use geo::Coord;

use super::demand::DemandRecords;
use super::kind::Kind;
use super::{Input, Scanned, crs, scan};
use crate::city::checks::people;
use crate::city::{City, Counts, Group};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::space::LonLat;
use crate::space::crs::Crs;
use crate::units::Count;
use sheet::Sheet;
use window::Window;

/// More cells with people than this are a continent, not a city or a province.
const MOST_CELLS: usize = 50_000_000;

/// Whether an input is a raster, by its first bytes, or by its name where it cannot be opened.
pub fn is_raster(input: &Input) -> bool {
    scan::kind_of(input).map_or_else(|_| Kind::of_name(&input.path) == Some(Kind::GeoTiff), |kind| kind == Kind::GeoTiff)
}

/// Reads rasters of one grid as demand points, in rows from the top left. Problems are pushed; after an error there is no record.
pub fn read(inputs: &[&Input], city: &City, problems: &mut Problems) -> DemandRecords {
    let before = problems.tally().0;
    let groups = bands::groups(inputs, problems);
    let mut sheets = Vec::with_capacity(inputs.len());
    for input in inputs {
        match Sheet::open(input) {
            Ok(sheet) => sheets.push(sheet),
            Err(problem) => problems.push(*problem),
        }
    }
    if sheets.len() < inputs.len() || problems.tally().0 > before {
        return DemandRecords::default();
    }
    let Some(grid) = Grid::of(inputs, &sheets, city, problems) else { return DemandRecords::default() };
    match grid.cells(inputs, &mut sheets, &groups) {
        Ok(cells) => grid.records(inputs, cells, problems),
        Err(problem) => {
            problems.push(*problem);
            DemandRecords::default()
        }
    }
}

/// Where the cells lie that are wanted.
struct Grid {
    width: u32,
    affine: georeference::Affine,
    crs: Crs,
    /// The box around the communities, if they have boundaries.
    area: Option<geo::Rect<f64>>,
    window: Window,
}

/// Cells with people, by rows.
struct Cells {
    centres: Vec<Coord<f64>>,
    numbers: Vec<u32>,
    counts: Vec<(Group, Vec<Option<Count>>)>,
}

impl Grid {
    /// The one grid of all sheets; an error where two differ, or where nothing of it lies at the communities.
    fn of(inputs: &[&Input], sheets: &[Sheet], city: &City, problems: &mut Problems) -> Option<Grid> {
        let (first, input) = (&sheets[0], inputs[0]);
        let declared = |i: usize| inputs[i].crs.as_deref().or(sheets[i].crs.as_deref());
        for (i, sheet) in sheets.iter().enumerate().skip(1) {
            let why = if (sheet.width, sheet.height) != (first.width, first.height) {
                "@why.raster.sizes"
            } else if !sheet.affine.same(&first.affine, first.width, first.height) {
                "@why.raster.places"
            } else if declared(i).map(Crs::parse).map(|crs| crs.map(|crs| crs.name().to_owned()))
                != declared(0).map(Crs::parse).map(|crs| crs.map(|crs| crs.name().to_owned()))
            {
                "@why.raster.systems"
            } else {
                continue;
            };
            let problem = scan::refuse(inputs[i], Code::E_RASTER).field("demand.files").why(why).with("other", &input.shown);
            problems.push(problem.with("mine", sheet.shown()).with("theirs", first.shown()));
            return None;
        }
        let corners = [(0, 0), (first.width, 0), (0, first.height), (first.width, first.height)];
        let corners = corners.map(|(column, row)| first.affine.at(column.into(), row.into()));
        let scanned = Scanned { declared_crs: first.crs.clone(), first: Some(first.affine.at(0.5, 0.5)), ..Scanned::default() };
        let crs = crs::decide(input, &scanned, super::layer::bounds(&corners), false, problems)?;
        let area = window::around_communities(city);
        let window = match area {
            Some(area) => Window::around(&first.affine, first.width, first.height, &crs, area),
            None => Window::whole(first.width, first.height),
        };
        if window.rows.is_empty() || window.columns.is_empty() {
            problems.push(scan::refuse(input, Code::E_RASTER).why("@why.raster.elsewhere"));
            return None;
        }
        Some(Grid { width: first.width, affine: first.affine, crs, area, window })
    }

    /// Adds up the sheets, row by row.
    fn cells(&self, inputs: &[&Input], sheets: &mut [Sheet], groups: &[Vec<Group>]) -> Result<Cells, Box<Problem>> {
        let (columns, rows) = (self.window.columns.clone(), self.window.rows.clone());
        let used = Group::ALL.into_iter().filter(|g| groups.iter().flatten().any(|used| used == g));
        let mut cells = Cells { centres: Vec::new(), numbers: Vec::new(), counts: used.map(|group| (group, Vec::new())).collect() };
        let mut sums: Vec<Vec<Option<Count>>> = vec![vec![None; columns.len()]; cells.counts.len()];
        let mut values = Vec::with_capacity(columns.len());
        for row in rows {
            sums.iter_mut().for_each(|sums| sums.fill(None));
            for ((sheet, input), groups) in sheets.iter_mut().zip(inputs).zip(groups) {
                sheet.row(row, columns.clone(), &mut values).map_err(|error| Box::new(sheet::broken(input, error)))?;
                let into: Vec<usize> = (0..cells.counts.len()).filter(|at| groups.contains(&cells.counts[*at].0)).collect();
                for (at, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                    let Some(count) = Count::from_f64(*value) else {
                        let number = scan::number(u64::from(row) * u64::from(self.width) + u64::from(columns.start) + at as u64);
                        return Err(Box::new(at_cell(scan::refuse(input, Code::E_NUM).value(value), number)));
                    };
                    for group in &into {
                        let sum = &mut sums[*group][at];
                        *sum = Some(sum.unwrap_or_default() + count);
                    }
                }
            }
            for at in 0..columns.len() {
                if !sums.iter().any(|sums| sums[at].is_some_and(|n| n > Count::ZERO)) {
                    continue;
                }
                let column = columns.start + at as u32;
                cells.centres.push(self.affine.at(f64::from(column) + 0.5, f64::from(row) + 0.5));
                cells.numbers.push(scan::number(u64::from(row) * u64::from(self.width) + u64::from(column)));
                for ((_, counts), sums) in cells.counts.iter_mut().zip(&sums) {
                    counts.push(sums[at]);
                }
            }
            if cells.centres.len() > MOST_CELLS {
                return Err(Box::new(scan::refuse(inputs[0], Code::E_TOO_LARGE).why("@why.raster.cells").with("limit", MOST_CELLS)));
            }
        }
        Ok(cells)
    }

    /// Puts the cells on the ground; with communities those outside the box around them are left out.
    fn records(&self, inputs: &[&Input], cells: Cells, problems: &mut Problems) -> DemandRecords {
        let places = self.crs.to_lonlat_all(&cells.centres);
        let kept: Vec<bool> = places.iter().map(|place| self.keeps(*place)).collect();
        fn keep<T>(values: Vec<T>, kept: &[bool]) -> Vec<T> {
            values.into_iter().zip(kept).filter_map(|(value, kept)| kept.then_some(value)).collect()
        }
        let origin = Origin { file: Some(inputs[0].shown.as_str().into()), ..Origin::default() };
        let mut records =
            DemandRecords { places: keep(places, &kept), rows: keep(cells.numbers, &kept), origin, ..DemandRecords::default() };
        records.communities = vec![crate::demand::NO_COMMUNITY; records.rows.len()];
        records.estimates = 0..records.rows.len();
        for (group, counts) in cells.counts {
            records.counts[group as usize] = Some(keep(counts, &kept));
        }
        if records.rows.is_empty() {
            let why = if self.area.is_some() { "@why.raster.elsewhere" } else { "@why.raster.nobody" };
            problems.push(scan::refuse(inputs[0], Code::E_RASTER).why(why));
        }
        let mut notes = Notes::default();
        for (number, _) in records.rows.iter().zip(&records.places).filter(|(_, place)| place.is_none()) {
            notes.push_with(Code::W_NO_POSITION, "lon", |p| at_cell(p.at(&records.origin).value(""), *number));
        }
        contradictions(&records, &mut notes);
        notes.report(problems);
        records
    }

    fn keeps(&self, place: Option<LonLat>) -> bool {
        let (Some(place), Some(area)) = (place, self.area) else { return true };
        let (min, max) = (area.min(), area.max());
        place.lon >= min.x && place.lon <= max.x && place.lat >= min.y && place.lat <= max.y
    }
}

/// Models of different makers disagree in single cells; more old people than people over all of them are a mistake.
fn contradictions(records: &DemandRecords, notes: &mut Notes) {
    let mut sums = Counts::default();
    for group in Group::ALL {
        sums[group] = records.counts[group as usize].as_ref().map(|counts| counts.iter().flatten().copied().sum());
    }
    people::elders(&sums, &records.origin, notes);
}

fn at_cell(mut problem: Problem, number: u32) -> Problem {
    problem.origin.feature = Some(number);
    problem
}

#[cfg(test)]
mod tests;
