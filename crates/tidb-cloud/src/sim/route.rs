//! Which operation a method and a path mean, by the names the vendor gives them.

use super::reply::{Reply, UNIMPLEMENTED};
use axum::http::StatusCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation<'path> {
    ListClusters,
    GetCluster(&'path str),
    ListNodeGroups(&'path str),
    GetNodeGroup(Group<'path>),
    GetPrivateLinkService(Group<'path>),
    ListConnections(Group<'path>),
    CreateConnection(Group<'path>),
    GetConnection(Group<'path>, &'path str),
    DeleteConnection(Group<'path>, &'path str),
    ListRegions,
    GetRegion(&'path str),
    ShowCloudProviders,
    ListProjects,
}

/// A node group by its path. In a list, each part may be the wildcard `-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group<'path> {
    pub(super) cluster: &'path str,
    pub(super) group: &'path str,
}

const METHODS: [&str; 3] = ["GET", "POST", "DELETE"];

impl<'path> Operation<'path> {
    pub(super) fn find(method: &str, path: &'path str) -> Result<Operation<'path>, Reply> {
        let not_found = || Reply::not_found("Not Found");
        let path = path.strip_prefix("/v1beta1/").ok_or_else(not_found)?;
        let segments: Vec<&str> = path.split('/').collect();
        if segments.contains(&"") {
            return Err(not_found());
        }
        match Operation::by(method, &segments) {
            Some(operation) => Ok(operation),
            None if METHODS.iter().any(|other| Operation::by(other, &segments).is_some()) => {
                let status = StatusCode::METHOD_NOT_ALLOWED;
                Err(Reply::error(status, UNIMPLEMENTED, "Method Not Allowed"))
            }
            None => Err(not_found()),
        }
    }

    fn by(method: &str, segments: &[&'path str]) -> Option<Operation<'path>> {
        use Operation::{
            GetCluster, GetRegion, ListClusters, ListNodeGroups, ListProjects, ListRegions,
            ShowCloudProviders,
        };
        match (method, segments) {
            ("GET", ["clusters"]) => Some(ListClusters),
            ("GET", ["clusters", cluster]) => Some(GetCluster(cluster)),
            ("GET", ["clusters", cluster, "tidbNodeGroups"]) => Some(ListNodeGroups(cluster)),
            (_, ["clusters", cluster, "tidbNodeGroups", group, rest @ ..]) => {
                Operation::in_group(method, Group { cluster, group }, rest)
            }
            ("GET", ["regions"]) => Some(ListRegions),
            ("GET", ["regions:showCloudProviders"]) => Some(ShowCloudProviders),
            ("GET", ["regions", region]) => Some(GetRegion(region)),
            ("GET", ["projects"]) => Some(ListProjects),
            _ => None,
        }
    }

    fn in_group(
        method: &str,
        group: Group<'path>,
        rest: &[&'path str],
    ) -> Option<Operation<'path>> {
        match (method, rest) {
            ("GET", []) => Some(Operation::GetNodeGroup(group)),
            ("GET", ["privateLinkService"]) => Some(Operation::GetPrivateLinkService(group)),
            ("GET", ["privateEndpointConnections"]) => Some(Operation::ListConnections(group)),
            ("POST", ["privateEndpointConnections"]) => Some(Operation::CreateConnection(group)),
            ("GET", ["privateEndpointConnections", id]) => {
                Some(Operation::GetConnection(group, id))
            }
            ("DELETE", ["privateEndpointConnections", id]) => {
                Some(Operation::DeleteConnection(group, id))
            }
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::ListClusters => "ListClusters",
            Operation::GetCluster(_) => "GetCluster",
            Operation::ListNodeGroups(_) => "ListTidbNodeGroups",
            Operation::GetNodeGroup(_) => "GetTidbNodeGroup",
            Operation::GetPrivateLinkService(_) => "GetPrivateLinkService",
            Operation::ListConnections(_) => "ListPrivateEndpointConnections",
            Operation::CreateConnection(_) => "CreatePrivateEndpointConnection",
            Operation::GetConnection(..) => "GetPrivateEndpointConnection",
            Operation::DeleteConnection(..) => "DeletePrivateEndpointConnection",
            Operation::ListRegions => "ListRegions",
            Operation::GetRegion(_) => "GetRegion",
            Operation::ShowCloudProviders => "ShowCloudProviders",
            Operation::ListProjects => "ListProjects",
        }
    }

    pub(super) fn is_mutating(self) -> bool {
        matches!(self, Operation::CreateConnection(_) | Operation::DeleteConnection(..))
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, Operation};

    #[test]
    fn a_path_is_an_operation_or_an_error_with_its_status() {
        fn check(method: &str, path: &str, expected: Result<Operation<'_>, u16>) {
            let found = Operation::find(method, path).map_err(|reply| reply.status.as_u16());
            assert_eq!(found, expected, "{method} {path}");
        }
        let group = Group { cluster: "-", group: "-" };
        let connections = "/v1beta1/clusters/-/tidbNodeGroups/-/privateEndpointConnections";
        check("GET", connections, Ok(Operation::ListConnections(group)));
        check("POST", connections, Ok(Operation::CreateConnection(group)));
        check("PATCH", connections, Err(405));
        check("DELETE", &format!("{connections}/7"), Ok(Operation::DeleteConnection(group, "7")));
        check("GET", &format!("{connections}/"), Err(404));
        check("GET", "/v1beta1/regions:showCloudProviders", Ok(Operation::ShowCloudProviders));
        check("POST", "/v1beta1/clusters/1", Err(405));
        check("GET", "/v1beta1/vpcPeerings", Err(404));
        check("GET", "/", Err(404));
    }
}
