//! What is required: policy packs as written (`file`), as meant ([`check`]), and judged ([`judge`]) over [`facts`].
//!
//! A pack is data: every rule of a document with its clause and its sentence, a condition in CEL where it can be judged, and the
//! criteria of the score with their anchors. Packs stand side by side and are never merged.

pub mod check;
pub mod condition;
pub mod deadline;
pub mod describe;
pub mod facts;
pub mod file;
pub mod judge;
pub mod overrides;
pub mod quota;

use jiff::civil::Date;

use self::condition::Condition;
use self::deadline::Deadline;
use crate::problem::{Code, Problem, Problems};
use crate::settings::{Settings, Stage};
use crate::words;

/// What happens when a rule is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hardness {
    /// 不得 / 严禁 / 取消: fails.
    Hard,
    /// 应: fails, unless overridden by a written reason.
    Firm,
    /// 原则上 / 一般: warns.
    Soft,
    /// 重点 / 优先: a term of the score, never a gate.
    Priority,
    /// 可以 / 鼓励: makes an option legal.
    Permit,
    /// Informs.
    Info,
}

impl Hardness {
    /// Every hardness, from the one that binds most.
    pub const ALL: [Hardness; 6] = [Hardness::Hard, Hardness::Firm, Hardness::Soft, Hardness::Priority, Hardness::Permit, Hardness::Info];

    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            Hardness::Hard => "hard",
            Hardness::Firm => "firm",
            Hardness::Soft => "soft",
            Hardness::Priority => "priority",
            Hardness::Permit => "permit",
            Hardness::Info => "info",
        }
    }
}

/// What a rule is about: the `output` of `spec`, and in later packs the choice of typed fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum RuleKind {
    Eligibility,
    Function,
    Priority,
    Norm,
    Quota,
    Deadline,
    Form,
    Subsidy,
    Type,
}

impl RuleKind {
    /// Every kind.
    pub const ALL: [RuleKind; 9] = [
        RuleKind::Eligibility,
        RuleKind::Function,
        RuleKind::Priority,
        RuleKind::Norm,
        RuleKind::Quota,
        RuleKind::Deadline,
        RuleKind::Form,
        RuleKind::Subsidy,
        RuleKind::Type,
    ];

    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            RuleKind::Eligibility => "eligibility",
            RuleKind::Function => "function",
            RuleKind::Priority => "priority",
            RuleKind::Norm => "norm",
            RuleKind::Quota => "quota",
            RuleKind::Deadline => "deadline",
            RuleKind::Form => "form",
            RuleKind::Subsidy => "subsidy",
            RuleKind::Type => "type",
        }
    }
}

/// Whom a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs)]
pub enum Subject {
    #[default]
    Candidate,
    Community,
    Estate,
    County,
    Facility,
    Plan,
}

impl Subject {
    /// Every kind of subject.
    pub const ALL: [Subject; 6] =
        [Subject::Candidate, Subject::Community, Subject::Estate, Subject::County, Subject::Facility, Subject::Plan];

    /// The canonical key: `subject_kind` of `verdicts.csv`.
    pub fn key(self) -> &'static str {
        match self {
            Subject::Candidate => "candidate",
            Subject::Community => "community",
            Subject::Estate => "estate",
            Subject::County => "county",
            Subject::Facility => "facility",
            Subject::Plan => "plan",
        }
    }
}

/// How a rule is judged.
#[derive(Debug, Clone)]
pub struct Test {
    /// Whom it applies to; everybody without it.
    pub when: Option<Condition>,
    /// What must hold.
    pub must: Must,
    /// What should hold beside it: else a warning, whatever the hardness.
    pub warn_unless: Option<Condition>,
}

/// What must hold.
#[derive(Debug, Clone)]
pub enum Must {
    /// A condition (`require`).
    Hold(Condition),
    /// Each of these service functions is declared (`functions`).
    Offer(Vec<String>),
}

/// One rule of a pack, as it is quoted in every output.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `S001-14`, or `S002-08.beds` for the second part of a clause.
    pub id: String,
    /// `四(二)`
    pub clause: String,
    /// The sentence of the document.
    pub quote: String,
    /// What happens when it is not met.
    pub hardness: Hardness,
    /// From which stage on it is due.
    pub stage: Stage,
    /// The rule's own date, if it has one: before it the rule is not due.
    pub due: Option<Date>,
    /// By when somebody has to do something, if the rule says so: data, which does not decide whether a candidate passes.
    pub deadline: Option<Deadline>,
    /// What it is about.
    pub kind: RuleKind,
    /// Whom it speaks of.
    pub of: Subject,
    /// How an ambiguity is read, in the pack's words; ours, not the document's.
    pub reading: Option<String>,
    /// What of its judgement is ours and not the document's, in Chinese and English: printed wherever the rule is explained.
    pub ours: Option<[String; 2]>,
    /// The code under which `check` reports it when it fails or warns.
    pub code: Option<Code>,
    /// How it is judged; a rule without a test informs only and has no row in `verdicts.csv`.
    pub test: Option<Test>,
}

/// A criterion groups clauses: a thing said in five clauses counts once.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// Column prefix: `host_elderly`.
    pub name: String,
    /// Chinese and English label.
    pub label: [String; 2],
    /// Declared by a person rather than computed; shown apart.
    pub declared: bool,
    /// The fact it reads: a field, or a CEL expression over fields; true counts 1, false 0.
    pub fact: String,
    /// The same, understood.
    pub measure: Condition,
    /// Raw value worth 0.
    pub zero: f64,
    /// Raw value worth 1 (below `zero` where less is better).
    pub one: f64,
    /// Ours, equal by default.
    pub weight: f64,
    /// Ids of the clauses it stands for.
    pub clauses: Vec<String>,
    /// The set it belongs to: empty for the pack's own, else a ranking that the document has beside it (`score.set`).
    pub set: String,
    /// Unit of the raw value, for people: `人`, `m²`; may be empty.
    pub unit: String,
}

/// A policy pack, understood and checked.
#[derive(Debug, Clone)]
pub struct Pack {
    /// `shanxi-2023`
    pub id: String,
    /// `晋民发〔2023〕7号`
    pub document: String,
    /// What the document is called; empty when the pack does not say.
    pub title: String,
    /// First day it is in force.
    pub valid_from: Option<Date>,
    /// Last day, if known.
    pub valid_to: Option<Date>,
    /// The pack or document that took its place, if known.
    pub superseded_by: Option<String>,
    /// Every rule, in the order of the document.
    pub rules: Vec<Rule>,
    /// Criteria of the score.
    pub criteria: Vec<Criterion>,
    /// Kinds of facility that count as supply.
    pub counts_as: Vec<String>,
    /// SHA-256 of its text, for `run.json`.
    pub sha256: String,
}

impl Pack {
    /// The rule of that id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }
}

/// Keeps of each pack the criteria that rank: those of `score.set` where it has that set, else its own.
///
/// E-SETTING for a set that no chosen pack has.
pub fn choose_set(packs: &mut [Pack], settings: &Settings, problems: &mut Problems) {
    let set = settings.criteria_set.as_str();
    let known: Vec<&str> = packs.iter().flat_map(|p| &p.criteria).map(|c| c.set.as_str()).filter(|s| !s.is_empty()).collect();
    if !set.is_empty() && !known.contains(&set) {
        let problem = Problem::new(Code::E_SETTING).field("score.set").value(set).with("reason", "@policy.no_such_set");
        problems.push(match words::nearest(set, known.iter().copied()) {
            Some(guess) => problem.with("hint", "@policy.did_you_mean").with("guess", guess),
            None => problem.with("hint", "@policy.known_words").with("known", known.join(", ")),
        });
        return;
    }
    for pack in packs {
        let chosen = if pack.criteria.iter().any(|c| c.set == set) { set } else { "" };
        pack.criteria.retain(|c| c.set == chosen);
    }
}

/// W-PACK-TIME for a pack used before its first or after its last day, or in place of one that took its place.
pub fn in_time(packs: &[Pack], as_of: Option<Date>, problems: &mut Problems) {
    let Some(day) = as_of else { return };
    for pack in packs.iter().filter(|p| deadline::outside(p.valid_from, p.valid_to, day)) {
        let shown = |day: Option<Date>| day.map_or("…".to_owned(), |d| d.to_string());
        let next = pack.superseded_by.as_deref().unwrap_or("…");
        let problem = Problem::new(Code::W_PACK_TIME).field("policies").value(&pack.id).with("as_of", day).with("next", next);
        problems.push(problem.with("from", shown(pack.valid_from)).with("to", shown(pack.valid_to)));
    }
}

/// The answer of one rule about one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Outcome {
    Pass,
    Warn,
    Fail,
    Unknown,
    NotDue,
    NotApplicable,
    Overridden,
    Met,
    Unmet,
    Permitted,
    Info,
}

impl Outcome {
    /// As written in `verdicts.csv`.
    pub fn key(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Warn => "warn",
            Outcome::Fail => "fail",
            Outcome::Unknown => "unknown",
            Outcome::NotDue => "not_due",
            Outcome::NotApplicable => "not_applicable",
            Outcome::Overridden => "overridden",
            Outcome::Met => "met",
            Outcome::Unmet => "unmet",
            Outcome::Permitted => "permitted",
            Outcome::Info => "info",
        }
    }
}

/// One row of `verdicts.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// `candidate`, `community` …
    pub subject_kind: &'static str,
    /// Index of the subject in the city's list of that kind.
    pub subject: u32,
    /// Index into the pack's rules.
    pub rule: u32,
    /// The answer.
    pub outcome: Outcome,
    /// The value judged, as printed.
    pub value: Option<String>,
    /// What it was held against, as printed.
    pub threshold: Option<String>,
    /// Canonical names of the fields it lacks.
    pub missing: Vec<String>,
    /// The rule's own date, when it is not due because of it or carries one.
    pub due: Option<Date>,
    /// The written reason of an override.
    pub override_reason: Option<String>,
}

#[cfg(test)]
pub(crate) mod tests;
