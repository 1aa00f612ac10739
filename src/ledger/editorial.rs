//! Whether a release is editorial: whether it only changes how things are said, by a closed list.
//!
//! What may become of text, titles and summaries included, is judged in [`correction`]; entries of
//! lists, the order of sections and structure may not change at all, links only in the spelling of
//! their address. The verdict rests on the two versions alone, never on the network.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::correction;
use crate::ledger::correction::Passage;
use crate::messages::Messages;
use crate::model::{Document, History, Policy, Section, Site, Target};
use crate::redline;
use crate::redline::{ChangeKind, People, Redline, SectionChange, Style, Wording};
use crate::tree::Span;

/// Returns what keeps the unreleased words of a document from being editorial, each with its place
/// in the draft.
pub fn objections(site: &Site, history: &History) -> Vec<Diagnostic> {
    let (Some(draft), Some(newest)) = (history.draft.as_deref(), history.newest()) else {
        return vec![substantive("a document that was never released").in_file(&history.place())];
    };
    objections_between(site, history, &newest.document, draft)
}

/// Returns what keeps the change of a document from one text to another from being editorial, each
/// with its place in the second.
pub fn objections_between(
    site: &Site,
    history: &History,
    old_text: &Document,
    new_text: &Document,
) -> Vec<Diagnostic> {
    let (before, now) =
        (Wording::of(&People::of(site).counted(old_text, Some(new_text))), Wording::of(new_text));
    let redline = redline::between(&before, &now);
    let changes = &redline.sections;
    let entry = |change: &SectionChange| {
        let kind = Messages::english().get(change.kind.message());
        let reason = format!("an entry of a list was {kind}: `{}`", change.title);
        substantive(&reason).in_file(&history.place())
    };
    let (Some(old), Some(new)) = (old_text.policy(), new_text.policy()) else {
        let whole = |change: &SectionChange| match change.entry {
            true => entry(change),
            false => {
                substantive("what is said about the list was changed").in_file(&history.place())
            }
        };
        return changes.iter().map(whole).collect();
    };
    let mut found = Vec::new();
    found.extend(changes.iter().filter(|change| change.entry).map(entry));
    let (old_parts, new_parts): (Vec<&Section>, Vec<&Section>) =
        (old.parts().collect(), new.parts().collect());
    for change in changes.iter().filter(|change| !change.entry) {
        let file = change.new.map_or_else(|| history.place(), |at| new_parts[at].place());
        let title = change.title_in(Messages::english());
        if change.moved {
            found.push(substantive(&format!("a section was moved: `{title}`")).in_file(&file));
        }
        if change.old.is_none() || change.new.is_none() {
            found.push(
                substantive(&format!("a section was {}: `{title}`", change.kind.as_str()))
                    .in_file(&file),
            );
        }
    }
    let may_lead = |old: &Style, new: &Style| leads(site, history, old, new);
    for (from, to) in pairs(changes, old_parts.len(), new_parts.len()) {
        let new = new_parts[to];
        let (was, is) = (correction::Text::of(&before, from), correction::Text::of(&now, to));
        let objections = correction::objections(&was, &is, &site.config.language, &may_lead);
        let earlier = found.len();
        for objection in objections {
            let finding = substantive(&objection.reason);
            found.push(match objection.place.and_then(|passage| place(new, &passage)) {
                Some(span) => finding.at(&new.place(), span),
                None => finding.in_file(&new.place()),
            });
        }
        if found.len() == earlier {
            found.extend(
                structure(&redline, from, to)
                    .map(|reason| substantive(&reason).in_file(&new.place())),
            );
        }
    }
    found
}

/// Returns which section of the old version is which of the new one, as places in both: those that
/// changed as the redline knows them again, those that did not in their order.
fn pairs(changes: &[SectionChange], old: usize, new: usize) -> Vec<(usize, usize)> {
    let sections = || changes.iter().filter(|change| !change.entry);
    let mut pairs: Vec<(usize, usize)> =
        sections().filter_map(|change| change.old.zip(change.new)).collect();
    let changed: (BTreeSet<_>, BTreeSet<_>) =
        sections().map(|change| (change.old, change.new)).unzip();
    let same_old = (0..old).filter(|at| !changed.0.contains(&Some(*at)));
    pairs.extend(same_old.zip((0..new).filter(|at| !changed.1.contains(&Some(*at)))));
    pairs.sort_by_key(|pair| pair.1);
    pairs
}

/// Says what changed in the structure of a section whose text did not: lists, nesting, levels of
/// headings, quotations, what is struck out.
fn structure<'a>(
    redline: &'a Redline<'_>,
    old: usize,
    new: usize,
) -> impl Iterator<Item = String> + 'a {
    let own = redline.changes.iter().filter(move |change| {
        let section = &redline.sections[change.section];
        (section.old, section.new) == (Some(old), Some(new))
    });
    own.filter_map(|change| match change.kind {
        ChangeKind::Reframed => {
            Some(format!("the structure changed: {}", change.said.as_ref()?.english()))
        }
        ChangeKind::Split => Some("a paragraph was split".to_owned()),
        ChangeKind::Joined => Some("two paragraphs were joined".to_owned()),
        ChangeKind::Moved => Some("words were moved".to_owned()),
        ChangeKind::Edited => Some(format!("words are {}", change.said.as_ref()?.english())),
        _ => None,
    })
}

/// Says what is wrong with where a word leads now, or with the image that it is. An address may
/// change from `http` to `https`, by a slash at its end, or to the new name of an anchor of this
/// site.
fn leads(site: &Site, history: &History, old: &Style, new: &Style) -> Result<(), String> {
    if old.image != new.image {
        return Err("another image is shown".to_owned());
    }
    match (&old.link, &new.link) {
        (None, None) => Ok(()),
        (Some((from, _)), None) => Err(format!("a link was removed: `{}`", from)),
        (None, Some((to, _))) => Err(format!("a link was added: `{}`", to)),
        (Some((from, before)), Some((to, now))) => match () {
            () if before != now => {
                Err(format!("the title of a link changed: `{before}` became `{now}`"))
            }
            () if from == to || is_respelled(from, to) || is_renamed(site, history, from, to) => {
                Ok(())
            }
            () => Err(format!("a link leads elsewhere: `{}` became `{}`", from, to)),
        },
    }
}

/// Returns true if an address of another site differs in its scheme, now `https`, or a slash at its
/// end alone.
fn is_respelled(old: &Target, new: &Target) -> bool {
    let (Target::Outside(old), Target::Outside(new)) = (old, new) else { return false };
    let (was_plain, is_plain) = (old.strip_prefix("http://"), new.strip_prefix("http://"));
    let secure = |address: &str| address.strip_prefix("https://").map(str::to_owned);
    let (Some(before), Some(now)) =
        (was_plain.map(str::to_owned).or_else(|| secure(old)), secure(new))
    else {
        // What stays unprotected may still get or lose its slash.
        return was_plain.zip(is_plain).is_some_and(|(before, now)| is_slashed(before, now));
    };
    is_slashed(&before, &now)
}

fn is_slashed(old: &str, new: &str) -> bool {
    let path = |address: &str| !address.contains(['?', '#']);
    old == new
        || path(old)
            && path(new)
            && old.strip_suffix('/').unwrap_or(old) == new.strip_suffix('/').unwrap_or(new)
}

/// Returns true if two places are one, whose anchor has another name now: in the document itself or
/// in another one.
fn is_renamed(site: &Site, history: &History, old: &Target, new: &Target) -> bool {
    let place = |target: &Target| match target {
        Target::Here(anchor) => Some((history.id.to_string(), anchor.clone())),
        Target::Document { id, anchor } => Some((id.clone(), anchor.clone()?)),
        _ => None,
    };
    let (Some((document, from)), Some((other, to))) = (place(old), place(new)) else {
        return false;
    };
    let history = site
        .histories
        .iter()
        .find(|history| history.id.to_string() == document && document == other);
    let Some(draft) = history.and_then(|history| history.draft.as_deref()) else { return false };
    let released =
        history.into_iter().flat_map(|history| &history.versions).map(|version| &*version.document);
    let documents: Vec<&Document> = released.chain([draft]).collect();
    let policies =
        documents.windows(2).filter_map(|pair| Some((pair, pair[0].policy()?, pair[1].policy()?)));
    let stands =
        draft.policy().is_some_and(|policy| policy.has_anchor(&to) && !policy.has_anchor(&from));
    stands
        && policies.into_iter().any(|(pair, old, new)| {
            old.has_anchor(&from) && renames((pair[0], old), (pair[1], new), &from, &to)
        })
}

/// Returns true if an anchor of one version is called otherwise in the next.
fn renames(old: (&Document, &Policy), new: (&Document, &Policy), from: &str, to: &str) -> bool {
    let changes = redline::summary(Some(old.0), Some(new.0), (None, None), &People::default());
    let (old, new): (Vec<&Section>, Vec<&Section>) =
        (old.1.parts().collect(), new.1.parts().collect());
    pairs(&changes, old.len(), new.len())
        .into_iter()
        .map(|(before, now)| (old[before], new[now]))
        .any(|(old, new)| {
            let headings = old
                .headings
                .iter()
                .zip(&new.headings)
                .any(|(old, new)| *old.id == *from && *new.id == *to);
            old.id == from && new.id == to || headings && old.headings.len() == new.headings.len()
        })
}

/// Returns where words of a section stand in its file: from the first to the last of them on the
/// lines of their leaf.
fn place(section: &Section, passage: &Passage<'_>) -> Option<Span> {
    let (text, lines) = (section.body.text(), section.body.lines());
    let tokens = redline::tokens(text);
    let (first, last) = passage.leaf.lines;
    let inside = |start: usize| (first..=last).contains(&lines.of(start));
    let here = &tokens[tokens.partition_point(|token| lines.of(token.start) < first)..];
    let said = |token: &redline::Token| passage.leaf.letters(token);
    let wanted = &passage.leaf.tokens[passage.tokens.clone()];
    let next = passage.leaf.tokens.get(passage.tokens.start);
    let anchor = said(next.or(passage.leaf.tokens.last())?);
    let mut found =
        here.iter().enumerate().filter(|(_, token)| &text[token.start..token.end] == anchor);
    let (at, begin) = found.nth(passage.said_before).filter(|(_, token)| inside(token.start))?;
    let span = match wanted.split_last() {
        // Words that went stood before the next one, or at the end.
        None if next.is_some() => Span::new(begin.start, begin.start),
        None => Span::new(begin.end, begin.end),
        Some((last, rest)) => {
            let many = rest.iter().filter(|token| said(token) == said(last)).count();
            let end = here[at..]
                .iter()
                .filter(|token| text[token.start..token.end] == *said(last))
                .nth(many);
            Span::new(begin.start, end.filter(|end| inside(end.start)).unwrap_or(begin).end)
        }
    };
    Some(section.body.origin(span))
}

fn substantive(reason: &str) -> Diagnostic {
    Diagnostic::error(Code::NotEditorial, format!("this is not editorial: {reason}"))
        .help("release it without `--editorial`, or say who vouches for it: `--attest NAME`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{project, put, released, site_on};

    /// Releases one text of a section, then changes it to another, in a language; returns what
    /// keeps the change from being editorial, with the words there.
    fn objected_in(language: &str, old: &str, new: &str) -> Vec<String> {
        let files = |words: &str| format!("## One\n\n{words}\n");
        let text = files(old);
        let mut before =
            project(&[("a/_index.md", "---\ntitle: A\n---\n"), ("a/10-one.md", text.as_str())]);
        put(
            &mut before,
            "site.yaml",
            &format!("name: A\nbase_url: https://a.example/\nlanguage: {language}\n"),
        );
        let mut after = released(&before, "2024-01-01");
        put(&mut after, "a/10-one.md", &files(new));
        let (site, _) = site_on(&after, "2024-01-02");
        let text = files(new);
        let said = objections(&site, site.history("a").unwrap()).into_iter().map(|found| {
            assert_eq!(found.code, Code::NotEditorial);
            let place = found.place.unwrap();
            assert_eq!(place.path.as_str(), "content/a/10-one.md");
            let words = place
                .span
                .map(|span| format!(" at `{}`", &text[span.start..span.end]))
                .unwrap_or_default();
            format!("{}{words}", found.message.trim_start_matches("this is not editorial: "))
        });
        said.collect()
    }

    fn objected(old: &str, new: &str) -> Vec<String> {
        objected_in("en", old, new)
    }

    /// Holds that a change is editorial.
    fn passes(language: &str, old: &str, new: &str) {
        assert_eq!(objected_in(language, old, new), [""; 0], "{old} => {new}");
    }

    /// Holds that a change meets one objection.
    fn fails(language: &str, old: &str, new: &str, wording: &str) {
        let found = objected_in(language, old, new);
        assert!(found.len() == 1 && found[0].starts_with(wording), "{old} => {new}: {found:#?}");
    }

    #[test]
    fn a_known_misspelling_may_be_corrected() {
        for (old, new) in [
            ("We recieve reports.", "We receive reports."),
            ("Recieve reports seperately.", "Receive reports separately."),
            ("WE RECIEVE THEM.", "WE RECEIVE THEM."),
            ("We send teh reports.", "We send the reports."),
            ("A *recieved* one.", "A **received** one."),
            ("| a |\n|---|\n| recieved |", "| a |\n|---|\n| received |"),
            ("a[^1]\n\n[^1]: Recieved.\n", "a[^1]\n\n[^1]: Received.\n"),
        ] {
            passes("en", old, new);
            passes("en-GB", old, new);
            let found = objected_in("de", old, new);
            assert!(
                !found.is_empty()
                    && found.iter().all(|wording| wording
                        .starts_with("no misspellings are known for the language `de`: `"))
            );
        }
    }

    #[test]
    fn any_other_word_is_another_word() {
        let other = "this corrects no known misspelling: ";
        for (old, new, wording) in [
            ("A word here.", "A word there.", "`here` became `there` at `there`"),
            (
                "Work of the licensor.",
                "Work of the licensee.",
                "`licensor` became `licensee` at `licensee`",
            ),
            ("The day before it.", "The day after it.", "`before` became `after`"),
            ("We issue it.", "We publish it.", "`issue` became `publish`"),
            ("We receive it.", "We recieve it.", "`receive` became `recieve`"),
            ("A wether.", "A whether.", "`wether` became `whether`"),
            ("In colour.", "In color.", "`colour` became `color`"),
            ("Set `recieve` to it.", "Set `receive` to it.", "`recieve` became `receive`"),
            ("Call recieve_it now.", "Call receive_it now.", "`recieve` became `receive`"),
            (
                "Ask recieve@a.example now.",
                "Ask receive@a.example now.",
                "`recieve` became `receive`",
            ),
            ("The re-sign.", "The re-design.", "`sign` became `design`"),
        ] {
            fails("en", old, new, &format!("{other}{wording}"));
        }
        fails(
            "en",
            "We tell any one.",
            "We tell anyone.",
            "words were joined or parted: `any one` became `anyone` at `anyone`",
        );
        fails(
            "en",
            "We hold it.",
            "We sell all.",
            "a word that binds, restricts or denies changed: `hold it` became `sell all`",
        );
        fails(
            "en",
            "We hold it.",
            "We give away.",
            "this corrects no known misspelling: `hold it` became `give away` at `give away`",
        );
        fails(
            "en",
            "We hold it.",
            "We give them away.",
            "other words stand there: `hold it` became `give them away` at `give them away`",
        );
        fails(
            "en",
            "We re-sign it.",
            "We resign it.",
            "words were joined or parted: `re-sign` became `resign` at `resign`",
        );
        fails(
            "en",
            "A web site of ours.",
            "A website of ours.",
            "words were joined or parted: `web site` became `website`",
        );
        fails(
            "de",
            "Wir treten an Dritte heran.",
            "Wir treten anDritte heran.",
            "words were joined or parted: `an Dritte` became `anDritte`",
        );
        fails(
            "de",
            "Der Auftragnehmer zahlt.",
            "Der Auftraggeber zahlt.",
            "no misspellings are known for the language `de`: `Auftragnehmer`",
        );
    }

    #[test]
    fn what_binds_or_counts_may_not_change() {
        let binds = "a word that binds, restricts or denies changed: ";
        for (old, new, wording) in [
            ("We answer soon.", "We may answer soon.", "nothing became `may` at `may`"),
            ("We must answer.", "We answer.", "`must` became nothing at ``"),
            ("We don't answer.", "We answer.", "`don't` became nothing"),
            ("We won\u{2019}t answer.", "We answer.", "`won\u{2019}t` became nothing"),
            ("Answers: MUST.", "Answers: more.", "`MUST` became `more`"),
            ("Our limited right.", "Our unlimited right.", "`limited` became `unlimited`"),
            ("We do nto sell it.", "We do not sell it.", "`nto` became `not`"),
            ("We shal tell.", "We shall tell.", "`shal` became `shall`"),
        ] {
            fails("en", old, new, &format!("{binds}{wording}"));
        }
        let counts = "a number, a date or an amount changed: ";
        for (old, new, wording) in [
            ("In 3 hours.", "In 4 hours.", "`3 hours` became `4 hours` at `4 hours`"),
            ("In 3 hours.", "In 3 weeks.", "`3 hours` became `3 weeks` at `3 weeks`"),
            ("In a \u{bd} hour.", "In a hour.", "`\u{bd} hour` became nothing"),
            ("In three ways.", "In four ways.", "`three` became `four`"),
            ("On Monday.", "On Friday.", "`Monday` became `Friday`"),
            ("Pay €5 now.", "Pay $5 now.", "`€5` became `$5` at `$5`"),
            ("Pay 10 000 € now.", "Pay 10 000 $ now.", "`10 000 €` became `10 000 $`"),
            ("In 5 business days.", "In 5 days.", "`5 business days` became `5 days`"),
            ("We look weekly.", "We look monthly.", "`weekly` became `monthly`"),
            (
                "By 30 June 2026 at last.",
                "By 30 July 2026 at last.",
                "`30 June 2026` became `30 July 2026` at `30 July 2026`",
            ),
            ("By 2026-06-30.", "By 2026-09-30.", "`2026-06-30` became `2026-09-30`"),
            ("At 10:30.", "At 10:45.", "`10:30` became `10:45`"),
            ("At 15 %.", "At 15 ‰.", "`15 %` became `15 ‰`"),
            ("By § 4.2 of it.", "By § 4.3 of it.", "`§ 4.2` became `§ 4.3`"),
            ("By (a) of it.", "By (b) of it.", "`(a)` became `(b)`"),
            (
                "By two thirds of them.",
                "By three quarters of them.",
                "`two thirds` became `three quarters` at `three quarters`",
            ),
            ("By one-half of them.", "By one-third of them.", "`one-half` became `one-third`"),
            ("By 1/2 of them.", "By 1/3 of them.", "`1/2` became `1/3`"),
            ("By 1/2 of them.", "By \u{bd} of them.", "`1/2` became `\u{bd}`"),
            ("On 1/2/2026 it ends.", "On 2/1/2026 it ends.", "`1/2/2026` became `2/1/2026`"),
            ("By the nineth of them.", "By the ninth of them.", "`nineth` became `ninth`"),
            ("We ask fourty people.", "We ask forty people.", "`fourty` became `forty`"),
        ] {
            fails("en", old, new, &format!("{counts}{wording}"));
        }
        fails(
            "de",
            "Bis zum 30. Juni 2026 zahlen.",
            "Bis zum 15. Juni 2026 zahlen.",
            &format!("{counts}`30. Juni 2026` became `15. Juni 2026`"),
        );
        fails(
            "de",
            "Binnen 5 Werktagen.",
            "Binnen 5 Tagen.",
            &format!("{counts}`5 Werktagen` became `5 Tagen`"),
        );
    }

    #[test]
    fn typography_changes_in_kind_and_never_comes_or_goes() {
        for (old, new) in [
            ("Our 'own' \"words\".", "Our ‘own’ “words”."),
            ("It's \"so\".", "It\u{2019}s «so»."),
            ("A - b -- c.", "A – b — c."),
            ("A co-op.", "A co\u{2011}op."),
            ("Pay 10 000 € now.", "Pay 10\u{a0}000\u{202f}€ now."),
            ("Two words\nin lines.", "Two\u{a0}words in\nlines."),
            ("日本。", "日本．"),
            ("We answer", "We answer."),
            ("- one\n- two", "- one.\n- two."),
            ("We answer (soon)", "We answer (soon)."),
            ("We recieve it", "We receive it."),
        ] {
            passes("en", old, new);
            if !old.contains("recieve") {
                passes("de", old, new);
            }
        }
        let mark = "a mark came, went or became another: ";
        for (old, new, wording) in [
            ("We share, with others.", "We share with others.", "`,` became nothing"),
            ("We share it.", "We share it?", "`.` became `?`"),
            ("We share it.", "We share it", "`.` became nothing"),
            ("We share: them.", "We share; them.", "`:` became `;`"),
            ("Our own words.", "Our “own” words.", "nothing became `“`"),
            ("We share it:", "We share it:.", "nothing became `.`"),
        ] {
            let found = objected_in("en", old, new);
            assert!(
                found[0].starts_with(&format!("{mark}{wording}")),
                "{old} => {new}: {found:#?}"
            );
        }
        fails(
            "en",
            "A tele -phone.",
            "A tele-phone.",
            "a space was removed: `tele -` became `tele-`",
        );
        fails(
            "fr",
            "Voici : oui.",
            "Voici: oui.",
            "a space was removed: `Voici :` became `Voici:`",
        );
        assert!(!objected("A well-known one.", "A well known one.").is_empty());
        fails(
            "en",
            "Set `'a` now.",
            "Set `\"a` now.",
            "a mark came, went or became another: `'` became `\"`",
        );
        fails(
            "en",
            "Set `--a` now.",
            "Set `–a` now.",
            "a mark came, went or became another: `--` became `–`",
        );
        fails(
            "en",
            "Ask co-op@a.example.",
            "Ask co–op@a.example.",
            "an address changed: `co-op@a.example.` became `co–op@a.example.`",
        );
        fails(
            "en",
            "Give it 5' now.",
            "Give it 5\" now.",
            "a mark behind a number changed, and may measure: `'` became `\"`",
        );
        passes("en", "Give it 5' now.", "Give it 5′ now.");
        assert!(!objected("# A", "# A.").is_empty() || objected("### A b", "### A b.").len() == 1);
    }

    #[test]
    fn the_first_letter_of_a_sentence_may_change_its_case_and_no_other() {
        for (old, new) in [
            ("we answer. then we ask.", "We answer. Then we ask."),
            ("We answer! \"then\" we ask.", "We answer! \"Then\" we ask."),
        ] {
            passes("en", old, new);
            passes("de", old, new);
        }
        let case = "letter case changed, and not at the start of a sentence: ";
        for (old, new, wording) in [
            (
                "Our Confidential Information.",
                "Our confidential information.",
                "`Confidential Information` became `confidential information`",
            ),
            ("Tell the US.", "Tell the us.", "`US` became `us`"),
            ("US law.", "us law.", "`US` became `us`"),
            ("Of Acme Inc. Services.", "Of Acme Inc. services.", "`Services` became `services`"),
            ("Parts, e.g. Services.", "Parts, e.g. services.", "`Services` became `services`"),
            (
                "Laws, esp. Rules, etc. Others.",
                "Laws, esp. Rules, etc. others.",
                "`Others` became `others`",
            ),
            ("- Our Services\n- b", "- our Services\n- b", "`Our` became `our`"),
        ] {
            fails("en", old, new, &format!("{case}{wording}"));
        }
        fails(
            "de",
            "Wir fragen Sie gern.",
            "Wir fragen sie gern.",
            &format!("{case}`Sie` became `sie`"),
        );
    }

    #[test]
    fn sentences_and_items_are_no_manner_of_speaking() {
        fails(
            "en",
            "We answer.",
            "We answer. We care.",
            "words were added: `We care.` at `We care.`",
        );
        fails("en", "We answer. We care.", "We answer.", "words were removed: `We care.` at ``");
        fails(
            "de",
            "Wir antworten.",
            "Wir antworten. Gern.",
            "words were added: `Gern.` at `Gern.`",
        );
        assert_eq!(objected("We answer. They ask, too.", "They ask, too. We answer.").len(), 2);
        fails("en", "- a\n- b", "- a\n- b\n- c", "words were added: `c` at `c`");
        fails("en", "- a\n- b\n- c", "- a\n- c", "words were removed: `b`");
        assert_eq!(objected("- a\n- b", "- b\n- a").len(), 2);
        fails(
            "en",
            "- the a;\n- the b;\n- c",
            "- the b;\n- c",
            "words were removed: `the a;` at ``",
        );
        fails(
            "en",
            "- the a;\n- the b;",
            "- the a;\n- the x;\n- the b;",
            "words were added: `the x;` at `the x;`",
        );
        fails("en", "- a b", "- a b\n- a b", "words were added: `a b` at `a b`");
        fails("en", "- a\n  - x", "- a\n  - x\n  - y", "words were added: `y`");
        fails(
            "en",
            "| a |\n|---|\n| b |",
            "| a |\n|---|\n| b |\n| c |",
            "words were added: `c` at `c`",
        );
        fails("en", "a\n: b\n", "a\n: b\n: c\n", "words were added: `c`");
        fails(
            "en",
            "a[^1]\n\n[^1]: - b\n",
            "a[^1]\n\n[^1]: - b\n    - c\n",
            "words were added: `c`",
        );
        fails(
            "en",
            "| a | b |\n|---|---|\n| c | d |",
            "| a | b |\n|---|---|\n| c | d |\n| | |",
            "a paragraph, an item or a block of code",
        );
        fails(
            "en",
            "A b.\n\nC d.",
            "A b. C d.",
            "a paragraph, an item or a block of code came, went, or begins elsewhere",
        );
        fails(
            "en",
            "```\na b\n```",
            "```\na  b\n```",
            "a paragraph, an item or a block of code came, went, or begins elsewhere",
        );
        // The words are those that were: what contains them is another.
        for (old, new, wording) in [
            ("- a\n- b", "a\n\nb", "no longer a list item"),
            ("- a\n- b", "- a\n  - b", "moved in under another item"),
            ("- a\n- b", "1. a\n2. b", "now numbered"),
            ("1. a\n2. b", "2. a\n3. b", "number 2, was 1"),
            ("a b c", "> a b c", "now a quotation"),
            ("> a b c", "> [!WARNING]\n> a b c", "an alert, “Warning”, was a quotation"),
            ("### a", "#### a", "heading level 3, was 2"),
            ("| a |\n|---|\n| b |", "| a |\n|--:|\n| b |", "column “a” at the end"),
        ] {
            fails("en", old, new, &format!("the structure changed: {wording}"));
        }
        for (old, new, wording) in [
            ("a\n\n---\n\nb", "a\n\nb", "a line across the page was removed"),
            ("a b", "a\\\nb", "a line begins here"),
            ("`a  b`", "`a b`", "other white space in code"),
        ] {
            fails("en", old, new, &format!("the structure changed: {wording}"));
        }
        fails("en", "5-10 %", "5\u{2212}10 %", "");
        fails("en", "Polish goods.", "polish goods.", "letter case changed");
        fails("en", "We ~~never~~ sell.", "We never sell.", "words are no longer struck out");
        fails("en", "We never sell.", "We ~~never~~ sell.", "words are struck out now");
    }

    #[test]
    fn how_words_are_set_may_change() {
        for (old, new) in [
            ("A *word* here.", "A **word** here."),
            ("One line\nof two.", "One line of\ntwo."),
            ("[a](https://b.example/)", "[a][x]\n\n[x]: https://b.example/"),
            ("* a\n* b", "- a\n- b"),
            ("A b\\&c.", "A b&amp;c."),
        ] {
            passes("en", old, new);
            passes("de", old, new);
        }
    }

    #[test]
    fn a_link_may_change_in_the_spelling_of_its_address_only() {
        let link = |address: &str| format!("See [our two words]({address}) now.");
        for (old, new) in [
            ("http://b.example/x", "https://b.example/x"),
            ("https://b.example/x", "https://b.example/x/"),
            ("https://b.example/x/", "https://b.example/x"),
            ("http://b.example/x", "https://b.example/x/"),
            ("http://b.example/x", "http://b.example/x/"),
        ] {
            passes("en", &link(old), &link(new));
            passes("de", &link(old), &link(new));
        }
        for (old, new) in [
            ("https://b.example/x", "http://b.example/x"),
            ("https://b.example/x", "https://b.example/y"),
            ("https://b.example/x?a=/", "https://b.example/x?a="),
            ("https://b.example/x", "https://c.example/x"),
            ("https://b.example/x", "https://B.example.org/x"),
            ("mailto:a@b.example", "mailto:b@b.example"),
        ] {
            fails(
                "en",
                &link(old),
                &link(new),
                &format!("a link leads elsewhere: `{old}` became `{new}` at `our`"),
            );
        }
        fails(
            "en",
            "See it.",
            "See [it](https://b.example/).",
            "a link was added: `https://b.example/`",
        );
        fails(
            "en",
            "See [it](https://b.example/).",
            "See it.",
            "a link was removed: `https://b.example/`",
        );
        let titled = |title: &str| format!("See [it](https://b.example/ \"{title}\").");
        fails("en", &titled("a"), &titled("b"), "the title of a link changed: `a` became `b`");
        let anchored = |id: &str| format!("See [it](#{id}).\n\n### Below {{#{id}}}\n\nIt.");
        passes("en", &anchored("old"), &anchored("new"));
        let both = "### A {#x}\n\nIt.\n\n### B {#y}\n\nIt, too.";
        fails(
            "en",
            &format!("[it](#x)\n\n{both}"),
            &format!("[it](#y)\n\n{both}"),
            "a link leads elsewhere: `#x` became `#y`",
        );
    }

    #[test]
    fn a_section_or_a_title_is_no_manner_of_speaking() {
        let before = released(
            &project(&[
                ("a/_index.md", "---\ntitle: A\nsummary: S\n---\n"),
                ("a/10-one.md", "## One\n\nWords.\n"),
                ("whitehats.yaml", "whitehats:\n  - {name: Ada, consent: true}\n"),
            ]),
            "2024-01-01",
        );
        let objected = |path: &str, text: &str, id: &str| {
            let mut files = before.clone();
            put(&mut files, path, text);
            let (site, _) = site_on(&files, "2024-01-02");
            let said = objections(&site, site.history(id).unwrap()).into_iter().map(|found| {
                let place = found.place.unwrap();
                format!(
                    "{} {}",
                    place.path.as_str().trim_start_matches("content/"),
                    found.message.trim_start_matches("this is not editorial: ")
                )
            });
            said.collect::<Vec<_>>()
        };
        assert_eq!(
            objected("a/_index.md", "---\ntitle: B\nsummary: S\n---\n", "a"),
            ["a/_index.md this corrects no known misspelling: `A` became `B`"]
        );
        let summary = ["a/_index.md this corrects no known misspelling: `S` became `T`"];
        assert_eq!(objected("a/_index.md", "---\ntitle: A\nsummary: T\n---\n", "a"), summary);
        assert_eq!(
            objected("a/20-two.md", "## Two\n\nEntirely different.\n", "a"),
            ["a/20-two.md a section was added: `Two`"]
        );
        let entry = ["whitehats.yaml an entry of a list was added: `Bee`"];
        let list = "whitehats:\n  - {name: Ada, consent: true}\n  - {name: Bee, consent: true}\n";
        assert_eq!(objected("whitehats.yaml", list, "whitehats"), entry);
        let said = ["whitehats.yaml what is said about the list was changed"];
        let list = "undated_before: 2020\nwhitehats:\n  - {name: Ada, consent: true}\n";
        assert_eq!(objected("whitehats.yaml", list, "whitehats"), said);
        assert_eq!(
            objected("b/_index.md", "---\ntitle: B\n---\n", "b"),
            ["b/_index.md a document that was never released"]
        );
        assert_eq!(objected("b/_index.md", "---\ntitle: B\n---\n", "a"), [""; 0]);
    }
}
