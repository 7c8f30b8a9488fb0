//! careshed
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod access;
pub mod city;
#[cfg(feature = "cli")]
pub mod cli;
pub mod coverage;
pub mod demand;
pub mod network;
pub mod policy;
pub mod problem;
pub mod read;
pub mod report;
pub mod score;
pub mod settings;
pub mod space;
pub mod study;
pub mod synth;
pub mod units;
pub mod words;
