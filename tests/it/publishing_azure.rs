//! Publishing to Azure: to the emulator of its makers, on this machine.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::PoisonError;

use tempfile::TempDir;

use crate::project::TODAY;
use crate::publishing::{grown, small};
use crate::publishing_store::{built, run};
use crate::stores::{Server, TURN, ports, tool};

/// The account that Azurite knows, and its key; both are in its manual.
const ACCOUNT: (&str, &str) = (
    "devstoreaccount1",
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
);

#[test]
#[ignore = "needs Azurite and rclone, which tests/run installs"]
fn an_azure_container_gets_the_site_with_its_headers_one_publisher_at_a_time() {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = TempDir::new().unwrap();
    let port = ports(1);
    let program = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("target/tools/azurite/node_modules/azurite/dist/src/blob/main.js");
    let mut command = Command::new("node");
    command.arg(program).args([
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        &port.to_string(),
        "--silent",
        "--disableTelemetry",
    ]);
    command.args(["--skipApiVersionCheck", "--inMemoryPersistence"]);
    let server = Server::start(command, port, folder, turn, "Azurite");
    let rclone = |arguments: &[&str]| {
        let mut command = Command::new(tool("RCLONE", "rclone"));
        command.args(arguments).env("RCLONE_CONFIG", server.folder.path().join("rclone.conf"));
        command.env("RCLONE_AZUREBLOB_ENDPOINT", format!("http://127.0.0.1:{port}/{}", ACCOUNT.0));
        command
            .envs([("RCLONE_AZUREBLOB_ACCOUNT", ACCOUNT.0), ("RCLONE_AZUREBLOB_KEY", ACCOUNT.1)]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    rclone(&["mkdir", ":azureblob:site"]);
    let project = small();
    let policybook = |arguments: &[&str], code: i32| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
        command
            .current_dir(project.root())
            .args(arguments)
            .args(["--today", TODAY])
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
            .env("AZURE_STORAGE_USE_EMULATOR", "true")
            .env("AZURITE_BLOB_STORAGE_URL", format!("http://127.0.0.1:{port}"));
        let said = run(&mut command, code);
        assert!(!said.contains(ACCOUNT.1), "a key is told");
        said
    };
    for more in [&["--no-verify"][..], &["--dry-run"]] {
        let said = policybook(&[&["publish", "az://nowhere/a"], more].concat(), 3);
        assert!(said.contains("names a bucket or container that does not exist"), "{said}");
    }
    for prefix in ["a b", "a?b", "a#b", "a%20b", "a+b", "ü"] {
        let target = format!("az://site/{prefix}");
        policybook(&["publish", &target, "--no-verify"], 0);
        assert!(policybook(&["publish", &target, "--no-verify"], 0).starts_with("same "));
        let text = format!(":azureblob:site/{prefix}/privacy/v/2026-11-20/policy.md");
        assert!(rclone(&["cat", &text]).contains("10 days"), "{target}");
    }
    let publish = ["publish", "az://site/a", "--no-verify"];
    policybook(&publish, 0);
    assert!(policybook(&publish, 0).starts_with("same "));
    grown(&project);
    policybook(&publish, 0);
    rclone(&["copy", ":azureblob:site/a", &project.path("copy").display().to_string()]);
    let there = project.files("copy");
    assert!(built(&project).iter().all(|file| there.contains(file)));
    let listed = rclone(&["lsjson", "--metadata", ":azureblob:site/a/.well-known/security.txt"]);
    assert!(listed.contains("\"MimeType\":\"text/plain; charset=utf-8\""), "{listed}");
    // Somebody else's word over ours, by the tag that the store gave.
    let edited = server.folder.path().join("index.html");
    fs::write(&edited, "<p>Edited by hand.").unwrap();
    rclone(&["copyto", &edited.display().to_string(), ":azureblob:site/a/index.html"]);
    project.write(
        "content/site.yaml",
        project.read("content/site.yaml").replace("name: Acme", "name: Acme Inc"),
    );
    let again = [publish.as_slice(), &["--restyle"]].concat();
    assert!(policybook(&again, 3).contains("`index.html` was written by somebody else"));
    policybook(&[again.as_slice(), &["--overwrite"]].concat(), 0);
    assert!(policybook(&["unlock", "az://site/a", "--yes"], 0).contains("nobody holds a lease"));
}
