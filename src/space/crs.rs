//! Coordinate reference systems.
