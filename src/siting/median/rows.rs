//! Side rows as intervals, and what they settle of single sites.

use crate::siting::{Fixing, Sense, SideRow};

/// No bound on this side; far beyond any sum of 64-bit terms, and still safe to add to.
pub(in crate::siting) const FAR: i128 = i128::MAX / 8;

/// `low ≤ Σ terms ≤ high`.
#[derive(Debug, Clone)]
pub(in crate::siting) struct Row {
    pub terms: Vec<(u32, i64)>,
    pub low: i128,
    pub high: i128,
}

/// All side rows, and the rows of each site.
#[derive(Debug, Clone, Default)]
pub(in crate::siting) struct Rows {
    pub all: Vec<Row>,
    /// Row and coefficient, for each site.
    pub of: Vec<Vec<(u32, i64)>>,
}

impl Rows {
    /// Rows over the same sites with the same coefficients become one.
    pub fn read(sides: &[SideRow], sites: usize) -> Self {
        let mut all: Vec<Row> = Vec::new();
        for side in sides {
            let bound = i128::from(side.bound);
            let low = if side.sense == Sense::AtMost { -FAR } else { bound };
            let high = if side.sense == Sense::AtLeast { FAR } else { bound };
            if let Some(row) = all.iter_mut().find(|r| r.terms == side.terms) {
                (row.low, row.high) = (row.low.max(low), row.high.min(high));
            } else {
                all.push(Row { terms: side.terms.clone(), low, high });
            }
        }
        let mut of = vec![Vec::new(); sites];
        for (r, row) in all.iter().enumerate() {
            for &(i, a) in &row.terms {
                of[i as usize].push((u32::try_from(r).expect("fewer rows than 2³²"), a));
            }
        }
        Self { all, of }
    }

    /// Whether the plan keeps every row.
    pub fn hold(&self, open: &[bool]) -> bool {
        self.all.iter().all(|row| {
            let sum: i128 = row.terms.iter().filter(|(i, _)| open[*i as usize]).map(|&(_, a)| i128::from(a)).sum();
            row.low <= sum && sum <= row.high
        })
    }

    /// Settles every site that a row leaves one choice: `None` when a row cannot be kept, else whether anything was settled.
    pub fn propagate(&self, sites: &mut [Fixing]) -> Option<bool> {
        let mut settled = false;
        for row in &self.all {
            let (mut least, mut most) = (0i128, 0i128);
            for &(i, a) in &row.terms {
                let a = i128::from(a);
                match sites[i as usize] {
                    Fixing::Open => (least, most) = (least + a, most + a),
                    Fixing::Free => (least, most) = (least + a.min(0), most + a.max(0)),
                    Fixing::Shut => (),
                }
            }
            if least > row.high || most < row.low {
                return None;
            }
            for &(i, a) in &row.terms {
                let (site, size) = (&mut sites[i as usize], i128::from(a).abs());
                if *site != Fixing::Free {
                    continue;
                }
                // At its larger contribution the least sum grows by `size`; at its smaller one the most falls by it.
                let (up, down) = if a > 0 { (Fixing::Open, Fixing::Shut) } else { (Fixing::Shut, Fixing::Open) };
                if least + size > row.high {
                    *site = down;
                    most -= size;
                } else if most - size < row.low {
                    *site = up;
                    least += size;
                } else {
                    continue;
                }
                settled = true;
                if least > row.high || most < row.low {
                    return None;
                }
            }
        }
        Some(settled)
    }
}
