//! The plan of an import: a YAML file that says what becomes a version, on which day, and by which
//! rules every text is mended. It is proposed, edited by a person, and carried out.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{DocumentId, Kind, ListKind, Placed, ReleaseId};
use crate::parse::import::rules::{Rules, WORDS};
use crate::parse::{Fields, Node, Value, yaml};
use crate::tree::{Source, Span, TreePath};

/// What a plan begins with.
const HEAD: &str = "\
# The plan of an import: what becomes a version, on which day, and how its text is mended.
# Nothing is written until it is carried out:
#   policybook import --plan THIS-FILE
# To leave out a version, delete it: the next one then holds what both changed. To leave out a file,
# write nothing after its colon. A summary is what readers are told; it is sealed with the version.
";

/// What stands behind the rules.
const REMARKS: [(&str, &str); 3] = [
    ("dates", "lines such as `Last updated: 1 May 2020`: remove, or keep"),
    ("html", "raw HTML: markdown (or plain words), or keep"),
    ("anchors", "of headings: github (as on its pages), or new"),
];

/// A plan.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The git repository from which the texts come, from the project's folder; else they are
    /// files.
    pub git: Option<String>,
    /// The files, by the names under which versions refer to them, and the policies that they
    /// become: `None` for one that is left out.
    pub policies: Vec<(Placed<String>, Option<Placed<DocumentId>>)>,
    /// How every text is mended.
    pub rules: Rules,
    /// What is to be said of links that the rules name.
    pub remarks: BTreeMap<String, String>,
    /// Marks of other programs that readers will see, to be replaced.
    pub marks: Vec<String>,
    /// Of a list, its columns as they were, and the fields that they become; nothing where they
    /// are left out.
    pub columns: BTreeMap<String, String>,
    /// The versions, oldest first.
    pub versions: Vec<Version>,
}

/// A version.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its id.
    pub id: Placed<ReleaseId>,
    /// Its day; `None` if unknown.
    pub date: Option<Placed<Date>>,
    /// Whether promises changed.
    pub kind: Placed<Kind>,
    /// What changed, for readers.
    pub summary: Placed<String>,
    /// The names of the files, and where each text is found: a commit, a commit and a path, or a
    /// path.
    pub texts: Vec<(Placed<String>, Placed<String>)>,
    /// What is to be said of it to who edits the plan.
    pub remarks: Vec<String>,
}

impl Plan {
    /// Returns the plan as a file.
    pub fn written(&self) -> String {
        let mut text = format!("{HEAD}plan: 1\n");
        if let Some(git) = &self.git {
            text += &format!("git: {}\n", scalar(git));
        }
        text += "\npolicies:\n";
        for (name, id) in &self.policies {
            let id =
                id.as_ref().map_or(String::new(), |id| format!(" {}", scalar(id.value.as_str())));
            text += &format!("  {}:{id}\n", scalar(&name.value));
        }
        if self.columns.is_empty() {
            text += "\nrules:\n";
            text += &self.rules_written();
        } else {
            text += "\n# The columns of the old list, and the fields that they become.\ncolumns:\n";
        }
        for (column, field) in &self.columns {
            let field = if field.is_empty() { String::new() } else { format!(" {field}") };
            text += &format!("  {}:{field}\n", scalar(column));
        }
        text += "\nversions:\n";
        for version in &self.versions {
            for remark in &version.remarks {
                text += &format!("# {}\n", plain(remark));
            }
            text += &format!("- id: {}\n", scalar(version.id.value.as_str()));
            if let Some(date) = &version.date {
                text += &format!("  date: {}\n", date.value);
            }
            text += &format!("  kind: {}\n", version.kind.value.as_str());
            text += &format!("  summary: {}\n  texts:\n", scalar(&version.summary.value));
            for (name, source) in &version.texts {
                text += &format!("    {}: {}\n", scalar(&name.value), scalar(&source.value));
            }
        }
        text
    }

    fn rules_written(&self) -> String {
        let Rules { no_day_lines, no_html, anchors, base, replace, prefixes, links } = &self.rules;
        let choice =
            |yes: bool, [first, second]: [&'static str; 2]| if yes { first } else { second };
        let values = [
            choice(*no_day_lines, ["remove", "keep"]),
            choice(*no_html, ["markdown", "keep"]),
            choice(*anchors, ["github", "new"]),
        ];
        let mut text = String::new();
        for ((key, remark), value) in REMARKS.iter().zip(values) {
            text += &format!("  {:24}# {remark}\n", format!("{key}: {value}"));
        }
        if let Some(base) = base {
            text += &format!("  base: {}\n", scalar(base));
        }
        if !self.marks.is_empty() {
            text += "  # Marks of another program that readers will see as they are written:\n  # replace:\n";
        }
        for mark in &self.marks {
            let mark = plain(&yaml::in_quotes(mark));
            text += &format!("  # - from: {mark}\n  #   to: \"\"\n");
        }
        if !replace.is_empty() {
            text += "  replace:\n";
        }
        for (from, to) in replace {
            text += &format!("  - from: {}\n    to: {}\n", scalar(from), yaml::in_quotes(to));
        }
        if !prefixes.is_empty() {
            text += "  link_prefixes:\n";
        }
        for (old, new) in prefixes {
            text += &format!("    {}: {}\n", scalar(old), scalar(new));
        }
        if !links.is_empty() {
            text += "  # Links that lead nowhere on the new site, and where they lead instead: a policy,\n";
            text += &format!(
                "  # an address, or `{WORDS}` to keep their words without a link.\n  links:\n"
            );
        }
        for (old, new) in links {
            let remark = self.remarks.get(old).map(|remark| format!("  # {}", plain(remark)));
            let remark = remark.unwrap_or_default();
            text += &format!("    {}: {}{remark}\n", scalar(old), scalar(new));
        }
        text
    }
}

/// Returns a text as a YAML scalar of one line, a key too.
fn scalar(text: &str) -> String {
    let simple = |letter: char| letter.is_ascii_alphanumeric() || "-_./+".contains(letter);
    let begins = |first: char| first.is_ascii_alphanumeric() || first == '/';
    let one_word = text.chars().all(simple) && text.starts_with(begins);
    let sentence = yaml::quoted(text) == text && text.contains(' ') && !text.contains([':', '#']);
    if one_word && !text.eq_ignore_ascii_case("null") || sentence {
        text.to_owned()
    } else {
        yaml::in_quotes(text)
    }
}

/// Returns a text as a comment has it.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Reads a plan; what is wrong with it is reported.
pub fn read(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Option<Plan> {
    let path = source.path;
    let node = yaml(path, &source.text, 0, diagnostics)?;
    let mut fields = Fields::open(path, "a plan", node, diagnostics)?;
    let one = |text: &str| match text {
        "1" => Ok(()),
        _ => Err("write `plan: 1`; another number is of another policybook".to_owned()),
    };
    fields.required_parsed("plan", diagnostics, one);
    let git = fields.text("git", diagnostics).map(|git| git.value);
    let policies = mapping(path, &mut fields, "policies", diagnostics);
    let policies: Vec<_> = policies
        .into_iter()
        .filter_map(|(name, node)| Some((name, policy(path, node, diagnostics)?)))
        .collect();
    let rules = fields.node("rules").and_then(|node| {
        let fields = Fields::open(path, "`rules`", node, diagnostics)?;
        Some(rules(path, fields, diagnostics))
    });
    let columns = mapping(path, &mut fields, "columns", diagnostics);
    let field = |(column, node): (Placed<String>, Node)| match node.value {
        Value::Scalar(field) => (column.value, field),
        _ => (column.value, String::new()),
    };
    let columns = columns.into_iter().map(field).collect();
    let versions = fields.list("versions", diagnostics);
    let versions = versions
        .into_iter()
        .filter_map(|node| version(path, git.is_some(), node, diagnostics))
        .collect();
    fields.close(diagnostics);
    let rules = rules.unwrap_or_default();
    Some(Plan { git, policies, rules, columns, versions, ..Plan::default() })
}

/// Takes a mapping of names that are not known beforehand.
fn mapping(
    path: &TreePath,
    fields: &mut Fields<'_>,
    key: &'static str,
    diagnostics: &mut Diagnostics,
) -> Vec<(Placed<String>, Node)> {
    match fields.node(key) {
        None => Vec::new(),
        Some(Node { value: Value::Mapping(entries), .. }) => entries,
        Some(Node { value, span }) => {
            let found = format!("`{key}` is a mapping, not {}", value.kind());
            let found = Diagnostic::error(Code::WrongType, found).at(path, span);
            diagnostics.push(found.help("write `key: value` on lines of its own"));
            Vec::new()
        }
    }
}

fn policy(
    path: &TreePath,
    Node { value, span }: Node,
    diagnostics: &mut Diagnostics,
) -> Option<Option<Placed<DocumentId>>> {
    let text = match value {
        Value::Nothing => return Some(None),
        Value::Scalar(text) => text,
        other => {
            let found = format!("a policy is named by its id, and this is {}", other.kind());
            let found = Diagnostic::error(Code::WrongType, found).at(path, span);
            diagnostics.push(found.help("write the id of a policy, as in `terms`"));
            return None;
        }
    };
    let id = DocumentId::new(&text);
    let list = ListKind::of(&text).is_some();
    let taken = !list && text.split('/').any(DocumentId::is_reserved);
    if let (Some(value), false) = (id, taken) {
        return Some(Some(Placed { value, span }));
    }
    let found = format!("`{}` cannot be the name of a policy", text.escape_debug());
    let found = Diagnostic::error(Code::BadName, found).at(path, span);
    diagnostics.push(found.help(match taken {
        true => "choose another name: that address is taken",
        false => "use lower-case letters, digits and single hyphens: the name becomes the address",
    }));
    None
}

fn rules(path: &TreePath, mut fields: Fields<'_>, diagnostics: &mut Diagnostics) -> Rules {
    let mut choice =
        |key: &'static str, [yes, no]: [&'static str; 2], diagnostics: &mut Diagnostics| {
            let read = |text: &str| match text {
                _ if text == yes => Ok(true),
                _ if text == no => Ok(false),
                _ => Err(format!("write `{yes}` or `{no}`")),
            };
            fields.parsed(key, diagnostics, read).is_some_and(|placed| placed.value)
        };
    let no_day_lines = choice("dates", ["remove", "keep"], diagnostics);
    let no_html = choice("html", ["markdown", "keep"], diagnostics);
    let anchors = choice("anchors", ["github", "new"], diagnostics);
    let http = |text: &str| match text.starts_with("https://") || text.starts_with("http://") {
        true => Ok(text.to_owned()),
        false => Err("write an address that begins with `https://`".to_owned()),
    };
    let base = fields.parsed("base", diagnostics, http).map(|base| base.value);
    let mut replace = Vec::new();
    for node in fields.list("replace", diagnostics) {
        let Some(mut fields) = Fields::open(path, "a replacement", node, diagnostics) else {
            continue;
        };
        let from = fields.required("from", diagnostics).map(|from| from.value);
        let to = match fields.node("to") {
            Some(Node { value: Value::Scalar(to), .. }) => to,
            _ => String::new(),
        };
        fields.close(diagnostics);
        replace.extend(from.map(|from| (from, to)));
    }
    let mut texts = |key: &'static str, diagnostics: &mut Diagnostics| {
        let entries = mapping(path, &mut fields, key, diagnostics);
        let text = |(old, node): (Placed<String>, Node)| match node.value {
            Value::Scalar(new) => Some((old.value, new)),
            _ => {
                let message = format!("`{}` leads to no single value", old.value.escape_debug());
                let found = Diagnostic::error(Code::WrongType, message).at(path, old.span);
                let help =
                    format!("write a policy, an address, or `{WORDS}` to keep the words alone");
                diagnostics.push(found.help(help));
                None
            }
        };
        entries.into_iter().filter_map(text).collect::<BTreeMap<_, _>>()
    };
    let (prefixes, links) = (texts("link_prefixes", diagnostics), texts("links", diagnostics));
    fields.close(diagnostics);
    Rules { no_day_lines, no_html, anchors, base, replace, prefixes, links }
}

fn version(
    path: &TreePath,
    git: bool,
    node: Node,
    diagnostics: &mut Diagnostics,
) -> Option<Version> {
    let mut fields = Fields::open(path, "a version", node, diagnostics)?;
    let id = |text: &str| {
        ReleaseId::new(text).ok_or_else(|| {
            "it becomes an address: use lower-case letters, digits, hyphens and single dots"
                .to_owned()
        })
    };
    let date = |text: &str| match text.parse::<Date>() {
        Ok(date) if text.len() == 10 => Ok(date),
        _ => Err("write a day as `2026-11-21`".to_owned()),
    };
    let kind = |text: &str| match text {
        "substantive" => Ok(Kind::Substantive),
        "editorial" => Ok(Kind::Editorial),
        _ => Err("write `substantive` or `editorial`".to_owned()),
    };
    let id = fields.required_parsed("id", diagnostics, id);
    let date = fields.parsed("date", diagnostics, date);
    let kind = fields.required_parsed("kind", diagnostics, kind);
    let summary = fields.required("summary", diagnostics);
    let span = fields.span;
    let mut texts = Vec::new();
    for (name, Node { value, span }) in mapping(path, &mut fields, "texts", diagnostics) {
        let source = match value {
            Value::Scalar(source) if is_source(&source, git) => Placed { value: source, span },
            _ => {
                let message = format!("`{}` names no text", name.value.escape_debug());
                let found = Diagnostic::error(Code::BadValue, message).at(path, span);
                diagnostics.push(found.help(match git {
                    true => "write the whole digest of a commit, and `:PATH` behind it where the file had another name",
                    false => "write the path of a file or folder",
                }));
                continue;
            }
        };
        texts.push((name, source));
    }
    if texts.is_empty() {
        let none = Diagnostic::error(Code::MissingKey, "a version has no `texts`").at(path, span);
        fields.close(diagnostics);
        diagnostics.push(none.help("delete the version, or write `texts:` and each file below it"));
        return None;
    }
    fields.close(diagnostics);
    Some(Version { id: id?, date, kind: kind?, summary: summary?, texts, remarks: Vec::new() })
}

fn is_source(source: &str, git: bool) -> bool {
    if !git {
        return !source.trim().is_empty();
    }
    let (commit, path) = located(source);
    let digest = commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    digest && matches!(commit.len(), 40 | 64) && path.is_none_or(|path| TreePath::new(path).is_ok())
}

/// Splits where a text is found in a repository: its commit, and its path where that is named.
pub fn located(source: &str) -> (&str, Option<&str>) {
    source.split_once(':').map_or((source, None), |(commit, path)| (commit, Some(path)))
}

/// Returns a value that stands nowhere yet.
pub fn unplaced<T>(value: T) -> Placed<T> {
    Placed { value, span: Span::default() }
}
