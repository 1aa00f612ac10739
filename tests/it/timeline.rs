//! What is in force when: random sequences of releases and acts against a plain model, for
//! everything that a site says of days.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::Value;

use crate::project::Project;
use crate::tiers::times;
use policybook::check::Edition;
use policybook::compile::{Compiled, Memos, Options, compile};
use policybook::ledger;
use policybook::ledger::{Ask, acts, correct};
use policybook::model::{History, Kind, Now};
use policybook::tree::{File, Tree, TreePath};

const START: Date = date(2024, 1, 1);

/// Until which day the model looks.
const HORIZON: i64 = 900;

/// Two policies, and the ids under which they go on when they are renamed.
const DOCUMENTS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// Something that somebody does.
#[derive(Clone, Debug)]
enum Step {
    /// Days pass.
    Wait(i64),
    /// The promise in `site.yaml` changes.
    Promise { document: usize, days: i64 },
    /// Words change and are released; `effective` is so many days ahead.
    Release { documents: [bool; 2], kind: Kind, attested: bool, effective: Option<i64>, back: i64 },
    /// An announced version moves to so many days from today.
    Postpone { document: usize, version: usize, to: i64, with_later: bool },
    /// An announced version is withdrawn, alone or with all later ones.
    Withdraw { document: usize, version: usize, all: bool },
    /// A document is retired so many days from today.
    Retire { document: usize, effective: Option<i64> },
    /// A document's folder goes without a word.
    Remove { document: usize },
    /// A document is reviewed.
    Review { document: usize },
    /// The text in force is corrected, and what is announced with it.
    Correct { document: usize },
    /// A document goes on under another id.
    Rename { document: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let document = 0..2usize;
    let kind = prop_oneof![2 => Just(Kind::Substantive), 1 => Just(Kind::Editorial)];
    prop_oneof![
        4 => prop_oneof![Just(0i64), 1i64..5, 5i64..70].prop_map(Step::Wait),
        2 => (document.clone(), prop_oneof![Just(0i64), Just(2), Just(10), Just(30)])
            .prop_map(|(document, days)| Step::Promise { document, days }),
        8 => (any::<[bool; 2]>(), kind, any::<bool>(), prop::option::weighted(0.3, 0i64..80), prop_oneof![3 => Just(0i64), 1 => 0i64..20])
            .prop_map(|(documents, kind, attested, effective, back)| Step::Release { documents, kind, attested, effective, back }),
        4 => (document.clone(), 0usize..4, 0i64..90, any::<bool>())
            .prop_map(|(document, version, to, with_later)| Step::Postpone { document, version, to, with_later }),
        3 => (document.clone(), 0usize..4, any::<bool>()).prop_map(|(document, version, all)| Step::Withdraw { document, version, all }),
        1 => (document.clone(), prop::option::of(0i64..60)).prop_map(|(document, effective)| Step::Retire { document, effective }),
        1 => document.clone().prop_map(|document| Step::Remove { document }),
        1 => document.clone().prop_map(|document| Step::Review { document }),
        3 => document.clone().prop_map(|document| Step::Correct { document }),
        1 => document.prop_map(|document| Step::Rename { document }),
    ]
}

/// A version as the model knows it.
#[derive(Clone, Debug)]
struct Version {
    document: usize,
    id: String,
    from: Date,
    released: Date,
    withdrawn: bool,
    /// How many releases and retirements there were before it.
    order: usize,
    /// The promise that was in `site.yaml`.
    promise: i64,
    /// The words, and which substantive changes they hold.
    words: String,
    changes: BTreeSet<usize>,
}

/// The plain model: what was done, in its order.
#[derive(Clone, Debug, Default)]
struct Model {
    versions: Vec<Version>,
    /// Document, order, first day on which it is not in force, day of the act.
    retired: Vec<(usize, usize, Date, Date)>,
    order: usize,
    /// The first day on which each substantive change may be in force.
    allowed: Vec<Date>,
}

impl Model {
    /// Returns the version of a document in force on a day: of those whose day has come the one
    /// released last, if no retirement ended it.
    fn on(&self, document: usize, day: Date) -> Option<&Version> {
        let newest = self.versions.iter().rev().find(|version| {
            version.document == document && !version.withdrawn && version.from <= day
        })?;
        let ended = |(of, order, end, _): &(usize, usize, Date, Date)| {
            *of == document && *end <= day && (newest.order < *order || newest.from < *end)
        };
        (!self.retired.iter().any(ended)).then_some(newest)
    }

    /// Returns the version that the next one is made from: the newest that was not taken back.
    fn base(&self, document: usize) -> Option<&Version> {
        let fell = |version: &Version| {
            self.retired.iter().any(|(of, order, end, day)| {
                let announced = version.from > *end || version.from == *end && *day < *end;
                *of == document && version.order < *order && announced
            })
        };
        self.versions
            .iter()
            .rev()
            .find(|version| version.document == document && !version.withdrawn && !fell(version))
    }

    /// Returns the first and the last day of a version, if it is ever in force. One that was
    /// replaced on its first day by one that was released that day was in force for a part of it.
    fn span(&self, version: &Version) -> Option<(Date, Option<Date>)> {
        let days = || (0..HORIZON).map(|ahead| START.saturating_add(ahead.days()));
        let on = |day: &Date| {
            self.on(version.document, *day).is_some_and(|other| other.id == version.id)
        };
        let replaced = |other: &&Version| {
            other.document == version.document
                && !other.withdrawn
                && other.order > version.order
                && other.from == version.from
                && other.released == version.from
        };
        let Some(first) = days().find(on) else {
            let on_the_day = |(of, order, end, day): &(usize, usize, Date, Date)| {
                *of == version.document
                    && version.order < *order
                    && *end == version.from
                    && *day == version.from
            };
            let day = self.on(version.document, version.from).filter(replaced).is_some()
                || self.retired.iter().any(on_the_day);
            return (day && !version.withdrawn).then_some((version.from, Some(version.from)));
        };
        let last = days().rfind(on)?;
        Some((first, Some(last).filter(|last| *last < START.saturating_add((HORIZON - 1).days()))))
    }

    /// Returns what is in force on every day before one.
    fn past(&self, day: Date) -> Vec<[Option<String>; 4]> {
        let days = (0..HORIZON)
            .map(|ahead| START.saturating_add(ahead.days()))
            .take_while(|past| *past < day);
        days.map(|day| {
            [0, 1, 2, 3].map(|document| self.on(document, day).map(|version| version.id.clone()))
        })
        .collect()
    }
}

/// A project, what it promises, and the model of it.
struct World {
    files: Tree<File>,
    today: Date,
    promises: [i64; 4],
    renamed: [bool; 2],
    words: usize,
    model: Model,
}

fn path(text: &str) -> TreePath {
    TreePath::new(text).unwrap()
}

impl World {
    fn new() -> World {
        let mut world = World {
            files: policybook::store::default_theme(),
            today: START,
            promises: [10, 0, 0, 0],
            renamed: [false; 2],
            words: 0,
            model: Model::default(),
        };
        world.settings();
        // Something is left whatever is removed.
        world.put("other/_index.md", "---\ntitle: Other\n---\nWords.\n");
        world
    }

    fn put(&mut self, name: &str, text: &str) {
        self.files.insert(path(&format!("content/{name}")), File::new(text.as_bytes()));
    }

    fn settings(&mut self) {
        let [alpha, beta, ..] = self.promises;
        let text = format!(
            "name: A\nbase_url: https://a.example/\nnotice:\n  alpha: {alpha}\n  beta: {beta}\n"
        );
        self.put("site.yaml", &text);
    }

    fn write(&mut self, document: usize, words: &str) {
        let id = DOCUMENTS[document];
        // A title stays when the id changes.
        let title = DOCUMENTS[document % 2];
        self.put(&format!("{id}/_index.md"), &format!("---\ntitle: {title}\n---\n{words}\n"));
    }

    fn compiled(&self, today: Date) -> Compiled {
        let compiled = compile(
            &self.files,
            Options { edition: Edition::Draft, now: Now::beginning(today, &TimeZone::UTC) },
        );
        let errors: Vec<_> = compiled
            .diagnostics
            .sorted()
            .into_iter()
            .filter(|found| found.severity == policybook::diagnostic::Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        compiled
    }

    fn add(&mut self, files: Tree<File>) {
        self.files.extend(files);
    }

    /// Does a step, if it may be done.
    fn step(&mut self, step: &Step) {
        match step {
            Step::Wait(days) => self.today = self.today.saturating_add(days.days()),
            Step::Promise { document, days } => {
                self.promises[*document] = *days;
                self.settings();
            }
            Step::Release { documents, kind, attested, effective, back } => {
                let effective = effective.map(|ahead| self.today.saturating_add(ahead.days()));
                self.release(
                    *documents,
                    *kind,
                    *attested,
                    effective,
                    self.today.saturating_sub(back.days()),
                );
            }
            Step::Postpone { document, version, to, with_later } => {
                self.postpone(self.slot(*document), *version, *to, *with_later)
            }
            Step::Withdraw { document, version, all } => {
                self.withdraw(self.slot(*document), *version, *all)
            }
            Step::Correct { document } => self.correct(self.slot(*document)),
            Step::Rename { document } => self.rename(*document),
            Step::Retire { document, effective } => self.retire(
                self.slot(*document),
                effective.map(|ahead| self.today.saturating_add(ahead.days())),
            ),
            Step::Remove { document } => {
                let folder = format!("content/{}", DOCUMENTS[self.slot(*document)]);
                self.files = std::mem::take(&mut self.files)
                    .into_iter()
                    .filter(|(path, _)| path.within(&folder).is_none())
                    .collect();
            }
            Step::Review { document } => {
                let id = DOCUMENTS[self.slot(*document)].to_owned();
                if self.compiled(self.today).site.history(&id).is_some() {
                    let added = ledger::review(&self.files, &[id], self.today, None);
                    self.add(added);
                }
            }
        }
    }

    fn release(
        &mut self,
        documents: [bool; 2],
        kind: Kind,
        attested: bool,
        effective: Option<Date>,
        released: Date,
    ) {
        let before = self.files.clone();
        let chosen: Vec<usize> = (0..2)
            .filter(|document| documents[*document])
            .map(|document| self.slot(document))
            .collect();
        let substantive = kind == Kind::Substantive || attested;
        let mut texts = BTreeMap::new();
        for document in &chosen {
            self.words += 1;
            let address = self
                .model
                .base(*document)
                .and_then(|base| base.words.split("Mail ").nth(1))
                .unwrap_or("0.")
                .to_owned();
            texts.insert(
                *document,
                format!(
                    "Words {} {}.\n\nMail {address}",
                    self.words,
                    if substantive { "new" } else { "mended" }
                ),
            );
            self.write(*document, &texts[document]);
        }
        let compiled = self.compiled(self.today);
        let histories: Vec<&History> = chosen
            .iter()
            .filter_map(|document| compiled.site.history(DOCUMENTS[*document]))
            .collect();
        let ask = Ask {
            id: None,
            released: Some(released),
            today: self.today,
            effective,
            summary: "Words".into(),
            kind,
            attested: Some("Ada".to_owned()).filter(|_| attested && kind == Kind::Editorial),
            approved_by: None,
        };
        let Ok(planned) = ledger::permitted(&compiled.site, &self.files, &histories, &ask) else {
            self.files = before;
            return;
        };
        if histories.is_empty() {
            return;
        }
        let added = ledger::release(&self.files, &planned);
        // On which day a change may come at the earliest: as long after its publication as the
        // words in force that day promise.
        let start = self.today;
        for planned in &planned {
            let order = self.model.order;
            self.model.order += 1;
            for history in &planned.documents {
                let document = DOCUMENTS.iter().position(|id| *id == history.id.as_str()).unwrap();
                let base = self.model.base(document);
                let mut changes = base.map(|version| version.changes.clone()).unwrap_or_default();
                // A shorter promise counts only from a release that gave the notice promised
                // before.
                let owed = self.model.on(document, start).map(|version| version.promise);
                let ahead = self.model.versions.iter().filter(|version| {
                    version.document == document && !version.withdrawn && version.from > start
                });
                let owed = ahead
                    .map(|version| version.promise)
                    .chain(owed)
                    .fold(self.promises[document], i64::max);
                let given = substantive
                    && planned.release.planned() >= Some(start.saturating_add(owed.days()));
                let promise = if base.is_none() || given { self.promises[document] } else { owed };
                if substantive {
                    let shown = self
                        .model
                        .on(document, start)
                        .map(|version| version.promise.max(self.promises[document]));
                    changes.insert(self.model.allowed.len());
                    // Without a promise, and for a first version, the day of the release counts,
                    // which may be dated back.
                    let owed = shown.filter(|days| base.is_some() && *days > 0);
                    self.model.allowed.push(
                        owed.map_or(if base.is_some() { start } else { released }, |days| {
                            start.saturating_add(days.days())
                        }),
                    );
                }
                self.model.versions.push(Version {
                    document,
                    id: planned.release.id.to_string(),
                    from: planned.release.planned().unwrap(),
                    released: planned.release.released.unwrap(),
                    withdrawn: false,
                    order,
                    promise,
                    words: texts[&document].clone(),
                    changes,
                });
            }
        }
        self.add(added);
    }

    /// Returns an announced version of a document.
    fn announced(&self, document: usize, version: usize) -> Option<String> {
        let announced: Vec<&Version> = self
            .model
            .versions
            .iter()
            .filter(|version| version.document == document && version.from > self.today)
            .collect();
        (!announced.is_empty()).then(|| announced[version % announced.len()].id.clone())
    }

    fn postpone(&mut self, document: usize, version: usize, to: i64, with_later: bool) {
        let Some(id) = self.announced(document, version) else { return };
        let (id, to) =
            (policybook::model::ReleaseId::new(&id).unwrap(), self.today.saturating_add(to.days()));
        let compiled = self.compiled(self.today);
        let Some(history) = compiled.site.history(DOCUMENTS[document]) else { return };
        let only = [history.id.clone()];
        let Ok(moved) =
            acts::postpone(&compiled.site, &id, &only, to, "Late", with_later, self.today)
        else {
            return;
        };
        for act in &moved {
            let concerned = |version: &&mut Version| {
                version.document == document
                    && act.versions.iter().any(|id| id.as_str() == version.id)
            };
            self.model.versions.iter_mut().filter(concerned).for_each(|version| version.from = to);
        }
        let lines: Vec<Vec<String>> = moved.iter().map(acts::postponement).collect();
        let added = acts::record(&self.files, lines);
        self.add(added);
    }

    fn withdraw(&mut self, document: usize, version: usize, all: bool) {
        let Some(first) = self.announced(document, version) else { return };
        let mut ids = vec![policybook::model::ReleaseId::new(&first).unwrap()];
        let compiled = self.compiled(self.today);
        let Some(history) = compiled.site.history(DOCUMENTS[document]) else { return };
        if all {
            let at =
                history.versions.iter().position(|version| version.release.id == ids[0]).unwrap();
            ids.extend(
                history
                    .announced()
                    .filter(|later| *later > at)
                    .map(|later| history.versions[later].release.id.clone()),
            );
        }
        let Ok(withdrawn) = acts::withdraw(
            &compiled.site,
            &ids,
            std::slice::from_ref(&history.id),
            "Not now",
            self.today,
        ) else {
            return;
        };
        for act in &withdrawn {
            let concerned = |version: &&mut Version| {
                version.document == document
                    && act.versions.iter().any(|id| id.as_str() == version.id)
            };
            self.model
                .versions
                .iter_mut()
                .filter(concerned)
                .for_each(|version| version.withdrawn = true);
        }
        let lines: Vec<Vec<String>> = withdrawn.iter().map(acts::withdrawal).collect();
        let added = acts::record(&self.files, lines);
        self.add(added);
        // As the command says: the words go back to those of the newest version that is left.
        let left = self.model.base(document);
        if let Some(words) = left.map(|version| version.words.clone()) {
            self.write(document, &words);
        }
    }

    /// Corrects an address that all versions hold.
    fn correct(&mut self, document: usize) {
        let before = self.files.clone();
        let Some(base) = self.model.base(document) else { return };
        self.words += 1;
        let (old, new) =
            (base.words.split("Mail ").nth(1).unwrap().to_owned(), format!("{}.", self.words));
        let corrected_words =
            |words: &str| words.replace(&format!("Mail {old}"), &format!("Mail {new}"));
        let words = corrected_words(&base.words);
        self.write(document, &words);
        let compiled = self.compiled(self.today);
        let history = compiled.site.history(DOCUMENTS[document]).unwrap();
        let ask = Ask {
            id: None,
            released: Some(self.today),
            today: self.today,
            effective: None,
            summary: "Mail".into(),
            kind: Kind::Editorial,
            attested: None,
            approved_by: None,
        };
        let Ok(correction) = correct::correct(&compiled.site, &self.files, history, &ask) else {
            self.files = before;
            return;
        };
        let promise = ledger::promised(&compiled.site, history);
        let added = correct::corrected(&self.files, history, &correction, promise);
        for corrected in &correction.corrected {
            let id = corrected.from.release.id.as_str();
            let at = self
                .model
                .versions
                .iter()
                .position(|version| version.document == document && version.id == id)
                .unwrap();
            let version = Version {
                id: corrected.release.id.to_string(),
                from: corrected.release.planned().unwrap(),
                released: self.today,
                order: self.model.order,
                promise,
                words: corrected_words(&self.model.versions[at].words),
                ..self.model.versions[at].clone()
            };
            assert_ne!(
                version.words, self.model.versions[at].words,
                "what is corrected holds the words"
            );
            self.model.versions.insert(at + 1, version);
            self.model.order += 1;
        }
        self.add(added);
    }

    /// Returns a document, or what it goes on as.
    fn slot(&self, document: usize) -> usize {
        if self.renamed[document] { document + 2 } else { document }
    }

    /// Gives a document its other id, where the command would.
    fn rename(&mut self, document: usize) {
        let (old, new) = (DOCUMENTS[document], DOCUMENTS[document + 2]);
        let before = self.compiled(self.today);
        let Some(history) = before.site.history(old).filter(|_| !self.renamed[document]) else {
            return;
        };
        let ready = history.draft.is_some()
            && !history.unreleased
            && history.upcoming().is_none()
            && history.retirement().is_none();
        if !ready || history.in_force.is_none() {
            return;
        }
        let folder = path(&format!("content/{new}"));
        let place = |file: &TreePath| {
            file.within(&format!("content/{old}"))
                .map_or_else(|| file.clone(), |within| folder.join(within))
        };
        let files: Tree<File> =
            self.files.iter().map(|(path, file)| (place(path), file.clone())).collect();
        let after = compile(
            &files,
            Options { edition: Edition::Draft, now: Now::beginning(self.today, &TimeZone::UTC) },
        );
        let next = after.site.history(new).unwrap();
        let Ok(added) = acts::rename(&after.site, &files, history, next, self.today) else {
            return;
        };
        let release = added.iter().find_map(|(path, _)| {
            path.as_str().strip_suffix("/SHA256SUMS")?.rsplit('/').next().map(str::to_owned)
        });
        let base = self.model.on(document, self.today).unwrap().clone();
        let promise = ledger::promised(&before.site, history);
        let (from, order) = (self.today, self.model.order);
        self.model.versions.push(Version {
            document: document + 2,
            id: release.unwrap(),
            from,
            released: from,
            order,
            promise,
            ..base
        });
        self.model.retired.push((document, order + 1, from, from));
        self.model.order += 2;
        self.renamed[document] = true;
        self.files = files;
        self.add(added);
    }

    fn retire(&mut self, document: usize, effective: Option<Date>) {
        let compiled = self.compiled(self.today);
        let Some(history) = compiled.site.history(DOCUMENTS[document]) else { return };
        let Ok(act) = acts::retire(&compiled.site, history, effective, "Over", None, self.today)
        else {
            return;
        };
        if let Some(shown) = self.model.on(document, self.today) {
            let promised = shown.promise.max(self.promises[document]);
            assert!(
                act.effective >= self.today.saturating_add(promised.days()),
                "a retirement without its notice: {act:?}"
            );
        }
        self.model.retired.push((document, self.model.order, act.effective, self.today));
        self.model.order += 1;
        let added = acts::record(&self.files, vec![acts::retirement(&act)]);
        self.add(added);
    }

    /// Holds that no change is in force before the notice of it is over.
    fn notices(&self) {
        for ahead in 0..HORIZON {
            let day = START.saturating_add(ahead.days());
            for (document, id) in DOCUMENTS.iter().enumerate() {
                for change in
                    self.model.on(document, day).into_iter().flat_map(|version| &version.changes)
                {
                    assert!(
                        self.model.allowed[*change] <= day,
                        "change {change} of {id} on {day}: {:?}",
                        self.model
                    );
                }
            }
        }
    }

    /// Holds that everything the site says on a day is what the model says.
    fn site(&self, today: Date) {
        let mut compiled = self.compiled(today);
        let coming = (1..HORIZON).map(|ahead| today.saturating_add(ahead.days())).find(|day| {
            let of = |day: Date| {
                [0, 1, 2, 3]
                    .map(|document| self.model.on(document, day).map(|version| version.id.clone()))
            };
            of(*day) != of(day.yesterday().unwrap())
        });
        let within = |day: &Date| *day < START.saturating_add((HORIZON - 1).days());
        assert_eq!(
            compiled.coming_day().filter(within),
            coming.filter(within),
            "the day to build again"
        );
        let (_, until) = compiled.holds();
        let site = compiled.render_again(&self.files, &Memos::default());
        let read = |path_: &str| {
            site.get(&path(path_)).map(|file| String::from_utf8(file.bytes().to_vec()).unwrap())
        };
        let json = |path_: &str| -> Value { serde_json::from_str(&read(path_).unwrap()).unwrap() };
        for (document, id) in DOCUMENTS.iter().enumerate() {
            let mut versions: Vec<&Version> =
                self.model.versions.iter().filter(|version| version.document == document).collect();
            versions.sort_by_key(|version| version.order);
            if versions.is_empty() {
                continue;
            }
            let spans: Vec<Option<(Date, Option<Date>)>> =
                versions.iter().map(|version| self.model.span(version)).collect();
            let now = self.model.on(document, today);
            let index = json(&format!("{id}/index.json"));
            assert_eq!(
                index["in_force"].as_str(),
                now.map(|version| version.id.as_str()),
                "{id} on {today}"
            );
            for ((version, span), told) in
                versions.iter().zip(&spans).zip(index["versions"].as_array().unwrap())
            {
                let day = |day: Option<Date>| {
                    day.map_or(Value::Null, |day| Value::String(day.to_string()))
                };
                assert_eq!(told["id"], version.id);
                assert_eq!(
                    (&told["in_force_since"], &told["in_force_until"]),
                    (&day(span.map(|span| span.0)), &day(span.and_then(|span| span.1)))
                );
            }
            let came = versions
                .iter()
                .zip(&spans)
                .filter_map(|(version, span)| Some((version, (*span)?.0)))
                .filter(|(_, first)| *first <= today);
            let mut came: Vec<(&&Version, Date)> = came.collect();
            came.sort_by_key(|(version, first)| (*first, version.order));
            self.timemap(id, &came, read(&format!("{id}/timemap.link")));
            feed(DOCUMENTS[document % 2], &came, today, &read(&format!("{id}/feed.atom")).unwrap());
            let page = read(&format!("{id}/index.html")).unwrap();
            let draft = page.contains("<strong>Draft.</strong>");
            if let Some(now) = now.filter(|_| !draft) {
                assert!(page.contains(&format!("\"version\":\"{}\"", now.id)), "{page}");
            }
            let over = self.model.retired.iter().any(|(of, ..)| *of == document) && now.is_none();
            assert!(draft || !over || page.contains("<strong>Retired.</strong>"), "{page}");
            let upcoming = versions
                .iter()
                .zip(&spans)
                .filter_map(|(version, span)| Some((version, (*span)?.0)))
                .filter(|(_, first)| *first > today);
            let upcoming = upcoming.min_by_key(|(_, first)| *first);
            let next = read(&format!("{id}/next/index.html"));
            match upcoming {
                Some((version, first)) => {
                    let next = next.expect("a page of what is coming");
                    assert!(
                        next.contains(&format!("\"version\":\"{}\"", version.id)),
                        "{id} on {today}: not {}",
                        version.id
                    );
                    assert!(
                        next.contains(&format!("It takes effect on <time datetime={first}"))
                            || next.contains(&format!(
                                "It takes effect on <time datetime=\"{first}\""
                            )),
                        "{next}"
                    );
                }
                None => assert!(next.is_none_or(|next| !next.contains("\"version\":"))),
            }
            for (version, span) in versions.iter().zip(&spans) {
                let page = read(&format!("{id}/v/{}/index.html", version.id)).unwrap();
                let says = |words: &str| page.contains(words);
                let never =
                    says("never came into force") || says("Withdrawn before it came into force");
                match span {
                    None => assert!(never && says("<dd>never"), "{page}"),
                    Some((first, _)) if *first > today => {
                        assert!(says("Not in force yet."), "{page}")
                    }
                    Some((first, last)) => {
                        assert!(!never && says(&first.to_string()), "{page}");
                        assert!(last.is_none_or(|last| says(&last.to_string())), "{page}");
                    }
                }
            }
        }
        let day = |url: &str| {
            url.split("<lastmod>").nth(1).map(|rest| rest[..10].parse::<Date>().unwrap())
        };
        assert!(
            read("sitemap.xml").unwrap().split("<url>").filter_map(day).all(|day| day <= today)
        );
        // Until the day on which it has to be built again it says the same.
        if let Some(last) =
            until.and_then(|until| until.yesterday().ok()).filter(|last| *last > today)
        {
            let again = self.compiled(last).render_again(&self.files, &Memos::default());
            let differs: Vec<String> = again
                .iter()
                .filter(|(path, file)| {
                    site.get(path).is_none_or(|old| old.digest() != file.digest())
                })
                .map(|(path, _)| path.to_string())
                .collect();
            assert!(differs.is_empty(), "between {today} and {last}: {differs:?}");
        }
    }

    /// Holds that the commands say of a day what the model says.
    fn commands(&self, today: Date) {
        let project = Project::empty();
        self.files
            .iter()
            .filter(|(path, _)| path.within("content").is_some())
            .for_each(|(path, file)| project.write(path.as_str(), file.bytes()));
        let answer = |arguments: &[&str]| -> Value {
            let output = project.run_on(&today.to_string(), arguments);
            serde_json::from_slice(&output.stdout).unwrap()
        };
        let status = answer(&["status", "--format", "json"]);
        for standing in status["documents"].as_array().unwrap() {
            let Some(document) = DOCUMENTS.iter().position(|id| standing["id"] == **id) else {
                continue;
            };
            let now = self.model.on(document, today);
            assert_eq!(
                standing["in_force"]["version"].as_str(),
                now.map(|version| version.id.as_str()),
                "{standing}"
            );
            let spans = self.model.versions.iter().filter(|version| version.document == document);
            let coming = spans
                .filter_map(|version| Some((self.model.span(version)?.0, version.id.as_str())))
                .filter(|(first, _)| *first > today);
            assert_eq!(
                standing["upcoming"]["version"].as_str(),
                coming.min().map(|(_, id)| id),
                "{standing}"
            );
        }
        let log = answer(&["log", "--format", "json"]);
        for entry in log["versions"].as_array().unwrap() {
            let same = |version: &&Version| {
                entry["document"] == *DOCUMENTS[version.document] && entry["version"] == version.id
            };
            let version = self.model.versions.iter().find(same).unwrap();
            let span = self.model.span(version);
            let day =
                |day: Option<Date>| day.map_or(Value::Null, |day| Value::String(day.to_string()));
            assert_eq!(entry["never_in_force"], span.is_none(), "{entry}");
            assert_eq!(
                (&entry["in_force_since"], &entry["in_force_until"]),
                (&day(span.map(|span| span.0)), &day(span.and_then(|span| span.1)))
            );
        }
    }

    fn timemap(&self, id: &str, came: &[(&&Version, Date)], map: Option<String>) {
        let told: Vec<(String, String)> = map
            .unwrap_or_default()
            .lines()
            .filter(|line| line.contains("datetime="))
            .map(|line| {
                let version =
                    line.split(&format!("/{id}/v/")).nth(1).unwrap().split('/').next().unwrap();
                (
                    version.to_owned(),
                    line.split("datetime=\"").nth(1).unwrap().split('"').next().unwrap().to_owned(),
                )
            })
            .collect();
        let expected: Vec<(String, String)> = came
            .iter()
            .map(|(version, first)| {
                (version.id.clone(), first.strftime("%a, %d %b %Y 00:00:00 GMT").to_string())
            })
            .collect();
        assert_eq!(told, expected, "{:?}", self.model);
    }
}

/// Holds that a feed is in order, tells of no day that has not come, and of each day on which a
/// version came into force.
fn feed(title: &str, came: &[(&&Version, Date)], today: Date, feed: &str) {
    let part = |text: &str, name: &str| {
        text.split(&format!("<{name}>"))
            .nth(1)
            .map(|rest| rest.split(&format!("</{name}>")).next().unwrap().to_owned())
    };
    let entries: Vec<&str> = feed.split("<entry>").skip(1).collect();
    let day = |text: &str, name: &str| part(text, name).unwrap()[..10].parse::<Date>().unwrap();
    assert!(day(feed, "updated") <= today, "{feed}");
    assert!(
        entries
            .iter()
            .all(|entry| day(entry, "published") <= today && day(entry, "updated") <= today),
        "{feed}"
    );
    assert!(entries.is_sorted_by_key(|entry| std::cmp::Reverse(day(entry, "published"))), "{feed}");
    let ids: BTreeSet<String> = entries.iter().filter_map(|entry| part(entry, "id")).collect();
    assert_eq!(ids.len(), entries.len(), "every entry has an id of its own");
    if entries.len() < 20 {
        let begins = format!("{title}, version ");
        let told: BTreeSet<(String, Date)> = entries
            .iter()
            .filter_map(|entry| {
                Some((
                    part(entry, "title")?.strip_prefix(&begins)?.to_owned(),
                    day(entry, "published"),
                ))
            })
            .collect();
        let expected: BTreeSet<(String, Date)> =
            came.iter().map(|(version, first)| (version.id.clone(), *first)).collect();
        assert_eq!(told, expected, "{feed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times(3, 60), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_says_what_is_in_force_when_and_no_notice_is_cut(steps in prop::collection::vec(step(), 4..14), look in 0i64..60) {
        let mut world = World::new();
        world.release([true, true], Kind::Substantive, false, None, START);
        for step in &steps {
            let before = world.model.past(world.today);
            let day = world.today;
            world.step(step);
            prop_assert_eq!(before, world.model.past(day), "{:?} changed what was", step);
            world.notices();
        }
        world.site(world.today);
        world.commands(world.today);
        world.site(world.today.saturating_add(look.days()));
    }
}

/// Something that somebody does to the list of sub-processors.
#[derive(Clone, Debug)]
enum Edit {
    Wait(i64),
    Promise(i64),
    /// A company is added, with its first day so many days ahead if it has one.
    Add(Option<i64>),
    /// What a company does changes, or its first day.
    Change {
        company: usize,
        effective: Option<i64>,
    },
    /// A company leaves so many days ahead.
    Leave {
        company: usize,
        until: i64,
    },
    Release {
        effective: Option<i64>,
        back: i64,
    },
    Withdraw,
}

fn edit() -> impl Strategy<Value = Edit> {
    let ahead = || prop::option::weighted(0.7, 0i64..60);
    prop_oneof![
        4 => (1i64..40).prop_map(Edit::Wait),
        1 => prop_oneof![Just(0i64), Just(5), Just(30)].prop_map(Edit::Promise),
        4 => ahead().prop_map(Edit::Add),
        2 => (0usize..6, ahead()).prop_map(|(company, effective)| Edit::Change { company, effective }),
        1 => (0usize..6, 0i64..40).prop_map(|(company, until)| Edit::Leave { company, until }),
        8 => (prop::option::weighted(0.2, 0i64..60), prop_oneof![3 => Just(0i64), 1 => 0i64..20])
            .prop_map(|(effective, back)| Edit::Release { effective, back }),
        1 => Just(Edit::Withdraw),
    ]
}

/// A company as the list has it: its name, what it does, its first and last day.
type Company = (String, String, Option<Date>, Option<Date>);

/// What is released of a list: the day readers could see it, the notice owed then, and the
/// companies.
type Published = (Date, i64, Vec<Company>);

fn listed(companies: &[Company]) -> String {
    let day = |key: &str, day: &Option<Date>| {
        day.map(|day| format!(", {key}: {day}")).unwrap_or_default()
    };
    let line = |(name, purpose, from, until): &Company| {
        format!(
            "  - {{name: {name}, purpose: {purpose}{}{}}}\n",
            day("effective", from),
            day("until", until)
        )
    };
    let lines: String = companies.iter().map(line).collect();
    if lines.is_empty() {
        "subprocessors: []\n".to_owned()
    } else {
        format!("subprocessors:\n{lines}")
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times(6, 150), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_company_processes_data_before_the_notice_of_it_is_over(edits in prop::collection::vec(edit(), 4..20)) {
        let mut world = World::new();
        let mut companies: Vec<Company> = vec![("C0".into(), "P0".into(), None, None)];
        let (mut promise, mut number) = (10, 0);
        let mut published: BTreeMap<String, Published> = BTreeMap::new();
        let settings = |promise: i64| format!("name: A\nbase_url: https://a.example/\nnotice:\n  subprocessors: {promise}\n");
        for edit in std::iter::once(&Edit::Release { effective: None, back: 0 }).chain(&edits) {
            world.put("site.yaml", &settings(promise));
            world.put("subprocessors.yaml", &listed(&companies));
            let today = world.today;
            let ahead = |days: &i64| today.saturating_add(days.days());
            match edit {
                Edit::Wait(days) => world.today = ahead(days),
                Edit::Promise(days) => promise = *days,
                Edit::Add(effective) => {
                    number += 1;
                    companies.push((format!("C{number}"), format!("P{number}"), effective.as_ref().map(ahead), None));
                }
                Edit::Change { company, effective } => {
                    number += 1;
                    let at = company % companies.len();
                    companies[at].1 = format!("P{number}");
                    companies[at].2 = effective.as_ref().map(ahead);
                }
                Edit::Leave { company, until } => {
                    let at = company % companies.len();
                    companies[at].3 = Some(ahead(until)).max(companies[at].2);
                }
                Edit::Release { effective, back } => {
                    let compiled = compile(&world.files, Options { edition: Edition::Draft, now: Now::beginning(today, &TimeZone::UTC) });
                    if compiled.diagnostics.has_errors() {
                        continue;
                    }
                    let history = compiled.site.history("subprocessors").unwrap();
                    let ask = Ask {
                        id: None,
                        released: Some(today.saturating_sub(back.days())),
                        today,
                        effective: effective.as_ref().map(ahead),
                        summary: "List".into(),
                        kind: Kind::Substantive,
                        attested: None,
                        approved_by: None,
                    };
                    if !history.unreleased {
                        continue;
                    }
                    if let Ok(planned) = ledger::permitted(&compiled.site, &world.files, &[history], &ask) {
                        let owed = if history.versions.is_empty() { 0 } else { ledger::promised(&compiled.site, history) };
                        published.insert(planned[0].release.id.to_string(), (today, owed, companies.clone()));
                        let added = ledger::release(&world.files, &planned);
                        world.add(added);
                    }
                }
                Edit::Withdraw => {
                    let compiled = compile(&world.files, Options { edition: Edition::Draft, now: Now::beginning(today, &TimeZone::UTC) });
                    let Some(history) = compiled.site.history("subprocessors").filter(|_| !compiled.diagnostics.has_errors()) else { continue };
                    let Some(at) = history.announced().last() else { continue };
                    let id = history.versions[at].release.id.clone();
                    if let Ok(withdrawn) = acts::withdraw(&compiled.site, &[id], &[], "Not now", today) {
                        let lines: Vec<Vec<String>> = withdrawn.iter().map(acts::withdrawal).collect();
                        let added = acts::record(&world.files, lines);
                        world.add(added);
                    }
                }
            }
        }
        world.put("site.yaml", &settings(promise));
        world.put("subprocessors.yaml", &listed(&companies));
        let compiled = compile(&world.files, Options { edition: Edition::Draft, now: Now::beginning(world.today, &TimeZone::UTC) });
        let history = compiled.site.history("subprocessors").unwrap();
        for ahead in 0..300 {
            let day = START.saturating_add(ahead.days());
            let Some(version) = history.on(day) else { continue };
            let (_, _, list) = &published[version.release.id.as_str()];
            for company in list.iter().filter(|(_, _, from, until)| from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)) {
                // The first time that readers could see just this of the company, and what they
                // were owed then.
                let same = |(_, _, list): &&Published| list.iter().any(|(name, purpose, from, _)| (name, purpose, from) == (&company.0, &company.1, &company.2));
                let (seen, owed, _) = published.values().filter(same).min_by_key(|(seen, ..)| *seen).unwrap();
                prop_assert!(seen.saturating_add(owed.days()) <= day, "{company:?} on {day}, seen on {seen}, {owed} days owed: {published:?}");
            }
        }
    }
}
