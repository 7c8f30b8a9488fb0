//! `decision.csv`: what leaders decided of each project, and why.

use std::path::Path;

use super::Input;
use super::instance::columns::Columns;
use crate::problem::{Code, Problem, Problems};
use crate::settings::file::shown;
use crate::siting::Question;
use crate::words;

/// A decision on a list of projects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// The sites that were decided to be built, ascending.
    pub chosen: Vec<u32>,
    /// The reason given for each project.
    pub reasons: Vec<(String, String)>,
}

/// Words of a decision to build, and of one not to.
const BUILD: [&str; 9] = ["1", "yes", "true", "是", "选", "同意", "入选", "通过", "chosen"];
const LEAVE: [&str; 10] = ["0", "no", "false", "否", "不选", "不同意", "落选", "不通过", "", "rejected"];

/// Reads `project,decision,reason`; `None` with the reasons among the problems.
pub fn read(path: &Path, question: &Question, problems: &mut Problems) -> Option<Decision> {
    let input = Input { path: path.to_path_buf(), shown: shown(path), ..Input::default() };
    let mut decision = Decision::default();
    let mut wrong = Vec::new();
    Columns::new(&input, &["project", "decision"], &["reason"], |row| {
        let Some(project) = row.key(0) else { return };
        let said = row.loose(1);
        let reason = row.loose(2);
        let Some(site) = question.sites.iter().position(|site| *site.id == *project) else {
            let hint = words::nearest(&project, question.sites.iter().map(|s| s.id.as_str())).unwrap_or("…").to_owned();
            wrong.push(
                Problem::new(Code::E_SETTING)
                    .file(&input.shown)
                    .field("project")
                    .value(&project)
                    .with("reason", &project)
                    .with("hint", hint),
            );
            return;
        };
        if BUILD.contains(&said.to_lowercase().as_str()) {
            decision.chosen.push(site as u32);
        } else if !LEAVE.contains(&said.to_lowercase().as_str()) {
            wrong.push(Problem::new(Code::E_VOCAB).file(&input.shown).field("decision").value(&said).with("allowed", "是, 否, 1, 0"));
        }
        if !reason.is_empty() {
            decision.reasons.push((project.to_string(), reason));
        }
    })
    .read(problems);
    wrong.into_iter().for_each(|problem| problems.push(problem));
    decision.chosen.sort_unstable();
    decision.chosen.dedup();
    (!problems.has_errors()).then_some(decision)
}
