//! The memory that lists may take while they are read: one allowance for all connections of the process. Nobody waits for it,
//! so that a cloud which sends slowly can't keep others from it; who finds none asks for single objects instead.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All of it, bytes.
const ALL: usize = 128 << 20;
/// It is handed out in pieces of this size.
const PIECE: usize = 64 << 10;

/// The allowance.
#[derive(Clone, Debug)]
pub struct MemoryForLists(Arc<Semaphore>);

impl Default for MemoryForLists {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ALL / PIECE)))
    }
}

impl MemoryForLists {
    /// A part of it: nothing yet.
    pub fn hold(&self) -> Hold {
        Hold { all: self.0.clone(), pieces: vec![] }
    }
}

/// A part of the allowance, which is given back when this is dropped.
#[derive(Debug)]
pub struct Hold {
    all: Arc<Semaphore>,
    pieces: Vec<OwnedSemaphorePermit>,
}

impl Hold {
    /// Makes it cover so many bytes; says whether it does.
    pub fn covers(&mut self, bytes: usize) -> bool {
        while self.pieces.len() * PIECE < bytes {
            let Ok(piece) = self.all.clone().try_acquire_owned() else { return false };
            self.pieces.push(piece);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_missing_until_it_is_given_back() {
        let memory = MemoryForLists::default();
        let (mut first, mut second) = (memory.hold(), memory.hold());
        assert!(first.covers(ALL / 2) && second.covers(ALL / 2));
        assert!(!memory.hold().covers(1) && memory.hold().covers(0));
        drop(first);
        assert!(memory.hold().covers(ALL / 2) && !memory.hold().covers(ALL / 2 + 1));
    }
}
