//! The example and the default theme, kept inside the program: what `init` writes, and what a site's own theme stands on.

use rust_embed::Embed;

use crate::tree::File;
use crate::tree::Tree;
use crate::tree::TreePath;

#[derive(Embed)]
#[folder = "content"]
struct Content;

#[derive(Embed)]
#[folder = "themes"]
struct Themes;

/// Returns the example project: `content/` and `themes/` as they are in this program's own repository.
pub fn example() -> Tree<File> {
    let content = Content::iter().filter_map(|name| Some((format!("content/{name}"), Content::get(&name)?.data)));
    let themes = Themes::iter().filter_map(|name| Some((format!("themes/{name}"), Themes::get(&name)?.data)));
    let file =
        |(path, bytes): (String, std::borrow::Cow<'static, [u8]>)| (TreePath::new(&path).expect("an embedded path"), File::new(&*bytes));
    content.chain(themes).map(file).collect()
}
