//! Where a program lies: in a folder of `PATH` that is named from the root and lies outside of what
//! somebody else may have written.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Result, bail};

/// Finds a program in `PATH`, ignoring relative directories and those inside `project`.
///
/// # Errors
/// Says that there is no such program.
pub fn program(name: &str, project: &Path) -> Result<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    match found(env::split_paths(&folders), name, project) {
        Some(place) => Ok(place),
        None => bail!(
            "there is no program `{name}` in the folders of PATH that are absolute and outside of the project"
        ),
    }
}

fn found(folders: impl Iterator<Item = PathBuf>, name: &str, project: &Path) -> Option<PathBuf> {
    let project = project.canonicalize().unwrap_or_default();
    let outside = |folder: &PathBuf| {
        let real = folder.canonicalize().ok();
        let within = |real: &PathBuf| !project.as_os_str().is_empty() && real.starts_with(&project);
        folder.is_absolute() && real.is_some_and(|real| !within(&real))
    };
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    folders.filter(outside).map(|folder| folder.join(&file)).find(|place| is_program(place))
}

#[cfg(unix)]
fn is_program(place: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(place)
        .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(place: &Path) -> bool {
    fs::metadata(place).is_ok_and(|about| about.is_file())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_program_is_never_found_in_the_project_or_where_the_command_runs() {
        let folder = tempfile::TempDir::new().unwrap();
        let make = |place: &str, mode: u32| {
            let place = folder.path().join(place);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(&place, "#!/bin/sh\n").unwrap();
            fs::set_permissions(&place, fs::Permissions::from_mode(mode)).unwrap();
        };
        make("project/gpg", 0o755);
        make("project/bin/gpg", 0o755);
        make("text/gpg", 0o644);
        make("bin/gpg", 0o755);
        std::os::unix::fs::symlink("project/bin", folder.path().join("link")).unwrap();
        let at = |name: &str| folder.path().join(name);
        let project = at("project");
        let found = |folders: &[PathBuf]| found(folders.iter().cloned(), "gpg", &project);
        let hostile = ["", ".", "bin"]
            .map(PathBuf::from)
            .into_iter()
            .chain(["project", "project/bin", "link", "text"].map(at));
        let mut folders: Vec<PathBuf> = hostile.collect();
        assert_eq!(found(&folders), None);
        folders.push(at("bin"));
        assert_eq!(found(&folders), Some(at("bin/gpg")));
    }
}
