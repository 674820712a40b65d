//! Which objects were found to be as their release wants them, and in which version. Only what moved since is looked at again.

use super::super::api::Address;
use parking_lot::Mutex;
use std::collections::HashMap;

/// What was verified for one revision of a release.
#[derive(Default)]
pub struct Verified(Mutex<State>);

#[derive(Default)]
struct State {
    revision: i64,
    /// The version that was looked at last, and whether it was as it should be.
    looked: HashMap<Address, (String, bool)>,
}

impl Verified {
    /// Forgets all of it for another revision.
    pub fn of_revision(&self, revision: i64) {
        let mut state = self.0.lock();
        if state.revision != revision {
            *state = State { revision, ..State::default() };
        }
    }

    /// What a look, or an apply, found of this version of an object.
    pub fn found(&self, address: &Address, version: &str, equal: bool) {
        self.0.lock().looked.insert(address.clone(), (version.to_owned(), equal));
    }

    /// What is known of this version of an object: whether it is as it should be.
    pub fn known(&self, address: &Address, version: &str) -> Option<bool> {
        self.0.lock().looked.get(address).filter(|(known, _)| known == version).map(|(_, equal)| *equal)
    }
}
