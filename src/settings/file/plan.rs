//! The keys of `[plan]`, read and written.

use toml::{Table, Value};

use super::{Section, insert};
use crate::settings::plan::{BudgetOf, Capacity, Eligible, Objective, PlanModel, PlanSettings, Unit};
use crate::siting::{Decimal, Scale};
use crate::units::Milliseconds;

/// Fen in 万元: a budget is written in 万元 and counted in 元.
const FEN: Scale = Scale::places(2);

pub(super) fn read(section: &mut Section<'_>, plan: &mut PlanSettings) {
    section.parsed("model", &mut plan.model, |t| PlanModel::parse(t).map(Some), &PlanModel::known());
    if let Some(n) = whole(section, "sites", 1) {
        plan.sites = Some(n);
    }
    if let Some(value) = section.take("budget") {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match wan(&text) {
            Some(budget) => plan.budget = Some(budget),
            None => section.refuse("budget", &value, "500 (万元)"),
        }
    }
    section.parsed("budget_of", &mut plan.budget_of, BudgetOf::parse, &BudgetOf::known());
    if let Some(value) = section.take("cover") {
        match share(&value) {
            Some(millionths) if millionths > 0 => plan.cover = Some(millionths),
            _ => section.refuse("cover", &value, "\"95%\", 0.95"),
        }
    }
    section.parsed("cover_by", &mut plan.cover_by, Unit::parse, &Unit::known());
    for (key, list) in [("mandatory", &mut plan.mandatory), ("forbidden", &mut plan.forbidden)] {
        if let Some(ids) = section.list(key) {
            *list = ids;
        }
    }
    if let Some(value) = section.take("exclusive") {
        match groups(&value) {
            Some(found) => plan.exclusive = found,
            None => section.refuse("exclusive", &value, "[[\"A\", \"B\"]], \"A:B\""),
        }
    }
    if let Some(words) = section.list("objectives") {
        match words.iter().map(|word| Objective::parse(word)).collect::<Option<Vec<_>>>() {
            Some(found) if found.first() == Some(&Objective::ElderlyNew) => plan.objectives = found,
            _ => section.refuse(
                "objectives",
                &Value::String(words.join(", ")),
                "[\"elderly_60_new\", \"old_500_households_new\", \"counties_without_project\"]",
            ),
        }
    }
    if let Some(value) = section.take("slack") {
        match share(&value) {
            Some(millionths) if millionths < 1_000_000 => plan.slack = millionths,
            _ => section.refuse("slack", &value, "\"1%\", 0.01"),
        }
    }
    section.parsed("eligible", &mut plan.eligible, Eligible::parse, &Eligible::known());
    section.parsed("capacity", &mut plan.capacity, |t| Capacity::parse(t).map(Some), &Capacity::known());
    section.boolean("annex", &mut plan.annex);
    let positive = |text: &str| Milliseconds::parse(text).filter(|t| (1..=86_400_000).contains(&t.0));
    section.parsed("farthest", &mut plan.farthest, |t| positive(t).map(Some), "30 min");
    section.parsed("time_limit", &mut plan.time_limit, positive, "60 s");
    for (key, most, slot) in [
        ("min_per_listed_county", 1000, &mut plan.min_per_listed_county),
        ("runner_ups", 50, &mut plan.runner_ups),
        ("reserve", 1000, &mut plan.reserve),
        ("curve", 200, &mut plan.curve),
    ] {
        if let Some(n) = whole(section, key, 0) {
            if n > most {
                section.refuse(key, &Value::Integer(n.into()), &format!("≤ {most}"));
            }
            *slot = n;
        }
    }
}

/// A whole number of at least `least`.
fn whole(section: &mut Section<'_>, key: &'static str, least: u32) -> Option<u32> {
    let value = section.take(key)?;
    let number = match &value {
        Value::Integer(n) => u32::try_from(*n).ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = number.filter(|n| *n >= least);
    if number.is_none() {
        section.refuse(key, &value, "10");
    }
    number
}

/// 万元 as written, with or without the unit, in 元.
fn wan(text: &str) -> Option<Decimal> {
    let number = Decimal::parse(text.trim().trim_end_matches("万元").trim())?;
    let fen = Scale::places(6).units(number).filter(|n| *n >= 0)?;
    // A millionth of 万元 is a fen.
    Some(Decimal::new(fen, FEN))
}

/// `95%`, `0.95`: millionths.
fn share(value: &Value) -> Option<u32> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (number, places) = match text.trim().strip_suffix('%') {
        Some(number) => (number, 4),
        None => (text.trim(), 6),
    };
    let millionths = Scale::places(places).units(Decimal::parse(number)?)?;
    u32::try_from(millionths).ok().filter(|n| *n <= 1_000_000)
}

/// `[["A", "B"]]` or `"A:B, C:D"`.
fn groups(value: &Value) -> Option<Vec<Vec<String>>> {
    let groups: Vec<Vec<String>> = match value {
        Value::Array(list) => list
            .iter()
            .map(|group| match group {
                Value::Array(ids) => ids.iter().map(|id| id.as_str().map(str::to_owned)).collect(),
                Value::String(text) => Some(text.split(':').map(|id| id.trim().to_owned()).collect()),
                _ => None,
            })
            .collect::<Option<_>>()?,
        Value::String(text) => text
            .split(',')
            .filter(|pair| !pair.trim().is_empty())
            .map(|pair| pair.split(':').map(|id| id.trim().to_owned()).collect())
            .collect(),
        _ => return None,
    };
    let distinct = |group: &Vec<String>| group.iter().collect::<std::collections::BTreeSet<_>>().len() == group.len();
    groups.iter().all(|group| group.len() >= 2 && distinct(group) && group.iter().all(|id| !id.is_empty())).then_some(groups)
}

pub(super) fn write(plan: &PlanSettings, t: &mut Table) {
    let texts = |list: &[String]| Value::Array(list.iter().map(|id| Value::String(id.clone())).collect());
    let shown = |millionths: u32| Value::String(format!("{}%", Scale::places(4).show(millionths.into())));
    let default = PlanSettings::default();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            insert(t, &format!("plan.{key}"), value);
        }
    };
    let word = |same: bool, word: &str| (!same).then(|| Value::String(word.to_owned()));
    let number = |n: u32, of: u32| (n != of).then(|| Value::Integer(n.into()));
    put("model", plan.model.map(|m| Value::String(m.key().to_owned())));
    put("sites", plan.sites.map(|n| Value::Integer(n.into())));
    put("budget", plan.budget.and_then(|b| FEN.units(b)).map(|fen| Value::String(Scale::places(6).show(fen))));
    put("budget_of", word(plan.budget_of == default.budget_of, plan.budget_of.key()));
    put("cover", plan.cover.map(shown));
    put("cover_by", word(plan.cover_by == default.cover_by, plan.cover_by.key()));
    put("mandatory", (!plan.mandatory.is_empty()).then(|| texts(&plan.mandatory)));
    put("forbidden", (!plan.forbidden.is_empty()).then(|| texts(&plan.forbidden)));
    let groups = || Value::Array(plan.exclusive.iter().map(|group| texts(group)).collect());
    put("exclusive", (!plan.exclusive.is_empty()).then(groups));
    let objectives = || texts(&plan.objectives.iter().map(|o| o.key().to_owned()).collect::<Vec<_>>());
    put("objectives", (plan.objectives != default.objectives).then(objectives));
    put("slack", (plan.slack > 0).then(|| shown(plan.slack)));
    put("eligible", word(plan.eligible == default.eligible, plan.eligible.key()));
    put("annex", plan.annex.then_some(Value::Boolean(true)));
    put("min_per_listed_county", number(plan.min_per_listed_county, 0));
    put("farthest", plan.farthest.map(|t| Value::String(t.to_string())));
    put("capacity", plan.capacity.map(|c| Value::String(c.key().to_owned())));
    put("runner_ups", number(plan.runner_ups, default.runner_ups));
    put("reserve", number(plan.reserve, default.reserve));
    put("curve", number(plan.curve, default.curve));
    put("time_limit", word(plan.time_limit == default.time_limit, &plan.time_limit.to_string()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problems;
    use crate::settings::file::{resolve, to_table};

    fn plan(text: &str) -> (PlanSettings, Problems) {
        let mut problems = Problems::default();
        let settings = resolve(format!("[plan]\n{text}").parse().unwrap(), std::path::Path::new(""), &[], None, &mut problems);
        (settings.plan, problems)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "sites = 10\nbudget = 1250.5\ncover = \"95%\"\ncover_by = \"county\"\nmandatory = [\"A\"]\nexclusive = [[\"A\", \"B\"], [\"C\", \"D\", \"E\"]]\nslack = 0.01\n";
        let (read, problems) = plan(text);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!((read.sites, read.cover, read.slack), (Some(10), Some(950_000), 10_000));
        assert_eq!(FEN.units(read.budget.unwrap()), Some(1_250_500_000));
        let settings = crate::settings::Settings { plan: read.clone(), ..Default::default() };
        let mut problems = Problems::default();
        let again = resolve(to_table(&settings), std::path::Path::new(""), &[], None, &mut problems);
        assert_eq!((again.plan, problems.is_empty()), (read, true));
    }

    #[test]
    fn the_flags_forms_are_read_too() {
        assert_eq!(plan("exclusive = \"A:B, C:D\"").0.exclusive, [["A", "B"], ["C", "D"]]);
        assert_eq!(plan("sites = \"3\"\nmandatory = \"A, B\"").0.mandatory, ["A", "B"]);
        assert_eq!(plan("cover = \"0.5\"").0.cover, Some(500_000));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for text in [
            "sites = 0",
            "sites = -1",
            "budget = -5",
            "cover = 0",
            "cover = \"101%\"",
            "exclusive = [[\"A\"]]",
            "model = \"best\"",
            "site = 3",
        ] {
            assert!(plan(text).1.has_errors(), "{text}");
        }
    }
}
