//! Text from outside, made harmless for GitHub's Markdown.
//!
//! GitHub looks for names and addresses after it has rendered, so a backslash or an entity does not keep it from
//! calling somebody; a character of no width between does.

use super::super::style::clean;

/// No single text may eat the comment.
const TEXT_MAX: usize = 400;

const NO_WIDTH: char = '\u{200b}';

/// Running text, also in a table.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::new();
    let mut last = ' ';
    for c in clean(&short(text)).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' | '#' => escaped.extend([c, NO_WIDTH]),
            // `http://` and `www.` become links.
            '/' if last == ':' => escaped.extend([NO_WIDTH, c]),
            '.' if last.eq_ignore_ascii_case(&'w') => escaped.extend([NO_WIDTH, c]),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' | '$' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
        last = c;
    }
    escaped
}

/// A code span, also in a table: nothing in it is looked at, but its own end and the table's bars.
pub(super) fn code(text: &str) -> String {
    let text = clean(&short(text)).replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let pad =
        if text.is_empty() || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Inside an HTML tag's text, where Markdown's own marks may count as well.
pub(super) fn html(text: &str) -> String {
    prose(text).replace('"', "&quot;")
}

/// A fence longer than any in the text.
pub(super) fn fence(language: &str, text: &str) -> String {
    let ticks = "`".repeat(longest_run(text, '`').max(2) + 1);
    format!("{ticks}{language}\n{text}\n{ticks}")
}

pub(super) fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn short(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(prose(text), expected);
    }

    #[test]
    fn prose_opens_nothing_and_calls_nobody() {
        check("a|b", "a\\|b");
        check("<img src=x>", "&lt;img src=x&gt;");
        check("@octocat #12", "@\u{200b}octocat #\u{200b}12");
        check("https://x.example www.x.example", "https:\u{200b}//x.example www\u{200b}.x.example");
        check("[x](y) `z` *b* _i_", "\\[x\\](y) \\`z\\` \\*b\\* \\_i\\_");
        check("a\nb", "a\\\\nb");
    }

    #[test]
    fn code_is_closed_only_by_us() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code(&"x".repeat(500)).chars().count(), TEXT_MAX + 3);
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fence("diff", "a\n```\nb"), "````diff\na\n```\nb\n````");
    }
}
