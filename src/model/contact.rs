//! How readers and researchers reach the organisation.

use crate::model::Placed;

/// A team with at least one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// What to write to them about.
    pub kind: Placed<ContactKind>,
    /// What readers see them called, if not by their kind.
    pub label: Option<String>,
    /// Their mailbox.
    pub email: Option<String>,
    /// Their telephone, in the international form with a leading `+`, as people read it.
    pub phone: Option<String>,
    /// Their form on the web.
    pub form: Option<String>,
    /// When they are there.
    pub hours: Option<String>,
    /// The languages they speak, as BCP 47 tags.
    pub languages: Vec<String>,
    /// Where their public key is: an address with `https:`, or its fingerprint behind
    /// `openpgp4fpr:`.
    pub key: Option<Placed<String>>,
}

impl Contact {
    /// Returns a `tel:` URI (RFC 3966): digits and hyphens, no space.
    pub fn tel(&self) -> Option<String> {
        let number = self.phone.as_deref()?;
        let digits = number.chars().filter(|letter| !matches!(letter, '(' | ')'));
        let joined: String = digits
            .map(|letter| if letter.is_ascii_digit() || letter == '+' { letter } else { '-' })
            .collect();
        Some(format!("tel:{}", joined.replace("--", "-")))
    }

    /// Returns a `mailto:` URI (RFC 6068).
    pub fn mailto(&self) -> Option<String> {
        let email = self.email.as_deref()?;
        let mut address = String::from("mailto:");
        for byte in email.bytes() {
            match byte {
                b'0'..=b'9'
                | b'a'..=b'z'
                | b'A'..=b'Z'
                | b'-'
                | b'.'
                | b'_'
                | b'~'
                | b'@'
                | b'!'
                | b'$'
                | b'*' => address.push(char::from(byte)),
                _ => address.push_str(&format!("%{byte:02X}")),
            }
        }
        Some(address)
    }
}

/// What to write to a team about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactKind {
    /// Vulnerabilities and incidents.
    Security,
    /// Anything else.
    Support,
    /// Personal data.
    Privacy,
    /// What the site calls so itself: lower-case letters, digits and single hyphens.
    Other(Box<str>),
}

impl ContactKind {
    /// Every kind that all sites know, in the order of a contact card.
    pub const ALL: &[ContactKind] =
        &[ContactKind::Security, ContactKind::Support, ContactKind::Privacy];

    /// Returns the word for it, in `site.yaml` and in references.
    pub fn as_str(&self) -> &str {
        match self {
            ContactKind::Security => "security",
            ContactKind::Support => "support",
            ContactKind::Privacy => "privacy",
            ContactKind::Other(word) => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_become_addresses() {
        let kind = Placed { value: ContactKind::Security, span: Default::default() };
        let contact = Contact {
            kind,
            label: None,
            email: Some("a+b@example.com".into()),
            phone: Some("+1 (650) 284-7142".into()),
            form: None,
            hours: None,
            languages: Vec::new(),
            key: None,
        };
        assert_eq!(contact.mailto().unwrap(), "mailto:a%2Bb@example.com");
        assert_eq!(contact.tel().unwrap(), "tel:+1-650-284-7142");
    }

    #[test]
    fn a_telephone_is_digits_and_hyphens_and_a_mailbox_is_escaped() {
        let contact = |email: Option<&str>, phone: Option<&str>| Contact {
            kind: Placed { value: ContactKind::Support, span: Default::default() },
            label: None,
            email: email.map(str::to_owned),
            phone: phone.map(str::to_owned),
            form: None,
            hours: None,
            languages: Vec::new(),
            key: None,
        };
        assert_eq!((contact(None, None).tel(), contact(None, None).mailto()), (None, None));
        let tel = |phone: &str| contact(None, Some(phone)).tel().unwrap();
        assert_eq!(tel("+47 22 33.44/55"), "tel:+47-22-33-44-55");
        assert_eq!(tel("+47 (0) 9"), "tel:+47-0-9");
        let mailto = |email: &str| contact(Some(email), None).mailto().unwrap();
        assert_eq!(mailto("aZ09-._~!$*@b.c"), "mailto:aZ09-._~!$*@b.c");
        assert_eq!(mailto("a&b?c=ü#/"), "mailto:a%26b%3Fc%3D%C3%BC%23%2F");
        let words: Vec<&str> = ContactKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words, ["security", "support", "privacy"]);
    }
}
