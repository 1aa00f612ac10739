//! The draft and the ledger told as one: every document through time, with the day on which its
//! words last changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger::comparison::{Comparison, Forms};
use crate::ledger::frozen::Sums;
use crate::ledger::verify::{Proof, Proved, verify};
use crate::ledger::{SUMS, frozen};
use crate::model::{
    Act, Body, Content, Decision, Document, DocumentId, End, Entry, History, Ledger, Policy,
    Release, ReleaseId, Scheduled, Site, Timeline, Version, timeline,
};
use crate::parse;
use crate::tree::{Digest, File, Hasher, Memo, Saved, Tree, TreePath, from_bytes, to_bytes};

/// What was worked out of released texts before, by their bytes.
#[derive(Default)]
pub struct Known {
    /// What each says, and what was found in it.
    texts: Memo<parse::Read>,
    /// How two of one document compare.
    comparisons: Memo<Comparison>,
}

impl Known {
    /// Returns what was worked out before another program ended.
    pub fn restored([texts, comparisons]: [Saved; 2]) -> Known {
        Known { texts: Memo::restored(texts), comparisons: Memo::restored(comparisons) }
    }

    /// Returns what was asked for in this round, for a program that runs later.
    pub fn saved(&self) -> [Saved; 2] {
        [self.texts.saved(parse::kept), self.comparisons.saved(|made| Some(to_bytes(made)))]
    }

    /// Begins another round.
    pub fn turn(&self) {
        self.texts.turn();
        self.comparisons.turn();
    }
}

/// Returns the site that a draft and the ledger make on a day.
pub fn site(
    content: Content,
    files: &Tree<File>,
    today: Date,
    diagnostics: &mut Diagnostics,
) -> Site {
    site_again(content, files, today, &Known::default(), diagnostics)
}

/// Returns the same, where much was worked out before.
pub fn site_again(
    content: Content,
    files: &Tree<File>,
    today: Date,
    known: &Known,
    diagnostics: &mut Diagnostics,
) -> Site {
    let Proof { entries, releases, whole } = verify(files, &frozen::archive(), diagnostics);
    let archive = frozen::archive();
    // An invalid ledger would report the frozen texts a second time.
    let relevant = |found: Diagnostics| {
        let frozen = |found: &Diagnostic| {
            found.place.as_ref().is_none_or(|place| place.path.within(archive.as_str()).is_some())
        };
        found.into_iter().filter(|found| whole || !frozen(found)).collect::<Diagnostics>()
    };
    let (reviewed, acts) = (reviewed(&entries), acts(&entries));
    let ids: BTreeSet<&DocumentId> = content
        .documents
        .keys()
        .chain(releases.iter().flat_map(|proved| proved.documents.keys()))
        .collect();
    let ids: Vec<&DocumentId> = ids.into_iter().collect();
    let raw_html = content.config.raw_html;
    let tell = |id: &DocumentId, before: Option<&Version>| {
        let mut found = Diagnostics::new();
        let reviewed = reviewed.get(id.as_str()).copied();
        let (draft, acts) = (
            content.documents.get(id).cloned(),
            acts.get(id.as_str()).map_or(&[][..], Vec::as_slice),
        );
        let history = history(
            id,
            (draft, before),
            &releases,
            acts,
            (files, known),
            (today, raw_html),
            &mut found,
        );
        (history.map(|history| History { reviewed, ..history }), found)
    };
    let continued = continued(&entries);
    let (later, first): (Vec<&DocumentId>, Vec<&DocumentId>) =
        ids.into_iter().partition(|id| continued.iter().any(|(new, _)| new == id));
    let mut histories = Vec::new();
    for (history, found) in first.into_par_iter().map(|id| tell(id, None)).collect::<Vec<_>>() {
        histories.extend(history);
        diagnostics.extend(relevant(found));
    }
    // What goes on under another id has the days of what it was, so that comes first.
    for (new, old) in continued.iter().filter(|(new, _)| later.contains(new)) {
        let before = histories
            .iter()
            .find(|history: &&History| history.id == **old)
            .and_then(History::newest)
            .cloned();
        let (history, found) = tell(new, before.as_ref());
        histories.extend(history);
        diagnostics.extend(relevant(found));
    }
    histories
        .sort_by(|a: &History, b: &History| place(a).cmp(&place(b)).then_with(|| a.id.cmp(&b.id)));
    let proofs = releases.iter().map(|proved| proved.folder.join(SUMS)).chain([frozen::ledger()]);
    let mut config = content.config;
    if let Some(security_txt) = &mut config.security_txt {
        security_txt.recorded = expires(&entries);
    }
    let ledger = Ledger {
        files: proofs.filter_map(|path| frozen::file(files, &path, None)).collect(),
        entries,
    };
    let mut site = Site::new(
        config,
        histories,
        releases.into_iter().map(|proved| proved.release).collect(),
        ledger,
    );
    site.pages = content.pages;
    site
}

/// Returns the documents that go on as others, each with what it was: those whose first version was
/// released in the act that retired the other, on that day.
fn continued(entries: &[Entry]) -> Vec<(&DocumentId, &DocumentId)> {
    let mut continued: Vec<(&DocumentId, &DocumentId)> = Vec::new();
    for (place, pair) in entries.windows(2).enumerate() {
        let [Entry { act: Act::Release(new), .. }, Entry { act: Act::Retirement(old), .. }] = pair
        else {
            continue;
        };
        let (Some(next), [id]) = (&old.see, &old.documents[..]) else { continue };
        let before = |entry: &Entry| {
            entry.release().is_some_and(|frozen| frozen.documents.contains_key(next))
        };
        let is_first = new.documents.contains_key(next) && !entries[..place].iter().any(before);
        if is_first && old.effective == old.date && new.release.released == Some(old.date) {
            continued.push((next, id));
        }
    }
    continued
}

/// Returns where a document stands among the others: policies by their order, then the lists.
fn place(history: &History) -> (bool, i64) {
    match history.current().policy() {
        Some(policy) => (false, policy.order),
        None => (true, 0),
    }
}

/// Returns the day on which each document, or `security.txt`, was last reviewed.
fn reviewed(entries: &[Entry]) -> BTreeMap<&str, Date> {
    let reviews = entries.iter().filter_map(|entry| match &entry.act {
        Act::Review(review) => Some(review),
        _ => None,
    });
    reviews
        .flat_map(|review| review.documents.iter().map(|document| (document.as_str(), review.date)))
        .collect()
}

/// Returns the end of security.txt that the newest review of it recorded.
fn expires(entries: &[Entry]) -> Option<Timestamp> {
    entries.iter().rev().find_map(|entry| match &entry.act {
        Act::Review(review) => review.expires,
        _ => None,
    })
}

/// The entries about a document other than its releases, each with its place.
type Acts<'a> = BTreeMap<&'a str, Vec<(usize, &'a Act)>>;

/// Returns the acts that are about each document.
fn acts(entries: &[Entry]) -> Acts<'_> {
    let mut acts = Acts::new();
    for (place, Entry { act, .. }) in entries.iter().enumerate() {
        for id in act.decides().iter().filter(|id| !is_passed(act, id, &entries[place + 1..])) {
            acts.entry(id.as_str()).or_default().push((place, act));
        }
    }
    acts
}

/// Returns true if an act is a retirement that was dated ahead, and a later release or retirement
/// of the document went back behind it: it never took place.
fn is_passed(act: &Act, id: &DocumentId, later: &[Entry]) -> bool {
    let Act::Retirement(retirement) = act else {
        return false;
    };
    let again = |entry: &&Entry| {
        matches!(entry.act, Act::Release(_) | Act::Retirement(_))
            && entry.documents().contains(id.as_str())
    };
    later.iter().find(again).is_some_and(|entry| entry.ahead == Some(retirement.date))
}

/// Returns the history of one document. `before` is the version of another that it goes on from,
/// `acts` are those about it.
fn history<'a>(
    id: &DocumentId,
    (draft, before): (Option<Arc<Document>>, Option<&Version>),
    releases: &'a [Proved],
    acts: &[(usize, &Act)],
    (files, memos): (&Tree<File>, &Known),
    (today, raw_html): (Date, bool),
    diagnostics: &mut Diagnostics,
) -> Option<History> {
    let own: Vec<(&Proved, Digest)> =
        releases.iter().filter_map(|proved| Some((proved, *proved.documents.get(id)?))).collect();
    let scheduled = |(proved, _): &(&'a Proved, Digest)| {
        let release = &proved.release;
        let follows = release.follows.as_ref().map(ReleaseId::as_str);
        Scheduled {
            place: proved.place,
            id: release.id.as_str(),
            released: release.released,
            day: release.planned(),
            follows,
        }
    };
    let scheduled: Vec<Scheduled<'_>> = own.iter().map(scheduled).collect();
    let Timeline { periods, order, decided } = timeline(&scheduled, acts);
    let mut documents: BTreeMap<(Digest, bool), Arc<Document>> = BTreeMap::new();
    let (mut versions, mut inputs): (Vec<Version>, Vec<Digest>) = (Vec::new(), Vec::new());
    let forms = Forms::default();
    for ((proved, digest), period) in own.into_iter().zip(periods) {
        // Where a release does not say how it was read, all was read alike.
        let raw_html = proved.raw_html.unwrap_or(raw_html);
        let copied = |draft: &&Arc<Document>| is_copy(draft, id, raw_html, &proved.sums);
        let known = documents.get(&(digest, raw_html)).or(draft.as_ref().filter(copied)).cloned();
        let input = input(files, &proved.folder, id, raw_html);
        let document = known.or_else(|| {
            let kept = |bytes: &[u8]| parse::recalled(bytes, files, &proved.folder);
            let (document, found) = memos.texts.recall(input, kept, || {
                let mut found = Diagnostics::new();
                let folder = &proved.folder;
                let document = parse::document(files, folder, id, raw_html, &mut found);
                (document.map(Arc::new), found)
            });
            diagnostics.extend(found);
            document
        })?;
        documents.insert((digest, raw_html), document.clone());
        let follows = follows(&versions, &order, proved, acts);
        let (stamp, sections) = match follows {
            Some(at) => {
                let pair = Digest::of(format!("{} {input}", inputs[at]));
                let compared = |old: &Document, new: &Document| {
                    memos.comparisons.recall(pair, from_bytes, || forms.compare(old, new))
                };
                stamps(&document, &proved.release, Some(&versions[at]), compared)
            }
            None => stamps(&document, &proved.release, before, |old, new| forms.compare(old, new)),
        };
        inputs.push(input);
        let files = frozen::published(files, &proved.folder, &proved.sums, id);
        let release = proved.release.clone();
        let (place, notice) = (proved.place, proved.notice.get(id).copied());
        let decisions = acts
            .iter()
            .filter(|(place, _)| decided.contains(&(*place, versions.len())))
            .filter_map(decision)
            .collect();
        versions.push(Version {
            release,
            digest,
            document,
            stamp,
            sections,
            files,
            place,
            follows,
            period,
            notice,
            decisions,
        });
    }
    let retirements = acts.iter().filter_map(|(place, act)| match act {
        Act::Retirement(retirement) => Some((*place, retirement.clone())),
        _ => None,
    });
    let mut history = History {
        order,
        retirements: retirements.collect(),
        ..History::new(id.clone(), today, draft, versions)
    };
    history.unreleased = match (&history.draft, history.newest_at()) {
        (Some(draft), Some(newest)) => {
            let released = &history.versions[newest].document;
            let compared = || forms.compare(released, draft);
            let remembered = |policy: &Policy| {
                let pair = format!("{} draft {}", inputs[newest], written(policy));
                memos.comparisons.recall(Digest::of(pair), from_bytes, compared)
            };
            !Arc::ptr_eq(draft, released)
                && !draft.policy().map_or_else(compared, remembered).is_same()
        }
        (Some(_), None) => true,
        (None, _) => false,
    };
    if history.draft.is_none() && history.retirement().is_none() {
        let gone = Diagnostic::warning(
            Code::Withdrawn,
            format!("`{id}` was released and is missing from `content/`"),
        );
        let gone = gone.in_file(&frozen::ledger()).sought_in(format!("content/{id}"));
        diagnostics.push(gone.help(format!(
            "bring it back; if it has another name now, run `policybook rename {id} NAME`, and if it ended `policybook retire {id} --reason TEXT`"
        )));
    }
    Some(history)
}

/// Returns the place of the version that a release was made from: the one it names, else the newest
/// that was not taken back by then.
fn follows(
    versions: &[Version],
    order: &[usize],
    made: &Proved,
    acts: &[(usize, &Act)],
) -> Option<usize> {
    let cancelled = |version: &Version| {
        acts.iter().take_while(|(place, _)| *place < made.place).any(|(place, act)| match act {
            Act::Withdrawal(act) => {
                version.period.end == End::Withdrawn && act.versions.contains(&version.release.id)
            }
            Act::Retirement(_) => version.period.is_cancelled() && version.place < *place,
            _ => false,
        })
    };
    let named =
        |named: &ReleaseId| versions.iter().rposition(|version| version.release.id == *named);
    let newest = || {
        order
            .iter()
            .rev()
            .copied()
            .find(|at| versions.get(*at).is_some_and(|version| !cancelled(version)))
    };
    made.release.follows.as_ref().and_then(named).or_else(newest)
}

/// Returns what an act decides of a version.
fn decision((place, act): &(usize, &Act)) -> Option<Decision> {
    let (date, reason, effective) = match act {
        Act::Postponement(act) => (act.date, &act.reason, Some(act.effective)),
        Act::Withdrawal(act) => (act.date, &act.reason, None),
        Act::Release(_) | Act::Review(_) | Act::Redaction(_) | Act::Retirement(_) => return None,
    };
    Some(Decision { place: *place, date, reason: reason.clone(), effective })
}

/// Returns true if the files of a draft are, byte for byte, those that were frozen, so that they
/// need not be read twice.
fn is_copy(draft: &Document, id: &DocumentId, raw_html: bool, sums: &Sums) -> bool {
    let Some(policy) = draft.policy().filter(|policy| policy.raw_html == raw_html) else {
        return false;
    };
    let mut copies = 0;
    for part in policy.parts() {
        let Body::Part(file, _) = &part.body else {
            return false;
        };
        match sums.file(part.file.as_str()) {
            Some(digest) if digest == file.digest() => copies += 1,
            _ => return false,
        }
    }
    copies == sums.document_files(id).count()
}

/// Returns the digest of all that a frozen text is read from: its files, where they lie, and how
/// they are read.
fn input(files: &Tree<File>, folder: &TreePath, id: &DocumentId, raw_html: bool) -> Digest {
    let mut input = Hasher::default();
    input.add(format!("{id} {raw_html}\n"));
    let (texts, list) = (folder.join(id.as_str()), folder.join(&format!("{id}.yaml")));
    for (path, file) in files.under(&texts).chain(files.get_key_value(&list)) {
        input.add_file(path.as_str(), file);
    }
    input.digest()
}

/// Returns the digest of all that a policy says, and where.
fn written(policy: &Policy) -> Digest {
    let mut written = Hasher::default();
    written.add(to_bytes(policy));
    policy.parts().for_each(|part| written.add(part.body.text()));
    written.digest()
}

/// Returns the releases at which the words of a document, and of each of its sections, last
/// changed: where the version before says the same it is the release that one names, else it is the
/// version's own.
fn stamps(
    document: &Arc<Document>,
    release: &Arc<Release>,
    before: Option<&Version>,
    compare: impl Fn(&Document, &Document) -> Comparison,
) -> (Arc<Release>, Vec<Arc<Release>>) {
    let Some(before) = before else {
        let sections = document.policy().map_or(0, |policy| policy.sections.len());
        return (release.clone(), vec![release.clone(); sections]);
    };
    if Arc::ptr_eq(document, &before.document) {
        return (before.stamp.clone(), before.sections.clone());
    }
    let Comparison { sections, same, .. } = compare(&before.document, document);
    let sections = sections
        .into_iter()
        .map(|old| old.map_or(release, |old| &before.sections[old]).clone())
        .collect();
    (if same { before.stamp.clone() } else { release.clone() }, sections)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    /// Releases each draft in turn, and tells after each the release that every section and the
    /// policy are stamped with.
    fn described(drafts: &[&[(&str, &str)]]) -> Vec<String> {
        let mut files: Tree<File> = Tree::new();
        let mut described = Vec::new();
        let put = |files: &mut Tree<File>, path: &str, text: &str| {
            files.insert(TreePath::new(path).unwrap(), File::new(text.as_bytes()));
        };
        for (index, draft) in drafts.iter().enumerate() {
            files = files
                .into_iter()
                .filter(|(path, _)| !path.as_str().starts_with("content/security/"))
                .collect();
            put(&mut files, "content/site.yaml", "name: A\nbase_url: https://a.example/\n");
            put(&mut files, "content/security/_index.md", "---\ntitle: Security\n---\n");
            for (name, words) in draft.iter() {
                put(
                    &mut files,
                    &format!("content/security/{name}.md"),
                    &format!("## {words}\n\n{words}\n"),
                );
            }
            let today = Date::constant(2024, 1, 1);
            let read = |files: &Tree<File>| {
                let mut diagnostics = Diagnostics::new();
                let content = parse::content(files, &mut diagnostics);
                let site = site(content, files, today, &mut diagnostics);
                assert!(!diagnostics.has_errors(), "{diagnostics:?}");
                site
            };
            files = released_as(
                &files,
                "2024-01-01",
                Release::new(ReleaseId::new(&format!("r{index}")).unwrap(), "x", Kind::Substantive),
            );
            let site = read(&files);
            let version = site.histories[0].versions.last().unwrap();
            let policy = version.document.policy().unwrap();
            let sections = policy
                .sections
                .iter()
                .zip(&version.sections)
                .map(|(section, stamp)| format!("{}:{}", section.id, stamp.id));
            described.push(format!(
                "{} {}",
                version.stamp.id,
                sections.collect::<Vec<_>>().join(" ")
            ));
        }
        described
    }

    #[test]
    fn a_section_keeps_its_date_when_its_words_do_not_change() {
        let drafts: [&[_]; 4] = [
            &[("10-a", "one"), ("20-b", "two")],
            &[("10-a", "one"), ("20-b", "three")],
            &[("10-a", "one"), ("20-b", "two")],
            &[("10-b", "two"), ("20-z", "one"), ("30-c", "four")],
        ];
        assert_eq!(
            described(&drafts),
            ["r0 a:r0 b:r0", "r1 a:r0 b:r1", "r2 a:r0 b:r2", "r3 b:r2 z:r0 c:r3"]
        );
    }

    use crate::ledger::tests::{
        day, example, project, put, released, released_as, said, site_on, without,
    };

    #[test]
    fn a_version_is_in_force_from_its_day() {
        let mut files = example();
        let text = crate::ledger::tests::text(&files, "versions/ledger.yaml");
        put(&mut files, "security/20-b.md", "## Two\n\nOther words.\n");
        let later = Release::new(ReleaseId::new("2024-03-01").unwrap(), "x", Kind::Substantive);
        let later = Release {
            released: Some(day("2024-03-01")),
            effective: Some(day("2024-04-01")),
            ..later
        };
        let files = released_as(&files, "2024-03-01", later);
        assert!(crate::ledger::tests::text(&files, "versions/ledger.yaml").starts_with(&text));
        let in_force = |files: &Tree<File>, today: &str| {
            site_on(files, today).0.history("security").unwrap().in_force
        };
        assert_eq!(in_force(&files, "2023-12-31"), None);
        assert_eq!(in_force(&files, "2024-01-01"), Some(0));
        assert_eq!(in_force(&files, "2024-02-01"), Some(0));
        assert_eq!(in_force(&files, "2024-02-02"), Some(1));
        assert_eq!(in_force(&files, "2024-03-31"), Some(1));
        assert_eq!(in_force(&files, "2024-04-01"), Some(2));
    }

    /// Returns the period of each version of a policy with these days of release and effect, and
    /// the version in force on each day asked for.
    fn periods(
        versions: &[(&str, Option<&str>)],
        days: &[&str],
    ) -> (Vec<String>, Vec<Option<usize>>) {
        let mut files = project(&[("a/_index.md", "---\ntitle: A\n---\n")]);
        for (number, (released, effective)) in versions.iter().enumerate() {
            put(&mut files, "a/_index.md", &format!("---\ntitle: A\n---\nWords {number}.\n"));
            let release = Release::new(
                ReleaseId::new(&format!("r{number}")).unwrap(),
                "x",
                Kind::Substantive,
            );
            let released = Some(*released).filter(|day| !day.is_empty()).map(day);
            files = released_as(
                &files,
                "2030-01-01",
                Release { released, effective: effective.map(day), ..release },
            );
        }
        let (site, found) = site_on(&files, "2030-01-01");
        assert!(!found.has_errors(), "{found:?}");
        let described =
            |period: &crate::model::Period| match (period.never(), period.from, period.until()) {
                (true, ..) => "never".to_owned(),
                (false, from, until) => [from, until]
                    .map(|day| day.map_or_else(|| "?".to_owned(), |day| day.to_string()))
                    .join(" to "),
            };
        let periods = site
            .history("a")
            .unwrap()
            .versions
            .iter()
            .map(|version| described(&version.period))
            .collect();
        (
            periods,
            days.iter().map(|day| site_on(&files, day).0.history("a").unwrap().in_force).collect(),
        )
    }

    #[test]
    fn ledgers_of_before_read_as_they_were_published() {
        // An editorial release overtook an announced one, and its words stayed.
        let overtaken =
            [("2024-01-01", None), ("2024-03-11", Some("2024-04-10")), ("2024-03-13", None)];
        let (described, in_force) =
            periods(&overtaken, &["2024-03-12", "2024-03-13", "2024-04-10", "2024-05-01"]);
        assert_eq!(described, ["2024-01-01 to 2024-03-12", "never", "2024-03-13 to ?"]);
        assert_eq!(in_force, [Some(0), Some(2), Some(2), Some(2)]);
        // Two of a day: the first was in force for a part of it.
        let (described, in_force) =
            periods(&[("2024-01-01", None), ("2024-01-01", None)], &["2023-12-31", "2024-01-01"]);
        assert_eq!(described, ["2024-01-01 to 2024-01-01", "2024-01-01 to ?"]);
        assert_eq!(in_force, [None, Some(1)]);
        // Versions of unknown date come first, wherever they are in the ledger.
        let (described, in_force) =
            periods(&[("", None), ("2024-01-01", None), ("", None)], &["2023-12-31", "2024-01-01"]);
        assert_eq!(described, ["? to ?", "2024-01-01 to ?", "? to 2023-12-31"]);
        assert_eq!(in_force, [Some(2), Some(1)]);
        // Announced one behind the other.
        let later = [
            ("2024-01-01", None),
            ("2024-02-01", Some("2024-03-01")),
            ("2024-02-02", Some("2024-04-01")),
        ];
        let (described, in_force) = periods(&later, &["2024-02-29", "2024-03-01", "2024-04-01"]);
        assert_eq!(
            described,
            ["2024-01-01 to 2024-02-29", "2024-03-01 to 2024-03-31", "2024-04-01 to ?"]
        );
        assert_eq!(in_force, [Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn a_draft_is_unreleased_while_it_says_something_else() {
        let unreleased = |files: &Tree<File>| {
            site_on(files, "2024-03-01")
                .0
                .unreleased()
                .map(|history| history.id.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let mut files = example();
        assert_eq!(unreleased(&files), "");
        put(&mut files, "security/10-a.md", "## One\n\nWords\nby  Ada Bee.\n");
        assert_eq!(unreleased(&files), "", "white space is not words");
        put(&mut files, "security/10-a.md", "## One\n\nWords by Bee Ada.\n");
        assert_eq!(unreleased(&files), "security");
        put(&mut files, "whitehats.yaml", "whitehats: []\n");
        put(&mut files, "privacy/_index.md", "---\ntitle: Privacy\n---\n");
        assert_eq!(unreleased(&files), "privacy security whitehats");
        assert_eq!(unreleased(&released(&files, "2024-03-01")), "");
    }

    #[test]
    fn a_list_in_another_order_changes_neither_itself_nor_what_shows_it() {
        let (list, names) = (
            |entries: &[&str]| {
                entries
                    .iter()
                    .map(|name| format!("  - {{name: {name}, purpose: P}}\n"))
                    .fold("subprocessors:\n".to_owned(), |all, line| all + &line)
            },
            |entries: &[&str]| {
                entries
                    .iter()
                    .map(|name| format!("  - {{name: {name}, consent: true}}\n"))
                    .fold("whitehats:\n".to_owned(), |all, line| all + &line)
            },
        );
        let files = project(&[
            ("a/_index.md", "---\ntitle: A\n---\n{{ subprocessors }}\n\n{{ whitehats }}\n"),
            ("subprocessors.yaml", &list(&["Zero", "Beta", "Alpha"])),
            ("whitehats.yaml", &names(&["Zoe", "Ada"])),
        ]);
        let unreleased = |files: &Tree<File>| {
            let (site, _) = site_on(files, "2024-03-01");
            site.unreleased().map(|history| history.id.to_string()).collect::<Vec<_>>().join(" ")
        };
        let mut files = released(&files, "2024-01-01");
        put(&mut files, "subprocessors.yaml", &list(&["Alpha", "Zero", "Beta"]));
        put(&mut files, "whitehats.yaml", &names(&["Ada", "Zoe"]));
        assert_eq!(unreleased(&files), "");
        put(&mut files, "subprocessors.yaml", &list(&["New", "Alpha", "Zero", "Beta"]));
        assert_eq!(unreleased(&files), "a subprocessors");
        let mut files = released(&files, "2024-02-01");
        let frozen = crate::ledger::tests::text(&files, "versions/2024-02-01/a/_index.md");
        let at = |name: &str| frozen.find(name).unwrap();
        assert!(
            at("New") < at("Alpha")
                && at("Alpha") < at("Zero")
                && at("Zero") < at("Beta")
                && at("Zoe") < at("Ada"),
            "{frozen}"
        );
        put(&mut files, "subprocessors.yaml", &list(&["Beta", "New", "Zero", "Alpha"]));
        assert_eq!(unreleased(&files), "");
    }

    #[test]
    fn a_version_keeps_how_raw_html_was_read() {
        let site = |raw: &str| format!("name: A\nbase_url: https://a.example/\nraw_html: {raw}\n");
        let mut files = project(&[
            ("a/_index.md", "---\ntitle: A\n---\nMuch <b>more</b>.\n"),
            ("b/_index.md", "---\ntitle: B\n---\nLess.\n"),
        ]);
        put(&mut files, "site.yaml", &site("true"));
        let mut files = released(&files, "2024-01-01");
        assert!(
            crate::ledger::tests::text(&files, "versions/ledger.yaml")
                .contains("  kind: substantive\n  raw_html: true\n")
        );
        put(&mut files, "site.yaml", &site("false"));
        put(&mut files, "b/_index.md", "---\ntitle: B\n---\nMore.\n");
        let (described, _) = site_on(&files, "2024-02-01");
        let unreleased: Vec<&str> =
            described.unreleased().map(|history| history.id.as_str()).collect();
        assert_eq!(unreleased, ["a", "b"], "readers of the draft would see the tags");
        let raw = |id: &str| {
            described.history(id).unwrap().versions[0].document.policy().unwrap().raw_html
        };
        assert!(
            raw("a")
                && !described
                    .history("a")
                    .unwrap()
                    .draft
                    .as_ref()
                    .unwrap()
                    .policy()
                    .unwrap()
                    .raw_html
        );
        let files = released(&files, "2024-02-01");
        assert!(
            crate::ledger::tests::text(&files, "versions/ledger.yaml")
                .contains("  kind: substantive\n  raw_html: false\n")
        );
        let plain = released(
            &project(&[("b/_index.md", "---\ntitle: B\n---\n1 < 2 & `<b>`\n")]),
            "2024-01-01",
        );
        assert!(
            !crate::ledger::tests::text(&plain, "versions/ledger.yaml").contains("raw_html"),
            "there is no difference"
        );
    }

    #[test]
    fn a_document_that_is_gone_from_the_draft_stays_with_its_versions() {
        let files = without(example(), "whitehats.yaml");
        let (site, found) = site_on(&files, "2024-03-01");
        assert_eq!(
            said(&files, &found),
            ["P053 versions/ledger.yaml `whitehats` was released and is missing from ``"]
        );
        let history = site.history("whitehats").unwrap();
        assert!(history.draft.is_none() && !history.unreleased && history.versions.len() == 1);
    }

    #[test]
    fn documents_stand_in_the_order_of_their_authors() {
        let policy = |order: i64| format!("---\ntitle: X\norder: {order}\n---\n");
        let (last, first, middle) = (policy(3), policy(1), policy(2));
        let files = project(&[
            ("a/_index.md", last.as_str()),
            ("b/_index.md", first.as_str()),
            ("c/_index.md", middle.as_str()),
            ("d/_index.md", first.as_str()),
            ("commitments.yaml", "commitments: []\n"),
            ("whitehats.yaml", "whitehats: []\n"),
        ]);
        let (site, _) = site_on(&files, "2024-03-01");
        let ids: Vec<&str> = site.histories.iter().map(|history| history.id.as_str()).collect();
        assert_eq!(ids, ["b", "d", "c", "a", "commitments", "whitehats"]);
    }

    #[test]
    fn files_that_are_the_frozen_ones_are_not_read_twice() {
        let shared = |files: &Tree<File>, id: &str| {
            let (site, _) = site_on(files, "2024-03-01");
            let history = site.history(id).unwrap();
            let draft = history.draft.clone().unwrap();
            history
                .versions
                .iter()
                .map(|version| Arc::ptr_eq(&draft, &version.document))
                .collect::<Vec<_>>()
        };
        let mut files = example();
        assert_eq!(shared(&files, "security"), [false, true]);
        assert_eq!(shared(&files, "whitehats"), [false], "a list may leave something out");
        put(&mut files, "security/10-a.md", "## One\n\nWords by  Ada Bee.\n");
        assert_eq!(shared(&files, "security"), [false, false]);
        let fewer = without(example(), "security/20-b.md");
        assert_eq!(shared(&fewer, "security"), [true, false]);
    }

    #[test]
    fn the_files_that_prove_a_site_go_with_it() {
        let (site, _) = site_on(&example(), "2024-03-01");
        let files: Vec<&str> = site.ledger.files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(files, ["2024-01-01/SHA256SUMS", "2024-02-02/SHA256SUMS", "ledger.yaml"]);
        let versions = &site.history("security").unwrap().versions;
        let digest = |index: usize| versions[index].digest;
        let entries = &site.ledger.entries;
        assert_eq!(
            Some(digest(0)),
            entries[0].release().map(|frozen| frozen.documents["security"].value)
        );
        assert_eq!(
            Some(digest(1)),
            entries[1].release().map(|frozen| frozen.documents["security"].value)
        );
    }

    #[test]
    fn a_title_that_changes_is_a_change_of_the_policy_and_of_no_section() {
        let mut files = example();
        put(&mut files, "security/_index.md", "---\ntitle: Safety\n---\n");
        let files = released(&files, "2024-03-01");
        let (site, _) = site_on(&files, "2024-03-01");
        let version = site.history("security").unwrap().versions.last().unwrap();
        let stamps: Vec<&str> = version.sections.iter().map(|stamp| stamp.id.as_str()).collect();
        assert_eq!(
            (version.stamp.id.as_str(), &stamps[..]),
            ("2024-03-01", &["2024-01-01", "2024-02-02"][..])
        );
    }
}
