//! How much a test does: little in `cargo test`, where somebody waits, and all of it in
//! `tests/run`.

/// Returns how often something is tried: `few` times, and `all` times where `tests/run` sets
/// `THOROUGH`.
pub fn times<T>(few: T, all: T) -> T {
    if std::env::var_os("THOROUGH").is_some() { all } else { few }
}
