//! `careshed check`: every problem in the inputs; with `--out`, what is wrong with the streets, to look at.

use std::io::Write;

use super::{Context, Outcome, StudyArgs};
use crate::problem::{Problem, Problems};
use crate::report::output::{Job, OutputFolder};
use crate::report::{self, run_record};
use crate::study::{self, Findings, Goal, Watch};

/// Runs the command.
pub fn run(args: &StudyArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    if let Some(settings) = args.settings(&mut problems) {
        let watch = context.watch();
        match study::explore(settings, Goal::Check, &watch) {
            Ok(mut findings) => {
                problems.extend(std::mem::take(&mut findings.problems));
                // An input that is wrong leaves nothing behind.
                if !problems.has_errors() {
                    watch.step("write");
                    if let Err(problem) = write(&findings, context) {
                        problems.push(problem);
                    }
                }
            }
            Err(found) => problems.extend(found),
        }
    }
    if context.json() {
        put_line!("{}", report::problems::json(&problems, context.lang));
    } else {
        put!("{}", report::problems::text(&problems, context.lang));
    }
    Outcome::Reported(problems)
}

/// Writes `network-audit.geojson` and `run.json` into `--out`, if it is given.
fn write(findings: &Findings, context: &Context) -> Result<(), Problem> {
    let Some(dir) = context.out() else { return Ok(()) };
    let packs: Vec<_> = findings.packs.iter().map(|p| &p.pack).collect();
    let mut files = report::check_files(findings, context.lang);
    files.push(Job::new("run.json", |file| {
        file.write_all(run_record::json("check", &[], &findings.settings, &packs, context.lang)?.as_bytes())
    }));
    let mut out = OutputFolder::new(dir).map_err(Problem::from)?;
    out.add_all(files).map_err(Problem::from)?;
    if findings.settings.gpkg {
        report::gpkg::beside(&mut out, findings.settings.as_of).map_err(Problem::from)?;
    }
    out.commit().map_err(Problem::from)?;
    Ok(())
}
