//! Names and values in a query or in a form.

pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (unescaped(name, true), unescaped(value, true))
    };
    text.split('&').filter(|text| !text.is_empty()).map(pair).collect()
}

pub(super) fn find<'pairs>(pairs: &'pairs [(String, String)], name: &str) -> Option<&'pairs str> {
    let found = pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

/// One part of a path.
pub(super) fn part(text: &str) -> String {
    unescaped(text, false)
}

fn unescaped(text: &str, plus_is_space: bool) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, others @ ..] = rest {
        let digits = others.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|_| *first == b'%');
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let plain = if *first == b'+' && plus_is_space { b' ' } else { *first };
        bytes.push(byte.unwrap_or(plain));
        rest = if byte.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_taken_for_what_they_stand_for() {
        let found = pairs("a=b+c%2b&&d&e=%C3%BC%zz");
        let expected = [("a", "b c+"), ("d", ""), ("e", "ü%zz")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(part("a+b%20c"), "a+b c");
    }
}
