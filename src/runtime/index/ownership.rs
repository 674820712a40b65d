//! Which managed resource an external one belongs to: of several that would write to it, one may. Pure.
//!
//! One external resource is one kind and external-name in one project of one cloud. Resources of one namespace with one
//! ProviderConfig are in one. Any other claim counts only once the claimant's own pass has seen the resource there, and comes behind
//! those that held it by then, however old the claimant is: whoever may write a managed resource somewhere must not stop what happens
//! to those of others. What is there when the provider starts counts by age, and behind it what its own status says to be another's.
//! Names that people choose (`m1.small`, a key pair's) may differ in what they mean for another user.

use crate::{
    api::{
        condition::STALLED,
        managed::Managed,
        meta,
        policy::{Verdict, judge},
    },
    kind::cloud::CloudInfo,
    runtime::{
        base::keys::{ConfigKey, ObjectKey},
        plan::state::NOT_OURS,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where a ProviderConfig leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CloudPlace {
    auth_url: String,
    region: Option<String>,
    project: Option<String>,
    user: Option<String>,
    /// Its administrator lets resources that use it take over those of other namespaces.
    takes_over: bool,
}

impl CloudPlace {
    fn is_of(&self, other: &Self, name: &str) -> bool {
        let address = |place: &Self| (place.auth_url.clone(), place.region.clone(), place.project.clone());
        address(self) == address(other) && (is_unique(name) || self.user == other.user)
    }
}

/// Kind, the namespace where the name means nothing without it, and external-name.
type Name = (&'static str, String, String);

/// What a managed resource says of an external one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    config: ConfigKey,
    /// It may change the external resource, now or once it is resumed. One that only looks is nobody's rival.
    writes: bool,
    /// Somebody said that it is to take over.
    takes_over: bool,
    created: String,
    uid: String,
    /// Where its own pass saw the external resource.
    seen: Option<CloudPlace>,
    /// Since when it holds the external resource, counted in claims: 0 if it did so from the start.
    since: Option<u64>,
}

/// The smallest has the right: who takes over, then who of several namespaces came first, then the oldest.
type Rank<'a> = (bool, u64, &'a str, &'a str);

/// Made after every other.
const LAST: &str = "9999";

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
    places: HashMap<ConfigKey, CloudPlace>,
    /// Kinds of which all claims from before the start are known.
    listed: BTreeSet<&'static str>,
    /// How many claims there were since then.
    claims: u64,
}

impl Holder {
    fn of(object: &Managed) -> Self {
        let writes = match judge(&object.spec.management_policies) {
            Verdict::Manage(allowed) => allowed.create || allowed.update || allowed.delete,
            Verdict::Paused => true,
            Verdict::Unsupported => false,
        };
        let metadata = &object.metadata;
        Self {
            config: ConfigKey::of(&object.spec.provider_config_ref, &metadata.namespace),
            writes,
            takes_over: object.annotation(meta::TAKE_OVER) == Some("true"),
            created: metadata.creation_timestamp.clone(),
            uid: metadata.uid.clone(),
            seen: None,
            since: None,
        }
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
            let mut holder = Holder::of(object);
            let known = holders.get(key).filter(|known| known.config == holder.config);
            holder.seen = known.and_then(|known| known.seen.clone());
            // Who was behind another before a restart stays behind, however old.
            let from_start = (!self.listed.contains(key.kind) && !came_behind(object)).then_some(0);
            holder.since = known.and_then(|known| known.since).or(from_start);
            if holders.insert(key.clone(), holder.clone()) != Some(holder) {
                woken.extend(holders.keys().filter(|other| *other != key).cloned());
            }
        }
        woken
    }

    /// All resources of a kind are known that were there at the start.
    pub fn listed(&mut self, kind: &'static str) {
        self.listed.insert(kind);
    }

    /// The pass of a resource saw the external resource of this name, by its ProviderConfig.
    pub fn saw(&mut self, key: &ObjectKey, name: &str) {
        let place = self.name(key, name.to_owned());
        let known = self.by_name.get(&place).and_then(|holders| holders.get(key));
        // Once it holds the external resource, every later look finds that settled.
        let holds = known.is_some_and(|holder| holder.since.is_none()) && self.rival(key, name).is_none();
        let Some(holder) = self.by_name.get_mut(&place).and_then(|holders| holders.get_mut(key)) else {
            return;
        };
        holder.seen = self.places.get(&holder.config).cloned();
        if holds && holder.seen.is_some() {
            self.claims += 1;
            holder.since = Some(self.claims);
        }
    }

    /// The resource with a better right than this one to the external resource of this name, if there is one.
    pub fn rival(&self, key: &ObjectKey, name: &str) -> Option<Rival> {
        let holders = self.by_name.get(&self.name(key, name.to_owned()))?;
        self.better(key, holders.get(key)?, name)
    }

    /// The resource that has the external resource of this name already, if it has a better right than one that comes to it now, however
    /// old: who is told to take it over has none before him.
    pub fn rival_of_newcomer(&self, key: &ObjectKey, object: &Managed, name: &str) -> Option<Rival> {
        let newcomer = Holder { created: LAST.to_owned(), ..Holder::of(object) };
        self.better(key, &newcomer, name)
    }

    fn better(&self, key: &ObjectKey, mine: &Holder, name: &str) -> Option<Rival> {
        let holders = self.by_name.get(&self.name(key, name.to_owned()))?;
        let better = holders.iter().filter(|(other, holder)| {
            let across = other.namespace != key.namespace;
            *other != key
                && holder.writes
                && self.rank(holder, across) < self.rank(mine, across)
                && self.one_place((key, mine), (other, holder), name)
        });
        // Who is behind the holder himself would be the wrong one to name.
        let (yields, .., other) = better
            .map(|(other, holder)| {
                let (yields, ..) = self.rank(holder, other.namespace != key.namespace);
                (yields, holder.since.unwrap_or(u64::MAX), &holder.created, &holder.uid, other)
            })
            .min()?;
        Some(Rival { key: other.clone(), took_over: !yields })
    }

    /// Where a ProviderConfig leads to, and whether its administrator lets resources that use it take over those of other
    /// namespaces.
    pub fn connected(&mut self, config: ConfigKey, info: &CloudInfo, takes_over: bool) {
        let CloudInfo { auth_url, region, project_id, user_id, .. } = info.clone();
        let place = CloudPlace { auth_url, region, project: project_id, user: user_id, takes_over };
        self.places.insert(config, place);
    }

    /// May a resource with this ProviderConfig take over those of other namespaces?
    pub fn may_take_over_across(&self, config: &ConfigKey) -> bool {
        self.places.get(config).is_some_and(|place| place.takes_over)
    }

    /// A person's word counts within a namespace, and beyond it if the administrator says so.
    fn rank<'a>(&self, holder: &'a Holder, across: bool) -> Rank<'a> {
        let takes = holder.takes_over && (!across || self.may_take_over_across(&holder.config));
        let since = if across { holder.since.unwrap_or(u64::MAX) } else { 0 };
        (!takes, since, &holder.created, &holder.uid)
    }

    /// Does the other's claim count, and is it about the same external resource?
    fn one_place(&self, mine: (&ObjectKey, &Holder), other: (&ObjectKey, &Holder), name: &str) -> bool {
        let trusted = mine.0.namespace == other.0.namespace && mine.1.config == other.1.config;
        let here = || self.places.get(&mine.1.config);
        trusted || other.1.seen.as_ref().zip(here()).is_some_and(|(seen, here)| seen.is_of(here, name))
    }
}

/// Was the external resource another's, when this one last looked?
fn came_behind(object: &Managed) -> bool {
    object.condition(STALLED).is_some_and(|stalled| stalled.reason == NOT_OURS)
}

/// Has one of its parts the form of an id that services draw by lot?
fn is_unique(name: &str) -> bool {
    let drawn = |part: &str| part.len() >= 32 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    name.split('/').any(drawn)
}

#[cfg(test)]
mod tests;
