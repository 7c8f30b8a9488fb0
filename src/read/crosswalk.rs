//! A crosswalk (撤并): which communities of today an old one went to, and what share of it, so that a register of another year can be read.

use std::collections::{BTreeMap, HashMap};

use super::Input;
use super::communities::{Draft, Meeting};
use super::headings::Table;
use super::join::Written;
use super::layer::{self, Demands, Placing};
use super::row::Row;
use crate::city::{Group, Heirs};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::units::{Count, SquareMetres};

const CROSSWALK: Demands = Demands { table: Table::Crosswalk, required: &[&["old_code"], &["new_code"]], placing: Placing::Never };
/// The whole of a community, in the millionths in which shares are kept.
const WHOLE: u64 = 1_000_000;
/// What shares may lack or exceed: thirds written with two decimals.
const ROUNDING: u64 = 15_000;

/// Old communities and their heirs.
#[derive(Debug, Clone, Default)]
pub struct Crosswalk {
    /// Heirs with their shares in millionths, in the order of the file.
    heirs: BTreeMap<String, Vec<(String, u64)>>,
}

/// One row.
struct Line {
    old: String,
    new: String,
    share: Option<u64>,
}

/// Reads the crosswalk of a study. Without a share the only heir gets everything; E-CROSSWALK where the shares of an old community do not
/// add up to one.
pub fn read(inputs: &[Input], problems: &mut Problems) -> Option<Crosswalk> {
    let mut lines: Vec<(Line, Origin)> = Vec::new();
    for input in inputs {
        let layer = layer::read(CROSSWALK, input, problems, &mut line);
        lines.extend(layer.records.into_iter().map(|placed| (placed.item, placed.origin)));
    }
    let mut notes = Notes::default();
    let mut grouped: BTreeMap<String, Vec<(Line, Origin)>> = BTreeMap::new();
    for (line, origin) in lines {
        grouped.entry(line.old.clone()).or_default().push((line, origin));
    }
    let mut heirs = BTreeMap::new();
    for (old, lines) in grouped {
        let shares: Option<Vec<u64>> = match &lines[..] {
            [(only, _)] => Some(vec![only.share.unwrap_or(WHOLE)]),
            several => several.iter().map(|(line, _)| line.share).collect(),
        };
        let sum = shares.as_ref().map(|s| s.iter().sum::<u64>());
        match (shares, sum) {
            (Some(shares), Some(sum)) if sum.abs_diff(WHOLE) <= ROUNDING => {
                heirs.insert(old, lines.into_iter().map(|(line, _)| line.new).zip(shares).collect());
            }
            _ => {
                let sum = sum.map_or_else(|| "?".to_owned(), |sum| Count(sum).to_string());
                notes.push(Problem::new(Code::E_CROSSWALK).at(&lines[0].1).field("share").value(old).with("sum", sum));
            }
        }
    }
    notes.report(problems);
    (!inputs.is_empty()).then_some(Crosswalk { heirs })
}

fn line(row: &mut Row<'_>) -> Option<Line> {
    let (old, new) = (row.code("old_code"), row.code("new_code"));
    let share = row.count("share").map(|share| share.0);
    match (old, new) {
        (Some(old), Some(new)) => Some(Line { old, new, share }),
        (None, _) => {
            row.without_key("old_code");
            None
        }
        (_, None) => {
            row.without_key("new_code");
            None
        }
    }
}

impl Crosswalk {
    /// The old codes that have wholly become part of one community, with its code.
    pub fn heirs(&self) -> Heirs {
        let only = |(old, heirs): (&String, &Vec<(String, u64)>)| match &heirs[..] {
            [(heir, _)] => Some((old.clone(), heir.clone())),
            _ => None,
        };
        self.heirs.iter().filter_map(only).collect()
    }

    /// Rows under old codes go to their heirs, share by share; what comes together is added up, and what one part does not know the whole
    /// does not know. A row with a boundary is of today and stays.
    pub fn carry(&self, drafts: Vec<Draft>) -> Vec<Draft> {
        let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
        let mut parts: Vec<Draft> = Vec::new();
        for draft in drafts {
            match self.heirs.get(&draft.community.code).filter(|_| draft.community.boundary.is_none()) {
                None => kept.push(draft),
                Some(heirs) => parts.extend(divided(&draft, heirs)),
            }
        }
        let mut at: HashMap<String, usize> = HashMap::with_capacity(kept.len());
        for (n, draft) in kept.iter().enumerate() {
            at.entry(draft.community.code.clone()).or_insert(n);
        }
        for part in parts {
            match at.get(&part.community.code) {
                Some(n) => add(&mut kept[*n], &part),
                None => {
                    at.insert(part.community.code.clone(), kept.len());
                    kept.push(part);
                }
            }
        }
        kept
    }
}

/// What each heir gets; to the millionth of a person everything goes to somebody.
fn divided(draft: &Draft, heirs: &[(String, u64)]) -> Vec<Draft> {
    let sum: u64 = heirs.iter().map(|(_, share)| share).sum();
    let mut before = 0;
    let part = |(heir, share): &(String, u64)| {
        let (from, to) = (before, before + share);
        before = to;
        let upto = |whole: u64, share: u64| (u128::from(whole) * u128::from(share) / u128::from(sum.max(1))) as u64;
        let of = |whole: Option<Count>| whole.map(|c| Count(upto(c.0, to) - upto(c.0, from)));
        let mut part = draft.clone();
        let c = &mut part.community;
        c.code.clone_from(heir);
        if heir != &draft.community.code {
            // The old community's name is not the heir's.
            c.name.clear();
        }
        for group in Group::ALL {
            c.counts[group] = of(draft.community.counts[group]);
        }
        c.registered = draft.community.registered.map(of);
        (c.disabled, c.special_hardship, c.single_child_lost) =
            (of(draft.community.disabled), of(draft.community.special_hardship), of(draft.community.single_child_lost));
        let share = *share as f64 / sum.max(1) as f64;
        c.floor_area = draft.community.floor_area.and_then(|area| SquareMetres::new(area.value() * share));
        part
    };
    heirs.iter().map(part).collect()
}

/// Adds a part: counts are summed, and what the parts say differently is unknown.
fn add(whole: &mut Draft, part: &Draft) {
    whole.meet(part, &mut Sum);
    if whole.community.place != part.community.place {
        whole.community.place = None;
    }
}

/// What becomes of two parts.
struct Sum;

impl Meeting for Sum {
    fn count(&mut self, _: &'static str, own: &mut Option<Count>, other: Option<Count>) {
        *own = own.zip(other).map(|(a, b)| a + b);
    }

    fn area(&mut self, _: &'static str, own: &mut Option<SquareMetres>, other: Option<SquareMetres>) {
        *own = own.zip(other).and_then(|(a, b)| SquareMetres::new(a.value() + b.value()));
    }

    fn attribute<T: Clone + PartialEq + Written>(&mut self, _: &'static str, own: &mut Option<T>, other: &Option<T>) {
        if own != other {
            *own = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::communities::tests::drafts;
    use super::*;

    fn crosswalk(text: &str) -> (Crosswalk, Vec<Code>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("撤并.csv");
        std::fs::write(&path, text).unwrap();
        let mut problems = Problems::default();
        let found = read(&[Input { path, shown: "撤并.csv".into(), ..Input::default() }], &mut problems);
        (found.unwrap(), problems.iter().map(|p| p.code).collect())
    }

    fn people(drafts: &[Draft]) -> Vec<(&str, Option<Count>, Option<bool>)> {
        drafts.iter().map(|d| (d.community.code.as_str(), d.community.counts[Group::Population], d.community.old)).collect()
    }

    #[test]
    fn merged_communities_are_added_up_and_split_ones_shared_out_to_the_last_person() {
        let (crosswalk, codes) = crosswalk("原代码,新代码,比例\n1,10,\n2,10,1\n3,11,0.33\n3,12,0.33\n3,13,0.33\n");
        assert!(codes.is_empty(), "{codes:?}");
        let rows: &[&[&str]] = &[&["1", "100", "是"], &["2", "50", "是"], &["3", "100", "否"], &["4", "7", ""], &["10", "5", "否"]];
        let register = drafts("r.csv", &["code", "population", "old"], rows, &mut Problems::default());
        let all = crosswalk.carry(register.records.into_iter().map(|p| p.item).collect());
        let third = |n: u64| Some(Count(n));
        assert_eq!(
            people(&all),
            [
                ("4", Some(Count::whole(7)), None),
                ("10", Some(Count::whole(155)), None),
                ("11", third(33_333_333), Some(false)),
                ("12", third(33_333_333), Some(false)),
                ("13", third(33_333_334), Some(false)),
            ]
        );
        let heirs: Vec<_> = crosswalk.heirs().into_iter().collect();
        assert_eq!(heirs, [("1".to_owned(), "10".to_owned()), ("2".to_owned(), "10".to_owned())]);
    }

    #[test]
    fn what_one_part_does_not_know_the_whole_does_not_know() {
        let (crosswalk, _) = crosswalk("old_code,new_code\n1,10\n2,10\n");
        let register = drafts("r.csv", &["code", "population"], &[&["1", "100"], &["2", ""]], &mut Problems::default());
        let all = crosswalk.carry(register.records.into_iter().map(|p| p.item).collect());
        assert_eq!(people(&all), [("10", None, None)]);
    }

    #[test]
    fn shares_that_do_not_make_a_whole_are_refused() {
        let (_, codes) = crosswalk("old_code,new_code,share\n1,10,0.5\n1,11,0.4\n2,10,\n2,11,0.5\n3,10,0.2\n4,10,1\n");
        assert_eq!(codes, [Code::E_CROSSWALK; 3]);
    }
}
