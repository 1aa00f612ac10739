//! A list that stands in the tests alone: all that there is of it is this description, a template
//! and the titles in it.

use super::{Field, FieldKind, ListKind, Order, Presence, Reference};

/// What it is made of.
pub static KIND: ListKind = ListKind {
    id: "certificates",
    entry: "a certificate",
    entries: "certificates",
    title: "Certificates",
    summary: "What others have attested.",
    head: Field::new("note", FieldKind::Text, "A note shown above the list"),
    fields: &[
        Field::new("id", FieldKind::Id, "ID by which text refers to it"),
        Field::new("name", FieldKind::Text, "Name of the standard")
            .presence(Presence::Required)
            .column("Standard"),
        Field::new("scope", FieldKind::Text, "What it covers").column("Scope"),
        Field::new("link", FieldKind::Link, "The certificate"),
        Field::new("effective", FieldKind::Day, "First day on which it is valid").column("From"),
        Field::new("until", FieldKind::Day, "Last day on which it is valid").column("Until"),
    ],
    name: "name",
    order: &[Order::Name("name")],
    reference: Reference::Table,
    has_csv: true,
};
