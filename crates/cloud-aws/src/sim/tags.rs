//! `CreateTags`, `DeleteTags`, `DescribeTags`.
//!
//! Only VPC endpoints and endpoint services bear tags in the simulated world; those of services no list here shows.

use super::call::{Answer, Call, Row};
use super::exposing;
use super::links::{LinkRow, is_link_id};
use super::refusal::Refusal;
use super::refused::refused;
use super::xml::Xml;
use sim::Tags;

const KEY_LENGTH_MAX: usize = 128;
const VALUE_LENGTH_MAX: usize = 256;

pub(super) fn create(call: &Call) -> Answer {
    let ids = resources(call)?;
    let tags = call.form.tags("Tag")?.into_iter();
    let tags: Tags = tags.map(|(key, value)| (key, value.unwrap_or_default())).collect();
    if tags.is_empty() {
        return Err(Refusal::missing("Tag"));
    }
    valid(&tags)?;
    for id in ids {
        if !exposing::tag_service(call, &id, &tags)? {
            call.with(|world| world.tag_link(&call.scope, &id, &tags)).map_err(refused)?;
        }
    }
    Ok(Xml::new().text("return", true))
}

/// Without any tag named, all of them go.
pub(super) fn delete(call: &Call) -> Answer {
    let ids = resources(call)?;
    let named = call.form.tags("Tag")?;
    for id in ids {
        if exposing::untag_service(call, &id, &named)? {
            continue;
        }
        let of = |world: &mut sim::World| {
            if !named.is_empty() {
                return world.untag_link(&call.scope, &id, &named);
            }
            let link = world.link(&call.scope, &id);
            let all = link.iter().flat_map(|link| link.tags.keys());
            let all: Vec<_> = all.map(|key| (key.clone(), None)).collect();
            world.untag_link(&call.scope, &id, &all)
        };
        call.with(of).map_err(refused)?;
    }
    Ok(Xml::new().text("return", true))
}

fn resources(call: &Call) -> Result<Vec<String>, Refusal> {
    let ids = call.form.require_list("ResourceId")?;
    match ids.iter().find(|id| !is_link_id(id) && !id.starts_with("vpce-svc-")) {
        Some(id) => Err(Refusal::bad("InvalidID", format!("The ID '{id}' is not valid"))),
        None => Ok(ids),
    }
}

/// AWS's own rules for keys and values, in characters.
pub(super) fn valid(tags: &Tags) -> Result<(), Refusal> {
    let wrong = |message: String| Err(Refusal::bad("InvalidParameterValue", message));
    for (key, value) in tags {
        if key.to_ascii_lowercase().starts_with("aws:") {
            return wrong("Tag keys starting with 'aws:' are reserved for internal use".to_owned());
        }
        if key.chars().count() > KEY_LENGTH_MAX {
            return wrong(format!(
                "Tag key exceeds the maximum length of {KEY_LENGTH_MAX} characters"
            ));
        }
        if value.chars().count() > VALUE_LENGTH_MAX {
            return wrong(format!(
                "Tag value exceeds the maximum length of {VALUE_LENGTH_MAX} characters"
            ));
        }
    }
    Ok(())
}

pub(super) fn describe(call: &Call) -> Answer {
    let links = call.with(|world| world.links(&call.scope));
    let of = |link: &sim::Link| {
        let row = |(key, value): (&String, &String)| TagRow {
            link: link.id.to_string(),
            tag: Tags::from([(key.clone(), value.clone())]),
        };
        link.tags.iter().map(row).collect::<Vec<_>>()
    };
    call.pages(links.iter().flat_map(|link| of(link)).collect())
}

#[derive(Clone)]
struct TagRow {
    link: String,
    /// One tag.
    tag: Tags,
}

impl Row for TagRow {
    const FILTERS: &'static [&'static str] =
        &["key", "resource-id", "resource-type", "tag:", "value"];
    const IDS: &'static str = "";
    const SET: &'static str = "tagSet";

    fn key(&self) -> &str {
        &self.link
    }

    fn says(&self, filter: &str) -> Vec<String> {
        match filter {
            "key" => self.tag.keys().cloned().collect(),
            "resource-id" => vec![self.link.clone()],
            "resource-type" => vec!["vpc-endpoint".to_owned()],
            "value" => self.tag.values().cloned().collect(),
            _ => vec![],
        }
    }

    fn tags(&self) -> Option<&Tags> {
        Some(&self.tag)
    }

    fn render(&self) -> Xml {
        let xml = Xml::new().text("resourceId", &self.link).text("resourceType", "vpc-endpoint");
        self.tag.iter().fold(xml, |xml, (key, value)| xml.text("key", key).text("value", value))
    }

    fn missing(id: &str) -> Refusal {
        LinkRow::missing(id)
    }
}
