//! What a file holds, by its name: the media types that servers send.

use crate::tree::TreePath;

impl TreePath {
    /// Returns the media type of a file by its name. Whatever is text names its character set: JSON
    /// and YAML as well, which mean UTF-8 without it (RFC 8259, RFC 9512), because some who read
    /// them take text that says nothing for Latin-1.
    pub fn media_type(&self) -> &'static str {
        let kind = self.name().rsplit_once('.').map_or("", |(_, extension)| extension);
        match kind.to_ascii_lowercase().as_str() {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" | "mjs" => "text/javascript; charset=utf-8",
            "txt" | "asc" => "text/plain; charset=utf-8",
            "md" => "text/markdown; charset=utf-8",
            "csv" => "text/csv; charset=utf-8",
            "json" => "application/json; charset=utf-8",
            "yaml" => "application/yaml; charset=utf-8",
            "xml" => "application/xml; charset=utf-8",
            "atom" => "application/atom+xml; charset=utf-8",
            "svg" => "image/svg+xml; charset=utf-8",
            "link" => "application/link-format",
            "ico" => "image/x-icon",
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "avif" => "image/avif",
            "woff2" => "font/woff2",
            "pdf" => "application/pdf",
            _ if self.name() == "SHA256SUMS" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }
}
