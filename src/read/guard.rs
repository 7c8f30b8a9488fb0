//! Foreign code that panics on a damaged file where it should have said so.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is expected and will be told as a problem.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}
static QUIET: Once = Once::new();

/// What `work` answers; `None` if it panicked, about which nothing is printed.
///
/// Only for readers of other crates that are known to index before they check: our own mistakes must be seen.
pub fn guard<T>(work: impl FnOnce() -> T) -> Option<T> {
    QUIET.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                loud(info);
            }
        }));
    });
    EXPECTED.set(true);
    // Whatever `work` was building is dropped with it.
    let result = catch_unwind(AssertUnwindSafe(work));
    EXPECTED.set(false);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::guard;

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(guard(|| 5), Some(5));
        let empty: Vec<u8> = Vec::new();
        assert_eq!(guard(|| empty[3]), None);
    }
}
