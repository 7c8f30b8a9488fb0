//! Money and measures: what each document pays for a project ([`fund`]), how much it asks for ([`norm`]), which
//! neighbours could share a facility ([`joint`]), how a number of projects could be handed out ([`allot`]); quotas as constraints ([`quota`]); and its terms ([`terms`]).
//!
//! Rates, caps, shares and norms are data (`data/policies/money/`), keyed by pack and clause. Amounts are whole fen, calculated
//! in whole numbers; what hangs on an unknown input is `None`, never zero.

pub mod allot;
pub mod fen;
pub mod fund;
pub mod joint;
pub mod norm;
pub mod quota;
pub mod standing;
pub mod terms;
pub mod totals;
