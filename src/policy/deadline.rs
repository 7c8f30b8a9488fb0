//! Deadlines of a document as data: who has to have done what, by which day, and how often.
//!
//! A date is kept as the document says it (`Y+1-05-31`, `day-25`, `Q-end`) and turned into days only for a given year, since the same
//! clause falls due again every year. Two readings stand side by side: `strict` and `lenient` (6月份前 is 05-31 or 06-30).

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// How often a deadline comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Every {
    #[default]
    Once,
    Month,
    Quarter,
    Year,
}

impl Every {
    /// Every recurrence.
    pub const ALL: [Every; 4] = [Every::Once, Every::Month, Every::Quarter, Every::Year];

    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            Every::Once => "once",
            Every::Month => "month",
            Every::Quarter => "quarter",
            Every::Year => "year",
        }
    }
}

/// A date as a document says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// `2023-05-31`
    Day(Date),
    /// `Y-10-31`, `Y+1-05-31`: a day of the year in question, or of one after it.
    OfYear {
        /// Years after the year in question.
        after: i16,
        /// Month, 1–12.
        month: i8,
        /// Day of the month.
        day: i8,
    },
    /// `day-25`: of each month.
    OfMonth(i8),
    /// `Q-end`: the last day of each quarter.
    QuarterEnd,
}

impl When {
    /// Reads one of the four forms; `None` for anything else.
    pub fn read(text: &str) -> Option<When> {
        if text == "Q-end" {
            return Some(When::QuarterEnd);
        }
        if let Some(day) = text.strip_prefix("day-") {
            // Every month must have the day.
            return day.parse().ok().filter(|day| (1..=28).contains(day)).map(When::OfMonth);
        }
        if let Some(rest) = text.strip_prefix('Y') {
            let (after, day) = rest.split_once('-')?;
            let after = if after.is_empty() { 0 } else { after.strip_prefix('+')?.parse().ok().filter(|n| (0..=9).contains(n))? };
            let (month, day) = day.split_once('-')?;
            let (month, day) = (month.parse().ok()?, day.parse().ok()?);
            return Date::new(2023, month, day).ok().map(|_| When::OfYear { after, month, day });
        }
        text.parse().ok().map(When::Day)
    }

    /// Its days for the year in question, in order: one, four or twelve; none for a fixed day of another year.
    pub fn days(self, year: i16) -> Vec<Date> {
        let last_of = |month: i8| Date::new(year, month, 1).and_then(|first| first.checked_add(1.month())).and_then(|d| d.yesterday());
        match self {
            When::Day(day) => vec![day].into_iter().filter(|d| d.year() == year).collect(),
            When::OfYear { after, month, day } => Date::new(year.saturating_add(after), month, day).into_iter().collect(),
            When::OfMonth(day) => (1..=12).filter_map(|month| Date::new(year, month, day).ok()).collect(),
            When::QuarterEnd => [3, 6, 9, 12].into_iter().filter_map(|month| last_of(month).ok()).collect(),
        }
    }
}

/// `deadline` of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Who has to act, in the document's words.
    pub actor: String,
    /// What has to be done.
    pub item: String,
    /// Not before this day.
    pub opens: Option<When>,
    /// The day under the strict reading; none where the document gives none.
    pub strict: Option<When>,
    /// The day under the lenient reading.
    pub lenient: Option<When>,
    /// How often it comes back.
    pub every: Every,
    /// First period of a recurring one: `2023-01`, `2023-Q2`.
    pub from: Option<String>,
}

impl Deadline {
    /// Whether the province is the one to act: context then, and nobody's delay.
    pub fn is_the_provinces(&self) -> bool {
        self.actor.starts_with('省')
    }

    /// The next day under the strict reading, from `as_of` on; the fixed day itself when it happens once.
    pub fn next(&self, as_of: Date) -> Option<Date> {
        match self.strict? {
            When::Day(day) => Some(day),
            when => (as_of.year()..=as_of.year().saturating_add(1)).flat_map(|year| when.days(year)).find(|day| *day >= as_of),
        }
    }
}

/// Whether a day lies before a pack's first or after its last.
pub fn outside(valid_from: Option<Date>, valid_to: Option<Date>, as_of: Date) -> bool {
    valid_from.unwrap_or(date(1, 1, 1)) > as_of || valid_to.is_some_and(|last| last < as_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_forms_are_read_and_nothing_else() {
        assert_eq!(When::read("2023-05-31"), Some(When::Day(date(2023, 5, 31))));
        assert_eq!(When::read("Y+1-05-31"), Some(When::OfYear { after: 1, month: 5, day: 31 }));
        assert_eq!(When::read("Y-10-31"), Some(When::OfYear { after: 0, month: 10, day: 31 }));
        assert_eq!(When::read("day-25"), Some(When::OfMonth(25)));
        assert_eq!(When::read("Q-end"), Some(When::QuarterEnd));
        for wrong in ["", "2023-02-30", "day-31", "day-0", "Y+x-05-31", "Y-13-01", "May", "Q"] {
            assert_eq!(When::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_recurring_date_has_its_days_in_each_year() {
        assert_eq!(When::read("Y+1-05-31").unwrap().days(2020), [date(2021, 5, 31)]);
        assert_eq!(When::QuarterEnd.days(2023), [date(2023, 3, 31), date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31)]);
        assert_eq!(When::OfMonth(25).days(2023)[2], date(2023, 3, 25));
        assert!(When::Day(date(2023, 5, 31)).days(2024).is_empty());
    }

    #[test]
    fn the_next_day_is_looked_for_across_the_new_year() {
        let monthly = Deadline {
            actor: "市".into(),
            item: "x".into(),
            opens: None,
            strict: Some(When::OfMonth(24)),
            lenient: Some(When::OfMonth(25)),
            every: Every::Month,
            from: None,
        };
        assert_eq!(monthly.next(date(2023, 12, 24)), Some(date(2023, 12, 24)));
        assert_eq!(monthly.next(date(2023, 12, 25)), Some(date(2024, 1, 24)));
    }

    #[test]
    fn a_pack_is_outside_its_time_before_its_first_and_after_its_last_day() {
        let (from, to) = (Some(date(2021, 3, 29)), Some(date(2022, 12, 31)));
        assert!(outside(from, to, date(2021, 3, 28)) && outside(from, to, date(2023, 1, 1)));
        assert!(!outside(from, to, date(2021, 3, 29)) && !outside(from, to, date(2022, 12, 31)) && !outside(None, None, date(1999, 1, 1)));
    }
}
