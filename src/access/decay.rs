//! How the weight of a supply falls with its cost.

/// A function of cost.
#[derive(Debug, Clone, PartialEq)]
pub enum Decay {
    /// 1 whatever it costs.
    None,
    /// The weight of the first bound that is not exceeded, 0 beyond the last: bounds ascend.
    Step(Vec<(f64, f64)>),
    /// `exp(−c² / 2S²)`.
    Gauss(f64),
    /// `c^−a`; a cost of 0 has none.
    Power(f64),
    /// `exp(−b·c)`.
    Exponential(f64),
}

impl Decay {
    /// Reads `step:10=1,20=0.68,30=0.22`, `gauss:20`, `power:1.5`, `exp:0.1`, `none`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        let positive = |text: &str| number(text).filter(|n| *n > 0.0);
        let (kind, rest) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
        match kind {
            "none" if rest.is_empty() => Some(Decay::None),
            "gauss" => positive(rest).map(Decay::Gauss),
            "power" => positive(rest).map(Decay::Power),
            "exp" => positive(rest).map(Decay::Exponential),
            "step" => {
                let step = |pair: &str| {
                    let (bound, weight) = pair.split_once('=')?;
                    Some((number(bound).filter(|b| *b >= 0.0)?, number(weight).filter(|w| *w >= 0.0)?))
                };
                let steps: Vec<(f64, f64)> = rest.split(',').map(step).collect::<Option<_>>()?;
                steps.windows(2).all(|w| w[0].0 < w[1].0).then_some(Decay::Step(steps))
            }
            _ => None,
        }
    }

    /// The weight of a cost of at least 0.
    #[must_use]
    pub fn of(&self, cost: f64) -> f64 {
        match self {
            Decay::None => 1.0,
            Decay::Step(steps) => steps.iter().find(|(bound, _)| cost <= *bound).map_or(0.0, |(_, weight)| *weight),
            Decay::Gauss(s) => libm::exp(-(cost * cost) / (2.0 * s * s)),
            Decay::Power(a) => libm::pow(cost, -a),
            Decay::Exponential(b) => libm::exp(-b * cost),
        }
    }

    /// Whether a cost of 0 has no weight.
    #[must_use]
    pub fn needs_positive(&self) -> bool {
        matches!(self, Decay::Power(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_inclusive_and_the_others_are_their_formulas() {
        let step = Decay::parse("step:10=1,20=0.68,30=0.22").unwrap();
        assert_eq!([0.0, 10.0, 10.1, 20.0, 30.0, 30.1].map(|c| step.of(c)), [1.0, 1.0, 0.68, 0.68, 0.22, 0.0]);
        assert_eq!(Decay::parse("gauss:20").unwrap().of(20.0), libm::exp(-0.5));
        assert_eq!(Decay::parse("power:2").unwrap().of(4.0), 0.0625);
        assert_eq!(Decay::parse("exp:0.1").unwrap().of(10.0), libm::exp(-1.0));
        for wrong in ["step:20=1,10=1", "step:", "gauss:0", "gauss:-1", "power:x", "cubic:1", "exp:nan"] {
            assert_eq!(Decay::parse(wrong), None, "{wrong}");
        }
    }
}
