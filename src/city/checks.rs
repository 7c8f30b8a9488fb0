//! What cannot be true of a city, or is worth a second look: one file for each kind of question.

pub mod measures;
pub mod people;
pub mod shapes;
pub mod sites;

use crate::problem::{Code, Origin, Problem};

/// E-DUP with both places.
pub fn duplicate(field: &str, value: &str, here: &Origin, first: &Origin) -> Problem {
    let file = first.file.as_deref().unwrap_or("");
    let first = match (first.row, first.feature) {
        (Some(row), _) => format!("{file}:{row}"),
        (None, Some(feature)) => format!("{file}#{feature}"),
        (None, None) => file.to_owned(),
    };
    Problem::new(Code::E_DUP).at(here).field(field).value(value).with("first", first)
}
