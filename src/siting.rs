//! Where to build: the best set of sites together, with a proof that no other is better.
//!
//! A question is asked in whole numbers ([`Covering`], [`Distances`]) and knows nothing of streets or policy; what is chosen comes back with the
//! bound that was proven ([`Outcome`]).

mod audit;
mod beside;
mod capacity;
pub mod center;
mod conflict;
pub mod cover;
mod covering;
mod decided;
mod decimal;
mod distance;
mod least;
pub mod median;
mod model;
mod order;
mod plan;
mod question;
mod shares;
#[cfg(test)]
mod tests;
mod translate;
mod wishes;

pub use audit::Audit;
pub use beside::{Point, Reserve, RunnerUp, Wanted, covered, curve, next_by_gain, reserve, runner_ups};
pub use capacity::served;
pub use conflict::{Conflict, What};
pub use covering::Covering;
pub use decided::{Compared, compare, years};
pub use decimal::{Decimal, Scale};
pub use distance::Distances;
pub use model::{Fixing, Limits, Lists, Outcome, Sense, SideRow, Status, Step};
pub use plan::{Chosen, Plan, solve, stranded, too_poor};
pub use question::{Constraint, Model, Pairs, Question, Site, Standing, Wish};
pub use wishes::Granted;
