//! P500: old, and at least 500 occupied households (晋民发〔2023〕7号, S001-09).

use crate::city::{Community, Group};
use crate::units::Count;

/// The bar of S001-09, inclusive (500 户以上).
pub const HOUSEHOLDS: Count = Count::whole(500);

/// The households that P500 reads: the occupied ones; where they are unknown and a proxy is accepted, all households.
pub fn households(community: &Community, accept_proxy: bool) -> Option<Count> {
    let all = || if accept_proxy { community.counts[Group::Households] } else { None };
    community.counts[Group::OccupiedHouseholds].or_else(all)
}

/// Whether a community is old with at least 500 occupied households: no as soon as one part is no, unknown while one is unknown.
pub fn old500(community: &Community, accept_proxy: bool) -> Option<bool> {
    match (households(community, accept_proxy).map(|n| n >= HOUSEHOLDS), community.old) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::worked;

    #[test]
    fn one_no_decides_and_one_unknown_leaves_it_open() {
        let case = |occupied: Option<u64>, households: Option<u64>, old: Option<bool>, proxy: bool| {
            let mut c = worked::community("140105001001", "北街社区");
            c.counts[Group::OccupiedHouseholds] = occupied.map(Count::whole);
            c.counts[Group::Households] = households.map(Count::whole);
            c.old = old;
            old500(&c, proxy)
        };
        assert_eq!(case(Some(500), None, Some(true), false), Some(true));
        assert_eq!(case(Some(499), None, Some(true), false), Some(false));
        assert_eq!(case(Some(499), None, None, false), Some(false));
        assert_eq!(case(None, Some(900), Some(false), false), Some(false));
        assert_eq!(case(None, Some(900), Some(true), false), None);
        assert_eq!(case(Some(900), Some(900), None, false), None);
        // The proxy stands in only where occupied households are missing.
        assert_eq!(case(None, Some(900), Some(true), true), Some(true));
        assert_eq!(case(Some(499), Some(900), Some(true), true), Some(false));
        assert_eq!(case(None, None, Some(true), true), None);
    }
}
