//! How fast plans are found and proven: `cargo bench --bench siting`. Candidates and people scattered over a square, as a city has them.

use careshed::siting::{Constraint, Limits, Lists, Model, Pairs, Question, Scale, Site, Standing, solve};
use divan::Bencher;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn main() {
    divan::main();
}

/// People on a square of 30 km, sites that reach 1 km, or distances up to 6 km.
fn city(model: Model, sites: usize, people: usize, choose: u32) -> Question {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut place = || (i64::from(random.next_u32() % 30_000), i64::from(random.next_u32() % 30_000));
    let at: Vec<(i64, i64)> = (0..sites).map(|_| place()).collect();
    let (mut reach, mut costs) = (Lists::default(), Lists::default());
    let mut weights = Vec::new();
    for demand in 0..people {
        let (x, y) = place();
        let far: Vec<i64> = at.iter().map(|(a, b)| (a - x).abs() + (b - y).abs()).collect();
        reach.push((0..sites as u32).filter(|s| far[*s as usize] <= 1_500));
        costs.push((0..sites as u32).map(|s| (s, far[s as usize])));
        weights.push(1 + demand as i64 % 100);
    }
    let distance = matches!(model, Model::PMedian | Model::PCenter);
    Question {
        model,
        sites: (0..sites).map(|k| Site { id: format!("{k:05}"), cost: 1, standing: Standing::Free }).collect(),
        weights,
        demand_ids: Vec::new(),
        pairs: if distance { Pairs::Costs(costs) } else { Pairs::Reach(reach) },
        constraints: vec![Constraint::Number(choose)],
        times: 1,
        capacity: Vec::new(),
        priced: false,
        wishes: Vec::new(),
        slack: 0,
        weight_scale: Scale::default(),
        cost_scale: Scale::default(),
        pair_scale: Scale::default(),
    }
}

#[divan::bench(sample_count = 5)]
fn most_covered_500_sites_10_000_people(bencher: Bencher<'_, '_>) {
    let question = city(Model::Mclp, 500, 10_000, 50);
    bencher.bench(|| solve(&question, &Limits::none()));
}

#[divan::bench(sample_count = 5)]
fn least_walking_200_sites_2_000_people(bencher: Bencher<'_, '_>) {
    let question = city(Model::PMedian, 200, 2_000, 20);
    bencher.bench(|| solve(&question, &Limits::none()));
}

#[divan::bench(sample_count = 5)]
fn least_worst_walk_200_sites_2_000_people(bencher: Bencher<'_, '_>) {
    let question = city(Model::PCenter, 200, 2_000, 20);
    bencher.bench(|| solve(&question, &Limits::none()));
}
