//! A small town whose every answer can be checked by hand.
//!
//! ```text
//!    P9 ·30 m
//!  a ───300─── b ───300─── c ──200── k ·0.001· l ───────499.999─────── d
//!  │           │           │
//! 400         400         400
//!  │           │           │
//!  e ───300─── f ───300─── g                             h ───250─── i
//!              · 130 m
//!             P10
//! ```

use super::*;
use crate::network::matrix::{Walks, for_each_site, searches};
use crate::network::reach::ReachTable;

/// Metres east and north.
type Corner = (f64, f64);

const A: Corner = (0.0, 400.0);
const B: Corner = (300.0, 400.0);
const C: Corner = (600.0, 400.0);
const K: Corner = (800.0, 400.0);
const L: Corner = (805.0, 400.0);
const D: Corner = (1300.0, 400.0);
const E: Corner = (0.0, 0.0);
const F: Corner = (300.0, 0.0);
const G: Corner = (600.0, 0.0);
const H: Corner = (1500.0, -400.0);
const I: Corner = (1750.0, -400.0);

#[allow(clippy::type_complexity)] // A drawing in rows: a name for its tuple would say less.
fn town() -> Network {
    let streets: [(&str, Corner, &str, Corner, f64); 11] = [
        ("a", A, "b", B, 300.0),
        ("b", B, "c", C, 300.0),
        ("c", C, "k", K, 200.0),
        ("k", K, "l", L, 0.001),
        ("l", L, "d", D, 499.999),
        ("a", A, "e", E, 400.0),
        ("b", B, "f", F, 400.0),
        ("c", C, "g", G, 400.0),
        ("e", E, "f", F, 300.0),
        ("f", F, "g", G, 300.0),
        ("h", H, "i", I, 250.0),
    ];
    let drawings = streets.map(|s| [s.1, s.3]);
    let roads: Vec<Road<'_>> = streets.iter().zip(&drawings).map(|(s, d)| Road(d, Cell::Number(s.4), s.0, s.2)).collect();
    let (draft, problems) = draft_of(&roads);
    assert!(problems.is_empty());
    Network::build(draft, Millimetres(2_000_000))
}

fn facilities() -> [Option<LonLat>; 3] {
    [F, D, A].map(|(x, y)| Some(at(x, y)))
}

/// P1 … P10.
fn people() -> [Option<LonLat>; 10] {
    [A, B, K, L, D, E, G, I, (150.0, 430.0), (300.0, -130.0)].map(|(x, y)| Some(at(x, y)))
}

fn rows(table: &ReachTable) -> Vec<Vec<(usize, u64)>> {
    (0..table.known().site_count()).map(|s| table.of_site(s).map(|(p, mm)| (p + 1, mm.0)).collect()).collect()
}

#[test]
fn the_town_comes_out_exactly() {
    let network = town();
    assert_eq!((network.stats().cut_pieces, network.stats().cut_length), (1, Millimetres(250_000)));
    let (snap, limit) = (Millimetres(100_000), Millimetres(900_000));
    let (sites, points) = (network.snap_all(&facilities(), snap), network.snap_all(&people(), snap));
    let table = reach::build(&network, &sites, &points, limit);
    let known: Vec<bool> = (0..10).map(|p| table.known().point_known(p)).collect();
    assert_eq!(known, [true, true, true, true, true, true, true, false, true, false]);
    let [f1, f2, f3] = rows(&table).try_into().unwrap();
    // P3 is in at 900.000 m, P4 one millimetre farther is not.
    assert_eq!(f1[..5], [(1, 700_000), (2, 400_000), (3, 900_000), (6, 300_000), (7, 300_000)]);
    assert_eq!(f2, [(3, 500_000), (4, 499_999), (5, 0)]);
    assert_eq!(f3[..5], [(1, 0), (2, 300_000), (3, 800_000), (4, 800_001), (6, 400_000)]);
    assert!(f1[5].0 == 9 && f1[5].1.abs_diff(580_000) <= 2, "{f1:?}");
    assert!(f3[5].0 == 9 && f3[5].1.abs_diff(180_000) <= 2, "{f3:?}");
}

#[test]
fn the_nearest_facility_is_found_beyond_the_limit_too() {
    let network = town();
    let (sites, points) = (network.snap_all(&facilities(), Millimetres(100_000)), network.snap_all(&people(), Millimetres(100_000)));
    let found = nearest::nearest(&network, &sites, &[0], &points);
    assert_eq!(found[3], Some((0, Millimetres(900_001))));
    assert_eq!(found[4], Some((0, Millimetres(1_400_000))));
    assert_eq!((found[7], found[9]), (None, None));
    // Between F1 and F3, both 300 m from e and b … the lower one wins ties.
    let found = nearest::nearest(&network, &sites, &[0, 2], &points);
    assert_eq!(found[1], Some((2, Millimetres(300_000))));
    assert_eq!(found[5], Some((0, Millimetres(300_000))));
}

#[test]
fn the_matrix_streams_the_same_rows_and_keeps_the_nearest_if_asked() {
    let network = town();
    let (sites, points) = (network.snap_all(&facilities(), Millimetres(100_000)), network.snap_all(&people(), Millimetres(100_000)));
    let walks = Walks::Streets { network: &network, sites: &sites, points: &points };
    let limit = Millimetres(900_000);
    let mut streamed = Vec::new();
    for_each_site(&searches(walks, limit).0, None, |_, pairs| {
        streamed.push(pairs.iter().map(|(p, mm)| (*p as usize + 1, mm.0)).collect::<Vec<_>>());
        Ok(())
    })
    .unwrap();
    assert_eq!(streamed, rows(&reach::build(&network, &sites, &points, limit)));
    let mut nearest = vec![0; points.len()];
    for_each_site(&searches(walks, limit).0, Some(1), |_, pairs| {
        pairs.iter().for_each(|(p, _)| nearest[*p as usize] += 1);
        Ok(())
    })
    .unwrap();
    assert_eq!(nearest, [1, 1, 1, 1, 1, 1, 1, 0, 1, 0]);
}

#[test]
fn the_last_street_is_cut_where_the_time_ends() {
    let network = town();
    let site = network.snap(at(F.0, F.1), Millimetres(100_000)).unwrap();
    let streets = network.reached_streets(site, Millimetres(850_000));
    let ck: Vec<_> = streets.iter().filter(|s| s.edge == 2).collect();
    // c is 700 m away: 150 of the 200 m to k are reached.
    assert_eq!((ck.len(), ck[0].from, ck[0].to), (1, Millimetres(0), Millimetres(150_000)));
    let drawing = network.drawing(*ck[0]);
    let end = length::karney(drawing[1], at(750.0, 400.0));
    assert!(drawing.len() == 2 && end < 0.01, "{end}");
    assert!(streets.iter().all(|s| s.edge != 3 && s.edge != 10));
    let whole: u64 = streets.iter().map(|s| s.length().0).sum();
    assert_eq!(whole, 300_000 * 4 + 400_000 * 3 + 150_000);
}
