//! The names of all kinds, existing or to come. They are frozen with the first release, since an installed definition's
//! names are immutable: lines of `names.txt` are added, never changed.

use crate::{
    api::provider_config,
    components::KINDS as COMPONENTS,
    kinds::{KINDS, provider::FAMILY},
};
use std::collections::{BTreeMap, BTreeSet};

/// A line of `names.txt`: group, kind, plural, short name (`-` for none).
struct Name {
    group: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: Option<&'static str>,
}

fn names() -> Vec<Name> {
    let line = |line: &'static str| {
        let words: Vec<_> = line.split(' ').collect();
        let [group, kind, plural, short] = words[..] else { panic!("four words: {line}") };
        Name { group, kind, plural, short: Some(short).filter(|short| *short != "-") }
    };
    include_str!("../names.txt").lines().map(line).collect()
}

/// Short names of others that begin as ours do: Cluster API's provider for OpenStack, openstack-operator and
/// osp-director-operator on OpenShift, OpenShift Service Mesh, OpenSearch.
const NEIGHBOURS: &str = "osc osci osct osm osmt oss osassistant osbackup osbms osclient osctlplane osdpd osdpns osdpservice \
    osephemeralheat osipset osmacaddr osnetattachment osnetcfg osnetconfig osprovserver osversion osvms \
    osvmset os oscsr";

/// Kinds of Kubernetes.
const KUBERNETES: &str = "APIService Binding CSIDriver CSINode CSIStorageCapacity CertificateSigningRequest ClusterRole \
    ClusterRoleBinding ClusterTrustBundle ComponentStatus ConfigMap ControllerRevision CronJob \
    CustomResourceDefinition DaemonSet Deployment DeviceClass EndpointSlice Endpoints Event FlowSchema \
    HorizontalPodAutoscaler IPAddress Ingress IngressClass Job Lease LimitRange Namespace NetworkPolicy Node \
    PersistentVolume PersistentVolumeClaim Pod PodDisruptionBudget PodTemplate PriorityClass \
    PriorityLevelConfiguration ReplicaSet ReplicationController ResourceClaim ResourceQuota ResourceSlice \
    Role RoleBinding RuntimeClass Secret Service ServiceAccount ServiceCIDR StatefulSet StorageClass \
    VolumeAttachment VolumeAttributesClass";

/// Kinds that are called as one of Kubernetes, which `kubectl` finds first.
const CALLED_AS_KUBERNETES: [&str; 2] = ["VolumeAttachment", "Lease"];

fn listed(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|listed| listed == word)
}

#[test]
fn mrd_1_the_names_of_kinds_are_those_that_were_frozen() {
    let frozen: BTreeMap<_, _> = names().iter().map(|n| ((n.group, n.kind), (n.plural, n.short))).collect();
    for kind in KINDS.iter().chain(COMPONENTS.iter()) {
        let (info, group) = (kind.info(), kind.info().api_group());
        let is = frozen.get(&(group.as_str(), info.kind));
        assert_eq!(
            is,
            Some(&(info.plural, Some(info.short).filter(|short| !short.is_empty()))),
            "{group} {} in names.txt",
            info.kind
        );
    }
    for crd in FAMILY.crds.build() {
        let text = |pointer: &str| crd.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let (group, kind) = (text("/spec/group"), text("/spec/names/kind"));
        let (plural, short) = frozen[&(group.as_str(), kind.as_str())];
        assert_eq!((plural, short), (text("/spec/names/plural").as_str(), None));
    }
}

#[test]
fn names_txt_is_in_order_so_that_a_name_has_one_place() {
    let lines: Vec<_> = include_str!("../names.txt").lines().collect();
    assert!(lines.is_sorted());
    let names = names();
    assert_eq!(names.iter().map(|n| (n.group, n.kind)).collect::<BTreeSet<_>>().len(), lines.len());
}

#[test]
fn no_name_means_two_things() {
    let mut meanings: BTreeMap<String, BTreeSet<(&str, &str)>> = BTreeMap::new();
    // Every provider has ProviderConfigs in a group of its own.
    for name in names().iter().filter(|name| !provider_config::KINDS.contains(&name.kind)) {
        for word in [name.kind.to_lowercase(), name.plural.to_owned()] {
            meanings.entry(word).or_default().insert((name.group, name.kind));
        }
        meanings
            .entry(name.short.unwrap_or_default().to_owned())
            .or_default()
            .insert((name.group, name.kind));
    }
    meanings.remove("");
    let twice: Vec<_> = meanings.iter().filter(|(_, kinds)| kinds.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn short_names_are_of_one_form_and_no_neighbours() {
    for Name { group, kind, short, .. } in names() {
        let without =
            ["component.kupenstack.io", "kupenstack.io"].contains(&group) || kind == "OpenStackCloud";
        assert_eq!(short.is_none(), without, "{kind}");
        // KupenStack's own.
        let Some(short) = short.filter(|short| *short != "occp") else { continue };
        let letters = short.strip_prefix("os").unwrap_or_default();
        assert!((2..=6).contains(&letters.len()), "{short}");
        assert!(letters.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{short}");
        assert!(!listed(NEIGHBOURS, short), "{short} of {kind} is a neighbour's");
    }
}

#[test]
fn a_kind_is_not_called_as_one_of_kubernetes() {
    let called: BTreeSet<_> =
        names().iter().map(|n| n.kind).filter(|kind| listed(KUBERNETES, kind)).collect();
    assert_eq!(called, BTreeSet::from(CALLED_AS_KUBERNETES), "kubectl finds Kubernetes' kind first");
}

#[test]
fn a_plural_is_the_kind_in_lower_case_with_an_ending() {
    for Name { kind, plural, .. } in names() {
        let kind = kind.to_lowercase();
        let stem = kind.strip_suffix('y').unwrap_or(&kind);
        let regular = [format!("{kind}s"), format!("{kind}es"), format!("{stem}ies"), kind.clone()];
        assert!(regular.iter().any(|plural_of| plural_of == plural), "{kind}: {plural}");
    }
}
