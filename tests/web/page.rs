//! What people see.

use crate::rig::{CANARY, DENIED, Rig, finding, instance, on_alibaba, wish};
use cloud::{Change, Setting, Severity, Value};
use http::StatusCode;
use planner::Moment;
use planner::endpoint::{Desired, OnDrift};
use sim::{Deed, Link, LinkDeed, Vendor, example};
use std::collections::BTreeSet;
use tidelock::web::ManifestState;
use tidelock::wish::Wish;

const PAYLOADS: [&str; 9] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</style></script><script>alert(1)</script>",
    "javascript:alert(1)",
    "<!--",
    "`<b>`",
    "\u{202e}\u{0}\u{1b}]0;x\u{7}",
];

const TAGS: &str = "a article b blockquote body button caption circle code dd details div dl dt footer form h1 h2 h3 \
    head header html input li link main meta meter nav ol p path pre rect script section small span style summary svg \
    symbol table tbody td th thead time title tr ul use";

const ATTRIBUTES: &str = "action aria-current aria-hidden aria-label aria-live autocomplete charset class content cx cy \
    d data-at data-copy data-done data-form data-name data-now data-phase data-post datetime fill focusable height \
    hidden high href id lang low max min name placeholder r rel role rx scope stroke stroke-dasharray stroke-linecap \
    stroke-width title type value viewbox width xmlns";

/// Every tag with its attributes, as a browser would find them.
fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let (tag, after) = tag(rest);
        rest = after;
        let raw = (tag.0 == "script" || tag.0 == "style").then(|| format!("</{}", tag.0));
        if let Some(end) = raw {
            rest = &rest[rest.find(&end).unwrap()..];
        }
        tags.push(tag);
    }
    tags
}

type Tag = (String, Vec<(String, String)>);

fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap();
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return ((name.to_lowercase(), attributes), after);
        }
        let end = rest.find(|c: char| c.is_whitespace() || "=>".contains(c)).unwrap();
        let (key, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(after) => after.split_once('"').unwrap(),
            None => ("", after),
        };
        attributes.push((key.to_lowercase(), value.to_owned()));
        rest = after;
    }
}

fn check_markup(page: &str) {
    let split = |list: &'static str| list.split_whitespace().collect::<BTreeSet<_>>();
    let (names, keys) = (split(TAGS), split(ATTRIBUTES));
    let tags = tags(page.strip_prefix("<!doctype html>\n").expect("a doctype"));
    let mut ids = BTreeSet::new();
    for (name, attributes) in &tags {
        let bare = name.strip_prefix('/').unwrap_or(name);
        assert!(names.contains(bare), "<{name}>");
        for (key, value) in attributes {
            assert!(keys.contains(&**key), "<{name} {key}>");
            let loads = key == "href" && !value.starts_with(['/', '#']);
            assert!(!loads || value.starts_with("data:image/svg+xml,"), "{value}");
            assert!(key != "id" || ids.insert(value.clone()), "two elements are {value}");
        }
    }
    for name in ["script", "style"] {
        let opened = tags.iter().filter(|(tag, _)| tag == name).count();
        assert_eq!(opened, 1, "<{name}>");
    }
    let harmless = |c: char| !c.is_control() || c == '\n';
    assert!(page.chars().all(harmless), "no control character reaches a browser");
    assert!(!page.contains('\u{202e}'));
}

fn hostile(payload: &str, number: usize) -> [Wish; 2] {
    let mut seen = wish(&format!("{number}{payload}"));
    seen.origin.cluster_name = payload.into();
    seen.settings = wish("x").settings;
    let tags = Value::Map([(payload.to_owned(), payload.to_owned())].into());
    seen.settings.insert("tags", Setting { value: tags, change: Change::InPlace });
    let mut denied = wish(&format!("denied {number}{payload}"));
    denied.account.alias = format!("{DENIED}{payload}");
    denied.account.region = payload.into();
    [seen, denied]
}

#[tokio::test(start_paused = true)]
async fn nothing_that_others_wrote_is_markup() {
    let wishes = PAYLOADS.iter().enumerate().flat_map(|(n, payload)| hostile(payload, n)).collect();
    let rig = Rig::running(wishes);
    let findings = PAYLOADS.iter().map(|payload| finding(Severity::Error, payload)).collect();
    let digest = PAYLOADS[1].to_owned();
    rig.manifest.send_replace(ManifestState { digest, files: 1, findings, read_at: Moment(1) });
    for minutes in [0, 1, 60] {
        tokio::time::sleep(std::time::Duration::from_secs(minutes * 60)).await;
        let page = rig.get("/").await;
        assert_eq!(page.status, StatusCode::OK);
        check_markup(&page.text);
        assert!(page.text.contains("&lt;img src=x onerror=alert(1)&gt;"), "it is shown as text");
        assert!(!page.text.contains(CANARY));
    }
    for payload in PAYLOADS {
        let encoded: String = payload
            .bytes()
            .flat_map(|byte| format!("%{byte:02x}").into_bytes())
            .map(char::from)
            .collect();
        let page = rig.get(&format!("/?q={encoded}&show={encoded}")).await;
        check_markup(&page.text);
    }
}

#[tokio::test(start_paused = true)]
async fn it_tells_the_whole_story() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    let first = rig.get("/").await.text;
    assert!(first.contains("not looked at yet") || first.contains("under way"), "{first}");
    rig.settle().await;
    let page = rig.get("/").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    check_markup(&page.text);
    for expected in [
        "Everything is as the manifests say",
        "1 endpoint of 1 cluster, all Active.",
        "orders-apps",
        "data-phase=\"Active\"",
        "TiDB Cloud project 1372813089209061633",
        "of 100 requests left in this minute",
        "Create the VPC endpoint".to_lowercase().as_str(),
        "because it did not exist",
        "<code class=\"\">0123456789ab</code> · 2 files",
    ] {
        let found = page.text.contains(expected) || page.text.to_lowercase().contains(expected);
        assert!(found, "{expected}\n{}", page.text);
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_is_shown_as_text() {
    let mut reported = wish("orders-apps");
    if let Desired::Present(terms) = &mut reported.desired {
        terms.on_drift = OnDrift::Report;
    }
    let team = |value: &str| Value::Map([("team".to_owned(), value.to_owned())].into());
    reported.settings.insert("tags", Setting { value: team("a"), change: Change::InPlace });
    let rig = Rig::running(vec![reported]);
    rig.settle().await;
    let link = rig.sim.with(|world| world.true_links().next().unwrap().id.0.clone());
    let tags = LinkDeed::EditTags([("team".to_owned(), PAYLOADS[1].to_owned())].into());
    rig.sim.with(|world| world.deed(Deed::ToLink { link, deed: tags })).unwrap();
    rig.settle().await;
    let page = rig.get("/").await.text;
    check_markup(&page);
    for expected in [
        "1 endpoint differs from the manifests",
        "1 field changed by somebody else",
        "&lt;img src=x onerror=alert(1)&gt;",
        "It works, but differs from the manifest",
    ] {
        let found = page.to_lowercase().contains(&expected.to_lowercase());
        assert!(found, "{expected}\n{page}");
    }
    let metrics = rig.get("/metrics").await.text;
    assert!(metrics.contains("tidelock_endpoint_drifted{endpoint=\"orders-apps\"} 1"), "{metrics}");
}

#[tokio::test(start_paused = true)]
async fn who_must_act_is_told_how() {
    let rig = Rig::running(vec![wish("orders-apps")]);
    rig.settle().await;
    let link = rig.sim.with(|world| world.true_links().next().unwrap().id.0.clone());
    rig.sim.with(|world| world.deed(Deed::ToLink { link, deed: LinkDeed::Reject })).unwrap();
    rig.settle().await;
    let page = rig.get("/").await.text;
    check_markup(&page);
    for expected in [
        "<title class=\"\">(1) Tidelock</title>",
        "1 endpoint needs you",
        "data-phase=\"Failed\"",
        "aws ec2 delete-vpc-endpoints",
        "data-post=\"/api/v1/endpoints/orders-apps/retry\"",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
}

const OPERATED: &str = "payments-apps";

#[tokio::test(start_paused = true)]
async fn who_must_register_by_hand_is_told_where_and_what_and_when_to_take_it_back() {
    for wish in [
        instance(OPERATED, "essential", example::EXCLUSIVE),
        instance(OPERATED, "premium", example::PREMIUM),
        on_alibaba(OPERATED, "premium", example::alibaba::PREMIUM),
    ] {
        comes_and_goes_by_hand(wish).await;
    }
}

async fn comes_and_goes_by_hand(operated: Wish) {
    let cluster = operated.cluster.cluster.clone();
    let console = format!("(id {cluster}), Settings &gt; Networking");
    let rig = Rig::running(vec![operated, wish("orders-apps")]);
    rig.settle().await;
    let link = rig.sim.with(|world| {
        let named = |link: &&Link| link.tags.get("tidelock:name").is_some_and(|it| it == OPERATED);
        world.true_links().find(named).cloned().unwrap()
    });
    let endpoint_id = link.id.to_string();
    let domain = link.domain().map(str::to_owned).filter(|_| link.vendor() == Vendor::Alibaba);
    let fields = match &domain {
        None => vec![("VPC endpoint ID", &endpoint_id)],
        Some(domain) => vec![("Endpoint Resource ID", &endpoint_id), ("Domain Name", domain)],
    };
    let fields: String = fields.into_iter().map(|(field, value)| to_copy(field, value)).collect();
    let way = format!("{console} &gt; Create Private Endpoint Connection, and paste there what");
    needs_you(&rig, "Pending", &[&way, &format!("{fields}</div>")]).await;

    let paste = Deed::Paste { cluster, endpoint_id: endpoint_id.clone(), domain, ip: None };
    rig.sim.with(|world| world.deed(paste)).unwrap();
    rig.settle().await;
    let page = rig.get("/").await.text;
    let calm = page.contains("Everything is as the manifests say");
    assert!(calm && !page.contains("Settings &gt; Networking"), "{page}");

    rig.wants(vec![wish("orders-apps")]);
    rig.settle().await;
    let connection = rig.sim.with(|world| {
        let row = world.true_connections().find(|row| row.endpoint_id == endpoint_id);
        row.unwrap().id.to_string()
    });
    let way = format!("{console}, and delete private endpoint connection {connection};");
    let next = format!("delete VPC endpoint {endpoint_id}");
    needs_you(&rig, "Deleting", &[&way, &next]).await;
}

/// A field of the console's, its value, and the button that copies the value and nothing else.
fn to_copy(field: &str, value: &str) -> String {
    format!(
        "<p class=\"soft\">{field}</p><div class=\"command\"><code class=\"\">{value}</code>\
         <button type=\"button\" class=\"copy\" data-copy=\"{value}\">Copy</button></div>"
    )
}

async fn needs_you(rig: &Rig, phase: &str, expected: &[&str]) {
    let page = rig.get("/").await.text;
    check_markup(&page);
    let phase = format!("data-phase=\"{phase}\"");
    let all = ["1 endpoint needs you", "<div class=\"todo yours\">", &phase];
    for expected in all.iter().chain(expected) {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_has_something_to_say_about_nothing() {
    let rig = Rig::running(vec![]);
    let page = rig.get("/").await.text;
    check_markup(&page);
    for expected in ["Nothing to keep yet", "No endpoints", "Nothing was done yet", "Nowhere yet"] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
    let starting = Rig::waiting().get("/").await;
    assert_eq!(starting.status, StatusCode::SERVICE_UNAVAILABLE);
    check_markup(&starting.text);
    assert!(starting.text.contains("Tidelock is starting"));
}

#[tokio::test(start_paused = true)]
async fn what_needs_a_look_is_first_and_the_filter_needs_no_script() {
    let mut denied = wish("z-apps");
    denied.account.alias = format!("{DENIED}no");
    let rig = Rig::running(vec![wish("orders-apps"), denied]);
    rig.settle().await;
    let check = async |query: &str, expected: &[&str]| {
        let page = rig.get(&format!("/{query}")).await.text;
        let tags = tags(page.strip_prefix("<!doctype html>\n").unwrap());
        let rows = tags.iter().filter_map(|(_, attributes)| {
            attributes.iter().find(|(key, _)| key == "data-name").map(|(_, value)| value.as_str())
        });
        assert_eq!(rows.collect::<Vec<_>>(), expected, "{query}");
    };
    check("", &["z-apps", "orders-apps"]).await;
    check("?q=ORDERS-a", &["orders-apps"]).await;
    check("?q=apps+active", &["orders-apps"]).await;
    check("?show=active", &["orders-apps"]).await;
    check("?show=you", &["z-apps"]).await;
    check("?show=unknown&q=nobody", &[]).await;
    check("?show=rubbish", &["z-apps", "orders-apps"]).await;
    check("?unknown=1", &["z-apps", "orders-apps"]).await;
}
