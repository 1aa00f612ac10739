//! What is added to a page when it is answered: a line that makes it follow its author's saves. No
//! built page has it.

use crate::tree::Digest;

/// The folder of what the preview answers itself, in the folder of the front page. A build keeps
/// its own records under that name, so that no site has a page there.
pub const FOLDER: &str = ".policybook/";

/// The name of the script in [`FOLDER`].
pub const SCRIPT: &str = "reload.js";

/// What is listened to in [`FOLDER`].
pub const EVENTS: &str = "events";

/// Returns the script: how a page follows the saves, and how it shows what there is to say.
pub fn script() -> String {
    [include_str!("overlay.js"), include_str!("reload.js")].concat()
}

/// Returns a page with the line that makes it follow the saves. `up` is the way from its address up
/// to the front page.
pub fn following(page: &[u8], up: &str) -> Vec<u8> {
    let line = format!(
        "<script src=\"{up}{FOLDER}{SCRIPT}\" data-digest=\"{}\"></script>\n",
        Digest::of(page)
    );
    let end = memchr::memmem::rfind(page, b"</body>").unwrap_or(page.len());
    [&page[..end], line.as_bytes(), &page[end..]].concat()
}

/// Returns a page to look at while nothing could be made yet.
pub fn waiting() -> Vec<u8> {
    let page = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
        <title>Nothing is built yet</title>\n<h1>Nothing is built yet</h1>\n<p>The terminal says what is wrong. This page follows your saves.</p>\n";
    page.as_bytes().to_vec()
}
