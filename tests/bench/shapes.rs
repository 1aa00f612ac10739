//! Texts that are much of one thing: what a reader of markdown may meet in numbers, and its edits.

/// A text that repeats one piece.
#[derive(Clone, Copy)]
pub struct Shape {
    /// What it is much of.
    pub name: &'static str,
    /// How it begins.
    pub before: &'static str,
    /// The piece of a number, which counts from 0, with a word of its own.
    pub each: fn(usize, &str) -> String,
    /// What closes a piece, as often, after all of them.
    pub close: &'static str,
}

/// What is changed in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The piece in its middle.
    One,
    /// Every piece of so many.
    Every(usize),
    /// Every second piece is new.
    Added,
    /// The second half comes first.
    Moved,
}

impl Shape {
    /// Returns the shape of this name.
    pub fn named(name: &str) -> &'static Shape {
        SHAPES.iter().find(|shape| shape.name == name).unwrap_or_else(|| panic!("no {name}"))
    }

    /// Returns the text with so many pieces.
    pub fn text(&self, count: usize) -> String {
        self.with((0..count).map(|at| (at, "same")))
    }

    /// Returns the text before and after an edit.
    pub fn edited(&self, count: usize, edit: Edit) -> [String; 2] {
        let every = |every: usize| {
            ["old", "new"].map(|now| {
                self.with(
                    (0..count).map(|at| (at, if at % every == every / 2 { now } else { "same" })),
                )
            })
        };
        let with = |order: &mut dyn Iterator<Item = usize>| self.with(order.map(|at| (at, "same")));
        match edit {
            Edit::One => every(count.max(1)),
            Edit::Every(some) => every(some),
            Edit::Added => [with(&mut (0..count).step_by(2)), with(&mut (0..count))],
            Edit::Moved => {
                [with(&mut (0..count)), with(&mut (count / 2..count).chain(0..count / 2))]
            }
        }
    }

    fn with<'a>(&self, pieces: impl Iterator<Item = (usize, &'a str)>) -> String {
        let mut count = 0;
        let each = pieces.inspect(|_| count += 1).map(|(at, word)| (self.each)(at, word));
        let pieces: String = each.collect();
        format!("{}{pieces}{}", self.before, self.close.repeat(count))
    }
}

const fn shape(name: &'static str, each: fn(usize, &str) -> String) -> Shape {
    Shape { name, before: "", each, close: "" }
}

const fn closed(name: &'static str, each: fn(usize, &str) -> String, close: &'static str) -> Shape {
    Shape { name, before: "", each, close }
}

const fn headed(
    name: &'static str,
    before: &'static str,
    each: fn(usize, &str) -> String,
) -> Shape {
    Shape { name, before, each, close: "" }
}

/// Every shape.
pub const SHAPES: &[Shape] = &[
    shape("words in one line", |at, word| format!("{word}{at} ")),
    shape("equal words in one line", |_, word| format!("{word} ")),
    shape("lines of one paragraph", |at, word| format!("Line {at} says {word},\n")),
    shape("one word", |_, word| word.to_owned()),
    shape("paragraphs", |at, word| format!("Number {at} says {word} and no more.\n\n")),
    shape("equal paragraphs", |_, word| format!("We say {word} and no more.\n\n")),
    shape("numbered paragraphs", |at, word| format!("{}.{at} We say {word}.\n\n", at % 7)),
    shape("lettered paragraphs", |at, word| format!("({}) We say {word}.\n\n", letter(at))),
    shape("days and quantities", |at, word| {
        format!("Within {at} days of 3 May 2024 we say {word}, for EUR {at}.50.\n\n")
    }),
    shape("sections", |at, word| format!("## Section {at}\n\nAbout {at} we say {word}.\n\n")),
    shape("equal headings", |_, word| format!("## Rights\n\n{word}\n\n")),
    shape("empty headings", |_, _| "##\n\n".to_owned()),
    shape("pinned headings", |at, word| format!("## Section {{#s{at}}}\n\n{word}\n\n")),
    shape("deep headings", |at, word| {
        format!("{} Section {at}\n\n{word}\n\n", "#".repeat(2 + at % 5))
    }),
    shape("underlined headings", |at, word| format!("Section {at}\n---\n\n{word}\n\n")),
    shape("items", |at, word| format!("- item {at} says {word} here\n")),
    shape("numbered items", |at, word| format!("{}. item says {word}\n", at + 1)),
    shape("loose items", |at, word| format!("- item {at} says {word}\n\n")),
    shape("items in items", |at, word| format!("{}- item {at} {word}\n", "  ".repeat(at % 8))),
    shape("lists", |at, word| format!("- item {at} {word}\n\nText {at}.\n\n")),
    shape("nested lists", |_, _| "- ".to_owned()),
    shape("nested quotes", |_, _| "> ".to_owned()),
    shape("quotes", |at, word| format!("> Quote {at} says {word}.\n\n")),
    shape("alerts", |at, word| format!("> [!NOTE]\n> Note {at} says {word}.\n\n")),
    shape("terms", |at, word| format!("Term {at}\n: means {word}\n\n")),
    headed("rows", "| a | b | c |\n|--|--|--|\n", |at, word| format!("| {at} | {word} | c |\n")),
    headed("ragged rows", "| a | b | c |\n|--|--|--|\n", |at, word| {
        format!("| {at} | {} {word}\n", "| ".repeat(at % 5))
    }),
    shape("tables", |at, word| format!("| a |\n|--|\n| {at} {word} |\n\n")),
    shape("footnotes", |at, word| format!("{word}[^n{at}]\n\n[^n{at}]: note {at}\n\n")),
    headed("references to one footnote", "[^a]: note\n\n", |at, word| {
        format!("{word}[^a] and {at}.\n\n")
    }),
    shape("undefined footnotes", |at, word| format!("{word}[^n{at}]\n\n")),
    shape("unused footnotes", |at, word| format!("[^n{at}]: note {at} {word}\n\n")),
    closed("nested emphasis", |_, word| format!("*a _{word} "), "b_ c*"),
    closed("nested strong", |_, word| format!("**{word} "), "b**"),
    shape("emphasis", |at, word| format!("*{at}* and **{word}** ")),
    shape("open emphasis", |_, word| format!("*a _{word} ")),
    shape("open strong", |_, word| format!("**a {word} ")),
    shape("stars", |_, _| "*".to_owned()),
    shape("emphasis of many kinds", |_, _| "a**b_c*d__e~f".to_owned()),
    shape("links", |at, word| format!("[{word}](https://acme.example/{at}) ")),
    shape("links in the page", |at, word| {
        format!("## Section {at}\n\nSee [{word}](#section-{at}).\n\n")
    }),
    shape("defined links", |at, word| {
        format!("[{word}][r{at}]\n\n[r{at}]: https://acme.example/{at}\n\n")
    }),
    shape("bare addresses", |at, word| format!("{word} https://acme.example/{at} ")),
    shape("mail addresses", |at, word| format!("<{word}{at}@acme.example> ")),
    shape("obfuscated mail", |at, word| format!("{word}{at} (at) acme (dot) example\n\n")),
    shape("open brackets", |_, _| "[".to_owned()),
    shape("open links", |_, word| format!("[{word}](")),
    shape("open images", |_, word| format!("![{word}](")),
    closed("nested brackets", |_, _| "[".to_owned(), "]"),
    shape("open angles", |_, word| format!("<{word} ")),
    shape("open comments", |_, word| format!("<!-- {word} ")),
    shape("open declarations", |_, _| "a <![CDATA[ <!A <? ".to_owned()),
    shape("comments", |at, word| format!("<!-- {word} {at} -->\n\n")),
    shape("raw HTML", |at, word| format!("<div>{word} {at}</div>\n\n")),
    shape("raw HTML in a line", |_, word| format!("<b>{word}</b> ")),
    shape("entities", |_, word| format!("&amp;&{word};&#39; ")),
    shape("backslashes", |_, _| "\\*\\".to_owned()),
    shape("backticks", |at, word| format!("{}{word} ", "`".repeat(1 + at % 40))),
    shape("code in a line", |at, word| format!("`{word} {at}` ")),
    Shape {
        name: "lines of code",
        before: "```\n",
        each: |at, word| format!("{word} {at}\n"),
        close: "",
    },
    shape("blocks of code", |at, word| format!("```text\n{word} {at}\n```\n\n")),
    shape("indented code", |at, word| format!("    {word} {at}\n\nText.\n\n")),
    shape("open fences", |at, word| format!("{} {word}\n", "`".repeat(3 + at % 40))),
    shape("rules", |_, _| "***\n\n".to_owned()),
    shape("empty lines", |_, _| "\n".to_owned()),
    shape("hard breaks", |_, word| format!("{word}\\\n")),
    shape("references", |_, word| format!("{word} {{{{ contact.security }}}} ")),
    shape("unknown references", |at, word| format!("{word} {{{{ a{at} }}}} ")),
    shape("open references", |_, _| "{{".to_owned()),
    shape("open references with words", |_, word| format!("{{{{ {word} ")),
    shape("references in code", |_, word| format!("`{{{{` {{{{ {word} }}}}\n")),
    shape("dead links", |at, _| format!("See [it](/nowhere/{at}/).\n\n")),
    shape("equal dead links", |_, _| "See [it](/nowhere/).\n\n".to_owned()),
    shape("dead anchors", |at, _| format!("See [it](#nowhere-{at}).\n\n")),
    shape("dead links in one line", |_, _| "See [it](/nowhere/). ".to_owned()),
    shape("images", |at, word| format!("![{word}](a{at}.png)\n\n")),
    shape("invisible characters", |_, word| format!("{word}\u{200b}\u{202e} ")),
    shape("letters with marks", |_, _| "e\u{301}\u{323}".to_owned()),
    shape("marks on one letter", |_, _| "\u{301}".to_owned()),
    shape("letters without spaces", |_, _| "\u{6f22}\n".to_owned()),
    shape("suppressions", |at, word| {
        format!("<!-- policybook: allow P024: known -->\nSee [{word}](/nowhere/{at}/).\n\n")
    }),
    shape("unused suppressions", |at, word| {
        format!("<!-- policybook: allow P024: known -->\nNumber {at} {word}.\n\n")
    }),
];

fn letter(at: usize) -> char {
    char::from(b'a' + (at % 26) as u8)
}
