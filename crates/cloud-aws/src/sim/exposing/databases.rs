//! RDS's `DescribeDBInstances`.

use super::Listed;
use crate::sim::call::{Answer, Call};
use crate::sim::refusal::Refusal;
use crate::sim::xml::Xml;
use axum::http::StatusCode;
use sim::{Database, DatabaseState, Subnet, World};

const ROWS: Listed = Listed {
    size: "MaxRecords",
    sizes: 20..=100,
    usual: 100,
    set: "DBInstances",
    item: "DBInstance",
    next: "Marker",
};

pub(in crate::sim) fn describe_databases(call: &Call) -> Answer {
    let form = &call.form;
    let one = form.get("DBInstanceIdentifier");
    let mut rows = call.with(|world| {
        let all = world.databases(&call.scope);
        let asked = all.filter(|it| one.is_none_or(|id| it.id.as_str().eq_ignore_ascii_case(id)));
        asked.map(|database| Row::of(world, database)).collect::<Vec<_>>()
    });
    for filter in form.parts("Filters.Filter") {
        let (name, values) = (filter.require("Name")?, filter.list("Values.Value"));
        if name != "db-instance-id" {
            let message = format!("Unrecognized filter name: {name}");
            return Err(Refusal::bad("InvalidParameterValue", message));
        }
        rows.retain(|row| values.iter().any(|value| value == row.database.id.as_str()));
    }
    if let Some(id) = one.filter(|_| rows.is_empty()) {
        let message = format!("DBInstance {id} not found.");
        return Err(Refusal::new(StatusCode::NOT_FOUND, "DBInstanceNotFound", message));
    }
    ROWS.answer(call, &rows, Row::render)
}

#[derive(Clone)]
struct Row {
    database: Database,
    subnets: Vec<Subnet>,
}

impl Row {
    fn of(world: &World, database: &Database) -> Row {
        let network = world.all_networks().find(|network| network.id == database.network);
        let subnets = network.into_iter().flat_map(|network| &network.subnets);
        let subnets = subnets.filter(|subnet| database.subnets.contains(&subnet.id)).cloned();
        Row { database: database.clone(), subnets: subnets.collect() }
    }

    fn render(&self) -> Xml {
        let Row { database, subnets } = self;
        let within = |subnet: &&Subnet| subnet.cidr.contains(database.address);
        let zone = subnets.iter().find(within).map(|subnet| subnet.zone.name.as_str());
        let endpoint = Xml::new()
            .text("Address", &database.host)
            .text("Port", database.port)
            .text("HostedZoneId", "Z2R2ITUGPM61AM");
        let group = |id| Xml::new().text("VpcSecurityGroupId", id).text("Status", "active");
        let groups = database.security_groups.iter().map(group);
        let tag = |(key, value)| Xml::new().text("Key", key).text("Value", value);
        let arn = {
            let sim::Scope { vendor: _, account, region } = &database.scope;
            format!("arn:aws:rds:{region}:{account}:db:{}", database.id)
        };
        Xml::new()
            .text("DBInstanceIdentifier", &database.id)
            .text("DBInstanceClass", "db.m7g.large")
            .text("Engine", "mysql")
            .text("EngineVersion", "8.4.6")
            .text("DBInstanceStatus", word(database.state))
            .child("Endpoint", &endpoint)
            .text("AllocatedStorage", 100)
            .optional("AvailabilityZone", zone)
            .text("MultiAZ", !database.standby.is_empty())
            .text("PubliclyAccessible", false)
            .text("NetworkType", "IPV4")
            .text("DBInstanceArn", arn)
            .items("VpcSecurityGroups", "VpcSecurityGroupMembership", groups)
            .child("DBSubnetGroup", &self.subnet_group())
            .items("TagList", "Tag", database.tags.iter().map(tag))
    }

    fn subnet_group(&self) -> Xml {
        let subnet = |subnet: &Subnet| {
            Xml::new()
                .text("SubnetIdentifier", &subnet.id)
                .child("SubnetAvailabilityZone", &Xml::new().text("Name", &subnet.zone.name))
                .child("SubnetOutpost", &Xml::new())
                .text("SubnetStatus", "Active")
        };
        Xml::new()
            .text("DBSubnetGroupName", format!("{}-subnets", self.database.id))
            .text("DBSubnetGroupDescription", "of the database")
            .text("VpcId", &self.database.network)
            .text("SubnetGroupStatus", "Complete")
            .items("Subnets", "Subnet", self.subnets.iter().map(subnet))
    }
}

fn word(state: DatabaseState) -> &'static str {
    match state {
        DatabaseState::Available => "available",
        DatabaseState::Stopped => "stopped",
    }
}
