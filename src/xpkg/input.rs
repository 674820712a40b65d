//! The parts of a package that runs.

use serde_json::Value;

use super::{Architecture, Entry, Meta};

/// What a provider's package is made of. A function's package is made the same way, with the CRDs of its inputs.
pub struct ProviderInput<'a> {
    /// The provider or function; a configuration is refused.
    pub meta: &'a Meta,
    /// Objects to install: CRDs; for a provider also webhook configurations.
    pub crds: Vec<Value>,
    /// Processor of `binary` and `extra`.
    pub architecture: Architecture,
    /// The program, statically linked: the image holds no libraries.
    pub binary: &'a [u8],
    /// Its path, without a leading slash: `usr/local/bin/kupenstack`. It is the entrypoint.
    pub binary_path: &'a str,
    /// First argument of the entrypoint, where one program is several packages.
    pub command: Option<&'a str>,
    /// Certificate authorities to trust, PEM.
    pub ca_bundle: &'a [u8],
    /// Further files that the program needs, such as helm; if there are any, they get a layer of their own.
    pub extra: Vec<Entry<'a>>,
}
