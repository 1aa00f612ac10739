//! A message: words, places to be filled, and marks around words.

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pieces: Vec<Piece>,
    /// Its words alone.
    text: String,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// A place to be filled: `{name}`.
    Argument(String),
    /// Where what is marked begins: `<name>`, an element such as `strong`, else a link.
    Open(String),
    /// Where it ends: `</name>`.
    Close(String),
}

impl Message {
    /// Reads a message.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn read(source: &str) -> Result<Message, String> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut open: Vec<&str> = Vec::new();
        let mut rest = source;
        while let Some(at) = rest.find(['{', '<']) {
            let (words, mark) = rest.split_at(at);
            if !words.is_empty() {
                pieces.push(Piece::Text(words.to_owned()));
            }
            let (first, end) = if mark.starts_with('{') { ('{', '}') } else { ('<', '>') };
            let Some((name, after)) = mark[1..].split_once(end) else {
                return Err(format!("`{first}` is not closed"));
            };
            let bare = name.strip_prefix('/').filter(|_| first == '<').unwrap_or(name);
            if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_lowercase()) {
                return Err(format!("`{first}{name}{end}` is no name in lower case"));
            }
            pieces.push(match (first, name == bare) {
                ('{', _) => Piece::Argument(name.to_owned()),
                (_, true) => {
                    open.push(name);
                    Piece::Open(name.to_owned())
                }
                (_, false) if open.pop() == Some(bare) => Piece::Close(bare.to_owned()),
                (_, false) => return Err(format!("`</{bare}>` closes nothing")),
            });
            rest = after;
        }
        if let Some(name) = open.pop() {
            return Err(format!("`<{name}>` is not closed"));
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        let words = pieces.iter().map(|piece| match piece {
            Piece::Text(words) => words.as_str(),
            _ => "",
        });
        Ok(Message { text: words.collect(), pieces })
    }

    /// Returns its parts in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Returns its words, without what fills them.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the names of the places to be filled.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Argument(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Returns the placeholders and opening tags as written.
    pub fn parts(&self) -> impl Iterator<Item = String> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Argument(name) => Some(format!("{{{name}}}")),
            Piece::Open(name) => Some(format!("<{name}>")),
            Piece::Text(_) | Piece::Close(_) => None,
        })
    }
}
