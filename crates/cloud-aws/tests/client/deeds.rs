//! Calls that change something: what is sent, how often, and what a failure leaves certain.

use crate::bodies::{self, SERVICE, done};
use crate::script::{Answer, Form, Script, read_only};
use cloud::{
    Certainty, Change, Cloud, ClusterKey, Deleted, Difference, Error, Mark, Order, Owner, Value,
    compare,
};
use cloud_aws::Network;
use planner::endpoint::{Completion, LinkId, OnDelete, ServiceName};
use std::collections::BTreeMap;

pub(crate) fn mark() -> Mark {
    let [tier, project, cluster, group] = ["dedicated", "1", "2", "3"].map(Into::into);
    let cluster = ClusterKey { tier, project, cluster, group };
    Owner::new("team-a", None).mark("orders", 1, OnDelete::Remove, cluster)
}

pub(crate) fn network() -> Network {
    Network {
        account: "prod".into(),
        vpc: "vpc-0c12a34b56d78e90f".into(),
        subnets: vec!["subnet-0a1".into(), "subnet-0b2".into()],
        security_groups: Some(vec!["sg-0c3".into()]),
        private_dns: true,
        tags: BTreeMap::from([("team".to_owned(), "orders & co".to_owned())]),
        ip_address_type: None,
    }
}

pub(crate) fn order(network: &Network) -> Order {
    Order {
        token: mark().token(),
        mark: mark(),
        service: ServiceName(SERVICE.into()),
        region: "us-east-1".into(),
        settings: network.settings(),
        completion: network.completion(),
    }
}

fn link() -> LinkId {
    LinkId("vpce-1".into())
}

/// Everything sent but the tags, and the tags.
fn parted(form: &Form) -> (Vec<String>, BTreeMap<String, String>) {
    let is_tag = |key: &str| key.contains("Tag.");
    let rest = form.iter().filter(|(key, _)| !is_tag(key));
    let rest = rest.map(|(key, value)| format!("{key}={value}")).collect();
    let keys = form.iter().filter(|(key, _)| is_tag(key) && key.ends_with(".Key"));
    let tag = |(key, name): (&String, &String)| {
        let value = key.replace(".Key", ".Value");
        (name.clone(), form.get(&value).cloned().unwrap_or_default())
    };
    (rest, keys.map(tag).collect())
}

#[tokio::test(start_paused = true)]
async fn a_create_says_everything_at_once() {
    let script = Script::new().ok("CreateVpcEndpoint", bodies::created("vpce-1"));
    let id = script.aws().await.create(&order(&network())).await;
    assert_eq!(id, Ok(link()));
    let (rest, tags) = parted(&script.heard()[0]);
    let token = format!("ClientToken={}", mark().token());
    let service = format!("ServiceName={SERVICE}");
    let expected = [
        "Action=CreateVpcEndpoint",
        &token,
        "PrivateDnsEnabled=false",
        "SecurityGroupId.1=sg-0c3",
        &service,
        "SubnetId.1=subnet-0a1",
        "SubnetId.2=subnet-0b2",
        "TagSpecification.1.ResourceType=vpc-endpoint",
        "Version=2016-11-15",
        "VpcEndpointType=Interface",
        "VpcId=vpc-0c12a34b56d78e90f",
    ];
    assert_eq!(rest, expected);
    let mut wanted = mark().to_tags();
    wanted.insert("team".into(), "orders & co".into());
    assert_eq!(tags, wanted);
}

#[tokio::test(start_paused = true)]
async fn private_dns_is_asked_for_at_once_only_where_nobody_must_accept() {
    for (completion, private_dns, expected) in [
        (Completion::AtCreation, true, "true"),
        (Completion::AtCreation, false, "false"),
        (Completion::AfterAcceptance, true, "false"),
    ] {
        let script = Script::new().ok("CreateVpcEndpoint", bodies::created("vpce-1"));
        let network = Network { private_dns, security_groups: None, ..network() };
        let order = Order { completion, ..order(&network) };
        script.aws().await.create(&order).await.unwrap();
        let heard = script.heard();
        assert_eq!(heard[0]["PrivateDnsEnabled"], expected, "{completion:?} {private_dns}");
        assert!(!heard[0].contains_key("SecurityGroupId.1"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_is_sent_once_and_says_what_is_certain() {
    let says = |status, code| Answer::Says(status, bodies::error(code, "said AWS"));
    let table = [
        (Answer::Lost, Certainty::Unknown, true),
        (Answer::Hangs, Certainty::Unknown, true),
        (Answer::NotSent, Certainty::NotDone, true),
        (says(500, "InternalError"), Certainty::Unknown, true),
        (says(503, "RequestLimitExceeded"), Certainty::NotDone, true),
        (says(400, "IdempotentParameterMismatch"), Certainty::Unknown, true),
        (says(400, "VpcEndpointLimitExceeded"), Certainty::NotDone, false),
        (says(403, "UnauthorizedOperation"), Certainty::NotDone, false),
        (Answer::Says(200, bodies::answer("CreateVpcEndpoint", "")), Certainty::Unknown, true),
    ];
    for (answer, certainty, passes) in table {
        let script = Script::new().on("CreateVpcEndpoint", answer);
        let error = script.aws().await.create(&order(&network())).await.unwrap_err();
        assert_eq!((error.certainty(), error.passes()), (certainty, passes), "{error}");
        assert_eq!(script.count("CreateVpcEndpoint"), 1, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_may_only_look_sends_nothing() {
    let script = Script::new();
    let aws = read_only(&script).await;
    let changed = Difference {
        field: "tags",
        wanted: Value::Map(BTreeMap::from([("a".into(), "b".into())])),
        found: None,
        change: Change::InPlace,
    };
    let refused = [
        aws.create(&order(&network())).await.map(drop),
        aws.update(&link(), &[changed]).await,
        aws.delete(&link()).await.map(drop),
        aws.set_mark(&link(), Some(&mark())).await,
        aws.set_mark(&link(), None).await,
    ];
    for outcome in refused {
        assert!(matches!(outcome, Err(Error::ReadOnly { .. })), "{outcome:?}");
    }
    assert_eq!(script.heard(), Vec::<Form>::new());
}

pub(crate) fn differences(change: impl FnOnce(&mut Network)) -> Vec<Difference> {
    let found = network().settings();
    let found = found.into_iter().map(|(field, setting)| (field, setting.value)).collect();
    let mut wanted = network();
    change(&mut wanted);
    compare(&wanted.settings(), &found)
}

async fn updated(differences: &[Difference]) -> Vec<Form> {
    let script = Script::new()
        .ok("ModifyVpcEndpoint", done("ModifyVpcEndpoint"))
        .ok("CreateTags", done("CreateTags"));
    script.aws().await.update(&link(), differences).await.unwrap();
    script.heard()
}

#[tokio::test(start_paused = true)]
async fn one_call_changes_everything_but_tags_and_one_the_tags() {
    let differences = differences(|network| {
        network.subnets = vec!["subnet-0b2".into(), "subnet-0d4".into()];
        network.security_groups = Some(vec!["sg-0c3".into(), "sg-0e5".into()]);
        network.private_dns = false;
        network.tags.insert("team".into(), "billing".into());
    });
    let heard = updated(&differences).await;
    assert_eq!(heard.len(), 2);
    let (rest, _) = parted(&heard[0]);
    let expected = [
        "Action=ModifyVpcEndpoint",
        "AddSecurityGroupId.1=sg-0e5",
        "AddSubnetId.1=subnet-0d4",
        "PrivateDnsEnabled=false",
        "RemoveSubnetId.1=subnet-0a1",
        "Version=2016-11-15",
        "VpcEndpointId=vpce-1",
    ];
    assert_eq!(rest, expected);
    let (rest, tags) = parted(&heard[1]);
    assert_eq!(rest, ["Action=CreateTags", "ResourceId.1=vpce-1", "Version=2016-11-15"]);
    assert_eq!(tags, BTreeMap::from([("team".to_owned(), "billing".to_owned())]));
}

#[tokio::test(start_paused = true)]
async fn an_update_ends_at_its_first_failure() {
    let differences = differences(|network| {
        network.private_dns = false;
        network.tags.insert("team".into(), "billing".into());
    });
    let script = Script::new().fails("ModifyVpcEndpoint", 400, "IncorrectState");
    let error = script.aws().await.update(&link(), &differences).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert_eq!(script.count("CreateTags"), 0);
}

#[tokio::test(start_paused = true)]
async fn tags_are_set_when_nothing_else_differs() {
    let differences = differences(|network| drop(network.tags.insert("team".into(), "b".into())));
    let heard = updated(&differences).await;
    assert_eq!(heard.len(), 1);
    let (rest, tags) = parted(&heard[0]);
    assert_eq!(rest, ["Action=CreateTags", "ResourceId.1=vpce-1", "Version=2016-11-15"]);
    assert_eq!(tags, BTreeMap::from([("team".to_owned(), "b".to_owned())]));
}

#[tokio::test(start_paused = true)]
async fn what_needs_a_replacement_is_not_updated() {
    let differences = differences(|network| network.vpc = "vpc-9".into());
    assert_eq!(differences.len(), 1);
    assert_eq!(updated(&differences).await, Vec::<Form>::new());
}

#[tokio::test(start_paused = true)]
async fn an_update_of_what_is_gone_says_so() {
    let differences = differences(|network| network.private_dns = false);
    let code = "InvalidVpcEndpointId.NotFound";
    let script = Script::new().fails("ModifyVpcEndpoint", 400, code);
    let error = script.aws().await.update(&link(), &differences).await.unwrap_err();
    let Error::NotFound { what } = &error else { panic!("{error:?}") };
    assert!(what.contains("vpce-1") && what.contains("prod"), "{what}");
}

#[tokio::test(start_paused = true)]
async fn a_delete_reads_the_list_of_failures() {
    let script = Script::new;
    let missing = bodies::not_deleted("InvalidVpcEndpoint.NotFound");
    let deleted = [
        (script().ok("DeleteVpcEndpoints", bodies::deleted()), Deleted::Asked),
        (script().ok("DeleteVpcEndpoints", missing), Deleted::NotThere),
        (
            script().fails("DeleteVpcEndpoints", 400, "InvalidVpcEndpointId.NotFound"),
            Deleted::NotThere,
        ),
    ];
    for (script, said) in deleted {
        assert_eq!(script.aws().await.delete(&link()).await, Ok(said));
        assert_eq!(script.heard()[0]["VpcEndpointId.1"], "vpce-1");
    }
    for (code, passes) in [
        ("OperationNotPermitted", false),
        ("IncorrectState", true),
        ("UnauthorizedOperation", false),
    ] {
        let script = Script::new().ok("DeleteVpcEndpoints", bodies::not_deleted(code));
        let error = script.aws().await.delete(&link()).await.unwrap_err();
        assert_eq!(error.passes(), passes, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_mark_comes_on_and_goes_off() {
    let script = Script::new();
    let script = script.ok("CreateTags", done("CreateTags")).ok("DeleteTags", done("DeleteTags"));
    let aws = script.aws().await;
    aws.set_mark(&link(), Some(&mark())).await.unwrap();
    aws.set_mark(&link(), None).await.unwrap();
    let heard = script.heard();
    assert_eq!(parted(&heard[0]).1, mark().to_tags());
    let (rest, tags) = parted(&heard[1]);
    assert_eq!(rest, ["Action=DeleteTags", "ResourceId.1=vpce-1", "Version=2016-11-15"]);
    assert!(tags.keys().map(String::as_str).all(Mark::reserves));
    assert_eq!(tags.len(), Mark::keys().len());
    // A key with a value would be deleted only where the value is the same.
    assert!(!heard[1].keys().any(|key| key.ends_with(".Value")), "{:?}", heard[1]);
}
