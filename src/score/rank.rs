//! Candidates in order: each criterion raw → value → weighted, and a rank for all that may be declared.
//!
//! value = clamp((raw − zero) ÷ (one − zero), 0, 1) with the pack's fixed anchors, so that adding or removing a candidate changes
//! nobody else's score. A criterion that is unknown for a candidate is left out, the weights of the others renormalised, and the
//! field named. score = 100 × Σ w·value ÷ Σ w, rounded half up to four decimals and compared as rounded; ties go by id.

use rayon::prelude::*;

use super::{CriterionScore, Eligibility, Ranked, Score, share, weights};
use crate::city::{City, Group};
use crate::policy::condition::{self, Condition};
use crate::policy::facts::{Facts, FieldId, Value};
use crate::policy::{Criterion, Hardness, Outcome, Pack, Verdict};
use crate::settings::Settings;

/// Ranks the candidates of `city` under one pack: eligible and conditional ones share the ranks 1…n, ineligible ones follow by id.
///
/// `facts` stand in the order of `city.candidates`, `verdicts` are the pack's own, by subject.
pub fn rank(pack: &Pack, facts: &[Facts], verdicts: &[Verdict], settings: &Settings, city: &City) -> Vec<Ranked> {
    let mut ranking: Vec<Ranked> = facts
        .par_iter()
        .enumerate()
        .map(|(i, facts)| {
            // Verdicts are sorted by subject, so a candidate's own are one run.
            let first = verdicts.partition_point(|v| (v.subject as usize) < i);
            let last = verdicts.partition_point(|v| v.subject as usize <= i);
            one(pack, i, facts, &verdicts[first..last], settings, city)
        })
        .collect();
    let id = |r: &Ranked| city.candidates.get(r.candidate as usize).map_or("", |c| c.id.as_str());
    // Rust compares strings by bytes, which for UTF-8 is the order of code points.
    ranking.sort_by(|a, b| {
        let last = |r: &Ranked| matches!(r.eligibility, Eligibility::Ineligible(_));
        let by_score = || if last(a) { std::cmp::Ordering::Equal } else { b.score.cmp(&a.score) };
        last(a).cmp(&last(b)).then_with(by_score).then_with(|| id(a).cmp(id(b))).then(a.candidate.cmp(&b.candidate))
    });
    let ranked = ranking.iter().take_while(|r| !matches!(r.eligibility, Eligibility::Ineligible(_))).count();
    for (i, line) in ranking[..ranked].iter_mut().enumerate() {
        line.rank = Some(i as u32 + 1);
    }
    let ids: Vec<&str> = ranking[..ranked].iter().map(id).collect();
    let shares = share::top_n(pack, &ranking[..ranked], &ids, settings);
    for (line, share) in ranking[..ranked].iter_mut().zip(shares) {
        line.top_n_share = share;
    }
    ranking
}

/// value = clamp((raw − zero) ÷ (one − zero), 0, 1).
pub fn value(criterion: &Criterion, raw: f64) -> f64 {
    ((raw - criterion.zero) / (criterion.one - criterion.zero)).clamp(0.0, 1.0)
}

/// 100 × Σ w·value ÷ Σ w over what is known; `None` when nothing that weighs is.
pub fn score(lines: impl Iterator<Item = (f64, Option<f64>)>) -> Option<Score> {
    let (sum, weight) = lines.filter_map(|(w, v)| v.map(|v| (w, v))).fold((0.0, 0.0), |(sum, all), (w, v)| (sum + w * v, all + w));
    (weight > 0.0).then(|| Score::of_share(sum / weight))
}

fn one(pack: &Pack, index: usize, facts: &Facts, verdicts: &[Verdict], settings: &Settings, city: &City) -> Ranked {
    let context = condition::context(facts);
    let mut missing: Vec<String> = Vec::new();
    let mut note = |names: &mut dyn Iterator<Item = &str>| {
        for name in names {
            if !missing.iter().any(|m| m == name) {
                missing.push(name.to_owned());
            }
        }
    };
    let mut criteria = Vec::with_capacity(pack.criteria.len());
    for (i, criterion) in pack.criteria.iter().enumerate() {
        let measure: &Condition = &criterion.measure;
        let raw = measure.measure(facts, &context).map_err(|fields| note(&mut fields.iter().map(|f| f.printed()))).ok();
        let value = raw.map(|raw| value(criterion, raw));
        let weight = if raw.is_some() { weights::of(criterion, settings) } else { 0.0 };
        criteria.push(CriterionScore { criterion: i as u32, raw, value, weight });
    }
    for verdict in verdicts {
        note(&mut verdict.missing.iter().map(String::as_str));
    }
    let of = |declared: bool| {
        let lines = criteria.iter().filter(move |c| pack.criteria[c.criterion as usize].declared == declared);
        score(lines.map(|c| (c.weight, c.value)))
    };
    let host = city.candidates.get(index).and_then(|c| c.host).and_then(|h| city.communities.get(h as usize));
    Ranked {
        candidate: index as u32,
        rank: None,
        eligibility: eligibility(pack, verdicts),
        score: of(false),
        score_declared: of(true),
        criteria,
        missing,
        top_n_share: None,
        old_500_host: match FieldId::named("old_500_host").and_then(|id| facts.get(id)) {
            Some(Value::Flag(flag)) => Some(*flag),
            _ => None,
        },
        host_elderly_60: host.and_then(|h| h.counts[Group::Elderly60]),
    }
}

/// What the hard and firm rules of the pack say together.
pub fn eligibility(pack: &Pack, verdicts: &[Verdict]) -> Eligibility {
    let binding = || verdicts.iter().filter(|v| matches!(pack.rules[v.rule as usize].hardness, Hardness::Hard | Hardness::Firm));
    let failed: Vec<String> = binding().filter(|v| v.outcome == Outcome::Fail).map(|v| pack.rules[v.rule as usize].id.clone()).collect();
    if !failed.is_empty() {
        return Eligibility::Ineligible(failed);
    }
    let mut open: Vec<String> = Vec::new();
    let mut any = false;
    for verdict in binding().filter(|v| v.outcome == Outcome::Unknown) {
        any = true;
        verdict.missing.iter().for_each(|field| {
            if !open.contains(field) {
                open.push(field.clone());
            }
        });
    }
    if any { Eligibility::Conditional(open) } else { Eligibility::Eligible }
}
