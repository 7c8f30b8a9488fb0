//! How good the reach is: the floating-catchment family.
