//! `careshed` without a command: what it is and what to try first; after a double click on Windows, the demo's report.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System};

use super::{Context, Outcome, demo};
use crate::problem::Problems;
use crate::report;
use crate::words::say;

/// Says what the program is. In a window that the double click made, and that closes with the program, it also shows a report and waits.
pub fn run(context: &Context) -> Outcome {
    put_line!("{}", say(context.lang, "cli.hello", &[("version", env!("CARGO_PKG_VERSION"))]));
    if !(cfg!(windows) && parent().is_some_and(|name| is_desktop(&name))) {
        return Outcome::Done(Problems::default());
    }
    put_line!("{}", say(context.lang, "cli.hello.demo", &[]));
    let (outcome, report) = demo::show(&folder(), context);
    if let Some(report) = report
        && open(&report).is_err()
    {
        put_line!("{}", say(context.lang, "cli.hello.open", &[("page", &report.display().to_string())]));
    }
    if let Outcome::Wrong(problems) = &outcome {
        // Before the window closes, not after.
        put!("{}", report::problems::text(problems, context.lang));
    }
    put!("{}", say(context.lang, "cli.hello.wait", &[]));
    let _ = io::stdout().flush();
    let _ = io::stdin().read_line(&mut String::new());
    outcome
}

/// The name of the program that started this one.
fn parent() -> Option<String> {
    let mut system = System::new();
    let mut look = |pid| {
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, ProcessRefreshKind::nothing());
        system.process(pid).map(|p| (p.parent(), p.name().to_string_lossy().into_owned()))
    };
    let above = look(sysinfo::get_current_pid().ok()?)?.0?;
    Some(look(above)?.1)
}

/// Whether a program of this name is the Windows desktop, where one clicks.
fn is_desktop(name: &str) -> bool {
    name.eq_ignore_ascii_case("explorer.exe")
}

/// Beside the program, where a person finds it; in the system's temporary folder where nothing may be written there.
fn folder() -> PathBuf {
    let name = "careshed-demo";
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|dir| dir.join(name)));
    let writable = |dir: &Path| dir.parent().is_some_and(|parent| tempfile::Builder::new().prefix(".careshed-").tempdir_in(parent).is_ok());
    beside.filter(|dir| writable(dir)).unwrap_or_else(|| std::env::temp_dir().join(name))
}

/// Opens a page in whatever shows pages here.
fn open(page: &Path) -> io::Result<()> {
    let program = match std::env::consts::OS {
        "windows" => "explorer",
        "macos" => "open",
        _ => "xdg-open",
    };
    Command::new(program).arg(page).spawn().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_started_the_program_is_known_and_only_the_desktop_means_a_double_click() {
        // Tests are started by cargo or a shell; either has a name.
        assert!(!parent().unwrap().is_empty());
        assert!(is_desktop("explorer.exe") && is_desktop("Explorer.EXE"));
        assert!(!is_desktop("cmd.exe") && !is_desktop("powershell.exe") && !is_desktop("explorer"));
    }

    #[test]
    fn the_demo_lies_where_something_can_be_written() {
        let dir = folder();
        assert_eq!(dir.file_name().unwrap(), "careshed-demo");
        assert!(dir.parent().unwrap().is_dir());
    }
}
