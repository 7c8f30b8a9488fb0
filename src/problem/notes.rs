//! Long repetitions of one problem, cut short.

use std::collections::HashMap;

use super::{Code, Problem, Problems};

/// How many problems of one code in one column are listed one by one.
pub const LISTED: usize = 50;

/// Problems of one layer, with long repetitions cut short: the last one listed says how many more there are.
#[derive(Debug, Default)]
pub struct Notes {
    list: Vec<Problem>,
    /// For each code and column: how many were found, and where in the list the last one stands.
    seen: HashMap<(Code, Option<String>), (usize, usize)>,
}

impl Notes {
    /// Adds a problem, or counts it when its code and column have been listed often enough.
    pub fn push(&mut self, problem: Problem) {
        let seen = self.seen.entry((problem.code, problem.field.clone())).or_default();
        seen.0 += 1;
        if seen.0 <= LISTED {
            seen.1 = self.list.len();
            self.list.push(problem);
        }
    }

    /// The same, for problems that are dear to word: `make` is not called for one that will only be counted.
    pub fn push_with(&mut self, code: Code, field: &str, make: impl FnOnce(Problem) -> Problem) {
        if let Some(seen) = self.seen.get_mut(&(code, Some(field.to_owned())))
            && seen.0 >= LISTED
        {
            seen.0 += 1;
            return;
        }
        self.push(make(Problem::new(code).field(field)));
    }

    /// Names the layer or sheet, once the reader knows which one it was.
    pub fn set_layer(&mut self, layer: Option<&std::sync::Arc<str>>) {
        for problem in &mut self.list {
            problem.origin.layer = layer.cloned();
        }
    }

    /// Takes back what a format reader said of a cut heading where the table reader says more of the same.
    pub fn supersede_cuts(&self, problems: &mut Problems) {
        let again = |p: &Problem| self.list.iter().any(|n| n.code == p.code && n.field == p.field && n.origin.file == p.origin.file);
        problems.retain(|p| p.code != Code::W_FIELD_CUT || !again(p));
    }

    /// Says of a cut heading that a format reader reported, and that is a known heading as it stands, how it was read.
    pub fn explain_cuts(problems: &mut Problems, file: &str, field_of: impl Fn(&str) -> Option<&'static str>) {
        let cuts =
            problems.iter_mut().filter(|p| p.code == Code::W_FIELD_CUT && p.origin.file.as_deref() == Some(file) && p.with.is_empty());
        for problem in cuts {
            if let Some(field) = problem.field.as_deref().and_then(&field_of) {
                problem.with.extend([("reason", "@why.cut.read_as".to_owned()), ("best", field.to_owned())]);
            }
        }
    }

    /// Hands everything over.
    pub fn report(mut self, problems: &mut Problems) {
        for (found, last) in self.seen.values() {
            if *found > LISTED {
                self.list[*last].with.push(("more", (found - LISTED).to_string()));
            }
        }
        for problem in self.list {
            problems.push(problem);
        }
    }
}
