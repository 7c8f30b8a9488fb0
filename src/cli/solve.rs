//! `careshed solve`: an instance of the literature, or any cover table, without geography.

use std::path::PathBuf;
use std::sync::Mutex;

use clap::{Args, ValueEnum};
use serde_json::{Map, json};

use super::{Context, NO_PLAN, Outcome, interrupt};
use crate::problem::{Code, Problem, Problems};
use crate::read::Input;
use crate::read::instance::{self, Form, Instance};
use crate::report::output::{Job, OutputFolder};
use crate::report::{csv_file, plan as report, run_record};
use crate::settings::file::shown;
use crate::siting::{self, Decimal, Limits, Model, Plan, Status, Step, Wanted};
use crate::study::Watch;

/// Arguments of `solve`.
#[derive(Debug, Args)]
pub struct SolveArgs {
    /// 算例文件 · the instance
    file: PathBuf,
    /// 文件的写法 · how it is written: site,demand · site,demand,cost · OR-Library
    #[arg(long, value_enum)]
    input: InputForm,
    /// 求什么 · what is best
    #[arg(long, value_enum)]
    model: ModelWord,
    /// 至多选几处 · most sites to choose
    #[arg(long, value_name = "P")]
    sites: Option<u32>,
    /// 覆盖的最大费用（含） · largest cost within which a site covers, inclusive
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    limit: Option<String>,
    /// 需求权重表 demand,weight · weights
    #[arg(long, value_name = "FILE")]
    demand: Option<PathBuf>,
    /// 候选点表 site,cost,fixed,group · costs, fixed sites, groups
    #[arg(long, value_name = "FILE")]
    site_file: Option<PathBuf>,
    /// 名额表 group,quota,sense · how many of each group
    #[arg(long, value_name = "FILE")]
    quota: Option<PathBuf>,
    /// 费用合计上限 · most that the chosen sites cost together
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    budget: Option<String>,
    /// 时限，如 60s · when to stop with the best plan so far
    #[arg(long, value_name = "TIME")]
    time_limit: Option<String>,
    /// 次优方案个数 · plans that come next
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=50))]
    runner_ups: u32,
    /// 曲线点数 · points of the curve over the number of sites or the budget
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=200))]
    curve: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum InputForm {
    Cover,
    Matrix,
    Pmed,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ModelWord {
    Mclp,
    Lscp,
    Pmedian,
    Pcenter,
}

impl ModelWord {
    pub(super) fn model(self) -> Model {
        match self {
            ModelWord::Mclp => Model::Mclp,
            ModelWord::Lscp => Model::Lscp,
            ModelWord::Pmedian => Model::PMedian,
            ModelWord::Pcenter => Model::PCenter,
        }
    }
}

/// Runs the command.
pub fn run(args: &SolveArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    match tell(args, context, &mut problems) {
        None => Outcome::Wrong(problems),
        Some(true) => Outcome::Done(problems),
        Some(false) => Outcome::Exit(problems, NO_PLAN),
    }
}

/// A time as written, for a search.
pub(super) fn time_limit(text: Option<&str>, problems: &mut Problems) -> Option<std::time::Duration> {
    let text = text?;
    match crate::units::Milliseconds::parse(text) {
        Some(time) => Some(std::time::Duration::from_millis(time.0)),
        None => {
            problems.push(super::setting("--time-limit", text, "--time-limit 60s"));
            None
        }
    }
}

/// An amount of at least 0.
fn amount(flag: &str, text: Option<&str>, hint: &str, problems: &mut Problems) -> Option<Decimal> {
    let text = text?;
    let number = Decimal::parse(text).filter(|number| !number.is_negative());
    if number.is_none() {
        problems.push(super::setting(flag, text, hint));
    }
    number
}

/// Tells of each better plan or bound as it is found.
pub(super) struct Teller<'a> {
    context: &'a Context,
    scale: siting::Scale,
    before: i64,
    began: std::time::Instant,
    last: Mutex<Option<Step>>,
}

impl<'a> Teller<'a> {
    pub fn new(context: &'a Context, scale: siting::Scale, before: i64) -> Self {
        Self { context, scale, before, began: std::time::Instant::now(), last: Mutex::new(None) }
    }

    pub fn tell(&self, step: Step) {
        let step = Step { value: step.value.map(|v| v - self.before), bound: step.bound.map(|b| b - self.before) };
        let Ok(mut last) = self.last.lock() else { return };
        if *last == Some(step) {
            return;
        }
        *last = Some(step);
        let show = |units: Option<i64>| units.map_or_else(|| "?".to_owned(), |units| self.scale.show(units));
        let gap = match (step.value, step.bound) {
            (Some(value), Some(bound)) if value != 0 => {
                format!("{:.3} %", bound.abs_diff(value) as f64 / value.unsigned_abs() as f64 * 100.0)
            }
            _ => "?".to_owned(),
        };
        let seconds = format!("{:.1}", self.began.elapsed().as_secs_f64());
        let with = [("value", show(step.value)), ("bound", show(step.bound)), ("gap", gap), ("seconds", seconds)];
        let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        self.context.watch().note("note.search", &with);
    }
}

/// Whether a plan was found; `None` when something is wrong.
fn tell(args: &SolveArgs, context: &Context, problems: &mut Problems) -> Option<bool> {
    let watch = context.watch();
    watch.step("read");
    let input = |path: &PathBuf| Input { path: path.clone(), shown: shown(path), ..Input::default() };
    let (file, demand) = (input(&args.file), args.demand.as_ref().map(input));
    let (site_file, quota) = (args.site_file.as_ref().map(input), args.quota.as_ref().map(input));
    let limit = amount("--limit", args.limit.as_deref(), "--limit 800", problems);
    let budget = amount("--budget", args.budget.as_deref(), "--budget 500", problems);
    let time = time_limit(args.time_limit.as_deref(), problems);
    if args.sites == Some(0) {
        problems.push(super::setting("--sites", "0", "--sites 1"));
    }
    let form = match args.input {
        InputForm::Cover => Form::Cover,
        InputForm::Matrix => Form::Matrix,
        InputForm::Pmed => Form::Pmed,
    };
    if form == Form::Cover && limit.is_some() {
        problems.push(super::setting("--limit", "cover", "--input matrix --limit X"));
    }
    let instance = Instance {
        file: &file,
        form,
        model: args.model.model(),
        sites: args.sites,
        limit,
        demand: demand.as_ref(),
        site_file: site_file.as_ref(),
        quota: quota.as_ref(),
        budget,
    };
    let question = instance::read(&instance, problems)?;
    watch.step("solve");
    let teller = Teller::new(context, question.objective_scale(), 0);
    let wanted = Wanted { runner_ups: args.runner_ups as usize, reserve: 5, curve: args.curve as usize };
    let (plan, runner_ups, reserve, curve) = interrupt::gently(|stop| {
        let limits = Limits { time, stop, watch: &|step| teller.tell(step), target: None, slack: 0 };
        let began = std::time::Instant::now();
        let plan = siting::solve(&question, &limits);
        let left = Limits { time: time.map(|time| time.saturating_sub(began.elapsed())), ..limits };
        let runner_ups = siting::runner_ups(&question, &plan, wanted.runner_ups, &left);
        let reserve = siting::next_by_gain(&question, &plan, wanted.reserve);
        let curve = siting::curve(&question, wanted.curve, &left);
        (plan, runner_ups, reserve, curve)
    });
    if !plan.audit.passed {
        problems.push(failed_audit(&plan));
        return None;
    }
    let mut settings = Map::new();
    settings.insert("input".into(), json!(format!("{:?}", args.input).to_lowercase()));
    let texts = [("limit", &args.limit), ("budget", &args.budget), ("time_limit", &args.time_limit)];
    settings.extend(texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), json!(text.as_ref()?)))));
    settings.extend(args.sites.map(|sites| ("sites".to_owned(), json!(sites))));
    let answer = report::Answer {
        question: &question,
        plan: &plan,
        runner_ups: &runner_ups,
        reserve: &reserve,
        curve: &curve,
        before: 0,
        covered: plan.covered,
        priced: &|_| true,
        settings,
        more: Map::new(),
        name: &|_| "",
        place: &|_| String::new(),
    };
    let text = report::json(&answer);
    watch.step("write");
    let written = (|| -> Result<(), Problem> {
        let Some(dir) = context.out() else { return Ok(()) };
        let files: Vec<&Input> = [Some(&file), demand.as_ref(), site_file.as_ref(), quota.as_ref()].into_iter().flatten().collect();
        let record = run_record::bare("solve", &options(args), &files, context.lang)
            .map_err(|error| Problem::new(Code::E_FILE).file("run.json").with("reason", error))?;
        let (text, answer) = (&text, &answer);
        let mut out = OutputFolder::new(dir)?;
        let mut jobs = vec![
            Job::new("plan.json", move |file| std::io::Write::write_all(file, text.as_bytes())),
            csv_file("plan", move || report::table(answer)),
            Job::new("run.json", move |file| std::io::Write::write_all(file, record.as_bytes())),
        ];
        if wanted.curve > 0 {
            jobs.push(csv_file("curve", move || report::curve(answer)));
        }
        out.add_all(jobs)?;
        out.commit()?;
        Ok(())
    })();
    if let Err(problem) = written {
        problems.push(problem);
        return None;
    }
    if context.json() {
        put!("{text}");
    } else {
        put!("{}", report::summary(&answer, &file.shown, context.lang));
    }
    Some(plan.status != Status::Infeasible && plan.objective.is_some())
}

/// A plan that the audit does not believe is not written: it would be a mistake of this program.
pub(super) fn failed_audit(plan: &Plan) -> Problem {
    Problem::new(Code::E_AUDIT).value(plan.audit.findings.join("; "))
}

/// What was asked beside the files.
fn options(args: &SolveArgs) -> Vec<(String, String)> {
    let mut options =
        vec![("input".to_owned(), format!("{:?}", args.input).to_lowercase()), ("model".to_owned(), args.model.model().word().to_owned())];
    let path = |path: &PathBuf| shown(path);
    let more = [
        ("file", Some(path(&args.file))),
        ("sites", args.sites.map(|n| n.to_string())),
        ("limit", args.limit.clone()),
        ("demand", args.demand.as_ref().map(path)),
        ("site-file", args.site_file.as_ref().map(path)),
        ("quota", args.quota.as_ref().map(path)),
        ("budget", args.budget.clone()),
        ("time-limit", args.time_limit.clone()),
        ("runner-ups", (args.runner_ups > 0).then(|| args.runner_ups.to_string())),
        ("curve", (args.curve > 0).then(|| args.curve.to_string())),
    ];
    options.extend(more.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    options
}
