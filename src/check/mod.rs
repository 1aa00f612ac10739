//! What a good site keeps: one file per concern. Whatever a file says by itself is reported where
//! it is read; here is what needs the whole.

mod anchors;
mod dates;
mod disclosure;
mod example;
mod fixes;
mod links;
mod lists;
mod navigation;
mod output;
mod outside;
mod released;
mod security_txt;
mod suppressions;
mod uncommitted;

use crate::diagnostic::Diagnostics;
use crate::model::{Now, Site};
use crate::parse;
use crate::tree::{File, Tree, TreePath};

pub use dates::disagreeing;
pub use disclosure::check as disclosure;
pub use fixes::{Fixed, fixed};
pub use output::check as output;
pub use outside::{Answer, Outside, addresses as outside, findings as outside_findings};
pub use released::Edition;
pub use security_txt::served as security_txt;
pub use suppressions::judge;
pub use uncommitted::{by_policy, check as uncommitted};

/// Reports merge conflicts in the files of themes, which readers would see on every page.
pub fn themes(files: &Tree<File>, diagnostics: &mut Diagnostics) {
    let theme = TreePath::new("themes").expect("a path");
    let conflicts = files
        .under(&theme)
        .filter_map(|(path, file)| parse::conflict(path, std::str::from_utf8(file.bytes()).ok()?));
    diagnostics.extend(conflicts);
}

/// Reports what is wrong with a site now.
pub fn site(site: &Site, edition: Edition, now: Now, diagnostics: &mut Diagnostics) {
    anchors::check(site, diagnostics);
    dates::check(site, now.day, diagnostics);
    example::check(site, diagnostics);
    links::check(site, diagnostics);
    lists::check(site, now.day, diagnostics);
    navigation::check(site, diagnostics);
    security_txt::check(site, now, diagnostics);
    released::check(site, edition, diagnostics);
}
