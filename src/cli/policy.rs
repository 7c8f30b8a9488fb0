//! `careshed policy`: write a pack, check one, print its JSON Schema, show one rule over everything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Context, Outcome, StudyArgs};
use crate::policy::{self, Hardness, Pack, Rule, Subject, Verdict};
use crate::problem::{Code, Problem, Problems};
use crate::report;
use crate::study::{self, Findings, Goal, PackFindings};
use crate::words::{self, Lang, say};

/// The commented starting pack.
pub const START: &str = include_str!("../../data/policy/new.toml");
/// The JSON Schema of packs.
pub const SCHEMA: &str = include_str!("../../data/policy/schema.json");

/// Arguments of `policy`.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// 写出带注释的起始规则包 · write a commented starting pack
    New {
        /// 新文件；不写则打印 · the new file; printed without one
        file: Option<PathBuf>,
    },
    /// 检查一个规则包 · check a pack
    Check {
        /// 规则包文件或内置编号 · a pack file, or the id of a built-in pack
        file: String,
    },
    /// 打印规则包的 JSON Schema · print the JSON Schema of packs
    Schema,
    /// 一条规则对所有对象的判断 · one rule over everything
    Explain {
        /// 规则编号 · id of the rule
        rule: String,
        #[command(flatten)]
        study: Box<StudyArgs>,
        /// 方案；判“整个方案”的条款时用 · the projects chosen, for rules about a plan as a whole
        #[arg(long, value_name = "plan.json")]
        plan: Option<PathBuf>,
    },
}

/// Runs the command.
pub fn run(args: &PolicyArgs, context: &Context) -> Outcome {
    match &args.what {
        What::New { file } => new(file.as_deref()),
        What::Check { file } => check(file, context),
        What::Schema => {
            put!("{}", SCHEMA);
            Outcome::Done(Problems::default())
        }
        What::Explain { rule, study, plan } => explain(rule, study, plan.as_deref(), context),
    }
}

/// Never overwrites: a pack is somebody's work.
fn new(file: Option<&Path>) -> Outcome {
    let mut problems = Problems::default();
    let Some(path) = file else {
        put!("{}", START);
        return Outcome::Done(problems);
    };
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    if let Err(error) = written.and_then(|mut file| std::io::Write::write_all(&mut file, START.as_bytes())) {
        problems.push(Problem::new(Code::E_OUT).file(path.display().to_string()).value(path.display()).with("reason", error));
        return Outcome::Wrong(problems);
    }
    Outcome::Done(problems)
}

fn check(file: &str, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let pack = Pack::load(file, Path::new(""), &mut problems);
    if context.json() {
        put_line!("{}", report::problems::json(&problems, context.lang, None));
    } else {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        put!("{}{}", underlined(&problems, &text, context.lang), summary(pack.as_ref(), context.lang));
    }
    Outcome::Reported(problems)
}

/// What a sound pack holds, in one line.
fn summary(pack: Option<&Pack>, lang: Lang) -> String {
    let Some(pack) = pack else { return String::new() };
    let judged = pack.rules.iter().filter(|r| r.test.is_some()).count();
    let binding = pack.rules.iter().filter(|r| r.test.is_some() && matches!(r.hardness, Hardness::Hard | Hardness::Firm)).count();
    let numbers = [pack.rules.len(), judged, binding, pack.criteria.len()].map(|n| n.to_string());
    let with =
        [("pack", pack.id.as_str()), ("rules", &numbers[0]), ("judged", &numbers[1]), ("binding", &numbers[2]), ("criteria", &numbers[3])];
    say(lang, "packs.sound", &with) + "\n"
}

/// Each problem with its line of the file underlined.
pub fn underlined(problems: &Problems, text: &str, lang: Lang) -> String {
    let mut out = String::new();
    for problem in problems.iter() {
        out += &format!("{} {} → {}\n", problem.code.text(), problem.message(lang), problem.remedy(lang));
        let Some(row) = problem.origin.row.filter(|row| *row > 0) else { continue };
        let Some(line) = text.lines().nth(row as usize - 1) else { continue };
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        // Chinese characters take two columns of a terminal.
        let width: usize = line.trim().chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
        out += &format!("{row:>5} | {line}\n      | {}{}\n", " ".repeat(indent), "^".repeat(width.max(1)));
    }
    out
}

fn explain(rule: &str, study: &StudyArgs, plan: Option<&Path>, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let Some(settings) = study.settings(&mut problems) else { return Outcome::Wrong(problems) };
    if settings.policies.is_empty() {
        problems.push(Problem::new(Code::E_NEED).field("policies").with("hint", format!("--policies {}", holders(rule))));
        return Outcome::Wrong(problems);
    }
    // A rule about communities or facilities needs no candidates.
    let goal = if settings.inputs.candidates.is_empty() { Goal::Measure } else { Goal::Rank };
    let mut findings = match study::explore(settings, goal, &context.watch()) {
        Ok(findings) => findings,
        Err(problems) => return Outcome::Wrong(problems),
    };
    let chosen = plan.map(|path| super::fund::in_plan(path, &findings.city, &mut problems));
    if problems.has_errors() {
        return Outcome::Wrong(problems);
    }
    let mut told = Vec::new();
    for found in &findings.packs {
        let Some(index) = found.pack.rules.iter().position(|r| r.id == rule) else { continue };
        let of_plan = match &chosen {
            Some(chosen) => study::others::judge_plan(&found.pack, &findings.city, &findings.settings, chosen),
            None => Vec::new(),
        };
        let mine = found.verdicts.iter().chain(&found.others).chain(&of_plan).filter(|v| v.rule as usize == index);
        told.push((found, &found.pack.rules[index], mine.cloned().collect::<Vec<_>>()));
    }
    if told.is_empty() {
        let ids = findings.packs.iter().flat_map(|p| p.pack.rules.iter().map(|r| r.id.as_str()));
        let hint = match holders(rule) {
            none if none.is_empty() => words::nearest(rule, ids).unwrap_or("…").to_owned(),
            packs => format!("--policies {packs}"),
        };
        findings.problems.push(Problem::new(Code::E_SETTING).field("RULE").value(rule).with("reason", rule.to_owned()).with("hint", hint));
        return Outcome::Wrong(findings.problems);
    }
    if context.json() {
        let rules: Vec<serde_json::Value> = told.iter().map(|(found, rule, mine)| rule_json(&findings, found, rule, mine)).collect();
        put_line!("{}", serde_json::json!({ "schema": 1, "command": "policy explain", "rules": rules }));
    } else {
        for (found, rule, mine) in &told {
            put!("{}", rule_text(&findings, found, rule, mine, context.lang));
        }
    }
    Outcome::Done(findings.problems)
}

/// Ids of the built-in packs that have a rule.
fn holders(rule: &str) -> String {
    let has = |id: &&str| Pack::load(id, Path::new(""), &mut Problems::default()).is_some_and(|pack| pack.rule(rule).is_some());
    policy::check::BUILT_IN.iter().map(|(id, _)| *id).filter(has).collect::<Vec<_>>().join(",")
}

/// The rule with its words, how it is read, how many subjects it meets how, and every subject.
fn rule_text(findings: &Findings, found: &PackFindings, rule: &Rule, verdicts: &[Verdict], lang: Lang) -> String {
    let mut out = format!("{} {} {} “{}” {} {}\n", found.pack.id, rule.id, rule.clause, rule.quote, rule.hardness.key(), rule.stage.key());
    if let Some(test) = &rule.test {
        out += &format!("  {}\n", say(lang, "packs.asks", &[("of", rule.of.key()), ("threshold", &policy::describe::threshold(test))]));
    }
    if let Some([zh, en]) = &rule.ours {
        out += &format!("  {}\n", say(lang, "packs.ours", &[("ours", lang.pick(zh, en))]));
    }
    if let Some(reading) = &rule.reading {
        out += &format!("  {reading}\n");
    }
    if verdicts.is_empty() {
        let key = match (&rule.test, rule.of) {
            (None, _) => "packs.informs",
            (Some(_), Subject::Plan) => "packs.wants_plan",
            (Some(_), _) => "packs.nobody",
        };
        return out + &format!("  {}\n", say(lang, key, &[]));
    }
    out += &format!("  {}\n", tally(verdicts).iter().map(|(outcome, n)| format!("{} {n}", outcome.key())).collect::<Vec<_>>().join(" · "));
    for verdict in verdicts {
        let id = subject(findings, found, verdict);
        let parts = [verdict.value.clone(), Some(verdict.missing.join(";")), verdict.override_reason.clone()];
        let parts = parts.into_iter().flatten().chain(verdict.due.map(|d| d.to_string())).filter(|p| !p.is_empty());
        out += format!("  {id}  {}  {}", verdict.outcome.key(), parts.collect::<Vec<_>>().join("  ")).trim_end();
        out.push('\n');
    }
    out
}

/// The same for programs.
fn rule_json(findings: &Findings, found: &PackFindings, rule: &Rule, verdicts: &[Verdict]) -> serde_json::Value {
    let line = |v: &Verdict| {
        serde_json::json!({
            "id": subject(findings, found, v), "verdict": v.outcome.key(), "value": v.value, "missing_fields": v.missing,
            "due": v.due.map(|d| d.to_string()), "override": v.override_reason,
        })
    };
    let counts: serde_json::Map<String, serde_json::Value> =
        tally(verdicts).into_iter().map(|(outcome, n)| (outcome.key().to_owned(), n.into())).collect();
    serde_json::json!({
        "pack": found.pack.id, "rule": rule.id, "clause": rule.clause, "quote": rule.quote, "hardness": rule.hardness.key(),
        "stage": rule.stage.key(), "of": rule.of.key(), "threshold": rule.test.as_ref().map(policy::describe::threshold),
        "counts": counts, "subjects": verdicts.iter().map(line).collect::<Vec<_>>(),
    })
}

fn subject<'a>(findings: &'a Findings, found: &'a PackFindings, verdict: &Verdict) -> &'a str {
    report::verdicts::subject_id(&findings.city, &found.pack.id, verdict.subject_kind, verdict.subject).unwrap_or("")
}

/// How many subjects have which verdict.
fn tally(verdicts: &[Verdict]) -> BTreeMap<policy::Outcome, usize> {
    let mut tally = BTreeMap::new();
    verdicts.iter().for_each(|v| *tally.entry(v.outcome).or_default() += 1);
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starting_pack_is_sound() {
        let mut problems = Problems::default();
        assert!(Pack::read(START, "new.toml", &mut problems).is_some(), "{problems:?}");
    }

    #[test]
    fn the_pack_of_the_page_is_sound_and_judges() {
        let page = include_str!("../../docs/policy-packs.md");
        let example = page.split("```toml pack.toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let pack = Pack::read(example, "pack.toml", &mut Problems::default()).unwrap();
        assert_eq!(pack.rules.iter().filter(|r| r.test.is_some()).count(), 4);
        assert!(pack.rules.iter().any(|r| r.deadline.is_some()));
    }

    #[test]
    fn the_page_lists_every_field_with_what_it_holds() {
        use crate::policy::facts::{FIELDS, Kind};
        let page = include_str!("../../docs/policy-packs.md");
        let line = |f: &crate::policy::facts::Field| {
            let holds = match f.kind {
                Kind::Number => "number".to_owned(),
                Kind::Flag => "true or false".to_owned(),
                Kind::Text => "text".to_owned(),
                Kind::Date => "day".to_owned(),
                Kind::Word(words) => format!("one of {}", words.join(" ")),
                Kind::Words(_) => "list of words".to_owned(),
            };
            let unit = if f.unit[1].is_empty() { String::new() } else { format!(", {}", f.unit[1]) };
            format!("| `{}` | {holds}{unit} | {} {} |\n", f.name, f.label[0], f.label[1])
        };
        let table: String = FIELDS.iter().map(line).collect();
        if std::env::var_os("CARESHED_WRITE_DOCS").is_some() && !page.contains(&table) {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/policy-packs.md");
            let (before, rest) = page.split_once("| field | holds | meaning |\n|---|---|---|\n").unwrap();
            let after = rest.trim_start_matches(|c| c != '\0').to_owned();
            std::fs::write(path, format!("{before}| field | holds | meaning |\n|---|---|---|\n{table}{after}")).unwrap();
            return;
        }
        assert!(page.contains(&table), "docs/policy-packs.md lacks:\n{table}");
    }

    #[test]
    fn a_slip_is_underlined_where_it_stands() {
        let text = START.replacen("weight = 1.0", "weight = -1.0", 1);
        let mut problems = Problems::default();
        assert!(Pack::read(&text, "x.toml", &mut problems).is_none());
        let shown = underlined(&problems, &text, Lang::En);
        assert!(shown.contains("| weight = -1.0\n      | ^^^^^^^^^^^^^\n"), "{shown}");
    }

    #[test]
    fn every_key_of_the_packs_is_in_the_schema() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        for (id, text) in crate::policy::check::BUILT_IN.iter().chain([&("new", START)]) {
            let pack: toml::Table = toml::from_str(text).unwrap();
            for table in ["rule", "criterion"] {
                for item in pack[table].as_array().unwrap() {
                    for key in item.as_table().unwrap().keys() {
                        assert!(schema["$defs"][table]["properties"].get(key).is_some(), "{id}: {table}.{key}");
                    }
                }
            }
            for key in pack["pack"].as_table().unwrap().keys() {
                assert!(schema["properties"]["pack"]["properties"].get(key).is_some(), "{id}: pack.{key}");
            }
        }
    }
}
