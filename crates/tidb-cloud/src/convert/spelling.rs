//! Ids that are the same in any case, in one spelling: whoever joins them with what another cloud says compares text.
//!
//! It knows how such an id looks, and nothing of what it names.

/// The words of an id that is a path; what stands between them are names.
const WORDS: [&str; 6] = [
    "subscriptions",
    "resourceGroups",
    "providers",
    "Microsoft.Network",
    "privateEndpoints",
    "privateLinkServices",
];

/// How a service's other name ends.
const ALIAS: &str = ".privatelinkservice";

/// An id or alias that is taken in any case, with its vendor's words and all names in lower case; others as they are.
#[must_use]
pub(crate) fn spelled(text: String) -> String {
    let lower = text.to_ascii_lowercase();
    if lower.ends_with(ALIAS) {
        return lower;
    }
    if !lower.starts_with("/subscriptions/") {
        return text;
    }
    let known = |word: &str| WORDS.iter().find(|known| known.eq_ignore_ascii_case(word));
    // After the first, empty part: word, name, word, name, word, the provider's name, word, name.
    let part = |(place, part): (usize, &str)| {
        let is_word = place % 2 == 1 || place == 6;
        known(part).filter(|_| is_word).map_or_else(|| part.to_owned(), |word| (*word).to_owned())
    };
    lower.split('/').enumerate().map(part).collect::<Vec<String>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(spelled(text.to_owned()), expected);
    }

    #[test]
    fn a_path_has_one_spelling() {
        let id = "/subscriptions/9f0a/resourceGroups/providers/providers/Microsoft.Network/privateEndpoints/e-1";
        for text in [id, &id.to_uppercase(), &id.to_lowercase()] {
            check(text, id);
        }
        let service = id.replace("privateEndpoints", "privateLinkServices");
        check(&service.to_uppercase(), &service);
        check(
            "PLS.9F0A.EastUS2.Azure.PrivateLinkService",
            "pls.9f0a.eastus2.azure.privatelinkservice",
        );
    }

    #[test]
    fn other_ids_are_as_they_are() {
        for text in ["vpce-0A", "ep-X", "projects/P/regions/r/forwardingRules/R", ""] {
            check(text, text);
        }
    }
}
