//! `policybook init`: a project to start from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use jiff::ToSpan as _;
use url::Url;

use crate::cli::{Access, Ending, Global, ask, name, report, schema};
use crate::model::SecurityTxt;
use crate::tree::{File, Tree, TreePath};
use crate::{parse, store};

/// Create a project of your own: a policy to be written, empty lists, settings, editor schemas
///
/// Asks for the name, the address and the contact on a terminal. Existing files are kept; where
/// there is content already, it shows what it would add and asks.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook init acme-policies
  policybook init . --name Acme --url https://policies.acme.test/ --contact security@acme.test
  policybook init --ci github,gitlab
  policybook init --example fluxiom")]
pub struct Init {
    /// Directory to create it in
    #[arg(value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Name of the organisation [default: that of the directory]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// URL of the site's front page
    #[arg(long, value_name = "URL", value_parser = parse::base_url)]
    url: Option<Url>,
    /// Where vulnerabilities are reported: a mailbox, or the URL of a form
    #[arg(long, value_name = "ADDRESS", value_parser = parse::contact_address)]
    contact: Option<(&'static str, String)>,
    /// Create the example instead: the policies, lists and releases of Fluxiom
    #[arg(long, conflicts_with_all = ["name", "url", "contact"])]
    example: bool,
    /// Add the CI configuration of SERVICE: check, build, show changes, publish; in an existing
    /// project nothing else is added
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    ci: Vec<Service>,
    /// Show what would be added without adding it
    #[arg(long)]
    dry_run: bool,
    /// Do not ask anything
    #[arg(short, long)]
    yes: bool,
}

/// Who runs programs when something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Service {
    /// .github/workflows/policies.yml
    Github,
    /// .gitlab-ci.yml
    Gitlab,
    /// .forgejo/workflows/policies.yml
    Forgejo,
}

impl Service {
    /// Returns the folder of its files among ours.
    fn folder(self) -> &'static str {
        match self {
            Service::Github => "github",
            Service::Gitlab => "gitlab",
            Service::Forgejo => "forgejo",
        }
    }
}

/// Stands for an address that its author has not said yet; `check` asks for another.
const ADDRESS: &str = "https://policies.example.com/";
/// Stands for a contact.
const CONTACT: &str = "security@example.com";

/// How many files of a folder are named one by one.
const NAMED: usize = 6;

impl Init {
    /// Writes a project into a folder, and says what to do next.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let root = global.started.join(&self.project);
        let there = root.join("content").exists();
        let project = root.join("content/site.yaml").exists();
        if self.example && there {
            bail!(
                "`{}` has content already: `--example` needs a directory of its own",
                report::place(&root)
            );
        }
        if project && (self.name.is_some() || self.url.is_some() || self.contact.is_some()) {
            bail!(
                "`{}` is a project already: change `content/site.yaml` instead",
                report::place(&root)
            );
        }
        let mut files = self.files(&root, there, global)?;
        for service in &self.ci {
            files.extend(store::ci(service.folder()));
        }
        let missing: Tree<File> = files
            .iter()
            .filter(|(path, _)| root.join(path.as_str()).symlink_metadata().is_err())
            .map(|(path, file)| (path.clone(), file.clone()))
            .collect();
        if !global.quiet || self.dry_run {
            list(&missing);
        }
        let asks = there && self.ci.is_empty() && !missing.is_empty();
        if (asks || self.dry_run) && !ask::agreed("Add these files?", self.dry_run, self.yes)? {
            return Ok(Ending::Done);
        }
        let added = store::add(&root, &files)?;
        if !global.quiet {
            self.tell(&root, &files, &added, project);
        }
        Ok(Ending::Done)
    }

    /// Returns what belongs into a folder, apart from what CI services read: the example, or a
    /// project to be written, or what a project lacks.
    fn files(&self, root: &Path, there: bool, global: &Global) -> Result<Tree<File>> {
        if there && !self.ci.is_empty() {
            return Ok(Tree::new());
        }
        let mut files = if self.example { store::example() } else { store::skeleton() };
        if there {
            let written = store::read_folders(root, &["content"])?.0;
            let policy = written.iter().any(|(path, _)| path.name() == "_index.md");
            let site = written.get(&path("content/site.yaml")).is_some();
            let keeps = |path: &TreePath| match path.within("content") {
                None => true,
                Some("site.yaml") => true,
                Some(within) => !(site || policy && within.contains('/')),
            };
            files = files.into_iter().filter(|(path, _)| keeps(path)).collect();
            if site {
                files.extend(schema::files());
                return Ok(files);
            }
        }
        if !self.example {
            let policy = files.get(&path("content/security/_index.md")).is_some();
            let site = path("content/site.yaml");
            let text = files.get(&site).context("a project has settings")?.bytes();
            let text = std::str::from_utf8(text).context("the settings are text")?;
            let text = self.settings(text, root, policy, global)?;
            files.insert(site, File::new(text.into_bytes()));
        }
        files.extend(schema::named_in(&files));
        files.extend(schema::files());
        Ok(files)
    }

    /// Returns the settings with what their author says, who is asked for the rest on a terminal.
    fn settings(&self, text: &str, root: &Path, policy: bool, global: &Global) -> Result<String> {
        let asks = !self.yes && !self.dry_run && ask::is_terminal();
        let own = directory_name(root).unwrap_or_else(|| "Example".to_owned());
        let called = match (&self.name, asks) {
            (Some(name), _) => name.clone(),
            (None, true) => ask::answer("Name of the organisation", &own, name)?,
            (None, false) => own,
        };
        let url = match (&self.url, asks) {
            (Some(url), _) => url.to_string(),
            (None, true) => {
                ask::answer("URL of the site's front page", ADDRESS, parse::base_url)?.to_string()
            }
            (None, false) => ADDRESS.to_owned(),
        };
        let (key, contact) = match (&self.contact, asks) {
            (Some(contact), _) => contact.clone(),
            (None, true) => {
                let question = "Where vulnerabilities are reported, a mailbox or a form's URL";
                ask::answer(question, &mailbox(&url), parse::contact_address)?
            }
            (None, false) => ("email", CONTACT.to_owned()),
        };
        let today = global.now(&Tree::new(), Access::Writes)?.day;
        let end = today
            .checked_add(SecurityTxt::LONGEST_DAYS.days())
            .context("the day is too far away")?;
        let text = text
            .replace("@NAME@", &parse::quoted(&called))
            .replace("@URL@", &parse::quoted(&url))
            .replace("@CONTACT@", &format!("{key}: {}", parse::quoted(&contact)))
            .replace("@EXPIRES@", &format!("{end}T00:00:00Z"));
        let referred = ["  # The policy that researchers are referred to.", "  policy: security"];
        let lines = text.split_inclusive('\n');
        Ok(lines.filter(|line| policy || !referred.contains(&line.trim_end())).collect())
    }

    /// Says what was added, and what to do next.
    fn tell(&self, root: &Path, files: &Tree<File>, added: &[TreePath], project: bool) {
        let kept = match files.len() - added.len() {
            0 => String::new(),
            kept => format!(", kept {} already there", report::counted(kept, "file")),
        };
        let place = report::place(root);
        report::done("made", &format!("{} in {place}{kept}", report::counted(added.len(), "file")));
        let command = match place.as_str() {
            "." => "policybook".to_owned(),
            place => format!("policybook -C {place}"),
        };
        if self.example {
            anstream::eprintln!("\nNext: run `{command} serve --open`");
        } else if !project && !added.is_empty() {
            let site = match (&self.url, &self.contact) {
                (Some(_), Some(_)) => "",
                _ => "check content/site.yaml, ",
            };
            anstream::eprintln!(
                "\nNext: {site}replace what is marked PLACEHOLDER in content/, and see it with `{command} serve --open`\n\
                 Then: `{command} check`, `{command} release --summary 'First version'`, `{command} publish TARGET`"
            );
        }
        for path in added.iter().filter(|path| !is_ours(path)) {
            anstream::eprintln!("Next: read {path} and set the variables that it names");
        }
    }
}

/// Returns true if a file belongs to every project.
fn is_ours(path: &TreePath) -> bool {
    path.within("content").is_some()
        || path.within(schema::FOLDER).is_some()
        || path.as_str() == ".gitignore"
}

/// Prints files; of a folder with many their number.
fn list(files: &Tree<File>) {
    let mut folders: BTreeMap<&str, Vec<&TreePath>> = BTreeMap::new();
    for (path, _) in files.iter() {
        folders.entry(path.folder()).or_default().push(path);
    }
    for (folder, paths) in folders {
        if paths.len() < NAMED {
            paths.iter().for_each(|path| anstream::eprintln!("  {path}"));
        } else {
            anstream::eprintln!("  {folder}/  {}", report::counted(paths.len(), "file"));
        }
    }
}

/// Returns the name of a folder as one of an organisation: `Acme policies` for `acme-policies`.
fn directory_name(root: &Path) -> Option<String> {
    let whole = std::path::absolute(root).ok()?;
    let plain = whole.components().rfold((0, None), |(up, found), part| match (part, found) {
        (_, Some(found)) => (up, Some(found)),
        (std::path::Component::ParentDir, None) => (up + 1, None),
        (std::path::Component::Normal(name), None) if up == 0 => (0, Some(name)),
        (std::path::Component::Normal(_), None) => (up - 1, None),
        _ => (up, None),
    });
    let words = plain.1?.to_str()?.replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    let first = letters.next()?;
    name(&format!("{}{}", first.to_uppercase(), letters.as_str())).ok()
}

/// Returns the mailbox for reports that the owner of an address is likely to have.
fn mailbox(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.domain().map(str::to_owned));
    let host = host.unwrap_or_default();
    let usual = ["policies", "policy", "legal", "trust", "www"];
    let below = |label: &&str| host.strip_prefix(*label)?.strip_prefix('.');
    let domain = usual.iter().find_map(below).unwrap_or(&host);
    let likely = format!("security@{domain}");
    if parse::contact_address(&likely).is_ok() { likely } else { CONTACT.to_owned() }
}

fn path(path: &str) -> TreePath {
    TreePath::new(path).expect("a name of plain letters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_that_of_the_organisation() {
        assert_eq!(mailbox("https://policies.acme.co.uk/"), "security@acme.co.uk");
        assert_eq!(mailbox("https://acme.co.uk/legal/"), "security@acme.co.uk");
        assert_eq!(mailbox("http://127.0.0.1:8080/"), CONTACT);
    }

    #[test]
    fn a_folder_is_called_like_its_organisation() {
        assert_eq!(directory_name(Path::new("/a/acme-policies")).unwrap(), "Acme policies");
        assert_eq!(directory_name(Path::new("/a/acme/b/../")).unwrap(), "Acme");
        assert_eq!(directory_name(Path::new("/")), None);
    }
}
