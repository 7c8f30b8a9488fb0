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
                before: before.covered.into(),
                after: with.covered.into(),
                newly: with.covered.minus(before.covered).into(),
                share_before: before.covered.share_of(before.known).map(Num::share),
                share_after: with.covered.share_of(with.known).map(Num::share),
            })
        })
        .collect()
}
