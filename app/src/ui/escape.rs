//! Text for the two places that Leptos writes as they are: inside `<textarea>` and `<title>`.
//!
//! Everywhere else text is escaped by itself. Without this, a note or a user's id that holds `</textarea><script>` would
//! become markup.

/// `text` as it must stand in HTML for a browser to show it.
pub fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_markup_is_left() {
        assert_eq!(escape_text("</textarea><b>&lt;"), "&lt;/textarea&gt;&lt;b&gt;&amp;lt;");
    }
}
