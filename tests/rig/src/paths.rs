//! Where the rig keeps things: caches are the user's and shared, state belongs to one checkout.

use crate::{
    cache::hex,
    error::{Error, Result},
};
use sha2::{Digest, Sha256};
use std::{
    env,
    path::{Path, PathBuf},
};

/// The address of the bridge inside the rig's network namespace: everything that pods must reach binds to it.
pub const BRIDGE: &str = "10.85.0.1";
/// The name by which pods find the web server on the bridge.
pub const WEB_NAME: &str = "images.example.org";

/// Folders of one rig.
#[derive(Clone, Debug)]
pub struct Paths {
    /// Eight hex digits of a hash over the checkout's path, or `$KUPENSTACK_RIG`.
    pub id: String,
    /// The checkout.
    pub checkout: PathBuf,
    /// Shared caches, by content: `$XDG_CACHE_HOME/kupenstack-rig`.
    pub cache: PathBuf,
    /// Everything this rig writes: `$XDG_STATE_HOME/kupenstack-rig/<id>`.
    pub state: PathBuf,
}

/// The id of a checkout's rig: eight hex digits of a hash over its path.
pub fn id_of(checkout: &Path) -> String {
    hex(&Sha256::digest(checkout.as_os_str().as_encoded_bytes())).chars().take(8).collect()
}

/// An id chosen by a person becomes part of folder, socket and group names, and those have limits.
fn id_fits(id: &str) -> bool {
    (1..=16).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn folder(variable: &str, fallback: &str) -> Result<PathBuf> {
    // As the XDG specification has it: a relative path is as good as none.
    let given = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(fallback));
    let base = given.or_else(home).ok_or_else(|| Error::Machine {
        what: format!("neither ${variable} nor $HOME is set"),
        help: "set $HOME to a folder with room for the rig".to_owned(),
    })?;
    Ok(base.join("kupenstack-rig"))
}

impl Paths {
    /// The folders of the rig that belongs to a checkout.
    pub fn of(checkout: &Path) -> Result<Self> {
        let checkout = checkout.canonicalize().map_err(crate::files::io(checkout))?;
        let id =
            env::var("KUPENSTACK_RIG").ok().filter(|id| !id.is_empty()).unwrap_or_else(|| id_of(&checkout));
        if !id_fits(&id) {
            return Err(Error::Machine {
                what: format!("$KUPENSTACK_RIG is {id:?}"),
                help: "use at most 16 lower-case letters, digits and dashes".to_owned(),
            });
        }
        let state = folder("XDG_STATE_HOME", ".local/state")?.join(&id);
        Ok(Self { id, checkout, cache: folder("XDG_CACHE_HOME", ".cache")?, state })
    }

    /// The checkout around a folder: where `tests/rig/tools` is.
    pub fn around(folder: &Path) -> Result<Self> {
        let found = folder.ancestors().find(|folder| folder.join("tests/rig/tools").is_dir());
        Self::of(found.ok_or_else(|| Error::Machine {
            what: format!("{} is not in a checkout of the project", folder.display()),
            help: "call `cargo rig` from inside one".to_owned(),
        })?)
    }

    /// One log file a daemon and a one-off job.
    pub fn logs(&self) -> PathBuf {
        self.state.join("log")
    }

    /// Pid records and sockets.
    pub fn run(&self) -> PathBuf {
        self.state.join("run")
    }

    /// The log of one daemon or job.
    pub fn log(&self, name: &str) -> PathBuf {
        self.logs().join(format!("{name}.log"))
    }

    /// The rig's network namespace.
    pub fn netns(&self) -> String {
        format!("kupenstack-rig-{}", self.id)
    }

    /// Credentials for administrators, inside the namespace: cloud `rig`.
    pub fn clouds_yaml(&self) -> PathBuf {
        self.state.join("clouds.yaml")
    }

    /// Administrator's kubeconfig, inside the namespace.
    pub fn kubeconfig(&self) -> PathBuf {
        self.state.join("kubeconfig")
    }

    /// Administrator's kubeconfig that works outside the namespace, through the forwarder.
    pub fn outside_kubeconfig(&self) -> PathBuf {
        self.state.join("kubeconfig.outside")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_checkout_has_an_id_of_its_own_that_stays() {
        assert_eq!(id_of(Path::new("/a")), id_of(Path::new("/a")));
        assert_ne!(id_of(Path::new("/a")), id_of(Path::new("/b")));
        assert!(id_fits(&id_of(Path::new("/a"))));
        assert_eq!(id_of(Path::new("/a")).len(), 8);
    }

    #[test]
    fn an_id_that_would_break_a_path_is_refused() {
        assert!(id_fits("other-2"));
        for bad in ["", "a/b", "Ä", "UP", "12345678901234567"] {
            assert!(!id_fits(bad), "{bad}");
        }
    }
}
