//! How fast files are read: `cargo bench --bench read`. Streets from PBF and from lines, demand from CSV, communities from GeoJSON.
//!
//! Real files are taken from `CARESHED_DATA` or `../shared/data` and skipped by name where they are not there.

mod common;

use std::path::{Path, PathBuf};

use careshed::network::Network;
use careshed::problem::Problems;
use careshed::read;
use careshed::settings::Settings;
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

fn size(path: &Path) -> BytesCount {
    BytesCount::new(path.metadata().map_or(0, |m| m.len()))
}

/// From the file to a network ready for searching and snapping.
fn network(bencher: Bencher<'_, '_>, file: Option<PathBuf>, threads: usize) {
    let Some(file) = file else { return };
    let (pool, bytes, settings) = (common::pool(threads), size(&file), common::streets(file));
    bencher.counter(bytes).bench(|| pool.install(|| Network::read(&settings, &mut Problems::default())));
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn pbf_of_helsinki(bencher: Bencher<'_, '_>, threads: usize) {
    network(bencher, common::real("helsinki/helsinki.osm.pbf"), threads);
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn pbf_of_malta(bencher: Bencher<'_, '_>, threads: usize) {
    network(bencher, common::real("malta/malta.osm.pbf"), threads);
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn pbf_of_the_synthetic_city(bencher: Bencher<'_, '_>, threads: usize) {
    network(bencher, Some(common::made("roads.osm.pbf")), threads);
}

#[divan::bench(args = [1, 2], sample_count = 3)]
fn lines_of_kunming(bencher: Bencher<'_, '_>, threads: usize) {
    network(bencher, common::real("kunming-roads/kunming_roads.shp"), threads);
}

#[divan::bench(args = [1, 2], sample_count = 3)]
fn lines_of_the_synthetic_city(bencher: Bencher<'_, '_>, threads: usize) {
    network(bencher, Some(common::made("roads.geojson")), threads);
}

/// The study with all inputs forgotten but those that `keep` puts back.
fn only(keep: impl Fn(&mut Settings, Settings)) -> Settings {
    let whole = common::study();
    let mut settings = Settings { inputs: Default::default(), ..whole.clone() };
    keep(&mut settings, whole);
    settings
}

#[divan::bench(sample_count = 5)]
fn communities_from_geojson(bencher: Bencher<'_, '_>) {
    let settings = only(|s, whole| s.inputs.communities = whole.inputs.communities);
    bencher.counter(size(&common::made("communities.geojson"))).bench(|| read::city::read(&settings, &mut Problems::default()));
}

#[divan::bench(sample_count = 5)]
fn demand_from_csv(bencher: Bencher<'_, '_>) {
    let settings = only(|s, whole| {
        s.inputs.communities = whole.inputs.communities;
        s.inputs.demand = whole.inputs.demand;
    });
    let city = read::city::read(&settings, &mut Problems::default());
    bencher.counter(size(&common::made("demand.csv"))).bench(|| read::demand::read(&settings, &city, &mut Problems::default()));
}

#[divan::bench(sample_count = 5)]
fn candidates_from_csv(bencher: Bencher<'_, '_>) {
    let settings = only(|s, whole| s.inputs.candidates = whole.inputs.candidates);
    bencher.counter(size(&common::made("candidates.csv"))).bench(|| read::city::read(&settings, &mut Problems::default()));
}
