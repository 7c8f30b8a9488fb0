//! Facilities that exist or are being built.

use super::Input;
use super::headings::Table;
use super::layer::{self, Demands, Placing};
use super::row::Row;
use super::vocabulary::built_in;
use crate::city::Facility;
use crate::problem::{Code, Problem, Problems};

/// A facility as its file says; its communities are still words.
#[derive(Debug, Clone)]
pub struct Draft {
    /// As in the city, but without communities; its id is empty if none is written.
    pub facility: Facility,
    /// Code (or name) of its community, as written.
    pub community: Option<String>,
    /// Codes (or names) of the communities it serves jointly.
    pub serves: Vec<String>,
}

const FACILITIES: Demands = Demands { table: Table::Facilities, required: &[&["id", "name"]], placing: Placing::Asked };

/// Reads one input.
pub fn read(input: &Input, problems: &mut Problems) -> Vec<Draft> {
    let layer = layer::read(FACILITIES, input, problems, &mut draft);
    let settle = |placed: layer::Placed<Draft>| {
        let mut draft = placed.item;
        draft.facility.place = placed.place;
        draft.facility.origin = placed.origin;
        draft
    };
    layer.records.into_iter().map(settle).collect()
}

fn draft(row: &mut Row<'_>) -> Option<Draft> {
    let (id, name) = (row.id("id"), row.text("name"));
    if id.is_none() && name.is_none() {
        row.without_key("id");
        return None;
    }
    let facility = Facility {
        name: name.or_else(|| id.clone()).unwrap_or_default(),
        id: id.unwrap_or_default(),
        kind: kind(row, "kind"),
        place: None,
        community: None,
        serves: Vec::new(),
        floor_area: row.area("floor_area"),
        care_area: row.area("care_area"),
        beds: row.count("beds"),
        meals: row.count("meals"),
        functions: functions(row),
        status: row.word("status"),
        opened: row.date_or_month("opened"),
        use_changed: row.flag("use_changed"),
        duplicate_of: None,
        extra: row.extra(&["level", "acceptance", "grade", "residents_self_care", "residents_semi_disabled", "residents_disabled"]),
        origin: row.origin(),
    };
    Some(Draft { facility, community: row.code("community_code"), serves: row.list("serves").unwrap_or_default() })
}

/// The kind in the words of the documents; an unknown word is kept and pointed out (W-KIND).
pub fn kind(row: &mut Row<'_>, field: &'static str) -> Option<String> {
    let word = row.text(field)?;
    let vocabulary = &built_in().facility_kind;
    if let Some(known) = vocabulary.key(&word) {
        return Some(known.to_owned());
    }
    row.report(Problem::new(Code::W_KIND).field(field).value(&word).why("@why.kind.unknown").with("allowed", vocabulary.allowed()));
    Some(word)
}

/// Functions as canonical keys, each once, in the order written.
pub fn functions(row: &mut Row<'_>) -> Option<Vec<String>> {
    let words = row.list("functions")?;
    let mut keys: Vec<String> = Vec::new();
    for key in words.iter().flat_map(|word| built_in().functions(word)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::Status;
    use crate::read::Scanned;
    use crate::read::layer::Visitor;
    use crate::read::layer::tests::feed;
    use crate::units::{Count, SquareMetres};

    fn read_rows(headings: &[&str], rows: &[&[&str]]) -> (Vec<Draft>, Vec<Problem>) {
        let input = Input { shown: "f.csv".into(), ..Input::default() };
        let mut make = draft;
        let mut visitor = Visitor::new(FACILITIES, &input, &mut make);
        feed(&mut visitor, headings, rows);
        let mut problems = Problems::default();
        let layer = visitor.finish(Some(Scanned::default()), &mut problems);
        (layer.records.into_iter().map(|p| p.item).collect(), problems.iter().cloned().collect())
    }

    #[test]
    fn a_facility_list_with_chinese_headings() {
        let headings = ["设施名称", "类型", "建筑面积(㎡)", "床位数", "状态", "服务功能", "共享社区", "开业时间", "评估等级"];
        let rows: &[&[&str]] = &[&["福安", "社区日间照料中心", "600", "12", "运营中", "助餐、日间照料；助餐", "1；2", "2019年6月", "AA"]];
        let (all, problems) = read_rows(&headings, rows);
        let f = &all[0].facility;
        assert_eq!((f.kind.as_deref(), f.status), (Some("日间照料中心"), Some(Status::Operating)));
        assert_eq!((f.floor_area, f.beds), (SquareMetres::new(600.0), Some(Count::whole(12))));
        assert_eq!(f.functions.as_deref().unwrap(), ["meals", "day_care"]);
        assert_eq!(all[0].serves, ["1", "2"]);
        assert_eq!(f.extra["grade"], "AA");
        assert_eq!(
            problems.iter().map(|p| p.code).collect::<Vec<_>>(),
            [Code::W_NUM, Code::W_NO_POSITION],
            "a month alone is said to be converted"
        );
    }

    #[test]
    fn unknown_words_of_open_vocabularies_stay_and_of_closed_ones_are_errors() {
        let (all, problems) = read_rows(&["id", "kind", "status", "functions"], &[&["F1", "茶馆", "装修", "书法"]]);
        assert_eq!(all[0].facility.kind.as_deref(), Some("茶馆"));
        assert_eq!(all[0].facility.functions.as_deref().unwrap(), ["书法"]);
        assert_eq!(all[0].facility.status, None);
        assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::W_KIND, Code::E_VOCAB, Code::W_NO_POSITION]);
    }
}
