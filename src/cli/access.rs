//! `careshed access`: measures of accessibility from a table of costs, without geography.

use std::path::PathBuf;

use clap::Args;

use super::{Context, Outcome};
use crate::access::{Decay, Method, measure};
use crate::problem::{Code, Problem, Problems};
use crate::read::{Input, cost_table};
use crate::report::output::{Job, OutputFolder};
use crate::report::{access as report, run_record};
use crate::settings::file::shown;
use crate::study::Watch;

/// Arguments of `access`.
#[derive(Debug, Args)]
pub struct AccessArgs {
    /// 费用表 demand,supply,cost · costs
    #[arg(long, value_name = "t.csv")]
    matrix: PathBuf,
    /// 需求表 id,weight · demands
    #[arg(long, value_name = "d.csv")]
    demand: PathBuf,
    /// 供给表 id,amount… · supplies, one column or several
    #[arg(long, value_name = "s.csv")]
    supply: PathBuf,
    /// cumulative|nearest|gravity|2sfca|e2sfca|g2sfca|3sfca|bfca|savail|raam
    #[arg(long)]
    method: String,
    /// 费用上限（含）；raam 的 τ · largest cost, inclusive; τ of raam
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    limit: Option<String>,
    /// step:10=1,20=0.68 · gauss:20 · power:1.5 · exp:0.1
    #[arg(long)]
    decay: Option<String>,
}

/// Runs the command.
pub fn run(args: &AccessArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    match tell(args, context, &mut problems) {
        Some(()) => Outcome::Done(problems),
        None => Outcome::Wrong(problems),
    }
}

fn tell(args: &AccessArgs, context: &Context, problems: &mut Problems) -> Option<()> {
    let watch = context.watch();
    watch.step("read");
    let words = || Method::ALL.map(|(word, _)| word).join(" | ");
    let method = Method::ALL.iter().find(|(word, _)| *word == args.method).map(|(_, method)| *method);
    if method.is_none() {
        problems.push(super::setting("--method", &args.method, &words()));
    }
    let limit = match &args.limit {
        None => None,
        Some(text) => match text.trim().parse::<f64>() {
            Ok(limit) if limit.is_finite() && limit >= 0.0 && (limit > 0.0 || method != Some(Method::Raam)) => Some(limit),
            _ => {
                problems.push(super::setting("--limit", text, "--limit 30"));
                None
            }
        },
    };
    let decay = match args.decay.as_deref().map(|text| (text, Decay::parse(text))) {
        None => Decay::None,
        Some((_, Some(decay))) => decay,
        Some((text, None)) => {
            problems.push(super::setting("--decay", text, "step:10=1,20=0.68,30=0.22 | gauss:20 | power:1.5 | exp:0.1"));
            Decay::None
        }
    };
    let bounded = matches!(method, Some(Method::Cumulative | Method::TwoStep | Method::EnhancedTwoStep | Method::ThreeStep | Method::Raam));
    if bounded && args.limit.is_none() {
        problems.push(Problem::new(Code::E_NEED).field("--limit").with("hint", "--limit 30"));
    }
    let decays = matches!(
        method,
        Some(Method::Gravity | Method::EnhancedTwoStep | Method::ThreeStep | Method::Balanced | Method::SpatialAvailability)
    );
    if decays && args.decay.is_none() {
        problems
            .push(Problem::new(Code::E_NEED).field("--decay").with("hint", "step:10=1,20=0.68,30=0.22 | gauss:20 | power:1.5 | exp:0.1"));
    }
    if args.method == "g2sfca" && !matches!(decay, Decay::Gauss(_)) && args.decay.is_some() {
        problems.push(super::setting("--decay", args.decay.as_deref().unwrap_or(""), "gauss:20"));
    }
    if context.out().is_none() && !context.json() {
        problems.push(Problem::new(Code::E_NEED).field("--out").with("hint", "--out result"));
    }
    if problems.has_errors() {
        return None;
    }
    let input = |path: &PathBuf| Input { path: path.clone(), shown: shown(path), ..Input::default() };
    let (matrix, demand, supply) = (input(&args.matrix), input(&args.demand), input(&args.supply));
    let table = cost_table::read(&matrix, &demand, &supply, decay.needs_positive() && decays, problems)?;
    watch.step("access");
    let method = method?;
    let values: Vec<(String, Vec<Option<f64>>)> =
        table.supply.iter().map(|(name, amounts)| (name.clone(), measure(method, &table.costs, amounts, limit, &decay))).collect();
    watch.step("write");
    let written = (|| -> Result<(), Problem> {
        let Some(dir) = context.out() else { return Ok(()) };
        let named = [("method", Some(args.method.clone())), ("limit", args.limit.clone()), ("decay", args.decay.clone())];
        let files = [("matrix", &matrix), ("demand", &demand), ("supply", &supply)];
        let mut options: Vec<(String, String)> = named.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
        options.extend(files.iter().map(|(key, input)| ((*key).to_owned(), input.shown.clone())));
        let record = run_record::bare("access", &options, &[&matrix, &demand, &supply], context.lang)
            .map_err(|error| Problem::new(Code::E_FILE).file("run.json").with("reason", error))?;
        let (ids, values) = (&table.demand, &values);
        let mut out = OutputFolder::new(dir)?;
        out.add_all(vec![
            Job::new("access.csv", move |file| report::write(ids, values, file)),
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
        put_line!("{}", report::json(&args.method, &table.demand, &values));
    }
    Some(())
}
