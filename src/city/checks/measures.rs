//! Measures written in the wrong unit: 元 for 万元, 万㎡ for ㎡.

use crate::city::City;
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem};
use crate::units::{SquareMetres, Yuan};

/// How many times the median makes a value suspicious.
const FAR_OFF: f64 = 100.0;
/// Fewer values than this have no median worth the name.
const ENOUGH: usize = 5;

/// W-UNIT for areas and money that are a hundred times above or below the median of their column.
pub fn units(city: &City, notes: &mut Notes) {
    let area = |a: Option<SquareMetres>| a.map(SquareMetres::value);
    let yuan = |y: Option<Yuan>| y.map(Yuan::value);
    column("floor_area", city.communities.iter().map(|c| (area(c.floor_area), &c.origin)), notes);
    column("floor_area", city.estates.iter().map(|e| (area(e.floor_area), &e.origin)), notes);
    column("floor_area", city.facilities.iter().map(|f| (area(f.floor_area), &f.origin)), notes);
    column("care_area", city.facilities.iter().map(|f| (area(f.care_area), &f.origin)), notes);
    column("floor_area", city.candidates.iter().map(|c| (area(c.floor_area), &c.origin)), notes);
    column("investment", city.candidates.iter().map(|c| (yuan(c.investment), &c.origin)), notes);
    column("county_match", city.candidates.iter().map(|c| (yuan(c.county_match), &c.origin)), notes);
}

fn column<'a>(field: &'static str, values: impl Iterator<Item = (Option<f64>, &'a Origin)>, notes: &mut Notes) {
    let known: Vec<(f64, &Origin)> = values.filter_map(|(v, origin)| v.filter(|v| *v > 0.0).map(|v| (v, origin))).collect();
    if known.len() < ENOUGH {
        return;
    }
    let mut sorted: Vec<f64> = known.iter().map(|(v, _)| *v).collect();
    sorted.sort_by(f64::total_cmp);
    let median = sorted[sorted.len() / 2];
    for (value, origin) in known {
        if value >= median * FAR_OFF || value * FAR_OFF <= median {
            notes.push(Problem::new(Code::W_UNIT).at(origin).field(field).value(value).with("median", median));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::sample::facility;
    use crate::problem::Problems;

    fn suspicious(areas: &[f64]) -> Vec<String> {
        let mut city = City::default();
        for area in areas {
            let mut f = facility("F");
            f.floor_area = SquareMetres::new(*area);
            city.facilities.push(f);
        }
        let mut notes = Notes::default();
        units(&city, &mut notes);
        let mut problems = Problems::default();
        notes.report(&mut problems);
        assert!(problems.iter().all(|p| p.code == Code::W_UNIT));
        problems.iter().map(|p| p.value.clone().unwrap()).collect()
    }

    #[test]
    fn a_value_a_hundred_times_off_the_median_is_pointed_out() {
        // The median is 800: 70 000 is 87 times that, and nothing to speak of.
        assert_eq!(suspicious(&[500.0, 600.0, 700.0, 800.0, 900.0, 0.06, 80_000.0, 70_000.0, 750.0]), ["0.06", "80000"]);
        assert_eq!(suspicious(&[600.0, 600.0, 600.0, 600.0, 60_000.0]), ["60000"]);
        assert_eq!(suspicious(&[600.0, 600.0, 60_000.0]), [""; 0]);
    }
}
