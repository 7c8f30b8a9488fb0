//! The solver against every subset of sites, on thousands of small questions with every kind of row.

pub use super::chance::Chance;
use super::solve;
use crate::siting::covering::Covering;
use crate::siting::model::{Fixing, Limits, Lists, Outcome, Sense, SideRow, Status};

/// A small question with any of the rows that the model knows.
pub fn question(chance: &mut Chance) -> Covering {
    let n = 1 + chance.below(10) as usize;
    let demands = chance.below(25) as usize;
    let kind = chance.below(4);
    let density = 1 + chance.below(5);
    let mut reached_by = Lists::default();
    for _ in 0..demands {
        let sites: Vec<u32> = (0..n as u32).filter(|_| chance.below(8) < density).collect();
        reached_by.push(sites);
    }
    let scale = [1, 7, 1_000_000][chance.below(3) as usize];
    let weights = (0..demands).map(|_| if kind == 1 { 0 } else { chance.below(50) as i64 * scale }).collect();
    let needs = if chance.below(3) == 0 { (0..demands).map(|_| 1 + chance.below(3) as u32).collect() } else { Vec::new() };
    let rare = if kind == 1 { 1 } else { 6 };
    let must = if kind == 1 || chance.below(4) == 0 {
        (0..demands).map(|j| chance.below(rare) == 0 && !reached_by.get(j).is_empty()).collect()
    } else {
        Vec::new()
    };
    let costs = (0..n)
        .map(|_| {
            if kind == 1 {
                1
            } else if kind == 2 {
                chance.below(60) as i64 * scale
            } else {
                0
            }
        })
        .collect();
    let fixed = if chance.below(3) == 0 {
        (0..n)
            .map(|_| [Fixing::Open, Fixing::Shut, Fixing::Free, Fixing::Free, Fixing::Free, Fixing::Free][chance.below(6) as usize])
            .collect()
    } else {
        Vec::new()
    };
    let sense = |c: &mut Chance| [Sense::Exactly, Sense::AtMost, Sense::AtLeast][c.below(3) as usize];
    let mut sides = Vec::new();
    if kind != 2 || chance.below(2) == 0 {
        let terms = (0..n as u32).map(|i| (i, 1)).collect();
        sides.push(SideRow { terms, sense: sense(chance), bound: chance.below(n as u64 + 1) as i64 });
    }
    if chance.below(3) == 0 {
        let groups: Vec<u64> = (0..n).map(|_| chance.below(3)).collect();
        for g in 0..3 {
            let terms: Vec<_> = (0..n as u32).filter(|&i| groups[i as usize] == g).map(|i| (i, 1)).collect();
            let bound = chance.below(terms.len() as u64 / 2 + 1) as i64;
            sides.push(SideRow { terms, sense: sense(chance), bound });
        }
    }
    if chance.below(3) == 0 {
        let terms: Vec<_> = (0..n as u32).map(|i| (i, 60 + chance.below(180) as i64)).collect();
        let all: i64 = terms.iter().map(|t| t.1).sum();
        sides.push(SideRow { terms, sense: Sense::AtMost, bound: chance.below(all as u64) as i64 });
    }
    if n > 2 && chance.below(3) == 0 {
        let a = chance.below(n as u64 - 1) as u32;
        sides.push(SideRow { terms: vec![(a, 1), (a + 1, 1)], sense: Sense::AtMost, bound: 1 });
    }
    if chance.below(6) == 0 {
        let terms: Vec<_> = (0..n as u32).map(|i| (i, chance.below(9) as i64 - 4)).filter(|t| t.1 != 0).collect();
        sides.push(SideRow { terms, sense: sense(chance), bound: chance.below(7) as i64 - 3 });
    }
    Covering { reached_by, weights, needs, must, costs, fixed, sides }
}

/// The value of a plan, or `None` when it breaks a row: written from the definition alone.
fn worth(q: &Covering, open: impl Fn(usize) -> bool) -> Option<i64> {
    for (i, f) in q.fixed.iter().enumerate() {
        if *f == Fixing::Open && !open(i) || *f == Fixing::Shut && open(i) {
            return None;
        }
    }
    if !q.sides.iter().all(|s| s.holds(s.terms.iter().filter(|t| open(t.0 as usize)).map(|t| t.1).sum())) {
        return None;
    }
    let mut value = -(0..q.sites()).filter(|&i| open(i)).map(|i| q.costs[i]).sum::<i64>();
    for (j, sites) in q.reached_by.iter().enumerate() {
        let covered = sites.iter().filter(|&&i| open(i as usize)).count() as i64;
        if covered == 0 && q.must.get(j) == Some(&true) {
            return None;
        }
        value += q.weights[j] * covered.min(q.needs.get(j).map_or(1, |&n| i64::from(n)));
    }
    Some(value)
}

/// The best value of any plan.
pub fn brute(q: &Covering) -> Option<i64> {
    (0..1u32 << q.sites()).filter_map(|set| worth(q, |i| set >> i & 1 == 1)).max()
}

fn checked(q: &Covering, found: &Outcome) {
    if let Some(value) = found.value {
        assert_eq!(worth(q, |i| found.chosen.contains(&(i as u32))), Some(value), "{q:?} {found:?}");
        assert!(found.bound >= Some(value), "{found:?}");
    }
}

#[test]
fn small_questions_agree_with_every_subset_tried() {
    let mut infeasible = 0;
    for seed in 0..6000 {
        let q = question(&mut Chance::new(seed));
        let found = solve(&q, &Limits::none());
        let best = brute(&q);
        checked(&q, &found);
        match best {
            None => assert_eq!(found.status, Status::Infeasible, "{seed} {q:?} {found:?}"),
            Some(b) => assert_eq!((found.status, found.value, found.bound), (Status::Optimal, Some(b), Some(b)), "{seed} {q:?}"),
        }
        infeasible += i32::from(best.is_none());
    }
    assert!((300..4000).contains(&infeasible), "both kinds are met: {infeasible}");
}

#[test]
fn a_target_ends_the_search_with_a_plan_or_a_bound_that_settles_it() {
    for seed in 0..1500 {
        let mut chance = Chance::new(seed);
        let q = question(&mut chance);
        let Some(best) = brute(&q) else { continue };
        for off in [-3, 0, 1, 40] {
            let found = solve(&q, &Limits { target: Some(best + off), ..Limits::none() });
            checked(&q, &found);
            assert!(found.bound.unwrap() >= best);
            if off <= 0 {
                assert!(found.value.unwrap() >= best + off);
            } else {
                assert!(found.bound.unwrap() < best + off, "{seed} {best} {off} {found:?}");
            }
        }
    }
}

#[test]
fn slack_is_used_and_said() {
    for seed in 0..1500 {
        let mut chance = Chance::new(seed);
        let q = question(&mut chance);
        let Some(best) = brute(&q) else { continue };
        let slack = chance.below(30) as i64;
        let found = solve(&q, &Limits { slack, ..Limits::none() });
        checked(&q, &found);
        let (value, bound) = (found.value.unwrap(), found.bound.unwrap());
        assert!(bound >= best && bound - value <= slack, "{seed} {best} {found:?}");
    }
}

#[test]
fn a_search_stopped_at_once_still_tells_the_truth() {
    for seed in 0..1500 {
        let q = question(&mut Chance::new(seed));
        let best = brute(&q);
        let found = solve(&q, &Limits { stop: &|| true, ..Limits::none() });
        checked(&q, &found);
        match (best, found.status) {
            (None, s) => assert_ne!(s, Status::Optimal),
            (Some(b), Status::Optimal) => assert_eq!(found.value, Some(b)),
            (Some(b), s) => assert!(s == Status::Open && found.bound.unwrap() >= b, "{seed} {b} {found:?}"),
        }
    }
}

#[test]
fn the_order_of_the_demands_does_not_matter() {
    for seed in 0..1000 {
        let mut chance = Chance::new(seed);
        let q = question(&mut chance);
        let mut order: Vec<usize> = (0..q.weights.len()).collect();
        for k in (1..order.len()).rev() {
            order.swap(k, chance.below(k as u64 + 1) as usize);
        }
        let mut other = Covering { reached_by: Lists::default(), weights: Vec::new(), needs: Vec::new(), must: Vec::new(), ..q.clone() };
        for &j in &order {
            other.reached_by.push(q.reached_by.get(j).iter().copied());
            other.weights.push(q.weights[j]);
            other.needs.extend(q.needs.get(j));
            other.must.extend(q.must.get(j));
        }
        assert_eq!(solve(&q, &Limits::none()), solve(&other, &Limits::none()));
    }
}

#[test]
fn one_more_site_is_never_less() {
    for seed in 0..500 {
        let mut chance = Chance::new(seed);
        let mut q = question(&mut chance);
        (q.sides, q.fixed, q.must) = (Vec::new(), Vec::new(), Vec::new());
        q.costs.fill(0);
        let mut before = 0;
        for count in 0..=q.sites() {
            q.sides = vec![SideRow { terms: (0..q.sites() as u32).map(|i| (i, 1)).collect(), sense: Sense::Exactly, bound: count as i64 }];
            let value = solve(&q, &Limits::none()).value.unwrap();
            assert!(value >= before);
            before = value;
        }
    }
}

#[test]
fn weights_that_overflow_are_refused_and_large_ones_counted() {
    let mut q = Covering { costs: vec![0; 3], ..Covering::default() };
    for j in 0..6u32 {
        q.reached_by.push([j % 3, 2].into_iter().collect::<std::collections::BTreeSet<_>>());
        q.weights.push(6_000_000_000_000 + i64::from(j));
    }
    q.sides = vec![SideRow { terms: (0..3).map(|i| (i, 1)).collect(), sense: Sense::AtMost, bound: 1 }];
    let found = solve(&q, &Limits::none());
    assert_eq!((found.chosen.as_slice(), found.value, found.status), (&[2u32][..], Some(36_000_000_000_015), Status::Optimal));
    q.weights[0] = i64::MAX;
    assert_eq!(solve(&q, &Limits::none()).bound, None);
}
