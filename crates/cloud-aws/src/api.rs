//! EC2's actions, one by one: paced, retried where nothing is changed, and failing in our words.
//!
//! It knows nothing of what the calls are for.

use crate::Scope;
use crate::error::{Call, meaning};
use crate::pages::{Turning, pages};
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::types::VpcEndpoint;
use cloud::{AccountMemory, Budget, Error, Urgency};
use planner::endpoint::LinkId;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::sleep;

/// EC2 allows no more.
const PAGE_ROWS: i32 = 1_000;

const LOOKS_MAX: u32 = 3;
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// A request on its way; boxed, because the SDK's futures are large.
pub(crate) type Sending<'a, Output, E> =
    Pin<Box<dyn Future<Output = Result<Output, SdkError<E, HttpResponse>>> + Send + 'a>>;

pub(crate) struct Api {
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) elb: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) rds: aws_sdk_rds::Client,
    sts: aws_sdk_sts::Client,
    pub(crate) scope: Scope,
    /// The account that the credentials must belong to; any, if none is given.
    account_id: Option<String>,
    memory: AccountMemory,
    account: OnceCell<()>,
    pub(crate) paces: Paces,
}

/// EC2's token buckets, for each account and region; "Request throttling for the Amazon EC2 API" has the table.
pub(crate) struct Paces {
    pub(crate) create: Pace,
    pub(crate) modify: Pace,
    pub(crate) delete: Pace,
    pub(crate) tag: Pace,
    pub(crate) describe: Pace,
    /// Of endpoint services; the table has no row of their own for them.
    pub(crate) service: Pace,
    /// Load balancers, their listeners and target groups; "Request throttling for the Elastic Load Balancing API".
    pub(crate) balance: Pace,
    pub(crate) look_at_balance: Pace,
    /// RDS says nothing about its own.
    pub(crate) look_at_databases: Pace,
}

pub(crate) struct Pace {
    budget: Budget,
    /// How long to keep still after AWS said that it was too much. It does not say how long.
    pause: Duration,
}

impl Paces {
    fn new() -> Paces {
        // 0.3 a second, and no more.
        let endpoints = || Pace::new(4, Duration::from_millis(3_334));
        Paces {
            create: endpoints(),
            modify: endpoints(),
            delete: endpoints(),
            tag: Pace::new(100, Duration::from_millis(100)),
            describe: Pace::new(100, Duration::from_millis(50)),
            service: Pace::new(20, Duration::from_millis(500)),
            balance: Pace::new(10, Duration::from_millis(500)),
            look_at_balance: Pace::new(40, Duration::from_millis(100)),
            look_at_databases: Pace::new(20, Duration::from_millis(200)),
        }
    }
}

impl Pace {
    fn new(burst: u32, period: Duration) -> Pace {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        Pace { budget: Budget::new(burst, period), pause: period.max(LOOK_PAUSE) }
    }
}

impl Api {
    pub(crate) fn new(
        config: &aws_config::SdkConfig,
        scope: Scope,
        account_id: Option<String>,
        memory: AccountMemory,
    ) -> Api {
        let region = aws_config::Region::new(scope.region.clone());
        let ec2 = aws_sdk_ec2::config::Builder::from(config).region(region.clone()).build();
        let elb = aws_sdk_elasticloadbalancingv2::config::Builder::from(config);
        let elb = elb.region(region.clone()).build();
        let rds = aws_sdk_rds::config::Builder::from(config).region(region.clone()).build();
        let sts = aws_sdk_sts::config::Builder::from(config).region(region).build();
        Api {
            ec2: aws_sdk_ec2::Client::from_conf(ec2),
            elb: aws_sdk_elasticloadbalancingv2::Client::from_conf(elb),
            rds: aws_sdk_rds::Client::from_conf(rds),
            sts: aws_sdk_sts::Client::from_conf(sts),
            scope,
            account_id,
            memory,
            account: OnceCell::new(),
            paces: Paces::new(),
        }
    }

    pub(crate) fn call<'a>(&'a self, action: &'static str, link: Option<&'a LinkId>) -> Call<'a> {
        Call { scope: &self.scope, action, link, part: None }
    }

    /// About a part on the way to a database.
    pub(crate) fn part_call<'a>(&'a self, action: &'static str, part: &'a str) -> Call<'a> {
        Call { scope: &self.scope, action, link: None, part: Some(part) }
    }

    /// A call that changes something is made once: whether to make it again is for those to say who can look first.
    pub(crate) async fn act<Output, E>(
        &self,
        call: Call<'_>,
        pace: &Pace,
        sending: Sending<'_, Output, E>,
    ) -> Result<Output, Error>
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        self.check_account().await?;
        once(call, pace, sending).await
    }

    /// A call that changes nothing is repeated when another try may do.
    pub(crate) async fn look<'a, Output, E>(
        &self,
        call: Call<'_>,
        send: impl Fn() -> Sending<'a, Output, E>,
    ) -> Result<Output, Error>
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        self.look_at(call, &self.paces.describe, send).await
    }

    pub(crate) async fn look_at<'a, Output, E>(
        &self,
        call: Call<'_>,
        pace: &Pace,
        send: impl Fn() -> Sending<'a, Output, E>,
    ) -> Result<Output, Error>
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        self.check_account().await?;
        patiently(call, pace, send).await
    }

    /// Credentials that came to mean another account must not make everything look gone.
    async fn check_account(&self) -> Result<(), Error> {
        self.account.get_or_try_init(|| self.ask_account()).await.copied()
    }

    async fn ask_account(&self) -> Result<(), Error> {
        let call = self.call("sts:GetCallerIdentity", None);
        let request = self.sts.get_caller_identity();
        let pace = &self.paces.describe;
        let answer = patiently(call, pace, || Box::pin(request.clone().send())).await?;
        let alias = &self.scope.alias;
        let Some(found) = answer.account() else {
            return Err(call.incomplete("it says nothing of the account"));
        };
        self.memory.meet(alias, self.account_id.as_deref(), found)?;
        tracing::info!(account = alias, id = found, "signed in to AWS");
        Ok(())
    }

    /// Every VPC endpoint in the scope. Never filtered by tag: tags can be taken off.
    pub(crate) async fn endpoints(&self) -> Result<Vec<VpcEndpoint>, Error> {
        let call = self.call("ec2:DescribeVpcEndpoints", None);
        let turn = |token| -> Turning<'_, VpcEndpoint> {
            Box::pin(async move {
                let request = self.ec2.describe_vpc_endpoints().max_results(PAGE_ROWS);
                let request = request.set_next_token(token);
                let page = self.look(call, || Box::pin(request.clone().send())).await?;
                Ok((page.vpc_endpoints, page.next_token))
            })
        };
        pages(call, turn).await
    }

    pub(crate) async fn endpoint(&self, link: &LinkId) -> Result<Option<VpcEndpoint>, Error> {
        let call = self.call("ec2:DescribeVpcEndpoints", Some(link));
        let request = self.ec2.describe_vpc_endpoints().vpc_endpoint_ids(&link.0);
        let answer = match self.look(call, || Box::pin(request.clone().send())).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            answer => answer?,
        };
        let mut rows = answer.vpc_endpoints.into_iter().flatten();
        let asked = |row: &VpcEndpoint| row.vpc_endpoint_id() == Some(&link.0);
        let row = rows.find(asked);
        // AWS says so if there is none; silence is not that.
        row.map(Some).ok_or_else(|| call.incomplete("the endpoint asked for is not in the answer"))
    }
}

async fn once<Output, E>(
    call: Call<'_>,
    pace: &Pace,
    sending: Sending<'_, Output, E>,
) -> Result<Output, Error>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    pace.budget.acquire(Urgency::Work).await;
    let outcome = sending.await.map_err(|error| meaning(call, &error));
    match &outcome {
        Ok(_) => tracing::debug!(action = call.action, scope = %call.scope, "called"),
        Err(error) => tracing::debug!(action = call.action, scope = %call.scope, %error, "failed"),
    }
    if matches!(outcome, Err(Error::Throttled { .. })) {
        pace.budget.exhausted(pace.pause);
    }
    outcome
}

async fn patiently<'a, Output, E>(
    call: Call<'_>,
    pace: &Pace,
    send: impl Fn() -> Sending<'a, Output, E>,
) -> Result<Output, Error>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let mut looks = 1;
    loop {
        match once(call, pace, send()).await {
            Err(error) if error.passes() && looks < LOOKS_MAX => sleep(LOOK_PAUSE * looks).await,
            outcome => break outcome,
        }
        looks += 1;
    }
}

impl Call<'_> {
    pub(crate) fn incomplete(self, message: &str) -> Error {
        Error::Incomplete { who: self.who(), message: message.into() }
    }
}
