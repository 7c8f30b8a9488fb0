//! The rational agent access model (Saxon and Snow 2020): everybody weighs travel against crowding and moves to where both together cost least.
//!
//! Travel counts as `cost / τ`, crowding as demand at a supply ÷ (supply × mean demand per supply). All begin at the nearest supply; in each of 150 rounds
//! each demand moves people in whole numbers from the dearest supply it uses to the cheapest, towards what would make the two equal, at most a part of its people that
//! falls from one fifth by half every 50 rounds, to no less than one two-hundredth; in the first twenty rounds no supply is mobbed. These are
//! the rounds of PySAL `access`, so that both give the same numbers.

use super::methods::Costs;

const ROUNDS: usize = 150;
const CALM: usize = 20;

/// Mean cost of travel and crowding at each demand; `None` where nobody lives or nothing can be reached.
pub(super) fn cost(costs: &Costs, supply: &[f64], tau: f64) -> Vec<Option<f64>> {
    let used: Vec<bool> = supply.iter().map(|s| *s > 0.0).collect();
    let rows: Vec<usize> =
        (0..costs.demand.len()).filter(|i| costs.demand[*i] > 0.0 && costs.of_demand[*i].iter().any(|(j, _)| used[*j as usize])).collect();
    let all_demand: f64 = costs.demand.iter().filter(|d| **d > 0.0).sum();
    let all_supply: f64 = supply.iter().filter(|s| **s > 0.0).sum();
    let room: Vec<f64> = supply.iter().map(|s| s * all_demand / all_supply).collect();
    // The places of a demand, with travel and people.
    let mut going: Vec<Vec<Going>> = rows
        .iter()
        .map(|i| {
            let there = costs.of_demand[*i].iter().filter(|(j, _)| used[*j as usize]);
            there.map(|(j, c)| Going { at: *j as usize, travel: c / tau, people: 0.0 }).collect()
        })
        .collect();
    for (row, i) in going.iter_mut().zip(&rows) {
        let nearest = first(row, |a, b| a.travel < b.travel, |_| true);
        row[nearest].people = costs.demand[*i];
    }
    let mut dear = vec![0.0; rows.len()];
    for round in 0..ROUNDS {
        let crowd = crowd(&going, supply.len());
        let total = |g: &Going| crowd[g.at] / room[g.at] + g.travel;
        let step = (0.2 * 0.5_f64.powf(round as f64 / 50.0)).max(0.005);
        let mut moves: Vec<(usize, usize, f64)> = going
            .iter()
            .zip(&rows)
            .map(|(row, i)| {
                let to = first(row, |a, b| total(a) < total(b), |_| true);
                let from = first(row, |a, b| total(a) > total(b), |g| g.people != 0.0);
                (from, to, wish(&row[from], &row[to], &crowd, &room, from == to).min(step * costs.demand[*i]).trunc())
            })
            .collect();
        if round < CALM {
            let mut coming = vec![0.0; supply.len()];
            for (row, (_, to, people)) in going.iter().zip(&moves) {
                coming[row[*to].at] += people;
            }
            for (row, (_, to, people)) in going.iter().zip(&mut moves) {
                let at = row[*to].at;
                *people = (*people / (coming[at] / room[at]).max(1.0)).round_ties_even();
            }
        }
        let last = round + 1 == ROUNDS;
        for (k, (row, (from, to, people))) in going.iter_mut().zip(moves).enumerate() {
            row[to].people += people;
            row[from].people -= people;
            // The cost that is told is that of the last round before its moves; the people are those after it.
            if last {
                let all: f64 = row.iter().map(|g| g.people).sum();
                dear[k] = row.iter().map(|g| total(g) * g.people).sum::<f64>() / all;
            }
        }
    }
    let mut found = vec![None; costs.demand.len()];
    rows.iter().zip(dear).for_each(|(i, mean)| found[*i] = Some(mean));
    found
}

/// People of a demand at one supply.
#[derive(Debug, Clone, Copy)]
struct Going {
    at: usize,
    travel: f64,
    people: f64,
}

/// The first place, among those that may be, that comes before all others.
fn first(row: &[Going], before: impl Fn(&Going, &Going) -> bool, may: impl Fn(&Going) -> bool) -> usize {
    let mut best: Option<usize> = None;
    for k in (0..row.len()).filter(|k| may(&row[*k])) {
        if best.is_none_or(|b| before(&row[k], &row[b])) {
            best = Some(k);
        }
    }
    best.unwrap_or(0)
}

fn crowd(going: &[Vec<Going>], supplies: usize) -> Vec<f64> {
    let mut crowd = vec![0.0; supplies];
    going.iter().flatten().for_each(|g| crowd[g.at] += g.people);
    crowd
}

/// How many should move so that both places cost the same, at most those who are there.
fn wish(from: &Going, to: &Going, crowd: &[f64], room: &[f64], same: bool) -> f64 {
    if same {
        return 0.0;
    }
    let (here, there) = (room[to.at], room[from.at]);
    let (others_here, others_there) = (crowd[to.at] - to.people, crowd[from.at] - from.people);
    let both = to.people + from.people;
    let balanced = here * there / (here + there) * (from.travel - to.travel + (both + others_there) / there - others_here / here);
    (balanced - to.people).min(from.people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_equal_centres_share_a_crowd_evenly() {
        // All live beside the first; travel to the second costs a tenth of τ.
        let costs = Costs { of_demand: vec![vec![(0, 0.0), (1, 6.0)]], demand: vec![1000.0], supplies: 2 };
        let found = cost(&costs, &[10.0, 10.0], 60.0)[0].unwrap();
        // Balanced: 2·x/1000 = 2·(1000 − x)/1000 + 0.1, so x = 525 and both cost 1.05.
        assert!((found - 1.05).abs() < 0.01, "{found}");
    }

    #[test]
    fn who_reaches_nothing_has_no_cost() {
        let costs = Costs { of_demand: vec![vec![], vec![(0, 1.0)]], demand: vec![5.0, 0.0], supplies: 1 };
        assert_eq!(cost(&costs, &[1.0], 30.0), [None, None]);
    }
}
