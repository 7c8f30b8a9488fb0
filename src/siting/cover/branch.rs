//! Which site to branch on: a few pivots in each direction for the most promising, and what was learnt before for the rest.

use super::kernel::{End, Kernel, State, Work};
use super::record::Record;
use crate::siting::model::Fixing;

/// What is done with a node.
pub enum Choice {
    /// Two children on this site.
    Branch(usize),
    /// The other way is closed.
    Fix(usize, Fixing),
    /// The time is over.
    Halted,
}

/// By how much the bound fell in each direction for each unit of a site, so far.
#[derive(Debug)]
pub struct Memory {
    fall: Vec<[f64; 2]>,
    count: Vec<[u32; 2]>,
}

impl Memory {
    /// Nothing is known of `n` sites.
    pub fn new(n: usize) -> Self {
        Self { fall: vec![[0.0; 2]; n], count: vec![[0; 2]; n] }
    }

    fn learn(&mut self, i: usize, open: bool, fall: f64, part: f64) {
        let d = usize::from(open);
        self.fall[i][d] += fall / part.max(1e-3);
        self.count[i][d] += 1;
    }

    fn guess(&self, i: usize, y: f64) -> Option<f64> {
        let c = self.count[i];
        (c[0] >= 4 && c[1] >= 4).then(|| score(self.fall[i][0] / f64::from(c[0]) * y, self.fall[i][1] / f64::from(c[1]) * (1.0 - y)))
    }
}

fn score(shut: f64, open: f64) -> f64 {
    shut.max(1e-6) * open.max(1e-6)
}

/// Chooses at a node whose relaxation is solved.
pub fn choose(k: &Kernel, s: &State, trial: &mut State, work: &mut Work, memory: &mut Memory, record: &mut Record, depth: usize) -> Choice {
    let mut ways: Vec<(f64, usize, bool)> = Vec::new();
    for (f, &i) in s.part.iter().enumerate() {
        let i = i as usize;
        if s.fixed[i] != Fixing::Free || s.y[i] < 1e-6 || s.y[i] > 1.0 - 1e-6 {
            continue;
        }
        let guess = memory.guess(i, s.y[i]);
        let estimate = guess.unwrap_or_else(|| score(k.probe(s, work, f, true), k.probe(s, work, f, false)));
        ways.push((estimate, i, guess.is_some()));
    }
    if ways.is_empty() {
        // The relaxation is whole, but whole numbers do not close it yet: divide on what is nearest to undecided.
        let free = (0..s.fixed.len()).filter(|&i| s.fixed[i] == Fixing::Free);
        return free.min_by(|&a, &b| s.rho[a].abs().total_cmp(&s.rho[b].abs())).map_or(Choice::Halted, Choice::Branch);
    }
    ways.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let wide = if depth <= 4 { 20 } else { 10 };
    let mut best: Option<(f64, usize)> = None;
    let mut idle = 0;
    for &(estimate, i, known) in ways.iter().take(wide) {
        let score = if known && depth > 4 {
            estimate
        } else {
            let mut falls = [0.0; 2];
            for (d, to) in [(1, Fixing::Open), (0, Fixing::Shut)] {
                if record.halt() {
                    return Choice::Halted;
                }
                trial.clone_from(s);
                trial.fix(k, i, to);
                match k.run(trial, work, record.cut(), 20, || false) {
                    End::Closed(bound) => {
                        record.close(bound);
                        return Choice::Fix(i, if to == Fixing::Open { Fixing::Shut } else { Fixing::Open });
                    }
                    End::Lost => (),
                    End::Optimal | End::Limit => falls[d] = (s.value - trial.value).max(0.0),
                }
                memory.learn(i, d == 1, falls[d], if d == 1 { 1.0 - s.y[i] } else { s.y[i] });
            }
            score(falls[0], falls[1])
        };
        if best.is_none_or(|(b, _)| score > b * 1.000_001) {
            best = Some((score, i));
            idle = 0;
        } else {
            idle += 1;
            if idle >= 5 {
                break;
            }
        }
    }
    best.map_or(Choice::Halted, |(_, i)| Choice::Branch(i))
}
