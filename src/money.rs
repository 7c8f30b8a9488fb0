//! Money and measures: what each document pays for a project ([`fund`]), and how much of what it asks for ([`terms`]).
//!
//! Rates, caps, shares and norms are data (`data/policies/money/`), keyed by pack and clause. Amounts are whole fen, calculated
//! in whole numbers; what hangs on an unknown input is `None`, never zero.

pub mod fen;
pub mod fund;
pub mod terms;
pub mod totals;
