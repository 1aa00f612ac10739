//! Single keys from a terminal, and the terminal as it was at the end. The one file that names the
//! libraries for that.

use std::io::{IsTerminal as _, Read as _};
use std::{io, thread};

/// A terminal that hands over each key as it is pressed, until the value goes.
pub struct Keys {
    #[cfg(unix)]
    terminal: terminal::Terminal,
}

/// The exit code of a program that was interrupted, as shells have it.
#[cfg(unix)]
const INTERRUPTED: i32 = 130;

impl Keys {
    /// Calls `press` with each key from now on; `None` if there is no keyboard.
    pub fn start(press: impl Fn(char) + Send + 'static) -> Option<Keys> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        #[cfg(unix)]
        let keys = Keys { terminal: terminal::Terminal::take()? };
        #[cfg(unix)]
        keys.terminal.restore_when_interrupted();
        // Where a terminal hands over whole lines, a key is one of its letters, after Enter.
        #[cfg(not(unix))]
        let keys = Keys {};
        let listen = move || {
            let pressed = io::stdin().lock().bytes().map_while(Result::ok);
            pressed.for_each(|byte| press(char::from(byte)));
        };
        thread::Builder::new().name("keys".into()).spawn(listen).ok().map(|_| keys)
    }
}

#[cfg(unix)]
mod terminal {
    use std::io;

    use nix::sys::termios;
    use nix::sys::termios::{LocalFlags, SetArg, Termios};
    use nix::unistd;

    /// A terminal as it was found.
    pub struct Terminal {
        before: Termios,
    }

    impl Terminal {
        /// Has the terminal hand over each key at once, unshown; `None` if it is another
        /// program's turn to read.
        pub fn take() -> Option<Terminal> {
            if unistd::tcgetpgrp(io::stdin()) != Ok(unistd::getpgrp()) {
                return None;
            }
            let before = termios::tcgetattr(io::stdin()).ok()?;
            let mut single = before.clone();
            single.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
            termios::tcsetattr(io::stdin(), SetArg::TCSANOW, &single).ok()?;
            Some(Terminal { before })
        }

        /// Has Ctrl-C, and whatever else ends the program from outside, leave the terminal as it
        /// was found.
        pub fn restore_when_interrupted(&self) {
            let terminal = Terminal { before: self.before.clone() };
            let ended = ctrlc::set_handler(move || {
                terminal.restore();
                std::process::exit(super::INTERRUPTED);
            });
            // Without it the program ends all the same.
            drop(ended);
        }

        fn restore(&self) {
            let _ = termios::tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before);
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            self.restore();
        }
    }
}
