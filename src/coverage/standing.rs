//! How many communities stand how: the one tally behind every headline.

use super::{Administrative, CoverStatus, Coverage};
use crate::city::{City, CommunityKind};

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

    /// Communities of which it can be said.
    pub fn known(&self) -> usize {
        self.covered() + self.none
    }

    /// Those with their own or a shared facility ÷ known.
    pub fn share(&self) -> Option<f64> {
        (self.known() > 0).then(|| self.covered() as f64 / self.known() as f64)
    }
}

/// Communities by walking status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StatusCount {
    pub covered: usize,
    pub partial: usize,
    pub uncovered: usize,
    pub unknown: usize,
}

/// Counts the communities of the kinds asked for.
pub fn standing(city: &City, coverage: &Coverage, of: impl Fn(CommunityKind) -> bool) -> (AdministrativeCount, StatusCount) {
    let (mut administrative, mut status) = (AdministrativeCount::default(), StatusCount::default());
    for row in coverage.communities.iter().filter(|r| city.communities.get(r.community as usize).is_some_and(|c| of(c.kind))) {
        *match row.administrative {
            Administrative::Own => &mut administrative.own,
            Administrative::Shared => &mut administrative.shared,
            Administrative::None => &mut administrative.none,
            Administrative::Unknown => &mut administrative.unknown,
        } += 1;
        *match row.status {
            CoverStatus::Covered => &mut status.covered,
            CoverStatus::Partial => &mut status.partial,
            CoverStatus::Uncovered => &mut status.uncovered,
            CoverStatus::Unknown => &mut status.unknown,
        } += 1;
    }
    (administrative, status)
}
