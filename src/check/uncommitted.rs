//! Numbers with a unit in the words of a policy that no commitment covers. A hint, no verdict: the
//! words themselves are not understood.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Body, Commitment, Quantity, Section, Site};
use crate::redline;
use crate::tree::Span;

/// What is counted in promises, without the ending of the plural.
const UNITS: [&str; 9] =
    ["second", "minute", "hour", "day", "week", "month", "year", "percent", "%"];

/// Words that may stand between a number and its unit.
const KINDS: [&str; 3] = ["business", "working", "calendar"];

/// Reports the numbers with a unit that stand in the draft by themselves, where the site has a list
/// of commitments.
pub fn check(site: &Site, diagnostics: &mut Diagnostics) {
    let Some(list) = site.commitments().map(|document| document.commitments()) else { return };
    for policy in site.histories.iter().filter_map(|history| history.draft.as_deref()?.policy()) {
        for section in policy.parts() {
            diagnostics.extend(
                numbers(section.body.text())
                    .filter(|span| !is_put_in(section, *span))
                    .map(|span| hint(section, span, &list)),
            );
        }
    }
}

/// Returns the findings with one for each policy in the place of all of it: most policies have many
/// numbers that are no promise.
pub fn by_policy(found: Diagnostics) -> Diagnostics {
    let mut policies: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    let (own, mut others): (Vec<Diagnostic>, Vec<Diagnostic>) =
        found.into_iter().partition(|found| found.code == Code::Uncommitted);
    let own: Diagnostics = own.into_iter().collect();
    for found in own.sorted() {
        let folder = found.place.as_ref().map_or("", |place| place.path.folder());
        policies.entry(folder.to_owned()).or_default().push(found.clone());
    }
    others.extend(policies.into_values().filter_map(|policy| {
        let more = policy.len() - 1;
        let mut first = policy.into_iter().next()?;
        if more > 0 {
            let (number, _) = first.message.split_once(" is not")?;
            let s = if more == 1 { "" } else { "s" };
            first.message =
                format!("{number} and {more} more number{s} of this policy are not backed by a commitment")
                    .into();
            first = first.help("`policybook check --only P104` lists all; what is a promise belongs in `content/commitments.yaml`");
        }
        Some(first)
    }));
    others.into_iter().collect()
}

/// Returns where a number stands with its unit.
fn numbers(text: &str) -> impl Iterator<Item = Span> {
    // To read every word is slow, and most paragraphs have no number.
    let paragraphs = text.split_inclusive("\n\n").scan(0, |end, paragraph| {
        *end += paragraph.len();
        Some((*end - paragraph.len(), paragraph))
    });
    let counting =
        paragraphs.filter(|(_, paragraph)| paragraph.bytes().any(|byte| byte.is_ascii_digit()));
    counting.flat_map(|(start, paragraph)| {
        numbers_of(paragraph).map(move |span| Span::new(start + span.start, start + span.end))
    })
}

/// Returns where a number stands with its unit in a paragraph.
fn numbers_of(text: &str) -> impl Iterator<Item = Span> {
    redline::quantities_of(text).into_iter().filter_map(move |quantity| {
        let (value, unit) = (&text[quantity.value.clone()], &text[quantity.unit.clone()]);
        let mut words: Vec<&str> = unit.split_whitespace().collect();
        let counted =
            words.pop().is_some_and(|last| UNITS.contains(&last.strip_suffix('s').unwrap_or(last)));
        let parted = text
            .get(quantity.value.end..quantity.unit.start)
            .is_some_and(|between| between.trim().is_empty());
        let found = counted
            && parted
            && words.iter().all(|word| KINDS.contains(word))
            && Quantity::new(value).is_some();
        found.then(|| Span::new(quantity.value.start, quantity.unit.end))
    })
}

/// Returns true if words were put in for a reference.
fn is_put_in(section: &Section, span: Span) -> bool {
    match &section.body {
        Body::Part(..) => false,
        Body::Whole(expanded, _) => {
            expanded.cuts.iter().any(|cut| (cut.put_in.start..cut.put_in.end).contains(&span.start))
        }
    }
}

fn hint(section: &Section, span: Span, list: &[Commitment]) -> Diagnostic {
    let words =
        section.body.text()[span.start..span.end].split_whitespace().collect::<Vec<_>>().join(" ");
    let same = list.iter().find(|entry| {
        let amount =
            entry.amount.as_ref().map(|amount| format!("{} {}", amount.quantity, amount.unit));
        amount.is_some_and(|amount| amount == words)
    });
    let help = match same {
        Some(commitment) => format!("write `{{{{ commitment.{}.amount }}}}`, so that the two cannot part", commitment.id.value),
        None => "if it is a promise, add it to `content/commitments.yaml` and write `{{ commitment.… }}`".to_owned(),
    };
    let found =
        Diagnostic::warning(Code::Uncommitted, format!("`{words}` is not backed by a commitment"));
    found
        .at(&section.place(), section.body.origin(span))
        .help(help)
        .sought_in("content/commitments.yaml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_with_its_unit() {
        for (text, found) in [
            ("kept for 180 days.", "180 days"),
            (
                "within 48\nbusiness hours, (30 minutes) and 99.9 % or 5%!",
                "48\nbusiness hours|30 minutes|99.9 %|5%",
            ),
            ("1 to 5 minutes", "5 minutes"),
            ("First.\n\nWithin 2 days.\n\nAt last, 24\n\nhours or 3 weeks", "2 days|3 weeks"),
            ("on 25 May 2018, 256-bit, 24/7, 3, days; 1,000 hours and 2 doors", ""),
            ("10 000 days, a 30-day term, at 10:30 hours, (48) hours", ""),
        ] {
            let shown: Vec<&str> = numbers(text).map(|span| &text[span.start..span.end]).collect();
            assert_eq!(shown.join("|"), found);
        }
    }
}
