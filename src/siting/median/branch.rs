//! Where a part of the question is split in two: a site is open in one part and shut in the other.
//!
//! Splitting by radius (a demand is served within it, or all sites within are shut) was tried: ten times the nodes on networks of 800 nodes, as
//! an open site settles far more than a radius of one demand does.

use super::core::Core;
use super::dual::Climb;
use super::state::State;
use crate::siting::Fixing;

/// The sites of both parts of `state`; `None` when no site is free.
pub(super) fn choose(core: &Core, state: &State, climb: &Climb) -> Option<[Vec<Fixing>; 2]> {
    let free = |k: usize| state.sites[core.free[k] as usize] == Fixing::Free;
    let hardest = core.near.iter().all(|c| *c == 0.0).then(|| hardest(core, &free)).flatten();
    let mut best: Option<(f64, usize)> = None;
    let mut offer = |k: usize| {
        if free(k) && best.is_none_or(|b| climb.share[k] > b.0) {
            best = Some((climb.share[k], k));
        }
    };
    match hardest {
        Some(hardest) => core.col[core.starts[hardest]..core.starts[hardest + 1]].iter().for_each(|k| offer(*k as usize)),
        None => (0..core.free.len()).for_each(offer),
    }
    let i = core.free[best?.1] as usize;
    let child = |fixing: Fixing| {
        let mut sites = state.sites.clone();
        sites[i] = fixing;
        sites
    };
    Some([child(Fixing::Shut), child(Fixing::Open)])
}

/// Where all that counts is to be covered: the demand with the fewest sites left. Once each of these is settled, this part is.
fn hardest(core: &Core, free: &impl Fn(usize) -> bool) -> Option<usize> {
    let left = |k: usize| core.col[core.starts[k]..core.starts[k + 1]].iter().filter(|i| free(**i as usize)).count();
    (0..core.demands.len()).filter(|&k| core.cap[k].is_none()).map(|k| (left(k), k)).filter(|l| l.0 > 0).min().map(|l| l.1)
}
