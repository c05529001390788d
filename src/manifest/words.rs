//! Which known word somebody may have meant.

const SHORT_CHARS: usize = 64;

/// The nearest of the known words, if it is near enough to be a slip.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = squeeze(word);
    let longest = word.chars().count();
    let slips_max = (longest / 3).max(1);
    let near = known.iter().map(|known| (distance(&word, &squeeze(known)), *known));
    near.filter(|(slips, known)| *slips <= slips_max && *slips < known.len())
        .min()
        .map(|(_, known)| known)
}

/// Enough of a text to know it by.
pub(crate) fn short(text: &str) -> String {
    let start: String = text.chars().take(SHORT_CHARS).collect();
    if start.len() < text.len() { start + "…" } else { start }
}

/// `a`, `b` or `c`, each in backquotes.
pub(crate) fn one_of(words: &[&str]) -> String {
    join(words, "or")
}

/// `a`, `b` and `c`, each in backquotes.
pub(crate) fn all_of(words: &[&str]) -> String {
    join(words, "and")
}

fn join(words: &[&str], last_by: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match &quoted[..] {
        [] => "nothing".to_owned(),
        [word] => word.clone(),
        [words @ .., last] => format!("{} {last_by} {last}", words.join(", ")),
    }
}

/// `security_groups`, `security-groups` and `SecurityGroups` are no slips of `securityGroups`, but habits.
fn squeeze(word: &str) -> String {
    let letters = word.chars().take(64).filter(|c| !matches!(c, '_' | '-' | ' '));
    letters.flat_map(char::to_lowercase).collect()
}

/// Letters to insert, remove, replace, or swap with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = None;
    for (i, a) in one.chars().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let mut best = (last[j] + usize::from(a != *b)).min(last[j + 1] + 1).min(row[j] + 1);
            if j > 0 && previous == Some(*b) && other[j - 1] == a {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(a);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 6] = ["account", "vpc", "subnets", "securityGroups", "privateDns", "tags"];

    #[test]
    fn slips_and_habits() {
        for (word, meant) in [
            ("vcp", Some("vpc")),
            ("subnet", Some("subnets")),
            ("security_groups", Some("securityGroups")),
            ("privateDNS", Some("privateDns")),
            ("acount", Some("account")),
            ("password", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &KNOWN), meant, "{word}");
        }
    }

    #[test]
    fn lists_read_well() {
        assert_eq!(one_of(&["a"]), "`a`");
        assert_eq!(one_of(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(all_of(&["a", "b"]), "`a` and `b`");
    }
}
