//! The rules of a pack over the facts of a subject: a pure function, one verdict for each rule that can be judged.
//!
//! Whether a rule is due comes first: its stage must not be later than the study's, and its own date must have come. A rule that is
//! not due answers so whatever its fields say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cel::Context;
use jiff::civil::Date;
use rayon::prelude::*;

use super::condition::Answer;
use super::facts::{Facts, FieldId, Value};
use super::{Hardness, Must, Outcome, Pack, Rule, Subject, Test, Verdict, condition, describe};
use crate::city::City;
use crate::problem::{Problem, Problems};
use crate::settings::{Settings, Stage};

/// From where the study looks.
#[derive(Debug, Clone, Copy)]
pub struct Stand<'a> {
    /// Up to which stage rules are due.
    pub stage: Stage,
    /// The day; without it dates are not judged and the stage alone decides.
    pub as_of: Option<Date>,
    /// `subject/rule` → written reason.
    pub overrides: &'a BTreeMap<String, String>,
}

impl<'a> Stand<'a> {
    /// As the settings say.
    pub fn of(settings: &'a Settings) -> Self {
        Stand { stage: settings.stage, as_of: settings.as_of, overrides: &settings.overrides }
    }
}

/// Judges every candidate (id and facts, in file order) by every rule that speaks of candidates and has a test: by subject, then rule.
pub fn judge(pack: &Pack, candidates: &[(&str, &Facts)], stand: Stand) -> Vec<Verdict> {
    judge_each(pack, Subject::Candidate, candidates.len(), stand, |i| (candidates[i].0, Cow::Borrowed(candidates[i].1)))
}

/// Judges `count` subjects of one kind by every rule that speaks of such and has a test: by subject, then rule. `subject` tells the id
/// and the facts of each; facts are made when they are needed and dropped after, so that a province of communities takes no room.
pub fn judge_each<'a>(
    pack: &Pack,
    of: Subject,
    count: usize,
    stand: Stand,
    subject: impl Fn(usize) -> (&'a str, Cow<'a, Facts>) + Sync,
) -> Vec<Verdict> {
    let rules: Vec<(u32, &Rule, &Test, String)> = pack
        .rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.of == of)
        .filter_map(|(i, rule)| rule.test.as_ref().map(|test| (i as u32, rule, test, describe::threshold(test))))
        .collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let one = |index: usize| {
        let (id, facts) = subject(index);
        let facts: &Facts = &facts;
        let context = condition::context(facts);
        let verdicts: Vec<Verdict> = rules
            .iter()
            .map(|(number, rule, test, threshold)| {
                let mut verdict = Verdict {
                    subject_kind: rule.of.key(),
                    subject: index as u32,
                    rule: *number,
                    outcome: Outcome::NotDue,
                    value: None,
                    threshold: None,
                    missing: Vec::new(),
                    due: None,
                    override_reason: None,
                };
                if let Some(due) = not_due(rule, stand) {
                    verdict.due = due;
                    return verdict;
                }
                let (outcome, missing) = outcome(rule.hardness, test, facts, &context);
                verdict.outcome = outcome;
                verdict.missing = missing.into_iter().map(|f| f.printed().to_owned()).collect();
                verdict.value = describe::value(test, facts);
                verdict.threshold = Some(threshold.clone());
                overridden(rule, id, stand.overrides, &mut verdict);
                verdict
            })
            .collect();
        verdicts
    };
    (0..count).into_par_iter().map(one).flatten_iter().collect()
}

/// The problems that `check` prints when policies are chosen: verdicts that fail or warn under a rule with a code. Elsewhere they are
/// verdicts only and the run goes on.
pub fn problems(pack: &Pack, verdicts: &[Verdict], city: &City) -> Problems {
    let mut problems = Problems::default();
    for verdict in verdicts.iter().filter(|v| matches!(v.outcome, Outcome::Fail | Outcome::Warn)) {
        let rule = &pack.rules[verdict.rule as usize];
        let (Some(code), Some(candidate)) = (rule.code, city.candidates.get(verdict.subject as usize)) else { continue };
        let fields = rule.test.iter().flat_map(|test| match &test.must {
            Must::Hold(condition) => condition.fields(),
            Must::Offer(_) => &[],
        });
        let mut problem = Problem::new(code).at(&candidate.origin);
        problem.field = fields.map(|f| f.printed().to_owned()).next();
        problem.value = verdict.value.clone();
        let threshold = verdict.threshold.as_deref().unwrap_or("");
        let with =
            [("id", candidate.id.as_str()), ("rule", &rule.id), ("clause", &rule.clause), ("quote", &rule.quote), ("threshold", threshold)];
        problems.push(with.into_iter().fold(problem, |problem, (name, text)| problem.with(name, text)));
    }
    problems
}

/// `Some` when the rule is not due: with its date when that has not come, without one when only the stage is lacking.
fn not_due(rule: &Rule, stand: Stand) -> Option<Option<Date>> {
    let waiting = rule.due.filter(|due| stand.as_of.is_some_and(|day| day < *due));
    (waiting.is_some() || rule.stage > stand.stage).then_some(waiting)
}

fn outcome(hardness: Hardness, test: &Test, facts: &Facts, context: &Context) -> (Outcome, Vec<FieldId>) {
    match test.when.as_ref().map(|when| when.judge(facts, context)) {
        Some(Answer::Known(false)) => return (Outcome::NotApplicable, Vec::new()),
        Some(Answer::Unknown(fields)) => return (Outcome::Unknown, fields),
        Some(Answer::Known(true)) | None => {}
    }
    let answer = match &test.must {
        Must::Hold(condition) => condition.judge(facts, context),
        Must::Offer(functions) => offers(functions, facts),
    };
    match answer {
        Answer::Unknown(fields) => return (Outcome::Unknown, fields),
        Answer::Known(false) => return (unmet(hardness), Vec::new()),
        Answer::Known(true) => {}
    }
    match test.warn_unless.as_ref().map(|c| c.judge(facts, context)) {
        Some(Answer::Known(false)) => (Outcome::Warn, Vec::new()),
        Some(Answer::Unknown(fields)) => (Outcome::Unknown, fields),
        Some(Answer::Known(true)) | None => (met(hardness), Vec::new()),
    }
}

fn offers(functions: &[String], facts: &Facts) -> Answer {
    let id = FieldId::named("functions").expect("a documented field");
    match facts.get(id) {
        Some(Value::Words(declared)) => Answer::Known(functions.iter().all(|f| declared.contains(f))),
        _ => Answer::Unknown(facts.missing(id)),
    }
}

fn met(hardness: Hardness) -> Outcome {
    match hardness {
        Hardness::Hard | Hardness::Firm | Hardness::Soft => Outcome::Pass,
        Hardness::Priority => Outcome::Met,
        Hardness::Permit => Outcome::Permitted,
        Hardness::Info => Outcome::Info,
    }
}

fn unmet(hardness: Hardness) -> Outcome {
    match hardness {
        Hardness::Hard | Hardness::Firm => Outcome::Fail,
        Hardness::Soft => Outcome::Warn,
        Hardness::Priority => Outcome::Unmet,
        Hardness::Permit => Outcome::NotApplicable,
        Hardness::Info => Outcome::Info,
    }
}

/// A written reason takes the place of a firm rule that is not plainly met; a rule that passes needs none.
fn overridden(rule: &Rule, subject: &str, overrides: &BTreeMap<String, String>, verdict: &mut Verdict) {
    if rule.hardness != Hardness::Firm
        || overrides.is_empty()
        || !matches!(verdict.outcome, Outcome::Fail | Outcome::Warn | Outcome::Unknown)
    {
        return;
    }
    if let Some(reason) = overrides.get(&format!("{subject}/{}", rule.id)).filter(|reason| !reason.trim().is_empty()) {
        verdict.outcome = Outcome::Overridden;
        verdict.missing = Vec::new();
        verdict.override_reason = Some(reason.clone());
    }
}
