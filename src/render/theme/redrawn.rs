//! What a theme of a site still shows on every page although it changes with each release.

use std::ops::Range;

use crate::render::theme::minify::{Piece, pieces};

/// Templates that each draw one page of a site: what stands on it may change.
pub const SINGLE: [&str; 3] = ["404.html", "home.html", "ledger.html"];

/// What prints the newest seal of the ledger: a field of a value.
const HEAD: [&str; 2] = ["site", "head"];

/// Returns the places at which a template prints the newest seal of the ledger. A condition prints
/// nothing.
pub fn heads(template: &str) -> Vec<Range<usize>> {
    let (mut heads, mut at, head) = (Vec::new(), 0, HEAD.join("."));
    for piece in pieces(template) {
        let text = piece.text();
        let prints = |mark: &str| {
            let statement = mark.trim_start_matches(['{', '%', '-']).trim_start();
            !mark.starts_with("{#")
                && !["if ", "elif "].iter().any(|word| statement.starts_with(word))
        };
        if let Piece::Mark(mark) = piece
            && prints(mark)
            && let Some(start) = mark.find(&head)
            && !mark[start + head.len()..]
                .starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
        {
            heads.push(at + start..at + start + head.len());
        }
        at += text.len();
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prints_the_newest_seal_is_found() {
        for (template, found) in [
            ("a{{ site.head }}", 1),
            ("{% if site.head %}{{ site.head | truncate(length=8) }}{% endif %}", 1),
            ("{%- set seal = site.head -%}{{ \"site.ledger\" | t(seal=site.head) }}", 2),
            ("{# {{ site.head }} #}{% if site.head %}x{% endif %}{{ site.headline }} site.head", 0),
        ] {
            let places = heads(template);
            assert_eq!(places.len(), found, "{template}");
            assert!(places.into_iter().all(|place| template[place] == *HEAD.join(".")));
        }
    }
}
