//! Text to content. Parsing never fails: broken input gives a smaller
//! [`Content`](crate::model::Content) and diagnostics with places.

mod across;
mod conflict;
mod content;
mod entries;
mod fields;
mod front_matter;
mod html;
mod import;
mod invisible;
mod kept;
mod languages;
mod letters;
mod links;
mod lists;
mod markdown;
mod navigation;
mod obfuscated_mail;
mod pinned;
mod placeholders;
mod policy;
mod reference;
mod released;
mod repeated;
mod rewritten;
mod schema;
mod security_txt;
mod site;
mod suppressions;
mod typed_days;
mod unresolved;
mod weights;
mod yaml;

pub use conflict::conflict;
pub use content::{Policies, content, content_again, document};
pub use entries::{Added, Said, Worth, with as with_entry, without as without_entries};
pub use fields::Fields;
pub use front_matter::{front_matter_of, words_below_front_matter};
pub use html::{Addresses, Markup, Tag, addresses, html, is_html_space, tags};
pub use import::{
    Given, Known, Listed, Mending, Noticed, Row, Rules, Taken, Unreadable, WORDS, columns, id_of,
    imported, lacking, plan, rows, text as given_text,
};
pub use invisible::{hidden, shows_nothing};
pub use kept::{Read, kept, recalled};
pub use languages::language;
pub use letters::{Element, Letter, Run, runs};
pub use links::links;
pub use lists::shown_entries;
pub use markdown::{Kind, Standpoint, code, definitions, target, text};
pub use pinned::MOST as MOST_PINNED;
pub use reference::escaped;
pub use rewritten::rewritten;
pub use schema::schemas;
pub use site::{NOTICE, base_url, contact_address, is_this_machine, unknown as no_site, zone};
pub use suppressions::{Suppression, suppressions};
pub use typed_days::{day_lines, typed_days};
pub use unresolved::{Unresolved, unresolved};
pub use yaml::{Node, Value, Written, in_quotes, quoted, scalars, tree as yaml};

/// Text files larger than this are refused: they are mistakes or hostile input.
pub const LARGEST_FILE: usize = 8 << 20;
