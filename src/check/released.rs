//! Unreleased words are never mistaken for released ones.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest, slip};
use crate::model::{DocumentId, History, Pinned, Placed, ReleaseId, Site};
use crate::tree::TreePath;
use crate::{ledger, parse};

/// Which words a site may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// The draft where it differs, under a banner that says so.
    Draft,
    /// Released words only.
    Locked,
}

/// Reports promises of notice for documents that there are not, comparisons of versions that there
/// are not, and unreleased words where only released ones may be shown.
pub fn check(site: &Site, edition: Edition, diagnostics: &mut Diagnostics) {
    for pair in &site.config.compare {
        let ids = [&pair.from, &pair.to].into_iter();
        let unknown: Vec<Diagnostic> = ids.filter_map(|id| unknown(site, id)).collect();
        match unknown.is_empty() {
            true => diagnostics.extend(incomparable(site, pair)),
            false => diagnostics.extend(unknown),
        }
    }
    let places = &site.config.notice_places;
    for (id, span) in places.iter().filter(|(id, _)| site.history(id.as_str()).is_none()) {
        let message =
            format!("`notice` promises days for `{id}`, and there is no such policy or list");
        // A list may be begun later.
        let unknown = match DocumentId::is_reserved(id.as_str()) {
            true => Diagnostic::warning(Code::UnknownKey, message),
            false => Diagnostic::error(Code::UnknownKey, message),
        };
        let unknown = unknown
            .at(&TreePath::new("content/site.yaml").expect("a path"), *span)
            .sought_in(format!("content/{id}"));
        let known = site.histories.iter().map(|history| history.id.as_str());
        let meant = slip(id.as_str(), known.clone());
        let unknown =
            unknown.with_fix(meant.and_then(|meant| parse::rewritten(id.as_str(), *span, meant)));
        diagnostics.push(match nearest(id.as_str(), known) {
            Some(meant) => unknown.help(format!("did you mean `{meant}`?")),
            None => unknown.help("name a policy or list, or remove the line"),
        });
    }
    if edition == Edition::Draft {
        return;
    }
    // What was released before notice was recorded may have been removed without an act, as was
    // usual then.
    let unsaid = |history: &&History| {
        history.draft.is_none()
            && history.retirement().is_none()
            && history.newest().is_some_and(|newest| newest.notice.is_some())
    };
    for history in site.histories.iter().filter(unsaid) {
        let gone = Diagnostic::error(
            Code::Unreleased,
            format!("`{}` is in force and missing from `content/`", history.id),
        );
        let gone = gone.in_file(&history.place()).sought_in(format!("content/{}", history.id));
        diagnostics.push(
            gone.help(format!(
                "restore it, or run `policybook retire {} --reason TEXT`",
                history.id
            )),
        );
    }
    for history in site.unreleased() {
        let message = match history.newest() {
            Some(newest) => {
                format!("`{}` says what its release `{}` does not", history.id, newest.release.id)
            }
            None => format!("`{}` was never released", history.id),
        };
        let found = Diagnostic::error(Code::Unreleased, message).in_file(&history.place());
        diagnostics.push(found.help("release or revert the changes, or build without `--locked`"));
    }
}

/// Says that a version which `site.yaml` names was never released, if it was not.
fn unknown(site: &Site, id: &Placed<ReleaseId>) -> Option<Diagnostic> {
    if site.is_taken(&id.value) {
        return None;
    }
    let path = TreePath::new("content/site.yaml").expect("a path");
    let message = format!("no version `{}` was released", id.value);
    let found = Diagnostic::error(Code::BadValue, message)
        .at(&path, id.span)
        .sought_in(ledger::path().as_str());
    let ids = site.releases.iter().map(|release| release.id.as_str());
    Some(found.help(match nearest(id.value.as_str(), ids) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "name a version that `policybook log` lists, or remove the pair".to_owned(),
    }))
}

/// Says why two versions that were released have no page that compares them.
fn incomparable(site: &Site, pair: &Pinned) -> Option<Diagnostic> {
    let path = TreePath::new("content/site.yaml").expect("a path");
    let (from, to) = (&pair.from.value, &pair.to.value);
    let places = |history: &History| Some((history.place_of(from)?, history.place_of(to)?));
    let places: Vec<(usize, usize)> = site.histories.iter().filter_map(places).collect();
    if places.is_empty() {
        let message = format!("no policy or list has both versions `{from}` and `{to}`");
        let found = Diagnostic::error(Code::BadValue, message).at(&path, pair.from.span);
        let found = found.sought_in(ledger::path().as_str());
        return Some(found.help("name two versions of one policy or list"));
    }
    if places.iter().all(|(from, to)| from > to) {
        let message = format!("`{from}` was released after `{to}`");
        let found = Diagnostic::error(Code::BadValue, message).at(&path, pair.from.span);
        return Some(found.help(format!("write the older version first: `[{to}, {from}]`")));
    }
    None
}
