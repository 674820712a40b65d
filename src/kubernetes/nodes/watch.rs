//! The watch of all Nodes, for their metadata alone, as long as somebody keeps an eye on one of them: who takes a label off, a kubelet that
//! falls silent and a Node that goes are noticed at once. What OpenStack knows of a node nobody tells, so it is asked at every poll all
//! the same. Of a Node its version is kept and nothing else, and Kubernetes has five thousand of them at most. May use `view`.

use crate::{
    kind::rest::listing::{Look, Subscription},
    kubernetes::{
        api::ApiServer,
        discovery::Resource,
        view::{Changes, Watched, Watcher},
    },
};
use parking_lot::Mutex;
use std::{
    sync::{Arc, Weak},
    task::Waker,
};
use tokio::time::Instant;

const KIND: &str = "Node";

/// The watch of all Nodes, as one account may see them. One that may not watch them looks at each poll.
#[derive(Default)]
pub struct NodeWatch {
    changes: Arc<Changes>,
    watched: Mutex<Weak<Watched>>,
}

/// An eye on one of them.
struct Eye {
    _watched: Arc<Watched>,
    _watcher: Watcher,
}

impl Subscription for Eye {
    fn unchanged(&self, _: Option<Instant>) -> bool {
        false
    }
}

impl NodeWatch {
    /// Wakes when a Node changes after it was looked at.
    pub fn keep(&self, api: &ApiServer, name: &str, seen: Look, waker: Waker) -> Box<dyn Subscription> {
        let watched = self.watched(api);
        let interest = [(KIND.to_owned(), name.to_owned())].into();
        let watcher = self.changes.watch(interest, seen.at, waker);
        Box::new(Eye { _watched: watched, _watcher: watcher })
    }

    fn watched(&self, api: &ApiServer) -> Arc<Watched> {
        let mut kept = self.watched.lock();
        if let Some(watched) = kept.upgrade() {
            return watched;
        }
        let id = ("v1".to_owned(), KIND.to_owned());
        let resource = Resource { plural: "nodes".to_owned(), namespaced: false };
        let watched = Watched::begin(api, "", &id, &resource, false, None, self.changes.clone());
        *kept = Arc::downgrade(&watched);
        watched
    }
}
