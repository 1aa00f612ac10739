//! Recording that documents were read again and nothing had to change.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::ledger::append;
use crate::parse;
use crate::tree::File;
use crate::tree::Tree;

/// What a review calls the data of security.txt.
pub const SECURITY_TXT: &str = "security.txt";

/// Returns the ledger of a project with a review of these documents, and with the end of security.txt that it moves.
pub fn review(files: &Tree<File>, documents: &[String], date: Date, expires: Option<Timestamp>) -> Tree<File> {
    let named = documents.iter().map(|document| parse::quoted(document)).collect::<Vec<_>>().join(", ");
    let lines = [format!("review: {date}"), format!("documents: [{named}]")];
    let lines: Vec<String> = lines.into_iter().chain(expires.map(|expires| format!("expires: {expires}"))).collect();
    Tree::from_iter([append::entry(files, &lines)])
}
