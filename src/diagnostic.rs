//! What to tell the author, and where.
//!
//! One model for every finding about the author's words; `cli/report.rs` prints it. A finding says
//! what is wrong in lower case and without a full stop, names things in backticks, and its help
//! says what to write instead.

mod cause;
mod explanation;
mod fix;

pub use cause::Unread;
pub use fix::{Fix, Instead, slip};

use crate::tree::{Span, TreePath};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written until it is fixed.
    Error,
    /// Worth a look; the site is built all the same.
    Warning,
}

/// What a site makes of findings of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// They are not told.
    Off,
    /// They are warnings.
    Warning,
    /// They are errors.
    Error,
}

/// A place in one of the author's files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, from the project's folder.
    pub path: TreePath,
    /// Where in its text; `None` if the finding is about the file as a whole.
    pub span: Option<Span>,
}

/// A finding about the author's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding it is.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: Box<str>,
    /// Where.
    pub place: Option<Place>,
    /// A word or two at the place itself.
    pub label: Option<Box<str>>,
    /// What to write instead.
    pub help: Option<Box<str>>,
    /// Whether because of this something in the file could not be read.
    loses: bool,
    /// Where that was sought which is not there.
    sought_in: Option<Box<str>>,
    /// The unambiguous fix.
    fix: Option<Box<Fix>>,
}

impl Diagnostic {
    /// Returns an error.
    pub fn error(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into().into(),
            place: None,
            label: None,
            help: None,
            loses: false,
            sought_in: None,
            fix: None,
        }
    }

    /// Returns a warning.
    pub fn warning(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message) }
    }

    /// Says where in a file.
    pub fn at(mut self, path: &TreePath, span: Span) -> Diagnostic {
        self.place = Some(Place { path: path.clone(), span: Some(span) });
        self
    }

    /// Says in which file.
    pub fn in_file(mut self, path: &TreePath) -> Diagnostic {
        self.place = Some(Place { path: path.clone(), span: None });
        self
    }

    /// Puts a word or two at the place.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = Some(label.into().into());
        self
    }

    /// Says what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into().into());
        self
    }

    /// Weighs it anew.
    pub fn weighing(mut self, severity: Severity) -> Diagnostic {
        self.severity = severity;
        self
    }

    /// Attaches the unambiguous fix, if there is one.
    pub fn with_fix(mut self, fix: impl Into<Option<Fix>>) -> Diagnostic {
        self.fix = fix.into().map(Box::new);
        self
    }

    /// Moves the edits of the fix to their places in the file, which `place` returns; drops the fix
    /// if an edit has none.
    pub fn with_fix_at(mut self, place: impl Fn(Span) -> Option<Span>) -> Diagnostic {
        self.fix = self.fix.and_then(|fix| fix.moved(place)).map(Box::new);
        self
    }

    /// Returns the unambiguous fix, if it is for a file in `content/` that was not released.
    pub fn fix(&self) -> Option<&Fix> {
        let within = self.place.as_ref()?.path.within("content")?;
        self.fix.as_deref().filter(|_| !within.starts_with("versions/"))
    }
}

/// The findings of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Returns a run without findings.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Returns the findings, errors before warnings, each in the order of files and places; the
    /// same finding once.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut found: Vec<&Diagnostic> = self.found.iter().collect();
        found.sort_by_key(|diagnostic| {
            (diagnostic.severity, &diagnostic.place, diagnostic.code, &diagnostic.message)
        });
        found.dedup();
        found
    }

    /// Counts the findings of one weight.
    pub fn count(&self, severity: Severity) -> usize {
        self.sorted().into_iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Returns true if anything must be fixed before something is written.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// Returns what must be fixed before something is written.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns true if nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(found: I) -> Diagnostics {
        Diagnostics { found: found.into_iter().collect() }
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, found: I) {
        self.found.extend(found);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

/// Returns the candidate that `word` was most likely meant to be: the nearest within a third of its
/// length.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = word.chars().count().div_ceil(3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

impl Code {
    /// Returns true if a site may weigh findings of this code, or excuse one with a reason: those
    /// that are a matter of judgement.
    pub fn is_configurable(self) -> bool {
        let told_of_content = matches!(
            self,
            Code::StrayFile
                | Code::RawHtml
                | Code::UnusedFootnote
                | Code::DuplicateEntry
                | Code::Withdrawn
                | Code::TypedDate
                | Code::ReviewOverdue
                | Code::SecurityTxt
                | Code::MangledAddress
                | Code::Redrawn
                | Code::TypedExpires
                | Code::Key
                | Code::SecurityTxtPlace
                | Code::Country
                | Code::Uncommitted
                | Code::UnusedSuppression
                | Code::ReadOtherwise
        );
        told_of_content
            || (Code::Repeated..=Code::StrayMark).contains(&self)
            || (Code::Invisible..=Code::Folded).contains(&self)
    }

    /// Returns true if findings of this code are about how words were typed, and not about what
    /// they say.
    pub fn judges_marks(self) -> bool {
        matches!(self, Code::StrayMark | Code::Unseen | Code::BareAddress | Code::Folded)
    }

    /// Returns the codes that are looked for whenever a project is read: all but those that `check`
    /// looks for besides, and the day that a release compares with its own.
    pub fn found_always() -> Vec<Code> {
        let asked_for = |code: &Code| {
            matches!(
                code,
                Code::TypedDate
                    | Code::Uncommitted
                    | Code::GoneOutside
                    | Code::MovedOutside
                    | Code::UnaskedOutside
            )
        };
        Code::ALL.iter().copied().filter(|code| !asked_for(code)).collect()
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// What kind of finding it is. A code is printed with the finding and never given to
        /// another kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &[Code] = &[$(Code::$name,)+];

            /// Returns the code as it is printed.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$name => $text,)+
                }
            }
        }
    };
}

codes! {
    /// A file that every project has is not there.
    MissingFile = "P001",
    /// A file of words is not UTF-8.
    NotText = "P002",
    /// A symbolic link points outside the project, in a circle or nowhere.
    Symlink = "P003",
    /// A file lies where nothing reads it.
    StrayFile = "P004",
    /// A file or folder name that cannot become an address.
    BadName = "P005",
    /// A file is larger than any list or policy should be.
    TooLarge = "P006",
    /// YAML that cannot be read.
    YamlSyntax = "P010",
    /// A key stands twice in one mapping.
    DuplicateKey = "P011",
    /// A key that means nothing here.
    UnknownKey = "P012",
    /// A key that must be there is not.
    MissingKey = "P013",
    /// A value of another kind than asked for.
    WrongType = "P014",
    /// A value that is of the right kind and still makes no sense.
    BadValue = "P015",
    /// A value that YAML reads as another than was typed.
    ReadOtherwise = "P016",
    /// Invalid or unclosed front matter.
    FrontMatter = "P020",
    /// Markdown nested deeper than anybody reads.
    TooDeep = "P021",
    /// Raw HTML where the site does not allow it.
    RawHtml = "P022",
    /// An address with a scheme that runs code or hides its content.
    UnsafeLink = "P023",
    /// A link to a section, policy, list or heading that is not there.
    BrokenLink = "P024",
    /// A reference such as `{{ contact.security }}` to nothing.
    DanglingReference = "P025",
    /// A heading attribute other than an id.
    HeadingAttribute = "P026",
    /// A footnote that is never referred to.
    UnusedFootnote = "P027",
    /// A section without a heading, or a heading outside the order of levels.
    Heading = "P030",
    /// Two sections, headings, documents or releases with one id.
    DuplicateId = "P031",
    /// A section or policy without words.
    Empty = "P032",
    /// A list names somebody twice.
    DuplicateEntry = "P040",
    /// The ledger does not say what a ledger says.
    Ledger = "P050",
    /// The ledger was changed after the fact.
    LedgerSeal = "P051",
    /// A frozen file differs from its digest, is missing, or was added by hand.
    FrozenFile = "P052",
    /// A document was released and is missing from `content/`.
    Withdrawn = "P053",
    /// Words that no release holds yet, where only released ones may be published.
    Unreleased = "P054",
    /// A release that is called editorial and is not.
    NotEditorial = "P055",
    /// A day typed into the words that is not the day of the ledger.
    TypedDate = "P056",
    /// A document that should have been read again by now.
    ReviewOverdue = "P057",
    /// Two entries of the ledger were made after the same one.
    LedgerFork = "P058",
    /// A file of a site that does not say what its ledger says.
    Uncarried = "P059",
    /// security.txt would not be valid, or soon is not.
    SecurityTxt = "P060",
    /// An act of the ledger that is dated ahead.
    ActAhead = "P061",
    /// What a command left in a project that was killed.
    Interrupted = "P062",
    /// A template or a theme that cannot be used.
    Theme = "P070",
    /// A colour with too little contrast to be read.
    Faint = "P072",
    /// A mail address that a content delivery network has mangled.
    MangledAddress = "P073",
    /// A template that shows on every page what changes with each release.
    Redrawn = "P074",
    /// The signed security.txt says something else than would be published.
    SignedText = "P080",
    /// A signature of security.txt that is invalid or cannot be verified.
    Signature = "P081",
    /// security.txt or its key has ended.
    Expired = "P082",
    /// An end of security.txt typed by hand, where a review recorded another.
    TypedExpires = "P083",
    /// A public key that cannot be published.
    Key = "P084",
    /// A security.txt in the wrong place.
    SecurityTxtPlace = "P085",
    /// Something that a profile for vulnerability reports wants and no section covers.
    Uncovered = "P086",
    /// A notice that is shorter than was promised.
    ShortNotice = "P100",
    /// An entry of a list was released and is gone without a word.
    Vanished = "P101",
    /// Somebody who must not be named in a release stands on a line with others.
    Inseparable = "P102",
    /// A country that has no such code.
    Country = "P103",
    /// A number with a unit that no commitment covers.
    Uncommitted = "P104",
    /// An excuse that excuses nothing.
    UnusedSuppression = "P120",
    /// An excuse without a known code or a reason.
    Suppression = "P121",
    /// A paragraph that stands twice in a policy.
    Repeated = "P122",
    /// A heading that skips a level.
    SkippedLevel = "P123",
    /// A note to oneself that was left in the words.
    LeftOver = "P124",
    /// A link whose words do not say where it leads.
    LinkText = "P125",
    /// An anchor that was released and is gone.
    LostAnchor = "P126",
    /// A day that no calendar has.
    NoSuchDay = "P127",
    /// A mark of markdown that readers will see.
    StrayMark = "P128",
    /// An address of a finished page that leads nowhere.
    DeadEnd = "P129",
    /// An invisible character.
    Invisible = "P130",
    /// A page of another site that is gone.
    GoneOutside = "P131",
    /// A page of another site that moved for good.
    MovedOutside = "P132",
    /// An address of another site that gave no answer.
    UnaskedOutside = "P133",
    /// Words that no page shows.
    Unseen = "P134",
    /// An address that is typed and no link.
    BareAddress = "P135",
    /// Numbered lines that become one paragraph.
    Folded = "P136",
    /// What `init` wrote for the author to replace, or what is the example's.
    Placeholder = "P137",
    /// A merge conflict that was left in a file.
    Conflict = "P138",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_has_a_suggestion() {
        assert_eq!(nearest("locaton", ["name", "location"]), Some("location"));
        assert_eq!(nearest("nmae", ["name", "location"]), Some("name"));
        assert_eq!(nearest("purpose", ["name", "location"]), None);
    }

    #[test]
    fn every_code_is_printed_as_itself() {
        let printed: std::collections::BTreeSet<_> =
            Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(printed.len(), Code::ALL.len());
    }
}
