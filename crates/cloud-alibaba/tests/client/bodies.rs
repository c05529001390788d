//! Answers as the vendor's documents have them.

use serde_json::{Value as Json, json};

pub(crate) const SERVICE: &str = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n1";
pub(crate) const VPC: &str = "vpc-t4n1";

pub(crate) const MARK: [(&str, &str); 5] = [
    ("tidelock:owner", "team-a"),
    ("tidelock:name", "orders"),
    ("tidelock:incarnation", "2"),
    ("tidelock:on-delete", "remove"),
    ("tidelock:cluster", "premium//2/"),
];

pub(crate) fn error(code: &str) -> Json {
    json!({
        "RequestId": "0ED8D006-F706-4D23-88ED-E11ED28DCAC0",
        "HostId": "privatelink.ap-southeast-1.aliyuncs.com",
        "Code": code,
        "Message": "The specified operation is said to be impossible.",
        "Recommend": "https://api.aliyun.com/troubleshoot",
    })
}

pub(crate) fn done() -> Json {
    json!({"RequestId": "0ED8D006-F706-4D23-88ED-E11ED28DCAC0"})
}

pub(crate) fn identity(account: &str) -> Json {
    json!({
        "AccountId": account,
        "Arn": format!("acs:ram::{account}:user/tidelock"),
        "IdentityType": "RAMUser",
        "PrincipalId": "2156",
        "RequestId": "A",
        "UserId": "2156",
    })
}

pub(crate) fn endpoint(id: &str, own: &str, connection: &str) -> Json {
    json!({
        "EndpointId": id,
        "EndpointName": "a name",
        "EndpointType": "Interface",
        "EndpointStatus": own,
        "ConnectionStatus": connection,
        "EndpointBusinessStatus": "Normal",
        "EndpointDomain": format!("{id}.epsrv-t4n1.ap-southeast-1.privatelink.aliyuncs.com"),
        "Bandwidth": 3072,
        "CreateTime": "2026-01-05T00:00:00Z",
        "RegionId": "ap-southeast-1",
        "ServiceId": "epsrv-t4n1",
        "ServiceName": SERVICE,
        "VpcId": VPC,
        "Tags": [],
    })
}

pub(crate) fn marked(id: &str, own: &str, connection: &str) -> Json {
    let mut endpoint = endpoint(id, own, connection);
    let tags = MARK.iter().chain(&[("team", "orders")]);
    let tags = tags.map(|(key, value)| json!({"Key": key, "Value": value}));
    endpoint["Tags"] = tags.collect();
    endpoint
}

pub(crate) fn page(endpoints: &[Json], next: &str) -> Json {
    json!({"RequestId": "A", "MaxResults": 1000, "NextToken": next, "Endpoints": endpoints})
}

pub(crate) fn zones(zones: &[(&str, &str)]) -> Json {
    let row = |(zone, v_switch): &(&str, &str)| {
        json!({
            "ZoneId": zone,
            "VSwitchId": v_switch,
            "EniId": "eni-t4n1",
            "EniIp": "10.0.0.7",
            "ZoneDomain": "ep-1-a.epsrv-t4n1.ap-southeast-1.privatelink.aliyuncs.com",
            "ZoneStatus": "Connected",
        })
    };
    json!({"RequestId": "A", "Zones": zones.iter().map(row).collect::<Vec<_>>()})
}

pub(crate) fn groups(ids: &[&str]) -> Json {
    let row = |id: &&str| json!({"SecurityGroupId": id, "SecurityGroupStatus": "Attached"});
    json!({"RequestId": "A", "SecurityGroups": ids.iter().map(row).collect::<Vec<_>>()})
}

pub(crate) fn tag_resources(id: &str, tags: &[(&str, &str)]) -> Json {
    let row = |(key, value): &(&str, &str)| json!({"ResourceId": id, "ResourceType": "VPCENDPOINT", "TagKey": key, "TagValue": value});
    json!({"RequestId": "A", "TagResources": tags.iter().map(row).collect::<Vec<_>>()})
}

pub(crate) fn switches(rows: &[(&str, &str)]) -> Json {
    let row = |(id, zone): &(&str, &str)| {
        json!({
            "VSwitchId": id,
            "VpcId": VPC,
            "ZoneId": zone,
            "CidrBlock": "10.0.0.0/24",
            "AvailableIpAddressCount": 250,
            "Status": "Available",
        })
    };
    json!({
        "RequestId": "A",
        "PageNumber": 1,
        "PageSize": 50,
        "TotalCount": rows.len(),
        "VSwitches": {"VSwitch": rows.iter().map(row).collect::<Vec<_>>()},
    })
}

pub(crate) fn rules(ports: &[&str]) -> Json {
    let row = |ports: &&str| {
        json!({
            "Direction": "ingress",
            "Policy": "Accept",
            "IpProtocol": "TCP",
            "PortRange": ports,
            "SourceCidrIp": "10.0.0.0/8",
            "Priority": "1",
        })
    };
    let rows: Vec<_> = ports.iter().map(row).collect();
    json!({"RequestId": "A", "VpcId": VPC, "SecurityGroupId": "sg-1", "Permissions": {"Permission": rows}})
}

pub(crate) fn services(zones: &[&str]) -> Json {
    json!({
        "RequestId": "A",
        "TotalCount": "1",
        "Services": [{"ServiceId": "epsrv-t4n1", "ServiceName": SERVICE, "Zones": zones}],
    })
}

pub(crate) fn created(id: &str) -> Json {
    endpoint(id, "Creating", "Disconnected")
}
