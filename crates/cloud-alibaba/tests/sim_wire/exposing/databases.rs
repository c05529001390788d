//! Databases: where they are, and whom they let in.

use super::chain::{NEW, OLD, RDS};
use crate::door::{Door, Reply};
use serde_json::json;
use sim::example::alibaba as example;
use sim::{Deed, ExposureDeed};

async fn rds(door: &Door, action: &str, parameters: &[(&str, &str)]) -> Reply {
    door.call_of(RDS, action, parameters).await
}

const ITS: [(&str, &str); 1] = [("DBInstanceId", example::DATABASE)];

#[tokio::test]
async fn a_database_is_where_its_name_leads() {
    let door = Door::documented();
    let listed = rds(&door, "DescribeDBInstances", &ITS).await.body;
    let row = &listed["Items"]["DBInstance"][0];
    assert_eq!(
        (&row["DBInstanceStatus"], &row["VpcId"]),
        (&json!("Running"), &json!(example::VPC))
    );
    assert_eq!(row["ConnectionString"], example::DATABASE_HOST);
    for (address, zone, standby, switch) in [
        (OLD, "ap-southeast-1a", "ap-southeast-1b", example::SWITCHES[0]),
        (NEW, "ap-southeast-1b", "ap-southeast-1a", example::SWITCHES[1]),
    ] {
        let net = rds(&door, "DescribeDBInstanceNetInfo", &ITS).await.body;
        let net = &net["DBInstanceNetInfos"]["DBInstanceNetInfo"][0];
        assert_eq!((&net["IPAddress"], &net["Port"]), (&json!(address), &json!("3306")));
        assert_eq!(net["VSwitchId"], switch);
        let read = rds(&door, "DescribeDBInstanceAttribute", &ITS).await.body;
        let read = &read["Items"]["DBInstanceAttribute"][0];
        assert_eq!(read["ZoneId"], zone);
        assert_eq!(read["SlaveZones"], json!({"SlaveZone": [{"ZoneId": standby}]}));
        let deed = ExposureDeed::Failover {
            database: example::DATABASE.into(),
            to: None,
            old_answers_for: 0,
        };
        door.sim.with(|world| world.deed(Deed::Exposure(deed))).unwrap();
    }
}

#[tokio::test]
async fn whom_a_database_lets_in() {
    let door = Door::documented();
    let listed = rds(&door, "DescribeDBInstanceIPArrayList", &ITS).await.body;
    let array = &listed["Items"]["DBInstanceIPArray"][0];
    assert_eq!(array["SecurityIPList"], "10.50.0.0/16");
    let groups = rds(&door, "DescribeSecurityGroupConfiguration", &ITS).await.body;
    assert_eq!(groups["Items"]["EcsSecurityGroupRelation"], json!([]));
}

#[tokio::test]
async fn one_that_is_not_there() {
    let door = Door::documented();
    let none = [("DBInstanceId", "rm-none")];
    let listed = rds(&door, "DescribeDBInstances", &none).await.body;
    assert_eq!(listed["Items"]["DBInstance"], json!([]));
    for action in [
        "DescribeDBInstanceAttribute",
        "DescribeDBInstanceNetInfo",
        "DescribeDBInstanceIPArrayList",
        "DescribeSecurityGroupConfiguration",
    ] {
        let reply = rds(&door, action, &none).await;
        assert_eq!(reply.refusal(), (404, "InvalidDBInstanceName.NotFound"), "{action}");
    }
}
