//! Where a site may be served, and what must be told there.

/// A host or a web server that is told how to serve the site by a file in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// Cloudflare: `_headers` and `_redirects`.
    Cloudflare,
    /// Netlify: the same two files.
    Netlify,
    /// nginx: a part of its configuration.
    Nginx,
    /// Caddy: a part of its configuration.
    Caddy,
    /// Azure Static Web Apps: `staticwebapp.config.json`.
    Azure,
    /// Firebase: `firebase.json`.
    Firebase,
    /// GitHub Pages: `.nojekyll`.
    Github,
}

impl Host {
    /// Every host.
    pub const ALL: &[Host] = &[
        Host::Cloudflare,
        Host::Netlify,
        Host::Nginx,
        Host::Caddy,
        Host::Azure,
        Host::Firebase,
        Host::Github,
    ];

    /// Returns the word for it in `site.yaml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Host::Cloudflare => "cloudflare",
            Host::Netlify => "netlify",
            Host::Nginx => "nginx",
            Host::Caddy => "caddy",
            Host::Azure => "azure",
            Host::Firebase => "firebase",
            Host::Github => "github",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_has_a_word() {
        let words: Vec<&str> = Host::ALL.iter().map(|host| host.as_str()).collect();
        assert_eq!(
            words,
            ["cloudflare", "netlify", "nginx", "caddy", "azure", "firebase", "github"]
        );
    }
}
