//! Findings as JUnit XML: a suite for each file, a case for each finding. Errors have failed;
//! warnings have passed and say what they are. The one file that names the XML crate.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::cli::print::Item;
use crate::diagnostic::Severity;

type Xml = Writer<Vec<u8>>;

/// Returns findings as one XML document; one case that has passed where there are none.
pub fn text(items: &[Item<'_>]) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut xml, items).expect("memory takes everything");
    String::from_utf8(xml.into_inner()).expect("UTF-8 is written") + "\n"
}

fn write(xml: &mut Xml, items: &[Item<'_>]) -> io::Result<()> {
    let mut files: BTreeMap<&str, Vec<&Item<'_>>> = BTreeMap::new();
    for item in items {
        files.entry(item.file.as_deref().unwrap_or("policybook")).or_default().push(item);
    }
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (all, failed) = (items.len().max(1).to_string(), failures(items.iter()).to_string());
    let suites = xml.create_element("testsuites").with_attributes([
        ("name", "policybook check"),
        ("tests", &*all),
        ("failures", &*failed),
    ]);
    suites.write_inner_content(|xml| {
        for (file, items) in &files {
            suite(xml, file, items)?;
        }
        if files.is_empty() {
            suite(xml, "policybook", &[])?;
        }
        Ok(())
    })?;
    Ok(())
}

fn failures<'a>(items: impl Iterator<Item = &'a Item<'a>>) -> usize {
    items.filter(|item| item.severity == Severity::Error).count()
}

fn suite(xml: &mut Xml, file: &str, items: &[&Item<'_>]) -> io::Result<()> {
    let (name, all) = (allowed(file), items.len().max(1).to_string());
    let failed = failures(items.iter().copied()).to_string();
    let attributes = [("name", &*name), ("tests", &*all), ("failures", &*failed), ("errors", "0")];
    xml.create_element("testsuite").with_attributes(attributes).write_inner_content(|xml| {
        if items.is_empty() {
            xml.create_element("testcase")
                .with_attributes([("name", "no findings"), ("classname", &*name)])
                .write_empty()?;
        }
        for item in items {
            case(xml, &name, item)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn case(xml: &mut Xml, file: &str, item: &Item<'_>) -> io::Result<()> {
    let place = item
        .region
        .map(|(start, _)| format!(" at {}:{}", start.line, start.column))
        .unwrap_or_default();
    let name = format!("{}{place}", item.code.as_str());
    let help = item.help.map(|help| format!("\n{help}")).unwrap_or_default();
    let (message, all) =
        (allowed(&item.message), allowed(&format!("{file}{place}: {}{help}", item.message)));
    xml.create_element("testcase")
        .with_attributes([("name", &*name), ("classname", file)])
        .write_inner_content(|xml| {
            match item.severity {
                Severity::Error => xml
                    .create_element("failure")
                    .with_attributes([("message", &*message), ("type", item.code.as_str())])
                    .write_text_content(BytesText::new(&all))?,
                Severity::Warning => xml
                    .create_element("system-out")
                    .write_text_content(BytesText::new(&format!("warning: {all}")))?,
            };
            Ok(())
        })?;
    Ok(())
}

/// Returns a text of which every character may stand in XML 1.0.
fn allowed(text: &str) -> String {
    let forbidden = |letter: char| {
        (letter.is_control() && !matches!(letter, '\t' | '\n'))
            || matches!(letter, '\u{fffe}' | '\u{ffff}')
    };
    text.replace(forbidden, "\u{fffd}")
}
