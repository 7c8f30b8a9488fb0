//! Numbers as the payload writes them: whole ones without `.0`, others with no more digits than a page shows.

use serde::{Serialize, Serializer};

use crate::units::{Count, SquareMetres};

/// A number for the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Num(f64);

impl Num {
    /// Rounded to so many decimals.
    pub fn new(value: f64, decimals: i32) -> Self {
        let scale = 10f64.powi(decimals);
        Num((value * scale).round() / scale)
    }

    /// The rounded number.
    pub fn value(self) -> f64 {
        self.0
    }

    /// A share of 0–1, to a hundredth of a percent.
    pub fn share(value: f64) -> Self {
        Num::new(value, 4)
    }
}

impl From<Count> for Num {
    fn from(count: Count) -> Self {
        Num::new(count.as_f64(), 2)
    }
}

impl From<SquareMetres> for Num {
    fn from(area: SquareMetres) -> Self {
        Num::new(area.value(), 2)
    }
}

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Beyond 2^53 a script could not hold the number anyway; what is not finite is unknown.
        if self.0.fract() == 0.0 && self.0.abs() < 9.0e15 {
            serializer.serialize_i64(self.0 as i64)
        } else if self.0.is_finite() {
            serializer.serialize_f64(self.0)
        } else {
            serializer.serialize_none()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_no_point_and_infinity_is_unknown() {
        let text = serde_json::to_string(&[Num::new(12.0, 2), Num::new(0.123_456, 4), Num::new(-0.0, 1), Num::new(f64::INFINITY, 1)]);
        assert_eq!(text.unwrap(), "[12,0.1235,0,null]");
    }
}
