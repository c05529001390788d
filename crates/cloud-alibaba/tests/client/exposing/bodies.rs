//! Answers of NLB, of PrivateLink's service side, of RDS and of Quota Center as the vendor's documents have them.

use super::{TIDB, mark};
use crate::bodies::VPC;
use planner::dataflow::Block;
use serde_json::{Value as Json, json};

pub(crate) const GROUP: &str = "sgp-t4n1";
pub(crate) const BALANCER: &str = "nlb-t4n1";
pub(crate) const LISTENER: &str = "lsn-t4n1";
pub(crate) const SERVICE: &str = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4n9";
pub(crate) const DATABASE: &str = "rm-t4n1";

/// As the client writes the mark of an owner whose name the vendor keeps for itself.
fn tags() -> Vec<Json> {
    let write = |value: String| value.replace("aliyun-", "%61liyun-");
    let tags = mark().to_tags().into_iter();
    tags.map(|(key, value)| json!({"Key": key, "Value": write(value)})).collect()
}

/// An empty one.
pub(crate) fn page(rows: &str) -> Json {
    let mut page = json!({"RequestId": "A", "MaxResults": 100, "TotalCount": 0});
    page[rows] = json!([]);
    page
}

fn full(rows: &str, all: &[Json]) -> Json {
    let mut page = json!({"RequestId": "A", "MaxResults": 100, "TotalCount": all.len()});
    page[rows] = json!(all);
    page
}

/// Of one product; where there is no usage to be seen, it says so.
pub(crate) fn quotas(rows: &[(&str, &str, u32, u32)]) -> Json {
    let row = |(code, region, used, max): &(&str, &str, u32, u32)| {
        json!({
            "Adjustable": true,
            "ApplicableRange": [1, 1_000],
            "ApplicableType": "continuous",
            "Consumable": *used > 0,
            "Dimensions": {"regionId": region},
            "GlobalQuota": false,
            "Period": {},
            "ProductCode": "nlb",
            "QuotaActionCode": code,
            "QuotaCategory": "CommonQuota",
            "QuotaName": code,
            "QuotaType": "normal",
            "QuotaUnit": "",
            "TotalQuota": f64::from(*max),
            "TotalUsage": f64::from(*used),
        })
    };
    let rows: Vec<Json> = rows.iter().map(row).collect();
    full("Quotas", &rows)
}

pub(crate) fn groups() -> Json {
    full(
        "ServerGroups",
        &[json!({
            "ServerGroupId": GROUP,
            "ServerGroupName": mark().part_name(Block::TargetGroup),
            "ServerGroupStatus": "Available",
            "ServerGroupType": "Ip",
            "Protocol": "TCP",
            "VpcId": VPC,
            "ServerCount": 1,
            "RelatedLoadBalancerIds": [BALANCER],
            "Tags": tags(),
        })],
    )
}

pub(crate) fn servers() -> Json {
    full(
        "Servers",
        &[json!({
            "ServerGroupId": GROUP,
            "ServerId": "10.0.0.23",
            "ServerIp": "10.0.0.23",
            "ServerType": "Ip",
            "Port": 3306,
            "Weight": 100,
            "Status": "Available",
        })],
    )
}

pub(crate) fn balancer(groups: &[&str]) -> Json {
    let zone = |zone: &str| {
        json!({
            "ZoneId": format!("ap-southeast-1{zone}"),
            "VSwitchId": format!("vsw-{zone}"),
            "Status": "Active",
            "LoadBalancerAddresses": [{"PrivateIPv4Address": "10.0.0.9", "EniId": "eni-1"}],
        })
    };
    json!({
        "LoadBalancerId": BALANCER,
        "LoadBalancerName": mark().part_name(Block::LoadBalancer),
        "LoadBalancerStatus": "Active",
        "LoadBalancerBusinessStatus": "Normal",
        "LoadBalancerType": "Network",
        "AddressType": "Intranet",
        "DNSName": "nlb-t4n1.ap-southeast-1.nlb.aliyuncsslb.com",
        "VpcId": VPC,
        "ZoneMappings": [zone("a"), zone("c")],
        "SecurityGroupIds": groups,
        "Tags": tags(),
    })
}

pub(crate) fn stranger() -> Json {
    let mut stranger = balancer(&[]);
    stranger["LoadBalancerId"] = json!("nlb-t4n9");
    stranger["LoadBalancerName"] = json!("web");
    stranger["Tags"] = json!([]);
    stranger
}

pub(crate) fn balancers(next: &str, rows: &[Json]) -> Json {
    let mut page = full("LoadBalancers", rows);
    page["NextToken"] = json!(next);
    page
}

pub(crate) fn listeners() -> Json {
    full(
        "Listeners",
        &[json!({
            "ListenerId": LISTENER,
            "ListenerDescription": mark().part_name(Block::Listener),
            "ListenerPort": 3306,
            "ListenerProtocol": "TCP",
            "ListenerStatus": "Running",
            "LoadBalancerId": BALANCER,
            "ServerGroupId": GROUP,
            "StartPort": "",
            "EndPort": "",
            "Tags": tags(),
        })],
    )
}

pub(crate) fn health() -> Json {
    full(
        "ListenerHealthStatus",
        &[json!({
            "ListenerId": LISTENER,
            "ListenerPort": 3306,
            "ListenerProtocol": "TCP",
            "ServerGroupInfos": [{
                "ServerGroupId": GROUP,
                "HeathCheckEnabled": true,
                "NonNormalServers": [{
                    "ServerId": "10.0.0.23",
                    "ServerIp": "10.0.0.23",
                    "Port": 3306,
                    "Status": "Unhealthy",
                    "Reason": {"ReasonCode": "CONNECT_TIMEOUT"},
                }],
            }],
        })],
    )
}

pub(crate) fn service(status: &str) -> Json {
    json!({
        "RequestId": "A",
        "ServiceId": "epsrv-t4n9",
        "ServiceName": SERVICE,
        "ServiceDomain": "epsrv-t4n9.ap-southeast-1.privatelink.aliyuncs.com",
        "ServiceStatus": status,
        "ServiceBusinessStatus": "Normal",
        "ServiceResourceType": "nlb",
        "AutoAcceptEnabled": false,
        "Zones": ["ap-southeast-1a", "ap-southeast-1c"],
    })
}

pub(crate) fn services() -> Json {
    let mut row = service("Active");
    row["Tags"] = json!(tags());
    let mut other = service("Active");
    other["ServiceId"] = json!("epsrv-t4n8");
    other["ServiceName"] = json!(SERVICE.replace("t4n9", "t4n8"));
    let mut page = full("Services", &[other, row]);
    page["TotalCount"] = json!("2");
    page
}

/// Of two services, the first of which is not ours.
pub(crate) fn connections(status: &str) -> Json {
    let row = |service: &str, endpoint: &str| {
        json!({
            "ServiceId": service,
            "EndpointId": endpoint,
            "EndpointOwnerId": TIDB.parse::<u64>().unwrap(),
            "EndpointVpcId": "vpc-tidb",
            "ConnectionStatus": status,
            "ResourceOwner": false,
            "Zones": [{"ZoneId": "ap-southeast-1a", "ZoneStatus": "Wait", "EniId": "eni-9"}],
        })
    };
    full("Connections", &[row("epsrv-t4n8", "ep-0"), row("epsrv-t4n9", "ep-1")])
}

/// One for each zone.
pub(crate) fn resources() -> Json {
    let row = |zone: &str| {
        json!({
            "ResourceId": BALANCER,
            "ResourceType": "nlb",
            "ZoneId": format!("ap-southeast-1{zone}"),
            "VpcId": VPC,
            "RegionId": "ap-southeast-1",
        })
    };
    json!({"RequestId": "A", "MaxResults": 50, "Resources": [row("a"), row("c")]})
}

pub(crate) fn users(ids: &[&str]) -> Json {
    let rows: Vec<Json> =
        ids.iter().map(|id| json!({"UserId": id.parse::<u64>().unwrap()})).collect();
    full("Users", &rows)
}

pub(crate) fn attribute() -> Json {
    let row = json!({
        "DBInstanceId": DATABASE,
        "DBInstanceStatus": "Running",
        "ConnectionString": "rm-t4n1.mysql.singapore.rds.aliyuncs.com",
        "Port": "3306",
        "RegionId": "ap-southeast-1",
        "ZoneId": "ap-southeast-1b",
        "SlaveZones": {"SlaveZone": [{"ZoneId": "ap-southeast-1c"}]},
        "VpcId": VPC,
        "VSwitchId": "vsw-b",
        "InstanceNetworkType": "VPC",
        "Engine": "MySQL",
    });
    json!({"RequestId": "A", "Items": {"DBInstanceAttribute": [row]}})
}

pub(crate) fn databases() -> Json {
    let row = json!({"DBInstanceId": DATABASE, "DBInstanceStatus": "Running", "Engine": "MySQL"});
    json!({"RequestId": "A", "PageRecordCount": 1, "Items": {"DBInstance": [row]}})
}

pub(crate) fn net_info() -> Json {
    let row = |kind: &str, host: &str, address: &str| {
        json!({
            "ConnectionString": host,
            "ConnectionStringType": "Normal",
            "IPAddress": address,
            "IPType": kind,
            "Port": "3306",
            "VPCId": VPC,
            "VSwitchId": "vsw-b",
        })
    };
    let name = "rm-t4n1.mysql.singapore.rds.aliyuncs.com";
    let rows = [
        row("Public", "rm-t4n1-pub.mysql.singapore.rds.aliyuncs.com", "47.1.2.3"),
        row("Private", "proxy.rwlb.singapore.rds.aliyuncs.com", "10.0.0.77"),
        row("Private", name, "10.0.0.23"),
    ];
    json!({
        "RequestId": "A",
        "InstanceNetworkType": "VPC",
        "SecurityIPMode": "normal",
        "DBInstanceNetInfos": {"DBInstanceNetInfo": rows},
    })
}

pub(crate) fn allow_lists(ranges: &str) -> Json {
    let row = json!({
        "DBInstanceIPArrayName": "default",
        "DBInstanceIPArrayAttribute": "",
        "SecurityIPType": "IPv4",
        "SecurityIPList": ranges,
    });
    json!({"RequestId": "A", "Items": {"DBInstanceIPArray": [row]}})
}
