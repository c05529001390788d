//! What people get to read when a manifest is wrong: every finding, its place, and its remedy.

use tidelock::manifest::{Loaded, load};

pub(crate) const GOOD: &str = r#"apiVersion: tidelock/v1
clusters:
  - name: orders
    tier: dedicated
    id: "1379661944646413143"
    region: aws-us-east-1
    endpoints:
      - name: orders-apps
        aws:
          account: prod
          vpc: vpc-0c12a34b56d78e90f
          subnets: [subnet-0a1, subnet-0b2]
"#;

pub(crate) fn read(files: &[(&str, &str)]) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let mut loaded = load(&[directory.path().to_owned()]);
    let prefix = format!("{}/", directory.path().display());
    for finding in &mut loaded.findings {
        finding.file = finding.file.replace(&prefix, "").into();
        for place in finding.place.iter_mut().chain(&mut finding.also) {
            place.at.file = place.at.file.replace(&prefix, "").into();
        }
    }
    loaded
}

/// `line:column code`, with the stretch that is marked.
pub(crate) fn lines(loaded: &Loaded) -> Vec<String> {
    let line = |finding: &tidelock::manifest::Finding| match &finding.place {
        None => finding.code.to_owned(),
        Some(place) => {
            let marked: String = place.text.chars().skip(place.indent).take(place.width).collect();
            format!("{}:{} {} {marked}", place.at.line, place.at.column, finding.code)
        }
    };
    loaded.findings.iter().map(line).collect()
}

/// What the good manifest's line becomes, and what is then found.
pub(crate) fn check(from: &str, to: &str, expected: &[&str]) {
    assert!(GOOD.contains(from), "{from}");
    let loaded = read(&[("a.yaml", &GOOD.replacen(from, to, 1))]);
    let text: Vec<String> = loaded.findings.iter().map(ToString::to_string).collect();
    assert_eq!(lines(&loaded), expected, "{}", text.join("\n\n"));
    assert_eq!(loaded.manifest.is_some(), expected.is_empty());
}

fn check_shown(from: &str, to: &str, expected: &str) {
    let loaded = read(&[("a.yaml", &GOOD.replacen(from, to, 1))]);
    let text: Vec<String> = loaded.findings.iter().map(ToString::to_string).collect();
    assert_eq!(text.join("\n\n"), expected);
}

#[test]
fn the_good_one_is_good() {
    check("prod", "prod", &[]);
}

#[test]
fn an_unknown_key() {
    check_shown(
        "vpc: vpc",
        "vcp: vpc",
        "\
error[missing-key]: endpoint orders-apps has no `vpc`
  --> a.yaml:10:11
   |
10 |           account: prod
   |           ^^^^^^^ `vpc` is missing from this section
   = help: add `vpc: \"…\"`: the VPC that gets the endpoint (`vpc-…`)

error[unknown-key]: unknown key `vcp` in endpoint orders-apps
  --> a.yaml:11:11
   |
11 |           vcp: vpc-0c12a34b56d78e90f
   |           ^^^ did you mean `vpc`?
   = help: the keys here are `account`, `ipAddressType`, `privateDns`, `securityGroups`, `subnets`, `tags` and `vpc`",
    );
}

#[test]
fn a_key_one_level_too_high() {
    check_shown(
        "        aws:",
        "        subnets: []\n        aws:",
        "\
error[unknown-key]: unknown key `subnets` in endpoint orders-apps
 --> a.yaml:9:9
  |
9 |         subnets: []
  |         ^^^^^^^ this key belongs under `aws`
  = help: the keys here are `adopt`, `alibaba`, `aws`, `azure`, `drift`, `gcp`, `name` and `onDelete`",
    );
}

#[test]
fn keys_and_values() {
    check("    tier: dedicated\n", "", &["3:5 missing-key name"]);
    check("orders\n", "orders\n    name: again\n", &["4:5 duplicate-key name"]);
    check("account: prod", "account:", &["10:18 empty :"]);
    check("account: prod", "account: ''", &["10:20 empty ''"]);
    check("[subnet-0a1, subnet-0b2]", "subnet-0a1", &["12:20 wrong-type subnet-0a1"]);
    check("[subnet-0a1, subnet-0b2]", "[]", &["12:20 bad-value ["]);
    check(
        "[subnet-0a1, subnet-0b2]",
        "[subnet-0a1, sub-1, subnet-0a1]",
        &["12:33 bad-value sub-1", "12:40 bad-value subnet-0a1"],
    );
    check("account: prod", "account: [prod]", &["10:20 wrong-type ["]);
    check("account: prod", "account: prod\n          privateDns: yes", &["11:23 wrong-type yes"]);
    check(
        "account: prod",
        "account: prod\n          privateDns: 'true'",
        &["11:23 wrong-type 'true'"],
    );
    check("account: prod", "account: prod\n          privateDns: false", &[]);
    check(
        "account: prod",
        "account: prod\n          tags: {team: 17, live: true, since: 1.10}",
        &[],
    );
    check("account: prod", "account: prod\n          tags: {team: [a]}", &["11:24 wrong-type ["]);
    check(
        "account: prod",
        "account: prod\n          tags: {aws:team: a}",
        &["11:18 bad-value aws:team"],
    );
    check("account: prod", "account: \"pr\\eod\"", &["10:20 bad-text \"pr\\eod\""]);
    check(
        "account: prod",
        "? [a]\n          : b\n          account: prod",
        &["10:13 wrong-type ["],
    );
}

#[test]
fn names_ids_and_regions() {
    check("name: orders\n", "name: Orders\n", &["3:11 bad-name Orders"]);
    check("orders-apps", "orders_apps", &["8:15 bad-name orders_apps"]);
    check("\"1379661944646413143\"", "1379661944646413143", &[]);
    check("\"1379661944646413143\"", "1.38e18", &["5:9 bad-id 1.38e18"]);
    check("\"1379661944646413143\"", "../../clusters", &["5:9 bad-id ../../clusters"]);
    check("aws-us-east-1", "us_east_1", &["6:13 bad-region us_east_1"]);
    check("aws-us-east-1", "azure-eastus2", &["9:9 other-cloud aws"]);
    check("vpc-0c12a34b56d78e90f", "0c12", &["11:16 bad-value 0c12"]);
}

#[test]
fn secrets_and_addresses_never() {
    check(
        "account: prod",
        "account: prod\n          privateKey: hunter2",
        &["11:11 secret privateKey"],
    );
    check(
        "account: prod",
        "account: prod\n          endpointUrl: http://a",
        &["11:11 address endpointUrl"],
    );
    let loaded =
        read(&[("a.yaml", &GOOD.replace("prod", "prod\n          secret_access_key: hunter2"))]);
    let shown = format!("{} {:?}", loaded.findings[0], loaded.findings[0].to_json());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn an_anchor_an_alias_and_a_tag() {
    check("vpc: vpc", "vpc: &v vpc", &["11:19 alias vpc-0c12a34b56d78e90f"]);
    check("vpc: vpc-0c12a34b56d78e90f", "vpc: *v", &["11:16 alias *v"]);
    check("account: prod", "account: !secret prod", &["10:28 tag prod"]);
}

#[test]
fn tabs_and_merges() {
    check("          vpc", "\t  vpc", &["11:1 tab     "]);
    check("          vpc", "        \t  vpc", &["11:9 tab     "]);
    check(
        "    tier",
        "<<<<<<< HEAD\n    tier: a\n=======\n>>>>>>> b\n    tier",
        &["4:1 merge-conflict <<<<<<<"],
    );
}

#[test]
fn every_error_of_every_file_comes_at_once() {
    let bad = GOOD
        .replace("account: prod", "acount: prod\n          acct: x")
        .replace("dedicated", "big");
    let loaded = read(&[
        ("a.yaml", &bad),
        ("b.yaml", "clusters: [\n"),
        ("c.yaml", "kind: Deployment\napiVersion: apps/v1\n"),
        ("d.yaml", "{}"),
        ("e.yaml", "# nothing\n"),
        ("f.yaml", "apiVersion: tidelock/v1\nclusters: []\n---\napiVersion: tidelock/v2\n"),
    ]);
    let expected = [
        "4:11 unknown-word big",
        "10:11 unknown-key acount",
        "10:11 missing-key acount",
        "11:11 unknown-key acct",
        "1:11 syntax [",
        "2:13 api-version apps/v1",
        "1:1 api-version {",
        "empty",
        "4:13 api-version tidelock/v2",
    ];
    assert_eq!(lines(&loaded), expected);
    assert_eq!((loaded.files, loaded.manifest), (6, None));
}

#[test]
fn nothing_is_claimed_twice() {
    let other = GOOD.replace("orders", "billing");
    let loaded = read(&[("a.yaml", GOOD), ("b.yaml", &other)]);
    assert_eq!(
        lines(&loaded),
        ["5:9 duplicate-cluster \"1379661944646413143\"", "8:15 duplicate-endpoint billing-apps"]
    );
    let also = &loaded.findings[1].also[0];
    assert_eq!((&*also.at.file, also.at.line), ("a.yaml", 8));

    let same_names = GOOD.replace("1379661944646413143", "10");
    let loaded = read(&[("a.yaml", GOOD), ("b.yaml", &same_names)]);
    assert_eq!(lines(&loaded), ["3:11 duplicate-name orders", "8:15 duplicate-name orders-apps"]);

    let apart = other.replace("    region", "    nodeGroup: reporting\n    region");
    assert_eq!(lines(&read(&[("a.yaml", GOOD), ("b.yaml", &apart)])), Vec::<String>::new());
}

#[test]
fn line_ends_and_marks_of_other_systems() {
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    let loaded = read(&[("a.yaml", &windows)]);
    assert_eq!(lines(&loaded), Vec::<String>::new());
    assert_eq!(
        lines(&read(&[("a.yaml", &windows.replace("tier: ", "teir: "))])),
        ["3:5 missing-key name", "4:5 unknown-key teir"]
    );
}

#[test]
fn only_the_wish_makes_a_generation() {
    let generation = |text: &str| {
        let loaded = read(&[("a.yaml", text)]);
        let manifest = loaded.manifest.unwrap_or_else(|| panic!("{:?}", loaded.findings));
        manifest.clusters[0].endpoints[0].generation
    };
    let good = generation(GOOD);
    for same in [
        GOOD.replace(
            "[subnet-0a1, subnet-0b2]",
            "\n            - subnet-0b2 # the other\n            - 'subnet-0a1'",
        ),
        GOOD.replace("          account: prod\n          vpc", "          vpc")
            .replace("e90f", "e90f\n          account: \"prod\""),
        GOOD.replace("prod", "prod\n          privateDns: true\n          tags: {}"),
        GOOD.replace("name: orders\n", "name: renamed\n"),
        GOOD.replace("        aws:", "        drift: enforce\n        aws:"),
    ] {
        assert_eq!(generation(&same), good, "{same}");
    }
    let mut others: Vec<u64> = [
        GOOD.replace("prod", "test"),
        GOOD.replace("subnet-0b2", "subnet-0b3"),
        GOOD.replace("prod", "prod\n          privateDns: false"),
        GOOD.replace("prod", "prod\n          tags: {team: a}"),
        GOOD.replace("prod", "prod\n          tags: {tea: ma}"),
        GOOD.replace("orders-apps", "orders-app"),
        GOOD.replace("    region", "    nodeGroup: a\n    region"),
        GOOD.replace("    region", "    project: '1'\n    region"),
        GOOD.replace("        aws:", "        drift: report\n        aws:"),
        GOOD.replace("        aws:", "        onDelete: orphan\n        aws:"),
        GOOD.replace("        aws:", "        adopt: true\n        aws:"),
    ]
    .iter()
    .map(|text| generation(text))
    .collect();
    others.push(good);
    others.sort_unstable();
    others.dedup();
    assert_eq!(others.len(), 12);
}

#[test]
fn fields_know_their_lines() {
    let loaded = read(&[("a.yaml", GOOD)]);
    let manifest = loaded.manifest.clone().unwrap();
    let (cluster, endpoint) = manifest.endpoints().next().unwrap();
    let line = |at: &tidelock::manifest::Location| (at.line, at.column);
    assert_eq!(line(&endpoint.fields["subnets"]), (12, 11));
    assert_eq!(line(&cluster.fields["region"]), (6, 5));
    assert_eq!(cluster.cloud_region(), "us-east-1");
    let later =
        loaded.finding(&endpoint.fields["subnets"], cloud::Severity::Warning, "zone", "m", "r");
    let shown = later.to_string();
    assert!(
        shown
            .contains("12 |           subnets: [subnet-0a1, subnet-0b2]\n   |           ^^^^^^^\n"),
        "{shown}"
    );
}

#[test]
fn what_a_cloud_finds_is_shown_at_its_line() {
    let loaded = read(&[("a.yaml", GOOD)]);
    let found = |endpoint: &str, field| cloud::Finding {
        endpoint: endpoint.into(),
        field,
        severity: cloud::Severity::Warning,
        code: "zone-not-served",
        message: "no".into(),
        remedy: "yes".into(),
    };
    let located = |endpoint, field| {
        let finding = loaded.locate(&found(endpoint, field))?;
        let at = finding.place?.at;
        Some((at.line, at.column))
    };
    assert_eq!(located("orders-apps", Some("vpc")), Some((11, 11)));
    assert_eq!(located("orders-apps", Some("tags")), Some((8, 9)));
    assert_eq!(located("orders-apps", None), Some((8, 9)));
    assert_eq!(located("nobody", None), None);
}

#[test]
fn what_has_no_name_is_named_by_what_holds_it() {
    let loaded = read(&[(
        "a.yaml",
        &GOOD.replace("name: orders-apps\n        aws:", "adopt: false\n        aws:"),
    )]);
    assert_eq!(loaded.findings[0].message, "this endpoint of cluster orders has no `name`");
    let loaded = read(&[("a.yaml", "apiVersion: tidelock/v1\nclusters: [{}]\n")]);
    assert_eq!(loaded.findings[0].message, "this cluster of the manifest has no `name`");
}
