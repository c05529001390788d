//! A world, an engine in it, and the wishes of one manifest.

use axum::Router;
use cloud::{Change, Clock, Cloud, ClusterKey, Exposing, Owner, Setting, Settings, Value, Wire};
use planner::endpoint::{Completion, Decision, Desired, OnDelete, OnDrift, OnForeign, Terms};
use planner::{Generation, Moment, Tempo};
use secrecy::SecretString;
use sim::{
    Connection, Deed, Draws, Link, LinkDeed, LinkState, RouterWire, Scope, Sim, Vendor, World,
    WorldTier, example,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::Store;
use tempfile::TempDir;
use tidb_cloud::{ApiKey, Client, Hosts};
use tidelock::context::{Context, Opening};
use tidelock::engine::{self, Command, Ended, EndpointView, Engine, Standing, Until, View};
use tidelock::guard::Limits;
use tidelock::wish::{Account, Origin, Wish};
use tokio::sync::mpsc;

pub(crate) const OWNER: &str = "test";
pub(crate) const START: Moment = Moment(1_800_000_000);
pub(crate) const DAY: u64 = 24 * 3_600;
pub(crate) const TERMS: Terms = Terms {
    on_foreign: OnForeign::LeaveAlone,
    on_drift: OnDrift::Enforce,
    on_delete: OnDelete::Remove,
    completion: Completion::AfterAcceptance,
};

/// As long as a real client waits for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes a cloud of a scope of the world; a liar's is another one.
pub(crate) type Make = fn(WorldTier) -> Arc<dyn Cloud>;

/// Connects to an account with its cloud's own client, over the cloud's own wire.
pub(crate) type Connect = fn(&Sim, &Account) -> Opening;

/// The same for the service side of an account.
pub(crate) type Show = fn(WorldTier) -> Arc<dyn Exposing>;

/// The same for TiDB Cloud: over its wire, or at its desk.
pub(crate) type Lay = fn(&Sim) -> Client;

/// What outlives a process.
enum Disk {
    File(TempDir),
    /// As long as somebody has it open: hundreds of times as fast as one that is synchronised.
    Memory(String),
}

pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) clock: Clock,
    pub(crate) make: Make,
    pub(crate) show: Show,
    pub(crate) lay: Lay,
    pub(crate) tempo: Tempo,
    /// Instead of what `make` gives, from the next restart on.
    pub(crate) connect: Option<Connect>,
    disk: Disk,
    pub(crate) context: Arc<Context>,
}

impl Rig {
    pub(crate) fn calm() -> Rig {
        Rig::of(World::example(Draws::documented(), 1))
    }

    pub(crate) fn of(world: World) -> Rig {
        let make: Make = |tier| Arc::new(tier);
        let lay: Lay = |sim| {
            let router = tidb_cloud::sim::router(sim.clone());
            client(Arc::new(wire(router)))
        };
        Rig::furnished(world, make, lay)
    }

    pub(crate) fn furnished(world: World, make: Make, lay: Lay) -> Rig {
        let (sim, clock) = (Sim::auto(world), Clock::starting_at(START));
        let (disk, tempo) = (Disk::in_memory(), Tempo::default());
        let show: Show = |tier| Arc::new(tier);
        let ways = (make, show, lay, None);
        let context = context(&sim, clock, ways, tempo, disk.open());
        Rig { sim, clock, make, show, lay, tempo, connect: None, disk, context }
    }

    /// From now on what is remembered is in a file.
    pub(crate) fn with_a_store(mut self) -> Rig {
        self.disk = Disk::in_a_file();
        self.restart();
        self
    }

    /// From now on the clouds are others.
    pub(crate) fn with_clouds(mut self, make: Make) -> Rig {
        self.make = make;
        self.with_a_store()
    }

    /// Another process, with the same store.
    pub(crate) fn restart(&mut self) {
        let (store, ways) = (self.disk.open(), (self.make, self.show, self.lay, self.connect));
        self.context = context(&self.sim, self.clock, ways, self.tempo, store);
    }

    /// Another process, on another disk.
    pub(crate) fn restart_without_store(&mut self) {
        self.disk = match &self.disk {
            Disk::File(_) => Disk::in_a_file(),
            Disk::Memory(_) => Disk::in_memory(),
        };
        self.restart();
    }

    pub(crate) fn engine(&self, wishes: Vec<Wish>) -> Engine {
        self.engine_for(desired(wishes, "one"))
    }

    pub(crate) fn engine_for(&self, desired: engine::Desired) -> Engine {
        Engine::new(self.context.clone(), desired).unwrap()
    }

    /// Until nothing is left to do, for at most two hours.
    pub(crate) async fn settle(&self, engine: &mut Engine) -> Ended {
        let (_keep, mut commands) = mpsc::unbounded_channel();
        let deadline = Moment(self.context.clock.now().0 + 7_200);
        engine.run(Until::Settled { deadline }, &mut commands).await
    }

    /// One look at everything.
    pub(crate) async fn look(&self, engine: &mut Engine) {
        let (_keep, mut commands) = mpsc::unbounded_channel();
        assert_eq!(engine.run(Until::Looked, &mut commands).await, Ended::Looked);
    }

    /// As a daemon, for so long.
    pub(crate) async fn live(&self, engine: &mut Engine, seconds: u64) {
        let (_keep, mut commands) = mpsc::unbounded_channel();
        let life = engine.run(Until::Stopped, &mut commands);
        // What was under way goes on when the engine lives on.
        let _ = tokio::time::timeout(Duration::from_secs(seconds), life).await;
    }

    /// Tells a daemon something, and lets it live on for so long.
    pub(crate) async fn tell(&self, engine: &mut Engine, command: Command, seconds: u64) {
        let (say, mut commands) = mpsc::unbounded_channel();
        say.send(command).unwrap();
        let life = engine.run(Until::Stopped, &mut commands);
        let _ = tokio::time::timeout(Duration::from_secs(seconds), life).await;
    }

    /// By hand, in a console.
    pub(crate) fn by_hand(&self, deed: Deed) -> Option<String> {
        self.sim.with(|world| world.deed(deed)).unwrap()
    }

    pub(crate) fn to_link(&self, link: &str, deed: LinkDeed) {
        self.by_hand(Deed::ToLink { link: link.into(), deed });
    }

    pub(crate) fn mutating(&self) -> u64 {
        self.sim.with(|world| world.log.mutating_calls())
    }

    pub(crate) fn calls(&self) -> u64 {
        self.sim.with(|world| world.log.calls())
    }

    /// How often each call was made that changes something.
    pub(crate) fn deeds(&self) -> Vec<(String, u64)> {
        const MUTATING: [&str; 7] = [
            "CreateVpcEndpoint",
            "CreateTags",
            "DeleteTags",
            "ModifyVpcEndpoint",
            "DeleteVpcEndpoints",
            "CreatePrivateEndpointConnection",
            "DeletePrivateEndpointConnection",
        ];
        self.sim.with(|world| {
            let counted = world.log.counters().filter(|(_, action, _)| {
                MUTATING.contains(action) || action.contains("Create") || action.contains("Delete")
            });
            counted.map(|(_, action, count)| (action.to_owned(), count)).collect()
        })
    }

    pub(crate) fn links(&self) -> Vec<Link> {
        self.sim.with(|world| {
            let lives = |link: &&Link| link.state != LinkState::Deleted;
            world.true_links().filter(lives).cloned().collect()
        })
    }

    pub(crate) fn connections(&self) -> Vec<Connection> {
        self.sim.with(|world| world.true_connections().cloned().collect())
    }

    pub(crate) fn the_link(&self) -> Link {
        let links = self.links();
        assert_eq!(links.len(), 1, "{links:#?}");
        links.into_iter().next().unwrap()
    }

    pub(crate) fn the_connection(&self) -> Connection {
        let connections = self.connections();
        assert_eq!(connections.len(), 1, "{connections:#?}");
        connections.into_iter().next().unwrap()
    }
}

pub(crate) fn desired(wishes: Vec<Wish>, digest: &str) -> engine::Desired {
    engine::Desired { wishes, digest: digest.into(), ..Default::default() }
}

pub(crate) fn view_of(view: &View, name: &str) -> EndpointView {
    let found = view.endpoints.iter().find(|endpoint| endpoint.wish.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {view:#?}")).clone()
}

pub(crate) fn standing(engine: &Engine, name: &str) -> Standing {
    view_of(&engine.view(), name).standing
}

pub(crate) const SETTLED: Standing = Standing::Decided(Decision::Settled);

/// Gives up after a while, as every real one does.
pub(crate) fn wire(router: Router) -> RouterWire {
    RouterWire::new(router).patience(PATIENCE)
}

impl Disk {
    fn in_a_file() -> Disk {
        Disk::File(tempfile::tempdir().unwrap())
    }

    fn in_memory() -> Disk {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        Disk::Memory(format!("file:rig-{number}?mode=memory&cache=shared"))
    }

    fn open(&self) -> Store {
        match self {
            Disk::File(place) => Store::open(place.path().join("store.db")),
            Disk::Memory(name) => Store::open(name),
        }
        .unwrap()
    }
}

pub(crate) fn client(wire: Arc<dyn Wire>) -> Client {
    let private = SecretString::from(example::API_KEY_PRIVATE.to_owned());
    let key = ApiKey { public: example::API_KEY_PUBLIC.into(), private };
    Client::new(wire, Hosts::default(), key).spelling(tidelock::clouds::spelled)
}

/// An alias that is a number is an AWS account of its own; every other one is the example's in its cloud.
fn scope_of(account: &Account) -> Scope {
    let is_number = account.alias.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return Scope::new(&account.alias, &account.region);
    }
    example::scope_in(Vendor::of_word(account.cloud).unwrap(), &account.region)
}

fn context(
    sim: &Sim,
    clock: Clock,
    (make, show, lay, connect): (Make, Show, Lay, Option<Connect>),
    tempo: Tempo,
    store: Store,
) -> Arc<Context> {
    let (world, exposed) = (sim.clone(), sim.clone());
    Arc::new(Context {
        open: Box::new(move |account: Account| -> Opening {
            if let Some(connect) = connect {
                return connect(&world, &account);
            }
            let tier = WorldTier::new(world.clone(), scope_of(&account));
            let cloud = make(tier);
            Box::pin(async move { Ok(cloud) })
        }),
        expose: Box::new(move |account: Account| {
            let tier = WorldTier::new(exposed.clone(), scope_of(&account));
            let cloud = show(tier);
            Box::pin(async move { Ok(cloud) })
        }),
        provider: lay(sim),
        store: Arc::new(store),
        owner: Owner::new(OWNER, None),
        clock,
        tempo,
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
        ("tags", setting(Value::Map([("team".into(), "orders".into())].into()), Change::InPlace)),
    ]);
    Wish {
        name: name.into(),
        desired: Desired::Present(TERMS),
        generation: Generation(1),
        cluster: cluster(example::ORDERS, "").into(),
        account: Account {
            cloud: cloud_aws::CLOUD,
            alias: "prod".into(),
            region: example::REGION.into(),
        },
        settings: settings.into(),
        network: example::VPC.into(),
        origin: Origin { region: example::REGION_ID.into(), ..Origin::default() },
    }
}

/// At another cluster or group; three such wishes fit into the example's network.
pub(crate) fn wish_at(name: &str, cluster_id: &str, group: &str) -> Wish {
    Wish { cluster: cluster(cluster_id, group).into(), ..wish(name) }
}

/// Of another tier, in the same network.
pub(crate) fn instance(name: &str, tier: &str, id: &str) -> Wish {
    let key = ClusterKey { tier: tier.into(), project: String::new(), ..cluster(id, "") };
    Wish { cluster: key.into(), ..wish(name) }
}

pub(crate) fn three() -> Vec<Wish> {
    vec![
        wish("orders-apps"),
        wish_at("billing-apps", example::BILLING, ""),
        wish_at("billing-bi", example::BILLING, "analytics"),
    ]
}

pub(crate) fn on_terms(wish: Wish, terms: Terms) -> Wish {
    Wish { desired: Desired::Present(terms), ..wish }
}

/// The same entry, edited.
pub(crate) fn edited(wish: Wish, field: &'static str, value: Value) -> Wish {
    let mut wish = Wish { generation: Generation(wish.generation.0 + 1), ..wish };
    if let Some(setting) = wish.settings.get_mut(field) {
        setting.value = value.clone();
    }
    if let ("vpc", Value::Text(vpc)) = (field, value) {
        wish.network = vpc;
    }
    wish
}

fn cluster(id: &str, group: &str) -> ClusterKey {
    ClusterKey {
        tier: "dedicated".into(),
        project: example::PROJECT.into(),
        cluster: id.into(),
        group: group.into(),
    }
}
