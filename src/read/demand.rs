//! Demand files: points, polygons at their centroid, or cells, with people, households or a weight.

use crate::city::Group;
use crate::problem::Origin;
use crate::space::LonLat;
use crate::units::Count;

/// A demand file as read, before anybody is spread or assigned by polygon.
#[derive(Debug, Clone, Default)]
pub struct DemandRecords {
    /// Ids as written.
    pub ids: Vec<String>,
    /// Positions; `None` is listed (W-NO-POSITION) and its people are unknown.
    pub places: Vec<Option<LonLat>>,
    /// Community index by `community_code`; `demand::NO_COMMUNITY` when the file has no such column or the cell is empty.
    pub communities: Vec<u32>,
    /// Counts of each group that is a column; a cell without a value is `None`.
    pub counts: [Option<Vec<Option<Count>>>; Group::ALL.len()],
    /// File and layer of the records (row and feature unset).
    pub origin: Origin,
    /// Row (tables) or feature number (layers) of each record.
    pub rows: Vec<u32>,
}
