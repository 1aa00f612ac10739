//! Themes: tera templates and static files, a site's own over the default, file by file. No
//! other folder names the template engine.
//!
//! A template sees its view and the few facts about the site below, nothing else: no function of it
//! reads a file, another page or the network.

mod accent;
pub mod minify;
mod redrawn;
mod said;
mod turns;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use tera::{Context, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

pub use accent::{Accent, Faint};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::messages::Messages;
use crate::model::{Config, DocumentId, Minify};
use crate::render::minified_template;
use crate::render::sentence::fill;
use crate::tree::{Digest, File, Hasher, Memo, Source, Span, Tree, TreePath, from_bytes};

/// The theme whose files stand in where a site's own theme has none.
const DEFAULT: &str = "default";

/// The style sheet to which the site's own colour is added.
const STYLE: &str = "site.css";

/// The messages that a theme replaces.
const MESSAGES: &str = "messages/en.yaml";

/// The message about the ledger that the default theme said on every page, and the one that it says.
const LEDGER: &str = "site.ledger";
const VERIFY: &str = "site.verify";

/// The templates a theme must have, beside one for each list that the site has.
const TEMPLATES: &[&str] = &[
    "404.html",
    "moved.html",
    "page.html",
    "changes.html",
    "compare.html",
    "diff.html",
    "history.html",
    "home.html",
    "ledger.html",
    "next.html",
    "policy.html",
];

/// Templates ready to render, and the static files.
pub struct Theme {
    folder: TreePath,
    tera: Tera,
    /// The templates as their author wrote them, to say where a mistake is.
    sources: BTreeMap<String, (TreePath, String)>,
    /// Every static file: its name in the theme, its name with the digest in it, its bytes.
    pub assets: Vec<Asset>,
    /// SHA-256 of its templates and messages, as their author wrote them.
    pub digest: Digest,
    globals: Vec<(&'static str, tera::Value)>,
    /// What the site says itself.
    pub messages: Arc<Messages>,
}

/// A static file of a theme.
pub struct Asset {
    /// What the theme calls it: `site.css`.
    pub name: String,
    /// What the site calls it: `site.1f2e3d4c.css`.
    pub hashed: String,
    /// Its bytes.
    pub file: File,
}

impl Theme {
    /// Loads the theme that a site asks for, and reports what is wrong with it.
    pub fn load(
        files: &Tree<File>,
        config: &Config,
        diagnostics: &mut Diagnostics,
    ) -> Option<Theme> {
        let name = &config.theme.value;
        let own = TreePath::new(&format!("themes/{name}")).expect("a theme's name is a slug");
        let site = TreePath::new("content/site.yaml").expect("a path");
        if files.under(&own).next().is_none() {
            let missing = Diagnostic::error(Code::Theme, format!("there is no theme `{name}`"));
            diagnostics.push(
                missing
                    .at(&site, config.theme.span)
                    .help(format!("make the folder `{own}`, or use `default`")),
            );
            return None;
        }
        let default = TreePath::new(&format!("themes/{DEFAULT}")).expect("a path");
        let mut merged: BTreeMap<&str, (&TreePath, &File)> = BTreeMap::new();
        for folder in [&default, &own] {
            merged.extend(
                files
                    .under(folder)
                    .filter_map(|(path, file)| Some((path.within(folder.as_str())?, (path, file)))),
            );
        }
        let accent = config.accent.as_ref().map(|colour| (colour, Accent::of(colour.value)));
        if let Some((colour, Err(Faint { contrast, nearest }))) = &accent {
            let faint = Diagnostic::error(
                Code::Faint,
                format!(
                    "`{}` is hard to read: its contrast is {contrast:.1}, and text needs 4.5",
                    colour.value
                ),
            );
            diagnostics.push(
                faint
                    .at(&site, colour.span)
                    .help(format!("write `\"{nearest}\"`, the nearest shade that can be read")),
            );
        }
        let accent = accent.and_then(|(_, accent)| accent.ok());
        let messages = messages(files, &[&default, &own], diagnostics);
        let mut sources = BTreeMap::new();
        let mut assets = Vec::new();
        let mut digest = Hasher::default();
        let told = merged.iter().filter(|(within, _)| !within.starts_with("static/"));
        told.for_each(|(within, (_, file))| digest.add_file(within, file));
        let digest = digest.digest();
        for (within, (path, file)) in merged {
            match within.split_once('/') {
                Some(("templates", name)) => match Source::new(path, file) {
                    Ok(source) => {
                        unsaid(path, &source.text, &messages, diagnostics);
                        redrawn(path, name, &source.text, diagnostics);
                        sources.insert(name.to_owned(), (path.clone(), source.text.into_owned()));
                    }
                    Err(span) => diagnostics.push(
                        Diagnostic::error(Code::NotText, "the template is not UTF-8")
                            .at(path, span)
                            .help("save it as UTF-8"),
                    ),
                },
                Some(("static", name)) => {
                    let accent = accent.as_ref().filter(|_| name == STYLE);
                    let file = said(path, file, &messages, diagnostics);
                    let file = accent.map_or_else(|| file.clone(), |accent| tinted(&file, accent));
                    assets.push(Asset { name: name.to_owned(), hashed: hashed(name, &file), file });
                }
                _ if within == MESSAGES => {}
                _ => {
                    let stray = Diagnostic::warning(
                        Code::StrayFile,
                        "a theme holds `templates/`, `static/` and `messages/en.yaml`; this file is not used",
                    );
                    diagnostics.push(stray.in_file(path).help("move it into one of them"));
                }
            }
        }
        if let Some(logo) =
            config.logo.as_ref().filter(|logo| !assets.iter().any(|asset| asset.name == logo.value))
        {
            let missing =
                Diagnostic::error(Code::Theme, format!("the theme has no `static/{}`", logo.value));
            diagnostics.push(
                missing
                    .at(&site, logo.span)
                    .help(format!("put it at `{}`", own.join(&format!("static/{}", logo.value)))),
            );
        }
        let mut theme = Theme {
            folder: own,
            tera: Tera::new(),
            sources,
            assets,
            digest,
            globals: Vec::new(),
            messages: Arc::new(messages),
        };
        retired(&theme, &theme.folder.join(MESSAGES), diagnostics);
        match theme.engine(|_, text| text.to_owned()) {
            Ok(tera) => theme.tera = tera,
            Err(error) => {
                diagnostics.push(theme.located(&error));
                return None;
            }
        }
        let is_missing = |name: &String| !theme.sources.contains_key(name);
        let has = |name: &str| files.iter().any(|(path, _)| path.name() == name);
        let lists = DocumentId::lists()
            .filter(|id| is_missing(&format!("{id}.html")) && has(&format!("{id}.yaml")));
        let needed = TEMPLATES.iter().map(|name| (*name).to_owned());
        let needed = needed.filter(is_missing).chain(lists.map(|id| format!("{id}.html")));
        for name in needed {
            diagnostics.push(
                Diagnostic::error(Code::Theme, format!("the theme has no template `{name}`"))
                    .help("restore it from the default theme"),
            );
        }
        Some(theme)
    }

    /// Returns the theme with its messages in its templates, and those made smaller if the site
    /// wants that: only what draws pages has to wait for it. `templates` are those that were made
    /// smaller before.
    #[must_use]
    pub fn minified(mut self, minify: Minify, templates: &Memo<String>) -> Theme {
        let smaller = |text: &str| {
            let text = said::spoken(text, &self.messages);
            if minify != Minify::Templates {
                return text;
            }
            let made = || minified_template(&text).into_owned();
            templates.recall(Digest::of(&text), from_bytes, made)
        };
        let counted = |_: &str, text: &str| turns::counted(&smaller(text), None);
        // What is told of a template is told of it as its author wrote it.
        if let Ok(tera) = self.engine(counted) {
            self.tera = tera;
        }
        self
    }

    /// Sets what every template sees besides its view.
    pub fn share(&mut self, name: &'static str, value: &impl Serialize) {
        let value = tera::Value::from_serializable(value);
        self.tera.global_context().insert_value(name, value.clone());
        self.globals.push((name, value));
    }

    /// Renders a template.
    ///
    /// # Errors
    /// Says where in the template, as its author wrote it, the mistake is.
    pub fn render(&self, template: &str, view: &impl Serialize) -> Result<String, Diagnostic> {
        let context = Context::from_serialize(view).map_err(|error| self.located(&error))?;
        turns::begin();
        self.tera.render(template, &context).map_err(|error| {
            let exceeded = turns::exceeded();
            turns::begin();
            let again = self.engine(|name, text| match exceeded {
                true => turns::counted(text, Some(name)),
                false => text.to_owned(),
            });
            let again = again.and_then(|mut tera| {
                for (name, value) in &self.globals {
                    tera.global_context().insert_value(*name, value.clone());
                }
                tera.render(template, &context)
            });
            let error = again.err().unwrap_or(error);
            turns::stopped().map_or_else(|| self.located(&error), |place| self.endless(place))
        })
    }

    /// Returns true if a page of a document may show the newest seal of the ledger, for all that
    /// can be told of the templates.
    pub fn may_show_head(&self) -> bool {
        let many =
            self.sources.iter().filter(|(name, _)| !redrawn::SINGLE.contains(&name.as_str()));
        many.into_iter().any(|(_, (_, text))| redrawn::may_show(text))
    }

    /// Returns what is told of a template that draws a page as it must not.
    pub fn unfit(&self, template: &str, message: String) -> Diagnostic {
        let found = Diagnostic::error(Code::Theme, message);
        match self.sources.get(template) {
            Some((path, _)) => found.in_file(path),
            None => found.in_file(&self.folder),
        }
    }

    /// Returns an engine with all templates loaded, each as `text` makes it of what its author
    /// wrote.
    fn engine(&self, text: impl Fn(&str, &str) -> String) -> Result<Tera, tera::Error> {
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html"]);
        tera.register_filter("t", sayer(Arc::clone(&self.messages)));
        tera.register_function(turns::COUNT, turns::count);
        let templates: Vec<(String, String)> = self
            .sources
            .iter()
            .map(|(name, (_, source))| (name.clone(), text(name, source)))
            .collect();
        tera.add_raw_templates(templates)?;
        Ok(tera)
    }

    /// Returns an error of the engine with its place in the theme.
    /// Returns what is to be said of a loop that was stopped.
    fn endless(&self, (name, at): (String, usize)) -> Diagnostic {
        let message = format!("the loops of this page take more than {} turns", turns::MOST);
        let found = Diagnostic::error(Code::Theme, message);
        let found = found.help("let a loop inside another go over fewer values");
        match self.sources.get(&name) {
            Some((path, source)) => {
                let length = source.get(at..).and_then(|text| text.find("%}")).unwrap_or(0);
                found.at(path, Span::new(at, (at + length + 2).min(source.len())))
            }
            None => found.in_file(&self.folder),
        }
    }

    fn located(&self, error: &tera::Error) -> Diagnostic {
        let (ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report)) = error.kind()
        else {
            return Diagnostic::error(Code::Theme, error.to_string().trim().to_owned())
                .in_file(&self.folder);
        };
        let found =
            Diagnostic::error(Code::Theme, report.message().trim_end_matches('.').to_owned());
        match self.sources.get(report.filename()) {
            Some((path, source)) => {
                let range = report.span().range.clone();
                let end = range.end.min(source.len());
                found.at(path, Span::new(range.start.min(end), end))
            }
            None => found.in_file(&self.folder),
        }
    }
}

/// Returns what a site says itself: the messages of the program, with those of these themes in
/// their place.
fn messages(files: &Tree<File>, themes: &[&TreePath], diagnostics: &mut Diagnostics) -> Messages {
    let mut messages = Messages::english().clone();
    for path in themes.iter().map(|theme| theme.join(MESSAGES)).collect::<BTreeSet<_>>() {
        let Some((path, file)) = files.get_key_value(&path) else { continue };
        if Messages::are_english(file.bytes()) {
            continue;
        }
        match Source::new(path, file) {
            Ok(source) => messages = messages.with(path, &source.text, diagnostics),
            Err(span) => diagnostics.push(
                Diagnostic::error(Code::NotText, "the messages are not UTF-8")
                    .at(path, span)
                    .help("save them as UTF-8"),
            ),
        }
    }
    messages
}

/// Reports the messages that a file of a theme says and that there are none of.
fn unsaid(path: &TreePath, text: &str, messages: &Messages, diagnostics: &mut Diagnostics) {
    for (id, place) in said::ids(text).filter(|(id, _)| messages.message(id, None).is_none()) {
        let found = Diagnostic::error(Code::Theme, format!("there is no message `{id}`"));
        let found = found.at(path, Span::new(place.start, place.end));
        diagnostics.push(match nearest(id, messages.ids()) {
            Some(meant) => found.help(format!("did you mean `{meant}`?")),
            None => found,
        });
    }
}

/// Reports a template that prints the newest seal on more than one page.
fn redrawn(path: &TreePath, name: &str, text: &str, diagnostics: &mut Diagnostics) {
    if redrawn::SINGLE.contains(&name) {
        return;
    }
    for place in redrawn::heads(text) {
        let found = Diagnostic::warning(
            Code::Redrawn,
            "`site.head` changes with every release, and each page that shows it is published again",
        );
        diagnostics.push(found.at(path, Span::new(place.start, place.end)).help(
            "link to the page that shows it: `{% if site.ledger %}{{ \"site.verify\" | t(ledger=page.root ~ site.ledger) }}{% endif %}`",
        ));
    }
}

/// Reports that a theme has its own words in the footer for the ledger where the default theme no
/// longer says them.
fn retired(theme: &Theme, path: &TreePath, diagnostics: &mut Diagnostics) {
    let is_own = |id| theme.messages.message(id, None) != Messages::english().message(id, None);
    let says = |(_, text): &(TreePath, String)| said::ids(text).any(|(id, _)| id == LEDGER);
    if is_own(LEDGER) && !is_own(VERIFY) && !theme.sources.values().any(says) {
        let found = format!("no template says `{LEDGER}` any more");
        let found = Diagnostic::warning(Code::Theme, found).in_file(path);
        diagnostics.push(found.help(format!("replace `{VERIFY}`, which the footer says")));
    }
}

/// Returns a static file with the messages that it says, if it is a script or a style sheet.
fn said(path: &TreePath, file: &File, messages: &Messages, diagnostics: &mut Diagnostics) -> File {
    let speaks = [".css", ".js"].iter().any(|ending| path.as_str().ends_with(ending));
    match std::str::from_utf8(file.bytes()) {
        Ok(text) if speaks && said::ids(text).next().is_some() => {
            unsaid(path, &Source::lossy(path, file).text, messages, diagnostics);
            File::new(said::spoken_static(text, messages).into_bytes())
        }
        _ => file.clone(),
    }
}

/// Returns a style sheet with the site's own colour in it.
fn tinted(style: &File, accent: &Accent) -> File {
    let (light, dark) = (accent.light(), accent.dark());
    let own = format!(
        ":root {{ --accent: {light}; }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; }} }}\n"
    );
    File::new([style.bytes(), own.as_bytes()].concat())
}

/// Returns the name of a static file with the digest of its bytes in it, so that browsers may keep
/// it for ever.
fn hashed(name: &str, file: &File) -> String {
    let digest = file.digest().short();
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{digest}.{extension}"),
        None => format!("{name}.{digest}"),
    }
}

/// Returns the filter by which templates say a message, `{{ "version.name" | t(id=version.id) }}`.
/// A value is escaped; a day becomes a `time`, and the value of a link is its address.
fn sayer(
    messages: Arc<Messages>,
) -> impl Fn(&str, Kwargs, &State) -> TeraResult<Value> + Sync + Send + 'static {
    move |id: &str, values: Kwargs, state: &State| {
        let find = |name: &str| values.iter().find(|(key, _)| key.as_str() == Some(name));
        let count = find("count").map(|(_, count)| count.to_string());
        let message = messages
            .message(id, count.as_deref())
            .ok_or_else(|| tera::Error::message(format!("there is no message `{id}`")))?;
        let mut html = String::new();
        let value = |name: &str| shown(find(name)?.1, state).map(Cow::Owned);
        fill(message, value, &mut html)
            .map_err(|name| tera::Error::message(format!("`{id}` needs `{name}`")))?;
        Ok(Value::safe_string(&html))
    }
}

/// Returns a value as HTML.
fn shown(value: &Value, state: &State) -> Option<String> {
    if let (Some(iso), Some(text)) = (value.get_from_path("iso"), value.get_from_path("text")) {
        let (iso, text) = (state.escape(iso.as_str()?).ok()?, state.escape(text.as_str()?).ok()?);
        return Some(format!("<time datetime=\"{iso}\">{text}</time>"));
    }
    let scalar = value.is_string() || value.is_number();
    let text = scalar.then(|| value.to_string())?;
    if value.is_safe() { Some(text) } else { state.escape(&text).ok() }
}
