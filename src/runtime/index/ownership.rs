//! Who lays holder to which external resource: of several managed resources that would write to one, one may. Pure.
//!
//! One external resource is one kind and external-name in one cloud. Resources with one ProviderConfig are in one
//! cloud. With different ones they are if the name holds an id that no two clouds give twice, unless both are
//! known to be of different clouds; names that people choose (`m1.small`, a key pair's) may well differ in what they mean.

use crate::{
    api::{
        managed::Managed,
        meta,
        policy::{Verdict, judge},
    },
    kind::cloud::CloudInfo,
    runtime::base::keys::{ConfigKey, ObjectKey},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Address of the identity service, and region.
type Place = (String, Option<String>);

/// What a managed resource says of an external one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    config: ConfigKey,
    /// It may change the external resource, now or once it is resumed. Who only looks is nobody's rival.
    writes: bool,
    rank: Rank,
}

/// The smallest has the right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Somebody said that it is to take over.
    yields: bool,
    created: String,
    uid: String,
}

/// Who has a better right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// Who.
    pub key: ObjectKey,
    /// By the annotation, not by age.
    pub took_over: bool,
}

/// All holders.
#[derive(Default)]
pub struct Ownership {
    by_name: HashMap<(&'static str, String), BTreeMap<ObjectKey, Holder>>,
    places: HashMap<ConfigKey, Place>,
}

impl Holder {
    fn of(object: &Managed) -> Self {
        let writes = match judge(&object.spec.management_policies) {
            Verdict::Manage(allowed) => allowed.create || allowed.update || allowed.delete,
            Verdict::Paused => true,
            Verdict::Unsupported => false,
        };
        let metadata = &object.metadata;
        let rank = Rank {
            yields: object.annotation(meta::TAKE_OVER) != Some("true"),
            created: metadata.creation_timestamp.clone(),
            uid: metadata.uid.clone(),
        };
        let config = ConfigKey::of(&object.spec.provider_config_ref, &metadata.namespace);
        Self { config, writes, rank }
    }
}

impl Ownership {
    /// Takes in what a resource says now; gives the others to whom that matters.
    pub fn change(
        &mut self,
        key: &ObjectKey,
        before: Option<&Managed>,
        after: Option<&Managed>,
    ) -> BTreeSet<ObjectKey> {
        let name = |object: &Managed| object.external_name().map(str::to_owned);
        let (old, new) = (before.and_then(name), after.and_then(name));
        let mut woken = BTreeSet::new();
        if let Some(old) = old.filter(|old| new.as_ref() != Some(old)) {
            let place = (key.kind, old);
            let mut others = self.by_name.remove(&place).unwrap_or_default();
            others.remove(key);
            woken.extend(others.keys().cloned());
            if !others.is_empty() {
                self.by_name.insert(place, others);
            }
        }
        if let (Some(new), Some(object)) = (new, after) {
            let holders = self.by_name.entry((key.kind, new)).or_default();
            let holder = Holder::of(object);
            if holders.insert(key.clone(), holder.clone()) != Some(holder) {
                woken.extend(holders.keys().filter(|other| *other != key).cloned());
            }
        }
        woken
    }

    /// Who has a better right to the external resource of this name than this resource.
    pub fn rival(&self, key: &ObjectKey, name: &str) -> Option<Rival> {
        let holders = self.by_name.get(&(key.kind, name.to_owned()))?;
        let mine = holders.get(key)?;
        let better = holders.iter().filter(|(other, holder)| {
            *other != key && holder.writes && holder.rank < mine.rank && self.one_cloud(mine, holder, name)
        });
        let (key, best) = better.min_by_key(|(_, holder)| &holder.rank)?;
        Some(Rival { key: key.clone(), took_over: !best.rank.yields })
    }

    /// Where a ProviderConfig leads to.
    pub fn connected(&mut self, config: ConfigKey, info: &CloudInfo) {
        self.places.insert(config, (info.auth_url.clone(), info.region.clone()));
    }

    fn one_cloud(&self, one: &Holder, other: &Holder, name: &str) -> bool {
        let place = |holder: &Holder| self.places.get(&holder.config);
        let differ = matches!((place(one), place(other)), (Some(a), Some(b)) if a != b);
        one.config == other.config || (is_unique(name) && !differ)
    }
}

/// Has one of its parts the form of an id that services draw by lot?
fn is_unique(name: &str) -> bool {
    let drawn = |part: &str| part.len() >= 32 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    name.split('/').any(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ID: &str = "9f0d3c5e-0c3f-4f0e-8d55-0f3a0a4f2b11";

    fn key(name: &str) -> ObjectKey {
        ObjectKey { kind: "network.Network", namespace: "a".into(), name: name.into() }
    }

    fn object(uid: &str, created: &str, name: &str, spec: Value) -> Managed {
        serde_json::from_value(json!({"spec": spec, "metadata": {"uid": uid, "namespace": "a",
            "creationTimestamp": created, "annotations": {(meta::EXTERNAL_NAME): name}}}))
        .unwrap()
    }

    fn config(name: &str) -> Value {
        json!({"providerConfigRef": {"kind": "ClusterProviderConfig", "name": name}})
    }

    fn holders(all: &[(&str, Managed)]) -> Ownership {
        let mut holders = Ownership::default();
        for (name, object) in all {
            holders.change(&key(name), None, Some(object));
        }
        holders
    }

    fn rivals(holders: &Ownership, name: &str) -> Vec<Option<String>> {
        ["a", "b"].map(|who| holders.rival(&key(who), name).map(|rival| rival.key.name)).to_vec()
    }

    #[test]
    fn the_oldest_has_the_right_and_of_equals_the_one_with_the_smaller_uid() {
        for (created, uids) in [(["1", "2"], ["y", "x"]), (["2", "2"], ["x", "y"])] {
            let [a, b] = [0, 1].map(|at| object(uids[at], created[at], ID, json!({})));
            assert_eq!(rivals(&holders(&[("a", a), ("b", b)]), ID), [None, Some("a".into())]);
        }
    }

    #[test]
    fn who_only_looks_is_nobodys_rival_and_who_is_to_take_over_comes_first() {
        let observe = json!({"managementPolicies": ["Observe"]});
        let (old, young) = (object("x", "1", ID, observe), object("y", "2", ID, json!({})));
        assert_eq!(holders(&[("a", old), ("b", young.clone())]).rival(&key("b"), ID), None);
        let mut taking = young;
        taking.metadata.annotations.insert(meta::TAKE_OVER.into(), "true".into());
        let holders = holders(&[("a", object("x", "1", ID, json!({}))), ("b", taking)]);
        assert_eq!(holders.rival(&key("a"), ID), Some(Rival { key: key("b"), took_over: true }));
        assert_eq!(holders.rival(&key("b"), ID), None);
    }

    #[test]
    fn one_name_is_one_resource_only_within_one_cloud() {
        let two = |name: &str| {
            holders(&[
                ("a", object("x", "1", name, config("one"))),
                ("b", object("y", "2", name, config("two"))),
            ])
        };
        let at = |config: &str| ConfigKey {
            kind: "ClusterProviderConfig".into(),
            namespace: String::new(),
            name: config.into(),
        };
        let info = |url: &str| CloudInfo { auth_url: url.into(), ..CloudInfo::default() };
        assert_eq!(two("m1.small").rival(&key("b"), "m1.small"), None, "each may have its own");
        let mut drawn = two(ID);
        assert!(drawn.rival(&key("b"), ID).is_some(), "as long as nothing is known, an id is an id");
        drawn.connected(at("one"), &info("http://a"));
        drawn.connected(at("two"), &info("http://b"));
        assert_eq!(drawn.rival(&key("b"), ID), None);
        drawn.connected(at("two"), &info("http://a"));
        assert!(drawn.rival(&key("b"), ID).is_some());
    }

    #[test]
    fn the_younger_is_woken_when_the_older_goes_or_lets_go() {
        let (old, young) = (object("x", "1", ID, json!({})), object("y", "2", ID, json!({})));
        let mut all = holders(&[("a", old.clone()), ("b", young)]);
        assert_eq!(all.change(&key("a"), Some(&old), Some(&old)), BTreeSet::new(), "nothing new");
        let looks = object("x", "1", ID, json!({"managementPolicies": ["Observe"]}));
        assert_eq!(all.change(&key("a"), Some(&old), Some(&looks)), BTreeSet::from([key("b")]));
        assert_eq!(all.change(&key("a"), Some(&looks), None), BTreeSet::from([key("b")]));
        assert_eq!(all.change(&key("b"), Some(&old), None), BTreeSet::new());
        assert!(all.by_name.is_empty(), "nothing is left behind");
    }

    #[test]
    fn ids_are_told_from_names() {
        for (name, drawn) in [
            (ID, true),
            ("0a1b2c3d4e5f60718293a4b5c6d7e8f9", true),
            ("RegionOne/0a1b2c3d4e5f60718293a4b5c6d7e8f9", true),
            ("m1.small", false),
            ("a-name-that-is-longer-than-thirty-two-letters", false),
        ] {
            assert_eq!(is_unique(name), drawn, "{name}");
        }
    }
}
