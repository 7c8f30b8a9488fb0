//! Where one can walk: ways → edges, a point → a spot on an edge, and bounded search over them.

pub mod reach;
