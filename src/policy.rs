//! What is required: policy packs as written, as meant, and judged.

use jiff::civil::Date;

use crate::settings::Stage;

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
    /// The fact it reads.
    pub fact: String,
    /// Raw value worth 0.
    pub zero: f64,
    /// Raw value worth 1 (below `zero` where less is better).
    pub one: f64,
    /// Ours, equal by default.
    pub weight: f64,
    /// Ids of the clauses it stands for.
    pub clauses: Vec<String>,
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
    /// First day it is in force.
    pub valid_from: Option<Date>,
    /// Last day, if known.
    pub valid_to: Option<Date>,
    /// Every rule, in the order of the document.
    pub rules: Vec<Rule>,
    /// Criteria of the score.
    pub criteria: Vec<Criterion>,
    /// Kinds of facility that count as supply.
    pub counts_as: Vec<String>,
    /// SHA-256 of its text, for `run.json`.
    pub sha256: String,
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
