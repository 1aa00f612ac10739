//! The front matter of a text that was written for another program.

use crate::parse::{Value, front_matter};

/// What front matter says that a policy has a place for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Front {
    /// The title.
    pub title: Option<String>,
    /// What the policy says in short.
    pub summary: Option<String>,
}

impl Front {
    fn take(&mut self, key: &str, value: &str) {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let place = match key {
            "title" => &mut self.title,
            "summary" | "description" => &mut self.summary,
            _ => return,
        };
        if !value.is_empty() && place.is_none() {
            *place = Some(value);
        }
    }
}

/// Returns what a text's front matter says, and the text below it.
pub fn front(text: &str) -> (Front, &str) {
    let mut front = Front::default();
    if let Some((lines, words)) = toml(text) {
        for (key, value) in lines.lines().filter_map(|line| line.split_once('=')) {
            front.take(key.trim(), value.trim().trim_matches(['"', '\'']));
        }
        return (front, words);
    }
    let (node, words) = front_matter::of_given(text);
    if let Some(Value::Mapping(fields)) = node.map(|node| node.value) {
        for (key, node) in fields {
            if let Value::Scalar(value) = node.value {
                front.take(&key.value, &value);
            }
        }
    }
    (front, words)
}

/// Splits a text at the end of its TOML, between two lines of `+++`.
fn toml(text: &str) -> Option<(&str, &str)> {
    let (open, rest) = text.split_once('\n')?;
    if open.trim_end() != "+++" {
        return None;
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return Some((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_of_other_programs_is_read() {
        let read = |text: &str| {
            let (front, words) = front(text);
            format!("{:?} {:?} {words:?}", front.title, front.summary)
        };
        let said = "Some(\"Fair use\") Some(\"In short\") \"Words.\"";
        assert_eq!(
            read("--- \ntitle: Fair use\ndescription: In  short\ndate: x\n---\nWords."),
            said
        );
        assert_eq!(
            read("+++\ntitle = \"Fair use\"\ndraft = false\nsummary = 'In short'\n+++\nWords."),
            said
        );
        assert_eq!(read("+++\nnever closed"), "None None \"+++\\nnever closed\"");
        assert_eq!(read("Words."), "None None \"Words.\"");
    }
}
