//! What a creation waits for.

use super::*;
use crate::kinds::KINDS;
use serde_json::json;

fn key(kind: &'static str, namespace: &str, name: &str) -> ObjectKey {
    ObjectKey { kind, namespace: namespace.into(), name: name.into() }
}

fn object(namespace: &str, name: &str, id: Option<&str>, wanted: Value, ready: bool) -> Managed {
    let annotations =
        id.map(|id| json!({(crate::api::meta::EXTERNAL_NAME): id})).unwrap_or_else(|| json!({}));
    let status = if ready { "True" } else { "False" };
    serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": namespace, "uid": format!("{namespace}-{name}"),
            "annotations": annotations, "resourceVersion": "1"},
        "spec": {"forProvider": wanted},
        "status": {"conditions": [{"type": "Ready", "status": status, "reason": "R", "message": "in the works"}]},
    }))
    .unwrap()
}

/// A network `n` with the id `net`, and a port on it that is to be made.
struct Stack {
    index: Index,
    port: Managed,
    may: Box<Permission>,
}

const PORT: &str = "network.Port";
const SUBNET: &str = "network.Subnet";

impl Stack {
    fn new() -> Self {
        let mut index = Index::new("i", KINDS.as_slice());
        for kind in [SUBNET, PORT, "network.Network"] {
            index.missing_from(kind, &BTreeSet::new());
        }
        let network = object("a", "n", Some("net"), json!({}), true);
        index.apply(&key("network.Network", "a", "n"), &network).unwrap();
        let port = object("a", "p", None, json!({"networkId": "net", "networkIdRef": {"name": "n"}}), false);
        index.apply(&key(PORT, "a", "p"), &port).unwrap();
        Self { index, port, may: Box::new(|_| true) }
    }

    fn subnet(mut self, namespace: &str, name: &str, id: Option<&str>) -> Self {
        let reference = json!({"networkIdRef": {"name": "n", "namespace": "a"}});
        let subnet = object(namespace, name, id, reference, id.is_some());
        self.index.apply(&key(SUBNET, namespace, name), &subnet).unwrap();
        self
    }

    fn change(mut self, name: &str, change: impl FnOnce(&mut Managed)) -> Self {
        let key = key(SUBNET, "a", name);
        let mut subnet = self.index.get(&key).unwrap();
        subnet.metadata.resource_version = "2".into();
        change(&mut subnet);
        self.index.apply(&key, &subnet).unwrap();
        self
    }

    fn stalled(self, name: &str) -> Self {
        self.change(name, |subnet| {
            let stalled = json!({"type": "Stalled", "status": "True", "reason": "R", "message": "overlaps"});
            subnet.status.conditions.push(serde_json::from_value(stalled).unwrap());
        })
    }

    fn waits(&mut self) -> Option<String> {
        let (key, kind) = (key(PORT, "a", "p"), KINDS.iter().find(|kind| kind.id() == PORT).unwrap());
        self.index.resolve(&key, &kind.shapes().unwrap().params, &self.port, &self.may);
        let params = &self.port.spec.for_provider.clone();
        let awaits = &kind.awaits(params).unwrap();
        let early = Early { key: &key, object: &self.port, params, awaits };
        let unlisted: Vec<Unlisted> = self
            .index
            .unlisted_among(awaits)
            .iter()
            .map(|kind| (kind.id(), vec![object("a", "late", None, json!({"networkId": "net"}), false)]))
            .collect();
        self.index.awaited(&early, &unlisted, &self.may)
    }
}

#[test]
fn a_port_waits_for_the_subnets_of_its_network_that_are_to_come_and_says_which_and_why() {
    assert_eq!(Stack::new().waits(), None, "there is none");
    let told = Stack::new().subnet("a", "s", None).waits().unwrap();
    assert_eq!(
        told,
        "waiting for Subnet \"s\", which is needed and not there yet (fixedIps: [] makes a port without addresses): in the works"
    );
    assert_eq!(Stack::new().subnet("a", "s", Some("s-id")).waits(), None, "it is there");
    let second = Stack::new().subnet("a", "s", Some("s-id")).subnet("a", "t", None);
    assert!({ second }.waits().is_some(), "of each IP version one");
}

#[test]
fn another_networks_subnet_or_one_that_goes_or_may_not_be_made_is_not_waited_for() {
    for change in [
        (|s: &mut Managed| drop(s.spec.for_provider.insert("networkId".into(), json!("other"))))
            as fn(&mut Managed),
        |s| s.metadata.deletion_timestamp = Some("2027-01-01T00:00:00Z".into()),
        |s| s.spec.management_policies = serde_json::from_value(json!(["Observe"])).unwrap(),
    ] {
        assert_eq!(Stack::new().subnet("a", "s", None).change("s", change).waits(), None);
    }
}

#[test]
fn nobody_in_another_namespace_holds_a_creation_back() {
    assert_eq!(Stack::new().subnet("b", "s", None).waits(), None);
}

#[test]
fn one_that_somebody_has_to_mend_is_waited_for_only_where_no_other_is_there() {
    let stalled = || Stack::new().subnet("a", "s", None).stalled("s");
    assert!(stalled().waits().is_some(), "without any, the port would have no address for ever");
    assert_eq!(stalled().subnet("a", "t", Some("t-id")).waits(), None);
}

#[test]
fn what_the_index_has_not_listed_is_asked_for() {
    let mut stack = Stack::new();
    stack.index = {
        let mut index = Index::new("i", KINDS.as_slice());
        index.apply(&key(PORT, "a", "p"), &stack.port).unwrap();
        index
    };
    let told = stack.waits().unwrap();
    assert!(told.starts_with("waiting for Subnet \"late\""), "{told}");
}

#[test]
fn who_waits_is_woken_when_that_is_there_and_when_it_goes() {
    let waiting = || {
        let mut stack = Stack::new().subnet("a", "s", None);
        stack.waits().unwrap();
        stack
    };
    let (subnet, port) = (key(SUBNET, "a", "s"), key(PORT, "a", "p"));
    let mut stack = waiting();
    let mut made = stack.index.get(&subnet).unwrap();
    made.metadata.resource_version = "2".into();
    made.metadata.annotations.insert(crate::api::meta::EXTERNAL_NAME.into(), "s-id".into());
    assert!(stack.index.apply(&subnet, &made).unwrap().woken.contains(&port));
    assert!(waiting().index.remove(&subnet).contains(&port));
}

#[test]
fn a_reference_to_what_has_to_be_ready_is_waited_for_at_whatever_depth() {
    let mut index = Index::new("i", KINDS.as_slice());
    KINDS.iter().for_each(|kind| drop(index.missing_from(kind.id(), &BTreeSet::new())));
    let volume = object("a", "v", Some("v-id"), json!({}), false);
    index.apply(&key("blockstorage.Volume", "a", "v"), &volume).unwrap();
    let disks = json!({"blockDeviceMappings": [{"volumeIdRef": {"name": "v"}}]});
    let (own, server) = (key("compute.Server", "a", "s"), object("a", "s", None, disks, false));
    index.apply(&own, &server).unwrap();
    let early = Early { key: &own, object: &server, params: &Map::new(), awaits: &[] };
    let told = index.awaited(&early, &[], &|_: &str| true);
    assert_eq!(told.as_deref(), Some("waiting for Volume \"v\" to become ready: in the works"));
    let ready = Managed { status: object("a", "v", None, json!({}), true).status, ..volume };
    let ready = Managed {
        metadata: crate::api::managed::Metadata { resource_version: "2".into(), ..ready.metadata },
        ..ready
    };
    assert!(index.apply(&key("blockstorage.Volume", "a", "v"), &ready).unwrap().woken.contains(&own));
    assert_eq!(index.awaited(&early, &[], &|_: &str| true), None);
}

const ROUTE: &str = "network.RouterRoute";
const SET: &str = "network.RouterRouteSet";

/// What is said to the route or set `own` of the router `r`, where there is another one.
fn rivalry(
    own: (&'static str, Value),
    other: (&'static str, Value),
    change: impl FnOnce(&mut Managed),
) -> Option<String> {
    let mut index = Index::new("i", KINDS.as_slice());
    for kind in [ROUTE, SET, "network.Router", own.0, other.0] {
        index.missing_from(kind, &BTreeSet::new());
    }
    let wanted = |more: Value| {
        let mut all = json!({"routerId": "r"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let mut theirs = object("a", "theirs", None, wanted(other.1), false);
    theirs.metadata.creation_timestamp = "2026-01-01T00:00:00Z".into();
    change(&mut theirs);
    index.apply(&key(other.0, "a", "theirs"), &theirs).unwrap();
    let mut object = object("a", "own", None, wanted(own.1), false);
    object.metadata.creation_timestamp = "2026-01-02T00:00:00Z".into();
    let own = key(own.0, "a", "own");
    index.apply(&own, &object).unwrap();
    let kind = KINDS.iter().find(|kind| kind.id() == own.kind).unwrap();
    let params = &object.spec.for_provider.clone();
    let rivals = kind.rivals(params).unwrap();
    let early = Early { key: &own, object: &object, params, awaits: &[] };
    let may: Box<Permission> = Box::new(|_| true);
    index.rival(&early, &rivals, &[], &*may)
}

#[test]
fn a_set_of_all_and_a_single_one_refuse_each_other_by_name_and_the_older_stays() {
    let all = || json!({"routes": [{"destination": "d", "nexthop": "n"}]});
    let more = || json!({"additionalRoutes": [{"destination": "d", "nexthop": "n"}]});
    let route = || json!({"destination": "d", "nexthop": "n"});
    let said = rivalry((ROUTE, route()), (SET, all()), |_| {}).unwrap();
    assert_eq!(
        said,
        "RouterRouteSet \"theirs\" writes the same: delete one of the two, or make it a set of additionalRoutes"
    );
    let said = rivalry((SET, all()), (ROUTE, route()), |_| {}).unwrap();
    assert!(said.starts_with("RouterRoute \"theirs\" writes the same"), "{said}");
    assert_eq!(rivalry((ROUTE, route()), (SET, more()), |_| {}), None, "beside others");
    assert_eq!(rivalry((SET, more()), (ROUTE, route()), |_| {}), None, "beside others");
    assert_eq!(rivalry((SET, more()), (SET, more()), |_| {}), None, "beside others");
    for (own, other, instead) in [(all(), more(), "here"), (more(), all(), "there")] {
        let said = rivalry((SET, own), (SET, other), |_| {}).unwrap();
        assert!(
            said.ends_with(&format!("delete one of the two, or say additionalRoutes {instead}")),
            "{said}"
        );
    }
}

#[test]
fn a_part_of_what_another_resource_says_whole_is_refused_by_its_name_unless_that_was_for_the_beginning_only()
{
    let route = || json!({"subnetId": "s", "destination": "d", "nexthop": "n"});
    let groups = |field: &str| json!({"portId": "s", field: ["g"]});
    for (own, wanted, other, field) in [
        ("network.SubnetRoute", route(), "network.Subnet", "hostRoutes"),
        (
            "network.FloatingIPAssociation",
            json!({"floatingIpId": "s", "portId": "p"}),
            "network.FloatingIP",
            "portId",
        ),
        (
            "compute.InterfaceAttachment",
            json!({"serverId": "s", "networkId": "n"}),
            "compute.Server",
            "interfaces",
        ),
        ("network.PortSecurityGroups", groups("securityGroupIds"), "network.Port", "securityGroupIds"),
        (
            "network.PortSecurityGroups",
            groups("additionalSecurityGroupIds"),
            "network.Port",
            "securityGroupIds",
        ),
    ] {
        let said = |name: &str, begins: bool| {
            rivalry((own, wanted.clone()), (other, json!({})), |theirs| {
                theirs
                    .metadata
                    .annotations
                    .insert(crate::api::meta::EXTERNAL_NAME.to_owned(), name.to_owned());
                let spec = &mut theirs.spec;
                let fields = if begins { &mut spec.init_provider } else { &mut spec.for_provider };
                fields.insert(field.to_owned(), json!([]));
            })
        };
        let kind = short(other);
        assert_eq!(
            said("s", false),
            Some(format!(
                "{kind} \"theirs\" writes the same: delete one of the two, or leave its {field} out"
            ))
        );
        assert_eq!(said("another", false), None, "{other}");
        assert_eq!(said("s", true), None, "{other}: it is kept by nobody any more");
    }
}

#[test]
fn security_groups_of_a_port_that_are_all_and_some_beside_others_refuse_each_other() {
    let groups = |field: &str| ("network.PortSecurityGroups", json!({"portId": "p", field: ["g"]}));
    let (all, more) = ("securityGroupIds", "additionalSecurityGroupIds");
    for (own, other, instead) in [(all, more, "here"), (more, all, "there")] {
        let said = rivalry(groups(own), groups(other), |_| {}).unwrap();
        assert!(said.ends_with(&format!("or say additionalSecurityGroupIds {instead}")), "{said}");
    }
    assert_eq!(rivalry(groups(more), groups(more), |_| {}), None, "beside others");
}

#[test]
fn who_is_younger_and_not_there_or_elsewhere_or_going_is_no_rival() {
    let (all, route) = (
        json!({"routes": [{"destination": "d", "nexthop": "n"}]}),
        json!({"destination": "d", "nexthop": "n"}),
    );
    let refused =
        |change: fn(&mut Managed)| rivalry((ROUTE, route.clone()), (SET, all.clone()), change).is_some();
    let younger = |set: &mut Managed| set.metadata.creation_timestamp = "2026-01-03T00:00:00Z".into();
    assert!(!refused(younger));
    assert!(refused(|set| {
        set.metadata.creation_timestamp = "2026-01-03T00:00:00Z".into();
        set.metadata.annotations.insert(crate::api::meta::EXTERNAL_NAME.to_owned(), "r".to_owned());
    }));
    assert!(!refused(|set| set.metadata.deletion_timestamp = Some("2026-01-04T00:00:00Z".to_owned())));
    assert!(!refused(
        |set| set.spec.management_policies = vec![crate::api::policy::ManagementPolicy::Observe]
    ));
    assert!(!refused(|set| {
        set.spec.for_provider.insert("routerId".to_owned(), json!("other"));
    }));
}

#[test]
fn who_is_refused_for_a_rival_is_woken_when_that_one_says_it_no_more() {
    let (port, groups) = ("network.Port", "network.PortSecurityGroups");
    let mut index = Index::new("i", KINDS.as_slice());
    [port, groups].iter().for_each(|kind| drop(index.missing_from(kind, &BTreeSet::new())));
    let mut theirs = object("a", "theirs", Some("p"), json!({"securityGroupIds": ["g"]}), false);
    index.apply(&key(port, "a", "theirs"), &theirs).unwrap();
    let wanted = json!({"portId": "p", "additionalSecurityGroupIds": ["h"]});
    let (own, refused) = (key(groups, "a", "own"), object("a", "own", None, wanted, false));
    index.apply(&own, &refused).unwrap();
    let params = &refused.spec.for_provider;
    let kind = KINDS.iter().find(|kind| kind.id() == groups).unwrap();
    let early = Early { key: &own, object: &refused, params, awaits: &[] };
    assert!(index.rival(&early, &kind.rivals(params).unwrap(), &[], &|_: &str| true).is_some());
    theirs.spec.for_provider.remove("securityGroupIds");
    theirs.metadata.resource_version = "2".to_owned();
    let woken = index.apply(&key(port, "a", "theirs"), &theirs).unwrap().woken;
    assert!(woken.contains(&own));
}
