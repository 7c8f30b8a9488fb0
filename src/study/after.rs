//! How a city would stand with the sites of a plan: who is newly in reach, in each community and over all, and which site brings whom.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Findings;
use super::pairs::CandidatePairs;
use crate::city::Group;
use crate::coverage::{Coverage, Level, Total, status_of};
use crate::settings::Scope;
use crate::units::Count;

/// The coverage with the chosen candidates open beside the operating facilities.
#[derive(Debug, Clone, Default)]
pub struct After {
    /// For each demand point: in reach with the plan and not before.
    pub newly: Vec<bool>,
    /// Communities, in their order before, and the lines of everything at the study's own speed. Groups and status are those with the
    /// plan; what else a community has (minutes, areas) is as before, and what else a coverage has is left out.
    pub coverage: Coverage,
    /// Everybody newly in reach, of the leading group.
    pub people: Count,
    /// For each chosen candidate, in order: whom it newly reaches beside those before it, of the leading group.
    pub brings: Vec<Brings>,
}

/// Whom a site brings into reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brings {
    /// All of them.
    pub people: Count,
    /// Those of each community, most first, then in the order of the file.
    pub communities: Vec<(u32, Count)>,
}

/// Opens these candidates, in the order in which they are built.
#[must_use]
pub fn after(findings: &Findings, candidates: &[u32]) -> After {
    let (city, demand) = (&findings.city, &findings.demand);
    let mut turn = vec![u32::MAX; city.candidates.len()];
    candidates.iter().enumerate().for_each(|(k, c)| turn[*c as usize] = k as u32);
    let first: Vec<Option<usize>> = (0..demand.len()).map(|point| first_to_reach(findings, &turn, point)).collect();
    let leading = demand.leading_group();

    let mut out = After { newly: first.iter().map(Option::is_some).collect(), ..After::default() };
    let mut brings: Vec<BTreeMap<u32, Count>> = vec![BTreeMap::new(); candidates.len()];
    out.brings = vec![Brings::default(); candidates.len()];
    // Newly in reach by group and community, whoever lives in none behind them.
    let mut gained: BTreeMap<Group, Vec<Count>> = BTreeMap::new();
    for group in Group::ALL {
        let Some(counts) = demand.group(group) else { continue };
        let column = gained.entry(group).or_insert_with(|| vec![Count::ZERO; city.communities.len() + 1]);
        for (point, turn) in first.iter().enumerate() {
            let (Some(turn), Some(people)) = (turn, counts.get(point).filter(|people| **people > Count::ZERO)) else { continue };
            let community = demand.community_of(point);
            column[community.unwrap_or(city.communities.len())] += *people;
            if Some(group) == leading {
                out.people += *people;
                out.brings[*turn].people += *people;
                if let Some(community) = community {
                    *brings[*turn].entry(community as u32).or_insert(Count::ZERO) += *people;
                }
            }
        }
    }
    for (site, communities) in out.brings.iter_mut().zip(brings) {
        site.communities = communities.into_iter().collect();
        // A stable sort: communities with as many people stay in the order of the file.
        site.communities.sort_by_key(|(_, people)| Reverse(*people));
    }
    out.coverage.communities = findings.coverage.communities.clone();
    for row in &mut out.coverage.communities {
        for group in &mut row.groups {
            if let Some(column) = gained.get(&group.group) {
                group.covered += column[row.community as usize];
            }
        }
        row.status = status_of(&findings.settings, row.groups.iter().find(|g| Some(g.group) == leading));
    }
    let own = |t: &&Total| t.level == Level::All && t.speed == findings.settings.speed && t.limit == findings.settings.limit;
    out.coverage.totals = findings.coverage.totals.iter().filter(own).cloned().collect();
    for total in &mut out.coverage.totals {
        let Some(column) = gained.get(&total.group) else { continue };
        let inside = column.iter().zip(&city.communities).filter(|(_, community)| total.scope.includes(community.kind));
        total.covered += inside.map(|(people, _)| *people).sum::<Count>();
        if total.scope == Scope::All {
            total.covered += column[city.communities.len()];
        }
    }
    out
}

/// Which of the sites, by their turn, is the first to bring a point into reach; `None` where none does, or somebody reaches it already.
fn first_to_reach(findings: &Findings, turn: &[u32], point: usize) -> Option<usize> {
    if findings.coverage.cover_count[point] > 0 {
        return None;
    }
    let limit = findings.settings.limit.0 as i64;
    let first = match findings.pairs.as_ref()? {
        CandidatePairs::Reach(lists) => lists.get(point).iter().map(|c| turn[*c as usize]).min(),
        CandidatePairs::Walks(lists) => lists.get(point).iter().filter(|(_, time)| *time <= limit).map(|(c, _)| turn[*c as usize]).min(),
    };
    first.filter(|turn| *turn != u32::MAX).map(|turn| turn as usize)
}
