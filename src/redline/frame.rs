//! What stands around words that stayed: a list that is numbered now, a heading of another level, a
//! paragraph that became a quotation.

use crate::messages::Phrase;
use crate::model::{Alert, Alignment};
use crate::redline::piece::{On, Turn};
use crate::redline::table::{GridSteps, Sides};
use crate::redline::wording::{Container, Grid, Kind, Leaf, Shape};

/// A leaf in both versions, and the containers around it by their numbers in the sequence of both.
pub struct Frames<'a> {
    /// The leaf as it was, and its containers.
    pub old: (&'a Leaf, &'a [Container]),
    /// The leaf as it is, and its containers.
    pub new: (&'a Leaf, &'a [Container]),
    /// Which containers of the new version the old one has, too, by their numbers; of a leaf that
    /// moved nothing is known.
    pub known: Option<&'a [bool]>,
    /// What became of the columns, if the leaf is a table in both.
    pub table: Option<&'a GridSteps>,
}

/// Returns what became of all that stands around a leaf, and of what the leaf is.
pub fn turns(frames: &Frames<'_>) -> Vec<Turn> {
    let mut turns = Vec::new();
    around(frames, &mut turns);
    leaf(frames, &mut turns);
    turns
}

/// Looks at the containers, but the section.
fn around(frames: &Frames<'_>, turns: &mut Vec<Turn>) {
    let (old, new) = (inner(frames.old.1), inner(frames.new.1));
    if old.clone().eq(new.clone()) {
        return;
    }
    let (old, new): (Vec<Container>, Vec<Container>) = (old.collect(), new.collect());
    let Some(known) = frames.known else {
        // Of what moved only the kinds of its containers are compared.
        if let Some(said) = set_otherwise(&old, &new) {
            turns.push(Turn::new(On::Leaf, Turn::ALONE, said));
        }
        return;
    };
    for (now, around) in new.iter().zip(std::iter::once(None).chain(new.iter().map(Some))) {
        let Some(before) = old.iter().find(|before| before.number == now.number) else { continue };
        let (key, said) = match (before.shape, now.shape) {
            (Shape::List(false), Shape::List(true)) => {
                ((now.number, 0), Phrase::new("redline.numbered"))
            }
            (Shape::List(true), Shape::List(false)) => {
                ((now.number, 0), Phrase::new("redline.unnumbered"))
            }
            (Shape::Item(Some(was)), Shape::Item(Some(is))) if was != is => {
                // Items that are counted on from another number are one change.
                (
                    (around.map_or(now.number, |list| list.number), is.wrapping_sub(was)),
                    Phrase::new("redline.number")
                        .with("is", is.to_string())
                        .with("was", was.to_string()),
                )
            }
            (Shape::Quote(was), Shape::Quote(is)) if was != is => (
                (now.number, 0),
                Phrase::new("redline.quotation")
                    .with("is", quotation(is))
                    .with("was", quotation(was)),
            ),
            _ => continue,
        };
        turns.push(Turn::new(On::Container(now.number), key, said));
    }
    let numbers =
        |path: &[Container]| path.iter().map(|container| container.number).collect::<Vec<u32>>();
    if numbers(&old) == numbers(&new) {
        return;
    }
    let said = set_otherwise(&old, &new);
    let fresh = new.iter().find(|container| known.get(container.number as usize) != Some(&true));
    let lost = old.iter().find(|container| !new.iter().any(|now| now.number == container.number));
    match (fresh, lost) {
        (Some(fresh), _) => {
            let own = || Phrase::new("redline.own").with("what", name(fresh.shape));
            turns.push(Turn::new(
                On::Container(fresh.number),
                (fresh.number, 0),
                said.unwrap_or_else(own),
            ));
        }
        (None, Some(lost)) => {
            let joined = || Phrase::new("redline.own.not").with("what", name(lost.shape));
            turns.push(Turn::new(On::Leaf, (lost.number, 1 << 63), said.unwrap_or_else(joined)));
        }
        (None, None) => turns.extend(joined(&old, &new)),
    }
}

fn inner(path: &[Container]) -> impl Iterator<Item = Container> + Clone {
    path.iter().filter(|container| !matches!(container.shape, Shape::Section(_))).copied()
}

/// Returns what became of words that went into something that both versions have: the innermost is
/// told.
fn joined(old: &[Container], new: &[Container]) -> Option<Turn> {
    let around = new
        .iter()
        .rev()
        .find(|now| is_told(now.shape) && !old.iter().any(|before| before.number == now.number))?;
    let whole = match around.shape {
        Shape::Item(Some(number)) => numbered(number),
        shape => name(shape),
    };
    let said = Phrase::new("redline.part").with("what", whole);
    Some(Turn::new(On::Leaf, (around.number, (1 << 63) + 1), said))
}

/// An item is told, and not the list around it.
fn is_told(shape: Shape) -> bool {
    !matches!(shape, Shape::List(_) | Shape::Definitions | Shape::Notes)
}

/// Says in what the words stand now, or no longer do; `None` if containers of the same kinds
/// are around them.
fn set_otherwise(old: &[Container], new: &[Container]) -> Option<Phrase> {
    let alike = |a: &Container, b: &Container| {
        std::mem::discriminant(&a.shape) == std::mem::discriminant(&b.shape)
    };
    let first = old.iter().zip(new).take_while(|(a, b)| alike(a, b)).count();
    let last = old[first..]
        .iter()
        .rev()
        .zip(new[first..].iter().rev())
        .take_while(|(a, b)| alike(a, b))
        .count();
    let (went, came) = (&old[first..old.len() - last], &new[first..new.len() - last]);
    if went.is_empty() && came.is_empty() {
        return None;
    }
    // One item inside another is told by the other.
    let names = |containers: &[Container]| {
        let told = containers.iter().filter(|container| is_told(container.shape));
        told.map(|container| name(container.shape))
            .reduce(|inner, outer| {
                Phrase::new("redline.in").with("inner", inner).with("outer", outer)
            })
            .unwrap_or_else(|| Phrase::new("redline.section"))
    };
    let parent = |containers: &[Container], inside: usize| {
        let item = containers[..inside]
            .iter()
            .rev()
            .find(|container| matches!(container.shape, Shape::Item(_)))?;
        let number = match item.shape {
            Shape::Item(Some(number)) => numbered(number),
            _ => Phrase::new("redline.item.another"),
        };
        containers[inside..]
            .iter()
            .any(|container| matches!(container.shape, Shape::Item(_)))
            .then_some(number)
    };
    let said = match (names(went), names(came)) {
        (_, came) if went.is_empty() => match parent(new, first) {
            Some(item) => Phrase::new("redline.under").with("what", item),
            None => Phrase::new("redline.now").with("what", came),
        },
        (went, _) if came.is_empty() => match parent(old, first) {
            Some(item) => Phrase::new("redline.under.not").with("what", item),
            None => Phrase::new("redline.now.not").with("what", went),
        },
        (went, came) => Phrase::new("redline.now.was").with("is", came).with("was", went),
    };
    Some(said)
}

/// Returns what a container is called, with an article.
fn name(shape: Shape) -> Phrase {
    Phrase::new(match shape {
        Shape::Section(_) => "redline.section",
        Shape::List(_) => "redline.list",
        Shape::Item(_) => "redline.item",
        Shape::Quote(alert) => return quotation(alert),
        Shape::Definitions => "redline.definitions",
        Shape::Term => "redline.term",
        Shape::Details => "redline.definition",
        Shape::Notes | Shape::Note => "redline.footnote",
    })
}

fn numbered(number: u64) -> Phrase {
    Phrase::new("redline.item.numbered").with("number", number.to_string())
}

fn quotation(alert: Option<Alert>) -> Phrase {
    match alert {
        None => Phrase::new("redline.quote"),
        Some(alert) => Phrase::new("redline.alert").with("title", Phrase::new(alert.title_id())),
    }
}

/// Looks at what the leaf is.
fn leaf(frames: &Frames<'_>, turns: &mut Vec<Turn>) {
    let (old, new) = (frames.old.0, frames.new.0);
    match (&old.kind, &new.kind) {
        (Kind::Heading(was, old_id), Kind::Heading(is, new_id)) => {
            if was != is {
                let said = Phrase::new("redline.level")
                    .with("is", level(*is).to_string())
                    .with("was", level(*was).to_string());
                turns.push(Turn::new(On::Leaf, Turn::ALONE, said));
            }
            if old_id != new_id && old.text == new.text {
                let said = match (old_id.as_str(), new_id.as_str()) {
                    (was, "") => Phrase::new("redline.address.not").with("was", was),
                    ("", is) => Phrase::new("redline.address").with("is", is),
                    (was, is) => Phrase::new("redline.address.was").with("is", is).with("was", was),
                };
                turns.push(Turn::new(On::Leaf, Turn::ADDRESS, said));
            }
        }
        (Kind::Code(_), Kind::Code(_)) => {}
        (_, Kind::Code(_)) => {
            turns.push(Turn::new(On::Leaf, Turn::ALONE, Phrase::new("redline.code")))
        }
        (_, Kind::Heading(..)) => {
            turns.push(Turn::new(On::Leaf, Turn::ALONE, Phrase::new("redline.heading")))
        }
        (Kind::Heading(..), _) => {
            turns.push(Turn::new(On::Leaf, Turn::ALONE, Phrase::new("redline.heading.not")))
        }
        (Kind::Code(_), _) => {
            let said = Phrase::new("redline.code.not");
            turns.push(Turn::new(On::Leaf, Turn::ALONE, said));
        }
        (Kind::Table(was), Kind::Table(is)) => {
            let said = frames.table.map(|table| columns(was, is, table)).unwrap_or_default();
            let said = said.into_iter().reduce(|first, then| {
                Phrase::new("redline.and").with("first", first).with("then", then)
            });
            turns.extend(said.map(|said| Turn::new(On::Leaf, Turn::ALONE, said)));
        }
        _ => {}
    }
    if old.markup != new.markup {
        turns.push(Turn::new(On::Leaf, Turn::ALONE, Phrase::new("redline.html")));
    }
}

/// Says which columns of a table stand elsewhere, and which are set otherwise.
fn columns(was: &Grid, is: &Grid, table: &GridSteps) -> Vec<Phrase> {
    let both = |sides: &Sides| Some((sides.0?, sides.1?));
    let title =
        |column: usize| is.head.get(column).map(|cell| cell.text.as_str()).unwrap_or_default();
    let moved = table
        .moved
        .iter()
        .filter_map(both)
        .map(|(_, now)| Phrase::new("redline.column.moved").with("title", title(now)));
    let set = table.columns.iter().filter_map(both).filter_map(|(before, now)| {
        let (before, alignment) = (was.columns.get(before)?, is.columns.get(now)?);
        (before != alignment).then(|| Phrase::new(aligned(*alignment)).with("title", title(now)))
    });
    let silent = |grid: &Grid, column: usize| {
        std::iter::once(&grid.head)
            .chain(&grid.rows)
            .all(|row| row.get(column).is_none_or(|cell| cell.tokens.is_empty()))
    };
    let silent = table.columns.iter().filter_map(|sides| match *sides {
        (None, Some(column)) if silent(is, column) => Some(Phrase::new("redline.column.added")),
        (Some(column), None) if silent(was, column) => Some(Phrase::new("redline.column.removed")),
        _ => None,
    });
    moved.chain(set).chain(silent).collect()
}

/// Returns the level that a reader counts: the headings of sections are the first.
fn level(level: u8) -> u8 {
    level.saturating_sub(1).max(1)
}

fn aligned(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::Start => "redline.column.start",
        Alignment::Center => "redline.column.center",
        Alignment::End => "redline.column.end",
    }
}

#[cfg(test)]
mod tests {
    use crate::messages::Phrase;
    use crate::redline::trial::checked;

    /// Returns what is said of the structure.
    fn said(old: &str, new: &str) -> Vec<String> {
        checked(old, new, |redline| {
            redline
                .changes
                .iter()
                .map(|change| change.said.as_ref().map(Phrase::english).unwrap_or_default())
                .collect()
        })
    }

    #[test]
    fn words_that_go_into_what_stood_before_them_are_told() {
        assert_eq!(said("- a\n\nText", "- a\n\n  Text"), ["now part of a list item"]);
        assert_eq!(
            said("1. a\n2. b\n\nOne\n\nTwo", "1. a\n2. b\n\n   One\n\n   Two"),
            ["now part of item 2"]
        );
        assert_eq!(
            said("- a\n  - b\n\n  Text", "- a\n  - b\n\n    Text"),
            ["now part of a list item"]
        );
        assert_eq!(said("> a\n\nText", "> a\n>\n> Text"), ["now part of a quotation"]);
        assert_eq!(
            said("Text\n\n> [!TIP]\n> a", "> [!TIP]\n> Text\n>\n> a"),
            ["now part of an alert, “Tip”"]
        );
        assert_eq!(said("T\n: a\n\nText", "T\n: a\n\n  Text"), ["now part of a definition"]);
        assert_eq!(
            said("- a\n\n```\nx\n```", "- a\n\n  ```\n  x\n  ```"),
            ["now part of a list item"]
        );
        assert_eq!(
            said("- a\n\n| a |\n|---|\n| b |", "- a\n\n  | a |\n  |---|\n  | b |"),
            ["now part of a list item"]
        );
    }

    #[test]
    fn what_became_of_all_that_stands_around_words_is_told() {
        let table = |head: &str, line: &str, row: &str| format!("|{head}|\n|{line}|\n|{row}|");
        for (old, new, told, back) in [
            ("- a", "1. a", "now numbered", "no longer numbered"),
            ("1. a\n2. b", "3. a\n4. b", "number 3, was 1", "number 1, was 3"),
            (
                "> a",
                "> [!TIP]\n> a",
                "an alert, “Tip”, was a quotation",
                "a quotation, was an alert, “Tip”",
            ),
            (
                "> [!NOTE]\n> a",
                "> [!CAUTION]\n> a",
                "an alert, “Caution”, was an alert, “Note”",
                "an alert, “Note”, was an alert, “Caution”",
            ),
            (
                "> [!IMPORTANT]\n> a",
                "> [!WARNING]\n> a",
                "an alert, “Warning”, was an alert, “Important”",
                "an alert, “Important”, was an alert, “Warning”",
            ),
            ("a", "> a", "now a quotation", "no longer a quotation"),
            ("a b", "    a b", "now a block of code", "no longer a block of code"),
            ("a\n\n# b", "a\n\n    b", "now a block of code", "now a heading"),
            ("a", "- a", "now a list item", "no longer a list item"),
            ("- a", "> a", "now a quotation, was a list item", "now a list item, was a quotation"),
            ("- a\n\n  > b", "- a\n\n  b", "no longer a quotation", "now a quotation"),
            (
                "- a\n- b",
                "- a\n  - b",
                "moved in under another item",
                "moved out from under another item",
            ),
            ("1. a\n2. b", "1. a\n   1. b", "moved in under item 1", "moved out from under item 1"),
            (
                "- a\n\n  b",
                "- a\n\n- b",
                "a list item of its own",
                "no longer a list item of its own",
            ),
            (
                "T\n: a\n\n  b",
                "T\n: a\n: b",
                "a definition of its own",
                "no longer a definition of its own",
            ),
            ("T\n\na", "T\n: a", "now a term", "no longer a term"),
            ("a\n\nb", "a\n\n### b", "now a heading", "no longer a heading"),
            ("### a\n\nb", "#### a\n\nb", "heading level 3, was 2", "heading level 2, was 3"),
            ("### a\n\nb", "### a {#x}\n\nb", "address #x", "no longer the address #x"),
            ("### a {#y}\n\nb", "### a {#x}\n\nb", "address #x, was #y", "address #y, was #x"),
            (
                &table("a|b", "-|-", "c|d"),
                &table("a|b", "-|:-:", "c|d"),
                "column “b” in the middle",
                "column “b” at the start",
            ),
            (
                &table("a|b", "-|-:", "c|d"),
                &table("a|b", "-|:-:", "c|d"),
                "column “b” in the middle",
                "column “b” at the end",
            ),
            (
                &table("a|b|c", "-|-|-", "d|e|f"),
                &table("b|c|a", "-|-|-", "e|f|d"),
                "column “a” moved",
                "column “a” moved",
            ),
            (
                &table("a|b", "-|-", "c|d"),
                &table("a|b|", "-|-|-", "c|d|"),
                "column without words added",
                "column without words removed",
            ),
        ] {
            assert_eq!(
                (said(old, new), said(new, old)),
                (vec![told.to_owned()], vec![back.to_owned()]),
                "{old}\n=>\n{new}"
            );
        }
        let (long, rest) = (
            "Whoever reads this paragraph knows it again wherever it stands later.",
            "One.\n\nTwo.\n\nThree.",
        );
        let moved = said(&format!("{long}\n\n{rest}"), &format!("{rest}\n\n> {long}"));
        assert_eq!(
            moved.iter().filter(|said| !said.is_empty()).collect::<Vec<_>>(),
            ["now a quotation"]
        );
    }
}
