//! Which column holds which field: canonical names, the usual Chinese headings (`data/headings.toml`) and the study's own `fields`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::vocabulary::fold;
use super::{Input, vocabulary};
use crate::problem::understood::{ColumnRead, Way};
use crate::problem::{Code, Problem};
use crate::words;

/// The tables of a study that are read by headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Table {
    Communities,
    Estates,
    Counties,
    Facilities,
    Candidates,
    /// The register of candidates that have become projects.
    Projects,
    Demand,
    Network,
    Quota,
    Crosswalk,
}

const COMMUNITIES: &[&str] = &[
    "code",
    "name",
    "county",
    "county_code",
    "street",
    "kind",
    "households",
    "occupied_households",
    "population",
    "elderly_60",
    "elderly_65",
    "elderly_80",
    "registered_60",
    "registered_65",
    "registered_80",
    "disabled",
    "special_hardship",
    "single_child_lost",
    "built_year",
    "old",
    "is_centre",
    "floor_area",
    "lon",
    "lat",
];
const ESTATES: &[&str] = &[
    "code",
    "name",
    "community_code",
    "lon",
    "lat",
    "households_planned",
    "households",
    "occupied_households",
    "floor_area",
    "built_year",
    "old",
    "is_new",
    "care_area_delivered",
];
const COUNTIES: &[&str] = &["code", "name", "county_type", "prior_projects", "previous_grade", "city", "city_code"];
const FACILITIES: &[&str] = &[
    "id",
    "name",
    "kind",
    "lon",
    "lat",
    "community_code",
    "serves",
    "floor_area",
    "care_area",
    "beds",
    "meals",
    "functions",
    "level",
    "status",
    "acceptance",
    "opened",
    "use_changed",
    "grade",
    "residents_self_care",
    "residents_semi_disabled",
    "residents_disabled",
];
const CANDIDATES: &[&str] = &[
    "id",
    "name",
    "project_name",
    "lon",
    "lat",
    "community_code",
    "address",
    "street",
    "county_code",
    "floor_area",
    "beds",
    "meals",
    "functions",
    "build_mode",
    "tenure",
    "agreement_until",
    "investment",
    "county_match",
    "enthusiasm",
    "site_capacity",
    "demonstration",
    "no_dispute",
    "match_fund",
    "on_time",
    "operator",
    "operator_person",
    "operator_phone",
    "operator_registered",
    "operator_filed",
    "operator_third_party",
    "operator_years",
    "operator_subcontracts",
    "site_visit_date",
    "responsible_person",
    "area_approved",
    "area_as_built",
    "use_of_funds",
    "type",
    "city_funded",
    "grade",
    "residents_self_care",
    "residents_semi_disabled",
    "residents_disabled",
];
const DEMAND: &[&str] = &[
    "id",
    "lon",
    "lat",
    "community_code",
    "population",
    "households",
    "occupied_households",
    "elderly_60",
    "elderly_65",
    "elderly_80",
    "weight",
];
const QUOTA: &[&str] = &["level", "code", "name", "quota", "sense", "year", "type"];
const CROSSWALK: &[&str] = &["old_code", "new_code", "share"];
const NETWORK: &[&str] = &["length_m", "from_node", "to_node"];

impl Table {
    /// Every table.
    pub const ALL: [Table; 10] = [
        Table::Communities,
        Table::Estates,
        Table::Counties,
        Table::Facilities,
        Table::Candidates,
        Table::Projects,
        Table::Demand,
        Table::Network,
        Table::Quota,
        Table::Crosswalk,
    ];

    /// The canonical fields, as contracts name them.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Table::Communities => COMMUNITIES,
            Table::Estates => ESTATES,
            Table::Counties => COUNTIES,
            Table::Facilities => FACILITIES,
            Table::Candidates | Table::Projects => CANDIDATES,
            Table::Demand => DEMAND,
            Table::Network => NETWORK,
            Table::Quota => QUOTA,
            Table::Crosswalk => CROSSWALK,
        }
    }

    /// Its section of a study.
    pub fn name(self) -> &'static str {
        match self {
            Table::Communities => "communities",
            Table::Estates => "estates",
            Table::Counties => "counties",
            Table::Facilities => "facilities",
            Table::Candidates => "candidates",
            Table::Projects => "projects",
            Table::Demand => "demand",
            Table::Network => "network",
            Table::Quota => "quota",
            Table::Crosswalk => "crosswalk",
        }
    }
}

/// A recognised column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its place in the record.
    pub index: usize,
    /// The heading as written.
    pub heading: String,
    /// By what its numbers are multiplied: 10,000 where the heading says 万元.
    pub scale: f64,
    /// An age group whose heading does not say whether residents or registered people are meant.
    pub base_assumed: bool,
    /// How it was recognised.
    pub way: Way,
}

/// The columns of one file, recognised.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    found: Vec<(&'static str, Column)>,
    /// Columns that nothing recognised: place in the record and heading.
    pub extra: Vec<(usize, String)>,
}

impl Columns {
    /// The column of a field.
    pub fn get(&self, field: &str) -> Option<&Column> {
        self.found.iter().find(|(name, _)| *name == field).map(|(_, column)| column)
    }

    /// Whether a field has a column.
    pub fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    /// Every recognised field with its column, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Column)> {
        self.found.iter().map(|(name, column)| (*name, column))
    }

    /// Every column as reports list it, in the order of the file.
    pub fn as_read(&self) -> Vec<ColumnRead> {
        let found = self
            .found
            .iter()
            .map(|(field, c)| (c.index, ColumnRead { heading: c.heading.clone(), field: Some(*field), way: c.way, scale: c.scale }));
        let passed = self
            .extra
            .iter()
            .map(|(index, heading)| (*index, ColumnRead { heading: heading.clone(), field: None, way: Way::Passed, scale: 1.0 }));
        let mut all: Vec<(usize, ColumnRead)> = found.chain(passed).collect();
        all.sort_by_key(|(index, _)| *index);
        all.into_iter().map(|(_, column)| column).collect()
    }

    /// E-COLUMN when the file has none of `fields`; the nearest unrecognised heading is suggested.
    pub fn require(&self, fields: &[&'static str]) -> Option<Problem> {
        if fields.iter().any(|field| self.has(field)) {
            return None;
        }
        let headings: Vec<&str> = self.extra.iter().map(|(_, h)| h.as_str()).chain(self.iter().map(|(_, c)| c.heading.as_str())).collect();
        let near = fields.iter().find_map(|field| words::nearest(field, headings.iter().copied()));
        Some(missing(fields.join(" / "), headings.join(", "), near).why("@why.column.there"))
    }
}

fn missing(field: impl Into<String>, headings: String, near: Option<&str>) -> Problem {
    let field = field.into();
    let example = near.unwrap_or("…");
    let hint = format!("fields = {{ {} = \"{example}\" }}", field.split(" / ").next().unwrap_or("code"));
    Problem::new(Code::E_COLUMN).field(field).value(if headings.is_empty() { "-".to_owned() } else { headings }).with("hint", hint)
}

/// Recognises the headings of a file. Problems carry no place yet.
///
/// `fields` of the study win over everything; then the canonical name; then the alias table in its order. A dBASE heading that was cut
/// (inside a character, or at its tenth byte) is recognised when exactly one field has a heading that begins so: W-FIELD-CUT.
pub fn recognise(table: Table, headings: &[String], input: &Input) -> (Columns, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut claims: Vec<Option<Claim>> = vec![None; headings.len()];
    for (canonical, heading) in &input.fields {
        let Some(field) = table.fields().iter().find(|f| *f == canonical).copied() else {
            let near = words::nearest(canonical, table.fields().iter().copied());
            let hint = near.map_or_else(|| table.fields().join(", "), |near| format!("`{near}`?"));
            let key = format!("{}.fields.{canonical}", table.name());
            problems.push(Problem::new(Code::E_SETTING).field(key).value(heading).why("@why.field.unknown").with("hint", hint));
            continue;
        };
        let exact = headings.iter().position(|h| h == heading);
        match exact.or_else(|| headings.iter().position(|h| fold(h) == fold(heading))) {
            Some(index) => claims[index] = Some(Claim { field, strength: 0, scale: unit_of(&headings[index]).1, base_assumed: false }),
            None => {
                let near = words::nearest(heading, headings.iter().map(String::as_str));
                problems.push(missing(field, heading.clone(), near).why("@why.column.named"));
            }
        }
    }
    let claimed: Vec<&'static str> = claims.iter().flatten().map(|c| c.field).collect();
    for (index, heading) in headings.iter().enumerate() {
        if claims[index].is_some() {
            continue;
        }
        let claim = alias(table, heading).or_else(|| {
            let (claim, problem) = cut(table, heading, input)?;
            problems.push(problem);
            claim
        });
        claims[index] = claim.filter(|c| !claimed.contains(&c.field));
    }
    problems.extend(repeated(headings, &claims));
    (settle(headings, claims), problems)
}

/// W-DIFFERS for a column that is not read because another one is that quantity too, and for a heading that stands there twice. What names
/// a record (编号 beside 序号, 社区 beside 社区代码) may well have two columns.
fn repeated(headings: &[String], claims: &[Option<Claim>]) -> Vec<Problem> {
    const NAMES: [&str; 17] = [
        "id",
        "code",
        "name",
        "project_name",
        "county",
        "county_code",
        "street",
        "kind",
        "type",
        "community_code",
        "city",
        "city_code",
        "address",
        "level",
        "grade",
        "operator",
        "functions",
    ];
    let tidied: Vec<String> = headings.iter().map(|h| tidy(h)).collect();
    let best = |field: &str| {
        let of = claims.iter().enumerate().filter_map(|(at, c)| c.filter(|c| c.field == field).map(|c| (c.strength, at)));
        of.min().map(|(_, at)| at)
    };
    let mut problems = Vec::new();
    for (at, claim) in claims.iter().enumerate().filter(|(at, _)| !tidied[*at].is_empty()) {
        let rival = claim.and_then(|c| best(c.field)).filter(|rival| *rival != at);
        let rival = rival.filter(|rival| tidied[*rival] == tidied[at] || claim.is_some_and(|c| !NAMES.contains(&c.field)));
        let twin = || tidied[..at].iter().position(|other| *other == tidied[at]);
        let Some(other) = rival.or_else(|| twin().filter(|_| claim.is_none())) else { continue };
        let field = claim.map_or_else(|| headings[at].clone(), |c| c.field.to_owned());
        let why = if claim.is_some() { "@why.differs.column" } else { "@why.differs.twice" };
        problems.push(Problem::new(Code::W_DIFFERS).field(field).value(&headings[at]).why(why).with("taken", &headings[other]));
    }
    problems
}

/// A heading's wish to be a field; the smallest strength gets it.
#[derive(Debug, Clone, Copy)]
struct Claim {
    field: &'static str,
    strength: u32,
    scale: f64,
    base_assumed: bool,
}

/// Gives each field to the strongest claim, the earlier column where two are as strong; losers are extra columns.
fn settle(headings: &[String], claims: Vec<Option<Claim>>) -> Columns {
    let mut best: HashMap<&'static str, (u32, usize)> = HashMap::new();
    for (index, claim) in claims.iter().enumerate() {
        if let Some(c) = claim {
            let entry = best.entry(c.field).or_insert((c.strength, index));
            *entry = (*entry).min((c.strength, index));
        }
    }
    let mut columns = Columns::default();
    for (index, (heading, claim)) in headings.iter().zip(claims).enumerate() {
        match claim {
            Some(c) if best[c.field].1 == index => {
                let way = match c.strength {
                    0 => Way::Fields,
                    1 => Way::Canonical,
                    900 | 901 => Way::Ages,
                    950 => Way::Cut,
                    _ => Way::Alias,
                };
                columns
                    .found
                    .push((c.field, Column { index, heading: heading.clone(), scale: c.scale, base_assumed: c.base_assumed, way }));
            }
            _ => columns.extra.push((index, heading.clone())),
        }
    }
    columns
}

/// `data/headings.toml`, folded.
struct Data {
    /// For each table, folded alias → field and position in its list.
    aliases: HashMap<&'static str, HashMap<String, (&'static str, u32)>>,
    units: Vec<(String, f64)>,
    elders: Elders,
    /// Columns of shapes: those that are, and those that may be.
    shapes: [Vec<String>; 2],
    /// For each section of a study, the folded names of its sheet.
    sheets: HashMap<String, Vec<String>>,
    /// For each section of a study, words that names of its files hold.
    names: HashMap<String, Vec<String>>,
}

struct Elders {
    ages: Vec<(usize, Vec<String>)>,
    registered: Vec<String>,
    resident: Vec<String>,
    words: Vec<String>,
}

const RESIDENT: [&str; 3] = ["elderly_60", "elderly_65", "elderly_80"];
const REGISTERED: [&str; 3] = ["registered_60", "registered_65", "registered_80"];

static DATA: LazyLock<Data> = LazyLock::new(|| {
    let mut file: BTreeMap<String, toml::Table> =
        toml::from_str(include_str!("../../data/headings.toml")).expect("the built-in headings are tested");
    let units = file.remove("units").unwrap_or_default();
    let mut units: Vec<(String, f64)> = units.into_iter().map(|(unit, scale)| (tidy(&unit), number(&scale))).collect();
    // The longest unit first, so that 万平方米 is not taken for 平方米.
    units.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    let elders = file.remove("elders").unwrap_or_default();
    let list = |key: &str| -> Vec<String> {
        let mut words: Vec<String> = elders.get(key).map(strings).unwrap_or_default().iter().map(|w| tidy(w)).collect();
        words.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        words
    };
    let ages = ["60", "65", "80"].iter().enumerate().map(|(i, age)| (i, list(age))).collect();
    let elders = Elders { ages, registered: list("registered"), resident: list("resident"), words: list("words") };
    let shapes = file.remove("shapes").unwrap_or_default();
    let shapes = ["sure", "likely"].map(|key| shapes.get(key).map(strings).unwrap_or_default().iter().map(|h| tidy(h)).collect());
    let mut tidied = |section: &str| -> HashMap<String, Vec<String>> {
        let lists = file.remove(section).unwrap_or_default();
        lists.iter().map(|(table, names)| (table.clone(), strings(names).iter().map(|n| tidy(n)).collect())).collect()
    };
    let (sheets, names) = (tidied("sheets"), tidied("names"));
    let mut aliases = HashMap::new();
    for table in Table::ALL {
        let mut lists = file.get(table.name()).cloned().unwrap_or_default();
        if table == Table::Projects {
            // A project is a candidate, by the id of the candidate.
            let own = std::mem::replace(&mut lists, file.get(Table::Candidates.name()).cloned().unwrap_or_default());
            let taken: Vec<String> = own.values().flat_map(strings).map(|alias| tidy(&alias)).collect();
            for aliases in lists.iter_mut().filter_map(|(_, list)| list.as_array_mut()) {
                aliases.retain(|alias| alias.as_str().is_none_or(|a| !taken.contains(&tidy(a))));
            }
            lists.extend(own);
        }
        let mut of: HashMap<String, (&'static str, u32)> = HashMap::new();
        for field in table.fields() {
            for (rank, alias) in lists.get(*field).map(strings).unwrap_or_default().iter().enumerate() {
                of.insert(tidy(alias), (field, rank as u32 + 2));
            }
        }
        for field in table.fields() {
            of.insert(tidy(field), (field, 1));
        }
        aliases.insert(table.name(), of);
    }
    Data { aliases, units, elders, shapes, sheets, names }
});

/// Columns that may hold a shape as text, the strongest heading first; with each, whether the heading leaves no doubt.
pub(super) fn shapes(headings: &[String]) -> Vec<(usize, bool)> {
    let [sure, likely] = &DATA.shapes;
    let ranked = sure.iter().map(|h| (h, true)).chain(likely.iter().map(|h| (h, false)));
    let tidied: Vec<String> = headings.iter().map(|h| tidy(h)).collect();
    ranked.filter_map(|(heading, is_sure)| tidied.iter().position(|h| h == heading).map(|at| (at, is_sure))).collect()
}

/// The sheet or layer that is called as a section of a study (社区, communities …); of several, the one whose name stands first in the data.
pub fn sheet_of<'n>(table: &str, names: &'n [String]) -> Option<&'n str> {
    let tidied: Vec<String> = names.iter().map(|n| tidy(n)).collect();
    DATA.sheets.get(table)?.iter().find_map(|wanted| tidied.iter().position(|n| n == wanted)).map(|at| names[at].as_str())
}

/// Whether a name is that of a section of a study: 社区, communities.
pub fn is_called(table: &str, name: &str) -> bool {
    let name = tidy(name);
    DATA.sheets.get(table).is_some_and(|names| names.contains(&name))
}

/// The word in the name of a file that speaks for a section of a study (or for `no_network`).
pub fn named_like(table: &str, name: &str) -> Option<&'static str> {
    let name = tidy(name);
    DATA.names.get(table)?.iter().find(|word| name.contains(word.as_str())).map(String::as_str)
}

fn strings(value: &toml::Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|v| v.as_str()).map(str::to_owned).collect()
}

fn number(value: &toml::Value) -> f64 {
    value.as_float().or_else(|| value.as_integer().map(|i| i as f64)).unwrap_or(1.0)
}

/// A heading without what writers add to it freely: spaces, underscores, brackets, stars.
fn tidy(heading: &str) -> String {
    fold(heading)
        .replace(['_', '(', ')', '[', ']', '*', '"', '\'', '·', '“', '”', '、', ',', '/'], "")
        .replace('²', "2")
        .replace('㎡', "m2")
}

/// The heading without its unit, and the factor of that unit: `投资总额（万元）` → `投资总额`, 10,000.
fn unit_of(heading: &str) -> (String, f64) {
    let folded = fold(heading);
    if let Some(open) = folded.rfind(['(', '[', '/', ','])
        && open > 0
    {
        let unit = tidy(folded[open..].trim_start_matches("单位").trim_start_matches("(单位:"));
        if let Some((_, scale)) = DATA.units.iter().find(|(name, _)| *name == unit) {
            return (tidy(&folded[..open]), *scale);
        }
    }
    (tidy(heading), 1.0)
}

/// The field that the alias table, or the grammar of age groups, gives a heading.
fn alias(table: Table, heading: &str) -> Option<Claim> {
    let data = &*DATA;
    let of = &data.aliases[table.name()];
    let (bare, scale) = unit_of(heading);
    let look = |text: &str, scale: f64| {
        let (field, strength) = of.get(text).copied()?;
        let stated = strength == 1 || data.elders.resident.iter().any(|word| text.contains(word.as_str()));
        Some(Claim { field, strength, scale, base_assumed: RESIDENT.contains(&field) && !stated })
    };
    look(&bare, scale).or_else(|| elders(table, &bare).map(|c| Claim { scale, ..c })).or_else(|| {
        // `投资总额万元`, without brackets.
        data.units.iter().find_map(|(unit, scale)| bare.strip_suffix(unit.as_str()).and_then(|rest| look(rest, *scale)))
    })
}

/// `60岁以上`, `常住65岁及以上老年人口`, `户籍80+`: an age, a base or none, and nothing that narrows it.
fn elders(table: Table, bare: &str) -> Option<Claim> {
    let grammar = &DATA.elders;
    let mut rest = bare.to_owned();
    let age = grammar.ages.iter().find_map(|(age, names)| {
        let name = names.iter().find(|name| rest.contains(name.as_str()))?;
        rest = rest.replacen(name.as_str(), "", 1);
        Some(*age)
    })?;
    let mut take = |words: &[String]| {
        let mut any = false;
        for word in words {
            while let Some(at) = rest.find(word.as_str()) {
                rest.replace_range(at..at + word.len(), "");
                any = true;
            }
        }
        any
    };
    let registered = take(&grammar.registered);
    let resident = take(&grammar.resident);
    take(&grammar.words);
    if !rest.is_empty() || (registered && resident) {
        return None;
    }
    let name = if registered { REGISTERED[age] } else { RESIDENT[age] };
    let field = table.fields().iter().find(|f| **f == name)?;
    // Weaker than any listed alias; a stated base is stronger than none.
    let base_assumed = !registered && !resident;
    Some(Claim { field, strength: if base_assumed { 901 } else { 900 }, scale: 1.0, base_assumed })
}

/// A heading that begins exactly one field's headings: cut inside a character, or of a dBASE file and about as long as its ten bytes
/// allow (a cut character may have been taken off).
fn cut(table: Table, heading: &str, input: &Input) -> Option<(Option<Claim>, Problem)> {
    let broken = heading.contains('\u{fffd}');
    let dbase = input.path.extension().is_some_and(|e| ["shp", "dbf", "zip"].iter().any(|dbase| e.eq_ignore_ascii_case(dbase)));
    let gbk_bytes: usize = heading.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let full = (8..=10).contains(&heading.len()) || (9..=10).contains(&gbk_bytes);
    let stem = tidy(heading.split('\u{fffd}').next().unwrap_or(""));
    if !(broken || dbase && full) || stem.is_empty() {
        return None;
    }
    let of = &DATA.aliases[table.name()];
    let mut fits: Vec<&'static str> = of.iter().filter(|(alias, _)| alias.starts_with(&stem)).map(|(_, (field, _))| *field).collect();
    fits.sort_unstable();
    fits.dedup();
    if fits.is_empty() && !broken {
        return None;
    }
    let claim = match fits.as_slice() {
        [field] => Some(Claim { field, strength: 950, scale: 1.0, base_assumed: RESIDENT.contains(field) }),
        _ => None,
    };
    let best = if fits.is_empty() { "?".to_owned() } else { fits.join(" / ") };
    let reason = if claim.is_some() { "@why.cut.read_as" } else { "@why.cut.unread" };
    Some((claim, Problem::new(Code::W_FIELD_CUT).field(heading).value(heading).why(reason).with("best", best)))
}

/// Whether a heading as written is empty: such columns are passed by.
pub fn is_blank(heading: &str) -> bool {
    vocabulary::fold(heading).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(table: Table, headings: &[&str]) -> Columns {
        recognise(table, &headings.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>(), &Input::default()).0
    }

    fn fields(table: Table, headings: &[&str]) -> Vec<&'static str> {
        read(table, headings).iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn the_data_name_only_fields_of_the_contract_and_no_alias_twice_in_a_table() {
        let file: BTreeMap<String, toml::Table> = toml::from_str(include_str!("../../data/headings.toml")).unwrap();
        for table in Table::ALL {
            let mut seen: HashMap<String, String> = HashMap::new();
            for (field, aliases) in &file[table.name()] {
                assert!(table.fields().contains(&field.as_str()), "{}.{field}", table.name());
                for alias in strings(aliases) {
                    let before = seen.insert(tidy(&alias), field.clone());
                    assert!(before.is_none(), "{}: {alias} is both {before:?} and {field}", table.name());
                    let canonical = table.fields().iter().find(|f| tidy(f) == tidy(&alias));
                    assert!(canonical.is_none_or(|c| c == field), "{alias} of {field} is the canonical {canonical:?}");
                }
            }
        }
    }

    #[test]
    fn a_sheet_called_as_the_table_is_found_and_no_other() {
        let names = ["说明", "小区", "社 区", "Facilities"].map(str::to_owned);
        assert_eq!(sheet_of("communities", &names), Some("社 区"));
        assert_eq!(sheet_of("facilities", &names), Some("Facilities"));
        assert_eq!(sheet_of("candidates", &names), None);
        assert!(is_called("ledger", "进度") && !is_called("ledger", "进度表2"));
        assert_eq!(named_like("candidates", "2023年候选点"), Some("候选"));
    }

    #[test]
    fn canonical_names_and_the_usual_chinese_headings_are_recognised() {
        let bureau =
            ["序号", "街道", "社区名称", "社区代码", "户数", "入住户数", "总人口", "60岁以上", "65岁及以上老年人口", "80+", "建成年份"];
        assert_eq!(
            fields(Table::Communities, &bureau),
            [
                "street",
                "name",
                "code",
                "households",
                "occupied_households",
                "population",
                "elderly_60",
                "elderly_65",
                "elderly_80",
                "built_year"
            ]
        );
        for table in Table::ALL {
            assert_eq!(fields(table, table.fields()), table.fields());
        }
    }

    #[test]
    fn registered_and_resident_elders_are_different_columns_and_a_missing_base_is_marked() {
        let columns = read(Table::Communities, &["户籍60岁以上人口", "常住60岁以上人口", "65岁以上户籍老人", "80周岁及以上（人）"]);
        assert_eq!(columns.get("registered_60").unwrap().index, 0);
        assert_eq!(columns.get("elderly_60").unwrap().index, 1);
        assert!(!columns.get("elderly_60").unwrap().base_assumed);
        assert_eq!(columns.get("registered_65").unwrap().index, 2);
        assert!(columns.get("elderly_80").unwrap().base_assumed);
        assert!(!read(Table::Communities, &["elderly_60"]).get("elderly_60").unwrap().base_assumed);
    }

    #[test]
    fn a_part_of_the_elders_is_not_all_elders() {
        assert!(fields(Table::Communities, &["60岁以上失能老人", "60岁以上占比", "60岁以上男", "80岁以上独居老人"]).is_empty());
    }

    #[test]
    fn a_stated_base_wins_over_none_and_the_loser_passes_through() {
        let columns = read(Table::Communities, &["60岁以上", "常住60岁以上"]);
        assert_eq!(columns.get("elderly_60").unwrap().index, 1);
        assert_eq!(columns.extra, [(0, "60岁以上".to_owned())]);
    }

    #[test]
    fn a_unit_in_the_heading_scales_the_values() {
        let columns = read(Table::Candidates, &["投资总额（万元）", "建筑面积(㎡)", "县级配套资金/元", "批复面积平方米"]);
        assert_eq!(columns.get("investment").unwrap().scale, 10_000.0);
        assert_eq!(columns.get("floor_area").unwrap().scale, 1.0);
        assert_eq!(columns.get("county_match").unwrap().scale, 1.0);
        assert_eq!(columns.get("area_approved").unwrap().scale, 1.0);
        assert_eq!(read(Table::Candidates, &["投资万元"]).get("investment").unwrap().scale, 10_000.0);
        assert_eq!(read(Table::Facilities, &["建筑面积（万平方米）"]).get("floor_area").unwrap().scale, 10_000.0);
    }

    #[test]
    fn fields_of_the_study_win_over_a_canonical_heading_and_a_missing_one_is_an_error_with_a_guess() {
        let headings = ["code".to_owned(), "旧编号".to_owned()];
        let input = Input { fields: vec![("code".into(), "旧编号".into())], ..Input::default() };
        let (columns, problems) = recognise(Table::Communities, &headings, &input);
        assert!(problems.is_empty());
        assert_eq!(columns.get("code").unwrap().index, 1);
        assert_eq!(columns.extra, [(0, "code".to_owned())]);

        let input = Input { fields: vec![("name".into(), "旧编码".into()), ("nane".into(), "旧编号".into())], ..Input::default() };
        let (_, problems) = recognise(Table::Communities, &headings, &input);
        let codes: Vec<_> = problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, [Code::E_COLUMN, Code::E_SETTING]);
        assert!(problems[0].with.iter().any(|(k, v)| *k == "hint" && v.contains("旧编号")), "{:?}", problems[0]);
    }

    #[test]
    fn headings_cut_by_dbase_are_proposed_when_one_field_fits() {
        let dbf = Input { path: "社区.shp".into(), ..Input::default() };
        let headings = ["社区名\u{fffd}".to_owned(), "occupied_h".to_owned(), "registered".to_owned(), "建\u{fffd}".to_owned()];
        let (columns, problems) = recognise(Table::Communities, &headings, &dbf);
        assert_eq!(columns.iter().map(|(f, _)| f).collect::<Vec<_>>(), ["name", "occupied_households"]);
        assert!(problems.iter().all(|p| p.code == Code::W_FIELD_CUT));
        assert_eq!(problems.len(), 4);
        assert!(columns.extra.iter().any(|(_, h)| h == "registered"));
    }

    #[test]
    fn a_missing_column_is_named_with_the_nearest_heading() {
        let columns = read(Table::Communities, &["cod", "households"]);
        let problem = columns.require(&["code", "name"]).unwrap();
        assert_eq!(problem.code, Code::E_COLUMN);
        assert_eq!(problem.field.as_deref(), Some("code / name"));
        assert!(problem.with.iter().any(|(_, v)| v.contains("cod")));
        assert!(columns.require(&["households"]).is_none());
    }
}
