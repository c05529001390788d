//! Temporary: serves the page for eyes.
#[path = "web/rig.rs"]
#[allow(dead_code, unused_imports)]
mod rig;
use cloud::{Change, Clock, Setting, Value};
use planner::Tempo;
use rig::*;
use sim::{Sim, WorldTier, example};
use std::sync::Arc;
use std::time::Duration;
use tidelock::context::Context;
use tidelock::engine::{self, Command, Engine, Until};
use tidelock::web::{self, ManifestState, Site};
use tidelock::wish::Place;
use tokio::sync::{mpsc, watch};
use sim::Deed;

fn set(w: &mut tidelock::wish::Wish, k: &'static str, v: Value, c: Change) {
    w.settings.insert(k, Setting { value: v, change: c });
}

#[tokio::test(flavor = "multi_thread")]
#[ignore]
async fn preview() {
    let n: usize = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let port: u16 = std::env::var("PORT").ok().and_then(|n| n.parse().ok()).unwrap_or(7999);
    let broken = std::env::var("BROKEN").is_ok();
    let mut world = tidelock::simulated::world(None, 40);
    world.settings.links_per_network = 2000;
    world.settings.limits = false;
    let sim = Sim::auto(world);
    let base = context(&sim);
    let mut base = Arc::into_inner(base).unwrap();
    base.clock = Clock::system();
    base.tempo = Tempo { busy_seconds: 3, idle_seconds: 30, stuck_seconds: 30 };
    let w2 = sim.clone();
    base.open = Box::new(move |account| {
        let w2 = w2.clone();
        Box::pin(async move {
            if account.alias == "staging" {
                return Err(cloud::Error::Denied { action: "ec2:DescribeVpcEndpoints".into(), message: "User: arn:aws:sts::123456789012:assumed-role/tidelock is not authorized".into() });
            }
            Ok(Arc::new(WorldTier::new(w2, sim::Scope::new(example::ACCOUNT, &account.region))) as Arc<dyn cloud::Cloud>)
        })
    });
    let context: Arc<Context> = Arc::new(base);
    let mut wishes = vec![];
    let name = |w: &mut tidelock::wish::Wish, c: &str| {
        w.origin.cluster_name = c.into();
        w.origin.place = Some(Place { file: "clusters/orders.yaml".into(), line: 12, column: 9 });
    };
    let mut w = wish("orders-apps"); name(&mut w, "orders"); wishes.push(w);
    let mut w = wish("orders-batch"); name(&mut w, "orders"); 
    set(&mut w, "privateDns", Value::Flag(false), Change::AfterAcceptance);
    set(&mut w, "subnets", Value::set([example::SUBNETS[2]]), Change::InPlace);
    set(&mut w, "tags", Value::Map([("team".to_owned(), "orders".to_owned()), ("evil".to_owned(), "<script>alert(1)</script>".to_owned())].into()), Change::InPlace);
    wishes.push(w);
    let mut w = wish("billing-apps"); w.cluster.cluster = example::BILLING.into(); name(&mut w, "billing"); wishes.push(w);
    let mut w = wish("billing-closed"); w.cluster.cluster = example::BILLING.into(); name(&mut w, "billing");
    set(&mut w, "securityGroups", Value::set([example::GROUP_CLOSED]), Change::InPlace);
    set(&mut w, "subnets", Value::set([example::SUBNET_UNSERVED]), Change::InPlace);
    wishes.push(w);
    let mut w = wish("reports-apps"); w.cluster.cluster = example::REPORTS.into(); w.cluster.project = example::OTHER_PROJECT.into(); name(&mut w, "reports"); wishes.push(w);
    let mut w = wish("staging-apps"); w.account.alias = "staging".into(); name(&mut w, "orders"); wishes.push(w);
    if n == 1 { wishes.clear(); }
    if n > 1 {
        wishes.clear();
        for i in 0..n {
            let mut w = wish(&format!("team-{:03}-apps", i)); name(&mut w, ["orders","billing"][i % 2]);
            if i % 2 == 1 { w.cluster.cluster = example::BILLING.into(); }
            set(&mut w, "privateDns", Value::Flag(false), Change::AfterAcceptance);
            wishes.push(w);
        }
    }
    let desired = engine::Desired { wishes: wishes.clone(), digest: "3f2a91cc04b1aa77".into(), ..Default::default() };
    let mut engine = Engine::new(context.clone(), desired).unwrap();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let (_a, a) = watch::channel(Some(sender.clone()));
    let (_b, b) = watch::channel(Some(context.clone()));
    let findings = if broken { vec!["error[unknown-key]: unknown key `vcp` in endpoint orders-apps\n  --> clusters/orders.yaml:12:11\n   |\n12 |           vcp: vpc-0c12a34b56d78e90f\n   |           ^^^ did you mean `vpc`?\n   = help: use one of: vpc".to_owned()] } else { vec![] };
    let (_c, c) = watch::channel(ManifestState { digest: "3f2a91cc04b1aa77".into(), files: 4, findings, read_at: context.clock.now() });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(web::serve(listener, Site::new(a, b, c), std::future::pending()));
    let s2 = sim.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            let _ = std::fs::read_to_string("/tmp/preview.cmd").map(|cmd| {
                std::fs::remove_file("/tmp/preview.cmd").unwrap();
                for line in cmd.lines() {
                    if let Some(keep) = line.strip_prefix("keep ") {
                        let k: Vec<_> = keep.split(' ').collect();
                        let wishes = wishes.iter().filter(|w| k.contains(&&*w.name)).cloned().collect();
                        sender.send(Command::Wish(Box::new(engine::Desired { wishes, digest: "77aa".into(), ..Default::default() }))).unwrap();
                        continue;
                    }
                    let deed: Deed = serde_json::from_str(line).unwrap();
                    eprintln!("{:?}", s2.with(|w| w.deed(deed)));
                }
            });
            let _ = std::fs::write("/tmp/preview.links", s2.with(|w| format!("{:#?}", w.true_links().collect::<Vec<_>>())));
        }
    });
    engine.run(Until::Stopped, &mut receiver).await;
}
