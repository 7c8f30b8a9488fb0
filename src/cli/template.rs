//! `careshed template`: a workbook to fill in.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Context, Outcome};
use crate::problem::{Code, Problem, Problems};
use crate::report::output::OutputFolder;
use crate::template;
use crate::words::say;

/// Arguments of `template`: none of its own.
#[derive(Debug, Args)]
pub struct TemplateArgs {}

/// Runs the command.
pub fn run(_: &TemplateArgs, context: &Context) -> Outcome {
    let out = context.out().unwrap_or(Path::new("."));
    match write(out, context) {
        Ok(file) => {
            let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let (file, folder) = (file.display().to_string(), folder.display().to_string());
            put_line!("{}", say(context.lang, "desk.template.done", &[("file", &file), ("folder", &folder)]));
            Outcome::Done(Problems::default())
        }
        Err(problem) => {
            let mut problems = Problems::default();
            problems.push(problem);
            Outcome::Wrong(problems)
        }
    }
}

/// `--out` is a folder, or the workbook itself where it ends in .xlsx.
fn write(out: &Path, context: &Context) -> Result<PathBuf, Problem> {
    let is_book = out.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) && !out.is_dir();
    let file = if is_book { out.to_path_buf() } else { out.join(template::file_name(context.lang)) };
    let cannot = |reason: &dyn std::fmt::Display| Problem::new(Code::E_OUT).file(file.display().to_string()).with("reason", reason);
    let mut bytes = Vec::new();
    template::write(context.lang, &mut bytes).map_err(|error| cannot(&error))?;
    match std::fs::read(&file) {
        Ok(there) if there == bytes => return Ok(file),
        // What somebody has filled in is worth more than an empty form.
        Ok(_) => return Err(cannot(&"@desk.template.exists")),
        Err(_) => {}
    }
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut output = OutputFolder::new(folder)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    output.add(&name, |into| std::io::Write::write_all(into, &bytes))?;
    output.commit()?;
    Ok(file)
}
