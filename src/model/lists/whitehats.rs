//! The list of credited security researchers.

use super::{Field, FieldKind, ListKind, Order, Presence, Reference};

/// What it is made of.
pub static KIND: ListKind = ListKind {
    id: "whitehats",
    entry: "a researcher",
    entries: "researchers",
    title: "Whitehats",
    summary: "The security researchers we have to thank.",
    head: Field::new(
        "undated_before",
        FieldKind::Year,
        "The year before which the researchers without a date reported",
    )
    .unpublished(),
    fields: &[
        Field::new("name", FieldKind::Text, "Name, as the researcher wants to be credited")
            .presence(Presence::Required)
            .column("Name"),
        Field::new("link", FieldKind::Link, "Their web page"),
        Field::new("date", FieldKind::DayOrYear, "Date or year of the report").column("Date"),
        Field::new("class", FieldKind::Text, "Class of the vulnerability").column("Class"),
        Field::new("groups", FieldKind::Texts, "Groups they belong to")
            .column("Groups")
            .option(Some("group")),
        Field::new("formerly", FieldKind::Text, "Their name in an earlier version of the list")
            .unpublished()
            .option(None),
        Field::new(
            "consent",
            FieldKind::Consent,
            "Whether they agreed to be named; `false` keeps them off every page",
        )
        .unpublished()
        .option(None),
        Field::new("removed", FieldKind::Removal, "When and why they were removed from the list")
            .unpublished()
            .option(None),
    ],
    name: "name",
    order: &[Order::Newest("date"), Order::Name("name")],
    reference: Reference::Names,
    has_csv: false,
};
