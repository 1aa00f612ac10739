//! What a store holds by our own word: one object in it, read and replaced as a whole.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::model::Document;
use crate::publish::{Class, Headers, Tag, Target};
use crate::redline;
use crate::tree::TreePath;

/// The key of the object.
pub const STATE: &str = ".policybook/published.json";

/// The version of its shape.
const SCHEMA: u32 = 1;

/// How many generations are remembered.
const REMEMBERED: usize = 50;

/// What a store holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The version of the shape.
    pub(super) schema: u32,
    /// Counts the publishes that changed anything.
    pub generation: u64,
    /// The newest seal of the ledger.
    pub head: Option<String>,
    /// The oldest seal of the ledger, which tells projects apart. Earlier programs kept none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What puts builds of one ledger in order: the moment of the commit in seconds, or the number
    /// of the run.
    pub sequence: Option<i64>,
    /// The commit that the site was built from.
    pub commit: Option<String>,
    /// What the project said of the look of its pages: theme, accent and logo.
    pub look: String,
    /// Every file of the site.
    pub files: BTreeMap<String, Held>,
    /// Files that the site no longer has, until they are removed.
    pub gone: BTreeMap<String, Gone>,
    /// Addresses that caches were not told about yet.
    pub purge: BTreeSet<String>,
    /// What was published before, newest last.
    pub generations: Vec<Generation>,
}

/// A file in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
    /// What kind of file it is.
    pub class: Class,
    /// What it is served with.
    #[serde(flatten)]
    pub headers: Headers,
    /// What a reader sees of the version, of its page. Earlier programs kept a digest of the page's
    /// words, which tells nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// What an overwrite must name.
    #[serde(flatten)]
    pub tag: Tag,
}

/// What a reader sees of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// How the frozen text was read: programs of one number see the same in it.
    pub reading: u32,
    /// SHA-256 of what was seen.
    pub sha256: String,
}

impl Form {
    /// Returns what this program sees of a document.
    pub fn of(document: &Document) -> Form {
        Form { reading: redline::READING, sha256: redline::Form::digest(document).to_string() }
    }
}

/// A file that the site no longer has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// What lies there, where that is known.
    pub held: Option<Held>,
}

/// A publish of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Its number.
    pub generation: u64,
    /// The commit that it was built from.
    pub commit: Option<String>,
    /// The newest seal of the ledger then.
    pub head: Option<String>,
    /// When, in seconds since 1970.
    pub at: i64,
}

impl State {
    /// Reads what a target holds; a target that was never published to holds nothing, and has no
    /// tag.
    ///
    /// # Errors
    /// Says why there is no answer, or that there is one which this program does not understand.
    pub fn read(target: &dyn Target) -> Result<(State, Option<Tag>)> {
        let Some(object) = target.get(STATE)? else {
            return Ok((State::none(), None));
        };
        let state: State = serde_json::from_slice(&object.bytes).with_context(|| {
            format!("`{STATE}` in {} is not what policybook writes", target.address())
        })?;
        let paths = state.files.keys().chain(state.gone.keys());
        if state.schema != SCHEMA || paths.into_iter().any(|path| TreePath::new(path).is_err()) {
            bail!("`{STATE}` in {} was written by another version of policybook", target.address());
        }
        Ok((state, Some(object.tag)))
    }

    /// Returns what a target holds that was never published to.
    pub fn none() -> State {
        State { schema: SCHEMA, ..State::default() }
    }

    /// Returns the object.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a state is JSON")
    }

    /// Notes a new generation.
    pub fn advance(&mut self, at: i64) {
        self.generation += 1;
        let (commit, head) = (self.commit.clone(), self.head.clone());
        self.generations.push(Generation { generation: self.generation, commit, head, at });
        let surplus = self.generations.len().saturating_sub(REMEMBERED);
        self.generations.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::publish::target::tests::Memory;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let memory = Memory::default();
        let (mut state, tag) = State::read(&memory).unwrap();
        assert!(state == State { schema: SCHEMA, ..State::default() } && tag.is_none());
        let held = Held {
            sha256: "d".into(),
            size: 3,
            class: Class::Leaf,
            headers: Headers::ours(),
            form: Some(Form { reading: 1, sha256: "w".into() }),
            tag: Tag { etag: Some("e".into()), version: None },
        };
        state.files.insert("a/b".into(), held.clone());
        state.gone.insert("c".into(), Gone { since: 5, held: Some(held) });
        state.purge.insert("x".into());
        state.head = Some("h".into());
        memory.write(STATE, &state.bytes());
        let (there, tag) = State::read(&memory).unwrap();
        assert!(there == state && tag.is_some());
    }

    #[test]
    fn a_state_that_is_not_ours_is_refused() {
        let told = |bytes: &[u8]| {
            let memory = Memory::default();
            memory.write(STATE, bytes);
            State::read(&memory).unwrap_err().to_string()
        };
        assert!(told(b"x").ends_with("in memory is not what policybook writes"));
        let other = "was written by another version of policybook";
        let state = |schema: u32| State { schema, ..State::default() };
        assert!(told(&state(SCHEMA + 1).bytes()).ends_with(other));
        let gone = State {
            gone: BTreeMap::from([("../x".to_owned(), Gone { since: 0, held: None })]),
            ..state(SCHEMA)
        };
        assert!(told(&gone.bytes()).ends_with(other), "a path that leads out");
    }

    #[test]
    fn the_last_generations_are_remembered() {
        let mut state = State::default();
        for at in 1..=60 {
            state.commit = Some(format!("c{at}"));
            state.advance(at);
        }
        assert_eq!((state.generation, state.generations.len()), (60, 50));
        let (first, last) = (&state.generations[0], &state.generations[49]);
        assert_eq!((first.generation, first.at, last.generation, last.at), (11, 11, 60, 60));
        assert_eq!((last.commit.as_deref(), last.head.as_deref()), (Some("c60"), None));
    }
}
