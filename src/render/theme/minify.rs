//! Smaller HTML by minify-html; the one file that names the minifier.
//!
//! It runs once over the templates, since markdown is rendered compactly anyway, or by option over
//! finished pages. It drops white space between inline elements that stand directly in a `div`,
//! `section`, `nav` and the like, drops quotes and whole attributes, closes what a template leaves
//! open, and its parser recurses. So its result is used only where a browser gets the same tags,
//! attributes and visible words from it as before, whatever values a template is filled with; and
//! pages nested too deep are left alone.

use std::borrow::Cow;

use crate::parse::{Tag, tags};

/// How deep elements may be nested before a page is left as it is.
const DEEPEST: usize = 256;

/// Returns the finished page made smaller, or as it is where that would change a tag, an attribute
/// or a visible word.
pub fn minified_page(page: &str) -> Cow<'_, str> {
    let before = tags(page);
    let small = smaller(page, &before)
        .filter(|small| tags(small) == before && visible(small) == visible(page));
    small.map_or(Cow::Borrowed(page), Cow::Owned)
}

/// Returns the template made smaller, or as it is where any value could then change another tag,
/// attribute or visible word.
///
/// The minifier sees a word in place of each `{{ … }}`, `{% … %}` and `{# … #}`. A template with
/// one of them in a tag, outside of a quoted value, is left as it is.
pub fn minified_template(template: &str) -> Cow<'_, str> {
    smaller_template(template).map_or(Cow::Borrowed(template), Cow::Owned)
}

fn smaller_template(template: &str) -> Option<String> {
    if template.contains(OPEN) {
        return None;
    }
    let pieces = pieces(template);
    let marks: Vec<&str> = pieces.iter().filter_map(Piece::mark).collect();
    let mut next = 0;
    let worded = filled(&pieces, |_| {
        next += 1;
        format!("{OPEN}{}{CLOSE}", next - 1)
    });
    let small = smaller(&worded, &tags(&worded))?;
    let small = restored(&small, &marks)?;
    let alike = VALUES.iter().all(|values| same(&with(&small, values), &with(&pieces, values)));
    (alike && statements(&small) == statements(&pieces))
        .then(|| small.iter().map(Piece::text).collect())
}

/// What a word for a mark begins and ends with. An attribute keeps its quotes for each of them, in
/// lower case nothing is folded.
const OPEN: &str = "=mark";
const CLOSE: &str = "=";

/// What a template is filled with to be compared: the worst that an expression may hold, as the
/// engine escapes it, which ends a value without quotes, or one whose double quotes became single
/// ones; and nothing. Then the same for statements.
const VALUES: [[&str; 2]; 3] = [["x onload=1 y'>"; 2], ["x onload=1 y", ""], ["", ""]];

/// A stretch of a template.
#[derive(Debug, PartialEq)]
pub enum Piece<'a> {
    /// HTML.
    Html(&'a str),
    /// What it says to its engine: `{{ … }}`, `{% … %}` or `{# … #}`.
    Mark(&'a str),
}

impl<'a> Piece<'a> {
    /// Returns it as it is written.
    pub fn text(&self) -> &'a str {
        match self {
            Piece::Html(text) | Piece::Mark(text) => text,
        }
    }

    fn mark(&self) -> Option<&'a str> {
        match self {
            Piece::Html(_) => None,
            Piece::Mark(mark) => Some(mark),
        }
    }
}

/// Splits a template into HTML and marks.
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut html = 0;
    let mut at = 0;
    while let Some(found) = template[at..].find('{') {
        at += found;
        match mark_end(&template[at..]) {
            Some(length) => {
                pieces.extend([
                    Piece::Html(&template[html..at]),
                    Piece::Mark(&template[at..at + length]),
                ]);
                at += length;
                html = at;
            }
            None => at += 1,
        }
    }
    pieces.push(Piece::Html(&template[html..]));
    pieces
}

/// Returns the length of the mark that a text begins with, passing over what is quoted in it.
fn mark_end(text: &str) -> Option<usize> {
    let close = match text.as_bytes().get(1)? {
        b'{' => "}}",
        b'%' => "%}",
        b'#' => return text.find("#}").map(|end| end + 2),
        _ => return None,
    };
    let mut quote = None;
    for (at, letter) in text.char_indices().skip(2) {
        match quote {
            None if text[at..].starts_with(close) => return Some(at + 2),
            None if matches!(letter, '"' | '\'' | '`') => quote = Some(letter),
            Some(open) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}

fn filled(pieces: &[Piece<'_>], mut value: impl FnMut(&str) -> String) -> String {
    let fill = |piece: &Piece<'_>| match piece {
        Piece::Html(html) => (*html).to_owned(),
        Piece::Mark(mark) => value(mark),
    };
    pieces.iter().map(fill).collect()
}

/// Returns the page that a template makes with these values for its expressions and its statements.
fn with(pieces: &[Piece<'_>], [expression, statement]: &[&str; 2]) -> String {
    filled(pieces, |mark| {
        if mark.starts_with("{{") { (*expression).to_owned() } else { (*statement).to_owned() }
    })
}

/// Puts each mark back in place of its word; `None` if a word is not there once.
fn restored<'a>(small: &'a str, marks: &[&'a str]) -> Option<Vec<Piece<'a>>> {
    let mut left: Vec<Option<&str>> = marks.iter().copied().map(Some).collect();
    let mut words = small.split(OPEN);
    let mut pieces = vec![Piece::Html(words.next()?)];
    for rest in words {
        let (number, html) = rest.split_once(CLOSE)?;
        pieces.push(Piece::Mark(left.get_mut(number.parse::<usize>().ok()?)?.take()?));
        pieces.push(Piece::Html(html));
    }
    left.iter().all(Option::is_none).then_some(pieces)
}

/// Returns the statements in order. Expressions move with the attributes they stand in.
fn statements<'a>(pieces: &[Piece<'a>]) -> Vec<&'a str> {
    pieces.iter().filter_map(Piece::mark).filter(|mark| !mark.starts_with("{{")).collect()
}

/// Returns what minify-html makes of a page with these tags; `None` where they are nested too deep.
fn smaller(html: &str, tags: &[Tag]) -> Option<String> {
    let settings = minify_html::Cfg {
        do_not_minify_doctype: true,
        ensure_spec_compliant_unquoted_attribute_values: true,
        keep_closing_tags: true,
        // Some are addressed to whatever delivers the page.
        keep_comments: true,
        keep_html_and_head_opening_tags: true,
        keep_spaces_between_attributes: true,
        ..minify_html::Cfg::default()
    };
    if depth(tags) > DEEPEST {
        return None;
    }
    String::from_utf8(minify_html::minify(html.as_bytes(), &settings)).ok()
}

/// Returns true if a browser gets the same tags and attributes from both, and a reader the same
/// words.
fn same(one: &str, other: &str) -> bool {
    tags(one) == tags(other) && visible(one) == visible(other)
}

fn depth(tags: &[Tag]) -> usize {
    let mut depth: usize = 0;
    let mut deepest = 0;
    for tag in tags {
        match tag {
            Tag::Open { name, .. } if !VOID.contains(&name.as_str()) => depth += 1,
            Tag::Open { .. } | Tag::Comment(_) => {}
            Tag::Close(_) => depth = depth.saturating_sub(1),
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Returns the words that a page shows: runs of white space as one space, a line for each block.
pub fn visible(html: &str) -> String {
    let mut words = Words(String::new());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        words.text(&rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let Some(end) = tag_end(rest) else {
            break;
        };
        let (tag, after) = rest.split_at(end);
        let letters = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-');
        let name = tag[1..].chars().take_while(letters).collect::<String>().to_ascii_lowercase();
        let name = name.trim_end_matches('/');
        rest = after;
        if name.is_empty() {
            if !tag.starts_with("<!") {
                words.text(tag);
            }
            continue;
        }
        words.tag(name);
        if matches!(name, "script" | "style" | "pre" | "textarea") {
            let closes = |at: &usize| {
                let tag = &rest.as_bytes()[at + 2..];
                tag.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
            };
            let mut closing = rest.match_indices("</").map(|(at, _)| at);
            let end = closing.find(closes).unwrap_or(rest.len());
            words.0.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    words.text(rest);
    words.0.truncate(words.0.trim_end().len());
    words.0
}

struct Words(String);

impl Words {
    fn tag(&mut self, name: &str) {
        if !INLINE.contains(&name.trim_start_matches('/')) {
            self.0.truncate(self.0.trim_end_matches(' ').len());
            if !self.0.ends_with('\n') && !self.0.is_empty() {
                self.0.push('\n');
            }
        }
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            let space = letter.is_ascii_whitespace();
            if space && (self.0.is_empty() || self.0.ends_with([' ', '\n'])) {
                continue;
            }
            self.0.push(if space { ' ' } else { letter });
        }
    }
}

/// Returns where a tag ends, passing over `>` in quoted attributes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "button", "cite", "code", "data", "del", "dfn", "em", "i",
    "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup",
    "time", "u", "var",
];

const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_smaller_and_says_the_same() {
        let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>A b</title>\n</head>\n<body>\n<!-- note -->\n<p>One   two</p>\n<pre>a  b</pre>\n</body>\n</html>\n";
        let small = minified_page(page);
        assert!(same(&small, page));
        assert!(small.len() < page.len(), "{small}");
    }

    #[test]
    fn words_are_never_glued() {
        let page = "<div><del>old</del> <ins>new</ins></div>";
        assert_eq!(visible(&minified_page(page)), "old new");
    }

    #[test]
    fn what_a_template_leaves_open_stays_open() {
        let template = "{% if a %}<div class=\"x\">{% else %}<div>{% endif %}  {{ b }} </div>";
        let names = |html: &str| {
            tags(html).iter().map(|tag| matches!(tag, Tag::Open { .. })).collect::<Vec<_>>()
        };
        assert_eq!(names(&minified_template(template)), [true, true, false]);
    }

    #[test]
    fn a_reference_keeps_its_quotes_and_the_rest_loses_them() {
        let template = "<p  class=\"a\"  title=\"{{ x[\"}}\"] }}\" id=\"b\">  {{ y }}  </p>";
        assert_eq!(
            minified_template(template),
            "<p title=\"{{ x[\"}}\"] }}\" class=a id=b>{{ y }}</p>"
        );
    }

    #[test]
    fn a_template_that_would_mean_something_else_stays_as_it_is() {
        let unsafe_templates = [
            // In a tag, outside of a quoted value.
            "<p   class=\"a\"{% if z %} title=\"{{ z }}\"{% endif %}>  a  </p>",
            "<meta   content={{ x }}>",
            "<p   title='{{ x | safe }}'>",
            "<{{ tag }}   class=\"a\">  a  </{{ tag }}>",
            // Statements that would change places with their attributes.
            "<p   title=\"{% if a %}b\" class=\"c{% endif %}\">a</p>",
            // A word as our own.
            "<p   class=\"a\">=mark0=  {{ x }}</p>",
            // Never closed.
            "<p   class=\"a\">{{ x  </p>",
        ];
        for template in unsafe_templates {
            let small = minified_template(template);
            let marks = |template: &str| {
                pieces(template)
                    .iter()
                    .filter_map(Piece::mark)
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            assert_eq!(marks(&small), marks(template));
            assert_eq!(tags(&attacked(&small)), tags(&attacked(template)), "{small}");
        }
        for template in &unsafe_templates[..6] {
            assert_eq!(minified_template(template), *template);
        }
    }

    /// Returns the page that a template makes if every reference is an attack on an attribute.
    fn attacked(template: &str) -> String {
        with(&pieces(template), &["x onload=1 y", ""])
    }

    #[test]
    fn every_template_of_the_default_theme_gets_smaller_and_no_value_leaves_its_attribute() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/themes/default/templates");
        #[expect(
            clippy::disallowed_methods,
            reason = "a test looks at the theme as it is in the repository"
        )]
        let templates: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(templates.len() > 6);
        for path in templates {
            #[expect(clippy::disallowed_methods, reason = "as above")]
            let template = std::fs::read_to_string(&path).unwrap();
            let small = minified_template(&template);
            // Shell commands in a template hold `&lt;`, which the minifier would turn into a tag:
            // that one is left as it is.
            assert!(
                template.contains("<pre") || small.len() < template.len(),
                "{}",
                path.display()
            );
            assert_eq!(tags(&attacked(&small)), tags(&attacked(&template)), "{}", path.display());
            assert!(
                !tags(&attacked(&small))
                    .iter()
                    .any(|tag| format!("{tag:?}").contains("\"onload\"")),
                "{}",
                path.display()
            );
        }
    }

    #[test]
    fn a_page_nested_too_deep_is_left_alone() {
        let page = format!("{}x{}", "<div> ".repeat(5000), "</div>".repeat(5000));
        assert_eq!(minified_page(&page), page);
        assert_eq!(minified_template(&page), page);
    }

    proptest::proptest! {
        #[test]
        fn tags_and_visible_words_are_the_same_before_and_after(page in "(</?(p|div|nav|a|em|li|ul|span|section|td|pre|b)( (class|title|id|href)=[\"']?[a-z=`&;{} ]{0,4}[\"']?)?>|[ \n]{1,3}|[a-z]{1,4}|&amp;|<br>|<!-- c -->|\\{\\{ x \\}\\}|\\{% if y %\\})*") {
            proptest::prop_assert!(same(&minified_page(&page), &page));
            let small = minified_template(&page);
            proptest::prop_assert_eq!(tags(&attacked(&small)), tags(&attacked(&page)));
            proptest::prop_assert_eq!(visible(&attacked(&small)), visible(&attacked(&page)));
        }
    }
}
