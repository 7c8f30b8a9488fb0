//! `plan.json`, `plan.csv` and `curve.csv`: the best set of sites, how far it is proven, and what stands beside it.

use serde_json::{Map, Value as Json, json};

use super::summary::grid::{Align, Grid, plain};
use super::table::Table;
use super::value::Value;
use crate::siting::{Compared, Conflict, Constraint, Model, Plan, Point, Question, Reserve, RunnerUp, Scale, Sense, Status, What};
use crate::study::Findings;
use crate::study::plan::Asked;
use crate::words::{Lang, say};

/// Members of a conflict that the terminal lists; all of them stand in `plan.json`.
const LINES: usize = 20;

/// Columns of `plan.csv`.
pub const COLUMNS: [&str; 5] = ["order", "id", "name", "gain", "cost"];

/// A plan and everything that is told beside it.
pub struct Answer<'a> {
    /// What was asked.
    pub question: &'a Question,
    /// The plan.
    pub plan: &'a Plan,
    /// Plans that come next.
    pub runner_ups: &'a [RunnerUp],
    /// Sites that would step in.
    pub reserve: &'a [Reserve],
    /// More or less of what was asked.
    pub curve: &'a [Point],
    /// Weight that counts in no gain because it is covered already: taken off the objective, its bound and every other one.
    pub before: i64,
    /// Weight of the demands in reach.
    pub covered: i64,
    /// Whether the cost of a site is known; one that is not stands as unknown, never as nothing.
    pub priced: &'a (dyn Fn(u32) -> bool + Sync),
    /// What was set, by name.
    pub settings: Map<String, Json>,
    /// Further keys behind those of every plan.
    pub more: Map<String, Json>,
    /// A name beside the id of a site; empty where there is none.
    pub name: &'a (dyn Fn(u32) -> &'a str + Sync),
    /// Where people without a site live, for what cannot be served.
    pub place: &'a (dyn Fn(u32) -> String + Sync),
}

impl Answer<'_> {
    /// The id of a site.
    pub(super) fn id(&self, site: u32) -> &str {
        &self.question.sites[site as usize].id
    }

    fn ids(&self, sites: &[u32]) -> Vec<&str> {
        sites.iter().map(|site| self.id(*site)).collect()
    }

    fn money(&self, units: i64) -> Json {
        Json::Number(self.question.cost_scale.number(units))
    }

    /// What a site costs, where it is known.
    pub(super) fn cost(&self, site: u32) -> Option<i64> {
        (self.priced)(site).then(|| self.question.sites[site as usize].cost)
    }

    /// What the plan costs, where all of it is known.
    fn whole_cost(&self) -> Option<i64> {
        self.plan.chosen.iter().map(|chosen| self.cost(chosen.site)).sum()
    }

    /// An objective as it is told.
    fn told(&self, units: Option<i64>) -> Option<i64> {
        units.map(|units| units - self.before)
    }

    /// The gap of what is told.
    fn gap(&self) -> Option<f64> {
        match (self.plan.status, self.told(self.plan.objective), self.told(self.plan.bound)) {
            (Status::Optimal, ..) => Some(0.0),
            (Status::Open, Some(value), Some(bound)) if value != 0 => Some(bound.abs_diff(value) as f64 / value.unsigned_abs() as f64),
            _ => None,
        }
    }

    /// Unit of what a site adds.
    pub(super) fn gain_scale(&self) -> Scale {
        match self.question.model {
            Model::Lscp => self.question.weight_scale,
            _ => self.question.objective_scale(),
        }
    }
}

/// The word of a status in files.
#[must_use]
pub fn status_word(plan: &Plan) -> &'static str {
    match plan.status {
        Status::Optimal => "optimal",
        Status::Open => "gap",
        Status::Infeasible => "infeasible",
    }
}

/// `plan.json`.
#[must_use]
pub fn json(answer: &Answer<'_>) -> String {
    let (question, plan) = (answer.question, answer.plan);
    let scale = question.objective_scale();
    let plain = |units: Option<i64>| units.map_or(Json::Null, |units| Json::Number(scale.number(units)));
    let number = |units: Option<i64>| plain(answer.told(units));
    let chosen: Vec<Json> = plan
        .chosen
        .iter()
        .enumerate()
        .map(|(k, chosen)| {
            let gain = chosen.gain.map_or(Json::Null, |gain| Json::Number(answer.gain_scale().number(gain)));
            let cost = answer.cost(chosen.site).map_or(Json::Null, |cost| answer.money(cost));
            let mut one = json!({ "id": answer.id(chosen.site), "order": k + 1, "gain": gain, "cost": cost });
            let name = (answer.name)(chosen.site);
            if !name.is_empty() {
                one["name"] = json!(name);
            }
            one
        })
        .collect();
    let runner_ups: Vec<Json> = answer
        .runner_ups
        .iter()
        .map(|one| json!({ "chosen": answer.ids(&one.chosen), "objective": number(Some(one.objective)), "proven": one.proven }))
        .collect();
    let reserve: Vec<Json> = answer
        .reserve
        .iter()
        .map(|one| json!({ "id": answer.id(one.site), "gain": answer.gain_scale().number(one.gain), "short": plain(one.short) }))
        .collect();
    let weight = |units: i64| Json::Number(question.weight_scale.number(units));
    let mut all = Vec::new();
    let mut put = |key: &str, value: Json| all.push((key.to_owned(), value));
    put("schema", json!(1));
    put("model", json!(question.model.word()));
    put("status", json!(status_word(plan)));
    put("sense", json!(if question.model.maximises() { "max" } else { "min" }));
    put("objective", number(plan.objective));
    put("bound", number(plan.bound));
    put("gap", answer.gap().map_or(Json::Null, |gap| json!(gap)));
    put("chosen", Json::Array(chosen));
    put("covered", if plan.objective.is_some() { weight(answer.covered) } else { Json::Null });
    put("total_weight", weight(question.total_weight()));
    put("cost", answer.whole_cost().map_or(Json::Null, |cost| answer.money(cost)));
    put("runner_ups", Json::Array(runner_ups));
    put("reserve", Json::Array(reserve));
    put("conflict", Json::Array(plan.conflict.iter().map(|one| conflict(answer, one)).collect()));
    put("audit", json!({ "passed": plan.audit.passed, "objective": number(plan.audit.objective), "tried_all": plan.audit.tried_all }));
    put("near_best", near_best(answer));
    if !plan.wishes.is_empty() {
        let scale = |k: usize| question.wishes[k].scale;
        let granted = plan.wishes.iter().enumerate();
        put("wishes", granted.map(|(k, w)| json!({ "name": w.name, "value": scale(k).number(w.value), "proven": w.proven })).collect());
    }
    answer.more.iter().for_each(|(key, value)| put(key, value.clone()));
    put("settings", Json::Object(answer.settings.clone()));
    let mut text = serde_json::to_string_pretty(&InOrder(all)).unwrap_or_default();
    text.push('\n');
    text
}

/// Keys in the order in which they were put, `schema` first.
struct InOrder(Vec<(String, Json)>);

impl serde::Serialize for InOrder {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Sites in every listed plan and how often each other one is.
fn near_best(answer: &Answer<'_>) -> Json {
    if answer.runner_ups.is_empty() {
        return Json::Null;
    }
    let plans: Vec<Vec<u32>> = std::iter::once(answer.plan.sites()).chain(answer.runner_ups.iter().map(|r| r.chosen.clone())).collect();
    let count = |site: u32| plans.iter().filter(|plan| plan.binary_search(&site).is_ok()).count();
    let named: std::collections::BTreeSet<u32> = plans.iter().flatten().copied().collect();
    let (every, some): (Vec<u32>, Vec<u32>) = named.into_iter().partition(|site| count(*site) == plans.len());
    json!({ "plans": plans.len(), "in_all": answer.ids(&every), "in_some": answer.ids(&some) })
}

/// A member of a conflict.
fn conflict(answer: &Answer<'_>, one: &Conflict) -> Json {
    let question = answer.question;
    let plain = |n: Option<i64>| n.map_or(Json::Null, |n| json!(n));
    let short = |n: &Conflict| n.have.zip(n.need).map(|(have, need)| (have - need).abs());
    match one.what {
        What::Demand(d) => json!({ "what": "demand", "id": question.demand_name(d as usize), "place": (answer.place)(d) }),
        What::Everyone => json!({ "what": "everyone" }),
        What::Mandatory => json!({ "what": "mandatory" }),
        What::Forbidden => json!({ "what": "forbidden" }),
        What::Constraint(index) => match &question.constraints[index] {
            Constraint::Number(_) => {
                json!({ "what": "sites", "have": plain(one.have), "need": plain(one.need), "short": plain(short(one)) })
            }
            Constraint::Budget(_) => {
                let money = |n: Option<i64>| n.map_or(Json::Null, |n| answer.money(n));
                json!({ "what": "budget", "have": money(one.have), "need": money(one.need), "short": money(short(one)) })
            }
            Constraint::Quota { unit, sense, .. } => {
                let sense = match sense {
                    Sense::Exactly => "exact",
                    Sense::AtLeast => "min",
                    Sense::AtMost => "max",
                };
                json!({ "what": "quota", "unit": unit, "sense": sense, "have": plain(one.have), "need": plain(one.need), "short": plain(short(one)) })
            }
            Constraint::Exclusive(a, b) => json!({ "what": "exclusive", "sites": answer.ids(&[*a, *b]) }),
            Constraint::OneOf(sites) => json!({ "what": "one_of", "sites": answer.ids(sites) }),
            Constraint::NotAll(sites) => json!({ "what": "not_all", "sites": answer.ids(sites) }),
            Constraint::Share { unit, .. } => {
                let share = |n: Option<i64>| n.map_or(Json::Null, |n| json!(n as f64 / 1e6));
                json!({ "what": "cover", "unit": unit, "have": share(one.have), "need": share(one.need), "short": share(short(one)) })
            }
        },
    }
}

/// The chosen sites in order.
#[must_use]
pub fn table<'a>(answer: &'a Answer<'a>) -> Table<'a> {
    Table::without_walks("plan", &COLUMNS, answer.plan.chosen.len(), |row, cells| {
        let chosen = answer.plan.chosen[row];
        let exact = |scale: Scale, units: i64| Value::Text(scale.show(units).into());
        cells.extend([
            Value::Whole(row as u64 + 1),
            Value::text(Some(answer.id(chosen.site))),
            Value::text(Some((answer.name)(chosen.site))),
            Value::of(chosen.gain, |gain| exact(answer.gain_scale(), gain)),
            Value::of(answer.cost(chosen.site), |cost| exact(answer.question.cost_scale, cost)),
        ]);
    })
}

/// The best for each size. The first column is `sites` or `budget`, by what was asked.
#[must_use]
pub fn curve<'a>(answer: &'a Answer<'a>) -> Table<'a> {
    let by_budget = is_by_budget(answer.question);
    let first = if by_budget { "budget" } else { "sites" };
    let columns = [first, "objective", "bound", "status"];
    Table::without_walks("curve", &columns, answer.curve.len(), move |row, cells| {
        let point = answer.curve[row];
        let scale = answer.question.objective_scale();
        let at = if by_budget { answer.question.cost_scale.show(point.at) } else { point.at.to_string() };
        let status = if point.optimal { "optimal" } else { "gap" };
        cells.extend(
            [at, scale.show(point.objective - answer.before), scale.show(point.bound - answer.before), status.to_owned()]
                .map(|text| Value::Text(text.into())),
        );
    })
}

fn is_by_budget(question: &Question) -> bool {
    let first = question.constraints.iter().find(|c| matches!(c, Constraint::Number(_) | Constraint::Budget(_)));
    matches!(first, Some(Constraint::Budget(_)))
}

/// What is best, in words.
pub(super) fn model_line(answer: &Answer<'_>, lang: Lang) -> String {
    say(lang, &format!("plan.model.{}", answer.question.model.word()), &[])
}

/// How far a plan is proven, in words.
pub(super) fn status_line(answer: &Answer<'_>, lang: Lang) -> String {
    let gap = answer
        .gap()
        .map_or_else(|| "?".to_owned(), |gap| if gap < 0.00005 { "0.01 %".to_owned() } else { format!("{:.2} %", gap * 100.0) });
    say(lang, &format!("plan.status.{}", status_word(answer.plan)), &[("gap", &gap)])
}

/// What a plan comes to, in a sentence.
pub(super) fn figures_line(answer: &Answer<'_>, lang: Lang) -> String {
    let (question, plan) = (answer.question, answer.plan);
    let scale = question.objective_scale();
    let show = |units: Option<i64>| units.map_or_else(|| "?".to_owned(), |units| scale.show(units));
    let share = if question.total_weight() > 0 { answer.covered as f64 / question.total_weight() as f64 * 100.0 } else { 0.0 };
    let covered = question.weight_scale.show(answer.covered);
    let with = [
        ("objective", show(answer.told(plan.objective))),
        ("bound", show(answer.told(plan.bound))),
        ("covered", covered),
        ("share", format!("{share:.1} %")),
        ("sites", plan.chosen.len().to_string()),
        ("cost", answer.whole_cost().map_or_else(|| "?".to_owned(), |cost| question.cost_scale.show(cost))),
    ];
    let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
    say(lang, "plan.figures", &with)
}

/// What the terminal shows.
#[must_use]
pub fn summary(answer: &Answer<'_>, title: &str, lang: Lang) -> String {
    let (question, plan) = (answer.question, answer.plan);
    let scale = question.objective_scale();
    let (model, status) = (model_line(answer, lang), status_line(answer, lang));
    let mut out = format!("{}\n\n", say(lang, "plan.title", &[("title", &plain(title)), ("model", &model), ("status", &status)]));
    if plan.status == Status::Infeasible {
        for one in plan.conflict.iter().take(LINES) {
            out += &format!("  {}\n", conflict_line(answer, one, lang));
        }
        if plan.conflict.len() > LINES {
            out += &format!("  … + {}\n", plan.conflict.len() - LINES);
        }
        return out;
    }
    if plan.objective.is_none() {
        return out + &say(lang, "plan.nothing", &[]) + "\n";
    }
    out += &figures_line(answer, lang);
    out += "\n\n";
    let mut grid = Grid::new(&[Align::Right, Align::Left, Align::Left, Align::Right, Align::Right]);
    for (k, chosen) in plan.chosen.iter().enumerate() {
        let gain = chosen.gain.map_or_else(String::new, |gain| answer.gain_scale().show(gain));
        let cost = match answer.cost(chosen.site) {
            None => "?".to_owned(),
            Some(0) => String::new(),
            Some(cost) => question.cost_scale.show(cost),
        };
        grid.row([(k + 1).to_string(), plain(answer.id(chosen.site)), plain((answer.name)(chosen.site)), gain, cost]);
    }
    grid.heading(["order", "id", "name", "gain", "cost"].map(|word| say(lang, &format!("plan.heading.{word}"), &[])));
    out += &grid.lines("  ");
    for (k, one) in answer.runner_ups.iter().enumerate() {
        let worse = plan.objective.map_or(0, |best| (best - one.objective).abs());
        let (out_of, into) = difference(&plan.sites(), &one.chosen);
        let with = [
            ("n", (k + 2).to_string()),
            ("worse", scale.show(worse)),
            ("without", answer.ids(&out_of).join("、")),
            ("with", answer.ids(&into).join("、")),
        ];
        let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        if k == 0 {
            out.push('\n');
        }
        out += &format!("{}\n", say(lang, if one.proven { "plan.runner_up" } else { "plan.runner_up.open" }, &with));
    }
    if !answer.reserve.is_empty() {
        let list: Vec<String> =
            answer.reserve.iter().map(|r| format!("{} (+{})", plain(answer.id(r.site)), answer.gain_scale().show(r.gain))).collect();
        out += &format!("{}\n", say(lang, "plan.reserve", &[("list", &list.join("、"))]));
    }
    if !plan.audit.passed {
        out += &format!("{}\n", say(lang, "plan.audit.failed", &[("findings", &plan.audit.findings.join("; "))]));
    }
    out
}

fn difference(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let only = |x: &[u32], y: &[u32]| x.iter().copied().filter(|site| !y.contains(site)).collect();
    (only(a, b), only(b, a))
}

/// A member of a conflict in a sentence.
#[must_use]
pub fn conflict_line(answer: &Answer<'_>, one: &Conflict, lang: Lang) -> String {
    let question = answer.question;
    let (mut have, mut need) = (one.have, one.need);
    let (key, name, scale) = match one.what {
        What::Demand(d) => ("demand", format!("{} {}", question.demand_name(d as usize), (answer.place)(d)), Scale::default()),
        What::Everyone => ("everyone", String::new(), Scale::default()),
        What::Mandatory => ("mandatory", String::new(), Scale::default()),
        What::Forbidden => ("forbidden", String::new(), Scale::default()),
        What::Constraint(index) => match &question.constraints[index] {
            Constraint::Number(_) => ("sites", String::new(), Scale::default()),
            Constraint::Budget(_) => ("budget", String::new(), question.cost_scale),
            Constraint::Quota { unit, .. } => ("quota", unit.clone(), Scale::default()),
            Constraint::Exclusive(a, b) => ("exclusive", answer.ids(&[*a, *b]).join("、"), Scale::default()),
            Constraint::OneOf(sites) | Constraint::NotAll(sites) => ("exclusive", answer.ids(sites).join("、"), Scale::default()),
            Constraint::Share { unit, .. } => {
                // Millionths, shown as per cent.
                (have, need) = (have.map(|n| n / 100), need.map(|n| n / 100));
                ("cover", if unit.is_empty() { say(lang, "plan.everybody", &[]) } else { unit.clone() }, Scale::places(2))
            }
        },
    };
    let show = |n: Option<i64>| n.map_or_else(|| "?".to_owned(), |n| scale.show(n));
    let short = have.zip(need).map(|(have, need)| (have - need).abs());
    let with = [("name", plain(&name)), ("have", show(have)), ("need", show(need)), ("short", show(short))];
    let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let key = if matches!(key, "sites" | "budget" | "quota" | "cover") && need.is_none() { format!("{key}.alone") } else { key.to_owned() };
    say(lang, &format!("plan.conflict.{key}"), &with)
}

/// What a city's plan rests on, and what was decided, for the terminal.
#[must_use]
pub fn beside(asked: &Asked, findings: &Findings, decision: Option<&Compared>, lang: Lang) -> String {
    let scale = asked.question.weight_scale;
    let group = say(lang, &format!("group.{}", asked.group.name()), &[]);
    let mut out = say(lang, "plan.group", &[("group", &group), ("before", &scale.show(asked.covered_before))]) + "\n";
    if !asked.left_out.is_empty() {
        let count = |wanted: &str| asked.left_out.iter().filter(|(_, why)| *why == wanted).count().to_string();
        out += &say(lang, "plan.left_out", &[("ineligible", &count("ineligible")), ("unknown", &count("unknown_reach"))]);
        out += "\n";
    }
    if !findings.on_streets {
        out += &format!("{}\n", super::table::stamp_text(findings.settings.detour));
    }
    if let Some(decision) = decision {
        let objective = asked.question.objective_scale();
        let show = |units: Option<i64>, off: i64| units.map_or_else(|| "?".to_owned(), |units| objective.show(units - off));
        let sites = decision.sites.to_string();
        let with = [("sites", sites), ("objective", show(decision.objective, asked.before)), ("price", show(decision.price, 0))];
        let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        out += &say(lang, "plan.decided", &with);
        out += "\n";
        if !decision.broken.is_empty() {
            out += &say(lang, "plan.decided.broken", &[("broken", &plain(&decision.broken.join("; ")))]);
            out += "\n";
        }
    }
    out
}
