//! The profiles of Amazon's own tools: keys, a region and an endpoint in `~/.aws/credentials` and
//! `~/.aws/config`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{fs, io};

use anyhow::{Context as _, Result, bail};

/// Settings by their names.
pub type Settings = BTreeMap<String, String>;

/// What a profile holds that is of use here, the name of the setting of a store, and one that
/// counts more.
const USED: [(&str, &str, &str); 5] = [
    ("aws_access_key_id", "aws_access_key_id", ""),
    ("aws_secret_access_key", "aws_secret_access_key", ""),
    ("aws_session_token", "aws_session_token", ""),
    ("region", "aws_region", "aws_default_region"),
    ("endpoint_url", "aws_endpoint_url", "aws_endpoint"),
];

/// Variables by which a publisher signs in without a profile.
const SIGNED: [&str; 4] = [
    "aws_access_key_id",
    "aws_container_credentials_full_uri",
    "aws_container_credentials_relative_uri",
    "aws_web_identity_token_file",
];

/// Ways to sign in that take another program.
const ELSEWHERE: [&str; 6] = [
    "credential_process",
    "login_session",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// Returns what the environment says, by names in small letters, and where that is silent, what the
/// profile says which it names.
///
/// # Errors
/// Says that there is no such profile, or that its keys have to be fetched by another program.
pub fn settings() -> Result<Settings> {
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        Some((name.to_str()?.to_lowercase(), value.to_str()?.to_owned()))
    });
    settings_of(variables, std::env::home_dir())
}

/// Returns what these variables say, by names in small letters, and where they are silent, a
/// profile below a folder.
fn settings_of(
    variables: impl Iterator<Item = (String, String)>,
    home: Option<PathBuf>,
) -> Result<Settings> {
    // A secret that a CI service does not know is a variable without a value.
    let mut settings: Settings =
        variables.filter(|(name, value)| name.starts_with("aws_") && !value.is_empty()).collect();
    let named = ["aws_profile", "aws_default_profile"]
        .into_iter()
        .find_map(|name| settings.get(name).cloned());
    let name = named.as_deref().unwrap_or("default");
    let place = |variable: &str, file: &str| {
        let home = || Some(home.as_ref()?.join(".aws").join(file));
        settings.get(variable).map(PathBuf::from).or_else(home)
    };
    let mut config = place("aws_config_file", "config").map(read).transpose()?.unwrap_or_default();
    let mut keys = place("aws_shared_credentials_file", "credentials")
        .map(read)
        .transpose()?
        .unwrap_or_default();
    let plain = config.remove(name).filter(|_| name == "default");
    let sections = [plain, config.remove(&format!("profile {name}")), keys.remove(name)];
    let found = sections.iter().any(Option::is_some);
    let mut profile: Settings = sections.into_iter().flatten().flatten().collect();
    if is_signed_in(&settings) {
        profile.retain(|name, _| !name.starts_with("aws_") && !ELSEWHERE.contains(&name.as_str()));
    } else if named.is_some() && !found {
        bail!(
            "there is no profile `{}` in ~/.aws/credentials or ~/.aws/config",
            name.escape_debug()
        );
    }
    let other = ELSEWHERE
        .into_iter()
        .find(|way| profile.contains_key(*way))
        .filter(|_| !profile.contains_key("aws_access_key_id"));
    if let Some(way) = other {
        bail!(
            "the profile `{0}` signs in by `{way}`, which takes Amazon's own program: run `eval \"$(aws configure export-credentials \
             --profile {0} --format env)\"` before",
            name.escape_debug()
        );
    }
    for (name, setting, instead) in USED {
        if let Some(value) = profile
            .remove(name)
            .filter(|value| !value.is_empty() && !settings.contains_key(instead))
        {
            settings.entry(setting.to_owned()).or_insert(value);
        }
    }
    Ok(settings)
}

/// Returns true if settings say how to sign in.
pub fn is_signed_in(settings: &Settings) -> bool {
    SIGNED.into_iter().any(|name| settings.contains_key(name))
}

/// Reads a file of profiles; one that is not there holds none.
fn read(place: PathBuf) -> Result<BTreeMap<String, Settings>> {
    match fs::read_to_string(&place) {
        Ok(text) => Ok(sections(&text)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(BTreeMap::new())
        }
        Err(error) => Err(error).with_context(|| format!("read `{}`", place.display())),
    }
}

/// Returns the settings of each section. What is indented belongs to the setting above it, and none
/// of those is of use here.
fn sections(text: &str) -> BTreeMap<String, Settings> {
    let mut sections: BTreeMap<String, Settings> = BTreeMap::new();
    let mut section = None;
    for line in text.lines().filter(|line| !line.starts_with([' ', '\t', '#', ';'])) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            let words: Vec<&str> = name.split_whitespace().collect();
            section = Some(sections.entry(words.join(" ")).or_default());
        } else if let (Some(section), Some((name, value))) = (&mut section, line.split_once('=')) {
            section.insert(name.trim().to_lowercase(), value.trim().to_owned());
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_profiles_is_read_as_its_own_tools_read_it() {
        let text = "# ours\nregion = nowhere\n[ default ]\nRegion=eu-central-1\n\n[profile  one]\r\naws_access_key_id = AKIA=\r\ns3 =\n  \
                    region = inner\n; gone\n[broken\nregion\n";
        let sections = sections(text);
        assert_eq!(
            sections["default"],
            Settings::from([("region".to_owned(), "eu-central-1".to_owned())])
        );
        let one = [("aws_access_key_id", "AKIA="), ("s3", "")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(sections["profile one"], Settings::from(one));
        assert!(sections["broken"].is_empty());
    }

    /// Returns the settings that variables and the files of a home make; an error as its message.
    fn settings_in(
        variables: &[(&str, &str)],
        config: &str,
        credentials: &str,
    ) -> Result<Vec<String>, String> {
        let home = tempfile::TempDir::new().unwrap();
        fs::create_dir(home.path().join(".aws")).unwrap();
        for (name, text) in [("config", config), ("credentials", credentials)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
        {
            fs::write(home.path().join(".aws").join(name), text).unwrap();
        }
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = settings_of(variables, Some(home.path().to_owned()))
            .map_err(|error| format!("{error:#}"))?;
        Ok(settings.into_iter().map(|(name, value)| format!("{name}={value}")).collect())
    }

    #[test]
    fn the_environment_speaks_before_a_profile() {
        let said = |variables: &[(&str, &str)], config: &str, credentials: &str| {
            settings_in(variables, config, credentials).unwrap()
        };
        let (config, keys) = (
            "[default]\nregion = here\nendpoint_url = https://e\n",
            "[default]\naws_access_key_id = K\naws_session_token =\n",
        );
        assert_eq!(said(&[], "", ""), [""; 0]);
        assert_eq!(said(&[("home", "x"), ("aws_region", ""), ("aws_x", "y")], "", ""), ["aws_x=y"]);
        let all = ["aws_access_key_id=K", "aws_endpoint_url=https://e", "aws_region=here"];
        assert_eq!(said(&[], config, keys), all);
        assert_eq!(
            said(&[("aws_region", "there")], config, ""),
            ["aws_endpoint_url=https://e", "aws_region=there"]
        );
        let other = ["aws_default_region=there", "aws_endpoint=https://o"];
        assert_eq!(
            said(&[("aws_default_region", "there"), ("aws_endpoint", "https://o")], config, ""),
            other
        );
        let signed = ["aws_access_key_id=E", "aws_endpoint_url=https://e", "aws_region=here"];
        assert_eq!(
            said(&[("aws_access_key_id", "E")], config, "[default]\naws_secret_access_key = S\n"),
            signed,
            "no key of another"
        );
        let one = "[profile one]\nregion = one\n[one]\nregion = none\n";
        for name in ["aws_profile", "aws_default_profile"] {
            assert_eq!(
                said(&[(name, "one")], one, ""),
                [format!("{name}=one"), "aws_region=one".to_owned()]
            );
        }
        let profiles = "[profile default]\nregion = late\n[default]\nregion = early\n";
        assert_eq!(said(&[], profiles, ""), ["aws_region=late"], "the later of two sections");
        let elsewhere = "[default]\nrole_arn = R\nregion = here\n";
        assert_eq!(
            said(&[("aws_access_key_id", "E")], elsewhere, ""),
            ["aws_access_key_id=E", "aws_region=here"]
        );
        assert_eq!(said(&[], elsewhere, keys), ["aws_access_key_id=K", "aws_region=here"]);
    }

    #[test]
    fn a_profile_that_is_not_there_or_signs_in_elsewhere_is_refused() {
        let none = "there is no profile `one` in ~/.aws/credentials or ~/.aws/config";
        assert_eq!(
            settings_in(&[("aws_profile", "one")], "[default]\nregion = x\n", ""),
            Err(none.to_owned())
        );
        let signed = settings_in(&[("aws_profile", "one"), ("aws_access_key_id", "E")], "", "");
        assert_eq!(signed.unwrap(), ["aws_access_key_id=E", "aws_profile=one"]);
        for way in ELSEWHERE {
            let told = settings_in(&[], &format!("[default]\n{way} = x\n"), "").unwrap_err();
            assert!(
                told.starts_with(&format!("the profile `default` signs in by `{way}`")),
                "{told}"
            );
        }
        for name in SIGNED {
            assert!(is_signed_in(&Settings::from([(name.to_owned(), "x".to_owned())])));
        }
        assert!(!is_signed_in(&Settings::new()));
    }

    #[test]
    fn the_files_of_profiles_can_lie_elsewhere() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("c");
        fs::write(&file, "[default]\nregion = x\n").unwrap();
        let at = |name: &str, place: &std::path::Path| {
            let variables = [(name.to_owned(), place.display().to_string())];
            settings_of(variables.into_iter(), None)
                .map(|settings| settings.get("aws_region").cloned())
        };
        for name in ["aws_config_file", "aws_shared_credentials_file"] {
            assert_eq!(at(name, &file).unwrap().as_deref(), Some("x"));
            assert_eq!(at(name, &file.join("d")).unwrap(), None);
            assert!(at(name, folder.path()).is_err(), "a folder cannot be read");
        }
    }
}
