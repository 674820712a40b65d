//! Connection details that facts name.

use super::wire::Use;

/// A connection detail, and where it is found.
#[derive(Clone, Copy, Debug)]
pub enum Tell {
    /// In a Secret of the release, as it was rendered: so it holds for adopted releases as well.
    Secret {
        /// Name of the Secret.
        secret: &'static str,
        /// Key of its data.
        key: &'static str,
        /// Name of the detail.
        detail: &'static str,
    },
    /// In a Secret that the component is given.
    Given {
        /// Which one.
        from: Use,
        /// Key of its data.
        key: &'static str,
        /// Name of the detail.
        detail: &'static str,
    },
    /// Always the same.
    Fixed {
        /// Name of the detail.
        detail: &'static str,
        /// What it is.
        text: &'static str,
    },
    /// Host name of a Service inside the cluster, as `endpoint`, and its `port`.
    Service {
        /// Name of the Service.
        service: &'static str,
        /// Its port.
        port: u16,
    },
    /// What a browser inside the cluster opens, as `url`.
    Url {
        /// Name of the Service.
        service: &'static str,
        /// Its port.
        port: u16,
        /// Path.
        path: &'static str,
    },
}

impl Tell {
    /// A key of a Secret of the release.
    pub const fn secret(secret: &'static str, key: &'static str, detail: &'static str) -> Self {
        Self::Secret { secret, key, detail }
    }
}
