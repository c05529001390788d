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
fn what_comes_later_says_so() {
    check(
        "    endpoints:",
        "    privateLinkConnections: []\n    endpoints:",
        &["7:5 not-supported privateLinkConnections"],
    );
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
