//! `careshed cover`: who is covered, partly, not, unknown.

use super::run::{self, Tables};
use super::{Context, Outcome, StudyArgs};
use crate::report::summary;
use crate::study::Goal;

/// Runs the command.
pub fn run(args: &StudyArgs, context: &Context) -> Outcome {
    let findings = match run::explore(args, Goal::Cover, context) {
        Ok(findings) => findings,
        Err(outcome) => return outcome,
    };
    let written = run::write(&findings, Tables { coverage: true, ranking: false, by: None }, "cover", context);
    if written.is_ok() {
        if context.json() {
            put_line!("{}", summary::json::cover(&findings));
        } else {
            put!("{}", summary::cover(&findings, context.lang, args.next(context)));
        }
    }
    run::outcome(findings, written)
}
