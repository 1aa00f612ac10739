//! `site.yaml`: who publishes, how they are reached, what security.txt says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use url::Url;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Instead, nearest, slip};
use crate::model::{
    Colour, Config, Contact, ContactKind, DocumentId, Host, Minify, Placed, Publishing, is_slug,
};
use crate::parse::languages::{language, languages};
use crate::parse::lists::{one_of, web_address};
use crate::parse::pinned::pinned;
use crate::parse::security_txt::security_txt;
use crate::parse::weights::weights;
use crate::parse::{Fields, Node, Value, navigation, placeholders, yaml};
use crate::tree::{File, Source, Span, Tree, TreePath};

/// Returns what a site says of which nothing could be read; it is never published.
pub fn unknown() -> Config {
    Config {
        name: String::new(),
        description: None,
        base_url: Url::parse("https://site.invalid/").expect("a valid address"),
        language: "en".to_owned(),
        timezone: TimeZone::UTC,
        contacts: Vec::new(),
        security_txt: None,
        notice: BTreeMap::new(),
        notice_places: BTreeMap::new(),
        compare: Vec::new(),
        redirects: Vec::new(),
        nav: Vec::new(),
        footer: Vec::new(),
        theme: Placed { value: "default".to_owned(), span: Span::default() },
        raw_html: false,
        minify: Minify::Templates,
        accent: None,
        logo: None,
        hosts: BTreeSet::new(),
        compress: false,
        publish: Publishing::default(),
        weights: BTreeMap::new(),
    }
}

/// Reads `site.yaml`. Every mistake is reported, and what is missing is as in [`unknown`].
pub fn config(source: &Source<'_>, files: &Tree<File>, diagnostics: &mut Diagnostics) -> Config {
    let unknown = unknown();
    let node = yaml(source.path, &source.text, 0, diagnostics);
    if let Some(node) = &node {
        placeholders::check(source.path, node, diagnostics);
    }
    let Some(mut fields) =
        node.and_then(|node| Fields::open(source.path, "a site", node, diagnostics))
    else {
        return unknown;
    };
    let name = fields.required("name", diagnostics);
    let description = fields.text("description", diagnostics);
    let base_url = fields.required_parsed("base_url", diagnostics, base_url);
    let language = fields.parsed("language", diagnostics, language);
    let timezone = fields.parsed("timezone", diagnostics, timezone);
    let contacts = fields.list("contacts", diagnostics);
    let contacts =
        contacts.into_iter().filter_map(|node| contact(source, node, diagnostics)).collect();
    let security_txt = match fields.node("security_txt") {
        Some(node) => security_txt(source, node, files, diagnostics),
        None => {
            let none = Diagnostic::warning(Code::SecurityTxt, "the site has no security.txt")
                .in_file(source.path);
            diagnostics.push(none.help(
                "add `security_txt:` with `expires: …`, so that researchers find whom to tell",
            ));
            None
        }
    };
    let notice =
        fields.node("notice").map(|node| notice(source, node, diagnostics)).unwrap_or_default();
    let notice_places = notice.iter().map(|(id, days)| (id.clone(), days.span)).collect();
    let notice = notice.into_iter().map(|(id, days)| (id, days.value)).collect();
    let compare = fields.list("compare", diagnostics);
    let compare = pinned(source.path, compare, diagnostics);
    let redirects = fields.node("redirects");
    let redirects = redirects
        .map(|node| navigation::redirects(source.path, node, diagnostics))
        .unwrap_or_default();
    let nav = fields.list("nav", diagnostics);
    let nav = navigation::nav(source.path, nav, diagnostics);
    let footer = fields.list("footer", diagnostics);
    let footer = navigation::footer(source.path, footer, diagnostics);
    let theme = fields.parsed("theme", diagnostics, theme);
    let raw_html = fields.switch("raw_html", diagnostics);
    let minify = fields.parsed("minify", diagnostics, minify);
    let accent = fields.parsed("accent", diagnostics, |text| {
        Colour::new(text)
            .ok_or_else(|| "write a colour of the screen, as in `\"#0a58a8\"`".to_owned())
    });
    let logo = fields.parsed("logo", diagnostics, logo);
    let hosts = fields.texts("hosts", diagnostics);
    let hosts = hosts
        .into_iter()
        .filter_map(|written| fields.read("hosts", written, diagnostics, host))
        .map(|host| host.value)
        .collect();
    let compress = fields.switch("compress", diagnostics);
    let publish = fields.node("publish").and_then(|node| publishing(source, node, diagnostics));
    let weights = fields
        .node("check")
        .map(|node| weights(source.path, node, diagnostics))
        .unwrap_or_default();
    fields.close(diagnostics);
    Config {
        name: name.map_or(unknown.name, |name| name.value),
        description: description.map(|description| description.value),
        base_url: base_url.map_or(unknown.base_url, |url| url.value),
        language: language.map_or(unknown.language, |language| language.value),
        timezone: timezone.map_or(unknown.timezone, |zone| zone.value),
        contacts,
        security_txt,
        notice,
        notice_places,
        compare,
        redirects,
        nav,
        footer,
        theme: theme.unwrap_or(unknown.theme),
        raw_html: raw_html.unwrap_or(unknown.raw_html),
        minify: minify.map_or(unknown.minify, |minify| minify.value),
        accent,
        logo,
        hosts,
        compress: compress.unwrap_or(unknown.compress),
        publish: publish.unwrap_or_default(),
        weights,
    }
}

/// Reads the zone whose days count by its name in the IANA database, of which the program has its
/// own copy.
fn timezone(text: &str) -> Result<TimeZone, Instead> {
    let zones = TimeZoneDatabase::bundled();
    zones.get(text).map_err(|_| {
        let names: Vec<String> = zones.available().map(|name| name.to_string()).collect();
        let meant = nearest(text, names.iter().map(String::as_str));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write a name of the IANA time zone database, as in `Europe/Berlin`".to_owned(),
        };
        Instead { help, meant: slip(text, names.iter().map(String::as_str)).map(str::to_owned) }
    })
}

/// Returns the zone that a project names: UTC if it names none, or none that there is.
pub fn zone(files: &Tree<File>) -> TimeZone {
    let read = || {
        let path = TreePath::new("content/site.yaml").expect("a path");
        let source = Source::new(&path, files.get(&path)?).ok()?;
        let Value::Mapping(entries) =
            yaml(source.path, &source.text, 0, &mut Diagnostics::new())?.value
        else {
            return None;
        };
        let named = entries
            .into_iter()
            .find_map(|(key, node)| (key.value == "timezone").then_some(node.value))?;
        if let Value::Scalar(name) = named { timezone(&name).ok() } else { None }
    };
    read().unwrap_or(TimeZone::UTC)
}

fn contact(source: &Source<'_>, node: Node, diagnostics: &mut Diagnostics) -> Option<Contact> {
    let mut fields = Fields::entry(source.path, "a contact", node, diagnostics)?;
    let channels = ["email", "phone", "form"];
    let mute = !channels.into_iter().any(|channel| fields.has(channel));
    let kind = fields.required_parsed("kind", diagnostics, contact_kind);
    let label = fields.text("label", diagnostics).map(|label| label.value);
    let email = fields.parsed_if_there("email", diagnostics, email).map(|email| email.value);
    let phone = fields.parsed_if_there("phone", diagnostics, phone).map(|phone| phone.value);
    let form = fields.parsed_if_there("form", diagnostics, web_address).map(|form| form.value);
    let hours = fields.text("hours", diagnostics).map(|hours| hours.value);
    let languages = languages(&mut fields, diagnostics);
    let key = fields.parsed("key", diagnostics, public_key);
    if mute {
        let found = Diagnostic::error(Code::MissingKey, "a contact has no channel");
        fields.absent(&channels, found.help("add `email: …`, `phone: …` or `form: …`"));
    }
    fields.close(diagnostics);
    Some(Contact { kind: kind?, label, email, phone, form, hours, languages, key })
        .filter(|_| !mute)
}

/// Reads where the site is published, and which caches are notified of changed URLs.
fn publishing(
    source: &Source<'_>,
    node: Node,
    diagnostics: &mut Diagnostics,
) -> Option<Publishing> {
    let mut fields = Fields::open(source.path, "`publish`", node, diagnostics)?;
    let target = fields.text("target", diagnostics);
    let purge = fields.text("purge", diagnostics);
    let webhook = fields.parsed("webhook", diagnostics, |text| {
        web_address(text).and_then(|text| match Url::parse(&text) {
            Ok(url) if url.scheme() == "https" || is_this_machine(&url) => Ok(url),
            Ok(_) => Err("write `https://`: the secret would be sent in the clear".to_owned()),
            Err(_) => Err("write an address such as `https://cdn.example/purge`".to_owned()),
        })
    });
    let limit = fields.parsed("purge_limit", diagnostics, |text| match text.parse() {
        Ok(limit) if limit > 0 => Ok(limit),
        _ => Err("write a number of addresses, as in `1000`".to_owned()),
    });
    if let (Some(_), Some(webhook)) = (&purge, &webhook) {
        let both = Diagnostic::error(
            Code::BadValue,
            "`purge` and `webhook` both say who is told which addresses changed",
        );
        diagnostics.push(both.at(source.path, webhook.span).help("keep one of them"));
    }
    fields.close(diagnostics);
    let value = |text: Option<Placed<String>>| text.map(|text| text.value);
    let purge_limit = limit.map(|limit| limit.value);
    Some(Publishing {
        target: value(target),
        purge: value(purge),
        webhook: webhook.map(|url| url.value),
        purge_limit,
    })
}

/// Returns true if an address is on this machine, so that nobody listens on the way.
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// How many days of notice may be promised.
pub const NOTICE: RangeInclusive<i64> = 0..=3650;

/// Reads the notice periods: a number of days for each document, with the place of its name.
fn notice(
    source: &Source<'_>,
    node: Node,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<DocumentId, Placed<i64>> {
    let Value::Mapping(entries) = node.value else {
        let other = Diagnostic::error(Code::WrongType, "`notice` names each document and its days")
            .at(source.path, node.span);
        diagnostics.push(other.help("write `privacy: 30` on a line of its own"));
        return BTreeMap::new();
    };
    let mut notice = BTreeMap::new();
    for (key, node) in entries {
        let days = match &node.value {
            Value::Scalar(text) => text.parse().ok().filter(|days| NOTICE.contains(days)),
            _ => None,
        };
        match (DocumentId::new(&key.value), days) {
            (Some(id), Some(days)) => {
                notice.insert(id, Placed { value: days, span: key.span });
            }
            (None, _) => {
                let bad = Diagnostic::error(
                    Code::BadValue,
                    format!("`{}` cannot be a document", key.value.escape_debug()),
                );
                diagnostics.push(bad.at(source.path, key.span).help("name a policy or a list"));
            }
            (_, None) => {
                let bad = Diagnostic::error(Code::BadValue, "invalid number of days")
                    .at(source.path, node.span);
                diagnostics.push(bad.help("write a whole number, as in `30`"));
            }
        }
    }
    notice
}

/// Reads the address of a site's front page; says otherwise what one looks like.
pub fn base_url(text: &str) -> Result<Url, String> {
    let help = || {
        "write the address of the site's front page, as in `https://policies.example.com/`"
            .to_owned()
    };
    let mut url = Url::parse(&web_address(text).map_err(|_| help())?).map_err(|_| help())?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(help());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Reads where somebody is reached: a mailbox, or the web address of a form. Returns the key under
/// which it stands in `site.yaml`, with the address.
pub fn contact_address(text: &str) -> Result<(&'static str, String), String> {
    if text.contains("://") {
        return web_address(text).map(|form| ("form", form));
    }
    email(text).map(|email| ("email", email)).map_err(|instead| instead.help)
}

/// Reads a kind of contacts: one that all sites know, or a word of one's own that is not taken for
/// a slip of one of them.
fn contact_kind(text: &str) -> Result<ContactKind, Instead> {
    if let Some(kind) = ContactKind::ALL.iter().find(|kind| kind.as_str() == text) {
        return Ok(kind.clone());
    }
    let words: Vec<&str> = ContactKind::ALL.iter().map(ContactKind::as_str).collect();
    if let Some(meant) = nearest(text, words.iter().copied()) {
        let meant = format!("did you mean `{meant}`?");
        return Err(Instead { help: meant, meant: slip(text, words).map(str::to_owned) });
    }
    match is_slug(text) {
        true => Ok(ContactKind::Other(text.into())),
        false => Err("write a word of lower-case letters, digits and hyphens, as in `legal`, and what readers see as its `label`"
            .to_owned()
            .into()),
    }
}

/// Reads a mailbox; one that is written as the address of a link, or between brackets, is meant
/// without.
fn email(text: &str) -> Result<String, Instead> {
    mailbox(text).map_err(|help| {
        let bare =
            text.strip_prefix("mailto:").or_else(|| text.strip_prefix('<')?.strip_suffix('>'));
        Instead { help, meant: bare.and_then(|bare| mailbox(bare).ok()) }
    })
}

/// Reads a mailbox: one `@`, a host name behind it, nothing that would need quoting.
fn mailbox(text: &str) -> Result<String, String> {
    let local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_{|}~-.".contains(&byte);
    let valid = text.split_once('@').is_some_and(|(name, host)| {
        let named = !name.is_empty()
            && name.bytes().all(local)
            && !name.starts_with('.')
            && !name.ends_with('.')
            && !name.contains("..");
        named
            && host.contains('.')
            && !host.starts_with('[')
            && url::Host::parse(host).is_ok_and(|host| matches!(host, url::Host::Domain(_)))
    });
    if valid && text.len() <= 254 {
        Ok(text.to_owned())
    } else {
        Err("write one mailbox, as in `security@example.com`".to_owned())
    }
}

/// Reads a telephone number; one that is written as the address of a link is meant without.
fn phone(text: &str) -> Result<String, Instead> {
    telephone(text).map_err(|help| Instead {
        help,
        meant: text.strip_prefix("tel:").and_then(|bare| telephone(bare).ok()),
    })
}

/// Reads a telephone number in the international form, RFC 3966 section 5.1.4.
fn telephone(text: &str) -> Result<String, String> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let separators = text.strip_prefix('+').is_some_and(|rest| {
        rest.bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')'))
            && rest.starts_with(|first: char| first.is_ascii_digit())
    });
    if separators && (5..=15).contains(&digits) {
        Ok(text.to_owned())
    } else {
        Err("write the number with its country, as in `+1 650-284-7142`".to_owned())
    }
}

/// Reads where a public key is: never the key itself, RFC 9116 section 2.5.4.
fn public_key(text: &str) -> Result<String, String> {
    let print = text.strip_prefix("openpgp4fpr:");
    if print.is_some_and(|print| {
        matches!(print.len(), 40 | 64) && print.bytes().all(|byte| byte.is_ascii_hexdigit())
    }) {
        return Ok(text.to_owned());
    }
    let address = web_address(text).ok().filter(|address| address.starts_with("https://"));
    address.ok_or_else(|| {
        "write where the key is, with `https://`, or its fingerprint, as in `openpgp4fpr:5f2d…`"
            .to_owned()
    })
}

fn theme(text: &str) -> Result<String, String> {
    if is_slug(text) {
        Ok(text.to_owned())
    } else {
        Err("write the name of a folder of `themes/`: lower-case letters, digits and hyphens"
            .to_owned())
    }
}

/// Reads the name of a static file.
fn logo(text: &str) -> Result<String, String> {
    let letter = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    };
    let picture =
        [".svg", ".png", ".webp", ".jpg"].iter().any(|extension| text.ends_with(extension));
    if picture && text.bytes().all(letter) && !text.starts_with('.') {
        Ok(text.to_owned())
    } else {
        Err("write the name of a picture in the theme's `static/`, as in `logo.svg`".to_owned())
    }
}

fn host(text: &str) -> Result<Host, Instead> {
    one_of(text, Host::ALL, |host| host.as_str())
}

fn minify(text: &str) -> Result<Minify, Instead> {
    match text {
        "off" => Ok(Minify::Off),
        "templates" => Ok(Minify::Templates),
        "pages" => Ok(Minify::Pages),
        _ => {
            let meant = slip(text, ["off", "templates", "pages"]).map(str::to_owned);
            Err(Instead { help: "write `templates`, `pages` or `off`".to_owned(), meant })
        }
    }
}
