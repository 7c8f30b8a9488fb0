//! How good the reach is: the floating-catchment family, from a study's reach table ([`two_step`]) or from any table of costs ([`measure`]).

mod decay;
mod methods;
mod raam;
pub mod two_step;

pub use decay::Decay;
pub use methods::{Costs, Method, measure};
