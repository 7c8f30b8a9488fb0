//! Where the simplex stands, and how that is computed afresh from the basis.

use super::Kernel;
use crate::siting::cover::proof::Multipliers;
use crate::siting::model::Fixing;

/// Where a row stands when it is not held: on which slope its multiplier lies, or at 0 between two that are infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Lo,
    Up,
    Zero,
    Held,
}

/// In no position of the basis.
pub const NONE: u32 = u32::MAX;

/// A basis with all that follows from it.
#[derive(Debug)]
pub struct State {
    pub fixed: Vec<Fixing>,
    /// How far each site is open.
    pub y: Vec<f64>,
    /// Of a site outside the basis: whether it lies at its upper bound.
    pub high: Vec<bool>,
    /// What opening each site adds at these multipliers.
    pub rho: Vec<f64>,
    /// The sum of each row.
    pub a: Vec<f64>,
    /// The multiplier of each row.
    pub u: Vec<f64>,
    pub side: Vec<Side>,
    /// Sites and rows of the kernel, and the place of each in them.
    pub part: Vec<u32>,
    pub held: Vec<u32>,
    pub part_at: Vec<u32>,
    pub held_at: Vec<u32>,
    /// `G` by rows of `part`, `stride` apart.
    pub g: Vec<f64>,
    pub stride: usize,
    /// The dual objective, the bound in units of the relaxation, without the offset of the problem.
    pub value: f64,
    /// Lengths of the dual directions of sites and rows when they were last computed.
    pub site_norm: Vec<f32>,
    pub row_norm: Vec<f32>,
    /// Pivots since `G` was last computed afresh.
    pub age: usize,
}

impl Clone for State {
    fn clone(&self) -> Self {
        let mut s = Self {
            fixed: Vec::new(),
            y: Vec::new(),
            high: Vec::new(),
            rho: Vec::new(),
            a: Vec::new(),
            u: Vec::new(),
            side: Vec::new(),
            part: Vec::new(),
            held: Vec::new(),
            part_at: Vec::new(),
            held_at: Vec::new(),
            g: Vec::new(),
            stride: 0,
            value: 0.0,
            site_norm: Vec::new(),
            row_norm: Vec::new(),
            age: 0,
        };
        s.clone_from(self);
        s
    }

    fn clone_from(&mut self, from: &Self) {
        self.fixed.clone_from(&from.fixed);
        self.y.clone_from(&from.y);
        self.high.clone_from(&from.high);
        self.rho.clone_from(&from.rho);
        self.a.clone_from(&from.a);
        self.u.clone_from(&from.u);
        self.side.clone_from(&from.side);
        self.part.clone_from(&from.part);
        self.held.clone_from(&from.held);
        self.part_at.clone_from(&from.part_at);
        self.held_at.clone_from(&from.held_at);
        self.site_norm.clone_from(&from.site_norm);
        self.row_norm.clone_from(&from.row_norm);
        let k = from.part.len();
        self.stride = from.stride;
        self.g.resize(self.stride * self.stride, 0.0);
        for f in 0..k {
            self.g[f * self.stride..f * self.stride + k].copy_from_slice(&from.g[f * from.stride..f * from.stride + k]);
        }
        self.value = from.value;
        self.age = from.age;
    }
}

/// What a waiting node keeps of its state.
#[derive(Debug, Clone)]
pub struct Stored {
    side: Vec<Side>,
    part: Vec<u32>,
    held: Vec<u32>,
    /// Empty when it was too large to keep: it is computed afresh.
    g: Vec<f64>,
}

impl Stored {
    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.g.len() * 8 + self.side.len() + self.part.len() * 8
    }
}

impl State {
    /// The start at rounded multipliers: nothing held, no site in part.
    pub fn start(k: &Kernel, from: &Multipliers, fixed: &[Fixing]) -> Self {
        let (n, m) = (k.sites(), k.rows());
        let side = (0..m)
            .map(|r| match (k.up[r].is_finite(), k.lo[r].is_finite()) {
                (true, true) if from.rows[r] / k.unit > k.up[r] / 2.0 => Side::Up,
                (_, true) => Side::Lo,
                (true, false) => Side::Up,
                (false, false) => Side::Zero,
            })
            .collect();
        let mut s = Self {
            fixed: fixed.to_vec(),
            y: vec![0.0; n],
            high: vec![false; n],
            rho: vec![0.0; n],
            a: vec![0.0; m],
            u: vec![0.0; m],
            side,
            part: Vec::new(),
            held: Vec::new(),
            part_at: vec![NONE; n],
            held_at: vec![NONE; m],
            g: Vec::new(),
            stride: 0,
            value: 0.0,
            site_norm: vec![1.0; n],
            row_norm: vec![1.0; m],
            age: 0,
        };
        s.compute(k);
        s
    }

    /// What a waiting node needs to be taken up again.
    pub fn stored(&self, with_inverse: bool) -> Stored {
        let k = self.part.len();
        let mut g = Vec::new();
        if with_inverse {
            g.reserve(k * k);
            for f in 0..k {
                g.extend_from_slice(&self.g[f * self.stride..f * self.stride + k]);
            }
        }
        Stored { side: self.side.clone(), part: self.part.clone(), held: self.held.clone(), g }
    }

    /// Takes up a stored basis under these fixings; false when it turns out to be singular.
    pub fn take_up(&mut self, k: &Kernel, stored: Stored, fixed: &[Fixing]) -> bool {
        self.fixed.copy_from_slice(fixed);
        self.side = stored.side;
        self.part = stored.part;
        self.held = stored.held;
        self.part_at.fill(NONE);
        self.held_at.fill(NONE);
        for (at, &i) in self.part.iter().enumerate() {
            self.part_at[i as usize] = at as u32;
        }
        for (at, &r) in self.held.iter().enumerate() {
            self.held_at[r as usize] = at as u32;
        }
        let size = self.part.len();
        if stored.g.len() == size * size {
            self.g = stored.g;
            self.stride = size;
            self.age = 60;
            self.compute(k);
            true
        } else {
            self.refactor(k)
        }
    }

    /// The lower bound of a site.
    #[inline]
    pub fn least(&self, i: usize) -> f64 {
        if self.fixed[i] == Fixing::Open { 1.0 } else { 0.0 }
    }

    /// The upper bound of a site.
    #[inline]
    pub fn most(&self, i: usize) -> f64 {
        if self.fixed[i] == Fixing::Shut { 0.0 } else { 1.0 }
    }

    /// Computes `G` from the basis and all else from `G`; false when the basis is singular.
    pub fn refactor(&mut self, k: &Kernel) -> bool {
        let size = self.part.len();
        self.stride = size + 8;
        self.g.clear();
        self.g.resize(self.stride * self.stride, 0.0);
        // A_KF by rows of held, columns of part.
        for (f, &i) in self.part.iter().enumerate() {
            k.column(i as usize, |r, c| {
                if self.held_at[r] != NONE {
                    self.g[self.held_at[r] as usize * self.stride + f] = c;
                }
            });
        }
        if !invert(&mut self.g, size, self.stride) {
            return false;
        }
        self.age = 0;
        self.compute(k);
        true
    }

    /// Computes multipliers, worths, openings and sums from basis, fixings and `G`.
    pub fn compute(&mut self, k: &Kernel) {
        let size = self.part.len();
        self.rho.copy_from_slice(&k.profit);
        for r in 0..k.rows() {
            self.u[r] = match self.side[r] {
                Side::Lo => k.lo[r],
                Side::Up => k.up[r],
                Side::Zero | Side::Held => 0.0,
            };
            let x = self.u[r];
            if x != 0.0 {
                k.row(r, |i, c| self.rho[i] += x * c);
            }
        }
        let mut held = vec![0f64; size];
        for (f, &i) in self.part.iter().enumerate() {
            let x = self.rho[i as usize];
            if x != 0.0 {
                for (h, g) in held.iter_mut().zip(&self.g[f * self.stride..]) {
                    *h -= x * g;
                }
            }
        }
        for (at, &r) in self.held.iter().enumerate() {
            let x = held[at];
            self.u[r as usize] = x;
            k.row(r as usize, |i, c| self.rho[i] += x * c);
        }
        self.a.fill(0.0);
        for i in 0..k.sites() {
            if self.part_at[i] != NONE {
                self.rho[i] = 0.0;
                continue;
            }
            self.high[i] = match self.fixed[i] {
                Fixing::Free => self.rho[i] > 1e-9 || self.rho[i] > -1e-9 && self.high[i],
                Fixing::Open => true,
                Fixing::Shut => false,
            };
            self.y[i] = f64::from(u8::from(self.high[i]));
            if self.high[i] {
                k.column(i, |r, c| self.a[r] += c);
            }
        }
        let missing: Vec<f64> = self.held.iter().map(|&r| k.bend[r as usize] - self.a[r as usize]).collect();
        for f in 0..size {
            let i = self.part[f] as usize;
            let x: f64 = self.g[f * self.stride..f * self.stride + size].iter().zip(&missing).map(|(g, b)| g * b).sum();
            self.y[i] = x;
            k.column(i, |r, c| self.a[r] += c * x);
        }
        self.value = 0.0;
        for r in 0..k.rows() {
            let most = if r < k.covers && k.up[r].is_finite() { k.up[r] } else { 0.0 };
            self.value += (most - self.u[r]) * k.bend[r];
        }
        for i in 0..k.sites() {
            if self.part_at[i] == NONE {
                self.value += self.rho[i] * self.y[i];
            }
        }
    }

    /// Settles a site outside or inside of the basis; one outside moves to where it must be.
    pub fn fix(&mut self, k: &Kernel, i: usize, to: Fixing) {
        self.fixed[i] = to;
        if self.part_at[i] == NONE && to != Fixing::Free {
            let y = if to == Fixing::Open { 1.0 } else { 0.0 };
            let by = y - self.y[i];
            self.high[i] = to == Fixing::Open;
            if by != 0.0 {
                self.value += self.rho[i] * by;
                self.shift(k, &[(i, by)], None);
            }
        }
    }

    /// Moves sites outside of the basis, and those in it so that held rows stay where they are; `along` is one more move of those in it.
    pub fn shift(&mut self, k: &Kernel, moves: &[(usize, f64)], along: Option<&[f64]>) {
        let size = self.part.len();
        let mut by = along.map_or_else(|| vec![0f64; size], <[f64]>::to_vec);
        self.answer(k, moves, &mut by);
        for &(i, d) in moves {
            self.y[i] += d;
            k.column(i, |r, c| self.a[r] += c * d);
        }
        for (f, &d) in by.iter().enumerate() {
            if d != 0.0 {
                let i = self.part[f] as usize;
                self.y[i] += d;
                k.column(i, |r, c| self.a[r] += c * d);
            }
        }
    }

    /// Adds to `by` how sites in part answer these moves.
    pub fn answer(&self, k: &Kernel, moves: &[(usize, f64)], by: &mut [f64]) {
        let mut v: Vec<(usize, f64)> = Vec::new();
        for &(i, d) in moves {
            k.column(i, |r, c| {
                if self.held_at[r] != NONE {
                    v.push((self.held_at[r] as usize, c * d));
                }
            });
        }
        if v.len() > 64 {
            let mut dense = vec![0f64; self.held.len()];
            for &(at, d) in &v {
                dense[at] += d;
            }
            for (f, b) in by.iter_mut().enumerate() {
                *b -= self.g[f * self.stride..f * self.stride + dense.len()].iter().zip(&dense).map(|(g, d)| g * d).sum::<f64>();
            }
        } else {
            for (f, b) in by.iter_mut().enumerate() {
                let row = &self.g[f * self.stride..];
                for &(at, d) in &v {
                    *b -= row[at] * d;
                }
            }
        }
    }
}

/// Gauss–Jordan in place with row exchange; false when a pivot is too small.
fn invert(m: &mut [f64], size: usize, stride: usize) -> bool {
    let mut swapped = Vec::with_capacity(size);
    let mut top = vec![0f64; size];
    for c in 0..size {
        let best = (c..size).max_by(|&a, &b| m[a * stride + c].abs().total_cmp(&m[b * stride + c].abs())).unwrap_or(c);
        let pivot = m[best * stride + c];
        if pivot.abs() < 1e-9 {
            return false;
        }
        if best != c {
            for k in 0..size {
                m.swap(c * stride + k, best * stride + k);
            }
        }
        swapped.push(best);
        m[c * stride + c] = 1.0;
        for x in &mut m[c * stride..c * stride + size] {
            *x /= pivot;
        }
        top.copy_from_slice(&m[c * stride..c * stride + size]);
        for r in 0..size {
            let x = m[r * stride + c];
            if r != c && x != 0.0 {
                m[r * stride + c] = 0.0;
                for (v, t) in m[r * stride..r * stride + size].iter_mut().zip(&top) {
                    *v -= x * t;
                }
            }
        }
    }
    for c in (0..size).rev() {
        if swapped[c] != c {
            for r in 0..size {
                m.swap(r * stride + c, r * stride + swapped[c]);
            }
        }
    }
    true
}
