//! What estates say of their community: its households, and whether it is old.

use super::{Community, Estate, Group};
use crate::problem::notes::Notes;
use crate::problem::{Code, Problem};
use crate::units::Count;

/// A community whose estates were built by the end of this year is old (design §2, 老旧小区).
const OLD_UNTIL: i32 = 2000;

/// Lets estates carry the households of their community, and settles which communities are old.
///
/// A sum counts only when every estate of the community has the number; then it wins over the register (W-SUM where they differ).
/// `old` is the register's flag, else whether at least half of the households live in estates built by 2000, else whether the
/// community was, else unknown.
pub fn carry(communities: &mut [Community], estates: &[Estate], notes: &mut Notes) {
    let mut of: Vec<Vec<&Estate>> = vec![Vec::new(); communities.len()];
    for estate in estates {
        if let Some(community) = estate.community {
            of[community as usize].push(estate);
        }
    }
    for (community, estates) in communities.iter_mut().zip(of) {
        sum(community, &estates, Group::Households, |e| e.households, notes);
        sum(community, &estates, Group::OccupiedHouseholds, |e| e.occupied_households, notes);
        community.old = community.old.or_else(|| mostly_old(&estates)).or_else(|| community.built_year.map(|y| y <= OLD_UNTIL));
    }
}

fn sum(community: &mut Community, estates: &[&Estate], group: Group, of: impl Fn(&Estate) -> Option<Count>, notes: &mut Notes) {
    let known: Count = estates.iter().filter_map(|e| of(e)).sum();
    let complete = !estates.is_empty() && estates.iter().all(|e| of(e).is_some());
    let register = community.counts[group];
    // Estates that are not all counted may fall short of the register, but not exceed it.
    let differs = register.is_some_and(|r| if complete { r != known } else { known > r });
    if differs {
        let problem = Problem::new(Code::W_SUM).at(&community.origin).field(group.name()).value(known);
        let unit = format!("{} {}", community.code, community.name);
        let rest = if complete { "@why.sum.estates" } else { "@why.sum.estates.part" };
        notes.push(problem.with("unit", unit).with("expected", register.unwrap_or_default()).with("rest", rest));
    }
    if complete {
        community.counts[group] = Some(known);
    }
}

/// Whether at least half of the households live in estates built by 2000. Estates of unknown age or size may tip it either way: then
/// unknown, unless the known ones decide whatever the others are.
fn mostly_old(estates: &[&Estate]) -> Option<bool> {
    if estates.is_empty() || estates.iter().any(|e| e.households.is_none()) {
        return None;
    }
    let (mut old, mut newer, mut open) = (0u128, 0u128, 0u128);
    for estate in estates {
        let households = u128::from(estate.households.unwrap_or_default().0);
        match estate.built_year.map(|y| y <= OLD_UNTIL).or(estate.old) {
            Some(true) => old += households,
            Some(false) => newer += households,
            None => open += households,
        }
    }
    let all = old + newer + open;
    if all == 0 {
        None
    } else if old * 2 >= all {
        Some(true)
    } else if (old + open) * 2 < all {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::sample::{community, estate};
    use crate::problem::Problems;

    fn e(households: Option<u64>, year: Option<i32>) -> Estate {
        Estate { households: households.map(Count::whole), built_year: year, ..estate("E", Some(0)) }
    }

    fn carried(register: Option<u64>, estates: &[Estate]) -> (Community, Vec<Code>) {
        let mut all = [community("1")];
        all[0].counts[Group::Households] = register.map(Count::whole);
        let mut notes = Notes::default();
        carry(&mut all, estates, &mut notes);
        let mut problems = Problems::default();
        notes.report(&mut problems);
        let [community] = all;
        (community, problems.iter().map(|p| p.code).collect())
    }

    #[test]
    fn estates_carry_the_households_when_all_of_them_are_counted() {
        let households = |r: (Community, Vec<Code>)| (r.0.counts[Group::Households].map(|c| c.as_f64()), r.1);
        assert_eq!(households(carried(None, &[e(Some(10), None), e(Some(20), None)])), (Some(30.0), vec![]));
        assert_eq!(households(carried(Some(30), &[e(Some(10), None), e(Some(20), None)])), (Some(30.0), vec![]));
        assert_eq!(households(carried(Some(31), &[e(Some(10), None), e(Some(20), None)])), (Some(30.0), vec![Code::W_SUM]));
        assert_eq!(households(carried(Some(31), &[e(Some(10), None), e(None, None)])), (Some(31.0), vec![]));
        assert_eq!(households(carried(Some(5), &[e(Some(10), None), e(None, None)])), (Some(5.0), vec![Code::W_SUM]));
        assert_eq!(households(carried(None, &[e(Some(10), None), e(None, None)])), (None, vec![]), "a part is not the whole");
        assert_eq!(households(carried(Some(7), &[])), (Some(7.0), vec![]));
    }

    #[test]
    fn half_of_the_households_in_old_estates_make_an_old_community() {
        let old = |estates: &[Estate]| carried(None, estates).0.old;
        assert_eq!(old(&[e(Some(10), Some(2000)), e(Some(10), Some(2001))]), Some(true));
        assert_eq!(old(&[e(Some(9), Some(2000)), e(Some(10), Some(2001))]), Some(false));
        assert_eq!(old(&[e(Some(10), Some(1999)), e(Some(9), None)]), Some(true), "the unknown one cannot tip it");
        assert_eq!(old(&[e(Some(9), Some(1999)), e(Some(10), None)]), None);
        assert_eq!(old(&[e(None, Some(1999))]), None);
        assert_eq!(old(&[]), None);
    }

    #[test]
    fn the_flag_of_the_register_wins_and_the_built_year_comes_last() {
        let mut all = [community("1"), community("2"), community("3")];
        all[0].old = Some(false);
        all[1].built_year = Some(2000);
        all[2].built_year = Some(2001);
        carry(&mut all, &[e(Some(10), Some(1990))], &mut Notes::default());
        assert_eq!(all.map(|c| c.old), [Some(false), Some(true), Some(false)]);
    }
}
