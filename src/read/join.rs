//! A register joined to boundaries by a field that both have: by code, by name within a street, or by any other.
//!
//! Only what is written alike is joined. What is merely similar is proposed in W-JOIN, with its row, for a person to decide.

use std::collections::HashMap;

use super::Trust;
use super::communities::{Draft, bare_name};
use super::layer::Layer;
use super::vocabulary::fold;
use crate::city::Group;
use crate::city::checks::duplicate;
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::words;

/// More comparisons of spellings than this are not made for proposals.
const MOST_COMPARISONS: usize = 250_000;

/// The rows of one file.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// In file order, or as the crosswalk has left them.
    pub drafts: Vec<Draft>,
    /// File and layer.
    pub origin: Origin,
}

impl From<Layer<Draft>> for Rows {
    fn from(layer: Layer<Draft>) -> Self {
        Rows { drafts: layer.records.into_iter().map(|placed| placed.item).collect(), origin: layer.origin }
    }
}

/// Boundaries with what the register says of them. Attributes of the register win; those of the boundary fill the gaps. The unmatched of
/// both sides are listed (W-JOIN).
pub fn join(boundaries: Rows, rows: Rows, on: &str, trust: Option<Trust>, problems: &mut Problems) -> Vec<Draft> {
    let mut notes = Notes::default();
    let keys = Keys::of(&rows, on, &mut notes);
    if !rows.drafts.is_empty() && keys.by_key.is_empty() || boundaries.drafts.iter().all(|b| key(b, on).is_none()) {
        let side = if keys.by_key.is_empty() { &rows.origin } else { &boundaries.origin };
        let hint = format!("register = {{ on = \"{on}\" }}");
        problems.push(Problem::new(Code::E_COLUMN).at(side).field(on).value("-").with("hint", hint));
        return boundaries.drafts;
    }
    let mut used = vec![false; rows.drafts.len()];
    let mut alone = Vec::new();
    let by_name = if trust == Some(Trust::Name) { only_names(&rows.drafts) } else { HashMap::new() };
    let mut drafts = boundaries.drafts;
    for (b, boundary) in drafts.iter_mut().enumerate() {
        let Some(n) = keys.find(boundary, on, &rows.drafts) else {
            alone.push(b);
            continue;
        };
        let row = &rows.drafts[n].community;
        let mut joined = Some(n);
        if on == "code" && another_name(&boundary.community.name, &row.name) {
            let here = &boundary.community.name;
            let why = match trust {
                None => "@why.name.not_joined",
                Some(Trust::Code) => "@why.name.by_code",
                Some(Trust::Name) => {
                    joined = by_name.get(&bare_name(here)).copied().flatten();
                    if joined.is_some() { "@why.name.by_name" } else { "@why.name.nobody" }
                }
            };
            let problem = Problem::new(Code::W_CODE_NAME).at(&rows.drafts[n].people).field("name").value(&row.name).why(why);
            notes.push(problem.with("code", &row.code).with("other", here).with("other_file", file(&boundaries.origin)));
            // A row that is shown with its boundary needs no line of its own, but under `name` it may be another boundary's.
            used[n] |= trust != Some(Trust::Name);
            joined = joined.filter(|_| trust.is_some());
        }
        let Some(n) = joined else { continue };
        used[n] = true;
        fill(boundary, &rows.drafts[n]);
    }
    let left: Vec<usize> = (0..rows.drafts.len()).filter(|n| !used[*n]).collect();
    let alone: Vec<&Draft> = alone.into_iter().map(|b| &drafts[b]).collect();
    let left: Vec<&Draft> = left.into_iter().map(|n| &rows.drafts[n]).collect();
    list(&alone, &left, on, file(&rows.origin), &mut notes);
    list(&left, &alone, on, file(&boundaries.origin), &mut notes);
    notes.report(problems);
    drafts
}

fn file(origin: &Origin) -> &str {
    origin.file.as_deref().unwrap_or("")
}

/// The rows of a register by what they are joined by.
struct Keys {
    by_key: HashMap<String, Vec<usize>>,
}

impl Keys {
    /// E-DUP for a key that two rows share; a name may stand once in each street.
    fn of(rows: &Rows, on: &str, notes: &mut Notes) -> Self {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::with_capacity(rows.drafts.len());
        for (n, row) in rows.drafts.iter().enumerate() {
            let Some(key) = key(row, on) else { continue };
            let known = by_key.entry(key).or_default();
            match known.iter().find(|other| on != "name" || !elsewhere(row, &rows.drafts[**other])) {
                Some(first) => notes.push(duplicate(on, &shown(row, on), &row.people, &rows.drafts[*first].people)),
                None => known.push(n),
            }
        }
        Keys { by_key }
    }

    /// The row of a boundary: of several of one name, the only one that is not in another street.
    fn find(&self, boundary: &Draft, on: &str, rows: &[Draft]) -> Option<usize> {
        let found = self.by_key.get(&key(boundary, on)?)?;
        if on != "name" {
            return found.first().copied();
        }
        let mut here = found.iter().filter(|n| !elsewhere(boundary, &rows[**n]));
        let only = here.next().copied();
        only.filter(|_| here.next().is_none())
    }
}

/// Whether two records name different streets or counties.
fn elsewhere(a: &Draft, b: &Draft) -> bool {
    let (a, b) = (&a.community, &b.community);
    let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| fold(a) != fold(b));
    differ(a.street.as_deref(), b.street.as_deref())
        || differ(a.county_code.as_deref(), b.county_code.as_deref())
        || differ(a.county.as_deref(), b.county.as_deref())
}

/// What a record is joined by; names without regard to width and spaces.
fn key(draft: &Draft, on: &str) -> Option<String> {
    let text = shown(draft, on);
    let text = if on == "name" { fold(&text) } else { text };
    (!text.is_empty()).then_some(text)
}

/// The same as it is written.
fn shown(draft: &Draft, on: &str) -> String {
    let c = &draft.community;
    let text = match on {
        "code" => Some(&c.code),
        "name" => Some(&c.name),
        "street" => c.street.as_ref(),
        on => c.extra.get(on),
    };
    text.map(|t| t.trim().to_owned()).unwrap_or_default()
}

/// Rows of a register by the name that only they have.
fn only_names(rows: &[Draft]) -> HashMap<String, Option<usize>> {
    let mut by_name: HashMap<String, Option<usize>> = HashMap::with_capacity(rows.len());
    for (n, row) in rows.iter().enumerate().filter(|(_, row)| !row.community.name.is_empty()) {
        by_name.entry(bare_name(&row.community.name)).and_modify(|n| *n = None).or_insert(Some(n));
    }
    by_name
}

/// W-JOIN for each record without a counterpart, with the one of the other side that it may be meant to be.
fn list(records: &[&Draft], others: &[&Draft], on: &str, other_file: &str, notes: &mut Notes) {
    let mut by_bare: HashMap<String, Option<usize>> = HashMap::with_capacity(others.len());
    for (n, other) in others.iter().enumerate().filter(|(_, o)| !o.community.name.is_empty()) {
        by_bare.entry(bare_name(&other.community.name)).and_modify(|n| *n = None).or_insert(Some(n));
    }
    let spellings: Vec<String> = others.iter().map(|o| shown(o, on)).collect();
    let few = records.len().saturating_mul(others.len()) <= MOST_COMPARISONS;
    for record in records {
        let alike = by_bare.get(&bare_name(&record.community.name)).copied().flatten().filter(|n| !elsewhere(record, others[*n]));
        let value = shown(record, on);
        let near = alike.or_else(|| {
            let known = spellings.iter().zip(others).filter(|(_, other)| few && !elsewhere(record, other)).map(|(s, _)| s.as_str());
            let near = words::nearest(&value, known.filter(|s| !s.is_empty()))?;
            spellings.iter().position(|s| s == near)
        });
        let problem = Problem::new(Code::W_JOIN).at(&record.people).field(on).value(&value).with("other", other_file);
        notes.push(match near.map(|n| others[n]) {
            None => problem.with("hint", ""),
            Some(other) => {
                let c = &other.community;
                let row = other.people.row.or(other.people.feature).map(|n| n.to_string()).unwrap_or_default();
                problem.with("near", format!("{} {}", c.code, c.name).trim()).with("row", row).with("hint", "@why.join.near")
            }
        });
    }
}

/// Whether two names mean different communities: 北街社区 and 北街社区居委会 do not.
fn another_name(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && bare_name(a) != bare_name(b)
}

/// Puts the attributes of a register's row into a boundary.
fn fill(boundary: &mut Draft, row: &Draft) {
    fn over<T: Clone>(own: &mut Option<T>, other: &Option<T>) {
        if other.is_some() {
            own.clone_from(other);
        }
    }
    let (own, other) = (&mut boundary.community, &row.community);
    if own.code.is_empty() {
        own.code.clone_from(&other.code);
    }
    if !other.name.is_empty() {
        own.name.clone_from(&other.name);
    }
    over(&mut own.county, &other.county);
    over(&mut own.county_code, &other.county_code);
    over(&mut own.street, &other.street);
    for group in Group::ALL {
        over(&mut own.counts[group], &other.counts[group]);
    }
    for (mine, theirs) in own.registered.iter_mut().zip(&other.registered) {
        over(mine, theirs);
    }
    over(&mut own.disabled, &other.disabled);
    over(&mut own.special_hardship, &other.special_hardship);
    over(&mut own.single_child_lost, &other.single_child_lost);
    over(&mut own.built_year, &other.built_year);
    over(&mut own.old, &other.old);
    over(&mut own.is_centre, &other.is_centre);
    over(&mut own.floor_area, &other.floor_area);
    over(&mut boundary.kind, &row.kind);
    own.extra.extend(other.extra.iter().map(|(k, v)| (k.clone(), v.clone())));
    boundary.people = row.people.clone();
}

#[cfg(test)]
mod tests {
    use super::super::communities::tests::drafts;
    use super::*;
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
        let found: Vec<_> = problems.iter().map(|p| (p.code, p.origin.file.as_deref().unwrap(), p.origin.row.unwrap())).collect();
        assert_eq!(found, [(Code::W_JOIN, "a.shp", 3), (Code::W_CODE_NAME, "r.xlsx", 3), (Code::W_JOIN, "r.xlsx", 4)]);
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
}
