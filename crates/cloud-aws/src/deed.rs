//! Which requests change something, so that `plan` can be stopped from sending one.
//!
//! It reads the request as AWS would, not as the client meant it. Whatever it does not know is a deed.

use cloud::Request;
use http::Method;

/// Signing in changes nothing, and looking needs it.
const SIGN_INS: [&str; 2] = ["AssumeRole", "AssumeRoleWithWebIdentity"];

/// The instance's own credentials, and the token endpoint of IAM Identity Center.
const SIGN_IN_PATHS: [(Method, &str); 2] =
    [(Method::PUT, "/latest/api/token"), (Method::POST, "/token")];

/// The name of the deed, if the request is one; for [`cloud::ReadOnly`].
#[must_use]
pub fn deed(request: &Request) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let body = String::from_utf8_lossy(request.body());
    let actions: Vec<&str> = actions(query).chain(actions(&body)).collect();
    if !actions.is_empty() {
        return actions.into_iter().find(|action| !reads(action)).map(str::to_owned);
    }
    let (method, path) = (request.method(), request.uri().path());
    let signs_in = SIGN_IN_PATHS.iter().any(|known| (&known.0, known.1) == (method, path));
    (!method.is_safe() && !signs_in).then(|| format!("{method} {path}"))
}

pub(crate) fn reads(action: &str) -> bool {
    ["Describe", "Get", "List"].iter().any(|prefix| action.starts_with(prefix))
        || SIGN_INS.contains(&action)
}

/// The values of `Action` in a form. A percent sign in one makes it no action that reads.
fn actions(form: &str) -> impl Iterator<Item = &str> {
    form.split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, _)| *key == "Action")
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn check(method: &Method, uri: &str, body: &'static str, expected: Option<&str>) {
        let request = http::Request::builder().method(method.clone()).uri(uri);
        let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        assert_eq!(deed(&request).as_deref(), expected, "{method} {uri} {body}");
    }

    #[test]
    fn looking_is_no_deed() {
        let ec2 = "https://ec2.us-east-1.amazonaws.com/";
        check(&Method::POST, ec2, "Action=DescribeVpcEndpoints&Version=2016-11-15", None);
        check(&Method::POST, "https://sts.amazonaws.com/", "Action=GetCallerIdentity", None);
        check(&Method::POST, "https://sts.amazonaws.com/", "Action=AssumeRole&RoleArn=a", None);
        check(&Method::PUT, "http://169.254.169.254/latest/api/token", "", None);
        check(&Method::GET, "http://169.254.169.254/latest/meta-data/", "", None);
        check(&Method::POST, "https://oidc.us-east-1.amazonaws.com/token", "{}", None);
    }

    #[test]
    fn everything_else_is_a_deed() {
        let ec2 = "https://ec2.us-east-1.amazonaws.com/";
        for action in [
            "AcceptVpcEndpointConnections",
            "CreateLoadBalancer",
            "CreateTags",
            "CreateVpcEndpoint",
            "DeleteVpcEndpoints",
            "DeregisterTargets",
            "ModifyVpcEndpoint",
            "RegisterTargets",
            "RejectVpcEndpointConnections",
        ] {
            let body: &'static str = format!("Action={action}&Version=2016-11-15").leak();
            check(&Method::POST, ec2, body, Some(action));
        }
        check(&Method::POST, ec2, "Version=1&Action=DeleteTags", Some("DeleteTags"));
        check(&Method::GET, "https://ec2.aws/?Action=DeleteTags", "", Some("DeleteTags"));
        check(&Method::POST, ec2, "", Some("POST /"));
        check(&Method::DELETE, "https://eks.aws/clusters/a", "", Some("DELETE /clusters/a"));
    }

    #[test]
    fn an_action_cannot_hide_behind_another() {
        let body = "Action=DescribeVpcs&Action=DeleteTags";
        check(&Method::POST, "https://ec2.aws/", body, Some("DeleteTags"));
        check(&Method::POST, "https://ec2.aws/", "Action=%44escribeVpcs", Some("%44escribeVpcs"));
        check(&Method::POST, "https://ec2.aws/", "%41ction=DeleteTags", Some("POST /"));
    }
}
