//! Lists: a description for each kind, from which all follows that is the same for every list —
//! how its file is read, its schema, its command, its tables, its JSON and CSV, what is compared.
//!
//! Fields with these keys mean the same in every list: `id`, `formerly` (an earlier name),
//! `purpose` (tells two entries with one name apart), `link`, `announced`, `effective`, `until`
//! and `cancelled` (dates of an entry), `consent` and `removed` (whether it is shown).

mod commitments;
mod field;
mod subprocessors;
#[cfg(test)]
mod trial;
mod whitehats;

use std::borrow::Cow;
use std::cmp::Reverse;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::{Placed, folded};
use crate::tree::Span;

pub use field::{Field, FieldKind, Presence};

/// The description of every list, in the order of their ids.
#[cfg(not(test))]
pub static LISTS: [&ListKind; 3] = [&commitments::KIND, &subprocessors::KIND, &whitehats::KIND];

/// As above, plus a list used only in tests.
#[cfg(test)]
pub static LISTS: [&ListKind; 4] =
    [&trial::KIND, &commitments::KIND, &subprocessors::KIND, &whitehats::KIND];

/// A kind of list.
#[derive(Debug)]
pub struct ListKind {
    /// The name of its file, of the key in it, of its page, its template and its JSON.
    pub id: &'static str,
    /// An entry with its article, `a sub-processor`.
    pub entry: &'static str,
    /// The entries, `sub-processors`.
    pub entries: &'static str,
    /// The title of its page.
    pub title: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
    /// The field above the entries.
    pub head: Field,
    /// The fields of an entry, in the order in which people and programs read them.
    pub fields: &'static [Field],
    /// The key of the field that readers know an entry by.
    pub name: &'static str,
    /// The order in which the entries are shown.
    pub order: &'static [Order],
    /// What a reference to the list puts into a policy.
    pub reference: Reference,
    /// Whether the site has it as CSV.
    pub has_csv: bool,
}

/// By what entries are sorted.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// The latest first, those without a date last.
    Newest(&'static str),
    /// By name, whatever the case of its letters.
    Name(&'static str),
    /// By the text itself.
    Text(&'static str),
}

/// What stands in a policy for a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// For `{{ id }}`, a list of the names.
    Names,
    /// For `{{ id }}`, a table of all columns.
    Table,
    /// For `{{ commitment.ID }}`, one entry.
    Entry,
}

/// A list in file order; the order carries no meaning.
#[derive(Clone, Debug)]
pub struct List {
    /// What kind of list it is.
    pub kind: &'static ListKind,
    /// What stands above the entries.
    pub head: Option<String>,
    /// The entries, shown or not.
    pub entries: Vec<ListEntry>,
}

/// An entry of a list. Two are equal if they say the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct ListEntry {
    kind: &'static ListKind,
    /// One for each field of the kind.
    values: Vec<Option<Placed<Value>>>,
}

/// What a field says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
    /// A date.
    Day(Date),
    /// Yes or no.
    Flag(bool),
}

/// How an entry stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It will be in force.
    Announced,
    /// It is.
    InForce,
    /// It was.
    Former,
    /// It was given up before its first day.
    Cancelled,
}

impl ListKind {
    /// Returns the kind with this id.
    pub fn of(id: &str) -> Option<&'static ListKind> {
        LISTS.into_iter().find(|kind| kind.id == id)
    }

    /// Returns true if entries have this field.
    pub fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.key == key)
    }

    /// Returns the fields that readers see beside the name, each as a column.
    pub fn columns(&self) -> impl Iterator<Item = &'static Field> {
        let name = self.name;
        self.fields.iter().filter(move |field| field.title.is_some() && field.key != name)
    }

    /// Returns the title of the column of names.
    pub fn name_title(&self) -> &'static str {
        let name = self.fields.iter().find(|field| field.key == self.name);
        name.and_then(|name| name.title).unwrap_or("Name")
    }
}

impl List {
    /// Returns a list with nothing in it.
    pub fn empty(kind: &'static ListKind) -> List {
        List { kind, head: None, entries: Vec::new() }
    }

    /// Returns the entries that may be published; the rest stay in the source file.
    pub fn shown(&self) -> impl Iterator<Item = &ListEntry> {
        self.entries.iter().filter(|entry| entry.is_shown())
    }

    /// Returns the published entries in display order.
    pub fn in_order(&self) -> Vec<&ListEntry> {
        let keyed = |entry| {
            let text = |key: &str| ListEntry::text(entry, key).unwrap_or_default();
            let keys = self.kind.order.iter().map(|order| match order {
                Order::Newest(key) => (Reverse(entry.cell_of(key)), String::new()),
                Order::Name(key) => (Reverse(None), folded(text(key))),
                Order::Text(key) => (Reverse(None), text(key).to_owned()),
            });
            (keys.collect::<Vec<(Reverse<Option<String>>, String)>>(), entry)
        };
        let mut entries: Vec<(_, &ListEntry)> = self.shown().map(keyed).collect();
        entries.sort_by(|(keys, entry), (others, other)| {
            keys.cmp(others).then_with(|| entry.said().cmp(other.said()))
        });
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Returns the columns in which any of some entries says anything.
    pub fn columns(&self, entries: &[&ListEntry]) -> Vec<&'static Field> {
        self.kind.columns().filter(|field| is_used(field, entries)).collect()
    }

    /// Returns the columns by which two versions are compared: all, but those that came later only
    /// if any of some entries says anything in them.
    pub fn form(&self, entries: &[&ListEntry]) -> Vec<&'static Field> {
        let there = |field: &&Field| !field.is_late || is_used(field, entries);
        self.kind.columns().filter(there).collect()
    }
}

fn is_used(field: &Field, entries: &[&ListEntry]) -> bool {
    entries.iter().any(|entry| entry.cell(field).is_some())
}

impl ListEntry {
    /// Returns an entry with these values, one for each field of its kind.
    pub fn new(kind: &'static ListKind, values: Vec<Option<Placed<Value>>>) -> ListEntry {
        debug_assert_eq!(values.len(), kind.fields.len());
        ListEntry { kind, values }
    }

    /// Returns an entry that says these texts and nothing else.
    pub fn of(kind: &'static ListKind, texts: &[(&str, &str)]) -> ListEntry {
        let text = |field: &Field| {
            let (_, text) = texts.iter().find(|(key, _)| *key == field.key)?;
            let value = match field.kind {
                FieldKind::Day => text.parse().map_or(Value::Text((*text).to_owned()), Value::Day),
                FieldKind::Consent | FieldKind::Removal => Value::Flag(*text == "true"),
                FieldKind::Texts => Value::Texts(vec![(*text).to_owned()]),
                _ => Value::Text((*text).to_owned()),
            };
            Some(Placed { value, span: Span::default() })
        };
        ListEntry { kind, values: kind.fields.iter().map(text).collect() }
    }

    fn placed(&self, key: &str) -> Option<&Placed<Value>> {
        let at = self.kind.fields.iter().position(|field| field.key == key)?;
        self.values[at].as_ref()
    }

    fn said(&self) -> impl Iterator<Item = Option<&Value>> {
        self.values.iter().map(|value| value.as_ref().map(|value| &value.value))
    }

    /// Returns what a field says.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.placed(key).map(|placed| &placed.value)
    }

    /// Returns the text of a field.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.value(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the date of a field.
    pub fn day(&self, key: &str) -> Option<Date> {
        match self.value(key)? {
            Value::Day(day) => Some(*day),
            _ => None,
        }
    }

    /// Returns where a field stands in its file; where the name stands if there is no such field.
    pub fn span(&self, key: &str) -> Span {
        let placed = self.placed(key).or_else(|| self.placed(self.kind.name));
        placed.map_or(Span::default(), |placed| placed.span)
    }

    /// Returns what readers know it by.
    pub fn name(&self) -> &str {
        self.text(self.kind.name).unwrap_or_default()
    }

    /// Returns what a field shows in a table.
    pub fn cell(&self, field: &Field) -> Option<Cow<'_, str>> {
        if let FieldKind::Joined(keys) = field.kind {
            let parts: Vec<&str> = keys.iter().filter_map(|key| self.text(key)).collect();
            return (!parts.is_empty()).then(|| parts.join(" ").into());
        }
        match self.value(field.key)? {
            Value::Text(text) => Some(text.into()),
            Value::Texts(texts) => (!texts.is_empty()).then(|| texts.join(", ").into()),
            Value::Day(day) => Some(day.to_string().into()),
            Value::Flag(_) => None,
        }
    }

    fn cell_of(&self, key: &str) -> Option<String> {
        let field = self.kind.fields.iter().find(|field| field.key == key)?;
        self.cell(field).map(Cow::into_owned)
    }

    /// Returns the fields that readers see beside the name, each as a column.
    pub fn columns(&self) -> impl Iterator<Item = &'static Field> {
        self.kind.columns()
    }

    /// Returns the fields that programs read.
    pub fn published(&self) -> impl Iterator<Item = &'static Field> {
        self.kind.fields.iter().filter(|field| field.is_published)
    }

    /// Returns true if readers may see it.
    pub fn is_shown(&self) -> bool {
        self.value("consent") != Some(&Value::Flag(false)) && self.value("removed").is_none()
    }

    /// Returns how it stands on a day.
    pub fn standing(&self, day: Date) -> Standing {
        if self.value("cancelled").is_some() {
            Standing::Cancelled
        } else if self.day("until").is_some_and(|until| until < day) {
            Standing::Former
        } else if self.day("effective").is_some_and(|effective| effective > day) {
            Standing::Announced
        } else {
            Standing::InForce
        }
    }

    /// Returns the last day on which customers may object, if they are promised so many days of
    /// notice.
    pub fn objections_until(&self, days: i64) -> Option<Date> {
        self.day("announced")?.checked_add(days.days()).ok()
    }

    /// Returns true if both say the same in every field but these.
    pub fn is_same_but(&self, other: &ListEntry, but: &[&str]) -> bool {
        let fields = self.kind.fields.iter().zip(self.said().zip(other.said()));
        fields.filter(|(field, _)| !but.contains(&field.key)).all(|(_, (own, other))| own == other)
    }
}

impl PartialEq for ListEntry {
    fn eq(&self, other: &ListEntry) -> bool {
        self.said().eq(other.said())
    }
}

impl Eq for ListEntry {}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn entry(list: &str, texts: &[(&str, &str)]) -> ListEntry {
        ListEntry::of(ListKind::of(list).unwrap(), texts)
    }

    fn list(id: &str, entries: Vec<ListEntry>) -> List {
        List { entries, ..List::empty(ListKind::of(id).unwrap()) }
    }

    #[test]
    fn a_description_fits_together() {
        for kind in LISTS {
            let keys: Vec<&str> = kind.fields.iter().map(|field| field.key).collect();
            let others = |field: &Field| match (field.presence, field.kind) {
                (Presence::With(other) | Presence::Beside(other), _) => vec![other],
                (_, FieldKind::Joined(others)) => others.to_vec(),
                _ => Vec::new(),
            };
            let ordered = kind.order.iter().map(|order| match order {
                Order::Newest(key) | Order::Name(key) | Order::Text(key) => *key,
            });
            let named = kind.fields.iter().flat_map(others).chain(ordered).chain([kind.name]);
            for key in named {
                assert!(keys.contains(&key), "{}: {key}", kind.id);
            }
            for key in &keys {
                let count = keys.iter().filter(|other| other == &key).count();
                assert_eq!(count, 1, "{}: {key} is described once", kind.id);
            }
            assert!(!keys.contains(&kind.head.key) && kind.id != kind.head.key);
            assert!(crate::model::DocumentId::is_reserved(kind.id));
        }
    }

    #[test]
    fn an_entry_comes_and_leaves_on_its_days() {
        let dated = [("name", "A"), ("effective", "2024-01-02"), ("until", "2024-02-02")];
        let standings = ["2024-01-01", "2024-01-02", "2024-02-02", "2024-02-03"]
            .map(|text| entry("subprocessors", &dated).standing(day(text)));
        assert_eq!(
            standings,
            [Standing::Announced, Standing::InForce, Standing::InForce, Standing::Former]
        );
        let undated = entry("subprocessors", &[("name", "A")]);
        assert_eq!(undated.standing(day("2024-01-01")), Standing::InForce);
        let cancelled = [&dated[..], &[("cancelled", "2023-12-01")]].concat();
        assert_eq!(
            entry("subprocessors", &cancelled).standing(day("2024-03-01")),
            Standing::Cancelled,
            "never a former one"
        );
        let announced = entry("subprocessors", &[("name", "A"), ("announced", "2024-02-28")]);
        assert_eq!(announced.objections_until(2), Some(day("2024-03-01")));
        assert_eq!(undated.objections_until(2), None);
    }

    #[test]
    fn a_column_shows_what_an_entry_says() {
        let columns = |list: &List| -> Vec<&str> {
            let columns = list.columns(&list.in_order());
            columns.into_iter().filter_map(|field| field.title).collect()
        };
        assert_eq!(columns(&list("subprocessors", vec![])), [""; 0]);
        let [one, two] = [[("name", "A"), ("purpose", "P")], [("name", "B"), ("group", "G")]]
            .map(|texts| entry("subprocessors", &texts));
        assert_eq!(columns(&list("subprocessors", vec![one.clone(), two])), ["Purpose", "Group"]);
        let cells = |entry: &ListEntry| -> Vec<Option<String>> {
            entry.columns().map(|field| entry.cell(field).map(Cow::into_owned)).collect()
        };
        let promise =
            [("what", "reply"), ("qualifier", "within"), ("value", "2"), ("unit", "days")];
        assert_eq!(
            cells(&entry("commitments", &promise)),
            [Some("within 2 days".to_owned()), None, None]
        );
        let kind = ListKind::of("whitehats").unwrap();
        let groups = Value::Texts(vec!["G".into(), "H".into()]);
        let values = kind.fields.iter().map(|field| {
            (field.key == "groups").then(|| Placed { value: groups.clone(), span: Span::new(1, 2) })
        });
        let grouped = ListEntry::new(kind, values.collect());
        assert_eq!(cells(&grouped), [None, None, Some("G, H".to_owned())]);
        assert_eq!(
            (grouped.span("groups"), grouped.span("date")),
            (Span::new(1, 2), Span::default())
        );
        assert_eq!(one.text("until"), None, "it says nothing of it");
        assert_eq!(grouped.value("until"), None, "it has no such field");
    }

    #[test]
    fn who_did_not_agree_or_was_removed_is_not_shown() {
        let said = |consent: &'static str, removed: &[(&'static str, &'static str)]| {
            [&[("name", "a"), ("consent", consent)][..], removed].concat()
        };
        let removed = [("removed", "true")];
        let people = [
            said("true", &[]),
            said("false", &[]),
            said("true", &removed),
            said("false", &removed),
        ];
        let people = people.map(|texts| entry("whitehats", &texts));
        assert_eq!(people.each_ref().map(ListEntry::is_shown), [true, false, false, false]);
        assert_eq!(list("whitehats", people.to_vec()).shown().count(), 1);
        assert!(entry("subprocessors", &[("name", "a")]).is_shown());
    }

    #[test]
    fn entries_have_an_order_of_their_own() {
        let names = |list: &List| -> Vec<String> {
            list.in_order().into_iter().map(|entry| entry.name().to_owned()).collect()
        };
        let dated = [("b", "2023"), ("A", "2023"), ("c", ""), ("d", "2024-01-01")];
        let people = dated.map(|(name, date)| match date {
            "" => entry("whitehats", &[("name", name)]),
            date => entry("whitehats", &[("name", name), ("date", date)]),
        });
        assert_eq!(names(&list("whitehats", people.to_vec())), ["d", "A", "b", "c"]);
        let mut turned = people.to_vec();
        turned.reverse();
        assert_eq!(names(&list("whitehats", turned)), ["d", "A", "b", "c"]);
        let purposes = [("x", "2"), ("X", "1")]
            .map(|(name, purpose)| entry("subprocessors", &[("name", name), ("purpose", purpose)]));
        assert_eq!(names(&list("subprocessors", purposes.to_vec())), ["X", "x"]);
    }

    #[test]
    fn entries_are_equal_if_they_say_the_same() {
        let [one, other] = [["a", "P"], ["a", "Q"]]
            .map(|[name, purpose]| entry("subprocessors", &[("name", name), ("purpose", purpose)]));
        assert!(one == one.clone() && one != other);
        assert!(one.is_same_but(&other, &["purpose"]) && !one.is_same_but(&other, &["name"]));
    }
}
