//! What follows from what is settled by plain logic: sites that a side row or a hard row leaves no choice about.

use super::problem::Problem;
use crate::siting::model::{Fixing, Sense};

/// Settles what follows from `fixed`; false when no plan is left.
pub fn follow(p: &Problem, fixed: &mut [Fixing]) -> bool {
    loop {
        let mut changed = false;
        for side in &p.sides {
            let (mut least, mut most) = (0i128, 0i128);
            for &(i, c) in &side.terms {
                let c = i128::from(c);
                match fixed[i as usize] {
                    Fixing::Open => (least, most) = (least + c, most + c),
                    Fixing::Free => (least, most) = (least + c.min(0), most + c.max(0)),
                    Fixing::Shut => (),
                }
            }
            let bound = i128::from(side.bound);
            let (up, down) = (side.sense != Sense::AtLeast, side.sense != Sense::AtMost);
            if up && least > bound || down && most < bound {
                return false;
            }
            let (room, spare) = (if up { bound - least } else { i128::MAX }, if down { most - bound } else { i128::MAX });
            for &(i, c) in &side.terms {
                let c = i128::from(c);
                // A move of |c| away from the least sum overruns the room, one away from the most sum the spare.
                if fixed[i as usize] == Fixing::Free && (c.abs() > room || c.abs() > spare) {
                    if c.abs() > room && c.abs() > spare {
                        return false;
                    }
                    fixed[i as usize] = if (c > 0) == (c.abs() > room) { Fixing::Shut } else { Fixing::Open };
                    changed = true;
                }
            }
        }
        for r in (0..p.row_count()).rev().take_while(|&r| p.hard[r]) {
            let sites = p.rows.get(r);
            if sites.iter().any(|&i| fixed[i as usize] == Fixing::Open) {
                continue;
            }
            let mut free = sites.iter().filter(|&&i| fixed[i as usize] == Fixing::Free);
            match (free.next(), free.next()) {
                (None, _) => return false,
                (Some(&only), None) => {
                    fixed[only as usize] = Fixing::Open;
                    changed = true;
                }
                _ => (),
            }
        }
        if !changed {
            return true;
        }
    }
}
