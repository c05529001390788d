//! A few words of an answer that nobody understood, for people: on one line, cut short, and without tokens.
//!
//! It does not know what a vendor's secrets look like: who knows says how they begin.

const CHARS_MAX: usize = 400;

/// Whatever follows the word `Bearer`, and every word that holds one of `tokens`, is left out.
#[must_use]
pub fn excerpt(text: &str, tokens: &[&str]) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    for index in 0..words.len() {
        let follows = index > 0 && words[index - 1].to_ascii_lowercase().ends_with("bearer");
        if follows || tokens.iter().any(|token| words[index].contains(token)) {
            words[index] = "(redacted)";
        }
    }
    let line = words.join(" ");
    match line.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_is_left() {
        let text = "<b>Authorization: Bearer abc.def</b>\n\n and ey.ey or sv=1&sig=2, sig";
        let line = "<b>Authorization: Bearer (redacted) and (redacted) or (redacted) sig";
        assert_eq!(excerpt(text, &["ey.", "sig="]), line);
    }

    #[test]
    fn it_is_one_short_line() {
        let long = excerpt(&"ä\n".repeat(CHARS_MAX), &[]);
        assert_eq!(long.chars().count(), CHARS_MAX + 1);
        assert!(long.ends_with('…') && !long.contains('\n'), "{long}");
    }
}
