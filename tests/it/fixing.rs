//! `policybook check --fix`: slips are taken back to the byte, nothing else is touched, and nothing
//! that was released.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Output};
use std::sync::LazyLock;

use policybook::diagnostic::Code;
use policybook::store;
use policybook::tree::{File, Tree, TreePath};
use serde_json::Value;

use crate::project::Project;
use crate::tiers::times;

/// What is not told before its cause is mended.
const MAY_FOLLOW: [Code; 3] = [Code::DanglingReference, Code::SecurityTxt, Code::Vanished];

const SITE: &str = "content/site.yaml";
const SUBPROCESSORS: &str = "content/subprocessors.yaml";
const WORDS: &str = "content/security/900-words.md";

/// A section with everything in it that has a fix, as it should be.
const SECTION: &str = "## Words {#words}\n\nWrite to [help@acme.example](mailto:help@acme.example) or to {{ contact.security }}.\n\nSee [this part](#words), [the scope](080-control-measures.md) and <https://acme.example/>.\nCall +1 650-284-7142.\n\n- one\n\n| a |\n|---|\n| `b\\|c` |\n\n> (a) copy;\\\n> (b) rent.\n\n\\[Fee]: none\n";

/// What the author's finger did: the file, what should stand there, what stands there, and the code
/// it is found by.
const SLIPS: [(&str, &str, &str, Code); 28] = [
    (SITE, "base_url:", "base_ulr:", Code::UnknownKey),
    (SITE, "  - kind: support", "  - \"Kind\": support", Code::UnknownKey),
    (SITE, "email: support@example.com", "email: mailto:support@example.com", Code::BadValue),
    (SITE, "languages: [en]", "languages: [e\u{202e}n]", Code::BadValue),
    (SITE, "kind: security", "kind: secuirty", Code::BadValue),
    (SITE, "policy: security", "policy: securty", Code::SecurityTxt),
    (
        "content/commitments.yaml",
        "section: security#reporting",
        "section: security#reportin",
        Code::BrokenLink,
    ),
    ("content/commitments.yaml", "qualifier: within", "qualifier: 'Within'", Code::BadValue),
    (SUBPROCESSORS, "effective: 2023-02-03", "effective: 2023-2-3", Code::BadValue),
    (SUBPROCESSORS, "until: 2026-02-03", "until: Feb 3rd, 2026", Code::BadValue),
    (SUBPROCESSORS, "country: GB, DE", "country: uk, de", Code::Country),
    (SUBPROCESSORS, "purpose: Chat", "purpose: Ch\u{200b}at", Code::Invisible),
    ("content/whitehats.yaml", "- name: Issam Rabhi", "- nmae: Issam Rabhi", Code::UnknownKey),
    (WORDS, "{#words}", "{#words .red}", Code::HeadingAttribute),
    (WORDS, "(#words)", "(#wrods)", Code::BrokenLink),
    (WORDS, "(080-control-measures.md)", "(080-control-mesures.md)", Code::BrokenLink),
    (WORDS, "{{ contact.security }}", "{{ contact.secruity }}", Code::DanglingReference),
    (WORDS, "[help@acme.example]", "[[email protected]]", Code::MangledAddress),
    (
        WORDS,
        "(mailto:help@acme.example)",
        "(/cdn-cgi/l/email-protection#5a323f362a1a3b39373f743f223b372a363f)",
        Code::MangledAddress,
    ),
    (WORDS, "+1 650-284-7142", "\u{202a}+1 650-284-7142\u{202c}", Code::Invisible),
    (WORDS, "<https://acme.example/>", "https://acme.example/", Code::BareAddress),
    (WORDS, "- one", "• one", Code::StrayMark),
    (WORDS, "`b\\|c`", "`b|c`", Code::Unseen),
    (WORDS, "copy;\\", "copy;", Code::Folded),
    (WORDS, "\\[Fee]", "[Fee]", Code::Unseen),
    ("content/security/_index.md", "---", "--- ", Code::FrontMatter),
    (WORDS, "Call", "<!-- policybook: allow P124: a name -->\nCall", Code::UnusedSuppression),
    (SUBPROCESSORS, "purpose: Newsletters", "purpose: “Newsletters”", Code::ReadOtherwise),
];

/// The files of a project without a mistake, and with everything in it that a slip can be made in.
static CLEAN: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let project = Project::example();
    let dates = "purpose: Chat # our own\n    effective: 2023-02-03\n    until: 2026-02-03\n    country: GB, DE";
    project.write(SUBPROCESSORS, project.read(SUBPROCESSORS).replacen("purpose: Chat", dates, 1));
    project.write(WORDS, SECTION);
    let output = check(&project, &[]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", text(&output));
    project.files("content")
});

/// Returns that project.
fn clean() -> Project {
    let project = Project::empty();
    CLEAN.iter().for_each(|(path, bytes)| project.write(&format!("content/{path}"), bytes));
    project
}

/// Makes a slip.
fn slip(project: &Project, (file, right, wrong, _): (&str, &str, &str, Code)) {
    let before = project.read(file);
    assert!(before.contains(right), "{file} has no {right:?}");
    project.write(file, before.replacen(right, wrong, 1));
}

fn check(project: &Project, arguments: &[&str]) -> Output {
    project.run(&[&["check", "--skip", "P104"], arguments].concat())
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn findings(project: &Project) -> Vec<Value> {
    let told: Value =
        serde_json::from_slice(&check(project, &["--format", "json"]).stdout).unwrap();
    told["findings"].as_array().unwrap().clone()
}

#[test]
fn every_slip_is_taken_back_to_the_byte() {
    let project = clean();
    let before = project.files("content");
    for wrong in SLIPS.into_iter().step_by(times(4, 1)) {
        slip(&project, wrong);
        // A cipher is a link too, and an address alone does not say what it was.
        if wrong.2 == "[[email protected]]" {
            let found = findings(&project);
            assert!(
                !found
                    .iter()
                    .any(|found| found["code"] == wrong.3.as_str() && !found["fix"].is_null()),
                "{found:?}"
            );
            project.write(WORDS, SECTION);
            continue;
        }
        let output = check(&project, &["--fix", "--only", wrong.3.as_str()]);
        assert!(output.status.success(), "{wrong:?}: {}", text(&output));
        assert!(
            text(&output).starts_with("fixed ")
                && text(&output).contains("; 0 errors, 0 warnings left"),
            "{}",
            text(&output)
        );
        assert!(project.files("content") == before, "{wrong:?}");
    }
}

#[test]
fn all_slips_at_once_are_fixed_as_the_diff_said_and_once_is_enough() {
    let project = clean();
    let before = project.files("content");
    SLIPS.into_iter().for_each(|wrong| slip(&project, wrong));
    let slipped = project.files("content");
    let many = findings(&project).len();
    let dry = check(&project, &["--fix", "--dry-run"]);
    assert!(project.files("content") == slipped, "a dry run writes nothing");
    assert_eq!(dry.status.code(), Some(1));
    assert!(
        many > 20
            && text(&dry).contains("\nwould fix ")
            && text(&dry).contains(" in 6 files; 0 errors, 0 warnings would be left\n"),
        "{}",
        text(&dry)
    );
    let patched = Project::empty();
    slipped.iter().for_each(|(path, bytes)| patched.write(&format!("content/{path}"), bytes));
    patched.write("fix.patch", &dry.stdout);
    let git = |arguments: &[&str]| {
        assert!(
            Command::new("git")
                .current_dir(patched.root())
                .args(arguments)
                .status()
                .unwrap()
                .success()
        )
    };
    git(&["init", "--quiet"]);
    git(&["apply", "fix.patch"]);
    let fixed = check(&project, &["--fix"]);
    assert!(fixed.status.success(), "{}", text(&fixed));
    assert!(project.files("content") == patched.files("content"), "the diff says what is written");
    assert!(project.files("content") == before);
    let again = check(&project, &["--fix"]);
    assert_eq!(text(&again), "fixed nothing; 0 errors, 0 warnings left\n");
    assert!(check(&project, &["--fix", "--dry-run"]).status.success());
}

#[test]
fn programs_are_told_the_edits_and_make_the_same_of_them() {
    let project = clean();
    let (line_ends, mark) = (SECTION.replace('\n', "\r\n"), "\u{feff}");
    project.write(WORDS, format!("{mark}{line_ends}"));
    for wrong in SLIPS.into_iter().filter(|(file, ..)| *file == WORDS) {
        slip(&project, (wrong.0, wrong.1, &wrong.2.replace('\n', "\r\n"), wrong.3));
    }
    let sarif: Value =
        serde_json::from_slice(&check(&project, &["--format", "sarif"]).stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let offered = results.iter().filter_map(|result| result["fixes"].get(0)).count();
    // Places count from the front, so that edits are made from the end.
    let mut edits: Vec<Value> = findings(&project)
        .iter()
        .filter_map(|found| found["fix"]["edits"].as_array().cloned())
        .flatten()
        .collect();
    assert_eq!((offered, edits.len()), (14, 14), "{edits:?}");
    edits.sort_by_key(|edit| {
        std::cmp::Reverse((edit["start"]["line"].as_u64(), edit["start"]["column"].as_u64()))
    });
    let written = project.read(WORDS);
    let mut words: Vec<char> = written.strip_prefix(mark).unwrap().chars().collect();
    for edit in edits {
        let place = |name: &str| {
            let [line, column] =
                ["line", "column"].map(|key| edit[name][key].as_u64().unwrap() as usize);
            let ends = words
                .iter()
                .enumerate()
                .filter(|(_, letter)| **letter == '\n')
                .map(|(at, _)| at + 1);
            std::iter::once(0).chain(ends).nth(line - 1).unwrap() + column - 1
        };
        words.splice(place("start")..place("end"), edit["put_in"].as_str().unwrap().chars());
    }
    assert!(check(&project, &["--fix"]).status.success());
    assert_eq!(project.read(WORDS), format!("{mark}{line_ends}"));
    assert_eq!(words.into_iter().collect::<String>(), line_ends);
}

#[test]
fn only_what_is_asked_for_is_fixed() {
    let project = clean();
    slip(&project, SLIPS[0]);
    slip(&project, SLIPS[14]);
    let output = check(&project, &["--fix", "--only", "P024"]);
    assert_eq!(text(&output), "fixed 1 problem in 1 file; 0 errors, 0 warnings left\n");
    slip(&project, SLIPS[14]);
    let output = check(&project, &["--fix", SITE]);
    assert_eq!(text(&output), "fixed 1 problem in 1 file; 0 errors, 0 warnings left\n");
    assert_eq!(text(&check(&project, &["--quiet", "--fix"])), "");
    assert!(check(&project, &[]).stdout.is_empty());
}

#[test]
fn what_was_released_and_what_a_link_leads_to_is_never_touched() {
    let project = clean();
    let frozen = "content/versions/2023-02-15/subprocessors.yaml";
    project.write(frozen, project.read(frozen).replacen("name:", "nmae:", 1));
    project.write(
        "content/versions/original/security/010-reporting.md",
        "## Words {.red}\n\nSee [this](#wrods).\n",
    );
    std::os::unix::fs::symlink(
        "../versions/original/security/010-reporting.md",
        project.path("content/security/910-linked.md"),
    )
    .unwrap();
    let before = project.files("content");
    let output = check(&project, &["--fix"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output).contains("content/security/910-linked.md:1:1: error[P026] "),
        "{}",
        text(&output)
    );
    assert!(text(&output).contains("\nfixed nothing; "), "{}", text(&output));
    assert!(!text(&check(&project, &[])).contains("can be fixed"));
    assert!(project.files("content") == before);
}

#[test]
fn what_changed_meanwhile_is_not_written_over() {
    let project = Project::empty();
    project.write("content/a.md", "now");
    let tree = |text: &str| -> Tree<File> {
        [(TreePath::new("content/a.md").unwrap(), File::new(text.as_bytes()))].into_iter().collect()
    };
    let refused = store::write(project.root(), &tree("before"), tree("new")).unwrap_err();
    assert!(
        refused.to_string().starts_with("`content/a.md` changed while this command was at work"),
        "{refused}"
    );
    assert_eq!(project.read("content/a.md"), "now");
    store::write(project.root(), &tree("now"), tree("new")).unwrap();
    assert_eq!(project.read("content/a.md"), "new");
}

#[test]
fn an_edit_that_would_break_its_file_is_not_made() {
    let project = clean();
    project.write(
        SUBPROCESSORS,
        project.read(SUBPROCESSORS).replacen(
            "effective: 2023-02-03",
            "effective: \"2023-2-3\\\n      \"",
            1,
        ),
    );
    slip(&project, SLIPS[0]);
    let broken = project.read(SUBPROCESSORS);
    let output = check(&project, &["--fix"]);
    assert!(
        text(&output).contains("invalid `effective`: `2023-2-3`")
            && text(&output).contains("\nfixed 1 problem in 1 file; "),
        "{}",
        text(&output)
    );
    assert_eq!(project.read(SUBPROCESSORS), broken);
}

#[test]
fn an_excuse_that_may_only_be_misplaced_stays() {
    let project = clean();
    let words =
        "## Words\n\n<!-- policybook: allow P124: its name -->\n\nOther words.\n\nThe TODO list.\n";
    project.write(WORDS, words);
    assert!(
        text(&check(&project, &["--fix"])).contains("fixed nothing; 0 errors, 2 warnings left")
    );
    assert_eq!(project.read(WORDS), words);
}

#[test]
fn the_codes_that_are_fixed_are_those_whose_explanation_says_so() {
    let slips: BTreeSet<Code> = SLIPS.iter().map(|(.., code)| *code).collect();
    let told = Code::ALL.iter().filter(|code| code.explanation().contains("\n`check --fix` "));
    assert_eq!(told.copied().collect::<BTreeSet<_>>(), slips);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: times(3, 12), failure_persistence: None, ..Default::default() })]

    /// Whatever slips come together, fixing takes no problem in, and a second time changes nothing.
    #[test]
    fn fixing_twice_is_fixing_once(picked in proptest::collection::btree_set(0..SLIPS.len(), 1..6), words in "[#*\\[\\](){}.a\u{200b}\u{202e} \n]{0,40}") {
        let project = clean();
        project.write("content/security/910-more.md", format!("## More\n\n{words} [a](#wrods) {{{{ contact.secruity }}}}\n"));
        picked.into_iter().for_each(|index| slip(&project, SLIPS[index]));
        let before = findings(&project);
        check(&project, &["--fix"]);
        let (after, once): (Vec<Value>, _) = (findings(&project), project.files("content"));
        let after: Vec<Value> = after.into_iter().filter(|found| !MAY_FOLLOW.iter().any(|code| found["code"] == code.as_str())).collect();
        proptest::prop_assert!(after.len() <= before.len(), "{:?}\n{:?}", before, after);
        let count = |found: &[Value], code: &Value| found.iter().filter(|found| found["code"] == *code).count();
        let fewer = after.iter().all(|found| count(&after, &found["code"]) <= count(&before, &found["code"]));
        proptest::prop_assert!(fewer, "{:?}\n{:?}", before, after);
        check(&project, &["--fix"]);
        proptest::prop_assert!(project.files("content") == once);
    }
}

#[test]
fn a_fixed_file_keeps_its_rights() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = clean();
    slip(&project, SLIPS[0]);
    fs::set_permissions(project.path(SITE), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(check(&project, &["--fix"]).status.success());
    assert_eq!(fs::metadata(project.path(SITE)).unwrap().permissions().mode() & 0o777, 0o640);
}
