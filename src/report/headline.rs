//! The two numbers a bureau reads first, side by side and never mixed: administrative coverage and walking coverage.

use crate::city::{CommunityKind, Group};
use crate::coverage::{Administrative, CoverStatus, Level, Total};
use crate::settings::Scope;
use crate::study::Findings;

/// What stands on top of a summary or a page, each share with its denominator.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline<'a> {
    /// Of which communities it speaks: the study's scope, or everybody where there are no communities.
    pub scope: Scope,
    /// Of which people; `None` when the study counts nobody.
    pub group: Option<Group>,
    /// Walking coverage at the study's own speed.
    pub walking: Option<&'a Total>,
    /// The same at each speed, ascending, the study's own among them.
    pub speeds: Vec<&'a Total>,
    /// Villages are a line of their own beside the urban headline.
    pub villages: Option<&'a Total>,
    /// Communities of the scope by administrative coverage.
    pub administrative: Administration,
    /// Communities of the scope by walking status.
    pub statuses: Statuses,
}

/// How many communities have a facility, in the administrative sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Administration {
    pub own: usize,
    pub shared: usize,
    pub none: usize,
    pub unknown: usize,
}

impl Administration {
    /// Communities of which it can be said.
    pub fn known(&self) -> usize {
        self.own + self.shared + self.none
    }

    /// Those with their own or a shared facility ÷ known.
    pub fn share(&self) -> Option<f64> {
        (self.known() > 0).then(|| (self.own + self.shared) as f64 / self.known() as f64)
    }
}

/// How many communities stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct Statuses {
    pub covered: usize,
    pub partial: usize,
    pub uncovered: usize,
    pub unknown: usize,
}

impl<'a> Headline<'a> {
    /// Picks and tallies what the coverage already holds.
    pub fn of(findings: &'a Findings) -> Self {
        let scope = if findings.city.communities.is_empty() { Scope::All } else { findings.settings.scope };
        let group = findings.demand.leading_group();
        let lines = |scope: Scope| {
            let of_all = move |t: &&Total| t.level == Level::All && t.scope == scope && Some(t.group) == group;
            findings.coverage.totals.iter().filter(of_all)
        };
        let own = |t: &&Total| t.speed == findings.settings.speed;
        let mut headline = Headline {
            scope,
            group,
            walking: lines(scope).find(own),
            speeds: lines(scope).collect(),
            villages: if scope == Scope::Urban { lines(Scope::Village).find(own) } else { None },
            administrative: Administration::default(),
            statuses: Statuses::default(),
        };
        headline.speeds.sort_by_key(|t| t.speed);
        headline.tally(findings);
        headline
    }

    /// How many communities it speaks of.
    pub fn communities(&self) -> usize {
        self.administrative.known() + self.administrative.unknown
    }

    fn tally(&mut self, findings: &Findings) {
        for row in &findings.coverage.communities {
            let kind = findings.city.communities[row.community as usize].kind;
            let inside = match self.scope {
                Scope::Urban => kind == CommunityKind::Urban,
                Scope::Village => kind == CommunityKind::Village,
                Scope::All => true,
            };
            if !inside {
                continue;
            }
            *match row.administrative {
                Administrative::Own => &mut self.administrative.own,
                Administrative::Shared => &mut self.administrative.shared,
                Administrative::None => &mut self.administrative.none,
                Administrative::Unknown => &mut self.administrative.unknown,
            } += 1;
            *match row.status {
                CoverStatus::Covered => &mut self.statuses.covered,
                CoverStatus::Partial => &mut self.statuses.partial,
                CoverStatus::Uncovered => &mut self.statuses.uncovered,
                CoverStatus::Unknown => &mut self.statuses.unknown,
            } += 1;
        }
    }
}
