//! How fast coverage is counted once the walks are known: `cargo bench --bench coverage`. Coverage, the norm in reach (two-step floating
//! catchment), and what each candidate would add, in a synthetic city of 300 communities.

mod common;

use careshed::access::two_step;
use careshed::coverage;
use careshed::network::Network;
use careshed::network::reach::{self, ReachTable};
use careshed::problem::Problems;
use careshed::space::LonLat;
use common::FOUND;
use divan::Bencher;
use divan::counter::ItemsCount;

/// Who reaches whom in the city: facilities, then candidates.
static TABLE: std::sync::LazyLock<ReachTable> = std::sync::LazyLock::new(|| {
    let found = &*FOUND;
    let network = Network::read(&found.settings, &mut Problems::default()).expect("the city has streets");
    let sites = found.city.facilities.iter().map(|f| f.place).chain(found.city.candidates.iter().map(|c| c.place));
    let points: Vec<Option<LonLat>> = found.demand.places.iter().copied().map(Some).collect();
    let snap = |places: &[Option<LonLat>]| network.snap_all(places, found.settings.snap);
    reach::build(&network, &snap(&sites.collect::<Vec<_>>()), &snap(&points), found.settings.farthest())
});

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn cover(bencher: Bencher<'_, '_>, threads: usize) {
    let (found, pool) = (&*FOUND, common::pool(threads));
    bencher.counter(ItemsCount::new(found.demand.len())).bench(|| {
        pool.install(|| coverage::cover(&found.settings, &found.city, &found.demand, &*TABLE, found.coverage.nearest.clone(), None))
    });
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn norm_in_reach(bencher: Bencher<'_, '_>, threads: usize) {
    let (found, pool) = (&*FOUND, common::pool(threads));
    bencher.counter(ItemsCount::new(found.demand.len())).bench(|| {
        pool.install(|| {
            two_step::norm_in_reach(&found.settings, &found.city, &found.demand, &*TABLE, &found.coverage, &mut Problems::default())
        })
    });
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn figures_of_candidates(bencher: Bencher<'_, '_>, threads: usize) {
    let (found, pool) = (&*FOUND, common::pool(threads));
    let mut problems = Problems::default();
    let norm = two_step::norm_in_reach(&found.settings, &found.city, &found.demand, &*TABLE, &found.coverage, &mut problems);
    bencher
        .counter(ItemsCount::new(found.city.candidates.len()))
        .bench(|| pool.install(|| coverage::figures(&found.settings, &found.city, &found.demand, &*TABLE, &found.coverage, &norm)));
}
