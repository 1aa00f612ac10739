//! The signed form of a file: OpenPGP's cleartext signature framework, as RFC 9116 section 4
//! narrows it.

use std::borrow::Cow;

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine as _, alphabet};

use crate::securitytxt::finding::Findings;
use crate::securitytxt::{Line, Rule};

const MESSAGE: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const END: &str = "-----END PGP SIGNATURE-----";
const KEY: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// What an envelope can have above its text besides `Hash`, by OpenPGP and not by RFC 9116.
const ARMOR_HEADERS: [&str; 6] =
    ["Version", "Comment", "MessageID", "Charset", "NotDashEscaped", "SaltedHash"];

/// Armour, as programs read it: whatever the bits behind the last byte are.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// A file, taken out of its envelope if it lies in one.
pub struct Envelope<'a> {
    /// The lines of the text itself, without dash escapes.
    pub body: Vec<Line<'a>>,
    /// The line that says that the text is signed.
    pub opened: Option<Line<'a>>,
    /// Whether the envelope is whole, so that a program could prove it.
    pub whole: bool,
}

/// Where a reader of an envelope is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Headers,
    Text,
    ArmorHeaders,
    Armor,
    Closed,
    /// Behind the signature, where nothing is; one finding says so.
    Behind,
}

/// The lines of an envelope as they are read.
struct Reader<'a, 'f> {
    findings: &'f mut Findings,
    body: Vec<Line<'a>>,
    armor: Vec<Line<'a>>,
    state: State,
    hashes: usize,
    whole: bool,
    opened: Line<'a>,
}

impl<'a> Envelope<'a> {
    /// Unwraps a cleartext-signed file and reports malformed armour.
    pub fn open(lines: &[Line<'a>], findings: &mut Findings) -> Envelope<'a> {
        let Some(opening) = lines.iter().position(|line| line.text.trim_end() == MESSAGE) else {
            return Envelope { body: without_armor(lines, findings), opened: None, whole: false };
        };
        let mut whole = true;
        if opening > 0 {
            findings.at(
                Rule::BadEnvelope,
                lines[opening],
                0..MESSAGE.len(),
                "this must be the first line",
            );
            whole = false;
        }
        let body = lines[..opening].to_vec();
        let opened = lines[opening];
        let mut reader = Reader {
            findings,
            body,
            armor: Vec::new(),
            state: State::Headers,
            hashes: 0,
            whole,
            opened,
        };
        lines[opening + 1..].iter().for_each(|line| reader.line(*line));
        reader.close(lines[lines.len() - 1]);
        Envelope { body: reader.body, opened: Some(opened), whole: reader.whole }
    }
}

impl<'a> Reader<'a, '_> {
    fn line(&mut self, line: Line<'a>) {
        let text = line.text.trim_end();
        match self.state {
            State::Headers if text.is_empty() => self.begin_text(),
            State::Headers => self.header(line, text),
            State::Text if text == SIGNATURE => self.state = State::ArmorHeaders,
            State::Text => self.text(line, text),
            State::ArmorHeaders if text.is_empty() => self.state = State::Armor,
            State::ArmorHeaders if text == END => {
                self.broken(line, "a signature without anything in it");
                self.state = State::Closed;
            }
            State::ArmorHeaders if !text.contains(": ") && !text.ends_with(':') => {
                self.broken(line, "there is no empty line above the signature itself");
                self.state = State::Armor;
                self.armor.push(line);
            }
            State::ArmorHeaders => {}
            State::Armor if text == END => {
                self.armor();
                self.state = State::Closed;
            }
            State::Armor => self.armor.push(line),
            State::Closed => {
                self.findings.at(
                    Rule::AfterSignature,
                    line,
                    0..line.text.len(),
                    "this stands behind the signature",
                );
                self.whole = false;
                self.state = State::Behind;
            }
            State::Behind => {}
        }
    }

    fn begin_text(&mut self) {
        if self.hashes == 0 {
            self.findings.at(
                Rule::BadHash,
                self.opened,
                0..MESSAGE.len(),
                "a signed text without a `Hash:` line above it",
            );
        }
        self.state = State::Text;
    }

    fn header(&mut self, line: Line<'a>, text: &str) {
        let token =
            |letter: char| letter.is_ascii_graphic() && !"()<>@,;:\\\"/[]?=".contains(letter);
        let named = |name: &str| text.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
        if let Some(names) = text.strip_prefix("Hash: ") {
            self.hashes += 1;
            if let Some(bad) =
                names.split(',').find(|name| name.is_empty() || !name.chars().all(token))
            {
                let message = format!("`{}` is no name of a digest", bad.escape_debug());
                self.findings.at(Rule::BadHash, line, 0..text.len(), message);
            } else if let Some(weak) =
                names.split(',').find(|name| matches!(*name, "MD5" | "SHA1" | "RIPEMD160"))
            {
                self.findings.at(
                    Rule::WeakHash,
                    line,
                    0..text.len(),
                    format!("`{weak}` can be forged"),
                );
            }
        } else if text.len() >= 5 && text.as_bytes()[..5].eq_ignore_ascii_case(b"hash:") {
            self.hashes += 1;
            self.findings.at(
                Rule::BadHash,
                line,
                0..text.len(),
                "this is not written as `Hash: SHA256`",
            );
        } else if ARMOR_HEADERS.iter().any(|name| named(name)) {
            self.findings.at(
                Rule::BadHash,
                line,
                0..text.len(),
                "above a signed text stand only lines with `Hash:`",
            );
        } else {
            self.broken(line, "there is no empty line between `Hash:` and the text");
            self.begin_text();
            self.line(line);
        }
    }

    fn text(&mut self, line: Line<'a>, text: &str) {
        if text == MESSAGE {
            self.broken(line, "a signed text begins inside a signed text");
        } else if let Some(plain) = line.text.strip_prefix("- ") {
            self.body.push(Line { text: plain, start: line.start + 2 });
        } else if text.starts_with('-') {
            self.findings.at(
                Rule::NotEscaped,
                line,
                0..1,
                "a line of a signed text begins with a dash",
            );
            self.whole = false;
        } else {
            self.body.push(line);
        }
    }

    fn broken(&mut self, line: Line<'a>, message: &str) {
        self.findings.at(Rule::BadEnvelope, line, 0..line.text.len(), message);
        self.whole = false;
    }

    /// Looks at the signature itself: base64 with a checksum, and a packet of the kind.
    fn armor(&mut self) {
        let lines = std::mem::take(&mut self.armor);
        let mut checksum = None;
        let mut letters = String::new();
        let mut ends: Vec<(usize, Line<'_>)> = Vec::new();
        for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
            let text = line.text.trim_end();
            if checksum.is_some() {
                return self.broken(*line, "something stands behind the checksum of the signature");
            }
            match text.strip_prefix('=').filter(|sum| sum.len() == 4) {
                Some(sum) => checksum = Some((*line, sum)),
                None => {
                    letters.push_str(text);
                    ends.push((letters.len(), *line));
                }
            }
        }
        let last = lines.last().copied().unwrap_or(self.opened);
        let bytes = match BASE64.decode(&letters) {
            Ok(bytes) => bytes,
            Err(DecodeError::InvalidByte(at, _)) => {
                let line = ends.iter().find(|(end, _)| at < *end);
                return self.broken(line.map_or(last, |(_, line)| *line), "invalid base64");
            }
            Err(_) => return self.broken(last, "the signature is cut off"),
        };
        // The tag of a packet, RFC 9580 section 4.2: bit 7 is set, and 2 is a signature.
        let signature = bytes.first().is_some_and(|first| match first >> 6 {
            2 => (first >> 2) & 15 == 2,
            3 => first & 63 == 2,
            _ => false,
        });
        if !signature {
            return self.broken(last, "not an OpenPGP signature");
        }
        if let Some((line, sum)) = checksum
            && BASE64.decode(sum).ok().as_deref() != Some(&crc24(&bytes).to_be_bytes()[1..])
        {
            self.broken(line, "the checksum is not that of the signature");
        }
    }

    fn close(&mut self, last: Line<'a>) {
        match self.state {
            State::Headers => {
                self.begin_text();
                self.broken(last, "the signed text never begins");
            }
            State::Text => self.broken(last, "the signed text has no signature under it"),
            State::ArmorHeaders | State::Armor => {
                self.broken(last, "the signature is never closed")
            }
            State::Closed | State::Behind => {}
        }
    }
}

/// Returns the lines of a file that is not signed, and reports parts of an envelope, or a key.
fn without_armor<'a>(lines: &[Line<'a>], findings: &mut Findings) -> Vec<Line<'a>> {
    let mut body = Vec::new();
    let mut within = false;
    for line in lines {
        let text = line.text.trim_end();
        let marked = text.starts_with("-----BEGIN PGP ") || text.starts_with("-----END PGP ");
        if marked && !within {
            let (rule, message) = match text {
                KEY => (Rule::KeyItself, "a key stands in the file"),
                _ => (
                    Rule::BadEnvelope,
                    "a signed text begins with `-----BEGIN PGP SIGNED MESSAGE-----` on the first line",
                ),
            };
            findings.at(rule, *line, 0..text.len(), message);
        }
        match (marked, within) {
            (true, _) => within = [SIGNATURE, KEY].contains(&text),
            (false, true) => {}
            (false, false) => body.push(*line),
        }
    }
    body
}

/// Returns the text that was signed, its lines ended by `\n` and without white space at their ends,
/// as a signature sees them; `None` if the text is not completely clear-signed.
pub fn signed_text(text: &str) -> Option<String> {
    let lines: Vec<Line<'_>> = text.lines().map(|text| Line { text, start: 0 }).collect();
    let envelope = Envelope::open(&lines, &mut Findings::default());
    envelope.opened.filter(|_| envelope.whole)?;
    let lines: Vec<Cow<'_, str>> =
        envelope.body.iter().map(|line| Cow::Borrowed(line.text.trim_end())).collect();
    Some(lines.iter().flat_map(|line| [&**line, "\n"]).collect())
}

/// Returns the checksum of armour, RFC 9580 section 6.1.1.
fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00B7_04CE, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 16, |sum, _| {
            let sum = sum << 1;
            if sum & 0x0100_0000 == 0 { sum } else { sum ^ 0x0186_4CFB }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn armour_is_base64_with_a_checksum() {
        assert_eq!(BASE64.decode("TWE=").unwrap(), b"Ma");
        assert_eq!(BASE64.decode("TWF=").unwrap(), b"Ma", "bits behind the last byte");
        for bad in ["TWF", "T===", "TQ==TQ==", "TW u", "=TWF", "TQ"] {
            assert!(BASE64.decode(bad).is_err(), "{bad}");
        }
        assert_eq!(crc24(b"123456789"), 0x21CF02);
    }

    /// Returns a signed file of a text, with what stands between `Hash:` and the text, and in place
    /// of the signature.
    fn signed(headers: &str, text: &str, armor: &str) -> String {
        format!("{MESSAGE}\n{headers}{text}{SIGNATURE}\n{armor}{END}\n")
    }

    /// Opens an envelope; returns the codes, lines and messages of what is wrong with it, the lines
    /// of its text, and whether it is whole.
    fn opened(file: &str) -> (Vec<String>, Vec<String>, bool) {
        let mut findings = Findings::default();
        let lines = crate::securitytxt::characters::lines(file.as_bytes(), file, &mut findings);
        let envelope = Envelope::open(&lines, &mut findings);
        let (body, whole) =
            (envelope.body.iter().map(|line| line.text.to_owned()).collect(), envelope.whole);
        for line in &envelope.body {
            assert!(file[line.start..].starts_with(line.text), "a line knows its place");
        }
        let messages = findings.verdict(file).findings.into_iter().map(|found| {
            let words = found.span.map(|span| &file[span.start..span.end]).unwrap_or_default();
            format!(
                "{} {}:{} {words}: {}",
                found.rule.code(),
                found.line.unwrap(),
                found.column.unwrap(),
                found.message
            )
        });
        (messages.collect(), body, whole)
    }

    const HASH: &str = "Hash: SHA256\n\n";
    const ARMOR: &str = "\niAEC\n=WRmX\n";

    #[test]
    fn a_text_is_taken_out_of_its_envelope() {
        for (headers, armor) in [
            (HASH, ARMOR),
            ("Hash: SHA256,SHA512\n \n", "Version: x\nComment:\n\niA\nEC\n\n=WRmX\n"),
            ("Hash: SHA512\nHash: SHA-3_x\n\n", "\niAEC\n"),
            (HASH, "\nwgEC\nAw==\n=gkUD\n"),
        ] {
            let (messages, body, whole) = opened(&signed(headers, "a\n- - b\n- c \n", armor));
            assert_eq!(messages, [""; 0], "{headers} {armor}");
            assert!(whole && body == ["a", "- b", "c "], "{headers} {armor}");
        }
        let (messages, body, whole) = opened(&signed(HASH, "a\n--\nb\n", ARMOR));
        assert_eq!(messages, ["S083 5:1 -: a line of a signed text begins with a dash"]);
        assert!(!whole && body == ["a", "b"]);
    }

    #[test]
    fn an_envelope_that_is_none_is_told_where_it_breaks() {
        let text = "a\n";
        for (file, messages, whole) in [
            (
                format!("x\n{}", signed(HASH, text, ARMOR)),
                format!("S081 2:1 {MESSAGE}: this must be the first line"),
                false,
            ),
            (
                signed("\n", text, ARMOR),
                format!("S084 1:1 {MESSAGE}: a signed text without a `Hash:` line above it"),
                true,
            ),
            (
                signed("Hash: SHA256,\n\n", text, ARMOR),
                "S084 2:1 Hash: SHA256,: `` is no name of a digest".into(),
                true,
            ),
            (
                signed("Hash: SHA 256\n\n", text, ARMOR),
                "S084 2:1 Hash: SHA 256: `SHA 256` is no name of a digest".into(),
                true,
            ),
            (
                signed("Hash: a,b@\n\n", text, ARMOR),
                "S084 2:1 Hash: a,b@: `b@` is no name of a digest".into(),
                true,
            ),
            (
                signed("Hash: SHA256,MD5\n\n", text, ARMOR),
                "S086 2:1 Hash: SHA256,MD5: `MD5` can be forged".into(),
                true,
            ),
            (
                signed("Hash: SHA1\n\n", text, ARMOR),
                "S086 2:1 Hash: SHA1: `SHA1` can be forged".into(),
                true,
            ),
            (
                signed("Hash: RIPEMD160\n\n", text, ARMOR),
                "S086 2:1 Hash: RIPEMD160: `RIPEMD160` can be forged".into(),
                true,
            ),
            (
                signed("HASH:x\n\n", text, ARMOR),
                "S084 2:1 HASH:x: this is not written as `Hash: SHA256`".into(),
                true,
            ),
            (
                signed("hash:\n\n", text, ARMOR),
                "S084 2:1 hash:: this is not written as `Hash: SHA256`".into(),
                true,
            ),
            (
                signed("Hash: SHA256\nVersion: 1\n\n", text, ARMOR),
                "S084 3:1 Version: 1: above a signed text stand only lines with `Hash:`".into(),
                true,
            ),
            (
                signed("Hash: SHA256\n", "Versions: 1\n", ARMOR),
                "S081 3:1 Versions: 1: there is no empty line between `Hash:` and the text".into(),
                false,
            ),
            (
                signed(HASH, &format!("a\n{MESSAGE}\n"), ARMOR),
                format!("S081 5:1 {MESSAGE}: a signed text begins inside a signed text"),
                false,
            ),
            (
                signed(HASH, text, ""),
                format!("S081 6:1 {END}: a signature without anything in it"),
                false,
            ),
            (
                signed(HASH, text, "iAEC\n"),
                "S081 6:1 iAEC: there is no empty line above the signature itself".into(),
                false,
            ),
            (signed(HASH, text, "\niAE\n"), "S081 7:1 iAE: the signature is cut off".into(), false),
            (
                signed(HASH, text, "\n"),
                format!("S081 1:1 {MESSAGE}: not an OpenPGP signature"),
                false,
            ),
            (signed(HASH, text, "\ni!EC\n"), "S081 7:1 i!EC: invalid base64".into(), false),
            (
                signed(HASH, text, "\ntA==\n"),
                "S081 7:1 tA==: not an OpenPGP signature".into(),
                false,
            ),
            (
                signed(HASH, text, "\nmA==\n"),
                "S081 7:1 mA==: not an OpenPGP signature".into(),
                false,
            ),
            (
                signed(HASH, text, "\nxg==\n"),
                "S081 7:1 xg==: not an OpenPGP signature".into(),
                false,
            ),
            (
                signed(HASH, text, "\nCAEC\n"),
                "S081 7:1 CAEC: not an OpenPGP signature".into(),
                false,
            ),
            (
                signed(HASH, text, "\niAEC\n=WRmY\n"),
                "S081 8:1 =WRmY: the checksum is not that of the signature".into(),
                false,
            ),
            (
                signed(HASH, text, "\niAEC\n=W!mX\n"),
                "S081 8:1 =W!mX: the checksum is not that of the signature".into(),
                false,
            ),
            (
                signed(HASH, text, "\niAEC\n=WRmX\nx\n"),
                "S081 9:1 x: something stands behind the checksum of the signature".into(),
                false,
            ),
            (
                format!("{}x\ny\n", signed(HASH, text, ARMOR)),
                "S082 10:1 x: this stands behind the signature".into(),
                false,
            ),
            (
                format!("{}\n", signed(HASH, text, ARMOR)),
                "S082 10:1 : this stands behind the signature".into(),
                false,
            ),
            (
                format!("{MESSAGE}\n{HASH}a\n"),
                "S081 4:1 a: the signed text has no signature under it".into(),
                false,
            ),
            (
                format!("{MESSAGE}\n{HASH}a\n{SIGNATURE}\n"),
                format!("S081 5:1 {SIGNATURE}: the signature is never closed"),
                false,
            ),
            (
                format!("{MESSAGE}\n{HASH}a\n{SIGNATURE}\n\niAEC\n"),
                "S081 7:1 iAEC: the signature is never closed".into(),
                false,
            ),
            (
                format!("{MESSAGE}\nHash: SHA256\n"),
                "S081 2:1 Hash: SHA256: the signed text never begins".into(),
                false,
            ),
        ] {
            let (found, _, is_whole) = opened(&file);
            assert_eq!((found, is_whole), (vec![messages], whole), "{file}");
        }
    }

    #[test]
    fn parts_of_an_envelope_are_no_text() {
        let stray =
            "a signed text begins with `-----BEGIN PGP SIGNED MESSAGE-----` on the first line";
        for (file, messages) in [
            (format!("a\n{SIGNATURE}\niAEC\n{END}\nb\n"), format!("S081 2:1 {SIGNATURE}: {stray}")),
            (format!("a\n{END} \nb\n"), format!("S081 2:1 {END}: {stray}")),
            (
                format!("a\n{KEY}\nx\n-----END PGP PUBLIC KEY BLOCK-----\nb\n"),
                format!("S047 2:1 {KEY}: a key stands in the file"),
            ),
        ] {
            assert_eq!(
                opened(&file),
                (vec![messages], vec!["a".to_owned(), "b".to_owned()], false)
            );
        }
    }

    #[test]
    fn the_text_of_an_envelope_is_what_a_signature_sees() {
        assert_eq!(signed_text(&signed(HASH, "a \t\r\n- -b\n", ARMOR)).as_deref(), Some("a\n-b\n"));
        assert_eq!(
            signed_text(&signed(HASH, "a\n", "\niAE\n")),
            None,
            "an envelope that is broken"
        );
        assert_eq!(signed_text("a\n"), None);
    }
}
