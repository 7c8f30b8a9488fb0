//! Accessibility from a table of costs: how much each demand can reach, and how much of it is left after everybody else has come.
//!
//! `S_j` is the supply at `j`, `P_i` the demand at `i`, `c_ij` the cost between them, `f` the decay, `L` the limit (inclusive). A pair that is not in the
//! table cannot be gone. Sums run over pairs within the limit unless said otherwise.

use super::decay::Decay;
use super::raam;

/// A method of the literature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `Σ_j S_j` (Ingram 1971).
    Cumulative,
    /// `min_j c_ij` over supplies above zero.
    Nearest,
    /// `Σ_j S_j f(c_ij)` (Hansen 1959).
    Gravity,
    /// `Σ_j S_j / Σ_k P_k` (Luo and Wang 2003).
    TwoStep,
    /// `Σ_j f(c_ij) S_j / Σ_k P_k f(c_kj)` (Luo and Qi 2009); with a Gaussian, Dai 2010.
    EnhancedTwoStep,
    /// With `G_ij = f(c_ij) / Σ_l f(c_il)` over all destinations of the table: `Σ_j G_ij f(c_ij) S_j / Σ_k G_kj P_k f(c_kj)`
    /// (Wan, Zou and Sternberg 2012, equations 2 to 4).
    ThreeStep,
    /// `Σ_j w^j_ij S_j / Σ_k P_k w^k_kj`, where `w^i` is `f` divided by its sum over destinations and `w^j` by its sum over origins
    /// (Páez, Higgins and Vivona 2019, equations 9 to 12).
    Balanced,
    /// `V_i = Σ_j S_j F_ij`, `F_ij = P_i F^c_ij / Σ_k P_k F^c_kj`, `F^c_ij = f(c_ij) / Σ_k f(c_kj)`
    /// (Soukhov, Páez, Higgins and Mohamed 2023, equations 4 to 7): the supply that is left to all of `i`; it adds up to all supply.
    SpatialAvailability,
    /// Least cost of travel and crowding when everybody chooses for themselves (Saxon and Snow 2020); the limit is τ.
    Raam,
}

impl Method {
    /// Every method with its word.
    pub const ALL: [(&'static str, Method); 10] = [
        ("cumulative", Method::Cumulative),
        ("nearest", Method::Nearest),
        ("gravity", Method::Gravity),
        ("2sfca", Method::TwoStep),
        ("e2sfca", Method::EnhancedTwoStep),
        ("g2sfca", Method::EnhancedTwoStep),
        ("3sfca", Method::ThreeStep),
        ("bfca", Method::Balanced),
        ("savail", Method::SpatialAvailability),
        ("raam", Method::Raam),
    ];
}

/// Costs between demands and supplies.
#[derive(Debug, Clone, Default)]
pub struct Costs {
    /// For each demand: supply and cost, ascending by supply.
    pub of_demand: Vec<Vec<(u32, f64)>>,
    /// Demand at each, at least 0.
    pub demand: Vec<f64>,
    /// How many supplies there are.
    pub supplies: usize,
}

/// The measure at each demand for one column of supply; `None` where there is nothing to measure: no supply can be reached by `nearest` and `raam`.
#[must_use]
pub fn measure(method: Method, costs: &Costs, supply: &[f64], limit: Option<f64>, decay: &Decay) -> Vec<Option<f64>> {
    let within = |cost: f64| limit.is_none_or(|limit| cost <= limit);
    let one = Decay::None;
    match method {
        Method::Cumulative => known(sums(costs, |_, j, c| if within(c) { supply[j] } else { 0.0 })),
        Method::Nearest => costs.of_demand.iter().map(|pairs| nearest(pairs, supply)).collect(),
        Method::Gravity => known(sums(costs, |_, j, c| if within(c) { supply[j] * decay.of(c) } else { 0.0 })),
        Method::TwoStep => known(floating(costs, supply, &|_, _, c| if within(c) { one.of(c) } else { 0.0 })),
        Method::EnhancedTwoStep => known(floating(costs, supply, &|_, _, c| if within(c) { decay.of(c) } else { 0.0 })),
        Method::ThreeStep => {
            let all = sums(costs, |_, _, c| decay.of(c));
            let weight = |i: usize, _: usize, c: f64| {
                let f = decay.of(c);
                if within(c) && f > 0.0 { f * f / all[i] } else { 0.0 }
            };
            known(floating(costs, supply, &weight))
        }
        Method::Balanced => {
            let f = |c: f64| if within(c) { decay.of(c) } else { 0.0 };
            let of_origin = sums(costs, |_, _, c| f(c));
            let of_destination = gathered(costs, |_, _, c| f(c));
            let balanced = gathered(costs, |i, _, c| if of_origin[i] > 0.0 { costs.demand[i] * f(c) / of_origin[i] } else { 0.0 });
            known(sums(costs, |_, j, c| {
                let (service, sum) = (balanced[j], of_destination[j]);
                if service > 0.0 && sum > 0.0 { supply[j] / service * f(c) / sum } else { 0.0 }
            }))
        }
        Method::SpatialAvailability => {
            let f = |c: f64| if within(c) { decay.of(c) } else { 0.0 };
            let of_destination = gathered(costs, |_, _, c| f(c));
            let shared = gathered(costs, |i, j, c| if of_destination[j] > 0.0 { costs.demand[i] * f(c) / of_destination[j] } else { 0.0 });
            known(sums(
                costs,
                |i, j, c| {
                    if shared[j] > 0.0 { supply[j] * costs.demand[i] * f(c) / of_destination[j] / shared[j] } else { 0.0 }
                },
            ))
        }
        Method::Raam => raam::cost(costs, supply, limit.unwrap_or(1.0)),
    }
}

fn known(values: Vec<f64>) -> Vec<Option<f64>> {
    values.into_iter().map(Some).collect()
}

fn nearest(pairs: &[(u32, f64)], supply: &[f64]) -> Option<f64> {
    pairs.iter().filter(|(j, _)| supply[*j as usize] > 0.0).map(|(_, c)| *c).min_by(f64::total_cmp)
}

/// A sum at each demand, in the order of its supplies.
fn sums(costs: &Costs, term: impl Fn(usize, usize, f64) -> f64) -> Vec<f64> {
    // From zero up: the sum of nothing would be minus zero.
    let sum = |(i, pairs): (usize, &Vec<(u32, f64)>)| pairs.iter().map(|(j, c)| term(i, *j as usize, *c)).fold(0.0, |sum, more| sum + more);
    costs.of_demand.iter().enumerate().map(sum).collect()
}

/// A sum at each supply, in the order of the demands.
fn gathered(costs: &Costs, term: impl Fn(usize, usize, f64) -> f64) -> Vec<f64> {
    let mut all = vec![0.0; costs.supplies];
    for (i, pairs) in costs.of_demand.iter().enumerate() {
        pairs.iter().for_each(|(j, c)| all[*j as usize] += term(i, *j as usize, *c));
    }
    all
}

/// Two steps: the supply is shared out among the weighted demand, and the shares are summed up at each demand.
fn floating(costs: &Costs, supply: &[f64], weight: &dyn Fn(usize, usize, f64) -> f64) -> Vec<f64> {
    let crowd = gathered(costs, |i, j, c| costs.demand[i] * weight(i, j, c));
    sums(costs, |i, j, c| if crowd[j] > 0.0 { supply[j] / crowd[j] * weight(i, j, c) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two hamlets of 10 and 30, two centres of 4 and 8; the second hamlet reaches both.
    fn costs() -> Costs {
        Costs { of_demand: vec![vec![(0, 5.0)], vec![(0, 10.0), (1, 20.0)]], demand: vec![10.0, 30.0], supplies: 2 }
    }

    fn at(method: Method, limit: f64, decay: &str) -> Vec<f64> {
        let found = measure(method, &costs(), &[4.0, 8.0], Some(limit), &Decay::parse(decay).unwrap());
        found.into_iter().map(Option::unwrap).collect()
    }

    #[test]
    fn each_method_is_its_formula_by_hand() {
        assert_eq!(at(Method::Cumulative, 20.0, "none"), [4.0, 12.0]);
        assert_eq!(at(Method::Cumulative, 19.9, "none"), [4.0, 4.0]);
        assert_eq!(at(Method::Nearest, 20.0, "none"), [5.0, 10.0]);
        assert_eq!(at(Method::Gravity, 20.0, "step:5=1,20=0.5"), [4.0, 6.0]);
        // 4 shared by 40, 8 by 30.
        assert_eq!(at(Method::TwoStep, 20.0, "none"), [0.1, 0.1 + 8.0 / 30.0]);
        // 4 shared by 10 + 15, 8 by 15.
        let e = at(Method::EnhancedTwoStep, 20.0, "step:5=1,20=0.5");
        assert_eq!(e, [4.0 / 25.0, 0.5 * 4.0 / 25.0 + 0.5 * 8.0 / 15.0]);
        // Selection weights 1 for the first hamlet, one half each for the second.
        let three = at(Method::ThreeStep, 20.0, "step:5=1,20=0.5");
        assert_eq!(three, [4.0 / 17.5, 0.25 * 4.0 / 17.5 + 0.25 * 8.0 / 7.5]);
    }

    #[test]
    fn what_is_available_adds_up_to_what_there_is() {
        let found = at(Method::SpatialAvailability, 20.0, "step:5=1,20=0.5");
        assert!((found.iter().sum::<f64>() - 12.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn in_a_balanced_catchment_what_is_handed_out_is_what_there_is() {
        // Of each centre the shares of its hamlets add up to its level of service.
        let found = at(Method::Balanced, 20.0, "step:5=1,20=0.5");
        // Centre 1: 10 + 15 people, shares 2/3 and 1/3; centre 2: 15 people, share 1.
        let expected = [4.0 / 25.0 * 2.0 / 3.0, 4.0 / 25.0 / 3.0 + 8.0 / 15.0];
        found.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{found:?}"));
    }
}
