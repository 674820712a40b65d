//! Which resources depend on which, and what for: what to wake when another gets its id, becomes ready or goes. Pure.

use crate::runtime::{base::keys::ObjectKey, index::target::Target};
use std::collections::{BTreeMap, BTreeSet};

/// How long a resource waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    /// The target yields something else than before, such as its first external-name, or its spec is another: references to it may
    /// resolve, and it may be no rival any more.
    Yields,
    /// The target is ready: its creation may succeed.
    Ready,
    /// Something refers to the target no more: its deletion may succeed.
    Released,
}

/// What refers to what, and what waits.
///
/// # Guarantees
/// Every question is a look-up by target; no object is searched. Of a resource that is gone nothing is left.
///
/// # Caveats
/// A wait for a target's name or readiness ends when it is answered: a resource that is still blocked
/// waits anew.
#[derive(Default)]
pub struct Dependents {
    refers: BTreeMap<ObjectKey, BTreeSet<Target>>,
    /// Kinds that others wait for without referring to them.
    awaited: BTreeSet<&'static str>,
    /// The same by target, of Secrets and by resources of these kinds.
    users: BTreeMap<Target, BTreeSet<ObjectKey>>,
    waiting: BTreeMap<(Until, Target), BTreeSet<ObjectKey>>,
    /// The same by the resource that waits, so that a wait ends without a search.
    waits: BTreeMap<(ObjectKey, Until), BTreeSet<Target>>,
}

impl Dependents {
    /// Nothing refers to anything. Who of these kinds refers to something is found by that.
    pub fn new(awaited: BTreeSet<&'static str>) -> Self {
        Self { awaited, ..Self::default() }
    }

    /// This is all that a resource refers to. Returns the ones with a refused deletion that may succeed now, since it refers to
    /// them no more.
    pub fn refers(&mut self, who: &ObjectKey, targets: BTreeSet<Target>) -> BTreeSet<ObjectKey> {
        let before = self.refers.remove(who).unwrap_or_default();
        let dropped: BTreeSet<_> = before.difference(&targets).cloned().collect();
        self.unlink(who, &dropped);
        self.also_refers(who, targets);
        self.released(&dropped)
    }

    /// A resource refers to these targets too.
    pub fn also_refers(&mut self, who: &ObjectKey, targets: BTreeSet<Target>) {
        let all = self.awaited.contains(who.kind);
        for target in targets.iter().filter(|target| all || matches!(target, Target::Secret { .. })) {
            self.users.entry(target.clone()).or_default().insert(who.clone());
        }
        self.refers.entry(who.clone()).or_default().extend(targets);
    }

    /// All that a resource refers to.
    pub fn targets(&self, who: &ObjectKey) -> impl Iterator<Item = &Target> {
        self.refers.get(who).into_iter().flatten()
    }

    /// Who refers to a Secret, or which of the resources that others wait for refer to this.
    pub fn users(&self, target: &Target) -> impl Iterator<Item = &ObjectKey> {
        self.users.get(target).into_iter().flatten()
    }

    /// A reference does not resolve, for want of this target; or none is left that doesn't.
    pub fn blocked(&mut self, who: &ObjectKey, awaited: Option<Target>) {
        self.wait(who, Until::Yields, awaited.into_iter().collect());
    }

    /// It is too early to make a resource: it is woken when one of these is there, ready or gone.
    pub fn early(&mut self, who: &ObjectKey, targets: BTreeSet<Target>) {
        self.wait(who, Until::Yields, targets.clone());
        self.wait(who, Until::Ready, targets);
    }

    /// The creation of a resource failed: it is woken when something that it refers to becomes ready.
    pub fn creation_failed(&mut self, who: &ObjectKey) {
        let targets = self.refers.get(who).cloned().unwrap_or_default();
        self.wait(who, Until::Ready, targets);
    }

    /// The cloud refused to delete what a resource stands for: it is woken when something that refers to it goes.
    pub fn deletion_refused(&mut self, who: &ObjectKey, external_name: &str) {
        let own = [Target::resource(who), Target::external(who, external_name)];
        self.wait(who, Until::Released, own.into());
    }

    /// A resource is not deleted while others refer to its connection secret: it is woken when one of them no longer does.
    pub fn deletion_held(&mut self, who: &ObjectKey, secret: Target) {
        self.wait(who, Until::Released, [secret].into());
    }

    /// A resource yields something else than before, or its spec is another. Returns the ones that waited for it.
    pub fn yields(&mut self, key: &ObjectKey) -> BTreeSet<ObjectKey> {
        let any = Target::AnyOf { kind: key.kind.to_owned(), namespace: key.namespace.clone() };
        self.answer(Until::Yields, [Target::resource(key), any])
    }

    /// A resource became ready. Returns the ones with a failed creation that may succeed now; its own has.
    pub fn ready(&mut self, key: &ObjectKey, external_name: Option<&str>) -> BTreeSet<ObjectKey> {
        self.wait(key, Until::Ready, BTreeSet::new());
        let external = external_name.map(|name| Target::external(key, name));
        self.answer(Until::Ready, [Target::resource(key)].into_iter().chain(external))
    }

    /// A resource is gone. Returns the ones with a refused deletion that may succeed now; they go on waiting until they are
    /// gone themselves, since others may refer to them as well.
    pub fn gone(&mut self, key: &ObjectKey) -> BTreeSet<ObjectKey> {
        for until in [Until::Yields, Until::Ready, Until::Released] {
            self.wait(key, until, BTreeSet::new());
        }
        let targets = self.refers.remove(key).unwrap_or_default();
        self.unlink(key, &targets);
        let mut woken = self.released(&targets);
        woken.extend(self.answer(Until::Yields, [Target::resource(key)]));
        woken
    }

    /// Is nothing left?
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.refers.is_empty() && self.users.is_empty() && self.waiting.is_empty() && self.waits.is_empty()
    }

    /// Who waits for the end of a reference to one of these.
    fn released(&self, targets: &BTreeSet<Target>) -> BTreeSet<ObjectKey> {
        let waiting =
            targets.iter().filter_map(|target| self.waiting.get(&(Until::Released, target.clone())));
        waiting.flatten().cloned().collect()
    }

    /// It no longer refers to these.
    fn unlink(&mut self, who: &ObjectKey, targets: &BTreeSet<Target>) {
        for target in targets {
            if let Some(users) = self.users.get_mut(target) {
                users.remove(who);
                if users.is_empty() {
                    self.users.remove(target);
                }
            }
        }
    }

    /// From now on it waits for these targets, and for no others.
    fn wait(&mut self, who: &ObjectKey, until: Until, targets: BTreeSet<Target>) {
        let before = self.waits.remove(&(who.clone(), until)).unwrap_or_default();
        for target in before {
            let at = (until, target);
            if let Some(waiting) = self.waiting.get_mut(&at) {
                waiting.remove(who);
                if waiting.is_empty() {
                    self.waiting.remove(&at);
                }
            }
        }
        for target in &targets {
            self.waiting.entry((until, target.clone())).or_default().insert(who.clone());
        }
        if !targets.is_empty() {
            self.waits.insert((who.clone(), until), targets);
        }
    }

    /// Ends the waits for these targets. Returns the ones that waited.
    fn answer(&mut self, until: Until, targets: impl IntoIterator<Item = Target>) -> BTreeSet<ObjectKey> {
        let at = targets.into_iter().filter_map(|target| self.waiting.get(&(until, target)));
        let woken: BTreeSet<_> = at.flatten().cloned().collect();
        woken.iter().for_each(|who| self.wait(who, until, BTreeSet::new()));
        woken
    }
}

#[cfg(test)]
mod tests;
