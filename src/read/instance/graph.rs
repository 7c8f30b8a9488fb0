//! OR-Library's p-median graphs (Beasley 1985): nodes, edges and p in the first line, an edge `from to length` in each further one.
//!
//! Nodes are counted from 1; an edge given again overrides the earlier one. Every node is a site and a demand of weight 1, and its costs are
//! the shortest paths.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::{Names, Raw};
use crate::problem::{Code, Problem, Problems};
use crate::read::{Input, scan};
use crate::siting::{Decimal, Scale};

/// Larger tables of costs are for other tools.
const MOST_NODES: usize = 6_000;
/// A text longer than this is no such graph.
const MOST_BYTES: u64 = 1 << 28;

pub(super) fn read(input: &Input, problems: &mut Problems) -> Option<Raw> {
    let wrong = |code, row: usize, field: &str, value: &str| {
        let mut problem = Problem::new(code).file(&input.shown).field(field).value(value);
        problem.origin.row = u32::try_from(row).ok();
        problem
    };
    let size = std::fs::metadata(&input.path).map(|meta| meta.len());
    let text = match size
        .and_then(|size| if size > MOST_BYTES { Err(std::io::Error::other("> 256 MB")) } else { std::fs::read_to_string(&input.path) })
    {
        Ok(text) => text,
        Err(error) => {
            problems.push(scan::unopened(input, &error));
            return None;
        }
    };
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((_, first)) = lines.next() else {
        problems.push(Problem::new(Code::E_EMPTY).file(&input.shown));
        return None;
    };
    let head: Vec<usize> = first.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let &[nodes, edges, most] = head.as_slice() else {
        problems.push(wrong(Code::E_FORMAT, 1, "n m p", first).why("@why.instance.pmed"));
        return None;
    };
    if nodes > MOST_NODES {
        problems.push(wrong(Code::E_LIMIT, 1, "n", &nodes.to_string()).why("@why.limit.nodes").with("hint", "@why.limit.nodes.hint"));
        return None;
    }
    let mut scale = Scale::default();
    let mut lengths: BTreeMap<(u32, u32), Decimal> = BTreeMap::new();
    let mut count = 0;
    for (at, line) in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let node = |word: &str| word.parse::<usize>().ok().filter(|k| (1..=nodes).contains(k)).map(|k| (k - 1) as u32);
        let (ends, length) = match words.as_slice() {
            [a, b, length] => (node(a).zip(node(b)), Decimal::parse(length).filter(|l| !l.is_negative())),
            _ => (None, None),
        };
        let Some(((a, b), length)) = ends.zip(length) else {
            problems.push(wrong(Code::E_FORMAT, at + 1, "from to length", line).why("@why.instance.pmed"));
            return None;
        };
        scale = scale.with(length);
        lengths.insert((a.min(b), a.max(b)), length);
        count += 1;
    }
    if count < edges {
        problems.push(wrong(Code::E_TRUNCATED, 1, "m", &format!("{count} < {edges}")));
        return None;
    }
    let mut around: Vec<Vec<(u32, i64)>> = vec![Vec::new(); nodes];
    for ((a, b), length) in lengths {
        let units = scale.units(length).filter(|units| *units < super::MOST);
        let Some(units) = units else {
            problems
                .push(wrong(Code::E_LIMIT, 1, "length", &scale.show(1)).why("@why.limit.weights").with("hint", "@why.limit.weights.hint"));
            return None;
        };
        around[a as usize].push((b, units));
        around[b as usize].push((a, units));
    }
    let mut raw = Raw { most: u32::try_from(most).ok(), ..Raw::default() };
    let names = |names: &mut Names| {
        (1..=nodes).for_each(|k| {
            names.number(&k.to_string());
        })
    };
    names(&mut raw.sites);
    names(&mut raw.demands);
    for demand in 0..nodes as u32 {
        for (site, cost) in shortest(&around, demand) {
            raw.pairs.push((site, demand));
            raw.costs.push(Decimal::new(cost, scale));
        }
    }
    Some(raw)
}

/// Shortest paths from one node, ascending by node; nodes without a path are left out.
fn shortest(around: &[Vec<(u32, i64)>], from: u32) -> Vec<(u32, i64)> {
    let mut best = vec![i64::MAX; around.len()];
    best[from as usize] = 0;
    let mut queue = BinaryHeap::from([Reverse((0_i64, from))]);
    while let Some(Reverse((cost, node))) = queue.pop() {
        if cost > best[node as usize] {
            continue;
        }
        for (next, length) in &around[node as usize] {
            let there = cost + length;
            if there < best[*next as usize] {
                best[*next as usize] = there;
                queue.push(Reverse((there, *next)));
            }
        }
    }
    (0..around.len() as u32).filter(|k| best[*k as usize] < i64::MAX).map(|k| (k, best[k as usize])).collect()
}
