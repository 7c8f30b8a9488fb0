//! `careshed check`: every problem in the inputs.

use super::{Context, Outcome, StudyArgs};
use crate::problem::Problems;
use crate::report;
use crate::study::{self, Goal};

/// Runs the command.
pub fn run(args: &StudyArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    if let Some(settings) = args.settings(&mut problems) {
        let watch = context.watch();
        match study::explore(settings, Goal::Check, &watch) {
            Ok(findings) => problems.extend(findings.problems),
            Err(found) => problems.extend(found),
        }
    }
    if context.json() {
        put_line!("{}", report::problems::json(&problems, context.lang));
    } else {
        put!("{}", report::problems::text(&problems, context.lang));
    }
    Outcome::Reported(problems)
}
