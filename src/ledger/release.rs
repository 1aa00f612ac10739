//! When a release may be made, and as what.

use jiff::ToSpan;
use std::collections::BTreeMap;

use crate::ledger::ask::{Ask, Refusal};
use crate::ledger::frozen;
use crate::ledger::notice::{Group, days, promised};
use crate::model::{DocumentId, History, Release, ReleaseId, Site};
use crate::tree::{File, Tree};

/// A release as it may be made: of documents that come into force on the same day.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The release.
    pub release: Release,
    /// Its documents.
    pub documents: Vec<&'a History>,
    /// How many days of notice the readers of each are promised from now on.
    pub notice: BTreeMap<DocumentId, i64>,
    /// The announced version that each joins, because it may not come into force before it.
    pub joins: Vec<(DocumentId, ReleaseId)>,
}

/// Returns the releases that may be made of these documents of the project `files`: one, or one for
/// each day on which they have to come into force.
///
/// # Errors
/// Says why they cannot be made.
pub fn permitted<'a>(
    site: &Site,
    files: &Tree<File>,
    documents: &[&'a History],
    ask: &Ask,
) -> Result<Vec<Planned<'a>>, Refusal> {
    if ask.summary.trim().is_empty() {
        return Err(Refusal::EmptySummary);
    }
    if let Some(asked) = ask.released {
        if asked > ask.today {
            return Err(Refusal::Future { asked, today: ask.today });
        }
        let ids = documents.iter().map(|history| history.id.as_str());
        if let Some(newest) = site.ledger.bars(asked, ids, ask.today) {
            return Err(Refusal::Backwards { asked, newest });
        }
    }
    let mut ids = free_ids(site, ask)?;
    let id = ids.next().expect("some number is free");
    let summary = ask.summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let release = Release {
        released: ask.released,
        attested: ask.attested.clone(),
        approved_by: ask.approved_by.clone(),
        ..Release::new(id, summary, ask.kind)
    };
    let mut days = days(site, files, documents, &release, ask)?.into_iter();
    let ((effective, joined), rest) = (days.next().unwrap_or_default(), days);
    let mut planned =
        vec![Planned::promising(site, Release { effective, ..release.clone() }, joined, ask)];
    for ((effective, documents), id) in rest.zip(ids) {
        planned[0].release.with.get_or_insert_with(|| id.clone());
        let release = Release { id, effective, with: Some(release.id.clone()), ..release.clone() };
        planned.push(Planned::promising(site, release, documents, ask));
    }
    Ok(planned)
}

impl<'a> Planned<'a> {
    /// Returns a release of these documents that records no promise.
    pub fn new(release: Release, documents: Vec<&'a History>) -> Planned<'a> {
        Planned { release, documents, notice: BTreeMap::new(), joins: Vec::new() }
    }

    /// Returns a release of these documents, which records what their readers are promised from
    /// then on: what `site.yaml` says if the release gives the notice that was promised before,
    /// else what was promised before.
    fn promising(site: &Site, release: Release, documents: Group<'a>, ask: &Ask) -> Planned<'a> {
        let start = release.released.max(Some(ask.today)).unwrap_or(ask.today);
        let notice = |history: &History| {
            let owed = promised(site, history);
            let given = release.needs_notice()
                && release.planned() >= Some(start.saturating_add(owed.days()));
            let promise = site.config.notice.get(&history.id).copied().unwrap_or(0);
            if history.versions.is_empty() || given { promise } else { owed }
        };
        let notice =
            documents.iter().map(|(history, _)| (history.id.clone(), notice(history))).collect();
        let joins = documents
            .iter()
            .filter_map(|(history, joined)| {
                Some((history.id.clone(), (*joined)?.release.id.clone()))
            })
            .collect();
        Planned {
            release,
            notice,
            joins,
            documents: documents.into_iter().map(|(history, _)| history).collect(),
        }
    }
}

/// Returns the ids that are free for a release, the one asked for or its day first, then numbered:
/// `2026-11-21`, `2026-11-21.2`.
pub fn free_ids(site: &Site, ask: &Ask) -> Result<impl Iterator<Item = ReleaseId>, Refusal> {
    let stem = match &ask.id {
        Some(id) => {
            let read = ReleaseId::new(id).ok_or_else(|| Refusal::BadId(id.clone()))?;
            match frozen::folder(&read).unportable() {
                Some(_) => return Err(Refusal::Unportable(read)),
                None => read,
            }
        }
        None => {
            ReleaseId::new(&ask.released.ok_or(Refusal::NoId)?.to_string()).expect("a day is an id")
        }
    };
    if ask.id.is_some() && site.is_taken(&stem) {
        return Err(Refusal::IdTaken(stem));
    }
    let numbered = numbered(stem.to_string());
    Ok(std::iter::once(stem).chain(numbered).filter(|id| !site.is_taken(id)))
}

/// Returns the ids that a release may have where the one it should have is taken, in order.
pub fn numbered(stem: String) -> impl Iterator<Item = ReleaseId> {
    (2..).filter_map(move |number: u32| ReleaseId::new(&format!("{stem}.{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ask::ShortNotice;
    use crate::ledger::freeze::release;
    use crate::ledger::tests::{day, example, project, put, released, site_on, text};
    use crate::model::Kind;

    /// Asks for a release on a day.
    fn ask(released: &str) -> Ask {
        let released = Some(released).filter(|day| !day.is_empty()).map(day);
        Ask {
            id: None,
            released,
            today: day("2024-03-01"),
            effective: None,
            summary: "Words".into(),
            kind: Kind::Substantive,
            attested: None,
            approved_by: None,
        }
    }

    /// Asks for a release of all unreleased words of a project.
    fn asked(files: &Tree<File>, ask: &Ask) -> Result<Release, Refusal> {
        let (site, found) = site_on(files, "2024-03-01");
        assert!(!found.has_errors(), "{found:?}");
        permitted(&site, files, &site.unreleased().collect::<Vec<_>>(), ask)
            .map(|mut planned| planned.remove(0).release)
    }

    #[test]
    fn a_release_that_says_nothing_or_goes_back_is_refused() {
        let files = example();
        assert_eq!(
            asked(&files, &Ask { summary: " \n".into(), ..ask("2024-03-01") }),
            Err(Refusal::EmptySummary)
        );
        let mut changed = files.clone();
        put(&mut changed, "security/10-a.md", "## One\n\nOther.\n");
        let before = |released: &str| {
            let asked = asked(&changed, &Ask { id: Some("x".into()), ..ask(released) });
            asked.map(|release| release.released.unwrap().to_string())
        };
        let (asked_for, newest) = (day("2024-02-01"), day("2024-02-02"));
        assert_eq!(before("2024-02-01"), Err(Refusal::Backwards { asked: asked_for, newest }));
        assert_eq!(before("2024-02-02").unwrap(), "2024-02-02");
        assert_eq!(before("2024-03-01").unwrap(), "2024-03-01");
        assert_eq!(
            before("2024-03-02"),
            Err(Refusal::Future { asked: day("2024-03-02"), today: day("2024-03-01") })
        );
        put(&mut changed, "new/_index.md", "---\ntitle: New\n---\n");
        let (site, _) = site_on(&changed, "2024-03-01");
        let new = permitted(
            &site,
            &changed,
            &[site.history("new").unwrap()],
            &Ask { id: Some("x".into()), ..ask("2023-01-01") },
        );
        assert!(new.is_ok(), "the order is asked for each document: {new:?}");
        let release = asked(
            &files,
            &Ask { summary: " a\n  b ".into(), kind: Kind::Editorial, ..ask("2024-03-01") },
        )
        .unwrap();
        assert_eq!(
            (release.summary.as_str(), release.kind, release.released),
            ("a b", Kind::Editorial, Some(day("2024-03-01")))
        );
    }

    #[test]
    fn an_id_is_free_and_an_address() {
        let mut files = example();
        let id = |files: &Tree<File>, id: Option<&str>, released: &str| {
            asked(files, &Ask { id: id.map(str::to_owned), ..ask(released) })
                .map(|release| release.id.to_string())
        };
        let taken = Err(Refusal::IdTaken(ReleaseId::new("2024-01-01").unwrap()));
        assert_eq!(id(&files, Some("2024-01-01"), "2024-03-01"), taken);
        assert_eq!(id(&files, Some("A"), "2024-03-01"), Err(Refusal::BadId("A".into())));
        assert_eq!(id(&files, Some("old"), ""), Ok("old".into()));
        assert_eq!(id(&files, None, ""), Err(Refusal::NoId));
        assert_eq!(id(&files, None, "2024-03-01"), Ok("2024-03-01".into()));
        assert_eq!(
            id(&files, None, "2024-02-02"),
            Ok("2024-02-02.2".into()),
            "the second of a day"
        );
        put(&mut files, "security/10-a.md", "## One\n\nOther.\n");
        let (site, _) = site_on(&files, "2024-03-01");
        let second = permitted(&site, &files, &[], &ask("2024-02-02")).unwrap();
        let second =
            Planned::new(second.into_iter().next().unwrap().release, site.unreleased().collect());
        files.extend(release(&files, &[second]));
        assert_eq!(id(&files, None, "2024-02-02"), Ok("2024-02-02.3".into()));
    }

    #[test]
    fn releases_of_one_act_have_ids_of_their_own() {
        let mut files = example();
        for (number, words) in ["Two.", "Three."].iter().enumerate() {
            put(&mut files, "security/10-a.md", &format!("## One\n\n{words}\n"));
            let id = ReleaseId::new(&format!("2024-02-02.{}", number + 2)).unwrap();
            let release = Release {
                released: Some(day("2024-02-02")),
                ..Release::new(id, "Words", Kind::Substantive)
            };
            files = crate::ledger::tests::released_as(&files, "2024-02-02", release);
        }
        let (site, _) = site_on(&files, "2024-03-01");
        let ids = |ask: &Ask| {
            free_ids(&site, ask)
                .unwrap()
                .take(3)
                .map(|id| id.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(ids(&ask("2024-02-02")), "2024-02-02.4 2024-02-02.5 2024-02-02.6");
        assert_eq!(ids(&ask("2024-03-01")), "2024-03-01 2024-03-01.2 2024-03-01.3");
        assert_eq!(ids(&Ask { id: Some("v1".into()), ..ask("2024-03-01") }), "v1 v1.2 v1.3");
    }

    /// The example with a promise of ten days' notice, and other words.
    fn promised() -> Tree<File> {
        let mut files = example();
        put(
            &mut files,
            "site.yaml",
            "name: A\nbase_url: https://a.example/\nnotice:\n  security: 10\n  privacy: 20\n",
        );
        put(&mut files, "security/10-a.md", "## One\n\nOther words.\n");
        put(&mut files, "privacy/_index.md", "---\ntitle: Privacy\n---\n");
        files
    }

    #[test]
    fn words_come_into_force_when_the_notice_is_over() {
        let files = promised();
        let effective = |kind: Kind, effective: Option<&str>| {
            let ask = Ask { kind, effective: effective.map(day), ..ask("2024-03-01") };
            asked(&files, &ask).map(|release| release.effective)
        };
        let (substantive, editorial) = (Kind::Substantive, Kind::Editorial);
        assert_eq!(
            effective(substantive, None),
            Ok(Some(day("2024-03-11"))),
            "what was never released has no readers to be told"
        );
        assert_eq!(effective(substantive, Some("2024-03-11")), Ok(Some(day("2024-03-11"))));
        assert_eq!(effective(substantive, Some("2024-03-12")), Ok(Some(day("2024-03-12"))));
        let short = ShortNotice {
            document: DocumentId::new("security").unwrap(),
            days: 10,
            earliest: day("2024-03-11"),
        };
        assert_eq!(effective(substantive, Some("2024-03-10")), Err(Refusal::ShortNotice(short)));
        assert_eq!(
            effective(substantive, Some("2024-02-29")),
            Err(Refusal::EffectiveBefore(day("2024-03-01")))
        );
        assert_eq!(effective(editorial, None), Ok(None));
        assert_eq!(effective(editorial, Some("2024-03-01")), Ok(None), "the same day is no other");
        assert_eq!(effective(editorial, Some("2024-03-02")), Ok(Some(day("2024-03-02"))));
        // What somebody vouches for goes as an editorial change, with all its notice.
        let vouched =
            Ask { kind: editorial, attested: Some("Ada Bee".into()), ..ask("2024-03-01") };
        let release_ = asked(&files, &vouched).unwrap();
        assert_eq!(
            (release_.effective, release_.attested.as_deref()),
            (Some(day("2024-03-11")), Some("Ada Bee"))
        );
        let (site, _) = site_on(&files, "2024-03-01");
        let added = release(&files, &[Planned::new(release_, site.unreleased().collect())]);
        assert!(
            text(&added, "versions/ledger.yaml")
                .contains("  kind: editorial\n  attested: Ada Bee\n  summary:"),
            "{}",
            text(&added, "versions/ledger.yaml")
        );
        let (site, found) =
            site_on(&files.clone().into_iter().chain(added).collect(), "2024-03-01");
        assert!(
            !found.has_errors()
                && site.releases.last().unwrap().attested.as_deref() == Some("Ada Bee")
        );
        let unknown = Ask { effective: Some(day("2024-01-01")), id: Some("old".into()), ..ask("") };
        assert_eq!(asked(&files, &unknown).unwrap().effective, Some(day("2024-01-01")));
    }

    #[test]
    fn the_longest_notice_counts() {
        let mut files = released(&promised(), "2024-02-10");
        put(&mut files, "security/10-a.md", "## One\n\nNew words.\n");
        put(&mut files, "privacy/_index.md", "---\ntitle: Private\n---\n");
        assert_eq!(asked(&files, &ask("2024-03-01")).unwrap().effective, Some(day("2024-03-21")));
        put(
            &mut files,
            "site.yaml",
            "name: A\nbase_url: https://a.example/\nnotice:\n  security: 0\n",
        );
        assert_eq!(asked(&files, &ask("2024-03-01")).unwrap().effective, None, "none is promised");
    }

    #[test]
    fn a_list_of_sub_processors_announces_itself() {
        let list = |note: &str, entries: &[&str]| {
            let entries: String =
                entries.iter().map(|entry| format!("  - {{purpose: P, {entry}}}\n")).collect();
            format!("note: {note}\nsubprocessors:\n{entries}")
        };
        let mut files = project(&[
            ("a/_index.md", "---\ntitle: A\n---\n"),
            ("subprocessors.yaml", &list("n", &["name: One", "name: Two, effective: 2024-02-20"])),
        ]);
        put(
            &mut files,
            "site.yaml",
            "name: A\nbase_url: https://a.example/\nnotice:\n  subprocessors: 10\n",
        );
        let before = released(&files, "2024-02-01");
        let earliest = |note: &str, entries: &[&str]| {
            let mut files = before.clone();
            put(&mut files, "subprocessors.yaml", &list(note, entries));
            asked(&files, &ask("2024-03-01")).unwrap().effective.map(|day| day.to_string())
        };
        let (one, two, late) =
            ("name: One", "name: Two, effective: 2024-02-20", Some("2024-03-11".to_owned()));
        assert_eq!(earliest("n", &[one, two, "name: Three, effective: 2024-03-11"]), None);
        assert_eq!(earliest("n", &[one, two, "name: Three, effective: 2024-03-10"]), late);
        assert_eq!(earliest("n", &[one, two, "name: Three"]), late);
        assert_eq!(earliest("m", &[one, two]), late);
        assert_eq!(earliest("n", &["name: One, country: NO", two]), late);
        assert_eq!(
            earliest("n", &["name: One, until: 2024-03-02", two]),
            None,
            "who leaves may leave at once"
        );
        assert_eq!(earliest("n", &[one, "name: Two, effective: 2024-02-21"]), late);
        assert_eq!(earliest("n", &[one, "name: Two, effective: 2024-03-11"]), None);
        assert_eq!(earliest("n", &[one]), None);
    }

    #[test]
    fn a_policy_that_shows_a_list_follows_its_day_and_notice() {
        let list = |entries: &[&str]| {
            let entries: String =
                entries.iter().map(|entry| format!("  - {{purpose: P, {entry}}}\n")).collect();
            format!("subprocessors:\n{entries}")
        };
        let words = "---\ntitle: A\n---\nThese help:\n\n{{ subprocessors }}\n";
        let mut files =
            project(&[("a/_index.md", words), ("subprocessors.yaml", &list(&["name: One"]))]);
        put(
            &mut files,
            "site.yaml",
            "name: A\nbase_url: https://a.example/\nnotice:\n  a: 30\n  subprocessors: 10\n",
        );
        let before = released(&files, "2024-02-01");
        let days = |entries: &[&str], words: &str, only: &[&str]| {
            let mut files = before.clone();
            put(&mut files, "subprocessors.yaml", &list(entries));
            put(&mut files, "a/_index.md", words);
            let (site, _) = site_on(&files, "2024-03-01");
            let documents: Vec<&History> =
                site.unreleased().filter(|history| only.contains(&history.id.as_str())).collect();
            let planned = permitted(&site, &files, &documents, &ask("2024-03-01")).unwrap();
            let day = |planned: &Planned<'_>| planned.release.planned().unwrap().to_string();
            let of = |planned: &Planned<'_>| {
                planned
                    .documents
                    .iter()
                    .map(|history| format!("{} {}", history.id, day(planned)))
                    .collect::<Vec<_>>()
            };
            planned.iter().flat_map(of).collect::<Vec<_>>().join(", ")
        };
        let both = ["a", "subprocessors"];
        let (late, undated) =
            (["name: One", "name: Two, effective: 2024-05-01"], ["name: One", "name: Two"]);
        assert_eq!(
            days(&late, words, &both),
            "a 2024-03-01, subprocessors 2024-03-01",
            "the list announces itself"
        );
        assert_eq!(days(&undated, words, &both), "a 2024-03-11, subprocessors 2024-03-11");
        let more = words.replace("help", "help us");
        assert_eq!(
            days(&undated, &more, &both),
            "a 2024-03-31, subprocessors 2024-03-31",
            "more than the list changed"
        );
        assert_eq!(days(&late, &more, &["a"]), "a 2024-03-31");
        assert_eq!(
            days(&late, words, &["a"]),
            "a 2024-03-31",
            "a list that is not released has no day to follow"
        );
    }

    #[test]
    fn a_release_freezes_the_words_and_nothing_else() {
        let files = project(&[
            ("security/_index.md", "---\ntitle: Security\n---\n"),
            ("security/10-a.md", "---\nsummary: S\n---\n## One\n\nWithin {{ commitment.a }}.\n"),
            ("commitments.yaml", "commitments:\n  - {id: a, what: W, value: 2, unit: days}\n"),
            (
                "whitehats.yaml",
                "whitehats:\n  - name: Ada\n    consent: true\n  - name: Bee\n    consent: false\n",
            ),
        ]);
        let (site, _) = site_on(&files, "2024-01-01");
        let one = Release::new(ReleaseId::new("one").unwrap(), "A: b", Kind::Editorial);
        let one = Release { effective: Some(day("2024-01-02")), ..one };
        assert!(release(&files, &[Planned::new(one.clone(), Vec::new())]).is_empty());
        let added = release(&files, &[Planned::new(one, site.unreleased().collect())]);
        let paths: Vec<&str> =
            added.iter().map(|(path, _)| path.within("content/versions").unwrap()).collect();
        let names =
            ["commitments.yaml", "security/10-a.md", "security/_index.md", "whitehats.yaml"]
                .map(|name| format!("one/{name}"));
        assert_eq!(
            paths,
            [&["ledger.yaml".to_owned(), "one/SHA256SUMS".to_owned()][..], &names[..]].concat()
        );
        let frozen = |path: &str| text(&added, &format!("versions/one/{path}"));
        assert_eq!(frozen("security/10-a.md"), "---\nsummary: S\n---\n## One\n\nWithin 2 days.\n");
        assert_eq!(frozen("commitments.yaml"), text(&files, "commitments.yaml"));
        assert_eq!(frozen("whitehats.yaml"), "whitehats:\n  - name: Ada\n    consent: true\n");
        let ledger = text(&added, "versions/ledger.yaml");
        let lines: Vec<&str> =
            ledger.lines().skip_while(|line| !line.starts_with("- ")).take(8).collect();
        assert_eq!(
            lines[..5],
            [
                "- release: one",
                "  effective: 2024-01-02",
                "  kind: editorial",
                "  summary: \"A: b\"",
                "  documents:"
            ]
        );
    }

    #[test]
    fn a_refusal_says_what_would_be_permitted() {
        for (refusal, word) in [
            (Refusal::EmptySummary, "say in a sentence"),
            (Refusal::BadId("A\n".into()), "`A\\n` cannot be the id"),
            (Refusal::IdTaken(ReleaseId::new("one").unwrap()), "choose another `--id`"),
            (Refusal::NoId, "needs an id"),
            (
                Refusal::Backwards { asked: day("2024-01-01"), newest: day("2024-01-02") },
                "2024-01-01 is before 2024-01-02",
            ),
            (
                Refusal::Future { asked: day("2024-01-03"), today: day("2024-01-02") },
                "2024-01-03 is after 2024-01-02",
            ),
            (Refusal::EffectiveBefore(day("2024-01-02")), "before 2024-01-02"),
            (
                Refusal::ShortNotice(ShortNotice {
                    document: DocumentId::new("a").unwrap(),
                    days: 3,
                    earliest: day("2024-01-02"),
                }),
                "`a` are promised 3 days of notice: the earliest day is 2024-01-02",
            ),
        ] {
            assert!(refusal.to_string().contains(word), "{refusal}");
        }
    }
}
