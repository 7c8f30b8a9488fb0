//! The outline of a community: what remains of its parcels' edges when shared ones cancel.

use super::place::{Place, inside};

/// Rings of corners, outer ones counter-clockwise, each followed by its holes (clockwise).
pub(super) type Outline = Vec<Vec<Vec<u32>>>;

/// The outline of parcels whose rings run counter-clockwise and share corners exactly.
pub(super) fn outline(rings: &[Vec<u32>], places: &[Place]) -> Outline {
    let mut steps: Vec<(u32, u32)> = rings.iter().flat_map(|ring| (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))).collect();
    steps.sort_unstable();
    let all = steps.clone();
    steps.retain(|&(a, b)| all.binary_search(&(b, a)).is_err());
    let mut used = vec![false; steps.len()];
    let mut loops = Vec::new();
    for start in 0..steps.len() {
        if used[start] {
            continue;
        }
        let mut path: Vec<u32> = Vec::new();
        let mut at = start;
        loop {
            used[at] = true;
            let (from, to) = steps[at];
            // A corner passed before closes a ring of its own: no ring touches itself.
            if let Some(before) = path.iter().position(|&c| c == from) {
                loops.push(path.split_off(before));
            }
            path.push(from);
            let next = steps.partition_point(|s| s.0 < to);
            match (next..steps.len()).take_while(|&i| steps[i].0 == to).find(|&i| !used[i]) {
                Some(i) => at = i,
                None => break,
            }
        }
        loops.push(path);
    }
    nest(loops, places)
}

/// Gives each hole to the outer ring round it.
fn nest(loops: Vec<Vec<u32>>, places: &[Place]) -> Outline {
    let area = |ring: &[u32]| -> f64 {
        (0..ring.len()).map(|i| places[ring[i] as usize].cross(places[ring[(i + 1) % ring.len()] as usize])).sum()
    };
    let (outer, holes): (Vec<_>, Vec<_>) = loops.into_iter().partition(|ring| area(ring) > 0.0);
    let mut polygons: Outline = outer.into_iter().map(|ring| vec![ring]).collect();
    for hole in holes {
        let owner = polygons.iter().position(|polygon| {
            let ring: Vec<Place> = polygon[0].iter().map(|&c| places[c as usize]).collect();
            hole.iter().any(|&c| inside(places[c as usize], &ring))
        });
        polygons[owner.unwrap_or(0)].push(hole);
    }
    polygons
}

#[cfg(test)]
mod tests {
    use super::*;

    // 6──7──8
    // │  │  │
    // 3──4──5
    // │  │  │
    // 0──1──2
    fn places() -> Vec<Place> {
        (0..9).map(|i| Place::new(f64::from(i % 3), f64::from(i / 3))).collect()
    }

    fn cell(corner: u32) -> Vec<u32> {
        vec![corner, corner + 1, corner + 4, corner + 3]
    }

    #[test]
    fn neighbours_lose_the_edge_between_them() {
        let found = outline(&[cell(0), cell(1)], &places());
        assert_eq!(found, vec![vec![vec![0, 1, 2, 5, 4, 3]]]);
    }

    #[test]
    fn parcels_that_touch_at_a_corner_are_two_polygons() {
        let found = outline(&[cell(0), cell(4)], &places());
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|p| p.len() == 1 && p[0].len() == 4));
    }

    #[test]
    fn a_ring_of_parcels_has_a_hole() {
        let grid: Vec<Place> = (0..16).map(|i| Place::new(f64::from(i % 4), f64::from(i / 4))).collect();
        let square = |c: u32| vec![c, c + 1, c + 5, c + 4];
        let round: Vec<Vec<u32>> = [0, 1, 2, 4, 6, 8, 9, 10].map(square).to_vec();
        let found = outline(&round, &grid);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].len(), found[0][0].len(), found[0][1].len()), (2, 12, 4));
    }
}
