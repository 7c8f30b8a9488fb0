//! Which vertices of road lines are one: those equal to within a hair, in the file's own coordinates.
//!
//! Vertices are sorted into cells a thousand hairs wide and compared within their cell; one that stands near a border is entered in
//! the cells beyond it too. No hashing, and the order of the input decides nothing.

use rayon::prelude::*;

/// Cells are this many tolerances wide.
const CELL: f64 = 1024.0;

/// For each vertex the number of the first vertex that is the same. `tolerance` is what two coordinates must differ by to be two.
pub(crate) fn same(vertices: &[[f64; 2]], tolerance: f64) -> Vec<u32> {
    // A value written with nine decimals is not exact in binary: one unit apart must still be apart.
    let hair = tolerance * 0.9999;
    let width = tolerance * CELL;
    let mut entries: Vec<(i64, i64, u32)> = vertices
        .par_iter()
        .enumerate()
        .flat_map_iter(|(i, [x, y])| {
            let cells = move |v: f64| {
                let at = (v / width).floor();
                let inside = v - at * width;
                let to = if inside <= hair { -1 } else { i64::from(inside >= width - hair) };
                let at = at as i64;
                [Some(at), (to != 0).then_some(at + to)].into_iter().flatten()
            };
            cells(*x).flat_map(move |cx| cells(*y).map(move |cy| (cx, cy, i as u32)))
        })
        .collect();
    entries.par_sort_unstable();
    let mut first: Vec<u32> = (0..vertices.len() as u32).collect();
    let mut members: Vec<u32> = Vec::new();
    for cell in entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|c| c.len() > 1) {
        members.clear();
        members.extend(cell.iter().map(|e| e.2));
        members.sort_unstable_by(|a, b| vertices[*a as usize][0].total_cmp(&vertices[*b as usize][0]).then(a.cmp(b)));
        for (i, a) in members.iter().enumerate() {
            let [ax, ay] = vertices[*a as usize];
            for b in &members[i + 1..] {
                let [bx, by] = vertices[*b as usize];
                if bx - ax > hair {
                    break;
                }
                if (by - ay).abs() <= hair {
                    let (a, b) = (root(&mut first, *a), root(&mut first, *b));
                    first[a.max(b) as usize] = a.min(b);
                    if (bx, by) == (ax, ay) {
                        // The rest of a heap of equal vertices is met from this one.
                        break;
                    }
                }
            }
        }
    }
    for i in 0..first.len() as u32 {
        first[i as usize] = root(&mut first, i);
    }
    first
}

fn root(first: &mut [u32], mut i: u32) -> u32 {
    while first[i as usize] != i {
        first[i as usize] = first[first[i as usize] as usize];
        i = first[i as usize];
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nine_decimals_tell_vertices_apart_and_noise_does_not() {
        let (x, y) = (112.563_409_123, 37.863_603_753);
        let one = same(&[[x, y], [x + 1e-13, y - 1e-13], [112.563_409_124, y], [x, 37.863_603_754], [x, y]], 1e-9);
        assert_eq!(one, [0, 0, 2, 3, 0]);
        let metres = same(&[[500_000.0, 4.2e6], [500_000.000_4, 4.2e6], [500_000.001, 4.2e6 - 0.001], [0.0, 0.0]], 1e-3);
        assert_eq!(metres[..2], [0, 0]);
        assert_eq!(metres[3], 3);
    }

    proptest! {
        #[test]
        fn cells_find_what_comparing_all_pairs_finds(raw in proptest::collection::vec((0..3000i32, 0..3i32, 0..3000i32), 0..60)) {
            // Coarse places, so that cells have borders where vertices stand; a third of a hair apart at most, or whole hairs.
            let v: Vec<[f64; 2]> = raw.iter().map(|(x, n, y)| [f64::from(*x) + f64::from(*n) * 0.3, f64::from(*y / 1000)]).collect();
            let found = same(&v, 1.0);
            let mut plain: Vec<usize> = (0..v.len()).collect();
            loop {
                let mut changed = false;
                for a in 0..v.len() {
                    for b in 0..v.len() {
                        if (v[a][0] - v[b][0]).abs() <= 0.9999 && (v[a][1] - v[b][1]).abs() <= 0.9999 && plain[a] > plain[b] {
                            plain[a] = plain[b];
                            changed = true;
                        }
                    }
                }
                if !changed { break }
            }
            prop_assert_eq!(found.iter().map(|f| *f as usize).collect::<Vec<_>>(), plain);
        }
    }
}
