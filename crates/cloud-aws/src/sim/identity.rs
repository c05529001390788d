//! `sts:GetCallerIdentity`.
//!
//! It needs no permission, at AWS neither.

use super::call::{Answer, Call};
use super::xml::Xml;

#[expect(clippy::unnecessary_wraps, reason = "every action may refuse; this one never does")]
pub(super) fn describe(call: &Call) -> Answer {
    Ok(Xml::new()
        .text("Arn", call.user())
        .text("UserId", call.access_key.replacen("AKIA", "AIDA", 1))
        .text("Account", &call.scope.account))
}
