//! Findings → files: one file per format; no calculation here.

pub mod page;
pub mod run_record;
