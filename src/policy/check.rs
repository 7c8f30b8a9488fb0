//! From a pack as written to a pack as meant: words become types, conditions are parsed, and everything that contradicts itself is
//! refused with its file and line, all at once.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use super::condition::{Condition, Flaw, Yields};
use super::deadline::{Deadline, Every, When};
use super::facts::{FACILITY_KINDS, FUNCTIONS};
use super::file::{self, CriterionText, DeadlineText, RuleText};
use super::{Criterion, Hardness, Must, Pack, Rule, RuleKind, Subject, Test};
use crate::problem::{Code, Problem, Problems};
use crate::report::run_record::sha256_of_text;
use crate::settings::Stage;
use crate::words;

/// The packs inside the program: id and text.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("changzhi-2020", include_str!("../../data/policies/changzhi-2020.toml")),
    ("shanxi-2023", include_str!("../../data/policies/shanxi-2023.toml")),
    ("yuncheng-2021", include_str!("../../data/policies/yuncheng-2021.toml")),
    ("jiangbei-2018", include_str!("../../data/policies/jiangbei-2018.toml")),
    ("jinshan-2020", include_str!("../../data/policies/jinshan-2020.toml")),
];

/// The codes that a rule may be reported under.
const CODES: &[Code] = &[Code::E_LEASE, Code::W_AREA, Code::W_BEDS];

impl Pack {
    /// Loads a pack by its built-in id, else from a file; a relative path starts from `base`.
    ///
    /// Problems: E-SETTING for an id nobody knows, E-FILE for a file that cannot be read, E-PACK and E-FIELD for what is wrong inside.
    pub fn load(id_or_path: &str, base: &Path, problems: &mut Problems) -> Option<Pack> {
        if let Some((id, text)) = BUILT_IN.iter().find(|(id, _)| *id == id_or_path) {
            return Pack::read(text, id, problems);
        }
        let path = base.join(id_or_path);
        let is_path = id_or_path.ends_with(".toml") || id_or_path.contains(['/', '\\']);
        if !is_path && !path.is_file() {
            let known: Vec<&str> = BUILT_IN.iter().map(|(id, _)| *id).collect();
            let (hint, guess) = match words::nearest(id_or_path, known.iter().copied()) {
                Some(guess) => ("@policy.did_you_mean", guess.to_owned()),
                None => ("@policy.known_packs", String::new()),
            };
            let problem = Problem::new(Code::E_SETTING).field("policies").value(id_or_path).with("reason", "@policy.no_such_pack");
            problems.push(problem.with("hint", hint).with("guess", guess).with("known", known.join(", ")));
            return None;
        }
        match std::fs::read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                Pack::read(text.trim_start_matches('\u{feff}'), &id_or_path.replace('\\', "/"), problems)
            }
            Err(error) => {
                problems.push(Problem::new(Code::E_FILE).file(id_or_path).field("policies").value(id_or_path).with("reason", error));
                None
            }
        }
    }

    /// Reads a pack from its text; `shown` names it in problems. `None` when anything is wrong with it.
    pub fn read(text: &str, shown: &str, problems: &mut Problems) -> Option<Pack> {
        let mut found = Found { text, shown, problems: Problems::default() };
        let pack = found.pack();
        let sound = !found.problems.has_errors();
        problems.extend(found.problems);
        pack.filter(|_| sound)
    }
}

struct Found<'a> {
    text: &'a str,
    shown: &'a str,
    problems: Problems,
}

impl Found<'_> {
    fn pack(&mut self) -> Option<Pack> {
        let (written, slips) = file::read(self.text);
        let form_is_sound = slips.is_empty();
        for slip in slips {
            let problem = self.refusal(&slip.span, slip.reason);
            self.push(match slip.guess {
                Some(guess) => problem.with("hint", "@policy.did_you_mean").with("guess", guess),
                None => problem,
            });
        }
        match &written.schema {
            Some(schema) if *schema.get_ref() == 1 => {}
            Some(schema) => self.refuse(&schema.span(), "@policy.schema", &schema.get_ref().to_string()),
            None if form_is_sound => self.refuse(&(0..0), "@policy.schema", ""),
            None => {}
        }
        let kinds: Vec<&str> =
            written.pack.iter().flat_map(|p| &p.counts_as).map(String::as_str).chain(FACILITY_KINDS.iter().copied()).collect();
        for source in written.rules.iter().flat_map(|r| [&r.when, &r.require, &r.warn_unless]).flatten() {
            self.types(source, &kinds);
        }
        written.criteria.iter().for_each(|c| self.types(&c.fact, &kinds));
        let rules: Vec<Rule> = written.rules.iter().map(|rule| self.rule(rule)).collect();
        self.once(written.rules.iter().map(|r| &r.id));
        let criteria: Vec<Criterion> = written.criteria.iter().filter_map(|c| self.criterion(c, &rules, form_is_sound)).collect();
        self.once(written.criteria.iter().map(|c| &c.name));
        if let Some(first) = written.criteria.first()
            && written.criteria.iter().all(|c| *c.weight.get_ref() == 0.0)
        {
            self.refuse(&first.weight.span(), "@policy.all_weights_zero", "0");
        }
        let Some(head) = written.pack else {
            if form_is_sound {
                self.refuse(&(0..0), "@policy.no_head", "");
            }
            return None;
        };
        Some(Pack {
            id: head.id.into_inner(),
            document: head.document,
            title: head.title,
            valid_from: head.valid_from.map(|d| d.0),
            valid_to: head.valid_to.map(|d| d.0),
            superseded_by: head.superseded_by,
            rules,
            criteria,
            counts_as: head.counts_as,
            sha256: sha256_of_text(self.text),
        })
    }

    fn rule(&mut self, rule: &RuleText) -> Rule {
        let id = rule.id.get_ref();
        if id.trim().is_empty() {
            self.refuse(&rule.id.span(), "@policy.empty", "id");
        }
        let test = match (&rule.require, &rule.functions) {
            (Some(source), None) => self.condition(source, id, Yields::Truth).map(Must::Hold),
            (None, Some(list)) => Some(Must::Offer(self.functions(list))),
            (Some(source), Some(_)) => {
                self.refuse(&source.span(), "@policy.two_tests", id);
                None
            }
            (None, None) => {
                for lonely in [&rule.when, &rule.warn_unless].into_iter().flatten() {
                    self.refuse(&lonely.span(), "@policy.no_test", id);
                }
                None
            }
        };
        let mut beside = |source: &Option<Spanned<String>>| source.as_ref().and_then(|s| self.condition(s, id, Yields::Truth));
        let (when, warn_unless) = (beside(&rule.when), beside(&rule.warn_unless));
        let of = rule.of.as_ref().and_then(|of| self.word(of, &Subject::ALL, Subject::key)).unwrap_or_default();
        let required = match &test {
            Some(Must::Hold(condition)) => Some(condition),
            _ => None,
        };
        for (condition, written) in [(required, &rule.require), (when.as_ref(), &rule.when), (warn_unless.as_ref(), &rule.warn_unless)] {
            if let (Some(condition), Some(written)) = (condition, written) {
                self.seen(condition, &written.span(), of);
            }
        }
        if let (Some(list), true) = (&rule.functions, of != Subject::Candidate) {
            let place = list.first().map_or(rule.id.span(), |word| word.span());
            self.refuse(&place, "@policy.field_of_other", "functions");
        }
        Rule {
            id: id.clone(),
            clause: rule.clause.clone(),
            quote: rule.quote.clone(),
            hardness: self.word(&rule.hardness, &Hardness::ALL, Hardness::key).unwrap_or(Hardness::Info),
            stage: self.word(&rule.stage, &Stage::ALL, Stage::key).unwrap_or_default(),
            due: rule.due.map(|d| d.0),
            deadline: rule.deadline.as_ref().and_then(|d| self.deadline(d)),
            kind: self.word(&rule.kind, &RuleKind::ALL, RuleKind::key).unwrap_or(RuleKind::Eligibility),
            of,
            reading: rule.reading.clone(),
            ours: rule.ours.as_ref().map(|ours| [ours.zh.clone(), ours.en.clone()]),
            code: rule.code.as_ref().and_then(|code| self.word(code, CODES, Code::text)),
            test: test.map(|must| Test { when, must, warn_unless }),
        }
    }

    /// A type of facility that no document knows and the pack does not count would match nobody, and nobody would notice.
    fn types(&mut self, source: &Spanned<String>, kinds: &[&str]) {
        for word in types_named(source.get_ref()).into_iter().filter(|word| !kinds.contains(&word.as_str())) {
            let guess = words::nearest(&word, kinds.iter().copied()).map(str::to_owned);
            let problem = self.refusal(&source.span(), "@policy.no_such_type").field("type").value(&word).with("known", kinds.join(", "));
            self.push(match guess {
                Some(guess) => problem.with("hint", "@policy.did_you_mean").with("guess", guess),
                None => problem.with("hint", "@policy.known_words"),
            });
        }
    }

    /// A rule may ask only for what its subject has: anything else would be unknown for ever.
    fn seen(&mut self, condition: &Condition, span: &Range<usize>, of: Subject) {
        for field in condition.fields().iter().map(|id| id.field()).filter(|field| !field.table.is_seen_by(of)) {
            let problem = self.refusal(span, "@policy.field_of_other").field(field.name).value(field.name);
            self.push(problem.with("known", of.key()));
        }
    }

    fn deadline(&mut self, written: &Spanned<DeadlineText>) -> Option<Deadline> {
        let text = written.get_ref();
        let every = match &text.every {
            None => Every::Once,
            Some(word) => self.word(word, &Every::ALL, Every::key)?,
        };
        let mut when = |value: &Option<Spanned<toml::Value>>| {
            let value = value.as_ref()?;
            let shown = match value.get_ref() {
                toml::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let found = When::read(shown.trim());
            if found.is_none() {
                self.refuse(&value.span(), "@policy.when", &shown);
            }
            found
        };
        let (opens, strict, lenient) = (when(&text.opens), when(&text.strict), when(&text.lenient));
        if let (Some(When::Day(a)), Some(When::Day(b))) = (strict, lenient)
            && b < a
        {
            self.refuse(&written.span(), "@policy.lenient_first", &b.to_string());
        }
        Some(Deadline { actor: text.actor.clone(), item: text.item.clone(), opens, strict, lenient, every, from: text.from.clone() })
    }

    fn criterion(&mut self, c: &CriterionText, rules: &[Rule], rules_are_read: bool) -> Option<Criterion> {
        let name = c.name.get_ref();
        if name.is_empty() || !name.chars().all(|ch| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '_') {
            self.refuse(&c.name.span(), "@policy.bad_name", name);
        }
        let (zero, one, weight) = (*c.zero.get_ref(), *c.one.get_ref(), *c.weight.get_ref());
        for number in [&c.zero, &c.one, &c.weight].into_iter().filter(|n| !n.get_ref().is_finite()) {
            self.refuse(&number.span(), "@policy.not_finite", &number.get_ref().to_string());
        }
        if zero == one {
            self.refuse(&c.one.span(), "@policy.anchors", &one.to_string());
        }
        if weight < 0.0 {
            self.refuse(&c.weight.span(), "@policy.negative_weight", &weight.to_string());
        }
        let clauses: Vec<String> = c.clauses.iter().map(|clause| clause.get_ref().clone()).collect();
        for clause in c.clauses.iter().filter(|clause| rules_are_read && !rules.iter().any(|r| r.id == *clause.get_ref())) {
            let guess = words::nearest(clause.get_ref(), rules.iter().map(|r| r.id.as_str())).map(str::to_owned);
            self.refuse_word(clause, "@policy.no_such_rule", guess, &[]);
        }
        let measure = self.condition(&c.fact, name, Yields::Number)?;
        self.seen(&measure, &c.fact.span(), Subject::Candidate);
        Some(Criterion {
            name: name.clone(),
            label: [c.label_zh.clone(), c.label_en.clone()],
            declared: c.declared,
            fact: c.fact.get_ref().clone(),
            measure,
            zero,
            one,
            weight,
            clauses,
            unit: c.unit.clone(),
            set: c.set.clone(),
        })
    }

    fn condition(&mut self, source: &Spanned<String>, rule: &str, yields: Yields) -> Option<Condition> {
        let flaws = match Condition::parse(source.get_ref(), yields) {
            Ok(condition) => return Some(condition),
            Err(flaws) => flaws,
        };
        for flaw in flaws {
            let span = source.span();
            match flaw {
                Flaw::Field { name, guess } => {
                    let problem = self.located(Problem::new(Code::E_FIELD), &span).field(&name).value(&name).with("rule", rule);
                    self.push(match guess {
                        Some(guess) => problem.with("hint", "@policy.did_you_mean").with("guess", guess),
                        None => problem.with("hint", "@policy.see_fields"),
                    });
                }
                Flaw::Word { field, word, known } => {
                    let problem = self.refusal(&span, "@policy.unknown_word").field(field).value(&word).with("known", known.join(", "));
                    self.push(match words::nearest(&word, known.iter().copied()) {
                        Some(guess) => problem.with("hint", "@policy.did_you_mean").with("guess", guess),
                        None => problem.with("hint", "@policy.known_words"),
                    });
                }
                Flaw::Syntax { line, reason } => {
                    let mut problem = self.refusal(&span, reason).field(rule).value(source.get_ref());
                    problem.origin.row = problem.origin.row.map(|row| row + line as u32);
                    self.push(problem.with("hint", "@policy.see_cel"));
                }
                Flaw::Type { reason } => {
                    let problem = self.refusal(&span, reason).field(rule).value(source.get_ref());
                    self.push(problem.with("hint", "@policy.see_types"));
                }
            }
        }
        None
    }

    fn functions(&mut self, list: &[Spanned<String>]) -> Vec<String> {
        for word in list.iter().filter(|word| !FUNCTIONS.contains(&word.get_ref().as_str())) {
            let guess = words::nearest(word.get_ref(), FUNCTIONS.iter().copied()).map(str::to_owned);
            self.refuse_word(word, "@policy.unknown_word", guess, FUNCTIONS);
        }
        list.iter().map(|word| word.get_ref().clone()).collect()
    }

    fn word<T: Copy>(&mut self, word: &Spanned<String>, all: &[T], key: impl Fn(T) -> &'static str) -> Option<T> {
        let found = all.iter().copied().find(|t| key(*t) == word.get_ref());
        if found.is_none() {
            let known: Vec<&str> = all.iter().map(|t| key(*t)).collect();
            let guess = words::nearest(word.get_ref(), known.iter().copied()).map(str::to_owned);
            self.refuse_word(word, "@policy.unknown_word", guess, &known);
        }
        found
    }

    /// Each id and name stands once.
    fn once<'s>(&mut self, names: impl Iterator<Item = &'s Spanned<String>>) {
        let mut seen: Vec<&str> = Vec::new();
        for name in names {
            if seen.contains(&name.get_ref().as_str()) {
                self.refuse(&name.span(), "@policy.twice", name.get_ref());
            }
            seen.push(name.get_ref());
        }
    }

    fn refuse_word(&mut self, word: &Spanned<String>, reason: &str, guess: Option<String>, known: &[&str]) {
        let problem = self.refusal(&word.span(), reason).value(word.get_ref()).with("known", known.join(", "));
        self.push(match guess {
            Some(guess) => problem.with("hint", "@policy.did_you_mean").with("guess", guess),
            None if known.is_empty() => problem,
            None => problem.with("hint", "@policy.known_words"),
        });
    }

    fn refuse(&mut self, span: &Range<usize>, reason: &str, value: &str) {
        let problem = self.refusal(span, reason).value(value);
        self.push(problem);
    }

    fn refusal(&self, span: &Range<usize>, reason: impl std::fmt::Display) -> Problem {
        self.located(Problem::new(Code::E_PACK), span).with("reason", reason)
    }

    fn located(&self, problem: Problem, span: &Range<usize>) -> Problem {
        let line = self.text.as_bytes()[..span.start.min(self.text.len())].iter().filter(|b| **b == b'\n').count() + 1;
        let mut problem = problem.file(self.shown).with("line", line);
        problem.origin.row = Some(line as u32);
        problem
    }

    /// Every problem of a pack has a hint, if only where the language is explained.
    fn push(&mut self, problem: Problem) {
        let hinted = problem.with.iter().any(|(name, _)| *name == "hint");
        self.problems.push(if hinted { problem } else { problem.with("hint", "@policy.see_docs") });
    }
}

/// The words that a condition holds `type` or `facility.kind` against: `type == "…"`, `type != "…"`, `type in ["…", "…"]`.
fn types_named(condition: &str) -> Vec<String> {
    let mut found = Vec::new();
    for field in ["type", "facility.kind"] {
        for (at, _) in condition.match_indices(field) {
            let before = condition[..at].chars().next_back();
            let rest = condition[at + field.len()..].trim_start();
            let quoted = |text: &str| {
                let (text, mark) = (text.trim_start(), text.trim_start().chars().next().filter(|c| matches!(c, '"' | '\''))?);
                text[1..].split(mark).next().map(str::to_owned)
            };
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '\'')) {
                continue;
            }
            if let Some(one) = rest.strip_prefix("==").or_else(|| rest.strip_prefix("!=")) {
                found.extend(quoted(one));
            } else if let Some(list) = rest.strip_prefix("in").map(str::trim_start).and_then(|r| r.strip_prefix('[')) {
                found.extend(list.split(']').next().unwrap_or_default().split(',').filter_map(quoted));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    const HEAD: &str = "schema = 1\n[pack]\nid = \"x\"\ndocument = \"d\"\n";

    fn rule(id: &str, more: &str) -> String {
        format!(
            "[[rule]]\nid = \"{id}\"\nclause = \"一\"\nquote = \"q\"\nhardness = \"firm\"\nstage = \"siting\"\nkind = \"eligibility\"\n{more}\n"
        )
    }

    fn criterion(name: &str, more: &str) -> String {
        format!("[[criterion]]\nname = \"{name}\"\nlabel_zh = \"z\"\nlabel_en = \"e\"\nclauses = []\n{more}\n")
    }

    /// Code, line and message of every problem.
    fn faults(text: &str) -> Vec<(&'static str, u32, String)> {
        let mut problems = Problems::default();
        let pack = Pack::read(text, "x.toml", &mut problems);
        assert_eq!(pack.is_none(), problems.has_errors());
        for problem in problems.iter() {
            for lang in [Lang::Zh, Lang::En] {
                for text in [problem.message(lang), problem.remedy(lang)] {
                    assert!(!text.is_empty() && !text.contains(['{', '@']), "{text}");
                }
            }
        }
        problems.iter().map(|p| (p.code.text(), p.origin.row.unwrap(), p.message(Lang::En) + " — " + &p.remedy(Lang::En))).collect()
    }

    #[test]
    fn a_pack_of_its_own_is_read() {
        let text = format!(
            "{HEAD}valid_from = 2023-01-16\ncounts_as = [\"a\"]\n{}{}",
            rule("X-1", "due = \"2023-04-30\"\nrequire = \"beds >= 10.0\""),
            criterion("beds", "fact = \"beds\"\nzero = 0\none = 20")
        );
        let pack = Pack::read(&text, "x.toml", &mut Problems::default()).unwrap();
        assert_eq!((pack.rules.len(), pack.criteria[0].one, pack.criteria[0].weight), (1, 20.0, 1.0));
        assert_eq!(pack.valid_from.unwrap().to_string(), "2023-01-16");
        assert_eq!(pack.rules[0].due.unwrap().to_string(), "2023-04-30");
        assert_eq!(pack.sha256.len(), 64);
    }

    #[test]
    fn every_slip_is_reported_at_once_with_its_line_and_a_guess() {
        let text = format!(
            "{HEAD}idd = 1\n{}{}{}{}{}",
            rule("X-1", "hardnes = \"hard\""),
            rule("X-2", "require = \"flor_area >= 500.0\"").replace("siting", "sitting"),
            rule("X-2", "require = \"beds >= \""),
            criterion("a", "fact = \"beds\"\nzero = 3\none = 3.0\nweight = -1.0"),
            "[[norm]]\n",
        );
        let faults = faults(&text);
        let seen: Vec<(&str, u32)> = faults.iter().map(|(code, line, _)| (*code, *line)).collect();
        for wanted in [
            ("E-PACK", 5),   // idd
            ("E-PACK", 13),  // hardnes
            ("E-FIELD", 21), // flor_area
            ("E-PACK", 19),  // sitting
            ("E-PACK", 23),  // X-2 again
            ("E-PACK", 29),  // a condition that breaks off
            ("E-PACK", 37),  // zero = one
            ("E-PACK", 38),  // weight below zero
            ("E-PACK", 39),  // [[norm]] is no table of a pack yet
        ] {
            assert!(seen.contains(&wanted), "{wanted:?} is missing in {faults:#?}");
        }
        let all = faults.iter().map(|f| f.2.as_str()).collect::<Vec<_>>().join("\n");
        for guess in ["`hardness`", "`floor_area`", "`siting`", "`id`"] {
            assert!(all.contains(guess), "{guess} in {all}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let one = |text: &str| {
            let found = faults(text);
            assert_eq!(found.len(), 1, "{found:#?}");
            found[0].0
        };
        assert_eq!(one("schema = 2\n[pack]\nid = \"x\"\ndocument = \"d\"\n"), "E-PACK");
        assert_eq!(one("schema = 1\n"), "E-PACK");
        assert_eq!(one("schema = \n"), "E-PACK");
        assert_eq!(one("schema = \"1\"\n[pack]\nid = \"x\"\ndocument = \"d\"\n"), "E-PACK");
        let weightless = |w| criterion("a", &format!("fact = \"beds\"\nzero = 0\none = 1\nweight = {w}"));
        assert_eq!(one(&format!("{HEAD}{}", weightless("0"))), "E-PACK");
        assert_eq!(one(&format!("{HEAD}{}", weightless("nan"))), "E-PACK");
        assert_eq!(one(&format!("{HEAD}{}", rule("X-1", "warn_unless = \"beds >= 10.0\""))), "E-PACK");
        assert_eq!(one(&format!("{HEAD}{}", rule("X-1", "functions = [\"meal\"]"))), "E-PACK");
        assert_eq!(one(&format!("{HEAD}{}", rule("X-1", "require = \"beds\""))), "E-PACK");
        assert_eq!(one(&format!("{HEAD}{}", rule("X-1", "require = 3"))), "E-PACK");
        assert_eq!(one(&format!("{HEAD}{}", rule("X-1", "").replace("\"一\"", "1"))), "E-PACK");
        assert_eq!(one(&format!("{HEAD}{}", criterion("A b", "fact = \"beds\"\nzero = 0\none = 1"))), "E-PACK");
        let stray = criterion("a", "fact = \"beds\"\nzero = 0\none = 1").replace("[]", "[\"X-9\"]");
        assert_eq!(one(&format!("{HEAD}{stray}")), "E-PACK");
    }

    #[test]
    fn a_rule_asks_only_for_what_its_subject_has_and_for_types_that_somebody_declares() {
        let told = |text: &str| faults(&format!("{HEAD}{text}")).into_iter().map(|f| f.0).collect::<Vec<_>>();
        assert_eq!(told(&rule("X-1", "of = \"community\"\nrequire = \"floor_area >= 500.0\"")), ["E-PACK"]);
        assert_eq!(told(&rule("X-1", "of = \"facility\"\nfunctions = [\"meals\"]")), ["E-PACK"]);
        assert_eq!(told(&rule("X-1", "require = \"!facility.use_changed\"")), ["E-PACK"]);
        assert!(told(&rule("X-1", "of = \"facility\"\nrequire = '!facility.use_changed && community.old'")).is_empty());
        assert_eq!(told(&rule("X-1", "when = 'type == \"社区养老服务占\"'\nrequire = \"beds >= 1.0\"")), ["E-PACK"]);
        assert_eq!(told(&rule("X-1", "require = 'type in [\"助餐点\", \"茶馆\"]'")), ["E-PACK"]);
        assert!(told(&rule("X-1", "require = 'type != \"助餐点\" && county.county_type == \"district\"'")).is_empty());
        // A type of its own counts once the pack says that it does.
        let own = format!("{}counts_as = [\"茶馆\"]\n{}", HEAD, rule("X-1", "require = 'type == \"茶馆\"'"));
        assert!(faults(&own).is_empty());
    }

    #[test]
    fn an_unknown_pack_is_refused_with_the_known_ones() {
        let mut problems = Problems::default();
        assert!(Pack::load("shanxi-2032", Path::new(""), &mut problems).is_none());
        assert!(Pack::load("nowhere", Path::new(""), &mut problems).is_none());
        assert!(Pack::load("no/such/pack.toml", Path::new(""), &mut problems).is_none());
        let told: Vec<(&str, String)> = problems.iter().map(|p| (p.code.text(), p.remedy(Lang::En))).collect();
        assert_eq!(told.iter().map(|t| t.0).collect::<Vec<_>>(), ["E-SETTING", "E-SETTING", "E-FILE"]);
        assert!(told[0].1.contains("`shanxi-2023`") && told[1].1.contains("yuncheng-2021"), "{told:?}");
    }

    #[test]
    fn a_pack_of_a_bureau_is_read_from_its_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("own.toml"), format!("\u{feff}{HEAD}")).unwrap();
        let mut problems = Problems::default();
        let pack = Pack::load("own.toml", dir.path(), &mut problems).unwrap();
        assert_eq!((pack.id.as_str(), problems.is_empty()), ("x", true));
    }
}
