//! Which candidates the page holds: all of a city's, of a province those that somebody will look for.

use std::collections::BTreeMap;

use crate::study::Findings;

/// Up to so many candidates are all on the page.
const ALL: usize = 6_000;
/// Of more than that, so many are.
pub const SOME: usize = 5_000;
/// So many of them from the top of each ranking, the others the best of each county in turn.
pub const TOP: usize = 2_000;

/// Candidates of the page.
#[derive(Debug)]
pub struct Chosen {
    /// Their indices in the study, rising.
    pub kept: Vec<u32>,
    /// Their indices on the page, by index in the study.
    pub place: Vec<Option<u32>>,
    /// Those of a plan, in its order: by index on the page.
    planned: Vec<u32>,
}

impl Chosen {
    /// Candidates of the page, each once, those of a plan first, then those ranked by the first pack in its order.
    pub fn ranked(&self, findings: &Findings) -> impl Iterator<Item = u32> {
        let mut left = vec![true; self.kept.len()];
        let ranked = findings.packs.first().map_or(&[][..], |p| &p.ranking);
        let ranked = ranked.iter().filter_map(|r| self.place.get(r.candidate as usize).copied().flatten());
        let order: Vec<u32> = self.planned.iter().copied().chain(ranked).chain(0..self.kept.len() as u32).collect();
        order.into_iter().filter(move |c| std::mem::replace(&mut left[*c as usize], false))
    }
}

/// Chooses: every candidate of a city; of a province the first of each ranking, then the best of every county, then the second best …,
/// because a county wants to see its own. Those of a plan are there in any case.
pub fn chosen(findings: &Findings, planned: &[u32]) -> Chosen {
    let n = findings.city.candidates.len();
    let mut take = if n > ALL { some(findings, TOP, SOME) } else { vec![true; n] };
    planned.iter().for_each(|candidate| take[*candidate as usize] = true);
    let kept: Vec<u32> = (0..n as u32).filter(|i| take[*i as usize]).collect();
    let mut place = vec![None; n];
    for (on_page, i) in kept.iter().enumerate() {
        place[*i as usize] = Some(on_page as u32);
    }
    let planned = planned.iter().filter_map(|candidate| place[*candidate as usize]).collect();
    Chosen { kept, place, planned }
}

fn some(findings: &Findings, top: usize, most: usize) -> Vec<bool> {
    let n = findings.city.candidates.len();
    let mut orders: Vec<Vec<usize>> =
        findings.packs.iter().map(|p| p.ranking.iter().map(|r| r.candidate as usize).filter(|c| *c < n).collect()).collect();
    if orders.is_empty() {
        orders.push((0..n).collect());
    }
    let mut take = vec![false; n];
    let mut left = most;
    let mut add = |candidate: usize| {
        if left > 0 && !take[candidate] {
            take[candidate] = true;
            left -= 1;
        }
    };
    orders.iter().for_each(|order| order.iter().take(top).for_each(|c| add(*c)));
    // Place of each candidate within its county, then place by place.
    let mut turns: Vec<(usize, usize)> = Vec::new();
    for order in &orders {
        let mut seen: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for candidate in order {
            let turn = seen.entry(county(findings, *candidate)).or_default();
            turns.push((*turn, *candidate));
            *turn += 1;
        }
    }
    // A stable sort: within a turn the order of the rankings.
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().for_each(|(_, candidate)| add(candidate));
    take
}

fn county(findings: &Findings, candidate: usize) -> Option<&str> {
    let candidate = &findings.city.candidates[candidate];
    let host = || findings.city.communities.get(candidate.host? as usize)?.county_code.as_deref();
    candidate.county_code.as_deref().or_else(host)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_city_shows_all_of_its_candidates_in_file_order() {
        let findings = sample::findings(8, 4);
        let chosen = chosen(&findings, &[]);
        assert_eq!(chosen.kept.len(), findings.city.candidates.len());
        assert!(chosen.place.iter().enumerate().all(|(i, p)| *p == Some(i as u32)));
    }

    #[test]
    fn of_many_candidates_the_first_ranked_stay_and_no_county_is_forgotten() {
        let findings = sample::findings(8, 4);
        let n = findings.city.candidates.len();
        let take = some(&findings, 3, n / 2);
        assert_eq!(take.iter().filter(|t| **t).count(), n / 2);
        for pack in &findings.packs {
            assert!(pack.ranking.iter().take(3).all(|r| take[r.candidate as usize]));
        }
        let counties = |which: &dyn Fn(usize) -> bool| -> std::collections::BTreeSet<Option<&str>> {
            (0..n).filter(|c| which(*c)).map(|c| county(&findings, c)).collect()
        };
        assert_eq!(counties(&|c| take[c]), counties(&|_| true));
    }
}
