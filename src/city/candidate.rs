//! Sites that could be declared.

use jiff::civil::Date;

use super::Extra;
use crate::problem::Origin;
use crate::space::LonLat;
use crate::units::{Count, SquareMetres, Yuan};

/// How a project is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum BuildMode {
    /// 改造 / 改建
    Renovation,
    /// 扩建
    Extension,
    /// 购置 / 购买
    Purchase,
    /// 置换
    Exchange,
    /// 租赁
    Lease,
    /// 转换
    Conversion,
    /// 新建
    New,
}

impl BuildMode {
    /// Every mode, in the order of the documents.
    pub const ALL: [BuildMode; 7] = [
        BuildMode::Renovation,
        BuildMode::Extension,
        BuildMode::Purchase,
        BuildMode::Exchange,
        BuildMode::Lease,
        BuildMode::Conversion,
        BuildMode::New,
    ];

    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            BuildMode::Renovation => "renovation",
            BuildMode::Extension => "extension",
            BuildMode::Purchase => "purchase",
            BuildMode::Exchange => "exchange",
            BuildMode::Lease => "lease",
            BuildMode::Conversion => "conversion",
            BuildMode::New => "new",
        }
    }
}

/// By what right the site is held (contracts: T1–T5 and three more).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tenure {
    /// T1 政府闲置房屋
    GovIdleBuilding,
    /// T2 政府空闲场地
    GovIdleLand,
    /// T3 老旧小区改造场地
    EstateRenewal,
    /// T4 产权人免费提供
    OwnerFree,
    /// T5 购置归公
    PurchasedPublic,
    /// 政府租赁
    GovLeased,
    /// 其他租赁
    Leased,
    /// 其他
    Other,
}

impl Tenure {
    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            Tenure::GovIdleBuilding => "gov_idle_building",
            Tenure::GovIdleLand => "gov_idle_land",
            Tenure::EstateRenewal => "estate_renewal",
            Tenure::OwnerFree => "owner_free",
            Tenure::PurchasedPublic => "purchased_public",
            Tenure::GovLeased => "gov_leased",
            Tenure::Leased => "leased",
            Tenure::Other => "other",
        }
    }
}

/// A site that could be declared (候选点).
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// Unique key.
    pub id: String,
    /// Name.
    pub name: String,
    /// Project name as declared.
    pub project_name: Option<String>,
    /// Position; `None` is listed and left out of reach.
    pub place: Option<LonLat>,
    /// Index of the host community: `community_code`, else the polygon it lies in.
    pub host: Option<u32>,
    /// The code as written.
    pub community_code: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// 街道
    pub street: Option<String>,
    /// Code of its county: as written, else that of its host.
    pub county_code: Option<String>,
    /// 建筑面积
    pub floor_area: Option<SquareMetres>,
    /// 床位
    pub beds: Option<Count>,
    /// Meals a day.
    pub meals: Option<Count>,
    /// Canonical function keys.
    pub functions: Option<Vec<String>>,
    /// 建设方式
    pub build_mode: Option<BuildMode>,
    /// 场所来源
    pub tenure: Option<Tenure>,
    /// End of a free-use agreement.
    pub agreement_until: Option<Date>,
    /// 投资总额
    pub investment: Option<Yuan>,
    /// County matching money.
    pub county_match: Option<Yuan>,
    /// 社区积极性 0–100, declared.
    pub enthusiasm: Option<f64>,
    /// 承载力 0–100, declared.
    pub site_capacity: Option<f64>,
    /// 示范带动 0–100, declared.
    pub demonstration: Option<f64>,
    /// Commitments: no dispute of ownership.
    pub no_dispute: Option<bool>,
    /// Matching money in full.
    pub match_fund: Option<bool>,
    /// Completed on time.
    pub on_time: Option<bool>,
    /// Operator's name.
    pub operator: Option<String>,
    /// Appears in forms only.
    pub operator_person: Option<String>,
    /// Appears in forms only.
    pub operator_phone: Option<String>,
    /// 注册
    pub operator_registered: Option<bool>,
    /// 备案
    pub operator_filed: Option<bool>,
    /// 第三方
    pub operator_third_party: Option<bool>,
    /// Years in elderly care.
    pub operator_years: Option<f64>,
    /// 转包
    pub operator_subcontracts: Option<bool>,
    /// Day somebody went there.
    pub site_visit_date: Option<Date>,
    /// Who answers for it.
    pub responsible_person: Option<String>,
    /// As approved.
    pub area_approved: Option<SquareMetres>,
    /// As built.
    pub area_as_built: Option<SquareMetres>,
    /// What the award pays for: the words of the contract.
    pub use_of_funds: Option<Vec<String>>,
    /// Facility type it would become.
    pub kind: Option<String>,
    /// 市级财政补贴
    pub city_funded: Option<bool>,
    /// 评估等级 A / AA / AAA.
    pub grade: Option<String>,
    /// 自理, 半失能, 失能 residents in care.
    pub residents: [Option<Count>; 3],
    /// Unknown columns.
    pub extra: Extra,
    /// Where it was read.
    pub origin: Origin,
}
