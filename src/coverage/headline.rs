//! The two numbers a bureau reads first, each with its denominator, never mixed: administrative and walking coverage.

use super::standing::{AdministrativeCount, standing};
use super::{Coverage, Level, Total};
use crate::city::City;
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

/// Picks the headline out of a coverage.
pub fn headline<'a>(city: &City, coverage: &'a Coverage, settings: &Settings) -> Headline<'a> {
    let count = |scope: Scope| city.communities.iter().filter(|c| scope.includes(c.kind)).count();
    let scope = if count(settings.scope) > 0 { settings.scope } else { Scope::All };
    let of_all = || coverage.totals.iter().filter(|t| t.level == Level::All && t.scope == scope);
    // Lines stand in the order of groups; the leading group is the one that status and minutes go by.
    let leading = crate::city::Group::PRECEDENCE.into_iter().find(|g| of_all().any(|t| t.group == *g));
    let at_speeds: Vec<&Total> = of_all().filter(|t| Some(t.group) == leading).collect();
    let (administrative, _) = standing(city, coverage, |kind| scope.includes(kind));
    let walking = at_speeds.iter().find(|t| t.speed == settings.speed).copied();
    Headline { scope, communities: count(scope), walking, at_speeds, administrative }
}
