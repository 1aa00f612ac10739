//! The site that is to go live: what every file is, and the bytes of those that the store does not
//! hold yet, kept on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{fs, io};

use anyhow::{Context as _, Result};

use crate::compile::Compiled;
use crate::model::{DocumentId, ReleaseId};
use crate::publish::lease::Known;
use crate::publish::state::Form;
use crate::publish::wanted::Wanted;
use crate::publish::{Class, Headers, random};
use crate::render::{Accent, Route, Words};
use crate::tree::{Digest, File, Hasher, Record, Tree, TreePath};
use crate::{model, store};

/// What a look begins with that no new program and no other line of `site.yaml` changes. Earlier
/// programs wrote a digest of both, which tells nothing here.
pub const LOOK: &str = "theme:";

/// A site that is to go live.
pub struct Bundle {
    /// Its files.
    pub files: BTreeMap<TreePath, Wanted>,
    /// Every seal of its ledger, oldest first.
    pub seals: Vec<Digest>,
    /// What the project says of the look of its pages; begins with [`LOOK`].
    pub look: String,
    /// The commit that it was built from.
    pub commit: Option<String>,
    /// What puts it in order with others of the same ledger.
    pub sequence: Option<i64>,
    /// What each redaction changed, by its seal.
    redactions: BTreeMap<Digest, BTreeSet<(ReleaseId, DocumentId)>>,
    staged: Staged,
}

impl Bundle {
    /// Renders a site and keeps the bytes of what the store does not hold. What went wrong in the
    /// templates is added to the findings of `compiled`; the site is whole only without errors.
    ///
    /// # Errors
    /// Says what could not be written to the disk.
    pub fn render(
        files: &Tree<File>,
        compiled: &mut Compiled,
        known: &Known,
        commit: Option<String>,
        sequence: Option<i64>,
    ) -> Result<Bundle> {
        let staged = Staged::new()?;
        let kinds = Kinds::new(&compiled.site);
        let entries = &compiled.site.ledger.entries;
        let seals = entries.iter().map(|entry| entry.seal).collect();
        let redacted = |entry: &model::Entry| {
            Some((entry.seal, entry.redaction()?.documents.keys().cloned().collect()))
        };
        let redactions = entries.iter().filter_map(redacted).collect();
        let wanted: Mutex<BTreeMap<TreePath, Wanted>> = Mutex::default();
        compiled.render(|part| {
            for (path, bytes) in part {
                let file = kinds.wanted(&path, &bytes);
                if !known.holds(&path, &file) {
                    staged.keep(&path, &bytes)?;
                }
                wanted.lock().expect("no rendering panics").insert(path, file);
            }
            anyhow::Ok(())
        })?;
        let files_of_the_site = wanted.into_inner().expect("no rendering panics");
        Ok(Bundle {
            files: files_of_the_site,
            seals,
            look: look(files, &compiled.site.config),
            commit,
            sequence,
            redactions,
            staged,
        })
    }

    /// Returns the bytes of a file that the store did not hold.
    ///
    /// # Errors
    /// Says what the system refuses.
    pub fn bytes(&self, path: &TreePath) -> Result<Vec<u8>> {
        self.staged.bytes(path)
    }

    /// Returns true if a redaction that came after the entry with the seal `head` accounts for a
    /// change of a permanent file.
    pub fn redacted_since(&self, head: Option<&str>, path: &TreePath) -> bool {
        let Some((release, document)) = self.files.get(path).and_then(|file| file.version.as_ref())
        else {
            return false;
        };
        let known = self
            .seals
            .iter()
            .position(|seal| Some(seal.to_string().as_str()) == head)
            .map_or(0, |at| at + 1);
        let since =
            self.seals[known..].iter().filter_map(|seal| self.redactions.get(seal)).flatten();
        since.into_iter().any(|(of, id)| {
            of == release && document.as_ref().is_none_or(|document| document == id)
        })
    }
}

/// Returns what the project itself says of the look of its pages: the files of its theme that are
/// not the default one's, accent and logo.
fn look(files: &Tree<File>, config: &model::Config) -> String {
    let default = store::default_theme();
    let mut look = Hasher::default();
    let logo = config.logo.as_ref().map(|logo| &logo.value);
    look.add(format!("{}\n{logo:?}\n", config.theme.value));
    let accent = config.accent.as_ref().and_then(|colour| Accent::of(colour.value).ok());
    if let Some(accent) = accent {
        look.add(format!("{} {}\n", accent.light(), accent.dark()));
    }
    let own = files
        .iter()
        .filter(|(path, file)| path.within("themes").is_some() && default.get(path) != Some(*file));
    for (path, file) in own {
        look.add_file(path.as_str(), file);
    }
    format!("{LOOK}{}", look.digest())
}

/// What is known of the files of a site by their addresses.
struct Kinds {
    versions: BTreeMap<TreePath, (ReleaseId, Option<DocumentId>)>,
    pages: BTreeMap<TreePath, Form>,
    entries: BTreeSet<TreePath>,
}

impl Kinds {
    fn new(site: &model::Site) -> Kinds {
        let mut kinds =
            Kinds { versions: BTreeMap::new(), pages: BTreeMap::new(), entries: BTreeSet::new() };
        for release in &site.releases {
            let sums = format!("{}/{}", release.id, crate::ledger::SUMS);
            kinds.versions.insert(Route::Frozen(&sums).file(), (release.id.clone(), None));
        }
        for history in &site.histories {
            let id = &history.id;
            let current = [
                Route::Document(id),
                Route::DocumentFeed(id),
                Route::ListIndex(id),
                Route::ListTable(id),
            ];
            kinds.entries.extend(current.map(Route::file));
            for version in &history.versions {
                let release = &version.release.id;
                let page = Route::Version(id, release).file();
                let words = [Words::Plain, Words::Markdown]
                    .map(|words| Route::Words(id, release, words).file());
                let frozen =
                    version.files.iter().map(|(path, _)| Route::Frozen(path.as_str()).file());
                let belongs = (release.clone(), Some(id.clone()));
                kinds.versions.extend(
                    frozen.chain(words).chain([page.clone()]).map(|path| (path, belongs.clone())),
                );
                kinds.pages.insert(page, Form::of(&version.document));
            }
        }
        let ledger = Route::Frozen(crate::ledger::LEDGER);
        let front = [
            Route::Home,
            Route::Feed,
            Route::Ledger,
            ledger,
            Route::LedgerIndex,
            Route::SiteIndex,
            Route::Sitemap,
            Route::Robots,
        ];
        kinds.entries.extend(
            front.into_iter().chain([Route::SecurityTxt, Route::OldSecurityTxt]).map(Route::file),
        );
        kinds
    }

    fn wanted(&self, path: &TreePath, bytes: &[u8]) -> Wanted {
        let version = self.versions.get(path).cloned();
        let class = if version.is_some() {
            Class::Permanent
        } else if path.within("assets").is_some() {
            Class::Asset
        } else if self.entries.contains(path) {
            Class::Entry
        } else {
            Class::Leaf
        };
        let form = self.pages.get(path).cloned();
        Wanted {
            record: Record::of(bytes),
            class,
            headers: Headers::of(path, class),
            form,
            version,
        }
    }
}

/// Files on the disk of this machine until they are sent; they go with the value, or with the next
/// one where a publisher was killed.
struct Staged {
    folder: PathBuf,
    /// Held while the files are needed.
    _lock: fs::File,
}

/// What the name of such a folder begins with.
const STAGED: &str = "policybook-";

/// The file in it that is locked while the files are needed.
const HELD: &str = "held";

/// After how many seconds a folder that nobody holds is left behind, and not just being made.
const LEFT: u64 = 60;

impl Staged {
    fn new() -> Result<Staged> {
        Staged::within(&std::env::temp_dir())
    }

    fn within(all: &Path) -> Result<Staged> {
        clear(all);
        let folder = all.join(format!("{STAGED}{}", random::name()));
        fs::create_dir(&folder)
            .with_context(|| format!("make the folder `{}`", folder.display()))?;
        let held = folder.join(HELD);
        let lock = fs::File::create_new(&held).and_then(|lock| lock.lock().map(|()| lock));
        let lock = lock.with_context(|| format!("write `{}`", held.display()))?;
        Ok(Staged { folder, _lock: lock })
    }

    fn place(&self, path: &TreePath) -> PathBuf {
        // Flat, since a site may have a file and a folder whose names the disk of this machine
        // takes for the same.
        self.folder.join(Digest::of(path.as_str()).to_string())
    }

    fn keep(&self, path: &TreePath, bytes: &[u8]) -> Result<()> {
        let place = self.place(path);
        fs::write(&place, bytes).with_context(|| format!("write `{}`", place.display()))
    }

    fn bytes(&self, path: &TreePath) -> Result<Vec<u8>> {
        let place = self.place(path);
        fs::read(&place)
            .with_context(|| format!("read `{}`, the bytes of `{path}`", place.display()))
    }
}

/// Removes what killed publishers left. What cannot be removed is somebody else's, and stays.
fn clear(all: &Path) {
    let left = |place: &Path| {
        let held = place.join(HELD);
        let about = fs::symlink_metadata(place).and_then(|_| fs::symlink_metadata(&held))?;
        let age = about.modified()?.elapsed().unwrap_or_default();
        let free = || fs::File::open(&held).map(|held| held.try_lock().is_ok());
        io::Result::Ok(about.is_file() && age.as_secs() >= LEFT && free()?)
    };
    for place in fs::read_dir(all).into_iter().flatten().flatten() {
        let ours = place.file_name().to_string_lossy().starts_with(STAGED);
        if ours
            && place.file_type().is_ok_and(|kind| kind.is_dir())
            && left(&place.path()).unwrap_or(false)
        {
            let _ = fs::remove_dir_all(place.path());
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // What stays behind is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    use crate::check::Edition;

    /// Returns a site of these files; of what never changes a reader sees the first line.
    pub fn site(files: &[(&str, &str, Class)]) -> Bundle {
        let staged = Staged::new().unwrap();
        let wanted = |(path, text, class): &(&str, &str, Class)| {
            let path = TreePath::new(path).unwrap();
            staged.keep(&path, text.as_bytes()).unwrap();
            let form = (*class == Class::Permanent).then(|| form(text));
            let headers = Headers::of(&path, *class);
            (
                path,
                Wanted {
                    record: Record::of(text.as_bytes()),
                    class: *class,
                    headers,
                    form,
                    version: None,
                },
            )
        };
        let files = files.iter().map(wanted).collect();
        let seals = vec![Digest::of("one"), Digest::of("two")];
        Bundle {
            files,
            seals,
            look: format!("{LOOK}one"),
            commit: None,
            sequence: None,
            redactions: BTreeMap::new(),
            staged,
        }
    }

    /// Returns the form of a text.
    pub fn form(text: &str) -> Form {
        Form { reading: 1, sha256: Digest::of(text.lines().next().unwrap_or_default()).to_string() }
    }

    #[test]
    fn only_a_redaction_since_accounts_for_a_change() {
        let [one, two] = ["one", "two"].map(|id| ReleaseId::new(id).unwrap());
        let [a, b] = ["a", "b"].map(|id| DocumentId::new(id).unwrap());
        let mut site = site(&[
            ("a", "", Class::Permanent),
            ("b", "", Class::Permanent),
            ("sums", "", Class::Permanent),
            ("x", "", Class::Leaf),
        ]);
        site.seals = ["1", "2", "3"].map(Digest::of).into();
        site.redactions =
            BTreeMap::from([(Digest::of("2"), BTreeSet::from([(one.clone(), a.clone())]))]);
        for (path, version) in [
            ("a", (one.clone(), Some(a.clone()))),
            ("b", (one.clone(), Some(b))),
            ("sums", (one, None)),
        ] {
            site.files.get_mut(&TreePath::new(path).unwrap()).unwrap().version = Some(version);
        }
        let since = |site: &Bundle, head: Option<&str>, path: &str| {
            let head = head.map(|head| Digest::of(head).to_string());
            site.redacted_since(head.as_deref(), &TreePath::new(path).unwrap())
        };
        for (head, redacted) in
            [(None, true), (Some("1"), true), (Some("2"), false), (Some("3"), false)]
        {
            assert_eq!(
                ["a", "sums"].map(|path| since(&site, head, path)),
                [redacted; 2],
                "{head:?}"
            );
            assert_eq!(
                ["b", "x", "nothing"].map(|path| since(&site, head, path)),
                [false; 3],
                "{head:?}"
            );
        }
        site.files.get_mut(&TreePath::new("a").unwrap()).unwrap().version = Some((two, Some(a)));
        assert!(!since(&site, None, "a"), "another release");
    }

    #[test]
    fn what_a_killed_publisher_left_goes_with_the_next_one() {
        let all = tempfile::TempDir::new().unwrap();
        let make = |name: &str, age: u64| {
            let folder = all.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("file"), "x").unwrap();
            let held = fs::File::create(folder.join(HELD)).unwrap();
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
            held.set_modified(then).unwrap();
            (folder, held)
        };
        let (left, _) = make("policybook-left", 100);
        let (fresh, _) = make("policybook-fresh", 10);
        let (other, _) = make("other-left", 100);
        let (held, lock) = make("policybook-held", 100);
        lock.lock().unwrap();
        fs::create_dir(all.path().join("policybook-empty")).unwrap();
        let staged = Staged::within(all.path()).unwrap();
        assert!(!left.exists() && fresh.exists() && other.exists() && held.exists());
        assert!(all.path().join("policybook-empty").exists() && staged.folder.exists());
        let folder = staged.folder.clone();
        drop(staged);
        assert!(!folder.exists());
    }

    #[test]
    fn a_look_is_what_the_project_says_of_it() {
        let default = store::default_theme();
        let (path, file) = default.iter().next().expect("the default theme has files");
        let own = |files: &[(&TreePath, File)]| -> Tree<File> {
            default
                .clone()
                .into_iter()
                .chain(files.iter().map(|(path, file)| ((*path).clone(), file.clone())))
                .collect()
        };
        let config = crate::parse::no_site();
        let plain = look(&own(&[]), &config);
        assert!(plain.starts_with(LOOK));
        let (site, css) = (
            TreePath::new("content/site.yaml").unwrap(),
            TreePath::new("themes/x/static/a.css").unwrap(),
        );
        assert_eq!(look(&own(&[(&site, File::new(b"another line".as_slice()))]), &config), plain);
        assert_eq!(
            look(&own(&[(path, file.clone())]), &config),
            plain,
            "a file that was ejected and not changed"
        );
        let changed = [
            look(&own(&[(path, File::new(b"other".as_slice()))]), &config),
            look(&own(&[(&css, file.clone())]), &config),
        ];
        assert!(changed.iter().all(|look| *look != plain) && changed[0] != changed[1]);
        let colour = model::Colour::new("#b74700").unwrap();
        let colour = model::Placed { value: colour, span: Default::default() };
        let tinted = model::Config { accent: Some(colour), ..config };
        assert!(tinted.accent.is_some());
        assert_ne!(look(&own(&[]), &tinted), plain);
    }

    #[test]
    fn every_file_is_of_its_class() {
        let files: Tree<File> = crate::ledger::tests::example()
            .into_iter()
            .chain(crate::store::default_theme())
            .collect();
        let options = crate::compile::Options {
            edition: Edition::Locked,
            now: crate::model::Now::beginning(
                crate::ledger::tests::day("2024-03-01"),
                &jiff::tz::TimeZone::UTC,
            ),
        };
        let mut compiled = crate::compile::compile(&files, options);
        assert!(!compiled.diagnostics.has_errors(), "{:?}", compiled.diagnostics);
        let nothing = crate::publish::target::tests::Memory::default();
        let known = Known::read(&nothing).unwrap();
        let site =
            Bundle::render(&files, &mut compiled, &known, Some("c".into()), Some(3)).unwrap();
        assert_eq!(
            (site.commit.as_deref(), site.sequence, site.seals.len()),
            (Some("c"), Some(3), 2)
        );
        let mut classes: BTreeMap<&str, Class> =
            site.files.iter().map(|(path, file)| (path.as_str(), file.class)).collect();
        classes.retain(|path, _| !path.starts_with("assets/"));
        for path in [
            "ledger/2024-01-01/SHA256SUMS",
            "ledger/2024-01-01/security/10-a.md",
            "ledger/2024-01-01/whitehats.yaml",
            "security/v/2024-01-01/index.html",
            "security/v/2024-02-02/index.html",
        ] {
            assert_eq!(classes.get(path), Some(&Class::Permanent), "{path} {classes:?}");
        }
        for path in [
            "index.html",
            "ledger/ledger.yaml",
            "security/index.html",
            "whitehats.json",
            "robots.txt",
            "sitemap.xml",
        ] {
            assert_eq!(classes.get(path), Some(&Class::Entry), "{path}");
        }
        assert_eq!(classes.get("404.html"), Some(&Class::Leaf), "{classes:?}");
        let assets: Vec<_> =
            site.files.iter().filter(|(path, _)| path.as_str().starts_with("assets/")).collect();
        assert!(!assets.is_empty() && assets.iter().all(|(_, file)| file.class == Class::Asset));
        let path = TreePath::new("security/v/2024-01-01/index.html").unwrap();
        let file = &site.files[&path];
        let bytes = site.bytes(&path).unwrap();
        let seen = Form::of(&compiled.site.history("security").unwrap().versions[0].document);
        assert_eq!((file.record, file.form.as_ref()), (Record::of(&bytes), Some(&seen)));
        let release = ReleaseId::new("2024-01-01").unwrap();
        assert_eq!(
            file.version,
            Some((release.clone(), Some(DocumentId::new("security").unwrap())))
        );
        assert_eq!(
            site.files[&TreePath::new("ledger/2024-01-01/SHA256SUMS").unwrap()].version,
            Some((release, None))
        );
        assert!(site.files[&TreePath::new("index.html").unwrap()].form.is_none());
        assert!(site.redactions.is_empty());
        assert!(site.bytes(&TreePath::new("nothing").unwrap()).is_err());
    }
}
