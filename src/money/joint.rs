//! Which neighbouring communities could share one facility (S002-09), and at which site: proposals, not coverage, until a facility
//! declares whom it serves.
//!
//! A group consists of neighbours, has a member of few people or one that declares that it is not ready, lies as a whole within the walk of
//! one site, and asks for no more floor than one facility may have. Groups are grown from their smallest member, neighbour by neighbour,
//! small ones first; of all sites the one that serves most communities is taken first, and each community stands in one group at most.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::terms::Joint;
use crate::city::adjacent::neighbours;
use crate::city::{City, CommunityKind, Group, Status, unready};
use crate::coverage::joint::Near;
use crate::coverage::{Administrative, Coverage};
use crate::units::{Count, Millimetres, SquareMetres};

/// Where a joint facility would be. Among equals what stands already goes before what would have to be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// A facility that operates (index).
    Operating(u32),
    /// A facility that is being built (index).
    Building(u32),
    /// A candidate (index).
    Candidate(u32),
}

impl Site {
    /// As written in `joint.csv`.
    pub fn kind(self) -> &'static str {
        match self {
            Site::Operating(_) => "operating",
            Site::Building(_) => "building",
            Site::Candidate(_) => "candidate",
        }
    }

    /// Id, name and floor of the site.
    pub fn of(self, city: &City) -> (&str, &str, Option<SquareMetres>) {
        match self {
            Site::Operating(f) | Site::Building(f) => {
                let facility = &city.facilities[f as usize];
                (&facility.id, &facility.name, facility.supply_area())
            }
            Site::Candidate(c) => {
                let candidate = &city.candidates[c as usize];
                (&candidate.id, &candidate.name, candidate.floor_area)
            }
        }
    }
}

/// One row of `joint.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Id of the pack.
    pub pack: String,
    /// Id of the clause.
    pub rule: &'static str,
    /// Where.
    pub site: Site,
    /// Indices of the communities, ascending.
    pub members: Vec<u32>,
    /// Those of them that have few people or declare that they are not ready.
    pub small: Vec<u32>,
    /// Residents of all; `None` while those of one are unknown.
    pub population: Option<Count>,
    /// Households of all.
    pub households: Count,
    /// Floor that the members ask for together, m².
    pub need: f64,
    /// Floor of the facility: the need, but at least as much as a facility must have, m².
    pub area: f64,
    /// The smallest share of known people of a member within the walk.
    pub least_share: f64,
}

/// The proposals of one pack, those that serve most communities first. `kinds` are the kinds of facility that count.
pub fn propose(city: &City, coverage: &Coverage, near: &[Near], pack: &str, terms: &'static Joint, kinds: &[String]) -> Vec<Proposal> {
    let scene = Scene::new(city, coverage, terms);
    let mut taken = vec![false; city.communities.len()];
    // For each site in order of merit: how many it would serve (most first), then what stands already, then the first in its file.
    let mut waiting: BTreeSet<(Reverse<usize>, Site, usize)> = BTreeSet::new();
    let runs: Vec<&[Near]> = near.chunk_by(|a, b| a.site == b.site).collect();
    for (run, pairs) in runs.iter().enumerate() {
        if let Some(site) = site(city, pairs[0].site, kinds)
            && let Some(members) = scene.group(site, pairs, &taken)
        {
            waiting.insert((Reverse(scene.served(&members)), site, run));
        }
    }
    let mut proposals = Vec::new();
    while let Some((merit, site, run)) = waiting.pop_first() {
        let Some(members) = scene.group(site, runs[run], &taken) else { continue };
        let now = Reverse(scene.served(&members));
        // Neighbours that another group has taken meanwhile make it smaller: it waits for its turn again.
        if now != merit {
            waiting.insert((now, site, run));
            continue;
        }
        members.iter().for_each(|c| taken[*c as usize] = true);
        proposals.push(scene.proposal(pack, site, members, runs[run]));
    }
    proposals
}

/// A site that could be shared: a candidate, or a counting facility that operates or is being built.
fn site(city: &City, index: u32, kinds: &[String]) -> Option<Site> {
    let Some(facility) = city.facilities.get(index as usize) else { return Some(Site::Candidate(index - city.facilities.len() as u32)) };
    let counts = facility.duplicate_of.is_none()
        && facility.use_changed != Some(true)
        && facility.kind.as_ref().is_some_and(|kind| kinds.contains(kind));
    match facility.status.filter(|_| counts)? {
        Status::Operating => Some(Site::Operating(index)),
        Status::Building => Some(Site::Building(index)),
        _ => None,
    }
}

/// What is known of each community.
struct Scene<'a> {
    city: &'a City,
    terms: &'static Joint,
    neighbours: Vec<Vec<u32>>,
    households: Vec<Option<Count>>,
    /// Urban, and known to have no facility and share none.
    lacking: Vec<bool>,
    small: Vec<bool>,
}

impl<'a> Scene<'a> {
    fn new(city: &'a City, coverage: &Coverage, terms: &'static Joint) -> Self {
        let mut lacking = vec![false; city.communities.len()];
        let mut households: Vec<Option<Count>> = city.communities.iter().map(|c| c.counts[Group::Households]).collect();
        for line in &coverage.communities {
            let c = line.community as usize;
            lacking[c] = city.communities[c].kind == CommunityKind::Urban && line.administrative == Administrative::None;
            households[c] = line.groups.iter().find(|g| g.group == Group::Households).map(|g| g.people).or(households[c]);
        }
        let few = |c: &crate::city::Community| c.counts[Group::Population].is_some_and(|n| n < Count::whole(terms.people_under.into()));
        let small = city.communities.iter().map(|c| few(c) || unready(c) == Some(true)).collect();
        let neighbours = neighbours(&city.communities, Millimetres(u64::from(terms.gap_m) * 1000));
        Scene { city, terms, neighbours, households, lacking, small }
    }

    fn need(&self, members: &[u32]) -> Option<f64> {
        let households = members.iter().map(|c| self.households[*c as usize]).sum::<Option<Count>>()?;
        Some(households.as_f64() * self.terms.m2_per_household)
    }

    /// How many communities without a facility a group would give one.
    fn served(&self, members: &[u32]) -> usize {
        members.iter().filter(|c| self.lacking[**c as usize]).count()
    }

    /// The group of a site among the communities that are not taken; `None` where there is none.
    fn group(&self, site: Site, near: &[Near], taken: &[bool]) -> Option<Vec<u32>> {
        let free = |c: u32| !taken[c as usize] && self.households[c as usize].is_some();
        let allowed: Vec<u32> = near.iter().map(|n| n.community).filter(|c| free(*c) && self.lacking[*c as usize]).collect();
        if let Site::Operating(f) | Site::Building(f) = site {
            let facility = &self.city.facilities[f as usize];
            let mut base: Vec<u32> = facility.community.iter().chain(&facility.serves).copied().collect();
            base.sort_unstable();
            base.dedup();
            // Whoever has it already must be within its walk as well.
            let sound = !base.is_empty() && base.iter().all(|c| free(*c) && near.iter().any(|n| n.community == *c));
            return sound.then(|| self.grow(base, &allowed)).flatten();
        }
        let mut seeds: Vec<u32> = allowed.iter().copied().filter(|c| self.small[*c as usize]).collect();
        seeds.sort_by(|a, b| self.order(*a).cmp(&self.order(*b)));
        let mut seen: Vec<u32> = Vec::new();
        let mut best: Option<Vec<u32>> = None;
        for seed in seeds {
            if seen.contains(&seed) {
                continue;
            }
            let Some(group) = self.grow(vec![seed], &allowed) else { continue };
            seen.extend(&group);
            if best.as_ref().is_none_or(|best| group.len() > best.len()) {
                best = Some(group);
            }
        }
        best
    }

    /// Small ones first, then by people, then by code.
    fn order(&self, c: u32) -> (bool, Option<Count>, &str) {
        let community = &self.city.communities[c as usize];
        let people = community.counts[Group::Population].or(Some(Count(u64::MAX)));
        (!self.small[c as usize], people, &community.code)
    }

    /// Adds neighbours as long as one facility is large enough; `None` when nobody joins, or nobody in it is small.
    fn grow(&self, mut members: Vec<u32>, allowed: &[u32]) -> Option<Vec<u32>> {
        let start = members.len();
        self.need(&members).filter(|m2| *m2 <= self.terms.at_most_m2)?;
        let mut open: Vec<u32> = allowed.iter().copied().filter(|c| !members.contains(c)).collect();
        open.sort_by(|a, b| self.order(*a).cmp(&self.order(*b)));
        let joins = |members: &[u32], c: u32| members.iter().any(|m| self.neighbours[*m as usize].binary_search(&c).is_ok());
        // Who is too large now is too large later: the need only grows.
        while let Some(next) = open.iter().position(|c| joins(&members, *c)) {
            members.push(open.remove(next));
            if self.need(&members).is_none_or(|m2| m2 > self.terms.at_most_m2) {
                members.pop();
            }
        }
        members.sort_unstable();
        let several = members.len() > start && members.len() > 1;
        (several && members.iter().any(|c| self.small[*c as usize])).then_some(members)
    }

    fn proposal(&self, pack: &str, site: Site, members: Vec<u32>, near: &[Near]) -> Proposal {
        let need = self.need(&members).unwrap_or_default();
        let share = |c: &u32| near.iter().find(|n| n.community == *c).map_or(1.0, |n| n.share);
        Proposal {
            pack: pack.to_owned(),
            rule: &self.terms.rule,
            site,
            small: members.iter().copied().filter(|c| self.small[*c as usize]).collect(),
            population: members.iter().map(|c| self.city.communities[*c as usize].counts[Group::Population]).sum(),
            households: members.iter().filter_map(|c| self.households[*c as usize]).sum(),
            need,
            area: need.max(self.terms.at_least_m2),
            least_share: members.iter().map(share).fold(1.0, f64::min),
            members,
        }
    }
}

#[cfg(test)]
mod tests {
    use geo::{Coord, MultiPolygon, polygon};

    use super::*;
    use crate::city::sample::{community, facility};
    use crate::city::{Candidate, Community};
    use crate::coverage::{CommunityCover, CoverStatus};
    use crate::money::terms;
    use crate::space::LonLat;
    use crate::space::local::LocalFrame;

    fn block(code: &str, column: f64, people: u64, households: u64) -> Community {
        let frame = LocalFrame::at(LonLat { lon: 111.0, lat: 35.0 });
        let at = |x: f64, y: f64| {
            let place = frame.from_xy(Coord { x, y });
            Coord { x: place.lon, y: place.lat }
        };
        let (w, e) = (column * 300.0, column * 300.0 + 300.0);
        let mut block = Community {
            boundary: Some(MultiPolygon(vec![polygon![at(w, 0.0), at(e, 0.0), at(e, 300.0), at(w, 300.0)]])),
            ..community(code)
        };
        block.counts[Group::Population] = Some(Count::whole(people));
        block.counts[Group::Households] = Some(Count::whole(households));
        block
    }

    fn coverage(city: &City, lacking: &[bool]) -> Coverage {
        let line = |(c, lacking): (usize, &bool)| CommunityCover {
            community: c as u32,
            groups: Vec::new(),
            status: CoverStatus::Uncovered,
            minutes: None,
            nearest_facility: None,
            administrative: if *lacking { Administrative::None } else { Administrative::Own },
            area_reference: None,
            area_inside: None,
            area_gap: None,
            m2_per_100_households: None,
            reach_gap: None,
            priority_old_500: None,
            outside_share: None,
        };
        assert_eq!(city.communities.len(), lacking.len());
        Coverage { communities: lacking.iter().enumerate().map(line).collect(), ..Coverage::default() }
    }

    fn near(site: u32, communities: &[u32]) -> Vec<Near> {
        communities.iter().map(|c| Near { site, community: *c, share: 1.0 }).collect()
    }

    fn proposed(city: &City, lacking: &[bool], near: &[Near]) -> Vec<(Site, String, f64, f64)> {
        let terms = terms::of("yuncheng-2021").unwrap().joint.as_ref().unwrap();
        let codes = |p: &Proposal| p.members.iter().map(|c| city.communities[*c as usize].code.as_str()).collect::<Vec<_>>().join("");
        let kinds = ["日间照料中心".to_owned()];
        let found = propose(city, &coverage(city, lacking), near, "yuncheng-2021", terms, &kinds);
        found.iter().map(|p| (p.site, codes(p), p.need, p.area)).collect()
    }

    /// A row of blocks, each beside the next, but D is 51 m (a street) from C:  A B C . D E
    fn row() -> City {
        let mut city = City::default();
        let gap = 51.0 / 300.0;
        for (code, column, people, households) in [
            ("A", 0.0, 2999, 1000),
            ("B", 1.0, 9000, 3000),
            ("C", 2.0, 6000, 2000),
            ("D", 3.0 + gap, 1000, 400),
            ("E", 4.0 + gap, 5000, 1600),
        ] {
            city.communities.push(block(code, column, people, households));
        }
        city.candidates.push(Candidate { id: "X".to_owned(), ..Candidate::default() });
        city.candidates.push(Candidate { id: "Y".to_owned(), ..Candidate::default() });
        city
    }

    #[test]
    fn neighbours_with_a_small_member_share_the_site_that_all_can_walk_to() {
        let city = row();
        // X is within the walk of all, Y of D and E only. A needs 200 m², B 600, C 400; D 80, E 320.
        let walks = [near(0, &[0, 1, 2, 3, 4]), near(1, &[3, 4])].concat();
        let all = [true; 5];
        let expected = [(Site::Candidate(0), "ABC".to_owned(), 1200.0, 1200.0), (Site::Candidate(1), "DE".to_owned(), 400.0, 500.0)];
        assert_eq!(proposed(&city, &all, &walks), expected, "D is too far from C to be its neighbour, and 400 m² become 500");
        // Whoever cannot walk there, or has a facility, is left out; what is not its neighbour then does not join.
        assert_eq!(proposed(&city, &all, &near(0, &[0, 2, 3])), []);
        assert_eq!(proposed(&city, &[true, false, true, true, true], &near(0, &[0, 1, 2])), []);
        assert_eq!(proposed(&city, &[true; 5], &near(0, &[1, 2])), [], "nobody is small");
    }

    #[test]
    fn three_thousand_people_are_not_few_unless_the_community_says_that_it_is_not_ready() {
        let mut city = row();
        city.communities[0].counts[Group::Population] = Some(Count::whole(3000));
        let walks = near(0, &[0, 1]);
        assert_eq!(proposed(&city, &[true; 5], &walks), []);
        city.communities[0].extra.insert("条件不成熟".to_owned(), "是".to_owned());
        assert_eq!(proposed(&city, &[true; 5], &walks).len(), 1);
        // Its need must be known.
        city.communities[1].counts[Group::Households] = None;
        assert_eq!(proposed(&city, &[true; 5], &walks), []);
    }

    #[test]
    fn no_group_asks_for_more_than_two_thousand_square_metres() {
        let mut city = row();
        let walks = near(0, &[0, 1, 2]);
        // 200 + 1,400 + 400 m² are just enough; with a household more C, who joins last, stays outside.
        city.communities[1].counts[Group::Households] = Some(Count::whole(7000));
        assert_eq!(proposed(&city, &[true; 5], &walks)[0].1, "ABC");
        city.communities[1].counts[Group::Households] = Some(Count::whole(7001));
        assert_eq!(proposed(&city, &[true; 5], &walks)[0].1, "AB");
    }

    #[test]
    fn what_stands_already_takes_neighbours_in_before_a_candidate_does() {
        let mut city = row();
        let mut centre = facility("F");
        (centre.kind, centre.status, centre.community) = (Some("日间照料中心".to_owned()), Some(Status::Operating), Some(1));
        city.facilities.push(centre);
        // F (site 0) stands in B; X is site 1. A joins B at F, and X has nobody left.
        let walks = [near(0, &[0, 1]), near(1, &[0, 1])].concat();
        let lacking = [true, false, true, true, true];
        assert_eq!(proposed(&city, &lacking, &walks), [(Site::Operating(0), "AB".to_owned(), 800.0, 800.0)]);
        // Whose own people are not within its walk is no place for others, and a closed one is none at all.
        assert_eq!(proposed(&city, &lacking, &near(0, &[0])), []);
        city.facilities[0].status = Some(Status::Closed);
        assert_eq!(proposed(&city, &lacking, &walks), []);
    }
}
