//! Whether a project may be declared at all, and which of its budget lines no award may pay: beside its money, since an amount that a
//! document names says nothing of that.

use crate::city::City;
use crate::policy::facts::{FieldId, Value};
use crate::policy::judge::{Stand, judge};
use crate::policy::{Outcome, Pack, RuleKind};
use crate::score::Eligibility;
use crate::score::rank::eligibility;
use crate::settings::Settings;
use crate::study::facts::declared;

/// How one project stands under one pack.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Index of the candidate.
    pub project: u32,
    /// Id of the pack.
    pub pack: String,
    /// What the pack's hard and firm rules say of it.
    pub eligibility: Eligibility,
    /// Budget lines (`use_of_funds`) that the pack forbids, in the words of the project; `None` while its lines are not known.
    pub forbidden: Option<Vec<String>>,
}

/// Project by project, pack by pack. Rules that ask for what only walks can tell (none of them hard or firm in the built-in packs) are
/// unknown here.
pub fn standing(city: &City, settings: &Settings, projects: &[u32], packs: &[Pack]) -> Vec<Standing> {
    let facts = declared(city, settings);
    let uses = FieldId::named("use_of_funds").expect("a documented field");
    let mut found = Vec::new();
    for project in projects {
        let Some(candidate) = city.candidates.get(*project as usize) else { continue };
        let own = &facts[*project as usize];
        for pack in packs {
            let verdicts = judge(pack, &[(&candidate.id, own)], Stand::of(settings));
            // A line is forbidden when a project with this line alone would fail a clause on money.
            let fails = |line: &String| {
                let mut alone = own.clone();
                alone.set("use_of_funds", Some(Value::Words(vec![line.clone()])));
                judge(pack, &[("", &alone)], Stand::of(settings)).iter().any(|v| {
                    let rule = &pack.rules[v.rule as usize];
                    v.outcome == Outcome::Fail && rule.kind == RuleKind::Subsidy
                })
            };
            let forbidden = match own.get(uses) {
                Some(Value::Words(lines)) => Some(lines.iter().filter(|line| fails(line)).cloned().collect()),
                _ => None,
            };
            found.push(Standing { project: *project, pack: pack.id.clone(), eligibility: eligibility(pack, &verdicts), forbidden });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Candidate;
    use crate::policy::tests::pack;

    #[test]
    fn rent_is_forbidden_by_one_document_and_running_costs_by_both() {
        let mut city = City::default();
        let lines = ["装修装饰", "房屋租赁", "运行经费"].map(str::to_owned).to_vec();
        city.candidates.push(Candidate { use_of_funds: Some(lines), ..Candidate::default() });
        city.candidates.push(Candidate::default());
        let packs = [pack("shanxi-2023"), pack("changzhi-2020")];
        let told = standing(&city, &Settings::default(), &[0, 1], &packs);
        let forbidden: Vec<Option<String>> = told.iter().map(|s| s.forbidden.as_ref().map(|f| f.join(";"))).collect();
        assert_eq!(forbidden, [Some("运行经费".to_owned()), Some("房屋租赁;运行经费".to_owned()), None, None]);
        assert!(matches!(&told[0].eligibility, Eligibility::Ineligible(rules) if *rules == ["S001-34"]));
        assert!(matches!(told[2].eligibility, Eligibility::Conditional(_)));
    }
}
