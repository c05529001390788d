//! Judges a body by the vendor's figures, one file for each host: as much of JSON Schema as those use, and not a word
//! more.
//!
//! An unknown keyword is an error, so that no figure goes unread.

use serde_json::{Map, Value, json};

pub(crate) fn check(definition: &str, body: &Value) {
    let complaints = complaints(definition, body);
    assert!(complaints.is_empty(), "{complaints:#?}\nin {body:#}");
}

fn complaints(definition: &str, body: &Value) -> Complaints {
    let definitions = definitions();
    let mut complaints = Vec::new();
    judge(&definitions, &definitions[definition], body, definition, &mut complaints);
    complaints
}

/// Of all hosts. No two files define the same name.
fn definitions() -> Map<String, Value> {
    let mut all = Map::new();
    for file in [
        include_str!("../judges/dedicated.schema.json"),
        include_str!("../judges/serverless.schema.json"),
        include_str!("../judges/instances.schema.json"),
        include_str!("../judges/dataflow.schema.json"),
    ] {
        let root: Value = serde_json::from_str(file).unwrap();
        for (name, definition) in root["$defs"].as_object().unwrap() {
            let known = all.insert(name.clone(), definition.clone());
            assert_eq!(known, None, "{name}");
        }
    }
    all
}

type Complaints = Vec<String>;

fn judge(
    definitions: &Map<String, Value>,
    schema: &Value,
    value: &Value,
    at: &str,
    out: &mut Complaints,
) {
    for (keyword, figure) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$ref" => {
                let name = figure.as_str().unwrap().trim_start_matches("#/$defs/");
                judge(definitions, &definitions[name], value, at, out);
            }
            "type" if is(value, figure.as_str().unwrap()) => {}
            "type" => out.push(format!("{at}: {value} is not of type {figure}")),
            "enum" if figure.as_array().unwrap().contains(value) => {}
            "enum" => out.push(format!("{at}: {value} is not one of {figure}")),
            "required" => {
                let missing = figure.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                let missing = missing.filter(|name| value.get(name).is_none());
                out.extend(missing.map(|name| format!("{at}: lacks {name}")));
            }
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = figure.get(name) {
                        judge(definitions, schema, inner, &format!("{at}.{name}"), out);
                    }
                }
            }
            "additionalProperties" => {
                let known = schema.get("properties");
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if known.is_some_and(|known| known.get(name).is_some()) {
                        continue;
                    }
                    if figure == &Value::Bool(false) {
                        out.push(format!("{at}: {name} is invented"));
                    } else {
                        judge(definitions, figure, inner, &format!("{at}.{name}"), out);
                    }
                }
            }
            "items" => {
                for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
                    judge(definitions, figure, inner, &format!("{at}[{index}]"), out);
                }
            }
            // Patterns are left to the Python judge, which has regular expressions.
            "pattern" | "$comment" => {}
            unknown => panic!("{at}: the schema says {unknown}, which this judge does not know"),
        }
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        unknown => panic!("the schema says type {unknown}, which this judge does not know"),
    }
}

#[test]
fn the_judge_sees_what_is_wrong() {
    fn expect(definition: &str, body: &Value, complaint: &str) {
        let complaints = complaints(definition, body).join("\n");
        assert!(complaints.contains(complaint), "{body}: {complaints:?}");
    }
    let good = json!({"privateEndpointConnections": [], "totalSize": 0, "nextPageToken": ""});
    check("PrivateEndpointConnections", &good);
    expect("PrivateEndpointConnections", &json!({}), "lacks privateEndpointConnections");
    expect("PrivateEndpointConnections", &json!({"privateEndpointConnections": {}}), "not of type");
    expect(
        "PrivateEndpointConnections",
        &json!({"privateEndpointConnections": [{}]}),
        "lacks endpointId",
    );
    expect("PrivateLinkService", &json!({"state": "READY"}), "is not one of");
    expect("PrivateLinkService", &json!({"state": "ACTIVE", "port": 1}), "port is invented");
    expect("Status", &json!({"code": 49_900_007_000_i64, "message": ""}), "not of type");
    expect(
        "Cluster",
        &json!({"labels": {"tidb.cloud/project": 7}}),
        "labels.tidb.cloud/project: 7 is not",
    );
}
