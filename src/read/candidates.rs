//! Candidates (候选点): sites that could be declared; and the register of those that have become projects (项目).

use super::Input;
use super::facilities::{functions, kind};
use super::headings::Table;
use super::join::{self, Joined, Over, Rows};
use super::layer::{self, Demands, Placing};
use super::row::Row;
use super::vocabulary::built_in;
use crate::city::Candidate;
use crate::problem::notes::Notes;
use crate::problem::{Code, Origin, Problem, Problems};

const CANDIDATES: Demands = Demands { table: Table::Candidates, required: &[&["id", "name", "project_name"]], placing: Placing::Asked };
/// Where a project stands is said by its candidate.
const PROJECTS: Demands = Demands { table: Table::Projects, required: &[], placing: Placing::Never };
/// Candidates without a row among the projects that are named one by one.
const NAMED: usize = 20;

/// Reads one input with its register, if it has one. A candidate without an id has an empty one until the city is put together; hosts
/// are still words.
pub fn read(input: &Input, problems: &mut Problems) -> Vec<Candidate> {
    let layer = layer::read(CANDIDATES, input, problems, &mut candidate);
    let mut candidates = placed(layer);
    if let Some(register) = &input.register {
        let rows = placed(layer::read(PROJECTS, &register.input, problems, &mut |row| row.read_anything().then(|| written(row))));
        candidates = Rows { origin: candidates.origin.clone(), drafts: join::join(candidates, rows, &register.on, None, problems) };
    }
    for c in &mut candidates.drafts {
        if c.name.is_empty() {
            c.name = c.project_name.clone().unwrap_or_else(|| c.id.clone());
        }
    }
    candidates.drafts
}

fn placed(layer: layer::Layer<Candidate>) -> Rows<Candidate> {
    let settle = |placed: layer::Placed<Candidate>| Candidate { place: placed.place, origin: placed.origin, ..placed.item };
    Rows { drafts: layer.records.into_iter().map(settle).collect(), origin: layer.origin }
}

fn candidate(row: &mut Row<'_>) -> Option<Candidate> {
    let candidate = written(row);
    if candidate.id.is_empty() && candidate.name.is_empty() && candidate.project_name.is_none() {
        row.without_key("id");
        return None;
    }
    Some(candidate)
}

/// A row as it is written.
fn written(row: &mut Row<'_>) -> Candidate {
    Candidate {
        id: row.id("id").unwrap_or_default(),
        name: row.text("name").unwrap_or_default(),
        project_name: row.text("project_name"),
        place: None,
        host: None,
        community_code: row.code("community_code"),
        address: row.text("address"),
        street: row.text("street"),
        county_code: row.code("county_code"),
        floor_area: row.area("floor_area"),
        beds: row.count("beds"),
        meals: row.count("meals"),
        functions: functions(row),
        build_mode: row.word("build_mode"),
        tenure: row.word("tenure"),
        agreement_until: row.date("agreement_until"),
        investment: row.yuan("investment"),
        county_match: row.yuan("county_match"),
        enthusiasm: row.mark("enthusiasm"),
        site_capacity: row.mark("site_capacity"),
        demonstration: row.mark("demonstration"),
        no_dispute: row.flag("no_dispute"),
        match_fund: row.flag("match_fund"),
        on_time: row.flag("on_time"),
        operator: row.text("operator"),
        operator_person: row.text("operator_person"),
        operator_phone: row.id("operator_phone"),
        operator_registered: row.flag("operator_registered"),
        operator_filed: row.flag("operator_filed"),
        operator_third_party: row.flag("operator_third_party"),
        operator_years: row.amount("operator_years"),
        operator_subcontracts: row.flag("operator_subcontracts"),
        site_visit_date: row.date("site_visit_date"),
        responsible_person: row.text("responsible_person"),
        area_approved: row.area("area_approved"),
        area_as_built: row.area("area_as_built"),
        use_of_funds: use_of_funds(row),
        kind: kind(row, "type"),
        city_funded: row.flag("city_funded"),
        grade: row.text("grade"),
        residents: [row.count("residents_self_care"), row.count("residents_semi_disabled"), row.count("residents_disabled")],
        extra: row.extra(&[]),
        origin: row.origin(),
    }
}

impl Joined for Candidate {
    const KEY: &'static str = "id";
    const UNMATCHED: &'static str = "@why.join.projects";

    fn origin(&self) -> &Origin {
        &self.origin
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn text(&self, field: &str) -> Option<&str> {
        match field {
            "id" => Some(&self.id),
            "name" => Some(&self.name),
            "project_name" => self.project_name.as_deref(),
            other => self.extra.get(other).map(String::as_str),
        }
    }

    fn fill(&mut self, row: &Self, notes: &mut Notes) {
        let id = if self.id.is_empty() { &self.name } else { &self.id }.clone();
        let mut over = Over { record: &self.origin.clone(), id: &id, row: &row.origin, notes };
        macro_rules! put {
            ($($field:ident),+ $(,)?) => { $(over.put(stringify!($field), &mut self.$field, &row.$field);)+ };
        }
        let texts = [("id", &mut self.id, &row.id), ("name", &mut self.name, &row.name)];
        for (field, own, other) in texts {
            let filled = |text: &String| Some(text.clone()).filter(|t| !t.is_empty());
            let mut value = filled(own);
            over.put(field, &mut value, &filled(other));
            *own = value.unwrap_or_default();
        }
        put!(project_name, community_code, address, street, county_code, floor_area, beds, meals, functions, build_mode, tenure);
        put!(agreement_until, investment, county_match, enthusiasm, site_capacity, demonstration, no_dispute, match_fund, on_time);
        put!(operator, operator_person, operator_phone, operator_registered, operator_filed, operator_third_party, operator_years);
        put!(operator_subcontracts, site_visit_date, responsible_person, area_approved, area_as_built, use_of_funds);
        over.put("type", &mut self.kind, &row.kind);
        put!(city_funded, grade);
        let residents = ["residents_self_care", "residents_semi_disabled", "residents_disabled"];
        for ((own, other), field) in self.residents.iter_mut().zip(&row.residents).zip(residents) {
            over.put(field, own, other);
        }
        self.extra.extend(row.extra.iter().map(|(k, v)| (k.clone(), v.clone())));
    }

    /// Not every candidate becomes a project: one line for all that have not, none of them being wrong by itself.
    fn list_alone(alone: &[&Self], _: &[&Self], on: &str, register: &str, notes: &mut Notes) {
        let Some(first) = alone.first() else { return };
        let name = |c: &&Self| c.text(on).filter(|t| !t.is_empty()).unwrap_or(&c.name).to_owned();
        let mut named: Vec<String> = alone.iter().take(NAMED).map(name).collect();
        if alone.len() > NAMED {
            named.push(format!("… ({})", alone.len()));
        }
        let whole = Origin { row: None, feature: None, ..first.origin.clone() };
        let problem = Problem::new(Code::W_JOIN).at(&whole).field(on).value(named.join("、"));
        notes.push(problem.with("other", register).with("hint", "").with("rest", "@why.join.not_yet"));
    }
}

/// Each item must be one of the contract's words; if any is not, the whole is unknown rather than a part of it.
fn use_of_funds(row: &mut Row<'_>) -> Option<Vec<String>> {
    let vocabulary = &built_in().use_of_funds;
    let mut all = Vec::new();
    let mut complete = true;
    for word in row.list("use_of_funds")? {
        match vocabulary.key(&word) {
            Some(key) => all.push(key.to_owned()),
            None => {
                complete = false;
                row.report(Problem::new(Code::E_VOCAB).field("use_of_funds").value(&word).with("allowed", vocabulary.allowed()));
            }
        }
    }
    complete.then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::{BuildMode, Tenure};
    use crate::read::Scanned;
    use crate::read::layer::Visitor;
    use crate::read::layer::tests::feed;
    use crate::units::Yuan;

    fn read_rows(headings: &[&str], rows: &[&[&str]]) -> (Vec<Candidate>, Vec<Problem>) {
        let input = Input { shown: "c.xlsx".into(), ..Input::default() };
        let mut make = candidate;
        let mut visitor = Visitor::new(CANDIDATES, &input, &mut make);
        feed(&mut visitor, headings, rows);
        let mut problems = Problems::default();
        let layer = visitor.finish(Some(Scanned::default()), &mut problems);
        (layer.records.into_iter().map(|p| p.item).collect(), problems.iter().cloned().collect())
    }

    #[test]
    fn a_candidate_list_with_chinese_headings_and_money_in_ten_thousands() {
        let headings = [
            "候选点编号",
            "候选点名称",
            "建设方式",
            "场所来源",
            "协议到期",
            "投资总额（万元）",
            "县级配套资金",
            "无产权纠纷",
            "联系电话",
            "资金用途",
            "社区积极性",
        ];
        let rows: &[&[&str]] = &[&[
            "S001",
            "老供销社",
            "改建",
            "产权人免费提供",
            "2030年5月1日",
            "320",
            "50万元",
            "是",
            "0355-2012345",
            "装修；设备购置",
            "85",
        ]];
        let (all, problems) = read_rows(&headings, rows);
        let c = &all[0];
        assert_eq!((c.build_mode, c.tenure), (Some(BuildMode::Renovation), Some(Tenure::OwnerFree)));
        assert_eq!(c.agreement_until, Some(jiff::civil::date(2030, 5, 1)));
        assert_eq!((c.investment, c.county_match), (Yuan::new(3_200_000.0), Yuan::new(500_000.0)));
        assert_eq!((c.no_dispute, c.operator_phone.as_deref(), c.enthusiasm), (Some(true), Some("0355-2012345"), Some(85.0)));
        assert_eq!(c.use_of_funds.as_deref().unwrap(), ["装修装饰", "设施设备购置"]);
        assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), [Code::W_NUM, Code::W_NO_POSITION]);
    }

    #[test]
    fn an_impossible_day_an_unknown_mode_and_a_mark_above_a_hundred_are_errors() {
        let headings = ["id", "agreement_until", "build_mode", "enthusiasm", "use_of_funds"];
        let (all, problems) = read_rows(&headings, &[&["S1", "2023.2.30", "重建", "120", "装修；旅游"]]);
        let c = &all[0];
        assert_eq!((c.agreement_until, c.build_mode, c.enthusiasm, &c.use_of_funds), (None, None, None, &None));
        assert_eq!(
            problems.iter().map(|p| p.code).collect::<Vec<_>>(),
            [Code::E_VOCAB, Code::E_DATE, Code::E_NUM, Code::E_VOCAB, Code::W_NO_POSITION]
        );
    }
}
