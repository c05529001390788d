//! The elements of an answer, written straight into text.
//!
//! It knows no action and no namespace. Names are our own constants and are not escaped; values always are.

use quick_xml::escape::escape;
use std::fmt::{Display, Write as _};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Xml(String);

impl Xml {
    pub(super) fn new() -> Xml {
        Xml::default()
    }

    /// An element that is nothing but its value, for lists of plain strings.
    pub(super) fn value(value: impl Display) -> Xml {
        Xml(escape(value.to_string()).into_owned())
    }

    pub(super) fn text(self, name: &str, value: impl Display) -> Xml {
        self.child(name, &Xml::value(value))
    }

    /// Nothing at all where there is no value.
    pub(super) fn optional(self, name: &str, value: Option<impl Display>) -> Xml {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub(super) fn child(mut self, name: &str, inner: &Xml) -> Xml {
        let Xml(inner) = inner;
        write!(self.0, "<{name}>{inner}</{name}>").expect("writing into a string cannot fail");
        self
    }

    /// EC2's way: `<nameSet><item>…</item></nameSet>`.
    pub(super) fn list(self, name: &str, items: impl IntoIterator<Item = Xml>) -> Xml {
        self.items(name, "item", items)
    }

    /// The older way: each list has its own word for an item, mostly `member`.
    pub(super) fn items(self, name: &str, item: &str, items: impl IntoIterator<Item = Xml>) -> Xml {
        let list = items.into_iter().fold(Xml::new(), |list, inner| list.child(item, &inner));
        self.child(name, &list)
    }

    pub(super) fn texts<Text: Display>(
        self,
        name: &str,
        items: impl IntoIterator<Item = Text>,
    ) -> Xml {
        self.list(name, items.into_iter().map(Xml::value))
    }

    pub(super) fn tags<'tag>(
        self,
        tags: impl IntoIterator<Item = (&'tag String, &'tag String)>,
    ) -> Xml {
        let tag = |(key, value)| Xml::new().text("key", key).text("value", value);
        self.list("tagSet", tags.into_iter().map(tag))
    }

    pub(super) fn and(mut self, more: &Xml) -> Xml {
        self.0.push_str(&more.0);
        self
    }

    pub(super) fn within(self, root: &str) -> String {
        Xml::new().child(root, &self).0
    }

    pub(super) fn in_namespace(self, root: &str, namespace: &str) -> String {
        let Xml(inner) = self;
        format!("<{root} xmlns=\"{namespace}\">{inner}</{root}>")
    }
}

#[cfg(test)]
mod tests {
    use super::Xml;

    #[test]
    fn values_are_escaped_and_lists_are_items() {
        let xml = Xml::new()
            .text("name", "a<b>&\"c\"")
            .texts("subnetIdSet", ["subnet-1", "subnet-2"])
            .list("empty", [])
            .optional("absent", None::<String>);
        let wanted = "<name>a&lt;b&gt;&amp;&quot;c&quot;</name>\
            <subnetIdSet><item>subnet-1</item><item>subnet-2</item></subnetIdSet><empty></empty>";
        assert_eq!(xml.within("root"), format!("<root>{wanted}</root>"));
    }
}
