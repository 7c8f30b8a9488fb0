//! What a person sees while a command works: a line for each step on a terminal, nothing when piped, figures with `--timings`.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Instant;

use crate::study::Watch;
use crate::words::{Lang, say};

/// Reports steps on stderr.
pub struct Terminal {
    lang: Lang,
    timings: bool,
    spoken: bool,
    current: Mutex<Option<(&'static str, Instant)>>,
}

impl Terminal {
    /// Speaks on a terminal or when asked to.
    pub fn new(lang: Lang, timings: bool, verbose: bool) -> Self {
        Terminal { lang, timings, spoken: verbose || std::io::stderr().is_terminal(), current: Mutex::new(None) }
    }

    fn close(&self) {
        let finished = self.current.lock().ok().and_then(|mut current| current.take());
        let Some((step, since)) = finished else { return };
        let seconds = since.elapsed().as_secs_f64();
        // A closed stderr is no reason to stop.
        if self.timings {
            let _ = writeln!(std::io::stderr(), "timing {step} wall_s={seconds:.3}");
        } else if self.spoken {
            let _ = writeln!(std::io::stderr(), "  {} {:.0} ms", say(self.lang, &format!("step.{step}"), &[]), seconds * 1000.0);
        }
    }
}

impl Watch for Terminal {
    fn step(&self, name: &'static str) {
        self.close();
        if let Ok(mut current) = self.current.lock() {
            *current = Some((name, Instant::now()));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.close();
    }
}
