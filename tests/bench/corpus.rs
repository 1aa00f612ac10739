//! What is built: any number of policies, the same on every machine, and one release that holds
//! every word of them.

use jiff::ToSpan as _;
use jiff::civil::date;
use policybook::diagnostic::Diagnostics;
use policybook::ledger::Planned;
use policybook::model::{Kind, Release, ReleaseId};
use policybook::tree::{File, Tree, TreePath};
use policybook::{ledger, parse};

/// The day on which the sites are built.
pub const TODAY: &str = "2026-11-21";

/// How many headings of level 2 a page has.
const SECTIONS: usize = 25;

const SEED: u64 = 20_261_121;

/// A policy of one page.
pub struct Page {
    /// Its id: `policy-00001`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its markdown, without front matter.
    pub words: String,
}

impl Page {
    /// Returns the page of this number, which counts from 1, of a site of `count` pages.
    pub fn new(number: usize, count: usize) -> Page {
        let mut dice = Dice::new(SEED ^ number as u64);
        let mut titles: Vec<String> =
            NOUNS.iter().map(|noun| format!("{} {noun}", capital(dice.pick(ADJECTIVES)))).collect();
        for at in (1..titles.len()).rev() {
            titles.swap(at, dice.below(at + 1));
        }
        titles.truncate(SECTIONS);
        let mut words = format!("{}\n", paragraph(&mut dice, 2));
        for (at, title) in titles.iter().enumerate() {
            words.push_str(&format!("\n## {title}\n\n{}\n", paragraph(&mut dice, 3)));
            words.push_str(&match at {
                12 => table(&mut dice),
                24 => format!(
                    "\nWhat else is promised stands in [the next policy](../{}/_index.md).\n",
                    id(number % count + 1)
                ),
                _ if at % 5 == 1 => list(&mut dice),
                _ if at % 3 == 0 => {
                    let other = &titles[dice.below(titles.len())];
                    format!("\n{} See [{other}](#{}).\n", paragraph(&mut dice, 1), anchor(other))
                }
                _ => String::new(),
            });
        }
        Page {
            id: id(number),
            title: format!("Policy {number} on {}", titles[0].to_lowercase()),
            words,
        }
    }

    /// Returns every page of a site.
    pub fn all(count: usize) -> impl Iterator<Item = Page> {
        (1..=count).map(move |number| Page::new(number, count))
    }

    /// Returns where the page lies in a project.
    pub fn path(&self) -> TreePath {
        TreePath::new(&format!("content/{}/_index.md", self.id)).expect("an id is a path segment")
    }

    /// Returns the page as it lies in a project.
    fn file(&self) -> File {
        File::new(format!("---\ntitle: {}\n---\n{}", self.title, self.words).into_bytes())
    }

    /// Says something else in one section, another one for each version.
    fn edit(&mut self, version: usize) {
        let mut sections: Vec<String> = self.words.split("\n## ").map(str::to_owned).collect();
        let section = &mut sections[1 + version * 7 % SECTIONS];
        let end = section.find(".\n").expect("a section has a sentence");
        section.insert_str(end, &format!(" within {} days", version + 2));
        self.words = sections.join("\n## ");
    }
}

/// Returns a project of `count` policies and two lists, in which nothing is unreleased: each policy
/// has so many versions, of which each says something else in one section.
pub fn project(count: usize, versions: usize) -> Tree<File> {
    let mut pages: Vec<Page> = Page::all(count).collect();
    let mut files: Tree<File> =
        [("site", SITE), ("whitehats", WHITEHATS), ("subprocessors", SUBPROCESSORS)]
            .map(|(path, text)| {
                (TreePath::new(&format!("content/{path}.yaml")).expect("a path"), text)
            })
            .map(|(path, text)| (path, File::new(text.as_bytes())))
            .into_iter()
            .collect();
    let mut released = Tree::new();
    for version in 0..versions {
        if version > 0 {
            pages.iter_mut().for_each(|page| page.edit(version));
        }
        files.extend(pages.iter().map(|page| (page.path(), page.file())));
        let mut diagnostics = Diagnostics::new();
        let content = parse::content(&files, &mut diagnostics);
        let before = 3 * i64::try_from(versions - 1 - version).expect("some versions");
        let day = date(2026, 1, 15).saturating_sub(before.days());
        // What was released before is not needed to release again.
        let site = ledger::site(content, &Tree::new(), day, &mut diagnostics);
        let id = ReleaseId::new(&day.to_string()).expect("a day is an id");
        let release = Release {
            released: Some(day),
            ..Release::new(id, "What the policies say.", Kind::Substantive)
        };
        let drafts = site.histories.iter().filter(|history| {
            version == 0 || history.draft.as_deref().is_some_and(|draft| draft.policy().is_some())
        });
        let frozen = ledger::release(&files, &[Planned::new(release, drafts.collect())]);
        let (ledger, folder) =
            frozen.into_iter().partition::<Vec<_>, _>(|(path, _)| *path == ledger::path());
        files.extend(ledger);
        released.extend(folder);
    }
    files.extend(released);
    files
}

fn id(number: usize) -> String {
    format!("policy-{number:05}")
}

fn anchor(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

fn paragraph(dice: &mut Dice, sentences: usize) -> String {
    (0..sentences).map(|_| sentence(dice)).collect::<Vec<_>>().join(" ")
}

fn sentence(dice: &mut Dice) -> String {
    let length = 9 + dice.below(8);
    let mut words: Vec<String> = (0..length).map(|_| dice.pick(WORDS).to_owned()).collect();
    let marked = 1 + dice.below(length - 1);
    match dice.below(6) {
        0 => words[marked] = format!("**{}**", words[marked]),
        1 => words[marked] = format!("*{}*", words[marked]),
        2 => words[marked - 1].push(','),
        _ => {}
    }
    capital(&words.join(" ")) + "."
}

fn list(dice: &mut Dice) -> String {
    let item = |dice: &mut Dice| {
        format!(
            "- {} {} {}\n",
            dice.pick(ADJECTIVES),
            dice.pick(WORDS),
            paragraph(dice, 1).to_lowercase()
        )
    };
    format!("\n{}", (0..3).map(|_| item(dice)).collect::<String>())
}

fn table(dice: &mut Dice) -> String {
    let row = |dice: &mut Dice| {
        format!(
            "| {} {} | {} days | {} |\n",
            dice.pick(ADJECTIVES),
            dice.pick(WORDS),
            dice.below(365),
            dice.pick(WORDS)
        )
    };
    format!(
        "\n| What | How long | Who |\n|---|--:|---|\n{}",
        (0..5).map(|_| row(dice)).collect::<String>()
    )
}

/// Xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled",
/// 2016.
struct Dice {
    state: u64,
}

impl Dice {
    fn new(seed: u64) -> Dice {
        let mut dice = Dice { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 };
        for _ in 0..8 {
            dice.roll();
        }
        dice
    }

    fn roll(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.roll() % bound as u64) as usize
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

const SITE: &str = "\
name: Example
description: Policies to measure by.
base_url: https://policies.example/
language: en
contacts:
  - kind: security
    email: security@example.com
security_txt:
  policy: policy-00001
  expires: 2027-10-31T00:00:00Z
";

const WHITEHATS: &str = "\
whitehats:
  - name: Ada Lovelace
  - name: Grace Hopper
    date: \"2025\"
  - name: Katherine Johnson
    link: https://example.com/johnson
";

const SUBPROCESSORS: &str = "\
subprocessors:
  - name: Example Hosting
    purpose: Hosting
    country: DE
  - name: Example Mail
    purpose: Transactional e-mail
    country: IE
";

#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "access",
    "accounts",
    "alerts",
    "appeals",
    "audits",
    "backups",
    "breaches",
    "changes",
    "consent",
    "contracts",
    "cookies",
    "deletion",
    "devices",
    "disclosure",
    "encryption",
    "exports",
    "failures",
    "incidents",
    "keys",
    "logs",
    "networks",
    "notices",
    "partners",
    "payments",
    "records",
    "requests",
    "retention",
    "reviews",
    "suppliers",
    "transfers",
    "training",
    "visitors",
];

#[rustfmt::skip]
const ADJECTIVES: &[&str] = &[
    "annual", "careful", "central", "complete", "current", "daily", "direct", "external", "formal", "internal", "limited", "lawful",
    "personal", "physical", "prompt", "regular", "remote", "secure", "timely", "written",
];

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a",
    "access",
    "account",
    "after",
    "agreement",
    "all",
    "an",
    "and",
    "any",
    "approval",
    "are",
    "as",
    "at",
    "audit",
    "authority",
    "backup",
    "be",
    "before",
    "breach",
    "by",
    "careful",
    "change",
    "collects",
    "confidential",
    "consent",
    "contract",
    "control",
    "customer",
    "data",
    "day",
    "days",
    "deletes",
    "device",
    "discloses",
    "each",
    "encrypted",
    "every",
    "for",
    "from",
    "guards",
    "has",
    "holder",
    "if",
    "in",
    "incident",
    "information",
    "is",
    "it",
    "keeps",
    "key",
    "law",
    "limits",
    "may",
    "measure",
    "month",
    "must",
    "need",
    "network",
    "no",
    "notice",
    "of",
    "on",
    "only",
    "or",
    "our",
    "owner",
    "party",
    "password",
    "person",
    "policy",
    "processing",
    "promptly",
    "protects",
    "provider",
    "purpose",
    "record",
    "reports",
    "request",
    "responsible",
    "restores",
    "review",
    "right",
    "risk",
    "secure",
    "server",
    "service",
    "shall",
    "stored",
    "supplier",
    "system",
    "team",
    "that",
    "the",
    "the",
    "the",
    "their",
    "these",
    "third",
    "to",
    "to",
    "transfer",
    "under",
    "unless",
    "user",
    "users",
    "we",
    "when",
    "where",
    "which",
    "who",
    "will",
    "with",
    "within",
    "without",
    "year",
    "you",
    "your",
];
