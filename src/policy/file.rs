//! A pack as written: the TOML of a pack file, key by key, each value with its place.
//!
//! Nothing is understood here: hardness is still a word and a condition still a text. Every table is read on its own, so that a slip
//! in one rule does not hide the next one's.

use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::words;

/// The whole file, as far as it could be read.
#[derive(Debug, Default)]
pub struct Written {
    /// `schema`
    pub schema: Option<Spanned<i64>>,
    /// `[pack]`
    pub pack: Option<PackText>,
    /// `[[rule]]`
    pub rules: Vec<RuleText>,
    /// `[[criterion]]`
    pub criteria: Vec<CriterionText>,
}

/// `[pack]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct PackText {
    pub id: Spanned<String>,
    pub document: String,
    #[serde(default)]
    pub title: String,
    pub valid_from: Option<Day>,
    pub valid_to: Option<Day>,
    pub superseded_by: Option<String>,
    #[serde(default)]
    pub counts_as: Vec<String>,
}

/// `[[rule]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct RuleText {
    pub id: Spanned<String>,
    pub clause: String,
    pub quote: String,
    pub hardness: Spanned<String>,
    pub stage: Spanned<String>,
    pub kind: Spanned<String>,
    pub of: Option<Spanned<String>>,
    pub due: Option<Day>,
    pub deadline: Option<Spanned<DeadlineText>>,
    pub reading: Option<String>,
    pub ours: Option<Ours>,
    pub code: Option<Spanned<String>>,
    pub when: Option<Spanned<String>>,
    pub require: Option<Spanned<String>>,
    pub functions: Option<Vec<Spanned<String>>>,
    pub warn_unless: Option<Spanned<String>>,
}

/// `ours = { zh = "…", en = "…" }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Ours {
    pub zh: String,
    pub en: String,
}

/// `deadline = { actor = "…", item = "…", strict = …, lenient = …, every = "year" }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct DeadlineText {
    pub actor: String,
    pub item: String,
    pub opens: Option<Spanned<toml::Value>>,
    pub strict: Option<Spanned<toml::Value>>,
    pub lenient: Option<Spanned<toml::Value>>,
    pub every: Option<Spanned<String>>,
    pub from: Option<String>,
}

/// `[[criterion]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct CriterionText {
    pub name: Spanned<String>,
    pub label_zh: String,
    pub label_en: String,
    pub fact: Spanned<String>,
    pub zero: Spanned<f64>,
    pub one: Spanned<f64>,
    #[serde(default = "equal_weight")]
    pub weight: Spanned<f64>,
    pub clauses: Vec<Spanned<String>>,
    #[serde(default)]
    pub declared: bool,
    #[serde(default)]
    pub unit: String,
    #[serde(default)]
    pub set: String,
}

fn equal_weight() -> Spanned<f64> {
    Spanned::new(0..0, 1.0)
}

/// A day, as a TOML date or as text.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Day(pub Date);

impl TryFrom<toml::Value> for Day {
    type Error = String;

    fn try_from(value: toml::Value) -> Result<Self, String> {
        let text = match &value {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        text.trim().parse().map(Day).map_err(|_| format!("{text}: 2023-01-16"))
    }
}

/// A slip of form: where it stands, what TOML says, and a guess.
#[derive(Debug)]
pub struct Slip {
    /// Bytes in the file.
    pub span: Range<usize>,
    /// In the words of the TOML reader.
    pub reason: String,
    /// The key that was probably meant.
    pub guess: Option<String>,
}

/// Reads the text; slips of form are gathered, and the rest is still read.
pub fn read(text: &str) -> (Written, Vec<Slip>) {
    let mut written = Written::default();
    let mut slips = Vec::new();
    let root = match DeTable::parse(text) {
        Ok(root) => root.into_inner(),
        Err(error) => {
            slips.push(slip(&error, &(0..0)));
            return (written, slips);
        }
    };
    for (key, value) in root {
        match key.get_ref().as_ref() {
            "schema" => written.schema = part(value, &mut slips),
            "pack" => written.pack = part(value, &mut slips),
            "rule" => written.rules = parts(value, &mut slips),
            "criterion" => written.criteria = parts(value, &mut slips),
            other => slips.push(Slip {
                span: key.span(),
                reason: format!("unknown field `{other}`"),
                guess: words::nearest(other, ["schema", "pack", "rule", "criterion"]).map(str::to_owned),
            }),
        }
    }
    // TOML keeps tables sorted by key; rules and criteria are arrays and keep the order of the document.
    (written, slips)
}

fn part<T: DeserializeOwned>(value: Spanned<DeValue<'_>>, slips: &mut Vec<Slip>) -> Option<T> {
    let span = value.span();
    T::deserialize(ValueDeserializer::from(value)).map_err(|error| slips.push(slip(&error, &span))).ok()
}

fn parts<T: DeserializeOwned>(value: Spanned<DeValue<'_>>, slips: &mut Vec<Slip>) -> Vec<T> {
    let span = value.span();
    match value.into_inner() {
        DeValue::Array(list) => list.into_iter().filter_map(|item| part(item, slips)).collect(),
        _ => {
            slips.push(Slip { span, reason: "expected [[…]]".to_owned(), guess: None });
            Vec::new()
        }
    }
}

fn slip(error: &toml::de::Error, place: &Range<usize>) -> Slip {
    let reason = error.message().to_owned();
    let mut quoted = reason.split('`').skip(1).step_by(2);
    let guess = reason.starts_with("unknown field").then(|| quoted.next().and_then(|key| words::nearest(key, quoted))).flatten();
    Slip { span: error.span().unwrap_or(place.clone()), guess: guess.map(str::to_owned), reason }
}
