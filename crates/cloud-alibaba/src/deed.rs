//! Which requests change something, so that `plan` can be stopped from sending one.
//!
//! It reads the request as Alibaba Cloud would, not as the client meant it. Whatever it does not know is a deed.

use cloud::Request;
use http::Method;

/// Signing in changes nothing, and looking needs it.
const SIGN_INS: [&str; 2] = ["AssumeRole", "AssumeRoleWithOIDC"];

/// The token of an ECS instance's own metadata.
const SIGN_IN_PATH: &str = "/latest/api/token";

/// The name of the deed, if the request is one; for [`cloud::ReadOnly`].
#[must_use]
pub fn deed(request: &Request) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let body = String::from_utf8_lossy(request.body());
    let (method, path) = (request.method(), request.uri().path());
    // No parameter of Alibaba Cloud's has a name that must be encoded: whoever encodes one hides it.
    let hidden = names(query).chain(names(&body)).any(|name| name.contains(['%', '+']));
    let in_headers = request.headers().get_all("x-acs-action").iter();
    let mut actions: Vec<&str> =
        in_headers.map(|action| action.to_str().unwrap_or("an unreadable action")).collect();
    actions.extend(values_of_action(query).chain(values_of_action(&body)));
    if !actions.is_empty() && !hidden {
        return actions.into_iter().find(|action| !reads(action)).map(str::to_owned);
    }
    let signs_in = method == Method::PUT && path == SIGN_IN_PATH;
    (hidden || !method.is_safe() && !signs_in).then(|| format!("{method} {path}"))
}

pub(crate) fn reads(action: &str) -> bool {
    ["Describe", "Get", "List"].iter().any(|prefix| action.starts_with(prefix))
        || SIGN_INS.contains(&action)
}

fn names(form: &str) -> impl Iterator<Item = &str> {
    form.split('&').map(|pair| pair.split('=').next().unwrap_or_default())
}

/// A percent sign in one makes it no action that reads.
fn values_of_action(form: &str) -> impl Iterator<Item = &str> {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == "Action").map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const PRIVATELINK: &str = "https://privatelink.ap-southeast-1.aliyuncs.com/";

    fn check(
        method: &Method,
        uri: &str,
        action: Option<&str>,
        body: &'static str,
        expected: Option<&str>,
    ) {
        let mut request = http::Request::builder().method(method.clone()).uri(uri);
        for action in action.into_iter().flat_map(|actions| actions.split(' ')) {
            request = request.header("x-acs-action", action);
        }
        let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
        assert_eq!(deed(&request).as_deref(), expected, "{method} {uri} {action:?} {body}");
    }

    #[test]
    fn looking_is_no_deed() {
        let post = Method::POST;
        check(&post, PRIVATELINK, Some("ListVpcEndpoints"), "", None);
        check(
            &post,
            &format!("{PRIVATELINK}?EndpointId=ep-1"),
            Some("GetVpcEndpointAttribute"),
            "",
            None,
        );
        check(&post, "https://vpc.aliyuncs.com/", Some("DescribeVSwitches"), "", None);
        check(&post, "https://sts.aliyuncs.com/", Some("AssumeRole"), "", None);
        check(&post, "https://sts.aliyuncs.com/?Action=AssumeRoleWithOIDC", None, "", None);
        check(&Method::PUT, "http://100.100.100.200/latest/api/token", None, "", None);
        check(&Method::GET, "http://100.100.100.200/latest/meta-data/ram/", None, "", None);
    }

    #[test]
    fn everything_else_is_a_deed() {
        let post = Method::POST;
        for action in [
            "CreateVpcEndpoint",
            "AddZoneToVpcEndpoint",
            "RemoveZoneFromVpcEndpoint",
            "AttachSecurityGroupToVpcEndpoint",
            "DetachSecurityGroupFromVpcEndpoint",
            "UpdateVpcEndpointAttribute",
            "DeleteVpcEndpoint",
            "TagResources",
            "UntagResources",
            "OpenPrivateLinkService",
        ] {
            check(&post, PRIVATELINK, Some(action), "", Some(action));
            check(&post, &format!("{PRIVATELINK}?Action={action}"), None, "", Some(action));
        }
        check(&post, PRIVATELINK, None, "", Some("POST /"));
        check(&post, PRIVATELINK, None, "Action=TagResources", Some("TagResources"));
    }

    #[test]
    fn an_action_cannot_hide_behind_another() {
        let post = Method::POST;
        let list = Some("ListVpcEndpoints");
        let with = |query: &str| format!("{PRIVATELINK}?{query}");
        check(&post, &with("Action=DeleteVpcEndpoint"), list, "", Some("DeleteVpcEndpoint"));
        check(&post, PRIVATELINK, list, "Action=TagResources", Some("TagResources"));
        check(
            &post,
            PRIVATELINK,
            Some("ListVpcEndpoints DeleteVpcEndpoint"),
            "",
            Some("DeleteVpcEndpoint"),
        );
        check(&post, &with("%41ction=DeleteVpcEndpoint"), list, "", Some("POST /"));
        check(&Method::GET, &with("%41ction=DeleteVpcEndpoint"), None, "", Some("GET /"));
        check(&post, &with("Action=%4CistVpcEndpoints"), None, "", Some("%4CistVpcEndpoints"));
    }
}
