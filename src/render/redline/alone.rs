//! A redline as a page that stands alone, with its style in it: to be mailed, kept, opened from
//! disk.

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::messages::Messages;
use crate::model::Target;
use crate::redline::Redline;
use crate::render::Theme;
use crate::render::escape::encoded;
use crate::render::redline::clauses::Clauses;
use crate::render::redline::html::html;
use crate::render::redline::{Compared, RedlineView, Setting};

/// What the style sheet of a site gives a redline.
const STYLE: &str = include_str!("alone.css");

#[derive(Serialize)]
struct Alone<'a> {
    title: &'a str,
    from: &'a str,
    to: &'a str,
    releases: Vec<ReleaseView<'a>>,
    style: String,
    script: String,
    redline: RedlineView,
}

/// A release that a comparison spans.
#[derive(Serialize)]
struct ReleaseView<'a> {
    id: &'a str,
    kind: &'a str,
    summary: &'a str,
}

/// Returns the page that shows what changed between two versions.
///
/// # Errors
/// Says where in the template the mistake is.
pub fn alone(compared: &Compared<'_>, theme: &Theme) -> Result<String, Diagnostic> {
    let messages = &*theme.messages;
    let title = messages.text("changes.title", &[("title", compared.title)]);
    let setting = Setting { lowered: 0, address: &address, messages };
    let asset = |name: &str| {
        let asset = theme.assets.iter().find(|asset| asset.name == name);
        asset
            .map(|asset| String::from_utf8_lossy(asset.file.bytes()).into_owned())
            .unwrap_or_default()
    };
    let redline = RedlineView::new(&compared.redline, &compared.commitments, &setting);
    let releases = compared.spanned.iter();
    let releases = releases
        .map(|release| ReleaseView {
            id: release.id.as_str(),
            kind: release.kind.as_str(),
            summary: &release.summary,
        })
        .collect();
    let view = Alone {
        title: &title,
        from: compared.from.label,
        to: compared.to.label,
        releases,
        style: STYLE.to_owned() + &asset("redline.css"),
        script: asset("redline.js"),
        redline,
    };
    theme.render("diff.html", &view)
}

/// Returns a redline as HTML for a page that knows no site: what stands inside `#redline`.
pub fn plain_redline(redline: &Redline<'_>) -> String {
    let setting = Setting { lowered: 0, address: &address, messages: Messages::english() };
    html(redline, &Clauses::of(redline), &setting)
}

/// Returns where a link leads on a page that knows no site: to what its author wrote.
fn address(target: &Target) -> Option<String> {
    match target {
        Target::Outside(address) | Target::Nowhere(address) => Some(encoded(address)),
        Target::Here(anchor) => Some(format!("#{anchor}")),
        Target::Document { id, anchor: None } => Some(format!("{id}/")),
        Target::Document { id, anchor: Some(anchor) } => Some(format!("{id}/#{anchor}")),
        Target::Unsafe(_) => None,
    }
}
