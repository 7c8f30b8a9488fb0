//! Estates (小区): points or outlines with households and years.

use super::Input;
use super::headings::Table;
use super::layer::{self, Demands, Placing};
use super::row::Row;
use crate::city::Estate;
use crate::problem::Problems;

/// An estate as its file says; its community is still a word.
#[derive(Debug, Clone)]
pub struct Draft {
    /// As in the city, but without its community.
    pub estate: Estate,
    /// Code (or name) of its community, as written.
    pub community: Option<String>,
}

const ESTATES: Demands = Demands { table: Table::Estates, required: &[&["code", "name"]], placing: Placing::Listed };

/// Reads one input.
pub fn read(input: &Input, problems: &mut Problems) -> Vec<Draft> {
    let layer = layer::read(ESTATES, input, problems, &mut draft);
    let settle = |placed: layer::Placed<Draft>| {
        let mut draft = placed.item;
        draft.estate.place = placed.place;
        draft.estate.outline = placed.shape;
        draft.estate.origin = placed.origin;
        draft
    };
    layer.records.into_iter().map(settle).collect()
}

fn draft(row: &mut Row<'_>) -> Option<Draft> {
    let (code, name) = (row.code("code"), row.text("name"));
    if code.is_none() && name.is_none() {
        row.without_key("code");
        return None;
    }
    let estate = Estate {
        code: code.clone().or_else(|| name.clone()).unwrap_or_default(),
        name: name.or(code).unwrap_or_default(),
        community: None,
        place: None,
        outline: None,
        households_planned: row.count("households_planned"),
        households: row.count("households"),
        occupied_households: row.count("occupied_households"),
        floor_area: row.area("floor_area"),
        built_year: row.year("built_year"),
        old: row.flag("old"),
        is_new: row.flag("is_new"),
        care_area_delivered: row.area("care_area_delivered"),
        origin: row.origin(),
    };
    Some(Draft { estate, community: row.code("community_code") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;
    use crate::read::Scanned;
    use crate::read::layer::Visitor;
    use crate::read::layer::tests::feed;
    use crate::units::{Count, SquareMetres};

    #[test]
    fn an_estate_register_is_read_with_its_units_and_community() {
        let input = Input { shown: "estates.xlsx".into(), ..Input::default() };
        let mut make = draft;
        let mut visitor = Visitor::new(ESTATES, &input, &mut make);
        let headings = ["小区名称", "所属社区", "户数", "入住户数", "建筑面积（万平方米）", "建成年份", "是否老旧小区", "经度", "纬度"];
        feed(&mut visitor, &headings, &[&["福安苑", "140403001001", "300", "290", "2.5", "1995年", "是", "112.5", "37.8"]]);
        let mut problems = Problems::default();
        let layer = visitor.finish(Some(Scanned::default()), &mut problems);
        assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<Code>>(), []);
        let Draft { estate, community } = &layer.records[0].item;
        assert_eq!((estate.code.as_str(), community.as_deref()), ("福安苑", Some("140403001001")));
        assert_eq!(estate.occupied_households, Some(Count::whole(290)));
        assert_eq!(estate.floor_area, SquareMetres::new(25_000.0));
        assert_eq!((estate.built_year, estate.old), (Some(1995), Some(true)));
        assert!(layer.records[0].place.is_some());
    }
}
