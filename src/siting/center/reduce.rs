//! What a covering question can do without: demands that others imply, sites that others replace.

/// The demands whose list contains the whole list of another; of equal lists all but one.
fn implied(lists: &[Vec<u32>], sites: usize, stop: &dyn Fn() -> bool) -> Vec<bool> {
    let holders = turn(lists, sites);
    let marks: Vec<Mark> = lists.iter().map(|list| mark(list)).collect();
    let mut order: Vec<usize> = (0..lists.len()).collect();
    order.sort_by_key(|&k| lists[k].len());
    let mut implied = vec![false; lists.len()];
    for k in order {
        if implied[k] {
            continue;
        }
        let Some(&rare) = lists[k].iter().min_by_key(|i| holders[**i as usize].len()) else { continue };
        if stop() {
            break;
        }
        for &j in &holders[rare as usize] {
            let j = j as usize;
            if j != k && !implied[j] && within(&marks[k], &marks[j]) && contains(&lists[j], &lists[k]) {
                implied[j] = true;
            }
        }
    }
    implied
}

/// Which remainders occur in a list: if one is missing in another list, so is the item.
type Mark = [u64; 4];

fn mark(list: &[u32]) -> Mark {
    let mut mark = [0; 4];
    list.iter().for_each(|i| mark[(i >> 6 & 3) as usize] |= 1 << (i & 63));
    mark
}

fn within(part: &Mark, whole: &Mark) -> bool {
    part.iter().zip(whole).all(|(p, w)| p & !w == 0)
}

/// Both ascending.
fn contains(whole: &[u32], part: &[u32]) -> bool {
    if part.len() > whole.len() {
        return false;
    }
    let mut rest = whole;
    part.iter().all(|x| {
        let at = rest.partition_point(|y| y < x);
        rest = &rest[at..];
        rest.first() == Some(x)
    })
}

/// For each site the demands of `lists`.
fn turn(lists: &[Vec<u32>], sites: usize) -> Vec<Vec<u32>> {
    let mut of = vec![Vec::new(); sites];
    for (j, list) in (0u32..).zip(lists) {
        list.iter().for_each(|&i| of[i as usize].push(j));
    }
    of
}

/// Takes implied demands away, and with `replace` also the sites that another one replaces, until neither is left or `stop` says so.
pub(super) fn reduce(lists: &mut Vec<Vec<u32>>, sites: usize, replace: bool, stop: &dyn Fn() -> bool) {
    lists.sort_unstable();
    lists.dedup();
    loop {
        let gone = implied(lists, sites, stop);
        let mut k = 0;
        lists.retain(|_| {
            k += 1;
            !gone[k - 1]
        });
        if !replace || stop() {
            return;
        }
        let of = turn(lists, sites);
        let replaced = contained(&of, lists, stop);
        if !replaced.iter().zip(&of).any(|(gone, of)| *gone && !of.is_empty()) {
            return;
        }
        lists.iter_mut().for_each(|list| list.retain(|i| !replaced[*i as usize]));
    }
}

/// The sites whose demands another site covers all; of equal ones all but the first.
fn contained(of: &[Vec<u32>], lists: &[Vec<u32>], stop: &dyn Fn() -> bool) -> Vec<bool> {
    let marks: Vec<Mark> = of.iter().map(|of| mark(of)).collect();
    let mut contained = vec![false; of.len()];
    for (i, mine) in of.iter().enumerate() {
        let Some(&rare) = mine.iter().min_by_key(|j| lists[**j as usize].len()) else { continue };
        if stop() {
            break;
        }
        contained[i] = lists[rare as usize].iter().any(|&k| {
            let (k, theirs) = (k as usize, &of[k as usize]);
            let larger = theirs.len() > mine.len() || (theirs.len() == mine.len() && k < i);
            k != i && larger && !contained[k] && within(&marks[i], &marks[k]) && contains(theirs, mine)
        });
    }
    contained
}
