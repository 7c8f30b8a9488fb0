//! What a covering question can do without: demands that others imply, sites that others replace.

/// The demands whose list contains the whole list of another; of equal lists all but the first.
pub(super) fn implied(lists: &[Vec<u32>], items: usize) -> Vec<bool> {
    let mut holders: Vec<Vec<u32>> = vec![Vec::new(); items];
    for (j, list) in (0u32..).zip(lists) {
        list.iter().for_each(|&i| holders[i as usize].push(j));
    }
    let mut implied = vec![false; lists.len()];
    for (k, list) in lists.iter().enumerate() {
        let Some(&rare) = list.iter().min_by_key(|i| holders[**i as usize].len()) else { continue };
        if implied[k] {
            continue;
        }
        for &j in &holders[rare as usize] {
            let j = j as usize;
            if j != k && !implied[j] && contains(&lists[j], list) {
                implied[j] = true;
            }
        }
    }
    implied
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
pub(super) fn turn(lists: &[Vec<u32>], sites: usize) -> Vec<Vec<u32>> {
    let mut of = vec![Vec::new(); sites];
    for (j, list) in (0u32..).zip(lists) {
        list.iter().for_each(|&i| of[i as usize].push(j));
    }
    of
}

/// Takes implied demands away, and with `sites` also the sites that another one replaces, until neither is left.
pub(super) fn reduce(lists: &mut Vec<Vec<u32>>, sites: usize, replace: bool) {
    loop {
        let gone = implied(lists, sites);
        let mut k = 0;
        lists.retain(|_| {
            k += 1;
            !gone[k - 1]
        });
        if !replace {
            return;
        }
        let of = turn(lists, sites);
        // A site is replaced by one that covers all of its demands: sites are implied by their *subsets*, the other way round.
        let replaced = contained(&of, lists);
        if !replaced.iter().zip(&of).any(|(gone, of)| *gone && !of.is_empty()) {
            return;
        }
        lists.iter_mut().for_each(|list| list.retain(|i| !replaced[*i as usize]));
    }
}

/// The sites whose demands another site covers all; of equal ones all but the first.
fn contained(of: &[Vec<u32>], lists: &[Vec<u32>]) -> Vec<bool> {
    let mut contained = vec![false; of.len()];
    for (i, mine) in of.iter().enumerate() {
        let Some(&rare) = mine.iter().min_by_key(|j| lists[**j as usize].len()) else { continue };
        contained[i] = lists[rare as usize].iter().any(|&k| {
            let (k, theirs) = (k as usize, &of[k as usize]);
            k != i && !contained[k] && (theirs.len() > mine.len() || (theirs.len() == mine.len() && k < i)) && contains(theirs, mine)
        });
    }
    contained
}
