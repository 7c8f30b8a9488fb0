//! How fast places are snapped and reach is found: `cargo bench --bench reach`.
//!
//! Real files are taken from `CARESHED_DATA` or `../shared/data` and skipped by name where they are not there.

mod common;

use std::sync::LazyLock;

use careshed::network::{Network, Spot, nearest, reach};
use careshed::problem::Problems;
use careshed::space::LonLat;
use careshed::units::Millimetres;
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// A thousand by a thousand corners, 84 m apart: within 1,200 m of one lie about four hundred.
static GRID: LazyLock<Network> = LazyLock::new(|| Network::grid(1000, 1000, 84.0));

/// Places strewn over the grid by a plain multiplicative sequence, the same every time.
fn strewn(count: u32) -> Vec<Option<LonLat>> {
    let share = |i: u32, by: u64| f64::from((u64::from(i) * by % 1_000_003) as u32) / 1_000_003.0;
    let (south_west, north_east) = GRID.bounds().unwrap_or_else(|| unreachable!("a grid has streets"));
    let at = |i| LonLat {
        lon: south_west.lon + share(i, 618_034) * (north_east.lon - south_west.lon),
        lat: south_west.lat + share(i, 414_214) * (north_east.lat - south_west.lat),
    };
    (1..=count).map(|i| Some(at(i))).collect()
}

static SITES: LazyLock<Vec<Option<Spot>>> = LazyLock::new(|| GRID.snap_all(&strewn(10_000), Millimetres(100_000)));
static POINTS: LazyLock<Vec<Option<Spot>>> = LazyLock::new(|| GRID.snap_all(&strewn(1_000_000), Millimetres(100_000)));

/// 10,000 sources of 1,200 m, no demand points: the search alone.
#[divan::bench(args = [1, 2], sample_count = 5)]
fn search_on_a_million_nodes(bencher: Bencher<'_, '_>, threads: usize) {
    let pool = common::pool(threads);
    let sites = &*SITES;
    bencher.counter(ItemsCount::new(sites.len())).bench(|| pool.install(|| reach::build(&GRID, sites, &[], Millimetres(1_200_000))));
}

/// The same with a million demand points: search, gathering and the table.
#[divan::bench(args = [1, 2], sample_count = 3)]
fn reach_table_of_a_million_points(bencher: Bencher<'_, '_>, threads: usize) {
    let pool = common::pool(threads);
    let (sites, points) = (&*SITES, &*POINTS);
    bencher.counter(ItemsCount::new(sites.len())).bench(|| pool.install(|| reach::build(&GRID, sites, points, Millimetres(1_200_000))));
}

#[divan::bench(sample_count = 3)]
fn nearest_of_all(bencher: Bencher<'_, '_>) {
    let (sites, points) = (&*SITES, &*POINTS);
    let which: Vec<u32> = (0..sites.len() as u32).collect();
    bencher.counter(ItemsCount::new(points.len())).bench(|| nearest::nearest(&GRID, sites, &which, points));
}

#[divan::bench(args = [1, 2], sample_count = 3)]
fn snap(bencher: Bencher<'_, '_>, threads: usize) {
    let pool = common::pool(threads);
    let places = strewn(200_000);
    bencher.counter(ItemsCount::new(places.len())).bench(|| pool.install(|| GRID.snap_all(&places, Millimetres(100_000))));
}

#[divan::bench(args = ["helsinki/helsinki.osm.pbf", "malta/malta.osm.pbf"], sample_count = 5)]
fn thousand_sources_of_a_city(bencher: Bencher<'_, '_>, file: &str) {
    let Some(settings) = common::real(file).map(common::streets) else { return };
    let Some(network) = Network::read(&settings, &mut Problems::default()) else { return };
    let streets: Vec<Option<LonLat>> = network.streets().map(|line| Some(line[0])).collect();
    let step = (streets.len() / 1000).max(1);
    let sites: Vec<Option<LonLat>> = streets.iter().copied().step_by(step).take(1000).collect();
    let (sites, points) = (network.snap_all(&sites, Millimetres(100_000)), network.snap_all(&streets, Millimetres(100_000)));
    bencher.counter(ItemsCount::new(sites.len())).bench(|| reach::build(&network, &sites, &points, Millimetres(1_000_000)));
}
