//! The house is in order: imports point down the list of rooms, every file opens with what it is
//! for, and the printed project is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, each standing on those before it.
const ROOMS: [&str; 18] = [
    "tree",
    "diagnostic",
    "securitytxt",
    "model",
    "parse",
    "messages",
    "redline",
    "ledger",
    "check",
    "render",
    "compile",
    "proof",
    "programs",
    "store",
    "web",
    "serve",
    "publish",
    "cli",
];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(Result::unwrap);
    let sources =
        files.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"));
    sources
        .map(|entry| {
            (
                entry.path().strip_prefix(&root).unwrap().to_owned(),
                fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect()
}

/// Returns the room a file lies in.
fn room(file: &Path) -> Option<usize> {
    let first = file.components().next()?.as_os_str().to_str()?.trim_end_matches(".rs").to_owned();
    ROOMS.iter().position(|room| *room == first)
}

/// Returns the paths that a source imports in lines that begin with one of `keywords`, one by one:
/// `a::b` and `a::c as d` for `use a::{b, c as d};`.
fn imported(source: &str, keywords: &[&str]) -> Vec<String> {
    let mut paths = Vec::new();
    let mut lines = source.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(first) = keywords.iter().find_map(|keyword| line.strip_prefix(keyword)) else {
            continue;
        };
        let mut statement = first.to_owned();
        while !statement.ends_with(';') {
            statement.push_str(lines.next().expect("an import ends"));
        }
        let statement = statement.trim_end_matches(';');
        match statement.split_once('{') {
            Some((within, names)) => {
                let names = names.trim_end_matches('}').split(',').map(str::trim);
                let names = names.filter(|name| !name.is_empty());
                paths.extend(names.map(|name| match name {
                    "self" => within.trim_end_matches("::").to_owned(),
                    name => format!("{within}{name}"),
                }));
            }
            None => paths.push(statement.to_owned()),
        }
    }
    paths
}

#[test]
fn every_import_points_down() {
    let mut imports = 0;
    for (file, source) in sources() {
        let Some(here) = room(&file) else {
            continue;
        };
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let named = code.flat_map(|line| line.split("crate::").skip(1));
        let used = imported(&source, &["use "]);
        let used = used.iter().filter_map(|path| path.strip_prefix("crate::"));
        for path in named.chain(used) {
            let name: String = path
                .chars()
                .take_while(|letter| letter.is_ascii_lowercase() || *letter == '_')
                .collect();
            if let Some(there) = ROOMS.iter().position(|room| *room == name) {
                imports += 1;
                let file = file.display();
                assert!(there <= here, "{file} imports `{name}`, which stands above it");
            }
        }
    }
    assert!(imports > 100, "the imports were found");
}

/// Returns what a file is called as a module: `a::b` for `a/b.rs` and for `a/b/mod.rs`.
fn module(file: &Path) -> String {
    let name = file.with_extension("").to_string_lossy().replace('/', "::");
    name.strip_suffix("::mod").unwrap_or(&name).to_owned()
}

#[test]
fn no_file_imports_itself_by_way_of_others() {
    let sources = sources();
    let modules: BTreeSet<String> = sources.iter().map(|(file, _)| module(file)).collect();
    // What a module hands on, and the module it is from.
    let mut handed: BTreeMap<String, String> = BTreeMap::new();
    for (file, source) in &sources {
        for path in imported(source, &["pub use ", "pub(super) use "]) {
            let (path, other) =
                path.split_once(" as ").map_or((&*path, None), |(path, name)| (path, Some(name)));
            let Some((within, name)) = path.rsplit_once("::") else { continue };
            let from = format!("{}::{within}", module(file));
            if modules.contains(&from) {
                handed.insert(format!("{}::{}", module(file), other.unwrap_or(name)), from);
            }
        }
    }
    let home = |path: &str| {
        let parts: Vec<&str> = path.split("::").collect();
        (1..=parts.len()).rev().find_map(|count| {
            let whole = parts[..count].join("::");
            let known = Some(whole.clone()).filter(|whole| modules.contains(whole));
            if count < parts.len() { known } else { handed.get(&whole).cloned().or(known) }
        })
    };
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, source) in &sources {
        let own = module(file);
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        let uses = imported(code, &["use crate::"]);
        let there = uses
            .iter()
            .filter_map(|path| home(path.split(" as ").next().unwrap_or(path)))
            .filter(|there| *there != own);
        imports.insert(own.clone(), there.collect());
    }
    // Whoever imports nobody that is left can go; what stays imports itself by way of others.
    let mut left = imports.clone();
    while let Some(done) = left
        .iter()
        .find(|(_, there)| !there.iter().any(|there| left.contains_key(there)))
        .map(|(own, _)| own.clone())
    {
        left.remove(&done);
    }
    let circle = |own: &&String| {
        let mut reached: BTreeSet<&String> = BTreeSet::new();
        let mut next: Vec<&String> = left[*own].iter().collect();
        while let Some(there) = next.pop() {
            if reached.insert(there) {
                next.extend(left.get(there).into_iter().flatten());
            }
        }
        reached.contains(own)
    };
    let circles: Vec<&String> = left.keys().filter(circle).collect();
    assert!(imports.len() > 200 && circles.is_empty(), "{circles:?}");
}

#[test]
fn the_rooms_are_listed_in_reading_order() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let listed: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(listed, ROOMS);
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    for (file, source) in sources() {
        assert!(source.starts_with("//! "), "{} opens without a sentence", file.display());
    }
}

#[test]
fn other_peoples_crates_are_named_in_one_place_each() {
    let homes = [
        ("pulldown_cmark", "parse/markdown/"),
        ("serde_yaml", "parse/yaml.rs"),
        ("tera", "render/theme/"),
        ("similar", "redline/align.rs"),
        ("html5gum", "parse/html.rs"),
    ];
    let homes = homes
        .into_iter()
        .chain([("minify_html", "render/theme/minify.rs"), ("annotate_snippets", "cli/report.rs")]);
    let homes = homes.chain([
        ("walkdir", "store/project.rs"),
        ("rust_embed", "store/embedded.rs"),
        ("rustix", "store/"),
    ]);
    let homes = homes.chain([("ureq", "web/client.rs"), ("rustls", "web/client.rs")]);
    let homes = homes.chain([
        ("notify", "serve/watch.rs"),
        ("httparse", "serve/http.rs"),
        ("open", "cli/serve.rs"),
    ]);
    let homes = homes.chain([("nix", "cli/keys.rs"), ("ctrlc", "cli/keys.rs")]);
    let homes = homes.chain([("icu_normalizer", "tree/composed.rs")]);
    let homes = homes.chain([("object_store", "publish/cloud.rs"), ("tokio", "publish/cloud.rs")]);
    let homes = homes.chain([("pgp", "securitytxt/proof.rs")]);
    let homes = homes.chain([
        ("atom_syndication", "render/machines/feed.rs"),
        ("csv", "render/machines/list.rs"),
        ("brotli", "store/compress.rs"),
        ("flate2", "store/compress.rs"),
    ]);
    let homes = homes.chain([
        ("quick_xml", "cli/print/junit.rs"),
        ("terminal_size", "cli/report.rs"),
        ("clap_complete", "cli/completions.rs"),
    ]);
    for (name, home) in homes {
        // `unix::` names no crate called `nix`.
        let whole = |line: &str, at: usize| {
            !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
        };
        let path = format!("{name}::");
        let names = |line: &str| line.match_indices(&path).any(|(at, _)| whole(line, at));
        let named = |source: &str| {
            source.lines().any(|line| !line.trim_start().starts_with("//") && names(line))
        };
        let found: Vec<String> = sources()
            .into_iter()
            .filter(|(_, source)| named(source))
            .map(|(file, _)| file.display().to_string())
            .collect();
        assert!(
            !found.is_empty() && found.iter().all(|file| file.starts_with(home)),
            "{name} is named in {found:?}, not in {home} alone"
        );
    }
}
