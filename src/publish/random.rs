//! Numbers that nobody foresees: for names that are not given twice, and waiting times that do not
//! coincide.

use std::hash::{BuildHasher as _, RandomState};

/// Returns a number; the standard library takes it from the system.
pub fn number() -> u64 {
    RandomState::new().hash_one(0)
}

/// Returns a name that nothing else has.
pub fn name() -> String {
    format!("{:016x}{:016x}", number(), number())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn no_name_is_given_twice() {
        let names: std::collections::BTreeSet<String> = (0..100).map(|_| name()).collect();
        assert!(names.len() == 100 && names.iter().all(|name| name.len() == 32));
    }
}
