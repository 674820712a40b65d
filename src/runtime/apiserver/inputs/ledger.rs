//! Who read what, and what there is now: pure.

use super::reads::{Input, Read, Reader, Reads, Version};
use std::{
    collections::{BTreeMap, BTreeSet},
    task::Waker,
};
use tokio::{task::AbortHandle, time::Instant};

/// A watch under way; dropping it ends it.
pub(super) struct Watch(pub(super) AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Who read what, and what there is now.
///
/// # Guarantees
/// Of a reader that is gone, and of an object that nobody reads, nothing is left; but for ProviderConfigs, as long as they exist.
///
/// # Caveats
/// A watch may lag behind what was read: then neither `are_current` nor a waker says anything until it has caught up.
#[derive(Default)]
pub(super) struct Ledger {
    inputs: BTreeMap<Input, Known>,
    readers: BTreeMap<Reader, Followed>,
    /// What to watch, as soon as there is room.
    unwatched: BTreeSet<Input>,
    watches: usize,
}

/// What a reader read last.
struct Followed {
    waker: Waker,
    inputs: BTreeSet<Input>,
    /// It is reading anew, and asks for what changed meanwhile when it is done.
    reading: bool,
}

/// What is known of one object.
#[derive(Default)]
struct Known {
    /// What its watch says, and since when.
    now: Option<Read>,
    readers: BTreeMap<Reader, Read>,
    watch: Option<Watch>,
}

impl Known {
    /// Did it change since it was read?
    fn has_changed(&self, read: &Read) -> bool {
        self.now.as_ref().is_some_and(|now| now.version != read.version && now.at > read.at)
    }

    fn is_current(&self, reader: &Reader) -> bool {
        let (Some(now), Some(read)) = (&self.now, self.readers.get(reader)) else { return false };
        now.version == read.version
    }

    /// Is it needed no more?
    fn is_unneeded(&self, input: &Input) -> bool {
        let exists = self.now.as_ref().is_some_and(|now| now.version.is_some());
        self.readers.is_empty() && !(matches!(input, Input::Config(_)) && exists)
    }
}

impl Ledger {
    /// This is all that a reader has read; it is woken if something changed since. Returns what needs no watch any more.
    pub(super) fn follow(
        &mut self,
        reader: &Reader,
        reads: Reads,
        waker: impl FnOnce() -> Waker,
    ) -> Vec<Watch> {
        if reads.is_empty() {
            return self.forget(reader);
        }
        let inputs: BTreeSet<Input> = reads.keys().cloned().collect();
        let before = self.readers.remove(reader).map(|before| (before.waker, before.inputs));
        let (waker, before) = before.unwrap_or_else(|| (waker(), BTreeSet::new()));
        let mut changed = false;
        for (input, read) in reads {
            let known = self.inputs.entry(input.clone()).or_default();
            changed |= known.has_changed(&read);
            known.readers.insert(reader.clone(), read);
            if known.watch.is_none() && !matches!(input, Input::Config(_)) {
                self.unwatched.insert(input);
            }
        }
        let unneeded = self.unlink(reader, before.difference(&inputs));
        if changed {
            waker.wake_by_ref();
        }
        self.readers.insert(reader.clone(), Followed { waker, inputs, reading: false });
        unneeded
    }

    /// A reader reads anew: nothing wakes it until it is followed again.
    pub(super) fn reads(&mut self, reader: &Reader) {
        if let Some(followed) = self.readers.get_mut(reader) {
            followed.reading = true;
        }
    }

    /// A reader is gone. Returns what needs no watch any more.
    pub(super) fn forget(&mut self, reader: &Reader) -> Vec<Watch> {
        let Some(followed) = self.readers.remove(reader) else { return Vec::new() };
        self.unlink(reader, followed.inputs.iter())
    }

    /// What is to be watched now, if at most so many are.
    pub(super) fn unwatched(&mut self, most: usize) -> Vec<Input> {
        let room = most.saturating_sub(self.watches).min(self.unwatched.len());
        (0..room).filter_map(|_| self.unwatched.pop_first()).collect()
    }

    /// It is watched from now on.
    pub(super) fn watched(&mut self, input: &Input, watch: Watch) {
        if let Some(known) = self.inputs.get_mut(input) {
            self.watches += 1;
            known.watch = Some(watch);
        }
    }

    /// A watch says which version there is. Returns what wakes those who read another one.
    pub(super) fn is_now(&mut self, input: &Input, version: Version, at: Instant) -> Vec<Waker> {
        let is_config = matches!(input, Input::Config(_));
        if is_config && version.is_some() {
            self.inputs.entry(input.clone()).or_default();
        }
        let Some(known) = self.inputs.get_mut(input) else { return Vec::new() };
        if known.now.as_ref().is_some_and(|now| now.version == version) {
            return Vec::new();
        }
        let others = known.readers.iter().filter(|(_, read)| read.version != version);
        let idle = others.filter_map(|(reader, _)| self.readers.get(reader)).filter(|it| !it.reading);
        let wakers = idle.map(|followed| followed.waker.clone()).collect();
        known.now = Some(Read { version, at });
        if known.is_unneeded(input) {
            self.inputs.remove(input);
        }
        wakers
    }

    /// Is all that a reader has read as it was, as far as watches tell?
    pub(super) fn are_current(&self, reader: &Reader) -> bool {
        let Some(followed) = self.readers.get(reader) else { return true };
        followed
            .inputs
            .iter()
            .all(|input| self.inputs.get(input).is_some_and(|known| known.is_current(reader)))
    }

    /// Did one of these change since it was read?
    pub(super) fn have_changed(&self, reads: &Reads) -> bool {
        reads.iter().any(|(input, read)| self.inputs.get(input).is_some_and(|known| known.has_changed(read)))
    }

    #[cfg(test)]
    pub(super) fn watches(&self) -> usize {
        self.watches
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.inputs.is_empty() && self.readers.is_empty() && self.unwatched.is_empty()
    }

    fn unlink<'a>(&mut self, reader: &Reader, inputs: impl Iterator<Item = &'a Input>) -> Vec<Watch> {
        let mut ended = Vec::new();
        for input in inputs {
            let Some(known) = self.inputs.get_mut(input) else { continue };
            known.readers.remove(reader);
            if known.is_unneeded(input) {
                ended.extend(self.inputs.remove(input).and_then(|known| known.watch));
                self.unwatched.remove(input);
            }
        }
        self.watches -= ended.len();
        ended
    }
}
