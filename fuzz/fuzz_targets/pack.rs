//! A policy pack with its conditions.
#![no_main]

use careshed::policy::Pack;
use careshed::problem::Problems;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut problems = Problems::default();
    _ = Pack::read(text, "pack.toml", &mut problems);
    careshed_fuzz::speak(&problems);
});
