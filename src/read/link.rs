//! In which community a facility, candidate or estate stands: by the code it names, else by the boundary it lies in.

use std::collections::HashMap;

use super::communities::bare_name;
use crate::city::place::CommunityIndex;
use crate::city::{Community, Heirs};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem};
use crate::space::LonLat;
use crate::units::Millimetres;

/// Farther than this outside every community is no matter of a drawn border: E-OUTSIDE (contracts §6).
const FARTHEST_OUTSIDE: Millimetres = Millimetres(5_000_000);

/// Communities by the words that mean one: its code, a name that only it has, or that name without 社区, 居委会, 村 …
pub struct Words<'c> {
    communities: &'c [Community],
    by_word: HashMap<&'c str, u32>,
    by_bare_name: HashMap<String, Option<u32>>,
    /// What has become of old codes.
    heirs: &'c Heirs,
}

impl<'c> Words<'c> {
    /// Over the communities of a study; none if it has none.
    pub fn of(communities: &'c [Community], heirs: &'c Heirs) -> Self {
        let mut by_word: HashMap<&str, u32> = HashMap::with_capacity(communities.len() * 2);
        let mut names: HashMap<&str, Option<u32>> = HashMap::with_capacity(communities.len());
        let mut by_bare_name: HashMap<String, Option<u32>> = HashMap::with_capacity(communities.len());
        for (i, c) in (0u32..).zip(communities) {
            by_word.entry(c.code.as_str()).or_insert(i);
            names.entry(c.name.as_str()).and_modify(|n| *n = None).or_insert(Some(i));
            by_bare_name.entry(bare_name(&c.name)).and_modify(|n| *n = None).or_insert(Some(i));
        }
        for (name, community) in names {
            if let Some(community) = community {
                by_word.entry(name).or_insert(community);
            }
        }
        Words { communities, by_word, by_bare_name, heirs }
    }

    /// Whether there is no community at all.
    pub fn is_empty(&self) -> bool {
        self.communities.is_empty()
    }

    /// By the word as it stands, or as the code of a community that has wholly become part of another.
    pub fn exact(&self, word: &str) -> Option<u32> {
        self.by_word.get(word).or_else(|| self.by_word.get(self.heirs.get(word)?.as_str())).copied()
    }

    /// By the word as it stands, else by a name written with another ending.
    pub fn find(&self, word: &str) -> Option<u32> {
        self.exact(word).or_else(|| self.by_bare_name.get(&bare_name(word)).copied().flatten())
    }

    /// The code that a word which means nothing was meant to be: the only one that a single slip makes of it. Codes of neighbours differ
    /// by a digit, and one of many would be no proposal.
    pub fn meant(&self, word: &str) -> Option<&str> {
        let mut near = self.communities.iter().map(|c| c.code.as_str()).filter(|code| crate::words::one_slip(word, code));
        let only = near.next();
        only.filter(|_| near.next().is_none())
    }

    /// E-CODE-UNKNOWN, with the code that may be meant.
    pub fn unknown(&self, word: &str, problem: Problem) -> Problem {
        let problem = problem.value(word);
        match self.meant(word) {
            Some(code) => problem.with("code", code).with("near", "@why.code.near"),
            None => problem.with("near", ""),
        }
    }
}

/// Communities by word and by place.
pub struct Links<'c> {
    communities: &'c [Community],
    words: Words<'c>,
    index: &'c CommunityIndex,
    all_drawn: bool,
}

impl<'c> Links<'c> {
    /// Over the communities of a study; `index` is over the same.
    pub fn new(communities: &'c [Community], index: &'c CommunityIndex, heirs: &'c Heirs) -> Self {
        let all_drawn = communities.iter().all(|c| c.boundary.is_some());
        Links { communities, words: Words::of(communities, heirs), index, all_drawn }
    }

    /// The community that a cell names, E-CODE-UNKNOWN when it names none. A study without communities knows none.
    pub fn resolve(&self, word: &str, field: &'static str, origin: &Origin, notes: &mut Notes) -> Option<u32> {
        if self.communities.is_empty() {
            return None;
        }
        let found = self.words.find(word);
        if found.is_none() {
            notes.push_with(Code::E_CODE_UNKNOWN, field, |p| self.words.unknown(word, p.at(origin)));
        }
        found
    }

    /// The community of a site named `id`: by `word`, else by boundary. W-HOST when the two disagree, W-OUTSIDE or E-OUTSIDE when the
    /// site lies in none.
    pub fn assign(&self, id: &str, word: Option<&str>, place: Option<LonLat>, origin: &Origin, notes: &mut Notes) -> Option<u32> {
        let named = word.and_then(|w| self.resolve(w, "community_code", origin, notes));
        let Some(place) = place.filter(|_| !self.index.is_empty()) else { return named };
        // A community without a boundary may well hold the site.
        let own_is_open = named.is_some_and(|c| self.index.holds(c, place).is_none());
        if named.is_some_and(|c| self.index.holds(c, place) == Some(true)) {
            return named;
        }
        let found = self.index.find(place);
        match (named, found) {
            (Some(named), Some(found)) => {
                let (named, found) = (&self.communities[named as usize], &self.communities[found as usize]);
                let problem = Problem::new(Code::W_HOST).at(origin).field("community_code").value(id);
                let both = problem.with("code", format!("{} {}", named.code, named.name));
                notes.push(both.with("inside", format!("{} {}", found.code, found.name)));
            }
            (_, None) if !own_is_open => self.outside(id, place, origin, notes),
            _ => {}
        }
        named.or(found)
    }

    fn outside(&self, id: &str, place: LonLat, origin: &Origin, notes: &mut Notes) {
        let Some((nearest, distance)) = self.index.nearest(place) else { return };
        // While some community has no boundary, far from all drawn ones is not yet wrong.
        let code = if distance > FARTHEST_OUTSIDE && self.all_drawn { Code::E_OUTSIDE } else { Code::W_OUTSIDE };
        let community = &self.communities[nearest as usize];
        let problem = Problem::new(code)
            .at(origin)
            .field("lon")
            .value(id)
            .why("@why.outside.boundaries")
            .with("metres", format!("{:.0}", distance.metres()));
        notes.push(problem.with("nearest", format!("{} {}", community.code, community.name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::sample::community;
    use crate::problem::Problems;
    use geo::{MultiPolygon, polygon};

    /// ```text
    ///   ┌───────┬───────┐
    ///   │   1   │   2   │     3: known by code only
    ///   └───────┴───────┘
    ///   112     112.01  112.02
    /// ```
    fn communities() -> Vec<Community> {
        let square =
            |x: f64| MultiPolygon(vec![polygon![(x: x, y: 37.0), (x: x + 0.01, y: 37.0), (x: x + 0.01, y: 37.01), (x: x, y: 37.01)]]);
        let mut all = vec![community("1"), community("2"), community("3")];
        all[0].boundary = Some(square(112.0));
        all[1].boundary = Some(square(112.01));
        all
    }

    fn assigned(all: &[Community], word: Option<&str>, lon: f64) -> (Option<u32>, Vec<Code>) {
        let index = CommunityIndex::new(all);
        let heirs = Heirs::from([("old 2".to_owned(), "2".to_owned())]);
        let links = Links::new(all, &index, &heirs);
        let mut notes = Notes::default();
        let community = links.assign("F1", word, LonLat::new(lon, 37.005), &Origin::default(), &mut notes);
        let mut problems = Problems::default();
        notes.report(&mut problems);
        (community, problems.iter().map(|p| p.code).collect())
    }

    #[test]
    fn a_site_stands_where_its_code_says_else_where_it_lies() {
        let all = communities();
        assert_eq!(assigned(&all, None, 112.015), (Some(1), vec![]));
        assert_eq!(assigned(&all, Some("2"), 112.015), (Some(1), vec![]));
        assert_eq!(assigned(&all, Some("old 2"), 112.015), (Some(1), vec![]), "what it has become part of");
        assert_eq!(assigned(&all, Some("3"), 112.5), (Some(2), vec![]), "no boundary to be outside of");
        assert_eq!(assigned(&all, Some("2"), 112.01), (Some(1), vec![]), "on the shared border both are right");
    }

    #[test]
    fn disagreement_between_code_and_boundary_is_pointed_out_and_the_code_wins() {
        assert_eq!(assigned(&communities(), Some("1"), 112.015), (Some(0), vec![Code::W_HOST]));
    }

    #[test]
    fn a_name_stands_in_for_a_code_where_only_one_community_has_it() {
        let mut all = communities();
        all[0].name = "北街社区".into();
        all[1].name = "南街社区居委会".into();
        all[2].name = "南街村".into();
        let none = Heirs::new();
        let words = Words::of(&all, &none);
        assert_eq!((words.find("北街社区"), words.find("北街居委会"), words.find("北街")), (Some(0), Some(0), Some(0)));
        assert_eq!((words.find("南街社区居委会"), words.find("南街")), (Some(1), None));
        assert_eq!((words.exact("北街"), words.meant("11"), words.meant("4")), (None, Some("1"), None));
    }

    #[test]
    fn an_unknown_code_is_an_error_when_there_are_communities() {
        assert_eq!(assigned(&communities(), Some("9"), 112.015), (Some(1), vec![Code::E_CODE_UNKNOWN]));
        assert_eq!(assigned(&[], Some("9"), 112.015), (None, vec![]));
    }

    #[test]
    fn outside_is_a_warning_up_to_five_kilometres_and_an_error_beyond() {
        let mut all = communities();
        all.truncate(2);
        assert_eq!(assigned(&all, None, 112.03), (None, vec![Code::W_OUTSIDE]));
        // 5 km are 0.0562° of longitude here; the nearest border is at 112.02.
        assert_eq!(assigned(&all, None, 112.075), (None, vec![Code::W_OUTSIDE]));
        assert_eq!(assigned(&all, None, 112.077), (None, vec![Code::E_OUTSIDE]));
        assert_eq!(assigned(&communities(), None, 112.077), (None, vec![Code::W_OUTSIDE]), "the third might reach so far");
    }
}
