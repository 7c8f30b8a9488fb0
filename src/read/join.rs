//! A register joined to a table by a field that both have: communities to their boundaries by code or by name within a street, projects
//! to candidates by id, or by any other column.
//!
//! Only what is written alike is joined. What is merely similar is proposed in W-JOIN, with its row, for a person to decide.

use std::collections::HashMap;

use super::Trust;
use super::communities::bare_name;
use super::layer::Layer;
use super::vocabulary::fold;
use crate::city::checks::duplicate;
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::words;

/// More comparisons of spellings than this are not made for proposals.
const MOST_COMPARISONS: usize = 250_000;

/// A record that can have its counterpart in a register.
pub trait Joined {
    /// The field under which each record stands once: `code`, `id`.
    const KEY: &'static str;
    /// What else there is to say where no counterpart is found: a sentence of the catalogue.
    const UNMATCHED: &'static str;

    /// Where the record stands.
    fn origin(&self) -> &Origin;
    /// Its name; empty where it has none.
    fn name(&self) -> &str;
    /// What is written under a field.
    fn text(&self, field: &str) -> Option<&str>;
    /// Whether two records name different streets or counties.
    fn elsewhere(&self, _other: &Self) -> bool {
        false
    }
    /// Whether a row found by key has a name that means another record.
    fn named_otherwise(&self, _row: &Self) -> bool {
        false
    }
    /// Takes over what the row of the register says.
    fn fill(&mut self, row: &Self, notes: &mut Notes);
    /// Says which records have no counterpart in `register`: each of them, unless a register need not hold all.
    fn list_alone(alone: &[&Self], rows: &[&Self], on: &str, register: &str, notes: &mut Notes)
    where
        Self: Sized,
    {
        list(alone, rows, on, register, notes);
    }
}

/// The rows of one file.
#[derive(Debug, Clone)]
pub struct Rows<T> {
    /// In file order, or as the crosswalk has left them.
    pub drafts: Vec<T>,
    /// File and layer.
    pub origin: Origin,
}

impl<T> From<Layer<T>> for Rows<T> {
    fn from(layer: Layer<T>) -> Self {
        Rows { drafts: layer.records.into_iter().map(|placed| placed.item).collect(), origin: layer.origin }
    }
}

/// Records with what the register says of them. Attributes of the register win; those of the record fill the gaps; where both have one
/// and they differ, it is said (W-DIFFERS). The unmatched of both sides are listed (W-JOIN).
pub fn join<T: Joined>(records: Rows<T>, rows: Rows<T>, on: &str, trust: Option<Trust>, problems: &mut Problems) -> Vec<T> {
    let mut notes = Notes::default();
    let keys = Keys::of(&rows, on, &mut notes);
    if !rows.drafts.is_empty() && keys.by_key.is_empty() || records.drafts.iter().all(|b| key(b, on).is_none()) {
        let side = if keys.by_key.is_empty() { &rows.origin } else { &records.origin };
        let hint = format!("register = {{ on = \"{on}\" }}");
        problems.push(Problem::new(Code::E_COLUMN).at(side).field(on).value("-").with("hint", hint));
        return records.drafts;
    }
    let mut used = vec![false; rows.drafts.len()];
    let mut alone = Vec::new();
    let by_name = if trust == Some(Trust::Name) { only_names(&rows.drafts) } else { HashMap::new() };
    let mut drafts = records.drafts;
    for (b, record) in drafts.iter_mut().enumerate() {
        let Some(n) = keys.find(record, on, &rows.drafts) else {
            alone.push(b);
            continue;
        };
        let row = &rows.drafts[n];
        let mut joined = Some(n);
        if on == T::KEY && record.named_otherwise(row) {
            let here = record.name();
            let why = match trust {
                None => "@why.name.not_joined",
                Some(Trust::Code) => "@why.name.by_code",
                Some(Trust::Name) => {
                    joined = by_name.get(&bare_name(here)).copied().flatten();
                    if joined.is_some() { "@why.name.by_name" } else { "@why.name.nobody" }
                }
            };
            let problem = Problem::new(Code::W_CODE_NAME).at(row.origin()).field("name").value(row.name()).why(why);
            notes.push(problem.with("code", shown(row, on)).with("other", here).with("other_file", file(&records.origin)));
            // A row that is shown with its boundary needs no line of its own, but under `name` it may be another boundary's.
            used[n] |= trust != Some(Trust::Name);
            joined = joined.filter(|_| trust.is_some());
        }
        let Some(n) = joined else { continue };
        used[n] = true;
        record.fill(&rows.drafts[n], &mut notes);
    }
    let left: Vec<usize> = (0..rows.drafts.len()).filter(|n| !used[*n]).collect();
    let alone: Vec<&T> = alone.into_iter().map(|b| &drafts[b]).collect();
    let left: Vec<&T> = left.into_iter().map(|n| &rows.drafts[n]).collect();
    let (here, there) = (of(&records.origin, &rows.origin), of(&rows.origin, &records.origin));
    T::list_alone(&alone, &left, on, &there, &mut notes);
    list(&left, &alone, on, &here, &mut notes);
    notes.report(problems);
    drafts
}

fn file(origin: &Origin) -> &str {
    origin.file.as_deref().unwrap_or("")
}

/// The file, and its sheet where the other side is a sheet of the same one.
fn of(origin: &Origin, other: &Origin) -> String {
    match &origin.layer {
        Some(layer) if origin.file == other.file => format!("{} [{layer}]", file(origin)),
        _ => file(origin).to_owned(),
    }
}

/// The rows of a register by what they are joined by.
struct Keys {
    by_key: HashMap<String, Vec<usize>>,
}

impl Keys {
    /// E-DUP for a key that two rows share; a name may stand once in each street.
    fn of<T: Joined>(rows: &Rows<T>, on: &str, notes: &mut Notes) -> Self {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::with_capacity(rows.drafts.len());
        for (n, row) in rows.drafts.iter().enumerate() {
            let Some(key) = key(row, on) else { continue };
            let known = by_key.entry(key).or_default();
            match known.iter().find(|other| on != "name" || !row.elsewhere(&rows.drafts[**other])) {
                Some(first) => notes.push(duplicate(on, shown(row, on), row.origin(), rows.drafts[*first].origin())),
                None => known.push(n),
            }
        }
        Keys { by_key }
    }

    /// The row of a record: of several of one name, the only one that is not in another street.
    fn find<T: Joined>(&self, record: &T, on: &str, rows: &[T]) -> Option<usize> {
        let found = self.by_key.get(&key(record, on)?)?;
        if on != "name" {
            return found.first().copied();
        }
        let mut here = found.iter().filter(|n| !record.elsewhere(&rows[**n]));
        let only = here.next().copied();
        only.filter(|_| here.next().is_none())
    }
}

/// What a record is joined by; names without regard to width and spaces.
fn key(record: &impl Joined, on: &str) -> Option<String> {
    let text = shown(record, on);
    let text = if on == "name" { fold(text) } else { text.to_owned() };
    (!text.is_empty()).then_some(text)
}

/// The same as it is written.
fn shown<'t>(record: &'t impl Joined, on: &str) -> &'t str {
    record.text(on).map(str::trim).unwrap_or_default()
}

/// Rows of a register by the name that only they have.
fn only_names<T: Joined>(rows: &[T]) -> HashMap<String, Option<usize>> {
    let mut by_name: HashMap<String, Option<usize>> = HashMap::with_capacity(rows.len());
    for (n, row) in rows.iter().enumerate().filter(|(_, row)| !row.name().is_empty()) {
        by_name.entry(bare_name(row.name())).and_modify(|n| *n = None).or_insert(Some(n));
    }
    by_name
}

/// W-JOIN for each record without a counterpart, with the one of the other side that it may be meant to be.
pub fn list<T: Joined>(records: &[&T], others: &[&T], on: &str, other_file: &str, notes: &mut Notes) {
    let mut by_bare: HashMap<String, Option<usize>> = HashMap::with_capacity(others.len());
    for (n, other) in others.iter().enumerate().filter(|(_, o)| !o.name().is_empty()) {
        by_bare.entry(bare_name(other.name())).and_modify(|n| *n = None).or_insert(Some(n));
    }
    let spellings: Vec<&str> = others.iter().map(|o| shown(*o, on)).collect();
    let few = records.len().saturating_mul(others.len()) <= MOST_COMPARISONS;
    for record in records {
        let alike = by_bare.get(&bare_name(record.name())).copied().flatten().filter(|n| !record.elsewhere(others[*n]));
        let value = shown(*record, on);
        let near = alike.or_else(|| {
            let known = spellings.iter().zip(others).filter(|(_, other)| few && !record.elsewhere(other)).map(|(s, _)| *s);
            let near = words::nearest(value, known.filter(|s| !s.is_empty()))?;
            spellings.iter().position(|s| *s == near)
        });
        let problem = Problem::new(Code::W_JOIN).at(record.origin()).field(on).value(value).with("other", other_file);
        let problem = problem.with("rest", T::UNMATCHED);
        notes.push(match near.map(|n| others[n]) {
            None => problem.with("hint", ""),
            Some(other) => {
                let origin = other.origin();
                let row = origin.row.or(origin.feature).map(|n| n.to_string()).unwrap_or_default();
                let near = format!("{} {}", shown(other, T::KEY), other.name());
                problem.with("near", near.trim()).with("row", row).with("hint", "@why.join.near")
            }
        });
    }
}

/// Puts what a row of a register says over what a record says of the same, and says where the two differ.
pub struct Over<'n> {
    /// Where the record stands.
    pub record: &'n Origin,
    /// What names it.
    pub id: &'n str,
    /// Where the row stands.
    pub row: &'n Origin,
    /// Where it is said.
    pub notes: &'n mut Notes,
}

impl Over<'_> {
    /// One field.
    pub fn put<T: Clone + PartialEq + Written>(&mut self, field: &str, own: &mut Option<T>, other: &Option<T>) {
        let Some(new) = other else { return };
        if let Some(old) = own.as_ref().filter(|old| *old != new) {
            let problem = Problem::new(Code::W_DIFFERS)
                .at(self.row)
                .field(field)
                .value(new.written())
                .why("@why.differs.register")
                .with("id", self.id);
            self.notes.push(problem.with("old", old.written()).with("other", of(self.record, self.row)));
        }
        *own = Some(new.clone());
    }
}

/// How a value stands in a message.
pub trait Written {
    /// As text.
    fn written(&self) -> String;
}

macro_rules! written {
    ($($kind:ty: $how:expr),+ $(,)?) => { $(impl Written for $kind {
        fn written(&self) -> String {
            let how: fn(&$kind) -> String = $how;
            how(self)
        }
    })+ };
}

written! {
    String: String::clone,
    bool: |b| if *b { "是" } else { "否" }.to_owned(),
    i32: i32::to_string,
    f64: |n| super::values::shortest(*n),
    crate::units::Count: crate::units::Count::to_string,
    crate::units::SquareMetres: |a| super::values::shortest(a.value()),
    crate::units::Yuan: |y| super::values::shortest(y.value()),
    jiff::civil::Date: jiff::civil::Date::to_string,
    Vec<String>: |all| all.join("；"),
    crate::city::BuildMode: |m| m.key().to_owned(),
    crate::city::Tenure: |t| t.key().to_owned(),
    crate::city::CommunityKind: |k| match k {
        crate::city::CommunityKind::Urban => "社区",
        crate::city::CommunityKind::Village => "村",
    }.to_owned(),
}

#[cfg(test)]
mod tests {
    use super::super::communities::tests::drafts;
    use super::*;
    use crate::city::Group;
    use crate::units::Count;
    use crate::words::Lang;

    type Table<'a> = (&'a [&'a str], &'a [&'a [&'a str]]);

    /// Households of each boundary, and what was found.
    fn joined(boundaries: Table<'_>, register: Table<'_>, on: &str, trust: Option<Trust>) -> (Vec<Option<Count>>, Vec<Problem>) {
        let mut problems = Problems::default();
        let boundaries = drafts("a.shp", boundaries.0, boundaries.1, &mut problems);
        let rows = drafts("r.xlsx", register.0, register.1, &mut problems);
        let joined = join(boundaries.into(), rows.into(), on, trust, &mut problems);
        (joined.iter().map(|d| d.community.counts[Group::Households]).collect(), problems.iter().cloned().collect())
    }

    fn whole(counts: &[Option<u64>]) -> Vec<Option<Count>> {
        counts.iter().map(|c| c.map(Count::whole)).collect()
    }

    #[test]
    fn a_register_is_joined_by_code_and_the_unmatched_of_both_sides_are_listed() {
        let boundaries: &[&[&str]] = &[&["1", "北街社区"], &["2", "南街社区"], &["3", "西街社区"]];
        let register: &[&[&str]] = &[&["1", "北街社区居委会", "10"], &["3", "东街社区", "30"], &["4", "中街", "40"]];
        let (households, problems) = joined((&["code", "name"], boundaries), (&["code", "name", "户数"], register), "code", None);
        assert_eq!(households, whole(&[Some(10), None, None]), "a row with another name is not joined");
        let mut found: Vec<_> = problems.iter().map(|p| (p.code, p.origin.file.as_deref().unwrap(), p.origin.row.unwrap())).collect();
        found.sort();
        assert_eq!(found, [(Code::W_CODE_NAME, "r.xlsx", 3), (Code::W_JOIN, "a.shp", 3), (Code::W_JOIN, "r.xlsx", 4)]);
    }

    #[test]
    fn where_code_and_name_contradict_the_study_says_which_is_believed() {
        // The register has the codes of 北街 and 南街 exchanged.
        let boundaries: &[&[&str]] = &[&["1", "北街社区"], &["2", "南街社区"]];
        let register: &[&[&str]] = &[&["2", "北街社区", "10"], &["1", "南街社区", "20"]];
        let by = |trust| {
            let (households, problems) = joined((&["code", "name"], boundaries), (&["code", "name", "户数"], register), "code", trust);
            (households, problems.iter().map(|p| p.code).collect::<Vec<_>>())
        };
        let warned = vec![Code::W_CODE_NAME; 2];
        assert_eq!(by(None), (whole(&[None, None]), warned.clone()));
        assert_eq!(by(Some(Trust::Code)), (whole(&[Some(20), Some(10)]), warned.clone()));
        assert_eq!(by(Some(Trust::Name)), (whole(&[Some(10), Some(20)]), warned));
    }

    #[test]
    fn a_name_is_sought_within_its_street_and_what_is_merely_similar_is_proposed() {
        let boundaries: &[&[&str]] = &[
            &["1", "北街社区", "东街街道"],
            &["2", "北街社区", "西街街道"],
            &["3", "南街社区", "西街街道"],
            &["4", "河西社区", "西街街道"],
            &["5", "站前社区", ""],
        ];
        let register: &[&[&str]] = &[
            &["北街社区", "西街街道", "20"],
            &["北街　社区", "东街街道", "10"],
            &["南街社区居委会", "西街街道", "30"],
            &["河酉社区", "西街街道", "40"],
            &["站前社区", "东街街道", "50"],
            &["站前社区", "西街街道", "60"],
        ];
        let (households, problems) =
            joined((&["code", "name", "street"], boundaries), (&["name", "street", "户数"], register), "name", None);
        assert_eq!(households, whole(&[Some(10), Some(20), None, None, None]), "of two 站前社区 nobody knows which");
        let proposed = |row: u32, file: &str| {
            let problem = problems.iter().find(|p| p.origin.row == Some(row) && p.origin.file.as_deref() == Some(file)).unwrap();
            assert_eq!(problem.code, Code::W_JOIN);
            problem.remedy(Lang::Zh)
        };
        assert!(proposed(4, "a.shp").contains("南街社区居委会"), "{}", proposed(4, "a.shp"));
        assert!(proposed(5, "a.shp").contains("河酉社区"), "{}", proposed(5, "a.shp"));
        assert!(proposed(5, "r.xlsx").contains("河西社区"), "{}", proposed(5, "r.xlsx"));
        assert_eq!(problems.len(), 3 + 4);
    }

    #[test]
    fn a_mistyped_code_is_proposed_by_the_name_beside_it() {
        let (households, problems) = joined(
            (&["code", "name"], &[&["140403001001", "北街社区"], &["140403001002", "南街社区"]]),
            (&["code", "name", "户数"], &[&["140403001001", "北街社区", "10"], &["140403001020", "南街社区", "20"]]),
            "code",
            None,
        );
        assert_eq!(households, whole(&[Some(10), None]));
        let remedies: Vec<String> = problems.iter().map(|p| p.remedy(Lang::En)).collect();
        assert!(remedies[0].contains("140403001020") && remedies[1].contains("140403001002"), "{remedies:?}");
    }

    #[test]
    fn where_both_say_something_the_register_is_used_and_the_difference_is_said() {
        let (households, problems) = joined(
            (&["code", "name", "户数"], &[&["1", "北街社区", "10"], &["2", "南街社区", "20"], &["3", "西街社区", "30"]]),
            (&["code", "户数"], &[&["1", "11"], &["2", "20"], &["3", ""]]),
            "code",
            None,
        );
        assert_eq!(households, whole(&[Some(11), Some(20), Some(30)]));
        let found: Vec<_> = problems.iter().map(|p| (p.code, p.origin.row, p.field.as_deref(), p.value.as_deref())).collect();
        assert_eq!(found, [(Code::W_DIFFERS, Some(2), Some("households"), Some("11"))]);
        assert!(problems[0].with.contains(&("old", "10".to_owned())), "{:?}", problems[0].with);
    }
}
