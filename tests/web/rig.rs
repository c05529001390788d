//! A site before an engine in a simulated world, and the little that is needed to ask it things.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use cloud::{Change, Clock, Cloud, ClusterKey, Error, Owner, Setting, Settings, Severity, Value};
use http::{HeaderMap, Request, StatusCode};
use planner::endpoint::{Completion, Desired, OnDelete, OnDrift, OnForeign, Terms};
use planner::{Generation, Moment, Tempo};
use secrecy::SecretString;
use sim::example::alibaba;
use sim::{Draws, RouterWire, Sim, Vendor, World, WorldTier, example};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Store;
use tidb_cloud::{ApiKey, Client, Hosts};
use tidelock::context::{Context, Opening};
use tidelock::engine::{self, Command, Engine, Until};
use tidelock::guard::Limits;
use tidelock::manifest::{Finding, Location, Place};
use tidelock::web::{self, ManifestState, Site};
use tidelock::wish::{Account, Origin, Wish};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt;

const START: Moment = Moment(1_800_000_000);

/// An account whose alias begins so cannot be opened, for the reason that follows.
pub(crate) const DENIED: &str = "denied ";

/// An account that never answers.
pub(crate) const HANGING: &str = "hanging";

const TERMS: Terms = Terms {
    on_foreign: OnForeign::LeaveAlone,
    on_drift: OnDrift::Enforce,
    on_delete: OnDelete::Remove,
    completion: Completion::AfterAcceptance,
};

/// What the page may never show.
pub(crate) const CANARY: &str = example::API_KEY_PRIVATE;

pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) context: Arc<Context>,
    pub(crate) site: Site,
    pub(crate) router: Router,
    pub(crate) manifest: watch::Sender<ManifestState>,
    pub(crate) engine: watch::Sender<Option<mpsc::UnboundedSender<Command>>>,
    /// How often the engine was asked to show itself.
    pub(crate) shown: Arc<AtomicUsize>,
    /// Whatever else it was asked for.
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Rig {
    /// No engine yet, and no manifest.
    pub(crate) fn waiting() -> Rig {
        let sim = Sim::auto(World::example(Draws::documented(), 1));
        let context = context(&sim);
        let (engine, engine_seen) = watch::channel(None);
        let (_, context_seen) = watch::channel(Some(context.clone()));
        let (manifest, manifest_seen) = watch::channel(ManifestState::default());
        let site = Site::new(engine_seen, context_seen, manifest_seen);
        let router = web::router(site.clone());
        let (shown, heard) = Default::default();
        Rig { sim, context, site, router, manifest, engine, shown, heard }
    }

    /// An engine that runs, and a manifest that can be read.
    pub(crate) fn running(wishes: Vec<Wish>) -> Rig {
        let rig = Rig::waiting();
        rig.run(wishes);
        let (digest, read_at) = ("0123456789abcdef".to_owned(), START);
        rig.manifest.send_replace(ManifestState { digest, files: 2, findings: vec![], read_at });
        rig
    }

    /// Every command passes by here, and is counted.
    fn run(&self, wishes: Vec<Wish>) {
        let desired = engine::Desired { wishes, digest: "one".into(), ..Default::default() };
        let mut engine = Engine::new(self.context.clone(), desired).unwrap();
        let (outer, mut commands_in) = mpsc::unbounded_channel();
        let (inner, mut commands) = mpsc::unbounded_channel();
        let (shown, heard) = (self.shown.clone(), self.heard.clone());
        tokio::spawn(async move {
            while let Some(command) = commands_in.recv().await {
                match &command {
                    Command::Show(_) => {
                        shown.fetch_add(1, Ordering::SeqCst);
                    }
                    Command::Wish(_) | Command::Poke(_) | Command::Retry(_) | Command::Stop => {
                        heard.lock().unwrap().push(format!("{command:?}"));
                    }
                }
                if inner.send(command).is_err() {
                    return;
                }
            }
        });
        tokio::spawn(async move { engine.run(Until::Stopped, &mut commands).await });
        self.engine.send_replace(Some(outer));
    }

    /// From now on.
    pub(crate) fn wants(&self, wishes: Vec<Wish>) {
        let desired = engine::Desired { wishes, digest: "two".into(), ..Default::default() };
        let engine = self.engine.borrow().clone().unwrap();
        engine.send(Command::Wish(Box::new(desired))).unwrap();
    }

    pub(crate) async fn settle(&self) {
        tokio::time::sleep(Duration::from_hours(1)).await;
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(get(path)).await
    }

    pub(crate) async fn text(&self, path: &str) -> Answer {
        let request = Request::get(path).header("host", "localhost");
        self.ask(request.header("accept", "text/plain").body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, from: &str, headers: &[(&str, &str)]) -> Answer {
        let peer: SocketAddr = from.parse().unwrap();
        let mut request = Request::post(path).extension(ConnectInfo(peer));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

/// About line 7 of a file.
pub(crate) fn finding(severity: Severity, message: &str) -> Finding {
    let at = Location { file: "clusters/orders.yaml".into(), line: 7, column: 5 };
    let (indent, width, label) = (4, 4, String::new());
    let place = Place { at: at.clone(), text: "    teir: dedicated".into(), indent, width, label };
    Finding {
        severity,
        code: "unknown-key",
        message: message.to_owned(),
        remedy: "write `tier`".to_owned(),
        file: at.file,
        place: Some(place),
        also: vec![],
    }
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", "localhost:7979").body(Body::empty()).unwrap()
}

pub(crate) fn context(sim: &Sim) -> Arc<Context> {
    let wire = Arc::new(RouterWire::new(tidb_cloud::sim::router(sim.clone())));
    let private = SecretString::from(example::API_KEY_PRIVATE.to_owned());
    let key = ApiKey { public: example::API_KEY_PUBLIC.into(), private };
    let world = sim.clone();
    Arc::new(Context {
        open: Box::new(move |account: Account| -> Opening {
            let vendor = Vendor::of_word(account.cloud).unwrap();
            let scope = example::scope_in(vendor, &account.region);
            let tier = WorldTier::new(world.clone(), scope);
            Box::pin(async move {
                if account.alias == HANGING {
                    std::future::pending::<()>().await;
                }
                match account.alias.strip_prefix(DENIED) {
                    Some(message) => Err(Error::Credentials { message: message.to_owned() }),
                    None => Ok(Arc::new(tier) as Arc<dyn Cloud>),
                }
            })
        }),
        expose: Box::new(|_| {
            let (code, message) = ("NotHere".into(), "nothing is exposed here".into());
            Box::pin(std::future::ready(Err(Error::Refused { code, message })))
        }),
        provider: Client::new(wire, Hosts::default(), key).spelling(tidelock::clouds::spelled),
        store: Arc::new(Store::open_in_memory().unwrap()),
        owner: Owner::new("test", None),
        clock: Clock::starting_at(START),
        tempo: Tempo::default(),
        limits: Limits::default(),
    })
}

pub(crate) fn wish(name: &str) -> Wish {
    let setting = |value, change| Setting { value, change };
    let settings = Settings::from([
        ("vpc", setting(Value::text(example::VPC), Change::Replace)),
        ("subnets", setting(Value::set(example::SUBNETS[..2].iter().copied()), Change::InPlace)),
        ("securityGroups", setting(Value::set([example::GROUP_OPEN]), Change::InPlace)),
        ("privateDns", setting(Value::Flag(true), Change::AfterAcceptance)),
    ]);
    Wish {
        name: name.into(),
        desired: Desired::Present(TERMS),
        generation: Generation(1),
        cluster: ClusterKey {
            tier: "dedicated".into(),
            project: example::PROJECT.into(),
            cluster: example::ORDERS.into(),
            group: String::new(),
        }
        .into(),
        account: Account {
            cloud: cloud_aws::CLOUD,
            alias: "prod".into(),
            region: example::REGION.into(),
        },
        settings: settings.into(),
        network: example::VPC.into(),
        origin: Origin {
            cluster_name: "orders".into(),
            region: example::REGION_ID.into(),
            ..Origin::default()
        },
    }
}

/// Of another tier, in the same network.
pub(crate) fn instance(name: &str, tier: &str, id: &str) -> Wish {
    let [project, group] = [const { String::new() }; 2];
    let key = ClusterKey { tier: tier.into(), project, cluster: id.into(), group };
    Wish { cluster: key.into(), ..wish(name) }
}

/// The same in another cloud.
pub(crate) fn on_alibaba(name: &str, tier: &str, id: &str) -> Wish {
    let setting = |value, change| Setting { value, change };
    let switches = Value::set(alibaba::SWITCHES[..2].iter().copied());
    let settings = Settings::from([
        ("vpc", setting(Value::text(alibaba::VPC), Change::Replace)),
        ("vSwitches", setting(switches, Change::InPlace)),
        ("securityGroups", setting(Value::set([alibaba::GROUP_OPEN]), Change::InPlace)),
    ]);
    let cloud = cloud_alibaba::CLOUD;
    let account = Account { cloud, alias: "prod".into(), region: alibaba::REGION.into() };
    Wish {
        desired: Desired::Present(Terms { completion: Completion::AtCreation, ..TERMS }),
        account,
        settings: settings.into(),
        network: alibaba::VPC.into(),
        origin: Origin { region: alibaba::REGION_ID.into(), ..Origin::default() },
        ..instance(name, tier, id)
    }
}
