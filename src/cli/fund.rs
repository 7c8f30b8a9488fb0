//! `careshed fund`: what each payer gives each project, as the clauses say it.

use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use super::{Context, Outcome, StudyArgs};
use crate::city::City;
use crate::money::fund::{self as money, Options};
use crate::money::standing::standing;
use crate::money::terms::{self, Terms};
use crate::money::totals::totals;
use crate::policy::Pack;
use crate::problem::{Code, Problem, Problems};
use crate::report::output::{Job, OutputFolder};
use crate::report::{csv_file, fund, run_record, xlsx};
use crate::settings::Settings;
use crate::study::Watch;
use crate::{policy, read, words};

/// Arguments of `fund`.
#[derive(Debug, Args)]
pub struct FundArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// 只算方案中选定的项目 · only the projects chosen by a plan
    #[arg(long, value_name = "plan.json")]
    plan: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &FundArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let settings = args.study.settings(&mut problems);
    let done = settings.and_then(|settings| tell(args, &settings, context, &mut problems));
    if done.is_some() { Outcome::Done(problems) } else { Outcome::Wrong(problems) }
}

/// The chosen packs that have terms of the kind asked for, and those of them that are loaded. E-NEED where none has.
pub(super) fn chosen<'s>(
    settings: &'s Settings,
    has: impl Fn(&Terms) -> bool,
    problems: &mut Problems,
) -> (Vec<(&'s str, &'static Terms)>, Vec<Pack>) {
    let mut packs = Vec::new();
    let mut found = Vec::new();
    for id in &settings.policies {
        let terms = terms::of(id);
        // Terms may stand without the rest of their pack.
        if terms.is_none() || policy::check::BUILT_IN.iter().any(|(known, _)| known == id) {
            packs.extend(Pack::load(id, &settings.base, problems));
        }
        found.extend(terms.filter(|terms| has(terms)).map(|terms| (id.as_str(), terms)));
    }
    if found.is_empty() && !problems.has_errors() {
        let hint = format!("--policies {}", terms::known(&has));
        problems.push(Problem::new(Code::E_NEED).field("policies").with("hint", hint));
    }
    (found, packs)
}

fn tell(args: &FundArgs, settings: &Settings, context: &Context, problems: &mut Problems) -> Option<()> {
    let watch = context.watch();
    watch.step("read");
    let (found, packs) = chosen(settings, |terms| !terms.subsidies.is_empty(), problems);
    if settings.inputs.candidates.is_empty() {
        problems.push(Problem::new(Code::E_NEED).field("candidates").with("hint", "--candidates candidates.csv"));
    }
    if problems.has_errors() {
        return None;
    }
    let city = read::city::read(settings, problems);
    let projects = match &args.plan {
        Some(plan) => in_plan(plan, &city, problems),
        None => (0..city.candidates.len() as u32).collect(),
    };
    if problems.has_errors() {
        return None;
    }
    watch.step("fund");
    let options = Options { cap_at_investment: settings.cap_at_investment };
    let rows = money::fund(&city, &projects, &found, options, problems);
    let ids: Vec<&str> = found.iter().map(|(id, _)| *id).collect();
    let sums = totals(&city, &rows, &ids);
    let projects_told = standing(&city, settings, &projects, &packs);
    watch.step("write");
    let written = (|| -> Result<(), Problem> {
        let Some(dir) = context.out() else { return Ok(()) };
        let (lang, rows, sums, city, told) = (context.lang, &rows, &sums, &city, &projects_told);
        let plan: Vec<(String, String)> = args.plan.iter().map(|plan| ("plan".to_owned(), crate::settings::file::shown(plan))).collect();
        let packs: Vec<&Pack> = packs.iter().collect();
        let files: Vec<&std::path::Path> = args.plan.iter().map(PathBuf::as_path).collect();
        let record = run_record::json_with("fund", &plan, &files, settings, &packs, lang)
            .map_err(|error| Problem::new(Code::E_FILE).file("run.json").with("reason", error))?;
        let mut out = OutputFolder::new(dir)?;
        out.add_all(vec![
            Job::new("fund.xlsx", move |file| xlsx::write(&fund::table(city, rows), lang, file)),
            Job::new("fund_totals.xlsx", move |file| xlsx::write(&fund::totals(sums), lang, file)),
            csv_file("fund", move || fund::table(city, rows)),
            csv_file("fund_totals", move || fund::totals(sums)),
            csv_file("fund_projects", move || fund::projects(city, told)),
            Job::new("run.json", move |file| std::io::Write::write_all(file, record.as_bytes())),
        ])?;
        out.commit()?;
        Ok(())
    })();
    if let Err(problem) = written {
        problems.push(problem);
        return None;
    }
    if context.json() {
        put_line!("{}", fund::json(&settings.title, projects.len(), &sums, &city, &projects_told));
    } else {
        put!(
            "{}",
            fund::summary(&settings.title, projects.len(), &rows, &sums, context.lang)
                + &fund::standing(&city, &projects_told, context.lang)
        );
    }
    Some(())
}

/// What a plan says that `fund` reads.
#[derive(Debug, Deserialize)]
struct Plan {
    chosen: Vec<Chosen>,
}

#[derive(Debug, Deserialize)]
struct Chosen {
    id: String,
}

/// Indices of the candidates that a plan has chosen, in its order, each once.
pub(super) fn in_plan(path: &std::path::Path, city: &City, problems: &mut Problems) -> Vec<u32> {
    let shown = crate::settings::file::shown(path);
    let wrong = |code, reason: String| Problem::new(code).file(&shown).field("--plan").value(&shown).with("reason", reason);
    let plan: Plan = match std::fs::read(path).map_err(|error| wrong(Code::E_FILE, error.to_string())).and_then(|bytes| {
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        serde_json::from_slice(text).map_err(|error| wrong(Code::E_SETTING, error.to_string()).with("hint", "plan.json"))
    }) {
        Ok(plan) => plan,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let mut projects = Vec::new();
    for chosen in &plan.chosen {
        match city.candidates.iter().position(|c| c.id == chosen.id) {
            Some(index) if projects.contains(&(index as u32)) => {}
            Some(index) => projects.push(index as u32),
            None => {
                let hint = words::nearest(&chosen.id, city.candidates.iter().map(|c| c.id.as_str())).unwrap_or("…").to_owned();
                let problem = Problem::new(Code::E_SETTING).file(&shown).field("--plan").value(&chosen.id);
                problems.push(problem.with("reason", &chosen.id).with("hint", hint));
            }
        }
    }
    projects
}
