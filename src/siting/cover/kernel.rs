//! The linear relaxation by a dual simplex that stores only its kernel: the few sites that are open in part, and as many rows held at their need.
//!
//! Maximise `Σ c_i y_i + Σ_r φ_r(a_r)` with `a = A y` and `0 ≤ y ≤ 1`, every `φ_r` of one bend at `b_r` with slope `up_r` before it and `lo_r`
//! behind. The multiplier `u_r` of a row that is not held is one of the two slopes, and any choice of them is dual feasible: rounded Lagrangian
//! multipliers are a start. With `F` the sites in part and `K` the held rows, `G = (A_KF)⁻¹` is all that is stored.

mod pivot;
mod state;

pub use pivot::{End, Work};
pub use state::{State, Stored};

use super::merge::mixed;
use super::problem::Problem;
use super::proof::Multipliers;
use crate::siting::model::Sense;

/// The relaxation of one problem, in floats, measured so that a mean row is worth 1.
#[derive(Debug, Clone)]
pub struct Kernel<'a> {
    /// What it relaxes.
    pub p: &'a Problem,
    /// How many cover rows there are; side rows follow them.
    covers: usize,
    up: Vec<f64>,
    lo: Vec<f64>,
    bend: Vec<f64>,
    profit: Vec<f64>,
    side_rows: Vec<Vec<(u32, f64)>>,
    side_columns: Vec<Vec<(u32, f64)>>,
    /// What 1 stands for in the objective, and by how much each side row was divided.
    pub unit: f64,
    divided: Vec<f64>,
}

impl<'a> Kernel<'a> {
    /// The relaxation of `p`.
    pub fn new(p: &'a Problem) -> Self {
        let (n, m, s) = (p.sites(), p.row_count(), p.sides.len());
        let all: f64 = p.weight.iter().map(|&w| w as f64).sum::<f64>() + p.profit.iter().map(|&c| c.abs() as f64).sum::<f64>();
        let unit = (all / (m + n).max(1) as f64).max(1.0);
        let (mut up, mut lo, mut bend) = (Vec::with_capacity(m + s), Vec::with_capacity(m + s), Vec::with_capacity(m + s));
        for r in 0..m {
            up.push(if p.hard[r] { f64::INFINITY } else { p.weight[r] as f64 / unit });
            lo.push(0.0);
            bend.push(f64::from(p.need[r]));
        }
        let (mut side_rows, mut side_columns, mut divided) = (Vec::with_capacity(s), vec![Vec::new(); n], Vec::with_capacity(s));
        for (k, side) in p.sides.iter().enumerate() {
            let most = side.terms.iter().map(|t| (t.1 as f64).abs()).fold(1.0, f64::max);
            divided.push(most);
            side_rows.push(side.terms.iter().map(|t| (t.0, t.1 as f64 / most)).collect::<Vec<_>>());
            for t in &side.terms {
                side_columns[t.0 as usize].push((k as u32, t.1 as f64 / most));
            }
            let (a, b) = match side.sense {
                Sense::Exactly => (f64::INFINITY, f64::NEG_INFINITY),
                Sense::AtMost => (0.0, f64::NEG_INFINITY),
                Sense::AtLeast => (f64::INFINITY, 0.0),
            };
            up.push(a);
            lo.push(b);
            bend.push(side.bound as f64 / most);
        }
        // Equal profits would let the simplex go in circles; whole numbers do not see the difference.
        let uneven = (0.05 / (unit * n.max(1) as f64)).clamp(1e-8, 1e-6);
        let profit = p
            .profit
            .iter()
            .enumerate()
            .map(|(i, &c)| c as f64 / unit + uneven * (1.0 + mixed(i as u64) as f64 / u64::MAX as f64))
            .collect();
        Self { p, covers: m, up, lo, bend, profit, side_rows, side_columns, unit, divided }
    }

    fn sites(&self) -> usize {
        self.profit.len()
    }

    fn rows(&self) -> usize {
        self.bend.len()
    }

    /// Every row of a site with its coefficient.
    #[inline]
    fn column(&self, site: usize, mut each: impl FnMut(usize, f64)) {
        for &r in self.p.columns.get(site) {
            each(r as usize, 1.0);
        }
        for &(s, c) in &self.side_columns[site] {
            each(self.covers + s as usize, c);
        }
    }

    /// Every site of a row with its coefficient.
    #[inline]
    fn row(&self, row: usize, mut each: impl FnMut(usize, f64)) {
        if row < self.covers {
            for &i in self.p.rows.get(row) {
                each(i as usize, 1.0);
            }
        } else {
            for &(i, c) in &self.side_rows[row - self.covers] {
                each(i as usize, c);
            }
        }
    }

    /// Multipliers of the problem from those of the relaxation.
    pub fn multipliers(&self, u: &[f64]) -> Multipliers {
        Multipliers {
            rows: u[..self.covers].iter().map(|x| x * self.unit).collect(),
            sides: u[self.covers..].iter().zip(&self.divided).map(|(x, d)| x * self.unit / d).collect(),
        }
    }
}
