//! `docs/inputs.md` against the code: every key and every default, every column and every heading.

use std::path::Path;

use super::Settings;
use super::file::{resolve, to_table};
use crate::problem::Problems;
use crate::template::columns::{Column, Table, built_in};
use crate::words::Lang;

const PAGE: &str = include_str!("../../docs/inputs.md");

/// The keys that a section knows: the program names them all to whoever writes a stranger.
fn known(section: &str) -> Vec<String> {
    let stranger = "zzzzzzzzzzzzzzzzzzzzzzzz";
    let text = if section.is_empty() { format!("{stranger} = 1") } else { format!("[{section}]\n{stranger} = 1") };
    let mut problems = Problems::default();
    resolve(text.parse().unwrap(), Path::new(""), &[], None, &mut problems);
    let hint = problems.iter().find(|p| p.field.as_deref().unwrap_or("").ends_with(stranger)).unwrap();
    let (_, keys) = hint.with.iter().find(|(name, _)| *name == "known").unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_key_of_a_study_is_on_the_page() {
    let named = |key: &str| PAGE.contains(&format!("`{key}`"));
    let inputs = Settings::default().inputs;
    let tables: Vec<&str> = inputs.tables().iter().map(|(name, _)| *name).collect();
    for key in known("") {
        assert!(named(&key), "docs/inputs.md lacks `{key}`");
    }
    for section in ["walking", "coverage", "circles", "score", "fund", "output", "plan"].iter().chain(&tables) {
        for key in known(section) {
            let own = format!("{section}.{key}");
            let shared = tables.contains(section) && named(&format!("TABLE.{key}"));
            assert!(named(&own) || shared, "docs/inputs.md lacks `{own}`");
        }
    }
}

#[test]
fn every_default_on_the_page_is_the_program_s() {
    let mut study = String::new();
    for line in PAGE.lines().filter(|l| l.starts_with("| `")) {
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        let (key, default) = (cells.next().unwrap().trim_matches('`'), cells.next().unwrap());
        if let Some(default) = default.strip_prefix('`').and_then(|d| d.strip_suffix('`')) {
            study.push_str(&format!("{key} = {default}\n"));
        }
    }
    assert!(study.lines().count() > 15, "{study}");
    let mut problems = Problems::default();
    let written = resolve(study.parse().unwrap(), Path::new(""), &[], None, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(to_table(&written), to_table(&Settings::default()));
}

/// The headings of a field as the data list them.
fn aliases(table: &str, field: &str) -> Vec<String> {
    let data: toml::Table = include_str!("../../data/headings.toml").parse().unwrap();
    let list = data.get(table).and_then(|t| t.get(field)).and_then(|f| f.as_array()).cloned().unwrap_or_default();
    list.iter().map(|a| a.as_str().unwrap().to_owned()).collect()
}

fn row(table: &Table, column: &Column) -> String {
    let more = aliases(&table.table, &column.field).into_iter().filter(|a| *a != column.zh).take(3);
    let headings: Vec<String> = std::iter::once(column.zh.clone()).chain(more).collect();
    let (zh, en) = (built_in().words(column, Lang::Zh), built_in().words(column, Lang::En));
    let words: Vec<String> = zh.iter().zip(&en).map(|(zh, en)| if zh == en { zh.clone() } else { format!("{zh} `{en}`") }).collect();
    format!("| `{}` | {} | {} | {} |", column.field, headings.join(" · "), column.say(Lang::En), words.join(" · "))
}

#[test]
fn every_column_is_on_the_page_with_its_headings_meaning_and_words() {
    for table in &built_in().tables {
        let section = PAGE.split("\n## ").find(|s| s.starts_with(&format!("{} (", table.table)));
        let section = section.unwrap_or_else(|| panic!("docs/inputs.md lacks {}", table.table));
        for column in &table.columns {
            let expected = row(table, column);
            assert!(section.lines().any(|line| line == expected), "docs/inputs.md, {}, lacks\n{expected}", table.table);
        }
    }
}
