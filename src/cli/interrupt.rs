//! Ctrl-C: whatever is in the making goes, and the exit code says so.

use super::INTERRUPTED;
use crate::report::output::aside;
use crate::words::{Lang, say};

/// From now on an interrupt, or the closing of the console window, leaves nothing half-written.
pub fn listen(lang: Lang) {
    let stop = move || {
        aside::abandon(i32::from(INTERRUPTED), || eprint_line(&say(lang, "cli.interrupted", &[])));
    };
    // Without a handler the system ends the program, which writes nothing either, but leaves the folder aside.
    let _ = ctrlc::set_handler(stop);
}

fn eprint_line(text: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{text}\n").as_bytes());
}
