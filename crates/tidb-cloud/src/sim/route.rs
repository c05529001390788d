//! Which operation a method and a path mean, by the names the vendor gives them.

use super::reply::{Reply, UNIMPLEMENTED};
use axum::http::StatusCode;
use sim::Host;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation<'path> {
    ListClusters,
    GetCluster(&'path str),
    ListNodeGroups(&'path str),
    GetNodeGroup(Group<'path>),
    GetPublicEndpoint(Group<'path>),
    GetPrivateLinkService(Group<'path>),
    ListConnections(Group<'path>),
    CreateConnection(Group<'path>),
    GetConnection(Group<'path>, &'path str),
    DeleteConnection(Group<'path>, &'path str),
    ListRegions,
    GetRegion(&'path str),
    ShowCloudProviders,
    ListProjects,
    ListShared,
    GetShared(&'path str),
    ListOutgoing(&'path str),
    CreateOutgoing(&'path str),
    GetOutgoing(&'path str, &'path str),
    DeleteOutgoing(&'path str, &'path str),
    GetOutgoingZones(&'path str),
    AttachDomains(&'path str, &'path str),
    DetachDomains(&'path str, &'path str),
    ListChangefeeds(&'path str),
    ListMigrations(&'path str),
    GetMigration(&'path str, &'path str),
    ListTidbs,
    GetTidb(&'path str),
    GetTidbService(&'path str),
    GetProviderInfo(&'path str),
    ListTidbConnections(&'path str),
    /// What the console does, and what the API may do some day.
    WriteTidbConnection,
}

/// A node group by its path. In a list, each part may be the wildcard `-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group<'path> {
    pub(super) cluster: &'path str,
    pub(super) group: &'path str,
}

const METHODS: [&str; 3] = ["GET", "POST", "DELETE"];

impl<'path> Operation<'path> {
    pub(super) fn find(
        host: Host,
        method: &str,
        path: &'path str,
    ) -> Result<Operation<'path>, Reply> {
        let not_found = || Reply::not_found("Not Found");
        let version = if host == Host::Cloud { "/v1beta2/" } else { "/v1beta1/" };
        let path = path.strip_prefix(version).ok_or_else(not_found)?;
        let segments: Vec<&str> = path.split('/').collect();
        if segments.contains(&"") {
            return Err(not_found());
        }
        let by = |method| match host {
            Host::Dedicated | Host::Iam => Operation::dedicated(method, &segments),
            Host::Serverless => Operation::serverless(method, &segments),
            Host::Cloud => Operation::cloud(method, &segments),
        };
        match by(method) {
            Some(operation) => Ok(operation),
            None if METHODS.iter().any(|other| by(other).is_some()) => {
                let status = StatusCode::METHOD_NOT_ALLOWED;
                Err(Reply::error(status, UNIMPLEMENTED, "Method Not Allowed"))
            }
            None => Err(not_found()),
        }
    }

    fn serverless(method: &str, segments: &[&'path str]) -> Option<Operation<'path>> {
        match (method, segments) {
            ("GET", ["clusters"]) => Some(Operation::ListShared),
            ("GET", ["clusters", cluster]) => Some(Operation::GetShared(cluster)),
            ("GET", ["clusters", cluster, "privateLinkConnections:getAvailabilityZones"]) => {
                Some(Operation::GetOutgoingZones(cluster))
            }
            (_, ["clusters", cluster, "privateLinkConnections", rest @ ..]) => {
                Operation::outgoing(method, cluster, rest)
            }
            ("GET", ["clusters", cluster, "changefeeds"]) => {
                Some(Operation::ListChangefeeds(cluster))
            }
            ("GET", ["clusters", cluster, "migrations"]) => {
                Some(Operation::ListMigrations(cluster))
            }
            ("GET", ["clusters", cluster, "migrations", id]) => {
                Some(Operation::GetMigration(cluster, id))
            }
            _ => None,
        }
    }

    fn outgoing(
        method: &str,
        cluster: &'path str,
        rest: &[&'path str],
    ) -> Option<Operation<'path>> {
        let split = |id: &'path str| id.split_once(':').unwrap_or((id, ""));
        match (method, rest) {
            ("GET", []) => Some(Operation::ListOutgoing(cluster)),
            ("POST", []) => Some(Operation::CreateOutgoing(cluster)),
            (_, [id]) => match (method, split(id)) {
                ("GET", (id, "")) => Some(Operation::GetOutgoing(cluster, id)),
                ("DELETE", (id, "")) => Some(Operation::DeleteOutgoing(cluster, id)),
                ("POST", (id, "attachDomains")) => Some(Operation::AttachDomains(cluster, id)),
                ("POST", (id, "detachDomains")) => Some(Operation::DetachDomains(cluster, id)),
                _ => None,
            },
            _ => None,
        }
    }

    fn cloud(method: &str, segments: &[&'path str]) -> Option<Operation<'path>> {
        match (method, segments) {
            ("GET", ["tidbs"]) => Some(Operation::ListTidbs),
            ("GET", ["tidbs", tidb]) => Some(Operation::GetTidb(tidb)),
            ("GET", ["tidbs", tidb, "privateLinkService"]) => Some(Operation::GetTidbService(tidb)),
            ("GET", ["tidbs", tidb, "cloudProviderInfo"]) => Some(Operation::GetProviderInfo(tidb)),
            ("GET", ["tidbs", tidb, "privateEndpointConnections"]) => {
                Some(Operation::ListTidbConnections(tidb))
            }
            ("POST", ["tidbs", _, "privateEndpointConnections"])
            | ("DELETE", ["tidbs", _, "privateEndpointConnections", _]) => {
                Some(Operation::WriteTidbConnection)
            }
            _ => None,
        }
    }

    fn dedicated(method: &str, segments: &[&'path str]) -> Option<Operation<'path>> {
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
            ("GET", ["publicEndpointSetting"]) => Some(Operation::GetPublicEndpoint(group)),
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
            Operation::GetPublicEndpoint(_) => "GetPublicEndpointSetting",
            Operation::GetPrivateLinkService(_) => "GetPrivateLinkService",
            Operation::ListConnections(_) => "ListPrivateEndpointConnections",
            Operation::CreateConnection(_) => "CreatePrivateEndpointConnection",
            Operation::GetConnection(..) => "GetPrivateEndpointConnection",
            Operation::DeleteConnection(..) => "DeletePrivateEndpointConnection",
            Operation::ListRegions => "ListRegions",
            Operation::GetRegion(_) => "GetRegion",
            Operation::ShowCloudProviders => "ShowCloudProviders",
            Operation::ListProjects => "ListProjects",
            Operation::ListShared => "ListServerlessClusters",
            Operation::GetShared(_) => "GetServerlessCluster",
            Operation::ListOutgoing(_) => "ListPrivateLinkConnections",
            Operation::CreateOutgoing(_) => "CreatePrivateLinkConnection",
            Operation::GetOutgoing(..) => "GetPrivateLinkConnection",
            Operation::DeleteOutgoing(..) => "DeletePrivateLinkConnection",
            Operation::GetOutgoingZones(_) => "GetAvailabilityZones",
            Operation::AttachDomains(..) => "AttachDomains",
            Operation::DetachDomains(..) => "DetachDomains",
            Operation::ListChangefeeds(_) => "ListChangefeeds",
            Operation::ListMigrations(_) => "ListMigrations",
            Operation::GetMigration(..) => "GetMigration",
            Operation::ListTidbs => "ListTidbs",
            Operation::GetTidb(_) => "GetTidb",
            Operation::GetTidbService(_) => "GetTidbPrivateLinkService",
            Operation::GetProviderInfo(_) => "GetCloudProviderInfo",
            Operation::ListTidbConnections(_) => "ListTidbPrivateEndpointConnections",
            Operation::WriteTidbConnection => "WriteTidbPrivateEndpointConnection",
        }
    }

    /// Projects are another host's, served here.
    pub(super) fn host(self, served_by: Host) -> Host {
        if self == Operation::ListProjects { Host::Iam } else { served_by }
    }

    pub(super) fn is_mutating(self) -> bool {
        matches!(
            self,
            Operation::CreateConnection(_)
                | Operation::DeleteConnection(..)
                | Operation::CreateOutgoing(_)
                | Operation::DeleteOutgoing(..)
                | Operation::AttachDomains(..)
                | Operation::DetachDomains(..)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, Operation};
    use sim::Host;

    #[test]
    fn a_path_is_an_operation_or_an_error_with_its_status() {
        fn check(method: &str, path: &str, expected: Result<Operation<'_>, u16>) {
            let found = Operation::find(Host::Dedicated, method, path)
                .map_err(|reply| reply.status.as_u16());
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
        check("GET", "/v1beta2/tidbs", Err(404));
    }

    #[test]
    fn each_host_has_its_own_paths() {
        fn check(host: Host, method: &str, path: &str, expected: Result<Operation<'_>, u16>) {
            let found = Operation::find(host, method, path).map_err(|reply| reply.status.as_u16());
            assert_eq!(found, expected, "{method} {path}");
        }
        let (serverless, cloud) = (Host::Serverless, Host::Cloud);
        check(serverless, "GET", "/v1beta1/clusters/1", Ok(Operation::GetShared("1")));
        check(serverless, "GET", "/v1beta1/clusters/1/tidbNodeGroups", Err(404));
        check(serverless, "POST", "/v1beta1/clusters", Err(405));
        let outgoing = "/v1beta1/clusters/1/privateLinkConnections";
        check(serverless, "POST", outgoing, Ok(Operation::CreateOutgoing("1")));
        let zones = format!("{outgoing}:getAvailabilityZones");
        check(serverless, "GET", &zones, Ok(Operation::GetOutgoingZones("1")));
        let one = format!("{outgoing}/plc-1");
        check(serverless, "DELETE", &one, Ok(Operation::DeleteOutgoing("1", "plc-1")));
        check(serverless, "PATCH", &one, Err(405));
        let attach = format!("{one}:attachDomains");
        check(serverless, "POST", &attach, Ok(Operation::AttachDomains("1", "plc-1")));
        check(serverless, "POST", &format!("{one}:shout"), Err(404));
        check(cloud, "GET", "/v1beta2/tidbs/1", Ok(Operation::GetTidb("1")));
        check(cloud, "GET", "/v1beta1/tidbs/1", Err(404));
        let connections = "/v1beta2/tidbs/1/privateEndpointConnections";
        check(cloud, "GET", connections, Ok(Operation::ListTidbConnections("1")));
        check(cloud, "POST", connections, Ok(Operation::WriteTidbConnection));
        let one = format!("{connections}/7");
        check(cloud, "DELETE", &one, Ok(Operation::WriteTidbConnection));
        check(cloud, "GET", &one, Err(405));
    }
}
