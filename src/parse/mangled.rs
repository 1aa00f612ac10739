//! Mail addresses that a content delivery network hid on a page from which they were then copied: nobody can write to them.

use memchr::memmem;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::tree::Source;
use crate::tree::Span;

/// What is left of an address: the words that stand for it, and the link around it.
const MARKS: &[&str] =
    &["[email protected]", "[email\u{a0}protected]", "[email&#160;protected]", "[email&nbsp;protected]", "/cdn-cgi/l/email-protection"];

/// Reports every mangled address of a file.
pub fn check(source: &Source<'_>, diagnostics: &mut Diagnostics) {
    // All marks hold the same word: most files are done with after one search.
    for at in memmem::find_iter(source.text.as_bytes(), "email") {
        let found = MARKS.iter().find_map(|mark| {
            let start = at.checked_sub(mark.find("email")?)?;
            source.text.get(start..start + mark.len()).filter(|text| text == mark).map(|_| Span::new(start, start + mark.len()))
        });
        if let Some(span) = found {
            let found = Diagnostic::error(Code::MangledAddress, "a content delivery network has mangled this mail address");
            let help = "write the address itself, or refer to a contact as in `{{ contact.security }}`";
            diagnostics.push(found.at(source.path, span).help(help));
        }
    }
}
