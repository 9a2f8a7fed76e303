//! How long the long tests run: short by default, at full length when somebody asks for it.

/// Set by `scripts/test --all`.
pub const VARIABLE: &str = "FULL_LENGTH";

/// One of two sizes of a test.
pub fn either<T>(short: T, full: T) -> T {
    if std::env::var_os(VARIABLE).is_some() { full } else { short }
}
