//! Where people live: a community's people spread over points.
//!
//! What a demand file says is the truth; else people stand on the estates of their community, else on a grid inside its boundary,
//! else on its own point. Every person is counted once, and sums before and after are the same to the millionth.

mod assign;
mod estates;
mod file;
pub mod grid;
pub mod ids;
mod place;
pub mod spread;

pub use ids::Ids;
pub use place::place;

use crate::city::Group;
use crate::space::LonLat;
use crate::units::Count;

/// How the demand points came about; printed with every result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandSource {
    /// A demand file: buildings, cells, points.
    File,
    /// Estates of communities.
    Estates,
    /// A regular grid inside each boundary.
    Grid,
    /// One point for each community that has no boundary.
    CommunityPoints,
}

/// Demand points, in file order (or community order where careshed spread them), as parallel columns.
#[derive(Debug, Clone, Default)]
pub struct Demand {
    /// Ids as written; empty where careshed made the points (`id(i)` then answers `d0`, `d1` …).
    pub ids: Ids,
    /// Positions.
    pub places: Vec<LonLat>,
    /// Community index, `NO_COMMUNITY` for none.
    pub community: Vec<u32>,
    /// One column of counts for each group given; `None` where the study knows nothing of that group.
    pub counts: [Option<Vec<Count>>; Group::ALL.len()],
    /// How each point came about, in order of first use.
    pub sources: Vec<DemandSource>,
    /// People known to exist but without any point (records without position, communities without a place): they count as unknown.
    pub without_point: Vec<Unplaced>,
    /// Communities of which a group given elsewhere is unknown, sorted: their points hold zeros of it that say nothing.
    pub missing: Vec<(u32, Group)>,
}

/// People of a community (or of none) who stand at no point: in `people` and `unknown` of the totals, in no share.
#[derive(Debug, Clone, Copy)]
pub struct Unplaced {
    /// Community index or `NO_COMMUNITY`.
    pub community: u32,
    /// Which group.
    pub group: Group,
    /// How many.
    pub count: Count,
}

/// Marks a demand point that belongs to no community.
pub const NO_COMMUNITY: u32 = u32::MAX;

impl Demand {
    /// Number of points.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// About how much memory the columns take.
    pub fn bytes(&self) -> u64 {
        let columns = self.counts.iter().flatten().count();
        (self.ids.bytes() + self.len() * (size_of::<LonLat>() + size_of::<u32>() + columns * size_of::<Count>())) as u64
    }

    /// The id of a point, as written or made.
    pub fn id(&self, point: usize) -> String {
        self.ids.get(point).map(str::to_owned).unwrap_or_else(|| format!("d{point}"))
    }

    /// The counts of a group, one for each point.
    pub fn group(&self, group: Group) -> Option<&[Count]> {
        self.counts[group as usize].as_deref()
    }

    /// Whether the number of a group in a community is known; false also where the study knows nothing of the group at all.
    pub fn knows(&self, community: u32, group: Group) -> bool {
        self.group(group).is_some() && self.missing.binary_search(&(community, group)).is_err()
    }

    /// The groups that tables speak of: those of [`Group::REPORTED`] that are given, else the bare weight.
    pub fn reported(&self) -> Vec<Group> {
        let given: Vec<Group> = Group::REPORTED.into_iter().filter(|g| self.group(*g).is_some()).collect();
        if given.is_empty() { self.group(Group::Weight).map(|_| Group::Weight).into_iter().collect() } else { given }
    }

    /// Community index of a point.
    pub fn community_of(&self, point: usize) -> Option<usize> {
        let c = self.community[point];
        (c != NO_COMMUNITY).then_some(c as usize)
    }

    /// The group by which status, minutes and order go: the first of [`Group::PRECEDENCE`] that is given.
    pub fn leading_group(&self) -> Option<Group> {
        Group::PRECEDENCE.into_iter().find(|g| self.group(*g).is_some())
    }
}

#[cfg(test)]
mod tests;
