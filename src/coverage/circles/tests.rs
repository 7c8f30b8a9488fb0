//! The law of the circles, tried with distances that share nothing with the drawing: Karney's geodesic from point to street.

use std::path::{Path, PathBuf};

use geo::{BoundingRect, Closest, ClosestPoint, Contains, Coord, GeodesicArea, Line, MultiPolygon, Point};
use proptest::prelude::*;

use super::*;
use crate::network::measured;
use crate::problem::Problems;
use crate::read::Input;
use crate::space::LonLat;
use crate::space::local::LocalFrame;

const BOTH: u8 = 3;
const WALK: WalkingSpeed = WalkingSpeed::from_mm_per_s(1000).unwrap();

fn minutes(n: u64) -> Milliseconds {
    Milliseconds(n * 60_000)
}

/// A place in metres from a corner at a latitude.
fn town(lat: f64) -> impl Fn(f64, f64) -> LonLat {
    let frame = LocalFrame::at(LonLat { lon: 112.5, lat });
    move |x, y| frame.from_xy(Coord { x, y })
}

/// A plain sequence of shares of one, the same every time.
struct Shares(u64);

impl Shares {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Geodesic metres from a place to the nearest of the drawn streets.
fn metres_to(place: LonLat, streets: &[Vec<LonLat>]) -> f64 {
    let frame = LocalFrame::at(place);
    let mut best = f64::INFINITY;
    for s in streets.iter().flat_map(|line| line.windows(2)) {
        let line = Line::new(frame.to_xy(s[0]), frame.to_xy(s[1]));
        let foot = match line.closest_point(&Point::new(0.0, 0.0)) {
            Closest::SinglePoint(p) | Closest::Intersection(p) => p,
            Closest::Indeterminate => Point::from(line.start),
        };
        // Most are far away: the exact distance is asked of the near ones.
        if foot.x().hypot(foot.y()) < best + 1.0 {
            best = best.min(measured(place, frame.from_xy(foot.0)));
        }
    }
    best
}

/// Both directions of the law, the areas and the nesting, on spots and points drawn at random.
fn assert_law(network: &Network, spot: Spot, asked: Asked<'_>, draws: usize, shares: &mut Shares) {
    let found = circles(network, &[Some(spot)], asked).remove(0).unwrap();
    assert_eq!(found.circles.len(), asked.times.iter().filter(|t| spot.leg() <= asked.speed.reach(**t)).count());
    let buffer = asked.buffer.metres();
    let mut inner: Option<MultiPolygon<f64>> = None;
    for circle in &found.circles {
        let mut streets: Vec<Vec<LonLat>> =
            network.reached_streets(spot, asked.speed.reach(circle.time)).into_iter().map(|s| network.drawing(s)).collect();
        streets.push(vec![network.place_of(spot); 2]);
        let shape = circle.outline.to_multi_polygon();
        let lonlat = |c: Coord<f64>| LonLat::from(c);

        // Every spot reached lies inside: the ends, and spots between.
        for line in &streets {
            for s in line.windows(2) {
                for t in [0.0, 1.0, shares.next()] {
                    let at = Point::new(s[0].lon + t * (s[1].lon - s[0].lon), s[0].lat + t * (s[1].lat - s[0].lat));
                    assert!(shape.contains(&at), "{at:?} of a street is outside");
                }
            }
        }

        // Every point inside is within the buffer of a spot: corners and middles of the outline, and points inside.
        let rings: Vec<_> = shape.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())).collect();
        let step = (circle.outline.vertices() / draws).max(1);
        for edge in rings.iter().flat_map(|r| r.lines()).step_by(step) {
            for point in [edge.start, edge.end, (edge.start + edge.end) / 2.0] {
                let metres = metres_to(lonlat(point), &streets);
                assert!(metres <= buffer, "{point:?} of the outline is {metres} m away");
            }
        }
        let rect = shape.bounding_rect().unwrap();
        let mut tried = 0;
        for _ in 0..draws * 20 {
            let point = Coord { x: rect.min().x + shares.next() * rect.width(), y: rect.min().y + shares.next() * rect.height() };
            if tried < draws && shape.contains(&point) {
                tried += 1;
                let metres = metres_to(lonlat(point), &streets);
                assert!(metres <= buffer, "{point:?} inside is {metres} m away");
            }
        }
        assert!(tried > 0);

        let karney = shape.geodesic_area_unsigned();
        // Karney (2013) is good to about 0.1 m² for each vertex, as areas towards the equator are summed.
        assert!((circle.area.value() - karney).abs() <= 1e-6 * karney + 0.3, "{} {karney}", circle.area.value());
        for polygon in &shape.0 {
            let signed = |ring: &geo::LineString<f64>| geo::Area::signed_area(&geo::Polygon::new(ring.clone(), Vec::new()));
            assert!(signed(polygon.exterior()) > 0.0, "the outer ring runs counter-clockwise");
            assert!(polygon.interiors().iter().all(|hole| signed(hole) < 0.0), "holes run clockwise");
        }
        use geo::algorithm::Validation;
        assert!(shape.is_valid(), "{:?}", shape.validation_errors());

        if let Some(inner) = inner.replace(shape.clone()) {
            // A crossing moves by a unit or two when it is cut again.
            for c in geo::CoordsIter::coords_iter(&inner).step_by(step) {
                let degrees = geo::Distance::distance(&geo::Euclidean, &Point::from(c), &shape);
                assert!(degrees <= 3e-7, "{c:?} of the smaller band is outside");
            }
            assert!(inner.geodesic_area_unsigned() <= karney * (1.0 + 1e-7) + 0.5);
        }
    }
}

#[test]
fn a_block_whose_middle_is_far_from_every_street_is_a_hole() {
    // ```text
    //   ┌──────┐
    //   │      │  200 m each side, all reached in 15 min; the hole is a square of 200 − 2·29.2 m
    //   └──────●
    // ```
    let at = town(36.0);
    let corners = [at(0.0, 0.0), at(200.0, 0.0), at(200.0, 200.0), at(0.0, 200.0)];
    let lines: Vec<(Vec<LonLat>, u8)> = (0..4).map(|i| (vec![corners[i], corners[(i + 1) % 4]], BOTH)).collect();
    let network = Network::drawn(&lines);
    let spot = network.snap_all(&[Some(at(201.0, -1.0))], Millimetres(100_000))[0].unwrap();
    let times = [minutes(1), minutes(15)];
    let asked = Asked { times: &times, speed: WALK, buffer: Millimetres(30_000) };
    assert_law(&network, spot, asked, 300, &mut Shares(1));

    let found = circles(&network, &[Some(spot), None], asked);
    assert!(found[1].is_none(), "unknown is no empty circle");
    let found = found[0].as_ref().unwrap();
    assert_eq!(found.circles[0].outline.to_multi_polygon().0[0].interiors().len(), 0, "two arms of 58.6 m enclose nothing");
    let whole = found.circles[1].outline.to_multi_polygon();
    assert_eq!((whole.0.len(), whole.0[0].interiors().len()), (1, 1));
    let r = 30.0 * (1.0 - KEPT_BACK) - ROUNDING;
    let hole = geo::Polygon::new(whole.0[0].interiors()[0].clone(), Vec::new()).geodesic_area_signed().abs();
    let side = 200.0 - 2.0 * r;
    assert!((hole - side * side).abs() < 30.0, "{hole} {}", side * side);
    // Four sides, four quarters of a disc drawn in steps, minus the hole.
    let exact = 200.0 * 200.0 + 4.0 * 200.0 * r + std::f64::consts::PI * r * r - side * side;
    assert!((found.circles[1].area.value() / exact - 1.0).abs() < 0.003);
}

#[test]
fn a_site_whose_time_ends_at_its_own_street_has_a_small_disc_and_one_that_never_gets_there_none() {
    let at = town(36.0);
    let network = Network::drawn(&[(vec![at(0.0, 0.0), at(500.0, 0.0)], BOTH)]);
    let spot = network.snap_all(&[Some(at(250.0, 60.0))], Millimetres(100_000))[0].unwrap();
    let times = [Milliseconds(spot.leg().0 - 1), Milliseconds(spot.leg().0), Milliseconds(spot.leg().0 + 10_000)];
    let asked = Asked { times: &times, speed: WALK, buffer: Millimetres(30_000) };
    let found = circles(&network, &[Some(spot)], asked)[0].clone().unwrap();
    assert_eq!(found.circles.iter().map(|c| c.time).collect::<Vec<_>>(), times[1..]);
    let disc = std::f64::consts::PI * 29.1 * 29.1;
    assert!((found.circles[0].area.value() / disc - 1.0).abs() < 0.04);
    assert_law(&network, spot, asked, 200, &mut Shares(2));
}

#[test]
fn a_one_way_street_is_reached_only_from_where_one_may_come() {
    // A walker comes from the west only: the circle does not reach east of the site but for the buffer.
    let at = town(36.0);
    let network = Network::drawn(&[(vec![at(0.0, 0.0), at(400.0, 0.0)], 1)]);
    let spot = network.snap_all(&[Some(at(200.0, 0.0))], Millimetres(100_000))[0].unwrap();
    let times = [minutes(2)];
    let asked = Asked { times: &times, speed: WALK, buffer: Millimetres(30_000) };
    assert_law(&network, spot, asked, 300, &mut Shares(3));
    let rect = circles(&network, &[Some(spot)], asked)[0].clone().unwrap().circles[0].outline.to_multi_polygon().bounding_rect().unwrap();
    assert!(rect.max().x < at(230.0, 0.0).lon && rect.max().x > at(228.0, 0.0).lon);
    assert!(rect.min().x > at(50.0, 0.0).lon && rect.min().x < at(52.0, 0.0).lon);
}

#[test]
fn one_thread_and_two_draw_the_same() {
    let network = Network::grid(12, 12, 90.0);
    let (sw, ne) = network.bounds().unwrap();
    let mut shares = Shares(4);
    let places: Vec<Option<LonLat>> = (0..60)
        .map(|_| Some(LonLat { lon: sw.lon + shares.next() * (ne.lon - sw.lon), lat: sw.lat + shares.next() * (ne.lat - sw.lat) }))
        .collect();
    let spots = network.snap_all(&places, Millimetres(100_000));
    let times = [minutes(5), minutes(10)];
    let asked = Asked { times: &times, speed: WALK, buffer: Millimetres(30_000) };
    let on = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| circles(&network, &spots, asked));
    let one = on(1);
    assert!(one == on(2));
    let mut streamed = Vec::new();
    for_each_site(
        &network,
        &spots,
        asked,
        |i, found| (i, found),
        |made| {
            streamed.push(made);
            Ok::<(), ()>(())
        },
    )
    .unwrap();
    assert!(streamed.into_iter().eq(one.into_iter().enumerate()), "handed on in order, and the same");
}

prop_compose! {
    /// A small town: corners of a shaken grid, streets with bends between them, some missing, some one-way.
    fn towns()(
        lat in prop::sample::select(vec![0.0, 36.0, -41.3, 60.2]),
        spacing in 8.0..180.0f64,
        seed in any::<u64>(),
        bends in 0usize..4,
        (columns, rows) in (2usize..6, 1usize..6),
    ) -> (Vec<(Vec<LonLat>, u8)>, LonLat) {
        let at = town(lat);
        let mut shares = Shares(seed);
        let mut shake = |by: f64| (shares.next() - 0.5) * by * spacing;
        let corners: Vec<(f64, f64)> =
            (0..columns * rows).map(|i| ((i % columns) as f64 * spacing + shake(0.7), (i / columns) as f64 * spacing + shake(0.7))).collect();
        let mut lines = Vec::new();
        for (x, y) in (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y))) {
            for (x2, y2) in [(x + 1, y), (x, y + 1)].into_iter().filter(|(x, y)| *x < columns && *y < rows) {
                let (a, b) = (corners[y * columns + x], corners[y2 * columns + x2]);
                let mut line = vec![at(a.0, a.1)];
                for k in 1..=bends {
                    let t = k as f64 / (bends + 1) as f64;
                    line.push(at(a.0 + t * (b.0 - a.0) + shake(0.5), a.1 + t * (b.1 - a.1) + shake(0.5)));
                }
                line.push(at(b.0, b.1));
                let chance = shake(1.0) / spacing;
                if chance > -0.35 {
                    lines.push((line, if chance > 0.4 { 1 } else { BOTH }));
                }
            }
        }
        if lines.is_empty() {
            lines.push((vec![at(0.0, 0.0), at(spacing, 1.0)], BOTH));
        }
        let site = at(corners[0].0 + shake(2.0), corners[0].1 + shake(2.0));
        (lines, site)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn the_law_holds_in_towns_drawn_at_random(
        (lines, site) in towns(),
        buffer in prop::sample::select(vec![1_000u64, 5_000, 30_000, 90_000]),
        seconds in prop::collection::vec(1u64..500, 1..4),
        seed in any::<u64>(),
    ) {
        let network = Network::drawn(&lines);
        let spot = network.snap_all(&[Some(site)], Millimetres(10_000_000))[0].unwrap();
        let mut times: Vec<Milliseconds> = seconds.iter().map(|s| Milliseconds(s * 1000 + seed % 1000)).collect();
        times.sort_unstable();
        times.dedup();
        let asked = Asked { times: &times, speed: WALK, buffer: Millimetres(buffer) };
        assert_law(&network, spot, asked, 60, &mut Shares(seed));
    }
}

#[test]
fn the_law_holds_on_real_streets() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = std::env::var_os("CARESHED_DATA").map_or(beside, PathBuf::from).join("helsinki/helsinki.osm.pbf");
    if !path.is_file() {
        println!("skipped: no data: the_law_holds_on_real_streets needs helsinki/helsinki.osm.pbf");
        return;
    }
    let mut settings = Settings::default();
    settings.inputs.network = vec![Input { path, ..Input::default() }];
    let network = Network::read(&settings, &mut Problems::default()).unwrap();
    let (sw, ne) = network.bounds().unwrap();
    let mut shares = Shares(7);
    let mut places = Vec::new();
    while places.len() < 12 {
        let place = LonLat { lon: sw.lon + shares.next() * (ne.lon - sw.lon), lat: sw.lat + shares.next() * (ne.lat - sw.lat) };
        places.extend(network.snap_all(&[Some(place)], Millimetres(100_000))[0]);
    }
    let times = times(&settings);
    for spot in places {
        assert_law(&network, spot, Asked { times: &times, speed: WALK, buffer: Millimetres(30_000) }, 150, &mut shares);
    }
}
