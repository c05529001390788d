//! A customer: a directory with manifests, configuration and store, and a simulated world to talk to.

use crate::child::{BINARY, Ended, Running};
use cloud::Clock;
use sim::{
    Audit, ConnectionState, DataflowDraws, DataflowLatencies, Deed, Draws, Latencies, LinkDeed,
    LinkState, Listening, Settings, Sim, Span, World, example,
};
use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tidelock::simulated;

pub(crate) const OWNER: &str = "e2e";

pub(crate) struct House {
    pub(crate) sim: Sim,
    home: TempDir,
    clouds: Listening,
    environment: BTreeMap<String, String>,
    started: AtomicUsize,
}

/// Without an account.
const CONFIG: &str = r#"
owner = "e2e"
store = "tidelock.db"

[tidb_cloud]
projects = ["1372813089209061633"]
requests_per_minute = 6000

[looks]
busy = "1s"
idle = "2s"
"#;

const ACCOUNT: &str = r#"
[accounts.prod]
cloud = "aws"
regions = ["us-east-1"]
"#;

/// On the way out.
fn brisk() -> DataflowLatencies {
    let span = |least, most| Span { least, most };
    DataflowLatencies {
        balancer: span(500, 900),
        service: span(200, 500),
        check: span(200, 400),
        loss: span(300, 600),
        drain: span(500, 500),
        request: span(200, 500),
        settle: span(200, 400),
        deletion: span(200, 400),
        domain: span(100, 200),
        job: span(100, 300),
    }
}

impl House {
    /// The example world; what takes the vendors minutes takes it less than a second.
    pub(crate) async fn new() -> House {
        let span = |least, most| Span { least, most };
        let latency = Latencies {
            service: span(200, 500),
            link: span(200, 600),
            link_deletion: span(200, 500),
            connection: span(300, 800),
            connection_deletion: span(100, 400),
            discovery: span(300, 800),
        };
        let documented = Draws::documented();
        let dataflow = DataflowDraws { latency: brisk(), ..documented.dataflow.clone() };
        House::of(Draws { latency, dataflow, ..documented }, 1).await
    }

    pub(crate) async fn of(draws: Draws, seed: u64) -> House {
        let now = Clock::system().now().0 * 1_000;
        // Tests restart more often than any customer: only the tests of limits want them.
        let settings = Settings { limits: false, ..Settings::default() };
        let world = World::new(draws, seed).starting_at(now).with_settings(settings).furnished();
        let sim = Sim::auto(world);
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let clouds = sim::serve(simulated::router(&sim), address, None).await.unwrap();
        let home = TempDir::new().unwrap();
        fs::create_dir(home.path().join("manifests")).unwrap();
        fs::create_dir(home.path().join("logs")).unwrap();
        fs::write(home.path().join("tidelock.toml"), format!("{CONFIG}{ACCOUNT}")).unwrap();
        let url = format!("http://{}", clouds.address());
        let hosts = simulated::hosts(&url);
        let exports = simulated::customers(&url).into_iter().flat_map(|one| one.set_up.exports);
        let exports = exports.map(|(name, value)| (name.to_owned(), value));
        let environment = [
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TIDBCLOUD_DEDICATED_ENDPOINT", &hosts.dedicated),
            ("TIDBCLOUD_PREMIUM_ENDPOINT", &hosts.cloud),
            ("TIDBCLOUD_PRIVATE_KEY", example::API_KEY_PRIVATE),
            ("TIDBCLOUD_PUBLIC_KEY", example::API_KEY_PUBLIC),
            ("TIDBCLOUD_SERVERLESS_ENDPOINT", &hosts.serverless),
            ("TIDELOCK_CONFIG", "tidelock.toml"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = exports.chain(environment).collect();
        House { sim, home, clouds, environment, started: AtomicUsize::new(0) }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.insert(name.to_owned(), value.into());
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.clouds.address()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A manifest; the daemon sees it whole, as after a `git pull`.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let new = self.path("new");
        fs::write(&new, text).unwrap();
        fs::rename(&new, self.path("manifests").join(name)).unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path("manifests").join(name)).unwrap();
    }

    pub(crate) fn configure(&self, more: &str) {
        fs::write(self.path("tidelock.toml"), format!("{CONFIG}{ACCOUNT}{more}")).unwrap();
    }

    /// With this account alone.
    pub(crate) fn moves_to(&self, account: &str) {
        fs::write(self.path("tidelock.toml"), format!("{CONFIG}\n{account}")).unwrap();
    }

    pub(crate) fn forget_everything(&self) {
        for name in ["tidelock.db", "tidelock.db-wal", "tidelock.db-shm"] {
            let removed = fs::remove_file(self.path(name));
            assert!(removed.is_ok() || !self.path(name).exists(), "{name}: {removed:?}");
        }
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.start_as(Path::new(BINARY), arguments, &[])
    }

    /// With more in the environment.
    pub(crate) fn start_with(&self, arguments: &[&str], more: &[(&str, &str)]) -> Running {
        self.start_as(Path::new(BINARY), arguments, more)
    }

    /// The same through another program, such as a shell that sets limits.
    pub(crate) fn start_as(
        &self,
        program: &Path,
        arguments: &[&str],
        more: &[(&str, &str)],
    ) -> Running {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.home.path());
        command.env_clear().envs(&self.environment).envs(more.iter().copied());
        Running::start(&mut command, &self.path("logs"), number)
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).ended().await
    }

    /// Runs it, and expects that it ends well.
    pub(crate) async fn ok(&self, arguments: &[&str]) -> Ended {
        self.run(arguments).await.expect(0)
    }

    pub(crate) fn deed(&self, deed: Deed) {
        self.sim.with(|world| world.deed(deed)).unwrap();
    }

    pub(crate) fn to_link(&self, link: &str, deed: LinkDeed) {
        self.deed(Deed::ToLink { link: link.to_owned(), deed });
    }

    pub(crate) fn audit(&self) -> Audit {
        self.sim.with(|world| world.audit(OWNER))
    }

    pub(crate) fn mutating_calls(&self) -> u64 {
        self.sim.with(|world| world.log.mutating_calls())
    }

    /// The one live VPC endpoint of this name.
    #[track_caller]
    pub(crate) fn link(&self, name: &str) -> String {
        let live = self.audit().live;
        match live.get(name).map(Vec::as_slice) {
            Some([one]) => one.to_string(),
            Some(_) | None => panic!("not one VPC endpoint of {name} in {live:?}"),
        }
    }

    /// Names whose VPC endpoint is available.
    pub(crate) fn available(&self) -> Vec<String> {
        self.names(|world, id| {
            world.true_link(id).is_some_and(|link| link.state == LinkState::Available)
        })
    }

    /// Those of them whose connection is ACTIVE.
    pub(crate) fn active(&self) -> Vec<String> {
        let connected = self.names(|world, id| {
            let mut rows = world.true_connections();
            rows.any(|row| row.endpoint_id == id && row.state == ConnectionState::Active)
        });
        self.available().into_iter().filter(|name| connected.contains(name)).collect()
    }

    /// Names with one VPC endpoint, which is like this.
    fn names(&self, is: impl Fn(&World, &str) -> bool) -> Vec<String> {
        let live = self.audit().live.into_iter();
        self.sim.with(|world| {
            let fits = |links: &[sim::LinkId]| matches!(links, [one] if is(world, one.as_str()));
            live.filter(|(_, links)| fits(links)).map(|(name, _)| name).collect()
        })
    }

    /// No duplicate, nothing foreign touched, nothing deleted under a connection.
    #[track_caller]
    pub(crate) fn is_honest(&self, context: &str) {
        let audit = self.audit();
        assert_eq!(audit.duplicates, [], "{context}");
        assert_eq!(audit.foreign, [], "{context}");
        assert_eq!(audit.deleted_under_connection, [], "{context}");
    }

    /// And nothing is left over: one VPC endpoint of each name, and no connection without one.
    #[track_caller]
    pub(crate) fn is_clean(&self, context: &str) {
        self.is_honest(context);
        let audit = self.audit();
        for (name, links) in &audit.live {
            assert_eq!(links.len(), 1, "{context}: {name}");
        }
        let dangling: Vec<String> = self.sim.with(|world| {
            let dead = |id: &str| world.true_link(id).is_none_or(|link| !link.is_live());
            let rows = world.true_connections();
            let rows =
                rows.filter(|row| row.state != ConnectionState::Deleting && dead(&row.endpoint_id));
            rows.map(|row| row.id.to_string()).collect()
        });
        assert_eq!(dangling, Vec::<String>::new(), "{context}");
    }
}
