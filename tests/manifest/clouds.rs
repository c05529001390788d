//! Which tiers are offered where, and the sections of the clouds beside each other.

use crate::findings::{GOOD, check, lines, read};

#[test]
fn every_tier_has_its_own_keys_and_clouds() {
    for tier in ["starter", "essential", "premium"] {
        let tier = format!("tier: {tier}\n    id: tidb-1-a");
        check("tier: dedicated\n    id: \"1379661944646413143\"", &tier, &[]);
    }
    check("tier: dedicated", "tier: dedicate", &["4:11 unknown-word dedicate"]);
    check(
        "tier: dedicated",
        "tier: premium\n    project: '1'\n    nodeGroup: a",
        &["5:5 wrong-tier project", "6:5 wrong-tier nodeGroup"],
    );
    check("tier: dedicated", "tier: dedicated\n    project: '1'\n    nodeGroup: a", &[]);
}

const ALIBABA: &str = r#"apiVersion: tidelock/v1
clusters:
  - name: carts
    tier: starter
    id: "10163479507301863246"
    region: alicloud-ap-southeast-1
    endpoints:
      - name: carts-apps
        alibaba:
          account: prod
          vpc: vpc-t4n1
          vSwitches: [vsw-t4n1]
          securityGroups: [sg-t4n1]
"#;

#[test]
fn not_every_tier_is_offered_everywhere() {
    assert_eq!(lines(&read(&[("a.yaml", ALIBABA)])), Vec::<String>::new());
    let loaded = read(&[("a.yaml", &ALIBABA.replace("starter", "dedicated"))]);
    let text: Vec<String> = loaded.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        text.join("\n\n"),
        "\
error[not-offered]: cluster carts: TiDB Cloud offers no private endpoints for the tier dedicated on Alibaba Cloud
 --> a.yaml:4:11
  |
4 |     tier: dedicated
  |           ^^^^^^^^^
  = help: write `starter`, `essential` or `premium` if that is what it is: TiDB Cloud offers them there; for the tier \
dedicated, on AWS, Azure, Google Cloud"
    );
    let empty = ALIBABA.split("    endpoints:").next().unwrap();
    let empty = empty.replace("starter", "dedicated");
    assert_eq!(lines(&read(&[("a.yaml", &empty)])), Vec::<String>::new());
    let elsewhere = ALIBABA.replace("alicloud-ap-southeast-1", "aws-us-east-1");
    assert_eq!(lines(&read(&[("a.yaml", &elsewhere)])), ["9:9 other-cloud alibaba"]);
}

const AWS_SECTION: &str = "aws: {account: prod, vpc: vpc-1, subnets: [subnet-1]}";
const ALIBABA_SECTION: &str =
    "alibaba: {account: prod, vpc: vpc-t4n1, vSwitches: [vsw-t4n1], securityGroups: [sg-t4n1]}";
const AZURE_SECTION: &str = "azure: {account: prod, resourceGroup: net, subnet: \
    /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/v/subnets/s}";
const GCP_SECTION: &str = "gcp: {account: prod, network: projects/shop-prod/global/networks/n, \
    subnet: projects/shop-prod/regions/us-west1/subnetworks/s}";

/// As TiDB Cloud's own pages say it: for each cloud, the tiers that have private endpoints there.
const OFFERED: [(&str, &str, &str, &[&str]); 4] = [
    ("AWS", "aws-us-east-1", AWS_SECTION, &["dedicated", "starter", "essential", "premium"]),
    (
        "Alibaba Cloud",
        "alicloud-ap-southeast-1",
        ALIBABA_SECTION,
        &["starter", "essential", "premium"],
    ),
    ("Azure", "azure-eastus2", AZURE_SECTION, &["dedicated"]),
    ("Google Cloud", "gcp-us-west1", GCP_SECTION, &["dedicated"]),
];

#[test]
fn every_combination_that_is_not_offered_names_the_restriction() {
    let mut refused = 0;
    for (title, region, section, offered) in OFFERED {
        for tier in ["dedicated", "starter", "essential", "premium"] {
            let text = format!(
                "apiVersion: tidelock/v1\nclusters:\n  - name: carts\n    tier: {tier}\n    id: \"1\"\n    \
                 region: {region}\n    endpoints:\n      - name: carts-apps\n        {section}\n"
            );
            let loaded = read(&[("a.yaml", &text)]);
            let found: Vec<_> =
                loaded.findings.iter().map(|one| (one.code, &*one.message)).collect();
            if offered.contains(&tier) {
                assert_eq!(found, [], "{tier} on {title}");
                continue;
            }
            refused += 1;
            let message = format!(
                "cluster carts: TiDB Cloud offers no private endpoints for the tier {tier} on {title}"
            );
            assert_eq!(found, [("not-offered", &*message)]);
            let remedy = &loaded.findings[0].remedy;
            for theirs in offered {
                assert!(remedy.contains(&format!("`{theirs}`")), "{tier} on {title}: {remedy}");
            }
            assert!(remedy.contains("AWS"), "where it is offered: {remedy}");
            assert!(loaded.manifest.is_none());
        }
    }
    assert_eq!(refused, 7);
}

#[test]
fn entries_of_several_instances_may_share_a_network() {
    let starter = GOOD.replace("dedicated", "starter");
    let other = starter.replace("orders", "billing").replace("1379661944646413143", "10");
    assert_eq!(lines(&read(&[("a.yaml", &starter), ("b.yaml", &other)])), Vec::<String>::new());

    let again = starter.replace("orders", "billing");
    let loaded = read(&[("a.yaml", &starter), ("b.yaml", &again)]);
    assert_eq!(
        lines(&loaded),
        ["5:9 duplicate-cluster \"1379661944646413143\"", "8:15 duplicate-endpoint billing-apps"]
    );
    let message = &loaded.findings[0].message;
    assert_eq!(message, "the instance 1379661944646413143 has two entries");
    assert!(loaded.findings[1].message.ends_with("into the same instance 1379661944646413143"));
}

#[test]
fn what_is_not_there_is_missed() {
    let cut = GOOD.split("        aws:").next().unwrap();
    let loaded = read(&[("a.yaml", cut)]);
    assert_eq!(lines(&loaded), ["8:9 missing-key name"]);
}

#[test]
fn a_key_of_several_clouds_belongs_to_the_one_that_is_there() {
    let label = |text: &str| {
        let loaded = read(&[("a.yaml", text)]);
        let found = loaded.findings.iter().find(|finding| finding.code == "unknown-key").unwrap();
        found.place.as_ref().unwrap().label.clone()
    };
    let stray = |section: &str| format!("        vpc: vpc-1\n        {section}:");
    let there = ALIBABA.replace("        alibaba:", &stray("alibaba"));
    assert_eq!(label(&there), "this key belongs under `alibaba`");
    let misspelt = ALIBABA.replace("        alibaba:", &stray("elsewhere"));
    assert_eq!(label(&misspelt), "this key belongs under `alibaba` or `aws`");
}
