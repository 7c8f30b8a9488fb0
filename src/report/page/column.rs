//! Columns of tables as short texts: a city has a hundred thousand cells, and JSON would spend most of a page on commas and digits.
//!
//! Every column becomes one small object whose single telling key says how to read it; `columnOf` in `data/page/data.js` is the reverse.
//! Numbers inside the texts are those of [`Packed`].
//!
//! | key | the other keys | a row is |
//! |---|---|---|
//! | `num` | `d` decimals, `how` | a number × 10^d: as it is, `signed`, or `step` from the last known one; 0 is unknown |
//! | `word` | `of` | 1 + index into the list of words; 0 is none |
//! | `text` | `head`, `tail` | so many characters of the row before, the text, so many of the end of the row before |
//! | `flag` | | 0 unknown, 1 no, 2 yes |
//! | `at` | | 0 for no place, else 1 + step east, step north, in decimetres |
//! | `list` | | how many numbers, then each |
//!
//! `num`, `of`, `head`, `tail` and `flag` are runs: 0 and a count repeat the value before, any other number is 1 + the value.

use std::collections::BTreeMap;

use serde::Serialize;

use super::number::Num;
use super::packed::Packed;
use super::plane::Spot;

/// One column, ready to be written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Column {
    /// Numbers.
    Numbers {
        /// The runs.
        num: String,
        /// Decimals.
        #[serde(skip_serializing_if = "nothing")]
        d: u32,
        /// `signed` or `step`.
        #[serde(skip_serializing_if = "Option::is_none")]
        how: Option<&'static str>,
    },
    /// Texts that occur again and again.
    Words {
        /// Each once, the most frequent first.
        word: Vec<String>,
        /// The runs.
        of: String,
    },
    /// Texts of which most are different.
    Texts {
        /// What is new in each row.
        text: Vec<String>,
        /// The runs of shared beginnings.
        head: String,
        /// The runs of shared ends.
        tail: String,
    },
    /// Yes, no or unknown.
    Flags {
        /// The runs.
        flag: String,
    },
    /// Places.
    Places {
        /// Steps.
        at: String,
    },
    /// Lists of indices.
    Lists {
        /// Counts and indices.
        list: String,
    },
}

fn nothing(n: &u32) -> bool {
    *n == 0
}

/// Most decimals that a column may have.
const DECIMALS: u32 = 6;
/// Below this a script still knows every whole number, twice as large ones included.
const LARGEST: f64 = 4.0e15;

/// Numbers, each as it was rounded for the page.
pub fn numbers(list: impl IntoIterator<Item = Option<Num>>) -> Column {
    let list: Vec<Option<f64>> = list.into_iter().map(|n| n.map(Num::value).filter(|v| v.abs() < LARGEST)).collect();
    let fits = |d: u32| list.iter().flatten().all(|v| v.abs() * 10f64.powi(d as i32) < LARGEST);
    // What is read back is the same number: a quotient of whole numbers is exact to the last bit.
    let exact = |d: u32| {
        let scale = 10f64.powi(d as i32);
        list.iter().flatten().all(|v| (v * scale).round() / scale == *v)
    };
    let d = (0..DECIMALS).find(|d| exact(*d) || !fits(d + 1)).unwrap_or(DECIMALS);
    let scale = 10f64.powi(d as i32);
    let whole: Vec<Option<i64>> = list.iter().map(|v| v.map(|v| (v * scale).round() as i64)).collect();
    let signed = whole.iter().flatten().any(|v| *v < 0);
    let plain = runs(whole.iter().map(|v| v.map_or(0, |v| 1 + if signed { zigzag(v) } else { v as u64 })));
    let mut last = 0;
    let step = runs(whole.iter().map(|v| {
        v.map_or(0, |v| {
            let step = zigzag(v - last);
            last = v;
            step + 1
        })
    }));
    if step.len() < plain.len() {
        return Column::Numbers { num: step, d, how: Some("step") };
    }
    Column::Numbers { num: plain, d, how: signed.then_some("signed") }
}

/// Whole numbers, unknown ones among them.
pub fn whole(list: impl IntoIterator<Item = Option<u32>>) -> Column {
    numbers(list.into_iter().map(|n| n.map(|n| Num::new(f64::from(n), 0))))
}

/// Free texts; each once where many are the same. A page makes no difference between an empty one and none.
pub fn texts<'a>(list: impl IntoIterator<Item = Option<&'a str>>) -> Column {
    let list: Vec<Option<&str>> = list.into_iter().collect();
    let counts = count(&list);
    if counts.len() * 2 > list.len() { rows(&list) } else { words(&list, counts) }
}

/// Canonical keys: few, and unknown is not empty.
pub fn keys<'a>(list: impl IntoIterator<Item = Option<&'a str>>) -> Column {
    let list: Vec<Option<&str>> = list.into_iter().collect();
    words(&list, count(&list))
}

fn count<'a>(list: &[Option<&'a str>]) -> BTreeMap<&'a str, usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in list.iter().flatten() {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

fn words(list: &[Option<&str>], counts: BTreeMap<&str, usize>) -> Column {
    let mut by_count: Vec<(&str, usize)> = counts.into_iter().collect();
    // A stable sort: words of the same count stay in their order.
    by_count.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let index: BTreeMap<&str, u64> = by_count.iter().enumerate().map(|(i, (text, _))| (*text, i as u64 + 1)).collect();
    let of = runs(list.iter().map(|text| text.map_or(0, |text| index[text])));
    Column::Words { word: by_count.into_iter().map(|(text, _)| text.to_owned()).collect(), of }
}

fn rows(list: &[Option<&str>]) -> Column {
    let (mut text, mut head, mut tail) = (Vec::with_capacity(list.len()), Vec::new(), Vec::new());
    let mut before: Vec<u16> = Vec::new();
    for row in list {
        // Scripts count in UTF-16; half a character must not stand alone in JSON, so a cut never parts a pair.
        let now: Vec<u16> = row.unwrap_or("").encode_utf16().collect();
        let most = now.len().min(before.len());
        let mut start = (0..most).take_while(|i| now[*i] == before[*i]).count();
        if start > 0 && is_first_half(now[start - 1]) {
            start -= 1;
        }
        let mut end = (0..most - start).take_while(|i| now[now.len() - 1 - i] == before[before.len() - 1 - i]).count();
        if end > 0 && is_second_half(now[now.len() - end]) {
            end -= 1;
        }
        text.push(String::from_utf16_lossy(&now[start..now.len() - end]));
        head.push(start as u64);
        tail.push(end as u64);
        before = now;
    }
    Column::Texts { text, head: runs(head), tail: runs(tail) }
}

fn is_first_half(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_second_half(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

/// Answers to a question.
pub fn flags(list: impl IntoIterator<Item = Option<bool>>) -> Column {
    Column::Flags { flag: runs(list.into_iter().map(|f| f.map_or(0, |f| 1 + u64::from(f)))) }
}

/// Places, in decimetres of the map.
pub fn places(list: impl IntoIterator<Item = Option<Spot>>) -> Column {
    let (mut packed, mut last) = (Packed::default(), [0, 0]);
    for spot in list {
        let Some(spot) = spot else {
            packed.push(0);
            continue;
        };
        packed.push(1 + zigzag(i64::from(spot[0]) - i64::from(last[0])));
        packed.push_signed(i64::from(spot[1]) - i64::from(last[1]));
        last = spot;
    }
    Column::Places { at: packed.finish() }
}

/// Lists of indices.
pub fn lists<'a>(list: impl IntoIterator<Item = &'a [u32]>) -> Column {
    let mut packed = Packed::default();
    for row in list {
        packed.push(row.len() as u64);
        row.iter().for_each(|n| packed.push(u64::from(*n)));
    }
    Column::Lists { list: packed.finish() }
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

/// Values as runs.
pub fn runs(values: impl IntoIterator<Item = u64>) -> String {
    let mut packed = Packed::default();
    let (mut last, mut again) = (0, 0);
    let close = |packed: &mut Packed, last: u64, again: &mut u64| {
        // Once more of a short number is shorter than a count of it.
        if *again == 1 && last < 31 {
            packed.push(last + 1);
        } else if *again > 0 {
            packed.push(0);
            packed.push(*again);
        }
        *again = 0;
    };
    for value in values {
        if value == last {
            again += 1;
            continue;
        }
        close(&mut packed, last, &mut again);
        packed.push(value + 1);
        last = value;
    }
    close(&mut packed, last, &mut again);
    packed.finish()
}

#[cfg(test)]
pub mod tests {
    use serde_json::{Value, json};

    use super::super::packed::tests::unpack;
    use super::*;

    fn values(text: &str, n: usize) -> Vec<u64> {
        let (mut out, mut last) = (Vec::new(), 0);
        let mut numbers = unpack(text).into_iter();
        while let Some(number) = numbers.next() {
            if number > 0 {
                last = number - 1;
                out.push(last);
            } else {
                out.extend(std::iter::repeat_n(last, numbers.next().unwrap() as usize));
            }
        }
        assert_eq!(out.len(), n);
        out
    }

    fn unzigzag(n: u64) -> i64 {
        if n % 2 == 1 { -(n.div_ceil(2) as i64) } else { (n / 2) as i64 }
    }

    /// What a script makes of a column, for the tests of the page.
    pub fn read(column: &Value, n: usize) -> Vec<Value> {
        if let Some(num) = column["num"].as_str() {
            let scale = 10f64.powi(column["d"].as_i64().unwrap_or(0) as i32);
            let mut last = 0;
            return values(num, n)
                .into_iter()
                .map(|code| {
                    let Some(code) = code.checked_sub(1) else { return Value::Null };
                    let v = match column["how"].as_str() {
                        None => code as i64,
                        Some("signed") => unzigzag(code),
                        _ => last + unzigzag(code),
                    };
                    last = v;
                    json!(v as f64 / scale)
                })
                .collect();
        }
        if let Some(of) = column["of"].as_str() {
            let word = |i: u64| if i == 0 { Value::Null } else { column["word"][i as usize - 1].clone() };
            return values(of, n).into_iter().map(word).collect();
        }
        if let Some(flag) = column["flag"].as_str() {
            return values(flag, n).into_iter().map(|v| [Value::Null, json!(false), json!(true)][v as usize].clone()).collect();
        }
        let (head, tail) = (values(column["head"].as_str().unwrap(), n), values(column["tail"].as_str().unwrap(), n));
        let mut before: Vec<u16> = Vec::new();
        (0..n)
            .map(|i| {
                let mut now = before[..head[i] as usize].to_vec();
                now.extend(column["text"][i].as_str().unwrap().encode_utf16());
                now.extend_from_slice(&before[before.len() - tail[i] as usize..]);
                before = now;
                json!(String::from_utf16(&before).unwrap())
            })
            .collect()
    }

    fn back(column: Column, n: usize) -> Vec<Value> {
        read(&serde_json::to_value(column).unwrap(), n)
    }

    #[test]
    fn numbers_come_back_as_they_were_however_they_are_written() {
        for list in [
            vec![Some(0.0), None, Some(12.5), Some(12.5), Some(12.5), Some(0.1235), None, None],
            vec![Some(-3.0), Some(4.25)],
            vec![None; 7],
            vec![],
            (0..400).map(|i| Some(f64::from(i) + 100_000.0)).collect(),
        ] {
            let column = numbers(list.iter().map(|v| v.map(|v| Num::new(v, 4))));
            let expected: Vec<Value> = list.iter().map(|v| v.map_or(Value::Null, |v| json!(v))).collect();
            assert_eq!(back(column, list.len()), expected);
        }
        // A thousand ranks are a beginning and a run.
        let Column::Numbers { num, how, .. } = whole((1..1000).map(Some)) else { panic!() };
        assert!(num.len() < 8 && how == Some("step"), "{num}");
    }

    #[test]
    fn texts_come_back_whether_they_repeat_or_share_their_ends() {
        let list = ["城南路1号（虚构）", "城南路12号（虚构）", "", "𠮷村", "𠮶村", "𠮶村村", "x"];
        let column = texts(list.iter().map(|t| Some(*t)));
        let Column::Texts { text, .. } = &column else { panic!() };
        assert_eq!(text[1], "2");
        assert_eq!(back(column, list.len()), list.map(Value::from));
        let repeated = [Some("b"), Some("a"), Some("a"), None, Some("a"), Some("")];
        let column = texts(repeated);
        let Column::Words { word, .. } = &column else { panic!() };
        assert_eq!(word, &["a", "", "b"]);
        assert_eq!(back(column, 6), repeated.map(Value::from));
    }

    #[test]
    fn flags_keep_the_unknown_apart() {
        let list = [None, Some(true), Some(true), Some(false), None];
        assert_eq!(back(flags(list), 5), list.map(Value::from));
    }
}
