//! The two numbers a bureau reads first, side by side and never mixed: administrative coverage and walking coverage.

use crate::city::Group;
use crate::coverage::standing::{AdministrativeCount, StatusCount, standing};
use crate::coverage::{Level, Total};
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
    pub administrative: AdministrativeCount,
    /// Communities of the scope by walking status.
    pub statuses: StatusCount,
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
        let (administrative, statuses) = standing(&findings.city, &findings.coverage, |kind| scope.includes(kind));
        let mut headline = Headline {
            scope,
            group,
            walking: lines(scope).find(own),
            speeds: lines(scope).collect(),
            villages: if scope == Scope::Urban { lines(Scope::Village).find(own) } else { None },
            administrative,
            statuses,
        };
        headline.speeds.sort_by_key(|t| t.speed);
        headline
    }

    /// How many communities it speaks of.
    pub fn communities(&self) -> usize {
        self.administrative.known() + self.administrative.unknown
    }
}
