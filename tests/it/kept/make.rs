//! How a kept target is made: a project, its releases and publishes day by day, and an archive of
//! what they left.
//!
//! `KEEP=DIR cargo test --test it kept::make -- --ignored` writes `NAME.tar.gz` and the lists
//! beside it into DIR, from the same input always the same bytes. What lies in `tests/kept/` was
//! made so once, by the program of its day, and is never made again: a later program makes another
//! folder beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::kept;
use crate::kept::TODAY;
use crate::project::Project;

/// A moment of the clock, in seconds since 1970, stands in no kept file: noon of the day in its
/// place.
fn noon(day: &str) -> i64 {
    let day: jiff::civil::Date = day.parse().unwrap();
    day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second()
}

/// Releases everything that is unreleased on a day.
fn release(project: &Project, day: &str, summary: &str, more: &[&str]) {
    let more: Vec<&str> = ["release", "--yes", "--quiet", "--summary", summary]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    project.said_on(day, &more, 0);
}

/// Publishes on a day, and puts that day in place of the clock's and of the publisher's name.
fn publish(project: &Project, day: &str) {
    let before = jiff::Timestamp::now().as_second();
    project.said_on(day, &["publish", "live", "--quiet"], 0);
    let after = jiff::Timestamp::now().as_second();
    let state = "live/.policybook/published.json";
    let mut text = project.read(state);
    for moment in before..=after {
        for key in ["at", "since"] {
            text =
                text.replace(&format!("\"{key}\":{moment}"), &format!("\"{key}\":{}", noon(day)));
        }
    }
    project.write(state, text);
    let generation: serde_json::Value = serde_json::from_str(&project.read(state)).unwrap();
    let lease = "live/.policybook/lease.json";
    let mut told: serde_json::Value = serde_json::from_str(&project.read(lease)).unwrap();
    assert_eq!((&told["until"], &told["generation"]), (&0.into(), &generation["generation"]));
    told["owner"] = "0".repeat(32).into();
    told["who"] = "who makes kept targets".into();
    told["since"] = noon(day).into();
    project.write(lease, told.to_string());
}

/// Writes a section of a policy.
fn section(project: &Project, policy: &str, file: &str, text: &str) {
    project.write(&format!("content/{policy}/{file}.md"), text);
}

/// Makes the site of a company with a theme of its own; its pages are minified as a whole.
pub fn nordlicht() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", include_str!("texts/nordlicht.yaml"));
    project.said(
        &[
            "theme",
            "eject",
            "base.html",
            "policy.html",
            "subprocessors-table.html",
            "whitehats.html",
            "site.css",
        ],
        0,
    );
    let template = |name: &str| format!("themes/nordlicht/templates/{name}.html");
    let fine = "<p class=\"fine\"><a href=\"{{ page.root }}\">All policies</a>";
    project.edit(
        &template("base"),
        fine,
        &format!("<p class=\"fine\"><a href=\"https://nordlicht.example/imprint\">Imprint</a></p>\n{fine}"),
    );
    let words = "<div class=\"words\">";
    project.edit(
        &template("policy"),
        words,
        &format!(
            "<p class=\"approval\">Approved by the board of {{{{ site.name }}}}.</p>\n{words}"
        ),
    );
    project.edit(
        &template("policy"),
        "</article>",
        "<p class=\"approval\">Wer Fragen hat, schreibe uns bitte.</p>\n</article>",
    );
    project.edit(
        &template("subprocessors-table"),
        "<caption>{{ caption }}",
        "<caption>Who helps us: {{ caption }}",
    );
    project.edit(
        &template("whitehats"),
        "{% for group in years %}",
        "<p>Tack, danke, dziękujemy:</p>\n{% for group in years %}",
    );
    let style = "themes/nordlicht/static/site.css";
    project.write(style, project.read(style) + "\n.approval { font-style: italic }\n");
    project.write("themes/nordlicht/static/mark.svg", include_str!("texts/mark.svg"));

    for (policy, file, text) in NORDLICHT {
        section(&project, policy, file, text);
    }
    project.write("content/whitehats.yaml", include_str!("texts/whitehats.yaml"));
    project.write("content/subprocessors.yaml", include_str!("texts/subprocessors.yaml"));
    project.write("content/commitments.yaml", include_str!("texts/commitments.yaml"));
    release(&project, "2024-01-15", "The first policies of Nordlicht und Söhne.", &[]);

    project.edit("content/privacy/020-keeping.md", "within 30 days", "within 45 days");
    let list = "content/subprocessors.yaml";
    project.write(list, project.read(list) + MAIL);
    release(&project, "2024-05-06", "Deletion takes up to 45 days; a provider of mail joins.", &[]);
    publish(&project, "2024-05-06");

    project.edit("content/cookies/_index.md", "two cookies", "three cookies");
    project.edit(
        "content/handbook/020-tables.md",
        "| Visitors' book | paper | 1 |",
        "| Visitors' book | paper, locked away | 2 |",
    );
    project.edit("content/handbook/010-alerts.md", "~~by telephone~~ in writing", "in writing");
    project.write(
        "content/whitehats.yaml",
        project.read("content/whitehats.yaml") + "  - name: نور الهدى\n    date: 2024-08-30\n",
    );
    release(
        &project,
        "2024-09-02",
        "A third cookie; visitors sign twice; thanks to one more researcher.",
        &[],
    );
    project.said_on("2025-03-10", &["review", "security", "handbook", "--quiet"], 0);
    project.said_on(
        "2025-06-02",
        &["redact", "Marek Dvořák", "--reason", "asked for by the person named", "--yes"],
        0,
    );
    publish(&project, "2025-06-02");

    fs::remove_dir_all(project.path("content/cookies")).unwrap();
    project.edit(
        list,
        "    effective: 2023-03-01\n",
        "    effective: 2023-03-01\n    until: 2026-01-31\n",
    );
    project.edit(
        list,
        "name: Frachtbrief AG",
        "name: Frachtbrief SE\n    formerly: Frachtbrief AG",
    );
    project.edit("content/commitments.yaml", "value: 48", "value: 72");
    fs::rename(
        project.path("content/security/020-testing.md"),
        project.path("content/security/040-testing.md"),
    )
    .unwrap();
    project.edit("content/security/030-thanks.md", "# Our thanks", "# Thanks to researchers");
    release(
        &project,
        "2026-02-02",
        "A first answer takes longer; one provider left, one has another name.",
        &[],
    );

    project.said_on(
        "2026-06-15",
        &["review", "security.txt", "--expires", "2027-06-01", "--quiet"],
        0,
    );
    project.edit("content/handbook/040-letters.md", "recieve", "receive");
    release(&project, "2026-10-05", "A spelling mistake.", &["handbook", "--editorial"]);
    project.edit("content/privacy/020-keeping.md", "within 45 days", "within 14 days");
    project.edit("content/privacy/_index.md", "what we keep", "what we keep, and for how long");
    release(
        &project,
        "2026-11-16",
        "Deletion takes 14 days at most.",
        &["privacy", "--effective", "2027-01-15"],
    );
    publish(&project, "2026-11-20");
    project
}

/// Makes a site in the default theme whose terms have 36 versions.
pub fn harbour() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", include_str!("texts/harbour.yaml"));
    for (policy, file, text) in
        NORDLICHT.iter().filter(|(policy, file, _)| *policy == "handbook" && *file != "050-raw")
    {
        section(&project, policy, file, text);
    }
    let mut terms = Terms::default();
    for number in 1..=36 {
        // The tenth of a month, three years long.
        let day = format!("{}-{:02}-10", 2023 + (number + 10) / 12, (number + 10) % 12 + 1);
        let summary = terms.change(number);
        terms.write(&project);
        let more: &[&str] = if summary == EDITORIAL { &["--editorial"] } else { &[] };
        release(&project, &day, &summary, more);
        if number == 12 {
            publish(&project, &day);
        }
    }
    publish(&project, "2026-11-20");
    project
}

/// The terms of the harbour, which change every month.
#[derive(Default)]
struct Terms {
    /// Id, title and sentences.
    sections: Vec<(&'static str, &'static str, Vec<String>)>,
}

const EDITORIAL: &str = "Another way to set a name.";

impl Terms {
    /// Makes the version of this number; returns what to tell readers.
    fn change(&mut self, number: usize) -> String {
        let months = number.to_string();
        match number {
            1 => {
                let of = |sentences: &[&str]| {
                    sentences.iter().map(|sentence| (*sentence).to_owned()).collect::<Vec<_>>()
                };
                self.sections = vec![
                    (
                        "berths",
                        "Berths",
                        of(&[
                            "A berth is let by the month.",
                            "It is paid 14 days ahead.",
                            "The keys stay with the harbour master.",
                        ]),
                    ),
                    (
                        "storms",
                        "Storms",
                        of(&[
                            "At wind force 9 the gates are shut.",
                            "Boats are tied up twice, by their owners.",
                        ]),
                    ),
                    (
                        "fuel",
                        "Fuel and water",
                        of(&[
                            "Fuel is sold from 7:00 to 19:00.",
                            "Water is free up to 200 litres a day.",
                        ]),
                    ),
                    ("noise", "Noise", of(&["Engines rest from 22:00 to 6:00."])),
                ];
                "The first terms.".to_owned()
            }
            9 => {
                self.sections[1].1 = "Storms and floods";
                "Floods are storms, too.".to_owned()
            }
            18 => {
                self.sections.swap(2, 3);
                "Noise stands before fuel.".to_owned()
            }
            20 => {
                self.sections[0].2[2] = "The keys stay with the *harbour master*.".to_owned();
                EDITORIAL.to_owned()
            }
            27 => {
                self.sections.push((
                    "waste",
                    "Waste",
                    vec!["Oil goes into the red drum[^drum].\n\n[^drum]: It stands beside the crane.".to_owned()],
                ));
                "Where waste goes.".to_owned()
            }
            33 => {
                self.sections.remove(3);
                "Fuel is no longer sold.".to_owned()
            }
            _ if number.is_multiple_of(3) => {
                let section = &mut self.sections[number % 4 % 3];
                section.2.push(format!(
                    "Since month {months} this is looked after by pier {}.",
                    1 + number % 5
                ));
                format!("Pier {} looks after more.", 1 + number % 5)
            }
            _ => {
                self.sections[0].2[1] = format!("It is paid {} days ahead.", 14 + number % 7);
                format!("Berths are paid {} days ahead.", 14 + number % 7)
            }
        }
    }

    fn write(&self, project: &Project) {
        if project.path("content/terms").exists() {
            fs::remove_dir_all(project.path("content/terms")).unwrap();
        }
        section(
            project,
            "terms",
            "_index",
            "---\ntitle: Terms of the harbour\nsummary: For everybody who ties up a boat.\n---\n\nWhoever ties up agrees.\n",
        );
        for (at, (id, title, sentences)) in self.sections.iter().enumerate() {
            section(
                project,
                "terms",
                &format!("{:03}-{id}", 10 * (at + 1)),
                &format!("# {title}\n\n{}\n", sentences.join("\n\n")),
            );
        }
    }
}

/// A provider that joins later, with a day of its own.
const MAIL: &str = "  - name: Brieftaube Ltd
    purpose: Sends what customers are told
    entity: Brieftaube Limited, Dublin
    data: names, addresses
    country: IE
    announced: 2024-05-06
    effective: 2024-06-10
    link: https://brieftaube.example/
";

/// The policies: each with the file of a section and its words.
const NORDLICHT: [(&str, &str, &str); 13] = [
    ("security", "_index", include_str!("texts/security/_index.md")),
    ("security", "010-reporting", include_str!("texts/security/010-reporting.md")),
    ("security", "020-testing", include_str!("texts/security/020-testing.md")),
    ("security", "030-thanks", include_str!("texts/security/030-thanks.md")),
    ("privacy", "_index", include_str!("texts/privacy/_index.md")),
    ("privacy", "010-helpers", include_str!("texts/privacy/010-helpers.md")),
    ("privacy", "020-keeping", include_str!("texts/privacy/020-keeping.md")),
    ("cookies", "_index", include_str!("texts/cookies/_index.md")),
    ("handbook", "_index", include_str!("texts/handbook/_index.md")),
    ("handbook", "010-alerts", include_str!("texts/handbook/010-alerts.md")),
    ("handbook", "020-tables", include_str!("texts/handbook/020-tables.md")),
    ("handbook", "040-letters", include_str!("texts/handbook/040-letters.md")),
    ("handbook", "050-raw", include_str!("texts/handbook/050-raw.md")),
];

mod long {
    use super::*;

    /// Makes both sites; returns every file that is kept of them.
    fn made() -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (name, project) in [("nordlicht", nordlicht()), ("harbour", harbour())] {
            files.insert(format!("{name}.tar.gz"), kept::packed(&project));
            project.said_on(TODAY, &["build", "--locked", "--quiet"], 0);
            files.extend(
                kept::lists(&project)
                    .into_iter()
                    .map(|(list, text)| (format!("{name}/{list}"), text.into_bytes())),
            );
        }
        files
    }

    #[test]
    #[ignore = "long: tests/run --all"]
    fn what_is_kept_is_made_from_the_same_input_as_the_same_bytes() {
        let files = made();
        for (path, bytes) in made() {
            assert!(files[&path] == bytes, "{path}");
        }
        let Some(folder) = std::env::var_os("KEEP").map(PathBuf::from) else { return };
        for (path, bytes) in files {
            let place = folder.join(path);
            assert!(!place.exists(), "{} is kept already", place.display());
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, bytes).unwrap();
        }
    }
}
