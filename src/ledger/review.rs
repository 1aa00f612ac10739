//! Recording that documents were read again and nothing had to change.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::ledger::append;
use crate::parse;
use crate::tree::{File, Tree};

/// What a review calls the data of security.txt.
pub const SECURITY_TXT: &str = "security.txt";

/// Returns the ledger of a project with a review of these documents, and with the end of
/// security.txt that it moves.
pub fn review(
    files: &Tree<File>,
    documents: &[String],
    date: Date,
    expires: Option<Timestamp>,
) -> Tree<File> {
    Tree::from_iter([append::entry(files, &lines(documents, date, expires))])
}

/// Returns the lines of a review in the ledger.
pub fn lines(documents: &[String], date: Date, expires: Option<Timestamp>) -> Vec<String> {
    let named =
        documents.iter().map(|document| parse::quoted(document)).collect::<Vec<_>>().join(", ");
    let lines = [format!("review: {date}"), format!("documents: [{named}]")];
    lines.into_iter().chain(expires.map(|expires| format!("expires: {expires}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{day, example, put, site_on};

    #[test]
    fn the_newest_review_is_told() {
        let reviewed = |documents: &[&str],
                        date: &str,
                        expires: Option<&str>,
                        files: &Tree<File>|
         -> Tree<File> {
            let documents: Vec<String> =
                documents.iter().map(|document| (*document).to_owned()).collect();
            let expires = expires.map(|expires| expires.parse().unwrap());
            files.clone().into_iter().chain(review(files, &documents, day(date), expires)).collect()
        };
        let mut files = example();
        let contact = "contacts:\n  - {kind: security, email: security@a.example}\nsecurity_txt:\n  expires: 2024-12-01T00:00:00Z\n";
        put(&mut files, "site.yaml", &format!("name: A\nbase_url: https://a.example/\n{contact}"));
        let end = |files: &Tree<File>| {
            site_on(files, "2024-06-01")
                .0
                .config
                .security_txt
                .unwrap()
                .recorded
                .map(|end| end.to_string())
        };
        assert_eq!(end(&files), None);
        let files = reviewed(
            &["security", SECURITY_TXT],
            "2024-03-01",
            Some("2025-01-01T00:00:00Z"),
            &files,
        );
        let files = reviewed(&["whitehats", "security.txt"], "2024-04-01", None, &files);
        assert_eq!(
            end(&files).as_deref(),
            Some("2025-01-01T00:00:00Z"),
            "a review that moves nothing"
        );
        let files = reviewed(&["security.txt"], "2024-05-01", Some("2025-02-01T00:00:00Z"), &files);
        assert_eq!(end(&files).as_deref(), Some("2025-02-01T00:00:00Z"));
        let (site, found) = site_on(&files, "2024-06-01");
        assert!(!found.has_errors(), "{found:?}");
        let days: Vec<_> =
            site.histories.iter().map(|history| (history.id.as_str(), history.reviewed)).collect();
        assert_eq!(
            days,
            [("security", Some(day("2024-03-01"))), ("whitehats", Some(day("2024-04-01")))]
        );
        assert_eq!(site.ledger.newest(), Some(day("2024-05-01")));
    }
}
