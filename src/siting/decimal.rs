//! Decimals as written, in whole numbers: `12.50` is 1250 hundredths, and 0.1 + 0.2 is 0.3.

/// A decimal: `units` divided by ten to the power of `places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    units: i64,
    places: u8,
}

impl Decimal {
    /// Most digits behind the point that are kept; a number written with more is refused rather than rounded.
    pub const MOST_PLACES: u8 = 18;

    /// Reads `-12.50`, `3`, `.5`, `1e3`, `2.5E-3`; `None` for anything else and for what does not fit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.as_bytes().first()? {
            b'-' => (true, &mantissa[1..]),
            b'+' => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && part.is_empty() || !whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        // Zeros at the end of the part are how it was written, not how exact it is.
        let part = part.trim_end_matches('0');
        let mut units: i64 = 0;
        for digit in whole.bytes().chain(part.bytes()) {
            units = units.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        }
        let mut places = i32::try_from(part.len()).ok()?.checked_sub(exponent)?;
        while places < 0 && units != 0 {
            units = units.checked_mul(10)?;
            places += 1;
        }
        while places > 0 && units % 10 == 0 && units != 0 {
            units /= 10;
            places -= 1;
        }
        let places = if units == 0 { 0 } else { u8::try_from(places).ok().filter(|p| *p <= Self::MOST_PLACES)? };
        Some(Self { units: if negative { -units } else { units }, places })
    }

    /// The decimal that is `units` of a scale.
    #[must_use]
    pub fn new(units: i64, scale: Scale) -> Self {
        Self { units, places: scale.places }
    }

    /// Whether it is at most `other`, exactly.
    #[must_use]
    pub fn at_most(self, other: Self) -> bool {
        let places = self.places.max(other.places);
        let whole = |d: Self| i128::from(d.units) * 10_i128.pow(u32::from(places - d.places));
        whole(self) <= whole(other)
    }

    /// Whether it lies below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.units < 0
    }
}

/// How many places a column of decimals has: its numbers are counted in units of ten to the power of minus that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Scale {
    places: u8,
}

impl Scale {
    /// A scale of so many places.
    #[must_use]
    pub const fn places(places: u8) -> Self {
        Self { places }
    }

    /// The scale that also holds `number` exactly.
    #[must_use]
    pub fn with(self, number: Decimal) -> Self {
        Self { places: self.places.max(number.places) }
    }

    /// `number` in units of this scale; `None` when it does not fit or has more places.
    #[must_use]
    pub fn units(self, number: Decimal) -> Option<i64> {
        let more = self.places.checked_sub(number.places)?;
        number.units.checked_mul(10_i64.checked_pow(u32::from(more))?)
    }

    /// The most units that are not above `number`, which may have more places.
    #[must_use]
    pub fn units_floor(self, number: Decimal) -> Option<i64> {
        match number.places.checked_sub(self.places) {
            Some(more) => Some(number.units.div_euclid(10_i64.checked_pow(u32::from(more))?)),
            None => self.units(number),
        }
    }

    /// A scale of fewer places, at most `places`.
    #[must_use]
    pub fn at_most(self, places: u8) -> Self {
        Self { places: self.places.min(places) }
    }

    /// How many places.
    #[must_use]
    pub fn count(self) -> u8 {
        self.places
    }

    /// The nearest unit, half up.
    #[must_use]
    pub fn units_nearest(self, number: Decimal) -> Option<i64> {
        match number.places.checked_sub(self.places).filter(|more| *more > 0) {
            Some(more) => {
                let whole = 10_i64.checked_pow(u32::from(more))?;
                Some(number.units.checked_add(whole / 2)?.div_euclid(whole))
            }
            None => self.units(number),
        }
    }

    /// The scale of a product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self { places: self.places + other.places }
    }

    /// Units as a decimal is written: without needless zeros.
    #[must_use]
    pub fn show(self, units: i64) -> String {
        let digits = format!("{:0width$}", units.unsigned_abs(), width = usize::from(self.places) + 1);
        let (whole, part) = digits.split_at(digits.len() - usize::from(self.places));
        let part = part.trim_end_matches('0');
        format!("{}{whole}{}{part}", if units < 0 { "-" } else { "" }, if part.is_empty() { "" } else { "." })
    }

    /// Units as the nearest float, for a JSON number.
    #[must_use]
    pub fn number(self, units: i64) -> serde_json::Number {
        let shown = self.show(units);
        if shown.contains('.') {
            return shown.parse::<f64>().ok().and_then(serde_json::Number::from_f64).unwrap_or_else(|| units.into());
        }
        shown.parse::<i64>().map_or_else(|_| units.into(), Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(i64, u8)> {
        Decimal::parse(text).map(|d| (d.units, d.places))
    }

    #[test]
    fn a_decimal_is_what_is_written() {
        assert_eq!(parse("12.50"), Some((125, 1)));
        assert_eq!(parse("-0.3"), Some((-3, 1)));
        assert_eq!(parse(".5"), Some((5, 1)));
        assert_eq!(parse("1e3"), Some((1000, 0)));
        assert_eq!(parse("2.5E-3"), Some((25, 4)));
        assert_eq!(parse("100"), Some((100, 0)));
        assert_eq!(parse("0.000"), Some((0, 0)));
        assert_eq!(parse("9223372036854775807"), Some((i64::MAX, 0)));
    }

    #[test]
    fn what_is_no_decimal_is_none() {
        for text in ["", "-", ".", "1,000", "nan", "inf", "1e", "0x10", "9223372036854775808", "1e-40", "1e400", "１"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_is_counted_in_its_finest_unit() {
        let numbers = ["0.1", "0.25", "3"].map(|t| Decimal::parse(t).unwrap());
        let scale = numbers.iter().fold(Scale::default(), |scale, n| scale.with(*n));
        assert_eq!(numbers.map(|n| scale.units(n).unwrap()), [10, 25, 300]);
        assert_eq!(scale.show(35), "0.35");
        assert_eq!(scale.show(-300), "-3");
        assert_eq!(scale.units_floor(Decimal::parse("0.259").unwrap()), Some(25));
        assert_eq!(scale.units_floor(Decimal::parse("-0.251").unwrap()), Some(-26));
    }
}
