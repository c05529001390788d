//! First mistakes: each is answered with what was meant, at the line that must change.

use crate::findings::{GOOD, check, lines, read};

/// The place and the whole of the only finding.
fn only(text: &str) -> (String, String) {
    let loaded = read(&[("a.yaml", text)]);
    let [finding] = &loaded.findings[..] else { panic!("{:#?}", loaded.findings) };
    let line = lines(&loaded).remove(0);
    (line, finding.to_string())
}

#[test]
fn a_region_as_the_cloud_spells_it() {
    let (line, shown) = only(&GOOD.replace("aws-us-east-1", "us-east-1"));
    assert_eq!(line, "6:13 bad-region us-east-1");
    assert!(shown.contains("region us-east-1: it does not begin with a cloud"), "{shown}");
    assert!(shown.ends_with("= help: write `aws-us-east-1`"), "{shown}");
    // Of another cloud it is another mistake, and without an endpoint nobody can tell.
    check("aws-us-east-1", "azure-eastus2", &["9:9 other-cloud aws"]);
    let (clusters, _) = GOOD.split_once("    endpoints:").unwrap();
    let loaded = read(&[("a.yaml", &clusters.replace("aws-us-east-1", "us-east-1"))]);
    assert_eq!(lines(&loaded), Vec::<String>::new());
}

#[test]
fn a_region_of_either_cloud() {
    let azure = "      - name: orders-office\n        azure:\n          account: office\n";
    let loaded = read(&[("a.yaml", &(GOOD.replace("aws-us-east-1", "us-east-1") + azure))]);
    let region = loaded.findings.iter().find(|finding| finding.code == "bad-region").unwrap();
    assert_eq!(region.remedy, "write `aws-us-east-1` or `azure-us-east-1`");
    assert!(loaded.findings.iter().all(|finding| finding.code != "other-cloud"));
}

#[test]
fn two_sections_where_one_is_meant() {
    let second = "        gcp:\n          account: lab\n          \
        network: projects/lab/global/networks/main\n          \
        subnet: projects/lab/regions/us-east1/subnetworks/main\n";
    let (line, shown) = only(&format!("{GOOD}{second}"));
    assert_eq!(line, "8:9 two-clouds name");
    assert!(shown.ends_with("= help: keep exactly one section: `aws` or `gcp`"), "{shown}");
    let out = "apiVersion: tidelock/v1\nclusters:\n  - name: orders\n    tier: essential\n    \
        id: \"10581822137590512365\"\n    region: aws-us-east-1\n    privateLinkConnections:\n      \
        - name: orders-kafka\n        aws:\n          account: prod\n          \
        service: com.amazonaws.vpce.us-east-1.vpce-svc-0a12b34c56d78e90f\n        \
        alibaba:\n          account: prod-alibaba\n          \
        service: com.aliyuncs.privatelink.us-east-1.epsrv-t4nb2v8z0k1m3x5c7\n";
    let (line, shown) = only(out);
    assert_eq!(line, "8:9 two-clouds name");
    assert!(shown.ends_with("= help: keep exactly one section: `aws` or `alibaba`"), "{shown}");
}

#[test]
fn quotes_make_a_text() {
    for (value, label) in [
        ("\"true\"", "this is a text"),
        ("'true'", "this is a text"),
        ("yes", "this is a single value"),
    ] {
        let text = GOOD.replace("prod\n", &format!("prod\n          privateDns: {value}\n"));
        let (line, shown) = only(&text);
        assert_eq!(line, format!("11:23 wrong-type {value}"));
        assert!(shown.contains(&format!("{} {label}\n", "^".repeat(value.len()))), "{shown}");
    }
}

/// More than anybody reads is not counted to the end.
#[test]
fn a_count_that_was_cut_says_so() {
    let few = read(&[("a.yaml", &GOOD.replace("tier:", "teir:"))]);
    assert_eq!(few.errors(), "2 error(s)");
    let strange: Vec<String> = (0..300).map(|number| format!("          x{number}: 1\n")).collect();
    let strange = strange.concat();
    let many = read(&[("a.yaml", &format!("{GOOD}{strange}"))]);
    assert_eq!(many.errors(), "at least 201 error(s)");
}
