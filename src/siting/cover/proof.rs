//! The bound in whole numbers: any multipliers give one, so what floats did on the way to them does not matter.
//!
//! For `0 ≤ U ≤ w`, `w · min(a, need) ≤ (w − U) · need + U · a`; for a hard row `0 ≤ U · (a − 1)` when `U ≥ 0`; for a side row
//! `0 ≤ V · (a − bound)` when `V` has the sign of its sense. Summed, what is left is one number for each site.

use super::problem::Problem;
use crate::siting::model::{Fixing, Sense};

/// Multipliers are counted in 2⁻²⁴ of the objective.
pub const BITS: u32 = 24;

/// A multiplier for each row and side row, in units of the objective.
#[derive(Debug, Clone)]
pub struct Multipliers {
    pub rows: Vec<f64>,
    pub sides: Vec<f64>,
}

/// A proven bound and what each site adds to it.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The bound, in 2⁻²⁴.
    pub fine: i128,
    /// What opening each site is worth at these multipliers, in 2⁻²⁴.
    pub worth: Vec<i128>,
}

impl Proof {
    /// No plan under the fixings is worth more.
    pub fn bound(&self) -> i64 {
        down(self.fine)
    }

    /// No plan that decides otherwise than the proof about the site is worth more.
    pub fn otherwise(&self, site: usize) -> i64 {
        down(self.fine - self.worth[site].abs())
    }
}

fn down(fine: i128) -> i64 {
    i64::try_from(fine >> BITS).unwrap_or(if fine < 0 { i64::MIN } else { i64::MAX })
}

/// What these multipliers prove.
pub fn prove(p: &Problem, u: &Multipliers, fixed: &[Fixing]) -> Proof {
    let unit = f64::from(1u32 << BITS);
    let mut fine = i128::from(p.offset) << BITS;
    let mut worth: Vec<i128> = p.profit.iter().map(|&c| i128::from(c) << BITS).collect();
    let parts = (p.row_count() + p.sides.len() + 1) as i128;
    for (r, sites) in p.rows.iter().enumerate() {
        let most = if p.hard[r] { (1i128 << 110) / parts } else { i128::from(p.weight[r]) << BITS };
        let chosen = ((u.rows[r] * unit).round() as i128).clamp(0, most);
        fine += ((i128::from(p.weight[r]) << BITS) - chosen) * i128::from(p.need[r]);
        if chosen != 0 {
            for &i in sites {
                worth[i as usize] += chosen;
            }
        }
    }
    for (s, side) in p.sides.iter().enumerate() {
        let size: i128 = side.terms.iter().map(|t| i128::from(t.1).abs()).sum::<i128>() + i128::from(side.bound).abs() + 1;
        let most = (1i128 << 110) / size / parts;
        let (least, most) = match side.sense {
            Sense::Exactly => (-most, most),
            Sense::AtMost => (-most, 0),
            Sense::AtLeast => (0, most),
        };
        let chosen = ((u.sides[s] * unit).round() as i128).clamp(least, most);
        fine -= chosen * i128::from(side.bound);
        for &(i, c) in &side.terms {
            worth[i as usize] += chosen * i128::from(c);
        }
    }
    for (i, &worth) in worth.iter().enumerate() {
        fine += match fixed[i] {
            Fixing::Open => worth,
            Fixing::Free => worth.max(0),
            Fixing::Shut => 0,
        };
    }
    Proof { fine, worth }
}

/// Settles the free sites of which the proof shows that deciding otherwise is worth `cut` at most; how many.
pub fn settle(proof: &Proof, cut: i64, fixed: &mut [Fixing]) -> usize {
    let mut count = 0;
    for i in 0..fixed.len() {
        if fixed[i] == Fixing::Free && proof.otherwise(i) <= cut {
            fixed[i] = if proof.worth[i] > 0 { Fixing::Open } else { Fixing::Shut };
            count += 1;
        }
    }
    count
}
