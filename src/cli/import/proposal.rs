//! The plan that is proposed for texts: which of them are versions, and the rules by which they
//! are mended.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::cli::import::sources::{Candidate, Sources};
use crate::cli::report;
use crate::model::{DocumentId, Kind, ListKind, ReleaseId, Site};
use crate::parse::plan::{Plan, Version, located, unplaced};
use crate::parse::{
    Given, Known, Listed, Mending, Noticed, Row, Rules, Taken, Unreadable, WORDS, imported,
};
use crate::tree::{File, Tree, TreePath};
use crate::{ledger, parse};

/// How many letters of the summaries of one day are put together.
const LONGEST: usize = 300;

/// How many marks of other programs are listed.
const LISTED: usize = 100;

/// What an author asks of the rules.
pub struct Wishes {
    /// What relative links are relative to.
    pub base: Option<String>,
    /// What addresses begin with, and what that becomes.
    pub prefixes: BTreeMap<String, String>,
}

/// A plan, and what of the texts it does not hold.
pub struct Proposal {
    /// The plan.
    pub plan: Plan,
    /// How many versions have another day than was recorded.
    pub moved: usize,
    /// How many rows of the newest lists lack what an entry must have.
    pub lost: usize,
    /// How many texts say what the one before says.
    pub same: usize,
    /// The texts that cannot be read, each with why.
    pub unreadable: Vec<(String, Unreadable)>,
}

/// Proposes a plan for texts.
pub fn propose(site: &Site, sources: &Sources, wishes: Wishes) -> Proposal {
    let ids: BTreeMap<&str, &DocumentId> =
        sources.names.iter().map(|(name, id)| (name.as_str(), id)).collect();
    let mut rules = Rules {
        no_day_lines: true,
        no_html: !site.config.raw_html,
        anchors: true,
        base: wishes.base,
        prefixes: wishes.prefixes,
        ..Rules::default()
    };
    let wanted = |of: &'_ Candidate| path(of, sources.git.is_some());
    let texts: Vec<Wanted<'_>> = sources
        .candidates
        .iter()
        .map(|of| Wanted {
            id: ids[of.name.as_str()],
            path: wanted(of),
            date: of.date,
            given: &of.given,
        })
        .collect();
    let columns = columns(&texts);
    let known = known(sources.paths.clone(), &texts, &rules);
    let mut taken = taken(&texts, &rules, &known, &columns);
    let mut remarks = BTreeMap::new();
    rules.links = links(sources, &known, &taken, &mut remarks);
    if !rules.links.is_empty() {
        taken = self::taken(&texts, &rules, &known, &columns);
    }
    let (mut read, mut unreadable) = (Vec::new(), Vec::new());
    for (candidate, taken) in sources.candidates.iter().zip(taken) {
        match taken {
            Ok(taken) => read.push((candidate, taken)),
            Err(why) => unreadable.push((candidate.source.clone(), why)),
        }
    }
    let compared: Vec<(&DocumentId, &Tree<File>)> =
        read.iter().map(|(of, taken)| (ids[of.name.as_str()], &taken.files)).collect();
    let (_, changed) = ledger::changes(site, compared);
    let newest: BTreeMap<&str, &Noticed> =
        read.iter().map(|(of, taken)| (of.name.as_str(), &taken.noticed)).collect();
    let lost = newest.values().map(|noticed| noticed.lost).sum();
    let marks: BTreeSet<&String> = newest.values().flat_map(|noticed| &noticed.marks).collect();
    let marks = marks.into_iter().take(LISTED).cloned().collect();
    let all = read.len();
    let kept: Texts<'_> = read
        .iter()
        .zip(changed)
        .filter_map(|((of, taken), changed)| changed.then_some((*of, taken)))
        .collect();
    let same = all - kept.len();
    let moved = kept.iter().filter(|(of, _)| of.recorded != of.date).count();
    let placed =
        |(name, id): &(String, DocumentId)| (unplaced(name.clone()), Some(unplaced(id.clone())));
    let plan = Plan {
        git: sources.git.clone(),
        policies: sources.names.iter().map(placed).collect(),
        rules,
        remarks,
        marks,
        columns,
        versions: versions(site, kept),
    };
    Proposal { plan, moved, lost, same, unreadable }
}

/// Returns where a text stands, from the top of its repository where it is from one.
fn path(candidate: &Candidate, git: bool) -> Option<TreePath> {
    let source = candidate.source.as_str();
    let path = if git { located(source).1.unwrap_or(&candidate.name) } else { source };
    place(path)
}

/// Returns the path of a text; of one that leads out of its folder, the name of its file.
pub fn place(path: &str) -> Option<TreePath> {
    let name = path.rsplit('/').next().unwrap_or(path);
    TreePath::new(path).or_else(|_| TreePath::new(name)).ok()
}

/// Returns what is known of all texts: of what is said of a policy, that of its last text counts.
pub fn known(files: BTreeMap<String, DocumentId>, texts: &[Wanted<'_>], rules: &Rules) -> Known {
    let mut known = Known { files, anchors: BTreeMap::new() };
    let newest: BTreeMap<&DocumentId, (&Option<TreePath>, &Given)> =
        texts.iter().map(|text| (text.id, (&text.path, text.given))).collect();
    let anchors = newest.into_par_iter().filter_map(|(id, (path, given))| {
        let mending = Mending { rules, known: &known, path: path.as_ref() };
        Some((id.clone(), imported(id, given, Some(mending)).ok()?.anchors))
    });
    known.anchors = anchors.collect();
    known
}

/// Returns texts as policies, mended, and as lists by their columns.
pub fn taken<'a>(
    texts: &'a [Wanted<'a>],
    rules: &Rules,
    known: &Known,
    columns: &BTreeMap<String, String>,
) -> Vec<Result<Taken, Unreadable>> {
    let mut lists: BTreeMap<&'a DocumentId, Listed> = BTreeMap::new();
    let policies: Vec<Option<Result<Taken, Unreadable>>> = texts
        .par_iter()
        .map(|Wanted { id, path, given, .. }| match ListKind::of(id.as_str()) {
            Some(_) => None,
            None => Some(imported(id, given, Some(Mending { rules, known, path: path.as_ref() }))),
        })
        .collect();
    let either = |(text, policy): (&'a Wanted<'a>, Option<_>)| {
        policy.unwrap_or_else(|| {
            let rows = text.rows()?;
            let kind = ListKind::of(text.id.as_str()).ok_or(Unreadable::Empty)?;
            if let Some(field) = parse::lacking(kind, columns) {
                return Err(Unreadable::Lacking(field));
            }
            let list = lists.entry(text.id).or_default();
            let (listed, lost) = list.next(kind, columns, &rows, text.date);
            let path = TreePath::new(&format!("content/{}.yaml", kind.id)).expect("a list's file");
            let files = Tree::from_iter([(path, File::new(listed.into_bytes()))]);
            Ok(Taken {
                files,
                anchors: BTreeMap::new(),
                noticed: Noticed { lost, ..Noticed::default() },
            })
        })
    };
    texts.iter().zip(policies).map(either).collect()
}

/// Proposes the fields that the columns of a list become.
fn columns(texts: &[Wanted<'_>]) -> BTreeMap<String, String> {
    let Some(kind) = texts.iter().find_map(|text| ListKind::of(text.id.as_str())) else {
        return BTreeMap::new();
    };
    let rows: Vec<Row> = texts.iter().filter_map(|text| text.rows().ok()).flatten().collect();
    parse::columns(kind, &rows)
}

/// A text that is wanted as a version of a document.
pub struct Wanted<'a> {
    /// The document.
    pub id: &'a DocumentId,
    /// Where it stands.
    pub path: Option<TreePath>,
    /// Its day.
    pub date: Option<Date>,
    /// The text.
    pub given: &'a Given,
}

impl Wanted<'_> {
    /// Returns the rows of a list.
    fn rows(&self) -> Result<Vec<Row>, Unreadable> {
        let (Given::File(file), Some(path)) = (self.given, &self.path) else {
            return Err(Unreadable::NoRows);
        };
        let rows = parse::rows(path, &parse::given_text(file)?);
        if rows.is_empty() { Err(Unreadable::NoRows) } else { Ok(rows) }
    }
}

/// Proposes where links lead that lead nowhere, and says where they stand.
fn links(
    sources: &Sources,
    known: &Known,
    taken: &[Result<Taken, Unreadable>],
    remarks: &mut BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut places: BTreeMap<&String, BTreeMap<&str, usize>> = BTreeMap::new();
    for (of, taken) in sources.candidates.iter().zip(taken) {
        for (address, count) in taken.iter().flat_map(|taken| &taken.noticed.links) {
            let most = places.entry(address).or_default().entry(of.name.as_str()).or_default();
            *most = (*most).max(*count);
        }
    }
    let mut links = BTreeMap::new();
    for (address, files) in places {
        let count = files.values().sum::<usize>();
        let names: Vec<&str> = files.keys().take(3).copied().collect();
        let more =
            if files.len() > 3 { format!(" and {} more", files.len() - 3) } else { String::new() };
        let times = if count > 1 { format!("{count} times in ") } else { String::new() };
        remarks.insert(address.clone(), format!("{times}{}{more}", names.join(", ")));
        links.insert(address.clone(), meant(address, known).unwrap_or_else(|| WORDS.to_owned()));
    }
    links
}

/// Returns the policy that an address of the old site most likely meant: the one whose file is
/// named as the address ends.
fn meant(address: &str, known: &Known) -> Option<String> {
    let (path, anchor) = address.split_once('#').unwrap_or((address, ""));
    let path = path.split('?').next()?.trim_end_matches('/');
    let stem = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.split('.').next().unwrap_or(name).to_lowercase()
    };
    let wanted = stem(path);
    let mut ids: Vec<&DocumentId> = known
        .files
        .iter()
        .filter(|(file, id)| stem(file) == wanted || id.as_str() == wanted)
        .map(|(_, id)| id)
        .collect();
    ids.dedup();
    let [id] = ids[..] else { return None };
    let anchors = known.anchors.get(id);
    Some(match anchors.and_then(|anchors| anchors.get(anchor)?.as_deref()) {
        Some(now) => format!("{id}#{now}"),
        None => id.to_string(),
    })
}

/// The texts of a version.
type Texts<'a> = Vec<(&'a Candidate, &'a Taken)>;

/// Puts the texts that were published on one day together: the first of each file, then the second.
fn versions(site: &Site, kept: Texts<'_>) -> Vec<Version> {
    let mut grouped: BTreeMap<(Option<Date>, usize), Texts<'_>> = BTreeMap::new();
    let mut counts: BTreeMap<(Option<Date>, &str), usize> = BTreeMap::new();
    let mut versions: Vec<Texts<'_>> = Vec::new();
    for (of, taken) in kept {
        if of.version.is_some() {
            versions.push(vec![(of, taken)]);
            continue;
        }
        let count = counts.entry((of.date, of.name.as_str())).or_default();
        grouped.entry((of.date, *count)).or_default().push((of, taken));
        *count += 1;
    }
    versions.extend(grouped.into_values());
    let mut own = BTreeSet::new();
    versions
        .into_iter()
        .map(|texts| {
            let first = texts[0].0;
            let stem = first.version.clone().or(first.date.map(|date| date.to_string()));
            let stem = stem.unwrap_or_else(|| "original".to_owned());
            let ids = std::iter::once(stem.clone())
                .chain((2..).map(|number: u32| format!("{stem}.{number}")))
                .filter_map(|id| ReleaseId::new(&id));
            let free = |id: &ReleaseId| !site.is_taken(id) && !own.contains(id);
            let asked = first.version.as_ref().and_then(|id| ReleaseId::new(id));
            let id = asked.or_else(|| ids.take(100_000).find(free)).expect("some number is free");
            own.insert(id.clone());
            Version {
                id: unplaced(id),
                date: first.date.map(unplaced),
                kind: unplaced(Kind::Substantive),
                summary: unplaced(summary(&texts)),
                remarks: remarks(&texts),
                texts: texts
                    .iter()
                    .map(|(of, _)| (unplaced(of.name.clone()), unplaced(of.source.clone())))
                    .collect(),
            }
        })
        .collect()
}

/// Returns what the texts of one version say of themselves, each thing once.
fn summary(texts: &[(&Candidate, &Taken)]) -> String {
    let mut said: Vec<&str> = Vec::new();
    for (of, _) in texts {
        if !said.contains(&of.summary.as_str()) {
            said.push(&of.summary);
        }
    }
    let mut summary = String::new();
    for (at, one) in said.iter().enumerate() {
        if at > 0 && summary.chars().count() + one.chars().count() > LONGEST {
            summary += &format!("; and {}", report::counted(said.len() - at, "more change"));
            break;
        }
        summary += if at == 0 { "" } else { "; " };
        summary.extend(one.chars().take(900));
    }
    summary
}

/// Returns what to say of a version to who edits the plan.
fn remarks(texts: &[(&Candidate, &Taken)]) -> Vec<String> {
    let mut remarks = Vec::new();
    let moved = |of: &Candidate| of.recorded.filter(|_| of.recorded != of.date);
    for recorded in texts.iter().filter_map(|(of, _)| moved(of)).take(1) {
        remarks
            .push(format!("recorded on {recorded}: that contradicts other dates, or has not come"));
    }
    for (of, taken) in texts {
        for day in taken.noticed.days.iter().filter(|day| Some(**day) != of.date) {
            remarks.push(format!("the text of {} says {day}", of.name));
        }
    }
    remarks
}
