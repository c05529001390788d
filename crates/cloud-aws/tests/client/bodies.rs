//! Answers in the shapes that AWS documents.

pub(crate) const SERVICE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0";

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// `content` inside the envelope of an answer.
pub(crate) fn answer(action: &str, content: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<{action}Response xmlns="{NAMESPACE}">
    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
    {content}
</{action}Response>"#
    )
}

pub(crate) fn done(action: &str) -> String {
    answer(action, "<return>true</return>")
}

pub(crate) fn error(code: &str, message: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>"#
    )
}

/// STS wraps an error otherwise than EC2.
pub(crate) fn sts_error(code: &str) -> String {
    format!(
        r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>{code}</Code><Message>said AWS</Message></Error>
  <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
</ErrorResponse>"#
    )
}

pub(crate) fn identity(account: &str) -> String {
    format!(
        r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::{account}:user/alice</Arn>
    <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
    <Account>{account}</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>"#
    )
}

/// One page of `DescribeVpcEndpoints`.
pub(crate) fn page(endpoints: &[String], next_token: &str) -> String {
    let content = format!(
        "<vpcEndpointSet>{}</vpcEndpointSet><nextToken>{next_token}</nextToken>",
        endpoints.concat()
    );
    answer("DescribeVpcEndpoints", &content)
}

pub(crate) fn endpoint(id: &str, state: &str) -> String {
    with(id, state, "")
}

/// `more` is put last, so it may be tags, a last error, or a field that is not there yet.
pub(crate) fn with(id: &str, state: &str, more: &str) -> String {
    format!(
        r"<item>
    <vpcEndpointId>{id}</vpcEndpointId>
    <vpcEndpointType>Interface</vpcEndpointType>
    <vpcId>vpc-0c12a34b56d78e90f</vpcId>
    <serviceName>{SERVICE}</serviceName>
    <state>{state}</state>
    <subnetIdSet><item>subnet-0b2</item><item>subnet-0a1</item></subnetIdSet>
    <groupSet><item><groupId>sg-0c3</groupId><groupName>apps</groupName></item></groupSet>
    <ipAddressType>ipv4</ipAddressType>
    <dnsOptions><dnsRecordIpType>ipv4</dnsRecordIpType></dnsOptions>
    <privateDnsEnabled>false</privateDnsEnabled>
    <requesterManaged>false</requesterManaged>
    <networkInterfaceIdSet><item>eni-0123</item></networkInterfaceIdSet>
    <dnsEntrySet><item><dnsName>{id}-abc.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com</dnsName><hostedZoneId>Z7HUB22UULQXV</hostedZoneId></item></dnsEntrySet>
    <creationTimestamp>2026-11-20T10:00:00.000Z</creationTimestamp>
    <ownerId>111122223333</ownerId>
    {more}
</item>"
    )
}

pub(crate) fn tag_set(tags: &[(&str, &str)]) -> String {
    let item = |(key, value): &(&str, &str)| {
        format!("<item><key>{key}</key><value>{value}</value></item>")
    };
    format!("<tagSet>{}</tagSet>", tags.iter().map(item).collect::<String>())
}

pub(crate) fn created(id: &str) -> String {
    let endpoint = endpoint(id, "pendingAcceptance");
    let endpoint = endpoint.replacen("<item>", "<vpcEndpoint>", 1);
    let (endpoint, _) = endpoint.rsplit_once("</item>").unwrap();
    answer("CreateVpcEndpoint", &format!("{endpoint}</vpcEndpoint>"))
}

pub(crate) fn not_deleted(code: &str) -> String {
    let content = format!(
        "<unsuccessful><item><error><code>{code}</code><message>said AWS</message></error>\
         <resourceId>vpce-1</resourceId></item></unsuccessful>"
    );
    answer("DeleteVpcEndpoints", &content)
}

pub(crate) fn deleted() -> String {
    answer("DeleteVpcEndpoints", "<unsuccessful/>")
}

pub(crate) fn subnets(subnets: &[(&str, &str, &str)]) -> String {
    let item = |(id, zone_id, zone): &(&str, &str, &str)| {
        format!(
            "<item><subnetId>{id}</subnetId><state>available</state>\
             <vpcId>vpc-0c12a34b56d78e90f</vpcId><cidrBlock>10.0.1.0/24</cidrBlock>\
             <availableIpAddressCount>250</availableIpAddressCount>\
             <availabilityZone>{zone}</availabilityZone>\
             <availabilityZoneId>{zone_id}</availabilityZoneId></item>"
        )
    };
    let items: String = subnets.iter().map(item).collect();
    answer("DescribeSubnets", &format!("<subnetSet>{items}</subnetSet>"))
}

pub(crate) fn group(id: &str, port: u16) -> String {
    let content = format!(
        "<securityGroupInfo><item><ownerId>111122223333</ownerId><groupId>{id}</groupId>\
         <groupName>apps</groupName><groupDescription>apps</groupDescription>\
         <vpcId>vpc-0c12a34b56d78e90f</vpcId>\
         <ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>{port}</fromPort>\
         <toPort>{port}</toPort><groups/><ipRanges><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges>\
         <ipv6Ranges/><prefixListIds/></item></ipPermissions>\
         <ipPermissionsEgress/></item></securityGroupInfo>"
    );
    answer("DescribeSecurityGroups", &content)
}

pub(crate) fn service(zone_ids: &[&str]) -> String {
    let zones = format!("<item>{}</item>", zone_ids.join("</item><item>"));
    let content = format!(
        "<serviceNameSet><item>{SERVICE}</item></serviceNameSet><serviceDetailSet><item>\
         <serviceName>{SERVICE}</serviceName><serviceId>vpce-svc-0123456789abcdef0</serviceId>\
         <serviceType><item><serviceType>Interface</serviceType></item></serviceType>\
         <availabilityZoneIdSet>{zones}</availabilityZoneIdSet><availabilityZoneSet/>\
         <owner>380838443567</owner><acceptanceRequired>true</acceptanceRequired>\
         <privateDnsName>privatelink-1.example.prod.aws.tidbcloud.com</privateDnsName>\
         <privateDnsNameSet><item><privateDnsName>privatelink-1.example.prod.aws.tidbcloud.com\
         </privateDnsName></item></privateDnsNameSet>\
         </item></serviceDetailSet><nextToken/>"
    );
    answer("DescribeVpcEndpointServices", &content)
}

pub(crate) fn attribute(name: &str, is_on: bool) -> String {
    let content =
        format!("<vpcId>vpc-0c12a34b56d78e90f</vpcId><{name}><value>{is_on}</value></{name}>");
    answer("DescribeVpcAttribute", &content)
}
