//! Pieces and loose ends on streets drawn by hand.

use super::*;
use crate::network::audit::{Gain, LooseEnd, Piece, Topology};

fn audited(roads: &[Road<'_>], min_component: u64) -> (Network, Topology) {
    let (draft, problems) = draft_of(roads);
    assert!(problems.is_empty(), "{problems:?}");
    Network::build_with(draft, Millimetres(min_component), Topology::of)
}

fn road<'a>(drawing: &'a [(f64, f64)]) -> Road<'a> {
    Road(drawing, NONE_GIVEN, "", "")
}

/// Gap and gain of each loose end, millimetres of drawing allowed for.
fn said(ends: &[LooseEnd]) -> Vec<(u64, Gain)> {
    ends.iter().map(|e| ((e.gap.0 + 50) / 100 * 100, e.gain)).collect()
}

#[test]
fn a_street_that_ends_three_metres_short_is_proposed_with_the_way_round_that_it_would_save() {
    // ```text
    //   (0,100) ───────────── (200,100)
    //      │                     │
    //      │                     │
    //   (0,0) ───── (197,0) ·3 m │ (200,0)
    // ```
    let drawn: &[&[(f64, f64)]] = &[&[(0.0, 0.0), (197.0, 0.0)], &[(0.0, 0.0), (0.0, 100.0), (200.0, 100.0), (200.0, 0.0)]];
    let roads: Vec<Road<'_>> = drawn.iter().map(|d| road(d)).collect();
    let (network, topology) = audited(&roads, 0);
    // The other end of the gap faces back: one proposal, not two.
    assert_eq!(topology.dead_ends(), 2);
    let ends = topology.loose_ends(&network);
    assert_eq!(ends.len(), 1);
    let LooseEnd { gap, gain: Gain::Saves(saved), .. } = ends[0] else { panic!("{ends:?}") };
    assert!(gap.0.abs_diff(3_000) <= 2, "{gap}");
    assert!(saved.0.abs_diff(597_000 - 3_000) <= 10, "{saved}");
}

#[test]
fn five_metres_are_near_and_a_little_more_is_not() {
    for (gap, found) in [(4.999, 1), (5.02, 0)] {
        let (end, wall) = ([(0.0, 0.0), (300.0 - gap, 0.0)], [(300.0, -200.0), (300.0, 200.0)]);
        let (network, topology) = audited(&[road(&end), road(&wall)], 0);
        assert_eq!(topology.loose_ends(&network).len(), found, "{gap}");
    }
}

#[test]
fn an_end_beside_its_own_street_brings_nothing_and_is_not_proposed() {
    // A side path of 40 m that bends back to end 4 m from the street it came from, 10 m along.
    let street = [(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)];
    let path = [(100.0, 0.0), (100.0, 15.0), (110.0, 15.0), (110.0, 4.0)];
    let (network, topology) = audited(&[road(&street), road(&path)], 0);
    assert_eq!(topology.dead_ends(), 3);
    assert!(topology.loose_ends(&network).is_empty());
    // A long bend is worth it.
    let path = [(100.0, 0.0), (100.0, 40.0), (130.0, 40.0), (130.0, 4.0)];
    let (network, topology) = audited(&[road(&street), road(&path)], 0);
    let ends = topology.loose_ends(&network);
    assert!(
        matches!(ends[..], [LooseEnd { gain: Gain::Saves(saved), .. }] if saved.0.abs_diff(40_000 + 30_000 + 36_000 + 30_000 - 4_000) < 20),
        "{ends:?}"
    );
}

#[test]
fn a_street_drawn_onto_the_middle_of_another_without_a_vertex_there_touches_nothing() {
    // The usual mistake of drawn plans: it looks joined, and is not. The side street is a piece of its own.
    let (main, side) = ([(0.0, 0.0), (1000.0, 0.0)], [(400.0, 0.0), (400.0, 300.0)]);
    let (network, topology) = audited(&[road(&main), road(&side)], 0);
    assert_eq!(said(&topology.loose_ends(&network)), [(0, Gain::Joins(Millimetres(topology.pieces[1].length.0)))]);
    assert!(topology.pieces[1].length.0.abs_diff(300_000) <= 2);
    // Cut off, it is proposed all the same: a join would bring it back.
    let (network, topology) = audited(&[road(&main), road(&side)], 500_000);
    assert_eq!(topology.pieces.iter().map(|p| p.kept).collect::<Vec<_>>(), [true, false]);
    assert_eq!(topology.loose_ends(&network).len(), 1);
    // From a street that is kept to one that was cut off, too.
    let (main, side) = ([(0.0, 0.0), (1000.0, 0.0)], [(1004.0, -100.0), (1004.0, 100.0)]);
    let (network, topology) = audited(&[road(&main), road(&side)], 500_000);
    assert_eq!(said(&topology.loose_ends(&network)), [(4_000, Gain::Joins(topology.pieces[1].length))]);
}

#[test]
fn the_nearest_street_that_brings_something_is_proposed_not_the_nearest() {
    // The end lies 2 m from its own street's bend and 4 m from a street of another piece.
    let own = [(0.0, 0.0), (50.0, 0.0), (50.0, 10.0), (2.0, 10.0), (2.0, 2.0)];
    let other = [(-2.0, -300.0), (-2.0, 300.0)];
    let (network, topology) = audited(&[road(&own), road(&other)], 0);
    let ends = topology.loose_ends(&network);
    // Both ends of `own` lie near: (0,0) at 2 m, (2,2) at 4 m.
    assert_eq!(said(&ends), [(2_000, Gain::Joins(topology.pieces[1].length)), (4_000, Gain::Joins(topology.pieces[1].length))]);
}

#[test]
fn beyond_a_kilometre_the_way_round_is_only_known_to_be_longer() {
    let long = [(0.0, 0.0), (0.0, 600.0), (200.0, 600.0), (200.0, -200.0)];
    let end = [(0.0, 0.0), (197.0, 0.0)];
    let (network, topology) = audited(&[road(&long), road(&end)], 0);
    assert_eq!(said(&topology.loose_ends(&network)), [(3_000, Gain::FarRound)]);
}

#[test]
fn pieces_come_longest_first_and_say_whether_they_are_kept() {
    let drawn: &[&[(f64, f64)]] = &[&[(0.0, 0.0), (100.0, 0.0)], &[(0.0, 500.0), (900.0, 500.0)], &[(900.0, 500.0), (900.0, 600.0)]];
    let roads: Vec<Road<'_>> = drawn.iter().map(|d| road(d)).collect();
    let (network, topology) = audited(&roads, 500_000);
    let rounded: Vec<Piece> = topology.pieces.iter().map(|p| Piece { length: Millimetres((p.length.0 + 50) / 100 * 100), ..*p }).collect();
    let piece = |metres: u64, edges, kept| Piece { length: Millimetres(metres * 1000), edges, kept };
    assert_eq!(rounded, [piece(1000, 2, true), piece(100, 1, false)]);
    assert_eq!(topology.edges_of(|p| p == 0).collect::<Vec<_>>(), [(0, 1), (0, 2)]);
    assert_eq!((topology.piece_of(0), network.stats().cut_pieces), (1, 1));
}

#[test]
fn a_place_far_from_everything_has_a_nearest_street_up_to_three_kilometres() {
    let (network, _) = audited(&[road(&[(0.0, 0.0), (1000.0, 0.0)])], 0);
    let spot = network.snap_far(at(500.0, 3_000.0)).unwrap();
    assert!(spot.leg().0.abs_diff(3_000_000) < 1_000, "{:?}", spot.leg());
    assert_eq!(network.snap_far(at(500.0, 50_000.0)), None);
}
