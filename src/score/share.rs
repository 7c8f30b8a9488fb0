//! How much a rank owes to the weights: the share of 1,000 weightings, drawn uniformly, in which a candidate is among the first N.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::{Ranked, Score, rank};
use crate::policy::Pack;
use crate::settings::Settings;

/// How many weightings are drawn.
pub const DRAWS: usize = 1000;
/// The seed of the draw.
pub const SEED: u64 = 1;

/// For each ranked candidate (with its id, in rank order) its share; `None` when the pack has no computed criterion that weighs.
///
/// A weighting is a point of the simplex over the computed criteria, drawn uniformly by ChaCha8 as exponential gaps. Candidates are
/// compared under it as in the ranking: by rounded score, then id. Criteria that the study weighs at nothing are out of play.
pub fn top_n(pack: &Pack, ranked: &[Ranked], ids: &[&str], settings: &Settings) -> Vec<Option<f64>> {
    let columns: Vec<usize> = (0..pack.criteria.len())
        .filter(|i| !pack.criteria[*i].declared && super::weights::of(&pack.criteria[*i], settings) > 0.0)
        .collect();
    if columns.is_empty() || ranked.is_empty() {
        return vec![None; ranked.len()];
    }
    let values: Vec<Vec<Option<f64>>> = ranked.iter().map(|r| columns.iter().map(|c| r.criteria[*c].value).collect()).collect();
    let mut by_id: Vec<u32> = (0..ranked.len() as u32).collect();
    by_id.sort_by_key(|i| (ids[*i as usize], *i));
    let mut place_of_id = vec![0u32; ranked.len()];
    by_id.iter().enumerate().for_each(|(place, i)| place_of_id[*i as usize] = place as u32);

    let draws = weightings(columns.len());
    let top = settings.top.min(ranked.len());
    let count = |weights: &Vec<f64>| -> Vec<u32> {
        // Best first is smallest first: score reversed, then the place of the id.
        let mut keys: Vec<(std::cmp::Reverse<Option<Score>>, u32, u32)> = values
            .iter()
            .enumerate()
            .map(|(i, line)| {
                let score = rank::score(weights.iter().copied().zip(line.iter().copied()));
                (std::cmp::Reverse(score), place_of_id[i], i as u32)
            })
            .collect();
        if top < keys.len() {
            keys.select_nth_unstable(top);
        }
        keys[..top].iter().map(|k| k.2).collect()
    };
    // Whole counts are summed, so the order of threads cannot show.
    let empty = || vec![0u32; ranked.len()];
    let hits = draws
        .par_iter()
        .fold(empty, |mut hits, weights| {
            count(weights).into_iter().for_each(|i| hits[i as usize] += 1);
            hits
        })
        .reduce(empty, |mut a, b| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        });
    hits.into_iter().map(|n| Some(f64::from(n) / DRAWS as f64)).collect()
}

/// Uniform on the simplex: gaps of a Poisson process, −ln u, divided by their sum.
fn weightings(criteria: usize) -> Vec<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    // 53 random bits, shifted by one so that u is in (0, 1] and its logarithm finite.
    let mut gap = || -libm::log(((random.next_u64() >> 11) as f64 + 1.0) / (1u64 << 53) as f64);
    let draw = |_| {
        let gaps: Vec<f64> = (0..criteria).map(|_| gap()).collect();
        let sum: f64 = gaps.iter().sum();
        if sum > 0.0 { gaps.iter().map(|g| g / sum).collect() } else { vec![1.0 / criteria as f64; criteria] }
    };
    (0..DRAWS).map(draw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weightings_lie_on_the_simplex_evenly() {
        let draws = weightings(3);
        assert!(draws.iter().all(|w| (w.iter().sum::<f64>() - 1.0).abs() < 1e-12 && w.iter().all(|x| *x >= 0.0)));
        for i in 0..3 {
            let mean = draws.iter().map(|w| w[i]).sum::<f64>() / DRAWS as f64;
            assert!((mean - 1.0 / 3.0).abs() < 0.03, "{mean}");
            // On a uniform triangle a coordinate exceeds one half a quarter of the time.
            let above = draws.iter().filter(|w| w[i] > 0.5).count();
            assert!((180..=320).contains(&above), "{above}");
        }
    }
}
