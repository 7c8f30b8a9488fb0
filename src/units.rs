//! Quantities that know their unit.
//!
//! Nothing crosses a module border as a bare `f64` of metres, seconds or people. Lengths and times are whole numbers, so that
//! "within fifteen minutes" has one answer on every machine and any number of threads; people and households are whole
//! millionths, so that fractional census cells still sum exactly.

use std::fmt;
use std::num::NonZeroU32;

/// Half-up rounding of a non-negative finite number to a whole one; `None` for anything else or too large.
fn whole_half_up(value: f64) -> Option<u64> {
    let rounded = (value + 0.5).floor();
    (value.is_finite() && value >= 0.0 && rounded < 9.0e18).then_some(rounded as u64)
}

/// A length in whole millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millimetres(pub u64);

impl Millimetres {
    /// The nearest millimetre, half up; `None` when the metres are negative, not a number, or beyond any street.
    pub fn from_metres(metres: f64) -> Option<Self> {
        whole_half_up(metres * 1000.0).map(Millimetres)
    }

    /// The same length in metres, for drawing and printing.
    pub fn metres(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Reads `900 m`, `1 km`, `0.5km`, `3 mm`. The unit is obligatory.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split_unit(text)?;
        match unit {
            "mm" => whole_half_up(number).map(Millimetres),
            "m" | "米" => Self::from_metres(number),
            "km" | "公里" => Self::from_metres(number * 1000.0),
            _ => None,
        }
    }
}

/// An amount of memory or disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(pub u64);

impl Bytes {
    /// Reads `4 GB`, `512MB`, `1.5 GiB`: decimal units, or binary ones with an `i`. The unit is obligatory; nothing is no memory.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split_unit(text)?;
        let times: u64 = match unit.to_ascii_lowercase().as_str() {
            "b" => 1,
            "kb" | "k" => 1_000,
            "mb" | "m" => 1_000_000,
            "gb" | "g" => 1_000_000_000,
            "tb" | "t" => 1_000_000_000_000,
            "kib" => 1 << 10,
            "mib" => 1 << 20,
            "gib" => 1 << 30,
            "tib" => 1 << 40,
            _ => return None,
        };
        whole_half_up(number * times as f64).filter(|b| *b > 0).map(Bytes)
    }
}

/// As a person reads it: `640 kB`, `34 MB`, `3.7 GB`, decimal units.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b @ ..1_000_000 => write!(f, "{} kB", b.div_ceil(1000)),
            b @ ..1_000_000_000 => write!(f, "{} MB", (b + 500_000) / 1_000_000),
            b => write!(f, "{:.1} GB", b as f64 / 1e9),
        }
    }
}

/// A duration in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Milliseconds(pub u64);

impl Milliseconds {
    /// The same duration in minutes, for printing.
    pub fn minutes(self) -> f64 {
        self.0 as f64 / 60_000.0
    }

    /// Reads `15 min`, `900 s`, `802.703 s`, `0.25 h`, `900000 ms`. The unit is obligatory.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split_unit(text)?;
        let factor = match unit {
            "ms" => 1.0,
            "s" | "秒" => 1000.0,
            "min" | "分钟" => 60_000.0,
            "h" | "小时" => 3_600_000.0,
            _ => return None,
        };
        whole_half_up(number * factor).map(Milliseconds)
    }
}

/// A walking speed in whole millimetres a second; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalkingSpeed(NonZeroU32);

impl WalkingSpeed {
    /// `None` for zero.
    pub const fn from_mm_per_s(value: u32) -> Option<Self> {
        match NonZeroU32::new(value) {
            Some(v) => Some(WalkingSpeed(v)),
            None => None,
        }
    }

    /// Millimetres a second.
    pub const fn mm_per_s(self) -> u32 {
        self.0.get()
    }

    /// Reads `1.0 m/s`, `4.5 km/h`, `1000 mm/s`; the second value is true when the speed had to be rounded (half up) to whole mm/s.
    pub fn parse(text: &str) -> Option<(Self, bool)> {
        let (number, unit) = split_unit(text)?;
        let exact = match unit {
            "mm/s" => number,
            "m/s" => number * 1000.0,
            "km/h" => number * 1_000_000.0 / 3600.0,
            _ => return None,
        };
        let whole = whole_half_up(exact)?;
        let speed = Self::from_mm_per_s(u32::try_from(whole).ok()?)?;
        Some((speed, (exact - whole as f64).abs() > 1e-6))
    }

    /// The farthest whole millimetre walked within `limit`: `d × 1000 ≤ limit × v`.
    pub fn reach(self, limit: Milliseconds) -> Millimetres {
        Millimetres((limit.0 as u128 * self.mm_per_s() as u128 / 1000).min(u64::MAX as u128) as u64)
    }

    /// Walking time over `distance`, rounded up, so that `time ≤ limit` says the same as the whole-number comparison of distances.
    pub fn time(self, distance: Millimetres) -> Milliseconds {
        Milliseconds((distance.0 as u128 * 1000).div_ceil(self.mm_per_s() as u128) as u64)
    }
}

impl fmt::Display for WalkingSpeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let v = self.mm_per_s();
        if v.is_multiple_of(100) { write!(f, "{}.{} m/s", v / 1000, v % 1000 / 100) } else { write!(f, "{}.{:03} m/s", v / 1000, v % 1000) }
    }
}

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ms if ms.is_multiple_of(60_000) => write!(f, "{} min", ms / 60_000),
            ms if ms.is_multiple_of(1000) => write!(f, "{} s", ms / 1000),
            ms => write!(f, "{}.{:03} s", ms / 1000, ms % 1000),
        }
    }
}

impl fmt::Display for Millimetres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (m, mm) = (self.0 / 1000, self.0 % 1000);
        if mm == 0 { write!(f, "{m} m") } else { write!(f, "{m}.{mm:03} m") }
    }
}

/// People, or households, in whole millionths.
///
/// A census cell may hold 3.27 people; as millionths, sums over cells are exact and the same in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Count(pub u64);

impl Count {
    /// Nobody; not the same as unknown, which is `Option::None` wherever it can occur.
    pub const ZERO: Count = Count(0);

    /// A whole number of people.
    pub const fn whole(n: u64) -> Self {
        Count(n * 1_000_000)
    }

    /// The nearest millionth, half up; `None` when negative, not a number, or above nine billion.
    pub fn from_f64(value: f64) -> Option<Self> {
        (value <= 9.0e9).then(|| whole_half_up(value * 1e6)).flatten().map(Count)
    }

    /// As a floating number, for ratios and drawing.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// `self ÷ whole`, or `None` when the whole is nobody.
    pub fn share_of(self, whole: Count) -> Option<f64> {
        (whole.0 > 0).then(|| self.0 as f64 / whole.0 as f64)
    }

    /// What is left after taking `other` away; never below zero.
    pub fn minus(self, other: Count) -> Count {
        Count(self.0.saturating_sub(other.0))
    }
}

impl std::ops::Add for Count {
    type Output = Count;
    fn add(self, other: Count) -> Count {
        Count(self.0 + other.0)
    }
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Count {
    fn sum<I: Iterator<Item = Count>>(iter: I) -> Count {
        iter.fold(Count::ZERO, |a, b| a + b)
    }
}

/// The shortest exact decimal: `324`, `3.27`, `0.000001`.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, millionths) = (self.0 / 1_000_000, self.0 % 1_000_000);
        if millionths == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{millionths:06}").trim_end_matches('0'))
    }
}

macro_rules! non_negative {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
        pub struct $name(f64);

        impl $name {
            /// `None` when negative or not a finite number.
            pub fn new(value: f64) -> Option<Self> {
                (value.is_finite() && value >= 0.0).then_some($name(value))
            }

            /// The bare number.
            pub fn value(self) -> f64 {
                self.0
            }
        }
    };
}

non_negative!(
    /// A floor area (建筑面积) in square metres.
    SquareMetres
);
non_negative!(
    /// An amount of money in yuan (元).
    Yuan
);

/// Splits `"15 min"` into `(15.0, "min")`.
fn split_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let at = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let number: f64 = text[..at].parse().ok()?;
    Some((number, text[at..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_units_are_read_and_missing_units_refused() {
        assert_eq!(Milliseconds::parse("15 min"), Some(Milliseconds(900_000)));
        assert_eq!(Milliseconds::parse("15min"), Some(Milliseconds(900_000)));
        assert_eq!(Milliseconds::parse("802.703 s"), Some(Milliseconds(802_703)));
        assert_eq!(Milliseconds::parse("900"), None);
        assert_eq!(Milliseconds::parse("-15 min"), None);
        assert_eq!(Millimetres::parse("2 km"), Some(Millimetres(2_000_000)));
        assert_eq!(WalkingSpeed::parse("0 m/s"), None);
        assert_eq!(WalkingSpeed::parse("1.0 m/s"), Some((WalkingSpeed::from_mm_per_s(1000).unwrap(), false)));
        // 5 km/h is 1388.888… mm/s: rounded half up, and said.
        assert_eq!(WalkingSpeed::parse("5 km/h"), Some((WalkingSpeed::from_mm_per_s(1389).unwrap(), true)));
    }

    #[test]
    fn a_time_is_within_the_limit_exactly_when_its_distance_is() {
        for v in [1, 800, 999, 1000, 1200, 1389] {
            let speed = WalkingSpeed::from_mm_per_s(v).unwrap();
            for limit in [1, 899_999, 900_000, 900_001] {
                let limit = Milliseconds(limit);
                let far = speed.reach(limit);
                assert!(speed.time(far) <= limit);
                assert!(speed.time(Millimetres(far.0 + 1)) > limit);
            }
        }
    }

    #[test]
    fn memory_is_read_and_printed_with_its_unit() {
        assert_eq!(Bytes::parse("4 GB"), Some(Bytes(4_000_000_000)));
        assert_eq!(Bytes::parse("1.5GiB"), Some(Bytes(3 << 29)));
        assert_eq!(Bytes::parse("512m"), Some(Bytes(512_000_000)));
        assert_eq!([Bytes::parse("4"), Bytes::parse("0 GB"), Bytes::parse("-1 GB"), Bytes::parse("4 GHz")], [None; 4]);
        assert_eq!([999, 34_499_999, 3_700_000_000].map(|b| Bytes(b).to_string()), ["1 kB", "34 MB", "3.7 GB"]);
    }

    #[test]
    fn counts_print_the_shortest_exact_decimal() {
        assert_eq!(Count::whole(324).to_string(), "324");
        assert_eq!(Count::from_f64(3.27).unwrap().to_string(), "3.27");
        assert_eq!(Count(1).to_string(), "0.000001");
        assert_eq!(Count::from_f64(-1.0), None);
        assert_eq!(Count::from_f64(f64::NAN), None);
    }
}
