//! Ctrl-C: whatever is in the making goes, and the exit code says so. A search with a plan in hand ends with that plan instead.

use std::sync::atomic::{AtomicBool, Ordering};

use super::INTERRUPTED;
use crate::report::output::aside;
use crate::words::{Lang, say};

/// Whether a search is under way that can end early with what it has.
static SEARCHING: AtomicBool = AtomicBool::new(false);
/// Whether it has been asked to.
static STOP: AtomicBool = AtomicBool::new(false);

/// While `work` runs, the first interrupt only makes `stop` true; a second one ends the program.
pub fn gently<T>(work: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> T) -> T {
    SEARCHING.store(true, Ordering::SeqCst);
    let done = work(&|| STOP.load(Ordering::SeqCst));
    SEARCHING.store(false, Ordering::SeqCst);
    done
}

/// From now on an interrupt, or the closing of the console window, leaves nothing half-written.
pub fn listen(lang: Lang) {
    let stop = move || {
        if SEARCHING.load(Ordering::SeqCst) && !STOP.swap(true, Ordering::SeqCst) {
            return eprint_line(&say(lang, "cli.stopping", &[]));
        }
        aside::abandon(i32::from(INTERRUPTED), || eprint_line(&say(lang, "cli.interrupted", &[])));
    };
    // Without a handler the system ends the program, which writes nothing either, but leaves the folder aside.
    let _ = ctrlc::set_handler(stop);
}

fn eprint_line(text: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{text}\n").as_bytes());
}
