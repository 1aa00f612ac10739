//! Redlines in a real browser: by key, side by side, only the new words.

use serde_json::json;

use crate::browser;
use crate::chromium::Chromium;
use crate::project::Project;

/// Which change has the focus, and what is said of it.
const FOCUS: &str = "document.activeElement.id + '|' + document.querySelector('[role=status]').textContent";

/// How many elements of a kind are seen.
fn seen(chromium: &mut Chromium, selector: &str) -> u64 {
    let count = format!("[...document.querySelectorAll({selector:?})].filter(element => element.getClientRects().length > 0).length");
    chromium.evaluate(&count).as_u64().unwrap()
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn changes_are_walked_by_key_and_seen_in_three_ways() {
    let project = Project::example();
    let server = browser::served(&project);
    let mut chromium = Chromium::start();
    chromium.open(&format!("{}security/v/2023-02-15/changes/", server.address())).unwrap();
    let changes = chromium.evaluate("[...document.querySelectorAll('#redline [id]')].filter(e => /^c[0-9]+$/.test(e.id)).length");
    let changes = changes.as_u64().unwrap();
    assert!(changes > 100);
    chromium.press("n", 78);
    chromium.press("j", 74);
    let said = chromium.evaluate(FOCUS);
    assert_eq!(said.as_str().unwrap(), format!("c2|Change 2 of {changes}, section Security policy"));
    chromium.press("p", 80);
    chromium.press("k", 75);
    assert!(chromium.evaluate(FOCUS).as_str().unwrap().starts_with(&format!("c{changes}|Change {changes} of {changes}")), "it goes round");

    assert!(seen(&mut chromium, "#redline del") > 0);
    chromium.evaluate("document.querySelector('[value=new]').click()");
    assert_eq!(seen(&mut chromium, "#redline del"), 0);
    assert!(seen(&mut chromium, "#redline ins") > 0);
    chromium.evaluate("document.querySelector('[value=sides]').click()");
    assert_eq!(seen(&mut chromium, "#redline *"), 0);
    assert!(seen(&mut chromium, ".older del") > 0 && seen(&mut chromium, ".newer ins") > 0);
    assert_eq!(seen(&mut chromium, ".older ins") + seen(&mut chromium, ".newer del"), 0);
    assert_eq!(chromium.evaluate("document.querySelectorAll('.sides [id]').length"), json!(0), "no id stands twice");
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn the_views_need_no_script() {
    let project = Project::example();
    let server = browser::served(&project);
    let mut chromium = Chromium::start();
    chromium.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    chromium.open(&format!("{}security/v/2023-02-15/changes/", server.address())).unwrap();
    chromium.evaluate("document.querySelector('[value=new]').checked = true");
    assert_eq!(seen(&mut chromium, "#redline del"), 0);
    assert_eq!(seen(&mut chromium, "[value=sides]"), 0, "what needs the script is not offered without it");
}
