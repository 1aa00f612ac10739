//! How help and talk are coloured.

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Style};

/// The colours of help texts.
pub const HELP: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// The colour of an error.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();

/// The colour of a warning.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The colour of what was done.
pub const DONE: Style = AnsiColor::Green.on_default().bold();

/// What stands out.
pub const STRONG: Style = Style::new().bold();
