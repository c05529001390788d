//! RDS: `DescribeDBInstances`, `DescribeDBInstanceAttribute`, `DescribeDBInstanceNetInfo`, and who may connect:
//! `DescribeDBInstanceIPArrayList`, `DescribeSecurityGroupConfiguration`.

use super::refused::no_database;
use crate::sim::call::{Answer, Call};
use crate::sim::refusal::Refusal;
use serde_json::{Value as Json, json};
use sim::{Database, DatabaseState, PageRequest, Subnet, Zone};

const PAGE_MOST: usize = 100;
const PAGE_USUAL: usize = 30;

pub(in crate::sim) fn list(call: &Call) -> Answer {
    let form = &call.form;
    let filters = [
        "Category",
        "ConnectionMode",
        "ConnectionString",
        "DBInstanceId",
        "DBInstanceStatus",
        "DBInstanceType",
        "Engine",
        "EngineVersion",
        "InstanceNetworkType",
        "PayType",
        "VSwitchId",
        "VpcId",
        "ZoneId",
    ];
    let mut rows: Vec<Json> = databases(call).iter().map(|place| row(call, place)).collect();
    rows.retain(|row| {
        filters.iter().all(|name| form.get(name).is_none_or(|its| row[*name] == its))
    });
    let by_token = form.get("NextToken").is_some() || form.get("MaxResults").is_some();
    let size = if by_token { "MaxResults" } else { "PageSize" };
    let size = form.number(size, PAGE_MOST)?.unwrap_or(PAGE_USUAL);
    let number = form.number("PageNumber", usize::MAX)?.filter(|_| !by_token).unwrap_or(1);
    let request = PageRequest {
        size,
        token: form.get("NextToken").map(str::to_owned),
        skip: (number - 1).saturating_mul(size),
        question: form.question(),
    };
    let page = call.with(|world| world.page(&rows, &request, call.twist.as_ref()));
    let page = page.map_err(|sim::BadPageToken| Refusal::invalid("NextToken"))?;
    let shown = page.rows.len();
    let total = if by_token { shown } else { page.total };
    let mut answer = json!({
        "Items": {"DBInstance": page.rows},
        "PageNumber": number,
        "PageRecordCount": shown,
        "TotalRecordCount": total,
    });
    if let Some(next) = page.next.filter(|_| by_token) {
        answer["NextToken"] = json!(next);
    }
    Ok(answer)
}

/// A database, and the vSwitches that it can be in.
struct Place {
    database: Database,
    subnets: Vec<Subnet>,
}

impl Place {
    /// Where it is now.
    fn subnet(&self) -> Option<&Subnet> {
        self.subnets.iter().find(|subnet| subnet.cidr.contains(self.database.address))
    }

    fn zone(&self) -> Option<&Zone> {
        self.subnet().map(|subnet| &subnet.zone)
    }
}

fn databases(call: &Call) -> Vec<Place> {
    call.with(|world| {
        let place = |database: &Database| {
            let network = world.all_networks().find(|network| network.id == database.network);
            let subnets = network.into_iter().flat_map(|network| &network.subnets);
            let subnets = subnets.filter(|subnet| database.subnets.contains(&subnet.id)).cloned();
            Place { database: database.clone(), subnets: subnets.collect() }
        };
        world.databases(&call.scope).map(place).collect()
    })
}

fn one(call: &Call) -> Result<Place, Refusal> {
    let id = call.form.require("DBInstanceId")?;
    let found = databases(call).into_iter().find(|place| place.database.id.as_str() == id);
    found.ok_or_else(|| no_database(id))
}

/// What the list and the attributes have in common.
fn row(call: &Call, place: &Place) -> Json {
    let database = &place.database;
    let status = match database.state {
        DatabaseState::Available => "Running",
        DatabaseState::Stopped => "Stopped",
    };
    json!({
        "Category": if database.standby.is_empty() { "Basic" } else { "HighAvailability" },
        "ConnectionMode": "Standard",
        "ConnectionString": database.host,
        "DBInstanceClass": "mysql.n2.medium.2c",
        "DBInstanceDescription": database.id,
        "DBInstanceId": database.id,
        "DBInstanceNetType": "Intranet",
        "DBInstanceStatus": super::said(call, status),
        "DBInstanceStorageType": "cloud_essd",
        "DBInstanceType": "Primary",
        "DeletionProtection": false,
        "Engine": "MySQL",
        "EngineVersion": "8.0",
        "InstanceNetworkType": "VPC",
        "LockMode": "Unlock",
        "PayType": "Postpaid",
        "ReadOnlyDBInstanceIds": {"ReadOnlyDBInstanceId": []},
        "RegionId": database.scope.region,
        "ResourceGroupId": "rg-acfmexample",
        "VSwitchId": place.subnet().map(|subnet| subnet.id.as_str()),
        "VpcId": database.network,
        "ZoneId": place.zone().map(|zone| zone.name.as_str()),
    })
}

pub(in crate::sim) fn describe(call: &Call) -> Answer {
    let place = one(call)?;
    let (database, here) = (&place.database, place.zone());
    let others = place.subnets.iter().map(|subnet| &subnet.zone).filter(|zone| Some(*zone) != here);
    let others: Vec<Json> = others.map(|zone| json!({"ZoneId": zone.name})).collect();
    let mut row = row(call, &place);
    row["IPType"] = json!("IPv4");
    row["MasterZone"] = json!(here.map(|zone| zone.name.as_str()));
    row["Port"] = json!(database.port.to_string());
    row["SecurityIPList"] = json!(database.allow_list.join(","));
    row["SecurityIPMode"] = json!("normal");
    row["SlaveZones"] = json!({"SlaveZone": others});
    Ok(json!({"Items": {"DBInstanceAttribute": [row]}}))
}

pub(in crate::sim) fn network(call: &Call) -> Answer {
    let place = one(call)?;
    let database = &place.database;
    let net = json!({
        "ConnectionString": database.host,
        "ConnectionStringType": "Normal",
        "DBInstanceWeights": {"DBInstanceWeight": []},
        "IPAddress": database.address,
        "IPType": "Private",
        "Port": database.port.to_string(),
        "SecurityIPGroups": {"securityIPGroup": []},
        "Upgradeable": "Disabled",
        "VPCId": database.network,
        "VSwitchId": place.subnet().map(|subnet| subnet.id.as_str()),
    });
    Ok(json!({
        "DBInstanceNetInfos": {"DBInstanceNetInfo": [net]},
        "InstanceNetworkType": "VPC",
        "SecurityIPMode": "normal",
    }))
}

pub(in crate::sim) fn allow_list(call: &Call) -> Answer {
    let place = one(call)?;
    let listed = place.database.allow_list.join(",");
    // Where nobody may connect, it says so in this way.
    let listed = if listed.is_empty() { "127.0.0.1".to_owned() } else { listed };
    let array = json!({
        "DBInstanceIPArrayAttribute": "",
        "DBInstanceIPArrayName": "default",
        "SecurityIPList": listed,
        "SecurityIPType": "IPv4",
    });
    Ok(json!({"Items": {"DBInstanceIPArray": [array]}}))
}

pub(in crate::sim) fn groups(call: &Call) -> Answer {
    let place = one(call)?;
    let Database { id, scope, network, security_groups, .. } = &place.database;
    let rows: Vec<Json> = call.with(|world| {
        let network = world.all_networks().find(|its| its.id == *network);
        let groups = network.into_iter().flat_map(|network| &network.security_groups);
        let its = groups.filter(|group| security_groups.contains(&group.id));
        let row = |group: &sim::SecurityGroup| {
            json!({
                "NetworkType": "vpc",
                "RegionId": scope.region,
                "SecurityGroupId": group.id,
                "SecurityGroupName": group.name,
            })
        };
        its.map(row).collect()
    });
    Ok(json!({"DBInstanceName": id, "Items": {"EcsSecurityGroupRelation": rows}}))
}
