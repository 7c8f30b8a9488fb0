//! Against every plan there is, on small questions with everything in them.

use super::solve;
use crate::siting::median::improve::Dice;
use crate::siting::median::tests::{least, published, random};
use crate::siting::{Limits, Status};

#[test]
fn small_questions_agree_with_every_plan_there_is() {
    let mut dice = Dice(3);
    let mut possible = 0;
    for case in 0..3000 {
        let question = random(&mut dice);
        let nearest = |p: &[(u32, i64)], set: u32| p.iter().filter(|p| set >> p.0 & 1 == 1).map(|p| p.1).min();
        let best = least(&question, |p, _, set| nearest(p, set), false);
        let outcome = solve(&question, &Limits::none());
        assert_eq!(outcome.value, best, "case {case}: {question:?}");
        let Some(value) = best else {
            assert_eq!(outcome.status, Status::Infeasible, "case {case}");
            continue;
        };
        possible += 1;
        assert_eq!((outcome.status, outcome.bound), (Status::Optimal, Some(value)), "case {case}");
        let set = outcome.chosen.iter().fold(0u32, |s, i| s | 1 << i);
        assert_eq!(
            question.pairs.iter().map(|p| nearest(p, set).unwrap()).max(),
            Some(value),
            "case {case}: the chosen sites walk farther"
        );
        assert!(question.sides.iter().all(|r| r.holds(r.terms.iter().filter(|t| set >> t.0 & 1 == 1).map(|t| t.1).sum())));
    }
    assert!(possible > 1000, "{possible} of the questions had a plan");
}

#[test]
fn published_optima_are_found_and_proven() {
    for (name, optimum) in [("pmed1.txt", 127), ("pmed6.txt", 84), ("pmed11.txt", 59)] {
        let Some(question) = published("published_optima_are_found_and_proven", name) else { return };
        let outcome = solve(&question, &Limits::none());
        assert_eq!((outcome.status, outcome.value, outcome.bound), (Status::Optimal, Some(optimum), Some(optimum)), "{name}");
    }
}
