//! `/.well-known/`, RFC 8615: which names under it are registered.

use crate::securitytxt::Rule;
use crate::securitytxt::uri::{Fault, Uri, decoded};

/// The names of IANA's registry "Well-Known URIs", as of 25 September 2026.
const REGISTERED: &str = " acme-challenge agent-card.json amphtml api-catalog appspecific ashrae assetlinks.json bluejetty broadband-labels \
brski caldav carddav change-password cmp coap coap-eap core csaf csaf-aggregator csipaus csvm cyclic-trigger did.json \
did-configuration.json dnt dnt-policy.txt dots easy-proxy ecips edhoc enterprise-network-security enterprise-transport-security est \
funding-manifest-urls genid gnap-as-rs gpc.json gs1resolver hoba host-meta host-meta.json hosting-provider http-opportunistic ic-domains \
idp-proxy jmap keybase.txt knx looking-glass masque matrix mercure mta-sts.txt mud nfv-oauth-server-configuration ni nodeinfo nostr.json \
oauth-authorization-server oauth-protected-resource ohttp-gateway ojobpub.json openbindings openid-federation open-resource-discovery \
openid-configuration openorg oslc pki-validation posh privacy-sandbox-attestations.json private-token-issuer-directory probing.txt pvd rd \
related-website-set.json reload-config repute-template resourcesync sbom scitt-keys security.txt ssf-configuration ssh-known-hosts sshfp \
stun-key tea terraform.json thread time timezone tdmrep.json tor-relay tpcd traffic-advice trust.txt uma2-configuration \
vacation-rental.json void webauthn webfinger webhook-authorized-senders.json webweaver.json wot xregistry ";

/// Names that are in wide use and asked for, and that the registry does not have.
const REQUESTED: [&str; 1] = ["openpgpkey"];

/// Returns what is wrong with an address below `/.well-known/`.
pub fn fault(uri: Uri<'_>) -> Option<Fault> {
    let path = decoded(uri.path());
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    if segments.first() != Some(&".well-known") {
        return None;
    }
    let start = uri.authority().map_or(uri.offset(), |(authority, at)| at + authority.len());
    let here = start..start + uri.path().len();
    let name = segments.get(1).copied().unwrap_or_default();
    if REQUESTED.contains(&name) {
        return Some(Fault::new(
            Rule::Requested,
            here,
            format!("`{name}` is not registered under `/.well-known/`"),
        ));
    }
    let registered =
        !name.is_empty() && !name.contains(' ') && REGISTERED.contains(&format!(" {name} "));
    (!registered).then(|| {
        Fault::new(
            Rule::WellKnown,
            here,
            format!("`{}` is not registered under `/.well-known/`", name.escape_debug()),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registered_names_lie_there() {
        let rule = |value: &str| Uri::split(value).and_then(fault).map(|fault| fault.rule);
        assert_eq!(rule("https://example.com/.well-known/security.txt"), None);
        assert_eq!(rule("https://example.com/.well-known/csaf/provider-metadata.json"), None);
        assert_eq!(rule("https://example.com/docs/.well-known/pgp-key.txt"), None);
        assert_eq!(rule("https://example.com/?x=/.well-known/pgp-key.txt"), None);
        assert_eq!(rule("https://example.com/.well-known/openpgpkey/hu/x"), Some(Rule::Requested));
        for bad in [
            "/.well-known/pgp-key.txt",
            "/.well-known/",
            "/.well-known",
            "/%2Ewell-known/key",
            "/a/../.well-known/key",
            "/.well-known/core%20csaf",
        ] {
            assert_eq!(rule(&format!("https://example.com{bad}")), Some(Rule::WellKnown), "{bad}");
        }
    }

    #[test]
    fn a_place_is_that_of_the_path() {
        let fault = fault(Uri::split("https://example.com/.well-known/key?x").unwrap()).unwrap();
        assert_eq!(fault.range, 19..35);
    }

    #[test]
    fn a_name_is_told_whole() {
        let described = |path: &str| {
            fault(Uri::split(&format!("https://example.com{path}")).unwrap())
                .map(|fault| (fault.message, fault.range))
        };
        let message = |name: &str| format!("`{name}` is not registered under `/.well-known/`");
        assert_eq!(described("/.well-known/est"), None);
        assert_eq!(described("/./.well-known/./a/../est"), None);
        assert_eq!(described("/x/.well-known/a"), None);
        assert_eq!(described("/.well-known/es"), Some((message("es"), 19..34)));
        assert_eq!(
            described("/.well-known/a/../openpgpkey?x"),
            Some((message("openpgpkey"), 19..47))
        );
        assert_eq!(described("/.well-known/%01"), Some((message("\\u{1}"), 19..35)));
    }
}
