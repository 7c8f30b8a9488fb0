//! Random networks: loops, parallel edges, one-way edges, chains, rings, several spots on one edge.

use proptest::prelude::*;

use super::*;

/// An edge: two of a few nodes, millimetres, directions.
fn edges() -> impl Strategy<Value = Vec<(u32, u32, u32, u8)>> {
    let ways = prop_oneof![6 => Just(draft::BOTH), 1 => Just(draft::FORWARD), 1 => Just(draft::BACKWARD)];
    // Twelve nodes and up to twenty edges: many nodes have degree two.
    proptest::collection::vec((0..12u32, 0..12u32, 0..60u32, ways), 1..20)
}

fn spots(n: usize) -> impl Strategy<Value = Vec<Option<(u32, u32, u32)>>> {
    proptest::collection::vec(proptest::option::weighted(0.9, (any::<u32>(), any::<u32>(), 0..20u32)), 1..n)
}

fn drawn(edges: &[(u32, u32, u32, u8)]) -> Draft {
    let mut draft = Draft::new();
    draft.nodes = 12;
    for (a, b, length, ways) in edges {
        let place = |n: u32| at(f64::from(n % 4) * 50.0, f64::from(n / 4) * 50.0);
        draft.vertices.extend([place(*a), at(f64::from(a + b) * 7.0, 11.0), place(*b)]);
        // On a one-way street of no length nobody could say at which end a spot is.
        let length = if *ways == draft::BOTH { *length } else { (*length).max(1) };
        draft.close_edge([*a, *b], length, *ways, 2);
    }
    draft
}

/// Spots on any edge, often at its ends.
fn placed(draft: &Draft, raw: &[Option<(u32, u32, u32)>]) -> Vec<Option<Spot>> {
    raw.iter()
        .map(|r| {
            r.map(|(edge, along, leg)| {
                let edge = edge % draft.len() as u32;
                let length = draft.length[edge as usize];
                let along = match along % 5 {
                    0 => 0,
                    1 => length,
                    _ => along / 5 % (length + 1),
                };
                Spot { edge, along, leg }
            })
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_pair_is_as_far_as_the_textbook_says(edges in edges(), sites in spots(5), points in spots(12), limit in 0u64..300) {
        let draft = drawn(&edges);
        let (sites, points) = (placed(&draft, &sites), placed(&draft, &points));
        let network = Network::build(draft.clone(), Millimetres(0));
        let table = reach::build(&network, &sites, &points, Millimetres(limit));
        let all: Vec<u32> = (0..sites.len() as u32).collect();
        let nearest = nearest::nearest(&network, &sites, &all, &points);
        let mut best: Vec<Option<(u64, u32)>> = vec![None; points.len()];
        for (s, site) in sites.iter().enumerate() {
            let Some(site) = site else {
                prop_assert!(!table.known().site_known(s) && table.of_site(s).len() == 0);
                continue;
            };
            let walks = textbook::walks(&draft, *site, &points);
            let within: Vec<(usize, Millimetres)> = walks.iter().enumerate()
                .filter_map(|(p, mm)| mm.filter(|mm| *mm <= limit).map(|mm| (p, Millimetres(mm)))).collect();
            prop_assert_eq!(table.of_site(s).collect::<Vec<_>>(), within);
            for (p, mm) in walks.iter().enumerate() {
                if let Some(mm) = mm {
                    best[p] = Some(best[p].unwrap_or((u64::MAX, u32::MAX)).min((*mm, s as u32)));
                }
            }
        }
        // Fewer sites than would ever be swept, swept all the same.
        let known = std::sync::Arc::new(table.known().clone());
        let sorted = points::Points::new(&network, &points);
        let on_chains: Vec<(u32, ChainSpot)> =
            sites.iter().enumerate().filter_map(|(i, s)| s.map(|s| (i as u32, network.on_chain(s)))).collect();
        let swept = sweep::Sweep::new(&network.graph, &sorted, limit as u32).unwrap().chunks(&network.graph, &sorted, &on_chains);
        let swept = reach::ReachTable::of_chunks(swept, 0..sites.len(), known, Millimetres(limit));
        for s in 0..sites.len() {
            prop_assert!(swept.of_site(s).eq(table.of_site(s)), "{:?} {:?}", swept.of_site(s).collect::<Vec<_>>(), table.of_site(s).collect::<Vec<_>>());
        }
        prop_assert_eq!(nearest, best.iter().map(|b| b.map(|(mm, s)| (s, Millimetres(mm)))).collect::<Vec<_>>());
    }

    #[test]
    fn reached_streets_are_those_whose_spots_are_reached(edges in edges(), site in spots(2), limit in 0u64..200) {
        let draft = drawn(&edges);
        let Some(site) = placed(&draft, &site)[0] else { return Ok(()) };
        let network = Network::build(draft.clone(), Millimetres(0));
        let streets = network.reached_streets(site, Millimetres(limit));
        let points: Vec<Option<Spot>> = (0..draft.len() as u32)
            .flat_map(|edge| (0..=draft.length[edge as usize]).map(move |along| Some(Spot { edge, along, leg: 0 }))).collect();
        let walks = textbook::walks(&draft, site, &points);
        for (spot, walk) in points.iter().flatten().zip(walks) {
            let (along, length) = (u64::from(spot.along), u64::from(draft.length[spot.edge as usize]));
            let inside = streets.iter().any(|s| s.edge == spot.edge && s.from.0 <= along && along <= s.to.0);
            let walk = walk.unwrap_or(u64::MAX);
            prop_assert!(!inside || walk <= limit);
            // At a junction a one-way street need not be reached itself.
            prop_assert!(inside || walk >= limit || along == 0 || along == length, "{spot:?} {walk} {streets:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_nearest_spot_is_the_nearest_of_all(
        lines in proptest::collection::vec(proptest::collection::vec((0.0..400.0f64, 0.0..400.0f64), 2..14), 1..12),
        places in proptest::collection::vec((-150.0..550.0f64, -150.0..550.0f64), 1..20),
        limit in 1u64..150_000,
    ) {
        let roads: Vec<Road<'_>> = lines.iter().map(|l| Road(l, NONE_GIVEN, "", "")).collect();
        let network = Network::build(draft_of(&roads).0, Millimetres(0));
        let places: Vec<Option<LonLat>> = places.iter().map(|(x, y)| Some(at(*x, *y))).collect();
        let spots = network.snap_all(&places, Millimetres(limit));
        for (place, spot) in places.iter().flatten().zip(&spots) {
            let mut best = u64::MAX;
            for s in network.streets().flat_map(|line| line.windows(2)) {
                let on = |t: f64| LonLat { lon: s[0].lon + t * (s[1].lon - s[0].lon), lat: s[0].lat + t * (s[1].lat - s[0].lat) };
                let (mut low, mut high) = (0.0, 1.0);
                for _ in 0..80 {
                    let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
                    if length::karney(*place, on(a)) < length::karney(*place, on(b)) { high = b } else { low = a }
                }
                best = best.min((length::karney(*place, on((low + high) / 2.0)) * 1000.0 + 0.5).floor() as u64);
            }
            match spot {
                Some(spot) => {
                    prop_assert_eq!(u64::from(spot.leg), best);
                    // The spot stands where it says it stands.
                    let there = length::karney(*place, network.place_of(*spot)) * 1000.0;
                    prop_assert!((there - f64::from(spot.leg)).abs() < 1.6, "{there} {spot:?}");
                }
                None => prop_assert!(best > limit, "{best}"),
            }
        }
    }
}
