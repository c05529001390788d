//! Surveys and single reads.

use crate::bodies::{self, SERVICE, endpoint, page, tag_set, with};
use crate::script::{Answer, Form, LATENCY, Script};
use cloud::{Certainty, Cloud, Error, Survey, Value};
use planner::endpoint::{Address, LinkId, LinkState};
use std::sync::Arc;
use tokio::time::Instant;

const LIST: &str = "DescribeVpcEndpoints";

const MARK: [(&str, &str); 5] = [
    ("tidelock:owner", "team-a"),
    ("tidelock:name", "orders"),
    ("tidelock:incarnation", "2"),
    ("tidelock:on-delete", "remove"),
    ("tidelock:cluster", "dedicated/1/2/3"),
];

async fn surveyed(endpoints: &[String]) -> Survey {
    Script::new().ok(LIST, page(endpoints, "")).aws().await.survey().await.unwrap()
}

fn link(id: &str) -> LinkId {
    LinkId(id.into())
}

#[tokio::test(start_paused = true)]
async fn every_state_in_either_spelling() {
    let table = [
        ("pendingAcceptance", "PendingAcceptance", LinkState::AwaitingAcceptance),
        ("pending", "Pending", LinkState::Provisioning),
        ("available", "Available", LinkState::Established),
        ("deleting", "Deleting", LinkState::Deleting),
        ("rejected", "Rejected", LinkState::Refused),
        ("failed", "Failed", LinkState::Failed),
        ("expired", "Expired", LinkState::Failed),
        ("partial", "Partial", LinkState::NotUnderstood),
        ("mothballed", "Mothballed", LinkState::NotUnderstood),
    ];
    for (on_the_wire, in_the_model, expected) in table {
        for word in [on_the_wire, in_the_model] {
            let survey = surveyed(&[endpoint("vpce-1", word)]).await;
            assert_eq!(survey.links.len(), 1, "{word}");
            assert_eq!(survey.links[0].state, expected, "{word}");
            assert_eq!(survey.links[0].word, word);
        }
    }
    for word in ["deleted", "Deleted"] {
        assert_eq!(surveyed(&[endpoint("vpce-1", word)]).await, Survey::default());
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_is_told_in_our_words() {
    let mut tags = MARK.to_vec();
    tags.push(("team", "orders"));
    let error = "<lastError><code>E1</code><message>no room</message></lastError>";
    let row = with("vpce-1", "failed", &format!("{}{error}", tag_set(&tags)));
    let survey = surveyed(&[row]).await;
    let seen = &survey.links[0];
    assert_eq!((seen.id.0.as_str(), seen.service.0.as_str()), ("vpce-1", SERVICE));
    assert_eq!(seen.network, "vpc-0c12a34b56d78e90f");
    assert_eq!(seen.message.as_deref(), Some("E1: no room"));
    let registration = seen.registration.as_ref().unwrap();
    assert_eq!((&registration.link, &registration.address), (&seen.id, &Address::None));
    let mark = seen.mark.as_ref().unwrap();
    assert_eq!((mark.name.as_str(), mark.incarnation), ("orders", 2));

    let found: Vec<String> =
        seen.found.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let expected = [
        r#"ipAddressType="ipv4""#,
        "privateDns=false",
        r#"securityGroups=["sg-0c3"]"#,
        r#"subnets=["subnet-0a1", "subnet-0b2"]"#,
        r#"tags={team = "orders"}"#,
        r#"vpc="vpc-0c12a34b56d78e90f""#,
    ];
    assert_eq!(found, expected);
}

#[tokio::test(start_paused = true)]
async fn the_mark_on_what_is_deleted_is_kept() {
    let survey = surveyed(&[with("vpce-1", "deleted", &tag_set(&MARK))]).await;
    assert!(survey.links.is_empty());
    assert_eq!(survey.ended.len(), 1);
    assert_eq!((survey.ended[0].id.0.as_str(), survey.ended[0].mark.incarnation), ("vpce-1", 2));
}

#[tokio::test(start_paused = true)]
async fn half_a_mark_and_other_kinds_of_endpoints() {
    let half = with("vpce-1", "available", &tag_set(&MARK[..3]));
    let gateway = endpoint("vpce-2", "available").replace(">Interface<", ">Gateway<");
    let nameless = endpoint("vpce-3", "available").replace("serviceName>", "resourceName>");
    let survey = surveyed(&[half, gateway, nameless]).await;
    let ids: Vec<_> = survey.links.iter().map(|seen| seen.id.0.as_str()).collect();
    assert_eq!(ids, ["vpce-1", "vpce-3"]);
    assert_eq!(survey.links[0].mark, None);
    assert!(!matches!(&survey.links[0].found["tags"], Value::Map(tags) if !tags.is_empty()));
    assert_eq!(survey.links[1].state, LinkState::NotUnderstood);
}

#[tokio::test(start_paused = true)]
async fn pages_are_followed_to_the_end() {
    let rows = |from: usize| -> Vec<String> {
        (from..from + 1_000).map(|n| endpoint(&format!("vpce-{n:04}"), "available")).collect()
    };
    let script = Script::new()
        .ok(LIST, page(&rows(0), "second"))
        // An empty page with a token is not the end.
        .ok(LIST, page(&[], "third"))
        // The list changed meanwhile: a row comes again, newer.
        .ok(LIST, page(&[endpoint("vpce-0000", "deleting"), endpoint("vpce-9", "pending")], ""));
    let survey = script.aws().await.survey().await.unwrap();
    assert_eq!(survey.links.len(), 1_001);
    let again = survey.links.iter().find(|seen| seen.id.0 == "vpce-0000").unwrap();
    assert_eq!(again.state, LinkState::Deleting);

    let heard = script.heard();
    let token = |form: &Form| form.get("NextToken").cloned();
    let tokens: Vec<_> = heard.iter().map(token).collect();
    assert_eq!(tokens, [None, Some("second".into()), Some("third".into())]);
    for form in &heard {
        assert_eq!(form["MaxResults"], "1000");
        assert!(!form.keys().any(|key| key.starts_with("Filter")), "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_not_whole_is_no_list() {
    let lost_list = bodies::answer(LIST, "");
    let cases = [
        Script::new().ok(LIST, page(&[], "a")).ok(LIST, page(&[], "b")).ok(LIST, page(&[], "a")),
        Script::new().ok(LIST, lost_list),
        Script::new().ok(LIST, page(&["<item><state>available</state></item>".into()], "")),
    ];
    for script in cases {
        let error = script.aws().await.survey().await.unwrap_err();
        assert!(matches!(error, Error::Incomplete { .. }), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_none() {
    for (status, body) in [
        (200, "<html><body>maintenance</body></html>"),
        (200, ""),
        (502, "<html><body>bad gateway</body></html>"),
    ] {
        let script = Script::new();
        for _ in 0..3 {
            script.on(LIST, Answer::Says(status, body.into()));
        }
        let error = script.aws().await.survey().await.unwrap_err();
        let Error::Unexpected { status: said, .. } = &error else { panic!("{body}: {error:?}") };
        assert_eq!((*said, error.certainty()), (status, Certainty::Unknown));
        assert_eq!(script.count(LIST), 3);
    }
}

/// The SDK would take the rest for a shorter list, and what is missing in it for deleted.
#[tokio::test(start_paused = true)]
async fn a_list_that_breaks_off_is_no_shorter_list() {
    let rows: Vec<String> = (0..3).map(|n| endpoint(&format!("vpce-{n}"), "available")).collect();
    let body = page(&rows, "");
    let ends = body.match_indices("</item>").map(|(at, end)| at + end.len());
    let ends: Vec<usize> = ends.chain([body.len() / 2, body.len() - 1]).collect();
    assert!(ends.len() > 5);
    for end in ends {
        let script = Script::new();
        for _ in 0..3 {
            script.ok(LIST, body[..end].to_owned());
        }
        let outcome = script.aws().await.survey().await;
        assert!(matches!(outcome, Err(Error::Unreachable { .. })), "{end}: {outcome:?}");
    }
}

async fn eventually(script: Arc<Script>) -> (Result<Survey, Error>, usize) {
    let outcome = script.aws().await.survey().await;
    (outcome, script.count(LIST))
}

#[tokio::test(start_paused = true)]
async fn a_look_is_tried_three_times() {
    let throttled = "RequestLimitExceeded";
    let bad_day = Script::new().fails(LIST, 503, throttled).on(LIST, Answer::Lost);
    let (outcome, calls) = eventually(bad_day.ok(LIST, page(&[], ""))).await;
    assert_eq!((outcome, calls), (Ok(Survey::default()), 3));

    let script = Script::new().on(LIST, Answer::NotSent).fails(LIST, 500, "InternalError");
    let (outcome, calls) = eventually(script.fails(LIST, 503, throttled)).await;
    assert!(matches!(outcome, Err(Error::Throttled { .. })), "{outcome:?}");
    assert_eq!(calls, 3);
}

#[tokio::test(start_paused = true)]
async fn between_the_tries_it_waits() {
    let script = Script::new().on(LIST, Answer::Lost).on(LIST, Answer::Lost);
    let script = script.ok(LIST, page(&[], ""));
    let aws = script.aws().await;
    let start = Instant::now();
    aws.survey().await.unwrap();
    let waited = start.elapsed().saturating_sub(LATENCY * 4);
    assert_eq!(waited.as_secs(), 3, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_look_that_is_refused_is_not_tried_again() {
    for (status, code) in [(403, "UnauthorizedOperation"), (400, "ExpiredToken")] {
        let (outcome, calls) = eventually(Script::new().fails(LIST, status, code)).await;
        assert!(outcome.is_err(), "{code}");
        assert_eq!(calls, 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_endpoint_is_read_by_its_id() {
    let script = Script::new().ok(LIST, page(&[endpoint("vpce-1", "available")], ""));
    let seen = script.aws().await.read(&link("vpce-1")).await.unwrap().unwrap();
    assert_eq!(seen.id, link("vpce-1"));
    let heard = script.heard();
    assert_eq!(heard[0]["VpcEndpointId.1"], "vpce-1");
    assert!(!heard[0].contains_key("MaxResults"), "EC2 refuses both together");
}

#[tokio::test(start_paused = true)]
async fn only_the_word_of_aws_makes_an_endpoint_absent() {
    let gone = [
        Script::new().fails(LIST, 400, "InvalidVpcEndpointId.NotFound"),
        Script::new().fails(LIST, 400, "InvalidVpcEndpoint.NotFound"),
        Script::new().ok(LIST, page(&[endpoint("vpce-1", "deleted")], "")),
    ];
    for script in gone {
        assert_eq!(script.aws().await.read(&link("vpce-1")).await, Ok(None));
    }
    let gateway = endpoint("vpce-1", "available").replace(">Interface<", ">Gateway<");
    let unknown = [
        Script::new().ok(LIST, page(&[], "")),
        Script::new().ok(LIST, page(&[endpoint("vpce-2", "available")], "")),
        Script::new().ok(LIST, page(&[gateway], "")),
        Script::new().fails(LIST, 403, "UnauthorizedOperation"),
        Script::new().fails(LIST, 400, "InvalidVpcEndpointId.Malformed"),
    ];
    for script in unknown {
        let outcome = script.aws().await.read(&link("vpce-1")).await;
        assert!(outcome.is_err(), "{outcome:?}");
    }
}
