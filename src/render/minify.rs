//! Smaller HTML by minify-html; the one file that names the minifier.
//!
//! It runs once over the templates, since what markdown becomes is written tight already, or over finished pages by option. It drops
//! white space between inline elements that stand directly in a `div`, `section`, `nav` and the like, it would close what a template
//! leaves open, and its parser recurses. So its result is taken only where the tags and every visible word are the same as before, and
//! pages nested too deep are left alone.

use std::borrow::Cow;

/// How deep elements may be nested before a page is left as it is.
const DEEPEST: usize = 256;

/// Returns the HTML made smaller, or as it is where that would change a tag or a visible word.
///
/// With `template` the syntax of templates stays untouched.
pub fn minified(html: &str, template: bool) -> Cow<'_, str> {
    let before = Shape::of(html);
    if before.depth > DEEPEST {
        return Cow::Borrowed(html);
    }
    match smaller(html, template) {
        Some(small) if Shape::of(&small) == before && (!template || marks(&small) == marks(html)) => Cow::Owned(small),
        _ => Cow::Borrowed(html),
    }
}

/// Returns what a template says to its engine: its statements in order, and its expressions, which move with the attributes they stand in.
/// A minifier that took a mark for attributes would tear it apart.
fn marks(template: &str) -> (Vec<&str>, Vec<&str>) {
    let opens = template.match_indices('{').filter(|(at, _)| template[at + 1..].starts_with(['{', '%', '#']));
    let marks = opens.map(|(at, _)| template[at..].split_inclusive('}').next().unwrap_or_default());
    let (mut expressions, statements): (Vec<&str>, Vec<&str>) = marks.partition(|mark| mark.starts_with("{{"));
    expressions.sort_unstable();
    (statements, expressions)
}

#[cfg(feature = "minify")]
fn smaller(html: &str, template: bool) -> Option<String> {
    let settings = minify_html::Cfg {
        keep_closing_tags: true,
        // Some are said to whoever delivers the page.
        keep_comments: true,
        keep_html_and_head_opening_tags: true,
        keep_input_type_text_attr: true,
        minify_css: false,
        minify_js: false,
        preserve_brace_template_syntax: template,
        ..minify_html::Cfg::default()
    };
    String::from_utf8(minify_html::minify(html.as_bytes(), &settings)).ok()
}

#[cfg(not(feature = "minify"))]
fn smaller(_: &str, _: bool) -> Option<String> {
    None
}

/// Returns the words that a page shows: runs of white space as one space, a line for each block.
pub fn visible(html: &str) -> String {
    Shape::of(html).words
}

/// What must not change: the tags in their order, and the words as they are seen.
#[derive(PartialEq, Eq)]
struct Shape {
    tags: Vec<String>,
    words: String,
    depth: usize,
}

impl Shape {
    fn of(html: &str) -> Shape {
        let mut shape = Shape { tags: Vec::new(), words: String::new(), depth: 0 };
        let mut depth: usize = 0;
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            shape.text(&rest[..at]);
            rest = &rest[at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
                continue;
            }
            let Some(end) = tag_end(rest) else {
                break;
            };
            let (tag, after) = rest.split_at(end);
            let name: String = tag[1..]
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-'))
                .collect::<String>()
                .to_ascii_lowercase();
            let name = name.trim_end_matches('/').to_owned();
            rest = after;
            if name.is_empty() || name == "!doctype" {
                if tag.starts_with("<!") {
                    continue;
                }
                shape.text(tag);
                continue;
            }
            match name.strip_prefix('/') {
                Some(_) => depth = depth.saturating_sub(1),
                None if VOID.contains(&name.as_str()) => {}
                None => depth += 1,
            }
            shape.depth = shape.depth.max(depth);
            shape.tag(&name);
            if matches!(name.as_str(), "script" | "style" | "pre" | "textarea") {
                let end = rest.to_ascii_lowercase().find(&format!("</{name}")).unwrap_or(rest.len());
                shape.words.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
        shape.text(rest);
        shape.words.truncate(shape.words.trim_end().len());
        shape
    }

    fn tag(&mut self, name: &str) {
        if !INLINE.contains(&name.trim_start_matches('/')) {
            self.words.truncate(self.words.trim_end_matches(' ').len());
            if !self.words.ends_with('\n') && !self.words.is_empty() {
                self.words.push('\n');
            }
        }
        self.tags.push(name.to_owned());
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            let space = letter.is_ascii_whitespace();
            if space && (self.words.is_empty() || self.words.ends_with([' ', '\n'])) {
                continue;
            }
            self.words.push(if space { ' ' } else { letter });
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
    "a", "abbr", "b", "bdi", "bdo", "button", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "label", "mark", "q", "s",
    "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var",
];

const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_smaller_and_says_the_same() {
        let page = "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>A b</title>\n</head>\n<body>\n<!-- note -->\n<p>One   two</p>\n<pre>a  b</pre>\n</body>\n</html>\n";
        let small = minified(page, false);
        assert_eq!(visible(&small), visible(page));
        assert_eq!(small.len() < page.len(), cfg!(feature = "minify"));
    }

    #[test]
    fn words_are_never_glued() {
        let page = "<div><del>old</del> <ins>new</ins></div>";
        assert_eq!(visible(&minified(page, false)), "old new");
    }

    #[test]
    fn what_a_template_leaves_open_stays_open() {
        let template = "{% if a %}<div class=\"x\">{% else %}<div>{% endif %}  {{ b }} </div>";
        assert_eq!(Shape::of(&minified(template, true)).tags, ["div", "div", "/div"]);
    }

    #[test]
    fn what_a_template_says_to_its_engine_stays() {
        let template = "<a href=\"{{ x[\"y\"] }}\"{% if z %} title=\"{{ z }}\"{% endif %}>  a  </a>";
        assert_eq!(marks(&minified(template, true)), marks(template));
    }

    #[test]
    #[cfg(feature = "minify")]
    fn every_template_of_the_default_theme_gets_smaller() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/themes/default/templates");
        #[expect(clippy::disallowed_methods, reason = "a test looks at the theme as it is in the repository")]
        let templates: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(templates.len() > 6);
        for path in templates {
            #[expect(clippy::disallowed_methods, reason = "as above")]
            let template = std::fs::read_to_string(&path).unwrap();
            // Shell commands in a template hold `&lt;`, which the minifier would turn into a tag: that one is left as it is.
            assert!(template.contains("<pre") || minified(&template, true).len() < template.len(), "{}", path.display());
        }
    }

    #[test]
    fn a_page_nested_too_deep_is_left_alone() {
        let page = format!("{}x{}", "<div> ".repeat(5000), "</div>".repeat(5000));
        assert_eq!(minified(&page, false), page);
    }

    proptest::proptest! {
        #[test]
        fn visible_text_is_the_same_before_and_after(page in "(</?(p|div|nav|a|em|li|ul|span|section|td|pre|b)>|[ \n]{1,3}|[a-z]{1,4}|&amp;|<br>|<!-- c -->|\\{\\{ x \\}\\})*") {
            proptest::prop_assert_eq!(visible(&minified(&page, false)), visible(&page));
            proptest::prop_assert_eq!(visible(&minified(&page, true)), visible(&page));
        }
    }
}
