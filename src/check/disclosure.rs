//! What a profile for vulnerability reports wants and no section says it covers. The words
//! themselves are not read: nothing is guessed.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Element, Need, Policy, Profile, Site};

/// Reports which elements of a profile no section covers: of the policy that security.txt points
/// at, else of any policy.
pub fn check(site: &Site, profile: Profile, diagnostics: &mut Diagnostics) {
    let named =
        site.config.security_txt.as_ref().and_then(|security_txt| security_txt.policy.as_ref());
    let drafts = site.histories.iter().filter_map(|history| history.draft.as_deref()?.policy());
    let policies: Vec<&Policy> = drafts
        .filter(|policy| named.is_none_or(|named| policy.id.as_str() == named.value))
        .collect();
    let covered: BTreeSet<Element> = policies
        .iter()
        .flat_map(|policy| policy.parts())
        .flat_map(|part| part.covers.iter().copied())
        .collect();
    for (element, need, source) in profile.wants() {
        if covered.contains(element) {
            continue;
        }
        let message = format!("no section covers `{}`: {}", element.as_str(), element.about());
        let found = match need {
            Need::Required => Diagnostic::error(Code::Uncovered, message),
            Need::Recommended => Diagnostic::warning(Code::Uncovered, message),
        };
        let found = match policies.first() {
            Some(policy) => {
                found.in_file(&policy.opening.place()).sought_in(format!("content/{}", policy.id))
            }
            None => found.sought_in("content"),
        };
        let help = format!(
            "write it, and `covers: [{}]` into the front matter of its section; {source}",
            element.as_str()
        );
        diagnostics.push(found.help(help));
    }
}
