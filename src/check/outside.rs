//! Pages of other sites to which a site leads: which they are, and what to say of those that are
//! gone or moved.

use std::collections::BTreeMap;

use url::Url;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Body, DocumentId, Mention, Section, Site, Target};
use crate::parse;
use crate::tree::{File, Span, Tree, TreePath};

/// What became of a page that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    There,
    /// It moved for good.
    Moved(Url),
    /// It is gone, with this status.
    Gone(u16),
    /// It lies where strangers' addresses are not asked for.
    Private,
    /// Nobody knows, for this reason.
    None(String),
}

/// The places from which each address is led to.
pub type Outside = BTreeMap<Url, Vec<(TreePath, Span)>>;

/// Returns the addresses of other sites to which the draft, its lists and its contacts lead.
pub fn addresses(site: &Site, files: &Tree<File>) -> Outside {
    let mut outside = Outside::new();
    let mut add = |address: &str, path: &TreePath, span: Span| {
        let Some(mut address) =
            Url::parse(address).ok().filter(|address| matches!(address.scheme(), "http" | "https"))
        else {
            return;
        };
        address.set_fragment(None);
        if !address.as_str().starts_with(site.config.base_url.as_str()) {
            outside.entry(address).or_default().push((path.clone(), span));
        }
    };
    for policy in site.histories.iter().filter_map(|history| history.draft.as_deref()?.policy()) {
        for section in policy.parts() {
            let written = section.mentions.iter().filter(|mention| !is_put_in(section, mention));
            for mention in written {
                if let Target::Outside(address) = &mention.target {
                    add(address, &section.place(), mention.span);
                }
            }
        }
    }
    for name in std::iter::once("site").chain(DocumentId::lists()) {
        let path = TreePath::new(&format!("content/{name}.yaml")).expect("a path");
        for address in files.get(&path).map(|file| parse::links(&path, file)).unwrap_or_default() {
            add(&address.value, &path, address.span);
        }
    }
    outside
}

/// Returns true if a link was put in for a reference: what it refers to is looked at where that is
/// written.
fn is_put_in(section: &Section, mention: &Mention) -> bool {
    match &section.body {
        Body::Part(..) => false,
        Body::Whole(expanded, start) => {
            expanded.cuts.iter().any(|cut| cut.taken_out.shift(*start) == mention.span)
        }
    }
}

/// Returns what is to be said of an address that was asked for, at each of its places.
pub fn findings(address: &Url, answer: &Answer, places: &[(TreePath, Span)]) -> Vec<Diagnostic> {
    let shown = address.as_str().escape_debug();
    let found = match answer {
        Answer::There => return Vec::new(),
        Answer::Moved(to) => {
            Diagnostic::warning(Code::MovedOutside, format!("`{shown}` moved for good"))
                .help(format!("if that is what was meant, write `{}`", to.as_str().escape_debug()))
        }
        Answer::Gone(status) => {
            Diagnostic::error(Code::GoneOutside, format!("`{shown}` is gone: it answers {status}"))
                .help("link to its new address or an archived copy, or remove the link")
        }
        Answer::Private => {
            let message = format!(
                "`{shown}` was not asked for: it lies on this machine or in a private network"
            );
            let found = Diagnostic::warning(Code::UnaskedOutside, message);
            found.help(
                "readers do not come there: lead elsewhere, or have it asked for by `--intranet`",
            )
        }
        Answer::None(why) => Diagnostic::warning(
            Code::UnaskedOutside,
            format!("nobody knows whether `{shown}` is there: {}", why.escape_debug()),
        )
        .help("look at it in a browser; a comment with a reason excuses it"),
    };
    places.iter().map(|(path, span)| found.clone().at(path, *span)).collect()
}
