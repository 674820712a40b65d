//! Which managed resource an external one belongs to: of several that would write to it, one may. Pure.
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
type CloudAddress = (String, Option<String>);

/// Kind, the namespace where the name means nothing without it, and external-name.
type Name = (&'static str, String, String);

/// What a managed resource says of an external one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    config: ConfigKey,
    /// It may change the external resource, now or once it is resumed. One that only looks is nobody's rival.
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

/// A resource with a better right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// Which.
    pub key: ObjectKey,
    /// By the annotation, not by age.
    pub took_over: bool,
}

/// All holders.
#[derive(Default)]
pub struct Ownership {
    by_name: HashMap<Name, BTreeMap<ObjectKey, Holder>>,
    /// Kinds whose names mean another object in each namespace.
    local: BTreeSet<&'static str>,
    places: HashMap<ConfigKey, CloudAddress>,
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
    /// Without holders. The names of `local` kinds mean another object in each namespace.
    pub fn new(local: BTreeSet<&'static str>) -> Self {
        Self { local, ..Self::default() }
    }

    fn name(&self, key: &ObjectKey, external_name: String) -> Name {
        let namespace = if self.local.contains(key.kind) { key.namespace.clone() } else { String::new() };
        (key.kind, namespace, external_name)
    }

    /// The resources that say this name of one of their kind, where it means the same in every namespace.
    pub fn holders(&self, kind: &'static str, external_name: &str) -> impl Iterator<Item = &ObjectKey> {
        let name = (kind, String::new(), external_name.to_owned());
        self.by_name.get(&name).into_iter().flat_map(BTreeMap::keys)
    }

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
            let place = self.name(key, old);
            let mut others = self.by_name.remove(&place).unwrap_or_default();
            others.remove(key);
            woken.extend(others.keys().cloned());
            if !others.is_empty() {
                self.by_name.insert(place, others);
            }
        }
        if let (Some(new), Some(object)) = (new, after) {
            let holders = self.by_name.entry(self.name(key, new)).or_default();
            let holder = Holder::of(object);
            if holders.insert(key.clone(), holder.clone()) != Some(holder) {
                woken.extend(holders.keys().filter(|other| *other != key).cloned());
            }
        }
        woken
    }

    /// The resource with a better right than this one to the external resource of this name, if there is one.
    pub fn rival(&self, key: &ObjectKey, name: &str) -> Option<Rival> {
        let holders = self.by_name.get(&self.name(key, name.to_owned()))?;
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
mod tests;
