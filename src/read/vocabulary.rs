//! Words of closed vocabularies, kept as data (`data/vocabulary.toml`): what a bureau writes → what careshed means.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::city::{BuildMode, CommunityKind, CountyType, Grade, Status, Tenure};

/// One vocabulary: folded word → canonical key, and what to print when a word is not in it.
#[derive(Debug)]
pub struct Vocabulary {
    words: HashMap<String, String>,
    allowed: String,
}

impl Vocabulary {
    /// The canonical key of a word as written.
    pub fn key(&self, word: &str) -> Option<&str> {
        self.words.get(&fold(word)).map(String::as_str)
    }

    /// The canonical keys, sorted.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.words.values().map(String::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// `社区 / 村`, the first word of each key, for messages.
    pub fn allowed(&self) -> &str {
        &self.allowed
    }
}

/// The built-in vocabularies.
#[derive(Debug)]
pub struct Vocabularies {
    /// 社区 or 村.
    pub community_kind: Vocabulary,
    /// State of a facility.
    pub status: Vocabulary,
    /// How a project is built.
    pub build_mode: Vocabulary,
    /// By what right a site is held.
    pub tenure: Vocabulary,
    /// 市辖区, 县级市, 县.
    pub county_type: Vocabulary,
    /// 好, 中, 差.
    pub previous_grade: Vocabulary,
    /// What the award pays for.
    pub use_of_funds: Vocabulary,
    /// 是 or 否.
    pub boolean: Vocabulary,
    /// Functions of a facility; open.
    pub functions: Vocabulary,
    /// Kinds of facility; open.
    pub facility_kind: Vocabulary,
    null: Vec<String>,
    example: Vec<String>,
    note: Vec<String>,
    total: Vec<String>,
    subtotal: Vec<String>,
}

/// `data/vocabulary.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AsWritten {
    community_kind: BTreeMap<String, Vec<String>>,
    status: BTreeMap<String, Vec<String>>,
    build_mode: BTreeMap<String, Vec<String>>,
    tenure: BTreeMap<String, Vec<String>>,
    county_type: BTreeMap<String, Vec<String>>,
    previous_grade: BTreeMap<String, Vec<String>>,
    use_of_funds: BTreeMap<String, Vec<String>>,
    boolean: BTreeMap<String, Vec<String>>,
    functions: BTreeMap<String, Vec<String>>,
    facility_kind: BTreeMap<String, Vec<String>>,
    null: BTreeMap<String, Vec<String>>,
    example: BTreeMap<String, Vec<String>>,
    note: BTreeMap<String, Vec<String>>,
    total: BTreeMap<String, Vec<String>>,
}

static BUILT_IN: LazyLock<Vocabularies> = LazyLock::new(|| {
    let mut w: AsWritten = toml::from_str(include_str!("../../data/vocabulary.toml")).expect("the built-in vocabulary is tested");
    let folded = |table: &mut BTreeMap<String, Vec<String>>, key: &str| -> Vec<String> {
        table.remove(key).unwrap_or_default().iter().map(|word| fold(word)).collect()
    };
    Vocabularies {
        null: folded(&mut w.null, "words"),
        example: folded(&mut w.example, "words"),
        note: folded(&mut w.note, "words"),
        total: folded(&mut w.total, "all"),
        subtotal: folded(&mut w.total, "part"),
        community_kind: vocabulary(w.community_kind),
        status: vocabulary(w.status),
        build_mode: vocabulary(w.build_mode),
        tenure: vocabulary(w.tenure),
        county_type: vocabulary(w.county_type),
        previous_grade: vocabulary(w.previous_grade),
        use_of_funds: vocabulary(w.use_of_funds),
        boolean: vocabulary(w.boolean),
        functions: vocabulary(w.functions),
        facility_kind: vocabulary(w.facility_kind),
    }
});

/// The built-in vocabularies.
pub fn built_in() -> &'static Vocabularies {
    &BUILT_IN
}

fn vocabulary(table: BTreeMap<String, Vec<String>>) -> Vocabulary {
    let allowed: Vec<&str> =
        table.iter().map(|(key, words)| if key.is_ascii() { words.first().unwrap_or(key).as_str() } else { key.as_str() }).collect();
    let allowed = allowed.join(" / ");
    let mut words = HashMap::new();
    for (key, list) in table {
        for word in list.iter().chain([&key]) {
            words.insert(fold(word), key.clone());
        }
    }
    Vocabulary { words, allowed }
}

/// What a row of sums adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalOf {
    /// Every row of the table (合计, 总计).
    All,
    /// The rows since the last such row (小计).
    Part,
}

impl Vocabularies {
    /// Whether a cell says that it holds no value: `NA`, `无`, `-`, `/`, `null` …
    pub fn says_nothing(&self, text: &str) -> bool {
        // The longest such word is short; a long text need not be folded to know.
        text.len() <= 24 && self.null.contains(&fold(text))
    }

    /// Whether a text marks an example left in a form: `示例`, `示例：140403001001`; a name such as 示例路社区 does not.
    pub fn example(&self, text: &str) -> bool {
        let text = fold(text);
        self.example.iter().any(|word| text.strip_prefix(word.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
    }

    /// Whether a text is a note below a table: `注：截至2022年`, `填表人：张三`, `注1：…`.
    pub fn note(&self, text: &str) -> bool {
        let Some((head, _)) = text.trim().split_once([':', '：']) else { return false };
        // A name of something is never that long, and most texts end here.
        if head.chars().count() > 12 {
            return false;
        }
        let head = fold(head);
        let head = head.trim_end_matches(|c: char| c.is_ascii_digit() || c == ')');
        self.note.iter().any(|word| word == head)
    }

    /// Whether a text heads a row of sums: `合计`, `北街街道小计`.
    pub fn total(&self, text: &str) -> Option<TotalOf> {
        let text = fold(text);
        let text = text.trim_end_matches([':', ')']);
        let ends = |words: &[String]| words.iter().any(|word| text.ends_with(word.as_str()));
        if ends(&self.subtotal) {
            Some(TotalOf::Part)
        } else if ends(&self.total) {
            Some(TotalOf::All)
        } else {
            None
        }
    }

    /// 是 → true.
    pub fn boolean(&self, word: &str) -> Option<bool> {
        self.boolean.key(word).map(|key| key == "true")
    }

    /// A function's canonical keys (托养 is two of them), or the word as written.
    pub fn functions(&self, word: &str) -> Vec<String> {
        match self.functions.key(word) {
            Some(keys) => keys.split('+').map(str::to_owned).collect(),
            None => vec![word.trim().to_owned()],
        }
    }
}

/// Full-width to half-width, lower case, without white space: so that `６０ 岁` and `60岁` are one word.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = half_width(c);
        if !c.is_whitespace() && c != '\u{feff}' && c != '\u{200b}' {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// `１` → `1`, `（` → `(`, `，` → `,`; Chinese text itself stays.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '。' => '.',
        '−' | '‐' => '-',
        '【' => '(',
        '】' => ')',
        c => c,
    }
}

/// A closed vocabulary whose canonical keys are the keys of a type.
pub trait Word: Copy {
    /// Its words.
    fn vocabulary() -> &'static Vocabulary;
    /// From the canonical key.
    fn from_key(key: &str) -> Option<Self>;
}

macro_rules! word {
    ($type:ty, $vocabulary:ident, [$($key:literal => $value:expr),+ $(,)?]) => {
        impl Word for $type {
            fn vocabulary() -> &'static Vocabulary {
                &built_in().$vocabulary
            }
            fn from_key(key: &str) -> Option<Self> {
                match key {
                    $($key => Some($value),)+
                    _ => None,
                }
            }
        }

        #[cfg(test)]
        impl Keys for $type {
            const KEYS: &'static [&'static str] = &[$($key),+];
        }
    };
}

#[cfg(test)]
trait Keys {
    const KEYS: &'static [&'static str];
}

word!(CommunityKind, community_kind, ["urban" => CommunityKind::Urban, "village" => CommunityKind::Village]);
word!(Status, status, [
    "operating" => Status::Operating, "building" => Status::Building, "suspended" => Status::Suspended,
    "closed" => Status::Closed, "use_changed" => Status::UseChanged,
]);
word!(BuildMode, build_mode, [
    "renovation" => BuildMode::Renovation, "extension" => BuildMode::Extension, "purchase" => BuildMode::Purchase,
    "exchange" => BuildMode::Exchange, "lease" => BuildMode::Lease, "conversion" => BuildMode::Conversion, "new" => BuildMode::New,
]);
word!(Tenure, tenure, [
    "gov_idle_building" => Tenure::GovIdleBuilding, "gov_idle_land" => Tenure::GovIdleLand, "estate_renewal" => Tenure::EstateRenewal,
    "owner_free" => Tenure::OwnerFree, "purchased_public" => Tenure::PurchasedPublic, "gov_leased" => Tenure::GovLeased,
    "leased" => Tenure::Leased, "other" => Tenure::Other,
]);
word!(CountyType, county_type, [
    "district" => CountyType::District, "county_city" => CountyType::CountyCity, "county" => CountyType::County,
]);
word!(Grade, previous_grade, ["good" => Grade::Good, "middle" => Grade::Middle, "poor" => Grade::Poor]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_data_is_a_value_of_the_type_and_the_other_way_round() {
        fn check<W: Word + Keys>() {
            let mut in_data: Vec<&str> = W::vocabulary().words.values().map(String::as_str).collect();
            in_data.sort_unstable();
            in_data.dedup();
            let mut in_code = W::KEYS.to_vec();
            in_code.sort_unstable();
            assert_eq!(in_data, in_code);
            assert!(in_code.iter().all(|key| W::from_key(key).is_some()));
        }
        check::<CommunityKind>();
        check::<Status>();
        check::<BuildMode>();
        check::<Tenure>();
        check::<CountyType>();
        check::<Grade>();
    }

    #[test]
    fn words_are_understood_in_every_width_and_case() {
        let v = built_in();
        assert_eq!(v.status.key("运营"), Some("operating"));
        assert_eq!(v.status.key(" Operating "), Some("operating"));
        assert_eq!(v.tenure.key("Ｔ１"), Some("gov_idle_building"));
        assert_eq!(v.build_mode.key("改建"), Some("renovation"));
        assert_eq!(v.community_kind.key("行政村"), Some("village"));
        assert_eq!(v.status.key("不知道"), None);
        assert_eq!(v.boolean("否"), Some(false));
        assert_eq!(v.boolean("TRUE"), Some(true));
    }

    #[test]
    fn nothing_and_sums_are_recognised_by_their_words() {
        let v = built_in();
        for word in ["NA", "无", "-", "/", "null", "Ｎ／Ａ"] {
            assert!(v.says_nothing(word), "{word}");
        }
        assert!(!v.says_nothing("0") && !v.says_nothing("北街社区"));
        for word in ["示例", "示例：140403001001", "Example: F1", " 样 例 "] {
            assert!(v.example(word), "{word}");
        }
        assert!(!v.example("示例路社区") && !v.example("示例1") && !v.example("北街：示例"));
        for word in ["注：截至2022年", "注1: 户数含空置", "填 表 人：张三", "Prepared by: Li"] {
            assert!(v.note(word), "{word}");
        }
        assert!(!v.note("注") && !v.note("北街：注") && !v.note("注册地：北街") && !v.note("140403001001"));
        assert_eq!(v.total("合 计"), Some(TotalOf::All));
        assert_eq!(v.total("北街街道小计："), Some(TotalOf::Part));
        assert_eq!(v.total("统计局家属院社区"), None);
    }

    #[test]
    fn functions_of_the_documents_become_keys_and_others_stay_as_written() {
        assert_eq!(built_in().functions("老人餐厅"), ["meals"]);
        assert_eq!(built_in().functions("托养（全托、日托）"), ["full_time_care", "day_care"]);
        assert_eq!(built_in().functions("书法 班"), ["书法 班"]);
    }
}
