//! How the work grows: every parser and every printer is given four times as much of one thing,
//! and should take four times as long, an exponent of 1.
//!
//! `cargo bench --bench growth` runs every case, `cargo bench --bench growth -- footnotes import`
//! those whose names contain all of these words; a number among them is for how many milliseconds
//! the larger input should take: more is truer. Times are CPU time of the program, less what it
//! takes for next to nothing. `!` marks an exponent above 1.1.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a bench is an edge: it has a clock, a disk and other programs"
)]
#![allow(clippy::print_stdout, reason = "a bench answers on standard output")]
#![allow(dead_code, reason = "parts are for other benches, too")]

mod shapes;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use tempfile::TempDir;
use wait4::Wait4 as _;

use crate::shapes::{Edit, SHAPES, Shape};

/// The date on which commands run.
const TODAY: &str = "2025-06-02";

/// The exponent that is meant to be kept.
const GOAL: f64 = 1.1;

/// How long the larger input should take where nobody says otherwise.
const LONG: Duration = Duration::from_millis(120);

/// How many things there are at most.
const MOST: usize = 1 << 18;

/// Lays out a project that is much of one thing.
type LayOut = dyn Fn(&Folder, usize);

/// Returns a text that is much of one thing.
type Much = fn(usize) -> String;

/// Something that may be much of one thing, and a command to run on it.
struct Case {
    name: String,
    /// How many things there may be.
    most: usize,
    /// Lays out a project with so many things.
    lay_out: Box<LayOut>,
    /// What is measured.
    arguments: Vec<String>,
}

/// A project's folder.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(TempDir::new().expect("a folder"))
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let place = self.path(path);
        fs::create_dir_all(place.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(place, text).expect("a file");
    }

    fn site(&self, more: &str) {
        self.write(
            "content/site.yaml",
            &format!(
                "name: Acme\nbase_url: https://acme.example/\ncontacts:\n  - kind: security\n    \
                 email: security@acme.example\nsecurity_txt:\n  expires: 2025-12-01T00:00:00Z\n\
                 {more}"
            ),
        );
    }

    fn policy(&self, text: &str) {
        self.write("content/terms/_index.md", &format!("---\ntitle: Terms\n---\n{text}"));
    }

    /// Runs a command that prepares.
    fn run(&self, arguments: &[&str]) {
        let output = command(self.0.path(), arguments).output().expect("run policybook");
        assert!(
            output.status.success(),
            "{arguments:.80?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

fn command<T: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[T]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command.current_dir(folder).args(arguments).args(["--today", TODAY]);
    command.env("POLICYBOOK_CLOCK", format!("{TODAY}T23:59:59Z"));
    command.env("NO_COLOR", "1").env_remove("GITHUB_ACTIONS").env_remove("SOURCE_DATE_EPOCH");
    command
}

/// Returns the time that the command of a case takes with so many things.
fn cost(case: &Case, count: usize, rounds: usize) -> Duration {
    let folder = Folder::new();
    (case.lay_out)(&folder, count);
    let mut least = Duration::MAX;
    for _ in 0..rounds {
        let _ = fs::remove_dir_all(folder.path("public"));
        let mut command = command(folder.0.path(), &case.arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let used = command.spawn().expect("run policybook").wait4().expect("its end");
        let code = used.status.code();
        assert!(matches!(code, Some(0 | 1)), "{}: {count} ended with {code:?}", case.name);
        least = least.min(used.rusage.utime);
        if least > Duration::from_secs(2) {
            break;
        }
    }
    least
}

/// Measures a case, and returns true if it grows as it should.
fn measure(case: &Case, long: Duration) -> bool {
    let base = cost(case, 1, 3);
    let mut count = case.most.min(256);
    let mut many = cost(case, count, 1);
    while many.saturating_sub(base) < long && count < case.most {
        count = (2 * count).min(case.most);
        many = cost(case, count, 1);
    }
    let many = many.min(cost(case, count, 2)).saturating_sub(base);
    let few = cost(case, count / 4, 3).saturating_sub(base);
    let exponent = (many.as_secs_f64() / few.as_secs_f64().max(1e-4)).log(4.0);
    // What takes no time has no exponent.
    let is_short = many < LONG / 4;
    let good = is_short || exponent <= GOAL;
    println!(
        "{:<58}{:>9}{:>10.1}{:>10.1}{:>9} {}",
        case.name,
        count,
        few.as_secs_f64() * 1e3,
        many.as_secs_f64() * 1e3,
        if is_short { "-".to_owned() } else { format!("{exponent:.2}") },
        if good { "" } else { "!" }
    );
    good
}

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let long = words.iter().find_map(|word| word.parse().ok()).map_or(LONG, Duration::from_millis);
    println!("{:<58}{:>9}{:>10}{:>10}{:>9}", "", "count", "ms at n/4", "ms at n", "exponent");
    let (mut all, mut steep) = (0, 0);
    for case in cases() {
        if words.iter().all(|word| word.parse::<u64>().is_ok() || case.name.contains(word)) {
            all += 1;
            steep += usize::from(!measure(&case, long));
        }
    }
    println!("{steep} of {all} grow faster than {GOAL}");
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in SHAPES {
        texts(shape, &mut cases);
    }
    findings(&mut cases);
    redlines(&mut cases);
    projects(&mut cases);
    histories(&mut cases);
    lists(&mut cases);
    security_txt(&mut cases);
    themes(&mut cases);
    cases
}

fn case(
    name: impl Into<String>,
    arguments: &[&str],
    lay_out: impl Fn(&Folder, usize) + 'static,
) -> Case {
    Case {
        name: name.into(),
        most: MOST,
        lay_out: Box::new(lay_out),
        arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
    }
}

/// A text that is checked, built, imported and compared.
fn texts(shape: &'static Shape, cases: &mut Vec<Case>) {
    let draft = |folder: &Folder, count: usize| {
        folder.site("");
        folder.policy(&shape.text(count));
    };
    // What is found wrong is printed by `findings`.
    cases.push(case(format!("{}: check", shape.name), &["check", "--only", "P001"], draft));
    cases.push(case(format!("{}: build", shape.name), &["build"], move |folder, count| {
        folder.site("");
        folder.write("old.md", &shape.text(count));
        // Frozen texts are built whatever is wrong with them.
        folder.run(&["import", "terms", "--version", "1@2024-01-01=old.md"]);
    }));
    cases.push(case(
        format!("{}: import", shape.name),
        &["import", "terms", "--version", "1@2024-01-01=old.md", "--dry-run"],
        move |folder, count| {
            folder.site("");
            folder.write("old.md", &shape.text(count));
        },
    ));
    for (name, edit) in [("one", Edit::One), ("all", Edit::Every(1))] {
        cases.push(case(
            format!("{}, {name} changed: diff", shape.name),
            &["diff", "old.md", "new.md", "--format", "stat"],
            move |folder, count| sides(folder, shape, count, edit),
        ));
    }
}

fn sides(folder: &Folder, shape: &Shape, count: usize, edit: Edit) {
    let [old, new] = shape.edited(count, edit);
    folder.write("old.md", &old);
    folder.write("new.md", &new);
}

/// Mistakes in every format.
fn findings(cases: &mut Vec<Case>) {
    let shapes = [
        "equal dead links",
        "dead links",
        "dead links in one line",
        "open references with words",
        "unknown references",
        "unused footnotes",
        "obfuscated mail",
    ];
    for format in ["full", "concise", "json", "github", "gitlab", "junit", "sarif"] {
        for shape in shapes.map(Shape::named) {
            cases.push(case(
                format!("{}: check --format {format}", shape.name),
                &["check", "--format", format],
                |folder, count| {
                    folder.site("");
                    folder.policy(&shape.text(count));
                },
            ));
        }
    }
    for shape in shapes.map(Shape::named) {
        cases.push(case(
            format!("{}: check --fix --dry-run", shape.name),
            &["check", "--fix", "--dry-run"],
            |folder, count| {
                folder.site("");
                folder.policy(&shape.text(count));
            },
        ));
    }
}

/// Changes in every format.
fn redlines(cases: &mut Vec<Case>) {
    for name in ["sections", "paragraphs", "items", "rows", "words in one line", "lines of code"] {
        let shape = Shape::named(name);
        for edit in [Edit::Every(2), Edit::Added, Edit::Moved] {
            for format in ["words", "stat", "markdown", "html", "json"] {
                cases.push(case(
                    format!("{name}, {edit:?}: diff --format {format}"),
                    &["diff", "old.md", "new.md", "--format", format],
                    move |folder, count| sides(folder, shape, count, edit),
                ));
            }
        }
    }
    cases.push(case(
        "wide rows, one cell changed: diff",
        &["diff", "old.md", "new.md", "--format", "html"],
        |folder, count| {
            for (name, word) in [("old.md", "old"), ("new.md", "new")] {
                let row = |cell: &dyn Fn(usize) -> String| {
                    format!(
                        "|{}\n",
                        (0..count).map(|at| format!(" {} |", cell(at))).collect::<String>()
                    )
                };
                let rows = [
                    row(&|at| format!("head {at}")),
                    row(&|_| "--".to_owned()),
                    row(&|at| if at == count / 2 { word.to_owned() } else { format!("cell {at}") }),
                ];
                folder.write(name, &rows.concat());
            }
        },
    ));
}

/// Projects of many files, and front matter and YAML of many kinds.
fn projects(cases: &mut Vec<Case>) {
    for command in ["check", "build", "status"] {
        let arguments: &[&str] =
            if command == "check" { &["check", "--built"] } else { &[command] };
        cases.push(Case {
            most: 8192,
            ..case(format!("section files: {command}"), arguments, |folder, count| {
                folder.site("");
                folder.policy("Words.\n");
                for at in 0..count {
                    folder.write(
                        &format!("content/terms/{at:06}-section-{at}.md"),
                        &format!("---\ntitle: Section {at}\n---\nSee [it](#section-{}).\n", at / 2),
                    );
                }
            })
        });
        cases.push(Case {
            most: 4096,
            ..case(format!("policies: {command}"), arguments, |folder, count| {
                folder.site("");
                for at in 0..count {
                    folder.write(
                        &format!("content/policy-{at}/_index.md"),
                        &format!(
                            "---\ntitle: Policy {at}\n---\nSee [it](../policy-{}/_index.md).\n",
                            at / 2
                        ),
                    );
                }
            })
        });
    }
    let yamls: [(&str, Much); 12] = [
        ("unknown keys", |count| (0..count).map(|at| format!("key{at}: {at}\n")).collect()),
        ("equal keys", |count| "key: 1\n".repeat(count)),
        ("nested flow lists", |count| format!("a: {}", "[".repeat(count))),
        ("closed flow lists", |count| format!("a: {}{}\n", "[".repeat(count), "]".repeat(count))),
        ("nested flow maps", |count| format!("a: {}", "{a: ".repeat(count))),
        ("anchors", |count| {
            (0..count).map(|at| format!("a{at}: &a{at} [*a{}]\n", at.saturating_sub(1))).collect()
        }),
        ("aliases", |count| format!("a: &a 1\nb: [{}]\n", "*a, ".repeat(count))),
        ("a long list", |count| format!("a:\n{}", "  - 1\n".repeat(count))),
        ("a long text", |count| format!("description: >\n{}", "  words and words\n".repeat(count))),
        ("a long quoted text", |count| format!("description: \"{}\"\n", "\\u0041 ".repeat(count))),
        ("comments", |count| "# a comment\n".repeat(count)),
        ("contacts", |count| {
            let each = |at| {
                format!("  - kind: support\n    email: a{at}@acme.example\n    languages: [en]\n")
            };
            format!("x:\n{}", (0..count).map(each).collect::<String>())
        }),
    ];
    for (name, yaml) in yamls {
        cases.push(case(
            format!("YAML of {name} in site.yaml: check"),
            &["check", "--format", "json"],
            move |folder, count| {
                folder.site(&yaml(count));
                folder.policy("Words.\n");
            },
        ));
        cases.push(case(
            format!("YAML of {name} in front matter: check"),
            &["check", "--format", "json"],
            move |folder, count| {
                folder.site("");
                folder.write(
                    "content/terms/_index.md",
                    &format!("---\ntitle: Terms\n{}---\nWords.\n", yaml(count)),
                );
            },
        ));
    }
    cases.push(case("contacts: build", &["build"], |folder, count| {
        let each = |at| format!("  - kind: k{at}\n    email: a{at}@acme.example\n");
        folder.write(
            "content/site.yaml",
            &format!(
                "name: Acme\nbase_url: https://acme.example/\nsecurity_txt:\n  expires: \
                 2025-12-01T00:00:00Z\ncontacts:\n{}",
                (0..count).map(each).collect::<String>()
            ),
        );
        folder.policy("Words {{ contact.k0 }}.\n");
    }));
}

/// Policies of many versions.
fn histories(cases: &mut Vec<Case>) {
    fn versions(folder: &Folder, count: usize) -> Vec<String> {
        folder.site("");
        let mut arguments = vec!["import".to_owned(), "terms".to_owned()];
        for at in 0..count {
            let path = format!("old/{at}.md");
            let text: String = (0..8)
                .map(|section| {
                    let word = if section == at % 8 { at } else { 0 };
                    format!("## Section {section}\n\nAda Example said {word}.\n\n")
                })
                .collect();
            folder.write(&path, &text);
            let (year, month, day) = (1970 + at / 336, 1 + at / 28 % 12, 1 + at % 28);
            arguments.push("--version".to_owned());
            arguments.push(format!("v{at}@{year}-{month:02}-{day:02}={path}"));
        }
        arguments
    }
    let commands: [&[&str]; 11] = [
        &["check", "--built"],
        &["build"],
        &["status"],
        &["log"],
        &["log", "--format", "json"],
        &["verify"],
        &["show", "terms"],
        &["diff", "terms", "v0"],
        &["redact", "Ada Example", "--reason", "asked for", "--dry-run"],
        &["rename", "terms", "rules", "--dry-run"],
        &["retire", "terms", "--reason", "no use", "--dry-run"],
    ];
    for arguments in commands {
        cases.push(Case {
            most: 2048,
            ..case(format!("versions: {}", arguments.join(" ")), arguments, |folder, count| {
                let import = versions(folder, count);
                folder.run(&import.iter().map(String::as_str).collect::<Vec<_>>());
            })
        });
    }
    cases.push(Case {
        most: 2048,
        ..case("versions: verify public", &["verify", "site"], |folder, count| {
            let import = versions(folder, count);
            folder.run(&import.iter().map(String::as_str).collect::<Vec<_>>());
            folder.run(&["build", "--out", "site"]);
        })
    });
}

/// Lists of many entries, released and changed.
fn lists(cases: &mut Vec<Case>) {
    fn whitehats(count: usize, word: &str) -> String {
        let each = |at| format!("  - name: Ada {word} {at}\n    date: 2024-01-02\n");
        format!("whitehats:\n{}", (0..count).map(each).collect::<String>())
    }
    fn subprocessors(count: usize, word: &str) -> String {
        let each =
            |at| format!("  - name: Stripe {at}\n    purpose: Payments {word}\n    country: IE\n");
        format!("subprocessors:\n{}", (0..count).map(each).collect::<String>())
    }
    fn commitments(count: usize, word: &str) -> String {
        let value = word.len();
        let each = |at| {
            format!("  - id: c{at}\n    what: reply {at}\n    value: {value}\n    unit: days\n")
        };
        format!("commitments:\n{}", (0..count).map(each).collect::<String>())
    }
    type List = (&'static str, fn(usize, &str) -> String);
    let lists: [List; 3] =
        [("whitehats", whitehats), ("subprocessors", subprocessors), ("commitments", commitments)];
    let commands: [&[&str]; 7] = [
        &["check"],
        &["build"],
        &["status"],
        &["diff", "--format", "words"],
        &["diff", "--format", "html"],
        &["diff", "--format", "json"],
        &["release", "--dry-run", "--summary", "More."],
    ];
    for (name, list) in lists {
        for arguments in commands {
            cases.push(case(
                format!("{name}, changed: {}", arguments.join(" ")),
                arguments,
                move |folder, count| released(folder, (name, list), count),
            ));
        }
    }
    cases.push(case("subprocessors, changed: notice", &["notice"], |folder, count| {
        released(folder, ("subprocessors", subprocessors), count)
    }));
    let wrong: [(&str, Much); 4] = [
        ("equal whitehats", |count| format!("whitehats:\n{}", "  - name: Ada\n".repeat(count))),
        ("whitehats without a name", |count| format!("whitehats:\n{}", "  - x: 1\n".repeat(count))),
        ("whitehats with misspelt keys", |count| {
            format!("whitehats:\n{}", "  - nmae: Ada\n".repeat(count))
        }),
        ("whitehats with bad links", |count| {
            let each = |at| format!("  - name: Ada {at}\n    link: nowhere\n");
            format!("whitehats:\n{}", (0..count).map(each).collect::<String>())
        }),
    ];
    for (name, list) in wrong {
        cases.push(case(
            format!("{name}: check"),
            &["check", "--format", "json"],
            move |folder, count| {
                folder.site("");
                folder.policy("Words.\n");
                folder.write("content/whitehats.yaml", &list(count));
            },
        ));
    }
    fn released(folder: &Folder, (name, list): List, count: usize) {
        folder.site("");
        folder.policy("Words.\n");
        let path = format!("content/{name}.yaml");
        folder.write(&path, &list(count, "old"));
        folder.run(&["release", "--yes", "--summary", "All."]);
        folder.write(&path, &list(count, "newer"));
    }
}

/// A security.txt of many lines.
fn security_txt(cases: &mut Vec<Case>) {
    let shapes: [(&str, Much); 16] = [
        ("contacts", |count| {
            (0..count).map(|at| format!("Contact: mailto:a{at}@acme.example\n")).collect()
        }),
        ("equal contacts", |count| "Contact: mailto:a@acme.example\n".repeat(count)),
        ("bad contacts", |count| "Contact: a@acme.example\n".repeat(count)),
        ("telephones", |count| "Contact: tel:+47-22-00-00-00\n".repeat(count)),
        ("unknown fields", |count| (0..count).map(|at| format!("Field-{at}: a\n")).collect()),
        ("misspelt fields", |count| "Contcat: mailto:a@acme.example\n".repeat(count)),
        ("no fields", |count| "words\n".repeat(count)),
        ("comments", |count| "# a comment\n".repeat(count)),
        ("empty lines", |count| "\r\n".repeat(count)),
        ("ends", |count| "Expires: 2025-12-01T00:00:00Z\n".repeat(count)),
        ("languages", |count| format!("Preferred-Languages: {}en\n", "en, ".repeat(count))),
        ("a long line", |count| format!("Contact: https://acme.example/{}\n", "a".repeat(count))),
        ("percent signs", |count| format!("Contact: mailto:{}@a.example\n", "%41".repeat(count))),
        ("dashes of signatures", |count| "-----BEGIN PGP SIGNED MESSAGE-----\n".repeat(count)),
        ("a signed text", |count| {
            format!(
                "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{}-----BEGIN PGP \
                 SIGNATURE-----\n\n{}-----END PGP SIGNATURE-----\n",
                "Contact: mailto:a@acme.example\n".repeat(count),
                "iQIzBAEBCgAdFiEE\n".repeat(count)
            )
        }),
        ("control characters", |count| format!("Contact: {}\n", "\u{200b}\u{7}".repeat(count))),
    ];
    for (name, text) in shapes {
        let check = ["check", "--security-txt", "security.txt", "--format", "json"];
        cases.push(Case {
            // A file of more than 4 MiB is refused.
            most: 1 << 16,
            ..case(format!("security.txt of {name}: check"), &check, move |folder, count| {
                folder.write("security.txt", &text(count))
            })
        });
    }
}

/// Templates and pages that are minified.
fn themes(cases: &mut Vec<Case>) {
    let shapes: [(&str, Much); 6] = [
        ("lines in <pre>", |count| format!("<pre>{}</pre>", "a  b\n".repeat(count))),
        ("<pre>", |count| "<pre>a  b</pre>\n".repeat(count)),
        ("elements", |count| "<p class=\"a\">a  b</p>\n".repeat(count)),
        ("nested elements", |count| {
            format!("{}a{}", "<div>".repeat(count), "</div>".repeat(count))
        }),
        ("comments", |count| "<!-- a -->\n".repeat(count)),
        ("expressions", |count| "<p title=\"{{ site.name }}\">{{ site.name }}</p>\n".repeat(count)),
    ];
    for (name, html) in shapes {
        for minify in ["", "minify: pages\n"] {
            let when = if minify.is_empty() { "templates" } else { "pages" };
            cases.push(Case {
                most: 1 << 14,
                ..case(
                    format!("{name} in a template, minify: {when}: build"),
                    &["build"],
                    move |folder, count| {
                        folder.site(&format!("theme: own\n{minify}"));
                        folder.policy("Words.\n");
                        folder.write("themes/own/templates/foot.html", &html(count));
                    },
                )
            });
        }
    }
}
