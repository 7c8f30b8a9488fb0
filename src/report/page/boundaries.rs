//! Boundaries as arcs: the border between two communities is written once, and simplified once, so that no gap opens along it.
//!
//! Rings are cut where more than two lines meet; a piece that two rings share, in whichever direction, is one arc. Boundaries that do
//! not fit together, as digitised ones often do not, simply share no arcs.

use geo::MultiPolygon;
use rayon::prelude::*;
use serde::Serialize;

use super::lines::{simplified, write};
use super::packed::Packed;
use super::places::ring_spots;
use super::plane::Spot;

/// Decimetres of the grid, and by how many steps of it a drawn boundary may leave its course, finest first.
const FINENESS: [(i32, f64); 6] = [(1, 0.0), (1, 5.0), (5, 2.0), (10, 2.0), (20, 2.5), (50, 2.5)];

/// The boundaries of all communities.
#[derive(Debug, Default, Serialize)]
pub struct Boundaries {
    /// Decimetres of one step.
    unit: i32,
    /// Metres by which a drawn boundary may leave its course.
    slack: f64,
    /// Arcs: how many points, then each as a step, from the last point of the arc before.
    arcs: String,
    /// For each community: how many rings; for each ring how many arcs; for each arc twice its number, and one more if it runs backwards,
    /// as a step from the last.
    rings: String,
}

/// Writes boundaries in decimetres as fine as the budget of characters allows, and no coarser than the last step even if it does not.
pub fn boundaries(flat: &[Option<MultiPolygon<f64>>], budget: usize) -> Boundaries {
    let mut out = Boundaries::default();
    for (unit, steps) in FINENESS {
        out = at(flat, unit, steps);
        if out.arcs.len() + out.rings.len() <= budget {
            break;
        }
    }
    out
}

fn at(flat: &[Option<MultiPolygon<f64>>], unit: i32, steps: f64) -> Boundaries {
    let rings: Vec<Vec<Vec<Spot>>> = flat.par_iter().map(|b| rings_of(b.as_ref(), unit)).collect();
    let crossings = crossings(&rings);
    let cut: Vec<Vec<Vec<(Vec<Spot>, bool)>>> =
        rings.par_iter().map(|rings| rings.iter().map(|ring| pieces(ring, &crossings)).collect()).collect();
    let mut arcs: Vec<&[Spot]> = cut.iter().flatten().flatten().map(|(line, _)| line.as_slice()).collect();
    arcs.par_sort_unstable();
    arcs.dedup();
    let number = |line: &[Spot]| arcs.binary_search(&line).unwrap_or_default() as i64;

    let (mut packed, mut last) = (Packed::default(), 0);
    for rings in &cut {
        packed.push(rings.len() as u64);
        for pieces in rings {
            packed.push(pieces.len() as u64);
            for (line, backwards) in pieces {
                let n = number(line) * 2 + i64::from(*backwards);
                packed.push_signed(n - last);
                last = n;
            }
        }
    }
    let drawn: Vec<Vec<Spot>> = arcs.par_iter().map(|line| if steps > 0.0 { simplified(line, steps) } else { line.to_vec() }).collect();
    let mut texts = Packed::default();
    write(&drawn, &mut [0, 0], &mut texts);
    Boundaries { unit, slack: f64::from(unit) * steps.max(0.5) / 10.0, arcs: texts.finish(), rings: packed.finish() }
}

/// The rings of a boundary on the grid; those of fewer than three points vanish.
fn rings_of(boundary: Option<&MultiPolygon<f64>>, unit: i32) -> Vec<Vec<Spot>> {
    let polygons = boundary.iter().flat_map(|b| &b.0);
    let rings = polygons.flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings.map(|ring| ring_spots(ring, unit)).filter(|spots| spots.len() >= 3).collect()
}

/// Spots whose neighbours are not the same two wherever they occur, in order.
fn crossings(rings: &[Vec<Vec<Spot>>]) -> Vec<Spot> {
    let mut corners: Vec<(Spot, Spot, Spot)> = Vec::with_capacity(rings.iter().flatten().map(Vec::len).sum());
    for ring in rings.iter().flatten() {
        for (i, spot) in ring.iter().enumerate() {
            let (a, b) = (ring[(i + ring.len() - 1) % ring.len()], ring[(i + 1) % ring.len()]);
            corners.push((*spot, a.min(b), a.max(b)));
        }
    }
    corners.par_sort_unstable();
    corners.dedup();
    corners.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1).map(|same| same[0].0).collect()
}

/// A ring cut at crossings: each piece in its canonical direction, and whether the ring runs against it.
fn pieces(ring: &[Spot], crossings: &[Spot]) -> Vec<(Vec<Spot>, bool)> {
    let mut cuts: Vec<usize> = (0..ring.len()).filter(|i| crossings.binary_search(&ring[*i]).is_ok()).collect();
    if cuts.is_empty() {
        // A ring that meets no other begins at its least spot, wherever it was begun.
        cuts.extend((0..ring.len()).min_by_key(|i| ring[*i]));
    }
    (0..cuts.len())
        .map(|k| {
            let (from, to) = (cuts[k], cuts[(k + 1) % cuts.len()]);
            let length = if to > from { to - from } else { to + ring.len() - from };
            let mut line: Vec<Spot> = (0..=length).map(|i| ring[(from + i) % ring.len()]).collect();
            let backwards = line.iter().rev().lt(line.iter());
            if backwards {
                line.reverse();
            }
            (line, backwards)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use geo::{Coord, LineString, Polygon};

    use super::super::packed::tests::unpack;
    use super::*;

    fn area(rings: &[&[(i32, i32)]]) -> Option<MultiPolygon<f64>> {
        let ring = |spots: &[(i32, i32)]| -> LineString<f64> {
            spots.iter().chain(&spots[..1]).map(|(x, y)| Coord { x: f64::from(*x), y: f64::from(*y) }).collect()
        };
        Some(MultiPolygon::new(vec![Polygon::new(ring(rings[0]), rings[1..].iter().map(|r| ring(r)).collect())]))
    }

    fn unzigzag(n: u64) -> i64 {
        if n % 2 == 1 { -(n.div_ceil(2) as i64) } else { (n / 2) as i64 }
    }

    /// What a script makes of it: for each community its rings, closed.
    fn read(boundaries: &Boundaries) -> Vec<Vec<Vec<[i64; 2]>>> {
        let mut numbers = unpack(&boundaries.arcs).into_iter();
        let (mut arcs, mut last) = (Vec::new(), [0, 0]);
        while let Some(n) = numbers.next() {
            let line: Vec<[i64; 2]> = (0..n)
                .map(|_| {
                    last = last.map(|v| v + unzigzag(numbers.next().unwrap()));
                    last
                })
                .collect();
            arcs.push(line);
        }
        let (mut numbers, mut out, mut last) = (unpack(&boundaries.rings).into_iter(), Vec::new(), 0);
        while let Some(rings) = numbers.next() {
            out.push(
                (0..rings)
                    .map(|_| {
                        let mut ring: Vec<[i64; 2]> = Vec::new();
                        for _ in 0..numbers.next().unwrap() {
                            last += unzigzag(numbers.next().unwrap());
                            let mut line = arcs[last as usize / 2].clone();
                            if last % 2 == 1 {
                                line.reverse();
                            }
                            assert!(ring.last().is_none_or(|end| *end == line[0]), "a ring is torn");
                            ring.extend(&line[usize::from(!ring.is_empty())..]);
                        }
                        assert_eq!(ring.first(), ring.last(), "a ring is open");
                        ring.pop();
                        ring
                    })
                    .collect(),
            );
        }
        out
    }

    /// A ring from its least point, in its given direction.
    fn turned(ring: &[[i64; 2]]) -> Vec<[i64; 2]> {
        let least = (0..ring.len()).min_by_key(|i| ring[*i]).unwrap();
        (0..ring.len()).map(|i| ring[(least + i) % ring.len()]).collect()
    }

    // ┌───┬───┐    two neighbours, a hole in the left one filled by a third,
    // │ □ │   │    and one without a boundary
    // └───┴───┘
    #[test]
    fn every_ring_comes_back_and_shared_borders_are_written_once() {
        let west: [&[(i32, i32)]; 2] = [&[(0, 0), (40, 0), (41, 20), (40, 40), (0, 40)], &[(10, 10), (10, 20), (20, 20), (20, 10)]];
        let east: [&[(i32, i32)]; 1] = [&[(80, 40), (40, 40), (41, 20), (40, 0), (80, 0)]];
        let hole: [&[(i32, i32)]; 1] = [&[(20, 20), (20, 10), (10, 10), (10, 20)]];
        let flat = [area(&west), None, area(&east), area(&hole)];
        let written = boundaries(&flat, usize::MAX);
        let back = read(&written);
        let expected = [&west[..], &[], &east, &hole];
        for (rings, expected) in back.iter().zip(expected) {
            let expected: Vec<Vec<[i64; 2]>> =
                expected.iter().map(|r| turned(&r.iter().map(|(x, y)| [i64::from(*x), i64::from(*y)]).collect::<Vec<_>>())).collect();
            assert_eq!(rings.iter().map(|r| turned(r)).collect::<Vec<_>>(), expected);
        }
        // Four arcs: what is west's alone, what is east's alone, their border of three points, and the hole, closed.
        assert_eq!(unpack(&written.arcs).len(), 4 + 2 * (4 + 4 + 3 + 5));
    }

    #[test]
    fn a_small_budget_makes_boundaries_coarser_but_leaves_no_gap() {
        let wave = |x0: i32| -> Vec<(i32, i32)> { (0..400).map(|i| (x0 + i * 37 % 11, i * 25)).collect() };
        let strip = |x0: i32| -> Vec<(i32, i32)> { wave(x0).into_iter().chain(wave(x0 + 9000).into_iter().rev()).collect() };
        let flat: Vec<_> = (0..4).map(|i| area(&[&strip(i * 9000)])).collect();
        let fine = boundaries(&flat, usize::MAX);
        let coarse = boundaries(&flat, fine.arcs.len() / 3);
        assert!(coarse.arcs.len() <= fine.arcs.len() / 3 && coarse.slack > fine.slack);
        // `read` fails on rings that are torn; neighbours share the simplified border, point for point.
        let back = read(&coarse);
        let border: Vec<[i64; 2]> = back[0][0].iter().copied().filter(|p| p[0] * i64::from(coarse.unit) >= 8900).collect();
        assert!(border.len() >= 2 && border.iter().all(|p| back[1][0].contains(p)));
    }
}
