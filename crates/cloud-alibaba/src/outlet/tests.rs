//! The `alibaba:` section of a private link connection as people write it, rightly and wrongly.

use super::*;
use serde_json::{Value as Json, json};

const NAME: &str = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n1a2b3c4d5e6f7g8";

fn expose() -> Json {
    json!({
        "database": "rm-t4n01",
        "port": 3306,
        "vpc": "vpc-t4n01",
        "vSwitches": ["vsw-t4n1", "vsw-t4n2"],
        "securityGroups": ["sg-t4n3"],
        "tags": {"team": "orders"},
    })
}

fn with(key: &str, value: Json) -> Outlet {
    let mut expose = expose();
    if key == ADDRESSES {
        expose.as_object_mut().unwrap().remove(DATABASE);
    }
    expose[key] = value;
    serde_json::from_value(json!({"account": "prod", "expose": expose})).unwrap()
}

fn check(outlet: &Outlet, field: &str, says: &str) {
    let flaws = outlet.check();
    let [flaw] = &flaws[..] else { panic!("{field}: {flaws:?}") };
    assert_eq!(flaw.field, field);
    assert!(flaw.message.contains(says), "{says} in {}", flaw.message);
    assert!(!flaw.remedy.is_empty());
}

#[test]
fn a_service_that_is_there() {
    let outlet = json!({"account": "prod", "service": NAME});
    let outlet: Outlet = serde_json::from_value(outlet).unwrap();
    assert_eq!(outlet.check(), vec![]);
    assert_eq!(outlet.account(), "prod");
    assert_eq!(outlet.exposed(), Exposed::Service(PartId(NAME.into())));
}

#[test]
fn a_database_and_fixed_addresses() {
    let outlet = with(PORT, json!(3307));
    assert_eq!(outlet.check(), vec![]);
    let Exposed::Database(exposure) = outlet.exposed() else { panic!("a database") };
    assert_eq!(exposure.source, Source::Instance("rm-t4n01".into()));
    assert_eq!(exposure.port, 3307);
    let fields: Vec<_> = exposure.settings.into_keys().collect();
    assert_eq!(fields, [SECURITY_GROUPS, TAGS, V_SWITCHES, VPC]);

    let outlet = with(ADDRESSES, json!(["10.0.0.9", "172.31.1.1", "192.168.7.7"]));
    assert_eq!(outlet.check(), vec![]);
    let Exposed::Database(exposure) = outlet.exposed() else { panic!("a database") };
    let Source::Addresses(addresses) = exposure.source else { panic!("addresses") };
    assert_eq!(addresses.len(), 3);
}

#[test]
fn exactly_one_shape_and_one_source() {
    for (json, field, says) in [
        (json!({"account": "prod"}), ACCOUNT, "neither a service"),
        (
            json!({"account": "prod", "service": NAME, "expose": expose()}),
            SERVICE,
            "both a service",
        ),
    ] {
        let outlet: Outlet = serde_json::from_value(json).unwrap();
        check(&outlet, field, says);
    }
    let mut both = with(PORT, json!(3306));
    let addresses = Some(vec![[10, 0, 0, 9].into()]);
    both.expose = both.expose.map(|expose| Expose { addresses, ..expose });
    check(&both, DATABASE, "both a database");
    both.expose = both.expose.map(|expose| Expose { addresses: None, database: None, ..expose });
    check(&both, PORT, "neither a database");
}

#[test]
fn addresses_that_no_load_balancer_can_send_to() {
    for (address, says) in [
        ("52.1.2.3", "public"),
        ("100.64.0.1", "public"),
        ("172.32.0.1", "public"),
        ("127.0.0.1", "no address of a database"),
        ("fd00::1", "IPv6"),
    ] {
        check(&with(ADDRESSES, json!([address])), ADDRESSES, says);
    }
    check(&with(ADDRESSES, json!([])), ADDRESSES, "empty");
    check(&with(ADDRESSES, json!(["10.0.0.1", "10.0.0.1"])), ADDRESSES, "twice");
}

#[test]
fn names_ids_and_ports_that_are_none() {
    let long = format!("rm-{}", "a".repeat(61));
    for id in ["", "1db", "rm-1.mysql.rds.aliyuncs.com", "rm-", "rm--b", "acs:rds:x", &long] {
        check(&with(DATABASE, json!(id)), DATABASE, "not the id");
    }
    for name in
        ["", "epsrv-1", "com.aliyuncs.privatelink.cn-x.ep-1", "com.aliyuncs.privatelink.epsrv-1"]
    {
        let outlet = json!({"account": "prod", "service": name});
        check(&serde_json::from_value(outlet).unwrap(), SERVICE, "not the name");
    }
    check(&with(PORT, json!(0)), PORT, "not a TCP port");
    check(&with(VPC, json!("vpc")), VPC, "not an id");
    check(&with(V_SWITCHES, json!([])), V_SWITCHES, "empty");
    check(&with(SECURITY_GROUPS, json!(["default"])), SECURITY_GROUPS, "default");
    let five = json!(["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"]);
    check(&with(SECURITY_GROUPS, five), SECURITY_GROUPS, "no 5 groups");
    check(&with(TAGS, json!({"tidelock:owner": "me"})), TAGS, "reserved");
}

#[test]
fn keys_and_values_that_are_not_known() {
    for (key, value) in
        [("subnets", json!([])), (PORT, json!(65_536)), (ADDRESSES, json!(["db.x"]))]
    {
        let mut expose = expose();
        expose[key] = value;
        let outlet = json!({"account": "prod", "expose": expose});
        assert!(serde_json::from_value::<Outlet>(outlet).is_err(), "{key}");
    }
}

#[test]
fn the_schema_explains_every_field() {
    let schema = serde_json::to_value(schemars::schema_for!(Outlet)).unwrap();
    for (part, count) in [(&schema, 3), (&schema["$defs"]["AlibabaExpose"], 7)] {
        assert_eq!(part["additionalProperties"], json!(false));
        let properties = part["properties"].as_object().unwrap();
        assert_eq!(properties.len(), count);
        for (field, property) in properties {
            let words = property["description"].as_str().unwrap_or_default();
            assert!(words.len() > 20, "{field}: {words:?}");
        }
    }
}
