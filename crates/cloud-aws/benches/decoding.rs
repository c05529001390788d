//! From the bytes of a survey of VPC endpoints to rows in our words, through the SDK, without a socket.
//!
//! Nothing is asserted but that the work was done; the figure is for `docs/performance.md`.

use async_trait::async_trait;
use bytes::Bytes;
use cloud::{Cloud, ClusterKey, Owner, Request, Response, Wire, WireError};
use cloud_aws::{AccountSettings, Aws, Keys, Options, Scope, connect};
use planner::endpoint::OnDelete;
use std::sync::Arc;
use std::time::{Duration, Instant};

const COUNT: usize = 10_000;
/// The most that EC2 gives at once.
const PAGE: usize = 1_000;
const RUNS: usize = 11;
const ACCOUNT: &str = "111122223333";

#[expect(clippy::print_stdout, reason = "the figures are what a bench is for")]
fn main() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build().expect("it needs nothing");
    let pages = Arc::new(Pages::new(COUNT));
    let aws = runtime.block_on(aws(pages.clone()));
    let mut times: Vec<Duration> = (0..=RUNS).map(|_| runtime.block_on(survey(&aws))).collect();
    // The first also asks whose account it is.
    times.remove(0);
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "decoding EC2's pages, {} KiB of XML: median {:.2} ms ({:.2} to {:.2} in {RUNS} runs), {} ns each of {COUNT}",
        pages.pages.iter().map(Bytes::len).sum::<usize>() / 1024,
        milliseconds(times[RUNS / 2]),
        milliseconds(times[0]),
        milliseconds(times[RUNS - 1]),
        times[RUNS / 2].as_nanos() / COUNT as u128,
    );
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
async fn survey(aws: &Aws) -> Duration {
    let begun = Instant::now();
    let survey = aws.survey().await.expect("the pages are whole");
    let elapsed = begun.elapsed();
    assert_eq!(survey.links.len(), COUNT);
    assert!(survey.links.iter().all(|seen| seen.mark.is_some()));
    elapsed
}

async fn aws(wire: Arc<dyn Wire>) -> Aws {
    let (alias, region) = ("prod".into(), "us-east-1".into());
    let secret_access_key = "a secret".to_owned().into();
    let settings = AccountSettings {
        account_id: Some(ACCOUNT.into()),
        keys: Some(Keys { access_key_id: "AKIATEST".into(), secret_access_key }),
        ..AccountSettings::default()
    };
    connect(Options { scope: Scope { alias, region }, settings, wire }).await
}

/// EC2 and STS as prepared bytes.
struct Pages {
    pages: Vec<Bytes>,
}

impl Pages {
    fn new(count: usize) -> Pages {
        let pages = count.div_ceil(PAGE);
        let page = |number: usize| {
            let rows = number * PAGE..count.min((number + 1) * PAGE);
            let rows: String = rows.map(endpoint).collect();
            let next =
                if number + 1 < pages { format!("page-{}", number + 1) } else { String::new() };
            Bytes::from(format!(
                r#"<?xml version="1.0" encoding="UTF-8"?>
<DescribeVpcEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>59dbff89</requestId><vpcEndpointSet>{rows}</vpcEndpointSet><nextToken>{next}</nextToken></DescribeVpcEndpointsResponse>"#
            ))
        };
        Pages { pages: (0..pages).map(page).collect() }
    }

    fn answer(&self, form: &str) -> Bytes {
        if form.contains("Action=GetCallerIdentity") {
            return Bytes::from(format!(
                "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
            ));
        }
        let token = form.split('&').find_map(|pair| pair.strip_prefix("NextToken=page-"));
        let number = token.and_then(|token| token.parse().ok()).unwrap_or(0usize);
        self.pages[number].clone()
    }
}

#[async_trait]
impl Wire for Pages {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        let answer = self.answer(&String::from_utf8_lossy(request.body()));
        let response = http::Response::builder().header("content-type", "text/xml").body(answer);
        Ok(response.expect("an answer of constants"))
    }
}

/// As EC2 shows an interface endpoint of ours in two zones.
fn endpoint(index: usize) -> String {
    let (id, vpc, service) = (format!("vpce-{index:017x}"), index / 100, index % 100);
    format!(
        "<item><vpcEndpointId>{id}</vpcEndpointId><vpcEndpointType>Interface</vpcEndpointType><vpcId>vpc-{vpc:017x}</vpcId>\
<serviceName>com.amazonaws.vpce.us-east-1.vpce-svc-{service:017x}</serviceName><state>available</state><policyDocument>{{}}</policyDocument><routeTableIdSet/>\
<subnetIdSet><item>subnet-0a1b2c3d4e5f60001</item><item>subnet-0a1b2c3d4e5f60002</item></subnetIdSet>\
<groupSet><item><groupId>sg-0a1b2c3d4e5f60001</groupId><groupName>apps</groupName></item></groupSet>\
<ipAddressType>ipv4</ipAddressType><dnsOptions><dnsRecordIpType>ipv4</dnsRecordIpType></dnsOptions><privateDnsEnabled>true</privateDnsEnabled><requesterManaged>false</requesterManaged>\
<networkInterfaceIdSet><item>eni-{index:08x}000000001</item><item>eni-{index:08x}000000002</item></networkInterfaceIdSet>\
<dnsEntrySet>{}</dnsEntrySet><creationTimestamp>2026-11-20T10:00:00.000Z</creationTimestamp><ownerId>{ACCOUNT}</ownerId><tagSet>{}</tagSet></item>",
        names(&id, service),
        tags(index),
    )
}

/// One for the region, and one for each zone.
fn names(id: &str, service: usize) -> String {
    let names = ["", "-us-east-1a", "-us-east-1b"].map(|zone| {
        format!("<item><dnsName>{id}-abc{zone}.vpce-svc-{service:017x}.us-east-1.vpce.amazonaws.com</dnsName><hostedZoneId>Z7HUB22UULQXV</hostedZoneId></item>")
    });
    names.concat()
}

fn tags(index: usize) -> String {
    let cluster =
        ["dedicated", "1372813089209061633", "1379661944646400001", "1913456789012300001"];
    let [tier, project, cluster, group] = cluster.map(Into::into);
    let key = ClusterKey { tier, project, cluster, group };
    let name = format!("orders-apps-{index:06}");
    let mut tags = Owner::new("platform", None).mark(name, 1, OnDelete::Remove, key).to_tags();
    tags.insert("team".into(), "orders".into());
    let item = |(key, value)| format!("<item><key>{key}</key><value>{value}</value></item>");
    tags.iter().map(item).collect()
}
