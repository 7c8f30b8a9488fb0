//! One cell → what the readers understand by it, where that is not what stands in it.

use crate::problem::Code;
use crate::read::Cell;
use crate::read::row::{AREA_UNITS, MONEY_UNITS, names_its_unit};
use crate::read::values::{self, Read};
use crate::read::vocabulary::built_in;

/// A cell of a copy.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Clean {
    Empty,
    Text(String),
    Number(f64),
    Bool(bool),
}

impl From<Cell<'_>> for Clean {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Empty => Clean::Empty,
            Cell::Text(text) => Clean::Text(text.to_owned()),
            Cell::Number(n) => Clean::Number(n),
            Cell::Bool(b) => Clean::Bool(b),
        }
    }
}

impl Clean {
    /// As a CSV holds it; empty for nothing.
    pub fn written(&self) -> String {
        match self {
            Clean::Empty => String::new(),
            Clean::Text(text) => text.clone(),
            Clean::Number(n) => values::shortest(*n),
            Clean::Bool(b) => b.to_string(),
        }
    }
}

/// How the table readers read a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Kept whatever it says.
    Id,
    Text,
    Code,
    Flag,
    Day,
    /// A month alone is its first day.
    DayOrMonth,
    Year,
    /// May be negative.
    Number,
    Amount,
    Area,
    Money,
}

/// Text is what nothing more is known of.
fn kind(field: &str) -> Kind {
    match field {
        "id" | "operator_phone" | "from_node" | "to_node" => Kind::Id,
        "code" | "county_code" | "community_code" | "city_code" | "old_code" | "new_code" => Kind::Code,
        "old" | "is_centre" | "is_new" | "use_changed" | "no_dispute" | "match_fund" | "on_time" | "city_funded" => Kind::Flag,
        "operator_registered" | "operator_filed" | "operator_third_party" | "operator_subcontracts" => Kind::Flag,
        "agreement_until" | "site_visit_date" => Kind::Day,
        "opened" => Kind::DayOrMonth,
        "built_year" => Kind::Year,
        "lon" | "lat" => Kind::Number,
        "floor_area" | "care_area" | "care_area_delivered" | "area_approved" | "area_as_built" => Kind::Area,
        "investment" | "county_match" => Kind::Money,
        "households" | "households_planned" | "occupied_households" | "population" | "weight" | "quota" | "prior_projects" | "share" => {
            Kind::Amount
        }
        "elderly_60" | "elderly_65" | "elderly_80" | "registered_60" | "registered_65" | "registered_80" => Kind::Amount,
        "disabled" | "special_hardship" | "single_child_lost" | "beds" | "meals" | "operator_years" => Kind::Amount,
        "enthusiasm" | "site_capacity" | "demonstration" => Kind::Amount,
        "residents_self_care" | "residents_semi_disabled" | "residents_disabled" => Kind::Amount,
        _ => Kind::Text,
    }
}

/// What a cell of a recognised column should hold, and under which code the reader changed it; `None` where it may stay, also where it
/// is wrong: that only a person can mend. `scale` is the unit of the heading.
pub fn cell(field: &str, scale: f64, cell: Cell<'_>) -> Option<(Clean, Code)> {
    match kind(field) {
        Kind::Id => None,
        Kind::Code => changed(values::code(cell), |code| Clean::Text(code.into_owned())),
        Kind::Flag => changed(values::boolean(cell), Clean::Bool),
        Kind::Day => changed(values::date(cell), |day| Clean::Text(day.to_string())),
        Kind::DayOrMonth => changed(values::date_or_month(cell), |day| Clean::Text(day.to_string())),
        Kind::Year => changed(values::year(cell), |year| Clean::Number(year.into())),
        Kind::Number => changed(values::number(cell), Clean::Number),
        Kind::Amount => changed(values::amount(cell), Clean::Number),
        Kind::Area => changed(values::amount_in(cell, AREA_UNITS), |n| Clean::Number(in_heading(n, cell, AREA_UNITS, scale))),
        Kind::Money => changed(values::amount_in(cell, MONEY_UNITS), |n| Clean::Number(in_heading(n, cell, MONEY_UNITS, scale))),
        Kind::Text => {
            let nothing = values::text(cell).is_some_and(|t| built_in().says_nothing(&t));
            nothing.then_some((Clean::Empty, Code::W_NULL))
        }
    }
}

/// A number in the unit of the heading: one that named its own unit was read in metres or yuan.
fn in_heading(n: f64, cell: Cell<'_>, units: &[(&str, f64)], scale: f64) -> f64 {
    let own = values::text(cell).is_some_and(|written| names_its_unit(&written, units));
    if own { n / scale } else { n }
}

fn changed<T>(read: Read<T>, make: impl FnOnce(T) -> Clean) -> Option<(Clean, Code)> {
    match read {
        Read::Null => Some((Clean::Empty, Code::W_NULL)),
        Read::Changed(value, code) => Some((make(value), code)),
        Read::Empty | Read::Value(_) | Read::Wrong(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::headings::Table;

    #[test]
    fn every_field_of_every_table_has_been_thought_of() {
        const TEXTS: [&str; 25] = [
            "name",
            "county",
            "street",
            "kind",
            "county_type",
            "previous_grade",
            "city",
            "serves",
            "functions",
            "level",
            "status",
            "acceptance",
            "grade",
            "project_name",
            "address",
            "build_mode",
            "tenure",
            "operator",
            "operator_person",
            "responsible_person",
            "use_of_funds",
            "type",
            "sense",
            "year",
            "length_m",
        ];
        for field in Table::ALL.into_iter().flat_map(|t| t.fields()) {
            assert_eq!(kind(field) == Kind::Text, TEXTS.contains(field), "how is {field} read?");
        }
    }

    #[test]
    fn what_the_readers_understand_is_written_out_and_the_rest_stays() {
        let of = |field: &str, scale: f64, text: &str| cell(field, scale, Cell::Text(text));
        let number = |n: f64| Some((Clean::Number(n), Code::W_NUM));
        assert_eq!(of("households", 1.0, "１，２３４户"), number(1234.0));
        assert_eq!(of("households", 1.0, "1234"), None);
        assert_eq!(of("households", 1.0, "约500"), None, "a person must say how many");
        assert_eq!(of("households", 1.0, "无"), Some((Clean::Empty, Code::W_NULL)));
        assert_eq!(of("code", 1.0, "140403001001.0"), Some((Clean::Text("140403001001".into()), Code::W_CODE_FLOAT)));
        assert_eq!(of("code", 1.0, "1.404E+11"), None);
        assert_eq!(of("id", 1.0, "无"), None, "an id is kept whatever it says");
        assert_eq!(of("street", 1.0, "/"), Some((Clean::Empty, Code::W_NULL)));
        assert_eq!(of("opened", 1.0, "2021年5月"), Some((Clean::Text("2021-05-01".into()), Code::W_NUM)));
        // Under a heading in 万元 a cell that says 300万元 becomes 300, and one that says 1,200 becomes 1200.
        assert_eq!(of("investment", 1e4, "300万元"), number(300.0));
        assert_eq!(of("investment", 1e4, "1,200"), number(1200.0));
        assert_eq!(of("investment", 1.0, "300万元"), number(3_000_000.0));
    }
}
