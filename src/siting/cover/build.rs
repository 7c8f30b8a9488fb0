//! From a question, or from a problem of which more is settled, to the smallest problem that says the same.

use super::merge::Merged;
use super::problem::{Problem, sides_of, transposed};
use crate::siting::covering::Covering;
use crate::siting::model::{Fixing, Lists, Sense, SideRow};

/// The question of some demand as a problem; `None` when a row can be seen to be broken.
pub fn from_question(question: &Covering) -> Option<Problem> {
    let n = question.sites();
    let fixed = if question.fixed.is_empty() { vec![Fixing::Free; n] } else { question.fixed.clone() };
    let ids: Vec<u32> = (0..n as u32).collect();
    let mut build = Build::new(&fixed, &ids, question.costs.iter().map(|c| -c), Vec::new(), 0);
    for (j, sites) in question.reached_by.iter().enumerate() {
        let need = question.needs.get(j).map_or(1, |&n| n.max(1));
        build.row(sites, question.weights[j], need, question.must.get(j).copied().unwrap_or(false));
    }
    build.finish(&question.sides)
}

/// The problem once these sites are settled.
pub fn settled(problem: &Problem, fixed: &[Fixing]) -> Option<Problem> {
    let mut build = Build::new(fixed, &problem.ids, problem.profit.iter().copied(), problem.open.clone(), problem.offset);
    for (r, sites) in problem.rows.iter().enumerate() {
        build.row(sites, problem.weight[r], problem.need[r], problem.hard[r]);
    }
    build.finish(&problem.sides)
}

/// A region of the problem: these sites with these profits and the weights that rows and side rows have there.
pub fn region(problem: &Problem, member: &[bool], profit: &[i64], weight: &[i64], sides: &[SideRow]) -> Option<Problem> {
    let fixed: Vec<Fixing> = member.iter().map(|&m| if m { Fixing::Free } else { Fixing::Shut }).collect();
    let mut build = Build::new(&fixed, &problem.ids, profit.iter().copied(), Vec::new(), 0);
    for (r, sites) in problem.rows.iter().enumerate() {
        if (weight[r] > 0 || problem.hard[r]) && sites.iter().any(|&i| member[i as usize]) {
            let whole = problem.hard[r] && sites.iter().all(|&i| member[i as usize]);
            build.row(sites, weight[r], problem.need[r], whole);
        }
    }
    build.finish(sides)
}

/// Where a site of the source goes.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    At(u32),
    Open,
    Shut,
}

struct Build {
    place: Vec<Place>,
    ids: Vec<u32>,
    profit: Vec<i64>,
    open: Vec<u32>,
    offset: i64,
    merged: Merged,
    broken: bool,
    scratch: Vec<u32>,
}

impl Build {
    fn new(fixed: &[Fixing], ids: &[u32], profit: impl Iterator<Item = i64>, open: Vec<u32>, offset: i64) -> Self {
        let mut b = Self {
            place: Vec::with_capacity(ids.len()),
            ids: Vec::new(),
            profit: Vec::new(),
            open,
            offset,
            merged: Merged::default(),
            broken: false,
            scratch: Vec::new(),
        };
        for ((&fixing, &id), profit) in fixed.iter().zip(ids).zip(profit) {
            b.place.push(match fixing {
                Fixing::Free => {
                    b.ids.push(id);
                    b.profit.push(profit);
                    Place::At(b.ids.len() as u32 - 1)
                }
                Fixing::Open => {
                    b.open.push(id);
                    b.offset += profit;
                    Place::Open
                }
                Fixing::Shut => Place::Shut,
            });
        }
        b
    }

    fn row(&mut self, sites: &[u32], weight: i64, need: u32, must: bool) {
        self.scratch.clear();
        let mut reached = 0u32;
        for &i in sites {
            match self.place[i as usize] {
                Place::At(k) => self.scratch.push(k),
                Place::Open => reached += 1,
                Place::Shut => (),
            }
        }
        self.offset += weight * i64::from(need.min(reached));
        let must = must && reached == 0;
        self.broken |= must && self.scratch.is_empty();
        if must {
            self.merged.add(&self.scratch, 0, 1, true);
        }
        if weight == 0 || reached >= need {
            return;
        }
        let need = need - reached;
        if must && need == 1 {
            self.offset += weight;
        } else if need as usize >= self.scratch.len() {
            // Every open site of the row counts in full: what it wins is the site's own.
            for &k in &self.scratch {
                self.profit[k as usize] += weight;
            }
        } else {
            self.merged.add(&self.scratch, weight, need, false);
        }
    }

    fn finish(self, sides: &[SideRow]) -> Option<Problem> {
        if self.broken {
            return None;
        }
        let n = self.ids.len();
        let mut kept: Vec<SideRow> = Vec::new();
        for side in sides {
            let mut bound = i128::from(side.bound);
            let mut terms = Vec::new();
            for &(i, c) in &side.terms {
                match self.place[i as usize] {
                    Place::At(k) => terms.push((k, c)),
                    Place::Open => bound -= i128::from(c),
                    Place::Shut => (),
                }
            }
            let most: i128 = terms.iter().map(|t| i128::from(t.1.max(0))).sum();
            let least: i128 = terms.iter().map(|t| i128::from(t.1.min(0))).sum();
            let (under, over) = (side.sense != Sense::AtMost && most < bound, side.sense != Sense::AtLeast && least > bound);
            if under || over {
                return None;
            }
            let idle = match side.sense {
                Sense::AtMost => most <= bound,
                Sense::AtLeast => least >= bound,
                Sense::Exactly => terms.is_empty(),
            };
            if !idle {
                // Between least and most, so it fits when the sums of the terms do.
                kept.push(SideRow { terms, sense: side.sense, bound: i64::try_from(bound).ok()? });
            }
        }
        let (rows, weight, need, hard): (Lists<u32>, _, _, _) = self.merged.in_order();
        let columns = transposed(&rows, n);
        let mut open = self.open;
        open.sort_unstable();
        Some(Problem {
            ids: self.ids,
            profit: self.profit,
            sides_of: sides_of(&kept, n),
            rows,
            columns,
            weight,
            need,
            hard,
            sides: kept,
            offset: self.offset,
            open,
        })
    }
}
