//! What the watches have seen, as one pure index: compact bytes of every managed resource, whose marker owner it
//! is, and who waits for it.

pub mod ownership;
pub mod population;
pub mod references;

use crate::{
    api::{managed::Managed, meta},
    kind::marker,
    runtime::{
        base::keys::ObjectKey,
        index::{ownership::Ownership, population::Population},
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What somebody waits for: one resource, or any of a kind in a namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Awaited {
    /// `service.Kind`.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// Name; any if not given.
    pub name: Option<String>,
}

struct Entry {
    bytes: Box<[u8]>,
    version: String,
    owner: String,
    ready: bool,
    synced: bool,
}

/// What a change of one object means for others and itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequence {
    /// Its own wanted state changed: reconcile it.
    pub desired: bool,
    /// Who waited for it.
    pub woken: BTreeSet<ObjectKey>,
}

/// The index.
pub struct Index {
    installation: String,
    objects: BTreeMap<ObjectKey, Entry>,
    owners: HashMap<String, ObjectKey>,
    waiting: BTreeMap<Awaited, BTreeSet<ObjectKey>>,
    /// Who lays claim to which external resource.
    pub ownership: Ownership,
    /// Resources whose deletion OpenStack refused, by external-name: something may still use them.
    in_use: BTreeMap<ObjectKey, String>,
    /// Resources whose creation failed, by what was wanted: something that is named there may not be ready yet.
    premature: BTreeMap<ObjectKey, String>,
    /// Kinds of which all that exist are known.
    listed: BTreeSet<&'static str>,
}

impl Index {
    /// An empty index of one installation of the provider.
    pub fn new(installation: impl Into<String>) -> Self {
        let installation = installation.into();
        Self {
            installation,
            objects: BTreeMap::new(),
            owners: HashMap::new(),
            waiting: BTreeMap::new(),
            ownership: Ownership::default(),
            in_use: BTreeMap::new(),
            premature: BTreeMap::new(),
            listed: BTreeSet::new(),
        }
    }

    /// Marker owner of a managed resource.
    pub fn owner(&self, key: &ObjectKey) -> String {
        marker::owner(&self.installation, key.kind, &key.namespace, &key.name)
    }

    /// Takes in a state of an object, unless a newer one is known.
    ///
    /// # Errors
    /// The object can't be written as JSON.
    pub fn apply(&mut self, key: &ObjectKey, object: &Managed) -> Result<Consequence, serde_json::Error> {
        let before = self.get(key);
        self.replace(key, before, object)
    }

    fn replace(
        &mut self,
        key: &ObjectKey,
        before: Option<Managed>,
        object: &Managed,
    ) -> Result<Consequence, serde_json::Error> {
        if before.as_ref().is_some_and(|known| !is_newer(object, known)) {
            return Ok(Consequence::default());
        }
        let owner = self.owner(key);
        self.owners.insert(owner.clone(), key.clone());
        let bytes = serde_json::to_vec(object)?.into_boxed_slice();
        let version = object.metadata.resource_version.clone();
        let holds =
            |r#type: &str| object.status.conditions.iter().any(|c| c.r#type == r#type && c.status == "True");
        let (ready, synced) = (holds("Ready"), holds("Synced"));
        let known = self.objects.insert(key.clone(), Entry { bytes, version, owner, ready, synced });
        let named = |o: &Managed| o.external_name().map(str::to_owned);
        let renamed = before.as_ref().and_then(named) != named(object);
        let mut woken = if renamed { self.wake(key) } else { BTreeSet::new() };
        if ready && !known.is_some_and(|known| known.ready) {
            self.premature.remove(key);
            woken.extend(named(object).into_iter().flat_map(|name| self.waited_for(&name)));
        }
        woken.extend(self.ownership.change(key, before.as_ref(), Some(object)));
        let desired = before.is_none_or(|before| desired_changed(&before, object));
        Ok(Consequence { desired, woken })
    }

    /// Takes in the answer to a write of ours, unless the object is gone meanwhile: the watch may be faster than the answer.
    ///
    /// # Errors
    /// The object can't be written as JSON.
    pub fn learn(&mut self, key: &ObjectKey, object: &Managed) -> Result<Consequence, serde_json::Error> {
        match self.get(key) {
            Some(known) if known.metadata.uid == object.metadata.uid => {
                self.replace(key, Some(known), object)
            }
            Some(_) | None => Ok(Consequence::default()),
        }
    }

    /// Forgets an object; gives the ones to whom that matters.
    pub fn remove(&mut self, key: &ObjectKey) -> BTreeSet<ObjectKey> {
        let before = self.get(key);
        let mut woken = BTreeSet::new();
        self.in_use.remove(key);
        self.premature.remove(key);
        if let Some(entry) = self.objects.remove(key) {
            self.owners.remove(&entry.owner);
            woken.extend(self.freed_by(&entry));
        }
        self.stop_waiting(key);
        woken.extend(self.ownership.change(key, before.as_ref(), None));
        woken
    }

    /// OpenStack refused to delete it: it is woken when something that names it goes.
    pub fn refused_deletion(&mut self, key: &ObjectKey, external_name: &str) {
        self.in_use.insert(key.clone(), external_name.to_owned());
    }

    /// Its creation failed: it is woken when something that it names becomes ready.
    pub fn failed_creation(&mut self, key: &ObjectKey, wanted: String) {
        self.premature.insert(key.clone(), wanted);
    }

    /// Whose creation failed, and needs what is ready now.
    fn waited_for(&mut self, external_name: &str) -> BTreeSet<ObjectKey> {
        let waiting = self.premature.iter().filter(|(_, wanted)| wanted.contains(external_name));
        let woken: BTreeSet<_> = waiting.map(|(key, _)| key.clone()).collect();
        self.premature.retain(|key, _| !woken.contains(key));
        woken
    }

    /// Whose external-name the object that is gone had in its spec or status.
    fn freed_by(&self, gone: &Entry) -> Vec<ObjectKey> {
        let text = std::str::from_utf8(&gone.bytes).unwrap_or_default();
        let freed = self.in_use.iter().filter(|(_, name)| text.contains(name.as_str()));
        freed.map(|(key, _)| key.clone()).collect()
    }

    /// Objects of a kind that are not among these, which are all that exist.
    pub fn missing_from(&mut self, kind: &'static str, seen: &BTreeSet<ObjectKey>) -> Vec<ObjectKey> {
        self.listed.insert(kind);
        self.objects.keys().filter(|key| key.kind == kind && !seen.contains(*key)).cloned().collect()
    }

    /// How many there are of every kind that was listed, and how they do.
    pub fn populations(&self) -> BTreeMap<&'static str, Population> {
        let mut all: BTreeMap<_, _> = self.listed.iter().map(|kind| (*kind, Population::default())).collect();
        for (key, entry) in &self.objects {
            if let Some(population) = all.get_mut(key.kind) {
                population.exists += 1;
                population.ready += i64::from(entry.ready);
                population.synced += i64::from(entry.synced);
            }
        }
        all
    }

    /// The newest known state of an object.
    pub fn get(&self, key: &ObjectKey) -> Option<Managed> {
        self.objects.get(key).and_then(|entry| serde_json::from_slice(&entry.bytes).ok())
    }

    /// The version of the newest known state.
    pub fn version(&self, key: &ObjectKey) -> Option<&str> {
        self.objects.get(key).map(|entry| entry.version.as_str())
    }

    /// All objects of a kind in a namespace.
    pub fn list(&self, kind: &str, namespace: &str) -> Vec<Managed> {
        let keys = self.objects.iter().filter(|(key, _)| key.kind == kind && key.namespace == namespace);
        keys.filter_map(|(_, entry)| serde_json::from_slice(&entry.bytes).ok()).collect()
    }

    /// The resource that owns what carries this marker owner.
    pub fn owned_by(&self, owner: &str) -> Option<&ObjectKey> {
        self.owners.get(owner)
    }

    /// Remembers that a resource waits; replaces what it waited for before.
    pub fn wait(&mut self, who: &ObjectKey, what: Awaited) {
        self.stop_waiting(who);
        self.waiting.entry(what).or_default().insert(who.clone());
    }

    fn stop_waiting(&mut self, who: &ObjectKey) {
        self.waiting.retain(|_, waiters| {
            waiters.remove(who);
            !waiters.is_empty()
        });
    }

    fn wake(&mut self, key: &ObjectKey) -> BTreeSet<ObjectKey> {
        let this = |name| Awaited { kind: key.kind.to_owned(), namespace: key.namespace.clone(), name };
        let mut woken = self.waiting.remove(&this(Some(key.name.clone()))).unwrap_or_default();
        woken.extend(self.waiting.remove(&this(None)).unwrap_or_default());
        woken
    }
}

/// Versions are numbers that grow; where they are not, the later one to arrive counts.
fn is_newer(object: &Managed, known: &Managed) -> bool {
    let number = |o: &Managed| o.metadata.resource_version.parse::<u64>();
    match (number(object), number(known)) {
        (Ok(new), Ok(old)) if object.metadata.uid == known.metadata.uid => new > old,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => true,
    }
}

/// RT-1: what somebody wants changed, rather than what we wrote down.
fn desired_changed(before: &Managed, after: &Managed) -> bool {
    const MARKS: [&str; 4] =
        [meta::CREATE_PENDING, meta::CREATE_FAILED, meta::CREATE_SUCCEEDED, meta::SECRET_DIGESTS];
    // With the mark comes the external-name of what we made; the watch may tell of it before the answer to our write does.
    let (had, has) = (before.annotation(meta::CREATE_SUCCEEDED), after.annotation(meta::CREATE_SUCCEEDED));
    let created = has.is_some() && had != has;
    let ours = |key: &str| MARKS.contains(&key) || (created && key == meta::EXTERNAL_NAME);
    let annotations = |o: &Managed| {
        let mut all = o.metadata.annotations.clone();
        all.retain(|key, _| !ours(key));
        all
    };
    // We never take a mark away: who does wants something tried again.
    let cleared = |mark: &&str| before.annotation(mark).is_some() && after.annotation(mark).is_none();
    before.metadata.uid != after.metadata.uid
        || before.metadata.generation != after.metadata.generation
        || before.deleting() != after.deleting()
        || before.metadata.labels != after.metadata.labels
        || (after.deleting() && before.metadata.finalizers != after.metadata.finalizers)
        || annotations(before) != annotations(after)
        || MARKS.iter().any(cleared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn key(name: &str) -> ObjectKey {
        ObjectKey { kind: "network.Network", namespace: "a".into(), name: name.into() }
    }

    fn object(version: u64, external_name: &str) -> Managed {
        serde_json::from_value(json!({"metadata": {"uid": "u", "resourceVersion": version.to_string(),
            "annotations": {(meta::EXTERNAL_NAME): external_name}}, "spec": {"forProvider": {}}}))
        .unwrap()
    }

    #[test]
    fn an_older_state_never_replaces_a_newer_one() {
        let mut index = Index::new("i");
        index.apply(&key("n"), &object(7, "id")).unwrap();
        assert_eq!(index.apply(&key("n"), &object(6, "")).unwrap(), Consequence::default());
        assert_eq!(index.get(&key("n")).unwrap().external_name(), Some("id"));
    }

    #[test]
    fn an_answer_that_comes_after_its_object_is_gone_does_not_bring_it_back() {
        let mut index = Index::new("i");
        index.apply(&key("n"), &object(1, "id")).unwrap();
        index.learn(&key("n"), &object(2, "id")).unwrap();
        assert_eq!(index.version(&key("n")), Some("2"));
        index.remove(&key("n"));
        index.learn(&key("n"), &object(3, "id")).unwrap();
        assert!(index.get(&key("n")).is_none());
        let mut anew = object(4, "");
        anew.metadata.uid = "another".into();
        index.apply(&key("n"), &anew).unwrap();
        index.learn(&key("n"), &object(5, "id")).unwrap();
        assert_eq!(index.version(&key("n")), Some("4"), "nor is it taken for the one that has its name now");
    }

    #[test]
    fn a_waiter_is_woken_once_when_the_external_name_appears() {
        let mut index = Index::new("i");
        let awaited =
            Awaited { kind: "network.Network".into(), namespace: "a".into(), name: Some("n".into()) };
        index.wait(&key("waiter"), awaited);
        assert!(index.apply(&key("n"), &object(1, "")).unwrap().woken.is_empty());
        assert_eq!(index.apply(&key("n"), &object(2, "id")).unwrap().woken, BTreeSet::from([key("waiter")]));
        assert!(index.apply(&key("n"), &object(3, "other")).unwrap().woken.is_empty());
    }

    #[test]
    fn rt_1_our_own_marks_do_not_count_as_a_wish() {
        let mut index = Index::new("i");
        assert!(index.apply(&key("n"), &object(1, "id")).unwrap().desired);
        let mut marked = object(2, "id");
        marked.metadata.annotations.insert(meta::CREATE_PENDING.into(), "t".into());
        assert!(!index.apply(&key("n"), &marked).unwrap().desired);
        let mut created = object(3, "made");
        created.metadata.annotations.insert(meta::CREATE_PENDING.into(), "t".into());
        created.metadata.annotations.insert(meta::CREATE_SUCCEEDED.into(), "t".into());
        assert!(!index.apply(&key("n"), &created).unwrap().desired, "with the name that comes with it");
        created.metadata.resource_version = "4".into();
        created.metadata.annotations.insert(meta::EXTERNAL_NAME.into(), "other".into());
        assert!(index.apply(&key("n"), &created).unwrap().desired, "another name is a wish");
        created.metadata.resource_version = "5".into();
        created.metadata.annotations.remove(meta::CREATE_PENDING);
        assert!(index.apply(&key("n"), &created).unwrap().desired, "so is a mark that somebody removes");
        let mut relabelled = object(6, "other");
        relabelled.metadata.labels.insert("a".into(), "b".into());
        assert!(index.apply(&key("n"), &relabelled).unwrap().desired);
    }

    #[test]
    fn rec_5_a_status_that_we_wrote_wakes_nobody() {
        let mut index = Index::new("i");
        index.apply(&key("n"), &object(1, "id")).unwrap();
        let mut written = object(2, "id");
        written.status.observed_generation = Some(1);
        assert_eq!(index.apply(&key("n"), &written).unwrap(), Consequence::default());
    }

    #[test]
    fn gate_6_a_kind_is_counted_once_it_was_listed() {
        let mut index = Index::new("i");
        let mut ready = object(1, "id");
        ready.status.conditions = vec![crate::api::condition::Condition::available()];
        index.apply(&key("a"), &ready).unwrap();
        index.apply(&key("b"), &object(2, "")).unwrap();
        assert_eq!(index.populations(), BTreeMap::new(), "its CRD may have just come");
        index.missing_from("network.Subnet", &BTreeSet::new());
        index.missing_from("network.Network", &BTreeSet::from([key("a"), key("b")]));
        let population = Population { exists: 2, ready: 1, synced: 0 };
        let all = [("network.Network", population), ("network.Subnet", Population::default())];
        assert_eq!(index.populations(), all.into());
    }

    #[test]
    fn a_deletion_that_was_refused_is_tried_again_when_what_names_the_object_goes() {
        let mut index = Index::new("i");
        let mut port = object(1, "port-id");
        port.status.at_provider.insert("networkId".into(), json!("net-id"));
        index.apply(&key("port"), &port).unwrap();
        index.apply(&key("other"), &object(2, "other-id")).unwrap();
        index.apply(&key("net"), &object(3, "net-id")).unwrap();
        index.refused_deletion(&key("net"), "net-id");
        assert!(index.remove(&key("other")).is_empty());
        assert_eq!(index.remove(&key("port")), BTreeSet::from([key("net")]));
        index.remove(&key("net"));
        assert!(index.in_use.is_empty(), "nothing is left behind");
    }

    #[test]
    fn a_creation_that_failed_is_tried_again_when_what_it_needs_becomes_ready() {
        let mut index = Index::new("i");
        index.apply(&key("server"), &object(1, "server-id")).unwrap();
        for name in ["attachment", "gone"] {
            index.failed_creation(&key(name), json!({"serverId": "server-id"}).to_string());
        }
        index.failed_creation(&key("other"), json!({"serverId": "other-id"}).to_string());
        index.remove(&key("gone"));
        let mut ready = object(2, "server-id");
        ready.status.conditions = vec![crate::api::condition::Condition::available()];
        assert_eq!(index.apply(&key("server"), &ready).unwrap().woken, BTreeSet::from([key("attachment")]));
        ready.metadata.resource_version = "3".into();
        assert!(index.apply(&key("server"), &ready).unwrap().woken.is_empty(), "it was ready before");
        ready.metadata.resource_version = "4".into();
        index.apply(&key("other"), &ready).unwrap();
        assert!(index.premature.is_empty(), "who is ready needs nothing any more");
    }

    #[test]
    fn owners_are_found_while_they_exist() {
        let mut index = Index::new("i");
        index.apply(&key("n"), &object(1, "id")).unwrap();
        let owner = index.owner(&key("n"));
        assert_eq!(index.owned_by(&owner), Some(&key("n")));
        index.remove(&key("n"));
        assert_eq!(index.owned_by(&owner), None);
    }
}
