//! What a study says against a pack: overrides, checked against the packs and candidates they name.

use std::collections::HashSet;

use super::{Hardness, Pack};
use crate::problem::{Code, Problem, Problems};
use crate::settings::Settings;
use crate::words;

/// Refuses an override of a rule or subject that nobody knows, of a rule that is not firm, or without a reason (all E-SETTING).
///
/// A rule counts as known when any of the chosen packs has it.
pub fn check(packs: &[Pack], candidate_ids: &[&str], settings: &Settings, problems: &mut Problems) {
    let subjects: HashSet<&str> = candidate_ids.iter().copied().collect();
    let ids = || packs.iter().flat_map(|p| p.rules.iter().map(|r| r.id.as_str()));
    for (key, reason) in &settings.overrides {
        let problem =
            |why: &str| Problem::new(Code::E_SETTING).field(format!("overrides.\"{key}\"")).value(key).with("reason", why.to_owned());
        let guessed = |why: &str, guess: Option<&str>| match guess {
            Some(guess) => problem(why).with("hint", "@policy.did_you_mean").with("guess", guess),
            None => problem(why).with("hint", "@policy.override_form"),
        };
        if reason.trim().is_empty() {
            problems.push(problem("@policy.override_reason").with("hint", "@policy.override_form"));
        }
        let Some((subject, rule)) = key.rsplit_once('/') else {
            problems.push(problem("@policy.override_key").with("hint", "@policy.override_form"));
            continue;
        };
        match packs.iter().find_map(|p| p.rule(rule)) {
            None => problems.push(guessed("@policy.override_rule", words::nearest(rule, ids()))),
            Some(found) if found.hardness != Hardness::Firm => {
                problems.push(
                    problem("@policy.override_hardness").with("hardness", found.hardness.key()).with("hint", "@policy.override_firm"),
                );
            }
            Some(_) => {}
        }
        if !subjects.contains(subject) {
            problems.push(guessed("@policy.override_subject", words::nearest(subject, candidate_ids.iter().copied())));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::words::Lang;

    #[test]
    fn only_firm_rules_of_known_subjects_are_overridden_and_only_with_a_reason() {
        let packs: Vec<Pack> =
            ["shanxi-2023", "yuncheng-2021"].iter().map(|id| Pack::load(id, Path::new(""), &mut Problems::default()).unwrap()).collect();
        let tell = |key: &str, reason: &str| {
            let mut settings = Settings::default();
            settings.overrides.insert(key.to_owned(), reason.to_owned());
            let mut problems = Problems::default();
            check(&packs, &["C017", "C/18"], &settings, &mut problems);
            assert!(problems.iter().all(|p| p.code == Code::E_SETTING));
            problems.iter().map(|p| p.message(Lang::En) + " " + &p.remedy(Lang::En)).collect::<Vec<_>>()
        };
        assert!(tell("C017/S001-11", "operator moves in March").is_empty());
        assert!(tell("C/18/S002-08.beds", "an id may hold a slash").is_empty());
        assert!(tell("C017/S001-13", "r")[0].contains("hard"));
        assert!(tell("C017/S001-14", "r")[0].contains("soft"));
        assert!(tell("C017/S001-111", "r")[0].contains("`S001-11`"));
        assert!(tell("C0I7/S001-11", "r")[0].contains("`C017`"));
        assert_eq!(tell("C017/S001-11", "  ").len(), 1);
        assert_eq!(tell("C017", "r").len(), 1);
    }
}
