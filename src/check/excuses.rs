//! What weighs how much here: places that their author excused with a reason, and the weights of
//! `site.yaml`.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix, Severity, Weight};
use crate::model::Config;
use crate::parse;
use crate::parse::Excuse;
use crate::tree::{File, Source, Span, Tree, TreePath};

/// Takes out of the findings what is excused or switched off, and weighs the rest as the site has
/// it. `sought` are the codes that were looked for: an excuse of another one says nothing here.
pub fn judge(
    found: Diagnostics,
    config: &Config,
    files: &Tree<File>,
    sought: &[Code],
) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let sources: Vec<(&TreePath, &File)> =
        files.under(&TreePath::new("content").expect("a path")).collect();
    let read = sources
        .into_par_iter()
        .filter(|(path, _)| path.within("content/versions").is_none())
        .map(|(path, file)| {
            let mut problems = Diagnostics::new();
            (path, parse::excuses(path, file, &mut problems), problems)
        });
    let mut excuses: Vec<(&TreePath, Excuse, bool)> = Vec::new();
    for (path, own, own_problems) in read.collect::<Vec<_>>() {
        excuses.extend(own.into_iter().map(|excuse| (path, excuse, false)));
        problems.extend(own_problems.into_iter().filter(|problem| sought.contains(&problem.code)));
    }
    let mut kept: Vec<Diagnostic> = Vec::new();
    for finding in found {
        let mut excused = false;
        for (path, excuse, used) in &mut excuses {
            if excuse.code == finding.code && bends(&finding) && covers(path, excuse, &finding) {
                *used = true;
                excused = true;
            }
        }
        if !excused {
            kept.push(finding);
        }
    }
    let is_idle =
        |(_, excuse, used): &&(&TreePath, Excuse, bool)| !used && sought.contains(&excuse.code);
    let busy: BTreeSet<(&TreePath, Span)> = excuses
        .iter()
        .filter(|own| !is_idle(own))
        .map(|(path, excuse, _)| (*path, excuse.span))
        .collect();
    let left: BTreeSet<(&TreePath, Code)> =
        kept.iter().filter_map(|found| Some((&found.place.as_ref()?.path, found.code))).collect();
    for (path, excuse, _) in excuses.iter().filter(is_idle) {
        let idle = Diagnostic::warning(
            Code::UnusedExcuse,
            format!("there is no {} to excuse here", excuse.code.as_str()),
        );
        let idle = idle
            .at(path, excuse.span)
            .help("remove the comment, or put it right above what it excuses");
        // It may say something besides, or stand at the wrong place.
        let needed = busy.contains(&(*path, excuse.span)) || left.contains(&(*path, excuse.code));
        problems.push(idle.mended_by(if needed {
            None
        } else {
            removed(path, files, excuse.span)
        }));
    }
    let weighed = kept.into_iter().chain(problems).filter_map(|finding| weighed(finding, config));
    weighed.collect()
}

/// Returns the fix that takes a comment out: with its line where it has one of its own, else with
/// the space before it.
fn removed(path: &TreePath, files: &Tree<File>, comment: Span) -> Option<Fix> {
    let source = Source::new(path, files.get(path)?).ok()?;
    let (before, after) = (source.text.get(..comment.start)?, source.text.get(comment.end..)?);
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let alone = before[..before.len() - indent].rsplit('\n').next() == Some("");
    let line = after
        .find('\n')
        .filter(|end| alone && after[..*end].trim().is_empty())
        .map_or(0, |end| end + 1);
    Some(Fix::remove(Span::new(comment.start - indent, comment.end + line), "the comment"))
}

/// Tells whether the author may weigh a finding: what would break a page or a promise is an error
/// for everybody.
fn bends(finding: &Diagnostic) -> bool {
    finding.code.bends()
        && (finding.severity == Severity::Warning
            || matches!(finding.code, Code::TypedDate | Code::MangledAddress | Code::GoneOutside))
}

fn covers(path: &TreePath, excuse: &Excuse, finding: &Diagnostic) -> bool {
    let Some(place) = finding.place.as_ref().filter(|place| place.path == *path) else {
        return false;
    };
    place.span.is_none_or(|span| (excuse.covers.start..excuse.covers.end).contains(&span.start))
}

fn weighed(finding: Diagnostic, config: &Config) -> Option<Diagnostic> {
    match config.weights.get(&finding.code) {
        Some(weight) if bends(&finding) => match weight {
            Weight::Off => None,
            Weight::Warning => Some(finding.weighing(Severity::Warning)),
            Weight::Error => Some(finding.weighing(Severity::Error)),
        },
        _ => Some(finding),
    }
}
