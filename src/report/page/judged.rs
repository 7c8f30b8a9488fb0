//! What each pack says: its rules, the ranking with every criterion, and all verdicts, each as a few letters.

use std::collections::BTreeMap;

use serde::Serialize;

use super::number::Num;
use super::packed::Packed;
use crate::city::Candidate;
use crate::policy::{Outcome, Verdict};
use crate::score::{Eligibility, Score};
use crate::study::{Findings, PackFindings};

/// Order of outcomes in packed verdicts.
const OUTCOMES: [Outcome; 11] = [
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

#[derive(Debug, Serialize)]
struct Rule<'a> {
    id: &'a str,
    clause: &'a str,
    quote: &'a str,
    hardness: &'static str,
    stage: &'static str,
}

#[derive(Debug, Serialize)]
struct Criterion<'a> {
    name: &'a str,
    label: &'a [String; 2],
    declared: bool,
    fact: &'a str,
    zero: Num,
    one: Num,
    weight: Num,
    clauses: &'a [String],
    unit: &'a str,
}

/// The ranking as columns, best first, ineligible ones last.
#[derive(Debug, Default, Serialize)]
struct Ranking {
    candidate: Vec<u32>,
    rank: Vec<Option<u32>>,
    eligibility: Vec<&'static str>,
    /// Fields it depends on, or rules that fail.
    because: Vec<String>,
    score: Vec<Option<Num>>,
    declared: Vec<Option<Num>>,
    missing: Vec<String>,
    top: Vec<Option<Num>>,
    old_500: Vec<Option<bool>>,
    host_elderly: Vec<Option<Num>>,
    /// For each criterion of the pack a column.
    raw: Vec<Vec<Option<Num>>>,
    value: Vec<Vec<Option<Num>>>,
    weight: Vec<Vec<Num>>,
}

/// Verdicts about one kind of subject.
#[derive(Debug, Serialize)]
struct Verdicts {
    kind: &'static str,
    /// By index of the subject. For each verdict: rule (as a step), outcome, then value, threshold, missing, due and override as
    /// 1 + index into `words`, 0 for none.
    text: Vec<String>,
}

/// One pack.
#[derive(Debug, Serialize)]
pub struct Judged<'a> {
    id: &'a str,
    document: &'a str,
    valid_from: Option<String>,
    valid_to: Option<String>,
    counts_as: &'a [String],
    rules: Vec<Rule<'a>>,
    criteria: Vec<Criterion<'a>>,
    outcomes: [&'static str; 11],
    ranking: Ranking,
    verdicts: Vec<Verdicts>,
    words: Vec<String>,
}

/// All packs, in the order chosen.
pub fn packs(findings: &Findings) -> Vec<Judged<'_>> {
    findings.packs.iter().map(|p| judged(p, &findings.city.candidates)).collect()
}

fn judged<'a>(found: &'a PackFindings, candidates: &[Candidate]) -> Judged<'a> {
    let pack = &found.pack;
    let mut words = Words::default();
    let mut kinds: Vec<&'static str> = found.verdicts.iter().map(|v| v.subject_kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let verdicts = kinds.into_iter().map(|kind| Verdicts { kind, text: verdict_texts(found, kind, candidates, &mut words) }).collect();
    Judged {
        id: &pack.id,
        document: &pack.document,
        valid_from: pack.valid_from.map(|d| d.to_string()),
        valid_to: pack.valid_to.map(|d| d.to_string()),
        counts_as: &pack.counts_as,
        rules: pack
            .rules
            .iter()
            .map(|r| Rule { id: &r.id, clause: &r.clause, quote: &r.quote, hardness: r.hardness.key(), stage: r.stage.key() })
            .collect(),
        criteria: pack
            .criteria
            .iter()
            .map(|c| Criterion {
                name: &c.name,
                label: &c.label,
                declared: c.declared,
                fact: &c.fact,
                zero: Num::new(c.zero, 6),
                one: Num::new(c.one, 6),
                weight: Num::new(c.weight, 6),
                clauses: &c.clauses,
                unit: &c.unit,
            })
            .collect(),
        outcomes: OUTCOMES.map(Outcome::key),
        ranking: ranking(found),
        verdicts,
        words: words.list,
    }
}

fn ranking(found: &PackFindings) -> Ranking {
    let rows = &found.ranking;
    let points = |score: Option<Score>| score.map(|s| Num::new(f64::from(s.0) / 1e4, 4));
    let column = |k: usize, value: fn(&crate::score::CriterionScore) -> Option<Num>| -> Vec<Option<Num>> {
        rows.iter().map(|r| r.criteria.iter().find(|c| c.criterion as usize == k).and_then(value)).collect()
    };
    let criteria = 0..found.pack.criteria.len();
    Ranking {
        candidate: rows.iter().map(|r| r.candidate).collect(),
        rank: rows.iter().map(|r| r.rank).collect(),
        eligibility: rows.iter().map(|r| r.eligibility.key()).collect(),
        because: rows
            .iter()
            .map(|r| match &r.eligibility {
                Eligibility::Eligible => String::new(),
                Eligibility::Conditional(fields) => fields.join(";"),
                Eligibility::Ineligible(rules) => rules.join(";"),
            })
            .collect(),
        score: rows.iter().map(|r| points(r.score)).collect(),
        declared: rows.iter().map(|r| points(r.score_declared)).collect(),
        missing: rows.iter().map(|r| r.missing.join(";")).collect(),
        top: rows.iter().map(|r| r.top_n_share.map(Num::share)).collect(),
        old_500: rows.iter().map(|r| r.old_500_host).collect(),
        host_elderly: rows.iter().map(|r| r.host_elderly_60.map(Num::from)).collect(),
        raw: criteria.clone().map(|k| column(k, |c| c.raw.map(|v| Num::new(v, 4)))).collect(),
        value: criteria.clone().map(|k| column(k, |c| c.value.map(|v| Num::new(v, 6)))).collect(),
        weight: criteria
            .map(|k| column(k, |c| Some(Num::new(c.weight, 6))).into_iter().map(|w| w.unwrap_or(Num::new(0.0, 0))).collect())
            .collect(),
    }
}

/// Texts that occur again and again, each once.
#[derive(Debug, Default)]
struct Words {
    index: BTreeMap<String, u64>,
    list: Vec<String>,
}

impl Words {
    /// 1 + the index of a text; 0 for none.
    fn number(&mut self, text: Option<String>) -> u64 {
        let Some(text) = text.filter(|t| !t.is_empty()) else { return 0 };
        if let Some(n) = self.index.get(&text) {
            return *n;
        }
        self.list.push(text.clone());
        self.index.insert(text, self.list.len() as u64);
        self.list.len() as u64
    }
}

fn verdict_texts(found: &PackFindings, kind: &str, candidates: &[Candidate], words: &mut Words) -> Vec<String> {
    let mut of_kind: Vec<&Verdict> = found.verdicts.iter().filter(|v| v.subject_kind == kind).collect();
    of_kind.sort_by_key(|v| (v.subject, v.rule));
    let subjects = of_kind.last().map_or(0, |v| v.subject as usize + 1);
    let mut texts = vec![String::new(); subjects];
    for group in of_kind.chunk_by(|a, b| a.subject == b.subject) {
        let subject = group[0].subject as usize;
        let person = (kind == "candidate").then(|| candidates.get(subject)).flatten();
        let (mut packed, mut last) = (Packed::default(), 0);
        for verdict in group {
            packed.push(u64::from(verdict.rule - last));
            last = verdict.rule;
            packed.push(OUTCOMES.iter().position(|o| *o == verdict.outcome).unwrap_or_default() as u64);
            packed.push(words.number(without_person(verdict.value.as_deref(), person)));
            packed.push(words.number(without_person(verdict.threshold.as_deref(), person)));
            packed.push(words.number(Some(verdict.missing.join(";"))));
            packed.push(words.number(verdict.due.map(|d| d.to_string())));
            packed.push(words.number(without_person(verdict.override_reason.as_deref(), person)));
        }
        texts[subject] = packed.finish();
    }
    texts
}

/// A judged text without the name or telephone of a person, which stand in forms only.
fn without_person(text: Option<&str>, candidate: Option<&Candidate>) -> Option<String> {
    let mut text = text?.to_owned();
    for private in candidate.into_iter().flat_map(|c| [&c.operator_person, &c.operator_phone, &c.responsible_person]).flatten() {
        if !private.trim().is_empty() {
            text = text.replace(private.trim(), "•••");
        }
    }
    Some(text)
}
