//! Which facilities supply, and whose floor counts: each facility once, also when a file names it twice.

use crate::city::{City, Facility};
use crate::units::SquareMetres;

/// One facility that counts, however often the file repeats it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Supply {
    /// Index of the record that stands for it: the first counting one whose area is known, else the first counting one.
    pub facility: u32,
    /// Its floor: `care_area`, else `floor_area`; `None` if unknown.
    pub area: Option<SquareMetres>,
}

/// Indices of the facilities that count where `counts_as` counts, in file order, repetitions included.
pub fn counting(city: &City, counts_as: Option<&[String]>) -> Vec<u32> {
    city.facilities.iter().enumerate().filter(|(_, f)| f.counts(counts_as)).map(|(i, _)| i as u32).collect()
}

/// The counting facilities with repetitions (W-DUP-FACILITY) taken together, in file order of the record that stands for each.
pub fn supplies(city: &City, counting: &[u32]) -> Vec<Supply> {
    let mut one_of: Vec<Option<usize>> = vec![None; city.facilities.len()];
    let mut found: Vec<Supply> = Vec::with_capacity(counting.len());
    for f in counting {
        let area = city.facilities[*f as usize].supply_area();
        match &mut one_of[original(&city.facilities, *f) as usize] {
            Some(at) if found[*at].area.is_none() && area.is_some() => found[*at] = Supply { facility: *f, area },
            Some(_) => {}
            slot => {
                *slot = Some(found.len());
                found.push(Supply { facility: *f, area });
            }
        }
    }
    found.sort_by_key(|s| s.facility);
    found
}

/// The record that a repetition repeats; itself when it repeats none.
pub fn original(facilities: &[Facility], f: u32) -> u32 {
    let mut at = f;
    // A chain longer than the file is a circle; then the record stands for itself.
    for _ in 0..facilities.len() {
        match facilities[at as usize].duplicate_of.filter(|d| (*d as usize) < facilities.len()) {
            Some(earlier) if earlier != at => at = earlier,
            _ => return at,
        }
    }
    f
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Status;
    use crate::coverage::worked;

    fn square_metres(v: f64) -> Option<SquareMetres> {
        SquareMetres::new(v)
    }

    #[test]
    fn a_facility_named_twice_supplies_once_with_the_area_that_is_known() {
        let mut city =
            City { facilities: ["A", "B", "C", "D"].map(|id| worked::facility(id, Status::Operating)).to_vec(), ..City::default() };
        city.facilities[0].floor_area = None;
        city.facilities[1].floor_area = square_metres(300.0);
        city.facilities[2].floor_area = square_metres(400.0);
        city.facilities[2].duplicate_of = Some(0);
        city.facilities[3].floor_area = square_metres(400.0);
        city.facilities[3].duplicate_of = Some(2);
        let all = supplies(&city, &counting(&city, None));
        assert_eq!(all, [Supply { facility: 1, area: square_metres(300.0) }, Supply { facility: 2, area: square_metres(400.0) }]);
    }

    #[test]
    fn a_repetition_of_a_closed_record_still_supplies() {
        let mut city =
            City { facilities: vec![worked::facility("A", Status::Closed), worked::facility("B", Status::Operating)], ..City::default() };
        city.facilities[1].duplicate_of = Some(0);
        assert_eq!(supplies(&city, &counting(&city, None)).len(), 1);
    }

    #[test]
    fn records_that_repeat_each_other_in_a_circle_end() {
        let mut city = City {
            facilities: vec![worked::facility("A", Status::Operating), worked::facility("B", Status::Operating)],
            ..City::default()
        };
        city.facilities[0].duplicate_of = Some(1);
        city.facilities[1].duplicate_of = Some(0);
        assert_eq!(supplies(&city, &counting(&city, None)).len(), 2);
    }

    #[test]
    fn floor_for_care_goes_before_all_floor() {
        let mut city = City { facilities: vec![worked::facility("A", Status::Operating)], ..City::default() };
        city.facilities[0].floor_area = square_metres(900.0);
        city.facilities[0].care_area = square_metres(200.0);
        assert_eq!(supplies(&city, &[0])[0].area, square_metres(200.0));
    }

    #[test]
    fn only_operating_facilities_of_a_kind_that_counts_supply() {
        let mut city = City::default();
        for (id, status, kind) in [
            ("A", Status::Operating, Some("日间照料中心")),
            ("B", Status::Building, None),
            ("C", Status::Operating, Some("养老院")),
            ("D", Status::Operating, None),
        ] {
            let mut f = worked::facility(id, status);
            f.kind = kind.map(str::to_owned);
            city.facilities.push(f);
        }
        assert_eq!(counting(&city, None), [0, 2, 3]);
        assert_eq!(counting(&city, Some(&["日间照料中心".to_owned()])), [0]);
    }
}
