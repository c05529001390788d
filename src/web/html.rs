//! The only way in which the page is written: whatever is not written in this program's source is escaped.

use std::fmt::Write;

/// Markup can only be a string of the source; any other text goes in as text.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Html {
        text.chars().for_each(|c| self.push(c));
        self
    }

    /// Text in which `this` is code.
    pub(super) fn prose(&mut self, text: &str) -> &mut Html {
        if !text.matches('`').count().is_multiple_of(2) {
            return self.text(text);
        }
        for (number, part) in text.split('`').enumerate() {
            if number % 2 == 0 {
                self.text(part)
            } else {
                self.leaf("code", "", part)
            };
        }
        self
    }

    pub(super) fn element(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &str)],
        inside: impl FnOnce(&mut Html),
    ) -> &mut Html {
        self.empty(tag, attributes);
        inside(self);
        self.raw("</").raw(tag).raw(">")
    }

    /// An element that cannot have anything in it, and no end.
    pub(super) fn empty(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &str)],
    ) -> &mut Html {
        self.raw("<").raw(tag);
        for (name, value) in attributes {
            self.raw(" ").raw(name).raw("=\"").text(value).raw("\"");
        }
        self.raw(">")
    }

    /// An element with nothing but text in it.
    pub(super) fn leaf(&mut self, tag: &'static str, class: &'static str, text: &str) -> &mut Html {
        self.element(tag, &[("class", class)], |html| {
            html.text(text);
        })
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    fn push(&mut self, c: char) {
        match c {
            '&' => self.0.push_str("&amp;"),
            '<' => self.0.push_str("&lt;"),
            '>' => self.0.push_str("&gt;"),
            '"' => self.0.push_str("&quot;"),
            '\'' => self.0.push_str("&#39;"),
            '\n' => self.0.push('\n'),
            c if c.is_control() || is_invisible(c) => {
                let _ = write!(self.0, "{}", c.escape_default());
            }
            c => self.0.push(c),
        }
    }
}

/// What turns the direction of writing, or hides between letters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// As one segment of a path, or one value of a query, whatever it holds.
pub(super) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_never_markup() {
        let mut html = Html::default();
        html.element("p", &[("title", "\"><script>")], |html| {
            html.text("</p><img src=x onerror='alert(1)'>\u{202e}\u{1b}[0m");
        });
        let expected = "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;/p&gt;&lt;img src=x \
            onerror=&#39;alert(1)&#39;&gt;\\u{202e}\\u{1b}[0m</p>";
        assert_eq!(html.finish(), expected);
    }

    proptest! {
        #[test]
        fn nothing_breaks_out(text in any::<String>()) {
            let mut html = Html::default();
            html.text(&text);
            let shown = html.finish();
            prop_assert!(!shown.contains(['<', '>', '"', '\'']), "{shown}");
        }

        #[test]
        fn a_segment_is_one(text in any::<String>()) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.%".contains(c);
            prop_assert!(segment(&text).chars().all(plain));
        }
    }
}
