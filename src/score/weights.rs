//! The weight of each criterion: the pack's, unless the study says otherwise.

use crate::policy::{Criterion, Pack};
use crate::problem::{Code, Problem, Problems};
use crate::settings::Settings;
use crate::words;

/// The weight of a criterion in this study.
pub fn of(criterion: &Criterion, settings: &Settings) -> f64 {
    settings.weights.get(&criterion.name).copied().unwrap_or(criterion.weight)
}

/// Refuses weights of criteria that no chosen pack has, weights below zero, and a pack left with no weight at all (E-SETTING).
pub fn check(packs: &[Pack], settings: &Settings, problems: &mut Problems) {
    let names = || packs.iter().flat_map(|p| p.criteria.iter().map(|c| c.name.as_str()));
    for (name, weight) in &settings.weights {
        let problem =
            |why: &str| Problem::new(Code::E_SETTING).field(format!("score.weights.{name}")).value(weight).with("reason", why.to_owned());
        if !names().any(|known| known == name) {
            let mut known: Vec<&str> = names().collect();
            known.sort_unstable();
            known.dedup();
            let problem = problem("@policy.no_such_criterion").with("criterion", name).with("known", known.join(", "));
            problems.push(match words::nearest(name, known.iter().copied()) {
                Some(guess) => problem.with("hint", "@policy.did_you_mean").with("guess", guess),
                None => problem.with("hint", "@policy.known_words"),
            });
        } else if *weight < 0.0 || !weight.is_finite() {
            problems.push(problem("@policy.negative_weight").with("hint", "0, 1, 2.5 …"));
        }
    }
    for pack in packs {
        let mut computed = pack.criteria.iter().filter(|c| !c.declared).peekable();
        if !settings.weights.is_empty() && computed.peek().is_some() && computed.all(|c| of(c, settings) == 0.0) {
            let problem = Problem::new(Code::E_SETTING).field("score.weights").value(&pack.id).with("reason", "@policy.all_weights_zero");
            problems.push(problem.with("hint", "0, 1, 2.5 …"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::words::Lang;

    #[test]
    fn weights_are_taken_by_name_and_slips_are_guessed() {
        let packs = [Pack::load("shanxi-2023", Path::new(""), &mut Problems::default()).unwrap()];
        let tell = |weights: &[(&str, f64)]| {
            let mut settings = Settings::default();
            settings.weights.extend(weights.iter().map(|(k, w)| ((*k).to_owned(), *w)));
            let mut problems = Problems::default();
            check(&packs, &settings, &mut problems);
            problems.iter().map(|p| p.message(Lang::En) + " " + &p.remedy(Lang::En)).collect::<Vec<_>>()
        };
        assert!(tell(&[("old_500", 2.0), ("enthusiasm", 0.0)]).is_empty());
        assert!(tell(&[("old_50", 2.0)])[0].contains("`old_500`"));
        assert_eq!(tell(&[("old_500", -1.0)]).len(), 1);
        let zeros: Vec<(&str, f64)> = packs[0].criteria.iter().filter(|c| !c.declared).map(|c| (c.name.as_str(), 0.0)).collect();
        assert_eq!(tell(&zeros).len(), 1);
    }
}
