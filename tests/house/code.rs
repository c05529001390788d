//! Rust, parted into what is executed and what is only said. No parser: just enough to skip comments and texts.

/// The code alone, line by line as it was, and the texts that stood in it.
#[derive(Debug, Default)]
pub(crate) struct Code {
    pub(crate) bare: String,
    pub(crate) texts: Vec<String>,
}

impl Code {
    pub(crate) fn of(source: &str) -> Code {
        let mut code = Code::default();
        let mut rest = source;
        while let Some(first) = rest.chars().next() {
            let skipped = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                block_comment(rest)
            } else if first == '"' {
                code.text(rest, 1, text_end(rest))
            } else if let Some(quotes) = raw_text(rest) {
                code.text(rest, quotes, raw_end(rest, quotes))
            } else if first == '\'' {
                character(rest)
            } else {
                0
            };
            let taken = if skipped == 0 { first.len_utf8() } else { skipped };
            let (passed, left) = rest.split_at(taken);
            if skipped == 0 {
                code.bare.push_str(passed);
            } else {
                // What is left out parts what stands around it, and keeps its lines.
                code.bare.push(' ');
                code.bare.extend(passed.chars().filter(|c| *c == '\n'));
            }
            rest = left;
        }
        code
    }

    fn text(&mut self, rest: &str, opening: usize, end: usize) -> usize {
        let closing = if opening == 1 { 1 } else { opening - 1 };
        self.texts.push(rest.get(opening..end.saturating_sub(closing)).unwrap_or_default().into());
        end
    }

    /// Every word of every name.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, String)> {
        self.bare.lines().enumerate().flat_map(|(line, text)| {
            let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            names.flat_map(words_of).map(move |word| (line + 1, word))
        })
    }
}

/// `open_aws` and `OpenAws` are "open" and "aws".
pub(crate) fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if c == '_' || (c.is_ascii_uppercase() && before.is_ascii_lowercase()) {
            words.push(String::new());
        }
        if c != '_' {
            words.last_mut().expect("one is there").push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(left) = rest.get(at..).filter(|left| !left.is_empty()) {
        if left.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if left.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += left.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Behind the closing quote.
fn text_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// How long `r#"` is, if a raw text begins here.
fn raw_text(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after.get(hashes..)?.starts_with('"').then_some(hashes + 2)
}

fn raw_end(rest: &str, opening: usize) -> usize {
    let close = format!("\"{}", "#".repeat(opening - 2));
    let found = rest.get(opening..).and_then(|text| text.find(&close));
    found.map_or(rest.len(), |at| opening + at + close.len())
}

/// `'a'` and `'\n'` are skipped, the lifetime `'a` is not.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => {
            chars.find(|(_, c)| *c == '\'').map_or(rest.len(), |(at, _)| at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

#[test]
fn comments_and_texts_are_no_code() {
    let check = |source: &str, bare: &[&str], texts: &[&str]| {
        let code = Code::of(source);
        assert_eq!(code.bare.split_whitespace().collect::<Vec<_>>(), bare, "{source}");
        assert_eq!(code.texts, texts, "{source}");
    };
    check("a // b\nc", &["a", "c"], &[]);
    check("a /* b /* c */ d */ e", &["a", "e"], &[]);
    check(r#"f("x \" y") + 1"#, &["f(", ")", "+", "1"], &[r#"x \" y"#]);
    check("r##\"a\"# b\"## c", &["c"], &["a\"# b"]);
    check(
        "fn f<'a>(c: &'a str) -> char { '\"' }",
        &["fn", "f<'a>(c:", "&'a", "str)", "->", "char", "{", "}"],
        &[],
    );
    check(r"x('\'') y", &["x(", ")", "y"], &[]);
    let words: Vec<String> = Code::of("open_aws(Draws, OpenAws)").words().map(|(_, w)| w).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|w| !w.is_empty()).collect();
    assert_eq!(words, ["open", "aws", "draws", "open", "aws"]);
}
