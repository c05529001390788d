//! What machines read: JSON and its schema, the digest, the annotations.

use super::super::{Finding, digest, github, json, saved_digest, schema, status, why};
use super::whole::findings;
use super::world::{World, absent, active, plan};
use cloud::{Severity, Value};
use insta::assert_snapshot;
use planner::endpoint::LinkState;

#[test]
#[expect(clippy::too_many_lines, reason = "a golden is as long as it is")]
fn a_plan() {
    let mut plan = plan(&[active("orders-apps").finding("vpc", Value::text("vpc-0old"))]);
    plan.digest = "0123".into();
    plan.endpoints[0].steps.truncate(2);
    plan.findings = vec![findings().remove(1)];
    assert_snapshot!(json(&plan), @r#"
    {
      "formatVersion": "1.0",
      "digest": "0123",
      "hasChanges": true,
      "risk": "high",
      "summary": {
        "adopt": 0,
        "blocked": 0,
        "create": 0,
        "delete": 0,
        "finish": 0,
        "release": 0,
        "replace": 1,
        "unchanged": 0,
        "unknown": 0,
        "update": 0
      },
      "endpoints": [
        {
          "kind": "endpoint",
          "name": "orders-apps",
          "cluster": {
            "name": "orders",
            "id": "1379661944646413143",
            "tier": "dedicated",
            "region": "aws-us-east-1"
          },
          "cloud": "aws",
          "account": "prod",
          "at": {
            "file": "clusters/orders.yaml",
            "line": 12,
            "column": 9
          },
          "phase": "active",
          "action": "replace",
          "reason": {
            "word": "cannot-change-in-place",
            "sentence": "a setting differs that cannot be changed in place"
          },
          "risk": {
            "level": "high",
            "why": "clients are cut off until another endpoint is active, with other names and addresses"
          },
          "fields": [
            {
              "name": "connectionId",
              "before": "pec-77",
              "after": null,
              "afterUnknown": true,
              "forcesReplacement": false
            },
            {
              "name": "endpointId",
              "before": "vpce-0f1",
              "after": null,
              "afterUnknown": true,
              "forcesReplacement": false
            },
            {
              "name": "vpc",
              "before": "vpc-0old",
              "after": "vpc-0c12",
              "afterUnknown": false,
              "forcesReplacement": true
            }
          ],
          "steps": [
            {
              "kind": "do",
              "word": "unregister",
              "sentence": "remove private endpoint connection pec-77 from TiDB Cloud",
              "why": {
                "word": "cannot-change-in-place",
                "sentence": "a setting differs that cannot be changed in place"
              },
              "who": "tidelock",
              "usually": null,
              "remedy": null,
              "paste": []
            },
            {
              "kind": "wait",
              "word": "connection-deleting",
              "sentence": "TiDB Cloud has removed the private endpoint connection",
              "why": null,
              "who": "tidb-cloud",
              "usually": "about 1 minute",
              "remedy": null,
              "paste": []
            }
          ],
          "drift": [
            {
              "field": "vpc",
              "wanted": "vpc-0c12",
              "found": "vpc-0old"
            }
          ],
          "warnings": [],
          "sharedWith": [],
          "parts": [],
          "ending": {
            "kind": "settled"
          }
        }
      ],
      "findings": [
        {
          "at": {
            "file": "clusters/orders.yaml",
            "line": 14,
            "column": 18
          },
          "severity": "error",
          "code": "zone-not-served",
          "message": "subnet-0a1 is in use1-az3, where the service does not stand",
          "remedy": "use a subnet in use1-az1 or use1-az2",
          "endpoint": "orders-apps"
        }
      ],
      "holds": [],
      "unknown": []
    }
    "#);
}

#[test]
fn a_stuck_plan_names_its_remedy() {
    let plan = plan(&[active("orders-apps").in_state(LinkState::Refused)]);
    let value: serde_json::Value = serde_json::from_str(&json(&plan)).expect("JSON");
    assert_eq!(value["endpoints"][0]["ending"]["kind"], "stuck");
    assert_eq!(value["endpoints"][0]["ending"]["reason"]["word"], "link-refused");
    assert_eq!(value["hasChanges"], false);
}

/// Every key that is printed is in the schema, at its place.
#[test]
fn the_schema_knows_every_key() {
    let mut plan = plan(&[
        absent("a"),
        active("b").in_state(LinkState::Refused),
        active("c").finding("vpc", Value::text("vpc-0old")),
    ]);
    plan.findings = findings();
    let value = serde_json::from_str(&json(&plan)).expect("JSON");
    let schema = schema();
    check_keys(&value, &schema, &schema, "plan");
}

pub(super) fn check_keys(
    value: &serde_json::Value,
    schema: &serde_json::Value,
    root: &serde_json::Value,
    path: &str,
) {
    use serde_json::Value as Json;
    let schema = resolve(schema, root);
    match value {
        Json::Object(fields) => {
            let places = candidates(schema, root);
            for (name, field) in fields {
                let known = places.iter().find_map(|place| {
                    place["properties"].get(name).or_else(|| place.get("additionalProperties"))
                });
                let known = known.unwrap_or_else(|| panic!("{path}.{name} is not in the schema"));
                check_keys(field, known, root, &format!("{path}.{name}"));
            }
        }
        Json::Array(items) => {
            for item in items {
                let places = candidates(schema, root);
                let known = places.iter().find_map(|place| place.get("items"));
                check_keys(item, known.expect("a list"), root, &format!("{path}[]"));
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn resolve<'a>(
    schema: &'a serde_json::Value,
    root: &'a serde_json::Value,
) -> &'a serde_json::Value {
    match schema["$ref"].as_str() {
        Some(place) => root.pointer(place.trim_start_matches('#')).expect("a definition"),
        None => schema,
    }
}

fn candidates<'a>(
    schema: &'a serde_json::Value,
    root: &'a serde_json::Value,
) -> Vec<&'a serde_json::Value> {
    let lists = ["anyOf", "oneOf"].into_iter().filter_map(|name| schema[name].as_array());
    let inner = lists.flatten().flat_map(|it| candidates(resolve(it, root), root));
    std::iter::once(schema).chain(inner).collect()
}

#[test]
fn the_digest_follows_what_is_done_and_not_where_it_is_written() {
    let of = |worlds: &[World]| digest(&worlds.iter().map(World::plan).collect::<Vec<_>>());
    let one = of(&[absent("a"), active("b")]);
    assert_eq!(one, of(&[active("b"), absent("a")]), "order does not matter");
    let moved = World { at: None, ..absent("a") };
    assert_eq!(one, of(&[moved, active("b")]), "a place does not matter");
    assert_ne!(one, of(&[absent("a"), active("b").finding("subnets", Value::set(["x"]))]));
    assert_ne!(one, of(&[absent("a")]));
    assert_eq!(one.len(), 64);
}

#[test]
fn a_saved_plan_gives_its_digest_back() {
    let plan = plan(&[absent("a")]);
    assert_eq!(saved_digest(&json(&plan)), Ok(plan.digest));
    assert!(saved_digest("{}").expect_err("no plan").starts_with("not a saved plan"));
    let newer = saved_digest(r#"{"formatVersion": "2.0", "digest": "x"}"#);
    assert_eq!(newer, Err("saved plan has format \"2.0\", expected 1.0".into()));
}

#[test]
fn annotations() {
    let mut plan = plan(&[
        absent("orders-new"),
        active("orders-apps").finding("vpc", Value::text("vpc-0old")),
        active("orders-bad").in_state(LinkState::Refused),
        active("orders-fine"),
    ]);
    plan.findings = findings();
    assert_snapshot!(github(&plan), @"
    ::error file=clusters/orders.yaml,line=14,endLine=14,col=18,title=zone-not-served::subnet-0a1 is in use1-az3, where the service does not stand%0Ause a subnet in use1-az1 or use1-az2
    ::error file=clusters/orders.yaml,line=12,endLine=12,col=9,title=orders-bad%3A blocked::TiDB Cloud's side has refused VPC endpoint vpce-0f1%0Afind out who refused it and why, in the TiDB Cloud console under Networking; a refusal is never overridden: to ask once more, delete VPC endpoint vpce-0f1, and Tidelock creates another
    ::warning file=clusters/orders.yaml,line=20,endLine=20,col=18,title=no-ingress::no rule of sg-0c3 lets port 4000 in%0Aadd one
    ::warning file=clusters/orders.yaml,line=12,endLine=12,col=9,title=orders-apps%3A replace::a setting differs that cannot be changed in place%0Arisk high: clients are cut off until another endpoint is active, with other names and addresses
    ::notice file=clusters/orders.yaml,line=12,endLine=12,col=9,title=orders-new%3A create::it does not exist
    Plan: 1 to create, 1 to REPLACE, 1 blocked, 1 unchanged.
    ");
}

#[test]
fn no_kind_has_more_than_ten_annotations() {
    let names: Vec<String> = (0..30).map(|number| format!("e{number:02}")).collect();
    let mut plan = plan(&names.iter().map(|name| absent(name)).collect::<Vec<_>>());
    let finding = |severity| Finding { severity, ..findings().remove(0) };
    plan.findings = vec![finding(Severity::Error); 25];
    plan.findings.extend(vec![finding(Severity::Warning); 11]);
    let lines = github(&plan);
    for kind in ["::error ", "::warning ", "::notice "] {
        assert_eq!(lines.lines().filter(|line| line.starts_with(kind)).count(), 10, "{kind}");
    }
    // 15 errors, 1 warning, and all but nine notices.
    assert!(lines.contains("37 annotations not shown here"), "{lines}");
}

#[test]
fn every_schema_says_what_it_is_of() {
    let title = |schema: serde_json::Value| schema["title"].as_str().map(ToOwned::to_owned);
    assert_eq!(title(schema()).as_deref(), Some("Tidelock plan"));
    assert_eq!(title(status::schema()).as_deref(), Some("Tidelock status"));
    assert_eq!(title(why::schema()).as_deref(), Some("Tidelock why"));
}
