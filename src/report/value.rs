//! One value of a table, which knows its unit and therefore how it is written.
//!
//! No table formats a number by hand. Rounding happens only here, half up on the shortest decimal that names the number: the decimal
//! a person reads and types. So 20.005 m², whose double is a hair below, is written 20.01, and 1 ÷ 640 is the share 0.001563.

use std::borrow::Cow;
use std::fmt::Write;

use crate::score::Score;
use crate::units::{Count, Yuan};

/// One cell. Numbers that are not finite are unknown, never zero.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing is known: an empty cell, `null` in JSON.
    Unknown,
    /// Text, codes and ids included.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(u64),
    /// People or households: shortest exact decimal.
    People(Count),
    /// A share of 1: six decimals.
    Share(f64),
    /// Minutes: two decimals.
    Minutes(f64),
    /// Square metres: two decimals.
    Area(f64),
    /// An amount in 元: two decimals.
    Money(Yuan),
    /// A score of 0–100: four decimals.
    Score(Score),
    /// Any other number: the shortest decimal that reads back as the same number.
    Exact(f64),
    /// Yes or no: 1 or 0.
    Flag(bool),
}

impl<'a> Value<'a> {
    /// Text that may be unknown.
    pub fn text(text: Option<&'a str>) -> Self {
        text.map_or(Value::Unknown, |t| Value::Text(Cow::Borrowed(t)))
    }

    /// Names joined by `;`; no name gives an empty text.
    pub fn list(names: &[String]) -> Self {
        Value::Text(Cow::Owned(names.join(";")))
    }

    /// A number that may be unknown, as the variant given: `Value::of(minutes, Value::Minutes)`.
    pub fn of<T>(known: Option<T>, variant: impl FnOnce(T) -> Self) -> Self {
        known.map_or(Value::Unknown, variant)
    }

    /// Appends a number as every format writes it; answers false, appending nothing, for text and for what is unknown.
    pub fn write_number(&self, out: &mut String) -> bool {
        match *self {
            Value::Unknown | Value::Text(_) => return false,
            Value::Whole(n) => _ = write!(out, "{n}"),
            Value::People(n) => _ = write!(out, "{n}"),
            Value::Share(x) => return write_half_up(x, 6, out),
            Value::Minutes(x) | Value::Area(x) => return write_half_up(x, 2, out),
            Value::Money(amount) => return write_half_up(amount.value(), 2, out),
            Value::Score(Score(s)) => _ = write!(out, "{}.{:04}", s / 10_000, s % 10_000),
            Value::Exact(x) if x.is_finite() => _ = write!(out, "{x}"),
            Value::Exact(_) => return false,
            Value::Flag(yes) => out.push(if yes { '1' } else { '0' }),
        }
        true
    }
}

/// Appends `x` with so many decimals, ties away from zero; false, appending nothing, when it is not finite.
pub fn write_half_up(x: f64, decimals: usize, out: &mut String) -> bool {
    if !x.is_finite() {
        return false;
    }
    let shortest = format!("{}", x.abs());
    let (whole, fraction) = shortest.split_once('.').unwrap_or((&shortest, ""));
    let kept = &fraction.as_bytes()[..fraction.len().min(decimals)];
    let mut digits: Vec<u8> = [b"0", whole.as_bytes(), kept].concat();
    digits.resize(1 + whole.len() + decimals, b'0');
    if fraction.as_bytes().get(decimals).is_some_and(|next| *next >= b'5') {
        for digit in digits.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                break;
            }
        }
    }
    if x < 0.0 && digits.iter().any(|d| *d != b'0') {
        out.push('-');
    }
    let point = digits.len() - decimals;
    let first = usize::from(digits[0] == b'0' && point > 1);
    out.extend(digits[first..point].iter().map(|d| char::from(*d)));
    if decimals > 0 {
        out.push('.');
        out.extend(digits[point..].iter().map(|d| char::from(*d)));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(x: f64, decimals: usize) -> String {
        let mut out = String::new();
        if write_half_up(x, decimals, &mut out) { out } else { "unknown".into() }
    }

    #[test]
    fn ties_go_up_on_the_decimal_that_a_person_reads() {
        assert_eq!(fixed(0.125, 2), "0.13");
        assert_eq!(fixed(20.005, 2), "20.01");
        assert_eq!(fixed(2.675, 2), "2.68");
        assert_eq!(fixed(1.0 / 640.0, 6), "0.001563");
        assert_eq!(fixed(664.0 / 775.0, 6), "0.856774");
        assert_eq!(fixed(99.995, 2), "100.00");
        assert_eq!(fixed(0.994999, 2), "0.99");
        assert_eq!(fixed(7.5, 0), "8");
    }

    #[test]
    fn very_small_large_and_impossible_numbers_are_written_plainly() {
        assert_eq!(fixed(1e-9, 6), "0.000000");
        assert_eq!(fixed(-1e-9, 6), "0.000000");
        assert_eq!(fixed(-0.5, 0), "-1");
        assert_eq!(fixed(1e21, 2), "1000000000000000000000.00");
        assert_eq!(fixed(f64::NAN, 2), "unknown");
        assert_eq!(fixed(f64::INFINITY, 2), "unknown");
    }

    #[test]
    fn rounding_agrees_with_the_exact_decimal_wherever_there_is_no_tie() {
        // Rust's own formatting is exact on the binary value; only ties may differ.
        for i in 0..20_000u32 {
            let x = f64::from(i) * 0.000_37 + 0.000_013;
            assert_eq!(fixed(x, 4), format!("{x:.4}"), "{x}");
        }
    }

    #[test]
    fn each_kind_of_number_has_its_own_form() {
        let written = |value: Value| {
            let mut out = String::new();
            value.write_number(&mut out).then_some(out)
        };
        assert_eq!(written(Value::Score(Score(671_234))).as_deref(), Some("67.1234"));
        assert_eq!(written(Value::Score(Score(1_000_000))).as_deref(), Some("100.0000"));
        assert_eq!(written(Value::Money(Yuan::new(1_050_000.005).unwrap())).as_deref(), Some("1050000.01"));
        assert_eq!(written(Value::People(Count(3_270_000))).as_deref(), Some("3.27"));
        assert_eq!(written(Value::Exact(0.1 + 0.2)).as_deref(), Some("0.30000000000000004"));
        assert_eq!(written(Value::Exact(3000.0)).as_deref(), Some("3000"));
        assert_eq!(written(Value::Flag(false)).as_deref(), Some("0"));
        assert_eq!(written(Value::Exact(f64::NAN)), None);
        assert_eq!(written(Value::Unknown), None);
    }
}
