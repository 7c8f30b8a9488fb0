//! `careshed synth`: a synthetic city to experiment with.

use std::path::Path;

use clap::Args;

use super::{Context, Outcome, setting};
use crate::problem::{Code, Problem, Problems};
use crate::report::output::OutputFolder;
use crate::study::Watch;
use crate::synth::{self, Made, Options};
use crate::words::say;

/// Arguments of `synth`.
#[derive(Debug, Args)]
pub struct SynthArgs {
    /// 社区数 · number of communities
    #[arg(long, default_value_t = 60, value_name = "N")]
    communities: usize,
    /// 随机种子 · seed: the same seed gives the same city
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
}

/// Runs the command.
pub fn run(args: &SynthArgs, context: &Context) -> Outcome {
    let mut problems = Problems::default();
    let Some(out) = context.out() else {
        problems.push(setting("--out", "", "careshed synth --communities 60 --out city"));
        return Outcome::Wrong(problems);
    };
    if !(synth::FEWEST..=synth::MOST).contains(&args.communities) {
        let hint = format!("--communities {}–{}", synth::FEWEST, synth::MOST);
        problems.push(setting("--communities", &args.communities.to_string(), &hint));
        return Outcome::Wrong(problems);
    }
    let watch = context.watch();
    watch.step("write");
    match whole(&Options::new(args.communities, args.seed), out) {
        Ok(made) => {
            let study = out.join("study.toml").display().to_string();
            let n = |count: u64| count.to_string();
            put!(
                "{}",
                say(
                    context.lang,
                    "cli.synth",
                    &[
                        ("communities", &n(made.communities)),
                        ("points", &n(made.points)),
                        ("edges", &n(made.edges)),
                        ("facilities", &n(made.facilities)),
                        ("candidates", &n(made.candidates)),
                        ("study", &study),
                    ]
                )
            );
        }
        Err(problem) => {
            problems.push(problem);
            return Outcome::Wrong(problems);
        }
    }
    Outcome::Done(problems)
}

/// Writes the city aside and moves it into place when it is whole: a province is too large to be copied.
fn whole(options: &Options, out: &Path) -> Result<Made, Problem> {
    let mut folder = OutputFolder::new(out)?;
    let made = synth::write(options, &folder.room())
        .map_err(|error| Problem::new(Code::E_OUT).file(out.display().to_string()).with("reason", error))?;
    synth::FILES.iter().for_each(|name| folder.adopt(name));
    folder.commit()?;
    Ok(made)
}
