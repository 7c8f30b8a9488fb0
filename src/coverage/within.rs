//! The one place that says what "within fifteen minutes" means.

use crate::units::{Millimetres, Milliseconds, WalkingSpeed};

/// Whether a walk of `distance` at `speed` takes no longer than `limit`: `distance_mm × 1000 ≤ t × v`, in whole numbers, inclusive.
///
/// ```
/// use careshed::coverage::within::within;
/// use careshed::units::{Millimetres, Milliseconds, WalkingSpeed};
///
/// let (speed, limit) = (WalkingSpeed::from_mm_per_s(1000).unwrap(), Milliseconds(900_000));
/// assert!(within(Millimetres(900_000), speed, limit));
/// assert!(!within(Millimetres(900_001), speed, limit));
/// ```
pub fn within(distance: Millimetres, speed: WalkingSpeed, limit: Milliseconds) -> bool {
    u128::from(distance.0) * 1000 <= u128::from(limit.0) * u128::from(speed.mm_per_s())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_limit_is_in_one_millimetre_more_is_out() {
        for (v, t) in [(1000, 900_000), (800, 900_000), (1389, 900_000), (1000, 802_703)] {
            let (speed, limit) = (WalkingSpeed::from_mm_per_s(v).unwrap(), Milliseconds(t));
            let far = speed.reach(limit).0;
            assert!(within(Millimetres(far - 1), speed, limit));
            assert!(within(Millimetres(far), speed, limit));
            assert!(!within(Millimetres(far + 1), speed, limit));
        }
    }
}
