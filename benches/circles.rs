//! How fast service circles are drawn: `cargo bench --bench circles`.
//!
//! Real streets are taken from `CARESHED_DATA` or `../shared/data` and skipped by name where they are not there.

use std::path::{Path, PathBuf};

use careshed::coverage::circles::{Asked, circles, times};
use careshed::network::{Network, Spot};
use careshed::problem::Problems;
use careshed::read::Input;
use careshed::settings::Settings;
use careshed::space::LonLat;
use careshed::units::Millimetres;
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// 200 sites on a grid of blocks 84 m wide, all of 5, 10 and 15 minutes.
#[divan::bench(args = [1, 2], sample_count = 3)]
fn grid(bencher: Bencher<'_, '_>, threads: usize) {
    draw(bencher, &Network::grid(150, 150, 84.0), threads);
}

/// 200 sites strewn over Helsinki.
#[divan::bench(args = [1, 2], sample_count = 3)]
fn helsinki(bencher: Bencher<'_, '_>, threads: usize) {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = std::env::var_os("CARESHED_DATA").map_or(beside, PathBuf::from).join("helsinki/helsinki.osm.pbf");
    if !path.is_file() {
        println!("skipped: no data: helsinki/helsinki.osm.pbf");
        return;
    }
    let mut settings = Settings::default();
    settings.inputs.network = vec![Input { path, ..Input::default() }];
    if let Some(network) = Network::read(&settings, &mut Problems::default()) {
        draw(bencher, &network, threads);
    }
}

fn draw(bencher: Bencher<'_, '_>, network: &Network, threads: usize) {
    let settings = Settings::default();
    let starts: Vec<Option<LonLat>> = network.streets().map(|line| Some(line[0])).collect();
    let places: Vec<Option<LonLat>> = starts.iter().copied().step_by((starts.len() / 200).max(1)).take(200).collect();
    let spots: Vec<Option<Spot>> = network.snap_all(&places, Millimetres(100_000));
    let times = times(&settings);
    let asked = Asked { times: &times, speed: settings.speed, buffer: settings.circle_buffer };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.unwrap_or_else(|_| unreachable!("a pool of a few threads can be built"));
    bencher.counter(ItemsCount::new(spots.len())).bench(|| pool.install(|| circles(network, &spots, asked)));
}
