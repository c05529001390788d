//! What a look costs, counted by the other side.

use crate::world::Account;
use cloud::{Cloud, Error};
use sim::{Deed, Draws, Fault, Network, SecurityGroup, Twist, Vendor, example};

const LIST: &str = "DescribeVpcEndpoints";

/// What AWS lets one VPC have.
const IN_ONE_VPC: usize = 50;

async fn crowded(endpoints: usize) -> Account {
    let account = Account::new(Draws::documented()).await;
    let service = account.service();
    for number in 0..endpoints {
        let vpc = format!("vpc-{:017x}", number / IN_ONE_VPC);
        if number % IN_ONE_VPC == 0 {
            add_network(&account, &vpc);
        }
        let deed = Deed::CreateLink {
            scope: example::scope(),
            id: None,
            network: vpc,
            service: service.clone(),
            subnets: [].into(),
            security_groups: [].into(),
            tags: [].into(),
        };
        account.sim.with(|world| world.deed(deed)).unwrap();
    }
    account
}

fn add_network(account: &Account, vpc: &str) {
    let group = SecurityGroup {
        id: vpc.replace("vpc", "sg").as_str().into(),
        name: "default".into(),
        ingress: vec![],
    };
    let network = Network {
        id: vpc.into(),
        scope: example::scope(),
        cidr: "10.0.0.0/16".parse().unwrap(),
        dns_support: true,
        dns_hostnames: true,
        subnets: vec![],
        security_groups: vec![group],
    };
    account.sim.with(|world| world.deed(Deed::AddNetwork(network))).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_survey_costs_one_call_for_a_thousand_endpoints() {
    for (endpoints, pages) in [(0, 1), (10, 1), (1_000, 1), (10_000, 10)] {
        let account = crowded(endpoints).await;
        let survey = account.aws.survey().await.unwrap();
        assert_eq!(survey.links.len(), endpoints);
        let calls = account.sim.with(|world| world.log.count(Vendor::Aws, LIST));
        assert_eq!(calls, pages, "{endpoints} endpoints");
        let all = account.sim.with(|world| world.log.calls());
        assert_eq!(all, pages + 1, "and one asks whose account it is");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_back_ends_the_survey() {
    let account = crowded(2_500).await;
    account.on(LIST, Fault::Twist(Twist::RepeatToken), 9);
    let error = account.aws.survey().await.unwrap_err();
    assert!(matches!(error, Error::Incomplete { .. }), "{error}");
}
