//! Quotas: how many projects each city, county or street is given.

use super::Input;
use super::headings::Table;
use super::layer::{self, Demands, Placing};
use super::row::Row;
use crate::problem::{Code, Origin, Problem, Problems};
use crate::units::Count;

const QUOTA: Demands = Demands { table: Table::Quota, required: &[&["code", "name"], &["quota"]], placing: Placing::Never };

/// Whether a quota binds from both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Sense {
    #[default]
    Exact,
    Min,
    Max,
}

/// One row.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Quota {
    /// `city`, `county`, `street`, as written; empty where the file does not say.
    pub level: String,
    pub code: String,
    pub name: String,
    /// `None` where the cell is empty or wrong, which is then in the problems.
    pub quota: Option<Count>,
    pub sense: Sense,
    pub year: String,
    pub kind: String,
    pub origin: Origin,
}

/// Reads one file of quotas.
pub fn read(input: &Input, problems: &mut Problems) -> Vec<Quota> {
    let layer = layer::read(QUOTA, input, problems, &mut quota);
    layer.records.into_iter().map(|placed| Quota { origin: placed.origin, ..placed.item }).collect()
}

fn quota(row: &mut Row<'_>) -> Option<Quota> {
    let (code, name) = (row.code("code"), row.text("name"));
    if code.is_none() && name.is_none() {
        row.without_key("code");
        return None;
    }
    let sense = row.text("sense").and_then(|word| {
        let sense = match word.to_lowercase().as_str() {
            "exact" | "=" | "等于" => Some(Sense::Exact),
            "min" | ">=" | "≥" | "不少于" | "至少" => Some(Sense::Min),
            "max" | "<=" | "≤" | "不超过" | "至多" => Some(Sense::Max),
            _ => None,
        };
        if sense.is_none() {
            row.report(Problem::new(Code::E_VOCAB).field("sense").value(&word).with("allowed", "exact, min, max"));
        }
        sense
    });
    Some(Quota {
        level: row.text("level").unwrap_or_default(),
        name: name.or_else(|| code.clone()).unwrap_or_default(),
        code: code.unwrap_or_default(),
        quota: row.count("quota"),
        sense: sense.unwrap_or_default(),
        year: row.text("year").unwrap_or_default(),
        kind: row.text("type").unwrap_or_default(),
        origin: row.origin(),
    })
}
