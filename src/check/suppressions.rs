//! What weighs how much here: places that their author suppressed with a reason, and the weights of
//! `site.yaml`.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix, Severity, Weight};
use crate::model::Config;
use crate::parse;
use crate::parse::Suppression;
use crate::tree::{File, Source, Span, Tree, TreePath};

/// Removes suppressed and disabled findings, and sets the level of the rest as the site has
/// it. `sought` are the codes that were looked for: a suppression of another one says nothing here.
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
            (path, parse::suppressions(path, file, &mut problems), problems)
        });
    let mut suppressions: Vec<(&TreePath, Suppression, bool)> = Vec::new();
    for (path, own, own_problems) in read.collect::<Vec<_>>() {
        suppressions.extend(own.into_iter().map(|suppression| (path, suppression, false)));
        problems.extend(own_problems.into_iter().filter(|problem| sought.contains(&problem.code)));
    }
    let mut kept: Vec<Diagnostic> = Vec::new();
    for finding in found {
        let mut suppressed = false;
        for (path, suppression, used) in &mut suppressions {
            if suppression.code == finding.code
                && is_configurable(&finding)
                && covers(path, suppression, &finding)
            {
                *used = true;
                suppressed = true;
            }
        }
        if !suppressed {
            kept.push(finding);
        }
    }
    let is_idle = |(_, suppression, used): &&(&TreePath, Suppression, bool)| {
        !used && sought.contains(&suppression.code)
    };
    let busy: BTreeSet<(&TreePath, Span)> = suppressions
        .iter()
        .filter(|own| !is_idle(own))
        .map(|(path, suppression, _)| (*path, suppression.span))
        .collect();
    let left: BTreeSet<(&TreePath, Code)> =
        kept.iter().filter_map(|found| Some((&found.place.as_ref()?.path, found.code))).collect();
    for (path, suppression, _) in suppressions.iter().filter(is_idle) {
        let idle = Diagnostic::warning(
            Code::UnusedSuppression,
            format!("there is no {} to suppress here", suppression.code.as_str()),
        );
        let idle = idle
            .at(path, suppression.span)
            .help("remove the comment, or put it right above what it suppresses");
        // It may say something besides, or stand at the wrong place.
        let needed =
            busy.contains(&(*path, suppression.span)) || left.contains(&(*path, suppression.code));
        problems.push(idle.with_fix(if needed {
            None
        } else {
            removed(path, files, suppression.span)
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

/// Returns true if the author may weigh a finding: what would break a page or a promise is an error
/// for everybody.
fn is_configurable(finding: &Diagnostic) -> bool {
    finding.code.is_configurable()
        && (finding.severity == Severity::Warning
            || matches!(finding.code, Code::TypedDate | Code::MangledAddress | Code::GoneOutside))
}

fn covers(path: &TreePath, suppression: &Suppression, finding: &Diagnostic) -> bool {
    let Some(place) = finding.place.as_ref().filter(|place| place.path == *path) else {
        return false;
    };
    place
        .span
        .is_none_or(|span| (suppression.covers.start..suppression.covers.end).contains(&span.start))
}

fn weighed(finding: Diagnostic, config: &Config) -> Option<Diagnostic> {
    match config.weights.get(&finding.code) {
        Some(weight) if is_configurable(&finding) => match weight {
            Weight::Off => None,
            Weight::Warning => Some(finding.weighing(Severity::Warning)),
            Weight::Error => Some(finding.weighing(Severity::Error)),
        },
        _ => Some(finding),
    }
}
