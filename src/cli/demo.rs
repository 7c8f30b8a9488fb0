//! `careshed demo`: the whole journey on the built-in city.

use std::path::{Path, PathBuf};

use clap::Args;

use super::run::{self, Tables};
use super::{Context, Outcome};
use crate::problem::{Code, Problem, Problems};
use crate::report::output::OutputFolder;
use crate::report::output::aside::Aside;
use crate::report::summary::{self, Next};
use crate::settings::Settings;
use crate::settings::file::{self, Flags};
use crate::study::{self, Findings, Goal, Watch};
use crate::synth::{self, Options};
use crate::words::say;

/// The demo's city: with a few sites that the province's document excludes, so that a verdict can be seen to fail.
const CITY: Options = Options { communities: 60, seed: 5, gov_leased: true };

/// Arguments of `demo`: none of its own.
#[derive(Debug, Args)]
pub struct DemoArgs {}

/// Runs the command.
pub fn run(_: &DemoArgs, context: &Context) -> Outcome {
    show(context.out().unwrap_or(Path::new("careshed-demo")), context).0
}

/// Goes through the whole journey, and answers where its page is.
pub fn show(out: &Path, context: &Context) -> (Outcome, Option<PathBuf>) {
    match journey(out, context) {
        Ok((findings, folder)) => {
            let study = folder.join("city").join("study.toml").display().to_string();
            let next = Next { study: &study, out: &folder.display().to_string() };
            put_line!("{}", say(context.lang, "cli.demo.before", &[]));
            put!("{}", summary::cover(&findings, context.lang, next));
            put!("{}", summary::rank(&findings, None, context.lang, next));
            let page = folder.join("report.html");
            put_line!("{}", say(context.lang, "cli.demo.after", &[("page", &page.display().to_string())]));
            (Outcome::Done(findings.problems), Some(page))
        }
        Err(problems) => (Outcome::Wrong(problems), None),
    }
}

fn journey(out: &Path, context: &Context) -> Result<(Findings, PathBuf), Problems> {
    let only = |problem: Problem| {
        let mut problems = Problems::default();
        problems.push(problem);
        problems
    };
    let cannot = |error: std::io::Error| only(Problem::new(Code::E_OUT).file(out.display().to_string()).with("reason", error));
    // The city is made aside first, so that a failed run leaves no half of one.
    let aside = Aside::new().map_err(cannot)?;
    synth::write(&CITY, aside.path()).map_err(cannot)?;
    let mut problems = Problems::default();
    let Some(mut settings) = file::load(Some(&aside.path().join("study.toml")), &Flags::default(), &mut problems) else {
        return Err(problems);
    };
    name_inputs_from_outside(&mut settings);
    let watch = context.watch();
    let findings = study::explore(settings, Goal::Rank, &watch)?;
    watch.step("write");
    let mut folder = OutputFolder::new(out).map_err(|e| only(e.into()))?;
    run::add(&mut folder, &findings, Tables { coverage: true, ranking: true, by: None }, "demo", context).map_err(only)?;
    let mut names: Vec<_> = std::fs::read_dir(aside.path()).map_err(cannot)?.filter_map(|e| Some(e.ok()?.file_name())).collect();
    names.sort();
    for name in names {
        let mut from = std::fs::File::open(aside.path().join(&name)).map_err(cannot)?;
        let to = format!("city/{}", name.to_string_lossy());
        folder.add(&to, |file| std::io::copy(&mut from, file).map(drop)).map_err(|e| only(e.into()))?;
    }
    let dir = folder.dir().to_path_buf();
    folder.commit().map_err(|e| only(e.into()))?;
    Ok((findings, std::env::current_dir().ok().and_then(|here| dir.strip_prefix(here).ok().map(Path::to_path_buf)).unwrap_or(dir)))
}

/// `run.json` lies one folder above the city.
fn name_inputs_from_outside(settings: &mut Settings) {
    for input in settings.inputs.all_mut() {
        input.shown = format!("city/{}", input.shown);
    }
}
