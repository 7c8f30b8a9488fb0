//! Cleaned copies of the tables of a study: what the readers already understand is written out, everything else stays as it is, and
//! every change is a line of `changes.csv`. The originals are never touched.
//!
//! A copy is CSV, a workbook or GeoJSON as its original is; shapefiles and GeoPackages become CSV with a column of WKT. Beside the copies
//! stands a `study.toml` that reads them. What is wrong (an error) stays in the copy for a person to correct. Blank rows, titles
//! above a heading, notes below a table and sheets that are no table are not copied; all but the blank rows are listed.

mod clean;
mod sink;

use std::collections::HashSet;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use self::clean::Clean;
use self::sink::{Csv, GeoJson, Sheet, Sink, workbook};
use crate::problem::understood::Way;
use crate::problem::{Code, Problem, Problems};
use crate::read::headings::{self, Columns, Table};
use crate::read::kind::Kind;
use crate::read::layer::{is_note, total_heads, total_label};
use crate::read::peek;
use crate::read::vocabulary::built_in;
use crate::read::{Cell, Input, Record, Scanned, Visit, scan, values};
use crate::report::csv::guarded;
use crate::report::output::OutputFolder;
use crate::report::problems::Fixed;
use crate::settings::{Settings, file};
use crate::space::crs::Crs;

/// One thing that is not as it was.
#[derive(Debug, Clone, PartialEq)]
struct Change {
    file: String,
    layer: String,
    /// Row of a table, feature of a layer; `None` for the file as a whole.
    row: Option<u32>,
    column: String,
    old: String,
    new: String,
    /// Under which problem it was found; `None` for what is no problem: a title, a note below a table, a sheet that is no table.
    code: Option<Code>,
}

/// A file of the folder.
enum Copy {
    Bytes(String, Vec<u8>),
    /// A workbook may serve several tables, each with a sheet.
    Book {
        name: String,
        original: PathBuf,
        sheets: Vec<Sheet>,
    },
}

impl Copy {
    fn name(&self) -> &str {
        match self {
            Copy::Bytes(name, _) | Copy::Book { name, .. } => name,
        }
    }
}

/// Writes cleaned copies of every table of the study that can be read into `dir`, all or none. `study` is the study's file, if there is
/// one: what it says of other commands is kept.
///
/// Problems: E-OUT where the folder cannot be written, or a copy would take the place of its original.
pub fn write(settings: &Settings, study: Option<&Path>, dir: &Path) -> Result<Fixed, Problem> {
    let mut work = Work { dir, copies: Vec::new(), taken: HashSet::new(), changes: Vec::new() };
    let mut fixed = settings.clone();
    let inputs = &mut fixed.inputs;
    let tables = [
        (Table::Communities, &mut inputs.communities),
        (Table::Estates, &mut inputs.estates),
        (Table::Counties, &mut inputs.counties),
        (Table::Facilities, &mut inputs.facilities),
        (Table::Candidates, &mut inputs.candidates),
        (Table::Demand, &mut inputs.demand),
        (Table::Quota, &mut inputs.quota),
        (Table::Crosswalk, &mut inputs.crosswalk),
    ];
    for (table, list) in tables {
        for input in list {
            if let Some(register) = &mut input.register {
                let table = if table == Table::Candidates { Table::Projects } else { table };
                work.copy(table, &mut register.input);
            }
            work.copy(table, input);
        }
    }
    for input in inputs.network.iter_mut().chain(&mut inputs.ledger) {
        input.shown = from(dir, &input.path);
    }
    for policy in &mut fixed.policies {
        if policy.ends_with(".toml") || policy.contains(['/', '\\']) {
            *policy = from(dir, &settings.base.join(policy.as_str()));
        }
    }
    let mut table = file::to_table(&fixed);
    let written = study.and_then(|path| std::fs::read_to_string(path).ok()).and_then(|text| text.parse::<toml::Table>().ok());
    if let Some(plan) = written.and_then(|mut t| t.remove("plan")) {
        table.insert("plan".to_owned(), plan);
    }
    work.put(settings, study, &table.to_string())
}

struct Work<'w> {
    dir: &'w Path,
    copies: Vec<Copy>,
    /// Names in use, in lower case: not every disk tells them apart.
    taken: HashSet<String>,
    changes: Vec<Change>,
}

impl Work<'_> {
    /// Copies one input and makes it read its copy; what cannot be read keeps its original.
    fn copy(&mut self, table: Table, input: &mut Input) {
        let kind = Kind::of_name(&input.path).unwrap_or(Kind::GeoPackage);
        let done = match kind {
            Kind::GeoJson => {
                let mut sink = GeoJson::default();
                self.clean(table, input, &mut sink).map(|scanned| (scanned, self.name(input, "geojson"), sink.finish()))
            }
            Kind::Xlsx | Kind::Xls => return self.copy_sheet(table, input),
            // A raster has no cells that anybody wrote.
            Kind::GeoTiff => None,
            _ => {
                let mut sink = Csv::default();
                self.clean(table, input, &mut sink).map(|scanned| (scanned, self.name(input, "csv"), sink.finish()))
            }
        };
        let Some((scanned, name, bytes)) = done else {
            input.shown = from(self.dir, &input.path);
            return;
        };
        self.copies.push(Copy::Bytes(name.clone(), bytes));
        input.shown = name;
        input.encoding = None;
        if kind != Kind::Csv && kind != Kind::GeoJson {
            input.layer = None;
        }
        // A copy carries no .prj: the study says what it said. The short name where there is one.
        if input.crs.is_none() {
            let declared = scanned.declared_crs.filter(|crs| kind != Kind::GeoJson || crs != "EPSG:4326");
            let short = |crs: String| Crs::parse(&crs).map(|c| c.name().to_owned()).filter(|n| Crs::parse(n).is_some()).unwrap_or(crs);
            input.crs = declared.map(short);
        }
    }

    fn copy_sheet(&mut self, table: Table, input: &mut Input) {
        let mut sheet = Sheet::default();
        let Some(scanned) = self.clean(table, input, &mut sheet) else {
            input.shown = from(self.dir, &input.path);
            return;
        };
        sheet.name = scanned.layer.unwrap_or_default();
        let at = self.copies.iter().position(|copy| match copy {
            Copy::Book { original, sheets, .. } => *original == input.path && sheets.iter().all(|s| s.name != sheet.name),
            Copy::Bytes(..) => false,
        });
        let at = at.unwrap_or_else(|| {
            let name = self.name(input, "xlsx");
            self.copies.push(Copy::Book { name, original: input.path.clone(), sheets: Vec::new() });
            self.copies.len() - 1
        });
        input.layer = Some(sheet.name.clone());
        input.shown = self.copies[at].name().to_owned();
        if let Copy::Book { sheets, .. } = &mut self.copies[at] {
            sheets.push(sheet);
        }
    }

    /// A name of its own for the copy: the path as the study has it, as far as it leads down.
    fn name(&mut self, input: &Input, extension: &str) -> String {
        let path = Path::new(&input.shown);
        let inside = path.components().all(|c| matches!(c, Component::Normal(_)));
        let path = if inside { path } else { Path::new(path.file_name().unwrap_or_default()) };
        let path = path.with_extension(extension).to_string_lossy().replace('\\', "/");
        let (stem, end) = path.split_at(path.len() - extension.len() - 1);
        let mut names = std::iter::once(path.clone()).chain((2u32..).map(|n| format!("{stem}-{n}{end}")));
        let own = ["changes.csv", "study.toml"];
        // There is always a further number.
        names.find(|name| !own.contains(&name.as_str()) && self.taken.insert(name.to_lowercase())).unwrap_or_default()
    }

    /// Passes the rows of a file on, cleaned; `None` when it cannot be read to its end, which the report of `check` says.
    fn clean(&mut self, table: Table, input: &Input, sink: &mut dyn Sink) -> Option<Scanned> {
        let mut cleaner = Cleaner {
            table,
            input,
            columns: Columns::default(),
            fields: Vec::new(),
            headings: Vec::new(),
            heads: Vec::new(),
            changes: Vec::new(),
            sink,
        };
        let mut problems = Problems::default();
        let scanned = scan::scan_as_written(input, &mut cleaner, &mut problems)?;
        if problems.has_errors() {
            return None;
        }
        let headings = cleaner.headings;
        let mut changes = cleaner.changes;
        let change = |row, column: &str, old: &str, new: &str, code: Code| Change {
            file: input.shown.clone(),
            layer: String::new(),
            row,
            column: column.to_owned(),
            old: old.to_owned(),
            new: new.to_owned(),
            code: Some(code),
        };
        // The copy has one row of headings, in its first row.
        for (row, text) in &scanned.above {
            changes.push(Change { code: None, ..change(Some(*row), "", text, "", Code::W_MERGED) });
        }
        for (row, column, value) in &scanned.filled {
            let heading = headings.get(*column as usize).map_or("", String::as_str);
            // A word for "nothing" that was merged over rows is taken out of each of them, which is said already.
            changes.push(change(Some(*row), heading, "", value, Code::W_MERGED));
        }
        for open in problems.iter().filter(|p| p.code == Code::W_GEOM) {
            changes.push(change(open.origin.row.or(open.origin.feature), "geometry", "open ring", "closed ring", Code::W_GEOM));
        }
        if let Some(encoding) = scanned.encoding.filter(|e| *e != "UTF-8" && scanned.encoding_from != "ascii") {
            let is_json = Kind::of_name(&input.path) == Some(Kind::GeoJson);
            let code = if is_json { Code::W_ENC_JSON } else { Code::W_ENC };
            changes.push(change(None, "", &encoding.to_uppercase(), "UTF-8", code));
        }
        changes.sort_by_key(|c| c.row);
        let layer = scanned.layer.clone().unwrap_or_default();
        self.changes.extend(changes.into_iter().map(|c| Change { layer: layer.clone(), ..c }));
        Some(scanned)
    }

    /// The sheets of copied workbooks that are no table of the study: they are not in the copy, and the list says so.
    fn other_sheets(&mut self) -> Vec<String> {
        let mut books: Vec<(&Path, String)> = Vec::new();
        let mut copied: HashSet<(&Path, &str)> = HashSet::new();
        for copy in &self.copies {
            let Copy::Book { original, sheets, .. } = copy else { continue };
            if books.iter().all(|(path, _)| path != original) {
                books.push((original, original.file_name().unwrap_or_default().to_string_lossy().into_owned()));
            }
            copied.extend(sheets.iter().map(|sheet| (original.as_path(), sheet.name.as_str())));
        }
        let mut left = Vec::new();
        for (path, shown) in books {
            let input = Input { path: path.to_path_buf(), shown: shown.clone(), ..Input::default() };
            let layers = peek::kind(&input).and_then(|kind| peek::layers(&input, kind)).unwrap_or_default();
            let other = layers.into_iter().flatten().filter(|sheet| !copied.contains(&(path, sheet.as_str())));
            left.extend(other.map(|sheet| (shown.clone(), sheet)));
        }
        let named = left.iter().map(|(file, sheet)| format!("{file} [{sheet}]")).collect();
        self.changes.extend(left.into_iter().map(|(file, sheet)| Change {
            file,
            row: None,
            column: String::new(),
            old: sheet.clone(),
            new: String::new(),
            layer: sheet,
            code: None,
        }));
        named
    }

    /// Puts everything in place, unless a copy would stand where an original does.
    fn put(mut self, settings: &Settings, study: Option<&Path>, text: &str) -> Result<Fixed, Problem> {
        let originals: Vec<PathBuf> = settings
            .inputs
            .tables()
            .into_iter()
            .flat_map(|(_, list)| list)
            .flat_map(|input| [Some(&input.path), input.register.as_ref().map(|r| &r.input.path)])
            .flatten()
            .map(PathBuf::as_path)
            .chain(study)
            .filter_map(|path| path.canonicalize().ok())
            .collect();
        let names: Vec<String> =
            self.copies.iter().map(|c| c.name().to_owned()).chain(["changes.csv".into(), "study.toml".into()]).collect();
        for name in &names {
            let target = self.dir.join(name);
            if target.canonicalize().is_ok_and(|path| originals.contains(&path)) {
                return Err(Problem::new(Code::E_OUT).file(target.to_string_lossy()).why("@why.fix.original"));
            }
        }
        let left_out = self.other_sheets();
        let mut out = OutputFolder::new(self.dir).map_err(Problem::from)?;
        for copy in self.copies {
            let (name, bytes) = match copy {
                Copy::Bytes(name, bytes) => (name, Ok(bytes)),
                Copy::Book { name, sheets, .. } => (name, workbook(&sheets).map_err(std::io::Error::other)),
            };
            out.add(&name, |to| to.write_all(&bytes?)).map_err(Problem::from)?;
        }
        out.add("changes.csv", |to| changes(&self.changes, to)).map_err(Problem::from)?;
        out.add("study.toml", |to| to.write_all(text.as_bytes())).map_err(Problem::from)?;
        out.commit().map_err(Problem::from)?;
        Ok(Fixed { files: names, changes: self.changes.len(), sheets_left_out: left_out, remaining: Default::default() })
    }
}

fn changes(all: &[Change], mut out: impl Write) -> std::io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
    csv.write_record(["file", "row", "column", "old", "new", "code", "layer"])?;
    for c in all {
        let row = c.row.map_or_else(String::new, |row| row.to_string());
        let texts = [c.file.as_str(), &row, &c.column, &c.old, &c.new, c.code.map_or("", Code::text), &c.layer];
        csv.write_record(texts.map(|text: &str| guarded(text).into_owned()))?;
    }
    csv.flush()
}

/// A path as a study in `dir` writes it.
fn from(dir: &Path, to: &Path) -> String {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let (dir, to) = (whole(dir), whole(to));
    let shared = dir.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        // Another drive.
        return file::shown(&to);
    }
    let up = dir.components().skip(shared).map(|_| Component::ParentDir);
    file::shown(&up.chain(to.components().skip(shared)).collect::<PathBuf>())
}

/// Between a reader and a sink.
struct Cleaner<'c> {
    table: Table,
    input: &'c Input,
    columns: Columns,
    /// For each column its field and the unit of its heading.
    fields: Vec<Option<(&'static str, f64)>>,
    /// As they were.
    headings: Vec<String>,
    heads: Vec<usize>,
    changes: Vec<Change>,
    sink: &'c mut dyn Sink,
}

impl Cleaner<'_> {
    fn note(&mut self, row: Option<u32>, column: usize, old: String, new: String, code: Code) {
        let column = self.headings.get(column).cloned().unwrap_or_default();
        self.changes.push(Change { file: self.input.shown.clone(), layer: String::new(), row, column, old, new, code: Some(code) });
    }
}

impl Visit for Cleaner<'_> {
    fn columns(&mut self, headings: &[String]) {
        self.columns = headings::recognise(self.table, headings, self.input).0;
        self.heads = total_heads(&self.columns, headings.len());
        self.headings = headings.to_vec();
        self.fields = vec![None; headings.len()];
        let mut new = headings.to_vec();
        let found: Vec<_> = self.columns.iter().map(|(field, c)| (field, c.index, c.scale, c.way)).collect();
        for (field, index, scale, way) in found {
            self.fields[index] = Some((field, scale));
            if way == Way::Cut {
                self.note(None, index, headings[index].clone(), field.to_owned(), Code::W_FIELD_CUT);
                new[index] = field.to_owned();
            }
        }
        self.sink.headings(&new);
    }

    fn record(&mut self, record: Record<'_>) {
        if record.geometry.is_none() && record.cells.iter().all(|cell| values::text(*cell).is_none()) {
            return;
        }
        let row = record.row.or(record.feature);
        let example = || self.heads.iter().any(|at| matches!(record.cells.get(*at), Some(Cell::Text(t)) if built_in().example(t)));
        let left_out = match total_label(&self.heads, record.cells) {
            Some(_) => Some(Some(Code::W_TOTAL_ROW)),
            None if example() => Some(Some(Code::W_EXAMPLE)),
            None => is_note(&record).then_some(None),
        };
        if let Some(code) = left_out {
            let whole: Vec<String> = record.cells.iter().map(|c| Clean::from(*c).written()).filter(|t| !t.is_empty()).collect();
            self.changes.push(Change {
                file: self.input.shown.clone(),
                layer: String::new(),
                row,
                column: String::new(),
                old: whole.join(" | "),
                new: String::new(),
                code,
            });
            return;
        }
        let mut cells: Vec<Clean> = record.cells.iter().map(|cell| Clean::from(*cell)).collect();
        for (at, cell) in record.cells.iter().enumerate().filter(|(_, cell)| **cell != Cell::Empty) {
            let Some((field, scale)) = self.fields.get(at).copied().flatten() else { continue };
            if let Some((new, code)) = clean::cell(field, scale, *cell) {
                self.note(row, at, cells[at].written(), new.written(), code);
                cells[at] = new;
            }
        }
        self.sink.row(&cells, record.geometry);
    }
}
