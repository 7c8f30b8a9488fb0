//! Counties (县、市、区): their type and history.

use super::Input;
use super::headings::Table;
use super::layer::{self, Demands, Placing};
use super::row::Row;
use crate::city::County;
use crate::problem::Problems;

const COUNTIES: Demands = Demands { table: Table::Counties, required: &[&["code", "name"]], placing: Placing::Never };

/// Reads one input. A county without a code has an empty one until the city is put together.
pub fn read(input: &Input, problems: &mut Problems) -> Vec<County> {
    let layer = layer::read(COUNTIES, input, problems, &mut county);
    layer.records.into_iter().map(|placed| County { origin: placed.origin, ..placed.item }).collect()
}

fn county(row: &mut Row<'_>) -> Option<County> {
    let (code, name) = (row.code("code"), row.text("name"));
    if code.is_none() && name.is_none() {
        row.without_key("code");
        return None;
    }
    Some(County {
        name: name.or_else(|| code.clone()).unwrap_or_default(),
        code: code.unwrap_or_default(),
        county_type: row.word("county_type"),
        prior_projects: row.count("prior_projects"),
        previous_grade: row.word("previous_grade"),
        city: row.text("city"),
        city_code: row.code("city_code"),
        origin: row.origin(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::{CountyType, Grade};
    use crate::problem::Code;
    use crate::read::Scanned;
    use crate::read::layer::Visitor;
    use crate::read::layer::tests::feed;
    use crate::units::Count;

    #[test]
    fn a_county_has_a_type_and_a_history() {
        let input = Input { shown: "counties.csv".into(), ..Input::default() };
        let mut make = county;
        let mut visitor = Visitor::new(COUNTIES, &input, &mut make);
        let rows: &[&[&str]] = &[&["140403", "潞州区", "市辖区", "0", "好"], &["140425", "平顺县", "镇", "", "优"]];
        feed(&mut visitor, &["code", "县区", "类型", "已实施项目数", "上年度考核"], rows);
        let mut problems = Problems::default();
        let layer = visitor.finish(Some(Scanned::default()), &mut problems);
        let first = &layer.records[0].item;
        assert_eq!((first.county_type, first.previous_grade), (Some(CountyType::District), Some(Grade::Good)));
        assert_eq!(first.prior_projects, Some(Count::ZERO));
        assert_eq!(layer.records[1].item.county_type, None);
        assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::E_VOCAB, Code::E_VOCAB]);
    }
}
