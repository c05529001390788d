//! A vendor's text, made fit for people: short, on one line, without what could be a secret.
//!
//! It is never parsed again.

const CHARS_MAX: usize = 500;
/// A digest's response has 32 or 64 hexadecimal digits; an echo of our request must not print it.
const HEX_RUN: usize = 32;

pub(crate) fn clean(text: &str) -> String {
    // Some characters more, so that a run of digits on the edge is seen for what it is.
    let redacted = redact(text.chars().take(CHARS_MAX + HEX_RUN).map(plain));
    match redacted.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", redacted[..end].trim()),
        None => redacted.trim().to_owned(),
    }
}

fn redact(text: impl Iterator<Item = char>) -> String {
    let mut redacted = String::new();
    let mut run = String::new();
    for char in text {
        if char.is_ascii_hexdigit() {
            run.push(char);
        } else {
            flush(&mut redacted, &mut run);
            redacted.push(char);
        }
    }
    flush(&mut redacted, &mut run);
    redacted
}

fn flush(redacted: &mut String, run: &mut String) {
    redacted.push_str(if run.len() < HEX_RUN { run } else { "[redacted]" });
    run.clear();
}

/// Neither control characters nor the marks that turn the direction of writing around.
fn plain(char: char) -> char {
    let invisible = matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if char.is_control() || invisible { ' ' } else { char }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_text_becomes_one_short_line() {
        assert_eq!(clean("\u{1b}[31mred\r\n\u{202e}end"), "[31mred   end");
        assert_eq!(clean(&"é".repeat(501)), format!("{}…", "é".repeat(500)));
        assert_eq!(clean(&"é".repeat(500)), "é".repeat(500));
    }

    #[test]
    fn what_looks_like_a_digest_is_not_repeated() {
        let digest = "6629fae49393a05397450978507c4ef1";
        assert_eq!(clean(&format!("response=\"{digest}\"")), "response=\"[redacted]\"");
        assert_eq!(clean(&format!("x{digest}{digest}")), "x[redacted]");
        assert_eq!(clean("vpce-0a1b2c3d4e5f67890"), "vpce-0a1b2c3d4e5f67890");
    }

    #[test]
    fn a_digest_on_the_edge_is_not_half_repeated() {
        let text = format!("{}{}", "-".repeat(480), "a".repeat(64));
        assert!(!clean(&text).contains("aaaa"), "{}", clean(&text));
    }
}
