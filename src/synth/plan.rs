//! Which towns there are: how large, where on the lattice, in which county and city.

use super::names;
use super::place::Place;

/// Metres from one town to the next.
const PITCH: f64 = 7900.0;

/// Communities of successive towns: a district's town, a county's, another district's …
const SIZES: [usize; 8] = [42, 18, 30, 18, 24, 18, 36, 18];

/// 市辖区, 县 or 县级市, in the order of [`SIZES`].
const TYPES: [&str; 8] = ["市辖区", "县", "市辖区", "县", "县级市", "县", "市辖区", "县"];

/// The whole: how many communities, in how many towns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub communities: usize,
    pub towns: usize,
    /// Towns of one county; more than one only in a province.
    pub towns_per_county: usize,
    /// A province is told with one point for two homes, or it would be ten million points.
    pub homes_per_point: u32,
    across: usize,
}

/// One town of the plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lot {
    pub number: usize,
    pub centre: Place,
    pub communities: usize,
    pub villages: usize,
    pub facilities: usize,
    pub candidates: usize,
    pub county: usize,
    /// Which town of its county it is.
    pub in_county: usize,
    /// The towns west and south of it, where the roads come from.
    pub west: Option<usize>,
    pub south: Option<usize>,
}

impl Plan {
    /// Towns for that many communities: more of the same kind, never larger ones.
    pub fn new(communities: usize) -> Plan {
        let mut towns = 2;
        while weight(towns) + SIZES[towns % 8] / 2 < communities {
            towns += 1;
        }
        let across = ((towns as f64 * 1.25).sqrt().round() as usize).max(2);
        let homes_per_point = if communities < 10_000 { 1 } else { 2 };
        Plan { communities, towns, towns_per_county: towns.div_ceil(300), homes_per_point, across }
    }

    /// How many of `total` things fall to the towns before `town`.
    fn before(&self, town: usize, total: usize) -> usize {
        total * weight(town) / weight(self.towns)
    }

    /// A small study has somewhat less than one facility for two communities and two candidates for three, so that there is something left to plan;
    /// a large one two for three and five for three.
    fn facilities(&self) -> usize {
        if self.communities < 600 { self.communities * 27 / 60 } else { self.communities * 2 / 3 }
    }

    fn candidates(&self) -> usize {
        if self.communities < 600 { self.communities * 2 / 3 } else { self.communities * 5 / 3 }
    }

    /// The `number`-th town.
    pub fn town(&self, number: usize) -> Lot {
        let share = |total: usize| self.before(number + 1, total) - self.before(number, total);
        let communities = share(self.communities);
        let (column, row) = (number % self.across, number / self.across);
        let high = self.towns.div_ceil(self.across);
        let offset = |i: usize, n: usize| (i as f64 - (n as f64 - 1.0) / 2.0) * PITCH;
        Lot {
            number,
            centre: Place::new(offset(column, self.across), offset(row, high)),
            communities,
            villages: communities * 2 / 7,
            facilities: share(self.facilities()),
            candidates: share(self.candidates()),
            county: number / self.towns_per_county,
            in_county: number % self.towns_per_county,
            west: (column > 0).then(|| number - 1),
            south: number.checked_sub(self.across),
        }
    }

    /// The `number`-th county.
    pub fn county(&self, number: usize) -> County {
        let kind = TYPES[number % 8];
        let last = match kind {
            "市辖区" => "区",
            "县级市" => "市",
            _ => "县",
        };
        let city = number / 8;
        County {
            // 14 51 and up: no city of that number exists.
            code: format!("14{:02}{:02}", 51 + city, number % 8 + 1),
            name: format!("{}{last}", names::nth("county_first", "county_last", number)),
            kind,
            city: format!("{}市", names::nth("city_first", "city_last", city)),
            city_code: format!("14{:02}00", 51 + city),
        }
    }
}

/// A county by its words and codes.
#[derive(Debug, Clone)]
pub(super) struct County {
    pub code: String,
    pub name: String,
    /// 市辖区, 县级市 or 县.
    pub kind: &'static str,
    pub city: String,
    pub city_code: String,
}

/// Sum of the sizes of the first towns.
fn weight(towns: usize) -> usize {
    let pattern: usize = SIZES.iter().sum();
    towns / 8 * pattern + SIZES[..towns % 8].iter().sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_share_all_communities_and_sites_exactly() {
        for communities in [4, 10, 60, 61, 299, 3000, 30_000] {
            let plan = Plan::new(communities);
            let lots: Vec<Lot> = (0..plan.towns).map(|t| plan.town(t)).collect();
            assert_eq!(lots.iter().map(|l| l.communities).sum::<usize>(), communities);
            assert_eq!(lots.iter().map(|l| l.facilities).sum::<usize>(), plan.facilities());
            assert!(lots.iter().all(|l| l.communities >= 1 && l.communities <= 48), "{communities}: a town is stretched or empty");
        }
    }

    #[test]
    fn codes_of_a_province_fit_six_digits_and_differ() {
        let plan = Plan::new(30_000);
        let counties = plan.towns.div_ceil(plan.towns_per_county);
        let mut codes: Vec<String> = (0..counties).map(|c| plan.county(c).code).collect();
        assert!(codes.iter().all(|c| c.len() == 6));
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), counties);
    }

    #[test]
    fn sixty_communities_are_a_district_and_a_county() {
        let plan = Plan::new(60);
        assert_eq!((plan.towns, plan.town(0).communities, plan.town(1).communities), (2, 42, 18));
        assert_eq!((plan.county(0).kind, plan.county(1).kind), ("市辖区", "县"));
    }
}
