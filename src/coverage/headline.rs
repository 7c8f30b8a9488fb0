//! The two numbers a bureau reads first, each with its denominator, never mixed: administrative and walking coverage.

use super::{Administrative, Coverage, Level, Total};
use crate::city::{City, CommunityKind};
use crate::settings::{Scope, Settings};

/// What the terminal and the page say first.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline<'a> {
    /// The scope it speaks of: the study's, or everything where the study has no community of that kind.
    pub scope: Scope,
    /// Number of communities in the scope; zero without communities.
    pub communities: usize,
    /// Walking coverage of the leading group at the study's speed; `None` when nobody is known of at all.
    pub walking: Option<&'a Total>,
    /// The same line at every speed, ascending.
    pub at_speeds: Vec<&'a Total>,
    /// Administrative coverage of the scope's communities.
    pub administrative: AdministrativeCount,
}

/// Communities by administrative coverage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct AdministrativeCount {
    pub own: usize,
    pub shared: usize,
    pub none: usize,
    pub unknown: usize,
}

impl AdministrativeCount {
    /// Communities that have or share a facility.
    pub fn covered(&self) -> usize {
        self.own + self.shared
    }
}

/// Picks the headline out of a coverage.
pub fn headline<'a>(city: &City, coverage: &'a Coverage, settings: &Settings) -> Headline<'a> {
    let wanted = |scope: Scope, kind: CommunityKind| match scope {
        Scope::Urban => kind == CommunityKind::Urban,
        Scope::Village => kind == CommunityKind::Village,
        Scope::All => true,
    };
    let count = |scope| city.communities.iter().filter(|c| wanted(scope, c.kind)).count();
    let scope = if count(settings.scope) > 0 { settings.scope } else { Scope::All };
    let of_all = || coverage.totals.iter().filter(|t| t.level == Level::All && t.scope == scope);
    // Lines stand in the order of groups; the leading group is the one that status and minutes go by.
    let leading = crate::city::Group::PRECEDENCE.into_iter().find(|g| of_all().any(|t| t.group == *g));
    let at_speeds: Vec<&Total> = of_all().filter(|t| Some(t.group) == leading).collect();
    let mut administrative = AdministrativeCount::default();
    for row in coverage.communities.iter().filter(|r| wanted(scope, city.communities[r.community as usize].kind)) {
        *match row.administrative {
            Administrative::Own => &mut administrative.own,
            Administrative::Shared => &mut administrative.shared,
            Administrative::None => &mut administrative.none,
            Administrative::Unknown => &mut administrative.unknown,
        } += 1;
    }
    let walking = at_speeds.iter().find(|t| t.speed == settings.speed).copied();
    Headline { scope, communities: count(scope), walking, at_speeds, administrative }
}
