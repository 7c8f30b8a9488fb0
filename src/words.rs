//! Every sentence a person reads, in Chinese and English side by side.
//!
//! The catalogue is `data/locales/*.toml`: each key holds `zh` and `en`, with `{placeholders}`. A key that lacks a language, or a
//! placeholder that nothing fills, fails a test.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The language of messages, headings and pages. Codes, file names and column names of CSV never change with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Lang {
    /// 中文
    #[default]
    Zh,
    /// English
    En,
}

impl Lang {
    /// `zh` or `en`, as in `--lang` and in `run.json`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// Reads `zh`, `en`, or a locale such as `zh_CN.UTF-8`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        if text.starts_with("zh") {
            Some(Lang::Zh)
        } else if text.starts_with("en") {
            Some(Lang::En)
        } else {
            None
        }
    }

    /// One of two texts: for short labels that would only be obscured by a key.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// One entry of the catalogue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    zh: String,
    en: String,
}

const CATALOGUES: &[&str] = &[
    include_str!("../data/locales/words.toml"),
    include_str!("../data/locales/problems.toml"),
    include_str!("../data/locales/tables.toml"),
    include_str!("../data/locales/page.toml"),
    include_str!("../data/locales/desk.toml"),
    include_str!("../data/locales/money.toml"),
    include_str!("../data/locales/fields.toml"),
    include_str!("../data/locales/packs.toml"),
    include_str!("../data/locales/plan.toml"),
];

static WORDS: LazyLock<HashMap<String, Entry>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for text in CATALOGUES {
        let entries: HashMap<String, Entry> = toml::from_str(text).expect("the built-in catalogue is tested");
        words.extend(entries);
    }
    words
});

/// The sentence of `key` with its placeholders filled. An unknown key answers itself, so that nothing is ever lost.
pub fn say(lang: Lang, key: &str, with: &[(&str, &str)]) -> String {
    let Some(entry) = WORDS.get(key) else { return key.to_owned() };
    fill(lang.pick(&entry.zh, &entry.en), with)
}

/// The heading that a canonical field has in a language; several are separated by ` / `. What is no field stays as it is. English
/// headings are the canonical names.
pub fn heading(lang: Lang, field: &str) -> String {
    let one = |field: &str| {
        let key = format!("field.{field}");
        if lang == Lang::Zh && knows(&key) { say(lang, &key, &[]) } else { field.to_owned() }
    };
    field.split(" / ").map(one).collect::<Vec<_>>().join(" / ")
}

/// The same with the canonical name beside it, which settings and programs go by: `入住户数（occupied_households）`.
pub fn field(lang: Lang, field: &str) -> String {
    let said = heading(lang, field);
    if said == field { said } else { format!("{said}（{field}）") }
}

/// Whether the catalogue knows `key`.
pub fn knows(key: &str) -> bool {
    WORDS.contains_key(key)
}

/// Every entry whose key starts with `prefix`, by key: `(key without prefix, Chinese, English)`, for a page that speaks both languages.
pub fn under(prefix: &str) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut found: Vec<_> =
        WORDS.iter().filter_map(|(key, entry)| Some((key.strip_prefix(prefix)?, entry.zh.as_str(), entry.en.as_str()))).collect();
    found.sort_unstable();
    found
}

/// Replaces `{name}` in one pass, so that a value which itself contains braces stays as it is.
fn fill(template: &str, with: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + close];
        match with.iter().find(|(k, _)| *k == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[open..=open + close]),
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

/// The known word nearest to what was written, if it is near enough to be a slip: for "did you mean".
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let allowed = (written.chars().count() / 3).max(1) + 1;
    known.into_iter().map(|word| (edits(&written, &word.to_lowercase()), word)).filter(|(d, _)| *d <= allowed).min().map(|(_, word)| word)
}

/// Whether one word is the other with a single slip: a letter added, left out or changed, or two neighbours exchanged.
pub fn one_slip(a: &str, b: &str) -> bool {
    a.len().abs_diff(b.len()) <= 4 && edits(a, b) == 1
}

/// Insertions, deletions and substitutions between two words, a swap of neighbours counting once.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = usize::from(a[i - 1] != b[j - 1]);
                let mut best = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + change);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_braces_are_not_filled_again() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
        assert_eq!(fill("no {such} name", &[]), "no {such} name");
    }

    #[test]
    fn a_slip_is_guessed_and_a_stranger_is_not() {
        assert_eq!(nearest("titel", ["title", "stage"]), Some("title"));
        assert_eq!(nearest("hoseholds", ["households", "elderly_60"]), Some("households"));
        assert_eq!(nearest("zzz", ["title", "stage"]), None);
    }

    #[test]
    fn both_languages_use_the_same_placeholders() {
        let names = |text: &str| {
            let mut found: Vec<&str> = text.split('{').skip(1).filter_map(|p| p.split_once('}')).map(|(n, _)| n).collect();
            found.sort_unstable();
            found.dedup();
            found.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        for (key, entry) in WORDS.iter() {
            assert!(!entry.zh.is_empty() && !entry.en.is_empty(), "{key} lacks a language");
            assert_eq!(names(&entry.zh), names(&entry.en), "{key}");
        }
    }
}
