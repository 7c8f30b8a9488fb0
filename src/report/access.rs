//! `access.csv`: a measure of accessibility at each demand, one column for each column of supply.

use std::io::{self, Write};

use super::csv::guarded;

/// Writes the table; the values are the shortest decimals that read back as the same numbers, empty where there is none.
pub fn write(ids: &[String], values: &[(String, Vec<Option<f64>>)], mut out: impl Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
    let headings = std::iter::once("id").chain(values.iter().map(|(name, _)| name.as_str()));
    csv.write_record(headings.map(|heading| guarded(heading).into_owned()))?;
    for (row, id) in ids.iter().enumerate() {
        csv.write_field(guarded(id).as_bytes())?;
        for (_, column) in values {
            csv.write_field(column[row].map_or_else(String::new, |value| value.to_string()))?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}

/// The same for programs.
#[must_use]
pub fn json(method: &str, ids: &[String], values: &[(String, Vec<Option<f64>>)]) -> String {
    let columns: serde_json::Map<String, serde_json::Value> =
        values.iter().map(|(name, column)| (name.clone(), serde_json::json!(column))).collect();
    serde_json::json!({ "schema": 1, "command": "access", "method": method, "id": ids, "values": columns }).to_string()
}
