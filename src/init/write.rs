//! The study, with a reason beside everything that was guessed, for a person to correct.

use std::fmt::Write;
use std::path::Path;

use super::choose::Choice;
use super::guess::Guess;
use super::{Folder, Seen, Why, relative};
use crate::policy;
use crate::read::headings::Column;
use crate::words::{Lang, say};

/// The text of `study.toml`, to be written into `home`.
pub fn study(folder: &Folder, choices: &[Choice<'_>], title: &str, home: &Path, lang: Lang) -> String {
    let mut out = String::new();
    let word = |key: &str| say(lang, key, &[]);
    for line in word("init.study.head").lines() {
        comment(&mut out, line);
    }
    let _ = writeln!(out, "schema = 1\ntitle = {}", quoted(title));
    let _ = writeln!(out, "# as_of = 2023-02-01{}", beside(&word("init.study.as_of")));
    policies(&mut out, choices, lang);
    let _ = writeln!(out, "\n[walking]{}", beside(&word("init.study.walking")));
    out.push_str("# speed = \"1.0 m/s\"\n# limit = \"15 min\"\n# snap = \"100 m\"\n");
    if !choices.iter().any(|c| c.section == "network") {
        out.push('\n');
        comment(&mut out, &word("init.study.no_network"));
        out.push_str("# [network]\n# file = \"city.osm.pbf\"\n");
    }
    for choice in choices {
        section(&mut out, choice, home, lang);
    }
    for missing in ["communities", "facilities"].iter().filter(|s| !choices.iter().any(|c| c.section == **s)) {
        let _ = writeln!(out, "\n# [{missing}]{}", beside(&word("init.study.missing")));
    }
    if !folder.aside.is_empty() {
        out.push('\n');
        comment(&mut out, &word("init.study.aside"));
        for aside in &folder.aside {
            let layer = aside.layer.as_ref().map(|l| format!(" [{l}]")).unwrap_or_default();
            comment(&mut out, &format!("  {}{layer}: {}", aside.file, reason(&aside.why, lang)));
        }
    }
    out
}

/// Why a file was set aside, in a sentence.
pub fn reason(why: &Why, lang: Lang) -> String {
    match why {
        Why::Word(key) => say(lang, key, &[]),
        Why::Problem(problem) => format!("{} {}", problem.code.text(), problem.message(lang)),
    }
}

/// Why a layer was taken for a table, in a line.
pub fn reasons(guess: &Guess, lang: Lang) -> String {
    let said: Vec<String> = guess.reasons.iter().map(|(key, value)| say(lang, key, &[("value", value)])).collect();
    said.join(lang.pick("；", "; "))
}

/// Packs of the province that the codes name, in force if there is anything to rank; else only named.
fn policies(out: &mut String, choices: &[Choice<'_>], lang: Lang) {
    let known: Vec<String> = policy::check::BUILT_IN.iter().map(|(id, _)| quoted(id)).collect();
    let packs = proposed_packs(choices);
    let known = say(lang, "init.study.packs", &[("known", &known.join(", "))]);
    if packs.is_empty() {
        let _ = writeln!(out, "# policies = [\"shanxi-2023\"]{}", beside(&known));
        return;
    }
    comment(out, &say(lang, "init.study.policies", &[]));
    let list: Vec<String> = packs.iter().map(|id| quoted(id)).collect();
    let _ = writeln!(out, "policies = [{}]{}", list.join(", "), beside(&known));
}

/// Built-in packs whose province or city the codes of communities and counties name, where there are candidates to judge.
pub fn proposed_packs(choices: &[Choice<'_>]) -> Vec<&'static str> {
    if !choices.iter().any(|c| c.section == "candidates") {
        return Vec::new();
    }
    let mut codes = Vec::new();
    for choice in choices {
        for field in ["code", "county_code", "community_code"] {
            if let Some(column) = choice.guess.columns.get(field)
                && ["communities", "counties", "candidates"].contains(&choice.section)
            {
                codes.extend(choice.seen.head.rows.iter().filter_map(|row| row.get(column.index)).map(|t| t.trim()));
            }
        }
    }
    let administrative = |code: &&str| matches!(code.len(), 6 | 9 | 12) && code.bytes().all(|b| b.is_ascii_digit());
    let all_begin = |prefix: &str| {
        let mut codes = codes.iter().copied().filter(administrative).peekable();
        codes.peek().is_some() && codes.all(|code| code.starts_with(prefix))
    };
    [("shanxi-2023", "14"), ("yuncheng-2021", "1408")].into_iter().filter(|(_, prefix)| all_begin(prefix)).map(|(pack, _)| pack).collect()
}

fn section(out: &mut String, choice: &Choice<'_>, home: &Path, lang: Lang) {
    let _ = writeln!(out, "\n[{}]", choice.section);
    comment(out, &reasons(choice.guess, lang));
    if let Some(other) = choice.close {
        comment(out, &say(lang, "init.study.close", &[("table", other)]));
    }
    let file = |seen: &Seen| quoted(&relative(&seen.input.path, home));
    if choice.parts.is_empty() {
        let _ = writeln!(out, "file = {}", file(choice.seen));
    } else {
        let all: Vec<String> =
            std::iter::once(choice.seen).chain(choice.parts.iter().copied()).map(|seen| format!("{{ file = {} }}", file(seen))).collect();
        let _ = writeln!(out, "files = [{}]", all.join(", "));
    }
    layer(out, choice.seen);
    coordinates(out, choice, lang);
    encoding(out, choice.seen, lang);
    columns(out, choice.guess, choice.seen, lang);
    if let Some((seen, guess, on)) = choice.register {
        let key = if choice.section == "candidates" { "init.study.projects" } else { "init.study.register" };
        comment(out, &say(lang, key, &[("on", on), ("why", &reasons(guess, lang))]));
        let sheet = seen.input.layer.as_ref().map(|l| format!(", sheet = {}", quoted(l))).unwrap_or_default();
        let encoding = asked_encoding(seen).map(|(name, _)| format!(", encoding = {}", quoted(name))).unwrap_or_default();
        let file = quoted(&relative(&seen.input.path, home));
        let _ = writeln!(out, "register = {{ file = {file}{sheet}{encoding}, on = \"{on}\" }}");
        columns(out, guess, seen, lang);
    }
    for (seen, guess) in &choice.others {
        comment(out, &say(lang, "init.study.other", &[("why", &reasons(guess, lang))]));
        let sheet = seen.input.layer.as_ref().map(|l| format!("  sheet = {}", quoted(l))).unwrap_or_default();
        comment(out, &format!("file = {}{sheet}", quoted(&relative(&seen.input.path, home))));
    }
}

fn layer(out: &mut String, seen: &Seen) {
    use crate::read::kind::Kind;
    if let Some(name) = &seen.input.layer {
        let key = if matches!(seen.kind, Kind::Xlsx | Kind::Xls) { "sheet" } else { "layer" };
        let _ = writeln!(out, "{key} = {}", quoted(name));
    }
}

fn coordinates(out: &mut String, choice: &Choice<'_>, lang: Lang) {
    let c = &choice.coordinates;
    let Some((key, value)) = &c.word else { return };
    let said = say(lang, key, &[("value", value)]);
    match &c.crs {
        Some(crs) => {
            let _ = writeln!(out, "crs = {}{}", quoted(crs), beside(&said));
        }
        None if c.open => {
            let _ = writeln!(out, "# crs = \"EPSG:…\"{}", beside(&said));
        }
        None => comment(out, &said),
    }
    if c.swapped
        && let (Some(lon), Some(lat)) = (choice.guess.columns.get("lon"), choice.guess.columns.get("lat"))
    {
        let _ = writeln!(out, "fields = {{ lon = {}, lat = {} }}", quoted(&lat.heading), quoted(&lon.heading));
    }
}

/// The encoding that a reader had to guess, with its samples.
fn asked_encoding(seen: &Seen) -> Option<(&'static str, String)> {
    use crate::problem::Code;
    let doubt = seen.head.problems.iter().find(|p| matches!(p.code, Code::W_ENC | Code::W_ENC_JSON))?;
    Some((seen.head.encoding?, doubt.value.clone().unwrap_or_default()))
}

fn encoding(out: &mut String, seen: &Seen, lang: Lang) {
    if let Some((name, samples)) = asked_encoding(seen) {
        let said = say(lang, "init.study.encoding", &[("value", &samples)]);
        let _ = writeln!(out, "encoding = {}{}", quoted(&name.to_lowercase()), beside(&said));
    }
}

/// How each column was understood, and a line to be corrected; a comment, since the program understands it again by itself.
fn columns(out: &mut String, guess: &Guess, seen: &Seen, lang: Lang) {
    let other: Vec<(&str, &Column)> = guess.columns.iter().filter(|(field, c)| c.heading.trim() != *field).collect();
    if !other.is_empty() {
        let pairs: Vec<String> = other.iter().map(|(field, c)| format!("{field} = {}", quoted(&c.heading))).collect();
        comment(out, &say(lang, "init.study.fields", &[]));
        comment(out, &format!("fields = {{ {} }}", pairs.join(", ")));
    }
    for (_, column) in other.iter().filter(|(_, c)| c.base_assumed) {
        comment(out, &say(lang, "init.study.base", &[("value", &column.heading)]));
    }
    let extra: Vec<&str> = guess.columns.extra.iter().map(|(_, h)| h.trim()).filter(|h| !h.is_empty()).collect();
    if !extra.is_empty() && guess.table != Some(crate::read::headings::Table::Network) {
        comment(out, &say(lang, "init.study.extra", &[("value", &extra.join(lang.pick("、", ", ")))]));
    }
    if guess.table.is_none() {
        comment(out, &say(lang, "init.study.ledger", &[("rows", &seen.head.rows.len().to_string())]));
    }
}

/// A line of comment, whatever the text holds.
fn comment(out: &mut String, text: &str) {
    let _ = writeln!(out, "# {}", one_line(text));
}

/// A comment behind a value.
fn beside(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("  # {}", one_line(text)) }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string().trim().to_owned()
}
