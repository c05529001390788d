//! Which action a method and a path mean, what it is called, and which permission it needs.

use super::call::{Answer, Call, PROVIDER, Place};
use super::refusal::Refusal;
use super::{endpoints, form, interfaces, lists, networks, operations};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    GetEndpoint(Place),
    PutEndpoint(Place),
    DeleteEndpoint(Place),
    /// Of one group, or of the subscription; the other lists too.
    ListEndpoints(Option<String>),
    GetInterface(Place),
    ListInterfaces(Option<String>),
    GetNetwork(Place),
    ListNetworks(Option<String>),
    ListUsage(Place),
    GetSubnet(Place),
    ListSubnets(Place),
    GetOperation(Pending),
    GetResult(Pending),
}

/// An operation, by the region in which it is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) region: String,
    pub(super) id: String,
}

/// What a path names.
struct Named {
    subscription: String,
    group: Option<String>,
    /// Below the provider.
    rest: Vec<String>,
}

impl Named {
    /// The words between the names are the same in any case.
    fn read(path: &str) -> Option<Named> {
        let parts: Vec<String> = path.trim_matches('/').split('/').map(form::part).collect();
        let is = |part: &String, word: &str| part.eq_ignore_ascii_case(word);
        let (subscription, rest) = match parts.as_slice() {
            [first, subscription, rest @ ..] if is(first, "subscriptions") => (subscription, rest),
            _ => return None,
        };
        let (group, rest) = match rest {
            [first, group, rest @ ..] if is(first, "resourceGroups") => (Some(group), rest),
            _ => (None, rest),
        };
        match rest {
            [first, provider, rest @ ..] if is(first, "providers") && is(provider, PROVIDER) => {
                let (subscription, group) = (subscription.clone(), group.cloned());
                Some(Named { subscription, group, rest: rest.to_vec() })
            }
            _ => None,
        }
    }
}

impl Action {
    /// The subscription, and what is asked of it.
    pub(super) fn find(method: &str, path: &str) -> Result<(String, Action), Refusal> {
        let Named { subscription, group, rest } = Named::read(path).ok_or_else(|| nothing(path))?;
        let words: Vec<String> = rest.iter().map(|part| part.to_ascii_lowercase()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let action = match &group {
            None => Action::in_subscription(method, &words, &rest),
            Some(group) => Action::in_group(method, &words, &rest, group),
        };
        let action = action.ok_or_else(|| not_so(method, path, &words))?;
        Ok((subscription, action))
    }

    fn in_subscription(method: &str, words: &[&str], rest: &[String]) -> Option<Action> {
        let pending = || Pending { region: rest[1].clone(), id: rest[3].clone() };
        match (method, words) {
            ("GET", ["privateendpoints"]) => Some(Action::ListEndpoints(None)),
            ("GET", ["networkinterfaces"]) => Some(Action::ListInterfaces(None)),
            ("GET", ["virtualnetworks"]) => Some(Action::ListNetworks(None)),
            ("GET", ["locations", _, "operations", _]) => Some(Action::GetOperation(pending())),
            ("GET", ["locations", _, "operationresults", _]) => Some(Action::GetResult(pending())),
            _ => None,
        }
    }

    fn in_group(method: &str, words: &[&str], rest: &[String], group: &str) -> Option<Action> {
        let place = || {
            let names = rest.iter().skip(1).step_by(2).cloned().collect();
            Place { group: group.to_owned(), names }
        };
        let whole = || Some(group.to_owned());
        match (method, words) {
            ("GET", ["privateendpoints"]) => Some(Action::ListEndpoints(whole())),
            ("GET", ["privateendpoints", _]) => Some(Action::GetEndpoint(place())),
            ("PUT", ["privateendpoints", _]) => Some(Action::PutEndpoint(place())),
            ("DELETE", ["privateendpoints", _]) => Some(Action::DeleteEndpoint(place())),
            ("GET", ["networkinterfaces"]) => Some(Action::ListInterfaces(whole())),
            ("GET", ["networkinterfaces", _]) => Some(Action::GetInterface(place())),
            ("GET", ["virtualnetworks"]) => Some(Action::ListNetworks(whole())),
            ("GET", ["virtualnetworks", _]) => Some(Action::GetNetwork(place())),
            ("GET", ["virtualnetworks", _, "usages"]) => Some(Action::ListUsage(place())),
            ("GET", ["virtualnetworks", _, "subnets"]) => Some(Action::ListSubnets(place())),
            ("GET", ["virtualnetworks", _, "subnets", _]) => Some(Action::GetSubnet(place())),
            _ => None,
        }
    }

    /// As the vendor's API description calls it; operations have no name there.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Action::GetEndpoint(_) => "PrivateEndpoints_Get",
            Action::PutEndpoint(_) => "PrivateEndpoints_CreateOrUpdate",
            Action::DeleteEndpoint(_) => "PrivateEndpoints_Delete",
            Action::ListEndpoints(None) => "PrivateEndpoints_ListBySubscription",
            Action::ListEndpoints(Some(_)) => "PrivateEndpoints_List",
            Action::GetInterface(_) => "NetworkInterfaces_Get",
            Action::ListInterfaces(None) => "NetworkInterfaces_ListAll",
            Action::ListInterfaces(Some(_)) => "NetworkInterfaces_List",
            Action::GetNetwork(_) => "VirtualNetworks_Get",
            Action::ListNetworks(None) => "VirtualNetworks_ListAll",
            Action::ListNetworks(Some(_)) => "VirtualNetworks_List",
            Action::ListUsage(_) => "VirtualNetworks_ListUsage",
            Action::GetSubnet(_) => "Subnets_Get",
            Action::ListSubnets(_) => "Subnets_List",
            Action::GetOperation(_) => "Operations_Get",
            Action::GetResult(_) => "OperationResults_Get",
        }
    }

    pub(super) fn permission(&self) -> &'static str {
        match self {
            Action::GetEndpoint(_) | Action::ListEndpoints(_) => {
                "Microsoft.Network/privateEndpoints/read"
            }
            Action::PutEndpoint(_) => "Microsoft.Network/privateEndpoints/write",
            Action::DeleteEndpoint(_) => "Microsoft.Network/privateEndpoints/delete",
            Action::GetInterface(_) | Action::ListInterfaces(_) => {
                "Microsoft.Network/networkInterfaces/read"
            }
            Action::GetNetwork(_) | Action::ListNetworks(_) => {
                "Microsoft.Network/virtualNetworks/read"
            }
            Action::ListUsage(_) => "Microsoft.Network/virtualNetworks/usages/read",
            Action::GetSubnet(_) | Action::ListSubnets(_) => {
                "Microsoft.Network/virtualNetworks/subnets/read"
            }
            Action::GetOperation(_) => "Microsoft.Network/locations/operations/read",
            Action::GetResult(_) => "Microsoft.Network/locations/operationResults/read",
        }
    }

    /// What it is counted as.
    pub(super) fn bucket(&self) -> &'static str {
        match self {
            Action::PutEndpoint(_) => "writes",
            Action::DeleteEndpoint(_) => "deletes",
            Action::GetEndpoint(_)
            | Action::ListEndpoints(_)
            | Action::GetInterface(_)
            | Action::ListInterfaces(_)
            | Action::GetNetwork(_)
            | Action::ListNetworks(_)
            | Action::ListUsage(_)
            | Action::GetSubnet(_)
            | Action::ListSubnets(_)
            | Action::GetOperation(_)
            | Action::GetResult(_) => "reads",
        }
    }

    pub(super) fn run(&self, call: &Call<'_>) -> Answer {
        match self {
            Action::GetEndpoint(place) => endpoints::get(call, place),
            Action::PutEndpoint(place) => endpoints::put(call, place),
            Action::DeleteEndpoint(place) => endpoints::delete(call, place),
            Action::ListEndpoints(group) => lists::endpoints(call, group.as_deref()),
            Action::GetInterface(place) => interfaces::get(call, place),
            Action::ListInterfaces(group) => lists::interfaces(call, group.as_deref()),
            Action::GetNetwork(place) => networks::get(call, place),
            Action::ListNetworks(group) => lists::networks(call, group.as_deref()),
            Action::ListUsage(place) => networks::usage(call, place),
            Action::GetSubnet(place) => networks::subnet(call, place),
            Action::ListSubnets(place) => networks::subnets(call, place),
            Action::GetOperation(pending) => operations::get(call, pending),
            Action::GetResult(pending) => operations::result(call, pending),
        }
    }
}

fn nothing(path: &str) -> Refusal {
    let message =
        format!("The request '{path}' names no resource of a provider that is simulated.");
    Refusal::new(404, "InvalidResourceNamespace", message)
}

/// A resource that cannot do this, or no resource at all.
fn not_so(method: &str, path: &str, words: &[&str]) -> Refusal {
    let kinds = ["privateendpoints", "networkinterfaces", "virtualnetworks", "locations"];
    if words.first().is_some_and(|word| kinds.contains(word)) {
        let message = format!("The requested resource does not support http method '{method}'.");
        return Refusal::new(405, "MethodNotAllowed", message);
    }
    let kind = path.rsplit('/').next().unwrap_or_default();
    let message =
        format!("The resource type '{kind}' could not be found in the namespace '{PROVIDER}'.");
    Refusal::new(404, "InvalidResourceType", message)
}
