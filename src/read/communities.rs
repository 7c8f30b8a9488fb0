//! Communities: boundaries, registers, or both joined by a field.

use std::collections::{BTreeMap, HashMap};

use super::Input;
use super::crosswalk::Crosswalk;
use super::headings::Table;
use super::join::{self, Joined, Over, Rows};
use super::layer::{self, Demands, Layer, Placing};
use super::row::Row;
use super::vocabulary::fold;
use crate::city::checks::duplicate;
use crate::city::{Community, CommunityKind, Counts, Group, checks};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::units::{Count, SquareMetres};

/// A community as its files say, before what is missing has been worked out.
#[derive(Debug, Clone)]
pub struct Draft {
    /// As in the city, but code and name may be empty.
    pub community: Community,
    /// 社区 or 村, if written.
    pub kind: Option<CommunityKind>,
    /// Where its people were counted: the register's row, if it has one.
    pub people: Origin,
}

const BOUNDARY: Demands = Demands { table: Table::Communities, required: &[&["code", "name"]], placing: Placing::Listed };
const REGISTER: Demands = Demands { table: Table::Communities, required: &[], placing: Placing::Never };

/// Reads one input with its register, if it has one.
pub fn read(input: &Input, crosswalk: Option<&Crosswalk>, problems: &mut Problems) -> Vec<Draft> {
    let mut layer = layer::read(BOUNDARY, input, problems, &mut |row| draft(row, true));
    settle(&mut layer, problems);
    let boundaries = Rows::from(layer);
    let mut drafts = boundaries.drafts;
    if let Some(register) = &input.register {
        let mut layer = layer::read(REGISTER, &register.input, problems, &mut |row| draft(row, false));
        settle(&mut layer, problems);
        let rows = Rows::from(layer);
        let rows = Rows { drafts: carried(rows.drafts, crosswalk), ..rows };
        let trust = register.input.trust.or(input.trust);
        drafts = join::join(Rows { drafts, ..boundaries }, rows, &register.on, trust, problems);
    }
    carried(drafts, crosswalk)
}

impl Joined for Draft {
    const KEY: &'static str = "code";
    const UNMATCHED: &'static str = "@why.join.communities";

    fn origin(&self) -> &Origin {
        &self.people
    }

    fn name(&self) -> &str {
        &self.community.name
    }

    fn text(&self, field: &str) -> Option<&str> {
        let c = &self.community;
        match field {
            "code" => Some(&c.code),
            "name" => Some(&c.name),
            "street" => c.street.as_deref(),
            other => c.extra.get(other).map(String::as_str),
        }
    }

    fn elsewhere(&self, other: &Self) -> bool {
        let (a, b) = (&self.community, &other.community);
        let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| fold(a) != fold(b));
        differ(a.street.as_deref(), b.street.as_deref())
            || differ(a.county_code.as_deref(), b.county_code.as_deref())
            || differ(a.county.as_deref(), b.county.as_deref())
    }

    /// 北街社区 and 北街社区居委会 are one.
    fn named_otherwise(&self, row: &Self) -> bool {
        let (a, b) = (&self.community.name, &row.community.name);
        !a.is_empty() && !b.is_empty() && bare_name(a) != bare_name(b)
    }

    fn fill(&mut self, row: &Self, notes: &mut Notes) {
        let id = if self.community.code.is_empty() { &self.community.name } else { &self.community.code }.clone();
        let mut over = Over { record: &self.community.origin.clone(), id: &id, row: &row.people, notes };
        if self.community.code.is_empty() {
            self.community.code.clone_from(&row.community.code);
        }
        if !row.community.name.is_empty() {
            self.community.name.clone_from(&row.community.name);
        }
        self.meet(row, &mut over);
        self.community.extra.extend(row.community.extra.iter().map(|(k, v)| (k.clone(), v.clone())));
        self.people = row.people.clone();
    }
}

/// What becomes of one field when two records of a community meet.
pub(super) trait Meeting {
    /// People, households.
    fn count(&mut self, field: &'static str, own: &mut Option<Count>, other: Option<Count>);
    /// Square metres.
    fn area(&mut self, field: &'static str, own: &mut Option<SquareMetres>, other: Option<SquareMetres>);
    /// Anything that cannot be added up.
    fn attribute<T: Clone + PartialEq + join::Written>(&mut self, field: &'static str, own: &mut Option<T>, other: &Option<T>);
}

impl Meeting for Over<'_> {
    fn count(&mut self, field: &'static str, own: &mut Option<Count>, other: Option<Count>) {
        self.put(field, own, &other);
    }

    fn area(&mut self, field: &'static str, own: &mut Option<SquareMetres>, other: Option<SquareMetres>) {
        self.put(field, own, &other);
    }

    fn attribute<T: Clone + PartialEq + join::Written>(&mut self, field: &'static str, own: &mut Option<T>, other: &Option<T>) {
        self.put(field, own, other);
    }
}

impl Draft {
    /// Lets each field of the community meet the other's; key, name, place, boundary and passed columns are the caller's affair.
    pub(super) fn meet(&mut self, other: &Draft, how: &mut impl Meeting) {
        let (own, theirs) = (&mut self.community, &other.community);
        how.attribute("county", &mut own.county, &theirs.county);
        how.attribute("county_code", &mut own.county_code, &theirs.county_code);
        how.attribute("street", &mut own.street, &theirs.street);
        for group in Group::ALL {
            how.count(group.name(), &mut own.counts[group], theirs.counts[group]);
        }
        let registered = ["registered_60", "registered_65", "registered_80"];
        for ((mine, theirs), field) in own.registered.iter_mut().zip(theirs.registered).zip(registered) {
            how.count(field, mine, theirs);
        }
        how.count("disabled", &mut own.disabled, theirs.disabled);
        how.count("special_hardship", &mut own.special_hardship, theirs.special_hardship);
        how.count("single_child_lost", &mut own.single_child_lost, theirs.single_child_lost);
        how.area("floor_area", &mut own.floor_area, theirs.floor_area);
        how.attribute("built_year", &mut own.built_year, &theirs.built_year);
        how.attribute("old", &mut own.old, &theirs.old);
        how.attribute("is_centre", &mut own.is_centre, &theirs.is_centre);
        how.attribute("kind", &mut self.kind, &other.kind);
    }
}

/// Rows under old codes go to the communities of today; what has a boundary is of today.
fn carried(drafts: Vec<Draft>, crosswalk: Option<&Crosswalk>) -> Vec<Draft> {
    match crosswalk {
        Some(crosswalk) => crosswalk.carry(drafts),
        None => drafts,
    }
}

/// Gives every draft its boundary, mended where it crosses itself, or its point.
fn settle(layer: &mut Layer<Draft>, problems: &mut Problems) {
    let mut notes = Notes::default();
    let drawn: Vec<_> = layer.records.iter_mut().map(|placed| placed.shape.take()).collect();
    let has_shape: Vec<bool> = drawn.iter().map(Option::is_some).collect();
    let origins: Vec<&Origin> = layer.records.iter().map(|placed| &placed.origin).collect();
    let mended = checks::shapes::mend(drawn, &origins, &mut notes);
    for ((placed, boundary), has_shape) in layer.records.iter_mut().zip(mended).zip(has_shape) {
        let draft = &mut placed.item;
        draft.community.boundary = boundary;
        // The centroid of a boundary is no point that anybody gave.
        draft.community.place = placed.place.filter(|_| !has_shape);
        draft.community.origin = placed.origin.clone();
        draft.people = placed.origin.clone();
    }
    notes.report(problems);
}

/// One row. A boundary needs a code or a name; a register needs whatever it is joined by.
fn draft(row: &mut Row<'_>, keyed: bool) -> Option<Draft> {
    let code = row.code("code");
    let name = row.text("name");
    let mut counts = Counts::default();
    for group in [Group::Households, Group::OccupiedHouseholds, Group::Population, Group::Elderly60, Group::Elderly65, Group::Elderly80] {
        counts[group] = row.count(group.name());
    }
    let community = Community {
        county: row.text("county"),
        county_code: row.code("county_code"),
        street: row.text("street"),
        kind: CommunityKind::Urban,
        counts,
        registered: [row.count("registered_60"), row.count("registered_65"), row.count("registered_80")],
        disabled: row.count("disabled"),
        special_hardship: row.count("special_hardship"),
        single_child_lost: row.count("single_child_lost"),
        built_year: row.year("built_year"),
        old: row.flag("old"),
        is_centre: row.flag("is_centre"),
        floor_area: row.area("floor_area"),
        boundary: None,
        place: None,
        extra: row.extra(&[]),
        origin: row.origin(),
        code: code.clone().unwrap_or_default(),
        name: name.clone().unwrap_or_default(),
    };
    let kind = row.word::<CommunityKind>("kind");
    if keyed && code.is_none() && name.is_none() {
        row.without_key("code");
        return None;
    }
    if !keyed && !row.read_anything() {
        return None;
    }
    let people = community.origin.clone();
    Some(Draft { community, kind, people })
}

/// A name without the word for what it names, which writers add and leave out freely.
pub fn bare_name(name: &str) -> String {
    let mut name = fold(name);
    for tail in ["居民委员会", "村民委员会", "居委会", "村委会", "社区", "村"] {
        if let Some(short) = name.strip_suffix(tail).filter(|short| !short.is_empty()) {
            name = short.to_owned();
        }
    }
    name
}

/// Works out what the files left open: key, name, kind and county code. Reports codes of another level, guesses and repetitions.
pub fn complete(drafts: Vec<Draft>, problems: &mut Problems) -> Vec<Community> {
    let mut notes = Notes::default();
    levels(&drafts, &mut notes);
    streets(&drafts, &mut notes);
    let mut guessed: Option<Origin> = None;
    let mut guesses = 0usize;
    let mut communities: Vec<Community> = Vec::with_capacity(drafts.len());
    for Draft { mut community, kind, people } in drafts {
        checks::people::order(&community.counts, &community.registered, &people, &mut notes);
        if community.code.is_empty() {
            community.code.clone_from(&community.name);
        }
        if community.name.is_empty() {
            community.name.clone_from(&community.code);
        }
        community.kind = kind.unwrap_or_else(|| {
            guesses += 1;
            guessed.get_or_insert_with(|| community.origin.clone());
            guess_kind(&community)
        });
        communities.push(community);
    }
    if let Some(first) = guessed {
        let whole_file = Origin { row: None, feature: None, ..first };
        notes.push(Problem::new(Code::W_KIND_GUESSED).at(&whole_file).field("kind").value(guesses));
    }
    repetitions(&communities, &mut notes);
    notes.report(problems);
    communities
}

/// 村 for a statistical code whose last three digits are 200–399, or a name that ends so; else 社区.
fn guess_kind(community: &Community) -> CommunityKind {
    if let Some(last) = twelve_digits(&community.code).and_then(|code| code[9..].parse::<u32>().ok()) {
        return if (200..400).contains(&last) { CommunityKind::Village } else { CommunityKind::Urban };
    }
    let by_name = community.name.ends_with('村') || ["村委会", "村民委员会"].iter().any(|tail| community.name.ends_with(tail));
    if by_name { CommunityKind::Village } else { CommunityKind::Urban }
}

/// The code, if it is a statistical one of twelve digits.
pub fn twelve_digits(code: &str) -> Option<&str> {
    (code.len() == 12 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

/// W-CODE-LEVEL for codes of a county or street among codes of communities; a plausible street code is one wherever it stands.
fn levels(drafts: &[Draft], notes: &mut Notes) {
    let codes = || drafts.iter().map(|d| &d.community).filter(|c| !c.code.is_empty());
    let twelve = codes().filter(|c| twelve_digits(&c.code).is_some()).count();
    let expected = twelve > 0 && twelve * 2 >= codes().count();
    for community in codes() {
        let code = &community.code;
        if !code.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let upper = match code.len() {
            6 | 9 => expected || province(&code[..2]),
            12 => code.ends_with("000"),
            _ => false,
        };
        if upper {
            notes.push(Problem::new(Code::W_CODE_LEVEL).at(&community.origin).field("code").value(code));
        }
    }
}

/// W-CODE-NAME where the nine digits of one street carry two names: the one that most rows give is shown beside the other.
fn streets(drafts: &[Draft], notes: &mut Notes) {
    let mut named: BTreeMap<&str, Vec<(String, usize, &Community)>> = BTreeMap::new();
    for c in drafts.iter().map(|d| &d.community) {
        let (Some(code), Some(street)) = (twelve_digits(&c.code), c.street.as_deref()) else { continue };
        let names = named.entry(&code[..9]).or_default();
        let bare = bare_street(street);
        match names.iter_mut().find(|(name, ..)| *name == bare) {
            Some((_, count, _)) => *count += 1,
            None => names.push((bare, 1, c)),
        }
    }
    named.retain(|_, names| names.len() > 1);
    // Of two names as frequent, the one that comes first.
    let usual =
        |names: &[(String, usize, &Community)]| names.iter().enumerate().max_by_key(|(i, n)| (n.1, usize::MAX - i)).map_or(0, |(i, _)| i);
    for c in drafts.iter().map(|d| &d.community) {
        let (Some(code), Some(street)) = (twelve_digits(&c.code), c.street.as_deref()) else { continue };
        let Some(names) = named.get(&code[..9]) else { continue };
        let (bare, _, first) = &names[usual(names)];
        if *bare != bare_street(street) {
            let problem = Problem::new(Code::W_CODE_NAME).at(&c.origin).field("street").value(street).why("@why.name.street");
            let other = problem.with("code", &code[..9]).with("other", first.street.as_deref().unwrap_or(""));
            notes.push(other.with("other_file", first.origin.file.as_deref().unwrap_or("")));
        }
    }
}

/// 大石坝街道办事处, 大石坝街道 and 大石坝 are one.
fn bare_street(name: &str) -> String {
    let mut name = fold(name);
    for tail in ["人民政府", "办事处", "街道", "街办"] {
        if let Some(short) = name.strip_suffix(tail).filter(|short| !short.is_empty()) {
            name = short.to_owned();
        }
    }
    name
}

/// Whether two digits open the code of a province (GB/T 2260).
fn province(digits: &str) -> bool {
    digits.parse::<u8>().is_ok_and(|n| matches!(n, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82))
}

/// E-DUP: a code twice, or a name twice within one street (in different streets the code tells them apart).
fn repetitions(communities: &[Community], notes: &mut Notes) {
    let mut codes: HashMap<&str, &Origin> = HashMap::with_capacity(communities.len());
    let mut names: BTreeMap<(&str, &str, &str), &Origin> = BTreeMap::new();
    for c in communities {
        if let Some(first) = codes.get(c.code.as_str()) {
            notes.push(duplicate("code", &c.code, &c.origin, first));
            continue;
        }
        codes.insert(&c.code, &c.origin);
        let county = c.county_code.as_deref().or(twelve_digits(&c.code).map(|code| &code[..6])).or(c.county.as_deref()).unwrap_or("");
        let Some(street) = c.street.as_deref() else { continue };
        if let Some(first) = names.insert((county, street, &c.name), &c.origin) {
            notes.push(duplicate("name", &c.name, &c.origin, first));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::read::Scanned;
    use crate::read::layer::Visitor;
    use crate::read::layer::tests::feed;
    use crate::read::vocabulary::Word;

    pub(in crate::read) fn drafts(file: &str, headings: &[&str], rows: &[&[&str]], problems: &mut Problems) -> Layer<Draft> {
        let input = Input { shown: file.into(), ..Input::default() };
        let mut make = |row: &mut Row<'_>| draft(row, true);
        let mut visitor = Visitor::new(BOUNDARY, &input, &mut make);
        feed(&mut visitor, headings, rows);
        let mut layer = visitor.finish(Some(Scanned::default()), problems);
        settle(&mut layer, problems);
        layer
    }

    fn read(headings: &[&str], rows: &[&[&str]]) -> (Vec<Community>, Vec<Code>) {
        let mut problems = Problems::default();
        let layer = drafts("a.csv", headings, rows, &mut problems);
        let all = complete(layer.records.into_iter().map(|p| p.item).collect(), &mut problems);
        (all, problems.iter().map(|p| p.code).collect())
    }

    #[test]
    fn a_register_with_chinese_headings_becomes_communities() {
        let headings =
            ["社区代码", "社区名称", "街道", "类型", "户数", "入住户数", "总人口", "常住60岁以上", "户籍65岁以上", "建成年份", "备注"];
        let rows: &[&[&str]] = &[&["140403001001", "北街社区", "东街街道", "社区", "370", "360", "1000", "324", "200", "1998年", "示范"]];
        let (all, codes) = read(&headings, rows);
        assert_eq!(codes, []);
        let c = &all[0];
        assert_eq!((c.code.as_str(), c.name.as_str(), c.kind), ("140403001001", "北街社区", CommunityKind::Urban));
        assert_eq!(c.counts[Group::OccupiedHouseholds], Some(Count::whole(360)));
        assert_eq!(c.counts[Group::Elderly60], Some(Count::whole(324)));
        assert_eq!(c.registered, [None, Some(Count::whole(200)), None]);
        assert_eq!(c.counts[Group::Elderly65], None, "registered people are not residents");
        assert_eq!(c.built_year, Some(1998));
        assert_eq!(c.extra["备注"], "示范");
        assert_eq!(c.origin.row, Some(2));
    }

    #[test]
    fn a_missing_kind_is_guessed_from_the_code_then_the_name_and_said_once() {
        let rows: &[&[&str]] = &[&["140403001001", "北街"], &["140403101201", "东坡"], &["A1", "西坡村"], &["A2", "南街社区"]];
        let (all, codes) = read(&["code", "name"], rows);
        use CommunityKind::{Urban, Village};
        assert_eq!(all.iter().map(|c| c.kind).collect::<Vec<_>>(), [Urban, Village, Village, Urban]);
        assert_eq!(codes, [Code::W_KIND_GUESSED]);
    }

    #[test]
    fn a_code_twice_and_a_name_twice_in_one_street_are_duplicates() {
        let rows: &[&[&str]] = &[
            &["140403001001", "北街社区", "东街", "社区"],
            &["140403001001", "南街社区", "东街", "社区"],
            &["140403001003", "北街社区", "东街", "社区"],
            &["140403002001", "北街社区", "西街", "社区"],
        ];
        let (_, codes) = read(&["code", "name", "street", "kind"], rows);
        assert_eq!(codes, [Code::E_DUP, Code::E_DUP]);
    }

    #[test]
    fn a_street_code_among_community_codes_is_pointed_out() {
        let rows: &[&[&str]] =
            &[&["140403001001", "甲", "社区"], &["140403001002", "乙", "社区"], &["140403001", "丙", "社区"], &["140403", "丁", "社区"]];
        let (_, codes) = read(&["code", "name", "kind"], rows);
        assert_eq!(codes, [Code::W_CODE_LEVEL, Code::W_CODE_LEVEL]);
        let (_, codes) = read(&["code", "name", "kind"], &[&["140403", "甲", "社区"], &["140404", "乙", "社区"]]);
        assert_eq!(codes, [Code::W_CODE_LEVEL, Code::W_CODE_LEVEL], "a whole file of them is no better");
    }

    #[test]
    fn codes_in_float_form_are_restored_or_refused() {
        let rows: &[&[&str]] = &[&["140403001001.0", "甲", "社区"], &["1.404E+11", "乙", "社区"]];
        let (all, codes) = read(&["code", "name", "kind"], rows);
        assert_eq!(all[0].code, "140403001001");
        assert_eq!(codes, [Code::W_CODE_FLOAT, Code::E_CODE_FLOAT]);
    }

    #[test]
    fn an_unknown_kind_names_the_allowed_words() {
        let mut problems = Problems::default();
        drafts("a.csv", &["code", "kind"], &[&["1", "街区"]], &mut problems);
        let problem = problems.iter().next().unwrap();
        assert_eq!((problem.code, problem.value.as_deref()), (Code::E_VOCAB, Some("街区")));
        assert!(problem.with[0].1.contains(CommunityKind::vocabulary().allowed()));
    }

    #[test]
    fn a_row_with_people_but_no_key_is_an_error_and_a_note_below_the_table_is_not() {
        let (all, codes) = read(
            &["序号", "code", "name", "kind", "户数"],
            &[&["1", "1", "甲", "社区", "5"], &["2", "", "", "", "7"], &["注：截至2022年", "", "", "", ""]],
        );
        assert_eq!(all.len(), 1);
        assert_eq!(codes, [Code::E_KEY]);
    }

    #[test]
    fn the_nine_digits_of_a_street_have_one_name() {
        let rows: &[&[&str]] = &[
            &["500105004001", "甲社区", "社区", "大石坝街道"],
            &["500105004002", "乙社区", "社区", "大石坝街道办事处"],
            &["500105004003", "丙社区", "社区", "华新街街道"],
            &["500105001001", "丁社区", "社区", "华新街街道"],
        ];
        let mut problems = Problems::default();
        let layer = drafts("a.csv", &["code", "name", "kind", "street"], rows, &mut problems);
        complete(layer.records.into_iter().map(|p| p.item).collect(), &mut problems);
        let found: Vec<_> = problems.iter().map(|p| (p.code, p.origin.row, p.value.as_deref())).collect();
        assert_eq!(found, [(Code::W_CODE_NAME, Some(4), Some("华新街街道"))]);
    }
}
