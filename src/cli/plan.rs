//! `careshed plan`: the best set of sites together, with proof.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value as Json, json};

use super::solve::{Teller, failed_audit};
use super::{Context, NO_PLAN, Outcome, StudyArgs, interrupt, run};
use crate::problem::{Code, Problem, Problems};
use crate::report::output::{Job, OutputFolder};
use crate::report::page::{self, Planned};
use crate::report::{csv_file, plan as report, run_record, xlsx};
use crate::siting::{self, Limits, Status};
use crate::study::after::{self, After};
use crate::study::plan::{self as asking, Asked};
use crate::study::{Findings, Goal, Watch};
use crate::units::Count;

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    study: StudyArgs,
    /// 至多选几处 · most sites to choose
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    sites: Option<String>,
    /// 投资预算，万元 · most that they cost together, in 万元
    #[arg(long, value_name = "万元", allow_hyphen_values = true)]
    budget: Option<String>,
    /// 要覆盖的人口比例，如 95% · share of the people to cover
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    cover: Option<String>,
    /// 比例按全市、每县或每街道 · the share of all, or in each county or street
    #[arg(long, value_name = "all|county|street")]
    cover_by: Option<String>,
    /// 必选的候选点 · candidates that must be chosen
    #[arg(long, value_name = "IDS")]
    mandatory: Option<String>,
    /// 禁选的候选点 · candidates that must not be
    #[arg(long, value_name = "IDS")]
    forbidden: Option<String>,
    /// 互斥，如 A:B,C:D · at most one of each group
    #[arg(long, value_name = "A:B")]
    exclusive: Vec<String>,
    /// 每个尚无项目的县至少几处 · least sites for each county without a project
    #[arg(long, value_name = "N")]
    min_per_listed_county: Option<String>,
    /// 求什么 · what is best
    #[arg(long, value_enum)]
    model: Option<PlanModelWord>,
    /// 时限，如 60s · when to stop with the best plan so far
    #[arg(long, value_name = "TIME")]
    time_limit: Option<String>,
    /// 已作的决定 project,decision,reason，与最好方案比较 · what was decided, to be compared with the best
    #[arg(long, value_name = "decision.csv")]
    decision: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PlanModelWord {
    Mclp,
    Lscp,
    Pmedian,
    Pcenter,
    Backup,
}

/// Runs the command.
pub fn run(args: &PlanArgs, context: &Context) -> Outcome {
    let mut study = args.study.clone();
    let flags = [
        ("sites", args.sites.clone()),
        ("budget", args.budget.clone()),
        ("cover", args.cover.clone()),
        ("cover_by", args.cover_by.clone()),
        ("mandatory", args.mandatory.clone()),
        ("forbidden", args.forbidden.clone()),
        ("exclusive", (!args.exclusive.is_empty()).then(|| args.exclusive.join(","))),
        ("min_per_listed_county", args.min_per_listed_county.clone()),
        ("model", args.model.map(|model| format!("{model:?}").to_lowercase())),
        ("time_limit", args.time_limit.clone()),
    ];
    for (key, value) in flags {
        // Quoted, so that an id of digits stays a text.
        study.set.extend(value.map(|value| format!("plan.{key}={}", toml::Value::String(value))));
    }
    let findings = match run::explore(&study, Goal::Plan, context) {
        Ok(findings) => findings,
        Err(outcome) => return outcome,
    };
    // A copy: the page tells of them too.
    let mut problems = findings.problems.clone();
    match tell(args, &findings, context, &mut problems) {
        None => Outcome::Wrong(problems),
        Some(true) => Outcome::Done(problems),
        Some(false) => Outcome::Exit(problems, NO_PLAN),
    }
}

/// Whether a plan was found; `None` when something is wrong.
fn tell(args: &PlanArgs, findings: &Findings, context: &Context, problems: &mut Problems) -> Option<bool> {
    let watch = context.watch();
    let asked = asking::ask(findings, problems)?;
    let question = &asked.question;
    let decided = match &args.decision {
        Some(path) => Some(crate::read::decision::read(path, question, problems)?),
        None => None,
    };
    watch.step("solve");
    let settings = &findings.settings.plan;
    let teller = Teller::new(context, question.objective_scale(), asked.before);
    let time = Duration::from_millis(settings.time_limit.0);
    let (plan, runner_ups, reserve, curve) = interrupt::gently(|stop| {
        let limits = Limits { time: Some(time), stop, watch: &|step| teller.tell(step), target: None, slack: 0 };
        let plan = siting::solve(question, &limits);
        // What stands beside the plan has a third of the limit each: not what the clock says of the plan, so that a second run is the same.
        let beside = |parts: u32| Limits { time: Some(time / parts), ..limits };
        let runner_ups = siting::runner_ups(question, &plan, settings.runner_ups as usize, &beside(3));
        let reserve = siting::reserve(question, &plan, settings.reserve as usize, &beside(3));
        let curve = siting::curve(question, settings.curve as usize, &beside(3));
        (plan, runner_ups, reserve, curve)
    });
    if !plan.audit.passed {
        problems.push(failed_audit(&plan));
        return None;
    }
    let plan = match siting::too_poor(question, &plan) {
        Some(conflict) => siting::Plan { status: Status::Infeasible, objective: None, bound: None, conflict: vec![conflict], ..plan },
        None => plan,
    };
    let city = &findings.city;
    let name = |site: u32| asked.candidate_of[site as usize].map_or("", |c| city.candidates[c as usize].name.as_str());
    let priced = |site: u32| asked.candidate_of[site as usize].is_some_and(|c| city.candidates[c as usize].investment.is_some());
    let place = |demand: u32| {
        let point = asked.point_of[demand as usize] as usize;
        findings.demand.community_of(point).map_or_else(String::new, |c| city.communities[c].name.clone())
    };
    let opened: Vec<u32> = plan.chosen.iter().filter_map(|chosen| asked.candidate_of[chosen.site as usize]).collect();
    let after = after::after(findings, &opened);
    let years = siting::years(question, &plan, &asked.years);
    let mut more = more(findings, &asked, &after, &years);
    let decision = decided.map(|decided| siting::compare(question, &plan, &decided.chosen));
    if let Some(decision) = &decision {
        more.insert("decision".into(), decision_json(question, decision, asked.before));
    }
    let answer = report::Answer {
        question,
        plan: &plan,
        runner_ups: &runner_ups,
        reserve: &reserve,
        curve: &curve,
        before: asked.before,
        covered: asked.covered(findings, &plan.sites()),
        priced: &priced,
        settings: told(findings),
        more,
        name: &name,
        place: &place,
    };
    let planned = Planned { answer: &answer, after: &after, candidate_of: &asked.candidate_of, years: &years };
    let text = report::json(&answer);
    watch.step("write");
    let written = (|| -> Result<(), Problem> {
        let Some(dir) = context.out() else { return Ok(()) };
        let options: Vec<(String, String)> =
            args.decision.iter().map(|path| ("decision".to_owned(), crate::settings::file::shown(path))).collect();
        let packs: Vec<_> = findings.packs.iter().map(|found| &found.pack).collect();
        let record = run_record::json("plan", &options, &findings.settings, &packs, context.lang)
            .map_err(|error| Problem::new(Code::E_FILE).file("run.json").with("reason", error))?;
        let (text, answer, planned, lang) = (&text, &answer, &planned, context.lang);
        let mut out = OutputFolder::new(dir)?;
        out.add_all(vec![
            Job::new("report.html", move |file| page::write(findings, Some(planned), lang, file)),
            Job::new("plan.json", move |file| std::io::Write::write_all(file, text.as_bytes())),
            Job::new("plan.xlsx", move |file| xlsx::write(&report::table(answer), lang, file)),
            csv_file("plan", move || report::table(answer)),
            csv_file("curve", move || report::curve(answer)),
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
        put!("{text}");
    } else {
        put!("{}", report::summary(&answer, &findings.settings.title, context.lang));
        put!("{}", report::beside(&asked, findings, decision.as_ref(), context.lang));
    }
    Some(plan.status != Status::Infeasible && plan.objective.is_some())
}

/// What the plan rests on, as it was set.
fn told(findings: &Findings) -> Map<String, Json> {
    let table = crate::settings::file::to_table(&findings.settings);
    let plan = table.get("plan").and_then(|plan| serde_json::to_value(plan).ok());
    let mut settings = match plan {
        Some(Json::Object(plan)) => plan,
        _ => Map::new(),
    };
    settings.insert("speed_mm_s".into(), json!(findings.settings.speed.mm_per_s()));
    settings.insert("limit_ms".into(), json!(findings.settings.limit.0));
    settings
}

/// What a city has beside a bare plan: who is counted, what was covered before, who is newly covered, and the year of each site.
fn more(findings: &Findings, asked: &Asked, after: &After, years: &[(u32, String)]) -> Map<String, Json> {
    let mut more = Map::new();
    let weight = |units: i64| Json::Number(asked.question.weight_scale.number(units));
    more.insert("group".into(), json!(asked.group.name()));
    more.insert("covered_before".into(), weight(asked.covered_before));
    let left_out = asked.left_out.iter().map(|(c, why)| json!({ "id": findings.city.candidates[*c as usize].id, "why": why }));
    more.insert("left_out".into(), left_out.collect());
    if !years.is_empty() {
        let years = years.iter().map(|(site, year)| json!({ "id": asked.question.sites[*site as usize].id, "year": year }));
        more.insert("years".into(), years.collect());
    }
    let mut newly = std::collections::BTreeMap::new();
    for (community, people) in after.brings.iter().flat_map(|brings| &brings.communities) {
        *newly.entry(*community).or_insert(Count::ZERO) += *people;
    }
    let mut newly: Vec<(u32, Count)> = newly.into_iter().collect();
    newly.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    let communities = newly.into_iter().map(|(c, people)| {
        let community = &findings.city.communities[c as usize];
        json!({ "code": community.code, "name": community.name, "people": siting::Scale::places(6).number(people.0 as i64) })
    });
    more.insert("newly_covered".into(), communities.collect());
    more
}

fn decision_json(question: &siting::Question, decision: &siting::Compared, before: i64) -> Json {
    let scale = question.objective_scale();
    let number = |units: Option<i64>, off: i64| units.map_or(Json::Null, |units| Json::Number(scale.number(units - off)));
    json!({
        "objective": number(decision.objective, before), "price": number(decision.price, 0), "broken": decision.broken,
        "only_decided": ids(question, &decision.only_decided), "only_best": ids(question, &decision.only_best),
    })
}

fn ids(question: &siting::Question, sites: &[u32]) -> Vec<String> {
    sites.iter().map(|site| question.sites[*site as usize].id.clone()).collect()
}
