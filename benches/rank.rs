//! How fast candidates are judged and ranked: `cargo bench --bench rank`. Facts, verdicts of every rule, scores, in a synthetic city of 300
//! communities with both built-in packs.

mod common;

use careshed::policy::judge::{self, Stand};
use careshed::score;
use careshed::study::facts;
use common::FOUND;
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

fn facts_of_all() -> Vec<careshed::policy::facts::Facts> {
    facts::of_candidates(&FOUND.city, &FOUND.settings, &FOUND.coverage, &FOUND.figures)
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn facts_of_candidates(bencher: Bencher<'_, '_>, threads: usize) {
    let (found, pool) = (&*FOUND, common::pool(threads));
    bencher.counter(ItemsCount::new(found.city.candidates.len())).bench(|| pool.install(facts_of_all));
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn judge(bencher: Bencher<'_, '_>, threads: usize) {
    let (found, pool, facts) = (&*FOUND, common::pool(threads), facts_of_all());
    let subjects: Vec<(&str, &_)> = found.city.candidates.iter().map(|c| c.id.as_str()).zip(&facts).collect();
    bencher.counter(ItemsCount::new(subjects.len())).bench(|| {
        pool.install(|| found.packs.iter().map(|p| judge::judge(&p.pack, &subjects, Stand::of(&found.settings))).collect::<Vec<_>>())
    });
}

#[divan::bench(args = [1, 2], sample_count = 10)]
fn rank(bencher: Bencher<'_, '_>, threads: usize) {
    let (found, pool, facts) = (&*FOUND, common::pool(threads), facts_of_all());
    bencher.counter(ItemsCount::new(facts.len())).bench(|| {
        pool.install(|| {
            let ranked = |p: &careshed::study::PackFindings| score::rank::rank(&p.pack, &facts, &p.verdicts, &found.settings, &found.city);
            found.packs.iter().map(ranked).collect::<Vec<_>>()
        })
    });
}
