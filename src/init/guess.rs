//! Which table is it? Headings that only one table knows weigh most; names of files, shapes and values help.

use std::collections::HashSet;

use crate::read::headings::{self, Columns, Table};
use crate::read::peek::Peek;
use crate::read::vocabulary::{Vocabulary, built_in};
use crate::read::{Input, communities};

/// Tables that a file can be, in the order that wins a tie.
pub const TABLES: [Table; 8] = [
    Table::Communities,
    Table::Facilities,
    Table::Candidates,
    Table::Estates,
    Table::Counties,
    Table::Quota,
    Table::Demand,
    Table::Network,
];
/// Below this a guess is none.
const ENOUGH: f64 = 1.2;
/// Columns named in a reason; the study lists them all.
const SHOWN: usize = 5;
/// Two guesses nearer than this are said both.
pub const CLOSE: f64 = 0.75;

/// One table that a layer can be, and why.
#[derive(Debug, Clone)]
pub struct Guess {
    /// The section of a study; [`None`] for the ledger, which is a table of no reader yet.
    pub table: Option<Table>,
    /// How well it fits; only comparisons mean anything.
    pub score: f64,
    /// Its columns, recognised.
    pub columns: Columns,
    /// Reasons: keys of the catalogue with what fills them.
    pub reasons: Vec<(&'static str, String)>,
}

impl Guess {
    /// Its section of a study.
    pub fn section(&self) -> &'static str {
        self.table.map_or("ledger", Table::name)
    }
}

/// The streets of a PBF.
pub fn streets() -> Guess {
    Guess { table: Some(Table::Network), score: 10.0, columns: Columns::default(), reasons: vec![("init.why.pbf", String::new())] }
}

/// People in the cells of a raster.
pub fn cells() -> Guess {
    Guess { table: Some(Table::Demand), score: 2.0, columns: Columns::default(), reasons: vec![("init.why.raster", String::new())] }
}

/// What a layer can be, the best guess first; empty where nothing fits.
pub fn guess(input: &Input, head: &Peek) -> Vec<Guess> {
    let read: Vec<Columns> = TABLES.iter().map(|t| headings::recognise(*t, &head.headings, input).0).collect();
    let mut all: Vec<Guess> = TABLES.iter().enumerate().filter_map(|(n, table)| judge(*table, n, &read, input, head)).collect();
    all.extend(ledger(input, head));
    all.extend(projects(input, head));
    // The order of the tables breaks ties.
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all
}

fn judge(table: Table, at: usize, read: &[Columns], input: &Input, head: &Peek) -> Option<Guess> {
    let columns = &read[at];
    let [points, lines, polygons] = head.shapes;
    let shaped = points + lines + polygons > 0;
    let mut reasons = Vec::new();
    let mut score = 0.0;
    if (table == Table::Network) != (lines > points + polygons) {
        return None;
    }
    if table == Table::Network {
        score += if is_no_street(input) { -1.0 } else { 3.0 };
        reasons.push(("init.why.lines", String::new()));
    }
    score += headings_speak(at, read, head);
    let named: Vec<&str> = columns.iter().map(|(field, _)| field).collect();
    if !named.is_empty() {
        let all = head.headings.iter().filter(|h| !headings::is_blank(h)).count();
        let more = if named.len() > SHOWN { " …" } else { "" };
        reasons.push(("init.why.columns", format!("{}/{all} ({}{more})", named.len(), named[..named.len().min(SHOWN)].join(" "))));
    }
    score += name_speaks(table, input, &mut reasons);
    score += values_speak(table, columns, head, &mut reasons);
    let located = shaped || columns.has("lon") && columns.has("lat") || columns.has("community_code");
    let keyed = ["code", "id", "name", "project_name"].iter().any(|field| columns.has(field));
    let counted = columns.iter().any(|(field, _)| field.starts_with("elderly") || ["population", "households", "weight"].contains(&field));
    match table {
        Table::Communities if polygons > 0 => {
            score += 1.0;
            reasons.push(("init.why.polygons", String::new()));
        }
        Table::Facilities | Table::Candidates if polygons > points => score -= 1.5,
        Table::Facilities | Table::Candidates if !located => score -= 1.0,
        // Most people-bearing layers without names are cells or buildings.
        Table::Communities if !columns.has("name") => score -= 1.0,
        // A name and a number make many a table.
        Table::Quota if !columns.has("quota") || shaped => return None,
        Table::Quota if !columns.has("level") && !reasons.iter().any(|(why, _)| *why == "init.why.called") => return None,
        Table::Demand if !located || !(counted || shaped) => return None,
        _ => {}
    }
    if table == Table::Communities && !columns.has("name") && polygons > 0 {
        score -= 1.0;
    }
    let fits = match table {
        Table::Network => score > 0.0,
        Table::Demand => score >= ENOUGH,
        _ => keyed && score >= ENOUGH && (named.len() >= 2 || shaped),
    };
    fits.then(|| Guess { table: Some(table), score, columns: columns.clone(), reasons })
}

/// A heading counts the more, the fewer tables know it; one that others know and this table does not counts against it.
fn headings_speak(at: usize, read: &[Columns], head: &Peek) -> f64 {
    let of = |columns: &Columns, index: usize| columns.iter().find(|(_, c)| c.index == index).map(|(field, _)| field);
    (0..head.headings.len())
        .map(|index| {
            let knowing = read.iter().filter(|columns| of(columns, index).is_some()).count();
            match of(&read[at], index) {
                Some(field) => {
                    let weight = [1.0, 0.6, 0.3][knowing.clamp(1, 3) - 1];
                    // The canonical name itself is no coincidence.
                    weight + if head.headings[index].trim() == field { 0.1 } else { 0.0 }
                }
                None if knowing > 0 => -0.2,
                None => 0.0,
            }
        })
        .sum()
}

/// The name of the sheet or layer, else of the file, else of its folder: the first of them that speaks for any table.
fn name_speaks(table: Table, input: &Input, reasons: &mut Vec<(&'static str, String)>) -> f64 {
    let part = |name: Option<&std::ffi::OsStr>| name.map(|n| n.to_string_lossy().into_owned());
    let inside = input.shown.contains('/');
    let folder = input.path.parent().filter(|_| inside).and_then(|p| part(p.file_name()));
    let names = [input.layer.clone(), part(input.path.file_stem()), folder];
    let speaks =
        |name: &String| TABLES.iter().any(|t| headings::is_called(t.name(), name) || headings::named_like(t.name(), name).is_some());
    let Some(name) = names.into_iter().flatten().find(speaks) else { return 0.0 };
    let mut score = 0.0;
    if headings::is_called(table.name(), &name) {
        score += 2.5;
        reasons.push(("init.why.called", name.clone()));
    } else if let Some(word) = headings::named_like(table.name(), &name) {
        score += 1.0;
        reasons.push(("init.why.name", word.to_owned()));
    }
    score
}

/// Whether a layer of lines is called as something that nobody walks on: rivers, railways, borders.
fn is_no_street(input: &Input) -> bool {
    let stem = input.path.file_stem().unwrap_or_default().to_string_lossy();
    headings::named_like("no_network", input.layer.as_deref().unwrap_or(&stem)).is_some()
}

/// Words of a vocabulary, and whether codes are those of communities or of counties.
fn values_speak(table: Table, columns: &Columns, head: &Peek, reasons: &mut Vec<(&'static str, String)>) -> f64 {
    let values = |field: &str| -> Vec<&str> {
        let Some(column) = columns.get(field) else { return Vec::new() };
        head.rows.iter().filter_map(|row| row.get(column.index)).map(|v| v.trim()).filter(|v| !v.is_empty()).collect()
    };
    let words = |field: &str, vocabulary: &Vocabulary| -> f64 {
        let values = values(field);
        let known = values.iter().filter(|v| vocabulary.key(v).is_some()).count();
        match values.len() {
            0 => 0.0,
            all if known * 5 >= all * 4 => 1.5,
            all if known * 5 <= all => -0.5,
            _ => 0.0,
        }
    };
    let all = built_in();
    let mut score = match table {
        Table::Communities => words("kind", &all.community_kind),
        Table::Counties => words("county_type", &all.county_type),
        Table::Facilities => words("kind", &all.facility_kind),
        Table::Candidates => words("type", &all.facility_kind) + words("build_mode", &all.build_mode),
        _ => 0.0,
    };
    if score > 1.0 {
        reasons.push(("init.why.words", String::new()));
    }
    let codes = values("code");
    if !codes.is_empty() && matches!(table, Table::Communities | Table::Counties) {
        let of_length =
            |n: usize| codes.iter().filter(|c| c.len() == n && c.bytes().all(|b| b.is_ascii_digit())).count() * 5 >= codes.len() * 4;
        let once = codes.iter().collect::<HashSet<_>>().len() == codes.len();
        let twelve = codes.iter().filter(|c| communities::twelve_digits(c).is_some()).count() * 5 >= codes.len() * 4;
        score += match table {
            _ if !once => -3.0,
            Table::Communities if twelve => 1.0,
            Table::Communities if of_length(6) => -2.0,
            Table::Counties if of_length(6) => 1.5,
            Table::Counties if twelve => -2.0,
            _ => 0.0,
        };
        if once && score > 0.0 && (twelve || of_length(6)) {
            reasons.push(("init.why.codes", if twelve { "12" } else { "6" }.to_owned()));
        }
    }
    score
}

/// Whether a layer is a sheet of the template: by its name and its own headings.
fn is_sheet_of(section: &str, input: &Input, head: &Peek) -> bool {
    let name = input.layer.clone().unwrap_or_else(|| input.path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    let Some(table) = crate::template::columns::built_in().table(section) else { return false };
    let known = |heading: &&String| table.columns.iter().any(|c| c.zh == **heading || c.field == **heading);
    headings::is_called(section, &name) && head.headings.iter().filter(known).count() >= 4
}

/// The ledger of the template.
fn ledger(input: &Input, head: &Peek) -> Option<Guess> {
    let name = input.layer.clone().unwrap_or_else(|| input.path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    is_sheet_of("ledger", input, head).then(|| Guess {
        table: None,
        score: 20.0,
        columns: Columns::default(),
        reasons: vec![("init.why.called", name)],
    })
}

/// The projects of the template: a register of the candidates.
fn projects(input: &Input, head: &Peek) -> Option<Guess> {
    let columns = headings::recognise(Table::Projects, &head.headings, input).0;
    let fits = is_sheet_of("projects", input, head) && columns.has("id");
    let called = input.layer.clone().unwrap_or_default();
    fits.then(|| Guess { table: Some(Table::Projects), score: 20.0, columns, reasons: vec![("init.why.called", called)] })
}
