//! What a node of the tree has settled, and what follows from it.

use super::town::Town;
use crate::siting::Fixing;

/// The sites that are settled, and how far each demand may walk.
#[derive(Clone)]
pub(super) struct State {
    pub sites: Vec<Fixing>,
    /// Of each demand's list, how many entries from the nearest on may serve it.
    pub reach: Vec<u32>,
}

impl State {
    /// Nothing settled but what the question settles.
    pub fn root(town: &Town) -> Self {
        let reach = (0..town.demands()).map(|j| u32::try_from(town.list(j).len()).expect("fewer sites than 2³²")).collect();
        Self { sites: town.fixed.clone(), reach }
    }

    /// Draws every conclusion from rows and lists. False: no plan is left here.
    pub fn propagate(&mut self, town: &Town) -> bool {
        loop {
            let Some(mut settled) = town.rows.propagate(&mut self.sites) else { return false };
            for j in 0..town.demands() {
                let from = town.starts[j];
                let (mut left, mut only, mut end) = (0, 0, self.reach[j]);
                for k in 0..self.reach[j] {
                    let i = town.site[from + k as usize] as usize;
                    match self.sites[i] {
                        Fixing::Shut => continue,
                        Fixing::Free => (left, only) = (left + 1, i),
                        // Nobody walks past an open site.
                        Fixing::Open => {
                            left = 2;
                            end = k + 1;
                            break;
                        }
                    }
                }
                self.reach[j] = end;
                match left {
                    0 => return false,
                    1 => {
                        self.sites[only] = Fixing::Open;
                        settled = true;
                    }
                    _ => (),
                }
            }
            if !settled {
                return true;
            }
        }
    }
}
