//! `careshed policy`: write a pack, check one, print its JSON Schema, show one rule over everything.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::run;
use super::{Context, Outcome, StudyArgs};
use crate::policy::{Hardness, Pack};
use crate::problem::{Code, Problem, Problems};
use crate::report;
use crate::study::Goal;
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
        What::Explain { rule, study } => explain(rule, study, context),
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

fn explain(rule: &str, study: &StudyArgs, context: &Context) -> Outcome {
    let mut findings = match run::explore(study, Goal::Rank, context) {
        Ok(findings) => findings,
        Err(outcome) => return outcome,
    };
    let mut found = false;
    for pack in &findings.packs {
        let Some(index) = pack.pack.rules.iter().position(|r| r.id == rule) else { continue };
        found = true;
        let told = &pack.pack.rules[index];
        put_line!("{} {} {} “{}” {} {}", pack.pack.id, told.id, told.clause, told.quote, told.hardness.key(), told.stage.key());
        if let Some(reading) = &told.reading {
            put_line!("  {reading}");
        }
        let mine: Vec<_> = pack.verdicts.iter().filter(|v| v.rule as usize == index).collect();
        if mine.is_empty() {
            put_line!("  {}", say(context.lang, "packs.informs", &[]));
        }
        for verdict in mine {
            let id = report::verdicts::subject_id(&findings.city, &pack.pack.id, verdict.subject_kind, verdict.subject).unwrap_or("");
            let parts =
                [verdict.value.clone(), verdict.threshold.clone(), Some(verdict.missing.join(";")), verdict.override_reason.clone()];
            let parts: Vec<String> =
                parts.into_iter().flatten().chain(verdict.due.map(|d| d.to_string())).filter(|p| !p.is_empty()).collect();
            put_line!("  {id}  {}  {}", verdict.outcome.key(), parts.join("  "));
        }
    }
    if found {
        return Outcome::Done(findings.problems);
    }
    let ids = findings.packs.iter().flat_map(|p| p.pack.rules.iter().map(|r| r.id.as_str()));
    let hint = words::nearest(rule, ids).unwrap_or("…").to_owned();
    findings.problems.push(Problem::new(Code::E_SETTING).field("RULE").value(rule).with("reason", rule.to_owned()).with("hint", hint));
    Outcome::Wrong(findings.problems)
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
