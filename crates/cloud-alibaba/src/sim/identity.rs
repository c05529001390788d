//! `GetCallerIdentity`, and the roles that one can assume: every role of an account that the world knows, for an hour.
//!
//! A session is a credential like others, whose token and end stand in the place of a tenant.

use super::call::{Answer, Call};
use super::refusal::Refusal;
use serde_json::{Value as Json, json};
use sim::{Credential, Vendor};

const HOUR: i64 = 3_600;

#[expect(clippy::unnecessary_wraps, reason = "every action may refuse; this one never does")]
pub(super) fn describe(call: &Call) -> Answer {
    let (account, key) = (&call.scope.account, &call.caller.key);
    let (kind, path) = if call.caller.has_session {
        ("AssumedRoleUser", "assumed-role/tidelock/session")
    } else {
        ("RAMUser", "user/tidelock")
    };
    Ok(json!({
        "AccountId": account,
        "Arn": format!("acs:ram::{account}:{path}"),
        "IdentityType": kind,
        "PrincipalId": key,
        "UserId": key,
    }))
}

pub(super) fn assume(call: &Call) -> Answer {
    let account = account_of_role(call)?;
    Ok(session(call, &account))
}

/// Who has a token need not sign; the token itself is taken as it is.
pub(super) fn assume_by_token(call: &Call) -> Answer {
    call.form.require("OIDCToken")?;
    call.form.require("OIDCProviderArn")?;
    let account = account_of_role(call)?;
    Ok(session(call, &account))
}

/// `acs:ram::1234567890123456:role/tidelock`
fn account_of_role(call: &Call) -> Result<String, Refusal> {
    let arn = call.form.require("RoleArn")?;
    let parts: Vec<&str> = arn.split(':').collect();
    let [_, "ram", _, account, role] = parts[..] else { return Err(Refusal::invalid("RoleArn")) };
    if account.is_empty() || !role.starts_with("role/") {
        return Err(Refusal::not_found("EntityNotExist.Role", format!("{arn} does not exist.")));
    }
    Ok(account.to_owned())
}

fn session(call: &Call, account: &str) -> Json {
    let number = call.with(|world| world.log.calls());
    let seconds = call.caller.date.as_second() + HOUR;
    let end = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string();
    let (id, secret) = (format!("STS.simulated{number}"), format!("secret-of-{number}"));
    let token = format!("token-of-{number}");
    let credential = Credential {
        vendor: Vendor::Alibaba,
        id: id.clone(),
        secret: secret.clone(),
        tenant: format!("{token} {end}"),
        accounts: vec![account.to_owned()],
    };
    call.with(|world| world.add_credential(credential));
    json!({
        "AssumedRoleUser": {"Arn": call.form.get("RoleArn"), "AssumedRoleId": id},
        "Credentials": {
            "AccessKeyId": id,
            "AccessKeySecret": secret,
            "SecurityToken": token,
            "Expiration": end,
        },
    })
}
