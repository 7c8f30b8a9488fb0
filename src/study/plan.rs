//! From a city that was explored to the question which candidates to build together.
//!
//! Operating facilities stand in any case: whom they cover counts for nobody's gain, and none of them is counted in a number, a cost or a
//! quota.

use std::collections::BTreeMap;

use super::Findings;
use super::pairs::CandidatePairs;
use crate::city::Group;
use crate::coverage::old500;
use crate::money::{self, quota::of_annex};
use crate::policy::quota::annex;
use crate::problem::{Code, Problem, Problems};
use crate::read::quota::{self, Quota};
use crate::score::Eligibility;
use crate::settings::plan::{Capacity, Eligible, Objective, PlanModel, Unit};
use crate::siting::{self, Constraint, Lists, Pairs, Question, Scale, Sense, Site, Standing, Wish};
use crate::units::{Count, SquareMetres};
use crate::words;

/// People are counted in millionths.
const MICRO: Scale = Scale::places(6);
/// Money in fen.
const FEN: Scale = Scale::places(2);
/// Walking in milliseconds.
const MILLI: Scale = Scale::places(3);

/// A question about a city, and what its numbers stand for.
#[derive(Debug)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// The candidate of each site; `None` for what stands already.
    pub candidate_of: Vec<Option<u32>>,
    /// The demand point of each demand.
    pub point_of: Vec<u32>,
    /// Who is counted.
    pub group: Group,
    /// Weight that the operating facilities cover already, once for each time that counts; not part of any gain.
    pub before: i64,
    /// People whom operating facilities cover already.
    pub covered_before: i64,
    /// Candidates that are in no plan, and why.
    pub left_out: Vec<(u32, &'static str)>,
    /// For each quota with a year: the constraint and how many in which year.
    pub years: Vec<(usize, BTreeMap<String, u32>)>,
}

/// Builds the question; `None` with the reasons among the problems.
pub fn ask(findings: &Findings, problems: &mut Problems) -> Option<Asked> {
    let asked = &findings.settings.plan;
    let city = &findings.city;
    // Floor area is measured in households.
    let group = match asked.capacity {
        Some(Capacity::Area) => Group::Households,
        _ => findings.demand.leading_group()?,
    };
    if findings.demand.group(group).is_none() {
        problems.push(Problem::new(Code::E_NEED).field(group.name()).with("hint", "--communities communities.csv (households)"));
        return None;
    }
    if asked.capacity.is_some() && (asked.model() != PlanModel::Mclp || asked.cover.is_some()) {
        let wrong = Problem::new(Code::E_SETTING).field("plan.capacity").value(asked.model().key());
        problems.push(wrong.why("@why.plan.capacity").with("hint", "--model mclp --sites 10"));
        return None;
    }
    if city.candidates.is_empty() {
        problems.push(Problem::new(Code::E_EMPTY).file("candidates"));
        return None;
    }
    let mut order: Vec<u32> = (0..city.candidates.len() as u32).collect();
    order.sort_by(|a, b| city.candidates[*a as usize].id.cmp(&city.candidates[*b as usize].id));
    let mut site_of = vec![0_u32; order.len()];
    order.iter().enumerate().for_each(|(site, candidate)| site_of[*candidate as usize] = site as u32);

    let left_out = left_out(findings);
    let mut sites: Vec<Site> =
        order.iter().map(|c| Site { id: city.candidates[*c as usize].id.clone(), cost: 0, standing: Standing::Free }).collect();
    left_out.iter().for_each(|(candidate, _)| sites[site_of[*candidate as usize] as usize].standing = Standing::Forbidden);
    settle(findings, &site_of, &left_out, &mut sites, problems);
    costs(findings, &site_of, &mut sites, problems);
    let mut constraints = Vec::new();
    let mut years = Vec::new();
    constraints.extend(asked.sites.map(Constraint::Number));
    constraints.extend(asked.budget.map(|budget| Constraint::Budget(FEN.units_floor(budget).unwrap_or(i64::MAX / 2))));
    for group in &asked.exclusive {
        let ids: Vec<u32> = group.iter().filter_map(|id| find(findings, &site_of, id, "plan.exclusive", problems)).collect();
        constraints.push(if let [a, b] = ids[..] { Constraint::Exclusive(a, b) } else { Constraint::OneOf(ids) });
    }
    quotas(findings, &site_of, &mut sites, &mut constraints, &mut years, problems);
    listed_counties(findings, &site_of, &mut constraints, problems);

    let demands = Demands::of(findings, group, &site_of, sites.len() as u32);
    // What stands already, behind all ids: a first and a second facility, or each of them where it may fill up.
    let standing = if asked.capacity.is_some() { findings.coverage.counting.len() } else { 2 };
    sites.extend((0..standing).map(|_| Site { id: "\u{10FFFF}".to_owned(), cost: 0, standing: Standing::Built }));
    shares(findings, &demands, &mut constraints, problems);
    let free = sites.iter().filter(|site| matches!(site.standing, Standing::Free | Standing::Mandatory)).count();
    enough(findings, free, &constraints, problems);
    if problems.has_errors() {
        return None;
    }
    let mut candidate_of: Vec<Option<u32>> = order.iter().copied().map(Some).collect();
    candidate_of.resize(sites.len(), None);
    let model = asked.model();
    let priced = model == PlanModel::Lscp && city.candidates.iter().any(|c| c.investment.is_some()) && asked.budget.is_some();
    let capacity = asked.capacity.map(|of| capacities(findings, of, &order, problems)).unwrap_or_default();
    if problems.has_errors() {
        return None;
    }
    let question = Question {
        model: model.model(),
        sites,
        weights: demands.weights,
        demand_ids: Vec::new(),
        pairs: demands.pairs,
        constraints,
        times: if model == PlanModel::Backup { 2 } else { 1 },
        capacity,
        priced,
        wishes: if model == PlanModel::Mclp && asked.capacity.is_none() { wishes(findings, &site_of) } else { Vec::new() },
        slack: asked.slack,
        weight_scale: demands.scale,
        cost_scale: FEN,
        pair_scale: MILLI,
    };
    let before = match model {
        PlanModel::Mclp if asked.capacity.is_some() => siting::served(&question, &[]),
        PlanModel::Mclp | PlanModel::Backup => demands.before,
        _ => 0,
    };
    let covers = |(point, weight): (&u32, &i64)| if findings.coverage.cover_count[*point as usize] > 0 { *weight } else { 0 };
    let covered_before = demands.points.iter().zip(&question.weights).map(covers).sum();
    Some(Asked { question, candidate_of, point_of: demands.points, group, before, covered_before, left_out, years })
}

impl Asked {
    /// People within the walking limit of what stands and of these sites.
    #[must_use]
    pub fn covered(&self, findings: &Findings, chosen: &[u32]) -> i64 {
        let limit = findings.settings.limit.0 as i64;
        let mut open = vec![false; self.question.sites.len()];
        chosen.iter().for_each(|site| open[*site as usize] = true);
        let reached = |demand: usize| match &self.question.pairs {
            Pairs::Reach(lists) => lists.get(demand).iter().any(|site| open[*site as usize]),
            Pairs::Costs(lists) => lists.get(demand).iter().any(|(site, time)| open[*site as usize] && *time <= limit),
        };
        let covers = |demand: &usize| findings.coverage.cover_count[self.point_of[*demand] as usize] > 0 || reached(*demand);
        (0..self.point_of.len()).filter(covers).map(|demand| self.question.weights[demand]).sum()
    }
}

/// Candidates that are in no plan: ineligible ones, and those whose reach is not known.
fn left_out(findings: &Findings) -> Vec<(u32, &'static str)> {
    let first = findings.city.facilities.len();
    let count = match findings.settings.plan.eligible {
        Eligible::First => 1,
        Eligible::All => findings.packs.len(),
        Eligible::None => 0,
    };
    let mut out = BTreeMap::new();
    for found in findings.packs.iter().take(count) {
        for ranked in found.ranking.iter().filter(|r| matches!(r.eligibility, Eligibility::Ineligible(_))) {
            out.insert(ranked.candidate, "ineligible");
        }
    }
    for (c, candidate) in findings.city.candidates.iter().enumerate() {
        if candidate.place.is_none() || !findings.reach.site_known(first + c) {
            out.insert(c as u32, "unknown_reach");
        } else if findings
            .settings
            .plan
            .capacity
            .is_some_and(|of| room_of(of, candidate.floor_area, candidate.beds, candidate.meals).is_none())
        {
            out.insert(c as u32, "unknown_capacity");
        }
    }
    out.into_iter().collect()
}

/// How many people, in millionths, or households, a site can take; `None` where that is not known.
fn room_of(of: Capacity, area: Option<SquareMetres>, beds: Option<Count>, meals: Option<Count>) -> Option<i64> {
    let count = |count: Option<Count>| count.map(|n| n.0 as i64);
    match of {
        // 20 m² for 100 households: five households a square metre.
        Capacity::Area => area.and_then(|area| Count::from_f64(area.value() * 5.0)).map(|n| n.0 as i64),
        Capacity::Beds => count(beds),
        Capacity::Meals => count(meals),
    }
}

/// The room of every site: candidates in the order of the sites, then each counting facility, whose room must be known.
fn capacities(findings: &Findings, of: Capacity, order: &[u32], problems: &mut Problems) -> Vec<i64> {
    let city = &findings.city;
    let candidates = order.iter().map(|c| &city.candidates[*c as usize]).map(|c| room_of(of, c.floor_area, c.beds, c.meals).unwrap_or(0));
    let mut all: Vec<i64> = candidates.collect();
    for f in &findings.coverage.counting {
        let facility = &city.facilities[*f as usize];
        let area = facility.care_area.or(facility.floor_area);
        let room = room_of(of, area, facility.beds, facility.meals);
        if room.is_none() {
            let field = if of == Capacity::Area { "floor_area" } else { of.key() };
            problems.push(Problem::new(Code::E_NEED).at(&facility.origin).field(field).value(&facility.id).with("hint", "@why.plan.room"));
        }
        all.push(room.unwrap_or(0));
    }
    all
}

/// The site of an id, or a problem that names the nearest one.
fn find(findings: &Findings, site_of: &[u32], id: &str, field: &str, problems: &mut Problems) -> Option<u32> {
    let found = findings.city.candidates.iter().position(|c| c.id == id);
    if found.is_none() {
        let hint = words::nearest(id, findings.city.candidates.iter().map(|c| c.id.as_str())).unwrap_or("…").to_owned();
        problems.push(Problem::new(Code::E_SETTING).field(field).value(id).with("reason", id).with("hint", hint));
    }
    found.map(|c| site_of[c])
}

/// Mandatory and forbidden sites.
fn settle(findings: &Findings, site_of: &[u32], left_out: &[(u32, &'static str)], sites: &mut [Site], problems: &mut Problems) {
    let plan = &findings.settings.plan;
    for id in &plan.forbidden {
        if let Some(site) = find(findings, site_of, id, "plan.forbidden", problems) {
            sites[site as usize].standing = Standing::Forbidden;
        }
    }
    for id in &plan.mandatory {
        let Some(site) = find(findings, site_of, id, "plan.mandatory", problems) else { continue };
        let wrong = |reason: &'static str| {
            let problem = Problem::new(Code::E_SETTING).field("plan.mandatory").value(id).why(reason);
            problem.with("hint", "@why.plan.mandatory.hint")
        };
        if plan.forbidden.contains(id) {
            problems.push(wrong("@why.plan.both"));
        } else if let Some((_, why)) = left_out.iter().find(|(c, _)| site_of[*c as usize] == site) {
            problems.push(wrong(if *why == "ineligible" { "@why.plan.ineligible" } else { "@why.plan.unknown_reach" }));
        }
        sites[site as usize].standing = Standing::Mandatory;
    }
}

/// What each candidate costs; asked for only where a budget is.
fn costs(findings: &Findings, site_of: &[u32], sites: &mut [Site], problems: &mut Problems) {
    let plan = &findings.settings.plan;
    let own = match plan.budget_of {
        crate::settings::plan::BudgetOf::Own => Some(awards(findings, problems)),
        crate::settings::plan::BudgetOf::Investment => None,
    };
    for (c, candidate) in findings.city.candidates.iter().enumerate() {
        let site = site_of[c] as usize;
        let investment = candidate.investment.map(|yuan| (yuan.value() * 100.0).round() as i64);
        let cost = match (&own, investment) {
            (Some(awards), Some(whole)) => awards[c].map(|award| (whole - award).max(0)),
            (_, whole) => whole,
        };
        if cost.is_none() && plan.budget.is_some() && sites[site].standing != Standing::Forbidden {
            problems.push(
                Problem::new(Code::E_NEED).at(&candidate.origin).field("investment").value(&candidate.id).with("hint", "@why.plan.cost"),
            );
        }
        sites[site].cost = cost.unwrap_or(0);
    }
}

/// The award of the province and city for each candidate under the first pack, in fen; `None` where it is not known.
fn awards(findings: &Findings, problems: &mut Problems) -> Vec<Option<i64>> {
    let Some(id) = findings.settings.policies.first() else {
        problems.push(Problem::new(Code::E_NEED).field("policies").with("hint", "--policies shanxi-2023"));
        return vec![None; findings.city.candidates.len()];
    };
    let Some(terms) = money::terms::of(id) else { return vec![Some(0); findings.city.candidates.len()] };
    let projects: Vec<u32> = (0..findings.city.candidates.len() as u32).collect();
    let options = money::fund::Options { cap_at_investment: findings.settings.cap_at_investment };
    let rows = money::fund::fund(&findings.city, &projects, &[(id.as_str(), terms)], options, &mut Problems::default());
    let mut sums = vec![Some(0); projects.len()];
    for row in rows.iter().filter(|row| row.basis.key() == "declared" && row.kind.key() == "build" && row.amount_kind.key() == "exact") {
        let sum = &mut sums[row.project as usize];
        *sum = sum.zip(row.amount).map(|(sum, amount): (i64, _)| sum + amount.0 as i64);
    }
    sums
}

/// Quota files, or the first pack's own annex: so many of each unit.
fn quotas(
    findings: &Findings,
    site_of: &[u32],
    sites: &mut [Site],
    constraints: &mut Vec<Constraint>,
    years: &mut Vec<(usize, BTreeMap<String, u32>)>,
    problems: &mut Problems,
) {
    let mut tables: Vec<(String, Vec<Quota>)> =
        findings.settings.inputs.quota.iter().map(|input| (input.shown.clone(), quota::read(input, problems))).collect();
    if findings.settings.plan.annex {
        let annexes = findings.settings.policies.iter().filter_map(|id| Some((id.clone(), of_annex(annex(id)?))));
        match annexes.take(1).next() {
            Some(annex) => tables.push(annex),
            None => problems.push(Problem::new(Code::E_NEED).field("policies").with("hint", "--policies shanxi-2023 | jiangbei-2018")),
        }
    }
    for (shown, rows) in tables {
        let rows: Vec<Quota> = rows.into_iter().filter(|row| row.quota.is_some()).collect();
        let bound = money::quota::constraints(&findings.city, &rows);
        let mut named = vec![false; sites.len()];
        let exact = rows.iter().all(|row| row.sense == quota::Sense::Exact);
        // One constraint for each unit, type and sense: its years add up.
        let mut units: BTreeMap<(&str, &str, &str, &str, u8), Vec<usize>> = BTreeMap::new();
        for (at, one) in bound.iter().enumerate() {
            units.entry((one.level.key(), &one.code, &one.name, &one.kind, one.sense as u8)).or_default().push(at);
        }
        for of_unit in units.into_values() {
            let first = &bound[of_unit[0]];
            let mut of: Vec<u32> = first.candidates.iter().map(|c| site_of[*c as usize]).collect();
            of.sort_unstable();
            of.iter().for_each(|site| named[*site as usize] = true);
            let number: u32 = of_unit.iter().filter_map(|at| bound[*at].number).sum();
            if of.is_empty() && number > 0 && first.sense != quota::Sense::Max && !findings.settings.plan.annex {
                let problem = Problem::new(Code::E_QUOTA).at(&rows[of_unit[0]].origin).field("code").value(&first.name);
                problems.push(problem.why("@why.quota.group").with("document", &shown));
            }
            let sense = match first.sense {
                quota::Sense::Exact => Sense::Exactly,
                quota::Sense::Min => Sense::AtLeast,
                quota::Sense::Max => Sense::AtMost,
            };
            let dated = of_unit.iter().map(|at| &bound[*at]).filter(|one| !one.year.is_empty());
            let by_year: BTreeMap<String, u32> = dated.filter_map(|one| Some((one.year.clone(), one.number?))).collect();
            if of.is_empty() && findings.settings.plan.annex {
                // An annex speaks of a whole province; of places outside the study it asks nothing.
                continue;
            }
            if !by_year.is_empty() {
                years.push((constraints.len(), by_year));
            }
            let shown = [first.name.as_str(), &first.kind].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
            constraints.push(Constraint::Quota { unit: shown, sites: of, sense, number });
        }
        // Exact quotas hand out everything: a place that they do not name gets none.
        if exact && !rows.is_empty() {
            for (site, _) in sites.iter_mut().zip(&named).filter(|(site, named)| !**named && site.standing == Standing::Free) {
                site.standing = Standing::Forbidden;
            }
        }
    }
}

/// The county of a candidate: as written, else of its host.
fn county_of(findings: &Findings, candidate: u32) -> Option<&str> {
    findings.city.candidates[candidate as usize].county_code.as_deref()
}

/// Each county without a project gets at least so many.
fn listed_counties(findings: &Findings, site_of: &[u32], constraints: &mut Vec<Constraint>, problems: &mut Problems) {
    let least = findings.settings.plan.min_per_listed_county;
    if least == 0 {
        return;
    }
    let listed: Vec<_> = findings.city.counties.iter().filter(|county| county.prior_projects == Some(Count::ZERO)).collect();
    if listed.is_empty() {
        problems.push(Problem::new(Code::E_NEED).field("county.prior_projects").with("hint", "--counties counties.csv (prior_projects)"));
    }
    for county in listed {
        let mut sites: Vec<u32> =
            (0..site_of.len() as u32).filter(|c| county_of(findings, *c) == Some(&county.code)).map(|c| site_of[c as usize]).collect();
        sites.sort_unstable();
        constraints.push(Constraint::Quota { unit: county.name.clone(), sites, sense: Sense::AtLeast, number: least });
    }
}

/// Demand points with people on known ground.
struct Demands {
    points: Vec<u32>,
    weights: Vec<i64>,
    pairs: Pairs,
    scale: Scale,
    before: i64,
}

impl Demands {
    /// `built` and the next are the sites that stand for all operating facilities.
    fn of(findings: &Findings, group: Group, site_of: &[u32], built: u32) -> Self {
        let counts = findings.demand.group(group).unwrap_or(&[]);
        let known = |p: &u32| counts[*p as usize] > Count::ZERO && findings.reach.point_known(*p as usize);
        let points: Vec<u32> = (0..counts.len() as u32).filter(known).collect();
        let mut weights: Vec<i64> = points.iter().map(|p| counts[*p as usize].0 as i64).collect();
        let covers = |p: u32| findings.coverage.cover_count[p as usize];
        let times = if findings.settings.plan.model() == PlanModel::Backup { 2 } else { 1 };
        let mut scale = MICRO;
        let pairs = match &findings.pairs {
            Some(CandidatePairs::Reach(lists)) => {
                let mut reach = Lists::default();
                for p in &points {
                    let mut sites: Vec<u32> = lists.get(*p as usize).iter().map(|c| site_of[*c as usize]).collect();
                    sites.sort_unstable();
                    match &findings.facility_pairs {
                        Some(of_point) => sites.extend(of_point.get(*p as usize).iter().map(|k| built + k)),
                        // A first and a second facility that stand count each.
                        None => sites.extend((0..covers(*p).min(times)).map(|k| built + k)),
                    }
                    reach.push(sites);
                }
                Pairs::Reach(reach)
            }
            Some(CandidatePairs::Walks(lists)) => {
                let farthest = findings.settings.plan.farthest().0 as i64;
                let capped = findings.settings.plan.model() == PlanModel::PMedian;
                let mut costs = Lists::default();
                for p in &points {
                    let mut sites: Vec<(u32, i64)> = lists.get(*p as usize).iter().map(|(c, time)| (site_of[*c as usize], *time)).collect();
                    sites.sort_unstable();
                    let nearest = findings.coverage.nearest[*p as usize].map(|(_, walk)| findings.settings.speed.time(walk).0 as i64);
                    // What is not followed for candidates is not followed for facilities either.
                    let now =
                        if capped { Some(nearest.unwrap_or(farthest).min(farthest)) } else { nearest.filter(|time| *time <= farthest) };
                    sites.extend(now.map(|time| (built, time)));
                    costs.push(sites);
                }
                // People times milliseconds must stay whole: thousandths of people are fine enough to walk with.
                let total: i128 = weights.iter().map(|w| i128::from(*w)).sum::<i128>() * i128::from(farthest.max(1));
                if total > i128::from(i64::MAX / 8) {
                    weights.iter_mut().for_each(|w| *w = (*w + 500) / 1000);
                    scale = Scale::places(3);
                }
                Pairs::Costs(costs)
            }
            None => Pairs::Reach(Lists::default()),
        };
        let before = points.iter().zip(&weights).map(|(p, w)| w * i64::from(covers(*p).min(times))).sum();
        Demands { points, weights, pairs, scale, before }
    }
}

/// The share to cover, of all or in each unit.
fn shares(findings: &Findings, demands: &Demands, constraints: &mut Vec<Constraint>, problems: &mut Problems) {
    let plan = &findings.settings.plan;
    let Some(millionths) = plan.cover else {
        if plan.model() == PlanModel::Lscp {
            constraints.push(Constraint::Share { unit: String::new(), demands: Vec::new(), parts: 1, whole: 1 });
        }
        return;
    };
    if matches!(plan.model(), PlanModel::PMedian | PlanModel::PCenter | PlanModel::Backup) {
        problems.push(
            Problem::new(Code::E_SETTING)
                .field("plan.cover")
                .value(plan.model().key())
                .why("@why.plan.cover")
                .with("hint", "--model mclp | --model lscp"),
        );
        return;
    }
    let share = |unit: String, demands: Vec<u32>| Constraint::Share { unit, demands, parts: millionths.into(), whole: 1_000_000 };
    if plan.cover_by == Unit::All {
        constraints.push(share(String::new(), Vec::new()));
        return;
    }
    let city = &findings.city;
    let mut units: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (demand, point) in demands.points.iter().enumerate() {
        let community = findings.demand.community_of(*point as usize).map(|c| &city.communities[c]);
        let name = community.and_then(|c| match plan.cover_by {
            Unit::County => c.county_code.clone().or_else(|| c.county.clone()),
            _ => c.street.clone(),
        });
        if let Some(name) = name {
            units.entry(name).or_default().push(demand as u32);
        }
    }
    constraints.extend(units.into_iter().map(|(unit, demands)| share(unit, demands)));
}

/// Something must bound the plan, and there must be something to choose from.
fn enough(findings: &Findings, free: usize, constraints: &[Constraint], problems: &mut Problems) {
    let plan = &findings.settings.plan;
    if free == 0 {
        problems.push(Problem::new(Code::E_NEED).field("candidates").with("hint", "@why.plan.none_eligible"));
    }
    if let Some(sites) = plan.sites.filter(|n| *n as usize > free && free > 0) {
        problems.push(
            Problem::new(Code::E_SETTING)
                .field("plan.sites")
                .value(sites)
                .why("@why.plan.too_many")
                .with("free", free)
                .with("hint", format!("--sites {free}")),
        );
    }
    if constraints.is_empty() && plan.model() != PlanModel::Lscp {
        problems.push(
            Problem::new(Code::E_NEED).field("plan.sites").with("hint", "--sites 10 | --budget 500 | --quota quota.csv | --cover 95%"),
        );
    }
}

/// What decides between plans that cover as many.
fn wishes(findings: &Findings, site_of: &[u32]) -> Vec<Wish> {
    let objectives = findings.settings.plan.objectives.iter().skip(1);
    objectives
        .map(|objective| match objective {
            Objective::CountiesWithout => counties_without(findings, site_of),
            _ => old_households(findings, site_of),
        })
        .collect()
}

/// Each county without a project counts once.
fn counties_without(findings: &Findings, site_of: &[u32]) -> Wish {
    let mut reached_by = Lists::default();
    let mut weights = Vec::new();
    for county in findings.city.counties.iter().filter(|county| county.prior_projects == Some(Count::ZERO)) {
        let mut sites: Vec<u32> =
            (0..site_of.len() as u32).filter(|c| county_of(findings, *c) == Some(&county.code)).map(|c| site_of[c as usize]).collect();
        sites.sort_unstable();
        reached_by.push(sites);
        weights.push(1);
    }
    Wish { name: Objective::CountiesWithout.key().to_owned(), reached_by, weights, scale: Scale::default() }
}

/// Occupied households of P500 communities, where nobody covers them yet.
fn old_households(findings: &Findings, site_of: &[u32]) -> Wish {
    let proxy = findings.settings.accept_proxy;
    let old: Vec<bool> = findings.city.communities.iter().map(|c| old500(c, proxy) == Some(true)).collect();
    let stand_in = proxy.then_some(Group::Households);
    let mut reached_by = Lists::default();
    let mut weights = Vec::new();
    if let Some(CandidatePairs::Reach(lists)) = &findings.pairs {
        for point in 0..findings.demand.len() {
            let Some(community) = findings.demand.community_of(point).filter(|c| old[*c]) else { continue };
            let group =
                [Some(Group::OccupiedHouseholds), stand_in].into_iter().flatten().find(|g| findings.demand.knows(community as u32, *g));
            let here = group.and_then(|g| findings.demand.group(g)).map_or(Count::ZERO, |counts| counts[point]);
            if here > Count::ZERO && findings.coverage.cover_count[point] == 0 && findings.reach.point_known(point) {
                let mut sites: Vec<u32> = lists.get(point).iter().map(|c| site_of[*c as usize]).collect();
                sites.sort_unstable();
                reached_by.push(sites);
                weights.push(here.0 as i64);
            }
        }
    }
    Wish { name: Objective::Old500.key().to_owned(), reached_by, weights, scale: MICRO }
}
