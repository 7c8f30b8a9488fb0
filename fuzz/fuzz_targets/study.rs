//! A study file; what is understood of it must be understood again when it is written down.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| careshed_fuzz::study(bytes));
