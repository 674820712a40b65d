//! What a part of the rig is: what it needs, how it starts, how its readiness is asked,
//! and what its failure looks like. The supervisor (`supervisor.rs`) does the rest.

use crate::{error::Result, paths::Paths};
use async_trait::async_trait;
use std::{path::PathBuf, time::Duration};

/// A long-running process of a part, started in a session of its own inside the rig's network namespace.
#[derive(Clone, Debug, Default)]
pub struct Daemon {
    /// Unique in the rig; names its log and its pid record.
    pub name: String,
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Environment, beside a minimal `PATH`.
    pub env: Vec<(String, String)>,
    /// Working directory; the state folder unless set.
    pub cwd: Option<PathBuf>,
}

/// The answer of a readiness probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It serves.
    Ready,
    /// Not yet, and the last thing seen.
    Waiting(String),
}

/// What parts are given: where things lie, and the tools of the rig.
#[derive(Clone, Debug)]
pub struct Context {
    /// Folders of this rig.
    pub paths: Paths,
    /// Folder of the Go programs (content-addressed).
    pub bin: PathBuf,
    /// The OpenStack virtual environment (content-addressed).
    pub venv: PathBuf,
}

/// A part of the rig. Parts without a path between them in `needs` are started side by side.
#[async_trait]
pub trait Part: Send + Sync {
    /// Its name, as `cargo rig status` shows it and `needs` of others refer to it.
    fn name(&self) -> &'static str;

    /// Parts that must be ready first.
    fn needs(&self) -> &'static [&'static str] {
        &[]
    }

    /// Writes configuration and runs one-off jobs (schemas, keys). Idempotent; runs on every `up`.
    async fn prepare(&self, _: &Context) -> Result<()> {
        Ok(())
    }

    /// Its processes; those that already run are left alone.
    fn daemons(&self, cx: &Context) -> Vec<Daemon>;

    /// Asks whether it serves. Must not block for long: it is asked again.
    async fn ready(&self, cx: &Context) -> Result<Readiness>;

    /// Runs once it is ready, before the parts that need it (catalog entries, cell mapping). Idempotent.
    async fn settle(&self, _: &Context) -> Result<()> {
        Ok(())
    }

    /// How long to wait for readiness before giving up.
    fn patience(&self) -> Duration {
        Duration::from_secs(120)
    }

    /// How long its daemons may take to end by themselves before they are killed.
    fn grace(&self) -> Duration {
        Duration::from_secs(15)
    }

    /// What a person should try when it does not come up.
    fn help(&self) -> &'static str;
}
