//! What a theme of a site still shows on every page although it changes with each release.

use std::ops::Range;

use crate::render::theme::minify::{Piece, pieces};

/// Templates that each draw one page of a site: what stands on it may change.
pub const SINGLE: [&str; 5] = ["404.html", "home.html", "ledger.html", "moved.html", "page.html"];

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

/// Returns true unless a template uses of `site` nothing but fields that it names, none of which is
/// the newest seal.
pub fn may_show(template: &str) -> bool {
    let [site, head] = HEAD;
    let in_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let marks = pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Mark(mark) if !mark.starts_with("{#") => Some(mark),
        _ => None,
    });
    marks.into_iter().any(|mark| {
        mark.match_indices(site).any(|(at, _)| {
            let (before, after) = (&mark[..at], &mark[at + site.len()..]);
            if before.ends_with(in_word) || after.starts_with(in_word) {
                return false;
            }
            let field = after.strip_prefix('.').unwrap_or_default();
            let end = field.find(|letter| !in_word(letter)).unwrap_or(field.len());
            field[..end].is_empty() || field[..end] == *head
        })
    })
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
            assert_eq!(may_show(template), found > 0 || template.contains("if site.head"));
            assert!(places.into_iter().all(|place| template[place] == *HEAD.join(".")));
        }
    }

    #[test]
    fn what_may_show_the_newest_seal_in_any_other_way_is_told_too() {
        for (template, may) in [
            ("{{ site.name }}{{ \"site.skip\" | t }}{{ x.website }}{{ site_name }} site", false),
            ("{{ site[\"head\"] }}", true),
            ("{{ site | json_encode }}", true),
            ("{% for key, value in site %}{% endfor %}", true),
            ("{% set all = site %}{{ all.head }}", true),
            ("{{ x(site=site.name) }}", true),
        ] {
            assert_eq!(may_show(template), may, "{template}");
        }
    }
}
