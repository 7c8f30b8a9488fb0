//! `careshed check`: one report of what was read, what was understood, and every problem; with `--out` a workbook to work through, with
//! `--fix` cleaned copies.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Context, Outcome, STRICT, StudyArgs, WRONG_INPUT};
use crate::fix;
use crate::policy::Pack;
use crate::problem::{Problem, Problems};
use crate::report::output::{Job, OutputFolder};
use crate::report::{self, check_book, run_record};
use crate::settings::Settings;
use crate::study::{self, Findings, Goal, Watch};
use crate::words::say;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// 写出清洗后的副本和改动清单（原文件不动） · write cleaned copies and a list of changes; originals stay as they are
    #[arg(long, value_name = "DIR")]
    fix: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &CheckArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let settings = args.study.settings(&mut problems);
    let watch = context.watch();
    let mut findings = None;
    if let Some(settings) = settings.clone() {
        match study::explore(settings, Goal::Check, &watch) {
            Ok(mut found) => {
                problems.extend(std::mem::take(&mut found.problems));
                findings = Some(found);
            }
            Err(found) => problems.extend(found),
        }
    }
    watch.step("write");
    // What is wrong is written down as well as printed: a list of mistakes is for those who have made some.
    if let Err(problem) = write(findings.as_ref(), &problems, context) {
        problems.push(problem);
    }
    let fixed = settings.zip(args.fix.as_deref()).map(|(settings, dir)| fix(&settings, args, dir)).transpose();
    let fixed = fixed.unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    let fixed = fixed.map(|fixed| fixed.but_for(&problems));
    if context.json() {
        put_line!("{}", report::problems::json(&problems, context.lang, fixed.as_ref()));
    } else {
        put!("{}\n{}", report::inputs::text(&problems.understood, context.lang), report::problems::text(&problems, context.lang));
        if let Some(fixed) = &fixed {
            let with = [("files", (fixed.files.len() - 2).to_string()), ("changes", fixed.changes.to_string())];
            put_line!("{}", say(context.lang, "check.fixed", &with.each_ref().map(|(k, v)| (*k, v.as_str()))));
            let between = context.lang.pick("、", ", ");
            if !fixed.sheets_left_out.is_empty() {
                put_line!("{}", say(context.lang, "check.sheets", &[("sheets", &fixed.sheets_left_out.join(between))]));
            }
            if !fixed.remaining.is_empty() {
                let codes: Vec<String> = fixed.remaining.iter().map(|(code, n)| format!("{code} × {n}")).collect();
                put_line!("{}", say(context.lang, "check.remaining", &[("codes", &codes.join(between))]));
            }
        }
        put_line!("{}", say(context.lang, "check.exit", &[("code", &exit(&problems, context).to_string())]));
    }
    Outcome::Reported(problems)
}

fn fix(settings: &Settings, args: &CheckArgs, dir: &std::path::Path) -> Result<report::problems::Fixed, Problem> {
    fix::write(settings, args.study.study.as_deref(), dir)
}

/// The exit code that `main` will answer.
fn exit(problems: &Problems, context: &Context) -> u8 {
    match () {
        () if problems.has_errors() => WRONG_INPUT,
        () if context.common.strict && problems.fails_strict() => STRICT,
        () => 0,
    }
}

/// Writes into `--out`, if it is given: `problems.json`, `check.xlsx`, `待定位.xlsx`; and where nothing is wrong with the inputs
/// `network-audit.geojson` and `run.json`.
fn write(findings: Option<&Findings>, problems: &Problems, context: &Context) -> Result<(), Problem> {
    let Some(dir) = context.out() else { return Ok(()) };
    let lang = context.lang;
    let mut files = vec![
        Job::new("check.xlsx", move |file| check_book::problems(problems, lang, file)),
        Job::new("problems.json", move |file| writeln!(file, "{}", report::problems::json(problems, lang, None))),
        Job::new(check_book::unplaced_name(lang), move |file| check_book::unplaced(problems, lang, file)),
    ];
    if let Some(findings) = findings.filter(|_| !problems.has_errors()) {
        files.extend(report::check_files(findings, lang));
        files.push(Job::new("run.json", move |file| {
            let packs: Vec<&Pack> = findings.packs.iter().map(|p| &p.pack).collect();
            file.write_all(run_record::json("check", &[], &findings.settings, &packs, lang)?.as_bytes())
        }));
    }
    let mut out = OutputFolder::new(dir).map_err(Problem::from)?;
    out.add_all(files).map_err(Problem::from)?;
    if let Some(findings) = findings.filter(|f| f.settings.gpkg && !problems.has_errors()) {
        report::gpkg::beside(&mut out, findings.settings.as_of).map_err(Problem::from)?;
    }
    out.commit().map_err(Problem::from)?;
    Ok(())
}
