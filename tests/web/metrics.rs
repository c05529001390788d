//! What a Prometheus reads.

use crate::rig::{CANARY, DENIED, Rig, wish};
use std::collections::{BTreeMap, BTreeSet};

/// One sample: its name and labels as written, and its value.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut described = BTreeSet::new();
    let mut found = BTreeMap::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "# EOF" {
            assert_eq!(lines.peek(), None, "nothing follows the end");
            return found;
        }
        if let Some(rest) = line.strip_prefix("# ") {
            let parts: Vec<&str> = rest.splitn(3, ' ').collect();
            assert!(["HELP", "TYPE", "UNIT"].contains(&parts[0]), "{line}");
            assert!(parts.len() == 3 && !parts[2].is_empty(), "{line}");
            assert!(!line.ends_with(".."), "{line}");
            if parts[0] == "HELP" {
                assert!(described.insert(parts[1].to_owned()), "described twice: {line}");
            }
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let name = series.split('{').next().unwrap();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(name.chars().all(plain), "{line}");
        let family = name.trim_end_matches("_total").trim_end_matches("_info");
        assert!(described.contains(family) || described.contains(name), "no help: {line}");
        let labels = &series[name.len()..];
        assert!(
            labels.is_empty() || (labels.starts_with('{') && labels.ends_with("\"}")),
            "{line}"
        );
        assert!(found.insert(series.to_owned(), value.parse().unwrap()).is_none(), "twice: {line}");
    }
    panic!("no end");
}

#[tokio::test(start_paused = true)]
async fn every_fact_has_its_number() {
    let mut denied = wish("quote\"back\\slash\nline");
    denied.account.alias = format!("{DENIED}no");
    let rig = Rig::running(vec![wish("orders-apps"), denied]);
    rig.settle().await;
    let answer = rig.get("/metrics").await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.header("content-type"), kind);
    assert!(!answer.text.contains(CANARY));
    let samples = samples(&answer.text);
    let version = env!("CARGO_PKG_VERSION");
    for (series, expected) in [
        (&*format!("tidelock_build_info{{version=\"{version}\"}}"), 1.0),
        ("process_start_time_seconds", 1_800_000_000.0),
        ("tidelock_engine_up", 1.0),
        ("tidelock_manifest_files", 2.0),
        ("tidelock_manifest_findings", 0.0),
        ("tidelock_endpoints{cluster=\"orders\",phase=\"active\"}", 1.0),
        ("tidelock_endpoints{cluster=\"orders\",phase=\"unknown\"}", 1.0),
        ("tidelock_endpoints{cluster=\"orders\",phase=\"failed\"}", 0.0),
        ("tidelock_endpoint_phase{endpoint=\"orders-apps\",phase=\"active\"}", 1.0),
        ("tidelock_endpoint_phase{endpoint=\"orders-apps\",phase=\"pending\"}", 0.0),
        ("tidelock_endpoint_drifted{endpoint=\"orders-apps\"}", 0.0),
        ("tidelock_endpoint_drifted{endpoint=\"quote\\\"back\\\\slash\\nline\"}", 0.0),
        ("tidelock_endpoint_late{endpoint=\"orders-apps\"}", 0.0),
        ("tidelock_holds", 0.0),
        ("tidelock_scope_up{scope=\"aws account prod in us-east-1\"}", 1.0),
        ("tidelock_scope_up{scope=\"aws account denied no in us-east-1\"}", 0.0),
        ("tidelock_deeds_total{step=\"create-link\",outcome=\"taken\"}", 1.0),
        ("tidelock_deeds_total{step=\"register\",outcome=\"taken\"}", 1.0),
    ] {
        assert_eq!(samples.get(series), Some(&expected), "{series}\n{}", answer.text);
    }
    for series in [
        "tidelock_tidbcloud_requests_remaining",
        "tidelock_manifest_read_timestamp_seconds",
        "tidelock_endpoint_phase_since_timestamp_seconds{endpoint=\"orders-apps\"}",
        "tidelock_scope_last_success_timestamp_seconds{scope=\"aws account prod in us-east-1\"}",
    ] {
        assert!(samples.contains_key(series), "{series}\n{}", answer.text);
    }
    let never = "tidelock_scope_last_success_timestamp_seconds{scope=\"aws account denied no in us-east-1\"}";
    assert!(!samples.contains_key(never), "a scope that was never seen has no time");
}

#[tokio::test(start_paused = true)]
async fn without_an_engine_it_still_answers() {
    let rig = Rig::waiting();
    let samples = samples(&rig.get("/metrics").await.text);
    assert_eq!(samples.get("tidelock_engine_up"), Some(&0.0));
    assert!(!samples.keys().any(|series| series.starts_with("tidelock_endpoint")));
}
