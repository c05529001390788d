//! A RAM role, assumed with other credentials or with a token, at the vendor's Security Token Service.

use super::{Ends, Session};
use crate::Scope;
use crate::error::Call;
use crate::rpc::{Product, Rpc};
use crate::wire::Sender;
use cloud::Error;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// How the role's session is called in `ActionTrail`, unless the environment names it.
const SESSION_NAME: &str = "tidelock";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    arn: String,
    session_name: String,
    /// Of the Security Token Service.
    host: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Assumed {
    credentials: Option<Given>,
}

/// A session as the vendor writes it, here and in an instance's metadata.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Given {
    access_key_id: String,
    access_key_secret: SecretString,
    security_token: SecretString,
    expiration: String,
}

impl Role {
    pub(crate) fn new(arn: String, session_name: Option<String>, host: String) -> Role {
        Role { arn, session_name: session_name.unwrap_or_else(|| SESSION_NAME.to_owned()), host }
    }

    pub(crate) async fn by(
        &self,
        sender: &Sender,
        scope: &Scope,
        base: &Session,
    ) -> Result<Session, Error> {
        let rpc = self.rpc("AssumeRole");
        self.assume(sender, scope, &rpc, Some(base)).await
    }

    /// Such a call is not signed: the token is who we are.
    pub(crate) async fn by_token(
        &self,
        sender: &Sender,
        scope: &Scope,
        provider_arn: &str,
        token: &SecretString,
    ) -> Result<Session, Error> {
        let rpc = self.rpc("AssumeRoleWithOIDC").in_form();
        let rpc = rpc.with("OIDCProviderArn", provider_arn);
        let rpc = rpc.with("OIDCToken", token.expose_secret());
        self.assume(sender, scope, &rpc, None).await
    }

    fn rpc(&self, action: &'static str) -> Rpc {
        let rpc = Rpc::new(Product::Sts, action);
        rpc.with("RoleArn", &self.arn).with("RoleSessionName", &self.session_name)
    }

    async fn assume(
        &self,
        sender: &Sender,
        scope: &Scope,
        rpc: &Rpc,
        base: Option<&Session>,
    ) -> Result<Session, Error> {
        let call = Call::of(scope, rpc, None);
        let answer = sender.call(call, rpc, &self.host, base).await;
        let answer = answer.map_err(|error| before_signing(call, error))?;
        let assumed: Option<Assumed> = serde_json::from_slice(&answer).ok();
        let given = assumed.and_then(|assumed| assumed.credentials).and_then(Given::session);
        given.ok_or_else(|| not_understood(call))
    }
}

impl Given {
    pub(crate) fn session(self) -> Option<Session> {
        let Given { access_key_id, access_key_secret, security_token, expiration } = self;
        let (secret, token) = (access_key_secret, Some(security_token));
        let ends = Some(Ends::at(&expiration)?);
        Some(Session { key_id: access_key_id, secret, token, ends })
    }
}

/// What was to be signed has not been sent: whatever became of the sign-in, that is certain.
pub(crate) fn before_signing(call: Call<'_>, error: Error) -> Error {
    let who = call.who();
    match error {
        Error::NotSent { .. }
        | Error::Unreachable { .. }
        | Error::Unexpected { .. }
        | Error::Incomplete { .. } => {
            Error::NotSent { who, message: format!("cannot sign in: {error}") }
        }
        Error::Denied { .. } | Error::Refused { .. } | Error::NotFound { .. } => {
            Error::Credentials { message: format!("{who}: cannot sign in: {error}") }
        }
        Error::Throttled { .. }
        | Error::TokenUsed { .. }
        | Error::Credentials { .. }
        | Error::Busy { .. }
        | Error::ReadOnly { .. }
        | Error::Setup { .. } => error,
    }
}

/// The answer may hold a secret: it is not shown.
pub(crate) fn not_understood(call: Call<'_>) -> Error {
    let message = "cannot sign in: the answer holds no credentials".into();
    Error::NotSent { who: call.who(), message }
}
