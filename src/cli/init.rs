//! `careshed init`: looks at a folder and writes a study for a person to correct.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::{Context, Outcome};
use crate::init::choose::{Choice, choose};
use crate::init::guess::Guess;
use crate::init::{self, Folder, Seen, write};
use crate::problem::{Code, Problem, Problems, Severity};
use crate::report::output::OutputFolder;
use crate::report::summary::grid::{Align, Grid, plain};
use crate::words::{Lang, say};

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// 放着数据文件的文件夹 · folder with the files
    folder: PathBuf,
}

/// Runs the command.
pub fn run(args: &InitArgs, context: &Context) -> Outcome {
    match made(args, context) {
        Ok(text) => {
            put!("{text}");
            Outcome::Done(Problems::default())
        }
        Err(problem) => {
            let mut problems = Problems::default();
            problems.push(problem);
            Outcome::Wrong(problems)
        }
    }
}

/// Writes the study; what to print of it.
fn made(args: &InitArgs, context: &Context) -> Result<String, Problem> {
    let lang = context.lang;
    let study = match context.out() {
        Some(out) if out.is_dir() => out.join("study.toml"),
        Some(out) => out.to_path_buf(),
        None => args.folder.join("study.toml"),
    };
    let shown = study.display().to_string();
    if study.exists() {
        // What somebody has corrected is worth more than a guess.
        return Err(Problem::new(Code::E_OUT).file(&shown).with("reason", "@init.exists"));
    }
    let folder = init::look(&args.folder)
        .map_err(|error| Problem::new(Code::E_FILE).file(args.folder.display().to_string()).with("reason", error))?;
    let choices = choose(&folder);
    if choices.is_empty() {
        // What was looked at, all the same.
        if !context.json() {
            put!("{}", grid(&folder, &choices, lang));
        }
        return Err(Problem::new(Code::E_EMPTY).file(args.folder.display().to_string()));
    }
    let home = study.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let text = write::study(&folder, &choices, &title(&args.folder, &choices, lang), home, lang);
    let mut output = OutputFolder::new(home)?;
    let name = study.file_name().unwrap_or_default().to_string_lossy().into_owned();
    output.add(&name, |into| std::io::Write::write_all(into, text.as_bytes()))?;
    output.commit()?;
    Ok(if context.json() { json(&folder, &choices, &shown, lang) } else { table(&folder, &choices, &shown, lang) })
}

/// Named after the only county that the tables know, else after the folder.
fn title(folder: &Path, choices: &[Choice<'_>], lang: Lang) -> String {
    let values = |section: &str, field: &str| -> Vec<&str> {
        let Some(choice) = choices.iter().find(|c| c.section == section) else { return Vec::new() };
        let (seen, guess) = choice.register.map_or((choice.seen, choice.guess), |(seen, guess, _)| (seen, guess));
        let Some(column) = guess.columns.get(field) else { return Vec::new() };
        let texts = seen.head.rows.iter().filter_map(|row| row.get(column.index)).map(|t| t.trim());
        let mut all: Vec<&str> = texts.filter(|t| !t.is_empty()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    for (section, field) in [("counties", "name"), ("communities", "county")] {
        if let [only] = values(section, field)[..] {
            return say(lang, "init.title", &[("place", only)]);
        }
    }
    let named = std::path::absolute(folder).ok().and_then(|p| p.file_name().map(|n| n.to_string_lossy().into_owned()));
    named.unwrap_or_else(|| "careshed".to_owned())
}

/// The table, what only a person can say, and what to do next.
fn table(folder: &Folder, choices: &[Choice<'_>], study: &str, lang: Lang) -> String {
    let mut out = grid(folder, choices, lang);
    for line in questions(folder, choices, lang) {
        out.push_str(&format!("? {line}\n"));
    }
    out.push_str(&say(lang, "init.done", &[("study", study)]));
    out.push('\n');
    out
}

/// A line of the table for each layer that is used or could be, then for what is set aside.
fn grid(folder: &Folder, choices: &[Choice<'_>], lang: Lang) -> String {
    let word = |key: &str| say(lang, key, &[]);
    let mut grid = Grid::new(&[Align::Left; 4]);
    // A name may hold what steers a terminal.
    let clean = |name: &str| name.chars().filter(|c| !c.is_control()).collect::<String>();
    let name = |seen: &Seen| [clean(&seen.input.shown), plain(seen.input.layer.as_deref().unwrap_or(""))];
    for choice in choices {
        let [file, layer] = name(choice.seen);
        grid.row([file, layer, word(&format!("init.table.{}", choice.section)), write::reasons(choice.guess, lang)]);
        for seen in &choice.parts {
            let [file, layer] = name(seen);
            grid.row([file, layer, word(&format!("init.table.{}", choice.section)), word("init.why.part")]);
        }
        if let Some((seen, _, on)) = choice.register {
            let [file, layer] = name(seen);
            let key = if choice.section == "candidates" { "projects" } else { "register" };
            grid.row([file, layer, word(&format!("init.table.{key}")), say(lang, &format!("init.why.{key}"), &[("value", on)])]);
        }
        for (seen, _) in &choice.others {
            let [file, layer] = name(seen);
            let table = word(&format!("init.table.{}", choice.section));
            grid.row([file, layer, "-".to_owned(), say(lang, "init.why.other", &[("value", &table)])]);
        }
    }
    for aside in &folder.aside {
        grid.row([clean(&aside.file), plain(aside.layer.as_deref().unwrap_or("")), "-".to_owned(), write::reason(&aside.why, lang)]);
    }
    grid.heading(["file", "layer", "table", "why"].map(|key| word(&format!("init.head.{key}"))));
    grid.lines("")
}

/// What only a person can say.
fn questions(folder: &Folder, choices: &[Choice<'_>], lang: Lang) -> Vec<String> {
    let mut asked = Vec::new();
    for choice in choices {
        let file = choice.seen.input.shown.as_str();
        if let Some(other) = choice.close {
            let other = say(lang, &format!("init.table.{other}"), &[]);
            asked.push(say(lang, "init.ask.close", &[("file", file), ("table", &other)]));
        }
        for seen in std::iter::once(choice.seen).chain(choice.register.map(|(seen, ..)| seen)) {
            asked.extend(doubts(seen, lang));
        }
        let c = &choice.coordinates;
        if let Some((key, value)) = c.word.as_ref().filter(|_| c.open || c.swapped || c.crs.is_some()) {
            asked.push(format!("{file}: {}", say(lang, key, &[("value", value)])));
        }
    }
    let packs = write::proposed_packs(choices);
    if !packs.is_empty() {
        asked.push(say(lang, "init.ask.policies", &[("value", &packs.join(", "))]));
    }
    if folder.more {
        asked.push(say(lang, "init.ask.more", &[]));
    }
    asked
}

/// What a reader already stumbled over in the head of a file: errors, and an encoding that it had to guess.
fn doubts(seen: &Seen, lang: Lang) -> Vec<String> {
    let said = |p: &Problem| match p.code {
        // The head of a long file ends where it was cut.
        Code::E_TRUNCATED => false,
        Code::W_ENC | Code::W_ENC_JSON => true,
        code => code.severity() == Severity::Error,
    };
    seen.head.problems.iter().filter(|p| said(p)).take(3).map(|p| format!("{} {}", p.code.text(), p.message(lang))).collect()
}

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    study: &'a str,
    taken: Vec<Taken<'a>>,
    aside: Vec<SetAside<'a>>,
    questions: Vec<String>,
}

#[derive(Serialize)]
struct Taken<'a> {
    table: &'a str,
    file: &'a str,
    layer: Option<&'a str>,
    crs: Option<&'a str>,
    encoding: Option<&'a str>,
    fields: std::collections::BTreeMap<&'a str, &'a str>,
    passed_through: Vec<&'a str>,
    why: String,
}

#[derive(Serialize)]
struct SetAside<'a> {
    file: &'a str,
    layer: Option<&'a str>,
    why: String,
}

fn json(folder: &Folder, choices: &[Choice<'_>], study: &str, lang: Lang) -> String {
    let mut report = Report { schema: 1, study, taken: Vec::new(), aside: Vec::new(), questions: questions(folder, choices, lang) };
    for choice in choices {
        report.taken.extend(choice.parts.iter().map(|seen| taken(choice.section, seen, choice.guess, None, lang)));
        report.taken.push(taken(choice.section, choice.seen, choice.guess, choice.coordinates.crs.as_deref(), lang));
        if let Some((seen, guess, _)) = choice.register {
            let table = if choice.section == "candidates" { "projects" } else { "register" };
            report.taken.push(taken(table, seen, guess, None, lang));
        }
        for (seen, _) in &choice.others {
            let why = say(lang, "init.why.other", &[("value", choice.section)]);
            report.aside.push(SetAside { file: &seen.input.shown, layer: seen.input.layer.as_deref(), why });
        }
    }
    let aside = folder.aside.iter().map(|a| SetAside { file: &a.file, layer: a.layer.as_deref(), why: write::reason(&a.why, lang) });
    report.aside.extend(aside);
    serde_json::to_string_pretty(&report).unwrap_or_default() + "\n"
}

fn taken<'a>(table: &'a str, seen: &'a Seen, guess: &'a Guess, crs: Option<&'a str>, lang: Lang) -> Taken<'a> {
    Taken {
        table,
        file: seen.input.shown.as_str(),
        layer: seen.input.layer.as_deref(),
        crs,
        encoding: seen.head.encoding,
        fields: guess.columns.iter().map(|(field, c)| (field, c.heading.as_str())).collect(),
        passed_through: guess.columns.extra.iter().map(|(_, h)| h.as_str()).collect(),
        why: write::reasons(guess, lang),
    }
}
