//! Text into HTML. A title is written by whoever makes a conversation, and a page belongs to everybody who opens it.

use std::borrow::Cow;

/// Text as HTML text or as the value of a quoted attribute.
pub(crate) fn html(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out.into()
}

/// A value as JSON that can stand in a `<script>` element: without `<`, nothing in it can end the element or begin a
/// comment.
pub(crate) fn json_in_script(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".into()).replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_becomes_markup() {
        assert_eq!(html("plain"), "plain");
        assert_eq!(
            html("</title><img src='x' onerror=\"a&b\">"),
            "&lt;/title&gt;&lt;img src=&#39;x&#39; onerror=&quot;a&amp;b&quot;&gt;"
        );
        let json = json_in_script(&"</script><!--");
        assert_eq!(json, r#""\u003c/script>\u003c!--""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), "</script><!--");
    }
}
