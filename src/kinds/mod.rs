//! The registry of kinds. Adding one: its file, its line here, its example.

pub mod network;

use crate::kind::any::{AnyKind, Erased};
use std::sync::LazyLock;

/// Every kind, by service and name.
pub static KINDS: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| {
    vec![
        Box::new(Erased::<network::network::Network>::new()),
        Box::new(Erased::<network::subnet::Subnet>::new()),
    ]
});

/// The kind that a reference names: `network.Network`.
pub fn by_id(id: &str) -> Option<&'static dyn AnyKind> {
    KINDS.iter().find(|kind| kind.info().id() == id).map(AsRef::as_ref)
}
