//! Data from the web, on its way into a cloud: over http and https only, never from an address of this machine or its
//! link, not even by a redirect; hashed and decompressed as it flows. Also artifacts of OCI registries, and the
//! guard that decides which addresses may be connected to, for clouds as well. May use `kind`.

pub mod address;
pub mod download;
pub mod error;
pub mod fetch;
pub mod guard;
pub mod oci;
pub mod proxy;
mod unpack;
mod verify;

pub use address::AllowedNetwork;
pub use download::Download;
pub use error::Error;
pub use fetch::Sources;
pub use guard::{CloudAddresses, Guard};
pub use oci::Reference;
pub use proxy::Proxies;
