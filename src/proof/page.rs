//! A page of a site beside the one that its ledger makes.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::parse;
use crate::parse::Markup;
use crate::render;

/// How far a page outside its released text can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// This program drew it with a theme that is known: every word.
    Known,
    /// This program drew it with another theme: what the program writes itself.
    Own,
    /// Another program drew it.
    Unknown,
}

/// Judges a page by the one that `expected` is; `values` have to stand on it, and `elsewhere` are
/// days that stand on any page. Returns how much of the page was compared.
///
/// # Errors
/// Says what is wrong with it.
pub fn judge(
    expected: &str,
    there: &str,
    values: &[String],
    frame: Frame,
    elsewhere: &BTreeSet<Date>,
) -> Result<Frame, String> {
    if frame == Frame::Known {
        let [expected, there] = [expected, there].map(words);
        let same = expected.iter().zip(&there).take_while(|(a, b)| a == b).count();
        return match (expected.get(same), there.get(same)) {
            (None, None) => Ok(Frame::Known),
            (wanted, found) => Err(other(found, wanted)),
        };
    }
    if let Some(fault) = render::misquoted(there, expected, values) {
        return Err(fault);
    }
    if frame == Frame::Own
        && let Some(redline) = redline(expected)
    {
        let (wanted, found) = (render::reading(redline), render::reading(there));
        let shown = wanted.is_empty() || found.windows(wanted.len()).any(|window| window == wanted);
        if !shown {
            return Err("this does not show the changes between the two versions".to_owned());
        }
    }
    if let Some((said, meant)) = contradiction(there) {
        return Err(format!("a day reads {said} and is marked up as {meant}"));
    }
    let right = days(expected);
    match days(there).iter().find(|day| !right.contains(day) && !elsewhere.contains(day)) {
        Some(day) => Err(format!("this names the day {day}, which the ledger does not give it")),
        None => Ok(frame),
    }
}

/// Says what stands where something else should.
pub fn other(found: Option<&String>, wanted: Option<&String>) -> String {
    let quoted = |text: &String| format!("`{}`", text.trim().escape_debug());
    match (found, wanted) {
        (Some(found), Some(wanted)) => {
            format!("{} where the ledger has {}", quoted(found), quoted(wanted))
        }
        (None, Some(wanted)) => format!("this ends before {}", quoted(wanted)),
        (Some(found), None) => format!("{} is too much", quoted(found)),
        (None, None) => "the bytes differ".to_owned(),
    }
}

/// Returns what a page says of itself and in its main part, as a browser reads it: its title, what
/// it is about, its relations to other pages, its data for search engines, and every tag and word.
fn words(page: &str) -> Vec<String> {
    let (head, body) = page.split_once("<body").unwrap_or((page, ""));
    let main = body.split_once("<main").map_or("", |(_, main)| main);
    let main = main.split_once('>').map_or("", |(_, main)| main);
    let main = main.rsplit_once("</main").map_or(main, |(main, _)| main);
    let mut words = Vec::new();
    for piece in parse::html(head) {
        match piece {
            Markup::Open { name, address, attributes, .. } if name == "link" => {
                let rel = attributes.get("rel").map(String::as_str).unwrap_or_default();
                if !["stylesheet", "icon"].contains(&rel) {
                    words.push(format!("{rel} {}", address.unwrap_or_default()));
                }
            }
            Markup::Open { name, attributes, .. } if name == "meta" => {
                let named = attributes.get("name").map(String::as_str).unwrap_or_default();
                if ["description", "robots"].contains(&named) {
                    words.push(format!(
                        "{named} {}",
                        attributes.get("content").map_or("", |text| text)
                    ));
                }
            }
            Markup::Unseen(text) => words.push(text.trim().to_owned()),
            _ => {}
        }
    }
    words.extend(render::reading(main));
    // What is said to those who do not see the page, or to its script.
    const SAID: [&str; 4] = ["aria-label", "data-from", "data-label", "data-until"];
    for markup in parse::html(main) {
        if let Markup::Open { attributes, .. } = markup {
            words.extend(SAID.into_iter().filter_map(|key| attributes.get(key).cloned()));
        }
    }
    words
}

/// Returns what this program writes of the changes between two versions.
fn redline(page: &str) -> Option<&str> {
    let (_, redline) = page.split_once("id=\"redline\"")?;
    let (_, redline) = redline.split_once('>')?;
    let (redline, _) = redline.rsplit_once("</article>")?;
    // Two elements around it end with it.
    Some(redline.trim_end().trim_end_matches("</div>").trim_end().trim_end_matches("</div>"))
}

/// Returns true if a page is marked `noindex`.
pub fn is_hidden(page: &str) -> bool {
    parse::html(page).into_iter().any(|markup| match markup {
        Markup::Open { name, attributes, .. } => {
            name == "meta"
                && attributes.get("name").is_some_and(|name| name == "robots")
                && attributes.get("content").is_some_and(|content| content.contains("noindex"))
        }
        _ => false,
    })
}

/// Returns true if this program says of the words of a page that they are kept for reference only.
pub fn is_withdrawn(page: &str) -> bool {
    page.split(render::OPEN).next().is_some_and(|head| head.contains("<strong>Withdrawn.</strong>"))
}

/// Returns every day that a page names, in words or in what its tags say.
pub fn days(page: &str) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    for markup in parse::html(page) {
        match markup {
            Markup::Words(words) | Markup::Unseen(words) => days.extend(named(&words)),
            Markup::Open { attributes, .. } => {
                let said = ["datetime", "data-from", "data-until"]
                    .into_iter()
                    .filter_map(|key| attributes.get(key));
                days.extend(said.flat_map(|said| named(said)));
            }
            Markup::Close(_) => {}
        }
    }
    days
}

/// Returns a day that reads otherwise than it is marked up, and what as.
fn contradiction(page: &str) -> Option<(Date, Date)> {
    let mut marked = None;
    for markup in parse::html(page) {
        match markup {
            Markup::Open { name, attributes, .. } if name == "time" => {
                marked = attributes.get("datetime").and_then(|day| day.parse::<Date>().ok());
            }
            Markup::Close(name) if name == "time" => marked = None,
            Markup::Words(words) => {
                if let Some(marked) = marked
                    && let Some(said) = named(&words).into_iter().find(|said| *said != marked)
                {
                    return Some((said, marked));
                }
            }
            _ => {}
        }
    }
    None
}

/// Returns the days that a text names as this program writes them: `2023-02-15` and
/// `15 February 2023`.
pub fn named(text: &str) -> Vec<Date> {
    const MONTHS: &str =
        "January February March April May June July August September October November December";
    let mut days = Vec::new();
    let words: Vec<&str> =
        text.split(|letter: char| !letter.is_alphanumeric() && letter != '-').collect();
    for (at, word) in words.iter().enumerate() {
        days.extend(word.get(..10).and_then(|day| day.parse::<Date>().ok()));
        let month = MONTHS.split(' ').zip(1..).find(|(month, _)| month == word);
        let number = |word: Option<&&str>| word?.parse::<i16>().ok();
        if let Some((_, month)) = month
            && let (Some(day), Some(year)) =
                (number(at.checked_sub(1).and_then(|at| words.get(at))), number(words.get(at + 1)))
            && let Ok(day) = i8::try_from(day)
        {
            days.extend(Date::new(year, month, day));
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><head><title>T</title></head><body><main><p>In force \
        <time datetime=\"2024-01-02\">2 January 2024</time></p></main></body></html>";

    fn judged(there: &str, frame: Frame) -> Result<Frame, String> {
        judge(PAGE, there, &[], frame, &BTreeSet::new())
    }

    #[test]
    fn a_known_frame_is_held_word_by_word() {
        assert_eq!(judged(PAGE, Frame::Known), Ok(Frame::Known));
        let minified = PAGE.replace("</p>", "").replace("\"2024-01-02\"", "2024-01-02");
        assert_eq!(judged(&minified, Frame::Known), Ok(Frame::Known));
        for (from, to, told) in [
            ("In force", "Out of force", "`Out` where the ledger has `In`"),
            ("<title>T", "<title>U", "`U` where the ledger has `T`"),
            ("-02\"", "-03\"", "where the ledger has `<time datetime="),
            ("</p>", " x</p>", "`x` is too much"),
        ] {
            let error = judged(&PAGE.replace(from, to), Frame::Known).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn another_frame_names_no_other_day() {
        let own = PAGE.replace("In force", "Gilt seit");
        for frame in [Frame::Own, Frame::Unknown] {
            assert_eq!(judged(&own, frame), Ok(frame));
            let both = own.replace("2024-01-02", "2024-01-03").replace("2 January", "3 January");
            let told = "this names the day 2024-01-03, which the ledger does not give it";
            assert_eq!(judged(&both, frame), Err(told.to_owned()));
            let one = own.replace("2 January", "3 January");
            let told = "a day reads 2024-01-03 and is marked up as 2024-01-02";
            assert_eq!(judged(&one, frame), Err(told.to_owned()));
            let elsewhere = BTreeSet::from(["2024-01-03".parse().unwrap()]);
            assert_eq!(judge(PAGE, &both, &[], frame, &elsewhere), Ok(frame), "on every page");
        }
    }

    #[test]
    fn days_are_found_in_any_text() {
        let said = |text: &str| named(text).iter().map(Date::to_string).collect::<Vec<_>>();
        assert_eq!(said("from 2024-01-02 to 2024-01-03.2"), ["2024-01-02", "2024-01-03"]);
        assert_eq!(said("2 January 2024, 31 December 1999"), ["2024-01-02", "1999-12-31"]);
        assert_eq!(said("January 2024, 32 January 2024, May I, 2024-13-01"), [""; 0]);
        assert_eq!(said("at 2024-01-02T00:00:00Z"), ["2024-01-02"]);
    }
}
