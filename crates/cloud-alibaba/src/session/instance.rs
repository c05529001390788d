//! The role of the ECS instance that this runs on, by the instance's metadata.

use super::Session;
use super::role::{Given, not_understood};
use super::source::no_credentials;
use crate::Scope;
use crate::error::Call;
use crate::rpc::Product;
use crate::wire::Sender;
use bytes::Bytes;
use cloud::Error;
use http::Method;
use std::time::Duration;

const HOST: &str = "http://100.100.100.200";
const TOKEN: &str = "/latest/api/token";
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";

/// Where there is no such service, nobody answers: it is asked for briefly.
const LIMIT: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    /// Its role; asked for, where nobody says it.
    pub(crate) role: Option<String>,
    /// The older way, without a token, is forbidden.
    pub(crate) needs_token: bool,
}

impl Instance {
    pub(crate) async fn session(&self, sender: &Sender, scope: &Scope) -> Result<Session, Error> {
        let call =
            Call { scope, product: Product::Ecs, action: "metadata", link: None, part: None };
        let token = self.token(sender, call).await?;
        let role = match &self.role {
            Some(role) => role.clone(),
            None => self.text(sender, call, ROLES, token.as_deref()).await?,
        };
        let role = role.lines().next().unwrap_or_default().trim();
        let path = format!("{ROLES}{role}");
        let text = self.text(sender, call, &path, token.as_deref()).await?;
        let given: Option<Given> = serde_json::from_str(&text).ok();
        given.and_then(Given::session).ok_or_else(|| not_understood(call))
    }

    async fn token(&self, sender: &Sender, call: Call<'_>) -> Result<Option<String>, Error> {
        let request = http::Request::builder()
            .method(Method::PUT)
            .uri(format!("{HOST}{TOKEN}"))
            .header("x-aliyun-ecs-metadata-token-ttl-seconds", "21600");
        let request = request.body(Bytes::new()).expect("its parts are written above");
        let answer = sender.send(call, request, LIMIT).await.map_err(|error| nobody(&error))?;
        match answer.status().is_success() {
            true => Ok(Some(String::from_utf8_lossy(answer.body()).trim().to_owned())),
            false if self.needs_token => Err(no_credentials("the instance gives out no token")),
            false => Ok(None),
        }
    }

    async fn text(
        &self,
        sender: &Sender,
        call: Call<'_>,
        path: &str,
        token: Option<&str>,
    ) -> Result<String, Error> {
        let mut request = http::Request::builder().uri(format!("{HOST}{path}"));
        if let Some(token) = token {
            request = request.header("x-aliyun-ecs-metadata-token", token);
        }
        let request = request.body(Bytes::new()).map_err(|error| nobody(&error))?;
        let answer = sender.send(call, request, LIMIT).await.map_err(|error| nobody(&error))?;
        match answer.status().as_u16() {
            200 => Ok(String::from_utf8_lossy(answer.body()).into_owned()),
            404 => Err(no_credentials("this instance has no role")),
            status => {
                let message = format!("cannot sign in: the instance's metadata answers {status}");
                Err(Error::NotSent { who: call.who(), message })
            }
        }
    }
}

/// Where nobody has credentials, this mostly means that this is no instance.
fn nobody(error: &impl std::fmt::Display) -> Error {
    no_credentials(&format!(
        "neither the environment nor a profile has any, and no instance answers ({error})"
    ))
}
