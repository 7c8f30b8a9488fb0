//! What is wrong with an input, where it stands, and what to do about it.
//!
//! A [`Problem`] carries a stable code, the place (file, layer, row or feature, field), the value seen and the words for a message
//! and a remedy. Readers push every problem they find into one [`Problems`] and go on as long as they can, so that a person
//! sees all of them at once.

pub mod notes;
pub mod understood;

use std::sync::Arc;

use serde::Serialize;

use crate::words::{self, Lang};
use understood::{Understood, Unplaced};

/// `E-…` stops the run before anything is written; `W-…` is listed and the run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is written; exit code 1.
    Error,
    /// Listed; `--strict` turns it into exit code 3.
    Warning,
}

macro_rules! codes {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// A stable problem code; never translated.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, non_camel_case_types, clippy::upper_case_acronyms)]
        pub enum Code { $($name),+ }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Code] = &[$(Code::$name),+];

            /// As written in reports: `E-NUM`.
            pub fn text(self) -> &'static str {
                match self { $(Code::$name => $text),+ }
            }
        }
    };
}

codes! {
    // Files and their form.
    E_FILE = "E-FILE", E_FORMAT = "E-FORMAT", E_TRUNCATED = "E-TRUNCATED", E_EMPTY = "E-EMPTY", E_COLUMN = "E-COLUMN",
    E_TOO_LARGE = "E-TOO-LARGE", W_ENC = "W-ENC", W_ENC_JSON = "W-ENC-JSON", W_FIELD_CUT = "W-FIELD-CUT", W_MERGED = "W-MERGED", E_MERGED = "E-MERGED",
    W_TOTAL_ROW = "W-TOTAL-ROW", W_EXAMPLE = "W-EXAMPLE",
    // Coordinates.
    E_CRS_MISSING = "E-CRS-MISSING", E_CRS_UNKNOWN = "E-CRS-UNKNOWN", E_CRS_RANGE = "E-CRS-RANGE", W_CRS_OFFSET = "W-CRS-OFFSET",
    W_CRS_DATUM = "W-CRS-DATUM",
    E_AXIS = "E-AXIS", E_ZONE = "E-ZONE",
    // Values.
    E_NUM = "E-NUM", E_NUM_NEG = "E-NUM-NEG", E_NAN = "E-NAN", E_NUM_APPROX = "E-NUM-APPROX", W_NUM = "W-NUM", W_NULL = "W-NULL",
    E_DATE = "E-DATE", E_VOCAB = "E-VOCAB", W_UNIT = "W-UNIT", W_CODE_FLOAT = "W-CODE-FLOAT", E_CODE_FLOAT = "E-CODE-FLOAT",
    W_CODE_LEVEL = "W-CODE-LEVEL", W_CODE_NAME = "W-CODE-NAME", E_DUP = "E-DUP", E_AGE_ORDER = "E-AGE-ORDER", E_POP = "E-POP",
    E_CODE_UNKNOWN = "E-CODE-UNKNOWN", W_SUM = "W-SUM", W_BASE = "W-BASE", E_BASE = "E-BASE", W_DATES = "W-DATES", W_KIND = "W-KIND",
    W_KIND_GUESSED = "W-KIND-GUESSED", E_RASTER = "E-RASTER", W_RASTER = "W-RASTER", W_JOIN = "W-JOIN", W_DIFFERS = "W-DIFFERS", E_KEY = "E-KEY",
    // Shapes and places.
    E_GEOM = "E-GEOM", W_GEOM = "W-GEOM", W_OVERLAP = "W-OVERLAP", W_OUTSIDE = "W-OUTSIDE", E_OUTSIDE = "E-OUTSIDE", W_NO_POSITION = "W-NO-POSITION",
    W_HOST = "W-HOST", W_DUP_FACILITY = "W-DUP-FACILITY", W_AREA_UNKNOWN = "W-AREA-UNKNOWN", W_NO_DEMAND = "W-NO-DEMAND",
    // The network and reach.
    E_NO_WAYS = "E-NO-WAYS", W_SNAP = "W-SNAP", W_STRAIGHT = "W-STRAIGHT", W_CUT_OFF = "W-CUT-OFF", W_EDGE = "W-EDGE", W_SPEED = "W-SPEED",
    W_LOOSE_END = "W-LOOSE-END", W_SNAP_COMMUNITY = "W-SNAP-COMMUNITY", W_ISLAND = "W-ISLAND",
    // Settings and packs.
    E_SETTING = "E-SETTING", E_FIELD = "E-FIELD", E_PACK = "E-PACK", E_NEED = "E-NEED", E_QUOTA = "E-QUOTA", E_CROSSWALK = "E-CROSSWALK", E_OUT = "E-OUT", E_LIMIT = "E-LIMIT", E_MEMORY = "E-MEMORY", E_AUDIT = "E-AUDIT",
    W_NO_DATE = "W-NO-DATE", W_PACK_TIME = "W-PACK-TIME",
    // Verdicts that `check` prints when policies are chosen.
    E_LEASE = "E-LEASE", W_AREA = "W-AREA", W_BEDS = "W-BEDS", W_AWARD_GT_COST = "W-AWARD-GT-COST",
}

impl Code {
    /// From the first letter of the code.
    pub fn severity(self) -> Severity {
        if self.text().starts_with("E-") { Severity::Error } else { Severity::Warning }
    }
}

/// Where a value was read: file, layer or sheet, and the row or feature in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Origin {
    /// The file as the study names it, with `/`.
    pub file: Option<Arc<str>>,
    /// Layer or sheet, where the file has several.
    pub layer: Option<Arc<str>>,
    /// Line of a CSV or row of a sheet, from 1, the header being 1.
    pub row: Option<u32>,
    /// Feature of a layer, from 0.
    pub feature: Option<u32>,
}

/// One finding about the inputs or settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    /// Where it stands.
    pub origin: Origin,
    /// Canonical field, or the heading as written where it has no canonical name.
    pub field: Option<String>,
    /// What was seen.
    pub value: Option<String>,
    /// Further placeholders of the message.
    pub with: Vec<(&'static str, String)>,
}

impl Problem {
    /// A problem without a place yet.
    pub fn new(code: Code) -> Self {
        Problem { code, origin: Origin::default(), field: None, value: None, with: Vec::new() }
    }

    /// Sets the place.
    pub fn at(mut self, origin: &Origin) -> Self {
        self.origin = origin.clone();
        self
    }

    /// Sets the file alone.
    pub fn file(mut self, file: impl AsRef<str>) -> Self {
        self.origin.file = Some(Arc::from(file.as_ref()));
        self
    }

    /// Sets the field.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Sets the value seen, shortened when it is very long.
    pub fn value(mut self, value: impl std::fmt::Display) -> Self {
        let text = value.to_string();
        self.value = Some(if text.chars().count() > 120 { text.chars().take(119).chain(['…']).collect() } else { text });
        self
    }

    /// Fills `{name}` of the message and remedy.
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.with.push((name, value.to_string()));
        self
    }

    /// Says it for completeness only: nothing need be done, and `--strict` passes.
    pub fn as_note(self) -> Self {
        self.with("note", "")
    }

    /// Whether nothing need be done about it: an example left in a form, or what [`Problem::as_note`] made of it.
    pub fn is_note(&self) -> bool {
        self.code == Code::W_EXAMPLE || self.with.iter().any(|(name, _)| *name == "note")
    }

    /// Fills `{reason}` with a sentence of the catalogue (`why.…`), so that it follows the language of the message.
    pub fn why(self, key: &'static str) -> Self {
        self.with("reason", format_args!("@{}", key.trim_start_matches('@')))
    }

    /// What is wrong, in a sentence.
    pub fn message(&self, lang: Lang) -> String {
        let mut said = self.sentence(lang, "message");
        if let Some((_, more)) = self.with.iter().find(|(name, _)| *name == "more") {
            said.push_str(&words::say(lang, "problem.more", &[("more", more)]));
        }
        said
    }

    /// What to do about it.
    pub fn remedy(&self, lang: Lang) -> String {
        self.sentence(lang, "remedy")
    }

    fn sentence(&self, lang: Lang, part: &str) -> String {
        let mut with: Vec<(&str, &str)> = self.with.iter().map(|(k, v)| (*k, v.as_str())).collect();
        with.push(("file", self.origin.file.as_deref().unwrap_or("")));
        // Settings and packs go by canonical names alone.
        let in_tables =
            !matches!(self.code, Code::E_SETTING | Code::E_FIELD | Code::E_PACK | Code::W_FIELD_CUT | Code::W_MERGED | Code::E_MERGED);
        let field = self.field.as_deref().unwrap_or("");
        let field = if in_tables { words::field(lang, field) } else { field.to_owned() };
        with.push(("field", &field));
        let other = self.with.iter().find(|(k, _)| *k == "other" && matches!(self.code, Code::E_AGE_ORDER | Code::E_POP));
        let other = other.map(|(_, other)| words::field(lang, other));
        if let Some(other) = &other {
            with.insert(0, ("other", other));
        }
        with.push(("value", self.value.as_deref().unwrap_or("")));
        // Not every place that reports a code has more to say.
        with.extend([("reason", ""), ("hint", "")]);
        // A placeholder may itself be a sentence of the catalogue (`@policy.twice`), so that reasons follow the language too.
        let said: Vec<Option<String>> =
            with.iter().map(|(_, v)| v.strip_prefix('@').filter(|key| words::knows(key)).map(|key| words::say(lang, key, &with))).collect();
        let with: Vec<(&str, &str)> = with.iter().zip(&said).map(|((k, v), said)| (*k, said.as_deref().unwrap_or(v))).collect();
        let said = words::say(lang, &format!("{}.{part}", self.code.text()), &with);
        // Behind a bracket of its own Chinese has no space.
        let said = if lang == Lang::Zh { said.replace("） ", "）") } else { said };
        said.trim_end().to_owned()
    }
}

/// All problems found so far, and what was understood of each file on the way.
#[derive(Debug, Default, Clone)]
pub struct Problems {
    list: Vec<Problem>,
    /// Each file of a table, in the order read.
    pub understood: Vec<Understood>,
    /// Records without a position, all of them (W-NO-POSITION lists only the first ones).
    pub unplaced: Vec<Unplaced>,
}

impl Problems {
    /// Adds one. Examples left in a form are one matter for the whole file, however many sheets it has.
    pub fn push(&mut self, problem: Problem) {
        if problem.code == Code::W_EXAMPLE
            && let Some(first) = self.list.iter_mut().find(|p| p.code == problem.code && p.origin.file == problem.origin.file)
        {
            let count = |p: &Problem| p.with.iter().find(|(k, _)| *k == "more").and_then(|(_, n)| n.parse::<usize>().ok()).unwrap_or(0);
            let more = count(first) + count(&problem) + 1;
            first.with.retain(|(k, _)| *k != "more");
            first.with.push(("more", more.to_string()));
            return;
        }
        self.list.push(problem);
    }

    /// Whether `--strict` stops at any of them: notes alone are no reason.
    pub fn fails_strict(&self) -> bool {
        self.list.iter().any(|p| !p.is_note())
    }

    /// Keeps only some, where a later reader knows better.
    pub fn retain(&mut self, keep: impl FnMut(&Problem) -> bool) {
        self.list.retain(keep);
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, other: Problems) {
        other.list.into_iter().for_each(|problem| self.push(problem));
        self.understood.extend(other.understood);
        self.unplaced.extend(other.unplaced);
    }

    /// Whether any stops the run.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|p| p.code.severity() == Severity::Error)
    }

    /// How many errors and warnings.
    pub fn tally(&self) -> (usize, usize) {
        let errors = self.list.iter().filter(|p| p.code.severity() == Severity::Error).count();
        (errors, self.list.len() - errors)
    }

    /// In the order of reports: errors first, then file, layer, row, feature, field, code, value.
    pub fn sorted(&self) -> Vec<&Problem> {
        let mut all: Vec<&Problem> = self.list.iter().collect();
        all.sort_by(|a, b| {
            let key = |p: &Problem| (p.code.severity(), p.origin.file.clone(), p.origin.layer.clone(), p.origin.row, p.origin.feature);
            key(a).cmp(&key(b)).then_with(|| (&a.field, a.code.text(), &a.value).cmp(&(&b.field, b.code.text(), &b.value)))
        });
        all
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// In the order found, to be completed by who knows more.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Problem> {
        self.list.iter_mut()
    }

    /// In the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_message_and_a_remedy() {
        for code in Code::ALL {
            for part in ["message", "remedy"] {
                let key = format!("{}.{part}", code.text());
                assert!(words::knows(&key), "data/locales/problems.toml lacks {key}");
            }
        }
    }

    #[test]
    fn no_message_keeps_a_dummy_text() {
        for code in Code::ALL {
            for lang in [Lang::Zh, Lang::En] {
                let problem = Problem::new(*code).value("x");
                assert!(!problem.message(lang).starts_with(code.text()), "{}", code.text());
                assert!(!["核对此处", "check this place"].contains(&problem.remedy(lang).as_str()), "{}", code.text());
            }
        }
    }

    #[test]
    fn what_was_not_listed_is_counted_in_the_message() {
        let problem = Problem::new(Code::E_NUM).field("households").value("x").with("more", 20);
        assert!(problem.message(Lang::En).ends_with("(20 more like this are not listed)"), "{}", problem.message(Lang::En));
    }
}
