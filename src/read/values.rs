//! One cell → one value: numbers, dates, years, truth values, lists and codes as people really write them.
//!
//! Nothing here knows where the cell stands; [`Read`] says what became of it and the row reader reports it.

use std::borrow::Cow;

use jiff::civil::Date;

use super::Cell;
use super::vocabulary::{built_in, half_width};
use crate::problem::Code;

/// What became of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Read<T> {
    /// Empty.
    Empty,
    /// Says in words that there is no value: W-NULL.
    Null,
    /// A value as written.
    Value(T),
    /// A value that had to be converted, under this warning.
    Changed(T, Code),
    /// Not a value of this kind, under this error.
    Wrong(Code),
}

impl<T> Read<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Read::Value(v) | Read::Changed(v, _) => Some(v),
            _ => None,
        }
    }

    fn and_then<U>(self, f: impl FnOnce(T) -> Read<U>) -> Read<U> {
        match self {
            Read::Empty => Read::Empty,
            Read::Null => Read::Null,
            Read::Wrong(code) => Read::Wrong(code),
            Read::Value(v) => f(v),
            Read::Changed(v, code) => match f(v) {
                Read::Value(u) => Read::Changed(u, code),
                other => other,
            },
        }
    }
}

/// The cell as text, trimmed; `None` when there is nothing in it. Whole numbers print without a point.
pub fn text(cell: Cell<'_>) -> Option<Cow<'_, str>> {
    match cell {
        Cell::Empty => None,
        Cell::Text(t) => {
            let t = t.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
            (!t.is_empty()).then_some(Cow::Borrowed(t))
        }
        Cell::Number(n) => Some(Cow::Owned(shortest(n))),
        Cell::Bool(b) => Some(Cow::Borrowed(if b { "true" } else { "false" })),
    }
}

/// `140403001001`, `3.27`.
pub fn shortest(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 { format!("{n:.0}") } else { n.to_string() }
}

/// A finite number of any sign.
pub fn number(cell: Cell<'_>) -> Read<f64> {
    match cell {
        Cell::Empty => Read::Empty,
        Cell::Bool(_) => Read::Wrong(Code::E_NUM),
        Cell::Number(n) if n.is_finite() => Read::Value(n),
        Cell::Number(_) => Read::Wrong(Code::E_NAN),
        Cell::Text(t) => match plain_number(t) {
            Some(n) => Read::Value(n),
            None => written_number(t, &[]),
        },
    }
}

/// A count or a measure: never negative.
pub fn amount(cell: Cell<'_>) -> Read<f64> {
    amount_in(cell, &[])
}

/// The same, where the cell itself may name a unit (`300万元`): its factor comes out multiplied in.
pub fn amount_in(cell: Cell<'_>, units: &[(&str, f64)]) -> Read<f64> {
    let read = match cell {
        Cell::Text(t) if plain_number(t).is_none() => written_number(t, units),
        cell => number(cell),
    };
    read.and_then(|n| if n < 0.0 { Read::Wrong(Code::E_NUM_NEG) } else { Read::Value(n + 0.0) })
}

/// The quick road: ASCII digits with sign, point or exponent.
fn plain_number(text: &str) -> Option<f64> {
    let t = text.trim_ascii();
    let plain = t.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    // Beyond the range of a float, digits become infinite: E-NAN, not a value.
    (plain && t.bytes().any(|b| b.is_ascii_digit())).then(|| t.parse().ok()).flatten().filter(|n: &f64| n.is_finite())
}

/// Units that may stand behind a number without changing it.
const SILENT_UNITS: &[&str] =
    &["平方米", "平米", "㎡", "m²", "m2", "人次", "人", "户", "张", "床", "个", "份", "客", "元", "年", "岁", "度", "°"];

fn written_number(text: &str, units: &[(&str, f64)]) -> Read<f64> {
    let v = built_in();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Read::Empty;
    }
    if v.says_nothing(trimmed) {
        return Read::Null;
    }
    let folded: String = trimmed.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
    let lower = folded.to_lowercase();
    if ["nan", "inf", "infinity", "∞"].contains(&lower.trim_start_matches(['-', '+'])) {
        return Read::Wrong(Code::E_NAN);
    }
    let has_digit = folded.bytes().any(|b| b.is_ascii_digit());
    let vague = ["约", "余", "多", "左右", "近", "大概", "大约", "以上", "以下", "以内", "以前", "以后", "之前", "之后", "~", "≈", "几"];
    if has_digit && (vague.iter().any(|word| folded.contains(word)) || folded.ends_with('+')) {
        return Read::Wrong(Code::E_NUM_APPROX);
    }
    let mut digits = folded.as_str();
    let mut factor = 1.0;
    if let Some((unit, scale)) = units.iter().find(|(unit, _)| digits.ends_with(unit)) {
        digits = &digits[..digits.len() - unit.len()];
        factor = *scale;
    } else if let Some(unit) = SILENT_UNITS.iter().find(|unit| digits.ends_with(**unit)) {
        digits = &digits[..digits.len() - unit.len()];
    }
    let digits = match without_thousands(digits) {
        Some(joined) => Cow::Owned(joined),
        None => Cow::Borrowed(digits),
    };
    match plain_number(&digits) {
        Some(n) => Read::Changed(n * factor, Code::W_NUM),
        None if digits.parse::<f64>().is_ok_and(f64::is_infinite) => Read::Wrong(Code::E_NAN),
        None => Read::Wrong(Code::E_NUM),
    }
}

/// `1,234,567.8` → `1234567.8`; `None` unless every group after the first has three digits.
fn without_thousands(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next()?;
    let mut more = 0;
    let well_formed = groups.all(|g| {
        more += 1;
        g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit())
    });
    let first_ok = (1..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_digit());
    (well_formed && more > 0 && first_ok && !fraction.contains(',')).then(|| text.replace(',', ""))
}

/// A year between 1800 and 2100: `1998`, `1998年`, `1998-05-01`, `1998年5月`.
pub fn year(cell: Cell<'_>) -> Read<i32> {
    let check = |y: f64| {
        let whole = y.fract() == 0.0 && (1800.0..=2100.0).contains(&y);
        if whole { Read::Value(y as i32) } else { Read::Wrong(if y < 0.0 { Code::E_NUM_NEG } else { Code::E_NUM }) }
    };
    if let Cell::Text(t) = cell
        && let Some(parts) = date_parts(t)
        && parts.len() > 1
    {
        // 1985-1990 is no day of 1985.
        let a_day = (1..=12).contains(&parts[1]) && parts.get(2).is_none_or(|day| (1..=31).contains(day));
        return if a_day { check(f64::from(parts[0])) } else { Read::Wrong(Code::E_NUM) };
    }
    match number(cell) {
        // The word 年 behind a year changes nothing.
        Read::Changed(y, _) => check(y),
        other => other.and_then(check),
    }
}

/// A day: `2023-02-03`, `2023/2/3`, `2023.2.3`, `2023年2月3日`, `20230203`, with or without a time; or the serial number of a spreadsheet.
pub fn date(cell: Cell<'_>) -> Read<Date> {
    match cell {
        Cell::Empty => Read::Empty,
        Cell::Bool(_) => Read::Wrong(Code::E_DATE),
        Cell::Number(n) => number_date(n),
        Cell::Text(t) => {
            let t = t.trim();
            if t.is_empty() {
                return Read::Empty;
            }
            if built_in().says_nothing(t) {
                return Read::Null;
            }
            match date_parts(t).as_deref() {
                Some([y, m, d]) => day(*y, *m, *d),
                Some([n]) => number_date(f64::from(*n)),
                _ => Read::Wrong(Code::E_DATE),
            }
        }
    }
}

/// Like [`date`], but a month or a year alone is its first day, under W-NUM: for dates that nothing is judged by.
pub fn date_or_month(cell: Cell<'_>) -> Read<Date> {
    let first = |y: i32, m: i32| day(y, m, 1).and_then(|d| Read::Changed(d, Code::W_NUM));
    match cell {
        Cell::Number(n) if (1800.0..=2100.0).contains(&n) && n.fract() == 0.0 => first(n as i32, 1),
        Cell::Text(t) => match date_parts(t.trim()).as_deref() {
            Some([y, m]) => first(*y, *m),
            Some([y]) if (1800..=2100).contains(y) => first(*y, 1),
            _ => date(cell),
        },
        cell => date(cell),
    }
}

fn day(y: i32, m: i32, d: i32) -> Read<Date> {
    let date = i16::try_from(y).ok().zip(i8::try_from(m).ok()).zip(i8::try_from(d).ok());
    match date.and_then(|((y, m), d)| Date::new(y, m, d).ok()).filter(|date| (1800..=2200).contains(&date.year())) {
        Some(date) => Read::Value(date),
        None => Read::Wrong(Code::E_DATE),
    }
}

/// `20230203`, or days since 1899-12-30 as spreadsheets count them (from 1954 on).
fn number_date(n: f64) -> Read<Date> {
    let whole = n.trunc();
    if (18_000_101.0..=22_001_231.0).contains(&whole) && n.fract() == 0.0 {
        let n = whole as i32;
        return day(n / 10_000, n / 100 % 100, n % 100);
    }
    if (20_000.0..=110_000.0).contains(&whole) {
        let span = jiff::Span::new().days(whole as i64);
        return jiff::civil::date(1899, 12, 30).checked_add(span).map_or(Read::Wrong(Code::E_DATE), Read::Value);
    }
    Read::Wrong(Code::E_DATE)
}

/// The numbers of a date as written, up to a time of day: `2023年2月3日` → 2023, 2, 3.
fn date_parts(text: &str) -> Option<Vec<i32>> {
    let folded: String = text.chars().map(half_width).collect();
    let day = folded.trim().split(['T', ' ']).next()?;
    let mut parts = Vec::with_capacity(3);
    for part in day.trim_end_matches(['日', '号', '月', '年']).split(['-', '/', '.', '年', '月']) {
        if part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        parts.push(part.parse().ok()?);
    }
    (parts.len() <= 3 && (parts.len() == 1 || parts[0] >= 1000)).then_some(parts)
}

/// 是 / 否 and their like; E-VOCAB for another word.
pub fn boolean(cell: Cell<'_>) -> Read<bool> {
    match cell {
        Cell::Bool(b) => Read::Value(b),
        Cell::Number(1.0) => Read::Value(true),
        Cell::Number(0.0) => Read::Value(false),
        cell => match text(cell) {
            None => Read::Empty,
            Some(t) if built_in().says_nothing(&t) => Read::Null,
            Some(t) => built_in().boolean(&t).map_or(Read::Wrong(Code::E_VOCAB), Read::Value),
        },
    }
}

/// Splits at `;` `；` `、`, but not inside brackets: `托养（全托、日托）` is one item.
pub fn list(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut depth) = (0, 0i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth -= 1,
            ';' | '；' | '、' if depth <= 0 => {
                items.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    items.push(&text[start..]);
    items.into_iter().map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// A code as text. What a spreadsheet made a number of is restored: `140403001001.0`, `1.40403001001E+11` (W-CODE-FLOAT); where digits
/// were lost (`1.404E+11`) nothing can be: E-CODE-FLOAT.
pub fn code(cell: Cell<'_>) -> Read<Cow<'_, str>> {
    match cell {
        Cell::Empty => Read::Empty,
        Cell::Bool(_) => text(cell).map_or(Read::Empty, Read::Value),
        Cell::Number(n) if !n.is_finite() => Read::Wrong(Code::E_NAN),
        // Above 2^53 a float no longer holds every digit.
        Cell::Number(n) if n.abs() >= 9_007_199_254_740_992.0 => Read::Wrong(Code::E_CODE_FLOAT),
        Cell::Number(n) => Read::Value(Cow::Owned(shortest(n))),
        Cell::Text(_) => {
            let Some(t) = text(cell) else { return Read::Empty };
            if t.bytes().all(|b| b.is_ascii_digit()) {
                return Read::Value(t);
            }
            if built_in().says_nothing(&t) {
                return Read::Null;
            }
            code_text(t)
        }
    }
}

fn code_text(t: Cow<'_, str>) -> Read<Cow<'_, str>> {
    let folded: String = t.chars().map(half_width).collect();
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if digits(folded.trim()) {
        return Read::Changed(Cow::Owned(folded.trim().to_owned()), Code::W_NUM);
    }
    if let Some((mantissa, exponent)) = folded.split_once(['e', 'E'])
        && let Some((whole, fraction)) = mantissa.split_once('.').or(Some((mantissa, "")))
        && digits(whole)
        && (fraction.is_empty() || digits(fraction))
        && (exponent.starts_with('+') || mantissa.contains('.'))
        && let Ok(power) = exponent.trim_start_matches('+').parse::<usize>()
        && power <= 30
    {
        if fraction.len() > power && fraction[power..].bytes().any(|b| b != b'0') {
            return Read::Value(t);
        }
        if fraction.len() < power {
            return Read::Wrong(Code::E_CODE_FLOAT);
        }
        return Read::Changed(Cow::Owned(format!("{whole}{}", &fraction[..power])), Code::W_CODE_FLOAT);
    }
    if let Some((whole, zeros)) = folded.split_once('.')
        && digits(whole)
        && zeros.bytes().all(|b| b == b'0')
    {
        return Read::Changed(Cow::Owned(whole.to_owned()), Code::W_CODE_FLOAT);
    }
    Read::Value(t)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(t: &str) -> Read<f64> {
        amount(Cell::Text(t))
    }

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(of("324"), Read::Value(324.0));
        assert_eq!(of(" 3.27 "), Read::Value(3.27));
        assert_eq!(of(""), Read::Empty);
        assert_eq!(of("１２３４"), Read::Changed(1234.0, Code::W_NUM));
        assert_eq!(of("1,234"), Read::Changed(1234.0, Code::W_NUM));
        assert_eq!(of("1,234,567.5"), Read::Changed(1_234_567.5, Code::W_NUM));
        assert_eq!(of("１，２３４户"), Read::Changed(1234.0, Code::W_NUM));
        assert_eq!(of("600㎡"), Read::Changed(600.0, Code::W_NUM));
        assert_eq!(of("12,34"), Read::Wrong(Code::E_NUM));
        assert_eq!(of("约500"), Read::Wrong(Code::E_NUM_APPROX));
        assert_eq!(of("500余"), Read::Wrong(Code::E_NUM_APPROX));
        assert_eq!(of("500多户"), Read::Wrong(Code::E_NUM_APPROX));
        assert_eq!(of("很多人"), Read::Wrong(Code::E_NUM));
        assert_eq!(of("abc"), Read::Wrong(Code::E_NUM));
        assert_eq!(of("500-600"), Read::Wrong(Code::E_NUM));
        assert_eq!(of("-5"), Read::Wrong(Code::E_NUM_NEG));
        assert_eq!(of("－５"), Read::Wrong(Code::E_NUM_NEG));
        assert_eq!(of("NaN"), Read::Wrong(Code::E_NAN));
        assert_eq!(of("-inf"), Read::Wrong(Code::E_NAN));
        assert_eq!(of("1e400"), Read::Wrong(Code::E_NAN));
        assert_eq!(amount(Cell::Number(f64::NAN)), Read::Wrong(Code::E_NAN));
        for nothing in ["NA", "无", "-", "/", "null"] {
            assert_eq!(of(nothing), Read::Null, "{nothing}");
        }
        assert_eq!(amount_in(Cell::Text("300万元"), &[("万元", 1e4)]), Read::Changed(3_000_000.0, Code::W_NUM));
    }

    #[test]
    fn a_number_without_value_is_never_zero() {
        for t in ["", "NA", "约500", "abc", "-5", "nan"] {
            assert_eq!(of(t).value(), None, "{t}");
        }
    }

    #[test]
    fn days_in_every_usual_form_and_the_thirtieth_of_february_refused() {
        let day = Read::Value(jiff::civil::date(2023, 2, 3));
        for t in [
            "2023-02-03",
            "2023/2/3",
            "2023.2.3",
            "2023年2月3日",
            "20230203",
            "2023-02-03T08:00:00",
            "2023-02-03 00:00:00",
            "２０２３年２月３日",
        ] {
            assert_eq!(date(Cell::Text(t)), day, "{t}");
        }
        assert_eq!(date(Cell::Number(44_960.0)), day);
        assert_eq!(date(Cell::Text("2023.2.30")), Read::Wrong(Code::E_DATE));
        assert_eq!(date(Cell::Text("2023年2月")), Read::Wrong(Code::E_DATE));
        assert_eq!(date(Cell::Text("明年")), Read::Wrong(Code::E_DATE));
        assert_eq!(date(Cell::Text("无")), Read::Null);
        assert_eq!(date_or_month(Cell::Text("2019年6月")), Read::Changed(jiff::civil::date(2019, 6, 1), Code::W_NUM));
        assert_eq!(date_or_month(Cell::Text("2019年")), Read::Changed(jiff::civil::date(2019, 1, 1), Code::W_NUM));
        assert_eq!(date_or_month(Cell::Text("2023.2.30")), Read::Wrong(Code::E_DATE));
    }

    #[test]
    fn years_may_carry_the_word_or_a_whole_date() {
        for t in ["1998", "1998年", "1998-05-01", "1998年5月"] {
            assert_eq!(year(Cell::Text(t)), Read::Value(1998), "{t}");
        }
        assert_eq!(year(Cell::Number(1998.0)), Read::Value(1998));
        assert_eq!(year(Cell::Text("98")), Read::Wrong(Code::E_NUM));
        assert_eq!(year(Cell::Text("1985-1990")), Read::Wrong(Code::E_NUM), "nobody knows which");
        assert_eq!(year(Cell::Text("2000年以前")), Read::Wrong(Code::E_NUM_APPROX));
    }

    #[test]
    fn codes_are_restored_when_no_digit_was_lost() {
        let c = |t: &'static str| code(Cell::Text(t));
        assert_eq!(c("140403001001"), Read::Value("140403001001".into()));
        assert_eq!(c("140403001001.0"), Read::Changed("140403001001".into(), Code::W_CODE_FLOAT));
        assert_eq!(c("1.40403001001E+11"), Read::Changed("140403001001".into(), Code::W_CODE_FLOAT));
        assert_eq!(c("1.404E+11"), Read::Wrong(Code::E_CODE_FLOAT));
        assert_eq!(code(Cell::Number(140_403_001_001.0)), Read::Value("140403001001".into()));
        assert_eq!(code(Cell::Number(1e18)), Read::Wrong(Code::E_CODE_FLOAT));
        assert_eq!(c("SX-001"), Read::Value("SX-001".into()));
        assert_eq!(c("007"), Read::Value("007".into()));
        assert_eq!(c("12E5"), Read::Value("12E5".into()));
        assert_eq!(c("-"), Read::Null);
    }

    #[test]
    fn lists_split_at_their_marks_but_not_inside_brackets() {
        assert_eq!(list("助餐；助浴;助医、助急"), ["助餐", "助浴", "助医", "助急"]);
        assert_eq!(list("托养（全托、日托）、医养"), ["托养（全托、日托）", "医养"]);
        assert!(list(" ； ").is_empty());
    }

    #[test]
    fn truth_has_many_words() {
        assert_eq!(boolean(Cell::Text("是")), Read::Value(true));
        assert_eq!(boolean(Cell::Text("FALSE")), Read::Value(false));
        assert_eq!(boolean(Cell::Number(1.0)), Read::Value(true));
        assert_eq!(boolean(Cell::Text("大概")), Read::Wrong(Code::E_VOCAB));
        assert_eq!(boolean(Cell::Text("-")), Read::Null);
    }
}
