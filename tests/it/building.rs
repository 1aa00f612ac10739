//! What `build` promises beyond what a case can show: the same bytes, files of others, broken runs,
//! hostile folders.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::project::Project;

/// Returns what a failed run said.
fn refused(project: &Project, arguments: &[&str], code: i32) -> String {
    let output = project.run(&[&["build"], arguments].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

#[test]
fn two_builds_are_the_same_bytes_on_one_thread_and_on_many() {
    let (one, many) = (Project::example(), Project::example());
    many.build(&["--out", "elsewhere/site"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command
        .args(["build", "--quiet", "--today", crate::project::TODAY])
        .current_dir(one.root())
        .env("RAYON_NUM_THREADS", "1")
        .env("TZ", "Asia/Tokyo");
    assert!(command.status().unwrap().success());
    let (one, many) = (one.files("public"), many.files("elsewhere/site"));
    assert!(one.len() > 20);
    assert!(one == many);
}

#[test]
fn an_unchanged_build_writes_nothing() {
    let project = Project::example();
    project.build(&[]);
    let times = |project: &Project| {
        let files = project.files("public").into_iter().filter(|(path, _)| !path.ends_with("lock"));
        files
            .map(|(path, _)| {
                (
                    fs::metadata(project.path("public").join(&path)).unwrap().modified().unwrap(),
                    path,
                )
            })
            .collect::<Vec<_>>()
    };
    let before = times(&project);
    std::thread::sleep(Duration::from_millis(20));
    project.build(&[]);
    assert_eq!(times(&project), before);
}

#[test]
fn an_unchanged_build_says_again_what_there_is_to_say() {
    let project = Project::example();
    let told = |arguments: &[&str]| {
        let told = project.said(arguments, 0);
        told.lines()
            .filter(|line| !line.starts_with("built"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    project.edit(
        "content/security/010-reporting.md",
        "at once",
        "immediately [here](https://example.com)",
    );
    let first = told(&["build"]);
    assert!(first.iter().any(|line| line.starts_with("warning[")), "{first:?}");
    assert!(
        first.iter().any(|line| line.contains("unreleased changes in `security`")),
        "{first:?}"
    );
    assert_eq!(told(&["build"]), first);
    let same = told(&["build", "--check"]);
    assert_eq!(same[..same.len() - 1], first);
    assert_eq!(same.last().unwrap(), "same public is what would be built");
    assert_eq!(project.said(&["build", "--quiet"], 0), "");
    project.edit(
        "content/security/010-reporting.md",
        "immediately [here](https://example.com)",
        "at once",
    );
    assert!(told(&["build"]).is_empty());
    assert!(told(&["build"]).is_empty());
}

#[test]
fn one_edit_writes_the_pages_it_shows_on_and_a_removed_policy_takes_its_pages_along() {
    let project = Project::example();
    project.write("content/privacy/_index.md", "---\ntitle: Privacy\n---\nWords.\n");
    project.build(&[]);
    project.write("public/.nojekyll", "");
    project.write("public/privacy/notes.txt", "somebody's own");
    project.write("content/privacy/_index.md", "---\ntitle: Privacy\n---\nOther words.\n");
    let output = project.run(&["build", "--verbose"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "update privacy/index.html\n");
    fs::remove_dir_all(project.path("content/privacy")).unwrap();
    project.build(&[]);
    assert!(!project.path("public/privacy/index.html").exists());
    assert!(!project.path("public/privacy/history").exists());
    assert_eq!(project.read("public/privacy/notes.txt"), "somebody's own");
    assert!(project.path("public/.nojekyll").exists());
}

#[test]
fn a_page_somebody_changed_is_written_again_whatever_its_size_and_date() {
    let project = Project::example();
    project.build(&[]);
    let page = project.read("public/security/index.html");
    let date = fs::metadata(project.path("public/robots.txt")).unwrap().modified().unwrap();
    project.write(
        "public/security/index.html",
        page.replace("48 business hours", "72 business hours"),
    );
    fs::File::open(project.path("public/security/index.html")).unwrap().set_modified(date).unwrap();
    project.build(&[]);
    assert_eq!(project.read("public/security/index.html"), page);
}

#[test]
fn a_failed_build_leaves_the_last_good_output_untouched() {
    let project = Project::example();
    project.build(&[]);
    let before = project.files("public");
    project.write("content/security/010-reporting.md", "no heading");
    refused(&project, &[], 1);
    assert!(project.files("public") == before);
    project.write("content/site.yaml", project.read("content/site.yaml") + "\ntheme: ours\n");
    project.write("content/security/010-reporting.md", "## Reporting\n\nWords.\n");
    project.write("themes/ours/templates/history.html", "{{ nobody.knows }}");
    refused(&project, &[], 1);
    let manifest = |files: Vec<(String, Vec<u8>)>| {
        files
            .into_iter()
            .filter(|(path, _)| !path.starts_with(".policybook/stage"))
            .collect::<Vec<_>>()
    };
    assert!(manifest(project.files("public")) == before);
}

#[test]
fn a_build_killed_at_any_moment_leaves_whole_pages_and_the_next_one_finishes() {
    let project = Project::example();
    project.build(&[]);
    let old = project.files("public");
    let other = Project::example();
    for project in [&project, &other] {
        project.write(
            "content/site.yaml",
            project.read("content/site.yaml").replace("name: Fluxiom", "name: Other"),
        );
    }
    other.build(&[]);
    let new = other.files("public");
    let page = |files: &[(String, Vec<u8>)], path: &str| {
        files.iter().find(|(other, _)| other == path).map(|(_, bytes)| bytes.clone())
    };
    let mut killed = 0;
    for delay in (0..40).map(|step| Duration::from_micros(step * 1500)) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
        let mut child = command
            .args(["build", "--quiet", "--today", crate::project::TODAY])
            .current_dir(project.root())
            .spawn()
            .unwrap();
        std::thread::sleep(delay);
        let _ = child.kill();
        killed += usize::from(!child.wait().unwrap().success());
        for (path, bytes) in project
            .files("public")
            .into_iter()
            .filter(|(path, _)| !path.starts_with(".policybook/"))
        {
            let whole = [&old, &new]
                .into_iter()
                .filter_map(|files| page(files, &path))
                .any(|known| known == bytes);
            assert!(whole, "{path} is neither the old page nor the new one after {delay:?}");
        }
    }
    assert!(killed > 0, "a build was killed");
    project.build(&[]);
    assert!(project.files("public") == new);
}

#[test]
fn a_build_cut_off_while_files_are_put_in_place_is_mended() {
    let project = Project::example();
    project.build(&[]);
    let whole = project.files("public");
    let manifest = project.read("public/.policybook/manifest");
    project.write(
        "public/.policybook/pending",
        manifest.replacen('\n', &format!("\n{} 1 stray/index.html\n", "0".repeat(64)), 1),
    );
    project.write("public/stray/index.html", "x");
    project.write("public/security/index.html", "half");
    project.write("public/.policybook/stage/half.html", "half");
    project.build(&[]);
    assert!(project.files("public") == whole);
}

#[test]
fn what_a_build_left_beside_the_site_when_it_was_cut_off_is_cleared_by_the_next_one() {
    let project = Project::example();
    project.build(&["--locked"]);
    let whole = project.files("public");
    project.write("public/.policybook/stage/index.html", "an old page, put aside");
    project.build(&["--locked"]);
    assert!(project.files("public") == whole);
}

#[test]
fn somebody_elses_file_in_the_way_is_not_overwritten() {
    let project = Project::example();
    project.build(&[]);
    project.write("content/privacy/_index.md", "---\ntitle: Privacy\n---\nWords.\n");
    project.write("public/privacy/index.html", "somebody's own");
    let said = refused(&project, &[], 2);
    assert!(said.contains("privacy/index.html` was not written by policybook"), "{said}");
    assert_eq!(project.read("public/privacy/index.html"), "somebody's own");
    project.build(&["--force"]);
    assert!(project.read("public/privacy/index.html").contains("Words."));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_project_in_a_circle_and_to_nowhere_are_errors() {
    use std::os::unix::fs::symlink;
    let project = Project::example();
    let outside = Project::empty();
    outside.write("secret.md", "## Secret\n\nWords.\n");
    symlink(outside.path("secret.md"), project.path("content/security/900-secret.md")).unwrap();
    symlink(outside.root(), project.path("content/linked")).unwrap();
    symlink(project.path("content"), project.path("content/security/circle")).unwrap();
    symlink("nowhere.md", project.path("content/security/910-gone.md")).unwrap();
    symlink("010-reporting.md", project.path("content/security/920-inside.md")).unwrap();
    let said = refused(&project, &[], 1);
    for line in [
        "points outside the project\n--> content/security/900-secret.md",
        "points outside the project\n--> content/linked",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(said.contains("points to itself\n--> content/security/circle"), "{said}");
    assert!(said.contains("points nowhere\n--> content/security/910-gone.md"), "{said}");
    assert!(said.contains("4 errors"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_output_folder_that_leads_elsewhere_is_not_followed() {
    let project = Project::example();
    let elsewhere = Project::empty();
    project.build(&[]);
    fs::remove_dir_all(project.path("public/security")).unwrap();
    std::os::unix::fs::symlink(elsewhere.root(), project.path("public/security")).unwrap();
    refused(&project, &[], 2);
    assert!(elsewhere.files("").is_empty());
}

#[cfg(unix)]
#[test]
fn an_output_folder_that_cannot_be_written_is_an_error_that_names_it() {
    let project = Project::example();
    project.write("taken", "a file where the folder should be");
    let said = refused(&project, &["--out", "taken/public"], 2);
    assert!(said.contains("taken/public"), "{said}");
}

#[test]
fn ten_thousand_nested_levels_are_an_error_and_no_crash() {
    let project = Project::example();
    project
        .write("content/security/900-deep.md", format!("## Deep\n\n{}deep\n", "> ".repeat(10_000)));
    let lists: String = (0..2_000).map(|level| format!("{}- x\n", "  ".repeat(level))).collect();
    project.write("content/security/910-lists.md", format!("## Lists\n\n{lists}"));
    project.write("content/whitehats.yaml", "whitehats: ".to_owned() + &"[".repeat(10_000));
    project.write(
        "content/subprocessors.yaml",
        (0..2_000).map(|level| " ".repeat(level) + "a:\n").collect::<String>(),
    );
    let said = refused(&project, &[], 1);
    assert_eq!(said.matches("nested deeper than").count(), 4, "{said}");
}

#[test]
fn raw_html_nested_deep_is_built_with_every_minifying() {
    let project = Project::example();
    project.write(
        "content/security/900-deep.md",
        format!("## Deep\n\n{}deep{}\n", "<div>".repeat(20_000), "</div>".repeat(20_000)),
    );
    for minify in ["off", "templates", "pages"] {
        let site = project.read("content/site.yaml");
        project.write("content/site.yaml", format!("{site}\nraw_html: true\nminify: {minify}\n"));
        project.build(&[]);
        project.write("content/site.yaml", site);
        assert!(project.read("public/security/index.html").contains("deep</div>"));
    }
}

#[test]
fn a_minified_site_says_what_the_plain_one_says() {
    let project = Project::example();
    let site = project.read("content/site.yaml");
    let mut said = Vec::new();
    for minify in ["off", "templates", "pages"] {
        project.write("content/site.yaml", format!("{site}\nminify: {minify}\n"));
        project.build(&[]);
        let pages = project.files("public").into_iter().filter(|(path, _)| path.ends_with(".html"));
        let words = |(path, page): (String, Vec<u8>)| {
            (path, policybook::render::visible(&String::from_utf8(page).unwrap()))
        };
        said.push(pages.map(words).collect::<Vec<_>>());
    }
    assert!(said[0].len() > 10);
    assert_eq!(said[0], said[1]);
    assert_eq!(said[0], said[2]);
}

#[test]
fn a_loop_without_an_end_is_stopped_and_named() {
    let project = Project::example();
    let template = "<p>\n  {% for a in range(end=90000) -%}\n  {%- for b in range(end=90000) -%}\
                    {% endfor %}{% endfor %}</p>\n";
    project.write("themes/own/templates/404.html", template);
    project.edit("content/site.yaml", "name: Fluxiom\n", "name: Fluxiom\ntheme: own\n");
    let said = project.said(&["build"], 1);
    assert!(said.contains("take more than 5000000 turns"), "{said}");
    assert!(said.contains("themes/own/templates/404.html:3:3"), "{said}");
}

#[test]
fn a_build_says_what_took_how_long() {
    let project = Project::example();
    let table = project.run(&["build", "--quiet", "--timings"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.starts_with("stage                      wall ms    CPU ms\nread "), "{table}");
    assert!(table.lines().all(|line| line.len() < 80), "{table}");
    let timed = |arguments: &[&str]| -> serde_json::Value {
        let run = project.run(&[&["build", "--quiet", "--timings=json"], arguments].concat());
        serde_json::from_slice(&run.stdout).unwrap()
    };
    let named = |told: &serde_json::Value, list: &str, key: &str| -> Vec<String> {
        let entries = told[list].as_array().unwrap().iter();
        entries.map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
    };
    let first = timed(&["--out", "other"]);
    let stages =
        ["read", "output", "intact", "cache", "parse", "ledger", "check", "render", "commit"];
    assert_eq!(named(&first, "stages", "name"), stages);
    let times = |told: &serde_json::Value, kind: &str| {
        let work = told["work"].as_array().unwrap();
        work.iter().find(|work| work["kind"] == kind).map(|work| work["times"].as_u64().unwrap())
    };
    let [pages, released] = [times(&first, "policy.html"), times(&first, "changes.html")];
    assert!(pages > Some(2) && released > Some(1), "{first}");
    let section = "content/security/240-questions.md";
    project.write(section, project.read(section) + "\nWe answer.\n");
    let edited = timed(&["--out", "other"]);
    assert_eq!(times(&edited, "policy.html"), Some(1), "the draft alone is drawn: {edited}");
    assert_eq!(named(&timed(&["--out", "other"]), "stages", "name"), stages[..3]);
}
