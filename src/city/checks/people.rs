//! People and households that contradict each other.

use crate::city::{Counts, Group};
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem};
use crate::units::Count;

const RESIDENTS: [Group; 3] = [Group::Elderly60, Group::Elderly65, Group::Elderly80];
const REGISTERED: [&str; 3] = ["registered_60", "registered_65", "registered_80"];

/// E-AGE-ORDER when an older age group is larger than a younger one that contains it, for residents and registered people apart;
/// E-POP when there are more elders or households than people, or more occupied households than households.
pub fn order(counts: &Counts, registered: &[Option<Count>; 3], origin: &Origin, notes: &mut Notes) {
    elders(counts, origin, notes);
    ages([0, 1, 2].map(|i| (REGISTERED[i], registered[i])), origin, notes);
    let group = |g: Group| (g.name(), counts[g]);
    not_more(Code::E_POP, group(Group::Households), group(Group::Population), origin, notes);
    not_more(Code::E_POP, group(Group::OccupiedHouseholds), group(Group::Households), origin, notes);
}

/// Only what holds of any place where people live: age groups in order, and no more elders than people.
pub fn elders(counts: &Counts, origin: &Origin, notes: &mut Notes) {
    ages(RESIDENTS.map(|g| (g.name(), counts[g])), origin, notes);
    let most = RESIDENTS.into_iter().map(|g| (g.name(), counts[g])).find(|(_, n)| n.is_some());
    if let Some(most) = most {
        not_more(Code::E_POP, most, (Group::Population.name(), counts[Group::Population]), origin, notes);
    }
}

fn ages(groups: [(&'static str, Option<Count>); 3], origin: &Origin, notes: &mut Notes) {
    let mut younger: Option<(&'static str, Option<Count>)> = None;
    for group in groups.into_iter().filter(|(_, n)| n.is_some()) {
        if let Some(younger) = younger {
            not_more(Code::E_AGE_ORDER, group, younger, origin, notes);
        }
        younger = Some(group);
    }
}

/// Reports a part that is larger than the whole it belongs to.
pub fn not_more(code: Code, part: (&str, Option<Count>), whole: (&str, Option<Count>), origin: &Origin, notes: &mut Notes) {
    let (Some(n), Some(limit)) = (part.1, whole.1) else { return };
    if n > limit {
        notes.push(Problem::new(code).at(origin).field(part.0).value(n).with("other", whole.0).with("limit", limit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problems;

    fn found(counts: &[(Group, u64)], registered: [Option<u64>; 3]) -> Vec<(Code, String)> {
        let mut all = Counts::default();
        for (group, n) in counts {
            all[*group] = Some(Count::whole(*n));
        }
        let mut notes = Notes::default();
        order(&all, &registered.map(|n| n.map(Count::whole)), &Origin::default(), &mut notes);
        let mut problems = Problems::default();
        notes.report(&mut problems);
        problems.iter().map(|p| (p.code, p.field.clone().unwrap())).collect()
    }

    #[test]
    fn older_groups_are_no_larger_than_younger_ones() {
        use Group::{Elderly60, Elderly65, Elderly80};
        assert_eq!(found(&[(Elderly60, 100), (Elderly65, 70), (Elderly80, 70)], [None; 3]), []);
        assert_eq!(found(&[(Elderly60, 100), (Elderly65, 101)], [None; 3]), [(Code::E_AGE_ORDER, "elderly_65".into())]);
        assert_eq!(found(&[(Elderly60, 100), (Elderly80, 101)], [None; 3]), [(Code::E_AGE_ORDER, "elderly_80".into())]);
        assert_eq!(found(&[], [Some(5), None, Some(6)]), [(Code::E_AGE_ORDER, "registered_80".into())]);
        // Registered people may outnumber residents: they are another population.
        assert_eq!(found(&[(Elderly60, 100)], [None, Some(200), None]), []);
    }

    #[test]
    fn parts_are_no_larger_than_the_whole() {
        use Group::{Elderly65, Households, OccupiedHouseholds, Population};
        assert_eq!(found(&[(Elderly65, 11), (Population, 10)], [None; 3]), [(Code::E_POP, "elderly_65".into())]);
        assert_eq!(found(&[(Households, 11), (Population, 10)], [None; 3]), [(Code::E_POP, "households".into())]);
        assert_eq!(found(&[(OccupiedHouseholds, 11), (Households, 10)], [None; 3]), [(Code::E_POP, "occupied_households".into())]);
        assert_eq!(found(&[(Households, 10), (Population, 10)], [None; 3]), []);
    }
}
