//! The words of a version's page, without the frame around them: what must stay the same however the page is drawn.

use crate::render;
use crate::tree::Digest;

/// Returns the digest of the words of a page: title, lede, text and lists, without navigation, band, stamp and proof. Of a page without an
/// article it is every word.
pub fn digest(page: &[u8]) -> Digest {
    let page = String::from_utf8_lossy(page);
    Digest::of(render::visible(&article(&page)))
}

/// Cuts the article out of a page, and out of that the frame that a theme draws in it: the first header but its title and lede, the contents, and
/// the last footer.
fn article(page: &str) -> String {
    let Some(article) = between(page, page.find("<article"), page.rfind("</article>")) else {
        return page.to_owned();
    };
    let mut words = article.to_owned();
    if let (Some(start), Some(end)) = (words.find("<header"), words.find("</header>")) {
        let header = words.get(start..end).unwrap_or_default().to_owned();
        let title = between(&header, header.find("<h1"), header.find("</h1>")).unwrap_or_default();
        let lede = header.find("<p").filter(|start| tag(&header[*start..]).contains("lede"));
        let lede = lede.and_then(|start| between(&header, Some(start), header[start..].find("</p>").map(|end| start + end)));
        words.replace_range(start..end.max(start), &format!("<header><p>{title}</p><p>{}</p>", lede.unwrap_or_default()));
    }
    if let Some(start) = words.find("<nav").filter(|start| tag(&words[*start..]).contains("contents"))
        && let Some(length) = words[start..].find("</nav>")
    {
        words.replace_range(start..start + length, "<nav>");
    }
    if let Some(start) = words.rfind("<footer").filter(|start| tag(&words[*start..]).contains("proof")) {
        words.truncate(start);
    }
    words
}

/// Returns what stands between a tag that begins at `start` and `end`.
fn between(page: &str, start: Option<usize>, end: Option<usize>) -> Option<&str> {
    let start = start?;
    page.get(start + tag(&page[start..]).len()..end?)
}

/// Returns the tag that a text begins with.
fn tag(text: &str) -> &str {
    text.split_inclusive('>').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(nav: &str, head: &str, words: &str, proof: &str) -> Digest {
        let html = format!(
            "<html><nav>{nav}</nav><article class=\"policy\"><header class=\"document\"><h1>Title</h1>{head}</header>\
             <nav class=\"contents\"><a>{nav}</a></nav><div>{words}</div><footer class=\"proof\">{proof}</footer></article></html>"
        );
        digest(html.as_bytes())
    }

    #[test]
    fn only_the_words_of_a_version_count() {
        let words = page("a", "", "<p>We keep it 10 days.", "x");
        assert_eq!(page("b", "<p>Superseded.</p>", "<section><p>We keep  it\n10 days.</section>", "y"), words);
        assert_ne!(page("a", "", "<p>We keep it 90 days.", "x"), words);
        assert_ne!(page("a", "", "<p>We keep it 10 days.<footer>or 90</footer>", "x"), words);
        assert_ne!(digest(b"<p>We keep it 10 days."), digest(b"<p>We keep it 90 days."));
    }

    #[test]
    fn a_title_is_words() {
        let titled = |title: &str| digest(format!("<article><header><h1>{title}</h1>band</header>words</article>").as_bytes());
        assert_ne!(titled("Privacy"), titled("Cookies"));
    }

    #[test]
    fn the_frame_of_a_page_is_cut_out() {
        for (page, left) in [
            ("no article", "no article"),
            ("a<article>b", "a<article>b"),
            ("a<article class=x>b</article>c", "b"),
            ("<article>a<article>b</article>c</article>d", "a<article>b</article>c"),
            (
                "<article><header class=x>band<h1 id=y>T</h1><p class=z>no</p><p class=\"lede\">no</p></header>b</article>",
                "<header><p>T</p><p></p></header>b",
            ),
            ("<article><header><h1>T</h1><p class=\"lede\">L</p><p>x</p></header>b</article>", "<header><p>T</p><p>L</p></header>b"),
            ("<article><header>x</header>b<header>c</header></article>", "<header><p></p><p></p></header>b<header>c</header>"),
            ("<article><nav class=contents>a</nav>b</article>", "<nav></nav>b"),
            ("<article><nav>a</nav>b</article>", "<nav>a</nav>b"),
            ("<article>a<footer class=proof>b</footer></article>", "a"),
            ("<article>a<footer>b</footer></article>", "a<footer>b</footer>"),
            ("<article>a<footer class=proof>b</footer><footer>c</footer></article>", "a<footer class=proof>b</footer><footer>c</footer>"),
        ] {
            assert_eq!(article(page), left, "{page}");
        }
    }
}
