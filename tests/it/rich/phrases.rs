//! What the rich site says: small tables of sentences, names and values, from which years of
//! versions are put together.
//!
//! `{3-90}` is a number between these two, `{people}`, `{data}`, `{place}` and `{event}` a word
//! from the table of that name.

/// A section: its id, its title, the title it may have later, its sentences, and the items of its
/// list.
pub type Topic =
    (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// The sections of a policy on security; the first ones are there from the beginning.
#[rustfmt::skip]
pub const SECURITY: &[Topic] = &[
    ("reporting", "Reporting a weakness", "How to report a weakness", &[
        "Whoever finds a weakness writes to {{ contact.security }}; a report may be anonymous.",
        "The first reply comes {{ commitment.first_reply }}, from a person and not from a machine.",
        "We say what we found within {5-20} working days, and at the latest after {event}.",
        "A report that names {data} is encrypted before it is sent.",
    ], &["the address of the page or the name of the programme", "the steps, so that {people} can repeat them", "what was to be expected", "a name, if you want to be thanked"]),
    ("scope", "Scope", "What is in scope", &[
        "In scope is whatever answers under our names, in {place} and elsewhere.",
        "Out of scope are the services of others, even where {people} use them every day.",
        "Denial of service, spam and visits to {place} are never part of a test.",
    ], &["all hosts below `fjord.example`", "the programmes for telephones since version {2-9}", "{data} in our public archives"]),
    ("safe-harbour", "Safe harbour", "What we promise to researchers", &[
        "We take no steps against anybody who keeps to this page.",
        "If somebody else does, we say in public that the test was permitted.",
        "Wait {60-120} days, or until {event}, before you tell others.",
    ], &[]),
    ("access", "Access", "Who has access", &[
        "Only {people} can read {data}, and only for as long as a task lasts.",
        "Every access is logged, and the log is kept for {6-24} months.",
        "Rights are looked through every {1-6} months by {people} who do not hold them.",
        "A lost key is replaced within {2-12} hours.",
    ], &["two factors for everybody, always", "no shared accounts", "a locked screen after {2-10} minutes"]),
    ("encryption", "Encryption", "Encryption at rest and in transit", &[
        "{data} are encrypted wherever they lie, with AES at 256 bits.",
        "On the way nothing older than TLS 1.{2-3} is spoken.",
        "Keys are changed every {3-24} months and after {event}.",
    ], &[]),
    ("backups", "Backups", "Backups and restores", &[
        "A backup is made every {1-12} hours and kept for {30-180} days in {place}.",
        "{people} restore one at random every {1-6} months, and note how long it took.",
        "The last restore took {20-90} minutes; more than {2-8} hours would be an incident.",
    ], &[]),
    ("incidents", "Incidents", "When something goes wrong", &[
        "An incident is led by one of {people}, by day and by night.",
        "Customers are told within {12-72} hours when {data} are concerned.",
        "Afterwards we publish what happened, without the names of {people}.",
        "The same cause twice within {6-18} months is taken to the board.",
    ], &["stop the damage", "keep the traces", "tell those who are concerned", "learn from it"]),
    ("suppliers", "Suppliers", "Those who work for us", &[
        "A supplier signs these pages before it sees {data}.",
        "Each is looked at every {6-24} months, and after {event}.",
    ], &[]),
    ("people", "People", "Our own people", &[
        "Everybody is trained in the first {2-6} weeks and every year.",
        "Whoever leaves has no access {1-4} hours later.",
    ], &[]),
    ("buildings", "Buildings", "Doors and buildings", &[
        "The machines stand in {place}, behind {2-5} doors.",
        "Visitors are never alone, and their names are kept for {7-90} days.",
    ], &[]),
    ("logs", "Logs", "What is logged", &[
        "A log holds who did what and when, never {data}.",
        "Logs older than {30-400} days are deleted by a machine that asks nobody.",
    ], &[]),
    ("changes", "Changes to the service", "How changes go live", &[
        "A change is read by {2-3} people before it goes live.",
        "It can be taken back within {5-30} minutes, and once a month we try.",
    ], &[]),
    ("numbers", "Numbers", "How we measure ourselves", &[
        "The service is there {{ commitment.uptime }} of every month.",
        "Below that, customers get {5-25} percent of the monthly fee back.",
    ], &[]),
];

/// The sections of a policy on privacy.
#[rustfmt::skip]
pub const PRIVACY: &[Topic] = &[
    ("controller", "Who is responsible", "The controller", &[
        "Responsible is Fjord & Söhne GmbH, Hafenstraße {1-99}, Flensburg.",
        "Our data protection officer is Ingrid Vestergaard; write to {{ contact.privacy }}.",
    ], &[]),
    ("collected", "What we collect", "The data that we collect", &[
        "We collect {data} when an account is made, and nothing before.",
        "Whoever only reads our pages leaves an address in a log for {1-30} days.",
        "We buy no data from {people}, and sell none.",
    ], &["name and address", "{data}", "what is written to us", "payments, without the number of the card"]),
    ("purposes", "What we use it for", "Purposes and legal bases", &[
        "We use it to run the service (Article 6(1)(b) GDPR) and to prove what was agreed.",
        "We measure which pages are read, without {data}, if you permit it.",
        "Nothing is decided by a machine alone.",
    ], &[]),
    ("kept", "How long we keep it", "Retention", &[
        "Accounts are deleted {14-90} days after {event}.",
        "Invoices stay for {6-10} years, because the law says so.",
        "Backups forget {30-180} days later.",
    ], &[]),
    ("shared", "Who else sees it", "Recipients", &[
        "Companies that work for us see what they need; the list of them is public.",
        "Authorities get what a court orders, and we say so to those concerned unless that is forbidden.",
        "In the last {1-4} years that happened {0-6} times.",
    ], &[]),
    ("abroad", "Outside of Europe", "Transfers to other countries", &[
        "{data} leave the European Economic Area only under the standard contractual clauses of 2021.",
        "Before each transfer {people} write down what could happen there.",
    ], &[]),
    ("rights", "Your rights", "What you can ask for", &[
        "You can ask for all that we have of you, and get it within {10-30} days.",
        "You can have it corrected, deleted, or handed to somebody else.",
        "You can complain to the authority in {place}.",
    ], &["access", "correction", "deletion", "restriction", "portability", "objection"]),
    ("children", "Children", "Children and young people", &[
        "Nobody under {13-18} should have an account.",
        "If we hear of one, it is gone within {1-7} days.",
    ], &[]),
    ("cookies-here", "Cookies", "Cookies and the like", &[
        "We set {1-4} cookies, and none of them is of somebody else.",
    ], &[]),
    ("mail", "Mail from us", "Newsletters", &[
        "We write {1-12} times a year, and each letter has a link that ends it.",
        "Whether a letter was opened is not measured.",
    ], &[]),
    ("applicants", "If you apply for a job", "Applicants", &[
        "Applications are read by {people} and deleted {3-6} months after the answer.",
    ], &[]),
];

/// The sections of terms and conditions.
#[rustfmt::skip]
pub const TERMS: &[Topic] = &[
    ("service", "The service", "What we provide", &[
        "We provide the service as it is described on the day of the order.",
        "It may become better at any time; if it becomes worse, you may leave within {14-60} days.",
        "Of every month it is there {{ commitment.uptime }}.",
    ], &["the programmes", "storage up to {50-900} gigabytes", "help, by {people}"]),
    ("account", "Your account", "Accounts", &[
        "An account belongs to whoever pays for it.",
        "Keep its password from {people}; what is done with it counts as done by you.",
        "We close accounts that nobody used for {12-36} months, {30-90} days after a letter.",
    ], &[]),
    ("fees", "Fees", "Prices and fees", &[
        "Fees are due {7-45} days after the invoice.",
        "They may rise once a year, by {2-9} percent at most, and {30-90} days after notice.",
        "Late payments cost {4-9} percentage points above the base rate.",
    ], &[]),
    ("taxes", "Taxes", "Taxes and duties", &[
        "All prices are without tax, which is added as the law of {place} says.",
    ], &[]),
    ("content", "Your content", "What you store with us", &[
        "What you store stays yours.",
        "We may copy it as far as the service needs that, and for {30-180} days in backups.",
        "We look at it only if you ask us, or after {event}.",
    ], &[]),
    ("ours", "What is ours", "Intellectual property", &[
        "Programmes, marks and texts are ours or were lent to us.",
        "You may use them as long as this contract runs, in any number of places.",
    ], &[]),
    ("conduct", "Conduct", "What you may not do", &[
        "Keep to the law, and to the page on acceptable use.",
        "We may stop what harms others, {1-48} hours after a warning, or at once where that cannot wait.",
    ], &["no spam", "no attacks", "nothing that {people} would have to hide"]),
    ("support", "Support", "Help", &[
        "{people} answer within {4-48} hours, on working days in {place}.",
        "Questions about a fault that nobody can work with are answered within {1-4} hours.",
    ], &[]),
    ("availability", "Availability", "Service levels", &[
        "Maintenance takes {2-8} hours a month at most, at night in {place}.",
        "Whoever had less than was promised gets {5-25} percent of the fee back.",
    ], &[]),
    ("warranty", "Warranty", "Defects", &[
        "A fault is mended within {3-30} days of being told.",
        "If that fails {2-3} times, you may leave or pay less.",
    ], &[]),
    ("liability", "Liability", "How far we are liable", &[
        "We are liable without limit for intent, gross negligence, and harm to life or health.",
        "Otherwise we are liable for the damage that was to be expected, up to {50-500} thousand euro a year.",
        "For lost data we owe what it costs to put back the last backup.",
    ], &[]),
    ("indemnity", "If others sue", "Indemnity", &[
        "If somebody sues us for what you stored, you pay what that costs, once we told you within {5-20} days.",
    ], &[]),
    ("confidential", "Confidentiality", "What stays between us", &[
        "Neither side tells others what is marked as confidential, for {2-7} years after the end.",
        "{data} are always confidential.",
    ], &[]),
    ("term", "Term", "Term and renewal", &[
        "The contract runs for {1-24} months and then on from month to month.",
        "It ends by a letter, {14-90} days before the end of a month.",
    ], &[]),
    ("end", "After the end", "What happens at the end", &[
        "You can take all you stored with you for {30-120} days.",
        "Then it is deleted, and {people} confirm that in writing.",
    ], &[]),
    ("force", "Beyond our control", "Force majeure", &[
        "Nobody owes what a flood, a war or {event} makes impossible.",
        "After {30-90} days of that, either side may leave.",
    ], &[]),
    ("changes", "Changes", "Changes to these terms", &[
        "We announce a change {30-60} days before, on this page and by mail.",
        "Whoever says nothing agrees only to what is better for them.",
    ], &[]),
    ("transfer", "Transfer", "If one of us is sold", &[
        "Either side may hand the contract to a buyer of the whole business, {14-60} days after telling the other.",
    ], &[]),
    ("notices", "Notices", "How we write to each other", &[
        "Letters and mail count alike; write to {{ contact.support }}.",
        "What was sent to the last address that you gave us has reached you after {2-5} days.",
    ], &[]),
    ("law", "Law and courts", "Applicable law", &[
        "German law holds, without the UN convention on sales.",
        "Courts are those of Flensburg, if you are a merchant.",
    ], &[]),
    ("rest", "The rest", "Final words", &[
        "If a sentence does not hold, the others do.",
        "Nothing was agreed besides this page and the order.",
    ], &[]),
];

/// The sections of an agreement on the processing of data.
#[rustfmt::skip]
pub const PROCESSING: &[Topic] = &[
    ("subject", "Subject", "Subject and duration", &[
        "We process {data} for the customer, for as long as the main contract runs and {10-60} days longer.",
        "The customer stays the controller, Article 4(7) GDPR.",
    ], &[]),
    ("instructions", "Instructions", "Instructions of the customer", &[
        "We process only on written instructions.",
        "If one seems unlawful to us we say so within {1-5} days, and wait.",
    ], &[]),
    ("measures", "Measures", "Technical and organisational measures", &[
        "We keep the measures of the annex, and may replace them by better ones.",
        "{people} prove them once every {6-24} months.",
    ], &["access only for {people}", "encryption in {place} and on the way", "a restore every {1-6} months", "separation of customers"]),
    ("helpers", "Sub-processors", "Further processors", &[
        "The customer agrees to the companies below.",
        "A new one is announced {30-45} days before, and the customer may object within {14-30} days.",
    ], &[]),
    ("help", "Help", "Help for the controller", &[
        "We help to answer those who ask for their data, within {3-10} working days.",
        "The first {2-8} hours a month cost nothing.",
    ], &[]),
    ("breaches", "Breaches", "Personal data breaches", &[
        "We tell the customer of a breach within {12-48} hours of knowing it.",
        "The note says what happened, to whom, and what {people} do about it.",
    ], &[]),
    ("audits", "Audits", "Inspections", &[
        "The customer may look at everything once a year, {14-30} days after a letter.",
        "The officer for this is Ingrid Vestergaard.",
    ], &[]),
    ("deletion", "Deletion", "Return and deletion", &[
        "After the end we return or delete {data} within {14-90} days.",
        "Logs of the processing are kept for {1-5} years.",
    ], &[]),
];

/// The sections of a short policy on use.
#[rustfmt::skip]
pub const USE: &[Topic] = &[
    ("fair", "Fair use", "Use that is fair", &[
        "Use what you need and leave the rest to others.",
        "More than {500-5000} requests a minute are slowed down.",
    ], &[]),
    ("forbidden", "Forbidden", "What is never permitted", &[
        "Some things are never permitted, whoever asks.",
    ], &["attacks on others", "programmes that harm", "{data} of people who did not agree", "mail that nobody asked for", "what the law of {place} forbids"]),
    ("consequences", "Consequences", "What follows", &[
        "We warn once, and close an account {1-14} days later.",
        "After {event} we close it at once.",
    ], &[]),
];

/// The sections of a policy that is withdrawn later.
#[rustfmt::skip]
pub const COOKIES: &[Topic] = &[
    ("ours", "Our cookies", "Cookies of our own", &[
        "Each of our cookies is gone after {1-13} months.",
        "None of them can be read by {people} elsewhere.",
    ], &["one that knows you again", "one for the language", "one for {event}"]),
    ("off", "How to switch them off", "Without cookies", &[
        "Every browser can refuse them; the service then forgets you after {10-60} minutes.",
    ], &[]),
];

/// Sentences that come in later, wherever.
#[rustfmt::skip]
pub const LATER: &[&str] = &[
    "This holds in {place}, too.",
    "Exceptions are written down by {people} and end after {7-90} days.",
    "Whoever is not sure asks {people} first.",
    "Since {event} this is looked at every {2-12} weeks.",
    "What was agreed before stays as it was agreed.",
    "A copy lies in {place} and is renewed every {2-12} months.",
    "Nothing of this costs more than {5-95} euro.",
    "{people} decide on it within {2-21} days, and say why.",
    "For {data} this is so at once.",
    "The number of such cases is published every year; the last one was {2-40}.",
    "It does not matter in which language somebody asks.",
    "In doubt, the stricter rule holds.",
];

/// Who does something.
pub const PEOPLE: &[&str] = &[
    "two people of the night shift",
    "the team for security",
    "our auditors",
    "those on call",
    "the works council",
    "engineers with a task",
    "our lawyers",
    "the people at the desk",
    "three members of the board",
];

/// What is kept.
pub const DATA: &[&str] = &[
    "personal data",
    "invoices and letters",
    "addresses and telephone numbers",
    "health data",
    "passwords and keys",
    "pictures",
    "positions and routes",
    "contracts",
    "customers' files",
];

/// Where.
pub const PLACE: &[&str] = &[
    "Flensburg",
    "our second data centre",
    "Tallinn",
    "the harbour of Kiel",
    "Reykjavík",
    "the archive",
    "Ōsaka",
];

/// What may happen.
pub const EVENT: &[&str] = &[
    "the end of the contract",
    "a change of owner",
    "the last audit",
    "an incident",
    "the second reminder",
    "a court's decision",
    "the move to Tallinn",
];

/// Given names and family names that go together, script by script; the order is that of the
/// language.
#[rustfmt::skip]
pub const NAMES: &[(&[&str], &[&str], &str)] = &[
    (&["Ada", "Björn", "Chiara", "Dušan", "Élodie", "Fatoumata", "Grzegorz", "Hülya", "Íris", "João", "Kwame", "Łucja", "Mette"],
        &["Abernathy-Okonkwo", "Brøgger", "da Conceição", "Đorđević", "O’Shea", "van der Meer", "Öztürk", "Ştefănescu", "Żuk", "Müller-Lüdenscheidt"], " "),
    (&["Алиса", "Борис", "Ганна", "Олександр"], &["Єфименко", "Кузнецов", "Шевченко", "Ястреб"], " "),
    (&["Ελένη", "Γιώργος", "Ζωή"], &["Παπαδοπούλου", "Νικολάου", "Ξενάκης"], " "),
    (&["محمد", "فاطمة", "نور", "يوسف", "ليلى"], &["الخطيب", "بن علي", "الحسيني", "المصري"], " "),
    (&["דנה", "יונתן", "נועה"], &["כהן", "לוי", "בן־דוד"], " "),
    (&["王", "李", "陳", "歐陽"], &["小明", "芳", "志強", "雨桐"], ""),
    (&["佐藤", "高橋", "鈴木"], &["さくら", "健太", "美咲"], " "),
    (&["김", "이", "박"], &["민준", "서연", "지우"], ""),
    (&["आरव", "दीपिका", "प्रिया"], &["शर्मा", "पटेल", "श्रीनिवासन"], " "),
    (&["สมชาย", "มาลี"], &["แซ่ตั้ง", "ศรีสุข"], " "),
    (&["Nguyễn", "Trần"], &["Văn An", "Thị Bích Ngọc"], " "),
];

/// Names that look like attacks, and are names all the same.
pub const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE whitehats;--",
    "\"><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"https://a.example\")",
    "{{ contact.security }}",
    "../../../etc/passwd",
    "null",
    "-1",
    "O’Brien & <b>Sons</b>",
    "*not emphasised* [nor](linked)",
    "&lt;already&gt;",
    "a_very_long_handle_without_any_place_to_break_it_that_goes_on_and_on_0123456789",
];

/// Kinds of weakness.
pub const CLASSES: &[&str] = &[
    "Stored cross-site scripting",
    "Open redirect",
    "Insecure direct object reference",
    "SQL injection",
    "Missing rate limit",
    "Subdomain takeover",
    "Server-side request forgery",
    "Leaked token",
];

/// Groups of researchers.
pub const GROUPS: &[&str] =
    &["Team Förde", "Bug & Breakfast", "دفاع", "CTF 東京", "The Grey Seals"];

/// What sub-processors are called: a first and a second word.
pub const COMPANIES: (&[&str], &[&str]) = (
    &[
        "Aurora", "Bluefin", "Cinder", "Dovetail", "Elbe", "Fathom", "Gannet", "Heron", "Islay",
        "Juniper",
    ],
    &["Cloud", "Mail & Messaging", "Payments", "Analytics", "Storage", "Telephony"],
);

/// The forms of companies, their countries, and what protects data there.
pub const FORMS: &[(&str, &str, &str)] = &[
    ("GmbH, Leipzig", "DE", "None needed: within the European Economic Area"),
    ("Ltd, Dublin", "IE", "None needed: within the European Economic Area"),
    (
        "Inc., Wilmington, Delaware",
        "US, IE",
        "Standard contractual clauses of 4 June 2021, module 3",
    ),
    ("K.K., Ōsaka", "JP", "Adequacy decision of 23 January 2019"),
    ("AS, Bergen", "NO", "None needed: within the European Economic Area"),
    ("Pvt. Ltd, Pune", "IN", "Standard contractual clauses, and keys that stay in Flensburg"),
    ("SA, Genève", "CH", "Adequacy decision of 26 July 2000"),
];

/// What sub-processors do, and with what.
pub const TASKS: &[(&str, &str, &str)] = &[
    ("Runs the machines on which everything lies", "All that customers store", "Infrastructure"),
    ("Delivers pages from places near to readers", "Addresses of readers", "Infrastructure"),
    (
        "Sends what customers are told",
        "Names, mail addresses, the text of the letters",
        "Communication",
    ),
    (
        "Answers the telephone at night",
        "Names, telephone numbers, recordings for thirty days",
        "Communication",
    ),
    ("Takes payments", "Names, amounts, the last four digits of a card", "Payments"),
    (
        "Finds errors before customers do",
        "Addresses of pages, identifiers of accounts",
        "Operations",
    ),
    ("Translates letters", "The text of the letters", "Communication"),
    ("Counts what is used, for invoices", "Identifiers of accounts, numbers", "Operations"),
];
