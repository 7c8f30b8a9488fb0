//! Communities, the estates inside them, and the counties around them.

use geo::MultiPolygon;

use super::{Counts, Extra};
use crate::problem::Origin;
use crate::space::LonLat;
use crate::units::{Count, SquareMetres};

/// 社区 or 村.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommunityKind {
    /// 社区 (居委会): scope `urban`.
    Urban,
    /// 村 (行政村): scope `village`.
    Village,
}

/// A planning unit: community (社区) or village (行政村).
#[derive(Debug, Clone)]
pub struct Community {
    /// The twelve-digit code, or whatever key the bureau uses; unique.
    pub code: String,
    /// 社区名称
    pub name: String,
    /// County name, as written.
    pub county: Option<String>,
    /// County code, as written or from the first six digits of a twelve-digit code.
    pub county_code: Option<String>,
    /// 街道 / 镇
    pub street: Option<String>,
    /// 社区 or 村.
    pub kind: CommunityKind,
    /// People and households from the register (after estates have been summed).
    pub counts: Counts,
    /// 户籍 60+, 65+, 80+: another population than the residents, never mixed with them.
    pub registered: [Option<Count>; 3],
    /// 失能
    pub disabled: Option<Count>,
    /// 特殊困难
    pub special_hardship: Option<Count>,
    /// 失独
    pub single_child_lost: Option<Count>,
    /// Year built.
    pub built_year: Option<i32>,
    /// 老旧社区, already decided: register flag, else at least half of the households in estates built ≤ 2000, else built year ≤ 2000; else unknown.
    pub old: Option<bool>,
    /// 中心社区
    pub is_centre: Option<bool>,
    /// Floor area of the register, where given.
    pub floor_area: Option<SquareMetres>,
    /// The boundary; `None` for communities known only by a point or by their demand points.
    pub boundary: Option<MultiPolygon<f64>>,
    /// A point of the community, where given.
    pub place: Option<LonLat>,
    /// Unknown columns.
    pub extra: Extra,
    /// Where it was read.
    pub origin: Origin,
}

/// A housing compound (小区).
#[derive(Debug, Clone)]
pub struct Estate {
    /// Key.
    pub code: String,
    /// 小区名称
    pub name: String,
    /// Index into `City::communities`, by code, else by polygon.
    pub community: Option<u32>,
    /// Its point, or its polygon's centroid.
    pub place: Option<LonLat>,
    /// Its outline, where given.
    pub outline: Option<MultiPolygon<f64>>,
    /// Households planned, of all, and occupied.
    pub households_planned: Option<Count>,
    /// 户数
    pub households: Option<Count>,
    /// 入住户数
    pub occupied_households: Option<Count>,
    /// 建筑面积
    pub floor_area: Option<SquareMetres>,
    /// 建成年份
    pub built_year: Option<i32>,
    /// 老旧小区
    pub old: Option<bool>,
    /// 新建小区
    pub is_new: Option<bool>,
    /// Elderly-care floor area handed over with the estate.
    pub care_area_delivered: Option<SquareMetres>,
    /// Where it was read.
    pub origin: Origin,
}

/// Whether the community declares that it is not ready for a facility of its own (条件不成熟, S002-09): a column of that name, or
/// `unready`, in its table; `None` where there is none or its word is no yes or no.
pub fn unready(community: &Community) -> Option<bool> {
    let (_, said) = community.extra.iter().find(|(heading, _)| matches!(heading.trim(), "unready" | "条件不成熟"))?;
    match said.trim().to_lowercase().as_str() {
        "是" | "1" | "true" | "yes" | "y" | "√" => Some(true),
        "否" | "0" | "false" | "no" | "n" | "×" => Some(false),
        _ => None,
    }
}

/// 市辖区, 县级市 or 县.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountyType {
    /// 市辖区
    District,
    /// 县级市
    CountyCity,
    /// 县
    County,
}

impl CountyType {
    /// The canonical key: `district`, `county_city`, `county`.
    pub fn key(self) -> &'static str {
        match self {
            CountyType::District => "district",
            CountyType::CountyCity => "county_city",
            CountyType::County => "county",
        }
    }
}

/// Last year's assessment of a county.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// 好
    Good,
    /// 中
    Middle,
    /// 差
    Poor,
}

/// A county (县、市、区).
#[derive(Debug, Clone)]
pub struct County {
    /// Six-digit code or key.
    pub code: String,
    /// Name.
    pub name: String,
    /// 市辖区 / 县级市 / 县.
    pub county_type: Option<CountyType>,
    /// Projects implemented so far.
    pub prior_projects: Option<Count>,
    /// 好 / 中 / 差.
    pub previous_grade: Option<Grade>,
    /// Prefecture-level city.
    pub city: Option<String>,
    /// Its code.
    pub city_code: Option<String>,
    /// Where it was read.
    pub origin: Origin,
}
