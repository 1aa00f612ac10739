//! `policybook check` before what reads its answers: shells, jobs, code scanning, reports of tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use policybook::diagnostic::Code;
use serde_json::Value;

use crate::project::Project;
use crate::tiers::times;

/// Codes that take more than a case can hold, with the test that has them and what it says.
const ELSEWHERE: [(Code, &str, &str); 11] = [
    (Code::Symlink, "checking.rs", "error[P003]"),
    (Code::TooLarge, "checking.rs", "error[P006]"),
    (Code::Withdrawn, "checking.rs", "warning[P053]"),
    (Code::LedgerFork, "verifying.rs", "both follow release"),
    (Code::Uncarried, "verifying.rs", "does not carry the digest"),
    (Code::ActAhead, "days.rs", "warning[P061]"),
    (Code::Interrupted, "writing.rs", "error[P062]"),
    (Code::Signature, "signing.rs", "error[P081]"),
    (Code::GoneOutside, "asking.rs", "error[P131]"),
    (Code::MovedOutside, "asking.rs", "warning[P132]"),
    (Code::UnaskedOutside, "asking.rs", "warning[P133]"),
];

const FORMATS: [&str; 7] = ["full", "concise", "json", "github", "gitlab", "junit", "sarif"];

/// Returns a project with an error and warnings, and everything in it that a format has to escape.
fn faulty() -> Project {
    let project = Project::example();
    let section = "## Words\n\nWithin TODO 文字 days: \"100 %\" <b> & more, 31 February.\n\n[a | b, c](50-nowhere.md) TODO\nTODO\n\nSee [this part](#wrods).\n";
    project.write("content/security/900-wörds, and more.md", "## Words\n");
    project.write("content/security/900-words.md", section);
    project.write("content/security/notes.txt", "nothing reads this");
    project
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn every_code_has_a_case() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let cases = fs::read_dir(tests.join("cases")).unwrap();
    let told: String =
        cases.map(|case| fs::read_to_string(case.unwrap().path()).unwrap()).collect();
    for code in Code::ALL {
        let there = match ELSEWHERE.iter().find(|(elsewhere, ..)| elsewhere == code) {
            Some((_, file, words)) => {
                fs::read_to_string(tests.join("it").join(file)).unwrap().contains(words)
            }
            None => told.contains(&format!("[{}]", code.as_str())),
        };
        assert!(there, "no case shows {}", code.as_str());
    }
}

#[test]
fn a_project_elsewhere_is_named_by_its_path() {
    let (project, here) = (faulty(), Project::empty());
    let root = project.root().to_str().unwrap();
    let said = text(&here.run(&["-C", root, "check", "--format", "concise"]));
    assert!(said.lines().next().unwrap().starts_with(&format!("{root}/content/")), "{said}");
}

#[test]
fn what_a_case_cannot_hold_is_found_too() {
    let project = Project::example();
    std::os::unix::fs::symlink("nowhere.md", project.path("content/security/900-gone.md")).unwrap();
    project.write(
        "content/security/910-large.md",
        "## Large\n\n".to_owned() + &"Words. ".repeat(2 << 20),
    );
    fs::remove_file(project.path("content/whitehats.yaml")).unwrap();
    let output = project.run(&["check"]);
    assert!(text(&output).contains("warning[P053] "), "{}", text(&output));
    assert!(
        text(&output).contains("content/security/900-gone.md: error[P003] "),
        "{}",
        text(&output)
    );
    assert!(
        text(&output).contains("content/security/910-large.md: error[P006] "),
        "{}",
        text(&output)
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_may_only_follow_from_a_file_that_cannot_be_read_is_not_told() {
    type Break = fn(&str) -> String;
    let cut: Break = |text| format!("{text}\n- oops: [\n");
    let misspelt: Break = |text| {
        ["name:", "purpose:", "value:", "email:"]
            .iter()
            .fold(text.to_owned(), |text, key| text.replace(key, &key.replace('e', "ee")))
    };
    let lists = [
        "content/site.yaml",
        "content/whitehats.yaml",
        "content/subprocessors.yaml",
        "content/commitments.yaml",
    ];
    let breaks: [(&str, Break, Code); 4] = [
        ("content/security/010-reporting.md", |text| text.replacen("## ", "##", 1), Code::Heading),
        ("content/security/_index.md", |text| text.replacen("\n---", "", 1), Code::FrontMatter),
        (
            "content/site.yaml",
            |text| text.replace("kind: security", "kind: secuirty"),
            Code::BadValue,
        ),
        ("content/site.yaml", |text| text.replace("email: ", "email: no "), Code::BadValue),
    ];
    let both = |file| [(file, cut, Code::YamlSyntax), (file, misspelt, Code::UnknownKey)];
    for (file, broken, code) in breaks.into_iter().chain(lists.into_iter().flat_map(both)) {
        let project = Project::example();
        let whole = project.read(file);
        project.write(file, broken(&whole));
        assert_ne!(project.read(file), whole);
        let told: Value =
            serde_json::from_slice(&project.run(&["check", "--format", "json"]).stdout).unwrap();
        let codes: BTreeSet<&str> = told["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, BTreeSet::from([code.as_str()]), "{file}: {told:#}");
    }
}

#[test]
fn a_mistake_hides_none_that_does_not_follow_from_it() {
    let project = Project::example();
    project.edit("content/site.yaml", "language:", "langauge:");
    project.edit("content/security/010-reporting.md", "contact.security", "contact.nobody");
    project.edit("content/whitehats.yaml", "  - name: Prachi Saxena\n", "");
    project.edit(
        "content/whitehats.yaml",
        "  - name: Issam Rabhi",
        "  - name: Issam Rabhi\n    date: 2026-02-30",
    );
    let told = project.said(&["check", "--format", "concise"], 1);
    for code in [Code::UnknownKey, Code::DanglingReference, Code::Vanished, Code::BadValue] {
        assert!(told.contains(&format!("error[{}]", code.as_str())), "{told}");
    }
}

#[test]
fn only_what_its_author_typed_and_can_mend_is_judged_for_its_marks() {
    let project = Project::example();
    let codes = ["--only", "P016,P124,P128,P134,P135,P136", "--format", "concise"];
    let words = "## Words\n\nThe law[^law], a@b.example, [COMPANY NAME].\n\n{{ whitehats }}\n\n(a) copy;\n(b) rent.\n\n| a |\n|---|\n| b | c |\n";
    project.write("content/security/900-words.md", words);
    project.edit(
        "content/whitehats.yaml",
        "- name: Issam Rabhi",
        "- name: \"help@acme.example [NAME] (a) https://acme.example\"\n  - name: Issam Rabhi",
    );
    project.edit("content/subprocessors.yaml", "purpose: Chat", "purpose: Chat #1");
    let told = project.said(&[&["check"][..], &codes].concat(), 0);
    assert_eq!(told.matches("content/security/900-words.md:").count(), 5, "{told}");
    assert_eq!(told.matches(": warning[").count(), 6, "{told}");
    project.said(&["release", "--summary", "Words", "--yes"], 0);
    project.write("content/security/900-words.md", "## Words\n\nWords.\n");
    project.edit("content/subprocessors.yaml", "purpose: Chat #1", "purpose: Chat");
    let told = project.said(&[&["check"][..], &codes].concat(), 0);
    assert_eq!(told.matches(": warning[").count(), 0, "{told}");
}

#[test]
fn a_code_is_explained_and_a_slip_is_understood() {
    let project = Project::empty();
    let said = text(&project.run(&["explain", "p024"]));
    assert!(
        said.starts_with("P024: a broken link\n\n")
            && said.contains("\nBad:\n")
            && said.contains("\nGood:\n"),
        "{said}"
    );
    assert_eq!(text(&project.run(&["explain", "--list"])).lines().count(), Code::ALL.len());
    let output = project.run(&["explain", "P0244"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean `P024`?"));
}

#[test]
fn the_exit_code_is_that_of_the_findings_that_are_printed() {
    let project = faulty();
    let told = |arguments: &[&str]| {
        let output = project.run(&[&["check", "--format", "json"], arguments].concat());
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = told["findings"].as_array().unwrap().clone();
        let errors = findings.iter().filter(|finding| finding["severity"] == "error").count();
        assert_eq!(output.status.code(), Some(i32::from(errors > 0)), "{arguments:?}");
        assert_eq!(
            (&told["errors"], &told["warnings"]),
            (&errors.into(), &(findings.len() - errors).into())
        );
        (errors, findings.len() - errors)
    };
    let (errors, warnings) = told(&[]);
    assert!(errors >= 2 && warnings >= 5, "{errors} errors, {warnings} warnings");
    assert_eq!(told(&["--deny", "warnings"]), (errors + warnings, 0));
    assert_eq!(told(&["--quiet"]), (errors, 0));
    assert_eq!(told(&["--only", "P124,P127"]), (0, 4));
    assert_eq!(told(&["--only", "P124", "--deny", "warnings"]), (3, 0));
    assert_eq!(told(&["--only", "P124", "--skip", "P124"]), (0, 0));
    assert_eq!(told(&["content/security/notes.txt"]), (0, 1));
    assert_eq!(told(&["content/versions", "content/whitehats.yaml"]), (0, 0));
    assert_eq!(told(&["."]), (errors, warnings));
    for format in FORMATS.into_iter().step_by(times(3, 1)) {
        assert_eq!(project.run(&["check", "--format", format]).status.code(), Some(1), "{format}");
        assert_eq!(
            project.run(&["check", "--format", format, "--only", "P127"]).status.code(),
            Some(0),
            "{format}"
        );
    }
}

#[test]
fn a_github_job_gets_annotations_with_errors_first_and_a_summary_of_all() {
    let project = faulty();
    let above = project.root().parent().unwrap();
    let name = project.root().file_name().unwrap().to_str().unwrap();
    let summary = project.path("summary.md");
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command.current_dir(above).args(["-C", name, "check", "--today", crate::project::TODAY]);
    let output = command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    let said = text(&output);
    let kinds: Vec<&str> = said.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert!(
        kinds.is_sorted()
            && kinds.first() == Some(&"::error")
            && kinds.last() == Some(&"::warning"),
        "{said}"
    );
    let escaped = format!("file={name}/content/security/900-wörds%2C and more.md,title=P005::");
    assert!(said.contains(&escaped), "{said}");
    let day = format!(
        "::warning file={name}/content/security/900-words.md,line=3,endLine=3,col=42,endColumn=53,title=P127::"
    );
    assert!(said.contains(&day), "{said}");
    let summary = fs::read_to_string(summary).unwrap();
    assert_eq!(
        summary
            .lines()
            .filter(|line| line.starts_with("| error") || line.starts_with("| warning"))
            .count(),
        kinds.len()
    );
    assert!(summary.contains(&format!("| {name}/content/security/900-words.md:3 |")), "{summary}");
}

#[test]
fn a_finding_keeps_its_fingerprint_when_lines_above_it_come() {
    let project = faulty();
    let prints = || {
        let report: Value =
            serde_json::from_slice(&project.run(&["check", "--format", "gitlab"]).stdout).unwrap();
        let prints = report
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["fingerprint"].as_str().unwrap().to_owned());
        let prints: Vec<String> = prints.collect();
        assert_eq!(prints.iter().collect::<BTreeSet<_>>().len(), prints.len());
        prints.into_iter().collect::<BTreeSet<_>>()
    };
    let before = prints();
    let section = project.read("content/security/900-words.md");
    project.write(
        "content/security/900-words.md",
        section.replacen("## Words\n", "## Words\n\nMore words above.\n", 1),
    );
    assert_eq!(prints(), before);
}

#[test]
#[ignore = "needs jsonschema and junitparser from PyPI, and a schema from npm: tests/run installs them"]
fn sarif_is_valid_by_its_schema_and_junit_is_read_by_its_parser() {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools");
    let (python, schema) = (
        tools.join("formats/bin/python"),
        tools.join("node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"),
    );
    assert!(
        python.is_file() && schema.is_file(),
        "the validators are not below {}: run `tests/run`, which installs them",
        tools.display()
    );
    let script = "\
import json, sys, jsonschema, junitparser
folder, schema = sys.argv[1:]
schema = json.load(open(schema))
jsonschema.Draft7Validator.check_schema(schema)
for name in ['clean', 'faulty']:
    log = json.load(open(f'{folder}/{name}.sarif'))
    jsonschema.Draft7Validator(schema).validate(log)
    xml = junitparser.JUnitXml.fromfile(f'{folder}/{name}.xml')
    cases = [case for suite in xml for case in suite]
    failed = [case for case in cases if any(isinstance(result, junitparser.Failure) for result in case.result)]
    assert (xml.tests, xml.failures) == (len(cases), len(failed)), (name, xml.tests, xml.failures)
    fixes = [change for result in log['runs'][0]['results'] for fix in result.get('fixes', []) for change in fix['artifactChanges']]
    assert len(fixes) == (name == 'faulty'), fixes
    print(name, len(log['runs'][0]['results']), len(cases), len(failed))
";
    let (clean, faulty, folder) = (Project::example(), faulty(), Project::empty());
    let mut expected = String::new();
    for (name, project) in [("clean", &clean), ("faulty", &faulty)] {
        folder.write(&format!("{name}.sarif"), project.run(&["check", "--format", "sarif"]).stdout);
        folder.write(&format!("{name}.xml"), project.run(&["check", "--format", "junit"]).stdout);
        let told: Value =
            serde_json::from_slice(&project.run(&["check", "--format", "json"]).stdout).unwrap();
        let (errors, all) =
            (told["errors"].as_u64().unwrap(), told["findings"].as_array().unwrap().len());
        expected += &format!("{name} {all} {} {errors}\n", all.max(1));
    }
    let output =
        Command::new(python).args(["-c", script]).arg(folder.root()).arg(schema).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text(&output), expected);
}

#[test]
fn schemas_are_written_and_named_without_a_word_changed() {
    let project = Project::example();
    let lines =
        "# yaml-language-server: $schema=../schemas/site.json\n# $schema: ../schemas/site.json\n";
    let made = project.files(".");
    let named = project.read("content/site.yaml");
    let bare = named.strip_prefix(lines).expect("a new project names its schemas");
    for name in ["whitehats", "subprocessors", "commitments"] {
        assert!(
            project.read(&format!("content/{name}.yaml")).starts_with(&lines.replace("site", name)),
            "{name}"
        );
    }
    project.write("content/site.yaml", bare);
    fs::remove_dir_all(project.path("schemas")).unwrap();
    assert!(project.run(&["schema", "--write"]).status.success());
    assert!(project.files(".") == made);
    assert_eq!(
        project.read("schemas/whitehats.json"),
        text(&project.run(&["schema", "whitehats"]))
    );
    let once = project.files("content");
    assert!(project.run(&["schema", "--write"]).status.success());
    assert_eq!(project.files("content"), once);
    project.build(&["--locked"]);
}

#[test]
#[ignore = "needs jsonschema from PyPI: tests/run installs it"]
fn the_example_is_valid_by_the_schemas_and_slips_are_not() {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/formats/bin/python");
    assert!(
        python.is_file(),
        "there is no jsonschema at {}: run `tests/run`, which installs it",
        python.display()
    );
    let project = Project::example();
    assert!(project.run(&["schema", "--write"]).status.success());
    let opening = project.read("content/security/_index.md");
    let mut files: Vec<(&str, String)> = ["site", "whitehats", "subprocessors", "commitments"]
        .map(|name| (name, project.read(&format!("content/{name}.yaml"))))
        .into();
    files.push(("policy", opening.split("---\n").nth(1).unwrap().to_owned()));
    files.push(("section", "summary: Whom to write to\ncovers: [contact, scope]\n".to_owned()));
    let good = files.len();
    for (name, from, to) in [
        ("site", "name: Fluxiom", "nmae: Fluxiom"),
        ("site", "kind: support", "kind: Support team"),
        ("whitehats", "name:", "nick:"),
        ("commitments", "better: lower", "better: less"),
        ("policy", "title:", "titel:"),
        ("section", "scope", "skope"),
    ] {
        let (_, text) = files.iter().find(|(own, _)| *own == name).unwrap();
        files.push((name, text.replacen(from, to, 1)));
    }
    for (index, (_, text)) in files.iter().enumerate() {
        project.write(&format!("{index}.yaml"), text);
    }
    let script = "\
import json, sys, jsonschema, yaml
class Loader(yaml.SafeLoader): pass
Loader.yaml_implicit_resolvers = {first: [pair for pair in pairs if 'timestamp' not in pair[0]] for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()}
for index, name in enumerate(sys.argv[1:]):
    schema = json.load(open(f'schemas/{name}.json'))
    jsonschema.Draft7Validator.check_schema(schema)
    value = yaml.load(open(f'{index}.yaml'), Loader)
    print(len(list(jsonschema.Draft7Validator(schema).iter_errors(value))))
";
    let names = files.iter().map(|(name, _)| *name);
    let output = Command::new(python)
        .current_dir(project.root())
        .args(["-c", script])
        .args(names)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for (index, faults) in text(&output).lines().enumerate() {
        assert_eq!(faults == "0", index < good, "file {index} has {faults} faults");
    }
}

#[test]
fn shells_are_told_every_command() {
    let project = Project::empty();
    let output = project.run(&["completions", "bash"]);
    assert!(
        output.status.success() && text(&output).contains("policybook__subcmd__check"),
        "{}",
        text(&output)
    );
}

#[test]
fn a_finding_far_into_a_long_line_is_shown_with_its_own_column() {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    let words = "words ü ".repeat(1_000);
    let text = format!("---\ntitle: Terms\n---\n{words}[it](/nowhere/) {words}[it](/gone/).\n");
    project.write("content/terms/_index.md", text);
    let full = project.said(&["check", "--format", "full"], 1);
    for (place, link) in [("4:8001", "[it](/nowhere/)"), ("4:16017", "[it](/gone/)")] {
        assert!(full.contains(&format!(" --> content/terms/_index.md:{place}\n")), "{full}");
        assert!(full.contains(&format!(" {link}")), "{full}");
        let concise = project.said(&["check", "--format", "concise"], 1);
        assert!(concise.contains(&format!("content/terms/_index.md:{place}: error")), "{concise}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_name_that_is_not_utf_8_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let project = Project::example();
    let odd = |folder: &str, name: &[u8]| project.path(folder).join(OsStr::from_bytes(name));
    std::fs::write(odd("content/security", b"0\xff.md"), "# A\n\nB.\n").unwrap();
    std::fs::create_dir(odd("content", b"\xfe")).unwrap();
    std::fs::write(odd("content", b"\xfe").join("_index.md"), "# A\n").unwrap();
    for command in ["check", "build"] {
        let said = project.said(&[command], 1);
        assert!(said.contains(r"the name of `content/security/0\xff.md` is not UTF-8"), "{said}");
        assert!(said.contains(r"the name of `content/\xfe` is not UTF-8"), "{said}");
        assert_eq!(said.matches("is not UTF-8").count(), 2, "{said}");
    }
    let given = Project::empty();
    std::fs::write(given.path("0.md"), "# A\n\nB.\n").unwrap();
    std::fs::write(given.path("").join(OsStr::from_bytes(b"\xff.md")), "# A\n\nB.\n").unwrap();
    let version = format!("1={}", given.root().display());
    let fresh = Project::empty();
    fresh.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    let said = fresh.said(&["import", "security", "--version", &version], 2);
    assert!(said.contains(r"the name of `\xff.md` in"), "{said}");
}
