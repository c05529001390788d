//! Endpoints as the vendor writes them, and what it refuses.

use crate::door::Door;
use serde_json::{Value as Json, json};
use sim::example::alibaba as example;
use sim::{Deed, Draws, LinkDeed};
use std::time::Duration;

const LATER: Duration = Duration::from_mins(3);

fn accept(door: &Door, link: &str) {
    let deed = Deed::ToLink { link: link.to_owned(), deed: LinkDeed::Accept };
    door.sim.with(|world| world.deed(deed)).unwrap();
}

fn pair(own: &str, connection: &str) -> (String, String) {
    (own.to_owned(), connection.to_owned())
}

#[tokio::test]
async fn two_states_from_the_first_day_to_the_last() {
    let door = Door::new(Draws { premium_accepts: false, ..Draws::documented() });
    let link = door.created().await;
    assert_eq!(door.states(&link).await, pair("Creating", "Disconnected"));
    door.sim.poke(LATER);
    assert_eq!(door.states(&link).await, pair("Active", "Disconnected"));
    accept(&door, &link);
    assert_eq!(door.states(&link).await, pair("Active", "Connecting"));
    door.sim.poke(LATER);
    assert_eq!(door.states(&link).await, pair("Active", "Connected"));
    let group = [("EndpointId", link.as_str()), ("SecurityGroupId", example::GROUP_CLOSED)];
    assert_eq!(door.call("AttachSecurityGroupToVpcEndpoint", &group).await.status, 200);
    assert_eq!(door.states(&link).await, pair("Pending", "Connected"));
    for action in ["AttachSecurityGroupToVpcEndpoint", "DetachSecurityGroupFromVpcEndpoint"] {
        assert_eq!(door.call(action, &group).await.refusal(), (400, "EndpointLocked"), "{action}");
    }
    let one = [("EndpointId", link.as_str())];
    assert_eq!(door.call("DeleteVpcEndpoint", &one).await.refusal(), (400, "EndpointLocked"));
    door.sim.poke(LATER);
    assert_eq!(door.call("DeleteVpcEndpoint", &one).await.status, 200);
    assert_eq!(door.states(&link).await.0, "Deleting");
    door.sim.poke(LATER);
    for action in ["GetVpcEndpointAttribute", "DeleteVpcEndpoint", "ListVpcEndpointZones"] {
        assert_eq!(door.call(action, &one).await.refusal(), (404, "EndpointNotFound"), "{action}");
    }
}

#[tokio::test]
async fn the_list_has_tags_and_no_zones_and_the_read_has_neither() {
    let door = Door::documented();
    let link = door.create(&[("Tag.1.Key", "a"), ("Tag.1.Value", "b & c")]).await;
    let link = link.body["EndpointId"].as_str().unwrap().to_owned();
    let listed = door.call("ListVpcEndpoints", &[]).await.body;
    let row = &listed["Endpoints"][0];
    assert_eq!(row["Tags"], json!([{"Key": "a", "Value": "b & c"}]));
    assert_eq!(listed["TotalCount"], 1);
    let read = door.call("GetVpcEndpointAttribute", &[("EndpointId", &link)]).await.body;
    assert_eq!(read["Tags"], Json::Null);
    for body in [row, &read] {
        assert_eq!(body["VpcId"], example::VPC);
        assert_eq!(body["Zones"], Json::Null);
        assert_eq!(body["SecurityGroups"], Json::Null);
    }
    let zones = door.call("ListVpcEndpointZones", &[("EndpointId", &link)]).await.body;
    let ids: Vec<_> =
        zones["Zones"].as_array().unwrap().iter().map(|zone| zone["VSwitchId"].clone()).collect();
    assert_eq!(ids, example::SWITCHES[..2]);
}

#[tokio::test]
async fn creates_that_are_refused() {
    let door = Door::documented();
    for (name, value, expected) in [
        ("VpcId", "vpc-none", (404, "VpcNotFound")),
        ("ServiceName", "com.none", (404, "EndpointServiceNotFound")),
        ("SecurityGroupId.1", "sg-none", (404, "InvalidSecurityGroupId.NotFound")),
        ("Zone.1.VSwitchId", "vsw-none", (404, "InvalidVSwitchId.NotFound")),
        ("Zone.1.ZoneId", "ap-southeast-1b", (400, "InvalidParameter.ZoneId")),
        ("EndpointType", "Reverse", (400, "InvalidParameter.EndpointType")),
        ("EndpointName", "1st", (400, "InvalidParameter.EndpointName")),
        ("DryRun", "maybe", (400, "InvalidParameter.DryRun")),
        ("DryRun", "True", (400, "DryRunOperation")),
        ("Tag.1.Key", "aliyun-x", (400, "InvalidParameter.TagKey")),
    ] {
        let reply = door.create(&[(name, value)]).await;
        assert_eq!(reply.refusal(), expected, "{name}={value}");
    }
    // Ten creates at once are as many as there may be.
    door.sim.poke(LATER);
    let unserved =
        [("Zone.1.ZoneId", "ap-southeast-1d"), ("Zone.1.VSwitchId", example::SWITCH_UNSERVED)];
    assert_eq!(door.create(&unserved).await.refusal(), (400, "ZoneNotSupported"));
    let listed = door.call("ListVpcEndpoints", &[]).await.body;
    assert_eq!(listed["Endpoints"], json!([]));
}

#[tokio::test]
async fn a_token_makes_one_endpoint() {
    let door = Door::documented();
    let first = door.create(&[("ClientToken", "one")]).await.body;
    let again = door.create(&[("ClientToken", "one")]).await.body;
    assert_eq!(first["EndpointId"], again["EndpointId"]);
    let other = door.create(&[("ClientToken", "one"), ("EndpointName", "other")]).await;
    assert_eq!(other.refusal(), (400, "IdempotentParameterMismatch"));
}

#[tokio::test]
async fn tags_travel_in_a_form() {
    let door = Door::documented();
    let link = door.created().await;
    let mut knock = door.knock("TagResources", &[]);
    knock.query.clear();
    knock.body = format!(
        "RegionId={}&ResourceId.1={link}&ResourceType=VpcEndpoint&Tag.1.Key=%C3%BC&Tag.1.Value=x+y",
        example::REGION
    );
    knock.headers.push(("content-type".into(), "application/x-www-form-urlencoded".into()));
    let reply = door.send(&knock).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    let its = [("ResourceType", "vpcendpoint"), ("ResourceId.1", link.as_str())];
    let rows = door.call("ListTagResources", &its).await.body;
    assert_eq!(rows["TagResources"][0]["TagKey"], "ü");
    assert_eq!(rows["TagResources"][0]["TagValue"], "x y");
    let mut removal = its.to_vec();
    removal.push(("All", "true"));
    assert_eq!(door.call("UntagResources", &removal).await.status, 200);
    let rows = door.call("ListTagResources", &its).await.body;
    assert_eq!(rows["TagResources"], json!([]));
}

#[tokio::test]
async fn the_places_that_it_looks_up() {
    let door = Door::documented();
    let of_vpc = [("VpcId", example::VPC), ("PageSize", "3"), ("PageNumber", "2")];
    let page = door.call("DescribeVSwitches", &of_vpc).await.body;
    assert_eq!((&page["TotalCount"], &page["PageNumber"]), (&json!(4), &json!(2)));
    let row = &page["VSwitches"]["VSwitch"][0];
    assert_eq!(row["VSwitchId"], example::SWITCH_UNSERVED);
    assert_eq!(row["ZoneId"], "ap-southeast-1d");
    let group = [("SecurityGroupId", example::GROUP_OPEN), ("Direction", "ingress")];
    let rules = door.call("DescribeSecurityGroupAttribute", &group).await.body;
    assert_eq!(rules["Permissions"]["Permission"][0]["PortRange"], "4000/4000");
    assert_eq!(rules["VpcId"], example::VPC);
    let absent =
        door.call("DescribeSecurityGroupAttribute", &[("SecurityGroupId", "sg-none")]).await;
    assert_eq!(absent.refusal(), (404, "InvalidSecurityGroupId.NotFound"));
}
