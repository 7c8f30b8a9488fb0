//! `careshed allot`: how many projects each city or county could be given, by need, beside the document's annex and an even split.

use std::path::PathBuf;

use clap::Args;

use super::run;
use super::{By, Context, Outcome, StudyArgs};
use crate::money::allot::{self as money, Level, Refusal, Request};
use crate::policy::Pack;
use crate::problem::{Code, Problem, Problems};
use crate::read;
use crate::report::output::{Job, OutputFolder};
use crate::report::{allot, csv_file, run_record, shortage, xlsx};
use crate::study::{self, Watch};

/// Arguments of `allot`.
#[derive(Debug, Args)]
pub struct AllotArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// 项目总数 · how many projects there are
    #[arg(long, value_name = "N")]
    total: u32,
    /// 分给市还是县；默认多于一市时分给市 · hand out to cities or counties; by default cities where there are several
    #[arg(long, value_enum, value_name = "city|county")]
    by: Option<By>,
    /// 每个单位至少几个 · at least so many for each
    #[arg(long, default_value_t = 0, value_name = "N")]
    floor: u32,
    /// 每个单位至多几个 · at most so many for each
    #[arg(long, value_name = "N")]
    ceiling: Option<u32>,
}

/// Runs the command.
pub fn run(args: &AllotArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let Some(settings) = args.study.settings(&mut problems) else { return Outcome::Wrong(problems) };
    // Candidates have no part in the proposal; with them and a pack it can be said where a quota lacks some.
    let judged = !settings.inputs.candidates.is_empty() && !settings.policies.is_empty();
    let measured = if judged { run::measure_sites(settings, |_| true, context) } else { run::measure(settings, |_| true, context) };
    let mut findings = match measured {
        Ok(findings) => findings,
        Err(outcome) => return outcome,
    };
    let watch = context.watch();
    watch.step("allot");
    let quotas: Vec<_> = findings.settings.inputs.quota.iter().flat_map(|input| read::quota::read(input, &mut problems)).collect();
    let level = match args.by {
        Some(By::City) => Level::City,
        Some(By::County) => Level::County,
        None => money::level(&findings.city),
    };
    let request = Request { total: args.total, level, floor: args.floor, ceiling: args.ceiling };
    let ids: Vec<&str> = findings.packs.iter().map(|p| p.pack.id.as_str()).collect();
    let rows = match money::propose(&findings.settings, &findings.city, &findings.coverage, &ids, &quotas, request) {
        Ok(rows) => rows,
        Err(refusal) => {
            problems.push(said(refusal, args.total));
            Vec::new()
        }
    };
    let short = if judged { shortage::shortages(&findings, &quotas) } else { Vec::new() };
    findings.problems.extend(problems);
    if findings.problems.has_errors() {
        return Outcome::Wrong(findings.problems);
    }
    let written = write(args, &findings, &rows, &short, level, context);
    if written.is_ok() {
        if context.json() {
            put_line!("{}", allot::json(&findings, &rows, &short));
        } else {
            put!("{}{}", allot::summary(&findings, &rows, context.lang), shortage::summary(&short, context.lang));
        }
    }
    run::outcome(findings, written)
}

fn write(
    args: &AllotArgs,
    findings: &study::Findings,
    rows: &[money::Row],
    short: &[shortage::Line],
    level: Level,
    context: &Context,
) -> Result<Vec<PathBuf>, Problem> {
    let Some(dir) = context.out() else { return Ok(Vec::new()) };
    context.watch().step("write");
    let lang = context.lang;
    let mut options = vec![("total".to_owned(), args.total.to_string()), ("by".to_owned(), level.key().to_owned())];
    options.push(("floor".to_owned(), args.floor.to_string()));
    options.extend(args.ceiling.map(|ceiling| ("ceiling".to_owned(), ceiling.to_string())));
    let packs: Vec<&Pack> = findings.packs.iter().map(|p| &p.pack).collect();
    let mut out = OutputFolder::new(dir)?;
    if !short.is_empty() {
        out.add_all(vec![csv_file("shortage", move || shortage::table(short))])?;
    }
    out.add_all(vec![
        Job::new("allot.xlsx", move |file| xlsx::write(&allot::table(findings, rows, lang), lang, file)),
        csv_file("allot", move || allot::table(findings, rows, lang)),
        Job::new("run.json", move |file| {
            std::io::Write::write_all(file, run_record::json("allot", &options, &findings.settings, &packs, lang)?.as_bytes())
        }),
    ])?;
    Ok(out.commit()?)
}

fn said(refusal: Refusal, total: u32) -> Problem {
    let limits = |reason: &'static str, n: u64| {
        let problem = Problem::new(Code::E_SETTING).field("--total").value(total).with("n", n);
        problem.with("reason", reason).with("hint", "@allot.hint")
    };
    match refusal {
        Refusal::NoUnits => Problem::new(Code::E_NEED).field("county_code").with("hint", "--communities c.csv --counties counties.csv"),
        Refusal::Floors(n) => limits("@allot.floors", n),
        Refusal::Ceilings(n) => limits("@allot.ceilings", n),
        Refusal::Crossed => limits("@allot.crossed", 0),
    }
}
