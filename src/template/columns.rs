//! `data/template.toml` and `data/clauses.toml`: the columns of every table, what to write in them, and which rules ask for it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::read::vocabulary::{self, Vocabulary};
use crate::words::Lang;

/// Everything there is to say about the tables of a study.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    words: BTreeMap<String, Vec<String>>,
    words_en: BTreeMap<String, Vec<String>>,
    /// Tables in the order of the workbook; those without a sheet come last.
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
    /// Rules that columns answer to, by id.
    #[serde(skip)]
    pub clauses: BTreeMap<String, Clause>,
}

/// One table of a study.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its section of a study; `projects` has none yet.
    pub table: String,
    /// Its sheet, Chinese and English; `None` for files that nobody fills in by hand.
    sheet: Option<[String; 2]>,
    say: [String; 2],
    /// In the order of the sheet.
    pub columns: Vec<Column>,
}

/// One column.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The canonical field.
    pub field: String,
    /// The Chinese heading.
    pub zh: String,
    /// What its cells hold.
    pub form: Form,
    /// The list of words to choose from.
    pub words: Option<String>,
    /// Whether other words may be written too.
    #[serde(default)]
    pub open: bool,
    /// Whether little can be said without it.
    #[serde(default)]
    pub need: bool,
    say: [String; 2],
    /// Ids of the rules that ask for it.
    pub basis: Vec<String>,
    /// As in the example row; empty for none.
    #[serde(default)]
    pub example: String,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Digits that are no number: kept as text.
    Code,
    /// Words.
    Text,
    /// Several words separated by `;`.
    List,
    /// People, households, beds: not below 0.
    Whole,
    /// A number not below 0.
    Amount,
    /// Square metres.
    Area,
    /// Yuan.
    Money,
    /// A mark of 0 to 100.
    Mark,
    /// A year of four digits.
    Year,
    /// A day.
    Date,
    /// Degrees (or metres of a zone).
    Degrees,
}

/// A rule of a policy document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Number of the document.
    pub document: String,
    /// Where in it.
    pub clause: String,
    /// Its words.
    pub quote: String,
}

static BUILT_IN: LazyLock<Template> = LazyLock::new(|| {
    let mut template: Template = toml::from_str(include_str!("../../data/template.toml")).expect("the built-in template is tested");
    template.clauses = toml::from_str(include_str!("../../data/clauses.toml")).expect("the built-in clauses are tested");
    template
});

/// The built-in template.
pub fn built_in() -> &'static Template {
    &BUILT_IN
}

impl Template {
    /// The tables that are sheets.
    pub fn sheets(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(|t| t.sheet.is_some())
    }

    /// A table by its section of a study.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.table == name)
    }

    /// What a column's drop-down offers; empty without one. English words are canonical keys, which are understood in any study.
    pub fn words(&self, column: &Column, lang: Lang) -> Vec<String> {
        let Some(list) = &column.words else { return Vec::new() };
        if lang == Lang::En
            && let Some(own) = self.words_en.get(list)
        {
            return own.clone();
        }
        self.words.get(list).into_iter().flatten().map(|word| in_language(list, word, lang)).collect()
    }

    /// The example of a column in the words of the language.
    pub fn example(&self, column: &Column, lang: Lang) -> String {
        let zh = self.words(column, Lang::Zh);
        match zh.iter().position(|word| *word == column.example) {
            Some(at) => self.words(column, lang).swap_remove(at),
            None => column.example.clone(),
        }
    }
}

impl Table {
    /// The name of its sheet.
    pub fn sheet(&self, lang: Lang) -> &str {
        self.sheet.as_ref().map_or("", |[zh, en]| lang.pick(zh, en))
    }

    /// What a row is.
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.say[0], &self.say[1])
    }
}

impl Column {
    /// Its heading: Chinese, or the canonical name.
    pub fn heading(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.field)
    }

    /// What to write in it, with the unit.
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.say[0], &self.say[1])
    }
}

/// A word of a closed vocabulary has a canonical key; others are the same in both languages.
fn in_language(list: &str, word: &str, lang: Lang) -> String {
    let key = vocabulary(list).filter(|_| lang == Lang::En).and_then(|v| v.key(word));
    key.unwrap_or(word).to_owned()
}

/// The vocabulary behind a list of words, if it is one of the readers'.
fn vocabulary(list: &str) -> Option<&'static Vocabulary> {
    let all = vocabulary::built_in();
    Some(match list {
        "community_kind" => &all.community_kind,
        "county_type" => &all.county_type,
        "previous_grade" => &all.previous_grade,
        "status" => &all.status,
        "build_mode" => &all.build_mode,
        "tenure" => &all.tenure,
        "facility_kind" => &all.facility_kind,
        "use_of_funds" => &all.use_of_funds,
        "boolean" => &all.boolean,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Pack;
    use crate::problem::Problems;
    use crate::read::Input;
    use crate::read::headings::{self, Table as Read};

    const TABLES: [Read; 8] =
        [Read::Communities, Read::Estates, Read::Counties, Read::Facilities, Read::Candidates, Read::Demand, Read::Quota, Read::Network];

    #[test]
    fn every_field_has_a_column_and_every_heading_is_read_as_its_field_without_any_setting() {
        for table in TABLES {
            let columns = &built_in().table(table.name()).unwrap().columns;
            let mut named: Vec<&str> = columns.iter().map(|c| c.field.as_str()).collect();
            let mut fields = table.fields().to_vec();
            for lang in [Lang::Zh, Lang::En] {
                let written: Vec<String> = columns.iter().map(|c| c.heading(lang).to_owned()).collect();
                let (read, problems) = headings::recognise(table, &written, &Input::default());
                assert!(problems.is_empty() && read.extra.is_empty(), "{table:?}: {problems:?} {:?}", read.extra);
                for (at, column) in columns.iter().enumerate() {
                    let found = read.get(&column.field).unwrap_or_else(|| panic!("{table:?}: {} is not read", column.zh));
                    assert_eq!((found.index, found.scale, found.base_assumed), (at, 1.0, false), "{table:?}.{}", column.field);
                }
            }
            named.sort_unstable();
            fields.sort_unstable();
            assert_eq!(named, fields, "{table:?}");
        }
    }

    #[test]
    fn every_field_has_a_heading_for_chinese_messages() {
        for column in built_in().tables.iter().flat_map(|t| &t.columns) {
            let said = crate::words::heading(Lang::Zh, &column.field);
            assert!(
                said != column.field && column.zh.contains(said.trim_start_matches("是否")) || said.chars().count() <= 6,
                "{}",
                column.field
            );
            assert_eq!(crate::words::heading(Lang::En, &column.field), column.field);
        }
    }

    #[test]
    fn drop_downs_offer_every_word_of_a_vocabulary_once_and_no_other() {
        let template = built_in();
        for (list, words) in &template.words {
            let Some(vocabulary) = vocabulary(list) else { continue };
            let mut keys: Vec<&str> = words.iter().map(|w| vocabulary.key(w).unwrap_or_else(|| panic!("{list}: {w}"))).collect();
            keys.sort_unstable();
            assert_eq!(keys, vocabulary.keys(), "{list}");
            let mut offered: Vec<&str> = words.iter().map(String::as_str).collect();
            let mut allowed: Vec<&str> = vocabulary.allowed().split(" / ").collect();
            offered.sort_unstable();
            allowed.sort_unstable();
            assert_eq!(offered, allowed, "what a message proposes is what the form offers");
        }
        for word in &template.words["functions"] {
            assert_ne!(vocabulary::built_in().functions(word), [word.as_str()], "{word} is a word of the documents");
        }
        for column in template.tables.iter().flat_map(|t| &t.columns) {
            assert!(column.words.as_ref().is_none_or(|list| template.words.contains_key(list)), "{}", column.field);
            for word in template.words(column, Lang::En) {
                assert!(!word.is_empty());
            }
        }
    }

    #[test]
    fn every_filled_column_has_its_clause_and_clauses_are_those_of_the_packs() {
        let template = built_in();
        let cited: Vec<&String> = template.tables.iter().flat_map(|t| &t.columns).flat_map(|c| &c.basis).collect();
        for column in template.sheets().flat_map(|t| &t.columns) {
            assert!(!column.basis.is_empty(), "{} has no basis", column.zh);
        }
        assert!(cited.iter().all(|id| template.clauses.contains_key(*id)));
        assert!(template.clauses.keys().all(|id| cited.contains(&id)));
        let mut compared = 0;
        for pack in ["shanxi-2023", "yuncheng-2021"] {
            let pack = Pack::load(pack, std::path::Path::new(""), &mut Problems::default()).unwrap();
            for rule in &pack.rules {
                if let Some(clause) = template.clauses.get(&rule.id) {
                    assert_eq!(
                        (&clause.document, &clause.clause, &clause.quote),
                        (&pack.document, &rule.clause, &rule.quote),
                        "{}",
                        rule.id
                    );
                    compared += 1;
                }
            }
        }
        assert!(compared > 40, "{compared}");
    }
}
