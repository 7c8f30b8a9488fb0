//! Small networks drawn by hand, random ones against a textbook, and real cities.

mod audit;
mod pbf;
mod random;
mod real;
mod textbook;
mod worked;

use geo::{Destination, Geodesic, Geometry, LineString, Point};

use super::lines::Roads;
use super::*;
use crate::read::{Cell, Input, Record, Visit};
use crate::space::crs::Crs;

/// The place `east` and `north` metres from a corner of a made-up town.
fn at(east: f64, north: f64) -> LonLat {
    let corner = Point::new(113.1, 36.2);
    let up = Geodesic.destination(corner, 0.0, north);
    LonLat::from(geo::Coord::from(Geodesic.destination(up, 90.0, east)))
}

/// A road line: drawing in metres from the corner, `length_m`, names of its ends (empty: none).
struct Road<'a>(&'a [(f64, f64)], Cell<'a>, &'a str, &'a str);

/// Reads lines as a layer reader would hand them over.
fn roads_of(file: &str, roads: &[Road<'_>]) -> Roads {
    let mut read = Roads::new(&Input { shown: file.to_owned(), ..Input::default() });
    read.columns(&["name", "LENGTH_M", "from_node", "to_node"].map(str::to_owned));
    for (i, Road(drawing, length, from, to)) in roads.iter().enumerate() {
        let line: LineString<f64> = drawing.iter().map(|(x, y)| at(*x, *y).coord()).collect();
        fn name(n: &str) -> Cell<'_> {
            if n.is_empty() { Cell::Empty } else { Cell::Text(n) }
        }
        read.record(Record {
            row: None,
            feature: Some(i as u32),
            cells: &[Cell::Empty, *length, name(from), name(to)],
            geometry: Some(&Geometry::LineString(line)),
        });
    }
    read
}

fn draft_of(roads: &[Road<'_>]) -> (Draft, Problems) {
    let mut problems = Problems::default();
    let draft = roads_of("roads.geojson", roads).finish(&Crs::wgs84(), &mut problems);
    (draft, problems)
}

fn codes(problems: &Problems) -> Vec<&'static str> {
    problems.iter().map(|p| p.code.text()).collect()
}

const NONE_GIVEN: Cell<'static> = Cell::Empty;

#[test]
fn lines_join_where_vertices_are_shared_and_pass_over_each_other_where_not() {
    // ```text
    //      (0,100)          x: crossing without a vertex
    //         │
    //  ───────x────●────    ●: a vertex of both
    //         │    │
    //      (0,-100)(50,-100)
    // ```
    let (draft, problems) = draft_of(&[
        Road(&[(-100.0, 0.0), (50.0, 0.0), (100.0, 0.0)], NONE_GIVEN, "", ""),
        Road(&[(0.0, 100.0), (0.0, -100.0)], NONE_GIVEN, "", ""),
        Road(&[(50.0, 0.0), (50.0, -100.0)], NONE_GIVEN, "", ""),
    ]);
    assert!(problems.is_empty());
    assert_eq!(draft.length, [150_000, 50_000, 200_000, 100_000]);
    assert_eq!(draft.ends, [[0, 1], [1, 2], [3, 4], [1, 5]]);
    let network = Network::build(draft, Millimetres(0));
    assert_eq!((network.stats.pieces, network.stats.nodes, network.stats.edges), (2, 6, 4));
}

#[test]
fn length_m_is_shared_out_along_the_drawing_and_adds_up() {
    let (draft, problems) = draft_of(&[
        Road(&[(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (300.0, 0.0)], Cell::Text(" 100.001 "), "", ""),
        Road(&[(100.0, 0.0), (100.0, 50.0)], Cell::Number(70.000_5), "", ""),
        Road(&[(200.0, 0.0), (200.0, 50.0)], Cell::Number(0.0), "", ""),
    ]);
    assert!(problems.is_empty());
    // A third each, cut points rounded: 33333.67, 66667.33.
    assert_eq!(draft.length, [33_334, 33_333, 33_334, 70_001, 0]);
}

#[test]
fn where_ends_are_named_only_names_join() {
    let (draft, _) = draft_of(&[
        Road(&[(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)], NONE_GIVEN, "a", "b"),
        Road(&[(100.0, 0.0), (100.0, 100.0)], NONE_GIVEN, "c", "d"),
        Road(&[(500.0, 500.0), (600.0, 500.0)], NONE_GIVEN, "b", "c"),
    ]);
    assert_eq!(draft.ends, [[0, 1], [2, 3], [1, 2]]);
}

#[test]
fn files_of_one_network_join_where_they_share_vertices_and_names_only_there() {
    let file = |name: &str, roads: &[Road<'_>]| roads_of(name, roads);
    let mut main = file(
        "main.shp",
        &[Road(&[(0.0, 0.0), (100.0, 0.0)], NONE_GIVEN, "", ""), Road(&[(0.0, 50.0), (100.0, 50.0)], NONE_GIVEN, "1", "2")],
    );
    main.absorb(file(
        "side.shp",
        &[
            Road(&[(100.0, 0.0), (200.0, 0.0)], NONE_GIVEN, "", ""),
            // Counts from 1 too: its 2 is the other file's 2, drawn at the same vertex, its 1 is not.
            Road(&[(100.0, 50.0), (200.0, 50.0)], NONE_GIVEN, "2", "1"),
            Road(&[(200.0, 50.0), (300.0, 50.0)], Cell::Text("?"), "1", "3"),
        ],
    ));
    let mut problems = Problems::default();
    let draft = main.finish(&Crs::wgs84(), &mut problems);
    assert_eq!(draft.ends, [[0, 1], [2, 3], [1, 4], [3, 5], [5, 6]]);
    let problem = problems.iter().next().unwrap();
    assert_eq!((problem.origin.file.as_deref(), problem.origin.feature), (Some("side.shp"), Some(2)));
}

#[test]
fn loops_stay_and_lines_without_extent_are_dropped_and_named() {
    let (draft, problems) = draft_of(&[
        Road(&[(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 0.0)], NONE_GIVEN, "", ""),
        Road(&[(0.0, 0.0), (0.0, 0.0)], Cell::Number(5.0), "", ""),
        Road(&[(0.0, 0.0), (-100.0, 0.0)], NONE_GIVEN, "", ""),
    ]);
    assert_eq!(codes(&problems), ["W-GEOM"]);
    assert_eq!(problems.iter().next().unwrap().origin.feature, Some(1));
    assert_eq!(draft.ends, [[0, 0], [0, 1]]);
}

#[test]
fn bad_lengths_are_named_and_nothing_is_guessed() {
    let line: &[(f64, f64)] = &[(0.0, 0.0), (100.0, 0.0)];
    let bad = [Cell::Text("约100"), Cell::Number(-1.0), Cell::Number(f64::NAN), Cell::Number(2e9), Cell::Text("")];
    let (_, problems) = draft_of(&bad.map(|b| Road(line, b, "", "")));
    assert_eq!(codes(&problems), ["E-NUM-APPROX", "E-NUM-NEG", "E-NAN", "E-NUM"]);
    assert!(problems.iter().all(|p| p.field.as_deref() == Some("length_m") && p.value.is_some()));
}

#[test]
fn a_layer_without_lines_has_no_ways() {
    let (draft, problems) = draft_of(&[]);
    assert!(draft.is_empty());
    assert_eq!(codes(&problems), ["E-NO-WAYS"]);
}

#[test]
fn pieces_exactly_as_long_as_the_minimum_are_kept() {
    let roads = || {
        draft_of(&[
            Road(&[(0.0, 0.0), (100.0, 0.0)], Cell::Number(2000.0), "", ""),
            Road(&[(0.0, 50.0), (10.0, 50.0)], Cell::Number(1999.999), "", ""),
        ])
        .0
    };
    let network = Network::build(roads(), Millimetres(2_000_000));
    let s = network.stats();
    assert_eq!((s.pieces, s.cut_pieces, s.cut_length, s.length), (1, 1, Millimetres(1_999_999), Millimetres(2_000_000)));
    assert!(network.snap(at(5.0, 50.0), Millimetres(49_000)).is_none());
    assert_eq!(network.cut_off_streets().count(), 1);
    assert_eq!(Network::build(roads(), Millimetres(0)).stats().pieces, 2);
}

#[test]
fn the_snap_limit_is_inclusive_and_ties_go_to_the_first_edge() {
    let (draft, _) =
        draft_of(&[Road(&[(0.0, 20.0), (100.0, 20.0)], NONE_GIVEN, "", ""), Road(&[(0.0, -20.0), (100.0, -20.0)], NONE_GIVEN, "", "")]);
    let network = Network::build(draft, Millimetres(0));
    let spot = network.snap(at(30.0, 0.0), Millimetres(20_000)).unwrap();
    assert_eq!((spot.edge, spot.leg), (0, 20_000));
    assert!(spot.along.abs_diff(30_000) <= 1);
    assert_eq!(network.snap(at(30.0, 0.0), Millimetres(19_999)), None);
    assert_eq!(network.snap(at(30.0, -1.0), Millimetres(100_000)).unwrap().edge, 1);
}

#[test]
fn a_place_within_a_millimetre_of_a_vertex_is_that_vertex() {
    let (draft, _) = draft_of(&[
        Road(&[(0.0, 0.0), (100.0, 0.0)], Cell::Number(80.0), "a", "b"),
        Road(&[(40.0, -50.0), (40.0, 0.0), (40.0, 50.0)], NONE_GIVEN, "c", "d"),
    ]);
    let network = Network::build(draft, Millimetres(0));
    // The first street passes right here, but the second has its vertex here.
    let spot = network.snap(at(40.000_5, 0.000_5), Millimetres(100_000)).unwrap();
    assert_eq!((spot.edge, spot.along, spot.leg), (1, 50_000, 0));
    let spot = network.snap(at(100.000_9, 0.0), Millimetres(100_000)).unwrap();
    assert_eq!((spot.edge, spot.along, spot.leg), (0, 80_000, 0));
    let spot = network.snap(at(100.003, 0.0), Millimetres(100_000)).unwrap();
    assert_eq!((spot.along, spot.leg), (80_000, 3));
}

#[test]
fn a_very_long_street_of_many_edges_stays_measurable() {
    let roads: Vec<Vec<(f64, f64)>> = (0..5).map(|i| vec![(f64::from(i) * 100.0, 0.0), (f64::from(i + 1) * 100.0, 0.0)]).collect();
    let roads: Vec<Road<'_>> = roads.iter().map(|r| Road(r, Cell::Number(900_000.0), "", "")).collect();
    let network = Network::build(draft_of(&roads).0, Millimetres(0));
    let spots = network.snap_all(&[Some(at(1.0, 0.0)), Some(at(499.0, 0.0))], Millimetres(1000));
    let found = nearest::nearest(&network, &spots[..1], &[0], &spots[1..]);
    assert!(found[0].unwrap().1.0.abs_diff(4_482_000_000) < 20_000);
}
