//! What is there: communities, estates, counties, facilities and candidates, as read, checked and in one coordinate system.
//!
//! `None` always means *unknown*; it is never zero. Every record keeps the place in the file it came from.

pub mod adjacent;
pub mod candidate;
pub mod checks;
pub mod community;
pub mod estate_totals;
pub mod facility;
pub mod place;
pub mod shape;
pub mod unit;

use std::collections::BTreeMap;

pub use candidate::{BuildMode, Candidate, Tenure};
pub use community::{Community, CommunityKind, County, CountyType, Estate, Grade, unready};
pub use facility::{Facility, Status};

use crate::units::Count;

/// A group of people (or of households) that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Residents of 60 and over (常住).
    Elderly60,
    /// Residents of 65 and over.
    Elderly65,
    /// Residents of 80 and over.
    Elderly80,
    /// Households (户数).
    Households,
    /// All residents.
    Population,
    /// Occupied households (入住户数): spread like households, not a column of `totals.csv`.
    OccupiedHouseholds,
    /// A bare weight of a demand file.
    Weight,
}

impl Group {
    /// Every group, in the order of [`Counts`].
    pub const ALL: [Group; 7] = [
        Group::Elderly60,
        Group::Elderly65,
        Group::Elderly80,
        Group::Households,
        Group::Population,
        Group::OccupiedHouseholds,
        Group::Weight,
    ];

    /// The groups that tables report, in their order.
    pub const REPORTED: [Group; 5] = [Group::Elderly60, Group::Elderly65, Group::Elderly80, Group::Households, Group::Population];

    /// By which status, minutes and the order of communities go: the first that the study has.
    pub const PRECEDENCE: [Group; 6] =
        [Group::Elderly60, Group::Elderly65, Group::Elderly80, Group::Population, Group::Households, Group::Weight];

    /// The canonical field name.
    pub fn name(self) -> &'static str {
        match self {
            Group::Elderly60 => "elderly_60",
            Group::Elderly65 => "elderly_65",
            Group::Elderly80 => "elderly_80",
            Group::Households => "households",
            Group::Population => "population",
            Group::OccupiedHouseholds => "occupied_households",
            Group::Weight => "weight",
        }
    }
}

/// A count for each group, each possibly unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([Option<Count>; Group::ALL.len()]);

impl std::ops::Index<Group> for Counts {
    type Output = Option<Count>;
    fn index(&self, group: Group) -> &Option<Count> {
        &self.0[group as usize]
    }
}

impl std::ops::IndexMut<Group> for Counts {
    fn index_mut(&mut self, group: Group) -> &mut Option<Count> {
        &mut self.0[group as usize]
    }
}

/// Columns that careshed does not know, passed through to the outputs: heading → text as written.
pub type Extra = BTreeMap<String, String>;

/// Codes of communities that are no more, each with the code of the one that it has wholly become part of.
pub type Heirs = BTreeMap<String, String>;

/// Everything read about a city but its streets and its demand points.
#[derive(Debug, Clone, Default)]
pub struct City {
    /// Planning units; empty when the study has none.
    pub communities: Vec<Community>,
    /// Housing compounds inside communities.
    pub estates: Vec<Estate>,
    /// Counties with their type and history.
    pub counties: Vec<County>,
    /// Facilities that exist or are being built, in file order.
    pub facilities: Vec<Facility>,
    /// Sites that could be declared, in file order.
    pub candidates: Vec<Candidate>,
    /// What has become of old codes, where a crosswalk says it.
    pub heirs: Heirs,
    /// Which tables the study names at all, so that "not given" differs from "empty".
    pub given: Given,
}

/// Which tables a study names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Given {
    pub communities: bool,
    pub estates: bool,
    pub counties: bool,
    pub facilities: bool,
    pub candidates: bool,
}

/// Plain records for tests.
#[cfg(test)]
pub(crate) mod sample {
    use super::*;
    use crate::problem::Origin;

    /// An urban community that nothing is known of but its code.
    pub fn community(code: &str) -> Community {
        Community {
            code: code.to_owned(),
            name: code.to_owned(),
            county: None,
            county_code: None,
            street: None,
            kind: CommunityKind::Urban,
            counts: Counts::default(),
            registered: [None; 3],
            disabled: None,
            special_hardship: None,
            single_child_lost: None,
            built_year: None,
            old: None,
            is_centre: None,
            floor_area: None,
            boundary: None,
            place: None,
            extra: Extra::new(),
            origin: Origin::default(),
        }
    }

    /// A facility that nothing is known of but its id.
    pub fn facility(id: &str) -> Facility {
        Facility {
            id: id.to_owned(),
            name: String::new(),
            kind: None,
            place: None,
            community: None,
            serves: Vec::new(),
            floor_area: None,
            care_area: None,
            beds: None,
            meals: None,
            functions: None,
            status: None,
            opened: None,
            use_changed: None,
            duplicate_of: None,
            extra: Extra::new(),
            origin: Origin::default(),
        }
    }

    /// An estate that nothing is known of but its code and community.
    pub fn estate(code: &str, community: Option<u32>) -> Estate {
        Estate {
            code: code.to_owned(),
            name: code.to_owned(),
            community,
            place: None,
            outline: None,
            households_planned: None,
            households: None,
            occupied_households: None,
            floor_area: None,
            built_year: None,
            old: None,
            is_new: None,
            care_area_delivered: None,
            origin: Origin::default(),
        }
    }
}
