//! A `.shp`, a `.dbf` and a `.cpg`; the first four bytes divide what follows among them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((head, rest)) = bytes.split_first_chunk::<4>() else { return };
    let at = |i: usize| usize::from(u16::from_le_bytes([head[i], head[i + 1]]));
    let (shp, rest) = rest.split_at(at(0).min(rest.len()));
    let (dbf, cpg) = rest.split_at(at(2).min(rest.len()));
    careshed_fuzz::read_as_every_table(&[("file.shp", shp), ("file.dbf", dbf), ("file.cpg", cpg)]);
});
