//! Alibaba Cloud's actions, one by one: signed in, paced, retried where nothing is changed, and failing in our words.
//!
//! It knows nothing of what the calls are for.

use crate::Scope;
use crate::error::{Call, DRY_RUN};
use crate::model::{Endpoint, EndpointPage, Identity, Page, Tag, TagPage};
use crate::pace::Pace;
use crate::places::Zones;
use crate::rpc::{Product, Rpc};
use crate::session::{Session, Sessions};
use crate::wire::Sender;
use cloud::{AccountMemory, Error, Urgency};
use planner::endpoint::LinkId;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::sleep;

/// PrivateLink allows no more.
const PAGE_ROWS: usize = 1_000;
/// A million endpoints; who sends more pages sends them without end.
const PAGES_MAX: usize = 1_000;

const LOOKS_MAX: u32 = 3;
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// As the parameter of tags wants it.
pub(crate) const RESOURCE_TYPE: &str = "vpcendpoint";

pub(crate) struct Api {
    sender: Sender,
    sessions: Sessions,
    pub(crate) scope: Scope,
    account_id: Option<String>,
    memory: AccountMemory,
    account: OnceCell<()>,
    paces: [Pace; Product::COUNT],
    pub(crate) zones: Zones,
}

impl Api {
    pub(crate) fn new(
        sender: Sender,
        sessions: Sessions,
        scope: Scope,
        account_id: Option<String>,
        memory: AccountMemory,
    ) -> Api {
        let paces = std::array::from_fn(|_| Pace::new());
        let (account, zones) = (OnceCell::new(), Zones::default());
        Api { sender, sessions, scope, account_id, memory, account, paces, zones }
    }

    /// A call to PrivateLink in the scope's region.
    pub(crate) fn privatelink(&self, action: &'static str) -> Rpc {
        self.rpc(Product::PrivateLink, action)
    }

    pub(crate) fn rpc(&self, product: Product, action: &'static str) -> Rpc {
        Rpc::new(product, action).with("RegionId", &self.scope.region)
    }

    pub(crate) fn about<'a>(&'a self, rpc: &Rpc, link: Option<&'a LinkId>) -> Call<'a> {
        Call::of(&self.scope, rpc, link)
    }

    /// About a part on the way out, or a database.
    pub(crate) fn about_part<'a>(&'a self, rpc: &Rpc, part: &'a str) -> Call<'a> {
        Call { part: Some(part), ..self.about(rpc, None) }
    }

    /// A call that changes something is made once: whether to make it again is for those to say who can look first.
    pub(crate) async fn act<Answer: DeserializeOwned>(
        &self,
        rpc: &Rpc,
        link: Option<&LinkId>,
    ) -> Result<Answer, Error> {
        self.act_as(rpc, self.about(rpc, link)).await
    }

    pub(crate) async fn act_as<Answer: DeserializeOwned>(
        &self,
        rpc: &Rpc,
        call: Call<'_>,
    ) -> Result<Answer, Error> {
        self.check_account().await?;
        let session = self.session().await?;
        self.once(rpc, call, &session).await
    }

    /// What the vendor says to a change that it is told not to make; nothing, if it would make it.
    pub(crate) async fn rehearse(&self, rpc: Rpc) -> Result<(), Error> {
        let rpc = rpc.with("DryRun", "true");
        match self.act::<serde::de::IgnoredAny>(&rpc, None).await {
            Err(Error::Refused { code, .. }) if code == DRY_RUN => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// A call that changes nothing is repeated when another try may do.
    pub(crate) async fn look<Answer: DeserializeOwned>(
        &self,
        rpc: &Rpc,
        link: Option<&LinkId>,
    ) -> Result<Answer, Error> {
        self.look_as(rpc, self.about(rpc, link)).await
    }

    pub(crate) async fn look_as<Answer: DeserializeOwned>(
        &self,
        rpc: &Rpc,
        call: Call<'_>,
    ) -> Result<Answer, Error> {
        self.check_account().await?;
        self.patiently(rpc, call).await
    }

    /// Credentials that came to mean another account must not make everything look gone.
    async fn check_account(&self) -> Result<(), Error> {
        self.account.get_or_try_init(|| self.ask_account()).await.copied()
    }

    async fn ask_account(&self) -> Result<(), Error> {
        let rpc = Rpc::new(Product::Sts, "GetCallerIdentity");
        let answer: Identity = self.patiently(&rpc, self.about(&rpc, None)).await?;
        let Some(found) = answer.account_id else {
            return Err(self.about(&rpc, None).incomplete("it says nothing of the account"));
        };
        let alias = &self.scope.alias;
        self.memory.meet(alias, self.account_id.as_deref(), &found)?;
        tracing::info!(account = alias, id = found, "signed in to Alibaba Cloud");
        Ok(())
    }

    async fn session(&self) -> Result<Session, Error> {
        self.sessions.get(&self.sender, &self.scope).await
    }

    /// And once with a new session, where there may be one: the old may be refused before its time. A sign-in that is
    /// itself refused is not tried again.
    async fn patiently<Answer: DeserializeOwned>(
        &self,
        rpc: &Rpc,
        call: Call<'_>,
    ) -> Result<Answer, Error> {
        let (mut looks, mut is_signed_anew) = (1, false);
        loop {
            let outcome = match self.session().await {
                Ok(session) => self.once(rpc, call, &session).await,
                Err(error) if error.passes() => Err(error),
                Err(error) => break Err(error),
            };
            match outcome {
                Err(Error::Credentials { .. })
                    if !is_signed_anew && self.sessions.are_renewed() =>
                {
                    is_signed_anew = true;
                    continue;
                }
                Err(error) if error.passes() && looks < LOOKS_MAX => {
                    sleep(LOOK_PAUSE * looks).await;
                }
                outcome => break outcome,
            }
            looks += 1;
        }
    }

    async fn once<Answer: DeserializeOwned>(
        &self,
        rpc: &Rpc,
        call: Call<'_>,
        session: &Session,
    ) -> Result<Answer, Error> {
        let pace = &self.paces[rpc.product as usize];
        pace.acquire(Urgency::Work).await;
        let host = rpc.product.host(&self.scope.region);
        let answer = self.sender.call(call, rpc, &host, Some(session)).await;
        let outcome = answer.and_then(|body| read(call, &body));
        match &outcome {
            Ok(_) => tracing::debug!(action = rpc.action, scope = %self.scope, "called"),
            Err(error) => {
                tracing::debug!(action = rpc.action, scope = %self.scope, %error, "failed");
                self.heed(error, pace).await;
            }
        }
        outcome
    }

    async fn heed(&self, error: &Error, pace: &Pace) {
        if let Error::Throttled { retry_after, .. } = error {
            pace.exhausted(retry_after.unwrap_or(LOOK_PAUSE));
        }
        if let Error::Credentials { .. } = error {
            self.sessions.forget().await;
        }
    }

    /// Every endpoint in the scope. Never filtered by tag: tags can be taken off.
    pub(crate) async fn endpoints(&self) -> Result<Vec<Endpoint>, Error> {
        let rpc = self.privatelink("ListVpcEndpoints").with("MaxResults", PAGE_ROWS.to_string());
        let (rows, total) = self.pages::<EndpointPage>(rpc.clone(), None).await?;
        if rows.len() < total {
            let message = format!("{} of {total} endpoints are on the pages", rows.len());
            return Err(self.about(&rpc, None).incomplete(message));
        }
        Ok(rows)
    }

    /// One endpoint with its tags, which are asked for by another action.
    pub(crate) async fn endpoint(&self, link: &LinkId) -> Result<Option<Endpoint>, Error> {
        let rpc = self.privatelink("GetVpcEndpointAttribute").with("EndpointId", &link.0);
        let mut endpoint: Endpoint = match self.look(&rpc, Some(link)).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            answer => answer?,
        };
        if endpoint.id.as_ref() != Some(&link.0) {
            let message = "the endpoint asked for is not in the answer";
            return Err(self.about(&rpc, Some(link)).incomplete(message));
        }
        let rpc = self.privatelink("ListTagResources").with("ResourceType", RESOURCE_TYPE);
        let rpc = rpc.with_each("ResourceId", [&*link.0]);
        let (rows, _) = self.pages::<TagPage>(rpc, Some(link)).await?;
        let its = rows.into_iter().filter(|row| row.resource_id == link.0);
        endpoint.tags = its.map(|row| Tag { key: row.tag_key, value: row.tag_value }).collect();
        Ok(Some(endpoint))
    }

    /// All rows, and how many the vendor says there are.
    pub(crate) async fn pages<P: Page + DeserializeOwned>(
        &self,
        rpc: Rpc,
        link: Option<&LinkId>,
    ) -> Result<(Vec<P::Row>, usize), Error> {
        let call = self.about(&rpc, link);
        self.pages_as::<P>(&rpc, call).await
    }

    pub(crate) async fn pages_as<P: Page + DeserializeOwned>(
        &self,
        rpc: &Rpc,
        call: Call<'_>,
    ) -> Result<(Vec<P::Row>, usize), Error> {
        let (mut rows, mut tokens, mut total) = (Vec::new(), BTreeSet::new(), 0);
        let mut token = None;
        for _ in 0..PAGES_MAX {
            let page: P = self.look_as(&rpc.clone().with_some("NextToken", token), call).await?;
            total = total.max(page.total().unwrap_or_default());
            let (more, next) = page.parts();
            rows.extend(more.ok_or_else(|| call.incomplete("a page has no list"))?);
            token = next.filter(|token| !token.is_empty());
            match &token {
                None => return Ok((rows, total)),
                Some(next) if !tokens.insert(next.clone()) => {
                    return Err(call.incomplete("a page token came twice"));
                }
                Some(_) => {}
            }
        }
        Err(call.incomplete("the pages do not end"))
    }
}

/// An answer that breaks off may have been a good one; one of another form is not understood.
fn read<Answer: DeserializeOwned>(call: Call<'_>, body: &[u8]) -> Result<Answer, Error> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Eof => {
            Error::Unreachable { who: call.who(), message: "the answer breaks off".into() }
        }
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Data => {
            call.incomplete(format!("the answer is not understood: {error}"))
        }
    })
}
