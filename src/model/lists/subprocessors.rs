//! The list of sub-processors: companies that process data for the organisation, GDPR article 28.

use super::{Field, FieldKind, ListKind, Order, Presence, Reference};

/// What it is made of.
pub static KIND: ListKind = ListKind {
    id: "subprocessors",
    entry: "a sub-processor",
    entries: "sub-processors",
    title: "Sub-processors",
    summary: "The companies that process data on our behalf.",
    head: Field::new("note", FieldKind::Text, "A note shown above the list"),
    fields: &[
        Field::new(
            "id",
            FieldKind::Id,
            "ID that identifies it across versions; without one, its name and purpose do",
        )
        .unpublished(),
        Field::new("name", FieldKind::Text, "Name of the company or product")
            .presence(Presence::Required)
            .column("Name"),
        Field::new("purpose", FieldKind::Text, "Purpose of the processing")
            .presence(Presence::Required)
            .column("Purpose"),
        Field::new("entity", FieldKind::Text, "Legal entity").column("Legal entity"),
        Field::new("data", FieldKind::Text, "Data it processes").column("Data"),
        Field::new(
            "country",
            FieldKind::Country,
            "Country of processing (ISO 3166-1), or several separated by commas",
        )
        .column("Country"),
        Field::new("safeguard", FieldKind::Text, "Safeguard for transfers to another country")
            .column("Safeguard"),
        Field::new("group", FieldKind::Text, "Group of companies it belongs to").column("Group"),
        Field::new("link", FieldKind::Link, "Page about it"),
        Field::new("formerly", FieldKind::Text, "Its name in an earlier version of the list")
            .column("Formerly")
            .option(None),
        Field::new("announced", FieldKind::Day, "Date on which customers are notified")
            .column("Announced"),
        Field::new("effective", FieldKind::Day, "First day on which it processes data")
            .column("From"),
        Field::new("until", FieldKind::Day, "Last day on which it processes data")
            .column("Until")
            .option(None),
        Field::new(
            "cancelled",
            FieldKind::Day,
            "Date on which it was cancelled, if it was announced and never used",
        )
        .column("Cancelled")
        .option(None)
        .late(),
    ],
    name: "name",
    order: &[Order::Name("name"), Order::Text("purpose")],
    reference: Reference::Table,
    has_csv: true,
};
