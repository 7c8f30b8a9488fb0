//! Siting instances without geography: a cover table, a cost table or a graph of the literature → [`Question`].
//!
//! Ids are texts as written. Sites are put in the order of their ids (numbers by value where all are whole numbers), so that rows in another
//! order make the same question.

pub(crate) mod columns;
mod graph;

use std::collections::HashMap;

use super::Input;
use crate::problem::{Code, Problem, Problems};
use crate::siting::{Constraint, Decimal, Lists, Model, Pairs, Question, Scale, Sense, Site, Standing};
use columns::Columns;

/// How the main file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `site,demand`: who reaches whom.
    Cover,
    /// `site,demand,cost`.
    Matrix,
    /// OR-Library: nodes, edges and p, then the edges; every node is a site and a demand of weight 1.
    Pmed,
}

/// The files and figures of an instance.
#[derive(Debug)]
pub struct Instance<'a> {
    /// The main file.
    pub file: &'a Input,
    /// How it is written.
    pub form: Form,
    /// What is best.
    pub model: Model,
    /// Most sites to choose.
    pub sites: Option<u32>,
    /// Largest cost within which a site covers; of cost tables and graphs.
    pub limit: Option<Decimal>,
    /// `demand,weight`.
    pub demand: Option<&'a Input>,
    /// `site,cost,fixed,group`.
    pub site_file: Option<&'a Input>,
    /// `group,quota,sense`.
    pub quota: Option<&'a Input>,
    /// Most that the chosen sites cost together.
    pub budget: Option<Decimal>,
}

/// Reads an instance; `None` with the reasons among the problems.
pub fn read(instance: &Instance<'_>, problems: &mut Problems) -> Option<Question> {
    let raw = match instance.form {
        Form::Pmed => graph::read(instance.file, problems)?,
        form => pairs(instance.file, form == Form::Matrix, problems)?,
    };
    // The p of an OR-Library file is of questions that choose p.
    let most = instance.sites.or(raw.most.filter(|_| instance.model != Model::Lscp));
    let weights = instance.demand.map(|input| weights(input, problems));
    let sites = instance.site_file.map(|input| sites(input, problems));
    let quotas = instance.quota.map(|input| quotas(input, problems));
    if problems.has_errors() {
        return None;
    }
    assemble(instance, raw, most, weights.unwrap_or_default(), sites.unwrap_or_default(), quotas, problems)
}

/// Pairs as read: demands in order of appearance, each with its sites.
#[derive(Debug, Default)]
struct Raw {
    sites: Names,
    demands: Names,
    /// site, demand, cost
    pairs: Vec<(u32, u32)>,
    costs: Vec<Decimal>,
    most: Option<u32>,
}

/// Texts and their numbers in order of appearance.
#[derive(Debug, Default)]
struct Names {
    known: HashMap<Box<str>, u32>,
    list: Vec<Box<str>>,
    last: Option<u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        // Tables are mostly grouped, so the last name is asked for again and again.
        if let Some(last) = self.last.filter(|last| &*self.list[*last as usize] == name) {
            return last;
        }
        let number = match self.known.get(name) {
            Some(number) => *number,
            None => {
                let number = self.list.len() as u32;
                self.list.push(name.into());
                self.known.insert(name.into(), number);
                number
            }
        };
        self.last = Some(number);
        number
    }
}

fn pairs(input: &Input, costs: bool, problems: &mut Problems) -> Option<Raw> {
    let mut raw = Raw::default();
    let wanted: &[&str] = if costs { &["site", "demand", "cost"] } else { &["site", "demand"] };
    let mut read = Columns::new(input, wanted, &[], |row| {
        let Some(site) = row.text(0).map(|name| raw.sites.number(name)) else { return };
        let Some(demand) = row.text(1).map(|name| raw.demands.number(name)) else { return };
        if costs {
            let Some(cost) = row.amount(2) else { return };
            raw.costs.push(cost);
        }
        raw.pairs.push((site, demand));
    });
    read.read(problems);
    drop(read);
    if raw.pairs.is_empty() && !problems.has_errors() {
        problems.push(Problem::new(Code::E_EMPTY).file(&input.shown));
    }
    Some(raw)
}

/// `demand,weight`; a demand that the pairs lack is reached by nobody.
fn weights(input: &Input, problems: &mut Problems) -> Vec<(Box<str>, Decimal)> {
    let mut list = Vec::new();
    Columns::new(input, &["demand", "weight"], &[], |row| {
        if let (Some(demand), Some(weight)) = (row.key(0), row.amount(1)) {
            list.push((demand, weight));
        }
    })
    .read(problems);
    twice(list.iter().map(|(demand, _): &(Box<str>, Decimal)| &**demand), input, "demand", problems);
    list
}

/// E-DUP for an id that stands in two rows: nobody knows which of them counts.
fn twice<'i>(ids: impl Iterator<Item = &'i str>, input: &Input, field: &str, problems: &mut Problems) {
    let mut seen = std::collections::HashSet::new();
    let repeated = ids.filter(|id| !seen.insert(*id)).take(20);
    repeated.for_each(|id| problems.push(Problem::new(Code::E_DUP).file(&input.shown).field(field).value(id)));
}

/// A row of the site file.
#[derive(Debug, Default)]
struct SiteRow {
    id: Box<str>,
    cost: Option<Decimal>,
    fixed: bool,
    group: Option<Box<str>>,
}

#[derive(Debug, Default)]
struct SiteTable {
    rows: Vec<SiteRow>,
    costs: bool,
    groups: bool,
}

fn sites(input: &Input, problems: &mut Problems) -> SiteTable {
    let mut rows = Vec::new();
    let mut columns = Columns::new(input, &["site"], &["cost", "fixed", "group"], |row| {
        let Some(id) = row.key(0) else { return };
        let cost = row.amount_if_there(1);
        let fixed = row.flag(2);
        rows.push(SiteRow { id, cost, fixed, group: row.text(3).map(Into::into) });
    });
    columns.read(problems);
    let (costs, groups) = (columns.has(1), columns.has(3));
    drop(columns);
    twice(rows.iter().map(|row: &SiteRow| &*row.id), input, "site", problems);
    SiteTable { rows, costs, groups }
}

/// `group,quota,sense`.
fn quotas(input: &Input, problems: &mut Problems) -> Vec<(Box<str>, u32, Sense)> {
    let mut list = Vec::new();
    Columns::new(input, &["group", "quota"], &["sense"], |row| {
        if let (Some(group), Some(quota)) = (row.key(0), row.whole(1))
            && let Some(sense) = row.sense(2)
        {
            list.push((group, quota, sense));
        }
    })
    .read(problems);
    list
}

/// Whole numbers by value before texts by their letters.
fn order_of(names: &[Box<str>]) -> Vec<u32> {
    let numbers: Option<Vec<u64>> = names.iter().map(|name| name.parse().ok()).collect();
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    match numbers {
        Some(numbers) => order.sort_by_key(|k| (numbers[*k as usize], names[*k as usize].clone())),
        None => order.sort_by(|a, b| names[*a as usize].cmp(&names[*b as usize])),
    }
    order
}

fn assemble(
    instance: &Instance<'_>,
    mut raw: Raw,
    most: Option<u32>,
    weights: Vec<(Box<str>, Decimal)>,
    table: SiteTable,
    quotas: Option<Vec<(Box<str>, u32, Sense)>>,
    problems: &mut Problems,
) -> Option<Question> {
    let weighted: Vec<(u32, Decimal)> = weights.into_iter().map(|(id, weight)| (raw.demands.number(&id), weight)).collect();
    let listed: Vec<(u32, SiteRow)> = table.rows.into_iter().map(|row| (raw.sites.number(&row.id), row)).collect();
    let site_order = order_of(&raw.sites.list);
    let demand_order = order_of(&raw.demands.list);
    let place = |order: &[u32]| {
        let mut place = vec![0_u32; order.len()];
        order.iter().enumerate().for_each(|(at, k)| place[*k as usize] = at as u32);
        place
    };
    let (site_at, demand_at) = (place(&site_order), place(&demand_order));

    let overflow = |input: &Input, field: &str| Problem::new(Code::E_LIMIT).file(&input.shown).field(field);
    // The finest unit in which all of them together still fit; that it is not as fine as they are written is said.
    let scaled = |numbers: &[Decimal],
                  summed: bool,
                  most: i64,
                  input: &Input,
                  field: &'static str,
                  problems: &mut Problems|
     -> Option<(Vec<i64>, Scale)> {
        let finest = numbers.iter().fold(Scale::default(), |scale, n| scale.with(*n));
        let fits = |scale: Scale| -> Option<Vec<i64>> {
            let units: Vec<i64> = numbers.iter().map(|n| scale.units_nearest(*n).filter(|u| *u < most)).collect::<Option<_>>()?;
            let sum = units.iter().try_fold(0_i64, |sum, u| sum.checked_add(*u));
            (!summed || sum.is_some_and(|sum| sum < most)).then_some(units)
        };
        for places in (0..=finest.count()).rev() {
            let scale = finest.at_most(places);
            if let Some(units) = fits(scale) {
                if scale != finest {
                    problems.push(Problem::new(Code::W_NUM).file(&input.shown).field(field).value(scale_shown(finest)));
                }
                return Some((units, scale));
            }
        }
        problems.push(overflow(input, field).value(scale_shown(finest)).why("@why.limit.weights").with("hint", "@why.limit.weights.hint"));
        None
    };
    let mut by_demand = vec![1_i64; demand_order.len()];
    let mut weight_scale = Scale::default();
    if let Some(input) = instance.demand {
        let numbers: Vec<Decimal> = weighted.iter().map(|(_, w)| *w).collect();
        let (units, scale) = scaled(&numbers, true, MOST, input, "weight", problems)?;
        weight_scale = scale;
        by_demand = vec![0; demand_order.len()];
        weighted.iter().zip(units).for_each(|((demand, _), weight)| by_demand[demand_at[*demand as usize] as usize] = weight);
    }
    let (pair_costs, pair_scale) = match raw.costs.is_empty() {
        true => (Vec::new(), Scale::default()),
        // Whoever only asks who is within the limit compares decimals as they are.
        false if matches!(instance.model, Model::Mclp | Model::Lscp) => (Vec::new(), Scale::default()),
        false => {
            // All weights at the dearest must stay a whole number, too.
            let people: i128 = by_demand.iter().map(|w| i128::from(*w)).sum::<i128>().max(1);
            let most = if instance.model == Model::PMedian {
                i64::try_from(i128::from(i64::MAX / 8) / people).unwrap_or(MOST)
            } else {
                i64::MAX / 8
            };
            scaled(&raw.costs, false, most, instance.file, "cost", problems)?
        }
    };
    let within_limit: Vec<bool> = match instance.limit {
        Some(limit) if matches!(instance.model, Model::Mclp | Model::Lscp) => raw.costs.iter().map(|cost| cost.at_most(limit)).collect(),
        _ => Vec::new(),
    };
    raw.costs = Vec::new();
    let mut sites: Vec<Site> =
        site_order.iter().map(|k| Site { id: raw.sites.list[*k as usize].to_string(), cost: 0, standing: Standing::Free }).collect();
    let mut cost_scale = Scale::default();
    let mut groups: Vec<Option<Box<str>>> = vec![None; sites.len()];
    if let Some(input) = instance.site_file {
        let numbers: Vec<Decimal> = listed.iter().filter_map(|(_, row)| row.cost).collect();
        let (units, scale) = scaled(&numbers, true, MOST, input, "cost", problems)?;
        cost_scale = scale;
        let mut units = units.into_iter();
        let mut priced = vec![false; sites.len()];
        for (number, row) in listed {
            let at = site_at[number as usize] as usize;
            if row.cost.is_some() {
                sites[at].cost = units.next().unwrap_or(0);
            }
            priced[at] = row.cost.is_some() || row.fixed;
            sites[at].standing = if row.fixed { Standing::Built } else { Standing::Free };
            groups[at] = row.group;
        }
        if table.costs && (instance.budget.is_some() || instance.model == Model::Lscp) {
            // A site without a cost is not one that costs nothing.
            for site in (0..sites.len()).filter(|at| !priced[*at]).take(20) {
                problems.push(
                    Problem::new(Code::E_NEED)
                        .file(&input.shown)
                        .field("cost")
                        .value(&sites[site].id)
                        .with("hint", format!("site,cost: {},…", sites[site].id)),
                );
            }
        }
    }

    let within = instance.form == Form::Cover || matches!(instance.model, Model::Mclp | Model::Lscp);
    let mut order: Vec<u32> = (0..raw.pairs.len() as u32).collect();
    let key = |k: &u32| {
        let (site, demand) = raw.pairs[*k as usize];
        (demand_at[demand as usize], site_at[site as usize])
    };
    if !order.is_sorted_by_key(key) {
        order.sort_by_cached_key(key);
    }
    let mut reach = Lists::default();
    let mut costly = Lists::default();
    let mut at = 0;
    for demand in 0..demand_order.len() as u32 {
        let begin = at;
        while at < order.len() && key(&order[at]).0 == demand {
            at += 1;
        }
        let own = &order[begin..at];
        let cost = |k: &u32| pair_costs.get(*k as usize).copied().unwrap_or(0);
        if within {
            let mut list: Vec<u32> =
                own.iter().filter(|k| within_limit.get(**k as usize).copied().unwrap_or(true)).map(|k| key(k).1).collect();
            list.dedup();
            reach.push(list);
        } else {
            // The same pair twice: the cheaper way counts.
            let mut list: Vec<(u32, i64)> = own.iter().map(|k| (key(k).1, cost(k))).collect();
            list.sort_unstable();
            list.dedup_by_key(|pair| pair.0);
            costly.push(list);
        }
    }
    if instance.model == Model::PMedian {
        // All weights at their dearest must stay a whole number.
        let dearest = |pairs: &[(u32, i64)]| pairs.iter().map(|(_, cost)| *cost).max().unwrap_or(0);
        let worst: i128 = costly.iter().zip(&by_demand).map(|(pairs, weight)| i128::from(dearest(pairs)) * i128::from(*weight)).sum();
        if worst > i128::from(i64::MAX / 8) {
            let unit = weight_scale.times(pair_scale);
            let problem = overflow(instance.file, "cost").value(scale_shown(unit));
            problems.push(problem.why("@why.limit.weights").with("hint", "@why.limit.weights.hint"));
        }
    }
    let mut constraints = Vec::new();
    let choosable = sites.iter().filter(|site| site.standing != Standing::Built).count();
    if let Some(most) = most {
        if most as usize > choosable {
            problems.push(
                Problem::new(Code::E_SETTING)
                    .field("--sites")
                    .value(most)
                    .with("reason", most)
                    .with("hint", format!("--sites {choosable}")),
            );
        }
        constraints.push(Constraint::Number(most));
    }
    if let Some(budget) = instance.budget {
        if !table.costs {
            problems.push(Problem::new(Code::E_NEED).field("cost").with("hint", "--site-file s.csv (site,cost)"));
        }
        // Costs are whole in their unit, so a finer budget binds like the next lower one.
        constraints.push(Constraint::Budget(cost_scale.units_floor(budget).unwrap_or(i64::MAX / 2)));
    }
    if let Some(quotas) = quotas {
        if !table.groups {
            problems.push(Problem::new(Code::E_NEED).field("group").with("hint", "--site-file s.csv (site,group)"));
        }
        for (unit, number, sense) in &quotas {
            let of: Vec<u32> = (0..sites.len() as u32).filter(|i| groups[*i as usize].as_ref() == Some(unit)).collect();
            if of.is_empty() {
                let input = instance.quota.map_or("", |input| &input.shown);
                problems.push(
                    Problem::new(Code::E_QUOTA).file(input).field("group").value(unit).why("@why.quota.group").with("document", input),
                );
            }
            constraints.push(Constraint::Quota { unit: unit.to_string(), sites: of, sense: *sense, number: *number });
        }
        // A group that the quotas do not name gets none, and so do sites without a group.
        for (site, group) in sites.iter_mut().zip(&groups) {
            let named = group.as_ref().is_some_and(|g| quotas.iter().any(|(unit, ..)| unit == g));
            if !named && site.standing == Standing::Free {
                site.standing = Standing::Forbidden;
            }
        }
    }
    let bound_somehow = !constraints.is_empty() || instance.model == Model::Lscp;
    if !bound_somehow {
        problems.push(Problem::new(Code::E_NEED).field("--sites").with("hint", "--sites 10 | --budget 500 | --quota q.csv"));
    }
    if !within && instance.form == Form::Cover {
        problems.push(Problem::new(Code::E_NEED).field("cost").with("hint", "--input matrix | --input pmed"));
    }
    if problems.has_errors() {
        return None;
    }
    Some(Question {
        model: instance.model,
        sites,
        weights: by_demand,
        demand_ids: demand_order.iter().map(|k| raw.demands.list[*k as usize].to_string()).collect(),
        pairs: if within { Pairs::Reach(reach) } else { Pairs::Costs(costly) },
        constraints,
        times: 1,
        capacity: Vec::new(),
        priced: instance.model == Model::Lscp && table.costs,
        wishes: Vec::new(),
        slack: 0,
        weight_scale,
        cost_scale,
        pair_scale,
    })
}

/// Sums stay below this, so that bounds counted in 2⁻¹⁶ of a unit fit.
const MOST: i64 = 100_000_000_000_000;

fn scale_shown(scale: Scale) -> String {
    scale.show(1)
}
