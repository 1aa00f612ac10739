//! Redlines in a real browser: by key, side by side, only the new words.

use serde_json::json;

use crate::browser;
use crate::chromium::Chromium;
use crate::project::Project;

/// Which change has the focus, and what is said of it.
const FOCUS: &str =
    "document.activeElement.id + '|' + document.querySelector('[role=status]').textContent";

/// How many elements of a kind are seen.
fn seen(chromium: &mut Chromium, selector: &str) -> u64 {
    let count = format!(
        "[...document.querySelectorAll({selector:?})].filter(element => element.getClientRects().length > 0).length"
    );
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
    assert_eq!(
        said.as_str().unwrap(),
        format!("c2|Change 2 of {changes}, section Security policy")
    );
    chromium.press("p", 80);
    chromium.press("k", 75);
    assert!(
        chromium
            .evaluate(FOCUS)
            .as_str()
            .unwrap()
            .starts_with(&format!("c{changes}|Change {changes} of {changes}")),
        "it goes round"
    );

    assert!(seen(&mut chromium, "#redline del") > 0);
    chromium.evaluate("document.querySelector('[value=new]').click()");
    assert_eq!(seen(&mut chromium, "#redline del"), 0);
    assert!(seen(&mut chromium, "#redline ins") > 0);
    chromium.evaluate("document.querySelector('[value=sides]').click()");
    assert_eq!(seen(&mut chromium, "#redline *"), 0);
    assert!(seen(&mut chromium, ".older del") > 0 && seen(&mut chromium, ".newer ins") > 0);
    assert_eq!(seen(&mut chromium, ".older ins") + seen(&mut chromium, ".newer del"), 0);
    assert_eq!(
        chromium.evaluate("document.querySelectorAll('.sides [id]').length"),
        json!(0),
        "no id stands twice"
    );
    // There, too, the keys lead from change to change.
    chromium.press("n", 78);
    assert_eq!(chromium.evaluate("document.activeElement.closest('.sides') !== null"), json!(true));
}

/// Returns a project whose policy has a section that moved, an item that went, and an item that
/// moved.
fn moved() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://fluxiom.example/\n");
    project.write("content/a/_index.md", "---\ntitle: A\n---\n");
    let long = "one more thing that is said at such length that it is known again";
    let items = [
        "first of all the items",
        "second of all the items",
        "third item, known by these many words of its own",
    ];
    let list =
        |order: &[usize]| order.iter().map(|at| format!("- {}\n", items[*at])).collect::<String>();
    project.write(
        "content/a/10-one.md",
        format!("## One\n\n{}\n\nOld words stay.\n", list(&[2, 0, 1])),
    );
    project.write("content/a/20-two.md", format!("## Two\n\nThe second section says {long}.\n"));
    project.write(
        "content/a/30-three.md",
        "## Three\n\nNothing is like this third section, and it is as long as can be.\n",
    );
    project.said_on("2024-01-01", &["release", "--summary", "First", "--yes", "--quiet"], 0);
    project
        .write("content/a/10-one.md", format!("## One\n\n{}\n\nNew words stay.\n", list(&[0, 2])));
    std::fs::rename(project.path("content/a/20-two.md"), project.path("content/a/40-two.md"))
        .unwrap();
    project.said_on("2024-02-01", &["release", "--summary", "Second", "--yes", "--quiet"], 0);
    project
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn each_column_reads_as_its_version_did() {
    let project = moved();
    let server = browser::served(&project);
    let mut chromium = Chromium::start();
    chromium.open(&format!("{}a/v/2024-02-01/changes/", server.address())).unwrap();
    chromium.evaluate("document.querySelector('[value=sides]').click()");
    let column = |chromium: &mut Chromium, side: &str| {
        let said = format!(
            "[...document.querySelectorAll('.{side}')].flatMap(cell => [...cell.querySelectorAll('h2, h3, p, li')]).filter(leaf => !leaf.closest('[data-redline-skip]')).map(leaf => {{ const copy = \
             leaf.cloneNode(true); copy.querySelectorAll('[data-redline-skip]').forEach(ours => ours.remove()); return copy.textContent.trim(); \
             }}).join('|')"
        );
        chromium.evaluate(&said).as_str().unwrap().to_owned()
    };
    let two = "Two|The second section says one more thing that is said at such length that it is known again.";
    let three = "Three|Nothing is like this third section, and it is as long as can be.";
    let third = "third item, known by these many words of its own";
    assert_eq!(
        column(&mut chromium, "older"),
        format!(
            "A|One|{third}|first of all the items|second of all the items|Old words stay.|{two}|{three}"
        )
    );
    assert_eq!(
        column(&mut chromium, "newer"),
        format!("A|One|first of all the items|{third}|New words stay.|{three}|{two}")
    );
    // Nor does any bullet stand alone where only the new words are shown.
    chromium.evaluate("document.querySelector('[value=new]').click()");
    let bullets = "[...document.querySelectorAll('#redline li')].filter(item => item.getClientRects().length && !item.innerText.trim()).length";
    assert_eq!(chromium.evaluate(bullets), json!(0));
    assert_eq!(seen(&mut chromium, "#redline li"), 2);
}

/// What the counter says, and whether all of it is in sight.
const COUNTER: &str = "(() => { const bar = document.querySelector('.stepper'), box = bar.getBoundingClientRect(); return bar.querySelector('span').dataset.at.replace(/\\s+/g, '') \
                       + (box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth ? ' in sight' : ' out of sight'); })()";

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn a_counter_leads_through_the_changes_on_a_phone_and_at_a_desk() {
    let project = Project::example();
    let server = browser::served(&project);
    let mut chromium = Chromium::start();
    for (width, height) in [(390, 844), (1280, 900)] {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width == 390 });
        chromium.call("Emulation.setDeviceMetricsOverride", screen);
        // The search makes it another address: the same one with an anchor would not be loaded
        // anew.
        chromium
            .open(&format!("{}security/v/2023-02-15/changes/?{width}", server.address()))
            .unwrap();
        let press = |chromium: &mut Chromium, label: &str| {
            chromium.evaluate(&format!(
                "document.querySelector('.stepper [aria-label={label:?}]').click()"
            ));
            let frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))";
            chromium.promised(frames);
            chromium.evaluate(COUNTER).as_str().unwrap().to_owned()
        };
        assert_eq!(press(&mut chromium, "Next change"), "1/140 in sight", "{width}");
        assert_eq!(press(&mut chromium, "Next change"), "2/140 in sight");
        assert_eq!(press(&mut chromium, "Previous change"), "1/140 in sight");
        assert_eq!(press(&mut chromium, "Previous change"), "140/140 in sight");
        // Whoever scrolls on goes on from there.
        chromium.evaluate("document.getElementById('c60').scrollIntoView()");
        chromium.wait("!document.querySelector('.stepper span').dataset.at.includes('140 / 140')");
        let said = chromium.evaluate(COUNTER);
        let at: usize = said.as_str().unwrap().split('/').next().unwrap().trim().parse().unwrap();
        assert!((60..90).contains(&at) && said.as_str().unwrap().ends_with(" in sight"), "{said}");
        assert_eq!(press(&mut chromium, "Next change"), format!("{}/140 in sight", at + 1));
        let wide = chromium.evaluate("document.documentElement.scrollWidth").as_u64().unwrap();
        assert!(wide <= width, "{wide}");
    }
    // At a desk the list of changes stands beside them, and stays.
    let beside = "(() => { const list = document.querySelector('.redline-page > nav').getBoundingClientRect(), \
                  words = document.getElementById('redline').getBoundingClientRect(); return list.left >= words.right && list.top >= 0 && list.top < innerHeight; })()";
    assert_eq!(chromium.evaluate(beside), json!(true));
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
    assert_eq!(
        seen(&mut chromium, "[value=sides]"),
        0,
        "what needs the script is not offered without it"
    );
    assert!(seen(&mut chromium, "#redline .jump a") > 100, "every change leads to its neighbours");
}
