//! What the chosen packs ask of the inputs beyond each candidate: quotas that add up, registered people, a day to judge by.

use std::collections::BTreeMap;

use crate::city::{City, Group};
use crate::policy::quota::{Share, annex};
use crate::policy::{Must, Pack};
use crate::problem::{Code, Problem, Problems};
use crate::read::quota::{self, Quota, Sense};
use crate::settings::Settings;
use crate::units::Count;

/// Everything at once; for `check`.
pub fn check(settings: &Settings, packs: &[&Pack], city: &City, problems: &mut Problems) {
    bases(settings, packs, city, problems);
    dates(settings, packs, problems);
    for input in &settings.inputs.quota {
        let rows = quota::read(input, problems);
        for pack in packs {
            if let Some(shares) = annex(&pack.id) {
                quotas(&input.shown, &rows, &pack.document, shares, problems);
            }
        }
    }
}

/// E-BASE where a pack reads registered people (户籍), and the communities have only residents.
fn bases(settings: &Settings, packs: &[&Pack], city: &City, problems: &mut Problems) {
    let ages = [("registered_60", Group::Elderly60), ("registered_65", Group::Elderly65), ("registered_80", Group::Elderly80)];
    for (i, (field, resident)) in ages.into_iter().enumerate() {
        let asked =
            packs.iter().any(|pack| fields(pack).any(|name| name == format!("community.{field}") || name == format!("county.{field}")));
        let lacking = city.communities.iter().all(|c| c.registered[i].is_none());
        if asked && lacking && city.communities.iter().any(|c| c.counts[resident].is_some()) {
            let file = settings.inputs.communities.first().map_or("", |input| input.shown.as_str());
            problems.push(Problem::new(Code::E_BASE).file(file).field(field).value(resident.name()));
        }
    }
}

/// Every field that a pack's conditions and criteria read.
fn fields(pack: &Pack) -> impl Iterator<Item = &'static str> {
    let tests = pack.rules.iter().filter_map(|rule| rule.test.as_ref()).flat_map(|test| {
        let must = match &test.must {
            Must::Hold(condition) => Some(condition),
            Must::Offer(_) => None,
        };
        test.when.as_ref().into_iter().chain(must).chain(&test.warn_unless)
    });
    tests.chain(pack.criteria.iter().map(|c| &c.measure)).flat_map(|condition| condition.fields()).map(|id| id.field().name)
}

/// W-NO-DATE where rules carry days of their own and the study has none.
fn dates(settings: &Settings, packs: &[&Pack], problems: &mut Problems) {
    if settings.as_of.is_some() {
        return;
    }
    let dated = packs.iter().flat_map(|pack| &pack.rules).filter_map(|rule| Some(format!("{} {}", rule.id, rule.due?)));
    let dated: Vec<String> = dated.collect();
    if !dated.is_empty() {
        problems.push(Problem::new(Code::W_NO_DATE).field("as_of").value(dated.join(", ")));
    }
}

/// E-QUOTA for a file that does not add up to the document's total, level by level, or gives a unit another number than its annex.
fn quotas(file: &str, rows: &[Quota], document: &str, shares: &[Share], problems: &mut Problems) {
    let mut levels: BTreeMap<&str, Vec<&Quota>> = BTreeMap::new();
    rows.iter().for_each(|row| levels.entry(&row.level).or_default().push(row));
    for rows in levels.values() {
        let sum = |counts: &dyn Fn(&Quota) -> bool| rows.iter().filter(|r| counts(r)).filter_map(|r| r.quota).sum::<Count>();
        let (least, most) = (sum(&|r| r.sense != Sense::Max), sum(&|r| r.sense != Sense::Min));
        let open_above = rows.iter().any(|r| r.sense == Sense::Min);
        let complete = rows.iter().all(|r| r.quota.is_some());
        let total = Count::whole(total(rows, shares).into());
        // What is not known yet may still make up for what is missing.
        if least > total || complete && most < total && !open_above {
            let shown = if least > total { least } else { most };
            let problem = Problem::new(Code::E_QUOTA).file(file).field("quota").value(shown).why("@why.quota.total");
            problems.push(problem.with("total", total).with("document", document));
        }
    }
    for row in rows.iter().filter(|r| r.sense == Sense::Exact) {
        let Some((quota, expected)) = row.quota.zip(share_of(row, shares)) else { continue };
        let expected = Count::whole(expected.into());
        if quota != expected {
            let problem = Problem::new(Code::E_QUOTA).at(&row.origin).field("quota").value(quota).why("@why.quota.unit");
            problems.push(problem.with("unit", &row.name).with("total", expected).with("document", document));
        }
    }
}

/// The document's total; where all rows are counties of one city that the annex names, that city's.
fn total(rows: &[&Quota], shares: &[Share]) -> u32 {
    let city = rows.first().and_then(|r| r.code.get(..4)).filter(|city| {
        let within = |r: &&Quota| r.code.len() >= 6 && r.code.starts_with(city) && !r.code.ends_with("00");
        rows.iter().all(within)
    });
    let own = city.and_then(|city| shares.iter().find(|s| s.level == "city" && s.code.starts_with(city)));
    own.map_or_else(|| shares.iter().map(|s| s.quota).sum(), |share| share.quota)
}

/// What the annex gives the same unit, in the same year and for the same type where the row says them.
fn share_of(row: &Quota, shares: &[Share]) -> Option<u32> {
    let same = |s: &&Share| if row.code.is_empty() { s.name == row.name } else { s.code == row.code };
    let fits = |s: &&Share| (row.year.is_empty() || row.year == s.year) && (row.kind.is_empty() || row.kind == s.kind);
    let mut found = shares.iter().filter(same).filter(fits).map(|s| s.quota).peekable();
    found.peek().is_some().then(|| found.sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Origin;

    fn row(level: &str, code: &str, quota: u64, sense: Sense) -> Quota {
        let text = String::new;
        Quota {
            level: level.into(),
            code: code.into(),
            name: code.into(),
            quota: Some(Count::whole(quota)),
            sense,
            year: text(),
            kind: text(),
            origin: Origin::default(),
        }
    }

    fn found(rows: &[Quota]) -> Vec<(String, Option<u32>)> {
        let mut problems = Problems::default();
        let rows: Vec<Quota> =
            (2u32..).zip(rows).map(|(n, r)| Quota { origin: Origin { row: Some(n), ..Origin::default() }, ..r.clone() }).collect();
        quotas("q.csv", &rows, "晋民发〔2023〕7号", annex("shanxi-2023").unwrap(), &mut problems);
        problems.iter().map(|p| (p.value.clone().unwrap(), p.origin.row)).collect()
    }

    fn whole() -> Vec<Quota> {
        annex("shanxi-2023").unwrap().iter().map(|s| row("city", &s.code, s.quota.into(), Sense::Exact)).collect()
    }

    #[test]
    fn the_annex_itself_agrees_and_ninety_nine_do_not() {
        assert_eq!(found(&whole()), []);
        let mut short = whole();
        short[7].quota = Some(Count::whole(9));
        assert_eq!(found(&short), [("99".to_owned(), None), ("9".to_owned(), Some(9))]);
        // Two mistakes that make up for each other are still two.
        short[0].quota = Some(Count::whole(11));
        assert_eq!(found(&short), [("11".to_owned(), Some(2)), ("9".to_owned(), Some(9))]);
        short.pop();
        assert_eq!(found(&short)[0], ("89".to_owned(), None));
    }

    #[test]
    fn counties_of_one_city_share_that_citys_quota() {
        let counties = |n: u64| [row("county", "140403", n, Sense::Exact), row("county", "140423", 6, Sense::Exact)];
        assert_eq!(found(&counties(4)), []);
        assert_eq!(found(&counties(5)), [("11".to_owned(), None)]);
    }

    #[test]
    fn least_and_most_are_held_against_the_total_from_their_side() {
        let rows = |sense: Sense, n: u64| vec![row("city", "140100", n, sense), row("city", "140200", 10, Sense::Exact)];
        assert_eq!(found(&rows(Sense::Min, 60)), []);
        assert_eq!(found(&rows(Sense::Min, 91)), [("101".to_owned(), None)]);
        assert_eq!(found(&rows(Sense::Max, 95)), []);
        assert_eq!(found(&rows(Sense::Max, 80)), [("90".to_owned(), None)]);
    }
}
