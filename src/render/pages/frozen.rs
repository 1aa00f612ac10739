//! The frozen words of a page, between marks: what a theme may frame, and never change.
//!
//! The renderer puts [`OPEN`] and [`CLOSE`] round what a version froze, and leaves out between them
//! what it says itself: stamps, the numbers of clauses, the titles of alerts. A page of a version
//! has to hold exactly these words again, read as a browser reads them. So nobody needs to keep the
//! bytes of a page to know that its words are those of the ledger.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use memchr::memmem;

use crate::model::{Document, Field, FieldKind, Value};
use crate::parse;
use crate::parse::Markup;

/// What stands before frozen words.
pub const OPEN: &str = "<!--words-->";

/// What stands after them.
pub const CLOSE: &str = "<!--/words-->";

/// What is wrong with the frozen words of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A mark is not there, or stands twice or in another place.
    Marks,
    /// They stand in an element that hides or strikes what is in it: its name.
    Hidden(String),
    /// Other words stand between the marks: the first of them.
    Words(String),
    /// A value is not there.
    Value(String),
}

/// Holds that a page has the words that were written for it.
///
/// # Errors
/// Says what is wrong with them.
pub fn hold(page: &str, written: &str) -> Result<(), Fault> {
    let first = |text: &str| memmem::find(text.as_bytes(), OPEN.as_bytes());
    let opened = first(page);
    if let Some(name) = opened.and_then(|at| hiding(&page[..at])) {
        return Err(Fault::Hidden(name));
    }
    // Nearly every theme puts the words in as they are.
    let marks = |text: &str| (count(text, OPEN), count(text, CLOSE));
    let begins = opened.zip(first(written)).and_then(|(there, own)| there.checked_sub(own));
    if begins.is_some_and(|at| page.as_bytes()[at..].starts_with(written.as_bytes()))
        && marks(page) == marks(written)
    {
        return Ok(());
    }
    let (Some(there), Some(wanted)) = (stretches(page), stretches(written)) else {
        return Err(Fault::Marks);
    };
    if there.len() != wanted.len() {
        return Err(Fault::Marks);
    }
    for (there, wanted) in there.into_iter().zip(wanted) {
        let (there, wanted) = (read(there), read(wanted));
        if let Some(at) =
            (0..there.len().max(wanted.len())).find(|at| there.get(*at) != wanted.get(*at))
        {
            let first = there.get(at).or(wanted.get(at)).map_or("", |first| first.trim_start());
            return Err(Fault::Words(first.to_owned()));
        }
    }
    Ok(())
}

/// Says what is wrong with a page that quotes the words which another one shows between the marks,
/// and has to say each of these values. A page that an earlier program drew has no marks: there the
/// words stand one stretch behind the other.
pub fn misquoted(page: &str, quoted: &str, values: &[String]) -> Option<String> {
    let fault = if page.contains(OPEN) || !quoted.contains(OPEN) {
        quoted.contains(OPEN).then(|| hold(page, quoted).err()).flatten()
    } else {
        missing(page, quoted)
    };
    match fault.or_else(|| says(page, values).err())? {
        Fault::Hidden(name) => {
            Some(format!("the released words stand in a `{name}` that hides them"))
        }
        Fault::Marks => Some("this does not show the released words once and whole".to_owned()),
        Fault::Words(at) => Some(format!("`{}` is not what was released", at.escape_debug())),
        Fault::Value(value) => Some(format!("`{}` is missing", value.escape_debug())),
    }
}

/// Returns the first words between the marks of a page that do not stand in another one, in order.
fn missing(page: &str, quoted: &str) -> Option<Fault> {
    let words = |html: &str| -> Vec<String> {
        let seen = parse::html(html).into_iter().filter_map(|markup| match markup {
            Markup::Words(words) => Some(words),
            _ => None,
        });
        seen.collect::<Vec<_>>().join(" ").split_whitespace().map(str::to_owned).collect()
    };
    let there = words(page);
    let mut from = 0;
    for stretch in stretches(quoted)? {
        let wanted = words(stretch);
        if wanted.is_empty() {
            continue;
        }
        let left = there.get(from..).unwrap_or_default();
        match left.windows(wanted.len()).position(|window| window == wanted) {
            Some(at) => from += at + wanted.len(),
            None => return Some(Fault::Words(wanted.join(" ").chars().take(60).collect())),
        }
    }
    None
}

/// Returns all that a reader has to find on the page of a version beside the frozen words of a
/// policy: its title and summary, or every value of a list.
pub fn values(document: &Document) -> Vec<String> {
    let list = match document {
        Document::Policy(policy) => {
            return std::iter::once(policy.title.clone()).chain(policy.summary.clone()).collect();
        }
        Document::List(list) => list,
    };
    // A page says in its own words which way is better and in which section something stands.
    let own = |field: &Field| matches!(field.kind, FieldKind::Word(_) | FieldKind::Passage);
    let seen = |field: &&Field| field.title.is_some() && !own(field) || field.key == "link";
    let values = list.shown().flat_map(|entry| {
        let values =
            list.kind.fields.iter().filter(seen).map(|field| match entry.value(field.key) {
                Some(Value::Texts(texts)) => texts.clone(),
                _ => entry.cell(field).map(Cow::into_owned).into_iter().collect(),
            });
        values.flatten().collect::<Vec<_>>()
    });
    let note = list.head.clone().filter(|_| list.kind.head.key == "note");
    note.into_iter().chain(values).collect()
}

/// Returns the element that is open at the end of a page's beginning and keeps readers from reading
/// on as they should.
fn hiding(page: &str) -> Option<String> {
    const HIDING: &str = "audio canvas del iframe noscript object s script strike style svg template textarea title video";
    // Nearly every page tells so without being read.
    let ended = |name: &str| count(page, &format!("<{name}")) == count(page, &format!("</{name}"));
    if ![" hidden", " inert"].iter().any(|key| page.contains(key)) && HIDING.split(' ').all(ended) {
        return None;
    }
    const EMPTY: &str = "area base br col embed hr img input link meta source track wbr";
    let mut open: Vec<(String, bool)> = Vec::new();
    for markup in parse::html(page) {
        match markup {
            Markup::Open { name, .. } if EMPTY.split(' ').any(|empty| empty == name) => {}
            Markup::Open { name, attributes, .. } => {
                let hides = HIDING.split(' ').any(|hiding| hiding == name)
                    || ["hidden", "inert"].iter().any(|key| attributes.contains_key(*key));
                open.push((name, hides));
            }
            Markup::Close(name) => {
                if let Some(at) = open.iter().rposition(|(open, _)| *open == name) {
                    open.truncate(at);
                }
            }
            Markup::Words(_) | Markup::Unseen(_) => {}
        }
    }
    open.into_iter().find(|(_, hides)| *hides).map(|(name, _)| name)
}

/// Returns how often one text stands in another.
fn count(text: &str, what: &str) -> usize {
    memmem::find_iter(text.as_bytes(), what.as_bytes()).count()
}

/// Returns raw HTML in which nothing is taken for a mark.
pub fn unmarked(html: &str) -> String {
    [OPEN, CLOSE].into_iter().fold(html.to_owned(), |html, mark| {
        html.replace(mark, &mark.replace('<', "&lt;").replace('>', "&gt;"))
    })
}

/// Returns what stands between the marks of a text; `None` if they do not take turns.
fn stretches(text: &str) -> Option<Vec<&str>> {
    let mut stretches = Vec::new();
    let mut pieces = text.split(OPEN);
    if pieces.next()?.contains(CLOSE) {
        return None;
    }
    for piece in pieces {
        let (words, after) = piece.split_once(CLOSE)?;
        if after.contains(CLOSE) {
            return None;
        }
        stretches.push(words);
    }
    Some(stretches)
}

/// Reads HTML as tags and words. Left out is what a theme may add: elements without a meaning,
/// classes, ids, white space between blocks; and ends of elements that HTML does not need.
pub fn read(html: &str) -> Vec<String> {
    /// Elements without a meaning of their own.
    const BARE: [&str; 2] = ["div", "span"];
    /// Elements that end where the next one begins.
    const ENDED: [&str; 9] = ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody"];
    /// Elements inside a line.
    const INLINE: &str = "a abbr b bdi br cite code del dfn em i img ins kbd mark q s samp small strong sub sup time u var wbr";
    /// Attributes that say something.
    const SAYING: [&str; 6] = ["title", "start", "value", "datetime", "colspan", "rowspan"];
    let inline = |name: &str| INLINE.split(' ').any(|inline| inline == name);
    let mut read: Vec<String> = Vec::new();
    // Whether a block begins here, and whether white space stands before what comes.
    let (mut begins, mut space) = (true, false);
    for markup in parse::html(html) {
        match markup {
            Markup::Open { name, .. } | Markup::Close(name) if BARE.contains(&name.as_str()) => {}
            Markup::Close(name) => {
                begins = begins || !inline(&name);
                if !ENDED.contains(&name.as_str()) {
                    read.push(format!("</{name}>"));
                }
            }
            Markup::Open { name, address, alt, attributes } => {
                begins = begins || !inline(&name);
                let said = attributes.into_iter().filter(|(key, _)| SAYING.contains(&key.as_str()));
                let said = said
                    .chain(address.map(|to| ("to".to_owned(), to)))
                    .chain(alt.map(|alt| ("alt".to_owned(), alt)));
                read.push(format!(
                    "<{name}{}>",
                    said.map(|(key, value)| format!(" {key}={value:?}")).collect::<String>()
                ));
            }
            Markup::Words(words) | Markup::Unseen(words) => {
                space = space || words.starts_with(parse::is_html_space);
                for word in words.split(parse::is_html_space).filter(|word| !word.is_empty()) {
                    read.push(format!("{}{word}", if space && !begins { " " } else { "" }));
                    (begins, space) = (false, true);
                }
                space = words.ends_with(parse::is_html_space);
            }
        }
    }
    read
}

/// Holds that a page says each of these values, in its words or in what its tags say.
///
/// # Errors
/// Names the first that is not there.
pub fn says(page: &str, values: &[String]) -> Result<(), Fault> {
    /// How many values are sought one by one, before the whole page is read.
    const FEW: usize = 4;
    let escaped = |value: &String| {
        let entities =
            [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")];
        entities.iter().fold(value.clone(), |text, (letter, entity)| text.replace(letter, entity))
    };
    if values.len() <= FEW
        && values.iter().all(|value| page.contains(&format!(">{}<", escaped(value))))
    {
        return Ok(());
    }
    let mut there = Said::default();
    for markup in parse::html(page) {
        match markup {
            Markup::Words(words) => there.add(&words),
            Markup::Open { address, alt, attributes, .. } => {
                address
                    .into_iter()
                    .chain(alt)
                    .chain(attributes.into_values())
                    .for_each(|value| there.apart(&value));
            }
            Markup::Close(_) | Markup::Unseen(_) => {}
        }
    }
    // A table says most of its values many times.
    let mut found: HashSet<&str> = HashSet::new();
    match values.iter().find(|value| found.insert(value) && !there.has(value)) {
        Some(value) => Err(Fault::Value(value.clone())),
        None => Ok(()),
    }
}

/// The words of a page, one after the other, and where each of them stands. Tags may stand anywhere
/// in them.
#[derive(Default)]
struct Said {
    /// Each word by its number.
    words: Vec<usize>,
    numbers: HashMap<String, usize>,
    /// The places of each word, by its number.
    places: Vec<Vec<usize>>,
    attributes: HashSet<String>,
}

impl Said {
    fn add(&mut self, words: &str) {
        for word in words.split_whitespace() {
            let number = match self.numbers.get(word) {
                Some(number) => *number,
                None => {
                    self.numbers.insert(word.to_owned(), self.places.len());
                    self.places.push(Vec::new());
                    self.places.len() - 1
                }
            };
            self.places[number].push(self.words.len());
            self.words.push(number);
        }
    }

    fn apart(&mut self, value: &str) {
        self.attributes.insert(value.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    fn has(&self, value: &str) -> bool {
        let words: Vec<&str> = value.split_whitespace().collect();
        self.attributes.contains(&words.join(" ")) || self.has_words(&words)
    }

    /// Returns true if these words stand one after the other. It looks where the rarest of them
    /// stands: the names of a long list begin alike.
    fn has_words(&self, words: &[&str]) -> bool {
        let numbers = words.iter().map(|word| self.numbers.get(*word).copied());
        let Some(numbers) = numbers.collect::<Option<Vec<usize>>>() else { return false };
        let rarest = (0..numbers.len()).min_by_key(|at| self.places[numbers[*at]].len());
        let Some(rarest) = rarest else { return true };
        self.places[numbers[rarest]].iter().any(|place| {
            let from = place.checked_sub(rarest);
            from.and_then(|from| self.words.get(from..from + numbers.len()))
                .is_some_and(|there| there == numbers)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the words of a section with a stamp of ours in it, each mark of the text `[` and `]`
    /// made one of ours.
    fn marked(text: &str) -> String {
        text.replace('[', OPEN).replace(']', CLOSE)
    }

    fn held(page: &str, written: &str) -> Result<(), Fault> {
        hold(&marked(page), &marked(written))
    }

    #[test]
    fn a_theme_frames_the_words_and_changes_none() {
        let written = "[<h2 id=\"a\">A</h2>]<p>Last modified today</p>[<p>Keep <em>it</em> 10 days.</p><ul><li>a<li>b</ul>]";
        for page in [
            written.to_owned(),
            format!("<h1>T</h1>{written}<footer>90 days</footer>"),
            written.replace("<p>Last modified today</p>", "<p>Stand: heute</p>"),
            written
                .replace("<ul>", "<div class=\"x\"><ul class=\"y\" id=\"z\">")
                .replace("</ul>", "</ul></div>"),
            written
                .replace("<p>Keep", "\n  <p style=\"color: red\">\n Keep")
                .replace("<li>b", "</li>\n<li>b</li>"),
            written.replace("<em>it</em>", "<span lang=\"en\"><em>it</em></span>"),
        ] {
            assert_eq!(held(&page, written), Ok(()), "{page}");
        }
        // White space at either end of a block is none, inside a line it is.
        for (written, page, same) in [
            ("[<ul><li>a</ul>b]", "[<ul><li>a</ul>\n b]", true),
            ("[a<p>b</p>]", "[a <p> b</p>]", true),
            ("[a<b>b</b>c]", "[a<b>b</b> c]", false),
            ("[a<b>b</b>]", "[a<b> b</b>]", false),
        ] {
            assert_eq!(held(page, written).is_ok(), same, "{page}");
        }
        for (from, to, first) in [
            ("10", "90", "90"),
            ("Keep <em>", "Keep<em>", "it"),
            ("<em>it</em>", "it", "it"),
            ("</em> 10", "</em>10", "10"),
            ("<li>b", " b", "b"),
            ("<ul>", "<ol>", "<ol>"),
            ("<ul>", "<ul start=3>", "<ul start=\"3\">"),
            (".</p>", ".<a href=\"x\">y</a></p>", "<a to=\"x\">"),
            (" 10 days.", "", "<ul>"),
        ] {
            assert!(written.contains(from));
            assert_eq!(
                held(&written.replacen(from, to, 1), written),
                Err(Fault::Words(first.to_owned())),
                "{from} {to}"
            );
        }
    }

    #[test]
    fn the_words_stand_where_they_are_read() {
        let page = |before: &str| {
            held(&format!("<title>T</title><meta><input hidden>{before}[a]x[b]"), "[a]x[b]")
        };
        for fine in [
            "",
            "<main><div class=\"hidden\">",
            "<template>y</template>",
            "<p hidden>y</p>",
            "<s>y</s><br>",
            "<textarea></textarea>",
        ] {
            assert_eq!(page(fine), Ok(()), "{fine}");
        }
        for (hidden, name) in [
            ("<template>", "template"),
            ("<div hidden>", "div"),
            ("<div inert><p>", "div"),
            ("<s>", "s"),
            ("<textarea>", "textarea"),
            ("<noscript>", "noscript"),
        ] {
            assert_eq!(page(hidden), Err(Fault::Hidden(name.into())), "{hidden}");
        }
    }

    #[test]
    fn the_words_stand_between_marks_once_and_whole() {
        let written = "[a]x[b]";
        for page in [
            "",
            "ab",
            "[a]",
            "[a]x[b]y[a]",
            "[a]x[b]]",
            "[[a]x[b]",
            "[a]x[b",
            "a]x[b]",
            "[a]x[b]x[a]x[b]",
            "[a[b]]",
        ] {
            assert_eq!(held(page, written), Err(Fault::Marks), "{page}");
        }
        assert_eq!(held("[b]x[a]", written), Err(Fault::Words("b".into())));
        assert_eq!(held("[a]other[b]", written), Ok(()));
        let html = format!("<b>{CLOSE}{OPEN}</b>");
        assert_eq!(unmarked(&html), "<b>&lt;!--/words--&gt;&lt;!--words--&gt;</b>");
    }

    #[test]
    fn a_page_says_every_value_in_any_markup() {
        let page = "<h1>Who else</h1><td data-label=\"From\"><b>Zero</b> Ltd</td><a href=\"https://z.example/\">x</a>
            <time datetime=2024-01-02>2 January</time><script>hidden words</script>";
        let said = |values: &[&str]| {
            says(page, &values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            said(&[
                "Zero Ltd",
                "Zero  Ltd",
                "Who else Zero",
                "https://z.example/",
                "2024-01-02",
                "January",
                ""
            ]),
            Ok(())
        );
        for missing in
            ["Zero Inc", "Ltd Zero", "hidden words", "2024-01-03", "https://z.example", "January x"]
        {
            assert_eq!(
                said(&["Zero", missing, "also missing"]),
                Err(Fault::Value(missing.into())),
                "{missing}"
            );
        }
    }
}
