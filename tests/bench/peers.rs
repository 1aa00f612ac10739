//! The same words as other generators want them: a markdown file a page, a theme with a table of
//! contents in each page and a front page that lists them all.

use crate::corpus::Page;
use policybook::tree::{File, Tree, TreePath};

/// Returns a Zola site of `count` pages. They stand in no order: in one, every page would be handed
/// its neighbours with all their words.
pub fn zola(count: usize) -> Tree<File> {
    let theme = [
        ("config.toml", ZOLA_CONFIG),
        ("content/_index.md", "+++\n+++\n"),
        ("templates/base.html", ZOLA_BASE),
        ("templates/index.html", ZOLA_INDEX),
        ("templates/page.html", ZOLA_PAGE),
        ("templates/section.html", "{% extends \"index.html\" %}\n"),
        ("static/site.css", STYLE),
    ];
    site(count, &theme)
}

/// Returns a Hugo site of `count` pages.
pub fn hugo(count: usize) -> Tree<File> {
    let theme = [
        ("hugo.toml", HUGO_CONFIG),
        ("layouts/_default/baseof.html", HUGO_BASE),
        ("layouts/index.html", HUGO_INDEX),
        ("layouts/_default/single.html", HUGO_PAGE),
        ("static/site.css", STYLE),
    ];
    site(count, &theme)
}

fn site(count: usize, theme: &[(&str, &str)]) -> Tree<File> {
    let file = |path: &str, text: String| {
        (TreePath::new(path).expect("a path"), File::new(text.into_bytes()))
    };
    let pages = Page::all(count).map(|page| {
        // The address of a page is its folder; only policybook follows links to files.
        let words = page.words.replace("/_index.md", "/");
        file(
            &format!("content/{}.md", page.id),
            format!("+++\ntitle = \"{}\"\n+++\n{words}", page.title),
        )
    });
    pages.chain(theme.iter().map(|(path, text)| file(path, (*text).to_owned()))).collect()
}

const STYLE: &str = "body { max-width: 45rem; margin: auto; font-family: sans-serif }\n";

const ZOLA_CONFIG: &str = "\
base_url = \"https://policies.example\"
title = \"Example\"
build_search_index = false
generate_feeds = false
minify_html = true
";

const ZOLA_BASE: &str = r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{{ config.title }}{% endblock %}</title>
<link rel="stylesheet" href="/site.css">
</head>
<body>
<header><p><a href="/">{{ config.title }}</a></p></header>
<main>{% block main %}{% endblock %}</main>
<footer><p>Contact: <a href="mailto:security@example.com">security@example.com</a></p></footer>
</body>
</html>
"##;

const ZOLA_INDEX: &str = r##"{% extends "base.html" %}
{% block main %}
<h1>{{ config.title }}</h1>
<ul>{% for page in section.pages %}<li><a href="{{ page.permalink | safe }}">{{ page.title }}</a></li>{% endfor %}</ul>
{% endblock %}
"##;

const ZOLA_PAGE: &str = r##"{% extends "base.html" %}
{% block title %}{{ page.title }} – {{ config.title }}{% endblock %}
{% block main %}
<article>
<h1>{{ page.title }}</h1>
<nav><h2>Contents</h2>
<ol>{% for heading in page.toc %}<li><a href="{{ heading.permalink | safe }}">{{ heading.title }}</a></li>{% endfor %}</ol></nav>
{{ page.content | safe }}
</article>
{% endblock %}
"##;

const HUGO_CONFIG: &str = "\
baseURL = \"https://policies.example/\"
title = \"Example\"
disableKinds = [\"taxonomy\", \"term\", \"rss\"]
[markup.tableOfContents]
ordered = true
";

const HUGO_BASE: &str = r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ block "title" . }}{{ site.Title }}{{ end }}</title>
<link rel="stylesheet" href="/site.css">
</head>
<body>
<header><p><a href="/">{{ site.Title }}</a></p></header>
<main>{{ block "main" . }}{{ end }}</main>
<footer><p>Contact: <a href="mailto:security@example.com">security@example.com</a></p></footer>
</body>
</html>
"##;

const HUGO_INDEX: &str = r##"{{ define "main" }}
<h1>{{ site.Title }}</h1>
<ul>{{ range site.RegularPages.ByTitle }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>
{{ end }}
"##;

const HUGO_PAGE: &str = r##"{{ define "title" }}{{ .Title }} – {{ site.Title }}{{ end }}
{{ define "main" }}
<article>
<h1>{{ .Title }}</h1>
<nav><h2>Contents</h2>
{{ .TableOfContents }}</nav>
{{ .Content }}
</article>
{{ end }}
"##;
