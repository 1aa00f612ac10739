//! A redline as a comment for a pull request.

use crate::messages::Messages;
use crate::parse::escaped;
use crate::redline::Change;
use crate::render::redline::Compared;

/// How many characters a comment may have where most are read.
const LONGEST: usize = 65_536;

/// What is said where a comment would be longer.
const CUT: &str = "\n_There is more than a comment holds: run `policybook diff` for all of it._\n";

/// How many words of a change are told.
const WORDS: usize = 60;

/// Returns redlines as one comment, cut where it would be too long.
pub fn comment(documents: &[Compared<'_>]) -> String {
    let mut comment = Comment { text: String::new(), characters: 0, full: false };
    for compared in documents {
        document(&mut comment, compared);
    }
    if documents.is_empty() {
        comment.line("Nothing differs that a reader sees.\n");
    }
    if comment.full {
        comment.text.push_str(CUT);
    }
    comment.text
}

/// A text that takes whole lines until it is full.
struct Comment {
    text: String,
    characters: usize,
    full: bool,
}

impl Comment {
    fn line(&mut self, line: &str) {
        let length = line.chars().count() + 1;
        self.full = self.full || self.characters + length + CUT.chars().count() > LONGEST;
        if !self.full {
            self.characters += length;
            self.text.push_str(line);
            self.text.push('\n');
        }
    }
}

fn document(comment: &mut Comment, compared: &Compared<'_>) {
    let (redline, messages) = (&compared.redline, Messages::english());
    let say = |text: &str| unheard(&escaped(&one_line(text)));
    comment.line(&format!("## {}\n", say(compared.title)));
    let (from, to) = (say(compared.from.label), say(compared.to.label));
    for release in compared.spanned {
        comment.line(&format!(
            "- {}, {}: {}",
            release.id,
            release.kind.as_str(),
            say(&release.summary)
        ));
    }
    if !compared.spanned.is_empty() {
        comment.line("");
    }
    for change in &compared.commitments {
        comment.line(&format!("- {}", say(&change.phrase().english())));
    }
    if !compared.commitments.is_empty() {
        comment.line("");
    }
    if redline.changes.is_empty() {
        comment.line(&format!("Nothing differs that a reader sees from {from} to {to}.\n"));
        return;
    }
    let (added, removed) = compared.words();
    let changes = redline.changes.len();
    let plural = if changes == 1 { "" } else { "s" };
    comment.line(&format!(
        "From {from} to {to}: **{changes} change{plural}**, +{added} −{removed} words.\n"
    ));
    comment.line("| | section | words |\n|---|---|---|");
    for section in &redline.sections {
        let before = section
            .before_in(messages)
            .map(|before| format!(" (was: {})", say(before)))
            .unwrap_or_default();
        let moved = if section.moved { ", moved" } else { "" };
        let kind = messages.get(section.kind.message());
        let title = say(section.title_in(messages));
        comment.line(&format!(
            "| {kind}{moved} | {title}{before} | +{} −{} |",
            section.added, section.removed
        ));
    }
    comment.line("");
    let numbers: Vec<(&Change, String)> = redline
        .changes
        .iter()
        .flat_map(|change| {
            change.numbers.iter().map(move |number| {
                (
                    change,
                    format!(
                        "{} → **{}** {}",
                        say(&number.old),
                        say(&number.new),
                        say(&number.unit)
                    ),
                )
            })
        })
        .collect();
    if !numbers.is_empty() {
        comment.line("**Numbers that changed**\n");
        for (change, number) in numbers {
            comment.line(&format!(
                "- {} ({})",
                number.trim_end(),
                say(redline.sections[change.section].title_in(messages))
            ));
        }
        comment.line("");
    }
    for (place, section) in redline.sections.iter().enumerate() {
        comment.line(&format!("**{}**\n", say(section.title_in(messages))));
        for change in redline.changes.iter().filter(|change| change.section == place) {
            let gone = Some(&change.old)
                .filter(|text| !text.is_empty())
                .map(|text| format!(" ~~{}~~", say(&shortened(text))));
            let came = Some(&change.new)
                .filter(|text| !text.is_empty())
                .map(|text| format!(" **{}**", say(&shortened(text))));
            let column = change
                .column
                .as_ref()
                .map(|column| format!(", {}", say(column)))
                .unwrap_or_default();
            let said = change
                .said
                .as_ref()
                .map(|said| format!(" {}", say(&said.english())))
                .unwrap_or_default();
            comment.line(&format!(
                "- {}{column}:{said}{}{}",
                change.kind.as_str(),
                gone.unwrap_or_default(),
                came.unwrap_or_default()
            ));
        }
        comment.line("");
    }
}

/// Returns markdown in which nobody is called and no issue is linked to: `@name` and `#12` of a
/// policy are its own words.
fn unheard(markdown: &str) -> String {
    let mut quiet = String::with_capacity(markdown.len());
    let mut letters = markdown.chars().peekable();
    while let Some(letter) = letters.next() {
        quiet.push(letter);
        let calls = letters.peek().is_some_and(|next| match letter {
            '@' => next.is_alphanumeric(),
            '#' | '!' => next.is_ascii_digit(),
            _ => false,
        });
        quiet.push_str(if calls { "<!-- -->" } else { "" });
    }
    quiet
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.len() > WORDS {
        true => format!("{} …", words[..WORDS].join(" ")),
        false => words.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_policy_call_nobody() {
        assert_eq!(
            unheard("ask @ada or see #12, !3"),
            "ask @<!-- -->ada or see #<!-- -->12, !<!-- -->3"
        );
        assert_eq!(unheard("a @ b, C# and 100%!"), "a @ b, C# and 100%!");
    }
}
