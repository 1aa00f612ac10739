//! Recording that documents were read again and nothing had to change.

use jiff::civil::Date;

use crate::ledger::append;
use crate::parse;
use crate::tree::File;
use crate::tree::Tree;

/// What a review calls the data of security.txt.
pub const SECURITY_TXT: &str = "security.txt";

/// Returns the ledger of a project with a review of these documents.
pub fn review(files: &Tree<File>, documents: &[String], date: Date) -> Tree<File> {
    let named = documents.iter().map(|document| parse::quoted(document)).collect::<Vec<_>>().join(", ");
    let lines = [format!("review: {date}"), format!("documents: [{named}]")];
    Tree::from_iter([append::entry(files, &lines)])
}
