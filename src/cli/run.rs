//! What `cover`, `rank` and `demo` share: explore a study, then write its files, all or none.

use std::io::Write;
use std::path::PathBuf;

use super::{Context, Outcome, StudyArgs};
use crate::city::unit::UnitLevel;
use crate::problem::{Problem, Problems};
use crate::report::output::{Job, OutputFolder};
use crate::report::{self, by_unit, page, run_record};
use crate::settings::Settings;
use crate::study::{self, Findings, Goal, Watch};

/// Settings → findings, or the outcome that ends the command.
pub fn explore(args: &StudyArgs, goal: Goal, context: &Context) -> Result<Findings, Outcome> {
    let mut problems = Problems::default();
    let Some(settings) = args.settings(&mut problems) else { return Err(Outcome::Wrong(problems)) };
    study::explore(settings, goal, &context.watch()).map_err(Outcome::Wrong)
}

/// Settings → reach and coverage as far as the inputs allow. Candidates have no part in what is measured and are left aside, and so
/// are packs that are not in `loaded`; the findings' settings have both again.
pub fn measure(mut settings: Settings, loaded: impl Fn(&str) -> bool, context: &Context) -> Result<Findings, Outcome> {
    let policies = settings.policies.clone();
    settings.policies.retain(|id| loaded(id));
    let candidates = std::mem::take(&mut settings.inputs.candidates);
    let mut findings = study::explore(settings, Goal::Measure, &context.watch()).map_err(Outcome::Wrong)?;
    (findings.settings.policies, findings.settings.inputs.candidates) = (policies, candidates);
    Ok(findings)
}

/// The same with the candidates, and with the communities that each site has within the walk.
pub fn measure_sites(mut settings: Settings, loaded: impl Fn(&str) -> bool, context: &Context) -> Result<Findings, Outcome> {
    let policies = settings.policies.clone();
    settings.policies.retain(|id| loaded(id));
    let mut findings = study::explore(settings, Goal::Joint, &context.watch()).map_err(Outcome::Wrong)?;
    findings.settings.policies = policies;
    Ok(findings)
}

/// Which tables a command writes.
#[derive(Debug, Clone, Copy)]
pub struct Tables {
    /// `totals.csv`, `communities.*`
    pub coverage: bool,
    /// `candidates.*`, `verdicts.csv`, `rules.csv`
    pub ranking: bool,
    /// `candidates_by_county.csv` or `candidates_by_city.csv`
    pub by: Option<UnitLevel>,
}

/// Writes the files of a command into `--out`, if it is given, and names them.
pub fn write(findings: &Findings, tables: Tables, command: &str, context: &Context) -> Result<Vec<PathBuf>, Problem> {
    let Some(dir) = context.out() else { return Ok(Vec::new()) };
    let watch = context.watch();
    watch.step("write");
    let mut out = OutputFolder::new(dir).map_err(Problem::from)?;
    add(&mut out, findings, tables, command, context)?;
    out.commit().map_err(Problem::from)
}

/// Adds the files of a command to a folder in the making.
pub fn add(out: &mut OutputFolder, findings: &Findings, tables: Tables, command: &str, context: &Context) -> Result<(), Problem> {
    let lang = context.lang;
    let packs: &Vec<_> = &findings.packs.iter().map(|p| &p.pack).collect();
    let options: &Vec<_> = &tables.by.iter().map(|level| ("by".to_owned(), level.key().to_owned())).collect();
    let mut files = vec![Job::new("report.html", |file| page::write(findings, None, lang, file))];
    if tables.ranking {
        files.extend(report::rank_files(findings, lang));
    }
    if tables.coverage {
        files.extend(report::cover_files(findings, lang));
    }
    if let Some(level) = tables.by {
        files.push(report::csv_file(&by_unit::stem(level), move || by_unit::table(findings, level, lang)));
    }
    files.extend(report::edge_files(findings));
    files.push(Job::new("run.json", move |file| {
        file.write_all(run_record::json(command, options, &findings.settings, packs, lang)?.as_bytes())
    }));
    out.add_all(files).map_err(Problem::from)?;
    if findings.settings.gpkg { report::gpkg::beside(out, findings.settings.as_of).map_err(Problem::from) } else { Ok(()) }
}

/// The outcome of a command that wrote, or could not.
pub fn outcome(findings: Findings, written: Result<Vec<PathBuf>, Problem>) -> Outcome {
    let mut problems = findings.problems;
    match written {
        Ok(_) => Outcome::Done(problems),
        Err(problem) => {
            problems.push(problem);
            Outcome::Wrong(problems)
        }
    }
}
