//! The command line: one file per command; this one holds what they share.

/// Prints to stdout; whoever closed the pipe has read enough, which is no reason to panic.
macro_rules! put {
    ($($arg:tt)*) => {{ let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!($($arg)*)); }};
}
/// The same with a line end.
macro_rules! put_line {
    ($($arg:tt)*) => {{ let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($arg)*))); }};
}

mod access;
mod allot;
mod check;
mod circles;
mod cover;
mod demo;
mod fund;
mod hello;
mod init;
mod interrupt;
mod matrix;
mod meter;
mod norm;
mod plan;
mod policy;
mod progress;
mod rank;
mod run;
mod solve;
mod synth;
mod template;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::city::unit::UnitLevel;
use crate::problem::{Code, Problem, Problems};
use crate::report;
use crate::report::summary::Next;
use crate::settings::Settings;
use crate::settings::file::{self, Flags};
use crate::words::Lang;

/// Exit codes of the contract.
const WRONG_INPUT: u8 = 1;
const USAGE: u8 = 2;
const STRICT: u8 = 3;
const NO_PLAN: u8 = 3;
const INTERRUPTED: u8 = 130;

/// 社区养老服务设施的十五分钟步行覆盖与选址。Who is within a fifteen-minute walk of elderly care, and which sites to declare.
#[derive(Debug, Parser)]
#[command(name = "careshed", version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// 输出文件夹 · folder for the result files (all or none are replaced)
    #[arg(long, global = true, value_name = "DIR")]
    out: Option<PathBuf>,
    /// 线程数，0 为全部 · number of threads, 0 = all
    #[arg(long, global = true, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// 语言 · language of messages and headings
    #[arg(long, global = true, value_name = "zh|en", value_parser = ["zh", "en"])]
    lang: Option<String>,
    /// 有警告即以 3 退出 · a warning makes the exit code 3
    #[arg(long, global = true)]
    strict: bool,
    /// 终端输出格式 · form of what is printed
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// 打印每一步的用时与内存 · print each step's time and peak memory to stderr
    #[arg(long, global = true)]
    timings: bool,
    /// 打印更多过程信息 · say more on stderr
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// City by city, or county by county.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    City,
    County,
}

impl From<By> for UnitLevel {
    fn from(by: By) -> Self {
        match by {
            By::City => UnitLevel::City,
            By::County => UnitLevel::County,
        }
    }
}

/// A study, as a file, as flags, or both.
#[derive(Debug, Clone, Default, Args)]
pub struct StudyArgs {
    /// 研究文件 · study file (study.toml)
    study: Option<PathBuf>,
    /// 社区 · communities
    #[arg(long, value_name = "FILE")]
    communities: Option<PathBuf>,
    /// 小区 · estates
    #[arg(long, value_name = "FILE")]
    estates: Option<PathBuf>,
    /// 县（市、区） · counties
    #[arg(long, value_name = "FILE")]
    counties: Option<PathBuf>,
    /// 设施 · facilities
    #[arg(long, value_name = "FILE")]
    facilities: Option<PathBuf>,
    /// 候选点 · candidates
    #[arg(long, value_name = "FILE")]
    candidates: Option<PathBuf>,
    /// 步行路网 · streets: OSM PBF or lines
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// 人口点 · buildings, points or cells with people
    #[arg(long, value_name = "FILE")]
    demand: Option<PathBuf>,
    /// 名额表：level code name quota · quotas of cities or counties
    #[arg(long, value_name = "FILE")]
    quota: Option<PathBuf>,
    /// 规则集，逗号分隔 · policy packs, comma-separated
    #[arg(long, value_name = "IDS")]
    policies: Option<String>,
    /// 步行速度，如 1.0 m/s · walking speed
    #[arg(long)]
    speed: Option<String>,
    /// 时限，如 15 min · time limit
    #[arg(long)]
    limit: Option<String>,
    /// 到最近街道的最大距离，如 100 m · how far a point may be from a street
    #[arg(long)]
    snap: Option<String>,
    /// 时限前后 N 分钟内的人数（写 flip.csv） · people within N minutes of the limit, both sides
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    within: Option<String>,
    /// 步速 × 时限 × 路网距离的敏感性（写 sensitivity.csv） · how coverage hangs on speed, limit and snap
    #[arg(long)]
    sensitivity: bool,
    /// 另写 GeoPackage（与每个 .geojson 同名） · a GeoPackage beside every GeoJSON
    #[arg(long)]
    gpkg: bool,
    /// 截止日期 · the day the study speaks of
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// 阶段 · stage up to which rules are due
    #[arg(long)]
    stage: Option<String>,
    /// 指标权重 · criterion weights
    #[arg(long, value_name = "k=v,…")]
    weights: Option<String>,
    /// 内存上限，如 4GB，默认为本机的四分之三 · most memory to use, by default three quarters of the machine's
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// 研究文件的任何其他键 · any other key of the study, e.g. network.min_component="0 m"
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

// One is made in a run.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Subcommand)]
enum Command {
    /// 内置城市上的完整演示 · the whole journey on the built-in city
    Demo(demo::DemoArgs),
    /// 写出填报模板（Excel） · write a workbook to fill in
    Template(template::TemplateArgs),
    /// 看一个文件夹里有什么，写出 study.toml · look at a folder and write a study.toml
    Init(init::InitArgs),
    /// 列出输入的全部问题 · every problem in the inputs
    Check(check::CheckArgs),
    /// 谁在服务圈内 · who is covered, partly, not, unknown
    Cover(StudyArgs),
    /// 候选点排序及理由 · candidates ranked, with reasons and verdicts
    Rank(rank::RankArgs),
    /// 一起建哪几处最好，附证明 · the best set of sites together, with proof
    Plan(plan::PlanArgs),
    /// 规则包：新建、检查、模式、解释 · policy packs: new, check, schema, explain
    Policy(policy::PolicyArgs),
    /// 设施到人口点的步行时间 · walking times from facilities to demand points
    Matrix(matrix::MatrixArgs),
    /// 5、10、15 分钟服务圈的多边形 · the area within 5, 10, 15 minutes of each site
    Circles(circles::CirclesArgs),
    /// 各项标准的需求、现有与缺口 · need, existing and gap under each norm
    Norm(norm::NormArgs),
    /// 每个项目每级财政的补助 · what each payer gives each project
    Fund(fund::FundArgs),
    /// 名额分配建议 · how many projects each city or county could be given
    Allot(allot::AllotArgs),
    /// 由费用表计算可达性（2SFCA 等），不需要地理数据 · accessibility from a table of costs, no geography
    Access(access::AccessArgs),
    /// 求解文献算例或任意覆盖表，不需要地理数据 · solve an instance of the literature or any cover table, no geography
    Solve(solve::SolveArgs),
    /// 生成合成城市 · make a synthetic city
    Synth(synth::SynthArgs),
}

/// What a command came to.
pub enum Outcome {
    /// Done; these were the problems (warnings).
    Done(Problems),
    /// Inputs or settings are wrong: nothing was written.
    Wrong(Problems),
    /// Done, and what was asked for has already been printed (`check`): only the exit code is left.
    Reported(Problems),
    /// Done, and the answer is a no that has an exit code of its own: no plan is possible.
    Exit(Problems, u8),
}

/// What every command gets.
pub struct Context {
    /// Language of this run.
    pub lang: Lang,
    common: Common,
}

impl Context {
    fn json(&self) -> bool {
        self.common.format == Format::Json
    }

    fn out(&self) -> Option<&Path> {
        self.common.out.as_deref()
    }

    fn watch(&self) -> progress::Terminal {
        progress::Terminal::new(self.lang, self.common.timings, self.common.verbose)
    }
}

/// Runs the program and answers its exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let asked = |args: &[OsString]| {
        let text = |at: usize| args.get(at).and_then(|a| a.to_str());
        let at = (0..args.len()).find(|at| text(*at).is_some_and(|a| a == "--lang" || a.starts_with("--lang=")))?;
        Lang::parse(text(at)?.strip_prefix("--lang=").or_else(|| text(at + 1))?)
    };
    let said = asked(&args);
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && said.unwrap_or_else(locale) == Lang::Zh => {
            let _ = std::io::stderr().write_all(in_chinese(&error.render().to_string()).as_bytes());
            return ExitCode::from(USAGE);
        }
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let lang = cli.common.lang.as_deref().and_then(Lang::parse).unwrap_or_else(locale);
    interrupt::listen(lang);
    // A second pool in one process is a programming error, not a user's; the first one stands.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(cli.common.threads).build_global();
    let context = Context { lang, common: cli.common };
    let Some(command) = cli.command else {
        return finish(hello::run(&context), &context);
    };
    let outcome = match command {
        Command::Demo(args) => demo::run(&args, &context),
        Command::Template(args) => template::run(&args, &context),
        Command::Init(args) => init::run(&args, &context),
        Command::Check(args) => check::run(&args, &context),
        Command::Cover(args) => cover::run(&args, &context),
        Command::Rank(args) => rank::run(&args, &context),
        Command::Plan(args) => plan::run(&args, &context),
        Command::Policy(args) => policy::run(&args, &context),
        Command::Matrix(args) => matrix::run(&args, &context),
        Command::Circles(args) => circles::run(&args, &context),
        Command::Allot(args) => allot::run(&args, &context),
        Command::Norm(args) => norm::run(&args, &context),
        Command::Fund(args) => fund::run(&args, &context),
        Command::Access(args) => access::run(&args, &context),
        Command::Solve(args) => solve::run(&args, &context),
        Command::Synth(args) => synth::run(&args, &context),
    };
    finish(outcome, &context)
}

/// What the parser of flags says of a mistake, its frame in Chinese; flags and values stay as they are.
fn in_chinese(said: &str) -> String {
    const FRAMES: [(&str, &str); 12] = [
        ("error: ", "错误："),
        ("Usage: ", "用法："),
        ("  tip: ", "  提示："),
        ("For more information, try '--help'.", "更多说明：加 --help"),
        ("unexpected argument ", "没有这个参数："),
        ("unrecognized subcommand ", "没有这个命令："),
        ("the following required arguments were not provided:", "缺少必须的参数："),
        ("invalid value ", "不可用的值 "),
        ("a value is required for ", "须给出值："),
        (" but none was supplied", ""),
        ("a similar argument exists: ", "相近的参数："),
        ("a similar subcommand exists: ", "相近的命令："),
    ];
    let said = FRAMES.iter().fold(said.to_owned(), |said, (en, zh)| said.replace(en, zh));
    said.replace(" found\n", "\n").replace("[possible values: ", "[可用的值：")
}

fn finish(outcome: Outcome, context: &Context) -> ExitCode {
    let (problems, written, print, success) = match outcome {
        Outcome::Done(problems) => (problems, true, true, 0),
        Outcome::Wrong(problems) => (problems, false, true, 0),
        Outcome::Reported(problems) => (problems, true, false, 0),
        Outcome::Exit(problems, code) => (problems, true, true, code),
    };
    if print && !problems.is_empty() {
        let _ = std::io::stderr().write_all(report::problems::text(&problems, context.lang).as_bytes());
    }
    if problems.has_errors() || !written {
        return ExitCode::from(WRONG_INPUT);
    }
    if context.common.strict && problems.fails_strict() {
        return ExitCode::from(STRICT);
    }
    ExitCode::from(success)
}

/// The locale of the environment; Chinese where it says nothing, as the program's users mostly are.
fn locale() -> Lang {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    match said {
        None => Lang::Zh,
        Some(value) => Lang::parse(&value).unwrap_or(Lang::En),
    }
}

impl StudyArgs {
    /// Settings from file, flags and defaults; problems, if any, stop the command.
    pub fn settings(&self, problems: &mut Problems) -> Option<Settings> {
        let mut flags = Flags::default();
        let files = [
            ("communities", &self.communities),
            ("estates", &self.estates),
            ("counties", &self.counties),
            ("facilities", &self.facilities),
            ("candidates", &self.candidates),
            ("network", &self.network),
            ("demand", &self.demand),
            ("quota", &self.quota),
        ];
        flags.files = files.into_iter().filter_map(|(name, path)| Some((name, path.clone()?))).collect();
        let named = [
            ("policies", &self.policies),
            ("walking.speed", &self.speed),
            ("walking.limit", &self.limit),
            ("walking.snap", &self.snap),
            ("coverage.within", &self.within),
            ("as_of", &self.as_of),
            ("stage", &self.stage),
            ("memory", &self.memory),
        ];
        for text in &self.set {
            match file::parse_set(text) {
                Some(pair) => flags.set.push(pair),
                None => problems.push(setting("--set", text, "--set key=value")),
            }
        }
        for (key, value) in named {
            if let Some(value) = value {
                flags.set.push((key.to_owned(), toml::Value::String(value.clone())));
            }
        }
        if self.gpkg {
            flags.set.push(("output.gpkg".to_owned(), toml::Value::Boolean(true)));
        }
        if self.sensitivity {
            flags.set.push(("coverage.sensitivity".to_owned(), toml::Value::Boolean(true)));
        }
        for pair in self.weights.iter().flat_map(|w| w.split(',')).filter(|p| !p.trim().is_empty()) {
            match pair.split_once('=').and_then(|(k, v)| Some((k.trim(), v.trim().parse::<f64>().ok()?))) {
                Some((name, weight)) => flags.set.push((format!("score.weights.{name}"), toml::Value::Float(weight))),
                None => problems.push(setting("--weights", pair, "--weights host_elderly=2,old_500=1")),
            }
        }
        if problems.has_errors() {
            return None;
        }
        let mut settings = file::load(self.study.as_deref(), &flags, problems)?;
        settings.memory = settings.memory.or_else(meter::three_quarters_of_the_machine);
        Some(settings)
    }

    /// What the last line of a summary proposes to run next.
    fn next<'a>(&'a self, context: &'a Context) -> Next<'a> {
        Next {
            study: self.study.as_deref().and_then(Path::to_str).unwrap_or("study.toml"),
            out: context.out().and_then(Path::to_str).unwrap_or("result"),
        }
    }
}

/// A refused flag.
fn setting(flag: &str, seen: &str, hint: &str) -> Problem {
    Problem::new(Code::E_SETTING).field(flag).value(seen).with("reason", seen).with("hint", hint)
}
