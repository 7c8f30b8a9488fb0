//! Verdicts as numbers: of half a million most say one of a few hundred things, and differ in the value judged at most.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;

use serde::Serialize;

use super::chosen::Chosen;
use super::packed::Packed;
use crate::city::Candidate;
use crate::policy::{Outcome, Verdict};
use crate::study::PackFindings;

/// Order of outcomes in packed verdicts.
pub const OUTCOMES: [Outcome; 11] = [
    Outcome::Pass,
    Outcome::Warn,
    Outcome::Fail,
    Outcome::Unknown,
    Outcome::NotDue,
    Outcome::NotApplicable,
    Outcome::Overridden,
    Outcome::Met,
    Outcome::Unmet,
    Outcome::Permitted,
    Outcome::Info,
];

/// The kind of subject that the page may hold in part.
const CANDIDATE: &str = "candidate";

/// All verdicts of a pack about subjects of the page.
#[derive(Debug, Serialize)]
pub struct Said {
    /// Texts, the most frequent first.
    words: Vec<String>,
    /// What verdicts have in common, the most frequent first. For each: rule, outcome, then threshold, missing, due and override as 1 +
    /// index into `words`, 0 for none.
    forms: String,
    about: Vec<About>,
}

/// Verdicts about one kind of subject.
#[derive(Debug, Serialize)]
struct About {
    kind: &'static str,
    /// By index of the subject on the page. For each verdict: index into `forms`, and 1 + the index into `words` of its value, 0 for none.
    text: Vec<String>,
}

/// Rule, outcome, then threshold, missing, due and override by their numbers.
type Form = (u32, usize, [Option<u32>; 4]);

/// One verdict by numbers.
#[derive(Debug)]
struct Line {
    kind: &'static str,
    subject: u32,
    form: u32,
    value: Option<u32>,
}

/// Numbers everything that is said.
pub fn said<'a>(found: &'a PackFindings, candidates: &[Candidate], chosen: &Chosen) -> Said {
    let mut verdicts: Vec<(&'static str, u32, &'a Verdict)> = found
        .verdicts
        .iter()
        .filter_map(|v| {
            let on_page = if v.subject_kind == CANDIDATE { chosen.place.get(v.subject as usize).copied().flatten()? } else { v.subject };
            Some((v.subject_kind, on_page, v))
        })
        .collect();
    verdicts.sort_by_key(|(kind, subject, v)| (*kind, *subject, v.rule));
    let (mut words, mut forms) = (Once::<Cow<'a, str>>::new(), Once::<Form>::new());
    let lines: Vec<Line> = verdicts
        .into_iter()
        .map(|(kind, subject, v)| {
            let person = (kind == CANDIDATE).then(|| candidates.get(v.subject as usize)).flatten();
            let mut word = |text: Option<Cow<'a, str>>| text.filter(|t| !t.is_empty()).map(|t| words.number(t));
            let told = [
                word(without_person(v.threshold.as_deref(), person)),
                word(joined(&v.missing)),
                word(v.due.map(|d| d.to_string().into())),
                word(without_person(v.override_reason.as_deref(), person)),
            ];
            let value = word(without_person(v.value.as_deref(), person));
            let outcome = OUTCOMES.iter().position(|o| *o == v.outcome).unwrap_or_default();
            Line { kind, subject, form: forms.number((v.rule, outcome, told)), value }
        })
        .collect();

    let (word_order, form_order) = (words.by_count(), forms.by_count());
    let (word_at, form_at) = (places_in(&word_order), places_in(&form_order));
    let number = |word: Option<u32>| word.map_or(0, |w| word_at[w as usize] + 1);
    let mut packed = Packed::default();
    for form in &form_order {
        let (rule, outcome, told) = forms.list[*form as usize].0;
        packed.push(u64::from(rule));
        packed.push(outcome as u64);
        told.into_iter().for_each(|w| packed.push(number(w)));
    }
    let about = lines.chunk_by(|a, b| a.kind == b.kind).map(|lines| {
        let mut text = vec![String::new(); lines.last().map_or(0, |l| l.subject as usize + 1)];
        for lines in lines.chunk_by(|a, b| a.subject == b.subject) {
            let mut packed = Packed::default();
            for line in lines {
                packed.push(form_at[line.form as usize]);
                packed.push(number(line.value));
            }
            text[lines[0].subject as usize] = packed.finish();
        }
        About { kind: lines[0].kind, text }
    });
    Said {
        about: about.collect(),
        forms: packed.finish(),
        words: word_order.iter().map(|w| words.list[*w as usize].0.clone().into_owned()).collect(),
    }
}

/// Things that occur again and again, numbered in the order in which they first came. Looked up, never walked through, by hash.
#[derive(Debug)]
struct Once<T> {
    index: HashMap<T, u32>,
    list: Vec<(T, u32)>,
}

impl<T: Clone + Eq + Hash> Once<T> {
    fn new() -> Self {
        Once { index: HashMap::new(), list: Vec::new() }
    }

    fn number(&mut self, thing: T) -> u32 {
        let n = match self.index.get(&thing) {
            Some(n) => *n,
            None => {
                let n = self.list.len() as u32;
                self.list.push((thing.clone(), 0));
                self.index.insert(thing, n);
                n
            }
        };
        self.list[n as usize].1 += 1;
        n
    }

    /// Numbers by falling frequency, so that what is said often is short; things of the same frequency stay in their order.
    fn by_count(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.list.len() as u32).collect();
        order.sort_by_key(|n| std::cmp::Reverse(self.list[*n as usize].1));
        order
    }
}

/// The reverse of an order: where each thing stands in it.
fn places_in(order: &[u32]) -> Vec<u64> {
    let mut place = vec![0; order.len()];
    for (at, n) in order.iter().enumerate() {
        place[*n as usize] = at as u64;
    }
    place
}

fn joined(fields: &[String]) -> Option<Cow<'_, str>> {
    match fields {
        [] => None,
        [one] => Some(one.into()),
        many => Some(many.join(";").into()),
    }
}

/// A judged text without the name or telephone of a person, which stand in forms only.
fn without_person<'a>(text: Option<&'a str>, candidate: Option<&Candidate>) -> Option<Cow<'a, str>> {
    let mut text = Cow::Borrowed(text?);
    for private in candidate.into_iter().flat_map(|c| [&c.operator_person, &c.operator_phone, &c.responsible_person]).flatten() {
        let private = private.trim();
        if !private.is_empty() && text.contains(private) {
            text = text.replace(private, "•••").into();
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::super::chosen::chosen;
    use super::super::packed::tests::unpack;
    use super::super::sample;
    use super::*;

    #[test]
    fn every_verdict_comes_back() {
        let findings = sample::findings(8, 4);
        let found = &findings.packs[0];
        let said = said(found, &findings.city.candidates, &chosen(&findings, &[]));
        let about = &said.about[said.about.iter().position(|a| a.kind == CANDIDATE).unwrap()];
        let word = |n: u64| n.checked_sub(1).map_or("", |n| &said.words[n as usize]);
        let forms = unpack(&said.forms);
        let mut seen = 0;
        for verdict in found.verdicts.iter().filter(|v| v.subject_kind == CANDIDATE) {
            let told = unpack(&about.text[verdict.subject as usize]);
            let of_rule = told.chunks(2).find(|pair| forms[pair[0] as usize * 6] == u64::from(verdict.rule)).unwrap();
            let form = &forms[of_rule[0] as usize * 6..][..6];
            assert_eq!(OUTCOMES[form[1] as usize], verdict.outcome);
            assert_eq!(word(form[2]), verdict.threshold.as_deref().unwrap_or(""));
            assert_eq!(word(form[3]), verdict.missing.join(";"));
            assert_eq!(word(form[4]), verdict.due.map(|d| d.to_string()).unwrap_or_default());
            if !findings.city.candidates[verdict.subject as usize]
                .operator_person
                .iter()
                .any(|p| verdict.value.iter().any(|v| v.contains(p)))
            {
                assert_eq!(word(of_rule[1]), verdict.value.as_deref().unwrap_or(""));
            }
            seen += 1;
        }
        assert!(seen > 10, "{seen} verdicts");
        assert!(said.forms.len() < about.text.iter().map(String::len).sum());
    }
}
