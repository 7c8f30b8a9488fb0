//! What each pack says: its rules, the ranking with every criterion, and all verdicts, each as a few letters.

use rayon::prelude::*;
use serde::Serialize;

use super::chosen::Chosen;
use super::column::{self, Column};
use super::number::Num;
use super::said::{OUTCOMES, Said, said};
use crate::city::Candidate;
use crate::policy::Outcome;
use crate::score::{CriterionScore, Eligibility, Ranked, Score, discriminate};
use crate::study::{Findings, PackFindings};

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
    /// Tells nearly no two candidates apart, so its points mean little.
    flat: bool,
    fact: &'a str,
    zero: Num,
    one: Num,
    weight: Num,
    clauses: &'a [String],
    unit: &'a str,
}

/// The ranking as columns, best first, ineligible ones last; only candidates of the page.
#[derive(Debug, Serialize)]
struct Ranking {
    n: usize,
    /// How many candidates of the study have a rank.
    ranked: usize,
    candidate: Column,
    rank: Column,
    eligibility: Column,
    /// Fields it depends on, or rules that fail.
    because: Column,
    score: Column,
    declared: Column,
    missing: Column,
    top: Column,
    old_500: Column,
    host_elderly: Column,
    /// For each criterion of the pack a column.
    raw: Vec<Column>,
    value: Vec<Column>,
    weight: Vec<Column>,
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
    verdicts: Said,
}

/// All packs, in the order chosen.
pub fn packs<'a>(findings: &'a Findings, chosen: &Chosen) -> Vec<Judged<'a>> {
    findings.packs.par_iter().map(|p| judged(p, &findings.city.candidates, chosen)).collect()
}

fn judged<'a>(found: &'a PackFindings, candidates: &[Candidate], chosen: &Chosen) -> Judged<'a> {
    let pack = &found.pack;
    let flat = discriminate::flat(pack, &found.ranking);
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
            .zip(flat)
            .map(|(c, flat)| Criterion {
                name: &c.name,
                label: &c.label,
                declared: c.declared,
                flat,
                fact: &c.fact,
                zero: Num::new(c.zero, 6),
                one: Num::new(c.one, 6),
                weight: Num::new(c.weight, 6),
                clauses: &c.clauses,
                unit: &c.unit,
            })
            .collect(),
        outcomes: OUTCOMES.map(Outcome::key),
        ranking: ranking(found, chosen),
        verdicts: said(found, candidates, chosen),
    }
}

fn of(row: &Ranked, criterion: usize) -> Option<&CriterionScore> {
    row.criteria.iter().find(|c| c.criterion as usize == criterion)
}

fn ranking(found: &PackFindings, chosen: &Chosen) -> Ranking {
    let on_page = |r: &Ranked| chosen.place.get(r.candidate as usize).copied().flatten();
    let rows: Vec<&Ranked> = found.ranking.iter().filter(|r| on_page(r).is_some()).collect();
    let points = |score: Option<Score>| score.map(|s| Num::new(f64::from(s.0) / 1e4, 4));
    let column = |k: usize, value: fn(&CriterionScore) -> Option<Num>| column::numbers(rows.iter().map(|r| of(r, k).and_then(value)));
    let because: Vec<String> = rows
        .iter()
        .map(|r| match &r.eligibility {
            Eligibility::Eligible => String::new(),
            Eligibility::Conditional(fields) => fields.join(";"),
            Eligibility::Ineligible(rules) => rules.join(";"),
        })
        .collect();
    let missing: Vec<String> = rows.iter().map(|r| r.missing.join(";")).collect();
    let criteria = 0..found.pack.criteria.len();
    Ranking {
        n: rows.len(),
        ranked: found.ranking.iter().filter(|r| r.rank.is_some()).count(),
        candidate: column::whole(rows.iter().map(|r| on_page(r))),
        rank: column::whole(rows.iter().map(|r| r.rank)),
        eligibility: column::keys(rows.iter().map(|r| Some(r.eligibility.key()))),
        because: column::texts(because.iter().map(|t| Some(t.as_str()))),
        score: column::numbers(rows.iter().map(|r| points(r.score))),
        declared: column::numbers(rows.iter().map(|r| points(r.score_declared))),
        missing: column::texts(missing.iter().map(|t| Some(t.as_str()))),
        top: column::numbers(rows.iter().map(|r| r.top_n_share.map(Num::share))),
        old_500: column::flags(rows.iter().map(|r| r.old_500_host)),
        host_elderly: column::numbers(rows.iter().map(|r| r.host_elderly_60.map(Num::from))),
        raw: criteria.clone().map(|k| column(k, |c| c.raw.map(|v| Num::new(v, 4)))).collect(),
        value: criteria.clone().map(|k| column(k, |c| c.value.map(|v| Num::new(v, 6)))).collect(),
        // Left out of the score, a criterion has no weight.
        weight: criteria.map(|k| column::numbers(rows.iter().map(|r| Some(Num::new(of(r, k).map_or(0.0, |c| c.weight), 6))))).collect(),
    }
}
