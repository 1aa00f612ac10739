//! The example is nobody's policy: a site that carries its releases is not taken for one's own.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger;
use crate::model::Site;

/// The organisation of the example.
const NAME: &str = "Fluxiom";

/// The seal of the example's first release.
const SEAL: &str = "1f413e0b6a938a74363cc2a1d5760471cfb3b72bdc88d089ad30d9afd530a62c";

/// Reports that the ledger is the example's, where the site is not the example any more.
pub fn check(site: &Site, diagnostics: &mut Diagnostics) {
    let whole = site.config.name == NAME && site.config.is_example();
    let sealed = site.ledger.entries.iter().find(|entry| entry.seal.to_string() == SEAL);
    if let Some(entry) = sealed.filter(|_| !whole) {
        let found = Diagnostic::warning(
            Code::Placeholder,
            "the releases of the example would be published as your own",
        )
        .at(&ledger::path(), entry.span)
        .sought_in("content/site.yaml");
        diagnostics.push(
            found.help(
                "begin anew: run `policybook init` in another folder and put your texts there",
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_known_by_its_name_and_first_seal() {
        let ledger = include_str!("../../content/versions/ledger.yaml");
        let first = ledger.lines().find_map(|line| line.strip_prefix("  seal: "));
        assert_eq!(first, Some(SEAL));
        let site = include_str!("../../content/site.yaml");
        assert!(site.contains(&format!("name: {NAME}\n")));
    }
}
