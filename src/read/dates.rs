//! Whether elders and facilities are of the same time.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Input;
use crate::problem::{Code, Problem, Problems};
use crate::settings::Inputs;

/// W-DATES when a table of elders and one of facilities are dated more than twelve months apart; once, for the widest gap.
pub fn compare(inputs: &Inputs, problems: &mut Problems) {
    let with_registers = inputs.communities.iter().flat_map(|i| [Some(i), i.register.as_ref().map(|r| &r.input)]).flatten();
    let elders: Vec<(&Input, Date)> = dated(with_registers.chain(&inputs.estates).chain(&inputs.demand));
    let facilities: Vec<(&Input, Date)> = dated(inputs.facilities.iter());
    let apart = |a: Date, b: Date| {
        let (early, late) = if a <= b { (a, b) } else { (b, a) };
        early.checked_add(12.months()).is_ok_and(|limit| late > limit)
    };
    let pairs = elders.iter().flat_map(|e| facilities.iter().map(move |f| (e, f)));
    let widest = pairs.filter(|(e, f)| apart(e.1, f.1)).max_by_key(|(e, f)| {
        let gap = e.1.duration_until(f.1);
        (gap.abs(), std::cmp::Reverse((&e.0.shown, &f.0.shown)))
    });
    if let Some((e, f)) = widest {
        let problem = Problem::new(Code::W_DATES).file(&f.0.shown).field("as_of").value(f.1);
        problems.push(problem.with("other", e.0.shown.as_str()).with("other_date", e.1));
    }
}

fn dated<'a>(inputs: impl Iterator<Item = &'a Input>) -> Vec<(&'a Input, Date)> {
    inputs.filter_map(|input| input.as_of.map(|day| (input, day))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn found(elders: Option<Date>, facilities: Option<Date>) -> usize {
        let input = |shown: &str, as_of| vec![Input { shown: shown.into(), as_of, ..Input::default() }];
        let inputs = Inputs { communities: input("c.csv", elders), facilities: input("f.csv", facilities), ..Inputs::default() };
        let mut problems = Problems::default();
        compare(&inputs, &mut problems);
        problems.iter().filter(|p| p.code == Code::W_DATES).count()
    }

    #[test]
    fn more_than_twelve_months_apart_is_pointed_out() {
        assert_eq!(found(Some(date(2020, 11, 1)), Some(date(2021, 11, 1))), 0);
        assert_eq!(found(Some(date(2020, 11, 1)), Some(date(2021, 11, 2))), 1);
        assert_eq!(found(Some(date(2021, 11, 2)), Some(date(2020, 11, 1))), 1);
        assert_eq!(found(None, Some(date(2020, 11, 1))), 0);
    }
}
