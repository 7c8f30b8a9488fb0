//! The annexes of documents that share out projects: so many for each city, or for each street, year and type of facility.

use std::sync::LazyLock;

/// The annexes inside the program: pack id and table, in the form of `[quota] file`.
const BUILT_IN: &[(&str, &str)] = &[
    ("shanxi-2023", include_str!("../../data/policies/shanxi-2023-quota.csv")),
    ("jiangbei-2018", include_str!("../../data/policies/jiangbei-2018-quota.csv")),
];

/// What a document gives one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Share {
    /// `city`, `county`, `street`
    pub level: String,
    pub code: String,
    pub name: String,
    pub quota: u32,
    pub year: String,
    /// Type of facility, in the document's words.
    pub kind: String,
}

/// The annex of a pack; `None` where its document has none.
pub fn annex(pack: &str) -> Option<&'static [Share]> {
    static ALL: LazyLock<Vec<(&str, Vec<Share>)>> = LazyLock::new(|| BUILT_IN.iter().map(|(id, text)| (*id, read(text))).collect());
    ALL.iter().find(|(id, _)| *id == pack).map(|(_, shares)| shares.as_slice())
}

/// `level,code,name,quota,sense,year,type`; the built-in tables are tested.
fn read(text: &str) -> Vec<Share> {
    let line = |line: &str| {
        let [level, code, name, quota, _, year, kind] = line.split(',').collect::<Vec<_>>().try_into().ok()?;
        let [level, code, name, year, kind] = [level, code, name, year, kind].map(str::to_owned);
        Some(Share { level, code, name, quota: quota.parse().ok()?, year, kind })
    };
    text.lines().skip(1).filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annexes_hold_what_their_documents_say() {
        for (id, text) in BUILT_IN {
            assert_eq!(annex(id).unwrap().len(), text.lines().count() - 1, "{id}");
        }
        let total = |id: &str| annex(id).unwrap().iter().map(|s| s.quota).sum::<u32>();
        // 晋民发〔2023〕7号 二: 100 in all; 江北区's plan: 24.
        assert_eq!((total("shanxi-2023"), annex("shanxi-2023").unwrap().len()), (100, 11));
        assert_eq!(total("jiangbei-2018"), 24);
        assert!(annex("yuncheng-2021").is_none());
    }
}
