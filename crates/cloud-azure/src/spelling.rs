//! Ids that are the same in any case, in one spelling: whoever joins them with what TiDB Cloud says compares text.

use crate::resource::{ENDPOINT, ResourceId, SERVICE};

/// How a service's other name ends.
const ALIAS: &str = ".privatelinkservice";

/// The one spelling of an endpoint's id, or of a service's id or alias; whatever else it is stays as it is.
#[must_use]
pub fn spelled(text: String) -> String {
    let lower = text.to_ascii_lowercase();
    if lower.ends_with(ALIAS) {
        return lower;
    }
    let spelled = |kinds| Some(ResourceId::parse(&text, kinds)?.spelled(kinds));
    [ENDPOINT, SERVICE].into_iter().find_map(spelled).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(spelled(text.to_owned()), expected);
    }

    #[test]
    fn a_path_has_one_spelling() {
        let id = "/subscriptions/9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c/resourceGroups/providers/providers/Microsoft.Network/privateEndpoints/e-1";
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
        for text in
            ["vpce-0A", "ep-X", "projects/P/regions/r/forwardingRules/R", "/subscriptions/0/E", ""]
        {
            check(text, text);
        }
    }
}
