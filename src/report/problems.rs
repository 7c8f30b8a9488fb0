//! Everything found about the inputs, for people ([`text`]) and for programs ([`json`]).

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::inputs;
use crate::problem::{Problem, Problems, Severity};
use crate::words::{self, Lang, say};

/// Problems of one code and file that the text shows before it counts the rest.
const SHOWN: usize = 5;

#[derive(Serialize)]
struct Report<'a> {
    schema: u32,
    summary: Summary,
    problems: Vec<Line<'a>>,
    inputs: Vec<inputs::Line<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: Option<&'a Fixed>,
}

/// What `--fix` wrote.
#[derive(Debug, Serialize)]
pub struct Fixed {
    /// The copies.
    pub files: Vec<String>,
    /// How many lines `changes.csv` has.
    pub changes: usize,
    /// Sheets of copied workbooks that are no table of the study, and are not in the copies.
    pub sheets_left_out: Vec<String>,
    /// Errors that only a person can mend, with how often: they are in the copies as well.
    pub remaining: BTreeMap<&'static str, usize>,
}

impl Fixed {
    /// With the errors among `problems`: no copy mends one.
    pub fn but_for(mut self, problems: &Problems) -> Self {
        for code in problems.iter().map(|p| p.code).filter(|code| code.severity() == Severity::Error) {
            *self.remaining.entry(code.text()).or_insert(0) += 1;
        }
        self
    }
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    code: &'static str,
    severity: Severity,
    file: Option<&'a str>,
    layer: Option<&'a str>,
    row: Option<u32>,
    feature: Option<u32>,
    field: Option<&'a str>,
    value: Option<&'a str>,
    message: String,
    remedy: String,
}

/// `{schema, summary, problems}` of the contracts, sorted, codes never translated; beside them what was read and what was fixed.
pub fn json(problems: &Problems, lang: Lang, fixed: Option<&Fixed>) -> String {
    let (errors, warnings) = problems.tally();
    let lines = problems.sorted().into_iter().map(|p| Line {
        code: p.code.text(),
        severity: p.code.severity(),
        file: p.origin.file.as_deref(),
        layer: p.origin.layer.as_deref(),
        row: p.origin.row,
        feature: p.origin.feature,
        field: p.field.as_deref(),
        value: p.value.as_deref(),
        message: p.message(lang),
        remedy: p.remedy(lang),
    });
    let report = Report {
        schema: 1,
        summary: Summary { errors, warnings },
        problems: lines.collect(),
        inputs: problems.understood.iter().map(inputs::line).collect(),
        fixed,
    };
    serde_json::to_string_pretty(&report).unwrap_or_default()
}

/// A page for a terminal: by file and code, the remedy once for each group, a tally at the end.
pub fn text(problems: &Problems, lang: Lang) -> String {
    let mut out = String::new();
    let sorted = problems.sorted();
    let mut groups: Vec<Vec<&Problem>> = Vec::new();
    for problem in sorted {
        let same = |group: &Vec<&Problem>| group[0].code == problem.code && group[0].origin.file == problem.origin.file;
        match groups.iter_mut().find(|g| same(g)) {
            Some(group) => group.push(problem),
            None => groups.push(vec![problem]),
        }
    }
    for group in &groups {
        let first = group[0];
        let _ = writeln!(out, "{} {}", first.code.text(), first.origin.file.as_deref().unwrap_or(""));
        for problem in group.iter().take(SHOWN) {
            let _ = writeln!(out, "  {}{}", place(problem, lang), problem.message(lang));
        }
        if group.len() > SHOWN {
            let _ = writeln!(out, "  {}", say(lang, "problems.more", &[("n", &(group.len() - SHOWN).to_string())]));
        }
        let _ = writeln!(out, "  → {}", first.remedy(lang));
    }
    let (errors, warnings) = problems.tally();
    out + &say(lang, "problems.tally", &[("errors", &errors.to_string()), ("warnings", &warnings.to_string())]) + "\n"
}

/// `[社区] 第 3 行 户数：`
fn place(problem: &Problem, lang: Lang) -> String {
    let origin = &problem.origin;
    let mut parts = Vec::new();
    if let Some(layer) = &origin.layer {
        parts.push(format!("[{layer}]"));
    }
    if let Some(row) = origin.row {
        parts.push(say(lang, "problems.row", &[("n", &row.to_string())]));
    }
    if let Some(feature) = origin.feature {
        parts.push(say(lang, "problems.feature", &[("n", &feature.to_string())]));
    }
    if let Some(field) = problem.field.as_deref().filter(|f| !f.is_empty()) {
        parts.push(words::heading(lang, field));
    }
    if parts.is_empty() { String::new() } else { format!("{}: ", parts.join(" ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    fn sample() -> Problems {
        let mut problems = Problems::default();
        problems.push(Problem::new(Code::W_NULL).file("b.csv").field("households").value("NA"));
        let mut wrong = Problem::new(Code::E_NUM).file("a.csv").field("households").value("many");
        wrong.origin.row = Some(3);
        problems.push(wrong);
        problems
    }

    #[test]
    fn json_has_every_key_of_the_contract_and_errors_first() {
        let value: serde_json::Value = serde_json::from_str(&json(&sample(), Lang::En, None)).unwrap();
        assert_eq!(value["schema"], 1);
        assert_eq!(value["summary"], serde_json::json!({"errors": 1, "warnings": 1}));
        let first = value["problems"][0].as_object().unwrap();
        assert_eq!(
            first.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(),
            ["code", "feature", "field", "file", "layer", "message", "remedy", "row", "severity", "value"].into()
        );
        assert_eq!((first["code"].as_str(), first["severity"].as_str(), first["row"].as_u64()), (Some("E-NUM"), Some("error"), Some(3)));
    }

    #[test]
    fn text_names_row_and_remedy_and_counts() {
        let text = text(&sample(), Lang::En);
        assert!(text.contains("E-NUM a.csv") && text.contains("row 3") && text.contains("→") && text.contains("1 error"), "{text}");
    }
}
