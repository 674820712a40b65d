//! What the watches have seen, as one pure index: every managed resource by key and by marker owner, and what depends
//! on it.

pub mod awaited;
pub mod dependents;
mod news;
mod overruled;
pub mod ownership;
pub mod population;
pub mod references;
mod store;
pub mod target;

use crate::{
    api::managed::Managed,
    kind::{any::AnyKind, marker, shape::Shape},
    runtime::{
        base::keys::ObjectKey,
        index::{
            dependents::Dependents,
            news::{desired_changed, is_newer},
            ownership::Ownership,
            population::Population,
            references::{Lookup, Permission, Resolved, resolve},
            store::ObjectStore,
            target::{Target, named_by},
        },
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a change of one object means for others and itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consequence {
    /// Its own wanted state changed: reconcile it.
    pub desired: bool,
    /// Other resources that are to be reconciled because of it.
    pub woken: BTreeSet<ObjectKey>,
}

/// The index.
///
/// # Flow
/// The watch applies and removes objects; passes read them, resolve references, and let the index learn the answers to their
/// writes. Whatever of that matters for other resources is returned, and queued by the caller.
///
/// # Guarantees
/// An older state never replaces a newer one, and an answer that comes after its object is gone does not bring it back. No
/// change of one object costs a search through all: what depends on it is known ([`Dependents`]), and a selector looks at one
/// kind in one namespace.
///
/// # Assumptions
/// Versions of one object are numbers that grow, as with every API server in use.
///
/// # Caveats
/// It is as old as the watches are. Ids that stand in other places than fields that are references are no dependencies.
pub struct Index {
    installation: String,
    kinds: &'static [Box<dyn AnyKind>],
    objects: ObjectStore,
    owners: HashMap<String, ObjectKey>,
    /// Which managed resource may write to an external one.
    pub ownership: Ownership,
    /// What refers to what, and what waits.
    pub dependents: Dependents,
    /// Kinds of which all that exist are known.
    listed: BTreeSet<&'static str>,
}

impl Index {
    /// An empty index of one installation of the provider.
    pub fn new(installation: impl Into<String>, kinds: &'static [Box<dyn AnyKind>]) -> Self {
        let installation = installation.into();
        let awaited = kinds.iter().filter(|kind| kind.options().awaited).map(|kind| kind.id()).collect();
        let local = kinds.iter().filter(|kind| kind.options().local_names).map(|kind| kind.id());
        Self {
            installation,
            kinds,
            objects: ObjectStore::default(),
            owners: HashMap::new(),
            ownership: Ownership::new(local.collect()),
            dependents: Dependents::new(awaited),
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
        if before.as_ref().is_none_or(|known| known.metadata.uid == object.metadata.uid) {
            return self.replace(key, before.as_ref(), object);
        }
        // Made anew under its old name, and the watch missed that the former one went.
        let woken = self.remove(key);
        let mut consequence = self.replace(key, None, object)?;
        consequence.woken.extend(woken);
        Ok(consequence)
    }

    /// Takes in the answer to a write of ours, unless the object is gone meanwhile: the watch may be faster than the answer.
    /// `ours` makes of an object what the write makes of it: whatever else is new in the answer is somebody's wish, of which the
    /// watch will tell nothing any more.
    ///
    /// # Errors
    /// The object can't be written as JSON.
    pub fn learn(
        &mut self,
        key: &ObjectKey,
        object: &Managed,
        ours: impl FnOnce(&mut Managed),
    ) -> Result<Consequence, serde_json::Error> {
        let known = self.get(key).filter(|known| known.metadata.uid == object.metadata.uid);
        let Some(known) = known else { return Ok(Consequence::default()) };
        let mut expected = known.clone();
        ours(&mut expected);
        if expected.spec != known.spec && expected.spec == object.spec {
            expected.metadata.generation = object.metadata.generation;
        }
        let consequence = self.replace(key, Some(&known), object)?;
        let desired = consequence.desired && desired_changed(&expected, object);
        Ok(Consequence { desired, ..consequence })
    }

    /// Both states are of one UID.
    fn replace(
        &mut self,
        key: &ObjectKey,
        before: Option<&Managed>,
        object: &Managed,
    ) -> Result<Consequence, serde_json::Error> {
        if before.is_some_and(|known| !is_newer(object, known)) {
            return Ok(Consequence::default());
        }
        let became_ready = self.objects.put(key, object)?;
        self.owners.insert(self.owner(key), key.clone());
        let mut woken = self.refer(key, before, object);
        let reworded = before.is_some_and(|before| before.spec != object.spec);
        if reworded || before.map(yields).unwrap_or_default() != yields(object) {
            woken.extend(self.dependents.yields(key));
        }
        if became_ready {
            woken.extend(self.dependents.ready(key, object.external_name()));
        }
        woken.extend(self.ownership.change(key, before, Some(object)));
        let desired = before.is_none_or(|before| desired_changed(before, object));
        Ok(Consequence { desired, woken })
    }

    /// What selectors in lists chose is in no object, so that a new status only adds to what the last pass resolved. Returns the
    /// ones to which it no longer refers and that waited for that.
    fn refer(&mut self, key: &ObjectKey, before: Option<&Managed>, object: &Managed) -> BTreeSet<ObjectKey> {
        let Some(shape) = self.shape(key) else { return BTreeSet::new() };
        match before {
            Some(before) if before.spec != object.spec => {
                return self.dependents.refers(key, named_by(shape, object));
            }
            Some(before) if before.status.at_provider == object.status.at_provider => {}
            Some(_) | None => self.dependents.also_refers(key, named_by(shape, object)),
        }
        BTreeSet::new()
    }

    /// What a pass found out of its references; from then on it is known what the resource depends on.
    pub fn resolve(
        &mut self,
        key: &ObjectKey,
        shape: &Shape,
        object: &Managed,
        may: &Permission,
    ) -> Resolved {
        let (resolved, refers) = resolve(shape, object, self, may);
        // A pass may end after its object.
        if self.objects.has(key) {
            let awaited = match &resolved {
                Resolved::Blocked { awaited, .. } => awaited.clone(),
                Resolved::Settled(_) | Resolved::Changed(_) => None,
            };
            self.dependents.refers(key, refers);
            self.dependents.blocked(key, awaited);
        }
        resolved
    }

    /// Of its references the one that has no effect, in words.
    pub fn overruled(&self, shape: &Shape, object: &Managed, may: &Permission) -> Option<String> {
        overruled::overruled(shape, object, self, may)
    }

    /// Its creation failed: it is woken when something that it refers to becomes ready.
    pub fn creation_failed(&mut self, key: &ObjectKey) {
        if self.objects.has(key) {
            self.dependents.creation_failed(key);
        }
    }

    /// Of the resources that it refers to by name, one that is not ready yet.
    pub fn unready_target(&self, key: &ObjectKey) -> Option<Managed> {
        let named = self.dependents.targets(key).filter_map(|target| match target {
            Target::Resource { kind, namespace, name } => Lookup::get(self, kind, namespace, name),
            Target::AnyOf { .. } | Target::External { .. } | Target::Secret { .. } => None,
        });
        named.into_iter().find(|object| !object.holds("Ready"))
    }

    /// The cloud refused to delete it: it is woken when something that refers to it goes.
    pub fn deletion_refused(&mut self, key: &ObjectKey, external_name: &str) {
        if self.objects.has(key) {
            self.dependents.deletion_refused(key, external_name);
        }
    }

    /// Who needs the connection secret of a resource that is to be deleted: one that stays rather than one that is being
    /// deleted as well. The resource is woken when one of them no longer refers to the Secret.
    pub fn needed_by(&mut self, key: &ObjectKey, object: &Managed) -> Option<ObjectKey> {
        let secret = Target::connection_secret(object).filter(|_| self.objects.has(key))?;
        let deleting = |user: &&ObjectKey| self.get(user).is_some_and(|user| user.deleting());
        let user = self.dependents.users(&secret).filter(|user| *user != key).min_by_key(deleting).cloned();
        if user.is_some() {
            self.dependents.deletion_held(key, secret);
        }
        user
    }

    /// Kinds that can refer to Secrets and of which not all objects are known: those that were not listed yet, or that are
    /// not there.
    pub fn unlisted(&self) -> Vec<&'static dyn AnyKind> {
        let refers =
            |kind: &&dyn AnyKind| kind.shapes().is_ok_and(|shapes| target::may_name_secrets(&shapes.params));
        let kinds = self.kinds.iter().map(AsRef::as_ref);
        kinds.filter(|kind| !self.listed.contains(kind.id())).filter(refers).collect()
    }

    /// Forgets an object. Returns the ones to which that matters.
    pub fn remove(&mut self, key: &ObjectKey) -> BTreeSet<ObjectKey> {
        let before = self.get(key);
        self.objects.remove(key);
        self.owners.remove(&self.owner(key));
        let mut woken = self.dependents.gone(key);
        woken.extend(self.ownership.change(key, before.as_ref(), None));
        woken
    }

    /// Objects of a kind that are not among these, which are all that exist.
    pub fn missing_from(&mut self, kind: &'static str, seen: &BTreeSet<ObjectKey>) -> Vec<ObjectKey> {
        self.listed.insert(kind);
        self.ownership.listed(kind);
        self.objects.keys(kind).filter(|key| !seen.contains(*key)).cloned().collect()
    }

    /// How many there are of every kind that was listed, and how they do.
    pub fn populations(&self) -> BTreeMap<&'static str, Population> {
        let mut all: BTreeMap<_, _> = self.listed.iter().map(|kind| (*kind, Population::default())).collect();
        self.objects.count(&mut all);
        all
    }

    /// The newest known state of an object.
    pub fn get(&self, key: &ObjectKey) -> Option<Managed> {
        self.objects.get(key)
    }

    /// The version of the newest known state.
    pub fn version(&self, key: &ObjectKey) -> Option<&str> {
        self.objects.version(key)
    }

    /// The resource that owns what carries this marker owner.
    pub fn owned_by(&self, owner: &str) -> Option<&ObjectKey> {
        self.owners.get(owner)
    }

    fn kind(&self, id: &str) -> Option<&'static dyn AnyKind> {
        self.kinds.iter().find(|kind| kind.id() == id).map(AsRef::as_ref)
    }

    /// None where a kind is unknown or broken: its passes say so.
    fn shape(&self, key: &ObjectKey) -> Option<&'static Shape> {
        self.kind(key.kind)?.shapes().ok().map(|shapes| &shapes.params)
    }
}

/// What references to a resource can take from it: its external-name, and its connection secret once it is ready.
fn yields(object: &Managed) -> (Option<&str>, Option<&str>) {
    let secret = object.spec.write_connection_secret_to_ref.as_ref().filter(|_| object.holds("Ready"));
    (object.external_name(), secret.map(|secret| secret.name.as_str()))
}

impl Lookup for Index {
    fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Managed> {
        let kind = self.kind(kind)?.id();
        self.get(&ObjectKey { kind, namespace: namespace.to_owned(), name: name.to_owned() })
    }

    fn external_name(&self, kind: &str, namespace: &str, name: &str) -> Option<String> {
        let kind = self.kind(kind)?.id();
        let key = ObjectKey { kind, namespace: namespace.to_owned(), name: name.to_owned() };
        self.objects.external_name(&key).map(str::to_owned)
    }

    fn list(&self, kind: &str, namespace: &str) -> Vec<Managed> {
        self.kind(kind).map_or_else(Vec::new, |kind| self.objects.list(kind.id(), namespace))
    }
}

#[cfg(test)]
mod tests;
