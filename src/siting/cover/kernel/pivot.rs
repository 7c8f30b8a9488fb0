//! The dual simplex on the kernel: who leaves, how far the multipliers go, who enters, and the four ways in which `G` changes.

use super::state::{NONE, Side, State};
use super::{Kernel, Multipliers};
use crate::siting::cover::proof::prove;
use crate::siting::model::Fixing;

/// How a run of the simplex ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// At the optimum of the relaxation.
    Optimal,
    /// Proven in whole numbers that nothing below is worth more than this bound, which is at most the cut.
    Closed(i64),
    /// The pivots allowed are used up.
    Limit,
    /// Floats failed: no basis, or an end that whole numbers do not confirm.
    Lost,
}

const FAR: f64 = 1e-7;
const SMALL: f64 = 1e-9;

#[derive(Clone, Copy)]
enum Leave {
    Site(usize),
    Row(usize),
}

#[derive(Clone, Copy, PartialEq)]
enum Enter {
    Site(usize),
    /// The held row at this place leaves the kernel.
    Row(usize),
    /// The leaving row goes to its other slope.
    Flip,
    Nothing,
}

/// What came of one pivot.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Done,
    /// Nothing blocks, and the bound falls with this slope.
    Endless(f64),
    /// The pivot is too small, or two ways to compute it disagree: nothing was changed.
    Doubtful,
}

/// Buffers of a run.
#[derive(Debug, Default)]
pub struct Work {
    alpha: Vec<f64>,
    touched: Vec<u32>,
    seen: Vec<bool>,
    /// The direction of the held multipliers.
    along: Vec<f64>,
    breaks: Vec<(f64, f64, u32)>,
    moves: Vec<(usize, f64)>,
    column: Vec<f64>,
    row: Vec<f64>,
}

impl Kernel<'_> {
    /// Pivots until optimal, `limit` pivots are used, or the bound is proven to be at most `cut`.
    pub fn run(&self, s: &mut State, work: &mut Work, cut: i64, limit: usize, mut halt: impl FnMut() -> bool) -> End {
        work.alpha.resize(self.sites(), 0.0);
        work.seen.resize(self.sites(), false);
        let below = (cut as f64 + 0.999_999 - self.p.offset as f64) / self.unit;
        let mut checked = f64::INFINITY;
        let mut afresh = false;
        for pivots in 0.. {
            // A float below the cut is asked of whole numbers; when they say no, again after it has fallen by one more.
            if s.value < below.min(checked) {
                let bound = prove(self.p, &self.multipliers(&s.u), &s.fixed).bound();
                if bound <= cut {
                    return End::Closed(bound);
                }
                checked = s.value - 1.0 / self.unit;
            }
            // Far more than any run takes: a circle that the uneven profits did not break.
            if pivots > 2000 + 10 * (self.sites() + self.rows()) {
                return End::Lost;
            }
            if pivots >= limit || pivots & 63 == 63 && halt() {
                return End::Limit;
            }
            if s.age > 150.max(s.part.len() / 2) && !s.refactor(self) {
                return End::Lost;
            }
            let Some(leave) = self.leaving(s, work) else {
                if s.age == 0 || afresh {
                    return End::Optimal;
                }
                // Declared only after everything was computed afresh.
                afresh = s.age < 40;
                if afresh {
                    s.compute(self);
                } else if !s.refactor(self) {
                    return End::Lost;
                }
                continue;
            };
            afresh = false;
            match self.pivot(s, work, leave) {
                Step::Done => s.age += 1,
                // No multiplier blocks: a ray along which the bound falls without end, or so the floats say.
                Step::Endless(slope) => return self.ray(s, work, leave, slope, cut),
                Step::Doubtful => {
                    if s.age == 0 || !s.refactor(self) {
                        return End::Lost;
                    }
                }
            }
        }
        End::Lost
    }

    /// How far row `r`, not held, lies on the wrong side of its bend: above when positive.
    fn wrong(&self, s: &State, r: usize) -> f64 {
        let by = s.a[r] - self.bend[r];
        match s.side[r] {
            Side::Held => 0.0,
            Side::Up => by.max(0.0),
            Side::Lo => by.min(0.0),
            Side::Zero => by,
        }
    }

    /// The site or row with the largest infeasibility by its steepest-edge norm: exact for the twelve best by stale norms.
    fn leaving(&self, s: &mut State, work: &mut Work) -> Option<Leave> {
        const WIDE: usize = 12;
        let mut best: [(f64, Leave); WIDE] = [(0.0, Leave::Row(0)); WIDE];
        let mut count = 0;
        let mut consider = |score: f64, leave: Leave| {
            if count < WIDE || score > best[WIDE - 1].0 {
                let mut at = count.min(WIDE - 1);
                while at > 0 && best[at - 1].0 < score {
                    best[at] = best[at - 1];
                    at -= 1;
                }
                best[at] = (score, leave);
                count = (count + 1).min(WIDE);
            }
        };
        for (f, &i) in s.part.iter().enumerate() {
            let i = i as usize;
            let by = (s.y[i] - s.most(i)).max(s.least(i) - s.y[i]);
            if by > FAR {
                consider(by * by / f64::from(s.site_norm[i]), Leave::Site(f));
            }
        }
        for r in 0..self.rows() {
            let by = self.wrong(s, r);
            if by.abs() > FAR {
                consider(by * by / f64::from(s.row_norm[r]), Leave::Row(r));
            }
        }
        let mut found: Option<(f64, Leave)> = None;
        for &(_, leave) in &best[..count] {
            let (by, norm) = match leave {
                Leave::Site(f) => {
                    let i = s.part[f] as usize;
                    let norm = s.g[f * s.stride..f * s.stride + s.part.len()].iter().map(|x| x * x).sum::<f64>();
                    s.site_norm[i] = norm.max(1e-6) as f32;
                    ((s.y[i] - s.most(i)).max(s.least(i) - s.y[i]), norm)
                }
                Leave::Row(r) => {
                    self.through(s, r, &mut work.row);
                    let norm = 1.0 + work.row.iter().map(|x| x * x).sum::<f64>();
                    s.row_norm[r] = norm as f32;
                    (self.wrong(s, r), norm)
                }
            };
            let score = by * by / norm.max(1e-6);
            if found.is_none_or(|(b, _)| score > b) {
                found = Some((score, leave));
            }
        }
        found.map(|f| f.1)
    }

    /// `A_rF G`.
    fn through(&self, s: &State, r: usize, into: &mut Vec<f64>) {
        let size = s.part.len();
        into.clear();
        into.resize(size, 0.0);
        self.row(r, |i, c| {
            if s.part_at[i] != NONE {
                let f = s.part_at[i] as usize;
                for (d, g) in into.iter_mut().zip(&s.g[f * s.stride..f * s.stride + size]) {
                    *d += c * g;
                }
            }
        });
    }

    /// The dual direction of who leaves, and what it does to the worth of each site outside of the kernel. Returns the sign and the slope.
    fn direction(&self, s: &State, work: &mut Work, leave: Leave, up: Option<bool>) -> (f64, f64) {
        for &i in &work.touched {
            (work.alpha[i as usize], work.seen[i as usize]) = (0.0, false);
        }
        work.touched.clear();
        let size = s.part.len();
        let (sign, far) = match leave {
            Leave::Site(f) => {
                let i = s.part[f] as usize;
                let above = up.unwrap_or(s.y[i] > s.most(i));
                let sign = if above { 1.0 } else { -1.0 };
                work.along.clear();
                work.along.extend(s.g[f * s.stride..f * s.stride + size].iter().map(|g| sign * g));
                // Asked to go up, a site counts from 0 (it is to be shut); asked down, from 1.
                let far = match up {
                    Some(true) => s.y[i],
                    Some(false) => 1.0 - s.y[i],
                    None if above => s.y[i] - s.most(i),
                    None => s.least(i) - s.y[i],
                };
                (sign, far)
            }
            Leave::Row(r) => {
                let by = self.wrong(s, r);
                let sign = if by > 0.0 { -1.0 } else { 1.0 };
                self.through(s, r, &mut work.row);
                work.along.clear();
                work.along.extend(work.row.iter().map(|d| -sign * d));
                (sign, by.abs())
            }
        };
        let Work { alpha, touched, seen, along, .. } = work;
        let mut add = |r: usize, x: f64| {
            self.row(r, |i, c| {
                if s.part_at[i] == NONE {
                    if !seen[i] {
                        seen[i] = true;
                        touched.push(i as u32);
                    }
                    alpha[i] += x * c;
                }
            });
        };
        for (at, &x) in along.iter().enumerate() {
            if x.abs() > 1e-12 {
                add(s.held[at] as usize, x);
            }
        }
        if let Leave::Row(r) = leave {
            add(r, sign);
        }
        (sign, far)
    }

    /// The first held row that would leave its slopes, and the crossing of the worths of free sites with 0, sorted, up to there.
    fn blocks(&self, s: &State, work: &mut Work, leave: Leave) -> (f64, Enter) {
        let (mut nearest, mut enter, mut size) = (f64::INFINITY, Enter::Nothing, 0.0);
        for (at, &x) in work.along.iter().enumerate() {
            let r = s.held[at] as usize;
            if x.abs() > SMALL {
                let end = if x > 0.0 { self.up[r] } else { self.lo[r] };
                let t = ((end - s.u[r]) / x).max(0.0);
                if t < nearest - 1e-12 || t <= nearest + 1e-12 && x.abs() > size {
                    if t.is_finite() {
                        (nearest, enter, size) = (t.min(nearest), Enter::Row(at), x.abs());
                    }
                }
            }
        }
        if let Leave::Row(r) = leave {
            let span = self.up[r] - self.lo[r];
            if s.side[r] != Side::Zero && span < nearest {
                (nearest, enter) = (span, Enter::Flip);
            }
        }
        work.breaks.clear();
        for &i in &work.touched {
            let j = i as usize;
            let alpha = work.alpha[j];
            if s.fixed[j] == Fixing::Free && alpha.abs() > SMALL && s.high[j] == (alpha < 0.0) {
                let t = (-s.rho[j] / alpha).max(0.0);
                if t <= nearest + 1e-12 {
                    work.breaks.push((t, alpha.abs(), i));
                }
            }
        }
        work.breaks.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        (nearest, enter)
    }

    /// One pivot.
    fn pivot(&self, s: &mut State, work: &mut Work, leave: Leave) -> Step {
        let (sign, far) = self.direction(s, work, leave, None);
        let (nearest, mut enter) = self.blocks(s, work, leave);
        // Long step: worths may cross 0 while the bound still falls.
        let (mut slope, mut step) = (-far, nearest);
        let mut passed = work.breaks.len();
        for (at, &(t, alpha, _)) in work.breaks.iter().enumerate() {
            slope += alpha;
            if slope >= 0.0 {
                // Of crossings at the same place the one with the largest pivot; an earlier one when all are too small.
                let same = (at..work.breaks.len()).take_while(|&b| work.breaks[b].0 <= t + 1e-10);
                let pick = same.fold(at, |best, b| if work.breaks[b].1 > work.breaks[best].1 { b } else { best });
                let pick =
                    if work.breaks[pick].1 >= 1e-5 { pick } else { (0..at).rev().find(|&b| work.breaks[b].1 >= 1e-5).unwrap_or(pick) };
                enter = Enter::Site(work.breaks[pick].2 as usize);
                (step, passed) = if pick < at { (work.breaks[pick].0, pick) } else { (t, at + 1) };
                break;
            }
        }
        if enter == Enter::Nothing {
            return Step::Endless(slope);
        }
        let (mut slope, mut from, mut fall) = (-far, 0.0, 0.0);
        for &(t, alpha, _) in &work.breaks[..passed] {
            fall += slope * (t - from);
            (from, slope) = (t, slope + alpha);
        }
        fall += slope * (step - from);
        // Who has crossed moves to its other bound; who enters stays, whichever of those at the same place it is.
        work.moves.clear();
        for &(_, _, i) in &work.breaks[..passed] {
            let j = i as usize;
            if enter != Enter::Site(j) {
                work.moves.push((j, if s.high[j] { -1.0 } else { 1.0 }));
            }
        }
        let size = s.part.len();
        // Trust is checked before anything is changed.
        let alpha_in = if let Enter::Site(j) = enter { work.alpha[j] } else { 0.0 };
        work.column.clear();
        work.column.resize(size, 0.0);
        match enter {
            Enter::Site(j) => {
                s.answer(self, &[(j, -1.0)], &mut work.column);
                let again = match leave {
                    Leave::Site(f) => sign * work.column[f],
                    Leave::Row(r) => {
                        let mut x = 0.0;
                        let mut own = 0.0;
                        self.column(j, |q, c| {
                            if q == r {
                                own = c;
                            }
                            if s.held_at[q] != NONE {
                                x += c * work.row[s.held_at[q] as usize];
                            }
                        });
                        sign * (own - x)
                    }
                };
                if (again - alpha_in).abs() > 1e-6 * (1.0 + alpha_in.abs()) || alpha_in.abs() < FAR {
                    return Step::Doubtful;
                }
            }
            Enter::Row(q) => {
                if work.along[q].abs() < FAR {
                    return Step::Doubtful;
                }
                for (f, x) in work.column.iter_mut().enumerate() {
                    *x = s.g[f * s.stride + q];
                }
            }
            Enter::Flip | Enter::Nothing => (),
        }
        self.advance(s, work, leave, sign, step);
        s.value += fall;
        for &(j, d) in &work.moves {
            s.high[j] = d > 0.0;
        }
        if let Enter::Flip = enter {
            let Leave::Row(r) = leave else { return Step::Doubtful };
            (s.side[r], s.u[r]) = if s.side[r] == Side::Up { (Side::Lo, self.lo[r]) } else { (Side::Up, self.up[r]) };
            s.shift(self, &work.moves, None);
            return Step::Done;
        }
        self.move_on(s, work, leave, enter, sign);
        self.exchange(s, work, leave, enter, sign, alpha_in);
        Step::Done
    }

    /// Moves the multipliers along by `step`.
    fn advance(&self, s: &mut State, work: &Work, leave: Leave, sign: f64, step: f64) {
        if step != 0.0 {
            for (at, &x) in work.along.iter().enumerate() {
                s.u[s.held[at] as usize] += step * x;
            }
            for &i in &work.touched {
                s.rho[i as usize] += step * work.alpha[i as usize];
            }
            match leave {
                Leave::Row(r) => s.u[r] += sign * step,
                Leave::Site(f) => s.rho[s.part[f] as usize] = sign * step,
            }
        }
    }

    /// Moves the openings: sites that crossed, then who enters so far that who leaves comes to its bound or bend.
    fn move_on(&self, s: &mut State, work: &mut Work, leave: Leave, enter: Enter, sign: f64) {
        let size = s.part.len();
        let mut by = vec![0f64; size];
        s.answer(self, &work.moves, &mut by);
        let against = if matches!(enter, Enter::Site(_)) { -1.0 } else { 1.0 };
        let theta = match leave {
            Leave::Site(f) => {
                let i = s.part[f] as usize;
                let bound = if sign > 0.0 { s.most(i) } else { s.least(i) };
                (bound - s.y[i] - by[f]) / (against * work.column[f])
            }
            Leave::Row(r) => {
                let mut moved = s.a[r];
                self.row(r, |i, c| {
                    if s.part_at[i] != NONE {
                        moved += c * by[s.part_at[i] as usize];
                    }
                });
                for &(j, d) in &work.moves {
                    self.column(j, |q, c| {
                        if q == r {
                            moved += c * d;
                        }
                    });
                }
                let rate = match enter {
                    Enter::Site(j) => work.alpha[j] * sign,
                    Enter::Row(q) => work.row[q],
                    _ => 1.0,
                };
                (self.bend[r] - moved) / rate
            }
        };
        for (b, c) in by.iter_mut().zip(&work.column) {
            *b += against * theta * c;
        }
        // Moves of sites outside were answered in `by` already.
        for &(j, d) in &work.moves {
            s.y[j] += d;
            self.column(j, |r, c| s.a[r] += c * d);
        }
        if let Enter::Site(j) = enter {
            s.y[j] += theta;
            self.column(j, |r, c| s.a[r] += c * theta);
        }
        for (f, &d) in by.iter().enumerate() {
            if d != 0.0 {
                let i = s.part[f] as usize;
                s.y[i] += d;
                self.column(i, |r, c| s.a[r] += c * d);
            }
        }
        for (at, &r) in s.held.iter().enumerate() {
            if enter != Enter::Row(at) {
                s.a[r as usize] = self.bend[r as usize];
            }
        }
        if let Leave::Row(r) = leave {
            s.a[r] = self.bend[r];
        }
    }

    /// Changes the basis and `G`.
    fn exchange(&self, s: &mut State, work: &mut Work, leave: Leave, enter: Enter, sign: f64, alpha: f64) {
        let size = s.part.len();
        if let Leave::Site(f) = leave {
            let i = s.part[f] as usize;
            s.high[i] = sign > 0.0;
            s.y[i] = if sign > 0.0 { s.most(i) } else { s.least(i) };
            s.part_at[i] = NONE;
        }
        if let Enter::Row(q) = enter {
            let r = s.held[q] as usize;
            (s.side[r], s.u[r]) = if work.along[q] > 0.0 { (Side::Up, self.up[r]) } else { (Side::Lo, self.lo[r]) };
            s.held_at[r] = NONE;
        }
        let stride = s.stride;
        match (leave, enter) {
            (Leave::Site(f), Enter::Site(j)) => {
                let pivot = work.column[f];
                work.row.clear();
                work.row.extend(s.g[f * stride..f * stride + size].iter().map(|g| g / pivot));
                for k in (0..size).filter(|&k| k != f) {
                    take(&mut s.g[k * stride..], &work.row, work.column[k]);
                }
                s.g[f * stride..f * stride + size].copy_from_slice(&work.row);
                s.part[f] = j as u32;
                (s.part_at[j], s.rho[j]) = (f as u32, 0.0);
            }
            (Leave::Site(f), Enter::Row(q)) => {
                let pivot = work.column[f];
                work.row.clear();
                work.row.extend(s.g[f * stride..f * stride + size].iter().map(|g| g / pivot));
                for k in (0..size).filter(|&k| k != f) {
                    take(&mut s.g[k * stride..], &work.row, work.column[k]);
                }
                // The last row and column fill the gap.
                let last = size - 1;
                if f != last {
                    s.g.copy_within(last * stride..last * stride + size, f * stride);
                    s.part[f] = s.part[last];
                    s.part_at[s.part[f] as usize] = f as u32;
                }
                if q != last {
                    for k in 0..last {
                        s.g[k * stride + q] = s.g[k * stride + last];
                    }
                    s.held[q] = s.held[last];
                    s.held_at[s.held[q] as usize] = q as u32;
                }
                s.part.pop();
                s.held.pop();
            }
            (Leave::Row(r), Enter::Site(j)) => {
                if size + 1 > stride {
                    widen(s, size + 1 + size / 8 + 8);
                }
                let stride = s.stride;
                // `alpha` is the Schur complement up to sign; `row` is A_rF G.
                let schur = alpha * sign;
                for x in &mut work.row {
                    *x /= schur;
                }
                for k in 0..size {
                    take(&mut s.g[k * stride..], &work.row, -work.column[k]);
                    s.g[k * stride + size] = -work.column[k] / schur;
                }
                for (k, x) in work.row.iter().enumerate() {
                    s.g[size * stride + k] = -x;
                }
                s.g[size * stride + size] = 1.0 / schur;
                (s.part_at[j], s.rho[j]) = (size as u32, 0.0);
                s.part.push(j as u32);
                (s.held_at[r], s.side[r]) = (size as u32, Side::Held);
                s.held.push(r as u32);
            }
            (Leave::Row(r), Enter::Row(q)) => {
                let pivot = work.row[q];
                for x in &mut work.row {
                    *x /= pivot;
                }
                work.row[q] = 1.0 - 1.0 / pivot;
                for k in 0..size {
                    take(&mut s.g[k * stride..], &work.row, work.column[k]);
                }
                s.held[q] = r as u32;
                (s.held_at[r], s.side[r]) = (q as u32, Side::Held);
            }
            _ => (),
        }
    }

    /// By how much the bound falls at least when the site in part is shut (`up`) or opened: one step of the dual simplex.
    pub fn probe(&self, s: &State, work: &mut Work, f: usize, up: bool) -> f64 {
        work.alpha.resize(self.sites(), 0.0);
        work.seen.resize(self.sites(), false);
        let leave = Leave::Site(f);
        let (_, far) = self.direction(s, work, leave, Some(up));
        let (nearest, _) = self.blocks(s, work, leave);
        let (mut slope, mut from, mut fall) = (-far, 0.0, 0.0);
        for &(t, alpha, _) in &work.breaks {
            fall += slope * (t - from);
            from = t;
            slope += alpha;
            if slope >= 0.0 {
                return -fall;
            }
        }
        if nearest.is_finite() { -(fall + slope * (nearest - from)) } else { 1e9 }
    }

    /// Goes far along a ray and asks whole numbers whether nothing is left.
    fn ray(&self, s: &State, work: &Work, leave: Leave, slope: f64, cut: i64) -> End {
        let below = (cut as f64 - self.p.offset as f64) / self.unit;
        let mut far = (s.value - below + 1.0).max(1.0) / slope.abs().max(1e-9);
        for _ in 0..6 {
            far *= 8.0;
            let mut u = s.u.clone();
            for (at, &x) in work.along.iter().enumerate() {
                u[s.held[at] as usize] += far * x;
            }
            if let Leave::Row(r) = leave {
                let sign = if self.wrong(s, r) > 0.0 { -1.0 } else { 1.0 };
                u[r] += far * sign;
            }
            let m: Multipliers = self.multipliers(&u);
            let bound = prove(self.p, &m, &s.fixed).bound();
            if bound <= cut {
                return End::Closed(bound);
            }
        }
        End::Lost
    }
}

/// `row -= x * by`.
#[inline]
fn take(row: &mut [f64], by: &[f64], x: f64) {
    if x != 0.0 {
        for (g, b) in row.iter_mut().zip(by) {
            *g -= x * b;
        }
    }
}

/// Gives `G` room for more.
fn widen(s: &mut State, stride: usize) {
    let size = s.part.len();
    let mut g = vec![0f64; stride * stride];
    for k in 0..size {
        g[k * stride..k * stride + size].copy_from_slice(&s.g[k * s.stride..k * s.stride + size]);
    }
    (s.g, s.stride) = (g, stride);
}
