//! Where a part of the question is split in two.

use super::core::Core;
use super::dual::Climb;
use super::state::State;
use crate::siting::Fixing;

/// The two parts of `state`; `None` when no site is free.
pub(super) fn choose(core: &Core, state: &State, climb: &Climb) -> Option<[State; 2]> {
    let mut best: Option<(f64, u32)> = None;
    for (k, &i) in core.free.iter().enumerate() {
        if state.sites[i as usize] != Fixing::Free {
            continue;
        }
        let doubt = (climb.share[k] - 0.5).abs();
        if best.is_none_or(|b| doubt < b.0) {
            best = Some((doubt, i));
        }
    }
    let (_, i) = best?;
    let child = |fixing: Fixing| {
        let mut child = state.clone();
        child.sites[i as usize] = fixing;
        child
    };
    Some([child(Fixing::Shut), child(Fixing::Open)])
}
