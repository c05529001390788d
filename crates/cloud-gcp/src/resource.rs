//! Names of Google Cloud's things, as partial paths: `projects/p/regions/r/forwardingRules/n`.
//!
//! The API shows the same thing as a whole URL, with one of several hosts; here all are spelled alike.

/// From the first `projects/` on; `None` for what is no path of a project's.
#[must_use]
pub(crate) fn path(text: &str) -> Option<&str> {
    match text.split_once("://") {
        Some((_, rest)) => rest.find("/projects/").map(|at| &rest[at + 1..]),
        None => text
            .trim_start_matches('/')
            .starts_with("projects/")
            .then(|| text.trim_start_matches('/')),
    }
}

/// The path if it is one, else the text as it is.
#[cfg(any(feature = "client", test))]
#[must_use]
pub(crate) fn shortened(text: &str) -> &str {
    path(text).unwrap_or(text)
}

/// A regional thing: its project, its region and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Regional<'a> {
    pub(crate) project: &'a str,
    pub(crate) region: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> Regional<'a> {
    /// `projects/p/regions/r/<kind>/n`, or a URL that ends so.
    #[must_use]
    pub(crate) fn parse(text: &'a str, kind: &str) -> Option<Regional<'a>> {
        let parts: Vec<&str> = path(text)?.split('/').collect();
        match parts.as_slice() {
            ["projects", project, "regions", region, found, name]
                if *found == kind && [project, region, name].iter().all(|part| is_word(part)) =>
            {
                Some(Regional { project, region, name })
            }
            _ => None,
        }
    }
}

/// A project's network: `projects/p/global/networks/n`.
#[must_use]
pub(crate) fn is_network(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    matches!(parts.as_slice(), ["projects", project, "global", "networks", name] if is_word(project) && is_word(name))
}

/// What can stand between two slashes. Some old projects have a domain and a colon in their id.
fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    !text.is_empty() && !text.starts_with('.') && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_one_path() {
        let path = "projects/p-1/regions/us-east1/forwardingRules/a";
        for spelling in [
            path.to_owned(),
            format!("https://www.googleapis.com/compute/v1/{path}"),
            format!("https://compute.googleapis.com/compute/v1/{path}"),
            format!("/{path}"),
        ] {
            assert_eq!(shortened(&spelling), path);
            let expected = Regional { project: "p-1", region: "us-east1", name: "a" };
            assert_eq!(Regional::parse(&spelling, "forwardingRules"), Some(expected));
        }
        assert_eq!(shortened("10.0.0.7"), "10.0.0.7");
    }

    #[test]
    fn what_is_no_regional_path_is_none() {
        for text in [
            "projects/p/regions/r/forwardingRules",
            "projects/p/regions/r/addresses/n",
            "projects/p/regions/../forwardingRules/n",
            "projects//regions/r/forwardingRules/n",
            "n",
        ] {
            assert_eq!(Regional::parse(text, "forwardingRules"), None, "{text}");
        }
        assert!(is_network("projects/example.com:p/global/networks/n"));
        assert!(!is_network("global/networks/n"));
    }
}
