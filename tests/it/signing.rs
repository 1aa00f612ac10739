//! security.txt signed: by gpg, by a key in a file, by somebody else; proved at every build, and by
//! gpg itself.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::project::Project;

/// A keyring of its own, with a key made on 1 November 2026 that lasts a year.
struct Keyring {
    folder: TempDir,
}

impl Keyring {
    fn new() -> Keyring {
        let keyring = Keyring { folder: TempDir::new().unwrap() };
        #[cfg(unix)]
        std::fs::set_permissions(
            keyring.folder.path(),
            std::os::unix::fs::PermissionsExt::from_mode(0o700),
        )
        .unwrap();
        std::fs::write(
            keyring.folder.path().join("gpg.conf"),
            "faked-system-time 20261101T000000!\nno-tty\n",
        )
        .unwrap();
        keyring.gpg(
            &[
                "--passphrase",
                "",
                "--quick-gen-key",
                "Security <security@example.com>",
                "ed25519",
                "sign",
                "1y",
            ],
            "",
        );
        std::fs::write(
            keyring.folder.path().join("gpg.conf"),
            "faked-system-time 20261121T000000!\nno-tty\n",
        )
        .unwrap();
        keyring
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("GNUPGHOME", self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn gpg(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command("gpg");
        let mut child = command
            .arg("--batch")
            .args(arguments)
            .spawn()
            .expect("run `tests/run`, which installs GnuPG");
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "gpg {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    /// Runs the program in a project, with this keyring at hand.
    fn run(&self, project: &Project, today: &str, arguments: &[&str], code: i32) -> String {
        let mut command = self.command(env!("CARGO_BIN_EXE_policybook"));
        let command = command
            .current_dir(project.root())
            .args(arguments)
            .args(["--today", today])
            .env("NO_COLOR", "1");
        command.env(crate::project::CLOCK, format!("{today}T23:59:59Z"));
        let output = command.env_remove("SOURCE_DATE_EPOCH").output().unwrap();
        let said = [output.stdout, output.stderr]
            .map(|stream| String::from_utf8(stream).unwrap())
            .concat();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    /// Returns true if gpg takes a file's signature for good.
    fn proves(&self, file: &Path) -> bool {
        let output = self.command("gpg").args(["--batch", "--verify"]).arg(file).output().unwrap();
        output.status.success()
            && String::from_utf8_lossy(&output.stderr).contains("Good signature")
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.command("gpgconf").args(["--kill", "all"]).output();
    }
}

const DAY: &str = "2026-11-21";

#[test]
#[cfg(not(feature = "openpgp"))]
fn a_program_without_openpgp_says_how_to_get_it() {
    let project = Project::example();
    project.write("content/security.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n");
    project.edit(
        "content/site.yaml",
        "  expires: 2027-10-31T00:00:00Z\n",
        "  expires: 2027-10-31T00:00:00Z\n  key: security.asc\n  sign_with: key\n",
    );
    project.build(&[]);
    let text = project.read("public/.well-known/security.txt");
    let armour = "-----BEGIN PGP SIGNATURE-----\n\nwgMEAQA=\n-----END PGP SIGNATURE-----\n";
    project.write(
        "content/security.txt.asc",
        format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{text}{armour}"),
    );
    let remedy = "this policybook was built without `openpgp`; `cargo install policybook --features openpgp` has it";
    let told = project.said(&["build"], 0);
    assert!(
        told.contains(remedy) && told.contains("gpg --verify content/security.txt.asc"),
        "{told}"
    );
    let told = project.said(&["review", "security.txt"], 2);
    assert!(told.contains(remedy) && told.contains("sign_with"), "{told}");
}

/// Returns an example whose key is in place, and that is signed with what is named.
fn project(keyring: &Keyring, sign_with: &str) -> Project {
    let project = Project::example();
    project.write("content/security.asc", keyring.gpg(&["--armor", "--export"], "").stdout);
    let site = project
        .read("content/site.yaml")
        .replace("  expires: 2027-10-31T00:00:00Z\n", "  expires: 2027-05-31T00:00:00Z\n");
    project.write("content/site.yaml", format!("{site}  key: security.asc\n{sign_with}"));
    project
}

#[test]
#[ignore = "needs GnuPG: tests/run installs it"]
fn a_review_signs_with_gpg_and_every_build_proves_and_serves_what_was_signed() {
    let keyring = Keyring::new();
    let project = project(&keyring, "  sign_with: gpg\n");
    let told =
        keyring.run(&project, DAY, &["review", "security.txt", "--expires", "2027-06-01"], 0);
    assert!(told.contains("security.txt until 2027-06-01T00:00:00Z, signed"), "{told}");
    keyring.run(&project, DAY, &["build"], 0);
    let served = project.path("public/.well-known/security.txt");
    assert!(keyring.proves(&served));
    assert_eq!(
        std::fs::read(&served).unwrap(),
        std::fs::read(project.path("content/security.txt.asc")).unwrap()
    );
    assert!(
        project
            .read("public/.well-known/security.txt")
            .contains("Encryption: https://fluxiom.example/security.asc\n")
    );
    assert_eq!(project.read("public/security.asc"), project.read("content/security.asc"));
    let first = project.files("public");
    keyring.run(&project, "2026-11-23", &["build", "--out", "public2"], 0);
    let second = project.files("public2");
    let unlike = |(path, _): &&(String, Vec<u8>)| !path.starts_with(".policybook/");
    assert!(
        first.iter().filter(unlike).eq(second.iter().filter(unlike)),
        "two builds are the same"
    );
    let url = "https://fluxiom.example/.well-known/security.txt";
    let check = [
        "check",
        "--security-txt",
        "public/.well-known/security.txt",
        "--key",
        "content/security.asc",
        "--url",
        url,
    ];
    let told = keyring.run(&project, DAY, &check, 0);
    #[cfg(feature = "openpgp")]
    assert!(told.contains("0 errors, 0 recommendations, 0 notices"), "{told}");
    #[cfg(not(feature = "openpgp"))]
    assert!(told.contains("built without `openpgp`"), "{told}");
}

#[test]
#[ignore = "needs sq: tests/run installs it"]
fn sq_signs_as_well_and_proves_what_is_served() {
    let keyring = TempDir::new().unwrap();
    let sq = |arguments: &[&str]| {
        let output = Command::new("sq")
            .current_dir(keyring.path())
            .args(arguments)
            .output()
            .expect("run `tests/run`, which installs sq");
        assert!(
            output.status.success(),
            "sq {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    };
    let (user, made) = ("Security <security@example.com>", "20261101T000000");
    sq(&[
        "key",
        "generate",
        "--userid",
        user,
        "--creation-time",
        made,
        "--expires",
        "20271101T000000",
        "--export",
        "secret.pgp",
    ]);
    let project = Project::example();
    project.write("content/security.asc", sq(&["key", "extract-cert", "secret.pgp"]).stdout);
    project.edit(
        "content/site.yaml",
        "  expires: 2027-10-31T00:00:00Z\n",
        "  expires: 2027-05-31T00:00:00Z\n",
    );
    let secret = keyring.path().join("secret.pgp");
    let signer = format!(
        "sq sign --cleartext-signature --time 20261120T000000 --signer-key {}",
        secret.display()
    );
    let site = project.read("content/site.yaml");
    project
        .write("content/site.yaml", format!("{site}  key: security.asc\n  sign_with: {signer}\n"));
    let told = project.said_on(DAY, &["review", "security.txt", "--expires", "2027-06-01"], 0);
    assert!(told.contains("security.txt until 2027-06-01T00:00:00Z, signed"), "{told}");
    project.build(&[]);
    let [key, served] = ["content/security.asc", "public/.well-known/security.txt"]
        .map(|path| project.path(path).display().to_string());
    sq(&["verify", "--signer-cert", &key, &served]);
    assert_eq!(
        project.read("public/.well-known/security.txt"),
        project.read("content/security.txt.asc")
    );
    project.edit("content/site.yaml", &secret.display().to_string(), "nobody.pgp");
    let told = project.said_on(DAY, &["review", "security.txt"], 2);
    assert!(told.contains("did not sign"), "{told}");
}

#[test]
#[ignore = "needs GnuPG: tests/run installs it"]
fn a_text_that_changed_under_its_signature_is_refused_until_it_is_signed_again() {
    let keyring = Keyring::new();
    let project = project(&keyring, "  sign_with: gpg\n");
    keyring.run(&project, DAY, &["review", "security.txt"], 0);
    project.edit("content/site.yaml", "support@example.com", "help@example.com");
    keyring.run(&project, DAY, &["build"], 0);
    project.edit("content/site.yaml", "security@example.com", "psirt@example.com");
    let told = keyring.run(&project, DAY, &["build"], 1);
    assert!(
        told.contains("error[P080]: the signed text says `Contact: mailto:security@example.com`"),
        "{told}"
    );
    keyring.run(&project, DAY, &["review", "security.txt"], 0);
    keyring.run(&project, DAY, &["build"], 0);
    assert!(keyring.proves(&project.path("public/.well-known/security.txt")));
    // Whoever changes both sides cannot change the signature.
    project.edit("content/site.yaml", "psirt@example.com", "thief@example.com");
    project.edit("content/security.txt.asc", "psirt@example.com", "thief@example.com");
    assert!(!keyring.proves(&project.path("content/security.txt.asc")));
    if cfg!(feature = "openpgp") {
        let told = keyring.run(&project, DAY, &["build"], 1);
        assert!(told.contains("error[P081]: the text is not what was signed"), "{told}");
    }
}

#[test]
#[ignore = "needs GnuPG: tests/run installs it"]
fn what_was_signed_elsewhere_is_proved_and_served() {
    let keyring = Keyring::new();
    let project = project(&keyring, "");
    keyring.run(&project, DAY, &["build"], 0);
    let sign = |text: &str| keyring.gpg(&["--clearsign"], text).stdout;
    project
        .write("content/security.txt.asc", sign(&project.read("public/.well-known/security.txt")));
    keyring.run(&project, DAY, &["build"], 0);
    assert!(keyring.proves(&project.path("public/.well-known/security.txt")));
    let output = project.run(&["review", "security.txt", "--expires", "2027-06-01"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(keyring.run(&project, DAY, &["build"], 1).contains("P080"));
    project.write("content/security.txt.asc", sign(&String::from_utf8(output.stdout).unwrap()));
    keyring.run(&project, DAY, &["build"], 0);
    assert!(
        project.read("public/.well-known/security.txt").contains("Expires: 2027-06-01T00:00:00Z")
    );
    // A good signature of another key proves nothing.
    let stranger = Keyring::new();
    let text = project.read("content/security.txt.asc");
    let inner = text.split("\n\n").nth(1).unwrap().split("-----BEGIN").next().unwrap();
    project.write("content/security.txt.asc", stranger.gpg(&["--clearsign"], inner).stdout);
    if cfg!(feature = "openpgp") {
        assert!(
            keyring
                .run(&project, DAY, &["build"], 1)
                .contains("error[P081]: the signature is of another key")
        );
    }
}

#[test]
#[cfg(feature = "openpgp")]
#[ignore = "needs GnuPG: tests/run installs it"]
fn a_key_in_a_file_signs_too_and_the_end_of_a_key_is_told() {
    let keyring = Keyring::new();
    let project = project(&keyring, "  sign_with: key\n");
    let told = keyring.run(&project, DAY, &["review", "security.txt"], 2);
    assert!(
        told.contains("give a secret key with `--signing-key` or POLICYBOOK_SIGNING_KEY"),
        "{told}"
    );
    let secret = TempDir::new().unwrap();
    let file = secret.path().join("secret.asc");
    std::fs::write(&file, keyring.gpg(&["--armor", "--export-secret-keys"], "").stdout).unwrap();
    let file_name = file.to_str().unwrap();
    let told =
        keyring.run(&project, DAY, &["review", "security.txt", "--signing-key", file_name], 0);
    assert!(
        told.contains("security.txt until 2027-11-01T"),
        "a file does not outlive its key: {told}"
    );
    let told = keyring.run(
        &project,
        DAY,
        &["review", "security.txt", "--expires", "2027-11-20", "--signing-key", file_name],
        0,
    );
    assert!(told.contains("the key ends on 2027-11-01, before the file does"), "{told}");
    keyring.run(
        &project,
        DAY,
        &["review", "security.txt", "--expires", "2027-10-20", "--signing-key", file_name],
        0,
    );
    keyring.run(&project, DAY, &["build"], 0);
    assert!(keyring.proves(&project.path("public/.well-known/security.txt")));
    let told = keyring.run(&project, "2027-10-19", &["check", "--format", "full"], 0);
    assert!(told.contains("warning[P084]: the key in `security.asc` ends on 2027-11-01"), "{told}");
    let told = keyring.run(&project, "2027-11-02", &["check", "--format", "full"], 1);
    assert!(told.contains("error[P082]: the key in `security.asc` ended on 2027-11-01"), "{told}");
    let told = keyring.run(
        &project,
        "2027-11-02",
        &["check", "--security-txt", "content/security.txt.asc", "--key", "content/security.asc"],
        1,
    );
    assert!(told.contains("error[S089]: the key ended on 2027-11-01"), "{told}");
    project.write("content/security.asc", std::fs::read(&file).unwrap());
    assert!(
        keyring.run(&project, DAY, &["build"], 1).contains("error[P084]: this is a private key")
    );
}

#[test]
#[cfg(unix)]
fn a_program_that_signs_is_never_one_of_the_project() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::example();
    let site = project.read("content/site.yaml");
    project.write(
        "content/site.yaml",
        site.replace("security_txt:\n", "security_txt:\n  sign_with: gpg\n"),
    );
    let program = project.path("bin/gpg");
    std::fs::create_dir(project.path("bin")).unwrap();
    std::fs::write(&program, "#!/bin/sh\ntouch ran\ncat\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::copy(&program, project.path("gpg")).unwrap();
    let bin = project.path("bin").display().to_string();
    for path in ["", ".", "bin", &bin, &format!("{bin}:bin::.")] {
        let mut command = project.command("2026-11-20", &["review", "security.txt"]);
        let output = command.env("PATH", path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("there is no program `gpg`"), "{path}: {said}");
        assert!(!project.path("ran").exists(), "{path}");
    }
}
