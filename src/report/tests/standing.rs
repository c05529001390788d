//! Status, why and progress.

use super::super::status::{
    BudgetStatus, EndpointStatus, Late, Message, ScopeStatus, Status, detail, json, schema, table,
};
use super::super::why::{RungMark, RungName, Why, ladder};
use super::super::{Event, Hold, Style, Topic, progress_line, say, standing, why};
use super::machines::check_keys;
use super::world::{AWS, World, absent, active, cluster};
use cloud::{Difference, Value};
use insta::assert_snapshot;
use planner::endpoint::{
    Connection, ConnectionFacts, ConnectionId, ConnectionState, Decision, Handshake, LinkState,
    OnDelete, OnDrift, phase,
};
use planner::{Actor, Moment};
use std::time::Duration;

const NOW: Moment = Moment(1_760_000_000);

pub(super) fn status_of(world: &World) -> EndpointStatus {
    let decision = world.decision();
    let topic = Topic { vendor: AWS, cluster: &world.cluster };
    let said = say(&decision, topic);
    EndpointStatus {
        thing: crate::report::Thing::Endpoint,
        parts: Vec::new(),
        name: world.name.clone(),
        cluster: world.cluster.clone(),
        vendor: AWS,
        account: "prod".into(),
        phase: phase(world.desired, &decision),
        reason: said.word,
        sentence: standing(&decision, topic),
        who: said.who,
        since: Some(Moment(NOW.0 - 192)),
        drift: world.differences(),
        next_look: Some(Moment(NOW.0 + 15)),
        late: None,
        link: Some("vpce-0f1".into()),
        connection: Some("pec-77".into()),
        host: Some("privatelink-1.clusters.tidb-cloud.com".into()),
        port: Some(4000),
        messages: Vec::new(),
        last_error: None,
        remedy: said.remedy,
        command: said.command,
        paste: said.paste,
        companions: Vec::new(),
        steps: world.plan().steps,
    }
}

fn pending(name: &str) -> World {
    let mut world = active(name).in_state(LinkState::AwaitingAcceptance);
    world.observed.handshake = Handshake::ByApi(Connection::Present(ConnectionFacts {
        id: ConnectionId("pec-77".into()),
        registration: super::world::registration(),
        state: ConnectionState::Pending,
    }));
    world.edited = true;
    world.finding("privateDns", Value::Flag(false))
}

fn status() -> Status {
    let late = Some(Late { usual: Duration::from_mins(5), waited: Duration::from_mins(22) });
    let unseen = EndpointStatus {
        name: "billing-apps".into(),
        cluster: cluster("billing"),
        phase: None,
        reason: "could-not-look",
        sentence: "no answer from ec2: timed out".into(),
        who: None,
        since: None,
        next_look: None,
        ..status_of(&active("x"))
    };
    Status {
        generated_at: NOW,
        endpoints: vec![
            EndpointStatus { late, ..status_of(&pending("orders-web")) },
            status_of(&active("orders-apps").finding("subnets", Value::set(["subnet-0a1"]))),
            status_of(&active("orders-bad").in_state(LinkState::Refused)),
            unseen,
        ],
        scopes: vec![
            ScopeStatus {
                name: "TiDB Cloud project 13728".into(),
                kind: "tidb-cloud".into(),
                seen_at: Some(Moment(NOW.0 - 4)),
                error: None,
                next_look: Some(Moment(NOW.0 + 11)),
            },
            ScopeStatus {
                name: "aws account prod in us-east-1".into(),
                kind: "aws".into(),
                seen_at: None,
                error: Some("timed out".into()),
                next_look: Some(NOW),
            },
        ],
        budgets: vec![BudgetStatus { name: "TiDB Cloud".into(), remaining: 93, limit: 100 }],
        holds: vec![Hold {
            word: "mass-deletion",
            message: "5 deletions at once".into(),
            remedy: "raise the limit for one run".into(),
        }],
        manifest: vec![],
    }
}

#[test]
fn a_table() {
    assert_snapshot!(table(&status(), Style::Plain), @"
    CLUSTER  NAME          PHASE    REASON                     WAITS FOR   SINCE   DRIFT       NEXT LOOK
    billing  billing-apps  Unknown  could-not-look             -           -       -           -
    orders   orders-apps   Pending  update-link                Tidelock    3m 12s  subnets     in 15s
    orders   orders-bad    Failed   link-refused               you         3m 12s  -           in 15s
    orders   orders-web    Pending  connection-pending (late)  TiDB Cloud  3m 12s  privateDns  in 15s

    1 task for you:
      orders-bad: TiDB Cloud's side has refused VPC endpoint vpce-0f1
        find out who refused it and why, in the TiDB Cloud console under Networking; a refusal is never overridden: to ask once more, delete VPC endpoint vpce-0f1, and Tidelock creates another

    Held (mass-deletion): 5 deletions at once; to go on: raise the limit for one run

    Scope TiDB Cloud project 13728 (tidb-cloud): seen 4s ago, next look in 11s
    Scope aws account prod in us-east-1 (aws): never seen, last look failed: timed out, next look now

    Budget TiDB Cloud: 93 of 100 requests left
    ");
}

#[test]
fn no_endpoints() {
    let status =
        Status { endpoints: vec![], scopes: vec![], budgets: vec![], holds: vec![], ..status() };
    assert_snapshot!(table(&status, Style::Plain), @"No endpoints.");
}

#[test]
fn details() {
    let mut endpoint = status_of(&pending("orders-web"));
    endpoint.late = Some(Late { usual: Duration::from_mins(5), waited: Duration::from_mins(22) });
    let message = |from: &str, text: &str, at| Message { from: from.into(), text: text.into(), at };
    endpoint.messages = vec![message("AWS", "pendingAcceptance", None)];
    endpoint.last_error = Some(message("AWS", "throttled\u{1b}[1m", Some(Moment(NOW.0 - 60))));
    assert_snapshot!(detail(&endpoint, NOW, Style::Plain), @r"
    Name:           orders-web
    Cluster:        orders (dedicated, aws-us-east-1, id 1379661944646413143)
    Account:        prod (AWS)
    Phase:          Pending
    Reason:         connection-pending: waiting until TiDB Cloud has activated the private endpoint connection
    Must act:       TiDB Cloud
    Since:          2025-10-09T08:50:08Z (3m 12s ago)
    Late:           waits for 22m, usually 5m
    Next look:      in 15s
    Endpoint id:    vpce-0f1
    Connection id:  pec-77
    Address:        privatelink-1.clusters.tidb-cloud.com:4000
    Message:        AWS: pendingAcceptance
    Last error:     AWS: throttled\u{1b}[1m (2025-10-09T08:52:20Z)
    Drift:          privateDns: wanted true -> found false
    Ahead:          wait until TiDB Cloud has activated the private endpoint connection (usually about 5 minutes)
                    wait until TiDB Cloud has accepted the VPC endpoint (usually about 5 minutes)
                    change VPC endpoint vpce-0f1 in place: privateDns
                    wait until AWS shows the change of the VPC endpoint (usually 1 to 2 minutes)
    ");
}

#[test]
fn a_status_is_in_its_schema() {
    let mut status = status();
    status.endpoints[0].last_error =
        Some(Message { from: "AWS".into(), text: "no".into(), at: Some(NOW) });
    let value = serde_json::from_str(&json(&status)).expect("JSON");
    check_keys(&value, &schema(), &schema(), "status");
    assert_eq!(value["generatedAt"], "2025-10-09T08:53:20Z");
    assert_eq!(value["endpoints"][0]["phase"], "unknown");
    assert_eq!(value["endpoints"][3]["late"]["waitedSeconds"], 1_320);
}

fn why_of(world: &World) -> Why {
    let differences: Vec<Difference> = world.differences();
    let rungs =
        ladder(world.desired, &world.observed, &world.decision(), &world.wanted, &differences);
    Why { generated_at: NOW, endpoint: status_of(world), rungs }
}

fn marks(world: &World) -> String {
    let mark = |mark| match mark {
        RungMark::Done => '✓',
        RungMark::Here => '▶',
        RungMark::Stuck => '✗',
        RungMark::Ahead => '·',
    };
    why_of(world).rungs.iter().map(|rung| mark(rung.mark)).collect()
}

#[test]
fn why_it_waits() {
    assert_snapshot!(why::text(&why_of(&pending("orders-web")), Style::Plain), @"
    orders-web is Pending for 3m 12s

      ✓ ServiceReady     com.amazonaws.vpce.us-east-1.vpce-svc-1
      ✓ EndpointCreated  vpce-0f1
      ✓ Registered       pec-77
      ▶ Accepted         waiting until TiDB Cloud has activated the private endpoint connection
      · PrivateDns
      · Active

    Name:           orders-web
    Cluster:        orders (dedicated, aws-us-east-1, id 1379661944646413143)
    Account:        prod (AWS)
    Phase:          Pending
    Reason:         connection-pending: waiting until TiDB Cloud has activated the private endpoint connection
    Must act:       TiDB Cloud
    Since:          2025-10-09T08:50:08Z (3m 12s ago)
    Next look:      in 15s
    Endpoint id:    vpce-0f1
    Connection id:  pec-77
    Address:        privatelink-1.clusters.tidb-cloud.com:4000
    Drift:          privateDns: wanted true -> found false
    Ahead:          wait until TiDB Cloud has activated the private endpoint connection (usually about 5 minutes)
                    wait until TiDB Cloud has accepted the VPC endpoint (usually about 5 minutes)
                    change VPC endpoint vpce-0f1 in place: privateDns
                    wait until AWS shows the change of the VPC endpoint (usually 1 to 2 minutes)
    ");
}

#[test]
fn why_it_failed() {
    let world = active("orders-bad").in_state(LinkState::Refused);
    assert_snapshot!(why::text(&why_of(&world), Style::Plain), @"
    orders-bad is Failed for 3m 12s

      ✓ ServiceReady     com.amazonaws.vpce.us-east-1.vpce-svc-1
      ✓ EndpointCreated  vpce-0f1
      ✓ Registered       pec-77
      ✗ Accepted         TiDB Cloud's side has refused VPC endpoint vpce-0f1
      · PrivateDns
      · Active

    Name:           orders-bad
    Cluster:        orders (dedicated, aws-us-east-1, id 1379661944646413143)
    Account:        prod (AWS)
    Phase:          Failed
    Reason:         link-refused: TiDB Cloud's side has refused VPC endpoint vpce-0f1
    Must act:       you
    To do:          find out who refused it and why, in the TiDB Cloud console under Networking; a refusal is never overridden: to ask once more, delete VPC endpoint vpce-0f1, and Tidelock creates another
    Command:        aws ec2 delete-vpc-endpoints --region us-east-1 --vpc-endpoint-ids vpce-0f1
    Since:          2025-10-09T08:50:08Z (3m 12s ago)
    Next look:      in 15s
    Endpoint id:    vpce-0f1
    Connection id:  pec-77
    Address:        privatelink-1.clusters.tidb-cloud.com:4000
    ");
}

#[test]
fn a_ladder_is_climbed_rung_by_rung() {
    assert_eq!(marks(&absent("a")), "✓▶····");
    assert_eq!(marks(&active("a").in_state(LinkState::Provisioning)), "✓▶····");
    assert_eq!(marks(&pending("a")), "✓✓✓▶··");
    assert_eq!(marks(&active("a").finding("privateDns", Value::Flag(false))), "✓✓✓✓▶·");
    assert_eq!(marks(&active("a")), "✓✓✓✓✓✓");
    assert_eq!(marks(&active("a").in_state(LinkState::Refused)), "✓✓✓✗··");
    assert_eq!(marks(&active("a").foreign()), "✓✗····");
    let reported = active("a").finding("privateDns", Value::Flag(false));
    let reported = reported.asking(|terms| terms.on_drift = OnDrift::Report);
    assert_eq!(marks(&reported), "✓✓✓✓✓✓", "drift that is left alone holds nothing back");
}

#[test]
fn a_removal_has_its_own_ladder() {
    assert_eq!(marks(&active("a").removed(OnDelete::Remove)), "▶·");
    let mut world = active("a").removed(OnDelete::Remove);
    world.observed.handshake = Handshake::ByApi(Connection::Absent);
    assert_eq!(marks(&world), "✓▶");
    assert_eq!(marks(&absent("a").removed(OnDelete::Remove)), "✓✓");
    assert_eq!(marks(&active("a").removed(OnDelete::Orphan)), "▶");
    assert_eq!(marks(&active("a").removed(OnDelete::Protect)), "✗·");
}

#[test]
fn a_flow_without_a_handshake_has_no_such_rung() {
    let mut world = active("a");
    world.observed.handshake = Handshake::None;
    let rungs = why_of(&world).rungs;
    assert!(rungs.iter().all(|rung| rung.name != RungName::Registered));
    assert_eq!(marks(&world), "✓✓✓✓✓");
}

#[test]
fn why_in_json_is_in_its_schema() {
    let value = serde_json::from_str(&why::json(&why_of(&pending("a")))).expect("JSON");
    check_keys(&value, &why::schema(), &why::schema(), "why");
    assert_eq!(value["ladder"][3]["mark"], "here");
}

#[test]
fn progress() {
    let head = cluster("orders");
    let line = |event| progress_line("orders-apps", event, Topic { vendor: AWS, cluster: &head });
    let create = absent("a").decision();
    let wait = pending("a").decision();
    let stuck = active("a").in_state(LinkState::Refused).decision();
    let after = Duration::from_secs;
    let lines = [
        line(Event::Standing(&create, after(0))),
        line(Event::Standing(&wait, after(29))),
        line(Event::Refused(&create, "not allowed\n::error::x")),
        line(Event::Unseen("timed out")),
        line(Event::Standing(&stuck, after(0))),
        line(Event::Standing(&Decision::Settled, after(0))),
        line(Event::Active(after(72))),
        line(Event::Gone(after(3_725))),
    ];
    assert_snapshot!(lines.join("\n"), @r"
    orders-apps: creating VPC endpoint…
    orders-apps: waiting until TiDB Cloud has activated the private endpoint connection [29s elapsed]
    orders-apps: could not create the VPC endpoint: not allowed\n::error::x
    orders-apps: could not look: timed out
    orders-apps: FAILED: TiDB Cloud's side has refused VPC endpoint vpce-0f1
    orders-apps: settled
    orders-apps: active after 1m 12s
    orders-apps: gone after 1h 2m
    ");
}

#[test]
fn who_must_act_is_said_in_the_words_of_the_cloud() {
    assert_eq!(super::super::actor(Actor::Cloud, AWS), "AWS");
}
