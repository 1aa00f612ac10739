//! A rich site: what a company has after some years, made day by day by the program's own commands,
//! always the same.
//!
//! Six policies of twelve versions: one is announced (`privacy`), one is withdrawn (`cookies`), one
//! was reviewed (`security`), two were redacted, one is long and has a table of twenty columns
//! (`terms`), one is short (`acceptable-use`). 300 researchers in many scripts, some with names
//! that look like attacks; 60 sub-processors with every field; several contacts of one kind; a logo
//! for light and dark; an accent. Pictures in policies and pages that are no policies are not in
//! it: this program has neither.
//!
//! `KEEP=DIR cargo test --test it rich:: -- --ignored` leaves the site in DIR, to be looked at:
//! `DIR/public/index.html`.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use crate::project::Project;
use phrases::Topic;

mod phrases;

/// The day on which the site is looked at.
pub const TODAY: &str = "2026-11-21";

/// The days on which half of the policies get another version; the other half follows two weeks
/// later.
const DAYS: [Date; 12] = [
    date(2021, 3, 1),
    date(2021, 9, 13),
    date(2022, 2, 14),
    date(2022, 8, 1),
    date(2023, 1, 16),
    date(2023, 6, 5),
    date(2023, 11, 6),
    date(2024, 4, 8),
    date(2024, 9, 16),
    date(2025, 3, 3),
    date(2025, 10, 6),
    date(2026, 5, 4),
];

/// Returns a copy of the site as a project; it is made once in a run of the tests.
pub fn project() -> Project {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let files = FILES.get_or_init(|| {
        let made = made();
        let of = |folder: &str| {
            made.files(folder)
                .into_iter()
                .map(|(path, bytes)| (format!("{folder}/{path}"), bytes))
                .collect::<Vec<_>>()
        };
        [of("content"), of("themes")].concat()
    });
    let project = Project::empty();
    for (path, bytes) in files {
        project.write(path, bytes);
    }
    project
}

/// Makes the site from its first day on.
fn made() -> Project {
    let project = Project::empty();
    // Notice is promised for what there is.
    project.write("content/site.yaml", SITE.replace("  privacy: 30\n", ""));
    project.write("themes/default/static/mark.svg", MARK);
    let mut dice = Dice::new(20_261_121);
    let researchers = researchers(&mut dice);
    let mut policies = policies(&mut dice);
    let release = |day: Date, summary: &str, documents: &[&str]| {
        let arguments =
            [&["release", "--yes", "--quiet", "--summary", summary], documents].concat();
        project.said_on(&day.to_string(), &arguments, 0);
    };
    for (number, day) in DAYS.into_iter().enumerate() {
        let later = day + 14.days();
        let told: Vec<String> =
            policies.iter_mut().map(|policy| policy.change(number, &mut dice)).collect();
        let write = |half: &[&str]| {
            let summaries =
                policies.iter().zip(&told).filter(|(policy, _)| half.contains(&policy.id));
            let summaries = summaries.map(|(policy, told)| {
                policy.write(&project);
                format!("{}: {told}.", policy.short)
            });
            summaries.collect::<Vec<_>>().join(" ")
        };
        let summary = write(&["security", "terms", "acceptable-use"]);
        project.write("content/commitments.yaml", commitments(number));
        project.write("content/whitehats.yaml", listed(&researchers[..25 * (number + 1)]));
        release(
            day,
            &summary,
            &["security", "terms", "acceptable-use", "commitments", "whitehats"],
        );
        let mut half = vec!["data-processing", "cookies"];
        if number < 11 {
            half.push("privacy");
        }
        let summary = write(&half);
        project.write("content/site.yaml", SITE);
        project.write("content/subprocessors.yaml", subprocessors(number));
        half.push("subprocessors");
        release(later, &summary, &half);
        if number == 9 {
            let told = [
                "redact",
                "Ingrid Vestergaard",
                "--reason",
                "asked for by the person named",
                "--yes",
                "--quiet",
            ];
            project.said_on("2025-06-20", &told, 0);
            policies.iter_mut().for_each(|policy| policy.forget(&project));
        }
    }
    project.said_on(
        "2026-08-31",
        &["retire", "cookies", "--reason", "Privacy says all of it.", "--yes", "--quiet"],
        0,
    );
    fs::remove_dir_all(project.path("content/cookies")).unwrap();
    project.said_on("2026-09-01", &["review", "security", "--quiet"], 0);
    policies[1].write(&project);
    let january = ["--effective", "2027-01-15", "privacy"];
    release(
        date(2026, 11, 9),
        "Privacy: what changes in January, after a year of questions from customers.",
        &january,
    );
    project
}

/// A policy in the making.
struct Policy {
    id: &'static str,
    short: &'static str,
    /// Its front matter and its opening words.
    opening: &'static str,
    sections: Vec<Section>,
    /// Sections that come in later.
    waiting: Vec<&'static Topic>,
}

/// A section in the making.
struct Section {
    topic: &'static Topic,
    title: &'static str,
    sentences: Vec<String>,
    items: Vec<String>,
    /// Marks that no sentence of the tables has: a table, an alert, a footnote.
    more: String,
}

/// Returns the policies before their first version.
fn policies(dice: &mut Dice) -> Vec<Policy> {
    let of = |id, short, opening, topics: &'static [Topic], waiting: usize| {
        let (now, later) = topics.split_at(topics.len() - waiting);
        (id, short, opening, now, later)
    };
    let all = [
        of("security", "Security", SECURITY, phrases::SECURITY, 5),
        of("privacy", "Privacy", PRIVACY, phrases::PRIVACY, 4),
        of("terms", "Terms", TERMS, phrases::TERMS, 4),
        of("data-processing", "Processing", PROCESSING, phrases::PROCESSING, 1),
        of("acceptable-use", "Use", USE, phrases::USE, 0),
        of("cookies", "Cookies", COOKIES, phrases::COOKIES, 0),
    ];
    let policy =
        |(id, short, opening, now, later): (_, _, _, &'static [Topic], &'static [Topic])| {
            let sections = now.iter().map(|topic| Section::new(topic, dice)).collect();
            let mut policy =
                Policy { id, short, opening, sections, waiting: later.iter().rev().collect() };
            for (section, more) in
                MORE.iter().filter(|(of, ..)| *of == id).map(|(_, section, more)| (section, more))
            {
                policy.sections.iter_mut().find(|of| of.topic.0 == *section).unwrap().more =
                    (*more).to_owned();
            }
            policy
        };
    all.into_iter().map(policy).collect()
}

impl Policy {
    /// Changes the policy as people do; returns what to tell readers.
    fn change(&mut self, number: usize, dice: &mut Dice) -> String {
        if number == 0 {
            return "the first version".to_owned();
        }
        let mut told: Vec<String> = Vec::new();
        // What changes first makes sure that something does.
        for turn in 0..=dice.below(3) {
            let at = dice.below(self.sections.len());
            let count = self.sections.len();
            let section = &mut self.sections[at];
            let title = section.title;
            match (dice.below(8), turn) {
                (0, 1..) if section.title == section.topic.1 => {
                    section.title = section.topic.2;
                    told.push(format!("“{title}” is now called “{}”", section.title));
                }
                (1, 1..) if count > 3 => {
                    let to = dice.below(count - 1);
                    let moved = self.sections.remove(at);
                    self.sections.insert(to, moved);
                    told.push(format!("“{title}” stands elsewhere"));
                }
                (2, 1..) if section.items.len() > 1 => {
                    section.items.rotate_left(1);
                    section.items[0] = dice.filled(section.topic.4[0]);
                    told.push(format!("another list in “{title}”"));
                }
                (3, 1..) if section.sentences.len() > 2 => {
                    section.sentences.remove(dice.below(section.sentences.len()));
                    told.push(format!("less in “{title}”"));
                }
                (4, _) if !self.waiting.is_empty() => {
                    let section = Section::new(self.waiting.pop().unwrap(), dice);
                    told.push(format!("a section “{}”", section.title));
                    self.sections.insert(at, section);
                }
                (5 | 6, _) => {
                    let sentence = dice.pick(phrases::LATER);
                    let sentence = dice.filled(sentence);
                    if self.sections.iter().any(|section| section.sentences.contains(&sentence)) {
                        continue;
                    }
                    let section = &mut self.sections[at];
                    section.sentences.insert(1 + dice.below(section.sentences.len()), sentence);
                    told.push(format!("more in “{title}”"));
                }
                _ => {
                    let (section, sentence, from, to) = self.another_number(dice);
                    told.push(format!("{from} became {to} in “{}”", self.sections[section].title));
                    let of = &mut self.sections[section].sentences[sentence];
                    *of = of.replacen(&from, &to, 1);
                }
            }
        }
        if told.is_empty() {
            let at = number % self.sections.len();
            self.sections[at]
                .sentences
                .push(format!("This was looked at again in {}.", DAYS[number].year()));
            told.push(format!("a year in “{}”", self.sections[at].title));
        }
        told.join(", ")
    }

    /// Returns the place of a number that is to change, the number, and the next.
    fn another_number(&self, dice: &mut Dice) -> (usize, usize, String, String) {
        loop {
            let section = dice.below(self.sections.len());
            let sentence = dice.below(self.sections[section].sentences.len());
            let text = &self.sections[section].sentences[sentence];
            // Not what stands in an address, a reference or the number of a law.
            let word = |word: &&str| {
                word.len() < 4
                    && word.bytes().all(|byte| byte.is_ascii_digit())
                    && !text.contains("{{")
            };
            if let Some(from) = text.split(' ').find(word) {
                let to = from.parse::<usize>().unwrap() + 1 + dice.below(5);
                return (section, sentence, from.to_owned(), to.to_string());
            }
        }
    }

    /// Takes over the words that a redaction put in the place of a name.
    fn forget(&mut self, project: &Project) {
        for section in &mut self.sections {
            for sentence in &mut section.sentences {
                *sentence =
                    sentence.replace("Ingrid Vestergaard", "\\[removed on request, 2025-06-20\\]");
            }
        }
        self.write(project);
    }

    /// Writes the files of the policy in place of those that are there.
    fn write(&self, project: &Project) {
        let folder = project.path(&format!("content/{}", self.id));
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        project.write(&format!("content/{}/_index.md", self.id), self.opening);
        for (at, section) in self.sections.iter().enumerate() {
            project.write(
                &format!("content/{}/{:03}-{}.md", self.id, 10 * (at + 1), section.topic.0),
                section.text(),
            );
        }
    }
}

impl Section {
    fn new(topic: &'static Topic, dice: &mut Dice) -> Section {
        let sentences = topic.3.iter().map(|sentence| dice.filled(sentence)).collect();
        let items = topic.4.iter().map(|item| dice.filled(item)).collect();
        Section { topic, title: topic.1, sentences, items, more: String::new() }
    }

    /// Returns the file of the section: paragraphs of two sentences, a list after the first.
    fn text(&self) -> String {
        let mut text = format!("# {}\n", self.title);
        for (at, sentences) in self.sentences.chunks(2).enumerate() {
            text += &format!("\n{}\n", sentences.join("\n"));
            if at == 0 && !self.items.is_empty() {
                text += &format!("\n- {}\n", self.items.join(";\n- "));
            }
        }
        text + &self.more
    }
}

/// Returns the researchers, oldest first, as entries of the list.
fn researchers(dice: &mut Dice) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (given, family, between) in phrases::NAMES {
        for given in *given {
            names.extend(family.iter().map(|family| format!("{given}{between}{family}")));
        }
    }
    // Who has the name of another is told from them by a number, as on many a site.
    let handles = ["seal", "otter", "heron", "gull"];
    names.extend(
        (names.len() + phrases::HOSTILE.len()..300)
            .map(|number| format!("{}{}", handles[number % 4], number)),
    );
    names.extend(phrases::HOSTILE.iter().map(|name| (*name).to_owned()));
    assert_eq!(names.len(), 300);
    dice.shuffle(&mut names);
    let entry = |(at, name): (usize, String)| {
        let mut entry = format!("  - name: {}\n", quoted(&name));
        match at % 5 {
            0 if at < 40 => {}
            1 => entry += &format!("    date: \"{}\"\n", 2021 + at / 55),
            _ => {
                entry +=
                    &format!("    date: {}-{:02}-{:02}\n", 2021 + at / 55, 1 + at % 12, 1 + at % 28)
            }
        }
        if at % 3 == 0 {
            entry += &format!("    link: https://researchers.example/{at}?from=fjord&lang=en\n");
        }
        if at % 4 < 2 {
            entry += &format!("    class: {}\n", dice.pick(phrases::CLASSES));
        }
        if at % 6 == 0 {
            entry += &format!(
                "    groups: [{}, {}]\n",
                quoted(phrases::GROUPS[at % 5]),
                quoted(phrases::GROUPS[(at + 1) % 5])
            );
        }
        entry
    };
    names.into_iter().enumerate().map(entry).collect()
}

fn listed(researchers: &[String]) -> String {
    format!("undated_before: 2021\nwhitehats:\n{}", researchers.concat())
}

/// Returns the list of sub-processors as it is released on a day: five more each time, with their
/// days; of the oldest, some left.
fn subprocessors(number: usize) -> String {
    let (first, second) = phrases::COMPANIES;
    let mut list =
        "note: Each of them signed our terms. Ask for a copy.\nsubprocessors:\n".to_owned();
    for at in 0..5 * (number + 1) {
        let since = DAYS[at / 5] + 14.days();
        let name = format!("{} {}", first[at % 10], second[at / 10]);
        let ((form, country, safeguard), (purpose, data, group)) =
            (phrases::FORMS[at % 7], phrases::TASKS[at % 8]);
        // Who was there before the first release was announced long ago.
        let (announced, effective) = if at < 5 {
            (since - 90.days(), since - 45.days())
        } else {
            (since, since + 40.days())
        };
        let renamed = at % 11 == 4 && number > at / 5 + 1;
        list += &format!(
            "  - name: {}\n",
            quoted(&if renamed { format!("{name} Group") } else { name.clone() })
        );
        if renamed {
            list += &format!("    formerly: {}\n", quoted(&name));
        }
        list += &format!(
            "    purpose: {purpose}\n    entity: {}\n    data: {data}\n    country: {country}\n",
            quoted(&format!("{name} {form}"))
        );
        list += &format!(
            "    safeguard: {}\n    group: {group}\n    link: https://company-{at}.example/trust\n",
            quoted(safeguard)
        );
        list += &format!("    announced: {announced}\n    effective: {effective}\n");
        if at % 9 == 3 && number > at / 5 + 3 {
            list += &format!("    until: {}\n", DAYS[at / 5 + 4]);
        }
    }
    list
}

fn commitments(number: usize) -> String {
    let (hours, uptime) = (72 - 4 * number, if number < 6 { "99.5" } else { "99.9" });
    format!(
        "commitments:\n  - id: first_reply\n    what: first reply to a report\n    qualifier: within\n    value: {hours}\n    unit: hours\n    \
         better: lower\n    section: security#reporting\n  - id: uptime\n    what: uptime of the service\n    qualifier: at least\n    \
         value: {uptime}\n    unit: percent\n    better: higher\n    section: terms#service\n  - id: letters\n    what: letters are answered by \
         letter\n"
    )
}

/// Returns a text as YAML takes it, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled",
/// 2016.
struct Dice {
    state: u64,
}

impl Dice {
    fn new(seed: u64) -> Dice {
        let mut dice = Dice { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 };
        (0..8).for_each(|_| _ = dice.below(2));
        dice
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as usize % bound
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }

    /// Returns a sentence with its gaps filled, a capital first.
    fn filled(&mut self, sentence: &str) -> String {
        let mut filled = String::new();
        let mut rest = sentence;
        while let Some((before, after)) =
            rest.split_once('{').filter(|(_, after)| !after.starts_with('{'))
        {
            let (gap, after) = after.split_once('}').expect("a gap is closed");
            filled += before;
            filled += &match gap {
                "people" => self.pick(phrases::PEOPLE).to_owned(),
                "data" => self.pick(phrases::DATA).to_owned(),
                "place" => self.pick(phrases::PLACE).to_owned(),
                "event" => self.pick(phrases::EVENT).to_owned(),
                numbers => {
                    let (least, most) =
                        numbers.split_once('-').expect("a gap is a word or two numbers");
                    let [least, most] =
                        [least, most].map(|number| number.parse::<usize>().unwrap());
                    (least + self.below(most - least + 1)).to_string()
                }
            };
            rest = after;
        }
        filled += rest;
        // An item of a list goes on with a small letter.
        if !sentence.ends_with('.') {
            return filled;
        }
        let first = filled.chars().next().expect("a sentence has words");
        first.to_uppercase().chain(filled.chars().skip(1)).collect()
    }
}

const SITE: &str = "\
name: Fjord & Söhne
description: The policies of Fjord & Söhne, who keep files for harbours and shipyards.
base_url: https://policies.fjord.example/
language: en
accent: \"#1b5e7a\"
logo: mark.svg
hosts: [nginx, cloudflare]
notice:
  privacy: 30
  subprocessors: 30
check:
  P104: off
contacts:
  - kind: security
    email: security@fjord.example
    phone: +49 461 1234-567
    form: https://fjord.example/report-a-weakness
    hours: Monday to Friday, 8:00 to 18:00, Flensburg; at other times an answering machine that wakes somebody
    languages: [de, da, en]
    key: https://fjord.example/keys/security.asc
  - kind: security
    email: psirt@fjord.example
    hours: By night
  - kind: privacy
    email: privacy@fjord.example
    phone: +49 461 1234-568
  - kind: privacy
    form: https://fjord.example/your-data
    languages: [en, ar, ja]
  - kind: support
    email: help@fjord.example
    phone: +49 461 1234-0
    hours: Always
  - kind: support
    form: https://fjord.example/help
security_txt:
  policy: security
  expires: 2027-10-31T00:00:00Z
  languages: [de, da, en]
  hiring: [https://fjord.example/jobs]
";

/// One mark for light and dark.
const MARK: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 24\"><style>path{fill:#1b5e7a}\
    @media(prefers-color-scheme:dark){path{fill:#8fd0ea}}</style><path d=\"M0 22 16 2l8 10 6-7 10 12 8-6 16 11z\"/></svg>\n";

const SECURITY: &str = "---
title: Security
summary: How we guard what you store with us, and how to tell us where we do not.
order: 1
review_every: 1 year
covers: [testing]
---
We keep files that ships depend on. This page says how.

> [!IMPORTANT]
> Whoever found a weakness goes to [how to report it](#reporting) first.
";

const PRIVACY: &str = "---
title: Privacy notice for customers, for readers of our pages, and for those who apply for a job
summary: What we know of you, why, for how long, and what you can ask for.
order: 2
---
This notice is long because the law is. The short one: we keep little, and not for long.
";

const TERMS: &str = "---
title: \"General terms & conditions for the storage, exchange and archiving of files of harbours, shipyards and shipping companies <worldwide>\"
summary: What we owe you, and what you owe us.
order: 3
---
These terms hold between Fjord & Söhne GmbH (“we”) and whoever orders the service (“you”).

Working day
: Monday to Friday, without the holidays of Schleswig-Holstein.

Letter
: Whatever can be kept and read again, mail included.
";

const PROCESSING: &str = "---
title: Agreement on the processing of personal data on behalf of a controller (Article 28 GDPR)
order: 4
---
This agreement is part of every contract under which we see personal data of others.
";

const USE: &str = "---
title: Acceptable use
summary: Two minutes to read.
order: 5
---
Be kind.
";

const COOKIES: &str = "---
title: Cookies
summary: All of them.
order: 6
---
We set as few as we can.
";

/// What stands at the end of some sections: the policy, the section, the words.
const MORE: [(&str, &str, &str); 9] = [
    ("security", "incidents", "
> [!WARNING]
> Never send a password to {{ contact.security }}. Call {{ contact.security.phone }} instead.

1. By day the team answers.
2. By night one of two people does:
   - the first within 15 minutes;
   - the second after that.[^night]

[^night]: Both numbers are in the annex of every contract.
"),
    ("security", "encryption", "
```console
$ openssl s_client -connect files.fjord.example:443 -tls1_3 -brief </dev/null
CONNECTION ESTABLISHED
```
"),
    ("privacy", "kept", "
| What | For how long | Why | Law |
|---|--:|---|---|
| Accounts | 3 months after the end | so that nobody loses a file | Article 6(1)(b) |
| Invoices | 10 years | taxes | § 147 AO |
| Letters | 6 years | trade | § 257 HGB |
| Logs | 14 days | attacks | Article 6(1)(f)[^balance] |

[^balance]: We weighed it up; the note is sent to whoever asks {{ contact.privacy }}.
"),
    ("privacy", "rights", "
Whoever prefers paper writes to:\\
Fjord & Söhne GmbH\\
Hafenstraße 7\\
24937 Flensburg

See also [the agreement for companies](../data-processing/_index.md).
"),
    ("terms", "availability", "
| Region | Jan | Feb | Mar | Apr | May | Jun | Jul | Aug | Sep | Oct | Nov | Dec | Year | Target | Credit | Nights | Planned | Unplanned | Longest |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
| Flensburg | 99.98 | 99.99 | 100.00 | 99.97 | 99.99 | 100.00 | 99.95 | 99.99 | 99.98 | 100.00 | 99.99 | 99.96 | 99.98 | 99.90 | 0 | 12 | 340 min | 61 min | 18 min |
| Tallinn | 99.91 | 99.99 | 99.99 | 99.99 | 99.80 | 99.99 | 99.99 | 99.99 | 100.00 | 99.99 | 99.99 | 99.99 | 99.97 | 99.90 | 5 % | 11 | 290 min | 144 min | 88 min |
| Ōsaka | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.99 | 99.50 | 0 | 12 | 610 min | 40 min | 9 min |
"),
    ("terms", "fees", "
The price list counts.[^list] ~~Payment by cheque~~ is no longer possible.

[^list]: It lies at <https://fjord.example/prices?currency=eur&year=2026>.
"),
    ("terms", "liability", "
> [!NOTE]
> The law on product liability stays as it is.[^product]

[^product]: Produkthaftungsgesetz, 15 December 1989.

    It cannot be agreed away.
"),
    ("data-processing", "helpers", "
## Who they are

{{ subprocessors }}
"),
    ("cookies", "ours", "
| Name | For |
|---|---|
| `fjord_session` | who you are |
| `lang` | your language |
"),
];

#[test]
#[ignore = "takes half a minute: tests/run makes it"]
fn the_rich_site_builds_whole_and_proves_itself() {
    let project = project();
    project.said_on(TODAY, &["check"], 0);
    project.said_on(TODAY, &["build", "--locked", "--quiet"], 0);
    for of in [&["verify", "--quiet"][..], &["verify", "public", "--quiet"]] {
        project.said_on(TODAY, of, 0);
    }
    let files = project.files("public");
    let versions = |policy: &str| {
        let page = |path: &str| {
            path.starts_with(&format!("{policy}/v/")) && path.matches('/').count() == 3
        };
        files.iter().filter(|(path, _)| page(path) && path.ends_with("/index.html")).count()
    };
    for policy in ["acceptable-use", "cookies", "privacy", "security", "terms"] {
        assert_eq!(versions(policy), 12, "{policy}");
    }
    let shown = |id: &str, mark: &str| {
        project.read(&format!("public/{id}/index.html")).replace('"', "").matches(mark).count()
    };
    assert!(shown("whitehats", "<li>") >= 300);
    assert!(shown("subprocessors", "<th scope=row>") >= 60);
    if let Some(folder) = std::env::var_os("KEEP") {
        for folder_of in ["content", "themes", "public"] {
            for (path, bytes) in project.files(folder_of) {
                let place = Path::new(&folder).join(folder_of).join(path);
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                fs::write(place, bytes).unwrap();
            }
        }
    }
}
