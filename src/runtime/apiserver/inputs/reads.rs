//! What was read, by whom, and in which version: pure.

use crate::runtime::base::keys::{ConfigKey, ObjectKey};
use kube::Resource;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use tokio::time::Instant;

/// An object that is read beside a resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Input {
    /// A ProviderConfig of either kind; their own controller watches them all.
    Config(ConfigKey),
    /// A Secret.
    Secret {
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
    },
    /// A ConfigMap.
    ConfigMap {
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
    },
}

impl Input {
    /// A Secret.
    pub fn secret(namespace: &str, name: &str) -> Self {
        Self::Secret { namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// A ConfigMap.
    pub fn config_map(namespace: &str, name: &str) -> Self {
        Self::ConfigMap { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// Who reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reader {
    /// The passes of a managed resource.
    Resource(ObjectKey),
    /// Who looks after a ProviderConfig.
    Config(ConfigKey),
}

/// Of an object, what matters to its readers: none if it is not there.
pub type Version = Option<String>;

/// The version of an object all of which matters.
pub fn version<K: Resource>(object: Option<&K>) -> Version {
    let meta = object?.meta();
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    Some(format!("{}/{}", text(&meta.uid), text(&meta.resource_version)))
}

/// The version of an object of which only what is wanted matters.
pub fn spec_version(uid: &str, generation: i64) -> Version {
    Some(format!("{uid}/{generation}"))
}

/// A version, and a time at which it cannot have been replaced yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// What it was.
    pub version: Version,
    /// When it was asked for.
    pub at: Instant,
}

/// What was read.
pub type Reads = BTreeMap<Input, Read>;

/// Notes of what is being read, by those who read. The first of two readings counts: the second may have come too late.
#[derive(Default)]
pub struct Notes(Mutex<Reads>);

impl Notes {
    /// This is what an answer said; `asked` is the time of the question.
    pub fn read(&self, input: Input, version: Version, asked: Instant) {
        self.0.lock().entry(input).or_insert(Read { version, at: asked });
    }

    /// This is what we made of it ourselves.
    pub fn wrote(&self, input: Input, version: Version, asked: Instant) {
        self.0.lock().insert(input, Read { version, at: asked });
    }

    /// The same was read a while ago, and is believed.
    pub fn believed(&self, reads: &Reads) {
        for (input, read) in reads {
            self.0.lock().entry(input.clone()).or_insert_with(|| read.clone());
        }
    }

    /// All that was read.
    pub fn all(&self) -> Reads {
        self.0.lock().clone()
    }
}
