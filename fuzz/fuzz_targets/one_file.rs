//! The bytes as a file whose extension is the name of the target.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| careshed_fuzz::read_as_every_table(&[(concat!("file.", env!("CARGO_BIN_NAME")), bytes)]));
