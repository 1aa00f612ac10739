//! The lists: `whitehats.yaml` and `subprocessors.yaml`.

use url::Url;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::model::Subprocessor;
use crate::model::Subprocessors;
use crate::model::Whitehat;
use crate::model::Whitehats;
use crate::parse::Fields;
use crate::parse::Node;
use crate::parse::yaml;
use crate::tree::Source;
use crate::tree::Span;

/// Reads `whitehats.yaml`.
pub fn whitehats(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Whitehats {
    let Some(mut fields) = open(source, "the list of whitehats", diagnostics) else {
        return Whitehats::default();
    };
    let entries = fields.list("whitehats", diagnostics);
    fields.close(diagnostics);
    Whitehats { whitehats: entries.into_iter().filter_map(|entry| whitehat(source, entry, diagnostics)).collect() }
}

fn whitehat(source: &Source<'_>, entry: Node, diagnostics: &mut Diagnostics) -> Option<Whitehat> {
    let mut fields = Fields::open(source.path, "a whitehat", entry, diagnostics)?;
    let name = fields.required("name", diagnostics);
    let link = fields.parsed("link", diagnostics, web_address).map(|link| link.value);
    let date = fields.parsed("date", diagnostics, day_or_year).map(|date| date.value);
    fields.close(diagnostics);
    Some(Whitehat { name: name?, link, date })
}

/// Reads `subprocessors.yaml`.
pub fn subprocessors(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Subprocessors {
    let Some(mut fields) = open(source, "the list of sub-processors", diagnostics) else {
        return Subprocessors::default();
    };
    let note = fields.text("note", diagnostics).map(|note| note.value);
    let entries = fields.list("subprocessors", diagnostics);
    fields.close(diagnostics);
    Subprocessors { note, subprocessors: entries.into_iter().filter_map(|entry| subprocessor(source, entry, diagnostics)).collect() }
}

fn subprocessor(source: &Source<'_>, entry: Node, diagnostics: &mut Diagnostics) -> Option<Subprocessor> {
    let mut fields = Fields::open(source.path, "a sub-processor", entry, diagnostics)?;
    let name = fields.required("name", diagnostics);
    let purpose = fields.required("purpose", diagnostics);
    let mut text = |key| fields.text(key, diagnostics).map(|text| text.value);
    let [entity, data, country, safeguard, group] = ["entity", "data", "country", "safeguard", "group"].map(&mut text);
    let link = fields.parsed("link", diagnostics, web_address).map(|link| link.value);
    fields.close(diagnostics);
    Some(Subprocessor { name: name?, purpose: purpose?.value, entity, data, country, safeguard, link, group })
}

fn open<'a>(source: &'a Source<'_>, what: &'static str, diagnostics: &mut Diagnostics) -> Option<Fields<'a>> {
    match yaml(source.path, &source.text, 0, diagnostics) {
        Some(node) => Fields::open(source.path, what, node, diagnostics),
        None => {
            if source.text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
                let empty = Diagnostic::error(Code::Empty, "the list is empty").at(source.path, Span::default());
                diagnostics.push(empty.help("begin it with its key, as in `whitehats: []`, or remove the file"));
            }
            None
        }
    }
}

/// Reads the address of a page; says otherwise what one looks like.
pub fn web_address(text: &str) -> Result<String, String> {
    let help = || "write an address that begins with `https://`".to_owned();
    if text.len() > 2048 || text.contains(char::is_whitespace) {
        return Err(help());
    }
    let address = Url::parse(text).map_err(|_| help())?;
    match (address.scheme(), address.host_str()) {
        ("https" | "http", Some(_)) if address.username().is_empty() && address.password().is_none() => Ok(address.into()),
        _ => Err(help()),
    }
}

fn day_or_year(text: &str) -> Result<String, String> {
    let year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let day = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    if year || day { Ok(text.to_owned()) } else { Err("write a day as `2023-02-15` or a year as `2023`".to_owned()) }
}
