//! How good the reach is: the floating-catchment family.

pub mod two_step;
