//! The registry of kinds. Adding one: its file, its name in its service's list, its example; `tests/complete.rs` says
//! what else is missing.

use crate::kind::any::AnyKind;
use std::sync::LazyLock;

/// A service's part of the registry: its kinds by file and name, in alphabetical order.
macro_rules! kinds {
    ($($file:ident::$kind:ident),* $(,)?) => {
        /// This service's part of the registry.
        pub fn kinds() -> Vec<Box<dyn crate::kind::any::AnyKind>> {
            vec![$(Box::new(crate::kind::any::Erased::<$file::$kind>::new())),*]
        }
    };
}

pub mod bgpvpn;
pub mod blockstorage;
pub mod compute;
pub mod firewall;
pub mod identity;
pub mod image;
pub mod network;
pub mod placement;
pub mod provider;
pub mod vpn;

/// Every kind, by service and name.
pub static KINDS: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| {
    let services = [
        bgpvpn::kinds,
        blockstorage::kinds,
        compute::kinds,
        firewall::kinds,
        identity::kinds,
        image::kinds,
        network::kinds,
        placement::kinds,
        vpn::kinds,
    ];
    services.into_iter().flat_map(|kinds| kinds()).collect()
});

#[cfg(test)]
mod tests;
