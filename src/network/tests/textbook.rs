//! Dijkstra as the textbooks have it: over the edges as drawn, with every spot a node of its own, no limit, no contraction.

use super::*;

/// Walking distance from every point to a site, in millimetres.
pub(super) fn walks(draft: &Draft, site: Spot, points: &[Option<Spot>]) -> Vec<Option<u64>> {
    // Nodes: those of the draft, then one for each spot (the site first).
    let spots: Vec<Option<Spot>> = std::iter::once(Some(site)).chain(points.iter().copied()).collect();
    let first = draft.nodes as usize;
    let count = first + spots.len();
    // `into[n]` are the arcs by which a walker arrives at `n`.
    let mut into: Vec<Vec<(usize, u64)>> = vec![Vec::new(); count];
    for edge in 0..draft.len() {
        let [a, b] = draft.ends[edge];
        let mut stops = vec![(0u32, a as usize), (draft.length[edge], b as usize)];
        stops.extend(spots.iter().enumerate().filter_map(|(i, s)| s.filter(|s| s.edge as usize == edge).map(|s| (s.along, first + i))));
        for (x, at_x) in &stops {
            for (y, at_y) in &stops {
                // Anybody may walk from x to y along this edge if the direction is allowed; where x = y they stand together.
                let forward = draft.ways[edge] & draft::FORWARD != 0 && x <= y;
                let backward = draft.ways[edge] & draft::BACKWARD != 0 && x >= y;
                let together = x == y && (*at_x >= first || *at_y >= first);
                if forward || backward || together {
                    into[*at_y].push((*at_x, u64::from(x.abs_diff(*y))));
                }
            }
        }
    }
    let mut distance = vec![u64::MAX; count];
    let mut done = vec![false; count];
    distance[first] = 0;
    while let Some(next) = (0..count).filter(|n| !done[*n] && distance[*n] < u64::MAX).min_by_key(|n| distance[*n]) {
        done[next] = true;
        for (from, mm) in &into[next] {
            distance[*from] = distance[*from].min(distance[next] + mm);
        }
    }
    let walk = |(i, p): (usize, &Option<Spot>)| {
        let p = (*p)?;
        (distance[first + 1 + i] < u64::MAX).then(|| distance[first + 1 + i] + u64::from(site.leg) + u64::from(p.leg))
    };
    points.iter().enumerate().map(walk).collect()
}

/// The same for a city: spots on one edge are joined to its ends and to each other, and a heap finds the next node.
pub(super) fn walks_fast(draft: &Draft, site: Spot, points: &[Option<Spot>]) -> Vec<Option<u64>> {
    use std::cmp::Reverse;
    let mut into: Vec<Vec<(u32, u64)>> = vec![Vec::new(); draft.nodes as usize];
    for edge in 0..draft.len() {
        assert_eq!(draft.ways[edge], draft::BOTH, "for streets walked both ways");
        let ([a, b], mm) = (draft.ends[edge], u64::from(draft.length[edge]));
        into[a as usize].push((b, mm));
        into[b as usize].push((a, mm));
    }
    let mut distance = vec![u64::MAX; draft.nodes as usize];
    let mut heap = std::collections::BinaryHeap::new();
    let along = |s: Spot| [u64::from(s.along), u64::from(draft.length[s.edge as usize] - s.along)];
    for (node, mm) in draft.ends[site.edge as usize].iter().zip(along(site)) {
        heap.push(Reverse((mm, *node)));
    }
    while let Some(Reverse((mm, node))) = heap.pop() {
        if mm < distance[node as usize] {
            distance[node as usize] = mm;
            heap.extend(into[node as usize].iter().map(|(n, more)| Reverse((mm + more, *n))));
        }
    }
    let walk = |p: Spot| {
        let by_ends = draft.ends[p.edge as usize].iter().zip(along(p)).map(|(n, mm)| distance[*n as usize].saturating_add(mm)).min();
        let direct = (p.edge == site.edge).then(|| u64::from(p.along.abs_diff(site.along)));
        by_ends.into_iter().chain(direct).min().filter(|mm| *mm < u64::MAX).map(|mm| mm + u64::from(site.leg) + u64::from(p.leg))
    };
    points.iter().map(|p| p.and_then(walk)).collect()
}
