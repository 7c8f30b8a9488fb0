//! A plan in hand, with what each change of one site would be worth, kept up to date.

use super::problem::{Problem, excess};

/// Open sites with the counts that depend on them.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// What it is a plan of.
    pub p: &'a Problem,
    /// Whether each site is open.
    pub open: Vec<bool>,
    /// The open sites, in no order.
    pub chosen: Vec<u32>,
    place: Vec<u32>,
    /// How many open sites each row has.
    covered: Vec<u32>,
    /// The sum of the numbers of a row's open sites: with one open, it is that one.
    owner: Vec<u64>,
    /// Of a shut site what opening it adds, of an open one what shutting it loses.
    pub worth: Vec<i64>,
    /// The sum of each side row.
    totals: Vec<i128>,
    /// Sites of which a swap may have become better since they were last looked at.
    pub fresh: Vec<bool>,
    /// What each site is worth where nothing else is open: a swap gains no more than that less what it shuts loses.
    pub full: Vec<i64>,
    /// The least loss of an open site when each site was last looked at.
    pub seen: Vec<i64>,
    /// What a row is worth here: hard ones more than all else together, as far as that can be counted.
    weight: Vec<i64>,
    /// The value, covered hard rows counted like soft ones.
    pub value: i64,
    missing: usize,
    /// What all hard rows together count for in `value`.
    heavy: i64,
    overlap: Vec<i64>,
    met: Vec<u32>,
}

impl<'a> Plan<'a> {
    /// The plan in which nothing free is open.
    pub fn empty(p: &'a Problem) -> Self {
        let n = p.sites();
        let hard = p.hard.iter().filter(|&&h| h).count() as i64;
        let all: i128 = p.weight.iter().zip(&p.need).map(|(&w, &b)| i128::from(w) * i128::from(b)).sum::<i128>()
            + p.profit.iter().map(|&c| i128::from(c).abs()).sum::<i128>()
            + 1;
        let heavy = i64::try_from(all.min(i128::from((1i64 << 60) / (hard + 1)))).unwrap_or(1);
        let weight: Vec<i64> = p.weight.iter().zip(&p.hard).map(|(&w, &h)| if h { heavy } else { w }).collect();
        let worth: Vec<i64> = (0..n).map(|i| p.profit[i] + p.columns.get(i).iter().map(|&r| weight[r as usize]).sum::<i64>()).collect();
        Self {
            p,
            open: vec![false; n],
            chosen: Vec::new(),
            place: vec![0; n],
            covered: vec![0; p.row_count()],
            owner: vec![0; p.row_count()],
            full: worth.clone(),
            worth,
            totals: vec![0; p.sides.len()],
            fresh: vec![true; n],
            seen: vec![i64::MIN; n],
            weight,
            value: p.offset,
            missing: hard as usize,
            heavy: heavy * hard,
            overlap: vec![0; n],
            met: Vec::new(),
        }
    }

    /// The value of the plan when it keeps all rows.
    pub fn kept(&self) -> Option<i64> {
        let sides = || self.p.sides.iter().zip(&self.totals).all(|(s, &t)| excess(s, t) == 0);
        (self.missing == 0 && sides()).then(|| self.value - self.heavy)
    }

    /// Opens these sites and shuts all others.
    pub fn become_like(&mut self, open: &[bool]) {
        for i in 0..open.len() {
            if self.open[i] && !open[i] {
                self.remove(i as u32);
            }
        }
        for i in 0..open.len() {
            if !self.open[i] && open[i] {
                self.add(i as u32);
            }
        }
    }

    /// Whether no side row is broken by more once `out` is shut and `into` opened.
    pub fn fits(&self, out: Option<u32>, into: Option<u32>) -> bool {
        let terms = |i: Option<u32>| i.map_or(&[][..], |i| self.p.sides_of.get(i as usize));
        let (mut a, mut b) = (terms(out).iter().peekable(), terms(into).iter().peekable());
        loop {
            let s = match (a.peek(), b.peek()) {
                (None, None) => return true,
                (Some(x), None) => x.0,
                (None, Some(y)) => y.0,
                (Some(x), Some(y)) => x.0.min(y.0),
            };
            let minus = a.next_if(|x| x.0 == s).map_or(0, |x| i128::from(x.1));
            let plus = b.next_if(|x| x.0 == s).map_or(0, |x| i128::from(x.1));
            let (side, total) = (&self.p.sides[s as usize], self.totals[s as usize]);
            if excess(side, total - minus + plus) > excess(side, total) {
                return false;
            }
        }
    }

    /// Whether opening a site brings a side row that asks for more nearer to its bound.
    pub fn helps(&self, site: u32) -> bool {
        self.p.sides_of.get(site as usize).iter().any(|&(s, c)| {
            let (side, total) = (&self.p.sides[s as usize], self.totals[s as usize]);
            excess(side, total + i128::from(c)) < excess(side, total)
        })
    }

    /// Opens a site.
    pub fn add(&mut self, site: u32) {
        let i = site as usize;
        debug_assert!(!self.open[i]);
        self.value += self.worth[i];
        self.open[i] = true;
        self.place[i] = self.chosen.len() as u32;
        self.chosen.push(site);
        let p = self.p;
        for &r in p.columns.get(i) {
            let r = r as usize;
            let (before, need, w) = (self.covered[r], p.need[r], self.weight[r]);
            self.covered[r] += 1;
            if before + 1 == need {
                self.missing -= usize::from(p.hard[r]);
                for &k in p.rows.get(r) {
                    if !self.open[k as usize] {
                        self.worth[k as usize] -= w;
                        self.fresh[k as usize] = true;
                    }
                }
            } else if before == need {
                if need == 1 {
                    self.worth[self.owner[r] as usize] -= w;
                    for &k in p.rows.get(r) {
                        self.fresh[k as usize] = true;
                    }
                } else {
                    for &k in p.rows.get(r) {
                        self.fresh[k as usize] = true;
                        if self.open[k as usize] && k != site {
                            self.worth[k as usize] -= w;
                        }
                    }
                }
            }
            self.owner[r] += u64::from(site);
        }
        for &(s, c) in p.sides_of.get(i) {
            self.totals[s as usize] += i128::from(c);
        }
    }

    /// Shuts a site.
    pub fn remove(&mut self, site: u32) {
        let i = site as usize;
        debug_assert!(self.open[i]);
        self.value -= self.worth[i];
        self.open[i] = false;
        let at = self.place[i] as usize;
        self.chosen.swap_remove(at);
        if let Some(&moved) = self.chosen.get(at) {
            self.place[moved as usize] = at as u32;
        }
        let p = self.p;
        for &r in p.columns.get(i) {
            let r = r as usize;
            let (before, need, w) = (self.covered[r], p.need[r], self.weight[r]);
            self.covered[r] -= 1;
            self.owner[r] -= u64::from(site);
            if before == need {
                self.missing += usize::from(p.hard[r]);
                for &k in p.rows.get(r) {
                    self.fresh[k as usize] = true;
                    if !self.open[k as usize] && k != site {
                        self.worth[k as usize] += w;
                    }
                }
            } else if before == need + 1 {
                if need == 1 {
                    self.worth[self.owner[r] as usize] += w;
                } else {
                    for &k in p.rows.get(r) {
                        if self.open[k as usize] {
                            self.worth[k as usize] += w;
                        }
                    }
                }
            }
        }
        self.fresh[i] = true;
        for &(s, c) in p.sides_of.get(i) {
            self.totals[s as usize] -= i128::from(c);
        }
    }

    /// The best open site to shut for opening `into`, with what the swap gains; ties go to the smaller number.
    pub fn best_out(&mut self, into: u32) -> Option<(i64, u32)> {
        let p = self.p;
        for &r in p.columns.get(into as usize) {
            let r = r as usize;
            if self.covered[r] == p.need[r] {
                let w = self.weight[r];
                let mut meet = |k: u32| {
                    if self.overlap[k as usize] == 0 {
                        self.met.push(k);
                    }
                    self.overlap[k as usize] += w;
                };
                if p.need[r] == 1 {
                    meet(self.owner[r] as u32);
                } else {
                    p.rows.get(r).iter().filter(|&&k| self.open[k as usize]).for_each(|&k| meet(k));
                }
            }
        }
        let mut best: Option<(i64, u32)> = None;
        for &k in &self.chosen {
            let delta = self.worth[into as usize] - self.worth[k as usize] + self.overlap[k as usize];
            if best.is_none_or(|(d, o)| delta > d || delta == d && k < o) && self.fits(Some(k), Some(into)) {
                best = Some((delta, k));
            }
        }
        for k in self.met.drain(..) {
            self.overlap[k as usize] = 0;
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Chance, question};
    use super::*;
    use crate::siting::cover::build::from_question;

    #[test]
    fn worths_stay_what_they_would_be_counted_afresh() {
        for seed in 0..300 {
            let mut chance = Chance::new(seed);
            let Some(p) = from_question(&question(&mut chance)) else { continue };
            if p.sites() == 0 {
                continue;
            }
            let mut plan = Plan::empty(&p);
            for _ in 0..30 {
                let i = chance.below(p.sites() as u64) as u32;
                let before = plan.value;
                if plan.open[i as usize] {
                    let loss = plan.worth[i as usize];
                    plan.remove(i);
                    assert_eq!((plan.value, plan.worth[i as usize]), (before - loss, loss));
                } else {
                    if let Some((delta, out)) = plan.best_out(i) {
                        let mut other = plan.clone();
                        other.remove(out);
                        other.add(i);
                        assert_eq!(other.value - before, delta);
                    }
                    plan.add(i);
                }
                let mut again = Plan::empty(&p);
                for k in plan.chosen.clone() {
                    again.add(k);
                }
                assert_eq!((again.value, &again.worth, again.missing), (plan.value, &plan.worth, plan.missing));
                assert!(plan.kept().is_none_or(|v| Some(v) == p.value(&plan.open)));
            }
        }
    }
}
