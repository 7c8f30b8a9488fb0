//! Better plans: greed, exchanges while they pay, and shaking when they no longer do.

use super::plan::{NONE, Plan};
use super::watch::Watch;
use crate::siting::Fixing;

/// A fixed sequence of numbers that look random (Steele, Lea and Flood 2014): the same plan on every run.
pub(in crate::siting) struct Dice(pub u64);

impl Dice {
    /// A number below `n`.
    pub fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        usize::try_from((u128::from(z) * n as u128) >> 64).unwrap_or(0)
    }
}

/// Shakes in one search at most: small questions are exhausted by then.
const MOST: usize = 2000;

impl Plan<'_> {
    /// Opens what gains most, as long as no row is broken further, until nothing gains and no row asks for more.
    pub fn fill(&mut self, watch: &Watch<'_>) {
        while self.room() && !watch.stopped() {
            let mut best: Option<(i128, i64, u32)> = None;
            for i in 0..self.town.sites as u32 {
                if self.slot[i as usize] != NONE || self.town.fixed[i as usize] == Fixing::Shut {
                    continue;
                }
                let (change, profit) = (self.breach_change(NONE, i), self.profit(NONE, i));
                let wanted = change < 0 || (change == 0 && profit > 0);
                if wanted && best.is_none_or(|(c, p, _)| (change.min(0), -profit) < (c.min(0), -p)) {
                    best = Some((change, profit, i));
                }
            }
            let Some((_, _, i)) = best else { break };
            self.exchange(NONE, i);
        }
    }

    /// The best single change: of the breach first, of the objective second.
    fn best_change(&mut self) -> Option<(u32, u32)> {
        let broken = self.breach() > 0;
        let plain = self.town.rows.all.len() <= 1;
        let mut best: Option<(i128, i64, u32, u32)> = None;
        let offer = |plan: &Self, out: u32, into: u32, profit: i64, best: &mut Option<(i128, i64, u32, u32)>| {
            if !broken && profit <= best.map_or(0, |b| b.1) {
                return;
            }
            let change = plan.breach_change(out, into);
            let wanted = if broken { change < 0 } else { change == 0 };
            if wanted && best.is_none_or(|(c, p, ..)| (change, -profit) < (c, -p)) {
                *best = Some((change, profit, out, into));
            }
        };
        let free: Vec<u32> =
            (0..self.town.sites as u32).filter(|&i| self.slot[i as usize] == NONE && self.town.fixed[i as usize] != Fixing::Shut).collect();
        for &i in &free {
            if self.room() {
                offer(self, NONE, i, self.profit(NONE, i), &mut best);
            }
        }
        // What each site is worth by itself; those that cannot be opened are worth less than anything.
        let mut worth = vec![i64::MIN / 4; self.town.sites];
        free.iter().for_each(|&i| worth[i as usize] = self.gain[i as usize] - self.town.opening[i as usize]);
        for &out in self.slots.iter().filter(|&&s| s != NONE && self.town.fixed[s as usize] != Fixing::Open) {
            if broken || !plain || self.town.opening[out as usize] > 0 {
                offer(self, out, NONE, self.profit(out, NONE), &mut best);
            }
            let slot = self.slot[out as usize] as usize;
            let base = self.town.opening[out as usize] - self.loss[slot];
            let overlap = &self.overlap[slot * self.town.sites..][..self.town.sites];
            let least = |best: Option<(i128, i64, u32, u32)>| if broken { i64::MIN / 8 } else { best.map_or(0, |b| b.1) - base };
            let mut bar = least(best);
            for (i, (worth, overlap)) in (0..).zip(worth.iter().zip(overlap)) {
                if worth + overlap > bar {
                    offer(self, out, i, base + worth + overlap, &mut best);
                    bar = least(best);
                }
            }
        }
        best.map(|(_, _, out, into)| (out, into))
    }

    /// Changes one site at a time while it pays.
    pub fn descend(&mut self, watch: &Watch<'_>) {
        while let Some((out, into)) = self.best_change() {
            self.exchange(out, into);
            if watch.stopped() {
                break;
            }
        }
    }

    /// Shuts `count` sites and opens as many others at random where rows allow it: anywhere, or all around one demand.
    fn shake(&mut self, dice: &mut Dice, count: usize, around: bool) {
        let (mut open, mut others): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        if around && self.town.demands() > 0 {
            for e in self.town.list(dice.roll(self.town.demands())) {
                let i = self.town.site[e];
                if self.slot[i as usize] == NONE { &mut others } else { &mut open }.push(i);
                if open.len() > count && others.len() > count {
                    break;
                }
            }
        } else {
            others.extend((0..self.town.sites as u32).filter(|i| self.slot[*i as usize] == NONE));
            open.extend((0..self.town.sites as u32).filter(|i| self.slot[*i as usize] != NONE));
        }
        open.retain(|i| self.town.fixed[*i as usize] != Fixing::Open);
        others.retain(|i| self.town.fixed[*i as usize] != Fixing::Shut);
        for _ in 0..count {
            if open.is_empty() {
                break;
            }
            let out = open.swap_remove(dice.roll(open.len()));
            let start = dice.roll(others.len());
            let allowed = (0..others.len()).map(|k| (start + k) % others.len()).find(|&k| self.breach_change(out, others[k]) <= 0);
            if let Some(k) = allowed {
                self.exchange(out, others.swap_remove(k));
            } else if self.breach_change(out, NONE) <= 0 {
                self.exchange(out, NONE);
            }
        }
    }

    /// Shakes and descends until `work` is used up, going back to the best plan when a try is worse.
    pub fn search(&mut self, work: u64, dice: &mut Dice, watch: &mut Watch<'_>) {
        let mut best = self.open();
        let mut score = (self.breach(), self.value);
        let end = self.work + work;
        for round in 0.. {
            if self.work >= end || round >= MOST.min(20 + 4 * self.town.sites) || watch.done() {
                break;
            }
            self.work += self.town.sites as u64;
            self.shake(dice, 2 + round / 2 % 3, round % 2 == 0);
            self.fill(watch);
            self.descend(watch);
            let now = (self.breach(), self.value);
            if now <= score {
                if now < score {
                    watch.offer(self.town, &self.open());
                }
                score = now;
                best = self.open();
            } else {
                self.become_plan(&best);
            }
        }
        self.become_plan(&best);
    }

    /// Opens exactly the sites of `open`.
    pub fn become_plan(&mut self, open: &[bool]) {
        let out: Vec<u32> = (0..self.town.sites as u32).filter(|&i| self.slot[i as usize] != NONE && !open[i as usize]).collect();
        let into: Vec<u32> = (0..self.town.sites as u32).filter(|&i| self.slot[i as usize] == NONE && open[i as usize]).collect();
        for k in 0..out.len().max(into.len()) {
            let (out, into) = (out.get(k).copied().unwrap_or(NONE), into.get(k).copied().unwrap_or(NONE));
            if into == NONE || out != NONE || self.room() {
                self.exchange(out, into);
            }
        }
    }
}
