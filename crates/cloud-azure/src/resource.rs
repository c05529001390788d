//! Names of Azure's things: `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/<kind>/n`.
//!
//! Azure takes an id to be the same in any case, and gives it back in another one at times; here each has one spelling.

/// What stands in a resource group: its subscription, its group, and the path below the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceId<'a> {
    pub(crate) subscription: &'a str,
    pub(crate) group: &'a str,
    pub(crate) names: Vec<&'a str>,
}

pub(crate) const ENDPOINT: &[&str] = &["privateEndpoints"];
#[cfg(feature = "client")]
pub(crate) const NETWORK: &[&str] = &["virtualNetworks"];
pub(crate) const SUBNET: &[&str] = &["virtualNetworks", "subnets"];
#[cfg(feature = "client")]
pub(crate) const INTERFACE: &[&str] = &["networkInterfaces"];
pub(crate) const SERVICE: &[&str] = &["privateLinkServices"];

const PROVIDER: &str = "Microsoft.Network";
const GROUP_CHARS_MAX: usize = 90;
const NAME_CHARS_MAX: usize = 80;

impl<'a> ResourceId<'a> {
    /// An id of this kind, in any case; `kinds` are the words between the names.
    #[must_use]
    pub(crate) fn parse(text: &'a str, kinds: &[&str]) -> Option<ResourceId<'a>> {
        let parts: Vec<&str> = text.strip_prefix('/')?.split('/').collect();
        let (fixed, rest) = parts.split_at_checked(6)?;
        let [subscriptions, subscription, groups, group, providers, provider] = fixed else {
            return None;
        };
        let words = [
            (subscriptions, "subscriptions"),
            (groups, "resourceGroups"),
            (providers, "providers"),
            (provider, PROVIDER),
        ];
        let is_ours = words.iter().all(|(found, word)| found.eq_ignore_ascii_case(word));
        let pairs: Vec<&[&str]> = rest.chunks(2).collect();
        let fits = |(pair, kind): (&&[&'a str], &&str)| matches!(pair, [word, name] if word.eq_ignore_ascii_case(kind) && is_name(name));
        let is_whole =
            pairs.len() == kinds.len() && pairs.iter().zip(kinds).all(fits) && is_group(group);
        (is_ours && is_whole && is_subscription(subscription)).then(|| ResourceId {
            subscription,
            group,
            names: rest.iter().skip(1).step_by(2).copied().collect(),
        })
    }

    /// The innermost name.
    #[cfg(feature = "client")]
    #[must_use]
    pub(crate) fn name(&self) -> &'a str {
        self.names.last().copied().unwrap_or_default()
    }

    /// The one spelling: the vendor's words, and all names in lower case.
    #[must_use]
    pub(crate) fn spelled(&self, kinds: &[&str]) -> String {
        let ResourceId { subscription, group, names } = self;
        let (subscription, group) = (subscription.to_ascii_lowercase(), group.to_ascii_lowercase());
        let mut text = group_path(&subscription, &group);
        text.push_str("/providers/Microsoft.Network");
        for (kind, name) in kinds.iter().zip(names) {
            text = format!("{text}/{kind}/{}", name.to_ascii_lowercase());
        }
        text
    }
}

fn group_path(subscription: &str, group: &str) -> String {
    format!("/subscriptions/{subscription}/resourceGroups/{group}")
}

/// An id of this kind in its one spelling; whatever else, as it is.
#[must_use]
pub(crate) fn spelled(text: &str, kinds: &[&str]) -> String {
    ResourceId::parse(text, kinds).map_or_else(|| text.to_owned(), |id| id.spelled(kinds))
}

/// A GUID.
#[must_use]
pub(crate) fn is_subscription(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == lengths.len()
        && parts.iter().zip(lengths).all(|(part, length)| {
            part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

/// Letters of any language, digits, and a few signs; it does not end with a full stop.
#[must_use]
pub(crate) fn is_group(text: &str) -> bool {
    let fits = |letter: char| letter.is_alphanumeric() || "_-.()".contains(letter);
    let length = text.chars().count();
    (1..=GROUP_CHARS_MAX).contains(&length) && !text.ends_with('.') && text.chars().all(fits)
}

fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric());
    text.len() <= NAME_CHARS_MAX && begins && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBSCRIPTION: &str = "9f0a1b2c-3d4e-4f5a-8b6c-7d8e9f0a1b2c";

    fn subnet() -> String {
        format!(
            "/subscriptions/{SUBSCRIPTION}/resourceGroups/shop/providers/Microsoft.Network/virtualNetworks/vnet/subnets/apps"
        )
    }

    #[test]
    fn every_case_has_one_spelling() {
        let subnet = subnet();
        for text in [&subnet, &subnet.to_ascii_uppercase(), &subnet.to_ascii_lowercase()] {
            assert_eq!(spelled(text, SUBNET), subnet);
        }
        let id = ResourceId::parse(&subnet, SUBNET).unwrap();
        assert_eq!(
            (id.subscription, id.group, &*id.names),
            (SUBSCRIPTION, "shop", &["vnet", "apps"][..])
        );
    }

    #[test]
    fn what_is_no_id_stays_as_it_is() {
        let subnet = subnet();
        for text in [
            "apps".to_owned(),
            subnet.trim_start_matches('/').to_owned(),
            subnet.replace("/subnets/apps", ""),
            subnet.replace("/apps", "/"),
            subnet.replace("/apps", "/.."),
            subnet.replace("shop", "shop."),
            subnet.replace("Microsoft.Network", "Microsoft.Compute"),
            subnet.replace(SUBSCRIPTION, "prod"),
            format!("{subnet}/more"),
            format!("{subnet}/more/still"),
        ] {
            assert_eq!(ResourceId::parse(&text, SUBNET), None, "{text}");
            assert_eq!(spelled(&text, SUBNET), text);
        }
    }
}
