//! `careshed rank`: candidates ranked, with reasons and verdicts.

use clap::Args;

use super::run::{self, Tables};
use super::{By, Context, Outcome, StudyArgs};
use crate::city::unit::UnitLevel;
use crate::problem::{Code, Problem};
use crate::report::{explain, summary};
use crate::study::Goal;
use crate::words;

/// Arguments of `rank`.
#[derive(Debug, Args)]
pub struct RankArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// 逐条说明一个候选点 · explain one candidate, clause by clause
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// 每个县或每个市各自排序 · rank within each county or city
    #[arg(long, value_enum, value_name = "county|city")]
    by: Option<By>,
}

/// Ids named where none is near to what was asked for.
const SHOWN: usize = 5;

/// Runs the command.
pub fn run(args: &RankArgs, context: &Context) -> Outcome {
    let mut findings = match run::explore(&args.study, Goal::Rank, context) {
        Ok(findings) => findings,
        Err(outcome) => return outcome,
    };
    let explained = match &args.explain {
        None => None,
        Some(id) => match findings.city.candidates.iter().position(|c| c.id == *id) {
            Some(index) => Some(index),
            None => {
                let ids = findings.city.candidates.iter().map(|c| c.id.as_str());
                let near = words::nearest(id, ids.clone()).map(str::to_owned);
                let some: Vec<&str> = ids.take(SHOWN).collect();
                let (hint, ids) = match near {
                    Some(near) => ("@why.explain.near", near),
                    None => ("@why.explain.some", some.join("、")),
                };
                let problem = Problem::new(Code::E_SETTING).field("--explain").value(id).why("@why.explain.unknown");
                findings.problems.push(problem.with("ids", ids).with("hint", hint));
                return Outcome::Wrong(findings.problems);
            }
        },
    };
    let by = args.by.map(UnitLevel::from);
    let written = run::write(&findings, Tables { coverage: false, ranking: true, by }, "rank", context);
    if written.is_ok() {
        match explained {
            Some(candidate) => {
                for found in &findings.packs {
                    let page =
                        explain::text(found, &findings.city, &findings.settings, findings.on_streets, candidate as u32, context.lang);
                    put!("{}", page.unwrap_or_default());
                }
            }
            None if context.json() => put_line!("{}", summary::json::rank(&findings, by)),
            None => put!("{}", summary::rank(&findings, by, context.lang, args.study.next(context))),
        }
    }
    run::outcome(findings, written)
}
