//! What is answered to a request, from the site in memory.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv6Addr};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::serve::channel::Shown;
use crate::serve::http::{Answer, Request, Status};
use crate::serve::snapshot::Found;
use crate::serve::{page, snapshot};
use crate::tree::Digest;

/// What a path of ours cannot hold as it is.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'\\');

/// Returns true if a request was sent to us and not to a name that somebody made lead here: only
/// addresses in digits and `localhost` are answered, because no stranger decides where those lead.
pub fn is_ours(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<IpAddr>().is_ok_and(|address| address.is_ipv4())
        }
    }
}

/// Returns true if a request asks for the news of a page, wherever the site lies.
pub fn is_events(request: &Request) -> bool {
    request.body && own(&request.path) == Some(page::EVENTS)
}

/// Returns what of ours a path names.
fn own(path: &str) -> Option<&str> {
    path.rsplit_once('/')
        .filter(|(folder, _)| folder.ends_with(&format!("/{}", page::FOLDER.trim_end_matches('/'))))
        .map(|(_, name)| name)
}

/// Returns the answer to a request.
pub fn answer(request: &Request, shown: &Shown) -> Answer<'static> {
    if own(&request.path) == Some(page::SCRIPT) {
        return whole(
            request,
            Status::Ok,
            "text/javascript; charset=utf-8",
            page::script().into_bytes().into(),
        );
    }
    let html = "text/html; charset=utf-8";
    let Some(site) = &shown.site else {
        return whole(
            request,
            Status::Unavailable,
            html,
            page::following(&page::waiting(), &up(&request.path, "/")).into(),
        );
    };
    let following = |bytes: &[u8]| page::following(bytes, &up(&request.path, site.base())).into();
    match site.find(&request.path) {
        Found::File(path, file) if snapshot::is_page(&path) => {
            whole(request, Status::Ok, html, following(file.bytes()))
        }
        Found::File(path, file) => {
            whole(request, Status::Ok, path.media_type(), file.bytes().to_vec().into())
        }
        Found::Elsewhere(path) => {
            let mut answer = Answer::plain(Status::Elsewhere, "it lies elsewhere");
            answer.headers.push(("Location", utf8_percent_encode(&path, ESCAPED).to_string()));
            answer
        }
        Found::Missing(Some(file)) => {
            whole(request, Status::NotFound, html, following(file.bytes()))
        }
        Found::Missing(None) => Answer::plain(Status::NotFound, "there is nothing at this address"),
    }
}

/// Returns the way from the page at a path up to the front page of a site that lies at `base`.
fn up(path: &str, base: &str) -> String {
    match path.strip_prefix(base).map(|within| within.matches('/').count()) {
        Some(0) => "./".to_owned(),
        Some(depth) => "../".repeat(depth),
        None => base.to_owned(),
    }
}

/// Returns a body with its type and its digest, or that the browser has it already.
fn whole<'a>(
    request: &Request,
    status: Status,
    content_type: &'static str,
    body: Cow<'a, [u8]>,
) -> Answer<'a> {
    let tag = format!("\"{}\"", Digest::of(&body));
    let known = request.known.as_deref().unwrap_or_default();
    if status == Status::Ok
        && known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
    {
        return Answer {
            status: Status::NotModified,
            headers: vec![("ETag", tag)],
            body: Cow::Borrowed(&[]),
        };
    }
    Answer { status, headers: vec![("Content-Type", content_type.to_owned()), ("ETag", tag)], body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_that_lead_nowhere_else_are_answered() {
        for host in [
            "localhost",
            "LOCALHOST:4040",
            "127.0.0.1",
            "127.0.0.1:4040",
            "[::1]:4040",
            "192.168.1.7:80",
        ] {
            assert!(is_ours(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:4040",
            "127.0.0.1.evil.example",
            "[evil]:1",
            "1:2:3",
            ":4040",
            "::1",
        ] {
            assert!(!is_ours(host), "{host}");
        }
    }

    #[test]
    fn a_page_finds_its_way_up() {
        assert_eq!(up("/", "/"), "./");
        assert_eq!(up("/p/a/v/1/", "/p/"), "../../../");
        assert_eq!(up("/elsewhere", "/p/"), "/p/");
    }
}
