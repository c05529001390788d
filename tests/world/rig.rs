//! A world, an engine in it, and the wishes of one manifest.

use cloud::{Change, Clock, Cloud, ClusterKey, Owner, Setting, Settings, Value};
use planner::endpoint::{Completion, Desired, OnDelete, OnDrift, OnForeign, Terms};
use planner::{Generation, Moment, Tempo};
use secrecy::SecretString;
use sim::{Draws, RouterWire, Sim, World, WorldTier, example};
use std::sync::Arc;
use store::Store;
use tidb_cloud::{ApiKey, Client, Hosts};
use tidelock::context::{Context, Opening};
use tidelock::engine::{self, Ended, Engine, Until};
use tidelock::guard::Limits;
use tidelock::wish::{Account, Origin, Wish};
use tokio::sync::mpsc;

pub(crate) const START: Moment = Moment(1_800_000_000);
pub(crate) const TERMS: Terms = Terms {
    on_foreign: OnForeign::LeaveAlone,
    on_drift: OnDrift::Enforce,
    on_delete: OnDelete::Remove,
    completion: Completion::AfterAcceptance,
};

pub(crate) struct Rig {
    pub(crate) sim: Sim,
    pub(crate) context: Arc<Context>,
}

impl Rig {
    pub(crate) fn calm() -> Rig {
        Rig::of(World::example(Draws::documented(), 1))
    }

    pub(crate) fn of(world: World) -> Rig {
        let sim = Sim::auto(world);
        let context = context(&sim, Store::open_in_memory().unwrap());
        Rig { sim, context }
    }

    pub(crate) fn engine(&self, wishes: Vec<Wish>) -> Engine {
        let desired = engine::Desired { wishes, digest: "one".into(), ..Default::default() };
        Engine::new(self.context.clone(), desired).unwrap()
    }

    /// Until nothing is left to do, for at most two hours.
    pub(crate) async fn settle(&self, engine: &mut Engine) -> Ended {
        let (_keep, mut commands) = mpsc::unbounded_channel();
        let deadline = Moment(self.context.clock.now().0 + 7_200);
        engine.run(Until::Settled { deadline }, &mut commands).await
    }
}

pub(crate) fn context(sim: &Sim, store: Store) -> Arc<Context> {
    let wire = Arc::new(RouterWire::new(tidb_cloud::sim::router(sim.clone())));
    let private = SecretString::from(example::API_KEY_PRIVATE.to_owned());
    let key = ApiKey { public: example::API_KEY_PUBLIC.into(), private };
    let world = sim.clone();
    Arc::new(Context {
        open: Box::new(move |account: Account| -> Opening {
            let tier =
                WorldTier::new(world.clone(), sim::Scope::new(example::ACCOUNT, &account.region));
            Box::pin(async move { Ok(Arc::new(tier) as Arc<dyn Cloud>) })
        }),
        provider: Client::new(wire, Hosts::default(), key),
        store,
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
        },
        account: Account {
            cloud: cloud_aws::CLOUD,
            alias: "prod".into(),
            region: example::REGION.into(),
        },
        settings,
        network: example::VPC.into(),
        origin: Origin { region: example::REGION_ID.into(), ..Origin::default() },
    }
}
