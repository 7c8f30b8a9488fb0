//! A study file, flags and defaults → [`Settings`]. Every key is known or refused with a guess; all problems are reported at once.

mod plan;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use toml::{Table, Value};

use super::{Inputs, Scope, Settings, Stage};
use crate::problem::{Code, Problem, Problems};
use crate::read::{Input, Register, Trust};
use crate::units::{Bytes, Millimetres, Milliseconds, WalkingSpeed};

/// 36 km/h, in mm/s: whoever walks faster has written another unit.
const FASTEST: u32 = 10_000;
/// Nobody lives five kilometres from the nearest street; a slip in the unit would look at every street for every building.
const FARTHEST_SNAP: Millimetres = Millimetres(5_000_000);

/// What stands for the heading in `fields` of a raster, which has none.
const CELLS: &str = "value";

/// What the command line says beside the study file.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// Table name → file, relative to the working directory.
    pub files: Vec<(&'static str, PathBuf)>,
    /// Dotted key → value, in the order given: `--speed` and the like, then `--set`.
    pub set: Vec<(String, Value)>,
}

/// Reads `--set key=value`: the value as TOML if it is TOML, else as text, so that `network.min_component=0 m` needs no inner quotes.
pub fn parse_set(text: &str) -> Option<(String, Value)> {
    let (key, value) = text.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    if key.is_empty() {
        return None;
    }
    let parsed = format!("x = {value}").parse::<Table>().ok().and_then(|mut t| t.remove("x"));
    Some((key.to_owned(), parsed.unwrap_or_else(|| Value::String(value.to_owned()))))
}

/// Reads a study file (if any) and the flags over it.
pub fn load(study: Option<&Path>, flags: &Flags, problems: &mut Problems) -> Option<Settings> {
    let mut table = Table::new();
    let mut base = PathBuf::new();
    if let Some(path) = study {
        let shown = shown(path);
        let text = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned(),
            Err(error) => {
                problems.push(Problem::new(Code::E_FILE).file(&shown).with("reason", error));
                return None;
            }
        };
        match text.parse::<Table>() {
            Ok(parsed) => table = parsed,
            Err(error) => {
                let line = error.span().map_or(1, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
                let mut problem = refusal("TOML", error.message(), "key = \"value\"").file(&shown);
                problem.origin.row = Some(line as u32);
                problems.push(problem);
                return None;
            }
        }
        base = path.parent().map(Path::to_path_buf).unwrap_or_default();
    }
    for (key, value) in &flags.set {
        insert(&mut table, key, value.clone());
    }
    let file = study.map(shown);
    let before = problems.tally().0;
    let settings = resolve(table, &base, &flags.files, file.as_deref(), problems);
    (problems.tally().0 == before).then_some(settings)
}

/// Puts `value` at a dotted key, making tables on the way.
fn insert(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((head, rest)) => {
            let slot = table.entry(head.to_owned()).or_insert_with(|| Value::Table(Table::new()));
            if !slot.is_table() {
                *slot = Value::Table(Table::new());
            }
            if let Value::Table(inner) = slot {
                insert(inner, rest, value);
            }
        }
    }
}

/// A path as outputs print it: with `/`.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Turns a whole table into settings; also used for the settings kept in `run.json`.
pub fn resolve(table: Table, base: &Path, flag_files: &[(&'static str, PathBuf)], file: Option<&str>, problems: &mut Problems) -> Settings {
    let mut s = Settings { base: base.to_path_buf(), ..Settings::default() };
    let mut root = Section { path: String::new(), table, known: Vec::new(), file, problems };

    if let Some(version) = root.take("schema")
        && version.as_integer() != Some(1)
    {
        root.refuse("schema", &version, "schema = 1");
    }
    root.text("title", &mut s.title);
    s.as_of = root.date("as_of");
    root.parsed("stage", &mut s.stage, Stage::parse, "siting | declaration | funding | construction | acceptance | operation");
    root.parsed("memory", &mut s.memory, |text| Bytes::parse(text).map(Some), "4 GB, 512 MB");
    if let Some(list) = root.list("policies") {
        s.policies = list;
    }

    let mut walking = root.section("walking");
    if let Some(text) = walking.string("speed") {
        match WalkingSpeed::parse(&text).filter(|(speed, _)| speed.mm_per_s() <= FASTEST) {
            Some((speed, rounded)) => {
                s.speed = speed;
                s.speed_rounded_from = rounded.then_some(text);
            }
            None => walking.refuse("speed", &Value::String(text), "1.0 m/s, 4.5 km/h"),
        }
    }
    walking.parsed("limit", &mut s.limit, duration, "15 min, 900 s");
    walking.parsed("snap", &mut s.snap, |text| Millimetres::parse(text).filter(|snap| *snap <= FARTHEST_SNAP), "100 m, ≤ 5 km");
    if let Some(list) = walking.list("bands") {
        match list.iter().map(|b| duration(b)).collect::<Option<Vec<_>>>() {
            Some(mut bands) => {
                bands.sort_unstable();
                bands.dedup();
                s.bands = bands;
            }
            None => walking.refuse("bands", &Value::String(list.join(", ")), "[\"5 min\", \"10 min\", \"15 min\"]"),
        }
    }
    walking.number("detour", &mut s.detour, |d| (1.0..=10.0).contains(&d), "1.3");
    walking.finish();

    let mut coverage = root.section("coverage");
    coverage.number("covered", &mut s.covered, |v| (0.0..=1.0).contains(&v), "0.95");
    coverage.number("uncovered", &mut s.uncovered, |v| (0.0..=1.0).contains(&v), "0.05");
    coverage.parsed(
        "scope",
        &mut s.scope,
        |t| [Scope::Urban, Scope::Village, Scope::All].into_iter().find(|k| k.key() == t),
        "urban | village | all",
    );
    if let Some(value) = coverage.take("within") {
        match minutes(&value).filter(|n| (1..=600).contains(n) && u64::from(*n) * 60_000 <= s.limit.0) {
            Some(n) => s.within = Some(n),
            None => coverage.refuse("within", &value, &format!("1 … {} min", (s.limit.0 / 60_000).min(600))),
        }
    }
    coverage.boolean("sensitivity", &mut s.sensitivity);
    if s.uncovered > s.covered {
        let (covered, uncovered) = (s.covered, s.uncovered);
        coverage.refuse("uncovered", &Value::Float(uncovered), &format!("≤ covered ({covered})"));
    }
    coverage.finish();

    let mut circles = root.section("circles");
    // Below a metre the seven decimals of a file would be a large part of it.
    let buffer = |text: &str| Millimetres::parse(text).filter(|b| (1_000..=1_000_000).contains(&b.0));
    circles.parsed("buffer", &mut s.circle_buffer, buffer, "30 m (1 m – 1 km)");
    circles.finish();

    let mut score = root.section("score");
    if let Some(Value::Table(weights)) = score.take("weights") {
        for (name, value) in weights {
            match number_of(&value) {
                Some(w) if w >= 0.0 && w.is_finite() => {
                    s.weights.insert(name, w);
                }
                _ => score.refuse(&format!("weights.{name}"), &value, "0, 1, 2.5 …"),
            }
        }
    }
    if let Some(value) = score.take("top") {
        match value.as_integer() {
            Some(n) if n > 0 => s.top = n as usize,
            _ => score.refuse("top", &value, "10"),
        }
    }
    score.boolean("accept_proxy", &mut s.accept_proxy);
    if let Some(value) = score.take("set") {
        match value.as_str() {
            Some(set) => s.criteria_set = set.trim().to_owned(),
            None => score.refuse("set", &value, "S000-12"),
        }
    }
    score.finish();

    let mut fund = root.section("fund");
    fund.boolean("cap_at_investment", &mut s.cap_at_investment);
    fund.finish();

    let mut output = root.section("output");
    output.boolean("gpkg", &mut s.gpkg);
    output.finish();

    if let Some(value) = root.take("overrides") {
        match value {
            Value::Table(entries) => {
                for (key, reason) in entries {
                    match reason.as_str().map(str::trim) {
                        Some(reason) if !reason.is_empty() => {
                            s.overrides.insert(key, reason.to_owned());
                        }
                        _ => root.refuse(&format!("overrides.\"{key}\""), &reason, "\"C017/S001-11\" = \"reason\""),
                    }
                }
            }
            other => root.refuse("overrides", &other, "[overrides]"),
        }
    }

    let mut inputs = Inputs::default();
    let tables: [(&'static str, &mut Vec<Input>); 10] = [
        ("communities", &mut inputs.communities),
        ("estates", &mut inputs.estates),
        ("counties", &mut inputs.counties),
        ("facilities", &mut inputs.facilities),
        ("candidates", &mut inputs.candidates),
        ("network", &mut inputs.network),
        ("demand", &mut inputs.demand),
        ("quota", &mut inputs.quota),
        ("ledger", &mut inputs.ledger),
        ("crosswalk", &mut inputs.crosswalk),
    ];
    for (name, slot) in tables {
        let mut section = root.section(name);
        match name {
            "network" => section.parsed("min_component", &mut s.min_component, Millimetres::parse, "2 km"),
            "demand" => section.parsed("grid", &mut s.grid, |t| Millimetres::parse(t).filter(|g| g.0 > 0), "50 m"),
            _ => {}
        }
        let (inputs, shared) = section.inputs(base);
        *slot = inputs;
        let shared = Input { table: Some(name), ..shared };
        for input in slot.iter_mut() {
            input.table = Some(name);
            if let Some(register) = &mut input.register {
                register.input.table = Some(if name == "candidates" { "projects" } else { name });
            }
        }
        if let Some((_, path)) = flag_files.iter().find(|(n, _)| *n == name) {
            // A flag replaces the file; crs, fields and the rest stay as the study or --set says.
            let kept = slot.first().cloned().unwrap_or(shared);
            *slot = vec![Input { path: path.clone(), shown: shown(path), ..kept }];
        }
        section.finish();
    }
    s.inputs = inputs;
    let mut section = root.section("plan");
    plan::read(&mut section, &mut s.plan);
    section.finish();
    root.finish();
    if s.limit.0 == 0 {
        root_refusal(problems, file, "walking.limit", "0");
    }
    s
}

fn root_refusal(problems: &mut Problems, file: Option<&str>, field: &str, value: &str) {
    let mut problem = refusal(field, &format!("{value} cannot be used"), "15 min").value(value);
    if let Some(file) = file {
        problem = problem.file(file);
    }
    problems.push(problem);
}

fn duration(text: &str) -> Option<Milliseconds> {
    Milliseconds::parse(text)
}

/// Whole minutes: `2`, `"2"` or `"2 min"`.
fn minutes(value: &Value) -> Option<u32> {
    let whole = match value {
        Value::Integer(n) => u64::try_from(*n).ok()?,
        Value::String(text) => match text.trim().parse::<u64>() {
            Ok(n) => n,
            Err(_) => duration(text).filter(|d| d.0.is_multiple_of(60_000))?.0 / 60_000,
        },
        _ => return None,
    };
    u32::try_from(whole).ok()
}

fn refusal(field: &str, reason: &str, hint: &str) -> Problem {
    Problem::new(Code::E_SETTING).field(field).with("reason", reason).with("hint", hint)
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Float(f) => Some(*f),
        Value::Integer(i) => Some(*i as f64),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// One table of the study, from which known keys are taken; what is left at the end is unknown.
struct Section<'a> {
    path: String,
    table: Table,
    known: Vec<&'static str>,
    file: Option<&'a str>,
    problems: &'a mut Problems,
}

impl Section<'_> {
    fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn push(&mut self, problem: Problem) {
        let problem = match self.file {
            Some(file) => problem.file(file),
            None => problem,
        };
        self.problems.push(problem);
    }

    fn refuse(&mut self, key: &str, value: &Value, hint: &str) {
        let seen = value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned);
        let field = self.full(key);
        self.push(refusal(&field, &seen, hint).value(&seen));
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn section(&mut self, key: &'static str) -> Section<'_> {
        let table = match self.take(key) {
            Some(Value::Table(table)) => table,
            Some(other) => {
                self.refuse(key, &other, &format!("[{key}]"));
                Table::new()
            }
            None => Table::new(),
        };
        Section { path: self.full(key), table, known: Vec::new(), file: self.file, problems: self.problems }
    }

    fn string(&mut self, key: &'static str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                self.refuse(key, &other, "\"…\"");
                None
            }
        }
    }

    fn text(&mut self, key: &'static str, into: &mut String) {
        if let Some(text) = self.string(key) {
            *into = text;
        }
    }

    fn parsed<T>(&mut self, key: &'static str, into: &mut T, parse: impl Fn(&str) -> Option<T>, hint: &str) {
        if let Some(text) = self.string(key) {
            match parse(&text) {
                Some(value) => *into = value,
                None => self.refuse(key, &Value::String(text), hint),
            }
        }
    }

    fn number(&mut self, key: &'static str, into: &mut f64, allowed: impl Fn(f64) -> bool, hint: &str) {
        if let Some(value) = self.take(key) {
            match number_of(&value) {
                Some(number) if allowed(number) => *into = number,
                _ => self.refuse(key, &value, hint),
            }
        }
    }

    fn boolean(&mut self, key: &'static str, into: &mut bool) {
        if let Some(value) = self.take(key) {
            match value.as_bool() {
                Some(b) => *into = b,
                None => self.refuse(key, &value, "true | false"),
            }
        }
    }

    /// A list of texts, or one text with commas.
    fn list(&mut self, key: &'static str) -> Option<Vec<String>> {
        let value = self.take(key)?;
        match &value {
            Value::Array(items) => {
                let texts: Option<Vec<String>> = items.iter().map(|i| i.as_str().map(str::to_owned)).collect();
                if texts.is_none() {
                    self.refuse(key, &value, "[\"…\", \"…\"]");
                }
                texts
            }
            Value::String(text) => Some(text.split(',').map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()),
            other => {
                self.refuse(key, other, "[\"…\", \"…\"]");
                None
            }
        }
    }

    fn date(&mut self, key: &'static str) -> Option<Date> {
        let value = self.take(key)?;
        let text = match &value {
            Value::Datetime(d) => d.to_string(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match text.trim().parse::<Date>() {
            Ok(date) => Some(date),
            Err(_) => {
                self.refuse(key, &value, "2023-02-01");
                None
            }
        }
    }

    /// The files of a table, and what the table says of all of them.
    fn inputs(&mut self, base: &Path) -> (Vec<Input>, Input) {
        let shared = self.input(base).unwrap_or_default();
        let Some(value) = self.take("files") else {
            let alone = (!shared.shown.is_empty()).then(|| shared.clone());
            return (alone.into_iter().collect(), shared);
        };
        let Value::Array(entries) = value else {
            self.refuse("files", &value, "files = [{ file = \"…\" }]");
            return (Vec::new(), shared);
        };
        let mut inputs = Vec::new();
        for (n, entry) in entries.into_iter().enumerate() {
            let table = match entry {
                Value::Table(table) => table,
                Value::String(file) => Table::from_iter([("file".to_owned(), Value::String(file))]),
                other => {
                    self.refuse("files", &other, "{ file = \"…\" }");
                    continue;
                }
            };
            let path = format!("{}[{n}]", self.full("files"));
            let mut one = Section { path, table, known: Vec::new(), file: self.file, problems: self.problems };
            let own = one.input(base).unwrap_or_default();
            one.finish();
            if own.shown.is_empty() {
                self.refuse("files", &Value::String(format!("[{n}]")), "{ file = \"…\" }");
                continue;
            }
            inputs.push(Input {
                layer: own.layer.or_else(|| shared.layer.clone()),
                crs: own.crs.or_else(|| shared.crs.clone()),
                encoding: own.encoding.or_else(|| shared.encoding.clone()),
                fields: if own.fields.is_empty() { shared.fields.clone() } else { own.fields },
                register: own.register.or_else(|| shared.register.clone()),
                trust: own.trust.or(shared.trust),
                as_of: own.as_of.or(shared.as_of),
                source: own.source.or_else(|| shared.source.clone()),
                ..own
            });
        }
        (inputs, shared)
    }

    fn input(&mut self, base: &Path) -> Option<Input> {
        let mut input = Input::default();
        if let Some(file) = self.string("file") {
            input.path = base.join(&file);
            input.shown = file.replace('\\', "/");
        }
        let sheet = self.string("sheet");
        input.layer = self.string("layer").or(sheet);
        input.crs = self.crs();
        input.encoding = self.string("encoding");
        input.as_of = self.date("as_of");
        input.source = self.string("source");
        self.parsed("trust", &mut input.trust, |t| Trust::parse(t).map(Some), "code | name");
        if self.path.starts_with("demand")
            && let Some(groups) = self.list("field")
        {
            input.fields.extend(groups.into_iter().map(|group| (group, CELLS.to_owned())));
        }
        if let Some(value) = self.take("fields") {
            match value {
                Value::Array(groups) if self.path.starts_with("demand") && groups.iter().all(Value::is_str) => {
                    input.fields.extend(groups.iter().filter_map(Value::as_str).map(|group| (group.to_owned(), CELLS.to_owned())));
                }
                Value::Table(entries) => {
                    for (canonical, heading) in entries {
                        match heading.as_str() {
                            Some(text) => input.fields.push((canonical, text.to_owned())),
                            None => self.refuse(&format!("fields.{canonical}"), &heading, "\"…\""),
                        }
                    }
                }
                other => self.refuse("fields", &other, "fields = { code = \"社区代码\" }"),
            }
        }
        // Only these two have anything to join to: elsewhere the key is unknown.
        let own_key = ["communities", "candidates"].into_iter().find(|table| self.path.split('.').next() == Some(*table));
        if let Some((table, value)) = own_key.and_then(|table| Some((table, self.take("register")?))) {
            let on = if table == "candidates" { "id" } else { "code" };
            match value {
                Value::Table(table) => {
                    let path = self.full("register");
                    let mut one = Section { path, table, known: Vec::new(), file: self.file, problems: self.problems };
                    let on = one.string("on").unwrap_or_else(|| on.to_owned());
                    let register = one.input(base).filter(|i| !i.shown.is_empty());
                    one.finish();
                    match register {
                        Some(input_of) => input.register = Some(Box::new(Register { input: input_of, on })),
                        None => {
                            self.refuse("register", &Value::String(String::new()), &format!("register = {{ file = \"…\", on = \"{on}\" }}"))
                        }
                    }
                }
                other => self.refuse("register", &other, &format!("register = {{ file = \"…\", on = \"{on}\" }}")),
            }
        }
        Some(input)
    }

    /// `"EPSG:4547"`, or the bare number.
    fn crs(&mut self) -> Option<String> {
        match self.take("crs")? {
            Value::String(text) => Some(text),
            Value::Integer(code) => Some(format!("EPSG:{code}")),
            other => {
                self.refuse("crs", &other, "\"EPSG:4547\"");
                None
            }
        }
    }

    fn finish(mut self) {
        for (key, value) in std::mem::take(&mut self.table) {
            let guess = crate::words::nearest(&key, self.known.iter().copied());
            let (hint, known) = match guess {
                Some(known) => ("@why.setting.did_you_mean", known.to_owned()),
                None => ("@why.setting.known", self.known.join(", ")),
            };
            let field = self.full(&key);
            let seen = value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned);
            self.push(
                Problem::new(Code::E_SETTING).field(&field).value(seen).why("@why.setting.unknown").with("hint", hint).with("known", known),
            );
        }
    }
}

/// Every key of the resolved settings as a study table again: what `run.json` records and `rerun` reads.
pub fn to_table(s: &Settings) -> Table {
    let mut t = Table::new();
    let text = |v: &dyn std::fmt::Display| Value::String(v.to_string());
    t.insert("schema".into(), Value::Integer(1));
    t.insert("title".into(), Value::String(s.title.clone()));
    if let Some(day) = s.as_of {
        t.insert("as_of".into(), text(&day));
    }
    t.insert("stage".into(), text(&s.stage.key()));
    t.insert("policies".into(), Value::Array(s.policies.iter().map(|p| Value::String(p.clone())).collect()));
    insert(&mut t, "walking.speed", Value::String(format!("{} mm/s", s.speed.mm_per_s())));
    insert(&mut t, "walking.limit", text(&s.limit));
    insert(&mut t, "walking.snap", text(&s.snap));
    insert(&mut t, "walking.bands", Value::Array(s.bands.iter().map(|b| text(b)).collect()));
    insert(&mut t, "walking.detour", Value::Float(s.detour));
    insert(&mut t, "coverage.covered", Value::Float(s.covered));
    insert(&mut t, "coverage.uncovered", Value::Float(s.uncovered));
    insert(&mut t, "coverage.scope", text(&s.scope.key()));
    if let Some(minutes) = s.within {
        insert(&mut t, "coverage.within", Value::Integer(minutes.into()));
    }
    if s.sensitivity {
        insert(&mut t, "coverage.sensitivity", Value::Boolean(true));
    }
    insert(&mut t, "circles.buffer", text(&s.circle_buffer));
    if s.gpkg {
        insert(&mut t, "output.gpkg", Value::Boolean(true));
    }
    insert(&mut t, "score.top", Value::Integer(s.top as i64));
    insert(&mut t, "score.accept_proxy", Value::Boolean(s.accept_proxy));
    if !s.criteria_set.is_empty() {
        insert(&mut t, "score.set", Value::String(s.criteria_set.clone()));
    }
    insert(&mut t, "score.weights", Value::Table(s.weights.iter().map(|(k, w)| (k.clone(), Value::Float(*w))).collect()));
    insert(&mut t, "fund.cap_at_investment", Value::Boolean(s.cap_at_investment));
    t.insert("overrides".into(), Value::Table(s.overrides.iter().map(|(k, r)| (k.clone(), Value::String(r.clone()))).collect()));
    insert(&mut t, "network.min_component", text(&s.min_component));
    insert(&mut t, "demand.grid", text(&s.grid));
    plan::write(&s.plan, &mut t);
    for (name, inputs) in s.inputs.tables() {
        if !inputs.is_empty() {
            insert(&mut t, &format!("{name}.files"), Value::Array(inputs.iter().map(|i| Value::Table(input_table(i))).collect()));
        }
    }
    t
}

fn input_table(input: &Input) -> Table {
    let mut t = Table::new();
    t.insert("file".into(), Value::String(input.shown.clone()));
    let optional: BTreeMap<&str, Option<String>> = BTreeMap::from([
        ("layer", input.layer.clone()),
        ("crs", input.crs.clone()),
        ("encoding", input.encoding.clone()),
        ("source", input.source.clone()),
        ("as_of", input.as_of.map(|d| d.to_string())),
        ("trust", input.trust.map(|t| t.key().to_owned())),
    ]);
    for (key, value) in optional {
        if let Some(value) = value {
            t.insert(key.into(), Value::String(value));
        }
    }
    if !input.fields.is_empty() {
        t.insert("fields".into(), Value::Table(input.fields.iter().map(|(k, h)| (k.clone(), Value::String(h.clone()))).collect()));
    }
    if let Some(register) = &input.register {
        let mut r = input_table(&register.input);
        r.insert("on".into(), Value::String(register.on.clone()));
        t.insert("register".into(), Value::Table(r));
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Settings, Problems) {
        let mut problems = Problems::default();
        let settings = resolve(text.parse().unwrap(), Path::new("base"), &[], Some("study.toml"), &mut problems);
        (settings, problems)
    }

    #[test]
    fn a_study_is_read_and_written_back_the_same() {
        let (settings, problems) = read(
            "title = \"t\"\nas_of = 2023-02-01\npolicies = [\"shanxi-2023\"]\n[walking]\nspeed = \"5 km/h\"\nlimit = \"802.703 s\"\n\
             [communities]\nfile = \"a.shp\"\ncrs = 4547\nregister = { file = \"r.xlsx\", sheet = \"社区\" }\nfields = { code = \"代码\" }\n\
             [overrides]\n\"C1/S001-11\" = \"because\"\n",
        );
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(settings.speed.mm_per_s(), 1389);
        assert_eq!(settings.speed_rounded_from.as_deref(), Some("5 km/h"));
        assert_eq!(settings.limit, Milliseconds(802_703));
        assert_eq!(settings.inputs.communities[0].path, Path::new("base/a.shp"));
        let again = to_table(&settings);
        let mut none = Problems::default();
        let back = resolve(again.clone(), Path::new("base"), &[], None, &mut none);
        assert!(none.is_empty(), "{none:?}");
        assert_eq!(to_table(&back), again);
    }

    #[test]
    fn every_wrong_key_and_value_is_reported_at_once() {
        let (_, problems) = read("titel = \"t\"\n[walking]\nspeed = \"fast\"\nlimits = \"15 min\"\n[coverage]\ncovered = 1.5\n");
        let fields: Vec<&str> = problems.iter().filter_map(|p| p.field.as_deref()).collect();
        assert_eq!(fields, ["walking.speed", "walking.limits", "coverage.covered", "titel"]);
        assert!(problems.iter().all(|p| p.code == Code::E_SETTING));
        let with: Vec<_> = problems.iter().flat_map(|p| &p.with).filter(|(k, _)| *k == "known").map(|(_, v)| v.as_str()).collect();
        assert_eq!(with, ["limit", "title"]);
    }

    #[test]
    fn minutes_around_the_limit_are_whole_positive_and_no_more_than_the_limit() {
        for (written, minutes) in [("1", 1), ("\"2\"", 2), ("\"2 min\"", 2), ("\"120 s\"", 2), ("15", 15)] {
            let (settings, problems) = read(&format!("[coverage]\nwithin = {written}\n"));
            assert!(problems.is_empty(), "{written}: {problems:?}");
            assert_eq!(settings.within, Some(minutes), "{written}");
        }
        for written in ["0", "-1", "16", "\"90 s\"", "\"0\"", "\"-2 min\"", "1.5", "\"soon\"", "99999999999", "true"] {
            let (settings, problems) = read(&format!("[coverage]\nwithin = {written}\n"));
            assert_eq!(settings.within, None, "{written}");
            let fields: Vec<_> = problems.iter().map(|p| (p.code, p.field.as_deref())).collect();
            assert_eq!(fields, [(Code::E_SETTING, Some("coverage.within"))], "{written}");
        }
        // The limit is the study's own, and it is known when this is judged.
        assert_eq!(read("[walking]\nlimit = \"20 min\"\n[coverage]\nwithin = 16\n").0.within, Some(16));
        assert!(read("[walking]\nlimit = \"59 s\"\n[coverage]\nwithin = 1\n").1.has_errors());
    }

    #[test]
    fn a_speed_or_limit_of_nothing_or_less_is_refused() {
        for (key, values) in [("speed", ["0 m/s", "-1 m/s", "0.0001 m/s"]), ("limit", ["0 min", "-15 min", "15"])] {
            for value in values {
                let (_, problems) = read(&format!("[walking]\n{key} = \"{value}\"\n"));
                let found: Vec<_> = problems.iter().map(|p| (p.code, p.field.clone().unwrap_or_default())).collect();
                assert_eq!(found, [(Code::E_SETTING, format!("walking.{key}"))], "{value}");
            }
        }
    }

    #[test]
    fn set_takes_a_value_with_a_unit_without_inner_quotes() {
        assert_eq!(parse_set("network.min_component=0 m"), Some(("network.min_component".into(), Value::String("0 m".into()))));
        assert_eq!(parse_set("score.accept_proxy=true"), Some(("score.accept_proxy".into(), Value::Boolean(true))));
        assert_eq!(parse_set("walking.limit=\"10 min\""), Some(("walking.limit".into(), Value::String("10 min".into()))));
        assert_eq!(parse_set("nothing"), None);
    }
}
