//! Against every plan there is, on small questions with everything in them.

use super::improve::Dice;
use super::solve;
use crate::siting::{Distances, Fixing, Limits, Lists, Sense, SideRow, Status};

/// A small question: lists with gaps, equal demands, weights of zero, quotas, budgets, exclusions, fixings.
pub(in crate::siting) fn random(dice: &mut Dice) -> Distances {
    let sites = 1 + dice.roll(9);
    let demands = 1 + dice.roll(12);
    let (gaps, spread) = (dice.roll(5), [3, 10, 1000][dice.roll(3)]);
    let mut question = Distances { sites, ..Distances::default() };
    for _ in 0..demands {
        let mut list: Vec<(u32, i64)> = Vec::new();
        for i in 0..sites as u32 {
            if dice.roll(10) >= gaps {
                list.push((i, dice.roll(spread) as i64));
            }
        }
        question.pairs.push(list);
        question.weights.push(dice.roll(4) as i64 * [1, 7][dice.roll(2)]);
    }
    if dice.roll(2) == 0 {
        question.fixed = (0..sites).map(|_| [Fixing::Free, Fixing::Free, Fixing::Free, Fixing::Open, Fixing::Shut][dice.roll(5)]).collect();
    }
    let sense = |dice: &mut Dice| [Sense::Exactly, Sense::AtMost, Sense::AtLeast][dice.roll(3)];
    if dice.roll(4) > 0 {
        let terms = (0..sites as u32).filter(|_| dice.roll(8) > 0).map(|i| (i, 1)).collect();
        let sense = if dice.roll(2) == 0 { Sense::Exactly } else { sense(dice) };
        question.sides.push(SideRow { terms, sense, bound: 1 + dice.roll(4) as i64 });
    }
    if dice.roll(3) == 0 {
        // Quotas of disjoint groups.
        let group: Vec<usize> = (0..sites).map(|_| dice.roll(3)).collect();
        for g in 0..3 {
            let terms: Vec<_> = (0..sites as u32).filter(|&i| group[i as usize] == g).map(|i| (i, 1)).collect();
            if dice.roll(3) > 0 && !terms.is_empty() {
                question.sides.push(SideRow { terms, sense: sense(dice), bound: dice.roll(3) as i64 });
            }
        }
    }
    if dice.roll(3) == 0 {
        let terms = (0..sites as u32).map(|i| (i, 1 + dice.roll(20) as i64)).collect();
        question.sides.push(SideRow { terms, sense: Sense::AtMost, bound: dice.roll(60) as i64 });
    }
    if dice.roll(6) == 0 {
        let terms: Vec<(u32, i64)> = (0..sites as u32).map(|i| (i, [-2, -1, 1, 3, 0, 0][dice.roll(6)])).filter(|t| t.1 != 0).collect();
        question.sides.push(SideRow { terms, sense: sense(dice), bound: dice.roll(4) as i64 - 1 });
    }
    question.sides.retain(|s| !s.terms.is_empty());
    question
}

/// The least of `value` over every set of sites that keeps rows and fixings.
pub(in crate::siting) fn least(question: &Distances, value: impl Fn(&[(u32, i64)], i64, u32) -> Option<i64>, sum: bool) -> Option<i64> {
    let mut best = None;
    for set in 0u32..1 << question.sites {
        let open = |i: u32| set >> i & 1 == 1;
        let fixed = question.fixed.iter().zip(0..).all(|(f, i)| match f {
            Fixing::Free => true,
            Fixing::Open => open(i),
            Fixing::Shut => !open(i),
        });
        let rows = question.sides.iter().all(|r| r.holds(r.terms.iter().filter(|t| open(t.0)).map(|t| t.1).sum()));
        if !fixed || !rows {
            continue;
        }
        let costs: Option<Vec<i64>> = question.pairs.iter().zip(&question.weights).map(|(p, w)| value(p, *w, set)).collect();
        let Some(costs) = costs else { continue };
        let total = if sum { costs.iter().sum() } else { costs.iter().copied().max().unwrap_or(0) };
        if best.is_none_or(|b| total < b) {
            best = Some(total);
        }
    }
    best
}

fn nearest(pairs: &[(u32, i64)], set: u32) -> Option<i64> {
    pairs.iter().filter(|p| set >> p.0 & 1 == 1).map(|p| p.1).min()
}

#[test]
fn small_questions_agree_with_every_plan_there_is() {
    let mut dice = Dice(7);
    let mut possible = 0;
    for case in 0..3000 {
        let question = random(&mut dice);
        let best = least(&question, |p, w, set| nearest(p, set).map(|c| c * w), true);
        let outcome = solve(&question, &Limits::none());
        assert_eq!(outcome.value, best, "case {case}: {question:?}");
        match best {
            None => assert_eq!(outcome.status, Status::Infeasible, "case {case}"),
            Some(value) => {
                possible += 1;
                assert_eq!((outcome.status, outcome.bound), (Status::Optimal, Some(value)), "case {case}");
                let set = outcome.chosen.iter().fold(0u32, |s, i| s | 1 << i);
                let priced: i64 = question.pairs.iter().zip(&question.weights).map(|(p, w)| nearest(p, set).unwrap() * w).sum();
                assert_eq!(priced, value, "case {case}: the chosen sites do not cost what is said");
                assert!(question.sides.iter().all(|r| r.holds(r.terms.iter().filter(|t| set >> t.0 & 1 == 1).map(|t| t.1).sum())));
            }
        }
    }
    assert!(possible > 1000, "{possible} of the questions had a plan");
}

#[test]
fn an_order_of_demands_changes_nothing() {
    let mut dice = Dice(11);
    for _ in 0..300 {
        let question = random(&mut dice);
        let mut order: Vec<usize> = (0..question.weights.len()).collect();
        (1..order.len()).for_each(|k| order.swap(k, dice.roll(k + 1)));
        let mut pairs = Lists::default();
        order.iter().for_each(|&j| pairs.push(question.pairs.get(j).iter().copied()));
        let shuffled = Distances { pairs, weights: order.iter().map(|&j| question.weights[j]).collect(), ..question.clone() };
        assert_eq!(solve(&question, &Limits::none()), solve(&shuffled, &Limits::none()));
    }
}

/// A published instance: edges of a network whose nodes are sites and demands alike; `None`, with a word, when the data are not at hand.
pub(in crate::siting) fn published(test: &str, name: &str) -> Option<Distances> {
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = std::env::var_os("CARESHED_DATA").map_or(beside, Into::into).join("location").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no data: {test} needs location/{name}");
        return None;
    };
    let numbers: Vec<i64> = text.split_whitespace().map(|x| x.parse().unwrap()).collect();
    let nodes = usize::try_from(numbers[0]).unwrap();
    let mut way = vec![vec![i64::MAX / 4; nodes]; nodes];
    (0..nodes).for_each(|i| way[i][i] = 0);
    for edge in numbers[3..].chunks(3) {
        let (a, b) = (usize::try_from(edge[0] - 1).unwrap(), usize::try_from(edge[1] - 1).unwrap());
        // Of edges between the same nodes the later counts (Beasley 1985).
        (way[a][b], way[b][a]) = (edge[2], edge[2]);
    }
    for k in 0..nodes {
        for a in 0..nodes {
            for b in 0..nodes {
                way[a][b] = way[a][b].min(way[a][k] + way[k][b]);
            }
        }
    }
    let mut question = Distances { sites: nodes, weights: vec![1; nodes], ..Distances::default() };
    way.iter().for_each(|row| question.pairs.push((0..).zip(row.iter().copied())));
    let terms = (0..nodes as u32).map(|i| (i, 1)).collect();
    question.sides.push(SideRow { terms, sense: Sense::Exactly, bound: numbers[2] });
    Some(question)
}

#[test]
fn published_optima_are_found_and_proven() {
    for (name, optimum) in [("pmed1.txt", 5819), ("pmed6.txt", 7824), ("pmed11.txt", 7696)] {
        let Some(question) = published("published_optima_are_found_and_proven", name) else { return };
        let outcome = solve(&question, &Limits::none());
        assert_eq!((outcome.status, outcome.value, outcome.bound), (Status::Optimal, Some(optimum), Some(optimum)), "{name}");
    }
}

#[test]
fn sums_that_could_overflow_are_refused() {
    let mut question = Distances { sites: 1, weights: vec![i64::MAX / 8, 1], ..Distances::default() };
    question.pairs.push([(0, 1)]);
    question.pairs.push([(0, 0)]);
    assert!(super::fits(&question));
    assert_eq!(solve(&question, &Limits::none()).value, Some(i64::MAX / 8));
    question.pairs.push([(0, i64::MAX)]);
    question.weights.push(i64::MAX);
    assert!(!super::fits(&question));
    assert_eq!(solve(&question, &Limits::none()).status, Status::Open);
}
