//! Where to build: the best set of sites together, with a proof that no other is better.
//!
//! A question is asked in whole numbers ([`Covering`], [`Distances`]) and knows nothing of streets or policy; what is chosen comes back with the
//! bound that was proven ([`Outcome`]).

pub mod cover;
pub mod center;
mod covering;
mod distance;
pub mod median;
mod model;

pub use covering::Covering;
pub use distance::Distances;
pub use model::{Fixing, Limits, Lists, Outcome, Sense, SideRow, Status, Step};
