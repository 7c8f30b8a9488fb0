//! What a pack may ask about: the documented fields, and the facts of one subject under those names.
//!
//! A candidate's own fields and the figures computed for it have bare names; all others carry their table: `community.old`,
//! `county.county_type`, `estate.is_new`, `facility.use_changed`, `plan.renovation_share`, `study.as_of`. A fact is a value or it is missing; a missing
//! figure may name the input fields it could not be computed without.

use cel::common::types::{CelBool, CelDouble, CelList, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use jiff::civil::Date;

use self::Kind::{Date as Day, Flag, Number, Text, Word, Words};
use self::Table::{Candidate, Community, County, Estate, Facility, Figure, Plan, Study};
use super::Subject;

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Table {
    Candidate,
    /// Computed for a candidate; bare name like its own fields.
    Figure,
    /// Of the host community.
    Community,
    /// Of the candidate's county.
    County,
    Estate,
    Facility,
    /// Of the projects chosen together.
    Plan,
    Study,
}

impl Table {
    /// Whether a rule about such a subject may ask for it: its own fields and those of where it stands.
    pub fn is_seen_by(self, subject: Subject) -> bool {
        match self {
            Candidate | Figure => subject == Subject::Candidate,
            Estate => subject == Subject::Estate,
            Facility => subject == Subject::Facility,
            Plan => subject == Subject::Plan,
            Community => matches!(subject, Subject::Candidate | Subject::Community | Subject::Estate | Subject::Facility),
            County => subject != Subject::Plan,
            Study => true,
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number; always a double.
    Number,
    /// True or false.
    Flag,
    /// One of the canonical keys.
    Word(&'static [&'static str]),
    /// A list of canonical keys.
    Words(&'static [&'static str]),
    /// Free text.
    Text,
    /// A day; compared as ISO text, which sorts as days do.
    Date,
}

/// One field of the list that `docs/policy-packs.md` prints.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// As conditions write it: `floor_area`, `community.old`.
    pub name: &'static str,
    /// Where it stands.
    pub table: Table,
    /// What it holds.
    pub kind: Kind,
    /// Chinese and English unit; empty when there is none.
    pub unit: [&'static str; 2],
    /// Chinese and English label.
    pub label: [&'static str; 2],
}

/// Canonical keys of service functions.
pub const FUNCTIONS: &[&str] = &[
    "short_stay",
    "day_care",
    "meals",
    "health",
    "culture",
    "home_service",
    "reading",
    "rehab",
    "full_time_care",
    "help_medical",
    "help_cleaning",
    "help_bath",
    "help_travel",
    "help_emergency",
    "equipment",
    "staff",
    "standard",
    "platform",
    "items",
    "counsel",
    "fitness",
    "smart",
    "meal_cook",
    "meal_delivery",
    "meal_dine",
];

const MODES: &[&str] = &["renovation", "extension", "purchase", "exchange", "lease", "conversion", "new"];
const TENURES: &[&str] =
    &["gov_idle_building", "gov_idle_land", "estate_renewal", "owner_free", "purchased_public", "gov_leased", "leased", "other"];
const USES: &[&str] = &["基础设施建设", "装修装饰", "维修改造", "设施设备购置", "房屋租赁", "运行经费", "其他"];
const COUNTY_TYPES: &[&str] = &["district", "county_city", "county"];
const GRADES: &[&str] = &["good", "middle", "poor"];
const COMMUNITY_KINDS: &[&str] = &["community", "village"];
const LEVELS: &[&str] = &["A", "AA", "AAA"];

const STATUSES: &[&str] = &["operating", "building", "suspended", "closed", "use_changed"];
const COVERAGE: &[&str] = &["covered", "partial", "uncovered"];

/// Kinds of facility in the words of the documents.
pub const FACILITY_KINDS: &[&str] = &[
    "社区养老照料中心",
    "老年餐厅",
    "城镇社区养老幸福工程",
    "城市社区养老服务中心",
    "单一功能服务点",
    "社区养老服务站",
    "社区养老服务中心",
    "市级示范社区养老服务中心",
    "社区养老服务综合体",
    "社区老年人日间服务中心",
    "家门口服务站",
    "社区长者食堂",
    "助餐点",
    "嵌入式养老机构",
    "日间照料中心",
    "农村日间照料中心",
    "养老院",
];

const NONE: [&str; 2] = ["", ""];
const M2: [&str; 2] = ["m²", "m²"];
const PEOPLE: [&str; 2] = ["人", "people"];
const HOMES: [&str; 2] = ["户", "households"];
const YUAN: [&str; 2] = ["元", "yuan"];
const BEDS: [&str; 2] = ["张", "beds"];

const fn field(name: &'static str, table: Table, kind: Kind, unit: [&'static str; 2], zh: &'static str, en: &'static str) -> Field {
    Field { name, table, kind, unit, label: [zh, en] }
}

/// Every field a condition or criterion may name.
#[rustfmt::skip]
pub const FIELDS: &[Field] = &[
    field("lon", Candidate, Number, NONE, "经度", "longitude"),
    field("lat", Candidate, Number, NONE, "纬度", "latitude"),
    field("project_name", Candidate, Text, NONE, "项目名称", "project name"),
    field("community_code", Candidate, Text, NONE, "所在社区代码", "host community code"),
    field("county_code", Candidate, Text, NONE, "县区代码", "county code"),
    field("street", Candidate, Text, NONE, "街道", "street"),
    field("address", Candidate, Text, NONE, "地址", "address"),
    field("floor_area", Candidate, Number, M2, "建筑面积", "floor area"),
    field("beds", Candidate, Number, BEDS, "床位", "beds"),
    field("meals", Candidate, Number, ["客/日", "meals a day"], "日供餐数", "meals a day"),
    field("functions", Candidate, Words(FUNCTIONS), NONE, "服务功能", "functions"),
    field("build_mode", Candidate, Word(MODES), NONE, "建设方式", "build mode"),
    field("tenure", Candidate, Word(TENURES), NONE, "场所来源", "tenure"),
    field("agreement_until", Candidate, Day, NONE, "协议截止日期", "agreement until"),
    field("investment", Candidate, Number, YUAN, "投资总额", "investment"),
    field("county_match", Candidate, Number, YUAN, "县级配套资金", "county matching money"),
    field("enthusiasm", Candidate, Number, ["分", "points"], "社区积极性", "enthusiasm"),
    field("site_capacity", Candidate, Number, ["分", "points"], "承载力", "site capacity"),
    field("demonstration", Candidate, Number, ["分", "points"], "示范带动", "demonstration"),
    field("no_dispute", Candidate, Flag, NONE, "无产权纠纷", "no dispute of ownership"),
    field("match_fund", Candidate, Flag, NONE, "足额配套资金", "matching money in full"),
    field("on_time", Candidate, Flag, NONE, "按时完工承诺", "completed on time"),
    field("operator", Candidate, Text, NONE, "运营机构", "operator"),
    field("operator_registered", Candidate, Flag, NONE, "运营机构已注册", "operator registered"),
    field("operator_filed", Candidate, Flag, NONE, "运营机构已备案", "operator filed"),
    field("operator_third_party", Candidate, Flag, NONE, "第三方运营", "third-party operator"),
    field("operator_years", Candidate, Number, ["年", "years"], "从事养老服务年限", "operator's years in elderly care"),
    field("operator_subcontracts", Candidate, Flag, NONE, "转包", "operator subcontracts"),
    field("site_visit_date", Candidate, Day, NONE, "实地查看日期", "site visit date"),
    field("responsible_person", Candidate, Text, NONE, "责任人", "responsible person"),
    field("area_approved", Candidate, Number, M2, "批准面积", "area approved"),
    field("area_as_built", Candidate, Number, M2, "实际建筑面积", "area as built"),
    field("use_of_funds", Candidate, Words(USES), NONE, "资金用途", "use of funds"),
    field("type", Candidate, Text, NONE, "设施类型", "facility type"),
    field("city_funded", Candidate, Flag, NONE, "市级财政补贴", "funded by the city"),
    field("grade", Candidate, Word(LEVELS), NONE, "评估等级", "grade"),
    field("residents_self_care", Candidate, Number, PEOPLE, "自理老人", "residents, self-care"),
    field("residents_semi_disabled", Candidate, Number, PEOPLE, "半失能老人", "residents, semi-disabled"),
    field("residents_disabled", Candidate, Number, PEOPLE, "失能老人", "residents, disabled"),

    field("elderly_60_reach", Figure, Number, PEOPLE, "圈内60岁以上老人", "60+ within the walk"),
    field("elderly_60_new", Figure, Number, PEOPLE, "新增覆盖60岁以上老人", "60+ newly in reach"),
    field("elderly_60_served", Figure, Number, PEOPLE, "圈内已覆盖60岁以上老人", "60+ within the walk and already covered"),
    field("households_new", Figure, Number, HOMES, "新增覆盖户数", "households newly in reach"),
    field("old_500_households_new", Figure, Number, HOMES, "新增覆盖的老旧大社区入住户数", "occupied households of old 500+ communities newly in reach"),
    field("reach_gap_closed_m2", Figure, Number, M2, "弥合的可达缺口", "gap in reach closed"),
    field("redundancy", Figure, Number, NONE, "重复率", "redundancy"),
    field("outside_share", Figure, Number, NONE, "圈外占比", "share outside all communities"),
    field("old_500_host", Figure, Flag, NONE, "所在社区入住500户以上且老旧", "host community old, with 500 or more occupied households"),
    field("host_uncovered_60", Figure, Number, PEOPLE, "所在社区未覆盖60岁以上老人", "60+ of the host community not covered"),
    field("host_size_percentile", Figure, Number, NONE, "所在社区户数在本县同类社区中的百分位", "percentile of the host community's households in its county"),
    field("host_population_percentile", Figure, Number, NONE, "所在社区人口在本县同类社区中的百分位", "percentile of the host community's population in its county"),
    field("host_has_centre", Figure, Flag, NONE, "所在社区已有或共用养老服务设施", "host community has or shares a facility"),
    field("host_large_estates", Figure, Number, ["个", "estates"], "所在社区20万平方米以上且无设施的小区", "estates of 200,000 m² or more without a facility in the host community"),
    field("county_without_project", Figure, Flag, NONE, "所在县尚未实施工程", "county without a project"),

    field("community.code", Community, Text, NONE, "社区代码", "community code"),
    field("community.name", Community, Text, NONE, "社区名称", "community name"),
    field("community.county", Community, Text, NONE, "县区", "county of the community"),
    field("community.county_code", Community, Text, NONE, "社区所在县区代码", "county code of the community"),
    field("community.street", Community, Text, NONE, "街道", "street of the community"),
    field("community.kind", Community, Word(COMMUNITY_KINDS), NONE, "社区或村", "community or village"),
    field("community.households", Community, Number, HOMES, "户数", "households"),
    field("community.occupied_households", Community, Number, HOMES, "入住户数", "occupied households"),
    field("community.population", Community, Number, PEOPLE, "常住人口", "population"),
    field("community.elderly_60", Community, Number, PEOPLE, "常住60岁以上", "residents 60+"),
    field("community.elderly_65", Community, Number, PEOPLE, "常住65岁以上", "residents 65+"),
    field("community.elderly_80", Community, Number, PEOPLE, "常住80岁以上", "residents 80+"),
    field("community.registered_60", Community, Number, PEOPLE, "户籍60岁以上", "registered 60+"),
    field("community.registered_65", Community, Number, PEOPLE, "户籍65岁以上", "registered 65+"),
    field("community.registered_80", Community, Number, PEOPLE, "户籍80岁以上", "registered 80+"),
    field("community.disabled", Community, Number, PEOPLE, "失能老人", "disabled"),
    field("community.special_hardship", Community, Number, PEOPLE, "特困老人", "in special hardship"),
    field("community.single_child_lost", Community, Number, PEOPLE, "计划生育特殊家庭老人", "who lost an only child"),
    field("community.built_year", Community, Number, NONE, "建成年份", "built year"),
    field("community.old", Community, Flag, NONE, "老旧社区", "old community"),
    field("community.is_centre", Community, Flag, NONE, "中心社区", "central community"),
    field("community.floor_area", Community, Number, M2, "社区建筑面积", "floor area of the community"),

    field("community.coverage", Community, Word(COVERAGE), NONE, "步行覆盖", "walking coverage"),
    field("community.has_centre", Community, Flag, NONE, "本社区已有或共用养老服务设施", "community has or shares a facility"),
    field("community.facility_kinds", Community, Words(FACILITY_KINDS), NONE, "本社区运营中的设施类型", "kinds of facility operating in the community"),
    field("community.unready", Community, Flag, NONE, "条件不成熟（申报）", "conditions not ready (declared)"),

    field("county.code", County, Text, NONE, "县区代码", "county code"),
    field("county.name", County, Text, NONE, "县区名称", "county name"),
    field("county.county_type", County, Word(COUNTY_TYPES), NONE, "县区类型", "county type"),
    field("county.prior_projects", County, Number, ["个", "projects"], "已实施项目数", "projects so far"),
    field("county.previous_grade", County, Word(GRADES), NONE, "上年考核结果", "last year's grade"),
    field("county.city", County, Text, NONE, "所属市", "city"),
    field("county.city_code", County, Text, NONE, "市代码", "city code"),

    field("county.registered_65", County, Number, PEOPLE, "全县户籍65岁以上", "registered 65+ of the county"),
    field("county.meals", County, Number, ["客/日", "meals a day"], "全县助餐点与长者食堂日供餐数", "meals a day of its canteens and meal points"),

    field("estate.code", Estate, Text, NONE, "小区代码", "estate code"),
    field("estate.name", Estate, Text, NONE, "小区名称", "estate name"),
    field("estate.households_planned", Estate, Number, HOMES, "规划户数", "households planned"),
    field("estate.households", Estate, Number, HOMES, "户数", "households"),
    field("estate.occupied_households", Estate, Number, HOMES, "入住户数", "occupied households"),
    field("estate.floor_area", Estate, Number, M2, "小区建筑面积", "floor area of the estate"),
    field("estate.built_year", Estate, Number, NONE, "建成年份", "built year"),
    field("estate.old", Estate, Flag, NONE, "老旧小区", "old estate"),
    field("estate.is_new", Estate, Flag, NONE, "新建小区", "new estate"),
    field("estate.care_area_delivered", Estate, Number, M2, "已移交养老用房面积", "care floor handed over"),
    field("estate.has_facility", Estate, Flag, NONE, "小区内有养老服务设施", "a counting facility stands in the estate"),

    field("facility.id", Facility, Text, NONE, "设施编号", "facility id"),
    field("facility.name", Facility, Text, NONE, "设施名称", "facility name"),
    field("facility.kind", Facility, Word(FACILITY_KINDS), NONE, "设施类型", "kind of facility"),
    field("facility.status", Facility, Word(STATUSES), NONE, "状态", "status"),
    field("facility.floor_area", Facility, Number, M2, "设施建筑面积", "floor area of the facility"),
    field("facility.care_area", Facility, Number, M2, "养老服务面积", "care floor of the facility"),
    field("facility.beds", Facility, Number, BEDS, "设施床位", "beds of the facility"),
    field("facility.meals", Facility, Number, ["客/日", "meals a day"], "设施日供餐数", "meals a day of the facility"),
    field("facility.functions", Facility, Words(FUNCTIONS), NONE, "设施功能", "functions of the facility"),
    field("facility.use_changed", Facility, Flag, NONE, "用途已改变", "use changed"),

    field("plan.projects", Plan, Number, ["个", "projects"], "所选项目数", "projects chosen"),
    field("plan.renovation_share", Plan, Number, NONE, "改造项目占比", "share of renovations among the projects"),

    field("study.as_of", Study, Day, NONE, "研究日期", "day of the study"),
];

/// A field, as an index into [`FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(u16);

impl FieldId {
    /// By the name that conditions use.
    pub fn named(name: &str) -> Option<FieldId> {
        FIELDS.iter().position(|f| f.name == name).map(|i| FieldId(i as u16))
    }

    /// What is documented about it.
    pub fn field(self) -> &'static Field {
        &FIELDS[self.0 as usize]
    }

    /// The name printed in `missing_fields`: the study's own keys stand bare.
    pub fn printed(self) -> &'static str {
        let name = self.field().name;
        name.strip_prefix("study.").unwrap_or(name)
    }

    /// The field that may stand in when the study says `accept_proxy`.
    pub fn stand_in(self) -> Option<FieldId> {
        (self.field().name == "community.occupied_households").then(|| FieldId::named("community.households")).flatten()
    }

    /// Every field.
    pub fn all() -> impl Iterator<Item = FieldId> {
        (0..FIELDS.len()).map(|i| FieldId(i as u16))
    }
}

/// A known fact.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    Number(f64),
    Flag(bool),
    Text(String),
    Words(Vec<String>),
    Date(Date),
}

impl Value {
    /// Language-free text, as `verdicts.csv` prints it.
    pub fn printed(&self) -> String {
        match self {
            Value::Number(n) => number(*n),
            Value::Flag(flag) => flag.to_string(),
            Value::Text(text) => text.clone(),
            Value::Words(words) => words.join(";"),
            Value::Date(day) => day.to_string(),
        }
    }
}

/// A number as people write it: at most four decimals, no trailing zeros.
pub fn number(n: f64) -> String {
    let rounded = (n * 1e4).round() / 1e4;
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// Everything known about one subject.
#[derive(Debug, Clone)]
pub struct Facts {
    values: Vec<Option<Value>>,
    blame: Vec<(FieldId, FieldId)>,
    accept_proxy: bool,
}

impl Facts {
    /// Nothing known yet. With `accept_proxy`, households stand in for missing occupied households.
    pub fn new(accept_proxy: bool) -> Self {
        Facts { values: vec![None; FIELDS.len()], blame: Vec::new(), accept_proxy }
    }

    /// Sets a fact by name; `None` leaves it missing.
    ///
    /// # Panics
    /// When the name is not in [`FIELDS`]: a slip of the program, not of an input.
    pub fn set(&mut self, name: &str, value: Option<Value>) {
        let id = FieldId::named(name).unwrap_or_else(|| panic!("no field is called {name}"));
        self.values[id.0 as usize] = value;
    }

    /// Says which input field a missing figure lacks.
    ///
    /// # Panics
    /// As [`Facts::set`].
    pub fn lacks(&mut self, figure: &str, field: &str) {
        let id = |name: &str| FieldId::named(name).unwrap_or_else(|| panic!("no field is called {name}"));
        self.blame.push((id(figure), id(field)));
    }

    /// The value, or that of its stand-in where the study accepts it.
    pub fn get(&self, id: FieldId) -> Option<&Value> {
        self.source(id).and_then(|from| self.values[from.0 as usize].as_ref())
    }

    /// Which field [`Facts::get`] answers from: itself, or its accepted stand-in.
    pub fn source(&self, id: FieldId) -> Option<FieldId> {
        if self.values[id.0 as usize].is_some() {
            return Some(id);
        }
        let other = id.stand_in().filter(|_| self.accept_proxy)?;
        self.values[other.0 as usize].as_ref().map(|_| other)
    }

    /// A stand-in that is known but not accepted: shown beside *unknown*.
    pub fn offered(&self, id: FieldId) -> Option<(FieldId, &Value)> {
        if self.get(id).is_some() {
            return None;
        }
        let other = id.stand_in()?;
        self.values[other.0 as usize].as_ref().map(|value| (other, value))
    }

    /// The names to print for a missing field: the inputs it lacks, else itself.
    pub fn missing(&self, id: FieldId) -> Vec<FieldId> {
        let inputs: Vec<FieldId> = self.blame.iter().filter(|(figure, _)| *figure == id).map(|(_, field)| *field).collect();
        if inputs.is_empty() { vec![id] } else { inputs }
    }
}

impl VariableResolver for Facts {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        Some(match self.get(FieldId::named(variable)?)? {
            Value::Number(n) => CowVal::owned(CelDouble::from(*n)),
            Value::Flag(flag) => CowVal::owned(CelBool::from(*flag)),
            Value::Text(text) => CowVal::owned(CelString::from(text.as_str())),
            Value::Date(day) => CowVal::owned(CelString::from(day.to_string())),
            Value::Words(words) => {
                let list: Vec<Box<dyn Val + 'b>> =
                    words.iter().map(|w| Box::new(CelString::from(w.as_str())) as Box<dyn Val + 'b>).collect();
                CowVal::owned(CelList::from(list))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_one_name_and_stands_in_its_table() {
        for (i, field) in FIELDS.iter().enumerate() {
            assert_eq!(FieldId::named(field.name), Some(FieldId(i as u16)), "{} twice", field.name);
            let prefix = match field.table {
                Candidate | Figure => None,
                Community => Some("community."),
                County => Some("county."),
                Estate => Some("estate."),
                Facility => Some("facility."),
                Plan => Some("plan."),
                Study => Some("study."),
            };
            assert_eq!(field.name.split_once('.').map(|(t, _)| format!("{t}.")).as_deref(), prefix, "{}", field.name);
        }
    }

    #[test]
    fn households_stand_in_only_when_the_study_says_so() {
        let occupied = FieldId::named("community.occupied_households").unwrap();
        for accept in [false, true] {
            let mut facts = Facts::new(accept);
            facts.set("community.households", Some(Value::Number(620.0)));
            assert_eq!(facts.get(occupied).is_some(), accept);
            assert_eq!(facts.offered(occupied).is_some(), !accept);
        }
    }

    #[test]
    fn numbers_are_printed_short() {
        assert_eq!(number(500.0), "500");
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(-0.000001), "0");
    }
}
