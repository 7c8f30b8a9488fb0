//! Who is inside the fifteen-minute walk to elderly care (社区养老服务设施), which communities are not, and which candidate sites
//! deserve to be declared, clause by clause.
//!
//! A *careshed* is to a facility what a watershed is to a river: everyone who drains to it on foot. Picture a city as five layers laid
//! over one another: **communities** (社区) with their people, **facilities** that exist, **candidates** that could be declared,
//! **streets** to walk on, and **demand points** where people live. The journey goes down through them once:
//!
//! ```text
//! files → city → streets → people on points → reach table → coverage → verdicts → ranking → report
//! ```
//!
//! [`study::explore`] is that journey as one function; everything else is a step of it.
//!
//! ```
//! use careshed::problem::Problems;
//! use careshed::settings::file;
//! use careshed::study::{self, Goal, Unwatched};
//! use careshed::synth;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A synthetic city of twelve communities; a real one is a study file of your own.
//! let city = tempfile::tempdir()?;
//! synth::write(&synth::Options::new(12, 1), city.path())?;
//!
//! let mut problems = Problems::default();
//! let study = city.path().join("study.toml");
//! let settings = file::load(Some(&study), &file::Flags::default(), &mut problems).expect("no setting is wrong");
//! let findings = study::explore(settings, Goal::Rank, &Unwatched).expect("no input is wrong");
//!
//! // Every person is counted once: known and unknown make up the whole.
//! let total = &findings.coverage.totals[0];
//! assert_eq!(total.known + total.unknown, total.people);
//! // The first pack ranks its candidates, each with its reasons.
//! let best = &findings.packs[0].ranking[0];
//! println!("{} scores {:?}", findings.city.candidates[best.candidate as usize].name, best.score);
//! # Ok(())
//! # }
//! ```
//!
//! # What is exact, what is unknown
//!
//! Distances are whole millimetres and people whole millionths, so that "within" has one answer ([`coverage::within`]) and sums agree on
//! any number of threads. What is not known is `None` all the way to an empty cell: never zero, never "uncovered".
//!
//! # What is not done
//!
//! No forms, tracking or live map yet; rules whose fields no table holds inform only; no car or bus, one walking speed for all streets,
//! and no geocoding of addresses.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod access;
pub mod city;
#[cfg(feature = "cli")]
pub mod cli;
pub mod coverage;
pub mod demand;
pub mod fix;
pub mod init;
pub mod money;
pub mod network;
pub mod policy;
pub mod problem;
pub mod read;
pub mod report;
pub mod score;
pub mod settings;
pub mod siting;
pub mod space;
pub mod study;
pub mod synth;
pub mod template;
pub mod units;
pub mod words;
