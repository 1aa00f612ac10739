//! Raw HTML in a text, cut as readers see it.

use crate::parse;
use crate::parse::Markup;
use crate::redline::cut::{Cutter, NOWHERE, RawHtml};
use crate::redline::wording::Kind;

impl Cutter {
    /// Reads raw HTML; between blocks, with its `lines`, its own blocks become leaves.
    pub fn raw(&mut self, html: &str, lines: Option<(usize, usize)>) {
        if self.html == RawHtml::Shown {
            return self.say(html);
        }
        for piece in parse::html(html) {
            match piece {
                Markup::Words(words) => self.say(&words.replace(parse::is_html_space, " ")),
                Markup::Unseen(text) => self.markup.push_str(&text),
                Markup::Open { name, address, alt, attributes } => {
                    let told = is_told(&name);
                    if !told || !attributes.is_empty() {
                        let attributes: String = attributes
                            .iter()
                            .map(|(key, value)| format!(" {key}={value:?}"))
                            .collect();
                        self.markup
                            .push_str(&format!("<{}{attributes}>", if told { "" } else { &name }));
                    }
                    match (name.as_str(), lines) {
                        ("img", _) => {
                            self.image(&address.unwrap_or_default(), &alt.unwrap_or_default())
                        }
                        ("br", _) => self.say("\n"),
                        ("hr", Some(lines)) => {
                            self.finish(Kind::Paragraph, lines);
                            self.push(Kind::Rule, lines);
                        }
                        (name, Some(lines)) if is_block(name) => {
                            self.finish(Kind::Paragraph, lines)
                        }
                        _ => self.open_element(name, address),
                    }
                }
                Markup::Close(name) => {
                    match lines {
                        Some(lines) if is_block(&name) => self.finish(closed(&name), lines),
                        _ => self.close_element(&name),
                    }
                    if !is_told(&name) {
                        self.markup.push_str(&format!("</{name}>"));
                    }
                }
            }
        }
    }

    fn open_element(&mut self, name: String, address: Option<String>) {
        let around = self.style.clone();
        match name.as_str() {
            "b" | "strong" => self.style.strong = true,
            "i" | "em" => self.style.emphasis = true,
            "s" | "del" | "strike" => self.style.strike = true,
            "ins" | "u" => self.style.inserted = true,
            "code" | "kbd" | "samp" => self.style.code = true,
            "a" => {
                self.style.link =
                    address.map(|address| (parse::target(&address, NOWHERE), String::new()))
            }
            _ => return,
        }
        self.elements.push((name, around));
    }

    fn close_element(&mut self, name: &str) {
        if let Some(index) = self.elements.iter().rposition(|(open, _)| open == name) {
            self.style = self.elements.swap_remove(index).1;
            self.elements.truncate(index);
        }
    }
}

/// Returns true if a leaf and the styles of its words say all there is to an element of HTML.
fn is_told(name: &str) -> bool {
    const TOLD: &str =
        "a b br code del div em h1 h2 h3 h4 h5 h6 hr i img ins kbd p s samp span strike strong u";
    TOLD.split_ascii_whitespace().any(|told| told == name)
}

/// Returns true if an element of HTML stands between blocks.
fn is_block(name: &str) -> bool {
    const BLOCKS: &str = "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer \
        form h1 h2 h3 h4 h5 h6 head header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul";
    BLOCKS.split_ascii_whitespace().any(|block| block == name)
}

/// Returns what kind of leaf ends with an element.
fn closed(name: &str) -> Kind {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Kind::Heading(level - b'0', String::new()),
        _ => Kind::Paragraph,
    }
}

#[cfg(test)]
mod tests {
    use crate::redline::cut::RawHtml;
    use crate::redline::trial::leaves;
    use crate::redline::wording::Wording;

    fn read(markdown: &str) -> Vec<String> {
        leaves(&Wording::of_text(markdown, RawHtml::Read))
    }

    #[test]
    fn raw_html_says_what_readers_see_of_it() {
        assert_eq!(
            read(
                "<div><h3>Head</h3>one<p>two\nthree <b>four</b></p><hr>five<br>six<script>no</script></div>"
            ),
            ["h3#: Head", "p: one", "p: two three <strong>four</>", "rule:", "p: five\nsix"]
        );
        assert_eq!(
            read(
                "a <i>b <em>c</i></em> <u>d</u> <ins>e</ins> <s>f</s> <strike>g</strike> <del>h</del> <code>i</code> <kbd>j</kbd> <samp>k</samp> l"
            ),
            [
                "p: a <em>b c</> <ins>d</> <ins>e</> <strike>f</> <strike>g</> <strike>h</> <code>i</> <code>j</> <code>k</> l"
            ]
        );
        assert_eq!(
            read(
                "x <strong>a</strong> <a href=\"https://b.example/\">c</a> <img src=d alt=e> <span>f</span><a>g</a> <br> h"
            ),
            ["p: x <strong>a</> <Outside(\"https://b.example/\")>c</> <image d>e</> fg\nh"]
        );
        // What is not closed ends with its leaf.
        assert_eq!(read("a <b>b\n\nc"), ["p: a <strong>b</>", "p: c"]);
        assert_eq!(read("<div><b>a\n\nb"), ["<strong>a</>", "p: b"].map(str::to_owned).to_vec());
        assert_eq!(
            read("| a <b>b | c |\n|--|--|\n| d | e |"),
            ["table [Start, Start]: a <strong>b</>|c / d|e"]
        );
        assert_eq!(read("a <b>b <i>c</b> d</i> e"), ["p: a <strong>b </><em,strong>c</> d e"]);
        for block in
            "address article aside blockquote caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 \
                      header legend li main nav ol p pre section summary table td tfoot th tr ul"
                .split_ascii_whitespace()
        {
            assert_eq!(read(&format!("<div>a<{block}>b</{block}>c</div>")).len(), 3, "{block}");
        }
        assert_eq!(leaves(&Wording::of_text("a <b>b</b>", RawHtml::Shown)), ["p: a <b>b</b>"]);
        assert_eq!(leaves(&Wording::of_text("<p>b</p>", RawHtml::Shown)), ["<p>b</p>"]);
    }
}
