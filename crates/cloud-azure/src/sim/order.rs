//! What a PUT of a private endpoint says, and what is wrong with it as it stands.

use super::call::Place;
use super::refusal::Refusal;
use serde_json::{Map, Value};
use sim::{LinkRequest, Tags};

/// Of the vendor's naming rules.
const NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=64;
const MESSAGE_CHARS_MAX: usize = 140;
const TAG_KEY_CHARS_MAX: usize = 512;
const TAG_VALUE_CHARS_MAX: usize = 256;
const NOT_IN_TAG_KEYS: &str = "<>%&\\?/";

/// What a resource can have beside its properties; the second half is the vendor's own to say.
const MEMBERS: [&str; 8] =
    ["location", "tags", "properties", "extendedLocation", "id", "name", "type", "etag"];
/// The same, of the properties.
const PROPERTIES: [&str; 12] = [
    "subnet",
    "manualPrivateLinkServiceConnections",
    "privateLinkServiceConnections",
    "ipConfigurations",
    "applicationSecurityGroups",
    "customNetworkInterfaceName",
    "ipVersionType",
    "billingSku",
    "provisioningState",
    "networkInterfaces",
    "customDnsConfigs",
    "resourceGuid",
];
/// What stands there and is not simulated; nothing may be asked of it.
const NOT_SIMULATED: [&str; 3] =
    ["ipConfigurations", "applicationSecurityGroups", "customNetworkInterfaceName"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// As ids have it: `East US 2` is `eastus2`.
    pub(super) location: String,
    /// The connection's name.
    pub(super) connection: String,
    service: String,
    subnet: String,
    message: String,
    tags: Tags,
}

impl Order {
    pub(super) fn read(place: &Place, body: &Value) -> Result<Order, Refusal> {
        check_name(place.names.first().map_or("", String::as_str))?;
        check_members(body, &MEMBERS)?;
        let location = text(body, "location");
        let location: String = location.chars().filter(|letter| !letter.is_whitespace()).collect();
        if location.is_empty() {
            let message = "The location property is required for this definition.";
            return Err(Refusal::bad("LocationRequired", message));
        }
        let properties = &body["properties"];
        check_members(properties, &PROPERTIES)?;
        for member in NOT_SIMULATED {
            if !is_nothing(&properties[member]) {
                return Err(Refusal::unreadable(format!("'{member}' is not simulated")));
            }
        }
        let subnet = text(&properties["subnet"], "id");
        if subnet.is_empty() {
            return Err(Refusal::unreadable("Required property 'subnet' not found in JSON."));
        }
        let connection = only_connection(properties)?;
        Ok(Order {
            location: location.to_ascii_lowercase(),
            connection: connection.name,
            service: connection.service,
            subnet: subnet.to_owned(),
            message: connection.message,
            tags: tags(&body["tags"])?,
        })
    }

    pub(super) fn request(&self, id: &str) -> LinkRequest {
        let Order { location: _, connection, service, subnet, message, tags } = self;
        LinkRequest {
            id: Some(id.to_owned()),
            name: connection.clone(),
            description: message.clone(),
            service: service.clone(),
            subnets: [subnet.clone()].into(),
            tags: tags.clone(),
            ..LinkRequest::default()
        }
    }
}

struct Connection {
    name: String,
    service: String,
    message: String,
}

/// A service of another tenant is asked, and never joined at once.
fn only_connection(properties: &Value) -> Result<Connection, Refusal> {
    let rows = |member: &str| properties[member].as_array().cloned().unwrap_or_default();
    let (by_hand, at_once) =
        (rows("manualPrivateLinkServiceConnections"), rows("privateLinkServiceConnections"));
    if !at_once.is_empty() {
        let message = "The client has permission to perform action \
                       'Microsoft.Network/privateLinkServices/PrivateEndpointConnectionsApproval/action', however the \
                       current tenant is not authorized to access linked subscription.";
        return Err(Refusal::new(403, "LinkedAuthorizationFailed", message));
    }
    let [row] = &by_hand[..] else {
        let why = format!("a private endpoint has one connection, and this has {}", by_hand.len());
        return Err(Refusal::unreadable(why));
    };
    let (name, its) = (text(row, "name"), &row["properties"]);
    let (service, message) = (text(its, "privateLinkServiceId"), text(its, "requestMessage"));
    if name.is_empty() || service.is_empty() {
        return Err(Refusal::unreadable("a connection has a name and a privateLinkServiceId"));
    }
    if !is_nothing(&its["groupIds"]) {
        return Err(Refusal::unreadable("a private link service has no groupIds"));
    }
    if message.chars().count() > MESSAGE_CHARS_MAX {
        let why = format!("requestMessage has at most {MESSAGE_CHARS_MAX} characters");
        return Err(Refusal::unreadable(why));
    }
    let own = str::to_owned;
    Ok(Connection { name: own(name), service: own(service), message: own(message) })
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let first = name.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    let last = name.ends_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    let inner = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    if first && last && inner && NAME_CHARS.contains(&name.len()) {
        return Ok(());
    }
    let message = format!(
        "Resource name {name} is invalid. The name can be up to 64 characters long. It must begin with a word character, \
         and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'."
    );
    Err(Refusal::bad("InvalidResourceName", message))
}

fn check_members(value: &Value, known: &[&str]) -> Result<(), Refusal> {
    let none = Map::new();
    let members = value.as_object().unwrap_or(&none);
    if !value.is_null() && !value.is_object() {
        return Err(Refusal::unreadable(format!("{value} is no object")));
    }
    let stranger = members.keys().find(|name| !known.contains(&name.as_str()));
    stranger.map_or(Ok(()), |name| {
        let why = format!("Could not find member '{name}' on object.");
        Err(Refusal::unreadable(why))
    })
}

/// All of them.
fn tags(value: &Value) -> Result<Tags, Refusal> {
    let none = Map::new();
    let mut tags = Tags::new();
    for (key, value) in value.as_object().unwrap_or(&none) {
        let value = value.as_str().ok_or_else(|| Refusal::unreadable("a tag's value is text"))?;
        let is_twice = tags.keys().any(|known| known.eq_ignore_ascii_case(key));
        if is_twice || key.is_empty() || key.chars().count() > TAG_KEY_CHARS_MAX {
            return Err(Refusal::bad(
                "InvalidTagName",
                format!("The tag name '{key}' is invalid."),
            ));
        }
        if key.contains(|letter| NOT_IN_TAG_KEYS.contains(letter)) {
            let message = format!(
                "The tag names '{key}' have reserved characters '<,>,%,&,\\,?,/' or control characters."
            );
            return Err(Refusal::bad("InvalidTagNameCharacters", message));
        }
        if value.chars().count() > TAG_VALUE_CHARS_MAX {
            let message = format!(
                "Tag value too large. Following tag '{key}' has a value of more than {TAG_VALUE_CHARS_MAX} characters."
            );
            return Err(Refusal::bad("InvalidTagValueLength", message));
        }
        tags.insert(key.clone(), value.to_owned());
    }
    Ok(tags)
}

fn text<'value>(value: &'value Value, member: &str) -> &'value str {
    value[member].as_str().unwrap_or_default()
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value.as_str() == Some("")
}
