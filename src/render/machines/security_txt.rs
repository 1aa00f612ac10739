//! `/.well-known/security.txt`, RFC 9116.

use std::fmt::Write as _;

use crate::model::{ContactKind, DocumentId, Now, Site};
use crate::render::Route;

/// Returns what is served: the signed text where there is one.
pub fn served(site: &Site, now: Now) -> Option<String> {
    let text = text(site, now)?;
    let signed = site.config.security_txt.as_ref().and_then(|settings| settings.signed.as_ref());
    Some(signed.map_or(text, |signed| String::from_utf8_lossy(signed.bytes()).into_owned()))
}

/// Returns the file as it is before it is signed; `None` if the site has none or it has
/// expired, since a stale file is worse than none (section 2.5.5).
pub fn text(site: &Site, now: Now) -> Option<String> {
    let settings = site.config.security_txt.as_ref().filter(|settings| !settings.is_over(now))?;
    let absolute = |route: Route<'_>| format!("{}{}", site.config.base_url, route.address());
    let mut text = String::new();
    let mut field = |name: &str, value: &str| {
        let _ = writeln!(text, "{name}: {value}");
    };
    for contact in site.config.contacts(&ContactKind::Security) {
        for address in [contact.mailto(), contact.form.clone(), contact.tel()].into_iter().flatten()
        {
            field("Contact", &address);
        }
    }
    field("Expires", &settings.expires()?.to_string());
    if let Some(key) = &settings.key {
        field("Encryption", &absolute(Route::Key(&key.name.value)));
    }
    let keys =
        site.config.contacts(&ContactKind::Security).filter_map(|contact| contact.key.as_ref());
    let keys = keys.map(|key| &key.value);
    for key in
        settings.encryption.iter().chain(keys.filter(|key| !settings.encryption.contains(*key)))
    {
        field("Encryption", key);
    }
    if let Some(whitehats) = site.history(DocumentId::WHITEHATS) {
        field("Acknowledgments", &absolute(Route::Document(&whitehats.id)));
    }
    let spoken = site
        .config
        .contacts(&ContactKind::Security)
        .map(|contact| &contact.languages)
        .find(|languages| !languages.is_empty());
    let languages = Some(&settings.languages).filter(|languages| !languages.is_empty()).or(spoken);
    if let Some(languages) = languages {
        field("Preferred-Languages", &languages.join(", "));
    }
    field("Canonical", &absolute(Route::SecurityTxt));
    if settings.copy {
        field("Canonical", &absolute(Route::OldSecurityTxt));
    }
    for address in &settings.canonical {
        field("Canonical", address);
    }
    if let Some(policy) = settings.policy.as_ref().and_then(|policy| site.history(&policy.value)) {
        field("Policy", &absolute(Route::Document(&policy.id)));
    }
    for address in &settings.hiring {
        field("Hiring", address);
    }
    for address in &settings.csaf {
        field("CSAF", address);
    }
    if let Some(offered) = settings.bug_bounty {
        field("Bug-Bounty", if offered { "True" } else { "False" });
    }
    Some(text)
}
