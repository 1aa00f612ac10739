//! What `site.yaml` leads to is there, and what it leads on from is not.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest, slip};
use crate::model::{Destination, DocumentId, Placed, Policy, Redirect, Site};
use crate::parse;
use crate::tree::TreePath;

/// Reports links in the head and the foot of pages and redirects that lead nowhere, and redirects
/// from addresses that the site has itself.
pub fn check(site: &Site, diagnostics: &mut Diagnostics) {
    let path = TreePath::new("content/site.yaml").expect("a path");
    let config = &site.config;
    let redirects = config.redirects.iter();
    let links =
        redirects.map(|redirect| &redirect.to).chain(config.footer.iter().map(|link| &link.to));
    diagnostics.extend(links.filter_map(|to| nowhere(site, to, &path)));
    let entries = config.nav.iter().map(|entry| &entry.id);
    diagnostics.extend(entries.filter_map(|id| unknown(site, &id.value, id, &path)));
    diagnostics.extend(config.redirects.iter().filter_map(|redirect| taken(site, redirect, &path)));
    let documents = |page: &&Policy| site.history(page.id.as_str()).is_some();
    diagnostics.extend(site.pages.iter().filter(documents).map(|page| {
        let message = format!("there is, or was, a policy or list `{}`", page.id);
        let found = Diagnostic::error(Code::DuplicateId, message).in_file(&page.opening.place());
        found.help("give the page another name: the address of a released document stays its own")
    }));
}

/// Says that there is no such document, if there is none.
fn unknown<T>(
    site: &Site,
    id: &DocumentId,
    place: &Placed<T>,
    path: &TreePath,
) -> Option<Diagnostic> {
    if site.history(id.as_str()).is_some() || site.page(id.as_str()).is_some() {
        return None;
    }
    let found = Diagnostic::error(Code::BrokenLink, format!("there is no policy or list `{id}`"))
        .at(path, place.span)
        .sought_in(format!("content/{id}"));
    let known = site.histories.iter().map(|history| history.id.as_str());
    let fix = slip(id.as_str(), known.clone())
        .and_then(|meant| parse::rewritten(id.as_str(), place.span, meant));
    Some(match nearest(id.as_str(), known) {
        Some(meant) => found.help(format!("did you mean `{meant}`?")).with_fix(fix),
        None => found.help("name a policy or list, or remove the line"),
    })
}

fn nowhere(site: &Site, to: &Placed<Destination>, path: &TreePath) -> Option<Diagnostic> {
    match &to.value {
        Destination::Home => None,
        Destination::Outside(address) => {
            let own = address.starts_with(site.config.base_url.as_str());
            let found = Diagnostic::error(Code::BadValue, "this is an address of this site")
                .at(path, to.span);
            own.then(|| found.help("name the policy or list by its ID, as in `security#reporting`"))
        }
        Destination::Document { id, anchor } => unknown(site, id, to, path).or_else(|| {
            let anchor = anchor.as_deref()?;
            let document = site.history(id.as_str()).map(|history| history.current());
            let policy = document.and_then(|document| document.policy());
            let policy = policy.or_else(|| site.page(id.as_str()));
            if policy.is_some_and(|policy| policy.has_anchor(anchor)) {
                return None;
            }
            let message =
                format!("there is no section or heading `{}` in `{id}`", anchor.escape_debug());
            let found = Diagnostic::error(Code::BrokenLink, message)
                .at(path, to.span)
                .sought_in(format!("content/{id}#{anchor}"));
            let near = policy.and_then(|policy| nearest(anchor, policy.anchors()));
            Some(match near {
                Some(meant) => found.help(format!("did you mean `{id}#{meant}`?")),
                None => found.help(format!("link to `{id}` alone")),
            })
        }),
    }
}

/// Says that the site has the address itself, if it has.
fn taken(site: &Site, redirect: &Redirect, path: &TreePath) -> Option<Diagnostic> {
    let from = redirect.from.value.to_lowercase();
    let first = from.split('/').next().unwrap_or_default();
    let below = |id: &str| from.strip_prefix(id).is_some_and(|rest| rest.starts_with('/'));
    let key = site.config.security_txt.as_ref().and_then(|settings| settings.key.as_ref());
    let of_a_list = DocumentId::lists()
        .any(|id| first.strip_prefix(id).is_some_and(|rest| matches!(rest, ".json" | ".csv")));
    let own = site.histories.iter().any(|history| below(history.id.as_str()))
        || site.pages.iter().any(|page| below(page.id.as_str()))
        || DocumentId::is_reserved(first)
        || Redirect::TAKEN.contains(&first)
        || of_a_list
        || key.is_some_and(|key| key.name.value.to_lowercase() == from);
    let found = Diagnostic::error(
        Code::BadValue,
        format!("`{}` is an address of this site", redirect.from.value),
    );
    own.then(|| {
        found
            .at(path, redirect.from.span)
            .help("remove the line: only an address that the site does not have can lead on")
    })
}
