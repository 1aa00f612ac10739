//! Footnotes of a text that is cut into parts: each stands in the parts that cite it.

use std::collections::BTreeMap;

use crate::parse::markdown;
use crate::tree::{Edit, Span, edited};

/// Carries the footnotes of `whole` to those of its parts that cite them and do not hold them. A
/// part that holds one which only others cite loses it.
pub fn carry(whole: &str, parts: &mut [String]) {
    if !whole.contains("[^") {
        return;
    }
    let places = markdown::places(whole);
    let defined: BTreeMap<&str, &str> = places
        .notes
        .iter()
        .rev()
        .map(|(label, span)| (label.as_str(), whole[span.start..span.end].trim_end()))
        .collect();
    // A part of its own does not know the notes of others: it is read with all of them below it.
    let all: String = defined.values().map(|note| format!("\n\n{note}\n")).collect();
    let cited: Vec<Vec<String>> = parts
        .iter()
        .map(|part| {
            let places = markdown::places(&format!("{part}{all}"));
            let in_note =
                |at: usize| places.notes.iter().any(|(_, span)| span.start <= at && at < span.end);
            let own = places.references.into_iter();
            own.filter(|(_, span)| span.start < part.len() && !in_note(span.start))
                .map(|(label, _)| label)
                .collect()
        })
        .collect();
    let is_cited = |label: &str| cited.iter().flatten().any(|cited| cited == label);
    for (part, cited) in parts.iter_mut().zip(&cited) {
        let places = markdown::places(part);
        let held: Vec<&(String, Span)> = places.notes.iter().collect();
        let gone = held.iter().filter(|(label, _)| is_cited(label) && !cited.contains(label));
        let cut = |(_, span): &&(String, Span)| Edit { span: *span, put_in: String::new() };
        let cuts: Vec<Edit> = gone.map(cut).collect();
        let mut lacking: Vec<&str> = Vec::new();
        for label in cited {
            if !held.iter().any(|(held, _)| held == label) && !lacking.contains(&label.as_str()) {
                lacking.push(label);
            }
        }
        let mut text = edited(part, &cuts).unwrap_or_else(|| part.clone());
        for note in lacking.iter().filter_map(|label| defined.get(label)) {
            text = format!("{}\n\n{note}\n", text.trim_end_matches('\n'));
        }
        *part = text;
    }
}
