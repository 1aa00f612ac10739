//! Links inside the site lead somewhere.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix, nearest, slip};
use crate::model::{Mention, Policy, Site, Target};
use crate::tree::Span;

/// Reports links of the draft to what is not there. Released words are left alone: they cannot be
/// fixed.
pub fn check(site: &Site, diagnostics: &mut Diagnostics) {
    let found = site.histories.par_iter().filter_map(|history| history.draft.as_ref()?.policy());
    let found = found.flat_map_iter(|policy| policy_links(site, policy));
    diagnostics.extend(found.collect::<Vec<_>>());
    diagnostics.extend(site.pages.iter().flat_map(|page| policy_links(site, page)));
}

fn policy_links(site: &Site, policy: &Policy) -> Vec<Diagnostic> {
    let mentions = policy
        .parts()
        .flat_map(|section| section.mentions.iter().map(move |mention| (section, mention)))
        .collect::<Vec<_>>();
    if mentions.is_empty() {
        return Vec::new();
    }
    let anchors: BTreeSet<&str> = policy.anchors().collect();
    let broken = mentions.into_iter().filter_map(|(section, mention)| {
        let found = broken(site, policy, &anchors, mention)?.at(&section.place(), mention.span);
        Some(match &mention.target {
            Target::Here(anchor) => found.sought_in(format!("content/{}#{anchor}", policy.id)),
            Target::Document { id, anchor } => {
                found.sought_in(format!("content/{id}#{}", anchor.as_deref().unwrap_or_default()))
            }
            Target::Nowhere(_) | Target::Outside(_) | Target::Unsafe(_) => found,
        })
    });
    broken.collect()
}

/// Returns the name of the file that a link names, if it names one and no heading in it.
fn file(mention: &Mention) -> Option<&str> {
    let address = mention.address.as_ref()?.value.as_str();
    let name = address.rsplit_once('/').map_or(address, |(_, name)| name);
    name.ends_with(".md").then_some(name)
}

/// Returns the names of the files of a policy.
fn files(policy: &Policy) -> impl Iterator<Item = &str> + Clone {
    policy.parts().map(|section| section.file.name())
}

fn broken(
    site: &Site,
    policy: &Policy,
    anchors: &BTreeSet<&str>,
    mention: &Mention,
) -> Option<Diagnostic> {
    match &mention.target {
        Target::Here(anchor) if anchors.contains(anchor.as_str()) => None,
        Target::Here(anchor) => {
            if let Some(name) = file(mention) {
                let gone = Diagnostic::error(
                    Code::BrokenLink,
                    format!("this policy has no file `{}`", name.escape_debug()),
                );
                return Some(suggest(gone, mention, name, files(policy)));
            }
            let gone = Diagnostic::error(
                Code::BrokenLink,
                format!("there is no section or heading `{anchor}` in this policy"),
            );
            Some(suggest(gone, mention, anchor, anchors.iter().copied()))
        }
        Target::Document { id, anchor } => {
            let by_file = || site.page(anchor.as_deref()?).filter(|_| id == "pages");
            if let Some(page) = site.page(id).or_else(by_file) {
                return (site.page(policy.id.as_str()).is_none()).then(|| {
                    let found = Diagnostic::error(
                        Code::BrokenLink,
                        format!("`{}` has no versions, and a policy cannot link to it", page.id),
                    );
                    found.help(format!(
                        "write its URL, or link to it in `footer` of `content/site.yaml`, as in `link: {}`",
                        page.id
                    ))
                });
            }
            let Some(document) = site.history(id) else {
                let gone = Diagnostic::error(
                    Code::BrokenLink,
                    format!("there is no policy or list `{id}`"),
                );
                let known = site
                    .histories
                    .iter()
                    .map(|history| history.id.as_str())
                    .chain(anchors.iter().copied());
                return Some(suggest(gone, mention, id, known));
            };
            let anchor = anchor.as_deref()?;
            match document.current().policy() {
                Some(policy) if policy.has_anchor(anchor) => None,
                Some(policy) if file(mention).is_some() => {
                    let name = file(mention).unwrap_or_default();
                    let gone = Diagnostic::error(
                        Code::BrokenLink,
                        format!("`{id}` has no file `{}`", name.escape_debug()),
                    );
                    Some(suggest(gone, mention, name, files(policy)))
                }
                Some(policy) => {
                    let gone = Diagnostic::error(
                        Code::BrokenLink,
                        format!("there is no section or heading `{anchor}` in `{id}`"),
                    );
                    Some(suggest(gone, mention, anchor, policy.anchors()))
                }
                None => Some(
                    Diagnostic::error(
                        Code::BrokenLink,
                        format!("`{id}` is a list and has no sections"),
                    )
                    .help(format!("link to `{id}` alone")),
                ),
            }
        }
        Target::Nowhere(address) => {
            let gone = Diagnostic::error(
                Code::BrokenLink,
                format!("broken link: `{}` does not exist", address.escape_debug()),
            );
            Some(gone.help("link to a section's file, an anchor such as `#reporting`, or a URL with `https://`"))
        }
        Target::Outside(_) | Target::Unsafe(_) => None,
    }
}

fn suggest<'a>(
    found: Diagnostic,
    mention: &Mention,
    written: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let fix = slip(written, known.clone()).and_then(|meant| {
        let address = mention.address.as_ref()?;
        let (at, _) = address.value.match_indices(written).last()?;
        Some(Fix::write(Span::new(at, at + written.len()).shift(address.span.start), meant))
    });
    match nearest(written, known) {
        Some(meant) => found.label(format!("did you mean `{meant}`?")).with_fix(fix),
        None => found.help("link to what is there, or write it first"),
    }
}
