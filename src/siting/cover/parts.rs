//! Parts that share neither demand nor a side row are questions of their own.

use super::problem::{Problem, sides_of, transposed};
use crate::siting::model::{Lists, SideRow};

/// The parts of a problem, by their smallest site. What is won and open already goes with the first.
pub fn apart(p: Problem) -> Vec<Problem> {
    let n = p.sites();
    let mut root: Vec<u32> = (0..n as u32).collect();
    for list in p.rows.iter() {
        for pair in list.windows(2) {
            join(&mut root, pair[0], pair[1]);
        }
    }
    for side in &p.sides {
        for pair in side.terms.windows(2) {
            join(&mut root, pair[0].0, pair[1].0);
        }
    }
    // Roots are the smallest site of their part, so parts are numbered in that order.
    let mut part = vec![0usize; n];
    let mut place = vec![0u32; n];
    let mut sites: Vec<Vec<usize>> = Vec::new();
    for i in 0..n {
        let r = find(&mut root, i as u32) as usize;
        if r == i {
            part[i] = sites.len();
            sites.push(Vec::new());
        } else {
            part[i] = part[r];
        }
        place[i] = sites[part[i]].len() as u32;
        sites[part[i]].push(i);
    }
    if sites.len() < 2 {
        return vec![p];
    }
    let mut rows: Vec<Lists<u32>> = vec![Lists::default(); sites.len()];
    let mut row_of: Vec<Vec<usize>> = vec![Vec::new(); sites.len()];
    for (r, list) in p.rows.iter().enumerate() {
        let k = part[list[0] as usize];
        rows[k].push(list.iter().map(|&i| place[i as usize]));
        row_of[k].push(r);
    }
    let mut sides: Vec<Vec<SideRow>> = vec![Vec::new(); sites.len()];
    for side in p.sides {
        let terms = side.terms.iter().map(|&(i, c)| (place[i as usize], c)).collect();
        sides[part[side.terms[0].0 as usize]].push(SideRow { terms, ..side });
    }
    let mut parts = Vec::with_capacity(sites.len());
    for (((own, rows), row_of), sides) in sites.into_iter().zip(rows).zip(row_of).zip(sides) {
        let first = parts.is_empty();
        parts.push(Problem {
            ids: own.iter().map(|&i| p.ids[i]).collect(),
            profit: own.iter().map(|&i| p.profit[i]).collect(),
            columns: transposed(&rows, own.len()),
            rows,
            weight: row_of.iter().map(|&r| p.weight[r]).collect(),
            need: row_of.iter().map(|&r| p.need[r]).collect(),
            hard: row_of.iter().map(|&r| p.hard[r]).collect(),
            sides_of: sides_of(&sides, own.len()),
            sides,
            offset: if first { p.offset } else { 0 },
            open: if first { p.open.clone() } else { Vec::new() },
        });
    }
    parts
}

fn find(root: &mut [u32], mut i: u32) -> u32 {
    while root[i as usize] != i {
        root[i as usize] = root[root[i as usize] as usize];
        i = root[i as usize];
    }
    i
}

fn join(root: &mut [u32], a: u32, b: u32) {
    let (a, b) = (find(root, a), find(root, b));
    root[a.max(b) as usize] = a.min(b);
}
