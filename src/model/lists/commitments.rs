//! The list of commitments: promises with a number.

use super::{Field, FieldKind, ListKind, Order, Presence, Reference};

/// What it is made of.
pub static KIND: ListKind = ListKind {
    id: "commitments",
    entry: "a commitment",
    entries: "commitments",
    title: "Commitments",
    summary: "What we promise, in numbers.",
    head: Field::new("note", FieldKind::Text, "A note shown above the list"),
    fields: &[
        Field::new(
            "id",
            FieldKind::Id,
            "ID by which text refers to it, as in `{{ commitment.first_reply }}`",
        )
        .presence(Presence::Required),
        Field::new("what", FieldKind::Line, "What is promised, in a few words")
            .presence(Presence::Required)
            .column("Commitment"),
        Field::new("promise", FieldKind::Joined(&["qualifier", "value", "unit"]), "")
            .column("Promise"),
        Field::new(
            "qualifier",
            FieldKind::Word(&["within", "at least", "at most", "every"]),
            "Whether the number is a maximum, a minimum or an interval",
        )
        .presence(Presence::Beside("value")),
        Field::new("value", FieldKind::Quantity, "Number, or a range such as `1 to 5`"),
        Field::new("unit", FieldKind::Unit, "Unit, in your own words; units are never converted")
            .presence(Presence::With("value")),
        Field::new(
            "better",
            FieldKind::Word(&["lower", "higher"]),
            "Which direction is better for the customer",
        )
        .presence(Presence::Beside("value"))
        .column("Better"),
        Field::new(
            "section",
            FieldKind::Passage,
            "Policy or section that contains it, such as `security#reporting`",
        )
        .column("Section"),
    ],
    name: "what",
    order: &[Order::Name("what"), Order::Text("id")],
    reference: Reference::Entry,
    has_csv: false,
};
