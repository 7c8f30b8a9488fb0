//! The plan on the page: which sites, what they bring, and how everything stands with them.

use serde::Serialize;

use super::chosen::Chosen;
use super::column::{self, Column};
use super::number::Num;
use super::places::{Tally, tally_in};
use crate::city::{CommunityKind, Group};
use crate::coverage::{CommunityCover, Total};
use crate::report::plan::{Answer, conflict_line, figures_line, model_line, status_line, status_word};
use crate::siting::Model;
use crate::study::Findings;
use crate::study::after::After;
use crate::units::Count;
use crate::words::{Lang, say};

/// Communities named for each site; the others are counted.
const NAMED: usize = 6;

/// A plan, and how the city would stand with it.
#[derive(Clone, Copy)]
pub struct Planned<'a> {
    /// The plan with everything told beside it.
    pub answer: &'a Answer<'a>,
    /// How the city stands with it.
    pub after: &'a After,
    /// The candidate of each site of the question.
    pub candidate_of: &'a [Option<u32>],
    /// The year of sites of a quota by years.
    pub years: &'a [(u32, String)],
}

/// A site of the plan as a row.
pub struct Row<'a> {
    /// The candidate, by its index in the study.
    pub candidate: u32,
    /// What it adds to those before it, in the plan's own measure.
    pub gain: Option<Num>,
    /// In yuan; unknown is never 0.
    pub cost: Option<Num>,
    /// When it is to be built.
    pub year: Option<&'a str>,
    /// People newly in reach beside those before it.
    pub people: Count,
    /// Where they live, most first.
    pub communities: &'a [(u32, Count)],
}

impl<'a> Planned<'a> {
    /// Whether there is a plan at all.
    pub fn found(&self) -> bool {
        self.answer.plan.objective.is_some()
    }

    /// The chosen candidates in the order in which they are worth building.
    pub fn candidates(&self) -> impl Iterator<Item = u32> + '_ {
        self.answer.plan.chosen.iter().filter_map(|chosen| self.candidate_of.get(chosen.site as usize).copied().flatten())
    }

    /// The same with everything told of them.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> + '_ {
        let answer = self.answer;
        self.answer.plan.chosen.iter().zip(&self.after.brings).filter_map(move |(chosen, brings)| {
            let number = |number: serde_json::Number, decimals| number.as_f64().map(|n| Num::new(n, decimals));
            Some(Row {
                candidate: self.candidate_of.get(chosen.site as usize).copied().flatten()?,
                gain: chosen.gain.and_then(|gain| number(answer.gain_scale().number(gain), 2)),
                cost: answer.cost(chosen.site).and_then(|cost| number(answer.question.cost_scale.number(cost), 2)),
                year: self.years.iter().find(|(site, _)| *site == chosen.site).map(|(_, year)| year.as_str()),
                people: brings.people,
                communities: &brings.communities,
            })
        })
    }

    /// How far it is proven and what it comes to; or why there is none.
    pub fn said(&self, lang: Lang) -> Vec<String> {
        let answer = self.answer;
        let model = model_line(answer, lang);
        if !self.answer.plan.conflict.is_empty() || status_word(answer.plan) == "infeasible" {
            let conflict = answer.plan.conflict.iter().map(|one| conflict_line(answer, one, lang));
            return [model, status_line(answer, lang)].into_iter().chain(conflict).collect();
        }
        if !self.found() {
            return vec![model, say(lang, "plan.nothing", &[])];
        }
        vec![model, status_line(answer, lang), figures_line(answer, lang)]
    }

    /// What a gain is: people, or walking saved.
    pub fn gain_of(&self) -> &'static str {
        match self.answer.question.model {
            Model::Mclp | Model::Lscp => "people",
            Model::PMedian => "pmedian",
            Model::PCenter => "pcenter",
        }
    }
}

/// The covered people of a group in every community, with the plan.
#[derive(Debug, Serialize)]
struct GroupAfter {
    group: &'static str,
    covered: Column,
}

/// What changes in communities, in file order.
#[derive(Debug, Serialize)]
struct CommunitiesAfter {
    status: Column,
    share: Column,
    /// Known people of the leading group who are still not in reach.
    left: Column,
    /// People of the leading group newly in reach.
    newly: Column,
    groups: Vec<GroupAfter>,
}

/// The line of everything in one scope, before and after.
#[derive(Debug, Serialize)]
struct Line {
    scope: &'static str,
    known: Num,
    unknown: Num,
    before: Num,
    after: Num,
    newly: Num,
    share_before: Option<Num>,
    share_after: Option<Num>,
}

/// The plan as the scripts read it.
#[derive(Debug, Serialize)]
pub struct Plan {
    found: bool,
    status: &'static str,
    /// Model, status and figures, or the conflict: in both languages.
    said: [Vec<String>; 2],
    gain_of: &'static str,
    n: usize,
    /// Index on the page, in the order of building.
    candidate: Column,
    gain: Column,
    cost: Column,
    year: Column,
    people: Column,
    /// The first communities of each site with the people newly in reach, and how many more communities there are.
    brings: Vec<(Vec<(u32, Num)>, usize)>,
    /// Everybody newly in reach, of the leading group.
    newly: Num,
    communities: CommunitiesAfter,
    lines: Vec<Line>,
    urban: Tally,
    village: Tally,
}

/// The plan of a page.
pub fn plan(findings: &Findings, planned: &Planned<'_>, chosen: &Chosen) -> Plan {
    let rows: Vec<Row<'_>> = planned.rows().collect();
    let place = |candidate: u32| chosen.place.get(candidate as usize).copied().flatten();
    let named = |row: &Row<'_>| {
        let first = row.communities.iter().take(NAMED).map(|(community, people)| (*community, Num::from(*people)));
        (first.collect(), row.communities.len().saturating_sub(NAMED))
    };
    Plan {
        found: planned.found(),
        status: status_word(planned.answer.plan),
        said: [Lang::Zh, Lang::En].map(|lang| planned.said(lang)),
        gain_of: planned.gain_of(),
        n: rows.len(),
        candidate: column::whole(rows.iter().map(|row| place(row.candidate))),
        gain: column::numbers(rows.iter().map(|row| row.gain)),
        cost: column::numbers(rows.iter().map(|row| row.cost)),
        year: column::texts(rows.iter().map(|row| row.year)),
        people: column::numbers(rows.iter().map(|row| Some(row.people.into()))),
        brings: rows.iter().map(named).collect(),
        newly: planned.after.people.into(),
        communities: communities(findings, planned.after),
        lines: lines(findings, planned.after),
        urban: tally_in(&findings.city, &planned.after.coverage, CommunityKind::Urban),
        village: tally_in(&findings.city, &planned.after.coverage, CommunityKind::Village),
    }
}

fn communities(findings: &Findings, after: &After) -> CommunitiesAfter {
    let n = findings.city.communities.len();
    let by_place = |list: &[CommunityCover]| {
        let mut rows = vec![None; n];
        for (row, cover) in list.iter().enumerate() {
            if let Some(slot) = rows.get_mut(cover.community as usize) {
                *slot = Some(row);
            }
        }
        rows
    };
    let (before, with) = (&findings.coverage.communities, &after.coverage.communities);
    let (rows_before, rows_with) = (by_place(before), by_place(with));
    let leading = findings.demand.leading_group();
    let of = |group: Option<Group>, i: usize| with[rows_with[i]?].groups.iter().find(|g| Some(g.group) == group);
    let was = |group: Option<Group>, i: usize| before[rows_before[i]?].groups.iter().find(|g| Some(g.group) == group);
    let groups = Group::REPORTED.into_iter().chain([Group::Weight]).filter(|group| (0..n).any(|i| of(Some(*group), i).is_some()));
    CommunitiesAfter {
        status: column::keys((0..n).map(|i| Some(with[rows_with[i]?].status.key()))),
        share: column::numbers((0..n).map(|i| of(leading, i)?.share().map(Num::share))),
        left: column::numbers((0..n).map(|i| of(leading, i).map(|g| g.known().minus(g.covered).into()))),
        newly: column::numbers((0..n).map(|i| Some(of(leading, i)?.covered.minus(was(leading, i)?.covered).into()))),
        groups: groups
            .map(|group| GroupAfter {
                group: group.name(),
                covered: column::numbers((0..n).map(|i| of(Some(group), i).map(|g| g.covered.into()))),
            })
            .collect(),
    }
}

fn lines(findings: &Findings, after: &After) -> Vec<Line> {
    let leading = findings.demand.leading_group();
    let same = |a: &Total, b: &Total| (a.level, a.scope, a.group, a.speed, a.limit) == (b.level, b.scope, b.group, b.speed, b.limit);
    let of_leading = after.coverage.totals.iter().filter(|total| Some(total.group) == leading);
    of_leading
        .filter_map(|with| {
            let before = findings.coverage.totals.iter().find(|total| same(total, with))?;
            Some(Line {
                scope: with.scope.key(),
                known: with.known.into(),
                unknown: with.unknown.into(),
                before: before.covered.into(),
                after: with.covered.into(),
                newly: with.covered.minus(before.covered).into(),
                share_before: before.covered.share_of(before.known).map(Num::share),
                share_after: with.covered.share_of(with.known).map(Num::share),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{SCRIPTS, column, html, sample};
    use super::*;
    use crate::problem::Problems;
    use crate::siting::{self, Limits, Status};
    use crate::study::after::after;
    use crate::study::plan::ask;

    /// The page of the sample city with a plan of so many sites, and its data.
    fn page(sites: u32, mandatory: &[&str]) -> (Status, String, serde_json::Value) {
        let mut findings = sample::findings(8, 4);
        findings.pairs = Some(sample::pairs(&findings));
        findings.settings.plan.sites = Some(sites);
        findings.settings.plan.mandatory = mandatory.iter().map(|id| (*id).to_owned()).collect();
        findings.settings.plan.eligible = crate::settings::plan::Eligible::None;
        let mut problems = Problems::default();
        let asked = ask(&findings, &mut problems).unwrap_or_else(|| panic!("{problems:?}"));
        let plan = siting::solve(&asked.question, &Limits::none());
        let opened: Vec<u32> = plan.chosen.iter().filter_map(|chosen| asked.candidate_of[chosen.site as usize]).collect();
        let after = after(&findings, &opened);
        let name = |site: u32| asked.candidate_of[site as usize].map_or("", |c| findings.city.candidates[c as usize].name.as_str());
        let answer = Answer {
            question: &asked.question,
            plan: &plan,
            runner_ups: &[],
            reserve: &[],
            curve: &[],
            before: asked.before,
            covered: asked.covered(&findings, &plan.sites()),
            priced: &|_| false,
            settings: Default::default(),
            more: Default::default(),
            name: &name,
            place: &|_| String::new(),
        };
        let planned = Planned { answer: &answer, after: &after, candidate_of: &asked.candidate_of, years: &[] };
        let page = html(&findings, Some(&planned), Lang::Zh);
        assert_eq!(page, html(&findings, Some(&planned), Lang::Zh), "the same plan gives the same bytes");
        if plan.status != Status::Infeasible {
            assert_eq!(after.people.0 as i64 + asked.covered_before, asked.covered(&findings, &plan.sites()));
        }
        let from = page.find("id=\"data\">").unwrap() + 10;
        let data = serde_json::from_str(&page[from..from + page[from..].find("</script>").unwrap()]).unwrap();
        (plan.status, page, data)
    }

    fn cells(of: &serde_json::Value, n: u64) -> Vec<serde_json::Value> {
        column::tests::read(of, n as usize)
    }

    #[test]
    fn chosen_sites_stand_in_their_order_and_hostile_names_stay_text() {
        let (status, page, data) = page(4, &["C001", "C002"]);
        assert_eq!(status, Status::Optimal);
        let (plan, candidates) = (&data["plan"], &data["candidates"]);
        assert_eq!((plan["n"].as_u64(), plan["found"].as_bool(), plan["status"].as_str()), (Some(4), Some(true), Some("optimal")));
        let ids = cells(&candidates["id"], candidates["n"].as_u64().unwrap());
        let chosen: Vec<&str> = cells(&plan["candidate"], 4).iter().map(|i| ids[i.as_f64().unwrap() as usize].as_str().unwrap()).collect();
        assert!(chosen.contains(&"C001") && chosen.contains(&"C002"), "{chosen:?}");
        // The still table has the same ids in the same order, and no cost that nobody knows.
        for (k, id) in chosen.iter().enumerate() {
            assert!(page.contains(&format!("<tr><td>{}</td><td>{id}</td>", k + 1)), "{id}");
        }
        assert!(page.contains("</td><td></td><td>"), "an unknown cost is not empty");
        assert!(!page.contains("<img") && !page.contains("<!--"));
        let scripts = SCRIPTS.len() + 2;
        assert_eq!((page.matches("<script").count(), page.matches("</script>").count()), (scripts, scripts));
    }

    #[test]
    fn after_is_before_and_what_is_newly_in_reach() {
        let (_, _, data) = page(4, &[]);
        let (plan, n) = (&data["plan"], data["communities"]["n"].as_u64().unwrap());
        let sum = |of: &serde_json::Value, n: u64| cells(of, n).iter().filter_map(serde_json::Value::as_f64).sum::<f64>();
        let newly = sum(&plan["communities"]["newly"], n);
        assert!((newly - plan["newly"].as_f64().unwrap()).abs() < 0.01 * n as f64 && newly > 0.0, "{newly}");
        let gains = sum(&plan["gain"], 4);
        assert!((gains - newly).abs() < 0.01 * n as f64, "{gains} {newly}");
        let all = plan["lines"].as_array().unwrap().iter().find(|line| line["scope"] == "all").unwrap();
        let number = |key: &str| all[key].as_f64().unwrap();
        assert!((number("after") - number("before") - number("newly")).abs() < 0.02 && number("share_after") > number("share_before"));
        assert!(data["dots"]["after"].as_str().is_some_and(|text| !text.is_empty()));
    }

    #[test]
    fn what_cannot_be_is_said_in_words_and_has_no_after() {
        let (status, page, data) = page(1, &["C001", "C002"]);
        assert_eq!(status, Status::Infeasible);
        let plan = &data["plan"];
        assert_eq!((plan["found"].as_bool(), plan["n"].as_u64()), (Some(false), Some(0)));
        for (said, wanted) in plan["said"].as_array().unwrap().iter().zip(["不可能实现", "impossible"]) {
            let said = said.as_array().unwrap();
            assert!(said.len() > 2 && said[1].as_str().unwrap().contains(wanted), "{said:?}");
        }
        assert!(page.contains("<p>必选的候选点都选</p>") && data["dots"]["after"].is_null());
    }

    #[test]
    fn a_page_without_a_plan_holds_nothing_of_one() {
        let page = html(&sample::findings(8, 4), None, Lang::Zh);
        for trace in ["plan.js", "/*plan*/", "C.plan", "\"plan\":", "plan.tab", "#turn", "\"after\""] {
            assert!(!page.contains(trace), "{trace}");
        }
    }
}
