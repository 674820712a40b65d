//! What the API server refuses.

use crate::kinds::KINDS;
use serde_json::Value;

/// Rules of a kind's CRD, as message and rule.
fn rules(kind: &str) -> Vec<(String, String)> {
    fn collect(schema: &Value, found: &mut Vec<(String, String)>) {
        match schema {
            Value::Object(fields) => {
                for rule in
                    fields.get("x-kubernetes-validations").and_then(Value::as_array).into_iter().flatten()
                {
                    let text = |key: &str| rule[key].as_str().unwrap().to_owned();
                    found.push((text("message"), text("rule")));
                }
                fields.values().for_each(|value| collect(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            _ => {}
        }
    }
    let kind = KINDS.iter().find(|known| known.id() == kind).unwrap();
    let mut found = vec![];
    collect(&kind.crd().unwrap(), &mut found);
    found
}

#[test]
fn what_a_kind_documents_as_excluded_or_needed_is_refused_at_admission() {
    for (kind, messages) in [
        (
            "identity.RoleAssignment",
            &["groupId excludes userId", "domainId excludes projectId", "system excludes inherited"][..],
        ),
        (
            "identity.ApplicationCredential",
            &["one of roleId, name must be set", "roleId excludes name", "ruleId excludes path"],
        ),
        ("identity.Limit", &["domainId excludes projectId"]),
        ("identity.ProjectEndpoint", &["endpointGroupId excludes endpointId"]),
        (
            "identity.Trust",
            &[
                "projectId needs roles",
                "redelegationCount needs allowRedelegation",
                "remainingUses excludes allowRedelegation",
            ],
        ),
        ("identity.FederationMapping", &["one of groupId, name must be set", "name needs domain"]),
        (
            "network.Port",
            &[
                "securityGroupIds excludes portSecurityEnabled false",
                "one of subnetId, ipAddress must be set",
            ],
        ),
        (
            "network.SecurityGroupRule",
            &["remoteAddressGroupId excludes remoteGroupId", "remoteGroupId excludes remoteIpPrefix"],
        ),
        ("network.RouterInterface", &["portId excludes subnetId"]),
        ("network.FloatingIP", &["dnsName needs dnsDomain", "dnsDomain needs dnsName"]),
        ("network.Trunk", &["segmentationId needs segmentationType vlan"]),
        ("network.Network", &["segments excludes providerNetworkType"]),
        (
            "blockstorage.Volume",
            &["imageId excludes snapshotId", "imageId needs size", "backupId excludes imageId"],
        ),
        (
            "compute.Server",
            &[
                "imageId excludes snapshotId",
                "fixedIp excludes portId",
                "one of networkId, portId must be set",
            ],
        ),
        ("compute.ServerGroup", &["rules needs policy anti-affinity"]),
        ("image.Image", &["decompress excludes method webDownload"]),
    ] {
        let known: Vec<_> = rules(kind).into_iter().map(|(message, _)| message).collect();
        for message in messages {
            assert!(known.iter().any(|known| known == message), "{kind}: {message}: {known:#?}");
        }
    }
}

#[test]
fn a_flag_that_is_false_is_no_choice() {
    let rules = rules("identity.RoleAssignment");
    let (_, scope) = rules.iter().find(|(message, _)| message.contains("one of domainId")).unwrap();
    assert!(scope.contains("(has(self.forProvider.system) && self.forProvider.system)"), "{scope}");
}
