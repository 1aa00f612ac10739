//! What weighs how much here: places that their author excused with a reason, and the weights of `site.yaml`.

use rayon::prelude::*;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::Severity;
use crate::diagnostic::Weight;
use crate::model::Config;
use crate::parse;
use crate::parse::Excuse;
use crate::tree::File;
use crate::tree::Tree;
use crate::tree::TreePath;

/// Takes out of the findings what is excused or switched off, and weighs the rest as the site has it.
pub fn judge(found: Diagnostics, config: &Config, files: &Tree<File>) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let sources: Vec<(&TreePath, &File)> = files.under(&TreePath::new("content").expect("a path")).collect();
    let read = sources.into_par_iter().filter(|(path, _)| path.within("content/versions").is_none()).map(|(path, file)| {
        let mut problems = Diagnostics::new();
        (path, parse::excuses(path, file, &mut problems), problems)
    });
    let mut excuses: Vec<(&TreePath, Excuse, bool)> = Vec::new();
    for (path, own, own_problems) in read.collect::<Vec<_>>() {
        excuses.extend(own.into_iter().map(|excuse| (path, excuse, false)));
        problems.extend(own_problems);
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
    for (path, excuse, _) in excuses.iter().filter(|(.., used)| !used) {
        let idle = Diagnostic::warning(Code::UnusedExcuse, format!("there is no {} to excuse here", excuse.code.as_str()));
        kept.push(idle.at(path, excuse.span).help("remove the comment, or put it right above what it excuses"));
    }
    let weighed = kept.into_iter().chain(problems).filter_map(|finding| weighed(finding, config));
    weighed.collect()
}

/// Tells whether the author may weigh a finding: what would break a page or a promise is an error for everybody.
fn bends(finding: &Diagnostic) -> bool {
    finding.code.bends() && (finding.severity == Severity::Warning || matches!(finding.code, Code::TypedDate | Code::MangledAddress))
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
            Weight::Warning => Some(Diagnostic { severity: Severity::Warning, ..finding }),
            Weight::Error => Some(Diagnostic { severity: Severity::Error, ..finding }),
        },
        _ => Some(finding),
    }
}
