//! The JSON Schema of a manifest, derived from the types that read it.

use super::entry::Document;
use super::network::{OFFERED, OUTLETS};
use serde_json::{Value, json};

/// What an editor needs to complete and check a manifest.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Document).to_value();
    without_null(&mut schema);
    for (entry, sections) in [("Endpoint", &OFFERED[..]), ("PrivateLinkConnection", &OUTLETS)] {
        let one_of = sections.iter().map(|cloud| json!({"required": [cloud]})).collect();
        schema["$defs"][entry]["oneOf"] = Value::Array(one_of);
    }
    // Names made of digits, which `check` takes without quotes as well.
    for field in ["id", "project"] {
        schema["$defs"]["Cluster"]["properties"][field]["type"] = json!(["string", "integer"]);
    }
    schema
}

/// A key is given or left out: nothing in a manifest is null.
fn without_null(schema: &mut Value) {
    if let Value::Object(object) = schema {
        object.retain(|key, value| !(key == "default" && value.is_null()));
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [kind] = &types[..] {
                let kind = kind.clone();
                object.insert("type".into(), kind);
            }
        }
        if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
            choices.retain(|choice| choice["type"] != "null");
            if let [Value::Object(choice)] = &choices[..] {
                let choice = choice.clone();
                object.remove("anyOf");
                object.extend(choice);
            }
        }
        for value in object.values_mut() {
            without_null(value);
        }
    } else if let Value::Array(items) = schema {
        for item in items {
            without_null(item);
        }
    }
}
