//! What every call passes before and after it is carried out: the key, the quota, the fault, the headers.

use super::digest::{Algorithm, Gatekeeper, Refusal};
use super::query::Query;
use super::reply::{INTERNAL, KEY_UNKNOWN, Reply};
use super::route::Operation;
use super::{connections, instances, jobs, lookups, outgoing, region, serverless};
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode, Uri};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use sim::{Call, Failure, Host, Pass, Quota, Reason, Sim, Turned, Twist, Vendor, World};
use std::sync::{Mutex, MutexGuard, PoisonError};

const BODY_BYTES_MAX: usize = 1 << 20;

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit-minute");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining-minute");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const TRACE: HeaderName = HeaderName::from_static("x-debug-trace-id");

pub(super) struct Gateway {
    sim: Sim,
    host: Host,
    /// What may stand before the path.
    base: &'static str,
    gatekeeper: Mutex<Gatekeeper>,
    /// Who named a key last. A challenge names none; with one key about, this is whom it is for.
    regular: Mutex<String>,
}

/// A call with everything that carrying it out needs.
pub(super) struct Asked<'call> {
    pub(super) path: &'call str,
    pub(super) query: Query,
    pub(super) body: &'call [u8],
    pub(super) twist: Option<&'call Twist>,
}

/// What a caller who is known asks for.
pub(super) struct Errand {
    pub(super) host: Host,
    /// What may stand before the path.
    pub(super) base: &'static str,
    /// Who it is.
    pub(super) key: String,
    pub(super) method: Method,
    pub(super) uri: Uri,
    /// Nothing, where it could not be read to its end.
    pub(super) body: Option<Bytes>,
}

/// Who calls, or the answer to somebody unknown.
enum Caller {
    Known(String),
    Challenged { key: String, stale: bool, message: &'static str },
    Malformed(String),
}

impl Gateway {
    pub(super) fn new(sim: Sim, host: Host, base: &'static str, algorithm: Algorithm) -> Gateway {
        let (lifetime, now) = sim.with(|world| (world.draws.nonce_lifetime, world.now()));
        // One host's nonces are nothing to another.
        let seed = now.wrapping_mul(4).wrapping_add(host as u64);
        Gateway {
            sim,
            host,
            base,
            gatekeeper: Mutex::new(Gatekeeper::new(algorithm, lifetime, seed)),
            regular: Mutex::default(),
        }
    }

    pub(super) async fn answer(&self, request: Request) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_BYTES_MAX).await;
        let key = match self.caller(&parts) {
            Caller::Known(key) => key,
            Caller::Challenged { key, stale, message } => {
                return self.challenge(key, stale, message).await;
            }
            Caller::Malformed(message) => return self.turn_away(&message).await,
        };
        let Gateway { host, base, .. } = *self;
        let Parts { method, uri, .. } = parts;
        let errand = Errand { host, base, key, method, uri, body: body.ok() };
        match self.sim.admit(errand.call()).await {
            Ok(pass) => {
                let reply = errand.run(&self.sim, &pass);
                let response = dress(reply, pass.number, pass.quota);
                pass.seal(&self.sim, response)
            }
            Err(turned) => self.turned(&turned),
        }
    }

    fn caller(&self, parts: &Parts) -> Caller {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let Some(header) = parts.headers.get(AUTHORIZATION).map(HeaderValue::to_str) else {
            let key = lock(&self.regular).clone();
            return Caller::Challenged { key, stale: false, message: "authentication required" };
        };
        let Ok(header) = header else {
            return Caller::Malformed("authorization is not text".to_owned());
        };
        let now = self.sim.with(|world| world.now());
        let private_key = |public: &str| {
            self.sim.with(|world| world.api_key(public).map(|key| key.private.clone()))
        };
        let judged =
            lock(&self.gatekeeper).judge(header, parts.method.as_str(), target, now, private_key);
        match judged {
            Ok(key) => {
                lock(&self.regular).clone_from(&key);
                Caller::Known(key)
            }
            Err(Refusal::Stale(key)) => {
                Caller::Challenged { key, stale: true, message: "nonce is stale" }
            }
            Err(Refusal::WrongKey(key)) => {
                Caller::Challenged { key, stale: false, message: "public_key not found" }
            }
            Err(Refusal::Malformed(message)) => Caller::Malformed(message),
        }
    }

    /// 401. Whether it is charged, is drawn.
    async fn challenge(&self, key: String, stale: bool, message: &str) -> Response<Bytes> {
        let mut call = Call::new(Vendor::Tidb, "Challenge", key);
        call.metered = self.sim.with(|world| world.draws.challenge_counts);
        match self.sim.admit(call).await {
            Ok(pass) => {
                let reply = Reply::error(StatusCode::UNAUTHORIZED, KEY_UNKNOWN, message);
                let response = dress(reply, pass.number, pass.quota);
                pass.seal(&self.sim, self.with_challenge(response, stale))
            }
            Err(turned) => self.turned(&turned),
        }
    }

    async fn turn_away(&self, message: &str) -> Response<Bytes> {
        match self.sim.admit(Call::new(Vendor::Tidb, "Challenge", "")).await {
            Ok(pass) => {
                let response = dress(Reply::invalid(message), pass.number, pass.quota);
                pass.seal(&self.sim, response)
            }
            Err(turned) => self.turned(&turned),
        }
    }

    fn turned(&self, turned: &Turned) -> Response<Bytes> {
        let failure = match turned.reason {
            Reason::Failure(failure) => failure,
            Reason::Silence(lost) => return lost.reply(),
        };
        let response = dress(befallen(failure, turned.quota), turned.number, turned.quota);
        if failure == Failure::Unauthenticated {
            return self.with_challenge(response, false);
        }
        response
    }

    fn with_challenge(&self, mut response: Response<Bytes>, stale: bool) -> Response<Bytes> {
        let now = self.sim.with(|world| world.now());
        let challenge = lock(&self.gatekeeper).challenge(now, stale);
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl Errand {
    fn path(&self) -> &str {
        let path = self.uri.path();
        path.strip_prefix(self.base).unwrap_or(path)
    }

    fn operation(&self) -> Result<Operation<'_>, Reply> {
        Operation::find(self.host, self.method.as_str(), self.path())
    }

    /// As the world counts it.
    pub(super) fn call(&self) -> Call {
        let operation = self.operation();
        let name = operation.as_ref().map_or("Unknown", |operation| operation.name());
        let mut call = Call::new(Vendor::Tidb, name, &*self.key);
        call.mutating = operation.is_ok_and(Operation::is_mutating);
        call
    }

    pub(super) fn run(&self, sim: &Sim, pass: &Pass) -> Reply {
        let carried_out = self.operation().and_then(|operation| {
            let host = operation.host(self.host);
            let denies = |world: &World| {
                world.api_key(&self.key).is_some_and(|key| key.denied.contains(&host))
            };
            if sim.with(|world| denies(world)) {
                return Err(Reply::forbidden());
            }
            let body = self.body.as_ref();
            let body = body.ok_or_else(|| Reply::invalid("the body cannot be read"))?;
            let query = Query::parse(&self.uri)?;
            let asked = Asked { path: self.path(), query, body, twist: pass.twist.as_ref() };
            sim.with(|world| carry_out(world, operation, &asked))
        });
        let reply = carried_out.unwrap_or_else(|error| error);
        match pass.unknown_word() {
            Some(word) => reply.respelled(word),
            None => reply,
        }
    }
}

/// The headers that every answer has.
pub(super) fn dress(reply: Reply, number: u64, quota: Option<Quota>) -> Response<Bytes> {
    let mut response = reply.into_response();
    let headers = response.headers_mut();
    if let Some(Quota { limit, remaining, reset_seconds }) = quota {
        headers.insert(LIMIT, limit.into());
        headers.insert(REMAINING, remaining.into());
        headers.insert(RESET, reset_seconds.into());
    }
    let trace = hex::encode(&Sha256::digest(format!("trace:{number}"))[..16]);
    if let Ok(trace) = HeaderValue::from_str(&trace) {
        headers.insert(TRACE, trace);
    }
    response
}

fn carry_out(
    world: &mut World,
    operation: Operation<'_>,
    asked: &Asked<'_>,
) -> Result<Reply, Reply> {
    let value = match operation {
        Operation::ListClusters => lookups::clusters(world, asked),
        Operation::GetCluster(cluster) => lookups::cluster(world, cluster),
        Operation::ListNodeGroups(cluster) => lookups::node_groups(world, cluster, asked),
        Operation::GetNodeGroup(group) => lookups::node_group(world, group),
        Operation::GetPublicEndpoint(group) => lookups::public_endpoint(world, group),
        Operation::GetPrivateLinkService(group) => lookups::service(world, group),
        Operation::ListConnections(group) => connections::list(world, group, asked),
        Operation::CreateConnection(group) => connections::create(world, group, asked),
        Operation::GetConnection(group, id) => connections::get(world, group, id),
        Operation::DeleteConnection(group, id) => connections::delete(world, group, id),
        Operation::ListRegions => lookups::regions(world, asked),
        Operation::GetRegion(id) => lookups::region(id),
        Operation::ShowCloudProviders => Ok(region::cloud_providers()),
        Operation::ListProjects => lookups::projects(world, asked),
        Operation::ListShared => serverless::list(world, asked),
        Operation::GetShared(cluster) => serverless::get(world, cluster, asked),
        Operation::ListOutgoing(cluster) => outgoing::list(world, cluster, asked),
        Operation::CreateOutgoing(cluster) => outgoing::create(world, cluster, asked),
        Operation::GetOutgoing(cluster, id) => outgoing::get(world, cluster, id),
        Operation::DeleteOutgoing(cluster, id) => outgoing::delete(world, cluster, id),
        Operation::GetOutgoingZones(cluster) => outgoing::zones(world, cluster),
        Operation::AttachDomains(cluster, id) => outgoing::attach(world, cluster, id, asked),
        Operation::DetachDomains(cluster, id) => outgoing::detach(world, cluster, id, asked),
        Operation::ListChangefeeds(cluster) => jobs::changefeeds(world, cluster, asked),
        Operation::ListMigrations(cluster) => jobs::migrations(world, cluster, asked),
        Operation::GetMigration(cluster, id) => jobs::one_migration(world, cluster, id),
        Operation::ListTidbs => instances::list(world, asked),
        Operation::GetTidb(tidb) => instances::get(world, tidb),
        Operation::GetTidbService(tidb) => instances::service(world, tidb),
        Operation::GetProviderInfo(tidb) => instances::provider_info(world, tidb),
        Operation::ListTidbConnections(tidb) => instances::connections(world, tidb, asked),
        Operation::WriteTidbConnection => Err(instances::read_only(world)),
    };
    value.map(Reply::ok)
}

/// A fault, as this vendor's gateway, its proxies and its backend would say it.
pub(super) fn befallen(failure: Failure, quota: Option<Quota>) -> Reply {
    match failure {
        Failure::Unauthenticated => {
            Reply::error(StatusCode::UNAUTHORIZED, KEY_UNKNOWN, "public_key not found")
        }
        Failure::Forbidden => Reply::denied("the API key has no permission for this operation"),
        Failure::NotFound => Reply::not_found("resource not found"),
        Failure::Conflict => Reply::conflict("resource is being changed by another operation"),
        Failure::Throttled => Reply::exhausted(quota.map_or(100, |quota| quota.limit)),
        Failure::Internal => {
            Reply::error(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, "internal server error")
        }
        Failure::BadGateway => Reply::page(StatusCode::BAD_GATEWAY),
        Failure::Unavailable => Reply::kong_unavailable(),
    }
}

fn lock<Item>(mutex: &Mutex<Item>) -> MutexGuard<'_, Item> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
