//! What is printed as JSON is what the published schemas promise.

use crate::house::House;
use crate::manifests::{ORDERS, SMALLEST};
use serde_json::Value;
use sim::{LinkDeed, example};
use std::collections::BTreeSet;

#[tokio::test]
async fn check_plan_status_and_why_keep_their_promise() {
    let house = House::new().await;
    house.write("billing.yaml", SMALLEST);
    keeps_promises(&house).await;
    house.write("orders.yaml", ORDERS);
    house.ok(&["apply", "manifests", "--yes"]).await;
    keeps_promises(&house).await;
    let groups = BTreeSet::from([example::GROUP_CLOSED.to_owned()]);
    house.to_link(&house.link("billing-apps"), LinkDeed::SetSecurityGroups(groups));
    house.to_link(&house.link("orders-apps"), LinkDeed::Reject);
    house.remove("billing.yaml");
    keeps_promises(&house).await;
}

async fn keeps_promises(house: &House) {
    let json = |what: &'static str| ["--format", what];
    for (of, command) in [
        ("check", ["check", "manifests"].as_slice()),
        ("plan", &["plan", "manifests"]),
        ("status", &["status", "-f", "manifests"]),
        ("why", &["why", "billing-apps", "-f", "manifests"]),
    ] {
        let schema = house.ok(&["schema", of]).await.json();
        let printed = house.run(&[command, &json("json")].concat()).await.json();
        let mut faults = Vec::new();
        judge(&schema, &schema, &printed, "", &mut faults);
        assert_eq!(faults, Vec::<String>::new(), "{of}: {printed:#}");
    }
}

#[tokio::test]
async fn findings_keep_their_promise() {
    let house = House::new().await;
    house.write(
        "a.yaml",
        "apiVersion: tidelock/v1\nclusters:\n  - name: a\n    name: b\n    teir: dedicated\n",
    );
    let schema = house.ok(&["schema", "check"]).await.json();
    let printed = house.run(&["check", "manifests", "--format", "json"]).await.expect(3).json();
    let mut faults = Vec::new();
    judge(&schema, &schema, &printed, "", &mut faults);
    assert_eq!(faults, Vec::<String>::new(), "{printed:#}");
    let first = &printed["findings"][0];
    assert_eq!(
        (first["line"].as_u64(), first["file"].as_str()),
        (Some(3), Some("manifests/a.yaml"))
    );
    assert_eq!(printed["formatVersion"], "1.0");
}

#[test]
fn the_judge_finds_faults() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {"a": {"$ref": "#/$defs/word"}, "b": {"type": ["integer", "null"]}},
        "$defs": {"word": {"type": "string", "enum": ["x", "y"]}},
    });
    let check = |value: Value, expected: usize| {
        let mut faults = Vec::new();
        judge(&schema, &schema, &value, "", &mut faults);
        assert_eq!(faults.len(), expected, "{value}: {faults:?}");
    };
    check(serde_json::json!({"a": "x", "b": null}), 0);
    check(serde_json::json!({"b": 1}), 1);
    check(serde_json::json!({"a": "z", "b": "1", "c": 0}), 3);
}

/// As much of JSON Schema as ours use; what it does not know is a fault of the schema.
fn judge(root: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Value::Object(rules) = schema else { return };
    let object = value.as_object();
    for (rule, wanted) in rules {
        let fits = match rule.as_str() {
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                judge(root, root.pointer(pointer).unwrap(), value, at, faults);
                true
            }
            "type" => match wanted.as_array() {
                Some(any) => any.iter().any(|one| is(one, value)),
                None => is(wanted, value),
            },
            "enum" => wanted.as_array().unwrap().contains(value),
            "const" => wanted == value,
            "required" => {
                let has = |key: &Value| {
                    object.is_none_or(|object| object.contains_key(key.as_str().unwrap()))
                };
                wanted.as_array().unwrap().iter().all(has)
            }
            "properties" => {
                for (key, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        judge(root, schema, value, &format!("{at}/{key}"), faults);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = rules.get("properties").and_then(Value::as_object);
                let is_known = |key: &str| known.is_some_and(|known| known.contains_key(key));
                let strange = object.into_iter().flatten().filter(|(key, _)| !is_known(key));
                let strange: Vec<_> = strange.collect();
                for (key, value) in &strange {
                    judge(root, wanted, value, &format!("{at}/{key}"), faults);
                }
                strange.is_empty() || *wanted != Value::Bool(false)
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    judge(root, wanted, item, &format!("{at}/{index}"), faults);
                }
                true
            }
            "anyOf" | "oneOf" => {
                let good = wanted.as_array().unwrap().iter().filter(|one| {
                    let mut faults = Vec::new();
                    judge(root, one, value, at, &mut faults);
                    faults.is_empty()
                });
                let good = good.count();
                good == 1 || (rule == "anyOf" && good > 0)
            }
            "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
            "uniqueItems" | "format" | "description" | "title" | "$schema" | "$defs"
            | "default" => true,
            strange => panic!("a schema with {strange:?}"),
        };
        if !fits {
            faults.push(format!("{at}: {rule} {wanted} does not fit {value}"));
        }
    }
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        strange => panic!("a schema with type {strange:?}"),
    }
}
