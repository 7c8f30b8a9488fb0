//! What a person sees while a command works: a line for each step on a terminal, nothing when piped, figures with `--timings`.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Instant;

use super::meter::Meter;
use crate::study::Watch;
use crate::words::{Lang, say};

/// Reports steps on stderr.
pub struct Terminal {
    lang: Lang,
    spoken: bool,
    verbose: bool,
    current: Mutex<Current>,
}

/// The step under way.
struct Current {
    step: Option<(&'static str, Instant)>,
    /// Only with `--timings`.
    meter: Option<Meter>,
}

impl Terminal {
    /// Speaks on a terminal or when asked to.
    pub fn new(lang: Lang, timings: bool, verbose: bool) -> Self {
        let current = Mutex::new(Current { step: None, meter: timings.then(Meter::start) });
        Terminal { lang, spoken: verbose || std::io::stderr().is_terminal(), verbose, current }
    }

    fn turn_to(&self, next: Option<&'static str>) {
        let Ok(mut current) = self.current.lock() else { return };
        let cost = current.meter.as_mut().map(Meter::lap);
        let finished = std::mem::replace(&mut current.step, next.map(|step| (step, Instant::now())));
        let Some((step, since)) = finished else { return };
        // A closed stderr is no reason to stop.
        if let Some(cost) = cost {
            let (wall, cpu, peak) = (cost.wall, cost.cpu, cost.peak_mb);
            let _ = writeln!(std::io::stderr(), "timing {step} wall_s={wall:.3} cpu_s={cpu:.2} peak_mb={peak:.0}");
        } else if self.spoken {
            let _ = writeln!(std::io::stderr(), "  {} {} ms", say(self.lang, &format!("step.{step}"), &[]), since.elapsed().as_millis());
        }
    }
}

impl Watch for Terminal {
    fn step(&self, name: &'static str) {
        self.turn_to(Some(name));
    }

    fn note(&self, word: &'static str, with: &[(&str, &str)]) {
        if self.verbose {
            let _ = writeln!(std::io::stderr(), "  {}", say(self.lang, word, with));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.turn_to(None);
    }
}
