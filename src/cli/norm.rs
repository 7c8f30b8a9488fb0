//! `careshed norm`: need, existing and gap under each norm of the chosen packs.

use clap::Args;

use super::fund::chosen;
use super::run;
use super::{Context, Outcome, StudyArgs};
use crate::money::norm::norms;
use crate::policy::Pack;
use crate::problem::{Problem, Problems};
use crate::report::output::{Job, OutputFolder};
use crate::report::{csv_file, norm, run_record, xlsx};
use crate::study::Watch;

/// Arguments of `norm`.
#[derive(Debug, Args)]
pub struct NormArgs {
    #[command(flatten)]
    study: StudyArgs,
}

/// Runs the command.
pub fn run(args: &NormArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let Some(settings) = args.study.settings(&mut problems) else { return Outcome::Wrong(problems) };
    let (found, packs) = {
        let (found, packs) = chosen(&settings, |terms| !terms.norms.is_empty(), &mut problems);
        (found.into_iter().map(|(id, terms)| (id.to_owned(), terms)).collect::<Vec<_>>(), packs)
    };
    if problems.has_errors() {
        return Outcome::Wrong(problems);
    }
    // Terms may stand without the rest of their pack.
    let loaded = |id: &str| packs.iter().any(|pack| pack.id == id) || !found.iter().any(|(known, _)| known == id);
    let mut findings = match run::measure(settings, loaded, context) {
        Ok(findings) => findings,
        Err(outcome) => return outcome,
    };
    let watch = context.watch();
    watch.step("norm");
    let found: Vec<_> = found.iter().map(|(id, terms)| (id.as_str(), *terms)).collect();
    let rows = norms(&findings.settings, &findings.city, &findings.coverage, &found, &mut problems);
    findings.problems.extend(problems);
    if findings.problems.has_errors() {
        return Outcome::Wrong(findings.problems);
    }
    watch.step("write");
    let written = (|| -> Result<Vec<std::path::PathBuf>, Problem> {
        let Some(dir) = context.out() else { return Ok(Vec::new()) };
        let (lang, findings, rows) = (context.lang, &findings, &rows);
        let packs: Vec<&Pack> = findings.packs.iter().map(|p| &p.pack).collect();
        let mut out = OutputFolder::new(dir)?;
        out.add_all(vec![
            Job::new("norm.xlsx", move |file| xlsx::write(&norm::table(findings, rows), lang, file)),
            csv_file("norm", move || norm::table(findings, rows)),
            Job::new("run.json", move |file| {
                std::io::Write::write_all(file, run_record::json("norm", &[], &findings.settings, &packs, lang)?.as_bytes())
            }),
        ])?;
        Ok(out.commit()?)
    })();
    if written.is_ok() {
        if context.json() {
            put_line!("{}", norm::json(&findings, &rows));
        } else {
            put!("{}", norm::summary(&findings, &rows, context.lang));
        }
    }
    run::outcome(findings, written)
}
