//! `careshed norm`: need, existing and gap under each norm of the chosen packs.

use clap::Args;

use super::fund::chosen;
use super::run;
use super::{Context, Outcome, StudyArgs};
use crate::money::joint::{Proposal, propose};
use crate::money::norm::norms;
use crate::money::terms::{self, Terms};
use crate::policy::Pack;
use crate::problem::{Code, Problem, Problems};
use crate::report::output::{Job, OutputFolder};
use crate::report::{csv_file, joint, norm, run_record, xlsx};
use crate::study::{Findings, Watch};

/// Arguments of `norm`.
#[derive(Debug, Args)]
pub struct NormArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// 建议哪些相邻社区可联合建设（写 joint.csv） · which neighbouring communities could share a facility
    #[arg(long)]
    joint: bool,
}

/// Runs the command.
pub fn run(args: &NormArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let Some(settings) = args.study.settings(&mut problems) else { return Outcome::Wrong(problems) };
    let (found, packs) = {
        let (found, packs) = chosen(&settings, |terms| !terms.norms.is_empty(), &mut problems);
        if args.joint && !problems.has_errors() && found.iter().all(|(_, terms)| terms.joint.is_none()) {
            let hint = format!("--policies {}", terms::known(|terms| terms.joint.is_some()));
            problems.push(Problem::new(Code::E_NEED).field("policies").with("hint", hint));
        }
        (found.into_iter().map(|(id, terms)| (id.to_owned(), terms)).collect::<Vec<_>>(), packs)
    };
    if problems.has_errors() {
        return Outcome::Wrong(problems);
    }
    // Terms may stand without the rest of their pack.
    let loaded = |id: &str| packs.iter().any(|pack| pack.id == id) || !found.iter().any(|(known, _)| known == id);
    let measured = if args.joint { run::measure_sites(settings, loaded, context) } else { run::measure(settings, loaded, context) };
    let mut findings = match measured {
        Ok(findings) => findings,
        Err(outcome) => return outcome,
    };
    let watch = context.watch();
    watch.step("norm");
    let found: Vec<_> = found.iter().map(|(id, terms)| (id.as_str(), *terms)).collect();
    let rows = norms(&findings.settings, &findings.city, &findings.coverage, &found, &mut problems);
    let groups = args.joint.then(|| groups(&findings, &found));
    findings.problems.extend(problems);
    if findings.problems.has_errors() {
        return Outcome::Wrong(findings.problems);
    }
    watch.step("write");
    let written = (|| -> Result<Vec<std::path::PathBuf>, Problem> {
        let Some(dir) = context.out() else { return Ok(Vec::new()) };
        let (lang, findings, rows) = (context.lang, &findings, &rows);
        let packs: Vec<&Pack> = findings.packs.iter().map(|p| &p.pack).collect();
        let options: Vec<(String, String)> = groups.iter().map(|_| ("joint".to_owned(), "true".to_owned())).collect();
        let mut out = OutputFolder::new(dir)?;
        if let Some(groups) = &groups {
            out.add_all(vec![
                Job::new("joint.xlsx", move |file| xlsx::write(&joint::table(findings, groups), lang, file)),
                csv_file("joint", move || joint::table(findings, groups)),
            ])?;
        }
        out.add_all(vec![
            Job::new("norm.xlsx", move |file| xlsx::write(&norm::table(findings, rows), lang, file)),
            csv_file("norm", move || norm::table(findings, rows)),
            Job::new("run.json", move |file| {
                std::io::Write::write_all(file, run_record::json("norm", &options, &findings.settings, &packs, lang)?.as_bytes())
            }),
        ])?;
        Ok(out.commit()?)
    })();
    if written.is_ok() {
        if context.json() {
            put_line!("{}", norm::json(&findings, &rows, groups.as_deref()));
        } else {
            put!("{}", norm::summary(&findings, &rows, context.lang));
            put!("{}", groups.map(|groups| joint::summary(&findings, &groups, context.lang)).unwrap_or_default());
        }
    }
    run::outcome(findings, written)
}

/// The proposals under every pack that lets neighbours build together.
fn groups(findings: &Findings, packs: &[(&str, &'static Terms)]) -> Vec<Proposal> {
    let near = findings.near.as_deref().unwrap_or_default();
    let of = |(pack, terms): &(&str, &'static Terms)| {
        let kinds = findings.packs.iter().find(|p| p.pack.id == *pack).map_or(&[][..], |p| &p.pack.counts_as);
        terms.joint.as_ref().map(|joint| propose(&findings.city, &findings.coverage, near, pack, joint, kinds))
    };
    packs.iter().filter_map(of).flatten().collect()
}
