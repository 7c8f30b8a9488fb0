//! Facilities that exist or are being built.

use jiff::civil::Date;

use super::Extra;
use crate::problem::Origin;
use crate::space::LonLat;
use crate::units::{Count, SquareMetres};

/// 运营 · 在建 · 停业 · 关闭 · 改变用途. Only `Operating` counts as supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// 运营
    Operating,
    /// 在建
    Building,
    /// 停业
    Suspended,
    /// 关闭
    Closed,
    /// 改变用途
    UseChanged,
}

impl Status {
    /// The canonical key.
    pub fn key(self) -> &'static str {
        match self {
            Status::Operating => "operating",
            Status::Building => "building",
            Status::Suspended => "suspended",
            Status::Closed => "closed",
            Status::UseChanged => "use_changed",
        }
    }
}

/// A facility for elderly care (养老服务设施).
#[derive(Debug, Clone)]
pub struct Facility {
    /// Unique key.
    pub id: String,
    /// Name.
    pub name: String,
    /// One of the kinds of the policy documents, else the word as written (W-KIND); `None` if not given.
    pub kind: Option<String>,
    /// Position; `None` is listed and left out of reach.
    pub place: Option<LonLat>,
    /// Index of the community it stands in: by code, else by polygon.
    pub community: Option<u32>,
    /// Communities it jointly serves (indices), beside or instead of its own.
    pub serves: Vec<u32>,
    /// 建筑面积
    pub floor_area: Option<SquareMetres>,
    /// The part of it that is elderly care.
    pub care_area: Option<SquareMetres>,
    /// 床位
    pub beds: Option<Count>,
    /// Meals a day.
    pub meals: Option<Count>,
    /// Canonical function keys.
    pub functions: Option<Vec<String>>,
    /// Its state; `None` (unknown) does not count as supply.
    pub status: Option<Status>,
    /// Opening date.
    pub opened: Option<Date>,
    /// Use changed without procedure.
    pub use_changed: Option<bool>,
    /// Set when this is a repetition of the facility of that index (W-DUP-FACILITY): its area counts once.
    pub duplicate_of: Option<u32>,
    /// `level`, `acceptance`, `grade`, `residents_*` and unknown columns, as written.
    pub extra: Extra,
    /// Where it was read.
    pub origin: Origin,
}

impl Facility {
    /// Whether it counts as supply where the kinds `counts_as` count (`None`: no pack is chosen, every kind counts).
    pub fn counts(&self, counts_as: Option<&[String]>) -> bool {
        self.status == Some(Status::Operating)
            && self.use_changed != Some(true)
            && match counts_as {
                None => true,
                Some(kinds) => self.kind.as_ref().is_some_and(|kind| kinds.contains(kind)),
            }
    }

    /// The floor that counts as supply: the elderly-care part where it is declared, else all of it.
    pub fn supply_area(&self) -> Option<SquareMetres> {
        self.care_area.or(self.floor_area)
    }
}
