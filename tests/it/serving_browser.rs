//! The preview in a real browser: a page follows its author.

use std::fs;

use crate::chromium::Chromium;
use crate::preview::Preview;
use crate::project::Project;

const REPORTING: &str = "content/security/010-reporting.md";

/// What the overlay holds.
const OVERLAY: &str = "document.querySelector('policybook-serve').shadowRoot";

fn says(words: &str) -> String {
    format!("document.body.innerText.includes({words:?})")
}

fn dialog(expression: &str) -> String {
    format!("(dialog => {expression})({OVERLAY}.querySelector('[role=dialog]'))")
}

/// Opens a page and waits until it hears of saves.
fn open(chromium: &mut Chromium, preview: &Preview, path: &str) {
    chromium.open(&format!("{}{path}", preview.address)).unwrap();
    chromium.wait(&format!("{OVERLAY}.querySelector('.line') !== null"));
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn a_save_is_seen_without_losing_the_place() {
    let project = Project::example();
    let preview = Preview::start(&project);
    let mut chromium = Chromium::start();
    open(&mut chromium, &preview, "/security/");
    chromium.evaluate("scrollTo({ top: 900, behavior: 'instant' })");
    chromium.evaluate("window.before = true");
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    chromium.wait(&format!("{} && window.before === undefined", says("72 business hours")));
    chromium.wait("Math.abs(scrollY - 900) < 2");
    // What changed is another page: it says so and stays.
    chromium.evaluate("window.before = true");
    project.write("content/terms/_index.md", "---\ntitle: Terms\n---\nNew words.\n");
    chromium.wait(&says("Terms"));
    chromium.evaluate("window.before = true");
    project.edit("content/terms/_index.md", "New words", "Newer words");
    chromium.wait(&format!(
        "{OVERLAY}.querySelector('[role=status]').textContent.includes('not this page: /terms/')"
    ));
    assert_eq!(chromium.evaluate("window.before"), true);
    // A page that comes to be, or goes, is seen as well.
    open(&mut chromium, &preview, "/coming/");
    project.write("content/coming/_index.md", "---\ntitle: Coming\n---\nHere it is.\n");
    chromium.wait(&says("Here it is."));
    fs::remove_dir_all(project.path("content/coming")).unwrap();
    chromium.wait(&format!("!{}", says("Here it is.")));
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn a_style_sheet_is_swapped_without_a_reload() {
    let project = Project::example();
    let preview = Preview::start(&project);
    let mut chromium = Chromium::start();
    open(&mut chromium, &preview, "/security/");
    chromium.evaluate("window.before = true");
    for colour in ["rgb(1, 2, 3)", "rgb(4, 5, 6)"] {
        project.write("themes/default/static/site.css", format!("h1 {{ color: {colour} }}\n"));
        chromium
            .wait(&format!("getComputedStyle(document.querySelector('h1')).color === {colour:?}"));
        chromium.wait("document.querySelectorAll('link[rel=stylesheet]').length === 1");
    }
    assert_eq!(chromium.evaluate("window.before"), true);
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    chromium.wait(&format!("{} && window.before === undefined", says("72 business hours")));
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn an_error_lies_over_the_page_until_it_is_mended() {
    let project = Project::example();
    let preview = Preview::start(&project);
    let mut chromium = Chromium::start();
    open(&mut chromium, &preview, "/security/");
    chromium.evaluate("window.before = true");
    chromium.evaluate("document.querySelector('main a').focus()");
    let good = project.read(REPORTING);
    project.write(REPORTING, format!("{good}\nSee [this](#nowhere).\n"));
    chromium.wait(&dialog("dialog.open"));
    let told = chromium.evaluate(&dialog("dialog.textContent"));
    let told = told.as_str().unwrap();
    for words in [
        "error[P024]",
        "no section or heading `nowhere`",
        "content/security/010-reporting.md:",
        "^^^^",
        "= help:",
        "Esc or Close",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(chromium.evaluate(&format!("{OVERLAY}.activeElement.textContent")), "Close");
    let bar = chromium.evaluate(&format!("{OVERLAY}.querySelector('[role=status]').textContent"));
    assert!(bar.as_str().unwrap().starts_with("1 error: showing the build of "), "{bar}");
    assert!(
        preview
            .said()
            .iter()
            .any(|line| line.contains(bar.as_str().unwrap().rsplit(' ').next().unwrap()))
    );
    chromium.press("Escape", 27);
    chromium.wait(&dialog("!dialog.open"));
    assert_eq!(chromium.evaluate("document.activeElement.tagName"), "A");
    chromium.evaluate(&format!("{OVERLAY}.querySelector('.line button').click()"));
    chromium.wait(&dialog("dialog.open"));
    chromium.evaluate(&dialog("dialog.querySelector('button').click()"));
    chromium.wait(&dialog("!dialog.open"));
    // Another mistake opens it again; the words mended, it is gone, and the page was never
    // reloaded.
    project.write(REPORTING, format!("{good}\nSee [this](#elsewhere).\n"));
    chromium.wait(&dialog("dialog.open && dialog.textContent.includes('elsewhere')"));
    assert_eq!(chromium.evaluate("window.before"), true);
    project.write(REPORTING, &good);
    chromium.wait(&dialog(&format!("!dialog.open && {OVERLAY}.querySelector('.line').hidden")));
    assert_eq!(chromium.evaluate("window.before"), true);
    // A warning is told in a line, and can be put away.
    project.write("content/security/notes.txt", "x");
    chromium.wait(&format!("{OVERLAY}.querySelector('[role=status]').textContent === '1 warning'"));
    assert_eq!(chromium.evaluate(&dialog("dialog.open")), false);
    chromium.evaluate(&format!("[...{OVERLAY}.querySelectorAll('.line button')].at(-1).click()"));
    chromium.wait(&format!("{OVERLAY}.querySelector('.line').hidden"));
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn a_page_follows_the_next_server_when_the_first_was_killed() {
    let project = Project::example();
    let preview = Preview::start(&project);
    let port = preview.address.rsplit(':').next().unwrap().to_owned();
    let mut chromium = Chromium::start();
    open(&mut chromium, &preview, "/security/");
    drop(preview);
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    let _preview = Preview::with(&project, &["--port", &port]);
    chromium.wait(&says("72 business hours"));
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn a_page_waits_for_the_first_good_build() {
    let project = Project::example();
    let good = project.read(REPORTING);
    project.write(REPORTING, format!("{good}\n[x](#nowhere)\n"));
    let preview = Preview::start(&project);
    let mut chromium = Chromium::start();
    open(&mut chromium, &preview, "/security/");
    chromium.wait(&dialog("dialog.open"));
    project.write(REPORTING, &good);
    chromium.wait(&says("48 business hours"));
}
