//! What a policy for vulnerability reports should say, and who asks for it.

use serde::{Deserialize, Serialize};

/// Something that a policy for vulnerability reports says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Element {
    /// How to reach those who read reports.
    Contact,
    /// What a report should contain.
    ReportContents,
    /// That nobody has to give a name.
    Anonymous,
    /// When a report is acknowledged.
    Acknowledgement,
    /// How and when a reporter hears of progress.
    Updates,
    /// Which systems it is about, and which not.
    Scope,
    /// Which tests are allowed, and which not.
    Testing,
    /// That who keeps to it is not pursued by law.
    SafeHarbour,
    /// When and how a vulnerability is made public.
    Disclosure,
    /// How reporters are thanked.
    Recognition,
    /// How to send a report so that nobody else reads it.
    Encryption,
}

impl Element {
    /// Every element with its name in front matter and what it says.
    pub const ALL: [(Element, &str, &str); 11] = [
        (Element::Contact, "contact", "how to reach those who read reports"),
        (Element::ReportContents, "report-contents", "what a report should contain"),
        (Element::Anonymous, "anonymous", "that nobody has to give a name"),
        (Element::Acknowledgement, "acknowledgement", "when a report is acknowledged"),
        (Element::Updates, "updates", "how and when a reporter hears of progress"),
        (Element::Scope, "scope", "which systems it is about, and which not"),
        (Element::Testing, "testing", "which tests are allowed, and which not"),
        (Element::SafeHarbour, "safe-harbour", "that who keeps to it is not pursued by law"),
        (Element::Disclosure, "disclosure", "when and how a vulnerability is made public"),
        (Element::Recognition, "recognition", "how reporters are thanked"),
        (Element::Encryption, "encryption", "how to send a report so that nobody else reads it"),
    ];

    /// Returns its name in front matter.
    pub fn as_str(self) -> &'static str {
        Element::ALL[self as usize].1
    }

    /// Returns what it says.
    pub fn about(self) -> &'static str {
        Element::ALL[self as usize].2
    }
}

/// How much a profile wants an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be there.
    Required,
    /// It should be there.
    Recommended,
}

/// A document that says what a policy should say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// CISA's Binding Operational Directive 20-01. Its point (vi), the day of issue, is on every
    /// page of ours.
    Bod2001,
    /// ISO/IEC 29147:2018, clause 9.
    Iso29147,
    /// The core terms of disclose.io.
    DiscloseIo,
}

impl Profile {
    /// Returns what it wants, and where it says so.
    pub fn wants(self) -> &'static [(Element, Need, &'static str)] {
        use Need::{Recommended, Required};
        match self {
            Profile::Bod2001 => &[
                (Element::Scope, Required, "BOD 20-01, the policy must include, (i)"),
                (Element::Testing, Required, "BOD 20-01, the policy must include, (ii)"),
                (Element::Contact, Required, "BOD 20-01, the policy must include, (iii) 1"),
                (Element::ReportContents, Required, "BOD 20-01, the policy must include, (iii) 2"),
                (Element::Anonymous, Required, "BOD 20-01, the policy must include, (iii) 3"),
                (Element::SafeHarbour, Required, "BOD 20-01, the policy must include, (iv)"),
                (Element::Acknowledgement, Required, "BOD 20-01, the policy must include, (v)"),
                (Element::Updates, Required, "BOD 20-01, the policy must include, (v)"),
            ],
            Profile::Iso29147 => &[
                (Element::Contact, Required, "ISO/IEC 29147:2018 clause 9, required"),
                (Element::ReportContents, Recommended, "ISO/IEC 29147:2018 clause 9, recommended"),
                (Element::Encryption, Recommended, "ISO/IEC 29147:2018 clause 9, recommended"),
                (Element::Acknowledgement, Recommended, "ISO/IEC 29147:2018 clause 9, recommended"),
                (Element::Updates, Recommended, "ISO/IEC 29147:2018 clause 9, recommended"),
                (Element::Scope, Recommended, "ISO/IEC 29147:2018 clause 9, recommended"),
                (Element::Disclosure, Recommended, "ISO/IEC 29147:2018 clause 9, recommended"),
                (Element::Recognition, Recommended, "ISO/IEC 29147:2018 clause 9, recommended"),
            ],
            Profile::DiscloseIo => &[
                (Element::Scope, Required, "disclose.io core terms, Scope and Out of Scope"),
                (Element::Acknowledgement, Required, "disclose.io core terms, Our Commitments"),
                (Element::Testing, Required, "disclose.io core terms, Our Expectations"),
                (Element::Contact, Required, "disclose.io core terms, Official Channels"),
                (Element::SafeHarbour, Required, "disclose.io core terms, Safe Harbor"),
                (
                    Element::Disclosure,
                    Recommended,
                    "disclose.io core terms with coordinated disclosure",
                ),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_has_its_own_name_and_every_profile_its_wants() {
        for (at, (element, name, about)) in Element::ALL.iter().enumerate() {
            assert_eq!(*element as usize, at);
            assert_eq!((element.as_str(), element.about()), (*name, *about));
        }
        let wants = |profile: Profile| {
            let required =
                profile.wants().iter().filter(|(_, need, _)| *need == Need::Required).count();
            assert!(profile.wants().iter().all(|(_, _, place)| !place.is_empty()));
            (profile.wants().len(), required)
        };
        assert_eq!(
            [Profile::Bod2001, Profile::Iso29147, Profile::DiscloseIo].map(wants),
            [(8, 8), (8, 1), (6, 5)]
        );
    }
}
